// Who is asked how it was, and written to some time after: once for each
// occasion, by mail or in the chat, in a queue of this test's own, whose mail one daemon sends to a relay of ours.
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import {
  admin, apply, desk, deskctl, event, login, service, sql, unique, until, using,
} from './lib/desk.mjs';
import { deliver, mail } from './lib/mail.mjs';
import { startSecond } from './lib/second.mjs';
import { startSink } from './lib/sink.mjs';
import { visit } from './lib/visitor.mjs';

const queue = unique('hoi-');
const after_case = unique('sau-');
const after_order = unique('giao-');
const by_hand = unique('tay-');
const follow = unique('hoi-tham-');
const to = `${queue}@shop.example`;
const of_staff = unique('nv-');
const weekly = unique('tuan-');
const reader = `${unique()}@shop.example`;
const colleague = `${unique()}@shop.example`;
let boss;
let sup;
let sink;
let one;
let given;

before(async () => {
  boss = await admin();
  sup = await login('sup');
  sink = await startSink();
  const { config } = await boss.ask('CONFIG.SHOW');
  await apply(boss, {
    ...config,
    company: { ...config.company, url: 'https://desk.example' },
    mail: { ...config.mail, undo_seconds: 0 },
    queues: [...config.queues,
      { name: queue, title: 'Hỏi', first: 86400, next: 86400, offer: 30 }],
    served: [...config.served, { kind: 'email', address: to, queue }],
    surveys: [...(config.surveys ?? []),
      { name: after_case, title: 'Sau hỗ trợ', after: 'resolved', queues: [queue],
        touchpoint: 'ho-tro', questions: [{ name: 'diem', kind: 'csat' }] },
      { name: after_order, title: 'Sau giao', after: 'delivered', queues: [queue],
        questions: [{ name: 'diem', kind: 'nps' }] },
      { name: by_hand, title: 'Bằng tay', quiet: 1,
        questions: [{ name: 'loi', kind: 'text', vi: 'Anh/chị nghĩ gì ạ?' }] },
      { name: of_staff, title: 'Bạn thấy sao', for: 'staff', every: 'quarter', quiet: 1,
        questions: [{ name: 'diem', kind: 'nps' }] }],
    templates: [...config.templates,
      { name: follow, vi: 'Dạ {company} hỏi thăm anh/chị ạ.', subject_vi: 'Hỏi thăm' }],
    followups: [...(config.followups ?? []),
      { name: follow, after: 'delivered', delay: 1, queue, send: follow, expires: 3600 }],
    agents: config.agents.map((a) =>
      a.name === 'sup' ? { ...a, email: reader } : a.name === 'an' ? { ...a, email: colleague } : a),
    reports: [...(config.reports ?? []),
      { name: weekly, title: 'Tuần qua', to: ['sup', `x${reader}`] }],
  });
  given = config;
  one = await startSecond({ smtp_relay: `127.0.0.1:${sink.port}`, smtp_starttls: 'no' });
});

after(async () => {
  try {
    await one?.stop();
    await sink?.end();
    if (given) {
      // Of a queue that goes, all is done.
      for (const t of await sql(
        `SELECT t.id FROM desk.ticket t JOIN desk.queue q ON q.id = t.queue
         WHERE q.name = :'v1' AND t.state IN ('new', 'open', 'pending')`, queue))
        await sup.ask('TICKET.RESOLVE', t.id);
      await apply(boss, given);
    }
  } finally {
    boss?.end();
    sup?.end();
  }
});

const person = () => `${unique()}@example.com`;
const opened = async (from = person(), more = {}) => ({
  from,
  ticket: (await using(service, (wire) => wire.ask('EVENT.ADD',
    event({ to, subject: 'Giao trễ', from: { kind: 'email', address: from }, ...more })))).ticket,
});
// By this test's surveys; the sample's may ask, too.
const asked = async (ticket) =>
  ((await sup.ask('TICKET.GET', ticket)).surveys ?? []).filter((s) =>
    [after_case, after_order, by_hand].includes(s.survey));
const header = (m, name) =>
  new RegExp(`^${name}: ((?:.*\r\n )*.*)\r$`, 'mi').exec(m.text)?.[1].replace(/\r\n /g, ' ');
// What stands in it, whichever part: soft line ends and signs undone.
const words = (m) =>
  Buffer.from(m.text.replace(/=\r\n/g, '').replace(/=([0-9A-F]{2})/g, (_, h) =>
    String.fromCharCode(parseInt(h, 16))), 'latin1').toString();
// The mail that asks: on a slow machine a follow-up may be there before it.
const mailed = (from) => until(`a survey's mail to ${from}`, () => sink.to(from).find((m) =>
  header(m, 'List-Unsubscribe')?.includes('/survey/')));

test('a case that is done is asked about, by mail, with a scale to tap', async () => {
  const c = await opened();
  await sup.ask('TICKET.REPLY', c.ticket, 'Dạ xong rồi ạ', 'RESOLVE', 'yes');
  await until('the answer has gone out', () => sink.to(c.from).length >= 1);
  const m = await until('the question', () =>
    sink.to(c.from).find((x) => header(x, 'List-Unsubscribe')));
  const text = words(m);
  const [link] = text.match(/https:\/\/desk\.example\/survey\/[\w-]{32}/);
  for (const n of [1, 2, 3, 4, 5]) assert.ok(text.includes(`href="${link}?score=${n}"`), `score ${n}`);
  assert.match(text, /Dạ, anh\/chị thấy Shop Example hỗ trợ thế nào ạ\?/);
  assert.equal(header(m, 'List-Unsubscribe'), `<${link}/leave>`);
  assert.equal(header(m, 'List-Unsubscribe-Post'), 'List-Unsubscribe=One-Click');
  assert.equal(header(m, 'Auto-Submitted'), 'auto-generated');
  // What comes back of it finds its way.
  assert.match(m.from, /\+b\d+\.[a-z2-7]{20}@shop\.example$/);
  const [s] = await asked(c.ticket);
  assert.equal(`${s.survey} ${s.state} ${s.via} ${s.address}`, `${after_case} sent mail ${c.from}`);
  // Who answers it by mail is in the same case.
  await deliver(mail({ from: c.from, to, text: 'Cảm ơn shop',
    headers: [`In-Reply-To: ${header(m, 'Message-ID')}`] }));
  const [row] = await sql(
    `SELECT count(*)::int AS n FROM desk.event WHERE ticket = :'v1'::bigint AND direction = 'in'`,
    c.ticket);
  assert.equal(row.n, 2);
  // He was asked: the next end of a case of his asks nothing more.
  await sup.ask('TICKET.RESOLVE', c.ticket);
  const both = await until('it was decided upon', async () => {
    const all = await asked(c.ticket);
    return all.length === 2 && all[0].state !== 'waiting' && all;
  });
  assert.equal(`${both[0].state} ${both[0].why}`, 'withdrawn quiet');
});

test('an order that came is asked about once, however often it is told', async () => {
  const from = person();
  const order = unique('DH').toUpperCase();
  const tell = (id) => using(service, (wire) => wire.ask('EVENT.ADD', event({
    channel: 'order', id, to, text: undefined, from: { kind: 'email', address: from },
    order: { no: order, status: 'delivered', delivered_at: new Date().toISOString() } })));
  const id = unique('o-');
  await tell(id);
  await tell(id);
  await tell(unique('o-'));
  const rows = await sql(
    `SELECT i.state, q.name AS queue FROM desk.invitation i JOIN desk.queue q ON q.id = i.queue
     JOIN desk.survey s ON s.id = i.survey
     WHERE i.order_no = :'v1' AND s.name = :'v2'`, order, after_order);
  assert.deepEqual(rows.map((r) => r.queue), [queue]);
  const m = await mailed(from);
  assert.ok(words(m).includes(`Đơn ${order}, giao ngày `));
  assert.equal(words(m).match(/\?score=(\d+)"/g).length, 11);
});

test('in a chat that goes on the question is a message', async () => {
  const visitor = await visit();
  const page = await visitor.page();
  const { json } = await visitor.say('cho mình hỏi chút');
  const [{ ticket }] = await sql(
    `SELECT ticket::int FROM desk.conversation WHERE id = :'v1'::uuid`, visitor.conversation);
  assert.ok(ticket, JSON.stringify(json));
  await sup.ask('SURVEY.SEND', by_hand, 'TICKET', ticket);
  const [s] = await asked(ticket);
  assert.equal(`${s.state} ${s.via}`, 'sent chat');
  const said = (await visitor.read()).messages.find((m) => m.text.includes('/survey/'));
  assert.match(said.text, /Anh\/chị nghĩ gì ạ\?\nhttps:\/\/desk\.example\/survey\//);
  // Its link is his alone: nobody else is told, by whichever way he looks.
  const [, token] = /\/survey\/([\w-]{32})$/.exec(said.text);
  const live = await page.until((e) => e.event === 'message' && e.json.survey);
  const seen = JSON.stringify([live.json, await boss.ask('FEED.READ', '0', 'LAST', 300),
    await boss.ask('TICKET.GET', ticket)]);
  assert.equal(seen.split('Anh/chị nghĩ gì ạ?').length > 3, true, 'each tells of the question');
  assert.doesNotMatch(seen, new RegExp(`${token}|/survey/`));
  const answered = await fetch(`${desk.http}/survey/v1/answer`, { method: 'POST',
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify({ token, answers: { loi: 'tốt' }, once: randomUUID() }) });
  assert.equal(answered.status, 200, await answered.text());
  assert.equal((await asked(ticket))[0].state, 'answered');
});

test('by hand it is said whom, why not, and once', async () => {
  const c = await opened();
  const [{ customer }] = await sql(
    `SELECT customer::int FROM desk.ticket WHERE id = :'v1'::bigint`, c.ticket);
  const dry = await sup.ask('SURVEY.SEND', by_hand, 'CUSTOMERS', `${customer}`, 'DRY', 'yes');
  assert.equal(`${dry.asked[0].state} ${dry.asked[0].address}`, `sent ${c.from}`);
  assert.equal((await asked(c.ticket)).length, 0);
  const once = unique('o-');
  const ask = () => sup.ask('SURVEY.SEND', by_hand, 'TICKET', c.ticket, 'ONCE', once);
  const [a, b] = await Promise.all([ask(), ask()]);
  assert.equal(a.asked[0].invitation, b.asked[0].invitation);
  await mailed(c.from);
  await assert.rejects(sup.ask('SURVEY.SEND', 'no-such', 'TICKET', c.ticket), /NOTFOUND/);
  const link = await sup.ask('SURVEY.LINK', by_hand, c.ticket);
  assert.match(link.url, /^https:\/\/desk\.example\/survey\/[\w-]{32}$/);
  await sup.ask('CUSTOMER.SURVEYS', customer, 'OFF', 'yes');
  await assert.rejects(ask().then(() => sup.ask('SURVEY.SEND', by_hand, 'TICKET', c.ticket)),
    /wants no surveys/);
  assert.equal(sink.to(c.from).length, 1);
  const shown = await deskctl(['-j', 'survey', 'get', by_hand]);
  assert.equal(shown.status, 0, shown.stderr);
  assert.ok(JSON.parse(shown.stdout).counts.asked >= 2);
});

test('our own people are asked by letter, once, and answer without a name', async () => {
  const ask = ['-j', 'survey', 'send', of_staff, '--staff', 'binh,an', '--once', unique('o-')];
  const shown = [];
  for (const n of [1, 2]) {
    const r = await deskctl(ask);
    assert.equal(r.status, 0, `time ${n}: ${r.stderr}`);
    shown.push(JSON.parse(r.stdout).asked.map((a) => `${a.staff} ${a.state}`).join());
  }
  assert.deepEqual(shown, ['an sent,binh sent', 'an sent,binh sent']);
  const m = await mailed(colleague);
  assert.match(m.from, /\+b\d+\./, 'what comes back of it is heard');
  assert.equal(header(m, 'Reply-To'), undefined);
  assert.match(header(m, 'List-Unsubscribe'), /^<https:\/\/desk\.example\/survey\/[\w-]{32}\/leave>$/);
  const [link, path] = words(m).match(/https:\/\/desk\.example(\/survey\/[\w-]{32})/);
  for (let n = 0; n <= 10; n++) assert.ok(words(m).includes(`href="${link}?score=${n}"`), `${n}`);
  const seen = await (await fetch(`${desk.http}${path}?score=9`)).text();
  assert.match(seen, /là nơi làm việc/);
  const post = () => fetch(`${desk.http}${path}`, { method: 'POST', redirect: 'manual',
    body: new URLSearchParams({ once: randomUUID(), 'n.diem': 4 }) });
  assert.equal((await post()).status, 303);
  assert.equal((await post()).status, 404, 'once');
  const { invitations } = await sup.ask('SURVEY.GET', of_staff);
  assert.deepEqual(invitations.map((i) => [i.staff, i.state, i.score]).sort(),
    [['an', 'answered', undefined], ['binh', 'sent', undefined]]);
  const { total } = await sup.ask('CX.SCORES', 'nps', 'survey', of_staff);
  assert.deepEqual([total.n, total.rate.answered], [0, 1], 'what one said is not told');
  assert.equal(sink.to(colleague).length, 1);
  // The way out is his own, and he can come back.
  const left = await fetch(`${desk.http}${path}/leave`, { method: 'POST',
    body: 'List-Unsubscribe=One-Click',
    headers: { 'Content-Type': 'application/x-www-form-urlencoded' } });
  assert.equal(left.status, 200);
  const an = await login('an');
  try {
    assert.deepEqual(await an.ask('SURVEY.MINE'), { off: true });
    assert.deepEqual(await an.ask('SURVEY.MINE', 'OFF', 'no'), { off: false });
    await assert.rejects(an.ask('SURVEY.SEND', of_staff, 'STAFF', 'all'), /DENIED/);
  } finally {
    an.end();
  }
});

// What a mail system says that could not deliver it; a mail without the last
// two lines is somebody's who is away.
const robot = (to_address, status) => Buffer.from([
  'From: MAILER-DAEMON <mailer-daemon@mx.example.com>', `To: <${to_address}>`,
  'Subject: Undelivered Mail', `Message-ID: <${unique()}@mx.example.com>`,
  'Auto-Submitted: auto-replied', 'MIME-Version: 1.0',
  ...(status ? ['Content-Type: multipart/report; report-type=delivery-status; boundary=b', '',
    '--b', 'Content-Type: text/plain', '', 'It could not be delivered.',
    '--b', 'Content-Type: message/delivery-status', '', 'Reporting-MTA: dns; mx.example.com', '',
    'Final-Recipient: rfc822; x@elsewhere.example', 'Action: failed', `Status: ${status}`, '', '--b--']
    : ['', 'Em nghi phep.']), ''].join('\r\n'));
const come_back = async (to_address, status) => {
  const [reply] = await deliver({ from: '', bytes: robot(to_address, status) }, [to_address]);
  assert.equal(reply.code, 250, reply.text);
};
// The newest case that somebody wrote to: what is made by the clock (a follow-up's
// case) comes when it comes.
const newest = async () => (await sql(
  `SELECT max(ticket) AS id FROM desk.event WHERE direction = 'in' AND channel = 'mail'`))[0].id;

test('a mail that comes back ends its survey, and no more goes there until that is put right', async () => {
  const c = await opened();
  const send = () => sup.ask('SURVEY.SEND', by_hand, 'TICKET', c.ticket);
  assert.equal((await send()).asked[0].state, 'sent');
  const m = await mailed(c.from);
  // Somebody who has one such address makes no other of it.
  await come_back(m.from.replace(/\+b\d+/, '+b1'), '5.1.1');
  assert.equal((await asked(c.ticket))[0].state, 'sent');
  const first = await newest();
  await come_back(m.from, null);
  await come_back(m.from, '5.1.1');
  await come_back(m.from, '5.1.1');
  assert.equal(await newest(), first, 'all of it is of his case');
  const [s] = await asked(c.ticket);
  assert.equal(`${s.state} ${s.why}`, 'undeliverable bounced');
  const { counts } = await sup.ask('SURVEY.GET', by_hand);
  assert.equal(counts.undeliverable, 1);
  await assert.rejects(send(), /no address to ask/);
  const { addresses } = await sup.ask('ADDRESS.RETURNED');
  assert.ok(addresses.some((a) => a.address === c.from && a.status === '5.1.1'));
  const shown = await deskctl(['address', 'retry', c.from]);
  assert.equal(shown.status, 0, shown.stderr);
  assert.equal((await send()).asked[0].state, 'sent');
  // The relay's own refusal is the same.
  await until('it went out', () => sink.to(c.from).length === 2);
  const other = await opened();
  sink.behave = (rcpt) => rcpt === other.from ? { at: 'rcpt', say: '550 5.1.1 User unknown' } : {};
  try {
    assert.equal((await sup.ask('SURVEY.SEND', by_hand, 'TICKET', other.ticket)).asked[0].state, 'sent');
    await until('it was refused', async () => (await asked(other.ticket))[0].state === 'undeliverable');
  } finally {
    sink.behave = () => ({});
  }
  const { contacts } = await sup.ask('CUSTOMER.GET', (await sup.ask('TICKET.GET', other.ticket)).ticket.customer);
  assert.equal(contacts[0].returned.status, '5.1.1');
});

test('the configuration comes back as it was given', async () => {
  const { config } = await boss.ask('CONFIG.SHOW');
  const text = await boss.ask('CONFIG.TEXT');
  const { config: again } = await boss.ask('CONFIG.PARSE', text.text ?? text);
  assert.deepEqual(again.surveys, config.surveys);
  assert.deepEqual(again.followups, config.followups);
});

test('each is asked once, whoever dies', async () => {
  const people = [];
  for (let n = 0; n < 40; n++) people.push(await opened());
  // (It sends no mail itself: one that it had in hand would be kept two minutes.)
  const second = await startSecond({ failpoint: 'survey sent' });
  let dead = false;
  second.ended.then(() => (dead = true));
  try {
    // Until the other daemon had its part of them, after which it dies.
    for (const c of people) {
      await sup.ask('TICKET.RESOLVE', c.ticket);
      if (!dead)
        await until('it was asked', async () => (await asked(c.ticket))[0]?.state === 'sent');
    }
    assert.ok(dead, 'the other daemon had its part');
  } finally {
    await second.kill();
  }
  await until('all are asked', () => people.every((c) => sink.to(c.from).length >= 1));
  const [row] = await sql(
    `SELECT count(*)::int AS n, count(DISTINCT m.invitation)::int AS invited
     FROM desk.invitation i JOIN desk.invitation_message m ON m.invitation = i.id
     JOIN desk.survey s ON s.id = i.survey
     WHERE s.name = :'v2' AND i.ticket = ANY (:'v1'::bigint[])`,
    `{${people.map((c) => c.ticket)}}`, after_case);
  assert.deepEqual(row, { n: 40, invited: 40 });
  for (const c of people) assert.equal(sink.to(c.from).length, 1, c.from);
});

// An order that came just now; the shop tells it twice.
const delivered = async (from) => {
  const order = { no: unique('DH').toUpperCase(), status: 'delivered',
    delivered_at: new Date().toISOString() };
  for (const n of [1, 2])
    await using(service, (wire) => wire.ask('EVENT.ADD', event({ channel: 'order', to,
      id: unique(`o${n}-`), text: undefined, from: { kind: 'email', address: from }, order })));
};
const followed = (from) =>
  sink.to(from).filter((m) => header(m, 'List-Unsubscribe')?.includes('/followup/'));

test('who got an order hears of us later, once, can answer, and can end it', async () => {
  const from = person();
  await delivered(from);
  const m = await until('the follow-up', () => followed(from)[0]);
  assert.match(words(m), /Dạ Shop Example hỏi thăm anh\/chị ạ\./);
  assert.equal(header(m, 'Subject') !== undefined && header(m, 'Auto-Submitted'), 'auto-generated');
  assert.equal(header(m, 'List-Unsubscribe-Post'), 'List-Unsubscribe=One-Click');
  // Its answer opens the case that was made for it.
  await deliver(mail({ from, to, text: 'Dùng tốt lắm shop',
    headers: [`In-Reply-To: ${header(m, 'Message-ID')}`] }));
  const [row] = await sql(
    `SELECT t.state, s.state AS is, t.reopens, (SELECT count(*)::int FROM desk.ticket k
       WHERE k.customer = t.customer AND k.kind = 'case') AS cases
     FROM desk.followup_sent s JOIN desk.ticket t ON t.id = s.ticket
     JOIN desk.followup f ON f.id = s.followup
     JOIN desk.contact c ON c.customer = s.customer
     WHERE f.name = :'v1' AND c.address = :'v2'`, follow, from);
  assert.deepEqual(row, { state: 'open', is: 'answered', reopens: 1, cases: 1 });

  // RFC 8058: one POST to the way out.  A look at it ends nothing.
  const [, path] = header(m, 'List-Unsubscribe').match(/^<https:\/\/desk\.example(.*)>$/);
  const off = () => sql(
    `SELECT u.no_followups_by AS by, u.no_surveys_by AS surveys FROM desk.customer u
     JOIN desk.contact c ON c.customer = u.id WHERE c.address = :'v1'`, from);
  const looked = await fetch(desk.http + path);
  assert.match(await looked.text(), /<form method="post"><button/);
  assert.deepEqual(await off(), [{ by: null, surveys: null }]);
  for (const n of [1, 2]) {
    const left = await fetch(desk.http + path, { method: 'POST', body: 'List-Unsubscribe=One-Click',
      headers: { 'Content-Type': 'application/x-www-form-urlencoded' } });
    assert.equal(left.status, 200, `time ${n}`);
  }
  assert.deepEqual(await off(), [{ by: 'customer', surveys: null }]);
  const wrong = await fetch(`${desk.http}/followup/${unique('x')}/leave`, { method: 'POST', body: '' });
  assert.equal(wrong.status, 404);
  const shown = await deskctl(['-j', 'followup', 'list']);
  assert.equal(shown.status, 0, shown.stderr);
  const line = JSON.parse(shown.stdout).followups.find((f) => f.followup === follow);
  // One answer, of as many as went out here.
  assert.deepEqual(line.answered.n, line.sent);
  assert.equal(line.answered.share, Math.round(1000 / line.sent) / 10);
  assert.match((await deskctl(['followup', 'list'])).stdout,
    /^title\twaiting\tsent\tundeliverable\tanswered\tcame\theld\t/m);
});

test('each is written to once, whoever dies', async () => {
  const second = await startSecond({ failpoint: 'followup sent' });
  const people = [];
  let dead = false;
  second.ended.then(() => (dead = true));
  try {
    // Until the other daemon had its part of them, after which it dies.
    while (!dead && people.length < 60) {
      const from = person();
      people.push(from);
      await delivered(from);
      await until('it was seen to', async () => dead || (await sql(
        `SELECT FROM desk.followup_sent s JOIN desk.contact c ON c.customer = s.customer
         WHERE c.address = :'v1' AND s.state = 'sent'`, from)).length);
    }
    assert.ok(dead, 'the other daemon had its part');
  } finally {
    await second.kill();
  }
  await until('all are written to', () => people.every((p) => followed(p).length >= 1));
  const [row] = await sql(
    `SELECT count(*)::int AS n, count(DISTINCT o.event)::int AS mails,
       count(DISTINCT s.ticket)::int AS cases
     FROM desk.followup_sent s JOIN desk.contact c ON c.customer = s.customer
     JOIN desk.outbound o ON o.ticket = s.ticket
     WHERE c.address = ANY (:'v1'::text[])`, `{${people}}`);
  assert.deepEqual(row, { n: people.length, mails: people.length, cases: people.length });
  for (const p of people) assert.equal(followed(p).length, 1, p);
});

test('deskctl imports answers of another survey once, and names bad rows', async () => {
  const file = join(desk.var, `${by_hand}.csv`);
  const id = unique('r-');
  await writeFile(file, 'Mã;Anh/chị nghĩ gì ạ?;Tuổi\n' +
    `${id};"giao nhanh;\ncảm ơn";30\n${id}b;;30\n${id}c;tốt\n${id}d;tốt;31\n`);
  const ask = ['import', 'answers', file, '--survey', by_hand];
  const none = await deskctl(ask);
  assert.match(none.stdout, /^0 added, 0 known before, 4 bad/);
  assert.match(none.stderr, /line 2: The survey has no question "Tuổi"/);
  const first = await deskctl([...ask, '--skip', 'Tuổi']);
  assert.match(first.stdout, /^2 added, 0 known before, 2 bad/);
  assert.match(first.stderr, /line 4: .*wants an answer/);
  assert.match(first.stderr, /line 5: It has not as many fields/);
  assert.equal(first.status, 1);
  await writeFile(file, JSON.stringify([
    { id: `${id}d`, loi: 'tốt' }, { id: `${id}e`, loi: 'vâng', at: '21/11/2020' }], null, 1));
  const again = await deskctl([...ask]);
  assert.match(again.stdout, /^1 added, 1 known before, 0 bad/);
  assert.equal(again.status, 0);
  assert.deepEqual(await sql(`SELECT r.words, r.via FROM desk.response r
    JOIN desk.invitation i ON i.id = r.invitation
    WHERE i.occasion LIKE 'import:' || :'v1' || '%' ORDER BY i.id`, id),
  [['giao nhanh;\ncảm ơn', 'import'], ['tốt', 'import'], ['vâng', 'import']]
    .map(([words, via]) => ({ words, via })));
  assert.equal((await deskctl(['import', 'answers', file])).status, 2);
});

test('a report is mailed to its reader, as HTML, text and CSV, once', async () => {
  const ask = ['CX.MAIL', weekly, 'once', unique()];
  const first = await sup.ask(...ask);
  assert.equal(`${first.address} ${first.new}`, `${reader} true`);
  assert.equal((await sup.ask(...ask)).new, false);
  const m = await until('the report', () => sink.to(reader)[0]);
  assert.match(m.from, /\+b\d+\./, 'what comes back of it is heard');
  assert.equal(header(m, 'Auto-Submitted'), 'auto-generated');
  assert.equal(header(m, 'Reply-To'), undefined);
  assert.match(words(m), /<html lang="vi">[^]*>Khách đánh giá<\/p>/);
  assert.match(m.text, new RegExp(`name="?${weekly}-${first.from}\\.csv`));
  const { reports: [r] } = await until('it is told', async () => {
    const all = await sup.ask('CX.MAILED');
    return all.reports.length === 1 && all;
  });
  assert.deepEqual([r.report, r.readers], [weekly, [reader, `x${reader}`].sort()]);
  assert.equal(sink.to(reader).length, 1);
  // On paper to read, in whatever language.
  const paper = await sup.ask('CX.REPORT', 'lang', 'en');
  assert.equal(paper.sections[1].title, 'What customers say');
});

test('what machines say of a letter to one of us opens no case, what a person does is heard', async () => {
  const [m] = sink.to(reader);
  const first = await newest();
  await come_back(m.from, null);
  await come_back(m.from, '4.4.1');
  assert.equal(await newest(), first);
  const { addresses } = await sup.ask('ADDRESS.RETURNED');
  assert.ok(!addresses.some((a) => a.address === reader), 'he may be back soon');
  await deliver(mail({ from: person(), to: m.from, text: 'Sao số tuần này lạ vậy?' }));
  assert.notEqual(await newest(), first);
});
