// Where customers are on their way, through the whole desk: in a queue of this
// test's own, with touchpoints of its own.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import {
  admin, apply, deskctl, event, login, service, sql, unique, until, using,
} from './lib/desk.mjs';
import { startSecond } from './lib/second.mjs';

const queue = unique('hanh-trinh-');
const to = `${queue}@shop.example`;
const [asked, fixed, fair] = ['hoi', 'sua', 'hoi-cho'].map((n) => unique(`${n}-`));
let boss;
let sup;
let given;

const touchpoint = (name, stage, more) => ({ name, stage, vi: `Chỗ ${name}`, queue: [queue], ...more });
before(async () => {
  boss = await admin();
  sup = await login('sup');
  const { config } = await boss.ask('CONFIG.SHOW');
  await apply(boss, {
    ...config,
    queues: [...config.queues, { name: queue, title: 'Đường đi', first: 86400, next: 86400, offer: 30 }],
    served: [...config.served, { kind: 'email', address: to, queue }],
    touchpoints: [...(config.touchpoints ?? []),
      touchpoint(fixed, 'support', { keywords: ['bảo hành'], target: '4.2' }),
      touchpoint(asked, 'consultation', { kind: ['message'] }),
      touchpoint(fair, 'discovery', { queue: [] })],
  });
  given = config;
});
after(async () => {
  try {
    if (given) {
      // Of a queue that goes, all is done.
      for (const t of await sql(
        `SELECT t.id FROM desk.ticket t JOIN desk.queue q ON q.id = t.queue
         WHERE q.name = :'v1' AND t.state IN ('new', 'open', 'pending')`, queue))
        await sup.ask('TICKET.RESOLVE', t.id);
      await apply(boss, given);
    }
  } finally {
    boss?.end();
    sup?.end();
  }
});

const write = (wire, from, text) =>
  wire.ask('EVENT.ADD', event({ to, subject: 'Thư', text, from: { kind: 'email', address: from } }));
const journey = (customer) => sup.ask('JOURNEY.OF', customer);
const arrived = (customer, place) =>
  until(`${customer} at ${place}`, async () => {
    const j = await journey(customer);
    return j.now?.touchpoint === place && j;
  });

test('what a customer writes is a step, sorted by what he says', () =>
  using(service, async (wire) => {
    const from = `${unique()}@example.com`;
    const { customer } = await write(wire, from, 'Bên mình còn máy lọc không ạ?');
    const first = await arrived(customer, asked);
    assert.equal(first.now.stage, 'consultation');
    assert.equal(first.stages.length, 8);
    assert.deepEqual(first.touchpoints[asked], { vi: `Chỗ ${asked}`, en: `Chỗ ${asked}` });
    const { event: second } = await write(wire, from, 'May bi hong, xin BAO HANH');
    const j = await arrived(customer, fixed);
    assert.deepEqual([j.now.stage, j.steps.length, j.steps[0].by], ['support', 2, 'rule']);

    // Somebody knows better, and is heard at once, also as deskctl.
    assert.equal((await sup.ask('STEP.SET', second, 'touchpoint', fair)).stage, 'discovery');
    const shown = await deskctl(['-j', 'journey', 'of', String(customer)]);
    assert.equal(shown.status, 0, shown.stderr);
    assert.equal(JSON.parse(shown.stdout).now.stage, 'discovery');
    const next = await sup.ask('JOURNEY.NEXT', 'touchpoint', asked);
    assert.deepEqual([next.n, next.next[0].touchpoint], [1, fair]);
  }));

test('the map, who is where, and which way they came', () =>
  using(service, async (wire) => {
    const before_it = (await sup.ask('JOURNEY.MAP')).stages.find((s) => s.name === 'support');
    const { customer } = await write(wire, `${unique()}@example.com`, 'Hỏi bảo hành');
    await arrived(customer, fixed);
    const map = await sup.ask('JOURNEY.MAP');
    const stage = map.stages.find((s) => s.name === 'support');
    assert.deepEqual([stage.reached, stage.entered, stage.here].map(Number),
      [before_it.reached, before_it.entered, before_it.here].map((n) => Number(n) + 1));
    assert.equal(stage.touchpoints.find((p) => p.name === fixed).target, 4.2);
    const { rows } = await sup.ask('JOURNEY.MATRIX');
    assert.ok(rows.find((r) => r.touchpoint === fixed).channels.mail >= 1);
    await assert.rejects(sup.ask('JOURNEY.STUCK', 'nowhere'), /NOTFOUND/);
    await assert.rejects(sup.ask('JOURNEY.STUCK', 'support', 'segment', unique('nhom-')),
      /no such segment/);
    const seen = await sup.ask('TOUCHPOINT.VALIDATE', fixed, 'Ngồi cùng ba khách');
    assert.equal(seen.validated.who, 'sup');
  }));

test('once each, by two daemons of which one is killed', async () => {
  const second = await startSecond({});
  const people = Array.from({ length: 12 }, () => `${unique()}@example.com`);
  let all;
  try {
    all = await using(service, (wire) =>
      Promise.all(people.flatMap((p) => [1, 2, 3].map((n) => write(wire, p, `Lần ${n}`)))));
  } finally {
    await second.kill();
  }
  const ids = all.map((e) => e.event);
  await until('every event is a step', async () => {
    const [{ n }] = await sql(
      `SELECT count(*)::int AS n FROM desk.step s
       WHERE s.event = ANY (string_to_array(:'v1', ',')::bigint[])`, ids.join());
    return n === ids.length;
  });
  assert.deepEqual(await sql('SELECT * FROM desk.journey_differs()'), []);
});
