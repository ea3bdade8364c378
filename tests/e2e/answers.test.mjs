// What an agent sees and gives when he answers: copies, files, and how it fares.
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { test } from 'node:test';
import { promisify } from 'node:util';
import { desk, event, login, service, sql, unique, using } from './lib/desk.mjs';

const run = promisify(execFile);

// A case of somebody who wrote a mail.
const someone = () =>
  using(service, (wire) =>
    wire.ask('EVENT.ADD', event({ channel: 'mail', subject: 'Giá áo',
      from: { kind: 'email', address: `${unique()}@example.com` } })));

// As a terminal shows it.
async function terminal(...words) {
  const { stdout } = await run('script',
    ['-qec', `stty cols 120; exec "$DESKCTL" -S "$DESKD_CONTROL" ${words.join(' ')}`, '/dev/null'],
    { env: { ...process.env, DESKCTL: `${process.env.DESKD_BUILD}/deskctl` } });
  return stdout.split(/\r?\n/);
}

const key = { Authorization: `Bearer ${process.env.DESKD_API_KEY}` };

test('who gets a copy is named over TCP and HTTP alike', async () => {
  const { ticket } = await someone();
  const copy = `${unique()}@example.com`;
  const said = await using(() => login('an'), (wire) =>
    wire.ask('TICKET.REPLY', ticket, 'Dạ', 'CC', JSON.stringify([copy])));
  const r = await fetch(`${desk.http}/api/v1/tickets/${ticket}/replies`, { method: 'POST',
    headers: { ...key, 'Content-Type': 'application/json' },
    body: JSON.stringify({ text: 'Dạ', cc: [copy] }) });
  assert.equal(r.status, 200, await r.clone().text());
  const again = await r.json();
  assert.deepEqual(await sql(`SELECT cc FROM desk.outbound WHERE event IN (:v1, :v2)`,
    said.event, again.event), [{ cc: [copy] }, { cc: [copy] }]);
});

test('a form is no file, and is refused aloud', async () => {
  const form = new FormData();
  form.set('file', new Blob(['giá 590k']), 'báo giá.txt');
  const r = await fetch(`${desk.http}/api/v1/uploads`, { method: 'POST', headers: key, body: form });
  assert.equal(r.status, 400);
  assert.match((await r.json()).detail, /the file's own bytes/);
});

test('a terminal shows files, and how an answer fares', async () => {
  const { ticket } = await someone();
  const up = await fetch(`${desk.http}/api/v1/uploads?name=b%E1%BA%A3ng%20gi%C3%A1.txt`,
    { method: 'POST', headers: { ...key, 'Content-Type': 'text/plain' }, body: unique() });
  const file = await up.json();
  const said = await using(service, (wire) => wire.ask('TICKET.REPLY', ticket, 'Một\nHai',
    'ATTACHMENTS', JSON.stringify([file])));
  let lines = await terminal('ticket', 'get', ticket);
  const at = lines.indexOf('    Một');
  assert.ok(at > 0, lines.join('\n'));
  assert.equal(lines[at + 1], '    Hai');
  assert.equal(lines[at + 2], `    [file 0: bảng giá.txt, text/plain, ${file.size} bytes]`);
  assert.match(lines[at + 3], /^ {4}\[queued, next try \d{4}-\d\d-\d\d \d\d:\d\d\]$/);
  await using(service, (wire) => wire.ask('TICKET.UNSEND', ticket, said.event));
  lines = await terminal('ticket', 'get', ticket);
  assert.match(lines[lines.indexOf('    Một') + 3], /^ {4}\[withdrawn: Withdrawn by key:/);
});
