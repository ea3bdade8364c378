// A day's work by the keyboard alone, from the login to the settings: nothing
// here touches the mouse.  Wherever the focus goes it is seen, and it is never
// lost when a dialog or a menu closes.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { admin, desk, login, sql, unique, until, using } from '../e2e/lib/desk.mjs';
import { Browser } from './lib/browser.mjs';
import { on } from './lib/cases.mjs';
import { Team } from './lib/team.mjs';

const TABS = 90; // more than any page has
let browser, team;
before(async () => {
  team = await Team.make({
    lan: { display: 'Trần Thị Lan', role: 'admin' },
    my: { display: 'Đỗ Thị Mỹ' },
  });
  browser = await Browser.open();
});
after(async () => {
  await browser?.end();
  await team?.end();
});

// What has the focus, and whether one sees that: by its own outline, or by that
// of the frame around what one types into, or by the row that the list is at.
const focus = (page) =>
  page.evaluate(() => {
    const e = document.activeElement;
    const shows = (x) => {
      const s = getComputedStyle(x);
      return (s.outlineStyle !== 'none' && parseFloat(s.outlineWidth) > 0) || s.boxShadow !== 'none';
    };
    const at = document.getElementById(e.getAttribute('aria-activedescendant') ?? '');
    return {
      body: e === document.body,
      what: e.outerHTML.slice(0, 160),
      seen: shows(e) || (at !== null && shows(at)) ||
        (e.matches('textarea,input') && e.parentElement !== null &&
          (shows(e.parentElement) || shows(e.parentElement.closest('.frame,label') ?? e))),
    };
  });

async function held(page, what) {
  const { body, seen, what: e } = await focus(page);
  assert.equal(body, false, `${what}: nothing has the focus`);
  assert.ok(seen, `${what}: the focus is not seen on ${e}`);
}

const has = (locator) => locator.evaluate((e) => e === document.activeElement, null, { timeout: 10000 })
  .catch(() => false);

// On by Tab (or back) until this has the focus.
async function tabTo(page, locator, key = 'Tab') {
  await locator.waitFor();
  for (let i = 0; i < TABS; i++) {
    if (await has(locator)) return held(page, String(locator));
    await page.keyboard.press(key);
    const { body, seen, what } = await focus(page);
    // Past the last thing of a page one comes to its beginning by the browser.
    if (!body) assert.ok(seen, `the focus is not seen on ${what}`);
  }
  return assert.fail(`no way by ${key} to ${locator}`);
}

// Holds the page for so many milliseconds: what is pressed meanwhile is handled
// before anything is drawn.
const busy = (ms) => {
  for (const end = performance.now() + ms; performance.now() < end; );
};

const dialog = (page) => page.getByRole('dialog');
async function closed(page, what) {
  await dialog(page).waitFor({ state: 'detached' });
  await held(page, what);
}
const button = (page, name) => page.getByRole('button', { name });
const ticketOf = (id) =>
  using(admin, async (wire) => (await wire.ask('TICKET.GET', id)).ticket);
const enter = async (p, name) => {
  const { page } = p;
  await p.open();
  await until('the name is asked for', () => has(page.locator('#user')));
  await page.keyboard.type(name);
  await tabTo(page, page.locator('#pass'));
  await page.keyboard.type(desk.password);
  await page.keyboard.press('Enter');
  await p.live();
};

test('from the login to an answer, a hand-over and the next case', () =>
  on(browser, {}, async (p, page) => {
    const one = await team.write({ subject: 'Nồi cơm báo lỗi E4', text: 'Nồi báo lỗi E4 ạ' });
    const two = await team.write({ subject: 'Đổi địa chỉ nhận hàng', text: 'Đổi sang Huế nhé' });
    await enter(p, team.logins.lan);
    // To the queue by the rail, to the list by Tab, to the case by arrows.
    await tabTo(page, page.getByRole('link', { name: new RegExp(team.title) }));
    await page.keyboard.press('Enter');
    await page.waitForURL(new RegExp(`queue=${team.queue}`));
    const list = page.getByRole('listbox', { name: 'Hồ sơ, hạn gần nhất trước' });
    const row = (c) => list.locator(`#t${c.ticket}`);
    await row(one).waitFor();
    await row(two).waitFor();
    await tabTo(page, list);
    const at = () => list.getAttribute('aria-activedescendant');
    await held(page, 'the list');
    await until('the first row', async () => (await at()) === `t${one.ticket}`);
    await held(page, 'a row');
    await page.keyboard.press('Enter');
    await page.waitForURL(new RegExp(`/d/cases/${one.ticket}\\b`));
    const log = page.getByRole('log');
    await log.getByText('Nồi báo lỗi E4 ạ').waitFor();

    // (What is said goes by time.)
    await Promise.all([
      page.getByText(/Đã nhận hồ sơ\.|Bạn đã nhận/).first().waitFor(), page.keyboard.press('m'),
    ]);
    await page.keyboard.press('r');
    const text = page.locator('#composer textarea');
    await until('the composer has the focus', () => has(text));
    await held(page, 'the composer');
    const said = unique('Dạ chị, em gửi nồi mới ');
    await page.keyboard.type(said);
    await page.keyboard.press('Control+Enter');
    await log.getByText(said).waitFor();
    await until('the answer is kept', async () => (await sql(
      `SELECT id FROM desk.event WHERE ticket = :v1 AND text = :'v2'`, one.ticket, said)).length);

    // A note that names a colleague, chosen by keys.
    await page.keyboard.press('Escape');
    await page.keyboard.press('n');
    await until('the note has the focus', () => has(text));
    await page.keyboard.type('Nhờ @my');
    await page.getByRole('option', { name: /Đỗ Thị Mỹ/ }).waitFor();
    await page.keyboard.press('Enter');
    await until('the name stands there', async () =>
      (await text.inputValue()) === `Nhờ @${team.logins.my} `);
    await page.keyboard.type('xem giúp kho');
    await page.keyboard.press('Control+Enter');
    await log.getByText('xem giúp kho').waitFor();

    // Handed over, with a word.
    await page.keyboard.press('Escape');
    await tabTo(page, button(page, 'Chuyển người khác, bộ phận khác'));
    await page.keyboard.press('Enter');
    const to = dialog(page).getByLabel('Chuyển cho');
    await until('the choice has the focus', () => has(to));
    await page.keyboard.press('Escape');
    await closed(page, 'after Esc');
    assert.ok(await has(button(page, 'Chuyển người khác, bộ phận khác')), 'back where it was opened');
    await page.keyboard.press('Enter');
    await until('the choice has the focus', () => has(to));
    // In one breath, with no frame of the screen between the two.
    await Promise.all([
      page.evaluate(busy, 300), page.keyboard.press('Escape'), page.keyboard.press('Enter'),
    ]);
    await until('the choice has the focus again', () => has(to));
    await until('she is chosen', async () => {
      if ((await to.inputValue()) === `agent:${team.logins.my}`) return true;
      await page.keyboard.press('ArrowDown');
      return false;
    });
    await tabTo(page, dialog(page).getByLabel('Người nhận cần biết gì'));
    await page.keyboard.type('Khách cần trước thứ Bảy');
    await Promise.all([
      page.getByText(/Đã chuyển #\d+ cho Đỗ Thị Mỹ/).waitFor(), page.keyboard.press('Control+Enter'),
    ]);
    await closed(page, 'after it was handed over');
    await until('it is hers', async () => (await ticketOf(one.ticket)).assignee === team.logins.my);

    // The next one is due first now: put off, and taken back.
    await page.keyboard.press('u');
    await p.chord('g', 'g');
    await until('the next row', async () => (await at()) === `t${two.ticket}`);
    await page.keyboard.press('Enter');
    await page.waitForURL(new RegExp(`/d/cases/${two.ticket}\\b`));
    await log.getByText('Đổi sang Huế nhé').waitFor();
    await tabTo(page, button(page, 'Nhắc lại sau'));
    await page.keyboard.press('Enter');
    const hour = dialog(page).getByRole('button', { name: /^Sau 1 giờ/ });
    await until('the first choice has the focus', () => has(hour));
    // What is pressed in a dialog does nothing behind it.
    await page.keyboard.press('e');
    // (What is said of it goes by time: what came of it is looked at afterwards.)
    await Promise.all([page.getByText(/sẽ được nhắc lại/).waitFor(), page.keyboard.press('Enter')]);
    await page.keyboard.press('z');
    await until('it has waited', async () => (await sql(
      `SELECT 1 FROM desk.event WHERE ticket = :v1 AND kind = 'state' AND meta->>'to' = 'pending'`,
      two.ticket)).length);
    await until('it is open', async () => (await ticketOf(two.ticket)).state === 'open');
    await p.accessible('by the keyboard');
  }));

test('search, the palette, the map of keys, one\'s own state', () =>
  on(browser, {}, async (p, page) => {
    const word = unique('lõi');
    const c = await team.write({ subject: `Thiếu ${word} lọc` });
    await using(() => login(team.logins.my), (wire) =>
      wire.ask('AGENT.STATE', team.logins.my, 'away'));
    await enter(p, team.logins.my);
    await page.getByRole('option').first().waitFor();
    await page.keyboard.press('j');
    await held(page, 'the list');

    await page.keyboard.press('?');
    await page.getByRole('heading', { name: 'Bản đồ phím' }).waitFor();
    await page.keyboard.press('Tab');
    await held(page, 'the map of keys');
    await page.keyboard.press('Escape');
    await closed(page, 'after the map of keys');

    await page.keyboard.press('Control+k');
    const ask = page.getByRole('combobox', { name: /Lệnh, hồ sơ/ });
    await until('the palette has the focus', () => has(ask));
    await page.keyboard.press('Escape');
    await closed(page, 'after the palette');
    await page.keyboard.press('Control+k');
    await until('the palette has the focus', () => has(ask));
    await page.keyboard.type('tai khoan');
    await page.getByRole('option', { name: /Tài khoản của tôi/ }).waitFor();
    await page.keyboard.press('Enter');
    await page.waitForURL(/\/d\/me$/);

    await page.keyboard.press('/');
    const find = page.getByRole('combobox', { name: 'Tìm' });
    await until('the search has the focus', () => has(find));
    await page.keyboard.type(word.replace('õ', 'o'));
    await page.getByRole('option').filter({ hasText: word }).waitFor();
    await page.keyboard.press('Enter');
    await page.waitForURL(new RegExp(`/d/cases/${c.ticket}\\?`));
    await page.getByRole('log').waitFor();

    const mine = button(page, /^Trạng thái của tôi/);
    await tabTo(page, mine, 'Shift+Tab');
    await page.keyboard.press('Enter');
    await page.getByRole('menu').waitFor();
    await held(page, 'my menu');
    await page.keyboard.press('Escape');
    await page.getByRole('menu').waitFor({ state: 'detached' });
    assert.ok(await has(mine), 'the menu gave the focus back');
    await page.keyboard.press('Enter');
    const training = page.getByRole('menuitemradio', { name: 'Đào tạo' });
    await training.waitFor();
    for (let i = 0; i < 9 && !(await has(training)); i++) await page.keyboard.press('ArrowDown');
    await page.keyboard.press('Enter');
    await button(page, /^Trạng thái của tôi: Đào tạo/).waitFor();
    await held(page, 'after my state');
    await until('the desk has it', async () => {
      const { agents } = await using(admin, (wire) => wire.ask('AGENT.LIST'));
      return agents.find((a) => a.name === team.logins.my).state === 'training';
    });

    // One answers first: the menu of a case, and its priority.
    await page.keyboard.press('p');
    await page.getByRole('menu').waitFor();
    await held(page, 'the priorities');
    await page.keyboard.press('Home');
    await page.keyboard.press('Enter');
    await until('it is urgent', async () => (await ticketOf(c.ticket)).priority === 90);
    await held(page, 'after the priority');
  }));

test('a setting, changed and applied', () =>
  on(browser, {}, async (p, page) => {
    await enter(p, team.logins.lan);
    await tabTo(page, page.getByRole('link', { name: 'Cài đặt' }));
    await page.keyboard.press('Enter');
    await page.waitForURL(/\/d\/settings/);
    await tabTo(page, page.getByRole('link', { name: new RegExp(team.queue) }));
    await page.keyboard.press('Enter');
    await page.waitForURL(new RegExp(`/d/settings/queues/${team.queue}`));
    const title = page.getByLabel('Tên hiển thị', { exact: true });
    await tabTo(page, title);
    await page.keyboard.press('Control+a');
    const name = unique('Khách hàng thân thiết ');
    await page.keyboard.type(name);
    const review = button(page, 'Xem thay đổi');
    await tabTo(page, review);
    await page.keyboard.press('Enter');
    await dialog(page).getByText(name).first().waitFor();
    await page.keyboard.press('Escape');
    await closed(page, 'after the differences');
    assert.ok(await has(review), 'back where it was opened');
    await page.keyboard.press('Enter');
    await dialog(page).getByText(name).first().waitFor();
    await tabTo(page, dialog(page).getByRole('button', { name: 'Áp dụng' }));
    await Promise.all([page.getByText('Đã áp dụng.').waitFor(), page.keyboard.press('Enter')]);
    const { config } = await using(admin, (wire) => wire.ask('CONFIG.SHOW'));
    assert.equal(config.queues.find((q) => q.name === team.queue).title, name);
    await page.keyboard.press('Tab');
    await held(page, 'after it was applied');
  }));

// A row that is done with goes, a button that has done its work has no use any
// more, what failed stays: the focus never falls out of the page.
test('what is done with goes, and the focus comes to its neighbour', () =>
  on(browser, { allow: /ERR_FAILED/ }, async (p, page) => {
    const whats = ['Gọi lại ', 'Gửi lõi lọc ', 'Xin lỗi khách '].map((w) => unique(w));
    const about = [unique('giao-'), unique('tra-')];
    await using(() => login(team.logins.lan), async (wire) => {
      for (const what of whats) await wire.ask('ACTION.ADD', what);
      for (const a of about) await wire.ask('STATEMENT.ADD', a, 'website', 'value', '3');
    });
    await enter(p, team.logins.lan);
    await page.goto(`${p.base}/d/feedback?view=actions`);
    const row = (text) => page.locator('[data-row]').filter({ hasText: text });
    const inside = (locator) => locator.evaluate((e) => e.contains(document.activeElement));
    // The newest first: the middle one goes.
    const done = button(page, `Đã làm: ${whats[1]}`);
    await tabTo(page, done);
    await page.keyboard.press('Enter');
    await dialog(page).getByLabel('Đã làm gì').waitFor();
    await tabTo(page, dialog(page).getByRole('button', { name: 'Đã làm' }));
    await page.keyboard.press('Enter');
    await row(whats[1]).waitFor({ state: 'detached' });
    await held(page, 'after an action was done');
    assert.ok(await inside(row(whats[0])) || await inside(row(whats[2])), 'at its neighbour');

    // What is not kept leaves one where one was.
    await page.goto(`${p.base}/d/statements`);
    const change = button(page, `Sửa: ${about[0]}`);
    await tabTo(page, change);
    await page.keyboard.press('Enter');
    const save = dialog(page).getByRole('button', { name: 'Lưu' });
    await page.route('**/api/v1/statements/*', (r) => r.abort());
    await tabTo(page, save);
    await page.keyboard.press('Enter');
    await dialog(page).getByRole('alert').waitFor();
    assert.ok(await has(save), 'on the button that did not work');
    await page.unroute('**/api/v1/statements/*');
    await page.keyboard.press('Escape');
    await closed(page, 'after what was not kept');
    assert.ok(await has(change), 'back where it was opened');
    const end = (a) => button(page, `Thôi nói: ${a}`);
    await tabTo(page, end(about[0]));
    await page.keyboard.press('Enter');
    await end(about[0]).waitFor({ state: 'detached' });
    await held(page, 'after a statement that is said no more');

    // Past all that stands on every page, to what this one is about.
    for (const path of ['/d/board', '/d/settings/queues']) {
      await page.goto(p.base + path);
      await page.locator('main#list :is(h1, h2)').first().waitFor();
      await page.keyboard.press('Tab');
      assert.ok(await has(page.locator('a.skip')), `${path}: first of all`);
      await page.keyboard.press('Enter');
      await page.keyboard.press('Tab');
      assert.ok(await inside(page.locator('main#list')), `${path}: in the page`);
    }
  }));
