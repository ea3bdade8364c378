// What a supervisor says to me (AGENT.MESSAGE): one after the other, the oldest
// first, and each stays until I have read it.
import { listen } from '../lib/feed.svelte';
import { me } from '../lib/session.svelte';

// More than anybody leaves unread; the oldest are gone then.
const KEPT = 50;

export interface Told {
  id: string;
  who: string;
  text: string;
}

// read: of those that came while one was unread; it begins anew after the last.
const state = $state<{ all: Told[]; read: number }>({ all: [], read: 0 });
export const told = state as Readonly<typeof state>;

export function close(id: string): void {
  state.all = state.all.filter((t) => t.id !== id);
  state.read = state.all.length ? state.read + 1 : 0;
}

export function watchTold(onTold: (t: Told) => void): () => void {
  state.all = [];
  state.read = 0;
  return listen((n) => {
    if (n.kind !== 'told' || typeof n.text !== 'string') return;
    if (!Array.isArray(n.agents) || !n.agents.includes(me().login)) return;
    const one = { id: n.id, who: n.who ?? '', text: n.text };
    if (state.all.some((t) => t.id === one.id)) return;
    state.all = [...state.all, one].slice(-KEPT);
    onTold(one);
  });
}
