import { expect, test } from 'vitest';
import { feelingOf, pieces, spans, valueOf } from './feel';

const bytes = (s: string): number => new TextEncoder().encode(s).length;

test('the words that show a feeling are found behind marks and signs', () => {
  const text = 'Cảm ơn 👋 nhưng RẤT THẤT VỌNG, gọi mãi';
  const words = ['THẤT VỌNG', 'gọi mãi'];
  const at = words.map((w) => bytes(text.slice(0, text.indexOf(w))));
  const found = spans(text, { value: -1, words, at });
  expect(found.map(([from, to]) => text.slice(from, to))).toEqual(words);
  expect(pieces(text, found).map((p) => p.text)).toEqual([
    'Cảm ơn 👋 nhưng RẤT ',
    'THẤT VỌNG',
    ', ',
    'gọi mãi',
  ]);
});

test('what does not stand there is not marked', () => {
  expect(spans('Hàng tốt', { value: 1, words: ['tốt'], at: [1] })).toEqual([]);
  expect(spans('Hàng tốt', { value: 1, words: ['tốt'], at: [999] })).toEqual([]);
  expect(spans('Hàng tốt', { value: 1, words: ['tốt'] })).toEqual([]);
  expect(spans('Hàng tốt', undefined)).toEqual([]);
});

test('a text that is cut keeps the part of a mark that is left', () => {
  expect(pieces('abc', [[1, 9]])).toEqual([
    { text: 'a', mark: false },
    { text: 'bc', mark: true },
  ]);
  expect(pieces('abc', [[5, 9]])).toEqual([{ text: 'abc', mark: false }]);
});

test('feelings have a name each', () => {
  for (const v of [-1, 0, 1] as const) expect(valueOf(feelingOf(v))).toBe(v);
});
