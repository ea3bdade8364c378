// Orders as a shop's other programs tell of them, and contacts that an agent
// writes down.
import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { desk, deskctl, event, login, phone, service, sql, unique, using }
  from './lib/desk.mjs';

const customer = (wire, id) => wire.ask('CUSTOMER.GET', id);

test('an order event is kept with its customer, in no line', async () => {
  const number = unique('DH').toUpperCase();
  const from = { kind: 'phone', address: phone(), name: 'Lan' };
  await using(service, async (wire) => {
    const told = (order, more) =>
      wire.ask('EVENT.ADD', event({ channel: 'order', from, to: undefined,
        text: undefined, order: { no: number, ...order }, ...more }));
    const first = await told({ status: 'confirmed', amount: 125000,
      currency: 'VND', promised_at: '2026-11-20T10:00:00+07:00' },
    { at: '2026-11-19T10:00:00+07:00' });
    const later = await told({ status: 'shipped', carrier: 'GHN' },
      { at: '2026-11-21T10:00:00+07:00' });
    assert.equal(later.ticket, first.ticket);
    const [order] = (await customer(wire, first.customer)).orders;
    assert.equal(order.order, number);
    assert.equal(order.status, 'shipped');
    assert.equal(order.amount, 125000);
    assert.equal(order.late, true);
    const got = await wire.ask('TICKET.GET', first.ticket);
    assert.equal(got.ticket.state, 'resolved');
    assert.equal(got.ticket.kind, 'order');

    // What the customer asks about it is a case, and shows the order.
    const asked = await wire.ask('EVENT.ADD', event({ channel: 'chat', from,
      text: `Đơn ${number} đâu rồi?` }));
    assert.notEqual(asked.ticket, first.ticket);
    const shown = await wire.ask('TICKET.GET', asked.ticket);
    assert.equal(shown.customer.orders[0].carrier, 'GHN');
  });
});

test('deskctl imports orders once, and names bad rows', async () => {
  const [a, b] = [unique('DH'), unique('DH')];
  const number = phone();
  const file = join(desk.var, `${a}.csv`);
  const rows = (status) => 'Mã đơn,SĐT,Khách hàng,Trạng thái,Tổng tiền\n' +
    `${a},${number},"Lan, Trần",${status},1.250.000đ\n` +
    `,${number},,,\n${b},${number},,mới,nhiều\n${b},${number},,mới,5000\n`;
  await writeFile(file, rows('mới'));
  const first = await deskctl(['import', 'orders', file]);
  assert.match(first.stdout, /^2 added, 0 known before, 2 bad/);
  assert.match(first.stderr, /line 3: The order's number is empty/);
  assert.match(first.stderr, /line 4: The amount is none/);
  assert.equal(first.status, 1);
  const again = await deskctl(['import', 'orders', file]);
  assert.match(again.stdout, /^0 added, 2 known before, 2 bad/);
  await writeFile(file, rows('đã giao'));
  const changed = await deskctl(['import', 'orders', file]);
  assert.match(changed.stdout, /^1 added, 1 known before/);
  const kept = await sql(`SELECT o.status, o.amount, c.name
    FROM desk.customer_order o JOIN desk.customer c ON c.id = o.customer
    WHERE o.order_no = :'v1'`, a);
  assert.deepEqual(kept, [{ status: 'đã giao', amount: 1250000,
    name: 'Lan, Trần' }]);

  await writeFile(file, 'name,phone\nx,y\n');
  const none = await deskctl(['import', 'orders', file]);
  assert.equal(none.status, 1);
  assert.match(none.stderr, /line 1: The first line must name the columns/);
});

test('an agent writes down who came to the shop', async () => {
  const number = phone();
  const once = unique();
  await using(() => login('an'), async (wire) => {
    const log = (...more) => wire.ask('CONTACT.LOG', 'counter',
      'Khách hỏi giá nồi cơm', 'phone', number, 'name', 'Cô Ba', ...more);
    const waits = await log('once', once);
    assert.equal(waits.created, true);
    assert.equal((await log('once', once)).duplicate, true);
    const asked = await wire.ask('TICKET.GET', waits.ticket);
    assert.equal(asked.ticket.channel, 'store');
    assert.ok(asked.ticket.due_at);
    assert.equal(asked.events[0].facts.touchpoint, 'counter');

    const met = await log('handled', 'yes');
    assert.equal((await wire.ask('TICKET.GET', met.ticket)).ticket.assignee, 'an');
    const done = await log('handled', 'yes', 'rating', '5');
    const his = await wire.ask('TICKET.GET', done.ticket);
    assert.equal(his.ticket.assignee, 'an');
    assert.equal(his.ticket.due_at, undefined);
    assert.equal(his.events.at(-1).kind, 'feedback');
    assert.deepEqual(his.events.at(-1).facts.rating, { value: 5, of: 5 });
    assert.equal(his.ticket.customer, asked.ticket.customer);

    await assert.rejects(wire.ask('CONTACT.LOG', 'counter', 'x'),
      /telephone or e-mail/);
    await assert.rejects(
      wire.ask('CONTACT.LOG', 'counter', 'x', 'phone', 'none'), /INVALID/);
  });
});
