// The shapes of deskd's answers, as far as the client reads them; the contract
// is proto/operations.def and ARCHITECTURE.md. Absent members are undefined.
import type { Incident } from '../incident/incident';
import type { Promises } from '../promise/promise';

export type Channel = 'mail' | 'chat' | 'call' | 'social' | 'order' | 'store' | 'desk' | 'web';
export type TicketState = 'new' | 'open' | 'pending' | 'resolved' | 'closed';

export interface Me {
  login: string;
  role: 'agent' | 'supervisor' | 'admin';
  csrf: string;
  display?: string;
  queues?: string[];
  must_change?: boolean;
  totp?: boolean;
  reasons?: string[]; // for being away, where the company has a list
  prefs?: Prefs;
  company?: { name?: string; zone?: string };
  now?: string;
}

export interface SavedView {
  name: string;
  query: Record<string, string>;
}

// Kept on the server with the agent (PREFS.SET): the same at every browser.
export interface Prefs {
  lang?: 'vi' | 'en';
  theme?: 'light' | 'dark';
  density?: 'comfortable' | 'compact';
  size?: 100 | 112 | 125;
  sound?: boolean;
  desktop?: boolean; // notifications
  handclock?: 'restart' | 'keep'; // of a hand-over, as chosen last
  keys?: boolean; // single letters; false: switched off (WCAG 2.1.4)
  views?: SavedView[];
  side?: Record<string, boolean>; // sections of the customer's pane: unfolded?
}

export interface Ticket {
  ticket: number;
  number: number;
  customer: number;
  customer_name?: string;
  contact?: string; // an address of his, when he has no name
  queue: string;
  state: TicketState;
  kind: string;
  channel: Channel;
  priority: number;
  assignee?: string;
  skills?: string[];
  tags: string[];
  marks?: string[];
  related?: number;
  parent?: number; // of a question: what it is asked for
  asked?: string[]; // queues that owe an answer to a question of its
  conversation?: string;
  order?: string;
  lang?: string;
  mood?: number; // the newest that its customer showed: -1, 0, 1
  subject?: string;
  preview?: string;
  opened_at: string;
  touched_at: string;
  due_at?: string;
  first_answer_at?: string;
  resolved_at?: string;
  assignee_name?: string;
  segment?: string; // of the customer
  wakes_at?: string; // asleep until
  transfers: number;
  reopens: number;
  version: number;
  unread?: number; // the customer's messages that I have not seen
  writing?: { agent: string; display: string; until?: string }; // who holds the soft lock
  draft?: string[]; // what kinds of mine lie there
  mention?: { event: number; seen: boolean }; // the note that names me
  chat?: Chat; // of TICKET.GET only
}

// A conversation, as far as it is under way.
export interface Chat {
  page?: string;
  lang?: string;
  email?: string;
  user?: string;
  proven?: boolean;
  gone_at?: string;
  ended_at?: string;
  ended_by?: string;
  abandoned_at?: string;
  by_mail?: boolean;
  seen?: { visitor?: number; agent?: number };
}

export interface Contact {
  kind: string;
  address: string;
  original?: string;
  flags: string[];
}

export interface CustomerCard {
  customer: number;
  name?: string;
  segment?: string;
  contacts: Contact[];
}

export interface Related {
  ticket: number;
  number: number;
  way: 'to' | 'from';
  state: TicketState;
  subject?: string;
  queue: string;
  opened_at: string;
}

export interface Participant {
  kind: string;
  address: string;
  how: 'participant' | 'cc';
  proved?: boolean;
  customer?: number;
  name?: string;
}

export interface Call {
  call: string; // its id at the exchange
  direction: 'in' | 'out';
  state: string;
  agent?: string;
  agents?: string[];
  began_at?: string;
  answered_at?: string;
  ended_at?: string;
  duration?: number;
  wait?: number;
  hold?: number;
  disposition?: string;
  recording?: string;
}

// What another department was asked.
export interface Consult {
  ticket: number;
  number: number;
  queue: string;
  title: string;
  state: TicketState;
  how?: 'answered' | 'declined' | 'cancelled'; // undefined: it is not over
  question?: string;
  asked_at: string;
  asked_by?: string;
  due_at?: string;
  assignee?: string;
  assignee_name?: string;
  pends?: boolean; // the case waits for it
  done_at?: string;
  asked?: number; // questions of its own that are open
}

// What a question is asked for.
export interface Parent {
  ticket: number;
  number: number;
  subject?: string;
  queue: string;
  title: string;
  state: TicketState;
  assignee?: string;
  assignee_name?: string;
  asked_at: string;
  asked_by?: string;
  depth: number;
  open: boolean; // I may read it
}

// Somebody else who has the case open.
export interface Looker {
  agent: string;
  display: string;
  doing: 'looking' | 'writing';
  until: number; // ms; renewed by notices
}

export interface NamedFile {
  sha256: string;
  name: string;
  type: string;
  size?: number;
}

export interface SavedDraft {
  text: string;
  attachments?: NamedFile[];
  cc?: string; // as typed; undefined: to whom the case has it
  about?: About;
  upto?: number;
  seq: number;
}

// Of a question that is being written: of whom it will be asked.
export interface About {
  queue?: string;
  consult?: number; // on under this one
  minutes?: number;
  pend?: boolean;
  once?: string;
}

// What was promised of a case. times in seconds of open time.
export interface CaseClock {
  kind: string; // first, next, resolve, department
  target?: string; // whose promise it is; absent: the queue's own
  queue?: string;
  state: string; // runs, paused, or how it ended: answered, resolved, moved
  total: number;
  left?: number; // less than 0: over its time
  spent?: number; // of one that has ended
  due_at?: string;
  warned_at?: string;
  breached_at?: string;
  done_at?: string;
  // Of TICKET.CLOCKS only
  started_at?: string;
  steps?: { at: string; what: 'pause' | 'resume'; left: number }[];
  said?: string; // all of it in words
}

// TICKET.GET. before, after: there is more that way.
// How long a department had a case (own), or answered its questions; s.
export interface Spent {
  queue: string;
  kind: 'own' | 'consult';
  waiting: number; // while it was nobody's
  working: number;
}

export interface CaseAnswer {
  ticket: Ticket;
  customer: CustomerCard;
  related?: Related[];
  participants?: Participant[];
  answers?: { channel: Channel; address: string; cc?: string[] }; // where one would go now
  calls?: Call[];
  clocks?: CaseClock[]; // that are not over
  promises?: Promises; // to its customer
  cause?: string; // which component it came of
  consults?: Consult[];
  parent?: Parent;
  spent?: Spent[];
  transfers?: { from: string; to: string; n: number }[];
  watchers?: { agent: string; display: string }[];
  draft?: { reply?: SavedDraft; note?: SavedDraft; ask?: SavedDraft };
  incident?: Incident;
  merged?: number; // the case that it became a part of
  here?: Omit<Looker, 'until'>[];
  unread_after?: number;
  events: DeskEvent[];
  before?: number;
  after?: number;
}

export interface Attachment {
  place: number;
  name: string;
  type: string;
  size: number;
  cid?: string;
}

export interface Delivery {
  state:
    | 'queued'
    | 'sending'
    | 'committing'
    | 'sent'
    | 'deferred'
    | 'failed'
    | 'unknown'
    | 'bounced'
    | 'withdrawn';
  channel?: string;
  address?: string;
  cc?: string[];
  purpose?: string;
  attempts?: number;
  said?: string;
  next_try?: string;
  settled_at?: string;
}

// What its writer feels, by which words, and where each begins (bytes of own,
// else of text).
export interface Mood {
  value: number; // -1, 0, 1
  strength?: number; // 1 to 3
  words?: string[];
  at?: number[];
  corrected?: boolean; // one of us said so
}

export interface DeskEvent {
  event: number;
  at: string;
  ticket: number;
  kind: string;
  channel: Channel;
  direction: 'in' | 'out' | 'own';
  who?: string;
  agent?: string;
  from?: string;
  subject?: string;
  own?: string;
  text?: string;
  html?: string;
  has_html?: boolean; // to be had by EVENT.HTML
  auth?: string;
  facts?: Record<string, unknown>;
  mood?: Mood; // of a customer's message
  themes?: string[]; // that it speaks of
  meta?: Record<string, unknown>;
  why?: Record<string, unknown>;
  delivery?: Delivery;
  raw?: boolean;
  attachments?: Attachment[];
}

export interface Queue {
  name: string;
  title: string;
  paused: boolean;
  member: boolean;
  members_only: boolean;
  first: number;
  next: number;
  offer: number;
  mode?: 'offer' | 'assign' | 'pull';
  waiting?: number;
  overdue?: number;
  oldest?: string; // since when
  due_next?: string;
}

export type Presence = 'ready' | 'busy' | 'away' | 'break' | 'training' | 'offline';

export interface Agent {
  name: string;
  display: string;
  role: string;
  extension?: string;
  capacity: number;
  queues: string[];
  skills: string[];
  state?: Presence;
  reason?: string;
  since?: string;
  load?: number;
  wrap?: string; // he wraps up until then
}

export interface Offer {
  ticket: number;
  queue?: string;
  held?: boolean; // being accepted
  expires?: string;
  seconds?: number; // how long it was offered for
  why?: unknown; // whyOf() of offers/why.ts
}

// A notice of the feed. id: its offset; '' when it is not kept (who types).
export interface Notice {
  id: string;
  kind: string;
  ticket?: number;
  number?: number;
  queue?: string;
  event?: number;
  customer?: number;
  channel?: Channel;
  direction?: 'in' | 'out' | 'own';
  who?: string;
  agent?: string;
  assignee?: string;
  state?: string;
  subject?: string;
  preview?: string;
  [more: string]: unknown;
}
