// Offers, capacity, pauses and the lines, in a queue of this test's own.
import assert from 'node:assert/strict';
import { after, before, beforeEach, describe, test } from 'node:test';
import {
  admin,
  apply,
  desk,
  event,
  login,
  service,
  sql,
  unique,
  until,
  using,
} from './lib/desk.mjs';
import { linesDiffer, openRedis } from './lib/lines.mjs';
import { freePorts } from './lib/ports.mjs';
import { startSecond } from './lib/second.mjs';

const queue = unique('q');
const other = unique('q');
const hasty = unique('q'); // whose offers lapse soon
const password = unique('secret-');
const names = { an: unique('a'), binh: unique('b'), skilled: unique('c') };
const skill = unique('s');
let boss;
let config;
let desks;
let redis;
let second;
let agents;

const add = (more = {}) => boss.ask('EVENT.ADD', event({ to: `${queue}@shop.example`, ...more }));
const score = (ticket, q = queue) => redis.zscore(`{desk}:line:${q}`, String(ticket));
const row = async (ticket) =>
  (
    await sql(
      `SELECT t.state, t.priority, q.name AS queue, a.name AS assignee,
         desk.score(t.due_at, t.opened_at, t.priority) AS score
       FROM desk.ticket t JOIN desk.queue q ON q.id = t.queue
       LEFT JOIN desk.agent a ON a.id = t.assignee WHERE t.id = :v1`,
      ticket,
    )
  )[0];
// It stands in the line where PostgreSQL has it.
const waits = (ticket, q = queue) =>
  until(`${ticket} waits in ${q}`, async () => {
    const s = await score(ticket, q);
    return s !== null && Number(s) === Number((await row(ticket)).score);
  });
const offers = async (wire) => (await wire.ask('OFFER.LIST')).offers.map((o) => o.ticket);
const offered = (wire, ticket) =>
  until(`${ticket} is offered`, async () => (await offers(wire)).includes(ticket));

// No case of this queue is active, and nobody is ready.
async function clear() {
  for (const a of Object.values(names)) await boss.ask('AGENT.STATE', a, 'offline');
  for (const q of [queue, other, hasty]) {
    await boss.ask('QUEUE.RESUME', q);
    for (;;) {
      const { tickets } = await boss.ask('TICKET.LIST', 'QUEUE', q, 'LIMIT', 200);
      if (tickets.length === 0) break;
      for (const t of tickets) await boss.ask('TICKET.RESOLVE', t.ticket);
    }
  }
}

before(async () => {
  redis = openRedis();
  boss = await admin();
  second = await startSecond();
  desks = [desk.metrics, second.metrics];
  ({ config } = await boss.ask('CONFIG.SHOW'));
  const agent = (name, skills) => ({
    name,
    display: name,
    role: 'agent',
    capacity: 10,
    queues: [queue, other, hasty],
    skills,
  });
  await apply(
    boss,
    {
      ...config,
      queues: [
        ...config.queues,
        { name: queue, title: queue, first: 3600, next: 3600, offer: 300 },
        { name: other, title: other, first: 7200, next: 7200, offer: 300 },
        { name: hasty, title: hasty, first: 3600, next: 3600, offer: 5 },
      ],
      served: [
        ...config.served,
        ...[queue, hasty].map((q) => ({ kind: 'email', address: `${q}@shop.example`, queue: q })),
      ],
      rules: [...config.rules, { name: skill, keywords: [`can ${skill}`], skills: [skill] }],
      agents: [
        ...config.agents,
        agent(names.an, ['vi']),
        agent(names.binh, ['vi']),
        agent(names.skilled, ['vi', skill]),
      ],
    },
    desks,
  );
  agents = {};
  for (const [who, name] of Object.entries(names)) {
    await boss.ask('USER.PASSWORD', name, password);
    agents[who] = await login(name, password);
    await agents[who].ask('FEED.SUBSCRIBE');
  }
});
after(async () => {
  if (config) {
    await clear();
    await apply(boss, config, desks);
  }
  for (const w of Object.values(agents ?? {})) w.end();
  boss?.end();
  redis?.disconnect();
  await second?.stop();
});
beforeEach(clear);

describe('an offer', () => {
  test('comes to whom is ready, and is his once he accepts', async () => {
    const { ticket } = await add();
    await waits(ticket);
    await agents.an.ask('AGENT.STATE', 'me', 'ready');
    const note = await agents.an.pushed((p) => p.kind === 'offer' && p.ticket === ticket);
    assert.equal(note.agent, names.an);
    assert.ok((await offers(agents.an)).includes(ticket));
    assert.equal(await score(ticket), null, 'it stands in one place');
    assert.equal((await agents.binh.refused('OFFER.ACCEPT', ticket)).code, 'CONFLICT');
    await agents.an.ask('OFFER.ACCEPT', ticket);
    assert.deepEqual(
      (({ state, assignee }) => ({ state, assignee }))(await row(ticket)),
      { state: 'open', assignee: names.an },
    );
    await until('it is his work', () => redis.hexists(`{desk}:a:${names.an}:work`, ticket));
    assert.deepEqual(await offers(agents.an), []);
    await agents.an.pushed((p) => p.kind === 'accept' && p.ticket === ticket);
  });

  test('that is declined goes to another, and not back', async () => {
    await agents.an.ask('AGENT.STATE', 'me', 'ready');
    const { ticket } = await add();
    await offered(agents.an, ticket);
    await agents.an.ask('OFFER.DECLINE', ticket);
    await agents.an.pushed((p) => p.kind === 'declined' && p.ticket === ticket);
    assert.deepEqual(await offers(agents.an), []);
    await waits(ticket);
    await agents.binh.ask('AGENT.STATE', 'me', 'ready');
    await offered(agents.binh, ticket);
    assert.equal((await agents.an.refused('OFFER.ACCEPT', ticket)).code, 'CONFLICT');
    await agents.binh.ask('OFFER.ACCEPT', ticket);
  });

  test('that nobody answers lapses, and then its agent is away', async () => {
    await agents.an.ask('AGENT.STATE', 'me', 'ready');
    const { ticket } = await add({ to: `${hasty}@shop.example` });
    await agents.an.pushed((p) => p.kind === 'lapsed' && p.ticket === ticket);
    await agents.an.pushed((p) => p.kind === 'agent' && p.agent === names.an && p.state === 'away');
    await waits(ticket, hasty);
    assert.equal((await agents.an.refused('OFFER.ACCEPT', ticket)).code, 'CONFLICT');
    const { agents: all } = await boss.ask('AGENT.LIST');
    assert.equal(all.find((a) => a.name === names.an).state, 'away');
  });

  test('is taken back when its agent leaves', async () => {
    await agents.an.ask('AGENT.STATE', 'me', 'ready');
    const { ticket } = await add();
    await offered(agents.an, ticket);
    await agents.an.ask('AGENT.STATE', 'me', 'break');
    await agents.an.pushed((p) => p.kind === 'withdrawn' && p.ticket === ticket);
    await waits(ticket);
  });

  test('goes only to whom has the skill', async () => {
    await agents.an.ask('AGENT.STATE', 'me', 'ready');
    const { ticket } = await add({ text: `toi can ${skill} nhe` });
    await waits(ticket);
    assert.deepEqual(await offers(agents.an), []);
    await agents.skilled.ask('AGENT.STATE', 'me', 'ready');
    await offered(agents.skilled, ticket);
  });

  test('can be accepted at another daemon', async () => {
    await agents.an.ask('AGENT.STATE', 'me', 'ready');
    const { ticket } = await add();
    await offered(agents.an, ticket);
    await using(
      () => second.login(names.an, password),
      async (wire) => {
        assert.ok((await offers(wire)).includes(ticket));
        await wire.ask('OFFER.ACCEPT', ticket);
      },
    );
    await agents.an.pushed((p) => p.kind === 'accept' && p.ticket === ticket);
    assert.equal((await row(ticket)).assignee, names.an);
  });
});

describe('capacity', () => {
  test('is never passed, and is used again when it frees', async () => {
    await agents.an.ask('AGENT.STATE', 'me', 'ready');
    const made = [];
    for (let i = 0; i < 3; i++) made.push((await add()).ticket);
    for (const ticket of made.slice(0, 2)) {
      await offered(agents.an, ticket);
      await agents.an.ask('OFFER.ACCEPT', ticket);
    }
    await waits(made[2]);
    await until('both are his work', async () => (await redis.hlen(`{desk}:a:${names.an}:work`)) === 2);
    assert.deepEqual(await offers(agents.an), [], 'he is full');
    const { agents: all } = await boss.ask('AGENT.LIST');
    assert.equal(all.find((a) => a.name === names.an).load, 10);
    await agents.an.ask('TICKET.RESOLVE', made[0]);
    await offered(agents.an, made[2]);
  });

  test('the most urgent comes first', async () => {
    const late = (await add()).ticket;
    const urgent = (await add()).ticket;
    await boss.ask('TICKET.PRIORITY', urgent, 90);
    await boss.ask('TICKET.PRIORITY', late, 10);
    await waits(late);
    await until('the priority is in the line', async () => Number(await score(urgent)) < Number(await score(late)));
    const middle = (await add()).ticket;
    await waits(middle);
    await agents.an.ask('AGENT.STATE', 'me', 'ready');
    await offered(agents.an, urgent);
    await agents.an.ask('OFFER.ACCEPT', urgent);
    await offered(agents.an, middle);
    await waits(late);
  });
});

describe('a pause', () => {
  test('holds offers back, through a FLUSHALL, until the queue is resumed', async () => {
    await boss.ask('QUEUE.PAUSE', queue);
    await agents.an.ask('AGENT.STATE', 'me', 'ready');
    const { ticket } = await add();
    await waits(ticket);
    assert.deepEqual(await offers(agents.an), []);
    await redis.flushall();
    await until('Redis is rebuilt', () => redis.exists('{desk}:epoch'));
    await waits(ticket);
    await until('it is paused again', async () =>
      (await redis.sismember('{desk}:paused', queue)) === 1);
    await until('the agent is back', async () =>
      (await redis.hget(`{desk}:a:${names.an}`, 'state')) === 'ready');
    assert.deepEqual(await offers(agents.an), []);
    await boss.ask('QUEUE.RESUME', queue);
    await offered(agents.an, ticket);
  });
});

describe('a ticket', () => {
  test('moves through the lines as it is worked on', async () => {
    const { ticket } = await add();
    await waits(ticket);
    const before = Number(await score(ticket));
    await boss.ask('TICKET.PRIORITY', ticket, 60);
    await until('ten minutes earlier', async () => Number(await score(ticket)) === before - 600000);
    await boss.ask('TICKET.TRANSFER', ticket, other, 'NOTE', 'sang bên kia');
    await waits(ticket, other);
    assert.equal(await score(ticket), null);
    await boss.ask('TICKET.ASSIGN', ticket, names.binh);
    await until('it is in no line', async () => (await score(ticket, other)) === null);
    await until('it is his work', () => redis.hexists(`{desk}:a:${names.binh}:work`, ticket));
    await boss.ask('TICKET.ASSIGN', ticket, 'none');
    await waits(ticket, other);
    await boss.ask('TICKET.PEND', ticket);
    await until('it waits for the customer', async () => (await score(ticket, other)) === null);
    await boss.ask('TICKET.REOPEN', ticket);
    await waits(ticket, other);
    await boss.ask('TICKET.RESOLVE', ticket);
    await until('it is done', async () => (await score(ticket, other)) === null);
    assert.equal((await boss.refused('TICKET.PRIORITY', ticket, 70)).code, 'CONFLICT');
    await boss.ask('TICKET.REOPEN', ticket);
    await waits(ticket, other);
    const { ticket: t, events } = await boss.ask('TICKET.GET', ticket);
    assert.equal(t.transfers, 1);
    assert.equal(t.reopens, 1);
    assert.ok(events.length >= 9, 'every move is in its history');
  });

  test('is taken by one of two who try at once', async () => {
    const { ticket } = await add();
    const tries = await Promise.allSettled([
      agents.an.ask('TICKET.TAKE', ticket),
      agents.binh.ask('TICKET.TAKE', ticket),
    ]);
    const lost = tries.filter((t) => t.status === 'rejected');
    assert.equal(lost.length, 1);
    assert.equal(lost[0].reason.code, 'CONFLICT');
    assert.ok(Object.values(names).includes((await row(ticket)).assignee));
  });

  test('is not offered once somebody took it', async () => {
    await agents.an.ask('AGENT.STATE', 'me', 'ready');
    const { ticket } = await add();
    await offered(agents.an, ticket);
    await agents.binh.ask('TICKET.TAKE', ticket);
    await agents.an.pushed((p) => p.kind === 'withdrawn' && p.ticket === ticket);
    assert.deepEqual(await offers(agents.an), []);
  });
});

describe('a FLUSHALL', () => {
  test('with two daemons at work: the lines are PostgreSQL\'s again', async () => {
    const feed = await service();
    await feed.ask('FEED.SUBSCRIBE');
    await feed.pushed((p) => p.push === 'ready');
    const wires = [boss, await second.service()];
    const made = [];
    let adding = true;
    const load = wires.map(async (w) => {
      while (adding)
        made.push((await w.ask('EVENT.ADD', event({ to: `${queue}@shop.example` }))).ticket);
    });
    for (let i = 0; i < 3; i++) {
      const n = made.length;
      await until('events come in', () => made.length > n + 30);
      await redis.flushall();
      await until('Redis is rebuilt', () => redis.exists('{desk}:epoch'));
    }
    adding = false;
    await Promise.all(load);
    let differ;
    await until('the lines are equal', async () => (differ = await linesDiffer(redis)) === '').catch(
      (e) => assert.fail(`${e.message}: ${differ}`),
    );
    for (const t of made) assert.ok(await score(t), `${t} waits`);
    const last = (await boss.ask('EVENT.ADD', event())).ticket;
    await feed.pushed((p) => p.ticket === last);
    feed.end();
    wires[1].end();
  });

  test('away, an agent\'s state is noted all the same', async () => {
    const [port] = await freePorts(1);
    const cut = await startSecond({ redis: `127.0.0.1:${port}` });
    try {
      const wire = await cut.login(names.an, password);
      const got = await wire.ask('AGENT.STATE', 'me', 'training');
      assert.equal(got.live, false);
      assert.equal(got.state, 'training');
      wire.end();
      const [row] = await sql(`SELECT presence FROM desk.agent WHERE name = :'v1'`, names.an);
      assert.equal(row.presence, 'training');
      assert.equal((await agents.an.ask('AGENT.STATE', 'me', 'offline')).live, undefined);
    } finally {
      await cut.stop();
    }
  });

  test('keeps what an agent works on', async () => {
    await agents.an.ask('AGENT.STATE', 'me', 'ready');
    const { ticket } = await add();
    await offered(agents.an, ticket);
    await agents.an.ask('OFFER.ACCEPT', ticket);
    await until('it is his work', () => redis.hexists(`{desk}:a:${names.an}:work`, ticket));
    await redis.flushall();
    await until('it is his work again', () => redis.hexists(`{desk}:a:${names.an}:work`, ticket));
    assert.equal(await redis.hget(`{desk}:a:${names.an}`, 'load'), '5');
    const next = (await add()).ticket;
    await offered(agents.an, next);
  });
});
