import { describe, expect, test } from 'vitest';
import { freshRow, rowOf, wordOf, wrongOf, type Form } from './routewords';

const through = (form: Form, word: string): string => wordOf(form, rowOf(form, word));

describe('words of routing', () => {
  test('taken apart and put together they say the same', () => {
    const all: [Form, string[]][] = [
      [
        'steps',
        ['45s preferred', '90s levels 1', '3m overflow technical', '10m anyone', '2h levels 4'],
      ],
      ['spans', ['chat 20s', 'call 15s', 'mail 2m']],
      ['counts', ['chat 3', 'mail 1000']],
      ['serves', ['sales', 'warehouse 2', 'warehouse 2 after 1m', 'kho after 60s']],
      ['knows', ['vi', 'en 4', 'bao-hanh 5']],
      ['asks', ['en', 'en 2']],
      ['waits', ['chat 3m message', 'call 90s', 'chat 5s overflow kho', 'call 1d callback']],
      ['acts', ['raise 20', 'notify assignee', 'notify an.le', 'move kho', 'raise 99']],
    ];
    for (const [form, words] of all)
      for (const w of words) {
        expect(rowOf(form, w).is).not.toBe('text');
        expect(through(form, w)).toBe(w);
      }
  });

  test('what goes without saying is not said', () => {
    expect(through('serves', 'sales 1')).toBe('sales');
    expect(through('serves', 'sales 1 after 0s')).toBe('sales');
    expect(through('knows', 'en 3')).toBe('en');
    expect(through('asks', 'en 1')).toBe('en');
    expect(through('steps', '45 preferred')).toBe('45s preferred');
  });

  test('what cannot be read stays as it stands', () => {
    for (const w of [
      '',
      'soon preferred',
      '5s levels 9',
      '10m overflow',
      'anyone',
      '45s sometimes',
    ])
      expect(rowOf('steps', w)).toEqual({ is: 'text', text: w });
    expect(through('spans', 'chat')).toBe('chat');
    expect(through('serves', 'sales 12')).toBe('sales 12');
    expect(through('knows', 'tiếng anh')).toBe('tiếng anh');
    expect(rowOf('serves', 'sales after').is).toBe('text');
    for (const w of [
      'mail 3m message',
      'chat message',
      'chat 3m hold',
      'chat 3m overflow',
      'chat 3m go',
    ])
      expect(rowOf('waits', w)).toEqual({ is: 'text', text: w });
    for (const w of ['raise 100', 'raise 0', 'raise', 'notify', 'move a b', 'call 1'])
      expect(rowOf('acts', w)).toEqual({ is: 'text', text: w });
  });

  test('what is wrong is told with its row', () => {
    expect(wrongOf('steps', ['45s preferred', '90s levels 1', '10m anyone'])).toBeNull();
    expect(wrongOf('steps', ['90s preferred', '1m anyone'])).toEqual({ row: 1, why: 'rising' });
    expect(wrongOf('steps', ['s preferred'])).toEqual({ row: 0, why: 'unread' });
    expect(wrongOf('steps', ['0s preferred'])).toEqual({ row: 0, why: 'time' });
    expect(wrongOf('spans', ['chat 20s', 'chat 30s'])).toEqual({ row: 1, why: 'twice' });
    expect(wrongOf('spans', ['call 2h'])).toEqual({ row: 0, why: 'time' });
    expect(wrongOf('counts', ['chat 3', 'mail 0'])).toEqual({ row: 1, why: 'count' });
    expect(wrongOf('waits', ['chat 4s'])).toEqual({ row: 0, why: 'time' });
    expect(wrongOf('waits', ['chat 3m', 'chat 5m'])).toEqual({ row: 1, why: 'twice' });
    expect(wrongOf('acts', ['raise 20', 'notify an', 'raise 20'])).toEqual({
      row: 2,
      why: 'twice',
    });
    expect(wrongOf('acts', ['move '])).toEqual({ row: 0, why: 'unread' });
    expect(wrongOf('knows', ['vi', ''])).toEqual({ row: 1, why: 'name' });
    expect(wrongOf('serves', ['sales 2', 'sales after 1m'])).toEqual({ row: 1, why: 'twice' });
  });

  test('a new row is one that can stand there', () => {
    const words = ['45s preferred'];
    const last = rowOf('steps', '45s preferred');
    words.push(wordOf('steps', freshRow('steps', [], [], last)));
    expect(wrongOf('steps', words)).toBeNull();
    const minute = rowOf('steps', '3m levels 1');
    expect(wordOf('steps', freshRow('steps', [], [], minute))).toBe('4m preferred');
    expect(wordOf('spans', freshRow('spans', ['mail', 'chat'], ['mail']))).toBe('chat 30s');
    expect(wordOf('counts', freshRow('counts', ['mail', 'chat'], []))).toBe('mail 3');
    expect(wordOf('serves', freshRow('serves', ['a', 'b'], ['a']))).toBe('b');
  });
});
