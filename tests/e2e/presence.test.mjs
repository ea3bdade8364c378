// Who loses his connection, through deskd and over two of them: away after the
// grace, and as he was when he is back soon.  Graces, leases and notes are ended
// by moving their time, where a test is not about time itself.
import assert from 'node:assert/strict';
import { after, before, beforeEach, describe, test } from 'node:test';
import {
  admin, apply, change, desk, deskctl, event, login, sql, unique, until,
} from './lib/desk.mjs';
import { openRedis } from './lib/lines.mjs';
import { startSecond } from './lib/second.mjs';
import { Session, Stream } from './lib/web.mjs';

const queue = unique('q');
const password = unique('secret-');
const names = { an: unique('a'), binh: unique('b') };
const LOST = 'connection lost';
let boss;
let config;
let ours;
let redis;
let second;
const wires = [];

// A connection of his that hears of offers.
async function listens(name, from = login) {
  const wire = await from(name, password);
  wires.push(wire);
  await wire.ask('FEED.SUBSCRIBE');
  await until(`${name} is here`, async () => (await hosts(name)).length > 0);
  return wire;
}
// The daemons that say that he is with them.
async function hosts(name) {
  const all = await redis.zrange('{desk}:hosts', 0, -1);
  const on = await Promise.all(all.map((h) => redis.sismember(`{desk}:on:${h}`, name)));
  return all.filter((h, i) => on[i]);
}
const leaves = (name) =>
  until(`${name} is waited for`, () => redis.zscore('{desk}:losses', name));
// The grace of who is waited for is over.
const graceOver = (name) => redis.zadd('{desk}:losses', 'XX', 1, name);
const left = async (name) => {
  await leaves(name);
  await graceOver(name);
};
const be = (name, state, ...more) => boss.ask('AGENT.STATE', name, state, ...more);
const seen = async (name) => {
  const { agents } = await boss.ask('AGENT.LIST');
  const { state, reason } = agents.find((a) => a.name === name);
  return reason ? `${state}: ${reason}` : state;
};
const is = (name, what) =>
  until(`${name} is ${what}`, async () => (await seen(name)) === what);
// What PostgreSQL has of his time, the last first, and that Redis knows its version.
const times = (name) =>
  sql(`SELECT t.state, t.reason, t.ended IS NULL AS now FROM desk.agent_time t
       JOIN desk.agent a ON a.id = t.agent AND a.name = :'v1' ORDER BY t.began DESC`, name);
const recorded = async (name, ...states) => {
  await until(`${name} is on record as ${states[0]}`, async () =>
    (await times(name))[0]?.state === states[0] &&
    (await redis.hexists(`{desk}:a:${name}`, 'note')) === 0);
  const rows = await times(name);
  assert.deepEqual(rows.slice(0, states.length).map((t) => t.state), states);
  assert.equal(rows.filter((t) => t.now).length, 1);
  const [{ v }] = await sql(
    `SELECT presence_version AS v FROM desk.agent WHERE name = :'v1'`, name);
  assert.equal(Number(await redis.hget(`{desk}:a:${name}`, 'version')), v);
  return rows;
};
const offers = (name) => redis.hkeys(`{desk}:a:${name}:offers`);

before(async () => {
  redis = openRedis();
  boss = await admin();
  second = await startSecond();
  ({ config } = await boss.ask('CONFIG.SHOW'));
  const agent = (name) => ({
    name, display: name, role: 'agent', capacity: 100, queues: [queue], skills: ['vi'],
  });
  ours = (grace) => ({
    ...config,
    presence: { ...config.presence, grace },
    queues: [...config.queues, { name: queue, title: queue, first: 3600, next: 3600, offer: 3600 }],
    served: [...config.served, { kind: 'email', address: `${queue}@shop.example`, queue }],
    agents: [...config.agents, ...Object.values(names).map(agent)],
  });
  await apply(boss, ours(1), [desk.metrics, second.metrics]);
  for (const name of Object.values(names)) {
    await boss.ask('USER.PASSWORD', name, password);
    await until(`${name} is known`, () => redis.hexists(`{desk}:a:${name}`, 'version'));
  }
});
after(async () => {
  for (const w of wires) w.end();
  if (config) {
    for (const name of Object.values(names)) await be(name, 'offline');
    const { tickets } = await boss.ask('TICKET.LIST', 'QUEUE', queue, 'LIMIT', 200);
    for (const t of tickets) await boss.ask('TICKET.RESOLVE', t.ticket);
    await apply(boss, config);
  }
  boss?.end();
  redis?.disconnect();
  await second?.stop();
});
beforeEach(async () => {
  for (const w of wires.splice(0)) w.end();
  for (const name of Object.values(names)) {
    await until(`${name} is nowhere`, async () => (await hosts(name)).length === 0);
    await be(name, 'offline');
  }
});

describe('who loses his connection', () => {
  test('is away after the grace, and his offer is the next one\'s', async () => {
    const wire = await listens(names.an);
    const other = await listens(names.binh);
    await be(names.an, 'ready');
    const { ticket } = await boss.ask('EVENT.ADD', event({ to: `${queue}@shop.example` }));
    await until('it is offered', async () => (await offers(names.an)).includes(String(ticket)));
    await be(names.binh, 'ready');
    wire.end(); // (the grace is a second)
    await is(names.an, `away: ${LOST}`);
    await until('it is offered to the next', async () =>
      (await offers(names.binh)).includes(String(ticket)));
    const rows = await recorded(names.an, 'away', 'ready');
    assert.equal(rows[0].reason, LOST);
    const { stdout } = await deskctl(['agent', 'list']);
    assert.match(stdout, new RegExp(`${names.an}.*${LOST}`), 'deskctl says why');
    assert.equal(await seen(names.binh), 'ready', 'the other one is here');
    await other.ask('TICKET.TAKE', ticket);
    await boss.ask('TICKET.RESOLVE', ticket);
    await apply(boss, ours(3600), [desk.metrics, second.metrics]);
  });

  test('is what he was when he is back soon, wherever that is', async () => {
    const wire = await listens(names.an);
    await wire.ask('AGENT.STATE', 'me', 'ready', 'REASON', 'sáng');
    wire.end();
    await left(names.an);
    await is(names.an, `away: ${LOST}`);
    await recorded(names.an, 'away', 'ready');
    await listens(names.an, second.login);
    await is(names.an, 'ready: sáng');
    await recorded(names.an, 'ready', 'away', 'ready');
  });

  test('stays away when he is back later, until he says so', async () => {
    const wire = await listens(names.an);
    await be(names.an, 'ready');
    wire.end();
    await left(names.an);
    await recorded(names.an, 'away', 'ready');
    await change(`UPDATE desk.agent SET left_at = left_at - interval '5 minutes'
                  WHERE name = :'v1'`, names.an);
    const back = await listens(names.an);
    await until('that is on record', () =>
      redis.hexists(`{desk}:a:${names.an}`, 'gone').then((n) => n === 0));
    assert.equal(await seen(names.an), `away: ${LOST}`);
    await back.ask('AGENT.STATE', 'me', 'ready');
    await is(names.an, 'ready');
    await recorded(names.an, 'ready', 'away', 'ready');
  });

  test('is nobody who has another one: a page, at another daemon', async () => {
    const wire = await listens(names.an);
    await be(names.an, 'ready');
    const session = await Session.begin(names.an, password, second.http);
    const page = await Stream.open('/api/v1/feed/live', {
      base: second.http, headers: { Cookie: session.cookie.split(';', 1)[0] },
    });
    assert.equal(page.status, 200);
    await until('he is at both', async () => (await hosts(names.an)).length === 2);
    wire.end();
    await until('he is at one', async () => (await hosts(names.an)).length === 1);
    assert.equal(await redis.zscore('{desk}:losses', names.an), null);
    page.request.destroy();
    await left(names.an);
    await is(names.an, `away: ${LOST}`);
  });
});

test('a daemon that is killed lets its people go after its lease', async () => {
  const third = await startSecond();
  try {
    await listens(names.binh);
    await be(names.binh, 'ready');
    await listens(names.an, third.login);
    await be(names.an, 'ready');
    const [host] = await hosts(names.an);
    const killed = Date.now();
    await third.kill();
    const lost = await redis.zscore('{desk}:losses', names.an);
    // (Its lease is ten seconds, renewed each three.)
    if (Date.now() - killed < 6000) assert.equal(lost, null, 'not at once');
    await redis.zadd('{desk}:hosts', 'XX', 1, host);
    await left(names.an);
    await is(names.an, `away: ${LOST}`);
    await recorded(names.an, 'away', 'ready');
    assert.equal(await seen(names.binh), 'ready');
  } finally {
    await third.kill();
  }
});

describe('what Redis found out', () => {
  test('of who was told, and died, is told another one', async () => {
    const wire = await listens(names.an);
    await be(names.an, 'ready');
    wire.end();
    await leaves(names.an);
    // We are the daemon that hears of it, and then is no more.
    const [, [, reply]] = await redis.multi()
      .zadd('{desk}:losses', 'XX', 1, names.an).fcall('desk_lapse', 1, '{desk}').exec();
    assert.match(JSON.stringify(reply), new RegExp(`"${names.an}","lost"`));
    assert.equal((await times(names.an))[0].state, 'ready', 'not on record');
    await redis.zadd('{desk}:notes', 'XX', 1, names.an);
    await recorded(names.an, 'away', 'ready');
  });

  test('is on record when who has put it there dies before Redis is told', async () => {
    const wire = await listens(names.an);
    await be(names.an, 'ready');
    wire.end();
    await left(names.an);
    await recorded(names.an, 'away', 'ready');
    const third = await startSecond({ failpoint: 'noted' });
    try {
      await listens(names.an, third.login); // who hears that he is back, first
      await third.ended;
      assert.deepEqual((await times(names.an)).slice(0, 2).map((t) => t.state), ['ready', 'away']);
      assert.equal(await seen(names.an), `away: ${LOST}`, 'Redis does not know');
      await redis.zadd('{desk}:notes', 'XX', 1, names.an);
      await is(names.an, 'ready');
      await recorded(names.an, 'ready', 'away', 'ready');
      for (const host of await hosts(names.an)) await redis.zadd('{desk}:hosts', 'XX', 1, host);
    } finally {
      await third.kill();
    }
  });

  test('outlives a FLUSHALL, and so does that he is gone', async () => {
    const wire = await listens(names.an);
    await be(names.an, 'ready');
    wire.end();
    await left(names.an);
    await recorded(names.an, 'away', 'ready');
    await redis.flushall();
    await until('Redis is rebuilt', () => redis.hexists(`{desk}:a:${names.an}`, 'gone'));
    assert.equal(await seen(names.an), `away: ${LOST}`);
    await listens(names.an);
    await is(names.an, 'ready');
  });

  test('of two offers that were not answered, too, once', async () => {
    await listens(names.an);
    await be(names.an, 'ready');
    const { ticket } = await boss.ask('EVENT.ADD', event({ to: `${queue}@shop.example` }));
    for (let i = 0; i < 2; i++) {
      await until('it is offered', async () => (await offers(names.an)).includes(String(ticket)));
      await redis.zadd('{desk}:offers', 'XX', 1, `${ticket}:${names.an}`);
      await until('it has lapsed', async () =>
        Number(await redis.zscore('{desk}:offers', `${ticket}:${names.an}`)) !== 1);
    }
    await is(names.an, 'away: offers not answered');
    const rows = await recorded(names.an, 'away', 'ready');
    assert.equal(rows[0].reason, 'offers not answered');
    await apply(boss, ours(3600), [desk.metrics, second.metrics]);
    await redis.flushall();
    await until('Redis is rebuilt', () => redis.hexists(`{desk}:a:${names.an}`, 'version'));
    assert.equal(await seen(names.an), 'away: offers not answered');
    await boss.ask('TICKET.RESOLVE', ticket);
  });
});

test('a FLUSHALL in his grace does not make one forget him', async () => {
  const wire = await listens(names.an);
  await be(names.an, 'ready');
  wire.end();
  await leaves(names.an);
  await redis.flushall();
  await until('Redis is rebuilt', () => redis.hexists(`{desk}:a:${names.an}`, 'version'));
  await left(names.an);
  await is(names.an, `away: ${LOST}`);
});
