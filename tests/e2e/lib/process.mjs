// The daemon as the system sees it: its process, its memory, its log.
import { readFile, stat } from 'node:fs/promises';
import { open } from 'node:fs/promises';
import { desk } from './desk.mjs';

export async function daemonPid() {
  return Number((await readFile(`${desk.var}/deskd.pid`, 'utf8')).trim());
}

// KiB in memory; throws when the process is no more.
export async function memory(pid) {
  const text = await readFile(`/proc/${pid}/status`, 'utf8');
  return Number(/^VmRSS:\s+(\d+)/m.exec(text)[1]);
}

const path = `${desk.var}/deskd.log`;
export const logEnd = async () => (await stat(path)).size;

// What was logged since logEnd(), as bytes.
export async function logSince(start) {
  const file = await open(path);
  try {
    const { size } = await file.stat();
    const { buffer } = await file.read(Buffer.alloc(size - start), 0, size - start, start);
    return buffer;
  } finally {
    await file.close();
  }
}
