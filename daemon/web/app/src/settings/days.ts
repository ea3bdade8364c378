// A calendar's holidays as dates: what its lines ("2027-02-05..2027-02-11 Tết",
// "tet 2027..2030 7d", short days with their times) mean in a year. Pure.
import { kingsOf, tetOf } from '../start/holidays';
import { plus } from '../start/hours';

export interface Day {
  first: string; // 2027-02-05
  last: string;
  name: string;
  open: string; // of a short day: "08:00-11:30"; '': closed
}

const dated = /^(\d{4}-\d\d-\d\d)(?:\.\.(\d{4}-\d\d-\d\d))?(?: +(.*))?$/;
const moon = /^(tet|gio-to) +(\d{4})(?:\.\.(\d{4}))?(?: +(\d{1,2})d)?(?: +(.*))?$/;
const times = /^(\d\d:\d\d-\d\d:\d\d(?:,\d\d:\d\d-\d\d:\d\d)*)(?: +(.*))?$/;
const USUAL = 5; // days of Tết

// One line's days in a year; null: it could not be read; []: none of that year.
export function daysOf(line: string, year: number): Day[] | null {
  const text = line.trim();
  const d = dated.exec(text);
  if (d) {
    const t = times.exec(d[3] ?? '');
    const first = d[1] ?? '';
    const day = {
      first,
      last: d[2] ?? first,
      name: (t ? t[2] : d[3]) ?? '',
      open: t?.[1]?.replaceAll(',', ', ') ?? '',
    };
    return day.first <= `${year}-12-31` && day.last >= `${year}-01-01` ? [day] : [];
  }
  const m = moon.exec(text);
  if (!m) return null;
  const [from, to] = [Number(m[2]), Number(m[3] ?? m[2])];
  if (year < from || year > to) return [];
  const at = m[1] === 'tet' ? tetOf(year) : kingsOf(year);
  if (!at) return null;
  const first = m[1] === 'tet' ? plus(at, -1) : at;
  const days = Number(m[4] ?? (m[1] === 'tet' ? USUAL : 1));
  return [{ first, last: plus(first, days - 1), name: m[5] ?? '', open: '' }];
}

export interface Year {
  year: number;
  days: Day[]; // in order
  unread: string[]; // lines that are not known here in that year
}

// This year's and the next's.  today: 2026-11-22.
export function yearsOf(lines: string[], today: string): Year[] {
  const now = Number(today.slice(0, 4));
  return [now, now + 1].map((year) => {
    const all = lines.map((line) => ({ line, days: daysOf(line, year) }));
    return {
      year,
      days: all.flatMap((l) => l.days ?? []).sort((a, b) => (a.first < b.first ? -1 : 1)),
      unread: all.filter((l) => !l.days).map((l) => l.line),
    };
  });
}
