// What of a mail's addresses and style sheets may stay: pure judgements on
// text, for mailhtml.ts.

// Where a link may lead: what it says once the browser has read it. A mail has
// no address of its own, so what is relative leads nowhere.
export function linkTarget(href: string): string {
  let url: URL;
  try {
    url = new URL(href.trim());
  } catch {
    return '';
  }
  return /^(https?|mailto|tel):$/.test(url.protocol) ? url.href : '';
}

// What a picture may be: a part of the mail, the mail's own data, or remote.
export type Source =
  | { kind: 'part'; cid: string }
  | { kind: 'data'; url: string }
  | { kind: 'remote'; url: string };

export function pictureSource(src: string): Source | null {
  const s = src.trim();
  const cid = /^cid:(.{1,500})$/i.exec(s)?.[1];
  if (cid) {
    try {
      return { kind: 'part', cid: decodeURIComponent(cid) };
    } catch {
      return { kind: 'part', cid };
    }
  }
  // SVG is no picture but a document.
  if (/^data:image\/(png|jpeg|gif|webp);base64,[a-z0-9+/=\s]+$/i.test(s))
    return { kind: 'data', url: s };
  let url: URL;
  try {
    url = new URL(s.startsWith('//') ? `https:${s}` : s);
  } catch {
    return null;
  }
  return /^https?:$/.test(url.protocol) ? { kind: 'remote', url: url.href } : null;
}

// Whether what a link shows is the address of another host than it leads to.
export function misleads(shown: string, href: string): boolean {
  const said = /^(?:https?:\/\/)?((?:[\p{L}\p{N}-]+\.)+[\p{L}]{2,})(?=[/:?#\s]|$)/iu.exec(
    shown.trim(),
  )?.[1];
  if (!said) return false;
  try {
    const to = new URL(href);
    if (!/^https?:$/.test(to.protocol)) return false;
    const of = (host: string) => new URL(`https://${host}`).hostname.replace(/^www\./, '');
    return of(said) !== of(to.hostname);
  } catch {
    return true;
  }
}

// Properties that reach out of their own box, or load something.
const never =
  /^(position|z-index|behavior|-moz-binding|content|cursor|filter|backdrop-filter|list-style-image|border-image(-source)?|mask(-.*)?|-webkit-mask(-.*)?|clip-path|shape-outside|offset-path|animation(-.*)?|transition(-.*)?|pointer-events|--.*)$/;
const loads =
  /url\s*\(|image-set\s*\(|image\s*\(|src\s*\(|element\s*\(|expression\s*\(|attr\s*\(|\\|javascript:|@import/i;

export const styleStays = (property: string, value: string): boolean =>
  !never.test(property.toLowerCase()) && !loads.test(value);
