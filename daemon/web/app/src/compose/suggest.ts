// What is being asked for before the caret: "/" for texts, "@" for people.
import { fold } from '../lib/fold';

export interface Asked {
  mark: '/' | '@';
  words: string;
  from: number; // where the mark stands
}

export function asked(text: string, caret: number, marks: string): Asked | null {
  const found = /(?:^|[\s(])([/@])([\p{L}\p{M}\p{N}_.-]{0,40})$/u.exec(text.slice(0, caret));
  if (!found?.[1] || found[2] === undefined || !marks.includes(found[1])) return null;
  return {
    mark: found[1] as '/' | '@',
    words: found[2],
    from: caret - found[2].length - 1,
  };
}

// Those that have the words somewhere, those that begin with them first.
export function matching<T>(all: T[], words: string, of: (t: T) => string[]): T[] {
  const wanted = fold(words).replace(/[-_. ]/g, '');
  const scored = all.map((t, at) => {
    const names = of(t).map((n) => fold(n).replace(/[-_. ]/g, ''));
    const rank = names[0]?.startsWith(wanted)
      ? 0
      : names.some((n) => n.startsWith(wanted))
        ? 1
        : names.some((n) => n.includes(wanted))
          ? 2
          : 9;
    return { t, at, rank };
  });
  return scored
    .filter((s) => s.rank < 9)
    .sort((a, b) => a.rank - b.rank || a.at - b.at)
    .map((s) => s.t);
}
