// Customers' experience: a score with what it carries, and the way from it to the
// answers and their cases.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { change, desk, event, login, service, sql, unique, until, using } from '../e2e/lib/desk.mjs';
import { answered } from './lib/answers.mjs';
import { Browser } from './lib/browser.mjs';
import { held, on } from './lib/cases.mjs';
import { comings, seen } from './lib/comings.mjs';
import { themed, unthemed } from './lib/themes.mjs';

let browser, ticket, segment;
before(async () => {
  ({ ticket } = await using(service, (wire) =>
    wire.ask('EVENT.ADD', event({ to: 'sales@shop.example', subject: unique('Giao trễ ') }))));
  segment = await answered({ ticket, days: 6 });
  browser = await Browser.open();
});
after(async () => {
  await change("DELETE FROM desk.touchpoint WHERE name = 'giao-hang'");
  await unthemed();
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
    await nps.getByText('n = 30 · tỉ lệ trả lời 100% của 30, 2 thư không tới').waitFor();
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

    const week = await until('weeks are measured', async () =>
      (await sql('SELECT week::text FROM desk.cx_run_mark WHERE week IS NOT NULL'))[0]?.week);
    await change(
      `INSERT INTO desk.cx_run (every, began, what, name, measure, n, score, low, high)
       SELECT 'week', k.week - 7 * b, 'touchpoint', 'giao-hang', 'nps', 400, 40 - 30 * b, 35 - 30 * b,
         45 - 30 * b FROM desk.cx_run_mark k, generate_series(0, 1) b ON CONFLICT DO NOTHING`);
    const runs = card(page, 'Đo định kỳ');
    await runs.getByRole('button', { name: 'Tuần' }).click();
    await runs.getByRole('columnheader', { name: `${week.slice(8)}/${week.slice(5, 7)}` }).waitFor();
    await runs.getByRole('row', { name: /giao-hang.* \+10 .*\+40.*tăng/ }).waitFor();

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

test('a face in the row and on the message; its words, corrected and undone', () =>
  on(browser, { base: desk.http }, async (p, page) => {
    await p.login('sup');
    const { theme, tickets: [one] } = await themed();
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
    const letGo = await held(page);
    await row.waitFor({ state: 'detached' });
    await page.getByRole('button', { name: 'Hoàn tác' }).click();
    await letGo();
    await row.getByRole('img', { name: 'Cảm xúc: Bực' }).waitFor();
    // All of the menu is there for the mouse, too: nothing of it is cut off.
    await face.click();
    await page.getByRole('menuitemcheckbox', { name: `Nói về: Giao trễ ${theme}`, checked: true })
      .click();
    await page.getByText(`Đã bỏ khỏi “Giao trễ ${theme}”.`).waitFor();
    await face.click();
    await page.getByRole('menuitemcheckbox', { name: `Nói về: Giao trễ ${theme}`, checked: false })
      .waitFor();
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
    await page.getByRole('button', { name: 'Hoàn tác' }).waitFor();
    const letGo = await held(page);
    await words.getByText('lần 4').waitFor({ state: 'detached' });
    await page.getByRole('link', { name: new RegExp(`Giao trễ ${theme} n = 3`) }).waitFor();
    await page.getByRole('button', { name: 'Hoàn tác' }).click();
    await letGo();
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
    // Ten order every 20 days, ten for long no more.
    await churn.getByRole('row', { name: new RegExp(`^${back} 10 10 `) }).waitFor();
    await churn.getByLabel('Nhóm', { exact: true }).selectOption(back);
    await page.waitForURL(/segment=/);
    await churn.getByRole('row', { name: /Khách \d+ lâu không mua 210 ngày trước/ }).nth(9).waitFor();
    const forecast = card(page, 'Dự báo số hồ sơ');
    await forecast.getByRole('img', { name: /tuần qua và 14 ngày tới/ }).waitFor();
    await forecast.getByText(/Thử với 28 ngày qua: lệch/).waitFor();
    await forecast.getByText('Xem bảng').click();
    assert.equal(await forecast.getByRole('row').count(), 22);
    await card(page, 'Mời quay lại').waitFor();
    await card(page, 'Thư chăm sóc').waitFor();
  }));

test('what the company says in two ways is told, and put right', () =>
  on(browser, { base: desk.http }, async (p, page) => {
    await p.login('sup');
    await page.goto(`${p.base}/d/statements`);
    const about = unique('Giao hàng ');
    const dialog = page.getByRole('dialog');
    for (const value of ['5', '7']) {
      await page.getByRole('button', { name: 'Thêm điều đã nói' }).click();
      await dialog.getByLabel('Nói về điều gì').fill(about);
      await dialog.getByLabel('Giá trị').fill(value);
      await dialog.getByRole('button', { name: 'Lưu' }).click();
      await dialog.waitFor({ state: 'detached' });
    }
    const against = card(page, 'Nói khác nhau');
    await against.getByText(about).waitFor();
    await against.getByText('7 ngày (1 nơi)').first().waitFor();
    await page.getByLabel('Tìm theo điều được nói').fill(about);
    await page.keyboard.press('Enter');
    // (All that was ever said may stand there still.)
    await card(page, 'Sổ điều đã nói').locator('.line').filter({ hasText: about }).first()
      .getByRole('button', { name: 'Thôi nói' }).click();
    await against.getByText(about).waitFor({ state: 'detached' });
  }));

test('who corrects a statement leaves alone what another changed meanwhile', () =>
  on(browser, { base: desk.http }, async (p, page) => {
    await p.login('sup');
    const about = unique('Đổi trả ');
    await using(() => login('sup'), async (wire) => {
      const { statement } = await wire.ask('STATEMENT.ADD', about, 'website', 'VALUE', '7', 'UNIT', 'days');
      await page.goto(`${p.base}/d/statements`);
      await page.getByLabel('Tìm theo điều được nói').fill(about);
      await page.keyboard.press('Enter');
      await card(page, 'Sổ điều đã nói').locator('.line').filter({ hasText: about })
        .getByRole('button', { name: 'Sửa' }).click();
      const dialog = page.getByRole('dialog');
      await dialog.getByLabel('Giá trị').fill('5');
      await wire.ask('STATEMENT.SET', statement, 'WORDS', 'Đổi trong bảy ngày');
      await dialog.getByRole('button', { name: 'Lưu' }).click();
      await dialog.waitFor({ state: 'detached' });
      const { value, unit, words } = await wire.ask('STATEMENT.GET', statement);
      assert.deepEqual({ value, unit, words },
        { value: '5', unit: 'days', words: 'Đổi trong bảy ngày' });
    });
  }));

test('two departments of one title are two', (t) =>
  on(browser, { base: desk.http }, async (p, page) => {
    const title = (to) => change(`UPDATE desk.queue SET title = :'v1' WHERE name = 'technical'`, to);
    const [{ title: own }] = await sql(`SELECT title FROM desk.queue WHERE name = 'technical'`);
    t.after(() => title(own));
    await using(service, (wire) =>
      wire.ask('EVENT.ADD', event({ to: 'technical@shop.example', subject: unique('Máy hỏng ') })));
    await title('Bán hàng');
    await p.login('sup');
    await page.goto(`${p.base}/d/overview`);
    const service_ = page.getByRole('region', { name: 'Mức dịch vụ' });
    await service_.getByRole('row', { name: /^Bán hàng/ }).nth(1).waitFor();
  }));

// On a telephone, where the tabs scroll.
test('each page says when nobody answers, and goes on when somebody does', () =>
  on(browser, { base: desk.http, lang: 'en-GB', width: 390, height: 844, allow: /status of 503/ },
    async (p, page) => {
      await p.login('sup');
      let away = true;
      await page.route(/\/api\/v1\/(cx|feedback|journey|themes|segments|promises|improvements|retention|followups|forecast|statements|factors|actions)\b/, (r) =>
        away && r.request().method() === 'GET' ? r.fulfill({
          status: 503, contentType: 'application/problem+json',
          body: JSON.stringify({ title: 'Service Unavailable', status: 503, code: 'TRYAGAIN', detail: 'Away.' }),
        }) : r.fallback());
      const tabs = page.getByRole('navigation', { name: 'Pages of customer experience' });
      const alerts = page.getByRole('main').getByRole('alert');
      await page.goto(`${p.base}/d/cx`);
      await tabs.getByRole('link').first().waitFor();
      const places = await tabs.getByRole('link').evaluateAll((all) => all.map((a) => a.getAttribute('href')));
      assert.ok(places.length > 8);
      for (const place of places) {
        away = true;
        await page.goto(`${p.base}${place}`);
        await alerts.first().waitFor();
        const here = await tabs.locator('[aria-current]').boundingBox();
        assert.ok(here.x >= 0 && here.x + here.width <= 390, `${place}: its tab is seen`);
        away = false;
        await until(`${place} has what it asks for`, async () => {
          // They may be gone before a pointer has come to them.
          await alerts.getByRole('button').evaluateAll((all) => all.forEach((b) => b.click()));
          return (await alerts.count()) === 0;
        });
      }
    }));
