import { describe, expect, test } from 'vitest';
import { blocks, enter, hasMarks, inline, link, prefix, wrap } from './marks';

const said = (s: string) =>
  inline(s)
    .map((b) => {
      const text =
        b.bold && b.italic
          ? `<bi>${b.text}`
          : b.bold
            ? `<b>${b.text}`
            : b.italic
              ? `<i>${b.text}`
              : b.text;
      return b.href ? `${text}→${b.href}` : text;
    })
    .join('|');

describe('marks within a line', () => {
  test.each([
    ['gọi lại lúc **15:00** nhé', 'gọi lại lúc |<b>15:00| nhé'],
    ['*rất* tiếc', '<i>rất| tiếc'],
    ['**đậm *và nghiêng***', '<b>đậm |<bi>và nghiêng'],
    ['2 * 3 * 4', '2 * 3 * 4'],
    ['a*b*c', 'a*b*c'],
    ['**', '**'],
    ['****', '****'],
    ['** không **', '** không **'],
    ['**chưa hết', '**chưa hết'],
    ['xem https://shop.example/a).', 'xem |https://shop.example/a→https://shop.example/a|).'],
    ['[đơn hàng](https://shop.example/d)', 'đơn hàng→https://shop.example/d'],
    ['[x](javascript:alert(1))', '[x](javascript:alert(1))'],
    ['[x](https://a"b)', '[x](|https://a→https://a|"b)'],
    ['**[x](https://a.example)**', '<b>x→https://a.example'],
    ['https://', 'https://'],
    ['😀 **ờ** ừ', '😀 |<b>ờ| ừ'],
  ])('%s', (text, shown) => expect(said(text)).toBe(shown));
});

test('lists, quotes and paragraphs', () => {
  expect(
    blocks('Chào chị\nem đây\n\n- một\n- hai\n1. ba\n2) bốn\n> trích\nxong').map((b) => [
      b.kind,
      b.lines.length,
    ]),
  ).toEqual([
    ['p', 2],
    ['ul', 2],
    ['ol', 2],
    ['quote', 1],
    ['p', 1],
  ]);
});

test('plain words have no marks', () => {
  expect(hasMarks('xem https://shop.example - cảm ơn')).toBe(false);
  expect(hasMarks('a **b**')).toBe(true);
  expect(hasMarks('- b')).toBe(true);
});

test('a mark goes on and off', () => {
  const on = wrap({ text: 'gọi lại', from: 0, to: 3 }, '**');
  expect(on).toEqual({ text: '**gọi** lại', from: 2, to: 5 });
  expect(wrap(on, '**')).toEqual({ text: 'gọi lại', from: 0, to: 3 });
  // Italic within bold does not take the bold away.
  expect(wrap(on, '*').text).toBe('***gọi*** lại');
});

test('blanks at the ends of what is chosen stay outside', () => {
  const on = wrap({ text: 'gọi lại ngay', from: 3, to: 8 }, '**');
  expect(on.text).toBe('gọi **lại** ngay');
  expect(wrap(on, '**').text).toBe('gọi lại ngay');
  expect(wrap({ text: 'a  b', from: 1, to: 3 }, '*').text).toBe('a*  *b');
});

test('each of several lines has marks of its own, behind those of a list', () => {
  const was = { text: '- một\n- hai \n\nba', from: 0, to: 16 };
  const on = wrap(was, '**');
  expect(on.text).toBe('- **một**\n- **hai** \n\n**ba**');
  expect(on.text.slice(on.from, on.to)).toBe(on.text);
  expect(wrap(on, '**').text).toBe(was.text);
  expect(wrap(on, '*').text).toBe('- ***một***\n- ***hai*** \n\n***ba***');
  // One that has it already does not get it twice.
  expect(wrap({ text: '*a*\nb', from: 0, to: 5 }, '*').text).toBe('*a*\n*b*');
});

test('lines become a list and back', () => {
  const on = prefix({ text: 'một\nhai', from: 1, to: 5 }, '1. ');
  expect(on.text).toBe('1. một\n2. hai');
  expect(prefix({ ...on, from: 0, to: on.text.length }, '1. ').text).toBe('một\nhai');
  expect(prefix({ text: '', from: 0, to: 0 }, '- ').text).toBe('- ');
});

test('a link waits for its address', () => {
  const l = link({ text: 'xem đơn', from: 4, to: 7 }, 'địa chỉ');
  expect(l.text).toBe('xem [đơn](https://)');
  expect(l.text.slice(l.from, l.to)).toBe('https://');
});

test('Enter goes on with a list, and ends it when it is empty', () => {
  expect(enter({ text: '2. hai', from: 6, to: 6 })?.text).toBe('2. hai\n3. ');
  expect(enter({ text: '- một\n- ', from: 8, to: 8 })?.text).toBe('- một\n');
  expect(enter({ text: 'chữ', from: 3, to: 3 })).toBe(null);
});
