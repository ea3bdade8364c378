// What a service behind a web hook is: an HTTP server that checks every post
// as Standard Webhooks 1.0.0 says, with code of its own, and answers as told.
import { createHmac, timingSafeEqual } from 'node:crypto';
import { createServer } from 'node:http';

const within = 300;

// NULL when the post is right, else what is wrong with it.
export function wrong(headers, body, secrets, now = Date.now() / 1000) {
  const id = headers['webhook-id'];
  const at = headers['webhook-timestamp'];
  const given = headers['webhook-signature'];
  if (!id || !at || !given) return 'a header is missing';
  if (!/^msg_[0-9a-f]{32}$/.test(id)) return 'the id is odd';
  if (!/^[1-9][0-9]*$/.test(at)) return 'the time is no number';
  if (Math.abs(now - Number(at)) > within) return 'the time is off';
  if (!/^v1,[A-Za-z0-9+/]{43}=( v1,[A-Za-z0-9+/]{43}=)*$/.test(given))
    return 'the signature is no list of v1';
  const macs = given.split(' ').map((s) => Buffer.from(s.slice(3), 'base64'));
  for (const secret of secrets) {
    const key = secret.startsWith('whsec_')
      ? Buffer.from(secret.slice(6), 'base64')
      : Buffer.from(secret);
    const ours = createHmac('sha256', key)
      .update(Buffer.concat([Buffer.from(`${id}.${at}.`), body]))
      .digest();
    if (!macs.some((m) => m.length === ours.length && timingSafeEqual(m, ours)))
      return 'the signature is not right';
  }
  return null;
}

// answer(post, response): what it does with each; 204 when not given.  posts:
// all that came, in order; got: those that it took, by webhook-id.
export async function receiver({ secrets, answer, port = 0 }) {
  const posts = [];
  const got = new Map();
  const faults = [];
  const open = new Set();
  const server = createServer((req, res) => {
    const parts = [];
    req.on('data', (d) => parts.push(d));
    req.on('end', () => {
      const body = Buffer.concat(parts);
      const fault =
        req.method !== 'POST'
          ? `a ${req.method}`
          : req.headers['content-type'] !== 'application/json'
            ? 'no JSON'
            : wrong(req.headers, body, self.secrets);
      if (fault) {
        faults.push(fault);
        res.writeHead(401).end();
        return;
      }
      const post = {
        id: req.headers['webhook-id'],
        path: req.url,
        signature: req.headers['webhook-signature'],
        json: JSON.parse(body),
      };
      posts.push(post);
      const taken = (code = 204) => {
        got.set(post.id, post);
        res.writeHead(code).end();
      };
      if (self.answer) self.answer(post, res, taken, req);
      else taken();
    });
  });
  server.on('connection', (s) => {
    open.add(s);
    s.once('close', () => open.delete(s));
  });
  await new Promise((done) => server.listen(port, '127.0.0.1', done));
  const self = {
    secrets,
    answer,
    posts,
    got,
    faults,
    port: server.address().port,
    url: `http://127.0.0.1:${server.address().port}`,
    // Of these cases, what it took, as "ticket kind".
    about: (ticket) => [...got.values()].filter((p) => p.json.data.ticket === ticket),
    close: () =>
      new Promise((done) => {
        server.close(done);
        for (const s of open) s.destroy();
      }),
  };
  return self;
}
