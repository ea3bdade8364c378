// The chat's API as a page of another origin meets it: browsers ask first
// (preflight), and read answers only where they are allowed to.
import assert from 'node:assert/strict';
import { test } from 'node:test';

const base = process.env.DESKD_HTTP;

test('a page of another origin may open a conversation', async () => {
  const asked = await fetch(`${base}/chat/v1/conversations`, {
    method: 'OPTIONS',
    headers: {
      Origin: 'https://shop.example',
      'Access-Control-Request-Method': 'POST',
      'Access-Control-Request-Headers': 'authorization,content-type',
    },
  });
  assert.equal(asked.status, 204);
  assert.equal(asked.headers.get('access-control-allow-origin'), '*');
  assert.match(asked.headers.get('access-control-allow-methods'), /POST/);
  assert.match(asked.headers.get('access-control-allow-headers'), /Authorization/);
  assert.equal(asked.headers.get('access-control-allow-credentials'), null);

  const opened = await fetch(`${base}/chat/v1/conversations`, {
    method: 'POST',
    headers: { Origin: 'https://shop.example', 'Content-Type': 'application/json' },
    body: '{}',
  });
  assert.equal(opened.status, 201);
  assert.equal(opened.headers.get('access-control-allow-origin'), '*');
  const { conversation } = await opened.json();

  const refused = await fetch(`${base}/chat/v1/conversations/${conversation}/messages`, {
    headers: { Origin: 'https://shop.example', Authorization: 'Bearer wrong' },
  });
  assert.equal(refused.status, 401);
  assert.equal(refused.headers.get('access-control-allow-origin'), '*');
});

test('a survey in its chat is answered from there, by the link alone', async () => {
  const headers = { Origin: 'https://shop.example', 'Content-Type': 'application/json' };
  const token = 'khong-co-lien-ket-nao-nhu-the-nay';
  const bodies = { see: { token }, leave: { token }, more: { token, answers: {} } };
  for (const [what, body] of Object.entries(bodies)) {
    const asked = await fetch(`${base}/survey/v1/${what}`, { method: 'OPTIONS', headers });
    assert.equal(asked.status, 204, what);
    const got = await fetch(`${base}/survey/v1/${what}`, {
      method: 'POST', headers, body: JSON.stringify(body) });
    assert.equal(got.status, 404, what);
    assert.equal((await got.json()).code, 'NOTFOUND', what);
    assert.equal(got.headers.get('access-control-allow-origin'), '*', what);
  }
  // The page itself is nobody else's to read.
  const page = await fetch(`${base}/survey/${token}`, { headers: { Origin: headers.Origin } });
  assert.equal(page.headers.get('access-control-allow-origin'), null);
});

test('no other origin may read the desk itself', async () => {
  const asked = await fetch(`${base}/api/v1/tickets`, {
    method: 'OPTIONS',
    headers: { Origin: 'https://shop.example', 'Access-Control-Request-Method': 'GET' },
  });
  assert.equal(asked.status, 405);
  assert.equal(asked.headers.get('access-control-allow-origin'), null);
});

test('nobody is logged in by a page of another site', async () => {
  const answer = await fetch(`${base}/api/v1/login`, {
    method: 'POST',
    headers: { 'Sec-Fetch-Site': 'cross-site', 'Content-Type': 'application/json' },
    body: JSON.stringify({ login: 'an', password: process.env.DESKD_PASSWORD }),
  });
  assert.equal(answer.status, 403);
  assert.equal(answer.headers.get('set-cookie'), null);
});
