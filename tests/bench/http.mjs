// The HTTP API: reads and writes a second, and how long each took.
import { desk, sql } from '../e2e/lib/desk.mjs';
import { load } from './tools.mjs';

export async function httpFigures(book) {
  const port = new URL(desk.http).port;
  if ((await sql('SELECT count(*) AS n FROM desk.ticket'))[0].n < 1000)
    await load('resp', desk.resp, desk.key, 8, 64, 1);
  const [{ last }] = await sql('SELECT max(id) AS last FROM desk.ticket');
  for (const what of ['list', 'get', 'search', 'event', 'note'])
    for (const connections of [1, 16]) {
      const r = await load('http', port, desk.key, what, connections, book.seconds / 2, last - 999, 1000);
      const name = `HTTP ${what}, ${connections} client${connections > 1 ? 's' : ''}`;
      book.put(name, r.rate, 'requests/s');
      book.put(`${name}, p50`, r.p50, 'ms');
      book.put(`${name}, p99`, r.p99, 'ms');
    }
}
