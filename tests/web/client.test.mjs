// Coming to the agents' client and going from it, and what it is allowed to
// do.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { deskctl, desk, unique } from '../e2e/lib/desk.mjs';
import { get } from '../e2e/lib/web.mjs';
import { ownBrowser } from './lib/opened.mjs';

const { on } = ownBrowser();

const said = {
  'vi-VN': { enter: 'Đăng nhập', wrong: 'Tên hoặc mật khẩu chưa đúng.' },
  'en-GB': { enter: 'Log in', wrong: 'That login and password do not belong together.' },
};

for (const [lang, words] of Object.entries(said))
  for (const theme of ['light', 'dark'])
    test(`a wrong password is said, in the browser's language (${lang}, ${theme})`, () =>
      on({ lang, theme, width: theme === 'dark' ? 390 : 1366, allow: /status of 401/ }, async (p, page) => {
        const asked = [];
        page.on('request', (r) => asked.push(new URL(r.url()).pathname));
        await p.open();
        assert.equal(await p.text('#enter'), words.enter);
        assert.equal(await page.evaluate(() => document.documentElement.lang), lang.slice(0, 2));
        // Who has no session is not asked for one.
        assert.deepEqual(asked.filter((path) => path.startsWith('/api/')), []);
        await p.accessible('login');
        await p.fits('login');
        await page.locator('#user').fill(unique());
        await page.locator('#pass').fill('not the password');
        // While the answer is on its way the focus stays, and nothing is asked twice.
        let answer;
        const held = new Promise((done) => (answer = done));
        await page.route('**/api/v1/login', async (route) => {
          await held;
          await route.continue();
        });
        await page.locator('#enter').press('Enter');
        await page.locator('#enter[aria-disabled=true]:focus').press('Enter');
        answer();
        await page.getByRole('alert').filter({ hasText: words.wrong }).waitFor();
        await page.locator('#enter[aria-disabled=false]:focus').waitFor();
        assert.equal(asked.filter((path) => path === '/api/v1/login').length, 1);
      }));

test('over http by a name no session is kept, and it is said why', () =>
  on({
    base: desk.http.replace('127.0.0.1', 'shop.test'),
    // (What else a browser says of http.)
    allow: /status of 401|Cross-Origin-Opener-Policy/,
  }, async (p, page) => {
    await p.open();
    const login = async (password) => {
      await page.locator('#user').fill('dung');
      await page.locator('#pass').fill(password);
      await page.keyboard.press('Enter');
    };
    await login('not the password');
    await page.getByRole('alert').filter({ hasText: said['vi-VN'].wrong }).waitFor();
    await login(desk.password);
    await page.getByRole('alert').filter({ hasText: 'Mở trang này bằng https.' }).waitFor();
    await p.accessible('no session');
    assert.deepEqual(await p.context.cookies(), []);
    await page.reload();
    await page.locator('#user').waitFor();
  }));

test('a session outlives a reload, and is ended at the server', () =>
  on({ allow: /status of 401/ }, async (p, page) => {
    await p.login('dung');
    await page.goto(`${p.base}/d/board`);
    await p.live();
    const [cookie] = await p.context.cookies();
    assert.equal(cookie.httpOnly, true);
    assert.equal(cookie.sameSite, 'Strict');
    const me = () => get('/api/v1/me', { headers: { Cookie: `${cookie.name}=${cookie.value}` } });
    assert.equal((await me()).json.login, 'dung');
    const set = await deskctl(['user', 'password', 'dung'], { input: `${desk.password}\n` });
    assert.equal(set.status, 0, set.stderr);
    await page.locator('#user').waitFor();
    assert.equal((await me()).status, 401);
  }));

test('the policy holds: what is put into the page does not run', () =>
  on({ allow: /Content Security Policy|policy: (script|style)-src/ }, async (p, page) => {
    const reports = [];
    page.on('console', (m) => reports.push(m.text()));
    await p.open();
    await page.locator('#user').waitFor();
    await page.evaluate(() => {
      const e = document.createElement('script');
      e.textContent = 'window.ran = true';
      document.body.append(e);
      const i = document.createElement('img');
      i.setAttribute('onerror', 'window.ran = true');
      i.setAttribute('style', 'position: fixed');
      document.body.append(i);
      i.dispatchEvent(new Event('error'));
      window.shown = getComputedStyle(i).position;
    });
    assert.equal(await page.evaluate(() => window.ran), undefined);
    assert.equal(await page.evaluate(() => window.shown), 'static');
    assert.ok(reports.some((text) => /Content Security Policy/.test(text)));
  }));

test('nobody shows the client in his frame', () =>
  on({ allow: /frame-ancestors|Refused to (frame|display)|policy: frame/ }, async (p, page) => {
    // A page of ours that may frame itself: only the answer's own word counts.
    await page.route(`${p.base}/host`, (route) =>
      route.fulfill({ contentType: 'text/html', body: '<link rel="icon" href="data:,"><iframe src="/d/me"></iframe>' }));
    const refused = page.waitForEvent('console', (m) => /frame-ancestors/.test(m.text()));
    await page.goto(`${p.base}/host`);
    await refused;
    assert.equal(await page.frameLocator('iframe').locator('#app').count(), 0);
  }));

test('out in one tab is out in all; in again, too', () =>
  on({}, async (p, page) => {
    await p.login('dung');
    const other = await p.context.newPage();
    await other.goto(`${p.base}/d/board`);
    await other.locator('html[data-link=live]').waitFor();
    await page.getByRole('button', { name: /^Trạng thái của tôi/ }).click();
    await page.getByRole('menuitem', { name: 'Đăng xuất' }).click();
    for (const tab of [page, other]) await tab.locator('#enter').waitFor();
    await p.login('chi');
    await other.getByRole('button', { name: /^Trạng thái của tôi/ }).waitFor();
    assert.equal(new URL(other.url()).pathname, '/d/board');
  }));
