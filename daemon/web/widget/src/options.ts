// What the shop's page says about the widget: the data attributes of its
// script tag, as they may stand there, made into what the widget goes by.  Pure.
import { parseColour, type Rgb } from './contrast';

export type Lang = 'vi' | 'en';
export type Theme = 'auto' | 'light' | 'dark';

// Who the shop's server says the visitor is: deskd-chat(7), "Who the visitor is".
export interface Identity {
  user: string;
  signature: string;
  name?: string;
  email?: string;
  phone?: string;
}

export interface Options {
  base: string; // where the desk is: scheme, host and port
  lang: Lang | null; // null: as the page or the browser has it
  theme: Theme;
  accent: Rgb;
  position: 'left' | 'right';
  gap: number; // px from the window's edges
  lift: number; // px more from below, above a bar of the shop's
  name: string; // the shop's; empty: as the desk has it
  greeting: string; // empty: our own
  launcher: boolean; // false: the shop has a button of its own
  identity: Identity | null;
}

const ACCENT: Rgb = [48, 86, 198];

function pick<T extends string>(value: string | undefined, of: readonly T[], other: T): T {
  for (const one of of) if (one === value) return one;
  return other;
}

function pixels(value: string | undefined, other: number, most: number): number {
  if (value === undefined || !/^\d{1,4}(px)?$/.test(value)) return other;
  return Math.min(parseInt(value, 10), most);
}

const words = (value: string | undefined, most: number) => (value ?? '').trim().slice(0, most);

export function identityOf(data: Record<string, unknown>): Identity | null {
  const text = (key: string) => {
    const value = data[key];
    return typeof value === 'string' && value !== '' ? value : undefined;
  };
  const user = text('user');
  const signature = text('signature');
  if (user === undefined || signature === undefined) return null;
  const who: Identity = { user, signature };
  const name = text('name');
  const email = text('email');
  const phone = text('phone');
  if (name !== undefined) who.name = name;
  if (email !== undefined) who.email = email;
  if (phone !== undefined) who.phone = phone;
  return who;
}

// data: the script's dataset; src: its address.
export function readOptions(data: Record<string, string | undefined>, src: string): Options {
  return {
    base: new URL(data.desk || src, src).origin,
    lang: data.lang === 'vi' || data.lang === 'en' ? data.lang : null,
    theme: pick(data.theme, ['auto', 'light', 'dark'], 'auto'),
    accent: parseColour(data.color) ?? ACCENT,
    position: pick(data.position, ['left', 'right'], 'right'),
    gap: pixels(data.gap, 24, 200),
    lift: pixels(data.lift, 0, 400),
    name: words(data.name, 80),
    greeting: words(data.greeting, 300),
    launcher: data.launcher !== 'none',
    identity: identityOf({
      user: data.user,
      signature: data.signature,
      name: data.userName,
      email: data.userEmail,
      phone: data.userPhone,
    }),
  };
}

// The language of a page and a reader: what the page says, else what the
// browser asks for; who asks for neither reads English.
export function languageOf(page: string, browser: readonly string[]): Lang {
  for (const tag of [page, ...browser]) {
    if (/^vi\b/i.test(tag)) return 'vi';
    if (/^en\b/i.test(tag)) return 'en';
  }
  return 'en';
}
