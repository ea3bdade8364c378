// What the status page shows of the desk, and that it is so live.
import assert from 'node:assert/strict';
import { after, afterEach, before, beforeEach, test } from 'node:test';
import { Redis } from 'ioredis';
import { desk, event, login, service, sql, unique, until, using } from '../e2e/lib/desk.mjs';
import { Browser } from './lib/browser.mjs';
import { Daemon } from './lib/daemon.mjs';

let browser, p, page;
before(async () => { browser = await Browser.open(); });
after(() => browser.end());
beforeEach(async () => {
  p = await browser.page();
  page = p.page;
});
afterEach(() => p.end());

const queues = ['sales', 'shipping', 'technical', 'warehouse'];
const ask = (...args) => using(service, (wire) => wire.ask(...args));
const add = (queue, subject, more = {}) =>
  ask('EVENT.ADD', event({ to: `${queue}@shop.example`, subject, ...more }));

test('four queues with the numbers that the records have', async () => {
  for (const queue of queues) await add(queue, unique());
  await p.login();
  const cards = await page.locator('#queues .queue').evaluateAll((all) =>
    all.map((e) => e.dataset.name).sort());
  assert.deepEqual(cards, queues);
  for (const queue of queues) {
    const [{ n }] = await sql(
      `SELECT count(*)::int AS n FROM desk.ticket t JOIN desk.queue q ON q.id = t.queue
       WHERE q.name = :'v1' AND t.assignee IS NULL AND t.state IN ('new', 'open')`,
      queue,
    );
    assert.ok(n > 0);
    await until(`${queue} shows ${n}`, async () => (await p.waiting(queue)) === n);
  }
  assert.match(await p.text('.queue[data-name=sales] .clock'), /^(còn|quá) /);
});

test('an event moves the number and is told, without a reload', async () => {
  await p.login();
  await page.evaluate(() => { window.here = true; });
  const was = await p.waiting('sales');
  const subject = `Hỏi giá <b>máy xay</b> ${unique()}`;
  const { number } = await add('sales', subject);
  const row = await p.news('Thư vào Bán hàng', subject);
  assert.match(await row.innerText(), new RegExp(`#${number} · `));
  await until('one more waits', async () => (await p.waiting('sales')) === was + 1);
  assert.equal(await page.evaluate(() => window.here), true);
});

test('a transfer moves both numbers and is told by name', async () => {
  const subject = unique('doi-hang-');
  const { ticket } = await add('shipping', subject);
  await p.login();
  const from = await p.waiting('shipping'), to = await p.waiting('technical');
  await using(() => login('chi'), (wire) => wire.ask('TICKET.TRANSFER', ticket, 'technical'));
  await p.news('Chi Lê chuyển sang Kỹ thuật', subject);
  await until('one less in shipping', async () => (await p.waiting('shipping')) === from - 1);
  await until('one more in technical', async () => (await p.waiting('technical')) === to + 1);
});

test('people, and what they are offered, live', async () => {
  const state = (word) => page.locator('#agents tr[data-name=binh] .state').filter({ hasText: word }).waitFor();
  await ask('AGENT.STATE', 'binh', 'away');
  await p.login();
  await state('Vắng một lát');
  const subject = unique('kho-');
  const { ticket } = await add('warehouse', subject);
  try {
    await using(() => login('binh'), async (wire) => {
      await wire.ask('TICKET.PRIORITY', ticket, 99);
      await wire.ask('AGENT.STATE', 'binh', 'ready');
      await state('Sẵn sàng');
      await p.news('Mời Bình Trần nhận', subject);
      await wire.ask('OFFER.ACCEPT', ticket);
      await p.news('Bình Trần nhận hồ sơ được mời', subject);
      await until('his load shows', async () =>
        Number(await p.text('#agents tr[data-name=binh] .loads .num')) >= 5);
      await wire.ask('TICKET.NOTE', ticket, 'còn 3 cái ở kho 2');
      await p.news('Bình Trần ghi chú', subject);
      await wire.ask('TICKET.REPLY', ticket, 'Dạ còn hàng ạ');
      await p.news('Bình Trần trả lời khách', subject);
      await wire.ask('TICKET.RESOLVE', ticket);
      await p.news('Bình Trần giải quyết xong', subject);
    });
  } finally {
    await ask('AGENT.STATE', 'binh', 'offline');
  }
  await state('Chưa vào');
});

test('a paused queue is shown as such, and told', async () => {
  const chip = page.locator('.queue[data-name=technical] .chip.paused');
  await p.login();
  assert.equal(await chip.isVisible(), false);
  try {
    await using(() => login('sup'), (wire) => wire.ask('QUEUE.PAUSE', 'technical'));
    await chip.waitFor();
    assert.equal(await chip.innerText(), 'tạm dừng');
    await p.news('Sương Võ tạm dừng Kỹ thuật');
  } finally {
    await using(() => login('sup'), (wire) => wire.ask('QUEUE.RESUME', 'technical'));
  }
  await chip.waitFor({ state: 'hidden' });
  await p.news('Sương Võ mở lại Kỹ thuật');
});

test('the latest notices are there on opening, at Vietnam\'s hours', async () => {
  const subject = unique('truoc-');
  const { event: id } = await add('sales', subject);
  await until('the feed has it', async () =>
    (await ask('FEED.READ', '0', 'LAST', 60)).notices.some((n) => n.event === id));
  await p.login(); // the browser itself is in New York
  const row = await p.news('Thư vào Bán hàng', subject);
  const at = await row.locator('time').getAttribute('datetime');
  const hour = new Intl.DateTimeFormat('en-GB', {
    hour: '2-digit', minute: '2-digit', hourCycle: 'h23', timeZone: 'Asia/Ho_Chi_Minh',
  });
  const [{ heard }] = await sql(
    `SELECT extract(epoch FROM at) * 1000 AS heard FROM desk.event WHERE id = :'v1'`, id);
  assert.ok(Math.abs(Date.parse(at) - heard) < 60000);
  assert.equal(await row.locator('time').innerText(), hour.format(Date.parse(at)));
  const shown = await p.text('#now');
  assert.ok([hour.format(Date.now()), hour.format(Date.now() - 60000)].includes(shown), shown);
});

test('a kind of notice without words is one thin line', async () => {
  const redis = new Redis(desk.redis);
  const kind = unique('kind');
  await p.login();
  const tell = (k) => redis.xadd('{desk}:feed', '*', 'k', k, 't', '', 'q', '',
    'j', JSON.stringify({ kind: k, who: 'an', test: true }));
  await tell(kind);
  await tell('constructor'); // a name that every object has
  redis.disconnect();
  const row = await p.news(`${kind} · an`);
  assert.match(await row.getAttribute('class'), /\bthin\b/);
  await p.news('constructor · an');
});

test('what a deskd that dies leaves is marked stale, then made good', async () => {
  const second = await Daemon.make();
  const lost = await browser.page({ base: second.http, allow: /net::ERR_/ });
  try {
    await second.start();
    await lost.login('sup');
    const was = await lost.waiting('sales');
    await second.kill();
    await lost.page.locator('#desk.stale').waitFor();
    assert.match(await lost.text('#banner'), /^Mất kết nối\. Số liệu bên dưới là của lúc \d\d:\d\d/);
    assert.match(await lost.text('#linkwords'), /^Mất kết nối, số liệu lúc \d\d:\d\d$/);
    await lost.accessible('stale');
    const subject = unique('luc-mat-');
    await add('sales', subject); // by the other deskd
    await second.start();
    await lost.page.locator('#linkwords').filter({ hasText: /^Đã nối, thêm \d+ tin mới$/ }).waitFor();
    assert.equal(await lost.page.locator('#desk.stale').count(), 0);
    assert.equal(await lost.page.locator('#banner').isVisible(), false);
    await lost.news('Thư vào Bán hàng', subject);
    await until('the number is of now', async () => (await lost.waiting('sales')) === was + 1);
    // Told once, after all of it was read again.
    const rows = lost.page.locator('#news li[data-kind=event]').filter({ hasText: subject });
    assert.equal(await rows.count(), 1);
  } finally {
    await second.end();
    await lost.end();
  }
});

test('a drain of deskd too: the page waits for the next', async () => {
  const second = await Daemon.make();
  const lost = await browser.page({ base: second.http, lang: 'en-GB', allow: /net::ERR_/ });
  try {
    await second.start();
    await lost.login('sup');
    await second.kill('SIGTERM');
    await lost.page.locator('#banner').filter({ hasText: /^Connection lost\. The figures below/ }).waitFor();
    await second.start();
    await lost.page.locator('#linkwords').filter({ hasText: /^Reconnected/ }).waitFor();
  } finally {
    await second.end();
    await lost.end();
  }
});

test('every kind that the desk tells has words in both languages', async () => {
  const { ticket, customer } = await add('warehouse', unique());
  await using(() => login('sup'), async (wire) => {
    await wire.ask('TICKET.OPEN', customer, 'warehouse', unique());
    await wire.ask('TICKET.TAKE', ticket);
    await wire.ask('TICKET.NOTE', ticket, 'ghi');
    const { event } = await wire.ask('TICKET.REPLY', ticket, 'dạ');
    await wire.ask('TICKET.UNSEND', ticket, event);
    await wire.ask('TICKET.RESEND', ticket, event);
    await wire.ask('TICKET.UNSEND', ticket, event);
    await wire.ask('TICKET.ASSIGN', ticket, 'none');
    await wire.ask('TICKET.PRIORITY', ticket, 60);
    await wire.ask('TICKET.TAG', ticket, unique());
    await wire.ask('TICKET.PEND', ticket);
    await wire.ask('TICKET.REOPEN', ticket);
    await wire.ask('TICKET.TRANSFER', ticket, 'sales');
    await wire.ask('CUSTOMER.SET', customer, 'SEGMENT', 'vip');
    await wire.ask('TICKET.RESOLVE', ticket);
    const other = await add('warehouse', unique());
    const { merge } = await wire.ask('CUSTOMER.MERGE', customer, other.customer,
      'SURE', other.customer);
    await wire.ask('CUSTOMER.SPLIT', customer, 'MERGE', merge);
  });
  const made = ['event', 'open', 'take', 'assign', 'priority', 'tag', 'pend', 'reopen',
    'transfer', 'customer', 'resolve', 'unsend', 'resend', 'merge', 'split', 'agent', 'rebuilt', 'config'];
  const told = async () =>
    (await ask('FEED.READ', '0', 'LAST', 1000)).notices.filter((n) => !n.test);
  const notices = await until('all of them are told', async () => {
    const all = await told();
    return made.every((kind) => all.some((n) => n.kind === kind)) && all;
  });
  const repeated = ['accepted', 'access', 'queue', 'call', 'seen', 'typing', 'gone', 'back'];
  // What takes a relay, a visitor or the clock, as ARCHITECTURE.md has it.
  const rare = [{ kind: 'bounce' }, { kind: 'close' }, { kind: 'ended', by: 'visitor' },
    { kind: 'abandoned', waited: 9 }, { kind: 'erase', customer: 1 },
    { kind: 'hook', hook: 'crm', state: 'gone' }, ...['deferred', 'failed', 'bounced', 'unknown']
      .map((state) => ({ kind: 'delivery', event: 1, delivery: { state } }))];
  const english = await browser.page({ lang: 'en-GB' });
  for (const one of [p, english]) {
    await one.open();
    const wordless = await one.page.evaluate(async (all) => {
      const { t } = await import('/words.js');
      const x = { who: 'W', agent: 'A', assignee: 'S', queue: 'Q', channel: 'C', state: 'T' };
      return all
        .filter((n) => !/^\S[^]*$/.test(t.kinds[n.kind]?.(n, x) ?? '') ||
          /undefined|null|NaN/.test(t.kinds[n.kind](n, x)))
        .map((n) => n.kind);
    }, [...notices.filter((n) => !repeated.includes(n.kind)), ...rare]);
    assert.deepEqual([...new Set(wordless)], []);
  }
  await english.end();
});
