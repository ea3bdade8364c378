import { expect, test } from 'vitest';
import type { DeskEvent, Participant } from '../lib/types';
import { addresses, copied } from './copies';

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
