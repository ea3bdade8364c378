// The desk while its stores are taken over by others: a Redis whose master
// dies under Sentinels, a PostgreSQL whose standby is promoted, a Cluster that
// moves the desk's slot.  Events flow meanwhile: what was accepted is there
// once, and offers go on.
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { after, before, test } from 'node:test';
import { promisify } from 'node:util';
import { admin, desk, event, unique, until, using } from './lib/desk.mjs';
import { startSecond } from './lib/second.mjs';
import { Stores } from './lib/stores.mjs';
import { connect } from './lib/wire.mjs';

const run = promisify(execFile);
const sqlFiles = new URL('../../sql', import.meta.url).pathname;
const queue = unique('q');
const agent = unique('a');
const password = unique('secret-');
const HOST = '127.0.0.1';
let stores;
let pair;
let watched;
let cluster;
let own; // the daemon
let boss;
let config;

const doctor = async (what) => {
  const said = await run(`${desk.build}/deskctl`, ['-f', own.conf, '-j', 'doctor'],
    { env: { ...process.env, DESKD_SQL: sqlFiles } }).catch((e) => e);
  return JSON.parse(said.stdout).find((f) => f.what === what);
};

async function begin(redis) {
  own = await startSecond({ bare: true, postgres: pair.dsn, redis });
  boss = await connect({ path: own.control, hello: [] });
}
async function end() {
  boss?.end();
  await own?.kill();
  boss = own = undefined;
}

before(async () => {
  config = (await using(admin, (wire) => wire.ask('CONFIG.SHOW'))).config;
  stores = await Stores.open();
  [pair, watched, cluster] = await Promise.all([
    stores.pair(async (dsn) => {
      await writeFile(`${desk.var}/${queue}.conf`, `postgres = "${dsn}"\n`);
      await run(`${desk.build}/deskctl`,
        ['-f', `${desk.var}/${queue}.conf`, 'migrate', '--sql', sqlFiles]);
    }),
    stores.sentinel('desk'),
    stores.cluster(),
  ]);
  await begin(watched.url);
  await boss.ask('CONFIG.APPLY', JSON.stringify({
    ...config,
    queues: [...config.queues, { name: queue, title: queue, first: 3600, next: 3600, offer: 600 }],
    served: [...config.served, { kind: 'email', address: `${queue}@shop.example`, queue }],
    agents: [...config.agents,
      { name: agent, display: agent, role: 'agent', capacity: 100, queues: [queue], skills: [] }],
  }));
  await boss.ask('USER.PASSWORD', agent, password);
});
after(async () => {
  await end();
  await stores?.close();
});

// Events, one after the other by several senders, each repeated under its id
// until it is accepted, as every sender does.
function flow(senders = 3) {
  const accepted = [];
  let going = true;
  const send = async () => {
    let wire;
    while (going) {
      const id = unique('event-');
      for (;;) {
        try {
          wire ??= await connect({ path: own.control, hello: [] });
          const { ticket } = await wire.ask('EVENT.ADD', event({ id, to: `${queue}@shop.example` }));
          accepted.push({ id, ticket });
          break;
        } catch (e) {
          assert.equal(e.code, 'TRYAGAIN', e.message);
          await new Promise((r) => setTimeout(r, 20));
        }
      }
    }
    wire?.end();
  };
  const all = Promise.all(Array.from({ length: senders }, send));
  return {
    accepted,
    more: async (n) => {
      const enough = accepted.length + n;
      await until(`${n} more events are accepted`, () => accepted.length >= enough);
    },
    end: async () => {
      going = false;
      await all;
    },
  };
}

// Each that was accepted is one event of one case, and every case waits in
// exactly one place.
async function whole(pg, redis, accepted) {
  const ids = accepted.map((a) => `('${a.id}')`).join();
  assert.equal(await pg.sql(`SELECT count(*) FROM (VALUES ${ids}) v (id)
    JOIN desk.event_key k ON k.channel = 'mail' AND k.external_id = v.id
    JOIN desk.event e ON e.id = k.event`), String(accepted.length));
  const waits = async () => {
    const line = await redis.zrange(`{desk}:line:${queue}`, 0, -1);
    const offered = (await redis.zrange('{desk}:offers', 0, -1)).map((o) => o.split(':')[0]);
    return [...line, ...offered].map(Number).sort((a, b) => a - b).join();
  };
  const right = await pg.sql(`SELECT t.id FROM desk.ticket t JOIN desk.queue q
    ON q.id = t.queue AND q.name = '${queue}' WHERE t.state IN ('new', 'open')
    AND t.assignee IS NULL ORDER BY t.id`);
  await until('the lines are what the records say', async () =>
    (await waits()) === right.split('\n').join());
}

// The agent is offered a case, and gets it.
async function works(pg, redis) {
  const wire = await connect({ port: own.resp, hello: ['AUTH', agent, password] });
  try {
    await until('he is ready', () =>
      wire.ask('AGENT.STATE', 'me', 'ready').then(() => true, () => false));
    const ticket = await until('he is offered one', () =>
      wire.ask('OFFER.LIST').then((l) => l.offers[0]?.ticket, () => 0));
    await wire.ask('OFFER.ACCEPT', ticket);
    await until('it is his', async () => (await pg.sql(`SELECT a.name FROM desk.ticket t
      JOIN desk.agent a ON a.id = t.assignee WHERE t.id = ${ticket}`)) === agent);
    await wire.ask('AGENT.STATE', 'me', 'away');
    await until('his next one is taken back', async () =>
      (await redis.zrange('{desk}:offers', 0, -1)).every((o) => !o.endsWith(`:${agent}`)));
  } finally {
    wire.end();
  }
}

const epochIs = (redis, what) =>
  until('the lines are rebuilt', async () => what.test((await redis.get('{desk}:epoch')) ?? ''));
const runId = async (redis) => /run_id:(\w+)/.exec(await redis.info('server'))[1];

test('a Redis whose master dies: its replica goes on, by what PostgreSQL has', async () => {
  const { master, replica } = watched;
  const events = flow();
  await events.more(30);
  assert.equal((await doctor('Redis Sentinels')).level, 'ok');
  await stores.kill(master);
  await events.more(30); // nobody who sends notices
  await watched.seesDeath();
  await epochIs(replica.redis, new RegExp(`^${await runId(replica.redis)}/`));
  await events.more(30);
  await events.end();
  await whole(pair.primary, replica.redis, events.accepted);
  await works(pair.primary, replica.redis);
});

test('a PostgreSQL whose primary dies: its standby goes on with all that was accepted', async () => {
  const { primary, standby } = pair;
  const { redis } = watched.replica;
  const events = flow();
  await events.more(30);
  await stores.kill(primary);
  await standby.sql('SELECT pg_promote()');
  await events.more(30);
  await events.end();
  await epochIs(redis, /\.00000002$/); // built anew from this timeline
  await whole(standby, redis, events.accepted);
  await works(standby, redis);
  assert.equal((await doctor('schema')).level, 'ok'); // it finds it, too
});

test('a Cluster: the desk finds its slot, and follows it to another node', async () => {
  const { nodes, home } = cluster;
  const [near, far] = nodes.filter((n) => n !== home);
  await end();
  await begin(`cluster://${near.at},${far.at}`);
  await epochIs(home.redis, /./);
  const events = flow();
  await events.more(30);
  assert.equal((await doctor('Redis')).level, 'ok');
  await cluster.move(home, far);
  await epochIs(far.redis, new RegExp(`^${await runId(far.redis)}/`));
  await events.more(30);
  await events.end();
  await whole(pair.standby, far.redis, events.accepted);
  await works(pair.standby, far.redis);
});
