// The words of routing that stand in lists of desk.conf, taken apart for the
// editor and put together again, as desk/routeword.c reads them. What cannot be
// read stays as it was written, so that nothing is lost. Pure.
export const worths = { s: 1, m: 60, h: 3600, d: 86400 } as const;
export type Unit = keyof typeof worths;

// A time of so many of a unit: "90s", "2m".
export interface Time {
  n: number | null; // null: not given
  unit: Unit;
}

export function timeOf(word: string): Time | null {
  const m = /^(\d{1,9})([smhd]?)$/.exec(word);
  return m ? { n: Number(m[1]), unit: (m[2] || 's') as Unit } : null;
}
export const timeWord = (t: Time): string => `${t.n ?? ''}${t.unit}`;
export const secondsOf = (t: Time): number => (t.n ?? 0) * worths[t.unit];

// A row of an editor; text: one that could not be read.
export type Row =
  | { is: 'text'; text: string }
  | { is: 'step'; after: Time; what: Step; levels: number; queue: string }
  | { is: 'span'; channel: string; time: Time }
  | { is: 'count'; channel: string; n: number | null }
  | { is: 'serve'; queue: string; priority: number; after: Time }
  | { is: 'skill'; name: string; level: number }
  | { is: 'wait'; channel: string; time: Time; deed: Deed }
  | { is: 'act'; what: Act; n: number | null; who: string; queue: string };
export type Step = 'preferred' | 'levels' | 'overflow' | 'anyone';
export type Act = 'raise' | 'notify' | 'move';
export type Form = 'steps' | 'spans' | 'counts' | 'serves' | 'knows' | 'asks' | 'waits' | 'acts';

// What becomes of who waits; nothing: he waits on.
export interface Deed {
  what: '' | 'hold' | 'message' | 'callback' | 'overflow';
  queue: string; // of overflow
}

// What a select offers.
export interface Choice {
  name: string;
  title: string;
}

const name = '[A-Za-z0-9._@+-]{1,64}';

function stepOf(word: string): Row | null {
  const m = new RegExp(
    `^(\\S+) +(?:(preferred|anyone)|(levels) +0{0,3}([1-4])|(overflow) +(${name}))$`,
  ).exec(word);
  const after = timeOf(m?.[1] ?? '');
  if (!m || !after) return null;
  const what = (m[2] ?? m[3] ?? m[5]) as Step;
  return { is: 'step', after, what, levels: Number(m[4] ?? 1), queue: m[6] ?? '' };
}

function spanOf(word: string): Row | null {
  const m = /^([a-z]+) +(\S+)$/.exec(word);
  const time = timeOf(m?.[2] ?? '');
  return m?.[1] && time ? { is: 'span', channel: m[1], time } : null;
}

function countOf(word: string): Row | null {
  const m = /^([a-z]+) +(\d{1,4})$/.exec(word);
  return m?.[1] ? { is: 'count', channel: m[1], n: Number(m[2]) } : null;
}

function serveOf(word: string): Row | null {
  const m = new RegExp(`^(${name})(?: +0{0,3}([1-9]))?(?: +after +(\\S+))?$`).exec(word);
  const after = m?.[3] === undefined ? ({ n: 0, unit: 's' } as const) : timeOf(m[3]);
  return m?.[1] && after
    ? { is: 'serve', queue: m[1], priority: Number(m[2] ?? 1), after: { ...after } }
    : null;
}

// usual: the level that is not said.
function skillOf(word: string, usual: number): Row | null {
  const m = new RegExp(`^(${name})(?: +0{0,3}([1-5]))?$`).exec(word);
  return m?.[1] ? { is: 'skill', name: m[1], level: Number(m[2] ?? usual) } : null;
}

// "overflow technical"; null: it is none.
export function deedOf(word: string): Deed | null {
  const m = new RegExp(`^(?:(hold|message|callback)|(overflow) +(${name}))$`).exec(word.trim());
  return m ? { what: (m[1] ?? m[2]) as Deed['what'], queue: m[3] ?? '' } : null;
}
export const deedWord = (d: Deed): string =>
  d.what === 'overflow' ? `overflow ${d.queue}`.trim() : d.what;

function waitOf(word: string): Row | null {
  const m = /^(chat|call) +(\S+)(?: +(.*))?$/.exec(word);
  const time = timeOf(m?.[2] ?? '');
  const deed: Deed | null = m?.[3] ? deedOf(m[3]) : { what: '', queue: '' };
  return m?.[1] && time && deed && deed.what !== 'hold'
    ? { is: 'wait', channel: m[1], time, deed }
    : null;
}

function actOf(word: string): Row | null {
  const m = new RegExp(`^(?:raise ([1-9]\\d?)|(notify|move) (${name}))$`).exec(word);
  if (!m) return null;
  const what = (m[2] ?? 'raise') as Act;
  const named = m[3] ?? '';
  return {
    is: 'act',
    what,
    n: Number(m[1] ?? 20),
    who: what === 'notify' ? named : 'assignee',
    queue: what === 'move' ? named : '',
  };
}

const usualLevel = { knows: 3, asks: 1 } as const;

export function rowOf(form: Form, word: string): Row {
  const text = word.trim();
  const row =
    form === 'steps'
      ? stepOf(text)
      : form === 'spans'
        ? spanOf(text)
        : form === 'counts'
          ? countOf(text)
          : form === 'serves'
            ? serveOf(text)
            : form === 'waits'
              ? waitOf(text)
              : form === 'acts'
                ? actOf(text)
                : skillOf(text, usualLevel[form]);
  return row ?? { is: 'text', text };
}

// As desk.conf has it; what is usual is left out.
export function wordOf(form: Form, r: Row): string {
  switch (r.is) {
    case 'text':
      return r.text;
    case 'step':
      return [
        timeWord(r.after),
        r.what,
        r.what === 'levels' ? r.levels : r.what === 'overflow' ? r.queue : '',
      ]
        .join(' ')
        .trim();
    case 'span':
      return `${r.channel} ${timeWord(r.time)}`;
    case 'count':
      return `${r.channel} ${r.n ?? ''}`.trim();
    case 'serve':
      return [
        r.queue,
        r.priority === 1 ? '' : String(r.priority),
        secondsOf(r.after) ? `after ${timeWord(r.after)}` : '',
      ]
        .filter(Boolean)
        .join(' ');
    case 'wait':
      return `${r.channel} ${timeWord(r.time)} ${deedWord(r.deed)}`.trim();
    case 'act':
      return `${r.what} ${r.what === 'raise' ? (r.n ?? '') : r.what === 'notify' ? r.who : r.queue}`.trim();
    case 'skill':
      return r.level === usualLevel[form === 'asks' ? 'asks' : 'knows']
        ? r.name
        : `${r.name} ${r.level}`;
  }
}

// A new row, as one would most likely want it; taken: channels and queues that
// have one already.
export function freshRow(form: Form, choices: string[], taken: string[], last?: Row): Row {
  const free = choices.find((c) => !taken.includes(c)) ?? choices[0] ?? '';
  switch (form) {
    case 'steps': {
      const before = last?.is === 'step' ? secondsOf(last.after) : 0;
      const after: Time =
        before && before % 60 === 0
          ? { n: before / 60 + 1, unit: 'm' }
          : { n: before + 45, unit: 's' };
      return { is: 'step', after, what: 'preferred', levels: 1, queue: '' };
    }
    case 'spans':
      return { is: 'span', channel: free, time: { n: 30, unit: 's' } };
    case 'counts':
      return { is: 'count', channel: free, n: 3 };
    case 'serves':
      return { is: 'serve', queue: free, priority: 1, after: { n: 0, unit: 's' } };
    case 'waits':
      return {
        is: 'wait',
        channel: taken.includes('chat') ? 'call' : 'chat',
        time: { n: 3, unit: 'm' },
        deed: { what: 'message', queue: '' },
      };
    case 'acts':
      return { is: 'act', what: 'notify', n: 20, who: 'assignee', queue: '' };
    default:
      return { is: 'skill', name: '', level: usualLevel[form] };
  }
}

export type Wrong = 'unread' | 'time' | 'rising' | 'twice' | 'missing' | 'count' | 'name';

// What is wrong with a list of them, as the desk would refuse it: the row, and
// why; null: nothing.
export function wrongOf(form: Form, words: string[]): { row: number; why: Wrong } | null {
  let before = 0;
  const seen = new Set<string>();
  for (const [row, word] of words.entries()) {
    const r = rowOf(form, word);
    if (r.is === 'text')
      return { row, why: form === 'knows' || form === 'asks' ? 'name' : 'unread' };
    if (r.is === 'step') {
      const at = secondsOf(r.after);
      if (at < 1) return { row, why: 'time' };
      if (at <= before) return { row, why: 'rising' };
      before = at;
      continue;
    }
    if (r.is === 'span') {
      const at = secondsOf(r.time);
      if (at < 1 || at > 3600) return { row, why: 'time' };
    }
    if (r.is === 'count' && (!r.n || r.n > 1000)) return { row, why: 'count' };
    if (r.is === 'wait') {
      const at = secondsOf(r.time);
      if (at < 5 || at > 86400) return { row, why: 'time' };
    }
    const key =
      r.is === 'span' || r.is === 'count' || r.is === 'wait'
        ? r.channel
        : r.is === 'act'
          ? word
          : r.is === 'serve'
            ? r.queue
            : r.name;
    if (seen.has(key)) return { row, why: 'twice' };
    seen.add(key);
  }
  return null;
}
