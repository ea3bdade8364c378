// A survey that is asked in the conversation: one tap answers it, by its link's
// token, once whatever is repeated; then it may be added to.
import type { Answer, Api } from './api';
import type { Json } from './json';
import { uuid } from './lock';

export interface Score {
  score: number;
  words: string; // of each, or empty
}

// As the desk tells of it in a message.
export interface Asked {
  words: string;
  question: string; // its name; empty: it cannot be answered here any more
  token: string;
  scale: Score[];
  ends: [string, string] | null;
  score: number | null; // what was answered
}

// What is kept of an answer in this browser: under which id it went, and the
// token by which it is added to.
export interface Tapped {
  once: string;
  score: number;
  more: string; // empty: not acknowledged yet
}

export interface Choice {
  name: string;
  text: string;
}
// What is asked after it.
export interface Further {
  name: string;
  kind: 'text' | 'choice';
  text: string;
  choices: Choice[];
}

type Plain = Record<string, unknown>;
const str = (v: unknown) => (typeof v === 'string' ? v : '');
const list = (v: unknown): Plain[] => (Array.isArray(v) ? (v as Plain[]) : []);

const MOST_SCORES = 11;
const MOST_CHOICES = 20;

// What a message says of a survey, or null when it is none to be answered here.
export function askedRead(v: unknown): Asked | null {
  if (typeof v !== 'object' || v === null) return null;
  const s = v as Plain;
  const token = /\/survey\/([\w-]{20,64})$/.exec(str(s.link))?.[1] ?? '';
  const scale: Score[] = [];
  const rows = list(s.scale);
  for (let i = 0; i < rows.length && i < MOST_SCORES; i++) {
    const score = rows[i]?.score;
    if (typeof score === 'number') scale[scale.length] = { score, words: str(rows[i]?.words) };
  }
  const ends = Array.isArray(s.ends) ? (s.ends as unknown[]) : [];
  const score = typeof s.score === 'number' ? s.score : null;
  const open = token !== '' && scale.length > 0 && score === null;
  if (!open && score === null) return null;
  return {
    words: str(s.words),
    question: open ? str(s.question) : '',
    token,
    scale,
    ends: ends.length === 2 ? [str(ends[0]), str(ends[1])] : null,
    score,
  };
}

// The first question of what a second token shows that can be asked here.
export function furtherRead(j: Plain): Further | null {
  const rows = list(j.questions);
  for (let i = 0; i < rows.length; i++) {
    const q = rows[i] ?? {};
    const kind = str(q.kind);
    if (kind !== 'text' && kind !== 'choice') continue;
    const choices: Choice[] = [];
    const all = list(q.choices);
    for (let k = 0; k < all.length && k < MOST_CHOICES; k++)
      choices[k] = { name: str(all[k]?.name), text: str(all[k]?.text) };
    return { name: str(q.name), kind, text: str(q.text), choices };
  }
  return null;
}

export type Step = 'ask' | 'sending' | 'failed' | 'over' | 'done';

// One survey in one message.
export class Poll {
  step: Step = 'ask';
  score: number | null;
  further: Further | null = null;
  failed = false; // to add to it
  private looked = false;

  constructor(
    readonly asked: Asked,
    private api: Api,
    private lang: string,
    private kept: { get(): Tapped | null; set(t: Tapped): void },
    private changed: () => void,
  ) {
    const t = kept.get();
    this.score = asked.score ?? t?.score ?? null;
    if (asked.score !== null || (t !== null && t.more !== '')) this.step = 'done';
    // It was tapped, and nobody knows whether it arrived: the same once more.
    else if (t !== null && asked.question !== '') void this.tap(t.score);
    if (this.step === 'done') void this.look();
  }

  async tap(score: number): Promise<void> {
    if (this.step === 'sending' || this.step === 'done' || this.step === 'over') return;
    // A second score is the same answer's only while the first did not arrive.
    const had = this.kept.get();
    const t: Tapped = had?.score === score ? had : { once: uuid(), score, more: '' };
    this.kept.set(t);
    this.score = score;
    this.step = 'sending';
    this.changed();
    const answers: { [key: string]: Json } = {};
    answers[this.asked.question] = score;
    const a = await this.post('answer', { token: this.asked.token, answers, once: t.once });
    if (a.how === 'done') {
      this.kept.set({ ...t, more: str(a.json.token) });
      this.step = 'done';
      void this.look();
    } else this.step = a.how === 'later' ? 'failed' : 'over';
    this.changed();
  }

  // What is asked besides, by the second token.
  private async look(): Promise<void> {
    const more = this.kept.get()?.more ?? '';
    if (more === '' || this.looked) return;
    this.looked = true;
    const a = await this.post('see', { token: more, lang: this.lang });
    this.further = a.how === 'done' ? furtherRead(a.json) : null;
    this.changed();
  }

  async add(value: string | string[]): Promise<void> {
    const more = this.kept.get()?.more ?? '';
    const q = this.further;
    if (more === '' || q === null) return;
    const answers: { [key: string]: Json } = {};
    answers[q.name] = value;
    const a = await this.post('more', { token: more, answers });
    this.failed = a.how === 'later';
    if (!this.failed) {
      this.further = null;
      this.looked = false;
      if (a.how === 'done') await this.look();
    }
    this.changed();
  }

  private post(what: string, body: { [key: string]: Json }): Promise<Answer> {
    return this.api.ask('POST', `/survey/v1/${what}`, null, body);
  }
}
