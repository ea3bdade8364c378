import { describe, expect, test } from 'vitest';
import { fitting, fold, marked, markedPhrases } from './fold';

// All 134 letters of Vietnamese that are not plain ASCII, beside what each is
// without marks.  (Written by hand from the alphabet: 12 vowels × 5 tones,
// the vowels with a shape, đ; small and capital.)
const bare: Record<string, string> = {
  a: 'àáảãạăằắẳẵặâầấẩẫậ',
  e: 'èéẻẽẹêềếểễệ',
  i: 'ìíỉĩị',
  o: 'òóỏõọôồốổỗộơờớởỡợ',
  u: 'ùúủũụưừứửữự',
  y: 'ỳýỷỹỵ',
  d: 'đ',
};

describe('fold', () => {
  test('there are 134 letters', () => {
    expect(Object.values(bare).join('').length * 2).toBe(134);
  });
  for (const form of ['NFC', 'NFD'] as const)
    test(`every letter, small and capital, in ${form}`, () => {
      for (const [plain, letters] of Object.entries(bare))
        for (const c of letters) {
          expect(fold(c.normalize(form))).toBe(plain);
          expect(fold(c.toUpperCase().normalize(form))).toBe(plain);
        }
    });
  test('plain text, digits and other scripts stay', () => {
    expect(fold('DH20418 Grün 日本 😞')).toBe('dh20418 grun 日本 😞');
    expect(fold('')).toBe('');
  });
});

const hits = (text: string, query: string) =>
  marked(text, query)
    .map((p) => (p.hit ? `[${p.text}]` : p.text))
    .join('');

describe('marked', () => {
  test('with and without marks', () => {
    expect(hits('DH20418 giao trễ, thiếu lõi lọc', 'loi loc')).toBe(
      'DH20418 giao trễ, thiếu [lõi] [lọc]',
    );
    expect(hits('thieu loi loc', 'lõi')).toBe('thieu [loi] loc');
  });
  test('both normal forms, text given back as it was', () => {
    for (const form of ['NFC', 'NFD'] as const) {
      const text = 'Đỗ Hoàng Yến đổi màu'.normalize(form);
      const pieces = marked(text, 'do hoa');
      expect(pieces.map((p) => p.text).join('')).toBe(text);
      expect(pieces.filter((p) => p.hit).map((p) => p.text.normalize('NFC'))).toEqual([
        'Đỗ',
        'Hoà',
        'đổ',
      ]);
    }
  });
  test('only where a word begins', () => {
    expect(hits('giao hàng', 'ao')).toBe('giao hàng');
    expect(hits('DH20418', '20418')).toBe('DH20418');
    expect(hits('#4187 và 4187', '4187')).toBe('#[4187] và [4187]');
  });
  test('hits that overlap are one', () => {
    expect(hits('lọc lọc', 'lo loc')).toBe('[lọc] [lọc]');
  });
  test('nothing asked, nothing there, signs only', () => {
    expect(marked('abc', ' ')).toEqual([{ text: 'abc', hit: false }]);
    expect(marked('', 'abc')).toEqual([]);
    expect(hits('a.b*c', '.*')).toBe('a.b*c');
  });
  test('letters beyond the first plane', () => {
    expect(hits('😞 buồn quá 😞', 'buon')).toBe('😞 [buồn] quá 😞');
  });
});

describe('phrases', () => {
  const shown = (text: string, ...all: string[]): string =>
    markedPhrases(text, all)
      .map((p) => (p.hit ? `[${p.text}]` : p.text))
      .join('');
  test('whole, with or without marks and blanks', () => {
    expect(shown('Giao hàng trễ, GIAO-HANG, giaohang', 'giao hàng')).toBe(
      '[Giao hàng] trễ, [GIAO-HANG], [giaohang]',
    );
    expect(shown('giao hàngt xgiao hàng', 'giao hàng')).toBe('giao hàngt xgiao hàng');
    expect(shown('a+b', '+', '.*', '')).toBe('a+b');
    expect(shown('', 'x')).toBe('');
  });
  test('one within another is one hit', () => {
    expect(shown('chưa nhận được hàng', 'nhận', 'chưa nhận được')).toBe('[chưa nhận được] hàng');
  });
});

describe('fitting', () => {
  test('the beginning goes before a word, a word before its inside', () => {
    expect(fitting('Giải quyết', 'giai')).toBe(4);
    expect(fitting('Tự giải quyết', 'giai q')).toBe(3);
    expect(fitting('Tự giải quyết', 'iai')).toBe(2);
    expect(fitting('Giải quyết', 'nhận')).toBe(0);
    expect(fitting('Giải quyết', '')).toBe(1);
  });
});
