// Routing by its rules: a random desk, and after every step all that must hold.
// SEED=N plays one desk over again, DESKS and STEPS say how much (long runs).
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { act, newAgent, newQueue, QUEUES } from './lib/acts.mjs';
import { dump, startRedis } from './lib/desk.mjs';
import { random, World } from './lib/world.mjs';

const seed = Number(process.env.SEED ?? Math.floor(Math.random() * 2 ** 31));
const desks = Number(process.env.DESKS ?? (process.env.SEED ? 1 : 10));
const steps = Number(process.env.STEPS ?? 250);
let server;

before(async () => {
  server = await startRedis();
});
after(() => server?.stop());

for (let n = 0; n < desks; n++)
  test(`the rules hold: SEED=${seed + n}, ${steps} steps`, async () => {
    const rnd = random(seed + n);
    const world = new World(server.redis, rnd);
    for (let i = 0; i < 3 + rnd.below(5); i++) newAgent(rnd, world, `a${i}`);
    for (const q of QUEUES) newQueue(rnd, world, q);
    await world.begin();
    for (let i = 0; i < steps; i++) {
      await act(world);
      const wrong = await world.look();
      assert.deepEqual(wrong, [], `step ${i}\n${world.log.slice(-12).join('\n')}`);
    }
  });

// What tickets need by when and by whom, of few kinds, so that many are alike.
function waitingRow(rnd, id, now) {
  const since = now - rnd.below(400) * 1000;
  const kind = { queue: rnd.one(['q0', 'q1']), channel: rnd.one(['chat', 'mail']), skills: rnd.one([[], ['en:3', 'vi?']]) };
  const place = rnd.one(['wait', 'wait', 'wait', 'work']);
  return JSON.stringify({
    ticket: id, version: 1 + rnd.below(3), score: since + rnd.below(1e6), since, place, units: 5, offer: 30, ...kind,
    ...(place === 'work' && { agent: rnd.one(['a0', 'a1']) }),
    ...(rnd.chance(0.2) && { prefer: rnd.one(['a0', 'a1', 'nobody']) }),
    ...(rnd.chance(0.1) && { conversation: `talk${id}` }),
  });
}

test(`a rebuild's pages put tickets where they come one by one: SEED=${seed}`, async () => {
  const { redis } = server;
  const now = 1_800_000_000_000;
  const rnd = random(seed);
  const rows = Array.from({ length: 400 }, (_, i) => waitingRow(rnd, i + 1, now));
  rows.splice(50, 0, rows[20], 'no JSON', '{"ticket":7,"version":1,"score":1,"since":1,"place":"nowhere"}');
  const told = async (each) => {
    const call = (name, ...args) => redis.fcall(name, 1, '{desk}', ...args);
    await redis.flushall();
    await redis.set('{desk}:clock', now);
    await call('desk_rebuild_begin', 'token', '', '0-0');
    for (const queue of ['q0', 'q1'])
      await call('desk_policy', JSON.stringify({ queue, mode: 'offer', strategy: 'longest_idle', same: 60, steps: [
        { after: 45, drop: 'preferred' }, { after: 90, levels: 1 }, { after: 200, queue: 'q2' }, { after: 300, anyone: true }] }));
    await call('desk_agent', 'a0', 'ready', '100', 'q0:1:120 q1', 'en:4', '', '');
    await call('desk_agent', 'a1', 'ready', '100', 'q1', 'vi', '', '');
    await each(call);
    const { todo, ...stands } = await dump(redis);
    return { ...stands, stages: await redis.zrange('{desk}:stages', 0, -1, 'WITHSCORES'),
      queues: (await redis.smembers('{desk}:queues')).sort(), work: await redis.hgetall('{desk}:a:a0:work') };
  };
  const one = await told(async (call) => {
    for (const row of rows) await call('desk_apply', '0', row);
  });
  const page = await told(async (call) => {
    for (let i = 0; i < rows.length; i += 150) await call('desk_rebuild_page', 'token', ...rows.slice(i, i + 150));
  });
  assert.ok(Object.keys(one.lanes).length > 12, 'of many needs');
  assert.deepEqual(page, one);
});
