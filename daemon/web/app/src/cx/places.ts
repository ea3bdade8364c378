// The pages of customers' experience: a line each, for the tabs at their top,
// the palette and the shell.  lib/place.ts has their names among the addresses.
import type { Component } from 'svelte';

export interface CxPlace {
  area: string; // the first part of its address below /d/
  vi: string;
  en: string;
  boss?: boolean; // not for agents
  load: () => Promise<{ default: Component }>;
}

// In the order of the tabs.
export const cxPlaces: CxPlace[] = [
  { area: 'cx', vi: 'Điểm', en: 'Scores', load: () => import('./Cx.svelte') },
  {
    area: 'overview',
    vi: 'Toàn cảnh',
    en: 'Overview',
    boss: true,
    load: () => import('../overview/Page.svelte'),
  },
  {
    area: 'feedback',
    vi: 'Ý kiến',
    en: 'Feedback',
    load: () => import('../feedback/Page.svelte'),
  },
  {
    area: 'journey',
    vi: 'Hành trình',
    en: 'Journey',
    boss: true,
    load: () => import('../journey/Page.svelte'),
  },
  { area: 'themes', vi: 'Chủ đề', en: 'Themes', load: () => import('../themes/Page.svelte') },
  {
    area: 'segments',
    vi: 'Nhóm khách',
    en: 'Segments',
    load: () => import('../segments/Page.svelte'),
  },
  { area: 'promises', vi: 'Lời hứa', en: 'Promises', load: () => import('../promise/Page.svelte') },
  {
    area: 'improve',
    vi: 'Cải thiện',
    en: 'Improve',
    boss: true,
    load: () => import('../improve/Page.svelte'),
  },
  {
    area: 'retention',
    vi: 'Quay lại',
    en: 'Coming back',
    boss: true,
    load: () => import('../retention/Page.svelte'),
  },
  {
    area: 'statements',
    vi: 'Điều đã nói',
    en: 'Statements',
    load: () => import('../statement/Page.svelte'),
  },
];

export const cxPlace = (area: string): CxPlace | undefined => cxPlaces.find((p) => p.area === area);
