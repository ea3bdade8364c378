// What the corpus's mails are made with: bytes of any charset, encoded words,
// heads and parts.
import { execFileSync } from 'node:child_process';

// Strings are UTF-8, Buffers are as they are.
export const bytes = (...pieces) =>
  Buffer.concat(pieces.map((p) => (Buffer.isBuffer(p) ? p : Buffer.from(p))));

// VNI-Windows: a letter, then a letter of Latin-1 that is its mark.
const vniAlone = {
  ỉ: 0xe6, ì: 0xec, í: 0xed, ỵ: 0xee, đ: 0xf1, ị: 0xf2, ĩ: 0xf3, ơ: 0xf4, ư: 0xf6,
};
const vniTone = { '\u0301': 0xf9, '\u0300': 0xf8, '\u0309': 0xfb, '\u0303': 0xf5, '\u0323': 0xef };
const vniQuality = {
  '\u0302': { '': 0xe2, '\u0301': 0xe1, '\u0300': 0xe0, '\u0309': 0xe5, '\u0303': 0xe3, '\u0323': 0xe4 },
  '\u0306': { '': 0xea, '\u0301': 0xe9, '\u0300': 0xe8, '\u0309': 0xfa, '\u0303': 0xfc, '\u0323': 0xeb },
};

function vniLetter(c) {
  const lower = c.toLowerCase();
  const up = c !== lower ? 0x20 : 0;
  if (c.codePointAt(0) < 0x80) return [c.codePointAt(0)];
  if (vniAlone[lower]) return [vniAlone[lower] - up];
  const [letter, ...marks] = lower.normalize('NFD');
  const tone = marks.find((m) => vniTone[m]) ?? '';
  const quality = marks.find((m) => vniQuality[m]);
  const horned = marks.includes('\u031b') ? vniAlone[`${letter}\u031b`.normalize('NFC')] : undefined;
  const base = (horned ?? letter.codePointAt(0)) - up;
  return [base, (quality ? vniQuality[quality][tone] : vniTone[tone]) - up];
}

export function to(charset, text) {
  if (charset === 'VNI') return Buffer.from([...text.normalize('NFC')].flatMap(vniLetter));
  return execFileSync('iconv', ['-f', 'UTF-8', '-t', charset], { input: text });
}

export const base64 = (data) => bytes(data).toString('base64').replace(/.{76}(?=.)/g, '$&\n') + '\n';
export const word = (charset, text, data = to(charset, text)) =>
  `=?${charset}?B?${data.toString('base64')}?=`;
export const qword = (charset, data) =>
  `=?${charset}?Q?${[...data].map((b) => `=${b.toString(16).toUpperCase().padStart(2, '0')}`).join('')}?=`;

let count = 0;
// A mail: more header lines, then its body.
export function mail(lines, ...body) {
  const own = (name) => lines.some((l) => new RegExp(`^${name}\\s*:`, 'i').test(bytes(l).toString('latin1')));
  const head = [];
  if (!own('from')) head.push('From: Lan <lan@customer.example>');
  if (!own('to')) head.push('To: hello@shop.example');
  if (!own('subject')) head.push('Subject: hi');
  if (!own('message-id')) head.push(`Message-ID: <c${++count}@customer.example>`);
  return bytes(...[...head, ...lines].flatMap((l) => [l, '\n']), '\n', ...body);
}

export const utf8 = ['MIME-Version: 1.0', 'Content-Type: text/plain; charset=utf-8'];

// A multipart's head lines and its body.
export const multi = (kind, boundary = 'b1') => [
  'MIME-Version: 1.0',
  `Content-Type: multipart/${kind}; boundary="${boundary}"`,
];
export const part = (head, ...body) => bytes(...head.flatMap((l) => [l, '\n']), '\n', ...body);
export const parts = (boundary, ...list) =>
  bytes(...list.flatMap((p) => [`--${boundary}\n`, p, '\n']), `--${boundary}--\n`);
export const text = (s, charset = 'utf-8') => part([`Content-Type: text/plain; charset=${charset}`], s);
export const html = (s) => part(['Content-Type: text/html; charset=utf-8'], s);
