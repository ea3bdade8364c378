// The HTTP API as browsers and services see it.
import assert from 'node:assert/strict';
import { readFile, readdir } from 'node:fs/promises';
import net from 'node:net';
import { describe, test } from 'node:test';
import tls from 'node:tls';
import { admin, desk, event, metric, service, sql, unique, until, using } from './lib/desk.mjs';
import { startSecond } from './lib/second.mjs';
import { Session, Stream, ask, get, post, put, stranger } from './lib/web.mjs';

const bearer = desk.key;
const proto = new URL('../../proto/', import.meta.url);
const tables = (await readdir(proto))
  .filter((name) => /^operations.*\.def$/.test(name))
  .map((name) => new URL(name, proto));

function problem(answer, status, code) {
  assert.equal(answer.status, status, answer.text);
  assert.match(answer.headers['content-type'], /^application\/problem\+json/);
  assert.equal(answer.json.status, status);
  assert.equal(answer.json.code, code);
  assert.equal(answer.json.type, 'about:blank');
  assert.ok(answer.json.title);
  assert.match(answer.json.detail, /\.$/);
}

// A fresh agent with a password, who serves sales.
async function newAgent(wire, login, password) {
  const { config } = await wire.ask('CONFIG.SHOW');
  const agents = [
    ...config.agents,
    { name: login, display: login, role: 'agent', queues: ['sales'], skills: ['vi'] },
  ];
  await wire.ask('CONFIG.APPLY', JSON.stringify({ ...config, agents }));
  await wire.ask('USER.PASSWORD', login, password);
  return config;
}

describe('a session', () => {
  test('its cookie is for this site alone, over TLS, and not for scripts', async () => {
    const s = await Session.begin('an');
    assert.equal(s.answer.status, 200, s.answer.text);
    assert.deepEqual(
      { login: s.answer.json.login, role: s.answer.json.role },
      { login: 'an', role: 'agent' },
    );
    for (const flag of ['HttpOnly', 'Secure', 'SameSite=Strict', 'Path=/'])
      assert.ok(s.cookie.includes(flag), flag);
    assert.match(s.cookie, /^__Host-/);
    assert.doesNotMatch(s.cookie, /Domain/i);
    const me = await s.ask('GET', '/api/v1/me');
    assert.equal(me.status, 200);
    assert.equal(me.json.login, 'an');
    assert.equal(me.json.csrf, s.csrf);
  });

  test('a write needs the session\'s own token', async () => {
    const s = await Session.begin('an');
    const path = '/api/v1/agents/me/state';
    const body = { state: 'away' };
    problem(await s.ask('PUT', path, { body, csrf: null }), 403, 'DENIED');
    problem(await s.ask('PUT', path, { body, csrf: 'wrong' }), 403, 'DENIED');
    const other = await Session.begin('binh');
    problem(await s.ask('PUT', path, { body, csrf: other.csrf }), 403, 'DENIED');
    for (const site of ['cross-site', 'same-site'])
      problem(
        await s.ask('PUT', path, { body, headers: { 'Sec-Fetch-Site': site } }),
        403,
        'DENIED',
      );
    assert.equal((await s.ask('PUT', path, { body })).status, 200);
    const own = { 'Sec-Fetch-Site': 'same-origin' };
    assert.equal((await s.ask('PUT', path, { body, headers: own })).status, 200);
    // Reading needs none.
    assert.equal((await s.ask('GET', '/api/v1/tickets', { csrf: null })).status, 200);
  });

  test('logging out ends it, and its stream', async () => {
    const s = await Session.begin('chi');
    const live = await Stream.open('/api/v1/feed/live', {
      headers: { Cookie: s.cookie.split(';', 1)[0] },
    });
    assert.equal(live.status, 200);
    await live.until((e) => e.event === 'ready');
    const out = await s.ask('POST', '/api/v1/logout');
    assert.equal(out.status, 200, out.text);
    assert.match(out.headers['set-cookie'][0], /Max-Age=0/);
    problem(await s.ask('GET', '/api/v1/me'), 401, 'NOAUTH');
    await until('the stream has ended', () => live.over);
  });

  test('a cookie that nobody issued is nobody', async () => {
    const s = await Session.begin('an');
    s.cookie = s.cookie.replace(/=[^;]{4}/, '=AAAA');
    problem(await s.ask('GET', '/api/v1/me'), 401, 'NOAUTH');
  });

  test('a wrong password and an unknown login are told alike', async () => {
    const from = stranger();
    const wrong = await post('/api/v1/login', { login: 'an', password: 'not it at all' }, { from });
    const nobody = await post(
      '/api/v1/login',
      { login: unique('u'), password: 'not it at all' },
      { from },
    );
    problem(wrong, 401, 'NOAUTH');
    problem(nobody, 401, 'NOAUTH');
    assert.deepEqual(wrong.json, nobody.json);
    assert.equal(wrong.headers['set-cookie'], undefined);
    assert.equal((await Session.begin('an')).answer.status, 200);
  });

  test('tries are limited, for a login and for an address', async () => {
    const from = stranger();
    const login = unique('u');
    for (const [what, next] of [
      ['a login', () => ({ login, from: stranger() })],
      ['an address', () => ({ login: unique('u'), from })],
    ]) {
      let tries = 0;
      for (;;) {
        const { login: name, from: at } = next();
        const got = await post('/api/v1/login', { login: name, password: 'wrong wrong' }, { from: at });
        if (got.status === 429) {
          problem(got, 429, 'TOOMANY');
          assert.ok(Number(got.headers['retry-after']) > 0, what);
          break;
        }
        assert.equal(got.status, 401);
        assert.ok(++tries < 30, `no limit for ${what}`);
      }
    }
    // Nobody else suffers.
    assert.equal((await Session.begin('an')).answer.status, 200);
  });

  test('strangers\' tries keep nobody out where he has logged in', () =>
    using(admin, async (wire) => {
      const [login, from] = [unique('agent-'), stranger()];
      const password = 'correct horse';
      const attempt = (name, pass, at) =>
        post('/api/v1/login', { login: name, password: pass }, { from: at });
      const config = await newAgent(wire, login, password);
      try {
        assert.equal((await attempt(login, password, from)).status, 200);
        for (let i = 0; i < 6; i++) await attempt(login, 'wrong wrong', stranger());
        problem(await attempt(login, password, stranger()), 429, 'TOOMANY');
        assert.equal((await attempt(login, password, from)).status, 200);
      } finally {
        await wire.ask('CONFIG.APPLY', JSON.stringify(config));
      }
    }));

  test('who comes by our own proxy is whom it names, nobody else\'s word counts', async () => {
    const second = await startSecond({ trusted_proxy: '127.0.0.1 10.9.8.7' });
    const seen = async (forwarded, from) => {
      const login = unique('u');
      await post(
        '/api/v1/login',
        { login, password: 'wrong wrong' },
        { base: second.http, from, headers: { 'X-Forwarded-For': forwarded } },
      );
      return until('the try is on record', async () =>
        (await sql(`SELECT from_addr FROM desk.audit WHERE object = :'v1'`, login))[0]?.from_addr);
    };
    try {
      for (const [forwarded, who] of [
        ['198.51.100.1, 203.0.113.7', '203.0.113.7'],
        ['198.51.100.1,203.0.113.7 ,10.9.8.7', '203.0.113.7'],
        [['198.51.100.1', '203.0.113.7', '10.9.8.7'], '203.0.113.7'],
        ['2001:DB8:0::1', '2001:db8::1'],
        ['10.9.8.7, 127.0.0.1', '127.0.0.1'],
        ['203.0.113.7, unknown', '127.0.0.1'],
        ['', '127.0.0.1'],
      ])
        assert.equal(await seen(forwarded), who, String(forwarded));
      const from = stranger();
      assert.equal(await seen('203.0.113.7', from), from);
    } finally {
      await second.stop();
    }
  });

  test('an agent sets his own password with the old one only', () =>
    using(admin, async (wire) => {
      const login = unique('agent-');
      const config = await newAgent(wire, login, 'the first one');
      try {
        const s = await Session.begin(login, 'the first one');
        assert.equal(s.answer.status, 200, s.answer.text);
        const path = '/api/v1/users/me/password';
        const no = await s.ask('PUT', path, {
          body: { password: 'the second one', old: 'wrong' },
        });
        problem(no, 403, 'DENIED');
        problem(await s.ask('PUT', path, { body: { password: 'short', old: 'x' } }), 400, 'INVALID');
        problem(
          await s.ask('PUT', '/api/v1/users/an/password', { body: { password: 'the second one' } }),
          403,
          'DENIED',
        );
        const yes = await s.ask('PUT', path, {
          body: { password: 'the second one', old: 'the first one' },
        });
        assert.equal(yes.status, 200, yes.text);
        assert.equal((await Session.begin(login, 'the second one')).answer.status, 200);
      } finally {
        await wire.ask('CONFIG.APPLY', JSON.stringify(config));
      }
    }));
});

describe('a key', () => {
  test('as Bearer opens the API, and no CSRF token is asked of it', async () => {
    const made = await post('/api/v1/events', event({ to: 'warehouse@shop.example' }), { bearer });
    assert.equal(made.status, 201, made.text);
    assert.equal(made.json.queue, 'warehouse');
    const path = `/api/v1/tickets/${made.json.ticket}`;
    assert.equal((await get(path, { bearer })).json.ticket.ticket, made.json.ticket);
    const put1 = await put(`${path}/priority`, { priority: 77 }, { bearer });
    assert.equal(put1.status, 200, put1.text);
    assert.equal((await get(path, { bearer })).json.ticket.priority, 77);
  });

  test('an event that was there before is 200', async () => {
    const one = event();
    assert.equal((await post('/api/v1/events', one, { bearer })).status, 201);
    const again = await post('/api/v1/events', one, { bearer });
    assert.equal(again.status, 200);
    assert.equal(again.json.duplicate, true);
  });

  test('wrong or missing is 401', async () => {
    for (const b of ['wrong', 'x'.repeat(500), undefined]) {
      problem(await get('/api/v1/tickets', { bearer: b }), 401, 'NOAUTH');
      problem(await post('/api/v1/events', event(), { bearer: b }), 401, 'NOAUTH');
    }
  });
});

describe('refusals', () => {
  test('each has its status, its code and its member', async () => {
    problem(await get('/nowhere'), 404, 'NOTFOUND');
    problem(await get('/api/v1/nowhere', { bearer }), 404, 'NOTFOUND');
    problem(await get('/api/v1/tickets/999999999', { bearer }), 404, 'NOTFOUND');
    const method = await ask('DELETE', '/api/v1/tickets', { bearer });
    assert.equal(method.status, 405);
    assert.match(method.headers.allow, /GET/);
    assert.match(method.headers.allow, /POST/);
    const wrong = await get('/api/v1/tickets?limit=0', { bearer });
    problem(wrong, 400, 'INVALID');
    assert.equal(wrong.json.member, 'limit');
    const unknown = await get('/api/v1/tickets?colour=red', { bearer });
    assert.equal(unknown.json.member, 'colour');
    const json = await post('/api/v1/tickets/1/notes', '{"text":', { bearer });
    problem(json, 400, 'INVALID');
    problem(await put('/api/v1/tickets/1/priority', { priority: 'high' }, { bearer }), 400, 'INVALID');
    const made = await post('/api/v1/events', event(), { bearer });
    const path = `/api/v1/tickets/${made.json.ticket}`;
    assert.equal((await post(`${path}/resolve`, {}, { bearer })).status, 200);
    problem(await post(`${path}/replies`, { text: 'x' }, { bearer }).then(async (a) =>
      a.status === 409 ? a : put(`${path}/priority`, { priority: 60 }, { bearer }),
    ), 409, 'CONFLICT');
    const s = await Session.begin('an');
    problem(await s.ask('GET', '/api/v1/config'), 403, 'DENIED');
  });

  test('a body that is too large is 413 before it is read', async () => {
    const small = await post('/api/v1/login', 'x'.repeat(200000), {}).catch((e) => e);
    if (!(small instanceof Error)) problem(small, 413, 'TOOLARGE');
    else assert.match(String(small), /EPIPE|ECONNRESET/);
    const socket = net.connect(new URL(desk.http).port, '127.0.0.1');
    const got = await new Promise((resolve, reject) => {
      let text = '';
      socket.on('data', (d) => (text += d));
      socket.on('close', () => resolve(text));
      socket.on('error', reject);
      socket.write(
        'POST /api/v1/events HTTP/1.1\r\nHost: x\r\nContent-Length: 99999999\r\n\r\n',
      );
    });
    assert.match(got, /^HTTP\/1\.1 413 /);
    assert.match(got, /TOOLARGE/);
  });

  test('HEAD has the head of GET and no body', async () => {
    const head = await ask('HEAD', '/api/v1/openapi.json');
    assert.equal(head.status, 200);
    assert.equal(head.text, '');
    assert.ok(Number(head.headers['content-length']) > 1000);
  });
});

test('the OpenAPI document has every operation of the table', async () => {
  const { status, json } = await get('/api/v1/openapi.json');
  assert.equal(status, 200);
  assert.match(json.openapi, /^3\./);
  assert.ok(json.info.version);
  const def = (await Promise.all(tables.map((t) => readFile(t, 'utf8')))).join('\n');
  const rows = [...def.matchAll(/HTTP_(GET|POST|PUT|DELETE),\s*"([^"]+)"/g)];
  assert.ok(rows.length > 30);
  const ids = new Set();
  for (const [, method, path] of rows) {
    const op = json.paths[path]?.[method.toLowerCase()];
    assert.ok(op, `${method} ${path}`);
    assert.ok(op.summary || op.description, path);
    assert.ok(op.operationId, path);
    assert.ok(!ids.has(op.operationId), op.operationId);
    ids.add(op.operationId);
    assert.ok(Object.keys(op.responses).length > 0, path);
    const named = [...path.matchAll(/\{(\w+)\}/g)].map((m) => m[1]);
    const given = (op.parameters ?? []).filter((p) => p.in === 'path');
    assert.deepEqual(given.map((p) => p.name).sort(), named.sort(), path);
    for (const p of given) assert.equal(p.required, true);
  }
  const count = Object.values(json.paths).reduce((n, p) => n + Object.keys(p).length, 0);
  assert.equal(count, rows.length, 'and no more');
  // Every reference leads somewhere.
  const refs = [...JSON.stringify(json).matchAll(/"\$ref":"#\/([^"]+)"/g)];
  for (const [, ref] of refs)
    assert.ok(ref.split('/').reduce((o, k) => o?.[k], json), ref);
});

describe('pages', () => {
  test('the client may load nothing but its own', async () => {
    const page = await get('/');
    assert.equal(page.status, 200);
    assert.match(page.headers['content-type'], /^text\/html/);
    const csp = page.headers['content-security-policy'];
    assert.match(csp, /default-src 'none'/);
    assert.match(csp, /frame-ancestors 'none'/);
    assert.doesNotMatch(csp, /unsafe-/);
    assert.equal(page.headers['x-content-type-options'], 'nosniff');
    assert.match(page.text, /<title>/);
    const again = await get('/', { headers: { 'If-None-Match': page.headers.etag } });
    assert.equal(again.status, 304);
    // What it names is there.
    for (const [, path] of page.text.matchAll(/(?:src|href)="(\/[^"]+)"/g))
      assert.equal((await get(path)).status, 200, path);
    assert.doesNotMatch(page.text, /<script>|\son\w+=|style="/);
  });

  test('health, readiness and metrics stand on a port of their own', async () => {
    for (const path of ['/healthz', '/readyz']) {
      const got = await get(path, { base: desk.metrics });
      assert.equal(got.status, 200, got.text);
      assert.equal((await get(path)).status, 404, 'not where the public comes');
    }
    const before = await metric('deskd_events_total');
    await using(service, (wire) => wire.ask('EVENT.ADD', event()));
    assert.ok((await metric('deskd_events_total')) > before);
    const { text } = await get('/metrics', { base: desk.metrics });
    for (const line of text.trim().split('\n'))
      assert.match(line, /^(# (HELP|TYPE) deskd_\w+ .+|deskd_\w+(\{[^}]*\})? [-+.\deInfa]+)$/);
  });
});

describe('HTTPS', () => {
  test('serves the same, tells browsers to stay, and sets cookies', async () => {
    const s = await Session.begin('dung', desk.password, desk.https);
    assert.equal(s.answer.status, 200);
    assert.match(s.answer.headers['strict-transport-security'], /max-age/);
    assert.equal((await s.ask('GET', '/api/v1/me')).json.login, 'dung');
  });

  test('speaks TLS 1.2 and later only', async () => {
    const at = { port: Number(new URL(desk.https).port), host: '127.0.0.1', rejectUnauthorized: false };
    const version = (options) =>
      new Promise((resolve, reject) => {
        const s = tls.connect({ ...at, ...options }, () => {
          resolve(s.getProtocol());
          s.destroy();
        });
        s.on('error', reject);
      });
    assert.equal(await version({}), 'TLSv1.3');
    assert.equal(await version({ maxVersion: 'TLSv1.2' }), 'TLSv1.2');
    await assert.rejects(
      version({ minVersion: 'TLSv1', maxVersion: 'TLSv1.1', ciphers: 'DEFAULT@SECLEVEL=0' }),
    );
  });
});

describe('the live feed', () => {
  test('tells an agent what happens, and resumes by Last-Event-ID', async () => {
    const add = async () =>
      (await post('/api/v1/events', event(), { bearer })).json.ticket;
    const made = [];
    let live = await Stream.open('/api/v1/feed/live', { bearer });
    await live.until((e) => e.event === 'ready');
    made.push(await add());
    const last = await live.until((e) => e.json.ticket === made[0]);
    live.end();
    for (let i = 0; i < 5; i++) made.push(await add());
    live = await Stream.open('/api/v1/feed/live', {
      bearer,
      headers: { 'Last-Event-ID': last.id },
    });
    try {
      made.push(await add());
      await live.until((e) => e.json.ticket === made.at(-1));
      const seen = live.events.map((e) => e.json.ticket).filter((t) => made.includes(t));
      assert.deepEqual(seen, made.slice(1));
    } finally {
      live.end();
    }
  });

  test('nobody listens unasked', async () => {
    problem(await get('/api/v1/feed/live'), 401, 'NOAUTH');
  });
});
