// Pictures of the pages, to look at: in build/shots, or where DESKD_SHOTS says.
// Nothing compares them, and none is kept.
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { desk } from '../../e2e/lib/desk.mjs';

const dir = process.env.DESKD_SHOTS || join(desk.build, 'shots');

export async function shoot(page, name) {
  await mkdir(dir, { recursive: true });
  await page.screenshot({ path: join(dir, `${name}.png`) });
}
