// What reports of customers' experience take, over the protocol, on a desk that
// has had ten million events (a million with --quick): a shop's year that is
// made, and counted, by the desk itself, and its copies (../shop/many.psql).
// With --keep DIR the shops stay there, and the next run asks them again.
import { change, desk, login, sql, using } from '../e2e/lib/desk.mjs';
import { cpuOfAll, part, run } from './tools.mjs';

const here = new URL('../shop/', import.meta.url).pathname;
const day = (ago) => new Date(Date.now() - ago * 86400000).toISOString().slice(0, 10);
const since = (ago) => ['from', day(ago - 1), 'to', day(0)];
const spans = [7, 30, 365];

// Each of these ways, over each span.
const over = (words, ways = [[]], days = spans) =>
  ways.flatMap((way) => days.map((ago) => [...words, ...way, ...since(ago)]));
const by = (...names) => names.map((name) => ['by', name]);
const scored = ['queue', 'agent', 'channel', 'segment', 'touchpoint', 'survey'];

// What is asked of each operation; who is the customer with the most steps.
const asked = (who) => ({
  'CX.SCORES': [
    ...['nps', 'csat', 'mood', 'promise', 'closed'].flatMap((m) =>
      over(['CX.SCORES', m], by(...scored))),
    ...over(['CX.SCORES', 'csat'], [['by', 'touchpoint', 'compare', 'yes']]),
    ...over(['CX.SCORES', 'csat'], by('day'), [7, 90, 365]),
    ...over(['CX.SCORES', 'nps'], by('month'), [365, 1095]),
  ],
  'CX.ANSWERS': over(['CX.ANSWERS', 'csat'], [
    [], ['touchpoint', 'doi-tra', 'value', '3'], ['agent', 'shop-7'], ['words', 'yes'],
  ]),
  'CX.REPORT': over(['CX.REPORT'], [[], ['queue', 'technical'], ['csv', 'yes']]),
  'CX.WEAK': over(['CX.WEAK'], [[], ['segment', 'si']]),
  'CX.ADVICE': over(['CX.ADVICE'], [[], ['department', 'technical']]),
  'CX.OBJECTIVES': over(['CX.OBJECTIVES']),
  'CX.RUNS': [['CX.RUNS'], ['CX.RUNS', 'months', '120']],
  'CX.CAUSES': over(['CX.CAUSES'], by('all', 'queue', 'touchpoint', 'segment', 'channel', 'agent')),
  'PROMISE.GAP': over(['PROMISE.GAP'], by('kind', 'carrier', 'queue', 'agent', 'touchpoint')),
  'PROMISE.LIST': [['PROMISE.LIST'], ['PROMISE.LIST', 'view', 'ended']],
  'JOURNEY.MAP': over(['JOURNEY.MAP'], [[], ['segment', 'si']]),
  'JOURNEY.MATRIX': over(['JOURNEY.MATRIX'], [[], ['segment', 'si']]),
  'JOURNEY.NEXT': over(['JOURNEY.NEXT', 'touchpoint', 'doi-tra']),
  'JOURNEY.HANDOFFS': over(['JOURNEY.HANDOFFS'], [[], ['segment', 'si']]),
  'JOURNEY.FRICTION': over(['JOURNEY.FRICTION'], by('stage', 'touchpoint', 'queue', 'channel')),
  'FRICTION.CASES': over(['FRICTION.CASES', 'repeated'], [
    [], ['by', 'touchpoint', 'name', 'bao-hanh'],
  ]),
  'JOURNEY.STUCK': ['support', 'use', 'consultation'].map((stage) => ['JOURNEY.STUCK', stage]),
  'JOURNEY.OF': [['JOURNEY.OF', who]],
  'CUSTOMER.MOOD': [['CUSTOMER.MOOD', who]],
  'THEME.LIST': [7, 30, 365].map((ago) => ['THEME.LIST', 'from', `${day(ago)}T00:00:00Z`]),
  'THEME.GET': ['sai-mau', 'gia-cao'].map((theme) => ['THEME.GET', theme]),
  'FEEDBACK.LIST': [[], ['class', 'detractor'], ['queue', 'technical'], ['state', 'all']]
    .map((way) => ['FEEDBACK.LIST', ...way]),
  'FEEDBACK.TIMES': over(['FEEDBACK.TIMES'], [[], ['queue', 'technical']]),
  'STATEMENT.LIST': [['STATEMENT.LIST'], ['STATEMENT.LIST', 'state', 'ended']],
  'FACTOR.LIST': over(['FACTOR.LIST']),
  'RETENTION.SUMMARY': over(['RETENTION.SUMMARY'],
    by('outcome', 'class', 'segment', 'touchpoint')
      .flatMap((way) => [[...way, 'days', '30'], [...way, 'days', '90']]), [30, 180, 365, 1095]),
  'RETENTION.CHURN': [['RETENTION.CHURN'], ['RETENTION.CHURN', 'reason', 'gap']],
  'RETENTION.WINBACK': [['RETENTION.WINBACK']],
  'FORECAST.VOLUME': [['FORECAST.VOLUME'], ['FORECAST.VOLUME', 'queue', 'technical']],
  'SEGMENT.LIST': [['SEGMENT.LIST']],
  'SEGMENT.GET': ['quen', 'im-lang'].map((segment) => ['SEGMENT.GET', segment]),
});

// One shop of so many people, and so many copies of it; how many seconds it
// took, or took when it was made.
async function shop(people, copies) {
  const [{ there }] = await sql(`SELECT to_regclass('shop.made') IS NOT NULL AS there`);
  if (there) {
    const [made] = await sql('SELECT * FROM shop.made');
    if (!made) throw new Error('what was kept was not made to its end');
    return made.seconds;
  }
  const began = performance.now();
  const took = (what) =>
    console.log(`  ${what}: ${Math.round((performance.now() - began) / 1000)} s`);
  // A year is loaded at once, and not measured.
  await change(`ALTER SYSTEM SET max_wal_size = '8GB'`);
  await change('SELECT pg_reload_conf()');
  for (const file of ['make', 'many'])
    await run('psql', '-X', '-q', '-v', 'ON_ERROR_STOP=1', '-d', desk.pg, '-f', `${here}${file}.psql`);
  await change('SELECT shop.make(1, :v1, true)', people);
  took('one shop made');
  await change('SELECT shop.settle(true)');
  await change('SELECT shop.says(200)');
  took('counted by the desk');
  await change('SELECT shop.copies_begin()');
  for (let n = 1; n <= copies; n++) await change('SELECT shop.copy(:v1)', n);
  took('copied');
  await change('SELECT shop.copies_end(:v1)', copies);
  took('added up');
  await change('CALL shop.indexes_again()');
  await change('VACUUM ANALYZE');
  await change('ALTER SYSTEM RESET max_wal_size');
  await change('SELECT pg_reload_conf()');
  await change('CHECKPOINT');
  took('all there');
  const seconds = (performance.now() - began) / 1000;
  await change('INSERT INTO shop.made VALUES (:v1, :v2)', copies, seconds);
  return seconds;
}

// Milliseconds of each time that this is asked, the caches being warm.
async function ask(wire, words, times) {
  const took = [];
  for (let i = -5; i < times; i++) {
    const from = performance.now();
    await wire.ask(...words);
    if (i >= 0) took.push(performance.now() - from);
  }
  return took;
}

// An operation's questions: the middle of them all, and the slowest one.
async function operation(book, wire, name, questions, bare) {
  const times = book.quick ? 10 : 30;
  const all = [];
  let worst = { p99: -1 };
  const before = cpuOfAll();
  for (const words of questions) {
    const took = await ask(wire, words, times);
    const p99 = part(took, 0.99);
    if (p99 > 50)
      console.log(`    ${words.join(' ')}: p50 ${part(took, 0.5).toFixed(1)}, p99 ${p99.toFixed(1)} ms`);
    all.push(...took);
    if (p99 > worst.p99) worst = { p99, words };
  }
  const after = cpuOfAll();
  if (questions.length > 1) console.log(`    slowest: ${worst.words.join(' ')}`);
  // What it comes to where others use the processors as well.
  book.put(
    `CX: ${name}, processor`,
    (after.postgres + after.deskd - before.postgres - before.deskd) / 1000
      / questions.length / (times + 5),
    'ms',
  );
  book.put(`CX: ${name}, p50 of ${questions.length}`, part(all, 0.5), 'ms');
  book.put(`CX: ${name}, p99 of the slowest`, worst.p99, 'ms', { most: 100 });
  book.put(`CX: ${name}, p99 of the slowest ÷ bare`, worst.p99 / bare, '');
  return all;
}

// What this machine takes for 10,000 rows of a roll-up that PostgreSQL adds up
// by itself, ms: the middle of so many times.
async function bareSum(times) {
  const [{ ms }] = await sql(`SELECT shop.bare_sum(${times}) AS ms`);
  return ms;
}

export async function cxFigures(book) {
  const copies = book.quick ? 25 : 255;
  const seconds = await shop(5000, copies);
  const [size] = await sql(`SELECT count(*) AS events,
      pg_database_size(current_database()) / 1048576 AS mib,
      (SELECT count(*) FROM desk.customer) AS customers,
      (SELECT count(*) FROM desk.measure_sum) AS sums,
      (SELECT count(*) FROM desk.journey_day) AS days,
      (SELECT s.customer FROM desk.customer_stage s ORDER BY s.n DESC, 1 LIMIT 1) AS who
      FROM desk.event`);
  book.put('CX: events', size.events, '');
  book.put('CX: customers', size.customers, '');
  book.put('CX: days, months and years of measures; of journeys', size.sums + size.days, 'rows');
  book.put('CX: the database', size.mib, 'MiB');
  book.put('CX: made in', seconds, 's');
  const bare = book.put('bare: 10,000 rows of a roll-up added up', await bareSum(50), 'ms');
  const all = [];
  await using(() => login('sup'), async (wire) => {
    for (const [name, questions] of Object.entries(asked(String(size.who))))
      all.push(...await operation(book, wire, name, questions, bare));
  });
  book.put('CX: all reports, p50', part(all, 0.5), 'ms');
  book.put('CX: all reports, p99', part(all, 0.99), 'ms', { most: 100 });
}
