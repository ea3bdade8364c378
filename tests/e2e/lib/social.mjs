// The desk with the shipped blocks of conf/sources beside its sample company,
// their providers' addresses changed for fakes on this machine.  Answers wait ten
// minutes for their agents to think again, or until a test says that they may go.
import { randomBytes } from 'node:crypto';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import assert from 'node:assert/strict';
import { admin, apply, deskctl, desk, using } from './desk.mjs';
import { post } from './web.mjs';

const root = new URL('../../../', import.meta.url);
const shipped = (name) => readFile(new URL(name, root), 'utf8');

// A secret or token under state_dir, replaced in one step.
export const keep = (file, text) =>
  writeFile(`${desk.var}/state/${file}`, `${text}\n`, { mode: 0o600 });

// bases: source's file → the fake that stands for its provider.  more: desk.conf
// to add.  Gives the secrets, and restore().
export async function withSources(bases, more = '') {
  const dir = await mkdtemp('/var/tmp/deskd-social.');
  const before = await using(admin, (wire) => wire.ask('CONFIG.SHOW'));
  const secrets = {};
  const tokens = {};
  let text = (await shipped('conf/desk.conf')).replace(/undo_seconds = \d+/, 'undo_seconds = 600');
  for (const [file, base] of Object.entries(bases)) {
    const block = await shipped(`conf/sources/${file}.conf`);
    text += block.replace(/url = "https:\/\/[^/"]*/g, `url = "${base}`);
    const name = /^source "([^"]+)"/m.exec(block)[1];
    secrets[name] = randomBytes(16).toString('hex');
    tokens[name] = randomBytes(12).toString('hex');
    await keep(`${name}.secret`, secrets[name]);
    await keep(`${name}.token`, tokens[name]);
  }
  await writeFile(`${dir}/desk.conf`, text + more);
  const done = await deskctl(['apply', '--yes', `${dir}/desk.conf`]);
  assert.equal(done.status, 0, done.stderr);
  await rm(dir, { recursive: true });
  const { version } = await using(admin, (wire) => wire.ask('CONFIG.SHOW'));
  assert.ok(version > before.version);
  return {
    secrets,
    tokens,
    version,
    restore: () => using(admin, (wire) => apply(wire, before.config)),
  };
}

// Posts as the provider does; its answer's events.
export async function hook(source, body, headers) {
  return post(`/hooks/${source}`, body, { headers });
}
