// Telling the others that one has a case open: looking or writing, renewed
// while it is so, and gone when it is not.
import { fetched, page } from '../lib/api';
import { newest, open } from '../lib/case.svelte';

const RENEW = 30000; // ms; it counts for 90 s
const WRITES = 20000; // after the last stroke one only looks

let ticket = 0;
let typed = 0;
let told = '';
let timer = 0;
let going = false; // the page is

// Whether one is at this case in this page now.
export const isHere = (of: number): boolean => ticket === of && !going;

function tell(doing: 'looking' | 'writing' | 'gone', of: number): void {
  told = doing;
  // Nothing depends on it: what is not heard is renewed, or runs out.
  fetched(`/api/v1/tickets/${of}/look`, {
    method: 'POST',
    keepalive: doing === 'gone',
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify({
      doing,
      page,
      ...(doing !== 'gone' && open.id === of && newest() ? { upto: newest() } : {}),
    }),
  }).catch(() => undefined);
}

function renew(): void {
  clearTimeout(timer);
  if (!ticket) return;
  if (!document.hidden) tell(Date.now() - typed < WRITES ? 'writing' : 'looking', ticket);
  timer = window.setTimeout(renew, RENEW);
}

export function enter(of: number): () => void {
  ticket = of;
  typed = 0;
  renew();
  return () => {
    clearTimeout(timer);
    if (ticket === of) ticket = 0;
    tell('gone', of);
  };
}

export function wrote(): void {
  typed = Date.now();
  if (told !== 'writing') renew();
}

addEventListener('pagehide', () => {
  going = true;
  if (ticket) tell('gone', ticket);
});
addEventListener('pageshow', (e) => {
  going = false;
  if (e.persisted) renew();
});
document.addEventListener('visibilitychange', () => {
  if (!document.hidden) renew();
});
