// The customers' chat widget when things go wrong: the desk away or starting
// anew, pages reloaded, two of them at once, nobody there, a conversation that
// is no more, and texts that want to be more than texts.
import assert from 'node:assert/strict';
import { createHmac } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { after, before, test } from 'node:test';
import { admin, apply, change, desk, service, sql, unique, until, using } from '../e2e/lib/desk.mjs';
import { visit, withWidget } from '../e2e/lib/visitor.mjs';
import { Browser } from './lib/browser.mjs';
import { Customer, Shop, strict } from './lib/customer.mjs';
import { Daemon } from './lib/daemon.mjs';

let browser;
let shop;
let other; // a desk that may be killed
before(async () => {
  [browser, shop, other] = await Promise.all([Browser.open(), Shop.open(), Daemon.make()]);
  await other.start();
});
after(async () => {
  await browser?.end();
  await shop?.end();
  await other?.end();
});

test('what is written while the desk is dead is kept over a reload, and sent once', async () => {
  // The script comes from another desk: this one is not there to give it.
  const both = strict(`${desk.http} ${other.http}`);
  const url = shop.page('/dead', { tag: `data-desk="${other.http}"`, csp: both });
  const c = await Customer.come(browser, url);
  await c.open();
  const said = [unique('a-'), unique('b-'), unique('c-')];
  await c.say(said[0]);
  await c.sent();
  await other.kill();
  await c.say(said[1]);
  await c.at('.banner').filter({ hasText: 'Mất kết nối' }).waitFor();
  await c.at('.by.r').filter({ hasText: 'Chưa gửi' }).waitFor();
  await c.text.fill('viết dở');
  await c.page.reload();
  await c.bubble(said[1]).waitFor(); // opened again by itself, with what is unsent
  assert.equal(await c.text.inputValue(), 'viết dở');
  await c.say(said[2]);
  await c.at('.by.r').filter({ hasText: 'Chưa gửi' }).waitFor();
  await other.start();
  await c.sent();
  await c.at('.banner').waitFor({ state: 'hidden' });
  assert.deepEqual(await c.kept(), said);
  assert.deepEqual(await c.said(), said);
  // What the page missed meanwhile, each once.
  await other.kill();
  const late = [unique('x-'), unique('y-')];
  for (const text of late) await c.answer(text);
  await other.start();
  await c.bubble(late[1]).waitFor();
  assert.deepEqual(await c.said(), [...said, ...late]);
  await c.end();
});

test('what fails once while the desk is heard: sent and read a moment later, and not lost any more', async () => {
  const c = await Customer.come(browser, shop.page('/once'));
  await c.open();
  const said = [unique('a-'), unique('b-')];
  await c.say(said[0]);
  await c.sent();
  const fails = (method) => (r) => (r.request().method() === method ? r.abort() : r.continue());
  const [sending, reading] = [fails('POST'), fails('GET')];
  const banner = c.at('.banner').filter({ hasText: 'Mất kết nối' });
  await c.page.route('**/messages', sending);
  await c.say(said[1]);
  await banner.waitFor();
  await c.page.unroute('**/messages', sending);
  await c.sent();
  await banner.waitFor({ state: 'hidden' });
  await c.page.route('**/messages', reading);
  await Promise.all([
    c.page.waitForEvent('requestfailed', (r) => r.url().endsWith('/messages')),
    c.page.reload(),
  ]);
  await c.page.unroute('**/messages', reading);
  await c.bubble(said[1]).waitFor();
  assert.deepEqual(await c.said(), said);
  assert.deepEqual(await c.kept(), said);
  await c.end();
});

test('two tabs: one conversation, each message once', async () => {
  const url = shop.page('/tabs');
  const one = await Customer.come(browser, url);
  const two = await Customer.come(browser, url, { context: one.context });
  await one.open();
  await two.open();
  const texts = Array.from({ length: 6 }, (_, i) => unique(`${i}-`));
  // Nobody has a conversation yet: both would open one.
  await Promise.all([
    (async () => { for (const t of texts.slice(0, 3)) await one.say(t); })(),
    (async () => { for (const t of texts.slice(3)) await two.say(t); })(),
  ]);
  for (const c of [one, two]) {
    await until('all of it is there', async () => (await c.said()).length === 6);
    await c.sent();
  }
  const kept = await one.kept();
  assert.deepEqual([...kept].sort(), [...texts].sort());
  assert.deepEqual(await one.said(), kept);
  assert.deepEqual(await two.said(), kept);
  // What one tab took off the list another may see a moment later (browsers give
  // no order between processes): if it repeats, then under the same id.
  const ids = [...one.posts, ...two.posts].map((p) => JSON.parse(p).id);
  assert.equal(new Set(ids).size, 6);
  await one.answer('Vâng ạ');
  await Promise.all([one.bubble('Vâng ạ').waitFor(), two.bubble('Vâng ạ').waitFor()]);
  // Closed here, and read there: unread nowhere.
  await two.page.keyboard.press('Escape');
  await one.answer('Còn nữa ạ');
  await one.bubble('Còn nữa ạ').waitFor();
  await two.at('.badge').waitFor({ state: 'hidden' });
  await two.end();
  await one.end();
});

test('a conversation that is no more: a new one, without losing a word', async () => {
  const c = await Customer.come(browser, shop.page('/gone'));
  await c.open();
  await c.say('trước');
  await c.sent();
  const { conversation, token } = await c.talk();
  await c.page.context().setOffline(true);
  const text = unique('sau-');
  await c.say(text);
  await c.at('.by.r').filter({ hasText: 'Chưa gửi' }).waitFor();
  await change(`UPDATE desk.conversation SET token = sha256(token) WHERE id = :'v1'::uuid`, conversation);
  // The desk believes for two seconds what it knows of a token.
  await until('the desk knows it too', async () => {
    const r = await fetch(`${desk.http}/chat/v1/conversations/${conversation}/messages`, {
      headers: { Authorization: `Bearer ${token}` },
    });
    return !r.ok;
  });
  await c.page.context().setOffline(false);
  await until('another conversation has it', async () => {
    const now = await c.talk();
    return now !== null && now.conversation !== conversation && (await c.kept()).length === 1;
  });
  assert.deepEqual(await c.kept(), [text]);
  await c.sent();
  assert.deepEqual(await c.said(), [text]);
  await c.end();
});

test('who the shop signs is known, also when he logs in later', async () => {
  const secret = unique('shop-');
  await writeFile(`${desk.var}/state/widget.web`, `${secret}\n`);
  await withWidget(admin, apply, { secret_file: 'widget.web' }, async () => {
    const user = unique('khach-');
    const signature = createHmac('sha256', secret).update(user).digest('hex');
    const c = await Customer.come(browser, shop.page('/who'));
    await c.open();
    await c.say('chưa đăng nhập');
    await c.sent();
    await c.page.evaluate((who) => window.deskd.identify(who), { user, signature });
    const { conversation } = await c.talk();
    await until('the conversation is the user\'s', async () => {
      const [row] = await sql(`SELECT user_id FROM desk.conversation WHERE id = :'v1'::uuid`, conversation);
      return row.user_id === user;
    });
    await c.say('đã đăng nhập');
    await c.sent();
    assert.deepEqual(await c.said(), ['chưa đăng nhập', 'đã đăng nhập']);
    await c.page.evaluate(() => window.deskd.forget());
    const left = await c.page.evaluate(() => Object.keys(localStorage).filter((k) => k.startsWith('deskd:')));
    assert.deepEqual(left, []);
    await c.end();
  });
});

// Canaries: whatever runs or loads of these is heard of.
const hostile = [
  '<script>window.canary("script")</script>',
  '<img src="https://canary.invalid/i" onerror="window.canary(\'img\')">',
  '"><svg onload=window.canary("svg")>',
  'javascript:window.canary("js")',
  'JaVa\tScRiPt:window.canary(1)//https://shop.example',
  'https://shop.example/"onmouseover="window.canary(1)',
  'https://shop.example@canary.invalid/',
  'data:text/html,<script>window.canary(1)</script>',
  '<iframe srcdoc="<script>parent.canary(1)</script>"></iframe><style>*{background:url(https://canary.invalid/s)}</style>',
  '<math><mtext><table><mglyph><style><!--</style><img title="--&gt;&lt;img src=1 onerror=window.canary(1)&gt;">',
  '{{constructor.constructor("canary(1)")()}} ${canary(1)} <%= canary(1) %>',
  '\u202egpj.exe\u202c https://shop.example/\u202egpj.exe',
  '__proto__ toString \u0000 \u2028 \ud83d',
];

test('texts stay texts: nothing of them runs, nothing loads, both ways', async () => {
  const url = shop.page('/canary', { csp: null }); // the widget alone stands between
  const c = await Customer.come(browser, url);
  const sung = [];
  await c.page.exposeFunction('canary', (what) => sung.push(what));
  await c.open();
  for (const text of hostile) await c.say(text);
  await c.sent();
  for (const text of hostile) await c.answer(text.replace(/[\u0000\ud83d]/g, ''));
  await c.answer('hết');
  await c.bubble('hết').waitFor();
  const said = await c.said();
  assert.ok(said.includes(hostile[0]) && said.filter((t) => t === hostile[0]).length === 2);
  const links = await c.at('.bub a').evaluateAll((all) =>
    all.map((a) => ({ href: a.href, rel: a.rel, target: a.target })));
  assert.ok(links.length > 0);
  for (const a of links) {
    // Where one can go who clicks; nowhere in another's name.
    assert.match(a.href, /^(https?:\/\/[^@/]+\/|mailto:)/);
    assert.match(a.rel, /noopener/);
    assert.equal(a.target, '_blank');
  }
  // No element but our own was made of any of it.
  const made = await c.at('.log').evaluate((log) =>
    [...new Set([...log.querySelectorAll('.words *')].map((e) => e.localName))]);
  assert.deepEqual(made, ['a']);
  for (const a of await c.at('.bub a').all()) await a.hover();
  assert.deepEqual(sung, []);
  await c.end(); // asked no other host
});

test('nobody there: it says until when, and a message can be left', async () => {
  const { config } = await using(admin, (wire) => wire.ask('CONFIG.SHOW'));
  const name = unique('gio-');
  const day = ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat'][(new Date().getUTCDay() + 3) % 7];
  const hours = [...(config.hours ?? []), { name, week: [`${day} 10:00-11:00`] }];
  const queues = config.queues.map((q) => ({ ...q, hours: name }));
  const open = (is) =>
    until(`open is ${is}`, async () => {
      const r = await fetch(`${desk.http}/chat/v1/desk`);
      return (await r.json()).open === is;
    });
  await using(admin, (wire) => apply(wire, { ...config, hours, queues }));
  try {
    await open(false);
    const c = await Customer.come(browser, shop.page('/shut'));
    await c.at('.launcher').click();
    await c.at('.leave').waitFor();
    assert.match(await c.at('.status').innerText(), /^Mở lại lúc \d\d:\d\d/);
    await c.accessible('the form');
    const text = unique('loi nhan ');
    await c.at('.leave textarea').fill(text);
    await c.at('.leave .pri').click();
    await c.at('.leave .wrong').filter({ hasText: 'Cần địa chỉ email' }).waitFor();
    const email = `${unique('khach')}@example.com`;
    await c.at('.leave input[type=email]').fill(email);
    await c.page.keyboard.press('Enter');
    await c.at('.thanks').filter({ hasText: email }).waitFor();
    await c.say('thêm một câu');
    await c.sent();
    assert.deepEqual(await c.kept(), [text, 'thêm một câu']);
    const { conversation } = await c.talk();
    const [row] = await sql(`SELECT email, by_mail FROM desk.conversation WHERE id = :'v1'::uuid`, conversation);
    assert.deepEqual(row, { email, by_mail: true });
    await c.end();
  } finally {
    await using(admin, (wire) => apply(wire, config));
    await open(true);
  }
});

test('too many wait: a message can be left, as when nobody is there', async () => {
  const { config } = await using(admin, (wire) => wire.ask('CONFIG.SHOW'));
  const queues = config.queues.map((q) => ({ ...q, full: 1, when_full: 'message' }));
  const turned = (is) =>
    until(`turned is ${is}`, async () => {
      const r = await fetch(`${desk.http}/chat/v1/desk`);
      return (await r.json()).turned === is;
    });
  const waits = await visit();
  await waits.say('có ai không ạ');
  await using(admin, (wire) => apply(wire, { ...config, queues }));
  try {
    await turned('message');
    const c = await Customer.come(browser, shop.page('/full'));
    await c.at('.launcher').click();
    await c.at('.leave h3').filter({ hasText: 'Hiện chưa có ai rảnh' }).waitFor();
    assert.equal(await c.at('.status').innerText(), 'Đang đông khách');
    const text = unique('loi nhan ');
    const email = `${unique('khach')}@example.com`;
    await c.at('.leave textarea').fill(text);
    await c.at('.leave input[type=email]').fill(email);
    await c.page.keyboard.press('Enter');
    await c.at('.thanks').filter({ hasText: email }).waitFor();
    assert.deepEqual(await c.kept(), [text]);
    const { conversation } = await c.talk();
    const [row] = await sql(
      `SELECT t.turned, c.by_mail FROM desk.conversation c JOIN desk.ticket t ON t.id = c.ticket
      WHERE c.id = :'v1'::uuid`,
      conversation,
    );
    assert.deepEqual(row, { turned: 'message', by_mail: true });
    await c.end();
  } finally {
    await using(admin, (wire) => apply(wire, config));
    await turned(undefined);
    await using(service, async (wire) => wire.ask('TICKET.RESOLVE', await waits.ticket()));
  }
});

test('the desk says who is there to whoever asks, and costs it no conversation', async () => {
  const count = async () => (await sql(`SELECT count(*)::int AS n FROM desk.conversation`))[0].n;
  const before = await count();
  const r = await fetch(`${desk.http}/chat/v1/desk`, { headers: { Origin: 'https://shop.example' } });
  assert.equal(r.status, 200);
  assert.equal(r.headers.get('access-control-allow-origin'), '*');
  const { config } = await using(service, (wire) => wire.ask('CONFIG.SHOW')).catch(() =>
    using(admin, (wire) => wire.ask('CONFIG.SHOW')));
  const said = await r.json();
  assert.equal(said.name, config.company.name);
  assert.equal(said.open, true);
  assert.equal(said.identity, false);
  assert.ok(said.attachment_max > 0);
  const c = await Customer.come(browser, shop.page('/look'));
  await c.open();
  assert.equal(await c.talk(), null);
  assert.equal(await count(), before);
  await c.end();
});
