// Call records, as telephone exchanges post them and as Asterisk writes them.
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { createHmac, randomBytes } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { after, before, describe, test } from 'node:test';
import { promisify } from 'node:util';
import {
  admin,
  apply,
  desk,
  deskctl,
  login,
  now,
  phone,
  service,
  sql,
  unique,
  until,
  using,
} from './lib/desk.mjs';
import { Session, Stream, post } from './lib/web.mjs';

const ticket = (id) => using(service, async (wire) => (await wire.ask('TICKET.GET', id)).ticket);
const epoch = () => Math.floor(Date.now() / 1000);

// One leg as FreeSWITCH's mod_json_cdr posts it after the call.
function cdr({ uuid = unique('fs-'), from = phone(), answered = false, more = {} }) {
  const start = epoch() - 60;
  return {
    'core-uuid': unique(),
    switchname: 'pbx',
    channel_data: { state: 'CS_REPORTING', direction: 'inbound' },
    variables: {
      direction: 'inbound',
      uuid,
      caller_id_number: from,
      caller_id_name: from,
      destination_number: '19001234',
      start_epoch: String(start),
      answer_epoch: answered ? String(start + 7) : '0',
      end_epoch: String(start + 40),
      duration: '40',
      billsec: answered ? '33' : '0',
      hangup_cause: answered ? 'NORMAL_CLEARING' : 'NO_ANSWER',
      ...more,
    },
    callflow: [
      { caller_profile: { caller_id_number: from, destination_number: '19001234' } },
    ],
  };
}

const generic = (m) => ({
  call: unique('c-'),
  state: 'missed',
  from: phone(),
  to: '19001234',
  at: now(),
  ...m,
});

describe('FreeSWITCH', () => {
  test('a missed call opens a call-back ticket, once', async () => {
    const body = cdr({});
    const first = await post('/hooks/freeswitch', body);
    assert.equal(first.status, 201, first.text);
    const t = await ticket(first.json.ticket);
    assert.equal(t.kind, 'callback');
    assert.equal(t.state, 'new');
    assert.equal(t.channel, 'call');
    const again = await post('/hooks/freeswitch', body);
    assert.equal(again.status, 200);
    assert.equal(again.json.event, first.json.event);
    assert.equal(again.json.duplicate, true);
  });

  test('who rings again joins the open call-back', async () => {
    const from = phone();
    const one = await post('/hooks/freeswitch', cdr({ from }));
    const two = await post('/hooks/freeswitch', cdr({ from }));
    assert.equal(two.json.ticket, one.json.ticket);
    assert.notEqual(two.json.event, one.json.event);
  });

  test('an answered call is no call-back; numbers become E.164', async () => {
    const from = phone();
    const got = await post('/hooks/freeswitch', cdr({ from, answered: true }));
    assert.equal(got.status, 201, got.text);
    assert.notEqual((await ticket(got.json.ticket)).kind, 'callback');
    const rows = await sql(
      `SELECT address, original FROM desk.contact WHERE kind = 'phone' AND customer = :v1`,
      got.json.customer,
    );
    assert.equal(rows[0].address, `+84${from.slice(1)}`);
  });

  test('a number of before 2018 is renumbered and flagged', async () => {
    const old = '0168' + phone().slice(3);
    const got = await post('/hooks/freeswitch', cdr({ from: old }));
    const [row] = await sql(
      `SELECT address, original, flags FROM desk.contact WHERE kind = 'phone' AND customer = :v1`,
      got.json.customer,
    );
    assert.equal(row.address, '+8438' + old.slice(4));
    assert.equal(row.original, old);
    assert.ok(row.flags.length > 0);
  });

  test('percent-encoded values are read', async () => {
    const from = phone();
    const got = await post(
      '/hooks/freeswitch',
      cdr({ from, more: { caller_id_number: `%2B84${from.slice(1)}` } }),
    );
    assert.equal(got.status, 201);
    const [row] = await sql(
      `SELECT address FROM desk.contact WHERE kind = 'phone' AND customer = :v1`,
      got.json.customer,
    );
    assert.equal(row.address, `+84${from.slice(1)}`);
  });
});

describe('the generic form', () => {
  test('ringing, answered and ended are one ticket', async () => {
    const call = unique('c-');
    const from = phone();
    const tickets = [];
    for (const state of ['ringing', 'answered', 'ended']) {
      const got = await post('/hooks/pbx', generic({ call, from, state, agent: '101' }));
      assert.equal(got.status, 201, got.text);
      tickets.push(got.json.ticket);
    }
    assert.equal(new Set(tickets).size, 1);
  });

  test('unknown members are kept; the recording too', async () => {
    const got = await post(
      '/hooks/pbx',
      generic({ recording: 'rec/81.wav', trunk: 'viettel-2' }),
    );
    const { events } = await using(service, (w) => w.ask('TICKET.GET', got.json.ticket));
    const text = JSON.stringify(events);
    assert.match(text, /viettel-2/);
    assert.match(text, /rec\/81\.wav/);
  });

  test('a withheld number is a ticket too', async () => {
    const got = await post('/hooks/pbx', generic({ from: 'anonymous' }));
    assert.equal(got.status, 201, got.text);
    assert.equal((await ticket(got.json.ticket)).kind, 'callback');
  });

  const wrong = [
    [{ call: undefined }, 'call'],
    [{ state: 'singing' }, 'state'],
    [{ from: undefined }, 'from'],
    [{ at: 'noon' }, 'at'],
    [{ duration: -1 }, 'duration'],
    [{ duration: 'long' }, 'duration'],
    [{ direction: 'up' }, 'direction'],
    [{ agent: 101 }, 'agent'],
  ];
  for (const [change, member] of wrong)
    test(`${JSON.stringify(change)} is refused by name (${member})`, async () => {
      const no = await post('/hooks/pbx', generic(change));
      assert.equal(no.status, 400);
      assert.equal(no.json.code, 'INVALID');
      assert.equal(no.json.member, member);
    });

  test('what is no JSON, or no object, is refused', async () => {
    for (const body of ['', '{', '[]', '"x"', '{"call":1}{', '\u0000'])
      assert.equal((await post('/hooks/pbx', body)).status, 400, JSON.stringify(body));
  });

  test('an unknown source is 404', async () => {
    const no = await post(`/hooks/${unique()}`, generic());
    assert.equal(no.status, 404);
    assert.equal(no.json.code, 'NOTFOUND');
  });
});

describe('a signed hook', () => {
  const source = unique('signed-');
  const key = randomBytes(32);
  const body = () => JSON.stringify(generic());
  let config;

  // The headers of Standard Webhooks.
  function signed(text, { at = epoch(), id = unique('msg_'), with: k = key, say = text } = {}) {
    const mac = createHmac('sha256', k).update(`${id}.${at}.${say}`).digest('base64');
    return {
      'webhook-id': id,
      'webhook-timestamp': String(at),
      'webhook-signature': `v1,${mac}`,
    };
  }
  const send = (text, headers) => post(`/hooks/${source}`, text, { headers });

  before(() =>
    using(admin, async (wire) => {
      config = (await wire.ask('CONFIG.SHOW')).config;
      await writeFile(
        `${desk.var}/state/${source}.secret`,
        `whsec_${key.toString('base64')}\n`,
        { mode: 0o600 },
      );
      const sources = [
        ...config.sources,
        { name: source, form: 'generic', secret_file: `${source}.secret` },
      ];
      await apply(wire, { ...config, sources });
    }));
  after(() => using(admin, (wire) => apply(wire, config)));

  test('with the right signature is taken', async () => {
    const text = body();
    const got = await send(text, signed(text));
    assert.equal(got.status, 201, got.text);
  });

  test('with a second key\'s signature beside ours is taken', async () => {
    const text = body();
    const headers = signed(text);
    headers['webhook-signature'] = `v1,${randomBytes(32).toString('base64')} ${headers['webhook-signature']}`;
    assert.equal((await send(text, headers)).status, 201);
  });

  // mod_json_cdr has no other way to show a secret than its `cred'.
  const basic = (secret) => ({
    Authorization: `Basic ${Buffer.from(`switch:${secret}`).toString('base64')}`,
  });
  test('with its secret as a Basic password is taken', async () => {
    const secret = `whsec_${key.toString('base64')}`;
    assert.equal((await send(body(), basic(secret))).status, 201);
    assert.equal((await send(body(), { 'X-Hook-Secret': secret })).status, 201);
  });

  test('that a trusted proxy passes on is not trusted for it', async () => {
    const through = { 'X-Forwarded-For': '203.0.113.9' };
    assert.equal((await post('/hooks/pbx', body(), { headers: through })).status, 401);
    assert.equal((await post('/hooks/pbx', body())).status, 201);
  });

  test('that a web page sends from a trusted host is not trusted for it', async () => {
    for (const headers of [{ Origin: 'https://evil.example' }, { 'Sec-Fetch-Site': 'cross-site' }])
      assert.equal((await post('/hooks/pbx', body(), { headers })).status, 401);
  });

  const wrong = {
    'a wrong Basic password': () => basic('wrong'),
    'no signature': () => ({}),
    'another key': (text) => signed(text, { with: randomBytes(32) }),
    'another body': (text) => signed(text, { say: text + ' ' }),
    'an old timestamp': (text) => signed(text, { at: epoch() - 3600 }),
    'a timestamp to come': (text) => signed(text, { at: epoch() + 3600 }),
    'no timestamp': (text) => ({ ...signed(text), 'webhook-timestamp': undefined }),
    nonsense: (text) => ({ ...signed(text), 'webhook-signature': 'v1,xyz' }),
    'a wrong secret': () => ({ 'X-Hook-Secret': 'wrong' }),
  };
  for (const [what, headers] of Object.entries(wrong))
    test(`with ${what} is refused`, async () => {
      const text = body();
      const all = headers(text);
      for (const k of Object.keys(all)) if (all[k] === undefined) delete all[k];
      const no = await send(text, all);
      assert.equal(no.status, 401, no.text);
      assert.equal(no.json.code, 'NOAUTH');
      const rows = await sql(
        `SELECT 1 FROM desk.event_key WHERE channel = 'call' AND external_id LIKE :'v1' || '/%'`,
        JSON.parse(text).call,
      );
      assert.equal(rows.length, 0);
    });
});

describe('deskctl import cdr', () => {
  let dir;
  before(async () => (dir = await mkdtemp('/var/tmp/deskd-cdr.')));
  after(() => rm(dir, { recursive: true }));

  const row = (from, uniqueid, { answered = true, start = '2026-11-20 08:15:04' } = {}) =>
    [
      '""',
      `"${from}"`,
      '"19001234"',
      '"from-trunk"',
      `"""Khach"" <${from}>"`,
      '"SIP/trunk-00000001"',
      '"SIP/101-00000002"',
      '"Queue"',
      '"sales"',
      `"${start}"`,
      answered ? '"2026-11-20 08:15:14"' : '""',
      '"2026-11-20 08:16:04"',
      '60',
      answered ? '50' : '0',
      answered ? '"ANSWERED"' : '"NO ANSWER"',
      '"DOCUMENTATION"',
      `"${uniqueid}"`,
      '""',
    ].join(',');

  test('keeps the good rows, names the bad ones by line, adds nothing twice', async () => {
    const run = unique('ast-');
    const file = `${dir}/Master.csv`;
    await writeFile(
      file,
      [
        row(phone(), `${run}.1`),
        row(phone(), `${run}.2`, { answered: false }),
        'nonsense,with,few,fields',
        row(phone(), `${run}.4`),
        row(phone(), `${run}.5`, { start: 'yesterday' }),
        row('', `${run}.6`, { answered: false }),
        '',
      ].join('\n'),
    );
    const first = await deskctl(['import', 'cdr', file, '--offset', '+07:00']);
    assert.equal(first.status, 1, 'bad rows are a failure');
    assert.match(first.stderr, /line 3/);
    assert.match(first.stderr, /line 5/);
    assert.doesNotMatch(first.stderr, /line [124]\b/);
    const [, added, known, bad] = /(\d+) added, (\d+) known before, (\d+) bad/.exec(first.stdout);
    assert.deepEqual([added, known, bad], ['4', '0', '2']);
    const rows = () =>
      sql(
        `SELECT k.external_id AS id, t.kind, e.at FROM desk.event_key k
         JOIN desk.event e ON e.id = k.event JOIN desk.ticket t ON t.id = e.ticket
         WHERE k.channel = 'call' AND k.external_id LIKE :'v1' || '.%' ORDER BY 1`,
        run,
      );
    const before = await rows();
    assert.equal(before.length, 4);
    assert.equal(before[1].kind, 'callback');
    assert.match(before[0].at, /2026-11-20T01:1/);
    const again = await deskctl(['import', 'cdr', file, '--offset', '+07:00']);
    assert.match(again.stdout, /^0 added, 4 known before, 2 bad/);
    assert.deepEqual(await rows(), before);
  });

  test('2,000 rows', async () => {
    const run = unique('ast-');
    const file = `${dir}/many.csv`;
    const rows = Array.from({ length: 2000 }, (_, i) => row(phone(), `${run}.${i}`));
    await writeFile(file, rows.join('\r\n') + '\r\n');
    const got = await deskctl(['import', 'cdr', file]);
    assert.equal(got.status, 0, got.stderr);
    assert.match(got.stdout, /^2000 added, 0 known before, 0 bad/);
  });

  test('a file that is not there is said', async () => {
    const no = await deskctl(['import', 'cdr', `${dir}/none.csv`]);
    assert.equal(no.status, 1);
    assert.match(no.stderr, /none\.csv/);
  });
});

describe('a call while it lasts', () => {
  const at = (s) => new Date(Date.now() + s * 1000).toISOString();
  const tell = async (m) => {
    const got = await post('/hooks/pbx', generic({ at: now(), ...m }));
    assert.equal(got.status, 201, got.text);
    return got.json;
  };
  const load = async (name) =>
    (await using(service, (w) => w.ask('AGENT.LIST'))).agents.find((a) => a.name === name).load;
  const watching = async (name, work) => {
    const session = await Session.begin(name);
    const stream = await Stream.open('/api/v1/feed/live', {
      headers: { Cookie: session.cookie.split(';', 1)[0] },
    });
    try {
      await stream.until((e) => e.event === 'ready');
      return await work(stream);
    } finally {
      stream.end();
    }
  };
  const calls = (stream, id) => stream.events.filter((e) => e.event === 'call' && e.json.call === id);

  test('the card is on the screen of whom it rings, before the hello', () =>
    watching('an', (an) =>
      watching('binh', async (binh) => {
        const from = phone();
        const known = await tell({ from, name: 'Lan Anh', state: 'missed' });
        const call = unique('c-');
        const began = Date.now();
        const rung = await tell({ call, from, state: 'ringing', agent: '101' });
        const card = await an.until((e) => e.event === 'call' && e.json.call === call);
        console.log(`# card shown ${Date.now() - began} ms after the phone rang`);
        assert.equal(card.json.state, 'ringing');
        assert.equal(card.json.customer, rung.customer);
        assert.equal(card.json.name, 'Lan Anh');
        assert.equal(card.json.contact, `+84${from.slice(1)}`);
        assert.equal(card.json.open, 1);
        assert.equal(card.json.last.ticket, known.ticket);
        assert.deepEqual(card.json.agents, ['an']);
        const list = await using(() => login('an'), (w) => w.ask('CALL.LIST'));
        assert.ok(list.calls.some((c) => c.call === call && c.name === 'Lan Anh'));

        await tell({ call, from, state: 'answered', agent: '101', wait: 3 });
        await an.until((e) => e.json.call === call && e.json.state === 'answered');
        await tell({ call, from, state: 'ended', agent: '101', duration: 9 });
        const over = await an.until((e) => e.json.call === call && e.json.state === 'ended');
        assert.equal(over.json.name, undefined);
        assert.equal(over.json.duration, 9);

        // Another's phone: nothing of it.  (A notice for him shows that all came.)
        const other = unique('c-');
        await tell({ call: other, state: 'ringing', agent: '102' });
        await binh.until((e) => e.event === 'call' && e.json.call === other);
        assert.deepEqual(calls(binh, call), []);
        await an.until((e) => e.event === 'event' && e.json.channel === 'call');
        assert.deepEqual(calls(an, other), []);
      }),
    ));

  test('what rings a queue is told to its members', () =>
    watching('an', (an) =>
      watching('binh', async (binh) => {
        const call = unique('c-');
        const got = await tell({ call, state: 'ringing' });
        assert.equal(got.queue, 'sales');
        await an.until((e) => e.event === 'call' && e.json.call === call);
        const own = unique('c-');
        await tell({ call: own, state: 'ringing', agent: '102' });
        await binh.until((e) => e.event === 'call' && e.json.call === own);
        assert.deepEqual(calls(binh, call), []);
      }),
    ));

  test('who talks is busy, from the answer to the end, also handed on', async () => {
    const call = unique('c-');
    const from = phone();
    const [an, dung] = [await load('an'), await load('dung')];
    await tell({ call, from, state: 'ringing', agent: '101', at: at(-40) });
    const { ticket: id } = await tell({ call, from, state: 'answered', agent: '101', at: at(-35) });
    await until('An is busy', async () => (await load('an')) === an + 105);
    await tell({
      call, leg: 'x', from, state: 'transferred', by: '101', agent: '104', attended: true, at: at(-20),
    });
    await until('Dũng is', async () => (await load('dung')) === dung + 100);
    await until('An is not any more', async () => (await load('an')) === an + 5);
    await tell({ call, from, state: 'ended', duration: 35, hold: 4, recording: 'r.wav' });
    await until('nobody is', async () => (await load('dung')) === dung);
    const shown = await using(service, (w) => w.ask('TICKET.GET', id));
    const [one] = shown.calls;
    assert.equal(one.state, 'ended');
    assert.equal(one.hold, 4);
    assert.equal(one.recording, 'r.wav');
    assert.deepEqual(one.agents, ['an', 'dung']);
    assert.deepEqual(
      one.transfers.map((t) => [t.from, t.to, t.attended]),
      [['101', '104', true]],
    );
    await using(service, (w) => w.ask('TICKET.RESOLVE', id));
  });

  test('Redis emptied: who talks is busy again', async () => {
    const call = unique('c-');
    const from = phone();
    const before = await load('chi');
    const { ticket: id } = await tell({ call, from, state: 'answered', agent: '103' });
    await until('Chi is busy', async () => (await load('chi')) === before + 105);
    await promisify(execFile)('redis-cli', ['-u', desk.redis, 'FLUSHALL']);
    await until('Chi is busy again', async () => (await load('chi')) === before + 105);
    await tell({ call, from, state: 'ended', duration: 1 });
    await until('the end is told', async () => (await load('chi')) === before + 5);
    await using(service, (w) => w.ask('TICKET.RESOLVE', id));
  });

  test('ten missed calls on two trunks, one answered between: one call back', async () => {
    const from = phone();
    const tickets = new Set();
    for (let i = 0; i < 10; i++) {
      if (i === 5) {
        const got = await tell({ from, state: 'answered', agent: '101', at: at(-100 + i * 10) });
        tickets.add(got.ticket);
        assert.equal((await ticket(got.ticket)).due_at, undefined);
      }
      const got = await tell({
        from, to: i % 2 ? '19001234' : '02838123456', state: 'missed', at: at(-95 + i * 10),
      });
      tickets.add(got.ticket);
    }
    assert.equal(tickets.size, 1);
    const [id] = tickets;
    assert.ok((await ticket(id)).due_at);
    await tell({ from: '101', to: from, direction: 'out', agent: '101', state: 'ended', duration: 30 });
    const t = await ticket(id);
    assert.equal(t.due_at, undefined);
    assert.equal(t.kind, 'callback');
    await using(service, (w) => w.ask('TICKET.RESOLVE', id));
  });

  test('withheld numbers do not gather in one ticket', async () => {
    const one = await tell({ from: 'anonymous' });
    const two = await tell({ from: 'anonymous' });
    assert.notEqual(one.ticket, two.ticket);
    assert.notEqual(one.customer, two.customer);
  });

  test('FreeSWITCH\'s events and its record are one call', async () => {
    const a = unique('fs-');
    const b = unique('fs-');
    const from = phone();
    const fs = (name, more) => ({
      'Event-Name': name,
      'Channel-Call-UUID': a,
      'Unique-ID': a,
      'Call-Direction': 'inbound',
      'Event-Date-Timestamp': String(Date.now() * 1000),
      'Caller-Caller-ID-Number': from,
      'Caller-Destination-Number': '19001234',
      ...more,
    });
    const leg = { 'Unique-ID': b, 'Call-Direction': 'outbound', 'Caller-Destination-Number': '102' };
    const before = await load('binh');
    const tickets = new Set();
    for (const body of [
      fs('CHANNEL_CREATE'),
      fs('CHANNEL_CREATE', leg),
      fs('CHANNEL_ANSWER', leg),
    ])
      tickets.add((await post('/hooks/freeswitch', body)).json.ticket);
    const bridge = await post(
      '/hooks/freeswitch',
      fs('CHANNEL_BRIDGE', { 'Other-Leg-Unique-ID': b, 'Other-Leg-Destination-Number': '102' }),
    );
    assert.equal(bridge.json.duplicate, true);
    const nothing = await post('/hooks/freeswitch', fs('CHANNEL_ANSWER'));
    assert.equal(nothing.status, 200);
    assert.deepEqual(nothing.json, { nothing: true });
    await until('Bình is busy', async () => (await load('binh')) === before + 105);
    tickets.add((await post('/hooks/freeswitch', cdr({ uuid: a, from, answered: true }))).json.ticket);
    await until('and no more', async () => (await load('binh')) === before + 5);
    assert.equal(tickets.size, 1);
    await using(service, (w) => w.ask('TICKET.RESOLVE', [...tickets][0]));
  });
});
