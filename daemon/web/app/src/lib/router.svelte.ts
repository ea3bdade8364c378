// Where in the client one is: the path below /d/, and what stands after the
// question mark. Links are ordinary links; a click on one is taken here.
const read = () => ({
  parts: location.pathname
    .replace(/^\/d\/?/, '/')
    .split('/')
    .filter(Boolean)
    .map(decoded),
  query: new URLSearchParams(location.search),
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

// The route's area: cases (also of /), board, settings, me, search, start.
export const area = (): string => state.parts[0] ?? 'cases';

export function go(path: string, { replace = false } = {}): void {
  if (path === location.pathname + location.search) return;
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
  e.preventDefault();
  go(a.pathname + a.search);
});
