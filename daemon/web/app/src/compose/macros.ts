// What a macro will do, in the order in which it is done (macro_steps() in
// sql/functions/macros.sql).
import { get, post } from '../lib/api';

// A row of MACRO.LIST for a case: text and note as they would be there.
export interface Macro {
  macro: string;
  title?: string;
  text?: string;
  note?: string;
  queue?: string;
  priority?: number;
  state?: 'pending' | 'resolved';
  snooze?: number; // minutes
  tags?: string[];
  assign?: boolean;
}

export type Step =
  | { kind: 'assign' }
  | { kind: 'tags'; tags: string[] }
  | { kind: 'priority'; to: number }
  | { kind: 'note' | 'reply'; text: string }
  | { kind: 'queue'; to: string }
  | { kind: 'snooze'; minutes: number }
  | { kind: 'state'; to: 'pending' | 'resolved' };

export function steps(m: Macro): Step[] {
  const all: Step[] = [];
  if (m.assign) all.push({ kind: 'assign' });
  if (m.tags?.length) all.push({ kind: 'tags', tags: m.tags });
  if (m.priority !== undefined) all.push({ kind: 'priority', to: m.priority });
  if (m.note) all.push({ kind: 'note', text: m.note });
  if (m.text) all.push({ kind: 'reply', text: m.text });
  // Of these it does the first that it has.
  if (m.queue) all.push({ kind: 'queue', to: m.queue });
  else if (m.snooze) all.push({ kind: 'snooze', minutes: m.snooze });
  else if (m.state) all.push({ kind: 'state', to: m.state });
  return all;
}

// null: it is not there any more.
export const onCase = async (name: string, ticket: number): Promise<Macro | null> =>
  (await get<{ macros: Macro[] }>('/api/v1/macros', { ticket })).macros.find(
    (m) => m.macro === name,
  ) ?? null;

// All of it, or nothing; the same `once` does it once. reply: its answer's event.
export const run = (
  name: string,
  ticket: number,
  how: { once: string; upto: number; force: boolean },
): Promise<{ reply?: number }> =>
  post(`/api/v1/tickets/${ticket}/macros/${encodeURIComponent(name)}`, {
    once: how.once,
    ...(how.upto ? { upto: how.upto } : {}),
    ...(how.force ? { force: true } : {}),
  });
