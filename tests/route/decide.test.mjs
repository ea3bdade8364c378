// Routing by its rules: a random desk, and after every step all that must hold.
// SEED=N plays one desk over again, DESKS and STEPS say how much (long runs).
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { act, newAgent, newQueue, QUEUES } from './lib/acts.mjs';
import { startRedis } from './lib/desk.mjs';
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
