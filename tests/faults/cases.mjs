// The faults, each a function of its scene.  times: how often it is done when
// --kills says nothing.
import { asked } from './asked.mjs';
import { askedAway } from './askedaway.mjs';
import { ServiceClient } from './clients.mjs';
import { deliveries } from './deliveries.mjs';
import { outgoing } from './outgoing.mjs';
import { command, pause, redis, redisKey, server, sql, until } from './stores.mjs';

// Where deskd can be killed by name, and after how many comings.  (Those of
// outgoing mail are in outgoing.mjs.)
const points = [
  ['mail-begun', 8], ['mail-half', 8], ['mail-whole', 8], ['sent-ingest', 20],
  ['committed', 20], ['answered', 20], ['applied', 20], ['held', 3],
  ['sent-offer_accept', 3], ['accepted', 3],
];

async function f1(s) {
  for (let round = 0; round < s.times; round++) {
    for (const [name, most] of points) {
      await s.desk.kill();
      s.injections++;
      s.desk.start(`${name}:${s.rng.int(1, most)}`);
      await until(`deskd dies at ${name}`, () => s.desk.ended);
      s.judge(s.desk.ended.signal === 'SIGKILL', `${name}: ${JSON.stringify(s.desk.ended)}`);
      await s.again(s.desk);
      await s.recovers(Date.now(), 5000, name);
    }
    for (const name of ['draining', 'stopping']) {
      s.injections++;
      await s.desk.kill();
      await s.again(s.desk, name);
      await s.acks(5);
      s.desk.signal('SIGTERM');
      await until(`deskd dies at ${name}`, () => s.desk.ended);
      s.judge(s.desk.ended.signal === 'SIGKILL', `${name}: ${JSON.stringify(s.desk.ended)}`);
      await s.again(s.desk);
      await s.recovers(Date.now(), 5000, name);
    }
  }
}

async function f2(s) {
  for (let i = 0; i < s.times; i++) {
    await s.random(300, s.run.short ? 1500 : 5000);
    await s.crash(s.desk);
    await s.recovers(Date.now(), 5000, 'killed');
  }
}

// PostgreSQL is gone for a while; how is what ends it.
async function away(s, how) {
  await s.random(300, 1500);
  s.injections++;
  await server('pg', how);
  s.judgeAway(await s.probe(), 'PostgreSQL away');
  await s.random(200, s.run.short ? 1500 : 5000);
  s.judgeAway(await s.probe(), 'PostgreSQL away for longer');
  await server('pg', 'start', 'durable');
  await s.recovers(Date.now(), 5000, 'PostgreSQL is back');
}

async function f3(s) {
  for (let i = 0; i < s.times; i++) await away(s, 'kill');
}

const ours = `datname = 'deskd' AND application_name LIKE 'deskd%'`;
const connections = async () =>
  (await sql(`SELECT count(*)::int AS n FROM pg_stat_activity WHERE ${ours}`))[0].n;

async function f4(s) {
  const before = await connections();
  for (let i = 0; i < s.times * 10; i++) {
    s.injections++;
    await command(`SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE ${ours}`);
    await pause(200);
  }
  await s.recovers(Date.now(), 5000, 'sessions ended');
  // One backend killed: PostgreSQL ends all others and recovers.
  for (let i = 0; i < s.times; i++) {
    await s.acks(20);
    const rows = await sql(`SELECT pid FROM pg_stat_activity WHERE ${ours}
      ORDER BY (state = 'active') DESC, random() LIMIT 1`);
    s.injections++;
    process.kill(rows[0].pid, 'SIGKILL');
    await until('PostgreSQL is back', () => connections().then(() => true, () => false));
    await s.recovers(Date.now(), 5000, 'a backend killed');
  }
  await until(`as many sessions as before (${before})`, async () => await connections() === before);
}

async function f5(s) {
  for (let i = 0; i < s.times; i++) {
    await s.random(300, 1500);
    s.injections++;
    await server('pg', 'stop');
    await server('pg', 'start', 'durable');
    await s.recovers(Date.now(), 5000, 'PostgreSQL restarted');
  }
}

async function readOnly(on) {
  const may = '-c default_transaction_read_only=off';
  await command(on ? 'ALTER SYSTEM SET default_transaction_read_only = on'
    : 'ALTER SYSTEM RESET default_transaction_read_only', may);
  await command('SELECT pg_reload_conf()', may);
}

async function f6(s) {
  for (let i = 0; i < s.times; i++) {
    await s.random(300, 1000);
    s.injections++;
    await readOnly(true);
    try {
      await until('sessions are read only', async () => {
        const p = await s.probe();
        return Object.values(p).every((o) => o.how === 'later');
      });
      s.judgeAway(await s.probe(), 'read only');
      const page = await s.service.call('TICKET.LIST', 'limit', '5');
      s.judge(Array.isArray(page), 'read only: no list of tickets');
      // Somebody who comes only now can read, too.
      const late = new ServiceClient(() => s.desk.resp, s.run.key);
      const list = await late.call('TICKET.LIST', 'limit', '5').catch((e) => e);
      s.judge(Array.isArray(list), `read only: a new service is told "${list.message}"`);
      late.close();
    } finally {
      await readOnly(false);
    }
    await s.recovers(Date.now(), 2500, 'writable again');
  }
}

// Routing goes on: the epoch is this Redis's, by whoever rebuilt.
async function rebuilt(s, what, promised) {
  const within = s.within(promised);
  const began = Date.now();
  try {
    await until('lines are rebuilt', async () => {
      const id = /run_id:(\w+)/.exec(await redis.info('server'))[1];
      return (await redis.get(redisKey('epoch')))?.split('/')[0] === id;
    });
  } catch {
    // judged below
  }
  const ms = Date.now() - began;
  s.recoveries.push(ms);
  s.judge(ms <= within, `${what}: lines rebuilt after ${ms} ms (at most ${within})`);
}

async function f9(s) {
  for (let i = 0; i < s.times; i++) {
    for (const kind of ['everysec', 'always', 'none']) {
      const keeps = kind !== 'none';
      await redis.config('SET', 'appendonly', keeps ? 'yes' : 'no');
      if (keeps) await redis.config('SET', 'appendfsync', kind);
      await s.acks(30);
      s.injections++;
      await server('redis', 'kill');
      // Nobody who sends notices.
      const p = await s.probe();
      for (const [way, o] of Object.entries(p)) {
        s.judge(o.how === 'acked', `Redis away: ${way} said "${o.said}"`);
      }
      await s.acks(20);
      await server('redis', 'start', keeps ? 'appendonly' : 'memory');
      await rebuilt(s, `Redis (${kind}) is back`, 10000);
      s.judge((await s.probe()).smtp.how === 'acked', 'Redis back: no mail taken');
    }
  }
  await redis.config('SET', 'appendonly', 'no');
}

async function f10(s) {
  for (let i = 0; i < s.times; i++) {
    for (const words of [['FLUSHALL'], ['FUNCTION', 'FLUSH'], ['SCRIPT', 'FLUSH'],
      ['DEL', redisKey('feed')], ['FLUSHALL', 'ASYNC']]) {
      await s.acks(20);
      s.injections++;
      await redis.call(...words);
      await rebuilt(s, words.join(' '), 5000);
    }
    // Lost once more, and who rebuilds dies at it: whoever that was.
    for (const desk of s.desks) {
      s.injections++;
      await desk.kill();
      await s.again(desk, 'rebuild');
    }
    await redis.flushall();
    await until('one dies rebuilding', () => s.desks.some((d) => d.ended));
    for (const desk of s.desks) if (desk.ended) await s.again(desk);
    await until('the other may have died, too', async () =>
      s.desks.some((d) => d.ended) || redis.exists(redisKey('epoch')));
    for (const desk of s.desks) if (desk.ended) await s.again(desk);
    await rebuilt(s, 'killed while rebuilding', 10000);
  }
}

// A page and the health while something stands still: each answers at once.
async function answersMeanwhile(s, what, ms) {
  const times = [];
  const end = Date.now() + ms;
  const urls = [`http://127.0.0.1:${s.desk.metrics}/healthz`,
    `http://127.0.0.1:${s.desk.http}/api/v1/openapi.json`];
  while (Date.now() < end) {
    for (const url of urls) {
      const began = performance.now();
      const r = await fetch(url).then((a) => a.text().then(() => a.status), (e) => e.message);
      times.push(performance.now() - began);
      s.judge(r === 200, `${what}: ${url} answers ${r}`);
    }
    await pause(50);
  }
  times.sort((a, b) => a - b);
  // The middle one: what else the machine does is no fault of the desk's.
  const at = Math.round(times[times.length >> 1]);
  s.judge(at < s.within(200), `${what}: pages take ${at} ms`);
}

async function f12(s) {
  const still = s.run.short ? 3000 : 20000;
  for (let i = 0; i < s.times; i++) {
    for (const which of ['redis', 'pg']) {
      await s.acks(20);
      s.injections++;
      await server(which, 'pause');
      try {
        await answersMeanwhile(s, `${which} stopped`, still);
        if (which === 'redis') {
          for (const [way, o] of Object.entries(await s.probe())) {
            s.judge(o.how === 'acked', `Redis stopped: ${way} said "${o.said}"`);
          }
        }
      } finally {
        await server(which, 'resume');
      }
      await s.recovers(Date.now(), 5000, `${which} goes on`);
    }
    // Long enough that the other daemon takes over what it left.
    s.injections++;
    s.desk.signal('SIGSTOP');
    await pause(s.run.short ? 6500 : 15000);
    s.desk.signal('SIGCONT');
    await s.recovers(Date.now(), 5000, 'deskd goes on');
  }
}

async function f23(s) {
  const n = s.run.short ? 60 : 300;
  await deliveries(s, n);
  s.injections++;
  await s.crash(s.desk);
  await deliveries(s, n, { crash: true });
}

async function f24(s) {
  const [one, other] = s.desks;
  for (let i = 0; i < s.times; i++) {
    await s.random(300, 1500);
    await s.crash(one);
    await s.recovers(Date.now(), 5000, 'one killed');
    await s.random(300, 1500);
    s.injections++;
    other.signal('SIGSTOP');
    await pause(s.run.short ? 6500 : 15000);
    other.signal('SIGCONT');
    await s.recovers(Date.now(), 5000, 'the other goes on');
    // Away for good: the one does the other's work.
    s.injections++;
    await other.kill();
    await s.acks(20);
    await s.again(other);
  }
}

export const cases = [
  { name: 'F1', what: 'kill -9 at named points', run: f1, times: 1 },
  { name: 'F2', what: 'kill -9 at random', run: f2, times: 4 },
  { name: 'F3', what: 'PostgreSQL killed', run: f3, times: 2 },
  { name: 'F4', what: 'sessions of PostgreSQL killed', run: f4, times: 2 },
  { name: 'F5', what: 'PostgreSQL restarted', run: f5, times: 3 },
  { name: 'F6', what: 'PostgreSQL read only', run: f6, times: 1 },
  { name: 'F9', what: 'Redis killed', run: f9, times: 1, redisLost: true, desks: 2 },
  { name: 'F10', what: 'Redis flushed', run: f10, times: 1, redisLost: true, desks: 2 },
  { name: 'F12', what: 'each stopped for a while', run: f12, times: 1, desks: 2 },
  { name: 'F23', what: 'every event three times', run: f23, times: 1, desks: 2, quiet: true },
  { name: 'F24', what: 'two daemons, one killed or stopped', run: f24, times: 1, desks: 2 },
  { name: 'F29', what: 'mid outbound SMTP', run: outgoing, times: 1, desks: 2, quiet: true },
  { name: 'F30', what: 'asked, answered, made good', run: asked, times: 1, desks: 2, quiet: true },
  { name: 'F31', what: 'asked while the stores go', run: askedAway, times: 1, redisLost: true, desks: 2, quiet: true },
];
