// Full queues and patience: who comes by chat or telephone waits, is asked for
// a message, called back or brought to another queue, whatever daemon he comes
// to; and who leaves before anybody answered is on record once.  In queues of
// this test's own.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { admin, apply, desk, now, phone, sql, unique, until } from './lib/desk.mjs';
import { startSecond } from './lib/second.mjs';
import { visit } from './lib/visitor.mjs';
import { Session, post } from './lib/web.mjs';

const name = {
  busy: unique('q'), // two may wait; then messages
  small: unique('q'), // one; then the next
  last: unique('q'), // one; then call-backs
  hasty: unique('q'), // holds a visitor for five seconds
};
const words = unique('w');
let boss;
let config;
let second;

before(async () => {
  boss = await admin();
  ({ config } = await boss.ask('CONFIG.SHOW'));
  const queue = (q, more) => ({ name: q, title: q, first: 3600, next: 3600, ...more });
  await apply(
    boss,
    {
      ...config,
      templates: [...config.templates, { name: words, vi: 'Đang bận, hồ sơ #{ticket}.' }],
      queues: [
        ...config.queues,
        queue(name.busy, { full: 2, when_full: 'message', turned_away: words }),
        queue(name.small, { full: 1, when_full: `overflow ${name.last}`, when_abandoned: 'resolve' }),
        queue(name.last, { full: 1, when_full: 'callback' }),
        queue(name.hasty, { patience: ['chat 5s message'] }),
      ],
      served: [...config.served, { kind: 'phone', address: '02435550001', queue: name.small }],
      // Who writes a queue's name comes to it.
      rules: [
        ...Object.values(name).map((q) => ({ name: q, channel: 'chat', keywords: [q], queue: q, weight: 1000 })),
        ...config.rules,
      ],
    },
    [desk.metrics],
  );
  // Another daemon, whose Redis is away for as long as it lives.
  second = await startSecond({ redis: '127.0.0.1:1' });
});
after(async () => {
  await second?.stop();
  if (config) {
    for (const q of Object.values(name)) {
      const { tickets } = await boss.ask('TICKET.LIST', 'QUEUE', q, 'LIMIT', 200);
      for (const t of tickets) await boss.ask('TICKET.RESOLVE', t.ticket);
    }
    await apply(boss, config, [desk.metrics]);
  }
  boss?.end();
});

const row = async (v) => {
  const [t] = await sql(
    `SELECT t.id, q.name AS queue, t.kind, t.state, t.turned FROM desk.ticket t
    JOIN desk.queue q ON q.id = t.queue WHERE t.id = :'v1'::bigint`,
    typeof v === 'object' ? await v.ticket() : v,
  );
  return t;
};
const events = (ticket, kind) =>
  sql(
    `SELECT meta FROM desk.event WHERE ticket = :'v1'::bigint AND kind = :'v2' ORDER BY id`,
    ticket,
    kind,
  );
const waits = (q) => boss.ask('QUEUE.WAIT', q);
const solve = (ticket) => boss.ask('TICKET.RESOLVE', ticket);

describe('a full queue', () => {
  test('holds so many, whatever daemons they come to at once', async () => {
    const visitors = await Promise.all(
      Array.from({ length: 8 }, async (_, i) => (await visit()).at(i % 2 ? second.http : desk.http)),
    );
    const pages = [];
    for (const v of visitors) pages.push(await v.at(desk.http).page());
    try {
      const said = await Promise.all(visitors.map((v) => v.say(`${name.busy} còn hàng không?`)));
      assert.deepEqual(said.map((r) => r.status), Array(8).fill(201));
      const rows = await Promise.all(visitors.map(row));
      assert.ok(rows.every((t) => t.queue === name.busy && t.state === 'new'));
      assert.equal(rows.filter((t) => t.turned === null).length, 2);
      assert.equal(rows.filter((t) => t.turned === 'message').length, 6);
      // Those are told so, each once; the others are not.
      for (const [i, t] of rows.entries()) {
        const automatic = (e) => e.event === 'message' && e.json.automatic;
        if (t.turned) {
          const told = await pages[i].until(automatic);
          assert.match(told.json.text, /^Đang bận, hồ sơ #\d+\.$/);
        }
        const { messages } = await visitors[i].at(desk.http).read();
        assert.equal(messages.filter((m) => m.automatic).length, t.turned ? 1 : 0);
      }
      const asked = await waits(name.busy);
      assert.deepEqual([asked.do, asked.why, asked.queue], ['message', 'full', name.busy]);
      const held = rows.find((t) => t.turned === null);
      await solve(held.id);
      assert.equal((await waits(name.busy)).do, 'hold');
    } finally {
      for (const p of pages) p.end();
    }
  });

  test('overflows, and the last one calls back', async () => {
    const [a, b, c] = [await visit(), await visit(), await visit()];
    await a.say(name.small);
    assert.equal((await waits(name.small)).queue, name.last);
    await b.say(name.small);
    await c.say(name.small);
    const [ra, rb, rc] = [await row(a), await row(b), await row(c)];
    assert.deepEqual([ra.queue, ra.turned], [name.small, null]);
    assert.deepEqual([rb.queue, rb.turned], [name.last, null]);
    assert.deepEqual([rc.queue, rc.kind, rc.turned], [name.last, 'callback', 'callback']);
    const [noted] = await events(rb.id, 'turned');
    assert.deepEqual(noted.meta, { how: 'overflow', why: 'full', from: name.small, to: name.last });
    const { queues } = await boss.ask('QUEUE.LIST');
    const listed = queues.find((q) => q.name === name.small);
    assert.deepEqual([listed.full, listed.when_full], [1, `overflow ${name.last}`]);
    for (const r of [ra, rb, rc]) await solve(r.id);
  });
});

test('whose patience is over is told, and his case is a letter', async () => {
  const v = await visit();
  const page = await v.page();
  try {
    await v.say(name.hasty);
    const told = await page.until((e) => e.event === 'message' && e.json.automatic);
    assert.ok(told.json.text.length > 20);
    const t = await row(v);
    assert.deepEqual([t.queue, t.turned, t.state], [name.hasty, 'message', 'new']);
    const noted = await events(t.id, 'turned');
    assert.equal(noted.length, 1);
    assert.equal(noted[0].meta.why, 'patience');
    assert.ok(noted[0].meta.waited >= 5);
    // Somebody answers all the same.
    await boss.ask('TICKET.REPLY', t.id, 'dạ có em');
    await page.until((e) => e.event === 'message' && e.json.text === 'dạ có em' && !e.json.automatic);
  } finally {
    page.end();
  }
});

test('who hangs up before anybody answered: once, and as the queue has it', async () => {
  const record = { call: unique('c-'), from: phone(), to: '02435550001', at: now() };
  const rings = await post('/hooks/pbx', { ...record, state: 'ringing' });
  assert.equal(rings.status, 201, rings.text);
  const { ticket } = rings.json;
  assert.deepEqual([(await row(ticket)).queue, (await waits(name.small)).queue], [name.small, name.last]);
  const gone = { ...record, state: 'missed', wait: 7, at: now() };
  // By two daemons at once, as an exchange that repeats itself.
  const told = await Promise.all([
    post('/hooks/pbx', gone),
    post('/hooks/pbx', gone, { base: second.http }),
    post('/hooks/pbx', { ...gone, disposition: 'again' }),
  ]);
  for (const r of told) assert.equal(r.json.ticket, ticket, r.text);
  const left = await events(ticket, 'abandoned');
  assert.equal(left.length, 1);
  assert.equal(left[0].meta.waited, 7);
  assert.equal((await row(ticket)).state, 'resolved');
  const day = await boss.ask('QUEUE.STATS', name.small);
  assert.deepEqual([day.abandoned, day.abandoned_short], [1, 0]);
  await until('the board has it', async () => {
    const q = (await boss.ask('BOARD')).queues.find((x) => x.name === name.small);
    return q.abandoned === 1 && q.abandoned_late === 0;
  });
  assert.equal((await waits(name.small)).queue, name.small);
});

test('QUEUE.WAIT over HTTP, and of a queue that is none', async () => {
  await assert.rejects(() => waits(unique('q')), /no such queue/i);
  const session = await Session.begin('an');
  const { status, json } = await session.ask('GET', `/api/v1/queues/${name.hasty}/wait`);
  assert.deepEqual([status, json.queue, json.do], [200, name.hasty, 'hold']);
});
