// One's own page and the way in: password, second factor, sessions, likings.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { withAgents } from '../e2e/lib/agents.mjs';
import { change, until } from '../e2e/lib/desk.mjs';
import { totp, wrongCode } from '../e2e/lib/totp.mjs';
import { Browser } from './lib/browser.mjs';
import { on } from './lib/cases.mjs';

const password = 'bốn từ dễ nhớ';
const second = 'năm từ dễ nhớ hơn';
// What a refusal leaves in the console.
const allow = /status of (400|401|403)/;
let browser;
before(async () => { browser = await Browser.open(); });
after(() => browser.end());

const button = (where, name) => where.getByRole('button', { name, exact: true });
const field = (page, name) => page.getByRole('textbox', { name, exact: true });
const said = (page, text) => page.getByRole('alert').filter({ hasText: text }).waitFor();

// What is wrong with a field is tied to it.
async function isWrong(page, name, text) {
  await said(page, text);
  const at = field(page, name);
  assert.equal(await at.getAttribute('aria-invalid'), 'true');
  const by = await at.getAttribute('aria-describedby');
  assert.ok((await page.locator(`[id="${by}"]`).innerText()).includes(text));
}

async function enter(page, login, secret) {
  await field(page, 'Tên đăng nhập').fill(login);
  await field(page, 'Mật khẩu').fill(secret);
  await button(page, 'Đăng nhập').click();
}

test('a new password ends the other sessions, one by one or all', () =>
  withAgents(['agent'], password, (login) =>
    on(browser, { allow }, async (p, page) => {
      const others = [];
      for (let i = 0; i < 2; i++) {
        const o = await browser.page({ allow });
        others.push(o);
        await o.login(login, password);
      }
      await p.login(login, password);
      await page.goto(`${p.base}/d/me`);
      await p.live();
      const rows = page.getByRole('listitem').filter({ has: button(page, 'Đăng xuất') });
      await until('three sessions, two of them to be ended', async () => (await rows.count()) === 2);
      await p.accessible('me');
      await button(rows.first(), 'Đăng xuất').click();
      const out = (o) => o.page.getByText('Phiên làm việc đã hết.');
      const gone = await until('one of the others is told', async () => {
        for (const o of others) if (await out(o).count()) return o;
      });
      await until('its row is gone', async () => (await rows.count()) === 1);
      const left = others.find((o) => o !== gone);
      assert.equal(await out(left).count(), 0);

      const change = () => button(page, 'Đổi mật khẩu').click();
      await field(page, 'Mật khẩu hiện tại').fill('không phải nó');
      await field(page, 'Mật khẩu mới').fill('ngắn quá');
      await change();
      await isWrong(page, 'Mật khẩu mới', 'ít nhất 10 ký tự');
      await field(page, 'Mật khẩu mới').fill(second);
      await change();
      await isWrong(page, 'Mật khẩu hiện tại', 'chưa đúng');
      await field(page, 'Mật khẩu hiện tại').fill(password);
      // (What is said goes by time.)
      await Promise.all([page.getByText('Đã đổi mật khẩu.').waitFor(), change()]);
      await out(left).waitFor();
      // Its page goes on by the new one, where it was.
      await enter(left.page, login, password);
      await said(left.page, 'Tên hoặc mật khẩu chưa đúng.');
      await enter(left.page, login, second);
      await left.live();
      await p.live();
      for (const o of others) await o.end();
    })));

test('a second factor: set up, asked for, not on a remembered device, ended', () =>
  withAgents(['agent'], password, (login) =>
    on(browser, { allow }, async (p, page) => {
      await p.login(login, password);
      await page.goto(`${p.base}/d/me`);
      await p.live();
      const streams = [];
      page.on('request', (r) => r.url().endsWith('/feed/live') && streams.push(r));
      const secret = field(page, 'Nhập mật khẩu để tiếp tục');
      await button(page, 'Bật xác thực hai bước').click();
      await secret.fill('không phải nó');
      await button(page, 'Tiếp tục').click();
      await isWrong(page, 'Nhập mật khẩu để tiếp tục', 'chưa đúng');
      await secret.fill(password);
      await button(page, 'Tiếp tục').click();
      const key = (await page.locator('code').innerText()).replace(/\s/g, '');
      await p.accessible('the QR code');
      await field(page, 'Mã 6 số mà ứng dụng hiện').fill(wrongCode(key));
      await button(page, 'Xác nhận và bật').click();
      await isWrong(page, 'Mã 6 số mà ứng dụng hiện', 'Mã chưa đúng');
      await field(page, 'Mã 6 số mà ứng dụng hiện').fill(totp(key));
      await button(page, 'Xác nhận và bật').click();
      await page.getByRole('heading', { name: 'Mã khôi phục' }).waitFor();
      const codes = await page.locator('ol.num li').allInnerTexts();
      assert.equal(codes.length, 10);
      await p.accessible('recovery codes');
      await button(page, 'Tôi đã cất mã').click();
      await button(page, 'Tắt xác thực hai bước').waitFor();
      assert.equal(streams.length, 0, 'the stream went on');

      await button(page, 'Đăng xuất khỏi đây').click();
      await enter(page, login, password);
      await page.getByRole('heading', { name: 'Nhập mã' }).waitFor();
      assert.equal(await field(page, 'Mã').getAttribute('aria-invalid'), 'false');
      await field(page, 'Mã').fill(wrongCode(key));
      await button(page, 'Đăng nhập').click();
      await isWrong(page, 'Mã', 'Mã chưa đúng');
      await p.accessible('the code');
      await field(page, 'Mã').fill(codes[0]);
      await page.getByRole('checkbox', { name: 'Nhớ máy này 30 ngày' }).check();
      await button(page, 'Đăng nhập').click();
      await p.live();

      // Still where he was; out, and in again without a code.
      await page.getByText('máy đã nhớ', { exact: true }).waitFor();
      await button(page, 'Đăng xuất khỏi đây').click();
      await enter(page, login, password);
      await p.live();
      await button(page, 'Tắt xác thực hai bước').click();
      await field(page, 'Nhập mã trong ứng dụng, hoặc một mã khôi phục.').fill(codes[0]);
      await button(page, 'Tắt xác thực hai bước').click();
      await said(page, 'Mã chưa đúng');
      await field(page, 'Nhập mã trong ứng dụng, hoặc một mã khôi phục.').fill(codes[1]);
      await button(page, 'Tắt xác thực hai bước').click();
      await button(page, 'Bật xác thực hai bước').waitFor();
    })));

test('a password that another set is changed first; no address leads away', () =>
  withAgents(['agent'], password, (login) =>
    on(browser, { allow }, async (p, page) => {
      // (Whoever sets it for another marks it so.)
      await change(`UPDATE desk.agent SET must_change = true WHERE name = :'v1'`, login);
      await page.goto(`${p.base}/d/me?next=https://evil.example/&next=//evil.example`);
      await enter(page, login, password);
      await page.getByRole('heading', { name: 'Đặt mật khẩu mới' }).waitFor();
      await p.accessible('a new password');
      assert.equal(await page.getByRole('navigation').count(), 0);
      await field(page, 'Mật khẩu hiện tại').fill(password);
      await field(page, 'Mật khẩu mới').fill(password);
      await button(page, 'Đặt và vào làm').click();
      await page.getByRole('alert').waitFor();
      await field(page, 'Mật khẩu mới').fill(second);
      await button(page, 'Đặt và vào làm').click();
      await p.live();
      assert.equal(new URL(page.url()).origin, p.base);
      await page.getByRole('heading', { name: /^Chị agent-/ }).waitFor();
      // A path that a browser may take for another host's.
      await page.goto(`${p.base}/d//evil.example/%2e%2e//evil.example`);
      await p.live();
      assert.equal(new URL(page.url()).origin, p.base);
    })));

test('what two tabs like is kept, of both, and seen by both', () =>
  withAgents(['agent'], password, (login) =>
    on(browser, {}, async (p, page) => {
      await p.login(login, password);
      await page.goto(`${p.base}/d/me`);
      const other = await p.context.newPage();
      await other.goto(`${p.base}/d/me`);
      const like = (tab, group, name) => Promise.all([
        tab.waitForResponse((r) => r.url().endsWith('/me/prefs') && r.ok()),
        tab.getByRole('radiogroup', { name: group }).getByText(name, { exact: true }).click(),
      ]);
      const looks = (tab) => tab.evaluate(() => ({ ...document.documentElement.dataset }));
      await like(page, 'Nền', 'Tối');
      await like(other, 'Cỡ chữ', '112 %');
      for (const tab of [page, other])
        await until('both are seen', async () => {
          const { theme, size } = await looks(tab);
          return theme === 'dark' && size === '112';
        });
      // Back to the machine's own.
      await like(page, 'Nền', 'Theo máy');
      await until('the other sees it', async () => (await looks(other)).theme === undefined);
      await other.reload();
      await other.getByRole('radiogroup', { name: 'Nền' }).waitFor();
      const is = await looks(other);
      assert.deepEqual([is.theme, is.size], [undefined, '112']);
    })));
