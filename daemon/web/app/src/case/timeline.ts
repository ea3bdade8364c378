// A case's events as its timeline shows them: days, runs of a talk under one
// name, thin lines of what was changed, folded when there are many. Pure.
import { day } from '../lib/time';
import type { DeskEvent } from '../lib/types';

export type Item =
  | { kind: 'day'; key: string; at: number }
  | { kind: 'unread'; key: string }
  | { kind: 'gap'; key: string; after: number; from: number; to: number }
  | { kind: 'talk'; key: string; events: DeskEvent[]; mine: boolean }
  | { kind: 'thin'; key: string; events: DeskEvent[] }
  | {
      kind: 'mail' | 'note' | 'call' | 'order' | 'consult' | 'survey' | 'recovery' | 'plain';
      key: string;
      event: DeskEvent;
    };

type Single = Extract<Item, { event: DeskEvent }>['kind'];

// A call's id at the exchange; '': it is told nowhere.
export const callOf = (e: DeskEvent): string => {
  const { call } = e.meta ?? {};
  const id = typeof call === 'object' && call ? (call as { id?: unknown }).id : undefined;
  return typeof id === 'string' ? id : '';
};

// How long a pause ends a run of one's words, ms.
const PAUSE = 10 * 60000;

export const isTalk = (e: DeskEvent): boolean =>
  (e.kind === 'message' || e.kind === 'feedback') &&
  (e.channel === 'chat' || e.channel === 'social' || e.channel === 'web');

const thin = new Set([
  'assign',
  'transfer',
  'state',
  'priority',
  'tag',
  'offer',
  'unsend',
  'resend',
  'abandoned',
  'turned',
  'ended',
  'identified',
  'snooze',
  'wake',
  'customer',
  'link',
  'split',
  'rule',
  'incident',
  'clock',
  'promise',
  'cause',
  'class',
  'action',
]);

// What a kind that we do not know is shown as: a thin line with its text.
function single(e: DeskEvent): Single | 'thin' {
  if (e.kind === 'note') return 'note';
  if (e.kind === 'call') return 'call';
  if (e.kind === 'survey') return e.direction === 'out' ? 'thin' : 'survey';
  if (e.kind === 'recovery') return 'recovery';
  if (e.kind === 'consult') return e.meta?.what === 'cancel' || !e.meta ? 'thin' : 'consult';
  if (e.channel === 'order' && (e.facts?.order || e.kind === 'order')) return 'order';
  if (e.kind === 'message' && e.channel === 'mail') return 'mail';
  if (thin.has(e.kind)) return 'thin';
  if (e.kind === 'message' || e.kind === 'feedback' || e.kind === 'quarantine' || e.text)
    return 'plain';
  return 'thin';
}

const same = (a: DeskEvent, b: DeskEvent): boolean =>
  a.direction === b.direction &&
  a.channel === b.channel &&
  (a.agent ?? '') === (b.agent ?? '') &&
  Date.parse(b.at) - Date.parse(a.at) < PAUSE;

// gaps: events after which some are not here: said where they would stand.
// unreadAfter: the events past it were not seen by me; 0: no line is drawn.
// me: what one did oneself is no news.
export function timeline(
  events: DeskEvent[],
  unreadAfter: number,
  me: string,
  gaps: number[] = [],
): Item[] {
  const items: Item[] = [];
  let today = '';
  let before: DeskEvent | undefined;
  let drawn = unreadAfter === 0;
  const calls = new Set<string>();
  for (const e of events) {
    // (A press on it may bring what comes before it or after: its key stays.)
    if (before && gaps.includes(before.event))
      items.push({
        kind: 'gap',
        key: `gap${items.filter((i) => i.kind === 'gap').length}`,
        after: before.event,
        from: Date.parse(before.at),
        to: Date.parse(e.at),
      });
    before = e;
    // A call is one line, whatever its exchange tells of it in turn.
    const call = e.kind === 'call' && !e.text ? callOf(e) : '';
    if (call && calls.has(call)) continue;
    if (call) calls.add(call);
    const at = Date.parse(e.at);
    const on = day(at);
    if (on !== today) {
      items.push({ kind: 'day', key: `d${e.event}`, at });
      today = on;
    }
    if (!drawn && e.event > unreadAfter && e.agent !== me) {
      items.push({ kind: 'unread', key: 'unread' });
      drawn = true;
    }
    const last = items.at(-1);
    if (isTalk(e)) {
      const said = last?.kind === 'talk' ? last.events.at(-1) : undefined;
      if (last?.kind === 'talk' && said && same(said, e)) last.events.push(e);
      else
        items.push({ kind: 'talk', key: `e${e.event}`, events: [e], mine: e.direction === 'out' });
      continue;
    }
    const kind = single(e);
    if (kind !== 'thin') items.push({ kind, key: `e${e.event}`, event: e });
    else if (last?.kind === 'thin') last.events.push(e);
    else items.push({ kind: 'thin', key: `e${e.event}`, events: [e] });
  }
  return items;
}

// The first event of what stands in the timeline; 0: of none.
export const firstOf = (i: Item): number =>
  'event' in i ? i.event.event : 'events' in i ? (i.events[0]?.event ?? 0) : 0;

// A mail's words: what the person wrote, and what he quoted and signed, when
// the desk told them apart. lines: of what is folded away.
export function folded(e: DeskEvent): { shown: string; rest: boolean; lines: number } {
  const text = e.text ?? '';
  const own = e.own;
  if (own === undefined || own.trim() === text.trim())
    return { shown: text, rest: false, lines: 0 };
  const count = (s: string) => s.split('\n').filter((l) => l.trim() !== '').length;
  return { shown: own, rest: true, lines: Math.max(1, count(text) - count(own)) };
}

// Whose words these are: an agent's name, or the customer's where the channel
// knows him by an id only.
export function speaker(e: DeskEvent, customer: string | undefined): string {
  const id = /^[0-9a-f]{8}-[0-9a-f]{4}-/.test(e.who ?? '');
  if (e.who && !id) return e.who;
  return customer ?? e.from ?? '';
}

// How many bytes a person would call it.
export function size(n: number, locale: string): string {
  const of = (v: number, unit: string) =>
    `${new Intl.NumberFormat(locale, { maximumFractionDigits: v < 10 ? 1 : 0 }).format(v)} ${unit}`;
  if (n < 1000) return of(n, 'B');
  if (n < 1e6) return of(n / 1000, 'KB');
  return of(n / 1e6, 'MB');
}

// Seconds as a telephone shows them: 3:42, 1:02:05.
export function lasted(s: number): string {
  const two = (n: number) => String(n).padStart(2, '0');
  const m = Math.floor(s / 60);
  return m < 60 ? `${m}:${two(s % 60)}` : `${Math.floor(m / 60)}:${two(m % 60)}:${two(s % 60)}`;
}

// From one day to the other, as time.day() writes them.
export const daysBetween = (from: string, to: string): number =>
  Math.round((Date.parse(`${to}T00:00:00Z`) - Date.parse(`${from}T00:00:00Z`)) / 86400000);
