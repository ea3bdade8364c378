// A chat as it goes on: typing, seen, several pages, the line, who leaves and
// comes back (also to another daemon), the end, and what goes on by mail.
import assert from 'node:assert/strict';
import { createHmac } from 'node:crypto';
import { readFile, writeFile } from 'node:fs/promises';
import { after, before, test } from 'node:test';
import { admin, apply, desk, deskctl, login, metric, service, sql, unique, until, using, uuid } from './lib/desk.mjs';
import { startSecond } from './lib/second.mjs';
import { visit, withWidget } from './lib/visitor.mjs';
import { Session, Stream, post, stranger } from './lib/web.mjs';

const secret = unique('shop-');
let second;
let restore;

// gone after a second, with a secret that signs.
before(async () => {
  const conf = await readFile(`${desk.var}/deskd.conf`, 'utf8');
  const dir = /^state_dir = "(.*)"$/m.exec(conf)[1];
  await writeFile(`${dir}/widget.test`, `${secret}\n`);
  second = await startSecond();
  let release;
  const held = new Promise((done) => {
    release = done;
  });
  let begun;
  const ready = new Promise((done) => {
    begun = done;
  });
  const over = withWidget(
    admin,
    apply,
    { gone: 1, secret_file: 'widget.test' },
    async () => {
      begun();
      await held;
    },
    [desk.metrics, second.metrics],
  );
  restore = async () => {
    release();
    await over;
  };
  await Promise.race([ready, over]);
});

after(async () => {
  await restore?.();
  await second?.stop();
});

const ask = (...words) => using(service, (wire) => wire.ask(...words));
const reply = (ticket, text, ...more) => ask('TICKET.REPLY', ticket, text, ...more);

// The supervisor's stream: all notices.
async function desks(base = desk.http) {
  const session = await Session.begin('sup', desk.password, base);
  const live = await Stream.open('/api/v1/feed/live', {
    base,
    headers: { Cookie: session.cookie.split(';', 1)[0] },
  });
  await live.until((e) => e.event === 'ready');
  return live;
}
const about = (v, kind) => (e) => e.event === kind && e.json.conversation === v.conversation;

test('every page of a visitor hears everything, also what he wrote himself', async () => {
  const v = await visit();
  const pages = await Promise.all([v.page(), v.at(second.http).page()]);
  try {
    const id = uuid();
    const said = await v.say('xin chào', { id });
    assert.equal(said.status, 201);
    for (const page of pages) {
      const e = await page.until((x) => x.event === 'message');
      assert.deepEqual(e.json, {
        id: said.json.event,
        from: 'visitor',
        text: 'xin chào',
        message: id,
      });
    }
    assert.equal((await v.read()).messages[0].message, id);
  } finally {
    pages.forEach((p) => p.end());
  }
});

test('typing is told both ways, at once, and kept nowhere', async () => {
  const v = await visit();
  const [feed, page] = await Promise.all([desks(), v.at(second.http).page()]);
  try {
    assert.equal((await v.post('/typing')).json.told, false, 'nobody to tell yet');
    await v.say('em hỏi chút');
    const ticket = await v.ticket();
    await until('the ticket is in Redis', async () => (await v.post('/typing')).json.told);
    const his = await feed.until(about(v, 'typing'));
    assert.equal(his.json.from, 'visitor');
    assert.equal(his.json.ticket, ticket);
    assert.equal(his.id, undefined, 'nothing resumes from it');
    await using(() => login('sup'), (wire) => wire.ask('TICKET.TYPING', ticket));
    const ours = await page.until((e) => e.event === 'typing');
    assert.deepEqual(ours.json, { from: 'agent', name: 'Sương Võ' });
    assert.equal(ours.id, undefined);
    // Typing on and on is told once in a while: far fewer than it is said.
    const before = feed.events.filter(about(v, 'typing')).length;
    for (let i = 0; i < 20; i++) assert.equal((await v.post('/typing')).status, 200);
    await v.say('đây');
    await feed.until((e) => e.json.text === 'đây');
    assert.ok(feed.events.filter(about(v, 'typing')).length - before < 10);
    // Nothing of it in PostgreSQL, nothing in the feed.
    assert.ok(!(await sql(`SELECT kind FROM desk.event WHERE ticket = :'v1'::bigint`, ticket)).some((e) => e.kind === 'typing'));
    const { notices } = await ask('FEED.READ', '0', 'LAST', 1000);
    assert.ok(!notices.some((n) => n.kind === 'typing'));
  } finally {
    feed.end();
    page.end();
  }
});

test('an agent of another queue cannot type into a chat', async () => {
  const v = await visit();
  await v.say('bảo hành máy lọc nước bị rò rỉ', {});
  const ticket = await v.ticket();
  await until('the ticket is in Redis', async () => (await v.post('/typing')).json.told);
  const told = (who) => using(() => login(who), (wire) => wire.ask('TICKET.TYPING', ticket));
  assert.equal(Boolean((await told('an')).told), false);
  assert.equal(Boolean((await told('dung')).told), true);
});

test('what departments ask each other reaches no visitor', async () => {
  const v = await visit();
  await v.say('còn hàng không');
  const ticket = await v.ticket();
  const [page, { queues }] = await Promise.all([v.page(), ask('QUEUE.LIST')]);
  try {
    const { queue } = (await ask('TICKET.GET', ticket)).ticket;
    const { consult } = await ask('CONSULT.ASK', ticket, 'hỏi trong nhà', 'QUEUE',
      queues.find((q) => q.name !== queue).name);
    await ask('CONSULT.ANSWER', consult, 'đáp trong nhà');
    await reply(ticket, 'dạ còn');
    await page.until((e) => e.json?.text === 'dạ còn');
    assert.ok(!page.events.some((e) => JSON.stringify(e).includes('trong nhà')));
    assert.ok(!JSON.stringify(await v.read()).includes('trong nhà'));
  } finally {
    page.end();
  }
});

test('how far each side has seen is kept and told', async () => {
  const v = await visit();
  const first = (await v.say('một')).json.event;
  const ticket = await v.ticket();
  const [feed, page] = await Promise.all([desks(), v.page()]);
  try {
    await ask('TICKET.SEEN', ticket, first);
    const e = await page.until((x) => x.event === 'seen');
    assert.deepEqual(e.json, { from: 'agent', upto: first });
    const answer = (await reply(ticket, 'dạ')).event;
    assert.equal((await v.put('/seen', { event: answer })).status, 200);
    const n = await feed.until((x) => about(v, 'seen')(x) && x.json.from === 'visitor');
    assert.equal(n.json.upto, answer);
    // Again, older, or one's own: nothing new.
    for (const event of [answer, first, answer + 1000000]) {
      assert.equal((await v.put('/seen', { event })).status, 200);
    }
    await v.say('hai');
    await feed.until((x) => x.json.text === 'hai');
    assert.equal(
      feed.events.filter((x) => about(v, 'seen')(x) && x.json.from === 'visitor').length,
      1,
    );
    assert.deepEqual((await v.read()).seen, { visitor: answer, agent: first });
    const { chat } = (await ask('TICKET.GET', ticket)).ticket;
    assert.deepEqual(chat.seen, { visitor: answer, agent: first });
    const mail = await ask('EVENT.ADD', JSON.stringify({ channel: 'mail', id: unique(), from: { kind: 'email', address: `${unique()}@example.com` }, text: 'x' }));
    // Of a mail it is one's own mark only: nobody else is told.
    assert.equal((await ask('TICKET.SEEN', mail.ticket, mail.event)).seen, mail.event);
  } finally {
    feed.end();
    page.end();
  }
});

test('a visitor is told his place in line until it is his turn', async () => {
  const v = await visit();
  assert.equal(v.line.open, true);
  assert.ok(v.line.place >= 1);
  await v.say('cho hỏi giá sỉ');
  const ticket = await v.ticket();
  const page = await v.page();
  try {
    const e = await page.until((x) => x.event === 'line');
    assert.ok(e.json.place >= 1);
    assert.equal(e.id, undefined);
    const now = await v.get('/line');
    assert.ok(now.json.place >= 1);
    await ask('TICKET.TAKE', ticket, 'AGENT', 'sup');
    await page.until((x) => x.event === 'line' && x.json.place === 0);
    assert.equal((await v.get('/line')).json.place, 0);
  } finally {
    page.end();
  }
});

test('who leaves is told once he has stayed away, and who comes back', async () => {
  const v = await visit();
  await v.say('còn hàng không');
  const ticket = await v.ticket();
  const feed = await desks();
  try {
    // Two pages at two daemons: one closed is not gone.
    const one = await v.page();
    const other = await v.at(second.http).page();
    const w = await visit();
    await w.say('người khác');
    const lone = await w.at(second.http).page();
    one.end();
    lone.end();
    await feed.until(about(w, 'gone'));
    assert.ok(!feed.events.some(about(v, 'gone')));
    other.end();
    const gone = await feed.until(about(v, 'gone'));
    assert.equal(gone.json.ticket, ticket);
    // Nobody had answered: noted, with how long he waited.
    await feed.until(about(v, 'abandoned'));
    const [event] = await sql(
      `SELECT meta FROM desk.event WHERE ticket = :'v1'::bigint AND kind = 'abandoned'`,
      ticket,
    );
    assert.ok(event.meta.waited >= 0 && event.meta.waited < 120);
    assert.ok((await ask('TICKET.GET', ticket)).ticket.chat.gone_at);
    const again = await v.page();
    await feed.until(about(v, 'back'));
    assert.equal((await v.row()).gone_at, null);
    again.end();
  } finally {
    feed.end();
  }
});

test('a daemon that is killed takes nobody along: its visitors go on, or are noted', async () => {
  const third = await startSecond();
  await until('the widget is in force there', async () => (await metric('deskd_config_version', third.metrics)) >= (await metric('deskd_config_version')));
  const [stays, leaves] = [await visit(), await visit()];
  await stays.say('một');
  await leaves.say('tôi đi đây');
  const ticket = await stays.ticket();
  const feed = await desks();
  try {
    const page = await stays.at(third.http).page();
    const gone = await leaves.at(third.http).page();
    await reply(ticket, 'hai');
    const last = await page.until((e) => e.json.text === 'hai');
    await until('Redis knows who is where', async () => (await metric('deskd_visitors', third.metrics)) === 2);
    const killed = Date.now();
    await third.kill();
    await reply(ticket, 'ba');
    await reply(ticket, 'bốn');
    const back = await stays.page({ 'Last-Event-ID': last.id });
    const soon = Date.now() - killed < 6000; // (its lease is ten seconds)
    const texts = back.events.filter((e) => e.event === 'message').map((e) => e.json.text);
    assert.deepEqual(texts, ['ba', 'bốn']);
    assert.ok(!back.events.some((e) => e.event === 'reset'));
    await feed.until(about(leaves, 'gone'));
    if (soon) assert.ok(!feed.events.some(about(stays, 'gone')));
    back.end();
    gone.end();
  } finally {
    feed.end();
  }
});

test('Redis emptied: who is here is known again', async () => {
  const v = await visit();
  await v.say('alo');
  const page = await v.page();
  const feed = await desks();
  const { createConnection } = await import('node:net');
  const redis = new URL(desk.redis);
  await new Promise((done, fail) => {
    const s = createConnection({ host: redis.hostname, port: Number(redis.port) }, () => s.write('*1\r\n$8\r\nFLUSHALL\r\n'));
    s.once('data', (d) => (s.end(), /OK/.test(d) ? done() : fail(new Error(String(d)))));
    s.once('error', fail);
  });
  try {
    await feed.until((e) => e.event === 'rebuilt');
    await until('typing reaches the desk again', async () => (await v.post('/typing')).json.told);
    // Known again before he leaves: nobody hears of it else.
    page.end();
    await feed.until(about(v, 'gone'));
  } finally {
    feed.end();
  }
});

test('either side ends a chat; a message begins it again', async () => {
  const v = await visit();
  await v.say('cảm ơn');
  const ticket = await v.ticket();
  await reply(ticket, 'dạ không có gì');
  const [feed, page] = await Promise.all([desks(), v.page()]);
  try {
    assert.equal((await v.post('/end')).json.ended, true);
    await feed.until((e) => about(v, 'ended')(e) && e.json.by === 'visitor');
    assert.equal((await v.post('/end')).status, 200, 'twice is once');
    assert.equal((await v.read()).ended, true);
    await v.say('à quên');
    assert.equal((await v.read()).ended, false);
    assert.equal(await v.ticket(), ticket, 'in the same case');
    await using(() => login('sup'), (wire) => wire.ask('TICKET.END', ticket));
    await page.until((e) => e.event === 'ended' && e.json.by === 'agent');
    assert.equal((await sql(`SELECT id FROM desk.event WHERE ticket = :'v1'::bigint AND kind = 'ended'`, ticket)).length, 2);
  } finally {
    feed.end();
    page.end();
  }
});

test('outside office hours it says when somebody is there, and a message can be left', async () => {
  const { config } = await using(admin, (wire) => wire.ask('CONFIG.SHOW'));
  const name = unique('gio-');
  const day = ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat'][(new Date().getUTCDay() + 2) % 7];
  const hours = [...(config.hours ?? []), { name, week: [`${day} 10:00-11:00`] }];
  const queues = config.queues.map((q) => ({ ...q, hours: name }));
  const set = (c) => using(admin, (wire) => apply(wire, c, [desk.metrics, second.metrics]));
  const v = await visit();
  const line = (open) =>
    until(`open is ${open}`, async () => {
      const { json } = await v.get('/line');
      return json.open === open && json;
    });
  await set({ ...config, hours, queues });
  try {
    const closed = await line(false);
    assert.match(closed.opens, /^\d{4}-\d\d-\d\dT/);
    const opens = new Date(closed.opens);
    assert.ok(opens > new Date(), closed.opens);
    assert.equal(opens.getTime() % 86400000, 3 * 3600000, 'at ten in Vietnam');
    assert.equal(closed.wait, undefined);
    const again = await visit();
    assert.deepEqual([again.line.open, again.line.opens], [false, closed.opens]);
    const left = await v.post('/leave', { id: uuid(), text: 'gọi lại nhé', email: `${unique()}@example.com` });
    assert.equal(left.status, 201, left.text);
    const [ticket] = await sql(`SELECT due_at FROM desk.ticket WHERE id = :'v1'::bigint`, await v.ticket());
    assert.ok(new Date(ticket.due_at) > opens, 'owed in open time');
  } finally {
    await set(config);
  }
  assert.equal((await line(true)).opens, undefined);
});

// The row that stands for an answer on its way.
const outbound = async (event) =>
  (await sql(`SELECT channel, address, purpose FROM desk.outbound WHERE event = :'v1'::bigint`, event))[0];

test('an answer to a visitor who has gone goes by mail too', async () => {
  const email = `${unique('hoa')}@example.com`;
  const v = await visit({ email });
  await v.say('khi nào có hàng?');
  const ticket = await v.ticket();
  const feed = await desks();
  try {
    const page = await v.page();
    const here = await reply(ticket, 'để em xem');
    assert.equal((await outbound(here.event)).channel, 'chat');
    page.end();
    // What a daemon has cached of him is from before.
    await until('he is gone', async () => (await v.read()) && feed.events.some(about(v, 'gone')));
    assert.equal((await ask('TICKET.GET', ticket)).ticket.chat.by_mail, true);
    const away = await reply(ticket, 'có rồi ạ');
    assert.deepEqual(await outbound(away.event), { channel: 'mail', address: email, purpose: 'reply' });
    assert.ok((await v.read()).messages.some((m) => m.text === 'có rồi ạ'), 'and is there when he comes back');
    const back = await v.page();
    await feed.until(about(v, 'back'));
    const again = await reply(ticket, 'chào lại');
    assert.equal((await outbound(again.event)).channel, 'chat');
    back.end();
  } finally {
    feed.end();
  }
});

test('a message left is answered by mail', async () => {
  const v = await visit();
  const no = await v.post('/leave', { id: uuid(), text: 'gọi lại cho tôi' });
  assert.equal(no.status, 400);
  assert.equal(no.json.member, 'email');
  const email = `${unique('left')}@example.com`;
  const id = uuid();
  for (const status of [201, 200])
    assert.equal((await v.post('/leave', { id, text: 'gọi lại cho tôi', email })).status, status);
  const ticket = await v.ticket();
  const { units } = (await sql(`SELECT units FROM desk.ticket WHERE id = :'v1'::bigint`, ticket))[0];
  assert.equal(units, 5, 'it takes of an agent what a mail does');
  const answer = await reply(ticket, 'mai em gọi ạ');
  assert.deepEqual(await outbound(answer.event), { channel: 'mail', address: email, purpose: 'reply' });
});

test('a transcript goes to the visitor\'s own address, and is no use to others', async () => {
  const email = `${unique('tr')}@example.com`;
  const v = await visit();
  await v.say('xem http://evil.example/x và www.evil.example/y nhé');
  const refused = async (code) => {
    const no = await v.post('/transcript');
    assert.equal(no.json.code, code, JSON.stringify(no.json));
  };
  await refused('INVALID');
  await v.put('/visitor', { email });
  await refused('CONFLICT');
  await reply(await v.ticket(), 'dạ em xem https://shop.example/ok');
  for (let i = 0; i < 3; i++) assert.equal((await v.post('/transcript')).status, 200);
  await refused('TOOMANY');
  const rows = await sql(
    `SELECT e.text, o.address, o.channel FROM desk.event e JOIN desk.outbound o ON o.event = e.id
     WHERE e.ticket = :'v1'::bigint AND o.purpose = 'transcript'`,
    await v.ticket(),
  );
  assert.equal(rows.length, 3);
  assert.equal(rows[0].address, email);
  assert.doesNotMatch(rows[0].text, /evil/);
  assert.match(rows[0].text, /https:\/\/shop\.example\/ok/);
});

test('a transcript that was wanted at the end is sent then, once', async () => {
  const email = `${unique('end')}@example.com`;
  const v = await visit({ email });
  await v.say('alo');
  const ticket = await v.ticket();
  await reply(ticket, 'dạ');
  assert.equal((await v.post('/end', { transcript: true })).json.transcript, true);
  assert.equal((await v.post('/end', { transcript: true })).json.transcript, false);
  const rows = await sql(
    `SELECT 1 FROM desk.outbound WHERE ticket = :'v1'::bigint AND purpose = 'transcript'`,
    ticket,
  );
  assert.equal(rows.length, 1);
});

const sign = (...parts) => createHmac('sha256', secret).update(parts.join('\n')).digest('hex');

test('the shop\'s server proves who a visitor is', async () => {
  const user = unique('u');
  const email = `${unique('khach')}@example.com`;
  const one = await visit({ user, signature: sign(user) });
  await one.say('tôi');
  // From another machine, with details that are signed as well.
  const other = await visit({ user, name: 'Lan', email, signature: sign(user, 'Lan', email, '') });
  await other.say('cũng là tôi');
  const flags = await sql(
    `SELECT c.kind, c.flags FROM desk.contact c
     JOIN desk.contact u ON u.customer = c.customer AND u.kind = 'user' AND u.address = :'v1'
     ORDER BY c.kind`,
    user,
  );
  assert.deepEqual(flags, [
    { kind: 'chat', flags: [] },
    { kind: 'chat', flags: [] },
    { kind: 'email', flags: [] },
    { kind: 'user', flags: [] },
  ]);
  assert.equal((await ask('TICKET.GET', await other.ticket())).ticket.chat.user, user);
  // The id is proved, the address beside it is his word alone.
  const typed = `${unique('typed')}@example.com`;
  await visit({ user, email: typed, signature: sign(user) });
  const [contact] = await sql(`SELECT flags FROM desk.contact WHERE address = :'v1'`, typed);
  assert.deepEqual(contact.flags, ['claimed']);
});

test('a wrong signature is refused, of whatever it is wrong', async () => {
  const user = unique('u');
  const email = `${unique()}@example.com`;
  const wrong = [
    { user, signature: sign(`${user}x`) },
    { user },
    { signature: sign(user) },
    { user, signature: 'zz' },
    { user, signature: sign(user).slice(0, 62) },
    // What was signed for one address is not for another.
    { user, email: `x${email}`, signature: sign(user, '', email, '') },
    { user, name: `A\n${email}`, email, signature: sign(user, 'A', email, email, '') },
  ];
  for (const body of wrong) {
    const no = await post('/chat/v1/conversations', body, { from: stranger() });
    assert.equal(no.status, 403, JSON.stringify(body));
    assert.equal(no.json.member, 'signature');
  }
  const v = await visit();
  assert.equal((await v.put('/visitor', wrong[0])).status, 403);
});

test('who proves himself later takes back what he wrote as somebody else', async () => {
  const known = `${unique('ai')}@example.com`;
  await ask('EVENT.ADD', JSON.stringify({ channel: 'mail', id: unique(), from: { kind: 'email', address: known }, text: 'x' }));
  const v = await visit({ email: known });
  await v.say('tôi là người khác');
  const owner = async (address) =>
    (await sql(`SELECT customer FROM desk.contact WHERE address = :'v1'`, address))[0].customer;
  assert.equal(await owner(v.conversation), await owner(known));
  const user = unique('u');
  assert.equal((await v.put('/visitor', { user, signature: sign(user) })).status, 200);
  assert.equal(await owner(v.conversation), await owner(user));
  assert.notEqual(await owner(user), await owner(known));
  const { customer } = (await ask('TICKET.GET', await v.ticket())).ticket;
  assert.equal(customer, await owner(user));
  assert.equal((await v.read()).messages.length, 1);
});

test('a shop may talk to those only whom it knows', async () => {
  await withWidget(admin, apply, { require_identity: true }, async () => {
    const no = await post('/chat/v1/conversations', {}, { from: stranger() });
    assert.equal(no.status, 403);
    assert.equal(no.json.member, 'user');
    const user = unique('u');
    await visit({ user, signature: sign(user) });
  });
});

test('deskctl shows what would change of the widget', async () => {
  const file = `${desk.var}/widget-${unique()}.conf`;
  const conf = await readFile(new URL('../../conf/desk.conf', import.meta.url), 'utf8');
  await writeFile(file, conf.replace('gone = "1m"', 'gone = "3m"'));
  const { stdout, status } = await deskctl(['apply', '-n', file]);
  assert.equal(status, 0);
  assert.match(stdout, /widget/);
  assert.match(stdout, /180/);
});
