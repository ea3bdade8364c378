// A visitor of the shop's website, with the chat open.
import assert from 'node:assert/strict';
import { desk, sql, using, uuid } from './desk.mjs';
import { Stream, ask, get, post, put, stranger } from './web.mjs';

// Opens a conversation from an address that nobody has come from yet: how many
// one may open is limited.
export async function visit(more = {}, { base = desk.http } = {}) {
  const { status, json } = await post(
    '/chat/v1/conversations',
    { page: 'https://shop.example/', lang: 'vi', ...more },
    { base, from: stranger() },
  );
  assert.equal(status, 201, JSON.stringify(json));
  return new Visitor(json, base);
}

class Visitor {
  constructor(opened, base) {
    Object.assign(this, opened);
    this.opened = opened;
    this.base = base;
    this.path = `/chat/v1/conversations/${this.conversation}`;
  }

  // The same visitor, by another daemon.
  at(base) {
    return new Visitor(this.opened, base);
  }

  options(more) {
    return { base: this.base, bearer: this.token, ...more };
  }

  get = (path = '', more) => get(this.path + path, this.options(more));
  post = (path, body = {}, more) => post(this.path + path, body, this.options(more));
  put = (path, body, more) => put(this.path + path, body, this.options(more));

  say = (text, more = {}) => this.post('/messages', { id: uuid(), text, ...more });
  read = async () => (await this.get('/messages')).json;

  // A page of his, whose stream has begun.
  async page(headers) {
    const live = await Stream.open(`${this.path}/live`, this.options({ headers }));
    assert.equal(live.status, 200);
    await live.until((e) => e.event === 'ready');
    return live;
  }

  upload(bytes, { name, type = 'application/octet-stream', headers, ...more } = {}) {
    const query = name === undefined ? '' : `?name=${encodeURIComponent(name)}`;
    return ask('POST', `${this.path}/attachments${query}`, {
      ...this.options(more),
      body: bytes,
      headers: { 'Content-Type': type, ...headers },
    });
  }

  async ticket() {
    const [row] = await sql(
      `SELECT id FROM desk.ticket WHERE conversation = :'v1'::uuid ORDER BY id DESC LIMIT 1`,
      this.conversation,
    );
    return row?.id;
  }

  async row() {
    const [row] = await sql(
      `SELECT * FROM desk.conversation WHERE id = :'v1'::uuid`,
      this.conversation,
    );
    return row;
  }
}

// The configuration in force with another widget block, for as long as the work
// lasts.
export async function withWidget(open, apply, widget, work, daemons) {
  const { config } = await using(open, (wire) => wire.ask('CONFIG.SHOW'));
  const set = (w) => using(open, (wire) => apply(wire, { ...config, widget: w }, daemons));
  await set({ ...config.widget, ...widget });
  try {
    return await work();
  } finally {
    await set(config.widget);
  }
}
