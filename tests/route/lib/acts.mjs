// What may happen on a desk, each as often as its weight says.
import { may, waits } from './oracle.mjs';

export const QUEUES = ['sales', 'warehouse', 'technical'];
const CHANNELS = ['chat', 'mail', 'call'];
const UNITS = { chat: 20, mail: 5, call: 100 };
const SKILLS = ['vi', 'en', 'rare'];
const STRATEGIES = ['longest_idle', 'least_loaded', 'round_robin', 'best_skill', 'fixed_order'];

const someSkills = (rnd) =>
  rnd.some(SKILLS, 0.3).map((s) => rnd.one([s, `${s}:2`, `${s}:4`, `${s}?`, `${s}:3?`]));

function steps(rnd) {
  const all = [
    { drop: 'preferred' },
    { levels: 1 + rnd.below(3) },
    { queue: rnd.one(QUEUES) },
    { anyone: true },
  ];
  let after = 0;
  return rnd.some(all, 0.4).map((s) => ({ after: (after += 1 + rnd.below(60)), ...s }));
}

export function newQueue(rnd, world, name) {
  world.queues[name] = {
    mode: rnd.one(['offer', 'offer', 'offer', 'assign', 'pull']),
    strategy: rnd.one(STRATEGIES),
    steps: steps(rnd).filter((s) => s.queue !== name),
    same: rnd.one([0, 0, 30, 90]),
    wrap: rnd.chance(0.5) ? { chat: 10, call: 30 } : {},
    order: rnd.some(Object.keys(world.agents), 0.6),
    paused: false,
  };
}

export function newAgent(rnd, world, name) {
  world.agents[name] = {
    name, state: 'offline', got: 0, lapses: 0, turns: {}, capacity: 100, queues: {}, skills: {},
    limits: {}, work: new Map(), calls: new Map(), wraps: new Map(), offers: new Map(),
  };
  newHabits(rnd, world.agents[name]);
}

function newHabits(rnd, agent) {
  agent.capacity = rnd.one([20, 50, 100, 200]);
  agent.queues = {};
  for (const q of rnd.some(QUEUES, 0.6))
    agent.queues[q] = { priority: rnd.one([1, 1, 2]), after: rnd.one([0, 0, 20, 40]) };
  agent.skills = {};
  for (const s of rnd.some(SKILLS, 0.6)) agent.skills[s] = 1 + rnd.below(5);
  agent.limits = rnd.chance(0.4) ? { [rnd.one(CHANNELS)]: 1 + rnd.below(3) } : {};
}

const offersOf = (w) => Object.values(w.tickets).filter((t) => t.offered !== undefined);
const anAgent = (w) => w.rnd.one(Object.values(w.agents));

async function arrive(w) {
  const { rnd } = w;
  const channel = rnd.one(CHANNELS);
  const t = {
    id: String(++w.ids.ticket), version: 0, queue: rnd.one(QUEUES), place: 'wait', channel,
    units: UNITS[channel], skills: someSkills(rnd), score: w.now + rnd.below(1000) * 1000,
    since: w.now - (rnd.chance(0.2) ? rnd.below(60) * 1000 : 0), seconds: rnd.one([5, 20, 60]),
    prefer: rnd.chance(0.3) ? anAgent(w).name : undefined,
  };
  w.tickets[t.id] = t;
  await w.put(t, {});
}

async function change(w) {
  const { rnd } = w;
  const t = rnd.one(Object.values(w.tickets).filter((x) => x.place === 'wait'));
  if (!t) return;
  const score = t.score + (rnd.below(200) - 100) * 1000;
  await w.put(t, rnd.one([{ score }, { skills: someSkills(rnd) },
    { queue: rnd.one(QUEUES), since: w.now, score }]));
}

async function say(w) {
  const agent = anAgent(w);
  const was = agent.state;
  agent.state = w.rnd.one(['ready', 'ready', 'ready', 'away', 'offline']);
  if (w.rnd.chance(0.3)) newHabits(w.rnd, agent);
  if (was !== agent.state) {
    agent.lapses = 0;
    if (agent.state === 'ready') agent.got = w.now;
  }
  await w.tell(agent);
}

async function accept(w) {
  const t = w.rnd.one(offersOf(w));
  if (!t) return;
  const name = t.offered;
  t.held = true;
  t.expires = w.now + 10_000;
  w.agents[name].lapses = 0;
  await w.call('desk_accept', t.id, name);
  if (w.rnd.chance(0.2)) await w.call('desk_accept', t.id, name);
  w.accepting = [t.id, name];
}

async function decline(w) {
  const t = w.rnd.one(offersOf(w).filter((x) => !x.held));
  if (!t) return;
  const name = t.offered;
  w.agents[name].lapses = 0;
  w.refused(t, name);
  await w.call('desk_decline', t.id, name);
  if (w.rnd.chance(0.2)) {
    const [again] = await w.call('desk_decline', t.id, name);
    if (again !== 0) throw new Error(`${t.id} declined twice by ${name}`);
  }
}

async function finish(w) {
  const t = w.rnd.one(Object.values(w.tickets).filter((x) => x.place === 'work'));
  if (!t) return;
  const { rnd } = w;
  await w.put(t, rnd.one([{ place: 'gone' }, { place: 'gone' }, { place: 'wait', since: w.now },
    { place: 'work', agent: anAgent(w).name }]));
}

async function phone(w) {
  const agent = anAgent(w);
  const [id] = [...agent.calls.keys()];
  if (id === undefined) {
    const call = { units: 100, channel: 'call', until: w.now + 60_000, version: 1 };
    const over = agent.capacity;
    agent.calls.set(String(++w.ids.call), call);
    agent.got = w.now;
    // What he has not taken goes back when there is no room for it.
    const units = [...agent.work.values(), ...agent.calls.values(), ...agent.wraps.values(),
      ...agent.offers.values()].reduce((n, x) => n + x.units, 0);
    if (units > over)
      for (const one of [...agent.offers.keys()])
        if (!w.tickets[one].held) w.unoffer(w.tickets[one]);
    await w.callRow(String(w.ids.call), agent.name, call, 1);
  } else {
    const call = agent.calls.get(id);
    agent.calls.delete(id);
    await w.callRow(id, undefined, call, 2);
  }
}

async function wrapped(w) {
  const agent = w.rnd.one(Object.values(w.agents).filter((a) => a.wraps.size > 0));
  if (!agent) return;
  agent.wraps.clear();
  await w.call('desk_wrapped', agent.name);
}

async function next(w) {
  const agent = anAgent(w);
  const held = [...agent.offers.values()].filter((t) => t.held).map((t) => t.id);
  const best = Object.values(w.tickets).filter(waits)
    .map((t) => ({ t, way: may(w, t, agent.name, true) }))
    .filter((x) => x.way)
    .sort((a, b) => a.way.priority - b.way.priority || a.t.score - b.t.score)[0];
  // (Looked at before the call: afterwards it is his.)
  const [got] = await w.call('desk_next', agent.name);
  const id = String(got);
  if (held.length > 0) {
    if (!held.includes(id)) throw new Error(`${agent.name} has ${held}, and got ${id}`);
    return;
  }
  if (!best && id === '0') return;
  const way = w.tickets[id] && may(w, w.tickets[id], agent.name, true);
  if (!best || !way || way.priority !== best.way.priority || w.tickets[id].score !== best.t.score)
    throw new Error(`${agent.name} asked and got ${id}, not ${best?.t.id}`);
  w.hold(w.tickets[id], agent.name);
  agent.got = w.now;
  w.accepting = [id, agent.name];
}

async function pause(w) {
  const name = w.rnd.one(QUEUES);
  w.queues[name].paused = !w.queues[name].paused;
  await w.call('desk_pause', name, w.queues[name].paused ? '1' : '0');
}

async function policy(w) {
  const name = w.rnd.one(QUEUES);
  const { paused } = w.queues[name];
  newQueue(w.rnd, w, name);
  w.queues[name].paused = paused;
  await w.policy(name);
}

// A little on, or to the very moment that the last step named; before it nothing
// changes by itself.
async function later(w) {
  const on = w.now + 1 + w.rnd.below(15_000);
  if (w.due > w.now + 1 && w.rnd.chance(0.3)) {
    w.now = Math.min(w.due, on) - 1;
    await w.redis.set('{desk}:clock', w.now);
    w.log.push(`${w.now} nothing yet, until ${w.due}`);
  } else {
    await w.pass(w.due > w.now && w.rnd.chance(0.6) ? Math.min(w.due, on) : on);
  }
}

// One answer of PostgreSQL's: each is a step.
async function postgres(w) {
  const [id, name] = w.accepting ?? w.assigned.shift() ?? [];
  w.accepting = undefined;
  if (id) await w.accepted(String(id), name);
}

const ACTS = [
  [20, arrive], [4, change], [14, say], [14, accept], [4, decline], [12, finish], [4, phone],
  [2, wrapped], [3, next], [2, pause], [2, policy], [20, later], [25, postgres],
  [0.5, (w) => w.rebuild()],
];
const total = ACTS.reduce((n, [weight]) => n + weight, 0);

export async function act(w) {
  let at = (w.rnd.below(1e6) / 1e6) * total;
  for (const [weight, run] of ACTS) {
    at -= weight;
    if (at < 0) {
      await run(w);
      return;
    }
  }
}
