// What goes to the desk and comes from it: JSON, streams, outcomes, waits.
import { afterEach, describe, expect, test } from 'vitest';
import { meaning } from '../src/api';
import { waitFor } from '../src/backoff';
import { encode } from '../src/json';
import { cleaned, bytesOf, MOST_BYTES, pieces } from '../src/pieces';
import { EventReader } from '../src/sse';
import { saidLive, Thread } from '../src/thread';

describe('JSON', () => {
  const polluted = Array.prototype as unknown as { toJSON?: () => string };
  afterEach(() => delete polluted.toJSON);

  test('reads back as it was, whatever an old library did', () => {
    polluted.toJSON = () => 'broken';
    const value = { a: [1, 'x', null, true, ['\u0000\u001f"\\\n\ud83d\ude00']], b: { c: -1.5 } };
    const text = encode(value);
    delete polluted.toJSON;
    expect(JSON.parse(text)).toEqual(value);
  });

  test('half a character is none', () => {
    expect(JSON.parse(encode('a\ud83d'))).toBe('a\ufffd');
    expect(JSON.parse(encode('\ude00b'))).toBe('\ufffdb');
    expect(encode({ a: undefined, b: 1 })).toBe('{"b":1}');
  });
});

test('a stream cut anywhere tells the same', () => {
  const text =
    ': hello\n\nid: 5-0\nevent: message\ndata: {"a":1}\r\n\r\nevent: typing\ndata: x\ndata:y\n\n' +
    'id: 6-0\rdata: last\r\rdata: cut off';
  const want = [
    { id: '5-0', event: 'message', data: '{"a":1}' },
    { id: '5-0', event: 'typing', data: 'x\ny' },
    { id: '6-0', event: 'message', data: 'last' },
  ];
  for (let cut = 0; cut <= text.length; cut++) {
    const reader = new EventReader();
    const told = [...reader.feed(text.slice(0, cut)), ...reader.feed(text.slice(cut))];
    expect(told, `cut at ${cut}`).toEqual(want);
  }
  expect(() => new EventReader().feed(`data: ${'x'.repeat(1 << 20)}`)).toThrow();
});

test('only the desk itself ends anything', () => {
  const problem = 'application/problem+json';
  expect(meaning(201, 'application/json', 0, { event: 1 }).how).toBe('done');
  expect(meaning(200, 'text/html', 0, null).how).toBe('later');
  expect(meaning(404, 'text/html', 0, null).how).toBe('later');
  expect(meaning(401, 'text/html', 0, null).how).toBe('later');
  expect(meaning(401, problem, 0, { code: 'NOAUTH' }).how).toBe('gone');
  expect(meaning(400, problem, 0, { code: 'INVALID', member: 'text' })).toEqual({
    how: 'never',
    code: 'INVALID',
    member: 'text',
  });
  expect(meaning(503, problem, 7, { code: 'TRYAGAIN' })).toEqual({ how: 'later', after: 7 });
  expect(meaning(429, problem, 60, { code: 'TOOMANY' }).how).toBe('later');
  expect(meaning(413, 'text/html', 0, null).how).toBe('never');
});

test('waits grow, differ, end, and heed the desk', () => {
  for (let tries = 1; tries < 50; tries++) {
    expect(waitFor(tries, 0)).toBeGreaterThanOrEqual(500);
    expect(waitFor(tries, 1)).toBeLessThanOrEqual(30000);
    expect(waitFor(tries, 1)).toBeGreaterThan(waitFor(tries, 0));
  }
  expect(waitFor(1, 0, 60)).toBe(60000);
});

test('long texts go in pieces that the desk takes, and nothing is lost', () => {
  const word = 'tiếng Việt có dấu ';
  const long = word.repeat(400);
  const parts = pieces(long);
  expect(parts.length).toBeGreaterThan(2);
  for (const p of parts) expect(bytesOf(p)).toBeLessThanOrEqual(MOST_BYTES);
  expect(parts.join(' ')).toBe(cleaned(long));
  const solid = '😀'.repeat(3000);
  expect(pieces(solid).join('')).toBe(solid);
  expect(pieces(' \n\u0000 ')).toEqual([]);
  expect(cleaned('a\r\nb\u0007')).toBe('a\nb');
});

test('each message once, in the order of the desk', () => {
  const thread = new Thread();
  const said = (id: number, from = 'agent') =>
    saidLive({ id, from, text: String(id), message: `m${id}` }, '1700000000000-0', 0);
  for (const id of [5, 3, 9, 5, 3, 7]) {
    const m = said(id, id === 7 ? 'visitor' : 'agent');
    if (m !== null) thread.add(m);
  }
  expect(thread.list.map((m) => m.event)).toEqual([3, 5, 7, 9]);
  expect(thread.unseen(3)).toBe(2);
  expect(thread.has('m7')).toBe(true);
  expect(thread.last(true)?.event).toBe(7);
  expect(thread.list[0]?.at).toBe(1700000000000);
  expect(saidLive({ text: 'x' }, '', 0)).toBeNull();
});
