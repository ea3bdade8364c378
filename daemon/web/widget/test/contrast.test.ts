// Whatever colour the shop has, what stands on it can be read.
import { describe, expect, test } from 'vitest';
import { contrast, parseColour, textOn, tonesOf, type Rgb } from '../src/contrast';

const grounds: [Rgb, Rgb][] = [
  [
    [255, 255, 255],
    [238, 238, 234],
  ],
  [
    [22, 24, 27],
    [36, 40, 45],
  ],
];

describe('tones', () => {
  test('reach 4.5 for text and 3 for edges, for 512 accents in both themes', () => {
    for (let n = 0; n < 512; n++) {
      const accent: Rgb = [(n >> 6) * 36, ((n >> 3) & 7) * 36, (n & 7) * 36];
      for (const [surface, fill] of grounds) {
        const t = tonesOf(accent, surface, fill);
        const said = `${accent.join()} on ${surface.join()}`;
        expect(contrast(t.on, t.accent), said).toBeGreaterThanOrEqual(4.5);
        expect(contrast(t.on, t.hover), said).toBeGreaterThanOrEqual(4.5);
        for (const ground of [surface, fill, t.tint])
          expect(contrast(t.text, ground), said).toBeGreaterThanOrEqual(4.5);
        for (const ground of [surface, fill])
          expect(contrast(t.focus, ground), said).toBeGreaterThanOrEqual(3);
        expect(contrast(t.accent, surface), said).toBeGreaterThanOrEqual(1.5);
      }
    }
  });

  test('leave a colour alone that can be read', () => {
    expect(tonesOf([48, 86, 198], [255, 255, 255], [238, 238, 234]).accent).toEqual([48, 86, 198]);
    expect(textOn([255, 220, 0])).toEqual([0, 0, 0]);
  });
});

test('colours are read, and nothing else', () => {
  expect(parseColour('#7a4b2a')).toEqual([122, 75, 42]);
  expect(parseColour(' #FFF ')).toEqual([255, 255, 255]);
  for (const no of ['red', '#12345', '#12345678', 'url(x)', '#ggg', '', undefined])
    expect(parseColour(no)).toBeNull();
});
