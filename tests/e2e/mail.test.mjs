// Mail: from a real Postfix by LMTP, from nodemailer by SMTP with STARTTLS,
// and byte for byte.
import assert from 'node:assert/strict';
import { createHash, randomBytes } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { after, before, describe, test } from 'node:test';
import nodemailer from 'nodemailer';
import { desk, service, sql, unique, until, using } from './lib/desk.mjs';
import { deliver, lmtp, mail, stuffed } from './lib/mail.mjs';
import { startPostfix } from './lib/postfix.mjs';
import { Talk } from './lib/talk.mjs';

// The events filed of a Message-ID, each with its ticket.
const filed = (id) =>
  sql(
    `SELECT e.id AS event, e.ticket, t.number, t.kind, t.related, t.customer,
         q.name AS queue, e.why, e.subject, e.text
     FROM desk.event_key k
     JOIN desk.event e ON e.id = k.event
     JOIN desk.ticket t ON t.id = e.ticket
     JOIN desk.queue q ON q.id = t.queue
     WHERE k.channel = 'mail' AND k.external_id LIKE :'v1' || '/%'
     ORDER BY e.id`,
    id,
  );

async function arrived(id) {
  const [row] = await until(`${id} is filed`, async () => {
    const rows = await filed(id);
    return rows.length > 0 && rows;
  });
  return row;
}

// Delivers by LMTP, must be taken; what it became.
async function take(m, ...rest) {
  const [reply] = await deliver(m, ...rest);
  assert.equal(reply.code, 250, reply.text);
  const rows = await filed(m.id);
  assert.equal(rows.length, 1, 'accepted is committed');
  return rows[0];
}

// A blob as an operation gives it, chunk by chunk.
async function bytes(wire, ...words) {
  const parts = [];
  for (let i = 0, n = 1; i < n; i++) {
    const chunk = await wire.ask(...words, 'CHUNK', i);
    n = chunk.chunks;
    parts.push(Buffer.from(chunk.data, 'base64'));
  }
  return Buffer.concat(parts);
}

const queues = ['sales', 'warehouse', 'shipping', 'technical'];

// What is written to hello@, and where it belongs.
const byContent = [
  ['sales', 'Hỏi giá', 'Cho mình xin báo giá 20 bộ nồi, mua nhiều có chiết khấu không ạ?'],
  ['sales', 'hoi gia', 'cho minh xin bao gia 20 bo noi, mua nhieu co chiet khau khong a'],
  ['warehouse', 'Giao thiếu hàng', 'Trong thùng thiếu phụ kiện, mình muốn đổi trả hàng'],
  ['warehouse', 'giao thieu', 'trong thung thieu phu kien, minh muon doi tra hang'],
  ['shipping', 'Đơn hàng giao trễ', 'Chưa nhận được hàng, shipper không gọi, cho mình mã vận đơn'],
  ['shipping', 'don hang giao tre', 'chua nhan duoc hang, shipper khong goi, cho minh ma van don'],
  ['technical', 'Máy bị lỗi', 'Máy không lên nguồn, báo lỗi E21, bảo hành thế nào ạ?'],
  ['technical', 'may bi loi', 'may khong len nguon, bao loi E21, bao hanh the nao a'],
];

describe('a real Postfix', () => {
  let mta;
  let transport;
  before(async () => {
    mta = await startPostfix();
    transport = nodemailer.createTransport({
      port: mta.port,
      host: '127.0.0.1',
      ignoreTLS: true,
      pool: true,
    });
  });
  after(async () => {
    transport?.close();
    await mta?.stop();
  });

  const send = async (m) => {
    const id = `${unique('pf')}@example.com`;
    await transport.sendMail({
      from: `Khách <${unique()}@example.com>`,
      messageId: `<${id}>`,
      ...m,
    });
    return id;
  };

  for (const queue of queues)
    test(`${queue}@ lands in its queue`, async () => {
      const id = await send({
        to: `${queue}@shop.example`,
        subject: 'Xin chào',
        text: 'Shop ơi, cho mình hỏi một chút.',
      });
      const row = await arrived(id);
      assert.equal(row.queue, queue);
      assert.equal(row.subject, 'Xin chào');
      assert.match(row.text, /cho mình hỏi/);
    });

  for (const [queue, subject, text] of byContent)
    test(`hello@: "${subject}" goes to ${queue}`, async () => {
      const id = await send({ to: 'hello@shop.example', subject, text });
      const row = await arrived(id);
      assert.equal(row.queue, queue, JSON.stringify(row.why));
    });

  test('twenty mails at once are twenty tickets', async () => {
    const ids = await Promise.all(
      Array.from({ length: 20 }, () => send({ to: 'sales@shop.example', subject: 'x', text: 'x' })),
    );
    const rows = await Promise.all(ids.map((id) => arrived(id)));
    assert.equal(new Set(rows.map((r) => r.ticket)).size, 20);
  });

  test('an unknown recipient bounces with our 5.1.1', async () => {
    await send({ to: 'nobody@shop.example', subject: 'x', text: 'x' });
    await until('Postfix logs the refusal', async () =>
      /nobody@shop\.example.*dsn=5\.1\.1.*status=bounced.*550 5\.1\.1/.test(await mta.log()),
    );
  });
});

describe('SMTP', () => {
  const smtp = () =>
    nodemailer.createTransport({
      host: '127.0.0.1',
      port: desk.smtp,
      requireTLS: true,
      tls: { rejectUnauthorized: false },
    });

  test('nodemailer delivers under STARTTLS', async () => {
    const id = `${unique('nm')}@example.com`;
    const info = await smtp().sendMail({
      from: '"Lan Nguyễn" <lan@example.com>',
      to: 'technical@shop.example',
      subject: 'Máy lạnh không chạy',
      messageId: `<${id}>`,
      text: 'Máy lạnh không chạy từ hôm qua.',
      html: '<p>Máy lạnh <b>không chạy</b> từ hôm qua.</p>',
    });
    assert.match(info.response, /^250 2\./);
    const [row] = await filed(id);
    assert.equal(row.queue, 'technical');
  });

  test('an address beyond ASCII, by SMTPUTF8', async () => {
    const id = `${unique('nm')}@example.com`;
    await smtp().sendMail({
      envelope: { from: 'hồng@example.com', to: 'sales@shop.example', use8BitMime: true },
      from: 'hồng@example.com',
      to: 'sales@shop.example',
      subject: 'chào',
      messageId: `<${id}>`,
      text: 'chào shop',
    });
    assert.equal((await filed(id))[0].queue, 'sales');
  });

  test('who is not served is refused 550 5.1.1', async () => {
    await assert.rejects(
      smtp().sendMail({ from: 'a@example.com', to: 'nobody@shop.example', text: 'x' }),
      /550 5\.1\.1/,
    );
    await assert.rejects(
      smtp().sendMail({ from: 'a@example.com', to: 'a@elsewhere.example', text: 'x' }),
      /550 5\.1\.1/,
    );
  });

  test('the extensions are offered; STARTTLS only once', async () => {
    const talk = await Talk.open({ port: desk.smtp });
    await talk.reply();
    const before = await talk.ask('EHLO client.example');
    for (const word of ['PIPELINING', 'SIZE', '8BITMIME', 'SMTPUTF8', 'STARTTLS', 'ENHANCEDSTATUSCODES'])
      assert.match(before.text, new RegExp(`250[- ]${word}`));
    assert.equal((await talk.ask('STARTTLS')).code, 220);
    await talk.secure();
    assert.equal((await talk.ask('MAIL FROM:<a@example.com>')).code, 503);
    assert.doesNotMatch((await talk.ask('EHLO client.example')).text, /STARTTLS/);
    talk.end();
  });

  test('a bare LF ends no mail: nothing is smuggled', async () => {
    const talk = await Talk.open({ port: desk.smtp });
    await talk.reply();
    await talk.ask('EHLO client.example');
    await talk.ask('MAIL FROM:<a@example.com>');
    await talk.ask('RCPT TO:<sales@shop.example>');
    await talk.ask('DATA');
    const id = `${unique('smuggled')}@example.com`;
    talk.send(
      'From: <a@example.com>\r\nSubject: x\r\n\r\nx\n.\r\n' +
        'MAIL FROM:<admin@shop.example>\r\nRCPT TO:<sales@shop.example>\r\nDATA\r\n' +
        `From: <a@example.com>\r\nMessage-ID: <${id}>\r\n\r\nx\r\n.\r\n`,
    );
    const reply = await talk.reply();
    assert.equal(reply.code, 550, reply.text);
    assert.equal((await talk.ask('NOOP')).code, 250, 'one answer, not two');
    talk.end();
    assert.deepEqual(await filed(id), []);
  });

  test('more than SIZE says is refused before and after DATA', async () => {
    const talk = await Talk.open({ port: desk.smtp });
    await talk.reply();
    const hello = await talk.ask('EHLO client.example');
    const size = Number(/SIZE (\d+)/.exec(hello.text)[1]);
    const no = await talk.ask(`MAIL FROM:<a@example.com> SIZE=${size + 1}`);
    assert.match(no.text, /^552 5\.3\.4/);
    await talk.ask('MAIL FROM:<a@example.com>');
    await talk.ask('RCPT TO:<sales@shop.example>');
    await talk.ask('DATA');
    const line = 'x'.repeat(998) + '\r\n';
    talk.send('From: <a@example.com>\r\n\r\n');
    for (let left = size; left > 0; left -= 100 * line.length) talk.send(line.repeat(100));
    talk.send('\r\n.\r\n');
    assert.match((await talk.reply()).text, /^552 5\.3\.4/);
    assert.equal((await talk.ask('NOOP')).code, 250);
    talk.end();
  });
});

describe('LMTP', () => {
  test('by the unix socket too', async () => {
    const conf = await readFile(`${desk.var}/deskd.conf`, 'utf8');
    const path = /listen_lmtp_unix = "(.*)"/.exec(conf)[1];
    const m = mail({ to: 'sales@shop.example' });
    assert.equal((await take(m, [m.to], { path })).queue, 'sales');
  });

  test('each recipient has an answer of his own', async () => {
    const m = mail({ to: 'shipping@shop.example' });
    const replies = await deliver(m, [
      'nobody@shop.example',
      'shipping@shop.example',
      'elsewhere@example.net',
      'sales@shop.example',
    ]);
    assert.deepEqual(replies.map((r) => r.code), [550, 250, 550, 250]);
    assert.match(replies[0].text, /^550 5\.1\.1/);
    assert.equal((await filed(m.id)).length, 1);
  });

  test('the same mail three times is one event', async () => {
    const m = mail({ to: 'sales@shop.example' });
    const first = await take(m);
    for (let i = 0; i < 2; i++) assert.equal((await take(m)).event, first.event);
  });

  test('another body under a used Message-ID is another message', async () => {
    const m = mail({ to: 'sales@shop.example', text: 'một' });
    await take(m);
    const [reply] = await deliver(mail({ ...m, text: 'hai' }));
    assert.equal(reply.code, 250);
    assert.equal((await filed(m.id)).length, 2);
  });

  test('pipelined mails are answered in order', async () => {
    const all = Array.from({ length: 10 }, () => mail({ to: 'sales@shop.example' }));
    const talk = await lmtp();
    for (const m of all) {
      talk.send(`MAIL FROM:<${m.from}>\r\nRCPT TO:<${m.to}>\r\nDATA\r\n`);
      for (const want of [250, 250, 354]) assert.equal((await talk.reply()).code, want);
      talk.send(stuffed(m.bytes));
      assert.equal((await talk.reply()).code, 250);
    }
    talk.end();
    for (const m of all) assert.equal((await filed(m.id)).length, 1);
  });
});

describe('threading', () => {
  test('an answer joins by In-Reply-To, and by References', async () => {
    const m = mail({ to: 'sales@shop.example' });
    const first = await take(m);
    const reply = mail({ ...m, id: undefined, headers: [`In-Reply-To: <${m.id}>`], text: 'thêm' });
    assert.equal((await take(reply)).ticket, first.ticket);
    const later = mail({
      ...m,
      id: undefined,
      headers: [`References: <${unique()}@x.example> <${reply.id}>`],
      text: 'nữa',
    });
    assert.equal((await take(later)).ticket, first.ticket);
  });

  test('a number in the subject joins nothing', async () => {
    const m = mail({ to: 'sales@shop.example' });
    const first = await take(m);
    const next = await take(
      mail({ ...m, id: undefined, subject: `Re: [#${first.number}] Xin chào`, text: 'x' }),
    );
    assert.notEqual(next.ticket, first.ticket);
    assert.equal(next.related, null);
  });

  test('a stranger who knows a Message-ID gets a ticket of his own', async () => {
    const m = mail({ to: 'sales@shop.example', text: 'bí mật' });
    const first = await take(m);
    const stranger = mail({ to: 'sales@shop.example', headers: [`In-Reply-To: <${m.id}>`] });
    const his = await take(stranger);
    assert.notEqual(his.ticket, first.ticket);
    assert.equal(his.related, first.ticket);
    assert.notEqual(his.customer, first.customer);
    assert.match(his.why.threaded, /no part/);
  });
});

describe('what cannot be parsed', () => {
  // More parts than any mail has.
  const broken = (id) => {
    const parts = Array.from({ length: 3000 }, () => '--x\r\n\r\ny\r\n').join('');
    return Buffer.from(
      `From: <${unique()}@example.com>\r\nTo: <sales@shop.example>\r\n` +
        `Message-ID: <${id}>\r\nSubject: vỡ\r\n` +
        'Content-Type: multipart/mixed; boundary=x\r\n\r\n' +
        `${parts}--x--\r\n`,
    );
  };
  const quarantined = (id) =>
    sql(
      `SELECT e.id AS event, e.ticket FROM desk.event e
       JOIN desk.ticket t ON t.id = e.ticket
       JOIN desk.blob_chunk c ON c.sha256 = e.raw AND c.seq = 0
       WHERE t.kind = 'quarantine' AND position(:'v1'::bytea IN c.bytes) > 0`,
      id,
    );

  test('becomes one quarantined ticket with its source', async () => {
    const id = `${unique('broken')}@example.com`;
    const m = { from: 'a@example.com', to: 'sales@shop.example', bytes: broken(id) };
    for (let i = 0; i < 3; i++) assert.equal((await deliver(m))[0].code, 250);
    const rows = await quarantined(id);
    assert.equal(rows.length, 1, 'the same three times is one');
    await using(service, async (wire) => {
      const { ticket } = await wire.ask('TICKET.GET', rows[0].ticket);
      assert.equal(ticket.kind, 'quarantine');
      const raw = await bytes(wire, 'EVENT.RAW', rows[0].event);
      assert.ok(raw.subarray(-m.bytes.length).equals(m.bytes), 'every byte is kept');
      const list = await wire.ask('TICKET.LIST', 'STATE', 'new', 'CUSTOMER', ticket.customer);
      assert.ok(list.tickets.some((t) => t.ticket === rows[0].ticket), 'agents see it');
    });
  });

  test('holds up nobody behind it', async () => {
    const id = `${unique('broken')}@example.com`;
    const good = mail({ to: 'sales@shop.example' });
    const [bad, ok] = await Promise.all([
      deliver({ from: 'a@example.com', to: 'sales@shop.example', bytes: broken(id) }),
      deliver(good),
    ]);
    assert.equal(bad[0].code, 250);
    assert.equal(ok[0].code, 250);
    assert.equal((await filed(good.id)).length, 1);
  });
});

test('a large attachment and the source come back byte for byte', async () => {
  const data = randomBytes(3 << 20);
  const id = `${unique('big')}@example.com`;
  const built = await nodemailer
    .createTransport({ streamTransport: true, buffer: true, newline: 'windows' })
    .sendMail({
      from: 'lon@example.com',
      to: 'technical@shop.example',
      messageId: `<${id}>`,
      subject: 'Ảnh máy hỏng',
      text: 'Xem tệp đính kèm.',
      attachments: [{ filename: 'ảnh máy.bin', content: data }],
    });
  const row = await take({
    id,
    from: 'lon@example.com',
    to: 'technical@shop.example',
    bytes: built.message,
  });
  await using(service, async (wire) => {
    const { events } = await wire.ask('TICKET.GET', row.ticket);
    const [file] = events[0].attachments;
    assert.equal(file.name, 'ảnh máy.bin');
    assert.equal(file.size, data.length);
    const got = await bytes(wire, 'ATTACHMENT.GET', row.event, file.place);
    const sha = (b) => createHash('sha256').update(b).digest('hex');
    assert.equal(sha(got), sha(data));
    const raw = await bytes(wire, 'EVENT.RAW', row.event);
    const sent = Buffer.from(built.message);
    assert.ok(raw.subarray(-sent.length).equals(sent));
    assert.equal((await wire.refused('ATTACHMENT.GET', row.event, 7)).code, 'NOTFOUND');
    assert.equal((await wire.refused('EVENT.RAW', row.event, 'CHUNK', 99)).code, 'NOTFOUND');
    // And as a download.
    const source = await fetch(`${desk.http}/api/v1/events/${row.event}/source`, {
      headers: { Authorization: `Bearer ${desk.key}` },
    });
    assert.equal(source.headers.get('content-type'), 'message/rfc822');
    assert.match(source.headers.get('content-disposition'), /^attachment; filename="mail-\d+\.eml"/);
    assert.match(source.headers.get('content-security-policy'), /^sandbox/);
    assert.equal(sha(Buffer.from(await source.arrayBuffer())), sha(raw));
  });
});
