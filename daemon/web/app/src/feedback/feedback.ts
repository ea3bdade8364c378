// What customers said of us and what is done about it, as FEEDBACK.LIST,
// ACTION.LIST, RESEARCH.LIST and CX.ADVOCATES tell of it.
import { once, post } from '../lib/api';
import { why } from '../lib/errors';
import { words } from '../lib/i18n.svelte';
import { say } from '../lib/say.svelte';
import { feedbackWords } from './words';

export interface Action {
  action: number;
  feedback?: number;
  ticket?: number;
  number?: number;
  customer?: number;
  name?: string; // the customer's
  what: string;
  state: 'open' | 'done' | 'verified';
  owner?: string;
  due_at?: string;
  late?: boolean;
  made_at: string;
  made_by: string;
  done_at?: string;
  done_by?: string;
  words?: string;
  verified_at?: string;
  verified_by?: string;
  verdict?: string;
  sent_back?: number;
}

export interface Piece {
  feedback: number;
  kind: string;
  at: string;
  class?: string;
  survey?: string;
  scale?: string;
  score?: number;
  words?: string;
  customer?: number;
  name?: string;
  ticket?: number;
  number?: number;
  recovery?: number;
  recovery_number?: number;
  queue?: string;
  segment?: string;
  touchpoint?: string;
  answered_at?: string;
  answered_by?: string;
  how?: string;
  actions?: Action[];
}

export interface Note {
  research: number;
  kind: string;
  at: string;
  title: string;
  text: string; // its beginning, but of one asked for by itself
  customer?: number;
  name?: string;
  segment?: string;
  touchpoint?: string;
  made_by: string;
}

export interface Advocate {
  customer: number;
  name?: string;
  promoted: number;
  class?: string;
  came: number;
  code?: string;
  orders: number;
  value?: Record<string, number>;
}

export interface Times {
  n: number;
  answered: number;
  share: number | null; // per cent, as its limits
  low: number | null;
  high: number | null;
  hours: { n: number; median: number | null; low: number | null; high: number | null };
}
export interface TimesAnswer {
  rows: (Times & { name: string })[];
  total: Times;
  open?: { n: number; more?: boolean; oldest_at?: string };
}

export const views = ['open', 'answered', 'actions', 'research', 'advocates'] as const;
export type View = (typeof views)[number];
export const actionViews = ['mine', 'all', 'overdue', 'done', 'verified'] as const;
export type ActionView = (typeof actionViews)[number];
export const noteKinds = ['interview', 'group', 'observation', 'other'] as const;

// What ACTION.LIST is asked for each of them.
export const actionsOf = (v: ActionView): Record<string, string | boolean> =>
  v === 'mine'
    ? { owner: 'me' }
    : v === 'overdue'
      ? { overdue: true }
      : v === 'all'
        ? {}
        : { state: v };

const ends = new Map([
  ['nps', [10, 7, 9]],
  ['csat', [5, 3, 4]],
  ['ces', [7, 4, 5]],
] as const);

// A score's end of scale, and the face that goes with it. '': not of a scale.
export function scored(
  scale: string | undefined,
  score: number | undefined,
): { of: number; feel: 'pos' | 'neu' | 'neg' } | null {
  const end = ends.get((scale ?? '') as 'nps');
  if (!end || score === undefined) return null;
  return { of: end[0], feel: score >= end[2] ? 'pos' : score >= end[1] ? 'neu' : 'neg' };
}

// An action may be verified by another than who has it and who did it.
export const mayVerify = (a: Action, me: string): boolean =>
  a.state === 'done' && a.owner !== me && a.done_by !== me;

// True when it was done; what is refused is said.
export async function attempt(work: () => Promise<string>): Promise<boolean> {
  try {
    say({ text: await work() });
    return true;
  } catch (e) {
    say({ text: words(feedbackWords).notDone(why(e)), tone: 'bad' });
    return false;
  }
}

const path = (a: number, what: string): string => `/api/v1/actions/${a}/${what}`;

export interface Put {
  what: string;
  owner: string; // a login, me or none
  due: number; // ms; 0: no date
  about: { feedback?: number; ticket?: number };
}

export function addAction(p: Put, id = once()): Promise<boolean> {
  return attempt(async () => {
    await post('/api/v1/actions', {
      ...p.about,
      what: p.what,
      owner: p.owner,
      due: p.due ? new Date(p.due).toISOString() : undefined,
      once: id,
    });
    return words(feedbackWords).added(p.what);
  });
}

export const moveAction = (a: number, owner: string, due: number): Promise<boolean> =>
  attempt(async () => {
    await post(path(a, 'move'), { owner, due: due ? new Date(due).toISOString() : undefined });
    return words(feedbackWords).didMove;
  });

export const doneAction = (a: number, said: string): Promise<boolean> =>
  attempt(async () => {
    await post(path(a, 'done'), { words: said || undefined });
    return words(feedbackWords).didDone;
  });

export const verifyAction = (a: number, said: string, again: boolean): Promise<boolean> =>
  attempt(async () => {
    await post(path(a, 'verify'), { words: said, again });
    const w = words(feedbackWords);
    return again ? w.didSendBack : w.didVerify;
  });
