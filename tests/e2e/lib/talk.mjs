// A line-wise talk with a server, bytes as they are: SMTP, LMTP, raw HTTP.
import net from 'node:net';
import tls from 'node:tls';

export class Talk {
  constructor(socket) {
    this.socket = socket;
    this.text = '';
    this.waiting = null;
    this.over = false;
    this.attach(socket);
  }

  attach(socket) {
    socket.on('data', (data) => {
      this.text += data.toString('latin1');
      this.waiting?.();
    });
    socket.on('error', () => {});
    socket.on('close', () => {
      this.over = true;
      this.waiting?.();
    });
  }

  static async open({ port, path }) {
    const socket = net.connect(path ? { path } : { port, host: '127.0.0.1' });
    await new Promise((resolve, reject) => {
      socket.once('connect', resolve);
      socket.once('error', reject);
    });
    return new Talk(socket);
  }

  // Goes on under TLS.
  async secure() {
    this.socket.removeAllListeners('data');
    this.socket.removeAllListeners('close');
    this.socket = tls.connect({
      socket: this.socket,
      rejectUnauthorized: false,
    });
    this.attach(this.socket);
    await new Promise((resolve, reject) => {
      this.socket.once('secureConnect', resolve);
      this.socket.once('error', reject);
    });
  }

  send(data) {
    this.socket.write(data);
  }

  // Waits until `done` finds something true in what came, or it is over.
  async waitFor(done, seconds = 120) {
    const end = Date.now() + seconds * 1000;
    for (;;) {
      const got = done(this.text);
      if (got || this.over) return got;
      const left = end - Date.now();
      if (left <= 0) throw new Error(`nothing came in ${seconds} s: ${this.text}`);
      let timer;
      await new Promise((wake) => {
        this.waiting = wake;
        timer = setTimeout(wake, left);
      });
      clearTimeout(timer);
      this.waiting = null;
    }
  }

  // One whole reply of SMTP: its last line's code and all its text.
  async reply() {
    const m = await this.waitFor((t) => /^(?:\d{3}-.*\r\n)*(\d{3})(?: .*)?\r\n/.exec(t));
    if (!m) throw new Error(`closed instead of a reply: ${this.text}`);
    this.text = this.text.slice(m[0].length);
    return { code: Number(m[1]), text: m[0] };
  }

  // Sends a line and returns its reply.
  async ask(line) {
    this.send(line + '\r\n');
    return this.reply();
  }

  // All that comes until the other side closes.
  async rest(seconds = 120) {
    await this.waitFor(() => false, seconds);
    return this.text;
  }

  end() {
    this.socket.destroy();
  }
}
