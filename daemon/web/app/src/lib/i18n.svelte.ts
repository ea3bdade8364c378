// The language of the page: the user's choice, else the browser's first that
// we have. An area's words stand beside it (list/words.ts, …), both languages
// in one file of one shape: `const w = $derived(words(all))`.
export type Lang = 'vi' | 'en';
export interface Words<T> {
  vi: T;
  en: T;
}

const ofBrowser = (): Lang =>
  ((globalThis.navigator?.languages ?? [])
    .map((l) => /^(vi|en)\b/i.exec(l)?.[0].toLowerCase())
    .find(Boolean) as Lang | undefined) ?? 'vi';

const state = $state<{ lang: Lang }>({ lang: ofBrowser() });

export const lang = (): Lang => state.lang;

export function setLang(l: Lang | undefined): void {
  state.lang = l ?? ofBrowser();
  document.documentElement.lang = state.lang;
}

export const words = <T>(all: Words<T>): T => all[state.lang];

export const locale = (): string => (state.lang === 'vi' ? 'vi-VN' : 'en-GB');

export const number = (n: number): string => new Intl.NumberFormat(locale()).format(n);
// 3480000 → "3.480.000 đ"
export const money = (n: number, currency = 'VND'): string =>
  currency === 'VND'
    ? `${new Intl.NumberFormat(locale()).format(n)} đ`
    : new Intl.NumberFormat(locale(), { style: 'currency', currency }).format(n);
