// What CUSTOMER.GET tells of a customer's scores and of who brought whom.
export interface Score {
  score: number;
  class?: string;
  at: string;
  survey: string;
  n: number; // how often he answered one of this kind
}
export type Scores = Partial<Record<'nps' | 'csat' | 'ces', Score>>;

export interface Referral {
  by?: { customer: number; name?: string; code: string; at: string };
  came?: number;
  class?: string;
  code?: string;
  brought?: { customer: number; name?: string; order?: string; at: string }[];
}
