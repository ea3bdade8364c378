// The customer's page in a browser: with a script and without, in every light,
// and with words that try to be more than words.
import assert from 'node:assert/strict';
import { mkdir } from 'node:fs/promises';
import { after, before, test } from 'node:test';
import { desk, event, service, sql, unique, until, using } from '../e2e/lib/desk.mjs';
import { Browser } from './lib/browser.mjs';
import { Daemon } from './lib/daemon.mjs';

const empty = (page) => until('the field is empty', async () =>
  (await page.locator('#text').inputValue()) === '');
const shots = process.env.DESKD_SHOTS;
let browser;
let path;

async function caseOf(members, answer) {
  return using(service, async (wire) => {
    const made = await wire.ask('EVENT.ADD', event({ to: 'shipping@shop.example', ...members,
      from: { kind: 'email', address: `${unique()}@example.com`, name: 'Nguyễn Thị Hạnh',
        ...members.from } }));
    if (answer) await wire.ask('TICKET.REPLY', made.ticket, answer);
    const { url } = await wire.ask('CASE.LINK', made.ticket);
    return { ...made, path: `/case/${url.split('/case/')[1]}` };
  });
}

before(async () => {
  browser = await Browser.open();
  ({ path } = await caseOf({
    subject: 'Đơn DH20418 giao trễ, thiếu lõi lọc',
    text: 'shop ơi mình nhận được máy rồi mà thiếu 1 lõi lọc\ntrong đơn ghi 2 lõi mà hộp chỉ có 1 cái 😞',
  }));
});
after(() => browser.end());

for (const lang of ['vi', 'en'])
  for (const theme of ['light', 'dark'])
    for (const [width, height] of [[1366, 768], [390, 844]])
      test(`nothing for axe-core, nothing too wide: ${lang}, ${theme}, ${width}`, async () => {
        const p = await browser.page({ theme, width, height });
        await p.page.goto(`${desk.http}${path}?lang=${lang}`);
        await p.page.locator('#text').waitFor();
        if (shots) {
          await mkdir(shots, { recursive: true });
          await p.page.screenshot({ path: `${shots}/case-${width}-${theme}-${lang}.png`, fullPage: true });
        }
        await p.accessible('case');
        await p.fits('case');
        await p.end();
      });

test('without a script: written, sent, and not again when loaded anew', async () => {
  const c = await caseOf({ subject: 'Không có kịch bản' });
  const words = unique('viết-');
  const p = await browser.page({ javaScriptEnabled: false });
  await p.page.goto(desk.http + c.path);
  await p.page.locator('#text').fill(words);
  await p.page.locator('#files').setInputFiles({ name: 'ảnh.txt', mimeType: 'text/plain', buffer: Buffer.from('x') });
  await p.page.locator('form.write button').click();
  await p.page.locator('#notice .good').waitFor();
  await p.page.reload();
  assert.equal(await p.page.locator('.mine .said', { hasText: words }).count(), 1);
  assert.equal(await p.page.locator('.files a').innerText(), 'ảnh.txt');
  await p.page.locator('form.done button').click();
  await p.page.locator('form.again button').waitFor();
  await p.end();
  const [{ n }] = await sql(`SELECT count(*)::int AS n FROM desk.event WHERE text = :'v1'`, words);
  assert.equal(n, 1);
});

test('with the script the page stays, by the keyboard alone', async () => {
  const c = await caseOf({ subject: 'Có kịch bản' });
  const words = unique('gõ-');
  const p = await browser.page();
  await p.page.goto(desk.http + c.path);
  await p.page.evaluate(() => { window.stayed = true; });
  await p.page.locator('#text').focus();
  await p.page.keyboard.type(words);
  await p.page.keyboard.press('Tab');
  await p.page.keyboard.press('Tab');
  await p.page.keyboard.press('Enter');
  await p.page.locator('.mine .said', { hasText: words }).waitFor();
  assert.equal(await p.page.evaluate(() => window.stayed), true);
  // (What was asked for meanwhile may show it before the answer has come.)
  await empty(p.page);
  await p.end();
});

test('a slow line: what is written while a message is on its way stays, and it is shown', async () => {
  const c = await caseOf({ subject: 'Mạng chậm' });
  const [words, more] = [unique('gửi-'), unique('thêm-')];
  const p = await browser.page();
  const { page } = p;
  // Each is let go when the test says.
  const hold = async (method) => {
    let go, come;
    const goes = new Promise((done) => { go = done; });
    const came = new Promise((done) => { come = done; });
    await page.route(`${desk.http}${c.path}?lang=*`, async (r) => {
      if (r.request().method() !== method) return r.fallback();
      const answer = await r.fetch();
      come();
      await goes;
      return r.fulfill({ response: answer });
    });
    return { came, go };
  };
  await page.clock.install();
  await page.goto(desk.http + c.path);
  await page.locator('#text').fill(words);
  const looked = await hold('GET');
  const sent = await hold('POST');
  await page.clock.fastForward(15000);
  await looked.came;
  await page.locator('form.write button').click();
  await sent.came;
  await page.locator('#text').press('End');
  await page.keyboard.type(more);
  sent.go();
  const mine = page.locator('.mine .said', { hasText: words });
  await mine.waitFor();
  await until('only the new words are left', async () =>
    (await page.locator('#text').inputValue()) === more);
  // What the page had asked for before knows nothing of it: it is not shown.
  await page.evaluate((said) => {
    const shown = document.getElementById('shown');
    window.lost = false;
    new MutationObserver(() => { window.lost ||= !shown.textContent.includes(said); })
      .observe(shown, { childList: true, subtree: true });
  }, words);
  const answered = () => page.waitForResponse((r) => r.request().method() === 'GET');
  let [answer] = await Promise.all([answered(), looked.go()]);
  await answer.finished();
  [answer] = await Promise.all([answered(), page.clock.fastForward(15000)]);
  await answer.finished();
  assert.equal(await page.evaluate(() => window.lost), false);
  await p.end();
});

test('the desk killed under the page: nothing written is lost, and it is sent once', async () => {
  const c = await caseOf({ subject: 'Mất kết nối giữa chừng' });
  const words = unique('giữ-');
  const other = await Daemon.make();
  await other.start();
  try {
    const p = await browser.page({ base: other.http, allow: /Failed to load resource/ });
    await p.page.goto(other.http + c.path);
    await p.page.locator('#text').fill(words);
    await other.kill();
    const send = p.page.locator('form.write button');
    await send.click();
    await p.page.getByRole('alert').filter({ hasText: 'Gửi lần nữa' }).waitFor();
    assert.equal(await p.page.locator('#text').inputValue(), words);
    await p.accessible('not sent');
    await other.start();
    await send.click();
    await p.page.getByRole('status').filter({ hasText: /./ }).waitFor();
    await p.page.locator('.mine .said', { hasText: words }).waitFor();
    await empty(p.page);
    await p.page.getByRole('alert').waitFor({ state: 'detached' });
    await p.end();
  } finally {
    await other.end();
  }
  const [{ n }] = await sql(`SELECT count(*)::int AS n FROM desk.event WHERE text = :'v1'`, words);
  assert.equal(n, 1);
});

const canary = [
  '<script>window.canary = 1</script>',
  '"><img src=x onerror="window.canary = 1">',
  '</textarea><svg onload="window.canary = 1">',
  `'-window.canary=1-'`,
  '<a href="javascript:window.canary=1">x</a><iframe srcdoc="<script>top.canary=1</script>">',
  '<noscript><p title="</noscript><img src=x onerror=window.canary=1>">',
  '&lt;img src=x onerror=window.canary=1&gt;',
  '<style>body{display:none}</style><base href="https://evil.example/">',
];

test('hostile words run nothing, load nothing, and change nothing', async () => {
  const p = await browser.page();
  for (const word of canary) {
    const c = await caseOf({ subject: word, text: word, from: { name: word } });
    await p.page.goto(desk.http + c.path);
    assert.equal(await p.page.locator('.mine .said').innerText(), word);
    assert.equal(await p.page.locator('img, svg, iframe, base, style').count(), 0);
    assert.equal(await p.page.evaluate(() => window.canary), undefined, word);
  }
  await p.end();
});
