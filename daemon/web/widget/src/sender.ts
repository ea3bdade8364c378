// Brings what is unsent to the desk, the oldest first, until it says that it
// has it.  Of several pages one sends at a time; a page that ends in the middle
// leaves the message to the next, under the same id.
import { pathOf, type Answer, type Api, type Talk } from './api';
import { waitFor } from './backoff';
import type { Json } from './json';
import { alone } from './lock';
import type { Unsent } from './unsent';
import type { Outbox } from './unsent';

export interface Sends {
  outbox(): Outbox;
  talk(): Talk | null;
  // Opens a conversation when there is none.  To be called alone().
  open(): Promise<Answer>;
  // What is sent now is another visitor's as soon as this differs.
  generation(): number;
  awake(): boolean;
  sent(m: Unsent, event: number): void;
  gone(talk: Talk): void;
  failing(): void; // it did not go through: tried again in a while
  reached(): void; // the desk has answered
  changed(): void;
}

export class Sender {
  // Files by digest, for a conversation that had to be begun anew.
  readonly bytes = new Map<string, Blob>();
  private busy = false;
  private again = false;
  private tries = 0;
  private timer = 0;

  constructor(
    private api: Api,
    private to: Sends,
  ) {}

  // A conversation, for a file, which is sent before the message it goes with.
  open(): Promise<Answer> {
    return alone(`deskd:${this.api.base}`, () => this.to.open());
  }

  // At once, however often it failed.
  hurry(): void {
    this.tries = 0;
    this.pump();
  }

  rest(): void {
    clearTimeout(this.timer);
  }

  pump(): void {
    this.again = this.busy;
    if (this.busy) return;
    this.busy = true;
    clearTimeout(this.timer);
    void this.empty()
      .catch(() => this.wait(0))
      .then(() => {
        this.busy = false;
        if (this.again) this.pump();
      });
  }

  private wait(after: number): void {
    this.tries++;
    const ms = waitFor(this.tries, Math.random(), after);
    clearTimeout(this.timer);
    this.timer = window.setTimeout(() => this.pump(), ms);
    this.to.failing();
  }

  private async empty(): Promise<void> {
    while (this.to.awake() && this.to.outbox().next() !== null) {
      const generation = this.to.generation();
      const later = await alone(`deskd:${this.api.base}`, () => this.one());
      if (generation !== this.to.generation()) continue;
      if (later >= 0) return this.wait(later);
      this.tries = 0;
      this.to.reached();
      this.to.changed();
    }
  }

  // The seconds to wait before the next, or -1: none.
  private async one(): Promise<number> {
    const m = this.to.outbox().next();
    if (m === null) return -1;
    const generation = this.to.generation();
    const opened = await this.to.open();
    if (generation !== this.to.generation()) return -1;
    if (opened.how === 'later') return opened.after;
    if (opened.how !== 'done') {
      this.refuse(m, 'loginFirst');
      return -1;
    }
    const talk = this.to.talk();
    if (talk === null) return 0;
    const path = m.kind === 'leave' ? '/leave' : '/messages';
    const a = await this.api.ask('POST', pathOf(talk, path), talk, bodyOf(m));
    if (generation !== this.to.generation()) return -1;
    if (a.how === 'later') return a.after;
    if (a.how === 'never') return this.refused(m, a, talk);
    if (a.how === 'gone') {
      this.to.gone(talk);
      return 0;
    }
    this.to.sent(m, typeof a.json.event === 'number' ? a.json.event : 0);
    return -1;
  }

  private async refused(m: Unsent, a: Answer & { how: 'never' }, talk: Talk): Promise<number> {
    if (a.member !== 'attachments') this.refuse(m, a.member === 'email' ? 'badEmail' : 'refused');
    // Its files are another conversation's: once more, if this page has them.
    else if (!(await this.upload(m, talk))) this.refuse(m, 'filesLost');
    return -1;
  }

  private async upload(m: Unsent, talk: Talk): Promise<boolean> {
    for (const f of m.files) {
      const bytes = this.bytes.get(f.sha256);
      if (bytes === undefined) return false;
      this.bytes.delete(f.sha256);
      const path = pathOf(talk, `/attachments?name=${encodeURIComponent(f.name)}`);
      const r = await this.api.send(path, {
        method: 'POST',
        body: bytes,
        headers: {
          Authorization: `Bearer ${talk.token}`,
          'Content-Type': f.type || 'application/octet-stream',
        },
      });
      if (!r.ok) return false;
    }
    return true;
  }

  private refuse(m: Unsent, why: string): void {
    if (this.to.outbox().has(m)) this.to.outbox().put({ ...m, refused: why });
    this.to.changed();
  }
}

function bodyOf(m: Unsent): Json {
  const body: { [key: string]: Json | undefined } = { id: m.id };
  if (m.text !== '') body.text = m.text;
  if (m.files.length > 0) {
    const files: Json[] = [];
    for (const f of m.files) files[files.length] = { sha256: f.sha256, name: f.name };
    body.attachments = files;
  }
  if (m.kind === 'leave') {
    body.email = m.email;
    body.name = m.name;
  }
  return body;
}
