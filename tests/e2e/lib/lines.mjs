// What Redis holds of the waiting lines, and what it should.
import Redis from 'ioredis';
import { desk, sql } from './desk.mjs';

export function openRedis() {
  return new Redis(desk.redis, { maxRetriesPerRequest: 2 });
}

// ticket → "queue score" of all that waits, offered or not.
export async function linesInRedis(redis) {
  const waits = {};
  for (const q of await redis.smembers('{desk}:queues')) {
    const line = await redis.zrange(`{desk}:line:${q}`, 0, -1, 'WITHSCORES');
    for (let i = 0; i < line.length; i += 2) waits[line[i]] = `${q} ${line[i + 1]}`;
  }
  for (const offer of await redis.zrange('{desk}:offers', 0, -1)) {
    const id = offer.slice(0, offer.indexOf(':'));
    const [q, score] = await redis.hmget(`{desk}:t:${id}`, 'queue', 'score');
    if (waits[id]) throw new Error(`ticket ${id} stands in two places`);
    waits[id] = `${q} ${score}`;
  }
  return waits;
}

export async function linesInPostgres() {
  const rows = await sql(
    `SELECT t.id, q.name || ' ' ||
         desk.score(t.due_at, t.opened_at, t.priority) AS place
     FROM desk.ticket t JOIN desk.queue q ON q.id = t.queue
     WHERE t.state IN ('new', 'open') AND t.assignee IS NULL`,
  );
  return Object.fromEntries(rows.map((r) => [r.id, r.place]));
}

// "" when both agree, else the first few differences.
export async function linesDiffer(redis) {
  const [now, right] = [await linesInRedis(redis), await linesInPostgres()];
  return [...new Set([...Object.keys(now), ...Object.keys(right)])]
    .filter((id) => now[id] !== right[id])
    .slice(0, 5)
    .map((id) => `${id}: ${now[id]} for ${right[id]}`)
    .join('; ');
}
