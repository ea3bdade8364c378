// Calls from Asterisk, by its manager interface.
import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { after, before, describe, test } from 'node:test';
import { Asterisk, as, channel } from './lib/asterisk.mjs';
import {
  admin,
  apply,
  desk,
  deskctl,
  metric,
  phone,
  service,
  sql,
  unique,
  until,
  using,
} from './lib/desk.mjs';
import { startSecond } from './lib/second.mjs';

const source = unique('asterisk-');
const secret = unique('mật-khẩu-');
let pbx;
let config;
let serial = 0;

const load = async (name) =>
  (await using(service, (w) => w.ask('AGENT.LIST'))).agents.find((a) => a.name === name).load;

// A call as Asterisk tells of it, a step at a time.
class Call {
  constructor(more = {}) {
    this.id = `${unique('1795223704.')}`;
    this.from = phone();
    this.caller = {
      ...channel('PJSIP/trunk-00000001', this.id, this.id, {
        CallerIDNum: this.from,
        CallerIDName: 'Trần Thị Tám',
        Exten: '19001234',
        ...more,
      }),
    };
  }

  phone(extension, linked = this.id) {
    const id = `${this.id.slice(-20)}-${++serial}`;
    return channel(`PJSIP/${extension}-0000000${serial % 10}`, id, linked, {
      CallerIDNum: extension,
      ChannelState: '5',
      ChannelStateDesc: 'Ringing',
      Context: 'from-internal',
    });
  }

  tell(event, ...parts) {
    pbx.event(event, Object.assign({}, this.stamp, ...parts));
  }

  comes() {
    this.tell('Newchannel', this.caller, { ChannelState: '4', ChannelStateDesc: 'Ring' });
    return this;
  }

  rings(extension) {
    const to = this.phone(extension);
    this.tell('Newchannel', to);
    this.tell('DialBegin', this.caller, as('Dest', to), { DialString: extension });
    return to;
  }

  answers(to) {
    this.tell('Newstate', to, { ChannelState: '6', ChannelStateDesc: 'Up' });
    this.tell('DialEnd', this.caller, as('Dest', to), { DialStatus: 'ANSWER' });
    const bridge = { BridgeUniqueid: `br-${this.id}`, BridgeType: 'basic', BridgeNumChannels: '2' };
    this.tell('BridgeEnter', bridge, to);
    this.tell('BridgeEnter', bridge, this.caller);
    return to;
  }

  hangs(...channels) {
    for (const c of channels)
      this.tell('Hangup', c, { Cause: '16', 'Cause-txt': 'Normal Clearing' });
  }

  async shown(state) {
    const row = await until(`the call is ${state}`, async () => {
      const rows = await sql(
        `SELECT c.*, t.kind, t.state AS case, (SELECT count(*) FROM desk.event e
           WHERE e.ticket = c.ticket) AS events,
           (SELECT name FROM desk.agent a WHERE a.id = c.agent) AS who
         FROM desk.call c JOIN desk.ticket t ON t.id = c.ticket WHERE c.id = :'v1'`,
        this.id,
      );
      assert.ok(rows.length <= 1);
      return rows[0]?.state === state ? rows[0] : null;
    });
    return row;
  }
}

const withSource = (s) => ({ ...config, sources: [...config.sources, s] });
const block = (more) => ({
  name: source,
  form: 'ami',
  host: pbx.host,
  user: 'deskd',
  secret_file: `${source}.secret`,
  ...more,
});

before(async () => {
  pbx = await Asterisk.open({ secret });
  await writeFile(`${desk.var}/state/${source}.secret`, `${secret}\n`, { mode: 0o600 });
  await using(admin, async (wire) => {
    config = (await wire.ask('CONFIG.SHOW')).config;
    await apply(wire, withSource(block()));
  });
  await until('it is logged in', () => pbx.logins > 0);
  await until('and says so', async () => (await metric('deskd_asterisks_up')) >= 1);
});
after(async () => {
  await using(admin, (wire) => apply(wire, config));
  await pbx.close();
  await rm(`${desk.var}/state/${source}.secret`);
});

test('the secret never goes over the wire, and nobody posts to such a source', async () => {
  assert.deepEqual(pbx.actions.slice(0, 3), ['Challenge', 'Login', 'CoreShowChannels']);
  const no = await fetch(`${desk.http}/hooks/${source}`, { method: 'POST', body: '{}' });
  assert.equal(no.status, 404);
});

describe('one call', () => {
  test('rings, is answered, held and ended; the agent is busy meanwhile', async () => {
    const before = await load('an');
    const call = new Call().comes();
    await call.shown('ringing');
    const other = call.rings('102');
    const to = call.rings('101');
    call.answers(to);
    call.hangs(other);
    await until('An is busy', async () => (await load('an')) === before + 105);
    call.tell('Hold', to, { MusicClass: 'default' });
    call.tell('Unhold', to);
    call.hangs(to, call.caller);
    const row = await call.shown('ended');
    assert.equal(row.who, 'an');
    assert.equal(row.source, source);
    assert.equal(row.disposition, 'Normal Clearing');
    assert.equal(typeof row.hold, 'number');
    assert.equal(row.rang.length, 2);
    await until('An is free', async () => (await load('an')) === before + 5);
    const [who] = await sql(
      `SELECT u.name FROM desk.contact c JOIN desk.customer u ON u.id = c.customer
       WHERE c.address = :'v1'`,
      `+84${call.from.slice(1)}`,
    );
    assert.equal(who.name, 'Trần Thị Tám');
    await using(service, (w) => w.ask('TICKET.RESOLVE', row.ticket));
  });

  test('missed, and abandoned in a queue: one call back', async () => {
    const one = new Call().comes();
    const to = one.rings('101');
    one.hangs(to, one.caller);
    const first = await one.shown('missed');
    assert.equal(first.kind, 'callback');
    const two = new Call({ CallerIDNum: one.from }).comes();
    two.tell('QueueCallerAbandon', two.caller, { Queue: 'hotline', Position: '1', HoldTime: '31' });
    two.hangs(two.caller);
    const second = await two.shown('missed');
    assert.equal(second.ticket, first.ticket);
    assert.match(second.disposition, /abandoned in queue hotline/);
  });

  test('goes out: the agent\'s, and the call back', async () => {
    const missed = new Call().comes();
    missed.hangs(missed.caller);
    const { ticket } = await missed.shown('missed');
    const out = new Call();
    out.caller = channel('PJSIP/102-00000009', out.id, out.id, {
      CallerIDNum: '102',
      Exten: missed.from,
      Context: 'from-internal',
    });
    out.comes();
    const trunk = channel('PJSIP/trunk-0000000a', `${out.id}9`, out.id, { CallerIDNum: missed.from });
    out.tell('Newchannel', trunk);
    out.tell('DialBegin', out.caller, as('Dest', trunk));
    out.tell('DialEnd', out.caller, as('Dest', trunk), { DialStatus: 'ANSWER' });
    assert.equal((await out.shown('answered')).who, 'binh');
    out.hangs(trunk, out.caller);
    const row = await out.shown('ended');
    assert.equal(row.ticket, ticket);
    assert.equal(row.direction, 'out');
  });

  test('between two of our own telephones is nobody\'s case', async () => {
    const own = new Call();
    own.caller = channel('PJSIP/101-00000009', own.id, own.id, { CallerIDNum: '101', Exten: '102' });
    own.comes();
    own.answers(own.rings('102'));
    own.hangs(own.caller);
    // One that comes behind it is filed; that one never is.
    const next = new Call().comes();
    await next.shown('ringing');
    next.hangs(next.caller);
    await next.shown('missed');
    assert.deepEqual(await sql(`SELECT 1 FROM desk.call WHERE id = :'v1'`, own.id), []);
  });

  test('is handed on, blind and attended', async () => {
    const before = await load('dung');
    const call = new Call().comes();
    const an = call.answers(call.rings('101'));
    await until('An talks', async () => (await call.shown('answered')).who === 'an');
    call.tell('BlindTransfer', { Result: 'Success', Extension: '102', Context: 'from-internal' },
      as('Transferer', an), as('Transferee', call.caller));
    call.hangs(an);
    const binh = call.answers(call.rings('102'));
    await until('Bình talks', async () => (await call.shown('answered')).who === 'binh');
    // Bình asks Dũng first, on a call of their own.
    const consult = `${call.id}7`;
    const ask = channel('PJSIP/102-00000011', consult, consult, { CallerIDNum: '102', Exten: '104' });
    const dung = channel('PJSIP/104-00000012', `${consult}1`, consult, { CallerIDNum: '104' });
    call.tell('Newchannel', ask);
    call.tell('Newchannel', dung);
    call.tell('DialEnd', ask, as('Dest', dung), { DialStatus: 'ANSWER' });
    call.tell('AttendedTransfer', { Result: 'Success', DestType: 'Bridge' },
      as('OrigTransferer', binh), as('SecondTransferer', ask),
      as('Transferee', call.caller), as('TransferTarget', dung));
    call.hangs(binh, ask);
    await until('Dũng is busy', async () => (await load('dung')) === before + 100);
    call.hangs(call.caller, { ...dung, Linkedid: call.id });
    const row = await call.shown('ended');
    assert.equal(row.who, 'dung');
    assert.deepEqual(
      row.transfers.map((t) => [t.from, t.to, t.attended]),
      [['101', '102', false], ['102', '104', true]],
    );
    await until('Dũng is free', async () => (await load('dung')) === before);
    await using(service, (w) => w.ask('TICKET.RESOLVE', row.ticket));
  });

  test('he hangs up and a recorded voice goes on: he is free', async () => {
    const before = await load('chi');
    const call = new Call().comes();
    const to = call.answers(call.rings('103'));
    await until('Chi is busy', async () => (await load('chi')) === before + 105);
    call.hangs(to);
    await until('Chi is free', async () => (await load('chi')) === before + 5);
    const row = await call.shown('answered');
    call.hangs(call.caller);
    await call.shown('ended');
    await using(service, (w) => w.ask('TICKET.RESOLVE', row.ticket));
  });
});

test('its record by AMI and by cdr-csv is one, and joins the call', async () => {
  const call = new Call().comes();
  const to = call.answers(call.rings('101'));
  call.hangs(to, call.caller);
  const before = await call.shown('ended');
  const line = [
    '', call.from, '19001234', 'from-trunk', `"""Tám"" <${call.from}>"`, 'PJSIP/trunk-00000001',
    'PJSIP/101-00000002', 'Queue', 'hotline', '2026-11-20 08:15:04', '2026-11-20 08:15:14',
    '2026-11-20 08:16:04', '60', '50', 'ANSWERED', 'DOCUMENTATION', call.id, 'rec/81.wav',
  ];
  call.tell('Cdr', {
    AccountCode: '', Source: call.from, Destination: '19001234', DestinationContext: 'from-trunk',
    CallerID: `"Tám" <${call.from}>`, Channel: line[5], DestinationChannel: line[6],
    LastApplication: 'Queue', LastData: 'hotline', StartTime: line[9], AnswerTime: line[10],
    EndTime: line[11], Duration: '60', BillableSeconds: '50', Disposition: 'ANSWERED',
    AMAFlags: 'DOCUMENTATION', UniqueID: call.id, UserField: 'rec/81.wav',
  });
  const row = await until('the record joins', async () => {
    const now = await call.shown('ended');
    return now.events > before.events ? now : null;
  });
  assert.equal(row.duration, 50);
  assert.equal(row.recording, 'rec/81.wav');
  const dir = await mkdtemp('/var/tmp/deskd-cdr.');
  try {
    await writeFile(`${dir}/Master.csv`, line.join(',') + '\n');
    const got = await deskctl(['import', 'cdr', `${dir}/Master.csv`]);
    assert.match(got.stdout, /^0 added, 1 known before, 0 bad/, got.stderr);
  } finally {
    await rm(dir, { recursive: true });
  }
});

test('two daemons that listen to it tell everything once', async () => {
  const logins = pbx.logins;
  const second = await startSecond();
  try {
    await until('the second is logged in', () => pbx.logins > logins && pbx.clients.size >= 2);
    const call = new Call().comes();
    const to = call.answers(call.rings('101'));
    call.hangs(to, call.caller);
    const row = await call.shown('ended');
    await until('both have filed all', async () =>
      (await metric('deskd_call_records_waiting')) === 0 &&
      (await metric('deskd_call_records_waiting', second.metrics)) === 0);
    const events = await sql(
      `SELECT external_id FROM desk.event WHERE ticket = :v1 AND kind = 'call' ORDER BY 1`,
      row.ticket,
    );
    assert.equal(events.length, 4, JSON.stringify(events));
    await using(service, (w) => w.ask('TICKET.RESOLVE', row.ticket));
  } finally {
    await second.stop();
  }
});

describe('a link that is cut', () => {
  test('in the middle of an event: what ended meanwhile is ended, the rest goes on', async () => {
    const stays = new Call().comes();
    const goes = new Call().comes();
    const an = stays.answers(stays.rings('101'));
    goes.answers(goes.rings('102'));
    await stays.shown('answered');
    await goes.shown('answered');
    pbx.channels = [
      { ...stays.caller, BridgeId: 'b', Duration: '00:00:09' },
      { ...an, ChannelStateDesc: 'Up', BridgeId: 'b' },
    ];
    const fresh = new Call();
    pbx.channels.push({ ...fresh.caller, ChannelStateDesc: 'Ring', BridgeId: '' });
    const logins = pbx.logins;
    pbx.cut({ Event: 'Hangup', ...stays.caller });
    await until('it comes back', () => pbx.logins > logins);
    await goes.shown('ended');
    await fresh.shown('ringing');
    assert.equal((await stays.shown('answered')).ended_at, null);
    stays.hangs(an, stays.caller);
    fresh.hangs(fresh.caller);
    await stays.shown('ended');
    await fresh.shown('missed');
    pbx.channels = [];
  });

  test('what nobody heard end is ended when the exchange names it no more', async () => {
    const call = new Call();
    call.stamp = { Timestamp: (Date.now() - 300000) / 1000 };
    call.comes();
    call.answers(call.rings('101'));
    await call.shown('answered');
    // As after a restart: all that the daemon knew of it is gone.
    await using(admin, async (wire) => {
      await apply(wire, config);
      await apply(wire, withSource(block()));
    });
    assert.equal((await call.shown('ended')).who, 'an');
  });

  test('of which nothing comes any more', async () => {
    const logins = pbx.logins;
    pbx.dumb = true;
    await until('it gives up and tries again', () => pbx.actions.at(-1) === 'Challenge');
    pbx.dumb = false;
    await until('and is back', () => pbx.logins > logins);
  });
});

test('hostile bytes cost nothing but themselves', async () => {
  const call = new Call();
  pbx.raw(`Event: Newchannel\r\nChannel: ${'x'.repeat(100000)}\r\n\r\n`);
  pbx.raw(Buffer.from([...Buffer.from('Event: Newchannel\r\nUniqueid: \xff\0\x01', 'latin1'), 13, 10, 13, 10]));
  pbx.raw('no colon here\r\n: no name\r\n\r\n\r\n\r\n');
  pbx.raw(Buffer.concat([Buffer.from('Event: Hangup\nUniqueid: nobody\n\n')]));
  pbx.raw(`Event: Newchannel\r\n${'Variable: a=b\r\n'.repeat(500)}\r\n`);
  call.comes();
  await call.shown('ringing');
  call.hangs(call.caller);
  await call.shown('missed');
});

test('a wrong secret is refused, said, and tried again', async () => {
  const other = await Asterisk.open({ secret: 'another' });
  const name = unique('asterisk-');
  try {
    await using(admin, (wire) =>
      apply(wire, withSource(block({ name, host: other.host }))));
    await until('it tried', () => other.actions.filter((a) => a === 'Login').length >= 2);
    assert.equal(other.logins, 0);
    assert.ok(!other.actions.includes('CoreShowChannels'));
    assert.equal(await metric('deskd_asterisks_up'), 0);
    other.secret = secret;
    await until('the right one is taken', () => other.logins === 1);
  } finally {
    await using(admin, (wire) => apply(wire, withSource(block())));
    await other.close();
  }
});

test('desk.conf says what such a source needs', async () => {
  const dir = await mkdtemp('/var/tmp/deskd-conf.');
  const base = 'company { name = "X" }\ndefault_queue = "q"\nqueue "q" { title = "Q" }\n';
  const check = async (text) => {
    await writeFile(`${dir}/desk.conf`, base + text);
    return deskctl(['apply', '-n', `${dir}/desk.conf`]);
  };
  try {
    for (const [text, want] of [
      ['source "a" { form = "ami" }', /desk\.conf:4: .*needs host/],
      ['source "a" {\n form = "ami" host = "h" user = "u"\n}', /needs secret_file/],
      ['source "a" { form = "generic" trust = {"127.0.0.1"}\nhost = "h" }', /:5: host belongs to form ami/],
    ]) {
      const no = await check(text);
      assert.notEqual(no.status, 0);
      assert.match(no.stderr + no.stdout, want);
    }
  } finally {
    await rm(dir, { recursive: true });
  }
});
