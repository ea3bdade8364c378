// Coming to the status page and going from it.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { desk, deskctl, unique } from '../e2e/lib/desk.mjs';
import { get } from '../e2e/lib/web.mjs';
import { Browser } from './lib/browser.mjs';

let browser;
before(async () => { browser = await Browser.open(); });
after(() => browser.end());

// A page for the work, which ends it and looks at what went wrong in it.
async function on(options, work) {
  const p = await browser.page(options);
  try {
    await work(p, p.page);
  } catch (e) {
    await p.context.close();
    throw e;
  }
  await p.end();
}

const said = {
  'vi-VN': { title: 'Đăng nhập', wrong: 'Tên hoặc mật khẩu chưa đúng.', need: 'Nhập tên đăng nhập và mật khẩu.' },
  'en-GB': { title: 'Log in', wrong: 'That login and password do not belong together.', need: 'Enter your login and password.' },
};

test('by the keyboard alone, to the end', () =>
  on({}, async (p, page) => {
    await p.open();
    await page.locator('#user:focus').waitFor();
    await page.keyboard.type('an');
    await page.keyboard.press('Tab');
    await page.keyboard.type(desk.password);
    await page.keyboard.press('Enter');
    await p.live();
    assert.equal(await page.locator('#pass').inputValue(), '');
    await page.locator('#leave').waitFor();
    // From the list that has the focus back to the way out, with a focus
    // that can be seen.
    await page.keyboard.press('Shift+Tab');
    assert.equal(await page.evaluate(() => document.activeElement.id), 'leave');
    assert.notEqual(
      await page.locator('#leave').evaluate((e) => getComputedStyle(e).outlineStyle),
      'none',
    );
    await page.keyboard.press('Enter');
    await page.locator('#user:focus').waitFor();
  }));

for (const [lang, words] of Object.entries(said)) {
  test(`a wrong password is said, in the browser's language (${lang})`, () =>
    on({ lang, allow: /status of 401/ }, async (p, page) => {
      await p.open();
      assert.equal(await p.text('#enter'), words.title);
      assert.equal(await page.evaluate(() => document.documentElement.lang), lang.slice(0, 2));
      await page.locator('#enter').click();
      await page.getByRole('alert').filter({ hasText: words.need }).waitFor();
      await page.locator('#user').fill(unique());
      await page.locator('#pass').fill('not the password');
      await page.keyboard.press('Enter');
      await page.getByRole('alert').filter({ hasText: words.wrong }).waitFor();
      await page.locator('#pass[aria-invalid=true]:focus').waitFor();
      assert.equal(await page.locator('#desk').isVisible(), false);
    }));
}

test('who has no session is not asked for one', () =>
  on({}, async (p, page) => {
    const asked = [];
    page.on('request', (r) => asked.push(new URL(r.url()).pathname));
    await p.open();
    await page.locator('#user:focus').waitFor();
    assert.ok(asked.includes('/status.js'));
    assert.deepEqual(asked.filter((path) => path.startsWith('/api/')), []);
  }));

test('a session outlives a reload, and ends by logging out', () =>
  on({}, async (p, page) => {
    await p.login('binh');
    await page.reload();
    await p.live();
    const [cookie] = await p.context.cookies();
    assert.equal(cookie.httpOnly, true);
    assert.equal(cookie.sameSite, 'Strict');
    const me = () => get('/api/v1/me', { headers: { Cookie: `${cookie.name}=${cookie.value}` } });
    assert.equal((await me()).json.login, 'binh');
    await page.locator('#leave').click();
    await page.locator('#user:focus').waitFor();
    assert.equal((await me()).status, 401);
    assert.deepEqual(await p.context.cookies(), []);
    // Nothing of what was seen is left in the page.
    assert.equal(await page.locator('#queues li, #agents tr, #news li').count(), 0);
    await page.reload();
    await page.locator('#user:focus').waitFor();
  }));

test('a session ended at the server leads back to the login', () =>
  on({ allow: /status of 401/ }, async (p, page) => {
    await p.login('dung');
    const set = await deskctl(['user', 'password', 'dung'], { input: `${desk.password}\n` });
    assert.equal(set.status, 0, set.stderr);
    await page.locator('#login').waitFor();
    assert.match(await p.text('#hello2'), /Phiên làm việc đã hết/);
    assert.equal(await page.locator('#desk').isVisible(), false);
    await page.locator('#user').fill('dung');
    await page.locator('#pass').fill(desk.password);
    await page.keyboard.press('Enter');
    await p.live();
  }));
