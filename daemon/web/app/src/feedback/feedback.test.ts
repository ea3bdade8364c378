import { expect, test } from 'vitest';
import { actionsOf, mayVerify, scored, type Action } from './feedback';

const action: Action = {
  action: 1,
  what: 'x',
  state: 'done',
  owner: 'an',
  done_by: 'an',
  made_at: '',
  made_by: 'sup',
};

test('a score has the end of its scale and a face; what is no scale has none', () => {
  expect(scored('nps', 6)).toEqual({ of: 10, feel: 'neg' });
  expect(scored('nps', 9)).toEqual({ of: 10, feel: 'pos' });
  expect(scored('csat', 3)).toEqual({ of: 5, feel: 'neu' });
  expect(scored('ces', 5)).toEqual({ of: 7, feel: 'pos' });
  expect(scored('number', 5)).toBeNull();
  expect(scored('nps', undefined)).toBeNull();
  expect(scored(undefined, 3)).toBeNull();
});

test('nobody verifies what is his or what he did', () => {
  expect(mayVerify(action, 'sup')).toBe(true);
  expect(mayVerify(action, 'an')).toBe(false);
  expect(mayVerify({ ...action, done_by: 'sup' }, 'sup')).toBe(false);
  expect(mayVerify({ ...action, state: 'open' }, 'sup')).toBe(false);
});

test('each view asks for its own', () => {
  expect(actionsOf('mine')).toEqual({ owner: 'me' });
  expect(actionsOf('overdue')).toEqual({ overdue: true });
  expect(actionsOf('all')).toEqual({});
  expect(actionsOf('done')).toEqual({ state: 'done' });
});
