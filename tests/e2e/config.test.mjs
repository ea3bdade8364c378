// The configuration as a file: out of the desk and in again.
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { describe, test } from 'node:test';
import { admin, deskctl, event, login, service, unique, using } from './lib/desk.mjs';
import { Session, get, post } from './lib/web.mjs';

const sample = await readFile(new URL('../../conf/desk.conf', import.meta.url), 'utf8');
const parse = (text) => using(admin, (wire) => wire.ask('CONFIG.PARSE', text));

describe('what is in force, as a file', () => {
  test('deskctl export is what deskctl apply takes, and nothing changes by it', async () => {
    const { status, stdout } = await deskctl(['export']);
    assert.equal(status, 0);
    assert.match(stdout, /^queue "sales" \{$/m);
    assert.match(stdout, /^# The people who answer\.$/m);
    assert.doesNotMatch(stdout, /does not take this/);
    const again = await deskctl(['apply', '-', '--dry-run'], { input: stdout });
    assert.equal(again.stdout, 'Nothing changes.\n');
    assert.equal(again.status, 0);
  });

  test('deskctl apply warns of what has no effect', async () => {
    const { stdout } = await deskctl(['export']);
    const text = stdout.replace(/^queue "sales" \{\n[^]*?(?=^\}$)/m, (section) =>
      `${section}    members_only = true\n    widen = {"50m overflow technical"}\n`);
    const { stderr } = await deskctl(['apply', '-', '--dry-run'], { input: text });
    assert.match(stderr, /warning: sales does not overflow into technical: agents there may not see/);
  });

  test('the web client downloads the same text; an agent does not', async () => {
    const { stdout } = await deskctl(['export']);
    const sup = await Session.begin('sup');
    const answer = await sup.ask('GET', '/api/v1/config/text');
    assert.equal(answer.status, 200);
    assert.equal(answer.headers['content-type'], 'text/plain; charset=utf-8');
    assert.equal(answer.text, stdout);
    const an = await Session.begin('an');
    assert.equal((await an.ask('GET', '/api/v1/config/text')).status, 403);
    assert.equal((await get('/api/v1/config/text')).status, 401);
  });
});

test('the ways in and out: what is open, and what the configuration names', async () => {
  const sup = await Session.begin('sup');
  const { status, json } = await sup.ask('GET', '/api/v1/channels');
  assert.equal(status, 200);
  assert.ok(json.served.some((s) => s.address === 'sales@shop.example'));
  assert.match(json.mail.smtp, /:\d+$/);
  assert.ok(json.sources.some((s) => s.name === 'freeswitch'));
  const an = await Session.begin('an');
  assert.equal((await an.ask('GET', '/api/v1/channels')).status, 403);
});

test('a macro of the sample: answered and resolved at once, and once', async () => {
  const { ticket } = await using(service, (s) => s.ask('EVENT.ADD', event({ text: 'cảm ơn shop' })));
  const an = await Session.begin('an');
  const list = await an.ask('GET', `/api/v1/macros?ticket=${ticket}`);
  assert.match(list.json.macros.find((m) => m.macro === 'cam-on-xong').text, /^Dạ em cảm ơn/);
  const once = unique('m');
  const run = () =>
    an.ask('POST', `/api/v1/tickets/${ticket}/macros/cam-on-xong`, { body: { once } });
  const [one, two] = await Promise.all([run(), run()]);
  assert.deepEqual([one.status, two.status], [200, 200], one.text + two.text);
  assert.equal(one.json.state, 'resolved');
  assert.equal(one.json.event, two.json.event);
  const { json } = await an.ask('GET', `/api/v1/tickets/${ticket}`);
  assert.equal(json.events.filter((e) => e.direction === 'out').length, 1);
});

describe('a file by paste', () => {
  test('is read as deskctl reads it', async () => {
    const { config } = await parse(sample);
    const { changes } = await using(admin, (wire) =>
      wire.ask('CONFIG.APPLY', JSON.stringify(config), 'DRY', 'yes'),
    );
    const file = await deskctl(['-j', 'apply', '-', '--dry-run'], { input: sample });
    assert.deepEqual(JSON.parse(file.stdout).changes, changes);
  });

  test('its faults are told by their lines', async () => {
    const { wrong, config } = await parse('company { name = "S" }\nqueue "a" { frist = "1m" }\n');
    assert.equal(config, undefined);
    assert.deepEqual(wrong, [{ line: 2, sentence: "no such option 'frist'" }]);
    const sup = await Session.begin('sup');
    const many = await sup.ask('POST', '/api/v1/config/parse', {
      body: { text: 'company {\n name = ""\n lang = "fr"\n}\nqueue "a" { first = "0" }\ndefault_queue = "b"\n' },
    });
    assert.equal(many.status, 200);
    assert.deepEqual(
      many.json.wrong.map((w) => w.line),
      [2, 2, 3, 6, 5],
    );
    assert.ok(many.json.wrong.every((w) => w.sentence.length > 10));
  });

  test('brings in no file and nothing of the environment', async () => {
    const include = await parse('include("/etc/passwd")\n');
    assert.match(include.wrong[0].sentence, /include/);
    assert.doesNotMatch(JSON.stringify(include), /root:/);
    const secret = await parse('company { name = "${HOME}" }\n');
    assert.match(secret.wrong[0].sentence, /environment/);
    const bare = await parse('company { name = ${HOME} }\n');
    assert.match(bare.wrong[0].sentence, /environment/);
  });

  test('too large or too costly a one is refused, and the desk goes on', async () => {
    for (const text of ['hook a{}\n'.repeat(20000), '#\n'.repeat(200000)]) {
      const { wrong } = await parse(text);
      assert.match(wrong[0].sentence, /^There are too many (sections|comments)\.$/);
    }
    await assert.rejects(parse(`# ${'x'.repeat(1 << 20)}`), /INVALID|too (long|large)/i);
    assert.match((await deskctl(['queue', 'list'])).stdout, /sales/);
  });

  test('many at once: each is answered, or told to try again', async () => {
    const texts = Array.from({ length: 20 }, () => `# ${unique()}\n${sample}`);
    const answers = await Promise.allSettled(texts.map(parse));
    const good = answers.filter((a) => a.status === 'fulfilled');
    assert.ok(good.length >= 1);
    for (const a of good) assert.equal(a.value.config.company.name, 'Shop Example');
    for (const a of answers.filter((b) => b.status === 'rejected'))
      assert.match(String(a.reason), /TRYAGAIN|Try again/);
  });

  test('another page cannot have it read in somebody’s name', async () => {
    const sup = await Session.begin('sup');
    const answer = await post(
      '/api/v1/config/parse',
      { text: sample },
      { headers: { Cookie: sup.cookie, 'Sec-Fetch-Site': 'cross-site' } },
    );
    assert.equal(answer.status, 403);
  });

  test('an agent is refused', async () => {
    await assert.rejects(
      using(
        () => login('an'),
        (wire) => wire.ask('CONFIG.PARSE', sample),
      ),
      /DENIED|may not/,
    );
  });
});

describe('a text tried against the rules', () => {
  const body = { text: 'Đơn DH10482 giao tre qua, shop oi', subject: 'giao hàng' };

  test('names the queue, the rule and its words; a supervisor may', async () => {
    const sup = await Session.begin('sup');
    const { status, json } = await sup.ask('POST', '/api/v1/rules/try', { body });
    assert.equal(status, 200);
    assert.equal(json.queue, 'shipping');
    assert.equal(json.order, 'DH10482');
    const rule = json.rules.find((r) => r.name === 'giao-hang');
    assert.equal(rule.holds, true);
    assert.ok(rule.words.includes('giao hàng'), JSON.stringify(rule));
    assert.equal(json.rules.find((r) => r.name === 'ky-thuat').lacks, 'keywords');
    const an = await Session.begin('an');
    assert.equal((await an.ask('POST', '/api/v1/rules/try', { body })).status, 403);
    const said = await deskctl(['rules', 'try', body.text]);
    assert.match(said.stdout, /shipping/, said.stderr);
  });

  test('those that are yet to be applied are tried, and nothing is applied', async () => {
    const shown = () => using(admin, (wire) => wire.ask('CONFIG.SHOW'));
    const { version, config } = await shown();
    config.rules.unshift({ name: 'trang-khach', channel: 'web', queue: 'technical', weight: 9 });
    config.units.web = 7;
    const sup = await Session.begin('sup');
    const tried = (channel) =>
      sup.ask('POST', '/api/v1/rules/try', { body: { text: 'xin chào', channel, config } });
    assert.equal((await tried('web')).json.queue, 'technical');
    assert.equal((await tried('chat')).json.rules[0].lacks, 'channel');
    // The same may be applied as it is.
    const { changes } = await using(admin, (wire) =>
      wire.ask('CONFIG.APPLY', JSON.stringify(config), 'DRY', 'yes'));
    assert.ok(changes.some((c) => c.what === 'rule trang-khach'), JSON.stringify(changes));
    assert.equal((await shown()).version, version);
    const none = await sup.ask('POST', '/api/v1/rules/try', { body: { text: 'x', config: {} } });
    assert.equal(none.status, 400);
    assert.equal(none.json.member, 'config');
  });

  test('many at once: each is answered, or told to try again', async () => {
    const { config } = await using(admin, (wire) => wire.ask('CONFIG.SHOW'));
    const sup = await Session.begin('sup');
    const all = await Promise.all(Array.from({ length: 20 }, () =>
      sup.ask('POST', '/api/v1/rules/try', { body: { text: 'giao hàng', config } })));
    assert.ok(all.some((a) => a.status === 200));
    for (const a of all) assert.ok([200, 503].includes(a.status), a.text);
    const large = await sup.ask('POST', '/api/v1/rules/try', { body: { text: 'x'.repeat(65537) } });
    assert.ok([400, 413].includes(large.status), large.text);
  });
});
