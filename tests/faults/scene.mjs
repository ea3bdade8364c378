// One fault under load: daemons, senders and agents are started, the fault is
// done to them, all come to rest, and the checker judges.
import { Agents } from './agents.mjs';
import { check, faults, feedEnd } from './checker.mjs';
import { HttpClient, MailClient, ServiceClient } from './clients.mjs';
import { Journal } from './journal.mjs';
import { Load, mailOf, serviceEvent } from './load.mjs';
import { random } from './random.mjs';
import { pause, sql, until } from './stores.mjs';

export class Scene {
  constructor(run, fault, seed) {
    Object.assign(this, { run, fault, seed });
    this.rng = random(seed * 1000 + Number(fault.name.slice(1)));
    this.word = `${run.word}${fault.name}s${seed}`;
    this.desks = run.desks.slice(0, fault.desks ?? 1);
    this.desk = this.desks[0];
    this.journal = new Journal(`${run.dir}/${this.word}.journal`, this.word);
    this.wrong = []; // what a fault's own judgement found
    this.recoveries = []; // ms
    this.times = run.times(fault); // how often, in this run
    this.redisLost = fault.redisLost ?? false;
    this.injections = 0;
  }

  judge(good, sentence) {
    if (!good) this.wrong.push(sentence);
  }

  // What the desk promises, in ms, as it is judged here: a short run is CI's,
  // whose machine is slower than the promises are made for, and not alone.
  within(ms) {
    return this.run.short ? 4 * ms : ms;
  }

  // The desk takes events again: from this moment on, in how many ms.
  async recovers(since, promised, what) {
    const within = this.within(promised);
    const end = since + Math.max(within, 1000) * 4;
    let at = null;
    while ((at = this.journal.ackAfter(since)) === null && Date.now() < end) await pause(10);
    const ms = at === null ? Infinity : at - since;
    this.recoveries.push(ms);
    this.judge(ms <= within, `${what}: nothing taken for ${ms} ms (at most ${within})`);
  }

  // kill -9, start again at once.
  async crash(desk) {
    this.injections++;
    await desk.kill();
    await this.again(desk);
  }

  // Started again after its death: serving within 3 s.
  async again(desk, failpoint = '') {
    const began = Date.now();
    desk.start(failpoint);
    await desk.ready();
    const ms = Date.now() - began;
    this.recoveries.push(ms);
    this.judge(ms <= this.within(3000), `deskd serves ${ms} ms after a kill`);
  }

  async acks(n, seconds = 60) {
    const to = this.journal.acks.length + n;
    await until(`${n} more events are taken`, () => this.journal.acks.length >= to, seconds);
  }

  random(low, high) {
    return pause(this.rng.int(low, high));
  }

  // One event by each way in, each tried once: how the desk answered.
  async probe(desk = this.desk) {
    const ways = {
      smtp: async (event) => {
        const client = new MailClient(() => desk.smtp);
        const outcome = await client.send(mailOf(event, this.rng));
        client.close();
        return outcome;
      },
      http: async (event) => {
        const client = new HttpClient(() => desk.http, { key: this.run.key });
        const outcome = await client.send('/api/v1/events', serviceEvent(event, this.rng));
        client.close();
        return outcome;
      },
      resp: async (event) => {
        const outcome = await this.service.send(serviceEvent(event, this.rng));
        return outcome;
      },
    };
    const all = await Promise.all(Object.entries(ways).map(async ([way, send]) => {
      const event = this.journal.make(way);
      const began = this.journal.tried(event);
      const outcome = await send(event);
      event.probe = true;
      this.journal.ended(event, began, outcome);
      return [way, { ...outcome, ms: Date.now() - began }];
    }));
    return Object.fromEntries(all);
  }

  // While the records are away: nothing is taken, and everybody is told so.
  judgeAway(p, when) {
    const say = (way) => `${when}: ${way} said "${p[way].said}" after ${p[way].ms} ms`;
    this.judge(p.smtp.how === 'later' && /^4/.test(p.smtp.said) && p.smtp.ms <= this.within(30000), say('smtp'));
    this.judge(/^503 /.test(p.http.said) && Number(p.http.retry) > 0 && p.http.ms <= this.within(2500), say('http'));
    this.judge(/^TRYAGAIN /.test(p.resp.said), say('resp'));
  }

  async begin() {
    for (const desk of this.desks) desk.start();
    for (const desk of this.desks) await desk.ready();
    this.service = new ServiceClient(() => this.desk.resp, this.run.key);
    await this.service.call('WHOAMI');
    await pause(300);
    await this.clearDesks();
    this.weights = this.desks.map((desk) => desk.weight());
    this.from = await feedEnd();
    if (this.fault.quiet) return;
    const parts = { desks: this.desks, journal: this.journal, rng: this.rng, key: this.run.key };
    this.load = new Load({ ...parts, rest: this.run.rest });
    this.agents = new Agents({ ...parts, names: this.run.agents, word: this.word });
    await this.acks(40);
  }

  // What agents had from the fault before goes back: they have room again.
  async clearDesks() {
    const rows = await sql(`SELECT id FROM desk.ticket
      WHERE assignee IS NOT NULL AND state IN ('new', 'open')`);
    for (const row of rows) await this.service.call('TICKET.RESOLVE', row.id);
  }

  // As light as at the start, but for what a few clients may still hold.
  async judgeWeight() {
    for (const [i, desk] of this.desks.entries()) {
      const before = this.weights[i];
      let now;
      try {
        await until('deskd lets go', () => {
          now = desk.weight();
          return Math.abs(now.fds - before.fds) <= 5 && now.threads === before.threads;
        }, 60);
      } catch {
        this.judge(false, `${desk.name}: ${before.fds} files and ${before.threads} threads became ${now.fds} and ${now.threads}`);
      }
      this.judge(now.rss <= 262144, `${desk.name} holds ${now.rss} KiB`);
    }
  }

  async end() {
    await this.load?.stop();
    await this.agents?.stop();
    this.service.close();
    for (const desk of this.desks) await desk.ready();
    const stuck = this.journal.count((e) => e.tries && !e.acked && !e.unknown
      && !e.refused && !e.probe);
    this.judge(stuck === 0, `${stuck} events were never taken`);
    this.judge(this.journal.refused.length === 0,
      `${this.journal.refused.length} events refused: ${this.journal.refused.slice(0, 3).join('; ')}`);
    if (this.agents) {
      this.judge(this.agents.wrong.length === 0,
        `${this.agents.wrong.length} answers to agents: ${this.agents.wrong.slice(0, 3).join('; ')}`);
    }
    this.result = await check({ journal: this.journal, agents: this.agents,
      from: this.redisLost ? null : this.from, within: (ms) => this.within(ms) });
    await this.judgeWeight();
    for (const desk of this.desks) {
      const ended = await desk.stop();
      this.judge(ended.code === 0, `${desk.name} ended with ${JSON.stringify(ended)} when asked to`);
    }
  }

  async play() {
    const began = Date.now();
    try {
      await this.begin();
      await this.fault.run(this);
      await this.end();
    } catch (error) {
      this.wrong.push(error.stack.split('\n').slice(0, 3).join(' '));
      this.load && await this.load.stop(1);
      this.agents && await this.agents.stop();
      this.service?.close();
    } finally {
      for (const desk of this.run.desks) if (desk.child && !desk.ended) await desk.kill();
      this.journal.close();
    }
    return this.row(Date.now() - began);
  }

  row(ms) {
    const j = this.journal;
    const wrong = [...this.wrong, ...(this.result ? faults(this.result) : ['not checked'])];
    const worst = this.recoveries.length ? Math.max(...this.recoveries) : 0;
    return {
      fault: this.fault.name, seed: this.seed, injected: this.injections,
      events: j.count((e) => e.tries > 0), acked: j.count((e) => e.acked),
      unknown: j.count((e) => e.unknown > 0),
      recovered: this.result?.recovered ?? '-', LOST: this.result?.lost.length ?? '-',
      DUP: this.result?.dup.length ?? '-', stranded: this.result?.stranded.length ?? '-',
      'recovery ms': worst, s: Math.round(ms / 1000),
      verdict: wrong.length ? 'FAILED' : 'ok', wrong,
      answers: Object.fromEntries(j.answers),
      work: this.agents ? Object.fromEntries(this.agents.done) : {},
    };
  }
}
