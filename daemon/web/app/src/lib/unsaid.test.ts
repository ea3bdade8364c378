// Words that nobody shows: a key of a part's words that no file asks for, of
// those that take these words or are handed some (which take none).
import { expect, test } from 'vitest';

const files = import.meta.glob<string>(['../**/*.ts', '../**/*.svelte', '!../**/*.test.ts'], {
  query: '?raw',
  import: 'default',
  eager: true,
});
const isWords = (path: string) => /words\.ts$/.test(path);
const askers = Object.entries(files).filter(([path]) => !isWords(path));

// The keys of `vi: {…}`, in the form that prettier gives them; what stands
// deeper is looked up by what the server says.
const keys = (source: string) =>
  [...source.matchAll(/^  vi: \{\n([\s\S]*?)^  \}/gm)].flatMap((block) =>
    [...(block[1] ?? '').matchAll(/^    (\w+):/gm)].map((m) => m[1] ?? ''),
  );

test('every word is shown somewhere', () => {
  const asks = askers.map(([, s]) => ({
    words: new Set(s.match(/\w+Words\b/g)),
    asked: new Set([...s.matchAll(/[.'"`](\w+)\b/g)].map((m) => m[1] ?? '')),
  }));
  const unsaid: string[] = [];
  let n = 0;
  for (const [path, source] of Object.entries(files).filter(([p]) => isWords(p))) {
    const names = [...source.matchAll(/^export const (\w+)/gm)].map((m) => m[1] ?? '');
    const near = asks.filter((a) => a.words.size === 0 || names.some((w) => a.words.has(w)));
    for (const key of keys(source)) {
      n++;
      if (!near.some((a) => a.asked.has(key))) unsaid.push(`${path.slice(3)}: ${key}`);
    }
  }
  expect(unsaid).toEqual([]);
  expect(n).toBeGreaterThan(1000);
});
