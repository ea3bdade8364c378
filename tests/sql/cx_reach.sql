-- What reports of customers' experience read: of roll-ups the days that are
-- asked for, as months where these are whole, of answers a page; however much
-- there is besides.
BEGIN;
SET client_min_messages = warning;
\ir fixture.psql
SELECT plan(8);
SELECT id AS sales FROM desk.queue WHERE name = 'sales' \gset
SELECT pg_temp.who('sup') AS sup \gset

-- Ten years of each measure, a row for each day, queue and value; answers of
-- other surveys beside those of one; a journey of as many days.
UPDATE desk.measure_rolled SET zone = 'Asia/Ho_Chi_Minh', since = '2016-01-01',
    totals = true;
INSERT INTO desk.config (who, body)
VALUES ('sup', '{"company":{"timezone":"Asia/Ho_Chi_Minh"}}');
INSERT INTO desk.measure_sum
SELECT 1, u.unit, w.whole, d.at, m, 's', q, CASE WHEN w.whole THEN -1 ELSE 1
    END, 'mail', '', '', 5, 1
FROM unnest('{nps,csat,mood,promise}'::text[]) m,
    (VALUES (true), (false)) w(whole), generate_series(1, 3) q,
    (VALUES ('day', '1 day'), ('month', '1 month'), ('year', '1 year'))
	u(unit, step),
    generate_series(timestamp '2016-01-01', timestamp '2025-12-31',
	u.step::interval) d(at);
INSERT INTO desk.measure_total
SELECT s.gen, s.unit, s.began, s.measure, s.name, s.value, sum(s.n)
FROM desk.measure_sum s WHERE s.whole GROUP BY 1, 2, 3, 4, 5, 6;
INSERT INTO desk.survey (name, body)
VALUES ('s', '{"questions":[{"name":"q","kind":"csat"}]}'),
    ('o', '{"questions":[{"name":"q","kind":"nps"}]}');
INSERT INTO desk.invitation (survey, occasion, via, state)
SELECT v.id, 'hand:' || n, 'mail', 'answered'
FROM generate_series(1, 8000) n, desk.survey v
WHERE v.name = CASE WHEN n % 2 = 0 THEN 's' ELSE 'o' END;
INSERT INTO desk.response (invitation, survey, at, kind, score, queue, agent,
    channel, segment, touchpoint, via)
SELECT i.id, i.survey, '2025-12-31Z'::timestamptz - i.id * interval '1 hour',
    CASE v.name WHEN 's' THEN 'csat' ELSE 'nps' END, 4, :sales, 0, 'mail', '',
    '', 'mail'
FROM desk.invitation i JOIN desk.survey v ON v.id = i.survey;
INSERT INTO desk.journey_day
SELECT u.span::"char", w, d.at, '', s.name, '', '', 0, '', '', 0, 1
FROM unnest('{step,visit,enter,reach,leave}'::text[]) w, desk.stage s,
    (VALUES ('d', '1 day'), ('m', '1 month')) u(span, step),
    generate_series(timestamp '2016-01-01', timestamp '2025-12-31',
	u.step::interval) d(at);
ANALYZE desk.measure_sum, desk.measure_total, desk.response, desk.journey_day;

-- Rows of a table read so far, by its indexes and without.
CREATE FUNCTION pg_temp.read(of regclass) RETURNS bigint
LANGUAGE sql AS $$
	SELECT pg_stat_get_xact_tuples_returned(of) + coalesce(sum(
	    pg_stat_get_xact_tuples_returned(i.indexrelid)), 0)::bigint
	FROM pg_index i WHERE i.indrelid = of
$$;
-- How many a function of the desk reads of it.
CREATE FUNCTION pg_temp.reads(of regclass, what text, args jsonb) RETURNS bigint
LANGUAGE plpgsql AS $$
DECLARE
	before	bigint := pg_temp.read(of);
BEGIN
	PERFORM pg_temp.ask('sup', what, args);
	RETURN pg_temp.read(of) - before;
END;
$$;

-- Three queues, thirty days: lines and their sum.
SELECT cmp_ok(pg_temp.reads('desk.measure_sum', 'cx_scores',
    '{"measure":"csat","from":"2020-03-05","to":"2020-04-03"}'), '<=',
    2 * 2 * 90::bigint, 'scores of thirty days');
SELECT cmp_ok(pg_temp.reads('desk.measure_total', 'cx_scores',
    '{"measure":"csat","from":"2020-03-05","to":"2020-04-03","by":"day"}'),
    '<=', 2 * 2 * 30::bigint, 'of each day of them a total');
SELECT is(pg_temp.reads('desk.measure_sum', 'cx_scores',
    '{"measure":"csat","from":"2020-03-05","to":"2020-04-03","by":"day"}'),
    0::bigint, 'and no queue');
SELECT cmp_ok(pg_temp.reads('desk.measure_sum', 'cx_scores',
    '{"measure":"mood","from":"2016-01-01","to":"2025-12-31"}'), '<=',
    2 * 2 * 30::bigint, 'ten years are ten rows each');
SELECT cmp_ok(pg_temp.reads('desk.measure_sum', 'promise_gap',
    '{"from":"2016-01-15","to":"2025-12-10"}'), '<=', 2 * 3 * 70::bigint,
    'years, months and the days at their ends');

-- Answers of the days that are asked for; the first call's planner looks at more.
SELECT pg_temp.reads('desk.response', 'cx_answers', '{"measure":"csat"}');
SELECT cmp_ok(pg_temp.reads('desk.response', 'cx_answers',
    '{"measure":"csat","from":"2025-12-20","to":"2025-12-31","value":1}'),
    '<=', 2 * 200::bigint, 'those of some days alone');

-- Eight stages; who is where now is known by months.
SELECT cmp_ok(pg_temp.reads('desk.journey_day', 'journey_map',
    '{"from":"2020-03-05","to":"2020-04-03"}'), '<=',
    2 * 8 * (3 * 30 + 3 * 120)::bigint, 'a map of thirty days');
SELECT cmp_ok(pg_temp.reads('desk.journey_day', 'journey_map',
    '{"from":"2016-01-01","to":"2025-12-31"}'), '<=',
    2 * 8 * (3 * 120 + 3 * 120)::bigint, 'a map of ten years');
SELECT * FROM finish();
ROLLBACK;
