// deskctl, as a supervisor types it.
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { after, before, describe, test } from 'node:test';
import { promisify } from 'node:util';
import { admin, apply, desk, deskctl, event, service, unique, until, using } from './lib/desk.mjs';

const conf = new URL('../../conf/desk.conf', import.meta.url);
const sqlFiles = new URL('../../sql', import.meta.url);
const add = (m) => using(service, (wire) => wire.ask('EVENT.ADD', event(m)));

describe('lists', () => {
  test('tickets are a table with their columns named', async () => {
    const subject = unique('tiêu đề ');
    const { ticket, customer } = await add({ subject });
    const { status, stdout } = await deskctl(['ticket', 'list', '--customer', String(customer)]);
    assert.equal(status, 0);
    const [head, ...rows] = stdout.trimEnd().split('\n').map((l) => l.split('\t'));
    for (const name of ['ticket', 'queue', 'state', 'subject']) assert.ok(head.includes(name), name);
    assert.equal(rows.length, 1);
    assert.equal(rows[0].length, head.length);
    assert.equal(rows[0][head.indexOf('ticket')], String(ticket));
    assert.equal(rows[0][head.indexOf('subject')], subject);
  });

  test('a terminal of 80 columns shows what was said, and when by its own clock', async () => {
    const text = unique('còn hàng không ');
    const { ticket } = await add({ text });
    const { stdout } = await promisify(execFile)(
      'script',
      ['-qec', `stty cols 80; exec "$DESKCTL" -S "$DESKD_CONTROL" ticket get ${ticket}`, '/dev/null'],
      { env: { ...process.env, DESKCTL: `${process.env.DESKD_BUILD}/deskctl`, TZ: 'UTC' } },
    );
    const lines = stdout.split(/\r?\n/);
    assert.ok(lines.includes(`    ${text}`), stdout);
    assert.match(stdout, /^opened_at +\d{4}-\d\d-\d\d \d\d:\d\d\r?$/m);
    assert.doesNotMatch(stdout, /\dT\d/);
  });

  test('-j gives JSON, before or behind the words', async () => {
    for (const args of [
      ['-j', 'queue', 'list'],
      ['queue', 'list', '-j'],
    ]) {
      const { status, stdout } = await deskctl(args);
      assert.equal(status, 0);
      const { queues } = JSON.parse(stdout);
      for (const name of ['sales', 'warehouse', 'shipping', 'technical'])
        assert.ok(queues.some((q) => q.name === name), name);
    }
  });

  test('what a customer wrote cannot act on the terminal', async () => {
    const subject = `x\u001b[31mđỏ\u0007\u009b2J\u202e ${unique()}`;
    const { customer, ticket } = await add({ subject, text: `a\u001b]0;b\u0007c` });
    for (const args of [
      ['ticket', 'list', '--customer', String(customer)],
      ['ticket', 'get', String(ticket)],
    ]) {
      const { stdout } = await deskctl(args);
      assert.match(stdout, /đỏ/);
      // eslint-disable-next-line no-control-regex
      assert.doesNotMatch(stdout, /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u202e]/);
    }
  });

  test('a ticket by hand: note, priority, resolve, reopen', async () => {
    const { ticket } = await add();
    const id = String(ticket);
    for (const args of [
      ['ticket', 'note', id, 'khách quen'],
      ['ticket', 'priority', id, '80'],
      ['ticket', 'tag', id, 'quen'],
      ['ticket', 'transfer', id, 'shipping'],
      ['ticket', 'assign', id, 'chi'],
      ['ticket', 'resolve', id],
      ['ticket', 'reopen', id],
    ]) {
      const got = await deskctl(args);
      assert.equal(got.status, 0, got.stderr);
    }
    const { stdout } = await deskctl(['-j', 'ticket', 'get', id]);
    const t = JSON.parse(stdout).ticket;
    assert.equal(t.queue, 'shipping');
    assert.equal(t.assignee, 'chi');
    assert.equal(t.priority, 80);
    assert.deepEqual(t.tags, ['quen']);
    assert.equal(t.state, 'open');
  });
});

describe('its status', () => {
  test('is 1 when the desk refuses, and says why', async () => {
    const no = await deskctl(['ticket', 'get', '999999999']);
    assert.equal(no.status, 1);
    assert.match(no.stderr, /no such ticket/);
    assert.equal(no.stdout, '');
  });

  test('is 2 when it was called wrongly', async () => {
    for (const args of [[], ['nonsense'], ['ticket'], ['ticket', 'get'], ['apply'], ['-Z']]) {
      const no = await deskctl(args);
      assert.equal(no.status, 2, args.join(' '));
      assert.notEqual(no.stderr, '');
    }
  });

  test('is 3 when no daemon is there', async () => {
    const no = await deskctl(['-S', `${desk.var}/no.sock`, 'queue', 'list']);
    assert.equal(no.status, 3);
    assert.match(no.stderr, /no daemon/);
  });

  test('help is no failure', async () => {
    const got = await deskctl(['help']);
    assert.equal(got.status, 0);
    assert.match(got.stdout, /ticket transfer/);
  });
});

describe('apply', () => {
  let dir;
  before(async () => (dir = await mkdtemp('/var/tmp/deskd-ctl.')));
  after(() => rm(dir, { recursive: true }));
  const version = () =>
    using(admin, async (wire) => (await wire.ask('CONFIG.SHOW')).version);

  test('shows the difference, applies it once, and back again', async () => {
    const text = await readFile(conf, 'utf8');
    const title = unique('Bán hàng ');
    const file = `${dir}/desk.conf`;
    await writeFile(file, text.replace('title = "Bán hàng"', `title = "${title}"`));
    const start = await version();

    const dry = await deskctl(['apply', file, '--dry-run']);
    assert.equal(dry.status, 0, dry.stderr);
    assert.match(dry.stdout, /queue sales/);
    assert.match(dry.stdout, /^- +title: Bán hàng$/m);
    assert.ok(dry.stdout.includes(`title: ${title}\n`));
    assert.equal(await version(), start, 'a dry run changes nothing');

    const unasked = await deskctl(['apply', file]);
    assert.equal(unasked.status, 1, 'nobody agreed');
    assert.equal(await version(), start);

    const done = await deskctl(['apply', '--yes', file]);
    assert.equal(done.status, 0, done.stderr);
    const next = await version();
    assert.ok(next > start);
    const again = await deskctl(['apply', '--yes', file]);
    assert.equal(again.status, 0);
    assert.match(again.stdout, /Nothing changes/);
    assert.equal(await version(), next, 'the same again makes no version');

    const back = await deskctl(['apply', '--yes', conf.pathname]);
    assert.equal(back.status, 0, back.stderr);
    const { config } = await using(admin, (wire) => wire.ask('CONFIG.SHOW'));
    assert.equal(config.queues.find((q) => q.name === 'sales').title, 'Bán hàng');
  });

  test('a fault is named by its line, and nothing is applied', async () => {
    const text = await readFile(conf, 'utf8');
    const start = await version();
    const cases = [
      text.replace('queues = {"sales"}', 'queues = {"nowhere"}'),
      text.replace('first = "30m"', 'first = "soon"'),
      text + '\nqueue "x" {\n',
      text + '\nnonsense = 1\n',
    ];
    for (const [i, wrong] of cases.entries()) {
      const file = `${dir}/wrong${i}.conf`;
      await writeFile(file, wrong);
      const no = await deskctl(['apply', '--yes', file]);
      assert.equal(no.status, 1, `case ${i}`);
      assert.match(no.stderr, new RegExp(`wrong${i}\\.conf:\\d+: `));
    }
    assert.equal(await version(), start);
  });
});

const doctor = (conf) =>
  new Promise((done) =>
    execFile(
      `${desk.build}/deskctl`,
      ['-f', conf, 'doctor'],
      { env: { ...process.env, DESKD_SQL: sqlFiles.pathname } },
      (e, stdout, stderr) => done({ status: e?.code ?? 0, stdout, stderr }),
    ),
  );

test('doctor asks for the name of the mail server whose verdicts count', async () => {
  assert.match((await doctor(`${desk.var}/deskd.conf`)).stdout, /authserv_id is empty: a forged From/);
  const dir = await mkdtemp('/var/tmp/deskd-doctor.');
  const own = await readFile(`${desk.var}/deskd.conf`, 'utf8');
  await writeFile(`${dir}/deskd.conf`, `${own}authserv_id = "mx.shop.example"\n`, { mode: 0o600 });
  const { stdout } = await doctor(`${dir}/deskd.conf`);
  await rm(dir, { recursive: true });
  assert.match(stdout, /mx\.shop\.example is believed/);
  assert.doesNotMatch(stdout, /forged/);
});

test('doctor names the secrets that desk.conf names and nobody put there', async () => {
  const name = unique();
  await using(admin, async (wire) => {
    const { config } = await wire.ask('CONFIG.SHOW');
    await apply(wire, { ...config, sources: [...config.sources,
      { name, form: 'generic', secret_file: `${name}.secret`, trust: [] }] });
    try {
      const { stdout } = await doctor(`${desk.var}/deskd.conf`);
      assert.match(stdout, new RegExp(
        `^warn +secret of ${name}: .*/${name}\\.secret: No such file or directory\\n +to mend: put it there`, 'm'));
      await writeFile(`${desk.var}/state/${name}.secret`, 'x\n', { mode: 0o600 });
      assert.doesNotMatch((await doctor(`${desk.var}/deskd.conf`)).stdout, new RegExp(`secret of ${name}`));
    } finally {
      await rm(`${desk.var}/state/${name}.secret`, { force: true });
      await apply(wire, config);
    }
  });
});

test('doctor finds on a running desk what the tests do without, and no more', async () => {
  const got = await doctor(`${desk.var}/deskd.conf`);
  // Answers of other tests may wait: this desk has no relay.
  const bad = got.stdout.split('\n')
    .filter((line) => /^bad/.test(line) && !/^bad +relay: smtp_relay is empty/.test(line));
  // (scripts/run --no-sync)
  assert.deepEqual(bad, [
    'bad   PostgreSQL fsync: off', 'bad   PostgreSQL full_page_writes: off',
  ], got.stdout + got.stderr);
  assert.match(got.stdout, /PostgreSQL/);
  assert.match(got.stdout, /Redis/);
  assert.match(got.stdout, /^ok +schema/m);
});

test('tail tells what happens, as it happens', async () => {
  const child = execFile(`${desk.build}/deskctl`, ['-S', desk.control, '-j', 'tail']);
  let text = '';
  child.stdout.on('data', (d) => (text += d));
  try {
    await until('tail shows a notice', async () => {
      const { ticket } = await add();
      return new Promise((done) => setTimeout(done, 50)).then(() => text.includes(`${ticket}`));
    });
  } finally {
    child.kill();
  }
});
