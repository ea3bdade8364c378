// Saving a step, and going on to the next; one at a time.
import { ApiError } from '../lib/api';
import { why } from '../lib/errors';
import { words } from '../lib/i18n.svelte';
import { go } from '../lib/router.svelte';
import { look } from '../lib/session.svelte';
import type { Config } from './config';
import { load, save } from './desk.svelte';
import { startWords } from './words';

export class Saver {
  busy = $state(false);
  wrong = $state('');

  // also: what belongs to the step besides the configuration.
  async save(config: Config, then: string, also?: () => Promise<void>): Promise<void> {
    if (this.busy) return;
    this.busy = true;
    this.wrong = '';
    try {
      await save(config);
      await also?.();
      await look();
      go(`/d/start/${then}`);
    } catch (e) {
      if (e instanceof ApiError && e.code === 'CONFLICT' && e.member === 'over') {
        await load().catch(() => undefined);
        this.wrong = words(startWords).changedByOther;
      } else if (e instanceof ApiError && e.code === 'CONFLICT') this.wrong = e.message;
      else this.wrong = why(e);
    } finally {
      this.busy = false;
    }
  }
}
