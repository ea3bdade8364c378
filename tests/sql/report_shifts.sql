-- Adherence: shifts put on record as they pass, what was worked of them, and
-- both against a count minute by minute.
BEGIN;
\ir fixture.psql
SELECT plan(19);

INSERT INTO desk.hours (name, timezone) VALUES
    ('ngay', 'Asia/Ho_Chi_Minh'), ('dem', 'Asia/Ho_Chi_Minh'),
    ('xa', 'America/New_York'), ('luon', 'UTC');
INSERT INTO desk.hours_span (hours, dow, opens, closes)
SELECT h.id, s.dow, s.opens, s.closes
FROM desk.hours h, (VALUES ('ngay', 'mon-fri 08:00-12:00'),
    ('ngay', 'mon-fri 13:00-17:00'), ('dem', 'mon-sun 22:00-06:00'),
    ('xa', 'sun 00:00-24:00'), ('luon', 'mon-sun 00:00-24:00')) l(name, line),
    desk.hours_read(l.line) s
WHERE h.name = l.name;
INSERT INTO desk.holiday (hours, day, title)
SELECT h.id, '2026-03-04', 'Giỗ Tổ' FROM desk.hours h WHERE h.name = 'ngay';

CREATE FUNCTION pg_temp.spans(calendar text, since timestamptz,
    until timestamptz) RETURNS text
LANGUAGE sql AS $$
	SELECT string_agg(to_char(o.began AT TIME ZONE 'UTC', 'DD HH24:MI-')
	    || to_char(o.ended AT TIME ZONE 'UTC', 'HH24:MI'), ' '
	    ORDER BY o.began)
	FROM desk.hours h, desk.calendar_open(h.id, since, until) o
	WHERE h.name = calendar
$$;
SELECT is(pg_temp.spans('ngay', '2026-03-02 02:00Z', '2026-03-03 01:30Z'),
    '02 02:00-05:00 02 06:00-10:00 03 01:00-01:30', 'cut at both ends');
SELECT is(pg_temp.spans('ngay', '2026-03-04 00:00Z', '2026-03-04 23:00Z'),
    NULL, 'a holiday');
SELECT is(pg_temp.spans('dem', '2026-03-02 20:00Z', '2026-03-02 23:30Z'),
    '02 20:00-23:00', 'what goes on since the day before');
SELECT is(pg_temp.spans('xa', '2026-03-08 05:00Z', '2026-03-09 12:00Z'),
    '08 05:00-04:00', 'a day of 23 hours');

-- Nine days at random, told in every order: a shift is noted before and after
-- what was worked of it, and what was worked is set right afterwards.
SELECT setseed(0.44);
UPDATE desk.agent a SET schedule = h.id, shift_at = '2026-03-01 00:00Z'
FROM desk.hours h
WHERE (a.name, h.name) IN (('an', 'ngay'), ('binh', 'dem'), ('chi', 'luon'));
DO $$
DECLARE
	states	text[] := '{ready,away,break,training,offline}';
	upto	timestamptz;
	t	record;
BEGIN
	FOR t IN SELECT a.id, x.at, lead(x.at) OVER w AS next
	    FROM desk.agent a,
		LATERAL (SELECT DISTINCT timestamptz '2026-02-28 00:00Z'
		    + floor(random() * 14000 + 0 * a.id) * interval '1 minute'
		    AS at FROM generate_series(1, 60)) x
	    WHERE a.name IN ('an', 'binh', 'chi')
	    WINDOW w AS (PARTITION BY a.id ORDER BY x.at)
	    ORDER BY random() LOOP
		CONTINUE WHEN t.next IS NULL;
		INSERT INTO desk.agent_time (agent, state, began, ended)
		VALUES (t.id, states[1 + floor(random() * 5)], t.at, t.next);
		IF random() < 0.2 THEN
			SELECT min(a.shift_at) + floor(random() * 900)
			    * interval '1 minute' INTO upto FROM desk.agent a;
			PERFORM desk.shifts_note(least(upto,
			    '2026-03-10 00:00Z'), 1 + (random() * 3)::int);
		END IF;
		IF random() < 0.2 THEN
			UPDATE desk.agent_time SET state =
			    states[1 + floor(random() * 5)]
			WHERE (agent, began) = (SELECT o.agent, o.began
			    FROM desk.agent_time o ORDER BY random() LIMIT 1);
		END IF;
	END LOOP;
	PERFORM desk.shifts_note('2026-03-10 00:00Z', 10);
END;
$$;
SELECT is(desk.shifts_note('2026-03-10 00:00Z', 10), 0, 'noted once');
CREATE TEMP TABLE counted AS
SELECT desk.hour_of(m.at) AS hour, a.id AS agent,
    60000 * count(*) AS scheduled, 60000 * count(*) FILTER (WHERE EXISTS (
	SELECT FROM desk.agent_time t WHERE t.agent = a.id AND t.began <= m.at
	    AND t.ended > m.at AND t.state IN ('ready', 'training'))) AS kept
FROM desk.agent a, generate_series(timestamptz '2026-03-01 00:00Z',
    timestamptz '2026-03-09 23:59Z', interval '1 minute') m(at),
    LATERAL (SELECT m.at AT TIME ZONE 'Asia/Ho_Chi_Minh' AS here) l
WHERE a.name = 'an' AND extract(isodow FROM here) <= 5
	AND extract(hour FROM here) IN (8, 9, 10, 11, 13, 14, 15, 16)
	AND here::date <> '2026-03-04'
    OR a.name = 'binh' AND (extract(hour FROM here) >= 22
	OR extract(hour FROM here) < 6)
    OR a.name = 'chi'
GROUP BY 1, 2;
SELECT desk.report_fold(100000);
SELECT cmp_ok((SELECT count(*) FROM counted WHERE kept > 0), '>', 100::bigint,
    'there is something to count');
SELECT is_empty($$ SELECT * FROM (SELECT r.hour, r.agent,
	coalesce(sum(r.ms) FILTER (WHERE r.state = 'scheduled'), 0) AS scheduled,
	coalesce(sum(r.ms) FILTER (WHERE r.state = 'kept'), 0) AS kept
    FROM desk.report_time r WHERE r.state IN ('scheduled', 'kept')
    GROUP BY 1, 2) r
    FULL JOIN counted c USING (hour, agent)
    WHERE (r.scheduled, r.kept) IS DISTINCT FROM (c.scheduled, c.kept) $$,
    'as it is minute by minute');

-- What is not over yet.
CREATE FUNCTION pg_temp.live(login text) RETURNS text
LANGUAGE sql AS $$
	SELECT string_agg(x.state || ' ' || round(x.ms / 1000.0), ' '
	    ORDER BY x.state DESC)
	FROM (SELECT t.state, sum(t.ms) AS ms
	    FROM desk.report_times(desk.hour_of(now() - interval '9 hours'),
		now() + interval '1 hour', 'hour', 'UTC',
		(SELECT a.id FROM desk.agent a WHERE a.name = login)) t
	    GROUP BY 1) x
$$;
-- (Whose calendar may be open just now; what that leaves goes with the rest.)
UPDATE desk.agent SET schedule = NULL WHERE name = 'an';
DELETE FROM desk.agent_time;
DELETE FROM desk.shift;
DELETE FROM desk.report_time;
DELETE FROM desk.report_part;
UPDATE desk.agent SET shift_at = now() - interval '4 hours'
WHERE name = 'chi';
INSERT INTO desk.agent_time (agent, state, began)
SELECT a.id, 'ready', now() - interval '3 hours' FROM desk.agent a
WHERE a.name = 'chi';
SELECT is(pg_temp.live('chi'), 'scheduled 14400 ready 10800 kept 10800',
    'nothing of it is on record');
SELECT desk.shifts_note(now() - interval '1 hour', 10);
SELECT is(pg_temp.live('chi'), 'scheduled 14400 ready 10800 kept 10800',
    'his shift is, as far as it is over');
UPDATE desk.agent_time SET ended = now() - interval '2 hours';
INSERT INTO desk.agent_time (agent, state, began)
SELECT a.id, 'break', now() - interval '2 hours' FROM desk.agent a
WHERE a.name = 'chi';
SELECT is(pg_temp.live('chi'), 'scheduled 14400 ready 3600 kept 3600 break 7200',
    'his state changed');
SELECT is(pg_temp.live('an'), NULL, 'nobody else');

-- The report.
CREATE FUNCTION pg_temp.cells(login text, more jsonb) RETURNS jsonb
LANGUAGE sql AS $$
	SELECT jsonb_path_query_array(r->'total', '$[last - 1 to last]')
	FROM desk.report(pg_temp.who(login), '{"name":"work","timezone":"UTC"}'
	    || jsonb_build_object('from', desk.rfc3339(now()
		- interval '9 hours')) || more) r
$$;
SELECT is(pg_temp.cells('sup', '{"agent":"chi"}'), '[14400.0, 25.0]',
    'an hour of four');
SELECT is(pg_temp.cells('sup', '{"agent":"sup"}'), '[null, null]',
    'without a schedule');
SELECT is(pg_temp.cells('sup', '{"queue":"sales"}'), '[null, null]',
    'of a queue');

-- A schedule as desk.conf says it.
CREATE FUNCTION pg_temp.apply(schedule text, week text) RETURNS jsonb
LANGUAGE sql AS $$
	SELECT desk.config_apply('{"who":"admin","role":"admin"}', jsonb_build_object(
	    'config', (SELECT jsonb_set(jsonb_set(jsonb_set(c.body, '{agents}',
		jsonb_build_array(jsonb_strip_nulls(jsonb_build_object('name',
		    'chi', 'display', 'Chi', 'role', 'admin', 'schedule',
		    schedule)))), '{hours}', jsonb_build_array(
		jsonb_build_object('name', 'ca', 'timezone', 'UTC', 'week',
		    jsonb_build_array(week)))), '{queues}',
		'[{"name":"sales","title":"x","first":60,"next":60}]')
	    FROM (SELECT '{"company":{"name":"Shop","lang":"vi","country":"84",
		"timezone":"UTC"},"default_queue":"sales"}'::jsonb) c(body))))
$$;
SELECT throws_ok($$ SELECT pg_temp.apply('none', 'mon-sun 00:00-24:00') $$,
    'DK001', NULL, 'no such hours');
SELECT pg_temp.apply('ca', 'mon-sun 00:00-24:00');
SELECT is((SELECT a.shift_at FROM desk.agent a WHERE a.name = 'chi'), now(),
    'from now on');
SELECT is(desk.config_present()->'agents'->0->>'schedule', 'ca', 'told again');
SELECT desk.report_fold(100000);
SELECT is((SELECT round(sum(r.ms) / 1000) FROM desk.report_time r JOIN desk.agent a
	ON a.id = r.agent
    WHERE r.state = 'scheduled' AND a.name = 'chi'), 14400::numeric,
    'what passed is on record by the schedule that was');
SELECT pg_temp.apply(NULL, 'mon-sun 00:00-24:00');
SELECT is((SELECT count(*) FROM desk.agent a WHERE a.shift_at IS NOT NULL
    OR a.schedule IS NOT NULL), 0::bigint, 'no schedule, no shifts');

SELECT * FROM finish();
ROLLBACK;
