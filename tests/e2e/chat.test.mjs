// The website's chat widget, and what an agent and others see of it.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { admin, event, login, phone, service, sql, unique, until, using, uuid } from './lib/desk.mjs';
import { deliver, mail } from './lib/mail.mjs';
import { Stream, get, post, put, stranger } from './lib/web.mjs';

// A visitor with an open conversation.
async function open(more = {}) {
  const { status, json } = await post('/chat/v1/conversations', {
    page: 'https://shop.example/san-pham/12',
    lang: 'vi',
    ...more,
  });
  assert.equal(status, 201);
  assert.match(json.conversation, /^[0-9a-f-]{36}$/);
  assert.ok(json.token.length >= 24);
  const base = `/chat/v1/conversations/${json.conversation}`;
  const bearer = json.token;
  return {
    ...json,
    base,
    say: (text, id = uuid()) => post(`${base}/messages`, { id, text }, { bearer }),
    read: (query = '') => get(`${base}/messages${query}`, { bearer }),
    live: (headers) => Stream.open(`${base}/live`, { bearer, headers }),
    identify: (who) => put(`${base}/visitor`, who, { bearer }),
  };
}

const reply = (ticket, text) =>
  using(service, (wire) => wire.ask('TICKET.REPLY', ticket, text));

test('a message opens one ticket; the same id again changes nothing', async () => {
  const v = await open({ name: 'Hoa' });
  const id = uuid();
  const first = await v.say('Còn size M màu xanh không shop?', id);
  assert.equal(first.status, 201);
  const again = await v.say('Còn size M màu xanh không shop?', id);
  assert.equal(again.status, 200);
  const second = await v.say('shop ơi');
  assert.equal(second.status, 201);
  const { json } = await v.read();
  assert.deepEqual(
    json.messages.map((m) => m.text),
    ['Còn size M màu xanh không shop?', 'shop ơi'],
  );
  const rows = await sql(
    `SELECT t.id, q.name AS queue FROM desk.ticket t JOIN desk.queue q ON q.id = t.queue
     WHERE t.conversation = :'v1'::uuid`,
    v.conversation,
  );
  assert.equal(rows.length, 1);
  assert.equal(rows[0].queue, 'warehouse');
});

test('the same message fifty times at once is there once', async () => {
  const v = await open();
  const id = uuid();
  const answers = await Promise.all(Array.from({ length: 50 }, () => v.say('alo', id)));
  assert.equal(answers.filter((a) => a.status === 201).length, 1);
  assert.equal(answers.filter((a) => a.status === 200).length, 49);
  assert.equal((await v.read()).json.messages.length, 1);
});

test('who a visitor says he is stands as his word alone', async () => {
  const known = `${unique('vip-')}@example.com`;
  await deliver(mail({ from: known }));
  const [v, nobody] = [await open({ email: known }), await open()];
  await nobody.say('alo');
  await v.say('đổi địa chỉ giúp tôi');
  const flags = async (address) =>
    using(service, async (wire) => {
      const { customers } = await wire.ask('CUSTOMER.FIND', address);
      const { contacts } = await wire.ask('CUSTOMER.GET', customers[0].customer);
      return Object.fromEntries(contacts.map((c) => [c.address, c.flags]));
    });
  assert.deepEqual(await flags(known), { [known]: [], [v.conversation]: ['claimed'] });
  assert.deepEqual(await flags(nobody.conversation), { [nobody.conversation]: [] });
});

test('a visitor hears nothing of what the desk made of his message', async () => {
  const known = `${unique('ai-')}@example.com`;
  const v = await open();
  await deliver(mail({ from: known }));
  await v.say('alo');
  assert.equal((await v.identify({ email: known })).status, 200);
  const { status, json } = await v.say('tôi đây');
  assert.equal(status, 201);
  assert.deepEqual(Object.keys(json).sort(), ['created', 'duplicate', 'event', 'number']);
  await reply(await ticketOf(v), 'dạ');
  const said = JSON.stringify((await v.read()).json);
  assert.match(said, /dạ/);
  assert.doesNotMatch(said, /"who":"key:/);
});

// The ticket of a visitor's first message.
async function ticketOf(v) {
  const [row] = await sql(
    `SELECT id FROM desk.ticket WHERE conversation = :'v1'::uuid`,
    v.conversation,
  );
  return row.id;
}

test('the agent\'s reply arrives live, a note never does', async () => {
  const v = await open();
  await v.say('cho em hỏi giá');
  const ticket = await ticketOf(v);
  const live = await v.live();
  try {
    assert.equal(live.status, 200);
    assert.match(live.headers['content-type'], /^text\/event-stream/);
    await live.until((e) => e.event === 'ready');
    await using(service, async (wire) => {
      await wire.ask('TICKET.NOTE', ticket, 'khách này khó tính');
      await wire.ask('TICKET.TAG', ticket, 'noi-bo');
      await wire.ask('TICKET.REPLY', ticket, 'Dạ 250 nghìn ạ');
    });
    const said = await live.until((e) => e.json.text === 'Dạ 250 nghìn ạ');
    assert.equal(said.event, 'message');
    assert.equal(said.json.from, 'agent');
    assert.ok(!JSON.stringify(live.events).includes('khó tính'));
    assert.ok(!JSON.stringify(live.events).includes('noi-bo'));
  } finally {
    live.end();
  }
  const { json } = await v.read();
  assert.deepEqual(json.messages.map((m) => m.text), ['cho em hỏi giá', 'Dạ 250 nghìn ạ']);
  assert.deepEqual(json.messages.map((m) => m.direction), ['in', 'out']);
});

test('an agent is called by his name, a console and a key by none', async () => {
  const v = await open();
  await v.say('alo');
  const ticket = await ticketOf(v);
  const live = await v.live();
  try {
    await live.until((e) => e.event === 'ready');
    await using(() => login('an'), (wire) => wire.ask('TICKET.REPLY', ticket, 'an'));
    await using(admin, (wire) => wire.ask('TICKET.REPLY', ticket, 'console'));
    await reply(ticket, 'key');
    await live.until((e) => e.json.text === 'key');
    const names = live.events.filter((e) => e.json.text).map((e) => [e.json.text, e.json.name]);
    assert.deepEqual(names, [
      ['an', 'An Nguyễn'],
      ['console', undefined],
      ['key', undefined],
    ]);
  } finally {
    live.end();
  }
  const { messages } = (await v.read()).json;
  assert.deepEqual(
    messages.slice(1).map((m) => m.who),
    ['An Nguyễn', undefined, undefined],
  );
});

test('a stream that was cut resumes by Last-Event-ID, without gap or repeat', async () => {
  const v = await open();
  await v.say('một');
  const ticket = await ticketOf(v);
  const seen = [];
  const texts = (live) => live.events.filter((e) => e.json.text).map((e) => e.json.text);
  let live = await v.live();
  await live.until((e) => e.event === 'ready');
  await reply(ticket, 'hai');
  await reply(ticket, 'ba');
  const last = await live.until((e) => e.json.text === 'ba');
  seen.push(...texts(live));
  live.end();
  await reply(ticket, 'bốn');
  await v.say('năm');
  live = await v.live({ 'Last-Event-ID': last.id });
  try {
    await live.until((e) => e.json.text === 'năm');
    await live.until((e) => e.event === 'ready');
    await reply(ticket, 'sáu');
    await live.until((e) => e.json.text === 'sáu');
    seen.push(...texts(live));
    assert.ok(!live.events.some((e) => e.event === 'reset'));
  } finally {
    live.end();
  }
  assert.deepEqual(seen, ['hai', 'ba', 'bốn', 'năm', 'sáu']);
});

test('nobody reads or writes another visitor\'s conversation', async () => {
  const mine = await open();
  const other = await open();
  await mine.say('riêng tư');
  for (const bearer of [other.token, 'nonsense', undefined]) {
    const wanted = (s) => assert.ok(s === 401 || s === 403 || s === 404, String(s));
    wanted((await get(`${mine.base}/messages`, { bearer })).status);
    wanted((await get(`${mine.base}/live`, { bearer })).status);
    const said = await post(`${mine.base}/messages`, { id: uuid(), text: 'x' }, { bearer });
    wanted(said.status);
    assert.match(said.headers['content-type'], /problem\+json/);
    wanted((await put(`${mine.base}/visitor`, { name: 'x' }, { bearer })).status);
  }
  assert.equal((await mine.read()).json.messages.length, 1);
  // A visitor's token opens nothing of the desk's.
  const api = await get('/api/v1/tickets', { bearer: mine.token });
  assert.equal(api.status, 401);
});

test('a visitor hears nothing of other conversations', async () => {
  const mine = await open();
  const other = await open();
  await mine.say('a');
  const live = await mine.live();
  try {
    await live.until((e) => e.event === 'ready');
    await other.say('chuyện của người khác');
    await mine.say('của tôi');
    await live.until((e) => e.json.text === 'của tôi');
    assert.ok(!JSON.stringify(live.events).includes('người khác'));
  } finally {
    live.end();
  }
});

test('what the widget sends wrongly is refused by name', async () => {
  const v = await open();
  const wrong = [
    [{ id: 'no uuid', text: 'x' }, 'id'],
    [{ id: uuid() }, 'text'],
    [{ text: 'x' }, 'id'],
    [{ id: uuid(), text: 'x'.repeat(4001) }, 'text'],
    [{ id: uuid(), text: 5 }, 'text'],
  ];
  for (const [body, member] of wrong) {
    const no = await post(`${v.base}/messages`, body, { bearer: v.token });
    assert.equal(no.status, 400, JSON.stringify(body).slice(0, 60));
    assert.equal(no.json.code, 'INVALID');
    assert.equal(no.json.member, member);
  }
  const email = await v.identify({ email: 'không phải' });
  assert.equal(email.status, 400);
  assert.equal(email.json.member, 'email');
});

test('mail, chat and call of one person meet in one record and timeline', async () => {
  const address = `${unique('lan')}@example.com`;
  const number = phone();
  const m = mail({ from: address, name: 'Lan Nguyễn', to: 'sales@shop.example' });
  assert.equal((await deliver(m))[0].code, 250);
  const v = await open();
  await v.say('em là khách cũ ạ');
  assert.equal((await v.identify({ email: address, phone: number })).status, 200);
  const called = await using(service, (wire) =>
    wire.ask(
      'EVENT.ADD',
      event({
        channel: 'call',
        from: { kind: 'phone', address: number },
        to: '19001234',
        call: { id: unique('c'), state: 'missed' },
      }),
    ),
  );
  await using(() => login('sup'), async (wire) => {
    const found = (await wire.ask('CUSTOMER.FIND', address)).customers;
    assert.equal(found.length, 1);
    const byPhone = (await wire.ask('CUSTOMER.FIND', number)).customers;
    assert.equal(byPhone.length, 1);
    assert.equal(byPhone[0].customer, found[0].customer);
    assert.equal(called.customer, found[0].customer);
    const { contacts } = await wire.ask('CUSTOMER.GET', found[0].customer);
    const kinds = new Set(contacts.map((c) => c.kind));
    for (const kind of ['email', 'phone', 'chat']) assert.ok(kinds.has(kind), kind);
    const { events } = await wire.ask('CUSTOMER.TIMELINE', found[0].customer);
    const channels = new Set(events.map((e) => e.channel));
    for (const channel of ['mail', 'chat', 'call']) assert.ok(channels.has(channel), channel);
  });
});

test('an address opens so many conversations a minute, and no more', async () => {
  // The limit of the desk is 30 a minute and address; the minute may turn
  // once while we ask.
  const answers = [];
  const from = stranger();
  await until('a conversation too many is refused', async () => {
    const got = await post('/chat/v1/conversations', {}, { from });
    answers.push(got.status);
    if (got.status === 429) {
      assert.equal(got.json.code, 'TOOMANY');
      return true;
    }
    assert.equal(got.status, 201);
    assert.ok(answers.length < 70, 'no limit');
    return false;
  });
});
