// A hundred thousand cases in one list: only what is seen is drawn and asked
// for, and every place of the scroll bar shows what the records have there.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { admin, until, using } from '../e2e/lib/desk.mjs';
import { Browser } from './lib/browser.mjs';
import { Many } from './lib/many.mjs';

const MANY = 100000;
const HIGH = 74; // px of a row (UI.md, section 2)
let browser, many, p, page;

before(async () => {
  many = await Many.make(MANY);
  browser = await Browser.open({ bars: true });
  p = await browser.page();
  page = p.page;
  await p.login('sup');
});
after(async () => {
  await browser?.end();
  await many?.end();
  assert.deepEqual(p?.troubles, []);
});

// The page anew, at the list's beginning.
async function open() {
  await page.goto(`${p.base}/d/cases?queue=${many.queue}`);
  await p.live();
  await right(0);
}

const list = () => page.getByRole('listbox', { name: 'Hồ sơ, hạn gần nhất trước' });
const option = (place) => page.locator(`[role=option][aria-posinset="${place + 1}"]`);

// The row at this place is drawn, with what the records have there.
async function right(place) {
  const row = await many.at(place);
  await option(place).filter({ hasText: row.subject }).waitFor();
  assert.equal(await option(place).getAttribute('id'), `t${row.id}`);
  assert.equal(await option(place).getAttribute('aria-setsize'), String(MANY));
  return row;
}

const firstSeen = () => list().evaluate((e, high) => Math.ceil(e.scrollTop / high), HIGH);
const part = () => list().evaluate((e) => e.scrollTop / (e.scrollHeight - e.clientHeight));

// Takes the thumb of the scroll bar and lets it go at this part of its way; in
// steps, as a hand does.  THUMB: about how long it is.
const THUMB = 32;
async function drag(to, steps = 6) {
  const { wide, x, top, high, max } = await list().evaluate((e) => {
    const r = e.getBoundingClientRect();
    const bar = e.offsetWidth - e.clientWidth;
    return {
      wide: bar, x: r.right - bar / 2, top: r.top, high: r.height,
      max: e.scrollHeight - e.clientHeight,
    };
  });
  assert.ok(wide > 4, 'it has a scroll bar');
  const y = (part) => top + part * (high - THUMB) + THUMB / 2;
  await page.mouse.move(x, y(await part()));
  await page.mouse.down();
  // (At the ends a little further than it goes.)
  const end = y(to) + ({ 0: -40, 1: 40 }[to] ?? 0);
  await page.mouse.move(x, end, { steps });
  // It trembles: of moves that come quickly the browser may leave out the last.
  let tremble = 0;
  await until(`the thumb is at ${to}`, async () => {
    await page.mouse.move(x + (tremble++ % 2), end);
    return Math.abs((await part()) - to) < ([0, 1].includes(to) ? 1 / max : 0.02);
  });
  await page.mouse.up();
}

async function few() {
  const nodes = await list().evaluate((e) => e.querySelectorAll('*').length);
  assert.ok(nodes < 1000, `${nodes} elements are drawn`);
}

test('the first rows, how many there are, and few of them drawn', async () => {
  await open();
  await right(5);
  await few();
});

test('the scroll bar’s thumb: to the middle, to the end, anywhere, and back', async () => {
  await open();
  const high = await list().evaluate((e) => e.scrollHeight);
  for (const to of [0.5, 1, 0.123, 0]) {
    await drag(to);
    const at = await firstSeen();
    await right(Math.min(at + 1, MANY - 1));
    await right(Math.min(at + 4, MANY - 1));
    await few();
  }
  // Slowly, all the way: only where it stays is shown.
  await drag(0.8, 60);
  await right((await firstSeen()) + 2);
  // The headings are as they were: nothing has moved by what was forgotten.
  assert.equal(await list().evaluate((e) => e.scrollHeight), high);
});

test('the keys: the end, a page up, one up, open it, and the start', async () => {
  await open();
  await list().focus();
  await page.keyboard.press('End');
  const last = await right(MANY - 1);
  const active = (id) => until(`the cursor is at ${id}`, async () =>
    (await list().getAttribute('aria-activedescendant')) === `t${id}`);
  await active(last.id);
  await page.keyboard.press('k');
  await active((await right(MANY - 2)).id);
  await page.keyboard.press('PageUp');
  await page.keyboard.press('Home');
  await active((await right(0)).id);
  // Faster than any answer: a page at a time past what is known.
  for (let i = 0; i < 60; i++) await page.keyboard.press('PageDown');
  const id = async () => Number((await list().getAttribute('aria-activedescendant'))?.slice(1));
  await until('the cursor is on a row', id);
  const at = Number(await page.locator(`#t${await id()}`).getAttribute('aria-posinset')) - 1;
  assert.ok(at >= 120, `60 pages further down is row ${at}`);
  const row = await right(at);
  await page.keyboard.press('Enter');
  await page.waitForURL(new RegExp(`/d/cases/${row.id}\\b`));
});

test('a case that is done in the middle leaves it; the total is right', async () => {
  await open();
  await drag(0.5);
  // (Under the pointer or the focus, where the thumb was taken, nothing would go.)
  await page.mouse.move(5, 5);
  await list().blur();
  const at = (await firstSeen()) + 2;
  const row = await right(at);
  const next = await many.at(at + 1);
  await using(admin, (wire) => wire.ask('TICKET.RESOLVE', row.id));
  await page.locator(`#t${row.id}`).waitFor({ state: 'detached' });
  await page.locator(`#t${next.id}[aria-posinset="${at + 1}"][aria-setsize="${MANY - 1}"]`).waitFor();
});
