// A desk that nobody has configured yet, beside the one that scripts/run
// started: a database and a daemon of its own.
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { promisify } from 'node:util';
import { change, desk, deskctl, unique } from '../../e2e/lib/desk.mjs';
import { startSecond } from '../../e2e/lib/second.mjs';

const run = promisify(execFile);
const sqlFiles = new URL('../../../sql', import.meta.url).pathname;

// database: of Redis.
export async function freshDesk(database) {
  const name = unique('start_');
  const postgres = desk.pg.replace(/dbname=\S+/, `dbname=${name}`);
  const drop = () => change(`DROP DATABASE IF EXISTS ${name} WITH (FORCE)`);
  await change(`CREATE DATABASE ${name}`);
  const conf = `${desk.var}/${name}.conf`;
  await writeFile(conf, `postgres = "${postgres}"\n`, { mode: 0o600 });
  await run(`${desk.build}/deskctl`, ['-f', conf, 'migrate', '--sql', sqlFiles]);
  const redis = desk.redis.startsWith('redis://') ? desk.redis : `redis://${desk.redis}`;
  const daemon = await startSecond({ bare: true, postgres, redis: `${redis}/${database}` });
  return {
    http: daemon.http,
    control: daemon.control,
    // The code that `deskctl setup` prints.
    async code() {
      const made = await deskctl(['-S', daemon.control, 'setup', '--again', '-j']);
      assert.equal(made.status, 0, made.stderr);
      return JSON.parse(made.stdout).code;
    },
    async end() {
      await daemon.stop();
      await drop();
    },
  };
}
