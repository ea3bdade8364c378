// The customer's page of his case when things go wrong: the desk's records
// away, the daemon killed, forms sent twice, guesses without end; and the link
// as a mail brings it.
import assert from 'node:assert/strict';
import http from 'node:http';
import net from 'node:net';
import { after, before, describe, test } from 'node:test';
import { caseOf, send, strangers } from './lib/casepage.mjs';
import { startCable } from './lib/cable.mjs';
import { admin, apply, change, desk, service, sql, unique, until, using, uuid } from './lib/desk.mjs';
import { deliver, mail } from './lib/mail.mjs';
import { memory } from './lib/process.mjs';
import { startSecond } from './lib/second.mjs';
import { startSink } from './lib/sink.mjs';
import { invited, responses, send as answers, surveys } from './lib/survey.mjs';
import { ask, get } from './lib/web.mjs';

let config;
let cable;
let sink;
let second; // its records come by the cable, its mail goes to the sink
before(async () => {
  [cable, sink] = await Promise.all([startCable(), startSink()]);
  await using(admin, async (wire) => {
    ({ config } = await wire.ask('CONFIG.SHOW'));
    await apply(wire, { ...config, surveys,
      company: { ...config.company, url: 'https://desk.example' } });
  });
  second = await startSecond({
    postgres: cable.postgres,
    smtp_relay: `127.0.0.1:${sink.port}`,
    smtp_starttls: 'no',
  });
});
after(async () => {
  await second?.stop();
  await Promise.all([cable?.end(), sink?.end()]);
  await using(admin, (wire) => apply(wire, config));
});

const kept = (ticket, text) =>
  sql(`SELECT e.id, t.id AS ticket FROM desk.event e JOIN desk.ticket t ON t.id = e.ticket
    WHERE e.ticket = :v1 AND e.text = :'v2'`, ticket, text);

// What every answer of these paths says, whatever it is.
function guarded(headers, what) {
  assert.equal(headers['referrer-policy'], 'no-referrer', what);
  assert.equal(headers['cache-control'], 'no-store', what);
  assert.equal(headers['x-robots-tag'], 'noindex, nofollow', what);
  assert.equal(headers['x-content-type-options'], 'nosniff', what);
  assert.match(headers['content-security-policy'], /^default-src 'none'.*frame-ancestors 'none'$/, what);
  assert.equal(headers['set-cookie'], undefined, what);
}

test('its records away: a page in words; what was typed comes back, and is sent once', async () => {
  const c = await caseOf();
  const words = unique('còn nguyên <b>"& ');
  const id = uuid();
  await cable.pull();
  try {
    const page = await get(`${c.path}?lang=en`, { base: second.http });
    assert.equal(page.status, 503);
    assert.match(page.headers['content-type'], /^text\/html/);
    assert.match(page.text, /Nothing is lost\. Please try again in a few minutes\.[^]*Try again/);
    assert.ok(Number(page.headers['retry-after']) > 0);
    guarded(page.headers, 'away');

    const sent = await send(c.path, { what: 'write', id, text: words }, second.http);
    assert.equal(sent.status, 503);
    assert.ok(Number(sent.headers.get('retry-after')) > 0);
    guarded(Object.fromEntries(sent.headers), 'not sent');
    const text = await sent.text();
    const typed = words.replace('&', '&amp;').replace('<', '&lt;');
    assert.ok([typed, typed.replace('>', '&gt;').replace('"', '&quot;'), typed.replace('>', '&gt;')]
      .some((t) => text.includes(`${t}</textarea>`)), text);
    assert.ok(text.includes(id), 'under the same id');
    assert.match(text, /role="alert"/);
  } finally {
    await cable.put();
  }
  const again = await until('it is sent', async () => {
    const r = await send(c.path, { what: 'write', id, text: words }, second.http);
    return r.status === 303 && r;
  });
  assert.match(again.headers.get('location'), /said=sent/);
  // By the other daemon, too, should it have been the answer that was lost.
  assert.equal((await send(c.path, { what: 'write', id, text: words })).status, 303);
  assert.equal((await kept(c.ticket, words)).length, 1);
});

// The fields of a page's form, as a browser sends it.
const fields = (html) => [
  ...[...html.matchAll(/<input type="hidden" name="([^"]+)" value="([^"]*)"/g)].map((m) => [m[1], m[2]]),
  ...[...html.matchAll(/<textarea[^>]* name="([^"]+)"[^>]*>\n([^]*?)<\/textarea>/g)].map((m) => [m[1], m[2]]),
  ...[...html.matchAll(/<button class="primary" name="([^"]+)" value="([^"]*)"/g)].map((m) => [m[1], m[2]]),
];

test('a survey answered while its records are away: nothing of it is lost, and it counts once', async () => {
  const c = await invited('sau-giao');
  const seen = (path, what) => get(path, { base: second.http }).then((page) => {
    assert.equal(page.status, 503, what);
    return page.text;
  });
  let kept_page;
  await cable.pull();
  try {
    // What the mail's link chose is chosen when it is tried again.
    assert.match(await seen(`${c.path}?score=3`, 'a look'), /<a class="button" href="">/);
    const sent = await answers(c.path, { once: uuid(), 'n.diem': '3', 't.loi': 'đợi mãi' }, second.http);
    assert.equal(sent.status, 503);
    assert.ok(Number(sent.headers.get('retry-after')) > 0);
    kept_page = await sent.text();
    assert.match(kept_page, /role="alert"/);
    assert.doesNotMatch(kept_page, /Không mất gì/);
    const left = await answers(`${c.path}/leave`, { 'List-Unsubscribe': 'One-Click' }, second.http);
    assert.equal(left.status, 503);
    assert.match(await left.text(), /chưa ghi lại được[^]*<form method="post">/);
  } finally {
    await cable.put();
  }
  const next = await until('the page that was kept is sent', async () => {
    const r = await answers(c.path, fields(kept_page), second.http);
    return r.status === 303 && r.headers.get('location');
  });
  const again = await answers(c.path, fields(kept_page));
  assert.equal(again.headers.get('location'), next, 'by the other daemon it is the same');
  const [r, ...more] = await responses(c.invitation);
  assert.deepEqual([r.score, r.words, more], [3, 'đợi mãi', []]);
});

for (const failpoint of ['sent-ingest', 'committed'])
  test(`the daemon killed while a form is sent (${failpoint}): once`, async () => {
    const c = await caseOf();
    const words = unique('một lần ');
    const id = uuid();
    const third = await startSecond({ failpoint: `${failpoint}:1` });
    try {
      await assert.rejects(send(c.path, { what: 'write', id, text: words }, third.http));
      await third.ended;
    } finally {
      await third.kill();
    }
    // What was under way may still be at it.
    assert.equal((await send(c.path, { what: 'write', id, text: words })).status, 303);
    assert.equal((await kept(c.ticket, words)).length, 1);
  });

test('a form sent many times at once, to two daemons: once', async () => {
  const c = await caseOf();
  const words = unique('cùng lúc ');
  const id = uuid();
  const answers = await Promise.all([desk.http, second.http, desk.http, second.http].map((base) =>
    send(c.path, { what: 'write', id, text: words }, base)));
  assert.deepEqual(answers.map((r) => r.status), [303, 303, 303, 303]);
  assert.equal((await kept(c.ticket, words)).length, 1);
});

test('the link in an answer as it is delivered opens the case', async () => {
  const sent = mail({ to: 'sales@shop.example', subject: 'Máy lọc nước kêu to' });
  const [reply] = await deliver(sent);
  assert.equal(reply.code, 250);
  const [row] = await sql(`SELECT e.ticket FROM desk.event_key k JOIN desk.event e ON e.id = k.event
    WHERE k.channel = 'mail' AND k.external_id LIKE :'v1' || '/%'`, sent.id);
  const said = await using(service, (wire) =>
    wire.ask('TICKET.REPLY', row.ticket, 'Dạ, anh xem tại {case_link} ạ'));
  await change(`UPDATE desk.outbound SET next_try = now() WHERE event = :v1`, said.event);
  const [out] = await until('it is delivered', () => {
    const mails = sink.to(sent.from);
    return mails.length > 0 && mails;
  });
  const body = /\r\n\r\n([^]*)$/.exec(out.text)[1];
  const plain = /base64/i.test(out.text) ? Buffer.from(body, 'base64').toString()
    : body.replace(/=\r\n/g, '').replace(/=([0-9A-F]{2})/g, (_, h) => String.fromCharCode(parseInt(h, 16)));
  const url = /https:\/\/desk\.example(\/case\/[\w-]{32})(?![\w-])/.exec(plain);
  assert.ok(url, plain);
  const page = await get(url[1]);
  assert.equal(page.status, 200);
  assert.match(page.text, /Máy lọc nước kêu to/);
  // Every delivery of it is the one link, and only its reader's.
  assert.equal((await sql('SELECT id FROM desk.case_link WHERE event = :v1', said.event)).length, 1);
});

describe('who has no link', () => {
  test('guesses 10,000 times: none opens, he waits, others do not, and nothing grows', async () => {
    const c = await caseOf();
    const [from, other] = strangers(2);
    const { port } = new URL(second.http);
    const agent = new http.Agent({ keepAlive: true, maxSockets: 8 });
    const guess = (path) =>
      new Promise((done, fail) => {
        const q = http.request({ host: '127.0.0.1', port, path, agent, localAddress: from }, (r) => {
          r.resume();
          r.on('end', () => done(r.statusCode));
        });
        q.on('error', fail);
        q.end();
      });
    const counts = {};
    const word = unique('').padEnd(26, '-');
    const many = async (first, end) => {
      for (let i = first; i < end; i++) {
        const status = await guess(`/case/${word}${String(i).padStart(6, '0')}`);
        counts[status] = (counts[status] ?? 0) + 1;
      }
    };
    const all = (first, end) => {
      const share = (end - first) / 8;
      return Promise.all(Array.from({ length: 8 }, (_, i) => many(first + i * share, first + (i + 1) * share)));
    };
    const began = Date.now();
    await all(0, 2000);
    const before = await memory(second.pid);
    assert.equal((await get(c.path, { base: second.http, from: other })).status, 200);
    await all(2000, 10000);
    const grown = (await memory(second.pid)) - before;
    agent.destroy();
    // The daemon's minutes begin when they like: one more than ours.
    const minutes = Math.ceil((Date.now() - began) / 60000) + 1;
    assert.deepEqual(Object.keys(counts), ['404', '429']);
    // 8 at a time may be asked for while the last one is counted.
    assert.ok(counts[404] <= minutes * 40, `${counts[404]} were looked up in ${minutes} min`);
    assert.equal(counts[404] + counts[429], 10000);
    assert.ok(grown < 4096, `${grown} KiB more`);
    // The right link is no use to him meanwhile; nor does it count as a guess.
    const own = await get(c.path, { base: second.http, from });
    assert.ok([429, 200].includes(own.status));
    guarded(own.headers, 'he waits');
  });

  test('nor one that was: expired, revoked, of a case that went to another', async () => {
    const [from] = strangers(1);
    const page = async (path) => get(path, { from, headers: { 'Accept-Language': 'en' } });
    const closed = await caseOf();
    const ended = await caseOf();
    await using(service, (wire) => wire.ask('CASE.UNLINK', ended.ticket));
    await using(service, (wire) => wire.ask('TICKET.RESOLVE', closed.ticket));
    await change(`UPDATE desk.ticket SET state = 'closed' WHERE id = :v1`, closed.ticket);
    assert.equal((await page(closed.path)).status, 200, 'a while after it was closed');
    await change(`UPDATE desk.ticket SET touched_at = now() - interval '400 days' WHERE id = :v1`, closed.ticket);
    const pages = [await page(closed.path), await page(ended.path), await page(`/case/${unique('').padEnd(32, 'y')}`)];
    for (const p of pages) {
      assert.equal(p.status, 404);
      assert.equal(p.text, pages[0].text);
      guarded(p.headers, 'ended');
    }
    // Nothing can be said there any more.
    for (const { path, ticket } of [closed, ended]) {
      const id = uuid();
      assert.equal((await send(path, { what: 'write', id, text: id })).status, 404);
      assert.equal((await kept(ticket, id)).length, 0);
      assert.equal((await send(path, { what: 'again' })).status, 404);
    }
  });
});

// All that a daemon logs (-d), whatever was asked and however wrongly.
test('no link, cookie or key gets into the log', async () => {
  const c = await caseOf();
  const token = c.path.slice('/case/'.length);
  const cookie = unique('cookie');
  await get(c.path, { base: second.http, headers: { Cookie: `__Host-sid=${cookie}` } });
  await send(c.path, { what: 'write', id: uuid(), text: 'x' }, second.http);
  assert.equal((await ask('PUT', c.path, { base: second.http, body: 'x' })).status, 405);
  const key = unique('key');
  const raw = [
    `GET ${c.path} HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n`,
    `GET ${c.path}\u0001 HTTP/1.1\r\nHost: a\r\n\r\n`,
    `GET ${c.path} HTTP/9.9\r\nHost: a\r\n\r\n`,
    `GET /x HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer ${key}\r\nCookie: __Host-sid=${cookie}\r\nX: \u0000\r\n\r\n`,
    `POST ${c.path} HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n`,
  ];
  for (const bytes of raw)
    await new Promise((done, fail) => {
      const socket = net.connect(new URL(second.http).port, '127.0.0.1', () => socket.write(bytes, 'latin1'));
      let text = '';
      socket.on('data', (d) => (text += d));
      socket.on('error', fail);
      socket.on('close', () => {
        assert.match(text, /^HTTP\/1\.1 [45]\d\d /, JSON.stringify(bytes));
        done();
      });
    });
  const log = await until('they are told of', async () => {
    const said = await second.log();
    return said.match(/refused [45]\d\d: a head of \d+ bytes/g)?.length >= raw.length && said;
  });
  for (const secret of [token, cookie, key, desk.key])
    assert.ok(!log.includes(secret), log.split('\n').find((line) => line.includes(secret)));
});
