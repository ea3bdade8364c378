// Cases for the browser's tests, made as customers make them, and pages that
// have them open.
import assert from 'node:assert/strict';
import { admin, apply, sql, using } from '../../e2e/lib/desk.mjs';
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

// What is said at the foot of the page stays while the pointer is over it: for
// a test that looks at something else before it undoes what was done.  Gives what
// lets it go, out of the way of everything.
export async function held(page) {
  await page.locator('.say .pop').hover();
  return () => page.mouse.move(1, 1);
}

// Mails wait so long for their writer to think again: a loaded machine's browser
// may need more than the seconds of a person.  Gives what ends that.
export async function thinking(seconds = 120) {
  const { config } = await using(admin, (wire) => wire.ask('CONFIG.SHOW'));
  const set = (undo_seconds) => using(admin, async (wire) => {
    const { config: now } = await wire.ask('CONFIG.SHOW');
    await apply(wire, { ...now, mail: { ...now.mail, undo_seconds } });
  });
  await set(seconds);
  return () => set(config.mail.undo_seconds);
}
