// A desk's configuration, as far as the first start makes it, and what each of
// its steps does to one.  Pure: the rest of a configuration is left as it is.
export interface Queue {
  name: string;
  title: string;
  first: number; // seconds
  next: number;
  hours?: string;
  acknowledge?: string;
  acknowledge_closed?: string;
  [more: string]: unknown;
}

export interface Agent {
  name: string;
  display: string;
  role: 'agent' | 'supervisor' | 'admin';
  queues: string[];
  email?: string;
  [more: string]: unknown;
}

export interface Served {
  kind: 'email' | 'phone' | 'page';
  address: string;
  queue?: string;
}

export interface Hours {
  name: string;
  week: string[];
  holidays: string[];
  timezone?: string;
}

export interface Template {
  name: string;
  vi?: string;
  en?: string;
  subject_vi?: string;
  subject_en?: string;
}

export interface Config {
  company: { name: string; lang: 'vi' | 'en'; timezone: string; [more: string]: unknown };
  default_queue: string;
  queues: Queue[];
  served: Served[];
  agents: Agent[];
  hours: Hours[];
  templates: Template[];
  [more: string]: unknown;
}

// "Bán hàng" → "ban-hang": a name that the configuration takes, unlike those
// that are there.
export function nameOf(title: string, taken: string[]): string {
  const base =
    title
      .normalize('NFD')
      .replace(/\p{Mn}/gu, '')
      .replace(/[đĐ]/g, 'd')
      .toLowerCase()
      .replace(/[^a-z0-9]+/g, '-')
      .replace(/^-+|-+$/g, '')
      .slice(0, 40) || 'x';
  let name = base;
  for (let n = 2; taken.includes(name); n++) name = `${base}-${n}`;
  return name;
}

// "Lê Quỳnh Chi" → "chi": as people here call each other.
export const loginOf = (display: string, taken: string[]): string =>
  nameOf(display.trim().split(/\s+/).at(-1) ?? '', [...taken, 'me']);

const MINUTE = 60;
// What a queue owes its customers when nobody said otherwise.
const promises = { first: 30 * MINUTE, next: 60 * MINUTE };

// The first configuration of all: the administrator is in it, since he would
// else be let go by it.
export function starter(
  company: Config['company'],
  queues: string[],
  admin: { login: string; display: string },
): Config {
  const made: Queue[] = [];
  for (const title of queues)
    made.push({
      name: nameOf(
        title,
        made.map((q) => q.name),
      ),
      title,
      ...promises,
    });
  return {
    company,
    default_queue: made[0]?.name ?? '',
    queues: made,
    served: [],
    agents: [
      {
        name: admin.login,
        display: admin.display,
        role: 'admin',
        queues: made.map((q) => q.name),
      },
    ],
    hours: [],
    templates: [],
  };
}

// Which queue an agent's entry names: "kho 2 after 1m" is of kho.
export const servedOf = (entry: string): string => entry.split(' ')[0] ?? '';

// A row of the mail step: '' as name: a queue that is new.
export interface Line {
  name: string;
  title: string;
  address: string;
}

// Of each queue the first of its addresses; what else is served stays.
export const linesOf = (c: Config): Line[] =>
  c.queues.map((q) => ({
    name: q.name,
    title: q.title,
    address: c.served.find((s) => s.kind === 'email' && s.queue === q.name)?.address ?? '',
  }));

export const sharedOf = (c: Config): string =>
  c.served.find((s) => s.kind === 'email' && !s.queue)?.address ?? '';

const mail = (text: string): string => text.trim().toLowerCase();

export function withMail(c: Config, lines: Line[], shared: string): Config {
  const was = linesOf(c);
  const gone = [...was.map((l) => l.address), sharedOf(c)].filter(Boolean);
  const kept = c.served.filter(
    (s) => !(s.kind === 'email' && gone.includes(s.address)) && queueStays(s.queue),
  );
  const named: (Line & { name: string })[] = [];
  const taken = c.queues.map((q) => q.name);
  for (const l of lines)
    named.push({ ...l, name: l.name || nameOf(l.title, [...taken, ...named.map((n) => n.name)]) });

  function queueStays(name: string | undefined): boolean {
    return !name || lines.some((l) => l.name === name);
  }
  const queues = named.map((l): Queue => {
    const old = c.queues.find((q) => q.name === l.name);
    const like = c.queues[0];
    return {
      ...(old ?? {
        name: l.name,
        ...promises,
        hours: like?.hours,
        acknowledge: like?.acknowledge,
        acknowledge_closed: like?.acknowledge_closed,
      }),
      name: l.name,
      title: l.title.trim(),
    } as Queue;
  });
  const names = queues.map((q) => q.name);
  const all = c.queues.map((q) => q.name);
  return {
    ...c,
    queues,
    default_queue: names.includes(c.default_queue) ? c.default_queue : (names[0] ?? ''),
    served: [
      ...kept,
      ...named
        .filter((l) => l.address.trim())
        .map((l): Served => ({ kind: 'email', address: mail(l.address), queue: l.name })),
      ...(shared.trim() ? [{ kind: 'email', address: mail(shared) } as Served] : []),
    ],
    // Who served every queue serves the new ones, too.
    agents: c.agents.map((a) => ({
      ...a,
      queues: [
        ...a.queues.filter((q) => names.includes(servedOf(q))),
        ...(all.every((name) => a.queues.some((q) => servedOf(q) === name))
          ? names.filter((name) => !all.includes(name))
          : []),
      ],
    })),
  };
}

export interface Person {
  name: string; // the login
  display: string;
  role: Agent['role'];
  queues: string[];
  fresh: boolean; // not in force yet
}

export const peopleOf = (c: Config): Person[] =>
  c.agents.map((a) => ({
    name: a.name,
    display: a.display,
    role: a.role,
    queues: [...a.queues],
    fresh: false,
  }));

export const withPeople = (c: Config, people: Person[]): Config => ({
  ...c,
  agents: people.map((p) => ({
    ...(c.agents.find((a) => a.name === p.name) ?? {}),
    name: p.name,
    display: p.display.trim(),
    role: p.role,
    queues: p.queues,
  })),
});

export interface Answers {
  received: { subject: { vi: string; en: string }; text: { vi: string; en: string } };
  closed: { subject: { vi: string; en: string }; text: { vi: string; en: string } };
}

export const HOURS = 'gio-lam-viec';
export const RECEIVED = 'da-nhan';
export const CLOSED = 'ngoai-gio';

export const hoursOf = (c: Config): Hours | undefined =>
  c.hours.find((h) => h.name === c.queues.find((q) => q.hours)?.hours) ??
  c.hours.find((h) => h.name === HOURS);
export const saysReceived = (c: Config): boolean => c.queues.some((q) => q.acknowledge);

// The same hours for all queues that have no others; week empty: always open.
// answers: what is sent by itself when a mail comes; none: nothing is.
export function withHours(
  c: Config,
  week: string[],
  holidays: string[],
  answers: Answers | null,
): Config {
  const name = hoursOf(c)?.name ?? HOURS;
  const own = (q: Queue): boolean => !!q.hours && q.hours !== name;
  const text = (called: string, a: Answers['closed']): Template =>
    c.templates.find((t) => t.name === called) ?? {
      name: called,
      subject_vi: a.subject.vi,
      vi: a.text.vi,
      subject_en: a.subject.en,
      en: a.text.en,
    };
  const made = answers ? [text(RECEIVED, answers.received), text(CLOSED, answers.closed)] : [];
  return {
    ...c,
    hours: [
      ...c.hours.filter((h) => h.name !== name),
      ...(week.length ? [{ ...(hoursOf(c) ?? {}), name, week, holidays }] : []),
    ],
    templates: [...c.templates.filter((t) => !made.some((m) => m.name === t.name)), ...made],
    queues: c.queues.map((q) => ({
      ...q,
      hours: own(q) ? q.hours : week.length ? name : undefined,
      acknowledge: answers ? (q.acknowledge ?? RECEIVED) : undefined,
      acknowledge_closed: answers ? (q.acknowledge_closed ?? CLOSED) : undefined,
    })),
  };
}
