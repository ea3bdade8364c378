// A customer's journey as JOURNEY.OF tells of it, and where its picture's points
// stand.
export interface Walked {
  name: string;
  vi: string;
  en: string;
  steps: number;
  mood?: { n: number; mean: number };
  touchpoints?: { name: string; n: number }[];
}

export interface Place {
  name: string;
  vi: string;
  en: string;
}

export interface Step {
  event: number;
  at: string;
  stage: string;
  touchpoint: string;
  by: 'rule' | 'hand';
  ticket?: number; // of a case that one may see
  mood?: number;
}

export interface Journey {
  customer: number;
  steps?: Step[]; // the newest first
  places?: Place[]; // where an event may be put by hand
  more?: boolean;
  now?: { stage: string; touchpoint: string; since: string; at: string; steps: number };
  stages?: Walked[];
  touchpoints?: Record<string, { vi: string; en: string }>;
}

export interface Point {
  x: number;
  y: number;
  at: 'now' | 'been' | 'not';
  upset: boolean;
}

const SIDE = 14; // from the picture's edges to the first and the last
const HIGH = 12; // of the best feeling, and of the worst
const LOW = 48;

// The stages from left to right; as high as the feeling there is good, in the
// middle where none is known.
export function points(stages: Walked[], now: string, width: number): Point[] {
  const gap = stages.length > 1 ? (width - 2 * SIDE) / (stages.length - 1) : 0;
  return stages.map((s, n) => ({
    x: Math.round((SIDE + n * gap) * 10) / 10,
    y: Math.round(((LOW + HIGH) / 2 - ((s.mood?.mean ?? 0) * (LOW - HIGH)) / 2) * 10) / 10,
    at: s.name === now ? 'now' : s.steps ? 'been' : 'not',
    upset: (s.mood?.mean ?? 0) < 0,
  }));
}

// The line of feeling: from one stage where it is known to the next.
export const line = (stages: Walked[], at: Point[]): string =>
  at
    .filter((_, n) => stages[n]?.mood)
    .map((p, n) => `${n ? 'L' : 'M'}${p.x} ${p.y}`)
    .join('');
