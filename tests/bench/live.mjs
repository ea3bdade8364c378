// What people wait for: a customer's message on the agent's stream, and (of
// routing) the next offer once an agent is free.
import { Agent, request } from 'node:http';
import { desk, event, login, service, sql, uuid } from '../e2e/lib/desk.mjs';
import { Session, Stream, post } from '../e2e/lib/web.mjs';
import { part, pause } from './tools.mjs';

const RATE = 300;
const VISITORS = 32;

// On connections that stay, as a browser's do.
const kept = new Agent({ keepAlive: true, maxSockets: VISITORS });
function send(path, bearer, body) {
  const data = JSON.stringify(body);
  return new Promise((resolve, reject) => {
    const r = request(
      new URL(path, desk.http),
      {
        method: 'POST',
        agent: kept,
        headers: {
          Authorization: `Bearer ${bearer}`,
          'Content-Type': 'application/json',
          'Content-Length': Buffer.byteLength(data),
        },
      },
      (answer) => {
        answer.resume();
        answer.on('end', () =>
          answer.statusCode === 201 ? resolve() : reject(new Error(`${path}: ${answer.statusCode}`)),
        );
      },
    );
    r.on('error', reject);
    r.end(data);
  });
}

// The agent's stream; took(e) at every event, as it comes.
async function watch(who, took) {
  const session = await Session.begin(who);
  if (session.answer.status !== 200 && session.answer.status !== 201)
    throw new Error(`${who} cannot log in: ${session.answer.text}`);
  const stream = await Stream.open('/api/v1/feed/live', {
    headers: { Cookie: session.cookie.split(';', 1)[0] },
  });
  await stream.until((e) => e.event === 'ready');
  const take = stream.take.bind(stream);
  stream.take = (block) => {
    take(block);
    const e = stream.events.pop();
    if (e) took(e);
  };
  return stream;
}

async function chat(book) {
  const visitors = [];
  for (let i = 0; i < VISITORS; i++) {
    const answer = await post('/chat/v1/conversations', { name: `Khách ${i}`, lang: 'vi' });
    // chat_opens: so many a minute from one address.
    if (answer.status === 429) break;
    visitors.push(answer.json);
  }
  if (visitors.length === 0) throw new Error('no conversation could be opened');
  const sent = new Map();
  const times = [];
  const stream = await watch('sup', (e) => {
    const began = e.json.text && sent.get(e.json.text);
    if (began === undefined || !sent.delete(e.json.text)) return;
    times.push(performance.now() - began);
  });
  const total = RATE * book.seconds;
  const start = performance.now();
  const posts = [];
  for (let i = 0; i < total; ) {
    const due = Math.min(total, Math.floor(((performance.now() - start) * RATE) / 1000) + 1);
    for (; i < due; i++) {
      const v = visitors[i % visitors.length];
      const text = `còn hàng không shop ${uuid()}`;
      sent.set(text, performance.now());
      posts.push(
        send(`/chat/v1/conversations/${v.conversation}/messages`, v.token, { id: uuid(), text }),
      );
    }
    await pause(1);
  }
  await Promise.all(posts);
  const end = performance.now() + 10000;
  while (sent.size > 0 && performance.now() < end) await pause(10);
  stream.end();
  if (sent.size > 0) throw new Error(`${sent.size} messages never came by the stream`);
  book.put('chat messages', (total * 1000) / (end - 10000 - start), 'a second');
  book.put('chat POST → agent\'s stream, p50', part(times, 0.5), 'ms', { most: 3 });
  book.put('chat POST → agent\'s stream, p99', part(times, 0.99), 'ms', { most: 20 });
}

// dung works on one queue alone: he fills up, then resolves one case at a time.
export async function offerFigures(book) {
  const rounds = book.quick ? 50 : 300;
  const wire = await service();
  const dung = await login('dung');
  const waiting = [];
  let wake = () => {};
  const stream = await watch('dung', (e) => {
    if (e.event !== 'offer' || e.json.agent !== 'dung') return;
    waiting.push({ at: performance.now(), ticket: e.json.ticket });
    wake();
  });
  const next = async () => {
    const end = performance.now() + 10000;
    while (waiting.length === 0) {
      if (performance.now() > end) throw new Error('no offer in 10 s');
      await new Promise((done) => {
        wake = done;
        setTimeout(done, 100);
      });
    }
    return waiting.shift();
  };
  for (let i = 0; i < rounds + 30; i++)
    await wire.ask('EVENT.ADD', event({ to: 'technical@shop.example' }));
  await dung.ask('AGENT.STATE', 'me', 'ready');
  const mine = [];
  const accept = async (offer) => {
    await dung.ask('OFFER.ACCEPT', offer.ticket);
    mine.push(offer.ticket);
  };
  // A mail takes 5 of 100.
  while (mine.length < 20) await accept(await next());
  const after = [];
  const whole = [];
  for (let i = 0; i < rounds; i++) {
    await pause(2);
    waiting.length = 0;
    const began = performance.now();
    const done = dung.ask('TICKET.RESOLVE', mine.shift()).then(() => performance.now());
    const offer = await next();
    whole.push(offer.at - began);
    after.push(Math.max(0, offer.at - (await done)));
    await accept(offer);
  }
  await dung.ask('AGENT.STATE', 'me', 'offline');
  stream.end();
  dung.end();
  wire.end();
  book.put('agent resolves → next offer, p50', part(whole, 0.5), 'ms');
  book.put('agent resolves → next offer, p99', part(whole, 0.99), 'ms');
  book.put('agent freed (answered) → next offer, p99', part(after, 0.99), 'ms', { most: 5 });
}

export async function liveFigures(book) {
  await chat(book);
  const [{ n }] = await sql("SELECT count(*) AS n FROM desk.outbox WHERE at < now() - interval '20 seconds'");
  if (n > 0) throw new Error(`${n} outbox rows are left`);
}
