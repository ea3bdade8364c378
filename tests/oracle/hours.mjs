// Compares desk.business_add() and desk.business_between() with open time
// counted minute by minute: random weeks, nights, holidays and short days in
// zones with and without summer time.  Shares no code and no data with them:
// zones are Intl's, and every open minute is a byte in an array.
//
//   node hours.mjs [CASES [SEED]]	(DESKD_PG: a database with the schema)
//
// The table of the days by the moon is computed anew, too (moon.mjs).  Prints how many cases were compared; the first that differ, and fails.
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { moonDays } from './moon.mjs';

const cases = Number(process.argv[2] ?? 30000);
let seed = Number(process.argv[3] ?? 20261122);
const EACH = 4000; // of one calendar
const zones = ['Asia/Ho_Chi_Minh', 'Europe/Berlin', 'America/New_York', 'Asia/Kolkata',
  'Australia/Lord_Howe'];
const DAYS = 1200;
const MINUTES = DAYS * 1440;

// mulberry32, so that a seed says all.
function random() {
  seed = (seed + 0x6d2b79f5) | 0;
  let t = Math.imul(seed ^ (seed >>> 15), 1 | seed);
  t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
  return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
}
const below = (n) => Math.floor(random() * n);
const minute = () => (below(3) ? below(96) * 15 : below(1440));

// Of each minute of local time since the first day's begin the minute of UTC
// that it is: the last of its name, or, of one left out, the next there is.
function clock(zone, first) {
  const form = new Intl.DateTimeFormat('en-US', {
    timeZone: zone, hourCycle: 'h23', year: 'numeric', month: 'numeric', day: 'numeric',
    hour: 'numeric', minute: 'numeric',
  });
  const local = new Int32Array(MINUTES + 2880).fill(-1);
  for (let u = -1440; u < MINUTES + 2880; u += 30) {
    const ms = first + u * 60000;
    const p = Object.fromEntries(form.formatToParts(ms).map((x) => [x.type, Number(x.value)]));
    const shown = (Date.UTC(p.year, p.month - 1, p.day, p.hour, p.minute) - first) / 60000;
    for (let i = 0; i < 30; i++)
      if (shown + i >= 0 && shown + i < local.length) local[shown + i] = u + i;
  }
  for (let i = local.length - 2; i >= 0; i--) if (local[i] === -1) local[i] = local[i + 1];
  return local;
}

const two = (n) => String(n).padStart(2, '0');
const hhmm = (m) => `${two(Math.floor(m / 60))}:${two(m % 60)}`;
const names = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'];

// A week of random spans that do not meet, as minutes since Monday; where one
// ends at a day's end it ends at 24:00.
function week() {
  const cuts = [...new Set(Array.from({ length: 2 * (1 + below(12)) }, () => below(7) * 1440 + minute()))]
    .sort((a, b) => a - b);
  const spans = [];
  for (let i = 0; i + 1 < cuts.length; i += 2) {
    const long = Math.min(cuts[i + 1] - cuts[i], 1 + below(1440));
    spans.push({ day: Math.floor(cuts[i] / 1440), opens: cuts[i] % 1440,
      closes: (cuts[i] % 1440) + long });
  }
  return spans.map((s) => (below(4) ? s : { ...s, closes: Math.min(s.closes, 1440) }));
}
const lineOf = (s) => `${names[s.day]} ${hhmm(s.opens)}-${
  hhmm(s.closes > 1440 ? s.closes - 1440 : s.closes)}`;

function holidays(spans, first) {
  const found = new Map(); // day since first → its own spans
  const lines = [];
  const date = (d) => new Date(first + d * 86400000).toISOString().slice(0, 10);
  for (let n = below(25); n > 0; n--) {
    const day = below(DAYS);
    const long = below(3) ? 1 : 1 + below(20);
    if (below(3) || long > 1) {
      lines.push(`${date(day)}${long > 1 ? `..${date(day + long - 1)}` : ''} nghỉ`);
      for (let i = 0; i < long; i++) if (!found.get(day + i)) found.set(day + i, []);
      continue;
    }
    const before = Math.max(0, ...spans.filter((s) => s.day === (weekday(first) + day + 6) % 7)
      .map((s) => s.closes - 1440));
    const at = before + below(1440 - before - 61);
    const own = [[at, at + 20], [at + 40, at + 60 + below(1440 - at - 60)]];
    if (found.get(day)?.length) continue;
    lines.push(`${date(day)} ${own.map((o) => `${hhmm(o[0])}-${hhmm(o[1])}`).join(',')} ngắn`);
    found.set(day, own);
  }
  if (below(2)) {
    const year = new Date(first).getUTCFullYear() + 1;
    lines.push(`tet ${year} 7d`);
    const eve = Math.round((Date.parse(moonDays(year).tet) - first) / 86400000) - 1;
    for (let i = 0; i < 7; i++) if (!found.get(eve + i)) found.set(eve + i, []);
  }
  return { found, lines };
}
const weekday = (ms) => (new Date(ms).getUTCDay() + 6) % 7;

// open[m]: how many minutes are open before minute m.
function count(local, spans, found, first) {
  const open = new Uint8Array(MINUTES);
  for (let day = 0; day < DAYS - 2; day++) {
    const own = found.get(day) ?? spans.filter((s) => s.day === (weekday(first) + day) % 7)
      .map((s) => [s.opens, s.closes]);
    for (const [opens, closes] of own)
      for (let u = local[day * 1440 + opens]; u < local[day * 1440 + closes]; u++)
        if (u >= 0) open[u] = 1;
  }
  const before = new Int32Array(MINUTES + 1);
  for (let m = 0; m < MINUTES; m++) before[m + 1] = before[m] + open[m];
  return { open, before };
}

// The first minute at whose end n are open; the first open one for none.
function find(before, n) {
  let low = 0;
  let high = MINUTES;
  while (low < high) {
    const mid = (low + high) >> 1;
    if (before[mid] < n) low = mid + 1;
    else high = mid;
  }
  return low;
}

const quote = (s) => `'${s.replaceAll("'", "''")}'`;
const sql = ['BEGIN;', 'SET client_min_messages = warning;', 'SET jit = off;'];
const expected = [];
const told = [];

// The days by the moon, in the desk's table and in the client's.
const client = readFileSync(new URL('../../daemon/web/app/src/start/holidays.ts',
  import.meta.url), 'utf8');
sql.push("SELECT tet || '|' || kings FROM desk.moon_days() ORDER BY tet;");
for (let year = 2024; year <= 2050; year++) {
  const { tet, kings } = moonDays(year);
  const there = new RegExp(`${year}: \\['(.*)', '(.*)'\\]`).exec(client);
  expected.push(there && `${year}-${there[1]}|${year}-${there[2]}` !== `${tet}|${kings}`
    ? `another than the client's ${there[0]}` : `${tet}|${kings}`);
  told.push(`the moon's days of ${year}`);
}
for (let made = 0; made < cases; made += EACH) {
  const zone = zones[(made / EACH) % zones.length];
  const first = Date.UTC(2024 + below(16), below(12), 1 + below(28));
  const spans = week();
  const { found, lines } = holidays(spans, first);
  const { open, before } = count(clock(zone, first), spans, found, first);
  const name = `oracle-${made}`;
  sql.push(
    `INSERT INTO desk.hours (name, timezone) VALUES ('${name}', '${zone}');`,
    `INSERT INTO desk.hours_span SELECT h.id, s.* FROM desk.hours h, unnest(ARRAY[${
      spans.map((s) => quote(lineOf(s))).join(',')}]) l, desk.hours_read(l) s WHERE h.name = '${name}';`,
    `INSERT INTO desk.holiday (hours, day, title, spans) SELECT DISTINCT ON (h.id, s.day) h.id, s.day,
      s.title, s.spans FROM desk.hours h, unnest(ARRAY[${lines.map(quote).join(',')}]::text[]) l,
      desk.holiday_read(l) s WHERE h.name = '${name}' ORDER BY h.id, s.day, s.spans IS NULL;`);
  const from = [];
  const n = [];
  const whole = before[MINUTES - 2880] - before[2880];
  for (let i = 0; i < EACH && made + i < cases; i++) {
    const a = 2880 + below(MINUTES - 8640);
    const left = before[MINUTES - 2880] - before[a];
    let m = below(4) === 0 ? 0 : 1 + below([60, 600, 6000, whole][below(4)] + 1);
    if (m > left) m = left;
    let at = find(before, before[a] + m);
    if (m === 0) for (at = a; at < MINUTES - 2880 && !open[at]; ) at++;
    if (at >= MINUTES - 2880) continue;
    from.push(first / 1000 + a * 60);
    n.push(m);
    expected.push(`${first / 1000 + at * 60}|${(before[at] - before[a]) * 60}`);
    told.push(`${zone} ${spans.map(lineOf).join(', ')}; ${lines.join(', ')}: ${
      new Date(first + a * 60000).toISOString()} + ${m} min`);
  }
  sql.push(`SELECT extract(epoch FROM x.due)::bigint, desk.business_between(h.id, x.since, x.due)
    FROM desk.hours h CROSS JOIN LATERAL (SELECT to_timestamp(u.f) AS since,
      desk.business_add(h.id, to_timestamp(u.f), u.m * 60) AS due, u.n
      FROM unnest('{${from}}'::bigint[], '{${n}}'::int[]) WITH ORDINALITY u(f, m, n) OFFSET 0) x
    WHERE h.name = '${name}' ORDER BY x.n;`,
    `DELETE FROM desk.hours WHERE name = '${name}';`);
}
sql.push('ROLLBACK;');
const ran = spawnSync('psql', ['-X', '-q', '-At', '-v', 'ON_ERROR_STOP=1', '-d',
  process.env.DESKD_PG ?? ''], { input: sql.join('\n'), maxBuffer: 1 << 30 });
if (ran.status !== 0) {
  console.error(String(ran.stderr));
  process.exit(1);
}
const got = String(ran.stdout).trim().split('\n');
const wrong = expected.flatMap((e, i) => (got[i] === e ? [] : [i]));
for (const i of wrong.slice(0, 5))
  console.error(`${told[i]}\n  expected ${expected[i]}, got ${got[i]}`);
console.log(`${expected.length} cases compared, ${wrong.length} differ`);
process.exit(wrong.length || got.length !== expected.length || expected.length < cases / 2 ? 1 : 0);
