// Who might get a copy of an answer by mail. Pure.
import type { DeskEvent, Participant } from '../lib/types';

export const addresses = (typed: string): string[] =>
  typed
    .split(/[,;\s]+/)
    .map((a) => a.trim())
    .filter(Boolean);

const named = (v: unknown): string[] =>
  Array.isArray(v) ? v.filter((x) => typeof x === 'string') : [];

// Whom the customer's last mail named in To and Cc, ours left out: those of them
// whom the desk has noted with the case. answered: who gets the mail itself.
export function copied(
  events: DeskEvent[],
  parts: Participant[],
  answered: string | undefined,
): string[] {
  const last = events
    .filter((e) => e.kind === 'message' && e.channel === 'mail' && e.direction === 'in')
    .at(-1);
  const there = [...named(last?.meta?.to), ...named(last?.meta?.cc)];
  return parts
    .filter((p) => p.how === 'cc' && p.address !== answered && there.includes(p.address))
    .map((p) => p.address);
}
