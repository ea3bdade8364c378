// Nobody is there, or free: a message that is answered by mail.
import type { Chat } from '../chat';
import type { Words } from '../words';
import { h, on, say, set } from './dom';

// As far as a browser can tell; the desk has the last word.
const ADDRESS = /^[^\s@]+@[^\s@.]+(\.[^\s@.]+)+$/;
export const isAddress = (text: string) => ADDRESS.test(text) && text.length <= 254;

export class Leave {
  readonly element: HTMLFormElement;
  private title = h('h3');
  private note = h('p', { class: 'note' });
  private email: Field;
  private name: Field;
  private text: Field;

  constructor(
    private chat: Chat,
    private w: Words,
    private left: (email: string) => void,
  ) {
    this.name = new Field(
      h('input', { type: 'text', autocomplete: 'name', maxlength: 200 }),
      w.name,
      w.optional,
    );
    this.email = new Field(
      h('input', { type: 'email', autocomplete: 'email', maxlength: 254, inputmode: 'email' }),
      w.email,
    );
    this.text = new Field(h('textarea', { rows: 3 }), w.message);
    this.name.input.value = chat.keep.name;
    this.email.input.value = chat.email;
    this.text.input.value = chat.keep.draft;
    const button = h('button', { type: 'submit', class: 'pri' }, w.leave);
    this.element = h(
      'form',
      { class: 'leave', novalidate: true },
      this.title,
      this.note,
      this.text.element,
      this.email.element,
      this.name.element,
      button,
    );
    on(this.text.input, 'input', () => {
      this.chat.keep.draft = this.text.input.value;
    });
    on<SubmitEvent>(this.element, 'submit', (e) => {
      e.preventDefault();
      this.go();
    });
  }

  render(busy: boolean, when: string): void {
    say(this.title, busy ? this.w.leaveBusy : this.w.leaveTitle);
    say(this.note, this.w.leaveText(when));
  }

  focus(): void {
    this.text.input.focus();
  }

  private go(): void {
    const email = this.email.input.value.trim();
    const text = this.text.input.value;
    this.text.wrong(text.trim() === '' ? this.w.needText : '');
    this.email.wrong(email === '' ? this.w.needEmail : isAddress(email) ? '' : this.w.badEmail);
    for (const field of [this.text, this.email]) if (field.bad) return field.input.focus();
    const why = this.chat.say(text, [], { email, name: this.name.input.value.trim() });
    if (why !== '') return this.text.wrong(this.w[why as 'tooLong']);
    this.text.input.value = '';
    this.chat.keep.draft = '';
    this.left(email);
  }
}

// A named input with room for what is wrong with it.
let fields = 0;

export class Field {
  readonly element: HTMLElement;
  private why = h('span', { class: 'wrong', hidden: true });

  constructor(
    readonly input: HTMLInputElement | HTMLTextAreaElement,
    label: string,
    hint = '',
  ) {
    const id = `f${++fields}`;
    set(input, { id, 'aria-describedby': `${id}w` });
    this.why.id = `${id}w`;
    const name = h('label', { for: id }, label);
    if (hint !== '') name.appendChild(h('span', { class: 'hint' }, ` (${hint})`));
    this.element = h('div', { class: 'field' }, name, input, this.why);
  }

  get bad(): boolean {
    return this.input.getAttribute('aria-invalid') === 'true';
  }

  wrong(text: string): void {
    set(this.input, { 'aria-invalid': text === '' ? undefined : 'true' });
    this.why.hidden = text === '';
    say(this.why, text);
  }
}
