import { expect, test } from 'vitest';
import { address, csv, daysOf, duration, other, read, type Report } from './reports';

const asked = (q: string) => read(new URLSearchParams(q));

test('the address holds what is asked for, and nothing that is wrong', () => {
  const path = '/d/reports?name=work&by=day&span=days&from=2026-02-01&to=2026-02-28&agent=an';
  expect(address(asked(path.split('?')[1] ?? ''))).toBe(path);
  expect(address(asked('name=nothing&by=moon&span=ever&from=1/2'))).toBe('/d/reports');
  expect(asked('from=2026-02-1').from).toBe('');
});

test('work is by agent unless it is said, what one chose stays', () => {
  expect(asked('name=work').by).toBe('agent');
  expect(address(asked('name=work&by=queue'))).toBe('/d/reports?name=work&by=queue');
  expect(address(other(asked(''), 'work'))).toBe('/d/reports?name=work');
  expect(address(other(asked('name=work'), 'cases'))).toBe('/d/reports?name=cases');
  expect(address(other(asked('by=day'), 'work'))).toBe('/d/reports?name=work&by=day');
});

test('weeks begin on Monday, months on the first', () => {
  expect(daysOf(asked('span=week'), '2026-11-22')).toEqual({
    from: '2026-11-16',
    to: '2026-11-22',
  });
  expect(daysOf(asked('span=week'), '2026-11-23').from).toBe('2026-11-23');
  expect(daysOf(asked('span=month'), '2026-03-02').from).toBe('2026-03-01');
  expect(daysOf(asked('span=days&from=2026-01-01'), '2026-11-22').from).toBe('2026-01-01');
  expect(daysOf(asked(''), '2026-11-22')).toEqual({ from: '2026-11-22', to: '2026-11-22' });
});

test('times are read at a glance', () => {
  const of = (s: number) => duration(s, (n) => `${n} ngày`, 'vi-VN');
  expect([0, 41.6, 3910, 172799, 400000, -5].map(of)).toEqual([
    '0:00',
    '0:42',
    '1:05:10',
    '47:59:59',
    '4,6 ngày',
    '−0:05',
  ]);
});

test('no spreadsheet takes a name for a formula', () => {
  const r = {
    by: 'agent',
    columns: [
      { name: 'offered', unit: 'count' },
      { name: 'asa', unit: 'seconds' },
    ],
    rows: [
      { label: '=cmd()', cells: [1, null] },
      { label: null, cells: [-2, 0.5] },
      { label: 'a "b", c', cells: [0, 1] },
    ],
  } as unknown as Report;
  expect(csv(r)).toBe(
    '\ufeffagent,offered,asa\r\n"\'=cmd()",1,\r\n,-2,0.5\r\n"a ""b"", c",0,1\r\n',
  );
});
