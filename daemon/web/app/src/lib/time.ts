// Times as people say them, at the company's hours: UI.md, section 7.
import { now } from './api';
import { lang, locale } from './i18n.svelte';

let zone = 'Asia/Ho_Chi_Minh';
const made = new Map<string, Intl.DateTimeFormat>();

export function setZone(name: string | undefined): void {
  try {
    if (name) new Intl.DateTimeFormat('en', { timeZone: name });
    zone = name ?? zone;
    made.clear();
  } catch {
    /* a zone that this browser does not know: the default's hours */
  }
}

function format(
  key: string,
  options: Intl.DateTimeFormatOptions,
  of = locale(),
): Intl.DateTimeFormat {
  const id = `${key} ${of} ${zone}`;
  let f = made.get(id);
  if (!f) made.set(id, (f = new Intl.DateTimeFormat(of, { timeZone: zone, ...options })));
  return f;
}

const hm = (at: number) =>
  format('hm', { hour: '2-digit', minute: '2-digit', hourCycle: 'h23' }, 'en-GB').format(at);
const dm = (at: number) => format('dm', { day: '2-digit', month: '2-digit' }, 'en-GB').format(at);
const dmy = (at: number) =>
  format('dmy', { day: '2-digit', month: '2-digit', year: 'numeric' }, 'en-GB').format(at);

// The day as 2026-11-21, by the company's calendar.
export const day = (at: number): string =>
  format('day', { year: 'numeric', month: '2-digit', day: '2-digit' }, 'sv-SE').format(at);

// 15:00 today, 21/11 this year, else 21/11/2025.
export function brief(at: number): string {
  const today = now();
  if (day(at) === day(today)) return hm(at);
  return day(at).slice(0, 4) === day(today).slice(0, 4) ? dm(at) : dmy(at);
}

export const clockTime = hm;
export const date = (at: number): string =>
  day(at).slice(0, 4) === day(now()).slice(0, 4) ? dm(at) : dmy(at);
// 15:00 today, else 21/11 15:00.
export const moment = (at: number): string =>
  day(at) === day(now()) ? hm(at) : `${date(at)} ${hm(at)}`;

// Exact, for titles: "thứ Bảy, 21 tháng 11, 2026 lúc 15:00:12".
export const exact = (at: number): string =>
  format('exact', { dateStyle: 'full', timeStyle: 'medium', hourCycle: 'h23' }).format(at);

// A day's heading: "Hôm nay, thứ Bảy 21/11".
export function dayTitle(at: number): string {
  const vi = lang() === 'vi';
  const name = format('weekday', { weekday: 'long' }).format(at);
  const text = `${vi ? name.charAt(0).toLowerCase() + name.slice(1) : name} ${date(at)}`;
  if (day(at) === day(now())) return `${vi ? 'Hôm nay' : 'Today'}, ${text}`;
  if (day(at) === day(now() - 86400000)) return `${vi ? 'Hôm qua' : 'Yesterday'}, ${text}`;
  return text.charAt(0).toUpperCase() + text.slice(1);
}

// "12 phút", "1 giờ 20 phút", "3 ngày": two units at most.
export function span(ms: number): string {
  const vi = lang() === 'vi';
  const min = Math.floor(Math.abs(ms) / 60000);
  const of = (n: number, v: string, e: string) => `${n} ${vi ? v : e}`;
  if (min < 1) return vi ? 'dưới 1 phút' : 'under 1 min';
  if (min < 60) return of(min, 'phút', 'min');
  const h = Math.floor(min / 60);
  if (h < 24)
    return min % 60 ? `${of(h, 'giờ', 'h')} ${of(min % 60, 'phút', 'min')}` : of(h, 'giờ', 'h');
  const d = Math.floor(h / 24);
  return of(d, 'ngày', d === 1 ? 'day' : 'days');
}

// The exact seconds, for what has less than a minute left: "45 giây".
export const seconds = (ms: number): string =>
  `${Math.max(0, Math.ceil(ms / 1000))} ${lang() === 'vi' ? 'giây' : 's'}`;

// "vừa xong", "12 phút trước", else the brief time.
export function ago(at: number): string {
  const ms = now() - at;
  const vi = lang() === 'vi';
  if (ms < 60000) return vi ? 'vừa xong' : 'just now';
  if (ms < 3600000) return vi ? `${span(ms)} trước` : `${span(ms)} ago`;
  return moment(at);
}

export type ClockClass = 'fine' | 'soon' | 'due' | 'late';

// Colour means "look here": nothing above half an hour.
export const clockClass = (left: number): ClockClass =>
  left < 0 ? 'late' : left <= 300000 ? 'due' : left <= 1800000 ? 'soon' : 'fine';

// A due time in words: "quá 6 phút", "còn 12 phút", later "trước 13:30".
export function dueWords(at: number): string {
  const left = at - now();
  const vi = lang() === 'vi';
  if (left < 0) return vi ? `quá ${span(left)}` : `${span(left)} over`;
  if (left < 60000) return vi ? `còn ${seconds(left)}` : `${seconds(left)} left`;
  if (left < 3600000) return vi ? `còn ${span(left)}` : `${span(left)} left`;
  return vi ? `trước ${moment(at)}` : `by ${moment(at)}`;
}

// The moment of a day (as day() writes it) at an hour of the company's clock.
export function atHour(on: string, hour: number, minute = 0): number {
  const two = (n: number) => String(n).padStart(2, '0');
  return atLocal(`${on}T${two(hour)}:${two(minute)}`);
}

// As <input type="datetime-local"> has it: 2026-11-21T15:00, by that clock.
export const local = (at: number): string => `${day(at)}T${hm(at)}`;

export function atLocal(text: string): number {
  const as = Date.parse(`${text}Z`);
  if (Number.isNaN(as)) return NaN;
  // What that clock shows at a guess says how far the guess is off; a second
  // look, for the day on which it is put forward or back.
  let at = as;
  for (let i = 0; i < 2; i++) at += as - Date.parse(`${local(at)}Z`);
  return at;
}
