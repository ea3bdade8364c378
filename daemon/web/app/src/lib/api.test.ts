import { afterEach, expect, test, vi } from 'vitest';
import { ApiError, get } from './api';

// A server whose answer is this: its head at once, its body as told.
const answers = (body: ReadableStream | string) =>
  vi.stubGlobal('fetch', async () => new Response(body, { status: 200 }));
const cut = () =>
  new ReadableStream({
    start(c) {
      c.enqueue(new TextEncoder().encode('{"causes":['));
      c.error(new TypeError('network error'));
    },
  });

afterEach(() => vi.unstubAllGlobals());

test('an answer is what was sent', async () => {
  answers('{"n":1}');
  expect(await get('/x')).toEqual({ n: 1 });
});

test('one that is cut off is no empty one', async () => {
  answers(cut());
  const e: unknown = await get('/x').catch((x: unknown) => x);
  expect(e).toBeInstanceOf(ApiError);
  expect(e).toMatchObject({ status: 0, code: 'AWAY' });
});

test('nor is one that is given up while it is read', async () => {
  const end = new AbortController();
  answers(
    new ReadableStream(
      {
        pull(c) {
          end.abort();
          c.error(new DOMException('given up', 'AbortError'));
        },
      },
      { highWaterMark: 0 }, // not before it is read
    ),
  );
  await expect(get('/x', {}, end.signal)).rejects.toMatchObject({ name: 'AbortError' });
});
