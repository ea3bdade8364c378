// Large mail: taken whole, given back whole, and never whole in the daemon's
// own memory.  A daemon beside the desk's takes it, so that nobody else's
// work is measured; what it needs is looked at while the mail is under way.
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { readFile, readdir } from 'node:fs/promises';
import { after, before, describe, test } from 'node:test';
import { desk, sql, unique } from './lib/desk.mjs';
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

describe('large mail', () => {
  let second;
  before(async () => {
    second = await startSecond({ mail_max: 64 * MIB });
  });
  after(() => second?.stop());

  async function send(bytes) {
    const talk = await lmtp({ port: second.lmtp });
    await talk.ask('MAIL FROM:<lon@example.com>');
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
});
