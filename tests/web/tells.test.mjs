// What tells somebody who looks at another window: a sound, a notice of the
// desktop; and the sentence that there is a new version.  Nothing is replaced:
// what the page makes of them is only counted.
import assert from 'node:assert/strict';
import { cp, mkdtemp, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { desk, login, unique, until, using } from '../e2e/lib/desk.mjs';
import { Browser } from './lib/browser.mjs';
import { on } from './lib/cases.mjs';
import { Daemon } from './lib/daemon.mjs';
import { Team } from './lib/team.mjs';

let browser, team;
before(async () => {
  team = await Team.make({ lan: { display: 'Trần Thị Lan' }, my: { display: 'Đỗ Thị Mỹ' } });
  // (A page behind another is hidden in a whole browser alone.)
  browser = await Browser.open({ whole: true });
});
after(async () => {
  await browser?.end();
  await team?.end();
});

// Run before the page: notices and notes that begin are noted down.
const listenIn = () => {
  window.told = [];
  window.notes = 0;
  window.Notification = new Proxy(window.Notification, {
    construct(of, args) {
      window.told.push(`${args[0]} | ${args[1]?.body ?? ''}`);
      return Reflect.construct(of, args);
    },
  });
  const { start } = OscillatorNode.prototype;
  OscillatorNode.prototype.start = function note(...args) {
    window.notes++;
    return start.apply(this, args);
  };
};

test('an offer and a mention are heard, and seen by who looks elsewhere', () =>
  on(browser, { permissions: ['notifications'] }, async (p, page) => {
    await page.addInitScript(listenIn);
    await p.login(team.logins.lan);
    await page.getByRole('button', { name: /^Trạng thái của tôi/ }).click();
    await Promise.all([
      page.waitForResponse((r) => r.url().endsWith('/me/prefs') && r.ok()),
      page.getByRole('menuitemcheckbox', { name: 'Thông báo trên máy' }).click(),
    ]);
    await page.keyboard.press('Escape');
    const told = (what) => () => page.evaluate((s) => window.told.some((t) => t.includes(s)), what);
    const notes = () => page.evaluate(() => window.notes);

    // He looks at the page: the sound alone.
    const subject = unique('Nồi cơm báo lỗi ');
    await team.state('lan', 'ready');
    const { ticket } = await team.write({ subject });
    await page.getByRole('alertdialog').filter({ hasText: subject }).waitFor();
    await until('it is heard', async () => (await notes()) === 2);
    assert.equal(await page.evaluate(() => window.told.length), 0);
    await page.keyboard.press('d');
    await page.getByRole('alertdialog').waitFor({ state: 'detached' });

    // What a supervisor says to him, and to nobody else, stays until he has read it.
    const said = unique('Gọi lại chị Lan ');
    await using(() => login('sup'), (wire) => wire.ask('AGENT.MESSAGE', team.logins.my, `x${said}`));
    await using(() => login('sup'), (wire) => wire.ask('AGENT.MESSAGE', team.logins.lan, said));
    const word = page.getByRole('alert').filter({ hasText: said });
    await word.waitFor();
    assert.match(await word.innerText(), /nhắn:/);
    assert.equal(await page.getByText(`x${said}`).count(), 0);
    await until('it is heard, too', async () => (await notes()) === 4);
    await word.getByRole('button', { name: 'Đã đọc' }).click();
    await word.waitFor({ state: 'detached' });

    // He looks at another one.
    const debug = await p.context.newCDPSession(page);
    await debug.send('Emulation.setFocusEmulationEnabled', { enabled: false });
    const other = await p.context.newPage();
    await other.bringToFront();
    await until('the page is behind', () => page.evaluate(() => !document.hasFocus()));
    const second = unique('Thiếu lõi lọc ');
    await team.write({ subject: second });
    await until('the offer is told', told(second));
    await until('and heard', async () => (await notes()) === 6);
    await using(() => login(team.logins.my), (wire) =>
      wire.ask('TICKET.NOTE', ticket, `Nhờ @${team.logins.lan} xem giúp`));
    await until('the mention is told', told('Đỗ Thị Mỹ nhắc tới bạn'));
    await until('and heard, too', async () => (await notes()) === 8);
    await team.state('lan', 'offline');
  }));

test('what supervisors say is read one after the other, on a telephone, too', () =>
  on(browser, { width: 360, height: 640 }, async (p, page) => {
    await p.login(team.logins.my);
    await p.live();
    const said = [1, 2, 3, 4, 5, 6, 7].map((n) => `${unique(`Việc ${n} `)} ${'gọi kho '.repeat(40)}`);
    await using(() => login('sup'), async (wire) => {
      for (const text of said) await wire.ask('AGENT.MESSAGE', team.logins.my, text);
    });
    const card = page.getByRole('alert').filter({ hasText: 'nhắn:' });
    for (const [n, text] of said.entries()) {
      await card.filter({ hasText: `${n + 1} / 7` }).filter({ hasText: text.slice(0, 20) }).waitFor();
      assert.equal(await card.count(), 1);
      const { height } = await card.boundingBox();
      assert.ok(height < 640 / 2, `it is ${height} px high`);
      if (n === 0) await p.accessible('what a supervisor says');
      await card.getByRole('button', { name: 'Đã đọc' }).click();
    }
    await card.waitFor({ state: 'detached' });
  }));

test('a new version is said when the desk comes back with it', async () => {
  const dir = await mkdtemp(join(tmpdir(), 'deskd-web.'));
  const daemon = await Daemon.make();
  try {
    // A release of the client's own to this daemon, and then another.
    const web = join(dir, 'web');
    await cp(join(desk.build, 'web'), web, { recursive: true });
    const conf = await readFile(daemon.conf, 'utf8');
    await writeFile(daemon.conf, conf.replace(/^web_dir = .*$/m, `web_dir = "${web}"`));
    await daemon.start();
    await on(browser, { base: daemon.http, allow: /ERR_|status of 50|Failed to load/ }, async (p, page) => {
      await p.login(team.logins.my);
      const html = await readFile(join(web, 'index.html'), 'utf8');
      const [, was] = /src="\/assets\/([^"]+\.js)"/.exec(html);
      const now = `next-${was}`;
      await daemon.kill();
      for (const form of ['', '.br', '.gz'])
        await rename(join(web, 'assets', was + form), join(web, 'assets', now + form));
      await writeFile(join(web, 'index.html'), html.replaceAll(was, now));
      for (const form of ['.br', '.gz']) await rm(join(web, `index.html${form}`));
      await daemon.start();
      await page.getByText('Có bản mới.').waitFor();
      await page.getByRole('button', { name: 'Tải lại', exact: true }).click();
      await page.locator(`script[src="/assets/${now}"]`).waitFor({ state: 'attached' });
      await p.live();
      assert.equal(await page.getByText('Có bản mới.').count(), 0);
    });
  } finally {
    await daemon.end();
    await rm(dir, { recursive: true, force: true });
  }
});
