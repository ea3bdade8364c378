import { expect, test } from 'vitest';
import type { DeskEvent, Participant } from '../lib/types';
import { addresses, copied, isAddress } from './copies';

const mail = (
  event: number,
  direction: 'in' | 'out',
  meta: Record<string, unknown>,
): DeskEvent => ({
  event,
  at: '2026-11-22T03:00:00Z',
  ticket: 1,
  kind: 'message',
  channel: 'mail',
  direction,
  meta,
});
const part = (address: string, how: 'participant' | 'cc'): Participant => ({
  kind: 'email',
  address,
  how,
});
const parts = [
  part('hanh@example.com', 'participant'),
  part('chong@example.com', 'participant'),
  part('ketoan@example.com', 'cc'),
  part('cu@example.com', 'cc'),
];

test('all whom the last mail named can be answered', () => {
  const events = [
    mail(1, 'in', { to: ['ban@shop.example'], cc: ['cu@example.com'] }),
    mail(2, 'in', { to: ['ban@shop.example', 'ketoan@example.com'], cc: 'x' }),
    mail(3, 'out', {}),
  ];
  expect(copied(events, parts, 'hanh@example.com')).toEqual(['ketoan@example.com']);
  expect(copied(events, parts, 'ketoan@example.com')).toEqual([]);
  expect(copied([], parts, undefined)).toEqual([]);
});

test('addresses as they are typed', () => {
  expect(addresses(' a@b.vn, c@d.vn;e@f.vn\n')).toEqual(['a@b.vn', 'c@d.vn', 'e@f.vn']);
});

test('names that are pasted along go; what is no address stays whole', () => {
  expect(addresses('"Giám đốc" <gd@ex.example>')).toEqual(['gd@ex.example']);
  expect(addresses('"Đốc, Giám" <gd@ex.example>; Lan Trần < lan@ex.example > ,a@b.vn')).toEqual([
    'gd@ex.example',
    'lan@ex.example',
    'a@b.vn',
  ]);
  expect(addresses('<a@b.vn> "C" <c@d.vn>')).toEqual(['a@b.vn', 'c@d.vn']);
  expect(addresses('a@b.vn, không phải địa chỉ')).toEqual(['a@b.vn', 'không phải địa chỉ']);
  expect(addresses('"Giám đốc <gd')).toEqual(['"Giám đốc <gd']);
  expect(addresses('Lan <>')).toEqual(['Lan <>']);
  expect(addresses('  , ;')).toEqual([]);
});

test('what the server takes as an address', () => {
  for (const a of ['gd@ex.example', "o'neil+x@mail.ex.example"]) expect(isAddress(a), a).toBe(true);
  for (const a of [
    'không-phải-địa-chỉ',
    'gd@ex',
    'gđ@ex.example',
    '"a b"@c.vn',
    'a@b@c.vn',
    '@c.vn',
  ])
    expect(isAddress(a), a).toBe(false);
});
