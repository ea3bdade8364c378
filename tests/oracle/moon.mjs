// The first day of Tết and Giỗ Tổ (the tenth of the third month) of a year in
// Vietnam's calendar, computed: new moons and the sun's longitude by the
// series of Jean Meeus ("Astronomical Algorithms", 1998), months by the rules
// that Hồ Ngọc Đức describes ("Calendrical calculations",
// informatik.uni-leipzig.de/~duc/amlich), for the hour UTC+7.  Shares no code
// with the table that it checks (sql/functions/moon.sql).
const rad = Math.PI / 180;
const ZONE = 7 / 24;

// The k-th new moon since that of January 1900, as a Julian date (UT).
function newMoon(k) {
  const t = k / 1236.85;
  const t2 = t * t;
  const t3 = t2 * t;
  const mean =
    2415020.75933 + 29.53058868 * k + 0.0001178 * t2 - 0.000000155 * t3 +
    0.00033 * Math.sin((166.56 + 132.87 * t - 0.009173 * t2) * rad);
  const sun = (359.2242 + 29.10535608 * k - 0.0000333 * t2 - 0.00000347 * t3) * rad;
  const moon = (306.0253 + 385.81691806 * k + 0.0107306 * t2 + 0.00001236 * t3) * rad;
  const node = (21.2964 + 390.67050646 * k - 0.0016528 * t2 - 0.00000239 * t3) * rad;
  const more =
    (0.1734 - 0.000393 * t) * Math.sin(sun) + 0.0021 * Math.sin(2 * sun) -
    0.4068 * Math.sin(moon) + 0.0161 * Math.sin(2 * moon) - 0.0004 * Math.sin(3 * moon) +
    0.0104 * Math.sin(2 * node) - 0.0051 * Math.sin(sun + moon) -
    0.0074 * Math.sin(sun - moon) + 0.0004 * Math.sin(2 * node + sun) -
    0.0004 * Math.sin(2 * node - sun) - 0.0006 * Math.sin(2 * node + moon) +
    0.001 * Math.sin(2 * node - moon) + 0.0005 * Math.sin(sun + 2 * moon);
  const late = -0.000278 + 0.000265 * t + 0.000262 * t2; // dynamical time
  return mean + more - late;
}
// Its day in Vietnam, as a Julian day number.
const newMoonDay = (k) => Math.floor(newMoon(k) + 0.5 + ZONE);

// In which twelfth of its way (0: from the March equinox) the sun stands as a
// Vietnamese day begins.
function sunSign(day) {
  const t = (day - 0.5 - ZONE - 2451545) / 36525;
  const t2 = t * t;
  const m = (357.5291 + 35999.0503 * t - 0.0001559 * t2 - 0.00000048 * t * t2) * rad;
  const l =
    280.46645 + 36000.76983 * t + 0.0003032 * t2 +
    (1.9146 - 0.004817 * t - 0.000014 * t2) * Math.sin(m) +
    (0.019993 - 0.000101 * t) * Math.sin(2 * m) + 0.00029 * Math.sin(3 * m);
  return Math.floor((((l % 360) + 360) % 360) / 30);
}

const julian = (y, m, d) => Math.round(Date.UTC(y, m - 1, d) / 86400000) + 2440588;
const dayOf = (jd) => new Date((jd - 2440588) * 86400000).toISOString().slice(0, 10);

// The new moon that begins the eleventh month: the winter solstice is in it.
function eleventh(year) {
  let k = Math.floor((julian(year, 12, 31) - 2415021) / 29.530588853);
  while (newMoonDay(k + 1) <= julian(year, 12, 31)) k++;
  if (sunSign(newMoonDay(k)) >= 9) k--;
  return k;
}

export function moonDays(year) {
  const a = eleventh(year - 1);
  const b = eleventh(year);
  let leap = Infinity; // of 13 months, the first in which the sun changes no sign
  if (b - a === 13)
    for (leap = 1; sunSign(newMoonDay(a + leap)) !== sunSign(newMoonDay(a + leap + 1)); )
      leap++;
  const month = (n) => newMoonDay(a + n + (n >= leap ? 1 : 0)); // 2: the first month
  return { tet: dayOf(month(2)), kings: dayOf(month(4) + 9) };
}
