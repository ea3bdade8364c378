// Programs, processes and waiting, for every measurement.
import { execFile, spawn } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { promisify } from 'node:util';
import { desk } from '../e2e/lib/desk.mjs';

const exec = promisify(execFile);

// One of the C programs beside this file: the figures it printed.
export async function load(name, ...args) {
  const { stdout } = await exec(`${desk.build}/tests/bench/bench_${name}`, args.map(String));
  const figures = JSON.parse(stdout.trim().split('\n').at(-1));
  if (figures.refused) throw new Error(`${name}: ${figures.refused} refused`);
  return figures;
}

export async function run(program, ...args) {
  return (await exec(program, args.map(String), { maxBuffer: 16 << 20 })).stdout;
}

// A program that stays until end(): resolves when it printed `ready`.
export function hold(name, ...args) {
  const child = spawn(`${desk.build}/tests/bench/bench_${name}`, args.map(String), {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  const over = new Promise((done) => child.once('close', done));
  return new Promise((resolve, reject) => {
    child.stdout.once('data', () =>
      resolve({
        end() {
          child.stdin.end();
          return over;
        },
      }),
    );
    child.once('close', (code) => reject(new Error(`bench_${name} ended: ${code}`)));
  });
}

export const pids = {
  deskd: Number(process.env.DESKD_PID),
  postgres: Number(process.env.DESKD_PG_PID),
  redis: Number(process.env.DESKD_REDIS_PID),
};

// What `look` says of a process, or nothing when it has just ended: those of
// PostgreSQL come and go.
function ended(look) {
  try {
    return look();
  } catch (e) {
    if (e.code === 'ENOENT' || e.code === 'ESRCH') return undefined;
    throw e;
  }
}

function tree(pid) {
  const all = [pid];
  ended(() => {
    for (const task of readdirSync(`/proc/${pid}/task`))
      for (const child of readFileSync(`/proc/${pid}/task/${task}/children`, 'utf8').split(' '))
        if (child) all.push(...tree(Number(child)));
  });
  return all;
}

// Microseconds of processor time that a process and its children took so far.
export function cpu(pid) {
  let ticks = 0;
  for (const p of tree(pid)) {
    const stat = ended(() => readFileSync(`/proc/${p}/stat`, 'utf8'));
    if (stat === undefined) continue;
    const after = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    ticks += Number(after[11]) + Number(after[12]);
    // And of the children that have ended.
    ticks += Number(after[13]) + Number(after[14]);
  }
  return ticks * 10000;
}

export const cpuOfAll = () =>
  Object.fromEntries(Object.entries(pids).map(([name, pid]) => [name, cpu(pid)]));

const field = (text, name) => Number(new RegExp(`^${name}:\\s+(\\d+) kB`, 'm').exec(text)[1]);

// KiB resident of one process.
export const resident = (pid) => field(readFileSync(`/proc/${pid}/status`, 'utf8'), 'VmRSS');

// KiB of a process and its children, what they share counted once.
export function proportional(pid) {
  let sum = 0;
  for (const p of tree(pid)) {
    const rollup = ended(() => readFileSync(`/proc/${p}/smaps_rollup`, 'utf8'));
    if (rollup) sum += field(rollup, 'Pss');
  }
  return sum;
}

// The part of a list of durations that so many of them did not pass.
export function part(list, of) {
  const sorted = [...list].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * of))];
}

export const pause = (ms) => new Promise((done) => setTimeout(done, ms));
