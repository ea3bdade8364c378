// The headings of a list that is sorted by what is due: only over its first
// rows, so that no heading comes or goes while one scrolls far down.
import { clockClass, day } from '../lib/time';
import type { Ticket } from '../lib/types';

export type GroupName = 'late' | 'soon' | 'today' | 'later' | 'paused' | 'none';

export interface Group {
  name: GroupName;
  from: number; // the first row
  to: number; // the row after its last
  whole: boolean; // its end is known, so `to - from` is how many there are
}

type Row = Pick<Ticket, 'due_at' | 'state'> | undefined;

export function groupOf(t: NonNullable<Row>, now: number): GroupName {
  if (!t.due_at) return t.state === 'pending' ? 'paused' : 'none';
  const at = Date.parse(t.due_at);
  const kind = clockClass(at - now);
  if (kind === 'late') return 'late';
  if (kind !== 'fine') return 'soon';
  return day(at) === day(now) ? 'today' : 'later';
}

// rows: the first ones of a list of `total`.
export function groups(rows: Row[], total: number, now: number): Group[] {
  const out: Group[] = [];
  for (const [i, t] of rows.entries()) {
    if (!t) break;
    const name = groupOf(t, now);
    const last = out.at(-1);
    if (last?.name === name) continue;
    if (last) Object.assign(last, { to: i, whole: true });
    out.push({ name, from: i, to: total, whole: false });
  }
  const last = out.at(-1);
  if (last) last.whole = rows.length >= total && rows.every(Boolean);
  return out.length ? out : total ? [{ name: 'none', from: 0, to: total, whole: false }] : [];
}
