// Customers' experience: a score with what it carries, and the way from it to the
// answers and their cases.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { desk, event, service, unique, using } from '../e2e/lib/desk.mjs';
import { answered } from './lib/answers.mjs';
import { Browser } from './lib/browser.mjs';
import { on } from './lib/cases.mjs';
import { themed } from './lib/themes.mjs';

let browser, ticket, segment;
before(async () => {
  ({ ticket } = await using(service, (wire) =>
    wire.ask('EVENT.ADD', event({ to: 'sales@shop.example', subject: unique('Giao trễ ') }))));
  segment = await answered({ ticket, days: 6 });
  browser = await Browser.open();
});
after(() => browser?.end());

const card = (page, name) => page.getByRole('region', { name, exact: true });

test('a score says what it carries, and opens the answers and their cases', () =>
  on(browser, { base: desk.http }, async (p, page) => {
    await p.login('sup');
    await page.goto(`${p.base}/d/cx?segment=${segment}`);
    // 18 promote, 6 do neither, 6 detract: +40, from 30 answers.
    const nps = card(page, 'NPS');
    await nps.getByText('+40', { exact: true }).first().waitFor();
    await nps.getByText('từ +9 tới +66, tin cậy 95%').waitFor();
    await nps.getByText('n = 30').waitFor();
    await nps.getByRole('img', {
      name: 'chưa hài lòng 20%, trung lập 20%, ủng hộ 60%', exact: true,
    }).waitFor();
    await nps.getByText('Xem bảng').click();
    await nps.getByRole('table').waitFor();
    // Of nobody it says so, and of nobody before there is no change.
    await card(page, 'CSAT').getByText('Chưa có câu trả lời trong khoảng này.').waitFor();
    assert.equal(await page.getByText(/so với|Không đủ để nói/).count(), 0);

    await nps.getByRole('link', { name: 'chưa hài lòng 20%' }).click();
    const answers = card(page, 'Câu trả lời NPS');
    await answers.getByText('Ý kiến 1').first().waitFor({ state: 'detached' });
    await answers.getByText('Ý kiến 5').nth(5).waitFor();
    assert.equal(await answers.getByRole('listitem').count(), 6);
    await answers.getByRole('link').first().click();
    await page.waitForURL(new RegExp(`/d/cases/${ticket}`));
  }));

test('lines are compared, by what one chooses', () =>
  on(browser, { base: desk.http }, async (p, page) => {
    await p.login('sup');
    await page.goto(`${p.base}/d/cx?segment=${segment}&span=7`);
    const lines = card(page, 'So sánh');
    await lines.getByRole('row', { name: /Bán hàng \+40/ }).waitFor();
    await lines.getByLabel('Theo').selectOption('touchpoint');
    await lines.getByRole('row', { name: /giao-hang \+40/ }).waitFor();
    await page.waitForURL(/by=touchpoint/);
  }));

test('a face in the row and on the message; its words, corrected and undone', () =>
  on(browser, { base: desk.http }, async (p, page) => {
    await p.login('sup');
    const { tickets: [one] } = await themed();
    await page.goto(`${p.base}/d/cases/${one}?view=all&mood=bad`);
    const row = page.locator(`[data-ticket="${one}"]`);
    await row.getByRole('img', { name: 'Cảm xúc: Bực' }).waitFor();
    const face = page.getByRole('log').getByRole('button', { name: /^Cảm xúc của khách: Bực/ });
    await face.focus();
    await page.keyboard.press('Enter');
    assert.match(await page.locator('mark').first().textContent(), /^Thất vọng/);
    await page.keyboard.press('Escape');
    await page.locator('mark').first().waitFor({ state: 'detached' });
    await face.evaluate((f) => f === document.activeElement || Promise.reject(new Error('focus')));
    // Down from what is chosen to the next: calm.  The list hears of it, and of
    // the undo, by the feed.
    await page.keyboard.press('Enter');
    await page.getByRole('menu').waitFor();
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('Enter');
    await page.getByText('Đã sửa cảm xúc: Bình thường.').waitFor();
    await row.waitFor({ state: 'detached' });
    await page.getByRole('button', { name: 'Hoàn tác' }).click();
    await row.getByRole('img', { name: 'Cảm xúc: Bực' }).waitFor();
    await face.waitFor();
  }));

test('a theme that rises becomes one incident; what is not about it is taken out', () =>
  on(browser, { base: desk.http }, async (p, page) => {
    await p.login('sup');
    const { theme, tickets } = await themed();
    await page.goto(`${p.base}/d/themes?theme=${theme}`);
    const words = card(page, `Lời khách: Giao trễ ${theme}`);
    await words.getByRole('listitem').nth(3).waitFor();
    await words.getByText('lần 4').waitFor();
    await words.getByRole('button', { name: 'Không nói về điều này' }).first().click();
    await words.getByText('lần 4').waitFor({ state: 'detached' });
    await page.getByRole('link', { name: new RegExp(`Giao trễ ${theme} n = 3`) }).waitFor();
    await page.getByRole('button', { name: 'Hoàn tác' }).click();
    await words.getByText('lần 4').waitFor();
    const rise = page.getByRole('region', { name: `Giao trễ ${theme} đang tăng vọt` });
    await rise.getByRole('button', { name: 'Gộp thành một sự cố' }).click();
    await page.waitForURL(/\/d\/incidents\/\d+$/);
    await page.getByRole('heading', { level: 1, name: `Giao trễ ${theme}` }).waitFor();
    await page.locator(`a[href*="/d/cases/${tickets[0]}"]`).first().waitFor();
  }));

test('a segment says who is in it and why; agents see its size alone', () =>
  on(browser, { base: desk.http }, async (p, page) => {
    const { segment } = await themed();
    await p.login('sup');
    await page.goto(`${p.base}/d/segments?segment=${segment}`);
    const one = card(page, `Khách buồn ${segment}`);
    await one.getByText('Cảm xúc trong lời khách: bực ít nhất 1 lần trong 30 ngày').waitFor();
    await one.getByText(/^Cảm xúc trong lời khách: 1/).nth(3).waitFor();
    await one.getByRole('img', { name: /^Số khách 12 lần xem/ }).waitFor();
    await one.locator('li a').first().click();
    await page.waitForURL(/\/d\/customers\/\d+/);
    await page.getByText(`Khách buồn`).or(page.getByText(segment)).first().waitFor();
  }));
