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

// Reads one value; [value, next place] or MORE.
function read(b, at) {
  const eol = b.indexOf('\r\n', at, 'latin1');
  if (eol === -1) return MORE;
  const type = String.fromCharCode(b[at]);
  const line = b.toString('utf8', at + 1, eol);
  let next = eol + 2;
  switch (type) {
    case '+':
      return [line, next];
    case '-':
      return [new Refusal(line), next];
    case ':':
      return [Number(line), next];
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
    case '%': {
      const n = Number(line) * (type === '%' ? 2 : 1);
      const list = [];
      for (let i = 0; i < n; i++) {
        const got = read(b, next);
        if (got === MORE) return MORE;
        list.push(got[0]);
        next = got[1];
      }
      if (type === '>') return [new Push(list), next];
      if (type !== '%') return [list, next];
      const object = {};
      for (let i = 0; i < n; i += 2) object[list[i]] = list[i + 1];
      return [object, next];
    }
    default:
      throw new Error(`no RESP: ${JSON.stringify(line)}`);
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
    this.bytes = Buffer.alloc(0);
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
    this.bytes = this.bytes.length ? Buffer.concat([this.bytes, data]) : data;
    for (;;) {
      const got = this.bytes.length ? read(this.bytes, 0) : MORE;
      if (got === MORE) return;
      this.bytes = this.bytes.subarray(got[1]);
      this.give(got[0]);
    }
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
  async pushed(wanted, seconds = 60) {
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
