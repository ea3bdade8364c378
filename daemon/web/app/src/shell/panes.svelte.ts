// The case and its customer come when the list is there, or when a case is to
// be opened: the list alone is what one waits for at first.
type Inside = typeof import('./inside');

class Panes {
  inside = $state.raw<Inside | null>(null);
  failed = $state(false); // a browser does not ask for a file again: reload
}
export const panes = new Panes();
let coming: Promise<void> | null = null;

export function fetchPanes(): Promise<void> {
  coming ??= import('./inside').then(
    (all) => void (panes.inside = all),
    () => void (panes.failed = true),
  );
  return coming;
}

// When the browser has nothing else to do; what was not sent yet is sent then.
export function panesSoon(): () => void {
  let here = true;
  const work = (): void =>
    void fetchPanes().then(() => {
      if (here) panes.inside?.resume();
    });
  if ('requestIdleCallback' in window) requestIdleCallback(work, { timeout: 2000 });
  else setTimeout(work, 500);
  return () => void (here = false);
}
