// Every event three times: twice at once over two connections, to two
// daemons, and once more; and a used Message-ID with another body.
import { randomUUID } from 'node:crypto';
import { HttpClient, MailClient, ServiceClient } from './clients.mjs';
import { callRecord, mailOf, serviceEvent } from './load.mjs';
import { pause } from './stores.mjs';

// A sender on a connection of its own to that daemon: (event's body) -> outcome
function senders(s, desk) {
  const http = new HttpClient(() => desk.http, { key: s.run.key });
  const clients = {
    smtp: new MailClient(() => desk.smtp),
    lmtp: new MailClient(() => desk.lmtp, { lmtp: true }),
    resp: new ServiceClient(() => desk.resp, s.run.key),
  };
  return {
    smtp: (body) => clients.smtp.send(body),
    lmtp: (body) => clients.lmtp.send(body),
    resp: (body) => clients.resp.send(body),
    http: (body) => http.send('/api/v1/events', body),
    hook: (body) => http.send('/hooks/pbx', body),
    chat: (body) => http.send(`/chat/v1/conversations/${body.talk.conversation}/messages`,
      { id: body.id, text: body.text }, body.talk.token),
    close: () => {
      http.close();
      for (const client of Object.values(clients)) client.close();
    },
    http_client: http,
  };
}

// Until it is taken, as a real sender.
async function deliver(s, event, send, body) {
  const end = Date.now() + 60000;
  while (Date.now() < end) {
    const began = s.journal.tried(event);
    const outcome = await send(body);
    s.journal.ended(event, began, outcome);
    if (outcome.how === 'acked' || outcome.how === 'refused') return outcome;
    await pause(100);
  }
  return { how: 'later', said: 'never taken' };
}

const makers = {
  smtp: (event, s) => mailOf(event, s.rng, { big: s.rng.chance(0.5) }),
  lmtp: (event, s) => mailOf(event, s.rng, { big: s.rng.chance(0.5) }),
  resp: (event, s) => serviceEvent(event, s.rng),
  http: (event, s) => serviceEvent(event, s.rng),
  hook: (event, s) => callRecord(event, s.rng),
  chat: (event, s, talk) => ({ talk, id: randomUUID(), text: `${event.id} xin chào` }),
};

async function thrice(s, way, one, other, talk) {
  const event = s.journal.make(way);
  const body = makers[way](event, s, talk);
  const both = await Promise.all([deliver(s, event, one[way], body),
    deliver(s, event, other[way], body)]);
  const all = [...both, await deliver(s, event, other[way], body)];
  for (const o of all) s.judge(o.how === 'acked', `${event.id} ${way}: ${o.said}`);
  const answers = all.map((o) => o.answer).filter(Boolean);
  if (answers.length) {
    const told = new Set(answers.map((a) => `${a.event} ${a.ticket}`));
    s.judge(told.size === 1, `${event.id} ${way}: answers differ: ${[...told].join(', ')}`);
  }
  return { event, body };
}

// The same Message-ID, another body: another message, kept.
async function otherBody(s, way, one, first) {
  const event = s.journal.make(way);
  const body = mailOf(event, s.rng, { from: first.sender, messageId: first.id });
  const o = await deliver(s, event, one[way], body);
  s.judge(o.how === 'acked', `${event.id} another body: ${o.said}`);
}

export async function deliveries(s, n, { crash = false } = {}) {
  const one = senders(s, s.desks[0]);
  const other = senders(s, s.desks[1]);
  const opened = await one.http_client.send('/chat/v1/conversations', { name: 'Khách' });
  const ways = Object.keys(makers);
  for (let i = 0; i < n; i++) {
    const way = ways[i % ways.length];
    // The first is killed while both carry the same event.
    const killed = crash && i % 20 === 10 ? s.crash(s.desks[0]) : null;
    const { body } = await thrice(s, way, one, other, opened.answer);
    await killed;
    if (way === 'smtp' || way === 'lmtp') await otherBody(s, way, one, body);
  }
  one.close();
  other.close();
}
