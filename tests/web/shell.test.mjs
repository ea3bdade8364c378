// The frame of the client: to everybody, in every light, on small screens.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { event, service, unique, until, using } from '../e2e/lib/desk.mjs';
import { Browser } from './lib/browser.mjs';

let browser;
before(async () => {
  browser = await Browser.open();
  await using(service, async (wire) => {
    for (const to of ['sales', 'shipping'])
      await wire.ask('EVENT.ADD', event({
        to: `${to}@shop.example`,
        subject: `Đơn hàng ${unique('rất-dài-')} `.repeat(8),
      }));
  });
});
after(() => browser.end());

for (const [lang, theme, width, height] of [
  ['vi-VN', 'light', 1366, 768], ['en-GB', 'dark', 1366, 768],
  ['vi-VN', 'dark', 390, 844], ['en-GB', 'light', 390, 844],
  ['vi-VN', 'light', 1024, 768], ['vi-VN', 'light', 320, 640],
])
  test(`nothing for axe-core, nothing too wide: ${lang}, ${theme}, ${width}`, async () => {
    const p = await browser.page({ lang, theme, width, height });
    await p.login('sup');
    await p.page.getByRole('option').first().waitFor();
    await p.accessible('list');
    await p.fits('list');
    if (width < 761) {
      await p.page.goto(`${p.base}/d/queues`);
      await p.page.getByRole('heading', { name: /Hàng đợi|Queues/ }).waitFor();
      await p.accessible('queues');
      await p.fits('queues');
    } else if (width > 1180) {
      await p.page.getByRole('button', { name: /^(Trạng thái của tôi|My state)/ }).click();
      await p.page.getByRole('menu').waitFor();
      await p.accessible('my menu');
      await p.page.keyboard.press('Escape');
      await p.page.getByRole('button', { name: /^(Lọc|Filter)$/ }).click();
      await p.page.getByRole('dialog').waitFor();
      await p.accessible('filters');
    }
    await p.end();
  });

test('likings are kept on the server; a filter gets a name', async () => {
  const p = await browser.page();
  const { page } = p;
  await p.login('dung');
  const compact = () => page.evaluate(() => document.documentElement.dataset.density);
  const like = async (name) => {
    await page.getByRole('button', { name: /^Trạng thái của tôi/ }).click();
    await Promise.all([
      page.waitForResponse((r) => r.url().endsWith('/me/prefs') && r.ok()),
      page.getByRole('menuitemradio', { name }).click(),
    ]);
    await page.keyboard.press('Escape');
  };
  await like('Gọn');
  assert.equal(await compact(), 'compact');
  await page.goto(`${p.base}/d/cases?view=all&channel=mail&state=open`);
  await p.live();
  assert.equal(await compact(), 'compact');
  const name = unique('Thư đang mở ');
  await page.getByRole('button', { name: 'Lưu bộ lọc' }).click();
  await page.getByRole('combobox', { name: 'Tên của bộ lọc' }).fill(name);
  await Promise.all([
    page.waitForResponse((r) => r.url().endsWith('/me/prefs') && r.ok()),
    page.keyboard.press('Enter'),
  ]);
  await page.getByRole('link', { name }).waitFor();
  await page.reload();
  await p.live();
  await page.getByRole('link', { name }).and(page.locator('[aria-current=page]')).waitFor();
  await page.getByRole('button', { name: `Bộ lọc ${name}` }).click();
  await page.getByRole('menuitem', { name: 'Xoá' }).click();
  await page.getByRole('link', { name }).waitFor({ state: 'detached' });
  await like('Thoáng');
  await p.end();
});

test('the title counts; [ folds the rail, and it stays so', async () => {
  const p = await browser.page();
  const { page } = p;
  await p.login('sup');
  await until('the title counts', async () =>
    /^\([\d.]+\) Sắp tới hạn · deskd$/.test(await page.title()));
  const rail = page.getByRole('navigation', { name: 'Điều hướng' });
  const wide = async () => (await rail.boundingBox()).width;
  assert.ok((await wide()) > 150);
  await page.keyboard.press('[');
  await until('it is folded', async () => (await wide()) < 60);
  await page.reload();
  await p.live();
  assert.ok((await wide()) < 60);
  await p.accessible('folded');
  await p.end();
});

test('a telephone shows one pane at a time, and Back works', async () => {
  const p = await browser.page({ width: 390, height: 844 });
  const { page } = p;
  await p.login('sup');
  await page.getByRole('option').first().click();
  await page.waitForURL(/\/d\/cases\/\d+/);
  await page.getByRole('listbox').waitFor({ state: 'hidden' });
  await page.goBack();
  await page.getByRole('listbox').waitFor();
  await p.end();
});

test('where there is nothing, that is said, with a way on', async () => {
  const p = await browser.page({ allow: /400/ });
  const { page } = p;
  await p.login('sup');
  for (const path of ['nonsense', 'cases/99999999999999999999', 'cases/abc', 'customers/abc']) {
    await page.goto(`${p.base}/d/${path}`);
    await page.getByRole('heading', { name: 'Không có trang này' }).waitFor();
    assert.equal(await page.getByRole('listbox').count(), 0, path);
  }
  await p.accessible('nowhere');
  await page.getByRole('main').getByRole('link', { name: 'Hồ sơ' }).click();
  await page.getByRole('option').first().waitFor();
  await page.goto(`${p.base}/d/cases?queue=khong-co`);
  await page.getByText(/Không có danh sách này/).waitFor();
  assert.equal(await page.getByText('There is no').count(), 0);
  await p.end();
});

test('a part that does not load says so, and the page is loaded again', async () => {
  const p = await browser.page({ allow: /ERR_FAILED|dynamically imported module|preload/i });
  const { page } = p;
  await p.login('sup');
  await page.getByRole('option').first().waitFor();
  await page.route('**/assets/**', (r) => r.abort());
  await page.getByRole('link', { name: 'Bảng theo dõi' }).click();
  const said = page.getByRole('alert').filter({ hasText: 'Phần này của trang chưa tải được.' });
  await said.waitFor();
  await p.accessible('a part that is not there');
  await page.keyboard.press('?');
  await page.getByRole('dialog', { name: 'Phần này của trang chưa tải được.' }).waitFor();
  await page.keyboard.press('Escape');
  await page.unroute('**/assets/**');
  await said.getByRole('button', { name: 'Tải lại trang' }).click();
  await page.getByRole('heading', { name: 'Bảng theo dõi' }).first().waitFor();
  assert.equal(await said.count(), 0);
  await p.end();
});

test('a page of which nothing loads is not blank', async () => {
  const p = await browser.page({ allow: /ERR_FAILED|dynamically imported module|preload/i });
  const { page } = p;
  // All but what its own address names.
  const first = (await (await fetch(p.base + '/')).text()).match(/src="([^"]*\.js)"/)[1];
  const cut = (r) => (/\.js$/.test(r.request().url()) && !r.request().url().endsWith(first) ? r.abort() : r.fallback());
  await page.route('**/assets/**', cut);
  await p.open();
  await page.getByRole('heading', { name: 'Phần này của trang chưa tải được.' }).waitFor();
  await page.unroute('**/assets/**');
  await page.getByRole('button', { name: 'Tải lại trang' }).click();
  await page.locator('#user').waitFor();
  await p.end();
});
