// A text as messages that the desk takes: without what is no character of a
// text, and cut, where it is too long for one, between words.  Pure.

export const MOST_BYTES = 4000; // of one message: CHAT.SEND's text
export const MOST_PIECES = 5;

const encoder = new TextEncoder();
export const bytesOf = (text: string) => encoder.encode(text).length;

export function cleaned(text: string): string {
  return text
    .replace(/\r\n?/g, '\n')
    .replace(/[\u0000-\u0008\u000b-\u001f\u007f]/g, '')
    .replace(/^\s+|\s+$/g, '');
}

// Where to cut: not after more bytes than fit, rather at a line's end, then at
// a blank; never within a character.
function cut(text: string): number {
  let bytes = 0;
  let at = 0;
  let line = 0;
  let blank = 0;
  for (const c of text) {
    bytes += bytesOf(c);
    if (bytes > MOST_BYTES) break;
    at += c.length;
    if (c === '\n') line = at;
    else if (c === ' ') blank = at;
  }
  if (line > at / 2) return line;
  return blank > at / 2 ? blank : at;
}

export function pieces(text: string): string[] {
  const out: string[] = [];
  let rest = cleaned(text);
  while (bytesOf(rest) > MOST_BYTES) {
    const at = cut(rest);
    out[out.length] = cleaned(rest.slice(0, at));
    rest = cleaned(rest.slice(at));
  }
  if (rest !== '') out[out.length] = rest;
  return out;
}
