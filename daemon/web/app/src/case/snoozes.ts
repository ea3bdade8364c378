// When a case may come back: by the company's hours of the day. Pure.
import { atHour, day } from '../lib/time';

export interface Choice {
  name: 'inHour' | 'afternoon' | 'evening' | 'tomorrow' | 'monday';
  at: number; // ms
}

const HOUR = 3600000;
const DAY = 24 * HOUR;

// Monday is 1; of a day as time.day() writes it.
const weekday = (on: string): number => new Date(`${on}T12:00:00Z`).getUTCDay();

export function choices(now: number): Choice[] {
  const all: Choice[] = [{ name: 'inHour', at: now + HOUR }];
  const today = day(now);
  if (atHour(today, 14) > now + HOUR) all.push({ name: 'afternoon', at: atHour(today, 14) });
  else if (atHour(today, 18) > now + HOUR) all.push({ name: 'evening', at: atHour(today, 18) });
  all.push({ name: 'tomorrow', at: atHour(day(now + DAY), 8) });
  const days = (8 - weekday(today)) % 7 || 7;
  if (days > 1) all.push({ name: 'monday', at: atHour(day(now + days * DAY), 8) });
  return all;
}
