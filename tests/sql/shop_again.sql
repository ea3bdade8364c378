-- A synthetic shop counted a second time: steps, scores and reports are what the
-- records give, to the last digit, also once some of it was corrected, people
-- were merged and erased, and the company moved to another time zone.
BEGIN;
SET client_min_messages = warning;
\ir ../shop/make.psql
\ir ../shop/find.psql
SELECT plan(21);
SELECT shop.make(2, 120, true) AS events \gset
SELECT shop.settle(true);

-- Passes when everything is what the records give.
CREATE FUNCTION pg_temp.same(label text) RETURNS SETOF text
LANGUAGE plpgsql AS $$
BEGIN
	RETURN NEXT is_empty('SELECT * FROM desk.measure_differs(now()
	    - interval ''370 days'', now() + interval ''1 day'')',
	    label || ': measures');
	RETURN NEXT ok(NOT desk.measure_sums_differ(
	    (now() - interval '370 days')::date, now()::date + 2),
	    label || ': their days, months and years');
	RETURN NEXT is_empty('SELECT * FROM desk.journey_differs()',
	    label || ': steps');
	RETURN NEXT is_empty('SELECT * FROM desk.report_differs(now()
	    - interval ''370 days'', now() + interval ''1 day'')',
	    label || ': reports');
	RETURN NEXT bag_eq('SELECT * FROM desk.feedback_waits(now()
	    - interval ''2 days'')', 'SELECT f.queue, count(*)
	    FROM desk.feedback f WHERE f.answered_at IS NULL
		AND f.at < now() - interval ''2 days'' GROUP BY 1',
	    label || ': what waits for an answer');
END;
$$;
CREATE FUNCTION pg_temp.total(measure text) RETURNS jsonb
LANGUAGE sql AS $$
	SELECT (desk.cx_scores(shop.caller(), shop.days(368, -2)
	    || jsonb_build_object('measure', measure))->'total')
	    - '{rate}'::text[]
$$;
SELECT pg_temp.same('as it was made');

-- Recounted from nothing
SELECT jsonb_object_agg(m, pg_temp.total(m)) AS scores
FROM unnest('{nps,csat,mood,promise,gap,closed}'::text[]) m \gset
SELECT md5(string_agg(d::text, ' ' ORDER BY d)) AS days
FROM desk.journey_day d WHERE d.n <> 0 \gset
DELETE FROM desk.measure_count;
DELETE FROM desk.measure_sum;
DELETE FROM desk.step;
DELETE FROM desk.journey_day;
DELETE FROM desk.customer_stage;
SELECT desk.journey_anew();
SELECT shop.settle();
SELECT is((SELECT jsonb_object_agg(m, pg_temp.total(m))
    FROM unnest('{nps,csat,mood,promise,gap,closed}'::text[]) m),
    :'scores'::jsonb, 'all scores lost are counted again');
SELECT is((SELECT md5(string_agg(d::text, ' ' ORDER BY d))
    FROM desk.journey_day d WHERE d.n <> 0), :'days'::text, 'and all days of journeys');

-- Corrected: feelings, themes, touchpoints
SELECT count(desk.mood_set(shop.caller(), jsonb_build_object('event', m.event,
    'mood', CASE m.value WHEN 1 THEN 'bad' WHEN 0 THEN 'good' ELSE 'plain' END)))
FROM (SELECT * FROM desk.mood ORDER BY event LIMIT 40) m;
SELECT count(desk.theme_set(shop.caller(), jsonb_build_object('event', n.event,
    'theme', n.theme, 'off', true)))
FROM (SELECT * FROM desk.theme_event ORDER BY event LIMIT 3) n;
SELECT count(desk.step_set(shop.caller(), jsonb_build_object('event', s.event,
    'touchpoint', 'tu-van')))
FROM (SELECT * FROM desk.step WHERE touchpoint = 'bao-hanh'
    ORDER BY event LIMIT 20) s;
-- Two become one; somebody wants to be forgotten, and a case goes on
SELECT min(p.id) AS a, min(p.id) + 1 AS b
FROM shop.person p \gset
SELECT desk.customer_merge(shop.caller(), jsonb_build_object('customer', :a,
    'other', :b, 'sure', :b));
SELECT count(desk.customer_erase(shop.caller(), jsonb_build_object('customer',
    p.id, 'sure', p.id, 'reason', 'Khách yêu cầu'))) FROM shop.person p WHERE p.n BETWEEN 10 AND 19;
SELECT count(desk.erase_run(100)) FROM generate_series(1, 40);
SELECT shop.chores();
SELECT cmp_ok((SELECT count(*) FROM desk.customer c
    WHERE c.erased_at IS NOT NULL), '=', 10::bigint, 'some are forgotten');
SELECT isnt(pg_temp.total('mood'), :'scores'::jsonb->'mood',
    'feelings are other ones now');
SELECT pg_temp.same('corrected, merged, erased');

-- The company has moved
SELECT jsonb_object_agg(m, pg_temp.total(m)) AS scores
FROM unnest('{nps,csat,promise}'::text[]) m \gset
INSERT INTO desk.config (who, body)
SELECT 'shop', jsonb_set(desk.config_get()->'config', '{company,timezone}',
    '"America/Lima"');
SELECT desk.journey_anew();
SELECT shop.chores();
SELECT is((SELECT k.zone FROM desk.measure_rolled k), 'America/Lima',
    'days are those of another zone');
SELECT is((SELECT jsonb_object_agg(m, pg_temp.total(m))
    FROM unnest('{nps,csat,promise}'::text[]) m), :'scores'::jsonb,
    'and come to the same');
SELECT pg_temp.same('in another zone');
SELECT * FROM finish();
ROLLBACK;
