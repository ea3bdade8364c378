// scripts/run over what an earlier run left: the desk's own settings stay.
import assert from 'node:assert/strict';
import { execFile, spawn } from 'node:child_process';
import { chmod, mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { after, before, test } from 'node:test';
import { promisify } from 'node:util';
import { desk, unique } from './lib/desk.mjs';
import { freeRow } from './lib/ports.mjs';
import { get, post } from './lib/web.mjs';

const run = promisify(execFile);
const root = new URL('../..', import.meta.url).pathname;
let dir;
before(async () => {
  dir = await mkdtemp('/var/tmp/deskd-again.');
  await chmod(dir, 0o711); // PostgreSQL runs as somebody else
});
after(() => rm(dir, { recursive: true, force: true }));

function deskctl(args, input = '') {
  const work = run(`${desk.build}/deskctl`, ['-S', `${dir}/var/control.sock`, ...args]);
  work.child.stdin.end(input);
  return work;
}

// Logged in by HTTP; his cookie, or what was said instead.
async function enter(base, login, password) {
  const got = await post('/api/v1/login', { login, password }, { base });
  return got.status < 300 ? got.headers['set-cookie'][0].split(';')[0] : got.json.code;
}
const me = async (base, cookie) =>
  (await get('/api/v1/me', { base, headers: { Cookie: cookie } })).status;

// Runs the desk while `work` goes on; what run said is returned.  env: beside
// ours.
async function running(more, work, env = {}) {
  const base = String(await freeRow(7));
  const child = spawn(`${root}scripts/run`, ['--var', `${dir}/var`, '--port-base', base, ...more], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, ...env },
  });
  const ended = new Promise((done) => child.once('exit', done));
  let said = '';
  const ready = new Promise((done, wrong) => {
    const hear = (d) => {
      said += d;
      if (/^ready$/m.test(said)) done();
    };
    child.stdout.on('data', hear);
    child.stderr.on('data', hear);
    ended.then(() => wrong(new Error(said)));
  });
  try {
    await ready;
    await work(`http://127.0.0.1:${base}`);
  } finally {
    child.kill('SIGTERM');
    await ended;
  }
  return said;
}

async function agents() {
  const { config } = JSON.parse((await deskctl(['-j', 'config', 'show'])).stdout);
  return Object.fromEntries(config.agents.map((a) => [a.name, a.display]));
}

test('a second run leaves the desk, and who is logged in, as they are', async () => {
  const sample = await readFile(`${root}conf/desk.conf`, 'utf8');
  const [one, two] = [unique('first-'), unique('then-')];
  const cookies = {};
  const first = await running([], async (base) => {
    assert.equal((await agents()).an, 'An Nguyễn');
    await writeFile(
      `${dir}/own.conf`,
      sample.replace('"An Nguyễn"', '"Chị An"').replace(/^agent "chi" \{[^]*?^\}\n/m, ''),
    );
    await deskctl(['apply', '--yes', `${dir}/own.conf`]);
    for (const login of ['an', 'binh']) cookies[login] = await enter(base, login, one);
    await deskctl(['user', 'password', 'dung'], `${two}\n`);
  }, { DESKD_PASSWORD: one });
  assert.doesNotMatch(first, /left alone/);
  const file = await stat(`${dir}/var/demo.logins`);
  assert.equal(file.mode & 0o777, 0o600);
  // The same password is set nowhere but where it is another.
  const second = await running([], async (base) => {
    const { an, chi } = await agents();
    assert.deepEqual([an, chi], ['Chị An', undefined]);
    for (const login of ['an', 'binh']) assert.equal(await me(base, cookies[login]), 200);
    assert.equal(await enter(base, 'dung', two), 'NOAUTH');
    cookies.dung = await enter(base, 'dung', one);
    assert.equal(await me(base, cookies.dung), 200);
  }, { DESKD_PASSWORD: '' });
  assert.match(second, /has its own configuration: left alone/);
  // Another one is set, and ends what was.
  await running(['--apply'], async (base) => {
    const { an, chi } = await agents();
    assert.deepEqual([an, chi], ['An Nguyễn', 'Chi Lê']);
    for (const cookie of Object.values(cookies)) assert.equal(await me(base, cookie), 401);
    for (const login of ['an', 'chi']) assert.match(await enter(base, login, two), /=/);
  }, { DESKD_PASSWORD: two });
});
