// The promises in what is being written to a customer: found by the server at
// each pause, offered one after the other, kept or dropped. What was kept goes
// on record when the answer is sent (sends.svelte.ts); a promise whose words
// are changed is another one.
import { now, post } from '../lib/api';
import { words } from '../lib/i18n.svelte';
import { date, day, moment } from '../lib/time';
import { promisedWords } from './promised-words';

export interface Promised {
  kind: string;
  due: string;
  grain: 'minute' | 'part' | 'day';
  words: string;
}

interface OfCase {
  found: Promised[];
  kept: Promised[];
  dropped: string[]; // by id()
}

export const QUIET = 600; // ms after the last stroke

const state = $state<{ all: Record<number, OfCase> }>({ all: {} });
// What was asked about last; an answer about anything else comes too late.
const asked: Record<number, string | undefined> = {};

const id = (p: Promised): string => `${p.kind} ${p.words.toLowerCase()}`;
const none: OfCase = { found: [], kept: [], dropped: [] };
const of = (ticket: number): OfCase => state.all[ticket] ?? none;
const has = (list: Promised[], p: Promised): boolean => list.some((x) => id(x) === id(p));

// Which is offered now.
export const offered = (ticket: number): Promised | undefined => {
  const { found, kept, dropped } = of(ticket);
  return found.find((p) => !has(kept, p) && !dropped.includes(id(p)));
};
export const kept = (ticket: number): Promised[] => of(ticket).kept;

function put(ticket: number, change: Partial<OfCase>): void {
  state.all[ticket] = { ...of(ticket), ...change };
}

// Looks for the promises in a text.
export async function look(ticket: number, text: string): Promise<void> {
  asked[ticket] = text;
  try {
    const { promises } = await post<{ promises: Promised[] }>('/api/v1/promises/find', {
      text,
      ticket,
    });
    if (asked[ticket] !== text) return;
    put(ticket, { found: promises, kept: kept(ticket).filter((p) => has(promises, p)) });
  } catch {
    /* nothing is offered */
  }
}

// The text is another than what was looked at; without one, a new draft begins.
export function changed(ticket: number, text: string): void {
  if (asked[ticket] === text) return;
  asked[ticket] = undefined;
  if (!state.all[ticket]) return;
  // (What stands there still stays offered: nothing flickers while one types.)
  const found = of(ticket).found.filter((p) => text.includes(p.words));
  put(ticket, text ? { found } : none);
}

export function keep(ticket: number): boolean {
  const p = offered(ticket);
  if (p) put(ticket, { kept: [...kept(ticket), p] });
  return !!p;
}

export function drop(ticket: number, p = offered(ticket)): boolean {
  if (!p) return false;
  const { kept, dropped } = of(ticket);
  put(ticket, { kept: kept.filter((x) => id(x) !== id(p)), dropped: [...dropped, id(p)] });
  return true;
}

// What goes on record with the text that is sent now; the draft is over.
export function take(ticket: number, text: string): Promised[] {
  const list = $state.snapshot(kept(ticket)).filter((p) => text.includes(p.words));
  asked[ticket] = undefined;
  put(ticket, none);
  return list;
}

export const deed = (p: Promised): string => words(promisedWords).kinds[p.kind] ?? `“${p.words}”`;

// "15:00", "trước 20/11 18:00", "hôm nay", "20/11".
export function when(p: Promised): string {
  const w = words(promisedWords);
  const at = Date.parse(p.due);
  if (p.grain === 'minute') return moment(at);
  if (p.grain === 'part') return w.before(moment(at));
  return day(at) === day(now()) ? w.today : date(at);
}
