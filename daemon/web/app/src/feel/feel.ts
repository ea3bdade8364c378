// What somebody feels who wrote a message, and where its words show it.
import type { DeskEvent, Mood } from '../lib/types';

export type Feeling = 'bad' | 'plain' | 'good';
export const feelings = ['bad', 'plain', 'good'] as const;

export const feelingOf = (value: number): Feeling =>
  value < 0 ? 'bad' : value > 0 ? 'good' : 'plain';
export const valueOf = (f: Feeling): -1 | 0 | 1 => (f === 'bad' ? -1 : f === 'good' ? 1 : 0);

// Where the words that show it begin and end in a text: the desk counts bytes of
// UTF-8, a string here has units of UTF-16. What does not stand there is left
// out: a mark on the wrong words would be worse than none.
export function spans(text: string, mood: Mood | undefined): [number, number][] {
  if (!mood?.words?.length || !mood.at) return [];
  const bytes = new TextEncoder().encode(text);
  const read = new TextDecoder();
  const found: [number, number][] = [];
  mood.words.forEach((word, i) => {
    const at = mood.at?.[i] ?? -1;
    if (at < 0 || at > bytes.length) return;
    const from = read.decode(bytes.subarray(0, at)).length;
    const to = from + word.length;
    if (text.slice(from, to) === word && from >= (found.at(-1)?.[1] ?? 0)) found.push([from, to]);
  });
  return found;
}

export interface Piece {
  text: string;
  mark: boolean;
}

// A text in pieces, those that are marked and those between.
export function pieces(text: string, marks: [number, number][]): Piece[] {
  const all: Piece[] = [];
  let upto = 0;
  for (const [from, to] of marks) {
    if (from >= text.length) break;
    if (from > upto) all.push({ text: text.slice(upto, from), mark: false });
    all.push({ text: text.slice(from, to), mark: true });
    upto = to;
  }
  if (upto < text.length) all.push({ text: text.slice(upto), mark: false });
  return all;
}

// Whether a feeling is shown on it, and can be corrected there.
export const shows = (e: DeskEvent): boolean =>
  e.direction === 'in' && e.kind === 'message' && !!e.mood;
