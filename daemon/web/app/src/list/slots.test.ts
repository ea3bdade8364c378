import { describe, expect, test } from 'vitest';
import { before, Slots, type Placed } from './slots';

const row = (ticket: number, minute?: number): Placed => ({
  ticket,
  due_at: minute === undefined ? undefined : new Date(minute * 60000).toISOString(),
});
const ids = (s: Slots<Placed>) => s.slice(0, s.length).map((t) => t?.ticket ?? 0);

describe('the order', () => {
  test('what is due first, then by id, without a due time last', () => {
    const rows = [row(5), row(4, 10), row(3, 20), row(2, 10), row(1)];
    rows.sort((a, b) => (before(a, b) ? -1 : 1));
    expect(rows.map((t) => t.ticket)).toEqual([2, 4, 3, 1, 5]);
  });
});

describe('the order of what is over', () => {
  test('after all that is active, the newest first', () => {
    const done = (ticket: number, state: string): Placed => ({ ...row(ticket, 1), state });
    const rows = [done(1, 'resolved'), row(7), done(3, 'closed'), row(9, 5), done(2, 'closed')];
    rows.sort((a, b) => (before(a, b) ? -1 : 1));
    expect(rows.map((t) => t.ticket)).toEqual([9, 7, 3, 2, 1]);
  });
});

describe('slots', () => {
  test('a page that follows another brings no row twice', () => {
    const s = new Slots<Placed>();
    s.append([row(1, 1), row(2, 2)]);
    s.append([row(3, 3), row(1, 4)]);
    expect(ids(s)).toEqual([2, 3, 1]);
  });
  test('pages fill what is unknown', () => {
    const s = new Slots<Placed>();
    s.fill(0, [row(1, 1), row(2, 2)], 6);
    expect(ids(s)).toEqual([1, 2, 0, 0, 0, 0]);
    expect(s.wants(0, 2)).toBe(false);
    expect(s.wants(1, 3)).toBe(true);
    s.fill(4, [row(5, 5), row(6, 6)], 6);
    expect(ids(s)).toEqual([1, 2, 0, 0, 5, 6]);
  });
  test('a row that moved is not shown twice', () => {
    const s = new Slots<Placed>();
    s.fill(0, [row(1, 1), row(2, 2)], 4);
    s.fill(2, [row(3, 3), row(1, 4)], 4);
    expect(ids(s)).toEqual([0, 2, 3, 1]);
  });
  test('the list got shorter than what was known', () => {
    const s = new Slots<Placed>();
    s.fill(0, [row(1, 1), row(2, 2), row(3, 3)], 3);
    s.fill(0, [row(3, 3)], 1);
    expect(ids(s)).toEqual([3]);
    s.fill(0, [], 0);
    expect(s.length).toBe(0);
  });
  test('a page past the end says only how many there are', () => {
    const s = new Slots<Placed>();
    s.fill(200, [], 3);
    expect(ids(s)).toEqual([0, 0, 0]);
  });
  test('a new row goes to its place', () => {
    const s = new Slots<Placed>();
    s.fill(0, [row(1, 1), row(3, 3)], 2);
    expect(s.insert(row(2, 2))).toBe(1);
    expect(s.insert(row(9))).toBe(3);
    expect(s.insert(row(8, 0))).toBe(0);
    expect(ids(s)).toEqual([8, 1, 2, 3, 9]);
  });
  test('beside what is unknown it is only counted', () => {
    const s = new Slots<Placed>();
    s.fill(0, [row(1, 1)], 4);
    s.fill(3, [row(9, 9)], 4);
    expect(s.insert(row(5, 5))).toBe(3);
    expect(ids(s)).toEqual([1, 0, 0, 0, 9]);
    expect(s.insert(row(10, 10))).toBe(5);
    expect(ids(s)).toEqual([1, 0, 0, 0, 9, 10]);
    s.fill(0, [row(1, 1)], 20);
    expect(s.insert(row(99, 99))).toBe(20);
    expect(s.length).toBe(21);
  });
  test('the row itself does not make its place unsure', () => {
    const s = new Slots<Placed>();
    s.fill(0, [row(1, 1), row(2, 2), row(3, 3)], 3);
    expect(s.place(row(2, 2))).toEqual({ at: 2, sure: true });
    expect(s.place(row(3, 9))).toEqual({ at: 3, sure: true });
  });
  test('what is far is forgotten, the length stays', () => {
    const s = new Slots<Placed>();
    s.fill(0, [row(1, 1), row(2, 2), row(3, 3)], 3);
    s.forget(1, 2);
    expect(ids(s)).toEqual([0, 2, 0]);
    expect(s.find(3)).toBe(-1);
    expect(s.find(2)).toBe(1);
    expect(s.known().length).toBe(1);
  });
  test('but the first ones are not, where the headings stand over them', () => {
    const s = new Slots<Placed>();
    s.fill(0, [row(1, 1), row(2, 2), row(3, 3), row(4, 4)], 4);
    s.forget(3, 4, 2);
    expect(ids(s)).toEqual([1, 2, 0, 4]);
  });
  test('a hundred thousand rows, and one more in their midst, quickly', () => {
    const s = new Slots<Placed>();
    s.fill(50000, [row(1, 5), row(3, 7)], 100000);
    expect(s.insert(row(2, 6))).toBe(50001);
    expect(s.length).toBe(100001);
    expect(s.at(50002)?.ticket).toBe(3);
  });
});
