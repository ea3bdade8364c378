import { expect, test } from 'vitest';
import { address, bandOf, daysOf, drawn, parts, read, shares, written, type Line } from './cx';

const choice = (q: string) => read(new URLSearchParams(q));
const line = (n: number, figure: number): Line => ({
  key: '',
  n,
  figure: n ? figure : null,
  low: n ? figure - 10 : null,
  high: n ? figure + 10 : null,
  mean: null,
  mean_low: null,
  mean_high: null,
  counts: {},
});

test('what is chosen stands in the address, and comes back from it', () => {
  expect(address(choice(''))).toBe('/d/cx');
  for (const q of ['span=7&segment=vip&measure=csat&by=agent', 'span=90', 'of=detractor'])
    expect(address(choice(q))).toBe(`/d/cx?${q}`);
  expect(address(choice('span=8&measure=x&by=moon&of=none'))).toBe('/d/cx');
  expect(choice('measure=ces&of=promoter').of).toBe('');
});

test('so many days, today the last', () => {
  expect(daysOf('7', '2026-03-02')).toEqual({ from: '2026-02-24', to: '2026-03-02' });
});

test('figures have their sign, shares none', () => {
  expect(written('nps', 31.6, 'vi-VN')).toBe('+32');
  expect(written('nps', -8.2, 'vi-VN')).toBe('−8');
  expect(written('nps', -0.2, 'vi-VN')).toBe('0');
  expect(written('csat', 76.7, 'vi-VN')).toBe('77%');
});

test('bad, middling, good', () => {
  expect(parts('nps', { 0: 1, 6: 2, 7: 3, 8: 4, 9: 5, 10: 6 })).toEqual([3, 7, 11]);
  expect(parts('csat', { 1: 1, 2: 1, 3: 1, 4: 1, 5: 1 })).toEqual([2, 1, 2]);
  expect(parts('ces', { 3: 1, 4: 1, 5: 1, 7: 1 })).toEqual([1, 1, 2]);
});

test('shares add up', () => {
  expect(shares([1, 1, 1])).toEqual([34, 33, 33]);
  expect(shares([70, 140, 202])).toEqual([17, 34, 49]);
  expect(shares([0, 0, 0])).toEqual([0, 0, 0]);
});

test('a line breaks where nobody answered, and its axis holds the limits', () => {
  const d = drawn([line(3, 20), line(4, 30), line(0, 0), line(2, -5)], {
    left: 0,
    right: 30,
    top: 0,
    bottom: 60,
  });
  expect([d.low, d.high]).toEqual([-20, 40]);
  expect(d.runs.map((r) => r.map((p) => p.i))).toEqual([[0, 1], [3]]);
  expect(d.runs[0]?.[0]).toEqual({ x: 0, y: 20, top: 10, bottom: 30, i: 0 });
  expect(bandOf(d.runs[0] ?? [])).toBe('M0.0 10.0L10.0 0.0L10.0 20.0L0.0 30.0Z');
});
