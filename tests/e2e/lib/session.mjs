// A session with PostgreSQL that is told one thing after another, and hears of
// each its end: for what two do at the same moment.
import { spawn } from 'node:child_process';
import { until } from './desk.mjs';

export function session(pg) {
  // Both streams as one: the end comes after what was wrong.
  const child = spawn('sh', ['-c', 'exec psql -XAtq -d "$0" 2>&1', pg]);
  let said = '';
  let wake = () => {};
  child.stdout.on('data', (d) => {
    said += d;
    wake();
  });
  return {
    async tell(text) {
      child.stdin.write(`${text};\n\\echo the-end\n`);
      while (!said.includes('the-end\n')) await new Promise((r) => (wake = r));
      const got = said;
      said = '';
      return got.replace(/the-end\n$/, '').trim();
    },
    end: () => child.stdin.end(),
  };
}

// Two do something at once: the second waits for the first to commit.  What
// each of them heard.
export async function race(pg, first, second) {
  const [one, two, watch] = [session(pg), session(pg), session(pg)];
  try {
    await one.tell('BEGIN');
    const before = await one.tell(first);
    const pid = await two.tell('SELECT pg_backend_pid()');
    const answer = two.tell(second);
    await until('the second waits', async () =>
      (await watch.tell(`SELECT wait_event_type FROM pg_stat_activity WHERE pid = ${pid}`)) === 'Lock',
    );
    await one.tell('COMMIT');
    return [before, await answer];
  } finally {
    for (const s of [one, two, watch]) s.end();
  }
}
