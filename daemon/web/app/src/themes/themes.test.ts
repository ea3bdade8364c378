import { expect, test } from 'vitest';
import { change, firstDay } from './themes';

test('a change is only said when the counts carry it', () => {
  expect(change(0, 0)).toBe('unsaid');
  expect(change(3, 1)).toBe('unsaid');
  expect(change(12, 9)).toBe('unsaid');
  expect(change(30, 10)).toBe('up');
  expect(change(10, 30)).toBe('down');
  expect(change(5, 0)).toBe('up');
  expect(change(3, 0)).toBe('unsaid');
});

test('days that end today begin so many before', () => {
  expect(firstDay('2026-03-01', 1)).toBe('2026-03-01');
  expect(firstDay('2026-03-01', 7)).toBe('2026-02-23');
});
