// What is promised to a customer: written down in the case, seen where it is
// due, kept and moved there.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { change, service, sql, unique, until, using } from '../e2e/lib/desk.mjs';
import { Browser } from './lib/browser.mjs';
import { Team } from './lib/team.mjs';

const subject = unique('Hỏi giờ giao ');
let browser, team, p, page, ticket;

const button = (name) => page.getByRole('button', { name, exact: true });
const closed = () => page.locator('dialog[open]').waitFor({ state: 'detached' });
const pane = () => page.getByRole('complementary', { name: 'Khách hàng' });
const rows = () =>
  sql(
    `SELECT p.kind, p.state, p.words, p.counts_at = p.due_at AS agreed FROM desk.promise p
     WHERE p.ticket = :v1 ORDER BY p.id`,
    ticket,
  );

before(async () => {
  team = await Team.make({ lan: { display: 'Lê Quỳnh Chi' } });
  ({ ticket } = await team.write({ subject }));
  await using(service, (wire) => wire.ask('TICKET.ASSIGN', ticket, team.logins.lan));
  browser = await Browser.open();
  p = await browser.page();
  ({ page } = p);
  await p.login(team.logins.lan);
});
after(async () => {
  try {
    await p.end();
  } finally {
    await browser?.end();
    await team?.end();
  }
});

test('a promise is written down in the case, moved, and kept', async () => {
  await page.goto(`${p.base}/d/cases/${ticket}?view=mine`);
  await pane().getByRole('button', { name: 'Hẹn', exact: true }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByLabel(/^Đã hứa thế nào/).fill('em gọi lại anh');
  await dialog.getByRole('button', { name: 'Sáng mai' }).click();
  await dialog.getByRole('button', { name: 'Ghi', exact: true }).click();
  await closed();
  await pane().getByText('em gọi lại anh').waitFor();
  assert.deepEqual(await rows(), [
    { kind: 'callback', state: 'open', words: 'em gọi lại anh', agreed: true }]);
  // In the head and in the history, too.
  await page.getByText(/^gọi lại trước/).waitFor();
  await page.getByRole('log').getByText(/hứa gọi lại trước .*em gọi lại anh/).waitFor();

  await pane().getByRole('button', { name: 'Việc khác với lời hứa: Gọi lại' }).click();
  await page.getByRole('menuitem', { name: 'Dời giờ hẹn' }).click();
  await dialog.getByRole('button', { name: 'Dời', exact: true }).click();
  await closed();
  await until('it is moved', async () => (await rows()).length === 2);
  await pane().getByText(/hẹn đầu|Lê Quỳnh Chi hứa/).first().waitFor();

  // Where all of them stand.
  await page.evaluate(() => document.activeElement?.blur());
  await p.chord('g', 'p');
  await page.getByRole('heading', { name: 'Lời hứa', level: 1 }).waitFor();
  await page.getByRole('link', { name: new RegExp(subject) }).waitFor();
  await button('Đã làm: Gọi lại').click();
  await page.getByText('Bạn không còn nợ ai lời hứa nào.').waitFor();
  assert.deepEqual((await rows()).map((r) => r.state), ['withdrawn', 'kept']);
  await page.getByRole('link', { name: 'Đã xong', exact: true }).click();
  await page.getByRole('link', { name: new RegExp(subject) }).first().waitFor();
  await page.goto(`${p.base}/d/cases/${ticket}?view=mine`);
  await pane().getByText('giữ 1 trên 1').waitFor();
});

test('who promised is told before it is due', async () => {
  const { promise } = await using(service, (wire) =>
    wire.ask('PROMISE.ADD', 'callback', '2h', 'ticket', ticket, 'agent', team.logins.lan));
  await change(
    `UPDATE desk.promise SET made_at = made_at - interval '110 minutes',
       due_at = due_at - interval '110 minutes', alarm_at = now() WHERE id = :v1`,
    promise,
  );
  await until('it is told', async () => (await sql(
    'SELECT warned_at IS NOT NULL AS told FROM desk.promise WHERE id = :v1', promise))[0].told);
  await page.getByRole('button', { name: /^Thông báo, 1 mới/ }).click();
  await page.getByRole('menuitem', { name: /Sắp tới giờ bạn đã hứa/ }).waitFor();
  await page.keyboard.press('Escape');
});
