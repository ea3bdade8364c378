/* eslint-disable svelte/prefer-svelte-reactivity -- nothing is drawn from it */
// What is offered to me now, what a queue has given me unasked, and who calls
// me: OFFER.LIST and CALL.LIST at the start, then as the feed tells.
import { ApiError, get, now, post } from '../lib/api';
import { listen, onReload } from '../lib/feed.svelte';
import { why } from '../lib/errors';
import { agentNamed } from '../lib/people.svelte';
import { go } from '../lib/router.svelte';
import { say } from '../lib/say.svelte';
import { me, prefs } from '../lib/session.svelte';
import type { Notice, Offer, Ticket } from '../lib/types';
import { chime } from './sound';
import { whyOf, type Why } from './why';

const GIVEN = 20; // cases given that are remembered until they are looked at
const LAPSED = 3000; // ms that the sentence of how it ended stands

export interface Offered extends Omit<Offer, 'why'> {
  expires: string;
  seconds: number;
  why?: Why;
  row?: Ticket; // once it is known
  over?: 'lapsed' | 'withdrawn'; // its sentence stands for a moment
}

// What is mine by a queue that assigns, until I have looked at it.
export interface Given {
  given: true;
  ticket: number;
  queue?: string;
  why?: Why;
  row?: Ticket;
}

// A call that rings here (the card of the notice `call`).
export interface Ringing {
  call: string;
  version: number;
  state: string;
  direction: string;
  ticket?: number;
  queue?: string;
  customer?: number;
  agent?: string;
  agents?: string[];
  members?: boolean; // it rings the whole queue
  name?: string;
  segment?: string;
  contact?: string;
  open?: number;
  last?: { at: string; channel: string; direction: string; ticket: number };
}

const state = $state<{ offers: Offered[]; given: Given[]; calls: Ringing[] }>({
  offers: [],
  given: [],
  calls: [],
});
export const offered = state as Readonly<typeof state>;
type Told = Offered | Given | Ringing;
// Who tells people of a new one (a sound, the desktop).
let told: (o: Told) => void = () => undefined;
export const onTold = (fn: typeof told): void => void (told = fn);

let known = new Map<string, number>(); // calls: the newest version seen
let hidden = new Set<string>(); // calls: put away by the agent
let heard = 0; // notices of calls
let heardAt = new Map<string, number>(); // calls: the newest notice of each

async function describe(): Promise<void> {
  const bare = (): (Offered | Given)[] => [...state.offers, ...state.given].filter((o) => !o.row);
  const ids = bare().map((o) => o.ticket);
  if (!ids.length) return;
  const { tickets } = await get<{ tickets: Ticket[] }>('/api/v1/tickets', {
    tickets: ids.join(','),
  });
  for (const t of tickets)
    for (const o of bare().filter((each) => each.ticket === t.ticket)) o.row = t;
}

let turns = 0; // notices of offers heard

export async function loadOffers(tries = 0): Promise<void> {
  const turn = turns;
  const { offers } = await get<{ offers: Offer[] }>('/api/v1/offers');
  // What came or went meanwhile may be missing in it, or still there.
  if (turn !== turns && tries < 3) return loadOffers(tries + 1);
  const next = offers.flatMap((o): Offered[] => {
    if (o.held || !o.expires) return [];
    const was = state.offers.find((each) => each.ticket === o.ticket && !each.over);
    const left = Math.ceil((Date.parse(o.expires) - now()) / 1000);
    return [
      {
        ...o,
        expires: o.expires,
        seconds: was?.seconds ?? o.seconds ?? Math.max(left, 1),
        why: whyOf(o.why),
        row: was?.row,
      },
    ];
  });
  state.offers = [...next, ...state.offers.filter((o) => o.over)];
  await describe();
}

async function loadCalls(): Promise<void> {
  const since = heard;
  const { calls } = await get<{ calls: Ringing[] }>('/api/v1/calls');
  for (const c of calls) heardCall(c);
  // (What began to ring meanwhile may be missing in it.)
  const there = new Set(calls.map((c) => c.call));
  state.calls = state.calls.filter((c) => there.has(c.call) || (heardAt.get(c.call) ?? 0) > since);
}

// It rings at my telephone; or at my whole queue's, and I am there.
function ringsHere(c: Ringing): boolean {
  if (c.state !== 'ringing' || c.direction !== 'in') return false;
  if (c.agents?.length) return c.agents.includes(me().login);
  const there = agentNamed(me().login)?.state;
  return (
    !!c.members &&
    !!c.queue &&
    !!me().queues?.includes(c.queue) &&
    (there === 'ready' || there === 'busy')
  );
}

const typing = (): boolean =>
  document.hasFocus() &&
  !!document.activeElement?.matches('input,textarea,select,[contenteditable=true]');

function heardCall(c: Ringing): void {
  if ((known.get(c.call) ?? -1) >= c.version) return;
  known.set(c.call, c.version);
  const was = state.calls.find((each) => each.call === c.call);
  const mine = c.state === 'answered' && c.agent === me().login;
  if (ringsHere(c) || (was && mine && typing())) {
    // Whoever writes is left where he is: the card stays while he talks.
    if (was) Object.assign(was, c);
    else if (!hidden.has(c.call)) {
      state.calls = [...state.calls, c];
      told(c);
    }
    return;
  }
  if (!was) return;
  hide(c.call);
  // Whoever picks up wants to see with whom he talks.
  if (mine) openCall(c);
}

function end(ticket: number, over?: Offered['over']): void {
  const o = state.offers.find((each) => each.ticket === ticket && !each.over);
  if (!o) return;
  if (!over) {
    state.offers = state.offers.filter((each) => each !== o);
    return;
  }
  o.over = over;
  setTimeout(() => {
    state.offers = state.offers.filter((each) => each !== o);
  }, LAPSED);
}

// What was given outlives a reload of the page, in its own tab.
const givenKey = (): string => `deskd.given.${me().login}`;
function keepGiven(next: Given[]): void {
  state.given = next;
  try {
    const bare = next.map(({ ticket, queue, why: w }) => ({ ticket, queue, why: w }));
    sessionStorage.setItem(givenKey(), JSON.stringify(bare));
  } catch {
    /* then it is forgotten with the page */
  }
}

// Of what was kept, what is still mine and not done.
async function loadGiven(): Promise<void> {
  let kept: Given[] = [];
  try {
    const all: unknown = JSON.parse(sessionStorage.getItem(givenKey()) ?? '[]');
    if (Array.isArray(all))
      kept = (all as Given[])
        .filter((g) => Number.isSafeInteger(g?.ticket) && g.ticket > 0)
        .slice(-GIVEN);
  } catch {
    return;
  }
  if (!kept.length) return;
  const { tickets } = await get<{ tickets: Ticket[] }>('/api/v1/tickets', {
    tickets: kept.map((g) => g.ticket).join(','),
    view: 'mine',
  });
  const later = state.given.map((g) => g.ticket);
  keepGiven([
    ...kept.flatMap((g): Given[] => {
      const row = tickets.find((t) => t.ticket === g.ticket);
      return row && !later.includes(g.ticket) ? [{ ...g, given: true, row }] : [];
    }),
    ...state.given,
  ]);
}

// Mine, unasked: told once it is known what it is.
function give(n: Notice, ticket: number): void {
  const one: Given = { given: true, ticket, queue: n.queue, why: whyOf(n.why) };
  keepGiven([...state.given.filter((g) => g.ticket !== ticket), one].slice(-GIVEN));
  describe()
    .catch(() => undefined)
    .finally(() => {
      const g = state.given.find((each) => each.ticket === ticket);
      if (g) told(g);
    });
}

// Looked at, or no longer mine.
export function seen(ticket: number): void {
  if (state.given.some((g) => g.ticket === ticket))
    keepGiven(state.given.filter((g) => g.ticket !== ticket));
}

const over = /^(close|released|transfer|assign|take)$/;

function hear(n: Notice): void {
  if (n.kind === 'call') {
    const c = n as unknown as Ringing;
    heardAt.set(c.call, ++heard);
    heardCall(c);
    return;
  }
  if (n.ticket && (n.kind === 'resolve' || (over.test(n.kind) && n.assignee !== me().login)))
    seen(n.ticket);
  if (n.agent !== me().login || !n.ticket) return;
  if (/^(offer|accepted|declined|released|lapsed|withdrawn)$/.test(n.kind)) turns++;
  if (n.kind === 'offer') {
    const expires = n.expires as string | number;
    const at = typeof expires === 'number' ? new Date(expires).toISOString() : expires;
    if (state.offers.some((o) => o.ticket === n.ticket && !o.over)) return;
    state.offers = [
      ...state.offers.filter((o) => o.ticket !== n.ticket),
      {
        ticket: n.ticket,
        queue: n.queue,
        expires: at,
        seconds: Number(n.seconds ?? 30),
        why: whyOf(n.why),
      },
    ];
    describe()
      .catch(() => undefined)
      .finally(() => {
        const o = state.offers.find((each) => each.ticket === n.ticket && !each.over);
        if (o) told(o);
      });
  } else if (n.kind === 'lapsed') end(n.ticket, 'lapsed');
  else if (n.kind === 'withdrawn') end(n.ticket, 'withdrawn');
  else if (/^(accepted|declined|released)$/.test(n.kind)) {
    end(n.ticket);
    if (n.kind === 'accepted' && n.mode === 'assign') give(n, n.ticket);
  }
}

// Accepted: mine at once, and open; taken back when somebody was faster.
export async function accept(o: Offered): Promise<void> {
  end(o.ticket);
  go(`/d/cases/${o.ticket}${location.search}`);
  try {
    await post(`/api/v1/offers/${o.ticket}/accept`);
  } catch (e) {
    await back(e);
  }
}

export async function decline(o: Offered): Promise<void> {
  end(o.ticket);
  try {
    await post(`/api/v1/offers/${o.ticket}/decline`);
  } catch (e) {
    // What was taken back or ran out meanwhile is not his: as he wanted.
    if (e instanceof ApiError && e.code === 'CONFLICT') await loadOffers().catch(() => undefined);
    else await back(e);
  }
}

async function back(e: unknown): Promise<void> {
  const text = e instanceof ApiError && e.code === 'CONFLICT' && e.message ? e.message : why(e);
  say({ text, tone: 'bad', seconds: 8 });
  await loadOffers().catch(() => undefined);
}

export function hide(call: string): void {
  hidden.add(call);
  state.calls = state.calls.filter((c) => c.call !== call);
}

export function openGiven(g: Given): void {
  seen(g.ticket);
  go(`/d/cases/${g.ticket}${location.search}`);
}

// The call's case, with its customer beside it.
export function openCall(c: Ringing): void {
  if (c.state !== 'ringing') hide(c.call);
  if (c.ticket) go(`/d/cases/${c.ticket}${location.search}`);
}

export const wantsSound = (): boolean => prefs().sound !== false;

export function watchOffers(): () => void {
  const load = (): void => {
    loadOffers().catch(() => undefined);
    loadCalls().catch(() => undefined);
  };
  state.offers = [];
  state.given = [];
  state.calls = [];
  known = new Map();
  hidden = new Set();
  heardAt = new Map();
  load();
  loadGiven().catch(() => undefined);
  onTold((o) => {
    if (wantsSound()) chime();
    tell(o);
  });
  const ends = [listen(hear), onReload(load)];
  return () => ends.forEach((stop) => stop());
}

let tell: (o: Told) => void = () => undefined;
export const onTell = (fn: typeof tell): void => void (tell = fn);
