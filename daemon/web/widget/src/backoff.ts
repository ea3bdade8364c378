// How long to wait before the next try: longer each time, never two pages at
// once (a desk that comes back must not be met by everybody together).  Pure.

const FIRST_MS = 1000;
const MOST_MS = 30000;

// tries: how many failed running, from 1.  random: from 0 to 1.
// after: seconds the desk asked for (Retry-After), or 0.
export function waitFor(tries: number, random: number, after = 0): number {
  const top = Math.min(FIRST_MS * 2 ** Math.min(tries - 1, 10), MOST_MS);
  const wait = top / 2 + (top / 2) * random;
  return Math.max(wait, Math.min(after, 120) * 1000 * (1 + random / 4));
}
