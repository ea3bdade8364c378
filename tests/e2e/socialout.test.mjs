// Answers on social networks: the send blocks of conf/sources against fakes
// that answer as the providers publish (tests/e2e/lib/fakes says where).  All of
// these run side by side.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { randomBytes } from 'node:crypto';
import { change, event, metric, service, sql, unique, until, using } from './lib/desk.mjs';
import { provider } from './lib/fakes/provider.mjs';
import * as messenger from './lib/fakes/messenger.mjs';
import * as telegram from './lib/fakes/telegram.mjs';
import * as zalo from './lib/fakes/zalo.mjs';
import { deliver, mail } from './lib/mail.mjs';
import { startSecond } from './lib/second.mjs';
import { startSink } from './lib/sink.mjs';
import { hook, keep, withSources } from './lib/social.mjs';

const number = () => Number(randomBytes(5).readUIntBE(0, 5));

// What each customer's provider says, one answer a request; the usual one when
// there is none left.
const plans = new Map();
const plan = (who, ...answers) => plans.set(String(who), answers);
const planned = (who, usual) => plans.get(String(who))?.shift() ?? usual;

const meta = await provider(({ url, json }) => {
  const comment = /\/v21\.0\/([^/]+)\/comments$/.exec(url);
  if (comment) return planned(comment[1], [200, { id: unique('c_') }]);
  const who = json.recipient.id;
  return planned(who, messenger.sent(who, `m_${unique()}`));
});
const oa = await provider(({ json }) =>
  planned(json.recipient.user_id, zalo.sent(json.recipient.user_id, unique('z'))),
);
const bots = await provider(({ json }) =>
  planned(json.chat_id, telegram.sent(json.chat_id, number())),
);
const shop = await provider(({ json }) => planned(json.to, [200, { id: unique('s') }]));

let sources;
before(async () => {
  sources = await withSources({
    messenger: meta.base,
    zalo: oa.base,
    telegram: bots.base,
    generic: shop.base,
  });
  await until(
    'the sources are in force',
    async () => (await metric('deskd_config_version')) >= sources.version,
  );
});
after(async () => {
  await sources.restore();
  await Promise.all([meta, oa, bots, shop].map((p) => p.close()));
});

const sign = {
  messenger: (body) => messenger.signed(body, sources.secrets.messenger),
  zalo: (body) => zalo.signed(body, sources.secrets.zalo),
  telegram: () => telegram.signed(sources.secrets.telegram),
};
async function comes(source, body) {
  const got = await hook(source, body, sign[source](body));
  assert.equal(got.status, 200, got.text);
  return got.json.events[0];
}
const fb = (who, more) =>
  comes('messenger', messenger.post(messenger.text(who, unique('m_'), 'alo', more)));

const ask = (...words) => using(service, (wire) => wire.ask(...words));
const now = (...events) => change(`UPDATE desk.outbound SET next_try = now()
  WHERE state = 'queued' AND event = ANY ('{${events}}')`);
async function reply(ticket, text) {
  const answer = await ask('TICKET.REPLY', ticket, text);
  await now(answer.event);
  return answer;
}

async function delivery(answer) {
  const { events } = await ask('TICKET.GET', answer.ticket);
  return events.find((e) => e.event === answer.event || e.id === answer.event).delivery;
}
const becomes = (answer, state) =>
  until(
    `the answer is ${state}`,
    async () => {
      const d = await delivery(answer);
      return d.state === state && d;
    },
  );
const resend = (answer) => ask('TICKET.RESEND', answer.ticket, answer.event);

const fakes = { messenger, zalo, telegram };
const customer = { messenger: () => unique('70'), zalo: () => unique('24'), telegram: number };
const opens = {
  messenger: fb,
  zalo: (who) => comes('zalo', zalo.text(who, unique('z'), 'alo')),
  telegram: (who) => comes('telegram', telegram.say(who, 1, { text: 'alo' })),
};

describe('answers', { concurrency: true }, () => {
  test('reach Messenger, once, and are known by their id there', async () => {
    const who = unique('70');
    const mid = `m_${unique()}`;
    plan(who, messenger.sent(who, mid));
    const { ticket } = await fb(who);
    const said = `"},{"a":"\\ dạ, còn ạ ${unique()}\n😀`;
    const d = await becomes(await reply(ticket, said), 'sent');
    assert.equal(d.status, 200);
    const got = meta.to(who);
    assert.equal(got.length, 1);
    assert.equal(got[0].method, 'POST');
    assert.equal(got[0].url, '/v21.0/me/messages');
    assert.equal(got[0].headers.authorization, `Bearer ${sources.tokens.messenger}`);
    assert.deepEqual(got[0].json, {
      recipient: { id: who },
      messaging_type: 'RESPONSE',
      message: { text: said },
    });
    const joined = await fb(who, { reply_to: { mid } });
    assert.equal(joined.ticket, ticket);
    assert.equal(joined.why.threaded, 'an answer to its message');
  });

  test('to a comment stand below it', async () => {
    const id = `${number()}_${number()}`;
    const { ticket } = await comes(
      'messenger',
      messenger.comment({ id: unique('80'), name: 'Lan' }, id, 'giá?'),
    );
    await becomes(await reply(ticket, 'Dạ 50.000đ ạ'), 'sent');
    const got = meta.got.filter((r) => r.url === `/v21.0/${id}/comments`);
    assert.deepEqual(got.map((r) => r.json), [{ message: 'Dạ 50.000đ ạ' }]);
  });

  test('reach Zalo and Telegram', async () => {
    const who = unique('24');
    const one = await comes('zalo', zalo.text(who, unique('z'), 'alo'));
    const chat = number();
    const two = await comes('telegram', telegram.say(chat, 1, { text: 'alo' }));
    const [z, t] = await Promise.all([reply(one.ticket, 'dạ'), reply(two.ticket, 'dạ')]);
    await Promise.all([becomes(z, 'sent'), becomes(t, 'sent')]);
    const [a] = oa.to(who);
    assert.equal(a.url, '/v3.0/oa/message/cs');
    assert.equal(a.headers.access_token, sources.tokens.zalo);
    assert.deepEqual(a.json, { recipient: { user_id: who }, message: { text: 'dạ' } });
    const [b] = bots.to(chat);
    assert.equal(b.url, `/bot${sources.tokens.telegram}/sendMessage`);
    assert.deepEqual(b.json, { chat_id: chat, text: 'dạ' });
  });

  // Refused for good: shown with the provider's words, and the case is open.
  const never = [
    ['messenger', 'closed', /time in which/, /outside of allowed window/],
    ['messenger', 'blocked', /blocked the shop/, /isn't available/],
    ['messenger', 'nobody', /blocked the shop/, /No matching user/],
    ['zalo', 'closed', /time in which/, /7 days/],
    ['zalo', 'blocked', /blocked the shop/, /not followed/],
    ['telegram', 'blocked', /blocked the shop/, /blocked by the user/],
    ['telegram', 'nobody', /refused it/, /chat not found/],
  ];
  for (const [source, error, means, words] of never)
    test(`${source}: ${error} is shown, and not repeated`, async () => {
      const who = customer[source]();
      plan(who, fakes[source].errors[error]);
      const { ticket } = await opens[source](who);
      const d = await becomes(await reply(ticket, 'dạ'), 'failed');
      assert.match(d.said, means);
      assert.match(d.said, words);
      assert.equal(d.attempts, 1);
      const { ticket: t } = await ask('TICKET.GET', ticket);
      assert.equal(t.state, 'open');
      assert.ok(t.due_at, 'an answer is owed again');
    });

  const later = [
    ['messenger', 'limited', /cannot take it now/],
    ['messenger', 'later', /cannot take it now/],
    ['zalo', 'limited', /cannot take it now/],
    ['telegram', 'limited', /retry after 2/],
    ['messenger', 'expired', /token/],
    ['zalo', 'expired', /token/],
    ['telegram', 'expired', /token/],
  ];
  for (const [source, error, words] of later)
    test(`${source}: ${error} waits, and is sent when it can be`, async () => {
      const who = customer[source]();
      plan(who, fakes[source].errors[error]);
      const { ticket } = await opens[source](who);
      const answer = await reply(ticket, 'dạ');
      const d = await becomes(answer, 'deferred');
      assert.match(d.said, words);
      assert.ok(d.next_try);
      await resend(answer);
      assert.equal((await becomes(answer, 'sent')).attempts, 2);
    });

  test('use a new token from the next message on', async () => {
    const from = unique('u');
    const body = JSON.stringify({ messages: [{ id: unique('m'), from, text: 'x' }] });
    const { post } = await import('./lib/web.mjs');
    const { desk } = await import('./lib/desk.mjs');
    const got = await post('/hooks/shop', body, { bearer: desk.key });
    const { ticket } = got.json.events[0];
    await keep('shop.token', '');
    const answer = await reply(ticket, 'dạ');
    assert.match((await becomes(answer, 'deferred')).said, /token is not in its file/);
    assert.equal(shop.to(from).length, 0);
    const token = unique('token');
    await keep('shop.token', token);
    await resend(answer);
    await becomes(answer, 'sent');
    const [sent] = shop.to(from);
    assert.equal(sent.headers.authorization, `Bearer ${token}`);
    assert.match(sent.headers['idempotency-key'], /^deskd-\d+$/);
  });

  test('are not sent twice when the provider goes away in the middle', async () => {
    const who = unique('70');
    plan(who, 'drop');
    const { ticket } = await fb(who);
    const answer = await reply(ticket, 'dạ');
    await becomes(answer, 'unknown');
    assert.equal(meta.to(who).length, 1);
    await resend(answer);
    await becomes(answer, 'sent');
    assert.equal(meta.to(who).length, 2);
  });

  test('whose answer cannot be read may have arrived', async () => {
    const who = unique('70');
    plan(who, [200, '<html>']);
    const { ticket } = await fb(who);
    const d = await becomes(await reply(ticket, 'dạ'), 'unknown');
    assert.match(d.said, /perhaps it was sent/);
  });

  test('longer than the provider takes are refused with a reason', async () => {
    const who = unique('70');
    const { ticket } = await fb(who);
    const d = await becomes(await reply(ticket, 'ơ'.repeat(2001)), 'failed');
    assert.match(d.said, /2000 characters/);
    assert.equal(meta.to(who).length, 0);
  });

  test('to who came by no source say so', async () => {
    const got = JSON.parse(
      JSON.stringify(
        await ask(
          'EVENT.ADD',
          event({ channel: 'social', from: { kind: 'tiktok', address: unique() } }),
        ),
      ),
    );
    const d = await becomes(await reply(got.ticket, 'dạ'), 'failed');
    assert.match(d.said, /no way to answer/);
  });

  test('of one case keep their order', async () => {
    const who = unique('70');
    const { ticket } = await fb(who);
    const answers = [];
    for (const text of ['một', 'hai', 'ba']) answers.push(await reply(ticket, text));
    for (const a of answers) await becomes(a, 'sent');
    assert.deepEqual(
      meta.to(who).map((r) => r.json.message.text),
      ['một', 'hai', 'ba'],
    );
  });

  test('that were taken back are not sent', async () => {
    const who = unique('70');
    const { ticket } = await fb(who);
    const answer = await ask('TICKET.REPLY', ticket, 'nhầm');
    await ask('TICKET.UNSEND', ticket, answer.event);
    const next = await reply(ticket, 'đúng');
    await becomes(next, 'sent');
    assert.deepEqual(
      meta.to(who).map((r) => r.json.message.text),
      ['đúng'],
    );
  });
});

test('a provider that hangs does not hold up mail', async () => {
  const sink = await startSink();
  const second = await startSecond({
    smtp_relay: `127.0.0.1:${sink.port}`,
    smtp_starttls: 'no',
  });
  try {
    // More than two daemons have room for.
    const chats = Array.from({ length: 40 }, number);
    const answers = await Promise.all(chats.map(async (chat) => {
      plan(chat, 'hang');
      const { ticket } = await opens.telegram(chat);
      return (await ask('TICKET.REPLY', ticket, 'dạ')).event;
    }));
    const sent = mail({ to: 'sales@shop.example' });
    await deliver(sent);
    const [row] = await sql(
      `SELECT e.ticket FROM desk.event_key k JOIN desk.event e ON e.id = k.event
       WHERE k.channel = 'mail' AND k.external_id LIKE :'v1' || '/%'`,
      sent.id,
    );
    const hanging = async () =>
      (
        await sql(
          `SELECT count(*)::int AS n FROM desk.outbound
           WHERE channel = 'social' AND state = 'committing'`,
        )
      )[0].n;
    // At once: a provider that hangs is given up after half a minute.
    await now(...answers);
    await until('both daemons have their hands full', async () => (await hanging()) >= 32);
    const answer = await reply(row.ticket, 'dạ');
    await becomes(answer, 'sent');
    assert.ok((await hanging()) >= 16, 'nobody was answered meanwhile');
  } finally {
    await second.stop();
    await sink.end();
  }
});
