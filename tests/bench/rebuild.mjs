// How long until the lines stand again once Redis has lost them.
import { until } from '../e2e/lib/desk.mjs';
import { openRedis } from '../e2e/lib/lines.mjs';
import { Many } from '../web/lib/many.mjs';

// Seconds from FLUSHALL until the line has them all and Redis is told so.
async function lost(redis, queue, n) {
  const began = performance.now();
  await redis.flushall();
  await until('the lines are rebuilt', async () =>
    (await redis.exists('{desk}:epoch')) && (await redis.zcard(`{desk}:line:${queue}`)) === n, 120);
  return (performance.now() - began) / 1000;
}

export async function rebuildFigures(book) {
  const n = book.quick ? 10_000 : 100_000;
  const redis = openRedis();
  const many = await Many.make(n, '');
  try {
    book.put(`rebuilt after FLUSHALL, ${n} wait`, await lost(redis, many.queue, n), 's', { most: 5 });
  } finally {
    await many.end();
    await lost(redis, many.queue, 0);
    redis.disconnect();
  }
}
