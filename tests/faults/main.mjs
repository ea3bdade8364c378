// Runs the faults one after another; see scripts/faults.
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { cases } from './cases.mjs';
import { Desk, company } from './desk.mjs';
import { Scene } from './scene.mjs';
import { redis, until } from './stores.mjs';

const options = { seed: 1, seeds: 1, kills: 0, short: false, names: [], part: [1, 1] };

function usage() {
  console.error('usage: faults [--short] [--seed N] [--seeds N] [--kills N] [--part I/N] [F...]');
  process.exit(2);
}

for (let i = 2; i < process.argv.length; i++) {
  const word = process.argv[i];
  if (word === '--short') options.short = true;
  else if (/^--(seed|seeds|kills)$/.test(word)) {
    const n = Number(process.argv[++i]);
    if (!Number.isInteger(n) || n < 1) usage();
    options[word.slice(2)] = n;
  } else if (word === '--part') {
    const [, at, of] = process.argv[++i]?.match(/^([1-9]\d*)\/([1-9]\d*)$/) ?? usage();
    options.part = [Number(at), Number(of)];
  } else if (cases.some((c) => c.name === word.toUpperCase())) {
    options.names.push(word.toUpperCase());
  } else usage();
}

const columns = ['fault', 'seed', 'injected', 'events', 'acked', 'unknown',
  'recovered', 'LOST', 'DUP', 'stranded', 'recovery ms', 's', 'verdict'];

const line = (row) => columns.map((name) =>
  String(row[name]).padStart(Math.max(name.length, 6))).join('  ');

async function prepare(run) {
  run.desks = [await Desk.make(run.dir, 'deskd-1'), await Desk.make(run.dir, 'deskd-2')];
  const [desk] = run.desks;
  await desk.migrate();
  desk.start();
  await until('deskd answers', async () => {
    if (desk.ended) throw new Error(`deskd ended (${desk.log})`);
    return fetch(`http://127.0.0.1:${desk.metrics}/healthz`).then((r) => r.ok, () => false);
  });
  company(`${run.dir}/desk.conf`, run.agents);
  await desk.ctl('apply', '--yes', `${run.dir}/desk.conf`);
  run.key = JSON.parse(await desk.ctl('key', 'add', '--role', 'service',
    `faults-${run.word}`, '-j')).key;
  await desk.ready();
  await desk.stop();
}

const run = {
  ...options,
  dir: mkdtempSync(`${tmpdir()}/deskd-faults.`),
  word: `w${Date.now().toString(36)}`,
  agents: ['f1', 'f2', 'f3', 'f4', 'f5', 'f6'],
  rest: 100, // ms between one writer's events; there are 22
  times: (fault) => (options.kills
    ? Math.max(1, Math.round(options.kills / (fault.name === 'F1' ? 12 : 1))) : fault.times),
};

// The I-th of each N of those that are asked for.
const [at, of] = options.part;
const mine = cases.filter((c) => !options.names.length || options.names.includes(c.name))
  .filter((c, i) => i % of === at - 1);
let passed = 0;
let failed = 0;
await prepare(run);
console.log(line(Object.fromEntries(columns.map((name) => [name, name]))));
for (let seed = options.seed; seed < options.seed + options.seeds; seed++) {
  for (const fault of mine) {
    const row = await new Scene(run, fault, seed).play();
    console.log(line(row));
    for (const sentence of row.wrong) console.log(`        ${sentence}`);
    if (row.wrong.length) {
      for (const desk of run.desks) console.log(await desk.complaints());
    }
    if (process.env.DESKD_FAULTS_TELL) console.log(JSON.stringify([row.answers, row.work]));
    if (row.wrong.length) failed++;
    else passed++;
  }
}
redis.disconnect();
if (failed) console.log(`journals and logs: ${run.dir}`);
console.log(`${passed} passed, ${failed} failed`);
process.exit(failed ? 1 : 0);
