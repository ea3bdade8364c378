// Long answers of the API are sent in the gzip coding to who takes it, and
// those with a secret never (BREACH).
import assert from 'node:assert/strict';
import http from 'node:http';
import { test } from 'node:test';
import { gunzipSync } from 'node:zlib';
import { desk, event, service, unique, using } from './lib/desk.mjs';
import { Session } from './lib/web.mjs';

// An answer as its bytes.
function bytes(path, headers, method = 'GET') {
  return new Promise((resolve, reject) => {
    const request = http.request(new URL(path, desk.http), { method, headers, agent: false }, (r) => {
      const parts = [];
      r.on('data', (d) => parts.push(d));
      r.on('error', reject);
      r.on('end', () => resolve({ status: r.statusCode, headers: r.headers, body: Buffer.concat(parts) }));
    });
    request.on('error', reject);
    request.end();
  });
}

const key = { Authorization: `Bearer ${desk.key}` };

// A customer with a case whose history is long.
async function told() {
  const id = unique('packed-');
  return using(service, (wire) =>
    wire.ask('EVENT.ADD', event({ id, text: `Shop ơi bao giờ giao ${'đơn của mình '.repeat(400)}` })));
}

test('a long answer is packed for who takes it, and says so', async () => {
  const { ticket } = await told();
  const path = `/api/v1/tickets/${ticket}`;
  const plain = await bytes(path, key);
  assert.equal(plain.status, 200);
  assert.equal(plain.headers['content-encoding'], undefined);
  assert.ok(plain.body.length > 4096);
  for (const takes of ['gzip', 'br, gzip;q=0.5', '*']) {
    const packed = await bytes(path, { ...key, 'Accept-Encoding': takes });
    assert.equal(packed.headers['content-encoding'], 'gzip', takes);
    assert.equal(packed.headers.vary, 'Accept-Encoding');
    assert.equal(packed.headers['content-type'], 'application/json');
    assert.equal(Number(packed.headers['content-length']), packed.body.length);
    assert.ok(packed.body.length < plain.body.length / 4);
    const [one, other] = [packed.body, plain.body].map((b, i) => JSON.parse(i ? b : gunzipSync(b)));
    assert.deepEqual(one.events, other.events);
  }
  for (const takes of ['br', 'gzip;q=0', 'identity']) {
    const { headers } = await bytes(path, { ...key, 'Accept-Encoding': takes });
    assert.equal(headers['content-encoding'], undefined, takes);
  }
  // Of HEAD there is nothing to pack, of a refusal nothing that is long.
  const gzip = { ...key, 'Accept-Encoding': 'gzip' };
  const head = await bytes(path, gzip, 'HEAD');
  assert.deepEqual([head.status, head.headers['content-encoding'], head.body.length], [200, undefined, 0]);
  const none = await bytes('/api/v1/tickets/999999999999', gzip);
  assert.deepEqual([none.status, JSON.parse(none.body).code], [404, 'NOTFOUND']);
});

test('what has a secret of the desk or of a session is never packed', async () => {
  const { cookie } = await Session.begin('admin');
  for (const path of ['/api/v1/me', '/api/v1/config', '/api/v1/users', '/api/v1/keys']) {
    const answer = await bytes(path, { Cookie: cookie.split(';', 1)[0], 'Accept-Encoding': 'gzip' });
    assert.equal(answer.status, 200, path);
    assert.equal(answer.headers['content-encoding'], undefined, path);
    JSON.parse(answer.body);
  }
});
