-- Office hours: what is read, when it is open, and counting in open time
-- against an oracle that goes minute by minute.
BEGIN;
SET client_min_messages = warning;
SELECT plan(43);

SELECT is((SELECT array_agg(dow ORDER BY dow)
    FROM desk.hours_read('mon-fri 08:00-17:30')), '{1,2,3,4,5}', 'days');
SELECT is((SELECT (opens, closes) = (480, 1050)
    FROM desk.hours_read('sat 08:00-17:30')), true, 'minutes');
SELECT is_empty(format('SELECT desk.hours_read(%L)', l), 'no hours: ' || l)
FROM unnest('{"mon 8:00-9:00","fri-mon 08:00-09:00","mon 09:00-09:00",
    "mon 08:00-24:01","mon 08:60-09:00","moon 08:00-09:00"}'::text[]) l;
SELECT is((SELECT count(*) FROM desk.holiday_read(
    '2027-02-05..2027-02-11 Tết')), 7::bigint, 'a span of holidays');
SELECT is_empty(format('SELECT desk.holiday_read(%L)', l), 'no holiday: ' || l)
FROM unnest('{"2027-02-30 x","2027-2-3","2027-02-05..2027-02-01 x",
    "2027-01-01..2028-01-01 x"}'::text[]) l;

SELECT is((SELECT array_agg(concat_ws(' ', dow, opens, closes) ORDER BY dow)
    FROM desk.hours_read('fri-sat 22:00-02:00')), '{5 1320 1560,6 1320 1560}',
    'a shift past midnight');
SELECT is((SELECT array_agg(concat_ws(' ', day, title, spans) ORDER BY day)
    FROM desk.holiday_read(l)), days, l)
FROM (VALUES ('2027-02-04 08:00-11:30 29 Tết',
	'{"2027-02-04 29 Tết {480,690}"}'::text[]),
    ('2027-02-04 08:00-11:30,13:00-15:00',
	'{"2027-02-04  {480,690,780,900}"}'),
    ('tet 2027..2028 2d', '{2027-02-05 Tết,2027-02-06 Tết,2028-01-25 Tết,
	2028-01-26 Tết}'),
    ('gio-to 2030 Nghỉ', '{2030-04-12 Nghỉ}'), ('tet 2030..2029', NULL),
    ('tet 2049..2051', NULL), ('tet 2027 0d', NULL),
    ('2027-02-04 11:00-08:00', NULL), ('2027-02-04 08:00-24:01', NULL),
    ('2027-02-04 08:00-09:00,08:30-10:00 x', NULL)) v(l, days);

INSERT INTO desk.hours (name, timezone) VALUES ('shop', 'Asia/Ho_Chi_Minh'),
    ('berlin', 'Europe/Berlin'), ('never', 'UTC');
CREATE FUNCTION pg_temp.h(name text) RETURNS int LANGUAGE sql AS
    'SELECT id FROM desk.hours x WHERE x.name = h.name';
INSERT INTO desk.hours_span
SELECT pg_temp.h('shop'), s.* FROM unnest('{mon-fri 08:00-12:00,
    mon-fri 13:30-17:30,sat 08:00-12:00}'::text[]) l, desk.hours_read(l) s;
INSERT INTO desk.hours_span SELECT pg_temp.h('berlin'), s.*
FROM desk.hours_read('mon-sun 01:00-04:00') s;
INSERT INTO desk.holiday VALUES (pg_temp.h('shop'), '2026-11-24', 'x');

SELECT ok(desk.hours_open(pg_temp.h('shop'), '2026-11-23 08:00+07'), 'open');
SELECT ok(NOT desk.hours_open(pg_temp.h('shop'), '2026-11-23 12:00+07'),
    'closed at noon');
SELECT ok(NOT desk.hours_open(pg_temp.h('shop'), '2026-11-24 09:00+07'),
    'closed on a holiday');
SELECT ok(desk.hours_open(NULL, now()), 'none: always open');
SELECT is(desk.business_add(pg_temp.h('shop'), '2026-11-23 11:50+07', 1200),
    '2026-11-23 13:40+07'::timestamptz, 'over lunch');
SELECT is(desk.business_add(pg_temp.h('shop'), '2026-11-23 17:30+07', 0),
    '2026-11-25 08:00+07'::timestamptz, 'opens after the holiday');
SELECT is(desk.business_add(pg_temp.h('never'), '2026-11-23 17:30+07', 60),
    '2026-11-23 17:31+07'::timestamptz, 'never open counts as always open');
SELECT is(desk.business_add(NULL, '2026-11-23 17:30+07', 60),
    '2026-11-23 17:31+07'::timestamptz, 'none: plain time');

-- The oracle: the minutes that are open, counted one by one; over the change
-- of summer time in Berlin as well.
CREATE FUNCTION pg_temp.oracle(of int, since timestamptz, minutes int)
RETURNS timestamptz LANGUAGE sql AS $$
	SELECT m + interval '1 minute' FROM (
	    SELECT m, row_number() OVER (ORDER BY m) AS n
	    FROM generate_series(since, since + interval '12 days',
		interval '1 minute') m
	    WHERE desk.hours_open(of, m)) x
	WHERE x.n = minutes
$$;
SELECT is_empty($$
    SELECT c.* FROM (SELECT pg_temp.h(w.name) AS h, w.since, w.minutes
	FROM (VALUES ('shop', timestamptz '2026-11-21 11:00+07', 61),
	    ('shop', '2026-11-22 03:00+07', 480),
	    ('shop', '2026-11-23 09:17+07', 1000),
	    ('shop', '2026-11-23 23:59+07', 1),
	    ('berlin', '2027-03-27 03:30+01', 200),
	    ('berlin', '2026-10-24 23:00+02', 240)) w(name, since, minutes)) c
    WHERE desk.business_add(c.h, c.since, c.minutes * 60)
	<> pg_temp.oracle(c.h, c.since, c.minutes)$$,
    'as counted minute by minute');

-- Nights, short days, and both ways; tests/oracle/hours.mjs has the rest.
INSERT INTO desk.hours (name, timezone) VALUES ('bar', 'Asia/Ho_Chi_Minh');
INSERT INTO desk.hours_span SELECT pg_temp.h('bar'), s.*
FROM desk.hours_read('mon-sun 22:00-02:00') s;
INSERT INTO desk.holiday (hours, day, spans)
SELECT pg_temp.h('bar'), o.day, o.spans FROM unnest('{2027-02-05,
    2027-02-07 12:00-13:00}'::text[]) l, desk.holiday_read(btrim(l)) o;
SELECT is(desk.hours_open(pg_temp.h('bar'), at::timestamptz), open, at)
FROM (VALUES ('2027-02-05 01:59+07', true), ('2027-02-05 02:00+07', false),
    ('2027-02-06 01:00+07', false), ('2027-02-07 12:30+07', true)) v(at, open);
SELECT is(desk.business_add(pg_temp.h('bar'), '2027-02-04 21:00+07', 361 * 60),
    '2027-02-07 00:01+07'::timestamptz, 'the night before counts whole');
SELECT is(desk.business_between(pg_temp.h('bar'), '2027-02-04 23:00+07',
    '2027-02-07 23:00+07'), 8 * 3600::bigint, 'and back');
SELECT is(desk.business_between(NULL, now(), now() - interval '90 s'),
    -90::bigint, 'always open, and backwards');

SELECT is(desk.wait_said('2026-11-23 09:30+07', '2026-11-23 09:00+07',
    'Asia/Ho_Chi_Minh', l), w, w)
FROM (VALUES ('vi', 'trong vòng 30 phút'), ('en', 'within 30 minutes'))
    x(l, w);
SELECT is(desk.wait_said('2026-11-25 08:30+07', '2026-11-23 18:00+07',
    'Asia/Ho_Chi_Minh', 'vi'), 'trước 08:30 thứ Tư 25/11', 'far away');

SELECT * FROM finish();
ROLLBACK;
