// Searching as one types, the palette, the map of keys, a case by hand.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { event, phone, service, unique, until, using } from '../e2e/lib/desk.mjs';
import { Browser } from './lib/browser.mjs';

let browser, p, page;
const word = unique('lõi');
let ticket;
// The index has it, a moment after the commit.
const indexed = (wire, wanted) =>
  until(`${wanted} is in the index`, async () =>
    (await wire.ask('SEARCH', wanted)).tickets.length > 0);
before(async () => {
  browser = await Browser.open();
  await using(service, async (wire) => {
    ({ ticket } = await wire.ask('EVENT.ADD', event({
      to: 'sales@shop.example', subject: `Thiếu ${word} lọc`,
      from: { kind: 'email', address: `${unique()}@example.com`, name: `Trần ${word}` },
    })));
    await indexed(wire, word);
  });
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
  const hit = page.getByRole('group', { name: 'Hồ sơ' }).getByRole('option').first();
  await hit.locator('mark').first().waitFor();
  assert.equal(await hit.locator('mark').first().innerText(), word);
  await p.accessible('search');
  await input.press('ArrowDown'); // past the customer, who is called so too
  await input.press('Enter');
  await page.waitForURL(new RegExp(`/d/cases/${ticket}\\?`));
  // It is kept for the next time.
  await page.goto(`${p.base}/d/search`);
  await page.getByRole('link', { name: bare }).waitFor();
});

test('customers above cases: by number, by address, by name; all by keys', async () => {
  const local = phone().slice(1);
  const mail = `${unique()}@example.com`;
  const named = unique('Hạnhe');
  const wire = await service();
  const call = await wire.ask('EVENT.ADD', event({
    to: 'sales@shop.example', text: 'Hỏi giá lõi lọc.',
    from: { kind: 'phone', address: `+84${local}`, name: `Lê ${named}` },
  }));
  await wire.ask('TICKET.RESOLVE', call.ticket);
  await wire.ask('EVENT.ADD', event({
    to: 'sales@shop.example', subject: `Nhờ ${named} kiểm tra`,
    from: { kind: 'email', address: mail, name: 'Phạm Thị Vân' },
  }));
  await indexed(wire, named);
  wire.end();

  await page.goto(`${p.base}/d/search`);
  const input = page.getByRole('combobox', { name: 'Tìm' });
  const customers = page.getByRole('group', { name: 'Khách hàng' });
  // However a number is typed: never as that of a case.
  for (const typed of [
    `0${local}`, `0${local.slice(0, 3)} ${local.slice(3, 6)} ${local.slice(6)}`,
    `+84 ${local}`, `0${local.slice(0, 3)}.${local.slice(3)}`,
  ]) {
    await input.fill(typed);
    await customers.getByRole('option').filter({ hasText: named }).waitFor();
    assert.equal(await page.getByText('Mở hồ sơ #').count(), 0);
    await input.fill('');
    await customers.waitFor({ state: 'detached' });
  }
  await input.fill(mail.toUpperCase());
  await customers.getByRole('option').filter({ hasText: 'Phạm Thị Vân' }).waitFor();
  // By a part of the name, without marks: she, and the case that names her.
  await input.fill(named.replace('ạ', 'a'));
  await customers.getByRole('option').filter({ hasText: `Lê ${named}` }).waitFor();
  const hit = page.getByRole('group', { name: 'Hồ sơ' }).getByRole('option').first();
  await hit.filter({ hasText: `Nhờ ${named}` }).waitFor();
  await p.accessible('customers found');
  const chosen = page.getByRole('option', { selected: true });
  await input.press('ArrowDown');
  await chosen.filter({ hasText: `Nhờ ${named}` }).waitFor();
  await input.press('ArrowUp');
  await chosen.filter({ hasText: `Lê ${named}` }).waitFor();
  await input.press('Enter');
  await page.waitForURL(/\/d\/customers\/\d+$/);
  // She has no open case, and is shown all the same.
  await page.getByRole('heading', { name: `Lê ${named}` }).waitFor();
  await page.getByRole('link', { name: new RegExp(`#${call.number}`) }).waitFor();
  await p.accessible('a customer by herself');
  await page.keyboard.press('Escape');
  await page.waitForURL(/\/d\/search/);
  await page.keyboard.press('Control+k');
  await page.getByRole('combobox', { name: /Lệnh, hồ sơ/ }).fill(`0${local}`);
  await page.getByRole('dialog').getByRole('option').filter({ hasText: `Lê ${named}` }).click();
  await page.waitForURL(/\/d\/customers\/\d+$/);
  await page.getByRole('heading', { name: `Lê ${named}` }).waitFor();
});

test('nothing found is said, with what to try', async () => {
  await page.goto(`${p.base}/d/search?q=${unique('khongco')}`);
  await page.getByText('Không tìm thấy khách hay hồ sơ nào.').waitFor();
  await page.getByText(/cả số điện thoại hay địa chỉ thư/).waitFor();
});

test('a number alone is offered as a case, and nothing is said to be missing', async () => {
  await page.goto(`${p.base}/d/search?q=98989898`);
  await page.getByText('Mở hồ sơ #98989898').waitFor();
  await page.getByText('Đây có thể là số của một hồ sơ.').waitFor();
  assert.equal(await page.getByText('Không tìm thấy').count(), 0);
});

test('who has no name is shown once, by his number', async () => {
  const local = phone();
  await using(service, (wire) => wire.ask('EVENT.ADD', event({
    to: 'sales@shop.example', text: 'Gọi lại giúp tôi.',
    from: { kind: 'phone', address: `+84${local.slice(1)}` },
  })));
  await page.goto(`${p.base}/d/search?q=${local}`);
  const him = page.getByRole('group', { name: 'Khách hàng' }).getByRole('option').first();
  await him.waitFor();
  const said = (await him.innerText()).replace(/\D/g, '');
  assert.equal(said, `84${local.slice(1)}`);
  await him.locator('.av svg').waitFor();
});

test('what could not be searched is asked again by itself', async () => {
  const other = await browser.page({ allow: /503/ });
  await other.login('an');
  const away = (route) => route.fulfill({
    status: 503, contentType: 'application/problem+json',
    body: JSON.stringify({ title: 'Service Unavailable', status: 503, code: 'TRYAGAIN', detail: 'Away.' }),
  });
  await other.page.route('**/api/v1/search?*', away);
  await other.page.goto(`${other.base}/d/search?q=${encodeURIComponent(word)}`);
  await other.page.getByText(/Máy chủ đang bận/).waitFor();
  await other.page.getByRole('button', { name: 'Thử lại' }).waitFor();
  await other.page.unroute('**/api/v1/search?*', away);
  await other.page.getByRole('group', { name: 'Hồ sơ' }).getByRole('option').first().waitFor();
  await other.end();
});

test('Enter before the answer is about what was typed, not what still stands there', async () => {
  const words = [unique('truoc'), unique('sau')];
  await using(service, async (wire) => {
    for (const w of words)
      await wire.ask('EVENT.ADD', event({
        to: 'sales@shop.example', subject: `Hỏi ${w}`,
        from: { kind: 'email', address: `${unique()}@example.com`, name: `Lê ${w}` },
      }));
    for (const w of words) await indexed(wire, w);
  });
  // The first is found; Enter comes while the answer about the second is on its way.
  const enter = async (input, found) => {
    await input.fill(words[0]);
    await page.getByRole('option').filter({ hasText: `${found} ${words[0]}` }).first().waitFor();
    let come;
    const held = new Promise((go) => { come = go; });
    const second = (url) => url.searchParams.get('query') === words[1];
    await page.route(second, async (r) => {
      await held;
      await r.continue();
    });
    const asked = page.waitForRequest((r) => second(new URL(r.url())));
    await input.fill(words[1]);
    await input.press('Enter');
    await asked;
    come();
    return () => page.unroute(second);
  };
  await page.goto(`${p.base}/d/search`);
  const one = await enter(page.getByRole('combobox', { name: 'Tìm' }), 'Lê');
  await page.waitForURL(/\/d\/customers\/\d+$/);
  await page.getByRole('heading', { name: `Lê ${words[1]}` }).waitFor();
  await one();

  await page.keyboard.press('Control+k');
  const two = await enter(page.getByRole('combobox', { name: /Lệnh, hồ sơ/ }), 'Hỏi');
  await page.waitForURL(/\/d\/cases\/\d+/);
  await page.getByRole('heading', { level: 1, name: `Hỏi ${words[1]}` }).waitFor();
  await two();

  await page.goto(`${p.base}/d/cases?view=all`);
  await p.live();
  await page.keyboard.press('c');
  const dialog = page.getByRole('dialog');
  const three = await enter(page.getByRole('combobox', { name: 'Khách hàng' }), 'Lê');
  await dialog.getByText(`Lê ${words[1]}`).waitFor();
  await dialog.getByRole('button', { name: 'Chọn khách khác' }).waitFor();
  await three();
  await page.keyboard.press('Escape');
  await dialog.waitFor({ state: 'detached' });
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
  const map = page.getByRole('heading', { name: 'Bản đồ phím' });
  await map.waitFor();
  await p.accessible('keys');
  await page.keyboard.press('Escape');
  await map.waitFor({ state: 'detached' });
  await p.chord('g', 'w');
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
  // (What is said of it goes by time.)
  await Promise.all([
    page.getByText(/Đã tạo hồ sơ #/).waitFor(),
    page.waitForURL(/\/d\/cases\/\d+/),
    page.getByRole('button', { name: 'Tạo', exact: true }).click(),
  ]);
});
