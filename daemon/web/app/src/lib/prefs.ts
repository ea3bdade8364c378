// What an agent likes, of what the server kept for him: it keeps whatever was
// put there, by other programs and other versions too.  What this client does
// not know counts as absent, so that nothing kept can stop the page.
import type { Prefs, SavedView } from './types';

const VIEWS = 50; // as many as are kept (list/saved.ts)

type Plain = Record<string, unknown>;

const plain = (v: unknown): v is Plain => typeof v === 'object' && v !== null && !Array.isArray(v);

const oneOf = <T>(v: unknown, of: readonly T[]): T | undefined => of.find((each) => each === v);

const bool = (v: unknown): boolean | undefined => (typeof v === 'boolean' ? v : undefined);

// The members of that kind alone.
const only = <T>(v: Plain, is: (of: unknown) => of is T): Record<string, T> =>
  Object.fromEntries(Object.entries(v).filter((e): e is [string, T] => is(e[1])));

const isText = (v: unknown): v is string => typeof v === 'string';
const isBool = (v: unknown): v is boolean => typeof v === 'boolean';

// (A list is drawn by its names: each once.)
function viewsOf(v: unknown): SavedView[] | undefined {
  if (!Array.isArray(v)) return undefined;
  const named: Record<string, SavedView> = Object.create(null) as Record<string, SavedView>;
  for (const one of v as unknown[])
    if (plain(one) && isText(one.name) && one.name && plain(one.query))
      named[`=${one.name}`] ??= { name: one.name, query: only(one.query, isText) };
  return Object.values(named).slice(0, VIEWS);
}

export function prefsOf(kept: unknown): Prefs {
  const p = plain(kept) ? kept : {};
  const all: Prefs = {
    lang: oneOf(p.lang, ['vi', 'en'] as const),
    theme: oneOf(p.theme, ['light', 'dark'] as const),
    density: oneOf(p.density, ['comfortable', 'compact'] as const),
    size: oneOf(p.size, [100, 112, 125] as const),
    sound: bool(p.sound),
    desktop: bool(p.desktop),
    handclock: oneOf(p.handclock, ['restart', 'keep'] as const),
    keys: bool(p.keys),
    views: viewsOf(p.views),
    side: plain(p.side) ? only(p.side, isBool) : undefined,
  };
  return Object.fromEntries(Object.entries(all).filter(([, v]) => v !== undefined)) as Prefs;
}
