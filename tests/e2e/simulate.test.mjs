// deskctl simulate: days played over in virtual time, by a Redis of its own.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { mkdtemp, readFile, readdir, readlink, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { desk, deskctl, event, service, sql, unique, until, using } from './lib/desk.mjs';

let dir;
let files = 0;

before(async () => {
  dir = await mkdtemp('/tmp/deskd-sim-');
});
after(() => rm(dir, { recursive: true, force: true }));

async function file(text) {
  const path = join(dir, `file${++files}`);
  await writeFile(path, text);
  return path;
}

const company = (queues, agents) =>
  file(`company { name = "One" }\ndefault_queue = "sales"\n${queues}\n${agents}\n`);
const agent = (name, more = '', queues = '"sales"') =>
  `agent "${name}" { queues = {${queues}} ${more} }`;
const agents = (names, more) => names.map((n) => agent(n, more)).join('\n');

async function simulate(...args) {
  const got = await deskctl(['simulate', '--json', ...args]);
  assert.equal(got.status, 0, got.stderr);
  return JSON.parse(got.stdout);
}

const queueOf = (side, name) => side.queues.find((q) => q.queue === name);

describe('deskctl simulate', () => {
  test('waits as Erlang C says where nothing but chance is at work', async () => {
    const config = await company(
      'queue "sales" { first = "20s" mode = "assign" }',
      agents(['a', 'b', 'c', 'd', 'e']),
    );
    const pattern = await file(
      'until 12:00\nwarm 1h\narrivals sales call\nrates 60\nhandle exponential 3m\n',
    );
    const seed = ['--config', config, '--pattern', pattern, '--runs', '2', '--seed', '2'];
    const { sides, runs } = await simulate(...seed);
    const q = queueOf(sides[0], 'sales');
    assert.equal(runs, 2);
    assert.equal(q.erlang.agents, 5);
    assert.ok(Math.abs(q.erlang.load - 3) < 0.1, `load ${q.erlang.load}`);
    // Some 1,300 cases: the mean wait within 15 %, the service level within 3.
    const off = q.asa.mean / q.erlang.asa - 1;
    assert.ok(Math.abs(off) < 0.15, `${q.asa.mean} s, by Erlang ${q.erlang.asa}`);
    assert.ok(Math.abs(q.level.mean - q.erlang.level) < 3, `${q.level.mean} %`);
    assert.equal(q.offered.mean, q.answered.mean);
    // The longest idle is next: equals get nearly the same.
    assert.ok(sides[0].fairness.mean < 8, `fairness ${sides[0].fairness.mean}`);
    const busy = sides[0].agents.map((a) => a.occupied.mean);
    assert.ok(Math.min(...busy) > 50 && Math.max(...busy) < 70, `${busy}`);
  });

  test('compares the same days under two configurations', async () => {
    const queues =
      'queue "sales" { first = "1m" offer = "20s" wrap_up = {"chat 20s"} }\n' +
      'queue "other" { first = "1m" mode = "pull" }';
    const others = agent('x', '', '"other"');
    const one = await company(queues, `${agent('a', 'skills = {"en"}')} ${agent('b')} ${others}`);
    const two = await company(
      queues,
      `${agent('a', 'skills = {"en"}')} ${agent('b', 'skills = {"en 2"}')} ${others}`,
    );
    const pattern = await file(`from 08:00
until 09:30
answer exponential 4s
accept 95%
arrivals sales chat
  rates 70
  handle lognormal 6m 4m
  patience exponential 3m
  skills en
arrivals other mail
  rates 8
  handle 4m
`);
    const words = ['--config', one, '--against', two, '--pattern', pattern, '--runs', '3'];
    const got = await simulate(...words);
    const [first, second] = got.sides;
    // Who has not the skill gets nothing of it; with it he does half.
    const share = (side, name) => side.agents.find((a) => a.agent === name).share.mean;
    assert.equal(share(first, 'b'), 0);
    assert.ok(share(second, 'b') > 25, `${share(second, 'b')} %`);
    const more = queueOf(got.difference, 'sales');
    assert.equal(more.offered.mean, 0);
    assert.ok(more.level.mean - more.level.half > 0, JSON.stringify(more.level));
    assert.ok(more.abandoned.mean < 0, JSON.stringify(more.abandoned));
    // Where nothing was changed nothing changes.
    assert.deepEqual(queueOf(first, 'other'), queueOf(second, 'other'));
    assert.ok(queueOf(first, 'other').answered.mean > 5);
    for (const side of got.sides)
      for (const q of [...side.queues, side.all])
        assert.ok(
          Math.abs(
            q.offered.mean - q.answered.mean - q.abandoned.mean - q.waiting.mean,
          ) < 0.002,
          JSON.stringify(q),
        );
  });

  test('plays the same days for the same seed', async () => {
    const config = await company(
      'queue "sales" { first = "1m" strategy = "round_robin" }',
      agents(['a', 'b', 'c']),
    );
    const pattern = await file(
      'until 01:00\nanswer exponential 9s\naccept 80%\narrivals sales chat\nrates 40\nhandle exponential 5m\n',
    );
    const words = ['--config', config, '--pattern', pattern, '--runs', '2'];
    const got = await simulate(...words, '--seed', '7');
    assert.deepEqual(await simulate(...words, '--seed', '7'), got);
    assert.notDeepEqual((await simulate(...words)).sides[0].all, got.sides[0].all);
  });

  test('plays recorded cases, shifts and another staff', async () => {
    const config = await company('queue "sales" { first = "1m" mode = "assign" }', agents(['a', 'b']));
    const pattern = await file(`from 08:00
until 09:00
case 08:00:00 sales call 10m
case 08:00:01 sales call 10m
case 08:00:02 sales call 5m prefer b priority 70
case 08:59:59 sales call 1m
shift a
  hours 08:00-08:30
`);
    const both = await file('shift a b\nhours 08:00-09:00');
    const words = ['--config', config, '--pattern', pattern, '--shifts', both, '--runs', '1'];
    const got = await simulate(...words);
    const [alone, staffed] = got.sides.map((side) => queueOf(side, 'sales'));
    // One after the other: the third, of priority 70, is due before the second.
    assert.deepEqual(
      [alone.offered, alone.answered, alone.waiting, alone.breaches].map((f) => f.mean),
      [4, 3, 1, 2],
    );
    assert.equal(alone.p99.mean, 899);
    assert.equal(alone.p50.mean, 598);
    assert.equal(staffed.answered.mean, 4);
    assert.equal(staffed.p99.mean, 598);
    assert.equal(got.sides[0].agents.find((a) => a.agent === 'b').answered.mean, 0);

    // The same for people, and for a spreadsheet.
    const table = await deskctl(['simulate', ...words]);
    assert.match(table.stdout, /^queue +offered +answered +gone .*\nsales +4\.0 +3\.0 +0\.0 +1\.0 /m);
    assert.match(table.stdout, /^sales +\+0\.0 +\+1\.0 +\+0\.0 +-1\.0 /m);
    const csv = await deskctl(['simulate', '--csv', ...words]);
    const lines = csv.stdout.trim().split('\n');
    assert.equal(lines[0], 'side,of,name,figure,mean,half');
    for (const line of [
      'config,queue,sales,answered,3.000,',
      'against,agent,b,answered,2.000,',
      'difference,all,,waiting,-1.000,',
    ])
      assert.ok(lines.includes(line), `${line} in ${csv.stdout}`);
    for (const line of lines) assert.match(line, /^[a-z][^=+@]*,[-0-9.]*,[-0-9.]*$|^side/);
  });

  test('sets away who does not answer, and asks only who asks for cases', async () => {
    const config = await company(
      'queue "sales" { first = "1m" offer = "20s" }\nqueue "asked" { mode = "pull" }',
      `${agent('a')} ${agent('b', '', '"asked"')}`,
    );
    const pattern = await file(`from 08:00
until 08:30
answer 40s
back 5m
case 08:00 sales chat 1m
case 08:01 asked chat 1m
`);
    const { sides } = await simulate('--config', config, '--pattern', pattern, '--runs', '1');
    const [a, b] = sides[0].agents;
    assert.equal(queueOf(sides[0], 'sales').waiting.mean, 1);
    // Two offers of 20 s, then five minutes away, and so on.
    assert.equal(a.occupied.mean, 0);
    assert.equal(queueOf(sides[0], 'asked').asa.mean, 0);
    assert.ok(Math.abs(b.occupied.mean - 100 / 30) < 0.01, `${b.occupied.mean}`);
  });

  test('says how many agents a target asks for, and plays them', async () => {
    const config = await company('queue "sales" { first = "20s" mode = "assign" }', agent('a'));
    const pattern = await file(
      'from 08:00\nuntil 10:00\narrivals sales call\nrates 100 20\nhandle exponential 3m\n',
    );
    const { queues } = await simulate(
      '--config', config, '--pattern', pattern, '--staff', '--level', '80', '--runs', '3',
    );
    assert.equal(queues.length, 1);
    const [busy, calm] = queues[0].hours;
    // 5 and 1 erlang, 20 s: 8 and 3 agents, as every table has it.
    assert.deepEqual([busy.hour, busy.rate, busy.agents], ['08:00', 100, 8]);
    assert.deepEqual([calm.hour, calm.rate, calm.agents], ['09:00', 20, 3]);
    assert.ok(busy.level > 80 && calm.level > 80);
    assert.ok(queues[0].level.mean > 80, `played: ${queues[0].level.mean} %`);
  });

  test('plays a recorded day, which it can keep as a pattern', async () => {
    const word = unique('secret');
    const { ticket } = await using(service, (wire) =>
      wire.ask('EVENT.ADD', event({ to: 'technical@shop.example', text: word, subject: word })),
    );
    const [{ day, at }] = await sql(
      `SELECT to_char(t.opened_at AT TIME ZONE desk.company('timezone'), 'YYYY-MM-DD') AS day,
       to_char(date_trunc('ms', t.opened_at) AT TIME ZONE desk.company('timezone'), 'HH24:MI:SS.MS') AS at
       FROM desk.ticket t WHERE t.id = :v1`,
      ticket,
    );
    const kept = join(dir, 'kept');
    const words = ['--queue', 'technical', '--save', kept, '--runs', '1'];
    const got = await simulate('--day', day, ...words);
    const text = await readFile(kept, 'utf8');
    assert.ok(text.includes(`\ncase ${at} technical mail `), `${at} in ${text}`);
    assert.ok(!text.includes(word));
    assert.equal(queueOf(got.sides[0], 'technical').offered.mean, text.match(/^case /gm).length);
    // What it was made of may have gone; what is in the file is the same again.
    const again = await deskctl(['simulate', '--json', '--pattern', kept, '--runs', '1']);
    if (again.status === 0)
      assert.deepEqual(JSON.parse(again.stdout).sides[0].all, got.sides[0].all);
    else assert.match(again.stderr, /no agent with a queue/);

    const none = await deskctl(['simulate', '--day', '2026-02-30']);
    assert.equal(none.status, 1);
    assert.match(none.stderr, /That is no day/);
  });

  test('refuses what it does not understand, and says where', async () => {
    const config = await company('queue "sales" { first = "1m" }', agent('a'));
    const good = await file('arrivals sales chat\nrates 1\nhandle 1m\n');
    const refused = async (text, sentence) => {
      const pattern = await file(text);
      const got = await deskctl(['simulate', '--config', config, '--pattern', pattern]);
      assert.equal(got.status, 1, got.stdout);
      assert.match(got.stderr, sentence);
    };
    await refused('arrivals sales chat\nrates many\n', /:2: "many" is no rate/);
    await refused('case 08:00 none chat 1m', /no queue "none"/);
    await refused('shift nobody', /no agent with a queue "nobody"/);
    await refused('arrivals sales chat\nrates 100000\nhandle 1m\n', /more than 200000 cases/);
    await refused('arrivals sales chat\nrates 1e9\n', /no rate/);
    for (const args of [
      [],
      ['--pattern', good, '--day', '2026-11-20'],
      ['--pattern', good, '--runs', '0'],
      ['--pattern', good, '--level', '100'],
      ['--pattern', good, '--staff', '--against', config],
      ['--pattern', good, 'more'],
    ])
      assert.equal((await deskctl(['simulate', ...args])).status, 2, args.join(' '));
    const none = await deskctl(['simulate', '--config', '/no/such', '--pattern', good]);
    assert.equal(none.status, 1);
    assert.match(none.stderr, /\/no\/such: No such file/);
    // Where there is no redis-server it says so.
    const bare = { env: { PATH: '/nowhere' } };
    const alone = await deskctl(['simulate', '--config', config, '--pattern', good], bare);
    assert.equal(alone.status, 1);
    assert.match(alone.stderr, /there is no redis-server here/);
    // Without --config it is what is in force.
    const here = await simulate('--pattern', good, '--runs', '1');
    assert.ok(here.sides[0].queues.length >= 4);
  });

  for (const signal of ['SIGTERM', 'SIGKILL', 'its server ended'])
    test(`leaves no server and no directory: ${signal}`, async () => {
      const config = await company('queue "sales" { first = "1m" }', agent('a'));
      const pattern = await file('arrivals sales chat\nrates 500\nhandle 1m\n');
      const temporary = await mkdtemp(join(dir, 'tmp-'));
      const words = ['simulate', '--config', config, '--pattern', pattern, '--runs', '1000'];
      const work = spawn(`${desk.build}/deskctl`, words, {
        env: { ...process.env, TMPDIR: temporary },
        stdio: ['ignore', 'ignore', 'pipe'],
      });
      const ended = new Promise((done) => work.once('close', (code, why) => done(why ?? code)));
      let said = '';
      work.stderr.on('data', (piece) => (said += piece));
      try {
        const server = await until('its server is there', () => child(work.pid));
        await until('its directory is gone', async () => (await readdir(temporary)).length === 0);
        if (signal.startsWith('SIG')) {
          work.kill(signal);
          assert.equal(await ended, signal);
        } else {
          process.kill(server, 'SIGKILL');
          assert.equal(await ended, 1);
          assert.match(said, /redis-server does not answer/);
        }
        await until('its server is gone', async () => !(await program(server)));
        assert.deepEqual(await readdir(temporary), []);
      } finally {
        work.kill('SIGKILL');
      }
    });
});

// What a process runs; a process that has ended runs nothing.
const program = (pid) => readlink(`/proc/${pid}/exe`).catch(() => undefined);

// The redis-server that a process started, once it is that.
async function child(parent) {
  for (const pid of (await readdir('/proc')).filter((name) => /^\d+$/.test(name))) {
    const stat = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => '');
    if (Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1]) !== parent) continue;
    if (/redis-(server|check)/.test((await program(pid)) ?? '')) return Number(pid);
  }
  return undefined;
}
