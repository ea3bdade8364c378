// widget.js: <script src="https://desk…/widget.js" async data-…></script> puts
// the chat into a page.  Of it the page sees one name, window.deskd.
import { readOptions } from './options';
import { Widget } from './widget';

interface Deskd {
  open(): void;
  close(): void;
  // {user, signature, name, email, phone} as the shop's server signed them;
  // null: a stranger again.
  identify(who: unknown): void;
  // Nothing of the visitor stays in this browser: for the shop's log-out.
  forget(): void;
}

function begin(script: HTMLScriptElement): void {
  const widget = new Widget(readOptions({ ...script.dataset }, script.src));
  const quiet =
    <T extends unknown[]>(work: (...args: T) => void) =>
    (...args: T) => {
      try {
        work(...args);
      } catch {
        // Never the page's trouble.
      }
    };
  const deskd: Deskd = Object.freeze({
    open: quiet(() => widget.open()),
    close: quiet(() => widget.close()),
    identify: quiet((who: unknown) => widget.identify(who)),
    forget: quiet(() => widget.forget()),
  });
  Object.defineProperty(window, 'deskd', { value: deskd, configurable: true });
  document.dispatchEvent(new Event('deskd:ready'));
}

const script = document.currentScript;
const once = Symbol.for('deskd.widget'); // the same tag twice is one widget

if (script instanceof HTMLScriptElement && !(once in window)) {
  Object.defineProperty(window, once, { value: true });
  const start = () => {
    try {
      begin(script);
    } catch {
      // A browser too old: the shop stands without a chat.
    }
  };
  if (document.body !== null) start();
  else document.addEventListener('DOMContentLoaded', start);
}
