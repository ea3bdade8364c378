// The desk's feed: one stream for the whole page. Whoever wants notices
// listens; whoever shows lists also hears when they must be loaded anew.
import { drop, FEED, takenStream } from './ahead';
import { now } from './api';
import { follow, type LiveEar, type LiveEvent } from './live';
import type { Notice } from './types';

type Ear = (n: Notice) => void;

export type Link = 'linking' | 'live' | 'stale';

// since: when it was last known to be true (ms); missed: notices that came in
// one go after a loss, -1 when there was none; anew: the stream could not go
// on where it was, so that all lists were asked for again.
const state = $state<{ link: Link; since: number; missed: number; anew: boolean }>({
  link: 'linking',
  since: 0,
  missed: -1,
  anew: false,
});
// Nothing is drawn from these: plain lists.
let ears: Ear[] = [];
let reloads: (() => void)[] = [];
let backs: (() => void)[] = [];
let stream: ReturnType<typeof follow> | null = null;
let catching = false; // notices until "ready" are missed ones
let refused: () => void = () => undefined;

export const feed = state as Readonly<typeof state>;
export const onRefused = (fn: () => void): void => void (refused = fn);

// Both return what ends the listening.
export function listen(ear: Ear): () => void {
  ears = [...ears, ear];
  return () => void (ears = ears.filter((other) => other !== ear));
}

// Called when the stream cannot be resumed where it was: all that is shown
// must be asked for again.
export function onReload(fn: () => void): () => void {
  reloads = [...reloads, fn];
  return () => void (reloads = reloads.filter((other) => other !== fn));
}

// Called when the desk is there again: what could not be sent need not wait.
// Returns what ends it.
export function onBack(fn: () => void): () => void {
  backs = [...backs, fn];
  return () => void (backs = backs.filter((other) => other !== fn));
}

function heard(e: LiveEvent): void {
  if (e.event === 'ready') {
    catching = false;
    return;
  }
  if (e.event === 'reset') {
    state.anew = true;
    for (const fn of reloads) fn();
    return;
  }
  let n: Notice;
  try {
    n = { ...(JSON.parse(e.data) as Notice), id: e.id };
  } catch {
    return; // what cannot be read cannot be shown; the lists are asked anew by others
  }
  if (catching) state.missed++;
  if (n.kind === 'lost' || n.kind === 'rebuilt') for (const fn of reloads) fn();
  for (const ear of ears) ear(n);
}

export function start(): void {
  let was = false; // connected before
  const ear: LiveEar = {
    open: () => {
      state.link = 'live';
      if (was) {
        state.missed = 0;
        state.anew = false;
        catching = true;
        for (const fn of backs) fn();
      }
      was = true;
    },
    event: heard,
    lost: (tries) => {
      if (tries === 1) state.since = now();
      state.link = tries > 1 ? 'stale' : 'linking';
    },
    refused: () => refused(),
  };
  halt();
  stream = takenStream(ear) ?? follow(FEED, '', ear);
}

export function stop(): void {
  drop();
  halt();
}

function halt(): void {
  stream?.stop();
  stream = null;
  state.link = 'linking';
  state.missed = -1;
}

// The words "connected again, n new" were read.
export const forgetMissed = (): void => void (state.missed = -1);

addEventListener('online', () => stream?.again());
addEventListener('offline', () => stream?.again());
document.addEventListener('visibilitychange', () => {
  if (!document.hidden) stream?.again();
});
