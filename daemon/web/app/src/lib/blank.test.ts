import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { isBlank } from './blank';

test('what nobody sees says nothing', () => {
  for (const text of ['', '  \n\t', '\u200B\u200B', ' \u00A0\u2060\u3164', '\uFEFF', '\u2800'])
    expect(isBlank(text), JSON.stringify(text)).toBe(true);
  for (const text of ['a', '\u200Ba\u200B', '.', '👍', 'ạ', '0'])
    expect(isBlank(text), JSON.stringify(text)).toBe(false);
});

test('all that the server calls blank is blank here', () => {
  const sql = readFileSync(
    new URL('../../../../../sql/functions/replies.sql', import.meta.url),
    'utf8',
  );
  const rule = /\^\[\[:space:\]([^\]]+)\]\*\$/s.exec(sql)?.[1] ?? '';
  const ranges = [...rule.matchAll(/\\u([0-9A-F]{4})(?:-\\u([0-9A-F]{4}))?/g)].map((m) => [
    parseInt(m[1] ?? '', 16),
    parseInt(m[2] ?? m[1] ?? '', 16),
  ]) as [number, number][];
  expect(ranges.length).toBeGreaterThan(9);
  for (const [from, to] of ranges)
    for (let c = from; c <= to; c++)
      expect(isBlank(String.fromCodePoint(c)), c.toString(16)).toBe(true);
});
