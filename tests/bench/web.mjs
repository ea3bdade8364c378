// What an agent waits for in the client: its first load, a key, another's
// message, a case.  In Debian's Chromium without a graphics card, on the same
// processors as the desk: a frame takes up to 17 ms of each figure.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { desk, event, service, unique, until } from '../e2e/lib/desk.mjs';
import { Browser } from '../web/lib/browser.mjs';
import { Many } from '../web/lib/many.mjs';
import { meter } from './meter.mjs';
import { part, pause } from './tools.mjs';

const KIB = 1024;
const median = (list) => part(list, 0.5);

// What stands in build/web, as it goes over the wire.
function weights(book) {
  const weigh = (name) => readFileSync(join(desk.build, 'web', `${name}.br`)).length / KIB;
  book.put('widget.js, compressed', weigh('widget.js'), 'KiB', { most: 30 });
}

// A new page that notes what it sees; its own profile, logged in by `state`.
async function open(browser, state, more = {}) {
  const p = await browser.page({ storageState: state, ...more });
  await p.page.addInitScript(meter);
  p.wire = await p.context.newCDPSession(p.page);
  await p.wire.send('Performance.enable');
  return p;
}

const noted = (p) => p.page.evaluate(() => window.meter.noted());

// One load of the list, and what it took: until nothing more came for a
// moment (the feed's stream never ends).
async function load(p, url) {
  await p.page.goto(url);
  await until('the list is there', async () => (await noted(p)).usable, 60);
  await p.live();
  for (let last = ''; ; ) {
    const now = await noted(p);
    if (JSON.stringify(now) === last) return now;
    last = JSON.stringify(now);
    await pause(400);
  }
}

// First loads with an empty cache, and again with a full one.
async function loads(book, browser, state, many, of) {
  const url = `${desk.http}/d/cases?queue=${many.queue}`;
  const cold = [];
  const warm = [];
  let heap;
  for (let i = 0; i < (book.quick ? 3 : 7); i++) {
    const p = await open(browser, state);
    cold.push(await load(p, url));
    warm.push(await load(p, url));
    await p.wire.send('HeapProfiler.collectGarbage');
    const { metrics } = await p.wire.send('Performance.getMetrics');
    heap = metrics.find((m) => m.name === 'JSHeapUsedSize').value;
    await p.end();
  }
  const mid = (list, name) => median(list.map((l) => l[name]));
  const name = `of ${of.toLocaleString('en')}`;
  if (of <= 10000) {
    book.put('first load: files over the wire', mid(cold, 'files') / KIB, 'KiB', { most: 200 });
    book.put('first load: answers of the API', mid(cold, 'answers') / KIB, 'KiB');
    book.put('first load: requests', mid(cold, 'requests'), '');
    book.put('first load: first paint (FCP)', mid(cold, 'fcp'), 'ms');
    book.put('first load: largest paint (LCP)', mid(cold, 'lcp'), 'ms', { most: 2500 });
    book.put('first load: shifts (CLS)', mid(cold, 'shifts'), '', { most: 0.1 });
    book.put('first load: blocked (TBT)', mid(cold, 'blocked'), 'ms', { most: 200 });
    book.put('loaded again: files over the wire', mid(warm, 'files') / KIB, 'KiB');
  }
  book.put(`first load → usable list ${name}`, mid(cold, 'usable'), 'ms');
  book.put(`loaded again → usable list ${name}`, mid(warm, 'usable'), 'ms');
  book.put(`JavaScript heap, list ${name}`, heap / KIB / KIB, 'MiB');
  return mid(warm, 'usable');
}

// As on a telephone far from the town: 1.6 Mbit/s, 150 ms, a slow processor.
async function slow(book, browser, state, many) {
  const p = await open(browser, state);
  await p.wire.send('Network.enable');
  await p.wire.send('Network.emulateNetworkConditions', {
    offline: false, latency: 150, downloadThroughput: 204800, uploadThroughput: 96000,
  });
  await p.wire.send('Emulation.setCPUThrottlingRate', { rate: 4 });
  const took = await load(p, `${desk.http}/d/cases?queue=${many.queue}`);
  book.put('first load, slow line and processor: LCP', took.lcp, 'ms', { most: 2500 });
  book.put('first load, slow line and processor → usable list', took.usable, 'ms');
  await p.end();
}

// Pages of the list as the server answers them.
async function pages(book, many, of) {
  const list = [];
  for (let i = 0; i < 30; i++) {
    const offset = Math.floor(((i % 10) * of) / 10);
    const began = performance.now();
    const answer = await fetch(
      `${desk.http}/api/v1/tickets?view=all&queue=${many.queue}&limit=100&offset=${offset}`,
      { headers: { Authorization: `Bearer ${desk.key}` } },
    );
    const { total, tickets } = await answer.json();
    list.push(performance.now() - began);
    if (total < of || tickets.length !== 100) throw new Error(`${total} cases at ${offset}`);
  }
  const name = `a page at any place of ${of.toLocaleString('en')}`;
  book.put(`${name}, p50`, median(list), 'ms', { most: 30 });
  return book.put(`${name}, p90`, part(list, 0.9), 'ms');
}

// Down and up through the list, each key when the last was painted.
async function keys(book, p, of) {
  const { page } = p;
  await page.locator('[role=listbox]').focus();
  const took = [];
  let late = 0;
  for (let i = 0; i < (book.quick ? 100 : 500); i++) {
    await page.evaluate(() => window.meter.key());
    await page.keyboard.press(i % 5 === 4 ? 'k' : 'j');
    const pressed = await page.evaluate(() => window.meter.coming);
    took.push(pressed.took);
    late += pressed.moved ? 0 : 1;
  }
  const name = `key → paint, list of ${of.toLocaleString('en')}`;
  book.put(`${name}, p50`, median(took), 'ms', { most: 50 });
  book.put(`${name}, p99`, part(took, 0.99), 'ms', { most: 100 });
  if (late > 0) throw new Error(`${late} keys were not shown by the next frame`);
}

// Mails into this queue: what is due first, so that it is seen.
async function mailed(wire, many, n) {
  const cases = [];
  for (let i = 0; i < n; i++) {
    const id = unique('bench-');
    const word = unique();
    const from = { kind: 'email', address: `${unique()}@example.com` };
    const to = `${many.queue}@shop.example`;
    const text = `Shop ơi đơn của mình tới đâu rồi ${word}`;
    const { ticket } = await wire.ask('EVENT.ADD', event({ id, from, to, subject: `Hỏi đơn ${i}`, text }));
    cases.push({ ticket, id, from, to, word });
  }
  return cases;
}

// What a customer adds to a case, until this agent's screen has it.
async function live(book, wire, p, cases, where, name) {
  const rounds = book.quick ? 20 : 100;
  const whole = [];
  const after = [];
  for (let i = 0; i < rounds; i++) {
    const c = cases[i % cases.length];
    const word = unique();
    await p.page.evaluate(([w, s]) => window.meter.await(w, s), [where, word]);
    const sent = Date.now();
    await wire.ask('EVENT.ADD', event({ from: c.from, to: c.to, thread: [c.id], text: word }));
    const committed = Date.now();
    const seen = await p.page.evaluate(() => window.meter.coming);
    whole.push(seen - sent);
    after.push(Math.max(0, seen - committed));
  }
  book.put(`commit → ${name} painted, p50`, median(after), 'ms');
  book.put(`commit → ${name} painted, p99`, part(after, 0.99), 'ms');
  book.put(`sent → ${name} painted, p50`, median(whole), 'ms');
}

// Enter on a row, until its history is painted; the case that is open then.
async function opening(book, p, url, cases) {
  const { page } = p;
  const took = [];
  let c;
  for (let i = 0; i < (book.quick ? 10 : 40); i++) {
    c = cases[i % cases.length];
    await load(p, url);
    await page.locator('[role=listbox]').focus();
    for (let n = 0; n <= i % cases.length; n++) await page.keyboard.press('j');
    await page.evaluate(([w, s]) => window.meter.opening(w, s), ['[role=log]', c.word]);
    await page.keyboard.press('Enter');
    took.push(await page.evaluate(() => window.meter.coming));
  }
  book.put('Enter → the case\'s history painted, p50', median(took), 'ms', { most: 100 });
  book.put('Enter → the case\'s history painted, p90', part(took, 0.9), 'ms');
  return c;
}

export async function webFigures(book) {
  weights(book);
  const browser = await Browser.open({ whole: true });
  try {
    const first = await browser.page();
    await first.login('sup');
    const state = await first.context.storageState();
    await first.end();
    const usable = {};
    const page = {};
    for (const of of [10000, 100000]) {
      const many = await Many.make(of);
      const wire = await service();
      const cases = [];
      try {
        page[of] = await pages(book, many, of);
        usable[of] = await loads(book, browser, state, many, of);
        const p = await open(browser, state);
        const url = `${desk.http}/d/cases?queue=${many.queue}`;
        await load(p, url);
        await keys(book, p, of);
        if (of === 10000) {
          await slow(book, browser, state, many);
          cases.push(...(await mailed(wire, many, 6)));
          await load(p, url);
          await live(book, wire, p, cases, '[role=option]', 'its row');
          const here = await opening(book, p, url, cases);
          await live(book, wire, p, [here], '[role=log]', 'its line in the open case');
        }
        await p.end();
      } finally {
        for (const { ticket } of cases) await wire.ask('TICKET.RESOLVE', ticket);
        wire.end();
        await many.end();
      }
    }
    book.put('usable list of 100,000 ÷ of 10,000', usable[100000] / usable[10000], '', { most: 2 });
    book.put('page of 100,000 ÷ of 10,000', page[100000] / page[10000], '');
  } finally {
    await browser.end();
  }
}
