// Writes .br and .gz beside every file that gets smaller by it.
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { brotliCompressSync, constants, gzipSync } from 'node:zlib';
import type { Plugin } from 'vite';

const text = /\.(html|js|css|svg|json|txt|webmanifest)$/;

export async function pack(dir: string): Promise<void> {
  for (const entry of await readdir(dir, { withFileTypes: true })) {
    const path = join(dir, entry.name);
    if (entry.isDirectory()) await pack(path);
    else if (text.test(entry.name)) await packFile(path);
  }
}

export async function packFile(path: string): Promise<void> {
  const bytes = await readFile(path);
  const br = brotliCompressSync(bytes, {
    params: {
      [constants.BROTLI_PARAM_QUALITY]: 11,
      [constants.BROTLI_PARAM_SIZE_HINT]: bytes.length,
    },
  });
  const gz = gzipSync(bytes, { level: 9 });
  if (br.length < bytes.length) await writeFile(`${path}.br`, br);
  if (gz.length < bytes.length) await writeFile(`${path}.gz`, gz);
}

export function packed(dir: string): Plugin {
  return {
    name: 'packed',
    apply: 'build',
    async closeBundle() {
      await pack(dir);
    },
  };
}
