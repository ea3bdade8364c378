// The list's commands: what the keyboard, the palette and the bar of chosen
// rows all call.
import { go } from '../lib/router.svelte';
import type { Command } from '../lib/commands.svelte';
import { act, saying } from '../lib/say.svelte';
import { people } from '../lib/people.svelte';
import type { Ticket } from '../lib/types';
import * as acts from './acts';
import type { List } from './list.svelte';
import { nextCase, pulls } from './next';
import { here } from './places.svelte';
import { path } from './query';
import type { listWords } from './words';

export const doings = [
  ['take', 'm'],
  ['assign', 'shift+t'],
  ['transfer', 't'],
  ['snooze', 'h'],
  ['tag', 'l'],
  ['priority', 'p'],
  ['resolve', 'e'],
] as const;
export type Doing = (typeof doings)[number][0];

// On the chosen rows, or the one that one is at.
export async function perform(what: Doing, open: number): Promise<void> {
  const list = here.list;
  const rows = here.rows(open);
  if (!list || !rows.length) return;
  // The row that comes next takes the place of those that go.
  const first = Math.min(...rows.map((t) => list.find(t.ticket)).filter((i) => i >= 0));
  const work: (l: List, r: Ticket[]) => Promise<void> = acts[what];
  const done = work(list, rows);
  if (what === 'resolve' || what === 'take') here.chosen.clear();
  if (list.find(here.cursor) < 0) {
    const next = list.at(Math.min(first, list.length - 1));
    here.cursor = next?.ticket ?? 0;
  }
  await done;
  here.chosen.clear();
}

interface Hands {
  w: (typeof listWords)['vi'];
  ticket: () => number;
  move: (by: number) => void;
  edge: (last: boolean) => void;
  choose: (upTo?: boolean) => void;
  open: () => void;
  back: () => void;
  onnew: () => void;
}

export function listCommands(h: Hands): Command[] {
  const { w } = h;
  const group = w.keysGroup;
  const views = [
    ['mine', 'i'],
    ['unassigned', 'u'],
    ['due', 'd'],
    ['waiting', 'w'],
    ['snoozed', 's'],
    ['mentions', 'm'],
    ['watched', 'e'],
    ['all', 'a'],
  ] as const;
  return [
    {
      id: 'list.next',
      title: w.next,
      group,
      keys: ['j'],
      hidden: true,
      repeats: true,
      run: () => h.move(1),
    },
    {
      id: 'list.prev',
      title: w.previous,
      group,
      keys: ['k'],
      hidden: true,
      repeats: true,
      run: () => h.move(-1),
    },
    {
      id: 'list.open',
      title: w.open,
      group,
      keys: ['o', 'enter'],
      hidden: true,
      run: h.open,
      when: () => document.activeElement === document.body || here.focused,
    },
    { id: 'list.back', title: w.back, group, keys: ['u', 'escape'], hidden: true, run: h.back },
    { id: 'list.choose', title: w.choose, group, keys: ['x'], hidden: true, run: () => h.choose() },
    {
      id: 'list.chooseTo',
      title: w.chooseTo,
      group,
      keys: ['shift+x'],
      hidden: true,
      run: () => h.choose(true),
    },
    { id: 'list.top', title: w.top, group, keys: ['g g'], hidden: true, run: () => h.edge(false) },
    {
      id: 'list.bottom',
      title: w.bottom,
      group,
      keys: ['shift+g'],
      hidden: true,
      run: () => h.edge(true),
    },
    {
      id: 'list.nextCase',
      title: w.nextCase,
      group: w.casesGroup,
      keys: ['f'],
      when: pulls,
      run: () => void nextCase(),
    },
    { id: 'list.new', title: w.newCase, group: w.casesGroup, keys: ['c'], run: h.onnew },
    {
      id: 'list.undo',
      title: w.undo,
      group: w.casesGroup,
      keys: ['z'],
      run: act,
      when: () => !!saying.saying?.act,
    },
    ...doings.map(
      ([what, key]): Command => ({
        id: `list.${what}`,
        title: w[what],
        group: w.casesGroup,
        keys: [key],
        near: true,
        when: () => here.focused || here.chosen.size > 0 || !h.ticket(),
        run: () => void perform(what, h.ticket()),
      }),
    ),
    ...views.map(
      ([view, key]): Command => ({
        id: `go.${view}`,
        title: w.views[view],
        group: w.list,
        keys: [`g ${key}`],
        run: () => go(path({ view })),
      }),
    ),
    ...people.queues.slice(0, 9).map(
      (q, i): Command => ({
        id: `go.queue.${q.name}`,
        title: q.title,
        group: w.list,
        keys: [`g ${i + 1}`],
        run: () => go(path({ view: 'all', queue: q.name })),
      }),
    ),
  ];
}
