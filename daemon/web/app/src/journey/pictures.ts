// What the answers of JOURNEY.* look like, in the reader's words.
import { lang, number } from '../lib/i18n.svelte';
import { funnel, heat, life, map, type Stay } from './draw';
import { feeling, type Handoffs, type Map as Way, type Matrix } from './journey';
import { largest, sankey, type Way as Link } from './sankey';
import type { Picture } from './svg';
import type { wayWords } from './words';

type Words = (typeof wayWords)['vi'];
const first = (all: string[], most = 6): string =>
  `${all.slice(0, most).join(', ')}${all.length > most ? ' …' : ''}`;

export function mapOf(m: Way, w: Words, named: (touchpoint: string) => string): Picture {
  const felt = m.stages.flatMap((s) => (s.mood ? [{ s, mean: s.mood.mean }] : []));
  const by = [...felt].sort((a, b) => b.mean - a.mean);
  const said = (x: (typeof felt)[number] | undefined): string =>
    x ? `${x.s[lang()]} (${feeling(x.mean)})` : '';
  return map(
    m.stages.map((s) => ({
      title: s[lang()],
      n: s.reached,
      count: number(s.reached),
      mood: s.mood,
      figure: s.mood && feeling(s.mood.mean),
      below: [
        ...(s.mood ? [`${w.feelings.toLowerCase()}: ${w.n(number(s.mood.n))}`] : ['']),
        ...(s.touchpoints ?? []).slice(0, 2).map((t) => named(t.name ?? '')),
      ],
    })),
    w.mapLabel(number(m.stages.length), said(by[0]), by.length > 1 ? said(by.at(-1)) : ''),
  );
}

export const funnelOf = (m: Way, w: Words): Picture =>
  funnel(
    m.stages.map((s) => ({
      title: s[lang()],
      n: s.reached,
      on: s.left,
      count: number(s.reached),
      said: w.said(
        number(s.left),
        s.here ? number(s.here) : '',
        s.stuck ? `${number(s.stuck)}${s.stuck >= 1000 ? '+' : ''}` : '',
      ),
    })),
    w.funnelLabel(m.stages.map((s) => `${s[lang()]} ${number(s.reached)}`).join(', ')),
  );

// NULL: nothing went anywhere.
export function flow(m: Way, w: Words): Picture | null {
  const title = (name: string): string => m.stages.find((s) => s.name === name)?.[lang()] ?? name;
  const ways = m.stages.flatMap((s) =>
    (s.to ?? [])
      .filter((t) => t.n > 0)
      .map((t): Link => {
        const [from, to] = [title(s.name), title(t.stage)];
        return { from, to, n: t.n, said: `${from} → ${to}: ${number(t.n)}` };
      }),
  );
  if (!ways.length) return null;
  const most = [...ways].sort((a, b) => b.n - a.n).map((x) => x.said);
  return sankey(largest(ways, w.rest, number), w.flowLabel(first(most)), [w.from, w.to], number);
}

export function matrixOf(
  m: Matrix,
  w: Words,
  named: (touchpoint: string) => string,
  channel: (name: string) => string,
): Picture | null {
  if (!m.rows.length) return null;
  const channels = [...new Set(m.rows.flatMap((r) => Object.keys(r.channels)))];
  const cells = m.rows.flatMap((r) =>
    Object.entries(r.channels).map(([k, n]) => ({
      words: `${named(r.touchpoint)}, ${channel(k)}`,
      n,
    })),
  );
  const most = cells.reduce((a, b) => (b.n > a.n ? b : a), { words: '', n: 0 });
  return heat(
    {
      columns: channels.map(channel),
      rows: m.rows.map((r) => ({
        title: named(r.touchpoint),
        n: channels.map((k) => r.channels[k] ?? 0),
        said: channels.map((k) => number(r.channels[k] ?? 0)),
      })),
    },
    w.matrixLabel(`${most.words} ${number(most.n)}`),
  );
}

// The hand-offs, and the two departments between which most cases go to and fro.
export function handed(
  h: Handoffs,
  w: Words,
  title: (queue: string) => string,
): { picture: Picture; pingpong: string } | null {
  if (!h.links.length) return null;
  const ways = h.links.map((l): Link => {
    const [from, to] = [title(l.from), title(l.to)];
    const said = `${from} → ${to}: ${number(l.n)}${l.back ? `, ${w.back.toLowerCase()} ${number(l.back)}` : ''}`;
    return { from, to, n: l.n, back: l.back, said };
  });
  const pairs = h.links.flatMap((l) => {
    const other = h.links.find((o) => o.from === l.to && o.to === l.from);
    return other && l.from < l.to && l.back + other.back > 0
      ? [{ l, n: l.n + other.n, back: l.back + other.back }]
      : [];
  });
  const worst = pairs.sort((a, b) => b.back - a.back || b.n - a.n)[0];
  return {
    picture: sankey(
      largest(ways, w.rest, number),
      w.handoffsLabel(first(ways.map((x) => x.said))),
      [w.from, w.to],
      number,
    ),
    pingpong: worst
      ? w.pingpong(title(worst.l.from), title(worst.l.to), number(worst.n), number(worst.back))
      : '',
  };
}

export interface Lived {
  at: string;
  stage: string;
}
export interface Felt {
  at: string;
  value: -1 | 0 | 1;
  event: number;
}

// A customer's stays in their time: steps come newest first.
export function lifeOf(
  steps: Lived[],
  moods: Felt[],
  w: Words,
  title: (stage: string) => string,
  until: number,
  said: (at: number) => string,
): Picture | null {
  const oldest = steps.at(-1);
  if (!oldest) return null;
  const stays: Stay[] = [];
  for (const s of [...steps].reverse()) {
    const at = Date.parse(s.at);
    const last = stays.at(-1);
    if (last) last.to = at;
    if (last?.title !== title(s.stage)) stays.push({ title: title(s.stage), from: at, to: until });
    else last.to = until;
  }
  const from = Math.min(Date.parse(oldest.at), ...moods.map((m) => Date.parse(m.at)));
  return life(
    stays,
    moods.map((m) => ({
      at: Date.parse(m.at),
      value: m.value,
      event: m.event,
      said: `${said(Date.parse(m.at))}: ${w.felt[String(m.value)] ?? ''}`,
    })),
    from,
    until,
    [said(from), said(until)],
    w.lifeLabel([...new Set(stays.map((s) => s.title))].join(', '), number(moods.length)),
  );
}
