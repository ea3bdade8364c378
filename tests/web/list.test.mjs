// The list of cases: the same for everybody, live, by keyboard alone, over a
// cut line and a daemon that died.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { change, event, login, service, sql, unique, until, using } from '../e2e/lib/desk.mjs';
import { held } from './lib/cases.mjs';
import { Daemon } from './lib/daemon.mjs';
import { ownBrowser } from './lib/opened.mjs';

const { on, another } = ownBrowser();

// A case of its own tag, so that the list shows nothing but this test's.
async function cases(tag, n, queue = 'shipping') {
  const made = [];
  await using(service, async (wire) => {
    for (let i = 0; i < n; i++) {
      const subject = `Giao trễ ${unique()}`;
      const { ticket } = await wire.ask('EVENT.ADD', event({
        to: `${queue}@shop.example`, subject, text: 'Shop ơi, đơn của mình đâu rồi?',
      }));
      await wire.ask('TICKET.TAG', ticket, tag);
      made.push({ ticket, subject });
    }
  });
  return made;
}

const row = (page, c) => page.getByRole('option').filter({ hasText: c.subject });
const show = async (p, tag, more = '') => {
  await p.page.goto(`${p.base}/d/cases?view=all&tag=${tag}${more}`);
  await p.live();
};

test('by the keyboard alone: down, open, choose, resolve, undo', () =>
  on({}, async (p, page) => {
    const tag = unique();
    const made = await cases(tag, 3);
    await p.login('chi');
    await show(p, tag);
    for (const c of made) await row(page, c).waitFor();
    await page.keyboard.press('j');
    await page.keyboard.press('j');
    const at = (c) => page.locator(`[role=listbox][aria-activedescendant=t${c.ticket}]`).waitFor();
    await at(made[1]);
    await page.keyboard.press('Enter');
    await page.waitForURL(new RegExp(`/d/cases/${made[1].ticket}\\?`));
    await page.goBack();
    await page.waitForURL(/\/d\/cases\?/);
    await row(page, made[2]).waitFor();
    await page.keyboard.press('x');
    await page.keyboard.press('j');
    await at(made[2]);
    await page.keyboard.press('x');
    const chosen = (n) => until(`${n} are chosen`, async () =>
      (await page.locator('[role=option][aria-selected=true]').count()) === n);
    await chosen(2);
    // (What is said goes by time.)
    await Promise.all([
      page.getByText('Đã giải quyết 2 hồ sơ.').waitFor(), page.keyboard.press('e'),
    ]);
    const letGo = await held(page);
    await row(page, made[1]).waitFor({ state: 'detached' });
    await row(page, made[2]).waitFor({ state: 'detached' });
    await until('both are resolved', async () => {
      const states = await using(() => login('chi'), async (wire) =>
        Promise.all(made.slice(1).map(async (c) =>
          (await wire.ask('TICKET.GET', c.ticket)).ticket.state)));
      return states.every((s) => s === 'resolved');
    });
    // The upper one comes back last: it would go in where he looks.
    await page.route(`**/tickets/${made[1].ticket}/reopen`, async (route) => {
      await row(page, made[2]).waitFor();
      await route.continue();
    });
    await letGo();
    await page.keyboard.press('z');
    await row(page, made[2]).waitFor();
    await row(page, made[1]).waitFor();
  }));

test('two agents and a supervisor see the same, as it happens', async () => {
  const tag = unique();
  const [c] = await cases(tag, 1);
  const pages = [];
  try {
    for (const name of ['chi', 'an', 'sup']) {
      const p = await another();
      pages.push(p);
      await p.login(name);
      await show(p, tag);
      await row(p.page, c).waitFor();
    }
    const [chi, an, sup] = pages;
    await chi.page.keyboard.press('j');
    await Promise.all([
      chi.page.getByText('Đã nhận hồ sơ.').waitFor(), chi.page.keyboard.press('m'),
    ]);
    for (const p of [an, sup]) await row(p.page, c).getByTitle('Chi Lê').waitFor();
    await using(() => login('sup'), (wire) => wire.ask('TICKET.RESOLVE', c.ticket));
    for (const p of [an, sup]) await row(p.page, c).waitFor({ state: 'detached' });
  } finally {
    for (const p of pages) await p.context.close();
  }
  for (const p of pages) assert.deepEqual(p.troubles, []);
});

test('what is under the pointer does not move: new cases wait', () =>
  on({}, async (p, page) => {
    const tag = unique();
    const [first] = await cases(tag, 1);
    await p.login('sup');
    await show(p, tag);
    await row(page, first).hover();
    const box = await row(page, first).boundingBox();
    // What is due sooner goes above, when nobody is there.
    const second = { subject: unique('Gấp ') };
    await using(service, async (wire) => {
      const { ticket } = await wire.ask('EVENT.ADD', event({
        to: 'shipping@shop.example', subject: second.subject,
      }));
      await change("UPDATE desk.ticket SET due_at = due_at - interval '20 min' WHERE id = :v1", ticket);
      await wire.ask('TICKET.TAG', ticket, tag);
    });
    await page.getByRole('button', { name: '1 hồ sơ mới' }).waitFor();
    assert.deepEqual(await row(page, first).boundingBox(), box);
    assert.equal(await row(page, second).count(), 0);
    await page.getByRole('button', { name: '1 hồ sơ mới' }).click();
    await row(page, second).waitFor();
  }));

test('far down among resolved cases: what changes takes its place, one stays', () =>
  on({}, async (p, page) => {
    const tag = unique();
    const n = 130;
    await change(
      `WITH c AS (INSERT INTO desk.customer (name) VALUES ('Lê Thu Thảo') RETURNING id)
       INSERT INTO desk.ticket (customer, queue, state, channel, subject, tags, resolved_at)
       SELECT c.id, q.id, 'resolved', 'mail', 'Đơn cũ số ' || n, ARRAY[:'v1'], now()
       FROM c, desk.queue q, generate_series(1, :v2) n WHERE q.name = 'shipping'`, tag, n);
    const [{ oldest }] = await sql(
      "SELECT min(t.id) AS oldest FROM desk.ticket t WHERE t.tags @> ARRAY[:'v1']", tag);
    await p.login('sup');
    await show(p, tag, '&state=all');
    const list = page.getByRole('listbox');
    const numbered = (i) =>
      page.getByRole('option').filter({ hasText: new RegExp(`Đơn cũ số ${i}(?!\\d)`) });
    await numbered(n).waitFor();
    await list.focus();
    const end = () => until('the last row is there', async () => {
      await list.press('End');
      return (await numbered(1).count()) === 1;
    });
    await end();
    await page.evaluate(() => document.activeElement.blur());
    const pages = [];
    page.on('request', (r) => {
      const { pathname, searchParams: q } = new URL(r.url());
      if (pathname === '/api/v1/tickets' && !q.has('tickets')) pages.push(r.url());
    });
    const agent = await login('sup');
    await agent.ask('TICKET.REOPEN', oldest);
    await numbered(1).waitFor({ state: 'detached' });
    assert.equal(await numbered(2).count(), 1);
    await list.focus();
    await list.press('Home');
    await numbered(1).waitFor();
    assert.equal(await page.getByRole('option').first().getAttribute('id'), `t${oldest}`);
    await page.evaluate(() => document.activeElement.blur());
    await agent.ask('TICKET.RESOLVE', oldest);
    agent.end();
    await numbered(1).waitFor({ state: 'detached' });
    await list.focus();
    await end();
    assert.deepEqual(pages, []);
  }));

test('a cut line is said; when it is back, nothing is missing', () =>
  on({ allow: /ERR_INTERNET_DISCONNECTED|ERR_NETWORK/ }, async (p, page) => {
    const tag = unique();
    const [first] = await cases(tag, 1);
    await p.login('sup');
    await show(p, tag);
    await row(page, first).waitFor();
    await p.context.setOffline(true);
    await page.getByText(/Mất kết nối\. Danh sách lúc/).waitFor();
    const [second] = await cases(tag, 1);
    assert.equal(await row(page, second).count(), 0);
    // (What is said of it goes by time.)
    const said = page.getByText(/Đã nối/).first().waitFor();
    await p.context.setOffline(false);
    await Promise.all([said, row(page, second).waitFor()]);
    assert.equal(await page.getByRole('option').count(), 2);
  }));

test('the daemon dies and comes back under an open page', async () => {
  const daemon = await Daemon.make();
  try {
    await daemon.start();
    await on({ base: daemon.http, allow: /ERR_|status of 50|Failed to load/ }, async (p, page) => {
      const tag = unique();
      const [first] = await cases(tag, 1);
      await p.login('sup');
      await show(p, tag);
      await row(page, first).waitFor();
      await page.evaluate(() => { window.here = true; });
      await daemon.kill();
      await page.getByText(/Mất kết nối\. Danh sách lúc/).waitFor();
      const [second] = await cases(tag, 1);
      await daemon.start();
      await row(page, second).waitFor();
      await page.getByText(/Mất kết nối\. Danh sách lúc/).waitFor({ state: 'detached' });
      assert.equal(await page.getByRole('option').count(), 2);
      assert.equal(await page.evaluate(() => window.here), true);
    });
  } finally {
    await daemon.end();
  }
});

test('what is refused comes back, with a sentence', () =>
  on({ allow: /status of 409/ }, async (p, page) => {
    const tag = unique();
    const [c] = await cases(tag, 1);
    await p.login('chi');
    await show(p, tag);
    await row(page, c).waitFor();
    // Sương takes it where this page does not hear of it in time.
    await page.route('**/take', async (route) => {
      await using(() => login('sup'), (wire) => wire.ask('TICKET.TAKE', c.ticket));
      await route.continue();
    });
    await page.keyboard.press('j');
    await Promise.all([
      page.getByText(/Chưa làm được với #/).waitFor(), page.keyboard.press('m'),
    ]);
    await row(page, c).getByTitle('Sương Võ').waitFor();
  }));

test('it is asked for while the page is on its way, and misses nothing of that time', () =>
  on({}, async (p, page) => {
    const tag = unique();
    const made = await cases(tag, 2);
    await p.login('chi');
    let come;
    const held = new Promise((go) => { come = go; });
    await page.route('**/assets/page-*.js', async (r) => {
      await held;
      await r.continue();
    });
    const asked = [];
    page.on('request', (r) => asked.push(new URL(r.url())));
    const answered = page.waitForResponse((r) => r.url().includes('/api/v1/tickets?'));
    await page.goto(`${p.base}/d/cases?view=all&tag=${tag}`, { waitUntil: 'commit' });
    await answered;
    assert.equal(await page.getByRole('option').count(), 0);
    const [more] = await cases(tag, 1);
    await using(service, (wire) => wire.ask('TICKET.RESOLVE', made[0].ticket));
    come();
    for (const c of [made[1], more]) await row(page, c).waitFor();
    await row(page, made[0]).waitFor({ state: 'detached' });
    // Once: the page takes what was asked before it.
    const times = (name) => asked.filter((u) => u.pathname.endsWith(name)).length;
    assert.deepEqual([times('/me'), times('/live')], [1, 1]);
    await p.live();
  }));
