// What a queue's policy makes of its cases, through deskd: assigned at once,
// asked for, given to another queue's agents; wrapping up; and why.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { admin, apply, deskctl, event, login, sql, unique, until } from './lib/desk.mjs';
import { openRedis } from './lib/lines.mjs';

const queue = unique('q');
const other = unique('q');
const closed = unique('q'); // for its members, of whom there are none
const password = unique('secret-');
const names = { an: unique('a'), binh: unique('b') };
let boss;
let config;
let redis;
let agents;

const add = async (to = queue) =>
  (await boss.ask('EVENT.ADD', event({ to: `${to}@shop.example` }))).ticket;
const policy = (more) =>
  redis.fcall('desk_policy', 1, '{desk}', JSON.stringify({ queue, ...more }));
const assignee = async (ticket) =>
  (await sql(`SELECT a.name FROM desk.ticket t JOIN desk.agent a ON a.id = t.assignee
              WHERE t.id = :v1`, ticket))[0]?.name;
const offers = async (who) => (await agents[who].ask('OFFER.LIST')).offers.map((o) => o.ticket);
const be = (who, state) => agents[who].ask('AGENT.STATE', 'me', state);
const waits = (ticket) =>
  until(`${ticket} waits`, () => redis.zscore(`{desk}:line:${queue}`, String(ticket)));

before(async () => {
  redis = openRedis();
  boss = await admin();
  ({ config } = await boss.ask('CONFIG.SHOW'));
  const agent = (name, serves) => ({
    name, display: name, role: 'agent', capacity: 5, queues: [serves], skills: ['vi'],
  });
  const line = (name) => ({ name, title: name, first: 3600, next: 3600, offer: 60 });
  await apply(boss, {
    ...config,
    queues: [
      ...config.queues, line(queue), line(other),
      { ...line(closed), members_only: true, widen: [`1s overflow ${other}`] },
    ],
    served: [
      ...config.served,
      ...[queue, closed].map((q) => ({ kind: 'email', address: `${q}@shop.example`, queue: q })),
    ],
    agents: [...config.agents, agent(names.an, queue), agent(names.binh, other)],
  });
  agents = {};
  for (const [who, name] of Object.entries(names)) {
    await boss.ask('USER.PASSWORD', name, password);
    agents[who] = await login(name, password);
    // Redis has been told of the queues before it is of people.
    await until(`${name} is known`, () => redis.hexists(`{desk}:a:${name}`, 'state'));
  }
});
after(async () => {
  if (config) {
    for (const name of Object.values(names)) await boss.ask('AGENT.STATE', name, 'offline');
    for (const q of [queue, closed]) {
      const { tickets } = await boss.ask('TICKET.LIST', 'QUEUE', q, 'LIMIT', 200);
      for (const t of tickets) await boss.ask('TICKET.RESOLVE', t.ticket);
    }
    await apply(boss, config);
    await redis.del(`{desk}:policy:${queue}`);
  }
  for (const w of Object.values(agents ?? {})) w.end();
  boss?.end();
  redis?.disconnect();
});

describe('a queue', () => {
  test('that assigns gives its cases to who is ready, unasked', async () => {
    await policy({ mode: 'assign' });
    await be('an', 'ready');
    const ticket = await add();
    await until('it is his', async () => (await assignee(ticket)) === names.an);
    await until('it is his work', () => redis.hexists(`{desk}:a:${names.an}:work`, ticket));
    assert.deepEqual(await offers('an'), []);
    const next = await add();
    await waits(next); // he has no room for it
    await boss.ask('TICKET.RESOLVE', ticket);
    await until('it is his', async () => (await assignee(next)) === names.an);
    await boss.ask('TICKET.RESOLVE', next);
    await be('an', 'away');
  });

  test('whose agents ask offers nothing, and gives what comes first', async () => {
    await policy({ mode: 'pull' });
    await be('an', 'ready');
    const first = await add();
    const second = await add();
    await boss.ask('TICKET.PRIORITY', second, 90);
    await waits(first);
    await until('the priority is in the line', async () =>
      (await redis.zrank(`{desk}:line:${queue}`, String(second))) === 0);
    assert.deepEqual(await offers('an'), []);
    assert.equal((await agents.an.ask('TICKET.NEXT')).ticket, second);
    assert.equal((await agents.an.ask('TICKET.NEXT')).ticket, first);
    assert.equal(await assignee(first), names.an);
    assert.equal((await agents.an.refused('TICKET.NEXT')).code, 'NOTFOUND');
    assert.equal((await agents.an.refused('TICKET.NEXT', 'agent', names.binh)).code, 'DENIED');
    for (const t of [first, second]) await boss.ask('TICKET.RESOLVE', t);
    await be('an', 'away');
  });

  test('whose line overflows asks who serves another', async () => {
    await policy({ steps: [{ after: 0, queue: other }] });
    await be('binh', 'ready');
    const ticket = await add();
    await until('it is offered', async () => (await offers('binh')).includes(ticket));
    await agents.binh.ask('OFFER.ACCEPT', ticket);
    assert.equal(await assignee(ticket), names.binh);
    await boss.ask('TICKET.RESOLVE', ticket);
    await be('binh', 'away');
  });
});

test('wrapping up takes room until it is said to be done', async () => {
  await policy({ wrap: { mail: 600 } });
  const [{ channel }] = await sql('SELECT channel FROM desk.ticket WHERE id = :v1', await add());
  assert.equal(channel, 'mail');
  const ticket = await add();
  const his = async () =>
    (await boss.ask('AGENT.LIST')).agents.find((a) => a.name === names.an);
  await boss.ask('TICKET.ASSIGN', ticket, names.an);
  await until('it is his work', async () => (await his()).load === 5);
  // (What Redis is told of a case's channel is what it wraps up by.)
  const told = await redis.hget(`{desk}:t:${ticket}`, 'channel');
  await boss.ask('TICKET.RESOLVE', ticket);
  await until('it is no work', async () =>
    !(await redis.hexists(`{desk}:a:${names.an}:work`, ticket)));
  assert.equal((await his()).load, told === 'mail' ? 5 : 0);
  assert.equal((await agents.an.ask('AGENT.WRAPPED', 'me')).wrapped, told === 'mail');
  assert.equal((await his()).load, 0);
  assert.equal((await his()).wrap, undefined);
});

describe('why a case is where it is', () => {
  test('and that nobody is asked who may not see it', async () => {
    await be('binh', 'ready');
    const ticket = await add(closed);
    await until('it waits', () => redis.zscore(`{desk}:line:${closed}`, String(ticket)));
    const all = await boss.ask('TICKET.EXPLAIN', ticket);
    assert.deepEqual(all.unseen, [other]);
    assert.equal(all.routing.next, undefined, 'it will not overflow');
    assert.deepEqual(all.routing.asked, [closed]);
    const { stdout } = await deskctl(['explain', String(ticket)]);
    assert.match(stdout, new RegExp(`It does not overflow into ${other}: agents there may not`));
    await be('binh', 'away');
  });

  test('is told: all to a supervisor, to an agent how many', async () => {
    await policy({ steps: [{ after: 3600, queue: other }] });
    const ticket = await add();
    await waits(ticket);
    const all = await boss.ask('TICKET.EXPLAIN', ticket);
    assert.equal(all.live, true);
    assert.equal(all.routing.stage, 'exact');
    assert.deepEqual(all.routing.asked, [queue]);
    assert.equal(all.routing.next.stage, 'overflow');
    assert.ok(!Number.isNaN(Date.parse(all.routing.next.at)));
    assert.deepEqual(all.routing.agents.map((a) => [a.agent, a.why]), [[names.an, 'away']]);
    const his = await agents.an.ask('TICKET.EXPLAIN', ticket);
    assert.equal(his.routing.agents, undefined);
    assert.deepEqual(his.routing.counts.reasons, { away: 1 });
    assert.equal((await boss.refused('TICKET.EXPLAIN', 9007199254740991)).code, 'NOTFOUND');
    const { status, stdout } = await deskctl(['explain', String(ticket)]);
    assert.equal(status, 0);
    assert.match(stdout, new RegExp(`^Case #\\d+ \\(${ticket}\\), new, in ${queue}`));
    assert.match(stdout, new RegExp(`${names.an} +away`));
    assert.match(stdout, new RegExp(`Next, at .*: overflow .*asked: ${queue}, ${other}\\.`));
    await be('an', 'ready');
    await until('it is offered', async () => (await offers('an')).length === 1);
    const [offer] = await offers('an');
    const why = (await boss.ask('TICKET.EXPLAIN', offer)).routing;
    assert.equal(why.offer.agent, names.an);
    assert.equal(why.why.strategy, 'longest_idle');
  });
});
