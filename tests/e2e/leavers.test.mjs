// A configuration that lets an agent go or takes a queue away, while somebody
// is just giving a ticket to either: two sessions of a database of its own.
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { after, before, describe, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { deskctl, desk, unique } from './lib/desk.mjs';
import { race } from './lib/session.mjs';

const run = promisify(execFile);
const sqlFiles = fileURLToPath(new URL('../../sql', import.meta.url));
const name = unique('leavers_');
const pg = `${desk.pg} dbname=${name}`;
const admin = `'{"who":"root","role":"admin"}'`;

const queue = (word) => ({ name: word, title: word, first: 60, next: 60, offer: 30 });
const agent = (word) => ({ name: word, display: word, role: 'agent', queues: ['sales'] });
const config = (queues, agents) =>
  JSON.stringify({
    company: { name: 'Shop', lang: 'vi', country: '84', timezone: 'Asia/Ho_Chi_Minh' },
    default_queue: 'sales',
    queues: queues.map(queue),
    agents: agents.map(agent),
  });
const whole = config(['sales', 'extra'], ['an', 'binh']);
const applying = (c) => `SELECT desk.config_apply(${admin}, '{"config":${c}}')`;

const ask = async (text) => {
  const { stdout } = await run('psql', ['-XAtq', '-v', 'ON_ERROR_STOP=1', '-d', pg, '-c', text]);
  return stdout.trim();
};

// What the second heard, who waited for the first to commit.
const second = async (a, b) => (await race(pg, a, b))[1];

describe('what a configuration takes away', () => {
  let dir;
  let ticket;
  before(async () => {
    dir = await mkdtemp(`${desk.var}/leavers-`);
    await run('psql', ['-Xq', '-d', desk.pg, '-c', `CREATE DATABASE ${name}`]);
    await writeFile(`${dir}/deskd.conf`, `postgres = "${pg}"\n`);
    const made = await deskctl(['-f', `${dir}/deskd.conf`, 'migrate', '--sql', sqlFiles]);
    assert.equal(made.status, 0, made.stderr);
    await ask(applying(whole));
    const customer = await ask(`INSERT INTO desk.customer (name) VALUES ('Lan') RETURNING id`);
    ticket = await ask(`SELECT r->>'ticket' FROM desk.ticket_open(${admin},
        '{"customer":${customer},"queue":"sales","subject":"x"}') r`);
  });
  after(async () => {
    await run('psql', ['-Xq', '-d', desk.pg, '-c', `DROP DATABASE ${name} WITH (FORCE)`]);
    await rm(dir, { recursive: true });
  });

  test('an agent who is being let go gets no ticket', async () => {
    for (const what of [
      `ticket_take('{"who":"an","role":"agent","agent":1}', '{"ticket":${ticket}}')`,
      `ticket_assign(${admin}, '{"ticket":${ticket},"agent":"an"}')`,
    ]) {
      const call = what.replace('"agent":1', `"agent":${await ask(`SELECT id FROM desk.agent WHERE name = 'an'`)}`);
      const got = await second(applying(config(['sales', 'extra'], ['binh'])), `SELECT desk.${call}`);
      assert.match(got, /There is no such agent/);
      assert.equal(await ask(`SELECT assignee FROM desk.ticket WHERE id = ${ticket}`), '');
      await ask(applying(whole));
    }
  });

  test('a ticket that is just given to one comes back to its line', async () => {
    const give = `SELECT desk.ticket_assign(${admin}, '{"ticket":${ticket},"agent":"an"}')`;
    await second(give, applying(config(['sales', 'extra'], ['binh'])));
    assert.equal(await ask(`SELECT active FROM desk.agent WHERE name = 'an'`), 'f');
    assert.equal(await ask(`SELECT assignee FROM desk.ticket WHERE id = ${ticket}`), '');
    await ask(applying(whole));
  });

  test('a queue that is being removed gets no ticket', async () => {
    const hand = `SELECT desk.ticket_transfer(${admin}, '{"ticket":${ticket},"queue":"extra"}')`;
    const less = applying(config(['sales'], ['an', 'binh']));
    assert.match(await second(less, hand), /There is no such queue/);
    await ask(applying(whole));
    // The other way round the queue is not empty.
    assert.match(await second(hand, less), /still has active tickets/);
  });
});
