// How a customer is called where he may have no name.
import { words } from './i18n.svelte';
import type { Ticket } from './types';

// +84903218456 as it is read out: +84 903 218 456.
export function phoneShown(address: string): string {
  const vn = /^\+84(\d{2,3})(\d{3})(\d{3,4})$/.exec(address);
  return vn ? `+84 ${vn[1]} ${vn[2]} ${vn[3]}` : address;
}

export const who = (t: Pick<Ticket, 'customer_name' | 'contact'> | undefined): string =>
  t?.customer_name ||
  (t?.contact && phoneShown(t.contact)) ||
  words({ vi: 'Khách chưa rõ tên', en: 'Unnamed customer' });

// The same of a name and a contact, either of which may be missing.
export const personTitle = (name: string | undefined, contact: string | undefined): string =>
  who({ customer_name: name, contact });
