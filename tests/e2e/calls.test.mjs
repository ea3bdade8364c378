// Call records, as telephone exchanges post them and as Asterisk writes them.
import assert from 'node:assert/strict';
import { createHmac, randomBytes } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { after, before, describe, test } from 'node:test';
import {
  admin,
  apply,
  desk,
  deskctl,
  now,
  phone,
  service,
  sql,
  unique,
  using,
} from './lib/desk.mjs';
import { post } from './lib/web.mjs';

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
