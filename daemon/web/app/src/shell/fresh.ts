// Whether another version of the client is served than this one: the files
// that index.html names have other names then.
const mine = (doc: Document): string =>
  [...doc.querySelectorAll('script[src],link[rel=stylesheet]')]
    .map((e) => e.getAttribute('src') ?? e.getAttribute('href') ?? '')
    .filter((path) => path.startsWith('/assets/'))
    .sort()
    .join(' ');

export async function isFresh(): Promise<boolean> {
  const here = mine(document);
  if (!here) return false;
  const r = await fetch('/', { cache: 'no-store', credentials: 'same-origin' }).catch(() => null);
  if (!r?.ok) return false;
  const served = mine(new DOMParser().parseFromString(await r.text(), 'text/html'));
  return served !== '' && !served.split(' ').every((path) => here.includes(path));
}
