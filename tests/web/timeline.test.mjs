// The timeline of a case: long ones, and every kind of event that is not plain
// words. One agent's page for all.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { change, event, login, phone, service, sql, unique, until, using } from '../e2e/lib/desk.mjs';
import { deliver } from '../e2e/lib/mail.mjs';
import { mailed, openCase } from './lib/cases.mjs';
import { ownPage } from './lib/opened.mjs';

let p;
let page;

ownPage('sup', {}, (own) => {
  p = own;
  page = own.page;
});

const log = () => page.getByRole('log');
const add = (wire, m) => wire.ask('EVENT.ADD', event({ to: undefined, text: undefined, ...m }));

// n events, an hour apart; each tenth a mail of ten lines, so that heights differ.
const long = (ticket, n) =>
  change(
    `INSERT INTO desk.event (id, at, ticket, customer, kind, channel, direction, contact, who, agent, text)
     SELECT nextval('desk.event_id'), now() - make_interval(hours => :v2 - g), t.id, t.customer,
       CASE WHEN g % 10 = 0 THEN 'message' ELSE 'note' END,
       CASE WHEN g % 10 = 0 THEN 'mail' ELSE 'desk' END,
       CASE WHEN g % 10 = 0 THEN 'in' ELSE 'own' END,
       CASE WHEN g % 10 = 0 THEN e.contact END, 'Sương Võ',
       CASE WHEN g % 10 <> 0 THEN (SELECT id FROM desk.agent WHERE name = 'sup') END,
       'dòng ' || g || CASE WHEN g % 10 = 0 THEN repeat(E'\\nthêm một dòng nữa', 9) ELSE '' END
     FROM generate_series(1, :v2) g, desk.ticket t
     JOIN desk.event e ON e.id = (SELECT min(f.id) FROM desk.event f WHERE f.ticket = t.id)
     WHERE t.id = :v1 ORDER BY g`, ticket, n);

// Scrolls near the beginning of what is there and lets more come above, once all
// is drawn; says by how much what was on the screen moved then.
async function pageUp() {
  let go;
  const held = new Promise((done) => { go = done; });
  await page.route(/\?before=[1-9]/, async (r) => {
    await held;
    await r.continue();
  });
  const [mark, first] = await log().evaluateHandle(async (box) => {
    box.scrollTop = 380;
    for (let i = 0; i < 10; i++) await new Promise((done) => requestAnimationFrame(done));
    const { top } = box.getBoundingClientRect();
    const all = [...box.querySelectorAll('article')];
    return [all.find((a) => a.getBoundingClientRect().top > top), all[0]];
  }).then((h) => Promise.all([h.getProperty('0'), h.getProperty('1')]));
  const was = await mark.evaluate((m) => m.getBoundingClientRect().top);
  go();
  await until('more has come', () =>
    log().evaluate((box, f) => box.querySelector('article') !== f, first));
  await page.unroute(/\?before=[1-9]/);
  return mark.evaluate(async (m, top) => {
    for (let i = 0; i < 10; i++) await new Promise((done) => requestAnimationFrame(done));
    return Math.abs(m.getBoundingClientRect().top - top);
  }, was);
}

test('5,000 events: the newest at once, the older ones by scrolling, and nothing jumps', async () => {
  const c = await mailed();
  await long(c.ticket, 5000);
  const began = performance.now();
  await openCase(p, c.ticket);
  await log().getByText('dòng 4999', { exact: true }).waitFor();
  const took = performance.now() - began;
  assert.equal(await log().getByText('dòng 4899', { exact: true }).count(), 0, 'one page of them');
  const moved = [];
  for (let i = 0; i < 4; i++) moved.push(await pageUp());
  console.log(`# opened in ${Math.round(took)} ms; moved by ${moved.map(Math.round)} px`);
  assert.ok(moved.every((px) => px <= 2), `moved by ${moved} px`);
  await log().getByText('dòng 4599', { exact: true }).waitFor({ state: 'attached' });
  // Words that come now move nothing, and are told of.
  await using(() => login('an'), (w) => w.ask('TICKET.NOTE', c.ticket, 'mới đây'));
  const down = page.getByRole('button', { name: 'Xuống tin mới nhất' });
  await down.filter({ hasText: '1 tin mới' }).waitFor();
  await down.click();
  await log().getByText('mới đây').waitFor();
  await down.waitFor({ state: 'detached' });
});

test('a long case from its beginning: a page on, what lies between said, and back', async () => {
  const c = await mailed();
  await long(c.ticket, 450);
  await openCase(p, c.ticket);
  const line = (n) => log().getByText(`dòng ${n}`, { exact: true });
  const onScreen = (n) => line(n).evaluate((e) => {
    const [a, b] = [e, e.closest('[role=log]')].map((x) => x.getBoundingClientRect());
    return a.top >= b.top && a.bottom <= b.bottom;
  });
  await line(449).waitFor();
  await page.keyboard.press('Shift+Home');
  await line(1).waitFor();
  await until('it is the beginning', () => log().evaluate((b) => b.scrollTop === 0 && b === document.activeElement));
  const gap = page.getByRole('group', { name: 'Phần chưa hiện' });
  await gap.getByText(/^Các mục từ .* đến .* chưa hiện ở đây\.$/).waitFor();
  assert.equal(await line(199).count(), 0);
  await p.accessible('a gap in a case');
  // A page on, by key alone: what was above the gap stays where it was.
  const on = gap.getByRole('button', { name: 'Xem tiếp' });
  await on.focus();
  await page.keyboard.press('Enter');
  await line(151).waitFor({ state: 'attached' });
  assert.equal(await gap.count(), 1);
  await gap.getByRole('button', { name: 'Xem phần ngay trước' }).click();
  await line(299).waitFor({ state: 'attached' });
  // And on, until nothing lies between.
  await on.click();
  await gap.waitFor({ state: 'detached' });
  const all = await log().getByText(/^dòng \d+$/).allTextContents();
  const numbers = all.map((t) => Number(t.trim().slice(5)));
  assert.deepEqual(numbers, Array.from({ length: 450 }, (_, i) => i + 1).filter((n) => n % 10));
  // The newest again, and the beginning by the button that stands there.
  await page.keyboard.press('Shift+End');
  await until('the newest is there', () => onScreen(449));
  // What gets its height only now is followed, though the scrolling is told of first.
  await log().evaluate((b) => {
    const last = [...b.querySelectorAll('.item')].at(-1);
    last.style.minHeight = `${last.offsetHeight + 300}px`;
    b.dispatchEvent(new Event('scroll'));
  });
  await until('it is at the end still', () => log().evaluate((b) =>
    b.scrollHeight - b.scrollTop - b.clientHeight < 2));
  await log().evaluate((b) => { b.scrollTop -= 3 * b.clientHeight; });
  await page.getByRole('button', { name: 'Về đầu hồ sơ' }).click();
  await until('the first is there', () => onScreen(1));
});

test('a link to an event opens the case there; one that is not there says so', async () => {
  const c = await mailed();
  await long(c.ticket, 450);
  const [e] = await sql(`SELECT id FROM desk.event WHERE ticket = :'v1'::bigint AND text = 'dòng 201'`, c.ticket);
  await page.goto(`${p.base}/d/cases/${c.ticket}#e${e.id}`);
  const there = log().getByRole('article').filter({ has: page.getByText('dòng 201', { exact: true }) });
  await there.waitFor();
  await until('it has the focus, in sight', () => there.evaluate((a) => {
    const [at, box] = [a, a.closest('[role=log]')].map((x) => x.getBoundingClientRect());
    return document.activeElement.contains(a) && at.top >= box.top && at.bottom <= box.bottom;
  }));
  assert.equal(await log().getByText('dòng 99', { exact: true }).count(), 0, 'not all of them');
  // What stands there has a link of its own.
  const own = there.getByRole('link');
  assert.match(await own.getAttribute('href'), new RegExp(`^#e${e.id}$`));
  await page.goto(`${p.base}/d/cases/${c.ticket}#e1`);
  await page.getByText('Hồ sơ này không có mục mà đường dẫn chỉ tới.').waitFor();
});

test('the whole history, asked for twice at once, has each page once', async () => {
  const c = await mailed();
  await long(c.ticket, 1000);
  await openCase(p, c.ticket);
  const pane = page.getByRole('complementary', { name: 'Khách hàng' });
  const fold = pane.getByRole('button', { name: /^Toàn bộ lịch sử/ });
  await fold.waitFor();
  // (It is remembered with the user.)
  if ((await fold.getAttribute('aria-expanded')) !== 'true') await fold.click();
  const rows = pane.locator('ol > li').filter({ has: page.locator('a[href^="/d/cases/"]') });
  const there = (n) => until(`${n} rows`, async () => (await rows.count()) === n);
  await there(30);
  let come;
  const held = new Promise((go) => { come = go; });
  const answers = [];
  const next = /\/timeline\?.*before=/;
  await page.route(next, async (r) => {
    const response = await r.fetch();
    answers.push(response);
    await held;
    await r.fulfill({ response });
  });
  await pane.getByRole('button', { name: 'Xem thêm' }).dblclick();
  await until('it was asked for twice', () => answers.length === 2);
  let done = 0;
  page.on('requestfinished', (r) => { if (next.test(r.url())) done++; });
  come();
  await until('both are answered', () => done === 2);
  await there(60);
  await p.drawn();
  assert.equal(await rows.count(), 60);
  await page.unroute(next);
  await fold.click();
});

test('a call is one line with its facts and its recording', async () => {
  const from = { kind: 'phone', address: phone(), name: 'Trần Minh Lộc' };
  const call = { id: unique('c'), direction: 'in' };
  const { ticket } = await using(service, async (wire) => {
    const told = (at, more) =>
      add(wire, { channel: 'call', from, at: `2026-11-21T08:0${at}:00Z`, call: { ...call, ...more } });
    await told(0, { state: 'ringing' });
    await told(1, { state: 'answered', agent: 'an', wait: 12 });
    return told(6, {
      ...{ state: 'ended', agent: 'an', wait: 12, duration: 288, hold: 30 },
      recording: 'https://pbx.example/rec/1.wav',
    });
  });
  await openCase(p, ticket);
  const line = log().getByRole('article');
  await line.getByText('gọi đến, An Nguyễn nghe').waitFor();
  assert.equal(await line.count(), 1);
  await line.getByText('chờ 0:12 · nói 4:48 · giữ máy 0:30').waitFor();
  const link = line.getByRole('link', { name: 'Nghe ghi âm' });
  assert.equal(await link.getAttribute('href'), 'https://pbx.example/rec/1.wav');
  assert.match(await link.getAttribute('rel'), /noopener/);
  await page.getByRole('heading', { level: 1, name: 'Cuộc gọi' }).waitFor();
  await p.accessible('a call');
});

test('a missed call says so; a recording that is no address is no link', async () => {
  const from = { kind: 'phone', address: phone() };
  const { ticket } = await using(service, (wire) =>
    add(wire, {
      channel: 'call', from,
      call: { id: unique('c'), direction: 'in', state: 'missed', wait: 31, recording: 'javascript:alert(1)' },
    }));
  await openCase(p, ticket);
  await log().getByText('gọi nhỡ').waitFor();
  await log().getByText('chờ 0:31').waitFor();
  assert.equal(await log().getByRole('link', { name: /ghi âm/ }).count(), 0);
});

test('an order shows what was promised, and what was kept of it', async () => {
  const from = { kind: 'phone', address: phone(), name: 'Lan' };
  const no = unique('DH');
  const { ticket } = await using(service, async (wire) => {
    const told = (order) => add(wire, { channel: 'order', from, order: { no, ...order } });
    await told({ status: 'confirmed', amount: 3480000, currency: 'VND', promised_at: '2026-11-19T10:00:00+07:00' });
    return told({ status: 'delivered', carrier: 'GHN', delivered_at: '2026-11-21T16:00:00+07:00' });
  });
  await openCase(p, ticket);
  const boxes = log().getByRole('article', { name: `Đơn ${no}` });
  await boxes.first().getByText('đã xác nhận · 3.480.000').waitFor();
  await boxes.first().getByText('chưa giao').waitFor();
  await boxes.last().getByText('đã giao · GHN').waitFor();
  await boxes.last().getByText('trễ 2 ngày').waitFor();
  await p.accessible('an order');
});

test('words from a social network are answered there', async () => {
  const from = { kind: 'zalo', address: unique(), name: 'Phạm Thu Trang' };
  const { ticket } = await using(service, (wire) =>
    add(wire, { channel: 'social', from, text: 'shop oi noi con hang ko' }));
  await openCase(p, ticket);
  const talk = log().getByRole('article', { name: 'Phạm Thu Trang' });
  await talk.getByText('shop oi noi con hang ko', { exact: true }).waitFor();
  await page.getByRole('textbox', { name: 'Trả lời Phạm Thu Trang qua mạng xã hội' }).waitFor();
  // No mark would be shown there.
  assert.equal(await page.getByRole('button', { name: 'Đậm' }).count(), 0);
  await page.keyboard.press('r');
  await page.keyboard.type('dạ còn');
  await page.keyboard.press('Control+a');
  await page.keyboard.press('Control+b');
  assert.equal(await page.locator('.comp textarea').inputValue(), 'dạ còn');
});

test('changes are folded, hand-offs and what was said with them stand', async () => {
  const c = await mailed();
  await using(() => login('an'), async (w) => {
    await w.ask('TICKET.TAKE', c.ticket);
    await w.ask('TICKET.PRIORITY', c.ticket, 70);
    for (const tag of ['giao trễ', 'nồi cơm']) await w.ask('TICKET.TAG', c.ticket, tag);
    await w.ask('TICKET.TRANSFER', c.ticket, 'warehouse', 'NOTE', 'Khách cần trước 15:00');
  });
  await openCase(p, c.ticket);
  await log().getByText('An Nguyễn chuyển Bán hàng → Kho hàng: “Khách cần trước 15:00”').waitFor();
  assert.equal(await log().getByText('An Nguyễn đổi ưu tiên 50 → 70').count(), 0);
  await log().getByRole('button', { name: '4 thay đổi' }).click();
  await log().getByText('An Nguyễn đổi ưu tiên 50 → 70').waitFor();
  await log().getByText('An Nguyễn gắn nhãn nồi cơm').waitFor();
  await log().getByRole('button', { name: 'Thu gọn' }).click();
  await log().getByText('An Nguyễn gắn nhãn nồi cơm').waitFor({ state: 'detached' });
});

// What mail systems send back.
function returned(messageId, recipient) {
  const part = unique('B');
  const lines = [
    'From: MAILER-DAEMON@mx.example.com', 'To: sales@shop.example',
    'Subject: Undelivered Mail Returned to Sender', `Message-ID: <${unique('b')}@mx.example.com>`,
    'Auto-Submitted: auto-replied', 'MIME-Version: 1.0',
    `Content-Type: multipart/report; report-type=delivery-status; boundary=${part}`,
    '', `--${part}`, 'Content-Type: text/plain', '', 'It did not arrive.',
    `--${part}`, 'Content-Type: message/delivery-status', '', 'Reporting-MTA: dns; mx.example.com', '',
    `Final-Recipient: rfc822; ${recipient}`, 'Action: failed', 'Status: 5.1.1',
    'Diagnostic-Code: smtp; 550 5.1.1 no such user',
    '', `--${part}`, 'Content-Type: text/rfc822-headers', '', `Message-ID: <${messageId}>`,
    '', `--${part}--`, '',
  ];
  return { from: '', to: 'sales@shop.example', bytes: Buffer.from(lines.join('\r\n')) };
}

test('an answer that comes back says so where it stands, and is sent again', async () => {
  const c = await mailed();
  const { event: answer } = await using(() => login('an'), (w) =>
    w.ask('TICKET.REPLY', c.ticket, 'Dạ em gửi hoá đơn ạ'));
  await openCase(p, c.ticket);
  const mine = log().getByRole('article').filter({ hasText: 'Dạ em gửi hoá đơn ạ' });
  await mine.getByText(/^chờ gửi/).waitFor();
  await change(
    `UPDATE desk.outbound SET state = 'sent', settled_at = now() WHERE event = :'v1'::bigint`, answer);
  const [out] = await sql(`SELECT message_id FROM desk.outbound WHERE event = :'v1'::bigint`, answer);
  const [reply] = await deliver(returned(out.message_id, c.from));
  assert.equal(reply.code, 250, reply.text);
  await mine.getByText('bị trả về').waitFor();
  await mine.getByText(/Máy chủ nhận nói: .*5\.1\.1/).waitFor();
  await log().getByText('It did not arrive.').waitFor();
  await p.accessible('an answer that came back');
  await mine.getByRole('button', { name: 'Gửi lại' }).click();
  await mine.getByText(/^chờ gửi/).waitFor();
  await until('it is on its way again', async () =>
    (await sql(`SELECT state FROM desk.outbound WHERE event = :'v1'::bigint`, answer))[0].state === 'queued');
});
