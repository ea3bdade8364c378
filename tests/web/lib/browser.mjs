// Debian's Chromium, and pages of it that remember whatever went wrong.
import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { chromium } from 'playwright-core';
import { desk } from '../../e2e/lib/desk.mjs';
import { given, look } from './axe.mjs';
import { PATIENCE, slowly } from './slow.mjs';

// The same engine without the windows that nobody sees, which take as long as half a
// page does; where it is not installed, all of it.
const SHELL = '/usr/lib/chromium/chromium-headless-shell';
const WHOLE = '/usr/bin/chromium';

const flags = [
  '--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run',
  '--disable-background-networking', '--disable-component-update', '--disable-sync',
  // Young memory for a look by axe-core: emptying it costs a tenth of that otherwise.
  '--js-flags=--min-semi-space-size=16',
  // A name of this machine that is not its loopback's own.
  '--host-resolver-rules=MAP shop.test 127.0.0.1',
];

// When what changes its colours (another theme, a pointer that left) has done so.
const still = async () => {
  for (let i = 0; i < 2; i++) await new Promise((drawn) => requestAnimationFrame(drawn));
  const ends = document.getAnimations().filter((a) => a.effect?.getComputedTiming().endTime < 10000);
  await Promise.allSettled(ends.map((a) => a.finished));
};

export class Browser {
  // bars: with scroll bars, which Playwright hides.  whole: as people have it.
  static async open({ bars = false, whole = false } = {}) {
    const b = new Browser();
    b.dir = await mkdtemp(join(tmpdir(), 'deskd-web.'));
    b.chromium = await chromium.launch({
      executablePath: !whole && existsSync(SHELL) ? SHELL : WHOLE,
      ...(bars && { ignoreDefaultArgs: ['--hide-scrollbars'] }),
      args: [...flags, `--crash-dumps-dir=${b.dir}`],
      env: { ...process.env, HOME: b.dir, XDG_CONFIG_HOME: b.dir, XDG_CACHE_HOME: b.dir },
    });
    return b;
  }

  async end() {
    await this.chromium.close();
    await rm(this.dir, { recursive: true, force: true, maxRetries: 5 });
  }

  // A page of its own profile.  allow: what the console may say all the same.
  async page({
    lang = 'vi-VN', theme = 'light', width = 1366, height = 768,
    motion = 'no-preference', base = desk.http, allow = null, ...more
  } = {}) {
    const context = await this.chromium.newContext({
      locale: lang, colorScheme: theme, viewport: { width, height },
      reducedMotion: motion, timezoneId: 'America/New_York', ...more,
    });
    const p = new Page();
    p.context = context;
    p.base = base;
    p.troubles = [];
    context.setDefaultTimeout(PATIENCE);
    await slowly(context);
    p.page = await context.newPage();
    const wrong = (what) => {
      if (!allow?.test(what)) p.troubles.push(what);
    };
    p.page.on('console', (m) => {
      if (['error', 'warning'].includes(m.type())) wrong(`${m.type()}: ${m.text()}`);
    });
    // (With where: of a built page the first places are enough to find it.)
    p.page.on('pageerror', (e) =>
      wrong(`exception at ${p.page.url()}: ${(e.stack ?? e.message).split('\n').slice(0, 4).join(' ')}`));
    p.page.on('request', (r) => {
      if (!/^(data|blob):/.test(r.url()) && new URL(r.url()).origin !== base)
        wrong(`asked another host: ${r.url()}`);
    });
    await p.page.exposeFunction('tellViolation', (v) => wrong(`policy: ${v}`));
    await p.page.addInitScript(() => {
      addEventListener('securitypolicyviolation', (e) =>
        window.tellViolation(`${e.violatedDirective} ${e.blockedURI}`));
    });
    return p;
  }
}

export class Page {
  open() {
    return this.page.goto(this.base + '/');
  }

  async login(name = 'an', password = desk.password) {
    await this.open();
    await this.page.locator('#user').fill(name);
    await this.page.locator('#pass').fill(password);
    await this.page.locator('#enter').click();
    await this.live();
  }

  // Logged in, and told what happens.
  async live() {
    await this.page.locator('html[data-link=live]').waitFor();
  }

  // Whatever the page has heard of is drawn.
  drawn() {
    return this.page.evaluate(async () => {
      for (let i = 0; i < 2; i++) await new Promise((done) => requestAnimationFrame(done));
    });
  }

  // Keys that are one command when the second follows soon enough: as quick as a
  // person is, however long the page takes over the first.
  async chord(...keys) {
    const door = await this.context.newCDPSession(this.page);
    await Promise.all(keys.flatMap((key) => ['keyDown', 'keyUp'].map((type) =>
      door.send('Input.dispatchKeyEvent', {
        type, key, code: `Key${key.toUpperCase()}`,
        windowsVirtualKeyCode: key.toUpperCase().charCodeAt(0),
        ...(type === 'keyDown' && { text: key }),
      }))));
    await door.detach();
  }

  text(selector) {
    return this.page.locator(selector).innerText();
  }

  // No violation that axe-core finds.  within: the part to look at; rules: these
  // alone.
  async accessible(what, { within, rules } = {}) {
    await given(this.page);
    await this.page.evaluate(still);
    const { violations, passes } = await this.page.evaluate(look, { within, rules });
    assert.deepEqual(
      violations.map((v) => [v.id, v.nodes.map((n) => n.target.join(' '))]),
      [],
      what,
    );
    if (!rules && !within) assert.ok(passes.length > 10, `${what}: axe looked at something`);
  }

  // Nothing wider than the window.
  async fits(what) {
    const { wide, window } = await this.page.evaluate(() => ({
      wide: document.documentElement.scrollWidth,
      window: innerWidth,
    }));
    assert.ok(wide <= window, `${what}: ${wide} px in ${window}`);
  }

  // Ends the page; nothing may have gone wrong in it.
  async end() {
    await this.context.close();
    assert.deepEqual(this.troubles, []);
  }
}
