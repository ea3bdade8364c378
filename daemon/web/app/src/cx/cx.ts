// CX.SCORES as the page has it: what is asked for stands in the address, and how
// a figure, its limits and its line are written and drawn.
import { query } from '../lib/api';

export const measures = ['nps', 'csat', 'ces'] as const;
export const lines = ['queue', 'agent', 'channel', 'segment', 'touchpoint', 'survey'] as const;
export const spans = ['30', '7', '90'] as const; // days; the first is the usual
export const classes = ['', 'detractor', 'passive', 'promoter'] as const;
export type Measure = (typeof measures)[number];
export type By = (typeof lines)[number];
export type Span = (typeof spans)[number];
export type Class = (typeof classes)[number];

export interface Choice {
  span: Span;
  segment: string;
  measure: Measure; // of the table and the answers
  by: By;
  of: Class; // of nps: only these answers
}

// Per cent; null: nobody answered.
export interface Figure {
  n: number;
  figure: number | null;
  low: number | null;
  high: number | null;
  mean: number | null;
  mean_low: number | null;
  mean_high: number | null;
  counts: Record<string, number>;
}
export interface Change {
  by: number;
  low: number;
  high: number;
  is: 'up' | 'down' | 'unsaid';
}
export interface Line extends Figure {
  key: string;
  label?: string; // absent: nobody's, nothing's
  rate?: {
    invited: number;
    undeliverable?: number; // of them, whom the mail did not reach
    answered: number;
    share?: number; // of those who were reached
    low?: number;
    high?: number;
  };
  change?: Change;
}
export interface Scores {
  measure: Measure;
  from: string;
  to: string;
  rows: Line[];
  total: Line;
}
export interface Answer {
  response: number;
  survey: string;
  at: string;
  score: number;
  words?: string;
  ticket?: number;
  number?: number;
  name?: string;
}

const one = <T extends string>(of: readonly T[], word: string | null): T =>
  of.find((w) => w === word) ?? (of[0] as T);

// What the address says; what it does not, or says wrongly, is as at first.
export const read = (q: URLSearchParams): Choice => {
  const measure = one(measures, q.get('measure'));
  return {
    span: one(spans, q.get('span')),
    segment: q.get('segment') ?? '',
    measure,
    by: one(lines, q.get('by')),
    of: measure === 'nps' ? one(classes, q.get('of')) : '',
  };
};

export const address = (c: Choice): string =>
  query('/d/cx', {
    span: c.span === spans[0] ? '' : c.span,
    segment: c.segment,
    measure: c.measure === measures[0] ? '' : c.measure,
    by: c.by === lines[0] ? '' : c.by,
    of: c.measure === 'nps' ? c.of : '',
  });

// The first and last day of so many that end today.
export function daysOf(span: Span, today: string): { from: string; to: string } {
  const at = new Date(`${today}T00:00:00Z`);
  at.setUTCDate(at.getUTCDate() - Number(span) + 1);
  return { from: at.toISOString().slice(0, 10), to: today };
}

export const step = (span: Span): 'day' | 'week' => (span === '7' ? 'day' : 'week');

// "+32", "−8"; shares have no sign: "77%".
export function written(measure: Measure, v: number, of: string): string {
  const r = Math.round(v);
  const digits = new Intl.NumberFormat(of).format(Math.abs(r));
  if (measure !== 'nps') return `${r < 0 ? '−' : ''}${digits}%`;
  return `${r > 0 ? '+' : r < 0 ? '−' : ''}${digits}`;
}

// How many gave a bad, a middling and a good answer.
export function parts(measure: Measure, counts: Record<string, number>): [number, number, number] {
  const [low, high] = measure === 'nps' ? [7, 9] : measure === 'csat' ? [3, 4] : [4, 5];
  const sums: [number, number, number] = [0, 0, 0];
  for (const [value, n] of Object.entries(counts))
    sums[Number(value) < low ? 0 : Number(value) < high ? 1 : 2] += n;
  return sums;
}

// Shares of a whole in whole per cent that add up to 100 (largest remainders).
export function shares(sums: number[]): number[] {
  const n = sums.reduce((a, b) => a + b, 0);
  if (!n) return sums.map(() => 0);
  const exact = sums.map((s) => (100 * s) / n);
  const whole = exact.map(Math.floor);
  const left = 100 - whole.reduce((a, b) => a + b, 0);
  exact
    .map((e, i) => [e - Math.floor(e), i] as const)
    .sort((a, b) => b[0] - a[0] || a[1] - b[1])
    .slice(0, left)
    .forEach(([, i]) => (whole[i] = (whole[i] ?? 0) + 1));
  return whole;
}

export interface Point {
  x: number;
  y: number;
  top: number;
  bottom: number;
  i: number; // which line
}
export interface Drawn {
  runs: Point[][]; // what is drawn in one go: lines of nobody part them
  low: number; // of the axis
  high: number;
}

// The lines as points of a picture from (left, top) to (right, bottom); its axis
// is whole tens that hold every limit.
export function drawn(
  rows: Line[],
  box: { left: number; right: number; top: number; bottom: number },
): Drawn {
  const told = rows.filter((r) => r.n > 0);
  const low = Math.floor(Math.min(...told.map((r) => r.low ?? 0)) / 10) * 10;
  const high = Math.max(low + 10, Math.ceil(Math.max(...told.map((r) => r.high ?? 0)) / 10) * 10);
  const y = (v: number | null): number =>
    box.bottom - (((v ?? 0) - low) / (high - low)) * (box.bottom - box.top);
  const x = (i: number): number =>
    rows.length < 2 ? box.right : box.left + (i / (rows.length - 1)) * (box.right - box.left);
  const runs: Point[][] = [];
  rows.forEach((r, i) => {
    if (!r.n) return;
    const p = { x: x(i), y: y(r.figure), top: y(r.high), bottom: y(r.low), i };
    const run = runs[runs.length - 1];
    if (run && run[run.length - 1]?.i === i - 1) run.push(p);
    else runs.push([p]);
  });
  return { runs, low, high };
}

const at = (x: number, y: number): string => `${x.toFixed(1)} ${y.toFixed(1)}`;
export const lineOf = (run: Point[]): string => `M${run.map((p) => at(p.x, p.y)).join('L')}`;
export const bandOf = (run: Point[]): string =>
  `M${run.map((p) => at(p.x, p.top)).join('L')}L${[...run]
    .reverse()
    .map((p) => at(p.x, p.bottom))
    .join('L')}Z`;

// 21/11.
export const dayMonth = (day: string): string => `${day.slice(8, 10)}/${day.slice(5, 7)}`;
