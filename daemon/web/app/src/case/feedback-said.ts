// Lines of the history: a survey that was sent, what followed an answer, an
// action that came due.
import { words } from '../lib/i18n.svelte';
import { agentTitle, queueTitle } from '../lib/people.svelte';
import type { DeskEvent } from '../lib/types';
import { saidWords } from './feedback-words';
import { surveyWords } from './survey-words';

const text = (v: unknown): string => (typeof v === 'string' ? v : '');

// A survey's own mail; an answer is the customer's, and another thing.
export const isAsked = (e: DeskEvent): boolean => e.kind === 'survey' && e.direction === 'out';

export function surveySaid(e: DeskEvent): string {
  const w = words(saidWords);
  const m = e.meta ?? {};
  const way = words(surveyWords).via[e.channel];
  return (m.again === true ? w.reminded : w.asked)(text(m.survey), way ? ` ${way}` : '');
}

export const className = (name: string): string => words(saidWords).classes[name] ?? name;

// "open sales" → "mở hồ sơ … ở Bán hàng".
function act(said: unknown): string {
  const [what = '', ...rest] = text(said).split(' ');
  const arg = rest.join(' ');
  return words(saidWords).acts[what]?.(what === 'open' ? queueTitle(arg) : arg) ?? text(said);
}

export function classSaid(e: DeskEvent): string {
  const w = words(saidWords);
  const m = (e.meta ?? {}) as { class?: unknown; case?: unknown; did?: unknown; refused?: unknown };
  const list = (v: unknown): unknown[] => (Array.isArray(v) ? v : []);
  const name = className(text(m.class));
  const did = list(m.did).map(act).join(', ');
  const not = list(m.refused)
    .map((r) => act((r as { act?: unknown } | null)?.act))
    .join(', ');
  const where = typeof m.case === 'number' ? w.inCase(String(m.case)) : '';
  if (!did) return not ? w.didNot(name, not) : w.nothing(name);
  return w.did(name, did) + where + (not ? w.notDone(not) : '');
}

export const actionSaid = (e: DeskEvent): string =>
  words(saidWords).actionDue(text(e.meta?.owner) && agentTitle(text(e.meta?.owner)));
