// The private PostgreSQL and Redis: asked directly, and taken away.
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import Redis from 'ioredis';

const run = promisify(execFile);
export const root = process.env.DESKD_ROOT;
export const pause = (ms) => new Promise((done) => setTimeout(done, ms));

export async function until(what, ask, seconds = 60, every = 25) {
  const end = Date.now() + seconds * 1000;
  for (;;) {
    const got = await ask();
    if (got) return got;
    if (Date.now() > end) throw new Error(`not so after ${seconds} s: ${what}`);
    await pause(every);
  }
}

// Rows of a query as objects.
export async function sql(query) {
  const text = `SELECT coalesce(json_agg(r), '[]') FROM (${query}) r`;
  const { stdout } = await run(
    'psql', ['-X', '-A', '-t', '-q', '-d', process.env.DESKD_PG, '-c', text],
    { maxBuffer: 1 << 28, env: { ...process.env, PGCONNECT_TIMEOUT: '10' } });
  return JSON.parse(stdout);
}

export async function command(text, options = '') {
  await run('psql', ['-X', '-q', '-d', process.env.DESKD_PG, '-c', text],
    { env: { ...process.env, PGOPTIONS: options } });
}

// scripts/servers DIR pg|redis WHAT
export async function server(which, what, ...more) {
  const { stdout } = await run(`${root}/scripts/servers`,
    [process.env.DESKD_SERVERS, which, what, ...more]);
  return stdout.trim();
}

export const redis = new Redis(process.env.DESKD_REDIS, {
  maxRetriesPerRequest: null, // waits for Redis to come back
  retryStrategy: () => 50,
});
redis.on('error', () => {}); // it is away: that is what these tests do

const key = (name) => `{desk}:${name}`;
export const redisKey = key;

// Where Redis has every ticket: id -> list of places.
export async function redisPlaces() {
  const places = new Map();
  const put = (id, place) => {
    if (!places.has(id)) places.set(id, []);
    places.get(id).push(place);
  };
  for (const queue of await redis.smembers(key('queues'))) {
    for (const id of await redis.zrange(key(`line:${queue}`), 0, -1)) {
      put(id, `wait ${queue}`);
    }
  }
  for (const offer of await redis.zrange(key('offers'), 0, -1)) {
    const id = offer.split(':')[0];
    put(id, `wait ${await redis.hget(key(`t:${id}`), 'queue')}`);
  }
  for (const agent of await redis.smembers(key('agents'))) {
    for (const id of await redis.hkeys(key(`a:${agent}:work`))) {
      put(id, `work ${agent}`);
    }
  }
  return places;
}

// Where PostgreSQL has every open ticket: id -> place.
export async function truePlaces() {
  const rows = await sql(`
    SELECT t.id::text, CASE WHEN t.assignee IS NULL THEN 'wait ' || q.name
      ELSE 'work ' || a.name END AS place
    FROM desk.ticket t JOIN desk.queue q ON q.id = t.queue
    LEFT JOIN desk.agent a ON a.id = t.assignee
    WHERE t.state IN ('new', 'open')`);
  return new Map(rows.map((row) => [row.id, row.place]));
}

// What differs between the two, as sentences; none: they agree.
export async function placesDiffer() {
  const here = await redisPlaces();
  const truth = await truePlaces();
  const wrong = [];
  for (const [id, place] of truth) {
    const at = here.get(id) ?? [];
    if (at.length !== 1 || at[0] !== place) {
      wrong.push(`ticket ${id} is ${place}, in Redis ${at.join(', ') || 'nowhere'}`);
    }
  }
  for (const [id, at] of here) {
    if (!truth.has(id)) wrong.push(`ticket ${id} is done, in Redis ${at}`);
  }
  return wrong;
}
