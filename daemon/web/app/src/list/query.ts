// What a list shows: a view, narrowed by filters; the address has it, the
// server is asked for it, and it has a name.
import type { SavedView } from '../lib/types';

export const views = [
  'mine',
  'unassigned',
  'due',
  'waiting',
  'snoozed',
  'mentions',
  'watched',
  'all',
] as const;
export type View = (typeof views)[number];

export const filters = ['queue', 'channel', 'state', 'tag', 'assignee', 'mood'] as const;
export type Filter = (typeof filters)[number];

export type ListQuery = { view: View } & Partial<Record<Filter, string>>;

// Of a queue everything active is shown, else what is owed.
export function read(q: URLSearchParams): ListQuery {
  const named = q.get('view') as View;
  const out: ListQuery = {
    view: views.includes(named) ? named : q.get('queue') || q.get('state') ? 'all' : 'due',
  };
  for (const f of filters) {
    const value = q.get(f);
    if (value) out[f] = value;
  }
  return out;
}

export function search(q: ListQuery): string {
  const pairs: [string, string][] = [];
  if (!(q.view === 'all' && q.queue)) pairs.push(['view', q.view]);
  for (const f of filters) if (q[f]) pairs.push([f, q[f]]);
  return `?${new URLSearchParams(pairs).toString()}`;
}

// customer: with his pane before the case.
export const path = (q: ListQuery, ticket = 0, customer = false): string =>
  `/d/cases${ticket ? `/${ticket}` : ''}${customer ? '/customer' : ''}${search(q)}`;

export const same = (a: ListQuery, b: ListQuery): boolean => search(a) === search(b);

// Another filter, or the same without it ('').
export function narrowed(q: ListQuery, f: Filter, value: string): ListQuery {
  const next = { ...q, [f]: value || undefined };
  return next;
}

export const PAGE = 100; // rows asked for at once

// What TICKET.LIST takes.  Only active cases have places to jump to.
export const asked = (q: ListQuery): Record<string, string> => {
  const { view, ...rest } = q;
  return { view, ...rest };
};

export const hasPlaces = (q: ListQuery): boolean =>
  !['resolved', 'closed', 'all'].includes(q.state ?? '');

// Its first page: what the page begins to ask for before it is there.
export const firstOf = (q: ListQuery): Record<string, string | number> => ({
  ...asked(q),
  limit: PAGE,
  ...(hasPlaces(q) ? { offset: 0 } : {}),
});

// The server's own order, which rows can be put into here.
export const ordered = (q: ListQuery): boolean =>
  !['snoozed', 'mentions', 'watched'].includes(q.view);

// By due time alone: nothing that is over.
export const byDue = (q: ListQuery): boolean => hasPlaces(q) && ordered(q);

export const fromSaved = (v: SavedView): ListQuery => read(new URLSearchParams(v.query));

export function toSaved(name: string, q: ListQuery): SavedView {
  return { name, query: Object.fromEntries(new URLSearchParams(search(q)).entries()) };
}
