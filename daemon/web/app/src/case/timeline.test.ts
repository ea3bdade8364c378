import { describe, expect, test } from 'vitest';
import type { DeskEvent } from '../lib/types';
import { folded, size, speaker, timeline } from './timeline';

let next = 1;
const event = (more: Partial<DeskEvent>): DeskEvent => ({
  event: next++,
  at: '2026-11-21T08:00:00Z',
  ticket: 1,
  kind: 'message',
  channel: 'chat',
  direction: 'in',
  ...more,
});
const kinds = (events: DeskEvent[], unread = 0) =>
  timeline(events, unread, 'an').map((i) => i.kind);

describe('the timeline', () => {
  test('one name a run; another side, an hour or a mail ends it', () => {
    const events = [
      event({}),
      event({}),
      event({ direction: 'out', agent: 'an' }),
      event({ direction: 'out', agent: 'binh' }),
      event({ at: '2026-11-21T09:00:00Z' }),
      event({ channel: 'mail', at: '2026-11-21T09:00:00Z' }),
    ];
    expect(kinds(events)).toEqual(['day', 'talk', 'talk', 'talk', 'talk', 'mail']);
  });

  test('days are the company’s, not the browser’s', () => {
    // 23:30 and 00:30 in Asia/Ho_Chi_Minh.
    const events = [event({ at: '2026-11-20T16:30:00Z' }), event({ at: '2026-11-20T17:30:00Z' })];
    expect(kinds(events)).toEqual(['day', 'talk', 'day', 'talk']);
  });

  test('what departments ask each other is framed; a question without an answer, a line', () => {
    const consult = (meta?: Record<string, unknown>) =>
      event({ kind: 'consult', channel: 'desk', direction: 'own', text: 'a', meta });
    expect(kinds([consult({ what: 'ask' }), consult({ what: 'answer' })])).toEqual([
      'day',
      'consult',
      'consult',
    ]);
    expect(kinds([consult({ what: 'cancel' }), consult()])).toEqual(['day', 'thin']);
  });

  test('a call is one line, whatever is told of it', () => {
    const call = (id: string, more: Partial<DeskEvent> = {}) =>
      event({ kind: 'call', channel: 'call', meta: { call: { id } }, ...more });
    const events = [
      call('c1'),
      event({ kind: 'note', channel: 'desk', direction: 'own', text: 'x' }),
      call('c1'),
      call('c1', { text: 'gọi lại sau' }),
      call('constructor'),
      event({ kind: 'call', channel: 'call', meta: undefined }),
      event({ kind: 'call', channel: 'call', meta: { call: 'c1' } }),
    ];
    expect(kinds(events)).toEqual(['day', 'call', 'note', 'call', 'call', 'call', 'call']);
  });

  test('what was changed is folded together; a note parts it', () => {
    const thin = { channel: 'desk', direction: 'own' } as const;
    const events = [
      event({ ...thin, kind: 'assign' }),
      event({ ...thin, kind: 'tag' }),
      event({ ...thin, kind: 'note', text: 'x' }),
      event({ ...thin, kind: 'state' }),
    ];
    expect(kinds(events)).toEqual(['day', 'thin', 'note', 'thin']);
  });

  test('the line stands before the first that I did not write', () => {
    const old = event({});
    const mine = event({ direction: 'out', agent: 'an' });
    const his = event({});
    expect(kinds([old, mine, his], old.event)).toEqual(['day', 'talk', 'talk', 'unread', 'talk']);
    expect(kinds([old, mine], old.event)).toEqual(['day', 'talk', 'talk']);
  });

  test('a kind that nobody knows is a thin line; with words, words', () => {
    expect(kinds([event({ kind: 'moon', channel: 'desk' })])).toEqual(['day', 'thin']);
    expect(kinds([event({ kind: 'moon', channel: 'desk', text: 'rằm' })])).toEqual([
      'day',
      'plain',
    ]);
  });
});

test('what was quoted is told by its lines', () => {
  expect(folded(event({ text: 'a\n\n> b\n> c', own: 'a' }))).toEqual({
    shown: 'a',
    rest: true,
    lines: 2,
  });
  expect(folded(event({ text: 'a' })).rest).toBe(false);
  expect(folded(event({ text: 'a\n', own: 'a' })).rest).toBe(false);
});

test('an id is no name', () => {
  expect(speaker(event({ who: '221fa205-68aa-494e-99c5-982f3e656f56' }), 'Lộc')).toBe('Lộc');
  expect(speaker(event({ who: 'Hạnh' }), 'Lộc')).toBe('Hạnh');
});

test('sizes', () => {
  expect([size(84000, 'vi-VN'), size(1250000, 'vi-VN'), size(12, 'vi-VN')]).toEqual([
    '84 KB',
    '1,3 MB',
    '12 B',
  ]);
});
