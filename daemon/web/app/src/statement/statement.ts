// What the company says, as STATEMENT.LIST gives it.

export const places = [
  'advertisement',
  'website',
  'policy',
  'script',
  'template',
  'macro',
  'other',
] as const;
export const units = ['days', 'hours', 'dong', 'percent', 'yesno', 'none'] as const;
export const promised = [
  'none',
  'delivery',
  'callback',
  'refund',
  'repair',
  'answer',
  'other',
] as const;
export type Place = (typeof places)[number];
export type Unit = (typeof units)[number];

export interface Statement {
  statement: number;
  about: string;
  kind?: string;
  value?: string;
  unit: Unit;
  words?: string;
  place: Place;
  link?: string;
  region?: string;
  segment?: string;
  product?: string;
  owner?: string;
  review?: number;
  reviewed_at: string;
  reviewed_by?: string;
  review_at?: string;
  due?: boolean;
  strict?: boolean;
  ended_at?: string;
}
export interface Against {
  about: string;
  between: number[];
  values: { value: string; unit: Unit; n: number }[];
}
export interface Template {
  what: 'template' | 'macro';
  name: string;
  lang: string;
  kind: string;
  value: string;
  unit: Unit;
  words: string;
  statements: number[];
  strict?: boolean;
}
export interface Overdue {
  statement: number;
  about: string;
  owner?: string;
  review_at: string;
  days: number;
}
export interface Statements {
  n: number;
  statements: Statement[];
  after?: number;
  contradictions?: Against[];
  templates?: Template[];
  overdue?: Overdue[];
}
export interface Factor {
  factor: string;
  vi: string;
  en: string;
  statements: number;
  contradictions: number;
  promises: { n: number; kept?: number; low?: number; high?: number };
  gaps: { pair: string; n: number; mean?: number; low?: number; high?: number }[];
}

export const path = (id: number, what = ''): string =>
  `/api/v1/statements/${id}${what && `/${what}`}`;

// A link only where a browser can follow it.
export const href = (link?: string): string | undefined =>
  link && /^https?:\/\/\S+$/.test(link) ? link : undefined;
