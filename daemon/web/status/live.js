// A stream of Server-Sent Events by fetch: unlike EventSource it hears events
// of every name, knows why it was refused, and begins where it is told to.

const FIRST = 500, LONGEST = 5000; // ms until the next try

// One block of lines as {id, event, data}; data "" when it was a comment.
function block(text) {
  const e = { id: "", event: "message", data: "" };
  for (const line of text.split(/\r\n|\r|\n/)) {
    const m = /^(id|event|data): ?(.*)$/.exec(line);
    if (m) e[m[1]] = m[1] === "data" && e.data ? e.data + "\n" + m[2] : m[2];
  }
  return e;
}

// Follows path from the id `after` (or from now on), for ever and again after
// every loss, until stop() is called or `refused`.
//   open()            it is connected
//   event(e)          one event
//   lost(tries)       it is not; the next try comes by itself
//   refused(status)   401 or 403: nothing more will come
export function follow(path, after, { open, event, lost, refused }) {
  const end = new AbortController();
  let tries = 0;

  async function once() {
    const headers = { Accept: "text/event-stream" };
    if (after) headers["Last-Event-ID"] = after;
    const r = await fetch(path, { headers, cache: "no-store", credentials: "same-origin", signal: end.signal });
    if (r.status === 401 || r.status === 403) {
      end.abort();
      return refused(r.status);
    }
    if (!r.ok) throw new Error(r.statusText);
    tries = 0;
    open();
    const reader = r.body.pipeThrough(new TextDecoderStream()).getReader();
    for (let text = "";;) {
      const { value, done } = await reader.read();
      if (done) return;
      const parts = (text + value).split("\n\n");
      text = parts.pop();
      for (const e of parts.map(block)) {
        if (end.signal.aborted) return;
        if (e.id) after = e.id;
        if (e.data) event(e);
      }
    }
  }

  async function run() {
    while (!end.signal.aborted) {
      await once().catch(() => {});
      if (end.signal.aborted) return;
      lost(++tries);
      const wait = Math.min(LONGEST, FIRST * 2 ** (tries - 1));
      await new Promise(again => setTimeout(again, wait * (0.5 + Math.random() / 2)));
    }
  }
  run();
  return { stop: () => end.abort() };
}
