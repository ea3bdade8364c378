// The focus goes to what will be there in a moment: its page may have to come first.
// Who typed, pressed or went elsewhere meanwhile stays where he is.
const MOST = 3000; // ms

export function focusSoon(id: string): void {
  const had = document.activeElement;
  const until = performance.now() + MOST;
  let busy = false;
  const acts = (): void => void (busy = true);
  const kinds = ['keydown', 'input', 'pointerdown'] as const;
  for (const kind of kinds) document.addEventListener(kind, acts, true);
  const look = (): void => {
    const is = document.activeElement;
    const field = document.getElementById(id);
    const stays = !busy && (is === had || is === document.body) && performance.now() < until;
    if (stays && !field) return void requestAnimationFrame(look);
    for (const kind of kinds) document.removeEventListener(kind, acts, true);
    if (stays) field?.focus();
  };
  requestAnimationFrame(look);
}
