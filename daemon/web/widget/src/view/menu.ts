// What is rarely wanted: the transcript, the end, the other language.
import type { Chat } from '../chat';
import type { Words } from '../words';
import { empty, h, icon, on } from './dom';
import { Field, isAddress } from './leave';

export class Menu {
  readonly button: HTMLButtonElement;
  readonly element = h('div', { class: 'menu', role: 'menu', hidden: true });

  constructor(
    w: Words,
    private items: () => [string, () => void][],
  ) {
    this.button = h(
      'button',
      {
        type: 'button',
        class: 'icon',
        'aria-label': w.more,
        'aria-haspopup': 'menu',
        'aria-expanded': 'false',
      },
      icon('more'),
    );
    this.element.setAttribute('aria-label', w.more);
    on(this.button, 'click', () => (this.open ? this.close() : this.show()));
    on<KeyboardEvent>(this.element, 'keydown', (e) => this.key(e));
    on<FocusEvent>(this.element, 'focusout', (e) => {
      const to = e.relatedTarget as Node | null;
      if (to !== null && to !== this.button && !this.element.contains(to)) this.shut();
    });
  }

  get open(): boolean {
    return !this.element.hidden;
  }

  close(): void {
    this.shut();
    this.button.focus();
  }

  shut(): void {
    this.element.hidden = true;
    this.button.setAttribute('aria-expanded', 'false');
  }

  private show(): void {
    empty(this.element);
    for (const [text, work] of this.items()) {
      const item = h('button', { type: 'button', role: 'menuitem', tabindex: -1 }, text);
      on(item, 'click', () => {
        this.close();
        work();
      });
      this.element.appendChild(item);
    }
    this.element.hidden = false;
    this.button.setAttribute('aria-expanded', 'true');
    (this.element.firstElementChild as HTMLElement).focus();
  }

  private key(e: KeyboardEvent): void {
    const items = this.element.children;
    const root = this.element.getRootNode() as ShadowRoot;
    let at = -1;
    for (let i = 0; i < items.length; i++) if (items[i] === root.activeElement) at = i;
    const to: Record<string, number> = {
      ArrowDown: (at + 1) % items.length,
      ArrowUp: (at + items.length - 1) % items.length,
      Home: 0,
      End: items.length - 1,
    };
    if (e.key === 'Tab') return this.shut();
    const next = items[to[e.key] ?? -1];
    if (!(next instanceof HTMLElement)) return;
    e.preventDefault();
    next.focus();
  }
}

// A question over the composer, with its answer: how to end, where a transcript
// is to go.
export class Question {
  readonly element = h('div', { class: 'question', role: 'group', hidden: true });

  constructor(
    private chat: Chat,
    private w: Words,
    private changed: () => void, // opened or closed
    private over: () => void, // the focus goes back
  ) {}

  get open(): boolean {
    return !this.element.hidden;
  }

  close(): void {
    this.element.hidden = true;
    empty(this.element);
    this.changed();
    this.over();
  }

  askEnd(): void {
    this.show(this.w.endAsk, this.w.endNote, null, this.w.end, async () => {
      const a = await this.chat.end();
      if (a.how === 'done') this.close();
      else this.tell(this.w.later);
    });
  }

  askTranscript(): void {
    const field = new Field(
      h('input', { type: 'email', autocomplete: 'email', maxlength: 254 }),
      this.w.email,
    );
    field.input.value = this.chat.email;
    this.show(this.w.transcriptAsk, '', field, this.w.send, async () => {
      const email = field.input.value.trim();
      field.wrong(isAddress(email) ? '' : email === '' ? this.w.needEmail : this.w.badEmail);
      if (field.bad) return field.input.focus();
      const a = await this.chat.transcript(email);
      if (a.how === 'done') this.tell(this.w.transcriptDone(email));
      else if (a.how === 'never' && a.member === 'email') field.wrong(this.w.badEmail);
      else this.tell(a.how === 'never' ? this.w.transcriptNot : this.w.later);
    });
  }

  // The end of it.
  private tell(text: string): void {
    empty(this.element);
    const done = h('button', { type: 'button', class: 'quiet' }, this.w.done);
    on(done, 'click', () => this.close());
    this.element.appendChild(h('p', { role: 'status' }, text));
    this.element.appendChild(h('div', { class: 'row' }, done));
    done.focus();
  }

  private show(
    title: string,
    note: string,
    field: Field | null,
    doIt: string,
    work: () => Promise<void>,
  ): void {
    empty(this.element);
    this.element.setAttribute('aria-label', title);
    const yes = h('button', { type: 'submit', class: 'pri' }, doIt);
    const no = h('button', { type: 'button', class: 'quiet' }, this.w.cancel);
    const form = h('form', { novalidate: true }, h('p', { class: 'ask' }, title));
    if (note !== '') form.appendChild(h('p', { class: 'note' }, note));
    if (field !== null) form.appendChild(field.element);
    form.appendChild(h('div', { class: 'row' }, no, yes));
    let busy = false;
    on<SubmitEvent>(form, 'submit', async (e) => {
      e.preventDefault();
      if (busy) return;
      busy = true;
      await work();
      busy = false;
    });
    on(no, 'click', () => this.close());
    this.element.appendChild(form);
    this.element.hidden = false;
    this.changed();
    (field?.input ?? yes).focus();
  }
}
