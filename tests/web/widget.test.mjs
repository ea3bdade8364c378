// The customers' chat widget on somebody else's page: a talk there and back,
// by keyboard alone, in every light, under a strict policy, and on a page that
// does its worst.
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { after, before, test } from 'node:test';
import { desk, login, unique, until, using } from '../e2e/lib/desk.mjs';
import { get } from '../e2e/lib/web.mjs';
import { Browser } from './lib/browser.mjs';
import { Customer, Shop } from './lib/customer.mjs';

let browser;
let shop;
before(async () => {
  [browser, shop] = await Promise.all([Browser.open(), Shop.open()]);
});
after(async () => {
  await browser?.end();
  await shop?.end();
});

// One white pixel.
const png = Buffer.from(
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mP8/5+hHgAHggJ/PchI7wAAAABJRU5ErkJggg==',
  'base64',
);

test('a talk under the strictest policy: there and back, seen, with a picture', async () => {
  const c = await Customer.come(browser, shop.page('/talk', { tag: 'data-name="An Tâm"' }));
  await c.open();
  const [first, second] = [unique('mot-'), unique('hai-')];
  await c.say(first);
  await c.sent();
  const ticket = await c.ticket();
  await using(() => login('sup'), async (wire) => {
    const { events } = await wire.ask('TICKET.GET', ticket);
    const said = events.find((e) => e.text === first);
    assert.ok(said, 'the agent sees it');
    await wire.ask('TICKET.SEEN', ticket, said.event);
    await c.at('.by.r').filter({ hasText: 'Đã xem' }).waitFor();
    // (It is shown for some seconds.)
    await Promise.all([
      c.at('.typing').waitFor(),
      until('typing is told', async () => (await wire.ask('TICKET.TYPING', ticket)).told),
    ]);
    await wire.ask('TICKET.REPLY', ticket, second);
    await c.bubble(second).waitFor();
    await c.at('.typing').waitFor({ state: 'hidden' });
    assert.equal(await c.at('h2').innerText(), 'Sương Võ · An Tâm');
    await until('his having seen it is told', async () => {
      const { chat } = (await wire.ask('TICKET.GET', ticket)).ticket;
      return chat.seen.visitor > chat.seen.agent;
    });
  });
  await c.at('input[type=file]').setInputFiles([
    { name: 'ảnh.png', mimeType: 'image/png', buffer: png },
    { name: 'rỗng.txt', mimeType: 'text/plain', buffer: Buffer.alloc(0) },
    { name: 'lớn.bin', mimeType: 'application/octet-stream', buffer: Buffer.alloc((10 << 20) + 1) },
  ]);
  await c.at('.chosen.bad').filter({ hasText: 'Tệp trống' }).getByRole('button').click();
  await c.at('.chosen.bad').filter({ hasText: 'Lớn quá' }).getByRole('button').click();
  await c.at('.chosen').filter({ hasText: 'Đã tải lên' }).waitFor();
  await c.say('ảnh đây');
  await c.at('.file.drawn canvas').waitFor();
  // Drawn, without any right to load pictures: a white pixel of it.
  await until('the picture is drawn', () =>
    c.at('.file.drawn canvas').evaluate((e) =>
      e.getContext('2d').getImageData(e.width / 2, e.height / 2, 1, 1).data[3] > 0));
  const [download] = await Promise.all([
    c.page.waitForEvent('download'),
    c.at('.file.drawn').click(),
  ]);
  assert.equal(download.suggestedFilename(), 'ảnh.png');
  assert.deepEqual(await readFile(await download.path()), png);
  assert.deepEqual(await c.kept(), [first, second, 'ảnh đây']);
  await c.end();
});

test('the page sees one name of it, and no way in', async () => {
  const c = await Customer.come(browser, shop.page('/closed'), { shadow: false });
  await c.page.waitForFunction(() => window.deskd !== undefined);
  const found = await c.page.evaluate(async () => {
    const frame = document.body.appendChild(document.createElement('iframe'));
    const plain = new Set(Object.getOwnPropertyNames(frame.contentWindow));
    frame.remove();
    const own = Object.getOwnPropertyNames(window).filter((n) => !plain.has(n));
    const hosts = [...document.body.children].filter((e) => e.localName !== 'main');
    window.deskd.open();
    return { own, hosts: hosts.length, root: hosts[0].shadowRoot, frozen: Object.isFrozen(window.deskd) };
  });
  const ours = found.own.filter((n) => !/^(tellViolation|__|\d+$)/.test(n));
  assert.deepEqual(ours, ['deskd']);
  assert.deepEqual([found.hosts, found.root, found.frozen], [1, null, true]);
  // Still, whoever tabs through the page comes into it.
  await until('the widget has the focus', () =>
    c.page.evaluate(() => document.activeElement !== document.body && document.activeElement.localName === 'div'));
  await c.page.keyboard.press('Escape');
  await c.end();
});

test('by keyboard alone, and back to where one was', async () => {
  const url = shop.page('/keys', { body: '<h1>Cửa hàng</h1><p><a href="#x" id="before">Trước</a></p>' });
  const c = await Customer.come(browser, url);
  const key = (k) => c.page.keyboard.press(k);
  const focused = () =>
    c.page.evaluate(() => {
      let e = document.activeElement;
      while (e?.shadowRoot?.activeElement) e = e.shadowRoot.activeElement;
      return e?.getAttribute('aria-label') ?? e?.innerText ?? '';
    });
  await c.at('.launcher').waitFor();
  await c.at('#before').focus();
  await key('Tab');
  assert.match(await focused(), /^Chat/);
  await key('Enter');
  await c.at('.panel').waitFor();
  assert.equal(await focused(), 'Viết tin nhắn');
  // A word that an input method still holds is not sent by its Enter.
  await c.page.keyboard.type('xin chao');
  await c.text.dispatchEvent('compositionstart');
  await c.text.evaluate((e) =>
    e.dispatchEvent(new KeyboardEvent('keydown', { key: 'Enter', isComposing: true, bubbles: true, cancelable: true })));
  assert.equal(await c.text.inputValue(), 'xin chao');
  await key('Shift+Enter');
  await c.page.keyboard.type('dong hai');
  assert.equal(await c.text.inputValue(), 'xin chao\ndong hai');
  await key('Enter');
  await c.sent();
  assert.deepEqual(await c.said(), ['xin chao\ndong hai']);
  // The menu, by arrows; a question, and out of it.
  await key('Shift+Tab'); // attach
  await key('Shift+Tab'); // what was said
  assert.equal(await focused(), 'Tin nhắn');
  await key('Shift+Tab'); // minimise
  await key('Shift+Tab');
  assert.equal(await focused(), 'Thêm lựa chọn');
  await key('Enter');
  assert.equal(await focused(), 'Gửi bản ghi qua email');
  await key('ArrowDown');
  assert.equal(await focused(), 'Kết thúc trò chuyện');
  await key('Enter');
  await c.at('.question').waitFor();
  assert.equal(await focused(), 'Kết thúc');
  await key('Enter');
  await c.at('.sys').filter({ hasText: 'đã kết thúc' }).waitFor();
  // (Told by the stream, which may be here before the answer that ends the question.)
  await c.at('.question').waitFor({ state: 'hidden' });
  await key('Escape');
  await c.at('.panel').waitFor({ state: 'hidden' });
  assert.match(await focused(), /^Chat/, 'back on the button');
  // A message begins it again.
  await key('Enter');
  await c.say('còn một câu');
  await c.sent();
  await c.at('.sys').filter({ hasText: 'đã kết thúc' }).waitFor({ state: 'detached' });
  await c.end();
});

test('on a small screen the focus stays in the sheet, and all is within 320 pixels', async () => {
  const c = await Customer.come(browser, shop.page('/small'), { viewport: { width: 320, height: 568 } });
  await c.open();
  assert.equal(await c.at('.panel').getAttribute('aria-modal'), 'true');
  for (let i = 0; i < 12; i++) {
    await c.page.keyboard.press(i % 3 === 0 ? 'Shift+Tab' : 'Tab');
    assert.ok(
      await c.page.evaluate(() => !!document.activeElement?.shadowRoot?.activeElement?.closest('.panel')),
      `after ${i + 1} tabs`,
    );
  }
  await c.say('x'.repeat(300));
  await c.sent();
  const wide = await c.page.evaluate(() => document.documentElement.scrollWidth);
  assert.ok(wide <= 320, `${wide}`);
  const over = await c.at('.panel').evaluate((p) =>
    [...p.querySelectorAll('*')].filter((e) => e.getBoundingClientRect().right > 320.5).length);
  assert.equal(over, 0);
  await c.end();
});

for (const lang of ['vi', 'en'])
  for (const colorScheme of ['light', 'dark'])
    test(`nothing for axe-core: ${lang}, ${colorScheme}`, async () => {
      const url = `${desk.http}/shop/${lang === 'en' ? 'en.html' : ''}`;
      const c = await Customer.come(browser, url, { colorScheme, locale: lang === 'vi' ? 'vi-VN' : 'en-GB' });
      await c.at('.launcher').waitFor();
      await c.accessible('the shop, closed');
      await c.open();
      await c.say('https://shop.example/don xem giúp');
      await c.sent();
      await c.answer('Dạ https://shop.example/ đây ạ');
      await c.at('.bub:not(.me) a').waitFor();
      await c.at('header button').first().click();
      await c.accessible('the menu');
      await c.at('[role=menuitem]').first().click();
      await c.accessible('a question');
      await c.page.keyboard.press('Escape');
      await c.at('input[type=file]').setInputFiles([{ name: 'a.txt', mimeType: 'text/plain', buffer: Buffer.alloc(0) }]);
      await c.page.setViewportSize({ width: 390, height: 844 });
      await c.accessible('a sheet');
      const dark = await c.at('.panel').evaluate((e) => getComputedStyle(e).backgroundColor);
      assert.equal(dark === 'rgb(22, 24, 27)', colorScheme === 'dark', dark);
      await c.page.keyboard.press('Escape');
      await c.answer('Còn đây nữa ạ');
      await c.at('.peek').waitFor();
      await c.accessible('an answer beside the button');
      await c.end();
    });

// What old libraries and careless style sheets do to pages.
const spoilt = `
  Array.prototype.toJSON = () => 'broken';
  String.prototype.toJSON = () => '"broken"';
  for (const m of ['map', 'filter', 'forEach', 'reduce', 'find', 'some', 'every', 'includes', 'indexOf', 'concat', 'flat'])
    Array.prototype[m] = function () { throw new Error('the page broke ' + m); };
  Array.from = () => [];
  Object.prototype.extend = function () { return this; };
  Function.prototype.bind = function () { return () => { throw new Error('bind'); }; };
  Element.prototype.remove = Element.prototype.append = Element.prototype.prepend = Element.prototype.replaceChildren = function () { throw new Error('dom'); };
  JSON.stringify = () => 'broken';
  window.Promise.all = undefined;
  window.deskd = 'mine';
  addEventListener('keydown', (e) => { if (e.target.localName !== 'input') e.preventDefault(); });
  setInterval(() => document.documentElement.classList.toggle('tick'), 100);
`;
const ugly = `
  *, *::before, *::after { all: revert !important; color: red !important; font: 90px fantasy !important;
    display: inline !important; visibility: visible; pointer-events: none; }
  html { font-size: 3px; } body { transform: rotate(3deg); filter: blur(0); overflow: hidden; }
  body > div { display: none !important; opacity: 0 !important; position: static !important; }
  #cover { position: fixed !important; inset: 0; z-index: 2147483647; display: block !important; background: #fff; pointer-events: auto; }
`;

test('a page that does its worst', async () => {
  const url = shop.page('/spoilt', {
    csp: null,
    head: `<style>${ugly}</style><script>${spoilt}</script>`,
    body: '<h1>Cửa hàng</h1><p id="cover">quảng cáo</p>',
  });
  const c = await Customer.come(browser, url);
  await c.open(); // clicked: nothing of the page's lies above it
  const text = unique('loi-');
  await c.text.pressSequentially(text);
  await c.page.keyboard.press('Enter');
  await c.sent();
  await c.answer('Dạ được ạ');
  await c.bubble('Dạ được ạ').waitFor();
  assert.deepEqual(await c.kept(), [text, 'Dạ được ạ']);
  const look = await c.bubble(text).evaluate((e) => {
    const { fontSize, color } = getComputedStyle(e);
    return { fontSize, color };
  });
  assert.deepEqual(look, { fontSize: '15px', color: 'rgb(255, 255, 255)' });
  const box = await c.at('.panel').boundingBox();
  assert.ok(box.x + box.width <= 1366 && box.y + box.height <= 768 && box.width === 376, JSON.stringify(box));
  await c.end();
});

test('a page that empties itself keeps its chat', async () => {
  const c = await Customer.come(browser, shop.page('/empty', { csp: null }));
  await c.open();
  await c.page.evaluate(() => {
    document.body = document.createElement('body');
  });
  await c.at('.panel').waitFor();
  await c.say('còn đây không');
  await c.sent();
  await c.end();
});

test('colours, side and words are the page\'s', async () => {
  const tag = 'data-color="#ffdd00" data-position="left" data-greeting="Chào bạn" data-lang="en" data-gap="10"';
  const c = await Customer.come(browser, shop.page('/mine', { tag }));
  await c.open();
  assert.equal(await c.bubble('Chào bạn').count(), 1);
  assert.equal(await c.text.getAttribute('aria-label'), 'Write a message');
  assert.equal((await c.at('.panel').boundingBox()).x, 10);
  const look = await c.at('.send').evaluate((e) => {
    e.classList.remove('off');
    const { color, backgroundColor } = getComputedStyle(e);
    return [color, backgroundColor];
  });
  assert.deepEqual(look, ['rgb(0, 0, 0)', 'rgb(242, 210, 0)']);
  await c.end();
});

test('one file, compressed below 30 KiB, for any page to load', async () => {
  const { status, headers } = await get('/widget.js', { headers: { 'Accept-Encoding': 'br' } });
  assert.equal(status, 200);
  assert.equal(headers['content-encoding'], 'br');
  assert.ok(Number(headers['content-length']) < 30 * 1024, headers['content-length']);
  assert.equal(headers['access-control-allow-origin'], '*');
  assert.equal(headers['cross-origin-resource-policy'], 'cross-origin');
});
