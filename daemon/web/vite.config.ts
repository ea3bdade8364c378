// The agents' client: app/ built into $DESKD_WEB_OUT (dist here when not set),
// and beside every text file what a browser is sent of it: .br and .gz.
import { svelte } from '@sveltejs/vite-plugin-svelte';
import { resolve } from 'node:path';
import { defineConfig } from 'vitest/config';
import { ahead } from './build/ahead';
import { icons, licences } from './build/icons';
import { packed } from './build/packed';

const out = process.env.DESKD_WEB_OUT ?? resolve('dist');

export default defineConfig({
  root: 'app',
  base: '/',
  publicDir: resolve('public'),
  plugins: [
    icons(),
    svelte({ configFile: resolve('svelte.config.js') }),
    ahead('/app/src/page.ts'),
    licences(),
    packed(out),
  ],
  build: {
    outDir: out,
    emptyOutDir: true,
    target: 'es2022',
    // Inlined files would be data: URLs, which the page's policy forbids.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    reportCompressedSize: false,
  },
  test: { setupFiles: resolve('build/node18.ts') },
});
