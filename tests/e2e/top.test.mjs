// deskctl top, on a real terminal, as a supervisor sees and uses it.
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import net from 'node:net';
import { describe, test } from 'node:test';
import { promisify } from 'node:util';
import { admin, desk, deskctl, event, service, unique, until, using } from './lib/desk.mjs';
import { terminal } from './lib/terminal.mjs';

const program = `${desk.build}/deskctl`;
const ask = (...words) => using(admin, (wire) => wire.ask(...words));
const queue = async (name) => (await ask('QUEUE.LIST')).queues.find((q) => q.name === name);

// top on a terminal, whose shell then says how it ended and what it was left.
const begin = (options, { before = '', control = desk.control } = {}) =>
  terminal(
    `${before} ${program} -S ${control} top; echo "left $?"; stty -a; exec sleep 1000`,
    options,
  );
const whole = (text) => assert.match(text, /[^-]icanon[^]* echo /, text);

// A case that somebody has who has no other.
async function caseOf(agent, subject, text) {
  const { ticket } = await using(service, (s) => s.ask('EVENT.ADD', event({ subject, text })));
  await ask('TICKET.ASSIGN', ticket, agent);
  const { ticket: row } = await ask('TICKET.GET', ticket);
  return { id: ticket, number: row.number };
}

describe('deskctl top', () => {
  test('shows the desk; sorts, filters, opens a case, and acts on it when told y', async () => {
    const mark = unique();
    const it = await caseOf('sup', `Đơn hàng ${mark}`, `bao giờ giao ${mark}`);
    const t = await begin();
    try {
      let screen = await t.shows(/^ queue +waiting +oldest .*\n[^]*^ sales [^]*^ agent▴/m);
      assert.match(screen, /Shop Example +\d\d:\d\d:\d\d/);
      for (const name of ['sales', 'shipping', 'warehouse', 'technical'])
        assert.match(screen, new RegExp(`^ ${name} `, 'm'));
      // A column's number sorts by it; again, the other way about.
      await t.keys('1');
      screen = await t.shows('queue▴');
      assert.ok(screen.indexOf(' sales ') < screen.indexOf(' warehouse '));
      await t.keys('1');
      screen = await t.shows('queue▾');
      assert.ok(screen.indexOf(' warehouse ') < screen.indexOf(' sales '));

      // To the agent's cases, and to the one with these letters.
      await t.keys('Tab');
      await t.shows('e ready');
      await t.type('/sup');
      await t.keys('Enter');
      await t.shows('/sup 1');
      await t.keys('Enter');
      await t.shows(`#${it.number}`);
      await t.type(`/don hang ${mark.slice(0, 9)}`);
      await t.keys('Enter');
      screen = await t.shows(/\/don hang \w+ 1$/m);
      assert.match(screen, new RegExp(`^ +#${it.number} `, 'm'));
      await t.keys('Enter');
      await t.shows(`bao giờ giao ${mark}`);

      await t.keys('i');
      await t.shows('priority of');
      await t.type('77');
      await t.keys('Enter');
      await t.shows(`Set the priority of #${it.number} to 77? [y/n]`);
      await t.keys('n');
      await t.shows('nothing was done');
      assert.equal((await ask('TICKET.GET', it.id)).ticket.priority, 50);
      await t.type('i777');
      await t.keys('Enter');
      await t.shows('to 777? [y/n]');
      await t.keys('y');
      // What the server said of it.
      await t.shows(/priority.*99/);
      await t.type('i77');
      await t.keys('Enter');
      await t.shows('to 77? [y/n]');
      await t.keys('y');
      await t.shows(`#${it.number}: priority set`);
      await t.shows('priority 77');
      await t.type(`nghi chú ${mark}`);
      await t.keys('Enter');
      await t.shows('[y/n]');
      await t.keys('y');
      await t.shows(`#${it.number}: noted`);
      await until('the note is there', async () =>
        (await ask('TICKET.GET', it.id)).events.some((e) => e.text === `ghi chú ${mark}`),
      );
      // Why it is where it is, and what was promised.
      await t.keys('w');
      await t.shows(new RegExp(`Case #${it.number} \\(${it.id}\\), open, in sales`));
      await t.shows("It is sup's.");
      await t.keys('w');
      await until('it is gone again', async () => !(await t.screen()).includes("It is sup's."));
      await t.keys('t');
      await t.shows('to queue');
      await t.type('wareh');
      await t.keys('Tab');
      await t.shows('warehouse_');
      await t.keys('Enter');
      await t.shows('[y/n]');
      await t.keys('y');
      await t.shows('transferred to warehouse');
      assert.equal((await ask('TICKET.GET', it.id)).ticket.queue, 'warehouse');
      await t.keys('q');
      screen = await t.shows('left 0');
      whole(await t.shows(/ echo /));
      assert.doesNotMatch(screen, /waiting/);
    } finally {
      await t.close();
    }
  });

  test('shows what comes as it comes, and pauses a queue', async () => {
    const t = await begin({ columns: 120, rows: 40 });
    try {
      await t.shows(/^ shipping /m);
      const before = (await queue('shipping')).waiting;
      await using(service, (s) =>
        s.ask('EVENT.ADD', event({ to: 'shipping@shop.example', subject: unique() })),
      );
      await until('it is counted', async () => {
        const row = /^ shipping +(\d+) /m.exec(await t.screen());
        return row && Number(row[1]) > before;
      });
      await t.type('/shipping');
      await t.keys('Enter');
      await t.shows('/shipping 1');
      await t.keys('p');
      await t.shows('Pause queue shipping?');
      await t.keys('Escape');
      await t.shows('nothing was done');
      assert.equal((await queue('shipping')).paused, false);
      await t.keys('p');
      await t.shows('Pause queue shipping?');
      await t.keys('y');
      await t.shows('shipping (paused)');
      assert.equal((await queue('shipping')).paused, true);
      await t.keys('p');
      await t.shows('Resume queue shipping?');
      await t.keys('y');
      await t.shows(/^ shipping {3,}/m);
      assert.equal((await queue('shipping')).paused, false);
    } finally {
      await ask('QUEUE.RESUME', 'shipping');
      await t.close();
    }
  });

  test('fits any size that it is given, and says what it needs', async () => {
    const t = await begin({ columns: 200, rows: 60 });
    try {
      await t.shows(/ offered$/m);
      await t.resize(40, 12);
      await t.shows('needs 60 columns, 16 lines\nhere are 40 and 12');
      await t.resize(60, 16);
      await t.shows(/^ queue +waiting[^]*^ agent/m);
      await t.resize(80, 24);
      await t.keys('?');
      await t.shows('pause or resume it');
      await t.keys('x');
      await t.shows(/^ agent/m);
    } finally {
      await t.close();
    }
  });

  test('says since when the desk is away, and is there again with it', async () => {
    const dir = await mkdtemp('/tmp/deskd-top.');
    const control = `${dir}/control.sock`;
    let ends = [];
    const open = async () => {
      const server = net.createServer((a) => {
        const b = net.connect(desk.control);
        for (const s of [a, b]) s.on('error', () => {});
        ends.push(a, b);
        a.pipe(b);
        b.pipe(a);
      });
      await new Promise((done) => server.listen(control, done));
      return async () => {
        for (const s of ends) s.destroy();
        ends = [];
        await new Promise((done) => server.close(done));
      };
    };
    let cut = await open();
    const t = await begin({}, { control });
    try {
      await t.shows(/^ sales /m);
      await cut();
      const screen = await t.shows(/away since \d\d:\d\d:\d\d/);
      assert.match(screen, /^ sales /m);
      await t.keys('p');
      await t.shows('[y/n]');
      await t.keys('y');
      await t.shows('The desk is away: nothing was done.');
      cut = await open();
      await t.shows(/Shop Example +\d\d:\d\d:\d\d/);
      const { ticket } = await using(service, (s) => s.ask('EVENT.ADD', event({ subject: unique() })));
      const { number } = (await ask('TICKET.GET', ticket)).ticket;
      await ask('TICKET.ASSIGN', ticket, 'dung');
      await t.keys('Tab');
      await t.type('/dung');
      await t.keys('Enter');
      await t.keys('Enter');
      await t.shows(`#${number}`);
    } finally {
      await t.close();
      await cut();
      await rm(dir, { recursive: true, force: true });
    }
  });

  test('leaves the terminal whole, told to end or crashing', async () => {
    const dir = await mkdtemp('/tmp/deskd-top.');
    try {
      for (const signal of ['SIGTERM', 'SIGHUP', 'SIGINT', 'SIGABRT', 'SIGSEGV']) {
        const file = `${dir}/${signal}`;
        const run = `sh -c 'echo $$ >${file}; exec "$@"' sh`;
        const t = await begin({}, { before: run });
        try {
          await t.shows(/^ sales /m);
          process.kill(Number(await readFile(file, 'utf8')), signal);
          const screen = await t.shows(/left \d+/);
          assert.doesNotMatch(screen, /waiting/);
          whole(await t.shows(/ echo /));
        } finally {
          await t.close();
        }
      }
    } finally {
      await rm(dir, { recursive: true, force: true });
    }
  });

  test('--once prints a frame, with -j its numbers, also by a key', async () => {
    const env = { LC_ALL: 'C.UTF-8', COLUMNS: '100', LINES: '30' };
    const { status, stdout } = await deskctl(['top', '--once'], { env });
    assert.equal(status, 0);
    const lines = stdout.split('\n');
    assert.equal(lines.length, 31);
    for (const line of lines) assert.ok([...line].length <= 100, line);
    assert.match(stdout, /^ sales .*\n/m);
    // eslint-disable-next-line no-control-regex
    assert.doesNotMatch(stdout, /\u001b/);

    const plain = await deskctl(['top', '--once'], { env: { ...env, LC_ALL: 'C' } });
    // eslint-disable-next-line no-control-regex
    assert.match(plain.stdout, /^[\u0000-\u007f]*$/);

    const { queues, agents } = JSON.parse((await deskctl(['-j', 'top'])).stdout);
    assert.ok(queues.some((q) => q.name === 'sales' && Number.isInteger(q.waiting)));
    assert.ok(agents.some((a) => a.name === 'an'));

    const dir = await mkdtemp('/tmp/deskd-top.');
    try {
      await writeFile(`${dir}/key`, `${desk.key}\n`, { mode: 0o600 });
      const far = await promisify(execFile)(
        program,
        ['-H', `127.0.0.1:${desk.resp}`, '-k', `${dir}/key`, 'top', '--once'],
        { env: { ...process.env, ...env } },
      );
      assert.match(far.stdout, /^ sales /m);
    } finally {
      await rm(dir, { recursive: true, force: true });
    }
    const none = await deskctl(['top']);
    assert.equal(none.status, 2);
    assert.match(none.stderr, /--once/);
  });
});
