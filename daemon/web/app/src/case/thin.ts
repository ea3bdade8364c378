// What was changed, as one short sentence.
import { causeSaid } from './cause';
import { words } from '../lib/i18n.svelte';
import { agentTitle, doer, queueTitle } from '../lib/people.svelte';
import { moment } from '../lib/time';
import type { DeskEvent, TicketState } from '../lib/types';
import { incidentWords } from '../incident/words';
import { promiseSaid } from '../promise/promise';
import { clockWords } from './clock-words';
import { consultWords } from './consult-words';
import { actionSaid, classSaid, surveySaid } from './feedback-said';
import type { caseWords } from './words';

// A question that ended without an answer.
function consulted(by: string, m: Record<string, string | number | undefined>): string {
  const c = words(consultWords);
  if (m.queue === undefined) return c.dropped;
  const queue = queueTitle(String(m.queue));
  return m.why === 'over' ? c.ended(queue) : c.cancelled(by, queue);
}

// Messages that went to another case or came from one.
function parted(by: string, m: Record<string, string | number | undefined>): string {
  const c = words(incidentWords);
  const n = Number(m.events ?? 0);
  if (m.case !== undefined) return c.parted(by, n, String(m.case));
  if (m.into !== undefined) return c.went(by, String(m.into));
  if (m.merged !== undefined) return c.came(by, n, String(m.merged));
  return c.partFrom(by, n, String(m.from ?? ''));
}

// What such a line names, to be gone to: the other case, or the incident.
export function thinLink(e: DeskEvent): { text: string; href: string } | null {
  const m = (e.meta ?? {}) as Record<string, string | number | undefined>;
  if (e.kind === 'incident' && m.incident !== undefined && m.what !== 'told')
    return { text: String(m.incident), href: `/d/incidents/${m.incident}` };
  if (e.kind !== 'split' && e.kind !== 'incident' && e.kind !== 'class') return null;
  const other = m.case ?? m.into ?? m.merged ?? m.from;
  return other === undefined
    ? null
    : { text: `#${other}`, href: `/d/cases/${other}${location.search}` };
}

type W = (typeof caseWords)['vi'] | (typeof caseWords)['en'];

// What a rule of automation did, in its own words.
function ruled(m: Record<string, unknown>, w: W): string {
  const { rule, held, did, refused } = m as {
    rule?: string;
    held?: number;
    did?: string[];
    refused?: { act: string }[];
  };
  const name = rule ?? '';
  if (held !== undefined) return w.ruleHeld(name, held);
  const done = (did ?? []).map((a) => actWords(a, w)).join(', ');
  const not = (refused ?? []).map((a) => actWords(a.act, w)).join(', ');
  return not || !done ? w.ruledNot(name, done, not) : w.ruled(name, done);
}

function actWords(act: string, w: W): string {
  const [what = '', ...rest] = act.split(' ');
  const arg = rest.join(' ');
  const shown =
    what === 'move'
      ? queueTitle(arg)
      : what === 'assign' && arg !== 'none'
        ? agentTitle(arg)
        : what === 'state'
          ? (w.states[arg as TicketState] ?? arg)
          : (w.ruleArgs[arg] ?? arg);
  return `${w.ruleActs[what] ?? what} ${shown}`;
}

// A clock that is nearly or wholly run down, and what its target wants done that
// was refused.
function alarmed(m: Record<string, unknown>, w: W): string {
  const c = words(clockWords);
  const { what, kind, refused } = m as {
    what?: string;
    kind?: string;
    refused?: { act: string }[];
  };
  const of = c.kinds[kind ?? ''] ?? kind ?? '';
  const not = (refused ?? []).map((a) => actWords(a.act, w)).join(', ');
  return (what === 'warn' ? c.soon(of) : c.broken(of)) + (not ? c.notDone(not) : '');
}

export function thinWords(e: DeskEvent, w: W): string {
  const who =
    e.who && !/^[0-9a-f]{8}-/.test(e.who) ? doer(e.who) : e.agent ? agentTitle(e.agent) : '';
  const by = who || w.theDesk;
  const m = (e.meta ?? {}) as Record<string, string | number | undefined>;
  const text = (v: unknown) => (v === undefined ? '' : String(v));
  switch (e.kind) {
    case 'assign':
    case 'offer':
      if (m.to === undefined) return w.gaveBack(by);
      return m.to === e.agent ? w.tookIt(by) : w.assigned(by, agentTitle(text(m.to)));
    case 'transfer':
      return w.transferred(by, queueTitle(text(m.from)), queueTitle(text(m.to)));
    case 'state':
      if (m.from === undefined && m.to === 'new') return w.opened(by);
      return w.stated(by, w.states[text(m.to) as TicketState] ?? text(m.to));
    case 'priority':
      return w.prioritised(by, text(m.from), text(m.to));
    case 'tag':
      return m.on === undefined ? w.untagged(by, text(m.off)) : w.tagged(by, text(m.on));
    case 'unsend':
      return w.unsent(by);
    case 'resend':
      return w.resent(by);
    case 'abandoned':
      return w.left(typeof m.waited === 'number' ? m.waited : 0);
    case 'turned': {
      const why = w.turnedWhy[text(m.why) as keyof typeof w.turnedWhy] ?? text(m.why);
      if (m.how === 'message') return w.turnedMessage(why);
      if (m.how === 'callback') return w.turnedCallback(why);
      return w.turnedOver(why, queueTitle(text(m.from)), queueTitle(text(m.to)));
    }
    case 'ended':
      return w.ended(by);
    case 'snooze':
      return w.snoozed(by, m.until ? moment(Date.parse(text(m.until))) : '');
    case 'consult':
      return consulted(by, m);
    case 'split':
      return parted(by, m);
    case 'incident': {
      const c = words(incidentWords);
      const n = Number(m.incident);
      if (m.what === 'told') return c.told(by, n, text(m.case));
      return m.what === 'remove' ? c.removed(by, n) : c.added(by, n);
    }
    case 'wake':
      return w.woke;
    case 'clock':
      return alarmed(e.meta ?? {}, w);
    case 'promise':
      return promiseSaid(e, by);
    case 'cause':
      return causeSaid(e, by);
    case 'survey':
      return surveySaid(e);
    case 'class':
      return classSaid(e);
    case 'action':
      return actionSaid(e);
    case 'rule':
      return ruled(e.meta ?? {}, w);
    default:
      return w.other(by, e.kind);
  }
}
