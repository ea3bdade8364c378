// Lucide's icons as what they are: one <svg> each, which a browser clones.
// Their own components put every path in by itself and carry the licence each
// (two thirds of the client's script, and most of the work of drawing a row);
// licences.txt has it once, with those of all else that is built in.
import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import type { Plugin } from 'vite';

type Node = [tag: string, attributes: Record<string, string>];

const built = ['@lucide/svelte', 'svelte', 'dompurify', 'uqr', '@fontsource-variable/inter'];
const icon = /\/@lucide\/svelte\/dist\/icons\/([a-z0-9-]+)\.svelte$/;

const element = ([tag, attributes]: Node): string =>
  `<${tag} ${Object.entries(attributes)
    .map(([name, value]) => `${name}="${value}"`)
    .join(' ')} />`;

// What the client gives an icon: a class, and a name where it stands alone.
const component = (nodes: Node[]): string => `<script>
  const { class: name = '', 'aria-label': label } = $props();
</script>

<svg
  xmlns="http://www.w3.org/2000/svg" width="24" height="24" viewBox="0 0 24 24"
  fill="none" stroke="currentColor" stroke-width="2"
  stroke-linecap="round" stroke-linejoin="round"
  class="{name}" aria-label={label}>${nodes.map(element).join('')}</svg>
`;

export function icons(): Plugin {
  return {
    name: 'icons',
    enforce: 'pre',
    async load(id) {
      if (!icon.test(id)) return null;
      const found = /const iconNode = (\[.*\]);/.exec(await readFile(id, 'utf8'))?.[1];
      if (!found) return this.error(`${id} has no iconNode`);
      return component(JSON.parse(quoted(found)) as Node[]);
    },
  };
}

// { "d": "…" } and { d: '…' } alike.
const quoted = (text: string): string =>
  text.replace(/'/g, '"').replace(/([{,]\s*)([a-z0-9-]+):/g, '$1"$2":');

export function licences(): Plugin {
  return {
    name: 'licences',
    apply: 'build',
    async generateBundle() {
      const { resolve } = createRequire(import.meta.url);
      const texts = built.map(async (name) => {
        const dir = join(dirname(resolve('vite/package.json')), '..', name);
        const { version } = JSON.parse(await readFile(join(dir, 'package.json'), 'utf8')) as {
          version: string;
        };
        const text = await readFile(join(dir, 'LICENSE'), 'utf8').catch(() =>
          readFile(join(dir, 'LICENSE.md'), 'utf8'),
        );
        return `${name} ${version}\n\n${text.trim()}\n`;
      });
      this.emitFile({
        type: 'asset',
        fileName: 'licences.txt',
        source: (await Promise.all(texts)).join(`\n${'-'.repeat(72)}\n\n`),
      });
    },
  };
}
