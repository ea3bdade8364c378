// What the built files weigh on the way to a browser, as gzip (not every
// browser takes more): status 1 when more than was promised.
//
//   node build/budget.js DIR
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join, posix, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';

const KIB = 1024;
const limits = { client: 200 * KIB, widget: 30 * KIB };

const dir = resolve(process.argv[2] ?? 'dist');
const source = dirname(dirname(fileURLToPath(import.meta.url)));

const bytes = (path) => readFileSync(join(dir, path));
// Fonts and pictures are packed in themselves.
const weight = (path) =>
  /\.(html|js|css|svg|json)$/.test(path)
    ? gzipSync(bytes(path), { level: 9 }).length
    : bytes(path).length;

// What a page asks for before it can do anything: what its head names, and
// what those import at once (not by import()).
function firstLoad(page) {
  const seen = new Set();
  const take = (path) => {
    if (seen.has(path)) return;
    seen.add(path);
    if (!path.endsWith('.js')) return;
    for (const [, to] of bytes(path)
      .toString()
      .matchAll(/(?:\bimport|\bfrom)\s*["'](\.{0,2}\/[^"']+)["']/g))
      take(to.startsWith('/') ? to : posix.join(posix.dirname(path), to));
  };
  take(page);
  for (const [, to] of bytes(page)
    .toString()
    .matchAll(/(?:src|href)="(\/[^"]+)"/g))
    take(to);
  return [...seen];
}

const sum = (paths) => paths.reduce((n, path) => n + weight(path), 0);
const shown = (n) => `${(n / KIB).toFixed(1)} KiB`;
let over = false;

function judge(what, weighs, limit) {
  over ||= weighs > limit;
  console.log(`${what}: ${shown(weighs)} of ${shown(limit)}${weighs > limit ? ': TOO MUCH' : ''}`);
}

const first = firstLoad('/index.html');
if (!first.some((path) => path.endsWith('.js')))
  throw new Error('index.html names no script of its own');
judge(`the client's first load (${first.length} files)`, sum(first), limits.client);
const later = readdirSync(join(dir, 'assets'))
  .filter((name) => /\.(js|css)$/.test(name))
  .map((name) => `/assets/${name}`)
  .filter((path) => !first.includes(path));
console.log(`what it loads later (${later.length} files): ${shown(sum(later))}`);
if (existsSync(join(source, 'widget'))) judge('widget.js', weight('/widget.js'), limits.widget);

process.exitCode = over ? 1 : 0;
