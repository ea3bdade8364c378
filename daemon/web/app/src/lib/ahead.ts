// What the page asks for before it is there: its first module is small, and
// begins to ask while the rest is on its way.  First who is logged in, then
// the feed; when that listens, what is shown first.  So nothing that changes
// after an answer is missed: notices wait until there is somebody to hear.
import { follow, type LiveEar } from './live';

// Whose session this browser has, as far as we know, and which: "login id".
export const HERE = 'deskd.here';

export const ME = '/api/v1/me';
export const FEED = '/api/v1/feed/live';

type Stream = ReturnType<typeof follow>;

const answers = new Map<string, Promise<Response>>();
let stream: Stream | null = null;
let ear: LiveEar | null = null; // who hears the stream, once there is somebody
let unheard: ((e: LiveEar) => void)[] = [];
let handed = false; // to the page, which asks for itself from then on

const tell = (what: (e: LiveEar) => void): void => {
  if (ear) what(ear);
  else unheard.push(what);
};

function ask(path: string): Promise<Response> {
  const r = fetch(path, {
    headers: { Accept: 'application/json' },
    credentials: 'same-origin',
  });
  r.catch(() => undefined); // whoever takes it hears of it
  answers.set(path, r);
  return r;
}

// paths: what is shown first.  Who has no session is not asked about.
export async function begin(paths: string[]): Promise<void> {
  try {
    if (!localStorage.getItem(HERE)) return;
  } catch {
    return;
  }
  const r = await ask(ME).catch(() => null);
  if (!r?.ok || handed || !answers.has(ME)) return;
  // (Cut off on its way it is for whoever takes it to say so.)
  const me = (await r
    .clone()
    .json()
    .catch(() => null)) as { must_change?: boolean } | null;
  if (!me || me.must_change || handed) return;
  stream = follow(FEED, '', {
    open: () => tell((e) => e.open()),
    event: (heard) => {
      if (heard.event === 'ready' && !handed) for (const path of paths) void ask(path);
      tell((e) => e.event(heard));
    },
    lost: (tries) => tell((e) => e.lost(tries)),
    refused: (status) => tell((e) => e.refused(status)),
  });
}

// The answer to that question, once, if it was asked already.
export function taken(path: string): Promise<Response> | undefined {
  const r = answers.get(path);
  answers.delete(path);
  return r;
}

// Hands the feed over: what came so far is told when all that this turn draws
// has begun to listen.  Answers that nobody took by then are of no use.
export function takenStream(by: LiveEar): Stream | null {
  const mine = stream;
  stream = null;
  handed = true;
  if (mine)
    setTimeout(() => {
      answers.clear();
      for (const what of unheard.splice(0)) what(by);
      ear = by;
    });
  return mine;
}

// Nobody wants it any more.
export function drop(): void {
  handed = true;
  answers.clear();
  stream?.stop();
  stream = null;
  unheard = [];
}
