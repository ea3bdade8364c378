// Queues and agents by name: titles, presence, load. Kept as the feed tells.
import { get } from './api';
import { listen, onReload } from './feed.svelte';
import { words } from './i18n.svelte';
import type { Agent, Notice, Queue } from './types';

const state = $state<{ queues: Queue[]; agents: Agent[]; known: boolean }>({
  queues: [],
  agents: [],
  known: false,
});
let asked = 0;
let asking: Promise<void> | null = null;
let more = false; // what is asked for may be older than what was told since

export const people = state as Readonly<typeof state>;
export const queueTitle = (name: string | undefined): string =>
  state.queues.find((q) => q.name === name)?.title ?? name ?? '';
export const agentNamed = (name: string | undefined): Agent | undefined =>
  state.agents.find((a) => a.name === name);
export const agentTitle = (name: string | undefined): string =>
  agentNamed(name)?.display ?? name ?? '';

// Whoever did something: an agent by his login, a program by its key, the desk
// by itself.
export function doer(login: string): string {
  if (login === 'desk' && !agentNamed(login)) return words({ vi: 'Hệ thống', en: 'The desk' });
  const key = /^key:(.+)$/.exec(login)?.[1];
  return key ? words({ vi: `khoá ${key}`, en: `key ${key}` }) : agentTitle(login);
}

// "Lê Quỳnh Chi" → "QC": the last two words' letters, as people here are called.
export const initials = (name: string): string =>
  name
    .trim()
    .split(/\s+/)
    .slice(-2)
    .map((w) => [...w][0] ?? '')
    .join('')
    .toUpperCase();

export function load(): Promise<void> {
  asking ??= Promise.all([
    get<{ queues: Queue[] }>('/api/v1/queues'),
    get<{ agents: Agent[] }>('/api/v1/agents'),
  ])
    .then(([q, a]) => {
      state.queues = q.queues;
      state.agents = a.agents;
      state.known = true;
    })
    .finally(() => {
      asking = null;
      if (more) soon();
      more = false;
    });
  return asking;
}

// What one did himself is shown at once; the server's word follows.
export function shown(name: string, change: Partial<Agent>): void {
  const a = state.agents.find((each) => each.name === name);
  if (a) Object.assign(a, change);
}

// A burst of notices is one question.
function soon(): void {
  if (!asked)
    asked = window.setTimeout(() => {
      asked = 0;
      if (asking) more = true;
      else load().catch(() => undefined);
    }, 700);
}

const moving =
  /^(event|open|take|accept|assign|transfer|resolve|reopen|pend|priority|wake|pause|resume|config|agent|offer|released|lapsed|accepted|declined|withdrawn|call)$/;

export function watch(): () => void {
  load().catch(soon);
  const ends = [
    listen((n: Notice) => {
      if (moving.test(n.kind)) soon();
    }),
    onReload(soon),
  ];
  return () => ends.forEach((end) => end());
}
