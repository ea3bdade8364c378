// What two pages of one browser have not sent; and who else is at a case.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { event, service, sql, unique, until, using } from '../e2e/lib/desk.mjs';
import { Browser } from './lib/browser.mjs';

let browser;
before(async () => { browser = await Browser.open(); });
after(() => browser.end());

async function on(options, work) {
  const p = await browser.page(options);
  try {
    await work(p, p.page);
  } catch (e) {
    await p.context.close();
    throw e;
  }
  await p.end();
}

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
    const sup = await browser.page();
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
