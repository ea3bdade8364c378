// Promises in an agent's own words, as they are offered while he writes.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { admin, apply, event, login, service, sql, unique, using } from './lib/desk.mjs';

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

  test('working days are those of the queue that the case is in, without Tết', async () => {
    const [tet, plain] = [unique('tet-'), unique('thuong-')];
    const boss = await admin();
    const { config } = await boss.ask('CONFIG.SHOW');
    const of = (name) => ({ name, title: name, first: 86400, next: 86400, hours: name });
    const to = (name) => `${name}@shop.example`;
    await apply(boss, {
      ...config,
      hours: [...(config.hours ?? []),
        { name: tet, week: ['mon-fri 08:00-17:00'],
          holidays: ['tet 2027 7d', '2027-02-12 08:00-11:30 ngày ngắn'] },
        { name: plain, week: ['mon-fri 08:00-17:00'] }],
      queues: [...config.queues, of(tet), of(plain)],
      served: [...config.served, ...[tet, plain].map((queue) => (
        { kind: 'email', address: to(queue), queue }))],
    });
    try {
      const due = async (queue) => {
        const { ticket } = await using(service, (wire) => wire.ask('EVENT.ADD', event({
          to: to(queue), subject: 'Hỏi', text: 'Bao giờ ạ', from: { kind: 'email', address: `${unique()}@example.com` } })));
        const { promises } = await using(service, (wire) => wire.ask('PROMISE.FIND',
          'Em gọi lại lúc 15h, trong 3 ngày làm việc em giao ạ', 'at', '2027-02-03T10:00:00+07:00', 'ticket', ticket));
        return promises.map((p) => [p.kind, p.due, p.business]);
      };
      // On Wednesday: Thursday, the short Friday of the week after, and Monday.
      const call = ['callback', '2027-02-03T08:00:00.000000Z', 0];
      assert.deepEqual(await due(tet), [call, ['delivery', '2027-02-15T16:59:00.000Z', 3]]);
      assert.deepEqual(await due(plain), [call, ['delivery', '2027-02-08T16:59:00.000Z', 3]]);
    } finally {
      const sup = await login('sup');
      for (const t of await sql(
        `SELECT t.id FROM desk.ticket t JOIN desk.queue q ON q.id = t.queue
         WHERE q.name IN (:'v1', :'v2') AND t.state IN ('new', 'open', 'pending')`, tet, plain))
        await sup.ask('TICKET.RESOLVE', t.id);
      await apply(boss, config);
      sup.end();
      boss.end();
    }
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
