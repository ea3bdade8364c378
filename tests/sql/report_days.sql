-- Days, months and years of reports: whatever is asked, for whatever stretch,
-- is what the hours alone give, while they are being made, after word that comes
-- late, in another time zone; and how far ten years are read.
BEGIN;
\ir fixture.psql
SELECT plan(15);
SELECT setseed(0.20261122);
CREATE FUNCTION pg_temp.zone(name text) RETURNS void LANGUAGE sql AS $$
	INSERT INTO desk.config (body, who) VALUES (jsonb_build_object(
	    'company', jsonb_build_object('timezone', name)), 'test')
$$;
CREATE FUNCTION pg_temp.some(list text[]) RETURNS text
LANGUAGE sql AS 'SELECT list[1 + floor(random() * cardinality(list))::int]';
SELECT pg_temp.zone('Europe/Berlin');
UPDATE desk.report_mark SET below = 0;

-- Ids are as they come: the fixture's, in order.
CREATE FUNCTION pg_temp.q(n int) RETURNS int LANGUAGE sql
AS 'SELECT q.id FROM desk.queue q ORDER BY q.id LIMIT 1 OFFSET n';
CREATE FUNCTION pg_temp.a(n int) RETURNS int LANGUAGE sql
AS 'SELECT a.id FROM desk.agent a ORDER BY a.id LIMIT 1 OFFSET n';

-- What was counted in some hour, and what an agent's time was.
CREATE FUNCTION pg_temp.happens(n int, since timestamptz, span interval)
RETURNS void LANGUAGE sql AS $$
	INSERT INTO desk.report_part (hour, queue, channel, agent, what, n)
	SELECT desk.hour_of(since + random() * span), pg_temp.q(i % 2),
	    (ARRAY['mail', 'chat'])[1 + i % 2],
	    CASE WHEN i % 4 > 0 THEN pg_temp.a(i % 4 - 1) ELSE 0 END,
	    pg_temp.some('{opened,offered,answered,within,waited,resolved,
		first_ms,firsts,talk,talks,cases,cases_since,hand,hand_ms,
		units,units_ms,abandoned,reopened,moved_in,moved_out}'),
	    floor(random() * 40)::int - 8
	FROM generate_series(1, n) i;
$$;
CREATE FUNCTION pg_temp.worked(n int, since timestamptz) RETURNS void
LANGUAGE sql AS $$
	INSERT INTO desk.agent_time (agent, state, began, ended)
	SELECT pg_temp.a(i % 3), (ARRAY['ready', 'break', 'away', 'training',
	    'offline'])[1 + i % 5], x.b, x.b + random() * interval '30 hours'
	FROM generate_series(1, n) i CROSS JOIN LATERAL (SELECT date_trunc(
	    'milliseconds', since + i * interval '31 hours'
	    + random() * interval '5 minutes') AS b) x;
$$;
SELECT pg_temp.happens(900, '2024-09-02Z', interval '430 days');
SELECT pg_temp.worked(260, '2024-10-01Z');
-- One is there since long ago.
INSERT INTO desk.agent_time (agent, state, began)
VALUES (pg_temp.a(1), 'ready', '2025-11-01 10:20Z');

-- Asks some questions twice: as the desk answers them, and by the hours
-- alone.  What is odd is returned.
CREATE FUNCTION pg_temp.odd() RETURNS SETOF jsonb LANGUAGE plpgsql AS $$
DECLARE
	k	desk.report_rolled;
	asked	jsonb[];
	a	jsonb;
	said	jsonb[] := '{}';
	n	int := 0;
	home	text := desk.report_zone('{}');
	d	date;
BEGIN
	SELECT * INTO k FROM desk.report_rolled;
	FOR i IN 1 .. 8 LOOP
		d := '2024-08-20'::date + floor(random() * 460)::int;
		a := jsonb_build_object(
		    'name', pg_temp.some('{service,cases,work,work,response}'),
		    'by', pg_temp.some('{queue,agent,channel,day,week,hour}'),
		    'from', d, 'timezone', pg_temp.some(ARRAY[home,
			home, 'Asia/Kathmandu', 'UTC']));
		a := a || jsonb_build_object('to', d + floor(random()
		    * CASE WHEN a->>'by' = 'hour' THEN 9
			WHEN a->>'timezone' = home THEN 460
			ELSE 390 END)::int);
		IF i % 4 = 0 THEN
			a := a || '{"agent":"binh"}';
		ELSIF i % 4 = 1 THEN
			a := a || '{"queue":"sales"}';
		ELSIF i % 8 = 2 THEN
			a := a - 'to';
			CONTINUE WHEN a->>'by' IN ('hour', 'week', 'day');
		END IF;
		asked := asked || a;
		said := said || desk.report(pg_temp.who('sup'), a);
	END LOOP;
	UPDATE desk.report_rolled SET since = 'infinity', loads = '-infinity';
	FOREACH a IN ARRAY asked LOOP
		n := n + 1;
		IF desk.report(pg_temp.who('sup'), a) <> said[n] THEN
			RETURN NEXT a;
		END IF;
	END LOOP;
	UPDATE desk.report_rolled SET since = k.since, loads = k.loads;
END;
$$;

SELECT is_empty('SELECT * FROM pg_temp.odd()', 'nothing is folded yet');
SELECT cmp_ok((SELECT sum(desk.report_fold(700))
    FROM generate_series(1, 12)), '>', 900::bigint, 'all is');
SELECT ok(desk.report_roll(300), 'some days are added up');
SELECT cmp_ok((SELECT r.since FROM desk.report_rolled r), '>',
    '2024-09-04Z'::timestamptz, '… not all');
SELECT is_empty('SELECT * FROM pg_temp.odd()', 'reports read both');
SELECT pg_temp.happens(200, '2024-08-25Z', interval '430 days');
SELECT is((SELECT count(desk.report_fold(1000))
    FROM generate_series(1, 2)), 2::bigint, 'word that came late');
SELECT is_empty('SELECT * FROM pg_temp.odd()', 'is in them');
SELECT is((SELECT count(*) FROM generate_series(1, 40)
    WHERE NOT desk.report_roll(300)) > 5, true, 'and then all are');
SELECT is((SELECT (r.since, r.loads) FROM desk.report_rolled r),
    ('-infinity'::timestamptz, date_trunc('day', now() - interval '1 hour',
    'Europe/Berlin')), 'up to yesterday');
SELECT is_empty('SELECT * FROM pg_temp.odd()', 'nothing is odd');
-- Some of it late again, a state set right, and left unfolded in part.
SELECT pg_temp.happens(100, '2025-02-02Z', interval '100 days');
UPDATE desk.agent_time SET state = 'ready' WHERE state = 'break'
    AND began BETWEEN '2025-03-01Z' AND '2025-03-20Z';
SELECT desk.report_fold(60);
SELECT is_empty('SELECT * FROM pg_temp.odd()', 'nor with what is late again');
SELECT pg_temp.zone('Asia/Kathmandu');
SELECT count(desk.report_keep(5000)) FROM generate_series(1, 5);
SELECT is((SELECT r.zone FROM desk.report_rolled r), 'Asia/Kathmandu',
    'days of another zone, which begin within an hour');
SELECT is_empty('SELECT * FROM pg_temp.odd()', 'are right as well');
SELECT is((SELECT count(*) FROM desk.report_sum s WHERE s.gen <> (
    SELECT r.gen FROM desk.report_rolled r)), 0::bigint,
    'what was of the other zone is gone');

-- How far it reads: ten years.
INSERT INTO desk.report_part (hour, queue, channel, agent, what, n)
SELECT h, pg_temp.q(0), 'mail', pg_temp.a(0), 'offered', 1
FROM generate_series(timestamptz '2013-01-01Z', '2022-12-31Z',
    interval '9 hours') h;
SELECT count(desk.report_keep(20000)) FROM generate_series(1, 3);
SELECT pg_stat_get_xact_tuples_returned('desk.report_hour'::regclass)
    + pg_stat_get_xact_tuples_fetched('desk.report_hour'::regclass)
    + pg_stat_get_xact_tuples_returned('desk.report_sum'::regclass)
    + pg_stat_get_xact_tuples_fetched('desk.report_sum'::regclass) AS read
\gset
SELECT count(desk.report(pg_temp.who('sup'), jsonb_build_object('name', x.r,
    'by', x.b, 'from', '2013-02-03', 'to', '2022-11-12')))
FROM unnest('{service,cases}'::text[], '{queue,agent}'::text[]) x(r, b);
SELECT cmp_ok(pg_stat_get_xact_tuples_returned('desk.report_hour'::regclass)
    + pg_stat_get_xact_tuples_fetched('desk.report_hour'::regclass)
    + pg_stat_get_xact_tuples_returned('desk.report_sum'::regclass)
    + pg_stat_get_xact_tuples_fetched('desk.report_sum'::regclass) - :read,
    '<', 3000::bigint, 'ten years are some hundred rows');

SELECT * FROM finish();
ROLLBACK;
