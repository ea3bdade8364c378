// Words without their marks, as deskd's search compares them: "Thiếu lõi lọc"
// and "thieu loi loc" are the same.

// Lower case, no marks, đ as d; one letter for each letter of the NFC text.
function letter(c: string): string {
  const bare = c.normalize('NFD').replace(/\p{M}+/gu, '');
  return (bare === 'đ' || bare === 'Đ' ? 'd' : bare).toLowerCase();
}

export const fold = (text: string): string => Array.from(text.normalize('NFC'), letter).join('');

export interface Piece {
  text: string;
  hit: boolean;
}

// The text's folded letters, and of each of them (and of the end) where the
// letter with its marks begins in the text.
function flattened(text: string): { flat: string; places: number[] } {
  const places: number[] = [];
  let flat = '';
  for (const m of text.matchAll(/\P{M}\p{M}*|\p{M}+/gu)) {
    for (const folded of fold(m[0])) {
      flat += folded;
      for (let i = 0; i < folded.length; i++) places.push(m.index);
    }
  }
  places.push(text.length);
  return { flat, places };
}

// The text cut where hits begin and end; those that overlap are one.
function cut(text: string, hits: [number, number][]): Piece[] {
  hits.sort((a, b) => a[0] - b[0] || b[1] - a[1]);
  const pieces: Piece[] = [];
  let end = 0;
  for (const [from, to] of hits) {
    if (to <= end) continue;
    const start = Math.max(from, end);
    if (start > end) pieces.push({ text: text.slice(end, start), hit: false });
    pieces.push({ text: text.slice(start, to), hit: true });
    end = to;
  }
  if (end < text.length) pieces.push({ text: text.slice(end), hit: false });
  return pieces;
}

const wordsOf = (text: string): string[] => fold(text).match(/[\p{L}\p{N}]+/gu) ?? [];

// The text in pieces: where the query's words begin a word of it, those
// letters are a hit.  The text stays as it was typed, in either normal form.
export function marked(text: string, query: string): Piece[] {
  const wanted = [...new Set(wordsOf(query))];
  if (!wanted.length || !text) return text ? [{ text, hit: false }] : [];
  const { flat, places } = flattened(text);
  const hits: [number, number][] = [];
  for (const word of wanted)
    for (let at = flat.indexOf(word); at >= 0; at = flat.indexOf(word, at + 1))
      if (at === 0 || !/[\p{L}\p{N}]/u.test(flat[at - 1] ?? ''))
        hits.push([places[at] ?? 0, places[at + word.length] ?? text.length]);
  return cut(text, hits);
}

// The same, where whole phrases stand in it, run together or not.
export function markedPhrases(text: string, phrases: string[]): Piece[] {
  if (!text) return [];
  const { flat, places } = flattened(text);
  const hits: [number, number][] = [];
  for (const words of phrases.map(wordsOf)) {
    if (!words.length) continue;
    const all = new RegExp(
      `(?<![\\p{L}\\p{N}])${words.join('[^\\p{L}\\p{N}]*')}(?![\\p{L}\\p{N}])`,
      'gu',
    );
    for (const m of flat.matchAll(all))
      hits.push([places[m.index] ?? 0, places[m.index + m[0].length] ?? text.length]);
  }
  return cut(text, hits);
}

// How well an item fits what was typed: all words must be there; 0: not at
// all, more is better (it begins with it, a word begins with it).
export function fitting(text: string, query: string): number {
  const flat = fold(text);
  const wanted = fold(query).trim();
  if (!wanted) return 1;
  if (flat.startsWith(wanted)) return 4;
  const words = wanted.split(/\s+/);
  if (!words.every((word) => flat.includes(word))) return 0;
  return words.every((word) => flat.startsWith(word) || flat.includes(` ${word}`)) ? 3 : 2;
}
