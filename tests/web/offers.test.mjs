// What is offered: accepted and declined by key, and gone when nobody answers.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { event, service, unique, until, using } from '../e2e/lib/desk.mjs';
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

async function state(name) {
  await page.getByRole('button', { name: /^Trạng thái của tôi/ }).click();
  await page.getByRole('menuitemradio', { name, exact: true }).click();
}

// The card of a new case of this subject; others that waited are declined.
async function offered(subject) {
  const ticket = await urgent(subject);
  await state('Sẵn sàng');
  const card = page.getByRole('alertdialog').filter({ hasText: subject });
  await until('it is offered', async () => {
    if (await card.count()) return true;
    const other = page.getByRole('alertdialog').getByRole('button', { name: /^Nhường/ }).first();
    if (await other.count()) await other.click({ timeout: 2000 }).catch(() => undefined);
    return false;
  }, 40);
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
  const title = await card.innerText();
  assert.ok(title);
  await until('it is the one that the keys are about', async () =>
    (await page.getByRole('alertdialog').first().innerText()) === (await card.innerText()));
  await input.press('Alt+d');
  await card.waitFor({ state: 'detached' });
  assert.equal(await input.inputValue(), 'đang gõ dở');
  await until('it waits again', async () => (await assignee(ticket)) === undefined);
  await state('Vắng');
});
