// The clocks of a case as the client shows them: which one the head has, and
// what became of each. Pure.
import type { CaseClock } from '../lib/types';

const runs = (c: CaseClock): boolean => c.state === 'runs';
const stands = (c: CaseClock): boolean => c.state === 'paused';
const byDue = (a: CaseClock, b: CaseClock): number =>
  (a.due_at ?? '~') < (b.due_at ?? '~') ? -1 : 1;

// Those for the head: what is due next, and beside an answer the resolution;
// two at most.
export function headClocks(all: CaseClock[] | undefined): CaseClock[] {
  const running = (all ?? []).filter(runs).sort(byDue);
  const [next] = running;
  if (!next) return [];
  const other = running.find((c) => c.kind === 'resolve' && c !== next);
  return other ? [next, other] : [next];
}

// What has least left of those that stand still.
export const pausedClock = (all: CaseClock[] | undefined): CaseClock | undefined =>
  (all ?? []).filter(stands).sort((a, b) => (a.left ?? 0) - (b.left ?? 0))[0];

export type Fate = 'runs' | 'breached' | 'paused' | 'kept' | 'late';

// at: now.  Late is known once it is over: by more than was promised.
export function fate(c: CaseClock, at: number): Fate {
  if (stands(c)) return 'paused';
  if (runs(c)) return c.due_at && Date.parse(c.due_at) < at ? 'breached' : 'runs';
  return (c.spent ?? 0) > c.total ? 'late' : 'kept';
}

// In the order in which one wants to know: what is due next, what stands still,
// what is over, the newest first.
export function ordered(all: CaseClock[]): CaseClock[] {
  const over = all.filter((c) => !runs(c) && !stands(c));
  return [
    ...all.filter(runs).sort(byDue),
    ...all.filter(stands),
    ...over.sort((a, b) => ((a.done_at ?? '') > (b.done_at ?? '') ? -1 : 1)),
  ];
}
