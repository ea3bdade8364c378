// The conversation's stream: asked for again whenever it ends, from the last
// event that was heard.  By fetch, since EventSource sends no Authorization.
import { headersOf, meaning, parsed, pathOf, type Api, type Talk } from './api';
import { waitFor } from './backoff';
import { EventReader, type Told } from './sse';

const SILENCE_MS = 45000; // the desk says something every 15 s

export interface Hears {
  began(): void; // connected: what is told now is missed no more
  told(event: Told): void;
  lost(): void;
  gone(): void; // the token opens nothing any more
}

export class Live {
  private abort: AbortController | null = null;
  private timer = 0;
  private last = '';
  private tries = 0;
  private begun = false;

  constructor(
    private api: Api,
    private talk: Talk,
    private hears: Hears,
  ) {}

  // Connected, as far as one knows.
  get heard(): boolean {
    return this.begun;
  }

  start(): void {
    if (this.abort === null) void this.run((this.abort = new AbortController()));
  }

  stop(): void {
    clearTimeout(this.timer);
    this.abort?.abort();
    this.abort = null;
    this.begun = false;
  }

  // At once instead of when its turn comes: the network is back.
  hurry(): void {
    if (this.abort !== null && this.timer !== 0) {
      this.stop();
      this.start();
    }
  }

  private async run(abort: AbortController): Promise<void> {
    let after = 0;
    this.timer = 0;
    try {
      after = await this.listen(abort);
    } catch {
      // However it ended: again.
    }
    if (this.abort !== abort) return;
    abort.abort();
    this.abort = null;
    this.begun = false;
    if (after < 0) return this.hears.gone();
    this.hears.lost();
    this.tries++;
    this.abort = new AbortController();
    const again = this.abort;
    this.timer = window.setTimeout(
      () => void this.run(again),
      waitFor(this.tries, Math.random(), after),
    );
  }

  // Until it ends; the seconds to wait, -1 when there is nothing to wait for.
  private async listen(abort: AbortController): Promise<number> {
    const more: Record<string, string> = { Accept: 'text/event-stream' };
    if (this.last !== '') more['Last-Event-ID'] = this.last;
    let watch = window.setTimeout(() => abort.abort(), SILENCE_MS);
    const alive = () => {
      clearTimeout(watch);
      watch = window.setTimeout(() => abort.abort(), SILENCE_MS);
    };
    try {
      const r = await this.api.send(pathOf(this.talk, '/live'), {
        signal: abort.signal,
        headers: headersOf(this.talk, more),
      });
      alive();
      if (!r.ok) return this.refused(r);
      if (this.abort !== abort) return 0;
      this.begun = true;
      this.hears.began();
      if (r.body === null || r.body === undefined) return 5; // some library's fetch: ask now and then
      const reader = r.body.getReader();
      const events = new EventReader();
      const text = new TextDecoder();
      for (;;) {
        const { done, value } = await reader.read();
        if (done || this.abort !== abort) return 0;
        alive();
        for (const told of events.feed(text.decode(value, { stream: true }))) this.hear(told);
      }
    } finally {
      clearTimeout(watch);
    }
  }

  private async refused(r: Response): Promise<number> {
    const after = Number(r.headers.get('Retry-After')) || 0;
    const type = r.headers.get('Content-Type') ?? '';
    return meaning(r.status, type, after, parsed(await r.text())).how === 'gone' ? -1 : after;
  }

  private hear(told: Told): void {
    this.tries = 0;
    if (told.id !== '') this.last = told.id;
    this.hears.told(told);
  }
}
