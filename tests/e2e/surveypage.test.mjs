// The survey's page and the feedback form, as a browser without a script, a
// scanner of mail and a robot ask for them.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { strangers } from './lib/casepage.mjs';
import {
  admin, apply, change, deskctl, login, service, sql, unique, using, uuid,
} from './lib/desk.mjs';
import { startSecond } from './lib/second.mjs';
import { invited, link, responses, send, surveys } from './lib/survey.mjs';
import { ask, get, post } from './lib/web.mjs';

let before_config;
before(() => using(admin, async (wire) => {
  before_config = (await wire.ask('CONFIG.SHOW')).config;
  await apply(wire, { ...before_config, surveys,
    themes: [...(before_config.themes ?? []), { name: 'doi-lau', keywords: ['đợi mãi'] }] });
}));
after(() => using(admin, (wire) => apply(wire, before_config)));

const answer = (path, score, once = uuid()) => send(path, { once, 'n.diem': score });

test('the page: one question, nothing of the case, nothing to run', async () => {
  const c = await invited('sau-giao', { order: 'DH20418' });
  const page = await get(c.path);
  assert.equal(page.status, 200);
  assert.match(page.headers['content-type'], /^text\/html; charset=utf-8$/);
  assert.match(page.headers['content-security-policy'], /default-src 'none'.*frame-ancestors 'none'/);
  assert.doesNotMatch(page.headers['content-security-policy'], /script|unsafe|http/);
  assert.equal(page.headers['referrer-policy'], 'no-referrer');
  assert.equal(page.headers['cache-control'], 'no-store');
  assert.match(page.headers['x-robots-tag'], /noindex/);
  assert.equal(page.headers['set-cookie'], undefined);
  assert.equal(page.text.match(/<button class="tap"/g).length, 11);
  assert.match(page.text, /DH20418/);
  for (const own of ['riêng', c.address, 'Nguyễn', String(c.number), '<script'])
    assert.ok(!page.text.includes(own), own);
  assert.doesNotMatch(page.text, /https?:\/\//);
  assert.match((await get(`${c.path}?lang=en`)).text, /<html lang="en">/);
});

test('to look counts nothing: GET, HEAD, a scanner, a browser that looks ahead', async () => {
  const c = await invited('sau-giao');
  const path = `${c.path}?score=9`;
  assert.match((await get(path)).text, /value="9" aria-pressed="true"/);
  assert.match((await get(path)).text, /id="send"[^>]* value="9">/);
  assert.equal((await ask('HEAD', path)).status, 200);
  assert.equal((await get(path, { headers: { 'Sec-Purpose': 'prefetch', Purpose: 'prefetch' } })).status, 200);
  assert.equal((await ask('PUT', path, { body: 'n.diem=9' })).status, 405);
  assert.deepEqual(await responses(c.invitation), []);
  assert.equal((await answer(c.path, 9)).status, 303);
});

test('a score is counted once, and the link is used with it', async () => {
  const c = await invited('sau-giao');
  const once = uuid();
  const first = await answer(c.path, 6, once);
  assert.equal(first.status, 303, await first.text());
  const next = first.headers.get('location');
  assert.match(next, /^\/survey\/[0-9a-f]{48}\?lang=vi$/);
  const again = await answer(c.path, 6, once);
  assert.equal(again.headers.get('location'), next, 'the button was pressed twice');
  assert.equal((await answer(c.path, 9)).status, 404, 'who only has the link is late');
  assert.equal((await get(c.path)).status, 404);
  const [r, ...more] = await responses(c.invitation);
  assert.deepEqual([r.score, r.class, r.ticket, more], [6, 'detractor', c.ticket, []]);
  const [told] = await sql(`SELECT who, meta->'score' AS score FROM desk.event
    WHERE ticket = :v1 AND kind = 'survey'`, c.ticket);
  assert.deepEqual(told, { who: 'Nguyễn Thị Hạnh', score: 6 });
});

test('ten at once are one', async () => {
  const c = await invited('sau-giao');
  const all = await Promise.all(Array.from({ length: 10 }, (_, i) => answer(c.path, i)));
  assert.deepEqual(all.map((r) => r.status).sort(), [303, ...Array(9).fill(404)]);
  assert.equal((await responses(c.invitation)).length, 1);
});

test('why, in chips and words; and never another score', async () => {
  const c = await invited('sau-giao');
  const more = (await answer(c.path, 3)).headers.get('location');
  const page = await get(more);
  assert.match(page.text, /Giao trễ[^]*Nhờ shop gọi lại/);
  const sent = await send(more, [['once', uuid()], ['c.vi-sao', 'tre'], ['c.vi-sao', 'gia'],
    ['t.loi', 'đợi\r\nmãi'], ['n.diem', '10'], ['what', 'more']]);
  assert.equal(sent.status, 303, await sent.text());
  const thanks = await get(sent.headers.get('location'));
  assert.match(thanks.text, /nhận được rồi/);
  assert.doesNotMatch(thanks.text, /<form/);
  const [r] = await responses(c.invitation);
  assert.deepEqual([r.score, r.words], [3, 'đợi\nmãi']);
  assert.deepEqual(r.answers.find((a) => a.question === 'vi-sao').choices, ['tre', 'gia']);
  const heard = await sql(`SELECT n.theme, e.kind, e.text FROM desk.theme_event n
    JOIN desk.event e ON e.id = n.event WHERE n.ticket = :v1`, c.ticket);
  assert.deepEqual(heard, [{ theme: 'doi-lau', kind: 'survey', text: 'đợi\nmãi' }]);
});

test('who asks to be called has his case again, once', async () => {
  const c = await invited('sau-giao');
  await using(service, (wire) => wire.ask('TICKET.RESOLVE', c.ticket));
  const more = (await answer(c.path, 0)).headers.get('location');
  const form = { once: uuid(), 't.loi': 'gọi sau 17h', call: 'yes', what: 'more' };
  for (let i = 0; i < 2; i++) {
    const sent = await send(more, form);
    assert.match(sent.headers.get('location'), /said=help/);
  }
  const said = await sql(`SELECT ticket, channel, text FROM desk.event
    WHERE external_id LIKE 'survey:%' AND customer = :v1`, c.customer);
  assert.deepEqual(said, [{ ticket: c.ticket, channel: 'web', text: 'Xin gọi lại cho tôi ạ.\ngọi sau 17h' }]);
  const { ticket } = await using(service, (wire) => wire.ask('TICKET.GET', c.ticket));
  assert.ok(['new', 'open'].includes(ticket.state), ticket.state);
});

test('still in need of help: the same case, with the same agent', async () => {
  const c = await invited('ho-tro');
  const names = await sql(`SELECT a.name FROM desk.agent a JOIN desk.agent_queue m ON m.agent = a.id
    JOIN desk.queue q ON q.id = m.queue WHERE q.name = :'v1' AND a.active AND a.role = 'agent'
    ORDER BY a.id LIMIT 1`, c.queue);
  await using(service, async (wire) => {
    await wire.ask('TICKET.ASSIGN', c.ticket, names[0].name);
    await wire.ask('TICKET.RESOLVE', c.ticket);
  });
  const more = (await answer(c.path, 5)).headers.get('location');
  assert.match((await get(more)).text, /còn cần em giúp gì/);
  const sent = await send(more, { once: uuid(), text: 'còn thiếu lõi lọc', what: 'help' });
  const thanks = await get(sent.headers.get('location'));
  assert.doesNotMatch(thanks.text, /value="help"/);
  const { ticket } = await using(service, (wire) => wire.ask('TICKET.GET', c.ticket));
  assert.equal(ticket.state, 'open');
  assert.equal(ticket.assignee, names[0].name);
  assert.doesNotMatch((await get(more.split('?')[0])).text, /value="help"/, 'not offered twice');
});

test('a closed case is followed up', async () => {
  const c = await invited('ho-tro');
  await using(service, (wire) => wire.ask('TICKET.RESOLVE', c.ticket));
  await change(`UPDATE desk.ticket SET state = 'closed' WHERE id = :v1`, c.ticket);
  const more = (await answer(c.path, 1)).headers.get('location');
  await send(more, { once: uuid(), text: '', what: 'help' });
  const [next] = await sql(`SELECT e.ticket, t.related FROM desk.event e JOIN desk.ticket t
    ON t.id = e.ticket WHERE e.customer = :v1 AND e.external_id LIKE 'survey:%'`, c.customer);
  assert.notEqual(next.ticket, c.ticket);
  assert.equal(next.related, c.ticket);
});

test('two that must be answered are one form; what is missing is said, and nothing lost', async () => {
  const c = await invited('mong-duoc');
  const page = await get(c.path);
  assert.equal(page.text.match(/type="radio"/g).length, 14);
  const half = await send(c.path, { once: uuid(), 'n.mong': '7', 'n.ngay': '5' });
  assert.equal(half.status, 400);
  const text = await half.text();
  assert.match(text, /role="alert"/);
  assert.match(text, /name="n\.mong" value="7" checked/);
  assert.match(text, /name="n\.ngay"[^>]* value="5"/);
  const both = await ask('POST', c.path, { headers: { 'Content-Type': 'application/x-www-form-urlencoded' },
    body: `once=${uuid()}&n.mong=7&n.mong=1&n.duoc=2&n.ngay=5` });
  assert.equal(both.status, 400, 'two answers to one question are none');
  assert.match(both.text, /name="n\.duoc" value="2" checked/);
  assert.match(both.text, /name="n\.ngay"[^>]* value="5"/);
  assert.doesNotMatch(both.text, /name="n\.mong"[^>]* checked/);
  assert.equal((await send(c.path, { once: uuid(), 'n.mong': '7', 'n.duoc': '2' })).status, 303);
  const [pair] = await sql(`SELECT value FROM desk.measure_part WHERE measure = 'pair'
    AND name = 'mong-duoc/duoc' ORDER BY id DESC LIMIT 1`);
  assert.ok(pair === undefined || pair.value === -5);
  assert.equal((await responses(c.invitation)).length, 1);
});

test('a wrong link, a used, an expired and a withdrawn one are one page', async () => {
  const used = await invited('ho-tro');
  await answer(used.path, 4);
  const expired = await link('ho-tro', used);
  await change('UPDATE desk.invitation SET expires_at = now() WHERE id = :v1', expired.invitation);
  const gone = await link('ho-tro', used);
  await change(`UPDATE desk.invitation SET state = 'withdrawn' WHERE id = :v1`, gone.invitation);
  const [from] = strangers(1);
  const wrong = [used.path, expired.path, gone.path, `/survey/${'A'.repeat(32)}`, '/survey/x',
    '/survey/%ff%20', `/survey/${'y'.repeat(300)}`];
  const pages = [];
  for (const path of wrong) {
    pages.push(await get(path, { from }));
    pages.push(await ask('POST', path, { from, body: `once=${uuid()}&n.diem=5`,
      headers: { 'Content-Type': 'application/x-www-form-urlencoded' } }));
  }
  for (const p of pages) {
    assert.equal(p.status, 404);
    assert.equal(p.text, pages[0].text);
  }
});

test('who guesses waits, here and on the page of a case; others do not', async () => {
  const c = await invited('ho-tro');
  const [from, other] = strangers(2);
  const tried = await Promise.all(Array.from({ length: 60 }, () =>
    get(`/survey/${unique('').padEnd(32, 'x').slice(0, 32)}`, { from })));
  assert.ok(tried.every((p) => p.status === 404 || p.status === 429));
  // (A minute may have ended in between.)
  if (tried.some((p) => p.status === 429))
    assert.ok(tried.filter((p) => p.status === 404).length >= 30);
  assert.equal((await get(c.path, { from: other })).status, 200);
});

test('no more surveys: by a button, or a mail reader\'s own; looking changes nothing', async () => {
  const c = await invited('ho-tro');
  await change(`INSERT INTO desk.invitation_message (event, invitation, token)
    SELECT nextval('desk.event_id'), id, token FROM desk.invitation WHERE id = :v1`, c.invitation);
  const off = () => sql('SELECT no_surveys_by AS by FROM desk.customer WHERE id = :v1', c.customer);
  const leave = `${c.path}/leave`;
  assert.match((await get(leave)).text, /<form method="post"><button/);
  assert.equal((await ask('HEAD', leave)).status, 200);
  assert.deepEqual(await off(), [{ by: null }]);
  // RFC 8058: one POST, no cookie, no redirect.
  for (const type of ['application/x-www-form-urlencoded', 'multipart/form-data; boundary=x']) {
    const left = await ask('POST', leave, { body: 'List-Unsubscribe=One-Click',
      headers: { 'Content-Type': type } });
    assert.equal(left.status, 200, left.text);
    assert.match(left.text, /không gửi khảo sát|no more surveys/);
  }
  assert.deepEqual(await off(), [{ by: 'customer' }]);
  assert.equal((await answer(c.path, 5)).status, 303, 'what was asked can be answered still');
  assert.equal((await ask('POST', leave, { body: '' })).status, 200, 'and left by a used link');
  assert.equal((await ask('POST', `/survey/${unique('x')}/leave`, { body: '' })).status, 404);
  assert.equal((await ask('PUT', leave, { body: '' })).status, 405);
});

test('words that are no question\'s are for the case', async () => {
  const c = await invited('ho-tro');
  const more = (await answer(c.path, 2)).headers.get('location');
  assert.doesNotMatch((await get(more)).text, /value="more"/);
  await send(more, { once: uuid(), text: 'thật ra còn lỗi', what: 'done' });
  const said = await sql(`SELECT text FROM desk.event WHERE ticket = :v1 AND channel = 'web'`, c.ticket);
  assert.deepEqual(said, [{ text: 'thật ra còn lỗi' }]);
});

test('forms that are none count nothing', async () => {
  const c = await invited('ho-tro');
  const bad = async (body, type = 'application/x-www-form-urlencoded') => {
    const r = await ask('POST', c.path, { body, headers: { 'Content-Type': type } });
    assert.equal(r.status, 400, body);
    assert.match(r.text, /role="alert"/);
  };
  await bad('{"n.diem":5}', 'application/json');
  await bad('n.diem=5');
  await bad(`once=${uuid()}&n.diem=six`);
  await bad(`once=${uuid()}&n.diem=6`);
  await bad(`once=${uuid()}&n.khac=5`);
  await bad(`once=${uuid()}&x.diem=5`);
  await bad(`once=${uuid()}&n.diem=%00`);
  await bad(`once=${uuid()}&n.diem=5&n.diem=1`);
  await bad(`once=${uuid()}&t.diem=${'x'.repeat(9000)}`);
  await bad(`once=${uuid()}&${'a=b&'.repeat(300)}`);
  await bad('');
  assert.deepEqual(await responses(c.invitation), []);
  assert.equal((await answer(c.path, 4)).status, 303);
});

test('the feedback form: a score alone is kept; words of somebody are a case, once', async () => {
  const page = await get('/feedback/gop-y?lang=en');
  assert.match(page.text, /What would you like to tell us\?/);
  const alone = uuid();
  for (let i = 0; i < 2; i++)
    assert.match((await send('/feedback/gop-y', { once: alone, 'n.diem': '5' })).headers.get('location'),
      /^\/feedback\/gop-y\?lang=vi&said=sent/);
  const occasion = (id) => sql(`SELECT r.ticket, r.score, r.words, i.customer FROM desk.invitation i
    JOIN desk.response r ON r.invitation = i.id WHERE i.occasion = 'form:' || :'v1'`, id);
  assert.deepEqual(await occasion(alone), [{ ticket: null, score: 5, words: '', customer: null }]);
  const words = unique('tệ-');
  const address = `${unique()}@example.com`;
  const id = uuid();
  const form = { once: id, 'n.diem': '2', 't.loi': words, name: 'Chị Lan', email: ` ${address} ` };
  for (let i = 0; i < 2; i++) assert.equal((await send('/feedback/gop-y', form)).status, 303);
  const [kept, ...more] = await occasion(id);
  assert.deepEqual(more, []);
  const cases = await sql(`SELECT e.ticket, e.channel FROM desk.event e WHERE e.text = :'v1'
    AND e.kind = 'message'`, words);
  assert.deepEqual(cases, [{ ticket: kept.ticket, channel: 'web' }]);
  assert.deepEqual(await sql('SELECT id FROM desk.outbound WHERE address = :\'v1\'', address), [],
    'nothing is mailed to an address that a stranger typed');
  assert.match((await get('/feedback/gop-y?said=sent')).text, /nhận được góp ý/);
});

test('the feedback form: robots, wrong addresses, forms that are not there', async () => {
  const id = uuid();
  const trapped = await send('/feedback/gop-y', { once: id, 'n.diem': '1', website: 'http://x' });
  assert.equal(trapped.status, 303);
  assert.deepEqual(await sql(`SELECT id FROM desk.invitation WHERE occasion = 'form:' || :'v1'`, id), []);
  const wrong = await send('/feedback/gop-y', { once: id, 't.loi': 'lời "của" <tôi>', email: 'khong phai' });
  assert.equal(wrong.status, 400);
  const text = await wrong.text();
  assert.match(text, /e-mail hoặc số điện thoại chưa đúng/);
  assert.match(text, /lời &quot;của&quot; &lt;tôi&gt;/);
  assert.match(text, new RegExp(`name="once" value="${id}"`));
  for (const name of ['ho-tro', 'none', '-', 'A'.repeat(80)])
    assert.equal((await get(`/feedback/${name}`)).status, 404, name);
  const [from] = strangers(1);
  const many = await Promise.all(Array.from({ length: 30 }, () => post('/feedback/v1/gop-y',
    { id: uuid(), answers: { diem: 5 } }, { from })));
  assert.ok(many.some((r) => r.status === 200));
  assert.ok(many.every((r) => r.status === 200 || r.status === 429));
});

test('keyed in after a call: once, by who may act; the link that was out ends', async () => {
  const c = await invited('ho-tro');
  const once = uuid();
  const enter = (wire, ...more) => wire.ask('SURVEY.ENTER', 'ho-tro', '{"diem":4}', 'call',
    'TICKET', c.ticket, 'ONCE', once, ...more);
  const [one, two] = await using(service, async (wire) => [await enter(wire), await enter(wire)]);
  assert.equal(one.response, two.response);
  assert.deepEqual([one.score, one.via, one.ticket], [4, 'call', c.ticket]);
  assert.equal((await get(c.path)).status, 404);
  await using(() => login('an'), async (wire) => {
    assert.equal((await wire.refused('SURVEY.ENTER', 'ho-tro', '{"diem":9}', 'face', 'TICKET', c.ticket)).code,
      'INVALID');
    assert.equal((await wire.refused('SURVEY.ENTER', 'none', '{"diem":1}', 'face', 'TICKET', c.ticket)).code,
      'NOTFOUND');
  });
});

test('killed while it is answered: sent again it is counted, and once', async () => {
  const c = await invited('sau-giao');
  const once = uuid();
  const other = await startSecond();
  const lost = send(c.path, { once, 'n.diem': '8' }, other.http).catch(() => null);
  await other.kill();
  await lost;
  const again = await answer(c.path, 8, once);
  assert.equal(again.status, 303);
  assert.equal((await get(again.headers.get('location'))).status, 200);
  assert.equal((await responses(c.invitation)).length, 1);
});

test('scores and answers over the protocol, HTTP and deskctl: the same, and to each his own', async () => {
  const place = unique('cho-');
  const scores = [9, 10, 7, 0];
  const given = [];
  for (const [n, score] of scores.entries()) {
    const c = await invited('sau-giao', { agent: n < 3 ? 'an' : 'binh' });
    await change(`UPDATE desk.invitation SET touchpoint = :'v2' WHERE id = :v1`, c.invitation, place);
    assert.equal((await answer(c.path, score)).status, 303);
    const [r] = await responses(c.invitation);
    given.push({ ...c, response: r.id });
  }
  const ask = (who, ...words) => using(() => login(who), (wire) => wire.ask(...words));
  const all = ['nps', 'by', 'agent', 'touchpoint', place];
  const whole = await ask('sup', 'CX.SCORES', ...all);
  // Two of four promote, one detracts: 50 - 25.
  assert.equal(whole.total.n, 4);
  assert.equal(whole.total.figure, 25);
  assert.ok(whole.total.low < 25 && whole.total.high > 25);
  const lines = (of) => of.rows.map((l) => [l.n, l.figure]).sort();
  assert.deepEqual(lines(whole), [[1, -100], [3, 66.7]]);

  // An agent sees his own, whatever he asks for.
  const mine = await ask('an', 'CX.SCORES', ...all);
  assert.equal(mine.total.n, 3);
  assert.deepEqual(lines(mine), [[3, 66.7]]);
  assert.equal((await using(() => login('an'), (wire) =>
    wire.refused('CX.SCORES', 'nps', 'agent', 'binh'))).code, 'DENIED');
  const theirs = await ask('an', 'CX.ANSWERS', 'nps', 'touchpoint', place);
  assert.deepEqual(theirs.answers.map((a) => a.score).sort(), [10, 7, 9]);
  assert.equal((await using(() => login('sup'), (wire) => wire.refused('CX.RECOUNT'))).code, 'DENIED');

  // The same by the other doors.
  const page = await using(() => login('sup'), () => fetch(
    `${process.env.DESKD_HTTP}/api/v1/cx/scores/nps?by=agent&touchpoint=${place}`,
    { headers: { authorization: `Bearer ${process.env.DESKD_API_KEY}` } }));
  assert.deepEqual((await page.json()).total, whole.total);
  const told = await deskctl(['cx', 'scores', 'nps', '--by', 'agent', '--touchpoint', place, '-j']);
  assert.deepEqual(JSON.parse(told.stdout).rows, whole.rows, told.stderr);
  assert.equal((await deskctl(['cx', 'scores', 'nps', '--by', 'moon'])).status, 1);
  const moon = await deskctl(['cx', 'scores', 'nps', '--touchpoint', unique()]);
  assert.equal(moon.status, 1, 'what there never was has no empty table');
  assert.match(moon.stderr, /There is no such touchpoint\./);

  // Nobody asked, one asked: no figure, and one that says how little it knows.
  const none = await ask('sup', 'CX.SCORES', ...all, 'channel', 'store');
  assert.equal(none.total.n, 0);
  assert.equal(none.total.figure ?? null, null);
  const [one] = (await ask('sup', 'CX.SCORES', ...all, 'agent', 'binh')).rows;
  assert.ok(one.high - one.low > 100, JSON.stringify(one));

  // Pages of answers meet.
  const first = await ask('sup', 'CX.ANSWERS', 'nps', 'touchpoint', place, 'limit', 3);
  const rest = await ask('sup', 'CX.ANSWERS', 'nps', 'touchpoint', place, 'after', first.next);
  assert.deepEqual([...first.answers, ...rest.answers].map((a) => a.response),
    given.map((c) => c.response).reverse());
  // These links were put there by hand, and asked nobody: a recount finds that
  // by the records, once, and changes no score.
  const since = new Date(Date.now() - 86400000).toISOString().slice(0, 10);
  const recounted = () => using(admin, (wire) => wire.ask('CX.RECOUNT', 'from', since));
  assert.ok((await recounted()).differed > 0);
  assert.equal((await recounted()).differed, 0);
  const { rate, ...same } = (await ask('sup', 'CX.SCORES', ...all)).total;
  assert.deepEqual(same, whole.total);
  assert.equal(rate.answered, 4);
});
