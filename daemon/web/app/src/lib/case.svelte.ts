// The case that is open: one store that the case itself, the list beside it
// and the customer's pane read. It follows the feed; what the feed does not say
// in full is asked for anew, a burst of notices by one question.
import { ApiError, get, now } from './api';
import { why } from './errors';
import { listen, onReload } from './feed.svelte';
import { gapsLeft } from './gaps';
import type { CaseAnswer, Chat, Delivery, DeskEvent, Looker, Mood, Notice, Ticket } from './types';

type Stage = 'none' | 'loading' | 'ready' | 'missing' | 'away';

// How long a notice of who looks or types counts.
const PRESENCE = 90000;
const TYPING = 7000;
const PAGE = 100;
const AROUND = 50; // to each side of an event that was gone to
// Before the end: the newest page.
const NEWEST = 0;

const state = $state<{
  id: number; // of the ticket; 0: none is open
  stage: Stage;
  why: string; // at 'away'
  shown: Omit<CaseAnswer, 'events' | 'after'> | null;
  events: DeskEvent[];
  older: boolean; // there are events before the first
  gaps: number[]; // events after which some are not here
  fetching: boolean; // older ones are on their way
  here: Looker[]; // others, who look or write
  typing: number; // the visitor types until then (ms)
  upto: number; // the newest event when it was opened: what comes is new
}>({
  id: 0,
  stage: 'none',
  why: '',
  shown: null,
  events: [],
  older: false,
  gaps: [],
  fetching: false,
  here: [],
  typing: 0,
  upto: 0,
});

export const open = state as Readonly<typeof state>;
export const ticketNow = (): Ticket | null => state.shown?.ticket ?? null;
export const newest = (): number => state.events.at(-1)?.event ?? 0;

let turn = 0; // of openings: what an earlier one still brings is dropped
let loading = 0; // the turn of what asks for all anew
let missed = false; // something was told meanwhile, which may not be in that
// Questions and what the feed told, in their turn: an answer that a later one
// overtook says nothing of the case, and of an event nothing that was told since.
let turns = 0;
let answered = 0;
let known: Record<number, number> = {}; // of each event: as of which turn
let told: Record<number, Partial<Delivery>> = {}; // what the feed told of its delivery
let chatTold: Partial<Chat> = {}; // and of the chat, in which turn last
let chatTurn = 0;
let soon = 0;
let ends: (() => void)[] = [];

const path = (id: number): string => `/api/v1/tickets/${id}`;

type Answer = CaseAnswer & { asked: number }; // in which turn

async function ask(id: number, what: Record<string, number | undefined>): Promise<Answer> {
  const asked = ++turns;
  const a = await get<CaseAnswer>(path(id), { ...what, html: false });
  return { ...a, asked };
}

function take(a: Answer): void {
  const { events, after, asked, ...shown } = a;
  void after;
  if (asked > answered) {
    answered = asked;
    state.shown = shown;
    if (asked > chatTurn) chatTold = {};
    else if (shown.ticket.chat) Object.assign(shown.ticket.chat, chatTold);
  }
  merge(events, asked);
}

// An event as it is known: by this answer, or by what came since it was asked for.
function asKnown(e: DeskEvent, asked: number): DeskEvent {
  if ((known[e.event] ?? 0) <= asked) {
    known[e.event] = asked;
    return e;
  }
  const here = state.events.find((x) => x.event === e.event);
  if (here) return here;
  return e.delivery ? { ...e, delivery: { ...e.delivery, ...told[e.event] } } : e;
}

// By id, so that a page that comes twice changes nothing; an event that is
// there already is taken as it is now (its delivery may have moved on).
function merge(came: DeskEvent[], asked: number): void {
  if (!came.length) return;
  const more = came.map((e) => asKnown(e, asked));
  const first = more[0]?.event ?? 0;
  if (first > newest()) {
    state.events.push(...more);
    return;
  }
  const these = Object.fromEntries(more.map((e) => [e.event, e]));
  const rest = state.events.filter((e) => !these[e.event]);
  state.events = [...rest, ...more].sort((a, b) => a.event - b.event);
}

// Opens a case; the same one again does nothing.
export function show(id: number): void {
  if (id === state.id) return;
  hide();
  if (!id) return;
  state.id = id;
  state.stage = 'loading';
  ends = [listen(hear), onReload(() => void load())];
  void load();
}

export function hide(): void {
  turn++;
  clearTimeout(soon);
  soon = 0;
  for (const end of ends) end();
  ends = [];
  known = {};
  told = {};
  chatTold = {};
  Object.assign(state, {
    id: 0,
    stage: 'none',
    why: '',
    shown: null,
    events: [],
    older: false,
    gaps: [],
    fetching: false,
    here: [],
    typing: 0,
    upto: 0,
  });
}

// All anew; what is shown stays until the answer is there.
export async function load(): Promise<void> {
  const mine = (loading = ++turn);
  missed = false;
  try {
    const a = await page({ before: NEWEST });
    if (mine !== turn) return;
    state.events = [];
    state.gaps = [];
    take(a);
    state.here = (a.here ?? []).map((l) => ({ ...l, until: now() + PRESENCE }));
    state.older = a.before !== undefined;
    state.upto = a.unread_after ?? newest();
    state.stage = 'ready';
    if (missed) later(0);
  } catch (e) {
    if (mine !== turn) return;
    const gone = e instanceof ApiError && (e.code === 'NOTFOUND' || e.code === 'DENIED');
    if (gone) state.stage = 'missing';
    else if (state.stage === 'ready') later(2000);
    else {
      state.stage = 'away';
      state.why = why(e);
    }
  } finally {
    if (loading === mine) loading = 0;
  }
}

// What came after what is shown. Also how an answer of one's own comes in.
export async function refresh(): Promise<void> {
  const mine = turn;
  const { id } = state;
  if (loading) missed = true;
  if (!id || loading || state.stage !== 'ready') return;
  try {
    for (let more = true; more; ) {
      const a = await ask(id, { after: newest() || undefined });
      if (mine !== turn) return;
      take(a);
      await again(a.events, mine);
      more = a.after !== undefined && a.events.length > 0;
    }
  } catch (e) {
    if (mine !== turn) return;
    if (e instanceof ApiError && e.code === 'NOTFOUND') state.stage = 'missing';
    else if (!(e instanceof ApiError && e.code === 'NOAUTH')) later(2000);
  }
}

// What came back changes how the message that it brings back fares.
async function again(came: DeskEvent[], mine: number): Promise<void> {
  for (const e of came) {
    const sent = Number(e.why?.bounced);
    if (!sent || !state.events.some((x) => x.event === sent)) continue;
    const a = await page({ before: sent + 1, limit: 1 });
    if (mine !== turn) return;
    merge(a.events, a.asked);
  }
}

function later(ms: number): void {
  if (soon) return;
  soon = window.setTimeout(() => {
    soon = 0;
    void refresh();
  }, ms);
}

interface Asked {
  before?: number;
  after?: number;
  limit?: number;
}

// A page of the history. NEWEST as before: its end; nothing: its beginning.
const page = (asked: Asked): Promise<Answer> =>
  ask(state.id, { ...asked, limit: asked.limit ?? PAGE });

let under: Promise<unknown> = Promise.resolve();

// Pages of the history, one question after the other. ready: they are about to
// be shown. False: they could not be had.
async function fetching(ask: () => Promise<() => void>, ready?: () => void): Promise<boolean> {
  const mine = turn;
  while (state.fetching && mine === turn) await under;
  if (mine !== turn || state.stage !== 'ready') return true;
  state.fetching = true;
  const work = ask();
  under = work.catch(() => undefined);
  try {
    const put = await work;
    if (mine !== turn) return true;
    ready?.();
    put();
    return true;
  } catch {
    return mine !== turn;
  } finally {
    if (mine === turn) state.fetching = false;
  }
}

// All that is from one event to another came.
function place(came: DeskEvent[], from: number, to: number, asked: number): void {
  const shown = state.events.map((e) => e.event);
  state.gaps = gapsLeft(shown, state.gaps, from, to);
  merge(came, asked);
}

const first = (): number => state.events[0]?.event ?? 0;
const lastOf = (a: CaseAnswer): number =>
  a.after === undefined ? Infinity : (a.events.at(-1)?.event ?? Infinity);

// The page before the first event that is here.
export async function older(ready: () => void): Promise<void> {
  if (!state.older || state.fetching) return;
  await fetching(async () => {
    const a = await page({ before: first() });
    return () => {
      merge(a.events, a.asked);
      state.older = a.before !== undefined && a.events.length > 0;
    };
  }, ready);
}

// The first page of all; what lies between it and what is here is a gap.
export const beginning = (): Promise<boolean> =>
  fetching(async () => {
    const a = await page({});
    return () => {
      place(a.events, 0, lastOf(a), a.asked);
      state.older = false;
    };
  });

// The page after a gap's begin.
export const onFrom = (gap: number, ready: () => void): Promise<boolean> =>
  fetching(async () => {
    const a = await page({ after: gap });
    return () => place(a.events, gap, lastOf(a), a.asked);
  }, ready);

// The page before a gap's end.
export const backInto = (gap: number, ready: () => void): Promise<boolean> =>
  fetching(async () => {
    const next = state.events.find((e) => e.event > gap)?.event ?? Infinity;
    if (next === Infinity) return () => undefined;
    const a = await page({ before: next, after: gap });
    const from = a.before === undefined ? gap : (a.events[0]?.event ?? gap);
    return () => place(a.events, from, next, a.asked);
  }, ready);

// An event, with what stands around it. away: it could not be had.
export async function around(event: number): Promise<'here' | 'none' | 'away'> {
  const here = (): boolean => state.events.some((e) => e.event === event);
  if (here()) return 'here';
  const came = await fetching(async () => {
    const [to, on] = await Promise.all([
      page({ before: event + 1, limit: AROUND }),
      page({ after: event, limit: AROUND }),
    ]);
    return () => {
      if (to.events.at(-1)?.event !== event) return;
      const from = to.before === undefined ? 0 : (to.events[0]?.event ?? 0);
      if (from < first()) state.older = from > 0;
      place([...to.events, ...on.events], from, lastOf(on), to.asked);
    };
  });
  return here() ? 'here' : came ? 'none' : 'away';
}

// Shown at once; returns what takes it back.
export function patch(change: Partial<Ticket>): () => void {
  const t = state.shown?.ticket;
  if (!t) return () => undefined;
  const was = { ...t };
  const { id } = state;
  Object.assign(t, change);
  return () => {
    if (state.id === id && state.shown) state.shown.ticket = was;
  };
}

// The same of who watches it.
export function patchWatchers(next: CaseAnswer['watchers']): () => void {
  const { id, shown } = state;
  if (!shown) return () => undefined;
  const was = shown.watchers;
  shown.watchers = next;
  return () => {
    if (state.id === id && state.shown) state.shown.watchers = was;
  };
}

export function patchDelivery(event: number, change: Partial<Delivery>): void {
  const e = state.events.find((x) => x.event === event);
  if (e?.delivery) Object.assign(e.delivery, change);
}

// The same of what its writer feels.
export function patchMood(event: number, mood: Mood): () => void {
  const e = state.events.find((x) => x.event === event);
  const was = e?.mood;
  if (e) e.mood = mood;
  return () => {
    if (e) e.mood = was;
  };
}

export function patchThemes(event: number, themes: string[]): void {
  const e = state.events.find((x) => x.event === event);
  if (e) e.themes = themes;
}

// An event as it is now.
async function anew(event: number): Promise<void> {
  const mine = turn;
  if (!state.events.some((x) => x.event === event)) return;
  try {
    const a = await page({ before: event + 1, limit: 1 });
    const e = a.events.find((x) => x.event === event);
    if (e && mine === turn) merge([e], a.asked);
  } catch {
    // The next look at the case has it.
  }
}

function patchChat(change: Partial<Chat>): void {
  const t = state.shown?.ticket;
  chatTurn = ++turns;
  Object.assign(chatTold, change);
  if (t?.chat) Object.assign(t.chat, change);
}

function presence(n: Notice): void {
  const login = String(n.who ?? '');
  const rest = state.here.filter((l) => l.agent !== login);
  state.here =
    n.doing === 'gone' || !login
      ? rest
      : [
          ...rest,
          {
            agent: login,
            display: typeof n.display === 'string' ? n.display : login,
            doing: n.doing === 'writing' ? 'writing' : 'looking',
            until: now() + PRESENCE,
          },
        ];
}

function hear(n: Notice): void {
  if (n.ticket !== state.id) {
    if (n.kind === 'customer' && n.customer === state.shown?.ticket.customer) later(300);
    if (state.shown?.consults?.some((c) => c.ticket === n.ticket)) later(300);
    return;
  }
  switch (n.kind) {
    case 'presence':
      return presence(n);
    case 'typing':
      if (n.from === 'visitor') state.typing = now() + TYPING;
      return;
    case 'seen':
      if (state.shown?.ticket.chat)
        patchChat({
          seen: { ...state.shown.ticket.chat.seen, [String(n.from)]: Number(n.upto) },
        });
      else missed = true;
      return;
    case 'gone':
      return patchChat({ gone_at: String(n.since ?? new Date(now()).toISOString()) });
    case 'back':
      return patchChat({ gone_at: undefined });
    case 'delivery':
      if (n.event && n.delivery) {
        told[n.event] = n.delivery as Partial<Delivery>;
        known[n.event] = ++turns;
        patchDelivery(n.event, told[n.event] ?? {});
      }
      break;
    case 'mood':
      if (n.event) void anew(n.event);
      break;
    case 'apart': // messages went to another case, or came from one
    case 'joined':
      return void load();
    case 'event':
      if (n.direction === 'in') state.typing = 0;
  }
  later(40);
}

// Those whose notice was not renewed are gone.
export function sweep(): void {
  const at = now();
  if (state.here.some((l) => l.until < at)) state.here = state.here.filter((l) => l.until >= at);
  if (state.typing && state.typing < at) state.typing = 0;
}
