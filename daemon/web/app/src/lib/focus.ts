// The focus goes to what will be there in a moment: its page may have to come first.
// Who typed or pressed something meanwhile stays where he is.
const MOST = 3000; // ms

export function focusSoon(id: string): void {
  const until = performance.now() + MOST;
  let busy = false;
  const acts = (): void => void (busy = true);
  const kinds = ['keydown', 'input', 'pointerdown'] as const;
  for (const kind of kinds) document.addEventListener(kind, acts, true);
  const look = (): void => {
    const field = document.getElementById(id);
    const stays = !busy && performance.now() < until;
    if (stays && !field) return void requestAnimationFrame(look);
    for (const kind of kinds) document.removeEventListener(kind, acts, true);
    if (stays) field?.focus();
  };
  setTimeout(look, 60); // what the page itself brings it to comes before
}
