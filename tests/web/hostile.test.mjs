// Hostile mails and messages in the browser of who reads them: nothing of them
// runs, loads or goes anywhere. A canary server and a function that must not be
// called tell, and the first test shows that both would.
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import http from 'node:http';
import { after, before, test } from 'node:test';
import { desk, sql, unique, until } from '../e2e/lib/desk.mjs';
import { deliver, mail } from '../e2e/lib/mail.mjs';
import { visit } from '../e2e/lib/visitor.mjs';
import { Browser } from './lib/browser.mjs';
import { mailed, on, openCase } from './lib/cases.mjs';

const corpus = JSON.parse(
  await readFile(new URL('data/hostile/corpus.json', import.meta.url), 'utf8'),
);
// What the browser says when it takes a mail apart that wants to run something:
// it was refused.  (That nothing ran, we see ourselves.)
const refused =
  /^(error|warning): .*(violates the following Content Security|Blocked script execution|@import rules)/;
const PAGE = 95; // what is loaded when a case is opened

let browser;
let canary;
const asked = [];

before(async () => {
  browser = await Browser.open();
  canary = http.createServer((q, a) => {
    asked.push(q.url);
    a.setHeader('Access-Control-Allow-Origin', '*');
    a.end('ok');
  });
  await new Promise((done) => canary.listen(0, '127.0.0.1', done));
});
after(async () => {
  await browser.end();
  canary.closeAllConnections();
  canary.close();
});

const filled = (s) =>
  s
    .replaceAll('CANARYHOST', `127.0.0.1:${canary.address().port}`)
    .replaceAll('CANARY', `http://127.0.0.1:${canary.address().port}`);

// A page in which a call of RUN, from any frame, is noted; so is every window
// that opens.
async function watched(p) {
  const seen = { ran: 0, opened: 0, went: [] };
  await p.page.exposeFunction('RUN', () => void seen.ran++);
  p.context.on('page', () => void seen.opened++);
  p.page.on('framenavigated', (f) => seen.went.push(f.url()));
  return seen;
}

test('the canary and the function would tell', async () => {
  const p = await browser.page({ allow: /./ });
  const seen = await watched(p);
  await p.page.goto(`http://127.0.0.1:${canary.address().port}/control`);
  await p.page.setContent(filled(`<img src="CANARY/control.png"><img src=x onerror="RUN()">`));
  await until('the function was called', () => seen.ran);
  await until('the canary was asked', () => asked.includes('/control.png'));
  await p.context.close();
});

// All of them in as few cases as hold them: a customer's mails that answer each
// other.
async function send(bodies) {
  const from = `${unique()}@example.com`;
  const [body, ...more] = bodies;
  const first = await mailed({ from, html: filled(body) });
  for (const html of more) {
    const headers = [`In-Reply-To: <${first.id}>`];
    const sent = mail({ from, to: first.to, html: filled(html), headers });
    const [reply] = await deliver(sent);
    assert.equal(reply.code, 250, reply.text);
  }
  const [{ n }] = await sql(
    `SELECT count(*)::int AS n FROM desk.event WHERE ticket = :'v1'::bigint`, first.ticket);
  assert.equal(n, bodies.length);
  return first.ticket;
}

// As a hand on the mouse and on the keyboard would do it.
function poke() {
  for (const frame of document.querySelectorAll('main iframe'))
    for (const e of frame.contentDocument.querySelectorAll('*'))
      for (const kind of ['mouseover', 'pointerenter', 'focus', 'animationstart', 'toggle', 'wheel'])
        e.dispatchEvent(new Event(kind, { bubbles: true }));
}

function links() {
  const all = [];
  for (const frame of document.querySelectorAll('main iframe'))
    for (const a of frame.contentDocument.querySelectorAll('a[href],area[href]'))
      all.push([a.protocol, a.target, a.rel]);
  return all;
}

for (let at = 0; at < corpus.html.length; at += PAGE) {
  test(`mails ${at + 1} to ${Math.min(at + PAGE, corpus.html.length)}`, async () => {
    const bodies = corpus.html.slice(at, at + PAGE);
    const ticket = await send(bodies);
    asked.length = 0;
    await on(browser, { allow: refused }, async (p, page) => {
      const seen = await watched(p);
      await p.login('sup');
      await openCase(p, ticket);
      const whole = page.getByRole('button', { name: 'Xem toàn bộ thư' });
      await whole.first().waitFor();
      // What has no HTML left after parsing is shown as text.
      const many = await whole.count();
      assert.ok(many > bodies.length * 0.9, `${many} of ${bodies.length} are HTML`);
      await page.evaluate((name) => {
        for (const b of document.querySelectorAll('main button'))
          if (b.textContent.trim() === name) b.click();
      }, 'Xem toàn bộ thư');
      const shown = () =>
        [...document.querySelectorAll('main iframe')].filter((f) => f.style.height).length;
      await until('all are shown', async () => (await page.evaluate(shown)) === many, 60);
      await page.evaluate(poke);
      for (const [protocol, target, rel] of await page.evaluate(links)) {
        assert.match(protocol, /^(https?|mailto|tel):$/);
        assert.equal(target, '_blank');
        assert.equal(rel, 'noopener noreferrer');
      }
      // What was to run or load would have by the time another page was read.
      await page.evaluate(() => fetch('/frame/mail.css').then((r) => r.text()));
      assert.equal(seen.ran, 0);
      assert.equal(seen.opened, 0);
      assert.deepEqual(asked, []);
      for (const url of seen.went)
        assert.ok(url === 'about:blank' || url.startsWith(desk.http), url);
      for (const f of page.frames().slice(1)) assert.match(f.url(), /\/frame\/mail\.html$/);
      assert.ok(page.url().endsWith(`/d/cases/${ticket}`));
    });
  });
}

test('remote pictures load when they are asked for, and not before', async () => {
  const { ticket } = await mailed({ html: filled('<p>Xem hình</p><img src="CANARY/asked.png">') });
  asked.length = 0;
  await on(browser, { allow: /^asked another host/ }, async (p, page) => {
    await p.login('sup');
    await openCase(p, ticket);
    await page.getByRole('button', { name: 'Xem toàn bộ thư' }).click();
    await page.frameLocator('main iframe').getByText('Xem hình').waitFor();
    assert.deepEqual(asked, []);
    await page.getByRole('button', { name: 'Tải hình từ bên ngoài' }).click();
    await until('the picture was asked for', () => asked.length);
    assert.deepEqual(asked, ['/asked.png']);
  });
});

test('messages in a chat are words', async () => {
  const v = await visit({ name: unique('Lộc ') });
  for (const text of corpus.text) {
    const said = await v.say(filled(text));
    assert.ok(said.status < 300, JSON.stringify(said.json));
  }
  const ticket = await v.ticket();
  asked.length = 0;
  await on(browser, {}, async (p, page) => {
    const seen = await watched(p);
    await p.login('sup');
    await openCase(p, ticket);
    await page.getByRole('log').getByText('constructor.constructor').waitFor();
    const log = page.getByRole('log');
    assert.equal(await log.locator('script, iframe, img, b').count(), 0);
    // Links, and each event's own place.
    for (const a of await log.locator('a[href]').all())
      assert.match(await a.getAttribute('href'), /^(https?:|#e\d+$)/);
    assert.equal(seen.ran, 0);
    assert.deepEqual(asked, []);
  });
});
