// The journey as people see it: figures of the page are those of the operations,
// pictures come as files that stand by themselves, touchpoints are validated, and
// an event is put where it belongs.
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { after, before, test } from 'node:test';
import { desk, login, until, using } from '../e2e/lib/desk.mjs';
import { Browser } from './lib/browser.mjs';
import { on } from './lib/cases.mjs';
import { walked } from './lib/walked.mjs';

let browser, way;
before(async () => {
  way = await walked();
  browser = await Browser.open();
});
after(async () => {
  await browser?.end();
  await way?.end();
});

const sup = () => login('sup');
const card = (page, name) => page.getByRole('region', { name, exact: true });
// By the keyboard: the menu of a picture's files.
async function file(page, name, kind) {
  const button = card(page, name).getByRole('button', { name: `Tải về: ${name}` });
  await button.focus();
  await page.keyboard.press('Enter');
  await page.getByRole('menuitem', { name: kind }).focus();
  const [saved] = await Promise.all([
    page.waitForEvent('download'), page.keyboard.press('Enter')]);
  return { name: saved.suggestedFilename(), text: await readFile(await saved.path(), 'utf8') };
}

test('the page says what the operations do, and gives it as files', () =>
  on(browser, { base: desk.http }, async (p, page) => {
    await p.login('sup');
    await page.goto(`${p.base}/d/journey?segment=${way.segment}`);
    await card(page, 'Bản đồ').waitFor();
    const [map, handoffs] = await using(sup, (wire) => Promise.all([
      wire.ask('JOURNEY.MAP', 'segment', way.segment),
      wire.ask('JOURNEY.HANDOFFS', 'segment', way.segment)]));
    assert.deepEqual(map.stages.map((s) => s.reached), [0, 0, 0, 6, 4, 0, 2, 0]);

    const { segments } = await using(sup, (wire) => wire.ask('SEGMENT.LIST'));
    const offered = await page.getByRole('combobox', { name: 'Nhóm khách' }).getByRole('option')
      .evaluateAll((all) => all.map((o) => o.value));
    assert.deepEqual(offered.sort(), ['', way.segment, ...segments.map((s) => s.segment)]
      .filter((s, i, all) => all.indexOf(s) === i).sort());

    const funnel = card(page, 'Phễu');
    await funnel.getByText('Xem bảng').click();
    for (const s of map.stages)
      await funnel.getByRole('row', { name: `${s.vi} ${s.reached} ${s.left} ${s.stuck}`, exact: true })
        .waitFor();
    // Two were upset: too few to say so of all who come.
    await card(page, 'Bản đồ').getByText('Xem bảng').click();
    await card(page, 'Bản đồ').getByRole('row', { name: /Bảo hành, hỗ trợ 2 0 .*−1,00/ }).waitFor();

    assert.deepEqual(handoffs.links.map((l) => [l.from, l.to, l.n, l.cases, l.back]),
      [['sales', 'shipping', 2, 1, 1], ['shipping', 'sales', 1, 1, 1]]);
    const handed = card(page, 'Chuyển bộ phận');
    await handed.getByText('3 lần, 2 lần rồi quay lại nơi cũ').waitFor();
    await handed.getByText('Bán hàng ⇄ Giao hàng: 3 lần, 2 lần quay lại.').waitFor();

    for (const [name, words] of [
      ['Bản đồ', ['4. Tham khảo', 'Điểm <hoi-']], ['Phễu', ['5. Mua']],
      ['Đi từ bước nào tới bước nào', ['Tham khảo', 'Bảo hành, hỗ trợ']],
      ['Điểm chạm theo kênh', ['Cuộc gọi']], ['Chuyển bộ phận', ['Giao hàng']]]) {
      const svg = await file(page, name, 'Hình (SVG)');
      const read = await page.evaluate((text) => {
        const d = new DOMParser().parseFromString(text, 'image/svg+xml');
        return {
          wrong: d.querySelectorAll('parsererror').length,
          root: d.documentElement.tagName,
          words: [...d.querySelectorAll('text')].map((t) => t.textContent),
        };
      }, svg.text);
      assert.deepEqual([read.wrong, read.root], [0, 'svg'], name);
      for (const w of words)
        assert.ok(read.words.some((t) => t.startsWith(w)), `${name}: ${w} of ${read.words}`);
      assert.doesNotMatch(svg.text, /var\(|href|<script/);
    }
    const json = await file(page, 'Chuyển bộ phận', 'Dữ liệu (JSON)');
    assert.deepEqual([json.name, JSON.parse(json.text)], ['journey-handoffs.json', handoffs]);
    await p.accessible('journey');
  }));

test('a touchpoint is validated, a customer\'s event put where it belongs', () =>
  on(browser, { base: desk.http }, async (p, page) => {
    await p.login('sup');
    await page.goto(`${p.base}/d/journey?segment=${way.segment}`);
    const row = card(page, 'Điểm chạm').getByRole('row', { name: new RegExp(way.names[1]) });
    await row.getByText('Chưa ai xác nhận').waitFor();
    await row.getByRole('button').click();
    await page.keyboard.type('Đi cùng hai chuyến giao');
    await page.getByRole('button', { name: 'Ghi', exact: true }).click();
    await row.getByTitle('Đi cùng hai chuyến giao').waitFor();

    // One who asked, and came no further; he is found without the segment, too.
    const silent = way.customers.at(-1);
    await page.goto(`${p.base}/d/customers/${silent}`);
    const life = card(page, 'Hành trình').filter({ has: page.getByText('Xem bảng') });
    await life.getByText('Xem bảng').click();
    await life.getByRole('combobox').selectOption(way.names[2]);
    await using(sup, (wire) => until('the step is put there', async () =>
      (await wire.ask('JOURNEY.OF', silent)).now.touchpoint === way.names[2]));
    await life.getByText('bằng tay').waitFor();
    await p.accessible('a customer and his way');
  }));
