import { expect, test } from 'vitest';
import { steps } from './macros';

test('what a macro does stands in the order in which it is done', () => {
  expect(
    steps({
      macro: 'm',
      text: 'Dạ',
      note: 'Hỏi kho',
      tags: ['giao trễ'],
      priority: 70,
      assign: true,
      state: 'pending',
    }).map((s) => s.kind),
  ).toEqual(['assign', 'tags', 'priority', 'note', 'reply', 'state']);
  // Put off, it waits all the same: that is not said twice.
  expect(steps({ macro: 'm', tags: [], snooze: 60, state: 'pending' })).toEqual([
    { kind: 'snooze', minutes: 60 },
  ]);
});
