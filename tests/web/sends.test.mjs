// What is written stays its writer's: after another login in the same page,
// in two pages; and who else is at a case.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { desk, event, service, sql, unique, until, using } from '../e2e/lib/desk.mjs';
import { ownBrowser } from './lib/opened.mjs';

const { on, another } = ownBrowser();

const made = () =>
  using(service, async (wire) => {
    const { ticket } = await wire.ask('EVENT.ADD', event({ subject: unique('Hỏi giá ') }));
    return ticket;
  });
const show = async (page, base, ticket) => {
  await page.goto(`${base}/d/cases/${ticket}`);
  await page.locator('#tab-note').waitFor();
};
const text = (page) => page.locator('.comp textarea');
async function note(page, words) {
  await page.locator('#tab-note').click();
  await text(page).fill(words);
  await text(page).press('Control+Enter');
}
const kept = (words) =>
  sql(`SELECT e.who, e.ticket FROM desk.event e WHERE e.kind = 'note' AND e.text = :'v1'`, words);
const lost = /ERR_FAILED|status of 40[13]/;

test('who logs in next sends and sees nothing of who was there before', () =>
  on({ allow: lost }, async (p, page) => {
    const ticket = await made();
    const words = unique('để lại ');
    await p.login('an');
    await show(page, p.base, ticket);
    await page.route('**/notes', (r) => r.abort());
    await note(page, words);
    const mine = page.locator('article.mine').filter({ hasText: words });
    await mine.getByRole('button').first().waitFor();
    await page.locator('#tab-reply').click();
    await Promise.all([
      page.waitForResponse((r) => r.url().endsWith(`/${ticket}/draft`) && r.ok()),
      text(page).fill('nháp của An'),
    ]);
    // His session is over: what he does next finds it out, if nothing has yet.
    await p.context.clearCookies();
    await text(page).pressSequentially('…', { timeout: 5000 }).catch(() => undefined);
    await page.locator('#user').waitFor();
    await page.unroute('**/notes');
    await page.locator('#user').fill('sup');
    await page.locator('#pass').fill(desk.password);
    await page.locator('#enter').click();
    await p.live();
    await page.locator('#tab-reply').click();
    assert.equal(await text(page).inputValue(), '');
    assert.equal(await mine.count(), 0);
    // It waits for him.
    await p.context.clearCookies();
    await page.reload();
    await page.locator('#user').waitFor();
    await p.login('an');
    await until('the note is kept', async () => (await kept(words)).length);
    assert.deepEqual(await kept(words), [{ who: 'An Nguyễn', ticket }]);
    await show(page, p.base, ticket);
    await page.locator('#tab-reply').click();
    await until('and his draft', async () => /^nháp của An/.test(await text(page).inputValue()));
  }));

test('two pages do not write over what the other has not sent', () =>
  on({ allow: lost }, async (p, page) => {
    const ticket = await made();
    const words = [unique('trang một '), unique('trang hai ')];
    await p.login('an');
    await show(page, p.base, ticket);
    const other = await p.context.newPage();
    await show(other, p.base, await made());
    await page.route('**/notes', (r) => r.abort());
    await note(page, words[0]);
    const mine = page.locator('article.mine').filter({ hasText: words[0] });
    await mine.getByRole('button').first().waitFor();
    await note(other, words[1]);
    await until('the second is kept', async () => (await kept(words[1])).length);
    await until('and done with', () =>
      other.evaluate((w) => !Object.values(localStorage).some((v) => v.includes(w)), words[1]));
    // The first page is loaded anew, somewhere else.
    await page.unroute('**/notes');
    await page.goto(`${p.base}/d/me`);
    await until('the first is kept', async () => (await kept(words[0])).length);
    assert.equal((await kept(words[0])).length, 1);
  }));

test('who is at a case already is shown once, oneself never, and goes', () =>
  on({}, async (p, page) => {
    const ticket = await made();
    const sup = await another();
    const others = (x) => x.locator('.row.who > .row');
    const shown = (x, n) => until(`${n} others`, async () => (await others(x).count()) === n);
    try {
      await sup.login('sup');
      await show(sup.page, p.base, ticket);
      await p.login('an');
      await show(page, p.base, ticket);
      await shown(page, 1);
      await shown(sup.page, 1);
      await page.reload();
      await page.locator('#tab-note').waitFor();
      await shown(page, 1);
      assert.match(await others(page).getAttribute('title'), /Sương Võ/);
      await sup.page.goto(`${p.base}/d/me`);
      await shown(page, 0);
    } finally {
      await sup.end();
    }
  }));
