// The full circle with real peers: Postfix brings the customer's mail, an
// agent answers, Postfix and Dovecot bring the answer to the customer's
// mailbox, and what he writes back finds its case.  An answer that cannot be
// delivered comes back to the very message.
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { after, before, describe, test } from 'node:test';
import { promisify } from 'node:util';
import nodemailer from 'nodemailer';
import PostalMime from 'postal-mime';
import { admin, apply, desk, login, service, sql, unique, until, using } from './lib/desk.mjs';
import { startDovecot } from './lib/dovecot.mjs';
import { startPostfix } from './lib/postfix.mjs';
import { startSecond } from './lib/second.mjs';

const run = promisify(execFile);
let dovecot;
let postfix;
let one; // a deskd that sends
let transport;

before(async () => {
  dovecot = await startDovecot();
  postfix = await startPostfix({
    transports: {
      'khach.example': `lmtp:inet:127.0.0.1:${dovecot.lmtp}`,
      // The desk itself serves no such domain, and says so after Postfix took
      // the mail.
      'nowhere.example': `lmtp:inet:127.0.0.1:${desk.lmtp}`,
    },
  });
  one = await startSecond({ smtp_relay: `127.0.0.1:${postfix.port}`, smtp_starttls: 'no' });
  transport = nodemailer.createTransport({
    port: postfix.port, host: '127.0.0.1', ignoreTLS: true });
});

after(async () => {
  transport?.close();
  await one?.stop();
  await postfix?.stop();
  await dovecot?.stop();
});

// The event that a mail of the customer's became.
const arrived = (id) =>
  until(`mail ${id} is filed`, async () => (await sql(
    `SELECT e.id, e.ticket, e.own, e.text, e.why, e.facts, t.state
     FROM desk.event_key k JOIN desk.event e ON e.id = k.event
     JOIN desk.ticket t ON t.id = e.ticket
     WHERE k.channel = 'mail' AND k.external_id LIKE :'v1' || '/%'`, id))[0]);

async function writes(from, m) {
  const id = `${unique('c')}@khach.example`;
  await transport.sendMail({ from, to: 'sales@shop.example',
    messageId: `<${id}>`, ...m });
  return { ...(await arrived(id)), id };
}


const now = (event) => run('psql', ['-X', '-q', '-d', desk.pg, '-c',
  `UPDATE desk.outbound SET next_try = now() WHERE event = ${Number(event)}
   AND state IN ('queued', 'deferred')`]);

async function answers(ticket, text, ...more) {
  const said = await using(() => login('an'),
    (wire) => wire.ask('TICKET.REPLY', ticket, text, ...more));
  await now(said.event);
  return said.event;
}

const received = async (who, n) =>
  (await until(`${who} has ${n} mails`, async () => {
    const got = await dovecot.mails(who);
    return got.length >= n && got;
  })).map((bytes) => new PostalMime().parse(bytes));

const shown = (ticket) =>
  using(service, (wire) => wire.ask('TICKET.GET', ticket));

describe('a customer and the desk', () => {
  test('write to each other, and stay in one case', async () => {
    const who = `${unique('lan')}@khach.example`;
    const from = `"Trần Thị Lan" <${who}>`;
    const asked = await writes(from, { subject: 'Hỏi giá nồi cơm điện',
      text: 'Shop ơi, nồi cơm 1,8 lít giá bao nhiêu ạ?\n\nLan' });

    // Answered, with a file and the queue's signature.
    const bytes = randomBytes(300000);
    const file = await using(() => login('an'), async (wire) => {
      const session = await fetch(`${desk.http}/api/v1/login`, { method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ login: 'an', password: desk.password }) });
      const cookie = session.headers.getSetCookie?.()[0] ??
        session.headers.get('set-cookie');
      const { csrf } = await session.json();
      const r = await fetch(`${desk.http}/api/v1/uploads?name=b%E1%BA%A3ng%20gi%C3%A1.pdf`, {
        method: 'POST', body: bytes,
        headers: { cookie: cookie.split(';')[0], 'x-csrf-token': csrf,
          'content-type': 'application/pdf' } });
      assert.equal(r.status, 201, await r.clone().text());
      return r.json();
    });
    const event = await answers(asked.ticket,
      'Dạ nồi 1,8 lít giá 890.000đ ạ. <b>Chưa</b> gồm phí giao.\n\nBảng giá: https://shop.example/gia',
      'attachments', JSON.stringify([{ sha256: file.sha256 }]));
    const [mail] = await Promise.all(await received(who, 1));
    assert.equal(mail.subject, 'Re: Hỏi giá nồi cơm điện');
    assert.equal(mail.from.address, 'sales@shop.example');
    assert.equal(mail.inReplyTo, `<${asked.id}>`);
    assert.match(mail.references, new RegExp(`<${asked.id}>`));
    assert.match(mail.replyTo[0].address, /^sales\+t\d+\.[a-z2-7]{20}@shop\.example$/i);
    assert.match(mail.text, /890\.000đ ạ\. <b>Chưa<\/b>/);
    assert.match(mail.text, /An Nguyễn\r?\nBán hàng, Shop Example/);
    assert.match(mail.html, /&lt;b&gt;Chưa&lt;\/b&gt;/);
    assert.match(mail.html, /href="https:\/\/shop\.example\/gia"/);
    assert.equal(mail.attachments.length, 1);
    assert.equal(mail.attachments[0].filename, 'bảng giá.pdf');
    assert.deepEqual(Buffer.from(mail.attachments[0].content), bytes);
    await until('it is sent', async () => {
      const e = (await shown(asked.ticket)).events.find((x) => x.event === event);
      return e.delivery.state === 'sent';
    });

    // He answers to the plus address alone, as clients that lose headers do.
    const plus = await writes(from, { to: mail.replyTo[0].address, subject: 'giá',
      text: 'Vậy em lấy 1 cái' });
    assert.equal(plus.ticket, asked.ticket);
    assert.equal(plus.why.threaded, 'our signed address');
    // By In-Reply-To to the plain address, with all of ours quoted below.
    const quoted = mail.text.trim().split(/\r?\n/).map((l) => `> ${l}`).join('\n');
    const reply = await writes(from, { subject: mail.subject,
      inReplyTo: mail.messageId, references: `<${asked.id}> ${mail.messageId}`,
      text: `Giao về Huế giúp em nhé.\n\nVào 21/11/2026 10:12, Shop Example đã viết:\n${quoted}\n` });
    assert.equal(reply.ticket, asked.ticket);
    assert.equal(reply.why.threaded, 'an answer to its message');
    assert.equal(reply.own.trim(), 'Giao về Huế giúp em nhé.');
    assert.match(reply.text, /890\.000đ/);
    assert.equal((await dovecot.mails(who)).length, 1);

    // Somebody else who got hold of the address opens a case of his own.
    const other = await writes(`${unique()}@khach.example`,
      { to: mail.replyTo[0].address, subject: 'x', text: 'Cho tôi xem đơn này' });
    assert.notEqual(other.ticket, asked.ticket);
    assert.match(other.why.threaded, /takes no part/);
    assert.equal((await shown(other.ticket)).ticket.related, asked.ticket);
  });

  test('name an order, and that is enough for its customer', async () => {
    const who = `${unique('ba')}@khach.example`;
    const number = `DH${String(randomBytes(4).readUInt32BE()).padStart(8, '0').slice(-8)}`;
    const first = await writes(who, { subject: `Đơn ${number}`, text: `Đơn ${number} tới đâu rồi?` });
    const again = await writes(who, { subject: 'Giao hàng', text: `Sao đơn ${number} chưa tới?` });
    assert.equal(again.ticket, first.ticket);
    assert.equal(again.why.threaded, 'the same order');
    const stranger = await writes(`${unique()}@khach.example`,
      { subject: 'Giao hàng', text: `Sao đơn ${number} chưa tới?` });
    assert.notEqual(stranger.ticket, first.ticket);
  });

  test('an answer that cannot be delivered comes back to that very message', async () => {
    const who = `${unique('mat')}@nowhere.example`;
    const asked = await writes(who, { subject: 'Hỏi hàng', text: 'Còn hàng không shop?' });
    const kept = await answers(asked.ticket, 'Dạ còn ạ.');
    await using(service, (wire) => wire.ask('TICKET.RESOLVE', asked.ticket));
    const got = await until('the bounce has come', async () => {
      const all = await shown(asked.ticket);
      const e = all.events.find((x) => x.event === kept);
      return e.delivery.state === 'bounced' && { all, e };
    });
    assert.match(got.e.delivery.said, /5\.1\.1/);
    assert.equal(got.all.ticket.state, 'open');
    assert.ok(got.all.ticket.due_at);
    const bounce = got.all.events.find((x) => x.facts?.bounce);
    assert.equal(bounce.facts.bounce.action, 'failed');
    assert.equal(bounce.facts.bounce.recipient, who);
    assert.equal(bounce.why?.threaded ?? 'our message came back', 'our message came back');
    // And nobody answers a bounce.
    assert.equal((await sql(`SELECT count(*)::int AS n FROM desk.outbound
      WHERE ticket = :'v1'`, asked.ticket))[0].n, 1);
  });

  test('a survey that cannot be delivered ends, and says so', async () => {
    const boss = await admin();
    const { config } = await boss.ask('CONFIG.SHOW');
    const survey = unique('tay-');
    try {
      await apply(boss, { ...config, company: { ...config.company, url: 'https://desk.example' },
        surveys: [...(config.surveys ?? []),
          { name: survey, title: 'Bằng tay', quiet: 1, questions: [{ name: 'diem', kind: 'csat' }] }] });
      const asked = await writes(`${unique('mat')}@nowhere.example`, { subject: 'Hỏi', text: 'Còn hàng không?' });
      const { asked: [sent] } = await boss.ask('SURVEY.SEND', survey, 'TICKET', asked.ticket);
      assert.equal(sent.state, 'sent');
      await until('it came back', async () =>
        (await shown(asked.ticket)).surveys.find((s) => s.survey === survey).state === 'undeliverable');
      const all = await shown(asked.ticket);
      assert.equal(all.events.find((x) => x.facts?.bounce).facts.bounce.status, '5.1.1');
      assert.equal(all.ticket.state, 'new', 'nobody is bothered');
    } finally {
      await apply(boss, config);
      boss.end();
    }
  });
});
