// The circle of a customer's word: asked by mail, answered, made good, promised
// and done, told that his order is late, and our own people asked by letter, while
// daemons die at each step and two of them are at it at once.
// Each thing is there once, in the records and at the relay, and what is counted
// is what the records say.
import { randomUUID } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import PostalMime from 'postal-mime';
import { startSink } from '../e2e/lib/sink.mjs';
import { Outgoing } from './outgoing.mjs';
import { command, pause, sql, until } from './stores.mjs';

const blocks = `
survey "hoi" {
	after = "resolved"
	delay = "1h"
	via = {"mail"}
	touchpoint = "hoi-dap"
	question "diem" { kind = "nps" }
	question "loi" { kind = "text" vi = "Vì sao ạ?" }
}
template "lam-lai" {
	subject_vi = "Xin lỗi"
	vi = "Dạ em xin lỗi, em đang làm lại ạ."
}
class "detractor" {
	survey = {"hoi"}
	open = "technical"
	action = "Gọi lại"
	send = "lam-lai"
	after = "1h"
}
survey "nhan-vien" {
	for = "staff"
	every = "week"
	question "vui" { kind = "nps" }
}
template "tre" {
	subject_vi = "Đơn {order_number}"
	vi = "Dạ đơn {order_number} sẽ tới trễ ạ."
}
late_notice { send = "tre" }
theme "cham" { keywords = {"giao chậm"} }
touchpoint "hoi-dap" { stage = "support" kind = {"survey"} }
touchpoint "thu" { stage = "consultation" kind = {"message"} channel = {"mail"} }
`;
const url = 'https://desk.faults';

export class Circle extends Outgoing {
  // The company asks; its customers are this scene's.
  async company(more) {
    const path = `${this.s.run.dir}/asked.conf`;
    const sample = readFileSync(`${this.s.run.dir}/desk.conf`, 'utf8');
    writeFileSync(path, more
      ? sample.replace(/#url = ".*?"/, `url = "${url}"`).replace(/undo_seconds = \d+/, 'undo_seconds = 0') + more
      : sample);
    await this.s.desk.ctl('apply', '--yes', path);
  }

  // n customers whose cases are done, each about to be asked.
  async people(n) {
    const list = [];
    for (let i = 0; i < n; i++) {
      const address = `${this.s.word}a${i}-${randomUUID().slice(0, 8)}@customer.example`.toLowerCase();
      const { ticket, customer } = await this.ask('EVENT.ADD', JSON.stringify({
        channel: 'mail', id: address, at: new Date().toISOString(),
        from: { kind: 'email', address }, to: 'sales@shop.example', text: 'Giao chậm quá',
      }));
      await this.ask('TICKET.RESOLVE', ticket);
      list.push({ address, ticket, customer, once: randomUUID() });
    }
    this.tickets = list.map((p) => p.ticket).join();
    return list;
  }

  // One daemon alone, which dies at that place while it does what comes due by
  // this, and goes on.
  async dies(place, comes) {
    const [desk, other] = this.s.desks;
    if (!other.ended) await other.kill();
    if (!desk.ended) await desk.kill();
    this.s.injections++;
    desk.start(place);
    // (What waits already may come due before it serves.)
    await desk.ready().catch((e) => { if (!desk.ended) throw e; });
    await comes();
    await until(`deskd dies at ${place}`, () => desk.ended);
    this.s.judge(desk.ended.signal === 'SIGKILL', `${place}: ${JSON.stringify(desk.ended)}`);
    await this.s.again(desk);
  }

  async link(p) {
    const [mail] = await until(`${p.address} is asked`, () => {
      const got = this.sink.to(p.address);
      return got.length && got;
    });
    const { text } = await new PostalMime().parse(mail.text);
    [, p.path] = /(\/survey\/[\w-]{32})\s/.exec(text);
  }

  // A form, as it is sent again until somebody says what became of it.
  async post(desk, path, members) {
    const end = Date.now() + 60000;
    while (Date.now() < end) {
      const r = await fetch(`http://127.0.0.1:${desk.http}${path}`, { method: 'POST',
        redirect: 'manual', body: new URLSearchParams(members) }).catch(() => null);
      if (r && r.status !== 503) return { status: r.status, at: r.headers.get('location') };
      await pause(50);
    }
    throw new Error(`nobody takes ${path}`);
  }

  // His answer, to both daemons at once; a second one, by who saw his link, is
  // too late.
  async answer(p) {
    const form = { once: p.once, 'n.diem': 2 };
    const [a, b] = await Promise.all(this.s.desks.map((d) => this.post(d, p.path, form)));
    this.s.judge(a.status === 303 && b.status === 303 && a.at === b.at,
      `an answer sent twice: ${JSON.stringify([a, b])}`);
    p.more = a.at;
    const late = await this.post(this.s.desks[1], p.path, { once: randomUUID(), 'n.diem': 10 });
    this.s.judge(late.status === 404, `a used link: ${JSON.stringify(late)}`);
    const more = { once: randomUUID(), 't.loi': 'Chậm', what: 'more' };
    for (const m of await Promise.all(this.s.desks.map((d) => this.post(d, p.more, more))))
      this.s.judge(m.status === 303, `words added twice: ${JSON.stringify(m)}`);
  }

  // So often this is there for each customer, or a sentence.
  async each(people, what, query, wanted) {
    let rows = [];
    await until(what, async () => {
      rows = await sql(query);
      return people.every((p) => rows.find((r) => r.customer === p.customer)?.n >= wanted);
    }).catch(() => {});
    for (const p of people) {
      const n = rows.find((r) => r.customer === p.customer)?.n ?? 0;
      this.s.judge(n === wanted, `${what}: ${n} times, wanted ${wanted}`);
    }
  }

  // As if two minutes had passed since the daemon died that was sending.
  lapse() {
    return command(`UPDATE desk.outbound SET next_try = now() - interval '1 s'
      WHERE ticket IN (${this.tickets}) AND state IN ('queued', 'deferred', 'sending')`);
  }

  of(people) {
    return people.map((p) => p.customer).join();
  }
}

const at = (name) => (c, list) => command(`UPDATE desk.${name} WHERE customer IN (${c.of(list)})`);
export const askNow = at('invitation SET send_at = now()');
const sendNow = at(`class_fired SET at = at - interval '1 hour', due_at = now()`);
const actNow = at('action SET due_at = now()');
const breakNow = at(`promise SET alarm_at = now(), due_at = due_at - interval '230 minutes',
  made_at = made_at - interval '230 minutes', counts_at = counts_at - interval '230 minutes'`);

async function round(c, n) {
  const { s } = c;
  const people = await c.people(n);
  const ids = c.of(people);
  // Asked: the mail is made once, and goes once, with a link that opens.
  await c.dies('survey sent', () => askNow(c, people.slice(0, n / 2)));
  await c.dies('out ready', () => askNow(c, people.slice(n / 2)));
  await c.lapse();
  for (const p of people) await c.link(p);
  // Answered, while who takes it dies, and while who follows it up does.
  await c.dies('sent-survey_answer', () =>
    fetch(`http://127.0.0.1:${s.desk.http}${people[0].path}`, { method: 'POST', redirect: 'manual',
      body: new URLSearchParams({ once: people[0].once, 'n.diem': 2 }) }).catch(() => null));
  await c.dies('class done', () =>
    fetch(`http://127.0.0.1:${s.desk.http}${people[1].path}`, { method: 'POST', redirect: 'manual',
      body: new URLSearchParams({ once: people[1].once, 'n.diem': 2 }) }).catch(() => null));
  await s.again(s.desks[1]);
  await Promise.all(people.map((p) => c.answer(p)));
  await c.each(people, 'a case that makes good', `SELECT customer, count(*)::int AS n FROM desk.ticket
    WHERE customer IN (${ids}) AND 'recovery' = ANY (tags) GROUP BY 1`, 1);
  await c.dies('class done', () => sendNow(c, people));
  await c.dies('action told', () => actNow(c, people));
  for (const p of people) await c.ask('PROMISE.ADD', 'callback', '4h', 'ticket', p.ticket);
  await c.dies('promise told', () => breakNow(c, people));
  await s.again(s.desks[1]);

  const events = (kind, and = '') => `SELECT t.customer, count(*)::int AS n FROM desk.event e
    JOIN desk.ticket t ON t.id = e.ticket
    WHERE t.customer IN (${ids}) AND e.kind = '${kind}' ${and} GROUP BY 1`;
  const rows = (table) => `SELECT customer, count(*)::int AS n FROM desk.${table}
    WHERE customer IN (${ids}) GROUP BY 1`;
  for (const table of ['invitation', 'response', 'feedback', 'class_fired', 'action', 'promise'])
    await c.each(people, table, rows(table), 1);
  await c.each(people, 'his words', `SELECT customer, count(*)::int AS n FROM desk.response
    WHERE customer IN (${ids}) AND words = 'Chậm' GROUP BY 1`, 1);
  await c.each(people, 'the question', events('survey', "AND e.direction = 'out'"), 1);
  await c.each(people, 'what became of it', events('class'), 2); // the case, then the mail
  await c.each(people, 'the case\'s first word', events('recovery'), 1);
  await c.each(people, 'the action\'s word', events('action', "AND e.meta->>'what' = 'due'"), 1);
  await c.each(people, 'the promise\'s warning', events('promise', "AND e.meta->>'what' = 'warn'"), 1);
  await c.lapse();
  await until('each is written to', () => people.every((p) => c.sink.to(p.address).length > 1))
    .catch((e) => s.judge(false, e.message));
  for (const p of people) {
    const mails = c.sink.to(p.address).length; // the question, and the class's
    s.judge(mails === 2, `${p.address}: ${mails} mails`);
  }
  // His journey and all counts are what the records say.
  await until('each has his steps', async () => (await sql(`SELECT count(*)::int AS n FROM desk.step_todo`))[0].n === 0);
  const wrong = await sql(`SELECT what, which FROM desk.journey_differs() LIMIT 5`);
  s.judge(wrong.length === 0, `journeys differ: ${JSON.stringify(wrong)}`);
  const counts = await sql(`SELECT * FROM desk.measure_differs(now() - interval '1 day', now() + interval '1 day') LIMIT 5`);
  s.judge(counts.length === 0, `counts differ: ${JSON.stringify(counts)}`);
}

// Our own people, by letters, and who waits for an order that will be late: one
// mail each, while daemons die that write and that send them.
async function unasked(c, n) {
  const { s } = c;
  const staff = await sql('SELECT email FROM desk.agent WHERE active AND email IS NOT NULL');
  for (const desk of s.desks) if (!desk.ended) await desk.kill();
  await command(`UPDATE desk.survey_plan SET since = now() - interval '400 days'`);
  await c.dies('out ready', () => {});
  const late = [];
  for (let i = 0; i < n; i++) {
    const address = `${s.word}l${i}-${randomUUID().slice(0, 8)}@customer.example`.toLowerCase();
    await c.ask('EVENT.ADD', JSON.stringify({ channel: 'order', id: address,
      at: new Date().toISOString(), from: { kind: 'email', address },
      order: { no: `DH-${randomUUID()}`, status: 'shipped',
        promised_at: new Date(Date.now() + 3600e3).toISOString() } }));
    late.push(address);
  }
  const theirs = `SELECT p.id FROM desk.promise p JOIN desk.contact k ON k.customer = p.customer
    WHERE k.address = ANY ('{${late}}')`;
  await c.dies('late told', () => command(`UPDATE desk.promise SET counts_at = now(),
    foresee_at = now() WHERE id IN (${theirs})`));
  await s.again(s.desks[1]);
  await command(`UPDATE desk.outbound SET next_try = now() - interval '1 s'
    WHERE state IN ('deferred', 'sending')`);
  const all = [...staff.map((a) => a.email), ...late];
  await until('each has his mail', () => all.every((a) => c.sink.to(a).length))
    .catch((e) => s.judge(false, e.message));
  for (const a of all)
    s.judge(c.sink.to(a).length === 1, `${a}: ${c.sink.to(a).length} mails`);
  const [rows] = await sql(`SELECT
    (SELECT count(*)::int FROM desk.invitation WHERE staff IS NOT NULL) AS invited,
    (SELECT count(*)::int FROM desk.letter) AS letters,
    (SELECT count(*)::int FROM desk.late_notice WHERE promise IN (${theirs})) AS late`);
  s.judge(rows.invited === staff.length && rows.letters === staff.length && rows.late === n,
    `rows: ${JSON.stringify(rows)} of ${staff.length} and ${n}`);
}

export async function asked(s) {
  const c = new Circle(s, await startSink());
  await c.begin();
  try {
    for (const desk of s.desks) await s.again(desk);
    await c.company(blocks);
    for (let i = 0; i < s.times; i++) await round(c, s.run.short ? 4 : 20);
    await unasked(c, s.run.short ? 4 : 20);
  } finally {
    for (const desk of s.desks) if (desk.ended) { desk.start(); await desk.ready(); }
    await c.company('');
    await c.end();
  }
}
