// Web hooks to other services: real posts to a receiver that checks every
// signature and misbehaves in every way; daemons and PostgreSQL that go away.
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { lookup } from 'node:dns/promises';
import { readFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import { after, before, describe, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { admin, apply, desk, deskctl, event, login, metric, service, sql, unique, until, using } from './lib/desk.mjs';
import { receiver, wrong } from './lib/receiver.mjs';
import { startSecond } from './lib/second.mjs';
import { keep } from './lib/social.mjs';

const run = promisify(execFile);
const servers = fileURLToPath(new URL('../../scripts/servers', import.meta.url));
const whsec = () => `whsec_${randomBytes(24).toString('base64')}`;
let former;

before(async () => {
  former = await using(admin, (wire) => wire.ask('CONFIG.SHOW'));
});
after(() => using(admin, (wire) => apply(wire, former.config)));

// Puts these hooks in force; each has a name, secrets and what a hook may say.
async function hooks(list, daemons) {
  const config = { ...former.config, hooks: [] };
  for (const { name, secrets, ...more } of list) {
    await keep(`${name}.key`, secrets.join('\n'));
    config.hooks.push({ name, secret_file: `${name}.key`, allow: ['127.0.0.1'], ...more });
  }
  await using(admin, (wire) => apply(wire, config, daemons));
}

// A receiver with a hook that leads to it; name, state() and end().
async function hooked(more = {}, answer = undefined, daemons = undefined) {
  const name = unique('h');
  const secrets = [whsec()];
  const far = await receiver({ secrets, answer });
  await hooks([{ name, secrets, url: `${far.url}/in`, ...more }], daemons);
  far.name = name;
  far.state = async () =>
    (await using(admin, (wire) => wire.ask('HOOK.LIST'))).hooks.find((h) => h.name === name);
  return far;
}

const open = () => using(service, (wire) => wire.ask('EVENT.ADD', event({})));
const note = (ticket, text = 'ghi chú') =>
  using(service, (wire) => wire.ask('TICKET.NOTE', ticket, text));
// What waits for its next try is tried now; what a dead daemon had, too.
const hurry = (name) =>
  run('psql', ['-XAtq', '-v', 'ON_ERROR_STOP=1', '-d', desk.pg, '-c',
    `UPDATE desk.hook SET paused_until = NULL WHERE name = '${name}';
     UPDATE desk.hook_notice SET next_try = now() WHERE state IN ('waiting', 'sending')
     AND hook = (SELECT id FROM desk.hook WHERE name = '${name}')`]);
const rows = (name, more = 'true') =>
  sql(`SELECT n.id, n.state, n.attempts, n.status, n.said, n."offset", n.ticket
       FROM desk.hook_notice n JOIN desk.hook h ON h.id = n.hook
       WHERE h.name = '${name}' AND ${more} ORDER BY n.id`);
const settled = (name, n) =>
  until(`${n} notices of ${name} are done`, async () =>
    (await rows(name, `n.state = 'done'`)).length >= n);

describe('the receiver\'s own check', () => {
  test('refuses what a forger would try', () => {
    const secret = whsec();
    const body = Buffer.from('{}');
    const at = Math.floor(Date.now() / 1000);
    assert.match(wrong({}, body, [secret]), /missing/);
    assert.match(
      wrong(
        { 'webhook-id': `msg_${'a'.repeat(32)}`, 'webhook-timestamp': String(at), 'webhook-signature': `v1,${'A'.repeat(43)}=` },
        body, [secret],
      ),
      /not right/,
    );
  });
});

describe('what is told', () => {
  test('events and changes of a case: signed, numbered, in order', async () => {
    const far = await hooked();
    try {
      const one = await open();
      await note(one.ticket);
      await using(() => login('sup'), (w) => w.ask('TICKET.ASSIGN', one.ticket, 'an'));
      await until('three notices', () => far.about(one.ticket).length === 3);
      const [a, b, c] = far.about(one.ticket);
      assert.deepEqual([a, b, c].map((p) => p.json.type), ['event', 'event', 'assign']);
      assert.ok(a.json.offset < b.json.offset && b.json.offset < c.json.offset);
      assert.equal(a.json.data.queue, 'sales');
      assert.equal(c.json.data.assignee, 'an');
      assert.match(a.json.timestamp, /^\d{4}-\d\d-\d\dT[\d:.]+Z$/);
      assert.equal(a.path, '/in');
      assert.deepEqual(far.faults, []);
      await settled(far.name, 3);
      const state = await far.state();
      assert.equal(state.state, 'ok');
      assert.equal(state.waiting, 0);
    } finally {
      await far.close();
    }
  });

  test('only the kinds and queues that it asks for', async () => {
    const far = await hooked({ notices: ['assign'], queues: ['sales'] });
    try {
      const here = await open();
      const there = await using(service, (w) =>
        w.ask('EVENT.ADD', event({ to: 'warehouse@shop.example' })));
      assert.equal(there.queue, 'warehouse');
      for (const t of [there, here])
        await using(() => login('sup'), (w) => w.ask('TICKET.ASSIGN', t.ticket, 'sup'));
      await until('one notice', () => far.about(here.ticket).length > 0);
      assert.deepEqual(far.about(here.ticket).map((p) => p.json.type), ['assign']);
      assert.deepEqual(far.about(there.ticket), []);
    } finally {
      await far.close();
    }
  });

  test('two secrets while they change: signed with both', async () => {
    const far = await hooked();
    try {
      far.secrets = [...far.secrets, 'a plain secret'];
      await keep(`${far.name}.key`, far.secrets.join('\n'));
      const one = await open();
      await until('it is taken', () => far.about(one.ticket).length === 1);
      assert.equal(far.about(one.ticket)[0].signature.split(' ').length, 2);
      assert.deepEqual(far.faults, []);
    } finally {
      await far.close();
    }
  });

  test('HOOK.TEST says what a ping was answered', async () => {
    const far = await hooked();
    try {
      const said = await deskctl(['hook', 'test', far.name, '-j']);
      assert.equal(said.status, 0, said.stderr);
      const { taken, status } = JSON.parse(said.stdout);
      assert.deepEqual([taken, status], [true, 204]);
      assert.equal(far.posts.at(-1).json.type, 'ping');
      far.answer = (post, res) => res.writeHead(500).end('no');
      const bad = await using(admin, (w) => w.ask('HOOK.TEST', far.name));
      assert.equal(bad.taken, false);
      assert.match(bad.said, /^500 no/);
      await keep(`${far.name}.key`, 'whsec_%%%');
      const unsigned = await using(admin, (w) => w.ask('HOOK.TEST', far.name));
      assert.match(unsigned.said, /holds no key/);
      const agent = await using(() => login('an'), (w) =>
        w.ask('HOOK.TEST', far.name).then(() => null, (e) => e));
      assert.match(agent.message, /DENIED/);
    } finally {
      await far.close();
    }
  });
});

describe('a receiver of bad manners', () => {
  // Each answers so until it is told otherwise, and then takes it.
  const manners = {
    'a 500': (res) => res.writeHead(500).end('oh'),
    'a 404': (res) => res.writeHead(404).end(),
    'a 429 without a time': (res) => res.writeHead(429).end(),
    'a cut connection': (res) => res.socket.destroy(),
    'half a head': (res) => {
      res.socket.write('HTTP/1.1 200');
      res.socket.end();
    },
    'no HTTP': (res) => res.socket.end('220 hello\r\n'),
  };
  for (const [what, answer] of Object.entries(manners))
    test(`${what}: again, under the same id`, async () => {
      const far = await hooked();
      try {
        const seen = [];
        let good = false;
        far.answer = (post, res, taken) => {
          seen.push(post.id);
          if (good) taken();
          else answer(res);
        };
        const one = await open();
        // (It is tried again by itself after five seconds.)
        await until('it was refused', async () =>
          (await rows(far.name, `n.state = 'waiting' AND n.attempts > 0`)).length === 1);
        assert.equal((await far.state()).state, 'failing');
        good = true;
        await hurry(far.name);
        await until('it is taken', () => far.about(one.ticket).length === 1);
        assert.ok(seen.length > 1 && seen.every((id) => id === seen[0]), seen.join());
        await settled(far.name, 1);
        assert.equal((await far.state()).state, 'ok');
        assert.deepEqual(far.faults, []);
      } finally {
        await far.close();
      }
    });

  test('a redirect is never followed', async () => {
    const far = await hooked();
    const trap = await receiver({ secrets: far.secrets });
    try {
      far.answer = (post, res) => res.writeHead(307, { location: `${trap.url}/in` }).end();
      await open();
      await until('it failed', async () =>
        (await rows(far.name, 'n.status = 307')).length === 1);
      assert.equal(trap.posts.length, 0);
    } finally {
      await far.close();
      await trap.close();
    }
  });

  test('Retry-After is kept', async () => {
    const far = await hooked();
    try {
      far.answer = (post, res) => res.writeHead(503, { 'retry-after': '3000' }).end();
      await open();
      await until('it failed', async () => (await rows(far.name, 'n.status = 503')).length === 1);
      const [row] = await sql(
        `SELECT n.next_try > now() + interval '40 minutes' AS row,
           h.paused_until > now() + interval '40 minutes' AS hook
         FROM desk.hook_notice n JOIN desk.hook h ON h.id = n.hook WHERE h.name = :'v1'`,
        far.name,
      );
      assert.deepEqual(row, { row: true, hook: true });
      assert.ok((await far.state()).next_try);
    } finally {
      await far.close();
    }
  });

  test('an answer of 8 MB is not read, and counts', async () => {
    const far = await hooked();
    try {
      far.answer = (post, res) => {
        far.got.set(post.id, post);
        res.writeHead(200);
        res.on('error', () => {});
        for (let i = 0; i < 8; i++) res.write(Buffer.alloc(1 << 20, 'x'));
        res.end();
      };
      const one = await open();
      await settled(far.name, 1);
      assert.equal(far.about(one.ticket).length, 1);
    } finally {
      await far.close();
    }
  });

  test('410 disables it, with an audit line; RESUME goes on where it stopped', async () => {
    const far = await hooked();
    try {
      far.answer = (post, res) => res.writeHead(410).end('gone');
      const one = await open();
      await until('it is disabled', async () => (await far.state()).state === 'gone');
      const { audit } = await using(admin, (w) => w.ask('AUDIT.LIST'));
      assert.ok(audit.some((a) => a.action === 'hook.gone' && a.object === far.name));
      await until('it is told', async () => {
        const { notices } = await using(admin, (w) => w.ask('FEED.READ', '0', 'LAST', 200));
        return JSON.stringify(notices).includes(far.name);
      });
      await note(one.ticket);
      const posts = far.posts.length;
      far.answer = undefined;
      const doctor = await deskctl(['-f', `${desk.var}/deskd.conf`, 'doctor', '-j']);
      assert.match(doctor.stdout, new RegExp(far.name));
      assert.equal(far.posts.length, posts);
      await using(admin, (w) => w.ask('HOOK.RESUME', far.name));
      await until('both are taken', () => far.about(one.ticket).length === 2);
    } finally {
      await far.close();
    }
  });

  test('a slow one does not hold up the others', async () => {
    let open_now = 0;
    let most = 0;
    const slow = await receiver({ secrets: [whsec()], answer: (post, res) => {
      most = Math.max(most, ++open_now);
      res.on('close', () => open_now--);
    } });
    const quick = await receiver({ secrets: [whsec()] });
    const names = [unique('slow'), unique('quick')];
    try {
      await hooks([
        { name: names[0], secrets: slow.secrets, url: slow.url },
        { name: names[1], secrets: quick.secrets, url: quick.url },
      ]);
      const all = [];
      for (let i = 0; i < 20; i++) all.push(await open());
      await until('the quick one has all', () => quick.got.size === 20);
      assert.ok(most >= 1 && most <= 4, `${most} at once`);
      assert.equal(slow.got.size, 0);
    } finally {
      await slow.close();
      await quick.close();
    }
  });
});

describe('addresses inside', () => {
  // A daemon to which nothing but the public is open.
  let second;
  before(async () => {
    second = await startSecond({ outgoing_allow: '' });
  });
  after(() => second.stop());

  test('no notation of them is let through, unless allowed', async () => {
    const far = await receiver({ secrets: [whsec()] });
    const { port } = far;
    try {
      const hosts = ['127.0.0.1', '127.1', '2130706433', '0x7f.1', '0177.0.0.1', '0.0.0.0',
        '[::1]', '[::ffff:127.0.0.1]', '[::]', '[64:ff9b::7f00:1]', 'localhost', 'LOCALHOST.',
        '10.0.0.1', '169.254.169.254', '192.168.1.1', '100.64.0.1', '[fd00::1]', '[fe80::1]'];
      // A DNS name of this machine, where it has one that leads inside.
      const own = await lookup(hostname()).then((a) => a.address, () => null);
      if (own && /^(127|10|192\.168|172\.(1[6-9]|2\d|3[01]))\./.test(own)) hosts.push(hostname());
      const list = hosts.map((host, i) => ({
        name: `in${i}.${unique('h')}`,
        secrets: far.secrets,
        url: `http://${host}:${port}/`,
        allow: ['192.0.2.1'],
      }));
      // Wholly on paper: only the second daemon is asked.
      list.push({ name: unique('own'), secrets: far.secrets, url: `http://127.0.0.1:${port}/` });
      list.push({ name: unique('own'), secrets: far.secrets, url: `http://localhost:${port}/`, allow: ['127.0.0.0/8'] });
      await hooks(list.map((h) => ({ ...h, notices: ['split'] })), [second.metrics]);
      const key = await using(admin, (w) => w.ask('KEY.ADD', unique('hooks'), 'ROLE', 'supervisor'));
      for (const { name, url, allow } of list) {
        const r = await fetch(`${second.http}/api/v1/hooks/${name}/test`, {
          method: 'POST',
          headers: { authorization: `Bearer ${key.key}`, 'content-type': 'application/json' },
          body: '{}',
        });
        const said = await r.json();
        const own = allow?.[0] !== '192.0.2.1';
        assert.equal(said.taken, own, `${url}: ${JSON.stringify(said)}`);
        // Some are no name to some resolvers: nothing is met there either.
        if (!own) assert.match(said.said, /^(this address is not public|Could not resolve host: .*)$/, url);
        if (url.includes('[') || /^http:\/\/(\d|0x|localhost)/.test(url))
          assert.equal(said.said === 'this address is not public', !own, url);
      }
      assert.equal(far.posts.length, 2);
    } finally {
      await far.close();
    }
  });
});

describe('daemons and PostgreSQL that go away', () => {
  test('kill -9 while it is sent: it arrives, under the same id', async () => {
    const second = await startSecond();
    const far = await hooked({}, () => {}, [desk.metrics, second.metrics]);
    const first = Number(await readFile(`${desk.var}/deskd.pid`, 'utf8'));
    try {
      process.kill(first, 'SIGSTOP');
      const one = await using(second.service, (w) => w.ask('EVENT.ADD', event({})));
      await until('the second is sending', () => far.posts.length === 1);
      process.kill(second.pid, 'SIGKILL');
      far.answer = undefined;
      process.kill(first, 'SIGCONT');
      assert.equal((await rows(far.name))[0].state, 'sending');
      await hurry(far.name); // as if its minute had passed
      await until('it is taken', () => far.about(one.ticket).length === 1);
      assert.equal(far.posts[1].id, far.posts[0].id);
      assert.equal(far.posts[1].json.offset, far.posts[0].json.offset);
      await settled(far.name, 1);
      assert.deepEqual(far.faults, []);
    } finally {
      process.kill(first, 'SIGCONT');
      await second.stop();
      await far.close();
    }
  });

  test('1,000 notices, two daemons, PostgreSQL restarted: none is lost', async () => {
    const second = await startSecond();
    const far = await hooked({}, undefined, [desk.metrics, second.metrics]);
    const first = Number(await readFile(`${desk.var}/deskd.pid`, 'utf8'));
    try {
      const tickets = [];
      const said = await using(service, (w) =>
        Promise.all(Array.from({ length: 500 }, () => w.ask('EVENT.ADD', event({})))));
      for (const s of said) tickets.push(s.ticket);
      const notes = (some, to = service) =>
        using(to, async (w) => {
          for (const t of some) {
            // While PostgreSQL comes back: again, by the same id.
            const once = unique();
            await until('it is noted', () =>
              w.ask('TICKET.NOTE', t, 'ghi chú', 'once', once).catch((e) => {
                if (e.code !== 'TRYAGAIN') throw e;
              }));
          }
        });
      await notes(tickets.slice(0, 250));
      await run(servers, [desk.var, 'pg', 'kill']);
      await run(servers, [desk.var, 'pg', 'start', 'nosync']); // as it was
      for (const metrics of [desk.metrics, second.metrics]) {
        await until('the desk is back', () =>
          fetch(`${metrics}/readyz`).then((r) => r.ok, () => false));
      }
      // The first stops for a while, with whatever it has in hand.
      process.kill(first, 'SIGSTOP');
      await notes(tickets.slice(250), second.service);
      await hurry(far.name);
      await until('the second sends', async () =>
        (await metric('deskd_hook_notices_total', second.metrics)) > 0);
      process.kill(first, 'SIGCONT');
      // What a connection took along comes back when its minute has passed.
      await until('all are done', async () => {
        const left = await rows(far.name, `n.state <> 'done'`);
        if (left.length && left.every((n) => n.state === 'sending')) await hurry(far.name);
        return left.length === 0;
      });
      assert.equal(far.got.size, 1000);
      for (const t of tickets) {
        const [a, b] = far.about(t);
        assert.ok(a.json.offset < b.json.offset);
        assert.ok(a.json.data.event < b.json.data.event);
      }
      const offsets = [...far.got.values()].map((p) => p.json.offset);
      assert.equal(new Set(offsets).size, 1000);
      assert.deepEqual(far.faults, []);

      // Sent again from an offset: the same ids, which a receiver knows.
      const from = offsets.sort((x, y) => x - y)[990];
      const before = far.posts.length;
      const known = new Set(far.got.keys());
      const { upto } = await using(admin, (w) => w.ask('HOOK.REPLAY', far.name, 'OFFSET', from));
      assert.equal(upto, offsets.at(-1));
      // (What the first daemon had in hand may come a second time, too.)
      const again = () => far.posts.slice(before).filter((p) => p.json.offset >= from);
      await until('ten come again', () => new Set(again().map((p) => p.id)).size === 10);
      assert.ok(far.posts.slice(before).every((p) => known.has(p.id)));
    } finally {
      process.kill(first, 'SIGCONT');
      await second.stop();
      await far.close();
    }
  });
});
