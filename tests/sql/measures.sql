-- Measures folded and counted again: the same to the last digit, whatever is
-- folded when, also in another time zone.
BEGIN;
\ir fixture.psql
SELECT plan(41);

INSERT INTO desk.survey (name, body) VALUES
    ('sau-giao', '{"questions":[{"name":"score","kind":"nps"},
	{"name":"met","kind":"csat","about":"experience","pair":"hoped"},
	{"name":"hoped","kind":"csat","about":"expectation"},
	{"name":"days","kind":"number"},
	{"name":"why","kind":"choice","choices":[{"name":"late"},
	    {"name":"price"}]},{"name":"words","kind":"text"}]}'),
    ('sau-goi', '{"questions":[{"name":"score","kind":"csat"},
	{"name":"easy","kind":"ces"}]}');
SELECT id AS sales FROM desk.queue WHERE name = 'sales' \gset
SELECT id AS shipping FROM desk.queue WHERE name = 'shipping' \gset
SELECT id AS an FROM desk.agent WHERE name = 'an' \gset
SELECT id AS binh FROM desk.agent WHERE name = 'binh' \gset
SELECT desk.config_apply('{"who":"admin","role":"admin"}', '{"config":{
    "company":{"name":"Shop","timezone":"Asia/Kathmandu"},
    "default_queue":"sales","queues":[
	{"name":"sales","title":"Bán hàng","first":60,"next":60},
	{"name":"shipping","title":"Giao hàng","first":60,"next":60}],
    "agents":[{"name":"admin","display":"A","role":"admin"},
	{"name":"an","display":"An"},{"name":"binh","display":"Bình"},
	{"name":"sup","display":"S","role":"supervisor"}]}}') ? 'version' AS ok
\gset
UPDATE desk.survey SET active = true;
DELETE FROM desk.measure_part;

SELECT setseed(0.6180339);
-- So many invitations of two years and more, some of them answered, some asked
-- of nobody before; what was counted is folded now and then.
CREATE FUNCTION pg_temp.lives(n int, tag text) RETURNS void
LANGUAGE plpgsql AS $$
DECLARE
	i	bigint;
	s	desk.survey;
	moment	timestamptz;
	put	jsonb;
	queues	int[] := ARRAY(SELECT q.id FROM desk.queue q
		    WHERE q.name IN ('sales', 'shipping'));
	agents	int[] := ARRAY(SELECT a.id FROM desk.agent a
		    WHERE a.name IN ('an', 'binh'));
	which	text;
BEGIN
	FOR k IN 1 .. n LOOP
		which := CASE WHEN random() < 0.6 THEN 'sau-giao'
		    ELSE 'sau-goi' END;
		SELECT * INTO s FROM desk.survey v WHERE v.name = which;
		moment := '2024-11-03Z'::timestamptz
		    + random() * interval '800 days';
		INSERT INTO desk.invitation (survey, occasion, queue, agent,
		    channel, segment, touchpoint, via, sent_at)
		VALUES (s.id, tag || ':' || k,
		    queues[1 + floor(random() * 2)],
		    agents[1 + floor(random() * 2)],
		    (ARRAY['mail', 'chat', 'call'])[1 + floor(random() * 3)],
		    (ARRAY['', 'vip'])[1 + floor(random() * 2)],
		    (ARRAY['', 'giao-hang'])[1 + floor(random() * 2)], 'mail',
		    CASE WHEN random() < 0.8 THEN moment END)
		RETURNING id INTO i;
		PERFORM desk.measure('invited', s.name, v.sent_at, v.queue,
		    v.agent, v.channel, v.segment, v.touchpoint, 1)
		FROM desk.invitation v
		WHERE v.id = i AND v.sent_at IS NOT NULL;
		IF random() < 0.7 THEN
			put := CASE s.name WHEN 'sau-giao' THEN
			    jsonb_build_object('score', floor(random() * 11),
				'met', 1 + floor(random() * 5),
				'why', '["late","price"]'::jsonb,
				'days', floor(random() * 40) - 3)
			    ELSE jsonb_build_object('score',
				1 + floor(random() * 5), 'easy',
				1 + floor(random() * 7)) END;
			PERFORM desk.response_more('{"who":"x"}',
			    desk.response_put('{"who":"x"}', i, put,
				moment + random() * interval '9 days'),
			    CASE s.name WHEN 'sau-giao' THEN
				'{"hoped":4,"words":"Giao chậm"}'
				ELSE '{}' END::jsonb);
		END IF;
		IF random() < 0.1 THEN
			PERFORM desk.measure_fold(
			    (1 + random() * 100)::int);
		END IF;
	END LOOP;
END;
$$;
-- Everything asked from roll-ups, and from the records alone.
CREATE FUNCTION pg_temp.same(since date, until date) RETURNS boolean
LANGUAGE sql AS $$
	SELECT bool_and(NOT EXISTS (
	    SELECT FROM (SELECT r.key, v.key AS value, v.value::int AS n
		FROM desk.cx_lines(m, NULL, since, until, b, '{}') r,
		    jsonb_each_text(r.counts) v
		UNION ALL
		SELECT CASE b WHEN 'agent' THEN x.agent::text
		    WHEN 'survey' THEN x.name
		    WHEN 'queue' THEN x.queue::text
		    ELSE date_trunc(b, x.at AT TIME ZONE k.zone)::date::text
		    END, x.value::text, -x.n
		FROM desk.measure_again('-infinity', 'infinity') x
		WHERE x.measure = m
		    AND (x.at AT TIME ZONE k.zone)::date >= since
		    AND (x.at AT TIME ZONE k.zone)::date < until) d
	    GROUP BY d.key, d.value HAVING sum(d.n) <> 0))
	FROM desk.measure_rolled k,
	    unnest('{nps,csat,ces,number,choice,pair,invited,replied}'::text[])
		m,
	    unnest('{day,week,month,queue,agent,survey}'::text[]) b
$$;

SELECT pg_temp.lives(250, 'a');
SELECT cmp_ok((SELECT count(*) FROM desk.response), '>', 100::bigint,
    'a history');
SELECT cmp_ok((SELECT count(*) FROM desk.measure_part), '>', 0::bigint,
    'some of it is not folded');
SELECT is_empty($$ SELECT * FROM desk.measure_differs('-infinity',
    'infinity') $$, 'counted as the records say');
SELECT ok(totals, 'what folds makes totals') FROM desk.measure_rolled;
SELECT ok(pg_temp.same('2024-01-01', '2028-01-01'), 'so are all the sums');
SELECT ok(pg_temp.same('2025-01-17', '2026-03-05'), 'of a stretch, too');

-- Another zone, in steps
SELECT count(desk.measure_keep(40)) FROM generate_series(1, 5);
SELECT is(zone, 'Asia/Kathmandu', 'days are the company''s now')
FROM desk.measure_rolled;
SELECT ok(isfinite(since), 'not all of them are made yet')
FROM desk.measure_rolled;
SELECT ok(pg_temp.same('2025-01-17', '2026-03-05'), 'it shows in nothing');
SELECT pg_temp.lives(60, 'b');
SELECT ok(pg_temp.same('2024-01-01', '2028-01-01'),
    'nor when the past is counted meanwhile');
SELECT count(desk.measure_keep(40)) FROM generate_series(1, 400);
SELECT is(since, '-infinity', 'all of them are made')
FROM desk.measure_rolled;
SELECT is((SELECT count(*) FROM desk.measure_part), 0::bigint,
    'all is folded');
SELECT is((SELECT count(DISTINCT gen) FROM desk.measure_sum), 1::bigint,
    'nothing is left of the old zone');
SELECT is((SELECT count(DISTINCT gen) FROM desk.measure_total), 1::bigint,
    'nor of its totals');
SELECT ok(pg_temp.same('2024-01-01', '2028-01-01'), 'all the same');
SELECT ok(pg_temp.same('2025-02-03', '2025-02-04'), 'of a day');
SELECT is(desk.measure_sums_differ('2024-01-01', '2028-01-01'), false,
    'days, months and years add up');
SELECT is(desk.measure_keep(40), false, 'and nothing is left to do');

-- What is taken back
SELECT desk.measure('nps', 'sau-giao', '2025-03-01T08:00Z', :sales, :an, 'mail',
    '', '', 9);
SELECT isnt_empty($$ SELECT * FROM desk.measure_differs('-infinity',
    'infinity') $$, 'what has no record differs');
SELECT desk.measure('nps', 'sau-giao', '2025-03-01T08:10Z', :sales, :an, 'mail',
    '', '', 9, -1);
SELECT desk.measure_keep(1000);
SELECT is_empty($$ SELECT * FROM desk.measure_differs('-infinity',
    'infinity') $$, 'taken back, it does not');

-- Recounted
SELECT pg_temp.who('admin') AS admin \gset
SELECT desk.measure('nps', 'sau-giao', '2025-03-01T08:00Z', :sales, :an, 'mail',
    '', '', 9, 3);
SELECT desk.measure_keep(1000);
SELECT is(desk.cx_recount(:'admin', '{"from":"2025-02-20",
    "to":"2025-04-30"}') - 'sums', '{"from":"2025-02-20","to":"2025-03-22",
    "differed":1,"next":"2025-03-23"}', 'a step finds what differs');
SELECT desk.measure_keep(1000);
SELECT is_empty($$ SELECT * FROM desk.measure_differs('-infinity',
    'infinity') $$, 'and makes it good');
SELECT ok(pg_temp.same('2024-01-01', '2028-01-01'), 'in the sums as well');
SELECT is(desk.cx_recount(:'admin', '{"from":"2025-03-23",
    "to":"2025-04-10"}'), '{"from":"2025-03-23","to":"2025-04-10",
    "differed":0,"sums":false}', 'what is right stays');
UPDATE desk.measure_sum SET n = n + 1 WHERE unit = 'month'
    AND began = '2025-04-01' AND measure = 'csat';
SELECT is(desk.cx_recount(:'admin', '{"from":"2025-04-01",
    "to":"2025-04-10"}')->'sums', 'true', 'sums that are wrong are seen');
SELECT count(desk.measure_keep(1000)) FROM generate_series(1, 5);
SELECT is(desk.measure_sums_differ('2024-01-01', '2028-01-01'), false,
    'and made anew');
SELECT ok(pg_temp.same('2024-01-01', '2028-01-01'), 'to the last digit');
UPDATE desk.measure_total SET n = n - 1 WHERE unit = 'day'
    AND measure = 'nps' AND began = (SELECT max(t.began)
	FROM desk.measure_total t WHERE t.measure = 'nps' AND t.unit = 'day');
SELECT ok(desk.measure_sums_differ('2024-01-01', '2028-01-01'),
    'a total that is wrong is seen, too');
-- Sums of a version that knew no totals, and what its daemons add to them.
UPDATE desk.measure_rolled SET totals = false;
DELETE FROM desk.measure_total WHERE measure <> 'csat';
SELECT ok(pg_temp.same('2024-01-01', '2028-01-01'),
    'nobody reads totals that are not whole');
SELECT desk.measure_keep(1);
SELECT ok(totals AND NOT desk.measure_sums_differ('2024-01-01', '2028-01-01'),
    'who folds next makes them of the sums') FROM desk.measure_rolled;
SELECT ok(pg_temp.same('2024-01-01', '2028-01-01'), 'and they are right');

-- Whoever counts something has it counted a second time: the measures by name,
-- and in the functions that count.
CREATE TEMP TABLE counts AS
SELECT DISTINCT p.proname::text AS fn, m[1] AS measure
FROM pg_proc p
CROSS JOIN LATERAL regexp_matches(p.prosrc,
    '(?:desk\.measure\(|INTO desk\.measure_part[^;]*?SELECT)\s*'
    '(''[a-z_]+''|[a-z_.]+)', 'g') m
WHERE p.pronamespace = 'desk'::regnamespace;
SELECT bag_eq($$ SELECT DISTINCT trim(c.measure, '''') FROM counts c
    WHERE c.measure LIKE '''%' $$, $$ SELECT unnest('{cause,choice,handoff,
    invited,mood,pair,replied,theme,unreached}'::text[]) $$,
    'what is counted under a name of its own');
SELECT bag_eq($$ SELECT c.fn, c.measure FROM counts c
    WHERE c.measure NOT LIKE '''%' $$, $$ VALUES
    -- closed, closing; promise, gap, reason; nps, csat, ces, number
    ('feedback_count', 'm.measure'), ('promise_count', 'm.measure'),
    ('answers_put', 'a.kind'),
    -- Moods, after the batch's events.
    ('plain_file', 'array_agg'),
    -- What was counted already, and what differed.
    ('measure', 'measure'), ('cx_recount', 'w.measure') $$,
    'and under what its records say');
SELECT is((SELECT string_agg(m, ' ') FROM unnest('{cause,ces,choice,closed,
    closing,csat,gap,handoff,invited,mood,nps,number,pair,promise,reason,
    replied,theme}'::text[]) m
    WHERE m NOT IN (SELECT desk.measures_recorded())), NULL,
    'all of it can be counted a second time');

-- Days in few pieces
SELECT is((SELECT string_agg(concat_ws(' ', unit, began, ended), ', '
    ORDER BY began) FROM desk.days_cover('2024-11-29', '2027-02-03',
	'{month,year}')), 'day 2024-11-29 2024-12-01, '
    'month 2024-12-01 2025-01-01, year 2025-01-01 2027-01-01, '
    'month 2027-01-01 2027-02-01, day 2027-02-01 2027-02-03', 'years inside');
SELECT is((SELECT string_agg(concat_ws(' ', unit, began, ended), ', ')
    FROM desk.days_cover('2025-01-02', '2025-01-31', '{month,year}')),
    'day 2025-01-02 2025-01-31', 'or days alone');


-- A survey that asks otherwise from now on: what was answered stays counted as
-- it was asked, what is answered late is counted as it was asked, too.
INSERT INTO desk.invitation (survey, occasion, via)
SELECT s.id, 'late', 'form' FROM desk.survey s WHERE s.name = 'sau-giao'
RETURNING id AS late \gset
SELECT desk.response_put('{"who":"x"}', :late,
    '{"score":3,"hoped":5,"words":"Chờ lâu"}') AS late \gset
UPDATE desk.survey s SET body = '{"questions":[
    {"name":"easy","kind":"ces"},{"name":"score","kind":"csat"}]}'
WHERE s.name = 'sau-goi';
UPDATE desk.survey s SET body = '{"questions":[
    {"name":"met","kind":"csat"},{"name":"score","kind":"nps"},
    {"name":"more","kind":"text"}]}'
WHERE s.name = 'sau-giao';
SELECT is_empty($$ SELECT * FROM desk.measure_differs('-infinity',
    'infinity') $$, 'a survey that changes changes no figure');
SELECT ok(desk.cx_names('nps', NULL) @> '{sau-giao}'
    AND desk.cx_names('csat', NULL) @> '{sau-goi,sau-giao}',
    'and what was asked first is read on');
SELECT desk.response_more('{"who":"x"}', :late, '{"met":2,"more":"Nữa"}');
SELECT is((SELECT r.words FROM desk.response r WHERE r.id = :late),
    E'Nữa\nChờ lâu', 'nor are words lost that are asked for no more');
SELECT is((SELECT jsonb_agg(a->'question') FROM desk.response r,
    jsonb_array_elements(desk.response_json(r)->'answers') a
    WHERE r.id = :late), '["met", "score", "more", "hoped", "words"]',
    'or answers');
SELECT is_empty($$ SELECT * FROM desk.measure_differs('-infinity',
    'infinity') $$, 'and what is added counts as it is asked');

SELECT * FROM finish();
ROLLBACK;
