// Large mail: taken whole, given back whole, and never whole in the daemon's
// own memory.  A daemon beside the desk's takes it, so that nobody else's
// work is measured; what it needs is looked at while the mail is under way.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { readFile, readdir } from 'node:fs/promises';
import { after, before, describe, test } from 'node:test';
import { service, sql, unique, using } from './lib/desk.mjs';
import { lmtp } from './lib/mail.mjs';
import { startSecond } from './lib/second.mjs';

const MIB = 1 << 20;

// KiB of ordinary memory: what is mapped from a file can be dropped.
async function anonymous(pid) {
  const text = await readFile(`/proc/${pid}/status`, 'utf8');
  return Number(/^RssAnon:\s+(\d+)/m.exec(text)[1]);
}

// The most that it was while the promise was under way.
async function most(pid, promise) {
  let going = true;
  let high = 0;
  const looking = (async () => {
    while (going) high = Math.max(high, await anonymous(pid));
  })();
  try {
    return [await promise, high];
  } finally {
    going = false;
    await looking;
  }
}

// Bytes that no compression makes small, the same for a seed.
function noise(n, seed) {
  const out = Buffer.alloc(n);
  let x = seed;
  for (let i = 0; i < n; i += 4) {
    x = (Math.imul(x, 1664525) + 1013904223) >>> 0;
    out.writeUInt32LE(x, i);
  }
  return out;
}

const base64 = (bytes) => bytes.toString('base64').replace(/.{76}/g, '$&\r\n') + '\r\n';

// A mail of about n bytes: its parts are [head, body].
function mailOf(id, parts) {
  const pieces = [
    `From: <${id}>\r\nTo: <technical@shop.example>\r\nMessage-ID: <${id}>\r\n` +
      'Subject: =?utf-8?B?4bqibmggbcOheSBo4buPbmc=?=\r\nMIME-Version: 1.0\r\n' +
      'Content-Type: multipart/mixed; boundary="the-boundary"\r\n\r\n',
  ];
  for (const [head, body] of parts) pieces.push(`--the-boundary\r\n${head}\r\n\r\n`, body, '\r\n');
  pieces.push('--the-boundary--\r\n');
  return Buffer.from(pieces.join(''), 'latin1');
}

const file = (data) => [
  'Content-Type: application/octet-stream; name=anh.bin\r\n' +
    'Content-Disposition: attachment; filename=anh.bin\r\n' +
    'Content-Transfer-Encoding: base64',
  base64(data),
];

const shapes = {
  'one attachment of 17 MiB': () => [
    ['Content-Type: text/plain', 'see'],
    file(noise(17 * MIB, 1)),
  ],
  'a hundred attachments of 180 KiB': () => [
    ['Content-Type: text/plain', 'see'],
    ...Array.from({ length: 100 }, (_, i) => file(noise(180 << 10, i + 2))),
  ],
  'a text of 25 MiB': () => [['Content-Type: text/plain; charset=utf-8', 'hello there\r\n'.repeat(2 * MIB)]],
  'an HTML of 25 MiB in windows-1258': () => [
    ['Content-Type: text/html; charset=windows-1258', '<p>tr\xea\xde h\xe0ng</p>\r\n'.repeat(1.25 * MIB)],
  ],
  'a mail of 25 MiB inside the mail': () => [
    ['Content-Type: message/rfc822', `Subject: inner\r\n\r\n${base64(noise(18 * MIB, 9))}`],
  ],
  'one attachment of 36 MiB': () => [file(noise(36 * MIB, 3))],
};

// What is not to be parsed at all is kept whole, and says why.
const refused = {
  'a header of 12 MiB': [`X-Long: ${'y'.repeat(990)}\r\n`.repeat(12 << 10), 'its headers are too large'],
  'a preamble of 20 MiB': ['', 'it has too much outside its parts'],
};

describe('large mail', () => {
  let second;
  before(async () => {
    second = await startSecond({ mail_max: 64 * MIB });
  });
  after(() => second?.stop());

  async function send(bytes, from = 'lon@example.com') {
    const talk = await lmtp({ port: second.lmtp });
    await talk.ask(`MAIL FROM:<${from}>`);
    await talk.ask('RCPT TO:<technical@shop.example>');
    assert.equal((await talk.ask('DATA')).code, 354);
    talk.send(bytes);
    talk.send('.\r\n');
    const reply = await talk.reply();
    talk.end();
    return reply;
  }

  // What PostgreSQL has of it, put together there and hashed.
  const kept = (id) =>
    sql(
      `SELECT e.id, b.size, e.raw,
           (SELECT encode(sha256(string_agg(c.bytes, ''::bytea ORDER BY c.seq)), 'hex')
            FROM desk.blob_chunk c WHERE c.sha256 = e.raw) AS hash
       FROM desk.event_key k JOIN desk.event e ON e.id = k.event JOIN desk.blob b ON b.sha256 = e.raw
       WHERE k.channel = 'mail' AND k.external_id LIKE :'v1' || '/%'`,
      id,
    );

  for (const [name, parts] of Object.entries(shapes))
    test(name, async (t) => {
      const id = `${unique('large')}@example.com`;
      const bytes = mailOf(id, parts());
      const idle = await anonymous(second.pid);
      const [reply, high] = await most(second.pid, send(bytes));
      assert.equal(reply.code, 250, reply.text);
      t.diagnostic(`${(bytes.length / MIB).toFixed(1)} MiB: RssAnon ${idle} KiB idle, ${high} at most`);
      const rows = await kept(id);
      assert.equal(rows.length, 1);
      assert.ok(rows[0].size >= bytes.length);
      assert.equal(`${rows[0].raw}`.replace(/^\\x/, ''), rows[0].hash, 'the source is whole');
      assert.ok(high < 20 * 1024, `${high} KiB of memory for ${bytes.length} bytes of mail`);
      // Nothing of it stays, not even an open file.
      const links = await readdir(`/proc/${second.pid}/fd`);
      assert.ok(links.length < 60);
    });

  for (const [name, [fields, why]] of Object.entries(refused))
    test(`${name} becomes a quarantined ticket that says so`, async (t) => {
      const from = `${unique('odd')}@example.com`;
      const preamble = fields ? '' : 'before\r\n'.repeat(2.5 * MIB);
      const bytes = Buffer.from(
        `From: <${from}>\r\n${fields}MIME-Version: 1.0\r\n` +
          `Content-Type: multipart/mixed; boundary=b\r\n\r\n${preamble}--b\r\n\r\nx\r\n--b--\r\n`,
      );
      const [reply, high] = await most(second.pid, send(bytes, from));
      assert.equal(reply.code, 250, reply.text);
      t.diagnostic(`RssAnon ${high} KiB at most`);
      assert.ok(high < 20 * 1024, `${high} KiB`);
      const [row] = await sql(
        `SELECT e.ticket, t.kind
         FROM desk.contact c JOIN desk.ticket t ON t.customer = c.customer
         JOIN desk.event e ON e.ticket = t.id
         WHERE c.address = :'v1'`,
        from,
      );
      assert.equal(row.kind, 'quarantine');
      await using(service, async (wire) => {
        const { events } = await wire.ask('TICKET.GET', row.ticket);
        assert.deepEqual(events[0].facts.unread, [{ part: 'mail', why }], 'agents see it');
      });
    });

  test('a disk without room is answered 452, and nothing is lost by it', async () => {
    // As a full disk is, for this daemon alone.
    const limit = (n) => execFileSync('prlimit', ['--pid', `${second.pid}`, `--fsize=${n}:`]);
    const id = `${unique('full')}@example.com`;
    const bytes = mailOf(id, [file(noise(2 * MIB, 7))]);
    limit(MIB);
    try {
      assert.match((await send(bytes)).text, /^452 4\.3\.1/);
      assert.deepEqual(await kept(id), []);
      // What needs no file is taken meanwhile.
      const small = `${unique('small')}@example.com`;
      assert.equal((await send(mailOf(small, [['Content-Type: text/plain', 'x']]))).code, 250);
    } finally {
      limit('unlimited');
    }
    assert.equal((await send(bytes)).code, 250);
    assert.equal((await kept(id)).length, 1);
  });
});
