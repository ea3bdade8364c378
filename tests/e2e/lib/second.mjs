// Another deskd on the same PostgreSQL and Redis: no daemon is special.
import { spawn } from 'node:child_process';
import { mkdtemp, open, readFile, rm, writeFile } from 'node:fs/promises';
import { desk, until } from './desk.mjs';
import { freePorts } from './ports.mjs';
import { connect } from './wire.mjs';

// It logs all that it can (-d).  more: options besides those that the first has
// set; redis, postgres: others, which may be away; bare: a database that nobody
// has configured yet; failpoint: where it dies.
export async function startSecond({ redis, postgres, bare = false, failpoint = '', ...more } = {}) {
  const dir = await mkdtemp('/var/tmp/deskd-second.');
  const [http, https, smtp, lmtp, resp, respTls, metrics] = await freePorts(7);
  const set = {
    listen_http: `127.0.0.1:${http}`,
    listen_https: `127.0.0.1:${https}`,
    listen_smtp: `127.0.0.1:${smtp}`,
    listen_lmtp: `127.0.0.1:${lmtp}`,
    listen_lmtp_unix: '',
    listen_resp: `127.0.0.1:${resp}`,
    listen_resp_tls: `127.0.0.1:${respTls}`,
    listen_metrics: `127.0.0.1:${metrics}`,
    control: `${dir}/control.sock`,
    ...(redis && { redis }),
    ...(postgres && { postgres }),
  };
  const conf = (await readFile(`${desk.var}/deskd.conf`, 'utf8')).replace(
    /^(\w+) = .*$/gm,
    (line, name) => (name in set ? `${name} = "${set[name]}"` : line),
  );
  const lines = Object.entries(more).map(([name, value]) => `${name} = "${value}"\n`);
  await writeFile(`${dir}/deskd.conf`, conf + lines.join(''), { mode: 0o600 });
  const log = await open(`${dir}/log`, 'w');
  const child = spawn(`${desk.build}/deskd`, ['-d', '-f', `${dir}/deskd.conf`], {
    stdio: ['ignore', log.fd, log.fd],
    env: { ...process.env, DESKD_FAILPOINT: failpoint },
  });
  const ended = new Promise((done) => child.once('exit', done));
  const last = () => child.kill('SIGKILL');
  process.on('exit', last);
  const base = `http://127.0.0.1:${metrics}`;
  try {
    await until('the second daemon is ready', () => {
      if (child.exitCode !== null) throw new Error(`it ended with ${child.exitCode}`);
      return fetch(`${base}${bare ? '/healthz' : '/readyz'}`).then(
        async (r) => r.ok && (bare || redis || !/away/.test(await r.text())),
        () => false,
      );
    });
  } catch (e) {
    child.kill('SIGKILL');
    const said = (await readFile(`${dir}/log`, 'utf8')).slice(-2000);
    await rm(dir, { recursive: true, force: true });
    throw new Error(`${e.message}\n${said}`);
  }
  return {
    http: `http://127.0.0.1:${http}`,
    smtp,
    lmtp,
    resp,
    pid: child.pid,
    control: `${dir}/control.sock`,
    conf: `${dir}/deskd.conf`,
    log: () => readFile(`${dir}/log`, 'utf8'),
    metrics: base,
    service: () => connect({ port: resp, hello: ['AUTH', 'default', desk.key] }),
    login: (name, password) => connect({ port: resp, hello: ['AUTH', name, password] }),
    ended,
    // As the power does: nothing is said to anybody.
    async kill() {
      child.kill('SIGKILL');
      await ended;
      process.off('exit', last);
      await log.close();
      await rm(dir, { recursive: true, force: true });
    },
    async stop() {
      child.kill('SIGTERM');
      await ended;
      process.off('exit', last);
      await log.close();
      await rm(dir, { recursive: true, force: true });
    },
  };
}
