// Root causes of cases: CAUSE.LIST and its words.
import { words } from '../lib/i18n.svelte';
import type { DeskEvent } from '../lib/types';

export interface Causes {
  causes: { cause: string; vi: string; en: string }[];
  usual: string[];
}

export const causeWords = {
  vi: {
    cause: 'Nguyên nhân',
    ask: 'Nguyên nhân?',
    none: 'Bỏ nguyên nhân',
    did: (no: number) => `Đã ghi nguyên nhân của #${no}.`,
    gone: (no: number) => `Đã bỏ nguyên nhân của #${no}.`,
    said: (by: string, what: string) => `${by} ghi nguyên nhân: ${what}`,
    took: (by: string, what: string) => `${by} bỏ nguyên nhân ${what}`,
    names: {
      advertising: 'Quảng cáo',
      content: 'Nội dung',
      digital: 'Kênh số',
      nondigital: 'Kênh trực tiếp',
      communications: 'Giao tiếp',
      people: 'Con người',
      products: 'Sản phẩm',
      service: 'Dịch vụ',
      friction: 'Trở ngại',
      reputation: 'Danh tiếng',
    } as Record<string, string>,
  },
  en: {
    cause: 'Cause',
    ask: 'Cause?',
    none: 'No cause',
    did: (no: number) => `The cause of #${no} is noted.`,
    gone: (no: number) => `#${no} has no cause now.`,
    said: (by: string, what: string) => `${by} noted the cause: ${what}`,
    took: (by: string, what: string) => `${by} took back the cause ${what}`,
    names: {
      advertising: 'Advertising',
      content: 'Content',
      digital: 'Digital',
      nondigital: 'Non-digital',
      communications: 'Communications',
      people: 'People',
      products: 'Products',
      service: 'Service',
      friction: 'Friction',
      reputation: 'Reputation',
    } as Record<string, string>,
  },
};

// The line of the history.
export function causeSaid(e: DeskEvent, by: string): string {
  const w = words(causeWords);
  const name = (x: unknown): string => w.names[String(x)] ?? String(x);
  return e.meta?.to ? w.said(by, name(e.meta.to)) : w.took(by, name(e.meta?.from));
}
