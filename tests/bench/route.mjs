// The decision: what the library takes for a match as lines and desks grow, in
// a Redis of its own; whole days of it; and the desk that routes by it.
import { read, startRedis } from '../route/lib/desk.mjs';
import { dayFigures } from './day.mjs';
import { offerFigures } from './live.mjs';
import { rebuildFigures } from './rebuild.mjs';

const SKILLS = ['vi', 'en', 'fr', 'ja', 'bao-hanh'];
// What tickets need, and what agents know: 20 kinds of each.
const needs = (i) => [[], [`${SKILLS[i % 5]}:${1 + (i % 3)}`], [`${SKILLS[i % 5]}?`], ['vi', 'en:2']][i % 4];
const knows = (i) => SKILLS.filter((_, k) => (i + k) % 4 < 3).map((s, k) => `${s}:${1 + ((i + k) % 5)}`).join(' ');

const row = (id, version, more) =>
  JSON.stringify({
    ticket: id, version, queue: `q${id % 4}`, place: 'wait', score: 1_800_000_000_000 + ((id * 7919) % 1e9),
    units: 20, channel: 'chat', skills: needs(id), offer: 30, ...more,
  });

async function desk(redis, mode = 'offer') {
  await redis.flushall();
  await redis.fcall('desk_rebuild_begin', 1, '{desk}', 'token', '', '0-0');
  await redis.fcall('desk_rebuild_end', 1, '{desk}', 'token', 'bench');
  for (let q = 0; q < 4; q++)
    await redis.fcall('desk_policy', 1, '{desk}', JSON.stringify({
      queue: `q${q}`, mode, strategy: ['longest_idle', 'least_loaded', 'round_robin', 'best_skill'][q],
      steps: [{ after: 3600, drop: 'preferred' }, { after: 7200, anyone: true }],
    }));
}

// Agents who serve two queues each, and have room for one chat.
async function people(redis, n) {
  for (let i = 0; i < n; i += 100)
    await Promise.all(Array.from({ length: Math.min(100, n - i) }, (_, k) =>
      redis.fcall('desk_agent', 1, '{desk}', `a${i + k}`, 'ready', '20',
        `q${(i + k) % 4} q${(i + k + 1) % 4}`, knows(i + k), '', '')));
}

async function wait(redis, from, n) {
  const rows = [];
  for (let i = 0; i < n; i += 250) {
    const args = [];
    for (let k = i; k < Math.min(n, i + 250); k++) args.push('0', row(from + k, 1));
    rows.push(redis.fcall('desk_apply', 1, '{desk}', ...args));
    if (rows.length === 8) await Promise.all(rows.splice(0));
  }
  await Promise.all(rows);
}

async function drained(redis) {
  while (read(await redis.fcall('desk_drain', 1, '{desk}')).todo);
}

// µs of the processor that Redis takes for each of the n calls that `run` makes:
// its own, and the reading and writing around them.
async function cost(redis, n, run) {
  const used = async () => {
    const cpu = await redis.info('cpu');
    return ['user', 'sys'].reduce((sum, kind) =>
      sum + Number(cpu.match(new RegExp(`used_cpu_${kind}_main_thread:([\\d.]+)`))[1]), 0);
  };
  const before = await used();
  await run();
  return ((await used() - before) * 1e6) / n;
}

const offers = async (redis, n) => (await redis.zrange('{desk}:offers', 0, n - 1)).map((o) => o.split(':'));

// A ticket comes and is offered, while that many agents are idle.
async function arrivals(redis, agents, n) {
  await desk(redis);
  await people(redis, agents);
  return cost(redis, n, async () => {
    for (let i = 0; i < n; i++)
      await redis.fcall('desk_apply', 1, '{desk}', '0', row(1e7 + i, 1, { skills: [] }));
  });
}

// An agent is done with a case and has the next offer, while that many wait.
async function freed(redis, agents, waiting, n) {
  await desk(redis);
  await people(redis, agents);
  await wait(redis, 1, agents + waiting);
  await drained(redis);
  const given = await offers(redis, n);
  for (const [id, name] of given)
    await redis.fcall('desk_apply', 1, '{desk}', '0',
      row(Number(id), 2, { place: 'work', agent: name }));
  await drained(redis);
  const before = await redis.zcard('{desk}:offers');
  const us = await cost(redis, given.length, async () => {
    for (const [id] of given)
      await redis.fcall('desk_apply', 1, '{desk}', '0', row(Number(id), 3, { place: 'gone' }));
  });
  const after = await redis.zcard('{desk}:offers');
  if (after - before < given.length * 0.9) throw new Error(`${after - before} offers of ${given.length}`);
  return us;
}

// Cases given out in a second, while 100,000 wait, by eight who call at once:
// one is over, the next is assigned and goes to work.
async function matches(redis, waiting, seconds) {
  await desk(redis, 'assign');
  await people(redis, 200);
  const busy = [];
  const take = async (reply) => {
    for (let { todo, assigned } = read(reply); ; ) {
      for (const [id, agent] of assigned) {
        busy.push(id);
        await take(await redis.fcall('desk_apply', 1, '{desk}', '0',
          row(Number(id), 2, { place: 'work', agent })));
      }
      if (!todo) return;
      ({ todo, assigned } = read(await redis.fcall('desk_drain', 1, '{desk}')));
    }
  };
  for (let i = 1; i <= waiting; i += 100) {
    const args = [];
    for (let k = i; k < i + 100; k++) args.push('0', row(k, 1));
    await take(await redis.fcall('desk_apply', 1, '{desk}', ...args));
  }
  const before = busy.length;
  let over = 0;
  const began = performance.now();
  const end = began + seconds * 1000;
  await Promise.all(Array.from({ length: 8 }, async () => {
    while (performance.now() < end && over < busy.length)
      await take(await redis.fcall('desk_apply', 1, '{desk}', '0',
        row(Number(busy[over++]), 3, { place: 'gone' })));
  }));
  return ((busy.length - before) * 1000) / (performance.now() - began);
}

// In virtual time, then on the desk itself.
async function routed(book) {
  const { redis, stop } = await startRedis();
  try {
    await dayFigures(book, redis);
  } finally {
    await stop();
  }
  await offerFigures(book);
  await rebuildFigures(book);
}

export async function routeFigures(book) {
  const { redis, stop } = await startRedis({ virtual: false });
  try {
    const n = book.quick ? 500 : 3000;
    for (const agents of [10, 1000, ...(book.quick ? [] : [10_000])]) {
      const us = await arrivals(redis, agents, Math.min(n, agents));
      book.put(`a case comes, ${agents} agents idle`, us, 'us');
    }
    for (const waiting of [1000, 100_000, ...(book.quick ? [] : [1_000_000])]) {
      const us = await freed(redis, 1000, waiting, Math.min(n, 500));
      book.put(`an agent is done, ${waiting} wait`, us, 'us');
    }
    if (!book.quick)
      book.put('an agent is done, 100000 wait, 10000 agents',
        await freed(redis, 10_000, 100_000, n), 'us');
    const waiting = book.quick ? 20_000 : 100_000;
    book.put(`matches, ${waiting} wait`, await matches(redis, waiting, book.seconds), 'a second');
  } finally {
    await stop();
  }
  await routed(book);
}
