// Mail from an IMAP mailbox (a real Dovecot) through a real fetchmail into the
// desk, with the lines of conf/fetchmail: what lay there through an outage is
// taken in once, whoever is killed meanwhile.
import assert from 'node:assert/strict';
import { execFile, spawn } from 'node:child_process';
import { chmod, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { after, before, describe, test } from 'node:test';
import { promisify } from 'node:util';
import { desk, sql, unique, until } from './lib/desk.mjs';
import { startDovecot } from './lib/dovecot.mjs';
import { deliver, mail } from './lib/mail.mjs';
import { startSecond } from './lib/second.mjs';
import { session } from './lib/session.mjs';

const run = promisify(execFile);
const snippet = new URL('../../conf/fetchmail/fetchmailrc', import.meta.url);
let dovecot;
let dir;

before(async () => {
  dovecot = await startDovecot();
  dir = await mkdtemp('/var/tmp/deskd-fetchmail.');
});

after(async () => {
  await dovecot?.stop();
  if (dir) await rm(dir, { recursive: true, force: true });
});

// The snippet's lines for one address or for several, against our servers.
async function fetchmail(box, lmtp, several = false) {
  let text = await readFile(snippet, 'utf8');
  const [head, one, many] = text.split(/^(?=#?poll )/m);
  text = head + (several ? many.replace(/^#/gm, '') : one);
  text = text
    .replace('poll imap.example.com', `poll 127.0.0.1 service ${dovecot.imap}`)
    .replace('user "shop"', `user "${box}"`)
    .replace('127.0.0.1/2424', `127.0.0.1/${lmtp}`)
    .replace('ssl sslproto tls1.2+', "sslproto ''");
  const home = `${dir}/${unique()}`;
  await mkdir(home);
  await writeFile(`${home}/rc`, text, { mode: 0o600 });
  await chmod(`${home}/rc`, 0o600);
  const args = ['-f', `${home}/rc`, '--nosyslog', '--nodetach', '--idfile', `${home}/ids`,
    '--pidfile', `${home}/pid`];
  const env = { ...process.env, FETCHMAILHOME: home, HOME: home, LC_ALL: 'C' };
  return {
    // Once; its status and what it said.
    go: () => run('fetchmail', args, { env }).then(
      (r) => ({ status: 0, said: r.stdout + r.stderr }),
      (e) => ({ status: e.code, said: e.stdout + e.stderr })),
    start: () => spawn('fetchmail', args, { env, stdio: 'ignore' }),
  };
}

const ended = (child) => new Promise((done) => child.once('exit', done));

// n mails into a mailbox; their ids.
async function fill(box, n, m = {}) {
  const ids = [];
  for (let i = 0; i < n; i++) {
    const one = mail({ to: 'sales@shop.example', ...m, text: `thư số ${i}` });
    const [reply] = await deliver(one, [box], { port: dovecot.lmtp });
    assert.equal(reply.code, 250, reply.text);
    ids.push(one.id);
  }
  return ids;
}

const events = (ids) =>
  sql(`SELECT k.external_id, e.id, q.name AS queue FROM desk.event_key k
    JOIN desk.event e ON e.id = k.event JOIN desk.ticket t ON t.id = e.ticket
    JOIN desk.queue q ON q.id = t.queue
    WHERE k.channel = 'mail'
      AND split_part(k.external_id, '/', 1) = ANY (string_to_array(:'v1', ' '))`,
    ids.join(' '));

// Every one of them is there, once.
async function once(ids) {
  const got = await events(ids);
  assert.equal(got.length, ids.length);
  assert.equal(new Set(got.map((r) => r.external_id)).size, ids.length);
}

describe('fetchmail', () => {
  test('brings a mailbox, and leaves it empty', async () => {
    const box = `${unique('box')}@khach.example`;
    const ids = await fill(box, 5);
    const f = await fetchmail(box, desk.lmtp);
    const got = await f.go();
    assert.equal(got.status, 0, got.said);
    await once(ids);
    assert.equal((await dovecot.mails(box)).length, 0);
    // 1: there was no mail.
    assert.equal((await f.go()).status, 1);
  });

  test('brings each mail of a shared mailbox to its own queue', async () => {
    const box = `${unique('box')}@khach.example`;
    const f = await fetchmail(box, desk.lmtp, true);
    const [ship] = await fill(box, 1,
      { to: 'undisclosed@elsewhere.example', headers: ['X-Original-To: shipping@shop.example'] });
    const [tech] = await fill(box, 1,
      { to: 'undisclosed@elsewhere.example', headers: ['X-Original-To: technical@shop.example'] });
    const got = await f.go();
    assert.equal(got.status, 0, got.said);
    assert.equal((await events([ship]))[0].queue, 'shipping');
    assert.equal((await events([tech]))[0].queue, 'technical');
  });

  test('loses nothing through an outage, and brings nothing twice', async () => {
    const box = `${unique('box')}@khach.example`;
    const ids = await fill(box, 60);
    // One that cannot be read holds up nobody.
    const odd = { id: `${unique('odd')}@example.com`, from: 'x@example.com' };
    odd.bytes = Buffer.from(`Message-ID: <${odd.id}>\r\nContent-Type: multipart/mixed; ` +
      'boundary=x\r\n\r\n' + '--x\r\n\r\na\r\n'.repeat(3000));
    assert.equal((await deliver(odd, [box], { port: dovecot.lmtp }))[0].code, 250);
    ids.push(...await fill(box, 60));

    // The daemon dies when the twelfth is in, and nobody has heard so; there is
    // none for a while.
    let one = await startSecond({ failpoint: 'committed:12' });
    const f = await fetchmail(box, one.lmtp);
    const first = ended(f.start());
    await one.ended;
    await first;
    await one.stop();
    assert.equal((await events(ids)).length, 12);
    for (let i = 0; i < 3; i++) assert.notEqual((await f.go()).status, 0);
    assert.ok((await dovecot.mails(box)).length > 0);
    // It is back (elsewhere); now fetchmail is killed at its work.
    one = await startSecond();
    const g = await fetchmail(box, one.lmtp);
    const hold = session(desk.pg);
    try {
      await hold.tell('BEGIN; LOCK TABLE desk.event_key IN SHARE ROW EXCLUSIVE MODE');
      const second = g.start();
      await until('a mail of it is being filed', async () => (await sql(
        `SELECT 1 FROM pg_locks WHERE relation = 'desk.event_key'::regclass AND NOT granted`,
      )).length > 0);
      const over = ended(second);
      second.kill('SIGKILL');
      await over;
      await hold.tell('COMMIT');
    } finally {
      hold.end();
    }
    // And at last it gets through.
    const got = await g.go();
    assert.equal(got.status, 0, got.said);
    await once(ids);
    assert.equal((await sql(`SELECT count(*)::int AS n FROM desk.ticket t
      JOIN desk.event e ON e.ticket = t.id JOIN desk.blob_chunk b ON b.sha256 = e.raw
      WHERE t.kind = 'quarantine' AND b.seq = 0
        AND position(convert_to(:'v1', 'UTF8') IN b.bytes) > 0`, odd.id))[0].n, 1);
    assert.equal((await dovecot.mails(box)).length, 0);
    await one.stop();
  });
});
