// The pictures of journeys: where each shape stands.  Words and figures come
// written already (w.…), so that the same drawing serves either language.
import { cut, round, through, type Picture, type Shape } from './svg';

export interface Felt {
  n: number;
  mean: number; // -1 … 1
  low: number;
  high: number;
}
export interface Column {
  title: string;
  n: number; // customers who came to it
  count: string;
  mood?: Felt;
  figure?: string; // the mood's
  below?: string[]; // small lines under it
}

const COLUMN = 134;
const [TOP, FOOT] = [52, 156]; // of the line of feeling
const yOf = (v: number): number => round((TOP + FOOT) / 2 - (v * (FOOT - TOP)) / 2);
// As a share of the largest; what is there is seen.
const partOf = (n: number, most: number, wide: number): number =>
  n > 0 && most > 0 ? Math.max(2, round((n / most) * wide)) : 0;

// The map: a column for each stage, how customers felt there with its limits,
// how many came.  A feeling that is surely bad stands on a ground of its own.
export function map(columns: Column[], label: string): Picture {
  const shapes: Shape[] = [];
  const most = Math.max(0, ...columns.map((c) => c.n));
  const lines = Math.max(0, ...columns.map((c) => c.below?.length ?? 0));
  const height = 224 + lines * 17;
  const middle = (i: number): number => i * COLUMN + COLUMN / 2;
  columns.forEach((c, i) => {
    const x = i * COLUMN;
    if (c.mood && c.mood.high < 0)
      shapes.push({
        is: 'rect',
        x,
        y: 0,
        width: COLUMN,
        height,
        round: 6,
        fill: 'sla-due-tint',
        faint: 0.6,
      });
    if (i) shapes.push({ is: 'path', d: `M${x} 26V${height}`, stroke: 'line' });
    shapes.push({
      is: 'text',
      x: x + 10,
      y: 17,
      words: cut(`${i + 1}. ${c.title}`, COLUMN - 14),
      strong: true,
      fill: 'text',
      hint: c.title,
    });
  });
  shapes.push({
    is: 'path',
    d: `M0 ${yOf(0)}H${columns.length * COLUMN}`,
    stroke: 'data-0',
    dash: '3 4',
  });
  // One line as far as the feeling is known.
  const runs: number[][] = [];
  columns.forEach((c, i) => {
    if (!c.mood) return;
    const run = runs.at(-1);
    if (run && run.at(-1) === i - 1) run.push(i);
    else runs.push([i]);
  });
  const felt = (i: number): Felt => columns[i]?.mood ?? { n: 0, mean: 0, low: 0, high: 0 };
  for (const run of runs) {
    const upper = run.map((i): [number, number] => [middle(i), yOf(felt(i).high)]);
    const lower = run.map((i): [number, number] => [middle(i), yOf(felt(i).low)]).reverse();
    if (run.length > 1) {
      shapes.push({
        is: 'path',
        d: `${through([...upper, ...lower])}Z`,
        fill: 'data-3',
        faint: 0.75,
      });
      shapes.push({
        is: 'path',
        d: through(run.map((i) => [middle(i), yOf(felt(i).mean)])),
        stroke: 'data-1',
        wide: 2.25,
      });
    } else
      shapes.push({
        is: 'path',
        d: through([...upper, ...lower]),
        stroke: 'data-3',
        wide: 8,
      });
  }
  columns.forEach((c, i) => {
    const x = i * COLUMN + 10;
    if (c.mood) {
      const bad = c.mood.high < 0;
      const y = yOf(c.mood.mean);
      shapes.push({
        is: 'circle',
        x: middle(i),
        y,
        r: 4.5,
        fill: bad ? 'sla-due' : 'data-1',
        stroke: 'surface',
        wide: 2,
      });
      shapes.push({
        is: 'text',
        x: middle(i),
        y: bad ? y + 22 : y - 12,
        words: c.figure ?? '',
        to: 'middle',
        strong: true,
        fill: bad ? 'sla-due' : 'text',
      });
    }
    shapes.push(
      { is: 'rect', x, y: 190, width: COLUMN - 20, height: 8, round: 4, fill: 'sunken' },
      {
        is: 'rect',
        x,
        y: 190,
        width: partOf(c.n, most, COLUMN - 20),
        height: 8,
        round: 4,
        fill: 'data-0',
      },
      { is: 'text', x, y: 214, words: c.count, strong: true, fill: 'text' },
    );
    c.below?.forEach((words, n) =>
      shapes.push({
        is: 'text',
        x,
        y: 231 + n * 17,
        words: cut(words, COLUMN - 16),
        fill: 'text-3',
        hint: words,
      }),
    );
  });
  return { width: Math.max(1, columns.length) * COLUMN, height, label, shapes };
}

export interface Bar {
  title: string;
  n: number; // who came
  on: number; // who went on from there
  count: string;
  said: string; // behind the bars
}

// The funnel: for each stage a bar as long as many came, and a thin one of those
// who went on, on the same scale.
export function funnel(bars: Bar[], label: string): Picture {
  const [left, wide, high] = [150, 228, 40];
  const most = Math.max(0, ...bars.flatMap((b) => [b.n, b.on]));
  const shapes = bars.flatMap((b, i): Shape[] => {
    const y = i * high;
    const bar = (top: number, height: number, n: number, fill: 'data-1' | 'data-2'): Shape => ({
      is: 'rect',
      x: left,
      y: y + top,
      width: partOf(n, most, wide),
      height,
      round: 3,
      fill,
    });
    return [
      {
        is: 'text',
        x: 0,
        y: y + 22,
        words: cut(`${i + 1}. ${b.title}`, left - 10),
        strong: true,
        fill: 'text',
        hint: b.title,
      },
      { is: 'rect', x: left, y: y + 7, width: wide, height: 24, round: 3, fill: 'sunken' },
      bar(7, 16, b.n, 'data-2'),
      bar(25, 6, b.on, 'data-1'),
      { is: 'text', x: left + wide + 12, y: y + 22, words: b.count, strong: true, fill: 'text' },
      { is: 'text', x: left + wide + 60, y: y + 22, words: cut(b.said, 216), hint: b.said },
    ];
  });
  return { width: 656, height: Math.max(1, bars.length) * high, label, shapes };
}

export interface Heat {
  columns: string[];
  rows: { title: string; n: number[]; said: string[] }[]; // a figure for each column
}

// The heat map: each cell its figure, on a ground that is darker for more.
export function heat(h: Heat, label: string): Picture {
  const [left, wide, high] = [220, 88, 32];
  const most = Math.max(0, ...h.rows.flatMap((r) => r.n));
  const shapes: Shape[] = h.columns.map((words, i) => ({
    is: 'text',
    x: left + i * wide + wide / 2,
    y: 16,
    words: cut(words, wide - 4),
    to: 'middle',
    fill: 'text-2',
    hint: words,
  }));
  h.rows.forEach((r, j) => {
    const y = 24 + j * high;
    shapes.push({
      is: 'text',
      x: 0,
      y: y + 20,
      words: cut(r.title, left - 10),
      fill: 'text',
      hint: r.title,
    });
    r.n.forEach((n, i) => {
      const part = most ? n / most : 0;
      const dark = part > 2 / 3;
      shapes.push({
        is: 'rect',
        x: left + i * wide + 1,
        y: y + 1,
        width: wide - 2,
        height: high - 2,
        round: 4,
        fill: dark ? 'data-1' : part > 1 / 3 ? 'data-2' : part > 1 / 9 ? 'data-3' : 'sunken',
        hint: `${r.title}, ${h.columns[i] ?? ''}: ${r.said[i] ?? ''}`,
      });
      if (n)
        shapes.push({
          is: 'text',
          x: left + i * wide + wide / 2,
          y: y + 20,
          words: r.said[i] ?? '',
          to: 'middle',
          fill: dark ? 'surface' : 'text',
        });
    });
  });
  return {
    width: left + h.columns.length * wide,
    height: 24 + Math.max(1, h.rows.length) * high,
    label,
    shapes,
  };
}

export interface Dot {
  at: number; // ms
  value: -1 | 0 | 1;
  said: string;
  event?: number;
}
export interface Stay {
  title: string;
  from: number;
  to: number;
}

// One customer's line: stages as bands under each other's time, and what he
// felt, message by message.
export function life(
  stays: Stay[],
  moods: Dot[],
  from: number,
  to: number,
  ends: [string, string],
  label: string,
): Picture {
  const [left, wide] = [12, 856];
  const [top, foot] = [24, 96];
  const length = Math.max(1, to - from);
  const xOf = (at: number): number =>
    round(left + (Math.min(Math.max(at - from, 0), length) / length) * wide);
  const y = (v: number): number => (top + foot) / 2 - (v * (foot - top)) / 2;
  const shapes: Shape[] = [
    { is: 'path', d: `M${left} ${y(0)}H${left + wide}`, stroke: 'data-0', dash: '3 4' },
  ];
  if (moods.length > 1)
    shapes.push({
      is: 'path',
      d: through(moods.map((m) => [xOf(m.at), y(m.value)])),
      stroke: 'data-2',
      wide: 1.5,
    });
  for (const m of moods)
    shapes.push({
      is: 'circle',
      x: xOf(m.at),
      y: y(m.value),
      r: 4.5,
      fill: m.value < 0 ? 'sla-due' : m.value > 0 ? 'good' : 'data-0',
      stroke: 'surface',
      wide: 1.5,
      hint: m.said,
      event: m.event,
    });
  stays.forEach((s, i) => {
    const x = xOf(s.from);
    const width = Math.max(3, round(xOf(s.to) - x - 1));
    shapes.push({
      is: 'rect',
      x,
      y: 112,
      width,
      height: 22,
      round: 3,
      fill: i % 2 ? 'sunken' : 'data-3',
      hint: s.title,
    });
    if (width > 34)
      shapes.push({
        is: 'text',
        x: x + 6,
        y: 127,
        words: cut(s.title, width - 10),
        fill: 'text',
      });
  });
  shapes.push(
    { is: 'text', x: left, y: 152, words: ends[0], fill: 'text-3' },
    { is: 'text', x: left + wide, y: 152, words: ends[1], to: 'end', fill: 'text-3' },
  );
  return { width: left * 2 + wide, height: 160, label, shapes };
}
