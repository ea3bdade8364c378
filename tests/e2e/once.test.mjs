// Any delivery may be repeated, by any sender, to any daemon, at any time:
// one row, one place in a line, one notice.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { desk, event, phone, service, sql, unique, until, using, uuid } from './lib/desk.mjs';
import { openRedis } from './lib/lines.mjs';
import { deliver, mail } from './lib/mail.mjs';
import { startSecond } from './lib/second.mjs';
import { ask, post } from './lib/web.mjs';

let second;
let redis;
const wires = [];

before(async () => {
  redis = openRedis();
  second = await startSecond();
  for (let i = 0; i < 10; i++) wires.push(await service(), await second.service());
});
after(async () => {
  for (const w of wires) w.end();
  redis?.disconnect();
  await second?.stop();
});

// All notices of a ticket that the feed has.
async function notices(ticket) {
  const rows = await redis.xrange('{desk}:feed', '-', '+');
  return rows
    .map(([, fields]) => {
      const o = {};
      for (let i = 0; i < fields.length; i += 2) o[fields[i]] = fields[i + 1];
      return o;
    })
    .filter((f) => f.t === String(ticket))
    .map((f) => JSON.parse(f.j));
}

const key = (channel, id) =>
  sql(
    `SELECT k.event, e.ticket FROM desk.event_key k JOIN desk.event e ON e.id = k.event
     WHERE k.channel = :'v1' AND k.external_id LIKE :'v2'`,
    channel,
    id,
  );

// One event, one ticket, in its line once, told once, nothing left to do.
async function once({ ticket, queue }) {
  await until('it stands in its line', () => redis.zscore(`{desk}:line:${queue}`, ticket));
  for (const q of await redis.smembers('{desk}:queues'))
    if (q !== queue) assert.equal(await redis.zscore(`{desk}:line:${q}`, ticket), null, q);
  const t = await redis.hgetall(`{desk}:t:${ticket}`);
  assert.equal(t.place, 'wait');
  assert.equal(t.queue, queue);
  await until('its outbox row is settled', async () => {
    // The next batch settles what the last one applied.
    await wires[0].ask('EVENT.ADD', event());
    await wires[1].ask('EVENT.ADD', event());
    return (await sql('SELECT 1 FROM desk.outbox WHERE ticket = :v1', ticket)).length === 0;
  });
  assert.equal((await notices(ticket)).length, 1, 'one notice');
  const events = await sql('SELECT 1 FROM desk.event WHERE ticket = :v1', ticket);
  assert.equal(events.length, 1, 'one row');
}

test('the same event 100 times in parallel to two daemons', async () => {
  const id = unique('same-');
  const one = event({ id, to: 'technical@shop.example' });
  const answers = await Promise.all(
    Array.from({ length: 100 }, (_, i) => wires[i % wires.length].ask('EVENT.ADD', one)),
  );
  assert.equal(answers.filter((a) => a.created).length, 1);
  assert.equal(answers.filter((a) => a.duplicate).length, 99);
  assert.equal(new Set(answers.map((a) => a.event)).size, 1);
  assert.equal(new Set(answers.map((a) => a.ticket)).size, 1);
  assert.equal((await key('mail', id)).length, 1);
  await once(answers[0]);
});

test('the same event by HTTP and the TCP protocol at once', async () => {
  const id = unique('same-');
  const one = event({ id, channel: 'order', to: undefined, order: 'DH10482' });
  const answers = await Promise.all(
    Array.from({ length: 60 }, (_, i) =>
      i % 3 === 0
        ? wires[i % wires.length].ask('EVENT.ADD', one)
        : post('/api/v1/events', one, {
            bearer: desk.key,
            base: i % 3 === 1 ? desk.http : second.http,
          }).then((a) => a.json),
    ),
  );
  assert.equal(answers.filter((a) => a.created).length, 1);
  assert.equal(new Set(answers.map((a) => a.event)).size, 1);
  await once(answers[0]);
});

test('the same mail 40 times to two daemons', async () => {
  const m = mail({ to: 'shipping@shop.example' });
  const replies = await Promise.all(
    Array.from({ length: 40 }, (_, i) =>
      deliver(m, [m.to], { port: i % 2 ? desk.lmtp : second.lmtp }),
    ),
  );
  for (const [r] of replies) assert.equal(r.code, 250, r.text);
  const rows = await key('mail', `${m.id}/%`);
  assert.equal(rows.length, 1);
  await once({ ticket: rows[0].ticket, queue: 'shipping' });
});

test('the same chat message 40 times to two daemons', async () => {
  const { json } = await post('/chat/v1/conversations', {});
  const id = uuid();
  const answers = await Promise.all(
    Array.from({ length: 40 }, (_, i) =>
      ask('POST', `/chat/v1/conversations/${json.conversation}/messages`, {
        base: i % 2 ? desk.http : second.http,
        bearer: json.token,
        body: { id, text: 'bảo hành thế nào ạ' },
      }),
    ),
  );
  assert.deepEqual([...new Set(answers.map((a) => a.status))].sort(), [200, 201]);
  assert.equal(answers.filter((a) => a.status === 201).length, 1);
  const rows = await key('chat', `${json.conversation}/%`);
  assert.equal(rows.length, 1);
});

test('one call\'s record 40 times to two daemons is one call-back', async () => {
  const call = unique('c-');
  const body = { call, state: 'missed', from: phone(), to: '19001234' };
  const answers = await Promise.all(
    Array.from({ length: 40 }, (_, i) =>
      post('/hooks/pbx', body, { base: i % 2 ? desk.http : second.http }),
    ),
  );
  assert.equal(answers.filter((a) => a.status === 201).length, 1);
  assert.equal(new Set(answers.map((a) => a.json.ticket)).size, 1);
});

test('two first events racing on one address make one customer', async () => {
  for (let i = 0; i < 40; i++) {
    const address = `${unique('race-')}@example.com`;
    const [a, b] = await Promise.all([
      wires[0].ask('EVENT.ADD', event({ from: { kind: 'email', address, name: 'Lan' } })),
      wires[1].ask(
        'EVENT.ADD',
        event({ from: { kind: 'email', address: address.toUpperCase() } }),
      ),
    ]);
    assert.equal(a.customer, b.customer);
    assert.notEqual(a.event, b.event);
    const rows = await sql(
      `SELECT customer FROM desk.contact WHERE kind = 'email' AND address = :'v1'`,
      address,
    );
    assert.equal(rows.length, 1);
  }
  const nobody = await sql(
    `SELECT c.id FROM desk.customer c WHERE c.erased_at IS NULL AND NOT EXISTS
       (SELECT FROM desk.contact k WHERE k.customer = c.id)`,
  );
  assert.deepEqual(nobody, [], 'no customer without a contact is left behind');
});

test('two forms of one number racing make one customer', async () => {
  for (let i = 0; i < 20; i++) {
    const number = phone();
    const call = (from, w) =>
      w.ask(
        'EVENT.ADD',
        event({
          channel: 'call',
          to: '19001234',
          from: { kind: 'phone', address: from },
          call: { id: unique('c-'), state: 'missed' },
        }),
      );
    const [a, b, c] = await Promise.all([
      call(number, wires[0]),
      call(`+84 ${number.slice(1)}`, wires[1]),
      call(`0084${number.slice(1)}`, wires[2]),
    ]);
    assert.equal(new Set([a.customer, b.customer, c.customer]).size, 1);
    assert.equal(new Set([a.ticket, b.ticket, c.ticket]).size, 1, 'one call-back');
  }
});

test('an event taken by one daemon is told by the other', () =>
  using(second.service, async (wire) => {
    await wire.ask('FEED.SUBSCRIBE');
    await wire.pushed((p) => p.push === 'ready');
    const { ticket } = await wires[0].ask('EVENT.ADD', event());
    await wire.pushed((p) => p.ticket === ticket);
  }));
