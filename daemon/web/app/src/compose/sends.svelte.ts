// Answers and notes on their way to the server. Each has an id of its own, by
// which it is kept once however often it is sent; it stands in this browser's
// storage until the server has it, and is sent again by itself after a lost
// connection, a reload or a restart. Each has a place of its own there: two
// pages of one browser do not write over each other's.
import { ApiError, get, now, once, post } from '../lib/api';
import { newest, open, patch, refresh } from '../lib/case.svelte';
import { why } from '../lib/errors';
import { onBack } from '../lib/feed.svelte';
import { words } from '../lib/i18n.svelte';
import { say } from '../lib/say.svelte';
import { me } from '../lib/session.svelte';
import type { NamedFile } from '../lib/types';
import { giveBack, remember } from './back.svelte';
import { named, type Kind } from './drafts.svelte';
import { deed, type Promised } from './promised.svelte';
import { promisedWords } from './promised-words';
import { composeWords } from './words';

export interface Send {
  by: string; // whose login: nobody else sends it
  once: string;
  ticket: number;
  kind: Kind;
  text: string;
  files: NamedFile[];
  cc?: string[];
  upto: number;
  seq: number;
  then: '' | 'resolve' | 'pend';
  force: boolean;
  at: number;
  mail: boolean;
  inside?: boolean; // answers a question of another department
  templates?: string[]; // of which it is made
  promises?: Promised[]; // put on record once it is sent
  event?: number; // it is: only they are left to do
  stage: 'sending' | 'waiting' | 'failed' | 'conflict';
  why: string;
}

// A promise as the server lists it.
interface OnRecord {
  promise: number;
  made_at: string;
  source: string;
  words?: string;
}

const FIRST = 1000; // ms until the second try
const LONGEST = 15000;

const state = $state<{ all: Send[] }>({ all: [] });
// Nothing is drawn from these.
const tries: Record<string, number> = {};
const timers: Record<string, number> = {};

const PLACE = 'deskd.send.';
const key = (s: Send): string => `${PLACE}${s.by}.${s.once}`;

function keep(s: Send): void {
  try {
    localStorage.setItem(key(s), JSON.stringify(s));
  } catch {
    /* it is still in this page */
  }
}

function unkeep(s: Send): void {
  try {
    localStorage.removeItem(key(s));
  } catch {
    /* sent again, it is kept once all the same */
  }
}

// Those of a case that the server has not said yes to; what came in by the
// feed before the answer did is not shown twice.
export const pending = (ticket: number): Send[] =>
  state.all.filter(
    (s) =>
      s.ticket === ticket &&
      !s.event &&
      !(
        open.id === ticket &&
        open.events.some(
          (e) =>
            e.event > s.upto &&
            e.agent === me().login &&
            (e.text ?? '') === s.text &&
            (e.attachments?.length ?? 0) === s.files.length &&
            e.kind === (s.kind === 'note' ? 'note' : s.inside ? 'consult' : 'message'),
        )
      ),
  );

// Those that another page of this browser, or this one before it was loaded
// anew, had not done with.
export function resume(): void {
  try {
    for (const k of Object.keys(localStorage).filter((x) => x.startsWith(PLACE))) {
      const s = JSON.parse(localStorage.getItem(k) ?? 'null') as Send | null;
      if (s?.by !== me().login || state.all.some((x) => x.once === s.once)) continue;
      state.all.push(s);
      if (s.stage === 'sending' || s.stage === 'waiting') void attempt(s.once);
    }
  } catch {
    /* nothing that can be read */
  }
}

export function send(what: Omit<Send, 'by' | 'once' | 'stage' | 'why' | 'force' | 'at'>): void {
  const s: Send = {
    ...what,
    by: me().login,
    once: once(),
    force: false,
    at: Date.now(),
    stage: 'sending',
    why: '',
  };
  state.all.push(s);
  keep(s);
  void attempt(s.once);
}

export function again(s: Send, force = false): void {
  const mine = state.all.find((x) => x.once === s.once);
  if (!mine) return;
  if (force) mine.force = true;
  mine.upto = Math.max(mine.upto, open.id === mine.ticket ? newest() : 0);
  tries[s.once] = 0;
  void attempt(s.once);
}

function forget(once: string): void {
  clearTimeout(timers[once]);
  state.all.filter((s) => s.once === once).forEach(unkeep);
  state.all = state.all.filter((s) => s.once !== once);
}

// What another page has done with, or took back to be changed, is done here.
if (typeof document !== 'undefined')
  addEventListener('storage', (e) => {
    const s = state.all.find((x) => key(x) === e.key);
    if (s && e.newValue === null) forget(s.once);
  });

// Back into the composer, to be changed.
export function edit(s: Send): void {
  forget(s.once);
  giveBack(s.ticket, s.text, s.kind, s.files, s.cc);
}

async function attempt(once: string): Promise<void> {
  const s = state.all.find((x) => x.once === once);
  if (!s) return;
  // Between two sessions nobody is here who could.
  if (s.by !== me().login) return wait(s);
  s.stage = 'sending';
  keep(s);
  if (s.event) return void promise(s);
  try {
    const a = await post<{ event?: number }>(
      `/api/v1/tickets/${s.ticket}/${s.kind === 'note' ? 'notes' : s.inside ? 'answer' : 'replies'}`,
      body(s),
    );
    if (open.id === s.ticket) {
      await refresh();
      if (s.then) patch({ state: s.then === 'resolve' ? 'resolved' : 'pending' });
    }
    if (s.promises?.length && a.event) {
      s.event = a.event;
      keep(s);
      void promise(s);
    } else forget(once);
    if (s.kind === 'reply' && s.mail) sent(s.ticket, a.event ?? 0, s);
  } catch (e) {
    fell(s, e);
  }
}

// Puts on record what a sent answer promises, each once by an id of its own.
async function promise(s: Send): Promise<void> {
  for (const [i, p] of (s.promises ?? []).entries())
    try {
      const { promise: id } = await post<{ promise: number }>('/api/v1/promises', {
        ticket: s.ticket,
        kind: p.kind,
        due: p.due,
        words: p.words,
        source: 'words',
        once: `${s.once}/${i}`,
      });
      // It was taken back meanwhile.
      if (!state.all.some((x) => x.once === s.once)) return await withdraw(id);
    } catch (e) {
      if (e instanceof ApiError && ['AWAY', 'TRYAGAIN', 'NOAUTH'].includes(e.code)) return wait(s);
      say({ text: `${words(promisedWords).lost(deed(p))} ${why(e)}`, tone: 'bad' });
    }
  forget(s.once);
}

// Who takes an answer back promised nothing in it: what its words put on record
// since (RFC 3339) it was sent, from whichever page, is withdrawn.
export async function unpromise(
  ticket: number,
  event: number,
  text: string,
  since = '',
): Promise<void> {
  state.all.filter((s) => s.event === event).forEach((s) => forget(s.once));
  try {
    const { promises } = await get<{ promises: OnRecord[] }>('/api/v1/promises', { ticket });
    for (const p of promises)
      if (
        p.source === 'words' &&
        Date.parse(p.made_at) >= Date.parse(since) &&
        text.includes(p.words ?? '\0')
      )
        await withdraw(p.promise);
  } catch (e) {
    say({ text: why(e), tone: 'bad' });
  }
}

const withdraw = (id: number): Promise<void> => post(`/api/v1/promises/${id}/withdraw`);

const body = (s: Send): Record<string, unknown> => ({
  text: s.text,
  once: s.once,
  seq: s.seq,
  ...(s.files.length ? { attachments: s.files.map(named) } : {}),
  ...(s.kind === 'reply' && !s.inside
    ? {
        ...(s.cc ? { cc: s.cc } : {}),
        ...(s.templates?.length ? { templates: s.templates } : {}),
        ...(s.upto ? { upto: s.upto } : {}),
        ...(s.force ? { force: true } : {}),
        ...(s.then ? { [s.then]: true } : {}),
      }
    : {}),
});

// A mail that went: for as long as it lies here it can be taken back, and what
// was written comes back with it.
export function sent(
  ticket: number,
  event: number,
  back: Pick<Send, 'text' | 'files' | 'cc'>,
  what = '',
): void {
  const w = words(composeWords);
  remember(event, back.files);
  const e = open.id === ticket ? open.events.find((x) => x.event === event) : undefined;
  const left = e?.delivery?.next_try ? Date.parse(e.delivery.next_try) - now() : 0;
  const seconds = Math.floor(left / 1000);
  if (seconds < 2) return what ? say({ text: what }) : undefined;
  say({
    text: [what, w.sentMail(seconds)].filter(Boolean).join(' '),
    seconds,
    // (What else a macro did is said.)
    event: what ? undefined : event,
    act: { title: w.undo, run: () => void unsend(ticket, event, back, e?.at) },
  });
}

async function unsend(
  ticket: number,
  event: number,
  back: Pick<Send, 'text' | 'files' | 'cc'>,
  at?: string,
): Promise<void> {
  const w = words(composeWords);
  try {
    await post(`/api/v1/tickets/${ticket}/messages/${event}/unsend`);
    void unpromise(ticket, event, back.text, at);
    giveBack(ticket, back.text, 'reply', back.files, back.cc);
    say({ text: w.undone });
  } catch (e) {
    say({ text: `${w.tooLate} ${why(e)}`, tone: 'bad' });
  } finally {
    if (open.id === ticket) void refresh();
  }
}

onBack(() => {
  for (const s of state.all)
    if (s.stage === 'waiting') {
      clearTimeout(timers[s.once]);
      void attempt(s.once);
    }
});

function wait(s: Send): void {
  const n = (tries[s.once] ?? 0) + 1;
  tries[s.once] = n;
  s.stage = 'waiting';
  timers[s.once] = window.setTimeout(
    () => void attempt(s.once),
    Math.min(LONGEST, FIRST * 2 ** (n - 1)),
  );
}

function fell(s: Send, e: unknown): void {
  const code = e instanceof ApiError ? e.code : 'INTERNAL';
  if (code === 'AWAY' || code === 'TRYAGAIN' || code === 'NOAUTH') {
    wait(s);
  } else if (code === 'CONFLICT' && e instanceof ApiError && e.member === 'upto') {
    s.stage = 'conflict';
    if (open.id === s.ticket) void refresh();
  } else {
    s.stage = 'failed';
    s.why = why(e);
  }
  keep(s);
}
