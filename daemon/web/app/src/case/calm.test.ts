import { expect, test } from 'vitest';
import { linkTarget, misleads, pictureSource, styleStays } from './calm';

test.each([
  ['https://shop.example/a?b=1', 'https://shop.example/a?b=1'],
  ['mailto:a@example.com', 'mailto:a@example.com'],
  ['tel:+84903218456', 'tel:+84903218456'],
  ['javascript:alert(1)', ''],
  [' \tjava\nscript:alert(1)', ''],
  ['JaVaScRiPt:alert(1)', ''],
  ['\u0001javascript:alert(1)', ''],
  ['vbscript:x', ''],
  ['data:text/html,<script>1</script>', ''],
  ['blob:https://a/1', ''],
  ['file:///etc/passwd', ''],
  ['//evil.example/a', ''],
  ['/api/v1/logout', ''],
  ['#top', ''],
  ['', ''],
])('a link to %j', (href, to) => expect(linkTarget(href)).toBe(to));

test.each([
  ['cid:anh%201@x', { kind: 'part', cid: 'anh 1@x' }],
  ['cid:%', { kind: 'part', cid: '%' }],
  ['data:image/png;base64,AAAA', { kind: 'data', url: 'data:image/png;base64,AAAA' }],
  ['data:image/svg+xml;base64,AAAA', null],
  ['data:text/html;base64,AAAA', null],
  ['//cdn.example/a.png', { kind: 'remote', url: 'https://cdn.example/a.png' }],
  ['http://cdn.example/a.png', { kind: 'remote', url: 'http://cdn.example/a.png' }],
  ['/frame/mail.css', null],
  ['javascript:1', null],
])('a picture of %j', (src, what) => expect(pictureSource(src)).toEqual(what));

test.each([
  ['https://shop.example/x', 'https://shop.example/y', false],
  ['shop.example', 'https://www.shop.example/', false],
  ['https://shop.example', 'https://evil.example/', true],
  ['https://shop.example', 'https://shop.example.evil.example/', true],
  // A Cyrillic letter is another host.
  ['https://shор.example', 'https://shop.example/', true],
  ['Xem đơn hàng', 'https://evil.example/', false],
  ['shop.example', 'mailto:a@shop.example', false],
])('%j over %j', (shown, href, lie) => expect(misleads(shown, href)).toBe(lie));

test.each([
  ['color', 'red', true],
  ['background', 'url(https://x)', false],
  ['background', 'u\\72l(https://x)', false],
  ['background-image', 'image-set("a.png" 1x)', false],
  ['position', 'fixed', false],
  ['content', '"x"', false],
  ['--x', 'red', false],
  ['width', 'expression(alert(1))', false],
  ['animation-name', 'x', false],
  ['margin', '0 auto', true],
])('%s: %s', (property, value, stays) => expect(styleStays(property, value)).toBe(stays));
