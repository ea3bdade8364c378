// Messages that the desk has not acknowledged.  Each is kept under its own id
// until it is, over reloads too, and repeated with that id: the desk keeps it
// once, however often and from how many pages it comes.
import { encode, type Json } from './json';
import type { Store } from './store';

export interface FileRef {
  sha256: string;
  name: string;
  type: string;
  size: number;
}

export interface Unsent {
  id: string;
  kind: 'say' | 'leave'; // leave: to be answered by mail
  text: string;
  files: FileRef[];
  at: number; // ms
  email?: string; // of leave
  name?: string;
  refused?: string; // why it will not be tried again: a key of the words
}

export const MOST_UNSENT = 200;
const PREFIX = 'unsent:';

function isUnsent(m: Partial<Unsent>): boolean {
  return (
    typeof m.id === 'string' &&
    /^[0-9a-f-]{36}$/.test(m.id) &&
    (m.kind === 'say' || m.kind === 'leave') &&
    typeof m.text === 'string' &&
    typeof m.at === 'number' &&
    Array.isArray(m.files)
  );
}

// Keys sort as the messages were written, on one machine's clock.
const keyOf = (m: Unsent) => `${PREFIX}${String(m.at).padStart(15, '0')}:${m.id}`;

export class Outbox {
  constructor(private store: Store) {}

  // The oldest first.
  all(): Unsent[] {
    const list: Unsent[] = [];
    for (const key of this.store.keys(PREFIX)) {
      const m = this.store.read<Unsent>(key, isUnsent);
      if (m !== null && keyOf(m) === key) list[list.length] = m;
      else this.store.remove(key);
    }
    return list;
  }

  next(): Unsent | null {
    for (const m of this.all()) if (m.refused === undefined) return m;
    return null;
  }

  // False: there are too many already.
  put(m: Unsent): boolean {
    const known = this.store.get(keyOf(m)) !== null;
    if (!known && this.store.keys(PREFIX).length >= MOST_UNSENT) return false;
    const files: Json[] = [];
    for (const f of m.files) files[files.length] = { ...f };
    this.store.set(keyOf(m), encode({ ...m, files }));
    return true;
  }

  has(m: Unsent): boolean {
    return this.store.get(keyOf(m)) !== null;
  }

  remove(id: string): void {
    for (const key of this.store.keys(PREFIX)) if (key.endsWith(`:${id}`)) this.store.remove(key);
  }

  static is(key: string): boolean {
    return key === '' || key.startsWith(PREFIX);
  }
}
