// Searching as one types: the newest question's answer is shown, older ones
// are dropped; what was searched for is kept here for the next time.
import { ApiError, get } from '../lib/api';
import { why } from '../lib/errors';
import { phoneShown, who } from '../lib/who';
import type { Ticket } from '../lib/types';

const WAIT = 140; // ms after the last key
const AGAIN = 4000; // ms until it is asked once more, while the desk is away
const KEPT = 8;
const KEY = 'deskd.searched';
const LONGEST = 320; // bytes (CUSTOMER.FIND)

export interface Hit extends Ticket {
  event: number;
  at: string;
  snippet?: string;
}

export interface Person {
  customer: number;
  name?: string;
  segment?: string;
  contacts: { kind: string; address: string }[];
}

export class Finder<T> {
  rows = $state.raw<T[]>([]);
  of = $state(''); // what the rows answer
  busy = $state(false);
  wrong = $state('');
  private timer = 0;
  private wanted = ''; // what was typed last
  private asking: AbortController | null = null;
  private then: (() => void) | null = null; // done when that is answered
  private ask: (q: string, signal: AbortSignal) => Promise<T[]>;

  constructor(ask: (q: string, signal: AbortSignal) => Promise<T[]>) {
    this.ask = ask;
  }

  type(text: string): void {
    const q = text.trim();
    clearTimeout(this.timer);
    this.asking?.abort();
    this.wanted = q;
    this.then = null;
    if (!q) {
      this.rows = [];
      this.of = '';
      this.wrong = '';
      this.busy = false;
      return;
    }
    this.busy = true;
    this.timer = window.setTimeout(() => void this.run(q), WAIT);
  }

  // What stands there is of earlier words.
  get late(): boolean {
    return this.of !== this.wanted;
  }

  // Does this when what was typed is answered: who presses Enter at once means
  // what he wrote.  Whoever types on means something else.
  answered(work: () => void): void {
    if (this.late) this.then = work;
    else work();
  }

  // Now, what failed: the desk is back, or somebody wants to know.
  retry(): void {
    if (!this.wrong || !this.wanted) return;
    clearTimeout(this.timer);
    this.asking?.abort();
    this.busy = true;
    void this.run(this.wanted);
  }

  private async run(q: string): Promise<void> {
    const mine = new AbortController();
    this.asking = mine;
    try {
      const rows = await this.ask(q, mine.signal);
      if (mine.signal.aborted) return;
      this.rows = rows;
      this.of = q;
      this.wrong = '';
      const { then } = this;
      this.then = null;
      then?.();
    } catch (e) {
      if (mine.signal.aborted) return;
      this.wrong = why(e);
      // PostgreSQL may be away while the feed lives: nobody tells of its return.
      if (e instanceof ApiError && (e.code === 'AWAY' || e.code === 'TRYAGAIN'))
        this.timer = window.setTimeout(() => this.retry(), AGAIN);
    }
    this.busy = false;
  }

  end(): void {
    this.then = null;
    clearTimeout(this.timer);
    this.asking?.abort();
  }
}

export const findCases = (q: string, limit: number, signal: AbortSignal): Promise<Hit[]> =>
  get<{ tickets: Hit[] }>('/api/v1/search', { query: q, limit }, signal).then((r) => r.tickets);

// One letter is nobody's name, and no address is longer than LONGEST.
export async function findCustomers(
  q: string,
  limit: number,
  signal: AbortSignal,
): Promise<Person[]> {
  const long = new TextEncoder().encode(q).length;
  if (q.length < 2 || long > LONGEST) return [];
  const asked = { query: q, limit };
  return (await get<{ customers: Person[] }>('/api/v1/customers', asked, signal)).customers;
}

// A number that may be a case's: a telephone's begins with 0 or is longer; with
// # it is one in any case.
export const caseNumber = (q: string): string =>
  /^(?:#([1-9]\d{0,11})|([1-9]\d{0,7}))$/.exec(q.trim())?.slice(1).find(Boolean) ?? '';

const shown = (c: { kind: string; address: string }): string =>
  c.kind === 'phone' ? phoneShown(c.address) : c.address;

// By what he is known beside his name: what a page of the shop's made of him
// (a chat's id) tells nobody anything.
export const reached = (p: Person): string =>
  p.contacts
    .filter((c) => c.kind !== 'chat')
    .map(shown)
    .join(' · ');

// What stands beside his name; without one the first stands in its place.
export const beside = (p: Person): string =>
  p.name ? reached(p) : reached(p).split(' · ').slice(1).join(' · ');

export const called = (p: Person): string => p.name || reached(p).split(' · ')[0] || who(undefined);

export function recent(): string[] {
  try {
    const kept: unknown = JSON.parse(localStorage.getItem(KEY) ?? '[]');
    return Array.isArray(kept) ? kept.filter((s) => typeof s === 'string').slice(0, KEPT) : [];
  } catch {
    return [];
  }
}

export function remember(q: string): void {
  if (q.length < 2) return;
  try {
    const next = [q, ...recent().filter((other) => other !== q)].slice(0, KEPT);
    localStorage.setItem(KEY, JSON.stringify(next));
  } catch {
    /* then it is typed again */
  }
}

export function forget(): void {
  try {
    localStorage.removeItem(KEY);
  } catch {
    /* nothing is kept then */
  }
}
