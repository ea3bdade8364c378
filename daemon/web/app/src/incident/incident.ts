// Incidents as the server has them: many cases, one cause, one answer to all.
import type { Ticket } from '../lib/types';

export interface Incident {
  incident: number;
  subject: string;
  text?: string;
  queue: string;
  title: string;
  state: 'open' | 'resolved';
  cases: number;
  opened_at: string;
  opened_by: string;
  resolved_at?: string;
  answered?: boolean; // of TICKET.GET: this case had an answer to all
}

export interface ToAll {
  answer: number;
  at: string;
  who: string;
  text?: string;
  template?: string;
  resolve?: boolean;
  late?: number; // the answer that those get who came late
  total: number;
  done: number;
  refused: number;
  done_at?: string;
  left?: { ticket: number; why: string }[];
}

export interface IncidentAnswer {
  incident: Incident;
  answers?: ToAll[];
  cases: (Ticket & { answered: boolean })[];
  hidden?: number;
  after?: number;
}

export const at = (id: number): string => `/api/v1/incidents/${id}`;
