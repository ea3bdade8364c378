// A promise as PROMISE.LIST, TICKET.GET and CUSTOMER.GET tell of it, and what
// can be done with one.
import { once, post } from '../lib/api';
import { why } from '../lib/errors';
import { number, words } from '../lib/i18n.svelte';
import { say } from '../lib/say.svelte';
import { date, moment, span } from '../lib/time';
import type { DeskEvent } from '../lib/types';
import { promiseWords } from './words';

export const kinds = ['callback', 'answer', 'delivery', 'refund', 'repair', 'other'] as const;
export type Kind = (typeof kinds)[number];

export interface Promised {
  promise: number;
  ticket: number;
  kind: string;
  state: 'open' | 'kept' | 'late' | 'broken' | 'withdrawn';
  how?: string;
  due: string;
  first_due?: string; // what counts, where it is not due
  agent?: string;
  display?: string;
  words?: string;
  order?: string;
  source: string;
  ended_at?: string;
  late?: number; // s
  gap?: number; // days
  reason?: string;
}

// A row of PROMISE.LIST: with its case.
export interface PromisedRow extends Promised {
  number: number;
  subject?: string;
  customer: number;
  customer_name?: string;
}

export interface Promises {
  kept: number;
  of: number;
  list: Promised[];
}

export interface Reason {
  reason: string;
  controllable: boolean;
  vi: string;
  en: string;
}

type Done = { text: string; undo?: () => void };

// True when it was done; what is refused is said.
async function attempt(work: () => Promise<Done>): Promise<boolean> {
  const w = words(promiseWords);
  try {
    const { text, undo } = await work();
    say({ text, act: undo && { title: w.undo, run: undo } });
    return true;
  } catch (e) {
    say({ text: w.notDone(why(e)), tone: 'bad' });
    return false;
  }
}

const path = (p: number, what: string): string => `/api/v1/promises/${p}/${what}`;
export const kindWords = (kind: string): string => words(promiseWords).kinds[kind] ?? kind;

export const withdraw = (p: number): Promise<boolean> =>
  attempt(async () => {
    await post(path(p, 'withdraw'));
    return { text: words(promiseWords).didWithdraw };
  });

export function add(ticket: number, kind: Kind, due: number, said: string): Promise<boolean> {
  const id = once();
  return attempt(async () => {
    const made = await post<Promised>('/api/v1/promises', {
      ticket,
      kind,
      due: new Date(due).toISOString(),
      words: said.trim() || undefined,
      once: id,
    });
    return {
      text: words(promiseWords).did(kindWords(kind), moment(due)),
      undo: () => void withdraw(made.promise),
    };
  });
}

export const keep = (p: Promised): Promise<boolean> =>
  attempt(async () => {
    await post(path(p.promise, 'keep'));
    return { text: words(promiseWords).didKeep(kindWords(p.kind)) };
  });

export const giveUp = (p: Promised, reason: string): Promise<boolean> =>
  attempt(async () => {
    await post(path(p.promise, 'break'), { reason: reason || undefined });
    return { text: words(promiseWords).didBreak };
  });

export const move = (p: Promised, due: number, agreed: boolean, said: string): Promise<boolean> =>
  attempt(async () => {
    await post(path(p.promise, 'move'), {
      due: new Date(due).toISOString(),
      agreed: agreed || undefined,
      words: said.trim() || undefined,
    });
    return { text: words(promiseWords).didMove(moment(due)) };
  });

// How one ended, in a word, and how that looks: "trễ 2 ngày", bad.
export function endWords(p: Promised): { text: string; tone: string } {
  const w = words(promiseWords);
  const how = p.how ?? '';
  const by =
    how === 'late'
      ? (p.gap ?? 0) > 0
        ? w.days(p.gap ?? 0)
        : span((p.late ?? 0) * 1000)
      : how === 'early'
        ? w.days(-(p.gap ?? 0))
        : '';
  const text = w.how[how] ?? how;
  return {
    text: how === 'late' && text === 'late' ? `${by} ${text}` : by ? `${text} ${by}` : text,
    tone: how === 'late' || how === 'broken' ? 'bad' : how === 'withdrawn' ? '' : 'good',
  };
}

// Whole days where the kind is counted so, else with the hour.
const at = (p: Promised, when: string): string =>
  (p.kind === 'delivery' ? date : moment)(Date.parse(when));

// What was promised, and what came of it: "hẹn 19/11, xong 21/11".
export function whenWords(p: Promised): string {
  const w = words(promiseWords);
  const due = at(p, p.first_due ?? p.due);
  if (p.state === 'kept' || p.state === 'late') return w.promisedDone(due, at(p, p.ended_at ?? ''));
  if (p.state !== 'open') return w.promised(due);
  const first = p.first_due ? ` · ${w.first(due)}` : '';
  return (p.source === 'order' ? w.byOrder : p.display ? w.by(p.display) : '') + first;
}

export function keptWords(p: Promises): string {
  return p.of ? words(promiseWords).kept(number(p.kept), number(p.of)) : '';
}

// Its line in the history.
export function promiseSaid(e: DeskEvent, by: string): string {
  const w = words(promiseWords);
  const m = (e.meta ?? {}) as Record<string, string | number | undefined>;
  const what = kindWords(String(m.kind ?? '')).toLowerCase();
  const when = (v: unknown) => (v ? moment(Date.parse(String(v))) : '');
  switch (m.what) {
    case 'made':
      return w.made(by, what, when(m.due));
    case 'moved':
      return w.moved(by, what, when(m.was), when(m.due));
    case 'warn':
      return w.warn(what);
    case 'kept':
      return w.endKept(what);
    case 'late':
      return m.late === undefined ? w.lateNow(what) : w.endLate(what, span(Number(m.late) * 1000));
    case 'broken':
      return w.endBroken(what);
    case 'withdrawn':
      return w.endWithdrawn(by, what);
    case 'reason':
      return w.reasoned(by, what);
    case 'again':
      return w.owedAgain(what);
    default:
      return `${w.title}: ${what}`;
  }
}
