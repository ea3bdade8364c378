// The wallboard's one answer, beside what the lists say one by one.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { event, login, service, unique, until, using } from './lib/desk.mjs';
import { Session, get } from './lib/web.mjs';

const read = (wire) => wire.ask('BOARD');
const row = (rows, name) => rows.find((r) => r.name === name);

describe('the board', () => {
  test('has the line, who is here and what was done, as the lists have it', () =>
    using(
      () => login('chi'),
      async (wire) => {
        await wire.ask('AGENT.STATE', 'me', 'break', 'reason', 'ăn trưa');
        // (Of today: at midnight all of it begins anew.)
        const before = row((await read(wire)).queues, 'shipping');
        const { ticket } = await using(service, (s) =>
          s.ask('EVENT.ADD', event({ to: 'shipping@shop.example', subject: unique('trễ ') })),
        );
        const waits = await until('one more waits', async () => {
          const board = await read(wire);
          const { queues } = await wire.ask('QUEUE.LIST');
          const [here, there] = [row(board.queues, 'shipping'), row(queues, 'shipping')];
          return here.opened !== before.opened && here.waiting === there.waiting && board;
        });
        assert.equal(waits.live, true);
        const me = row(waits.agents, 'chi');
        assert.equal(me.state, 'break');
        assert.equal(me.reason, 'ăn trưa');
        assert.match(me.state_since, /^\d{4}-.*Z$/);
        assert.equal(waits.company.zone, 'Asia/Ho_Chi_Minh');

        await wire.ask('TICKET.REPLY', ticket, 'Dạ em kiểm tra ngay ạ');
        await wire.ask('TICKET.RESOLVE', ticket);
        await until('it is answered and done', async () => {
          const board = await read(wire);
          const queue = row(board.queues, 'shipping');
          return (
            queue.answered !== before.answered &&
            queue.resolved !== before.resolved &&
            queue.level.n !== (before.level?.n ?? 0) &&
            queue.level.kept <= queue.level.n &&
            row(board.agents, 'chi').resolved !== me.resolved
          );
        });
        await wire.ask('AGENT.STATE', 'me', 'offline');
      },
    ));

  test('is made once for all who ask at the same moment', async () => {
    const sessions = await Promise.all(['an', 'sup'].map((who) => Session.begin(who)));
    const answers = await Promise.all(
      Array.from({ length: 40 }, (_, i) => sessions[i % 2].ask('GET', '/api/v1/board')),
    );
    for (const a of answers) assert.equal(a.status, 200);
    // Made at so many moments at most as a second has, however slow this is.
    const made = new Set(answers.map((a) => a.json.at));
    assert.ok(made.size < answers.length / 2, `${made.size} of ${answers.length}`);
    assert.equal((await get('/api/v1/board')).status, 401);
  });
});
