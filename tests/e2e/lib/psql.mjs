// PostgreSQL's own client: kept open for what is only asked, since a process for
// each of thousands of questions is much on a small machine; and one for itself
// for what must leave nothing behind (a SET, a transaction).
import { execFile, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { promisify } from 'node:util';

const run = promisify(execFile);
const flags = ['-X', '-A', '-t', '-q', '-v', 'ON_ERROR_STOP=1', '-d'];
const LOST = 2; // its status when the connection is
let kept = null;

// What a statement gives; its values stand in it as :v1, :'v2'.
export async function once(pg, statement, values) {
  const args = [...flags, pg];
  values.forEach((v, i) => args.push('-v', `v${i + 1}=${v}`));
  const work = run('psql', args, { maxBuffer: 64 << 20 });
  work.child.stdin.end(statement);
  return (await work).stdout;
}

// As \set takes it.
const quoted = (v) =>
  `'${String(v).replaceAll('\\', '\\\\').replaceAll("'", "''").replaceAll('\n', '\\n').replaceAll('\r', '\\r')}'`;

function open(pg) {
  const child = spawn('psql', [...flags, pg], { stdio: ['pipe', 'pipe', 'pipe'] });
  const one = { pg, child, busy: false, out: '', err: '', ended: null, wake: () => {} };
  const parts = [child, child.stdin, child.stdout, child.stderr];
  // Nobody waits for it but who has asked it something.
  one.hold = () => parts.forEach((p) => p.ref());
  one.letGo = () => parts.forEach((p) => p.unref());
  child.stdout.setEncoding('utf8').on('data', (d) => {
    one.out += d;
    one.wake();
  });
  child.stderr.setEncoding('utf8').on('data', (d) => { one.err += d; });
  child.stdin.on('error', () => {});
  child.once('error', (e) => { one.err += e.message; });
  child.once('close', (code) => {
    one.ended = { code };
    if (kept === one) kept = null;
    one.wake();
  });
  return one;
}

// The same, of what changes nothing that another session would see.
export async function asked(pg, statement, values) {
  if (kept && (kept.busy || kept.pg !== pg)) return once(pg, statement, values);
  kept ??= open(pg);
  const one = kept;
  const end = `end-${randomBytes(8).toString('hex')}\n`;
  one.busy = true;
  one.hold();
  one.out = '';
  const set = values.map((v, i) => `\\set v${i + 1} ${quoted(v)}\n`).join('');
  one.child.stdin.write(`${set}${statement}\n;\n\\echo ${end}`);
  while (!one.out.endsWith(end) && !one.ended) await new Promise((go) => { one.wake = go; });
  one.busy = false;
  if (one.ended) {
    // (PostgreSQL was restarted, say, before it was asked.)
    if (one.ended.code === LOST) return once(pg, statement, values);
    throw new Error(one.err || `psql ended with ${one.ended.code}`);
  }
  one.letGo();
  return one.out.slice(0, -end.length);
}
