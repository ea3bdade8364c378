import { beforeEach, describe, expect, test, vi } from 'vitest';
import { setLang } from '../lib/i18n.svelte';
import { needOf, needWords, waitedWords, whyOf, whyWords, type Why } from './why';

vi.stubGlobal('document', { documentElement: {} });
beforeEach(() => setLang('vi'));

const asked = { queue: 'Bán hàng', member: true, skills: ['en:2', 'vi', 'bao-hanh?'] };
const said = (why: Why, more = {}): string => {
  setLang('en');
  return whyWords(why, { ...asked, queue: 'Sales', ...more });
};

describe('why it is offered to me', () => {
  test('whose turn it is, by the strategy; alone, when nobody else could', () => {
    expect(said({ stage: 'exact', strategy: 'longest_idle', others: 2 })).toBe(
      "First due at Sales, you've been free longest",
    );
    expect(said({ stage: 'exact', strategy: 'best_skill', others: 1 })).toMatch(/know it best$/);
    expect(said({ stage: 'exact', strategy: 'round_robin', others: 0 })).toBe(
      'First due at Sales, only you can take it now',
    );
    expect(said({ stage: 'exact', strategy: 'of tomorrow', others: 3 })).toBe('First due at Sales');
    expect(said({})).toBe('First due at Sales');
  });

  test('what the wait has changed, with the skills that it is about', () => {
    expect(said({ stage: 'own' })).toBe('Your customer: you answered them before');
    expect(said({ stage: 'preferred', waited: 45 })).toBe('Waited 45 s: now also without bao-hanh');
    expect(said({ stage: 'levels', waited: 90 })).toBe(
      'Waited 1 min 30 s: now also with a lower level of en',
    );
    expect(said({ stage: 'overflow', waited: 180 }, { member: false })).toBe(
      'Waited 3 min: Sales asks your department to help',
    );
    expect(said({ stage: 'overflow', waited: 180 })).toMatch(/you come first$/);
    expect(said({ stage: 'anyone', waited: 3700 }, { skills: [] })).toBe(
      'Waited 1 h 1 min: now anyone of Sales is asked',
    );
    expect(said({ stage: 'preferred', waited: 9 }, { skills: undefined })).toMatch(/preferred$/);
  });

  test('in Vietnamese, without a code in it', () => {
    for (const stage of ['own', 'exact', 'preferred', 'levels', 'overflow', 'anyone'] as const) {
      const text = whyWords({ stage, strategy: 'least_loaded', waited: 61, others: 4 }, asked);
      expect(text).not.toMatch(/[_:?]\S|levels|overflow|preferred/);
      expect(text.length).toBeLessThan(90);
    }
  });

  test('what is none of it is not said', () => {
    expect(whyOf(null)).toBeUndefined();
    expect(whyOf('offer')).toBeUndefined();
    expect(whyOf({ stage: 7, waited: -1, others: '2' })).toEqual({});
    expect(whyOf({ stage: 'own', waited: 3.7 })).toEqual({ stage: 'own', waited: 3 });
  });
});

describe('what it needs', () => {
  test('levels and what is only preferred, in words', () => {
    expect(needOf('en:2')).toEqual({ name: 'en', level: 2, preferred: false });
    expect(needOf('bao-hanh:4?')).toEqual({ name: 'bao-hanh', level: 4, preferred: true });
    expect(needWords(['en:2', 'vi', 'bao-hanh?'])).toBe(
      'Cần en từ mức 2, vi; tốt hơn nếu biết bao-hanh',
    );
    expect(needWords(['bao-hanh?'])).toBe('Tốt hơn nếu biết bao-hanh');
    expect(needWords([])).toBe('');
  });

  test('times of waiting', () => {
    expect([0, 45, 60, 95, 660, 3600].map(waitedWords)).toEqual([
      '0 giây',
      '45 giây',
      '1 phút',
      '1 phút 35 giây',
      '11 phút',
      '1 giờ',
    ]);
  });
});
