// Answers by mail, from an agent's words to the relay: what goes out, when,
// how often, and what is shown of it.
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { after, before, describe, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import {
  admin, apply, desk, login, service, sql, unique, until, using,
} from './lib/desk.mjs';
import { deliver, mail } from './lib/mail.mjs';
import { startSecond } from './lib/second.mjs';
import { startSink } from './lib/sink.mjs';

const run = promisify(execFile);
const command = (text) => run('psql', ['-X', '-q', '-d', desk.pg, '-c', text]);

// A relay that is waited for so long is slow, or hangs.
const relay = () => ({ smtp_relay: `127.0.0.1:${sink.port}`, smtp_starttls: 'no', smtp_patience: 8 });

let sink;
let one;
let given;

before(async () => {
  sink = await startSink();
  // Nothing goes out before these tests say so: now().
  await using(admin, async (wire) => {
    ({ config: given } = await wire.ask('CONFIG.SHOW'));
    await apply(wire, { ...given, mail: { ...given.mail, undo_seconds: 600 } });
  });
  one = await startSecond(relay());
});

after(async () => {
  await one?.stop();
  await sink?.end();
  if (given) await using(admin, (wire) => apply(wire, given));
});

// A mail comes in; the ticket that it opened.
async function customer(m = {}) {
  const sent = mail({ to: 'sales@shop.example', ...m });
  const [reply] = await deliver(sent);
  assert.equal(reply.code, 250, reply.text);
  const [row] = await sql(
    `SELECT e.ticket FROM desk.event_key k JOIN desk.event e ON e.id = k.event
     WHERE k.channel = 'mail' AND k.external_id LIKE :'v1' || '/%'`, sent.id);
  return { ...sent, ticket: row.ticket };
}

const answer = (ticket, text, ...more) =>
  using(() => login('an'), (wire) => wire.ask('TICKET.REPLY', ticket, text, ...more));

// Nothing waits for an agent to think again.
const now = (event) =>
  command(`UPDATE desk.outbound SET next_try = now() WHERE event = ${Number(event)}
    AND state IN ('queued', 'deferred')`);

const shown = (ticket, event) =>
  using(service, async (wire) => {
    const got = await wire.ask('TICKET.GET', ticket);
    return { ticket: got.ticket, delivery: got.events.find((e) => e.event === event).delivery };
  });

async function becomes(ticket, event, state) {
  return until(`message ${event} is ${state}`, async () => {
    const got = await shown(ticket, event);
    return got.delivery.state === state && got;
  });
}

const header = (m, name) =>
  new RegExp(`^${name}: ((?:.*\r\n )*.*)\r$`, 'mi').exec(m.text)?.[1].replace(/\r\n /g, ' ');

describe('an answer', () => {
  test('goes out once, and its answer finds the case', async () => {
    const c = await customer({ name: 'Lan', subject: 'Giá áo', text: 'Áo này giá bao nhiêu?' });
    const said = await answer(c.ticket, 'Dạ 120.000đ ạ.\n.\nhttps://shop.example/a');
    assert.equal((await shown(c.ticket, said.event)).delivery.state, 'queued');
    await now(said.event);
    const got = await becomes(c.ticket, said.event, 'sent');
    assert.equal(got.delivery.attempts, 1);
    assert.match(got.delivery.said, /^250 /);
    const mails = sink.to(c.from);
    assert.equal(mails.length, 1);
    const [m] = mails;
    assert.equal(header(m, 'Message-ID'), `<${got.delivery.message_id}>`);
    assert.equal(header(m, 'In-Reply-To'), `<${c.id}>`);
    assert.equal(header(m, 'References'), `<${c.id}>`);
    assert.match(header(m, 'From'), /<sales@shop\.example>$/);
    assert.match(header(m, 'Reply-To'), new RegExp(`<sales\\+t${c.ticket}\\.[a-z2-7]{20}@shop\\.example>$`));
    assert.match(m.from, new RegExp(`^sales\\+t${c.ticket}\\.`));
    assert.equal(header(m, 'Auto-Submitted'), undefined);
    assert.match(m.text, /^=2E\r$/m);
    assert.match(m.text, /<a href=3D"https:\/\/shop\.example\/a">/);
    // The customer answers it, by our Message-ID alone.
    const back = mail({ from: c.from, to: 'sales@shop.example',
      headers: [`In-Reply-To: ${header(m, 'Message-ID')}`] });
    await deliver(back);
    const [row] = await sql(
      `SELECT e.ticket FROM desk.event_key k JOIN desk.event e ON e.id = k.event
       WHERE k.channel = 'mail' AND k.external_id LIKE :'v1' || '/%'`, back.id);
    assert.equal(row.ticket, c.ticket);
  });

  test('is taken back while it waits, and never goes', async () => {
    const c = await customer();
    const said = await answer(c.ticket, 'Nhầm rồi');
    await using(() => login('an'), (wire) => wire.ask('TICKET.UNSEND', c.ticket, said.event));
    assert.equal((await shown(c.ticket, said.event)).delivery.state, 'withdrawn');
    const next = await answer(c.ticket, 'Đúng rồi');
    await now(next.event);
    await becomes(c.ticket, next.event, 'sent');
    assert.equal(sink.to(c.from).length, 1);
    await using(() => login('an'), (wire) =>
      assert.rejects(wire.ask('TICKET.UNSEND', c.ticket, next.event), /CONFLICT/));
  });

  test('carries its attachments, byte for byte', async () => {
    const c = await customer();
    const said = await answer(c.ticket, 'Hoá đơn đây ạ');
    const bytes = Buffer.alloc(700001, `${unique()} Hoá đơn\n`);
    const sha = createHash('sha256').update(bytes).digest('hex');
    const name = `decode('${sha}', 'hex')`;
    for (let at = 0, seq = 0; at < bytes.length; at += 262144, seq++)
      await sql(`SELECT desk.blob_put(${name}, ${seq},
        decode('${bytes.subarray(at, at + 262144).toString('hex')}', 'hex'))`);
    await sql(`SELECT desk.blob_seal(${name}, ${bytes.length})`);
    await command(`INSERT INTO desk.attachment (event, place, name, media_type, size, sha256)
      VALUES (${said.event}, 0, 'Hoá đơn.txt', 'text/plain', ${bytes.length}, ${name})`);
    await now(said.event);
    await becomes(c.ticket, said.event, 'sent');
    const [m] = sink.to(c.from);
    assert.match(m.text, /filename\*0\*=UTF-8''Ho%C3%A1%20/);
    const part = /filename[^]*?\r\n\r\n([^]*?)\r\n--m=_/.exec(m.text)[1];
    assert.ok(Buffer.from(part, 'base64').equals(bytes), 'the bytes are the same');
  });
});

test('a file alone has a text that says nothing', async () => {
  const c = await customer();
  const bytes = Buffer.from(unique());
  const up = await fetch(`${desk.http}/api/v1/uploads?name=a.bin`, { method: 'POST', body: bytes,
    headers: { Authorization: `Bearer ${desk.key}` } });
  const file = await up.json();
  const said = await using(service, (wire) =>
    wire.ask('TICKET.REPLY', c.ticket, '', 'ATTACHMENTS', JSON.stringify([{ sha256: file.sha256 }])));
  await now(said.event);
  await becomes(c.ticket, said.event, 'sent');
  const [m] = sink.to(c.from);
  // Its signature and what it answers, and nothing that nobody wrote.
  assert.match(m.text, /Content-Type: text\/plain[^]*?\r\n\r\n(\r\n-- =20\r\n|\r\n(?!-- ))/);
  assert.ok(m.text.includes(bytes.toString('base64')), 'the file');
});

describe('a relay', () => {
  test('that says later is tried again', async () => {
    const c = await customer();
    sink.behave = (rcpt, n) =>
      rcpt === c.from && n === 1 ? { at: 'rcpt', say: '451 4.2.0 greylisted' } : {};
    const said = await answer(c.ticket, 'Chờ chút');
    await now(said.event);
    const got = await becomes(c.ticket, said.event, 'deferred');
    assert.match(got.delivery.said, /greylisted/);
    assert.equal(got.ticket.due_at, undefined, 'nobody is bothered');
    await now(said.event);
    assert.equal((await becomes(c.ticket, said.event, 'sent')).delivery.attempts, 2);
    assert.equal(sink.to(c.from).length, 1);
  });

  test('that says never is shown, and the case is due again', async () => {
    const c = await customer();
    sink.behave = (rcpt) => (rcpt === c.from ? { at: 'rcpt', say: '550 5.1.1 no such user' } : {});
    const said = await answer(c.ticket, 'Dạ');
    await now(said.event);
    const got = await becomes(c.ticket, said.event, 'failed');
    assert.match(got.delivery.said, /no such user/);
    assert.equal(got.ticket.state, 'open');
    assert.ok(got.ticket.due_at);
    // Mended, it is sent by hand.
    sink.behave = () => ({});
    await using(() => login('an'), (wire) => wire.ask('TICKET.RESEND', c.ticket, said.event));
    await becomes(c.ticket, said.event, 'sent');
    assert.equal(sink.to(c.from).length, 1);
  });

  test('that takes it and says nothing: unknown, and not sent again', async () => {
    const c = await customer();
    sink.behave = (rcpt) => (rcpt === c.from ? { at: 'end', hang: true } : {});
    const said = await answer(c.ticket, 'Dạ');
    await now(said.event);
    const got = await becomes(c.ticket, said.event, 'unknown');
    assert.ok(got.ticket.due_at, 'a person decides');
    await now(said.event);
    sink.behave = () => ({});
    const other = await customer();
    const next = await answer(other.ticket, 'Dạ');
    await now(next.event);
    await becomes(other.ticket, next.event, 'sent');
    assert.equal(sink.to(c.from).length, 1);
  });

  test('that answers late, but in time', async () => {
    const c = await customer();
    sink.behave = (rcpt) => (rcpt === c.from ? { at: 'end', late: 1500 } : {});
    const said = await answer(c.ticket, 'Dạ');
    await now(said.event);
    await becomes(c.ticket, said.event, 'sent');
    sink.behave = () => ({});
    assert.equal(sink.to(c.from).length, 1);
  });

  test('that is away: what waits goes when it is back', async () => {
    await sink.end();
    const c = await customer();
    const said = await answer(c.ticket, 'Dạ');
    await now(said.event);
    await becomes(c.ticket, said.event, 'deferred');
    await sink.begin();
    await now(said.event);
    await becomes(c.ticket, said.event, 'sent');
    assert.equal(sink.to(c.from).length, 1);
  });
});

test('STARTTLS and a login, and no mail without them', async () => {
  const [cert, key] = await Promise.all(
    ['crt', 'key'].map((end) => readFile(`${desk.var}/tls.${end}`)));
  const safe = await startSink({ tls: { cert, key }, login: { user: 'desk', password: 'mật khẩu' } });
  const dir = await mkdtemp('/var/tmp/deskd-relay.');
  await writeFile(`${dir}/password`, 'mật khẩu\n', { mode: 0o600 });
  await one.stop();
  const options = { smtp_relay: `localhost:${safe.port}`, smtp_patience: 30, smtp_user: 'desk',
    smtp_password_file: `${dir}/password` };
  let two;
  try {
    // Its certificate is its own work: not believed, until it is named.
    const c = await customer();
    two = await startSecond(options);
    const said = await answer(c.ticket, 'Dạ');
    await now(said.event);
    const got = await becomes(c.ticket, said.event, 'deferred');
    assert.match(got.delivery.said, /certificate/);
    await two.stop();
    two = await startSecond({ ...options, smtp_ca: `${desk.var}/tls.crt` });
    await now(said.event);
    await becomes(c.ticket, said.event, 'sent');
    assert.equal(safe.to(c.from).length, 1);
    // Another password: the operator's to mend, not the answer's end.
    await two.stop();
    await writeFile(`${dir}/password`, 'khác\n');
    two = await startSecond({ ...options, smtp_ca: `${desk.var}/tls.crt` });
    const next = await answer(c.ticket, 'Dạ nữa');
    await now(next.event);
    const wrong = await becomes(c.ticket, next.event, 'deferred');
    assert.equal(wrong.delivery.status, 535);
    assert.ok(!(await two.log()).includes('khác'), 'no password in the log');
  } finally {
    await two?.stop();
    await safe.end();
    await rm(dir, { recursive: true, force: true });
    one = await startSecond(relay());
  }
});

test('many at once are each sent once', async () => {
  const cases = [];
  for (let i = 0; i < 40; i++) {
    const c = await customer();
    cases.push({ ...c, said: await answer(c.ticket, `Dạ ${i}`) });
  }
  for (const c of cases) await now(c.said.event);
  for (const c of cases) await becomes(c.ticket, c.said.event, 'sent');
  for (const c of cases) assert.equal(sink.to(c.from).length, 1);
});

test('the feed tells of every change', async () => {
  const c = await customer();
  await using(service, async (wire) => {
    const said = await answer(c.ticket, 'Dạ');
    await now(said.event);
    await becomes(c.ticket, said.event, 'sent');
    await until('the feed has it', async () => {
      const text = JSON.stringify(await wire.ask('FEED.READ', '0', 'LAST', '500'));
      return text.includes('"delivery"') && text.includes(String(said.event));
    });
  });
});

test('doctor asks the relay, and sends nothing', async () => {
  const dir = await mkdtemp('/var/tmp/deskd-doctor.');
  const before = sink.mails.length;
  const ask = async (lines) => {
    await writeFile(`${dir}/deskd.conf`,
      `${await readFile(`${desk.var}/deskd.conf`, 'utf8')}\n${lines}\n`, { mode: 0o600 });
    return run(`${desk.build}/deskctl`, ['-f', `${dir}/deskd.conf`, 'doctor'],
      { env: { ...process.env, DESKD_SQL: fileURLToPath(new URL('../../sql', import.meta.url)) } })
      .catch((e) => e);
  };
  try {
    const at = `smtp_relay = "127.0.0.1:${sink.port}"`;
    assert.match((await ask(`${at}\nsmtp_starttls = no`)).stdout, /^ok +relay: 127\.0\.0\.1:\d+ answers$/m);
    assert.match((await ask(at)).stdout, /^bad +relay: .*\n +to mend: it offers no STARTTLS/m);
    assert.match((await ask('smtp_relay = "127.0.0.1:1"')).stdout, /^bad +relay: /m);
    assert.equal(sink.mails.length, before);
  } finally {
    await rm(dir, { recursive: true, force: true });
  }
});

test('/metrics counts them', async () => {
  const text = await (await fetch(`${one.metrics}/metrics`)).text();
  assert.ok(/^deskd_outbound_sent_total [1-9]/m.test(text));
  assert.match(text, /^deskd_outbound\{state="queued"\} \d+/m);
  assert.match(text, /^deskd_outbound_oldest_seconds \d+/m);
  assert.ok(desk.metrics);
});
