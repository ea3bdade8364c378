// A customer with the shop's page open and the widget in it; and the shop,
// which is another origin than the desk, with whatever page a test wants.
import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import { desk, service, sql, until, using } from '../../e2e/lib/desk.mjs';
import { given, look } from './axe.mjs';
import { PATIENCE, slowly } from './slow.mjs';

// What a shop allows at least: the desk's script, and to ask the desk.
export const strict = (base = desk.http) =>
  `default-src 'none'; script-src ${base}; connect-src ${base}; base-uri 'none'; form-action 'none'`;

export class Shop {
  static async open() {
    const s = new Shop();
    s.pages = new Map();
    s.server = createServer((q, r) => {
      const page = s.pages.get(q.url);
      r.writeHead(page === undefined ? 404 : 200, page?.headers ?? {});
      r.end(page?.body ?? '');
    });
    await new Promise((done) => s.server.listen(0, '127.0.0.1', done));
    s.base = `http://127.0.0.1:${s.server.address().port}`;
    s.put('/favicon.ico', '', 'image/png');
    return s;
  }

  put(path, body, type = 'text/html; charset=utf-8', headers = {}) {
    this.pages.set(path, { body, headers: { 'Content-Type': type, ...headers } });
    return this.base + path;
  }

  // A page with the widget in it.  tag: more attributes of its script.
  page(path, { tag = '', head = '', body = '<h1>Cửa hàng</h1>', csp = strict(), lang = 'vi', from = desk.http } = {}) {
    return this.put(
      path,
      `<!doctype html><html lang="${lang}"><head><meta charset="utf-8"><title>Cửa hàng</title>${head}` +
        `<script src="${from}/widget.js" async ${tag}></script></head><body><main>${body}</main></body></html>`,
      undefined,
      csp === null ? {} : { 'Content-Security-Policy': csp },
    );
  }

  async end() {
    this.server.closeAllConnections();
    await new Promise((done) => this.server.close(done));
  }
}

export class Customer {
  // shadow: the root is opened, so that a test may look in.  troubled: what may
  // go wrong all the same.
  static async come(browser, url, { shadow = true, allow = null, context, ...more } = {}) {
    const c = new Customer();
    c.own = context === undefined;
    c.context =
      context ??
      (await browser.chromium.newContext({
        locale: 'vi-VN', viewport: { width: 1366, height: 768 }, reducedMotion: 'reduce', ...more,
      }));
    c.troubles = [];
    c.posts = [];
    if (c.own) {
      c.context.setDefaultTimeout(PATIENCE);
      await slowly(c.context);
    }
    c.page = await c.context.newPage();
    const wrong = (what) => {
      if (!allow?.test(what)) c.troubles.push(what);
    };
    c.page.on('pageerror', (e) => wrong(`exception: ${e.message}`));
    c.page.on('console', (m) => {
      // A desk that is away is told of by the browser itself.
      if (['error', 'warning'].includes(m.type()) && !/Failed to load resource/.test(m.text()))
        wrong(`${m.type()}: ${m.text()}`);
    });
    c.page.on('request', (r) => {
      if (r.method() === 'POST' && r.url().endsWith('/messages')) c.posts.push(r.postData());
      if (!/^(data|blob):/.test(r.url()) && new URL(r.url()).hostname !== '127.0.0.1')
        wrong(`asked another host: ${r.url()}`);
    });
    await c.page.exposeFunction('tellViolation', (v) => wrong(`policy: ${v}`));
    await c.page.addInitScript((open) => {
      addEventListener('securitypolicyviolation', (e) =>
        window.tellViolation(`${e.violatedDirective} ${e.blockedURI}`));
      const attach = Element.prototype.attachShadow;
      if (open)
        Element.prototype.attachShadow = function (how) {
          return attach.call(this, { ...how, mode: 'open' });
        };
    }, shadow);
    await c.page.goto(url);
    return c;
  }

  at(selector) {
    return this.page.locator(selector);
  }

  get text() {
    return this.at('.composer textarea');
  }

  async open() {
    await this.at('.launcher').click();
    await this.at('.panel').waitFor();
    await this.at('.status').filter({ hasText: /trực tuyến|Online|anh\/chị|somebody/ }).waitFor();
  }

  async say(text) {
    await this.text.fill(text);
    await this.text.press('Enter');
  }

  bubble(text) {
    return this.at('.bub').filter({ hasText: text });
  }

  // What he wrote last is with the desk.
  sent() {
    return this.at('.by.r').filter({ hasText: /Đã gửi|Đã xem|Sent|Seen/ }).waitFor();
  }

  // The texts as they stand there, without the greeting.
  async said() {
    const all = await this.at('.bub .words').allInnerTexts();
    return all.slice(1);
  }

  async talk() {
    const kept = await this.page.evaluate(() => {
      // (Some pages of the tests have no Array worth the name.)
      for (let i = 0; i < localStorage.length; i++)
        if (localStorage.key(i).endsWith(':talk')) return localStorage.getItem(localStorage.key(i));
      return null;
    });
    return JSON.parse(kept);
  }

  async ticket() {
    const { conversation } = await this.talk();
    return until('the chat has a ticket', async () => {
      const [row] = await sql(
        `SELECT id FROM desk.ticket WHERE conversation = :'v1'::uuid`, conversation);
      return row?.id;
    });
  }

  // What the desk has of it, oldest first.
  async kept() {
    const { conversation } = await this.talk();
    const rows = await sql(
      `SELECT e.text, e.direction FROM desk.ticket t JOIN desk.event e ON e.ticket = t.id
       WHERE t.conversation = :'v1'::uuid AND e.kind = 'message' AND e.channel = 'chat' ORDER BY e.id`,
      conversation,
    );
    return rows.map((r) => r.text);
  }

  // An answer of the desk's.
  async answer(text, ...more) {
    const ticket = await this.ticket();
    await using(service, (wire) => wire.ask('TICKET.REPLY', ticket, text, ...more));
  }

  async accessible(what) {
    await given(this.page);
    const { violations, passes } = await this.page.evaluate(look, {});
    assert.deepEqual(
      violations.map((v) => [v.id, v.nodes.map((n) => `${n.target.join(' ')} ${n.failureSummary}`)]),
      [],
      what,
    );
    assert.ok(passes.length > 10, `${what}: axe looked at something`);
  }

  // Leaves; nothing may have gone wrong.
  async end() {
    if (this.own) await this.context.close();
    else await this.page.close();
    assert.deepEqual(this.troubles, []);
  }
}
