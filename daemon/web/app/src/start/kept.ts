// What was typed in a step and is not saved yet: there again after going to
// another step, or a reload, in this tab.  Once the configuration that it was
// typed over is another, it is not: it would take back what others did.
import { me } from '../lib/session.svelte';

const key = (step: string): string => `deskd.start.${me().login}.${step}`;

// first: what the step shows of the configuration.  null: nothing was typed.
export function kept<T extends object>(step: string, first: T): T | null {
  try {
    const k = JSON.parse(sessionStorage.getItem(key(step)) ?? 'null') as {
      over: string;
      typed: T;
    } | null;
    return k?.over === JSON.stringify(first) ? k.typed : null;
  } catch {
    return null;
  }
}

export function keep<T extends object>(step: string, first: T, typed: T): void {
  const over = JSON.stringify(first);
  try {
    if (JSON.stringify(typed) === over) sessionStorage.removeItem(key(step));
    else sessionStorage.setItem(key(step), JSON.stringify({ over, typed }));
  } catch {
    /* then it lasts as long as the step is shown */
  }
}
