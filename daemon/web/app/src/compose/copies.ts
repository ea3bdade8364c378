// Who might get a copy of an answer by mail. Pure.
import type { DeskEvent, Participant } from '../lib/types';

export const MOST_COPIES = 20; // replies.sql, copies_to()

// As they are typed, or pasted with names, which go: "Giám đốc" <gd@ex.example>.
// What is no address stays whole, to be told as it was written.
export function addresses(typed: string): string[] {
  const all: string[] = [];
  let part = '';
  const end = (): void => {
    const words = part.split(/\s+/).filter(Boolean);
    if (words.every((x) => x.includes('@'))) all.push(...words);
    else all.push(part.trim());
    part = '';
  };
  for (const [piece] of typed.matchAll(/"(?:[^"\\]|\\.)*"|<[^<>]*>|[,;\n]|[^",;<\n]+|["<]/g)) {
    const inside = /^<\s*(\S.*?)\s*>$/.exec(piece)?.[1];
    if (inside) {
      all.push(inside);
      part = '';
    } else if (/^[,;\n]$/.test(piece)) end();
    else part += piece;
  }
  end();
  return all;
}

// As the server takes them, which says of none which it was.
export const isAddress = (a: string): boolean =>
  a.length <= 254 && /^[!#-'*+./0-9=?A-Z^_`a-z{|}~-]+@[A-Za-z0-9.-]+\.[A-Za-z0-9-]+$/.test(a);

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
