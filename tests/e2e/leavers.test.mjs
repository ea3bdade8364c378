// A configuration that lets an agent go or takes a queue away, while somebody
// is just giving a ticket to either: two sessions of a database of its own.
import assert from 'node:assert/strict';
import { execFile, spawn } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { after, before, describe, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { deskctl, desk, unique, until } from './lib/desk.mjs';

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

// A session that is told one thing after another, and hears of each its end.
function session() {
  // Both streams as one: the end comes after what was wrong.
  const child = spawn('sh', ['-c', 'exec psql -XAtq -d "$0" 2>&1', pg]);
  let said = '';
  let wake = () => {};
  child.stdout.on('data', (d) => {
    said += d;
    wake();
  });
  return {
    async tell(text) {
      child.stdin.write(`${text};\n\\echo the-end\n`);
      while (!said.includes('the-end\n')) await new Promise((r) => (wake = r));
      const got = said;
      said = '';
      return got;
    },
    end: () => child.stdin.end(),
  };
}

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

  // Two do something at once; the second waits for the first to commit.
  async function race(first, second) {
    const [one, two] = [session(), session()];
    try {
      await one.tell('BEGIN');
      await one.tell(first);
      const answer = two.tell(second);
      await until('the second waits', () =>
        ask(`SELECT pid FROM pg_stat_activity WHERE datname = '${name}'
            AND wait_event_type = 'Lock'`),
      );
      await one.tell('COMMIT');
      return await answer;
    } finally {
      one.end();
      two.end();
    }
  }

  test('an agent who is being let go gets no ticket', async () => {
    for (const what of [
      `ticket_take('{"who":"an","role":"agent","agent":1}', '{"ticket":${ticket}}')`,
      `ticket_assign(${admin}, '{"ticket":${ticket},"agent":"an"}')`,
    ]) {
      const call = what.replace('"agent":1', `"agent":${await ask(`SELECT id FROM desk.agent WHERE name = 'an'`)}`);
      const got = await race(applying(config(['sales', 'extra'], ['binh'])), `SELECT desk.${call}`);
      assert.match(got, /There is no such agent/);
      assert.equal(await ask(`SELECT assignee FROM desk.ticket WHERE id = ${ticket}`), '');
      await ask(applying(whole));
    }
  });

  test('a ticket that is just given to one comes back to its line', async () => {
    const give = `SELECT desk.ticket_assign(${admin}, '{"ticket":${ticket},"agent":"an"}')`;
    await race(give, applying(config(['sales', 'extra'], ['binh'])));
    assert.equal(await ask(`SELECT active FROM desk.agent WHERE name = 'an'`), 'f');
    assert.equal(await ask(`SELECT assignee FROM desk.ticket WHERE id = ${ticket}`), '');
    await ask(applying(whole));
  });

  test('a queue that is being removed gets no ticket', async () => {
    const hand = `SELECT desk.ticket_transfer(${admin}, '{"ticket":${ticket},"queue":"extra"}')`;
    const less = applying(config(['sales'], ['an', 'binh']));
    assert.match(await race(less, hand), /There is no such queue/);
    await ask(applying(whole));
    // The other way round the queue is not empty.
    assert.match(await race(hand, less), /still has active tickets/);
  });
});
