#!/usr/bin/env node
// Writes the corpus: NAME.eml, and expect.json with what must come out of
// each.  Every mail was written by us, after the documented format of the
// mailer that its note names; nobody's mail was copied.  The cases stand in
// the modules beside this one; run it after changing them.
//
//   node tests/unit/data/mail/make.mjs
import { readdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import automatic from './automatic.mjs';
import charsets from './charsets.mjs';
import headers from './headers.mjs';
import hostile from './hostile.mjs';
import parts from './parts.mjs';
import trust from './trust.mjs';
import returned from './returned.mjs';

const dir = dirname(fileURLToPath(import.meta.url));
const all = { ...headers, ...charsets, ...parts, ...automatic, ...trust, ...hostile, ...returned };

for (const name of readdirSync(dir)) if (name.endsWith('.eml')) rmSync(`${dir}/${name}`);

const expect = {};
// bare: what must stand first leaves no room for the note; it is in the list.
for (const [name, { note, mail, bare, ...want }] of Object.entries(all)) {
  const bytes = bare ? mail : Buffer.concat([Buffer.from(`X-Note: ${note}\n`), mail]);
  writeFileSync(`${dir}/${name}.eml`, bytes);
  expect[name] = { note, ...want };
}
writeFileSync(`${dir}/expect.json`, JSON.stringify(expect, null, 1) + '\n');
console.log(`${Object.keys(all).length} mails`);
