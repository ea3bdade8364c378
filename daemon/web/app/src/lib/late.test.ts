// What the page knows while answers take long: what is told in that time is not
// lost, and an older answer takes nothing back.
import { afterEach, beforeEach, expect, test, vi } from 'vitest';

interface Asked {
  path: string;
  q: Record<string, unknown>;
  answer: (it: unknown) => void;
}
let asked: Asked[] = [];
let ears: ((n: Record<string, unknown>) => void)[] = [];
const hear = (n: Record<string, unknown>) => ears.forEach((ear) => ear(n));
vi.stubGlobal('window', globalThis);
vi.stubGlobal('localStorage', { getItem: () => null, setItem: () => undefined });
vi.mock('./api', () => ({
  ApiError: Error,
  now: () => Date.now(),
  get: (path: string, q: Record<string, unknown> = {}) =>
    new Promise((answer) => asked.push({ path, q, answer })),
}));
vi.mock('./session.svelte', () => ({ isBoss: () => false, me: () => ({ login: 'lan' }) }));
vi.mock('./feed.svelte', () => ({
  listen: (ear: (typeof ears)[0]) => {
    ears.push(ear);
    return () => void (ears = ears.filter((other) => other !== ear));
  },
  onReload: () => () => undefined,
}));
const people = await import('./people.svelte');
const { counts, watchCounts } = await import('./counts.svelte');
const { open, refresh, show } = await import('./case.svelte');
const { alerts, seeAll, unseen, watchAlerts } = await import('../shell/alerts.svelte');
const { Finder } = await import('../search/find.svelte');
const { List } = await import('../list/list.svelte');
const { again } = await import('./again');
const { focusSoon } = await import('./focus');

const pass = (ms: number) => vi.advanceTimersByTimeAsync(ms);
const of = (path: string) => asked.filter((a) => a.path === path);

beforeEach(() => {
  asked = [];
  vi.useFakeTimers();
});
afterEach(() => {
  expect(ears).toEqual([]);
  vi.useRealTimers();
});

test('who is where is asked again when it was told during the question', async () => {
  const end = people.watch();
  hear({ kind: 'agent' });
  await pass(5000);
  expect(of('/api/v1/agents').length).toBe(1);
  of('/api/v1/queues')[0]?.answer({ queues: [] });
  of('/api/v1/agents')[0]?.answer({ agents: [{ name: 'my', state: 'away' }] });
  await pass(700);
  of('/api/v1/queues')[1]?.answer({ queues: [] });
  of('/api/v1/agents')[1]?.answer({ agents: [{ name: 'my', state: 'ready' }] });
  await pass(5000);
  expect(people.agentNamed('my')?.state).toBe('ready');
  expect(of('/api/v1/agents').length).toBe(2);
  end();
});

test('an older count does not take the place of a newer one', async () => {
  const end = watchCounts();
  await pass(2000);
  hear({ kind: 'event', id: '1-0', ticket: 1 });
  await pass(2000);
  const [first, second] = of('/api/v1/counts');
  second?.answer({ views: { all: 2 }, queues: {} });
  await pass(0);
  first?.answer({ views: { all: 1 }, queues: {} });
  await pass(0);
  expect(counts.views.all).toBe(2);
  end();
});

test('of the bell the newest is seen, whichever came first', async () => {
  const end = watchAlerts();
  const mention = (id: string) => ({ id, kind: 'mention', ticket: 1, agents: ['lan'] });
  hear(mention('20-0'));
  of('/api/v1/feed')[0]?.answer({ notices: [{ ...mention(''), offset: '10-0' }] });
  await pass(0);
  expect(alerts.all.map((a) => a.id)).toEqual(['20-0', '10-0']);
  seeAll();
  expect(unseen()).toBe(0);
  end();
});

test('what is told of a case while it is loading is asked for; an older answer changes nothing', async () => {
  const answer = (state: string, ...events: number[]) => ({
    ticket: { ticket: 7, state },
    events: events.map((event) => ({ event })),
  });
  show(7);
  hear({ kind: 'event', ticket: 7, id: '1-0' });
  await pass(1000);
  const all = () => of('/api/v1/tickets/7');
  expect(all().length).toBe(1);
  all()[0]?.answer(answer('new', 1));
  await pass(10);
  expect(all()[1]?.q.after).toBe(1);
  all()[1]?.answer(answer('new', 2));
  await pass(0);
  expect(open.events.map((e) => e.event)).toEqual([1, 2]);
  // Two at once: the later one is answered first.
  void refresh();
  void refresh();
  all()[3]?.answer(answer('resolved', 4));
  await pass(0);
  all()[2]?.answer(answer('open', 3));
  await pass(0);
  expect(open.shown?.ticket.state).toBe('resolved');
  expect(open.events.map((e) => e.event)).toEqual([1, 2, 3, 4]);
  show(0);
});

test('how an answer fares stays as it was told of, whatever was asked for before', async () => {
  const answer = (event: number, state: string) => ({
    ticket: { ticket: 7 },
    events: [{ event, delivery: { state } }],
  });
  const all = () => of('/api/v1/tickets/7');
  const is = () => open.events.map((e) => e.delivery?.state);
  show(7);
  all()[0]?.answer(answer(1, 'sent'));
  await pass(0);
  // Asked for before it went, and answered after that was told.
  void refresh();
  hear({ kind: 'delivery', ticket: 7, event: 2, delivery: { state: 'sent' } });
  all()[1]?.answer(answer(2, 'queued'));
  await pass(0);
  expect(is()).toEqual(['sent', 'sent']);
  // Of two questions the later one knows better, and any knows better than what
  // was told before it.
  void refresh();
  void refresh();
  all()[3]?.answer(answer(2, 'bounced'));
  await pass(0);
  expect(is()).toEqual(['sent', 'bounced']);
  all()[2]?.answer(answer(2, 'sent'));
  await pass(0);
  expect(is()).toEqual(['sent', 'bounced']);
  show(0);
});

test('what a visitor has seen stays seen, whatever was asked for before', async () => {
  const answer = (visitor?: number) => ({
    ticket: { ticket: 7, chat: { seen: { agent: 1, visitor } } },
    events: [],
  });
  const all = () => of('/api/v1/tickets/7');
  const seen = (upto: number) => hear({ kind: 'seen', ticket: 7, from: 'visitor', upto });
  const is = () => open.shown?.ticket.chat?.seen;
  show(7);
  seen(1);
  all()[0]?.answer(answer());
  await pass(0);
  all()[1]?.answer(answer(1)); // told while it was loading, so asked again
  await pass(0);
  expect(is()).toEqual({ agent: 1, visitor: 1 });
  void refresh();
  seen(2);
  all()[2]?.answer(answer(1));
  await pass(0);
  expect(is()).toEqual({ agent: 1, visitor: 2 });
  void refresh();
  all()[3]?.answer(answer(3));
  await pass(0);
  expect(is()).toEqual({ agent: 1, visitor: 3 });
  show(0);
});

test('Enter waits for the answer to what was typed, and is forgotten by who types on', async () => {
  const wanted: string[] = [];
  const answers: Record<string, (rows: string[]) => void> = {};
  const finder = new Finder<string>((q) => new Promise((done) => (answers[q] = done)));
  const enter = () => finder.answered(() => wanted.push(finder.rows[0] ?? ''));
  finder.type('lan');
  await pass(200);
  answers.lan?.(['Lan']);
  await pass(0);
  enter();
  finder.type('minh');
  enter();
  await pass(200);
  expect(wanted).toEqual(['Lan']);
  answers.minh?.(['Minh']);
  await pass(0);
  expect(wanted).toEqual(['Lan', 'Minh']);
  finder.type('ha');
  enter();
  finder.type('hai');
  await pass(200);
  answers.hai?.(['Hải']);
  await pass(0);
  expect(wanted).toEqual(['Lan', 'Minh']);
  finder.end();
});

test('a list takes no older answer for the newer one, however slow the line is', async () => {
  const list = new List({ view: 'all' });
  const end = list.start();
  const row = (priority: number) => ({ ticket: 7, number: 7, state: 'open', priority });
  const lists = () => of('/api/v1/tickets');
  const is = () => (list.at(0) as unknown as { priority?: number } | undefined)?.priority;
  lists()[0]?.answer({ tickets: [row(2)], total: 1 });
  await pass(0);
  expect(is()).toBe(2);
  // Told twice while the first answer is on its way, and he lets what is held go.
  list.ask(7);
  await pass(0);
  list.ask(7);
  list.release();
  await pass(1000);
  expect(lists().length).toBe(2);
  // What he did himself stands until it was asked for after that.
  list.patch([7], { priority: 0 });
  lists()[1]?.answer({ tickets: [row(3)] });
  await pass(0);
  expect(is()).toBe(0);
  await pass(1000);
  lists()[2]?.answer({ tickets: [row(1)] });
  await pass(0);
  expect(is()).toBe(1);
  // Loaded anew while a burst is on its way: what that says is older.
  list.ask(7);
  await pass(1000);
  list.reload();
  lists()[4]?.answer({ tickets: [], total: 0 });
  await pass(0);
  lists()[3]?.answer({ tickets: [row(3)] });
  await pass(0);
  expect(list.length).toBe(0);
  await pass(1000);
  lists()[5]?.answer({ tickets: [] });
  await pass(1000);
  expect([list.length, lists().length]).toEqual([0, 6]);
  end();
});

test('a page under many notices shows each answer, and asks for one at a time', async () => {
  let under = 0;
  const most: number[] = [];
  const shown: number[] = [];
  let began = 0;
  const soon = again(async () => {
    const mine = ++began;
    most.push(++under);
    await new Promise((done) => setTimeout(done, 2000));
    under--;
    shown.push(mine);
  }, 500);
  for (let i = 0; i < 100; i++) {
    soon.tell();
    await pass(100);
  }
  expect(shown).toEqual([1, 2, 3, 4]);
  expect(Math.max(...most)).toBe(1);
  await pass(10000);
  expect(shown.at(-1)).toBe(began);
  // What is told later is not waited for by what is told for sooner.
  soon.tell(5000);
  soon.tell(200);
  await pass(300);
  expect(under).toBe(1);
  await pass(10000);
  soon.tell();
  soon.end();
  soon.tell();
  await pass(10000);
  expect(shown.length).toBe(began);
});

test('the focus goes to a fault, but not from who types on', async () => {
  const ears = new Map<string, () => void>();
  const button = {};
  const fields = new Map<string, object>();
  const at: { activeElement: object } = { activeElement: button };
  vi.stubGlobal('document', {
    get activeElement() {
      return at.activeElement;
    },
    getElementById: (id: string) => fields.get(id) ?? null,
    addEventListener: (kind: string, ear: () => void) => void ears.set(kind, ear),
    removeEventListener: (kind: string) => void ears.delete(kind),
  });
  vi.stubGlobal('requestAnimationFrame', (work: () => void) => setTimeout(work, 16));
  const field = (id: string) => {
    const it = { focus: () => void (at.activeElement = it) };
    fields.set(id, it);
    return it;
  };
  focusSoon('name');
  await pass(200);
  expect(at.activeElement).toBe(button);
  const name = field('name'); // its page came
  await pass(50);
  expect(at.activeElement).toBe(name);
  // He types on where he is.
  focusSoon('later');
  ears.get('keydown')?.();
  const later = field('later');
  await pass(5000);
  expect(at.activeElement).toBe(name);
  // He goes elsewhere.
  focusSoon('none');
  at.activeElement = later;
  ears.get('pointerdown')?.();
  field('none');
  await pass(5000);
  expect(at.activeElement).toBe(later);
  expect(ears.size).toBe(0);
  vi.stubGlobal('document', undefined);
});
