import { expect, test, vi } from 'vitest';

vi.stubGlobal('addEventListener', () => undefined);
vi.stubGlobal('navigator', { platform: 'Linux' });
vi.stubGlobal('document', { querySelector: () => null });
vi.mock('./session.svelte', () => ({ prefs: () => ({}) }));
const { offer, press } = await import('./commands.svelte');

const key = (k: string, repeat = false): boolean => {
  let taken = false;
  press({
    key: k,
    code: '',
    repeat,
    timeStamp: 0,
    target: null,
    preventDefault: () => void (taken = true),
  } as unknown as KeyboardEvent);
  return taken;
};

test('a key that is held acts once, and moves on', () => {
  const done: string[] = [];
  const one = (id: string, keys: string[], repeats = false) => ({
    id,
    title: id,
    group: '',
    keys,
    repeats,
    run: () => void done.push(id),
  });
  const end = offer([one('accept', ['a']), one('next', ['j'], true), one('top', ['g g'])]);
  expect([key('a'), key('a', true), key('a', true)]).toEqual([true, true, true]);
  expect(done).toEqual(['accept']);
  key('j');
  key('j', true);
  expect(done).toEqual(['accept', 'next', 'next']);
  // Held is not two keys one after the other.
  key('g');
  key('g', true);
  expect(done).toHaveLength(3);
  key('g');
  expect(done.at(-1)).toBe('top');
  end();
});
