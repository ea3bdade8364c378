/* eslint-disable svelte/prefer-svelte-reactivity -- nothing is drawn from these: `turn` says when to draw */
// The list that is always right: its rows come a page at a time, from any
// place; the feed says which have changed, and those are asked for again, a
// burst in one question.  What would move under the pointer or the focus waits.
import { ApiError, get, now } from '../lib/api';
import { listen, onReload } from '../lib/feed.svelte';
import { why } from '../lib/errors';
import { words } from '../lib/i18n.svelte';
import type { Notice, Ticket } from '../lib/types';
import { asked, firstOf, hasPlaces, ordered, PAGE, type ListQuery } from './query';
import { before, Slots } from './slots';
import { listWords } from './words';

const KEPT = 1500; // rows kept on either side of what is seen
const BURST = 120; // ms between two questions; notices are gathered meanwhile
const MOST = 200; // tickets asked for by name; more: everything anew
const AGAIN = 3000; // ms until what could not be asked for is tried again

interface Page {
  tickets: Ticket[];
  after?: string;
  total?: number;
}

export class List {
  readonly query: ListQuery;
  // Rows change beside it: whoever draws them reads `turn`.
  private slots = new Slots<Ticket>();
  turn = $state(0);
  ready = $state(false);
  wrong = $state(''); // why nothing could be shown
  waiting = $state<number[]>([]); // new ones, behind "2 hồ sơ mới"
  // Rows that changed and could not be asked for again, since when.
  stale = new Map<number, number>();
  gone = new Set<number>(); // no longer in the list, still under the pointer
  // What is seen; held: nothing in there may move.
  private from = 0;
  private to = 0;
  held = false;
  shift = 0; // rows that came or went above what is seen, until it is read
  private dirty = new Set<number>();
  private forced = new Set<number>(); // shown though the list is held
  private timer = 0;
  private asked = -BURST; // when a burst was asked for last
  // While a burst is on its way: rows that came otherwise, or were changed here, and
  // whether everything was asked for anew.  Its answer may be the older one.
  private newer: Set<number> | null = null;
  private anewSince = false;
  private asking = new Map<number, AbortController>(); // by offset
  // Of a list without places: where its next page begins, the last row before.
  private cursor: string | undefined;
  private edge: Ticket | undefined;
  private moved = 0; // how often rows were put in or taken out
  private ends: (() => void)[] = [];

  constructor(query: ListQuery) {
    this.query = query;
  }

  start(): () => void {
    this.ends = [listen((n) => this.hear(n)), onReload(() => this.reload())];
    void (hasPlaces(this.query) ? this.page(0) : this.begin());
    return () => {
      for (const end of this.ends) end();
      for (const a of this.asking.values()) a.abort();
      clearTimeout(this.timer);
      this.timer = -1;
    };
  }

  get length(): number {
    return this.slots.length;
  }
  at(i: number): Ticket | undefined {
    return this.slots.at(i);
  }
  find(ticket: number): number {
    return this.slots.find(ticket);
  }
  slice(from: number, to: number): (Ticket | undefined)[] {
    return this.slots.slice(from, to);
  }
  get first(): (Ticket | undefined)[] {
    return this.slots.slice(0, PAGE);
  }

  // ---- pages

  // What is seen now: unknown rows are asked for, far ones forgotten.
  see(from: number, to: number): void {
    this.from = from;
    this.to = to;
    if (!hasPlaces(this.query)) {
      if (this.cursor && to + 20 >= this.slots.length) void this.next();
      return;
    }
    if (this.slots.length > 4 * KEPT) this.slots.forget(from - KEPT, to + KEPT, PAGE);
    const wanted = new Set<number>();
    for (let at = Math.max(0, from - 20); at < to + 20; at += 20)
      wanted.add(Math.floor(at / PAGE) * PAGE);
    for (const [offset, a] of this.asking) if (!wanted.has(offset)) a.abort();
    for (const offset of wanted)
      if (offset < this.slots.length && this.slots.wants(offset, offset + PAGE))
        void this.page(offset);
  }

  private async page(offset: number, tries = 0): Promise<void> {
    if (this.asking.has(offset) || this.timer === -1) return;
    const end = new AbortController();
    const moved = this.moved;
    this.asking.set(offset, end);
    try {
      const q = { ...firstOf(this.query), offset };
      const p = await get<Page>('/api/v1/tickets', q, end.signal);
      this.asking.delete(offset);
      // Rows came or went meanwhile: these may be of other places.
      if (moved !== this.moved && tries < 3) return await this.page(offset, tries + 1);
      this.slots.fill(offset, p.tickets, p.total ?? -1);
      this.came(p.tickets);
    } catch (e) {
      this.failed(e, offset, end, () => this.page(offset));
    }
  }

  private came(tickets: Ticket[]): void {
    for (const t of tickets) {
      this.stale.delete(t.ticket);
      this.newer?.add(t.ticket);
    }
    this.ready = true;
    this.wrong = '';
    this.turn++;
  }

  private failed(e: unknown, offset: number, end: AbortController, again: () => unknown): void {
    if (this.asking.get(offset) === end) this.asking.delete(offset);
    if (end.signal.aborted) return;
    // (What the address names is at fault, not what anybody did.)
    const named = e instanceof ApiError && e.code === 'INVALID' && e.member !== '';
    if (!this.ready) this.wrong = named ? words(listWords).noSuch : why(e);
    if (!(e instanceof ApiError) || e.code === 'AWAY' || e.code === 'TRYAGAIN')
      setTimeout(() => void again(), AGAIN);
  }

  // ---- pages of a list without places: one after the other

  private after(cursor: string | undefined, signal: AbortSignal): Promise<Page> {
    return get<Page>(
      '/api/v1/tickets',
      { ...asked(this.query), limit: PAGE, after: cursor },
      signal,
    );
  }

  // From the beginning to where one is: what is seen stays until all of that
  // has come, and then where it is.
  private async begin(): Promise<void> {
    if (this.asking.size || this.timer === -1) return;
    const end = new AbortController();
    this.asking.set(0, end);
    try {
      const rows: Ticket[] = [];
      let cursor: string | undefined;
      do {
        const p = await this.after(cursor, end.signal);
        rows.push(...p.tickets);
        cursor = p.after;
      } while (cursor && rows.length < this.to + 20);
      this.asking.delete(0);
      const eye = this.from > 0 ? this.slots.at(this.from) : undefined;
      this.slots.clear();
      this.slots.append(rows);
      this.cursor = cursor;
      this.edge = rows.at(-1);
      const at = eye ? this.slots.find(eye.ticket) : -1;
      if (at >= 0) this.shift += at - this.from;
      this.came(rows);
    } catch (e) {
      this.failed(e, 0, end, () => this.begin());
    }
  }

  private async next(): Promise<void> {
    if (this.asking.size || this.timer === -1) return;
    const end = new AbortController();
    this.asking.set(0, end);
    try {
      const p = await this.after(this.cursor, end.signal);
      this.asking.delete(0);
      this.slots.append(p.tickets);
      this.cursor = p.after;
      this.edge = p.tickets.at(-1) ?? this.edge;
      this.came(p.tickets);
    } catch (e) {
      this.failed(e, 0, end, () => this.next());
    }
  }

  // Whether a row belongs to what has not come yet.
  private beyond(t: Ticket): boolean {
    return !!this.cursor && !!this.edge && before(this.edge, t);
  }

  // Everything is asked for again; what is seen stays until it has come.
  reload(): void {
    this.anewSince = true;
    for (const a of this.asking.values()) a.abort();
    this.asking.clear();
    this.waiting = [];
    this.gone.clear();
    this.dirty.clear();
    if (!hasPlaces(this.query)) {
      void this.begin();
      return;
    }
    this.slots.forget(this.from - PAGE, this.to + PAGE, PAGE);
    const first = Math.floor(Math.max(0, this.from - 20) / PAGE) * PAGE;
    for (let at = first; at < Math.max(this.to + 20, 1); at += PAGE) void this.page(at);
    // The headings stand over the first rows.
    if (first > 0) void this.page(0);
  }

  // ---- changes

  private hear(n: Notice): void {
    if (n.kind === 'presence' && n.ticket) {
      this.presence(n);
      return;
    }
    if (!n.id) return;
    if (n.ticket && !/^(offer|accepted|declined|released|lapsed|withdrawn)$/.test(n.kind))
      this.ask(n.ticket);
    else if (n.customer && /^(customer|merge|split|erase)$/.test(n.kind))
      for (const t of this.slots.known()) if (t.customer === n.customer) this.ask(t.ticket);
  }

  // Who writes is told, not asked for.
  private presence(n: Notice): void {
    const i = this.slots.find(n.ticket ?? 0);
    const t = this.slots.at(i);
    if (!t) return;
    const who = n.who ?? '';
    if (n.doing === 'writing')
      this.slots.set(i, {
        ...t,
        writing: { agent: who, display: String(n.display ?? who) },
      });
    else if (t.writing?.agent === who) this.slots.set(i, { ...t, writing: undefined });
    this.turn++;
  }

  // This ticket changed: it will be asked for with the others of its burst.
  ask(ticket: number): void {
    if (this.timer === -1) return;
    this.dirty.add(ticket);
    // After a while without any the first is asked for at once.
    const wait = Math.max(0, this.asked + BURST - performance.now());
    if (!this.timer) this.timer = window.setTimeout(() => void this.burst(), wait);
  }

  private async burst(): Promise<void> {
    const ids = [...this.dirty];
    this.dirty.clear();
    this.asked = performance.now();
    // The first page is on its way, and may have them as they were.
    if (!this.ready && this.asking.size) return this.later(ids, BURST);
    if (ids.length > MOST || !this.ready) {
      this.timer = 0;
      return this.reload();
    }
    let wait = 0;
    const newer = (this.newer = new Set<number>());
    this.anewSince = false;
    try {
      const q = { ...asked(this.query), tickets: ids.join(',') };
      const { tickets } = await get<Page>('/api/v1/tickets', q);
      if (this.timer === -1) return;
      if (this.anewSince) for (const id of ids) newer.add(id);
      const there = new Set(tickets.map((t) => t.ticket));
      for (const id of ids) {
        // (What is newer than this answer is asked for again.)
        if (newer.has(id)) {
          this.dirty.add(id);
          continue;
        }
        this.stale.delete(id);
        if (!there.has(id)) this.leave(id);
      }
      for (const t of tickets) if (!newer.has(t.ticket)) this.come(t);
      // A page that is on its way may have them as they were.
      if (!hasPlaces(this.query) && this.asking.size) for (const id of ids) this.dirty.add(id);
      this.turn++;
    } catch (e) {
      if (this.timer === -1) return;
      if (!(e instanceof ApiError) || e.status === 0 || e.status >= 500) {
        for (const id of ids) {
          if (!this.stale.has(id)) this.stale.set(id, now());
          this.dirty.add(id);
        }
        this.turn++;
        wait = AGAIN;
      }
    } finally {
      this.newer = null;
    }
    this.later([], wait || BURST);
  }

  // These, and what is dirty, are asked for in a while; nothing when none is.
  private later(ids: number[], wait: number): void {
    for (const id of ids) this.dirty.add(id);
    this.timer = this.dirty.size ? window.setTimeout(() => void this.burst(), wait) : 0;
  }

  private seen(i: number): boolean {
    return this.held && i >= this.from && i < this.to;
  }

  private take(i: number): void {
    this.slots.remove(i);
    this.moved++;
    if (i < this.from) this.shift--;
  }

  private put(t: Ticket): void {
    if (this.beyond(t)) return;
    const at = this.slots.insert(t);
    this.moved++;
    if (at < this.from) this.shift++;
  }

  // A ticket is not in the list any more.
  private leave(id: number): void {
    this.waiting = this.waiting.filter((other) => other !== id);
    // (What is asked for again was forced after this answer was asked for.)
    if (!this.dirty.has(id)) this.forced.delete(id);
    const i = this.slots.find(id);
    if (i < 0) return;
    if (this.seen(i)) this.gone.add(id);
    else this.take(i);
  }

  private come(t: Ticket): void {
    this.gone.delete(t.ticket);
    const forced = this.forced.delete(t.ticket);
    const i = this.slots.find(t.ticket);
    if (!ordered(this.query)) {
      // Only the server knows its place.
      if (i >= 0) this.slots.set(i, t);
      else this.soonAnew();
      return;
    }
    const place = this.slots.place(t);
    if (i >= 0) {
      const stays = place.sure && (place.at === i || place.at === i + 1);
      this.slots.set(i, t);
      if (stays || this.seen(i) || this.seen(place.at)) return;
      this.take(i);
      this.put(t);
    } else if (this.seen(place.at) && !this.beyond(t) && !forced) {
      if (!this.waiting.includes(t.ticket)) this.waiting = [...this.waiting, t.ticket];
    } else this.put(t);
  }

  private anew = 0;
  private soonAnew(): void {
    clearTimeout(this.anew);
    this.anew = window.setTimeout(() => this.reload(), 300);
  }

  // Nothing is under the pointer or the focus any more, or he asked for it:
  // what waited takes its place.
  release(): void {
    for (const id of this.gone) {
      const i = this.slots.find(id);
      if (i >= 0) this.take(i);
    }
    this.gone.clear();
    // What changed its place while it was seen goes there.
    if (ordered(this.query))
      for (let i = Math.max(1, this.from); i < Math.min(this.to + 1, this.length); i++) {
        const t = this.slots.at(i);
        const above = this.slots.at(i - 1);
        if (t && above && before(t, above)) {
          const rows = this.slots.slice(this.from, this.to + 1).filter((r) => r !== undefined);
          for (const r of rows) {
            const place = this.slots.place(r);
            const at = this.slots.find(r.ticket);
            if (place.at === at || place.at === at + 1) continue;
            this.take(at);
            this.put(r);
          }
          break;
        }
      }
    for (const id of this.waiting) {
      this.forced.add(id);
      this.dirty.add(id);
    }
    this.waiting = [];
    // (One burst at a time: who asks twice may hear the older answer last.)
    if (this.dirty.size && this.timer !== -1 && !this.newer) {
      clearTimeout(this.timer);
      this.timer = window.setTimeout(() => void this.burst(), 0);
    }
    this.turn++;
  }

  // ---- what the agent did himself is shown at once

  patch(ids: number[], change: Partial<Ticket>): void {
    for (const id of ids) {
      const i = this.slots.find(id);
      const t = this.slots.at(i);
      if (t) this.slots.set(i, { ...t, ...change });
      this.newer?.add(id);
    }
    this.turn++;
  }

  drop(ids: number[]): void {
    for (const id of ids) {
      const i = this.slots.find(id);
      if (i >= 0) this.take(i);
      this.newer?.add(id);
    }
    this.turn++;
  }

  // What he took back comes back where he looks: it does not wait as others'
  // changes do, though the feed may have told of it before.
  bring(ids: number[]): void {
    this.waiting = this.waiting.filter((id) => !ids.includes(id));
    for (const id of ids) {
      this.forced.add(id);
      this.ask(id);
    }
  }
}
