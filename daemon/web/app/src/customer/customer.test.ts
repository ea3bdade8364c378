import { describe, expect, it } from 'vitest';
import { phoneShown } from '../lib/who';
import { promiseKept, sum } from './customer';

const order = (promised: string | undefined, delivered?: string) => ({
  order: 'DH1',
  promised_at: promised,
  delivered_at: delivered,
});
const now = Date.parse('2026-11-21T05:00:00Z');

describe('promiseKept', () => {
  it('counts days by the calendar', () => {
    expect(promiseKept(order('2026-11-19T10:00:00Z', '2026-11-21T01:00:00Z'), now)).toEqual({
      days: 2,
      done: true,
    });
    expect(promiseKept(order('2026-11-19T10:00:00Z', '2026-11-19T14:00:00Z'), now)).toEqual({
      days: 0,
      done: true,
    });
    expect(promiseKept(order('2026-11-19T10:00:00Z', '2026-11-18T01:00:00Z'), now)).toEqual({
      days: -1,
      done: true,
    });
  });
  it('says nothing while it is on its way in time', () => {
    expect(promiseKept(order('2026-11-25T10:00:00Z'), now)).toBeNull();
    expect(promiseKept(order(undefined), now)).toBeNull();
  });
  it('says so when it is late and not there yet', () => {
    expect(promiseKept(order('2026-11-19T10:00:00Z'), now)).toEqual({ days: 2, done: false });
  });
  it("has the company's midnight, not London's", () => {
    expect(promiseKept(order('2026-11-19T16:00:00Z', '2026-11-19T18:00:00Z'), now)).toEqual({
      days: 1,
      done: true,
    });
  });
});

it('writes phones in groups', () => {
  expect(phoneShown('+84903218456')).toBe('+84 903 218 456');
  expect(phoneShown('+842838123456')).toBe('+84 283 812 3456');
  expect(phoneShown('+12025550123')).toBe('+12025550123');
});

it('adds up what is of one currency', () => {
  expect(
    sum([
      { order: 'a', amount: 100 },
      { order: 'b', amount: 50, currency: 'VND' },
    ]),
  ).toEqual({ amount: 150, currency: 'VND' });
  expect(
    sum([
      { order: 'a', amount: 100 },
      { order: 'b', amount: 5, currency: 'USD' },
    ]),
  ).toBeNull();
  expect(sum([{ order: 'a' }])).toBeNull();
});
