// What goes into the customers' chat widget besides words, and the page that
// is put away and fetched back: files by paste and drop, the browser's memory
// of pages, and how it looks while nobody is there.
import assert from 'node:assert/strict';
import { mkdir } from 'node:fs/promises';
import { after, before, test } from 'node:test';
import { admin, apply, desk, service, sql, unique, until, using } from '../e2e/lib/desk.mjs';
import { Browser } from './lib/browser.mjs';
import { Customer, Shop } from './lib/customer.mjs';

const shots = process.env.DESKD_SHOTS;
let browser;
let shop;
before(async () => {
  [browser, shop] = await Promise.all([Browser.open(), Shop.open()]);
});
after(async () => {
  await browser?.end();
  await shop?.end();
});

// As the browser gives what is pasted, or dropped there.
const give = (at, type, files) =>
  at.evaluate((e, [what, list]) => {
    const data = new DataTransfer();
    for (const [name, text] of list) data.items.add(new File([text], name, { type: 'text/plain' }));
    const how = { bubbles: true, composed: true, cancelable: true };
    const event = what === 'paste'
      ? new ClipboardEvent(what, { ...how, clipboardData: data })
      : new DragEvent(what, { ...how, dataTransfer: data });
    return e.dispatchEvent(event);
  }, [type, files]);

test('files pasted and dropped go with the next message, by name', async () => {
  const c = await Customer.come(browser, shop.page('/files'));
  await c.open();
  assert.equal(await give(c.text, 'paste', [['dán.txt', 'một']]), false, 'it is ours');
  await c.at('.chosen').filter({ hasText: 'Đã tải lên' }).waitFor();
  // What is dragged over the panel is told where to go, and the page never opens it.
  assert.equal(await give(c.at('.log'), 'dragover', [['thả.txt', 'hai']]), false);
  await c.at('.drop').waitFor();
  assert.equal(await give(c.at('.log'), 'drop', [['thả.txt', 'hai'], ['rỗng.txt', '']]), false);
  await c.at('.drop').waitFor({ state: 'hidden' });
  await c.at('.chosen.bad').filter({ hasText: 'Tệp trống' }).getByRole('button', { name: 'rỗng.txt' }).click();
  await until('both are there', async () =>
    (await c.at('.chosen').filter({ hasText: 'Đã tải lên' }).count()) === 2);
  // Each has its name for who does not see it.
  for (const name of ['dán.txt', 'thả.txt'])
    assert.equal(await c.at('.chosen').getByRole('button', { name }).count(), 1, name);
  // Pasted words stay words.
  assert.equal(await give(c.text, 'paste', []), true);
  await c.say('hai tệp đây');
  await c.sent();
  const { conversation } = await c.talk();
  const rows = await sql(
    `SELECT a.name, a.size FROM desk.attachment a JOIN desk.event e ON e.id = a.event
     JOIN desk.ticket t ON t.id = e.ticket WHERE t.conversation = :'v1'::uuid ORDER BY a.place`, conversation);
  assert.deepEqual(rows, [{ name: 'dán.txt', size: 5 }, { name: 'thả.txt', size: 3 }]);
  await c.end();
});

test('a page that was put away comes back with what was said meanwhile', async () => {
  const url = shop.page('/away');
  const c = await Customer.come(browser, url);
  await c.open();
  const [first, meanwhile, back] = [unique('truoc-'), unique('trong-'), unique('sau-')];
  await c.say(first);
  await c.sent();
  // Another tab of the same visitor shows what the desk has told.
  const tab = await Customer.come(browser, url, { context: c.context });
  await tab.open();
  await tab.bubble(first).waitFor();

  const put = (type) =>
    c.page.evaluate((t) => dispatchEvent(new PageTransitionEvent(t, { persisted: true })), type);
  const closed = c.page.waitForEvent('requestfailed', (r) => r.url().endsWith('/live'));
  await put('pagehide');
  await closed; // it holds no connection, so the browser may keep it
  await c.answer(meanwhile);
  await tab.bubble(meanwhile).waitFor();
  assert.equal(await c.bubble(meanwhile).count(), 0);
  await tab.say('từ trang kia');
  await tab.sent();

  await put('pageshow');
  await c.bubble(meanwhile).waitFor();
  await c.bubble('từ trang kia').waitFor();
  await c.say(back);
  await c.bubble(back).waitFor();
  await tab.bubble(back).waitFor();
  for (const at of [c, tab])
    for (const text of [first, meanwhile, back])
      assert.equal(await at.bubble(text).count(), 1, text);
  // The other tab may know of it before this one has its answer.
  await until('all of it is kept', async () => (await c.kept()).length === 4);
  assert.deepEqual(await c.kept(), [first, meanwhile, 'từ trang kia', back]);
  await tab.end();
  await c.end();
});

test('written by two tabs at once: all of it, each once', async () => {
  const url = shop.page('/twice');
  const one = await Customer.come(browser, url);
  await one.open();
  await one.say('bắt đầu');
  await one.sent();
  const two = await Customer.come(browser, url, { context: one.context });
  await two.open();
  const texts = { one: [], two: [] };
  await Promise.all([[one, 'one'], [two, 'two']].map(async ([c, who]) => {
    for (let i = 0; i < 4; i++) {
      texts[who].push(`${who}-${i}`);
      await c.say(`${who}-${i}`);
    }
  }));
  const all = [...texts.one, ...texts.two].sort();
  for (const c of [one, two])
    for (const text of all) await c.bubble(text).waitFor();
  const kept = await until('all of it is kept', async () => {
    const rows = await one.kept();
    return rows.length >= all.length + 1 && rows;
  });
  assert.deepEqual([...kept].sort(), ['bắt đầu', ...all].sort());
  // Each tab's own stand in the order in which he wrote them.
  for (const who of ['one', 'two'])
    assert.deepEqual(kept.filter((t) => t.startsWith(who)), texts[who]);
  for (const c of [one, two])
    for (const text of all) assert.equal(await c.bubble(text).count(), 1, text);
  await two.end();
  await one.end();
});

// The form in which a message is left, in both lights, languages and sizes.
test('closed: the form has nothing for axe-core, and fits', async () => {
  const { config } = await using(admin, (wire) => wire.ask('CONFIG.SHOW'));
  const name = unique('dong-');
  const day = ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat'][(new Date().getUTCDay() + 3) % 7];
  const hours = [...(config.hours ?? []), { name, week: [`${day} 10:00-11:00`] }];
  const open = (is) =>
    until(`open is ${is}`, async () => (await (await fetch(`${desk.http}/chat/v1/desk`)).json()).open === is);
  await using(admin, (wire) =>
    apply(wire, { ...config, hours, queues: config.queues.map((q) => ({ ...q, hours: name })) }));
  try {
    await open(false);
    if (shots) await mkdir(shots, { recursive: true });
    for (const [lang, colorScheme, width, height] of [
      ['vi', 'light', 1366, 768], ['en', 'dark', 1366, 768], ['vi', 'dark', 390, 844], ['en', 'light', 390, 844],
    ]) {
      const url = `${desk.http}/shop/${lang === 'en' ? 'en.html' : ''}`;
      const c = await Customer.come(browser, url,
        { colorScheme, locale: lang === 'vi' ? 'vi-VN' : 'en-GB', viewport: { width, height } });
      await c.at('.launcher').click();
      await c.at('.leave').waitFor();
      const form = c.page.getByRole('dialog');
      assert.equal(await form.getByRole('textbox').count(), 3, 'each has a name');
      for (const box of await form.getByRole('textbox').all())
        assert.notEqual(await box.evaluate((e) => e.labels[0]?.innerText ?? e.getAttribute('aria-label') ?? ''), '');
      await c.accessible(`closed, ${lang}, ${colorScheme}, ${width}`);
      const box = await form.boundingBox();
      assert.ok(box.x >= 0 && box.x + box.width <= width && box.y + box.height <= height, JSON.stringify(box));
      if (shots) await c.page.screenshot({ path: `${shots}/widget-closed-${width}-${colorScheme}-${lang}.png` });
      await c.end();
    }
  } finally {
    await using(admin, (wire) => apply(wire, config));
    await open(true);
  }
});

test('its parts have names and roles for who does not see them', async () => {
  const c = await Customer.come(browser, shop.page('/names'));
  const button = c.page.getByRole('button', { name: /^Chat/ });
  assert.equal(await button.getAttribute('aria-expanded'), 'false');
  await c.open();
  const panel = c.page.getByRole('dialog', { name: /./ });
  await panel.getByRole('textbox', { name: 'Viết tin nhắn' }).waitFor();
  assert.equal(await panel.getByRole('log').count(), 1, 'what is said is told as it comes');
  for (const b of await panel.getByRole('button').all())
    assert.notEqual((await b.getAttribute('aria-label')) ?? (await b.innerText()), '');
  await c.say('có ai không');
  await c.sent();
  await using(service, async (wire) => wire.ask('TICKET.REPLY', await c.ticket(), 'Dạ có ạ'));
  await panel.getByRole('log').getByText('Dạ có ạ').waitFor();
  await c.end();
});
