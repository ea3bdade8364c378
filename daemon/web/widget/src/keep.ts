// What is kept of one visitor in this browser: his conversation and its token,
// what he wrote and has not sent, and his address.  One for each user of the
// shop's, and one for strangers: who logs in as somebody else finds his own.
import type { Talk } from './api';
import { encode, type Json } from './json';
import type { Identity } from './options';
import { Store } from './store';
import type { Tapped } from './survey';
import { Outbox, type FileRef } from './unsent';

const TALK = 'talk';
const AT = 'at';
const UNPROVED = 'unproved';
const FRESH_MS = 24 * 3600 * 1000;

const isTalk = (t: Partial<Talk>) =>
  /^[0-9a-f-]{36}$/.test(String(t.conversation)) && /^[\w-]{20,200}$/.test(String(t.token));

export class Keep {
  readonly outbox: Outbox;
  private readonly store: Store;

  constructor(base: string, identity: Identity | null) {
    const name = `deskd:${new URL(base).host}:`;
    this.store = new Store(`${name}${identity?.user ?? ''}:`);
    if (identity !== null && this.talk === null) this.inherit(new Store(`${name}:`));
    this.outbox = new Outbox(this.store);
  }

  // Who logs in goes on with the conversation that he began as a stranger.
  private inherit(stranger: Store): void {
    for (const key of stranger.keys('')) {
      this.store.set(key, stranger.get(key) ?? '');
      stranger.remove(key);
    }
    if (this.talk !== null) this.store.set(UNPROVED, '1');
  }

  get talk(): Talk | null {
    return this.store.read<Talk>(TALK, isTalk);
  }

  set talk(talk: Talk | null) {
    if (talk === null) this.store.remove(TALK);
    else this.store.set(TALK, encode({ conversation: talk.conversation, token: talk.token }));
  }

  // The conversation is not known to be this user's yet.
  get unproved(): boolean {
    return this.store.get(UNPROVED) !== null;
  }

  proved(): void {
    this.store.remove(UNPROVED);
  }

  // Something was said within the last day.
  get fresh(): boolean {
    return Date.now() - Number(this.store.get(AT) ?? 0) < FRESH_MS;
  }

  saidAt(at: number): void {
    this.store.set(AT, String(at));
  }

  get draft(): string {
    return this.store.get('draft') ?? '';
  }

  set draft(text: string) {
    if (text === '') this.store.remove('draft');
    else this.store.set('draft', text);
  }

  // Files that are with the desk and in no message yet.
  get files(): FileRef[] {
    const files: FileRef[] = [];
    const list = this.store.read<FileRef[]>('files', (f) => Array.isArray(f)) ?? [];
    for (const f of list) if (/^[0-9a-f]{64}$/.test(f?.sha256)) files[files.length] = f;
    return files;
  }

  set files(files: FileRef[]) {
    if (files.length === 0) this.store.remove('files');
    else this.store.set('files', encode(files as unknown as Json));
  }

  get email(): string {
    return this.store.get('email') ?? '';
  }

  set email(address: string) {
    this.store.set('email', address);
  }

  get name(): string {
    return this.store.get('name') ?? '';
  }

  set name(name: string) {
    this.store.set('name', name);
  }

  // What he answered to the survey of that message.
  tapped(event: number): Tapped | null {
    return this.store.read<Tapped>(
      `survey${event}`,
      (t) =>
        typeof t.once === 'string' && typeof t.score === 'number' && typeof t.more === 'string',
    );
  }

  tap(event: number, t: Tapped): void {
    this.store.set(`survey${event}`, encode({ once: t.once, score: t.score, more: t.more }));
  }

  // Nothing of him stays here.
  forget(): void {
    for (const key of this.store.keys('')) this.store.remove(key);
  }

  // Another page of the shop's changed the conversation, or what is unsent.
  heed(talk: () => void, unsent: () => void): () => void {
    return this.store.heed((key) => {
      if (key === TALK || key === '') talk();
      if (Outbox.is(key)) unsent();
    });
  }
}
