// What goes from whom to whom, as bands between two columns: whoever sends stands
// on the left, whoever receives on the right, so that what goes to and fro is
// seen as two bands.
import { cut, round, type Picture, type Shape } from './svg';

export interface Way {
  from: string;
  to: string;
  n: number;
  back?: number; // of n: drawn apart
  said: string;
}
export interface Node {
  name: string;
  n: number;
  y: number;
  height: number;
}
export interface Band {
  way: Way;
  top: [number, number]; // where it begins on either side
  height: number;
}
export interface Laid {
  left: Node[];
  right: Node[];
  bands: Band[];
  height: number;
}

const FLOW = 240; // all of it together is so high
const ROW = 30; // of a name and its figure
const GAP = 8;
export const NODES = 12; // on a side; what is beyond is put together

// The largest keep their names, all others are one.
export function largest(ways: Way[], rest: string, of: (n: number) => string): Way[] {
  const keep = (side: 'from' | 'to'): Set<string> => {
    const sums = new Map<string, number>();
    for (const w of ways) sums.set(w[side], (sums.get(w[side]) ?? 0) + w.n);
    const names = [...sums].sort((a, b) => b[1] - a[1] || (a[0] < b[0] ? -1 : 1));
    return new Set(names.slice(0, names.length > NODES ? NODES - 1 : NODES).map(([n]) => n));
  };
  const [from, to] = [keep('from'), keep('to')];
  const out = new Map<string, Way>();
  for (const w of ways) {
    const [a, b] = [from.has(w.from) ? w.from : rest, to.has(w.to) ? w.to : rest];
    if (a === w.from && b === w.to) {
      out.set(JSON.stringify([a, b]), { ...w });
      continue;
    }
    const key = JSON.stringify([a, b]);
    const was = out.get(key);
    const n = (was?.n ?? 0) + w.n;
    const back = (was?.back ?? 0) + (w.back ?? 0);
    out.set(key, { from: a, to: b, n, back, said: `${a} → ${b}: ${of(n)}` });
  }
  return [...out.values()];
}

export function laid(ways: Way[]): Laid {
  const some = ways.filter((w) => w.n > 0);
  const total = some.reduce((sum, w) => sum + w.n, 0);
  const scale = total ? FLOW / total : 0;
  const column = (side: 'from' | 'to'): Node[] => {
    const sums = new Map<string, number>();
    for (const w of some) sums.set(w[side], (sums.get(w[side]) ?? 0) + w.n);
    let y = 0;
    return [...sums]
      .sort((a, b) => b[1] - a[1] || (a[0] < b[0] ? -1 : 1))
      .map(([name, n]) => {
        const node = { name, n, y, height: n * scale };
        y += Math.max(ROW, node.height) + GAP;
        return node;
      });
  };
  const [left, right] = [column('from'), column('to')];
  const place = (nodes: Node[]): Map<string, number> => new Map(nodes.map((n, i) => [n.name, i]));
  const [atLeft, atRight] = [place(left), place(right)];
  // Each node's bands in the order of the other side, so that few cross.
  const filled = (nodes: Node[]): Map<string, number> => new Map(nodes.map((n) => [n.name, n.y]));
  const [leftAt, rightAt] = [filled(left), filled(right)];
  const bands = some.map((way): Band => ({ way, top: [0, 0], height: way.n * scale }));
  const take = (tops: Map<string, number>, name: string, height: number): number => {
    const y = tops.get(name) ?? 0;
    tops.set(name, y + height);
    return y;
  };
  const by = (of: Map<string, number>, name: string): number => of.get(name) ?? 0;
  [...bands]
    .sort((a, b) => by(atRight, a.way.to) - by(atRight, b.way.to))
    .forEach((b) => (b.top[0] = take(leftAt, b.way.from, b.height)));
  [...bands]
    .sort((a, b) => by(atLeft, a.way.from) - by(atLeft, b.way.from))
    .forEach((b) => (b.top[1] = take(rightAt, b.way.to, b.height)));
  const foot = (nodes: Node[]): number => {
    const last = nodes.at(-1);
    return last ? last.y + Math.max(ROW, last.height) : 0;
  };
  return { left, right, bands, height: Math.max(ROW, foot(left), foot(right)) };
}

const [NAMES, WIDE] = [170, 656]; // room for names on a side; of the picture
const [X0, X1] = [NAMES, WIDE - NAMES];

function band(y0: number, y1: number, height: number): string {
  const [a, b] = [X0 + 8, X1 - 8];
  const m = (a + b) / 2;
  const c = (y: number): string => String(round(y));
  return (
    `M${a} ${c(y0)}C${m} ${c(y0)} ${m} ${c(y1)} ${b} ${c(y1)}` +
    `V${c(y1 + height)}C${m} ${c(y1 + height)} ${m} ${c(y0 + height)} ${a} ${c(y0 + height)}Z`
  );
}

export function sankey(
  ways: Way[],
  label: string,
  sides: [string, string],
  of: (n: number) => string,
): Picture {
  const l = laid(ways);
  const top = 24;
  const shapes: Shape[] = [
    { is: 'text', x: X0, y: 12, words: sides[0], to: 'end', fill: 'text-3' },
    { is: 'text', x: X1, y: 12, words: sides[1], fill: 'text-3' },
  ];
  for (const b of l.bands) {
    const [y0, y1] = [b.top[0] + top, b.top[1] + top];
    const back = b.way.n ? ((b.way.back ?? 0) / b.way.n) * b.height : 0;
    shapes.push({
      is: 'path',
      d: band(y0, y1, Math.max(0.75, b.height - 0.5)),
      fill: 'data-3',
      hint: b.way.said,
    });
    if (back > 0)
      shapes.push({
        is: 'path',
        d: band(y0, y1, Math.max(0.75, back - 0.5)),
        fill: 'sla-due',
        faint: 0.45,
        hint: b.way.said,
      });
  }
  const side = (nodes: Node[], x: number, right: boolean): void => {
    for (const n of nodes) {
      const y = n.y + top;
      const t = right ? x + 16 : x - 8;
      const to = right ? ('start' as const) : ('end' as const);
      shapes.push(
        {
          is: 'rect',
          x,
          y: round(y),
          width: 8,
          height: Math.max(1, round(n.height)),
          round: 2,
          fill: 'text-2',
        },
        {
          is: 'text',
          x: t,
          y: round(y + 11),
          words: cut(n.name, NAMES - 18),
          to,
          fill: 'text',
          hint: n.name,
        },
        { is: 'text', x: t, y: round(y + 25), words: of(n.n), to, fill: 'text-3' },
      );
    }
  };
  side(l.left, X0, false);
  side(l.right, X1 - 8, true);
  return { width: WIDE, height: Math.ceil(l.height + top + 4), label, shapes };
}
