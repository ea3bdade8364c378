// Promises that are about to be broken, and that are: told once by whichever
// daemon looks first, and done about what the target wants.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import {
  admin, apply, change, desk, deskctl, event, login, sql, unique, until,
} from './lib/desk.mjs';
import { openRedis } from './lib/lines.mjs';
import { startSecond } from './lib/second.mjs';

const queue = unique('clocks-');
const other = unique('clocks-');
let boss;
let sup;
let redis;
let second;
let base;

const add = async (more = {}) =>
  (await boss.ask('EVENT.ADD', event({ to: `${queue}@shop.example`, ...more }))).ticket;
const told = (tickets) =>
  sql(
    `SELECT e.ticket::int, e.meta->>'what' AS what, count(*)::int AS n FROM desk.event e
     WHERE e.kind = 'clock' AND e.ticket = ANY ('{${tickets}}') GROUP BY 1, 2`,
  );
// So much time passes for tickets, of which nobody does anything.  (No trigger
// sees it, so that daemons are told of it here.)
const later = (tickets, span) =>
  change(
    `SET session_replication_role = replica;
     BEGIN;
     UPDATE desk.ticket SET opened_at = opened_at - :'v1'::interval,
       due_at = due_at - :'v1'::interval WHERE id = ANY ('{${tickets}}');
     UPDATE desk.clock SET started_at = started_at - :'v1'::interval,
       since = since - :'v1'::interval, due_at = due_at - :'v1'::interval,
       warn_at = warn_at - :'v1'::interval, alarm_at = alarm_at - :'v1'::interval
     WHERE ticket = ANY ('{${tickets}}');
     COMMIT;
     NOTIFY desk_due, 'alarm'`,
    span,
  );

before(async () => {
  redis = openRedis();
  boss = await admin();
  sup = await login('sup');
  second = await startSecond();
  ({ config: base } = await boss.ask('CONFIG.SHOW'));
  const place = (name) => ({ name, title: name, first: 3600, next: 3600, offer: 30 });
  await apply(
    boss,
    {
      ...base,
      queues: [...base.queues, place(queue), place(other)],
      served: [...base.served, { kind: 'email', address: `${queue}@shop.example`, queue }],
    },
    [desk.metrics, second.metrics],
  );
});
after(async () => {
  await second?.kill();
  await change(
    `UPDATE desk.ticket SET state = 'resolved', due_at = NULL, version = version + 1
     WHERE state <> 'closed' AND queue IN (SELECT id FROM desk.queue WHERE name IN (:'v1', :'v2'))`,
    queue, other,
  );
  await apply(boss, base);
  boss.end();
  sup.end();
  redis.disconnect();
});

test('on a desk without targets: a breach, of tickets that nobody has touched', async () => {
  const t = await add();
  const [{ n }] = await sql('SELECT count(*)::int AS n FROM desk.clock WHERE ticket = :v1', t);
  assert.equal(n, 0, 'taking it in has written no clock');
  const { clocks } = await sup.ask('TICKET.CLOCKS', t, 'lang', 'en');
  assert.match(clocks[0].said, /^First answer: 1 h from .*: due .*\.$/);
  await later([t], '61 minutes');
  await until('it is told', async () => (await told([t])).length);
  assert.deepEqual(await told([t]), [{ ticket: t, what: 'breach', n: 1 }]);
});

test('warned, then broken: raised, told to whom it should be, and moved', async () => {
  const { config } = await boss.ask('CONFIG.SHOW');
  await apply(boss, {
    ...config,
    targets: [
      { name: 'here', queue, first: 600, warn: '50%', on_warn: ['raise 20'],
        on_breach: ['notify sup', `move ${other}`] },
    ],
  });
  const t = await add();
  await later([t], '5 minutes');
  const row = async () => (await sup.ask('TICKET.GET', t)).ticket;
  await until('it is raised', async () => (await row()).priority === 70);
  assert.deepEqual(await told([t]), [{ ticket: t, what: 'warn', n: 1 }]);
  await later([t], '5 minutes');
  await until('it is moved', async () => (await row()).queue === other);
  assert.deepEqual((await told([t])).map((e) => [e.what, e.n]).sort(), [['breach', 1], ['warn', 1]]);
  const got = await sup.ask('TICKET.LIST', 'view', 'mentions');
  assert.ok(got.tickets.some((c) => c.ticket === t), 'sup was told');
  await until('it waits there', () => redis.zscore(`{desk}:line:${other}`, String(t)));
  assert.equal(await redis.zscore(`{desk}:line:${queue}`, String(t)), null);
  const out = await deskctl(['ticket', 'clocks', String(t)]);
  assert.equal(out.status, 0, out.stderr);
  assert.match(out.stdout, /here/);
});

test('many at once, and a daemon is killed among them: each once', async () => {
  const tickets = await Promise.all(Array.from({ length: 160 }, () => add()));
  await later(tickets, '10 minutes');
  await until('some are told', async () => (await told(tickets)).length);
  await second.kill();
  second = null;
  await until('all are', async () => (await told(tickets)).filter((e) => e.what === 'breach').length
    === tickets.length);
  const moved = await sql(
    `SELECT count(*)::int AS n FROM desk.event e
     WHERE e.kind = 'transfer' AND e.ticket = ANY ('{${tickets}}')`,
  );
  assert.equal(moved[0].n, tickets.length);
  assert.ok((await told(tickets)).every((e) => e.n === 1));
});
