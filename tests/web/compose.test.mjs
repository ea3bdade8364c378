// Writing an answer or a note: macros looked at first, marks by key, files,
// copies, drafts that the server will not keep. One agent's page for all.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { change, sql, unique, until } from '../e2e/lib/desk.mjs';
import { openRedis } from '../e2e/lib/lines.mjs';
import { mailed, openCase, thinking, writing } from './lib/cases.mjs';
import { ownPage } from './lib/opened.mjs';

let p;
let page;
let thought;

before(async () => { thought = await thinking(); });
after(() => thought?.());

// (The browser tells of an answer that was refused on purpose.)
ownPage('an', { allow: /status of 400|ERR_FAILED/ }, (own) => {
  p = own;
  page = own.page;
});

const log = () => page.getByRole('log');
const composer = () => page.getByRole('region', { name: 'Soạn' });
const text = () => writing(page).inputValue();
const ticketOf = async (ticket) =>
  (await sql(`SELECT state, tags, due_at FROM desk.ticket WHERE id = :'v1'::bigint`, ticket))[0];
const said = (ticket, kind = 'message') =>
  sql(
    `SELECT id, text FROM desk.event WHERE ticket = :'v1'::bigint AND kind = :'v2'
     AND direction <> 'in' ORDER BY id`, ticket, kind);

async function begin(of = {}) {
  const c = await mailed(of);
  await openCase(p, c.ticket);
  await page.keyboard.press('r');
  return c;
}
const wait = (what, ask) => until(what, ask);
// The server has looked for promises in these very words: it is asked at each
// pause, and the keys of a slow machine have pauses between them.
const looked = (words) =>
  page.waitForResponse((r) =>
    r.url().endsWith('/promises/find') && r.request().postDataJSON().text === words);

async function plan() {
  await page.keyboard.type('/xinloi');
  await page.getByRole('option', { name: /việc làm nhanh/ }).click();
  const dialog = page.getByRole('dialog', { name: 'Xin lỗi giao trễ, chờ khách' });
  await dialog.getByText('Gắn nhãn giao trễ').waitFor();
  await dialog.getByText('Nhận hồ sơ về mình').waitFor();
  await dialog.getByText('Chờ khách trả lời').waitFor();
  await dialog.getByText('Nguyễn Thị Hạnh,').waitFor();
  return dialog;
}

test('a macro is looked at, left with Escape, done with Enter, and taken back', async () => {
  const c = await begin();
  let dialog = await plan();
  await p.accessible('what a macro will do');
  await page.keyboard.press('Escape');
  await dialog.waitFor({ state: 'detached' });
  assert.equal(await text(), '');
  assert.deepEqual((await ticketOf(c.ticket)).tags, []);
  assert.equal((await said(c.ticket)).length, 0);

  await writing(page).focus();
  dialog = await plan();
  await until('it has the focus', () =>
    dialog.getByRole('button', { name: 'Làm' }).evaluate((b) => b === document.activeElement));
  // A letter does nothing to what is beneath.
  await page.keyboard.press('e');
  await page.keyboard.press('Enter');
  await page.getByText(/Đã làm “Xin lỗi giao trễ, chờ khách”/).waitFor();
  const now = await ticketOf(c.ticket);
  assert.deepEqual([now.state, now.tags], ['pending', ['giao trễ']]);
  const [reply] = await said(c.ticket);
  assert.doesNotMatch(reply.text, /\{/);
  await page.getByRole('button', { name: /^Hoàn tác/ }).first().click();
  await wait('its words are back', async () => (await text()) === reply.text);
  const back = await ticketOf(c.ticket);
  assert.equal(back.state, 'open');
  assert.ok(back.due_at, 'an answer is owed');
  assert.equal((await said(c.ticket)).length, 1);
});

test('marks by key, which the browser’s undo takes away', async () => {
  const c = await begin();
  await page.keyboard.type('gọi lại ngay');
  const choose = (from, to) => writing(page).evaluate((a, [f, t]) => a.setSelectionRange(f, t), [from, to]);
  await choose(4, 8);
  await page.keyboard.press('Control+b');
  assert.equal(await text(), 'gọi **lại** ngay');
  await page.keyboard.press('Control+i');
  assert.equal(await text(), 'gọi ***lại*** ngay');
  await page.keyboard.press('Control+z');
  assert.equal(await text(), 'gọi **lại** ngay');
  await page.keyboard.press('Control+z');
  assert.equal(await text(), 'gọi lại ngay');
  await page.keyboard.press('Control+Shift+Digit7');
  assert.equal(await text(), '1. gọi lại ngay');
  await page.keyboard.press('Enter');
  assert.equal(await text(), '1. gọi lại ngay\n2. ');
  await page.keyboard.press('Control+z');
  await page.keyboard.press('Control+z');
  assert.equal(await text(), 'gọi lại ngay');
  await writing(page).fill('');

  await page.locator('#tab-note').click();
  await page.keyboard.type('hỏi kho');
  await choose(4, 7);
  await page.keyboard.press('Control+b');
  await page.keyboard.press('Control+Shift+Digit8');
  assert.equal(await text(), '- hỏi **kho**');
  await page.keyboard.press('Control+Enter');
  await log().locator('li strong', { hasText: 'kho' }).waitFor();
  assert.deepEqual((await said(c.ticket, 'note')).map((n) => n.text), ['- hỏi **kho**']);
});

test('blanks are neither answer nor note', async () => {
  const c = await begin();
  for (const kind of ['reply', 'note']) {
    await page.locator(`#tab-${kind}`).click();
    await writing(page).fill(' \n\u00a0');
    await page.keyboard.press('Control+Enter');
    assert.equal(await text(), ' \n\u00a0');
    await writing(page).fill('');
  }
  assert.equal((await said(c.ticket)).length + (await said(c.ticket, 'note')).length, 0);
});

test('sent and waiting is one request, and undone is neither', async () => {
  const c = await begin();
  const asked = [];
  const note = (r) => r.method() === 'POST' && asked.push(new URL(r.url()).pathname.split('/').at(-1));
  const words = 'Chị cho em số đơn ạ';
  await Promise.all([looked(words), page.keyboard.type(words)]);
  page.on('request', note);
  await page.getByRole('button', { name: 'Cách gửi khác' }).click();
  await page.getByRole('menuitem', { name: 'Gửi và chờ khách' }).click();
  await page.getByText(/Thư sẽ đi sau/).waitFor();
  page.off('request', note);
  assert.deepEqual(asked.filter((a) => a !== 'look'), ['replies']);
  assert.equal((await ticketOf(c.ticket)).state, 'pending');
  await page.getByRole('button', { name: /^Hoàn tác/ }).first().click();
  await wait('the words are back', async () => (await text()) === words);
  assert.equal((await ticketOf(c.ticket)).state, 'open');
});

test('a draft that the server will not keep is said, and tried again', async () => {
  const c = await begin();
  await page.route('**/draft', (r) =>
    r.fulfill({
      status: 400,
      contentType: 'application/problem+json',
      body: JSON.stringify({ code: 'INVALID', detail: 'No such file.', member: 'attachments' }),
    }));
  await page.keyboard.type('Dạ em gửi hoá đơn');
  await composer().getByText(/Máy chủ chưa lưu được nháp/).waitFor();
  assert.equal(await text(), 'Dạ em gửi hoá đơn');
  await page.unroute('**/draft');
  await page.keyboard.type(' ạ');
  await page.getByText('đã lưu nháp').waitFor();
  await composer().getByText(/Máy chủ chưa lưu được nháp/).waitFor({ state: 'detached' });
  const [d] = await sql(`SELECT text FROM desk.draft WHERE ticket = :'v1'::bigint`, c.ticket);
  assert.equal(d.text, 'Dạ em gửi hoá đơn ạ');
});

test('a draft is kept though another computer of mine has a clock that is ahead', async () => {
  const c = await begin();
  // Written there, sent, and so spent: under a number of tomorrow.
  const { id } = (await sql(`SELECT id FROM desk.agent WHERE name = 'an'`))[0];
  await change(
    `INSERT INTO desk.draft (ticket, agent, kind, text, seq)
     VALUES (:'v1'::bigint, :'v2'::int, 'reply', '', :'v3'::bigint)`,
    c.ticket, id, Date.now() + 86400000);
  await page.keyboard.type('Dạ em xem ngay');
  await wait('the desk has it', async () =>
    (await sql(`SELECT text FROM desk.draft WHERE ticket = :'v1'::bigint`, c.ticket))[0].text ===
      'Dạ em xem ngay');
  await page.getByText('đã lưu nháp').waitFor();
  await page.reload();
  await wait('it is back', async () => (await text()) === 'Dạ em xem ngay');
});

test('whom a copy goes to is kept with the draft, and comes back with what is undone', async () => {
  const others = [`${unique()}@example.com`, `${unique()}@example.com`].sort();
  const c = await begin({ headers: [`Cc: ${others.join(', ')}`] });
  const cc = page.getByLabel('Cc', { exact: true });
  await composer().getByRole('button', { name: 'Trả lời cả 2 người' }).click();
  await cc.fill(others[0]);
  await writing(page).fill('Dạ chỉ một người ạ');
  await page.getByText('đã lưu nháp').waitFor();
  // As at another computer: nothing of it is in this browser.
  await page.evaluate(() => {
    for (const k of Object.keys(localStorage)) if (k.startsWith('deskd.draft.')) localStorage.removeItem(k);
  });
  await page.reload();
  await wait('it is back', async () => (await text()) === 'Dạ chỉ một người ạ');
  assert.equal(await cc.inputValue(), others[0]);
  await writing(page).press('Control+Enter');
  await page.getByText(/Thư sẽ đi sau/).waitFor();
  await page.getByRole('button', { name: /^Hoàn tác/ }).first().click();
  await wait('the words are back', async () => (await text()) === 'Dạ chỉ một người ạ');
  assert.equal(await cc.inputValue(), others[0]);
});

test('a second page of the same case that closes takes nothing from the first', async () => {
  const c = await begin();
  const redis = openRedis();
  try {
    const pages = (n) =>
      wait(`${n} pages are there`, async () => (await redis.hlen(`{desk}:look:${c.ticket}`)) === n);
    await pages(1);
    const other = await p.context.newPage();
    await other.goto(`${p.base}/d/cases/${c.ticket}`);
    await pages(2);
    await page.bringToFront();
    await page.keyboard.type('Dạ em đang viết');
    await page.getByText('đã lưu nháp').waitFor();
    const lease = () => sql(`SELECT 1 FROM desk.writing WHERE ticket = :'v1'::bigint AND until > now()`, c.ticket);
    assert.equal((await lease()).length, 1);
    await other.goto(`${p.base}/d/me`);
    await pages(1);
    assert.equal((await lease()).length, 1);
    await other.close();
  } finally {
    redis.disconnect();
  }
});

test('pictures are pasted and dropped in, sent, and looked at', async () => {
  await begin();
  // Gives the picture to the composer as the browser would.
  const give = (how) =>
    page.evaluate(async (way) => {
      const c = document.createElement('canvas');
      c.width = 40;
      c.height = 30;
      c.getContext('2d').fillRect(5, 5, 20, way === 'paste' ? 10 : 20);
      const blob = await new Promise((done) => c.toBlob(done, 'image/png'));
      const data = new DataTransfer();
      data.items.add(new File([blob], way === 'paste' ? 'dán.png' : 'thả.png', { type: 'image/png' }));
      const area = document.querySelector('.comp textarea');
      if (way === 'paste')
        area.dispatchEvent(new ClipboardEvent('paste', { clipboardData: data, bubbles: true, cancelable: true }));
      else
        for (const type of ['dragover', 'drop'])
          area.dispatchEvent(new DragEvent(type, { dataTransfer: data, bubbles: true, cancelable: true }));
    }, how);
  const files = page.getByRole('list', { name: 'Tệp kèm theo' });
  await page.keyboard.type('Ảnh đây ạ');
  await give('paste');
  await files.getByRole('button', { name: 'Bỏ dán.png' }).waitFor();
  await give('drop');
  await files.getByRole('button', { name: 'Bỏ thả.png' }).waitFor();
  await until('both are there', async () => (await page.getByRole('progressbar').count()) === 0);
  await writing(page).focus();
  await page.keyboard.press('Control+Enter');
  await log().getByRole('button', { name: 'Xem dán.png' }).waitFor();
  await log().getByRole('button', { name: 'Xem thả.png' }).click();
  const shown = page.getByRole('dialog').getByRole('img', { name: 'thả.png' });
  await wait('it is drawn', () => shown.evaluate((i) => i.complete && i.naturalWidth === 40));
  await page.keyboard.press('Escape');
  await page.getByRole('dialog').waitFor({ state: 'detached' });
});

test('a file alone is sent, and shown as one', async () => {
  const c = await begin();
  await page.setInputFiles('#composer input[type=file]', {
    name: 'bảng giá.pdf', mimeType: 'application/pdf', buffer: Buffer.from(unique()),
  });
  await composer().getByRole('button', { name: 'Bỏ bảng giá.pdf' }).waitFor();
  const send = composer().getByRole('button', { name: /^Gửi/ }).first();
  await wait('it can be sent', async () => (await send.getAttribute('aria-disabled')) !== 'true');
  await send.click();
  const file = log().getByRole('link', { name: /Tải về bảng giá\.pdf/ });
  await file.waitFor();
  assert.equal(await file.count(), 1, 'once');
  assert.deepEqual((await said(c.ticket)).map((e) => e.text), [null]);
  await change(`UPDATE desk.outbound SET state = 'withdrawn' WHERE ticket = :'v1'::bigint`, c.ticket);
});

test('who goes to another case with words not saved yet does not write any more', async () => {
  const other = await mailed();
  const c = await begin();
  await page.keyboard.type('Dạ em');
  // The page goes.  (To one of its own origin: of what goes to another process a
  // browser waits for half a second only, which a slow machine needs to say a word.)
  await page.route('**/elsewhere', (r) =>
    r.fulfill({ contentType: 'text/html', body: '<link rel="icon" href="data:,">' }));
  await page.goto(`${p.base}/elsewhere`);
  await wait('it is kept', async () =>
    (await sql(`SELECT text FROM desk.draft WHERE ticket = :'v1'::bigint`, c.ticket))[0]?.text === 'Dạ em');
  const lease = () => sql(`SELECT 1 FROM desk.writing WHERE ticket = :'v1'::bigint AND until > now()`, c.ticket);
  await wait('nobody writes', async () => (await lease()).length === 0);
  await openCase(p, c.ticket);
  await wait('it is back', async () => (await text()) === 'Dạ em');
  await page.keyboard.press('r');
  await page.keyboard.type(' xem');
  await page.evaluate((to) => {
    const a = document.createElement('a');
    a.href = to;
    document.body.append(a);
    a.click();
    a.remove();
  }, `/d/cases/${other.ticket}`);
  await wait('it is kept', async () =>
    (await sql(`SELECT text FROM desk.draft WHERE ticket = :'v1'::bigint`, c.ticket))[0].text === 'Dạ em xem');
  await wait('nobody writes', async () => (await lease()).length === 0);
});

test('a mail says whom it went to, and all of them are answered', async () => {
  const others = [`${unique()}@example.com`, `${unique()}@example.com`].sort();
  const c = await begin({ headers: [`Cc: "Kế toán" <${others[0]}>, ${others[1]}`] });
  await log().getByRole('button', { name: 'Chi tiết' }).click();
  await log().getByText('sales@shop.example', { exact: true }).waitFor();
  await log().getByText(others.join(', '), { exact: true }).waitFor();
  await composer().getByText(c.from).waitFor();
  const cc = page.getByLabel('Cc', { exact: true });
  assert.equal(await cc.inputValue(), '', 'a Cc alone gets no copy');
  await composer().getByRole('button', { name: 'Trả lời cả 2 người' }).click();
  assert.equal(await cc.inputValue(), others.join(', '));
  await writing(page).fill('Dạ em gửi cả nhà ạ');
  await writing(page).press('Control+Enter');
  await log().getByText('Dạ em gửi cả nhà ạ').waitFor();
  // (It is shown before the server has it.)
  await wait('it is kept', async () => (await said(c.ticket)).length === 1);
  const [sent] = await sql(`SELECT address, cc FROM desk.outbound WHERE ticket = :'v1'::bigint`, c.ticket);
  assert.deepEqual(sent, { address: c.from, cc: others });
  await change(`UPDATE desk.outbound SET state = 'withdrawn' WHERE ticket = :'v1'::bigint`, c.ticket);
});

test('a copy to what is no address is not sent, and it is said which; names go', async () => {
  const c = await begin({ headers: [`Cc: ${unique()}@example.com`] });
  await writing(page).fill('Dạ em gửi ạ');
  const cc = page.getByLabel('Cc', { exact: true });
  await cc.fill('"Giám đốc" <gd@ex.example>, không-phải-địa-chỉ');
  await writing(page).press('Control+Enter');
  await page.locator('.say').getByText('“không-phải-địa-chỉ” không phải địa chỉ thư.').waitFor();
  assert.equal(await text(), 'Dạ em gửi ạ');
  assert.equal((await said(c.ticket)).length, 0);
  await cc.fill('"Giám đốc" <gd@ex.example>');
  await writing(page).focus();
  assert.equal(await cc.inputValue(), 'gd@ex.example');
  await writing(page).press('Control+Enter');
  await log().getByText('Dạ em gửi ạ').waitFor();
  await wait('it is kept', async () => (await said(c.ticket)).length === 1);
  const [sent] = await sql(`SELECT cc FROM desk.outbound WHERE ticket = :'v1'::bigint`, c.ticket);
  assert.deepEqual(sent.cc, ['gd@ex.example']);
  await change(`UPDATE desk.outbound SET state = 'withdrawn' WHERE ticket = :'v1'::bigint`, c.ticket);
});

test('an answer does not leave without its file: it says which failed', async () => {
  const c = await begin();
  const files = page.getByRole('list', { name: 'Tệp kèm theo' });
  const attach = (name, buffer) => page.setInputFiles('#composer input[type=file]',
    { name, mimeType: 'application/pdf', buffer });
  // Nothing of an empty one is asked of the server, now or later.
  await attach('trống.pdf', Buffer.alloc(0));
  await files.getByText('Tệp trống').waitFor();
  assert.equal(await files.getByRole('button', { name: /^Tải lại/ }).count(), 0);
  await files.getByRole('button', { name: 'Bỏ trống.pdf' }).click();

  await page.route('**/uploads?*', (r) => r.abort());
  await attach('hoá đơn.pdf', Buffer.from(unique()));
  await files.getByRole('button', { name: 'Tải lại hoá đơn.pdf' }).waitFor();
  await page.unroute('**/uploads?*');
  await writing(page).fill('Dạ hoá đơn đây ạ');
  await writing(page).press('Control+Enter');
  const held = composer().getByRole('alert').filter({ hasText: 'Chưa gửi: “hoá đơn.pdf”' });
  await held.waitFor();
  assert.equal(await text(), 'Dạ hoá đơn đây ạ');
  assert.equal((await said(c.ticket)).length, 0);
  await p.accessible('an answer that is held');
  await held.getByRole('button', { name: 'Gửi không kèm tệp đó' }).click();
  await log().getByText('Dạ hoá đơn đây ạ').waitFor();
  await files.waitFor({ state: 'detached' });
  await wait('it is kept', async () => (await said(c.ticket)).length === 1);
  await change(`UPDATE desk.outbound SET state = 'withdrawn' WHERE ticket = :'v1'::bigint`, c.ticket);
});

test('a promise in one’s own words is offered, kept, dropped, and goes with the answer', async () => {
  const c = await begin();
  const asks = (words) => composer().getByRole('status').getByText(words);
  const promises = () =>
    sql(`SELECT kind, source, words, state, due_at > now() AS ahead FROM desk.promise
         WHERE ticket = :'v1'::bigint ORDER BY id`, c.ticket);
  const words = 'Dạ mai em giao hàng cho chị, 2 ngày nữa em hoàn tiền ạ.';
  await Promise.all([looked(words), page.keyboard.type(words)]);
  await asks('Ghi lời hứa: giao hàng').waitFor();
  await p.accessible('a promise that is offered');
  // It never takes the focus, and Enter stays a new line.
  assert.ok(await writing(page).evaluate((a) => a === document.activeElement));
  await page.keyboard.press('Alt+Enter');
  const chips = composer().getByRole('list', { name: 'Lời hứa ghi cùng khi gửi' });
  await chips.getByText('Hứa giao hàng').waitFor();
  await asks('Ghi lời hứa: hoàn tiền').waitFor();
  await page.keyboard.press('Escape');
  await asks('Ghi lời hứa').waitFor({ state: 'detached' });
  const more = ' Em gọi lại chị trong 3 tiếng nữa.';
  await Promise.all([looked(words + more), page.keyboard.type(more)]);
  await asks('Ghi lời hứa: gọi lại').waitFor();
  // What was dropped in this draft is not offered again.
  await page.keyboard.press('Alt+Enter');
  await chips.getByText('Hứa gọi lại').waitFor();
  assert.equal(await asks('Ghi lời hứa').count(), 0);
  await chips.getByRole('button', { name: /gọi lại/ }).click();
  await chips.getByText('Hứa gọi lại').waitFor({ state: 'detached' });
  await writing(page).press('Control+Enter');
  await until('it is on record', async () => (await promises()).length === 1);
  assert.deepEqual(await promises(), [{
    kind: 'delivery', source: 'words', words: 'mai em giao hàng', state: 'open', ahead: true,
  }]);
  await chips.waitFor({ state: 'detached' });
  // An answer that is taken back promised nothing.
  await page.getByRole('button', { name: /^Hoàn tác/ }).first().click();
  await until('it is withdrawn', async () => (await promises())[0].state === 'withdrawn');
  await change(`UPDATE desk.outbound SET state = 'withdrawn' WHERE ticket = :'v1'::bigint`, c.ticket);
});
