// What was changed, as one short sentence.
import { agentTitle, doer, queueTitle } from '../lib/people.svelte';
import { moment } from '../lib/time';
import type { DeskEvent, TicketState } from '../lib/types';
import type { caseWords } from './words';

type W = (typeof caseWords)['vi'] | (typeof caseWords)['en'];

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
      return w.left;
    case 'ended':
      return w.ended(by);
    case 'snooze':
      return w.snoozed(by, m.until ? moment(Date.parse(text(m.until))) : '');
    case 'wake':
      return w.woke;
    default:
      return w.other(by, e.kind);
  }
}
