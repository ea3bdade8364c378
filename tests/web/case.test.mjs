// A case from the customer's first word to our answer, as agents do it.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { change, sql, unique, until } from '../e2e/lib/desk.mjs';
import { startSecond } from '../e2e/lib/second.mjs';
import { startSink } from '../e2e/lib/sink.mjs';
import { visit } from '../e2e/lib/visitor.mjs';
import { Browser } from './lib/browser.mjs';
import { held, mailed, on, openCase, thinking, writing } from './lib/cases.mjs';
import { Daemon } from './lib/daemon.mjs';

let browser;
let sink;
let sends; // the daemon that has a relay

before(async () => {
  browser = await Browser.open();
  sink = await startSink();
  sends = await startSecond({
    smtp_relay: `127.0.0.1:${sink.port}`,
    smtp_starttls: 'no',
    smtp_patience: 3,
  });
});
after(async () => {
  await sends?.stop();
  await sink?.end();
  await browser?.end();
});

const button = (page, name) => page.getByRole('button', { name });
const log = (page) => page.getByRole('log');
const state = async (ticket) =>
  (await sql(`SELECT state FROM desk.ticket WHERE id = :'v1'::bigint`, ticket))[0].state;
const answers = (ticket) =>
  sql(
    `SELECT id, text FROM desk.event WHERE ticket = :'v1'::bigint AND direction = 'out'
     AND kind = 'message' ORDER BY id`, ticket);

test('a mail is answered by the keyboard alone, and seen on its way', async () => {
  const c = await mailed({ subject: 'Giá nồi cơm', text: 'Nồi 1,8 lít giá bao nhiêu ạ?' });
  await on(browser, {}, async (p, page) => {
    await p.login('an');
    await openCase(p, c.ticket);
    await log(page).getByText('Nồi 1,8 lít giá bao nhiêu ạ?').waitFor();
    await page.keyboard.press('m');
    await page.getByText(/Bạn đã nhận #\d+/).waitFor();
    await page.keyboard.press('r');
    await page.keyboard.type('Dạ chị, giá **1.290.000 đ** ạ.\n- còn hàng');
    await page.keyboard.press('Control+Enter');
    // As the customer's mail shows it.
    await log(page).locator('strong', { hasText: '1.290.000 đ' }).waitFor();
    assert.equal(await writing(page).inputValue(), '');
    // Nothing waits for the agent to think again.
    await change(
      `UPDATE desk.outbound SET next_try = now()
       WHERE ticket = :'v1'::bigint AND state = 'queued'`, c.ticket);
    await log(page).getByText(/^đã gửi/).waitFor();
    const [mail] = sink.to(c.from);
    assert.match(mail.text, /<strong>1\.290\.000/);
    assert.match(mail.text, /<li>/);
    await p.accessible('a case');
  });
});

test('an answer is taken back, and its words are there again', async (t) => {
  t.after(await thinking());
  const c = await mailed();
  await on(browser, {}, async (p, page) => {
    await p.login('an');
    await openCase(p, c.ticket);
    await writing(page).fill('Nhầm khách mất rồi');
    await button(page, /^Gửi Ctrl/).click();
    const undo = log(page).getByRole('button', { name: 'Hoàn tác' });
    const toast = page.locator('.say').getByRole('button', { name: /^Hoàn tác/ });
    await undo.waitFor();
    // One undo is enough, and covers nothing of the composer: elsewhere it is said.
    await page.getByText(/Thư sẽ đi sau/).waitFor();
    await toast.waitFor({ state: 'detached' });
    await page.getByRole('link', { name: 'Bảng theo dõi' }).click();
    await toast.waitFor();
    await page.goBack();
    await toast.waitFor({ state: 'detached' });
    await undo.click();
    await log(page).getByText('đã rút lại').waitFor();
    await until('the words are back', async () =>
      (await writing(page).inputValue()) === 'Nhầm khách mất rồi');
  });
});

test('a chat goes both ways', async () => {
  const v = await visit({ name: unique('Lộc ') });
  await v.say('may moi mua ma khong chay');
  const ticket = await v.ticket();
  const live = await v.page();
  await on(browser, { theme: 'dark', lang: 'en-GB' }, async (p, page) => {
    await p.login('sup');
    await openCase(p, ticket);
    await live.until((e) => e.event === 'seen');
    await page.keyboard.press('r');
    await page.keyboard.type('Dạ em xem ngay ạ');
    await live.until((e) => e.event === 'typing');
    await page.keyboard.press('Control+Enter');
    await live.until((e) => e.event === 'message' && e.json.text === 'Dạ em xem ngay ạ');
    const [said] = await answers(ticket);
    assert.equal((await v.put('/seen', { event: said.id })).status, 200);
    await log(page).getByText('seen', { exact: true }).waitFor();
    await v.say('cam on em');
    await log(page).getByText('cam on em').waitFor();
    await p.accessible('a chat, dark, in English');
  });
  live.end();
});

test('a case handed over with a note is read by the other', async () => {
  const c = await mailed();
  await on(browser, {}, async (p, page) => {
    await p.login('sup');
    await openCase(p, c.ticket);
    await page.keyboard.press('t');
    const dialog = page.getByRole('dialog');
    await dialog.getByLabel('Chuyển cho').selectOption({ label: 'Kho hàng' });
    await dialog.getByLabel('Người nhận cần biết gì').fill('Khách cần trước 15:00');
    await button(dialog, 'Chuyển').last().click();
    await page.getByText(/Đã chuyển #\d+ cho Kho hàng/).waitFor();
  });
  await on(browser, { width: 390, height: 844 }, async (p, page) => {
    await p.login('binh');
    await openCase(p, c.ticket);
    await log(page).getByText('Khách cần trước 15:00').waitFor();
    await p.fits('a case on a telephone');
    await p.accessible('a case on a telephone');
  });
});

test('a draft is there again after a reload, and at another computer', async () => {
  const c = await mailed();
  await on(browser, {}, async (p, page) => {
    await p.login('an');
    await openCase(p, c.ticket);
    await writing(page).fill('Dạ chị chờ em hỏi kho');
    await page.getByText('đã lưu nháp').waitFor();
    await writing(page).pressSequentially(' một lát');
    await page.reload();
    await until('it is back', async () =>
      (await writing(page).inputValue()) === 'Dạ chị chờ em hỏi kho một lát');
    await page.getByText('đã lưu nháp').waitFor();
  });
  await on(browser, {}, async (p, page) => {
    await p.login('an');
    await openCase(p, c.ticket);
    await until('it is there, too', async () =>
      (await writing(page).inputValue()) === 'Dạ chị chờ em hỏi kho một lát');
  });
});

test('two who answer at once: the second is told, and may say so all the same', async () => {
  const c = await mailed();
  await on(browser, {}, async (one, first) => {
    await one.login('an');
    await openCase(one, c.ticket);
    await on(browser, { allow: /status of 409/ }, async (two, second) => {
      await two.login('sup');
      await openCase(two, c.ticket);
      await writing(first).fill('Dạ em là An');
      await first.getByText('đã lưu nháp').waitFor();
      await writing(second).fill('Dạ em là Sương');
      await button(second, /^Gửi Ctrl/).click();
      await button(second, 'Gửi dù vậy').waitFor();
      assert.equal((await answers(c.ticket)).length, 0);
      await button(second, 'Gửi dù vậy').click();
      await log(first).getByText('Dạ em là Sương').waitFor();
    });
  });
  assert.deepEqual((await answers(c.ticket)).map((a) => a.text), ['Dạ em là Sương']);
});

test('a daemon that is killed under an answer costs nothing, and doubles nothing', async () => {
  const c = await mailed();
  const d = await Daemon.make();
  await d.start();
  try {
    await on(browser, { base: d.http, allow: /ERR_|Failed to load/ }, async (p, page) => {
      await p.login('an');
      await openCase(p, c.ticket);
      await writing(page).fill('Dạ em gửi khi máy chủ tắt');
      await page.getByText('đã lưu nháp').waitFor();
      await d.kill();
      await button(page, /^Gửi Ctrl/).click();
      await page.getByText('máy tự gửi lại khi có kết nối').waitFor();
      await d.start();
      await until('it was sent', async () => (await answers(c.ticket)).length > 0);
      await button(page, 'Gửi lại').waitFor({ state: 'detached' });
    });
    assert.equal((await answers(c.ticket)).length, 1);
  } finally {
    await d.end();
  }
});

test('put off until tomorrow, and taken up again', async () => {
  const c = await mailed();
  await on(browser, {}, async (p, page) => {
    await p.login('an');
    await openCase(p, c.ticket);
    const putOff = async () => {
      await page.keyboard.press('h');
      await page.getByRole('dialog').getByRole('button', { name: /^Sáng mai/ }).click();
      await page.getByText(/sẽ được nhắc lại/).waitFor();
      const letGo = await held(page);
      await page.getByRole('dialog').waitFor({ state: 'detached' });
      await until('it waits', async () => (await state(c.ticket)) === 'pending');
      await letGo();
    };
    await putOff();
    await page.keyboard.press('z');
    await until('it is open', async () => (await state(c.ticket)) === 'open');
    await putOff();
    // Who opens it meanwhile reads until when.
    const other = await p.context.newPage();
    await openCase({ page: other, base: p.base }, c.ticket);
    await other.getByRole('status').filter({ hasText: /nhắc lại .*\d/ }).first().waitFor();
    await other.close();
  });
});

test('a text and a file go along, and the case is done', async () => {
  const c = await mailed();
  await on(browser, {}, async (p, page) => {
    await p.login('an');
    await openCase(p, c.ticket);
    await page.keyboard.press('r');
    await page.keyboard.type('/xinloi');
    await page.getByRole('option', { name: /xin-loi-giao-tre Chào/ }).waitFor();
    await page.keyboard.press('Enter');
    await until('it is filled', async () => /xin lỗi/.test(await writing(page).inputValue()));
    assert.doesNotMatch(await writing(page).inputValue(), /\{/);
    await page.locator('.comp input[type=file]').setInputFiles({
      name: 'hoá đơn.txt', mimeType: 'text/plain', buffer: Buffer.from('1.290.000 đ'),
    });
    await page.getByRole('list', { name: 'Tệp kèm theo' }).getByText('hoá đơn.txt').waitFor();
    await page.getByRole('progressbar').waitFor({ state: 'detached' });
    await writing(page).focus();
    await page.keyboard.press('Control+Shift+Enter');
    await log(page).getByText('hoá đơn.txt').waitFor();
    await until('it is resolved', async () => (await state(c.ticket)) === 'resolved');
  });
});

test('who else looks at a case, or writes in it, is seen', async () => {
  const c = await mailed();
  await on(browser, {}, async (one, first) => {
    await one.login('an');
    await openCase(one, c.ticket);
    await on(browser, {}, async (two, second) => {
      await two.login('sup');
      await openCase(two, c.ticket);
      const head = first.locator('main header');
      await head.getByText('Sương Võ đang xem').waitFor();
      assert.equal(await head.getByText('An Nguyễn đang xem').count(), 0);
      await writing(second).pressSequentially('Dạ');
      await head.getByText('Sương Võ đang viết').waitFor();
      await second.goto(`${two.base}/d/board`);
      await head.getByText('Sương Võ đang viết').waitFor({ state: 'detached' });
    });
  });
});

test('a second matter becomes a case of its own, and many have one answer', async () => {
  const c = await mailed({ subject: 'Hai việc', text: 'Nồi bị móp ạ' });
  await mailed({
    from: c.from, subject: 'Re: Hai việc', text: 'Còn mạng thì mất từ sáng',
    headers: [`In-Reply-To: <${c.id}>`],
  });
  const name = unique('Mất mạng ');
  await on(browser, {}, async (p, page) => {
    await p.login('sup');
    await openCase(p, c.ticket);
    const dialog = page.getByRole('dialog');
    const does = async (title) => {
      await button(page, 'Thêm việc').click();
      await page.getByRole('menuitem', { name: title }).click();
      await dialog.waitFor();
    };
    await does('Tách thành hồ sơ mới');
    await dialog.getByRole('checkbox', { name: /Còn mạng thì mất/ }).check();
    await dialog.getByLabel('Tiêu đề hồ sơ mới').fill(name);
    await p.accessible('splitting');
    await button(dialog, 'Tách').click();
    await dialog.waitFor({ state: 'detached' });
    await page.getByRole('heading', { name, level: 1 }).waitFor();
    await log(page).getByText('Còn mạng thì mất từ sáng').waitFor();
    // Its history names the other case and the incident, to be gone to.
    await log(page).getByRole('link', { name: `#${c.ticket}`, exact: true }).waitFor();

    await does('Đưa vào sự cố');
    await dialog.getByLabel('Nguyên nhân', { exact: true }).fill(name);
    await button(dialog, 'Đưa vào').click();
    await dialog.waitFor({ state: 'detached' });
    await log(page).getByRole('link', { name: /^\d+$/ }).click();
    await button(page, 'Trả lời tất cả').click();
    await dialog.getByRole('textbox').fill('Dạ mạng đã có lại ạ');
    await dialog.getByRole('checkbox').check();
    await button(dialog, 'Gửi tới 1 hồ sơ').click();
    await p.accessible('answering all');
    await button(dialog, 'Gửi tất cả').click();
    await dialog.waitFor({ state: 'detached' });
    await page.getByText('Đã gửi 1 trên 1').waitFor();
    await p.accessible('an incident');
  });
  const [{ n }] = await sql(
    `SELECT count(*)::int AS n FROM desk.event e JOIN desk.ticket t ON t.id = e.ticket
     WHERE t.subject = :'v1' AND t.state = 'resolved' AND e.text = 'Dạ mạng đã có lại ạ'`, name);
  assert.equal(n, 1);
});
