// A Postfix of our own in a temporary directory: takes mail by SMTP on a
// free port of this machine and delivers it to the desk by LMTP, as the lines of
// conf/postfix/main.cf say, which people put into theirs.  Needs root, as Postfix
// does.
import { execFile, execFileSync } from 'node:child_process';
import { chmod, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import net from 'node:net';
import { promisify } from 'node:util';
import { desk, until } from './desk.mjs';
import { freePorts } from './ports.mjs';

const run = promisify(execFile);
const postfix = '/usr/sbin/postfix';

const ours = await readFile(new URL('../../../conf/postfix/main.cf', import.meta.url), 'utf8');

// (A table without a row is none to Postfix.)
const hops = (transports) => {
  const rows = Object.entries(transports).map(([domain, hop]) => `{ ${domain} = ${hop} }`);
  return rows.length ? `inline:{ ${rows.join(' ')} }` : '';
};

const main = (dir, transports, more) => `
compatibility_level = 3.6
queue_directory = ${dir}/queue
data_directory = ${dir}/data
daemon_directory = /usr/lib/postfix/sbin
command_directory = /usr/sbin
mail_owner = postfix
setgid_group = postdrop
maillog_file = ${dir}/log
maillog_file_prefixes = ${dir}
inet_interfaces = 127.0.0.1
inet_protocols = ipv4
myhostname = mx.shop.example
local_transport = error:no local mail here
alias_maps =
transport_maps = ${hops(transports)}
smtputf8_enable = yes
message_size_limit = 20480000
minimal_backoff_time = 1s
queue_run_delay = 1s
${ours.replaceAll('127.0.0.1:2424', `127.0.0.1:${desk.lmtp}`)}
${more}
`;

const master = (port) => `
127.0.0.1:${port} inet n - n - - smtpd
pickup   unix n - n 60 1 pickup
cleanup  unix n - n - 0 cleanup
qmgr     unix n - n 300 1 qmgr
tlsmgr   unix - - n 1000? 1 tlsmgr
rewrite  unix - - n - - trivial-rewrite
bounce   unix - - n - 0 bounce
defer    unix - - n - 0 bounce
trace    unix - - n - 0 bounce
verify   unix - - n - 1 verify
flush    unix n - n 1000? 0 flush
proxymap unix - - n - - proxymap
smtp     unix - - n - - smtp
relay    unix - - n - - smtp
showq    unix n - n - - showq
error    unix - - n - - error
retry    unix - - n - - error
discard  unix - - n - - discard
lmtp     unix - - n - - lmtp
anvil    unix - - n - 1 anvil
scache   unix - - n - 1 scache
postlog  unix-dgram n - n - 1 postlogd
`;

// transports: where else mail goes, by domain; more: lines of main.cf.
export async function startPostfix({ transports = {}, more = '' } = {}) {
  const dir = await mkdtemp('/var/tmp/deskd-postfix.');
  await chmod(dir, 0o755);
  const config = `${dir}/etc`;
  const [port] = await freePorts(1);
  for (const d of ['etc', 'queue', 'data']) await mkdir(`${dir}/${d}`);
  await run('chown', ['postfix', `${dir}/data`]);
  await writeFile(`${config}/main.cf`, main(dir, transports, more));
  await writeFile(`${config}/master.cf`, master(port));
  const log = () => readFile(`${dir}/log`, 'utf8').catch(() => '');
  let started = false;

  // Whatever becomes of the tests, no Postfix is left behind.
  const last = () => {
    if (started) execFileSync(postfix, ['-c', config, 'stop'], { stdio: 'ignore' });
  };
  process.on('exit', last);
  try {
    started = true;
    await run(postfix, ['-c', config, 'start']);
    await until('Postfix answers', () =>
      new Promise((done) => {
        const s = net.connect(port, '127.0.0.1');
        s.once('data', () => (s.destroy(), done(true)));
        s.once('error', () => done(false));
        s.setTimeout(5000, () => (s.destroy(), done(false)));
      }),
    );
  } catch (e) {
    e.message += `\n${await log()}`;
    throw e;
  }
  return {
    port,
    log,
    async stop() {
      await run(postfix, ['-c', config, 'stop']);
      started = false;
      await until('Postfix has ended', () =>
        run(postfix, ['-c', config, 'status']).then(
          () => false,
          () => true,
        ),
      );
      await rm(dir, { recursive: true, force: true });
    },
  };
}
