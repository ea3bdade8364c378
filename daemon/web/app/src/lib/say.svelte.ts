// One sentence at the foot of the page, with one thing to do about it: undo,
// try again. Newer sentences take the place of older ones.
export interface Saying {
  text: string;
  act?: { title: string; run: () => void };
  seconds?: number; // 6 when not given
  tone?: 'plain' | 'bad';
}

const state = $state<{ saying: (Saying & { id: number }) | null }>({ saying: null });
let timer = 0;
let id = 0;

export const saying = state as Readonly<typeof state>;

export function say(s: Saying): void {
  state.saying = { ...s, id: ++id };
  clearTimeout(timer);
  timer = window.setTimeout(hush, (s.seconds ?? 6) * 1000);
}

export function hush(): void {
  clearTimeout(timer);
  state.saying = null;
}

// What Z does: the act of what is said now.
export function act(): void {
  const s = state.saying;
  hush();
  s?.act?.run();
}
