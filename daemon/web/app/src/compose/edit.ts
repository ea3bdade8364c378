// Changing what stands in the composer as if it had been typed: the browser's
// own undo takes it back.
import { prefix, wrap, type Edit } from '../lib/marks';

const high = (c: string | undefined): boolean => c !== undefined && c >= '\ud800' && c <= '\udbff';
const low = (c: string | undefined): boolean => c !== undefined && c >= '\udc00' && c <= '\udfff';

// What is to be put where, so that all else is left alone; no character is cut
// in two. to: the end of what goes, in the old text.
export function difference(
  was: string,
  text: string,
): { from: number; to: number; put: string } | null {
  if (was === text) return null;
  const most = Math.min(was.length, text.length);
  let from = 0;
  while (from < most && was[from] === text[from]) from++;
  if (high(was[from - 1])) from--;
  let same = 0;
  while (same < most - from && was.at(-1 - same) === text.at(-1 - same)) same++;
  if (low(was[was.length - same])) same--;
  return { from, to: was.length - same, put: text.slice(from, text.length - same) };
}

// execCommand is old, and the only way that keeps the list of what can be
// undone; where it does nothing the text is set.
export function typeInto(area: HTMLTextAreaElement, e: Edit): void {
  const d = difference(area.value, e.text);
  area.focus();
  if (d) {
    area.setSelectionRange(d.from, d.to);
    const done = document.execCommand(d.put ? 'insertText' : 'delete', false, d.put);
    if (!done || area.value !== e.text) {
      area.value = e.text;
      area.dispatchEvent(new InputEvent('input', { bubbles: true }));
    }
  }
  area.setSelectionRange(e.from, e.to);
}

export const markKeys = {
  bold: 'mod+b',
  italic: 'mod+i',
  numbers: 'mod+shift+7',
  bullets: 'mod+shift+8',
  quote: 'mod+shift+9',
} as const;

// What a key beside Ctrl or ⌘ does to what is chosen; null: none of ours. With Shift a
// digit is whatever the keyboard's language has there, so the key itself counts.
export function marked(e: KeyboardEvent): ((e: Edit) => Edit) | null {
  if (e.altKey) return null;
  switch (e.shiftKey ? e.code : e.key.toLowerCase()) {
    case 'b':
      return (x) => wrap(x, '**');
    case 'i':
      return (x) => wrap(x, '*');
    case 'Digit7':
      return (x) => prefix(x, '1. ');
    case 'Digit8':
      return (x) => prefix(x, '- ');
    case 'Digit9':
      return (x) => prefix(x, '> ');
    default:
      return null;
  }
}
