// Customers are asked, answer, are reminded, written to and let be while PostgreSQL
// ends and comes again in the middle, Redis is emptied, and the relay refuses, cuts
// off and keeps what it said nothing to.  Nobody is asked twice nor never, and what
// somebody was thanked for is there.
import { randomUUID } from 'node:crypto';
import { startSink } from '../e2e/lib/sink.mjs';
import { askNow, Circle } from './asked.mjs';
import { command, server, sql, until } from './stores.mjs';

const boss = 'boss@reader.example';
const blocks = `
survey "hoi" {
	after = "resolved"
	delay = "1h"
	remind = "2d"
	via = {"mail"}
	question "diem" { kind = "nps" }
	question "loi" { kind = "text" vi = "Vì sao ạ?" }
}
template "tham" {
	subject_vi = "Dùng tốt không ạ?"
	vi = "Dạ em hỏi thăm ạ."
}
followup "sau-giao" {
	after = "delivered"
	delay = "1d"
	queue = "sales"
	send = "tham"
}
report "tuan" { to = {"${boss}"} }
`;

// What the relay does with the first mail to each.
const manners = [
  { at: 'rcpt', say: '451 4.3.0 later' },
  { at: 'end', say: '452 4.3.1 disk full' },
  { at: 'rcpt', vanish: true },
  { at: 'end', vanish: true }, // and has it
];

// PostgreSQL and Redis are killed while what is begun here goes on, and Redis comes
// back with nothing; what is done while they are away; and they are there again.
async function away(c, begun, meanwhile = async () => {}) {
  const { s } = c;
  s.injections++;
  await begun();
  await server('pg', 'kill');
  await server('redis', 'kill');
  try {
    await meanwhile();
  } finally {
    await server('pg', 'start', 'durable');
    await server('redis', 'start', 'memory');
  }
  for (const desk of s.desks) await desk.ready();
}

const form = (base, path, members) =>
  fetch(base + path, { method: 'POST', redirect: 'manual', body: new URLSearchParams(members) });
const at = (desk) => `http://127.0.0.1:${desk.http}`;

// As if two minutes had passed since, also of what was let go and never heard of.
const lapse = (c) => command(`UPDATE desk.outbound SET next_try = now() - interval '1 s'
  WHERE ticket IN (${c.tickets}) AND state IN ('queued', 'deferred', 'sending', 'committing')`);

// Not twice: looked at again when a try more would have come.
async function mails(c, people, n, what) {
  await until(what, async () => {
    await lapse(c);
    return people.every((p) => c.sink.to(p.address).length >= n);
  }, 60, 500).catch((e) => c.s.judge(false, e.message));
  await lapse(c);
  await until('nothing is on its way', async () => (await sql(`SELECT o.id FROM desk.outbound o
    WHERE o.ticket IN (${c.tickets}) AND o.state IN ('queued', 'deferred', 'sending')`)).length === 0);
  for (const p of people) {
    const had = c.sink.to(p.address).length;
    c.s.judge(had === n, `${what}: ${had} mails, wanted ${n}`);
  }
}

async function asked(c, people) {
  const { s } = c;
  const order = new Map(people.map((p, i) => [p.address, i]));
  c.sink.behave = (rcpt, n) => (n === 1 ? manners[order.get(rcpt) % manners.length] : {});
  await away(c, async () => {
    await askNow(c, people);
    await until('the first is on its way', () => people.some((p) => c.sink.tries.get(p.address)));
  });
  await mails(c, people, 1, 'each is asked once');
  c.sink.behave = () => ({});
  for (const p of people) await c.link(p);
  // In the middle of it; then while nothing can be kept, when he is told so and has
  // all of it on his page.
  const [one, two, ...rest] = people;
  const said = (p) => ({ once: p.once, 'n.diem': 2, 't.loi': 'Chậm quá' });
  let under;
  await away(c, async () => {
    under = c.post(s.desk, one.path, said(one));
    under.catch(() => {});
  }, async () => {
    const r = await form(at(s.desk), two.path, said(two));
    const page = await r.text();
    s.judge(r.status === 503 && /Chậm quá<\/textarea>/.test(page) && page.includes(two.once),
      `an answer while PostgreSQL is away: ${r.status} ${page.slice(0, 300)}`);
  });
  const [a, b] = await Promise.all([under, c.post(s.desks[1], two.path, said(two))]);
  s.judge(a.status === 303 && b.status === 303, `answers after it: ${JSON.stringify([a, b])}`);
  for (const p of [one, two])
    for (const desk of s.desks) {
      const again = await c.post(desk, p.path, said(p));
      s.judge(again.status === 303, `the same once more: ${JSON.stringify(again)}`);
    }
  await c.each([one, two], 'an answer', `SELECT customer, count(*)::int AS n FROM desk.response
    WHERE words = 'Chậm quá' AND customer IN (${c.of(people)}) GROUP BY 1`, 1);
  return rest;
}

// Who did not answer is reminded once, and then wants no more.
async function reminded(c, people) {
  const { s } = c;
  await away(c, () => command(`UPDATE desk.invitation SET remind_at = now()
    WHERE customer IN (${c.of(people)}) AND state = 'sent'`));
  await mails(c, people, 2, 'each is reminded once');
  const [p] = people;
  await away(c, async () => {}, async () => {
    const r = await form(at(s.desk), `${p.path}/leave`, { 'List-Unsubscribe': 'One-Click' });
    s.judge(r.status === 503 && /chưa ghi lại được/.test(await r.text()), `no more, away: ${r.status}`);
  });
  const left = await c.post(s.desks[1], `${p.path}/leave`, {});
  s.judge(left.status === 200, `no more: ${left.status}`);
  const [row] = await sql(`SELECT no_surveys_at IS NOT NULL AS off FROM desk.customer WHERE id = ${p.customer}`);
  s.judge(row.off, 'who wanted no more is asked on');
}

// Follow-ups and the week's report: once each, by two daemons.
async function unasked(c, n) {
  const list = [];
  await command(`UPDATE desk.followup SET since = now() - interval '300 days'`);
  for (let i = 0; i < n; i++) {
    const address = `${c.s.word}f${i}-${randomUUID().slice(0, 8)}@customer.example`.toLowerCase();
    const at = new Date(Date.now() - 2 * 86400e3).toISOString();
    await c.ask('EVENT.ADD', JSON.stringify({ channel: 'order', id: address, at,
      from: { kind: 'email', address },
      order: { no: `DH-${randomUUID()}`, status: 'delivered', delivered_at: at } }));
    list.push(address);
  }
  await away(c, async () => {
    await command(`UPDATE desk.report_plan SET since = now() - interval '400 days'`);
    await until('one is due', async () => (await sql('SELECT id FROM desk.followup_sent LIMIT 1')).length);
  });
  const all = [...list, boss];
  await until('each has his mail', async () => {
    await command(`UPDATE desk.outbound SET next_try = now() - interval '1 s'
      WHERE state IN ('deferred', 'sending') AND next_try > now() + interval '5 s'`);
    return all.every((a) => c.sink.to(a).length);
  }, 60, 500).catch((e) => c.s.judge(false, e.message));
  for (const a of all) c.s.judge(c.sink.to(a).length === 1, `${a}: ${c.sink.to(a).length} mails`);
  const [rows] = await sql(`SELECT (SELECT count(*)::int FROM desk.followup_sent WHERE state = 'sent') AS sent,
    (SELECT count(*)::int FROM desk.report_sent) AS reports`);
  c.s.judge(rows.sent === n && rows.reports === 1, `rows: ${JSON.stringify(rows)} of ${n} and 1`);
}

export async function askedAway(s) {
  const c = new Circle(s, await startSink());
  await c.begin();
  try {
    for (const desk of s.desks) await s.again(desk);
    await c.company(blocks);
    for (let i = 0; i < s.times; i++) {
      const people = await c.people(s.run.short ? 4 : 12);
      await reminded(c, await asked(c, people));
      await c.each(people, 'invitation', `SELECT customer, count(*)::int AS n FROM desk.invitation
        WHERE customer IN (${c.of(people)}) GROUP BY 1`, 1);
    }
    await unasked(c, s.run.short ? 3 : 12);
    const counts = await sql(`SELECT * FROM desk.measure_differs(now() - interval '1 day', now() + interval '1 day') LIMIT 5`);
    s.judge(counts.length === 0, `counts differ: ${JSON.stringify(counts)}`);
  } finally {
    c.sink.behave = () => ({});
    for (const desk of s.desks) await desk.ready();
    await c.company('');
    await c.end();
  }
}
