// Every page, dialog and menu of the client in one language and both themes:
// nothing for axe-core, nothing too wide; and pictures to look at.  (A language is a
// file of tests: two desks take one each.)
import { after, before, test } from 'node:test';
import { admin, desk, using } from '../../e2e/lib/desk.mjs';
import { Browser } from './browser.mjs';
import { scene } from './scene.mjs';
import { shoot } from './shots.mjs';
import { Team } from './team.mjs';
import { tour } from './tour.mjs';

const WIDE = { width: 1366, height: 768 };
const SMALL = { width: 390, height: 844 };
// Vietnamese in the light theme, English in the dark one; in the other only
// what colours can spoil is looked at again, of the main pages in both.
const colours = ['color-contrast', 'link-in-text-block'];
const themes = { vi: ['light', 'dark'], en: ['dark', 'light'] };

async function look(p, name, { main = false, small = false, within, show } = {}) {
  const { page, lang } = p;
  const seen = async (size, theme) => {
    await page.emulateMedia({ colorScheme: theme, reducedMotion: 'reduce' });
    const rules = theme === themes[lang][0] ? undefined : colours;
    await p.accessible(`${name}, ${size}, ${theme}`, { within, rules });
    await show?.(page);
    if (main) await shoot(page, `${name}-${size}-${theme}-${lang}`);
  };
  for (const theme of main || lang === 'vi' ? themes[lang] : ['dark']) await seen(1366, theme);
  await p.fits(name);
  if (!small) return;
  const rail = page.getByRole('navigation', { name: /^(Điều hướng|Navigation)$/ });
  await page.setViewportSize(SMALL);
  try {
    await rail.waitFor({ state: 'detached' });
    for (const theme of lang === 'vi' ? themes.vi : ['dark']) await seen(390, theme);
    await p.fits(`${name}, 390`);
  } finally {
    await page.setViewportSize(WIDE);
  }
  await rail.waitFor();
}

// places(lang): the tests of the client in it, 'vi-VN' or 'en-GB'.
export function places(lang) {
  let browser, team, made;
  const ends = [];

  before(async () => {
    team = await Team.make({
      lan: { display: 'Trần Thị Lan', role: 'admin' },
      moi: { display: 'Lê Mới' },
    });
    await using(admin, (wire) =>
      wire.ask('USER.PASSWORD', team.logins.moi, desk.password, 'must_change', 'yes'));
    made = await scene(team, 'lan');
    browser = await Browser.open();
  });
  after(async () => {
    await browser?.end();
    for (const end of ends) await end();
    await team?.end();
  });

  test(`every place, in both themes: ${lang}`, async (t) => {
    const p = await browser.page({
      lang, motion: 'reduce', allow: /status of 40[14]|ERR_INTERNET_DISCONNECTED/,
    });
    p.lang = lang.slice(0, 2);
    const { page } = p;
    try {
      await t.test('login', async () => {
        await p.open();
        await page.locator('#user').waitFor();
        await look(p, 'login', { main: true });
      });
      await t.test('a password that has to be changed', async () => {
        await page.locator('#user').fill(team.logins.moi);
        await page.locator('#pass').fill(desk.password);
        await page.locator('#enter').click();
        await page.locator('input[autocomplete=new-password]').first().waitFor();
        await look(p, 'login-change');
        await page.getByRole('button', { name: /^(Đăng xuất|Log out)/ }).click();
        await page.locator('#user').waitFor();
      });
      await p.login(team.logins.lan);
      const list = `?view=all&queue=${team.queue}`;
      for (const place of tour({ team, made, list, after: (end) => ends.push(end) })) {
        await t.test(place.name, async () => {
          await place.open(page);
          await look(p, place.name, place);
          await place.leave?.(page);
        });
      }
      await t.test('what is offered', async () => {
        await team.state('lan', 'ready');
        await page.getByRole('alertdialog').nth(1).waitFor();
        await look(p, 'offers', { main: true });
        await team.state('lan', 'offline');
        await page.getByRole('alertdialog').first().waitFor({ state: 'detached' });
      });
      await t.test('without a network', async () => {
        await page.goto(`${p.base}/d/cases${list}`);
        await p.live();
        await page.getByRole('option').first().waitFor();
        await p.context.setOffline(true);
        await page.getByText(/Mất kết nối\. Danh sách|Connection lost\. List/).waitFor();
        await look(p, 'offline', { main: true });
        await p.context.setOffline(false);
        await p.live();
      });
    } catch (e) {
      await p.context.close();
      throw e;
    }
    await p.end();
  });
}
