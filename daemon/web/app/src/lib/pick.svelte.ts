// Choosing one of a few by keyboard: a department, a time, a tag.  One dialog
// for the whole page (parts/Pick.svelte) shows it.
export interface Option {
  id: string;
  text: string;
  more?: string; // beside it, quieter
}

// What was chosen, and whether what stands beside it was.
export type Picked = Option & { checked?: boolean };

export interface Question {
  title: string;
  options: Option[];
  // What else may be typed, as an option; absent: only what is listed.
  free?: (typed: string) => Option | null;
  // Something to be ticked beside it.
  check?: { text: string; hint: string; on: boolean };
}

const state = $state<{ asked: Question | null }>({ asked: null });
let tell: (o: Picked | null) => void = () => undefined;

export const picking = state as Readonly<typeof state>;

// What was chosen; null: nothing.
export function pick(q: Question): Promise<Picked | null> {
  tell(null);
  state.asked = q;
  return new Promise((done) => (tell = done));
}

export function picked(o: Option | null): void {
  const checked = state.asked?.check?.on;
  state.asked = null;
  const done = tell;
  tell = () => undefined;
  done(o && { ...o, checked });
}
