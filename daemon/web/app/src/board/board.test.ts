import { describe, expect, it } from 'vitest';
import {
  byState,
  hours,
  long,
  queueAlerts,
  titleOf,
  trouble,
  type Board,
  type BoardQueue,
} from './board';

const queue = (more: Partial<BoardQueue> = {}): BoardQueue => ({
  name: 'sales',
  title: 'Bán hàng',
  paused: false,
  opened: 0,
  answered: 0,
  resolved: 0,
  abandoned: 0,
  by_hour: [],
  waiting: 0,
  chats: 0,
  overdue: 0,
  ...more,
});
const agent = (name: string, state: 'ready' | 'break' | 'offline', queues = ['sales']) => ({
  name,
  display: name,
  capacity: 100,
  queues,
  working: {},
  answered: 0,
  resolved: 0,
  state,
  load: 0,
});
const board = (more: Partial<Board> = {}): Board => ({
  at: '2026-11-21T03:48:00Z',
  since: '2026-11-20T17:00:00Z',
  live: true,
  today: { opened: 0, answered: 0, resolved: 0, abandoned: 0 },
  queues: [],
  agents: [],
  calls: [],
  urgent: [],
  ...more,
});
const now = Date.parse('2026-11-21T03:48:00Z');

describe('queues of one title', () => {
  it('are told apart by their names, others have theirs alone', () => {
    const queues = [queue(), queue({ name: 'sales-2' }), queue({ name: 'ship', title: 'Giao' })];
    const b = board({ queues });
    expect(queues.map((q) => titleOf(b, q))).toEqual([
      'Bán hàng (sales)',
      'Bán hàng (sales-2)',
      'Giao',
    ]);
  });
});

describe('trouble', () => {
  it('is red for what is overdue, amber for what soon is', () => {
    expect(trouble(board(), queue({ overdue: 1 }), now)).toBe('bad');
    expect(trouble(board(), queue({ due_next: '2026-11-21T03:53:00Z' }), now)).toBe('warn');
    expect(trouble(board(), queue({ due_next: '2026-11-21T03:54:00Z' }), now)).toBe('');
  });
  it('is amber when those who wait have nobody, and it is known who is here', () => {
    const q = queue({ waiting: 2 });
    expect(trouble(board(), q, now)).toBe('warn');
    expect(trouble(board({ agents: [agent('an', 'break')] }), q, now)).toBe('warn');
    expect(trouble(board({ agents: [agent('an', 'ready')] }), q, now)).toBe('');
    expect(trouble(board({ agents: [agent('an', 'ready', ['kho'])] }), q, now)).toBe('warn');
    expect(trouble(board({ live: false }), q, now)).toBe('');
    expect(queueAlerts(board({ live: false, queues: [q] }))).toEqual([]);
  });
  it('names a paused queue only when somebody waits in it', () => {
    expect(queueAlerts(board({ queues: [queue({ paused: true })] }))).toEqual([]);
    expect(queueAlerts(board({ queues: [queue({ paused: true, waiting: 1 })] }))[0]?.why).toBe(
      'paused',
    );
  });
});

describe('the day by hours', () => {
  it('has the hours in which nothing came, and none to come', () => {
    const q = queue({
      by_hour: [
        { at: '2026-11-20T17:00:00Z', opened: 2, resolved: 0 },
        { at: '2026-11-21T03:00:00Z', opened: 5, resolved: 1 },
      ],
    });
    const all = hours(q, '2026-11-20T17:00:00Z', now);
    expect(all).toHaveLength(11);
    expect(all[0]).toBe(2);
    expect(all[10]).toBe(5);
    expect(all.slice(1, 10).every((n) => n === 0)).toBe(true);
  });
});

it('puts who works first and who is away last', () =>
  expect(
    byState([agent('c', 'offline'), agent('b', 'ready'), agent('a', 'break')]).map((a) => a.name),
  ).toEqual(['b', 'a', 'c']));

it('writes how long somebody waits', () => {
  expect(long(200000)).toBe('3:20');
  expect(long(4360000)).toBe('1:12:40');
  expect(long(-5)).toBe('0:00');
});
