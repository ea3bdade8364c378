// What the fakes of providers share: an HTTP server on this machine that notes
// every request, and answers as it is told.
import { createServer } from 'node:http';
import { freePorts } from '../ports.mjs';

// answer(request) gives [status, object or text], 'drop' (the connection ends
// once the request has come), 'hang' (it stays, and nothing is said) or a
// promise of one.  request: {method, url,
// headers, body, json}.
export async function provider(answer) {
  const [port] = await freePorts(1);
  const got = [];
  const server = createServer((request, response) => {
    const parts = [];
    request.on('data', (d) => parts.push(d));
    request.on('end', async () => {
      const body = Buffer.concat(parts).toString();
      let json;
      try {
        json = JSON.parse(body);
      } catch {
        json = undefined;
      }
      const { method, url, headers } = request;
      const one = { method, url, headers, body, json };
      got.push(one);
      const said = await answer(one);
      if (said === 'drop') request.socket.destroy();
      if (said === 'drop' || said === 'hang') return;
      const [status, what] = said;
      const text = typeof what === 'string' ? what : JSON.stringify(what);
      response.writeHead(status, { 'Content-Type': 'application/json' });
      response.end(text);
    });
  });
  await new Promise((done) => server.listen(port, '127.0.0.1', done));
  return {
    base: `http://127.0.0.1:${port}`,
    got,
    // What was sent to that customer, as far as the body names him.
    to: (who) => got.filter((r) => r.body.includes(JSON.stringify(who)) || r.body.includes(`:${who}`)),
    close: () =>
      new Promise((done) => {
        server.closeAllConnections();
        server.close(done);
      }),
  };
}
