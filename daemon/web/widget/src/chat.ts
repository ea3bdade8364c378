// The visitor's conversation: what was said and what is not sent yet, who is
// there, how long one waits.  It knows nothing of how any of it looks; whoever
// shows it is told that something changed.
import { Api, pathOf, type Answer, type Talk } from './api';
import { waitFor } from './backoff';
import type { Json } from './json';
import { Keep } from './keep';
import { Live } from './live';
import { uuid } from './lock';
import type { Identity, Lang, Options } from './options';
import { MOST_PIECES, pieces } from './pieces';
import { Sender } from './sender';
import type { Told } from './sse';
import { Thread, saidLive, saidRead, waiting, type Attached, type Said } from './thread';
import type { FileRef, Unsent } from './unsent';

const TYPING_SHOWN_MS = 6000;
const TYPING_TOLD_MS = 2500;
const OVERLAP = 20; // messages read again after a gap

export interface Line {
  open: boolean;
  there: boolean; // somebody who answers
  full: boolean; // who comes now is asked for a message
  place: number; // 1: next; 0: no more in line, or not known
  wait: number; // seconds; 0: not known; LONG: that or longer
  opens: number; // ms; 0: not known
}

// How far we got with the desk.
export type Link = 'none' | 'live' | 'lost';

type Plain = Record<string, unknown>;
const num = (v: unknown) => (typeof v === 'number' ? v : 0);

export function lineRead(j: Plain): Line {
  const opens = typeof j.opens === 'string' ? Date.parse(j.opens) : 0;
  return {
    open: j.open !== false,
    there: j.there !== false,
    full: typeof j.turned === 'string',
    place: num(j.place),
    wait: num(j.wait),
    opens: Number.isNaN(opens) ? 0 : opens,
  };
}

export class Chat {
  readonly api: Api;
  readonly thread = new Thread();
  readonly sender: Sender;
  keep!: Keep;
  line: Line | null = null;
  company = '';
  most = 10 << 20; // bytes of a file
  known = false; // what was said is loaded, or there is nothing
  link: Link = 'none';
  typing = ''; // who types; empty: nobody, ' ': somebody without a name
  seenByAgent = 0;
  seenByMe = 0;
  ended = false;
  problem = ''; // why no conversation can be had: a key of the words
  talk: Talk | null = null;

  private identity: Identity | null;
  private stream: Live | null = null;
  private unheed: () => void = () => undefined;
  private wanted = false; // the panel is open
  private here = true; // the page is not put away
  private tries = 0;
  private loads = 0; // of what was said, that failed running
  private loadTimer = 0;
  private typingTimer = 0;
  private typingTold = 0;
  private seeing = 0;
  private generation = 0; // of the visitor: what was asked for another is not ours

  constructor(
    options: Options,
    public lang: Lang,
    private changed: () => void,
  ) {
    this.api = new Api(options.base);
    this.identity = options.identity;
    this.sender = new Sender(this.api, {
      outbox: () => this.keep.outbox,
      talk: () => this.talk,
      open: () => this.opened(),
      generation: () => this.generation,
      awake: () => this.here,
      sent: (m, event) => this.acknowledged(m, event),
      gone: (talk) => this.gone(talk),
      failing: () => {
        this.link = 'lost';
        this.changed();
      },
      reached: () => this.reached(),
      changed: () => this.changed(),
    });
    this.enter();
    addEventListener('online', () => this.hurry());
    addEventListener('offline', () => this.changed());
    // A page that is put away holds no connection: it may be kept whole.
    addEventListener('pagehide', () => this.rest());
    addEventListener('pageshow', (e) => e.persisted && this.wake());
    document.addEventListener('freeze', () => this.rest());
    document.addEventListener('resume', () => this.wake());
    document.addEventListener('visibilitychange', () => {
      if (!document.hidden) this.hurry();
    });
  }

  // Begins with what this visitor left here before.
  private enter(): void {
    this.unheed();
    this.generation++;
    this.keep = new Keep(this.api.base, this.identity);
    this.problem = '';
    this.take(this.keep.talk);
    this.unheed = this.keep.heed(
      () => this.adopt(),
      () => {
        // Acknowledged there: here it may not have been heard yet.
        if (this.stream !== null) void this.load();
        this.changed();
        this.sender.pump();
      },
    );
  }

  private take(talk: Talk | null): void {
    this.stream?.stop();
    this.stream = null;
    this.thread.clear();
    this.seenByAgent = this.seenByMe = this.seeing = 0;
    this.ended = false;
    this.typing = '';
    this.talk = talk;
    this.known = talk === null;
  }

  // The conversation that another page began, or left.
  private adopt(): void {
    const talk = this.keep.talk;
    if (talk?.conversation === this.talk?.conversation) return;
    this.take(talk);
    this.attend();
    this.changed();
  }

  get unsent(): Unsent[] {
    return waiting(this.keep.outbox.all(), this.thread);
  }

  get email(): string {
    return this.identity?.email ?? this.keep.email;
  }

  // Coming and going ------------------------------------------------------------

  // The panel was opened, or closed.
  want(open: boolean): void {
    this.wanted = open;
    if (open && this.talk === null) void this.look();
    this.attend();
    this.sender.pump();
  }

  // Whether somebody is there, before there is a conversation.
  private async look(): Promise<void> {
    const a = await this.api.ask('GET', '/chat/v1/desk', null);
    if (a.how === 'done') {
      if (this.talk === null) this.line = { ...lineRead(a.json), place: 0 };
      this.told(a.json);
    } else if (this.talk === null) {
      this.link = 'lost';
      setTimeout(
        () => {
          if (this.wanted && this.here && this.line === null) void this.look();
        },
        waitFor(++this.tries, Math.random()),
      );
    }
    if (a.how === 'done' && this.talk === null) this.link = 'none';
    this.changed();
  }

  private told(desk: Plain): void {
    if (typeof desk.name === 'string') this.company = desk.name;
    if (num(desk.attachment_max) > 0) this.most = num(desk.attachment_max);
    this.problem = desk.identity === true && this.identity === null ? 'loginFirst' : '';
  }

  // Listens while the panel is open, or something was said of late.
  private attend(): void {
    const talk = this.talk;
    if (this.here && talk !== null && (this.wanted || this.keep.fresh)) {
      if (this.stream === null) this.listen(talk);
      return;
    }
    this.stream?.stop();
    this.stream = null;
    if (talk === null) this.link = 'none';
  }

  private listen(talk: Talk): void {
    const generation = this.generation;
    const ours = () => generation === this.generation && this.talk === talk;
    this.stream = new Live(this.api, talk, {
      began: () => {
        if (!ours()) return;
        this.link = 'live';
        void this.load();
        void this.place(talk);
        void this.prove(talk);
        this.hurry();
      },
      told: (e) => ours() && this.tell(e),
      lost: () => {
        if (!ours()) return;
        this.link = 'lost';
        this.typing = '';
        this.changed();
      },
      gone: () => ours() && this.gone(talk),
    });
    this.stream.start();
    if (this.company === '') void this.look();
  }

  // The desk answers: it is said to be lost no longer than one hears nothing of
  // it, and is listened to at once.
  private reached(): void {
    if (this.stream?.heard) this.link = 'live';
    else this.stream?.hurry();
  }

  private rest(): void {
    this.here = false;
    this.attend();
    this.sender.rest();
  }

  private wake(): void {
    this.here = true;
    this.adopt();
    this.attend();
    this.sender.pump();
    this.changed();
  }

  private hurry(): void {
    if (!this.here) return;
    this.tries = 0;
    this.stream?.hurry();
    this.changed();
    this.sender.hurry();
  }

  // What the desk says -----------------------------------------------------------

  private tell(e: Told): void {
    let j: Plain;
    try {
      j = JSON.parse(e.data) as Plain;
    } catch {
      return;
    }
    // What a survey is answered by is told to who reads the message alone.
    if (e.event === 'message' && j.survey) void this.load();
    else if (e.event === 'message') this.said(saidLive(j, e.id, Date.now()));
    else if (e.event === 'typing') this.types(typeof j.name === 'string' ? j.name : ' ');
    else if (e.event === 'line') this.line = lineRead(j);
    else if (e.event === 'ended') this.ended = true;
    else if (e.event === 'reset') void this.load();
    else if (e.event === 'seen') {
      if (j.from === 'agent') this.seenByAgent = Math.max(this.seenByAgent, num(j.upto));
      else this.seenByMe = Math.max(this.seenByMe, num(j.upto));
    }
    this.changed();
  }

  private said(m: Said | null): void {
    if (m === null || !this.thread.add(m)) return;
    this.keep.saidAt(m.at);
    if (m.mine) {
      this.keep.outbox.remove(m.message);
      this.ended = false;
    } else {
      this.typing = '';
      if (this.line !== null) this.line = { ...this.line, place: 0 };
    }
  }

  private types(name: string): void {
    this.typing = name;
    clearTimeout(this.typingTimer);
    this.typingTimer = window.setTimeout(() => {
      this.typing = '';
      this.changed();
    }, TYPING_SHOWN_MS);
  }

  // Reads what was said since the last that is known, and a little before it:
  // what is told in between comes by the stream, and what committed late, too.
  private async load(): Promise<void> {
    const talk = this.talk;
    const generation = this.generation;
    const list = this.thread.list;
    let after = this.known ? (list[list.length - OVERLAP]?.event ?? 0) : 0;
    clearTimeout(this.loadTimer);
    if (talk === null) return;
    for (let more = true; more; ) {
      const query = after > 0 ? `?after=${after}` : '';
      const a = await this.api.ask('GET', pathOf(talk, `/messages${query}`), talk);
      if (this.talk !== talk || generation !== this.generation) return;
      if (a.how === 'gone') return this.gone(talk);
      if (a.how === 'later') return this.loadLater(a.after);
      if (a.how !== 'done') return;
      const rows = Array.isArray(a.json.messages) ? (a.json.messages as Plain[]) : [];
      for (let i = 0; i < rows.length; i++) {
        const m = saidRead(rows[i] ?? {});
        if (m === null) continue;
        this.said(m);
        after = Math.max(after, m.event);
      }
      more = a.json.more === true && rows.length > 0;
      this.ended = a.json.ended === true;
      const seen = (a.json.seen ?? {}) as Plain;
      this.seenByAgent = Math.max(this.seenByAgent, num(seen.agent));
      this.seenByMe = Math.max(this.seenByMe, num(seen.visitor));
    }
    this.known = true;
    this.loads = 0;
    this.changed();
  }

  // The stream goes on, so that nothing else would ask for it.
  private loadLater(after: number): void {
    clearTimeout(this.loadTimer);
    this.loadTimer = window.setTimeout(
      () => {
        if (this.stream?.heard) void this.load();
      },
      waitFor(++this.loads, Math.random(), after),
    );
  }

  private async place(talk: Talk): Promise<void> {
    const a = await this.api.ask('GET', pathOf(talk, '/line'), talk);
    if (a.how !== 'done' || this.talk !== talk) return;
    const line = lineRead(a.json);
    // Who has not written stands in no line.
    this.line = this.thread.list.length === 0 ? { ...line, place: 0 } : line;
    this.changed();
  }

  // Who logged in after he began: his conversation is told whose it is.
  private async prove(talk: Talk): Promise<void> {
    if (this.identity === null || !this.keep.unproved) return;
    const a = await this.api.ask('PUT', pathOf(talk, '/visitor'), talk, { ...this.identity });
    if (a.how !== 'later') this.keep.proved();
  }

  // The conversation is no more (erased, or another desk): what is unsent goes
  // into a new one.
  private gone(talk: Talk): void {
    if (this.keep.talk?.conversation === talk.conversation) {
      this.keep.talk = null;
      this.keep.files = [];
    }
    this.adopt();
    this.changed();
    this.sender.pump();
  }

  // What the visitor says ---------------------------------------------------------

  // Why it cannot be taken, as a key of the words; empty: it is on its way.
  say(text: string, files: FileRef[], leave?: { email: string; name: string }): string {
    const parts = pieces(text);
    if (parts.length === 0 && files.length === 0) return 'nothing';
    if (parts.length > MOST_PIECES) return 'tooLong';
    const count = Math.max(parts.length, 1);
    for (let i = 0; i < count; i++) {
      const m: Unsent = {
        id: uuid(),
        kind: leave === undefined ? 'say' : 'leave',
        text: parts[i] ?? '',
        files: i === count - 1 ? files : [],
        at: Date.now() + i,
      };
      if (leave !== undefined && leave.email !== '') m.email = leave.email;
      if (leave !== undefined && leave.name !== '') m.name = leave.name;
      if (!this.keep.outbox.put(m)) return 'tooMany';
    }
    if (leave !== undefined && leave.email !== '') this.keep.email = leave.email;
    if (leave !== undefined) this.keep.name = leave.name;
    this.changed();
    this.sender.hurry();
    return '';
  }

  drop(id: string): void {
    this.keep.outbox.remove(id);
    if (this.keep.outbox.next() === null) this.reached();
    this.changed();
  }

  retry(m: Unsent): void {
    const again = { ...m };
    delete again.refused;
    this.keep.outbox.put(again);
    this.changed();
    this.sender.hurry();
  }

  private acknowledged(m: Unsent, event: number): void {
    const files: Attached[] = [];
    for (const f of m.files)
      files[files.length] = { place: files.length, name: f.name, type: f.type, size: f.size };
    if (event > 0)
      this.said({
        event,
        mine: true,
        at: m.at,
        text: m.text,
        name: '',
        automatic: false,
        message: m.id,
        files,
      });
    this.keep.outbox.remove(m.id);
    this.attend();
  }

  // A conversation to say it in: the one that any page of ours opened, or a new
  // one.  To be called alone().
  private async opened(): Promise<Answer> {
    this.adopt();
    if (this.talk !== null) return { how: 'done', json: {} };
    const generation = this.generation;
    const body: { [key: string]: Json | undefined } = {
      page: location.href.replace(/#.*/, '').slice(0, 2000),
      lang: this.lang,
      ...(this.identity ?? {}),
    };
    let a = await this.api.ask('POST', '/chat/v1/conversations', null, body);
    // What the shop signed is wrong: he is a stranger, unless none may talk.
    if (a.how === 'never' && a.member !== 'user' && this.identity !== null)
      a = await this.api.ask('POST', '/chat/v1/conversations', null, {
        page: body.page,
        lang: body.lang,
      });
    if (generation !== this.generation) return { how: 'later', after: 0 };
    if (a.how !== 'done') {
      if (a.how === 'never') this.problem = 'loginFirst';
      return a;
    }
    this.keep.talk = {
      conversation: String(a.json.conversation),
      token: String(a.json.token),
    };
    this.keep.saidAt(Date.now());
    this.adopt();
    if (this.talk === null) return { how: 'later', after: 0 };
    this.known = true;
    return a;
  }

  // For a file, which is sent before the message it goes with.
  async ready(): Promise<Talk | null> {
    await this.sender.open().catch(() => undefined);
    this.attend();
    this.changed();
    return this.talk;
  }

  // Says that he types: so often as the desk passes it on.
  type(): void {
    const now = Date.now();
    if (this.talk === null || this.link !== 'live' || now - this.typingTold < TYPING_TOLD_MS)
      return;
    if (this.thread.list.length === 0) return;
    this.typingTold = now;
    void this.api.ask('POST', pathOf(this.talk, '/typing'), this.talk, {});
  }

  // Everything that is there was shown.
  see(): void {
    const newest = this.thread.last(false)?.event ?? 0;
    if (this.talk === null || newest <= this.seenByMe || newest <= this.seeing) return;
    this.seeing = newest;
    const talk = this.talk;
    void this.api.ask('PUT', pathOf(talk, '/seen'), talk, { event: newest }).then((a) => {
      this.seeing = 0;
      if (a.how === 'done' && this.talk === talk) this.seenByMe = Math.max(this.seenByMe, newest);
      this.changed();
    });
  }

  get unseen(): number {
    return this.known ? this.thread.unseen(this.seenByMe) : 0;
  }

  // Ends the conversation; a message begins it again.
  async end(): Promise<Answer> {
    if (this.talk === null) return { how: 'gone' };
    const a = await this.api.ask('POST', pathOf(this.talk, '/end'), this.talk, {});
    if (a.how === 'done') this.ended = true;
    this.changed();
    return a;
  }

  async transcript(email: string): Promise<Answer> {
    const talk = this.talk;
    if (talk === null) return { how: 'gone' };
    if (email !== '') {
      const a = await this.api.ask('PUT', pathOf(talk, '/visitor'), talk, { email });
      if (a.how !== 'done') return a;
      this.keep.email = email;
    }
    return this.api.ask('POST', pathOf(talk, '/transcript'), talk, {});
  }

  // The shop says who he is (null: a stranger).
  identify(who: Identity | null): void {
    if (who?.user === this.identity?.user && who?.signature === this.identity?.signature) return;
    this.identity = who;
    this.enter();
    this.attend();
    this.changed();
    this.sender.pump();
  }

  // Nothing of him stays in this browser: for the shop's log-out.
  forget(): void {
    this.keep.forget();
    this.identity = null;
    this.enter();
    this.attend();
    this.changed();
  }
}
