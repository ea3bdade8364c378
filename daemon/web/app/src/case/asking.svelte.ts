// Which question is being written: of the case that is open, to a department
// or on under one that was asked. What was typed stays while the page does.
import { once, post } from '../lib/api';
import { refresh } from '../lib/case.svelte';
import { why } from '../lib/errors';
import { words } from '../lib/i18n.svelte';
import { queueTitle } from '../lib/people.svelte';
import { say } from '../lib/say.svelte';
import type { Consult, Ticket } from '../lib/types';
import { caseWords } from './words';
import { consultWords } from './consult-words';

export interface Question {
  queue: string;
  text: string;
  minutes: number; // 0: by the department's own target
  pend: boolean;
  once: string; // by which it is asked once, however often it is sent
}

const state = $state<{ of: number; on: Consult | null; typed: Record<string, Question> }>({
  of: 0,
  on: null,
  typed: {},
});
export const asking = state as Readonly<typeof state>;

const fresh = (): Question => ({ queue: '', text: '', minutes: 0, pend: false, once: once() });
const key = (of: number, on: Consult | null): string => `${of}.${on?.ticket ?? 0}`;

// on: under this question.
export function ask(of: number, on: Consult | null = null): void {
  state.typed[key(of, on)] ??= fresh();
  Object.assign(state, { of, on });
}

export const typed = (): Question => state.typed[key(state.of, state.on)] ?? fresh();

export function leave(): void {
  Object.assign(state, { of: 0, on: null });
}

// '' when it was asked, else why not: then it is still there to be sent again.
export async function send(q: Question): Promise<string> {
  const { of, on } = state;
  try {
    await post(`/api/v1/tickets/${of}/consults`, {
      text: q.text,
      once: q.once,
      pend: q.pend,
      ...(on ? { consult: on.ticket } : { queue: q.queue }),
      ...(q.minutes && !on ? { minutes: q.minutes } : {}),
    });
  } catch (e) {
    return why(e);
  }
  state.typed[key(of, on)] = fresh();
  if (state.of === of) leave();
  say({ text: words(consultWords).didAsk(queueTitle(on?.queue ?? q.queue)) });
  void refresh();
  return '';
}

export async function takeBack(c: Consult): Promise<void> {
  try {
    await post(`/api/v1/tickets/${c.ticket}/cancel`);
    say({ text: words(consultWords).didTakeBack(queueTitle(c.queue)) });
    void refresh();
  } catch (e) {
    say({ text: words(caseWords).notDone(why(e)), tone: 'bad' });
  }
}

// Whom a paused case waits for, by title; '': for no department.
export const waitedFor = (t: Ticket, consults: Consult[] | undefined): string =>
  t.state === 'pending' && !t.wakes_at
    ? (consults ?? [])
        .filter((c) => c.pends && !c.how)
        .map((c) => c.title)
        .join(', ')
    : '';
