// The customer of the open case: where there is room for him and where there
// is none, what is folded, what is written down by hand, and his own link.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { withAgents } from '../e2e/lib/agents.mjs';
import { change, event, phone, service, sql, unique, until, using } from '../e2e/lib/desk.mjs';
import { get } from '../e2e/lib/web.mjs';
import { Browser } from './lib/browser.mjs';
import { on, openCase } from './lib/cases.mjs';

const password = 'bốn từ dễ nhớ';
let browser, p, page;
before(async () => {
  browser = await Browser.open();
  // (400: what is wrong in a form is asked for.)
  p = await browser.page({
    allow: /status of 400/, permissions: ['clipboard-read', 'clipboard-write'],
  });
  page = p.page;
  await p.login('sup');
});
after(async () => {
  const { troubles } = p;
  await browser.end();
  assert.deepEqual(troubles, []);
});

// A customer with a name, a telephone and a case.
const called = () =>
  using(service, async (wire) => {
    const name = unique('Chị Hạnh ');
    const tel = phone();
    const made = await wire.ask('EVENT.ADD', event({ channel: 'store', subject: unique('Thiếu lõi lọc '),
      from: { kind: 'phone', address: tel, name } }));
    return { ...made, name, tel: `+84${tel.slice(1)}` };
  });
const pane = (page) => page.getByRole('complementary', { name: 'Khách hàng' });
const does = (where, name) => where.getByRole('button', { name, exact: true });

async function sized(width, height, work) {
  await page.setViewportSize({ width, height });
  try {
    await work();
  } finally {
    await page.setViewportSize({ width: 1366, height: 768 });
  }
}

test('without room he slides over: by button and key, and goes by Esc and Back', () =>
  sized(1024, 768, async () => {
    const { ticket, name } = await called();
    await openCase(p, ticket);
    const sheet = page.getByRole('dialog', { name: 'Khách hàng' });
    const opens = does(page, 'Khách hàng');
    await opens.press('Enter');
    await sheet.getByRole('heading', { name }).waitFor();
    await p.accessible('customer');
    await p.fits('customer');
    await page.keyboard.press('Escape');
    await sheet.waitFor({ state: 'detached' });
    assert.equal(await opens.evaluate((e) => e === document.activeElement), true);
    assert.equal(new URL(page.url()).pathname, `/d/cases/${ticket}`);
    await page.keyboard.press(']');
    await sheet.getByRole('heading', { name }).waitFor();
    // What is open in it goes before it does.
    await does(sheet, 'Ghi lại').click();
    await page.keyboard.press('Escape');
    await sheet.getByRole('combobox').first().waitFor({ state: 'detached' });
    assert.equal(await does(sheet, 'Ghi lại').evaluate((e) => e === document.activeElement), true);
    await page.goBack();
    await sheet.waitFor({ state: 'detached' });
    await page.getByRole('log').waitFor();
  }));

test('a telephone shows him in place of the case, and goes back to it', () =>
  sized(390, 844, async () => {
    const { ticket, name } = await called();
    await openCase(p, ticket);
    await does(page, 'Khách hàng').click();
    await pane(page).getByRole('heading', { name }).waitFor();
    assert.equal(await pane(page).evaluate((e) => e === document.activeElement), true);
    await p.accessible('customer on a telephone');
    await p.fits('customer on a telephone');
    await pane(page).getByRole('link', { name: 'Về hồ sơ' }).click();
    await page.getByRole('log').waitFor();
  }));

test('how far he has come, and where he is', async () => {
  const place = unique('quay-');
  await change(
    `INSERT INTO desk.touchpoint (place, name, stage, vi, en, kinds, channels, queues, statuses,
       keywords, ruled)
     VALUES (999, :'v1', 'support', 'Quầy bảo hành', 'Repair desk', '{}', '{store}', '{}', '{}',
       '{" thieu loi loc "}', true)`, place);
  try {
    const { ticket, customer } = await called();
    await until('it is a step', async () =>
      (await sql(`SELECT FROM desk.step s WHERE s.customer = :v1`, customer)).length);
    await openCase(p, ticket);
    await pane(page).getByRole('button', { name: /^Hành trình/ }).waitFor();
    const picture = pane(page).getByRole('img', { name: /Đang ở: Bảo hành, hỗ trợ/ });
    await picture.waitFor();
    assert.equal(await picture.locator('circle:not(.eye)').count(), 8);
    await pane(page).getByText('Quầy bảo hành').waitFor();
    await p.accessible('journey');
    await p.fits('journey');
  } finally {
    await change(`DELETE FROM desk.touchpoint WHERE name = :'v1'`, place);
  }
});

test('what is folded is remembered, and known to the other tab', () =>
  withAgents(['agent'], password, (login) =>
    on(browser, {}, async (p, page) => {
      const { ticket } = await called();
      await p.login(login, password);
      await openCase(p, ticket);
      const other = await p.context.newPage();
      await other.goto(page.url());
      const fold = (tab) => pane(tab).getByRole('button', { name: /^Đang mở/ });
      const is = (tab, want) => until(`unfolded: ${want}`, async () =>
        (await fold(tab).getAttribute('aria-expanded')) === want);
      await is(other, 'true');
      await fold(page).click();
      await is(page, 'false');
      await is(other, 'false');
      // The other tab keeps something else: nothing of this one's is lost.
      await Promise.all([
        other.waitForResponse((r) => r.url().endsWith('/me/prefs') && r.ok()),
        pane(other).getByRole('button', { name: /^Toàn bộ lịch sử/ }).click(),
      ]);
      await page.reload();
      await is(page, 'false');
      await pane(page).getByRole('button', { name: /^Toàn bộ lịch sử/, expanded: true }).waitFor();
    })));

test('his segment is set; what is wrong with it is said at the field', async () => {
  const { ticket, tel, customer } = await called();
  await openCase(p, ticket);
  const side = pane(page);
  assert.equal(await side.getByRole('link', { name: /^\+84/ }).getAttribute('href'), `tel:${tel}`);
  await does(side, 'Sửa tên, nhóm khách').click();
  const segment = side.getByRole('textbox', { name: 'Nhóm khách' });
  await segment.fill('thân thiết');
  await segment.press('Enter');
  await side.getByRole('alert').filter({ hasText: 'Chỉ dùng chữ không dấu' }).waitFor();
  assert.equal(await segment.getAttribute('aria-invalid'), 'true');
  await segment.fill('vip');
  await segment.press('Enter');
  // (Where the desk has segments of its own it says by whom this one was set.)
  await side.getByText(/^vip( · chọn tay)?$/).waitFor();
  await segment.waitFor({ state: 'detached' });
  assert.equal(await does(side, 'Sửa tên, nhóm khách').evaluate((e) => e === document.activeElement), true);
  const is = await using(service, (wire) => wire.ask('CUSTOMER.GET', customer));
  assert.equal(is.segment, 'vip');
});

test('who was made one is told by what one knows of him, and by whom in words', async () => {
  const { customer, name, ticket } = await called();
  const tel = phone();
  await using(service, async (wire) => {
    const other = await wire.ask('EVENT.ADD', event({
      channel: 'store', from: { kind: 'phone', address: tel },
    }));
    await wire.ask('CUSTOMER.MERGE', customer, other.customer);
  });
  await openCase(p, ticket);
  const told = pane(page).getByRole('region', { name: 'Đã gộp vào đây' });
  await told.getByText(`+84 ${tel.slice(1, 4)} ${tel.slice(4, 7)} ${tel.slice(7)}`).waitFor();
  await told.getByText(/^khoá /).waitFor();
  await page.goto(`${p.base}/d/settings/audit?what=customer.`);
  await page.getByRole('link', { name: `gộp khách ${name}` }).first().click();
  await page.getByRole('heading', { name }).waitFor();
});

test('a meeting is written down by hand, and is a case of its own', async () => {
  const { ticket, customer } = await called();
  await openCase(p, ticket);
  const side = pane(page);
  await does(side, 'Ghi lại').click();
  await p.accessible('a meeting');
  await side.getByRole('combobox', { name: 'Ở đâu, bằng cách nào' }).selectOption('meeting');
  const text = side.getByRole('textbox', { name: 'Nội dung' });
  await does(side, 'Ghi').click();
  await side.getByRole('alert').waitFor();
  assert.equal(await text.getAttribute('aria-invalid'), 'true');
  const words = unique('hẹn gửi bù lõi lọc ');
  await text.fill(words);
  await does(side, 'Ghi').click();
  await page.getByRole('button', { name: 'Mở Z' }).click();
  await page.getByRole('log').getByText(words).waitFor();
  const made = Number(new URL(page.url()).pathname.split('/')[3]);
  assert.notEqual(made, ticket);
  const { ticket: t } = await using(service, (wire) => wire.ask('TICKET.GET', made));
  assert.deepEqual([t.customer, t.assignee, t.channel], [customer, 'sup', 'store']);
});

test('that his mail comes back is said at the address, until one of us says that it is right', async () => {
  const address = `${unique('hanh.')}@example.com`;
  const { ticket } = await using(service, (wire) =>
    wire.ask('EVENT.ADD', event({ from: { kind: 'email', address } })));
  await change(
    `INSERT INTO desk.returned_address (address, at, status, said, heard)
     SELECT :'v1', now(), '5.1.1', '550 <b>No</b> such user', q.last_value FROM desk.event_id q`,
    address);
  await openCase(p, ticket);
  const warning = pane(page).getByText('Thư gửi tới đây bị trả lại ngày');
  await warning.waitFor();
  assert.equal(await warning.getAttribute('title'), '550 <b>No</b> such user');
  await p.accessible('a returned address', { within: '#customer' });
  await does(pane(page), 'Địa chỉ vẫn đúng').press('Enter');
  await page.getByText(`Đã ghi: ${address} vẫn đúng.`).waitFor();
  await warning.waitFor({ state: 'detached' });
  // (The focus does not go with the button.)
  await does(pane(page), `Chép ${address}`).and(page.locator(':focus')).waitFor();
  const rows = await sql(
    `SELECT at FROM desk.returned_address WHERE address = :'v1' AND at IS NOT NULL`, address);
  assert.deepEqual(rows, []);
});

test('the link that is copied opens his page, until all are ended', async () => {
  const { ticket } = await called();
  await openCase(p, ticket);
  const side = pane(page);
  await does(side, 'Liên kết').click();
  await side.getByText('Ghi chú nội bộ không hiện').waitFor();
  await p.accessible('the link');
  await page.keyboard.press('Enter');
  await page.getByText(/^Đã chép liên kết cho \+84/).waitFor();
  const url = await page.evaluate(() => navigator.clipboard.readText());
  const path = /\/case\/[\w-]+$/.exec(url)?.[0];
  assert.ok(path, url);
  assert.equal((await get(path)).status, 200);
  await does(side, 'Liên kết').click();
  await does(side, 'Thu hồi mọi liên kết').click();
  await page.getByText('Đã thu hồi 1 liên kết.').waitFor();
  assert.equal((await get(path)).status, 404);
});
