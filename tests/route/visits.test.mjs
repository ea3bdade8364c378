// Who has a page open, by a clock of our own: what a FLUSHALL takes away.
import assert from 'node:assert/strict';
import { after, before, beforeEach, test } from 'node:test';
import { read, startRedis } from './lib/desk.mjs';

const LEASE = 10_000;
const GRACE = 5_000;
let server;
let redis;
let now;

const at = async (ms) => {
  now = ms;
  await redis.set('{desk}:clock', now);
};
const call = async (name, ...args) =>
  read(await redis.fcall(name, 1, '{desk}', ...args.map(String))).rest;
const come = (daemon, ...talks) => call('desk_visits', daemon, LEASE, 1, ...talks);
const leave = (daemon, ...talks) => call('desk_visits', daemon, LEASE, 0, ...talks);
const tick = (daemon) => call('desk_visits_tick', daemon, LEASE, GRACE);
const emptied = async () => {
  await redis.flushall();
  await at(now);
};

before(async () => {
  server = await startRedis();
  redis = server.redis;
});
after(() => server?.stop());
beforeEach(async () => {
  now = 1_800_000_000_000;
  await emptied();
});

test('a daemon is known from its second tick on', async () => {
  assert.equal((await tick('d1'))[0], 0);
  assert.equal((await tick('d1'))[0], 1);
});

test('a visitor who comes between a FLUSHALL and the tick hides no others', async () => {
  await tick('d1');
  await come('d1', 'one', 'two');
  assert.equal((await tick('d1'))[0], 1);
  await emptied();
  await come('d1', 'three');
  assert.equal((await tick('d1'))[0], 0, 'it must say anew who is with it');
  await come('d1', 'one', 'two', 'three');
  assert.equal((await tick('d1'))[0], 1);
  await leave('d1', 'three');
  await at(now + GRACE);
  assert.deepEqual((await tick('d1'))[1], [['three', String(now - GRACE)]]);
});

test('of a daemon that dies before its tick, who was told of is gone', async () => {
  await come('d1', 'one');
  await at(now + LEASE);
  await tick('d2'); // takes over what it left
  await at(now + GRACE);
  assert.deepEqual((await tick('d2'))[1], [['one', String(now - GRACE)]]);
  assert.equal((await tick('d2'))[0], 1);
  assert.equal((await tick('d1'))[0], 0, 'it was given up');
  assert.equal((await tick('d1'))[0], 1);
});
