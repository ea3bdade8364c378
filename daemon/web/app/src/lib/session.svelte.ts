// Who is logged in here, and what he likes.
import { drop, HERE, ME } from './ahead';
import { ApiError, csrfToken, get, once, onEnded, post, put, setCsrf } from './api';
import * as feed from './feed.svelte';
import { setLang } from './i18n.svelte';
import { prefsOf } from './prefs';
import { setZone } from './time';
import type { Me, Prefs } from './types';

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
// none is not asked about, and other tabs hear of it.
let here = ''; // the session that this page knows of, as HERE has it

const owner = (note: string): string => note.split(' ')[0] ?? '';

function remember(login: string): void {
  here = `${login} ${once()}`;
  try {
    localStorage.setItem(HERE, here);
  } catch {
    /* then it is asked for by logging in */
  }
}

// Only what this page knew: who came after, in another tab, stays.
function forget(): void {
  try {
    if (here && localStorage.getItem(HERE) === here) localStorage.removeItem(HERE);
  } catch {
    /* nothing was kept */
  }
  here = '';
}

function remembered(): boolean {
  try {
    here = localStorage.getItem(HERE) ?? '';
    return !!here;
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

// Another's drafts, answers and lists are not his who comes after.  Until the
// page is there anew nothing is shown, so that nothing can be done twice.
function anew(): void {
  feed.stop();
  setCsrf('');
  state.me = null;
  state.stage = 'starting';
  location.reload();
}

function enter(who: Me): void {
  if (before && before !== who.login) return anew();
  // (A session is known by its csrf: of the same one the stream goes on.)
  const goes = state.stage === 'in' && csrfToken() === who.csrf;
  before = who.login;
  setCsrf(who.csrf);
  if (owner(here) !== who.login) remember(who.login);
  state.me = { ...who, prefs: prefsOf(who.prefs) };
  state.why = '';
  setZone(who.company?.zone);
  dress(prefs());
  state.stage = who.must_change ? 'must-change' : 'in';
  if (state.stage !== 'in') drop();
  else if (!goes) feed.start();
}

export function leave(why: '' | 'ended'): void {
  feed.stop();
  setCsrf('');
  forget();
  state.me = null;
  state.why = why;
  state.stage = 'out';
}

// At the start of the page, and to look again.
export async function look(): Promise<void> {
  setLang(state.me?.prefs?.lang);
  if (!remembered()) return leave('');
  try {
    enter(await get<Me>(ME));
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
  try {
    enter(await get<Me>(ME));
  } catch (e) {
    // The session's cookie is for safe ways only: a browser does not keep it
    // of http, but from this very machine.
    if (e instanceof ApiError && e.status === 401 && !isSecureContext)
      throw new ApiError('', { status: 401, code: 'INSECURE', member: '', retry: 0 });
    throw e;
  }
}

export async function logout(): Promise<void> {
  await post('/api/v1/logout').catch(() => undefined);
  leave('');
}

// Other pages of this browser hear what changed; other browsers see it when
// they look again.
const told = 'BroadcastChannel' in globalThis ? new BroadcastChannel('deskd.prefs') : null;
let keeping: Promise<unknown> = Promise.resolve(); // one after the other

function like(change: Partial<Prefs>): void {
  if (!state.me) return;
  state.me.prefs = prefsOf({ ...state.me.prefs, ...change });
  dress(state.me.prefs);
}

// Kept at once here and on the server, beside what is not given; undefined
// takes a member back.  What the server refuses is as it was.
export async function setPrefs(change: Partial<Prefs>): Promise<void> {
  if (!state.me) return;
  const { login } = state.me;
  const names = Object.keys(change) as (keyof Prefs)[];
  const was = Object.fromEntries(names.map((name) => [name, state.me?.prefs?.[name]]));
  like(change);
  const kept = keeping.then(() =>
    put('/api/v1/me/prefs', {
      prefs: Object.fromEntries(names.map((name) => [name, change[name] ?? null])),
      merge: true,
    }),
  );
  keeping = kept.catch(() => undefined);
  try {
    await kept;
    told?.postMessage({
      login,
      change: JSON.parse(JSON.stringify(change)) as Partial<Prefs>,
      names,
    });
  } catch (e) {
    if (me().login === login) like(was);
    throw e;
  }
}

told?.addEventListener('message', (e: MessageEvent) => {
  const m = e.data as { login: string; change: Partial<Prefs>; names: (keyof Prefs)[] };
  if (m.login !== me().login) return;
  like(Object.fromEntries(m.names.map((name) => [name, m.change[name]])));
});

// Somebody logged out in another tab, or in: this one follows at once.  Of
// another person's predecessor nothing stays; of one's own former session
// nothing but the page.
addEventListener('storage', (e) => {
  if (e.key !== HERE || e.newValue === here) return;
  const inside = state.stage === 'in' || state.stage === 'must-change';
  if (!e.newValue) {
    if (inside) leave('');
    return;
  }
  if (inside && owner(e.newValue) !== me().login) return anew();
  if (!inside && state.stage !== 'out') return;
  if (inside) leave('');
  void look();
});

onEnded(() => leave('ended'));
feed.onRefused(() => leave('ended'));
