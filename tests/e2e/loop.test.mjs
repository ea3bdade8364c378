// Two desks that acknowledge everything, set against each other by a gateway
// which takes away all that could tell them so: they come to rest.
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { after, before, describe, test } from 'node:test';
import { promisify } from 'node:util';
import { admin, desk, sql, unique, until, using } from './lib/desk.mjs';
import { deliver, mail } from './lib/mail.mjs';
import { startSecond } from './lib/second.mjs';
import { startSink } from './lib/sink.mjs';
import { connect } from './lib/wire.mjs';

const run = promisify(execFile);
const name = unique('loop_');
const other = desk.pg.replace(/dbname=\S+/, `dbname=${name}`);
const sqlFiles = new URL('../../sql', import.meta.url).pathname;

let gateway;
let a;
let b;
let was; // A's configuration before
let forwarded = 0;
let seen = 0;

const acknowledging = (config, domain) => {
  const next = JSON.parse(JSON.stringify(config).replaceAll('shop.example', domain));
  for (const q of next.queues) q.acknowledge = 'da-nhan';
  return next;
};
const apply = (wire, config) => wire.ask('CONFIG.APPLY', JSON.stringify(config));
const inB = async (query) =>
  JSON.parse((await run('psql', ['-X', '-A', '-t', '-q', '-d', other, '-c',
    `SELECT coalesce(json_agg(r), '[]') FROM (${query}) r`])).stdout);

before(async () => {
  gateway = await startSink();
  const relay = { smtp_relay: `127.0.0.1:${gateway.port}`, smtp_starttls: 'no' };
  await run('psql', ['-X', '-q', '-d', desk.pg, '-c', `CREATE DATABASE ${name}`]);
  const conf = `${desk.var}/${name}.conf`;
  await writeFile(conf, `postgres = "${other}"\n`);
  await run(`${desk.build}/deskctl`, ['-f', conf, 'migrate', '--sql', sqlFiles]);
  const redis = desk.redis.startsWith('redis://') ? desk.redis : `redis://${desk.redis}`;
  b = await startSecond({ ...relay, bare: true, postgres: other, redis: `${redis}/7` });
  a = await startSecond(relay);
  was = await using(admin, async (wire) => (await wire.ask('CONFIG.SHOW')).config);
  await using(() => connect({ path: b.control, hello: [] }),
    (wire) => apply(wire, acknowledging(was, 'other.example')));
  await using(admin, (wire) => apply(wire, acknowledging(was, 'shop.example')));
});

after(async () => {
  if (was) await using(admin, (wire) => apply(wire, was));
  await a?.stop();
  await b?.stop();
  await gateway?.end();
  await run('psql', ['-X', '-q', '-d', desk.pg, '-c',
    `DROP DATABASE IF EXISTS ${name} WITH (FORCE)`]);
});

// What the gateway leaves of a mail: whom it is from and to, and its words; as
// if a person had written it just now.
const stripped = (m) => {
  const [head, ...body] = m.text.split('\r\n\r\n');
  const kept = head.replace(/\r\n[ \t]+/g, ' ').split('\r\n')
    .filter((l) => /^(From|To|Subject|MIME-Version|Content-[\w-]+):/i.test(l));
  const from = /([^\s<]+@[^\s>]+)>?\s*$/.exec(kept.find((l) => /^From:/i.test(l)))[1];
  return {
    from,
    bytes: Buffer.from([...kept, `Message-ID: <${unique('loop')}@gateway.example>`, '',
      body.join('\r\n\r\n')].join('\r\n')),
  };
};

async function forwardAll(desks) {
  while (seen < gateway.mails.length) {
    const m = gateway.mails[seen++];
    const [to] = m.rcpts;
    const port = desks(to);
    if (!port) continue;
    const [reply] = await deliver(stripped(m), [to], { port });
    assert.equal(reply.code, 250, reply.text);
    forwarded++;
  }
}

const waiting = `SELECT count(*)::int AS n FROM desk.outbound
  WHERE state IN ('queued', 'deferred', 'sending', 'committing')
    AND purpose = 'acknowledgement'`;

// Nothing is on its way, anywhere: what is taken in is queued in the same
// commit, so that this is true only when all is over.
const rests = (desks) => async () => {
  await forwardAll(desks);
  const quiet = (await sql(waiting))[0].n === 0 && (await inB(waiting))[0].n === 0;
  return quiet && seen === gateway.mails.length;
};

describe('two desks that acknowledge everything', () => {
  test('come to rest', async () => {
    const desks = (to) => to.endsWith('@shop.example') ? a.lmtp
      : to.endsWith('@other.example') ? b.lmtp : null;
    const [reply] = await deliver(
      mail({ from: 'sales@other.example', to: 'sales@shop.example', text: 'xin chào' }),
      ['sales@shop.example'], { port: a.lmtp });
    assert.equal(reply.code, 250, reply.text);
    await until('they rest', rests(desks));
    assert.ok(forwarded >= 2, `${forwarded}: they were set against each other`);
    assert.ok(forwarded <= 10, `${forwarded} mails`);
    console.log(`# ${forwarded} mails until they rested`);
  });

  test('stop answering a machine that answers everything', async () => {
    const mad = `${unique('mad')}@khach.example`;
    const desks = (to) => (to === mad ? 'mad' : null);
    const start = gateway.mails.length;
    let sent = 0;
    const write = async () => {
      sent++;
      const [reply] = await deliver(mail({ from: mad, to: 'sales@shop.example',
        text: `Tôi đi vắng ${sent}` }), ['sales@shop.example'], { port: a.lmtp });
      assert.equal(reply.code, 250, reply.text);
    };
    await write();
    await until('it rests', async () => {
      while (seen < gateway.mails.length) {
        const m = gateway.mails[seen++];
        if (desks(m.rcpts[0])) await write();
      }
      return (await sql(waiting))[0].n === 0 && seen === gateway.mails.length;
    });
    const answered = gateway.mails.length - start;
    assert.ok(answered >= 1 && answered <= 4, `${answered} answers to ${sent} mails`);
    assert.equal((await sql(`SELECT count(*)::int AS n FROM desk.event e
      JOIN desk.contact c ON c.id = e.contact WHERE c.address = :'v1'`, mad))[0].n, sent);
    console.log(`# ${answered} answers to ${sent} mails`);
  });
});
