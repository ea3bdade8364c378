// The guided first start in English, on a telephone: back and forth, with the
// page loaded anew in the middle of what is being typed.
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { after, before, test } from 'node:test';
import { until } from '../e2e/lib/desk.mjs';
import { Browser } from './lib/browser.mjs';
import { freshDesk } from './lib/fresh.mjs';

let browser;
let fresh;
before(async () => {
  [browser, fresh] = await Promise.all([Browser.open(), freshDesk(10)]);
});
after(async () => {
  await browser?.end();
  await fresh?.end();
});

test('in English, on a telephone: back and forth, loaded anew, and nothing typed twice', async () => {
  // Before there is a configuration the feed has nothing to say: 503.
  const p = await browser.page({
    base: fresh.http, lang: 'en-GB', width: 390, height: 844, hasTouch: true,
    allow: /status of (401|403|503)/,
  });
  const { page } = p;
  const at = async (name) => {
    await page.getByRole('heading', { level: 1, name }).waitFor();
    await p.fits(name);
  };
  const press = (name) => page.getByRole('button', { name, exact: true }).tap();
  const field = (name) => page.getByLabel(name, { exact: true });
  const is = (name, value) =>
    until(`${name} is ${value}`, async () => (await field(name).inputValue()) === value);
  const steps = page.getByRole('navigation', { name: 'Steps' });

  await page.goto(`${fresh.http}/d/start?code=${await fresh.code()}`);
  await at('Welcome, let’s begin');
  await field('Your name, as others see it').fill('Linh');
  await is('Login', 'linh');
  await field('Password').fill('short');
  await press('Make the account and begin');
  await page.getByRole('alert').filter({ hasText: 'at least 10 characters' }).waitFor();
  await field('Password').fill('a few words together');
  await press('Make the account and begin');

  await at('What is your company called?');
  await steps.getByText('Step 1 of 5').waitFor();
  await field('Name of the company or shop').fill('Lotus Home');
  await page.getByRole('radio', { name: 'English' }).check({ force: true });
  await field('Time zone').selectOption('Asia/Ho_Chi_Minh');
  await page.getByText('Hello, this is Lotus Home.').waitFor();
  await page.reload();
  await at('What is your company called?');
  await is('Name of the company or shop', 'Lotus Home');
  await page.getByText('add queue Shipping').waitFor();
  await press('Next: mail');

  await at('Where do customers write to?');
  await steps.getByText('Step 2 of 5').waitFor();
  await field('Mail address of Sales').fill('sales@lotus.example');
  await page.getByRole('link', { name: 'Company', exact: true }).last().tap();
  await at('What is your company called?');
  await field('Name of the company or shop').fill('Lotus Home Goods');
  await press('Next: mail');
  await at('Where do customers write to?');
  await is('Mail address of Sales', 'sales@lotus.example');
  await press('Add a queue');
  await page.keyboard.type('Returns');
  await page.reload();
  await at('Where do customers write to?');
  await is('Queue 4', 'Returns');
  await press('Next: hours');

  await at('When does somebody answer?');
  await field('Saturday, shift 1, to').fill('11:30');
  await page.goBack();
  await at('Where do customers write to?');
  await field('Mail address of Returns').waitFor();
  await page.getByText('Nothing changes yet.').waitFor();
  await page.goForward();
  await at('When does somebody answer?');
  await is('Saturday, shift 1, to', '11:30');
  await page.getByText('open again at 08:00 on Monday').first().waitFor();
  await press('Next: people');

  await at('Who answers customers?');
  await press('Add a person');
  await page.keyboard.type('Minh');
  const minh = page.getByRole('group', { name: 'Minh', exact: true });
  await minh.getByLabel('Role').selectOption('supervisor');
  const before = await minh.locator('code').innerText();
  // Who has a password is answered late: what is shown by then stays.
  const users = (url) => url.pathname === '/api/v1/users';
  let come;
  const held = new Promise((go) => { come = go; });
  await page.route(users, async (r) => {
    await held;
    await r.continue();
  });
  await page.reload();
  await at('Who answers customers?');
  assert.equal(await minh.getByLabel('Login').inputValue(), 'minh');
  assert.equal(await minh.getByLabel('Role').inputValue(), 'supervisor');
  // Nobody has it yet: it is kept nowhere, and is another one now.
  const first = await minh.locator('code').innerText();
  assert.notEqual(first, before);
  const answered = page.waitForResponse((r) => users(new URL(r.url())));
  come();
  await answered;
  await page.unroute(users);
  await press('Next: chat widget');

  await at('Chat on your website');
  await page.getByRole('link', { name: 'People', exact: true }).last().tap();
  await at('Who answers customers?');
  assert.equal(await minh.locator('code').innerText(), first, 'the one that was set');
  await page.getByText('Nothing changes yet.').waitFor();
  await press('Next: chat widget');
  await at('Chat on your website');
  await press('Finish');
  await at('Done. Come and start');

  const download = page.waitForEvent('download');
  await page.getByRole('link', { name: 'Download desk.conf' }).tap();
  const text = await readFile(await (await download).path(), 'utf8');
  for (const line of [
    /name += "Lotus Home Goods"/, /lang += "?en"?/, /"sales@lotus.example"/, /queue "returns"/,
    /sat 08:00-11:30/, /agent "minh"/, /role += "?supervisor"?/,
  ]) assert.match(text, line);
  assert.equal(text.match(/^queue "/gm).length, 4);
  assert.equal(text.match(/^agent "/gm).length, 2);

  await page.getByRole('link', { name: 'Open the list of cases' }).last().tap();
  await p.live();
  await p.fits('the list');

  // He whom it was handed to comes with it, and chooses his own.
  const other = await browser.page({ base: fresh.http, lang: 'en-GB', allow: /status of 401/ });
  await other.open();
  await other.page.locator('#user').fill('minh');
  await other.page.locator('#pass').fill(first);
  await other.page.locator('#enter').click();
  await other.page.getByRole('heading', { level: 1, name: /new password/i }).waitFor();
  await other.end();
  await p.end();
});
