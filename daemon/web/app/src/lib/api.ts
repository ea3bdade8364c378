// Asking deskd: JSON in, JSON out, and every refusal an ApiError with deskd's
// own code and sentence.
import { taken } from './ahead';

export interface Refusal {
  status: number; // 0: the server was not reached
  code: string; // INVALID, NOAUTH, DENIED, NOTFOUND, CONFLICT, TOOMANY, TRYAGAIN, INTERNAL, AWAY
  member: string; // at fault; '' when none
  retry: number; // seconds to wait before it is tried again; 0 when not told
}

export class ApiError extends Error implements Refusal {
  status: number;
  code: string;
  member: string;
  retry: number;

  constructor(sentence: string, r: Refusal) {
    super(sentence);
    this.name = 'ApiError';
    this.status = r.status;
    this.code = r.code;
    this.member = r.member;
    this.retry = r.retry;
  }
}

// The server was not reached, or not heard to the end.
const away = (): ApiError => new ApiError('', { status: 0, code: 'AWAY', member: '', retry: 0 });

type Method = 'GET' | 'POST' | 'PUT' | 'DELETE';
type Query = Record<string, string | number | boolean | undefined | null>;

let csrf = '';
let skew = 0; // the server's clock less ours, ms
let ended: () => void = () => undefined;

export const setCsrf = (token: string): void => void (csrf = token);
export const csrfToken = (): string => csrf;
// What is done when the session is over, whoever finds it out first.
export const onEnded = (fn: () => void): void => void (ended = fn);
// Now by the server's clock, in ms of the epoch.
export const now = (): number => Date.now() + skew;

// Truth in a query is yes or no.
const said = (v: unknown): string => (v === true ? 'yes' : v === false ? 'no' : String(v));

export function query(path: string, q: Query): string {
  const pairs = Object.entries(q).filter(([, v]) => v !== undefined && v !== null && v !== '');
  return pairs.length
    ? `${path}?${new URLSearchParams(pairs.map(([k, v]) => [k, said(v)])).toString()}`
    : path;
}

// What a good answer says.  One that was cut off on its way, or given up while it
// was read, says nothing: it must not pass for an empty one.
async function bodyOf<T>(r: Response, signal?: AbortSignal): Promise<T> {
  try {
    return (await r.json()) as T;
  } catch {
    signal?.throwIfAborted();
    throw away();
  }
}

async function refusal(r: Response): Promise<ApiError> {
  const p = (await r.json().catch(() => ({}))) as Record<string, unknown>;
  return new ApiError(typeof p.detail === 'string' ? p.detail : r.statusText, {
    status: r.status,
    code: typeof p.code === 'string' ? p.code : r.status === 503 ? 'TRYAGAIN' : 'INTERNAL',
    member: typeof p.member === 'string' ? p.member : '',
    retry: Number(r.headers.get('Retry-After')) || 0,
  });
}

// asked: when it was; the server has said its time at some moment since.
function hear(r: Response, asked: number): void {
  const date = Date.parse(r.headers.get('Date') ?? '');
  if (Number.isNaN(date)) return;
  const [ahead, behind] = [date - Date.now(), date - asked];
  // Its seconds only, and clocks that differ by less than two are alike.
  skew = ahead > 2000 ? ahead : behind < -2000 ? behind : 0;
}

export async function fetched(path: string, init: RequestInit = {}): Promise<Response> {
  const headers = new Headers(init.headers);
  if ((init.method ?? 'GET') !== 'GET') headers.set('X-CSRF-Token', csrf);
  const asked = (init.method ?? 'GET') === 'GET' ? taken(path) : undefined;
  const began = asked ? performance.timeOrigin : Date.now();
  const r = await (asked ?? fetch(path, { ...init, headers, credentials: 'same-origin' })).catch(
    (e: unknown) => {
      if (e instanceof DOMException && e.name === 'AbortError') throw e;
      throw away();
    },
  );
  init.signal?.throwIfAborted();
  hear(r, began);
  if (r.ok) return r;
  const why = await refusal(r);
  if (why.status === 401 && csrf) ended();
  throw why;
}

export async function ask<T>(
  method: Method,
  path: string,
  body?: unknown,
  signal?: AbortSignal,
): Promise<T> {
  const r = await fetched(path, {
    method,
    signal,
    headers: {
      Accept: 'application/json',
      ...(body === undefined ? {} : { 'Content-Type': 'application/json' }),
    },
    body: body === undefined ? undefined : JSON.stringify(body),
  });
  return bodyOf<T>(r, signal);
}

export const get = <T>(path: string, q: Query = {}, signal?: AbortSignal): Promise<T> =>
  ask<T>('GET', query(path, q), undefined, signal);
export const post = <T>(path: string, body: unknown = {}): Promise<T> => ask<T>('POST', path, body);
export const put = <T>(path: string, body: unknown = {}): Promise<T> => ask<T>('PUT', path, body);
export const del = <T>(path: string): Promise<T> => ask<T>('DELETE', path);

// An id for something that is to be done once, however often it is sent.
export const once = (): string => crypto.randomUUID?.() ?? randomId();

// crypto.randomUUID is only there on https and localhost; a shop may begin
// with http on its own network.
function randomId(): string {
  const b = crypto.getRandomValues(new Uint8Array(16));
  const hex = Array.from(b, (n) => n.toString(16).padStart(2, '0')).join('');
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-4${hex.slice(13, 16)}-a${hex.slice(17, 20)}-${hex.slice(20)}`;
}

// Which of the pages that an agent may have open this one is.
export const page = once();
