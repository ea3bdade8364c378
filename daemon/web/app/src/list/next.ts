// The next case, of queues whose agents take them by themselves (mode pull).
import { ApiError, post } from '../lib/api';
import { why } from '../lib/errors';
import { words } from '../lib/i18n.svelte';
import { people } from '../lib/people.svelte';
import { go } from '../lib/router.svelte';
import { say } from '../lib/say.svelte';
import { listWords } from './words';

// Whether I serve one.
export const pulls = (): boolean => people.queues.some((q) => q.member && q.mode === 'pull');

let asking = false; // one at a time: who presses twice wants one case

export async function nextCase(): Promise<void> {
  if (asking) return;
  asking = true;
  const w = words(listWords);
  try {
    const t = await post<{ ticket: number; number: number }>('/api/v1/offers/next');
    go(`/d/cases/${t.ticket}${location.search}`);
    say({ text: w.gotNext(t.number) });
  } catch (e) {
    if (e instanceof ApiError && e.code === 'NOTFOUND') say({ text: w.noneNext });
    else say({ text: why(e), tone: 'bad' });
  } finally {
    asking = false;
  }
}
