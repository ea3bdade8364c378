// RETENTION.*, FOLLOWUP.* and FORECAST.* as the page has them.

export const bys = ['outcome', 'class', 'segment', 'touchpoint'] as const;
export type By = (typeof bys)[number];

// Per cent; absent: nobody is counted.
export interface Share {
  n: number;
  share?: number;
  low?: number;
  high?: number;
}
export interface Line extends Share {
  key?: string;
  vi?: string;
  en?: string;
  again: number;
  orders: number;
  value: number;
  later: number;
}
export interface Summary {
  from: string;
  to: string;
  days: number;
  rows: Line[];
  total: Line;
}
export interface Tested {
  at: string;
  days: number;
  n: number;
  lost: Share;
  precision: Share;
  recall: Share;
}
export interface Churned {
  customer: number;
  name?: string;
  segment?: string;
  reasons: string[];
  newest_at: string;
  idle_days: number;
  usual_days?: number;
  worth: number;
}
// How many of a segment ordered in the last 90 days, in those before, and of how
// many that was to be expected by all others (ratio, low, high in per cent).
export interface Stayed {
  segment: string;
  vi?: string;
  en?: string;
  now: number;
  before: number;
  expected?: number;
  ratio?: number;
  low?: number;
  high?: number;
  leaves?: boolean;
  lost?: number;
  value?: number;
}
export interface Churn {
  n: number;
  reasons: Record<string, number>;
  test?: Tested;
  segments: Stayed[];
  customers: Churned[];
  after?: number;
}
export interface Winback {
  customers: {
    customer: number;
    name?: string;
    segment?: string;
    reasons: string[];
    value: number;
    chance?: number;
    n?: number;
    expected?: number;
    idle_days: number;
  }[];
  left_out: Record<string, number>;
  looked: number;
}
export interface Followup {
  followup: string;
  title: string;
  after: string;
  active: boolean;
  waiting: number;
  sent: number;
  undeliverable: Share; // of those that went out; sent are the others
  answered: Share;
  came: Share & { later: number };
  held: Share & { later: number };
  not: Record<string, number>;
}
export interface Followups {
  followups: Followup[];
  late: { sent: number; undeliverable: Share }; // notices of late orders
}
export interface Due {
  customer: number;
  name?: string;
  at: string;
  why?: string;
}
export interface Preview {
  followup: string;
  looked: number;
  would: Due[];
  not: Due[];
  counts: Record<string, number>;
}
export interface Day {
  day: string;
  holiday?: boolean;
  n?: number;
  low?: number;
  high?: number;
  came?: number;
}
export interface Hour {
  day: string;
  hour: number;
  n: number;
  agents?: number;
}
export interface Forecast {
  queue: string;
  n: number;
  enough: boolean;
  why?: 'days' | 'cases';
  test?: { n: number; wape?: number; bias?: number; covered?: number };
  handle?: number;
  handled?: number;
  within?: number;
  days: Day[];
  hours: Hour[];
  past: Day[];
}

// "50 % (37–62)", or a dash of nobody.
export function shareSaid(s: Share, locale: string): string {
  if (s.share === undefined) return '–';
  const f = (v: number): string =>
    new Intl.NumberFormat(locale, { maximumFractionDigits: 0 }).format(v);
  return `${f(s.share)}% (${f(s.low ?? 0)}–${f(s.high ?? 100)})`;
}

// The most agents that any hour of a day asks for.
export function agentsOf(hours: Hour[], on: string): number | undefined {
  const all = hours.filter((h) => h.day === on).flatMap((h) => h.agents ?? []);
  return all.length ? Math.max(...all) : undefined;
}

export interface Mark {
  day: string;
  x: number; // its middle
  wide: number;
  came?: number; // heights from the top
  n?: number;
  low?: number;
  high?: number;
}
// Last week as it came and as it was foretold, then what is to come, in a box
// of these sizes; top: what its upper edge stands for.
export function marksOf(
  past: Day[],
  days: Day[],
  box: { left: number; right: number; top: number; bottom: number },
): { marks: Mark[]; top: number; from: number } {
  const all = [...past, ...days];
  const top = Math.max(1, ...all.flatMap((d) => [d.high ?? 0, d.came ?? 0]));
  const step = (box.right - box.left) / Math.max(1, all.length);
  const y = (v: number | undefined): number | undefined =>
    v === undefined ? undefined : box.bottom - ((box.bottom - box.top) * v) / top;
  return {
    top,
    from: box.left + step * past.length,
    marks: all.map((d, i) => ({
      day: d.day,
      x: box.left + step * (i + 0.5),
      wide: step * 0.6,
      came: y(d.came),
      n: y(d.n),
      low: y(d.low),
      high: y(d.high),
    })),
  };
}
