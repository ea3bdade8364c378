import { describe, expect, test } from 'vitest';
import type { CaseClock } from '../lib/types';
import { fate, headClocks, ordered, pausedClock } from './clocks';

const clock = (more: Partial<CaseClock>): CaseClock => ({
  kind: 'first',
  state: 'runs',
  total: 3600,
  due_at: '2026-11-22T09:00:00.000Z',
  ...more,
});
const at = Date.parse('2026-11-22T08:00:00Z');

describe('the clocks of a case', () => {
  test('the head has what is due next, and beside it the resolution', () => {
    const first = clock({});
    const resolve = clock({ kind: 'resolve', due_at: '2026-11-23T09:00:00.000Z' });
    const part = clock({ kind: 'department', due_at: '2026-11-22T10:00:00.000Z' });
    expect(headClocks([resolve, part, first])).toEqual([first, resolve]);
    expect(headClocks([resolve])).toEqual([resolve]);
    expect(
      headClocks([clock({ kind: 'department', due_at: '2026-11-21T10:00:00.000Z' }), resolve]),
    ).toHaveLength(2);
    expect(headClocks([clock({ state: 'paused' }), clock({ state: 'answered' })])).toEqual([]);
    expect(headClocks(undefined)).toEqual([]);
  });

  test('what stands still: the one that has least left', () => {
    const short = clock({ state: 'paused', left: 60 });
    expect(pausedClock([clock({ state: 'paused', left: 600 }), short, clock({})])).toBe(short);
    expect(pausedClock([clock({})])).toBeUndefined();
  });

  test('kept or broken, to the second that was promised', () => {
    expect(fate(clock({}), at)).toBe('runs');
    expect(fate(clock({ due_at: '2026-11-22T07:59:59.999Z' }), at)).toBe('breached');
    expect(fate(clock({ state: 'paused', due_at: '2026-11-01T00:00:00.000Z' }), at)).toBe('paused');
    expect(fate(clock({ state: 'answered', spent: 3600 }), at)).toBe('kept');
    expect(fate(clock({ state: 'moved', spent: 3601 }), at)).toBe('late');
  });

  test('in order: due, standing still, over with the newest first', () => {
    const all = [
      clock({ state: 'answered', done_at: '2026-11-20T08:00:00.000Z' }),
      clock({ state: 'answered', done_at: '2026-11-21T08:00:00.000Z' }),
      clock({ state: 'paused' }),
      clock({ due_at: '2026-11-25T08:00:00.000Z' }),
      clock({ due_at: '2026-11-24T08:00:00.000Z' }),
    ];
    expect(ordered(all)).toEqual([all[4], all[3], all[2], all[1], all[0]]);
  });
});
