// The board's figures while answers take longer than what changes them.
import { afterEach, beforeEach, expect, test, vi } from 'vitest';

const answers: ((board: unknown) => void)[] = [];
const get = vi.fn(() => new Promise((done) => answers.push(done)));
let ear: (n: { kind: string }) => void = () => undefined;
vi.stubGlobal('window', globalThis);
vi.stubGlobal('document', { hidden: false, addEventListener() {}, removeEventListener() {} });
vi.stubGlobal('addEventListener', () => undefined);
vi.stubGlobal('removeEventListener', () => undefined);
vi.mock('../lib/api', () => ({ ApiError: Error, get, now: () => Date.now() }));
vi.mock('../lib/errors', () => ({ why: String }));
vi.mock('../lib/feed.svelte', () => ({
  feed: { link: 'live' },
  listen: (to: typeof ear) => {
    ear = to;
    return () => undefined;
  },
  onReload: () => () => undefined,
}));
const { Figures } = await import('./figures.svelte');

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

test('what is told while an answer is on its way is asked for when that has come', async () => {
  const figures = new Figures();
  const end = figures.follow();
  expect(get).toHaveBeenCalledTimes(1);
  ear({ kind: 'event' });
  await vi.advanceTimersByTimeAsync(5000); // the answer takes so long
  expect(get).toHaveBeenCalledTimes(1);
  answers[0]?.({ at: 'before' });
  await vi.advanceTimersByTimeAsync(0);
  expect(get).toHaveBeenCalledTimes(2);
  // And nothing was told since: the next is asked for in its time.
  answers[1]?.({ at: 'after' });
  await vi.advanceTimersByTimeAsync(14000);
  expect(get).toHaveBeenCalledTimes(2);
  expect(figures.board).toEqual({ at: 'after' });
  await vi.advanceTimersByTimeAsync(1000);
  expect(get).toHaveBeenCalledTimes(3);
  end();
});
