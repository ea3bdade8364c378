// Journeys as the page has them: what is asked for stands in the address, and how
// a figure is written.
import { query } from '../lib/api';
import { locale, number } from '../lib/i18n.svelte';

export const spans = ['30', '7', '90', '365'] as const; // days; the first is the usual
export type Span = (typeof spans)[number];

export interface Choice {
  journey: string; // '': that of everybody, or of the segment
  segment: string;
  span: Span;
}
export interface Named {
  name: string;
  vi: string;
  en: string;
}
export interface Mood {
  n: number;
  mean: number;
  low: number;
  high: number;
}
export interface Touchpoint extends Named {
  stage: string;
  channel?: string[];
  department?: string;
  owner?: string;
  target?: number;
  measure?: string; // of the target; csat when not told
  n: number;
  mood?: Mood;
  validated?: { seen: string; who: string; evidence: string };
}
export interface Stage extends Named {
  reached: number;
  entered: number;
  left: number;
  here?: number; // of all customers alone
  stuck?: number;
  stay?: { n: number; median: number; low?: number; high?: number }; // seconds
  steps: number;
  mood?: Mood;
  to?: { stage: string; n: number }[];
  touchpoints?: Partial<Touchpoint>[];
}
export interface Map {
  journey?: Named;
  journeys?: Named[];
  from: string;
  to: string;
  days: number;
  stages: Stage[];
}
export interface Matrix {
  rows: (Partial<Named> & {
    touchpoint: string;
    stage?: string;
    n: number;
    channels: Record<string, number>;
  })[];
}
export interface Handoffs {
  n: number;
  back: number;
  nodes: { name: string; title: string; out: number; in: number }[];
  links: {
    from: string;
    to: string;
    n: number;
    cases: number;
    back: number;
    low: number;
    high: number;
  }[];
}
export interface Next {
  touchpoint?: string;
  n: number;
  next: { touchpoint: string; n: number; share: number }[];
}
export interface Stuck {
  customers: {
    customer: number;
    name?: string;
    since: string;
    at: string;
    touchpoint: string;
    steps: number;
  }[];
  more?: boolean;
}
// JOURNEY.FRICTION: in how many of a stage's cases, in per cent.
interface Trouble {
  cases: number;
  share: number;
  low: number;
  high: number;
}
export const troubles = ['repeated', 'transfers', 'reopens', 'switches', 'waits'] as const;
export type Friction = Record<(typeof troubles)[number], Trouble> & { name: string; cases: number };
// CX.WEAK: a touchpoint that surely falls short.
export interface Weak {
  vi: string;
  en: string;
  touchpoint: string;
  stage: string;
  score: number;
  target: number;
}

// What the address says; what it says wrongly is as at first.
export const read = (q: URLSearchParams): Choice => ({
  journey: q.get('journey') ?? '',
  segment: q.get('segment') ?? '',
  span: spans.find((s) => s === q.get('span')) ?? spans[0],
});
export const address = (c: Choice): string =>
  query('/d/journey', { ...c, span: c.span === spans[0] ? '' : c.span });

export function daysOf(span: Span, today: string): { from: string; to: string } {
  const at = new Date(`${today}T00:00:00Z`);
  at.setUTCDate(at.getUTCDate() - Number(span) + 1);
  return { from: at.toISOString().slice(0, 10), to: today };
}

// Whole days from one day to another.
export const daysBetween = (from: string, to: string): number =>
  Math.round((Date.parse(`${to}T00:00:00Z`) - Date.parse(`${from}T00:00:00Z`)) / 86400000);

// "+0,46", "−0,38"
export function feeling(v: number): string {
  const r = Math.round(v * 100) / 100;
  const digits = new Intl.NumberFormat(locale(), {
    minimumFractionDigits: 2,
    maximumFractionDigits: 2,
  }).format(Math.abs(r));
  return `${r > 0 ? '+' : r < 0 ? '−' : ''}${digits}`;
}
export const percent = (share: number): string => `${number(Math.round(share * 100))}%`;

// Stale: nobody has looked for so long.
export const STALE = 180;

// What the browser keeps as a file.
export function save(name: string, kind: string, text: string): void {
  const url = URL.createObjectURL(new Blob([text], { type: `${kind};charset=utf-8` }));
  const a = document.createElement('a');
  a.href = url;
  a.download = name;
  a.click();
  setTimeout(() => URL.revokeObjectURL(url), 10000);
}
