// Which question is being written: of the case that is open, to a department
// or on under one that was asked. What was typed is a draft, as answers are.
import { once, post } from '../lib/api';
import { clear, draft, drop, put } from '../compose/drafts.svelte';
import { isBlank } from '../lib/blank';
import { newest, refresh } from '../lib/case.svelte';
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

// What was left of it in this browser or on the server, if it is that one.
function left(of: number, on: Consult | null): Question | null {
  const d = draft(of, 'ask');
  if (isBlank(d.text) || d.about?.consult !== on?.ticket) return null;
  const { queue = '', minutes = 0, pend = false, once: id = once() } = d.about ?? {};
  return { queue, text: d.text, minutes, pend, once: id };
}

// on: under this question.
export function ask(of: number, on: Consult | null = null): void {
  const here = state.typed[key(of, on)];
  if (!here || isBlank(here.text)) state.typed[key(of, on)] = left(of, on) ?? here ?? fresh();
  Object.assign(state, { of, on });
}

export const typed = (): Question => state.typed[key(state.of, state.on)] ?? fresh();

export function leave(): void {
  Object.assign(state, { of: 0, on: null });
}

// It is kept as answers are; of several of a case, the one typed last.
export function keep(q: Question): void {
  const { of, on } = state;
  if (!of) return;
  const about = {
    once: q.once,
    ...(on ? { consult: on.ticket } : q.queue ? { queue: q.queue } : {}),
    ...(q.minutes && !on ? { minutes: q.minutes } : {}),
    ...(q.pend ? { pend: true } : {}),
  };
  if (!isBlank(q.text)) put(of, 'ask', { text: q.text, about }, newest());
  else if (draft(of, 'ask').about?.once === q.once) drop(of, 'ask');
}

// '' when it was asked, else why not: then it is still there to be sent again.
export async function send(q: Question): Promise<string> {
  const { of, on } = state;
  const kept = draft(of, 'ask');
  const mine = kept.about?.once === q.once;
  try {
    await post(`/api/v1/tickets/${of}/consults`, {
      ...(mine ? { seq: Math.max(kept.seq + 1, Date.now()) } : {}),
      text: q.text,
      once: q.once,
      pend: q.pend,
      ...(on ? { consult: on.ticket } : { queue: q.queue }),
      ...(q.minutes && !on ? { minutes: q.minutes } : {}),
    });
  } catch (e) {
    return why(e);
  }
  if (mine) clear(of, 'ask');
  state.typed[key(of, on)] = fresh();
  if (state.of === of) leave();
  say({ text: words(consultWords).didAsk(queueTitle(on?.queue ?? q.queue)) });
  void refresh();
  return '';
}

// The question cannot be answered here; '' when that was said, else why not.
export async function decline(ticket: number, text: string, id: string): Promise<string> {
  try {
    await post(`/api/v1/tickets/${ticket}/decline`, { text, once: id });
  } catch (e) {
    return why(e);
  }
  say({ text: words(consultWords).didDecline });
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
