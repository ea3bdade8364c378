// The rules of routing, written from what is promised and not from the Lua: who
// may be given what, and who must be.  See "Routing" in ARCHITECTURE.md.

// "en:2", "vi", "bao-hanh:2?"
export function asked(skills) {
  return skills.map((word) => {
    const preferred = word.endsWith('?');
    const [name, level] = word.replace('?', '').split(':');
    return { name, level: Number(level ?? 1), preferred };
  });
}

// What waiting has changed by now.
export function widened(world, ticket) {
  const waited = world.now - ticket.since;
  const { steps } = world.queues[ticket.queue];
  const passed = steps.filter((s) => waited >= s.after * 1000);
  return {
    waited,
    preferred: steps.some((s) => s.drop) && !passed.some((s) => s.drop),
    by: Math.max(0, ...passed.map((s) => s.levels ?? 0)),
    over: passed.filter((s) => s.queue).map((s) => s.queue),
    anyone: passed.some((s) => s.anyone),
  };
}

const knows = (agent, needs) => needs.every((n) => (agent.skills[n.name] ?? 0) >= n.level);

// Whether the agent of before is still waited for.
export function waitsFor(world, ticket) {
  const { same } = world.queues[ticket.queue];
  const agent = world.agents[ticket.prefer];
  return (
    ticket.prefer !== undefined &&
    ticket.left !== ticket.since &&
    same > 0 &&
    world.now < ticket.since + same * 1000 &&
    agent !== undefined &&
    agent.state === 'ready' &&
    ticket.queue in agent.queues &&
    knows(agent, asked(ticket.skills).filter((n) => !n.preferred))
  );
}

// What an agent has: units, and cases by channel.
export function has(agent) {
  const out = { units: 0, cases: {}, pending: new Set() };
  const add = ({ units, channel }) => {
    out.units += units;
    out.cases[channel] = (out.cases[channel] ?? 0) + 1;
  };
  for (const part of [agent.work, agent.calls, agent.wraps, agent.offers])
    for (const entry of part.values()) add(entry);
  for (const { channel } of agent.offers.values()) out.pending.add(channel);
  return out;
}

// Whether he could take one more such case; less: what he would have without.
export function hasRoom(agent, ticket, less) {
  const of = has(less ? { ...agent, offers: new Map([...agent.offers].filter(([id]) => id !== less)) } : agent);
  const room = agent.capacity - of.units;
  return (
    room > 0 &&
    room >= ticket.units &&
    !of.pending.has(ticket.channel) &&
    (of.cases[ticket.channel] ?? 0) < (agent.limits[ticket.channel] ?? Infinity)
  );
}

const declined = (world, ticket, name) =>
  (world.declines.get(`${ticket.id}:${name}`) ?? 0) > world.now;

// By which of the queues that are asked he may have it: {priority, tier}, the
// tier 0 for the ticket's own queue; nothing when he may not.  byHand: he asks.
export function may(world, ticket, name, byHand = false) {
  const agent = world.agents[name];
  const queue = world.queues[ticket.queue];
  if (queue.paused || (queue.mode === 'pull' && !byHand) || declined(world, ticket, name))
    return undefined;
  if (agent.state !== 'ready' && !byHand) return undefined;
  if (waitsFor(world, ticket))
    return ticket.prefer === name
      ? { priority: agent.queues[ticket.queue].priority, tier: 0 }
      : undefined;
  const w = widened(world, ticket);
  const needs = asked(ticket.skills)
    .filter((n) => !n.preferred || w.preferred)
    .map((n) => (n.preferred ? n : { ...n, level: Math.max(1, n.level - w.by) }));
  if (!w.anyone && !knows(agent, needs)) return undefined;
  const ways = [];
  const own = agent.queues[ticket.queue];
  if (own && w.waited >= own.after * 1000) ways.push({ priority: own.priority, tier: 0 });
  w.over.forEach((q, i) => {
    if (agent.queues[q]) ways.push({ priority: agent.queues[q].priority, tier: i + 1 });
  });
  if (ways.length === 0) return undefined;
  return {
    priority: Math.min(...ways.map((x) => x.priority)),
    tier: Math.min(...ways.map((x) => x.tier)),
  };
}

// Who is to be asked first of those who may: the least, by the strategy.
function turn(world, queue, ticket, agent) {
  switch (world.queues[queue].strategy) {
    case 'least_loaded':
      return [Math.floor((has(agent).units * 1000) / agent.capacity), agent.got];
    case 'round_robin':
      return [agent.turns[queue] ?? 0];
    case 'fixed_order': {
      const at = world.queues[queue].order.indexOf(agent.name);
      return [at < 0 ? Infinity : at];
    }
    default:
      return [agent.got];
  }
}

const skillSum = (ticket, agent) =>
  asked(ticket.skills).reduce((n, s) => n + (agent.skills[s.name] ?? 0), 0);

export function turnOf(world, ticket, agent, tier) {
  const w = widened(world, ticket);
  const queue = tier === 0 ? ticket.queue : w.over[tier - 1];
  const key = turn(world, queue, ticket, agent);
  return world.queues[ticket.queue].strategy === 'best_skill'
    ? [-skillSum(ticket, agent), ...key]
    : key;
}

export function less(a, b) {
  for (let i = 0; i < a.length; i++) if (a[i] !== b[i]) return a[i] < b[i];
  return false;
}

export const waits = (t) => t.place === 'wait' && t.offered === undefined;

// What is wrong with what stands there, or nothing.  before: the keys by which
// agents stood before anything was offered; news: the offers made since.
export function wrongs(world, seen, before, news) {
  const wrong = [];
  const say = (...words) => wrong.push(words.join(' '));
  const tickets = Object.values(world.tickets);
  const idle = (name) => !news.some((o) => o.agent === name);

  // Each ticket that waits stands in one place.
  const lined = Object.values(seen.lines).flatMap((l) => Object.keys(l));
  const laned = Object.values(seen.lanes).flatMap((l) => Object.keys(l));
  const should = tickets.filter(waits).map((t) => t.id).sort();
  if (String([...lined].sort()) !== String(should)) say('lines hold', lined, 'not', should);
  if (String([...laned].sort()) !== String(should)) say('lanes hold', laned, 'not', should);

  for (const agent of Object.values(world.agents)) {
    const { name } = agent;
    const of = has(agent);
    const row = seen.agents[name];
    if (row && Number(row.load) + Number(row.pending) !== of.units)
      say(name, 'has', of.units, 'counted', row.load, '+', row.pending);
    if (row && row.state !== agent.state) say(name, 'is', row.state, 'not', agent.state);
    const pools = Object.entries(seen.pools).filter(([, p]) => name in p);
    const ready = agent.state === 'ready' && agent.capacity - of.units > 0;
    if (pools.length !== (ready ? Object.keys(agent.queues).length : 0))
      say(name, 'stands in', pools.map(([p]) => p));
  }

  for (const { ticket, agent: name } of news) {
    const t = world.tickets[ticket];
    const agent = world.agents[name];
    const way = may(world, t, name);
    if (!way) {
      say(ticket, 'offered to', name, 'who may not have it');
      continue;
    }
    if (!hasRoom(agent, t, ticket)) say(ticket, 'is too much for', name);
    for (const other of tickets.filter(waits)) {
      const his = may(world, other, name);
      if (his && hasRoom(agent, other, ticket) && less([his.priority, other.score], [way.priority, t.score]))
        say(name, 'got', ticket, 'and', other.id, 'waits, which comes first');
    }
    for (const other of Object.values(world.agents)) {
      const his = other.name !== name && idle(other.name) && may(world, t, other.name);
      if (!his || !hasRoom(other, t)) continue;
      if (his.tier < way.tier) say(ticket, 'went to', name, 'not', other.name, 'of its queue');
      else if (his.tier === way.tier && less(before(t, other, his.tier), before(t, agent, way.tier)))
        say(ticket, 'went to', name, 'before', other.name);
    }
  }

  // Nothing waits that somebody could have.
  for (const t of tickets.filter(waits))
    for (const agent of Object.values(world.agents))
      if (may(world, t, agent.name) && hasRoom(agent, t))
        say(t.id, 'waits although', agent.name, 'could have it');
  return wrong;
}
