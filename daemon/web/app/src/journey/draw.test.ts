import { expect, test } from 'vitest';
import { funnel, heat, life, map, type Column } from './draw';
import { laid, largest, NODES, sankey, type Way } from './sankey';
import { cut, escaped, file, type Picture, type Shape } from './svg';

const hostile = 'A & <b>"x"</b> \'y\' ]]> \u0000\u001b\ud800 Ẵ🎉';
const way = (from: string, to: string, n: number, back = 0): Way => ({
  from,
  to,
  n,
  back,
  said: `${from} ${to} ${n}`,
});
const ping = [
  way('Kho', 'Giao', 122, 80),
  way('Giao', 'Kho', 90, 70),
  way('Bán', 'Kho', 40),
  way('Bán', 'Kỹ thuật', 1),
];

test('what goes is what comes, and nothing lies on something else', () => {
  const l = laid(ping);
  const sum = (n: { n: number }[]) => n.reduce((a, b) => a + b.n, 0);
  expect(sum(l.left)).toBe(253);
  expect(sum(l.right)).toBe(253);
  for (const side of [l.left, l.right]) {
    side.slice(1).forEach((n, i) => {
      const above = side[i];
      // Names have two lines below their top.
      expect(n.y).toBeGreaterThanOrEqual((above?.y ?? 0) + Math.max(30, above?.height ?? 0));
    });
    expect(side.reduce((a, n) => a + n.height, 0)).toBeCloseTo(240);
  }
  // The bands of a node fill it exactly, one after the other.
  for (const [at, side, of] of [
    [0, l.left, 'from'],
    [1, l.right, 'to'],
  ] as const)
    for (const n of side) {
      let y = n.y;
      for (const b of l.bands
        .filter((x) => x.way[of] === n.name)
        .sort((a, c) => a.top[at] - c.top[at])) {
        expect(b.top[at]).toBeCloseTo(y);
        y += b.height;
      }
      expect(y).toBeCloseTo(n.y + n.height);
    }
  expect(laid([]).height).toBeGreaterThan(0);
});

test('of many departments the smallest are put together, and none is lost', () => {
  const many = Array.from({ length: 30 }, (_, i) => way(`a${i}`, `b${i % 15}`, i + 1, 1));
  const few = largest(many, 'khác', String);
  expect(new Set(few.map((w) => w.from)).size).toBe(NODES);
  expect(new Set(few.map((w) => w.to)).size).toBe(NODES);
  const sum = (of: Way[], k: 'n' | 'back') => of.reduce((a, w) => a + (w[k] ?? 0), 0);
  expect([sum(few, 'n'), sum(few, 'back')]).toEqual([465, 30]);
  expect(largest(ping, 'khác', String)).toEqual(ping);
});

const column = (title: string, n: number, mean?: number): Column => ({
  title,
  n,
  count: String(n),
  below: [title],
  ...(mean === undefined
    ? {}
    : { mood: { n: 9, mean, low: mean - 0.2, high: mean + 0.2 }, figure: String(mean) }),
});
const words = (p: Picture): string[] =>
  p.shapes.flatMap((s: Shape) => (s.is === 'text' ? [s.words] : []));

test('a map has a column for each stage, and a line only where feelings are known', () => {
  const p = map([column('Một', 100, 0.5), column('Hai', 50, -0.5), column('Ba', 0)], 'x');
  expect(words(p)).toEqual(expect.arrayContaining(['1. Một', '2. Hai', '3. Ba', '-0.5']));
  const bars = p.shapes.filter((s) => s.is === 'rect' && s.fill === 'data-0');
  expect(bars.map((b) => b.is === 'rect' && b.width)).toEqual([114, 57, 0]);
  // Two known stages make one line; the bad one has its ground.
  expect(p.shapes.filter((s) => s.stroke === 'data-1').length).toBe(1);
  expect(p.shapes.filter((s) => s.fill === 'sla-due-tint').length).toBe(1);
  const apart = map([column('a', 1, 0), column('b', 1), column('c', 1, 0)], 'x');
  expect(apart.shapes.filter((s) => s.stroke === 'data-1').length).toBe(0);
});

test('a funnel is as long as many came, and went on', () => {
  const bar = (n: number, on: number) => ({ title: 't', n, on, count: '', said: '' });
  const p = funnel([bar(100, 25), bar(10, 200), bar(0, 0)], 'x');
  const of = (ink: string) =>
    p.shapes.flatMap((s) => (s.is === 'rect' && s.fill === ink ? [s.width] : []));
  expect(of('data-2')).toEqual([114, 11.4, 0]);
  expect(of('data-1')).toEqual([28.5, 228, 0]);
});

test('a cell says its figure, and is dark where it is much', () => {
  const p = heat(
    { columns: ['Thư', 'Chat'], rows: [{ title: 'Hỏi', n: [9, 0], said: ['9', '0'] }] },
    'x',
  );
  expect(words(p)).toEqual(['Thư', 'Chat', 'Hỏi', '9']);
  expect(p.shapes.filter((s) => s.fill === 'data-1').length).toBe(1);
});

test('a life is drawn in its time', () => {
  const p = life(
    [{ title: 'Mua', from: 0, to: 50 }],
    [
      { at: 0, value: 1, said: 'a' },
      { at: 100, value: -1, said: 'b' },
    ],
    0,
    100,
    ['đầu', 'cuối'],
    'x',
  );
  const dots = p.shapes.flatMap((s) => (s.is === 'circle' ? [[s.x, s.y]] : []));
  expect(dots).toEqual([
    [12, 24],
    [868, 96],
  ]);
});

test('as a file it stands by itself, whatever names are in it', () => {
  const pictures = [
    map([column(hostile, 3, 0.1)], hostile),
    funnel([{ title: hostile, n: 1, count: '1', on: 1, said: hostile }], hostile),
    heat({ columns: [hostile], rows: [{ title: hostile, n: [1], said: [hostile] }] }, hostile),
    sankey([way(hostile, hostile, 3, 1)], hostile, [hostile, 'b'], String),
    life([{ title: hostile, from: 0, to: 9 }], [], 0, 9, ['a', 'b'], hostile),
  ];
  for (const p of pictures) {
    const text = file(p, hostile);
    // Every < begins a tag of ours, every & a name that XML knows.
    expect(
      text.replace(/<\/?(svg|title|desc|rect|g|path|text|circle)\b[^<>]*>|<\?xml[^<>]*>/g, ''),
    ).not.toMatch(/[<>]/);
    expect(text).not.toMatch(/&(?!(amp|lt|gt|quot|#39);)/);
    expect(text).not.toMatch(/[\u0000-\u0008\u000b\u000c\u000e-\u001f]/);
    expect(text).not.toMatch(
      /var\(|href|style=|NaN|undefined|http(?!:\/\/www\.w3\.org\/2000\/svg)/,
    );
  }
  expect(escaped('a\ud800b')).toBe('a\ufffdb');
  expect(cut('Bảo hành, hỗ trợ', 40)).toBe('Bảo…');
});
