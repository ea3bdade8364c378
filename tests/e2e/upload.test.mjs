// Files both ways: uploaded as bytes, named in messages, fetched again.
import assert from 'node:assert/strict';
import { createHash, randomBytes } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import http from 'node:http';
import { test } from 'node:test';
import { change, desk, login, service, sql, unique, until, using } from './lib/desk.mjs';
import { daemonPid } from './lib/process.mjs';
import { startSecond } from './lib/second.mjs';
import { visit } from './lib/visitor.mjs';
import { Session, ask, get } from './lib/web.mjs';

const sha256 = (bytes) => createHash('sha256').update(bytes).digest('hex');
const MIB = 1 << 20;

// The bytes of an answer, untouched.
function fetched(path, headers) {
  return new Promise((done, fail) => {
    http
      .get(new URL(path, desk.http), { headers, agent: false }, (r) => {
        const parts = [];
        r.on('data', (d) => parts.push(d));
        r.on('end', () => done({ status: r.statusCode, headers: r.headers, bytes: Buffer.concat(parts) }));
        r.on('error', fail);
      })
      .on('error', fail);
  });
}

test('a visitor\'s file goes up, into a message, and down again to both sides', async () => {
  const v = await visit();
  const bytes = randomBytes(MIB + 12345);
  const up = await v.upload(bytes, { name: 'ảnh đơn hàng.png', type: 'image/png' });
  assert.equal(up.status, 201, up.text);
  assert.deepEqual(up.json, {
    sha256: sha256(bytes),
    size: bytes.length,
    name: 'ảnh đơn hàng.png',
    type: 'image/png',
  });
  const page = await v.page();
  const said = await v.say(undefined, { attachments: [{ sha256: up.json.sha256 }] });
  assert.equal(said.status, 201, said.text);
  const e = await page.until((x) => x.event === 'message');
  assert.deepEqual(e.json.attachments, [
    { place: 0, name: 'ảnh đơn hàng.png', type: 'image/png', size: bytes.length },
  ]);
  page.end();
  const [read] = (await v.read()).messages;
  assert.deepEqual(read.attachments, e.json.attachments);
  const down = await fetched(`${v.path}/attachments/${read.event}/0`, {
    Authorization: `Bearer ${v.token}`,
  });
  assert.equal(down.status, 200);
  assert.ok(down.bytes.equals(bytes));
  assert.equal(down.headers['content-type'], 'image/png');
  assert.match(down.headers['content-disposition'], /^attachment; filename="[^"]*"; filename\*=UTF-8''%E1%BA%A3nh/);
  assert.equal(down.headers['x-content-type-options'], 'nosniff');
  assert.match(down.headers['content-security-policy'], /^sandbox/);
  // An agent, in his browser.
  const session = await Session.begin('sup');
  const his = await fetched(`/api/v1/events/${read.event}/attachments/0/file`, {
    Cookie: session.cookie.split(';', 1)[0],
  });
  assert.ok(his.bytes.equals(bytes));
  const [ticket] = await sql(`SELECT preview FROM desk.ticket WHERE id = :'v1'::bigint`, await v.ticket());
  assert.equal(ticket.preview, '[ảnh đơn hàng.png]');
});

test('nobody names or fetches another\'s file by its digest', async () => {
  const [mine, other] = [await visit(), await visit()];
  const up = (await mine.upload(Buffer.from(unique()), { name: 'x' })).json;
  await other.say('alo');
  for (const digest of [up.sha256, sha256('nothing')]) {
    const no = await other.say('của tôi', { attachments: [{ sha256: digest }] });
    assert.equal(no.status, 404);
    assert.equal(no.json.member, 'attachments');
  }
  await using(service, async (wire) => {
    const files = JSON.stringify([{ sha256: up.sha256 }]);
    await assert.rejects(wire.ask('TICKET.REPLY', await other.ticket(), 'x', 'ATTACHMENTS', files), /NOTFOUND/);
  });
  const event = (await mine.say('đây', { attachments: [{ sha256: up.sha256 }] })).json.event;
  assert.equal((await mine.get(`/attachments/${event}/0`)).status, 200);
  assert.equal((await mine.get(`/attachments/${event}/1`)).status, 404);
  assert.equal((await other.get(`/attachments/${event}/0`)).status, 404);
  assert.equal((await get(`${mine.path}/attachments/${event}/0`)).status, 401);
  assert.equal((await get(`${mine.path}/attachments/${event}/0`, { bearer: other.token })).status, 401);
});

test('an agent\'s file goes out with his answer', async () => {
  const v = await visit();
  await v.say('gửi em hóa đơn');
  const session = await Session.begin('sup');
  const bytes = randomBytes(3000);
  const up = await session.ask('POST', '/api/v1/uploads?name=ho%C3%A1%20%C4%91%C6%A1n.pdf', {
    body: bytes,
    headers: { 'Content-Type': 'application/pdf' },
  });
  assert.equal(up.status, 201, up.text);
  const forged = await session.ask('POST', '/api/v1/uploads', { body: bytes, csrf: '' });
  assert.equal(forged.status, 403);
  const page = await v.page();
  await using(() => login('sup'), async (wire) =>
    wire.ask('TICKET.REPLY', await v.ticket(), 'dạ đây', 'ATTACHMENTS', JSON.stringify([{ sha256: up.json.sha256 }])),
  );
  const e = await page.until((x) => x.json.text === 'dạ đây');
  page.end();
  assert.equal(e.json.attachments[0].name, 'hoá đơn.pdf');
  const down = await fetched(`${v.path}/attachments/${e.json.id}/0`, { Authorization: `Bearer ${v.token}` });
  assert.ok(down.bytes.equals(bytes));
});

test('a file alone is an answer: by chat, in the case, over HTTP and TCP', async () => {
  const bytes = randomBytes(500);
  const up = await ask('POST', '/api/v1/uploads?name=b%E1%BA%A3ng.pdf', { body: bytes, bearer: desk.key,
    headers: { 'Content-Type': 'application/pdf' } });
  const file = { sha256: up.json.sha256 };
  const v = await visit();
  await v.say('xin báo giá');
  const ticket = await v.ticket();
  const page = await v.page();
  await using(service, (wire) => wire.ask('TICKET.REPLY', ticket, '', 'ATTACHMENTS', JSON.stringify([file])));
  const e = await page.until((x) => x.json.attachments?.length);
  page.end();
  assert.equal(e.json.text, undefined);
  const down = await fetched(`${v.path}/attachments/${e.json.id}/0`, { Authorization: `Bearer ${v.token}` });
  assert.ok(down.bytes.equals(bytes));
  const said = await ask('POST', `/api/v1/tickets/${ticket}/replies`, { bearer: desk.key,
    body: { text: '', attachments: [file] } });
  assert.equal(said.status, 200, said.text);
  const { events, ticket: t } = (await ask('GET', `/api/v1/tickets/${ticket}`, { bearer: desk.key })).json;
  assert.equal(t.preview, '[bảng.pdf]');
  const mine = events.find((x) => x.event === said.json.event);
  assert.deepEqual([mine.text, mine.attachments[0].name], [undefined, 'bảng.pdf']);
  const none = await ask('POST', `/api/v1/tickets/${ticket}/replies`, { bearer: desk.key, body: { text: '' } });
  assert.deepEqual([none.status, none.json.member], [400, 'text']);
});

test('a service\'s event brings files that it uploaded', async () => {
  const bytes = randomBytes(100);
  const up = await ask('POST', '/api/v1/uploads?name=a.bin', { body: bytes, bearer: desk.key, headers: { 'Content-Type': 'x/y' } });
  assert.equal(up.status, 201, up.text);
  const event = {
    channel: 'social',
    id: unique(),
    from: { kind: 'zalo', address: unique() },
    text: 'xem',
    attachments: [{ sha256: sha256(bytes), name: 'b.bin' }],
  };
  const done = await ask('POST', '/api/v1/events', { body: event, bearer: desk.key });
  assert.equal(done.status, 201, done.text);
  const [row] = await sql(
    `SELECT name, size, encode(sha256, 'hex') AS sha256 FROM desk.attachment WHERE event = :'v1'::bigint`,
    done.json.event,
  );
  assert.deepEqual(row, { name: 'b.bin', size: 100, sha256: sha256(bytes) });
  const no = await ask('POST', '/api/v1/events', {
    body: { ...event, id: unique(), attachments: [{ sha256: sha256('other') }] },
    bearer: desk.key,
  });
  assert.equal(no.status, 404);
  assert.equal(no.json.member, 'attachments');
});

test('what is too large, empty or nobody\'s is refused', async () => {
  const v = await visit();
  const refused = async (answer, status) => assert.equal((await answer).status, status);
  await refused(v.upload(Buffer.alloc(10 * MIB + 1)), 413);
  await refused(v.upload(Buffer.alloc(0)), 400);
  await refused(v.upload(Buffer.from('x'), { bearer: 'nonsense' }), 401);
  await refused(v.upload(Buffer.from('x'), { bearer: (await visit()).token }), 401);
  await refused(ask('POST', '/api/v1/uploads', { body: Buffer.from('x') }), 401);
  await refused(ask('POST', `${v.path}/attachments?colour=red`, { body: Buffer.from('x'), bearer: v.token }), 400);
  // Chunked, it is found out on the way.
  const status = await new Promise((done, fail) => {
    const r = http.request(
      new URL(`${v.path}/attachments`, desk.http),
      { method: 'POST', agent: false, headers: { Authorization: `Bearer ${v.token}`, 'Transfer-Encoding': 'chunked' } },
      (answer) => done(answer.statusCode),
    );
    r.on('error', (e) => (e.code === 'ECONNRESET' || e.code === 'EPIPE' ? undefined : fail(e)));
    const piece = Buffer.alloc(MIB);
    const more = (n) => n < 12 && !r.destroyed && r.write(piece, () => more(n + 1));
    more(0);
  });
  assert.equal(status, 413);
  const [{ n }] = await sql(
    `SELECT count(*) AS n FROM desk.upload WHERE owner = 'conversation/' || :'v1'`,
    v.conversation,
  );
  assert.equal(n, 0);
});

test('a name in a header, Expect and chunks are understood; a page is given out as bytes', async () => {
  const v = await visit();
  const body = Buffer.from('<script>alert(1)</script>');
  const up = await new Promise((done, fail) => {
    const r = http.request(
      new URL(`${v.path}/attachments`, desk.http),
      {
        method: 'POST',
        agent: false,
        headers: {
          Authorization: `Bearer ${v.token}`,
          'Content-Type': 'text/html; charset=utf-8',
          'Content-Disposition': "attachment; filename=x.html; filename*=UTF-8''..%2F..%2Fetc%2Ftr%E1%BA%BB.html",
          'Transfer-Encoding': 'chunked',
          Expect: '100-continue',
        },
      },
      (answer) => {
        let text = '';
        answer.on('data', (d) => (text += d));
        answer.on('end', () => done({ status: answer.statusCode, json: JSON.parse(text) }));
      },
    );
    r.on('error', fail);
    r.on('continue', () => {
      for (const byte of body) r.write(Buffer.from([byte]));
      r.end();
    });
    r.flushHeaders();
  });
  assert.equal(up.status, 201, JSON.stringify(up.json));
  assert.equal(up.json.name, 'trẻ.html');
  assert.equal(up.json.type, 'text/html');
  assert.equal(up.json.sha256, sha256(body));
  const { event } = (await v.say('x', { attachments: [{ sha256: up.json.sha256 }] })).json;
  const down = await v.get(`/attachments/${event}/0`);
  assert.equal(down.headers['content-type'], 'application/octet-stream');
  assert.match(down.headers['content-disposition'], /^attachment/);
});

test('large files are not held in memory, and who hangs up leaves nothing', async () => {
  const pid = await daemonPid();
  const anonymous = async () =>
    Number(/^RssAnon:\s+(\d+)/m.exec(await readFile(`/proc/${pid}/status`, 'utf8'))[1]);
  const before = await anonymous();
  const visitors = await Promise.all(Array.from({ length: 6 }, () => visit()));
  const size = 9 * MIB;
  const held = await Promise.all(
    visitors.map(
      (v) =>
        new Promise((done, fail) => {
          const r = http.request(new URL(`${v.path}/attachments`, desk.http), {
            method: 'POST',
            agent: false,
            headers: { Authorization: `Bearer ${v.token}`, 'Content-Length': size, Expect: '100-continue' },
          });
          r.on('error', () => {});
          r.on('continue', () => r.write(Buffer.alloc(size - 1, 7), (e) => (e ? fail(e) : done(r))));
          r.flushHeaders();
        }),
    ),
  );
  const during = await anonymous();
  assert.ok(during - before < 12 * 1024, `${during - before} KiB for 54 MiB`);
  held.forEach((r) => r.destroy());
  const names = visitors.map((v) => `conversation/${v.conversation}`).join(',');
  await until('their connections have ended', async () => {
    const [{ n }] = await sql(
      `SELECT count(*) AS n FROM desk.upload WHERE owner = ANY (string_to_array(:'v1', ','))`,
      names,
    );
    assert.equal(n, 0);
    const again = await visitors[0].upload(Buffer.from(unique()));
    return again.status === 201;
  });
});

// Begins an upload and leaves it hanging; its status, 100 when it may go on.
function hang(v) {
  return new Promise((done) => {
    const r = http.request(new URL(`${v.path}/attachments`, desk.http), {
      method: 'POST',
      agent: false,
      headers: { Authorization: `Bearer ${v.token}`, 'Content-Length': 1000, Expect: '100-continue' },
    });
    r.on('error', () => done({ status: 0, r }));
    r.on('continue', () => done({ status: 100, r }));
    r.on('response', (a) => done({ status: a.statusCode, r }));
    r.flushHeaders();
  });
}

test('strangers who hang keep nobody else from uploading', async () => {
  const one = await visit();
  const many = await Promise.all(Array.from({ length: 10 }, () => visit()));
  const counted = (all) => [100, 503].map((status) => all.filter((h) => h.status === status).length);
  let his, theirs;
  // Those of the test before, who hung up, may have their places still.
  await until('two of his, and eight of all, may', async () => {
    his = await Promise.all(Array.from({ length: 6 }, () => hang(one)));
    theirs = await Promise.all(many.map(hang));
    const places = [...counted(his), ...counted(theirs)].join(' ');
    if (places === '2 4 6 4') return true;
    for (const h of [...his, ...theirs]) h.r.destroy();
    return false;
  });
  const up = await ask('POST', '/api/v1/uploads?name=x', { body: Buffer.from(unique()), bearer: desk.key });
  assert.equal(up.status, 201, up.text);
  for (const h of [...his, ...theirs]) {
    h.r.destroy();
  }
  await until('there is room again', async () => (await one.upload(Buffer.from(unique()))).status === 201);
});

test('a stranger cannot fill the desk with files', async () => {
  const v = await visit();
  const piece = Buffer.alloc(9 * MIB);
  let last;
  for (let i = 0; i < 8 && last?.status !== 429; i++) {
    piece.writeUInt32LE(Math.floor(Math.random() * 2 ** 32), 0);
    last = await v.upload(piece);
  }
  assert.equal(last.status, 429);
  assert.equal(last.json.code, 'TOOMANY');
});

test('a daemon that dies with a file whole and unnamed leaves nothing named', async () => {
  const v = await visit();
  const other = await startSecond({ failpoint: 'uploaded' });
  try {
    const bytes = randomBytes(600000);
    const digest = sha256(bytes);
    await assert.rejects(v.at(other.http).upload(bytes, { name: 'a.bin' }), /ECONNRESET|hang up/);
    await other.ended;
    const blob = `SELECT size, used FROM desk.blob WHERE sha256 = decode(:'v1', 'hex')`;
    assert.deepEqual(await sql(blob, digest), [{ size: 600000, used: false }]);
    assert.equal((await v.say('x', { attachments: [{ sha256: digest }] })).status, 404);
    // He sends it again, as after any lost answer.
    for (let i = 0; i < 2; i++) assert.equal((await v.upload(bytes, { name: 'a.bin' })).status, 201);
    const said = await v.say('x', { attachments: [{ sha256: digest }] });
    assert.equal(said.status, 201, said.text);
    assert.deepEqual(await sql(blob, digest), [{ size: 600000, used: true }]);
    const down = await fetched(`${v.path}/attachments/${said.json.event}/0`, { Authorization: `Bearer ${v.token}` });
    assert.ok(down.bytes.equals(bytes));
  } finally {
    await other.kill();
  }
});

test('a picture is shown in a page only when its bytes are one', async () => {
  const v = await visit();
  const session = await Session.begin('sup');
  const headers = { Cookie: session.cookie.split(';', 1)[0] };
  const png = Buffer.from('89504e470d0a1a0a0000000d49484452', 'hex');
  const html = Buffer.from('<script>alert(1)</script>');
  const files = [
    { bytes: png, name: 'ảnh.png', type: 'image/png', shown: true },
    { bytes: Buffer.concat([png, randomBytes(600000)]), name: 'to.png', type: 'image/png', shown: true },
    { bytes: Buffer.from('GIF89a...'), name: 'a.gif', type: 'image/gif', shown: true },
    { bytes: html, name: 'x.png', type: 'image/png' },
    { bytes: png, name: 'x.html', type: 'text/html' },
    { bytes: Buffer.from('<svg onload="alert(1)"/>'), name: 'x.svg', type: 'image/svg+xml' },
    { bytes: Buffer.from('%PDF-1.7'), name: 'x.pdf', type: 'application/pdf' },
  ];
  for (const f of files) await v.upload(f.bytes, f);
  const attachments = files.map((f) => ({ sha256: sha256(f.bytes), name: f.name, type: f.type }));
  const { event } = (await v.say('x', { attachments })).json;
  for (const [place, f] of files.entries()) {
    const path = `/api/v1/events/${event}/attachments/${place}/file`;
    const got = await fetched(`${path}?inline=yes`, headers);
    assert.equal(got.status, 200, f.name);
    assert.ok(got.bytes.equals(f.bytes), f.name);
    const how = got.headers['content-disposition'];
    assert.match(how, f.shown ? /^inline; filename=/ : /^attachment; filename=/, f.name);
    assert.match(got.headers['content-security-policy'], /^sandbox; default-src 'none'$/);
    assert.equal(got.headers['x-content-type-options'], 'nosniff');
    assert.doesNotMatch(got.headers['content-type'], /html|svg/);
    // Unasked it is a download.
    assert.match((await fetched(path, headers)).headers['content-disposition'], /^attachment/);
  }
  assert.equal((await fetched(`/api/v1/events/${event}/attachments/99/file?inline=yes`, headers)).status, 404);
});

test('damaged bytes are never given out as whole', async () => {
  const v = await visit();
  const damages = {
    'a bit': `UPDATE desk.blob_chunk SET bytes = set_bit(bytes, 77, 1 - get_bit(bytes, 77))`,
    'a byte less': `UPDATE desk.blob_chunk SET bytes = substr(bytes, 2)`,
    'a byte more': `UPDATE desk.blob_chunk SET bytes = bytes || '\\x00'`,
    'no chunk': `DELETE FROM desk.blob_chunk`,
  };
  for (const size of [1000, 600000])
    for (const [what, damage] of Object.entries(damages)) {
      const bytes = randomBytes(size);
      await v.upload(bytes, { name: 'a.bin' });
      const { event } = (await v.say('x', { attachments: [{ sha256: sha256(bytes) }] })).json;
      const path = `${v.path}/attachments/${event}/0`;
      const headers = { Authorization: `Bearer ${v.token}` };
      assert.equal((await fetched(path, headers)).bytes.length, size);
      const last = Math.floor((size - 1) / 262144);
      await change(`${damage} WHERE sha256 = decode(:'v1', 'hex') AND seq = :'v2'::int`, sha256(bytes), last);
      // Cut off; or said, while nothing was sent of it.
      const no = await fetched(path, headers).catch((e) => e);
      if (no instanceof Error) assert.match(no.message, /aborted|ECONNRESET|hang up/, `${what} of ${size}`);
      else assert.equal(no.status, 503, `${what} of ${size}`);
    }
  // Nobody else's.
  const bytes = randomBytes(10);
  await v.upload(bytes);
  const { event } = (await v.say('x', { attachments: [{ sha256: sha256(bytes) }] })).json;
  assert.equal((await v.get(`/attachments/${event}/0`)).status, 200);
});
