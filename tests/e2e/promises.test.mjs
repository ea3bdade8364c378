// What is promised to customers: by an agent, by an order; kept by what the
// desk sees; told of in time, once, by whichever daemon lives.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import {
  change, desk, deskctl, event, login, phone, service, sql, unique, until,
} from './lib/desk.mjs';
import { startSecond } from './lib/second.mjs';

let an;
let shop;
const cases = []; // his, and done in the end

before(async () => {
  an = await login('an');
  shop = await service();
});
after(async () => {
  await Promise.all(cases.map((t) => an.ask('TICKET.RESOLVE', t)));
  an.end();
  shop.end();
});

const mine = async (more = {}) => {
  const { ticket } = await shop.ask('EVENT.ADD', event(more));
  await an.ask('TICKET.TAKE', ticket);
  cases.push(ticket);
  return ticket;
};
// The history of a case's promises: "made warn …".
const history = async (ticket) =>
  (await sql(
    `SELECT e.meta->>'what' AS what FROM desk.event e
     WHERE e.ticket = :v1 AND e.kind = 'promise' ORDER BY e.id`,
    ticket,
  )).map((e) => e.what).join(' ');
const promised = async (ticket) => (await an.ask('TICKET.GET', ticket)).promises.list;
// So much time passes for these promises.
const later = (ids, span) =>
  change(
    `UPDATE desk.promise SET made_at = made_at - :'v1'::interval,
       due_at = due_at - :'v1'::interval, counts_at = counts_at - :'v1'::interval,
       alarm_at = alarm_at - :'v1'::interval WHERE id = ANY ('{${ids}}')`,
    span,
  );

test('an agent promises an answer, once, and the next message keeps it', async () => {
  const t = await mine();
  const once = unique();
  const add = () =>
    an.ask('PROMISE.ADD', 'answer', '2h', 'ticket', t, 'words', 'chiều nay ạ', 'once', once);
  const [one, two] = await Promise.all([add(), add()]);
  assert.equal(one.promise, two.promise);
  assert.equal((await promised(t)).length, 1);
  await an.ask('TICKET.REPLY', t, 'Dạ đây ạ.');
  const [kept] = await promised(t);
  assert.equal(kept.how, 'ontime');
  assert.equal(await history(t), 'made kept');
  await assert.rejects(an.ask('PROMISE.WITHDRAW', one.promise), /CONFLICT/);
  const listed = await deskctl(['promise', 'list', '--ticket', String(t), '--view', 'ended', '-j']);
  assert.equal(JSON.parse(listed.stdout).promises[0].promise, one.promise, listed.stderr);
});

test('a call that is answered keeps what was promised on another case', async () => {
  const from = phone();
  const t = await mine({ from: { kind: 'phone', address: from }, channel: 'chat' });
  await an.ask('PROMISE.ADD', 'callback', '1h', 'ticket', t);
  const id = unique('c-');
  for (const state of ['answered', 'ended'])
    await shop.ask('EVENT.ADD', event({
      channel: 'call', from: { kind: 'phone', address: from }, to: undefined, text: undefined,
      call: { id, state, agent: 'an', direction: 'out' },
    }));
  const [kept] = await promised(t);
  assert.equal(kept.state, 'kept');
  assert.equal(await history(t), 'made kept');
});

test('an order promises its delivery; told twice, moved, late', async () => {
  const number = unique('DH').toUpperCase();
  const from = { kind: 'phone', address: phone() };
  // (Of one moment: the gap is counted in days of the calendar.)
  const moment = Date.now();
  const days = (n) => new Date(moment + n * 86400000).toISOString();
  const told = (order, at, id) =>
    shop.ask('EVENT.ADD', event({ channel: 'order', from, to: undefined, text: undefined, id, at,
      order: { no: number, ...order }, meta: { reason: 'carrier' } }));
  const id = unique('o-');
  const first = await told({ promised_at: days(-3) }, days(-5), id);
  await told({ promised_at: days(-3) }, days(-5), id);
  await told({ promised_at: days(-1), carrier: 'GHN' }, days(-4));
  await Promise.all([1, 2].map((n) => told({ delivered_at: days(-1) }, days(-0.1 * n))));
  const list = (await shop.ask('CUSTOMER.GET', first.customer)).promises;
  assert.equal(list.of, 1);
  assert.equal(list.kept, 0);
  assert.equal(list.list[0].how, 'late');
  assert.equal(list.list[0].gap, 2, 'the first word counts');
  assert.equal(list.list[0].reason, 'carrier');
  assert.equal(await history(first.ticket), 'made moved late');
  const counted = await sql(
    `SELECT m.measure, m.name, m.value, sum(m.n)::int AS n FROM desk.measure_part m
     JOIN desk.promise p ON m.at = p.ended_at AND p.order_no = :'v1' AND p.state = 'late'
     WHERE m.measure IN ('promise', 'gap', 'reason') GROUP BY 1, 2, 3 ORDER BY 1, 2`,
    number,
  );
  // (Whoever folds them leaves no parts; then others' tests have them.)
  if (counted.length)
    assert.deepEqual(counted.map((c) => `${c.measure} ${c.name} ${c.value} ${c.n}`), [
      'gap delivery/GHN 2 1', 'promise delivery/GHN 0 1', 'reason carrier 0 1']);
});

test('told of in time and once, whichever daemon is killed at it', async () => {
  const second = await startSecond({ failpoint: 'promise told' });
  let dead = false;
  second.ended.then(() => (dead = true));
  const t = await mine();
  const others = await Promise.all(Array.from({ length: 8 }, () => mine()));
  const all = [];
  const put = async (on) => (await an.ask('PROMISE.ADD', 'other', '4h', 'ticket', on)).promise;
  for (let n = 0; !dead && n < 40; n++) {
    const ids = await Promise.all(others.map(put));
    all.push(...ids);
    await later(ids, '230 minutes');
    await until('they are warned of', async () => (await sql(
      `SELECT count(*)::int AS n FROM desk.promise WHERE warned_at IS NOT NULL
       AND id = ANY ('{${ids}}')`,
    ))[0].n === ids.length);
    await Promise.all(ids.map((id) => an.ask('PROMISE.KEEP', id)));
  }
  assert.ok(dead, 'the other daemon had its part');
  await second.kill();
  const warned = await sql(
    `SELECT e.meta->>'promise' AS id, count(*)::int AS n FROM desk.event e
     WHERE e.ticket = ANY ('{${others}}') AND e.kind = 'promise' AND e.meta->>'what' = 'warn'
     GROUP BY 1`,
  );
  assert.equal(warned.length, all.length);
  assert.ok(warned.every((e) => e.n === 1));

  // What the one who lives tells: its owner, by his mentions, and the case.
  const p = await put(t);
  await later([p], '5 hours');
  await until('it is told', async () => (await history(t)) === 'made late');
  assert.ok((await an.ask('TICKET.LIST', 'view', 'mentions')).tickets.some((c) => c.ticket === t));
  const mineNow = await an.ask('PROMISE.LIST', 'view', 'mine');
  assert.ok(mineNow.promises.some((x) => x.promise === p && x.overdue));
  await an.ask('TICKET.RESOLVE', t);
  await until('it is broken', async () => (await history(t)) === 'made late broken');
});
