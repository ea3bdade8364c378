// The widget in the shop's page: one element with a closed shadow root, in the
// browser's top layer where there is one, so that no rule of the page reaches
// in and none of ours gets out.
import { Chat } from './chat';
import { css, tonesOf, type Rgb } from './contrast';
import { languageOf, identityOf, type Lang, type Options } from './options';
import { Launcher } from './view/launcher';
import { Panel } from './view/panel';
import { gone, h, on } from './view/dom';
import { wordsOf } from './words';
import rootCss from './view/root.css?inline';
import talkCss from './view/talk.css?inline';
import writeCss from './view/write.css?inline';

const LIGHT: { surface: Rgb; fill: Rgb } = { surface: [255, 255, 255], fill: [238, 238, 234] };
const DARK: { surface: Rgb; fill: Rgb } = { surface: [22, 24, 27], fill: [36, 40, 45] };

// Keys and focus stay in here: the page's shortcuts must not fire while one
// writes, and its dialogs must not take the focus back.
const OURS = [
  'keydown',
  'keyup',
  'keypress',
  'focusin',
  'focusout',
  'paste',
  'copy',
  'cut',
  'input',
];

export class Widget {
  private host = document.createElement('div');
  private root = h('section', { class: 'root' });
  private chat: Chat;
  private lang: Lang;
  private launcher!: Launcher;
  private panel!: Panel;
  private drawn = false;
  private from: Element | null = null; // where the focus was before

  constructor(private options: Options) {
    const browser = navigator.languages ?? [navigator.language];
    this.lang = options.lang ?? languageOf(document.documentElement.lang, browser);
    this.chat = new Chat(options, this.lang, () => this.draw());
    const shadow = this.host.attachShadow({ mode: 'closed' });
    const style = new CSSStyleSheet();
    style.replaceSync(rootCss + talkCss + writeCss);
    shadow.adoptedStyleSheets = [style];
    shadow.appendChild(this.root);
    for (const event of OURS) this.root.addEventListener(event, (e) => e.stopPropagation());
    this.place();
    this.theme();
    this.build();
    on(matchMedia('(prefers-color-scheme: dark)'), 'change', () => this.theme());
    this.attach();
    if (this.remembered) this.open(false);
    this.chat.want(this.panel.open);
    this.draw();
  }

  // In the page, and back in it when its own script has emptied the body.
  private attach(): void {
    const put = () => {
      if (this.host.isConnected || document.body === null) return;
      document.body.appendChild(this.host);
      this.raise();
    };
    put();
    let asked = false;
    new MutationObserver(() => {
      if (asked || this.host.isConnected) return;
      asked = true;
      setTimeout(() => {
        asked = false;
        put();
      }, 50);
    }).observe(document.documentElement, { childList: true, subtree: true });
  }

  // Above everything, whatever the page has made of its z-index and transforms.
  private raise(): void {
    try {
      this.host.setAttribute('popover', 'manual');
      (this.host as { showPopover?: () => void }).showPopover?.();
    } catch {
      // Fixed, with the highest z-index, then.
    }
  }

  private place(): void {
    this.root.classList.add(this.options.position);
    this.root.style.setProperty('--gap', `${this.options.gap}px`);
    this.root.style.setProperty('--lift', `${this.options.lift}px`);
  }

  private theme(): void {
    const wish = this.options.theme;
    const dark =
      wish === 'dark' || (wish === 'auto' && matchMedia('(prefers-color-scheme: dark)').matches);
    const ground = dark ? DARK : LIGHT;
    const tones = tonesOf(this.options.accent, ground.surface, ground.fill);
    this.root.classList.toggle('dark', dark);
    for (const name of Object.keys(tones) as (keyof typeof tones)[])
      this.root.style.setProperty(`--a-${name}`, css(tones[name]));
  }

  private build(): void {
    const w = wordsOf(this.lang);
    const name = () => this.options.name || this.chat.company;
    const greeting = () => this.options.greeting || w.hello(name());
    this.launcher = new Launcher(this.chat, w, name, () => this.open(true));
    this.panel = new Panel(this.chat, this.lang, w, {
      name,
      greeting,
      close: () => this.close(),
      language: () => this.speak(this.lang === 'vi' ? 'en' : 'vi'),
    });
    this.root.setAttribute('lang', this.lang);
    this.root.setAttribute('aria-label', w.region);
    this.launcher.element.hidden = !this.options.launcher;
    this.root.appendChild(this.panel.element);
    this.root.appendChild(this.launcher.element);
  }

  private speak(lang: Lang): void {
    const open = this.panel.open;
    gone(this.panel.element);
    gone(this.launcher.element);
    this.lang = this.chat.lang = lang;
    this.build();
    if (open) this.open(true);
    this.draw();
  }

  // Once a turn, however much was told.
  private draw(): void {
    if (this.drawn) return;
    this.drawn = true;
    queueMicrotask(() => {
      this.drawn = false;
      try {
        this.launcher.render(this.panel.open);
        this.panel.render();
      } catch {
        // A page that has broken the browser's own parts: the next try may do.
      }
    });
  }

  private get remembered(): boolean {
    try {
      return sessionStorage.getItem('deskd:open') === '1';
    } catch {
      return false;
    }
  }

  private remember(open: boolean): void {
    try {
      if (open) sessionStorage.setItem('deskd:open', '1');
      else sessionStorage.removeItem('deskd:open');
    } catch {
      // Closed on the next page, then.
    }
  }

  open(focus = true): void {
    if (focus) this.from = document.activeElement;
    this.remember(true);
    this.raise();
    this.root.classList.add('opened');
    this.panel.show(focus);
    this.chat.want(true);
    this.draw();
  }

  close(): void {
    if (!this.panel.open) return;
    this.remember(false);
    this.panel.hide();
    this.root.classList.remove('opened');
    this.chat.want(false);
    this.draw();
    const from = this.from;
    this.from = null;
    // To the page's own button, when that opened it.
    if (
      from instanceof HTMLElement &&
      from !== this.host &&
      from !== document.body &&
      from.isConnected
    )
      from.focus();
    else if (this.options.launcher) this.launcher.button.focus();
  }

  identify(who: unknown): void {
    this.chat.identify(identityOf((who ?? {}) as Record<string, unknown>));
    this.draw();
  }

  forget(): void {
    this.close();
    this.chat.forget();
    this.draw();
  }
}
