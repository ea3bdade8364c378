// How the status page looks: to everybody, in every light, on small screens,
// and what it is allowed to do.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { event, service, unique, using } from '../e2e/lib/desk.mjs';
import { get } from '../e2e/lib/web.mjs';
import { Browser } from './lib/browser.mjs';

let browser;
before(async () => {
  browser = await Browser.open();
  await using(service, async (wire) => {
    for (const to of ['sales', 'shipping'])
      await wire.ask('EVENT.ADD', event({
        to: `${to}@shop.example`,
        subject: `Đơn hàng ${unique('rất-dài-')} `.repeat(8),
      }));
  });
});
after(() => browser.end());

for (const lang of ['vi-VN', 'en-GB'])
  for (const theme of ['light', 'dark'])
    for (const [width, height] of [[1366, 768], [390, 844]])
      test(`nothing for axe-core, nothing too wide: ${lang}, ${theme}, ${width}`, async () => {
        const p = await browser.page({ lang, theme, width, height });
        await p.open();
        await p.page.locator('#user:focus').waitFor();
        await p.accessible('login');
        await p.fits('login');
        await p.login('sup');
        await p.page.locator('#news li').first().waitFor();
        await p.accessible('desk');
        await p.fits('desk');
        const ground = await p.page.evaluate(() => getComputedStyle(document.body).backgroundColor);
        const [red] = ground.match(/\d+/g).map(Number);
        assert.ok(theme === 'dark' ? red < 60 : red > 200, ground);
        await p.end();
      });

test('320 pixels, as at a zoom of 400 %, still fit', async () => {
  const p = await browser.page({ width: 320, height: 640 });
  await p.login('sup');
  await p.page.locator('#news li').first().waitFor();
  await p.fits('desk');
  await p.end();
});

for (const motion of ['reduce', 'no-preference'])
  test(`motion: ${motion}`, async () => {
    const p = await browser.page({ motion });
    await p.open();
    const took = await p.page.locator('#enter').evaluate((e) => getComputedStyle(e).transitionDuration);
    assert.equal(took === '0s', motion === 'reduce', took);
    await p.end();
  });

test('strict headers on every file of the page', async () => {
  const csp = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; " +
    "connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'";
  for (const path of ['/', '/status.css', '/status.js', '/words.js', '/live.js']) {
    const { status, headers } = await get(path);
    assert.equal(status, 200, path);
    assert.equal(headers['content-security-policy'], csp, path);
    assert.equal(headers['x-content-type-options'], 'nosniff', path);
    assert.equal(headers['referrer-policy'], 'no-referrer', path);
    const again = await get(path, { headers: { 'If-None-Match': headers.etag } });
    assert.equal(again.status, 304, path);
  }
});

test('the policy holds: a script put into the page does not run', async () => {
  const p = await browser.page({ allow: /Content Security Policy|policy: script-src/ });
  const reports = [];
  p.page.on('console', (m) => reports.push(m.text()));
  await p.open();
  await p.page.evaluate(() => {
    const e = document.createElement('script');
    e.textContent = 'window.ran = true';
    document.body.append(e);
  });
  assert.equal(await p.page.evaluate(() => window.ran), undefined);
  assert.ok(reports.some((text) => /Content Security Policy/.test(text)));
  await p.end();
});
