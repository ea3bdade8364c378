// The wallboard's figures: BOARD, asked for as the feed tells of changes, when
// the stream is lost or back, and once in fifteen seconds, because clocks run
// out by themselves.  While it fails it is tried again and again: nobody
// stands at a television to press a key.
import { ApiError, get, now } from '../lib/api';
import { why } from '../lib/errors';
import { feed, listen, onReload } from '../lib/feed.svelte';
import type { Notice } from '../lib/types';
import type { Board } from './board';

const EVERY = 15000;
const AGAIN = 3000; // while it fails
const PATIENCE = 10000; // for an answer
const BURST = 1200; // notices of so long are one question
const STALE = 40000; // what is older is said to be, whatever the reason
const MOMENT = 5000; // a failure of so long is not worth a word

const quiet = /^(seen|typing|presence|back|gone)$/;

export class Figures {
  board = $state.raw<Board | null>(null);
  failed = $state('');
  private seen = 0; // when the last answer came
  private soon = 0; // timers
  private next = 0;
  private asking: AbortController | null = null;
  private more = false; // what is asked for may be older than what was told since

  // Since when they are old, ms; 0: they are true.  Asked once a second.
  old(): number {
    if (!this.board) return 0;
    const age = now() - this.seen;
    const cut = this.failed && (age > MOMENT || feed.link !== 'live');
    return cut || age > STALE ? Date.parse(this.board.at) : 0;
  }

  // Figures that are shown before the desk has them; gives what takes them back.
  show(board: Board): () => void {
    const was = this.board;
    this.board = board;
    return () => void (this.board = was);
  }

  load = async (): Promise<void> => {
    if (this.asking) {
      this.more = true;
      return;
    }
    this.more = false;
    clearTimeout(this.next);
    const end = (this.asking = new AbortController());
    const timer = setTimeout(() => end.abort(), PATIENCE);
    try {
      this.board = await get<Board>('/api/v1/board', {}, end.signal);
      this.seen = now();
      this.failed = '';
    } catch (e) {
      this.failed = why(e instanceof ApiError ? e : away());
    }
    clearTimeout(timer);
    if (this.asking !== end) return; // it was ended meanwhile
    this.asking = null;
    const wait = this.failed ? AGAIN : this.more ? 0 : EVERY;
    this.next = window.setTimeout(() => void this.load(), wait);
  };

  again = (): void => {
    this.soon ||= window.setTimeout(() => {
      this.soon = 0;
      void this.load();
    }, BURST);
  };

  // Follows the desk until what it returns is called.
  follow(): () => void {
    const woken = (): void => {
      if (!document.hidden) void this.load();
    };
    const ends = [
      listen((n: Notice) => {
        if (!quiet.test(n.kind)) this.again();
      }),
      onReload(this.again),
    ];
    addEventListener('online', woken);
    document.addEventListener('visibilitychange', woken);
    void this.load();
    return () => {
      const asking = this.asking;
      this.asking = null;
      asking?.abort();
      clearTimeout(this.soon);
      clearTimeout(this.next);
      removeEventListener('online', woken);
      document.removeEventListener('visibilitychange', woken);
      for (const end of ends) end();
    };
  }
}

const away = (): ApiError => new ApiError('', { status: 0, code: 'AWAY', member: '', retry: 0 });
