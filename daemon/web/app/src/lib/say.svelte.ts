// One sentence at the foot of the page, with one thing to do about it: undo,
// try again. Newer sentences take the place of older ones; while the pointer or
// the focus is on one it stays.
export interface Saying {
  text: string;
  act?: { title: string; run: () => void };
  seconds?: number; // not given: 6, and 10 with something to do
  tone?: 'plain' | 'bad';
  event?: number; // whose place in the timeline has the same undo
}

const state = $state<{ saying: (Saying & { id: number }) | null }>({ saying: null });
// Events whose own undo one has before one's eyes.
const undoes = $state<Record<number, boolean>>({});
let timer = 0;
let lasts = 0; // ms
let id = 0;

export const saying = state as Readonly<typeof state>;

export function say(s: Saying): void {
  state.saying = { ...s, id: ++id };
  lasts = (s.seconds ?? (s.act ? 10 : 6)) * 1000;
  letGo();
}

export const hold = (): void => clearTimeout(timer);

// All of its time anew, for who has only just looked elsewhere.
export function letGo(): void {
  clearTimeout(timer);
  if (state.saying) timer = window.setTimeout(hush, lasts);
}

export function hush(): void {
  clearTimeout(timer);
  state.saying = null;
}

// Whether what is said can be done where one looks already: then it is only read
// out, and covers nothing.
export const beside = (s: Saying): boolean => !!s.event && !!undoes[s.event];

// On the button that undoes an event in its place.
export function undoOf(node: Element, event: number): { destroy: () => void } {
  const eye = new IntersectionObserver((all) => {
    undoes[event] = all.at(-1)?.isIntersecting ?? false;
  });
  eye.observe(node);
  return {
    destroy: () => {
      eye.disconnect();
      undoes[event] = false;
    },
  };
}

// What Z does: the act of what is said now.
export function act(): void {
  const s = state.saying;
  hush();
  s?.act?.run();
}
