// An answer to a survey, as its event in the history tells it. Pure.
import type { DeskEvent } from '../lib/types';

export interface Answer {
  survey: string;
  score?: number;
  of?: number; // the scale's end
  feel: 'pos' | 'neu' | 'neg' | '';
  via: string;
}

// Each scale: its end, and from where a score is none to worry about, and good.
const scales = new Map<string, [end: number, fair: number, good: number]>([
  ['nps', [10, 7, 9]],
  ['csat', [5, 3, 4]],
  ['ces', [7, 4, 5]],
]);

export function answerOf(e: DeskEvent): Answer {
  const m = (e.meta ?? {}) as Record<string, unknown>;
  const text = (v: unknown): string => (typeof v === 'string' ? v : '');
  const scale = scales.get(text(m.kind));
  const score = typeof m.score === 'number' ? m.score : undefined;
  const known = scale !== undefined && score !== undefined;
  return {
    survey: text(m.survey),
    score: known ? score : undefined,
    of: known ? scale[0] : undefined,
    feel: !known ? '' : score >= scale[2] ? 'pos' : score >= scale[1] ? 'neu' : 'neg',
    via: text(m.via),
  };
}
