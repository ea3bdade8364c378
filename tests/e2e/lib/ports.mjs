// Free ports of this machine, below the kernel's own range: no outgoing
// connection sits on one by chance before it is listened on.  Each of the desks
// that run beside each other has a part of them (DESKD_LANE, "1/2"), so that no
// daemon of one is started where another's was killed a moment ago.
import net from 'node:net';

const [lane, lanes] = (process.env.DESKD_LANE ?? '1/1').split('/').map(Number);
const MANY = Math.floor(12000 / lanes);
const any = () => 20000 + (lane - 1) * MANY + Math.floor(Math.random() * MANY);

const free = (port) =>
  new Promise((done) => {
    const server = net.createServer();
    server.once('error', () => done(false));
    server.listen(port, '127.0.0.1', () => server.close(() => done(true)));
  });

export async function freePorts(n) {
  const found = new Set();
  for (let tries = 0; found.size < n; tries++) {
    if (tries > 1000) throw new Error('no free ports');
    const port = any();
    if (!found.has(port) && (await free(port))) found.add(port);
  }
  return [...found];
}

// The first of n free ports in a row.
export async function freeRow(n) {
  for (let tries = 0; tries < 1000; tries++) {
    const base = any();
    let i = 0;
    while (i < n && (await free(base + i))) i++;
    if (i === n) return base;
  }
  throw new Error('no free ports');
}
