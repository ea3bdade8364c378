// A customer as CUSTOMER.GET and CUSTOMER.TIMELINE tell of him.
import { day } from '../lib/time';
import { phoneShown } from '../lib/who';
import type { Channel, Ticket } from '../lib/types';
import type { Referral, Scores } from '../feedback/customer';
import type { Promises } from '../promise/promise';

export interface Contact {
  kind: string;
  address: string;
  original?: string;
  flags?: string[];
  returned?: { at: string; status?: string; said?: string }; // our mail comes back
}

export interface Order {
  order: string;
  status?: string;
  promised_at?: string;
  shipped_at?: string;
  delivered_at?: string;
  late?: boolean;
  carrier?: string;
  tracking?: string;
  amount?: number;
  currency?: string;
  payment?: string;
  told_at?: string;
}

export interface Same {
  customer: number;
  name?: string;
  contact?: string; // an address of his, for who has no name
  why: string;
}

export interface Merged {
  merge: number;
  customer: number;
  name?: string;
  contact?: string;
  at: string;
  who?: string;
}

export interface Customer {
  customer: number;
  name?: string;
  segment?: string;
  segment_fixed?: boolean; // chosen by hand
  segments?: string[]; // all that fit him
  created_at: string;
  erased_at?: string;
  contacts: Contact[];
  orders?: Order[];
  promises?: Promises;
  scores?: Scores;
  referral?: Referral;
  tickets?: Ticket[]; // active ones
  past?: Ticket[]; // the newest that are done
  same?: Same[];
  merged?: Merged[];
}

export interface Moment {
  event: number;
  ticket: number;
  number: number;
  at: string;
  kind: string;
  channel: Channel;
  direction: string;
  who?: string;
  subject?: string;
  preview?: string;
}

export const contactText = (c: Contact): string =>
  c.kind === 'phone' ? phoneShown(c.address) : (c.original ?? c.address);

// The link by which the browser's own telephone or mail reaches him; '' for
// what neither can (RFC 3966, RFC 6068).
export function reach(c: Contact): string {
  if (c.kind === 'phone' && /^\+?[0-9]+$/.test(c.address)) return `tel:${c.address}`;
  if (c.kind === 'email') return `mailto:${encodeURIComponent(c.address).replace('%40', '@')}`;
  return '';
}

const DAY = 86400000;

// How an order kept its promise: the days late (above 0) or early (below);
// null while nobody can say: it has no date, or it is on its way in time.
export function promiseKept(o: Order, now: number): { days: number; done: boolean } | null {
  if (!o.promised_at) return null;
  const promised = Date.parse(o.promised_at);
  const at = o.delivered_at ? Date.parse(o.delivered_at) : now;
  if (!o.delivered_at && at <= promised) return null;
  // By the day, as it was promised: an hour late on the day is no day late.
  const days = Math.round((Date.parse(day(at)) - Date.parse(day(promised))) / DAY);
  return { days: !o.delivered_at && days <= 0 ? 0 : days, done: !!o.delivered_at };
}

// The sum of orders in one currency; null when they are of several.
export function sum(orders: Order[]): { amount: number; currency: string } | null {
  const paid = orders.filter((o) => o.amount !== undefined);
  const currency = paid[0]?.currency ?? 'VND';
  if (!paid.length || paid.some((o) => (o.currency ?? 'VND') !== currency)) return null;
  return { amount: paid.reduce((n, o) => n + Number(o.amount), 0), currency };
}
