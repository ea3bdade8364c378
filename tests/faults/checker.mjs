// What must hold after every fault (Jepsen's total queue, and the desk's own
// promises).  check() waits for what may take its time and answers with
// counts and sentences.
import { placesDiffer, redis, redisKey, sql, until } from './stores.mjs';

const some = (list, n = 5) => list.slice(0, n).join('; ') + (list.length > n ? ' …' : '');

async function settles(what, ms, ask) {
  const began = Date.now();
  let wrong = [];
  try {
    await until(what, async () => {
      wrong = await ask();
      return wrong.length === 0;
    }, ms / 1000, 100);
  } catch {
    // What is still wrong is told.
  }
  return { wrong, ms: Date.now() - began };
}

async function outboxLeft() {
  const rows = await sql('SELECT count(*)::int AS n FROM desk.outbox');
  return rows[0].n ? [`${rows[0].n} rows in the outbox`] : [];
}

async function checkEvents(journal, r) {
  const rows = await sql(`
    SELECT e.id, e.channel, m[1] AS token
    FROM desk.event e, LATERAL regexp_match(concat_ws(' ', e.subject,
      e.text, e.external_id), '(${journal.word}n[0-9]+z)') m
    WHERE e.direction = 'in' AND m IS NOT NULL`);
  const found = new Map();
  for (const row of rows) {
    found.set(row.token, [...(found.get(row.token) ?? []), row.id]);
  }
  for (const event of journal.events.values()) {
    const n = found.get(event.id)?.length ?? 0;
    if (event.acked && n === 0) r.lost.push(`${event.id} (${event.channel})`);
    if (n > 1) r.dup.push(`${event.id} (${event.channel}) is events ${found.get(event.id)}`);
    if (!event.acked && n > 0) r.recovered++;
  }
  for (const token of found.keys()) {
    if (!journal.events.get(token)?.tries) r.unexpected.push(token);
  }
  r.filed = rows.map((row) => String(row.id));
}

// The raw mail is what was sent, behind the two headers that the desk adds.
async function checkRaw(journal, r) {
  const rows = await sql(`
    WITH mail AS (
      SELECT e.raw, string_agg(c.bytes, ''::bytea ORDER BY c.seq) AS bytes
      FROM desk.event e JOIN desk.blob_chunk c ON c.sha256 = e.raw
      WHERE e.direction = 'in' AND e.channel = 'mail'
        AND e.subject ~ '^${journal.word}n[0-9]+z$'
      GROUP BY e.id, e.raw)
    SELECT sha256(bytes) = raw AS whole,
      convert_from(substring(bytes for position('X-Fault-Id:'::bytea in bytes) - 1), 'UTF8') AS added,
      encode(sha256(substring(bytes from position('X-Fault-Id:'::bytea in bytes))), 'hex') AS sha,
      convert_from(substring(bytes from position('X-Fault-Id:'::bytea in bytes) for 80), 'SQL_ASCII') AS head
    FROM mail WHERE position('X-Fault-Id:'::bytea in bytes) > 0`);
  const seen = new Set();
  for (const row of rows) {
    const token = /X-Fault-Id: (\w+)/.exec(row.head)?.[1];
    const event = journal.events.get(token);
    seen.add(token);
    if (!event) continue; // told as unexpected
    const ours = /^Return-Path: <[^\r]*>\r\nReceived: [^\r]*(\r\n\t[^\r]*)*\r\n$/;
    if (!row.whole || row.sha !== event.sha || !ours.test(row.added)) {
      r.raw.push(`${token}: not the bytes that were sent`);
    }
  }
  for (const event of journal.events.values()) {
    if (event.acked && event.sha && !seen.has(event.id)) r.raw.push(`${event.id}: no raw mail`);
  }
}

async function checkHalf(r) {
  const rows = await sql(`
    SELECT 'event_key without event ' || k.external_id AS what FROM desk.event_key k
      WHERE NOT EXISTS (SELECT FROM desk.event e WHERE e.id = k.event AND e.filed_at = k.filed_at)
    UNION ALL SELECT 'event without ticket ' || e.id FROM desk.event e
      WHERE NOT EXISTS (SELECT FROM desk.ticket t WHERE t.id = e.ticket)
    UNION ALL SELECT 'ticket without event ' || t.id FROM desk.ticket t
      WHERE NOT EXISTS (SELECT FROM desk.event e WHERE e.ticket = t.id)
    UNION ALL SELECT 'attachment without its bytes ' || a.event FROM desk.attachment a
      WHERE NOT EXISTS (SELECT FROM desk.blob b WHERE b.sha256 = a.sha256
        AND b.used AND b.size = a.size
        AND b.sha256 = (SELECT sha256(string_agg(c.bytes, ''::bytea ORDER BY c.seq))
          FROM desk.blob_chunk c WHERE c.sha256 = b.sha256))
    UNION ALL SELECT 'contact without customer ' || c.id FROM desk.contact c
      WHERE NOT EXISTS (SELECT FROM desk.customer u WHERE u.id = c.customer)`);
  for (const row of rows) r.half.push(row.what);
}

async function checkReplies(word, r) {
  const rows = await sql(`
    SELECT m[1] AS token, count(*)::int AS n,
      (SELECT count(*)::int FROM desk.outbound o WHERE o.event = ANY (array_agg(e.id))) AS out
    FROM desk.event e, LATERAL regexp_match(e.text, '(${word}r[0-9]+z)') m
    WHERE e.direction = 'out' AND m IS NOT NULL GROUP BY m[1]`);
  for (const row of rows) {
    if (row.n > 1 || row.out > 1) r.dup.push(`reply ${row.token} stands ${row.n} times, goes out ${row.out} times`);
  }
}

// Exactly one notice for every event, when Redis kept what it had.
async function checkFeed(from, r) {
  const wanted = new Set(r.filed);
  const seen = new Map();
  for (const [, fields] of await redis.xrange(redisKey('feed'), `(${from}`, '+')) {
    const at = fields.indexOf('j');
    const notice = JSON.parse(fields[at + 1]);
    if (notice.kind === 'event' && wanted.has(String(notice.event))) {
      seen.set(String(notice.event), (seen.get(String(notice.event)) ?? 0) + 1);
    }
  }
  for (const id of wanted) {
    const n = seen.get(id) ?? 0;
    if (n !== 1) r.notices.push(`event ${id} has ${n} notices`);
  }
}

export async function feedEnd() {
  const last = await redis.xrevrange(redisKey('feed'), '+', '-', 'COUNT', 1);
  return last[0]?.[0] ?? '0-0';
}

// from: the feed's last id before the fault; null: Redis was lost meanwhile.
export async function check({ journal, agents, from, within }) {
  const r = { lost: [], dup: [], unexpected: [], raw: [], half: [], notices: [],
    stranded: [], outbox: [], recovered: 0 };
  const outbox = await settles('the outbox is empty', within(10000), outboxLeft);
  const places = await settles('Redis agrees with PostgreSQL', within(15000), placesDiffer);
  r.outbox = outbox.wrong;
  r.stranded = places.wrong;
  r.drained = outbox.ms + places.ms;
  await checkEvents(journal, r);
  await checkRaw(journal, r);
  await checkHalf(r);
  if (agents) {
    await checkReplies(agents.word, r);
    r.dup.push(...agents.two);
  }
  if (from) await checkFeed(from, r);
  return r;
}

// Sentences on all that is wrong.
export function faults(r) {
  const said = [];
  for (const [name, list] of Object.entries({ LOST: r.lost, DUP: r.dup,
    UNEXPECTED: r.unexpected, raw: r.raw, 'half there': r.half,
    notices: r.notices, stranded: r.stranded, outbox: r.outbox })) {
    if (list.length) said.push(`${name} ${list.length}: ${some(list)}`);
  }
  return said;
}
