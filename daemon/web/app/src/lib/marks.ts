// The light marks of what agents write: **bold**, *italic*, lists, "> " quotes,
// [words](https://…) and addresses. The same grammar as daemon/desk/texthtml.c,
// which makes the mail's HTML of it: what stands here is what the customer sees.
export interface Bit {
  text: string;
  bold?: boolean;
  italic?: boolean;
  href?: string;
}

export type Block = { kind: 'p' | 'quote'; lines: Bit[][] } | { kind: 'ul' | 'ol'; lines: Bit[][] };

const bullet = /^(?:[-*•]) +(?=\S)/;
const numeral = /^\d{1,3}[.)] +(?=\S)/;
const quote = /^> ?/;

// An address's end: what ends a sentence is not its.
const address = /https?:\/\/[^\s<>"'`{}|\\^]+/y;

function addressAt(s: string, at: number): string {
  address.lastIndex = at;
  const found = address.exec(s)?.[0] ?? '';
  const cut = found.replace(/[.,;:!?)\]]+$/, '');
  return /^https?:\/\/./.test(cut) ? cut : '';
}

// Letters, and all that is not ASCII, as the server has it.
const wordy = (c: string | undefined): boolean =>
  c !== undefined && (c > '\x7f' || /[A-Za-z0-9_]/.test(c));
const blank = (c: string | undefined): boolean => c === undefined || c === ' ' || c === '\t';

// Where the mark that opens at `at` closes; -1: it is no mark.
function closes(s: string, at: number, mark: string): number {
  const from = at + mark.length;
  const thick = mark === '**';
  if (blank(s[from]) || wordy(s[at - 1])) return -1;
  if (s[from] === '*' && (!thick || s[from + 1] === '*')) return -1;
  for (let i = s.indexOf(mark, from + 1); i !== -1; i = s.indexOf(mark, i + 1)) {
    // Of three stars the last two are bold's, the first italic's.
    if (thick ? s[i + 2] === '*' : s[i + 1] === '*' || s[i - 1] === '*') continue;
    if (!blank(s[i - 1]) && !wordy(s[i + mark.length])) return i;
  }
  return -1;
}

export function inline(s: string, of: Omit<Bit, 'text'> = {}): Bit[] {
  const bits: Bit[] = [];
  let plain = '';
  const push = (...more: Bit[]) => {
    if (plain) bits.push({ text: plain, ...of });
    plain = '';
    bits.push(...more);
  };
  for (let i = 0; i < s.length; ) {
    const mark = s.startsWith('**', i) ? '**' : s[i] === '*' ? '*' : '';
    const style = mark === '**' ? 'bold' : 'italic';
    const end = mark && !of[style] ? closes(s, i, mark) : -1;
    if (end !== -1) {
      push(...inline(s.slice(i + mark.length, end), { ...of, [style]: true }));
      i = end + mark.length;
      continue;
    }
    const named =
      s[i] === '[' && !of.href
        ? /^\[([^[\]\n]+)\]\((https?:\/\/[^\s()<>"]+)\)/.exec(s.slice(i))
        : null;
    if (named?.[1] && named[2]) {
      push(...inline(named[1], { ...of, href: named[2] }));
      i += named[0].length;
      continue;
    }
    const link = s[i] === 'h' && !of.href ? addressAt(s, i) : '';
    if (link) {
      push({ text: link, ...of, href: link });
      i += link.length;
      continue;
    }
    plain += mark || s[i];
    i += mark.length || 1;
  }
  push();
  return bits;
}

export function blocks(text: string): Block[] {
  const all: Block[] = [];
  let parted = true; // by an empty line: the next one begins a block
  for (const line of text.split(/\r?\n/)) {
    const kind = bullet.test(line)
      ? 'ul'
      : numeral.test(line)
        ? 'ol'
        : quote.test(line)
          ? 'quote'
          : 'p';
    if (/^[ \t]*$/.test(line)) {
      parted = true;
      continue;
    }
    const mark = { ul: bullet, ol: numeral, quote, p: null }[kind];
    const bits = inline(mark ? line.replace(mark, '') : line);
    const last = all.at(-1);
    if (!parted && last?.kind === kind) last.lines.push(bits);
    else all.push({ kind, lines: [bits] });
    parted = false;
  }
  return all;
}

// Whether anything of it is more than plain text with addresses.
export const hasMarks = (text: string): boolean =>
  blocks(text).some(
    (b) =>
      b.kind !== 'p' ||
      b.lines.some((l) => l.some((x) => x.bold || x.italic || (x.href && x.href !== x.text))),
  );

export interface Edit {
  text: string;
  from: number;
  to: number;
}

// Puts the mark round what is chosen, or takes it away again. Blanks at its
// ends stay outside, where they would end the mark, and so do line ends and the
// signs of lists: each line has marks of its own.
export function wrap(e: Edit, mark: '**' | '*'): Edit {
  const { text } = e;
  const n = mark.length;
  const chosen = text.slice(e.from, e.to);
  if (chosen.trim().includes('\n')) return wrapLines(e, mark);
  const from = chosen.trim() ? e.from + chosen.length - chosen.trimStart().length : e.from;
  const to = chosen.trim() ? e.to - chosen.length + chosen.trimEnd().length : e.to;
  const alone = (s: string) => mark === '**' || !s.includes('**');
  if (
    text.slice(from - n, from) === mark &&
    text.slice(to, to + n) === mark &&
    alone(text.slice(Math.max(0, from - 2), from))
  )
    return {
      text: text.slice(0, from - n) + text.slice(from, to) + text.slice(to + n),
      from: from - n,
      to: to - n,
    };
  return {
    text: text.slice(0, from) + mark + text.slice(from, to) + mark + text.slice(to),
    from: from + n,
    to: to + n,
  };
}

const marks = { '**': /^\*\*(?=[^\s*])(.*[^\s])\*\*$/, '*': /^\*(?=[^\s*])(.*[^\s*])\*$/ };

function wrapLines({ text, from, to }: Edit, mark: '**' | '*'): Edit {
  const parts = text
    .slice(from, to)
    .split('\n')
    .map((l) => /^(\s*(?:[-*•] +|\d{1,3}[.)] +|> ?)?)(.*?)(\s*)$/.exec(l)?.slice(1) ?? ['', l, '']);
  const full = parts.filter((p) => p[1]);
  const off = full.every((p) => marks[mark].test(p[1] ?? ''));
  const next = parts
    .map(
      ([a = '', b = '', c = '']) =>
        a +
        (!b ? '' : off ? b.replace(marks[mark], '$1') : marks[mark].test(b) ? b : mark + b + mark) +
        c,
    )
    .join('\n');
  return { text: text.slice(0, from) + next + text.slice(to), from, to: from + next.length };
}

// Begins every chosen line with the mark, or none when all had it.
export function prefix({ text, from, to }: Edit, mark: '- ' | '1. ' | '> '): Edit {
  const start = text.lastIndexOf('\n', from - 1) + 1;
  const stop = text.indexOf('\n', to) === -1 ? text.length : text.indexOf('\n', to);
  const lines = text.slice(start, stop).split('\n');
  const had = mark === '1. ' ? numeral : mark === '- ' ? bullet : quote;
  const off = lines.every((l) => had.test(l) || l.trim() === mark.trim());
  const next = lines
    .map((l, i) =>
      off ? l.replace(had, '') : (mark === '1. ' ? `${i + 1}. ` : mark) + l.replace(had, ''),
    )
    .join('\n');
  return {
    text: text.slice(0, start) + next + text.slice(stop),
    from: start + next.length,
    to: start + next.length,
  };
}

// What chosen words become when they are to lead somewhere; the address is
// chosen then, to be typed over.
export function link({ text, from, to }: Edit, title: string): Edit {
  const said = text.slice(from, to) || title;
  const at = from + said.length + 3;
  return {
    text: `${text.slice(0, from)}[${said}](https://)${text.slice(to)}`,
    from: at,
    to: at + 8,
  };
}

// Enter within a list or quote: the next line's mark; an empty one ends it.
export function enter({ text, from, to }: Edit): Edit | null {
  if (from !== to) return null;
  const start = text.lastIndexOf('\n', from - 1) + 1;
  const line = text.slice(start, from);
  const found = /^(?:([-*•]) |(\d{1,3})([.)]) |(> ?))/.exec(line);
  if (!found) return null;
  if (line.trim() === found[0].trim())
    return { text: text.slice(0, start) + text.slice(from), from: start, to: start };
  const next = found[2] ? `${Number(found[2]) + 1}${found[3] ?? '.'} ` : found[0];
  return {
    text: `${text.slice(0, from)}\n${next}${text.slice(to)}`,
    from: from + 1 + next.length,
    to: from + 1 + next.length,
  };
}
