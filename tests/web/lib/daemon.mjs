// A deskd of the test's own beside the one that scripts/run started: the same
// records and lines, other ports, and it may be killed.
import { spawn } from 'node:child_process';
import { openSync } from 'node:fs';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { desk, until } from '../../e2e/lib/desk.mjs';
import { freePorts } from '../../e2e/lib/ports.mjs';

export class Daemon {
  // more: options besides those that the first has set.
  static async make(more = {}) {
    const d = new Daemon();
    d.dir = await mkdtemp(join(tmpdir(), 'deskd-web.'));
    d.conf = join(d.dir, 'deskd.conf');
    const first = await readFile(join(desk.var, 'deskd.conf'), 'utf8');
    const kept = first
      .split('\n')
      .filter((line) => /^(hostname|postgres|redis|state_dir|web_dir|mood_dir|demo_shop) =/.test(line));
    const fronts = ['http', 'smtp', 'lmtp', 'resp', 'metrics'];
    // (Kept while it is dead: no outgoing connection may take them then.)
    const ports = await freePorts(fronts.length);
    for (const [i, front] of fronts.entries()) {
      const port = ports[i];
      d[front] = `http://127.0.0.1:${port}`;
      kept.push(`listen_${front} = "127.0.0.1:${port}"`);
    }
    for (const [name, value] of Object.entries(more)) kept.push(`${name} = "${value}"`);
    kept.push(`control = "${join(d.dir, 'control.sock')}"`, '');
    await writeFile(d.conf, kept.join('\n'), { mode: 0o600 });
    return d;
  }

  // failpoint: where it dies.
  async start(failpoint = '') {
    const out = openSync(join(this.dir, 'deskd.log'), 'a');
    this.child = spawn(`${desk.build}/deskd`, ['-d', '-f', this.conf], {
      stdio: ['ignore', out, out],
      env: { ...process.env, DESKD_FAILPOINT: failpoint },
    });
    this.over = new Promise((done) => this.child.once('exit', done));
    await until('the second deskd is ready', async () => {
      if (this.child.exitCode !== null)
        throw new Error(await readFile(join(this.dir, 'deskd.log'), 'utf8'));
      return fetch(`${this.metrics}/readyz`).then((r) => r.ok, () => false);
    });
  }

  async kill(signal = 'SIGKILL') {
    this.child.kill(signal);
    await this.over;
  }

  async end() {
    if (this.child?.exitCode === null && this.child.signalCode === null)
      await this.kill();
    await rm(this.dir, { recursive: true, force: true });
  }
}
