// One message as it is seen.  What others wrote is text, whatever it looks
// like; links are made of what links.ts found, files are fetched with the
// visitor's token and drawn, so that no address of theirs ever loads by itself.
import { linked } from '../links';
import type { Lang } from '../options';
import type { Attached } from '../thread';
import { sizeOf } from '../when';
import type { Words } from '../words';
import { gone, h, icon, on, say } from './dom';

const DRAWN = /^image\/(png|jpeg|gif|webp)$/;
const MOST_DRAWN = 12 << 20; // bytes; what is larger is offered as a file
const WIDE = 232;
const HIGH = 168;

export function textBubble(text: string, mine: boolean, by: string): HTMLElement {
  const words = h('p', { class: 'words', dir: 'auto' });
  for (const piece of linked(text)) {
    if (piece.href === undefined) {
      words.appendChild(document.createTextNode(piece.text));
      continue;
    }
    const link = { href: piece.href, target: '_blank', rel: 'noopener noreferrer nofollow' };
    words.appendChild(h('a', link, piece.text));
  }
  return h('div', { class: mine ? 'bub me' : 'bub' }, h('span', { class: 'sr' }, `${by}: `), words);
}

// fetched: the file's bytes, or null.
export function fileBubble(
  file: Attached,
  mine: boolean,
  lang: Lang,
  w: Words,
  fetched: () => Promise<Blob | null>,
): HTMLElement {
  const size = sizeOf(file.size, lang);
  const what = h('span', { class: 'what' }, size);
  const button = h(
    'button',
    { type: 'button', class: mine ? 'file me' : 'file', 'aria-label': w.download(file.name, size) },
    icon('file'),
    h('span', { class: 'grow' }, h('span', { class: 'name' }, file.name), what),
  );
  on(button, 'click', async () => {
    const bytes = await fetched();
    if (bytes === null) say(what, w.fileLost);
    else save(bytes, file.name);
  });
  if (DRAWN.test(file.type) && file.size <= MOST_DRAWN) void draw(button, fetched);
  return button;
}

// Drawn into a canvas: an <img> would need img-src blob: of the shop's policy.
async function draw(button: HTMLElement, fetched: () => Promise<Blob | null>): Promise<void> {
  button.classList.add('drawn');
  const canvas = h('canvas', { width: WIDE * 2, height: HIGH * 2, 'aria-hidden': 'true' });
  button.insertBefore(canvas, button.firstChild);
  try {
    const bytes = await fetched();
    const context = canvas.getContext('2d');
    if (bytes === null || context === null) throw new Error('nothing to draw');
    const picture = await createImageBitmap(bytes);
    // The middle of it, as large as fits; a small one is not blown up.
    const scale = Math.min(2, Math.max((WIDE * 2) / picture.width, (HIGH * 2) / picture.height));
    const [width, height] = [picture.width * scale, picture.height * scale];
    context.imageSmoothingQuality = 'high';
    context.drawImage(picture, WIDE - width / 2, HIGH - height / 2, width, height);
    picture.close();
  } catch {
    // No picture after all: a file like others.
    button.classList.remove('drawn');
    gone(canvas);
  }
}

function save(bytes: Blob, name: string): void {
  // As what it is called nothing may run: it is saved, never shown.
  const url = URL.createObjectURL(new Blob([bytes], { type: 'application/octet-stream' }));
  const link = h('a', { href: url, download: name });
  link.click();
  setTimeout(() => URL.revokeObjectURL(url), 60000);
}
