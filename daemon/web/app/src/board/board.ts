// What the wallboard's one answer says (BOARD), and what of it is trouble.
import type { Channel, Presence } from '../lib/types';

export interface Level {
  kept: number;
  n: number;
  share: number; // per cent
}

export interface BoardQueue {
  name: string;
  title: string;
  paused: boolean;
  // It takes nothing new; absent: it does.
  drain?: { to?: string; waiting: number; working: number; empty: boolean };
  opened: number; // today, like the next three
  answered: number;
  resolved: number;
  abandoned: number;
  level?: Level; // absent: nothing was owed and written today
  by_hour: { at: string; opened: number; resolved: number }[];
  waiting: number;
  offered?: number;
  chats: number;
  oldest?: string;
  overdue: number;
  due_next?: string;
}

export interface BoardAgent {
  name: string;
  display: string;
  capacity: number;
  queues: string[];
  working: Partial<Record<Channel, number>>;
  answered: number;
  resolved: number;
  state: Presence;
  state_since?: string;
  reason?: string;
  load: number;
  offered?: number;
}

export interface BoardCall {
  state: 'ringing' | 'answered';
  queue: string;
  agents?: string[];
}

export interface Urgent {
  ticket: number;
  number: number;
  queue: string;
  channel: Channel;
  subject?: string;
  customer_name?: string;
  assignee?: string;
  due_at: string;
}

export interface Board {
  at: string;
  since: string; // the day's begin
  live: boolean; // false: nobody knows who is here
  company?: { name?: string; zone?: string };
  today: {
    opened: number;
    answered: number;
    resolved: number;
    abandoned: number;
    level?: Level;
  };
  queues: BoardQueue[];
  agents: BoardAgent[];
  calls: BoardCall[];
  urgent: Urgent[];
}

const SOON = 300000; // what is due in five minutes asks for a look

export type Trouble = '' | 'warn' | 'bad';

export const readyIn = (b: Board, queue: string): number =>
  b.agents.filter((a) => a.state === 'ready' && a.queues.includes(queue)).length;

// Red: somebody waits longer than was promised. Amber: he soon will, or those
// who wait have nobody.
export function trouble(b: Board, q: BoardQueue, now: number): Trouble {
  if (q.overdue > 0) return 'bad';
  if (q.due_next && Date.parse(q.due_next) - now <= SOON) return 'warn';
  return b.live && q.waiting > 0 && (q.paused || readyIn(b, q.name) === 0) ? 'warn' : '';
}

export interface QueueAlert {
  queue: string;
  title: string;
  why: 'paused' | 'nobody';
  waiting: number;
}

// What no case of its own tells.
export const queueAlerts = (b: Board): QueueAlert[] =>
  b.queues
    .filter((q) => q.waiting > 0 && (q.paused || (b.live && readyIn(b, q.name) === 0)))
    .map((q) => ({
      queue: q.name,
      title: q.title,
      why: q.paused ? 'paused' : 'nobody',
      waiting: q.waiting,
    }));

const order: Presence[] = ['busy', 'ready', 'away', 'break', 'training', 'offline'];

// Who works first, who is away last; by name within.
export const byState = (agents: BoardAgent[]): BoardAgent[] =>
  [...agents].sort(
    (a, b) =>
      order.indexOf(a.state) - order.indexOf(b.state) || a.display.localeCompare(b.display, 'vi'),
  );

// In a call by the exchange's word, whatever he says of himself.
export const inCall = (b: Board, name: string): boolean =>
  b.calls.some((c) => c.state === 'answered' && c.agents?.includes(name));

export const counted = (agents: BoardAgent[]): Partial<Record<Presence, number>> => {
  const n: Partial<Record<Presence, number>> = {};
  for (const a of agents) n[a.state] = (n[a.state] ?? 0) + 1;
  return n;
};

// Each hour of the day until now, also those in which nothing came.
export function hours(q: BoardQueue, since: string, now: number): number[] {
  const from = Date.parse(since);
  const n = Math.min(25, Math.max(1, Math.ceil((now - from) / 3600000)));
  const all = Array.from({ length: n }, () => 0);
  for (const h of q.by_hour) {
    const i = Math.floor((Date.parse(h.at) - from) / 3600000);
    if (i >= 0 && i < n) all[i] = (all[i] ?? 0) + h.opened;
  }
  return all;
}

// What a queue is called among others: two of one title by their names too.
export const titleOf = (b: Board, q: BoardQueue): string =>
  b.queues.some((o) => o.title === q.title && o.name !== q.name)
    ? `${q.title} (${q.name})`
    : q.title;

// "3:20" of an hour, "1:12:40" beyond it, "2 ngày" as words beyond a day.
export function long(ms: number): string {
  const s = Math.max(0, Math.floor(ms / 1000));
  const two = (n: number) => String(n).padStart(2, '0');
  const m = Math.floor(s / 60);
  return s < 3600 ? `${m}:${two(s % 60)}` : `${Math.floor(m / 60)}:${two(m % 60)}:${two(s % 60)}`;
}
