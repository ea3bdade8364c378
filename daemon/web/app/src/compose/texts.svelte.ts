// Templates and macros as "/" offers them: asked for once, and again when the
// configuration changes.
import { get } from '../lib/api';
import { listen } from '../lib/feed.svelte';
import { lang } from '../lib/i18n.svelte';
import type { Macro } from './macros';

export interface TextChoice {
  kind: 'template' | 'macro';
  name: string;
  title: string; // of a macro; '' of a template
  text: string; // unfilled
}

interface Template {
  template: string;
  lang: string;
  text: string;
}

const state = $state<{ all: TextChoice[]; known: boolean }>({ all: [], known: false });
let asking: Promise<void> | null = null;

export const texts = (): TextChoice[] => state.all;

export function need(): void {
  if (state.known) return;
  asking ??= load().finally(() => (asking = null));
}

async function load(): Promise<void> {
  const [t, m] = await Promise.all([
    get<{ templates: Template[] }>('/api/v1/templates'),
    get<{ macros: Macro[] }>('/api/v1/macros').catch(() => ({ macros: [] as Macro[] })),
  ]);
  // A template stands once, in the reader's language where it has that.
  const names = [...new Set(t.templates.map((x) => x.template))];
  state.all = [
    ...names.map((name) => {
      const forms = t.templates.filter((x) => x.template === name);
      const best = forms.find((x) => x.lang === lang()) ?? forms[0];
      return { kind: 'template' as const, name, title: '', text: best?.text ?? '' };
    }),
    ...m.macros.map((x) => ({
      kind: 'macro' as const,
      name: x.macro,
      title: x.title ?? '',
      text: x.text ?? '',
    })),
  ];
  state.known = true;
}

// Its variables filled for this case.
export const fill = (name: string, ticket: number): Promise<{ text: string }> =>
  get<{ text: string }>(`/api/v1/templates/${encodeURIComponent(name)}/fill`, { ticket });

listen((n) => {
  if (n.kind === 'config') state.known = false;
});

// Templates that stand in what is being written on a case: what they promise goes
// on record with it.
const used: Record<number, string[]> = {};

export const use = (ticket: number, name: string): void =>
  void (used[ticket] = [...(used[ticket] ?? []).filter((x) => x !== name), name]);

export function takeUsed(ticket: number): string[] {
  const names = used[ticket] ?? [];
  used[ticket] = [];
  return names;
}
