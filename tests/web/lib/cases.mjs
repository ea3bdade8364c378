// Cases for the browser's tests, made as customers make them, and pages that
// have them open.
import assert from 'node:assert/strict';
import { sql } from '../../e2e/lib/desk.mjs';
import { deliver, mail } from '../../e2e/lib/mail.mjs';

// A mail comes in; what was sent, and the ticket that it opened.
export async function mailed(m = {}) {
  const sent = mail({ to: 'sales@shop.example', name: 'Nguyễn Thị Hạnh', ...m });
  const [reply] = await deliver(sent);
  assert.equal(reply.code, 250, reply.text);
  const [row] = await sql(
    `SELECT e.ticket FROM desk.event_key k JOIN desk.event e ON e.id = k.event
     WHERE k.channel = 'mail' AND k.external_id LIKE :'v1' || '/%'`, sent.id);
  return { ...sent, ticket: row.ticket };
}

// Works on a page of its own, which ends with nothing having gone wrong in it.
export async function on(browser, options, work) {
  const p = await browser.page(options);
  try {
    await work(p, p.page);
  } catch (e) {
    await p.context.close();
    throw e;
  }
  await p.end();
}

// Opens a case, as a link to it does, with the composer ready.
export async function openCase(p, ticket) {
  await p.page.goto(`${p.base}/d/cases/${ticket}`);
  await p.page.getByRole('log').waitFor();
}

export const writing = (page) => page.locator('#composer').getByRole('textbox').last();
