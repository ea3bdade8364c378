import { describe, expect, test } from 'vitest';
import { gapsLeft } from './gaps';

describe('what is not here of a case', () => {
  const newest = [90, 91, 92];

  test('the beginning, far from the newest', () => {
    expect(gapsLeft(newest, [], 0, 3)).toEqual([3]);
  });
  test('the beginning, which reaches it', () => {
    expect(gapsLeft(newest, [], 0, 91)).toEqual([]);
    expect(gapsLeft(newest, [], 0, Infinity)).toEqual([]);
  });
  const both = [1, 2, 3, ...newest];
  test('a page on from there', () => {
    expect(gapsLeft(both, [3], 3, 6)).toEqual([6]);
    expect(gapsLeft(both, [3], 3, 90)).toEqual([]);
  });
  test('one that ends just before the newest: who knows', () => {
    expect(gapsLeft(both, [3], 3, 89)).toEqual([89]);
    expect(gapsLeft([...both, 89], [89], 89, 92)).toEqual([]);
  });
  test('a page before the newest', () => {
    expect(gapsLeft(both, [3], 80, 90)).toEqual([3]);
    expect(gapsLeft(both, [3], 3, 90)).toEqual([]);
  });
  test('a place between two', () => {
    expect(gapsLeft(both, [3], 40, 44)).toEqual([3, 44]);
    expect(gapsLeft([...both, 40, 44], [3, 44], 0, 40)).toEqual([44]);
    expect(gapsLeft([...both, 40, 44], [3, 44], 0, Infinity)).toEqual([]);
  });
  test('nothing was there', () => {
    expect(gapsLeft(both, [3], 3, Infinity)).toEqual([]);
    expect(gapsLeft([], [], 0, 5)).toEqual([]);
  });
});
