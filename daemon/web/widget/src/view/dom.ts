// Making elements: text is text, never markup, and nothing is set that a strict
// policy of the page's forbids (no style attributes, no inline handlers).

type Attrs = Record<string, string | number | boolean | undefined>;
type Child = Node | string;

export function h<K extends keyof HTMLElementTagNameMap>(
  tag: K,
  attrs: Attrs = {},
  ...children: Child[]
): HTMLElementTagNameMap[K] {
  const e = document.createElement(tag);
  set(e, attrs);
  for (const c of children) e.appendChild(typeof c === 'string' ? document.createTextNode(c) : c);
  return e;
}

export function set(e: Element, attrs: Attrs): void {
  for (const name of Object.keys(attrs)) {
    const value = attrs[name];
    if (value === undefined || value === false) e.removeAttribute(name);
    else if (e.getAttribute(name) !== String(value === true ? '' : value))
      e.setAttribute(name, value === true ? '' : String(value));
  }
}

// Changed only when it differs: nothing is read out twice, nothing is redrawn.
export function say(e: Element, text: string): void {
  if (e.textContent !== text) e.textContent = text;
}

export function empty(e: Element): void {
  while (e.firstChild !== null) e.removeChild(e.firstChild);
}

export function gone(e: Element): void {
  e.parentNode?.removeChild(e);
}

// What goes wrong in here is never the page's trouble.
export function on<T extends Event>(
  e: EventTarget,
  event: string,
  work: (event: T) => unknown,
  options?: AddEventListenerOptions,
): void {
  e.addEventListener(
    event,
    (it) => {
      try {
        const result = work(it as T);
        if (result instanceof Promise) result.catch(() => undefined);
      } catch {
        // Shown by what does not happen; the page's console stays its own.
      }
    },
    options,
  );
}

// Lucide's icons (ISC), those that are used.
const ICONS = {
  chat: 'M7.9 20A9 9 0 1 0 4 16.1L2 22Z',
  close: 'm6 9 6 6 6-6',
  more: 'M12 12h.01M19 12h.01M5 12h.01',
  up: 'm5 12 7-7 7 7M12 19V5',
  down: 'M12 5v14m7-7-7 7-7-7',
  clip: 'm16 6-8.414 8.586a2 2 0 0 0 2.829 2.829l8.414-8.586a4 4 0 1 0-5.657-5.657l-8.379 8.551a6 6 0 1 0 8.485 8.485l8.379-8.551',
  file: 'M15 2H6a2 2 0 0 0-2 2v16a2 2 0 0 0 2 2h12a2 2 0 0 0 2-2V7ZM14 2v4a2 2 0 0 0 2 2h4',
  x: 'M18 6 6 18M6 6l12 12',
  check: 'M20 6 9 17l-5-5',
  checks: 'M18 6 7 17l-5-5m20-2-7.5 7.5L13 16',
  clock: 'M12 6v6l4 2M22 12a10 10 0 1 1-20 0 10 10 0 0 1 20 0Z',
  alert: 'M12 8v4m0 4h.01M22 12a10 10 0 1 1-20 0 10 10 0 0 1 20 0Z',
  cloud: 'M10 18H7a4 4 0 0 1-1-7.9M9 6.2A6 6 0 0 1 17.5 10h1a3.5 3.5 0 0 1 2.4 6M3 3l18 18',
  mail: 'M4 4h16a2 2 0 0 1 2 2v12a2 2 0 0 1-2 2H4a2 2 0 0 1-2-2V6c0-1.1.9-2 2-2Zm18 3-8.97 5.7a1.94 1.94 0 0 1-2.06 0L2 7',
  moon: 'M12 3a6 6 0 0 0 9 9 9 9 0 1 1-9-9Z',
} as const;

const SVG = 'http://www.w3.org/2000/svg';

export function icon(name: keyof typeof ICONS, size = 20): SVGSVGElement {
  const svg = document.createElementNS(SVG, 'svg');
  const attrs = {
    width: size,
    height: size,
    viewBox: '0 0 24 24',
    fill: 'none',
    stroke: 'currentColor',
    'stroke-width': name === 'more' ? 3 : 1.75,
    'stroke-linecap': 'round',
    'stroke-linejoin': 'round',
    'aria-hidden': 'true',
    focusable: 'false',
  };
  set(svg, attrs);
  const path = document.createElementNS(SVG, 'path');
  path.setAttribute('d', ICONS[name]);
  svg.appendChild(path);
  return svg;
}
