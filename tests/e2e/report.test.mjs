// Reports: what the desk counts as things happen, by real operations in a
// random order, is what its records give; and deskctl report prints it.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { admin, apply, deskctl, event, login, sql, unique, until } from './lib/desk.mjs';

const queues = [unique('q'), unique('r')];
const names = [unique('a'), unique('b')];
const password = unique('secret-');
let boss;
let config;
let agents = [];

// A random order that is the same each time.
let seed = 20261122;
const random = (n) => {
  seed = (Math.imul(seed, 1103515245) + 12345) >>> 0;
  return Math.floor((seed / 2 ** 32) * n);
};

before(async () => {
  boss = await admin();
  ({ config } = await boss.ask('CONFIG.SHOW'));
  await apply(boss, {
    ...config,
    queues: [
      ...config.queues,
      ...queues.map((name) => ({ name, title: name, first: 3600, next: 3600, offer: 60 })),
    ],
    served: [
      ...config.served,
      ...queues.map((queue) => ({ kind: 'email', address: `${queue}@shop.example`, queue })),
    ],
    agents: [
      ...config.agents,
      ...names.map((name) => ({ name, display: name, role: 'agent', queues })),
    ],
  });
  for (const name of names) {
    await boss.ask('USER.PASSWORD', name, password);
    agents.push(await login(name, password));
  }
});
after(async () => {
  for (const w of agents) w.end();
  if (config) {
    for (const queue of queues) {
      const { tickets } = await boss.ask('TICKET.LIST', 'QUEUE', queue, 'LIMIT', 200);
      for (const t of tickets) await boss.ask('TICKET.RESOLVE', t.ticket);
    }
    await apply(boss, config);
  }
  boss?.end();
});

const differs = () =>
  sql(
    `WITH q AS (SELECT id FROM desk.queue WHERE name IN (:'v1', :'v2')),
     a AS (SELECT * FROM desk.report_again(ARRAY(SELECT t.id FROM desk.ticket t
       WHERE t.queue IN (SELECT id FROM q)))),
     c AS (SELECT * FROM desk.report_counted('-infinity', 'infinity')
       WHERE queue IN (SELECT id FROM q))
     (TABLE a EXCEPT TABLE c) UNION ALL (TABLE c EXCEPT TABLE a)`,
    ...queues,
  );

// What an agent or a customer does to a case; what cannot be is refused.
async function act(t) {
  const who = agents[random(2)];
  const [queue, other] = random(2) ? queues : [...queues].reverse();
  const moves = [
    () => who.ask('TICKET.TAKE', t.ticket),
    () => who.ask('TICKET.REPLY', t.ticket, 'Dạ', 'FORCE', 'yes'),
    () => who.ask('TICKET.REPLY', t.ticket, 'Xong', 'FORCE', 'yes', 'RESOLVE', 'yes'),
    () => who.ask('TICKET.ASSIGN', t.ticket, 'none'),
    () => who.ask('TICKET.PEND', t.ticket),
    () => who.ask('TICKET.RESOLVE', t.ticket),
    () => who.ask('TICKET.REOPEN', t.ticket),
    () => who.ask('TICKET.TRANSFER', t.ticket, random(2) ? queue : other),
    () => boss.ask('EVENT.ADD', event({ id: unique('e-'), from: t.from, thread: [t.id] })),
    () => boss.ask('EVENT.ADD', event({ id: unique('e-'), from: t.from, thread: [t.id] })),
  ];
  try {
    await moves[random(moves.length)]();
  } catch (e) {
    assert.match(e.message, /^(CONFLICT|INVALID)/);
  }
}

// (A report is of today, where nothing else is said; and today may just begin.)
const yesterday = new Date(Date.now() - 86400000).toISOString().slice(0, 10);

describe('reports', () => {
  test('count what the records give', async () => {
    const cases = [];
    for (let i = 0; i < 8; i++) {
      const from = { kind: 'email', address: `${unique('k')}@example.com` };
      const id = unique('first-');
      const { ticket } = await boss.ask(
        'EVENT.ADD',
        event({ id, from, to: `${queues[i % 2]}@shop.example` }),
      );
      cases.push({ ticket, from, id });
    }
    // Side by side, as they come in life.
    await Promise.all(
      cases.map(async (t) => {
        for (let n = 0; n < 8; n++) await act(t);
      }),
    );
    assert.deepEqual(await differs(), []);
    // And when a daemon has folded them into the hours.
    await until('they are folded', async () => {
      const [{ n }] = await sql(
        `SELECT count(*) AS n FROM desk.report_part p JOIN desk.queue q ON q.id = p.queue
         WHERE q.name IN (:'v1', :'v2')`,
        ...queues,
      );
      return n === 0;
    });
    assert.deepEqual(await differs(), []);
    const report = await boss.ask('REPORT', 'service', 'QUEUE', queues[0], 'BY', 'hour',
      'FROM', yesterday);
    assert.equal(report.rows.length > 0, true);
    assert.equal(report.columns[0].name, 'offered');
    assert.ok(report.total[0] >= 4, 'four were opened in each queue');
  });

  test('are printed as a table, as CSV and as JSON', async () => {
    const args = ['report', 'cases', '--queue', queues[0], '--timezone', 'Asia/Ho_Chi_Minh',
      '--from', yesterday];
    const table = (await deskctl(args)).stdout.split('\n');
    assert.match(table[0], /^queue +opened +reopened +moved_in +moved_out +resolved/);
    assert.match(table[1], new RegExp(`^${queues[0]} +4 `));
    assert.match(table[3], /^cases, .*\(Asia\/Ho_Chi_Minh\)$/);
    const csv = (await deskctl([...args, '--format', 'csv'])).stdout;
    assert.match(csv, /^queue,opened,[^\r]*,backlog_age\r\n/);
    assert.ok(csv.includes(`\r\n${queues[0]},4,`));
    const { total } = JSON.parse((await deskctl([...args, '--format=json'])).stdout);
    assert.equal(total[0], 4);
    assert.equal((await deskctl([...args, '--format', 'xml'])).status, 2);
    const wrong = await deskctl(['report', 'cases', '--timezone', 'Mars']);
    assert.equal(wrong.status, 1);
    assert.match(wrong.stderr, /There is no such time zone/);
  });

  test('of customers are asked by their names, each in every form', async () => {
    const usage = (await deskctl(['report'])).stderr;
    const [, names] = /\|(overview\|[a-z|]+)/.exec(usage);
    assert.equal(names.split('|').length, 21);
    const more = { scores: ['csat', '--by', 'queue'], answers: ['csat'] };
    for (const name of names.split('|')) {
      const args = ['report', name, ...(more[name] ?? [])];
      const shown = await deskctl(args);
      assert.equal(shown.status, 0, `${name}: ${shown.stderr}`);
      const csv = await deskctl([...args, '--format=csv']);
      assert.equal(csv.status, 0, `${name}: ${csv.stderr}`);
      const json = await deskctl(['-j', ...args]);
      assert.equal(typeof JSON.parse(json.stdout), 'object', name);
    }
    const paper = (await deskctl(['report', 'overview', '--lang', 'en'])).stdout;
    assert.match(paper, /^Customer experience\n[0-9/]+ to [0-9/]+\n\nWhat to do first\n/);
    assert.match((await deskctl(['report', 'overview', '--lang', 'en', '--format', 'csv'])).stdout,
      /^\uFEFF"section","line","figure","value"\r\n/);
    assert.equal((await deskctl(['report', 'scores', 'luck'])).status, 1);
    const none = await deskctl(['report', 'scores']);
    assert.equal(none.status, 2);
    assert.match(none.stderr, /is missing\nusage: deskctl report scores nps\|/);
    const nope = await deskctl(['report', 'nope']);
    assert.equal(nope.status, 2);
    assert.match(nope.stderr, /nope: no such report\nusage: deskctl report service\|response\|/);
  });

  test('are an agent\'s of what he did himself', async () => {
    const { total } = await agents[0].ask('REPORT', 'work');
    assert.ok(total[1] >= 0);
    await assert.rejects(agents[0].ask('REPORT', 'work', 'AGENT', names[1]), /^ReplyError: DENIED|DENIED/);
  });
});
