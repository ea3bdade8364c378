// A deskd process: started, killed, paused, measured.
import { execFile, spawn } from 'node:child_process';
import { mkdirSync, openSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { promisify } from 'node:util';
import { freePorts } from '../e2e/lib/ports.mjs';
import { pause, root, until } from './stores.mjs';

const run = promisify(execFile);
const build = `${root}/build`;

const open = (port) => new Promise((done) => {
  const socket = connect(port, '127.0.0.1');
  socket.once('connect', () => { socket.destroy(); done(true); });
  socket.once('error', () => done(false));
});

export class Desk {
  static async make(dir, name) {
    const desk = new Desk();
    desk.name = name;
    desk.dir = dir;
    desk.conf = `${dir}/${name}.conf`;
    desk.control = `${dir}/${name}.sock`;
    desk.log = `${dir}/${name}.log`;
    [desk.http, desk.smtp, desk.lmtp, desk.resp, desk.metrics] = await freePorts(5);
    mkdirSync(`${dir}/state`, { recursive: true });
    const at = (port) => `"127.0.0.1:${port}"`;
    writeFileSync(desk.conf, [
      'hostname = "desk.shop.example"',
      `listen_http = ${at(desk.http)}`, `listen_smtp = ${at(desk.smtp)}`,
      `listen_lmtp = ${at(desk.lmtp)}`, `listen_resp = ${at(desk.resp)}`,
      `listen_metrics = ${at(desk.metrics)}`, `control = "${desk.control}"`,
      `postgres = "${process.env.DESKD_PG}"`,
      `redis = "${process.env.DESKD_REDIS_ADDRESS}"`,
      `state_dir = "${dir}/state"`, 'chat_opens = 1000000', '',
    ].join('\n'), { mode: 0o600 });
    return desk;
  }

  start(failpoint = '') {
    const out = openSync(this.log, 'a');
    this.child = spawn(`${build}/deskd`, ['-d', '-f', this.conf], {
      stdio: ['ignore', out, out],
      env: { ...process.env, DESKD_FAILPOINT: failpoint },
    });
    this.ended = null;
    this.child.once('exit', (code, signal) => { this.ended = { code, signal }; });
    this.exited = new Promise((done) => this.child.once('exit', done));
  }

  // Until it serves: takes connections and has its records and rules.
  async ready(seconds = 60) {
    await until(`${this.name} serves (${this.log})`, async () => {
      if (this.ended) throw new Error(`deskd ended: ${JSON.stringify(this.ended)}`);
      if (!await open(this.smtp)) return false;
      try {
        return (await fetch(`http://127.0.0.1:${this.metrics}/readyz`)).ok;
      } catch {
        return false;
      }
    }, seconds, 10);
  }

  async kill() {
    this.child.kill('SIGKILL');
    await this.exited;
  }

  signal(name) {
    this.child.kill(name);
  }

  // In good order; what it ended with.
  async stop(seconds = 40) {
    if (this.ended) return this.ended;
    this.child.kill('SIGCONT');
    this.child.kill('SIGTERM');
    const late = setTimeout(() => this.child.kill('SIGKILL'), seconds * 1000);
    await this.exited;
    clearTimeout(late);
    return this.ended;
  }

  // How many files and threads it holds.
  weight() {
    const proc = `/proc/${this.child.pid}`;
    return {
      fds: readdirSync(`${proc}/fd`).length,
      threads: readdirSync(`${proc}/task`).length,
      rss: Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`${proc}/status`, 'utf8'))[1]),
    };
  }

  // What its log says of errors, the latest: what a failed fault is judged by.
  async complaints(most = 20) {
    const lines = (await readFile(this.log, 'utf8')).split('\n')
      .filter((text) => /error|fails:/i.test(text));
    return lines.slice(-most).map((text) => `        ${this.name}: ${text}`).join('\n');
  }

  async ctl(...args) {
    const { stdout } = await run(`${build}/deskctl`, ['-S', this.control, ...args]);
    return stdout;
  }

  async migrate() {
    await run(`${build}/deskctl`, ['-f', this.conf, 'migrate'],
      { env: { ...process.env, DESKD_SQL: `${root}/sql` } });
  }
}

// The sample company, with agents of ours who serve every queue.  Answers wait long
// enough to be told when they may go.
export function company(path, agents) {
  const more = agents.map((name) => `agent "${name}" {
  display = "${name}"
  queues = {"sales", "warehouse", "shipping", "technical"}
  skills = {"vi", "en"}
}`);
  const sample = readFileSync(`${root}/conf/desk.conf`, 'utf8')
    .replace(/undo_seconds = \d+/, 'undo_seconds = 600');
  writeFileSync(path, `${sample}\n${more.join('\n')}\n`);
}

export { open, pause };
