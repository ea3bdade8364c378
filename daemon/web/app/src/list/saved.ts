// Filters kept under a name, with the agent's other likings.
import { why } from '../lib/errors';
import { words } from '../lib/i18n.svelte';
import { pick } from '../lib/pick.svelte';
import { say } from '../lib/say.svelte';
import { prefs, setPrefs } from '../lib/session.svelte';
import type { SavedView } from '../lib/types';
import { toSaved, type ListQuery } from './query';
import { listWords } from './words';

const LONGEST = 60; // characters of a name
const MOST = 50;

async function put(views: SavedView[], said: string): Promise<void> {
  try {
    await setPrefs({ views });
    if (said) say({ text: said, seconds: 3 });
  } catch (e) {
    say({ text: why(e), tone: 'bad' });
  }
}

const name = (title: string, now = ''): ReturnType<typeof pick> =>
  pick({
    title,
    options: now ? [{ id: now, text: now }] : [],
    free: (typed) => {
      const text = typed.slice(0, LONGEST);
      return { id: text, text };
    },
  });

export async function saveView(q: ListQuery): Promise<void> {
  const w = words(listWords);
  const o = await name(w.saveName);
  if (!o) return;
  const others = (prefs().views ?? []).filter((v) => v.name !== o.id);
  await put([...others, toSaved(o.id, q)].slice(-MOST), w.saved(o.id));
}

export async function renameView(v: SavedView): Promise<void> {
  const o = await name(words(listWords).saveName, v.name);
  if (!o || o.id === v.name) return;
  const views = (prefs().views ?? []).filter((other) => other.name !== o.id);
  await put(
    views.map((other) => (other.name === v.name ? { ...other, name: o.id } : other)),
    '',
  );
}

// Taken away at once; it comes back by undoing.
export async function dropView(v: SavedView, said: string): Promise<void> {
  const views = prefs().views ?? [];
  await put(
    views.filter((other) => other.name !== v.name),
    '',
  );
  say({
    text: said,
    act: { title: words(listWords).undo, run: () => void put(views, '') },
  });
}
