// Pictures of the pages, to look at, in the directory that DESKD_SHOTS names:
// without it there are none.  Nothing compares them.
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';

const dir = process.env.DESKD_SHOTS;

export async function shoot(page, name) {
  if (!dir) return;
  await mkdir(dir, { recursive: true });
  await page.screenshot({ path: join(dir, `${name}.png`) });
}
