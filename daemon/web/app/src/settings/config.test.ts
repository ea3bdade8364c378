import { describe, expect, it } from 'vitest';
import {
  differing,
  entry,
  faults,
  offered,
  place,
  rebased,
  rows,
  sent,
  thing,
  type Config,
} from './config';
import { lists } from './describe';

const base: Config = {
  company: {
    name: 'Shop',
    lang: 'vi',
    timezone: 'Asia/Ho_Chi_Minh',
    country: '84',
    close_after: 60,
  },
  default_queue: 'sales',
  queues: [
    { name: 'sales', title: 'Bán hàng', first: 1800, next: 3600, offer: 30 },
    { name: 'kho', title: 'Kho', first: 3600, next: 7200, offer: 30 },
  ],
  rules: [
    { name: 'b', weight: 1 },
    { name: 'a', weight: 1 },
  ],
};
const change = (work: (c: Record<string, never>) => void): Config => {
  const c = JSON.parse(JSON.stringify(base)) as Record<string, never>;
  work(c);
  return c;
};
type Queues = { queues: Record<string, unknown>[] };
const first = (n: number) =>
  change((c) => void Object.assign((c as unknown as Queues).queues[0] ?? {}, { first: n }));

describe('what differs', () => {
  it('is counted by thing, not by letter', () => {
    expect(differing(base, base)).toEqual([]);
    expect(differing(base, first(60))).toEqual(['queues/sales']);
    expect(differing(base, { ...base, rules: [...(base.rules as [])].reverse() })).toEqual([
      'rules',
    ]);
    expect(differing(base, { ...base, presence: {} })).toEqual([]);
    expect(differing(base, { ...base, presence: { leave: 60 } })).toEqual(['presence']);
    expect(differing(base, { ...base, queues: [] })).toEqual(['queues/sales', 'queues/kho']);
  });
});

describe('two administrators', () => {
  it('both have what they changed when it is not the same', () => {
    const theirs = change(
      (c) => void Object.assign((c as unknown as Queues).queues[0] ?? {}, { next: 99 }),
    );
    const { config, clashes } = rebased(base, first(60), theirs);
    expect(clashes).toEqual([]);
    expect((config as Queues).queues[0]).toMatchObject({ first: 60, next: 99 });
  });
  it('never lose the one that came first', () => {
    const { config, clashes } = rebased(base, first(60), first(90));
    expect((config as Queues).queues[0]?.first).toBe(90);
    expect(clashes).toEqual([
      { list: 'queues', key: 'sales', member: 'first', mine: 60, theirs: 90 },
    ]);
  });
  it('are told when one took away what the other changed', () => {
    const { config, clashes } = rebased(base, first(60), { ...base, queues: [] });
    expect(config.queues).toEqual([]);
    expect(clashes[0]?.member).toBe('');
  });
  it('may add and take away beside each other', () => {
    const mine = { ...base, queues: [...(base.queues as []), { name: 'moi', title: 'Mới' }] };
    const theirs = { ...base, queues: (base.queues as []).slice(0, 1) };
    const { config, clashes } = rebased(base, mine, theirs);
    expect(clashes).toEqual([]);
    expect((config as Queues).queues.map((q) => q.name)).toEqual(['sales', 'moi']);
  });
  it('keep the order of the rules that one of them made', () => {
    const mine = { ...base, rules: [...(base.rules as [])].reverse() };
    const { config } = rebased(base, mine, first(90));
    expect((config.rules as { name: string }[]).map((r) => r.name)).toEqual(['a', 'b']);
  });
});

it('sends lists by name, but rules and targets as they stand', () => {
  const c = sent({ ...base, targets: [{ name: 'z' }, { name: 'a' }] });
  expect((c.targets as { name: string }[]).map((g) => g.name)).toEqual(['z', 'a']);
  expect((c as Queues).queues.map((q) => q.name)).toEqual(['kho', 'sales']);
  expect((c.rules as { name: string }[]).map((r) => r.name)).toEqual(['b', 'a']);
});

it('finds the place that a refusal names', () => {
  const c = sent(base);
  expect(place(c, 'queues[1].first')).toEqual({ section: 'queues', key: 'sales', member: 'first' });
  expect(place(c, 'company.name')).toEqual({ section: 'company', key: '', member: 'name' });
  expect(place(c, 'default_queue')).toEqual({ section: 'top', key: '', member: 'default_queue' });
  expect(place(c, 'queues[9].first')).toBeNull();
  expect(place(c, '')).toBeNull();
});

it('sees what is missing or out of range before the server does', () => {
  expect(faults(base)).toEqual([]);
  expect(faults(first(0))).toEqual([
    { section: 'queues', key: 'sales', member: 'first', why: 'range', low: 1, high: 31536000 },
  ]);
  const bare = change(
    (c) => void Object.assign((c as unknown as Queues).queues[1] ?? {}, { title: '' }),
  );
  expect(faults(bare)[0]).toMatchObject({ key: 'kho', member: 'title', why: 'need' });
});

it('reads the differences that the server tells', () => {
  expect(thing('queue sales')).toEqual({ section: 'queues', key: 'sales' });
  expect(thing('address email a@b.c')).toEqual({ section: 'served', key: 'email a@b.c' });
  expect(thing('default queue')).toEqual({ section: 'top', key: 'default_queue' });
  expect(thing('order of rules')).toEqual({ section: 'order', key: 'rules' });
  expect(
    rows({ what: 'queue sales', change: 'changed', from: { first: 1 }, to: { first: 2 } }),
  ).toEqual([{ member: 'first', from: 1, to: 2 }]);
  expect(
    rows({ what: 'company', change: 'changed', from: { name: 'a' }, to: { name: 'b' } }),
  ).toEqual([{ member: 'name', from: 'a', to: 'b' }]);
  expect(entry(base, 'company', '')).toBeUndefined();
  expect(rows({ what: 'default queue', change: 'changed', from: 'a', to: 'b' })).toEqual([
    { member: '', from: 'a', to: 'b' },
  ]);
});

describe('a survey', () => {
  const names = (e: Record<string, unknown>) =>
    offered(lists.surveys, e).map((m) => (m.part ? `${m.part}: ${m.name}` : m.name));
  const others = ['after', 'delay', 'channels', 'segments', 'via', 'public', 'help'];
  it('for staff is offered what it may have, and what it must lose', () => {
    const has = names({ for: 'staff', after: 'hand', public: false, via: [] });
    expect(has.filter((n) => others.some((o) => n.includes(o)))).toEqual([]);
    expect(has).toEqual(expect.arrayContaining(['every', 'asks: queues', 'sent: hours']));
    const was = names({ for: 'staff', after: 'resolved', help: true });
    expect(was).toEqual(expect.arrayContaining(['after', 'more: help']));
    expect(was).not.toContain('delay');
  });
  it('for customers goes not by itself', () => {
    expect(names({ for: 'customers' })).not.toContain('every');
    expect(names({})).toEqual(expect.arrayContaining(['after', 'sent: via', 'more: public']));
  });
});
