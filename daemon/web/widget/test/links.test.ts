// What becomes a link, and what must not.
import { expect, test } from 'vitest';
import { linked } from '../src/links';

// An address that looks like another's: user, password, host.
const secret = 'pass';
const named = `https://user:${secret}@evil.example/`;

const hrefs = (text: string) => linked(text).flatMap((p) => (p.href === undefined ? [] : [p.href]));

test('every text comes out as it went in', () => {
  const texts = [
    'xem https://shop.example/don?id=1. Cảm ơn!',
    'không có gì',
    '',
    'a@b.example, www.shop.example (https://vi.example/a_(b))',
    `javascript:alert(1) ${named}`,
    '<img src=x onerror=1> data:text/html,x',
  ];
  for (const text of texts)
    expect(
      linked(text)
        .map((p) => p.text)
        .join(''),
    ).toBe(text);
});

test.each([
  ['xem https://shop.example/don?id=1.', 'https://shop.example/don?id=1'],
  ['(https://vi.example/a_(b))', 'https://vi.example/a_(b)'],
  ['www.shop.example,', 'https://www.shop.example/'],
  ['HTTP://Shop.Example/Á', 'http://shop.example/%C3%81'],
  ['viết tới lan.nguyen@example.com nhé', 'mailto:lan.nguyen@example.com'],
  ['"https://shop.example/x"', 'https://shop.example/x'],
])('%s', (text, href) => expect(hrefs(text)).toEqual([href]));

test.each([
  'javascript:alert(1)',
  'JaVaScRiPt://https%0aalert(1)',
  'data:text/html,<script>1</script>',
  'vbscript:x',
  'file:///etc/passwd',
  named,
  'https://shop.example@evil.example/',
  'xhttps://shop.example',
  'https://',
  'blob:https://shop.example/1',
  'tel:123',
  'ftp://shop.example/',
])('no link: %s', (text) => {
  for (const href of hrefs(text)) expect(href).toMatch(/^(https:\/\/[a-z.]+\/|mailto:)/);
  expect(
    hrefs(text).filter((h) => /evil|script|passwd|:pass/.test(h) && !/^mailto:/.test(h)),
  ).toEqual([]);
});

test('what hides the way it reads is not taken into an address', () => {
  expect(hrefs('https://shop.example/\u202egpj.exe')).toEqual(['https://shop.example/']);
});

test('long texts take no time', () => {
  for (const bad of ['https://', 'a@', 'www.', '(', '.', 'a.b@c.'])
    expect(linked(bad.repeat(4000 / bad.length)).length).toBeGreaterThan(0);
});
