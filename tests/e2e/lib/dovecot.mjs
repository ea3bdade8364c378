// A Dovecot of our own in a temporary directory: mailboxes of any name at any
// domain, filled by LMTP, read by IMAP (password: secret) or as files.  Needs
// root, as Dovecot does.
import { execFile, spawn } from 'node:child_process';
import { chmod, mkdir, mkdtemp, readFile, readdir, rm, writeFile }
  from 'node:fs/promises';
import { promisify } from 'node:util';
import { until } from './desk.mjs';
import { freePorts } from './ports.mjs';
import { Talk } from './talk.mjs';

const run = promisify(execFile);

const conf = (dir, imap, lmtp) => `
base_dir = ${dir}/run
log_path = ${dir}/log
protocols = imap lmtp
listen = 127.0.0.1
ssl = no
disable_plaintext_auth = no
first_valid_uid = 1
mail_location = maildir:~/mail
passdb {
  driver = static
  args = password=secret
}
userdb {
  driver = static
  args = uid=vmail-deskd gid=vmail-deskd home=${dir}/home/%u allow_all_users=yes
}
service imap-login {
  inet_listener imap {
    port = ${imap}
  }
  inet_listener imaps {
    port = 0
  }
}
service lmtp {
  inet_listener lmtp {
    address = 127.0.0.1
    port = ${lmtp}
  }
}
recipient_delimiter = +
`;

export async function startDovecot() {
  const dir = await mkdtemp('/var/tmp/deskd-dovecot.');
  await chmod(dir, 0o755);
  const [imap, lmtp] = await freePorts(2);
  await mkdir(`${dir}/home`);
  // dovecot is the system's user for what needs no rights; the mail is his.
  await run('chown', ['dovecot:dovecot', `${dir}/home`]);
  await writeFile(`${dir}/conf`,
    conf(dir, imap, lmtp).replaceAll('vmail-deskd', 'dovecot'));
  const child = spawn('/usr/sbin/dovecot', ['-F', '-c', `${dir}/conf`],
    { stdio: 'ignore' });
  const ended = new Promise((done) => child.once('exit', done));
  const last = () => child.kill('SIGTERM');
  process.on('exit', last);
  const log = () => readFile(`${dir}/log`, 'utf8').catch(() => '');
  const greets = (port) =>
    Talk.open({ port }).then(async (t) => {
      try {
        return Boolean(await t.waitFor((text) => text.includes('\n'), 5));
      } finally {
        t.end();
      }
    }).catch(() => false);
  try {
    await until('Dovecot answers', async () => (await greets(imap)) && greets(lmtp));
  } catch (e) {
    e.message += `\n${await log()}`;
    throw e;
  }
  return {
    imap,
    lmtp,
    log,
    // The mails of a mailbox, the oldest first, as bytes.
    async mails(user) {
      const found = [];
      for (const sub of ['new', 'cur']) {
        const at = `${dir}/home/${user}/mail/${sub}`;
        for (const name of await readdir(at).catch(() => []))
          found.push([name, await readFile(`${at}/${name}`).catch(() => null)]);
      }
      return found.filter((f) => f[1]).sort((a, b) => (a[0] < b[0] ? -1 : 1))
        .map((f) => f[1]);
    },
    async stop() {
      child.kill('SIGTERM');
      await ended;
      process.off('exit', last);
      await rm(dir, { recursive: true, force: true });
    },
  };
}
