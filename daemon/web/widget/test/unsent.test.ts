// What is unsent outlives pages, full disks and other people's keys.
import { beforeEach, expect, test, vi } from 'vitest';
import { Store } from '../src/store';
import { MOST_UNSENT, Outbox, type Unsent } from '../src/unsent';
import { uuid } from '../src/lock';

// What of the browser's storage is used.
class Shelf {
  items = new Map<string, string>();
  full = false;
  get length() {
    return this.items.size;
  }
  key(i: number) {
    return [...this.items.keys()][i] ?? null;
  }
  getItem(k: string) {
    return this.items.get(k) ?? null;
  }
  setItem(k: string, v: string) {
    if (this.full) throw new Error('QuotaExceededError');
    this.items.set(k, v);
  }
  removeItem(k: string) {
    this.items.delete(k);
  }
}

let shelf: Shelf;
beforeEach(() => {
  shelf = new Shelf();
  vi.stubGlobal('localStorage', shelf);
});

const message = (at: number, more: Partial<Unsent> = {}): Unsent => ({
  id: uuid(),
  kind: 'say',
  text: `tin ${at}`,
  files: [],
  at,
  ...more,
});

test('the oldest goes first, also after a reload', () => {
  const box = new Outbox(new Store('t:'));
  const [b, a] = [message(20), message(9)];
  expect(box.put(b) && box.put(a)).toBe(true);
  const again = new Outbox(new Store('t:'));
  expect(again.all()).toEqual([a, b]);
  expect(again.next()?.id).toBe(a.id);
  again.remove(a.id);
  expect(box.next()?.id).toBe(b.id);
});

test('what was refused stays, and holds up nothing', () => {
  const box = new Outbox(new Store('t:'));
  const [a, b] = [message(1, { refused: 'refused' }), message(2)];
  box.put(a);
  box.put(b);
  expect(box.next()?.id).toBe(b.id);
  expect(box.all().length).toBe(2);
});

test('full storage and none at all: kept in memory', () => {
  shelf.full = true;
  const box = new Outbox(new Store('t:'));
  const m = message(1);
  expect(box.put(m)).toBe(true);
  expect(box.all()).toEqual([m]);
  vi.stubGlobal('localStorage', undefined);
  const none = new Outbox(new Store('u:'));
  expect(none.put(m)).toBe(true);
  expect(none.next()).toEqual(m);
  none.remove(m.id);
  expect(none.next()).toBeNull();
});

test('what somebody else wrote there is passed over', () => {
  for (const junk of ['', 'null', '[]', '{', '{"id":"x"}', '"text"', '{"id":1,"files":{}}'])
    shelf.setItem(`t:unsent:${'0'.repeat(15)}:${junk.length}`, junk);
  shelf.setItem('other', 'theirs');
  expect(new Outbox(new Store('t:')).all()).toEqual([]);
  expect(shelf.getItem('other')).toBe('theirs');
});

test('there is an end to it', () => {
  const box = new Outbox(new Store('t:'));
  for (let i = 0; i < MOST_UNSENT; i++) expect(box.put(message(i))).toBe(true);
  expect(box.put(message(MOST_UNSENT))).toBe(false);
  expect(box.all().length).toBe(MOST_UNSENT);
});
