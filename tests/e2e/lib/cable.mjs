// The cable between a daemon and its PostgreSQL: it may be pulled out, and put
// in again, without PostgreSQL knowing.
import net from 'node:net';
import { desk } from './desk.mjs';

// postgres: what deskd.conf says of it, by way of the cable.
export async function startCable() {
  const part = (name) => new RegExp(`\\b${name}=(\\S+)`).exec(desk.pg)[1];
  const ends = new Set();
  const server = net.createServer((near) => {
    const far = net.connect(Number(part('port')), part('host'));
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
    postgres: desk.pg.replace(/\bport=\S+/, `port=${port}`).replace(/\bhost=\S+/, 'host=127.0.0.1'),
    pull,
    put: () => begin(port),
    end: () => (server.listening ? pull() : undefined),
  };
}
