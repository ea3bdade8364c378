// The one edited copy of the configuration: what is in force, what was made of
// it here, and the way from the one to the other. It outlives leaving the
// page for another area; whoever logs in next begins anew.
import { ApiError, get, put } from '../lib/api';
import { why } from '../lib/errors';
import { listen, onReload } from '../lib/feed.svelte';
import { focusSoon } from '../lib/focus';
import { go } from '../lib/router.svelte';
import { me } from '../lib/session.svelte';
import {
  copy,
  differing,
  faults,
  place,
  rebased,
  same,
  sent,
  type Change,
  type Clash,
  type Config,
  type Fault,
} from './config';

interface Shown {
  version: number;
  config: Config | null;
}
// What a configuration may say and yet should not: no refusal.
export interface Warning {
  path: string;
  sentence: string;
}
interface Applied {
  version: number;
  changes: Change[];
  warnings?: Warning[];
}

const state = $state<{
  version: number;
  base: Config | null;
  mine: Config;
  failed: string;
  faults: Fault[];
  clashes: Clash[];
  moved: boolean; // another version came into force, and ours was put onto it
  none: boolean; // nothing has been applied yet
  warnings: Warning[]; // of what was applied here last
}>({
  version: 0,
  base: null,
  mine: {},
  failed: '',
  faults: [],
  clashes: [],
  moved: false,
  none: false,
  warnings: [],
});
let whose = '';
let applying = false; // our own version is on its way
let turn = 0; // of asking for it: an answer that a later one overtook is old

export const model = state;
export const pending = (): string[] => (state.base ? differing(state.base, state.mine) : []);

function take(s: Shown): void {
  const theirs = s.config ?? {};
  const dirty = state.base && !same(state.base, state.mine);
  if (dirty && state.base && s.version !== state.version) {
    const r = rebased(copy(state.base), copy(state.mine), theirs);
    state.mine = r.config;
    state.clashes = r.clashes;
    state.moved = true;
  } else if (!dirty) state.mine = copy(theirs);
  state.base = copy(theirs);
  state.version = s.version;
  state.none = s.config === null;
}

export async function load(): Promise<void> {
  if (whose !== me().login) {
    whose = me().login;
    state.base = null;
    state.warnings = [];
    forget();
  }
  const mine = ++turn;
  try {
    const shown = await get<Shown>('/api/v1/config');
    if (mine !== turn) return;
    take(shown);
    state.failed = '';
  } catch (e) {
    if (mine === turn) state.failed = why(e);
  }
}

function forget(): void {
  state.faults = [];
  state.clashes = [];
  state.moved = false;
}

export function drop(): void {
  if (state.base) state.mine = copy(state.base);
  forget();
}

// What was mine where both had changed the same.
export function mineAfterAll(c: Clash): void {
  const of = c.key
    ? (state.mine[c.list] as Record<string, unknown>[]).find((e) => e.name === c.key)
    : c.list === 'top'
      ? state.mine
      : (state.mine[c.list] as Record<string, unknown>);
  if (!c.member) {
    const list = (state.mine[c.list] as Record<string, unknown>[]).filter((e) => e.name !== c.key);
    state.mine[c.list] = c.mine ? [...list, c.mine] : list;
  } else if (of) of[c.member] = c.mine;
  state.clashes = state.clashes.filter((o) => o !== c);
}

export const fieldId = (section: string, key: string, member: string): string =>
  `f-${section}-${key}-${member}`;

export const faultAt = (section: string, key: string, member: string): Fault | undefined =>
  state.faults.find((f) => f.section === section && f.key === key && f.member === member);

// Opens the page of a fault and goes to its field.
export function show(f: Pick<Fault, 'section' | 'key' | 'member'>): void {
  const section =
    f.section === 'top' ? 'addresses' : f.section === 'served' ? 'addresses' : f.section;
  go(
    `/d/settings/${section}${f.key && section !== 'addresses' ? `/${encodeURIComponent(f.key)}` : ''}`,
  );
  focusSoon(fieldId(f.section, f.key, f.member));
}

// The differences as the server sees them; null: something is wrong, and is
// shown at its field.
export async function differences(): Promise<Pick<Applied, 'changes' | 'warnings'> | null> {
  const body = sent(state.mine);
  state.faults = faults(body);
  const bad = state.faults[0];
  if (bad) {
    show(bad);
    return null;
  }
  return put<Applied>('/api/v1/config', { config: body, dry: true, over: state.version });
}

// Shows a refusal at its field; false when it names none.
export function refused(e: unknown): boolean {
  if (!(e instanceof ApiError) || !['INVALID', 'CONFLICT'].includes(e.code)) return false;
  const at = place(sent(state.mine), e.member);
  if (!at) return false;
  state.faults = [{ ...at, why: 'server', said: why(e) }];
  show(at);
  return true;
}

// Where a warning is to be seen; null: nowhere in particular.
export const warned = (w: Warning): Pick<Fault, 'section' | 'key' | 'member'> | null =>
  place(sent(state.mine), w.path);

export const isOld = (e: unknown): boolean =>
  e instanceof ApiError && e.code === 'CONFLICT' && e.member === 'over';

// Puts it into force; gives what undoes it.
export async function apply(): Promise<() => Promise<void>> {
  const was = copy(state.base ?? {});
  const mine = copy(state.mine); // (What is edited meanwhile is not in force.)
  const body = sent(mine);
  applying = true;
  let done: Applied;
  try {
    done = await put<Applied>('/api/v1/config', { config: body, over: state.version });
  } finally {
    applying = false;
  }
  state.version = done.version;
  state.base = mine;
  state.warnings = done.warnings ?? [];
  forget();
  await load();
  return async () => {
    const back = await put<Applied>('/api/v1/config', { config: was, over: done.version });
    state.warnings = back.warnings ?? [];
    await load();
  };
}

export function watch(): () => void {
  void load();
  const ends = [
    listen((n) => {
      if (n.kind === 'config' && !applying && Number(n.version) !== state.version) void load();
    }),
    onReload(() => void load()),
  ];
  return () => ends.forEach((end) => end());
}

// The browser asks before the page is closed over changes.
addEventListener('beforeunload', (e) => {
  if (whose && whose === me().login && pending().length) e.preventDefault();
});
