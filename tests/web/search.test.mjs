// Searching as one types, the palette, the map of keys, a case by hand.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { event, service, unique, using } from '../e2e/lib/desk.mjs';
import { Browser } from './lib/browser.mjs';

let browser, p, page;
const word = unique('lõi');
let ticket;
before(async () => {
  browser = await Browser.open();
  ({ ticket } = await using(service, (wire) => wire.ask('EVENT.ADD', event({
    to: 'sales@shop.example', subject: `Thiếu ${word} lọc`,
    from: { kind: 'email', address: `${unique()}@example.com`, name: `Trần ${word}` },
  }))));
  p = await browser.page();
  page = p.page;
  await p.login('an');
});
after(async () => {
  const { troubles } = p;
  await browser.end();
  assert.deepEqual(troubles, []);
});

const bare = word.replace('õ', 'o');

test('without diacritics, hits marked, opened by Enter', async () => {
  await page.keyboard.press('/');
  const input = page.getByRole('combobox', { name: 'Tìm' });
  await input.waitFor();
  await input.fill(bare);
  const hit = page.getByRole('option').filter({ hasText: word }).first();
  await hit.locator('mark').first().waitFor();
  assert.equal(await hit.locator('mark').first().innerText(), word);
  await p.accessible('search');
  await input.press('Enter');
  await page.waitForURL(new RegExp(`/d/cases/${ticket}\\?`));
  // It is kept for the next time.
  await page.goto(`${p.base}/d/search`);
  await page.getByRole('link', { name: bare }).waitFor();
});

test('the palette: commands without marks, cases, by keys alone', async () => {
  await page.goto(`${p.base}/d/cases`);
  await p.live();
  await page.keyboard.press('Control+k');
  const input = page.getByRole('combobox', { name: /Lệnh, hồ sơ/ });
  await input.fill('cho');
  await page.getByRole('option', { name: /Đang chờ/ }).waitFor();
  await p.accessible('palette');
  await input.fill(bare);
  await page.getByRole('option').filter({ hasText: word }).first().waitFor();
  await page.keyboard.press('Escape');
  await input.waitFor({ state: 'detached' });
  await page.keyboard.press('?');
  await page.getByRole('heading', { name: 'Bản đồ phím' }).waitFor();
  await p.accessible('keys');
  await page.keyboard.press('Escape');
  await page.keyboard.press('g');
  await page.keyboard.press('w');
  await page.waitForURL(/view=waiting/);
});

test('a case by hand, for a customer found without marks', async () => {
  await page.goto(`${p.base}/d/cases?view=all`);
  await p.live();
  await page.keyboard.press('c');
  await page.getByRole('combobox', { name: 'Khách hàng' }).fill(`tran ${bare}`);
  await page.getByRole('dialog').getByRole('option').filter({ hasText: word }).first().click();
  const subject = unique('Hẹn bảo hành ');
  await page.getByLabel('Tiêu đề').fill(subject);
  await p.accessible('new case');
  await page.getByRole('button', { name: 'Tạo', exact: true }).click();
  await page.waitForURL(/\/d\/cases\/\d+/);
  await page.getByText(/Đã tạo hồ sơ #/).waitFor();
});
