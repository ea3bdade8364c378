// Keeps the focus where one is when what has it goes: a row that was done with, a
// button that has no use any more.  It comes to what stands in its place, else to
// what stands before it, of its row, its list, its page: never to nothing.
const able =
  'a[href], button:enabled, input:enabled, select:enabled, textarea:enabled, summary, ' +
  '[tabindex]:not([tabindex="-1"])';
const homes = ['li, tr, article', 'ul, table, section'];

let kept: HTMLElement | null = null; // what has it, or had it before a dialog

// Where the focus goes when what it came from is no more.
export const keptFocus = (): HTMLElement | null => (kept?.isConnected ? kept : null);

interface Place {
  at: Node;
  prev: Node | null;
  next: Node | null;
}

// Where that stood, as far as it still is in the page.
function placeOf(gone: Node, changes: MutationRecord[]): Place | null {
  let lost = gone;
  for (const c of changes) {
    if (![...c.removedNodes].some((n) => n.contains(lost))) continue;
    if (c.target.isConnected) return { at: c.target, prev: c.previousSibling, next: c.nextSibling };
    lost = c.target;
  }
  return null;
}

function near(page: HTMLElement, { at, prev, next }: Place): HTMLElement {
  const all = [...page.querySelectorAll<HTMLElement>(able)].filter(
    (e) => e.offsetParent !== null && !e.closest('dialog'),
  );
  const follows = (n: Node, e: Node): boolean =>
    !!(n.compareDocumentPosition(e) & Node.DOCUMENT_POSITION_FOLLOWING);
  const after = all.filter((e) =>
    next?.isConnected
      ? next.contains(e) || follows(next, e)
      : prev?.isConnected
        ? !prev.contains(e) && follows(prev, e)
        : at.contains(e),
  );
  const before = all.filter((e) => !after.includes(e));
  const from = at instanceof Element ? at : page;
  for (const home of [...homes.map((h) => from.closest(h)), page]) {
    if (!home || !page.contains(home)) continue;
    const inside = (e: HTMLElement): boolean => home.contains(e);
    const one = after.find(inside) ?? before.filter(inside).at(-1);
    if (one) return one;
  }
  return page;
}

// An action; the page has a tabindex.
export function keeps(page: HTMLElement): { destroy: () => void } {
  const came = (e: FocusEvent): void => {
    const to = e.target as HTMLElement;
    if (!to.closest('dialog')) kept = to === page ? null : to;
  };
  // Who clicks beside everything wants nothing kept.
  const away = (): void => void (kept = null);
  const watch = new MutationObserver((changes) => {
    if (!kept || kept.isConnected) return;
    const place = placeOf(kept, changes);
    kept = place && near(page, place);
    if (document.activeElement === document.body && !document.querySelector('dialog[open]'))
      kept?.focus({ preventScroll: true });
  });
  page.addEventListener('focusin', came);
  page.addEventListener('pointerdown', away);
  watch.observe(page, { childList: true, subtree: true });
  return {
    destroy() {
      watch.disconnect();
      page.removeEventListener('focusin', came);
      page.removeEventListener('pointerdown', away);
      kept = null;
    },
  };
}
