// Surveys as SURVEY.LIST has them, and an answer as it is keyed in. Pure, but
// for asking.
import { get } from '../lib/api';
import { lang } from '../lib/i18n.svelte';

export interface Choice {
  name: string;
  vi: string;
  en: string;
}
export interface Question {
  name: string;
  kind: 'nps' | 'csat' | 'ces' | 'choice' | 'number' | 'text';
  vi?: string;
  en?: string;
  low?: number; // of a scale
  high?: number;
  when?: string; // "0-6": of the first question's scores
  required?: boolean;
  about?: 'expectation' | 'experience';
  pair?: string;
  choices?: Choice[];
}
export interface Survey {
  survey: string;
  title?: string | null;
  for: string;
  questions: Question[];
}
export type Given = Record<string, number | string | string[] | undefined>;

export const listed = async (): Promise<Survey[]> =>
  (await get<{ surveys: Survey[] }>('/api/v1/surveys')).surveys.filter((s) => s.for !== 'staff');

export const titleOf = (s: Survey): string => s.title ?? s.survey;
export const wordsOf = (q: Question | Choice): string =>
  (lang() === 'vi' ? (q.vi ?? q.en) : (q.en ?? q.vi)) ?? q.name;

export const scores = (q: Question): number[] =>
  q.low === undefined || q.high === undefined
    ? []
    : Array.from({ length: q.high - q.low + 1 }, (_, i) => (q.low ?? 0) + i);

// Whether "0-6" or "3" has that score.
export function fits(when: string, score: unknown): boolean {
  const [low = NaN, high = low] = when.split('-').map(Number);
  return typeof score === 'number' && score >= low && score <= high;
}

// The questions that are asked after what was answered to the first.
export const asked = (all: Question[], given: Given): Question[] =>
  all.filter((q) => q.when === undefined || fits(q.when, given[all[0]?.name ?? '']));

// What is sent of what was typed: only what is asked, and nothing of blanks.
export function answersOf(all: Question[], given: Given): Given {
  const out: Given = {};
  for (const q of asked(all, given)) {
    const v = given[q.name];
    if (v === undefined || (typeof v === 'string' && !v.trim())) continue;
    if (Array.isArray(v) && !v.length) continue;
    out[q.name] = q.kind === 'number' && typeof v === 'string' ? Number(v.replace(',', '.')) : v;
  }
  return out;
}

// The question that is wrong as it stands, and why; null: none.
export function wrongOf(
  all: Question[],
  given: Given,
): { question: string; why: 'missing' | 'number' | 'empty' } | null {
  const answers = answersOf(all, given);
  for (const q of asked(all, given)) {
    const v = answers[q.name];
    if (q.kind === 'number' && v !== undefined && !Number.isFinite(v))
      return { question: q.name, why: 'number' };
    if (q.required && v === undefined) return { question: q.name, why: 'missing' };
  }
  return Object.keys(answers).length ? null : { question: all[0]?.name ?? '', why: 'empty' };
}

// A digit's key among the scores of a scale, after what was typed just before:
// "1" then "0" is 10. null: no such score.
export function digit(q: Question, key: string, before: number | undefined): number | null {
  if (!/^[0-9]$/.test(key)) return null;
  const all = scores(q);
  const two = before === undefined ? NaN : before * 10 + Number(key);
  return all.includes(two) ? two : all.includes(Number(key)) ? Number(key) : null;
}
