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
  });

  test('what is wrong is told with its row', () => {
    expect(wrongOf('steps', ['45s preferred', '90s levels 1', '10m anyone'])).toBeNull();
    expect(wrongOf('steps', ['90s preferred', '1m anyone'])).toEqual({ row: 1, why: 'rising' });
    expect(wrongOf('steps', ['s preferred'])).toEqual({ row: 0, why: 'unread' });
    expect(wrongOf('steps', ['0s preferred'])).toEqual({ row: 0, why: 'time' });
    expect(wrongOf('spans', ['chat 20s', 'chat 30s'])).toEqual({ row: 1, why: 'twice' });
    expect(wrongOf('spans', ['call 2h'])).toEqual({ row: 0, why: 'time' });
    expect(wrongOf('counts', ['chat 3', 'mail 0'])).toEqual({ row: 1, why: 'count' });
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
