// The open chat: head, what was said, where one writes.  A dialog beside the
// page on large screens; on small ones a sheet over it that keeps the focus.
import type { Chat } from '../chat';
import type { Lang } from '../options';
import { ahead, answering, initials, waiting } from '../when';
import type { Words } from '../words';
import { Composer } from './composer';
import { h, icon, on, say, set } from './dom';
import { Leave } from './leave';
import { Log, Typing } from './log';
import { Menu, Question } from './menu';

const SMALL = '(max-width: 520px), (max-height: 460px)';
const TALKING_MS = 30 * 60000; // somebody who answered within it is there, whatever the hour

export interface PanelMade {
  name: () => string; // the shop's
  greeting: () => string;
  close: () => void;
  language: () => void;
}

export class Panel {
  readonly element: HTMLElement;
  private small = matchMedia(SMALL);
  private face = h('span', { class: 'face', 'aria-hidden': 'true' });
  private title = h('h2', { id: 'title', tabindex: -1 });
  private status = h('p', { class: 'status', role: 'status' });
  private banner = h('p', { class: 'banner', role: 'status', hidden: true });
  private thanks = h('p', { class: 'thanks', role: 'status', hidden: true });
  private line = h('p', { class: 'line', role: 'status', hidden: true });
  private drop: HTMLElement;
  private log: Log;
  private typing: Typing;
  private composer: Composer;
  private leave: Leave;
  private menu: Menu;
  private question: Question;
  private left = ''; // the address of a message that was just left
  private leftBusy = false; // while all were busy, not while it was closed

  constructor(
    private chat: Chat,
    private lang: Lang,
    private w: Words,
    private made: PanelMade,
  ) {
    this.composer = new Composer(chat, lang, w, made.name, () => this.closed);
    this.leave = new Leave(chat, w, (email) => {
      this.left = email;
      this.leftBusy = this.busy;
      this.render();
      this.log.element.focus({ preventScroll: true });
    });
    this.log = new Log(chat, lang, w, made.greeting, (m) => this.composer.edit(m));
    this.typing = new Typing(w);
    this.menu = new Menu(w, () => this.items());
    this.question = new Question(
      chat,
      w,
      () => this.render(),
      () => this.focus(),
    );
    this.drop = h('div', { class: 'drop', hidden: true, 'aria-hidden': 'true' }, w.dropHere);
    const close = h(
      'button',
      { type: 'button', class: 'icon', 'aria-label': w.minimise },
      icon('close'),
    );
    on(close, 'click', () => made.close());
    const head = h(
      'header',
      {},
      this.face,
      h('div', { class: 'grow' }, this.title, this.status),
      this.menu.button,
      close,
    );
    const body = h('div', { class: 'body' }, this.log.element, this.log.jump);
    this.element = h(
      'div',
      { class: 'panel', role: 'dialog', 'aria-labelledby': 'title', hidden: true, lang },
      head,
      this.menu.element,
      this.banner,
      body,
      this.thanks,
      this.line,
      this.typing.element,
      this.question.element,
      this.leave.element,
      this.composer.element,
      this.drop,
    );
    on<KeyboardEvent>(this.element, 'keydown', (e) => this.key(e));
    on<DragEvent>(this.element, 'dragover', (e) => this.over(e));
    on<DragEvent>(this.element, 'dragleave', (e) => {
      if (!this.element.contains(e.relatedTarget as Node | null)) this.drop.hidden = true;
    });
    on<DragEvent>(this.element, 'drop', (e) => {
      e.preventDefault();
      this.drop.hidden = true;
      if (e.dataTransfer !== null && !this.leaving) this.composer.files.add(e.dataTransfer.files);
    });
    on(this.small, 'change', () => this.render());
    const viewport = window.visualViewport;
    if (viewport) {
      on(viewport, 'resize', () => this.fit());
      on(viewport, 'scroll', () => this.fit());
    }
  }

  get open(): boolean {
    return !this.element.hidden;
  }

  show(focus: boolean): void {
    this.element.hidden = false;
    this.fit();
    this.render();
    this.composer.grow();
    this.log.bottom();
    if (focus) this.focus();
  }

  hide(): void {
    this.element.hidden = true;
    this.menu.shut();
  }

  // Where one writes; a finger's keyboard is not thrown open.
  private focus(): void {
    if (matchMedia('(pointer: coarse) and (hover: none)').matches) this.title.focus();
    else if (this.leaving) this.leave.focus();
    else this.composer.text.focus();
  }

  private get talking(): boolean {
    const last = this.chat.thread.last(false);
    return last !== null && !last.automatic && Date.now() - last.at < TALKING_MS;
  }

  // Nobody is there, or free, and nobody has just answered.  Who has left a
  // message while all were busy waits for no place in line.
  private get closed(): boolean {
    const line = this.chat.line;
    if (line === null || this.talking) return false;
    return !line.open || line.full || this.leftBusy;
  }

  private get busy(): boolean {
    return this.chat.line?.open === true;
  }

  // It must be asked where the answer is to go.
  private get leaving(): boolean {
    return this.closed && this.chat.problem === '' && this.left === '' && this.chat.email === '';
  }

  private get who(): string {
    return this.chat.thread.last(false)?.name ?? '';
  }

  private items(): [string, () => void][] {
    const items: [string, () => void][] = [];
    const add = (text: string, work: () => void) => (items[items.length] = [text, work]);
    if (this.chat.talk !== null && this.chat.thread.list.length > 0) {
      add(this.w.menuTranscript, () => this.question.askTranscript());
      if (!this.chat.ended) add(this.w.menuEnd, () => this.question.askEnd());
    }
    add(this.w.menuLang, () => this.made.language());
    return items;
  }

  render(): void {
    if (!this.open) return;
    this.head();
    const unsent = this.chat.unsent.length;
    const lost = this.chat.link === 'lost' || !navigator.onLine;
    this.banner.hidden = !lost && this.chat.problem === '';
    if (lost) say(this.banner, unsent > 0 ? this.w.lostUnsent(unsent) : this.w.lost);
    else if (this.chat.problem !== '') say(this.banner, this.w.loginFirst);
    else say(this.banner, '');
    this.banner.classList.toggle('warn', lost);
    this.log.render();
    this.typing.render(this.chat.typing);
    this.place();
    const leaving = this.leaving;
    this.leave.element.hidden = !leaving || this.question.open;
    if (leaving) this.leave.render(this.busy, this.opens);
    this.thanks.hidden = this.left === '' || unsent > 0 || !this.closed;
    if (!this.thanks.hidden) say(this.thanks, this.w.leaveDone(this.left));
    this.composer.element.hidden = leaving || this.question.open;
    this.composer.render();
    set(this.element, { 'aria-modal': this.small.matches ? 'true' : undefined });
    if (this.log.low && !document.hidden) this.chat.see();
  }

  private head(): void {
    const shop = this.made.name();
    const who = this.who;
    const both = who !== '' && shop !== '' ? `${who} · ${shop}` : who || shop || this.w.chat;
    say(this.title, both);
    const face = initials(who) || initials(shop);
    if (face === '' && this.face.firstElementChild === null) this.face.appendChild(icon('chat'));
    else if (face !== '') say(this.face, face);
    const there =
      !this.closed && this.chat.link !== 'lost' && this.chat.line !== null && this.chat.line.there;
    this.face.classList.toggle('there', there);
    say(this.status, this.state(who));
  }

  private state(who: string): string {
    const line = this.chat.line;
    if (this.chat.link === 'lost' || !navigator.onLine) return this.w.offline;
    if (line === null) return this.w.connecting;
    if (this.closed && this.busy) return this.w.busy;
    if (this.closed) return this.opens === '' ? this.w.closed : this.w.closedTill(this.opens);
    if (who !== '' && !this.chat.ended) return this.w.answersYou;
    return answering(line.there, line.wait, this.w);
  }

  private get opens(): string {
    const opens = this.chat.line?.opens ?? 0;
    return opens > 0 ? ahead(opens, Date.now(), this.lang, this.w) : '';
  }

  private place(): void {
    const line = this.chat.line;
    const waits =
      line !== null &&
      !this.closed &&
      line.place > 0 &&
      this.chat.thread.list.length > 0 &&
      this.chat.link === 'live' &&
      !this.chat.ended;
    this.line.hidden = !waits;
    if (!waits) return say(this.line, '');
    const place = line.place === 1 ? this.w.next : this.w.place(line.place);
    const wait = waiting(line.wait, this.w);
    say(this.line, wait === '' ? place : `${place}, ${wait}`);
  }

  private key(e: KeyboardEvent): void {
    if (e.isComposing || e.keyCode === 229) return;
    if (e.key === 'Escape') {
      e.preventDefault();
      if (this.menu.open) this.menu.close();
      else if (this.question.open) this.question.close();
      else this.made.close();
    } else if (e.key === 'Tab' && this.small.matches) this.trap(e);
  }

  // The sheet covers the page: Tab goes round within it.
  private trap(e: KeyboardEvent): void {
    const all = this.element.querySelectorAll<HTMLElement>(
      'button, textarea, input:not([type=file]), a[href], [tabindex="0"]',
    );
    const shown: HTMLElement[] = [];
    for (let i = 0; i < all.length; i++) {
      const e = all.item(i);
      if (e.getClientRects().length > 0 && e.tabIndex >= 0) shown[shown.length] = e;
    }
    const at = (this.element.getRootNode() as ShadowRoot).activeElement;
    const first = shown[0];
    const last = shown[shown.length - 1];
    if (first === undefined || last === undefined) return;
    if (e.shiftKey && (at === first || at === this.title)) {
      e.preventDefault();
      last.focus();
    } else if (!e.shiftKey && at === last) {
      e.preventDefault();
      first.focus();
    }
  }

  private over(e: DragEvent): void {
    const types = e.dataTransfer?.types ?? [];
    let files = false;
    for (let i = 0; i < types.length; i++) files ||= types[i] === 'Files';
    if (!files) return;
    e.preventDefault();
    this.drop.hidden = this.leaving;
  }

  // Above a finger's keyboard, which takes the lower half without a word.
  private fit(): void {
    const viewport = window.visualViewport;
    if (!viewport || !this.open) return;
    const under = Math.max(0, window.innerHeight - viewport.height - viewport.offsetTop);
    const small = this.small.matches && viewport.scale === 1;
    this.element.style.setProperty('--under', small ? `${Math.round(under)}px` : '0px');
    this.element.style.setProperty(
      '--above',
      small ? `${Math.round(viewport.offsetTop)}px` : '0px',
    );
    if (this.log.low) this.log.bottom();
  }
}
