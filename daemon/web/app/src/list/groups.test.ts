import { describe, expect, test } from 'vitest';
import { groupOf, groups } from './groups';

const now = Date.parse('2026-11-21T10:00:00+07:00');
const at = (minutes: number) => ({
  state: 'open' as const,
  due_at: new Date(now + minutes * 60000).toISOString(),
});

describe('groups', () => {
  test('by the company day, and by what is due', () => {
    expect(groupOf(at(-1), now)).toBe('late');
    expect(groupOf(at(0.5), now)).toBe('soon');
    expect(groupOf(at(30), now)).toBe('soon');
    expect(groupOf(at(31), now)).toBe('today');
    expect(groupOf(at(13 * 60), now)).toBe('today');
    expect(groupOf(at(14 * 60), now)).toBe('later');
    expect(groupOf({ state: 'pending' }, now)).toBe('paused');
    expect(groupOf({ state: 'open' }, now)).toBe('none');
  });
  test('each begins where the one before ends', () => {
    expect(groups([at(-5), at(1), at(2), at(300)], 4, now)).toEqual([
      { name: 'late', from: 0, to: 1, whole: true },
      { name: 'soon', from: 1, to: 3, whole: true },
      { name: 'today', from: 3, to: 4, whole: true },
    ]);
  });
  test('the last goes on over what is not known', () => {
    expect(groups([at(-5), at(-4)], 1000, now)).toEqual([
      { name: 'late', from: 0, to: 1000, whole: false },
    ]);
    expect(groups([at(-5), undefined, at(50)], 3, now)).toEqual([
      { name: 'late', from: 0, to: 3, whole: false },
    ]);
  });
  test('nothing known, nothing there', () => {
    expect(groups([], 0, now)).toEqual([]);
    expect(groups([undefined], 9, now)[0]?.to).toBe(9);
  });
});
