// Answers by mail and a relay that misbehaves, daemons that die while they
// send, and two that send at once.  What counts is what the relay kept: no
// mail twice, and none called sent that is not there.
import { readFileSync, writeFileSync } from 'node:fs';
import { startSink } from '../e2e/lib/sink.mjs';
import { command, sql, until } from './stores.mjs';

let made = 0;

// A map as RESP2 has it.
const map = (list) => {
  const got = {};
  for (let i = 0; i < list.length; i += 2) got[list[i]] = list[i + 1];
  return got;
};

// The two daemons with a relay, and answers to customers of their own.
export class Outgoing {
  constructor(scene, sink) {
    this.s = scene;
    this.sink = sink;
    this.confs = scene.desks.map((desk) => readFileSync(desk.conf, 'utf8'));
  }

  async begin() {
    for (const [i, desk] of this.s.desks.entries()) {
      writeFileSync(desk.conf, `${this.confs[i]}\nsmtp_relay = "127.0.0.1:${this.sink.port}"
smtp_starttls = no\nsmtp_patience = 8\n`);
      await desk.kill();
    }
  }

  async end() {
    for (const [i, desk] of this.s.desks.entries()) {
      writeFileSync(desk.conf, this.confs[i]);
      if (!desk.ended) await desk.kill();
      desk.start();
    }
    for (const desk of this.s.desks) await desk.ready();
    await this.sink.end();
  }

  // Asked again after a daemon's death; every call has an id of its own.
  async ask(...words) {
    for (let tries = 0; ; tries++) {
      try {
        return map(await this.s.service.call(...words));
      } catch (e) {
        if (e.code !== 'LOST' || tries === 3) throw e;
      }
    }
  }

  // n customers who wrote, each answered; the answers are due at once, or
  // when an agent can no longer take them back.
  async answers(n, due = true) {
    const list = [];
    for (let i = 0; i < n; i++) {
      const address = `${this.s.word}o${made++}@customer.example`.toLowerCase();
      const { ticket } = await this.ask('EVENT.ADD', JSON.stringify({
        channel: 'mail', id: address, at: new Date().toISOString(),
        from: { kind: 'email', address }, to: 'sales@shop.example', text: 'Giá bao nhiêu?',
      }));
      const { event } = await this.ask('TICKET.REPLY', ticket, 'Dạ 120k', 'once', address);
      list.push({ address, ticket, event });
    }
    if (due) await this.due(list);
    return list;
  }

  due(list) {
    return command(`UPDATE desk.outbound SET next_try = now()
      WHERE event IN (${list.map((a) => a.event)}) AND state IN ('queued', 'deferred')`);
  }

  // As if two minutes had passed since their daemon died.
  lapse(list) {
    return command(`UPDATE desk.outbound SET next_try = now() - interval '1 s'
      WHERE event IN (${list.map((a) => a.event)}) AND state IN ('sending', 'committing')`);
  }

  states(list) {
    return sql(`SELECT o.event, o.state, o.attempts, t.due_at IS NOT NULL AS due
      FROM desk.outbound o JOIN desk.ticket t ON t.id = o.ticket
      WHERE o.event IN (${list.map((a) => a.event)}) ORDER BY o.event`);
  }

  // Until each is in one of these states.
  async settle(list, ...wanted) {
    let rows = [];
    await until(`${list.length} answers are ${wanted}`, async () => {
      rows = await this.states(list);
      return rows.every((r) => wanted.includes(r.state));
    }, 60, 50).catch((e) => this.s.judge(false,
      `${e.message}: ${JSON.stringify(rows.filter((r) => !wanted.includes(r.state)))}`));
    return new Map(rows.map((r) => [r.event, r]));
  }

  copies(a) {
    return this.sink.to(a.address).length;
  }

  // Sent means there once, unknown at most once and a person is told.
  async check(list, what) {
    const rows = new Map((await this.states(list)).map((r) => [r.event, r]));
    for (const a of list) {
      const n = this.copies(a);
      const { state, due } = rows.get(a.event);
      const good = state === 'sent' ? n === 1 : state === 'unknown' ? n <= 1 && due : n === 0;
      this.s.judge(good, `${what}: ${state}, ${n} copies, ${due ? 'due' : 'not due'}`);
    }
    return [...rows.values()].filter((r) => r.state === 'unknown').length;
  }
}

const manners = [
  ['says later', { at: 'rcpt', say: '451 4.3.0 later' }, 'deferred', 0],
  ['says later after the dot', { at: 'end', say: '452 4.3.1 disk full' }, 'deferred', 0],
  ['says never', { at: 'rcpt', say: '550 5.1.1 nobody' }, 'failed', 0],
  ['says never after the dot', { at: 'end', say: '554 5.7.1 spam' }, 'failed', 0],
  ['vanishes before', { at: 'rcpt', vanish: true }, 'deferred', 0],
  ['hangs before', { at: 'data', hang: true }, 'deferred', 0],
  ['vanishes after the dot', { at: 'end', vanish: true }, 'unknown', 1],
  ['hangs after the dot', { at: 'end', hang: true }, 'unknown', 1],
  ['answers late', { at: 'end', late: 1500 }, 'sent', 1],
];

async function misbehaving(o) {
  for (const [what, behaviour, state, copies] of manners) {
    o.s.injections++;
    o.sink.behave = () => behaviour;
    const list = await o.answers(3);
    await o.settle(list, state);
    for (const a of list) {
      o.s.judge(o.copies(a) === copies, `a relay that ${what} has ${o.copies(a)} copies`);
    }
    o.sink.behave = () => ({});
    if (state !== 'deferred') continue;
    await o.due(list);
    await o.settle(list, 'sent');
    await o.check(list, `after a relay that ${what}`);
  }
  // Not there at all.
  o.s.injections++;
  await o.sink.end();
  const list = await o.answers(3);
  await o.settle(list, 'deferred');
  await o.sink.begin();
  await o.due(list);
  await o.settle(list, 'sent');
  await o.check(list, 'after a relay that was away');
}

const points = ['out claimed', 'out ready', 'out committed', 'out let go', 'out answered',
  'out settled'];
// Nothing was let go when the first one comes there.
const before = ['out claimed', 'out ready'];

async function killed(o) {
  const [desk, other] = o.s.desks;
  for (const name of points) {
    // The armed one alone, so that it is the one that sends.
    const list = await o.answers(5, false);
    await other.kill();
    await desk.kill();
    o.s.injections++;
    desk.start(`${name}:${before.includes(name) ? 1 : o.s.rng.int(1, 3)}`);
    await o.due(list);
    await until(`deskd dies at ${name}`, () => desk.ended);
    o.s.judge(desk.ended.signal === 'SIGKILL', `${name}: ${JSON.stringify(desk.ended)}`);
    await o.s.again(desk);
    await o.s.again(other);
    await o.lapse(list);
    await o.settle(list, 'sent', 'unknown');
    const unknown = await o.check(list, `killed at ${name}`);
    o.s.judge(!before.includes(name) || unknown === 0, `killed at ${name}: ${unknown} unknown`);
  }
}

async function both(o) {
  const list = await o.answers(40);
  for (let i = 0; i < o.s.times * 2; i++) {
    await o.s.random(50, 400);
    const desk = o.s.desks[i % 2];
    await o.s.crash(desk);
  }
  await o.lapse(list);
  await o.settle(list, 'sent', 'unknown');
  await o.check(list, 'two daemons, killed at random');
}

// One stands still in the middle of a mail until its lease has lapsed and the
// other has sent it: it must not let go what it holds.
async function asleep(o) {
  const [one, other] = o.s.desks;
  await other.kill();
  o.sink.behave = (rcpt, n) => (n === 1 ? { at: 'rcpt', late: 3000 } : {});
  const list = await o.answers(1);
  await until('the relay has the recipient', () => o.sink.tries.get(list[0].address) === 1);
  o.s.injections++;
  one.signal('SIGSTOP');
  try {
    await o.lapse(list);
    await o.s.again(other);
    await o.settle(list, 'sent');
  } finally {
    one.signal('SIGCONT');
  }
  await until('it learns that the mail is not its own', () =>
    /lost its lease/.test(readFileSync(one.log, 'utf8')))
    .catch((e) => o.s.judge(false, e.message));
  o.sink.behave = () => ({});
  await o.check(list, 'slept through its lease');
}

export async function outgoing(s) {
  const o = new Outgoing(s, await startSink());
  await o.begin();
  try {
    for (const desk of s.desks) await s.again(desk);
    await misbehaving(o);
    await asleep(o);
    for (let i = 0; i < s.times; i++) {
      await killed(o);
      await both(o);
    }
    // Of all that went by, nothing twice.
    const seen = new Map();
    for (const m of o.sink.mails) {
      const id = /^Message-ID: (.*)\r$/m.exec(m.text)[1];
      seen.set(id, (seen.get(id) ?? 0) + 1);
    }
    for (const [id, n] of seen) s.judge(n === 1, `${id} was taken ${n} times`);
  } finally {
    await o.end();
  }
}
