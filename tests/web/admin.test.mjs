// What administrators try and mend in the settings: channels, rules, logins,
// web hooks, and what two of them change at once.
import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { after, before, test } from 'node:test';
import { withAgents } from '../e2e/lib/agents.mjs';
import {
  admin, apply, change, desk, event, login, service, sql, unique, until, using,
} from '../e2e/lib/desk.mjs';
import { receiver } from '../e2e/lib/receiver.mjs';
import { startSecond } from '../e2e/lib/second.mjs';
import { startSink } from '../e2e/lib/sink.mjs';
import { keep } from '../e2e/lib/social.mjs';
import { totp } from '../e2e/lib/totp.mjs';
import { Session, post } from '../e2e/lib/web.mjs';
import { Browser } from './lib/browser.mjs';
import { on } from './lib/cases.mjs';

let browser;
before(async () => { browser = await Browser.open(); });
after(() => browser.end());

const button = (page, name) => page.getByRole('button', { name, exact: true });
const shown = () => using(admin, (wire) => wire.ask('CONFIG.SHOW'));

test('a channel is tried: what was tried, what came of it, what the other said', async () => {
  const sink = await startSink();
  const one = await startSecond({
    smtp_relay: `127.0.0.1:${sink.port}`, smtp_starttls: 'no', smtp_patience: 3,
  });
  try {
    await on(browser, { base: one.http, lang: 'en-GB', theme: 'dark' }, async (p, page) => {
      await p.login('admin');
      await page.goto(`${p.base}/d/settings/channels`);
      const to = page.getByLabel('Send a test mail to');
      await to.fill('nobody');
      await button(page, 'Send a test').click();
      await page.getByRole('alert').filter({ hasText: 'This is no mail address.' }).waitFor();
      assert.equal(await to.getAttribute('aria-invalid'), 'true');
      await until('the field has the focus', () =>
        to.evaluate((e) => e === document.activeElement));
      const good = `${unique()}@example.com`;
      await to.fill(good);
      await button(page, 'Send a test').click();
      await page.getByText('It works.').waitFor();
      await page.getByText(`by 127.0.0.1:${sink.port}, not encrypted.`).waitFor();
      assert.equal(sink.to(good).length, 1);
      sink.behave = () => ({ at: 'rcpt', say: '550 5.1.1 no such mailbox' });
      await to.fill(`${unique()}@example.com`);
      await button(page, 'Send a test').click();
      await page.getByText('The relay refuses it for good.').waitFor();
      await page.getByText('no such mailbox').first().waitFor();
      await p.accessible('channels that were tried');
      await button(page, 'Try it: freeswitch').click();
      await page.getByText('/hooks/freeswitch').nth(1).waitFor();
      await page.setViewportSize({ width: 390, height: 844 });
      await p.fits('channels');
      // What was tried is kept.
      await page.getByText('Tests of late').click();
      await page.getByText(good).waitFor();
    });
  } finally {
    await one.stop();
    await sink.end();
  }
});

test('a text is tried against rules before they hold, and its hits are marked', () =>
  on(browser, {}, async (p, page) => {
    const { version } = await shown();
    const word = `đặc sản ${unique('x')}`;
    await p.login('admin');
    await page.goto(`${p.base}/d/settings/rules/ky-thuat`);
    const words = page.getByLabel('Từ khoá', { exact: true });
    await words.fill(`${await words.inputValue()}\n${word}`);
    await words.blur();
    await button(page, 'Thử').click();
    await page.getByRole('alert').filter({ hasText: 'Dán nội dung để thử.' }).waitFor();
    await page.getByLabel('Nội dung khách viết').fill(`Shop có ${word.toUpperCase()} không?`);
    await button(page, 'Thử').click();
    const result = page.getByRole('status', { name: 'Kết quả' });
    await result.getByText('Về Kỹ thuật').waitFor();
    await result.getByText('vì quy tắc ky-thuat nặng điểm nhất').waitFor();
    assert.equal(await result.locator('mark').first().innerText(), word.toUpperCase());
    await p.accessible('rules that were tried');
    // Nothing was applied by it; without the change it goes elsewhere.
    assert.equal((await shown()).version, version);
    await button(page, 'Bỏ thay đổi').click();
    await button(page, 'Thử').click();
    await result.getByText('hàng đợi mặc định').waitFor();
    await page.setViewportSize({ width: 390, height: 844 });
    await p.fits('rules');
  }));

test('both change the same: the other’s stands, and mine can be put over it', () =>
  on(browser, {}, async (p, page) => {
    const before = (await shown()).config.queues.find((q) => q.name === 'shipping');
    const put = async (title) => {
      const { config } = await shown();
      config.queues.find((q) => q.name === 'shipping').title = title;
      await using(() => login('admin'), (wire) => wire.ask('CONFIG.APPLY', JSON.stringify(config)));
    };
    const title = async () =>
      (await shown()).config.queues.find((q) => q.name === 'shipping').title;
    try {
      await p.login('admin');
      await page.goto(`${p.base}/d/settings/queues/shipping`);
      const field = page.getByLabel('Tên hiển thị', { exact: true });
      const [mine, theirs] = [`Giao ${unique()}`, `Giao ${unique()}`];
      await field.fill(mine);
      await put(theirs);
      await page.getByText(/Tên hiển thị: cả hai cùng đổi\. Đang giữ của người kia\./).waitFor();
      await until('the other’s stands there', async () => (await field.inputValue()) === theirs);
      await p.accessible('a clash');
      await button(page, 'Lấy của tôi').click();
      assert.equal(await field.inputValue(), mine);
      await button(page, 'Xem thay đổi').click();
      const dialog = page.getByRole('dialog', { name: 'Sẽ thay đổi' });
      await dialog.getByText(theirs).waitFor();
      await dialog.getByText(mine).last().waitFor();
      await button(dialog, 'Áp dụng').click();
      await dialog.waitFor({ state: 'detached' });
      assert.equal(await title(), mine);
    } finally {
      await put(before.title);
    }
  }));

test('somebody lost password and telephone: an administrator gives a way in', () =>
  withAgents(['agent'], desk.password, async (name) => {
    const s = await Session.begin(name, desk.password);
    const begun = await s.ask('POST', '/api/v1/me/totp', { body: { password: desk.password } });
    const done = await s.ask('PUT', '/api/v1/me/totp', { body: { code: totp(begun.json.secret) } });
    assert.equal(done.status, 200, done.text);
    await on(browser, {}, async (p, page) => {
      await p.login('admin');
      await page.goto(`${p.base}/d/settings/agents/${name}`);
      await button(page, 'Tắt xác thực hai bước của người này').click();
      await page.getByText('Tắt thật?').waitFor();
      await p.accessible('asked for sure');
      await button(page, 'Tắt').click();
      await page.getByText('Xác thực hai bước đang tắt.').waitFor();
      const field = page.getByLabel('Mật khẩu mới', { exact: true });
      await field.fill('ngắn');
      await button(page, 'Đặt mật khẩu').click();
      await page.getByRole('alert').filter({ hasText: 'ít nhất 10 ký tự' }).waitFor();
      const fresh = `tạm thời ${unique()}`;
      await field.fill(fresh);
      await button(page, 'Đặt mật khẩu').click();
      await page.getByText('Phải đổi mật khẩu ở lần đăng nhập tới.').waitFor();
      const enter = await post('/api/v1/login', { login: name, password: fresh });
      assert.equal(enter.status, 200, enter.text);
      assert.equal(enter.json.must_change, true);
      assert.equal((await s.ask('GET', '/api/v1/me')).status, 401, 'his session is over');
    });
  }));

// Works with a receiver and a hook of its own, which posts to it.
async function withHook(answer, work) {
  const { config } = await shown();
  const name = unique('h');
  const secret = `whsec_${randomBytes(24).toString('base64')}`;
  const far = await receiver({ secrets: [secret], answer });
  try {
    await keep(`${name}.key`, secret);
    await using(admin, (wire) => apply(wire, {
      ...config,
      hooks: [...config.hooks, {
        name, url: `${far.url}/in`, secret_file: `${name}.key`, allow: ['127.0.0.1'],
      }],
    }));
    await work(name, far);
  } finally {
    await using(admin, (wire) => apply(wire, config));
    await far.close();
  }
}
const happens = () => using(service, (wire) => wire.ask('EVENT.ADD', event({})));
const stateOf = async (name) => {
  const { hooks } = await using(admin, (wire) => wire.ask('HOOK.LIST'));
  return hooks.find((h) => h.name === name).state;
};

test('a web hook that was refused for good is seen, tried and taken up again', () => {
  let gone = true;
  return withHook((_, r) => r.writeHead(gone ? 410 : 204).end(), (name) =>
    on(browser, {}, async (p, page) => {
      await p.login('admin');
      await page.goto(`${p.base}/d/settings/hooks/${name}`);
      await page.getByText('Đang nhận tốt').waitFor();
      await happens();
      await until('it is refused for good', async () => (await stateOf(name)) === 'gone');
      await page.reload();
      await page.getByText('Bên nhận từ chối hẳn (410)').waitFor();
      await button(page, 'Gửi thử').click();
      await page.getByText(/Bên nhận trả lời: .*410/).waitFor();
      await p.accessible('a hook that is gone');
      gone = false;
      await button(page, 'Gửi thử').click();
      await page.getByText('Đã gửi thử, bên nhận đã nhận.').waitFor();
      await button(page, 'Thử lại ngay').click();
      await page.getByText('Đang nhận tốt').waitFor();
    }));
});

test('a post that was given up is sent again from the hour that one names', () => {
  let away = true;
  return withHook((_, r, taken) => (away ? r.writeHead(503).end() : taken()), (name, far) =>
    on(browser, { allow: /status of 404/ }, async (p, page) => {
      const { ticket } = await happens();
      const tried = () => far.posts.find((post) => post.json.data.ticket === ticket);
      await until('it was tried', tried);
      await until('it fails', async () => (await stateOf(name)) === 'failing');
      // Days pass, and the receiver is well again.
      await change(
        `UPDATE desk.hook_notice n SET give_up = now() - interval '1 minute', next_try = now()
         FROM desk.hook h WHERE h.id = n.hook AND h.name = :'v1'`, name);
      const left = () => sql(
        `SELECT 1 FROM desk.hook_notice n JOIN desk.hook h ON h.id = n.hook
         WHERE h.name = :'v1' AND n.state <> 'failed'`, name);
      await until('it is given up', async () => {
        await change('SELECT desk.hook_sweep(1000)');
        return (await left()).length === 0;
      });
      assert.equal(far.about(ticket).length, 0);
      away = false;

      await p.login('sup');
      await page.goto(`${p.base}/d/settings/hooks/${name}`);
      await page.getByText('Đang hỏng, tự thử lại').waitFor();
      const since = page.getByLabel('Gửi lại từ');
      const again = page.getByRole('button', { name: 'Gửi lại', exact: true });
      assert.equal(await again.isDisabled(), true);
      // By the company's clock: this browser's is eleven hours or twelve behind.
      const at = (minutes) => new Date(Date.now() + 7 * 3600e3 + minutes * 60e3).toISOString().slice(0, 16);
      await since.fill(at(60));
      await again.click();
      await page.getByRole('alert').filter({ hasText: 'Từ lúc đó không có tin nào' }).waitFor();
      assert.equal(far.about(ticket).length, 0);
      await since.fill(at(-60));
      await again.click();
      await page.getByText('Sẽ gửi lại theo thứ tự.').waitFor();
      await until('it has arrived', () => far.about(ticket).length > 0);
      assert.equal(far.about(ticket)[0].id, tried().id, 'under its own id');
      await p.accessible('a hook that is sent again');
    }));
});
