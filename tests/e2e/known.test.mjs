// What is known of customers: who they are alike with (segments), and what
// they speak of (themes), from desk.conf to the answer.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { admin, apply, deskctl, event, login, unique, until } from './lib/desk.mjs';

const bought = unique('mua-');
const late = unique('tre-');
let boss;
let sup;
let given; // the configuration before

before(async () => {
  boss = await admin();
  sup = await login('sup');
  ({ config: given } = await boss.ask('CONFIG.SHOW'));
  await apply(boss, {
    ...given,
    segments: [{ name: bought, title: 'Đã mua', orders: '2-', within: 86400 }],
    themes: [{ name: late, title: 'Giao trễ', keywords: ['giao trễ'] }],
  });
});
after(async () => {
  await apply(boss, given);
  boss.end();
  sup.end();
});

const customer = async (id) => (await sup.ask('CUSTOMER.GET', id)).segment;

test('who orders twice comes into a segment, and rules go by it', async () => {
  const from = { kind: 'email', address: `${unique('khach')}@example.com` };
  const order = () =>
    boss.ask('EVENT.ADD', event({ channel: 'order', from, to: undefined, text: undefined,
      order: { no: unique('DH').toUpperCase(), status: 'paid' } }));
  const { customer: id } = await order();
  await order();
  await until('he is in it', async () => (await customer(id)) === bought);
  const listed = (await sup.ask('SEGMENT.LIST')).segments.find((s) => s.segment === bought);
  // (Others' tests may have customers who do so.)
  const { customers } = await sup.ask('SEGMENT.GET', bought);
  assert.ok(listed.size >= 1 && customers.some((c) => c.customer === id), JSON.stringify(listed));
  await sup.ask('CUSTOMER.SET', id, 'segment', 'vip');
  assert.equal(await customer(id), 'vip');
  await sup.ask('CUSTOMER.SET', id, 'segment', 'auto');
  assert.equal(await customer(id), bought);
});

test('what customers speak of is counted, with what they wrote', async () => {
  const say = (text) => boss.ask('EVENT.ADD', event({ text }));
  const { event: one } = await say('Đơn của em giao tre quá shop ơi');
  await say('Giá bao nhiêu ạ?');
  const of = async () => (await sup.ask('THEME.LIST')).themes.find((t) => t.theme === late);
  const shown = await of();
  assert.equal(shown.n, 1);
  assert.deepEqual(shown.quotes.map((q) => q.text), ['Đơn của em giao tre quá shop ơi']);
  await sup.ask('THEME.SET', one, late, 'off', 'yes');
  assert.equal((await of()).n, 0);
  const { stdout } = await deskctl(['theme', 'get', late, '-j']);
  assert.deepEqual(JSON.parse(stdout).quotes, []);
});
