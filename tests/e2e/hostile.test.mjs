// Strangers: bytes cut at every place, too large, too slow, too deep, wrong.
// Each is refused clearly, the daemon lives, its memory comes back, and
// nothing of what they sent acts on a terminal.
import assert from 'node:assert/strict';
import net from 'node:net';
import { after, before, describe, test } from 'node:test';
import { desk, event, service, sql, unique, until, using, uuid } from './lib/desk.mjs';
import { deliver, lmtp, mail } from './lib/mail.mjs';
import { daemonPid, memory } from './lib/process.mjs';
import { startSecond } from './lib/second.mjs';
import { Talk } from './lib/talk.mjs';
import { post } from './lib/web.mjs';
import { encode } from './lib/wire.mjs';

const http = Number(new URL(desk.http).port);
const bearer = desk.key;
let pid;
let start;
const replies = [];

before(async () => {
  pid = await daemonPid();
  // As it is when nothing goes on: free memory has been given back.
  let last;
  start = await until('memory is at rest', async () => {
    const now = await memory(pid);
    const rests = now === last && now;
    last = now;
    await new Promise((done) => setTimeout(done, 500));
    return rests;
  });
});
after(async () => {
  assert.equal(await daemonPid(), pid);
});

// What a server says to these bytes, until it closes, or so far as `done`.
async function said(port, bytes, done) {
  const talk = await Talk.open({ port });
  try {
    talk.send(bytes);
    await talk.waitFor(done ?? (() => false));
    replies.push(talk.text);
    return talk.text;
  } finally {
    talk.end();
  }
}

// Sends the first bytes and hangs up: in good order or as if cut.
function cut(port, bytes, hard) {
  return new Promise((resolve, reject) => {
    const socket = net.connect(port, '127.0.0.1');
    const timer = setTimeout(() => {
      socket.destroy();
      reject(new Error(`not closed after ${bytes.length} bytes: ${bytes}`));
    }, 40000);
    socket.on('error', () => {});
    socket.on('data', () => {});
    socket.on('close', () => {
      clearTimeout(timer);
      resolve();
    });
    socket.on('connect', () => {
      if (!hard) socket.end(bytes);
      else socket.write(bytes, () => socket.resetAndDestroy());
    });
  });
}

async function cutEverywhere(port, text) {
  const bytes = Buffer.from(text);
  const places = Array.from({ length: bytes.length + 1 }, (_, i) => i);
  const work = async () => {
    for (let i; (i = places.pop()) !== undefined; )
      await cut(port, bytes.subarray(0, i), i % 2 === 1);
  };
  await Promise.all(Array.from({ length: 16 }, work));
}

// One ordinary piece of work by every way in.
async function allWell() {
  const m = mail({ to: 'sales@shop.example' });
  assert.equal((await deliver(m))[0].code, 250);
  await using(service, (wire) => wire.ask('EVENT.ADD', event()));
  assert.equal((await post('/api/v1/events', event(), { bearer })).status, 201);
  assert.equal(await daemonPid(), pid);
  assert.ok((await memory(pid)) > 0);
}

describe('a session cut at every place', () => {
  const message = (id) =>
    `From: <cut@example.com>\r\nMessage-ID: <${id}>\r\nSubject: cut\r\n\r\nx\r\n.\r\n`;
  const talk = (hello, id) =>
    `${hello} client.example\r\nMAIL FROM:<cut@example.com>\r\n` +
    `RCPT TO:<sales@shop.example>\r\nDATA\r\n${message(id)}QUIT\r\n`;

  for (const [name, port, hello] of [
    ['SMTP', desk.smtp, 'EHLO'],
    ['LMTP', desk.lmtp, 'LHLO'],
  ])
    test(name, async () => {
      const id = `${unique('cut')}@example.com`;
      await cutEverywhere(port, talk(hello, id));
      await allWell();
      // What was whole is there once, what was not is nowhere.
      const rows = await sql(
        `SELECT 1 FROM desk.event_key WHERE external_id LIKE :'v1' || '/%'`,
        id,
      );
      assert.equal(rows.length, 1);
    });

  test('the TCP protocol', async () => {
    const id = unique('cut-');
    await cutEverywhere(
      desk.resp,
      encode('HELLO', '3', 'AUTH', 'default', desk.key) +
        encode('EVENT.ADD', event({ id })) +
        'PING\r\n' +
        encode('QUIT'),
    );
    await allWell();
    const rows = await sql(`SELECT 1 FROM desk.event_key WHERE external_id = :'v1'`, id);
    assert.equal(rows.length, 1);
  });

  test('HTTP', async () => {
    const id = unique('cut-');
    const body = event({ id });
    await cutEverywhere(
      http,
      `POST /api/v1/events HTTP/1.1\r\nHost: desk\r\nAuthorization: Bearer ${bearer}\r\n` +
        `Content-Type: application/json\r\nContent-Length: ${Buffer.byteLength(body)}\r\n\r\n` +
        `${body}GET /api/v1/openapi.json HTTP/1.1\r\nHost: desk\r\nConnection: close\r\n\r\n`,
    );
    await allWell();
    const rows = await sql(`SELECT 1 FROM desk.event_key WHERE external_id = :'v1'`, id);
    assert.equal(rows.length, 1);
  });
});

describe('the TCP protocol refuses', () => {
  const whole = /^[-*+$:%_][^\r\n]*\r\n/m;
  const cases = {
    'a count beyond all bounds': '*1000000000\r\n',
    'a negative count': '*-5\r\n',
    'a count that is none': '*x\r\n',
    'a length beyond all bounds': '*1\r\n$99999999999999999999\r\n',
    'a length that is none': '*1\r\n$-1\r\nPING\r\n',
    'a word without its end': '*1\r\n$4\r\nPINGxx',
    'more than 1 KiB before it is known who speaks': 'PING ' + 'x'.repeat(5000),
    'other nesting': '*1\r\n*1\r\n$4\r\nPING\r\n',
    'HTTP': 'GET / HTTP/1.1\r\nHost: x\r\n\r\n',
    'NULs': '\0\0\0\0\r\n',
  };
  for (const [what, bytes] of Object.entries(cases))
    test(what, async () => {
      const text = await said(desk.resp, bytes, (t) => whole.test(t));
      assert.match(text, /^-(ERR|NOAUTH|NOTFOUND) /, what);
    });

  test('a command beyond a megabyte, and goes on with others', async () => {
    const talk = await Talk.open({ port: desk.resp });
    talk.send(encode('AUTH', desk.key));
    await talk.waitFor((t) => t.startsWith('+OK'));
    talk.text = '';
    talk.send(`*2\r\n$9\r\nEVENT.ADD\r\n$2000000\r\n`);
    await talk.waitFor(() => false);
    assert.match(talk.text, /^-ERR Protocol error/);
    await allWell();
  });
});

describe('an event is refused by name', () => {
  const deep = (n) => `${'['.repeat(n)}${']'.repeat(n)}`;
  const put = (member, json) => event().replace(/}$/, `,"${member}":${json}}`);
  const cases = {
    'nesting of 100,000': put('weather', deep(100000)),
    'nesting of 100,000 objects': put('weather', '{"a":'.repeat(100000) + '1' + '}'.repeat(100000)),
    'a lone surrogate': put('subject', '"\\ud800"'),
    'U+0000': put('subject', '"a\\u0000b"'),
    'a number beyond all bounds': put('weather', '1' + '0'.repeat(400)),
    'an exponent beyond all bounds': put('weather', '1e99999'),
    'a member twice': put('id', '"again"'),
    'a text that is none': put('text', '{}'),
    'half an object': '{"channel":"mail"',
    'more than one': event() + event(),
    nothing: '""',
  };
  for (const [what, json] of Object.entries(cases)) {
    test(`${what}, over the TCP protocol`, () =>
      using(service, async (wire) => {
        const no = await wire.refused('EVENT.ADD', json);
        assert.equal(no.code, 'INVALID', no.message);
        replies.push(no.message);
        assert.equal(await wire.ask('PING'), 'PONG');
      }));
    test(`${what}, over HTTP`, async () => {
      const no = await post('/api/v1/events', json, { bearer });
      assert.equal(no.status, 400, no.text);
      assert.equal(no.json.code, 'INVALID');
      replies.push(no.text);
    });
  }

  test('bytes that are no UTF-8', async () => {
    const bytes = Buffer.from(event({ subject: 'XX' }));
    bytes.set([0xc0, 0xaf], bytes.indexOf('XX'));
    const no = await post('/api/v1/events', bytes, { bearer });
    assert.equal(no.status, 400);
    assert.equal(no.json.code, 'INVALID');
  });
});

describe('HTTP refuses', () => {
  const head = 'Host: desk\r\n';
  const cases = {
    'no request': ['hello\r\n\r\n', 400],
    'another protocol': ['PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n', 505],
    'no host': ['GET / HTTP/1.1\r\n\r\n', 400],
    'two hosts': [`GET / HTTP/1.1\r\n${head}${head}\r\n`, 400],
    'a length and chunks': [
      `POST /api/v1/events HTTP/1.1\r\n${head}Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n`,
      400,
    ],
    'two lengths': [`POST /api/v1/events HTTP/1.1\r\n${head}Content-Length: 5\r\nContent-Length: 6\r\n\r\n`, 400],
    'a length that is none': [`POST /api/v1/events HTTP/1.1\r\n${head}Content-Length: +5\r\n\r\n`, 400],
    'a chunk that is none': [
      `POST /api/v1/events HTTP/1.1\r\n${head}Transfer-Encoding: chunked\r\n\r\nxyz\r\n`,
      400,
    ],
    'a folded field': [`GET / HTTP/1.1\r\n${head}A: b\r\n c\r\n\r\n`, 400],
    'a NUL': [`GET / HTTP/1.1\r\n${head}A: b\0c\r\n\r\n`, 400],
    'a NUL in the path': [`GET /%00 HTTP/1.1\r\n${head}\r\n`, 400],
    'a bare LF': ['GET / HTTP/1.1\nHost: desk\n\n', 400],
    'a line without end': [`GET /${'x'.repeat(100000)}`, 414],
    'a field without end': [`GET / HTTP/1.1\r\n${head}A: ${'x'.repeat(100000)}`, 431],
    'a thousand fields': [`GET / HTTP/1.1\r\n${head}${'A: b\r\n'.repeat(1000)}\r\n`, 431],
  };
  for (const [what, [bytes, status]] of Object.entries(cases))
    test(what, async () => {
      const text = await said(http, bytes);
      assert.match(text, new RegExp(`^HTTP/1\\.1 ${status} `), text.slice(0, 200));
      assert.match(text, /problem\+json/);
      assert.equal(text.match(/^HTTP\/1\.1 /gm).length, 1, 'one answer');
    });

  test('a path out of the desk', async () => {
    for (const path of ['/../etc/passwd', '/%2e%2e/etc/passwd', '//etc/passwd', '/x/..%2f..%2f'])
      assert.match(
        await said(http, `GET ${path} HTTP/1.1\r\nHost: desk\r\nConnection: close\r\n\r\n`),
        /^HTTP\/1\.1 (400|404) /,
        path,
      );
  });
});

describe('SMTP refuses', () => {
  const greeted = 'EHLO client.example\r\n';
  const last = (t) => t.split('\r\n').filter((l) => /^\d{3} /.test(l)).at(-1);
  const cases = {
    'a line without end': [`${greeted}MAIL FROM:<${'x'.repeat(20000)}>\r\nQUIT\r\n`, /^500 5\.5\.2/m],
    'a bare LF': ['EHLO client.example\nMAIL FROM:<a@example.com>\n', /^500 5\.5\.2/m],
    'a NUL': [`${greeted}MAIL FROM:<a\0@example.com>\r\nQUIT\r\n`, /^500 5\.5\.2/m],
    'an escape': [`${greeted}VRFY \x1b[31m\r\nQUIT\r\n`, /^500 5\.5\.2/m],
    'no UTF-8': [
      Buffer.concat([Buffer.from(`${greeted}MAIL FROM:<`), Buffer.from([0xff, 0xfe]), Buffer.from('@x.example>\r\nQUIT\r\n')]),
      /^500 5\.5\.2/m,
    ],
    'a chunk beyond all bounds': [
      `${greeted}MAIL FROM:<a@example.com>\r\nRCPT TO:<sales@shop.example>\r\nBDAT 99999999999999999999\r\n`,
      /^552 5\.3\.4/m,
    ],
    'a number that is none': [`${greeted}MAIL FROM:<a@example.com> SIZE=-1\r\nQUIT\r\n`, /^501 /m],
    'nonsense without end': [`${greeted}${'FOO\r\n'.repeat(200)}`, /^421 4\.7\.0/m],
    'guesses without end': [
      `${greeted}MAIL FROM:<a@example.com>\r\n` +
        Array.from({ length: 200 }, (_, i) => `RCPT TO:<u${i}@shop.example>\r\n`).join(''),
      /^421 4\.7\.0/m,
    ],
  };
  for (const [what, [bytes, wanted]] of Object.entries(cases))
    test(what, async () => {
      const text = await said(desk.smtp, bytes);
      assert.match(text, wanted, last(text));
    });

  test('mails that say they are nested without end', async () => {
    // They are kept as quarantined; or filed, when they can be read.
    const nested = (n) =>
      Array.from(
        { length: n },
        (_, i) => `Content-Type: multipart/mixed; boundary=b${i}\r\n\r\n--b${i}\r\n`,
      ).join('');
    const groups = `To: ${'a:'.repeat(20000)};\r\n`;
    for (const head of [nested(2000), groups, 'X: y\r\n'.repeat(20000), `Subject: ${'x'.repeat(300000)}\r\n`]) {
      const bytes = Buffer.from(`From: <deep@example.com>\r\n${head}\r\nx\r\n`);
      const [reply] = await deliver({ from: 'deep@example.com', to: 'sales@shop.example', bytes });
      assert.equal(reply.code, 250, reply.text);
    }
    await allWell();
  });
});

describe('who is silent or slow', () => {
  test('is closed, and holds up nobody', async () => {
    const silent = await Promise.all([
      Talk.open({ port: desk.resp }),
      Talk.open({ port: http }),
      Talk.open({ port: http }),
    ]);
    silent[1].send('GET / HTTP/1.1\r\nHost: de');
    silent[2].send('POST /chat/v1/conversations HTTP/1.1\r\nHost: desk\r\nContent-Length: 100\r\n\r\n{');
    // A byte a second does not keep a head open.
    const drip = setInterval(() => silent[1].send('s'), 1000);
    try {
      await allWell();
      await until('the slow head is refused', () => /^HTTP\/1\.1 408 /.test(silent[1].text) || silent[1].over);
      await until('who never says who he is has been closed', () => silent[0].over);
    } finally {
      clearInterval(drip);
      for (const s of silent) s.end();
    }
  });

  test('a subscriber who never reads costs the others nothing', async () => {
    const deaf = await Talk.open({ port: desk.resp });
    deaf.send(encode('HELLO', '3', 'AUTH', 'default', desk.key) + encode('FEED.SUBSCRIBE'));
    await deaf.waitFor((t) => t.includes('ready'));
    deaf.socket.pause();
    await using(service, async (wire) => {
      await Promise.all(Array.from({ length: 300 }, () => wire.ask('EVENT.ADD', event())));
    });
    await allWell();
    deaf.end();
  });
});

test('hundreds of half-sent bodies leave no memory behind', async () => {
  const round = async () => {
    const open = await Promise.all(
      Array.from({ length: 100 }, async (_, i) => {
        const kind = i % 4;
        const port = [http, desk.resp, desk.smtp, desk.lmtp][kind];
        const talk = await Talk.open({ port });
        if (kind === 0)
          talk.send(
            `POST /api/v1/events HTTP/1.1\r\nHost: desk\r\nContent-Length: 1000000\r\n\r\n${'x'.repeat(300000)}`,
          );
        else if (kind === 1) {
          talk.send(encode('AUTH', desk.key));
          await talk.waitFor((t) => t.startsWith('+OK'));
          talk.send(`*2\r\n$9\r\nEVENT.ADD\r\n$1000000\r\n${'x'.repeat(300000)}`);
        } else {
          talk.send(
            `${kind === 2 ? 'EHLO' : 'LHLO'} x\r\nMAIL FROM:<a@example.com>\r\n` +
              `RCPT TO:<sales@shop.example>\r\nDATA\r\n${'x'.repeat(300000)}`,
          );
        }
        return talk;
      }),
    );
    await allWell();
    for (const t of open) t.end();
  };
  await round(); // what is kept for the next time is kept once
  for (let i = 0; i < 5; i++) await round();
  await until(
    `memory is near the ${start} KiB where it was`,
    async () => (await memory(pid)) < start + 12288,
  );
});

test('what was sent acts on no terminal', async () => {
  const evil = '\x1b]0;evil\x07\x1b[2J\x9b31m\x7f\x08';
  const word = `${evil}${uuid()}`;
  const args = (...words) => encode('AUTH', desk.key) + encode(...words) + encode('QUIT');
  const second = await startSecond(); // it logs all that it can
  const web = Number(new URL(second.http).port);
  try {
    for (const [port, bytes] of [
      [second.smtp, `EHLO ${word}\r\nMAIL FROM:<${word}@example.com>\r\n${word}\r\nQUIT\r\n`],
      [second.lmtp, `LHLO x\r\nRCPT TO:<${word}>\r\nVRFY ${word}\r\nQUIT\r\n`],
      [second.resp, args(word)],
      [second.resp, encode(word, word) + `${word}\r\n*1\r\n${word}`],
      [second.resp, encode('AUTH', word, word) + encode('QUIT')],
      [second.resp, args('TICKET.GET', word)],
      [second.resp, args('TICKET.LIST', word, word)],
      [second.resp, args('COMMAND', word)],
      [second.resp, args('CLIENT', word)],
      [second.resp, args('EVENT.ADD', `{"${word}":1}`)],
      [second.resp, args('EVENT.ADD', event({ channel: word }))],
      [second.resp, args('EVENT.ADD', event({ from: { kind: 'email', address: word } }))],
      [web, `GET /${word} HTTP/1.1\r\nHost: desk\r\nConnection: close\r\n\r\n`],
      [
        web,
        `GET /api/v1/tickets?${encodeURIComponent(word)}=1 HTTP/1.1\r\nHost: desk\r\n` +
          `Authorization: Bearer ${bearer}\r\nConnection: close\r\n\r\n`,
      ],
      [web, `${word} / HTTP/1.1\r\nHost: ${word}\r\n\r\n`],
    ])
      await said(port, Buffer.from(bytes, 'latin1'));
    for (const [path, body] of [
      ['/api/v1/login', { login: word, password: word }],
      [`/hooks/${encodeURIComponent(word)}`, {}],
      ['/hooks/pbx', { call: word, state: word, from: word }],
      ['/api/v1/events', JSON.stringify({ [word]: 1 })],
    ])
      replies.push((await post(path, body, { base: second.http, bearer })).text);
    // eslint-disable-next-line no-control-regex
    const raw = /[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]/;
    const text = (r) => Buffer.from(r, 'latin1').toString('utf8');
    for (const r of replies) assert.doesNotMatch(text(r), raw);
    const log = await second.log();
    assert.match(log, /debug/);
    for (const line of log.split('\n')) assert.doesNotMatch(line, raw);
  } finally {
    await second.stop();
  }
});
