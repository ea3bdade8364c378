// What supervisors do by command: queues are drained, one act is done to many
// cases, and an agent is told something.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { after, before, describe, test } from 'node:test';
import {
  admin, apply, desk, deskctl, event, login, service, sql, unique, until, using,
} from './lib/desk.mjs';
import { terminal } from './lib/terminal.mjs';

const ask = (...words) => using(admin, (wire) => wire.ask(...words));
const mine = `q-${unique()}`;
const drain = async () => (await ask('QUEUE.LIST')).queues.find((q) => q.name === mine).drain;
const where = async (id) => (await ask('TICKET.GET', id)).ticket;
const change = (make) =>
  using(admin, async (wire) => {
    const { config } = await wire.ask('CONFIG.SHOW');
    await apply(wire, { ...config, ...make(config) });
  });

// A customer's mails, each a case of its own, brought to the queue of this file.
async function cases(n) {
  const ids = await using(service, (s) =>
    Promise.all(Array.from({ length: n }, () => s.ask('EVENT.ADD', event({})))),
  );
  const tickets = ids.map((e) => e.ticket);
  await using(admin, (wire) =>
    Promise.all(tickets.map((t) => wire.ask('TICKET.TRANSFER', t, mine))),
  );
  return tickets;
}

describe('supervisors', () => {
  before(() =>
    change((c) => ({
      queues: [
        ...c.queues,
        { ...c.queues.find((q) => q.name === 'technical'), name: mine, title: mine },
      ],
      rules: [{ name: mine, keywords: [mine], queue: mine, weight: 1000 }, ...c.rules],
    })),
  );
  after(() =>
    change((c) => ({
      queues: c.queues.filter((q) => q.name !== mine),
      rules: c.rules.filter((r) => r.name !== mine),
    })),
  );

  test('a queue is drained: what is new goes elsewhere, and its end is told', async () => {
    const [a, b] = await cases(2);
    await ask('TICKET.ASSIGN', a, 'sup');
    const first = await deskctl(['queue', 'drain', mine, '--to', 'warehouse']);
    assert.equal(first.status, 0, first.stderr);
    assert.deepEqual(
      { ...(await drain()), since: '' },
      { since: '', to: 'warehouse', waiting: 1, working: 1, pending: 0, came: 0, empty: false },
    );
    // By its content it would be this queue's.
    const { ticket, queue, why } = await using(service, (s) =>
      s.ask('EVENT.ADD', event({ to: undefined, subject: mine, text: mine })),
    );
    assert.equal(queue, 'warehouse');
    assert.match(why.classified, new RegExp(`; ${mine} is drained$`));
    const back = await deskctl(['ticket', 'transfer', String(ticket), mine]);
    assert.equal(back.status, 1);
    assert.match(back.stderr, /being drained: what is new goes to warehouse/);

    assert.match(
      (await deskctl(['explain', String(b)])).stdout,
      /is drained since .*: what is new goes to warehouse; it has 1 waiting, 1 in hand/,
    );
    const { queues } = await ask('BOARD');
    assert.equal(queues.find((q) => q.name === mine).drain.to, 'warehouse');
    assert.match(
      (await deskctl(['top', '--once'], { env: { COLUMNS: '120', LINES: '50' } })).stdout,
      new RegExp(`^ ${mine} \\(draining\\)`, 'm'),
    );

    const wait = spawn(`${desk.build}/deskctl`, [
      '-S', desk.control, 'queue', 'drain', mine, '--wait',
    ]);
    let said = '';
    wait.stdout.on('data', (bytes) => (said += bytes));
    const ended = new Promise((done) => wait.on('close', done));
    await until('it says what is left', () => said.includes(`${mine}: 1 wait, 1 in hand`));
    await ask('TICKET.RESOLVE', a);
    await ask('TICKET.RESOLVE', b);
    assert.equal(await ended, 0);
    assert.match(said, new RegExp(`^${mine} is empty\\.$`, 'm'));
    await until('everybody is told', async () =>
      (await ask('FEED.READ', '0', 'last', 200)).notices.some(
        (n) => n.kind === 'drained' && n.queue === mine,
      ),
    );

    assert.equal((await deskctl(['queue', 'resume', mine])).status, 0);
    assert.equal(await drain(), undefined);
    const again = await using(service, (s) => s.ask('EVENT.ADD', event({ to: undefined, subject: mine, text: mine })));
    assert.equal(again.queue, mine);
    await ask('TICKET.RESOLVE', again.ticket);
    await ask('TICKET.RESOLVE', ticket);
  });

  test('one act is done to many cases, once for its key', async () => {
    const ids = await cases(55);
    await ask('TICKET.RESOLVE', ids[0]);
    const bulk = (...words) => deskctl(['tickets', ...words]);
    const named = ids.slice(0, 3).join(',');

    for (const words of [
      ['burn', '--queue', mine],
      ['priority', '--queue', mine],
      ['resolve'],
      ['resolve', '--none', 'x'],
    ])
      assert.equal((await bulk(...words)).status, 2, words.join(' '));

    // What would be, with what would be refused.
    const dry = await bulk('priority', '77', '--tickets', named, '--state', 'all', '--dry-run');
    assert.equal(dry.status, 0, dry.stderr);
    assert.match(dry.stdout, /^3 cases: 2 would be given the priority 77, 1 refused\.$/m);
    assert.match(dry.stdout, new RegExp(`^${ids[0]}\t.*resolved: reopen it first`, 'm'));
    assert.equal((await where(ids[1])).priority, 50);
    const shown = await bulk('resolve', '--queue', mine, '--dry-run');
    assert.match(shown.stdout, /^54 cases: 54 would be resolved\.$/m);
    assert.match(shown.stdout, /^and 34 more$/m);

    // Nobody can be asked.
    const unasked = await bulk('priority', '77', '--queue', mine);
    assert.equal(unasked.status, 1);
    assert.match(unasked.stderr, /not done; --yes does it unasked/);
    assert.equal((await where(ids[1])).priority, 50);

    // Two at once, by one key.
    const key = unique();
    const run = () =>
      bulk('priority', '77', '--queue', mine, '--yes', '--key', key, '-j').then((r) => {
        assert.equal(r.status, 0, r.stderr);
        return JSON.parse(r.stdout);
      });
    const [one, two] = await Promise.all([run(), run()]);
    assert.equal(one.bulk, two.bulk);
    assert.equal(one.done + two.done, 54);
    assert.equal(one.before + two.before + one.done + two.done, 108);
    const rows = await sql(
      `SELECT count(*)::int AS n, count(DISTINCT ticket)::int AS of FROM desk.event
       WHERE ticket = ANY (ARRAY[${ids.join(',')}]) AND meta->>'bulk' = '${Number(one.bulk)}'`,
    );
    assert.deepEqual(rows, [{ n: 54, of: 54 }]);
    await ask('TICKET.PRIORITY', ids[5], 50);
    assert.deepEqual((await run()).done, 0);
    assert.equal((await where(ids[5])).priority, 50);
    const other = await bulk('priority', '78', '--queue', mine, '--yes', '--key', key);
    assert.equal(other.status, 1);
    assert.match(other.stderr, /stands for another act/);

    // What is refused is listed, and the rest done.
    const some = await bulk('pend', '--tickets', named, '--state', 'all', '--yes');
    assert.equal(some.status, 1);
    assert.match(some.stdout, /^3 cases: 2 set to wait for their customers, 1 refused\.$/m);

    // By words, and asked at a terminal.
    const word = unique();
    const { ticket } = await using(service, (s) =>
      s.ask('EVENT.ADD', event({ subject: `Đơn ${word}`, text: word })),
    );
    await until('it is found', async () => (await ask('SEARCH', word)).tickets.length === 1);
    const t = await terminal(
      `${desk.build}/deskctl -S ${desk.control} tickets tag gấp --query ${word}; exec sleep 1000`,
    );
    try {
      const screen = await t.shows('Do this? [y/N]');
      assert.match(screen, /1 case: 1 would be tagged gấp\./);
      await t.type('y');
      await t.keys('Enter');
      await t.shows('1 case: 1 tagged gấp.');
    } finally {
      await t.close();
    }
    assert.deepEqual((await where(ticket)).tags, ['gấp']);

    const end = await bulk('resolve', '--queue', mine, '--note', 'dọn', '--yes');
    assert.equal(end.status, 0, end.stderr);
    assert.match(end.stdout, /^54 cases: 54 resolved\.$/m);
    assert.match((await bulk('resolve', '--queue', mine, '--yes')).stdout, /^0 cases/m);
  });

  test('an agent is told something, and set away with a reason', async () => {
    const text = `gọi lại ${unique()}`;
    const said = await deskctl(['agent', 'message', 'an', ...text.split(' ')]);
    assert.equal(said.status, 0, said.stderr);
    const told = (who) =>
      using(() => login(who), async (wire) =>
        (await wire.ask('FEED.READ', '0', 'last', 1000)).notices.find((n) => n.text === text),
      );
    const notice = await until('he is told', () => told('an'));
    assert.equal(notice.kind, 'told');
    assert.deepEqual(notice.agents, ['an']);
    assert.equal(await told('binh'), undefined);
    assert.ok(await told('sup'));
    const [row] = await sql(
      `SELECT object, detail FROM desk.audit WHERE action = 'agent.message' ORDER BY id DESC LIMIT 1`,
    );
    assert.deepEqual(row, { object: 'an', detail: { text } });
    await using(() => login('an'), async (wire) =>
      assert.rejects(wire.ask('AGENT.MESSAGE', 'binh', 'x'), /DENIED/),
    );

    const set = await deskctl(['agent', 'set', 'dung', 'away', '--reason', 'họp tổ']);
    assert.equal(set.status, 0, set.stderr);
    const dung = (await ask('AGENT.LIST')).agents.find((a) => a.name === 'dung');
    assert.equal(dung.state, 'away');
    assert.equal(dung.reason, 'họp tổ');
    await deskctl(['agent', 'set', 'dung', 'offline']);
  });
});
