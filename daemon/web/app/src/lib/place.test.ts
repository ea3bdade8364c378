import { expect, test } from 'vitest';
import { isPlace } from './place';

const parts = (path: string): string[] => path.split('/').filter(Boolean);

test('what there is, is a place', () => {
  for (const path of [
    '/',
    '/cases',
    '/cases/4187',
    '/cases/4187/customer',
    '/customers/7',
    '/incidents/7',
    '/board',
    '/reports',
    '/cx',
    '/settings/queues/sales',
    '/me',
    '/search',
    '/queues',
    '/start/mail',
  ])
    expect(isPlace(parts(path)), path).toBe(true);
});

test('what looks like one is none', () => {
  for (const path of [
    '/nonsense',
    '/cases/abc',
    '/cases/0',
    '/cases/-1',
    '/cases/1e3',
    '/cases/007',
    '/cases/99999999999999999999',
    '/cases/9007199254740993',
    '/cases/1/elsewhere',
    '/customers',
    '/incidents',
    '/customers/abc',
    '/customers/99999999999999999999',
    '/constructor',
  ])
    expect(isPlace(parts(path)), path).toBe(false);
});
