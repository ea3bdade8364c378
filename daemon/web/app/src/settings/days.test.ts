import { describe, expect, test } from 'vitest';
import { daysOf, yearsOf } from './days';

describe("a calendar's days", () => {
  test('dates and spans, closed or short', () => {
    expect(daysOf('2027-02-05..2027-02-11 Tết', 2027)).toEqual([
      { first: '2027-02-05', last: '2027-02-11', name: 'Tết', open: '' },
    ]);
    expect(daysOf('2027-02-04 08:00-11:30,13:00-15:00 29 Tết', 2027)).toEqual([
      { first: '2027-02-04', last: '2027-02-04', name: '29 Tết', open: '08:00-11:30, 13:00-15:00' },
    ]);
    expect(daysOf('2027-09-02', 2026)).toEqual([]);
    // Over the year's end it is of both.
    expect(daysOf('2026-12-30..2027-01-02', 2026)).toHaveLength(1);
    expect(daysOf('2026-12-30..2027-01-02', 2027)).toHaveLength(1);
  });

  test('by the moon: Tết from the last day of the old year on', () => {
    expect(daysOf('tet 2027..2030 7d', 2027)).toEqual([
      { first: '2027-02-05', last: '2027-02-11', name: '', open: '' },
    ]);
    expect(daysOf('tet 2027', 2027)?.[0]?.last).toBe('2027-02-09');
    expect(daysOf('gio-to 2026..2030 Giỗ Tổ', 2027)).toEqual([
      { first: '2027-04-16', last: '2027-04-16', name: 'Giỗ Tổ', open: '' },
    ]);
    expect(daysOf('tet 2027..2030', 2026)).toEqual([]);
    expect(daysOf('tet 2027..2050', 2049)).toBeNull(); // beyond the table here
    expect(daysOf('easter 2027', 2027)).toBeNull();
  });

  test('of this year and the next, in order; what is not known is named', () => {
    const [now, next] = yearsOf(['tet 2026..2027', '2026-01-01', 'soon'], '2026-11-22');
    expect(now?.days.map((d) => d.first)).toEqual(['2026-01-01', '2026-02-16']);
    expect(next?.days.map((d) => d.first)).toEqual(['2027-02-05']);
    expect(next?.unread).toEqual(['soon']);
  });
});
