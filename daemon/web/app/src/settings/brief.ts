// An entry of the configuration in one line, for lists.
import { span } from '../lib/time';
import { entries, type Config, type Entry } from './config';
import type { ListName } from './describe';

const texts = (v: unknown): string[] => (Array.isArray(v) ? (v as string[]) : []);

export function brief(
  list: ListName,
  e: Entry,
  c: Config,
  choices: Record<string, string>,
): string {
  const queue = (name: unknown): string =>
    (entries(c, 'queues').find((q) => q.name === name)?.title ?? name) as string;
  const time = (v: unknown): string => (typeof v === 'number' ? span(v * 1000) : '');
  const of = (parts: (string | false | undefined)[]): string => parts.filter(Boolean).join(' · ');
  switch (list) {
    case 'queues':
      return of([
        `${time(e.first)} → ${time(e.next)}`,
        typeof e.mode === 'string' && e.mode !== 'offer' && choices[e.mode],
        e.hours as string | undefined,
      ]);
    case 'agents':
      return of([
        choices[e.role as string],
        texts(e.queues)
          .map((q) => queue(q.split(' ')[0]))
          .join(', '),
        texts(e.skills).join(', '),
      ]);
    case 'hours':
      return texts(e.week).join(' · ');
    case 'templates':
      return String(e.vi ?? e.en ?? '').replace(/\s+/g, ' ');
    case 'macros':
      return of([
        String(e.template ?? e.vi ?? e.en ?? e.note ?? '').replace(/\s+/g, ' '),
        choices[(e.state as string | undefined) ?? '-'],
      ]);
    case 'rules':
      return of([
        e.queue ? `→ ${queue(e.queue)}` : '',
        typeof e.priority === 'number' ? `! ${e.priority}` : '',
        e.segment as string | undefined,
        texts(e.keywords).slice(0, 6).join(', '),
      ]);
    case 'automations':
      return of([choices[e.on as string], time(e.after), texts(e.actions).join(', ')]);
    case 'reports':
      return of([choices[e.every as string], e.at as string | undefined, texts(e.to).join(', ')]);
    case 'themes':
      return of([e.title as string | undefined, texts(e.keywords).slice(0, 6).join(', ')]);
    case 'reasons':
    case 'factors':
      return of([
        e.vi as string | undefined,
        e.en as string | undefined,
        texts(e.about).slice(0, 6).join(', '),
      ]);
    case 'surveys':
      return of([
        choices[e.after as string],
        (Array.isArray(e.questions) ? (e.questions as Entry[]) : [])
          .map((q) => String(q.kind).toUpperCase())
          .join(', '),
      ]);
    case 'objectives':
      return of([
        e.department ? queue(e.department) : '',
        choices[e.measure as string],
        e.target as string | undefined,
      ]);
    case 'classes':
      return of([
        e.score as string | undefined,
        e.open ? `→ ${queue(e.open)}` : '',
        time(e.within),
        e.action as string | undefined,
        e.send as string | undefined,
      ]);
    case 'stages':
      return of([e.vi as string | undefined, e.en as string | undefined]);
    case 'touchpoints':
      return of([
        e.vi as string | undefined,
        e.stage as string | undefined,
        e.department ? queue(e.department) : '',
        e.target as string | undefined,
        texts(e.keywords).slice(0, 4).join(', '),
      ]);
    case 'journeys':
      return of([e.vi as string | undefined, texts(e.stages).join(' → ')]);
    case 'followups':
      return of([
        e.title as string | undefined,
        choices[e.after as string],
        time(e.delay),
        texts(e.segments).join(', '),
        e.send as string | undefined,
        e.queue ? `→ ${queue(e.queue)}` : '',
      ]);
    case 'segments':
      return of([
        e.title as string | undefined,
        ...['orders', 'value', 'cases', 'nps', 'csat', 'ces'].map(
          (k) => typeof e[k] === 'string' && `${k} ${e[k]}`,
        ),
        texts(e.tag).join(', '),
      ]);
    case 'targets':
      return of([
        e.queue ? queue(e.queue) : '',
        texts(e.channel)
          .map((c) => choices[c] ?? c)
          .join(', '),
        texts(e.segment).join(', '),
        typeof e.priority === 'string' && `! ${e.priority}`,
        [e.first, e.next, e.resolve].map(time).filter(Boolean).join(' → '),
      ]);
    case 'sources':
      return of([choices[e.form as string], e.host as string | undefined]);
    case 'hooks':
      return String(e.url ?? '');
  }
}
