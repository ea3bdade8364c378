// Choosing one of a few by keyboard: a department, a time, a tag.  One dialog
// for the whole page (parts/Pick.svelte) shows it.
export interface Option {
  id: string;
  text: string;
  more?: string; // beside it, quieter
}

export interface Question {
  title: string;
  options: Option[];
  // What else may be typed, as an option; absent: only what is listed.
  free?: (typed: string) => Option | null;
}

const state = $state<{ asked: Question | null }>({ asked: null });
let tell: (o: Option | null) => void = () => undefined;

export const picking = state as Readonly<typeof state>;

// What was chosen; null: nothing.
export function pick(q: Question): Promise<Option | null> {
  tell(null);
  state.asked = q;
  return new Promise((done) => (tell = done));
}

export function picked(o: Option | null): void {
  state.asked = null;
  const done = tell;
  tell = () => undefined;
  done(o);
}
