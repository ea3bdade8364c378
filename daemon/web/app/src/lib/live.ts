// A stream of Server-Sent Events by fetch: unlike EventSource it hears events
// of every name, knows why it was refused, and begins where it is told to.

const FIRST = 500; // ms until the next try
const LONGEST = 5000;
// deskd sends a comment every 15 s: what is silent for longer is dead.
const SILENT = 40000;

export interface LiveEvent {
  id: string;
  event: string;
  data: string;
}

export interface LiveEar {
  open(): void; // connected
  event(e: LiveEvent): void;
  lost(tries: number): void; // not connected; the next try comes by itself
  refused(status: number): void; // 401 or 403: nothing more will come
}

// One block of lines; data '' when it was a comment.
function block(text: string): LiveEvent {
  const e: LiveEvent = { id: '', event: 'message', data: '' };
  for (const line of text.split(/\r\n|\r|\n/)) {
    const m = /^(id|event|data): ?(.*)$/.exec(line);
    if (!m) continue;
    const value = m[2] ?? '';
    if (m[1] === 'data') e.data = e.data ? `${e.data}\n${value}` : value;
    else if (m[1] === 'id') e.id = value;
    else e.event = value;
  }
  return e;
}

// Follows path from the id `after` (from now on when it is ''), for ever and
// again after every loss, until stop() is called or it is refused.
export function follow(path: string, after: string, ear: LiveEar): { stop(): void; again(): void } {
  const end = new AbortController();
  let tries = 0;
  let hurry: () => void = () => undefined;
  let here: AbortController | null = null;

  async function once(): Promise<void> {
    const mine = new AbortController();
    here = mine;
    const stop = () => mine.abort();
    end.signal.addEventListener('abort', stop);
    let quiet = setTimeout(stop, SILENT);
    try {
      const headers: Record<string, string> = { Accept: 'text/event-stream' };
      if (after) headers['Last-Event-ID'] = after;
      const r = await fetch(path, {
        headers,
        cache: 'no-store',
        credentials: 'same-origin',
        signal: mine.signal,
      });
      if (r.status === 401 || r.status === 403) {
        end.abort();
        ear.refused(r.status);
        return;
      }
      if (!r.ok || !r.body) throw new Error(r.statusText);
      tries = 0;
      ear.open();
      const reader = r.body.pipeThrough(new TextDecoderStream()).getReader();
      for (let text = ''; ; ) {
        const { value, done } = await reader.read();
        if (done) return;
        clearTimeout(quiet);
        quiet = setTimeout(stop, SILENT);
        const parts = (text + value).split('\n\n');
        text = parts.pop() ?? '';
        for (const e of parts.map(block)) {
          if (end.signal.aborted) return;
          if (e.id) after = e.id;
          if (e.data) ear.event(e);
        }
      }
    } finally {
      clearTimeout(quiet);
      end.signal.removeEventListener('abort', stop);
    }
  }

  async function run(): Promise<void> {
    while (!end.signal.aborted) {
      await once().catch(() => undefined);
      if (end.signal.aborted) return;
      ear.lost(++tries);
      const wait = Math.min(LONGEST, FIRST * 2 ** (tries - 1)) * (0.5 + Math.random() / 2);
      await new Promise<void>((go) => {
        const timer = setTimeout(go, wait);
        hurry = () => {
          clearTimeout(timer);
          go();
        };
      });
    }
  }
  void run();
  return {
    stop: () => end.abort(),
    // The network is back, or the page is looked at again: do not wait.
    again: () => {
      if (tries > 0) hurry();
      else if (!navigator.onLine) here?.abort();
    },
  };
}
