// How cases come to people where they are not offered one by one: taken, or
// given at once; wrapping up; and what is due, in words.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { admin, apply, service, sql, unique, until, using } from '../e2e/lib/desk.mjs';
import { openRedis } from '../e2e/lib/lines.mjs';
import { Browser } from './lib/browser.mjs';
import { held } from './lib/cases.mjs';
import { Team } from './lib/team.mjs';

const target = unique('hen-');
let browser, team, aside, redis, p, page;

const ask = (...words) => using(service, (wire) => wire.ask(...words));
const button = (name) => page.getByRole('button', { name });
const dialog = () => page.getByRole('dialog');
const closed = () => page.locator('dialog[open]').waitFor({ state: 'detached' });

// The queue as it is from now on, told to who decides.
async function mode(to) {
  await using(admin, async (wire) => {
    const { config } = await wire.ask('CONFIG.SHOW');
    await apply(wire, {
      ...config,
      queues: config.queues.map((q) => (q.name === team.queue ? { ...q, mode: to } : q)),
    });
  });
  await until(`it is ${to}`, async () =>
    JSON.parse((await redis.get(`{desk}:policy:${team.queue}`)) ?? '{}').mode === to);
}

async function written(subject) {
  const { ticket } = await team.write({ subject });
  return ticket;
}
const waits = (ticket) =>
  until('it waits', () => redis.zscore(`{desk}:line:${team.queue}`, String(ticket)));
const his = async () =>
  (await ask('AGENT.LIST')).agents.find((a) => a.name === team.logins.lan);
const shown = async (ticket, subject) => {
  await page.waitForURL(new RegExp(`/d/cases/${ticket}\\b`));
  await page.getByRole('heading', { name: subject }).waitFor();
};

before(async () => {
  redis = openRedis();
  aside = await Team.make({}, { title: unique('Kho ') });
  team = await Team.make(
    { lan: { display: 'Lê Quỳnh Chi', queues: [aside.queue] } },
    { mode: 'pull', wrap_up: ['mail 10m'] },
  );
  await using(admin, async (wire) => {
    const { config } = await wire.ask('CONFIG.SHOW');
    await apply(wire, {
      ...config,
      targets: [
        { name: target, queue: team.queue, first: 1200, resolve: 86400 },
        ...(config.targets ?? []),
      ],
    });
  });
  browser = await Browser.open();
  p = await browser.page({ allow: /status of 40[49]/ }); // nothing waits, or no more
  ({ page } = p);
  await p.login(team.logins.lan);
});
after(async () => {
  try {
    await p.end();
  } finally {
    await using(admin, async (wire) => {
      const { config } = await wire.ask('CONFIG.SHOW');
      await apply(wire, { ...config, targets: config.targets.filter((t) => t.name !== target) });
    });
    await team.end();
    await aside.end();
    redis.disconnect();
    await browser.end();
  }
});

test('the next case is taken by key, and after one is done by its button', async () => {
  const next = button('Hồ sơ tiếp theo');
  await next.waitFor();
  await next.click();
  await page.getByText('Không có hồ sơ nào đang chờ mà bạn nhận được.').waitFor();
  await p.accessible('a list that is taken from');
  const [one, two] = [await written('Máy xay không lên nguồn'), await written('Đổi địa chỉ')];
  await waits(one);
  await waits(two);
  await page.keyboard.press('f');
  await shown(one, 'Máy xay không lên nguồn');
  await until('it is hers', async () => (await ask('TICKET.GET', one)).ticket.assignee);
  await button(/^Giải quyết/).last().click();
  await until('it is done', async () => (await ask('TICKET.GET', one)).ticket.state === 'resolved');
  // Beside the list's own, the case that is done has one.
  await next.nth(1).click();
  await shown(two, 'Đổi địa chỉ');
});

test('who wraps up sees for how long, and says by key that she is done', async () => {
  const wrap = page.getByRole('group', { name: 'Ghi sau hồ sơ' });
  await wrap.getByText(/^\d:\d\d$/).waitFor();
  await p.accessible('wrapping up');
  await until('the desk leaves her alone', async () => (await his()).wrap);
  await page.keyboard.press('w');
  await wrap.waitFor({ state: 'detached' });
  await until('the desk knows', async () => !(await his()).wrap);
});

test('what a queue gives at once is told, with the reason, until it is looked at', async () => {
  await mode('assign');
  await team.state('lan', 'ready');
  const subject = unique('Thiếu lõi lọc ');
  const ticket = await written(subject);
  const card = page.getByRole('status', { name: /^Giao cho bạn: / });
  await card.getByText('Chăm sóc khách giao cho bạn. Tới hạn trước').waitFor();
  await card.getByText(subject).waitFor();
  await p.accessible('a case that was given');
  // Not forgotten with the page.
  await page.reload();
  await p.live();
  await card.getByText(subject).waitFor();
  await page.keyboard.press('Alt+o');
  await shown(ticket, subject);
  await card.waitFor({ state: 'detached' });
  await team.state('lan', 'away');
  await mode('offer');
});

test('why it is offered is said, also after the page was loaded anew', async () => {
  const ticket = await written(unique('Hỏi bảo hành '));
  await waits(ticket);
  await team.state('lan', 'ready');
  const card = page.locator(`[aria-labelledby="o-${ticket}"]`);
  const why = 'Tới hạn trước ở Chăm sóc khách, lúc này chỉ bạn nhận được';
  await card.getByText(why).waitFor();
  await page.reload();
  await p.live();
  await card.getByText(why).waitFor();
  // Declined, and withdrawn before the desk has heard so: that is as she wanted.
  let go;
  const goes = new Promise((done) => { go = done; });
  await page.route('**/decline', async (r) => {
    await goes;
    await r.continue();
  });
  await card.getByRole('button', { name: /^Nhường/ }).click();
  await card.waitFor({ state: 'detached' });
  await team.state('lan', 'away');
  await until('it is withdrawn', async () =>
    (await redis.zscore('{desk}:offers', `${ticket}:${team.logins.lan}`)) === null);
  const [declined] = await Promise.all([
    page.waitForResponse((r) => r.url().endsWith('/decline')),
    page.waitForResponse((r) => r.url().endsWith('/api/v1/offers')),
    go(),
  ]);
  assert.equal(declined.status(), 409);
  assert.equal(await page.locator('.say .bad').count(), 0);
  await page.unroute('**/decline');
});

test('each clock says how it came to its time, and follows what happens', async () => {
  const subject = unique('Máy lọc nước ');
  const ticket = await written(subject);
  await page.goto(`${p.base}/d/cases/${ticket}`);
  await shown(ticket, subject);
  const head = page.getByRole('status').filter({ hasText: 'trả lời còn' });
  await head.filter({ hasText: 'giải quyết' }).waitFor();
  await button('Vì sao tới hạn lúc đó').click();
  await dialog().getByText(/^20 phút kể từ .*: hạn /).waitFor();
  await dialog().getByText(`theo hẹn ${target}`).first().waitFor();
  await p.accessible('the clocks of a case');
  await ask('TICKET.PEND', ticket);
  await dialog().getByText('tạm dừng, còn').first().waitFor();
  await dialog().getByText('Tạm dừng (chờ khách)').first().waitFor();
  await page.keyboard.press('Escape');
  await closed();
  await ask('TICKET.RESOLVE', ticket);
  await button('Vì sao tới hạn lúc đó').click();
  await dialog().getByText('đúng hẹn').first().waitFor();
  await page.keyboard.press('Escape');
  await closed();
});

test('a hand-over keeps the clock when told so, and is remembered', async () => {
  const subject = unique('Giao trễ ');
  const ticket = await written(subject);
  await page.goto(`${p.base}/d/cases/${ticket}`);
  await shown(ticket, subject);
  await page.keyboard.press('m');
  await page.getByText(/Bạn đã nhận #/).waitFor();
  const due = (await ask('TICKET.GET', ticket)).ticket.due_at;
  const opened = async () => {
    await page.keyboard.press('t');
    await dialog().getByLabel('Chuyển cho').selectOption({ label: aside.title });
  };
  await opened();
  const keep = dialog().getByRole('radio', { name: /^Giữ như đang chạy/ });
  assert.equal(await keep.isChecked(), false);
  await keep.check();
  await dialog().getByRole('button', { name: 'Chuyển', exact: true }).click();
  await page.getByText(`cho ${aside.title}.`).waitFor();
  const letGo = await held(page);
  await closed();
  const [moved] = await sql(
    `SELECT q.name AS queue, e.meta->>'clock' AS clock FROM desk.ticket t
     JOIN desk.queue q ON q.id = t.queue
     JOIN desk.event e ON e.ticket = t.id AND e.kind = 'transfer' WHERE t.id = :v1`, ticket);
  assert.deepEqual({ ...moved }, { queue: aside.queue, clock: 'keep' });
  assert.equal((await ask('TICKET.GET', ticket)).ticket.due_at, due);
  // Undone, it goes on as it ran.
  await letGo();
  await page.keyboard.press('z');
  await until('it is back', async () => (await ask('TICKET.GET', ticket)).ticket.queue === team.queue);
  assert.equal((await ask('TICKET.GET', ticket)).ticket.due_at, due);
  await page.reload();
  await shown(ticket, subject);
  await opened();
  assert.equal(await keep.isChecked(), true);
  await page.keyboard.press('Escape');
  await closed();
});
