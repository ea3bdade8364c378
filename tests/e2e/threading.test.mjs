// Which case a mail belongs to, seen from outside: people on Cc, several of our
// addresses at once, links both ways, who is not proved, and what comes back.
import assert from 'node:assert/strict';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { deskctl, login, sql, unique, until, using } from './lib/desk.mjs';
import { deliver, mail } from './lib/mail.mjs';

const conf = new URL('../../conf/desk.conf', import.meta.url);

// Delivers by LMTP, to one address or several; the event that it became.
async function take(m, rcpts) {
  const replies = await deliver(m, rcpts);
  for (const r of replies) assert.equal(r.code, 250, r.text);
  const rows = await sql(
    `SELECT e.id AS event, e.ticket, e.why, e.facts, q.name AS queue,
         t.related, t.marks, t.due_at, t.state, t.customer
     FROM desk.event_key k
     JOIN desk.event e ON e.id = k.event
     JOIN desk.ticket t ON t.id = e.ticket
     JOIN desk.queue q ON q.id = t.queue
     WHERE k.channel = 'mail' AND k.external_id LIKE :'v1' || '/%'
     ORDER BY e.id`,
    m.id,
  );
  assert.ok(rows.length > 0, 'accepted is committed');
  return rows;
}

const someone = () => `${unique()}@example.com`;
const get = (ticket) => using(() => login('sup'), (wire) => wire.ask('TICKET.GET', ticket));
const answers = (m) => [`In-Reply-To: <${m.id}>`, `References: <${m.id}>`];

describe('who takes part', () => {
  test('two on Cc answer into one case', async () => {
    const wife = someone();
    const husband = someone();
    const first = mail({ from: wife, to: 'sales@shop.example', headers: [`Cc: Chồng <${husband}>`] });
    const [opened] = await take(first);
    const reply = mail({
      from: husband,
      to: 'sales@shop.example',
      headers: [`Cc: ${wife}`, ...answers(first)],
    });
    const [his] = await take(reply);
    assert.equal(his.ticket, opened.ticket, JSON.stringify(his.why));
    const [hers] = await take(
      mail({ from: wife, to: 'sales@shop.example', headers: answers(reply) }),
    );
    assert.equal(hers.ticket, opened.ticket);

    const shown = await get(opened.ticket);
    assert.deepEqual(
      shown.participants.map((p) => [p.address, p.how]),
      [[husband, 'cc']],
    );
    assert.equal(shown.events.length, 3);
  });

  test("a stranger's Cc opens no door, and both cases show the link", async () => {
    const customer = someone();
    const first = mail({ from: customer, to: 'sales@shop.example' });
    const [opened] = await take(first);
    const accomplice = someone();
    const [linked] = await take(
      mail({
        from: someone(),
        to: 'sales@shop.example',
        headers: [`Cc: ${accomplice}`, ...answers(first)],
      }),
    );
    assert.notEqual(linked.ticket, opened.ticket);
    assert.equal(linked.why.related, opened.ticket);
    assert.match(linked.why.threaded, /takes no part/);
    const [his] = await take(
      mail({ from: accomplice, to: 'sales@shop.example', headers: answers(first) }),
    );
    assert.notEqual(his.ticket, opened.ticket);

    const there = await get(linked.ticket);
    assert.deepEqual(
      there.related.map((r) => [r.ticket, r.way]),
      [[opened.ticket, 'to']],
    );
    const back = await get(opened.ticket);
    assert.deepEqual(
      back.related.map((r) => [r.ticket, r.way]),
      [
        [linked.ticket, 'from'],
        [his.ticket, 'from'],
      ],
    );
    assert.match(back.related[0].why, /takes no part/);
  });

  test('a closed case is followed up', async () => {
    const first = mail({ to: 'sales@shop.example' });
    const [opened] = await take(first);
    await using(
      () => login('sup'),
      (wire) => wire.ask('TICKET.RESOLVE', opened.ticket),
    );
    // The clock closes it, once the company wants that soon.
    const dir = await mkdtemp(join(tmpdir(), 'deskd-close-'));
    const file = join(dir, 'desk.conf');
    const text = await readFile(conf, 'utf8');
    await writeFile(file, text.replace(/close_after = "[^"]*"/, 'close_after = "1s"'));
    try {
      assert.equal((await deskctl(['apply', '--yes', file])).status, 0);
      await until(
        'it is closed',
        async () => (await get(opened.ticket)).ticket.state === 'closed',
        150,
      );
    } finally {
      assert.equal((await deskctl(['apply', '--yes', conf.pathname])).status, 0);
      await rm(dir, { recursive: true });
    }
    const [next] = await take(
      mail({ from: first.from, to: 'sales@shop.example', headers: answers(first) }),
    );
    assert.notEqual(next.ticket, opened.ticket);
    assert.match(next.why.threaded, /closed/);
    assert.equal((await get(next.ticket)).related[0].ticket, opened.ticket);
    assert.equal((await get(opened.ticket)).ticket.state, 'closed');
  });
});

describe('several of our addresses', () => {
  const both = ['technical@shop.example', 'sales@shop.example'];
  const several = (more) =>
    mail({
      to: both[0],
      headers: [`Cc: ${both[1]}, hello@shop.example`],
      text: 'máy hỏng',
      ...more,
    });

  test('at once: one ticket, where the mail says first', async () => {
    const m = several();
    const rows = await take(m, [both[1], both[0]]);
    assert.equal(rows.length, 1);
    assert.equal(rows[0].queue, 'technical');
  });

  test('one after the other, whichever comes first: one ticket', async () => {
    for (const order of [both, both.toReversed?.() ?? [...both].reverse()]) {
      const m = several();
      for (const rcpt of order) await take(m, [rcpt]);
      const rows = await take(m, ['hello@shop.example']);
      assert.equal(rows.length, 1);
      assert.equal(rows[0].queue, 'technical');
    }
  });

  test('with a footer of its own: another event, the same ticket', async () => {
    const m = several();
    await take(m, [both[0]]);
    const footed = several({ id: m.id, from: m.from, text: 'máy hỏng\n-- \nOur list' });
    const rows = await take(footed, [both[1]]);
    assert.equal(rows.length, 2, 'both bodies are kept');
    assert.equal(rows[0].ticket, rows[1].ticket, JSON.stringify(rows[1].why));
    assert.match(rows[1].why.threaded, /another copy/);
  });
});

// What an MTA sends when a mail of ours did not arrive (RFC 3464).
function bounce(messageId, recipient) {
  const id = `${unique('b')}@mx.example.com`;
  const boundary = unique('B');
  const lines = [
    'From: MAILER-DAEMON@mx.example.com',
    'To: sales@shop.example',
    'Subject: Undelivered Mail Returned to Sender',
    `Message-ID: <${id}>`,
    'Auto-Submitted: auto-replied',
    'MIME-Version: 1.0',
    `Content-Type: multipart/report; report-type=delivery-status; boundary=${boundary}`,
    '',
    `--${boundary}`,
    'Content-Type: text/plain',
    '',
    'It did not arrive.',
    `--${boundary}`,
    'Content-Type: message/delivery-status',
    '',
    'Reporting-MTA: dns; mx.example.com',
    '',
    `Final-Recipient: rfc822; ${recipient}`,
    'Action: failed',
    'Status: 5.1.1',
    'Diagnostic-Code: smtp; 550 5.1.1 no such user',
    '',
    `--${boundary}`,
    'Content-Type: text/rfc822-headers',
    '',
    `Message-ID: <${messageId}>`,
    '',
    `--${boundary}--`,
    '',
  ];
  return {
    id,
    from: '',
    to: 'sales@shop.example',
    bytes: Buffer.from(lines.join('\r\n')),
  };
}

describe('what nobody wrote', () => {
  test('a bounce is put with the message that failed, before its agent', async () => {
    const first = mail({ to: 'sales@shop.example' });
    const [opened] = await take(first);
    const said = await using(
      () => login('an'),
      async (wire) => {
        const answer = await wire.ask('TICKET.REPLY', opened.ticket, 'Dạ còn hàng ạ.');
        await wire.ask('TICKET.PEND', opened.ticket);
        return answer;
      },
    );
    const [row] = await sql(
      `SELECT o.message_id FROM desk.outbound o WHERE o.event = :'v1'::bigint`,
      String(said.event),
    );
    const [back] = await take(bounce(row.message_id, first.from));
    assert.equal(back.ticket, opened.ticket, JSON.stringify(back.why));
    assert.equal(back.why.bounced, said.event);
    const shown = await get(opened.ticket);
    assert.equal(shown.ticket.state, 'open');
    const failed = shown.events.find((e) => e.event === said.event);
    assert.equal(failed.delivery.state, 'bounced');
    assert.match(failed.delivery.said, /no such user/);
    await until('the feed says so', () =>
      using(
        () => login('sup'),
        async (wire) => {
          const { notices } = await wire.ask('FEED.READ', '0', 'LAST', '200');
          return notices.some((n) => n.kind === 'bounce' && n.ticket === opened.ticket);
        },
      ),
    );
  });

  test('an order joins what its customer has about it, and nobody else', async () => {
    const order = `DH${Date.now() % 100000000}`;
    const customer = someone();
    const about = (from) => take(mail({ from, to: 'sales@shop.example', text: `Đơn ${order} đâu ạ?` }));
    const [opened] = await about(customer);
    const [again] = await about(customer);
    assert.equal(again.ticket, opened.ticket, JSON.stringify(again.why));
    const [other] = await about(someone());
    assert.notEqual(other.ticket, opened.ticket);
    assert.equal(other.related, null);
  });

  test('a forged bounce changes nothing and is marked', async () => {
    const first = mail({ to: 'sales@shop.example' });
    const [opened] = await take(first);
    const before = await get(opened.ticket);
    const [forged] = await take(bounce(first.id, first.from));
    assert.notEqual(forged.ticket, opened.ticket);
    assert.ok(forged.marks.includes('automatic'), String(forged.marks));
    assert.equal(forged.due_at, null, 'nobody waits for its answer');
    const after = await get(opened.ticket);
    assert.equal(after.ticket.version, before.ticket.version);
  });
});
