// One question to the desk, and what its answer means: done, later (try again),
// gone (the conversation opens no more) or never (refused, and why).
import { encode, type Json } from './json';

export type Answer =
  | { how: 'done'; json: Record<string, unknown> }
  | { how: 'later'; after: number } // seconds the desk asked for, or 0
  | { how: 'gone' }
  | { how: 'never'; code: string; member: string };

export interface Talk {
  conversation: string;
  token: string;
}

const TIMEOUT_MS = 20000;

export const pathOf = (talk: Talk, rest: string) =>
  `/chat/v1/conversations/${talk.conversation}${rest}`;

export function headersOf(talk: Talk | null, more: Record<string, string> = {}) {
  return talk === null ? more : { Authorization: `Bearer ${talk.token}`, ...more };
}

// What a status with this body says.  Only the desk's own words (a problem
// document) are believed when they end something: a proxy in between says 404
// of a desk that is starting anew.
export function meaning(
  status: number,
  type: string,
  after: number,
  json: Record<string, unknown> | null,
): Answer {
  if (status >= 200 && status < 300)
    return json === null ? { how: 'later', after: 0 } : { how: 'done', json };
  const ours = /^application\/problem\+json\b/.test(type) && json !== null;
  const code = ours && typeof json.code === 'string' ? json.code : '';
  const member = ours && typeof json.member === 'string' ? json.member : '';
  if (status === 413) return { how: 'never', code: 'TOOLARGE', member };
  if (!ours || status >= 500 || status === 429 || status === 408) return { how: 'later', after };
  if (status === 401 || (status === 404 && (member === 'conversation' || member === '')))
    return { how: 'gone' };
  return { how: 'never', code, member };
}

export const parsed = (text: string): Record<string, unknown> | null => {
  try {
    const json: unknown = JSON.parse(text);
    return typeof json === 'object' && json !== null ? (json as Record<string, unknown>) : null;
  } catch {
    return null;
  }
};

export class Api {
  constructor(public readonly base: string) {}

  async ask(method: string, path: string, talk: Talk | null, body?: Json): Promise<Answer> {
    const abort = new AbortController();
    const timer = setTimeout(() => abort.abort(), TIMEOUT_MS);
    try {
      const r = await this.send(path, {
        method,
        signal: abort.signal,
        headers: headersOf(talk, body === undefined ? {} : { 'Content-Type': 'application/json' }),
        body: body === undefined ? null : encode(body),
      });
      const after = Number(r.headers.get('Retry-After')) || 0;
      return meaning(r.status, r.headers.get('Content-Type') ?? '', after, parsed(await r.text()));
    } catch {
      return { how: 'later', after: 0 };
    } finally {
      clearTimeout(timer);
    }
  }

  // Nothing of the shop's goes along but what is written here.
  send(path: string, init: RequestInit): Promise<Response> {
    return fetch(this.base + path, {
      credentials: 'omit',
      cache: 'no-store',
      referrerPolicy: 'no-referrer',
      ...init,
    });
  }

  // A file of a message; null when it is not to be had.
  async file(talk: Talk, event: number, place: number): Promise<Blob | null> {
    try {
      const path = pathOf(talk, `/attachments/${event}/${place}`);
      const r = await this.send(path, { headers: headersOf(talk) });
      return r.ok ? await r.blob() : null;
    } catch {
      return null;
    }
  }
}
