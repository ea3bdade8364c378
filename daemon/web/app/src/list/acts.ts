// What is done with cases from the list: shown at once, sent, and taken back
// with a sentence where it is refused.  Z undoes it.
import { ApiError, now, post, put } from '../lib/api';
import { why } from '../lib/errors';
import { words } from '../lib/i18n.svelte';
import { agentTitle, people, queueTitle } from '../lib/people.svelte';
import { pick, type Option } from '../lib/pick.svelte';
import { say } from '../lib/say.svelte';
import { me, prefs, setPrefs } from '../lib/session.svelte';
import { clockTime, day, moment } from '../lib/time';
import type { Ticket } from '../lib/types';
import type { List } from './list.svelte';
import { listWords } from './words';

const SIDE_BY_SIDE = 4;
const url = (id: number, what: string): string => `/api/v1/tickets/${id}/${what}`;

type Doing = (t: Ticket) => Promise<unknown>;

// For each; how many were refused, and the first reason.
async function each(rows: Ticket[], one: Doing): Promise<{ bad: Ticket[]; first: unknown }> {
  const left = [...rows];
  const bad: Ticket[] = [];
  let first: unknown;
  const work = async (): Promise<void> => {
    for (let t = left.shift(); t; t = left.shift())
      try {
        await one(t);
      } catch (e) {
        bad.push(t);
        first ??= e;
      }
  };
  await Promise.all(Array.from({ length: SIDE_BY_SIDE }, work));
  return { bad, first };
}

interface Act {
  said: string;
  show: (list: List, ids: number[]) => void;
  run: Doing;
  undo?: Doing;
}

async function act(list: List, rows: Ticket[], a: Act): Promise<void> {
  if (!rows.length) return;
  const w = words(listWords);
  const ids = rows.map((t) => t.ticket);
  const look = (which: Ticket[]): void => {
    for (const t of which) list.ask(t.ticket);
  };
  a.show(list, ids);
  const sent = each(rows, a.run);
  const undo = a.undo;
  say({
    text: a.said,
    act: undo && {
      title: w.undo,
      run: () =>
        void sent.then(async ({ bad }) => {
          const done = rows.filter((t) => !bad.includes(t));
          const back = await each(done, undo);
          list.bring(ids);
          if (back.bad.length) say({ text: why(back.first), tone: 'bad' });
          else say({ text: w.undone, seconds: 3 });
        }),
    },
  });
  const { bad, first } = await sent;
  look(rows);
  if (bad.length) {
    const text = `${w.failedFor(bad.length === 1 ? `#${bad[0]?.number}` : w.cases(bad.length))} ${
      first instanceof ApiError && first.code === 'CONFLICT' && first.message
        ? first.message
        : why(first)
    }`;
    say({ text, tone: 'bad', seconds: 10 });
  }
}

// Rows that one's change takes out of this view go at once.
const dropIn =
  (...views: string[]) =>
  (list: List, ids: number[]) => {
    if (views.includes(list.query.view) || views.includes('*')) list.drop(ids);
  };

export function take(list: List, rows: Ticket[]): Promise<void> {
  const w = words(listWords);
  return act(list, rows, {
    said: w.did.take(w.cases(rows.length)),
    show: (l, ids) => {
      l.patch(ids, { assignee: me().login, assignee_name: me().display });
      dropIn('unassigned')(l, ids);
    },
    run: (t) => post(url(t.ticket, 'take')),
    undo: (t) => post(url(t.ticket, 'assign'), { agent: t.assignee ?? 'none' }),
  });
}

export function resolve(list: List, rows: Ticket[]): Promise<void> {
  const w = words(listWords);
  return act(list, rows, {
    said: w.did.resolve(w.cases(rows.length)),
    show: dropIn(list.query.state === 'all' || list.query.state === 'resolved' ? '' : '*'),
    run: (t) => post(url(t.ticket, 'resolve')),
    undo: (t) => post(url(t.ticket, 'reopen')),
  });
}

export async function transfer(list: List, rows: Ticket[]): Promise<void> {
  const w = words(listWords);
  const here = new Set(rows.map((t) => t.queue));
  // As I chose last, here or in a case.
  const kept = (prefs().handclock ?? 'restart') === 'keep';
  const to = await pick({
    title: w.transfer,
    check: { text: w.keepClock, hint: w.keepClockHint, on: kept },
    options: people.queues
      .filter((q) => here.size > 1 || !here.has(q.name))
      .map((q) => ({ id: q.name, text: q.title })),
  });
  if (!to) return;
  const clock = to.checked ? 'keep' : 'restart';
  if (to.checked !== kept) setPrefs({ handclock: clock }).catch(() => undefined);
  await act(list, rows, {
    said: w.did.transfer(w.cases(rows.length), to.text),
    show: (l, ids) => {
      l.patch(ids, { queue: to.id });
      if (l.query.queue && l.query.queue !== to.id) l.drop(ids);
    },
    run: (t) => post(url(t.ticket, 'transfer'), { queue: to.id, clock }),
    undo: async (t) => {
      await post(url(t.ticket, 'transfer'), { queue: t.queue, clock: 'keep' });
      if (t.assignee) await post(url(t.ticket, 'assign'), { agent: t.assignee });
    },
  });
}

export async function assign(list: List, rows: Ticket[]): Promise<void> {
  const w = words(listWords);
  const to = await pick({
    title: w.assign,
    options: [
      { id: 'none', text: w.ofNobody },
      ...people.agents
        .filter((a) => a.queues.length)
        .map((a) => ({ id: a.name, text: a.display, more: a.queues.map(queueTitle).join(', ') })),
    ],
  });
  if (!to) return;
  await act(list, rows, {
    said: w.did.assign(w.cases(rows.length), to.id === 'none' ? w.ofNobody : to.text),
    show: (l, ids) =>
      l.patch(ids, {
        assignee: to.id === 'none' ? undefined : to.id,
        assignee_name: to.id === 'none' ? undefined : agentTitle(to.id),
      }),
    run: (t) => post(url(t.ticket, 'assign'), { agent: to.id }),
    undo: (t) => post(url(t.ticket, 'assign'), { agent: t.assignee ?? 'none' }),
  });
}

export async function tag(list: List, rows: Ticket[]): Promise<void> {
  const w = words(listWords);
  const known = [...new Set(list.first.flatMap((t) => t?.tags ?? []))].sort();
  const to = await pick({
    title: w.tag,
    options: known.map((text) => ({ id: text, text })),
    free: (typed): Option => ({ id: typed.normalize('NFC'), text: typed.normalize('NFC') }),
  });
  if (!to) return;
  await act(list, rows, {
    said: w.did.tag(w.cases(rows.length), to.text),
    show: () => undefined,
    run: (t) => post(url(t.ticket, 'tags'), { tag: to.id }),
    undo: async (t) => {
      if (!t.tags.includes(to.id)) await post(url(t.ticket, 'tags'), { tag: to.id, off: true });
    },
  });
}

export async function priority(list: List, rows: Ticket[]): Promise<void> {
  const w = words(listWords);
  const to = await pick({
    title: w.priority,
    options: Object.entries(w.priorities)
      .sort((a, b) => Number(b[0]) - Number(a[0]))
      .map(([id, text]) => ({ id, text })),
  });
  if (!to) return;
  await act(list, rows, {
    said: w.did.priority(w.cases(rows.length), to.text),
    show: (l, ids) => l.patch(ids, { priority: Number(to.id) }),
    run: (t) => put(url(t.ticket, 'priority'), { priority: Number(to.id) }),
    undo: (t) => put(url(t.ticket, 'priority'), { priority: t.priority }),
  });
}

// The moments at which one looks again, by the company's day: 8:00, 16:30.
export function snoozeTimes(at: number): { name: string; at: number }[] {
  const [h = 0, m = 0] = clockTime(at).split(':').map(Number);
  const today = Math.floor(at / 60000) * 60000 - (h * 60 + m) * 60000;
  const H = 3600000;
  const week = new Date(`${day(at)}T00:00:00Z`).getUTCDay();
  const out = [
    { name: 'hour', at: at + H },
    { name: 'three', at: at + 3 * H },
    { name: 'evening', at: today + 16.5 * H },
    { name: 'tomorrow', at: today + 32 * H },
    { name: 'monday', at: today + ((8 - week) % 7 || 7) * 24 * H + 8 * H },
    { name: 'week', at: today + 7 * 24 * H + 8 * H },
  ];
  return out.filter((o, i) => o.at > at + 30 * 60000 && out.findIndex((p) => p.at === o.at) === i);
}

export async function snooze(list: List, rows: Ticket[]): Promise<void> {
  const w = words(listWords);
  const times = snoozeTimes(now());
  const to = await pick({
    title: w.snooze,
    options: times.map((o) => ({
      id: String(o.at),
      text: w.snoozes[o.name as keyof typeof w.snoozes],
      more: moment(o.at),
    })),
  });
  if (!to) return;
  const until = new Date(Number(to.id)).toISOString();
  await act(list, rows, {
    said: w.did.snooze(w.cases(rows.length), moment(Number(to.id))),
    show: (l, ids) => {
      l.patch(ids, { state: 'pending', wakes_at: until, due_at: undefined });
      dropIn('mine', 'due', 'unassigned', 'waiting')(l, ids);
    },
    run: (t) => post(url(t.ticket, 'snooze'), { until }),
    undo: (t) => post(url(t.ticket, 'reopen')),
  });
}
