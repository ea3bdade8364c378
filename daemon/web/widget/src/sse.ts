// A stream of Server-Sent Events out of pieces of text, cut anywhere (HTML
// Standard, 9.2.6): id, event and data; comments and retry are passed over.  Pure.

export interface Told {
  id: string; // of the last event that had one
  event: string;
  data: string;
}

const MOST = 1 << 20; // characters of one event: the desk sends far less

export class EventReader {
  private rest = '';
  private id = '';
  private event = '';
  private data = '';
  private has = false;

  // What is whole by now, in order.  Throws when somebody sends no end.
  feed(text: string): Told[] {
    const told: Told[] = [];
    this.rest += text;
    for (;;) {
      const m = /\r\n|\n|\r(?!$)/.exec(this.rest);
      if (m === null) break;
      const line = this.rest.slice(0, m.index);
      this.rest = this.rest.slice(m.index + m[0].length);
      const whole = this.line(line);
      if (whole !== null) told[told.length] = whole;
    }
    if (this.rest.length + this.data.length > MOST) throw new Error('too long an event');
    return told;
  }

  private line(line: string): Told | null {
    if (line === '') return this.end();
    const colon = line.indexOf(':');
    if (colon === 0) return null;
    const field = colon < 0 ? line : line.slice(0, colon);
    const value = colon < 0 ? '' : line.slice(colon + (line[colon + 1] === ' ' ? 2 : 1));
    if (field === 'id' && value.indexOf('\0') < 0) this.id = value;
    else if (field === 'event') this.event = value;
    else if (field === 'data') {
      this.data += (this.has ? '\n' : '') + value;
      this.has = true;
    }
    return null;
  }

  private end(): Told | null {
    const told = { id: this.id, event: this.event || 'message', data: this.data };
    const had = this.has;
    this.event = '';
    this.data = '';
    this.has = false;
    return had ? told : null;
  }
}
