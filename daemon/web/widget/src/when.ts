// Times, waits and sizes as people say them.  Pure: now comes from the caller.
import type { Lang } from './options';
import { tagOf, type Words } from './words';

const DAY_MS = 24 * 3600 * 1000;

const midnight = (ms: number) => new Date(ms).setHours(0, 0, 0, 0);

// How many days later than now, by the calendar here.
const daysFrom = (ms: number, now: number) => Math.round((midnight(ms) - midnight(now)) / DAY_MS);

export const clock = (ms: number, lang: Lang) =>
  new Intl.DateTimeFormat(tagOf(lang), {
    hour: '2-digit',
    minute: '2-digit',
    hourCycle: 'h23',
  }).format(ms);

function date(ms: number, now: number, lang: Lang): string {
  const year = new Date(ms).getFullYear() !== new Date(now).getFullYear();
  return new Intl.DateTimeFormat(tagOf(lang), {
    day: '2-digit',
    month: '2-digit',
    ...(year ? { year: 'numeric' as const } : {}),
  }).format(ms);
}

// The day above what was said on it.
export function day(ms: number, now: number, lang: Lang, w: Words): string {
  const days = daysFrom(ms, now);
  if (days === 0) return w.today;
  return days === -1 ? w.yesterday : date(ms, now, lang);
}

// When something will be: "lúc 08:00 thứ Hai".
export function ahead(ms: number, now: number, lang: Lang, w: Words): string {
  const time = clock(ms, lang);
  const days = daysFrom(ms, now);
  if (days <= 0) return w.at(time);
  if (days === 1) return w.tomorrowAt(time);
  if (days > 6) return w.dayAt(date(ms, now, lang), time);
  const name = new Intl.DateTimeFormat(tagOf(lang), { weekday: 'long' }).format(ms);
  return w.dayAt(lang === 'vi' ? name.replace(/^Thứ/, 'thứ') : name, time);
}

// From here on a wait is said to be long, and no more.
export const LONG = 3600;

export function lasting(seconds: number, w: Words): string {
  const minutes = Math.ceil(seconds / 60);
  return minutes <= 1 ? w.underMinute : w.minutes(minutes);
}

// How long one waits in line, as it is said; '': not known.
export function waiting(seconds: number, w: Words): string {
  if (seconds >= LONG) return w.waitLong;
  return seconds > 0 ? w.wait(lasting(seconds, w)) : '';
}

// How soon somebody answers who opens it now.
export function answering(there: boolean, seconds: number, w: Words): string {
  if (!there) return w.nobody;
  if (seconds >= LONG) return `${w.online}, ${w.waitLong}`;
  return seconds > 0 ? w.answersIn(lasting(seconds, w)) : w.online;
}

export function sizeOf(bytes: number, lang: Lang): string {
  const mega = bytes >= 1000 * 1000;
  const n = bytes / (mega ? 1024 * 1024 : 1024);
  const text = new Intl.NumberFormat(tagOf(lang), {
    maximumFractionDigits: mega && n < 10 ? 1 : 0,
  }).format(Math.max(n, mega ? 0.1 : 1));
  return `${text} ${mega ? 'MB' : 'KB'}`;
}

// Of a name, what stands in the small circle: "Chi" CH, "Sương Võ" SV.
export function initials(name: string): string {
  const parts = name.trim().split(/\s+/);
  const first = [...(parts[0] ?? '')];
  const last = parts.length > 1 ? [...(parts[parts.length - 1] ?? '')] : first.slice(1);
  return ((first[0] ?? '') + (last[0] ?? '')).toLocaleUpperCase('vi');
}
