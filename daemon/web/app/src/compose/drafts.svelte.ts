// What is being written, by case and kind. Every key stroke is kept in this
// browser at once and on the server a moment later; the browser's copy goes
// only when the server has said that it has it. The newest saving (seq) wins,
// whichever tab or computer it came from.
import { ApiError, fetched, now, page } from '../lib/api';
import { open } from '../lib/case.svelte';
import { why } from '../lib/errors';
import { onBack } from '../lib/feed.svelte';
import { me } from '../lib/session.svelte';
import { tick } from '../lib/tick.svelte';
import type { About, NamedFile, SavedDraft } from '../lib/types';
import { isHere } from './presence.svelte';

export type Kind = 'reply' | 'note';
export type AnyKind = Kind | 'ask'; // a question to another department

export interface Draft {
  text: string;
  files: NamedFile[];
  cc: string | null; // as typed; null: as the case has it
  about?: About; // of a question
  seq: number;
  // here: in this browser; alone: the server was not reached, and is tried
  // again; refused: so it stays, for the server says why.
  saved: 'none' | 'saving' | 'saved' | 'here' | 'alone' | 'refused';
  why?: string;
}

interface Kept {
  text: string;
  files: NamedFile[];
  cc: string | null;
  about?: About;
  seq: number;
}

export interface Holder {
  agent: string;
  display: string;
  until?: string; // his lease's end
}

const QUIET = 700; // ms after the last stroke
const LONGEST = 20000; // between tries
const FAR = 60000; // ms ahead of our clock: saved by one that goes wrong

const state = $state<{ all: Record<string, Draft>; holders: Record<number, Holder | null> }>({
  all: {},
  holders: {},
});
// Nothing is drawn from these.
const timers: Record<string, number> = {};
const waits: Record<string, number> = {};
const uptos: Record<number, number> = {};
const busy: Record<string, boolean> = {};
const channel = 'BroadcastChannel' in globalThis ? new BroadcastChannel('deskd.drafts') : null;

const id = (ticket: number, kind: AnyKind): string => `${ticket}.${kind}`;
const key = (of: string): string => `deskd.draft.${me().login}.${of}`;

const empty = (): Draft => ({ text: '', files: [], cc: null, seq: 0, saved: 'none' });

// Whose answer it is just now, when another's: until his lease ends, or he left.
export const holder = (ticket: number): Holder | null => {
  tick();
  const h = state.holders[ticket];
  if (!h || h.agent === me().login) return null;
  if (h.until && Date.parse(h.until) < now()) return null;
  return open.id !== ticket || open.here.some((l) => l.agent === h.agent) ? h : null;
};

function kept(of: string): Kept | null {
  try {
    const k = JSON.parse(localStorage.getItem(key(of)) ?? 'null') as Kept | null;
    return k && typeof k.text === 'string' && Array.isArray(k.files) && k.seq > 0 ? k : null;
  } catch {
    return null;
  }
}

function keep(of: string, d: Draft): boolean {
  try {
    const k: Kept = { text: d.text, files: d.files, cc: d.cc, about: d.about, seq: d.seq };
    localStorage.setItem(key(of), JSON.stringify(k));
    return true;
  } catch {
    return false;
  }
}

// Only what the server has, and nothing newer.
function unkeep(of: string, seq: number): void {
  try {
    if ((kept(of)?.seq ?? 0) <= seq) localStorage.removeItem(key(of));
  } catch {
    /* it stays, and loses against a newer one */
  }
}

export function draft(ticket: number, kind: AnyKind): Draft {
  return state.all[id(ticket, kind)] ?? empty();
}

// When a case is opened: the newest of what the server, this browser and this
// page have.
export function meet(ticket: number, kind: AnyKind, saved: SavedDraft | undefined): void {
  const of = id(ticket, kind);
  const here = kept(of);
  const shown = state.all[of];
  const theirs = saved?.seq ?? 0;
  if (shown && shown.seq >= Math.max(here?.seq ?? 0, theirs)) return;
  if (here && here.seq > theirs) {
    state.all[of] = { ...here, saved: 'here' };
    soon(ticket, kind, 0);
  } else if (saved)
    state.all[of] = {
      text: saved.text,
      files: saved.attachments ?? [],
      cc: saved.cc ?? null,
      about: saved.about,
      seq: saved.seq,
      saved: 'saved',
    };
}

// upto: the newest event that the writer has before him.
export function put(
  ticket: number,
  kind: AnyKind,
  change: Partial<Pick<Draft, 'text' | 'files' | 'cc' | 'about'>>,
  upto: number,
): void {
  const of = id(ticket, kind);
  const was = draft(ticket, kind);
  const next: Draft = {
    ...was,
    ...change,
    seq: Math.max(was.seq + 1, Date.now()),
    saved: was.saved === 'alone' ? 'alone' : 'here',
    why: undefined,
  };
  state.all[of] = next;
  uptos[ticket] = upto;
  keep(of, next);
  channel?.postMessage({ login: me().login, of, draft: $state.snapshot(next) });
  soon(ticket, kind, QUIET);
}

// What was sent is a draft no more. The number that the server is told, so
// that a saving on its way brings nothing back.
export function clear(ticket: number, kind: AnyKind): number {
  const of = id(ticket, kind);
  const seq = Math.max(draft(ticket, kind).seq + 1, Date.now());
  clearTimeout(timers[of]);
  state.all[of] = { ...empty(), seq };
  unkeep(of, seq);
  channel?.postMessage({ login: me().login, of, draft: $state.snapshot(state.all[of]) });
  return seq;
}

export function drop(ticket: number, kind: AnyKind): void {
  const seq = clear(ticket, kind);
  fetched(`/api/v1/tickets/${ticket}/draft?kind=${kind}&seq=${seq}`, { method: 'DELETE' }).catch(
    () => undefined,
  );
}

function soon(ticket: number, kind: AnyKind, ms: number): void {
  const of = id(ticket, kind);
  clearTimeout(timers[of]);
  timers[of] = window.setTimeout(() => void save(ticket, kind), ms);
}

// again: to renew the lease, with nothing new.
export async function save(
  ticket: number,
  kind: AnyKind,
  again = false,
  last = false,
): Promise<void> {
  const of = id(ticket, kind);
  const d = state.all[of];
  if (!d || (d.saved === 'saved' && !again)) return;
  if (busy[of] && !last) return soon(ticket, kind, QUIET);
  if (again && d.saved === 'saved') d.seq = Math.max(d.seq + 1, Date.now());
  const { seq } = d;
  busy[of] = true;
  if (!again && d.saved !== 'alone') d.saved = 'saving';
  try {
    const r = await fetched(`/api/v1/tickets/${ticket}/draft`, {
      method: 'PUT',
      headers: { 'Content-Type': 'application/json', Accept: 'application/json' },
      keepalive: last,
      body: JSON.stringify({
        kind,
        text: d.text,
        seq,
        page,
        ...(d.files.length ? { attachments: d.files.map(named) } : {}),
        ...(kind === 'reply' && d.cc !== null ? { cc: d.cc } : {}),
        ...(kind === 'ask' ? d.about : {}),
        // (What is saved after one has left must not say that one writes.)
        ...(kind === 'reply' && !isHere(ticket) ? { leave: true } : {}),
        ...(uptos[ticket] ? { upto: uptos[ticket] } : {}),
      }),
    });
    const a = (await r.json()) as Answer;
    state.holders[ticket] = a.writing ?? null;
    waits[of] = 0;
    // (What was typed meanwhile has its own saving.)
    const after = state.all[of];
    if (!a.saved) return outrun(ticket, kind, seq, a);
    if (after?.seq === seq) after.saved = 'saved';
    else if (after?.saved === 'alone') after.saved = 'here';
    unkeep(of, seq);
  } catch (e) {
    const after = state.all[of];
    // What the server will never take is not offered to it for ever: its
    // writer is told, and the next change is tried again.
    const never = e instanceof ApiError && ['INVALID', 'DENIED', 'NOTFOUND'].includes(e.code);
    if (never && after?.seq === seq) {
      after.saved = 'refused';
      after.why = why(e);
    } else {
      const unsaved = after && after.saved !== 'saved' && after.saved !== 'none';
      if (unsaved) after.saved = never ? 'here' : 'alone';
      if (never) return;
      const wait = Math.min(LONGEST, (waits[of] || 1000) * 2);
      waits[of] = wait;
      soon(ticket, kind, wait);
    }
  } finally {
    busy[of] = false;
  }
}

interface Answer {
  saved: boolean;
  seq: number; // of what stands there
  draft?: SavedDraft;
  writing?: Holder;
}

// A newer saving stands there already.  Where it is a draft, and its number is
// no wrong clock's, it is what this agent wrote last.  Else ours is: it goes
// again, with a higher number.
function outrun(ticket: number, kind: AnyKind, seq: number, a: Answer): void {
  const of = id(ticket, kind);
  const after = state.all[of];
  if (after?.seq !== seq) return; // that one has its own saving
  if (a.draft && a.seq < Date.now() + FAR) {
    unkeep(of, seq);
    return meet(ticket, kind, a.draft);
  }
  after.seq = a.seq + 1;
  after.saved = 'here';
  keep(of, after);
  soon(ticket, kind, 0);
}

export const named = ({ sha256, name, type }: NamedFile): NamedFile => ({ sha256, name, type });

onBack(() => {
  for (const [of, d] of Object.entries(state.all)) {
    if (d.saved !== 'alone') continue;
    const [ticket, kind] = of.split('.');
    soon(Number(ticket), kind as AnyKind, 0);
  }
});

// Whoever goes to another case is done here for now: what is not saved yet is,
// at once, so that his lease ends.
export function leave(ticket: number): void {
  const d = draft(ticket, 'reply');
  if (d.saved !== 'saved' && d.saved !== 'none') void save(ticket, 'reply', false, true);
}

// Before the page goes: what is not saved is sent without waiting.
function flush(): void {
  for (const [of, d] of Object.entries(state.all)) {
    if (d.saved === 'saved' || d.saved === 'none') continue;
    const [ticket, kind] = of.split('.');
    void save(Number(ticket), kind as AnyKind, false, true);
  }
}

if (typeof document !== 'undefined') {
  addEventListener('pagehide', flush);
  document.addEventListener('visibilitychange', () => {
    if (document.hidden) flush();
  });
  channel?.addEventListener('message', (e: MessageEvent) => {
    const m = e.data as { login: string; of: string; draft: Draft };
    if (m.login !== me().login) return;
    const mine = state.all[m.of];
    // Two tabs: what was typed last is what both show.
    if (!mine || mine.seq < m.draft.seq) state.all[m.of] = m.draft;
  });
}
