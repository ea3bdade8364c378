// The configuration in force while it is being made: read, tried, saved.
import { get, put } from '../lib/api';
import type { Config } from './config';

export interface Change {
  what: string; // "queue sales"
  change: 'added' | 'changed' | 'removed';
  from?: unknown;
  to?: unknown;
}

const state = $state<{ version: number; config: Config | null; known: boolean }>({
  version: 0,
  config: null,
  known: false,
});

export const desk = state as Readonly<typeof state>;

export async function load(): Promise<void> {
  const r = await get<{ version: number; config: Config | null }>('/api/v1/config');
  state.version = r.version;
  state.config = r.config && {
    ...r.config,
    queues: r.config.queues ?? [],
    served: r.config.served ?? [],
    agents: r.config.agents ?? [],
    hours: r.config.hours ?? [],
    templates: r.config.templates ?? [],
  };
  state.known = true;
}

export const attempt = (config: Config): Promise<{ changes: Change[] }> =>
  put('/api/v1/config', { config, dry: true });

// Refused (CONFLICT, over) when somebody else changed it meanwhile.
export async function save(config: Config): Promise<void> {
  await put('/api/v1/config', { config, over: state.version });
  await load();
}
