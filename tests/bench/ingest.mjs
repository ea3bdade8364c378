// Durable ingest against what PostgreSQL itself allows, by RESP and LMTP; and
// how long until what was taken in can be found.
import { desk, event, service, sql, unique } from '../e2e/lib/desk.mjs';
import { cpuOfAll, load, part, pause, run } from './tools.mjs';

// Created by mail, 8 clients, on this class of machine (LIMITS.md).
const REQUEST_TRACKER = 16;
const REDMINE = 105;

const over = (connections, depth, seconds, ...rate) =>
  load('resp', desk.resp, desk.key, connections, depth, seconds, ...rate);
const bare = (connections, seconds) => load('bare', desk.pg, connections, 64, seconds);

async function filed() {
  const [row] = await sql('SELECT last_value::float8 AS n FROM desk.event_id');
  return row.n;
}

// Mails of 2 KiB from eight people at once, each on a connection that stays.
async function mails(each) {
  const before = await filed();
  const began = performance.now();
  await Promise.all(
    Array.from({ length: 8 }, (_, i) =>
      run(
        'smtp-source', '-L', '-d', '-s', 8, '-m', each, '-l', 2048,
        '-f', `${unique('bench')}-${i}@example.com`,
        '-t', 'sales@shop.example', `inet:127.0.0.1:${desk.lmtp}`,
      ),
    ),
  );
  const seconds = (performance.now() - began) / 1000;
  const n = (await filed()) - before;
  if (n < each * 8) throw new Error(`${each * 8} mails were sent, ${n} events filed`);
  return (each * 8) / seconds;
}

export async function ingestFigures(book) {
  // The 10,000 customers, and everybody's caches.
  await over(8, 64, book.seconds / 2);
  // Before and after, since the machine is never quite the same.
  const limits = { 2: [], 4: [] };
  const limit = async () => {
    for (const n of [2, 4]) limits[n].push((await bare(n, book.seconds / 2)).rate);
  };
  await limit();
  const rates = {};
  for (const [connections, depth] of [[1, 512], [8, 64], [64, 8]]) {
    const before = cpuOfAll();
    const began = await filed();
    rates[connections] = await over(connections, depth, book.seconds);
    const n = (await filed()) - began;
    const after = cpuOfAll();
    if (connections === 8) {
      const took = (name) => after[name] - before[name];
      for (const name of ['deskd', 'postgres', 'redis'])
        book.put(`CPU of ${name} an event`, took(name) / n, 'µs');
      // What the ratio comes to where others use the processors as well.
      book.put(
        'CPU of PostgreSQL ÷ all three',
        took('postgres') / (took('deskd') + took('postgres') + took('redis')),
        '',
      );
    }
    await limit();
  }
  const before = cpuOfAll();
  const each = book.quick ? 200 : 1000;
  const mail = await mails(each);
  const after = cpuOfAll();
  await limit();
  // deskd has two connections for this; on busy processors four get more.
  const most = book.put('bare libpq, batches of 64, 2 connections', part(limits[2], 0.5), 'events/s');
  book.put('the same, 4 connections', part(limits[4], 0.5), 'events/s');
  book.limit = most;
  for (const [connections, r] of Object.entries(rates)) {
    const who = `RESP, ${connections} connection${connections === '1' ? '' : 's'}`;
    book.put(`${who}`, r.rate, 'events/s');
    book.put(`${who} ÷ bare`, r.rate / most, '', { least: 0.75 });
    book.put(`${who}, answer p99`, r.p99, 'ms');
  }
  for (const name of ['deskd', 'postgres', 'redis'])
    book.put(`CPU of ${name} a mail`, (after[name] - before[name]) / (each * 8), 'µs');
  book.put('LMTP, 2 KiB mails', mail, 'mails/s');
  book.put('LMTP ÷ bare', mail / most, '', { least: 0.5 });
  book.put("LMTP ÷ Request Tracker's 16/s", mail / REQUEST_TRACKER, '', { least: 500 });
  book.put("LMTP ÷ Redmine's 105/s", mail / REDMINE, '', { least: 75 });
}

export async function searchFigures(book) {
  const limit = book.limit ?? (await over(8, 64, book.seconds / 2)).rate;
  const wire = await service();
  const delays = [];
  const seconds = book.seconds * 1.2;
  const end = performance.now() + seconds * 1000;
  const busy = over(8, 64, book.seconds, limit / 2);
  while (performance.now() < end - 300) {
    const word = unique('tim');
    await wire.ask('EVENT.ADD', event({ text: `mã ${word}` }));
    const began = performance.now();
    for (;;) {
      const found = await wire.ask('SEARCH', word);
      if (JSON.stringify(found).includes('"ticket"')) break;
      if (performance.now() - began > 30000) throw new Error('not found in 30 s');
      await pause(10);
    }
    delays.push(performance.now() - began);
  }
  const r = await busy;
  wire.end();
  book.put('ingest meanwhile ÷ limit', r.rate / limit, '');
  book.put('searchable after the answer, p50', part(delays, 0.5) / 1000, 's');
  book.put('searchable after the answer, worst', Math.max(...delays) / 1000, 's', { most: 1 });
}
