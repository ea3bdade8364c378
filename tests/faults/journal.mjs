// What the clients know: every event's attempts, each on disk before and
// after it was made, so that no crash of anything makes the clients forget.
import { fdatasyncSync, openSync, closeSync, writeSync } from 'node:fs';

export class Journal {
  constructor(path, word) {
    this.fd = openSync(path, 'a');
    this.word = word; // every id of this journal begins with it
    this.events = new Map();
    this.acks = []; // [attempt began, answered], ms
    this.answers = new Map(); // what was said, and how often
    this.refused = [];
    this.slow = 0; // the slowest answer that said "later", ms
  }

  write(...words) {
    writeSync(this.fd, words.join(' ') + '\n');
    fdatasyncSync(this.fd);
  }

  make(channel, more = {}) {
    const id = `${this.word}n${this.events.size}z`;
    const event = { id, channel, tries: 0, acked: false, unknown: 0, ...more };
    this.events.set(id, event);
    return event;
  }

  tried(event) {
    event.tries++;
    this.write('tried', event.id, event.channel);
    return Date.now();
  }

  // How an attempt ended: acked, later, unknown or refused.
  ended(event, began, outcome) {
    const said = `${event.channel} ${outcome.how} ${outcome.said ?? ''}`.trim();
    this.answers.set(said, (this.answers.get(said) ?? 0) + 1);
    this.write(outcome.how, event.id, JSON.stringify(outcome.said ?? ''));
    if (outcome.how === 'acked') {
      event.acked = true;
      this.acks.push([began, Date.now()]);
    } else if (outcome.how === 'unknown') {
      event.unknown++;
    } else if (outcome.how === 'refused') {
      event.refused = true;
      this.refused.push(`${event.id} ${said}`);
    } else {
      this.slow = Math.max(this.slow, Date.now() - began);
    }
  }

  count(test) {
    let n = 0;
    for (const event of this.events.values()) n += test(event) ? 1 : 0;
    return n;
  }

  // The first answer to an attempt that began at that time or later.
  ackAfter(time) {
    const after = this.acks.filter(([began]) => began >= time);
    return after.length ? Math.min(...after.map(([, end]) => end)) : null;
  }

  close() {
    closeSync(this.fd);
  }
}
