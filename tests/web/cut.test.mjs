// What happens in the middle of something: the daemon killed under a draft and
// under an answer, the line cut under a case.  The page says how it is, and
// nothing is lost, doubled or stale.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { change, desk, event, login, service, sql, unique, until, using } from '../e2e/lib/desk.mjs';
import { startCable } from '../e2e/lib/cable.mjs';
import { openRedis } from '../e2e/lib/lines.mjs';
import { deliver, mail } from '../e2e/lib/mail.mjs';
import { startSink } from '../e2e/lib/sink.mjs';
import { Browser } from './lib/browser.mjs';
import { mailed, on, openCase, writing } from './lib/cases.mjs';
import { Daemon } from './lib/daemon.mjs';

let browser;
let sink;
let daemon; // may be killed, and has a relay

before(async () => {
  [browser, sink] = await Promise.all([Browser.open(), startSink()]);
  daemon = await Daemon.make({
    smtp_relay: `127.0.0.1:${sink.port}`, smtp_starttls: 'no', smtp_patience: 3,
  });
  await daemon.start();
});
after(async () => {
  await browser?.end();
  await daemon?.end();
  await sink?.end();
});

const gone = /ERR_|Failed to load|status of 50/;
const log = (page) => page.getByRole('log');
const composer = (page) => page.getByRole('region', { name: 'Soạn' });
const state = (page, words) => composer(page).getByText(words, { exact: true }).waitFor();
const has = (page, words) =>
  until(`the composer has “${words}”`, async () => (await writing(page).inputValue()) === words);
const drafts = (ticket) =>
  sql(`SELECT kind, text FROM desk.draft WHERE ticket = :'v1'::bigint AND text <> ''`, ticket);

test('a draft under kill -9: what is typed before, during and after is there, once', async () => {
  const c = await mailed();
  await on(browser, { base: daemon.http, allow: gone }, async (p, page) => {
    const saving = () =>
      page.waitForRequest((r) => r.url().endsWith(`/${c.ticket}/draft`) && r.method() === 'PUT');
    await p.login('an');
    await openCase(p, c.ticket);
    await writing(page).click();
    await page.keyboard.type('Dạ chị, ');
    await state(page, 'đã lưu nháp');
    // While a saving is on its way.
    await Promise.all([saving(), page.keyboard.type('em hỏi kho ')]);
    await daemon.kill();
    await page.keyboard.type('rồi báo chị ');
    await state(page, 'nháp chỉ ở máy này');
    await page.keyboard.type('ngay, ');
    await state(page, 'nháp chỉ ở máy này');
    await daemon.start();
    await state(page, 'đã lưu nháp');
    await page.keyboard.type('trong sáng nay');
    await state(page, 'đã lưu nháp');
    const words = 'Dạ chị, em hỏi kho rồi báo chị ngay, trong sáng nay';
    await has(page, words);
    assert.deepEqual(await drafts(c.ticket), [{ kind: 'reply', text: words }]);

    // Killed again, and the page goes with it.
    await daemon.kill();
    await page.keyboard.type(' ạ');
    await state(page, 'nháp chỉ ở máy này');
    await page.reload().catch(() => undefined);
    await daemon.start();
    await openCase(p, c.ticket);
    await has(page, `${words} ạ`);
    await state(page, 'đã lưu nháp');
    assert.deepEqual(await drafts(c.ticket), [{ kind: 'reply', text: `${words} ạ` }]);
    await page.reload();
    await has(page, `${words} ạ`);
  });
});

test('an answer that is committed, and the daemon killed before it says so: one mail', async () => {
  const c = await mailed();
  const words = unique('Dạ em gửi lại một máy mới ');
  await daemon.kill();
  await daemon.start('sent-ticket_reply');
  await on(browser, { base: daemon.http, allow: gone }, async (p, page) => {
    await p.login('an');
    await openCase(p, c.ticket);
    await writing(page).fill(words);
    await writing(page).press('Control+Enter');
    await daemon.over;
    await page.getByText('máy tự gửi lại khi có kết nối').waitFor();
    const kept = () =>
      sql(`SELECT id FROM desk.event WHERE ticket = :'v1'::bigint AND text = :'v2'`, c.ticket, words);
    await until('it is committed', async () => (await kept()).length);
    await daemon.start();
    await page.getByText('máy tự gửi lại khi có kết nối').waitFor({ state: 'detached' });
    // Nothing waits for the agent to think again.
    await change(
      `UPDATE desk.outbound SET next_try = now()
       WHERE ticket = :'v1'::bigint AND state = 'queued'`, c.ticket);
    await log(page).getByText(/^đã gửi/).waitFor();
    assert.equal(await log(page).getByText(words).count(), 1);
    assert.equal((await kept()).length, 1);
    assert.equal(await writing(page).inputValue(), '');
  });
  assert.equal(sink.to(c.from).length, 1);
  assert.deepEqual(
    await sql(`SELECT state FROM desk.outbound WHERE ticket = :'v1'::bigint`, c.ticket),
    [{ state: 'sent' }]);
});

// Cases of a tag of their own, the first of them open beside the list, by a
// cable that may be pulled.
async function cabled(work) {
  const cable = await startCable(Number(new URL(desk.http).port));
  const tag = unique();
  try {
    const subject = unique('Giao trễ ');
    const c = { subject, ...(await mailed({ to: 'shipping@shop.example', subject })) };
    await using(service, (wire) => wire.ask('TICKET.TAG', c.ticket, tag));
    const other = await tagged(tag);
    await on(browser, { base: `http://127.0.0.1:${cable.port}`, allow: gone }, async (p, page) => {
      const asked = [];
      page.on('request', (r) => asked.push(r));
      await p.login('sup');
      await page.goto(`${p.base}/d/cases/${c.ticket}?view=all&tag=${tag}`);
      await p.live();
      await row(page, other).waitFor();
      await writing(page).fill('Dạ em xem ngay');
      await state(page, 'đã lưu nháp');
      await work({ cable, tag, c, other, p, page, asked });
      await row(page, other).waitFor({ state: 'detached' });
      await page.getByText(/Mất kết nối/).first().waitFor({ state: 'detached' });
      await has(page, 'Dạ em xem ngay ạ');
      await state(page, 'đã lưu nháp');
    });
  } finally {
    await cable.end();
  }
}
const row = (page, c) => page.getByRole('option').filter({ hasText: c.subject });
async function tagged(tag) {
  const subject = unique('Đổi địa chỉ ');
  return using(service, async (wire) => {
    const { ticket } = await wire.ask('EVENT.ADD', event({ to: 'shipping@shop.example', subject }));
    await wire.ask('TICKET.TAG', ticket, tag);
    return { ticket, subject };
  });
}
// The customer writes again; a case is done; another one comes.
async function meanwhile({ tag, c, other }) {
  const words = unique('Shop ơi, mình vẫn đang chờ ');
  const [reply] = await deliver(mail({
    from: c.from, to: 'shipping@shop.example', text: words, headers: [`In-Reply-To: <${c.id}>`],
  }));
  assert.equal(reply.code, 250, reply.text);
  await using(() => login('sup'), (wire) => wire.ask('TICKET.RESOLVE', other.ticket));
  return { words, late: await tagged(tag) };
}
const lists = (asked) =>
  asked.map((r) => new URL(r.url()))
    .filter((u) => u.pathname === '/api/v1/tickets' && !u.searchParams.has('tickets'));
const resumed = async (asked) =>
  (await asked.filter((r) => r.url().endsWith('/feed/live')).at(-1).allHeaders())['last-event-id'];

test('a cut line: said, and taken up where it was, in the case and in the list', () =>
  cabled(async (scene) => {
    const { cable, c, other, page, asked } = scene;
    await cable.pull();
    await page.getByText(/Mất kết nối\. Danh sách lúc/).waitFor();
    const { words, late } = await meanwhile(scene);
    await writing(page).press('End');
    await page.keyboard.type(' ạ');
    await state(page, 'nháp chỉ ở máy này');
    // What is shown is what was known: with its time, and nothing half of it.
    assert.equal(await row(page, other).count(), 1);
    assert.equal(await row(page, late).count(), 0);
    asked.length = 0;
    await cable.put();
    await page.getByText(/Đã nối, thêm \d+ tin mới/).first().waitFor();
    await row(page, late).waitFor();
    await log(page).getByText(words).waitFor();
    assert.equal(await log(page).getByText(words).count(), 1);
    assert.match(await resumed(asked), /^\d+-\d+$/);
    assert.deepEqual(lists(asked), [], 'only what has changed is asked for');
    assert.equal(await row(page, c).count(), 1);
  }));

test('a line cut for too long: all is loaded anew, and that is said', () =>
  cabled(async (scene) => {
    const { cable, page, asked } = scene;
    await cable.pull();
    await page.getByText(/Mất kết nối\. Danh sách lúc/).waitFor();
    const { words } = await meanwhile(scene);
    // As after a hundred thousand notices: those of before are no more.
    const redis = openRedis();
    try {
      await redis.xtrim('{desk}:feed', 'MAXLEN', 0);
    } finally {
      redis.disconnect();
    }
    const late = await tagged(scene.tag);
    await writing(page).press('End');
    await page.keyboard.type(' ạ');
    asked.length = 0;
    await cable.put();
    await page.getByText('Đã nối, đã tải lại').first().waitFor();
    await row(page, late).waitFor();
    await log(page).getByText(words).waitFor();
    assert.equal(await log(page).getByText(words).count(), 1);
    assert.ok(lists(asked).length > 0, 'the list is asked for anew');
  }));
