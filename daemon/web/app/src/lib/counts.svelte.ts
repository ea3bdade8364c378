// How many cases each view and queue has (TICKET.COUNTS), kept as the feed
// tells: at most one question a second and a half.
import { get } from './api';
import { listen, onReload } from './feed.svelte';

const EVERY = 1500;

export interface QueueCounts {
  active?: number;
  waiting?: number;
  pending?: number;
  due?: number;
  overdue?: number;
  due_next?: string;
}

const state = $state<{ views: Record<string, number>; queues: Record<string, QueueCounts> }>({
  views: {},
  queues: {},
});
let timer = 0;
let last = 0;
let turn = 0; // of asking
let taken = 0; // whose answer is shown: one that it overtook is old

export const counts = state as Readonly<typeof state>;

async function load(): Promise<void> {
  last = performance.now();
  const mine = ++turn;
  const c = await get<typeof state>('/api/v1/counts');
  if (mine < taken) return;
  taken = mine;
  state.views = c.views;
  state.queues = c.queues;
}

export function countSoon(): void {
  if (timer) return;
  const wait = Math.max(200, last + EVERY - performance.now());
  timer = window.setTimeout(() => {
    timer = 0;
    load().catch(() => (timer ||= window.setTimeout(again, 2 * EVERY)));
  }, wait);
}

function again(): void {
  timer = 0;
  countSoon();
}

export function watchCounts(): () => void {
  load().catch(countSoon);
  const ends = [
    listen((n) => {
      if (n.kind === 'config' || (n.id && n.ticket)) countSoon();
    }),
    onReload(countSoon),
  ];
  // What is due grows by time alone.
  const clock = setInterval(countSoon, 60000);
  return () => {
    for (const end of ends) end();
    clearInterval(clock);
    clearTimeout(timer);
    timer = 0;
  };
}
