import { expect, test } from 'vitest';
import { atLocal, local, setZone } from '../lib/time';
import { choices } from './snoozes';

// Asia/Ho_Chi_Minh is seven hours before Greenwich, all the year.
const at = (s: string) => Date.parse(`${s}+07:00`);
const said = (now: string) => choices(at(now)).map((c) => `${c.name} ${local(c.at)}`);

test('a morning offers the afternoon', () => {
  expect(said('2026-11-18T09:10:00')).toEqual([
    'inHour 2026-11-18T10:10',
    'afternoon 2026-11-18T14:00',
    'tomorrow 2026-11-19T08:00',
    'monday 2026-11-23T08:00',
  ]);
});

test('an afternoon the evening, a night neither', () => {
  expect(said('2026-11-18T14:10:00')[1]).toBe('evening 2026-11-18T18:00');
  expect(said('2026-11-18T21:00:00')[1]).toBe('tomorrow 2026-11-19T08:00');
});

test('on a Sunday Monday is tomorrow; on a Monday it is the next', () => {
  expect(said('2026-11-22T09:00:00').at(-1)).toBe('tomorrow 2026-11-23T08:00');
  expect(said('2026-11-23T09:00:00').at(-1)).toBe('monday 2026-11-30T08:00');
});

test('the company’s clock, also over the day on which it is put forward', () => {
  setZone('Europe/Berlin');
  expect(new Date(atLocal('2027-03-28T08:00')).toISOString()).toBe('2027-03-28T06:00:00.000Z');
  expect(new Date(atLocal('2027-03-27T08:00')).toISOString()).toBe('2027-03-27T07:00:00.000Z');
  expect(atLocal('morgen')).toBeNaN();
  setZone('Asia/Ho_Chi_Minh');
});
