// Days in virtual time, decided by the very library that deskd loads: whether
// equal agents get equal shares, and how many promises are broken by earliest
// due time, beside first come first served and strict priority in a model of
// their own (whose earliest due time must come to the same).
import { read } from '../route/lib/desk.mjs';
import { random } from '../route/lib/world.mjs';

const START = 1_800_000_000_000;
const HOUR = 3600e3;
// What comes: its part of all, seconds until an answer is due, strict rank.
const KINDS = [
  { part: 0.3, target: 30, rank: 90 },
  { part: 0.4, target: 120, rank: 60 },
  { part: 0.3, target: 900, rank: 30 },
];
const SERVICE = 300e3;

// Arrivals of a day by chance, the same for every order: n agents at that load.
export function arrivals(seed, hours, agents, load) {
  const rnd = random(seed);
  const far = (mean) => -mean * Math.log(1 - rnd.below(1e9) / 1e9);
  const list = [];
  for (let at = 0, id = 1; ; id++) {
    at += far(SERVICE / agents / load);
    if (at > hours * HOUR) return list;
    let p = rnd.below(1e6) / 1e6;
    const kind = KINDS.find((k) => (p -= k.part) < 0) ?? KINDS.at(-1);
    list.push({ id, at: Math.round(at), takes: Math.round(far(SERVICE)) + 1, ...kind });
  }
}

// Who waits, in an order: a heap; `before` says which of two comes first.
class Line {
  constructor(before) {
    Object.assign(this, { before, list: [] });
  }

  put(x) {
    const { list, before } = this;
    let i = list.push(x) - 1;
    for (let up; i > 0 && before(x, list[(up = (i - 1) >> 1)]); i = up) {
      list[i] = list[up];
      list[up] = x;
    }
  }

  take() {
    const { list, before } = this;
    const first = list[0];
    const last = list.pop();
    if (list.length === 0) return first;
    let i = 0;
    for (;;) {
      let down = 2 * i + 1;
      if (down >= list.length) break;
      if (down + 1 < list.length && before(list[down + 1], list[down])) down++;
      if (!before(list[down], last)) break;
      list[i] = list[down];
      i = down;
    }
    list[i] = last;
    return first;
  }

  get length() {
    return this.list.length;
  }
}

const due = (t) => t.at + t.target * 1000;
export const ORDERS = {
  edf: (a, b) => due(a) - due(b) || a.id - b.id,
  fifo: (a, b) => a.at - b.at || a.id - b.id,
  priority: (a, b) => b.rank - a.rank || a.at - b.at || a.id - b.id,
};

// The model: agents who are alike, each has one case at a time.  When each case
// begins, by its id.
export function modelled(day, agents, order) {
  const begins = new Map();
  const line = new Line((a, b) => ORDERS[order](a, b) < 0);
  const ends = new Line((a, b) => a < b);
  let free = agents;
  const next = (now) => {
    while (free > 0 && line.length > 0) {
      const t = line.take();
      free--;
      begins.set(t.id, now);
      ends.put(now + t.takes);
    }
  };
  for (const t of [...day, undefined]) {
    while (ends.length > 0 && (!t || ends.list[0] <= t.at)) {
      const now = ends.take();
      free++;
      next(now);
    }
    if (!t) return begins;
    line.put(t);
    next(t.at);
  }
}

// The same day decided by the library: when each begins, and who had how many.
export async function decided(redis, day, agents, strategy) {
  const call = async (...words) => {
    const given = [];
    for (let r = read(await redis.fcall(...words.toSpliced(1, 0, 1, '{desk}'))); ; ) {
      given.push(...r.assigned);
      if (!r.todo) return given;
      r = read(await redis.fcall('desk_drain', 1, '{desk}'));
    }
  };
  let clock = START;
  const at = (ms) => {
    clock = START + ms;
    return redis.set('{desk}:clock', clock);
  };
  await redis.flushall();
  await at(0);
  await call('desk_rebuild_begin', 'token', '', '0-0');
  await call('desk_rebuild_end', 'token', 'bench');
  await call('desk_policy', JSON.stringify({ queue: 'q', mode: 'assign', strategy }));
  const names = Array.from({ length: agents }, (_, i) => `agent${i}`);
  for (const name of names) await call('desk_agent', name, 'ready', '100', 'q', '', '', '');

  const begins = new Map();
  const shares = Object.fromEntries(names.map((n) => [n, 0]));
  const ends = new Line((a, b) => a.at < b.at || (a.at === b.at && a.t.id < b.t.id));
  const cases = new Map(day.map((t) => [String(t.id), t]));
  const row = (t, version, place, agent) =>
    JSON.stringify({
      ticket: t.id, version, queue: 'q', place, agent, score: START + due(t), units: 100,
      channel: 'call', skills: [], offer: 30, since: START + t.at,
    });
  // What the library gave goes to work, as PostgreSQL would say.
  const given = async (list) => {
    for (const [id, agent] of list) {
      const t = cases.get(String(id));
      begins.set(t.id, clock - START);
      shares[agent]++;
      ends.put({ at: clock - START + t.takes, t, agent });
      await given(await call('desk_apply', '0', row(t, 2, 'work', agent)));
    }
  };
  for (const t of [...day, undefined]) {
    while (ends.length > 0 && (!t || ends.list[0].at <= t.at)) {
      const over = ends.take();
      await at(over.at);
      await given(await call('desk_apply', '0', row(over.t, 3, 'gone')));
    }
    if (!t) return { begins, shares: Object.values(shares) };
    await at(t.at);
    await given(await call('desk_apply', '0', row(t, 1, 'wait')));
  }
}

// The part of a day's cases that began after they were due.
export const broken = (day, begins) =>
  day.filter((t) => !(begins.get(t.id) <= due(t))).length / day.length;

export async function dayFigures(book, redis) {
  const hours = book.quick ? 2 : 8;
  const agents = 20;
  const day = arrivals(1, hours, agents, 0.9);
  for (const strategy of ['longest_idle', 'round_robin']) {
    const { shares } = await decided(redis, day, agents, strategy);
    const total = shares.reduce((a, b) => a + b, 0);
    if (total !== day.length) throw new Error(`${total} cases of ${day.length}`);
    const spread = (100 * (Math.max(...shares) - Math.min(...shares))) / total;
    book.put(`${strategy}: shares of ${agents} equal agents, ${total} cases, max − min`, spread, '%');
  }
  for (const load of [0.8, 0.95, 1.05]) {
    const busy = arrivals(2, hours, agents, load);
    const { begins } = await decided(redis, busy, agents, 'longest_idle');
    const share = { edf: broken(busy, begins) };
    for (const order of ['fifo', 'priority']) share[order] = broken(busy, modelled(busy, agents, order));
    const model = broken(busy, modelled(busy, agents, 'edf'));
    if (model !== share.edf) throw new Error(`${share.edf} of the library, ${model} of the model`);
    const name = { edf: 'earliest due', fifo: 'first come', priority: 'strict priority' };
    for (const [order, part] of Object.entries(share))
      book.put(`promises broken at ${load * 100} % load, ${name[order]}`, 100 * part, '%');
  }
}
