// What was said, from the oldest to what is not sent yet.  Rows are kept and
// only what is new is added, so that nothing jumps and a screen reader hears
// each message once.
import type { Chat } from '../chat';
import type { Lang } from '../options';
import type { Said } from '../thread';
import { Poll, type Asked, type Tapped } from '../survey';
import type { Unsent } from '../unsent';
import { clock, day } from '../when';
import type { Words } from '../words';
import { fileBubble, textBubble } from './bubble';
import { gone, h, icon, on, say } from './dom';
import { Scale } from './scale';

interface Row {
  key: string;
  sign: string; // another one: made anew
  make: () => HTMLElement;
}

const RUN_MS = 5 * 60000; // words within it stand together under one name

export class Log {
  readonly element: HTMLElement;
  readonly jump: HTMLButtonElement;
  private rows = new Map<string, { sign: string; element: HTMLElement }>();
  private files = new Map<string, Promise<Blob | null>>();
  private scales = new Map<number, Scale>(); // by their messages
  private shown = 0; // the newest event that was in sight
  private mine = ''; // what I said last: it is scrolled to

  constructor(
    private chat: Chat,
    private lang: Lang,
    private w: Words,
    private greeting: () => string,
    private edit: (m: Unsent) => void,
  ) {
    this.element = h('div', {
      class: 'log',
      role: 'log',
      'aria-live': 'polite',
      tabindex: 0,
      'aria-label': w.messages,
    });
    this.jump = h('button', { type: 'button', class: 'jump', hidden: true });
    on(this.jump, 'click', () => {
      this.bottom();
      this.element.focus({ preventScroll: true });
    });
    on(this.element, 'scroll', () => this.scrolled(), { passive: true });
  }

  // Whether the newest is in sight.
  get low(): boolean {
    const e = this.element;
    return e.scrollHeight - e.scrollTop - e.clientHeight < 48;
  }

  bottom(): void {
    this.element.scrollTop = this.element.scrollHeight;
    this.scrolled();
  }

  private scrolled(): void {
    if (!this.low) return;
    this.shown = this.chat.thread.last(false)?.event ?? 0;
    this.jump.hidden = true;
  }

  render(): void {
    const low = this.low;
    const rows = this.wanted();
    this.place(rows);
    const last = this.latest();
    const said = last !== this.mine && this.mine !== '';
    this.mine = last;
    if (low || said) this.bottom();
    else this.offer();
  }

  private latest(): string {
    const unsent = this.chat.unsent;
    return unsent[unsent.length - 1]?.id ?? this.chat.thread.last(true)?.message ?? '-';
  }

  private offer(): void {
    const n = this.chat.thread.unseen(this.shown);
    this.jump.hidden = n === 0;
    if (n === 0) return;
    while (this.jump.firstChild !== null) this.jump.removeChild(this.jump.firstChild);
    this.jump.appendChild(document.createTextNode(this.w.someNew(n)));
    this.jump.appendChild(icon('down', 16));
    this.jump.setAttribute('aria-label', `${this.w.someNew(n)}: ${this.w.toNewest}`);
  }

  private place(rows: Row[]): void {
    const kept = new Set<string>();
    let at = this.element.firstChild;
    for (const row of rows) {
      kept.add(row.key);
      let old = this.rows.get(row.key);
      if (old !== undefined && old.sign !== row.sign) {
        if (at === old.element) at = at.nextSibling;
        gone(old.element);
        old = undefined;
      }
      const element = old?.element ?? row.make();
      if (old === undefined) this.rows.set(row.key, { sign: row.sign, element });
      if (element === at) at = at.nextSibling;
      else this.element.insertBefore(element, at);
    }
    for (const [key, row] of this.rows)
      if (!kept.has(key)) {
        gone(row.element);
        this.rows.delete(key);
      }
  }

  private wanted(): Row[] {
    const rows: Row[] = [];
    const add = (key: string, sign: string, make: () => HTMLElement) => {
      rows[rows.length] = { key, sign, make };
    };
    const { thread } = this.chat;
    const unsent = this.chat.unsent;
    const greeting = this.greeting();
    if (this.chat.known) add('hello', greeting, () => textBubble(greeting, false, ''));
    let before: Said | null = null;
    const now = Date.now();
    const lastMine = unsent.length === 0 ? thread.last(true) : null;
    for (const m of thread.list) {
      this.head(m, before, now, add);
      this.said(m, add);
      if (m === lastMine) this.status(m, add);
      before = m;
    }
    for (const m of unsent) this.kept(m, add);
    const newest = unsent[unsent.length - 1];
    if (newest !== undefined && newest.refused === undefined) this.going(add);
    if (this.chat.ended && unsent.length === 0)
      add('ended', '', () => h('div', { class: 'sys' }, this.w.ended));
    return rows;
  }

  // The day, and who speaks.
  private head(m: Said, before: Said | null, now: number, add: AddRow): void {
    const date = day(m.at, now, this.lang, this.w);
    if (before === null || day(before.at, now, this.lang, this.w) !== date)
      add(`day ${m.event}`, date, () => h('div', { class: 'sys' }, date));
    const run =
      before !== null &&
      before.mine === m.mine &&
      before.name === m.name &&
      m.at - before.at < RUN_MS;
    if (run || m.mine) return;
    const time = clock(m.at, this.lang);
    const by = m.name === '' ? time : `${m.name} · ${time}`;
    add(`by ${m.event}`, by, () => h('div', { class: 'by' }, by));
  }

  private said(m: Said, add: AddRow): void {
    // One's own keep the key that they had before they were sent.
    const key = m.message === '' ? `e${m.event}` : m.message;
    const by = m.mine ? this.w.you : m.name || this.chat.company;
    const poll = m.survey ? this.poll(m, m.survey) : null;
    const text = poll === null ? m.text : poll.words;
    if (text !== '') add(key, text, () => textBubble(text, m.mine, by));
    if (poll !== null) add(`${key}/survey`, '', () => poll.scale.element);
    for (const file of m.files)
      add(`${key}/${file.place}`, String(m.event), () =>
        fileBubble(file, m.mine, this.lang, this.w, () => this.fetched(m.event, file.place)),
      );
  }

  // The survey of a message, which goes on as long as the page.
  private poll(m: Said, asked: Asked): { words: string; scale: Scale } {
    const { keep } = this.chat;
    let scale = this.scales.get(m.event);
    if (scale === undefined) {
      const kept = {
        get: () => keep.tapped(m.event),
        set: (t: Tapped) => keep.tap(m.event, t),
      };
      const poll = new Poll(asked, this.chat.api, this.lang, kept, () =>
        this.scales.get(m.event)?.render(),
      );
      scale = new Scale(poll, this.w);
      this.scales.set(m.event, scale);
    }
    return { words: asked.words, scale };
  }

  private fetched(event: number, place: number): Promise<Blob | null> {
    const key = `${event}/${place}`;
    const talk = this.chat.talk;
    if (talk === null) return Promise.resolve(null);
    const had = this.files.get(key);
    if (had !== undefined) return had;
    const bytes = this.chat.api.file(talk, event, place).then((b) => {
      if (b === null) this.files.delete(key);
      return b;
    });
    this.files.set(key, bytes);
    return bytes;
  }

  private status(m: Said, add: AddRow): void {
    const seen = this.chat.seenByAgent >= m.event;
    const text = `${clock(m.at, this.lang)} · ${seen ? this.w.seen : this.w.sent}`;
    add('status', `${m.event} ${text}`, () =>
      h('div', { class: 'by r', 'aria-live': 'off' }, icon(seen ? 'checks' : 'check', 14), text),
    );
  }

  private kept(m: Unsent, add: AddRow): void {
    if (m.text !== '') add(m.id, m.text, () => textBubble(m.text, true, this.w.you));
    let place = 0;
    for (const f of m.files)
      add(`${m.id}/${place++}`, 'unsent', () =>
        h('div', { class: 'file me' }, icon('file'), h('span', { class: 'grow name' }, f.name)),
      );
    if (m.refused !== undefined) add(`${m.id} no`, m.refused, () => this.refusal(m));
  }

  private going(add: AddRow): void {
    const waits = this.chat.link === 'lost' || !navigator.onLine;
    const text = waits ? this.w.kept : this.w.sending;
    add('status', text, () =>
      h('div', { class: 'by r', 'aria-live': 'off' }, icon(waits ? 'cloud' : 'clock', 14), text),
    );
  }

  private refusal(m: Unsent): HTMLElement {
    const why = this.w[m.refused as 'refused'] ?? this.w.refused;
    const button = (text: string, work: () => void) => {
      const b = h('button', { type: 'button', class: 'link' }, text);
      on(b, 'click', () => {
        work();
        this.element.focus({ preventScroll: true });
      });
      return b;
    };
    const row = h('div', { class: 'by r bad' }, icon('alert', 14), h('span', {}, why));
    if (m.refused === 'loginFirst') row.appendChild(button(this.w.retry, () => this.chat.retry(m)));
    else row.appendChild(button(this.w.fix, () => this.edit(m)));
    row.appendChild(button(this.w.remove, () => this.chat.drop(m.id)));
    return row;
  }
}

type AddRow = (key: string, sign: string, make: () => HTMLElement) => void;

// Who types, below the log: said once, shown until it is over.
export class Typing {
  readonly element = h('div', { class: 'typing', hidden: true });
  private text = h('span', { class: 'sr' });

  constructor(private w: Words) {
    const dots = h('span', { class: 'dots', 'aria-hidden': 'true' }, h('i'), h('i'), h('i'));
    const status = h('span', { role: 'status' }, this.text);
    this.element.appendChild(dots);
    this.element.appendChild(status);
  }

  render(name: string): void {
    this.element.hidden = name === '';
    say(this.text, name === '' ? '' : this.w.typing(name.trim()));
  }
}
