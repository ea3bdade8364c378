// REPORT as the page has it: what is asked for stands in the address, and how a
// figure is written, on the screen and in a file for spreadsheets.
import { query } from '../lib/api';

export const names = ['service', 'response', 'cases', 'work'] as const;
export const lines = ['queue', 'agent', 'channel', 'hour', 'day', 'week'] as const;
export const spans = ['today', 'week', 'month', 'days'] as const;
export type Name = (typeof names)[number];
export type By = (typeof lines)[number];
export type Span = (typeof spans)[number];

export interface Choice {
  name: Name;
  by: By;
  span: Span;
  from: string; // days: of its own
  to: string;
  queue: string;
  agent: string;
  show: string; // the column that is drawn
}

export type Unit = 'count' | 'percent' | 'seconds';
export interface Column {
  name: string;
  unit: Unit;
}
export interface Line {
  label: string | null; // null: nobody's
  cells: (number | null)[];
}
export interface Report {
  name: Name;
  from: string;
  to: string;
  by: By;
  timezone: string;
  columns: Column[];
  rows: Line[];
  total: (number | null)[];
}

const DAY = /^\d{4}-\d{2}-\d{2}$/;

const one = <T extends string>(of: readonly T[], word: string | null): T =>
  of.find((w) => w === word) ?? (of[0] as T);

// What a report is made by unless it is said: most of what is counted of work is
// nothing that a queue has.
export const usual = (name: Name): By => (name === 'work' ? 'agent' : lines[0]);

// What the address says; what it does not, or says wrongly, is as at first.
export function read(q: URLSearchParams): Choice {
  const day = (word: string | null): string => (word && DAY.test(word) ? word : '');
  const name = one(names, q.get('name'));
  return {
    name,
    by: one([usual(name), ...lines], q.get('by')),
    span: one(spans, q.get('span')),
    from: day(q.get('from')),
    to: day(q.get('to')),
    queue: q.get('queue') ?? '',
    agent: q.get('agent') ?? '',
    show: q.get('show') ?? '',
  };
}

export const address = (c: Choice): string =>
  query('/d/reports', {
    ...c,
    name: c.name === names[0] ? '' : c.name,
    by: c.by === usual(c.name) ? '' : c.by,
    span: c.span === spans[0] ? '' : c.span,
    from: c.span === 'days' ? c.from : '',
    to: c.span === 'days' ? c.to : '',
  });

// Another report of the same: by what one chose, else as that one usually is.
export const other = (c: Choice, name: Name): Choice => ({
  ...c,
  name,
  by: c.by === usual(c.name) ? usual(name) : c.by,
  show: '',
});

const plus = (day: string, n: number): string => {
  const at = new Date(`${day}T00:00:00Z`);
  at.setUTCDate(at.getUTCDate() + n);
  return at.toISOString().slice(0, 10);
};

// The first and last day of a span, by the company's today.
export function daysOf(c: Choice, today: string): { from: string; to: string } {
  if (c.span === 'days') return { from: c.from || today, to: c.to || today };
  const weekday = (new Date(`${today}T00:00:00Z`).getUTCDay() + 6) % 7;
  return {
    from:
      c.span === 'week'
        ? plus(today, -weekday)
        : c.span === 'month'
          ? `${today.slice(0, 8)}01`
          : today,
    to: today,
  };
}

export const isTime = (by: By): boolean => by === 'hour' || by === 'day' || by === 'week';

const two = (n: number): string => String(n).padStart(2, '0');

// "0:42", "1:05:10", from two days on as hours alone: "53:20:00" is read by nobody.
export function duration(s: number, days: (n: string) => string, of: string): string {
  const t = Math.round(Math.abs(s));
  const sign = s < 0 ? '−' : '';
  if (t >= 172800)
    return sign + days(new Intl.NumberFormat(of, { maximumFractionDigits: 1 }).format(t / 86400));
  const h = Math.floor(t / 3600);
  const m = Math.floor(t / 60) % 60;
  return sign + (h ? `${h}:${two(m)}:${two(t % 60)}` : `${m}:${two(t % 60)}`);
}

// A text that a spreadsheet would take for a formula is none.
function field(text: string): string {
  const safe = /^[=+\-@\t\r＝＋－＠]/.test(text) ? `'${text}` : text;
  return safe !== text || /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}

// The rows of "deskctl report --format csv" (RFC 4180), with the mark by which
// spreadsheets know UTF-8.
export const csv = (r: Report): string =>
  '\ufeff' +
  [
    [r.by, ...r.columns.map((c) => c.name)].map(field),
    ...r.rows.map((l) => [
      field(l.label ?? ''),
      ...l.cells.map((n) => (n === null ? '' : String(n))),
    ]),
  ]
    .map((line) => `${line.join(',')}\r\n`)
    .join('');
