// The wallboard: what it says when the desk is away, how it wakes up, alone on
// its screen; who is there; and the way to it on a telephone.
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { after, before, test } from 'node:test';
import { withAgents } from '../e2e/lib/agents.mjs';
import { desk, event, login, service, sql, unique, until, using } from '../e2e/lib/desk.mjs';
import { Browser } from './lib/browser.mjs';
import { on } from './lib/cases.mjs';
import { Daemon } from './lib/daemon.mjs';

let browser;
before(async () => { browser = await Browser.open(); });
after(() => browser.end());

const button = (page, name) => page.getByRole('button', { name, exact: true });
const told = (page) => page.getByText(/^Mất kết nối\. Số liệu dừng lúc \d\d:\d\d\.$/).first();
const card = (page, queue) => page.getByRole('region', { name: queue, exact: true });
const waits = async (page, queue) => Number(await card(page, queue).locator('b').first().innerText());

test('the desk goes away and comes back: the board says so, and wakes by itself', async () => {
  const daemon = await Daemon.make();
  try {
    await daemon.start();
    await on(browser, { base: daemon.http, allow: /ERR_|status of 503/ }, async (p, page) => {
      await p.login('sup');
      await page.goto(`${p.base}/d/board`);
      await card(page, 'Bán hàng').waitFor();
      const before = await waits(page, 'Bán hàng');
      const place = await card(page, 'Bán hàng').boundingBox();
      await daemon.kill();
      await told(page).waitFor();
      await p.accessible('a board that is cut off');
      // Nothing moved, and what was shown is there still.
      assert.deepEqual(await card(page, 'Bán hàng').boundingBox(), place);
      assert.equal(await waits(page, 'Bán hàng'), before);
      // Meanwhile another daemon of the desk takes a case in.
      await using(service, (wire) =>
        wire.ask('EVENT.ADD', event({ to: 'sales@shop.example', subject: unique('Hỏi giá ') })));
      await daemon.start();
      await told(page).waitFor({ state: 'detached' });
      await until('the board has the new case', async () =>
        (await waits(page, 'Bán hàng')) > before);
      assert.deepEqual(await card(page, 'Bán hàng').boundingBox(), place);
    });
  } finally {
    await daemon.end();
  }
});

test('F gives the board its screen alone, in letters as large as that; F takes it back', () =>
  on(browser, { width: 3840, height: 2160, theme: 'dark', lang: 'en-GB' }, async (p, page) => {
    await p.login('sup');
    await page.goto(`${p.base}/d/board`);
    await card(page, 'Bán hàng').waitFor();
    const rail = page.getByRole('navigation', { name: 'Navigation' });
    const letters = () =>
      page.evaluate(() => parseFloat(getComputedStyle(document.documentElement).fontSize));
    await rail.waitFor();
    const small = await letters();
    await page.keyboard.press('f');
    await button(page, 'Leave full screen').waitFor();
    await rail.waitFor({ state: 'detached' });
    await until('the letters grew', async () => (await letters()) > 1.5 * small);
    await p.fits('the wall');
    await p.accessible('the wall');
    // A television that is switched off and on stands where it stood.
    await page.reload();
    await card(page, 'Bán hàng').waitFor();
    assert.equal(await rail.count(), 0);
    await page.keyboard.press('f');
    await button(page, 'Full screen').waitFor();
    await rail.waitFor();
  }));

test('somebody’s sheet: his cases, and his state as a supervisor sets it', () =>
  withAgents(['agent'], desk.password, async (name) => {
    const [{ id }] = await sql(
      `SELECT t.id FROM desk.ticket t WHERE t.id = :v1`,
      await using(service, async (wire) => {
        const { ticket } = await wire.ask('EVENT.ADD', event({ to: 'sales@shop.example' }));
        await wire.ask('TICKET.ASSIGN', ticket, name);
        return ticket;
      }));
    const reason = unique('Đi lấy hàng ');
    const state = async () => {
      const { agents } = await using(() => login('sup'), (wire) => wire.ask('AGENT.LIST'));
      return agents.find((a) => a.name === name);
    };
    await on(browser, {}, async (p, page) => {
      await p.login('sup');
      await page.goto(`${p.base}/d/board`);
      await page.getByRole('button', { name: /^Hiện \d+ người ngoại tuyến$/ }).click();
      await page.getByRole('button', { name: new RegExp(name) }).click();
      const sheet = page.getByRole('dialog', { name: `Chị ${name}` });
      const link = sheet.locator(`a[href="/d/cases/${id}"]`);
      await link.waitFor();
      await p.accessible('a sheet');
      await sheet.getByLabel('Trạng thái').selectOption('break');
      await sheet.getByLabel('Lý do').fill(reason);
      await button(sheet, 'Đổi trạng thái').click();
      await until('he is on a break, for that reason', async () => {
        const a = await state();
        return a.state === 'break' && a.reason === reason;
      });
      await sheet.getByText(reason).waitFor();
      await button(sheet, 'Trả về hàng đợi').click();
      await until('the case is nobody’s', async () =>
        (await sql('SELECT assignee FROM desk.ticket WHERE id = :v1', id))[0].assignee === null);
      await link.waitFor({ state: 'detached' });
      await sheet.getByLabel('Trạng thái').selectOption('offline');
      await button(sheet, 'Đổi trạng thái').click();
      await until('he is off', async () => (await state()).state === 'offline');
      await page.keyboard.press('Escape');
      await sheet.waitFor({ state: 'detached' });
    });
  }));

test('on a telephone the last tab has the way to board and settings', () =>
  on(browser, { width: 390, height: 844 }, async (p, page) => {
    await p.login('sup');
    const more = page.getByRole('button', { name: /^Thêm/ });
    await more.click();
    const menu = page.getByRole('menu');
    await menu.waitFor();
    await p.accessible('more');
    const box = await menu.boundingBox();
    assert.ok(box.x >= 0 && box.x + box.width <= 390, JSON.stringify(box));
    // By keys, as everything: past what stands before, down to the settings.
    const items = await menu.getByRole('menuitem').allTextContents();
    for (let i = items.findIndex((s) => s.trim() === 'Cài đặt'); i > 0; i--)
      await page.keyboard.press('ArrowDown');
    await page.keyboard.press('Enter');
    await page.waitForURL(/\/d\/settings$/);
    await page.getByRole('button', { name: 'Thêm: Cài đặt' }).click();
    await page.getByRole('menuitem', { name: 'Bảng theo dõi' }).click();
    await page.waitForURL(/\/d\/board$/);
    await card(page, 'Bán hàng').waitFor();
    await p.fits('the board');
  }));

test('reports: what is chosen stands in the address, is drawn, explained and saved', async () => {
  const subject = unique('Hỏi hàng ');
  await using(service, (wire) => wire.ask('EVENT.ADD', event({ to: 'sales@shop.example', subject })));
  await on(browser, { lang: 'en-GB', allow: /status of 400/ }, async (p, page) => {
    const rows = page.locator('tbody tr');
    const chosen = (rest) => page.waitForURL((url) => url.search === rest);
    await p.login('sup');
    await page.goto(`${p.base}/d/board`);
    await page.getByRole('link', { name: 'Reports', exact: true }).last().click();
    await rows.filter({ hasText: 'Bán hàng' }).waitFor();
    // Another column: what it is, and its bars.
    await button(page, 'Abandon rate').click();
    await page.getByText('Abandoned divided by waits.').first().waitFor();
    await chosen('?show=abandon_rate');
    await page.getByRole('link', { name: 'Cases', exact: true }).last().click();
    await button(page, 'Opened').waitFor();
    await page.getByLabel('A line for each').selectOption('hour');
    await chosen('?name=cases&by=hour');
    await page.getByRole('columnheader', { name: 'Hour', exact: true }).waitFor();
    await p.accessible('a report by hour');
    await p.fits('a report by hour');
    // A place that is loaded anew is what it was.
    await page.goto(`${p.base}/d/reports?name=cases&span=days&from=2026-01-05&to=2026-01-04`);
    await page.getByRole('alert').getByText('It ends before it begins.').waitFor();
    await page.getByLabel('To the end of').fill('2026-01-06');
    await page.getByRole('alert').waitFor({ state: 'detached' });
    await page.getByLabel('Span').selectOption('today');
    await rows.filter({ hasText: 'Bán hàng' }).waitFor();
    const [file] = await Promise.all([
      page.waitForEvent('download'), button(page, 'Download CSV').click()]);
    assert.match(file.suggestedFilename(), /^cases-queue-.*\.csv$/);
    const text = await readFile(await file.path(), 'utf8');
    assert.match(text, /^\ufeffqueue,opened,.*,backlog_age\r\n/);
    assert.match(text, /\r\nsales,\d+,/);
  });
  // To an agent it says whose it is, and asks the desk for nothing.
  await on(browser, { lang: 'en-GB' }, async (p, page) => {
    await p.login('an');
    await page.goto(`${p.base}/d/reports`);
    await page.getByRole('heading', { name: 'Reports are for supervisors and administrators.' }).waitFor();
  });
});
