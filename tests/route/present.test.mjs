// Who is connected, and what Redis finds out of agents: leases, graces, notes, by
// a clock of our own.
import assert from 'node:assert/strict';
import { after, before, beforeEach, describe, test } from 'node:test';
import { read, startRedis } from './lib/desk.mjs';

const LEASE = 10_000;
const GRACE = 30_000;
const NOTE = 5_000;
let server;
let redis;
let now;
let due; // when time alone changes something, as the last step said

const at = async (ms) => {
  now = ms;
  await redis.set('{desk}:clock', now);
};
const call = async (name, ...args) => {
  const reply = read(await redis.fcall(name, 1, '{desk}', ...args.map(String)));
  if (reply.due !== 0) due = reply.due < 0 ? Infinity : now + reply.due;
  return reply;
};
const come = (host, ...names) => call('desk_present', host, LEASE, GRACE, 1, ...names);
const leave = (host, ...names) => call('desk_present', host, LEASE, GRACE, 0, ...names);
const renew = async (host, grace = GRACE) =>
  (await call('desk_present_lease', host, LEASE, grace)).rest[0];
const pass = async (ms) => {
  await at(now + ms);
  return call('desk_lapse');
};
// As PostgreSQL has him; how: gone, said.
const tell = (name, state, version, { how = '', reason = '' } = {}) =>
  call('desk_agent', name, state, 100, 'sales', '', reason, '', version, how);
const state = (name) => redis.hget(`{desk}:a:${name}`, 'state');
const gone = (name) => redis.hexists(`{desk}:a:${name}`, 'gone');
const waiting = (ticket) =>
  call('desk_apply', '0', JSON.stringify({
    ticket, version: 1, queue: 'sales', place: 'wait', score: ticket, units: 5, offer: 3600,
  }));
const offers = (name) => redis.hkeys(`{desk}:a:${name}:offers`);
const notices = async () =>
  (await redis.xrange('{desk}:feed', '-', '+'))
    .map(([, f]) => JSON.parse(f[7]))
    .filter((n) => n.kind === 'agent')
    .map((n) => [n.agent, n.state, n.reason].join(' ').trim());

before(async () => {
  server = await startRedis();
  redis = server.redis;
});
after(() => server?.stop());
beforeEach(async () => {
  await redis.flushall();
  due = Infinity;
  await at(1_800_000_000_000);
  await call('desk_rebuild_begin', 'token', '', '0-0');
  await call('desk_rebuild_end', 'token', 'process');
  await renew('d1');
  await renew('d2');
  await tell('an', 'ready', 7);
  await tell('binh', 'ready', 3);
});

describe('a connection that ends', () => {
  test('is waited for, then its agent is away, at the very moment', async () => {
    await come('d1', 'an');
    await leave('d1', 'an');
    await renew('d2'); // (lives longer)
    assert.deepEqual((await pass(GRACE - 1)).notes, []);
    assert.equal(await state('an'), 'ready');
    const { notes } = await pass(1);
    assert.deepEqual(notes, [['an', 'lost', '7']]);
    assert.equal(await state('an'), 'away');
    assert.equal(await gone('an'), 1);
    assert.deepEqual((await notices()).slice(2), ['an away connection lost']);
  });

  test('is named by the reply as what is due next', async () => {
    await redis.del('{desk}:hosts');
    await come('d1', 'an');
    assert.equal(due, now + LEASE);
    await leave('d1', 'an');
    await redis.zadd('{desk}:hosts', now + 10 * GRACE, 'd1');
    await renew('d2');
    await redis.zadd('{desk}:hosts', now + 10 * GRACE, 'd2');
    await pass(1);
    assert.equal(due, now - 1 + GRACE);
    await pass(GRACE);
    assert.equal(due, now + NOTE, 'then the note, were it not put on record');
  });

  test('gives what is offered to him to the next', async () => {
    await tell('binh', 'away', 4);
    await come('d1', 'an');
    await waiting(1);
    assert.deepEqual(await offers('an'), ['1']);
    await leave('d1', 'an');
    await tell('binh', 'ready', 5);
    await pass(GRACE);
    assert.deepEqual(await offers('an'), []);
    assert.deepEqual(await offers('binh'), ['1']);
  });

  test('costs nothing when he is back in time, or is at another daemon', async () => {
    await come('d1', 'an', 'binh');
    await come('d2', 'binh');
    await leave('d1', 'an', 'binh');
    await pass(GRACE - 1);
    await renew('d2');
    await come('d2', 'an');
    for (let i = 0; i < 20; i++) {
      await renew('d2');
      assert.deepEqual((await pass(5_000)).notes, []);
    }
    assert.deepEqual([await state('an'), await state('binh')], ['ready', 'ready']);
  });

  test('leaves him as he is where the grace is 0', async () => {
    await come('d1', 'an');
    await renew('d1', 0);
    await call('desk_present', 'd1', LEASE, 0, 0, 'an');
    await call('desk_present', 'd1', LEASE, 0, 1, 'binh'); // and its daemon dies
    assert.deepEqual((await pass(10 * GRACE)).notes, []);
    assert.deepEqual((await pass(10 * GRACE)).notes, []);
    assert.equal(await state('an'), 'ready');
  });

  test('is noted of who said that he is on a break, who is on it still', async () => {
    await come('d1', 'an', 'binh');
    await tell('an', 'break', 8, { reason: 'họp', how: 'said' });
    await tell('binh', 'offline', 4, { how: 'said' });
    await leave('d1', 'an', 'binh');
    const { notes } = await pass(GRACE);
    assert.deepEqual(notes, [['an', 'lost', '8']], 'who is offline has left');
    assert.equal(await state('an'), 'break');
    assert.equal(await redis.hget('{desk}:a:an', 'reason'), 'họp');
  });

  test('is over when somebody says how he is', async () => {
    await come('d1', 'an');
    await leave('d1', 'an');
    await tell('an', 'ready', 8, { how: 'said' });
    assert.deepEqual((await pass(2 * GRACE)).notes, []);
    assert.equal(await state('an'), 'ready');
  });

  test('is of nobody whom Redis does not know', async () => {
    await come('d1', 'nobody');
    await leave('d1', 'nobody');
    assert.deepEqual((await pass(GRACE)).notes, []);
    assert.equal(await redis.exists('{desk}:a:nobody'), 0);
  });
});

describe('a daemon that dies', () => {
  test('lets its agents go after its lease and the grace', async () => {
    await come('d1', 'an', 'binh');
    await come('d2', 'binh');
    for (let i = 0; i < 10; i++) {
      await renew('d2');
      if (i < 5) await renew('d1');
      await pass(5_000);
    }
    // Its lease ended 30 s after the beginning; that was 50.
    await renew('d2');
    assert.deepEqual((await pass(9_999)).notes, []);
    await renew('d2');
    assert.deepEqual((await pass(1)).notes, [['an', 'lost', '7']]);
    assert.deepEqual([await state('an'), await state('binh')], ['away', 'ready']);
    assert.deepEqual(await redis.zrange('{desk}:hosts', 0, -1), ['d2']);
    assert.equal(await redis.exists('{desk}:on:d1'), 0);
  });

  test('is known no more, which it is told', async () => {
    assert.equal(await renew('d1'), 1);
    await pass(LEASE);
    await pass(1);
    assert.equal(await renew('d1'), 0);
    assert.equal(await renew('d1'), 1);
  });

  test('and one that takes another name gives the old one up', async () => {
    await come('d1', 'an', 'binh');
    await call('desk_present_lease', 'd3', LEASE, GRACE, 'd1');
    await come('d3', 'an');
    await leave('d3', 'binh');
    assert.deepEqual((await redis.zrange('{desk}:hosts', 0, -1)).sort(), ['d2', 'd3']);
    assert.deepEqual(await redis.zrange('{desk}:losses', 0, -1), ['binh']);
    assert.equal(await redis.exists('{desk}:on:d1'), 0);
  });

  test('with 300 agents: some at a time, all of them', async () => {
    const names = Array.from({ length: 300 }, (_, i) => `a${i}`);
    for (const n of names) await tell(n, 'ready', 1);
    for (let i = 0; i < 300; i += 150) await come('d1', ...names.slice(i, i + 150));
    let lost = 0;
    let steps = 0;
    for (let i = 0; i < 60 && lost < 300; i++, steps++) {
      await renew('d2');
      await at(Math.max(now, Math.min(due, now + 5_000)));
      const { notes } = await call('desk_lapse');
      const fresh = notes.filter(([, what]) => what === 'lost').length;
      assert.ok(fresh <= 128, `${fresh} in one step`);
      lost += fresh;
      for (const [name, , v] of notes)
        await tell(name, 'away', Number(v) + 1, { how: 'gone', reason: 'connection lost' });
    }
    assert.equal(lost, 300);
    assert.equal(await redis.exists('{desk}:losses', '{desk}:notes'), 0);
  });
});

describe('a note', () => {
  const lose = async () => {
    await come('d1', 'an');
    await leave('d1', 'an');
    return pass(GRACE);
  };

  test('is told once more until PostgreSQL has answered', async () => {
    await lose();
    assert.deepEqual((await pass(NOTE - 1)).notes, []);
    assert.deepEqual((await pass(1)).notes, [['an', 'lost', '7']]);
    await tell('an', 'away', 8, { how: 'gone', reason: 'connection lost' });
    assert.deepEqual((await pass(10 * NOTE)).notes, []);
    assert.deepEqual((await notices()).slice(2), ['an away connection lost'], 'told once');
  });

  test('is kept from word of the same presence, and gives way to a newer one', async () => {
    await lose();
    await tell('an', 'ready', 7); // a configuration was applied meanwhile
    assert.equal(await state('an'), 'away');
    await tell('an', 'ready', 6);
    assert.equal(await state('an'), 'away');
    await tell('an', 'ready', 8, { how: 'said' });
    assert.equal(await state('an'), 'ready');
    assert.equal(await gone('an'), 0);
    assert.deepEqual((await pass(10 * NOTE)).notes, []);
  });

  test('is made when he comes back, also by another daemon', async () => {
    await lose();
    await tell('an', 'away', 8, { how: 'gone', reason: 'connection lost' });
    assert.deepEqual((await come('d2', 'an')).notes, [['an', 'back', '8']]);
    assert.deepEqual((await come('d1', 'an')).notes, [], 'once');
    assert.equal(await state('an'), 'away', 'PostgreSQL says what he is');
    await tell('an', 'ready', 9);
    assert.equal(await state('an'), 'ready');
    assert.equal(await gone('an'), 0);
    assert.deepEqual((await pass(10 * NOTE)).notes, []);
  });

  test('of his coming is made again when that of his loss was late', async () => {
    await lose();
    assert.deepEqual((await come('d2', 'an')).notes, [['an', 'back', '7']]);
    // PostgreSQL took the loss first, and the coming was of an older presence.
    assert.deepEqual(
      (await tell('an', 'away', 8, { how: 'gone', reason: 'connection lost' })).notes,
      [['an', 'back', '8']],
    );
  });

  test('of a loss waits for the one that is under way', async () => {
    await lose();
    await tell('an', 'away', 8, { how: 'gone', reason: 'connection lost' });
    await come('d2', 'an');
    await leave('d2', 'an');
    await renew('d1');
    const told = [];
    for (let i = 0; i < 10; i++) told.push(...(await pass(NOTE)).notes);
    assert.deepEqual([...new Set(told.map(String))], ['an,back,8']);
    await tell('an', 'ready', 9);
    assert.deepEqual((await pass(2_000)).notes, [['an', 'lost', '9']]);
    assert.equal(await state('an'), 'away');
  });

  test('is made of two offers that were not answered', async () => {
    await tell('binh', 'offline', 4);
    await redis.fcall('desk_apply', 1, '{desk}', '0', JSON.stringify({
      ticket: 1, version: 1, queue: 'sales', place: 'wait', score: 1, units: 5, offer: 5,
    }));
    const told = [];
    for (let i = 0; i < 3; i++) told.push(...(await pass(5_000)).notes);
    assert.deepEqual(told[0], ['an', 'away', '7']);
    assert.equal(await state('an'), 'away');
    await tell('an', 'ready', 7); // a configuration was applied
    assert.equal(await state('an'), 'away');
    await tell('an', 'away', 8, { reason: 'offers not answered' });
    assert.deepEqual((await pass(10 * NOTE)).notes, []);
  });
});

test('what was rebuilt knows nobody: daemons say anew who is with them', async () => {
  await come('d1', 'an');
  await leave('d1', 'an');
  await redis.del('{desk}:epoch');
  await call('desk_rebuild_begin', 'other', '', '0-0');
  await call('desk_rebuild_end', 'other', 'process');
  assert.equal(await renew('d1'), 0);
  assert.deepEqual((await pass(2 * GRACE)).notes, []);
  // PostgreSQL's word of the time before counts, whatever version it has.
  await tell('an', 'away', 2, { how: 'gone', reason: 'connection lost' });
  assert.deepEqual([await state('an'), await gone('an')], ['away', 1]);
  assert.deepEqual((await come('d1', 'an')).notes, [['an', 'back', '2']]);
});
