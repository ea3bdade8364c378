// What agents do with a case at the same time, at two daemons: lists and
// counts, drafts and the lease on an answer, who looks, sleep and waking.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import {
  admin,
  apply,
  change,
  desk,
  event,
  login,
  service,
  sql,
  unique,
  until,
} from './lib/desk.mjs';
import { openRedis } from './lib/lines.mjs';
import { startSecond } from './lib/second.mjs';
import { Session, Stream } from './lib/web.mjs';

const queue = unique('q');
const staff = unique('q');
const password = unique('secret-');
const names = { an: unique('a'), binh: unique('b') };
let boss;
let config;
let second;
let desks;
let an; // at the first daemon
let binh; // at the second, who alone serves the closed queue
let shop;

const add = (to = queue, more = {}) =>
  shop.ask('EVENT.ADD', event({ to: `${to}@shop.example`, ...more }));
const get = (wire, ticket, ...more) => wire.ask('TICKET.GET', ticket, ...more);
const ids = ({ tickets }) => tickets.map((t) => t.ticket);
const row = async (wire, ticket) =>
  (await wire.ask('TICKET.LIST', 'TICKETS', String(ticket))).tickets[0];

before(async () => {
  boss = await admin();
  second = await startSecond();
  desks = [desk.metrics, second.metrics];
  ({ config } = await boss.ask('CONFIG.SHOW'));
  const agent = (name, display, queues) => ({
    name,
    display,
    role: 'agent',
    capacity: 100,
    queues,
    skills: [],
  });
  const line = (name) => ({ name, title: name, first: 3600, next: 3600, offer: 300 });
  await apply(
    boss,
    {
      ...config,
      queues: [...config.queues, line(queue), { ...line(staff), members_only: true }],
      served: [
        ...config.served,
        ...[queue, staff].map((q) => ({ kind: 'email', address: `${q}@shop.example`, queue: q })),
      ],
      agents: [
        ...config.agents,
        agent(names.an, 'An', [queue]),
        agent(names.binh, 'Bình', [queue, staff]),
      ],
    },
    desks,
  );
  for (const name of Object.values(names)) await boss.ask('USER.PASSWORD', name, password);
  shop = await service();
  an = await login(names.an, password);
  binh = await second.login(names.binh, password);
  for (const wire of [an, binh]) await wire.ask('FEED.SUBSCRIBE');
});
after(async () => {
  for (const q of [queue, staff])
    for (;;) {
      const { tickets } = await boss.ask('TICKET.LIST', 'QUEUE', q, 'LIMIT', 200);
      if (tickets.length === 0) break;
      for (const t of tickets) await boss.ask('TICKET.RESOLVE', t.ticket);
    }
  if (config) await apply(boss, config, desks);
  for (const w of [an, binh, shop, boss]) w?.end();
  await second?.stop();
});

describe('a list', () => {
  test('has its rows by view, by place and by name, and counts them', async () => {
    const made = [];
    for (let i = 0; i < 5; i++) made.push((await add()).ticket);
    const hidden = (await add(staff)).ticket;
    await an.ask('TICKET.TAKE', made[0]);
    assert.deepEqual(ids(await an.ask('TICKET.LIST', 'VIEW', 'mine')), [made[0]]);
    const open = await an.ask('TICKET.LIST', 'VIEW', 'unassigned', 'QUEUE', queue, 'OFFSET', 2);
    assert.equal(open.total, 4);
    assert.deepEqual(ids(open), made.slice(3));
    assert.deepEqual(
      ids(await an.ask('TICKET.LIST', 'TICKETS', [...made, hidden].reverse().join(','))),
      [...made].reverse(),
      'not what is hidden',
    );
    assert.deepEqual(ids(await binh.ask('TICKET.LIST', 'TICKETS', String(hidden))), [hidden]);
    await until('the counts follow', async () => {
      const { views, queues } = await an.ask('TICKET.COUNTS');
      return views.mine === 1 && queues[queue].waiting === 4 && queues[queue].active === 5;
    });
    assert.equal((await an.ask('TICKET.COUNTS')).queues[staff], undefined);
    assert.equal((await binh.ask('TICKET.COUNTS')).queues[staff].waiting, 1);
  });

  test('counts what is unread, until it was seen', async () => {
    const id = unique('m');
    const from = { kind: 'email', address: `${unique()}@example.com` };
    const { ticket } = await add(queue, { id, from });
    await add(queue, { from, thread: [id] });
    assert.equal((await row(an, ticket)).unread, 2);
    const { events } = await get(an, ticket, 'BEFORE', 0);
    await an.ask('TICKET.LOOK', ticket, 'looking', 'UPTO', events.at(-1).event);
    assert.equal((await row(an, ticket)).unread, undefined);
    assert.equal((await row(binh, ticket)).unread, 2, 'another has not');
    assert.equal((await get(an, ticket)).unread_after, events.at(-1).event);
  });
});

describe('an answer', () => {
  test('is one agent’s while he writes it, and is refused where it crosses', async () => {
    const { ticket, event: asked } = await add();
    const draft = await an.ask(
      ...['DRAFT.SET', ticket, 'reply', 'TEXT', 'Dạ em', 'UPTO', asked, 'SEQ', 1],
    );
    assert.equal(draft.writing.agent, names.an);
    assert.equal((await row(binh, ticket)).writing.display, 'An');
    const locked = await binh.refused('TICKET.REPLY', ticket, 'Chào chị', 'UPTO', asked);
    assert.equal(locked.code, 'CONFLICT');
    assert.match(locked.words ?? locked.message, /An writes/);
    const sent = await an.ask('TICKET.REPLY', ticket, 'Dạ em chào chị', 'UPTO', asked, 'SEQ', 2);
    const crossed = await binh.refused('TICKET.REPLY', ticket, 'Chào chị', 'UPTO', asked);
    assert.equal(crossed.code, 'CONFLICT');
    const { events } = await get(binh, ticket, 'AFTER', asked);
    assert.ok(events.some((e) => e.event === sent.event && e.text === 'Dạ em chào chị'));
    await binh.ask('TICKET.REPLY', ticket, 'Và em', 'UPTO', sent.event, 'RESOLVE', 'yes');
    const { ticket: over, draft: left } = await get(an, ticket);
    assert.equal(over.state, 'resolved');
    assert.equal(left, undefined);
  });

  test('of two at once goes once', async () => {
    const { ticket, event: asked } = await add();
    const answers = await Promise.allSettled(
      [an, binh].map((w, i) => w.ask('TICKET.REPLY', ticket, `Dạ ${i}`, 'UPTO', asked)),
    );
    assert.deepEqual(answers.map((a) => a.status).sort(), ['fulfilled', 'rejected']);
    const { events } = await get(an, ticket);
    assert.equal(events.filter((e) => e.direction === 'out' && e.kind === 'message').length, 1);
  });

  test('is kept when the daemon dies while it is written, and sent once', async () => {
    const { ticket, event: asked } = await add();
    const third = await startSecond();
    const wire = await third.login(names.an, password);
    await wire.ask('DRAFT.SET', ticket, 'reply', 'TEXT', 'Dạ chị đợi', 'UPTO', asked, 'SEQ', 3);
    await third.kill();
    wire.end();
    const { draft } = await get(an, ticket);
    assert.equal(draft.reply.text, 'Dạ chị đợi');
    const once = unique('o');
    const say = () =>
      an.ask(...['TICKET.REPLY', ticket, draft.reply.text, 'UPTO', asked, 'SEQ', 4, 'ONCE', once]);
    assert.equal((await say()).event, (await say()).event);
    const late = await an.ask('DRAFT.SET', ticket, 'reply', 'TEXT', 'Dạ', 'SEQ', 4);
    assert.equal(late.saved, false, 'a saving under way comes too late');
    assert.equal((await get(an, ticket)).draft, undefined);
  });

  test('that waits for the customer is one step, done once, and taken back', async () => {
    const { ticket } = await add();
    const once = unique('o');
    const say = () => an.ask('TICKET.REPLY', ticket, 'Chị cho em số đơn ạ', 'PEND', 'yes', 'ONCE', once);
    const [first, again] = await Promise.all([say(), say()]);
    assert.deepEqual([first.state, again.state], ['pending', 'pending']);
    assert.equal(first.event, again.event);
    const { events } = await get(an, ticket);
    assert.deepEqual(events.slice(-2).map((e) => [e.kind, e.meta?.to]), [
      ['message', undefined],
      ['state', 'pending'],
    ]);
    assert.equal((await an.ask('TICKET.UNSEND', ticket, first.event)).state, 'open');
    assert.ok((await get(an, ticket)).ticket.due_at, 'an answer is owed');
  });

  test('of blanks is none', async () => {
    const { ticket, event: asked } = await add();
    for (const op of ['TICKET.REPLY', 'TICKET.NOTE']) {
      const no = await an.refused(op, ticket, ' \u00a0\n\u200b');
      assert.equal(no.message, 'INVALID This says nothing.');
    }
    assert.equal((await get(an, ticket)).events.at(-1).event, asked);
  });
});

describe('colleagues', () => {
  test('with a case open twice are there until the last page goes', async () => {
    const { ticket } = await add();
    const look = (doing, page) => an.ask('TICKET.LOOK', ticket, doing, 'PAGE', page);
    const here = async () => (await binh.ask('TICKET.LOOK', ticket, 'gone')).here.map((h) => h.doing);
    await look('writing', 'p1');
    await an.ask('DRAFT.SET', ticket, 'reply', 'TEXT', 'Dạ em', 'PAGE', 'p1');
    await look('looking', 'p2');
    assert.deepEqual(await here(), ['writing']);
    await look('gone', 'p2');
    assert.deepEqual(await here(), ['writing']);
    assert.equal((await row(binh, ticket)).writing.agent, names.an, 'it is the first page’s lease');
    await look('looking', 'p2');
    await look('gone', 'p1');
    assert.deepEqual(await here(), ['looking']);
    assert.equal((await row(binh, ticket)).writing, undefined);
    // A page that is opened again and again, and never says goodbye.
    for (let i = 3; i < 30; i++) await look('looking', `p${i}`);
    const redis = openRedis();
    try {
      const n = await redis.hlen(`{desk}:look:${ticket}`);
      assert.ok(n > 1 && n <= 8, `${n} pages are counted`);
    } finally {
      redis.disconnect();
    }
    assert.deepEqual(await here(), ['looking']);
  });

  test('see who looks and who writes, and who has gone', async () => {
    const { ticket } = await add();
    const page = await Session.begin(names.binh, password, second.http);
    const live = await Stream.open('/api/v1/feed/live', {
      base: second.http,
      headers: { Cookie: page.cookie.split(';', 1)[0] },
    });
    const told = (doing) => (e) =>
      e.event === 'presence' &&
      e.json.ticket === ticket &&
      e.json.who === names.an &&
      e.json.doing === doing;
    try {
      // It hears what is told once it is live, which it is soon.
      await until('who looks is told', async () => {
        await an.ask('TICKET.LOOK', ticket, 'gone');
        await an.ask('TICKET.LOOK', ticket, 'looking');
        return live.events.find(told('looking'));
      });
      assert.deepEqual((await get(binh, ticket)).here, [
        { agent: names.an, display: 'An', doing: 'looking' },
      ]);
      await an.ask('TICKET.LOOK', ticket, 'writing');
      await live.until(told('writing'));
      const { here } = await binh.ask('TICKET.LOOK', ticket, 'looking');
      assert.deepEqual(here.map((h) => h.agent).sort(), [names.an, names.binh].sort());
      await an.ask('TICKET.LOOK', ticket, 'gone');
      await live.until(told('gone'));
    } finally {
      live.end();
    }
    const hidden = (await add(staff)).ticket;
    assert.equal((await an.refused('TICKET.LOOK', hidden, 'looking')).code, 'NOTFOUND');
  });

  test('are told when a note names them', async () => {
    const { ticket } = await add();
    await an.ask('TICKET.NOTE', ticket, `@${names.binh} xem giúp`);
    const note = await binh.pushed((p) => p.kind === 'mention' && p.ticket === ticket);
    assert.deepEqual(note.agents, [names.binh]);
    const first = async () => (await binh.ask('TICKET.LIST', 'VIEW', 'mentions')).tickets[0];
    assert.deepEqual((await first()).mention, { event: note.event, seen: false });
    await binh.ask('MENTION.SEEN', ticket);
    assert.equal((await first()).mention.seen, true);
  });

  test('are told of a case that they watch, whoever it comes from, until they do not', async () => {
    const from = { kind: 'email', address: `${unique('khach-')}@example.com` };
    const id = unique('first-');
    const { ticket } = await add(queue, { from, id });
    assert.deepEqual((await binh.ask('TICKET.WATCH', ticket)).watchers.map((w) => w.agent),
      [names.binh]);
    assert.equal((await an.refused('TICKET.WATCH', ticket, 'AGENT', names.binh)).code, 'DENIED');
    assert.equal((await boss.ask('TICKET.WATCH', ticket, 'AGENT', names.an)).watching, true);
    const heard = (who, what) =>
      who.pushed((p) => p.kind === 'watch' && p.ticket === ticket && p.what === what);
    await heard(an, 'begin');
    // By a note of a colleague, and by what ingest files.
    await an.ask('TICKET.NOTE', ticket, 'Đã gọi kho');
    const note = await heard(binh, 'note');
    assert.deepEqual(note.agents, [names.binh]);
    await add(queue, { from, thread: [id] });
    assert.deepEqual((await heard(binh, 'message')).agents.sort(), [names.an, names.binh].sort());
    const [row] = (await binh.ask('TICKET.LIST', 'VIEW', 'watched')).tickets;
    assert.deepEqual([row.ticket, row.mention.seen], [ticket, false]);
    assert.equal((await binh.ask('TICKET.UNWATCH', ticket)).watching, false);
    assert.deepEqual((await get(an, ticket)).watchers.map((w) => w.agent), [names.an]);
  });
});

describe('a question to another department', () => {
  const asked = (ticket, ...more) =>
    an.ask('CONSULT.ASK', ticket, 'Kho còn không?', 'QUEUE', staff, ...more);

  test('is offered there, and its answer wakes the case and tells its agent', async () => {
    const { ticket } = await add();
    await an.ask('TICKET.TAKE', ticket);
    const once = unique('ask-');
    const { consult } = await asked(ticket, 'PEND', 'yes', 'ONCE', once);
    assert.equal((await asked(ticket, 'ONCE', once)).consult, consult, 'asked once');
    assert.equal((await get(an, ticket)).ticket.state, 'pending');
    assert.deepEqual((await row(an, ticket)).asked, [staff]);
    await binh.ask('AGENT.STATE', 'me', 'ready');
    await binh.pushed((p) => p.kind === 'offer' && p.ticket === consult);
    await binh.ask('OFFER.ACCEPT', consult);
    await binh.ask('AGENT.STATE', 'me', 'offline');
    const { parent } = await get(binh, consult);
    assert.deepEqual([parent.ticket, parent.queue, parent.open], [ticket, queue, true]);
    await binh.ask('CONSULT.ANSWER', consult, 'Còn 3 cái.');
    const told = await an.pushed((p) => p.kind === 'consult' && p.ticket === ticket);
    assert.deepEqual([told.agents, told.what, told.consult], [[names.an], 'answer', consult]);
    const { ticket: t, consults, events } = await get(an, ticket);
    assert.deepEqual([t.state, consults[0].how], ['open', 'answered']);
    assert.deepEqual([events.at(-1).kind, events.at(-1).text], ['consult', 'Còn 3 cái.']);
  });

  test('that cannot be answered comes back with the reason', async () => {
    const { ticket } = await add();
    await an.ask('TICKET.TAKE', ticket);
    const { consult } = await asked(ticket, 'PEND', 'yes');
    await binh.ask('CONSULT.DECLINE', consult, 'Hỏi bảo hành');
    const told = await an.pushed((p) => p.kind === 'consult' && p.ticket === ticket);
    assert.deepEqual([told.what, told.consult], ['decline', consult]);
    const { ticket: t, consults } = await get(an, ticket);
    assert.deepEqual([t.state, consults[0].how], ['open', 'declined']);
  });

  test('ends in one way, whoever is first at whichever daemon', async () => {
    const { ticket } = await add();
    const { consult } = await asked(ticket);
    const ends = [
      binh.ask('CONSULT.ANSWER', consult, 'Hết rồi.'),
      an.ask('CONSULT.CANCEL', consult),
      shop.ask('TICKET.RESOLVE', ticket),
    ];
    const done = await Promise.allSettled(ends);
    assert.equal(done[2].status, 'fulfilled');
    const { events } = await get(boss, consult);
    assert.equal(events.filter((e) => e.meta?.what !== 'ask').length, 1);
    assert.equal((await get(boss, ticket)).ticket.state, 'resolved');
  });
});

describe('a case that sleeps', () => {
  const later = () => new Date(Date.now() + 3600e3).toISOString();
  const late = (ticket) =>
    change(`UPDATE desk.snooze SET until = now() WHERE ticket = :v1`, ticket);

  test('wakes once at its time, before whom it slept', async () => {
    const { ticket } = await add();
    await an.ask('TICKET.TAKE', ticket);
    await an.ask('TICKET.SNOOZE', ticket, later(), 'NOTE', 'chờ hàng');
    await an.pushed((p) => p.kind === 'snooze' && p.ticket === ticket);
    assert.ok((await row(an, ticket)).wakes_at);
    await late(ticket);
    await an.pushed((p) => p.kind === 'wake' && p.ticket === ticket);
    const { ticket: t, events } = await get(an, ticket);
    assert.deepEqual([t.state, t.assignee], ['open', names.an]);
    assert.equal(events.filter((e) => e.meta?.woken).length, 1);
  });

  test('is woken by its customer, and then not again', async () => {
    const id = unique('m');
    const from = { kind: 'email', address: `${unique()}@example.com` };
    const { ticket } = await add(queue, { id, from });
    await an.ask('TICKET.SNOOZE', ticket, later());
    await add(queue, { from, thread: [id] });
    assert.equal((await get(an, ticket)).ticket.state, 'open');
    await late(ticket);
    await until('it is forgotten', async () =>
      (await sql(`SELECT 1 FROM desk.snooze WHERE ticket = :v1`, ticket)).length === 0,
    );
    const { events } = await get(an, ticket);
    assert.equal(events.filter((e) => e.meta?.woken).length, 0);
  });
});

describe('a long case', () => {
  test('is read from its end', async () => {
    const { ticket } = await add();
    for (let i = 0; i < 30; i++) await an.ask('TICKET.NOTE', ticket, `ghi chú ${i}`);
    const seen = [];
    for (let before = 0; before !== undefined; ) {
      const page = await get(an, ticket, 'BEFORE', before, 'LIMIT', 7);
      seen.unshift(...page.events.map((e) => e.event));
      before = page.before;
    }
    const { events } = await get(an, ticket);
    assert.deepEqual(seen, events.map((e) => e.event));
  });

  test('leaves HTML to be asked for', async () => {
    const { ticket, event: e } = await add(queue, { html: '<p>Xin <b>chào</b></p>' });
    const { events } = await get(an, ticket, 'HTML', 'no');
    assert.equal(events[0].has_html, true);
    assert.equal(events[0].html, undefined);
    const { html, cids } = await an.ask('EVENT.HTML', e);
    assert.match(html, /<b>chào<\/b>/);
    assert.deepEqual(cids, {});
  });
});
