// What reports of customers' experience take, over the protocol, on a desk that
// has had ten million events (a million with --quick): a shop's year that is
// made, and counted, by the desk itself, and its copies (../shop/many.psql).
import { change, desk, login, sql, using } from '../e2e/lib/desk.mjs';
import { cpuOfAll, part, run } from './tools.mjs';

const here = new URL('../shop/', import.meta.url).pathname;
const day = (ago) => new Date(Date.now() - ago * 86400000).toISOString().slice(0, 10);
const since = (ago) => ['from', day(ago), 'to', day(0)];

// What is asked, and how; the first word is the operation.
const asked = {
  'by queue, 30 days': ['CX.SCORES', 'nps', ...since(30)],
  'by touchpoint, a year with the one before': [
    'CX.SCORES', 'csat', ...since(365), 'by', 'touchpoint', 'compare', 'yes',
  ],
  'by day, 90 days': ['CX.SCORES', 'csat', ...since(90), 'by', 'day'],
  'by month, three years': ['CX.SCORES', 'nps', ...since(1095), 'by', 'month'],
  'by agent, a year': ['CX.SCORES', 'csat', ...since(365), 'by', 'agent'],
  'feelings by channel, a year': ['CX.SCORES', 'mood', ...since(365), 'by', 'channel'],
  'the newest': ['CX.ANSWERS', 'csat', ...since(365)],
  'a rare score at one touchpoint': [
    'CX.ANSWERS', 'csat', ...since(365), 'touchpoint', 'doi-tra', 'value', '3',
  ],
  'by carrier, a year': ['PROMISE.GAP', 'by', 'carrier', ...since(365)],
  'that are over': ['PROMISE.LIST', 'view', 'ended'],
  '30 days': ['JOURNEY.MAP', ...since(30)],
  'a year of one segment': ['JOURNEY.MAP', ...since(365), 'segment', 'si'],
  'a year': ['JOURNEY.MATRIX', ...since(365)],
  'from a touchpoint': ['JOURNEY.NEXT', 'touchpoint', 'doi-tra'],
  'in a stage': ['JOURNEY.STUCK', 'support'],
  'seven days': ['THEME.LIST'],
  'a year of themes': ['THEME.LIST', 'from', `${day(365)}T00:00:00Z`],
  'one theme': ['THEME.GET', 'sai-mau'],
  unanswered: ['FEEDBACK.LIST'],
  'all segments': ['SEGMENT.LIST'],
  'a page of members': ['SEGMENT.GET', 'quen'],
};

// One shop of so many people, and so many copies of it.
async function shop(people, copies) {
  for (const file of ['make', 'many'])
    await run('psql', '-X', '-q', '-v', 'ON_ERROR_STOP=1', '-d', desk.pg, '-f', `${here}${file}.psql`);
  await change('SELECT shop.make(1, :v1, true)', people);
  await change('SELECT shop.settle()');
  await change('SELECT shop.copies_begin()');
  for (let n = 1; n <= copies; n++) await change('SELECT shop.copy(:v1)', n);
  await change('SELECT shop.copies_end(:v1)', copies);
  await change('VACUUM ANALYZE');
}

export async function cxFigures(book) {
  const began = performance.now();
  const people = 5000;
  const copies = book.quick ? 25 : 255;
  await shop(people, copies);
  const [size] = await sql(`SELECT count(*) AS events,
      pg_database_size(current_database()) / 1048576 AS mib,
      (SELECT count(*) FROM desk.customer) AS customers,
      (SELECT count(*) FROM desk.measure_sum) AS sums,
      (SELECT count(*) FROM desk.journey_day) AS days FROM desk.event`);
  book.put('CX: events', size.events, '');
  book.put('CX: customers', size.customers, '');
  book.put('CX: days, months and years of measures; of journeys', size.sums + size.days, 'rows');
  book.put('CX: the database', size.mib, 'MiB');
  book.put('CX: made in', (performance.now() - began) / 1000, 's');
  const times = book.quick ? 40 : 120;
  await using(() => login('sup'), async (wire) => {
    for (const [name, words] of Object.entries(asked)) {
      const took = [];
      let before;
      // The first five are for the caches.
      for (let i = -5; i < times; i++) {
        if (i === 0) before = cpuOfAll();
        const from = performance.now();
        await wire.ask(...words);
        if (i >= 0) took.push(performance.now() - from);
      }
      const after = cpuOfAll();
      // What it comes to where others use the processors as well.
      book.put(
        `CX: ${words[0]} ${name}, processor`,
        (after.postgres + after.deskd - before.postgres - before.deskd) / 1000 / times,
        'ms',
      );
      book.put(`CX: ${words[0]} ${name}, p50`, part(took, 0.5), 'ms');
      book.put(`CX: ${words[0]} ${name}, p99`, part(took, 0.99), 'ms', { most: 100 });
    }
  });
}
