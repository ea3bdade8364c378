// Calls through a real Kamailio that tells the desk of them.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { admin, apply, desk, phone, service, sql, unique, until, using } from './lib/desk.mjs';
import { Kamailio } from './lib/kamailio.mjs';

const source = unique('kamailio-');
let config;
let sip;

before(async () => {
  await using(admin, async (wire) => {
    config = (await wire.ask('CONFIG.SHOW')).config;
    await apply(wire, {
      ...config,
      sources: [...config.sources, { name: source, form: 'generic', trust: ['127.0.0.1'] }],
    });
  });
  sip = await Kamailio.open(`${desk.http}/hooks/${source}`, {
    19001234: { extension: '101', does: 'answers' },
    19001235: { extension: '102', does: 'busy' },
    19001236: { extension: '103', does: 'rings' },
  });
});
after(async () => {
  await sip?.close();
  await using(admin, (wire) => apply(wire, config));
});

const over = (id) =>
  until(`call ${id} is over`, async () => {
    const [row] = await sql(
      `SELECT c.*, t.kind, (SELECT a.name FROM desk.agent a WHERE a.id = t.assignee) AS whose
       FROM desk.call c JOIN desk.ticket t ON t.id = c.ticket WHERE c.id = :'v1'`,
      id,
    );
    return row?.ended_at ? row : null;
  });
const kinds = async (id) =>
  (
    await sql(
      `SELECT split_part(external_id, '/', 3) AS state FROM desk.event
       WHERE kind = 'call' AND meta#>>'{call,id}' = :'v1' ORDER BY id`,
      id,
    )
  ).map((r) => r.state);

test('answered, with its seconds', async () => {
  const from = phone();
  const id = await sip.call('answered', '19001234', from, 'Lan Anh');
  const row = await over(id);
  assert.equal(row.state, 'ended');
  assert.equal(row.whose, 'an');
  assert.equal(row.kind, 'case');
  assert.ok(row.duration >= 1, JSON.stringify(row));
  assert.deepEqual((await kinds(id)).sort(), ['answered', 'ended', 'ringing']);
  const [c] = await sql(
    `SELECT u.name FROM desk.contact k JOIN desk.customer u ON u.id = k.customer
     WHERE k.address = :'v1'`,
    `+84${from.slice(1)}`,
  );
  assert.equal(c.name, 'Lan Anh');
  await using(service, (w) => w.ask('TICKET.RESOLVE', row.ticket));
});

test('refused, then given up: one call back', async () => {
  const from = phone();
  const one = await over(await sip.call('refused', '19001235', from, 'Tám'));
  assert.equal(one.state, 'missed');
  assert.equal(one.kind, 'callback');
  const two = await over(await sip.call('given_up', '19001236', from, 'Tám'));
  assert.equal(two.state, 'missed');
  assert.equal(two.ticket, one.ticket);
});

test('told when the desk comes back: nothing is lost while it refuses', async () => {
  // Without the source the desk answers 404, which is for good; without trust
  // it answers 401, which is tried again.
  const trusting = { name: source, form: 'generic', trust: ['127.0.0.1'] };
  await using(admin, (wire) =>
    apply(wire, {
      ...config,
      sources: [...config.sources, { ...trusting, trust: ['192.0.2.1'] }],
    }));
  const id = await sip.call('refused', '19001235', phone(), 'Chờ');
  assert.deepEqual(await kinds(id), []);
  await using(admin, (wire) =>
    apply(wire, { ...config, sources: [...config.sources, trusting] }));
  assert.equal((await over(id)).state, 'missed');
});
