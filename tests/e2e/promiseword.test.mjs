// Promises in an agent's own words, as they are offered while he writes.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { service, using } from './lib/desk.mjs';

const at = '2026-11-19T10:20:00+07:00'; // a Thursday

const find = (text, ...more) =>
  using(service, (wire) => wire.ask('PROMISE.FIND', text, 'at', at, ...more));

describe('PROMISE.FIND', () => {
  test('finds what is promised, by when, and where it stands', async () => {
    const text = 'Dạ 😊 chị ơi, em gọi lại chị lúc 15h. Mai em giao ạ.';
    const { promises } = await find(text);
    assert.deepEqual(
      promises.map(({ kind, due, grain, business }) => ({ kind, due, grain, business })),
      [
        {
          kind: 'callback',
          due: '2026-11-19T08:00:00.000000Z',
          grain: 'minute',
          business: 0,
        },
        { kind: 'delivery', due: '2026-11-20T16:59:00.000000Z', grain: 'day', business: 0 },
      ],
    );
    // As a browser counts: in units of UTF-16.
    assert.equal(promises[0].words, 'gọi lại chị lúc 15h');
    for (const p of promises) assert.equal(text.slice(p.from, p.to), p.words);
  });

  test('finds nothing in what promises nothing', async () => {
    for (const text of ['', 'Dạ chị gọi lại lúc 15h nhé', 'em gọi lại lúc mấy giờ ạ?'])
      assert.deepEqual((await find(text || ' ')).promises, []);
  });

  test('reads the end of a long text, and says where in all of it', async () => {
    const text = `Em gọi lại lúc 14h. ${'😊 dạ vâng ạ '.repeat(1500)}. em gọi lại lúc 15h`;
    const { promises } = await find(text);
    assert.equal(promises.length, 1);
    assert.equal(text.slice(promises[0].from, promises[0].to), 'gọi lại lúc 15h');
  });

  test('refuses what is no time and what is too long', async () => {
    await using(service, async (wire) => {
      await assert.rejects(wire.ask('PROMISE.FIND', 'em gọi lại lúc 15h', 'at', 'mai'), /INVALID/);
      await assert.rejects(wire.ask('PROMISE.FIND', 'x'.repeat(65537)), /INVALID|TOOLARGE/);
      // And now, when no time is given.
      const { promises } = await wire.ask('PROMISE.FIND', 'em gọi lại trong 30 phút nữa');
      assert.equal(promises[0].kind, 'callback');
      const ahead = Date.parse(promises[0].due) - Date.now();
      assert.ok(ahead > 0 && ahead <= 35 * 60_000, `${ahead} ms`);
    });
  });
});
