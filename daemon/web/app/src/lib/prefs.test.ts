import { describe, expect, test } from 'vitest';
import type { Prefs } from './types';
import { prefsOf } from './prefs';

const members = [
  'lang',
  'theme',
  'density',
  'size',
  'sound',
  'desktop',
  'handclock',
  'keys',
  'views',
  'side',
] as const satisfies (keyof Prefs)[];

// Whatever JSON can hold, and what only looks right.
const odd: unknown[] = [
  null,
  true,
  0,
  100,
  -1,
  1e308,
  '',
  'vi',
  'dark',
  '<script>alert(1)</script>',
  '__proto__',
  'constructor',
  [],
  [null],
  ['vi'],
  [{ name: 1, query: {} }],
  [{ name: 'x', query: null }],
  [{ name: 'x', query: { view: { deep: 1 }, queue: 'sales' } }],
  [
    { name: 'x', query: {} },
    { name: 'x', query: {} },
  ],
  [{ name: '__proto__', query: {} }],
  {},
  { vi: true },
  { orders: 'yes', cases: false },
  JSON.parse('{"__proto__": {"lang": "en"}, "toString": 1}'),
];

// (One expect a value: they are slow, and there are thousands.)
function sound(p: Prefs): boolean {
  const names = (p.views ?? []).map((v) => v.name);
  return (
    ['vi', 'en', undefined].includes(p.lang) &&
    ['light', 'dark', undefined].includes(p.theme) &&
    ['comfortable', 'compact', undefined].includes(p.density) &&
    [100, 112, 125, undefined].includes(p.size) &&
    ['restart', 'keep', undefined].includes(p.handclock) &&
    [p.sound, p.desktop, p.keys].every((v) => ['boolean', 'undefined'].includes(typeof v)) &&
    new Set(names).size === names.length &&
    names.every((name) => typeof name === 'string') &&
    (p.views ?? []).every((v) => Object.values(v.query).every((q) => typeof q === 'string')) &&
    Object.values(p.side ?? {}).every((open) => typeof open === 'boolean')
  );
}

describe('what an agent likes', () => {
  test('what is known stays as it is', () => {
    const all: Prefs = {
      lang: 'en',
      theme: 'dark',
      density: 'compact',
      size: 112,
      sound: false,
      desktop: true,
      handclock: 'keep',
      keys: false,
      views: [{ name: 'Thư', query: { view: 'all', channel: 'mail' } }],
      side: { orders: false },
    };
    expect(prefsOf(all)).toEqual(all);
    expect(prefsOf(undefined)).toEqual({});
  });

  test('a language that nobody has is none', () => {
    expect(prefsOf({ lang: '<script>' })).toEqual({});
    expect(prefsOf({ lang: 'constructor', size: '100', theme: 'dark' })).toEqual({ theme: 'dark' });
  });

  test('whatever was kept, what is read is of its kind', () => {
    const tried: unknown[] = odd.flatMap((v) => [v, ...members.map((name) => ({ [name]: v }))]);
    // Many together, by a generator that gives the same each time.
    let seed = 7;
    const next = (n: number) => (seed = (seed * 48271) % 2147483647) % n;
    for (let i = 0; i < 500; i++)
      tried.push(Object.fromEntries(members.map((name) => [name, odd[next(odd.length)]])));
    expect(tried.filter((v) => !sound(prefsOf(v)))).toEqual([]);
  });
});
