// Two agents and a supervisor at once, each at a page of their own: what one
// does the others see, at another daemon too.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { change, login, service, sql, unique, until, using } from '../e2e/lib/desk.mjs';
import { openRedis } from '../e2e/lib/lines.mjs';
import { startSecond } from '../e2e/lib/second.mjs';
import { startSink } from '../e2e/lib/sink.mjs';
import { Browser } from './lib/browser.mjs';
import { mailed, openCase, thinking, writing } from './lib/cases.mjs';
import { Team } from './lib/team.mjs';

const named = { lan: unique('Trần Thị Lan '), my: unique('Đỗ Thị Mỹ ') };
let browser, sink, other, team, store, thought;
let lan, my, sup; // their pages

before(async () => {
  [sink, browser] = await Promise.all([startSink(), Browser.open()]);
  const teams = async () => {
    store = await Team.make({}, { title: unique('Kho ') });
    team = await Team.make({
      lan: { display: named.lan, queues: [store.queue] },
      my: { display: named.my },
    }, { title: unique('Chăm sóc ') });
  };
  const second = async () => {
    // It has a relay, and one of the agents works at it.
    other = await startSecond({
      smtp_relay: `127.0.0.1:${sink.port}`, smtp_starttls: 'no', smtp_patience: 3,
    });
  };
  await Promise.all([teams(), second()]);
  thought = await thinking(); // (An answer is seen before it goes.)
  const enter = async (name, options) => {
    const p = await browser.page({ allow: /status of 409/, ...options });
    await p.login(name);
    return p;
  };
  [lan, my, sup] = await Promise.all([
    enter(team.logins.lan),
    enter(team.logins.my, { base: other.http }),
    enter('sup'),
  ]);
  await sup.page.goto(`${sup.base}/d/board`);
});
after(async () => {
  try {
    for (const p of [lan, my, sup]) await p?.end();
  } finally {
    await browser?.end();
    await thought?.();
    await other?.stop();
    await sink?.end();
    await team?.end();
    await store?.end();
  }
});

const button = (page, name) => page.getByRole('button', { name });
const log = (page) => page.getByRole('log');
const subjectOf = () => unique('Nồi cơm báo lỗi ');
const offer = (p, subject) => p.page.getByRole('alertdialog').filter({ hasText: subject });
const answers = (ticket) => sql(
  `SELECT text FROM desk.event WHERE ticket = :v1 AND direction = 'out' AND kind = 'message' ORDER BY id`,
  ticket);

// What the supervisor's board shows.
const card = (of) => sup.page.getByRole('region', { name: of.title, exact: true });
const row = (who) => sup.page.getByRole('row').filter({ hasText: named[who] });
const waiting = (of, n) =>
  until(`the board has ${n} waiting`, async () =>
    (await card(of).locator('b').first().innerText()) === String(n));
const shows = (who, ...said) =>
  Promise.all(said.map((text) => row(who).getByText(text, { exact: true }).waitFor()));

// Each test begins with nobody there but these, and nothing in their hands.
async function ready(...who) {
  const all = ['lan', 'my'];
  for (const name of all) await team.state(name, who.includes(name) ? 'ready' : 'away');
  await Promise.all([
    ...all.map((name) => shows(name, who.includes(name) ? 'Sẵn sàng' : 'Vắng', '0 %')),
    ...[team, store].map((of) => waiting(of, 0)),
  ]);
}
const done = (ticket) => using(service, (wire) => wire.ask('TICKET.RESOLVE', ticket));
async function take(p, ticket) {
  await openCase(p, ticket);
  // (What is said goes by time.)
  await Promise.all([
    p.page.getByText(/Bạn đã nhận #\d+/).waitFor(), p.page.keyboard.press('m'),
  ]);
}

test('offered to one, declined, taken by the other and answered; the board follows', async () => {
  await ready('lan');
  const subject = subjectOf();
  const c = await mailed({ to: team.address, subject });
  await offer(lan, subject).waitFor();
  await waiting(team, 1);
  await shows('lan', 'đang được mời', '0 %');
  await team.state('my', 'ready');
  await shows('my', 'Sẵn sàng', '0 %');

  await lan.page.keyboard.press('d');
  await offer(lan, subject).waitFor({ state: 'detached' });
  await offer(my, subject).waitFor();
  await shows('my', 'đang được mời', '0 %');
  await row('lan').getByText('đang được mời').waitFor({ state: 'detached' });
  await waiting(team, 1);

  await my.page.keyboard.press('a');
  await my.page.waitForURL(new RegExp(`/d/cases/${c.ticket}\\b`));
  await waiting(team, 0);
  await shows('my', '5 %');
  await row('my').getByText('đang được mời').waitFor({ state: 'detached' });

  // Her answer goes out, and its way is seen by who only looks on.
  await openCase(lan, c.ticket);
  await my.page.getByRole('log').waitFor();
  await my.page.keyboard.press('r');
  const said = unique('Dạ chị, em gửi nồi mới trước thứ Bảy ạ ');
  await my.page.keyboard.type(said);
  await my.page.keyboard.press('Control+Enter');
  const sent = log(lan.page).getByRole('article').filter({ hasText: said });
  await sent.getByText(/^chờ gửi/).waitFor();
  await change(
    `UPDATE desk.outbound SET next_try = now() WHERE ticket = :v1 AND state = 'queued'`, c.ticket);
  for (const p of [lan, my])
    await log(p.page).getByRole('article').filter({ hasText: said }).getByText(/^đã gửi/).waitFor();
  const [mail, ...more] = sink.to(c.from);
  assert.equal(more.length, 0);
  assert.match(mail.text, new RegExp(`^In-Reply-To: <${c.id}>\r$`, 'm'));
  await done(c.ticket);
  await shows('my', '0 %');
});

test('nobody answers an offer: the board says that nobody is there, until one is', async () => {
  await ready('lan');
  const subject = subjectOf();
  const c = await mailed({ to: team.address, subject });
  // As often as time does it: who lets two of them go is away.
  const redis = openRedis();
  try {
    await until('two offers ran out', async () => {
      await redis.zadd('{desk}:offers', 'XX', 1, `${c.ticket}:${team.logins.lan}`);
      return (await redis.hget(`{desk}:a:${team.logins.lan}`, 'state')) === 'away';
    });
  } finally {
    redis.disconnect();
  }
  await row('lan').getByText('Vắng: không trả lời lời mời').waitFor();
  await waiting(team, 1);
  const alert = sup.page.getByRole('listitem').filter({ hasText: team.title })
    .filter({ hasText: '1 hồ sơ chờ, không ai sẵn sàng' });
  await alert.waitFor();
  await team.state('my', 'ready');
  await offer(my, subject).waitFor();
  await alert.waitFor({ state: 'detached' });
  await my.page.keyboard.press('Alt+a');
  await shows('my', '5 %');
  await waiting(team, 0);
  await done(c.ticket);
});

test('handed to another queue with a note: offered there, and the note is read first', async () => {
  const subject = subjectOf();
  await ready();
  const c = await mailed({ to: team.address, subject });
  await take(my, c.ticket);
  await shows('my', '5 %');
  await team.state('lan', 'ready');
  await my.page.keyboard.press('t');
  const dialog = my.page.getByRole('dialog');
  await dialog.getByLabel('Chuyển cho').selectOption({ label: store.title });
  const note = unique('Giữ một nồi NC-18, khách cần trước thứ Bảy ');
  await dialog.getByLabel('Người nhận cần biết gì').fill(note);
  await button(dialog, 'Chuyển').last().click();
  await offer(lan, subject).waitFor();
  await waiting(store, 1);
  await shows('my', '0 %');
  await lan.page.keyboard.press('Alt+a');
  await lan.page.waitForURL(new RegExp(`/d/cases/${c.ticket}\\b`));
  await log(lan.page).getByText(note).waitFor();
  await waiting(store, 0);
  await shows('lan', '5 %');
  await done(c.ticket);
});

test('a department is asked and answers: both see it in the case, the customer nothing', async () => {
  await ready();
  const subject = subjectOf();
  const c = await mailed({ to: team.address, subject });
  await take(my, c.ticket);
  await my.page.keyboard.press('q');
  const dialog = my.page.getByRole('dialog');
  await dialog.getByLabel('Bộ phận được hỏi').selectOption({ label: store.title });
  const [asked, said] = [unique('Kho còn nồi NC-18 không '), unique('Còn hai cái ')];
  await dialog.getByLabel('Câu hỏi', { exact: true }).fill(asked);
  await dialog.getByLabel('Tạm dừng hồ sơ tới khi có trả lời').check();
  await my.accessible('asking a department');
  // What she wrote is the server's, too: another browser of hers has it.
  await until('the question is kept', async () => (await sql(`SELECT about FROM desk.draft
    WHERE ticket = :v1 AND kind = 'ask' AND text = :'v2' AND about->'pend' = 'true'`,
  c.ticket, asked)).length === 1);
  await my.page.evaluate(() => {
    for (const k of Object.keys(localStorage))
      if (k.startsWith('deskd.draft.')) localStorage.removeItem(k);
  });
  await my.page.reload();
  await my.live();
  await log(my.page).waitFor();
  await my.page.keyboard.press('q');
  await until('it is there again', async () =>
    await dialog.getByLabel('Câu hỏi', { exact: true }).inputValue() === asked
    && await dialog.getByLabel('Tạm dừng hồ sơ tới khi có trả lời').isChecked());
  await button(dialog, 'Hỏi').last().click();
  await dialog.waitFor({ state: 'detached' });
  const card = log(my.page).getByRole('article').filter({ hasText: asked }).first();
  await card.getByText(`chờ ${store.title}`).waitFor();
  await my.page.locator('main header').getByText(`tạm dừng: chờ ${store.title}`).waitFor();
  const [{ ticket }] = await sql(`SELECT ticket FROM desk.consult WHERE parent = :v1`, c.ticket);

  await openCase(lan, ticket);
  await lan.page.getByRole('region', { name: 'Câu hỏi cho hồ sơ' }).getByText(subject).waitFor();
  await lan.page.getByRole('heading', { level: 1, name: asked }).waitFor();
  await log(lan.page).getByText(asked).waitFor();
  const answer = lan.page.getByRole('textbox', { name: `Trả lời ${team.title}` });
  await lan.page.getByText('Khách không thấy câu trả lời này.').waitFor();
  await answer.fill(said);
  await lan.accessible('a question of another department');
  await button(lan.page, /^Gửi Ctrl/).click();
  await log(lan.page).getByRole('article').filter({ hasText: said }).waitFor();
  await lan.page.getByText('Câu hỏi đã khép lại. Ai hỏi thì hỏi thêm được.').waitFor();

  const got = log(my.page).getByRole('article').filter({ hasText: said });
  await got.getByText(`${store.title} trả lời`).waitFor();
  await got.getByText(/^đã trả lời/).waitFor();
  await my.page.locator('main header').getByRole('button', { name: 'Trạng thái: Đang mở' }).waitFor();
  await button(my.page, /^Thông báo, \d+ mới$/).click();
  await my.page.getByRole('menuitem').filter({ hasText: `${named.lan} trả lời câu hỏi của bạn` }).waitFor();
  await my.page.keyboard.press('Escape');
  await my.page.getByRole('menu').waitFor({ state: 'detached' });
  assert.deepEqual(await answers(c.ticket), []);
  await done(c.ticket);
});

test('who watches a case is told of it, and finds it in her list', async () => {
  const subject = subjectOf();
  const c = await mailed({ to: team.address, subject });
  await openCase(lan, c.ticket);
  const bell = lan.page.locator('main header').getByRole('button', { name: 'Theo dõi hồ sơ' });
  await lan.page.keyboard.press('b');
  await lan.page.locator('main header [aria-pressed=true]').waitFor();
  await until('the desk knows', async () => (await sql(
    'SELECT 1 FROM desk.watch WHERE ticket = :v1', c.ticket)).length === 1);
  await lan.accessible('a case that one watches');
  await using(() => login(team.logins.my), (wire) =>
    wire.ask('TICKET.NOTE', c.ticket, 'Khách vội, chị để ý giúp'));
  await button(lan.page, /^Thông báo, \d+ mới$/).click();
  await lan.page.getByRole('menuitem').filter({ hasText: subject })
    .filter({ hasText: `${named.my} ghi chú trong hồ sơ bạn theo dõi` }).waitFor();
  await lan.page.keyboard.press('Escape');
  await lan.page.getByRole('menu').waitFor({ state: 'detached' });
  await lan.page.goto(`${lan.base}/d/cases?view=watched`);
  await lan.live();
  await lan.page.getByRole('option').filter({ hasText: subject }).first().waitFor();
  await openCase(lan, c.ticket);
  await lan.page.locator('main header [aria-pressed=true]').waitFor();
  await lan.page.keyboard.press('b');
  await bell.and(lan.page.locator('[aria-pressed=false]')).waitFor();
  await done(c.ticket);
});

test('both see each other at a case; who closes the page or goes is not writing any more', async () => {
  const c = await mailed({ to: team.address });
  await openCase(lan, c.ticket);
  const head = (page) => page.locator('main header');
  const sees = (page, who, doing) => head(page).getByText(`${named[who]} ${doing}`).waitFor();
  const begin = async (page) => {
    await openCase({ page, base: my.base }, c.ticket);
    await sees(page, 'lan', 'đang');
    await sees(lan.page, 'my', 'đang xem');
    await writing(page).pressSequentially('Dạ');
    await sees(lan.page, 'my', 'đang viết');
  };
  const gone = () => head(lan.page).getByText(named.my).waitFor({ state: 'detached' });

  const tab = await my.context.newPage();
  await begin(tab);
  // Who begins to write, too, is told whose answer it is.
  await tab.getByText('đã lưu nháp').waitFor();
  await writing(lan.page).fill('Dạ em là Lan');
  const holds = lan.page.getByText(`${named.my} đang viết trả lời cho hồ sơ này.`);
  await holds.waitFor();
  await tab.close({ runBeforeUnload: true });
  await gone();
  await holds.waitFor({ state: 'detached' });

  await begin(my.page);
  await my.page.keyboard.type(' chị!');
  await my.page.keyboard.press('Escape');
  await my.page.keyboard.press('/');
  await my.page.waitForURL(/\/d\/search/);
  await gone();
  // What she typed last is saved when she has gone: it locks nothing.
  const hers = (table, more) => sql(
    `SELECT 1 FROM desk.${table} x JOIN desk.agent a ON a.id = x.agent
     WHERE x.ticket = :v1 AND a.name = :'v2' AND ${more}`, c.ticket, team.logins.my);
  await until('it is saved', async () => (await hers('draft', "text LIKE '%!'")).length);
  await until('and she holds nothing', async () => (await hers('writing', 'until > now()')).length === 0);
  await button(lan.page, /^Gửi Ctrl/).click();
  await until('the answer is kept', async () => (await answers(c.ticket)).length === 1);
  await done(c.ticket);
});

test('a second answer is refused: what came meanwhile stands above it, and it goes all the same', async () => {
  const c = await mailed({ to: team.address });
  await take(my, c.ticket);
  await openCase(lan, c.ticket);
  const [first, second] = [unique('Dạ em là Mỹ '), unique('Dạ em là Lan ')];
  // Hers is on its way when the other's is kept; and nobody knew that she wrote
  // (a slow page saves what it is about to send).
  let kept;
  const held = new Promise((go) => { kept = go; });
  const hers = /\/(replies|draft)(\?|$)/;
  await lan.page.route(hers, async (r) => {
    await held;
    await r.continue();
  });
  await writing(lan.page).fill(second);
  await button(lan.page, /^Gửi Ctrl/).click();
  await writing(my.page).fill(first);
  await button(my.page, /^Gửi Ctrl/).click();
  await log(lan.page).getByText(first).waitFor();
  kept();
  await lan.page.unroute(hers);
  await button(lan.page, 'Gửi dù vậy').waitFor();
  await log(lan.page).getByText('Đọc lại phần trên trước khi gửi.').waitFor();
  const [above, mine] = await Promise.all([first, second].map((text) =>
    log(lan.page).getByText(text).boundingBox()));
  assert.ok(above.y < mine.y, 'what came meanwhile is read first');
  assert.deepEqual((await answers(c.ticket)).map((a) => a.text), [first]);
  await button(lan.page, 'Gửi dù vậy').click();
  await log(my.page).getByText(second).waitFor();
  assert.deepEqual((await answers(c.ticket)).map((a) => a.text), [first, second]);
  await done(c.ticket);
});
