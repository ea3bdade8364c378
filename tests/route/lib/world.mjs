// A desk as it should be: what its people did and what they were told, beside a
// Redis that decides.  Each step is an act of somebody, or the clock's; then
// what Redis holds is compared with the rules.
import { dump, read } from './desk.mjs';
import { turnOf, waits, waitsFor, wrongs } from './oracle.mjs';

const HOLD = 10_000;
const DECLINED = 300_000;

// The same numbers from the same seed (mulberry32).
export function random(seed) {
  let a = seed >>> 0;
  const next = () => {
    a = (a + 0x6d2b79f5) >>> 0;
    let t = Math.imul(a ^ (a >>> 15), a | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
  const below = (n) => Math.floor(next() * n);
  return {
    below,
    chance: (p) => next() < p,
    one: (list) => list[below(list.length)],
    some: (list, p) => list.filter(() => next() < p),
  };
}

export class World {
  constructor(redis, rnd) {
    Object.assign(this, { redis, rnd, now: 1_800_000_000_000, agents: {}, queues: {} });
    this.tickets = {};
    this.declines = new Map();
    this.assigned = [];
    this.log = [];
    this.ids = { ticket: 0, outbox: 0, call: 0, token: 0 };
    this.due = 0;
  }

  async begin() {
    await this.redis.flushall();
    await this.redis.set('{desk}:clock', this.now);
    await this.rebuild();
  }

  // Calls a function, and goes on with what it left over.
  async call(name, ...args) {
    this.log.push([this.now, name, ...args].join(' '));
    const reply = read(await this.redis.fcall(name, 1, '{desk}', ...args));
    const rest = reply.rest;
    for (let r = reply; ; r = read(await this.redis.fcall('desk_drain', 1, '{desk}'))) {
      if (r.due !== 0) this.due = r.due < 0 ? Infinity : this.now + r.due;
      this.assigned.push(...r.assigned);
      if (!r.todo || !r.epoch) break;
    }
    return rest;
  }

  // Moves a ticket in PostgreSQL, as it were, and tells Redis, perhaps twice.
  async put(ticket, changes) {
    const was = { ...ticket };
    Object.assign(ticket, changes, { version: ticket.version + 1 });
    if (ticket.offered !== undefined) {
      const keeps =
        ticket.place === 'wait' &&
        was.queue === ticket.queue &&
        String(was.skills) === String(ticket.skills) &&
        was.units === ticket.units;
      if (!keeps) this.unoffer(ticket);
    }
    if (was.place === 'work' && (ticket.place !== 'work' || was.agent !== ticket.agent)) {
      this.agents[was.agent].work.delete(ticket.id);
      this.wrap(was.agent, ticket.id, was);
    }
    if (ticket.place === 'work') {
      const agent = this.agents[ticket.agent];
      agent.work.set(ticket.id, ticket);
      agent.wraps.delete(ticket.id);
      if (was.place !== 'work' || was.agent !== ticket.agent) {
        agent.got = this.now;
        agent.lapses = 0;
      }
    }
    const row = this.row(ticket);
    const outbox = String(++this.ids.outbox);
    await this.call('desk_apply', outbox, row);
    if (this.rnd.chance(0.1)) await this.call('desk_apply', outbox, row);
    if (this.rnd.chance(0.1)) await this.call('desk_apply', '0', row);
  }

  // (In PostgreSQL's order, or in another one.)
  row(t) {
    const { version, queue, place, score, units, channel, skills, since, prefer, agent } = t;
    return JSON.stringify({
      ...(this.rnd.chance(0.8) && { ticket: Number(t.id), version, score, since }),
      queue, place, score, units, channel, skills, version, ticket: Number(t.id), since, prefer,
      agent: place === 'wait' ? undefined : agent,
      offer: t.seconds,
    });
  }

  unoffer(ticket) {
    this.agents[ticket.offered].offers.delete(ticket.id);
    delete ticket.offered;
    delete ticket.held;
  }

  wrap(name, id, { queue, channel, units }) {
    const s = channel === 'call' && !id.startsWith('c:') ? 0 : this.queues[queue]?.wrap[channel];
    if (!s) return;
    this.agents[name].wraps.set(id, { units, channel, until: this.now + s * 1000 });
  }

  // He says, or PostgreSQL does, how he is.
  async tell(agent) {
    const text = (of, more) => Object.entries(of).map(([n, v]) => `${n}:${more(v)}`).join(' ');
    if (agent.state !== 'ready')
      for (const id of agent.offers.keys())
        if (!this.tickets[id].held) this.unoffer(this.tickets[id]);
    await this.call('desk_agent', agent.name, agent.state, String(agent.capacity),
      text(agent.queues, (q) => `${q.priority}:${q.after}`), text(agent.skills, (l) => l), '',
      text(agent.limits, (n) => n));
  }

  async policy(name) {
    const { mode, strategy, steps, same, wrap, order } = this.queues[name];
    await this.call('desk_policy',
      JSON.stringify({ queue: name, mode, strategy, steps, same, wrap, order }));
  }

  // PostgreSQL's answer to an accept: assigned, refused, or a daemon that died.
  async accepted(id, name) {
    const ticket = this.tickets[id];
    if (ticket.offered !== name || !ticket.held) return;
    if (this.rnd.chance(0.8)) {
      await this.put(ticket, { place: 'work', agent: name });
    } else if (this.rnd.chance(0.5)) {
      this.refused(ticket, name);
      await this.call('desk_release', id, name);
    }
  }

  refused(ticket, name) {
    this.unoffer(ticket);
    this.declines.set(`${ticket.id}:${name}`, this.now + DECLINED);
    this.missed(ticket, name);
  }

  missed(ticket, name) {
    if (ticket.prefer === name) ticket.left = ticket.since;
  }

  hold(ticket, name) {
    ticket.offered = name;
    ticket.held = true;
    this.agents[name].offers.set(ticket.id, Object.assign(ticket, { expires: this.now + HOLD }));
  }

  // To a later moment, and what the clock alone ends by then.
  async pass(to) {
    this.now = to;
    await this.redis.set('{desk}:clock', this.now);
    const lapsed = {};
    for (const t of Object.values(this.tickets).sort((a, b) => a.expires - b.expires))
      if (t.offered !== undefined && t.expires <= this.now) {
        if (!t.held) (lapsed[t.offered] ??= []).push(t);
        this.unoffer(t);
      }
    for (const [name, of] of Object.entries(lapsed)) {
      const agent = this.agents[name];
      agent.lapses += of.length;
      for (const t of of) this.missed(t, name);
      if (agent.lapses >= 2) {
        agent.state = 'away';
        agent.lapses = 0;
        for (const id of [...agent.offers.keys()])
          if (!this.tickets[id].held) this.unoffer(this.tickets[id]);
      }
    }
    for (const agent of Object.values(this.agents)) {
      for (const [id, w] of agent.wraps) if (w.until <= this.now) agent.wraps.delete(id);
      for (const [id, c] of agent.calls) if (c.until <= this.now) agent.calls.delete(id);
    }
    await this.call('desk_lapse');
  }

  // Redis was lost, wholly or but for what it still remembers.
  async rebuild() {
    const wholly = this.rnd.chance(0.5);
    if (wholly) {
      await this.redis.flushall();
      await this.redis.set('{desk}:clock', this.now);
      this.declines.clear();
    } else {
      await this.redis.del('{desk}:epoch');
    }
    for (const t of Object.values(this.tickets)) {
      if (t.offered !== undefined) this.unoffer(t);
      // (When tickets are told nobody is there yet.)
      if (wholly && t.place === 'wait' && t.prefer !== undefined) t.left = t.since;
    }
    for (const a of Object.values(this.agents)) {
      a.wraps.clear();
      if (wholly) {
        a.turns = {};
        a.lapses = 0;
      }
    }
    const token = () => `token${++this.ids.token}`;
    let mine = token();
    await this.call('desk_rebuild_begin', mine, '', '0-0');
    if (this.rnd.chance(0.3)) {
      const last = mine; // this try came to nothing: another one
      await this.call('desk_rebuild_begin', (mine = token()), last, '0-0');
    }
    const policies = async () => {
      for (const name of Object.keys(this.queues)) await this.policy(name);
    };
    if (this.rnd.chance(0.7)) await policies();
    const rows = Object.values(this.tickets).filter((t) => t.place !== 'gone').map((t) => this.row(t));
    while (rows.length > 0)
      await this.call('desk_rebuild_page', mine, ...rows.splice(0, 1 + this.rnd.below(30)));
    for (const t of Object.values(this.tickets))
      if (t.place === 'work') {
        this.agents[t.agent].work.set(t.id, t);
        this.agents[t.agent].got = this.now;
      }
    await this.call('desk_rebuild_end', mine, 'process');
    // As deskd tells them, in any order that may be.
    await policies();
    for (const name of Object.keys(this.queues))
      await this.call('desk_pause', name, this.queues[name].paused ? '1' : '0');
    for (const agent of Object.values(this.agents)) {
      if (wholly && agent.state === 'ready') agent.got = this.now;
      await this.tell(agent);
      for (const [id, c] of agent.calls) await this.callRow(id, agent.name, c, c.version);
    }
    this.rebuilt = true;
  }

  async callRow(id, name, c, version) {
    const seconds = name ? Math.ceil((c.until - this.now) / 1000) : 0;
    c.until = this.now + seconds * 1000;
    await this.call('desk_apply', '0', JSON.stringify({
      call: { call: Number(id), version, agent: name, units: c.units, seconds },
    }));
    if (name) this.agents[name].got = this.now;
  }

  // What Redis did of its own beside what it should have; what is wrong with it.
  async look() {
    const seen = await dump(this.redis);
    const wrong = [];
    for (const t of Object.values(this.tickets))
      if (waits(t) && t.prefer !== undefined && !waitsFor(this, t)) t.left = t.since;
    const keys = structuredClone({ agents: this.agents });
    const was = { ...this, agents: keys.agents };
    const news = [];
    const still = new Set();
    for (const [pair, expires] of Object.entries(seen.offers)) {
      const [, id, name] = pair.match(/^(\d+):(.*)$/);
      const ticket = this.tickets[id];
      still.add(id);
      if (ticket.offered === name) continue;
      if (ticket.offered !== undefined || ticket.place !== 'wait')
        wrong.push(`${id} offered to ${name}, it is ${ticket.place} ${ticket.offered}`);
      news.push({ ticket: id, agent: name });
      ticket.expires = Number(expires);
    }
    for (const t of Object.values(this.tickets))
      if (t.offered !== undefined && !still.has(t.id)) wrong.push(`${t.id}'s offer is gone`);
    for (const { ticket, agent } of news) {
      const t = this.tickets[ticket];
      const a = this.agents[agent];
      t.offered = agent;
      t.held = seen.tickets[ticket].held !== undefined;
      a.offers.set(ticket, t);
      a.got = this.now;
      if (t.held !== (this.queues[t.queue].mode === 'assign')) wrong.push(`${ticket} held ${t.held}`);
    }
    for (const a of Object.values(this.agents))
      for (const [k, v] of Object.entries(seen.agents[a.name] ?? {}))
        if (k.startsWith('turn.')) a.turns[k.slice(5)] = Number(v);
    const key = (t, agent, tier) => turnOf(was, t, was.agents[agent.name], tier);
    wrong.push(...wrongs(this, seen, key, this.rebuilt ? [] : news));
    if (seen.todo) wrong.push('something is left over');
    this.rebuilt = false;
    return wrong;
  }
}
