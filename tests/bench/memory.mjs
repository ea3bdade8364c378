// What it takes to stand there: idle, with a shop's load, and with thousands
// of streams that nothing comes by.
import { desk } from '../e2e/lib/desk.mjs';
import { hold, load, pause, pids, proportional, resident } from './tools.mjs';

// The last of some looks, once two of them agree.
async function settled(look) {
  let last = look();
  for (let i = 0; i < 20; i++) {
    await pause(500);
    const now = look();
    if (Math.abs(now - last) < 64) return now;
    last = now;
  }
  return last;
}

// The least within a time in which deskd has tidied up (every 10 s).
async function least() {
  let kib = Infinity;
  for (let i = 0; i < 24; i++) {
    kib = Math.min(kib, resident(pids.deskd));
    await pause(500);
  }
  return kib;
}

export async function shopFigures(book) {
  book.put('deskd idle, resident', (await settled(() => resident(pids.deskd))) / 1024, 'MiB', {
    most: 16,
  });
  // Ten agents and twenty visitors look on; five events a second.
  const streams = await hold('idle', new URL(desk.http).port, desk.key, 'plain', 30);
  await load('resp', desk.resp, desk.key, 2, 4, book.seconds, 5);
  await load('http', new URL(desk.http).port, desk.key, 'list', 2, 1);
  let all = 0;
  for (const name of ['deskd', 'postgres', 'redis']) {
    const kib = await settled(() => proportional(pids[name]));
    all += kib;
    book.put(`a shop's load: ${name}`, kib / 1024, 'MiB');
  }
  book.put("a shop's load: all three", all / 1024, 'MiB', { most: 200 });
  await streams.end();
}

export async function idleFigures(book) {
  const count = book.quick ? 1000 : 9500;
  const ports = { plain: new URL(desk.http).port, tls: new URL(desk.https).port };
  for (const [how, most] of [['plain', 4], ['tls', 20]]) {
    const before = await settled(() => resident(pids.deskd));
    const streams = await hold('idle', ports[how], desk.key, how, count);
    const now = await settled(() => resident(pids.deskd));
    book.put(`an idle ${how} stream of ${count}`, (now - before) / count, 'KiB', { most });
    await streams.end();
    book.put(`deskd after they went (${how})`, (await least()) / 1024, 'MiB');
  }
}

export async function afterFigures(book) {
  const kib = await least();
  book.put('deskd after all that, resident', kib / 1024, 'MiB');
}
