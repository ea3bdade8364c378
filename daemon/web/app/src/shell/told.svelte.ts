// What a supervisor says to me (AGENT.MESSAGE): it stays until I close it.
import { listen } from '../lib/feed.svelte';
import { me } from '../lib/session.svelte';

const KEPT = 5;

export interface Told {
  id: string;
  who: string;
  text: string;
}

const state = $state<{ all: Told[] }>({ all: [] });
export const told = state as Readonly<typeof state>;

export function close(id: string): void {
  state.all = state.all.filter((t) => t.id !== id);
}

export function watchTold(onTold: (t: Told) => void): () => void {
  state.all = [];
  return listen((n) => {
    if (n.kind !== 'told' || typeof n.text !== 'string') return;
    if (!Array.isArray(n.agents) || !n.agents.includes(me().login)) return;
    const one = { id: n.id, who: n.who ?? '', text: n.text };
    if (state.all.some((t) => t.id === one.id)) return;
    state.all = [...state.all, one].slice(-KEPT);
    onTold(one);
  });
}
