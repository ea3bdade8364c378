import { describe, expect, it } from 'vitest';
import { agentsOf, marksOf, shareSaid } from './retention';

describe('retention', () => {
  it('says a share with its limits, and of nobody nothing', () => {
    expect(shareSaid({ n: 60, share: 50, low: 37.7, high: 62.3 }, 'en-GB')).toBe('50% (38–62)');
    expect(shareSaid({ n: 0 }, 'en-GB')).toBe('–');
  });

  it('takes the hour that asks for most', () => {
    const hours = [
      { day: '2026-11-23', hour: 9, n: 4, agents: 2 },
      { day: '2026-11-23', hour: 10, n: 9, agents: 5 },
      { day: '2026-11-24', hour: 9, n: 1 },
    ];
    expect(agentsOf(hours, '2026-11-23')).toBe(5);
    expect(agentsOf(hours, '2026-11-24')).toBeUndefined();
  });

  it('places what came and what is to come, days off without a mark', () => {
    const box = { left: 0, right: 90, top: 0, bottom: 100 };
    const m = marksOf(
      [{ day: 'a', came: 50, n: 40, low: 20, high: 60 }],
      [
        { day: 'b', n: 100, low: 50, high: 200 },
        { day: 'c', holiday: true },
      ],
      box,
    );
    expect(m.top).toBe(200);
    expect(m.from).toBe(30);
    expect(m.marks[0]).toMatchObject({ x: 15, came: 75, n: 80, low: 90, high: 70 });
    expect(m.marks[1]).toMatchObject({ x: 45, came: undefined, n: 50, high: 0 });
    expect(m.marks[2]?.n).toBeUndefined();
    expect(marksOf([], [], box).marks).toEqual([]);
  });
});
