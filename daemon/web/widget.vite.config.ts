// The customers' chat widget: widget/ as one file without imports, for a script
// tag on any page; and the demo shop, a page of somebody else's, as it is.  Runs
// after the client's build, into the same directory.
import { cp } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { defineConfig, type Plugin } from 'vite';
import { pack, packFile } from './build/packed';

const out = process.env.DESKD_WEB_OUT ?? resolve('dist');

function shop(): Plugin {
  return {
    name: 'shop',
    apply: 'build',
    async closeBundle() {
      await cp(resolve('shop'), join(out, 'shop'), { recursive: true });
      await pack(join(out, 'shop'));
      await packFile(join(out, 'widget.js'));
    },
  };
}

export default defineConfig({
  publicDir: false,
  plugins: [shop()],
  // Class fields would be lowered by helpers that stand outside of the function
  // that holds everything: names of ours in the page's window.
  esbuild: { tsconfigRaw: { compilerOptions: { useDefineForClassFields: false } } },
  build: {
    outDir: out,
    emptyOutDir: false,
    target: 'es2020',
    lib: {
      entry: resolve('widget/src/main.ts'),
      formats: ['iife'],
      name: 'deskdWidget',
      fileName: () => 'widget.js',
    },
    reportCompressedSize: false,
  },
});
