// What was said, each message once and in the desk's order, from wherever it
// is heard: read, streamed, or acknowledged as one's own.  Pure.
import { askedRead, type Asked } from './survey';
import type { Unsent } from './unsent';

export interface Attached {
  place: number;
  name: string;
  type: string;
  size: number;
}

export interface Said {
  event: number; // the desk's id of it
  mine: boolean;
  at: number; // ms
  text: string;
  name: string; // the agent's; empty: nobody's
  automatic: boolean; // nobody wrote it
  message: string; // the id that the sending page gave; empty: not ours
  files: Attached[];
  survey?: Asked | null; // what one tap answers
}

const MOST = 5000; // what a page shows: the newest

type Plain = Record<string, unknown>;
const str = (v: unknown) => (typeof v === 'string' ? v : '');
const num = (v: unknown) => (typeof v === 'number' && Number.isFinite(v) ? v : 0);

function attached(list: unknown): Attached[] {
  const files: Attached[] = [];
  if (Array.isArray(list))
    for (let i = 0; i < list.length && i < 20; i++) {
      const f = (list[i] ?? {}) as Plain;
      files[i] = { place: num(f.place), name: str(f.name), type: str(f.type), size: num(f.size) };
    }
  return files;
}

// A row of GET /messages, or null when it is none.
export function saidRead(m: Plain): Said | null {
  const at = Date.parse(str(m.at));
  if (num(m.event) === 0) return null;
  return {
    event: num(m.event),
    mine: m.direction === 'in',
    at: Number.isNaN(at) ? 0 : at,
    text: str(m.text),
    name: m.direction === 'in' ? '' : str(m.who),
    automatic: m.automatic === true,
    message: str(m.message),
    files: attached(m.attachments),
    survey: m.direction === 'in' ? null : askedRead(m.survey),
  };
}

// An event of the stream; its id begins with the time, in ms.
export function saidLive(m: Plain, id: string, now: number): Said | null {
  if (num(m.id) === 0) return null;
  return {
    event: num(m.id),
    mine: m.from === 'visitor',
    at: parseInt(id, 10) || now,
    text: str(m.text),
    name: m.from === 'visitor' ? '' : str(m.name),
    automatic: m.automatic === true,
    message: str(m.message),
    files: attached(m.attachments),
  };
}

export class Thread {
  list: Said[] = [];

  // False: it was there.
  add(m: Said): boolean {
    let i = this.list.length;
    const before = () => this.list[i - 1]?.event ?? 0;
    while (before() > m.event) i--;
    if (before() === m.event) return false;
    this.list.splice(i, 0, m);
    if (this.list.length > MOST) this.list.shift();
    return true;
  }

  has(message: string): boolean {
    for (const m of this.list) if (m.message === message) return true;
    return false;
  }

  last(mine: boolean): Said | null {
    for (let i = this.list.length - 1; i >= 0; i--) {
      const m = this.list[i];
      if (m !== undefined && m.mine === mine) return m;
    }
    return null;
  }

  // How many of the desk's are newer than what was seen.
  unseen(upto: number): number {
    let n = 0;
    for (const m of this.list) if (!m.mine && m.event > upto) n++;
    return n;
  }

  clear(): void {
    this.list = [];
  }
}

// What is shown below what was said: unsent, and not yet heard back.
export function waiting(unsent: readonly Unsent[], thread: Thread): Unsent[] {
  const list: Unsent[] = [];
  for (const m of unsent) if (!thread.has(m.id)) list[list.length] = m;
  return list;
}
