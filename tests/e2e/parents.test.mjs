// Cases that are taken apart and made one, and incidents: many cases, one
// answer to all, once each, whoever dies.  In queues of this test's own.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { admin, apply, change, event, login, sql, unique, until } from './lib/desk.mjs';
import { openRedis } from './lib/lines.mjs';
import { deliver, mail } from './lib/mail.mjs';
import { startSecond } from './lib/second.mjs';

const queues = [unique('par-'), unique('par-')];
const name = unique('par-');
const password = unique('secret-');
let boss;
let agent;
let redis;
let config;

before(async () => {
  redis = openRedis();
  boss = await admin();
  ({ config } = await boss.ask('CONFIG.SHOW'));
  await apply(boss, {
    ...config,
    queues: [
      ...config.queues,
      ...queues.map((q) => ({ name: q, title: q, first: 3600, next: 3600, offer: 60 })),
    ],
    served: [
      ...config.served,
      ...queues.map((queue) => ({ kind: 'email', address: `${queue}@shop.example`, queue })),
    ],
    agents: [...config.agents, { name, display: name, role: 'agent', queues }],
  });
  await boss.ask('USER.PASSWORD', name, password);
  agent = await login(name, password);
});
after(async () => {
  agent?.end();
  if (config) {
    const left = await sql(
      `SELECT t.id::int FROM desk.ticket t JOIN desk.queue q ON q.id = t.queue
       WHERE q.name IN (:'v1', :'v2') AND t.state IN ('new', 'open', 'pending')`,
      ...queues,
    );
    for (const t of left) await boss.ask('TICKET.RESOLVE', t.id);
    await apply(boss, config);
  }
  boss?.end();
  await redis?.quit();
});

// A case of one mail; more says what else the event has.
async function open(more = {}) {
  const from = { kind: 'email', address: `${unique('k')}@example.com` };
  const id = unique('first-');
  const { ticket } = await boss.ask(
    'EVENT.ADD',
    event({ id, from, to: `${queues[0]}@shop.example`, ...more }),
  );
  return { ticket, from, id };
}
const writes = async (c, thread = c.id) => {
  const id = unique('next-');
  const got = await boss.ask('EVENT.ADD', event({ id, from: c.from, thread: [thread] }));
  return { ...got, id };
};
const row = async (t) => (await boss.ask('TICKET.GET', t)).ticket;

test('messages go to a case of their own, whose answers come there', async () => {
  const sent = mail({ to: `${queues[0]}@shop.example`, from: `${unique('k')}@example.com` });
  assert.equal((await deliver(sent))[0].code, 250);
  const [first] = await sql(
    `SELECT e.ticket::int, e.id::int FROM desk.event e WHERE e.external_id LIKE :'v1' || '/%'`,
    sent.id,
  );
  const answered = await agent.ask('TICKET.REPLY', first.ticket, 'Dạ có');
  const [{ mid }] = await sql(
    `SELECT o.message_id AS mid FROM desk.outbound o WHERE o.event = :v1`,
    answered.event,
  );
  const more = mail({ to: sent.to, from: sent.from, headers: [`In-Reply-To: <${sent.id}>`] });
  assert.equal((await deliver(more))[0].code, 250);
  const [second] = await sql(
    `SELECT e.ticket::int, e.id::int FROM desk.event e WHERE e.external_id LIKE :'v1' || '/%'`,
    more.id,
  );
  assert.equal(second.ticket, first.ticket);

  const once = ['ONCE', unique('s-')];
  const ask = () =>
    agent.ask('TICKET.SPLIT', first.ticket, String(second.id), 'Đổi hàng', 'QUEUE', queues[1], ...once);
  const [one, two] = await Promise.all([ask(), ask()]);
  assert.equal(one.split, two.split, 'asked twice at once, it is split once');
  const made = await row(one.split);
  assert.equal(made.queue, queues[1]);
  assert.equal(made.related, first.ticket);
  await until('the new case waits in its line', () =>
    redis.zscore(`{desk}:line:${queues[1]}`, String(one.split)),
  );
  assert.equal((await row(first.ticket)).due_at, undefined, 'nothing is owed in the old one');
  const go = async (inReplyTo) => {
    const m = mail({ to: sent.to, from: sent.from, headers: [`In-Reply-To: <${inReplyTo}>`] });
    assert.equal((await deliver(m))[0].code, 250);
    const [{ ticket }] = await sql(
      `SELECT e.ticket::int FROM desk.event e WHERE e.external_id LIKE :'v1' || '/%'`,
      m.id,
    );
    return ticket;
  };
  assert.equal(await go(more.id), one.split);
  assert.equal(await go(mid), first.ticket);

  await agent.ask('TICKET.MERGE', one.split, first.ticket);
  assert.equal((await row(one.split)).state, 'resolved');
  assert.equal(await go(more.id), first.ticket, 'taken back, they come there again');
  await until('and nobody is offered it', async () =>
    (await redis.zscore(`{desk}:line:${queues[1]}`, String(one.split))) === null,
  );
});

// A random order that is the same each time.
let seed = 20261122;
const random = (n) => {
  seed = (Math.imul(seed, 1103515245) + 12345) >>> 0;
  return Math.floor((seed / 2 ** 32) * n);
};

test('reports stay what the records give', async () => {
  const count = { split: 0, merged: 0 };
  const split = async (c) => {
    const { events } = await boss.ask('TICKET.GET', c.ticket);
    const written = events.filter((e) => ['in', 'out'].includes(e.direction));
    const ids = written.slice(-1 - random(3)).map((e) => e.event);
    const more = random(2) ? ['QUEUE', queues[random(2)]] : [];
    const got = await agent.ask('TICKET.SPLIT', c.ticket, ids.join(' '), 'Khác', ...more);
    count.split++;
    c.parts.push(got.split);
  };
  const merge = async (c) => {
    if (c.parts.length === 0) return;
    await agent.ask('TICKET.MERGE', c.parts.pop(), c.ticket);
    count.merged++;
  };
  const moves = [
    (c) => agent.ask('TICKET.REPLY', c.ticket, 'Dạ', 'FORCE', 'yes'),
    (c) => agent.ask('TICKET.REPLY', c.ticket, 'Chờ', 'FORCE', 'yes', 'PEND', 'yes'),
    (c) => writes(c),
    (c) => agent.ask('TICKET.TRANSFER', c.ticket, queues[random(2)]),
  ];
  const turns = ['write', 'write', 'any', 'split', 'any', 'any', 'merge', 'any', 'write', 'split'];
  const cases = [];
  for (let i = 0; i < 4; i++) cases.push({ ...(await open()), parts: [] });
  for (const turn of turns)
    for (const c of cases)
      try {
        if (turn === 'write') await writes(c);
        else if (turn === 'split') await split(c);
        else if (turn === 'merge') await merge(c);
        else await moves[random(moves.length)](c);
      } catch (e) {
        assert.match(e.message, /^(CONFLICT|INVALID)/);
      }
  assert.ok(count.split >= 4 && count.merged >= 2, JSON.stringify(count));
  const differs = await sql(
    `WITH q AS (SELECT id FROM desk.queue WHERE name IN (:'v1', :'v2')),
     a AS (SELECT * FROM desk.report_again(ARRAY(SELECT t.id FROM desk.ticket t
       WHERE t.queue IN (SELECT id FROM q)))),
     c AS (SELECT * FROM desk.report_counted('-infinity', 'infinity')
       WHERE queue IN (SELECT id FROM q))
     (TABLE a EXCEPT TABLE c) UNION ALL (TABLE c EXCEPT TABLE a)`,
    ...queues,
  );
  assert.deepEqual(differs, []);
});

test('one answer to all: each customer once, a daemon killed among them', async () => {
  const incidents = [];
  for (let i = 0; i < 3; i++) {
    const { ticket } = await open();
    const got = await agent.ask('INCIDENT.OPEN', 'TICKET', ticket, 'SUBJECT', `Mất mạng ${i}`);
    const more = (
      await sql(
        `SELECT nextval('desk.ticket_id_seq')::int AS id FROM generate_series(1, 25)`,
      )
    ).map((r) => r.id);
    // As the mails of so many customers would leave them.
    await change(
      `WITH c AS (INSERT INTO desk.customer (name)
	 SELECT 'K' || n FROM unnest(:'v2'::bigint[]) n RETURNING id, substr(name, 2)::bigint AS n),
       k AS (INSERT INTO desk.contact (customer, kind, address)
	 SELECT c.id, 'email', 'par-' || c.n || '@example.com' FROM c RETURNING id, customer),
       t AS (INSERT INTO desk.ticket (id, customer, queue, state, channel, subject, due_at)
	 SELECT c.n, c.id, o.queue, 'new', 'mail', 'Mất mạng', o.due_at
	 FROM c, desk.ticket o WHERE o.id = :v1 RETURNING id, customer)
       INSERT INTO desk.event (at, ticket, customer, kind, channel, direction, contact, text)
       SELECT now(), t.id, t.customer, 'message', 'mail', 'in', k.id, 'Mạng đâu'
       FROM t JOIN k ON k.customer = t.customer`,
      ticket,
      `{${more}}`,
    );
    const added = await agent.ask('INCIDENT.ADD', got.incident, more.join(','));
    assert.equal(added.added.length, 25);
    incidents.push({ id: got.incident, tickets: [ticket, ...more], said: 0 });
  }
  const done = () =>
    until('all are told', async () => {
      const [{ left }] = await sql(
        `SELECT count(*)::int AS left FROM desk.incident_answer WHERE done_at IS NULL
         AND incident = ANY (:'v1'::bigint[])`,
        `{${incidents.map((i) => i.id)}}`,
      );
      return left === 0;
    });
  const say = async (i, ...more) => {
    const once = ['ONCE', unique('r-')];
    const ask = () => agent.ask('INCIDENT.REPLY', i.id, 'TEXT', 'Dạ có lúc 15:00', ...more, ...once);
    // Nobody knows whether it was heard, so it is asked again.
    const [one, two] = await Promise.all([ask(), ask()]);
    assert.equal(one.answer.answer, two.answer.answer);
    i.said++;
  };
  // Until the other daemon had a page of it, after which it dies.
  const second = await startSecond({ failpoint: 'incident answered' });
  let dead = false;
  second.ended.then(() => (dead = true));
  for (let n = 0; !dead && n < 30; n++) {
    await Promise.all(incidents.map((i) => say(i)));
    await done();
  }
  assert.ok(dead, 'the other daemon had its part');
  await second.kill();
  await Promise.all(incidents.map((i) => say(i, 'RESOLVE', 'yes')));
  await done();
  for (const i of incidents) {
    const told = await sql(
      `SELECT count(*)::int AS n, count(DISTINCT o.id)::int AS sent FROM desk.event e
       LEFT JOIN desk.outbound o ON o.event = e.id
       WHERE e.ticket = ANY (:'v1'::bigint[]) AND e.direction = 'out' GROUP BY e.ticket`,
      `{${i.tickets}}`,
    );
    assert.equal(told.length, i.tickets.length);
    assert.deepEqual(new Set(told.map((t) => `${t.n} ${t.sent}`)), new Set([`${i.said} ${i.said}`]));
    const got = await agent.ask('INCIDENT.GET', i.id);
    assert.equal(got.incident.state, 'resolved');
    assert.equal(got.cases.every((c) => c.state === 'resolved'), true);
    assert.equal(got.answers[0].done, i.tickets.length);
    await until('none of them is in a line', async () => {
      const lined = await redis.zrange(`{desk}:line:${queues[0]}`, 0, -1);
      return !i.tickets.some((t) => lined.includes(String(t)));
    });
  }
});
