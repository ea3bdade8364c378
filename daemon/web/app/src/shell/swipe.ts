// A swipe to the right goes back, on a small screen: unless it began on what
// scrolls sideways or where text is typed.
const FAR = 72; // px across
const STRAIGHT = 40; // px up or down at most

function sideways(e: Element | null): boolean {
  for (let at = e; at; at = at.parentElement)
    if (at.scrollWidth > at.clientWidth + 1 && getComputedStyle(at).overflowX !== 'visible') {
      const how = getComputedStyle(at).overflowX;
      if (how === 'auto' || how === 'scroll') return true;
    }
  return !!e?.closest('input,textarea,[contenteditable=true]');
}

export function swipeBack(node: HTMLElement): { destroy(): void } {
  let from: { x: number; y: number } | null = null;
  const begin = (e: TouchEvent): void => {
    const t = e.touches[0];
    from =
      t && e.touches.length === 1 && document.body.dataset.view && !sideways(e.target as Element)
        ? { x: t.clientX, y: t.clientY }
        : null;
  };
  const end = (e: TouchEvent): void => {
    const t = e.changedTouches[0];
    if (from && t && t.clientX - from.x > FAR && Math.abs(t.clientY - from.y) < STRAIGHT)
      history.back();
    from = null;
  };
  node.addEventListener('touchstart', begin, { passive: true });
  node.addEventListener('touchend', end, { passive: true });
  return {
    destroy() {
      node.removeEventListener('touchstart', begin);
      node.removeEventListener('touchend', end);
    },
  };
}
