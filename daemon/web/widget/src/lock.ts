// One page at a time: of several tabs of the shop one opens the conversation
// and sends.  Where there are no locks (a page without TLS) all of them may, and
// what one took off the list another may see a moment later: then it is repeated
// under its id, and the desk keeps it once.

export async function alone<T>(name: string, work: () => Promise<T>): Promise<T> {
  const locks = (navigator as { locks?: LockManager }).locks;
  if (locks === undefined) return work();
  return (await locks.request(name, work)) as T;
}

export function uuid(): string {
  const b = crypto.getRandomValues(new Uint8Array(16));
  let hex = '';
  for (let i = 0; i < 16; i++) {
    let v = b[i] ?? 0;
    if (i === 6) v = (v & 0x0f) | 0x40; // RFC 9562, version 4
    if (i === 8) v = (v & 0x3f) | 0x80;
    hex += (v < 16 ? '0' : '') + v.toString(16);
    if (i === 3 || i === 5 || i === 7 || i === 9) hex += '-';
  }
  return hex;
}
