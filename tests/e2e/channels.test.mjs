// CHANNEL.TEST: each way in and out, tried for real.
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { createServer } from 'node:http';
import { after, before, describe, test } from 'node:test';
import { promisify } from 'node:util';
import { Asterisk } from './lib/asterisk.mjs';
import { admin, apply, change, desk, login, sql, unique, until, using } from './lib/desk.mjs';
import { deliver, mail } from './lib/mail.mjs';
import { startPostfix } from './lib/postfix.mjs';
import { receiver } from './lib/receiver.mjs';
import { startSecond } from './lib/second.mjs';
import { startSink } from './lib/sink.mjs';
import { keep } from './lib/social.mjs';

const run = promisify(execFile);

let sink;
let one;
let hasty; // one that does not wait long

before(async () => {
  sink = await startSink();
  const relay = { smtp_relay: `127.0.0.1:${sink.port}`, smtp_starttls: 'no' };
  [one, hasty] = await Promise.all([startSecond(relay), startSecond({ ...relay, smtp_patience: 5 })]);
});

after(async () => {
  await Promise.all([one?.stop(), hasty?.stop()]);
  await sink?.end();
});

const tried = (channel, address, daemon = one) =>
  using(() => daemon.login('sup', desk.password), (wire) =>
    address ? wire.ask('CHANNEL.TEST', channel, 'ADDRESS', address)
      : wire.ask('CHANNEL.TEST', channel));

const listed = async (address) =>
  (await using(() => login('sup'), (wire) => wire.ask('CHANNEL.LIST')))
    .tests.find((t) => t.address === address);

const cases = async (from) =>
  (await sql(`SELECT count(*)::int AS n FROM desk.contact c WHERE c.address = :'v1'`, from))[0].n;

const header = (m, name) => new RegExp(`^${name}: (.*)\r$`, 'mi').exec(m.text)?.[1];

// The mail that the sink took, as somebody else brings it to the desk.
const brought = (m, to, from = m.from) =>
  deliver({ from, bytes: Buffer.from(m.text, 'latin1') }, [to]);

describe('a mail to somebody else', () => {
  test('is told to be taken, and says that a machine wrote it', async () => {
    const to = `${unique()}@example.com`;
    const got = await tried('mail', to);
    assert.equal(got.outcome, 'taken', JSON.stringify(got));
    assert.equal(got.good, true);
    assert.equal(got.tls, false);
    assert.match(got.said, /^250 .*kept/);
    assert.equal(got.status, 250);
    const [m] = sink.to(to);
    assert.equal(header(m, 'Auto-Submitted'), 'auto-generated');
    assert.match(m.from, new RegExp(`\\+x${got.test}\\.[a-z2-7]{20}@shop\\.example$`));
    assert.equal(header(m, 'Message-ID'), `<${m.from}>`);
    const [row] = await sql(`SELECT who, object FROM desk.audit
      WHERE action = 'channel.test' AND object = 'mail ' || :'v1'`, to);
    assert.equal(row.who, 'sup');
  });

  test('comes back: its bounce is noted, and opens no case', async () => {
    const to = `${unique()}@example.com`;
    await tried('mail', to);
    const [m] = sink.to(to);
    const from = `mailer-${unique()}@mx.example.com`;
    const bounce = Buffer.from([
      `From: MAILER-DAEMON <${from}>`, `To: <${m.from}>`, 'Subject: Undelivered Mail',
      `Message-ID: <${unique()}@mx.example.com>`, 'Auto-Submitted: auto-replied', 'MIME-Version: 1.0',
      'Content-Type: multipart/report; report-type=delivery-status; boundary=b', '',
      '--b', 'Content-Type: text/plain', '', 'It could not be delivered.',
      '--b', 'Content-Type: message/delivery-status', '', 'Reporting-MTA: dns; mx.example.com', '',
      `Final-Recipient: rfc822; ${to}`, 'Action: failed', 'Status: 5.1.1',
      'Diagnostic-Code: smtp; 550 5.1.1 no such user', '',
      '--b--', ''].join('\r\n'));
    for (let twice = 0; twice < 2; twice++) {
      const [reply] = await deliver({ from: '', bytes: bounce }, [m.from]);
      assert.equal(reply.code, 250, reply.text);
    }
    const shown = await listed(to);
    assert.ok(shown.bounced_at);
    assert.match(shown.said, /no such user/);
    assert.equal(await cases(from), 0);
  });

  test('is answered: noted with the test; another who answers is heard', async () => {
    const to = `${unique()}@example.com`;
    await tried('mail', to);
    const [m] = sink.to(to);
    const about = { to: 'sales@shop.example', headers: [`In-Reply-To: <${m.from}>`] };
    const words = `Nhận được rồi ${unique()}`;
    const [reply] = await deliver(mail({ ...about, from: to, text: words }));
    assert.equal(reply.code, 250, reply.text);
    const shown = await listed(to);
    assert.ok(shown.answered_at);
    assert.equal(shown.said, words);
    assert.equal(await cases(to), 0);
    const other = mail(about);
    await deliver(other);
    assert.equal(await cases(other.from), 1);
  });

  test('is refused, put off, or hangs: each is told', async () => {
    const to = `${unique()}@example.com`;
    sink.behave = (rcpt) => (rcpt === to ? { at: 'rcpt', say: '550 5.1.1 no such user' } : {});
    const refused = await tried('mail', to);
    assert.equal(refused.outcome, 'refused');
    assert.match(refused.said, /no such user/);
    sink.behave = (rcpt) => (rcpt === to ? { at: 'rcpt', say: '451 4.2.0 greylisted' } : {});
    assert.equal((await tried('mail', to)).outcome, 'later');
    sink.behave = (rcpt) => (rcpt === to ? { at: 'end', hang: true } : {});
    const hung = await tried('mail', to, hasty);
    assert.ok(['late', 'unknown'].includes(hung.outcome), JSON.stringify(hung));
    assert.equal(hung.good, false);
    sink.behave = () => ({});
  });

  test('goes nowhere for agents, for nonsense, or without a relay', async () => {
    await using(() => one.login('an', desk.password), (wire) =>
      assert.rejects(wire.ask('CHANNEL.TEST', 'mail', 'ADDRESS', 'a@example.com'), /DENIED/));
    for (const bad of ['lan', 'a@example.com\nBcc: b@example.com', '<a@example.com>'])
      await assert.rejects(tried('mail', bad), /INVALID/, bad);
    await assert.rejects(tried('mail'), /INVALID/);
    const got = await using(() => login('sup'), (wire) =>
      wire.ask('CHANNEL.TEST', 'mail', 'ADDRESS', 'a@example.com'));
    assert.equal(got.outcome, 'norelay');
  });
});

describe('a mail to the desk itself', () => {
  test('goes round by a real mail server', async () => {
    const postfix = await startPostfix();
    const two = await startSecond({ smtp_relay: `127.0.0.1:${postfix.port}`, smtp_starttls: 'no' });
    try {
      const to = `sales+${unique()}@shop.example`;
      const before = (await sql('SELECT coalesce(max(id), 0) AS id FROM desk.event'))[0].id;
      const got = await tried('mail', to, two);
      assert.equal(got.outcome, 'came', JSON.stringify(got));
      assert.match(got.said, /^250 .*queued/);
      assert.ok((await listed(to)).came_at);
      const filed = await sql(`SELECT 1 AS x FROM desk.event WHERE id > :'v1'::bigint
        AND subject LIKE '%Test mail%'`, before);
      assert.deepEqual(filed, []);
    } finally {
      await two.stop();
      await postfix.stop();
    }
  });

  test('that never arrives is told; it is known when it comes late, or twice', async () => {
    const to = `sales+${unique()}@shop.example`;
    const got = await tried('mail', to, hasty);
    assert.equal(got.outcome, 'missing', JSON.stringify(got));
    assert.match(got.words, /forwarding/);
    const [m] = sink.to(to);
    assert.equal((await listed(to)).came_at, undefined);
    for (let twice = 0; twice < 2; twice++) assert.equal((await brought(m, to))[0].code, 250);
    assert.ok((await listed(to)).came_at);
    // A week later, or with a number that we never gave out: ordinary mail.
    await change(`UPDATE desk.channel_test SET at = at - interval '8 days'
      WHERE id = :'v1'::bigint`, got.test);
    const who = `${unique()}@example.com`;
    const late = { ...m, text: m.text.replace(/^From: .*\r$/m, `From: <${who}>\r`) };
    assert.equal((await brought(late, to))[0].code, 250);
    assert.equal(await cases(who), 1);
  });

  test('comes in while it is waited for', async () => {
    const to = `sales+${unique()}@shop.example`;
    const asked = tried('mail', to);
    const [m] = await until('the relay has it', () => sink.to(to).length && sink.to(to));
    assert.equal((await brought(m, to))[0].code, 250);
    assert.equal((await asked).outcome, 'came');
  });

  test('is forged: without our signature it is mail as any other', async () => {
    const from = `${unique()}@example.com`;
    const m = mail({ from, id: `sales+x1.${'a'.repeat(20)}@shop.example` });
    assert.equal((await deliver(m))[0].code, 250);
    assert.equal(await cases(from), 1);
  });
});

// A desk with these beside its own sources and hooks.
async function beside(more, work, ...daemons) {
  await using(admin, async (wire) => {
    const { config } = await wire.ask('CONFIG.SHOW');
    const everywhere = [desk, one, hasty, ...daemons].map((d) => d.metrics);
    await apply(wire, { ...config,
      sources: [...config.sources, ...(more.sources ?? [])],
      hooks: [...config.hooks, ...(more.hooks ?? [])] }, everywhere);
    try {
      await work();
    } finally {
      await apply(wire, config, everywhere);
    }
  });
}

test('a source described in data: its token is tried where it can be', async () => {
  const name = unique('s');
  const asked = [];
  const fake = createServer((req, res) => {
    asked.push(req);
    const good = req.headers.authorization === `Bearer ${name}`;
    res.writeHead(good ? 200 : 400, { 'content-type': 'application/json' });
    res.end(JSON.stringify(good ? { ok: true } : { error: { code: 190, message: 'token has expired' } }));
  });
  await new Promise((done) => fake.listen(0, '127.0.0.1', done));
  const provider = (more) => ({ contact: 'trang', events: [{ name: 'message', id: '/id', sender: '/from' }],
    sends: [], ...more });
  const check = { url: `http://127.0.0.1:${fake.address().port}/me`, headers: ['Authorization: Bearer {token}'],
    token_file: `${name}.token`, success: ['/ok'], code: ['/error/code'], words: ['/error/message'],
    expired: ['190'] };
  const data = { form: 'data', secret_file: `${name}.secret`, trust: [] };
  const two = await startSecond({ outgoing_allow: '' });
  try {
    await beside({ sources: [{ ...data, name, provider: provider({ check }) },
      { ...data, name: `${name}-x`, provider: provider({}) }] }, async () => {
      assert.equal((await tried('source', name)).outcome, 'notoken');
      await keep(`${name}.token`, 'cũ');
      const old = await tried('source', name);
      assert.equal(old.outcome, 'refused');
      assert.match(old.words, /does not accept our token.*token has expired/);
      await keep(`${name}.token`, name);
      const good = await tried('source', name);
      assert.equal(good.outcome, 'known', JSON.stringify(good));
      assert.ok(asked.every((r) => r.method === 'GET' && r.url === '/me'));
      assert.ok(!JSON.stringify([old, good]).includes(`"${name}.token"`));
      assert.equal((await tried('source', `${name}-x`)).outcome, 'unchecked');
      // Inner addresses are not to be reached by it, unless deskd.conf says so.
      const before = asked.length;
      const guarded = await tried('source', name, two);
      assert.equal(guarded.good, false, JSON.stringify(guarded));
      assert.equal(asked.length, before);
    }, two);
  } finally {
    await two.stop();
    await new Promise((done) => fake.close(done));
  }
});

test('an exchange: whether the link is up', async () => {
  const name = unique('a');
  const pbx = await Asterisk.open({ secret: name });
  await keep(`${name}.secret`, name);
  try {
    await beside({ sources: [{ name, form: 'ami', host: pbx.host, user: 'deskd',
      secret_file: `${name}.secret`, trust: [] }] }, async () => {
      await until('the daemons are logged in', () => pbx.logins >= 3);
      const up = await until('the link is up', async () => {
        const got = await tried('source', name);
        return got.good && got;
      });
      assert.equal(up.outcome, 'up');
      await pbx.close();
      const down = await until('the link is down', async () => {
        const got = await tried('source', name);
        return !got.good && got;
      });
      assert.equal(down.outcome, 'down');
      assert.ok(down.said);
    });
  } finally {
    await pbx.close();
  }
});

test('who posts: a sample to post, which is taken', async () => {
  const name = unique('g');
  await beside({ sources: [{ name, form: 'generic', trust: ['127.0.0.1', '::1'] }] }, async () => {
    const got = await tried('source', name);
    assert.equal(got.outcome, 'silent');
    const call = JSON.parse(/-d '([^']*)'/.exec(got.sample)[1]);
    call.call = unique('call');
    const took = await fetch(`${one.http}/hooks/${name}`, { method: 'POST',
      headers: { 'content-type': 'application/json' }, body: JSON.stringify(call) });
    assert.ok(took.ok, await took.text());
    const after = await tried('source', name);
    assert.equal(after.outcome, 'posted');
    assert.ok(after.last);
  });
});

test('a hook gets a ping; the widget is told', async () => {
  const name = unique('h');
  const far = await receiver({ secrets: [name] });
  await keep(`${name}.key`, name);
  try {
    await beside({ hooks: [{ name, url: `http://127.0.0.1:${far.port}/`, secret_file: `${name}.key`,
      notices: ['resolve'], queues: [], allow: ['127.0.0.1'], keep: 3600 }] }, async () => {
      const got = await tried('hook', name);
      assert.equal(got.outcome, 'taken', JSON.stringify(got));
      assert.equal(got.status, 204);
    });
  } finally {
    await far.close();
  }
  await assert.rejects(tried('hook', name), /NOTFOUND/);
  const { sample } = await tried('widget');
  assert.match(sample, /^<script src="https:\/\/.*\/widget\.js" async><\/script>$/);
});

test('deskctl has it from the table', async () => {
  const { stdout } = await run(`${desk.build}/deskctl`, ['-S', one.control, '-j', 'channel', 'test', 'widget']);
  assert.equal(JSON.parse(stdout).channel, 'widget');
});

test('a daemon that ends answers who waits, and forgets nothing', async () => {
  const two = await startSecond({ smtp_relay: `127.0.0.1:${sink.port}`, smtp_starttls: 'no' });
  const to = `sales+${unique()}@shop.example`;
  const asked = tried('mail', to, two).then((got) => got.outcome, (e) => e.message);
  await until('the relay has it', () => sink.to(to).length);
  await two.stop();
  assert.match(await asked, /^missing$|closed|ended|ECONNRESET/);
  assert.equal((await brought(sink.to(to)[0], to))[0].code, 250);
  assert.ok((await listed(to)).came_at);
});
