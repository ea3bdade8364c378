import { expect, test } from 'vitest';
import { asked, matching } from './suggest';

test.each([
  ['/', '/@', { mark: '/', words: '', from: 0 }],
  ['dạ /gi', '/@', { mark: '/', words: 'gi', from: 3 }],
  ['(@chi', '@', { mark: '@', words: 'chi', from: 1 }],
  ['/giờ-làm', '/', { mark: '/', words: 'giờ-làm', from: 0 }],
  ['1/2', '/', null],
  ['https://a', '/', null],
  ['a@b', '@', null],
  ['@chi ', '@', null],
  ['@chi', '/', null],
])('%j asks', (text, marks, what) => expect(asked(text, text.length, marks)).toEqual(what));

test('without diacritics, what begins so first', () => {
  const names = ['xin-loi-giao-tre', 'giao-bu', 'giờ-làm'];
  expect(matching(names, 'giao', (n) => [n])).toEqual(['giao-bu', 'xin-loi-giao-tre']);
  expect(matching(names, 'gio', (n) => [n])).toEqual(['giờ-làm']);
  expect(matching(names, 'GIAO TRE', (n) => [n])).toEqual(['xin-loi-giao-tre']);
  expect(matching(names, '', (n) => [n])).toEqual(names);
});
