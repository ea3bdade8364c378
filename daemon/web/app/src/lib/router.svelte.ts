// Where in the client one is: the path below /d/, what stands after the question
// mark, and the event of a case (#e123). Links are ordinary links; a click on one
// is taken here.
const EVENT = /^#e(\d{1,15})$/;
const read = () => ({
  parts: location.pathname
    .replace(/^\/d\/?/, '/')
    .split('/')
    .filter(Boolean)
    .map(decoded),
  query: new URLSearchParams(location.search),
  event: Number(EVENT.exec(location.hash)?.[1] ?? 0), // 0: none is named
});

function decoded(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}

const state = $state(read());

export const route = state as Readonly<typeof state>;

// The route's area: cases (also of /), board, reports, settings, me, search, start.
export const area = (): string => state.parts[0] ?? 'cases';

export function go(path: string, { replace = false } = {}): void {
  if (path === location.pathname + location.search + location.hash) return;
  history[replace ? 'replaceState' : 'pushState'](null, '', path);
  Object.assign(state, read());
}

export function back(otherwise: string): void {
  if (history.length > 1) history.back();
  else go(otherwise, { replace: true });
}

addEventListener('popstate', () => Object.assign(state, read()));

document.addEventListener('click', (e) => {
  if (e.defaultPrevented || e.button !== 0 || e.metaKey || e.ctrlKey || e.shiftKey || e.altKey)
    return;
  const a = (e.target as Element | null)?.closest?.('a[href]');
  if (!(a instanceof HTMLAnchorElement) || a.target || a.hasAttribute('download')) return;
  if (a.origin !== location.origin || !/^\/(d\/|d$|$)/.test(a.pathname)) return;
  // (A place in this page is the browser's.)
  if (a.hash && !EVENT.test(a.hash)) return;
  e.preventDefault();
  go(a.pathname + a.search + a.hash);
});
