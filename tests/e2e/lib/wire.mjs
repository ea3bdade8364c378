// A client of the TCP protocol in its third version, written for these tests:
// answers are JavaScript values, pushes are kept in order, and the bytes can
// be had as they are.  (ioredis, which is no friend of ours, is tried in
// services.test.mjs.)
import net from 'node:net';

const MORE = Symbol('more');

class Refusal extends Error {
  constructor(text) {
    super(text);
    this.code = text.split(' ', 1)[0];
    this.sentence = text.slice(this.code.length + 1);
  }
}

class Push {
  constructor(list) {
    this.list = list;
  }
}

// Reads one value that has no parts, or a list's head; [value, next place] or
// MORE.
function read(b, at) {
  const eol = b.indexOf('\r\n', at, 'latin1');
  if (eol === -1) return MORE;
  const type = String.fromCharCode(b[at]);
  const line = b.toString('utf8', at + 1, eol);
  const next = eol + 2;
  switch (type) {
    case '+':
      return [line, next];
    case '-':
      return [new Refusal(line), next];
    case ':':
    case ',':
      return [Number(line), next];
    case '_':
      return [null, next];
    case '#':
      return [line === 't', next];
    case '$': {
      const n = Number(line);
      if (n === -1) return [null, next];
      if (b.length < next + n + 2) return MORE;
      return [b.toString('utf8', next, next + n), next + n + 2];
    }
    case '*':
    case '~':
    case '>':
    case '%':
      return [new Head(type, Number(line) * (type === '%' ? 2 : 1)), next];
    default:
      throw new Error(`no RESP: ${JSON.stringify(line)}`);
  }
}

// A list of which not all parts came yet.
class Head {
  constructor(type, n) {
    this.type = type;
    this.n = n;
    this.list = [];
  }

  value() {
    if (this.type === '>') return new Push(this.list);
    if (this.type !== '%') return this.list;
    const object = {};
    for (let i = 0; i < this.n; i += 2) object[this.list[i]] = this.list[i + 1];
    return object;
  }
}

// Values out of bytes as these come: no byte is read twice, or a long answer
// takes its reader longer than who writes it.
class Reader {
  constructor() {
    this.bytes = Buffer.alloc(0);
    this.open = []; // Heads, each a part of the one before
  }

  // The next whole value, or MORE.
  next() {
    let at = 0;
    try {
      while (at < this.bytes.length) {
        const got = read(this.bytes, at);
        if (got === MORE) return MORE;
        at = got[1];
        let value = got[0];
        if (value instanceof Head) {
          if (value.n > 0) {
            this.open.push(value);
            continue;
          }
          value = value.value();
        }
        for (;;) {
          const head = this.open.at(-1);
          if (!head) return [value];
          head.list.push(value);
          if (head.list.length < head.n) break;
          value = this.open.pop().value();
        }
      }
      return MORE;
    } finally {
      this.bytes = this.bytes.subarray(at);
    }
  }
}

export function encode(...words) {
  const parts = [`*${words.length}\r\n`];
  for (const w of words) {
    const text = String(w);
    parts.push(`$${Buffer.byteLength(text)}\r\n${text}\r\n`);
  }
  return parts.join('');
}

export class Wire {
  constructor(socket) {
    this.socket = socket;
    this.reader = new Reader();
    this.waiting = [];
    this.pushes = [];
    this.listeners = [];
    this.closed = new Promise((done) => socket.once('close', done));
    socket.on('data', (data) => this.take(data));
    socket.on('error', () => {});
    socket.on('close', () => {
      this.gone = true;
      for (const w of this.waiting.splice(0))
        w.reject(new Error('the connection was closed'));
      for (const l of this.listeners.splice(0))
        l.reject(new Error('the connection was closed'));
    });
  }

  take(data) {
    const r = this.reader;
    r.bytes = r.bytes.length ? Buffer.concat([r.bytes, data]) : data;
    for (let got = r.next(); got !== MORE; got = r.next()) this.give(got[0]);
  }

  give(value) {
    if (value instanceof Push) {
      const [, kind, offset, json] = value.list;
      this.pushes.push({ kind, offset, ...JSON.parse(json), push: kind });
      for (const l of this.listeners.splice(0)) l.resolve();
      return;
    }
    const w = this.waiting.shift();
    if (!w) throw new Error('an answer that nobody asked for');
    if (value instanceof Refusal) w.reject(value);
    else w.resolve(value);
  }

  // One command; its answer, or throws with .code and .sentence.
  ask(...words) {
    if (this.gone) return Promise.reject(new Error('the connection is closed'));
    return new Promise((resolve, reject) => {
      this.waiting.push({ resolve, reject });
      this.socket.write(encode(...words));
    });
  }

  // The refusal of a command that must be refused.
  async refused(...words) {
    try {
      const got = await this.ask(...words);
      throw Object.assign(
        new Error(`${words[0]} was not refused: ${JSON.stringify(got)}`),
        { code: 'TAKEN' },
      );
    } catch (e) {
      if (!(e instanceof Refusal)) throw e;
      return e;
    }
  }

  // The first push, of those come or to come, that `wanted` accepts.
  async pushed(wanted, seconds = 120) {
    const end = Date.now() + seconds * 1000;
    for (;;) {
      const found = this.pushes.find(wanted);
      if (found) return found;
      const left = end - Date.now();
      if (left <= 0) throw new Error(`no such notice in ${seconds} s`);
      let timer;
      await Promise.race([
        new Promise((resolve, reject) =>
          this.listeners.push({ resolve, reject }),
        ),
        new Promise((done) => (timer = setTimeout(done, left))),
      ]);
      clearTimeout(timer);
    }
  }

  end() {
    this.socket.destroy();
  }
}

// Connects and says HELLO 3; hello: what follows it, undefined to say nothing.
export async function connect({ port, path, hello }) {
  const socket = net.connect(path ? { path } : { port, host: '127.0.0.1' });
  await new Promise((resolve, reject) => {
    socket.once('connect', resolve);
    socket.once('error', reject);
  });
  socket.setNoDelay(true);
  const wire = new Wire(socket);
  if (hello) {
    try {
      wire.hello = await wire.ask('HELLO', '3', ...hello);
    } catch (e) {
      wire.end();
      throw e;
    }
  }
  return wire;
}
