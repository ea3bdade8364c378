// A Redis of its own with the desk's library in it, as deskd loads it but for
// the clock, which is ours.
import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Redis from 'ioredis';

const root = new URL('../../../', import.meta.url);
const text = (path) => readFileSync(new URL(path, root), 'utf8');

// The parts in the order in which make joins them.
function library(virtual) {
  const parts = text('Makefile.am')
    .match(/^lua_parts = ([\s\S]*?)[^\\]\n/m)[0]
    .match(/daemon\/route\/\w+\.lua/g);
  return parts
    .map((part) =>
      virtual && part.endsWith('/clock.lua')
        ? "local function now_ms()\n\treturn tonumber(call('GET', '{desk}:clock'))\nend\n"
        : text(part),
    )
    .join('');
}

export async function startRedis({ virtual = true } = {}) {
  const dir = mkdtempSync(join(tmpdir(), 'deskd-route-'));
  const path = join(dir, 'socket');
  const server = spawn(
    'redis-server',
    ['--port', '0', '--unixsocket', path, '--save', '', '--dir', dir],
    { stdio: 'ignore' },
  );
  const redis = new Redis({ path, retryStrategy: () => 50 });
  redis.on('error', () => {}); // until it listens
  await redis.ping();
  await redis.function('LOAD', 'REPLACE', library(virtual));
  const stop = async () => {
    redis.disconnect();
    const ended = new Promise((done) => server.once('exit', done));
    server.kill('SIGKILL');
    await ended;
    rmSync(dir, { recursive: true, force: true });
  };
  return { redis, stop };
}

// What a reply says: the two things that each begins with, and the rest.
export function read([epoch, more, ...rest]) {
  const [todo, due = 0, ...told] = Array.isArray(more) ? more : [more];
  const notes = told.filter(Array.isArray); // of agents: [name, what, version]
  const pairs = told.filter((x) => !Array.isArray(x));
  const assigned = [];
  for (let i = 0; i < pairs.length; i += 2) assigned.push([pairs[i], pairs[i + 1]]);
  return { epoch: epoch === 1, todo: todo !== 0, due, assigned, notes, rest };
}

// All that stands in Redis about the lines, in one look.
const DUMP = `
local p, out = '{desk}', { lines = {}, lanes = {}, pools = {}, agents = {}, tickets = {} }
local function pairs_of(v)
  local m = {}
  for i = 1, #v, 2 do m[v[i]] = v[i + 1] end
  return m
end
local function each(kind, command, into, ...)
  local from = #p + #kind + 3
  for _, key in ipairs(redis.call('KEYS', p .. ':' .. kind .. ':*')) do
    into[string.sub(key, from)] = pairs_of(redis.call(command, key, ...))
  end
end
each('line', 'ZRANGE', out.lines, 0, -1, 'WITHSCORES')
each('lane', 'ZRANGE', out.lanes, 0, -1, 'WITHSCORES')
each('pool', 'ZRANGE', out.pools, 0, -1, 'WITHSCORES')
each('t', 'HGETALL', out.tickets)
for _, name in ipairs(redis.call('SMEMBERS', p .. ':agents')) do
  out.agents[name] = pairs_of(redis.call('HGETALL', p .. ':a:' .. name))
end
out.offers = pairs_of(redis.call('ZRANGE', p .. ':offers', 0, -1, 'WITHSCORES'))
out.todo = redis.call('EXISTS', p .. ':todo')
return cjson.encode(out)`;

export const dump = async (redis) => JSON.parse(await redis.eval(DUMP, 0));
