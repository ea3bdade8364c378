// Colours that can be read: of the shop's accent, whatever it is, the text that
// stands on it and the tones for links and edges, by the contrast of WCAG 2.2
// (relative luminance; 4.5 for text, 3 for what is no text).  Pure.

export type Rgb = readonly [number, number, number]; // 0 to 255 each

const TEXT = 4.5;
const EDGE = 3;

// #rgb and #rrggbb; null: none of these.
export function parseColour(text: string | undefined): Rgb | null {
  const hex = /^\s*#([0-9a-f]{3}|[0-9a-f]{6})\s*$/i.exec(text ?? '')?.[1];
  if (hex === undefined) return null;
  const wide = hex.length === 6 ? hex : hex.replace(/./g, '$&$&');
  const at = (i: number) => parseInt(wide.slice(i, i + 2), 16);
  return [at(0), at(2), at(4)];
}

export const css = ([r, g, b]: Rgb) => `rgb(${r} ${g} ${b})`;

function luminance(c: Rgb): number {
  const linear = (v: number) => {
    const s = v / 255;
    return s <= 0.04045 ? s / 12.92 : ((s + 0.055) / 1.055) ** 2.4;
  };
  return 0.2126 * linear(c[0]) + 0.7152 * linear(c[1]) + 0.0722 * linear(c[2]);
}

export function contrast(a: Rgb, b: Rgb): number {
  const x = luminance(a);
  const y = luminance(b);
  return (Math.max(x, y) + 0.05) / (Math.min(x, y) + 0.05);
}

const WHITE: Rgb = [255, 255, 255];
const BLACK: Rgb = [0, 0, 0];

// One of both always reaches 4.58.
export const textOn = (ground: Rgb): Rgb => (contrast(WHITE, ground) >= TEXT ? WHITE : BLACK);

export function mix(a: Rgb, b: Rgb, share: number): Rgb {
  const at = (i: 0 | 1 | 2) => Math.round(a[i] + (b[i] - a[i]) * share);
  return [at(0), at(1), at(2)];
}

// The colour, moved towards black or white as little as it takes to be so far
// from every one of the grounds.
export function apart(colour: Rgb, grounds: readonly Rgb[], least: number): Rgb {
  const to = luminance(grounds[0] ?? WHITE) > 0.18 ? BLACK : WHITE;
  for (let step = 0; step < 20; step++) {
    const tone = mix(colour, to, step / 20);
    let enough = true;
    for (const ground of grounds) enough &&= contrast(tone, ground) >= least;
    if (enough) return tone;
  }
  return to;
}

export interface Tones {
  accent: Rgb; // my own bubbles, the launcher, the button that sends
  hover: Rgb; // the same under the pointer
  on: Rgb; // text on both
  text: Rgb; // links
  focus: Rgb; // the ring
  tint: Rgb; // a soft ground
}

// surface and fill: the grounds of the panel and of the others' bubbles.
export function tonesOf(accent: Rgb, surface: Rgb, fill: Rgb): Tones {
  const dark = luminance(surface) < 0.18;
  const tint = mix(surface, accent, dark ? 0.22 : 0.1);
  // Its edge must be told from the panel, else an accent of white is nothing.
  const ground = apart(accent, [surface], 1.5);
  const on = textOn(ground);
  const hover = mix(ground, on === WHITE ? BLACK : WHITE, 0.12);
  return {
    accent: ground,
    hover,
    on,
    text: apart(accent, [surface, fill, tint], TEXT),
    focus: apart(accent, [surface, fill], EDGE),
    tint,
  };
}
