// Who is logged in here, and what he likes.
import { ApiError, get, onEnded, post, put, setCsrf } from './api';
import * as feed from './feed.svelte';
import { setLang } from './i18n.svelte';
import { setZone } from './time';
import type { Me, Prefs } from './types';

const HERE = 'deskd.here'; // whose session this browser has, as far as we know

type Stage = 'starting' | 'out' | 'in' | 'must-change' | 'away';

const state = $state<{ stage: Stage; me: Me | null; why: '' | 'ended' }>({
  stage: 'starting',
  me: null,
  why: '',
});

export const session = state as Readonly<typeof state>;
export const me = (): Me => state.me ?? { login: '', role: 'agent', csrf: '' };
export const prefs = (): Prefs => state.me?.prefs ?? {};
export const isBoss = (): boolean => me().role === 'supervisor' || me().role === 'admin';
export const isAdmin = (): boolean => me().role === 'admin';

// The browser keeps the cookie from us, so we note whose there is: who has
// none is not asked about, and other tabs hear of it ('': nobody's).
function remember(login: string): void {
  try {
    if (login) localStorage.setItem(HERE, login);
    else localStorage.removeItem(HERE);
  } catch {
    /* then it is asked for by logging in */
  }
}

function remembered(): boolean {
  try {
    return !!localStorage.getItem(HERE);
  } catch {
    return true;
  }
}

export function dress(p: Prefs): void {
  const root = document.documentElement;
  setLang(p.lang);
  if (p.theme) root.dataset.theme = p.theme;
  else delete root.dataset.theme;
  root.dataset.density = p.density ?? 'comfortable';
  root.dataset.size = String(p.size ?? 100);
}

let before = ''; // who was here: what this page has in its memory is his

function enter(who: Me): void {
  // Another's drafts, answers and lists are not his who comes after.
  if (before && before !== who.login) {
    location.reload();
    return;
  }
  before = who.login;
  setCsrf(who.csrf);
  remember(who.login);
  state.me = who;
  state.why = '';
  setZone(who.company?.zone);
  dress(who.prefs ?? {});
  state.stage = who.must_change ? 'must-change' : 'in';
  if (state.stage === 'in') feed.start();
}

export function leave(why: '' | 'ended'): void {
  feed.stop();
  setCsrf('');
  remember('');
  state.me = null;
  state.why = why;
  state.stage = 'out';
}

// At the start of the page, and to look again.
export async function look(): Promise<void> {
  setLang(state.me?.prefs?.lang);
  if (!remembered()) return leave('');
  try {
    enter(await get<Me>('/api/v1/me'));
  } catch (e) {
    if (e instanceof ApiError && e.status === 401) leave('');
    else state.stage = 'away';
  }
}

export interface Credentials {
  login: string;
  password: string;
  code?: string;
  remember?: boolean;
}

// Throws the ApiError that says why not; member 'code': a code is needed.
export async function login(c: Credentials): Promise<void> {
  await post('/api/v1/login', c);
  await entered(c.login);
}

// The server has begun a session of theirs here (the first start does).
export async function entered(login: string): Promise<void> {
  remember(login);
  enter(await get<Me>('/api/v1/me'));
}

export async function logout(): Promise<void> {
  await post('/api/v1/logout').catch(() => undefined);
  leave('');
}

// Kept at once here and on the server; taken back when that refuses.
export async function setPrefs(change: Partial<Prefs>): Promise<void> {
  if (!state.me) return;
  const was = state.me.prefs ?? {};
  const next = { ...was, ...change };
  state.me.prefs = next;
  dress(next);
  try {
    await put('/api/v1/me/prefs', { prefs: next });
  } catch (e) {
    state.me.prefs = was;
    dress(was);
    throw e;
  }
}

// Somebody logged out in another tab, or in: this one follows at once.  Of
// another person's predecessor nothing stays.
addEventListener('storage', (e) => {
  if (e.key !== HERE) return;
  const inside = state.stage === 'in' || state.stage === 'must-change';
  if (!e.newValue) {
    if (inside) leave('');
  } else if (state.stage === 'out') void look();
  else if (inside && e.newValue !== me().login) location.reload();
});

onEnded(() => leave('ended'));
feed.onRefused(() => leave('ended'));
