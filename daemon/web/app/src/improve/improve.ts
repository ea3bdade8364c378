// Where it hurts, what is done about it and whether that helped, as CX.ADVICE,
// CX.WEAK, JOURNEY.FRICTION, IMPROVE.* and CX.OBJECTIVES tell it; what the page's
// address says, and how scores are written.
import { query } from '../lib/api';

export const measures = ['csat', 'nps', 'ces', 'mood', 'promise', 'closed'] as const;
export const troubles = ['repeated', 'transfers', 'reopens', 'switches', 'waits'] as const;
export const places = ['touchpoint', 'stage', 'queue', 'channel'] as const;
export const spans = ['30', '90', '365'] as const;
export const states = ['open', 'judged', 'ended'] as const;
export type Measure = (typeof measures)[number];
export type Trouble = (typeof troubles)[number];
export type Place = (typeof places)[number];
export type Span = (typeof spans)[number];
export type State = (typeof states)[number];
export type Verdict = 'met' | 'better' | 'unchanged' | 'worse' | 'few';

interface Named {
  vi?: string;
  en?: string;
}
export interface Score {
  n: number;
  score?: number; // absent: of nobody
  low?: number;
  high?: number;
}
export interface Change {
  by: number;
  low: number;
  high: number;
  is: 'up' | 'down' | 'unsaid';
}
export interface Weak extends Score, Named {
  touchpoint: string;
  department?: string;
  owner?: string;
  measure: Measure;
  target: number;
  gap: number;
  volume: number;
  value: number;
  impact: number;
}
export interface WeakPage {
  weak: Weak[];
  few: Weak[];
  met: Weak[];
  untargeted: string[];
}
export interface Share {
  n: number;
  cases: number;
  share: number;
  low: number;
  high: number;
}
export type FrictionRow = Named & { name: string; cases: number } & Record<Trouble, Share>;
export interface Friction {
  rows: FrictionRow[];
  total?: FrictionRow | null;
}
export interface Advice extends Named {
  kind: string;
  impact: number;
  n: number;
  to: { page: string; args: Record<string, string> };
}
export interface Action {
  action: number;
  what: string;
  state: string;
}
export interface Improvement extends Named {
  improvement: number;
  what: string;
  touchpoint?: string;
  queue?: string;
  segment?: string;
  measure: Measure;
  target: number;
  owner?: string;
  from: string;
  to: string;
  since: string;
  due: string;
  state: State;
  verdict?: Verdict;
  before: Score;
  after?: Score;
  change?: Change;
  words?: string;
  actions?: Action[];
}
export interface Objective extends Score, Named {
  name: string;
  department?: string;
  measure: Measure;
  target: number;
  state: 'met' | 'missed' | 'unsure' | 'none';
}
export interface Run extends Named {
  what: string;
  name: string;
  measure: Measure;
  months?: (Score & { month: string; change?: Change })[];
  weeks?: (Score & { week: string; change?: Change })[];
}
export const everies = ['month', 'week'] as const;
export type Every = (typeof everies)[number];
export interface Runs {
  month?: string; // the last that was measured; of weeks its first day
  week?: string;
  runs: Run[];
}

// Its months or weeks, each at: "2026-11", "2026-11-16".
export const runsOf = (r: Run): (Score & { at: string; change?: Change })[] => [
  ...(r.months ?? []).map((m) => ({ ...m, at: m.month })),
  ...(r.weeks ?? []).map((m) => ({ ...m, at: m.week })),
];

// "11/2026"; a week's first day: "16/11".
export const runName = (at: string): string =>
  at.length > 7 ? `${at.slice(8)}/${at.slice(5, 7)}` : `${at.slice(5)}/${at.slice(0, 4)}`;

export interface Choice {
  span: Span;
  by: Place; // of trouble
  state: State; // of improvements
  what: Trouble | ''; // whose cases are open, of which line
  name: string;
}

const one = <T extends string>(of: readonly T[], word: string | null): T =>
  of.find((w) => w === word) ?? (of[0] as T);

// What the address says; what it does not, or says wrongly, is as at first.
export const read = (q: URLSearchParams): Choice => ({
  span: one(spans, q.get('span')),
  by: one(places, q.get('by')),
  state: one(states, q.get('state')),
  what: troubles.find((t) => t === q.get('what')) ?? '',
  name: q.get('name') ?? '',
});

export const address = (c: Choice): string =>
  query('/d/improve', {
    span: c.span === spans[0] ? '' : c.span,
    by: c.by === places[0] ? '' : c.by,
    state: c.state === states[0] ? '' : c.state,
    what: c.what,
    name: c.what ? c.name : '',
  });

// The first and last day of so many that end today.
export function daysOf(span: Span, today: string): { from: string; to: string } {
  const at = new Date(`${today}T00:00:00Z`);
  at.setUTCDate(at.getUTCDate() - Number(span) + 1);
  return { from: at.toISOString().slice(0, 10), to: today };
}

// "4,2"; NPS with its sign, shares in per cent.
export function written(measure: Measure, v: number | undefined, of: string): string {
  if (v === undefined) return '–';
  const share = measure === 'promise' || measure === 'closed';
  const digits = measure === 'nps' || share ? 0 : measure === 'mood' ? 2 : 1;
  const r = Number(v.toFixed(digits));
  const text = new Intl.NumberFormat(of, {
    minimumFractionDigits: digits,
    maximumFractionDigits: digits,
  }).format(Math.abs(r));
  const sign = r < 0 ? '−' : r > 0 && (measure === 'nps' || measure === 'mood') ? '+' : '';
  return `${sign}${text}${share ? '%' : ''}`;
}

// The ends of a measure's scale; desk.score_ends() has the same.
export const ends: Record<Measure, [number, number]> = {
  csat: [1, 5],
  nps: [-100, 100],
  ces: [1, 7],
  mood: [-1, 1],
  promise: [0, 100],
  closed: [0, 100],
};

// Where a value is on its scale, per cent from the left.
export const along = (measure: Measure, v: number): number => {
  const [low, high] = ends[measure];
  return Math.min(100, Math.max(0, (100 * (v - low)) / (high - low)));
};
