// The first start of a desk that nobody has configured: the code, the first
// administrator, and how the configuration and he get on.
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { after, before, test } from 'node:test';
import { promisify } from 'node:util';
import { change, desk, deskctl, sql, unique, until, using } from './lib/desk.mjs';
import { startSecond } from './lib/second.mjs';
import { Session, get, post, stranger } from './lib/web.mjs';
import { connect } from './lib/wire.mjs';

const run = promisify(execFile);
const name = unique('setup_');
const other = desk.pg.replace(/dbname=\S+/, `dbname=${name}`);
const sqlFiles = new URL('../../sql', import.meta.url).pathname;
const password = 'mật khẩu của tôi';
let fresh; // a daemon of the fresh desk
let twin; // another one

before(async () => {
  await change(`CREATE DATABASE ${name}`);
  const conf = `${desk.var}/${name}.conf`;
  await writeFile(conf, `postgres = "${other}"\n`);
  await run(`${desk.build}/deskctl`, ['-f', conf, 'migrate', '--sql', sqlFiles]);
  const redis = desk.redis.startsWith('redis://') ? desk.redis : `redis://${desk.redis}`;
  const own = { bare: true, postgres: other, redis: `${redis}/8` };
  [fresh, twin] = await Promise.all([startSecond(own), startSecond(own)]);
});

after(async () => {
  await fresh?.stop();
  await twin?.stop();
  await change(`DROP DATABASE IF EXISTS ${name} WITH (FORCE)`);
});

const state = async () => (await get('/api/v1/setup', { base: fresh.http })).json;
const setup = (...more) => deskctl(['-S', fresh.control, 'setup', ...more]);
const begin = (body, { base = fresh.http, from } = {}) =>
  post('/api/v1/setup', { login: 'lan', display: 'Chị Lan', password, ...body }, { base, from });
const console_ = (work) => using(() => connect({ path: fresh.control, hello: [] }), work);
const code = async (...more) => JSON.parse((await setup(...more, '-j')).stdout).code;

function refused(answer, status, word, member) {
  assert.equal(answer.status, status, answer.text);
  assert.equal(answer.json.code, word);
  assert.equal(answer.json.member, member);
  assert.equal(answer.headers['set-cookie'], undefined);
}

// A configuration as small as the guided start's first one.
const config = (...agents) => ({
  company: { name: 'Tiệm Lan', timezone: 'Asia/Ho_Chi_Minh' },
  default_queue: 'sales',
  queues: [{ name: 'sales', title: 'Bán hàng', first: 1800, next: 3600 }],
  agents: agents.map((a) => ({ name: a, display: a, role: 'admin', queues: ['sales'] })),
});

test('a code makes the first administrator, once, whoever comes at once', async () => {
  assert.deepEqual(await state(), { open: false, needed: true });
  refused(await begin({ code: '0000-0000-0000-0000' }), 403, 'DENIED', 'code');
  const said = await setup();
  assert.equal(said.status, 0, said.stderr);
  const link = /https:\/\/127\.0\.0\.1:\d+\/d\/start\?code=(\S+)/.exec(said.stdout);
  assert.ok(link, said.stdout);
  assert.deepEqual(await state(), { open: true, needed: true });
  // The one before is no longer good.
  const now = await code();
  assert.notEqual(now, link[1]);
  refused(await begin({ code: link[1] }), 403, 'DENIED', 'code');
  refused(await begin({ code: now, password: 'short' }), 400, 'INVALID', 'password');
  refused(await begin({ code: now, login: 'me' }), 400, 'INVALID', 'login');
  refused(await begin({ code: now, role: 'admin' }), 400, 'INVALID', 'role');
  assert.deepEqual(await state(), { open: true, needed: true });

  const got = await Promise.all([['lan', fresh.http], ['mai', twin.http]].map(([login, base]) =>
    begin({ code: now.toUpperCase(), login }, { base, from: stranger() })));
  assert.deepEqual(got.map((a) => a.status).sort(), [200, 403]);
  const won = got.find((a) => a.status === 200);
  assert.equal(won.json.role, 'admin');
  assert.deepEqual(await state(), { open: false, needed: false });
  refused(await begin({ code: now, login: 'kim' }), 403, 'DENIED', 'code');
  const s = new Session();
  Object.assign(s, { base: fresh.http, cookie: won.headers['set-cookie'][0], csrf: won.json.csrf });
  const me = await s.ask('GET', '/api/v1/me');
  assert.equal(me.status, 200, me.text);
  assert.equal(me.json.display, 'Chị Lan');
  assert.deepEqual(me.json.company, { name: '', zone: 'UTC' });

  // What the guided start does next; a file that lets him go is refused.
  const apply = (agent) => s.ask('PUT', '/api/v1/config', { body: { config: config(agent) } });
  refused(await apply('somebody'), 409, 'CONFLICT', 'agents');
  assert.equal((await apply(won.json.login)).status, 200);
  assert.equal((await Session.begin(won.json.login, password, twin.http)).answer.status, 200);
  const [row] = (await s.ask('GET', '/api/v1/users')).json.users;
  assert.deepEqual([row.login, row.password, row.role], [won.json.login, true, 'admin']);
});

test('another one only with --again, and the configuration names him', async () => {
  const no = await setup();
  assert.equal(no.status, 1);
  assert.match(no.stderr, /--again/);
  const again = await code('--again');
  const login = unique('chi-');
  // Whoever has a login keeps it, and the code is not used up by trying.
  const { users } = await console_((wire) => wire.ask('USER.LIST'));
  refused(await begin({ code: again, login: users[0].login }), 409, 'CONFLICT', 'login');
  const made = await begin({ code: again, login, display: 'Chi' });
  assert.equal(made.status, 200, made.text);
  const kept = await console_(async (wire) => {
    const { config: now } = await wire.ask('CONFIG.SHOW');
    const agent = now.agents.find((a) => a.name === login);
    assert.deepEqual([agent.display, agent.role], ['Chi', 'admin']);
    const same = await wire.ask('CONFIG.APPLY', JSON.stringify(now), 'dry', 'yes');
    assert.deepEqual(same.changes, []);
    return now;
  });
  await until('the daemons have it', async () =>
    /deskd_config_version 2/.test(await (await fetch(`${twin.metrics}/metrics`)).text()));
  assert.equal(kept.company.name, 'Tiệm Lan');
});

test('is for this machine alone, and guesses are limited', async () => {
  await code('--again');
  const key = await console_(async (wire) =>
    (await wire.ask('KEY.ADD', unique('key-'), 'role', 'admin')).key);
  await using(() => connect({ port: fresh.resp, hello: ['AUTH', 'default', key] }), async (wire) => {
    assert.equal((await wire.refused('SETUP.CODE', 'again', 'yes')).code, 'DENIED');
  });
  const from = stranger();
  for (let tries = 0; ; tries++) {
    const got = await begin({ code: unique('guess-') }, { from });
    if (got.status === 429) {
      assert.ok(Number(got.headers['retry-after']) > 0);
      break;
    }
    refused(got, 403, 'DENIED', 'code');
    assert.ok(tries < 30, 'no limit');
  }
});

test('with PostgreSQL away everything says to come again, and nothing is used up', async () => {
  const again = await code('--again');
  const s = await Session.begin('x', 'y', fresh.http).catch((e) => e);
  assert.equal(s.answer.status, 401);
  const close = (yes) => change(`ALTER DATABASE ${name} ALLOW_CONNECTIONS ${yes ? 'false' : 'true'};
    SELECT pg_terminate_backend(pid) FROM pg_stat_activity
    WHERE datname = :'v1'`, name);
  await close(true);
  try {
    await until('it is away', async () =>
      (await get('/api/v1/setup', { base: fresh.http })).status === 503);
    for (const answer of [
      await begin({ code: again, login: 'hoa' }),
      await post('/api/v1/login', { login: 'lan', password, code: '123456' }, { base: fresh.http }),
      await get('/api/v1/me', { base: fresh.http, headers: { Cookie: `__Host-sid=${unique()}` } }),
    ]) {
      refused(answer, 503, 'TRYAGAIN', undefined);
      assert.ok(Number(answer.headers['retry-after']) > 0);
    }
  } finally {
    await close(false);
  }
  await until('it is back', async () =>
    (await get('/api/v1/setup', { base: fresh.http })).json?.open === true);
  const made = await until('the code is good', async () => {
    const got = await begin({ code: again, login: unique('hoa-') });
    return got.status === 503 ? undefined : got;
  });
  assert.equal(made.status, 200, made.text);
});

test('a day later the code is too old', async () => {
  const again = await code('--again');
  await run('psql', ['-X', '-q', '-d', other, '-c',
    "UPDATE desk.setup_code SET made_at = made_at - interval '25 hours'"]);
  assert.equal((await state()).open, false);
  refused(await begin({ code: again, login: unique('kim-') }), 403, 'DENIED', 'code');
  assert.equal((await sql(`SELECT count(*) AS n FROM desk.agent WHERE name LIKE 'kim-%'`))[0].n, 0);
});
