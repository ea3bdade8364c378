// Everything that can be done by a key stands here once: the keyboard, the
// map of keys (?) and the command palette (Ctrl K) all read it.
import { prefs } from './session.svelte';

export interface Command {
  id: string;
  title: string; // in the page's language, verb first
  group: string; // its heading in the map of keys
  keys?: string[]; // 'j', 'shift+x', 'g i' (one after the other), 'mod+k', 'alt+a'
  anywhere?: boolean; // also while typing: only for combinations
  hidden?: boolean; // not in the palette
  repeats?: boolean; // while its key is held: only what moves
  near?: boolean; // of what has the focus: goes before others of the same key
  when?: () => boolean;
  run: () => void;
}

class Commands {
  all = $state.raw<Command[]>([]);
}
const state = new Commands();
let first = ''; // of two keys one after the other
let firstAt = 0; // when it was pressed, however late the page came to it

export const commands = (): Command[] => state.all.filter((c) => !c.when || c.when());

// The same as in state: a component that ends reads state as it was before, and
// would take away what others offered in the same breath.
let all: Command[] = [];

function put(next: Command[]): void {
  all = next;
  state.all = next;
}

// Commands of a component while it is there: `$effect(() => offer([...]))`.
export function offer(list: Command[]): () => void {
  put([...all.filter((c) => !list.some((n) => n.id === c.id)), ...list]);
  return () => put(all.filter((c) => !list.includes(c)));
}

const mac = /Mac|iPhone|iPad/.test(navigator.platform);

// Whether the key of commands is down: ⌘ there, Ctrl elsewhere.
export const mod = (e: KeyboardEvent): boolean => (mac ? e.metaKey : e.ctrlKey);

// How a key is written on its cap.
export const keyCap = (keys: string): string =>
  keys
    .split(' ')
    .map((k) =>
      k
        .split('+')
        .map((p) =>
          p === 'mod'
            ? mac
              ? '⌘'
              : 'Ctrl'
            : p === 'shift'
              ? mac
                ? '⇧'
                : 'Shift'
              : p === 'alt'
                ? mac
                  ? '⌥'
                  : 'Alt'
                : p === 'enter'
                  ? '↵'
                  : p === 'escape'
                    ? 'Esc'
                    : p.length === 1
                      ? p.toUpperCase()
                      : p.charAt(0).toUpperCase() + p.slice(1),
        )
        .join(' '),
    )
    .join(' ');

function pressed(e: KeyboardEvent): string {
  const key = e.key.length === 1 ? e.key.toLowerCase() : e.key.toLowerCase();
  const parts = [];
  if (mod(e)) parts.push('mod');
  if (e.altKey) parts.push('alt');
  // The sign itself says Shift: '?' is no 'shift+?'.
  if (e.shiftKey && (e.key.length > 1 || /[a-z]/i.test(e.key))) parts.push('shift');
  parts.push(e.altKey && e.code.startsWith('Key') ? e.code.slice(3).toLowerCase() : key);
  return parts.join('+');
}

const typing = (e: KeyboardEvent): boolean => {
  const t = e.target as HTMLElement | null;
  return !!t?.closest?.(
    'input:not([type=checkbox]):not([type=radio]),textarea,select,[contenteditable=true]',
  );
};

// The first command that fits; one that was offered later goes before.
export function press(e: KeyboardEvent): void {
  // A half-typed word of Telex or VNI is the input method's.
  if (e.defaultPrevented || e.isComposing || e.keyCode === 229) return;
  const key = pressed(e);
  const single = !/^(mod|alt)\+/.test(key);
  // Under a dialog nothing is done that one does not see.
  const inText = typing(e) || document.querySelector('dialog[open]') !== null;
  const two = e.timeStamp - firstAt < 1200 && first ? `${first} ${key}` : '';
  const fits = (c: Command): boolean =>
    (!inText || (!!c.anywhere && (!single || key === 'escape'))) &&
    (!single || prefs().keys !== false || key.length > 1) &&
    !!c.keys?.some((k) => k === key || (two !== '' && k === two)) &&
    (!c.when || c.when());
  const last = [...state.all].reverse();
  const found =
    last.find((c) => two !== '' && c.keys?.includes(two) && fits(c)) ??
    last.find((c) => c.near && fits(c)) ??
    last.find(fits);
  // A key that is held does its thing once: else it takes, resolves or declines
  // whatever comes next; nor is it two keys one after the other.
  if (e.repeat && !found?.repeats) {
    if (found) e.preventDefault();
    return;
  }
  if (found) {
    first = '';
    e.preventDefault();
    found.run();
    return;
  }
  const opens = !inText && state.all.some((c) => c.keys?.some((k) => k.startsWith(`${key} `)));
  first = opens ? key : '';
  firstAt = e.timeStamp;
}

addEventListener('keydown', press);
