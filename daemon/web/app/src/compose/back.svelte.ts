// Words that come back to the composer: an answer taken back, or one that could
// not be sent and is to be changed.
import { isBlank } from '../lib/blank';
import { newest, open } from '../lib/case.svelte';
import type { NamedFile } from '../lib/types';
import { draft, put, type Kind } from './drafts.svelte';

const state = $state({ turn: 0 });

// What went with an answer, for as long as this page is there: its event does not
// name its files as the composer does.
const went: Record<number, NamedFile[]> = {};
export const remember = (event: number, files: NamedFile[]): void => void (went[event] = files);
export const filesOf = (event: number): NamedFile[] => went[event] ?? [];

// Counts up: the composer takes the focus.
export const came = (): number => state.turn;

export function giveBack(
  ticket: number,
  text: string,
  kind: Kind = 'reply',
  files: NamedFile[] = [],
  cc: string[] | undefined = undefined,
): void {
  const now = draft(ticket, kind);
  put(
    ticket,
    kind,
    {
      text: isBlank(now.text) ? text : `${text}\n\n${now.text}`,
      files: [...files, ...now.files.filter((f) => !files.some((x) => x.sha256 === f.sha256))],
      cc: now.cc ?? cc?.join(', ') ?? null,
    },
    open.id === ticket ? newest() : 0,
  );
  state.turn++;
}
