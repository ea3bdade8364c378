// The daemon as the system sees it: its process and its memory.
import { readFile } from 'node:fs/promises';
import { desk } from './desk.mjs';

export async function daemonPid() {
  return Number((await readFile(`${desk.var}/deskd.pid`, 'utf8')).trim());
}

// KiB in memory; throws when the process is no more.
export async function memory(pid) {
  const text = await readFile(`/proc/${pid}/status`, 'utf8');
  return Number(/^VmRSS:\s+(\d+)/m.exec(text)[1]);
}
