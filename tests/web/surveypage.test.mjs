// The survey's page and the feedback form in a browser, without a script as
// with one (they have none): in every light, by thumb and by keyboard.
import assert from 'node:assert/strict';
import { mkdir } from 'node:fs/promises';
import { after, before, test } from 'node:test';
import { admin, apply, desk, service, using } from '../e2e/lib/desk.mjs';
import { invited, responses, surveys } from '../e2e/lib/survey.mjs';
import { Browser } from './lib/browser.mjs';
import { openCase } from './lib/cases.mjs';

const shots = process.env.DESKD_SHOTS;
let browser;
let config;

before(async () => {
  await using(admin, async (wire) => {
    config = (await wire.ask('CONFIG.SHOW')).config;
    await apply(wire, { ...config, surveys });
  });
  browser = await Browser.open();
});
after(async () => {
  await browser.end();
  await using(admin, (wire) => apply(wire, config));
});

async function look(p, name) {
  await p.page.locator('h1').waitFor();
  if (shots) {
    await mkdir(shots, { recursive: true });
    await p.page.screenshot({ path: `${shots}/survey-${name}.png`, fullPage: true });
  }
  await p.accessible(name);
  await p.fits(name);
}

const heard = (p) => p.page.locator('h1.ok').waitFor();

const lights = [['vi', 'light', 390, 844], ['en', 'dark', 1366, 768]];
// (For who looks at the pictures, the others too: nothing differs but colours.)
if (shots) lights.push(['en', 'dark', 390, 844], ['vi', 'light', 1366, 768]);
for (const [lang, theme, width, height] of lights)
  test(`each page: ${lang}, ${theme}, ${width}`, async () => {
    // (A link that was used is a page of status 404.)
    const p = await browser.page({ theme, width, height, allow: /404 \(Not Found\)/ });
    const at = (name) => `${name}-${width}-${theme}-${lang}`;
    const nps = await invited('sau-giao', { order: 'DH20418', lang, agent: 'an' });
    await p.page.goto(`${desk.http}${nps.path}`);
    await look(p, at('nps'));
    await p.page.goto(`${desk.http}${nps.path}?score=6`);
    await look(p, at('chosen'));
    await p.page.locator('#send').click();
    await heard(p);
    await look(p, at('more'));
    await p.page.locator('button[value=more]').click();
    await p.page.locator('p.ok').waitFor();
    await look(p, at('thanks'));
    await p.page.goto(`${desk.http}${nps.path}`);
    await look(p, at('gone'));
    const csat = await invited('ho-tro', { lang });
    await p.page.goto(desk.http + csat.path);
    await look(p, at('csat'));
    await p.page.locator('.csat button').last().click();
    await heard(p);
    await look(p, at('help'));
    const pair = await invited('mong-duoc', { lang });
    await p.page.goto(desk.http + pair.path);
    await look(p, at('pair'));
    await p.page.goto(`${desk.http}${pair.path}/leave?lang=${lang}`);
    await look(p, at('leave'));
    await p.page.goto(`${desk.http}/feedback/gop-y?lang=${lang}`);
    await look(p, at('form'));
    await p.end();
  });

test('to open the page of a score counts nothing; one tap does', async () => {
  const c = await invited('sau-giao');
  const p = await browser.page();
  await p.page.goto(`${desk.http}${c.path}?score=9`);
  await p.page.mouse.move(5, 5);
  await p.page.reload();
  assert.deepEqual(await responses(c.invitation), []);
  await p.page.getByRole('button', { name: '4', exact: true }).click();
  await heard(p);
  assert.deepEqual((await responses(c.invitation)).map((r) => r.score), [4]);
  await p.end();
});

test('without a script, by the keyboard alone: score, chips, words, a call', async () => {
  const c = await invited('sau-giao', { agent: 'an' });
  const p = await browser.page({ javaScriptEnabled: false });
  await p.page.goto(`${desk.http}${c.path}?score=2`);
  await p.page.locator('#send').focus();
  await p.page.keyboard.press('Enter');
  await heard(p);
  assert.deepEqual((await responses(c.invitation)).map((r) => r.score), [2]);
  await p.page.locator('input[value=tre]').focus();
  await p.page.keyboard.press('Space');
  await p.page.keyboard.press('Tab');
  await p.page.keyboard.press('Space');
  await p.page.locator('textarea').focus();
  await p.page.keyboard.type('chờ 9 ngày');
  await p.page.locator('input[name=call]').focus();
  await p.page.keyboard.press('Space');
  await p.page.locator('button[value=more]').focus();
  await p.page.keyboard.press('Enter');
  await p.page.locator('p.ok').waitFor();
  assert.equal(await p.page.locator('form').count(), 0);
  await p.page.reload();
  const [r] = await responses(c.invitation);
  assert.deepEqual([r.score, r.words], [2, 'chờ 9 ngày']);
  assert.deepEqual(r.answers.find((a) => a.question === 'vi-sao').choices, ['tre', 'thieu']);
  await p.end();
});

test('in the case it stands with a face, the score and his words', async () => {
  const c = await invited('sau-giao');
  await using(service, (wire) => wire.ask('SURVEY.ENTER', 'sau-giao',
    JSON.stringify({ diem: 3, loi: 'chờ lâu quá' }), 'call', 'TICKET', c.ticket));
  const p = await browser.page();
  await p.login('sup');
  await openCase(p, c.ticket);
  const said = p.page.getByRole('log').getByRole('article').filter({ hasText: 'chấm 3 trên 10' });
  await said.waitFor();
  assert.match(await said.innerText(), /qua điện thoại · sau-giao[^]*chờ lâu quá/);
  assert.equal(await said.locator('.feel.neg').count(), 1);
  await p.accessible('a case with an answer', { within: '[role=log]' });
  await p.end();
});

test('the other language keeps what was chosen', async () => {
  const c = await invited('sau-giao');
  const p = await browser.page();
  await p.page.goto(`${desk.http}${c.path}?score=7`);
  await p.page.getByRole('link', { name: 'English' }).click();
  await p.page.locator('html[lang=en]').waitFor();
  assert.equal(await p.page.locator('#send').getAttribute('value'), '7');
  await p.end();
});
