import { expect, test } from 'vitest';
import { answersOf, asked, digit, fits, scores, wrongOf, type Question } from './survey';

const nps: Question = { name: 'diem', kind: 'nps', low: 0, high: 10 };
const why: Question = { name: 'vi-sao', kind: 'text', when: '0-6' };
const days: Question = { name: 'ngay', kind: 'number', required: true };

test('what follows a score is asked after such scores alone, and sent of those', () => {
  expect(asked([nps, why], { diem: 3 })).toHaveLength(2);
  expect(asked([nps, why], { diem: 9 })).toHaveLength(1);
  expect(asked([nps, why], {})).toHaveLength(1);
  expect(answersOf([nps, why], { diem: 9, 'vi-sao': 'chờ lâu' })).toEqual({ diem: 9 });
  expect(answersOf([nps, why], { diem: 2, 'vi-sao': '  ' })).toEqual({ diem: 2 });
  expect(fits('3', 3)).toBe(true);
  expect(fits('0-6', 7)).toBe(false);
});

test('what is missing or no number is said; a comma is one', () => {
  expect(wrongOf([nps], {})).toEqual({ question: 'diem', why: 'empty' });
  expect(wrongOf([nps, days], { diem: 0 })).toEqual({ question: 'ngay', why: 'missing' });
  expect(wrongOf([nps, days], { ngay: 'ba' })).toEqual({ question: 'ngay', why: 'number' });
  expect(wrongOf([nps, days], { ngay: '2,5' })).toBeNull();
  expect(answersOf([days], { ngay: '2,5' })).toEqual({ ngay: 2.5 });
});

test('digits choose a score, and 1 then 0 is ten where there is a ten', () => {
  expect(scores(nps)).toHaveLength(11);
  expect(digit(nps, '7', undefined)).toBe(7);
  expect(digit(nps, '0', 1)).toBe(10);
  expect(digit(nps, '5', 1)).toBe(5);
  const csat: Question = { name: 'a', kind: 'csat', low: 1, high: 5 };
  expect(digit(csat, '0', 1)).toBeNull();
  expect(digit(csat, '6', undefined)).toBeNull();
  expect(digit(csat, 'x', undefined)).toBeNull();
});
