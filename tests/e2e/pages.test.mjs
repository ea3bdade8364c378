// What a hostile page or a curious agent tries over HTTP: of every operation
// of the table, and of every kind of path.
import assert from 'node:assert/strict';
import { readFile, readdir } from 'node:fs/promises';
import { request } from 'node:http';
import { before, describe, test } from 'node:test';
import { change, desk, event, service, sql, unique, using } from './lib/desk.mjs';
import { Session, ask, get } from './lib/web.mjs';

const proto = new URL('../../proto/', import.meta.url);

// Rows of the table that HTTP has, each with its arguments.
async function rows() {
  const tables = (await readdir(proto)).filter((name) => name.endsWith('.def'));
  const text = (await Promise.all(tables.map((name) => readFile(new URL(name, proto), 'utf8')))).join('\n');
  const row =
    /^OP\(\w+, "([^"]+)", ROLE_(\w+), BY_(\w+), (true|false),\s*HTTP_(GET|POST|PUT|DELETE),\s*"([^"]+)"([^]*?)(?=^OP\(|^\/\*|(?![^]))/gm;
  return [...text.matchAll(row)].map(([, name, role, way, writes, method, path, rest]) => ({
    name, role, way, writes: writes === 'true', method, path,
    args: [...rest.matchAll(/^\s*(OPT_)?([A-Z]+)\((\w+)(?:, ("(?:[^"]*)"|[\d]+))?/gm)].map(
      ([, optional, type, arg, first]) => ({ optional: !!optional, type, arg, first }),
    ),
  }));
}

// Something of the type that the parser takes.
function sample({ type, first }, ticket) {
  const all = {
    ARG: () => ({}), ID: () => ticket, INT: () => Number(first), NAME: () => 'sales', TEXT: () => 'x', LABEL: () => 'x',
    SECRET: () => 'x', ENUM: () => first.slice(1, -1).split('|')[0], BOOL: () => true, JSON: () => ({}),
    LIST: () => [], TEXTS: () => ['x'], UUID: () => '00000000-0000-4000-8000-000000000000', OFFSET: () => '0',
  };
  assert.ok(all[type], `a new type of argument: ${type}`);
  return all[type]();
}

// The path as it stands here: URL would tidy it.
const raw = (path) =>
  new Promise((done, fail) => {
    const { hostname, port } = new URL(desk.http);
    const asked = request({ hostname, port, path, agent: false }, (r) => {
      let text = '';
      r.on('data', (d) => (text += d));
      r.on('end', () => done({ status: r.statusCode, headers: r.headers, text }));
    });
    asked.on('error', fail);
    asked.end();
  });

const filled = (path, ids) => path.replace(/\{(\w+)\}/g, (_, name) => ids[name] ?? '1');

let ops, sup, an;
before(async () => {
  ops = await rows();
  sup = await Session.begin('admin');
  an = await Session.begin('an');
});

describe('another site\'s page', () => {
  test('writes by no operation in the name of who is logged in', async () => {
    const agents = ops.filter((op) => op.writes && !['PUBLIC', 'VISITOR'].includes(op.role));
    assert.ok(agents.length > 40, `${agents.length}`);
    const tries = {
      'without the token': { csrf: null },
      'with another session\'s': { csrf: an.csrf },
      'as a form': { csrf: null, headers: { 'Content-Type': 'text/plain', Origin: 'https://evil.example' } },
      'from elsewhere': { headers: { 'Sec-Fetch-Site': 'cross-site', Origin: 'https://evil.example' } },
      'from a neighbour': { headers: { 'Sec-Fetch-Site': 'same-site' } },
    };
    for (const op of agents)
      for (const [what, how] of Object.entries(tries)) {
        const got = await sup.ask(op.method, filled(op.path, { ticket: 1 }), { body: '{}', ...how });
        assert.equal(got.status, 403, `${op.name} ${what}: ${got.text}`);
        assert.equal(got.json.code, 'DENIED', `${op.name} ${what}`);
      }
    assert.equal((await sup.ask('GET', '/api/v1/me')).status, 200, 'he is still logged in');
  });

  test('logs nobody in', async () => {
    const body = JSON.stringify({ login: 'an', password: desk.password });
    for (const type of ['text/plain', 'application/x-www-form-urlencoded', 'multipart/form-data', 'application/jsonp']) {
      const got = await ask('POST', '/api/v1/login', { body, headers: { 'Content-Type': type } });
      assert.equal(got.status, 403, type);
      assert.equal(got.headers['set-cookie'], undefined);
    }
    const site = { 'Sec-Fetch-Site': 'cross-site' };
    assert.equal((await ask('POST', '/api/v1/login', { body, headers: site })).status, 403);
    const good = { 'Content-Type': 'application/json; charset=utf-8' };
    assert.equal((await ask('POST', '/api/v1/login', { body, headers: good })).status, 200);
  });

  test('reads no answer of the API', async () => {
    for (const op of ops.filter((o) => o.method === 'GET' && !o.path.startsWith('/chat/'))) {
      const headers = { Origin: 'https://evil.example' };
      // A stream never ends by itself.
      if (op.path.endsWith('/live') || op.path.endsWith('/subscribe')) continue;
      const got = await ask('HEAD', filled(op.path, { ticket: 1 }), { headers });
      assert.equal(got.headers['access-control-allow-origin'], undefined, op.name);
      assert.equal(got.headers['cross-origin-resource-policy'], 'same-origin', op.name);
    }
  });
});

test('no operation takes a member that it does not have', async () => {
  // Whose body is a document of its own, and those without a body.
  const asked = ops.filter((op) => op.writes && !['PUBLIC', 'VISITOR'].includes(op.role) && op.way !== 'UPLOAD' &&
    !op.args.some((a) => ['ARG', 'JSON'].includes(a.type) && !a.optional));
  assert.ok(asked.length > 30);
  for (const op of asked) {
    const body = { role: 'admin', surplus: true, __proto__: null };
    for (const a of op.args)
      if (!a.optional && !op.path.includes(`{${a.arg}}`)) body[a.arg] = sample(a, 1);
    if (op.args.some((a) => a.arg === 'role')) delete body.role;
    const got = await sup.ask(op.method, filled(op.path, { ticket: 1 }), { body });
    assert.equal(got.status, 400, `${op.name}: ${got.text}`);
    assert.match(got.json.member ?? got.json.detail, /^(role|surplus|The request must have no body\.)$/, `${op.name}: ${got.text}`);
  }
});

// An operation asked with something for each of its arguments.
function asking(op, ids) {
  const given = op.args.filter((a) => !a.optional && !op.path.includes(`{${a.arg}}`))
    .map((a) => [a.arg, sample(a, ids[a.arg] ?? 1)]);
  const path = filled(op.path, {
    ...Object.fromEntries(op.args.filter((a) => op.path.includes(`{${a.arg}}`))
      .map((a) => [a.arg, sample(a, 1)])),
    ...ids,
  });
  if (!['GET', 'DELETE'].includes(op.method)) return [path, { body: Object.fromEntries(given) }];
  return [given.length ? `${path}?${new URLSearchParams(given)}` : path, {}];
}

test('no operation answers a role below its own', async () => {
  const rank = ['PUBLIC', 'VISITOR', 'AGENT', 'SERVICE', 'SUPERVISOR', 'ADMIN'];
  const boss = await Session.begin('sup');
  const callers = {
    AGENT: (...words) => an.ask(...words),
    SERVICE: (method, path, how) => ask(method, path, { ...how, bearer: desk.key }),
    SUPERVISOR: (...words) => boss.ask(...words),
  };
  for (const [role, tell] of Object.entries(callers)) {
    const above = ops.filter((op) => rank.indexOf(op.role) > rank.indexOf(role));
    assert.ok(above.length > 5, `${role}: ${above.length}`);
    for (const op of above) {
      const got = await tell(op.method, ...asking(op, { ticket: 1 }));
      assert.equal(`${op.name} ${got.status} ${got.json?.code}`, `${op.name} 403 DENIED`, role);
    }
  }
});

test('another\'s case, found by guessing, is as one that is not; so are its events', async (t) => {
  const { ticket, event: number } = await using(service, (wire) =>
    wire.ask('EVENT.ADD', event({ to: 'technical@shop.example', subject: unique() })));
  const row = `SELECT to_jsonb(t) AS t FROM desk.ticket t WHERE id = :'v1'::bigint`;
  const [before] = await sql(row, ticket);
  const named = ops.filter((op) => op.role === 'AGENT' &&
    op.args.some((a) => ['ticket', 'event'].includes(a.arg) && !a.optional));
  assert.ok(named.length > 17, `${named.length}`);
  const his = { ticket, event: number };
  const nothing = { ticket: 999999999999, event: 999999999998 };
  const members = (only) =>
    change(`UPDATE desk.queue SET members_only = :'v1'::boolean WHERE name = 'technical'`, only);
  t.after(() => members(false));
  await members(true);
  let refused = 0;
  for (const op of named) {
    const tell = async (ids) => {
      const got = await an.ask(op.method, ...asking(op, ids));
      const { code, member, detail = got.text } = got.json ?? {};
      const same = detail.replace(new RegExp(`\\b(${ids.ticket}|${ids.event})\\b`, 'g'), 'ID');
      return [got.status, code, member, same].join(' ');
    };
    const one = await tell(his), none = await tell(nothing);
    // Most are refused; who types is told that nobody heard it.
    assert.equal(one, none, op.name);
    refused += /^4/.test(one);
  }
  assert.ok(refused > 17, `${refused}`);
  assert.deepEqual((await sql(row, ticket))[0], before, 'nothing of it has changed');
});

describe('paths', () => {
  const kinds = ['/', '/d/cases/1', '/assets/none.js', '/frame/mail.html', '/frame/mail-images.html', '/widget.js',
    '/shop/', '/case/none', '/api/v1/me', '/chat/v1/none', '/hooks/none', '/none', '/favicon.ico'];

  test('nobody else shows any of them in his frame', async () => {
    for (const path of kinds) {
      const { headers } = await get(path);
      const policy = headers['content-security-policy'] ?? '';
      // A script is no page; all else says who may frame it.
      if (path !== '/widget.js')
        assert.match(policy, /frame-ancestors '(none|self)'/, path);
      assert.doesNotMatch(policy, /script-src[^;]*(unsafe|\*|http)/, path);
      assert.equal(headers['x-content-type-options'], 'nosniff', path);
      assert.equal(headers['referrer-policy'], 'no-referrer', path);
    }
  });

  test('lead out of the directory in no spelling', async () => {
    const up = ['../', '..%2f', '%2e%2e/', '%2e%2e%2f', '..%5c', '..\\', '%252e%252e%252f', '.%00./', '%c0%ae%c0%ae/',
      '%uff0e%uff0e/', '..;/'];
    for (const base of ['/assets/', '/frame/', '/shop/', '/'])
      for (const step of up)
        for (const to of ['etc/passwd', 'deskd.conf', 'index.html']) {
          const path = base + step.repeat(8) + to;
          const got = await raw(path);
          assert.ok([400, 404].includes(got.status), `${path}: ${got.status}`);
          assert.doesNotMatch(got.text, /root:|listen_http|<!doctype/i, path);
        }
  });

  test('an asset that is not there is 404, and no page', async () => {
    for (const path of ['/assets/none.js', '/assets/', '/assets', '/index.html.br', '/frame/', '/.well-known/x']) {
      const got = await get(path);
      assert.equal(got.status, 404, path);
      assert.match(got.headers['content-type'], /^application\/problem\+json/, path);
    }
  });

  test('take only the methods that they have', async () => {
    for (const path of kinds.filter((p) => !/none|favicon|api/.test(p)))
      for (const method of ['POST', 'PUT', 'DELETE', 'PATCH', 'OPTIONS', 'PROPFIND']) {
        const got = await ask(method, path, { body: '{}' });
        assert.ok([404, 405, 501].includes(got.status), `${method} ${path}: ${got.status}`);
      }
  });

  test('send nobody elsewhere', async () => {
    for (const path of ['//evil.example', '//evil.example/..', '/d//evil.example', '/shop//evil.example', '/shop',
      '/shop?next=//evil.example', '/d/%2f%2fevil.example', '/?url=https://evil.example']) {
      const { headers } = await raw(path);
      assert.ok([undefined, '/shop/'].includes(headers.location), `${path}: ${headers.location}`);
    }
  });

  test('say nothing of the Host that was asked for', async () => {
    const headers = { Host: 'evil.example', 'X-Forwarded-Host': 'evil.example' };
    for (const path of [...kinds, '/shop', '/api/v1/openapi.json']) {
      const got = await get(path, { headers });
      assert.doesNotMatch(JSON.stringify(got.headers) + got.text, /evil\.example/, path);
    }
  });

  test('a great Accept-Encoding costs nothing, and is told what it is', async () => {
    const much = { 'Accept-Encoding': 'x;q=0.5, '.repeat(500) + 'gzip' };
    const got = await get('/', { headers: much });
    assert.equal(got.status, 200);
    assert.equal(got.headers['content-encoding'], 'gzip');
    assert.equal(got.headers.vary, 'Accept-Encoding');
    const plain = await get('/', { headers: { 'Accept-Encoding': 'gzip;q=0, br;q=0, *;q=0' } });
    assert.equal(plain.headers['content-encoding'], undefined);
    assert.notEqual(plain.headers.etag, got.headers.etag);
    assert.equal((await get('/', { headers: { 'Accept-Encoding': 'x,'.repeat(20000) } })).status, 431);
  });
});
