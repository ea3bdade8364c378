// Public holidays of Vietnam in the years to come (Labour Code 45/2019/QH14,
// article 112).  Those by the sun are the same each year.  Those by the moon
// stand in a table: the first day of Tết and Giỗ Tổ (the tenth of the third
// month) in Vietnam's calendar, of the hour UTC+7, computed with Hồ Ngọc Đức's
// rules ("Calendrical calculations", informatik.uni-leipzig.de/~duc/amlich),
// which differ from China's in 2030.  After the table's end they are for
// people to add, as are the days that a shop itself closes around them, and
// the second day of the National Day, which is decided year by year.  Pure.
import { plus, type Holiday } from './hours';

const moon: Record<number, [tet: string, kings: string]> = {
  2026: ['02-17', '04-26'],
  2027: ['02-06', '04-16'],
  2028: ['01-26', '04-04'],
  2029: ['02-13', '04-23'],
  2030: ['02-02', '04-12'],
  2031: ['01-23', '04-01'],
  2032: ['02-11', '04-19'],
  2033: ['01-31', '04-09'],
  2034: ['02-19', '04-28'],
  2035: ['02-08', '04-17'],
};

// The last year whose days by the moon are known here.
export const MOON_ENDS = Math.max(...Object.keys(moon).map(Number));

// The first day of Tết, and Giỗ Tổ, of a year that is known here: 2027-02-06.
const dateOf = (year: number, which: 0 | 1): string | undefined => {
  const date = moon[year]?.[which];
  return date && `${year}-${date}`;
};
export const tetOf = (year: number): string | undefined => dateOf(year, 0);
export const kingsOf = (year: number): string | undefined => dateOf(year, 1);

const stems = ['Giáp', 'Ất', 'Bính', 'Đinh', 'Mậu', 'Kỷ', 'Canh', 'Tân', 'Nhâm', 'Quý'];
const branches = [
  'Tý',
  'Sửu',
  'Dần',
  'Mão',
  'Thìn',
  'Tỵ',
  'Ngọ',
  'Mùi',
  'Thân',
  'Dậu',
  'Tuất',
  'Hợi',
];
// 2027: Đinh Mùi.
const named = (year: number): string =>
  `${stems[(year + 6) % 10] ?? ''} ${branches[(year + 8) % 12] ?? ''}`;

// Of one year, in order.
export function holidaysOf(year: number): Holiday[] {
  const [tet, kings] = moon[year] ?? [];
  const one = (first: string, name: string, days = 1): Holiday => ({
    first,
    last: plus(first, days - 1),
    name,
  });
  const all = [
    one(`${year}-01-01`, 'Tết Dương lịch'),
    one(`${year}-04-30`, '30/4 và 1/5', 2),
    one(`${year}-09-02`, 'Quốc khánh'),
  ];
  // Five days, of which one is the old year's last.
  if (tet) all.push(one(plus(`${year}-${tet}`, -1), `Tết ${named(year)}`, 5));
  if (kings) all.push(one(`${year}-${kings}`, 'Giỗ Tổ Hùng Vương'));
  return all.sort((a, b) => (a.first < b.first ? -1 : 1));
}

// Of a year, those that are not over on a day (2026-11-22).
export const holidaysLeft = (year: number, today: string): Holiday[] =>
  holidaysOf(year).filter((h) => h.last >= today);

const yearOf = (day: string): number => Number(day.slice(0, 4));
export const inVietnam = (zone: string): boolean => /^Asia\/(Ho_Chi_Minh|Saigon)$/.test(zone);

// Those from a day until the end of the next year.
export const holidaysAhead = (zone: string, today: string): Holiday[] =>
  inVietnam(zone)
    ? [...holidaysLeft(yearOf(today), today), ...holidaysLeft(yearOf(today) + 1, today)]
    : [];

// The first year of the next ten of whose days to come the list has none.
export function yearToAdd(today: string, had: Holiday[]): number | null {
  for (let year = yearOf(today); year < yearOf(today) + 10; year++)
    if (holidaysLeft(year, today).length && !had.some((h) => h.first.startsWith(`${year}-`)))
      return year;
  return null;
}
