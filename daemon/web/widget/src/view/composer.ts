// Where the visitor writes.  Enter sends, unless an input method is composing
// (Telex, VNI) or a finger types; what is written outlives the page.
import type { Chat } from '../chat';
import type { Lang } from '../options';
import type { Unsent } from '../unsent';
import type { Words } from '../words';
import { Files } from './files';
import { h, icon, on, say, set } from './dom';

const HIGHEST = 132; // px: five lines, then it scrolls

export class Composer {
  readonly element: HTMLFormElement;
  readonly files: Files;
  readonly text: HTMLTextAreaElement;
  private send: HTMLButtonElement;
  private wrong = h('p', { class: 'wrong', role: 'alert', hidden: true });

  constructor(
    private chat: Chat,
    lang: Lang,
    private w: Words,
    private name: () => string, // the shop's
    // To be answered by mail, when nobody is there: else said at once.
    private leaves: () => boolean,
  ) {
    this.files = new Files(chat, lang, w, () => this.render());
    this.text = h('textarea', { rows: 1, 'aria-label': w.writeOne, enterkeyhint: 'enter' });
    this.text.value = chat.keep.draft;
    const pick = h('input', { type: 'file', multiple: true, hidden: true, tabindex: -1 });
    const clip = h(
      'button',
      { type: 'button', class: 'icon', 'aria-label': w.attach },
      icon('clip'),
    );
    this.send = h('button', { type: 'submit', class: 'send', 'aria-label': w.send }, icon('up'));
    this.element = h(
      'form',
      { class: 'composer', novalidate: true },
      this.files.element,
      this.wrong,
      h('div', { class: 'bar' }, clip, this.text, this.send),
      pick,
    );
    on(clip, 'click', () => pick.click());
    on(pick, 'change', () => {
      this.files.add(pick.files ?? []);
      pick.value = '';
      this.text.focus();
    });
    on<ClipboardEvent>(this.text, 'paste', (e) => this.paste(e));
    on<KeyboardEvent>(this.text, 'keydown', (e) => this.key(e));
    on(this.text, 'input', () => this.typed());
    on<SubmitEvent>(this.element, 'submit', (e) => {
      e.preventDefault();
      this.go();
    });
  }

  render(): void {
    set(this.text, { placeholder: this.w.writeTo(this.name()) });
    const busy = this.files.busy;
    set(this.send, { title: busy ? this.w.waitFiles : undefined, 'aria-disabled': busy });
    this.send.classList.toggle(
      'off',
      busy || (this.text.value.trim() === '' && this.files.refs.length === 0),
    );
  }

  // What was refused, to be written anew.
  edit(m: Unsent): void {
    this.chat.drop(m.id);
    this.text.value =
      m.text + (m.text !== '' && this.text.value !== '' ? '\n' : '') + this.text.value;
    this.files.take(m.files);
    this.typed();
    this.text.focus();
  }

  grow(): void {
    this.text.style.height = '';
    if (this.text.value === '') return; // the placeholder is no text
    const edge = this.text.offsetHeight - this.text.clientHeight;
    const high = Math.min(this.text.scrollHeight + edge, HIGHEST);
    if (this.text.scrollHeight > 0) this.text.style.height = `${high}px`;
    this.text.classList.toggle('full', this.text.scrollHeight > HIGHEST);
  }

  private typed(): void {
    this.chat.keep.draft = this.text.value;
    if (this.text.value.trim() !== '') this.chat.type();
    this.complain('');
    this.grow();
    this.render();
  }

  private key(e: KeyboardEvent): void {
    // 229: a key that the input method has taken (browsers that say so only thus).
    const composing = e.isComposing || e.keyCode === 229;
    if (e.key !== 'Enter' || composing || e.shiftKey || e.altKey) return;
    const finger = matchMedia('(pointer: coarse) and (hover: none)').matches;
    if (finger && !e.ctrlKey && !e.metaKey) return;
    e.preventDefault();
    this.go();
  }

  private paste(e: ClipboardEvent): void {
    const files = e.clipboardData?.files;
    if (files === undefined || files.length === 0) return;
    e.preventDefault();
    this.files.add(files);
  }

  private go(): void {
    if (this.files.busy) return this.complain(this.w.waitFiles);
    const leave = this.leaves() ? { email: this.chat.email, name: '' } : undefined;
    const why = this.chat.say(this.text.value, this.files.refs, leave);
    if (why === 'nothing') return this.text.focus();
    if (why !== '') return this.complain(this.w[why as 'tooLong']);
    this.text.value = '';
    this.files.clear();
    this.typed();
    this.text.focus();
  }

  private complain(text: string): void {
    this.wrong.hidden = text === '';
    say(this.wrong, text);
  }
}
