// Segments as the server has them, what a block says of its members in words,
// and why somebody is one.
import { locale, number } from '../lib/i18n.svelte';
import { date, span } from '../lib/time';
import type { Figure } from '../cx/cx';
import type { segmentWords } from './words';

export type Means = Record<string, string | number | string[]>;
export interface Segment {
  segment: string;
  title: string;
  size: number;
  means: Means;
  days: { day: string; size: number }[];
}
export interface SegmentList {
  segments: Segment[];
  customers: number;
  current: boolean; // nothing is left to be looked at
}
export interface Member {
  customer: number;
  name?: string;
  since: string;
  own?: boolean; // the one that rules and reports go by
  by_hand?: boolean;
  why: Record<string, number | string | string[]>;
}
export interface Members {
  segment: string;
  size: number;
  customers: Member[];
  after?: number;
}
export interface Scored {
  measure: string;
  total: Figure;
}

type W = (typeof segmentWords)['vi'];

// "3-" as "3 or more"; what is no range stands as it is.
function range(w: W, said: string): string {
  const m = /^(\d*)(-?)(\d*)$/.exec(said);
  if (!m) return said;
  const n = (s: string | undefined): string => number(Number(s));
  if (!m[2]) return n(m[1]);
  if (m[1] && m[3]) return w.between(n(m[1]), n(m[3]));
  return m[1] ? w.least(n(m[1])) : w.most(n(m[3]));
}

// "bad 2 in 30d": what, how often at least, within how long.
function times(w: W, said: string): string {
  const m = /^(?:(bad|plain|good)(?: |$))?(?:(\d+)(?: in (\d+)([mhd]))?)?$/.exec(said);
  if (!m) return said;
  const unit = { m: 60000, h: 3600000, d: 86400000 }[m[4] ?? 'd'] ?? 0;
  return [
    m[1] ? w.feels[m[1]] : '',
    w.atLeast(number(Number(m[2] ?? 1))),
    m[3] ? w.within(span(Number(m[3]) * unit)) : '',
  ]
    .filter(Boolean)
    .join(' ');
}

const seconds = (v: unknown): string => span(Number(v) * 1000);

// What a block asks for, a line each, in the order of desk.conf(5).
export function meaning(w: W, means: Means): string[] {
  const all: string[] = [];
  for (const [name, title] of Object.entries(w.asks)) {
    const v = means[name];
    if (v === undefined || name === 'within' || name === 'currency') continue;
    const is = Array.isArray(v)
      ? v.map((x) => (name === 'churn' ? w.lost : w.channels)[x] ?? x).join(', ')
      : typeof v === 'number'
        ? seconds(v)
        : name === 'mood' || name === 'promises_broken'
          ? times(w, v)
          : range(w, v);
    all.push(`${title}: ${is}`);
  }
  if (typeof means.within === 'number') all.push(w.onlyWithin(seconds(means.within)));
  return all;
}

// What a member is of what is asked for.
export function reasons(w: W, m: Member): string[] {
  return Object.entries(w.asks)
    .filter(([name]) => m.why[name] !== undefined)
    .map(([name, title]) => {
      const v = m.why[name];
      if (Array.isArray(v)) return `${title}: ${v.map((x) => w.lost[x] ?? x).join(', ')}`;
      return name === 'idle'
        ? `${w.lastBought}: ${date(Date.parse(String(v)))}`
        : name === 'known'
          ? `${w.knownSince}: ${date(Date.parse(String(v)))}`
          : `${title}: ${new Intl.NumberFormat(locale()).format(Number(v))}`;
    });
}

// The line of a segment's sizes in a picture of this width and height; '' while
// there are fewer than two days. It begins at zero: what looks small is small.
export function sizes(days: { size: number }[], width: number, height: number): string {
  if (days.length < 2) return '';
  const top = Math.max(1, ...days.map((d) => d.size));
  return days
    .map((d, i) => {
      const x = (i * width) / (days.length - 1);
      const y = height - 1 - (d.size / top) * (height - 2);
      return `${i ? 'L' : 'M'}${x.toFixed(1)} ${y.toFixed(1)}`;
    })
    .join('');
}
