// What customers feel, from what they typed to what agents see, correct and
// count; and a lexicon that is wrong.
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { cp, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { desk, event, login, service, unique, using } from './lib/desk.mjs';

const CONF = fileURLToPath(new URL('../../conf/mood', import.meta.url));

const write = (wire, text) => wire.ask('EVENT.ADD', event({ text, subject: 'Đơn hàng' }));

const first = async (wire, ticket) => {
  const got = await wire.ask('TICKET.GET', ticket);
  return { ticket: got.ticket, event: got.events.find((e) => e.direction === 'in') };
};

test('a message shows what its writer feels, and by which words', () =>
  using(service, async (wire) => {
    const text = 'Cảm ơn shop 👋 nhưng mình RẤT THẤT VỌNG, gọi mãi không ai bắt máy';
    const { ticket } = await write(wire, text);
    const got = await first(wire, ticket);
    assert.equal(got.ticket.mood, -1);
    assert.equal(got.event.mood.value, -1);
    assert.deepEqual(got.event.mood.words, ['THẤT VỌNG', 'gọi mãi không ai bắt máy']);
    const bytes = Buffer.from(text);
    got.event.mood.words.forEach((word, i) => {
      const at = got.event.mood.at[i];
      assert.equal(bytes.subarray(at, at + Buffer.byteLength(word)).toString(), word);
    });
    assert.equal(got.event.facts?.mood, undefined);
  }));

test('only what the customer wrote himself counts', () =>
  using(service, async (wire) => {
    const { ticket } = await write(wire,
      'Bao giờ giao hàng?\n\nOn Mon, 2 Nov 2026 at 09:00, Shop <sales@shop.example> wrote:\n> Chúng tôi rất thất vọng và bực mình\n');
    const got = await first(wire, ticket);
    assert.ok(got.event.own, 'the quote is told from his words');
    assert.equal(got.ticket.mood, 0);
    assert.deepEqual(got.event.mood, { value: 0 });
  }));

test('a correction is kept, told, and used for the same text again', () =>
  using(service, async (wire) => {
    const text = `Hàng về nhanh như rùa bò ${unique()}`;
    const { ticket } = await write(wire, text);
    const { event: one } = await first(wire, ticket);
    const an = await login('an');
    try {
      const set = await an.ask('MOOD.SET', one.event, 'bad');
      assert.equal(set.mood.value, -1);
      assert.equal(set.mood.corrected, true);
      assert.equal((await first(wire, ticket)).ticket.mood, -1);
      assert.equal((await an.refused('MOOD.SET', one.event, 'awful')).code, 'INVALID');
    } finally {
      an.end();
    }
    const again = await write(wire, `  ${text.toUpperCase()}`);
    const known = await first(wire, again.ticket);
    assert.equal(known.ticket.mood, -1);
    assert.equal(known.event.mood.corrected, true);
    const sup = await login('sup');
    try {
      const { corrections } = await sup.ask('MOOD.LIST', 'LIMIT', 50);
      const mine = corrections.find((c) => c.event === one.event);
      assert.equal(mine.value, -1);
      assert.equal(mine.who, 'an');
      assert.equal(mine.text, text);
      const { points } = await sup.ask('CUSTOMER.MOOD', again.customer);
      assert.deepEqual(points.map((p) => p.value), [-1]);
    } finally {
      sup.end();
    }
  }));

// deskd, started with such a lexicon; nothing of it gets as far as a port.
async function startsWith(change) {
  const dir = await mkdtemp(join(tmpdir(), 'deskd-moods.'));
  try {
    await cp(CONF, join(dir, 'mood'), { recursive: true });
    await change(join(dir, 'mood'));
    await writeFile(join(dir, 'deskd.conf'), [
      `mood_dir = "${join(dir, 'mood')}"`, `state_dir = "${dir}"`,
      `postgres = "host=${dir} dbname=none"`, 'redis = "127.0.0.1:1"', ''].join('\n'));
    return await new Promise((done) => {
      execFile(join(desk.build, 'deskd'), ['-n', '-f', join(dir, 'deskd.conf')],
        { timeout: 30000 }, (error, _out, err) => done({ code: error?.code ?? 0, err }));
    });
  } finally {
    await rm(dir, { recursive: true, force: true });
  }
}

test('a lexicon that is wrong is refused by its line, at deskd -n too', async () => {
  assert.deepEqual(await startsWith(async () => {}), { code: 0, err: '' });
  const wrong = await startsWith((dir) =>
    writeFile(join(dir, 'en.mood'), '# ours\n[feel]\n-2 bad\nworse\n'));
  assert.notEqual(wrong.code, 0);
  assert.match(wrong.err, /en\.mood:4: A weight from -4 to \+4/);
  // A desk does without one.
  assert.equal((await startsWith((dir) => rm(join(dir, 'vi.mood')))).code, 0);
});
