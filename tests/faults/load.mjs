// The load W: senders of every channel, each with events of its own, each
// repeating what was not acknowledged as real senders do.
import { createHash, randomUUID } from 'node:crypto';
import { HttpClient, MailClient, ServiceClient } from './clients.mjs';
import { pause } from './stores.mjs';

const queues = ['sales', 'warehouse', 'shipping', 'technical'];
const words = ['giao hàng trễ', 'bảo hành máy xay', 'báo giá số lượng lớn',
  'còn hàng không', 'where is my parcel', 'cannot connect to wifi'];

const sha256 = (text) => createHash('sha256').update(text).digest('hex');

// A file of more than one chunk, and of more than the loop itself parses.
function attached(event, rng) {
  const line = Buffer.from(event.id.padEnd(57, '-')).toString('base64');
  return ['--part', 'Content-Type: application/pdf; name=order.pdf',
    'Content-Disposition: attachment; filename=order.pdf',
    'Content-Transfer-Encoding: base64', '',
    ...new Array(rng.int(5000, 12000)).fill(line), '--part--'];
}

// A whole mail.  Its first line marks where ours begin behind the desk's own.
export function mailOf(event, rng, { from, thread, messageId, text, big } = {}) {
  const sender = from ?? `${event.id}@client.example`;
  const id = messageId ?? `${event.id}@mail.client.example`;
  const lines = [
    `X-Fault-Id: ${event.id}`,
    `From: <${sender}>`,
    `To: <${rng.pick(queues)}@shop.example>`,
    `Subject: ${event.id}`,
    `Date: ${new Date().toUTCString().replace('GMT', '+0000')}`,
    `Message-ID: <${id}>`,
    ...(thread ? [`In-Reply-To: <${thread}>`, `References: <${thread}>`] : []),
    'MIME-Version: 1.0',
    ...(big ? ['Content-Type: multipart/mixed; boundary=part', '', '--part'] : []),
    'Content-Type: text/plain; charset=utf-8',
    'Content-Transfer-Encoding: 8bit',
    '',
    `${event.id} ${text ?? rng.pick(words)}`,
    '.a line that begins with a dot',
    'x'.repeat(rng.int(0, 900)),
    ...(big ? attached(event, rng) : []),
  ];
  const bytes = lines.join('\r\n') + '\r\n';
  event.sha = sha256(bytes);
  return { from: sender, to: /<(\w+@shop.example)>/.exec(bytes)[1], bytes, id, sender };
}

const phone = (rng) => `09${String(rng.int(0, 99999999)).padStart(8, '0')}`;

export const serviceEvent = (event, rng) => ({
  channel: 'order', id: event.id, at: new Date().toISOString(),
  from: { kind: 'phone', address: phone(rng) },
  text: `${event.id} ${rng.pick(words)}`, lang: 'vi',
});

export const callRecord = (event, rng) => ({
  call: event.id, state: rng.pick(['missed', 'missed', 'answered']),
  from: phone(rng), to: '19001234', at: new Date().toISOString(),
});

// Mails of one correspondent after another.
function letters(rng) {
  let last = null;
  return (event) => {
    const thread = last && rng.chance(0.3) ? last : null;
    last = mailOf(event, rng, { from: thread?.sender, thread: thread?.id,
      big: rng.chance(0.06) });
    return last;
  };
}

class Writer {
  constructor(load, channel, rng) {
    Object.assign(this, { load, channel, rng });
    this.running = this.run();
  }

  async run() {
    const { load, rng } = this;
    await pause(rng.int(0, 300));
    while (!load.stopping) {
      const event = load.journal.make(this.channel);
      await this.deliver(event, this.sender(event));
      await pause(rng.int(load.rest * 0.5, load.rest * 1.5));
    }
    this.close();
  }

  // Until it is acknowledged; some give up when they do not know.
  async deliver(event, send) {
    const { load, rng } = this;
    const gives_up = rng.chance(0.2);
    while (Date.now() < load.giveUp) {
      const began = load.journal.tried(event);
      const outcome = await send();
      load.journal.ended(event, began, outcome);
      if (outcome.how === 'acked' || outcome.how === 'refused') return outcome;
      if (outcome.how === 'unknown' && gives_up) return outcome;
      await pause(rng.int(50, 250));
    }
    return null;
  }
}

class MailWriter extends Writer {
  sender(event) {
    this.client ??= new MailClient(() => this.load.port(this.channel, this.number),
      { lmtp: this.channel === 'lmtp' });
    this.make ??= letters(this.rng);
    const mail = this.make(event);
    return () => this.client.send(mail);
  }

  close() { this.client?.close(); }
}

class ChatWriter extends Writer {
  sender(event) {
    this.client ??= new HttpClient(() => this.load.port('http', this.number));
    const id = randomUUID();
    const text = `${event.id} ${this.rng.pick(words)}`;
    if (this.rng.chance(0.12)) this.talk = null;
    return async () => {
      if (!this.talk) {
        const opened = await this.client.send('/chat/v1/conversations',
          { name: 'Khách', page: 'https://shop.example/faults' });
        if (opened.how !== 'acked') return { ...opened, how: 'later' };
        this.talk = opened.answer;
      }
      return this.client.send(
        `/chat/v1/conversations/${this.talk.conversation}/messages`,
        { id, text }, this.talk.token);
    };
  }

  close() { this.client?.close(); }
}

class HttpWriter extends Writer {
  sender(event) {
    this.client ??= new HttpClient(() => this.load.port('http', this.number),
      { key: this.load.key });
    const call = this.rng.chance(0.5);
    const body = call ? callRecord(event, this.rng) : serviceEvent(event, this.rng);
    return () => this.client.send(call ? '/hooks/pbx' : '/api/v1/events', body);
  }

  close() { this.client?.close(); }
}

class ServiceWriter extends Writer {
  sender(event) {
    this.client ??= new ServiceClient(
      () => this.load.port('resp', this.number), this.load.key);
    const body = serviceEvent(event, this.rng);
    return () => this.client.send(body);
  }

  close() { this.client?.close(); }
}

const kinds = [['smtp', 4, MailWriter], ['lmtp', 2, MailWriter],
  ['chat', 8, ChatWriter], ['http', 4, HttpWriter], ['resp', 4, ServiceWriter]];

export class Load {
  // desks: the daemons, each writer begins with another; rest: ms between
  // one writer's events.
  constructor({ desks, journal, rng, key, rest = 110 }) {
    Object.assign(this, { desks, journal, rng, key, rest });
    this.giveUp = Infinity;
    this.writers = [];
    let number = 0;
    for (const [channel, n, Kind] of kinds) {
      for (let i = 0; i < n; i++) {
        const writer = new Kind(this, channel, rng);
        writer.number = number++;
        this.writers.push(writer);
      }
    }
  }

  port(which, number) {
    const at = which === 'smtp' || which === 'lmtp' || which === 'resp' ? which : 'http';
    return this.desks[number % this.desks.length][at];
  }

  // No new events; those under way are repeated until they are through.
  async stop(seconds = 40) {
    this.stopping = true;
    this.giveUp = Date.now() + seconds * 1000;
    await Promise.all(this.writers.map((writer) => writer.running));
  }
}
