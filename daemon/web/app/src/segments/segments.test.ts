import { expect, test } from 'vitest';
import { meaning, reasons, sizes } from './segments';
import { segmentWords } from './words';

test('what a block asks for, in words', () => {
  expect(
    meaning(segmentWords.en, {
      orders: '3-',
      nps: '0-6',
      cases: '-5',
      mood: 'bad 2 in 30d',
      promises_broken: '1',
      tag: ['giao trễ', 'khen'],
      churn: ['gap', 'any'],
      within: 7776000,
    }),
  ).toEqual([
    'Orders: 3 or more',
    'Cases: 5 at most',
    'With a tag: giao trễ, khen',
    'Last NPS answer: 0 to 6',
    expect.stringMatching(/^Feeling in messages: upset at least 2 times within 30/),
    'Promises late or broken: at least once',
    'About to be lost: bought nothing for long, for any reason',
    expect.stringMatching(/^Only of the last 90/),
  ]);
});

test('why somebody is in a segment', () => {
  expect(
    reasons(segmentWords.vi, {
      customer: 7,
      since: '',
      why: { churn: ['gap', 'promise'], orders: 3 },
    }),
  ).toEqual(['Số đơn: 3', 'Sắp mất: lâu không mua, lời hứa không giữ']);
});

test('the line of sizes begins at zero and needs two days', () => {
  expect(sizes([{ size: 3 }], 100, 20)).toBe('');
  expect(sizes([{ size: 0 }, { size: 10 }], 100, 20)).toBe('M0.0 19.0L100.0 1.0');
  expect(sizes([{ size: 0 }, { size: 0 }], 100, 20)).toBe('M0.0 19.0L100.0 19.0');
});
