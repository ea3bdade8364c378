import { expect, test } from 'vitest';
import { lineRead } from '../src/chat';
import { answering, waiting } from '../src/when';
import { wordsOf } from '../src/words';

const vi = wordsOf('vi');
const en = wordsOf('en');

test('a wait is named up to an hour', () => {
  expect(waiting(0, vi)).toBe('');
  expect(waiting(30, en)).toBe('about 1 min to wait');
  expect(waiting(3540, en)).toBe('about 59 min to wait');
  for (const long of [3600, 195420, 288000]) {
    expect(waiting(long, vi)).toBe('chờ hơn một giờ');
    expect(answering(true, long, vi)).toBe('Đang trực tuyến, chờ hơn một giờ');
  }
});

test('online is only where somebody is there', () => {
  expect(answering(true, 0, en)).toBe('Online');
  expect(answering(true, 120, en)).toBe('Online, answers within 2 min');
  expect(answering(false, 120, en)).toBe(en.nobody);
  expect(lineRead({ open: true, there: false }).there).toBe(false);
  expect(lineRead({ open: true }).there).toBe(true);
  expect(lineRead({ open: true }).full).toBe(false);
  expect(lineRead({ open: true, turned: 'message' }).full).toBe(true);
});
