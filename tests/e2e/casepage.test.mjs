// The customer's page of his case, as a browser without a script asks for it.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { caseOf as a, form, send, strangers } from './lib/casepage.mjs';
import { admin, apply, change, desk, service, sql, unique, until, using, uuid } from './lib/desk.mjs';
import { ask, get } from './lib/web.mjs';

const base = process.env.DESKD_HTTP;
const hostile = '"><script>alert(1)</script><img src=x onerror=alert(1)>\u202e&amp;';
let before_config;
before(() => using(admin, async (wire) => {
  before_config = (await wire.ask('CONFIG.SHOW')).config;
  await apply(wire, { ...before_config,
    company: { ...before_config.company, url: 'https://desk.example' } });
}));
after(() => using(admin, (wire) => apply(wire, before_config)));

test('the page: what was said, nothing to run, nothing that gets out', async () => {
  const c = await a();
  const other = before_config.queues.find((q) => q.name !== c.queue).name;
  await using(service, async (wire) => {
    await wire.ask('TICKET.NOTE', c.ticket, 'chỉ trong nhà');
    const asked = await wire.ask('CONSULT.ASK', c.ticket, 'hỏi trong nhà', 'QUEUE', other);
    assert.equal((await wire.refused('CASE.LINK', asked.consult)).code, 'CONFLICT');
    await wire.ask('CONSULT.ANSWER', asked.consult, 'đáp trong nhà');
  });
  const page = await get(c.path);
  assert.equal(page.status, 200);
  assert.match(page.headers['content-type'], /^text\/html; charset=utf-8$/);
  assert.match(page.headers['content-security-policy'], /default-src 'none'.*frame-ancestors 'none'/);
  assert.doesNotMatch(page.headers['content-security-policy'], /unsafe|http/);
  assert.equal(page.headers['referrer-policy'], 'no-referrer');
  assert.equal(page.headers['cache-control'], 'no-store');
  assert.match(page.headers['x-robots-tag'], /noindex/);
  assert.equal(page.headers['set-cookie'], undefined);
  assert.match(page.text, /shop ơi đơn tới đâu rồi/);
  assert.match(page.text, /<html lang="vi">/);
  assert.doesNotMatch(page.text, /trong nhà/);
  assert.ok(!page.text.includes(c.address), 'the address is masked');
  assert.doesNotMatch(page.text, /https?:\/\//);
  assert.match((await get(`${c.path}?lang=en`)).text, /<html lang="en">[^]*We have received/);
});

test('hostile names, subjects and texts are words', async () => {
  const c = await a({ subject: hostile, text: `${hostile}\n</div></main>`,
    from: { kind: 'email', address: `${unique()}@example.com`, name: hostile } });
  const { text } = await get(c.path);
  assert.match(text, /&lt;script&gt;alert\(1\)/);
  assert.doesNotMatch(text, /<script>|<img|\u202e/);
  assert.equal(text.match(/<\/main>/g).length, 1);
});

test('what he writes is filed once, however often it is sent', async () => {
  const c = await a();
  const id = uuid();
  const words = unique('thêm-');
  for (let i = 0; i < 2; i++) {
    const r = await send(c.path, { what: 'write', id, text: `${words}\r\ndòng hai` });
    assert.equal(r.status, 303, await r.text());
    assert.match(r.headers.get('location'), new RegExp(`^${c.path}\\?lang=vi&said=sent`));
  }
  const kept = await sql(`SELECT ticket, channel, direction, text FROM desk.event
    WHERE text LIKE :'v1' || '%'`, words);
  assert.deepEqual(kept, [{ ticket: c.ticket, channel: 'web', direction: 'in',
    text: `${words}\ndòng hai` }]);
  assert.match((await get(`${c.path}?said=sent`)).text, new RegExp(words));
  // The answer goes where he reads.
  const said = await using(service, (wire) => wire.ask('TICKET.REPLY', c.ticket, 'Dạ có ạ'));
  assert.deepEqual(await sql(`SELECT channel, address FROM desk.outbound
    WHERE event = :v1`, said.event), [{ channel: 'mail', address: c.address }]);
});

test('files come with the form, and are downloads', async () => {
  const c = await a();
  const bytes = Buffer.alloc(600000, 'ảnh');
  const r = await send(c.path, { what: 'write', id: uuid(), text: '',
    files: [new Blob([bytes], { type: 'text/html' }), '../ảnh "lỗi".html'] });
  assert.equal(r.status, 303, await r.text());
  const { text } = await get(c.path);
  const [, href] = /href="(\/case\/[^"]+\/files\/\d+\/0)"/.exec(text);
  assert.match(text, /ảnh [^<]*lỗi[^<]*\.html<\/bdi>/);
  const file = await fetch(base + href);
  assert.equal(file.status, 200);
  assert.match(file.headers.get('content-disposition'), /^attachment;/);
  assert.equal(file.headers.get('content-type'), 'application/octet-stream');
  assert.ok(Buffer.from(await file.arrayBuffer()).equals(bytes));
  const other = await a();
  const tail = href.slice(c.path.length);
  assert.equal((await get(other.path + tail)).status, 404, 'not by another link');
});

test('an answer that is a file alone stands there as one', async () => {
  const c = await a();
  const up = await ask('POST', '/api/v1/uploads?name=b%E1%BA%A3ng.pdf', { bearer: desk.key,
    body: Buffer.from(unique()), headers: { 'Content-Type': 'application/pdf' } });
  const said = await using(service, (wire) =>
    wire.ask('TICKET.REPLY', c.ticket, '', 'ATTACHMENTS', JSON.stringify([{ sha256: up.json.sha256 }])));
  await change(`UPDATE desk.outbound SET state = 'sent' WHERE event = :v1`, said.event);
  const { text } = await get(c.path);
  const [, href] = new RegExp(`<li class="ours">[^]*?href="(${c.path}/files/${said.event}/0)"`).exec(text);
  assert.match(text, /bảng\.pdf<\/bdi>/);
  assert.equal((await get(href)).status, 200);
});

test('done, and not done', async () => {
  const c = await a();
  assert.equal((await send(c.path, { what: 'done' })).status, 303);
  assert.match((await get(c.path)).text, /việc này đã xong/);
  assert.equal((await send(c.path, { what: 'again' })).status, 303);
  const { ticket } = await using(service, (wire) => wire.ask('TICKET.GET', c.ticket));
  assert.equal(ticket.state, 'open');
});

test('a closed case is followed up by another', async () => {
  const c = await a();
  await using(service, (wire) => wire.ask('TICKET.RESOLVE', c.ticket));
  await change(`UPDATE desk.ticket SET state = 'closed' WHERE id = :v1`, c.ticket);
  const words = unique('nối-');
  assert.equal((await send(c.path, { what: 'write', id: uuid(), text: words })).status, 303);
  const [next] = await sql(`SELECT t.id, t.related FROM desk.event e
    JOIN desk.ticket t ON t.id = e.ticket WHERE e.text = :'v1'`, words);
  assert.notEqual(next.id, c.ticket);
  assert.equal(next.related, c.ticket);
});

test('a revoked link, a wrong one and none are one page', async () => {
  const c = await a();
  const revoked = await a();
  await using(service, (wire) => wire.ask('CASE.UNLINK', revoked.ticket));
  const wrong = `/case/${'A'.repeat(32)}`;
  const [from] = strangers(1);
  const pages = [];
  for (const path of [revoked.path, wrong])
    pages.push(await get(path, { from, headers: { 'Accept-Language': 'vi' } }));
  for (const p of pages) {
    assert.equal(p.status, 404);
    assert.equal(p.text, pages[0].text);
  }
  assert.equal((await get(c.path, { from })).status, 200);
  assert.equal((await ask('POST', wrong, { from, body: 'x=1' })).status, 404);
});

test('who guesses is told to wait; others are not', async () => {
  const c = await a();
  const [from, other] = strangers(2);
  await until('the address waits', async () => {
    for (let i = 0; i < 40; i++) {
      const p = await get(`/case/${unique('').padEnd(32, 'x').slice(0, 32)}`, { from });
      if (p.status === 429) return true;
      assert.equal(p.status, 404);
    }
    return false;
  });
  assert.equal((await get(c.path, { from: other })).status, 200);
});

test('forms that are none are refused, and nothing is kept of them', async () => {
  const c = await a();
  const bad = async (body, type, status = 400) => {
    const r = await fetch(base + c.path, { method: 'POST', redirect: 'manual', body,
      headers: { 'Content-Type': type } });
    assert.equal(r.status, status, type);
    assert.match(await r.text(), /name="text"/);
  };
  await bad('{"text":"x"}', 'application/json');
  await bad('--b\r\nbroken', 'multipart/form-data; boundary=b');
  await bad('what=write&text=x', 'application/x-www-form-urlencoded');
  await bad(`what=write&id=${uuid()}&text=`, 'application/x-www-form-urlencoded');
  const large = form({ what: 'write', id: uuid(), text: 'x', files: [new Blob([Buffer.alloc(9 << 20)]), 'a'] });
  const r = await fetch(base + c.path, { method: 'POST', body: large }).catch(() => null);
  assert.ok(r === null || r.status === 413);
  const put = await ask('PUT', c.path, { body: 'x' });
  assert.equal(put.status, 405);
  const n = await sql('SELECT count(*)::int AS n FROM desk.event WHERE ticket = :v1', c.ticket);
  assert.equal(n[0].n, 1);
});

test('an answer brings the link, and the history does not', async () => {
  const c = await a();
  const said = await using(service, (wire) =>
    wire.ask('TICKET.REPLY', c.ticket, 'Dạ, anh xem tại {case_link} ạ'));
  const [row] = await sql('SELECT text FROM desk.event WHERE id = :v1', said.event);
  assert.equal(row.text, 'Dạ, anh xem tại {case_link} ạ');
});
