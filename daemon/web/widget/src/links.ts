// What of a text can be followed: addresses of the web and of mail, told from
// the words around them.  Only https, http and mailto; nothing else ever becomes
// a link, however it is written.  Pure: text in, pieces out.

export interface Piece {
  text: string; // as it was typed
  href?: string; // absent: words
}

const FOUND =
  /(?:https?:\/\/|www\.)[^\s<>"'`{}|\\^\u200b-\u200f\u202a-\u202e\u2066-\u2069]+|[\p{L}\p{N}._%+-]{1,64}@(?:[\p{L}\p{N}-]{1,63}\.){1,8}[\p{L}]{2,24}/giu;

// What ends a sentence is no part of its last word; a bracket is when it was
// opened within.
function trimmed(url: string): string {
  let end = url.length;
  for (; end > 0; end--) {
    const last = url.charAt(end - 1);
    if (/[.,;:!?…'"*_~]/.test(last)) continue;
    const opened = last === ')' ? '(' : last === ']' ? '[' : '';
    if (opened === '') break;
    const before = url.slice(0, end - 1);
    if (before.split(opened).length > before.split(last).length) break;
  }
  return url.slice(0, end);
}

// The address to follow, or null: parsed by the browser, so that nothing is
// followed that looks like one thing and is another.
function safe(text: string): string | null {
  const mail = !/^(?:https?:\/\/|www\.)/i.test(text);
  try {
    const url = new URL(mail ? `mailto:${text}` : /^www\./i.test(text) ? `https://${text}` : text);
    if (mail) return url.protocol === 'mailto:' ? url.href : null;
    // user:password@ is how one address is made to look like another.
    if (url.username !== '' || url.password !== '') return null;
    return url.protocol === 'https:' || url.protocol === 'http:' ? url.href : null;
  } catch {
    return null;
  }
}

export function linked(text: string): Piece[] {
  const pieces: Piece[] = [];
  let from = 0;
  const words = (upto: number) => {
    if (upto > from) pieces[pieces.length] = { text: text.slice(from, upto) };
  };
  FOUND.lastIndex = 0;
  for (let m = FOUND.exec(text); m !== null; m = FOUND.exec(text)) {
    const found = trimmed(m[0]);
    const href = safe(found);
    FOUND.lastIndex = m.index + Math.max(found.length, 1);
    // Within a word ("xhttps://") it is no address.
    const before = text.slice(Math.max(0, m.index - 1), m.index);
    if (href === null || found === '' || /[\p{L}\p{N}@]/u.test(before)) continue;
    words(m.index);
    pieces[pieces.length] = { text: found, href };
    from = m.index + found.length;
  }
  words(text.length);
  return pieces;
}
