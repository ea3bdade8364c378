import { expect, test } from 'vitest';
import { address, along, daysOf, read, runName, runsOf, written } from './improve';

const choice = (q: string) => read(new URLSearchParams(q));

test('what is chosen stands in the address, and comes back from it', () => {
  expect(address(choice(''))).toBe('/d/improve');
  for (const q of ['span=90&by=queue&state=judged', 'what=waits&name=giao-hang'])
    expect(address(choice(q))).toBe(`/d/improve?${q}`);
  expect(address(choice('span=8&by=moon&state=x&what=y&name=z'))).toBe('/d/improve');
});

test('so many days, today the last', () => {
  expect(daysOf('30', '2026-03-02')).toEqual({ from: '2026-02-01', to: '2026-03-02' });
});

test('scores are written on their own scale', () => {
  expect(written('csat', 4.26, 'vi-VN')).toBe('4,3');
  expect(written('nps', 31.6, 'vi-VN')).toBe('+32');
  expect(written('nps', -0.2, 'vi-VN')).toBe('0');
  expect(written('mood', -0.25, 'en-GB')).toBe('−0.25');
  expect(written('closed', 75, 'en-GB')).toBe('75%');
  expect(written('ces', undefined, 'en-GB')).toBe('–');
});

test('months and weeks by their names', () => {
  const of = { what: 'score', name: 'nps', measure: 'nps' } as const;
  const one = { n: 1, score: 4, low: 3, high: 5 };
  expect(runsOf({ ...of, months: [{ ...one, month: '2026-11' }] }).map((m) => m.at)).toEqual([
    '2026-11',
  ]);
  expect(runsOf({ ...of, weeks: [{ ...one, week: '2026-11-16' }] }).map((m) => m.at)).toEqual([
    '2026-11-16',
  ]);
  expect([runName('2026-11'), runName('2026-11-16')]).toEqual(['11/2026', '16/11']);
});

test('where a score is on its scale', () => {
  expect([along('csat', 3), along('nps', -100), along('mood', 2)]).toEqual([50, 0, 100]);
});
