// Files chosen for the next message: each is uploaded at once, says how far it
// is, and waits for the network when there is none.
import { waitFor } from '../backoff';
import type { Chat } from '../chat';
import type { Lang } from '../options';
import type { FileRef } from '../unsent';
import { upload } from '../upload';
import { sizeOf } from '../when';
import type { Words } from '../words';
import { gone, h, icon, on, say, set } from './dom';

const MOST = 10;

interface Chosen {
  row: HTMLElement;
  what: HTMLElement;
  bar: HTMLProgressElement;
  size: number;
  ref: FileRef | null; // with the desk
  refused: boolean;
  abort: AbortController;
}

export class Files {
  readonly element = h('div', { class: 'files', role: 'list', hidden: true });
  private list: Chosen[] = [];

  constructor(
    private chat: Chat,
    private lang: Lang,
    private w: Words,
    private changed: () => void,
  ) {
    for (const ref of chat.keep.files) this.row(ref.name, ref.size).ref = ref;
    for (const c of this.list) this.arrived(c);
  }

  // Whether something is still on its way.
  get busy(): boolean {
    for (const c of this.list) if (c.ref === null && !c.refused) return true;
    return false;
  }

  get refs(): FileRef[] {
    const refs: FileRef[] = [];
    for (const c of this.list) if (c.ref !== null) refs[refs.length] = c.ref;
    return refs;
  }

  // Those that went into a message are done with.
  clear(): void {
    for (const c of this.list) gone(c.row);
    this.list = [];
    this.kept();
  }

  // Of an earlier message that is written anew.
  take(refs: readonly FileRef[]): void {
    for (const ref of refs) {
      const c = this.row(ref.name, ref.size);
      c.ref = ref;
      this.arrived(c);
    }
    this.kept();
  }

  add(files: ArrayLike<File>): void {
    for (let i = 0; i < files.length; i++) {
      const file = files[i];
      if (file === undefined) continue;
      const c = this.row(file.name || 'image.png', file.size);
      if (this.list.length > MOST) this.refuse(c, this.w.fileMany);
      else if (file.size === 0) this.refuse(c, this.w.fileEmpty);
      else if (file.size > this.chat.most)
        this.refuse(c, this.w.fileBig(sizeOf(this.chat.most, this.lang)));
      else void this.send(c, file, file.name || 'image.png', 1);
    }
    this.kept();
  }

  private row(name: string, size: number): Chosen {
    const what = h('span', { class: 'what', role: 'status' }, sizeOf(size, this.lang));
    const bar = h('progress', { max: 1, value: 0, 'aria-label': this.w.uploading(name) });
    const drop = h(
      'button',
      { type: 'button', class: 'icon small', 'aria-label': this.w.removeFile(name) },
      icon('x', 16),
    );
    const row = h(
      'div',
      { class: 'chosen', role: 'listitem' },
      icon('file', 18),
      h('span', { class: 'grow' }, h('span', { class: 'name' }, name), what, bar),
      drop,
    );
    const c: Chosen = {
      row,
      what,
      bar,
      size,
      ref: null,
      refused: false,
      abort: new AbortController(),
    };
    on(drop, 'click', () => this.drop(c));
    this.list[this.list.length] = c;
    this.element.appendChild(row);
    return c;
  }

  private drop(c: Chosen): void {
    c.abort.abort();
    const next = c.row.nextElementSibling ?? c.row.previousElementSibling;
    gone(c.row);
    const left: Chosen[] = [];
    for (const other of this.list) if (other !== c) left[left.length] = other;
    this.list = left;
    this.kept();
    next?.querySelector('button')?.focus();
  }

  private refuse(c: Chosen, why: string): void {
    c.refused = true;
    c.row.classList.add('bad');
    c.bar.hidden = true;
    say(c.what, why);
    this.changed();
  }

  private arrived(c: Chosen): void {
    c.bar.hidden = true;
    say(c.what, `${sizeOf(c.size, this.lang)} · ${this.w.uploaded}`);
  }

  private async send(c: Chosen, file: File, name: string, tries: number): Promise<void> {
    const talk = await this.chat.ready();
    if (c.abort.signal.aborted) return;
    let after = 0;
    if (talk !== null) {
      say(c.what, sizeOf(c.size, this.lang));
      const a = await upload(
        this.chat.api,
        talk,
        file,
        name,
        (share) => set(c.bar, { value: share }),
        c.abort.signal,
      );
      if (c.abort.signal.aborted) return;
      if (a.how === 'done') return this.take1(c, file, a.json);
      if (a.how === 'never')
        return this.refuse(
          c,
          a.code === 'TOOLARGE'
            ? this.w.fileBig(sizeOf(this.chat.most, this.lang))
            : this.w.fileRefused,
        );
      if (a.how === 'later') after = a.after;
    }
    if (this.chat.problem !== '') return this.refuse(c, this.w.loginFirst);
    say(c.what, this.w.uploadWaits);
    setTimeout(
      () => !c.abort.signal.aborted && void this.send(c, file, name, tries + 1),
      waitFor(tries, Math.random(), after),
    );
  }

  private take1(c: Chosen, file: File, json: Record<string, unknown>): void {
    c.ref = {
      sha256: String(json.sha256),
      name: String(json.name || file.name),
      type: String(json.type),
      size: file.size,
    };
    this.chat.sender.bytes.set(c.ref.sha256, file);
    this.arrived(c);
    this.kept();
  }

  private kept(): void {
    this.chat.keep.files = this.refs;
    this.element.hidden = this.list.length === 0;
    this.changed();
  }
}
