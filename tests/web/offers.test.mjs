// What is offered: accepted and declined by key, and gone when nobody answers;
// and who calls.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { event, now, phone, service, unique, until, using } from '../e2e/lib/desk.mjs';
import { openRedis } from '../e2e/lib/lines.mjs';
import { post } from '../e2e/lib/web.mjs';
import { Browser } from './lib/browser.mjs';

let browser, p, page;
before(async () => {
  browser = await Browser.open();
  p = await browser.page();
  page = p.page;
  await p.login('binh');
});
after(async () => {
  await using(service, (wire) => wire.ask('AGENT.STATE', 'binh', 'offline'));
  const { troubles } = p;
  await browser.end();
  assert.deepEqual(troubles, []);
});

// A case that goes before all others of its queue.
async function urgent(subject) {
  return using(service, async (wire) => {
    const { ticket } = await wire.ask('EVENT.ADD', event({ to: 'warehouse@shop.example', subject }));
    await wire.ask('TICKET.PRIORITY', ticket, 99);
    return ticket;
  });
}

const states = { 'Sẵn sàng': 'ready', 'Vắng': 'away' };
async function state(name) {
  await page.getByRole('button', { name: /^Trạng thái của tôi/ }).click();
  await page.getByRole('menuitemradio', { name, exact: true }).click();
  await until(`the desk has him as ${name}`, async () => {
    const { agents } = await using(service, (wire) => wire.ask('AGENT.LIST'));
    return agents.find((a) => a.name === 'binh').state === states[name];
  });
}

// Only the card of this case is there; others that waited are declined.  (Its
// words come a moment after it: it is known by its ticket.)
const alone = (ticket) => async () => {
  const mine = page.locator(`#o-${ticket}`);
  const other = page.getByRole('alertdialog').filter({ hasNot: mine })
    .getByRole('button', { name: /^Nhường/ });
  if (await other.count()) await other.first().click({ timeout: 2000 }).catch(() => undefined);
  else return mine.count();
};
async function offered(subject) {
  const ticket = await urgent(subject);
  await state('Sẵn sàng');
  await until('it is offered', alone(ticket));
  const card = page.getByRole('alertdialog').filter({ hasText: subject });
  await card.waitFor();
  return { ticket, card };
}
const assignee = (ticket) =>
  using(service, async (wire) => (await wire.ask('TICKET.GET', ticket)).ticket.assignee);

test('accepted by its button: mine, and open', async () => {
  const { ticket, card } = await offered(unique('kho-'));
  assert.match(await card.getByRole('img', { name: /còn \d+ giây/ }).innerText(), /\d/);
  await p.accessible('an offer');
  await card.getByRole('button', { name: /^Nhận/ }).click();
  await page.waitForURL(new RegExp(`/d/cases/${ticket}`));
  await card.waitFor({ state: 'detached' });
  await until('it is his', async () => (await assignee(ticket)) === 'binh');
  await state('Vắng');
});

test('declined by Alt+D while one types: others get it, the text stays', async () => {
  await page.goto(`${p.base}/d/search`);
  await p.live();
  const { ticket, card } = await offered(unique('kho-'));
  const input = page.getByRole('combobox', { name: 'Tìm' });
  await input.fill('đang gõ dở');
  await until('the keys are about it', alone(ticket));
  await input.press('Alt+d');
  await card.waitFor({ state: 'detached' });
  assert.equal(await input.inputValue(), 'đang gõ dở');
  await until('it waits again', async () => (await assignee(ticket)) === undefined);
  await state('Vắng');
});

test('nobody answers: it says that the time is over, and goes; he is away', async () => {
  const { ticket, card } = await offered(unique('kho-'));
  // As often as time does it: who lets two of them go is away.
  const redis = openRedis();
  try {
    const over = page.getByText('Đã hết giờ nhận.').first().waitFor();
    await Promise.all([over, until('two offers ran out', async () => {
      await redis.zadd('{desk}:offers', 'XX', 1, `${ticket}:binh`);
      return (await redis.hget('{desk}:a:binh', 'state')) === 'away';
    })]);
    await card.waitFor({ state: 'detached' });
    await until('its sentence is gone', async () =>
      (await page.getByText('Đã hết giờ nhận.').count()) === 0);
    // Why is said in full, and cut where there is no room.
    const mine = page.getByRole('button', { name: /^Trạng thái của tôi: Vắng: không trả lời/ });
    await mine.waitFor();
    assert.match(await mine.getAttribute('title'), /không trả lời lời mời/);
    assert.ok(await mine.evaluate((e) => e.scrollWidth <= e.clientWidth), 'the card is too wide');
    assert.equal(await assignee(ticket), undefined);
    // The sentence stands where offers come, and ends by its button.
    const away = page.getByRole('region', { name: 'Bạn đang vắng' });
    await away.getByText(/^Bạn đang Vắng từ .*\d\d:\d\d vì hai lời mời liền/).waitFor();
    await p.accessible('set away by the desk');
    await away.getByRole('button', { name: 'Sẵn sàng lại' }).click();
    await away.waitFor({ state: 'detached' });
    await until('he is ready', async () => {
      const { agents } = await using(service, (wire) => wire.ask('AGENT.LIST'));
      return agents.find((a) => a.name === 'binh').state === 'ready';
    });
    await state('Vắng');
  } finally {
    redis.disconnect();
  }
});

// As a telephone number is read out.
const shown = (from) => `+84 ${from.slice(1, 4)} ${from.slice(4, 7)} ${from.slice(7)}`;

// What the exchange tells of one call.
function exchange(from, call = unique('c-')) {
  return async (m) => {
    const got = await post('/hooks/pbx', { call, from, to: '19001234', agent: '102', at: now(), ...m });
    assert.equal(got.status, 201, got.text);
    return got.json;
  };
}

test('a call: who it is while it rings; picked up, the case is open', async () => {
  const from = phone();
  const tell = exchange(from);
  const name = unique('Chị Lan Anh ');
  await tell({ call: unique('c-'), state: 'missed', name });
  await tell({ state: 'ringing' });
  const card = page.getByRole('alertdialog', { name: `Cuộc gọi tới · ${name}` });
  await card.getByText(`${shown(from)} · 1 hồ sơ đang mở`).waitFor();
  await p.accessible('a call');
  const { ticket } = await tell({ state: 'answered', wait: 3 });
  await page.waitForURL(new RegExp(`/d/cases/${ticket}\\b`));
  await card.waitFor({ state: 'detached' });
  await page.getByRole('link', { name }).or(page.getByText(name)).first().waitFor();
  await tell({ state: 'ended', duration: 9 });
});

test('a call that begins while the page asks who calls is not lost by the older answer', async () => {
  const from = phone();
  const tell = exchange(from);
  let come, has;
  const held = new Promise((go) => { come = go; });
  const made = new Promise((go) => { has = go; });
  const calls = (url) => url.pathname === '/api/v1/calls';
  await page.route(calls, async (r) => {
    const response = await r.fetch();
    has();
    await held;
    await r.fulfill({ response });
  });
  await page.reload();
  await p.live();
  await made;
  const card = page.getByRole('alertdialog', { name: `Cuộc gọi tới · ${shown(from)}` });
  await tell({ state: 'ringing' });
  await card.waitFor();
  const answered = page.waitForResponse((r) => calls(new URL(r.url())));
  come();
  await (await answered).finished();
  await page.unroute(calls);
  await p.drawn();
  assert.equal(await card.count(), 1);
  await tell({ state: 'missed' });
  await card.waitFor({ state: 'detached' });
});

test('a call of nobody known goes when it is missed, and is put away by key', async () => {
  const from = phone();
  const tell = exchange(from);
  const card = page.getByRole('alertdialog', { name: `Cuộc gọi tới · ${shown(from)}` });
  await tell({ state: 'ringing' });
  await card.getByText('liên hệ lần đầu').waitFor();
  await tell({ state: 'missed' });
  await card.waitFor({ state: 'detached' });

  const again = exchange(from);
  await again({ state: 'ringing' });
  await card.waitFor();
  await page.keyboard.press('Alt+h');
  await card.waitFor({ state: 'detached' });
  await again({ state: 'ended', duration: 0 });
});

test('who writes is left where he is; the key opens the case and the customer', async () => {
  const from = phone();
  const tell = exchange(from);
  const name = unique('Anh Đạt ');
  await page.goto(`${p.base}/d/search`);
  await p.live();
  const input = page.getByRole('combobox', { name: 'Tìm' });
  await input.fill('đang gõ dở');
  const { ticket } = await tell({ state: 'ringing', name });
  await page.getByRole('alertdialog', { name: `Cuộc gọi tới · ${name}` }).waitFor();
  await tell({ state: 'answered', wait: 2 });
  const card = page.getByRole('alertdialog', { name: `Đang nói chuyện · ${name}` });
  await card.waitFor();
  assert.equal(await input.evaluate((e) => e === document.activeElement), true);
  assert.equal(await input.inputValue(), 'đang gõ dở');
  await p.accessible('while one talks');
  await page.keyboard.press('Alt+o');
  await page.waitForURL(new RegExp(`/d/cases/${ticket}\\b`));
  await page.getByRole('complementary', { name: 'Khách hàng' }).getByText(name).first().waitFor();
  await card.waitFor({ state: 'detached' });
  await tell({ state: 'ended', duration: 9 });
});
