// A picture as a list of shapes: the page draws it in the theme's colours, and
// as a file it stands by itself.  Lengths are in px of the picture's own size.

// Colours by their role in css/tokens.css, and as they are in a file (light).
const inks = {
  text: '#1a1c1f',
  'text-2': '#4b4f55',
  'text-3': '#63676d',
  surface: '#ffffff',
  sunken: '#eeeeea',
  line: '#e4e4df',
  'data-0': '#b6b9b5',
  'data-1': '#3056c6',
  'data-2': '#8ea5e4',
  'data-3': '#cfd9f5',
  'sla-due': '#a33a0a',
  'sla-due-tint': '#fee9de',
  good: '#1b7345',
} as const;
export type Ink = keyof typeof inks;

interface Looks {
  fill?: Ink; // none when not given
  stroke?: Ink;
  wide?: number; // of the stroke
  dash?: string;
  faint?: number; // opacity
  hint?: string; // said under the pointer
}
export type Shape = Looks &
  (
    | { is: 'rect'; x: number; y: number; width: number; height: number; round?: number }
    | { is: 'circle'; x: number; y: number; r: number; event?: number } // event: what it stands for
    | { is: 'path'; d: string }
    | {
        is: 'text';
        x: number;
        y: number; // of its foot
        words: string;
        size?: number; // 12 when not given
        to?: 'start' | 'middle' | 'end';
        strong?: boolean;
      }
  );
export interface Picture {
  width: number;
  height: number;
  label: string; // what one hears who does not see it
  shapes: Shape[];
}

const FACES = "Inter, 'Segoe UI', Roboto, 'Noto Sans', Arial, sans-serif";
export const round = (n: number): number => Math.round(n * 10) / 10;

// So many px, about: letters differ, and fonts fall back.
export const wideAs = (words: string, size = 12): number => [...words].length * size * 0.56;

// What there is room for, its end left out.
export function cut(words: string, room: number, size = 12): string {
  const all = [...words];
  const n = Math.max(1, Math.floor(room / (size * 0.56)));
  return all.length <= n
    ? words
    : `${all
        .slice(0, Math.max(1, n - 1))
        .join('')
        .trimEnd()}…`;
}

// A path through points: M 1 2 L 3 4 …
export const through = (points: [number, number][]): string =>
  points.map(([x, y], n) => `${n ? 'L' : 'M'}${round(x)} ${round(y)}`).join('');

// What XML 1.0 may hold, as text and between quotes.
export function escaped(words: string): string {
  let out = '';
  for (const c of words) {
    const n = c.codePointAt(0) ?? 0;
    const bad =
      (n < 32 && n !== 9 && n !== 10 && n !== 13) ||
      (n >= 0xd800 && n <= 0xdfff) ||
      n === 0xfffe ||
      n === 0xffff;
    out += bad ? '\ufffd' : (names[c] ?? c);
  }
  return out;
}
const names: Record<string, string> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

// The attributes of a shape, with ink as of says it is.
export function attributes(s: Shape, of: (ink: Ink) => string): Record<string, string | number> {
  const out: Record<string, string | number> = {};
  const put = (name: string, v: string | number | undefined): void => {
    if (v !== undefined) out[name] = v;
  };
  if (s.is === 'rect') {
    Object.assign(out, { x: s.x, y: s.y, width: Math.max(0, s.width), height: s.height });
    put('rx', s.round);
  } else if (s.is === 'circle') Object.assign(out, { cx: s.x, cy: s.y, r: s.r });
  else if (s.is === 'path') out.d = s.d;
  else {
    Object.assign(out, { x: s.x, y: s.y, 'font-size': s.size ?? 12 });
    put('text-anchor', s.to === 'start' ? undefined : s.to);
    put('font-weight', s.strong ? 600 : undefined);
  }
  out.fill = s.fill ? of(s.fill) : s.is === 'text' ? of('text-2') : 'none';
  put('stroke', s.stroke && of(s.stroke));
  put('stroke-width', s.wide);
  put('stroke-dasharray', s.dash);
  put('opacity', s.faint);
  return out;
}

// For the page: the theme's own.
export const inked = (ink: Ink): string => `var(--${ink})`;

// What is said under the pointer, if that is more than one reads.
export const hintOf = (s: Shape): string =>
  s.hint && !(s.is === 'text' && s.words.includes(s.hint)) ? s.hint : '';

function element(s: Shape): string {
  const at = Object.entries(attributes(s, (ink) => inks[ink]))
    .map(([k, v]) => ` ${k}="${escaped(String(v))}"`)
    .join('');
  const hint = hintOf(s);
  const within =
    (hint ? `<title>${escaped(hint)}</title>` : '') + (s.is === 'text' ? escaped(s.words) : '');
  return within ? `<${s.is}${at}>${within}</${s.is}>` : `<${s.is}${at}/>`;
}

// As a file: text stays text, and nothing is fetched from anywhere.
export function file(p: Picture, title: string): string {
  const top = 36;
  const [width, height] = [Math.ceil(p.width) + 32, Math.ceil(p.height) + top + 16];
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}" role="img" font-family="${escaped(FACES)}">`,
    `<title>${escaped(title)}</title>`,
    `<desc>${escaped(p.label)}</desc>`,
    `<rect width="${width}" height="${height}" fill="${inks.surface}"/>`,
    element({
      is: 'text',
      x: 16,
      y: 24,
      words: title,
      size: 14,
      strong: true,
      fill: 'text',
    }),
    `<g transform="translate(16 ${top})">`,
    ...p.shapes.map(element),
    '</g>',
    '</svg>',
    '',
  ].join('\n');
}
