// The button that opens the chat, how much is unread, and the newest answer in
// short, for who has the chat closed.
import type { Chat } from '../chat';
import type { Words } from '../words';
import { h, icon, on, say, set } from './dom';

export class Launcher {
  readonly element: HTMLElement;
  readonly button: HTMLButtonElement;
  private badge = h('span', { class: 'badge', 'aria-hidden': 'true', hidden: true });
  private peek: HTMLElement;
  private open: HTMLButtonElement;
  private by = h('span', { class: 'by' });
  private text = h('span', { class: 'text' });
  private put = 0; // the event whose words were put away

  constructor(
    private chat: Chat,
    private w: Words,
    private name: () => string,
    opened: () => void,
  ) {
    this.button = h(
      'button',
      { type: 'button', class: 'launcher', 'aria-haspopup': 'dialog' },
      icon('chat', 26),
      this.badge,
    );
    this.open = h('button', { type: 'button', class: 'words' }, this.by, this.text);
    const away = h(
      'button',
      { type: 'button', class: 'icon small', 'aria-label': w.done },
      icon('x', 16),
    );
    this.peek = h('div', { class: 'peek', hidden: true }, this.open, away);
    this.element = h(
      'div',
      { class: 'corner' },
      h('div', { role: 'status' }, this.peek),
      this.button,
    );
    on(this.button, 'click', opened);
    on(this.open, 'click', opened);
    on(away, 'click', () => {
      this.put = this.chat.thread.last(false)?.event ?? 0;
      this.render(false);
      this.button.focus();
    });
  }

  render(open: boolean): void {
    const n = this.chat.unseen;
    const name = this.name();
    const label = name === '' ? this.w.chat : this.w.chatWith(name);
    set(this.button, {
      'aria-label': n > 0 ? `${label}, ${this.w.someNew(n)}` : label,
      'aria-expanded': open ? 'true' : 'false',
    });
    this.badge.hidden = n === 0;
    say(this.badge, n > 99 ? '99+' : String(n));
    const last = this.chat.thread.last(false);
    const shown = !open && n > 0 && last !== null && last.event > this.put && last.text !== '';
    this.peek.hidden = !shown;
    if (!shown) return;
    say(this.by, last.name || name);
    say(this.text, last.text.length > 140 ? `${last.text.slice(0, 140)}…` : last.text);
  }
}
