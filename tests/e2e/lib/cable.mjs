// The cable between a daemon and its PostgreSQL, or between a browser and a
// daemon: it may be pulled out, and put in again, without the other end knowing.
import net from 'node:net';
import { desk } from './desk.mjs';

// to: the far end's port on this machine, else PostgreSQL's.  postgres: what
// deskd.conf says of it, by way of the cable; port: the near end.
export async function startCable(to = 0) {
  const part = (name) => new RegExp(`\\b${name}=(\\S+)`).exec(desk.pg)[1];
  const ends = new Set();
  const server = net.createServer((near) => {
    const far = to ? net.connect(to, '127.0.0.1') : net.connect(Number(part('port')), part('host'));
    for (const [one, other] of [[near, far], [far, near]]) {
      ends.add(one);
      one.pipe(other);
      one.on('error', () => {});
      one.on('close', () => {
        ends.delete(one);
        other.destroy();
      });
    }
  });
  const begin = (port) => new Promise((done) => server.listen(port, '127.0.0.1', done));
  await begin(0);
  const { port } = server.address();
  const pull = async () => {
    for (const end of ends) end.destroy();
    await new Promise((done) => server.close(done));
  };
  return {
    port,
    postgres: desk.pg.replace(/\bport=\S+/, `port=${port}`).replace(/\bhost=\S+/, 'host=127.0.0.1'),
    pull,
    put: () => begin(port),
    end: () => (server.listening ? pull() : undefined),
  };
}
