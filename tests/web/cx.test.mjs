// Customers' experience: a score with what it carries, and the way from it to the
// answers and their cases.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { desk, event, service, unique, until, using } from '../e2e/lib/desk.mjs';
import { answered } from './lib/answers.mjs';
import { Browser } from './lib/browser.mjs';
import { on } from './lib/cases.mjs';
import { comings, seen } from './lib/comings.mjs';

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

test('who came back is told with n and interval, and how last week was foretold', () =>
  on(browser, { base: desk.http }, async (p, page) => {
    const back = await comings();
    await until('they were looked at', async () => (await seen(back)) === 20);
    await p.login('sup');
    await page.goto(`${p.base}/d/retention`);
    const summary = card(page, 'Mua lại trong 90 ngày sau hồ sơ');
    await summary.getByLabel('Theo').selectOption('segment');
    // Ten of twenty ordered again; each for 250,000 four times in 90 days.
    await summary.getByRole('row', { name: new RegExp(`${back} 50% \\(30–70\\).* 20 `) }).waitFor();
    const churn = card(page, 'Sắp mất');
    await churn.getByLabel('Lý do').selectOption('gap');
    await churn.getByRole('row', { name: /Khách \d+ lâu không mua 210 ngày trước · thường trong 40 ngày/ })
      .first().waitFor();
    const forecast = card(page, 'Dự báo số hồ sơ');
    await forecast.getByRole('img', { name: /tuần qua và 14 ngày tới/ }).waitFor();
    await forecast.getByText(/Thử với 28 ngày qua: lệch/).waitFor();
    await forecast.getByText('Xem bảng').click();
    assert.equal(await forecast.getByRole('row').count(), 22);
    await card(page, 'Mời quay lại').waitFor();
    await card(page, 'Thư chăm sóc').waitFor();
  }));
