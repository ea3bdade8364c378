import { expect, test } from 'vitest';
import type { DeskEvent } from '../lib/types';
import { answerOf } from './survey';

const event = (meta?: Record<string, unknown>): DeskEvent => ({
  event: 1,
  at: '2026-11-21T08:00:00Z',
  ticket: 1,
  kind: 'survey',
  channel: 'desk',
  direction: 'own',
  meta,
});

test('a face for each end of each scale', () => {
  const feel = (kind: string, score: number) => answerOf(event({ kind, score })).feel;
  expect([0, 6, 7, 8, 9, 10].map((n) => feel('nps', n))).toEqual([
    'neg',
    'neg',
    'neu',
    'neu',
    'pos',
    'pos',
  ]);
  expect([1, 2, 3, 4, 5].map((n) => feel('csat', n))).toEqual(['neg', 'neg', 'neu', 'pos', 'pos']);
  expect([1, 3, 4, 5, 7].map((n) => feel('ces', n))).toEqual(['neg', 'neg', 'neu', 'pos', 'pos']);
});

test('what has no score has no face; what is strange is nothing', () => {
  expect(answerOf(event({ survey: 'x', via: 'call' }))).toEqual({
    survey: 'x',
    score: undefined,
    of: undefined,
    feel: '',
    via: 'call',
  });
  expect(answerOf(event({ kind: 'nps', score: '9' })).score).toBeUndefined();
  expect(answerOf(event({ kind: 'constructor', score: 9 })).feel).toBe('');
  expect(answerOf(event()).survey).toBe('');
});
