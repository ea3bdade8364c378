import { describe, expect, test } from 'vitest';
import { holidaysAhead, holidaysOf, MOON_ENDS, yearToAdd } from './holidays';
import { holidayGood, holidayLine } from './hours';

const lines = (year: number): string[] => holidaysOf(year).map(holidayLine);

describe('public holidays', () => {
  test('of a year, in order, with the name of its Tết', () => {
    expect(lines(2027)).toEqual([
      '2027-01-01 Tết Dương lịch',
      '2027-02-05..2027-02-09 Tết Đinh Mùi',
      '2027-04-16 Giỗ Tổ Hùng Vương',
      '2027-04-30..2027-05-01 30/4 và 1/5',
      '2027-09-02 Quốc khánh',
    ]);
    // A day before China's, as its new moon is after midnight there.
    expect(lines(2030)).toContain('2030-02-01..2030-02-05 Tết Canh Tuất');
  });

  test('every Tết is a new moon, its year after the one before, and all days are days', () => {
    for (let year = 2026; year <= MOON_ENDS; year++) {
      const all = holidaysOf(year);
      expect(all.length).toBe(5);
      expect(all.every(holidayGood)).toBe(true);
      const tet = all.find((h) => / (?!Dương)\p{L}+ \p{L}+$/u.test(h.name) && /^Tết/.test(h.name));
      const first = Date.parse(`${tet?.first ?? ''}T00:00Z`) + 86400000;
      // The month of the moon, from the new moon of 2000-01-06 18:14 UTC on.
      const moons = (first - Date.parse('2000-01-06T18:14Z')) / 86400000 / 29.530588853;
      expect(Math.abs(moons - Math.round(moons))).toBeLessThan(0.06);
      // The day of the kings is the tenth of the third month: 68 days on, or
      // a day more or less, and a month more when one is doubled before it.
      const kings = Date.parse(`${all.find((h) => /Giỗ/.test(h.name))?.first ?? ''}T00:00Z`);
      const days = (kings - first) / 86400000;
      expect([67, 68, 69].includes(days)).toBe(true);
    }
  });

  test('after the table only those by the sun', () => {
    expect(lines(MOON_ENDS + 1).length).toBe(3);
  });

  test('ahead: what is left of this year and all of the next; of Vietnam alone', () => {
    const ahead = holidaysAhead('Asia/Ho_Chi_Minh', '2028-04-30');
    expect(ahead[0]?.first).toBe('2028-04-30');
    expect(ahead.at(-1)?.first).toBe('2029-09-02');
    expect(holidaysAhead('Europe/Berlin', '2028-04-30')).toEqual([]);
  });

  test('the year to add is the first without any', () => {
    expect(yearToAdd('2026-11-22', [])).toBe(2027);
    expect(yearToAdd('2026-11-22', holidaysOf(2027))).toBe(2028);
    expect(yearToAdd('2026-08-22', [])).toBe(2026);
    const decade = Array.from({ length: 10 }, (_, i) => holidaysOf(2026 + i)).flat();
    expect(yearToAdd('2026-08-22', decade)).toBe(null);
  });
});
