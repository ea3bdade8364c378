// The configuration as the page edits it: pure, so that it can be tested.
import {
  blocks,
  isList,
  isOrdered,
  lists,
  wordOf,
  type BlockName,
  type ListName,
  type Member,
} from './describe';
import { deedOf, wrongOf, type Wrong } from './routewords';

export type Entry = Record<string, unknown>;
export type Config = Record<string, unknown>;

export interface Change {
  what: string; // "queue sales", "company", "order of rules"
  change: 'added' | 'changed' | 'removed';
  from?: unknown;
  to?: unknown;
}

// Members in one order, so that what says the same is the same.
export function canon(v: unknown): string {
  if (Array.isArray(v)) return `[${v.map(canon).join(',')}]`;
  if (v && typeof v === 'object')
    return `{${Object.entries(v)
      .filter(([, x]) => x !== undefined && x !== null)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([k, x]) => `${JSON.stringify(k)}:${canon(x)}`)
      .join(',')}}`;
  return JSON.stringify(v) ?? 'null';
}

export const same = (a: unknown, b: unknown): boolean => canon(a) === canon(b);
export const copy = <T>(v: T): T => JSON.parse(JSON.stringify(v)) as T;

export const keyOf = (e: Entry): string =>
  typeof e.name === 'string' ? e.name : `${String(e.kind)} ${String(e.address)}`;

// (A block, which is no list, has none.)
export const entries = (c: Config, list: string): Entry[] => {
  const of = c[list];
  return Array.isArray(of) ? (of as Entry[]) : [];
};
export const entry = (c: Config, list: string, key: string): Entry | undefined =>
  entries(c, list).find((e) => keyOf(e) === key);
// A block's object; of what stands at the top, the whole.
export const block = (c: Config, name: BlockName): Entry =>
  name === 'top' ? c : ((c[name] as Entry | undefined) ?? {});

// The members that its form offers: not those that desk.conf(5) refuses or ignores
// for whom a survey asks, unless something is set there, to be taken away.
export function offered(of: Member[], e: Entry): Member[] {
  const out: Member[] = [];
  let part: string | undefined; // whose first is not offered
  for (const m of of) {
    part = m.part ?? part;
    const empty = e[m.name] === undefined || same(e[m.name], m.usual);
    if (m.only && m.only !== (e.for ?? 'customers') && empty) continue;
    out.push({ ...m, part });
    part = undefined;
  }
  return out;
}

// As CONFIG.APPLY takes it: lists by name, so that its refusals' places are
// ours; some have an order that means something.
export function sent(c: Config): Config {
  const out = copy(c);
  for (const [name, v] of Object.entries(out))
    if (Array.isArray(v) && !isOrdered(name))
      out[name] = (v as Entry[]).sort((a, b) => (keyOf(a) < keyOf(b) ? -1 : 1));
  return out;
}

const isLists = (name: string, a: unknown, b: unknown): boolean =>
  (isList(name) || name === 'served') && (Array.isArray(a) || Array.isArray(b));

// A block in which nothing stands is none.
const none = (v: unknown): unknown =>
  v && typeof v === 'object' && !Array.isArray(v) && canon(v) === '{}' ? undefined : v;

// How many things differ: entries of lists, blocks, the order of what has one.
export function differing(a: Config, b: Config): string[] {
  const out: string[] = [];
  for (const name of new Set([...Object.keys(a), ...Object.keys(b)])) {
    if (same(none(a[name]), none(b[name]))) continue;
    if (!isLists(name, a[name], b[name])) {
      out.push(name);
      continue;
    }
    const keys = new Set([...entries(a, name), ...entries(b, name)].map(keyOf));
    for (const k of keys) if (!same(entry(a, name, k), entry(b, name, k))) out.push(`${name}/${k}`);
    if (
      isOrdered(name) &&
      !out.some((o) => o.startsWith(`${name}/`)) &&
      !same(entries(a, name).map(keyOf), entries(b, name).map(keyOf))
    )
      out.push(name);
  }
  return out;
}

export interface Clash {
  list: string; // the section
  key: string; // the entry; '' of a block
  member: string; // '' when one removed what the other changed
  mine: unknown;
  theirs: unknown;
}

// What became of one object that two changed; theirs stands where both did.
function merged(
  base: Entry,
  mine: Entry,
  theirs: Entry,
  at: Omit<Clash, 'member' | 'mine' | 'theirs'>,
  clashes: Clash[],
): Entry {
  const out: Entry = {};
  for (const m of new Set([...Object.keys(base), ...Object.keys(mine), ...Object.keys(theirs)])) {
    const took = same(mine[m], base[m])
      ? theirs[m]
      : same(theirs[m], base[m])
        ? mine[m]
        : theirs[m];
    if (!same(mine[m], base[m]) && !same(theirs[m], base[m]) && !same(mine[m], theirs[m]))
      clashes.push({ ...at, member: m, mine: mine[m], theirs: theirs[m] });
    if (took !== undefined) out[m] = took;
  }
  return out;
}

function mergedList(
  name: string,
  base: Config,
  mine: Config,
  theirs: Config,
  clashes: Clash[],
): Entry[] {
  const order = same(entries(mine, name).map(keyOf), entries(base, name).map(keyOf))
    ? [...entries(theirs, name), ...entries(mine, name)]
    : [...entries(mine, name), ...entries(theirs, name)];
  const out: Entry[] = [];
  for (const k of new Set(order.map(keyOf))) {
    const [b, m, t] = [entry(base, name, k), entry(mine, name, k), entry(theirs, name, k)];
    if (same(m, b)) {
      if (t) out.push(t);
    } else if (same(t, b)) {
      if (m) out.push(m);
    } else if (m && t) out.push(merged(b ?? {}, m, t, { list: name, key: k }, clashes));
    else if (m ?? t) {
      clashes.push({ list: name, key: k, member: '', mine: m, theirs: t });
      if (t) out.push(t);
    }
  }
  return out;
}

// Mine, made from base, put onto theirs, which came into force meanwhile.
// Nothing of theirs is lost: where both changed the same, theirs stands and a
// clash says so.
export function rebased(
  base: Config,
  mine: Config,
  theirs: Config,
): { config: Config; clashes: Clash[] } {
  const clashes: Clash[] = [];
  const config: Config = {};
  for (const n of new Set([...Object.keys(base), ...Object.keys(mine), ...Object.keys(theirs)])) {
    const [b, m, t] = [base[n], mine[n], theirs[n]];
    if (isLists(n, m, t)) config[n] = mergedList(n, base, mine, theirs, clashes);
    else if (same(m, b)) config[n] = t;
    else if (same(t, b)) config[n] = m;
    else if ([m, t].every((v) => v && typeof v === 'object' && !Array.isArray(v)))
      config[n] = merged((b ?? {}) as Entry, m as Entry, t as Entry, { list: n, key: '' }, clashes);
    else {
      if (!same(m, t)) clashes.push({ list: 'top', key: '', member: n, mine: m, theirs: t });
      config[n] = t;
    }
  }
  return { config: copy(config), clashes };
}

export function fresh(list: ListName, name: string): Entry {
  const e: Entry = { name };
  for (const m of lists[list]) if (m.usual !== undefined) e[m.name] = copy(m.usual);
  return e;
}

// The names of skills that agents have or rules ask for.
export function skillsOf(c: Config): string[] {
  const of = (list: string, member: string): string[] =>
    entries(c, list).flatMap((e) => (Array.isArray(e[member]) ? (e[member] as string[]) : []));
  const all = [...of('agents', 'skills'), ...of('rules', 'skills'), ...of('rules', 'prefer')];
  return [...new Set(all.map((s) => s.split(' ')[0] ?? '').filter(Boolean))].sort();
}

export const isName = (s: string): boolean => /^[A-Za-z0-9._@+-]{1,64}$/.test(s);

export interface Fault {
  section: string;
  key: string; // the entry; '' of a block
  member: string;
  why: 'need' | 'range' | 'name' | 'row' | 'server';
  low?: number;
  high?: number;
  said?: string; // why: server
  row?: number; // why: row, which of them, and what is wrong there
  wrong?: Wrong;
}

type What = Omit<Fault, 'section' | 'key' | 'member'>;

function faultOf(m: Member, v: unknown): What | null {
  const empty = v === undefined || v === null || v === '' || (Array.isArray(v) && !v.length);
  if (empty) return m.need ? { why: 'need' } : null;
  if (typeof v === 'number' && (m.kind === 'int' || m.kind === 'span' || m.kind === 'minutes'))
    return !Number.isInteger(v) || v < (m.low ?? 0) || v > (m.high ?? Infinity)
      ? { why: 'range', low: m.low, high: m.high }
      : null;
  if (m.kind === 'rows' && m.form) {
    const bad = wrongOf(m.form, v as string[]);
    return bad && { why: 'row', row: bad.row, wrong: bad.why };
  }
  if (m.kind === 'share' && !/^[1-9]\d?%$/.test(v as string))
    return { why: 'range', low: 1, high: 99 };
  if (m.kind === 'deed' && !deedOf(v as string)) return { why: 'row', row: 0, wrong: 'missing' };
  if (m.kind === 'words' && !(v as string[]).every(isName)) return { why: 'name' };
  return null;
}

// What the page can tell by itself, before the server is asked.
export function faults(c: Config): Fault[] {
  const out: Fault[] = [];
  const look = (section: string, key: string, members: Member[], e: Entry) => {
    for (const m of members) {
      const f = faultOf(m, e[m.name]);
      if (f) out.push({ section, key, member: m.name, ...f });
    }
  };
  for (const [name, members] of Object.entries(blocks))
    if (name === 'top' || c[name]) look(name, '', members, block(c, name as BlockName));
  for (const [name, members] of Object.entries(lists))
    for (const e of entries(c, name)) look(name, keyOf(e), members, e);
  return out;
}

// Where a refusal's member ("queues[2].first", "company.name") is to be seen.
export function place(c: Config, path: string): Pick<Fault, 'section' | 'key' | 'member'> | null {
  const m = /^(?:config\.)?([a-z_]+)(?:\[(\d+)\])?(?:\.([a-z_]+))?/.exec(path);
  const section = m?.[1];
  if (!section) return null;
  if (m[2] !== undefined) {
    const e = entries(c, section)[Number(m[2])];
    return e ? { section, key: keyOf(e), member: m[3] ?? '' } : null;
  }
  if (blocks.top.some((t) => t.name === section))
    return { section: 'top', key: '', member: section };
  return Object.hasOwn(c, section) ? { section, key: '', member: m[3] ?? '' } : null;
}

// A difference's thing: the section, and the entry's name.
export function thing(what: string): { section: string; key: string } {
  const at = what.indexOf(' ');
  const list = at > 0 ? wordOf[what.slice(0, at)] : undefined;
  if (list) return { section: list, key: what.slice(at + 1) };
  if (what === 'default queue' || what === 'order pattern')
    return { section: 'top', key: what.replace(' ', '_') };
  const order = /^order of (\w+)$/.exec(what)?.[1];
  return { section: order ? 'order' : what, key: order ?? '' };
}

// The rows of a difference: each member that changed.  An entry's name never
// does, and stands above; the company's can.
export function rows(c: Change): { member: string; from: unknown; to: unknown }[] {
  const is = (v: unknown): v is Entry => !!v && typeof v === 'object' && !Array.isArray(v);
  if (!is(c.from) && !is(c.to)) return [{ member: '', from: c.from, to: c.to }];
  const [from, to] = [is(c.from) ? c.from : {}, is(c.to) ? c.to : {}];
  return [...new Set([...Object.keys(from), ...Object.keys(to)])]
    .filter((m) => m !== 'name' || c.change === 'changed')
    .filter((m) => !(c.change === 'added' && Array.isArray(to[m]) && !to[m].length))
    .map((m) => ({ member: m, from: from[m], to: to[m] }));
}
