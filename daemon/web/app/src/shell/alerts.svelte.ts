// What should not be missed: who named me, what happened to a case that I
// watch, what did not reach a customer, what woke, what many write about.  The last of the feed at the start, then as it tells.
import { get } from '../lib/api';
import { listen } from '../lib/feed.svelte';
import { isBoss, me } from '../lib/session.svelte';
import type { Notice } from '../lib/types';

const KEPT = 30;
const ASKED = 300;
const SEEN = 'deskd.alerts'; // the newest that was seen here, by login

export interface Alert {
  id: string;
  kind:
    | 'mention'
    | 'consult'
    | 'watch'
    | 'promise'
    | 'bounce'
    | 'failed'
    | 'unknown'
    | 'wake'
    | 'improvement'
    | 'theme';
  what?: string; // of a question, or of a case that is watched
  ticket: number; // 0: of none
  theme?: string; // that rises
  number?: number;
  subject?: string;
  cases?: number; // of a theme
  who?: string;
}

const state = $state<{ all: Alert[]; seen: string }>({ all: [], seen: '' });
export const alerts = state as Readonly<typeof state>;

// Offsets are "milliseconds-number".
function after(a: string, b: string): boolean {
  const [x = 0, y = 0] = a.split('-').map(Number);
  const [p = 0, q = 0] = b.split('-').map(Number);
  return x === p ? y > q : x > p;
}
export const isNew = (a: Alert): boolean => !state.seen || after(a.id, state.seen);
export const unseen = (): number => state.all.filter(isNew).length;

function alertOf(n: Notice): Alert | null {
  if (n.id && n.kind === 'theme')
    return n.what === 'rises' && isBoss()
      ? { id: n.id, kind: 'theme', ticket: 0, theme: String(n.theme), cases: Number(n.n) }
      : null;
  if (!n.id || !(n.ticket || n.kind === 'improvement')) return null;
  const of = (kind: Alert['kind']): Alert => ({
    id: n.id,
    kind,
    ticket: n.ticket ?? 0,
    number: n.number,
    subject: n.subject,
    who: typeof n.display === 'string' ? n.display : n.who,
  });
  const mine = n.assignee === me().login;
  const called = Array.isArray(n.agents) && n.agents.includes(me().login);
  if (n.kind === 'improvement')
    return called && n.state === 'judged' ? { ...of(n.kind), what: String(n.verdict) } : null;
  if (n.kind === 'mention') return called ? of('mention') : null;
  if (n.kind === 'consult' || n.kind === 'watch' || n.kind === 'promise')
    return called ? { ...of(n.kind), what: String(n.what) } : null;
  if (!mine) return null;
  if (n.kind === 'bounce' || n.kind === 'wake') return of(n.kind);
  const fate = n.kind === 'delivery' ? (n.delivery as { state?: string } | undefined) : undefined;
  return fate?.state === 'failed' || fate?.state === 'unknown' ? of(fate.state) : null;
}

// What was not there yet.
function add(n: Notice): Alert | null {
  const a = alertOf(n);
  if (!a || state.all.some((other) => other.id === a.id)) return null;
  // (The last of the feed may come after what it tells now.)
  state.all = [a, ...state.all].sort((x, y) => (after(x.id, y.id) ? -1 : 1)).slice(0, KEPT);
  return a;
}

// Who tells people of one that comes now (a sound, the desktop).
let told: (a: Alert) => void = () => undefined;
export const onAlert = (fn: typeof told): void => void (told = fn);

function hear(n: Notice): void {
  const a = add(n);
  if (a) told(a);
}

export function seeAll(): void {
  const newest = state.all[0];
  if (!newest) return;
  state.seen = newest.id;
  try {
    localStorage.setItem(`${SEEN}.${me().login}`, newest.id);
  } catch {
    /* then they are new again at the next start */
  }
}

export function watchAlerts(): () => void {
  state.all = [];
  try {
    state.seen = localStorage.getItem(`${SEEN}.${me().login}`) ?? '';
  } catch {
    state.seen = '';
  }
  get<{ notices: (Notice & { offset: string })[] }>('/api/v1/feed', {
    offset: 0,
    last: ASKED,
  })
    .then((r) => {
      for (const one of r.notices ?? []) add({ ...one, id: one.offset });
    })
    .catch(() => undefined);
  return listen(hear);
}

// What it is about, in a line, and where it is looked at.
export const aboutOf = (a: Alert, cases: (n: number) => string): string =>
  a.theme
    ? [a.theme, cases(a.cases ?? 0)].join(' · ')
    : a.kind === 'improvement'
      ? (a.subject ?? '')
      : [`#${a.number ?? a.ticket}`, a.subject].filter(Boolean).join(' · ');
export const placeOf = (a: Alert): string =>
  a.theme
    ? `/d/themes?theme=${encodeURIComponent(a.theme)}`
    : a.kind === 'improvement'
      ? '/d/improve?state=judged'
      : `/d/cases/${a.ticket}`;
