// Agents at work: they accept or take, answer, hand back, resolve; and note
// whose a ticket is as they were told, so that nobody else may be told so.
import { ServiceClient, pairs } from './clients.mjs';
import { pause } from './stores.mjs';

// How a daemon may refuse while all is well with it.
const fair = new Set(['CONFLICT', 'NOTFOUND', 'TRYAGAIN', 'NOAUTH', 'TOOMANY', 'LOST', 'DENIED']);

export class Agents {
  constructor({ desks, names, rng, key, word }) {
    Object.assign(this, { desks, names, rng, key, word });
    this.held = new Map(); // ticket -> name
    this.two = []; // tickets in two hands
    this.wrong = []; // answers that nobody should see
    this.done = new Map();
    this.replies = 0;
    this.running = names.map((name, i) => this.run(name, i));
  }

  async run(name, number) {
    const client = new ServiceClient(
      () => this.desks[number % this.desks.length].resp, this.key);
    this.mine ??= new Map();
    this.mine.set(name, new Set());
    let turn = 0;
    while (!this.stopping) {
      try {
        if (turn++ % 40 === 0) await client.call('AGENT.STATE', name, 'ready');
        await this.work(client, name);
      } catch (error) {
        if (!fair.has(error.code)) this.wrong.push(`${name}: ${error.message}`);
      }
      await pause(this.rng.int(40, 200));
    }
    client.close();
  }

  count(what) {
    this.done.set(what, (this.done.get(what) ?? 0) + 1);
  }

  // He was told that it is his.
  has(ticket, name, how) {
    const other = this.held.get(ticket);
    if (other && other !== name) {
      this.two.push(`ticket ${ticket}: ${other}, then ${name} by ${how}`);
    }
    this.held.set(ticket, name);
    this.mine.get(name).add(ticket);
    this.count(how);
  }

  async pick(client, name) {
    const offers = pairs(await client.call('OFFER.LIST', 'agent', name)).offers ?? [];
    if (offers.length) {
      const ticket = String(pairs(offers[0]).ticket);
      if (this.rng.chance(0.1)) {
        await client.call('OFFER.DECLINE', ticket, 'agent', name);
        this.count('decline');
        return null;
      }
      await client.call('OFFER.ACCEPT', ticket, 'agent', name);
      this.has(ticket, name, 'accept');
      return ticket;
    }
    if (this.rng.chance(0.6)) return null;
    const page = pairs(await client.call('TICKET.LIST', 'assignee', 'none', 'limit', '8'));
    const waiting = page.tickets ?? [];
    if (!waiting.length) return null;
    const ticket = String(pairs(this.rng.pick(waiting)).ticket);
    await client.call('TICKET.TAKE', ticket, 'agent', name);
    this.has(ticket, name, 'take');
    return ticket;
  }

  async work(client, name) {
    const mine = this.mine.get(name);
    const ticket = mine.size > 3 ? [...mine][0] : await this.pick(client, name);
    if (!ticket) return;
    if (this.rng.chance(0.7)) {
      const once = `${this.word}r${this.replies++}z`;
      await this.reply(client, ticket, once);
    }
    if (!this.rng.chance(0.85)) return;
    const back = this.rng.chance(0.2);
    // Whether it is done or not: from here on it may be another's.
    this.held.delete(ticket);
    mine.delete(ticket);
    if (back) await client.call('TICKET.ASSIGN', ticket, 'none');
    else await client.call('TICKET.RESOLVE', ticket);
    this.count(back ? 'back' : 'resolve');
  }

  // Said once, however often it had to be sent.
  async reply(client, ticket, once) {
    for (let i = 0; i < 4 && !this.stopping; i++) {
      try {
        await client.call('TICKET.REPLY', ticket, `${once} xin chào`, 'once', once);
        this.count('reply');
        return;
      } catch (error) {
        if (error.code !== 'LOST' && error.code !== 'TRYAGAIN' && error.code !== 'NOAUTH') throw error;
        await pause(150);
      }
    }
  }

  async stop() {
    this.stopping = true;
    await Promise.all(this.running);
  }
}
