// A long list of which only parts are known: a slot for every row, in the
// server's order (what is due first, then by id; without a due time next; what
// is over last, the newest first).
export interface Placed {
  ticket: number;
  due_at?: string;
  state?: string;
}

const over = (t: Placed): boolean => t.state === 'resolved' || t.state === 'closed';
const due = (t: Placed): number => (t.due_at ? Date.parse(t.due_at) : Infinity);

// Whether a stands before b.
export function before(a: Placed, b: Placed): boolean {
  if (over(a) || over(b)) return over(a) && over(b) ? a.ticket > b.ticket : over(b);
  const one = due(a);
  const other = due(b);
  return one === other ? a.ticket < b.ticket : one < other;
}

export class Slots<T extends Placed> {
  private slots: (T | undefined)[] = [];

  get length(): number {
    return this.slots.length;
  }

  at(i: number): T | undefined {
    return this.slots[i];
  }

  slice(from: number, to: number): (T | undefined)[] {
    return this.slots.slice(from, to);
  }

  clear(): void {
    this.slots = [];
  }

  // Where a ticket stands, -1 when that is not known.
  find(ticket: number): number {
    return this.slots.findIndex((t) => t?.ticket === ticket);
  }

  known(): T[] {
    return this.slots.filter((t) => t !== undefined);
  }

  // A page as the server gave it.  total: how many rows there are, -1 when it
  // did not say.  What the page has moved is not known at its old place.
  fill(offset: number, rows: T[], total: number): void {
    const here = new Set(rows.map((t) => t.ticket));
    if (total >= 0) this.resize(Math.max(total, rows.length ? offset + rows.length : 0));
    else if (this.slots.length < offset + rows.length) this.resize(offset + rows.length);
    for (let i = 0; i < this.slots.length; i++) {
      const t = this.slots[i];
      if (t && here.has(t.ticket)) this.slots[i] = undefined;
    }
    rows.forEach((t, i) => (this.slots[offset + i] = t));
  }

  // The next page of a list without places: what it has is taken from where it
  // stood before.
  append(rows: T[]): void {
    const here = new Set(rows.map((t) => t.ticket));
    this.slots = [...this.slots.filter((t) => t && !here.has(t.ticket)), ...rows];
  }

  private resize(n: number): void {
    // No holes: an array of a hundred thousand holes is a slow one.
    while (this.slots.length < n) this.slots.push(undefined);
    this.slots.length = n;
  }

  // Whether some row of [from, to) is not known.
  wants(from: number, to: number): boolean {
    for (let i = Math.max(0, from); i < Math.min(to, this.slots.length); i++)
      if (!this.slots[i]) return true;
    return false;
  }

  set(i: number, t: T): void {
    this.slots[i] = t;
  }

  remove(i: number): void {
    this.slots.splice(i, 1);
  }

  // Where a row belongs: its place when all beside it is known, else a place
  // in the unknown part where it must be.  The row itself is passed over.
  place(t: T): { at: number; sure: boolean } {
    let last = -1;
    for (let i = 0; i < this.slots.length; i++) {
      const other = this.slots[i];
      if (!other || other.ticket === t.ticket) continue;
      if (before(t, other)) {
        const sure = last === i - 1 || this.slots[i - 1]?.ticket === t.ticket;
        return { at: i, sure };
      }
      last = i;
    }
    const end = this.slots.length;
    return { at: end, sure: last === end - 1 || this.slots[end - 1]?.ticket === t.ticket };
  }

  // Puts a new row where it belongs; its place.
  insert(t: T): number {
    const { at, sure } = this.place(t);
    this.slots.splice(at, 0, sure ? t : undefined);
    return at;
  }

  // What is far from [from, to) need not be kept; but the `first` ones, over
  // which the headings stand.
  forget(from: number, to: number, first = 0): void {
    for (let i = first; i < this.slots.length; i++)
      if ((i < from || i >= to) && this.slots[i]) this.slots[i] = undefined;
  }
}
