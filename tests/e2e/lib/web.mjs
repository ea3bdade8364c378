// HTTP as a browser, a widget or a hook speaks it.
import http from 'node:http';
import https from 'node:https';
import { desk } from './desk.mjs';

// One request; the answer with its body as text and, where it is, JSON.
// from: another address of this machine's loopback, where limits count by it.
export function ask(
  method,
  path,
  { headers = {}, body, base = desk.http, bearer, from } = {},
) {
  const url = new URL(path, base);
  const data =
    body === undefined || typeof body === 'string' || Buffer.isBuffer(body)
      ? body
      : JSON.stringify(body);
  const all = { ...headers };
  if (data !== undefined) {
    all['Content-Type'] ??= 'application/json';
    all['Content-Length'] = Buffer.byteLength(data);
  }
  if (bearer) all.Authorization = `Bearer ${bearer}`;
  const module = url.protocol === 'https:' ? https : http;
  return new Promise((resolve, reject) => {
    const request = module.request(
      url,
      {
        method,
        headers: all,
        rejectUnauthorized: false,
        agent: false,
        localAddress: from,
      },
      (response) => {
        const parts = [];
        response.on('data', (d) => parts.push(d));
        response.on('error', reject);
        response.on('end', () => {
          const text = Buffer.concat(parts).toString();
          let json;
          if (text !== '' && /json/.test(response.headers['content-type'] ?? ''))
            json = JSON.parse(text);
          resolve({
            status: response.statusCode,
            headers: response.headers,
            text,
            json,
          });
        });
      },
    );
    request.on('error', reject);
    request.end(data);
  });
}

export const get = (path, options) => ask('GET', path, options);
export const post = (path, body, options) => ask('POST', path, { ...options, body });
export const put = (path, body, options) => ask('PUT', path, { ...options, body });

// An address of this machine that nobody has come from yet.
export const stranger = () =>
  `127.${1 + Math.floor(Math.random() * 250)}.${Math.floor(Math.random() * 250)}.` +
  `${2 + Math.floor(Math.random() * 250)}`;

// A browser's session: the cookie, and the CSRF token that writes need.
export class Session {
  static async begin(login, password = desk.password, base = desk.http) {
    const answer = await post('/api/v1/login', { login, password }, { base });
    const s = new Session();
    s.base = base;
    s.answer = answer;
    s.cookie = answer.headers['set-cookie']?.[0];
    s.csrf = answer.json?.csrf;
    return s;
  }

  ask(method, path, { headers = {}, csrf = this.csrf, ...rest } = {}) {
    const all = { Cookie: this.cookie.split(';', 1)[0], ...headers };
    if (csrf) all['X-CSRF-Token'] = csrf;
    return ask(method, path, { base: this.base, headers: all, ...rest });
  }
}

// A stream of Server-Sent Events: what came, in order.
export class Stream {
  static open(path, { headers = {}, bearer, base = desk.http } = {}) {
    const url = new URL(path, base);
    const all = { Accept: 'text/event-stream', ...headers };
    if (bearer) all.Authorization = `Bearer ${bearer}`;
    return new Promise((resolve, reject) => {
      const module = url.protocol === 'https:' ? https : http;
      const request = module.get(
        url,
        { headers: all, rejectUnauthorized: false, agent: false },
        (response) => {
          const s = new Stream();
          s.request = request;
          s.status = response.statusCode;
          s.headers = response.headers;
          s.events = [];
          s.over = false;
          let text = '';
          // One that a failed test left open keeps nobody from ending.
          response.socket.unref();
          response.setEncoding('utf8');
          response.on('data', (d) => {
            text += d;
            for (let at; (at = text.indexOf('\n\n')) !== -1; ) {
              s.take(text.slice(0, at));
              text = text.slice(at + 2);
            }
            s.wake?.();
          });
          response.on('error', () => {});
          response.on('close', () => {
            s.over = true;
            s.wake?.();
          });
          resolve(s);
        },
      );
      request.on('error', reject);
    });
  }

  take(block) {
    const e = { event: 'message', data: '' };
    for (const line of block.split('\n')) {
      const m = /^(id|event|data): ?(.*)$/.exec(line);
      if (m) e[m[1]] = m[1] === 'data' && e.data ? e.data + '\n' + m[2] : m[2];
    }
    if (e.data === '') return; // a comment, to keep it alive
    e.json = JSON.parse(e.data);
    this.events.push(e);
  }

  // The first event, come or to come, that `wanted` accepts.
  async until(wanted, seconds = 120) {
    const end = Date.now() + seconds * 1000;
    for (;;) {
      const found = this.events.find(wanted);
      if (found) return found;
      const left = end - Date.now();
      if (this.over) throw new Error('the stream has ended');
      if (left <= 0) throw new Error(`no such event in ${seconds} s`);
      let timer;
      await new Promise((wake) => {
        this.wake = wake;
        timer = setTimeout(wake, left);
      });
      clearTimeout(timer);
    }
  }

  end() {
    this.request.destroy();
  }
}
