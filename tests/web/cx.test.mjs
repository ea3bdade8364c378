// Customers' experience: a score with what it carries, and the way from it to the
// answers and their cases.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { change, desk, event, login, service, sql, unique, until, using } from '../e2e/lib/desk.mjs';
import { answered } from './lib/answers.mjs';
import { Browser } from './lib/browser.mjs';
import { on } from './lib/cases.mjs';

let browser, ticket, segment;
before(async () => {
  ({ ticket } = await using(service, (wire) =>
    wire.ask('EVENT.ADD', event({ to: 'sales@shop.example', subject: unique('Giao trễ ') }))));
  segment = await answered({ ticket, days: 6 });
  browser = await Browser.open();
});
after(async () => {
  await change("DELETE FROM desk.touchpoint WHERE name = 'giao-hang'");
  await browser?.end();
});

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

test('what falls short and what troubles customers lead to an improvement and to cases', () =>
  on(browser, { base: desk.http }, async (p, page) => {
    // Nothing fits this touchpoint: it is only what the answers name.
    await change(
      `INSERT INTO desk.touchpoint (name, place, stage, vi, en, measure, target, kinds, channels,
         queues, statuses, keywords, ruled)
       VALUES ('giao-hang', 999, 'use', 'Giao hàng tận nơi', 'Delivery', 'nps', 95, '{}', '{}', '{}',
         '{}', '{}', false)
       ON CONFLICT DO NOTHING`);
    await using(() => login('an'), (wire) =>
      wire.ask('TICKET.TRANSFER', ticket, 'warehouse', 'NOTE', 'Hỏi kho'));
    await until('the hand-over is counted', async () =>
      (await sql(`SELECT f.ticket FROM desk.case_friction f, unnest(f.lines) l
        WHERE f.ticket = :'v1' AND l.by = 'queue' AND l.transfers = 1`, ticket)).length);
    await p.login('sup');
    await page.goto(`${p.base}/d/improve?by=queue`);
    const weak = card(page, 'Điểm chạm yếu nhất').getByRole('row', { name: /Giao hàng tận nơi/ });
    await weak.getByRole('button', { name: /^NPS / }).click();
    await page.getByRole('dialog').getByText('Ý kiến 1').first().waitFor();
    await page.keyboard.press('Escape');

    await card(page, 'Phiền hà của khách').getByRole('row', { name: /Bán hàng/ })
      .getByTitle(/hồ sơ, từ/).nth(1).getByRole('button').click();
    await page.waitForURL(/what=transfers&name=sales/);
    await page.getByRole('dialog').locator(`a[href="/d/cases/${ticket}"]`).waitFor();
    await page.keyboard.press('Escape');
    await page.waitForURL(/improve\?by=queue$/);

    await weak.getByRole('button', { name: 'Cải thiện' }).click();
    const what = unique('Gọi trước khi giao ');
    await page.getByLabel('Làm gì').fill(what);
    assert.equal(await page.getByLabel('Mục tiêu', { exact: true }).inputValue(), '95');
    await page.getByRole('button', { name: 'Lưu' }).click();
    const mine = card(page, 'Cải thiện').getByRole('listitem').filter({ hasText: what });
    await mine.getByText('Giao hàng tận nơi · NPS · mục tiêu +95').waitFor();
    await mine.getByRole('button', { name: 'Bỏ' }).click();
    await page.getByLabel('Vì sao bỏ?').fill('Đã làm cách khác');
    await page.getByRole('dialog').getByRole('button', { name: 'Bỏ' }).click();
    await mine.waitFor({ state: 'detached' });
    await card(page, 'Cải thiện').getByRole('button', { name: 'Đã bỏ' }).click();
    await mine.getByText('Đã làm cách khác').waitFor();
  }));
