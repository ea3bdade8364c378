// Services over the TCP protocol, with the clients that they use: ioredis and
// redis-cli.
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { after, describe, test } from 'node:test';
import { promisify } from 'node:util';
import Redis from 'ioredis';
import {
  admin,
  desk,
  event,
  login,
  service,
  sql,
  unique,
  until,
  using,
} from './lib/desk.mjs';
import { connect } from './lib/wire.mjs';

const run = promisify(execFile);

// A map as the second version of the protocol has it.
const object = (list) => {
  const o = {};
  for (let i = 0; i < list.length; i += 2) o[list[i]] = list[i + 1];
  return o;
};

// redis-cli: what it prints.
async function cli(args, { key = desk.key, input = '' } = {}) {
  const env = { ...process.env };
  if (key) env.REDISCLI_AUTH = key;
  const work = run('redis-cli', ['-p', String(desk.resp), ...args], { env });
  work.child.stdin.end(input);
  const { stdout, stderr } = await work;
  return stdout + stderr;
}

describe('ioredis', () => {
  const redis = new Redis({
    port: desk.resp,
    password: desk.key,
    enableReadyCheck: true,
    maxRetriesPerRequest: 0,
  });
  after(() => redis.disconnect());

  test('takes in an event and answers where it went', async () => {
    const answer = object(await redis.call('EVENT.ADD', event({ to: 'warehouse@shop.example' })));
    assert.equal(answer.queue, 'warehouse');
    assert.ok(answer.ticket > 0);
    assert.ok(answer.event > 0);
    assert.ok(answer.customer > 0);
    const ticket = object(object(await redis.call('TICKET.GET', answer.ticket)).ticket);
    assert.equal(ticket.queue, 'warehouse');
    assert.equal(ticket.state, 'new');
  });

  test('200 events in one pipeline are answered in order', async () => {
    const pipe = redis.pipeline();
    const run = unique('pipe');
    for (let i = 0; i < 200; i++)
      pipe.call(
        'EVENT.ADD',
        event({
          id: `${run}-${i}`,
          from: { kind: 'email', address: `${run}-${i}@example.com` },
        }),
      );
    const answers = (await pipe.exec()).map(([wrong, answer]) => {
      assert.equal(wrong, null);
      return object(answer);
    });
    assert.equal(answers.length, 200);
    const ids = answers.map((a) => Number(a.event));
    const rows = await sql(
      `SELECT event, external_id AS id FROM desk.event_key
       WHERE channel = 'mail' AND external_id LIKE :'v1' || '-%'`,
      run,
    );
    assert.equal(rows.length, 200);
    const byEvent = new Map(rows.map((r) => [Number(r.event), r.id]));
    ids.forEach((id, i) => assert.equal(byEvent.get(id), `${run}-${i}`));
  });

  test('a refused command leaves those beside it alone', async () => {
    const pipe = redis.pipeline();
    pipe.call('EVENT.ADD', event());
    pipe.call('EVENT.ADD', '{"channel":"mail"}');
    pipe.call('EVENT.ADD', event());
    const [a, b, c] = await pipe.exec();
    assert.equal(a[0], null);
    assert.match(b[0].message, /^INVALID /);
    assert.equal(c[0], null);
    assert.notEqual(object(a[1]).event, object(c[1]).event);
  });
});

describe('redis-cli', () => {
  for (const version of ['-2', '-3'])
    test(`takes in an event (RESP ${version})`, async () => {
      const out = await cli([version, 'EVENT.ADD', event({ to: 'shipping@shop.example' })]);
      assert.match(out, /"?queue"?[\s\S]*shipping/);
      assert.doesNotMatch(out, /error/i);
    });

  test('a pipeline from standard input', async () => {
    const lines = Array.from({ length: 50 }, () => `EVENT.ADD '${event()}'`);
    const out = await cli(['-3', '--json'], { input: lines.join('\n') + '\n' });
    const answers = out.trim().split('\n').map((l) => JSON.parse(l));
    assert.equal(answers.length, 50);
    for (const a of answers) assert.equal(a.queue, 'sales');
    assert.equal(new Set(answers.map((a) => a.event)).size, 50);
  });

  test('COMMAND DOCS say what EVENT.ADD takes', async () => {
    const out = JSON.parse(await cli(['-3', '--json', 'COMMAND', 'DOCS', 'event.add']));
    const docs = out['event.add'];
    assert.match(docs.summary, /event/);
    assert.equal(docs.arguments[0].name, 'json');
  });
});

test('COMMAND lists the whole table', () =>
  using(service, async (wire) => {
    const list = await wire.ask('COMMAND');
    assert.equal(list.length, await wire.ask('COMMAND', 'COUNT'));
    const names = list.map((c) => c[0]);
    for (const name of ['event.add', 'ticket.list', 'feed.subscribe', 'hello'])
      assert.ok(names.includes(name), name);
    for (const c of list) assert.equal(c.length, 10);
    const docs = await wire.ask('COMMAND', 'DOCS');
    assert.deepEqual(Object.keys(docs).sort(), [...names].sort());
    for (const name of names) assert.ok(docs[name].summary, name);
  }));

describe('who may', () => {
  test('HELLO says the version; AUTH by key and by login', async () => {
    await using(service, async (wire) => {
      assert.equal(wire.hello.proto, 3);
      assert.equal(wire.hello.server, 'deskd');
      assert.equal((await wire.ask('WHOAMI')).role, 'service');
    });
    await using(
      () => connect({ port: desk.resp }),
      async (wire) => {
        assert.equal(await wire.ask('AUTH', desk.key), 'OK');
        const flat = await wire.ask('WHOAMI');
        assert.ok(Array.isArray(flat), 'the second version has no maps');
        assert.equal(object(flat).role, 'service');
      },
    );
    await using(() => login('an'), async (wire) => {
      const me = await wire.ask('WHOAMI');
      assert.equal(me.login, 'an');
      assert.equal(me.role, 'agent');
    });
  });

  test('a wrong key, a wrong password and nobody are refused', async () => {
    await using(
      () => connect({ port: desk.resp }),
      async (wire) => {
        assert.equal((await wire.refused('TICKET.LIST')).code, 'NOAUTH');
        assert.equal((await wire.refused('EVENT.ADD', event())).code, 'NOAUTH');
        assert.equal((await wire.refused('AUTH', 'wrong-key')).code, 'NOAUTH');
        assert.equal((await wire.refused('AUTH', unique('u'), 'wrong password')).code, 'NOAUTH');
        assert.equal((await wire.refused('TICKET.LIST')).code, 'NOAUTH');
        assert.equal((await wire.refused('HELLO', '3', 'AUTH', 'default', 'x')).code, 'NOAUTH');
        // The same connection may still say the right thing.
        assert.equal(await wire.ask('AUTH', desk.key), 'OK');
      },
    );
    // A success takes the address' failures away.
    await using(() => login('an'), (wire) => wire.ask('PING'));
  });

  test('an agent is refused what is a supervisor\'s or an administrator\'s', () =>
    using(() => login('an'), async (wire) => {
      for (const words of [
        ['CONFIG.SHOW'],
        ['QUEUE.PAUSE', 'sales'],
        ['AUDIT.LIST'],
        ['KEY.ADD', unique('k')],
        ['KEY.LIST'],
        ['CONFIG.APPLY', '{}'],
      ]) {
        const no = await wire.refused(...words);
        assert.equal(no.code, 'DENIED', words[0]);
        assert.ok(no.sentence.endsWith('.'), no.sentence);
      }
      // Nor may he act for another, or in a queue that is not his.
      assert.equal((await wire.refused('AGENT.STATE', 'binh', 'ready')).code, 'DENIED');
      const made = await using(service, (s) =>
        s.ask('EVENT.ADD', event({ to: 'technical@shop.example' })),
      );
      assert.equal((await wire.refused('TICKET.TAKE', made.ticket)).code, 'DENIED');
    }));

  test('a refusal leaves a row in the audit', async () => {
    const [{ n: before }] = await sql(`SELECT count(*) AS n FROM desk.audit WHERE outcome = 'refused'`);
    await using(() => login('an'), (wire) => wire.refused('CONFIG.SHOW'));
    await until('the refusal is in the audit', async () => {
      const [{ n }] = await sql(`SELECT count(*) AS n FROM desk.audit WHERE outcome = 'refused'`);
      return n > before;
    });
  });

  test('a key that is revoked ends its sessions', async () => {
    const name = unique('key');
    await using(admin, async (boss) => {
      const { key } = await boss.ask('KEY.ADD', name, 'ROLE', 'service');
      assert.ok(key.length >= 24);
      await using(
        () => connect({ port: desk.resp, hello: ['AUTH', 'default', key] }),
        async (wire) => {
          await wire.ask('QUEUE.LIST');
          await boss.ask('KEY.REVOKE', name);
          const no = await until('the session is refused', async () => {
            try {
              await wire.ask('QUEUE.LIST');
              return null;
            } catch (e) {
              return e;
            }
          });
          assert.ok(no.code === 'NOAUTH' || wire.gone, String(no));
          await wire.closed;
        },
      );
      await assert.rejects(
        connect({ port: desk.resp, hello: ['AUTH', 'default', key] }),
        /NOAUTH/,
      );
      const keys = JSON.stringify(await boss.ask('KEY.LIST'));
      assert.ok(!keys.includes(key), 'a key is shown once only');
      const rows = await sql(`SELECT * FROM desk.api_key WHERE name = :'v1'`, name);
      assert.equal(rows.length, 1);
      assert.ok(!JSON.stringify(rows).includes(key), 'only a digest is kept');
    });
  });
});

describe('AUTH', () => {
  test('ends who only listens when his key is revoked', () =>
    using(admin, async (boss) => {
      const name = unique('ear');
      const { key } = await boss.ask('KEY.ADD', name, 'ROLE', 'service');
      await using(
        () => connect({ port: desk.resp, hello: ['AUTH', 'default', key] }),
        async (wire) => {
          await wire.ask('FEED.SUBSCRIBE');
          await wire.pushed((p) => p.push === 'ready');
          await boss.ask('KEY.REVOKE', name);
          await until('the listener is let go', async () => wire.gone);
        },
      );
    }));

  test('takes a long password', () =>
    using(admin, async (boss) => {
      const long = 'correct horse battery staple '.repeat(4).trim();
      await boss.ask('USER.PASSWORD', 'dung', long);
      try {
        await using(() => login('dung', long), async (wire) =>
          assert.equal((await wire.ask('WHOAMI')).login, 'dung'),
        );
      } finally {
        await boss.ask('USER.PASSWORD', 'dung', desk.password);
      }
    }));

  test('that fails changes nothing', () =>
    using(service, async (wire) => {
      const who = async () => ({ ...(await wire.ask('WHOAMI')), now: '' });
      const before = await who();
      assert.equal((await wire.refused('AUTH', 'default', 'wrong')).code, 'NOAUTH');
      assert.equal((await wire.refused('AUTH', unique('no'), 'wrong words')).code, 'NOAUTH');
      assert.deepEqual(await who(), before);
    }));

  test("is no use of a visitor's token", async () => {
    const page = (path, options) => fetch(`${desk.http}/chat/v1${path}`, options);
    const opened = await page('/conversations', { method: 'POST' });
    assert.equal(opened.status, 201);
    const { conversation, token } = await opened.json();
    const read = await page(`/conversations/${conversation}/messages`, {
      headers: { Authorization: `Bearer ${token}` },
    });
    assert.equal(read.status, 200);
    await assert.rejects(
      connect({ port: desk.resp, hello: ['AUTH', 'default', token] }),
      /NOAUTH/,
    );
  });
});

describe('the feed', () => {
  test('FEED.READ from an offset has no gap and no repeat', () =>
    using(service, async (wire) => {
      const first = await wire.ask('EVENT.ADD', event());
      const start = await until('a notice of the first event', async () => {
        let offset = '0';
        for (;;) {
          const page = await wire.ask('FEED.READ', offset, 'LIMIT', 1000);
          const it = page.notices.find((n) => n.ticket === first.ticket);
          if (it) return it.offset;
          if (page.notices.length === 0) return null;
          offset = page.offset;
        }
      });
      const made = [];
      for (let i = 0; i < 25; i++) made.push((await wire.ask('EVENT.ADD', event())).ticket);
      const mine = new Set(made);
      const read = async () => {
        const seen = [];
        for (let offset = start; ; ) {
          const page = await wire.ask('FEED.READ', offset, 'LIMIT', 7);
          assert.equal(page.gap, false);
          for (const n of page.notices) seen.push(n);
          if (page.offset === offset) return seen;
          offset = page.offset;
        }
      };
      const seen = await until('all notices are there', async () => {
        const all = await read();
        return all.filter((n) => mine.has(n.ticket)).length >= 25 && all;
      });
      assert.deepEqual(
        seen.filter((n) => mine.has(n.ticket)).map((n) => n.ticket),
        made,
      );
      assert.equal(new Set(seen.map((n) => n.offset)).size, seen.length);
      assert.ok(!seen.some((n) => n.ticket === first.ticket), 'what was seen is not told again');
    }));

  test('FEED.SUBSCRIBE resumes where it left', async () => {
    const made = [];
    const add = () =>
      using(service, async (wire) => made.push((await wire.ask('EVENT.ADD', event())).ticket));
    let last;
    const seen = [];
    const mine = (p) => p.push === 'notice' && made.includes(p.ticket);
    await using(service, async (wire) => {
      await wire.ask('FEED.SUBSCRIBE');
      await wire.pushed((p) => p.push === 'ready');
      for (let i = 0; i < 5; i++) await add();
      await wire.pushed((p) => p.ticket === made[4]);
      seen.push(...wire.pushes.filter(mine));
      last = seen.at(-1).offset;
    });
    for (let i = 0; i < 7; i++) await add(); // while it is away
    await using(service, async (wire) => {
      await wire.ask('FEED.SUBSCRIBE', 'OFFSET', last);
      await wire.pushed((p) => p.ticket === made[11]);
      await wire.pushed((p) => p.push === 'ready');
      for (let i = 0; i < 5; i++) await add();
      await wire.pushed((p) => p.ticket === made[16]);
      assert.ok(!wire.pushes.some((p) => p.push === 'reset'));
      seen.push(...wire.pushes.filter(mine));
    });
    assert.deepEqual(seen.map((p) => p.ticket), made);
    assert.equal(new Set(seen.map((p) => p.offset)).size, seen.length);
  });

  test('an offset that is no longer kept gives a reset', () =>
    using(service, async (wire) => {
      await wire.ask('FEED.SUBSCRIBE', 'OFFSET', '1-1');
      await wire.pushed((p) => p.push === 'ready' || p.push === 'reset');
    }));

  test('commands go on beside a subscription', () =>
    using(service, async (wire) => {
      await wire.ask('FEED.SUBSCRIBE');
      const { ticket } = await wire.ask('EVENT.ADD', event());
      const note = await wire.pushed((p) => p.ticket === ticket);
      assert.equal(note.queue, 'sales');
      assert.equal(await wire.ask('PING'), 'PONG');
    }));
});

describe('arguments', () => {
  const wrong = [
    [['TICKET.GET'], /ticket/],
    [['TICKET.GET', 'abc'], /ticket/],
    [['TICKET.GET', '0'], /ticket/],
    [['TICKET.GET', '99999999999999999999'], /ticket/],
    [['TICKET.LIST', 'STATE', 'nonsense'], /state/],
    [['TICKET.LIST', 'LIMIT', '0'], /limit/],
    [['TICKET.LIST', 'LIMIT', '201'], /limit/],
    [['TICKET.LIST', 'COLOUR', 'red'], /colour/i],
    [['TICKET.PRIORITY', '1', '100'], /priority/],
    [['AGENT.STATE', 'me', 'asleep'], /state/],
    [['FEED.READ', 'yesterday'], /offset/],
    [['EVENT.ADD', 'not json'], /./],
    [['EVENT.ADD', event({ channel: 'pigeon' })], /channel/],
    [['EVENT.ADD', event({ id: '' })], /id/],
    [['EVENT.ADD', event({ at: 'yesterday' })], /at/],
    [['EVENT.ADD', event({ from: { kind: 'email', address: 'nobody' } })], /from\.address/],
    [['EVENT.ADD', event({ from: undefined })], /from/],
    [['EVENT.ADD', event({ thread: 'x' })], /thread/],
    [['EVENT.ADD', event({ text: 5 })], /text/],
    [['SEARCH'], /query/],
  ];
  for (const [words, name] of wrong)
    test(`${words.join(' ').slice(0, 60)} is refused by name`, () =>
      using(service, async (wire) => {
        const no = await wire.refused(...words);
        assert.equal(no.code, 'INVALID');
        assert.match(no.sentence, name);
        assert.equal(await wire.ask('PING'), 'PONG');
      }));

  test('what is not there is NOTFOUND', () =>
    using(service, async (wire) => {
      assert.equal((await wire.refused('TICKET.GET', '999999999')).code, 'NOTFOUND');
      assert.equal((await wire.refused('CUSTOMER.GET', '999999999')).code, 'NOTFOUND');
      assert.equal((await wire.refused('NO.SUCH')).code, 'NOTFOUND');
    }));

  test('an event without an id is known by its bytes', () =>
    using(service, async (wire) => {
      const one = event({ id: undefined });
      const first = await wire.ask('EVENT.ADD', one);
      const again = await wire.ask('EVENT.ADD', one);
      assert.equal(first.created, true);
      assert.equal(again.duplicate, true);
      assert.equal(again.event, first.event);
    }));

  test('unknown members of an event are kept in its meta', () =>
    using(service, async (wire) => {
      const { ticket } = await wire.ask('EVENT.ADD', event({ weather: 'mưa' }));
      const { events } = await wire.ask('TICKET.GET', ticket);
      assert.equal(events[0].meta.weather, 'mưa');
    }));
});

test('the folded search finds what was typed with marks', () =>
  using(service, async (wire) => {
    const word = unique('mã');
    const { ticket } = await wire.ask(
      'EVENT.ADD',
      event({ subject: 'Đơn hàng giao trễ', text: `đơn ${word} chưa tới` }),
    );
    await until('the ticket is found', async () => {
      const found = await wire.ask('SEARCH', `giao tre ${word.replace('ã', 'a')}`);
      return JSON.stringify(found).includes(`"ticket":${ticket}`);
    });
  }));
