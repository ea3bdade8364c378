// Who is who: customers merged, split, exported and erased, while events come
// in for the very same people.
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { after, before, describe, test } from 'node:test';
import { admin, desk, deskctl, event, login, service, sql, unique, until, using } from './lib/desk.mjs';
import { openRedis } from './lib/lines.mjs';
import { deliver } from './lib/mail.mjs';
import { race } from './lib/session.mjs';

const root = `'{"who":"root","role":"admin"}'`;
const mails = (n) => Array.from({ length: n }, () => `${unique()}@example.com`);
const from = (address) => ({ kind: 'email', address });
const mail = (wire, address, more = {}) => wire.ask('EVENT.ADD', event({ from: from(address), ...more }));
const customerOf = async (ticket) => (await sql('SELECT customer FROM desk.ticket WHERE id = :v1', ticket))[0].customer;

// desk.ingest() of one mail, as a session would call it.
const ingest = (...addresses) => {
  const one = {
    channel: 'mail',
    kind: 'message',
    id: unique('m'),
    at: '2026-11-21T09:00:00Z',
    contacts: addresses.map((address) => ({ kind: 'email', address })),
    text: 'x',
    candidates: [{ queue: 'sales', why: 'test' }],
  };
  return `SELECT answer::jsonb->>'customer' || ' ' || (answer::jsonb->>'ticket')
    FROM desk.ingest('${JSON.stringify([one])}', '{}', '{}')`;
};
const call = (name, args) => `SELECT desk.${name}(${root}, '${JSON.stringify(args)}')`;

let wire;
let boss;
before(async () => {
  wire = await service();
  boss = await admin();
});
after(() => {
  wire.end();
  boss.end();
});

async function two() {
  const [a, b] = mails(2);
  const one = await mail(wire, a);
  const other = await mail(wire, b);
  return { a, b, keep: one.customer, gone: other.customer, tickets: [one.ticket, other.ticket] };
}

describe('at the same moment', () => {
  test('a mail that comes while its sender is merged is filed for who stays', async () => {
    const { b, keep, gone } = await two();
    const [, got] = await race(desk.pg, call('customer_merge', { customer: keep, other: gone }), ingest(b));
    assert.equal(got.split(' ')[0], String(keep));
  });

  test('a merge waits for a mail that is being filed, and takes it along', async () => {
    const { b, keep, gone } = await two();
    const [got] = await race(desk.pg, ingest(b), call('customer_merge', { customer: keep, other: gone }));
    const [customer, ticket] = got.split(' ');
    assert.equal(customer, String(gone));
    assert.equal(await customerOf(ticket), keep);
  });

  test('an address that comes along with a merged one goes to who stays', async () => {
    const { b, keep, gone } = await two();
    const [fresh] = mails(1);
    const [, got] = await race(desk.pg, call('customer_merge', { customer: keep, other: gone }), ingest(b, fresh));
    assert.equal(got.split(' ')[0], String(keep));
    const rows = await sql(`SELECT customer FROM desk.contact WHERE address = :'v1'`, fresh);
    assert.deepEqual(rows, [{ customer: keep }]);
  });

  test('a mail that comes while its sender is erased makes a new customer', async () => {
    const { a, keep } = await two();
    const erase = call('customer_erase', { customer: keep, sure: keep, reason: 'test' });
    const [, got] = await race(desk.pg, erase, ingest(a));
    const customer = Number(got.split(' ')[0]);
    assert.ok(customer > keep, got);
    const rows = await sql(`SELECT customer FROM desk.contact WHERE address = :'v1'`, a);
    assert.deepEqual(rows, [{ customer }]);
  });

  test('an address that comes along with an erased one is the new customer\'s', async () => {
    const { a, keep } = await two();
    const [fresh] = mails(1);
    const erase = call('customer_erase', { customer: keep, sure: keep, reason: 'test' });
    const [, got] = await race(desk.pg, erase, ingest(a, fresh));
    const customer = Number(got.split(' ')[0]);
    assert.ok(customer > keep, got);
    const rows = await sql(`SELECT DISTINCT customer FROM desk.contact WHERE address IN (:'v1', :'v2')`, a, fresh);
    assert.deepEqual(rows, [{ customer }]);
  });

  test('erasing waits for a mail that is being filed, and erases it, too', async () => {
    const { a, keep } = await two();
    const erase = call('customer_erase', { customer: keep, sure: keep, reason: 'test' });
    const [got] = await race(desk.pg, ingest(a), erase);
    const rows = await sql('SELECT text, contact FROM desk.event WHERE ticket = :v1', got.split(' ')[1]);
    assert.deepEqual(rows, [{ text: null, contact: null }]);
  });

  test('a mail that comes while two are taken apart is filed for its own', async () => {
    const { b, keep, gone } = await two();
    const { merge } = await boss.ask('CUSTOMER.MERGE', String(keep), String(gone));
    const [, got] = await race(desk.pg, call('customer_split', { customer: keep, merge }), ingest(b));
    assert.equal(got.split(' ')[0], String(gone));
  });

  test('a case opened by hand while its customer is merged is who stays\'', async () => {
    const { keep, gone } = await two();
    const open = call('ticket_open', { customer: gone, queue: 'sales', subject: 'x' });
    const [, got] = await race(desk.pg, call('customer_merge', { customer: keep, other: gone }), open);
    assert.equal(await customerOf(JSON.parse(got).ticket), keep);
  });

  test('two merges the other way round do not lock each other out', async () => {
    const { keep, gone } = await two();
    const there = call('customer_merge', { customer: keep, other: gone });
    const back = call('customer_merge', { customer: gone, other: keep });
    const [, got] = await race(desk.pg, there, back);
    assert.match(got, /one customer already/);
  });

  test('bytes that are being named anew do not go', async () => {
    const sha256 = createHash('sha256').update(unique()).digest();
    const hex = sha256.toString('hex');
    const naming = `SELECT pg_advisory_xact_lock_shared(1145393003, -1);
      INSERT INTO desk.attachment VALUES (0, ${sha256.readUIntBE(0, 3)}, '', 'x', 1, NULL, '\\x${hex}')`;
    // Whoever takes it away, the desk's own chores or this: they wait.
    const leaving = `INSERT INTO desk.blob (sha256, size, used) VALUES ('\\x${hex}', 1, true);
      INSERT INTO desk.blob_leaving VALUES ('\\x${hex}', false);
      SELECT desk.blob_leave(1000)`;
    await race(desk.pg, naming, leaving);
    await until('it was looked at', async () =>
      (await sql(`SELECT 1 FROM desk.blob_leaving WHERE sha256 = decode(:'v1', 'hex')`, hex)).length === 0);
    assert.equal((await sql(`SELECT 1 FROM desk.blob WHERE sha256 = decode(:'v1', 'hex')`, hex)).length, 1);
  });
});

describe('under load', () => {
  test('merging and splitting at random loses and misplaces nothing', async () => {
    const people = Array.from({ length: 6 }, () => mails(2));
    const all = people.flat();
    const known = new Map();
    for (const address of all) known.set(address, (await mail(wire, address)).customer);
    let writing = true;
    const taken = [];

    const writer = async () => {
      await using(service, async (w) => {
        for (let i = 0; i < 40; i++) {
          const address = all[Math.floor(Math.random() * all.length)];
          const id = unique('stress-');
          taken.push({ id, ...(await mail(w, address, { id })) });
        }
      });
    };
    let merges = 0;
    let splits = 0;
    const mixer = async () => {
      const done = [];
      while (writing) {
        if (done.length > 4 || (done.length && Math.random() < 0.4)) {
          const { customer, merge } = done.splice(Math.floor(Math.random() * done.length), 1)[0];
          await boss.ask('CUSTOMER.SPLIT', String(customer), 'MERGE', String(merge));
          splits++;
          continue;
        }
        const [a, b] = [...known.values()].sort(() => Math.random() - 0.5);
        try {
          const got = await boss.ask('CUSTOMER.MERGE', String(a), String(b));
          // Without `moves' it was so already.
          if (got.moves) {
            done.push(got);
            merges++;
          }
        } catch (e) {
          // One customer already, or merged into another one.
          if (!['INVALID', 'CONFLICT'].includes(e.code)) throw e;
        }
      }
    };
    const mixing = mixer();
    try {
      await Promise.all(Array.from({ length: 8 }, writer));
    } finally {
      writing = false;
    }
    await mixing;
    assert.ok(merges > 5 && splits > 2, `${merges} merges, ${splits} splits`);

    assert.equal(taken.length, 320);
    assert.ok(taken.every((t) => t.created));
    const ids = taken.map((t) => `'${t.id}'`).join(',');
    const [count] = await sql(`SELECT count(*)::int AS n FROM desk.event_key k
      JOIN desk.event e ON e.id = k.event AND e.filed_at = k.filed_at
      JOIN desk.ticket t ON t.id = e.ticket AND t.customer = e.customer
      JOIN desk.contact c ON c.id = e.contact
      JOIN desk.customer u ON u.id = e.customer
      WHERE k.channel = 'mail' AND k.external_id IN (${ids})`);
    assert.equal(count.n, 320);
    // Nobody stands beside his own record, and all leads somewhere.
    const astray = await sql(`SELECT t.id FROM desk.ticket t
      LEFT JOIN desk.customer u ON u.id = t.customer WHERE u.id IS NULL
      UNION ALL SELECT w.id FROM desk.customer_was w JOIN desk.customer u ON u.id = w.id`);
    assert.deepEqual(astray, []);
  });
});

describe('a merge, seen from outside', () => {
  test('keeps the place in line, tells those who watch, and is undone', async () => {
    const { keep, gone, tickets } = await two();
    const redis = openRedis();
    const place = async () => ({
      version: Number(await redis.hget(`{desk}:t:${tickets[1]}`, 'version')),
      score: await redis.hget(`{desk}:t:${tickets[1]}`, 'score'),
      place: await redis.hget(`{desk}:t:${tickets[1]}`, 'place'),
    });
    const version = async () => (await sql('SELECT version FROM desk.ticket WHERE id = :v1', tickets[1]))[0].version;
    try {
      await until('the ticket is known', async () => (await place()).version === 1);
      const first = await place();
      const dry = await boss.ask('CUSTOMER.MERGE', String(keep), String(gone), 'DRY', 'yes');
      assert.equal(dry.moves.tickets, 1);
      assert.equal(await customerOf(tickets[1]), gone);
      const { merge } = await boss.ask('CUSTOMER.MERGE', String(keep), String(gone));
      await until('Redis has it', async () => (await place()).version === (await version()));
      assert.deepEqual({ ...(await place()), version: 1 }, first);
      await until('the customer and the case are told of', async () => {
        const { notices } = await boss.ask('FEED.READ', '0', 'LAST', '100');
        return notices.some((n) => n.kind === 'merge' && n.customer === keep && n.merged === gone) &&
          notices.some((n) => n.kind === 'customer' && n.ticket === tickets[1] && n.customer === keep);
      });
      const seen = await using(() => login('an'), (w) => w.ask('CUSTOMER.GET', String(gone)));
      assert.equal(seen.merged_into, keep);
      assert.equal(seen.customer, keep);
      await boss.ask('CUSTOMER.SPLIT', String(keep), 'MERGE', String(merge));
      assert.equal(await customerOf(tickets[1]), gone);
    } finally {
      redis.disconnect();
    }
  });

  test('is not an agent\'s to make', async () => {
    const { keep, gone } = await two();
    await using(() => login('an'), (w) =>
      assert.rejects(w.ask('CUSTOMER.MERGE', String(keep), String(gone)), { code: 'DENIED' }),
    );
    for (const what of ['EXPORT', 'ERASE'])
      await using(() => login('sup'), (w) =>
        assert.rejects(w.ask(`CUSTOMER.${what}`, String(keep)), { code: 'DENIED' }),
      );
  });

  test('is suggested by the desk, for a person to decide', async () => {
    const name = `Trần ${unique('Lan')}`;
    const word = unique('lan');
    const one = await mail(wire, `${word}@a.example`, { from: { ...from(`${word}@a.example`), name } });
    const plain = name.replace('ầ', 'a');
    await mail(wire, `${word}@b.example`, { from: { ...from(`${word}@b.example`), name: plain } });
    const list = () => boss.ask('CUSTOMER.SUGGESTIONS', 'CUSTOMER', String(one.customer));
    const { suggestions } = await until('it is suggested', async () => {
      const got = await list();
      return got.suggestions.length && got;
    });
    assert.equal(suggestions[0].why, 'the same name and a like address');
    const other = [suggestions[0].one, suggestions[0].other].find((c) => c.customer !== one.customer);
    await boss.ask('CUSTOMER.DISMISS', String(one.customer), String(other.customer), 'REASON', 'sisters');
    assert.deepEqual((await list()).suggestions, []);
  });
});

// A mail with a file, by LMTP; where it went.
async function sendMail({ address, word, bytes }) {
  const id = `${unique('people')}@example.com`;
  const lines = [
    `From: ${word} <${address}>`,
    'To: <sales@shop.example>',
    `Subject: ${word}`,
    `Message-ID: <${id}>`,
    'MIME-Version: 1.0',
    'Content-Type: multipart/mixed; boundary=cut',
    '',
    '--cut',
    'Content-Type: text/plain; charset=utf-8',
    '',
    `xin chào ${word}`,
    '--cut',
    `Content-Type: application/pdf; name=${word}.pdf`,
    'Content-Transfer-Encoding: base64',
    '',
    ...bytes.toString('base64').match(/.{1,76}/g),
    '--cut--',
    '',
  ];
  const m = { from: address, to: 'sales@shop.example', bytes: Buffer.from(lines.join('\r\n')) };
  const [reply] = await deliver(m);
  assert.equal(reply.code, 250, reply.text);
  const rows = await sql(`SELECT e.customer, e.ticket FROM desk.contact c
    JOIN desk.event e ON e.contact = c.id WHERE c.address = :'v1'`, address);
  return rows[0];
}

describe('deskctl', () => {
  let dir;
  before(async () => (dir = await mkdtemp(`${desk.var}/people-`)));
  after(() => rm(dir, { recursive: true }));

  test('shows what a merge would move, and does it when it is told to', async () => {
    const { keep, gone, tickets } = await two();
    const shown = await deskctl(['customer', 'merge', String(keep), String(gone)]);
    assert.equal(shown.status, 1);
    assert.match(shown.stdout, /1 tickets? \(1 active\)/);
    assert.match(shown.stderr, /--yes/);
    assert.equal(await customerOf(tickets[1]), gone);
    const done = await deskctl(['customer', 'merge', String(keep), String(gone), '--yes']);
    assert.equal(done.status, 0, done.stderr);
    assert.equal(await customerOf(tickets[1]), keep);
    const merge = /merge (\d+)/.exec(done.stdout)[1];
    const back = await deskctl(['customer', 'split', String(keep), '--merge', merge, '--yes']);
    assert.equal(back.status, 0, back.stderr);
    assert.equal(await customerOf(tickets[1]), gone);
  });

  test('exports everything, and erases it', async () => {
    const word = unique('tiger');
    const [address] = mails(1);
    const bytes = Buffer.from(`${word} `.repeat(40000));
    const sha256 = createHash('sha256').update(bytes).digest('hex');
    const { customer, ticket } = await sendMail({ address, word, bytes });
    const out = `${dir}/${word}`;
    const exported = await deskctl(['customer', 'export', String(customer), out]);
    assert.equal(exported.status, 0, exported.stderr);
    const json = JSON.parse(await readFile(`${out}/customer.json`, 'utf8'));
    assert.equal(json.customer.contacts[0].address, address);
    assert.equal(json.tickets[0].ticket, ticket);
    assert.equal(json.events[0].attachments[0].sha256, sha256);
    assert.ok(json.audit.some((a) => a.action === 'customer.export'));
    assert.deepEqual(await readFile(`${out}/attachments/${sha256}`), bytes);
    assert.ok((await readdir(`${out}/attachments`)).includes(json.events[0].raw), 'the mail as it came');
    assert.equal((await deskctl(['customer', 'export', String(customer), out])).status, 1, 'nothing is overwritten');

    const asked = await deskctl(['customer', 'erase', String(customer), '--reason', 'a letter']);
    assert.equal(asked.status, 1);
    assert.match(asked.stdout, /1 ticket/);
    const done = await deskctl(['customer', 'erase', String(customer), '--reason', 'a letter', '--yes']);
    assert.equal(done.status, 0, done.stderr);
    const again = await deskctl(['customer', 'erase', String(customer), '--reason', 'a letter', '--yes']);
    assert.equal(again.status, 0, again.stderr);

    const redis = openRedis();
    try {
      await until('the feed has nothing of it', async () =>
        !JSON.stringify(await redis.xrange('{desk}:feed', '-', '+')).includes(word));
      await until('the bytes are gone', async () =>
        (await sql(`SELECT 1 FROM desk.blob WHERE sha256 = decode(:'v1', 'hex')`, sha256)).length === 0);
    } finally {
      redis.disconnect();
    }
    const { events } = await boss.ask('TICKET.GET', String(ticket));
    assert.doesNotMatch(JSON.stringify(events), new RegExp(word));
    const next = await mail(wire, address);
    assert.notEqual(next.customer, customer);
  });
});
