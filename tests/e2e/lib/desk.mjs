// The desk that scripts/run started, as every test finds it, and small
// things that all of them need.
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { randomBytes, randomUUID } from 'node:crypto';
import { promisify } from 'node:util';
import { asked, once } from './psql.mjs';
import { connect } from './wire.mjs';

const run = promisify(execFile);

function need(name) {
  const value = process.env[name];
  if (!value) throw new Error(`${name} is not set: run scripts/suites/e2e`);
  return value;
}

export const desk = {
  http: need('DESKD_HTTP'),
  https: need('DESKD_HTTPS'),
  smtp: Number(need('DESKD_SMTP_PORT')),
  lmtp: Number(need('DESKD_LMTP_PORT')),
  resp: Number(need('DESKD_RESP_PORT')),
  metrics: need('DESKD_METRICS'),
  password: need('DESKD_PASSWORD'),
  key: need('DESKD_API_KEY'),
  pg: need('DESKD_PG'),
  redis: need('DESKD_REDIS'),
  build: need('DESKD_BUILD'),
  var: need('DESKD_VAR'),
  control: need('DESKD_CONTROL'),
};

// A word that no other test and no other run has used.
export function unique(prefix = 't') {
  return prefix + randomBytes(6).toString('hex');
}

export const uuid = randomUUID;

// A Vietnamese mobile number that nobody has called from yet.
export function phone() {
  return '09' + String(randomBytes(6).readUIntBE(0, 6) % 1e8).padStart(8, '0');
}

export const now = () => new Date().toISOString();

// Asks again until something true comes back: the longer it takes the less often.
// (CI's machine is several times slower than ours.)
export async function until(what, ask, seconds = 120) {
  const began = Date.now();
  for (;;) {
    const got = await ask();
    if (got) return got;
    const took = Date.now() - began;
    if (took > seconds * 1000) assert.fail(`not so after ${seconds} s: ${what}`);
    await new Promise((done) => setTimeout(done, 25 + Math.min(took / 8, 175)));
  }
}

// A service, with the key that scripts/run made.
export const service = () =>
  connect({ port: desk.resp, hello: ['AUTH', 'default', desk.key] });

// One of the sample logins.
export const login = (name, password = desk.password) =>
  connect({ port: desk.resp, hello: ['AUTH', name, password] });

// deskctl's own door: the administrator of this machine.
export const admin = () => connect({ path: desk.control, hello: [] });

// Runs with the connections that `open` gives, and closes them whatever
// happens.
export async function using(open, work) {
  const wire = await open();
  try {
    return await work(wire);
  } finally {
    wire.end();
  }
}

// What EVENT.ADD takes, with all that a test does not care about filled in.
export function event(members) {
  return JSON.stringify({
    channel: 'mail',
    id: unique('event-'),
    at: now(),
    from: { kind: 'email', address: `${unique()}@example.com` },
    to: 'sales@shop.example',
    text: 'xin chào',
    ...members,
  });
}

// Rows of a query as objects.
export async function sql(query, ...values) {
  return JSON.parse(
    await asked(desk.pg, `SELECT coalesce(json_agg(r), '[]') FROM (${query}) r`, values));
}

// Damage, or what only time does.
export const change = (statement, ...values) => once(desk.pg, statement, values);

// deskctl, as a supervisor calls it: its status and what it said.
export async function deskctl(args, { input = '', env = {} } = {}) {
  const work = run(`${desk.build}/deskctl`, ['-S', desk.control, ...args], {
    env: { ...process.env, ...env },
    maxBuffer: 64 << 20,
  });
  // (Who refuses its words has ended before anything is written to it.)
  work.child.stdin.on('error', () => {});
  work.child.stdin.end(input);
  try {
    const { stdout, stderr } = await work;
    return { status: 0, stdout, stderr };
  } catch (e) {
    return { status: e.code, stdout: e.stdout, stderr: e.stderr };
  }
}

// One gauge or counter of a daemon.
export async function metric(name, base = desk.metrics) {
  const text = await (await fetch(`${base}/metrics`)).text();
  const m = new RegExp(`^${name}(?:\\{[^}]*\\})? (\\S+)$`, 'm').exec(text);
  assert.ok(m, `${name} is not in /metrics`);
  return Number(m[1]);
}

// Puts a configuration in force, and waits until the daemons have taken it.
export async function apply(wire, config, daemons = [desk.metrics]) {
  const { version } = await wire.ask('CONFIG.APPLY', JSON.stringify(config));
  for (const base of daemons)
    await until(
      `version ${version} is in force`,
      async () => (await metric('deskd_config_version', base)) >= version,
    );
  return version;
}
