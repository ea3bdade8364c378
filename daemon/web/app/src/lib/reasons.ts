// What the desk itself gives as the reason of somebody's state, in words;
// what a person wrote stands as it is.
import { words } from './i18n.svelte';

const ours: { vi: Record<string, string>; en: Record<string, string> } = {
  vi: { 'offers not answered': 'không trả lời lời mời', 'connection lost': 'mất kết nối' },
  en: {},
};

export const reasonWords = (reason: string): string => words(ours)[reason] ?? reason;
