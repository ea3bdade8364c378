import { expect, test } from 'vitest';
import type { Api } from '../src/api';
import { askedRead, furtherRead, Poll, type Tapped } from '../src/survey';

const token = 'abcdefghijklmnopqrstuvwxyz012345';
const told = {
  kind: 'csat',
  question: 'diem',
  words: 'Anh/chị thấy thế nào ạ?',
  link: `https://desk.example/survey/${token}`,
  scale: [
    { score: 5, words: 'Rất tốt' },
    { score: 1, words: 'Rất tệ' },
  ],
};

test('a survey is read when it can be answered, or was', () => {
  expect(askedRead(told)?.token).toBe(token);
  expect(askedRead({ ...told, score: 5 })).toMatchObject({ question: '', score: 5 });
  expect(askedRead({ words: 'x' })).toBeNull();
  expect(askedRead({ ...told, link: 'https://desk.example/survey/x/../y' })).toBeNull();
  expect(askedRead({ ...told, scale: 'many' })).toBeNull();
  expect(askedRead(null)).toBeNull();
  expect(askedRead('x')).toBeNull();
});

test('what is asked after it is what can be asked here', () => {
  expect(furtherRead({ questions: [{ name: 'n', kind: 'number' }] })).toBeNull();
  expect(
    furtherRead({
      questions: [
        { name: 'n', kind: 'nps' },
        { name: 'v', kind: 'text', text: 'Vì sao?' },
      ],
    }),
  ).toEqual({ name: 'v', kind: 'text', text: 'Vì sao?', choices: [] });
  expect(furtherRead({})).toBeNull();
});

function poll(
  answer: (path: string, body: { once?: string }) => unknown,
  kept: Tapped | null = null,
) {
  const sent: { path: string; once?: string }[] = [];
  let held = kept;
  const api = {
    ask: (_m: string, path: string, _t: null, body: { once?: string }) => {
      sent.push({ path, once: body.once });
      return Promise.resolve(answer(path, body));
    },
  } as unknown as Api;
  const p = new Poll(
    askedRead(told) ?? (null as never),
    api,
    'vi',
    { get: () => held, set: (t) => (held = t) },
    () => undefined,
  );
  return { p, sent, held: () => held };
}
const settled = () => new Promise((done) => setTimeout(done));

test('two taps are one answer; what got lost goes again under its id', async () => {
  const away = poll(() => ({ how: 'later', after: 0 }));
  void away.p.tap(5);
  await away.p.tap(5);
  await settled();
  expect(away.p.step).toBe('failed');
  expect(away.sent).toHaveLength(1);
  await away.p.tap(5);
  expect(away.sent[1]?.once).toBe(away.sent[0]?.once);

  // The page is loaded anew: by itself, under the same id.
  const back = poll(
    (path) => ({ how: 'done', json: path.endsWith('answer') ? { token: 'more' } : {} }),
    away.held(),
  );
  await settled();
  expect(back.p.step).toBe('done');
  expect(back.sent[0]?.once).toBe(away.sent[0]?.once);
  expect(back.held()?.more).toBe('more');
  await back.p.tap(1);
  expect(back.p.score).toBe(5);
});

test('one that was answered elsewhere says so', async () => {
  const { p } = poll(() => ({ how: 'gone' }));
  await p.tap(1);
  expect(p.step).toBe('over');
});
