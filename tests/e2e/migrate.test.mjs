// deskctl migrate over a database that has an older version's functions.
import assert from 'node:assert/strict';
import { execFile, spawn } from 'node:child_process';
import { cp, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { after, before, describe, test } from 'node:test';
import { promisify } from 'node:util';
import { deskctl, desk, sql, unique } from './lib/desk.mjs';

const run = promisify(execFile);
const sqlFiles = new URL('../../sql', import.meta.url).pathname;

describe('migrate', () => {
  const name = unique('migrate_');
  const pg = `${desk.pg} dbname=${name}`;
  let dir;

  // One statement's result as text.
  const ask = async (text) => {
    const { stdout } = await run('psql', ['-XAtq', '-v', 'ON_ERROR_STOP=1', '-d', pg, '-c', text]);
    return stdout.trim();
  };
  const migrate = (from = sqlFiles) =>
    deskctl(['-f', `${dir}/deskd.conf`, 'migrate', '--sql', from]);
  const shapes = () =>
    ask(`SELECT md5(string_agg(pg_get_functiondef(oid), ' ' ORDER BY oid::regprocedure::text))
        FROM pg_proc WHERE pronamespace = 'desk'::regnamespace`);
  const count = () =>
    ask(`SELECT count(*) FROM pg_proc WHERE pronamespace = 'desk'::regnamespace`);

  before(async () => {
    dir = await mkdtemp(`${desk.var}/migrate-`);
    await run('psql', ['-Xq', '-d', desk.pg, '-c', `CREATE DATABASE ${name}`]);
    await writeFile(`${dir}/deskd.conf`, `postgres = "${pg}"\n`);
    const first = await migrate();
    assert.equal(first.status, 0, first.stderr);
    await ask(`INSERT INTO desk.queue (name, title, first_target, next_target, offer_seconds)
        VALUES ('old', 'Old', 60, 60, 30)`);
  });
  after(async () => {
    await run('psql', ['-Xq', '-d', desk.pg, '-c', `DROP DATABASE ${name} WITH (FORCE)`]);
    await rm(dir, { recursive: true });
  });

  test('a second run changes nothing', async () => {
    const was = await shapes();
    const again = await migrate();
    assert.equal(again.status, 0, again.stderr);
    assert.equal(await shapes(), was);
  });

  test('what changed its shape is replaced, and a session goes on', async () => {
    const was = await shapes();
    const session = spawn('psql', ['-XAtq', '-d', pg]);
    let said = '';
    session.stdout.on('data', (d) => (said += d));
    const list = async (text) => {
      said = '';
      session.stdin.write(`${text}\n\\echo end\n`);
      while (!said.endsWith('end\n')) await new Promise((r) => session.stdout.once('data', r));
      return JSON.parse(said.slice(0, -4)).queues[0];
    };
    try {
      const old = await list(`PREPARE q AS SELECT desk.queue_list('{}', '{}');\nEXECUTE q;`);
      assert.equal(old.name, 'old');
      // Another result, other parameter names, other defaults.
      await ask(`DROP FUNCTION desk.page_rows;
        CREATE FUNCTION desk.page_rows(a jsonb, b int, c int DEFAULT 7)
          RETURNS bigint LANGUAGE sql AS 'SELECT 7::bigint';
        DROP FUNCTION desk.queue_load;
        CREATE FUNCTION desk.queue_load(q int) RETURNS text LANGUAGE sql AS 'SELECT 1::text'`);
      const got = await migrate();
      assert.equal(got.status, 0, got.stderr);
      assert.equal(await shapes(), was);
      assert.deepEqual(await list('EXECUTE q;'), old);
    } finally {
      session.stdin.end();
    }
    assert.equal(await ask('SELECT title FROM desk.queue'), 'Old');
  });

  test('what an older version had besides is gone', async () => {
    const was = await count();
    // Calls with two arguments would find this one, not today's.
    await ask(`CREATE FUNCTION desk.refuse(code text, sentence text)
        RETURNS void LANGUAGE sql AS '';
      CREATE FUNCTION desk.long_gone() RETURNS int LANGUAGE sql AS 'SELECT 1'`);
    const got = await migrate();
    assert.equal(got.status, 0, got.stderr);
    assert.equal(await count(), was);
  });

  test('what fails leaves all as it was', async () => {
    const was = await shapes();
    await cp(sqlFiles, `${dir}/sql`, { recursive: true });
    await writeFile(`${dir}/sql/functions/zz.sql`, 'CREATE FUNCTION desk.broken(');
    const no = await migrate(`${dir}/sql`);
    assert.equal(no.status, 1);
    assert.match(no.stderr, /zz\.sql/);
    assert.equal(await shapes(), was);
    assert.equal((await sql('SELECT 1 AS one'))[0].one, 1);
  });
});
