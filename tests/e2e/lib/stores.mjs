// PostgreSQL and Redis of a test's own, of several servers each: a primary and
// its standby, a master and its replica with a Sentinel, a Cluster.  All on
// loopback, in one directory, and gone with the test.
import { execFile, execFileSync, spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { chown, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { promisify } from 'node:util';
import Redis from 'ioredis';
import { until } from './desk.mjs';
import { freePorts } from './ports.mjs';

const run = promisify(execFile);
const HOST = '127.0.0.1';

const bin = [process.env.PG_BIN, ...[18, 17, 16, 15].map((v) => `/usr/lib/postgresql/${v}/bin`)]
  .find((d) => d && existsSync(`${d}/postgres`));

// None of these runs as root: the account that scripts/lib/servers.sh takes.
function account() {
  if (process.getuid() !== 0) return {};
  for (const name of ['postgres', 'deskd-test'])
    try {
      const id = (what) => Number(execFileSync('id', [what, name], { stdio: 'pipe' }));
      return { uid: id('-u'), gid: id('-g') };
    } catch {
      // the other one
    }
  throw new Error('no account for the servers: scripts/run makes it');
}

export class Stores {
  static async open() {
    const s = new Stores();
    s.as = account();
    s.dir = await mkdtemp('/var/tmp/deskd-stores.');
    if (s.as.uid) await chown(s.dir, s.as.uid, s.as.gid);
    s.children = new Set();
    s.last = () => s.children.forEach((c) => c.kill('SIGKILL'));
    process.on('exit', s.last);
    return s;
  }

  start(program, args) {
    const child = spawn(program, args, { ...this.as, cwd: this.dir, stdio: 'ignore' });
    child.ended = new Promise((done) => child.once('exit', done));
    this.children.add(child);
    return child;
  }

  // As the power does: the server and all that it started, at once.
  async kill(server) {
    const { child } = server;
    const { pid } = child;
    const of = await readFile(`/proc/${pid}/task/${pid}/children`, 'utf8').catch(() => '');
    child.kill('SIGSTOP'); // it starts no others meanwhile
    for (const one of of.trim().split(' ').filter(Boolean))
      try {
        process.kill(Number(one), 'SIGKILL');
      } catch {
        // it has ended by itself
      }
    child.kill('SIGKILL');
    await child.ended;
    this.children.delete(child);
    server.redis?.disconnect();
  }

  async close() {
    for (const child of [...this.children]) {
      child.redis?.disconnect();
      await this.kill({ child, redis: child.redis });
    }
    process.off('exit', this.last);
    await rm(this.dir, { recursive: true, force: true });
  }

  // ---- PostgreSQL

  async postgres(dir, port) {
    const child = this.start(`${bin}/postgres`, ['-D', `${this.dir}/${dir}`, '-p', port,
      ...['listen_addresses=127.0.0.1', 'unix_socket_directories=', 'fsync=off',
        'shared_buffers=16MB', 'max_connections=60', 'jit=off'].flatMap((o) => ['-c', o])]);
    const one = {
      child,
      port,
      dsn: `host=${HOST} port=${port} dbname=deskd user=deskd`,
      sql: async (text, db = 'deskd') =>
        (await run('psql', ['-XAtq', '-v', 'ON_ERROR_STOP=1', '-d',
          `host=${HOST} port=${port} dbname=${db} user=deskd`, '-c', text])).stdout.trim(),
    };
    await until(`PostgreSQL at ${port} is up`, () =>
      run(`${bin}/pg_isready`, ['-q', '-h', HOST, '-p', port]).then(() => true, () => false));
    return one;
  }

  // A primary whose commits wait for its standby; `fill` makes its database
  // before there is one.
  async pair(fill) {
    const [a, b] = await freePorts(2);
    await run(`${bin}/initdb`, ['-D', `${this.dir}/a`, '-U', 'deskd', '-E', 'UTF8',
      '--locale=C.UTF-8', '-A', 'trust', '--no-sync'], { ...this.as, cwd: this.dir });
    const primary = await this.postgres('a', String(a));
    await primary.sql('CREATE DATABASE deskd', 'postgres');
    await fill(primary.dsn);
    await run(`${bin}/pg_basebackup`, ['-d', `host=${HOST} port=${a} user=deskd`, '-D',
      `${this.dir}/b`, '-X', 'stream', '-c', 'fast', '-R', '--no-sync'],
    { ...this.as, cwd: this.dir });
    const standby = await this.postgres('b', String(b));
    await primary.sql("ALTER SYSTEM SET synchronous_standby_names = '*'");
    await primary.sql('SELECT pg_reload_conf()');
    await until('commits wait for the standby', async () =>
      (await primary.sql('SELECT sync_state FROM pg_stat_replication')) === 'sync');
    return {
      primary, standby, dsn: `host=${HOST},${HOST} port=${a},${b} dbname=deskd user=deskd`,
    };
  }

  // ---- Redis

  async redis(port, ...more) {
    const dir = `${this.dir}/redis-${port}`;
    await mkdir(dir);
    if (this.as.uid) await chown(dir, this.as.uid, this.as.gid);
    const child = this.start('redis-server', ['--port', port, '--bind', HOST, '--dir', dir,
      '--save', '', '--appendonly', 'no', '--repl-diskless-sync-delay', '0', ...more].map(String));
    child.redis = new Redis({ port, host: HOST, retryStrategy: () => 50, maxRetriesPerRequest: null });
    child.redis.on('error', () => {});
    await child.redis.ping();
    return { child, port, redis: child.redis, at: `${HOST}:${port}` };
  }

  // A master, its replica, and a Sentinel that takes nobody for dead before it
  // is told to: on a busy machine a moment's silence would be enough.
  async sentinel(name) {
    const [a, b, c] = await freePorts(3);
    const master = await this.redis(a);
    const replica = await this.redis(b, '--replicaof', HOST, a);
    await until('the replica follows', async () =>
      /state=online/.test(await master.redis.info('replication')));
    const file = `${this.dir}/sentinel.conf`;
    await writeFile(file, `dir ${this.dir}\n`);
    if (this.as.uid) await chown(file, this.as.uid, this.as.gid);
    const child = this.start('redis-server', [file, '--sentinel', '--port', String(c)]);
    const redis = new Redis({ port: c, host: HOST, retryStrategy: () => 50,
      maxRetriesPerRequest: null, enableReadyCheck: false });
    redis.on('error', () => {});
    child.redis = redis;
    const ask = (...words) => redis.call('SENTINEL', ...words);
    await ask('MONITOR', name, HOST, a, 1);
    await ask('SET', name, 'down-after-milliseconds', 100000);
    await ask('SET', name, 'failover-timeout', 5000);
    await until('the Sentinel knows the replica', async () =>
      (await ask('REPLICAS', name)).some((r) => r.includes(`${HOST}:${b}`)));
    return {
      master,
      replica,
      url: `sentinel://${HOST}:${c}/${name}`,
      seesDeath: () => ask('SET', name, 'down-after-milliseconds', 300),
    };
  }

  async cluster() {
    const ports = await freePorts(6);
    const nodes = await Promise.all([0, 1, 2].map((i) => this.redis(ports[i],
      '--cluster-enabled', 'yes', '--cluster-port', ports[i + 3],
      '--cluster-node-timeout', 30000)));
    const ask = (node, ...words) => node.redis.call('CLUSTER', ...words);
    const first = [0, 5461, 10923, 16384];
    for (const [i, node] of nodes.entries()) {
      await ask(node, 'SET-CONFIG-EPOCH', i + 1);
      await ask(node, 'ADDSLOTSRANGE', first[i], first[i + 1] - 1);
      if (i) await ask(nodes[0], 'MEET', HOST, ports[i], ports[i + 3]);
    }
    for (const node of nodes)
      await until('the Cluster stands', async () =>
        /cluster_state:ok/.test(await ask(node, 'INFO')));
    const slot = await ask(nodes[0], 'KEYSLOT', '{desk}');
    const home = nodes[first.findIndex((f) => f > slot) - 1];
    return {
      nodes,
      home,
      // Everything of the slot goes to another node, as an administrator does it.
      async move(from, to) {
        const [was, is] = [await ask(from, 'MYID'), await ask(to, 'MYID')];
        await ask(to, 'SETSLOT', slot, 'IMPORTING', was);
        await ask(from, 'SETSLOT', slot, 'MIGRATING', is);
        for (;;) {
          const keys = await ask(from, 'GETKEYSINSLOT', slot, 100);
          if (!keys.length) break;
          await from.redis.call('MIGRATE', HOST, to.port, '', 0, 5000, 'KEYS', ...keys);
        }
        for (const node of [to, ...nodes.filter((n) => n !== to)])
          await ask(node, 'SETSLOT', slot, 'NODE', is);
      },
    };
  }
}
