import { describe, expect, test } from 'vitest';
import {
  linesOf as mailLines,
  loginOf,
  nameOf,
  starter,
  withHours,
  withMail,
  withPeople,
  peopleOf,
} from './config';
import { answers } from './answers';
import { firstPassword } from './firstpass';
import { dayGood, holidayLine, holidayOf, linesOf, opens, rowsOf, usual, weekOf } from './hours';
import { fetchmail, postfix } from './mailset';
import { snippet } from './snippet';

const first = () =>
  starter({ name: 'An Tâm', lang: 'vi', timezone: 'Asia/Ho_Chi_Minh' }, ['Bán hàng', 'Kho'], {
    login: 'lan',
    display: 'Trần Thị Lan',
  });

describe('names', () => {
  test('of what has marks, and never twice', () => {
    expect(nameOf('Đổi trả & bảo hành', [])).toBe('doi-tra-bao-hanh');
    expect(nameOf('Kho', ['kho', 'kho-2'])).toBe('kho-3');
    expect(nameOf('…', [])).toBe('x');
    expect(loginOf('Lê Quỳnh Chi', ['chi'])).toBe('chi-2');
    expect(loginOf('Me', [])).toBe('me-2');
  });
});

describe('the steps', () => {
  test('mail: a new queue is served by who served all, a removed one by nobody', () => {
    const c = first();
    const lines = [
      ...mailLines(c).slice(0, 1),
      { name: '', title: 'Kỹ thuật', address: ' Help@An.example ' },
    ];
    const m = withMail(c, lines, 'hello@an.example');
    expect(m.queues.map((q) => q.name)).toEqual(['ban-hang', 'ky-thuat']);
    expect(m.served).toEqual([
      { kind: 'email', address: 'help@an.example', queue: 'ky-thuat' },
      { kind: 'email', address: 'hello@an.example' },
    ]);
    expect(m.agents[0]?.queues).toEqual(['ban-hang', 'ky-thuat']);
    expect(m.default_queue).toBe('ban-hang');
    expect(withMail(m, mailLines(m), 'hello@an.example')).toEqual(m);
    // How he serves a queue stays.
    const late = {
      ...m,
      agents: [{ ...m.agents[0], queues: ['ky-thuat 2 after 1m'] }],
    } as typeof m;
    expect(withMail(late, mailLines(m), 'hello@an.example').agents[0]?.queues).toEqual([
      'ky-thuat 2 after 1m',
    ]);
  });

  test('hours: for queues that have none of their own, and back again', () => {
    const c = first();
    const own = { ...c, queues: c.queues.map((q, i) => (i ? { ...q, hours: 'dem' } : q)) };
    own.hours = [{ name: 'dem', week: ['mon-sun 18:00-24:00'], holidays: [] }];
    const h = withHours(c, ['mon-fri 08:00-12:00'], [], answers);
    expect(h.queues.map((q) => q.hours)).toEqual(['gio-lam-viec', 'gio-lam-viec']);
    expect(h.templates.map((t) => t.name)).toEqual(['da-nhan', 'ngoai-gio']);
    const off = withHours(h, [], [], null);
    expect(off.hours).toEqual([]);
    expect(off.queues.every((q) => !q.hours && !q.acknowledge)).toBe(true);
  });

  test('people: what the page does not show of somebody stays', () => {
    const c = first();
    c.agents = c.agents.map((a) => ({ ...a, extension: '101' }));
    expect(withPeople(c, peopleOf(c)).agents).toEqual(c.agents);
  });
});

describe('hours', () => {
  test('there and back', () => {
    const lines = ['mon-fri 08:00-12:00', 'mon-fri 13:30-17:30', 'sat 08:00-12:00'];
    expect(linesOf(weekOf(lines))).toEqual(lines);
    expect(rowsOf(usual()).length).toBe(3);
    expect(rowsOf(weekOf(['mon 08:00-12:00'])).length).toBe(7);
    expect(weekOf(['sat-mon 08:00-12:00'])[0]?.length).toBe(1);
  });

  test('what is no time, or lies over another, is seen', () => {
    expect(dayGood([{ from: '8:00', to: '12:00' }])).toBe(false);
    expect(dayGood([{ from: '08:00', to: '24:00' }])).toBe(true);
    expect(
      dayGood([
        { from: '08:00', to: '12:00' },
        { from: '11:00', to: '13:00' },
      ]),
    ).toBe(false);
  });

  test('the next opening passes over nights and holidays', () => {
    const tet = [holidayOf('2027-02-05..2027-02-09 Tết')].filter((h) => !!h);
    expect(opens(usual(), [], '2026-11-21', '20:15')).toEqual({
      date: '2026-11-23',
      hour: '08:00',
    });
    expect(opens(usual(), tet, '2027-02-04', '20:00')).toEqual({
      date: '2027-02-10',
      hour: '08:00',
    });
    expect(opens(usual(), [], '2026-11-23', '12:30')).toEqual({
      date: '2026-11-23',
      hour: '13:30',
    });
    expect(opens(weekOf([]), [], '2026-11-23', '12:30')).toBe(null);
    expect(tet.map(holidayLine)).toEqual(['2027-02-05..2027-02-09 Tết']);
  });
});

describe('what is copied elsewhere', () => {
  test('nothing typed gets out of its quotes', () => {
    const evil = 'a"b\\\nuser@x.example';
    expect(fetchmail([evil], '0.0.0.0:2424')).toContain('user "abuser@x.example" there');
    expect(fetchmail([evil], '0.0.0.0:2424')).toContain('smtphost "127.0.0.1/2424" lmtp');
    expect(postfix(['a@x.example', 'b@x.example'], '10.0.0.1:24')).toContain(
      'virtual_mailbox_domains = x.example\nvirtual_transport = lmtp:inet:10.0.0.1:24',
    );
    const look = { name: 'A & "B"', color: '#3056c6', position: 'right', greeting: '' } as const;
    expect(snippet('https://d.example', look)).toBe(
      '<script src="https://d.example/widget.js" async data-name="A &amp; &quot;B&quot;"></' +
        'script>',
    );
  });

  test('first passwords are long enough and never the same', () => {
    expect(firstPassword()).toMatch(/^[a-z2-9]{4}(-[a-z2-9]{4}){3}$/);
    expect(firstPassword()).not.toBe(firstPassword());
  });
});
