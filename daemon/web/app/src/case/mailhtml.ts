// A stranger's HTML made harmless: DOMPurify with one fixed configuration, and
// what it does not judge: where links lead, what pictures load, what style
// sheets reach. It is shown in a frame (HtmlMail.svelte) that runs no scripts
// either: two walls, and what passes one still stands before the other.
import createPurify, { type Config, type WindowLike } from 'dompurify';
import { linkTarget, misleads, pictureSource, styleStays } from './calm';

const config: Config & { RETURN_DOM: true } = {
  RETURN_DOM: true,
  USE_PROFILES: { html: true },
  // Nothing that embeds, asks, plays, or is another language.
  // prettier-ignore
  FORBID_TAGS: [
    'svg', 'math', 'form', 'input', 'button', 'select', 'option', 'optgroup', 'textarea',
    'fieldset', 'legend', 'datalist', 'output', 'label', 'meter', 'progress', 'dialog',
    'audio', 'video', 'source', 'track', 'picture', 'map', 'area', 'canvas', 'slot',
    'template', 'iframe', 'frame', 'frameset', 'object', 'embed', 'applet', 'link', 'meta',
    'base', 'noscript', 'noembed', 'noframes', 'xmp', 'plaintext', 'marquee', 'portal',
  ],
  // prettier-ignore
  FORBID_ATTR: [
    'srcset', 'sizes', 'ping', 'download', 'target', 'rel', 'usemap', 'ismap', 'action',
    'formaction', 'background', 'poster', 'is', 'part', 'slot', 'tabindex', 'accesskey',
    'autofocus', 'contenteditable', 'draggable', 'popover', 'popovertarget', 'popovertargetaction',
    'loading', 'crossorigin', 'integrity', 'nonce', 'srcdoc', 'name',
  ],
  ALLOW_DATA_ATTR: false,
  ALLOW_ARIA_ATTR: false,
  ALLOW_UNKNOWN_PROTOCOLS: false,
  // cid: beside what links may have; each is judged again below.
  ALLOWED_URI_REGEXP: /^(?:https?|mailto|tel|cid|data):|^\/\//i,
  SANITIZE_NAMED_PROPS: true,
  WHOLE_DOCUMENT: true,
  ADD_TAGS: ['style'],
};

// Rules of a sheet that say how things look here, and nothing more. The
// browser's own reader takes it apart: what it does not understand is gone.
function calmRules(rules: CSSRuleList): string {
  let text = '';
  for (const rule of rules) {
    if (rule instanceof CSSStyleRule) text += `${rule.selectorText}{${calmStyle(rule.style)}}`;
    else if (rule instanceof CSSMediaRule)
      text += `@media ${rule.media.mediaText}{${calmRules(rule.cssRules)}}`;
  }
  return text;
}

function calmStyle(style: CSSStyleDeclaration): string {
  let text = '';
  for (const property of style) {
    const value = style.getPropertyValue(property);
    const weight = style.getPropertyPriority(property);
    if (styleStays(property, value)) text += `${property}:${value}${weight && ' !important'};`;
  }
  return text;
}

function calmSheet(text: string): string {
  const sheet = new CSSStyleSheet();
  try {
    // It takes no @import, and loads nothing.
    sheet.replaceSync(text);
  } catch {
    return '';
  }
  // What closes the element would be markup when it is written out.
  return calmRules(sheet.cssRules).replace(/<\/?/g, '');
}

export interface MailHtml {
  nodes: Node[];
  remote: number; // pictures that stand on other servers
}

export interface MailParts {
  // The frame's: its policy lets mails have styles, ours would complain of each.
  window: Window;
  part: (cid: string) => string | undefined; // where a part's bytes are
  images: boolean; // remote pictures were asked for
  leadsTo: string; // "Leads to"
}

// The nodes, of a document in which nothing has been loaded yet; the caller
// moves them into the frame's.
export function mailHtml(html: string, { window, part, images, leadsTo }: MailParts): MailHtml {
  const purify = createPurify(window as unknown as WindowLike);
  // What cannot clean must not show.
  if (!purify.isSupported) throw new Error('no parser');
  const root = purify.sanitize(html, config) as HTMLElement;
  let remote = 0;

  for (const style of root.querySelectorAll('style')) {
    const calm = calmSheet(style.textContent ?? '');
    if (calm) style.textContent = calm;
    else style.remove();
  }
  for (const e of root.querySelectorAll<HTMLElement>('[style]')) {
    const calm = calmStyle(e.style);
    if (calm) e.setAttribute('style', calm);
    else e.removeAttribute('style');
  }
  for (const img of root.querySelectorAll('img')) {
    const source = pictureSource(img.getAttribute('src') ?? '');
    const at = source?.kind === 'part' ? part(source.cid) : source?.url;
    if (source?.kind === 'remote') remote++;
    if (at && (source?.kind !== 'remote' || images)) img.setAttribute('src', at);
    else img.removeAttribute('src');
    img.setAttribute('referrerpolicy', 'no-referrer');
  }
  // Nothing else loads from an address.
  for (const e of root.querySelectorAll('[src]:not(img),[href]:not(a),[cite]'))
    for (const name of ['src', 'href', 'cite']) e.removeAttribute(name);
  for (const a of root.querySelectorAll('a')) {
    const to = linkTarget(a.getAttribute('href') ?? '');
    if (!to) {
      a.removeAttribute('href');
      continue;
    }
    a.setAttribute('href', to);
    a.setAttribute('target', '_blank');
    a.setAttribute('rel', 'noopener noreferrer');
    a.setAttribute('title', to);
    if (misleads(a.textContent ?? '', to)) {
      const real = root.ownerDocument.createElement('span');
      real.className = 'deskd-true-address';
      real.textContent = ` (${leadsTo}: ${new URL(to).hostname})`;
      a.after(real);
    }
  }
  const head = root.querySelector('head');
  const body = root.querySelector('body');
  const styles = head ? [...head.querySelectorAll('style')] : [];
  return { nodes: [...styles, ...(body ? body.childNodes : root.childNodes)], remote };
}
