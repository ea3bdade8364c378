// What a company says of its routing, from desk.conf's words to who is asked;
// and what becomes of the work of who is gone.  In queues of this test's own.
import assert from 'node:assert/strict';
import { after, before, beforeEach, describe, test } from 'node:test';
import {
  admin, apply, change, desk, event, login, metric, sql, unique, until,
} from './lib/desk.mjs';
import { openRedis } from './lib/lines.mjs';
import { startSecond } from './lib/second.mjs';

const names = { an: unique('a'), binh: unique('b') };
const given = unique('q'); // assigns at once, asks the same agent again
const widening = unique('q');
const skill = unique('s');
const password = unique('secret-');
let boss;
let config;
let redis;
let agents;

const add = (queue, more = {}) =>
  boss.ask('EVENT.ADD', event({ to: `${queue}@shop.example`, ...more }));
const assignee = async (ticket) => (await boss.ask('TICKET.GET', ticket)).ticket.assignee ?? undefined;
const has = (who, ticket) =>
  until(`${who} has ${ticket}`, async () => (await assignee(ticket)) === who);
const offered = (wire, ticket) =>
  until(`${ticket} is offered`, async () =>
    (await wire.ask('OFFER.LIST')).offers.some((o) => o.ticket === ticket),
  );
const state = (who, ...said) => boss.ask('AGENT.STATE', names[who], ...said);

async function clear() {
  for (const a of Object.values(names)) await boss.ask('AGENT.STATE', a, 'offline');
  for (const q of [given, widening]) {
    const { tickets } = await boss.ask('TICKET.LIST', 'QUEUE', q, 'LIMIT', 200);
    for (const t of tickets) await boss.ask('TICKET.RESOLVE', t.ticket);
  }
}

before(async () => {
  redis = openRedis();
  boss = await admin();
  ({ config } = await boss.ask('CONFIG.SHOW'));
  const queue = (name, more) => ({ name, title: name, first: 3600, next: 3600, ...more });
  const agent = (name, more) => ({ name, display: name, role: 'agent', ...more });
  const served = (name) => ({ kind: 'email', address: `${name}@shop.example`, queue: name });
  await apply(
    boss,
    {
      ...config,
      queues: [
        ...config.queues,
        queue(given, { mode: 'assign', same_agent: 3600, wrap_up: ['call 30s'] }),
        queue(widening, { widen: ['1s levels 1', '2s anyone'], offer_by: ['mail 40m'] }),
      ],
      served: [...config.served, served(given), served(widening)],
      rules: [...config.rules, { name: skill, keywords: [`can ${skill}`], skills: [`${skill} 4`] }],
      agents: [
        ...config.agents,
        agent(names.an, { queues: [`${given} 2 after 1h`, widening], limits: ['mail 2'] }),
        agent(names.binh, { queues: [given], skills: [`${skill} 5`] }),
      ],
    },
    [desk.metrics],
  );
  agents = {};
  for (const [who, name] of Object.entries(names)) {
    await boss.ask('USER.PASSWORD', name, password);
    agents[who] = await login(name, password);
  }
});
after(async () => {
  if (config) {
    await clear();
    await apply(boss, config, [desk.metrics]);
  }
  for (const w of Object.values(agents ?? {})) w.end();
  boss?.end();
  redis?.disconnect();
});
beforeEach(clear);

describe('a policy', () => {
  test('is told to Redis with the configuration', async () => {
    await until('the policy is there', async () => {
      const told = JSON.parse((await redis.get(`{desk}:policy:${given}`)) ?? 'null');
      return told?.mode === 'assign' && told.same === 3600 && told.wrap.call === 30;
    });
    const { queues } = await boss.ask('QUEUE.LIST');
    assert.equal(queues.find((q) => q.name === given).mode, 'assign');
    assert.deepEqual(queues.find((q) => q.name === widening).widen, ['1s levels 1', '2s anyone']);
    const { agents: all } = await boss.ask('AGENT.LIST');
    const an = all.find((a) => a.name === names.an);
    assert.deepEqual(an.limits, { mail: 2 });
    assert.deepEqual(
      an.serves.find((s) => s.queue === given),
      { queue: given, priority: 2, after: 3600 },
    );
  });

  test('gives at once, and not to who is asked an hour later', async () => {
    await state('an', 'ready');
    const { ticket } = await add(given);
    await until('it waits', () => redis.zscore(`{desk}:line:${given}`, String(ticket)));
    assert.deepEqual((await agents.an.ask('OFFER.LIST')).offers, []);
    await state('binh', 'ready');
    await has(names.binh, ticket);
  });

  test('brings a customer who comes back to whom he knows', async () => {
    const from = { kind: 'email', address: `${unique('c')}@example.com` };
    await state('binh', 'ready');
    const { ticket } = await add(given, { from });
    await has(names.binh, ticket);
    await agents.binh.ask('TICKET.REPLY', ticket, 'Dạ có ạ');
    await agents.binh.ask('TICKET.RESOLVE', ticket);
    await state('binh', 'break');
    const again = await add(given, { from });
    assert.notEqual(again.ticket, ticket);
    const [row] = await sql(
      `SELECT a.name FROM desk.ticket t JOIN desk.agent a ON a.id = t.prefer WHERE t.id = :v1`,
      again.ticket,
    );
    assert.equal(row.name, names.binh);
    await state('binh', 'ready');
    await has(names.binh, again.ticket);
  });

  test('asks more people as the wait grows', async () => {
    const { ticket } = await add(widening, { text: `can ${skill}` });
    const [row] = await sql(`SELECT skills FROM desk.ticket WHERE id = :v1`, ticket);
    assert.match(String(row.skills), new RegExp(`${skill}:4`));
    // He does not know it, and is asked as anyone is in the end.
    await state('an', 'ready');
    await offered(agents.an, ticket);
    const { offers } = await agents.an.ask('OFFER.LIST');
    const left = Date.parse(offers[0].expires) - Date.now();
    assert.ok(left > 1800_000 && left <= 2401_000, `an offer of a mail stands 40 min: ${left} ms`);
  });
});

describe('who is gone', () => {
  // What is noted of it, whose time has come now.
  const soon = async (ticket) => {
    const noted = await sql(`SELECT agent FROM desk.leaving WHERE ticket = :v1`, ticket);
    await change(`UPDATE desk.leaving SET due_at = now() WHERE ticket = :v1`, ticket);
    return noted;
  };

  test('gives back what he has, once its time has come', async () => {
    await state('binh', 'ready');
    const { ticket } = await add(given);
    await has(names.binh, ticket);
    const [was] = await sql(`SELECT due_at, lined_at FROM desk.ticket WHERE id = :v1`, ticket);
    await state('binh', 'offline', 'REASON', 'về');
    assert.equal((await soon(ticket)).length, 1, 'it is noted as he goes');
    await has(undefined, ticket);
    const [is] = await sql(`SELECT due_at, lined_at FROM desk.ticket WHERE id = :v1`, ticket);
    assert.deepEqual(is, was, 'its place is what it was');
    await until('Redis has it back in its line', () =>
      redis.zscore(`{desk}:line:${given}`, String(ticket)),
    );
    const { events } = await boss.ask('TICKET.GET', ticket);
    const said = events.filter((e) => e.meta?.left);
    assert.equal(said.length, 1);
    assert.deepEqual(said[0].meta, { from: names.binh, left: true, reason: 'về' });
  });

  test('gives all of it back once, though a daemon dies over it', async () => {
    // Its third look, which is the one that we make necessary, or comes soon.
    const third = await startSecond({ failpoint: 'sent-leaving_run:3' });
    try {
      const tickets = await Promise.all(
        Array.from({ length: 40 }, async () => (await add(widening)).ticket));
      for (const t of tickets) await boss.ask('TICKET.ASSIGN', t, names.an);
      await state('an', 'away');
      await state('an', 'offline');
      const heard = await metric('deskd_due_heard_total');
      await change(`UPDATE desk.leaving SET due_at = now() WHERE ticket = ANY ('{${tickets}}')`);
      await until('it is told that they are due', async () =>
        (await metric('deskd_due_heard_total')) > heard);
      await third.ended;
      await until('all are back', async () =>
        (await sql(`SELECT 1 FROM desk.leaving WHERE ticket = ANY ('{${tickets}}')`)).length === 0);
      const [got] = await sql(
        `SELECT count(*)::int AS events, count(DISTINCT e.ticket)::int AS tickets FROM desk.event e
         WHERE e.meta @> '{"left":true}' AND e.ticket = ANY ('{${tickets}}')`,
      );
      assert.deepEqual(got, { events: 40, tickets: 40 });
      await until('all stand in their line', async () =>
        (await redis.zmscore(`{desk}:line:${widening}`, ...tickets)).every((score) => score !== null));
    } finally {
      await third.kill();
    }
  });

  test('keeps it when he is back before', async () => {
    await state('binh', 'ready');
    const { ticket } = await add(given);
    await has(names.binh, ticket);
    await state('binh', 'offline');
    await state('binh', 'away');
    assert.deepEqual(await soon(ticket), [], 'nothing is noted any more');
    assert.equal(await assignee(ticket), names.binh);
    const [row] = await sql(
      `SELECT count(*)::int AS n, count(*) FILTER (WHERE ended IS NULL)::int AS now
       FROM desk.agent_time t JOIN desk.agent a ON a.id = t.agent WHERE a.name = :'v1'`,
      names.binh,
    );
    assert.ok(Number(row.n) >= 3);
    assert.equal(Number(row.now), 1);
  });
});
