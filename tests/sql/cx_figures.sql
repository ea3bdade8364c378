-- Figures and their limits, against what is printed in books, and worked out by
-- hand where nothing is.
BEGIN;
SET client_min_messages = warning;
SELECT plan(32);

CREATE FUNCTION pg_temp.wilson(k int, n int) RETURNS text
LANGUAGE sql AS $$
	SELECT concat_ws(' ', round(w.low, 4), round(w.high, 4))
	FROM desk.wilson(k, n) w
$$;
-- n, figure and its limits, mean and its limits.
CREATE FUNCTION pg_temp.said(measure text, counts jsonb) RETURNS text
LANGUAGE sql AS $$
	SELECT concat_ws(' ', f->>'n', f->>'figure', f->>'low', f->>'high',
	    f->>'mean', f->>'mean_low', f->>'mean_high')
	FROM desk.cx_shown(desk.cx_figure(measure, counts)) f
$$;
-- A share of a in m, after b in n.
CREATE FUNCTION pg_temp.change(a int, m int, b int, n int) RETURNS text
LANGUAGE sql AS $$
	SELECT concat_ws(' ', round(c.low, 4), round(c.high, 4), c."is")
	FROM desk.cx_change(
	    desk.cx_figure('promise', jsonb_build_object('1', a, '0', m - a)),
	    desk.cx_figure('promise', jsonb_build_object('1', b, '0', n - b)))
	    c
$$;

-- Newcombe, Stat. Med. 17 (1998), 857-872, table I, method 3
SELECT is(pg_temp.wilson(81, 263), '0.2553 0.3662', '81 in 263');
SELECT is(pg_temp.wilson(15, 148), '0.0624 0.1605', '15 in 148');
SELECT is(pg_temp.wilson(0, 20), '0.0000 0.1611', 'none of 20');
SELECT is(pg_temp.wilson(1, 29), '0.0061 0.1718', '1 in 29');
SELECT is(pg_temp.wilson(20, 20), '0.8389 1.0000', 'all of 20');
SELECT is(pg_temp.wilson(1, 1), '0.2065 1.0000', 'one of one');
SELECT is(pg_temp.wilson(0, 0), '', 'of nobody there is no share');
SELECT is(count(*) FILTER (WHERE w.low <= k / n::numeric
    AND w.high >= k / n::numeric AND round(w.low + v.high, 13) = 1), 2079::bigint,
    'about the share, and the others'' are what is left, of all up to 63')
FROM generate_series(1, 63) n, generate_series(0, n) k,
    desk.wilson(k, n) w, desk.wilson(n - k, n) v;
SELECT is(round(w.low, 12)::text || ' ' || round(w.high, 12),
    '0.999999433507 0.999999982348', 'of ten million, to the twelfth place')
FROM desk.wilson(9999999, 10000000) w;

-- Newcombe, Stat. Med. 17 (1998), 873-890, table II, method 10
SELECT is(pg_temp.change(56, 70, 48, 80), '0.0524 0.3339 up', '56/70-48/80');
SELECT is(pg_temp.change(9, 10, 3, 10), '0.1705 0.8090 up', '9/10-3/10');
SELECT is(pg_temp.change(6, 7, 2, 7), '0.0582 0.8062 up', '6/7-2/7');
SELECT is(pg_temp.change(5, 56, 0, 29), '-0.0381 0.1926 unsaid', '5/56-0/29');
SELECT is(pg_temp.change(0, 10, 0, 20), '-0.1611 0.2775 unsaid',
    '0/10-0/20');
SELECT is(pg_temp.change(10, 10, 0, 10), '0.6075 1.0000 up', '10/10-0/10');
SELECT is(pg_temp.change(48, 80, 56, 70), '-0.3339 -0.0524 down',
    'the other way round');
SELECT is(pg_temp.change(1, 2, 0, 0), '', 'nothing is compared with nobody');

-- NPS: 202 promote, 140 do neither, 70 detract (ui/journey.html); the limits
-- are Bonett and Price's, of (202 + 1) and (70 + 1) in (412 + 2)
SELECT is(pg_temp.said('nps', '{"0":20,"6":50,"7":100,"8":40,"9":2,
    "10":200}'), '412 32.0 24.7 39.1 8.10 7.85 8.32', 'nps of 412');
SELECT is(pg_temp.said('nps', '{"9":5,"7":3,"3":2}'),
    '10 30.0 -21.9 71.9 7.20 5.12 8.54', 'nps of ten');
SELECT is(pg_temp.said('nps', '{}'), '0', 'nps of nobody: no figure');
SELECT is(desk.cx_shown(desk.cx_figure('nps', '{}'))->'figure', 'null',
    'not 0');
SELECT is(pg_temp.said('nps', '{"10":1}'),
    '1 100.0 -73.4 100.0 10.00 1.33 10.00', 'of one it says next to nothing');
SELECT is(pg_temp.said('nps', '{"8":1}'),
    '1 0.0 -92.4 92.4 8.00 1.11 10.00', 'also of one passive');
SELECT matches(pg_temp.said('nps', '{"10":10}'), '^10 100.0 52.1 100.0 ',
    'all promote: the limits do not close on it');
SELECT matches(pg_temp.said('nps', '{"6":10}'), '^10 -100.0 -100.0 -52.1 ',
    'all detract');
SELECT is(pg_temp.said('nps', '{"10":3,"9":-1,"11":7}'),
    pg_temp.said('nps', '{"10":3}'), 'what is off the scale counts nothing');

SELECT is(pg_temp.said('csat', '{"1":1,"2":2,"3":4,"4":10,"5":13}'),
    '30 76.7 59.1 88.2 4.07 3.59 4.41', 'csat: 23 of 30 give 4 or 5');
SELECT is(pg_temp.said('csat', '{"5":1}'),
    '1 100.0 20.7 100.0 5.00 1.53 5.00', 'csat of one');
SELECT is(pg_temp.said('ces', '{"1":2,"4":3,"6":5,"7":4}'),
    '14 64.3 38.8 83.7 5.14 3.93 6.07', 'ces: 9 of 14 give 5 to 7');
SELECT is(pg_temp.said('mood', '{"-1":0,"0":0,"1":0}'), '0', 'no mood');

-- How many answered
SELECT is(desk.cx_rate(263, 0, 81), '{"invited":263,"answered":81,"share":30.8,
    "low":25.5,"high":36.6}', 'a rate');
SELECT is(desk.cx_rate(0, 0, 0), NULL, 'nobody was asked: no rate');

SELECT * FROM finish();
ROLLBACK;
