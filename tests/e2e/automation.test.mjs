// What rules do by themselves, on events and on times: in the transaction of
// the event, once, whoever dies.  In queues of this test's own.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import {
  admin, apply, change, desk, deskctl, event, login, metric, sql, unique, until,
} from './lib/desk.mjs';
import { openRedis } from './lib/lines.mjs';
import { deliver, mail } from './lib/mail.mjs';
import { startSecond } from './lib/second.mjs';
import { connect } from './lib/wire.mjs';

const queue = unique('auto-');
const other = unique('auto-');
const template = unique('mau-');
let boss;
let sup;
let redis;
let base;
let given; // the configuration before

const to = `${queue}@shop.example`;
const add = async (more = {}, wire = boss) =>
  (await wire.ask('EVENT.ADD', event({ to, ...more }))).ticket;
// Rules in force: {NAME: {on, actions, …}}, of this test's queues.
const rules = (said, daemons) =>
  apply(
    boss,
    {
      ...base,
      automations: Object.entries(said).map(([name, a]) => ({
        name, queue: [queue, other], ...a,
      })),
    },
    daemons,
  );
// What rules did, as the history has it.
const did = (tickets) =>
  sql(
    `SELECT e.ticket::int, e.meta->>'rule' AS rule, e.meta->'did' AS did,
       e.meta->'refused'->0->>'why' AS why FROM desk.event e
     WHERE e.kind = 'rule' AND e.ticket = ANY ('{${tickets}}') ORDER BY e.id`,
  );
const row = async (t) => (await sup.ask('TICKET.GET', t)).ticket;

before(async () => {
  redis = openRedis();
  boss = await admin();
  sup = await login('sup');
  const { config } = await boss.ask('CONFIG.SHOW');
  const place = (name) => ({ name, title: name, first: 86400, next: 86400, offer: 30 });
  base = {
    ...config,
    queues: [...config.queues, place(queue), place(other)],
    served: [...config.served, { kind: 'email', address: to, queue }],
    templates: [...config.templates, { name: template, vi: 'Chào #{ticket}', en: 'Hi' }],
  };
  given = config;
  await apply(boss, base);
});
after(async () => {
  await change(
    `UPDATE desk.ticket SET state = 'resolved', due_at = NULL, version = version + 1
     WHERE state <> 'closed' AND queue IN (SELECT id FROM desk.queue WHERE name IN (:'v1', :'v2'))`,
    queue, other,
  );
  await apply(boss, given);
  boss.end();
  sup.end();
  redis.disconnect();
});

test('a chain down the file, done before anybody is asked; and shown', async () => {
  const word = unique('hoan');
  await rules({
    up: { on: 'tagged', tag: [word], actions: ['priority 1'] },
    money: { on: 'created', keywords: [`xin ${word}`], actions: ['priority 90', `tag ${word}`] },
    onward: { on: 'tagged', tag: [word], actions: [`move ${other}`, 'notify sup'] },
  });
  const dull = await add({ text: 'xin chào' });
  const t = await add({ text: `cho toi xin ${word} a` });
  const got = await row(t);
  assert.deepEqual([got.queue, got.priority, got.tags], [other, 90, [word]]);
  assert.equal((await row(dull)).queue, queue);
  await until('it waits there', () => redis.zscore(`{desk}:line:${other}`, String(t)));
  assert.equal(await redis.zscore(`{desk}:line:${queue}`, String(t)), null);
  const { tickets } = await sup.ask('TICKET.LIST', 'view', 'mentions');
  assert.ok(tickets.some((c) => c.ticket === t), 'sup was told');

  const shown = await deskctl(['ticket', 'get', String(t)]);
  assert.match(shown.stdout, /money/, shown.stderr);
  const why = await deskctl(['explain', String(t)]);
  assert.match(why.stdout, /Rule "onward" at .* \(tagged\): move /, why.stderr);
  const dry = await deskctl(['rules', 'test', String(dull)]);
  assert.equal(dry.status, 0, dry.stderr);
  assert.match(dry.stdout, /Not: its keywords does not hold\./);
  const { rules: would } = await sup.ask('RULES.TEST', t);
  assert.deepEqual(would.map((r) => [r.rule, r.would]), [
    ['up', true], ['money', true], ['onward', true],
  ]);
});

test('to and fro is refused where it is plain, and ends where it is not', async () => {
  await assert.rejects(
    rules({
      wake: { on: 'pending', after: 3600, actions: ['state open'] },
      sleep: { on: 'waits', after: 3600, actions: ['state pending'] },
    }),
    /to and fro for ever/,
  );
  await rules({
    there: { on: 'moved', queue: [queue], actions: [`move ${other}`] },
    back: { on: 'moved', queue: [other], actions: [`move ${queue}`] },
  });
  const t = await add();
  await sup.ask('TICKET.TRANSFER', t, other);
  assert.deepEqual((await did([t])).map((e) => e.rule), ['back']);
  assert.equal((await row(t)).queue, queue);
});

test('an auto-responder gets one mail, and answers in vain', async () => {
  await rules({
    hello: { on: 'created', actions: [`send ${template}`] },
    again: { on: 'message', actions: [`send ${template}`] },
  });
  const from = `${unique()}@example.com`;
  const first = mail({ from, to });
  assert.equal((await deliver(first))[0].code, 250);
  const [{ ticket }] = await sql(
    `SELECT e.ticket::int FROM desk.event e WHERE e.external_id LIKE :'v1'`, `%${first.id}%`,
  );
  const [sent] = await sql(
    `SELECT o.address, o.message_id FROM desk.outbound o WHERE o.ticket = :v1`, ticket,
  );
  assert.equal(sent.address, from);
  const answer = mail({
    from, to, headers: ['Auto-Submitted: auto-replied', `In-Reply-To: <${sent.message_id.replace(/[<>]/g, '')}>`],
  });
  assert.equal((await deliver(answer))[0].code, 250);
  const done = await did([ticket]);
  assert.deepEqual(done.map((e) => [e.rule, e.why]), [
    ['hello', null], ['again', 'A machine wrote last.'],
  ]);
  const [{ n }] = await sql(
    `SELECT count(*)::int AS n FROM desk.outbound o WHERE o.ticket = :v1`, ticket,
  );
  assert.equal(n, 1);
});

test('the same event twice, the daemon killed between commit and answer: once', async () => {
  const second = await startSecond({ failpoint: 'committed' });
  await rules({ once: { on: 'created', actions: ['raise 7', `move ${other}`] } }, [
    desk.metrics, second.metrics,
  ]);
  const same = event({ to });
  const wire = await connect({
    port: second.resp, hello: ['AUTH', 'default', desk.key],
  });
  await assert.rejects(wire.ask('EVENT.ADD', same));
  await second.ended;
  wire.end();
  await second.kill();
  const said = await boss.ask('EVENT.ADD', same);
  assert.equal(said.duplicate, true);
  assert.deepEqual((await did([said.ticket])).map((e) => e.did), [['raise 7', `move ${other}`]]);
  assert.equal((await row(said.ticket)).priority, 57);
  await until('it waits where it was moved', () =>
    redis.zscore(`{desk}:line:${other}`, String(said.ticket)),
  );
});

// (While there are no rules nobody looks unasked.)
test('what a transaction leaves undone is told, with rules and without', async () => {
  const t = await add();
  const leave = (occasion) =>
    change(`INSERT INTO desk.automation_todo (ticket, what, occasion) VALUES (${t}, 'tagged', ${occasion})`);
  const told = async (occasion) => {
    const heard = await metric('deskd_due_heard_total');
    await leave(occasion);
    await until('the daemon is told', async () => (await metric('deskd_due_heard_total')) > heard);
    await until('it is taken up', async () =>
      (await sql(`SELECT 1 FROM desk.automation_todo WHERE ticket = ${t}`)).length === 0);
  };
  await rules({ left: { on: 'tagged', actions: ['priority 80'] } });
  await told(1);
  assert.equal((await row(t)).priority, 80);
  await rules({});
  await told(2);
});

test('600 due at once, daemons killed among them: each once', async () => {
  await rules({});
  const one = await add();
  const tickets = [];
  const due = async (n) => {
    const rows = await sql(
      `SELECT nextval('desk.ticket_id_seq')::int AS id FROM generate_series(1, :v1)`, n);
    const ids = rows.map((r) => r.id);
    await change(
      `INSERT INTO desk.ticket (id, customer, queue, state, channel, due_at, asked_at)
       SELECT n, t.customer, t.queue, 'new', 'mail', t.due_at, now() - interval '2 hours'
       FROM desk.ticket t, unnest(:'v2'::bigint[]) n WHERE t.id = :v1`, one, `{${ids}}`,
    );
    tickets.push(...ids);
  };
  const wait = () => rules({ wait: { on: 'waits', after: 3600, actions: ['tag chờ'] } });
  await due(600);
  const noted = await startSecond({ failpoint: 'rules noted' });
  const ran = await startSecond({ failpoint: 'rules ran' });
  const dead = new Set();
  for (const d of [noted, ran]) void d.ended.then(() => dead.add(d));
  await wait();
  // (Where the first daemon was quick, there is more for them.)
  let last = Date.now();
  await until('both have died', async () => {
    if (dead.size === 2) return true;
    if (Date.now() - last > 8000) {
      await due(100);
      await wait();
      last = Date.now();
    }
    return false;
  });
  await noted.kill();
  await ran.kill();
  const all = () =>
    sql(
      `SELECT count(*)::int AS n, count(DISTINCT e.ticket)::int AS tickets FROM desk.event e
       WHERE e.kind = 'rule' AND e.ticket = ANY ('{${tickets}}')`,
    );
  await until('all are', async () => (await all())[0].tickets === tickets.length);
  assert.deepEqual(await all(), [{ n: tickets.length, tickets: tickets.length }]);
  await until('nothing is left to do', async () =>
    (await sql('SELECT count(*)::int AS left FROM desk.automation_todo'))[0].left === 0);
  assert.ok((await metric('deskd_config_version')) > 0, 'the desk is well');
});
