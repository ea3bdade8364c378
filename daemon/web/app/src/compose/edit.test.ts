import { expect, test } from 'vitest';
import { difference } from './edit';

const apply = (was: string, text: string): string => {
  const d = difference(was, text);
  return d ? was.slice(0, d.from) + d.put + was.slice(d.to) : was;
};

test('only what differs is put in', () => {
  expect(difference('gọi lại', 'gọi lại')).toBe(null);
  expect(difference('gọi lại', '**gọi** lại')).toEqual({ from: 0, to: 3, put: '**gọi**' });
  expect(difference('aa', 'aaa')).toEqual({ from: 2, to: 2, put: 'a' });
  expect(difference('- một\n- ', '- một\n')).toEqual({ from: 6, to: 8, put: '' });
});

test('it always comes to the text wanted, and cuts no character in two', () => {
  const texts = [
    '',
    'a',
    'aa',
    '😀',
    '😁',
    '😀😁',
    '😀a😁',
    'x😁',
    '\u{10000}',
    '\u{20000}',
    '😀😀',
  ];
  for (const was of texts)
    for (const text of texts) {
      expect(apply(was, text)).toBe(text);
      const put = difference(was, text)?.put ?? '';
      expect([...put].every((c) => !/^[\ud800-\udfff]$/.test(c))).toBe(true);
    }
});
