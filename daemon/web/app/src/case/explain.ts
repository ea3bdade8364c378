// What TICKET.EXPLAIN says: why a case is where it is, and what comes next.
export interface Considered {
  agent: string;
  queue: string;
  rank?: number; // who fits: his place among those who are asked
  why?: string; // what keeps him from it
  skill?: string;
  has?: number;
  level?: number;
  room?: number;
  units?: number;
  until?: string;
}
interface Stage {
  stage: string;
  asked: string[];
}
export interface Routing extends Partial<Stage> {
  place: string;
  queue: string;
  mode?: string;
  paused?: boolean;
  since?: string;
  waited?: number; // s
  channel?: string;
  units?: number;
  kept?: string; // whose it is to be again
  needs?: { name: string; level: number }[];
  next?: Stage & { at: string };
  line?: number;
  ahead?: number;
  offer?: { agent: string; held: boolean; expires: string };
  agents?: Considered[]; // supervisors are told
  counts?: { agents: number; fit: number; reasons: Record<string, number> };
}
export interface Explained {
  state: string;
  queue: string;
  assignee?: string;
  merged?: number; // the case that it became a part of
  live: boolean;
  routing?: Routing;
  drain?: { since: string; to?: string; waiting: number; working: number };
  unseen?: string[];
  rules?: { rule: string; at: string; did?: string[]; held?: boolean }[];
}
