// The guided first start, on a desk that nobody has configured: by somebody who
// has the code and a keyboard.
import assert from 'node:assert/strict';
import { mkdir, readFile } from 'node:fs/promises';
import { after, before, test } from 'node:test';
import { deskctl } from '../e2e/lib/desk.mjs';
import { Browser } from './lib/browser.mjs';
import { freshDesk } from './lib/fresh.mjs';

const password = 'mật khẩu của tôi';
// Pictures to look at; not kept.
const shots = process.env.DESKD_SHOTS;
let browser;
let fresh;

before(async () => {
  [browser, fresh] = await Promise.all([Browser.open(), freshDesk(9)]);
});

after(async () => {
  await browser?.end();
  await fresh?.end();
});

// As it is, in the other theme, and on a telephone.
async function looked(p, page, what) {
  const heading = page.getByRole('heading', { level: 1 });
  for (const [theme, width, height] of [['light', 1366, 768], ['dark', 390, 844]]) {
    await page.emulateMedia({ colorScheme: theme });
    await page.setViewportSize({ width, height });
    await heading.waitFor();
    await p.accessible(`${what}, ${theme}, ${width}`);
    await p.fits(`${what}, ${width}`);
    if (shots) {
      await mkdir(shots, { recursive: true });
      await page.screenshot({ path: `${shots}/${what}-${width}-${theme}.png`, fullPage: false });
    }
  }
  await page.emulateMedia({ colorScheme: 'light' });
  await page.setViewportSize({ width: 1366, height: 768 });
}

const at = (page, heading) => page.getByRole('heading', { level: 1, name: heading }).waitFor();
const press = (page, button) => page.getByRole('button', { name: button, exact: true }).click();

test('from the code to a desk that works, and the same again after a reload', async () => {
  // Before there is a configuration the feed has nothing to say: 503.
  const p = await browser.page({ base: fresh.http, allow: /status of (401|403|503)/ });
  const { page } = p;
  // The widget's root is opened, so that the test may look in.
  await page.addInitScript(() => {
    const real = Element.prototype.attachShadow;
    Element.prototype.attachShadow = function open(init) {
      return real.call(this, { ...init, mode: 'open' });
    };
  });

  await page.goto(`${fresh.http}/d/start`);
  await at(page, 'Trang này chưa mở');
  await looked(p, page, 'start-closed');
  const now = await fresh.code();
  await press(page, 'Tôi đã chạy lệnh');
  await at(page, 'Chào bạn, bắt đầu thôi');
  await page.getByLabel('Mã từ lệnh deskctl setup').fill('0000-0000');
  await page.getByLabel('Tên của bạn').fill('Trần Thị Lan');
  assert.equal(await page.getByLabel('Tên đăng nhập').inputValue(), 'lan');
  await page.getByLabel('Mật khẩu', { exact: true }).fill(password);
  await page.keyboard.press('Enter');
  await page.getByRole('alert').filter({ hasText: 'Mã chưa đúng' }).waitFor();
  await looked(p, page, 'start-begin');

  // The link has the code in it.
  await page.goto(`${fresh.http}/d/start?code=${now}`);
  await page.getByLabel('Tên của bạn').fill('Trần Thị Lan');
  await page.getByLabel('Mật khẩu', { exact: true }).fill(password);
  await page.keyboard.press('Enter');

  await at(page, 'Công ty bạn tên gì?');
  await press(page, 'Tiếp: hộp thư');
  await page.getByRole('alert').filter({ hasText: 'Ô này chưa điền' }).waitFor();
  await page.getByLabel('Tên công ty hoặc shop').fill('Gia dụng An Tâm');
  await page.getByLabel('Múi giờ').selectOption('Asia/Ho_Chi_Minh');
  await page.getByText('Dạ Gia dụng An Tâm xin chào').waitFor();
  await page.getByText('thêm hàng đợi Bán hàng').waitFor();
  await looked(p, page, 'start-company');
  await press(page, 'Tiếp: hộp thư');

  await at(page, 'Khách viết thư tới đâu?');
  await page.getByLabel('Địa chỉ thư của Bán hàng').fill('banhang@antam.example');
  await page.getByLabel('Địa chỉ chung').fill('khong phai thu');
  await press(page, 'Tiếp: giờ làm việc');
  await page.getByRole('alert').filter({ hasText: 'không phải địa chỉ thư' }).waitFor();
  await page.getByLabel('Địa chỉ chung').fill('hello@antam.example');
  await press(page, 'Thêm hàng đợi');
  await page.keyboard.type('Kho hàng');
  await page.getByText('smtpname "banhang@antam.example"').waitFor();
  await looked(p, page, 'start-mail');
  await press(page, 'Tiếp: giờ làm việc');

  await at(page, 'Khi nào có người trả lời?');
  await page.reload();
  await at(page, 'Khi nào có người trả lời?');
  const sunday = page.getByRole('switch', { name: 'Làm Chủ nhật' });
  assert.equal(await sunday.getAttribute('aria-checked'), 'false');
  await page.getByLabel('Thứ 7, ca 1, tới').fill('11:30');
  await page.getByLabel('Thứ 2 – 6, ca 1, từ').fill('9h');
  await press(page, 'Tiếp: mọi người');
  await page.getByRole('alert').filter({ hasText: 'Giờ của Thứ 2 – 6' }).waitFor();
  await page.getByLabel('Thứ 2 – 6, ca 1, từ').fill('08:30');
  await page.getByText('chúng tôi làm việc lại lúc 08:30 Thứ 2').waitFor();
  await looked(p, page, 'start-hours');
  await press(page, 'Tiếp: mọi người');

  await at(page, 'Ai trả lời khách?');
  await press(page, 'Thêm người');
  await page.keyboard.type('Lê Quỳnh Chi');
  const chi = page.getByRole('group', { name: 'Lê Quỳnh Chi', exact: true });
  assert.equal(await chi.getByLabel('Tên đăng nhập').inputValue(), 'chi');
  await chi.getByLabel('Kho hàng').uncheck();
  const first = await chi.locator('code').innerText();
  await looked(p, page, 'start-people');
  await press(page, 'Tiếp: khung chat');

  await at(page, 'Chat trên trang web của bạn');
  await page.getByLabel('Lời chào').fill('Chào "bạn" <b>');
  await page.getByText('data-greeting="Chào &quot;bạn&quot; &lt;b>"').waitFor();
  // The widget itself, in a page of its own.
  const widget = page.frameLocator('iframe').getByRole('button').first();
  await widget.waitFor();
  await looked(p, page, 'start-chat');
  await press(page, 'Xong');
  await at(page, 'Xong rồi, mời bạn vào việc');
  await looked(p, page, 'start-done');

  const download = page.waitForEvent('download');
  await page.getByRole('link', { name: 'Tải desk.conf' }).click();
  const text = await readFile(await (await download).path(), 'utf8');
  for (const line of [
    /name += "Gia dụng An Tâm"/, /"banhang@antam.example"/, /queue "kho-hang"/,
    /mon-fri 08:30-12:00/, /sat 08:00-11:30/, /agent "chi"/,
  ]) assert.match(text, line);
  // It is what deskctl takes: nothing changes by it.
  const same = await deskctl(['-S', fresh.control, 'apply', '-', '--dry-run'], { input: text });
  assert.equal(same.stdout, 'Nothing changes.\n', same.stderr);

  await page.getByRole('link', { name: 'Mở danh sách hồ sơ' }).last().click();
  await p.live();

  // Chi comes with her first password, and has to choose one.
  const other = await browser.page({ base: fresh.http, allow: /status of 401/ });
  await other.open();
  await other.page.locator('#user').fill('chi');
  await other.page.locator('#pass').fill(first);
  await other.page.locator('#enter').click();
  await at(other.page, 'Đặt mật khẩu mới');
  await other.end();

  // Who is set up may look again; all is as it was.
  await page.goto(`${fresh.http}/d/start`);
  await at(page, 'Công ty bạn tên gì?');
  assert.equal(await page.getByLabel('Tên công ty hoặc shop').inputValue(), 'Gia dụng An Tâm');
  await page.getByText('Chưa có gì thay đổi.').waitFor();
  await p.end();
});
