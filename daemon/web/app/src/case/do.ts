// What can be done with a case: shown at once, sent, taken back with a sentence
// when the server refuses.
import { at } from '../incident/incident';
import { incidentWords } from '../incident/words';
import { post, put } from '../lib/api';
import { open, patch, refresh } from '../lib/case.svelte';
import { why } from '../lib/errors';
import { words } from '../lib/i18n.svelte';
import { agentTitle, queueTitle } from '../lib/people.svelte';
import { go } from '../lib/router.svelte';
import { say } from '../lib/say.svelte';
import { me } from '../lib/session.svelte';
import { moment } from '../lib/time';
import type { Ticket } from '../lib/types';
import { causeWords } from './cause';
import { caseWords } from './words';

const path = (t: Ticket, what: string): string => `/api/v1/tickets/${t.ticket}/${what}`;

// True when it was done.
async function attempt(change: Partial<Ticket>, work: () => Promise<unknown>): Promise<boolean> {
  const back = patch(change);
  try {
    await work();
    void refresh();
    return true;
  } catch (e) {
    back();
    say({ text: words(caseWords).notDone(why(e)), tone: 'bad' });
    return false;
  }
}

type Done = { text: string; undo?: () => void };

function tell({ text, undo }: Done): void {
  say({ text, act: undo && { title: words(caseWords).undo, run: undo } });
}

export async function resolve(t: Ticket): Promise<void> {
  const was = t.state;
  const now = { state: 'resolved', due_at: undefined } as const;
  if (!(await attempt(now, () => post(path(t, 'resolve'))))) return;
  tell({
    text: words(caseWords).didResolve(t.number),
    undo: () => void (was === 'pending' ? reopen(t).then(() => pend(t)) : reopen(t)),
  });
}

export async function reopen(t: Ticket): Promise<void> {
  if (await attempt({ state: 'open' }, () => post(path(t, 'reopen'))))
    tell({ text: words(caseWords).didReopen(t.number) });
}

export async function pend(t: Ticket): Promise<void> {
  const now = { state: 'pending', due_at: undefined } as const;
  if (await attempt(now, () => post(path(t, 'pend'))))
    tell({ text: words(caseWords).didPend(t.number), undo: () => void reopen(t) });
}

export async function take(t: Ticket): Promise<void> {
  if (t.assignee === me().login) return;
  const mine: Partial<Ticket> = { assignee: me().login };
  if (t.state === 'new') mine.state = 'open';
  const had = t.assignee;
  const work = () => (had ? post(path(t, 'assign'), { agent: me().login }) : post(path(t, 'take')));
  if (await attempt(mine, work))
    tell({
      text: words(caseWords).didTake(t.number),
      undo: () => void assign(t, had ?? 'none', ''),
    });
}

// agent 'none': back to its line.
export async function assign(t: Ticket, agent: string, note: string): Promise<void> {
  const w = words(caseWords);
  const had = t.assignee ?? 'none';
  const now = { assignee: agent === 'none' ? undefined : agent };
  if (await attempt(now, () => post(path(t, 'assign'), { agent, note: note.trim() || undefined })))
    tell({
      text: agent === 'none' ? w.didGiveBack(t.number) : w.didGive(t.number, agentTitle(agent)),
      undo: () => void assign(t, had, ''),
    });
}

// clock: whether the answer is due as it was, or by the other queue's promise.
export type HandClock = 'restart' | 'keep';

export async function transfer(
  t: Ticket,
  queue: string,
  note: string,
  clock: HandClock = 'restart',
): Promise<void> {
  const had = t.queue;
  const now = { queue, assignee: undefined };
  const body = { queue, note: note.trim() || undefined, clock };
  if (await attempt(now, () => post(path(t, 'transfer'), body)))
    tell({
      text: words(caseWords).didGive(t.number, queueTitle(queue)),
      // Where it was it goes on as it ran there.
      undo: () => void transfer(t, had, '', 'keep'),
    });
}

export async function snooze(t: Ticket, until: number): Promise<void> {
  const at = new Date(until).toISOString();
  const now = { state: 'pending', wakes_at: at, due_at: undefined } as const;
  if (await attempt(now, () => post(path(t, 'snooze'), { until: at })))
    tell({
      text: words(caseWords).didSnooze(t.number, moment(until)),
      undo: () => void reopen(t),
    });
}

export const priority = (t: Ticket, to: number): Promise<boolean> =>
  attempt({ priority: to }, () => put(path(t, 'priority'), { priority: to }));

// cause: none takes it back; was: what it was.
export async function cause(t: Ticket, name: string, was?: string): Promise<void> {
  const w = words(causeWords);
  if (!(await attempt({}, () => put(path(t, 'cause'), { cause: name })))) return;
  tell({
    text: name === 'none' ? w.gone(t.number) : w.did(t.number),
    undo: () => void cause(t, was ?? 'none'),
  });
}

export const tag = (t: Ticket, name: string, off: boolean): Promise<boolean> =>
  attempt({ tags: off ? t.tags.filter((x) => x !== name) : [...t.tags, name].sort() }, () =>
    post(path(t, 'tags'), off ? { tag: name, off } : { tag: name }),
  );

export async function outOfIncident(t: Ticket): Promise<void> {
  const of = open.shown?.incident?.incident;
  if (!of) return;
  const out = (): Promise<unknown> => post(`${at(of)}/remove`, { tickets: String(t.ticket) });
  if (await attempt({}, out)) tell({ text: words(incidentWords).didOut });
}

// A case that was split off becomes a part of the one that it came from again.
export async function unsplit(ticket: number, into: number): Promise<void> {
  try {
    await post(`/api/v1/tickets/${ticket}/merge`, { into });
    say({ text: words(incidentWords).joined(into) });
    go(`/d/cases/${into}${location.search}`);
  } catch (e) {
    say({ text: words(caseWords).notDone(why(e)), tone: 'bad' });
  }
}

export async function endChat(t: Ticket): Promise<void> {
  const chat = t.chat && { ...t.chat, ended_at: new Date().toISOString(), ended_by: 'agent' };
  if (await attempt({ chat }, () => post(path(t, 'end')))) tell({ text: words(caseWords).didEnd });
}

// Whether it is still the case that is open.
export const isOpen = (t: Ticket): boolean => open.id === t.ticket;
