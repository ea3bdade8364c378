// Logins with a second factor, sessions and what ends them, forced changes.
import assert from 'node:assert/strict';
import { mkdtemp, rm, stat } from 'node:fs/promises';
import { after, before, describe, test } from 'node:test';
import { withAgents } from './lib/agents.mjs';
import { admin, change, desk, deskctl, login as resp, sql, until, using } from './lib/desk.mjs';
import { startSecond } from './lib/second.mjs';
import { totp, wrongCode } from './lib/totp.mjs';
import { Session, Stream, ask, get, post, stranger } from './lib/web.mjs';

const password = 'mật khẩu đầu tiên';
let second; // another daemon of this desk
let apart; // one more, which has another key
let dir;

before(async () => {
  dir = await mkdtemp('/var/tmp/deskd-state.');
  [second, apart] = await Promise.all([startSecond(), startSecond({ state_dir: dir })]);
});
after(async () => {
  await second?.stop();
  await apart?.stop();
  await rm(dir, { recursive: true, force: true });
});

function refused(answer, status, code, member) {
  assert.equal(answer.status, status, answer.text);
  assert.equal(answer.json.code, code);
  assert.equal(answer.json.member, member);
  assert.match(answer.json.detail, /^[A-Z].*\.$/);
  assert.equal(answer.headers['set-cookie'], undefined);
}

const cookies = (answer) =>
  Object.fromEntries((answer.headers['set-cookie'] ?? []).map((c) => [c.split('=', 1)[0], c]));
const bare = (cookie) => cookie.split(';', 1)[0];

// A try; what it gives besides login and password, and with which cookies.
const enter = (login, more = {}, { cookie, ...options } = {}) =>
  post('/api/v1/login', { login, password, ...more }, {
    ...options,
    headers: { ...options.headers, ...(cookie && { Cookie: cookie }) },
  });

// Codes are good once: as if the last one had been long ago.
const later = (login) =>
  change(`UPDATE desk.totp SET step = 0 WHERE agent =
    (SELECT id FROM desk.agent WHERE name = :'v1')`, login);
// As if nobody had tried.
const calm = (login) =>
  change(`DELETE FROM desk.login_try WHERE who = :'v1' OR kind = 'address';
    UPDATE desk.login_home SET failures = 0 WHERE login = :'v1'`, login);

// Switches a second factor on, by a session: its secret and recovery codes, and
// the code that it took, which is good for nothing more (the half minute's next
// one is).
async function factor(s) {
  const begun = await s.ask('POST', '/api/v1/me/totp', { body: { password } });
  assert.equal(begun.status, 200, begun.text);
  const { secret } = begun.json;
  const code = totp(secret);
  const done = await s.ask('PUT', '/api/v1/me/totp', { body: { code } });
  assert.equal(done.status, 200, done.text);
  return { secret, codes: done.json.codes, used: code };
}

describe('a second factor', () => {
  test('is begun with the password, and confirmed by a code', () =>
    withAgents(['agent'], password, async (login) => {
      const s = await Session.begin(login, password);
      const other = await Session.begin(login, password);
      const begin = (word) => s.ask('POST', '/api/v1/me/totp', { body: { password: word } });
      const confirm = (code) => s.ask('PUT', '/api/v1/me/totp', { body: { code } });
      refused(await confirm('123456'), 400, 'INVALID', undefined);
      refused(await begin('not the password'), 403, 'DENIED', 'password');
      const first = await begin(password);
      const { secret, uri } = (await begin(password)).json;
      assert.match(secret, /^[A-Z2-7]{32}$/);
      assert.notEqual(secret, first.json.secret);
      const parts = new URL(uri);
      assert.equal(parts.protocol, 'otpauth:');
      assert.equal(parts.searchParams.get('secret'), secret);
      assert.equal(parts.searchParams.get('digits'), '6');
      assert.match(decodeURIComponent(parts.pathname), new RegExp(`:${login}$`));
      assert.equal((await s.ask('GET', '/api/v1/me')).json.totp, false);
      assert.equal((await enter(login)).status, 200, 'nothing is asked for yet');

      refused(await confirm(wrongCode(secret)), 403, 'DENIED', 'code');
      refused(await confirm(totp(first.json.secret)), 403, 'DENIED', 'code');
      const code = totp(secret);
      const done = await confirm(`${code.slice(0, 3)} ${code.slice(3)}`);
      assert.equal(done.status, 200, done.text);
      assert.equal(new Set(done.json.codes).size, 10);
      for (const c of done.json.codes) assert.match(c, /^([0-9a-hjkmnp-tv-z]{4}-?){4}$/);
      assert.equal((await s.ask('GET', '/api/v1/me')).json.totp, true);
      assert.equal((await other.ask('GET', '/api/v1/me')).status, 401, 'other sessions end');
      refused(await begin(password), 409, 'CONFLICT', undefined);

      // Neither the secret nor a code stands in the database or the log.
      const [row] = await sql(`SELECT t.sealed, (SELECT string_agg(encode(hash, 'escape'), ' ')
        FROM desk.recovery) AS hashes, (SELECT string_agg(a::text, ' ') FROM desk.audit a) AS audit
        FROM desk.totp t JOIN desk.agent a ON a.id = t.agent WHERE a.name = :'v1'`, login);
      for (const word of [secret, ...done.json.codes]) {
        assert.ok(!JSON.stringify(row).includes(word));
        assert.ok(!(await second.log()).includes(word));
      }
      assert.match(row.sealed, /^[0-9a-f]{96}$/);
      assert.equal((await stat(`${desk.var}/state/totp.key`)).mode & 0o777, 0o600);
    }));

  test('is asked for after the password, and each code is good once', () =>
    withAgents(['agent'], password, async (login) => {
      const { secret, codes, used } = await factor(await Session.begin(login, password));
      refused(await enter(login), 401, 'NOAUTH', 'code');
      refused(await enter(login, { code: used }), 401, 'NOAUTH', 'code');
      await later(login);
      await calm(login);
      // A wrong password is told as if there were no second factor.
      const wrong = await post('/api/v1/login',
        { login, password: 'not the password', code: totp(secret) });
      refused(wrong, 401, 'NOAUTH', undefined);
      refused(await enter(login, { code: wrongCode(secret) }), 401, 'NOAUTH', 'code');
      const code = totp(secret);
      assert.equal((await enter(login, { code })).status, 200);
      refused(await enter(login, { code }), 401, 'NOAUTH', 'code');

      // A recovery code as people type it.
      const typed = ` ${codes[0].toUpperCase().replaceAll('-', ' ').replaceAll('0', 'O')}`;
      assert.equal((await enter(login, { code: typed })).status, 200);
      refused(await enter(login, { code: codes[0] }), 401, 'NOAUTH', 'code');
      assert.equal((await enter(login, { code: codes[1] })).status, 200);
    }));

  test('is taken once when two come at once, to two daemons', () =>
    withAgents(['agent'], password, async (login) => {
      const { secret, codes } = await factor(await Session.begin(login, password));
      await later(login);
      for (const code of [totp(secret), codes[3]]) {
        const got = await Promise.all([desk.http, second.http].map((base) =>
          enter(login, { code }, { base, from: stranger() })));
        assert.deepEqual(got.map((a) => a.status).sort(), [200, 401], code);
      }
    }));

  test('a daemon with another key says so, and takes recovery codes', () =>
    withAgents(['agent', 'agent'], password, async (login, colleague) => {
      const { secret, codes } = await factor(await Session.begin(login, password));
      await later(login);
      assert.equal((await stat(`${dir}/totp.key`)).mode & 0o777, 0o600);
      const options = { base: apart.http };
      refused(await enter(login, { code: totp(secret) }, options), 500, 'INTERNAL', 'code');
      assert.match(await apart.log(), /sealed by key [0-9a-f]{16}/);
      assert.equal((await enter(login, { code: codes[2] }, options)).status, 200);
      // Nobody is to be sealed by a key of one daemon's own.
      const s = await Session.begin(colleague, password, apart.http);
      const begun = await s.ask('POST', '/api/v1/me/totp', { body: { password } });
      refused(await s.ask('PUT', '/api/v1/me/totp', { body: { code: totp(begun.json.secret) } }),
        409, 'CONFLICT', undefined);
    }));

  test('guesses are limited as those of passwords are', () =>
    withAgents(['agent'], password, async (login) => {
      const { secret } = await factor(await Session.begin(login, password));
      const code = wrongCode(secret);
      let tries = 0;
      for (;;) {
        // The password alone forgives nothing.
        const from = stranger();
        const got = await enter(login, tries % 2 ? {} : { code }, { from });
        if (got.status === 429) break;
        refused(got, 401, 'NOAUTH', 'code');
        assert.ok(++tries < 10, 'no limit');
      }
      await later(login);
      assert.equal((await enter(login, { code: totp(secret) }, { from: stranger() })).status, 429);
    }));

  test('a remembered browser needs no code, until it is forgotten', () =>
    withAgents(['agent', 'admin'], password, async (login, boss) => {
      const s = await Session.begin(login, password);
      const { secret } = await factor(s);
      const headers = { 'User-Agent':
        'Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:128.0) Gecko/20100101 Firefox/128.0' };
      const device = async () => {
        await later(login);
        const got = await enter(login, { code: totp(secret), remember: true }, { headers });
        assert.equal(got.status, 200, got.text);
        return cookies(got)['__Host-device'];
      };
      const cookie = await device();
      for (const flag of ['HttpOnly', 'Secure', 'SameSite=Strict', 'Path=/', 'Max-Age=2592000'])
        assert.ok(cookie.includes(flag), flag);
      const again = await enter(login, { remember: true }, { cookie: bare(cookie) });
      assert.equal(again.status, 200, again.text);
      assert.equal(cookies(again)['__Host-device'], undefined, 'no other without a code');
      // Another's, a planted one beside it, or under the plain name: none.
      for (const c of [`${bare(cookie)}x`, `${bare(cookie)}; __Host-device=x`,
        bare(cookie).replace('__Host-', '')])
        refused(await enter(login, {}, { cookie: c }), 401, 'NOAUTH', 'code');
      await calm(login);

      const { sessions } = (await s.ask('GET', '/api/v1/me/sessions', {
        headers: { Cookie: `${bare(s.cookie)}; ${bare(cookie)}` } })).json;
      assert.deepEqual(sessions.filter((r) => r.here).map((r) => r.kind).sort(),
        ['device', 'session']);
      const row = sessions.find((r) => r.kind === 'device');
      assert.equal(row.agent, 'Firefox, Windows');
      assert.equal(row.from, '127.0.0.1');
      for (const r of sessions) assert.ok(Date.parse(r.began_at) <= Date.parse(r.seen_at));
      const end = await s.ask('DELETE', `/api/v1/me/sessions/${row.id}`);
      assert.equal(end.status, 200, end.text);
      refused(await enter(login, {}, { cookie: bare(cookie) }), 401, 'NOAUTH', 'code');

      // A new password, and an administrator's reset, forget it too.
      const next = await device();
      const put = await s.ask('PUT', '/api/v1/users/me/password',
        { body: { password: 'the second one', old: password } });
      assert.equal(put.status, 200, put.text);
      assert.equal((await s.ask('GET', '/api/v1/me')).status, 200, 'his session stays');
      const got = await post('/api/v1/login', { login, password: 'the second one' },
        { headers: { Cookie: bare(next) } });
      refused(got, 401, 'NOAUTH', 'code');

      const b = await Session.begin(boss, password);
      refused(await s.ask('POST', `/api/v1/users/${login}/totp_reset`), 403, 'DENIED', undefined);
      const reset = await b.ask('POST', `/api/v1/users/${login}/totp_reset`);
      assert.equal(reset.status, 200, reset.text);
      assert.equal((await s.ask('GET', '/api/v1/me')).status, 401, 'his sessions end');
      const free = await Session.begin(login, 'the second one');
      assert.equal((await free.ask('GET', '/api/v1/me')).json.totp, false);
    }));

  test('is ended by a code, and gives fresh recovery codes for one', () =>
    withAgents(['agent'], password, async (login) => {
      const s = await Session.begin(login, password);
      const { secret, codes, used } = await factor(s);
      const end = (code) => s.ask('POST', '/api/v1/me/totp/end', { body: { code } });
      refused(await end(used), 403, 'DENIED', 'code');
      await later(login);
      const fresh = await s.ask('PUT', '/api/v1/me/totp', { body: { code: totp(secret) } });
      assert.equal(fresh.status, 200, fresh.text);
      refused(await end(codes[0]), 403, 'DENIED', 'code');
      assert.equal((await end(fresh.json.codes[9])).status, 200);
      assert.equal((await enter(login)).status, 200);
      // What is no agent has none.
      refused(await ask('POST', '/api/v1/me/totp', { bearer: desk.key, body: { password } }),
        400, 'INVALID', undefined);
    }));
});

describe('sessions', () => {
  test('one ended elsewhere ends its stream at another daemon, at once', () =>
    withAgents(['agent', 'agent'], password, async (login, colleague) => {
      const [here, there] = [await Session.begin(login, password),
        await Session.begin(login, password, second.http)];
      const live = await Stream.open('/api/v1/feed/live',
        { base: second.http, headers: { Cookie: bare(there.cookie) } });
      await live.until((e) => e.event === 'ready');
      const { sessions } = (await here.ask('GET', '/api/v1/me/sessions')).json;
      assert.equal(sessions.length, 2);
      assert.deepEqual(sessions.map((r) => r.here), [true, false]);
      const other = await Session.begin(colleague, password);
      refused(await other.ask('DELETE', `/api/v1/me/sessions/${sessions[1].id}`),
        404, 'NOTFOUND', 'session');
      assert.equal((await there.ask('GET', '/api/v1/me')).status, 200);
      assert.equal((await here.ask('DELETE', `/api/v1/me/sessions/${sessions[1].id}`)).status, 200);
      await until('the stream has ended', () => live.over);
      await until('the session is nobody', async () =>
        (await there.ask('GET', '/api/v1/me')).status === 401);
      assert.equal((await here.ask('GET', '/api/v1/me')).status, 200);
    }));

  test('a login makes a fresh one, whatever the browser came with', () =>
    withAgents(['agent'], password, async (login) => {
      const planted = `__Host-sid=${'A'.repeat(32)}`;
      const first = await enter(login, {}, { cookie: planted });
      const cookie = bare(cookies(first)['__Host-sid']);
      assert.notEqual(cookie, planted);
      const me = (c) => get('/api/v1/me', { headers: { Cookie: c } });
      assert.equal((await me(planted)).status, 401);
      const live = await Stream.open('/api/v1/feed/live',
        { base: second.http, headers: { Cookie: cookie } });
      await live.until((e) => e.event === 'ready');
      const again = await enter(login, {}, { cookie });
      assert.notEqual(bare(cookies(again)['__Host-sid']), cookie);
      assert.equal((await me(cookie)).status, 401, 'the one before is over');
      await until('its stream has ended', () => live.over);
      assert.equal((await me(bare(cookies(again)['__Host-sid']))).status, 200);
    }));

  test("another site's page logs nobody in, and sets nothing", () =>
    withAgents(['agent'], password, async (login) => {
      const host = new URL(desk.http).host;
      const from = [{ 'Sec-Fetch-Site': 'cross-site' }, { 'Sec-Fetch-Site': 'same-site' },
        { Origin: 'https://evil.example' }, { Origin: 'null' },
        { Origin: `http://${host}.evil.example` }];
      for (const headers of from) {
        refused(await enter(login, {}, { headers }), 403, 'DENIED', undefined);
        const setup = await post('/api/v1/setup',
          { code: 'x', login, display: 'X', password }, { headers });
        refused(setup, 403, 'DENIED', undefined);
      }
      const own = { Origin: `http://${host}` };
      const s = await Session.begin(login, password);
      assert.equal((await enter(login, {}, { headers: own })).status, 200);
      const set = (headers) => s.ask('PUT', '/api/v1/me/prefs', { body: { prefs: { a: 1 } }, headers });
      assert.equal((await set(own)).status, 200);
      for (const headers of from) refused(await set(headers), 403, 'DENIED', undefined);
    }));

  test('what a client prefers is kept, and small', () =>
    withAgents(['agent'], password, async (login) => {
      const s = await Session.begin(login, password);
      const me = async () => (await s.ask('GET', '/api/v1/me')).json;
      const first = await me();
      assert.deepEqual(first.prefs, {});
      assert.deepEqual(first.queues, ['sales']);
      assert.equal(first.display, `Chị ${login}`);
      assert.deepEqual([first.totp, first.must_change], [false, false]);
      assert.ok(first.company.name);
      assert.equal(first.company.zone, 'Asia/Ho_Chi_Minh');
      assert.ok(Math.abs(Date.parse(first.now) - Date.now()) < 3600e3);
      const put = (prefs) => s.ask('PUT', '/api/v1/me/prefs',
        { body: `{"prefs":${typeof prefs === 'string' ? prefs : JSON.stringify(prefs)}}` });
      const prefs = { theme: 'tối', size: 1.1, views: [{ name: 'Của tôi', tags: ['vip'] }] };
      assert.equal((await put(prefs)).status, 200);
      assert.equal((await put(prefs)).status, 200, 'the same twice');
      assert.deepEqual((await me()).prefs, prefs);
      for (const bad of [{ x: 'x'.repeat(8192) }, '[1]', '{"a":1,"a":2}', '{"a":"\\u0000"}', '5'])
        assert.equal((await put(bad)).status, 400);
      assert.deepEqual((await me()).prefs, prefs);
      assert.equal((await put({})).status, 200);
      assert.deepEqual((await me()).prefs, {});
    }));
});

describe('a password that has to be changed', () => {
  test('lets nothing else be done, on every front', () =>
    withAgents(['agent', 'admin'], password, async (login, boss) => {
      const b = await Session.begin(boss, password);
      const set = await b.ask('PUT', `/api/v1/users/${login}/password`,
        { body: { password, must_change: true } });
      assert.equal(set.status, 200, set.text);
      const s = await Session.begin(login, password);
      assert.equal(s.answer.json.must_change, true);
      assert.equal((await s.ask('GET', '/api/v1/me')).json.must_change, true);
      for (const [method, path, body] of [['GET', '/api/v1/tickets'], ['GET', '/api/v1/feed/live'],
        ['PUT', '/api/v1/me/prefs', { prefs: {} }], ['POST', '/api/v1/me/totp', { password }],
        ['POST', '/api/v1/uploads?name=a', 'x'], ['GET', '/api/v1/me/sessions']])
        refused(await s.ask(method, path, { body }), 403, 'DENIED', 'must_change');

      await using(() => resp(login, password), async (wire) => {
        assert.equal((await wire.ask('WHOAMI')).must_change, true);
        for (const words of [['TICKET.LIST'], ['FEED.READ', '0'], ['AGENT.STATE', 'me', 'away']])
          assert.equal((await wire.refused(...words)).code, 'DENIED', words[0]);
        assert.equal((await wire.refused('USER.PASSWORD', 'me', 'the second one')).code, 'DENIED');
      });
      const put = (path, body) => s.ask('PUT', path, { body });
      const own = '/api/v1/users/me/password';
      refused(await put(own, { password: 'the second one', old: 'wrong' }), 403, 'DENIED', 'old');
      refused(await put(own, { password, old: password }), 400, 'INVALID', 'password');
      refused(await put(own, { password: 'short', old: password }), 400, 'INVALID', 'password');
      const done = await put(own, { password: 'the second one', old: password });
      assert.equal(done.status, 200, done.text);
      assert.equal((await s.ask('GET', '/api/v1/tickets')).status, 200);
      assert.equal((await s.ask('GET', '/api/v1/me')).json.must_change, false);
    }));

  test("is over for the TCP protocol's session that changed it", () =>
    withAgents(['admin'], password, async (login) => {
      const set = await deskctl(['user', 'password', login, '--must_change'],
        { input: `${password}\n` });
      assert.equal(set.status, 0, set.stderr);
      await using(() => resp(login, password), async (wire) => {
        // Nor may an administrator do more, or skip the old one.
        assert.equal((await wire.refused('USER.LIST')).code, 'DENIED');
        assert.equal((await wire.refused('USER.PASSWORD', 'an', 'the second one')).code, 'DENIED');
        assert.equal((await wire.refused('USER.PASSWORD', 'me', 'the second one')).code, 'DENIED');
        await wire.ask('USER.PASSWORD', 'me', 'the second one', 'old', password);
        const { users } = await wire.ask('USER.LIST');
        const row = users.find((u) => u.login === login);
        assert.deepEqual({ ...row, seen_at: 0 }, { login, display: `Chị ${login}`, role: 'admin',
          active: true, password: true, must_change: false, totp: false, seen_at: 0 });
        assert.ok(Date.parse(row.seen_at) > 0);
      });
      const s = await Session.begin('sup');
      refused(await s.ask('GET', '/api/v1/users'), 403, 'DENIED', undefined);
    }));
});

describe('the last administrator', () => {
  test('is not let go by a configuration', () =>
    using(admin, async (wire) => {
      const { config, version } = await wire.ask('CONFIG.SHOW');
      const admins = await sql(`SELECT name FROM desk.agent
        WHERE role = 'admin' AND active AND password IS NOT NULL`);
      const agents = config.agents.filter((a) => !admins.some((n) => n.name === a.name));
      for (const dry of ['yes', 'no']) {
        const no = await wire.refused('CONFIG.APPLY', JSON.stringify({ ...config, agents }),
          'dry', dry);
        assert.equal(no.code, 'CONFLICT');
        assert.match(no.sentence, /no administrator/);
      }
      assert.equal((await wire.ask('CONFIG.SHOW')).version, version);
    }));
});
