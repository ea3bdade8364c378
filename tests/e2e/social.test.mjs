// Social networks, both ways: the blocks of conf/sources against fakes of what
// the providers publish (tests/e2e/lib/fakes says where).
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { createHmac, randomBytes } from 'node:crypto';
import { desk, metric, service, sql, unique, until, using } from './lib/desk.mjs';
import { hook, keep, withSources } from './lib/social.mjs';
import { startSecond } from './lib/second.mjs';
import { get, post } from './lib/web.mjs';
import * as messenger from './lib/fakes/messenger.mjs';
import * as telegram from './lib/fakes/telegram.mjs';
import * as zalo from './lib/fakes/zalo.mjs';

const number = () => Number(randomBytes(5).readUIntBE(0, 5));
const nowhere = 'http://127.0.0.1:9';
let sources;

before(async () => {
  sources = await withSources({
    messenger: nowhere,
    zalo: nowhere,
    telegram: nowhere,
    generic: nowhere,
  });
  await until(
    'the sources are in force',
    async () => (await metric('deskd_config_version')) >= sources.version,
  );
});
after(() => sources.restore());

const fb = (body) =>
  hook('messenger', body, messenger.signed(body, sources.secrets.messenger));
const oa = (body) => hook('zalo', body, zalo.signed(body, sources.secrets.zalo));
const tg = (body) => hook('telegram', body, telegram.signed(sources.secrets.telegram));
function shop(object, at = Math.floor(Date.now() / 1000)) {
  const body = JSON.stringify(object);
  return hook('shop', body, {
    'X-Timestamp': String(at),
    'X-Signature': createHmac('sha256', sources.secrets.shop)
      .update(`${at}.${body}`)
      .digest('hex'),
  });
}
const ticket = (id) => using(service, (wire) => wire.ask('TICKET.GET', id));
const kept = async (id) =>
  (await sql(`SELECT 1 FROM desk.event_key WHERE channel = 'social' AND external_id = :'v1'`, id))
    .length;

function taken(got, n) {
  assert.equal(got.status, 200, got.text);
  assert.equal(got.json.events.length, n, got.text);
  return got.json.events;
}

describe('Messenger', () => {
  test('a text opens a case; what follows joins it', async () => {
    const who = unique('70');
    const [one] = taken(await fb(messenger.post(messenger.text(who, unique('m_'), 'Chào shop'))), 1);
    assert.equal(one.created, true);
    const [two] = taken(await fb(messenger.post(messenger.text(who, unique('m_'), 'Còn hàng không?'))), 1);
    assert.equal(two.ticket, one.ticket);
    const { ticket: t, events } = await ticket(one.ticket);
    assert.equal(t.channel, 'social');
    assert.deepEqual(
      events.map((e) => e.text),
      ['Chào shop', 'Còn hàng không?'],
    );
    const [c] = await sql(
      `SELECT kind, address FROM desk.contact WHERE customer = :v1`,
      one.customer,
    );
    assert.deepEqual(c, { kind: 'messenger', address: who });
  });

  test('a post of many is answered when all are committed, and is once', async () => {
    const who = [unique('70'), unique('71'), unique('72')];
    const items = Array.from({ length: 60 }, (_, i) =>
      messenger.text(who[i % 3], unique('m_'), `tin ${i}`),
    );
    const body = messenger.post(
      ...items,
      messenger.echo(who[0], unique('m_'), 'ours'),
      messenger.delivered(who[0], unique('m_')),
      messenger.seen(who[0]),
    );
    const events = taken(await fb(body), 60);
    assert.equal(new Set(events.map((e) => e.ticket)).size, 3);
    for (const i of items) assert.equal(await kept(`messenger:${i.message.mid}`), 1);
    const again = taken(await fb(body), 60);
    assert.ok(again.every((e) => e.duplicate));
    const rows = await sql(
      `SELECT count(*)::int AS n FROM desk.event WHERE external_id = ANY (string_to_array(:'v1', ','))`,
      items.map((i) => `messenger:${i.message.mid}`).join(','),
    );
    assert.equal(rows[0].n, 60);
  });

  test('the same post ten times at once is once', async () => {
    const body = messenger.post(messenger.text(unique('70'), unique('m_'), 'một lần'));
    const all = await Promise.all(Array.from({ length: 10 }, () => fb(body)));
    const events = all.map((a) => taken(a, 1)[0]);
    assert.equal(new Set(events.map((e) => e.event)).size, 1);
    assert.equal(events.filter((e) => e.created).length, 1);
  });

  test('first messages of one customer side by side are one case', async () => {
    const who = unique('70');
    const all = await Promise.all(
      Array.from({ length: 8 }, (_, i) =>
        fb(messenger.post(messenger.text(who, unique('m_'), `tin ${i}`))),
      ),
    );
    assert.equal(new Set(all.map((a) => taken(a, 1)[0].ticket)).size, 1);
  });

  test('pictures, stickers, edits and unsent messages are understood', async () => {
    const who = unique('70');
    const mid = unique('m_');
    const [one] = taken(
      await fb(messenger.post(messenger.image(who, mid, 'https://cdn.example/a.jpg'))),
      1,
    );
    taken(await fb(messenger.post(messenger.sticker(who, unique('m_')))), 1);
    taken(await fb(messenger.post(messenger.edited(who, mid, 'sửa rồi', 1))), 1);
    taken(await fb(messenger.post(messenger.unsent(who, mid))), 1);
    const { events } = await ticket(one.ticket);
    assert.deepEqual(
      events.map((e) => e.text),
      [
        '[image] https://cdn.example/a.jpg',
        '[image] https://scontent.xx.fbcdn.net/t39.1997-6/39178562_n.png',
        '[sửa tin] sửa rồi',
        '[khách đã thu hồi một tin nhắn]',
      ],
    );
    assert.deepEqual(events[0].meta.links, [
      { type: 'image', url: 'https://cdn.example/a.jpg' },
    ]);
  });

  test('echoes, receipts and typing are no events', async () => {
    const who = unique('70');
    taken(await fb(messenger.post(messenger.echo(who, unique('m_'), 'ours'))), 0);
    taken(await fb(messenger.post(messenger.delivered(who, unique('m_')), messenger.seen(who))), 0);
    const rows = await sql(`SELECT 1 FROM desk.contact WHERE address = :'v1'`, who);
    assert.equal(rows.length, 0);
  });

  test('comments and reviews are feedback, the page\'s own are not', async () => {
    const who = { id: unique('80'), name: 'Lan Trần' };
    const [one] = taken(await fb(messenger.comment(who, unique('c_'), 'giá bao nhiêu')), 1);
    const { events } = await ticket(one.ticket);
    assert.equal(events[0].kind, 'feedback');
    const [c] = await sql(`SELECT name FROM desk.customer WHERE id = :v1`, one.customer);
    assert.equal(c.name, 'Lan Trần');
    taken(await fb(messenger.comment({ id: messenger.page, name: 'Shop' }, unique('c_'), 'cảm ơn')), 0);
    taken(await fb(messenger.comment(who, unique('c_'), 'sửa', { verb: 'edited' })), 0);
    const [bad] = taken(await fb(messenger.review(who, unique('s'), 'giao chậm', 'NEGATIVE')), 1);
    const [row] = await sql(`SELECT facts->'rating' AS rating FROM desk.event WHERE id = :v1`, bad.event);
    assert.deepEqual(row.rating, { value: 1, of: 5 });
  });

  test('64 KB are kept', async () => {
    const said = 'ơ'.repeat(32768);
    const [one] = taken(await fb(messenger.post(messenger.text(unique('70'), unique('m_'), said))), 1);
    const [row] = await sql(
      `SELECT octet_length(text)::int AS n FROM desk.event WHERE id = :v1`,
      one.event,
    );
    assert.equal(row.n, 65536);
  });

  test('one bad item does not hold up the others', async () => {
    const who = unique('70');
    const bad = { recipient: { id: messenger.page }, message: { mid: unique('m_'), text: 'ai?' } };
    const body = messenger.post(
      messenger.text(who, unique('m_'), 'trước'),
      bad,
      messenger.text(who, unique('m_'), 'sau'),
    );
    const events = taken(await fb(body), 3);
    const kinds = await Promise.all(events.map(async (e) => (await ticket(e.ticket)).ticket.kind));
    assert.deepEqual(kinds.sort(), ['case', 'case', 'quarantine']);
    const rows = await sql(
      `SELECT e.id FROM desk.event e JOIN desk.ticket t ON t.id = e.ticket
       WHERE t.kind = 'quarantine' AND e.raw IS NOT NULL AND e.id = ANY (string_to_array(:'v1', ',')::bigint[])`,
      events.map((e) => e.event).join(','),
    );
    assert.equal(rows.length, 1);
    const raw = await using(service, (w) => w.ask('EVENT.RAW', rows[0].id));
    assert.deepEqual(JSON.parse(Buffer.from(raw.data, 'base64')), bad);
    assert.ok(taken(await fb(body), 3).every((e) => e.duplicate));
  });

  test('a signed post that is no JSON is kept for a person', async () => {
    const body = `{"object":"page","entry":[ ${unique()}`;
    const [one] = taken(await fb(body), 1);
    assert.equal((await ticket(one.ticket)).ticket.kind, 'quarantine');
  });

  test('half an emoji and U+0000 do not cost a message', async () => {
    const mid = unique('m_');
    const body = messenger
      .post(messenger.text(unique('70'), mid, 'MARK'))
      .replace('MARK', 'a\\ud83db\\u0000c');
    const [one] = taken(await fb(body), 1);
    const [row] = await sql(`SELECT text FROM desk.event WHERE id = :v1`, one.event);
    assert.equal(row.text, 'a\ufffdb\ufffdc');
  });

  const mid = () => unique('m_');
  const wrong = {
    'no signature': () => ({}),
    'another secret': (b) => messenger.signed(b, 'other'),
    'another body': (b) => messenger.signed(b + ' ', sources.secrets.messenger),
    'no prefix': (b) => ({
      'X-Hub-Signature-256': messenger
        .signed(b, sources.secrets.messenger)['X-Hub-Signature-256'].slice(7),
    }),
    'an empty signature': () => ({ 'X-Hub-Signature-256': 'sha256=' }),
    'SHA-1': (b) => ({
      'X-Hub-Signature': `sha1=${createHmac('sha1', sources.secrets.messenger).update(b).digest('hex')}`,
    }),
  };
  for (const [what, headers] of Object.entries(wrong))
    test(`with ${what} it is refused`, async () => {
      const id = mid();
      const body = messenger.post(messenger.text(unique('70'), id, 'x'));
      const no = await hook('messenger', body, headers(body));
      assert.equal(no.status, 401, no.text);
      assert.equal(await kept(`messenger:${id}`), 0);
    });

  test('the handshake is answered to who knows the token', async () => {
    const token = unique('verify');
    await keep('messenger.verify', token);
    const query = (t, challenge) =>
      `/hooks/messenger?hub.mode=subscribe&hub.challenge=${challenge}&hub.verify_token=${t}`;
    const yes = await get(query(token, '1158201444'));
    assert.equal(yes.status, 200, yes.text);
    assert.equal(yes.text, '1158201444');
    assert.match(yes.headers['content-type'], /^text\/plain/);
    const no = await get(query('wrong', '1158201444'));
    assert.equal(no.status, 403);
    assert.doesNotMatch(no.text, /1158201444/);
    assert.equal((await get(query(token, '%3Cscript%3E'))).status, 400);
    assert.equal((await get('/hooks/messenger')).status, 403);
    assert.equal((await get('/hooks/zalo?hub.challenge=1')).status, 404);
    assert.equal((await get(`/hooks/${unique()}?hub.challenge=1`)).status, 404);
  });
});

describe('Zalo OA', () => {
  test('texts, pictures and stickers are one case; receipts are none', async () => {
    const who = unique('24');
    const [one] = taken(await oa(zalo.text(who, unique('z'), 'alo')), 1);
    taken(await oa(zalo.image(who, unique('z'), 'https://f.example/a.jpg')), 1);
    taken(await oa(zalo.sticker(who, unique('z'))), 1);
    taken(await oa(zalo.seen(who, unique('z'))), 0);
    taken(await oa(zalo.received(who, unique('z'))), 0);
    const { events } = await ticket(one.ticket);
    assert.deepEqual(
      events.map((e) => e.text),
      ['alo', '[image] https://f.example/a.jpg', '[sticker] https://zalo-api.zadn.vn/sticker?eid=3131'],
    );
  });

  test('a wrong mac, and one of long ago, are refused', async () => {
    const body = zalo.text(unique('24'), unique('z'), 'x');
    for (const headers of [{}, zalo.signed(body, 'other'), { 'X-ZEvent-Signature': 'mac=' }])
      assert.equal((await hook('zalo', body, headers)).status, 401);
    const old = zalo.text(unique('24'), unique('z'), 'x', {
      timestamp: String(Date.now() - 14 * 3600 * 1000),
    });
    const no = await oa(old);
    assert.equal(no.status, 401);
    assert.match(no.json.detail, /too old/);
    const late = zalo.text(unique('24'), unique('z'), 'x', {
      timestamp: String(Date.now() - 11 * 3600 * 1000),
    });
    taken(await oa(late), 1);
  });
});

describe('Telegram', () => {
  test('a talk with its name, stickers, edits and answers', async () => {
    const who = number();
    const [one] = taken(await tg(telegram.say(who, 1, { text: '/start' })), 1);
    taken(await tg(telegram.say(who, 2, { sticker: { emoji: '😀', file_id: 'x' } })), 1);
    taken(await tg(telegram.edit(who, 1, 'xin chào')), 1);
    taken(await tg(telegram.say(who, 3, { photo: [{ file_id: 'p' }], caption: 'ảnh đây' })), 1);
    const { events } = await ticket(one.ticket);
    assert.deepEqual(
      events.map((e) => e.text),
      ['/start', '[nhãn dán] 😀', '[sửa tin] xin chào', 'ảnh đây'],
    );
    const [c] = await sql(`SELECT name FROM desk.customer WHERE id = :v1`, one.customer);
    assert.equal(c.name, 'Lan Trần');
    assert.equal(await kept(`telegram:${who}/1`), 1);
  });

  test('without its secret token it is refused', async () => {
    const body = telegram.say(number(), 1, { text: 'x' });
    assert.equal((await hook('telegram', body, {})).status, 401);
    assert.equal((await hook('telegram', body, telegram.signed('wrong'))).status, 401);
  });

  test('the same number at another provider is another customer', async () => {
    const who = number();
    const [one] = taken(await tg(telegram.say(who, 1, { text: 'x' })), 1);
    const [two] = taken(await oa(zalo.text(String(who), unique('z'), 'x')), 1);
    assert.notEqual(one.customer, two.customer);
    assert.notEqual(one.ticket, two.ticket);
  });
});

describe('a system of one\'s own', () => {
  test('messages and reviews, with order and stars', async () => {
    const from = unique('u');
    const events = taken(
      await shop({
        messages: [{ id: unique('m'), from, name: 'Lan', text: 'đơn đâu', order: 'DH1024' }],
        reviews: [{ id: unique('r'), from, name: 'Lan', stars: 4, text: 'tốt' }],
      }),
      2,
    );
    const rows = await sql(
      `SELECT kind, facts->'rating' AS rating FROM desk.event
       WHERE id = ANY (string_to_array(:'v1', ',')::bigint[]) ORDER BY kind`,
      events.map((e) => e.event).join(','),
    );
    assert.deepEqual(rows, [
      { kind: 'feedback', rating: { value: 4, of: 5 } },
      { kind: 'message', rating: null },
    ]);
  });

  test('a signature of ten minutes ago, or to come, is refused', async () => {
    const body = { messages: [{ id: unique('m'), from: 'u', text: 'x' }] };
    const at = Math.floor(Date.now() / 1000);
    assert.equal((await shop(body, at - 600)).status, 401);
    assert.equal((await shop(body, at + 600)).status, 401);
    taken(await shop(body, at - 200), 1);
  });

  test('more than a thousand in one post are refused, a thousand are not', async () => {
    const from = unique('u');
    const messages = Array.from({ length: 1001 }, (_, i) => ({ id: `${from}.${i}`, from, text: 'x' }));
    const no = await shop({ messages });
    assert.equal(no.status, 413);
    assert.equal(no.json.code, 'TOOLARGE');
    taken(await shop({ messages: messages.slice(1) }), 1000);
  });

  test('posted by the key of a service it needs no signature', async () => {
    const got = await post(
      '/hooks/shop',
      { messages: [{ id: unique('m'), from: 'u', text: 'x' }] },
      { bearer: desk.key },
    );
    taken(got, 1);
  });

  test('killed in the middle of a post, nothing is lost and nothing doubled', async () => {
    const from = unique('u');
    const messages = Array.from({ length: 600 }, (_, i) => ({
      id: `${from}.${i}`,
      from: `${from}.${i % 7}`,
      text: 'x',
    }));
    const kept = async () =>
      (
        await sql(
          `SELECT count(*)::int AS n FROM desk.event_key WHERE channel = 'social'
           AND external_id LIKE 'shop:' || :'v1' || '.%'`,
          from,
        )
      )[0].n;
    const second = await startSecond();
    let answered = false;
    const posted = post('/hooks/shop', { messages }, { base: second.http, bearer: desk.key }).then(
      (r) => (answered = r.status === 200),
      () => undefined,
    );
    await until('it has begun', async () => answered || (await kept()) > 0);
    process.kill(second.pid, 'SIGKILL');
    await posted;
    await second.stop?.();
    const before = await kept();
    if (answered) assert.equal(before, 600);
    taken(await shop({ messages }), 600);
    assert.equal(await kept(), 600);
    const [row] = await sql(
      `SELECT count(*)::int AS events, count(DISTINCT ticket)::int AS tickets FROM desk.event
       WHERE external_id LIKE 'shop:' || :'v1' || '.%'`,
      from,
    );
    assert.deepEqual(row, { events: 600, tickets: 7 });
  });
});
