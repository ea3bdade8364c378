// Themes as the server has them, and what may be said of how often they come up.
import { get } from '../lib/api';

export interface Rise {
  since: string;
  n: number; // cases, the most within an hour
  usual: number; // messages an hour at that time of the day
  ended_at?: string;
  incident?: number;
}
export interface Quote {
  event: number;
  ticket: number;
  number: number;
  at: string;
  channel: string;
  who?: string;
  text?: string;
  by?: string; // who said that it speaks of it
}
export interface Theme {
  theme: string;
  title: string;
  n: number;
  before: number; // as long a time before
  share?: { share: number; low: number; high: number };
  rises?: Rise;
  quotes: Quote[];
}
export interface ThemeList {
  from: string;
  to: string;
  of?: number; // messages in that time
  themes: Theme[];
}
export interface ThemeAnswer {
  theme: string;
  title: string;
  quotes: Quote[];
  before?: number;
  rises: Rise[];
}

// More or fewer than before, if that can be said: of two counts that come by
// chance alone each would have its half (95 %, Wilson).
export function change(n: number, before: number): 'up' | 'down' | 'unsaid' {
  const all = n + before;
  if (!all) return 'unsaid';
  const z = 1.959963984540054;
  const half = z * Math.sqrt(z * z + (4 * n * before) / all);
  const low = (2 * n + z * z - half) / (2 * (all + z * z));
  const high = (2 * n + z * z + half) / (2 * (all + z * z));
  return low > 0.5 ? 'up' : high < 0.5 ? 'down' : 'unsaid';
}

// The first of so many days that end on this one.
export function firstDay(last: string, days: number): string {
  const at = new Date(`${last}T00:00:00Z`);
  at.setUTCDate(at.getUTCDate() - days + 1);
  return at.toISOString().slice(0, 10);
}
export const moment = (at: number): string => new Date(at).toISOString();

// Names and titles, for menus: asked for once a minute at most.
let known: Promise<{ theme: string; title: string }[]> | undefined;
export function themeNames(): Promise<{ theme: string; title: string }[]> {
  if (known) return known;
  known = get<ThemeList>('/api/v1/themes').then((l) =>
    l.themes.map(({ theme, title }) => ({ theme, title })),
  );
  const forget = (): void => (known = undefined);
  known.then(() => setTimeout(forget, 60000), forget);
  return known;
}
