// What a line of figures is called, by what it is a line of.
import { words } from '../lib/i18n.svelte';
import { agentTitle, queueTitle } from '../lib/people.svelte';
import { kindWords } from '../promise/promise';
import { channelWords } from '../reports/channels';
import { cxWords } from './words';

const titles: Record<string, (label: string) => string> = {
  queue: queueTitle,
  agent: agentTitle,
  kind: kindWords,
  channel: (label) => words(channelWords)[label] ?? label,
};

export const lineTitle = (by: string, label: string | undefined): string =>
  label ? (titles[by]?.(label) ?? label) : words(cxWords).none;
