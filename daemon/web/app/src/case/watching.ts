// Who watches the open case: oneself by a key, others as a supervisor says.
import { del, put, query } from '../lib/api';
import { open, patchWatchers, refresh } from '../lib/case.svelte';
import { why } from '../lib/errors';
import { words } from '../lib/i18n.svelte';
import { agentTitle } from '../lib/people.svelte';
import { say } from '../lib/say.svelte';
import { me } from '../lib/session.svelte';
import { caseWords } from './words';
import { watchWords } from './watch-words';

export const watchers = () => open.shown?.watchers ?? [];
export const isWatching = (): boolean => watchers().some((a) => a.agent === me().login);

// True when it was done.
export async function watch(ticket: number, agent: string, on: boolean): Promise<boolean> {
  const others = watchers().filter((a) => a.agent !== agent);
  const named = { agent, display: agentTitle(agent) };
  const back = patchWatchers(on ? [...others, named] : others);
  const path = `/api/v1/tickets/${ticket}/watch`;
  const whom = { agent: agent === me().login ? undefined : agent };
  try {
    await (on ? put(path, whom) : del(query(path, whom)));
    void refresh();
    return true;
  } catch (e) {
    back();
    say({ text: words(caseWords).notDone(why(e)), tone: 'bad' });
    return false;
  }
}

export async function turn(ticket: number): Promise<void> {
  const on = !isWatching();
  if (await watch(ticket, me().login, on)) say({ text: words(watchWords)[on ? 'did' : 'didNot'] });
}
