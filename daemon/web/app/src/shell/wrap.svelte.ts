// Wrapping up: after a case the desk leaves me alone for as long as its queue
// says; `wrap` of AGENT.LIST is its end.
import { now, post } from '../lib/api';
import { why } from '../lib/errors';
import { agentNamed } from '../lib/people.svelte';
import { say } from '../lib/say.svelte';
import { me } from '../lib/session.svelte';

// The end of the one that I said I am done with: lists that were asked for
// before may still tell of it.
const done = $state({ until: '' });

// The ms that are left of it; 0: I do not wrap up.
export function wrapLeft(): number {
  const wrap = agentNamed(me().login)?.wrap;
  return wrap && wrap !== done.until ? Math.max(0, Date.parse(wrap) - now()) : 0;
}

// "0:24", "4:05".
export function countdown(ms: number): string {
  const s = Math.ceil(ms / 1000);
  return `${Math.floor(s / 60)}:${String(s % 60).padStart(2, '0')}`;
}

// Done with it: shown at once, and taken back when the desk cannot be told.
export async function wrapped(): Promise<void> {
  done.until = agentNamed(me().login)?.wrap ?? '';
  try {
    await post('/api/v1/agents/me/wrapped');
  } catch (e) {
    done.until = '';
    say({ text: why(e), tone: 'bad' });
  }
}
