// deskctl doctor: the key of the second factors, and mail that waits for a
// relay.
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { createHash, randomBytes } from 'node:crypto';
import { chmod, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { after, before, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { change, desk, login, sql, unique, using } from './lib/desk.mjs';
import { deliver, mail } from './lib/mail.mjs';

let dir;

before(async () => {
  dir = await mkdtemp('/var/tmp/deskd-doctor.');
  await mkdir(`${dir}/state`, { mode: 0o700 });
  const own = await readFile(`${desk.var}/deskd.conf`, 'utf8');
  assert.match(own, /^state_dir/m);
  await writeFile(`${dir}/deskd.conf`, own.replace(/^state_dir.*$/m, `state_dir = "${dir}/state"`),
    { mode: 0o600 });
});

after(() => rm(dir, { recursive: true, force: true }));

const found = (what) =>
  new Promise((done, failed) =>
    execFile(`${desk.build}/deskctl`, ['-f', `${dir}/deskd.conf`, '-j', 'doctor'], {
      env: { ...process.env, DESKD_SQL: fileURLToPath(new URL('../../sql', import.meta.url)) },
    }, (e, stdout, stderr) => {
      const one = stdout && JSON.parse(stdout).find((f) => f.what === what);
      if (one) done(one);
      else failed(new Error(`nothing on ${what}: ${stdout}${stderr}`));
    }),
  );

test('doctor looks at the key of the second factors', async () => {
  const file = `${dir}/state/totp.key`;
  assert.match((await found('totp.key')).detail, /No such file/);
  await writeFile(file, 'kein Schlüssel\n', { mode: 0o600 });
  assert.deepEqual([(await found('totp.key')).level, (await found('totp.key')).detail],
    ['bad', `${file}: it cannot be read as a key`]);
  const key = randomBytes(32);
  await writeFile(file, `${key.toString('hex')}\n`);
  await chmod(file, 0o640);
  assert.match((await found('totp.key')).detail, /may use it \(mode 0640\)/);
  await chmod(file, 0o600);
  // Two who sealed theirs: one with this key, one with a key that is lost.
  const [one, two] = [unique('d'), unique('d')];
  const id = createHash('sha256').update(key).digest('hex').slice(0, 16);
  const begin = (name, by) =>
    change(`WITH a AS (INSERT INTO desk.agent (name, display, role) VALUES (:'v1', :'v1', 'agent')
      RETURNING id) INSERT INTO desk.totp (agent, sealed, key, confirmed_at)
      SELECT a.id, '', :'v2', now() FROM a`, name, by);
  try {
    await begin(one, id);
    await begin(two, 'f'.repeat(16));
    const got = await found('totp.key');
    assert.equal(got.level, 'bad');
    assert.match(got.detail, /[1-9]\d* second factors are sealed by another key/);
    await rm(file);
    const gone = await found('totp.key');
    assert.equal(gone.level, 'bad');
    assert.match(gone.mend, /backup/);
  } finally {
    for (const name of [one, two]) {
      await change(`DELETE FROM desk.totp WHERE agent = (SELECT id FROM desk.agent WHERE name = :'v1')`, name);
      await change(`DELETE FROM desk.agent WHERE name = :'v1'`, name);
    }
  }
});

test('doctor says that mail waits, and for what', async () => {
  const m = mail({ to: 'sales@shop.example' });
  assert.equal((await deliver(m))[0].code, 250);
  const [{ ticket }] = await sql(`SELECT e.ticket FROM desk.event_key k
    JOIN desk.event e ON e.id = k.event
    WHERE k.channel = 'mail' AND k.external_id LIKE :'v1' || '/%'`, m.id);
  await using(() => login('an'), (wire) => wire.ask('TICKET.REPLY', ticket, 'Dạ'));
  const got = await found('relay');
  assert.equal(got.level, 'bad');
  assert.match(got.detail, /smtp_relay is empty, and \d+( or more)? mails wait/);
});
