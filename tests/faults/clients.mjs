// Senders as the desk meets them.  Each send() ends as
//   { how: 'acked' | 'later' | 'refused' | 'unknown', said, answer }
// later: the desk asked to come again; unknown: the line was lost before an
// answer.  A sender may repeat after both.
import http from 'node:http';
import { connect } from 'node:net';
import Redis from 'ioredis';

const lost = (why) => ({ how: 'unknown', said: `lost: ${why}` });

// SMTP or LMTP, one mail after another on one connection.
export class MailClient {
  constructor(port, { lmtp = false, patience = 40000 } = {}) {
    this.port = port; // a function: the daemon in use may change
    this.lmtp = lmtp;
    this.patience = patience;
  }

  close() {
    this.socket?.destroy();
    this.socket = null;
  }

  // The connection's end fails whoever waits.
  break(why) {
    const waiter = this.waiter;
    this.waiter = null;
    this.close();
    waiter?.fail(new Error(why));
  }

  line(socket, data) {
    this.text += data;
    for (;;) {
      const end = this.text.indexOf('\r\n');
      if (end < 0) return;
      const line = this.text.slice(0, end);
      this.text = this.text.slice(end + 2);
      if (line[3] === '-') continue;
      const waiter = this.waiter;
      this.waiter = null;
      if (waiter) waiter.done(line);
    }
  }

  reply() {
    return new Promise((done, fail) => {
      const late = setTimeout(() => this.break('no answer'), this.patience);
      const end = (fn) => (value) => { clearTimeout(late); fn(value); };
      this.waiter = { done: end(done), fail: end(fail) };
      if (!this.socket) this.break('closed');
    });
  }

  ask(line) {
    const answer = this.reply();
    this.socket?.write(`${line}\r\n`);
    return answer;
  }

  async open() {
    const socket = connect(this.port(), '127.0.0.1');
    this.text = '';
    this.socket = socket;
    socket.setNoDelay(true);
    socket.on('data', (data) => { if (this.socket === socket) this.line(socket, data.toString()); });
    socket.on('error', () => {});
    socket.on('close', () => { if (this.socket === socket) this.break('connection lost'); });
    await this.reply();
    await this.ask(`${this.lmtp ? 'LHLO' : 'EHLO'} client.example`);
  }

  // mail: { from, to, bytes }; bytes are dot-stuffed and ended here.
  async send(mail) {
    let sent = false;
    try {
      if (!this.socket) await this.open();
      for (const line of [`MAIL FROM:<${mail.from}>`, `RCPT TO:<${mail.to}>`, 'DATA']) {
        const said = await this.ask(line);
        if (said[0] !== '2' && said[0] !== '3') return this.judge(said);
      }
      const answer = this.reply();
      sent = true;
      // In two parts, so that a mail can be half there.
      const bytes = mail.bytes.replace(/^\./gm, '..');
      const half = bytes.length >> 1;
      this.socket?.write(bytes.slice(0, half));
      setImmediate(() => this.socket?.write(`${bytes.slice(half)}.\r\n`));
      return this.judge(await answer);
    } catch (error) {
      this.close();
      return sent ? lost(error.message) : { how: 'later', said: 'no connection' };
    }
  }

  judge(said) {
    const code = said.slice(0, 3);
    if (code !== '250') this.close();
    const how = code === '250' ? 'acked' : code[0] === '4' ? 'later' : 'refused';
    return { how, said: code === '250' ? code : said };
  }
}

export class HttpClient {
  constructor(port, { key = null, patience = 25000 } = {}) {
    this.port = port;
    this.key = key;
    this.patience = patience;
    this.agent = new http.Agent({ keepAlive: true, maxSockets: 1 });
  }

  close() {
    this.agent.destroy();
  }

  // { status, headers, body } or a thrown error with .sent
  request(method, path, body, token = this.key) {
    return new Promise((done, fail) => {
      const headers = {};
      if (body !== undefined) headers['Content-Type'] = 'application/json';
      if (token) headers.Authorization = `Bearer ${token}`;
      const q = http.request({ host: '127.0.0.1', port: this.port(), method, path,
        headers, agent: this.agent, timeout: this.patience });
      let sent = false;
      const wrong = (error) => { error.sent = sent; fail(error); };
      q.on('socket', (s) => (s.connecting ? s.once('connect', () => { sent = true; }) : sent = true));
      q.on('timeout', () => q.destroy(new Error('no answer')));
      q.on('error', wrong);
      q.on('response', (r) => {
        let text = '';
        r.setEncoding('utf8');
        r.on('data', (part) => { text += part; });
        r.on('error', wrong);
        r.on('end', () => done({ status: r.statusCode, headers: r.headers, body: text }));
      });
      q.end(body === undefined ? undefined : JSON.stringify(body));
    });
  }

  async send(path, body, token) {
    try {
      const r = await this.request('POST', path, body, token);
      if (r.status === 200 || r.status === 201) {
        return { how: 'acked', said: String(r.status), answer: JSON.parse(r.body) };
      }
      const later = r.status === 503 || r.status === 429;
      return { how: later ? 'later' : 'refused', said: `${r.status} ${r.body}`,
        retry: r.headers['retry-after'] };
    } catch (error) {
      return error.sent ? lost(error.message) : { how: 'later', said: 'no connection' };
    }
  }
}

// The TCP protocol, by a Redis client as services use it.
export class ServiceClient {
  constructor(port, key, { patience = 25000 } = {}) {
    this.port = port;
    this.key = key;
    this.patience = patience;
  }

  close() {
    this.redis?.disconnect();
    this.redis = null;
  }

  async open() {
    const redis = new Redis({ host: '127.0.0.1', port: this.port(), lazyConnect: true,
      enableReadyCheck: false, enableOfflineQueue: false, maxRetriesPerRequest: 0,
      autoResendUnfulfilledCommands: false, retryStrategy: null,
      commandTimeout: this.patience });
    redis.on('error', () => {});
    this.redis = redis;
    await redis.connect();
    await redis.call('AUTH', this.key);
  }

  // The reply; an error's .code is the desk's word, or LOST.
  async call(...words) {
    try {
      if (!this.redis) await this.open();
      return await this.redis.call(...words);
    } catch (error) {
      const code = /^([A-Z]+) /.exec(error.message)?.[1];
      if (error.name === 'ReplyError' && code) {
        error.code = code;
        if (code === 'NOAUTH') this.close();
        throw error;
      }
      error.code = 'LOST';
      this.close();
      throw error;
    }
  }

  async send(event) {
    try {
      const answer = await this.call('EVENT.ADD', JSON.stringify(event));
      return { how: 'acked', said: 'map', answer: pairs(answer) };
    } catch (error) {
      if (error.code === 'LOST') return lost(error.message);
      const later = ['TRYAGAIN', 'TOOMANY', 'NOAUTH'].includes(error.code);
      return { how: later ? 'later' : 'refused', said: error.message };
    }
  }
}

// RESP 2 has maps as flat arrays.
export function pairs(list) {
  if (!Array.isArray(list)) return list;
  const map = {};
  for (let i = 0; i + 1 < list.length; i += 2) map[list[i]] = list[i + 1];
  return map;
}
