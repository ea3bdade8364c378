// What a page may say of the widget, and how times and names are said.
import { expect, test } from 'vitest';
import { identityOf, languageOf, readOptions } from '../src/options';
import { ahead, initials, lasting, sizeOf } from '../src/when';
import { wordsOf } from '../src/words';

test('a tag without anything, and one with nonsense, are the same', () => {
  const src = 'https://desk.shop.example/widget.js?v=1';
  const plain = readOptions({}, src);
  expect(plain.base).toBe('https://desk.shop.example');
  const nonsense = {
    color: 'red;}',
    lang: 'xx',
    theme: 'pink',
    position: 'middle',
    gap: '-5',
    lift: '1e9',
    user: 'a',
  };
  expect(readOptions(nonsense, src)).toEqual(plain);
});

test('what is said is done', () => {
  const o = readOptions(
    {
      color: '#0a0',
      lang: 'en',
      position: 'left',
      lift: '56px',
      launcher: 'none',
      name: ' An Tâm ',
    },
    'https://desk.shop.example/widget.js',
  );
  expect(o).toMatchObject({
    accent: [0, 170, 0],
    lang: 'en',
    position: 'left',
    lift: 56,
    launcher: false,
    name: 'An Tâm',
  });
});

test('who is nobody without a signature', () => {
  expect(identityOf({ user: '7' })).toBeNull();
  expect(identityOf({ user: '7', signature: 'ab', email: '', name: 5 })).toEqual({
    user: '7',
    signature: 'ab',
  });
});

test('the page has the first word on the language, then the browser', () => {
  expect(languageOf('vi', ['en-GB'])).toBe('vi');
  expect(languageOf('', ['fr', 'vi-VN', 'en'])).toBe('vi');
  expect(languageOf('de', ['fr'])).toBe('en');
});

test('times and waits are words', () => {
  const w = wordsOf('vi');
  const now = new Date(2026, 10, 20, 19, 0).getTime(); // a Friday
  expect(ahead(new Date(2026, 10, 20, 20, 30).getTime(), now, 'vi', w)).toBe('lúc 20:30');
  expect(ahead(new Date(2026, 10, 21, 8, 0).getTime(), now, 'vi', w)).toBe('lúc 08:00 ngày mai');
  expect(ahead(new Date(2026, 10, 23, 8, 0).getTime(), now, 'vi', w)).toBe('lúc 08:00 thứ Hai');
  expect(lasting(30, w)).toBe('1 phút');
  expect(lasting(2400, w)).toBe('40 phút');
  expect(sizeOf(10 << 20, 'vi')).toBe('10 MB');
  expect(initials('Sương Võ')).toBe('SV');
  expect(initials('chi')).toBe('CH');
  expect(initials('')).toBe('');
});

test('both languages say everything, and differ', () => {
  const [vi, en] = [wordsOf('vi'), wordsOf('en')];
  expect(Object.keys(vi).sort()).toEqual(Object.keys(en).sort());
  for (const key of Object.keys(vi) as (keyof typeof vi)[])
    if (typeof vi[key] === 'string' && !['chat', 'email'].includes(key))
      expect(vi[key], key).not.toBe(en[key]);
});
