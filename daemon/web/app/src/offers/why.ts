// Why a case is offered to me, or given to me: the router's reason (`why` of
// the notices and of OFFER.LIST, made by daemon/route/offers.lua) in one plain
// sentence. Pure.
import { lang, words } from '../lib/i18n.svelte';

export interface Why {
  strategy?: string;
  stage?: 'own' | 'exact' | 'preferred' | 'levels' | 'overflow' | 'anyone';
  waited?: number; // seconds in the line
  others?: number; // how many of the queue could have had it, too
}

// Whatever stands there that is none of it counts as not said.
export function whyOf(v: unknown): Why | undefined {
  if (!v || typeof v !== 'object' || Array.isArray(v)) return undefined;
  const o = v as Record<string, unknown>;
  const text = (x: unknown): string | undefined => (typeof x === 'string' ? x : undefined);
  const count = (x: unknown): number | undefined =>
    typeof x === 'number' && x >= 0 ? Math.floor(x) : undefined;
  return {
    strategy: text(o.strategy),
    stage: text(o.stage) as Why['stage'],
    waited: count(o.waited),
    others: count(o.others),
  };
}

// A skill as tickets have it ("en:2", "bao-hanh?"): its name, the least level,
// whether it is only preferred.
export interface Need {
  name: string;
  level: number;
  preferred: boolean;
}
export function needOf(skill: string): Need {
  const m = /^([^:?]*)(?::(\d+))?(\?)?$/.exec(skill);
  return { name: m?.[1] || skill, level: Number(m?.[2] ?? 1), preferred: !!m?.[3] };
}

const all = {
  vi: {
    due: (queue: string) => `Tới hạn trước ở ${queue}`,
    alone: 'lúc này chỉ bạn nhận được',
    strategies: {
      longest_idle: 'bạn rảnh lâu nhất',
      least_loaded: 'bạn đang ít việc nhất',
      round_robin: 'tới lượt bạn',
      best_skill: 'bạn giỏi việc này nhất',
      fixed_order: 'bạn đứng trước theo thứ tự',
    } as Record<string, string>,
    own: 'Khách quen của bạn: lần trước bạn trả lời',
    waited: (t: string) => `Đã chờ ${t}`,
    preferred: (s: string) => `không đợi thêm người biết ${s}`,
    preferredAny: 'không đợi thêm người hợp nhất',
    levels: (s: string) => `nay mời cả người biết ${s} ở mức thấp hơn`,
    levelsAny: 'nay mời cả người có mức thấp hơn',
    overflow: (queue: string) => `${queue} nhờ bộ phận bạn giúp`,
    overflowOwn: 'nay mời cả bộ phận khác, bạn được mời trước',
    anyone: (queue: string) => `nay mời bất kỳ ai ở ${queue}`,
    needs: (s: string) => `Cần ${s}`,
    prefers: (s: string) => `tốt hơn nếu biết ${s}`,
    level: (name: string, n: number) => `${name} từ mức ${n}`,
    and: ', ',
  },
  en: {
    due: (queue: string) => `First due at ${queue}`,
    alone: 'only you can take it now',
    strategies: {
      longest_idle: "you've been free longest",
      least_loaded: 'you have least in hand',
      round_robin: "it's your turn",
      best_skill: 'you know it best',
      fixed_order: 'you come first in its order',
    } as Record<string, string>,
    own: 'Your customer: you answered them before',
    waited: (t: string) => `Waited ${t}`,
    preferred: (s: string) => `now also without ${s}`,
    preferredAny: 'now also without the skills preferred',
    levels: (s: string) => `now also with a lower level of ${s}`,
    levelsAny: 'now also with lower levels',
    overflow: (queue: string) => `${queue} asks your department to help`,
    overflowOwn: 'other departments are asked too, you come first',
    anyone: (queue: string) => `now anyone of ${queue} is asked`,
    needs: (s: string) => `Needs ${s}`,
    prefers: (s: string) => `better with ${s}`,
    level: (name: string, n: number) => `${name} from level ${n}`,
    and: ', ',
  },
};

// "45 giây", "3 phút", "1 phút 30 giây".
export function waitedWords(s: number): string {
  const vi = lang() === 'vi';
  const of = (n: number, v: string, e: string): string => (n ? `${n} ${vi ? v : e}` : '');
  const h = Math.floor(s / 3600);
  const m = Math.floor((s % 3600) / 60);
  const parts = [
    of(h, 'giờ', 'h'),
    of(m, 'phút', 'min'),
    h || m > 9 ? '' : of(s % 60, 'giây', 's'),
  ];
  return parts.filter(Boolean).join(' ') || `0 ${vi ? 'giây' : 's'}`;
}

export interface Asked {
  queue: string; // the case's, as people call it
  member: boolean; // I serve it
  skills?: string[]; // of the case
}

// One sentence; '' when nothing is known but that it is offered.
export function whyWords(why: Why | undefined, a: Asked): string {
  const w = words(all);
  const needs = (a.skills ?? []).map(needOf);
  const names = (preferred: boolean): string =>
    needs
      .filter((n) => n.preferred === preferred && (preferred || n.level > 1))
      .map((n) => n.name)
      .join(w.and);
  const after = (text: string): string => `${w.waited(waitedWords(why?.waited ?? 0))}: ${text}`;
  switch (why?.stage) {
    case 'own':
      return w.own;
    case 'preferred':
      return after(names(true) ? w.preferred(names(true)) : w.preferredAny);
    case 'levels':
      return after(names(false) ? w.levels(names(false)) : w.levelsAny);
    case 'overflow':
      return after(a.member ? w.overflowOwn : w.overflow(a.queue));
    case 'anyone':
      return after(w.anyone(a.queue));
    default: {
      const who = why?.others === 0 ? w.alone : w.strategies[why?.strategy ?? ''];
      return `${w.due(a.queue)}${who ? `, ${who}` : ''}`;
    }
  }
}

// "Cần en từ mức 2; tốt hơn nếu biết bao-hanh"; '' of none.
export function needWords(skills: string[] | undefined): string {
  const w = words(all);
  const needs = (skills ?? []).map(needOf);
  const said = (preferred: boolean): string =>
    needs
      .filter((n) => n.preferred === preferred)
      .map((n) => (n.level > 1 ? w.level(n.name, n.level) : n.name))
      .join(w.and);
  const [need, like] = [said(false), said(true)];
  const text = [need && w.needs(need), like && w.prefers(like)].filter(Boolean).join('; ');
  return text.charAt(0).toUpperCase() + text.slice(1);
}
