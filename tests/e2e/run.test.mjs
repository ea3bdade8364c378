// scripts/run over what an earlier run left: the desk's own settings stay.
import assert from 'node:assert/strict';
import { execFile, spawn } from 'node:child_process';
import { chmod, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { after, before, test } from 'node:test';
import { promisify } from 'node:util';
import { desk } from './lib/desk.mjs';
import { freeRow } from './lib/ports.mjs';

const root = new URL('../..', import.meta.url).pathname;
let dir;
before(async () => {
  dir = await mkdtemp('/var/tmp/deskd-again.');
  await chmod(dir, 0o711); // PostgreSQL runs as somebody else
});
after(() => rm(dir, { recursive: true, force: true }));

const deskctl = (...args) =>
  promisify(execFile)(`${desk.build}/deskctl`, ['-S', `${dir}/var/control.sock`, ...args]);

// Runs the desk while `work` goes on; what run said is returned.
async function running(more, work) {
  const base = String(await freeRow(7));
  const child = spawn(`${root}scripts/run`, ['--var', `${dir}/var`, '--port-base', base, ...more], {
    stdio: ['ignore', 'pipe', 'pipe'],
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
    await work();
  } finally {
    child.kill('SIGTERM');
    await ended;
  }
  return said;
}

async function agents() {
  const { config } = JSON.parse((await deskctl('-j', 'config', 'show')).stdout);
  return Object.fromEntries(config.agents.map((a) => [a.name, a.display]));
}

test('the sample company is applied once, and again only when asked for', async () => {
  const sample = await readFile(`${root}conf/desk.conf`, 'utf8');
  const first = await running([], async () => {
    assert.equal((await agents()).an, 'An Nguyễn');
    await writeFile(
      `${dir}/own.conf`,
      sample.replace('"An Nguyễn"', '"Chị An"').replace(/^agent "chi" \{[^]*?^\}\n/m, ''),
    );
    await deskctl('apply', '--yes', `${dir}/own.conf`);
  });
  assert.doesNotMatch(first, /left alone/);
  const second = await running([], async () => {
    const { an, chi } = await agents();
    assert.deepEqual([an, chi], ['Chị An', undefined]);
  });
  assert.match(second, /has its own configuration: left alone/);
  await running(['--apply'], async () => {
    const { an, chi } = await agents();
    assert.deepEqual([an, chi], ['An Nguyễn', 'Chi Lê']);
  });
});
