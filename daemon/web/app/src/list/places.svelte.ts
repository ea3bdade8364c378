/* eslint-disable svelte/prefer-svelte-reactivity -- nothing is drawn from it */
// The list that is shown, and where one was in each: the row one is at, how
// far it was scrolled, which rows are chosen.
import { SvelteSet } from 'svelte/reactivity';
import type { Ticket } from '../lib/types';
import { List } from './list.svelte';
import { same, search, type ListQuery } from './query';

// The cursor is on a row that has not come yet: no case, and nothing to act on.
export const COMING = -1;

const kept = new Map<string, { cursor: number; top: number }>();

class Here {
  list = $state.raw<List | null>(null);
  cursor = $state(0); // the ticket that J and K go from, or COMING
  chosen = new SvelteSet<number>();
  focused = $state(false); // the list has the focus
  top = 0; // where to scroll to when its first rows have come
  private end: () => void = () => undefined;

  show(q: ListQuery): void {
    if (this.list && same(this.list.query, q)) return;
    this.end();
    this.chosen.clear();
    const was = kept.get(search(q));
    this.cursor = Math.max(0, was?.cursor ?? 0);
    this.top = was?.top ?? 0;
    const list = new List(q);
    this.list = list;
    this.end = list.start();
  }

  keep(top: number): void {
    if (this.list) kept.set(search(this.list.query), { cursor: this.cursor, top });
  }

  stop(): void {
    this.end();
    this.end = () => undefined;
    this.list = null;
  }

  // What a command is about: the chosen rows, else the one that one is at,
  // else the open case.
  rows(open: number): Ticket[] {
    const list = this.list;
    if (!list) return [];
    const ids = this.chosen.size
      ? [...this.chosen]
      : [this.focused && this.cursor ? this.cursor : open || this.cursor];
    return ids.map((id) => list.at(list.find(id))).filter((t) => t !== undefined);
  }
}

export const here = new Here();

// Everybody who was logged in before sees his own.
export const forgetPlaces = (): void => kept.clear();
