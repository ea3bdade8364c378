// Opening hours: as desk.conf has them ("mon-fri 08:00-12:00"), as a week of
// seven days to be changed, and when a shop opens next.  Pure.
export interface Span {
  from: string; // 08:00
  to: string; // 24:00 at most
}
export type Week = Span[][]; // Monday first; a day without is closed

export interface Holiday {
  first: string; // 2027-02-05
  last: string;
  name: string;
}

const names = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'];
const time = /^([01]\d|2[0-3]):[0-5]\d$|^24:00$/;

export const spanGood = (s: Span): boolean => time.test(s.from) && time.test(s.to) && s.from < s.to;

// In order, and none within another.
export const dayGood = (day: Span[]): boolean =>
  day.every((s, i) => spanGood(s) && (i === 0 || (day[i - 1] as Span).to <= s.from));

export function weekOf(lines: string[]): Week {
  const week: Week = names.map(() => []);
  for (const line of lines) {
    const m = /^(\w{3})(?:-(\w{3}))? (\d\d:\d\d)-(\d\d:\d\d)$/.exec(line);
    if (!m) continue;
    const first = names.indexOf(m[1] ?? '');
    const last = m[2] ? names.indexOf(m[2]) : first;
    if (first < 0 || last < 0) continue;
    for (let d = first; ; d = (d + 1) % 7) {
      week[d]?.push({ from: m[3] ?? '', to: m[4] ?? '' });
      if (d === last) break;
    }
  }
  for (const day of week) day.sort((a, b) => (a.from < b.from ? -1 : 1));
  return week;
}

const same = (a: Span[], b: Span[]): boolean => JSON.stringify(a) === JSON.stringify(b);

// Days in a row that are alike are one line for each of their spans.
export function linesOf(week: Week): string[] {
  const lines: string[] = [];
  for (let d = 0; d < 7; ) {
    let last = d;
    while (last < 6 && same(week[last + 1] ?? [], week[d] ?? [])) last++;
    for (const s of week[d] ?? [])
      lines.push(
        `${last > d ? `${names[d] ?? ''}-${names[last] ?? ''}` : (names[d] ?? '')} ${s.from}-${s.to}`,
      );
    d = last + 1;
  }
  return lines;
}

// The rows in which a week is shown: Monday to Friday as one while alike.
export const rowsOf = (week: Week): number[][] =>
  week.slice(1, 5).every((day) => same(day, week[0] ?? []))
    ? [[0, 1, 2, 3, 4], [5], [6]]
    : names.map((_, d) => [d]);

export const usual = (): Week =>
  weekOf(['mon-fri 08:00-12:00', 'mon-fri 13:30-17:30', 'sat 08:00-12:00']);

export function holidayOf(line: string): Holiday | null {
  const m = /^(\d{4}-\d\d-\d\d)(?:\.\.(\d{4}-\d\d-\d\d))?(?: (.*))?$/.exec(line);
  return m ? { first: m[1] ?? '', last: m[2] ?? m[1] ?? '', name: m[3] ?? '' } : null;
}

export const holidayLine = (h: Holiday): string =>
  `${h.first}${h.last > h.first ? `..${h.last}` : ''}${h.name.trim() ? ` ${h.name.trim()}` : ''}`;

export const holidayGood = (h: Holiday): boolean =>
  /^\d{4}-\d\d-\d\d$/.test(h.first) && /^\d{4}-\d\d-\d\d$/.test(h.last) && h.last >= h.first;

export const plus = (date: string, days: number): string =>
  new Date(Date.parse(`${date}T00:00Z`) + days * 86400000).toISOString().slice(0, 10);
const weekday = (date: string): number => (new Date(`${date}T00:00Z`).getUTCDay() + 6) % 7;

// When it opens next after an hour of a day: today when it is open then or
// later; null when never within a year.
export function opens(
  week: Week,
  holidays: Holiday[],
  date: string,
  hour: string,
): { date: string; hour: string } | null {
  for (let i = 0; i < 366; i++) {
    const day = plus(date, i);
    if (holidays.some((h) => h.first <= day && day <= h.last)) continue;
    for (const s of week[weekday(day)] ?? []) {
      if (i === 0 && s.to <= hour) continue;
      return { date: day, hour: i === 0 && s.from < hour ? hour : s.from };
    }
  }
  return null;
}

// The last of a week's days on which it is open, and the hour after it closes:
// when a customer finds it closed for sure.
export function afterHours(week: Week, from: string): { date: string; hour: string } {
  for (let i = 0; i < 7; i++) {
    const date = plus(from, i);
    const last = week[weekday(date)]?.at(-1);
    if (weekday(date) === 5 && last && last.to < '20:15') return { date, hour: '20:15' };
  }
  return { date: plus(from, (6 - weekday(from) + 7) % 7), hour: '20:15' };
}
