-- What customers' experience costs as events come in: the processor time that
-- PostgreSQL takes for a plain event of a desk without touchpoints, themes,
-- segments and surveys, and of one that has them, whose every message is read as
-- a feeling and speaks of a theme, by turns in one run, by batches of 1, 16 and
-- 64; and what each chore takes for such an event afterwards.
--
--   scripts/with-servers --schema \
--       bash -c 'psql -X -q -d "$DESKD_PG" -f tests/bench/cx.sql'
BEGIN;
\ir ../sql/intake.psql
\ir cost.psql
SET jit = off;

-- Twelve touchpoints of which the last fits, ten themes, ten segments.
CREATE FUNCTION pg_temp.with_all(yes boolean) RETURNS void
LANGUAGE plpgsql AS $$
DECLARE
	c	jsonb;
BEGIN
	SELECT jsonb_build_object('touchpoints', coalesce(jsonb_agg(
		jsonb_build_object('name', 't' || n, 'stage', 'support',
		    'vi', 't' || n, 'en', 't' || n, 'kind',
		    CASE WHEN n < 12 THEN '["order"]' ELSE '["message"]'
			END::jsonb, 'channel', '[]'::jsonb,
		    'queue', '[]'::jsonb, 'status', '[]'::jsonb,
		    'keywords', '[]'::jsonb) ORDER BY n), '[]'),
	    'themes', coalesce(jsonb_agg(jsonb_build_object('name', 'k' || n,
		'title', 'k' || n, 'keywords', jsonb_build_array('k' || n))
		ORDER BY n) FILTER (WHERE n <= 10), '[]'),
	    'segments', coalesce(jsonb_agg(jsonb_build_object('name', 's' || n,
		'title', 's' || n, 'orders', n || '-', 'idle', 86400 * n)
		ORDER BY n) FILTER (WHERE n <= 10), '[]'))
	INTO c FROM generate_series(1, 12) n WHERE yes;
	PERFORM desk.config_journey(c);
	PERFORM desk.config_themes(c);
	PERFORM desk.config_segments(c);
	DELETE FROM desk.survey;
	INSERT INTO desk.survey (name, body)
	SELECT 'v' || n, jsonb_build_object('name', 'v' || n, 'after',
	    'resolved', 'queues', '[]'::jsonb, 'channels', '[]'::jsonb,
	    'segments', '[]'::jsonb, 'via', '["mail"]'::jsonb, 'sample', 100,
	    'quiet', 86400, 'expires', 864000, 'for', 'customers',
	    'questions', '[{"name":"q","kind":"csat"}]'::jsonb)
	FROM generate_series(1, 3) n WHERE yes;
END;
$$;

CREATE TEMP TABLE felt (facts jsonb);
INSERT INTO felt VALUES (NULL);
CREATE OR REPLACE FUNCTION pg_temp.mail_from(address text,
    more jsonb DEFAULT '{}')
RETURNS jsonb
LANGUAGE sql AS $$
	SELECT pg_temp.mail(jsonb_strip_nulls(jsonb_build_object('facts',
	    f.facts, 'contacts', jsonb_build_array(pg_temp.of('email',
		address)))) || more)
	FROM felt f
$$;
CREATE TEMP TABLE took (n int, whole boolean, us float8);
CREATE FUNCTION pg_temp.turns(n int) RETURNS void
LANGUAGE plpgsql AS $$
BEGIN
	-- The first turn is for the caches.
	FOR turn IN 0 .. 12 LOOP
		FOR with_them IN 0 .. 1 LOOP
			PERFORM pg_temp.with_all(with_them = 1);
			UPDATE felt SET facts = CASE with_them WHEN 1 THEN
			    '{"themes":["k3"],"mood":{"value":-1,"strength":2,
			    "words":["thất vọng"],"at":[4,16]}}'::jsonb END;
			PERFORM pg_temp.cost(n, 3);
			INSERT INTO took SELECT n, with_them = 1,
			    pg_temp.cost(n, least(60, 512 / n)) WHERE turn > 0;
		END LOOP;
	END LOOP;
END;
$$;
-- The chores, each until it has no more to do: µs of the processor an event.
CREATE TEMP TABLE chores (place int, name text, us float8);
CREATE FUNCTION pg_temp.chores(events int) RETURNS void
LANGUAGE plpgsql AS $$
DECLARE
	began	float8;
	c	record;
	more	text;
BEGIN
	FOR c IN SELECT * FROM (VALUES
	    (1, 'measures folded', 'desk.measure_fold(5000)'),
	    (2, 'steps of journeys', 'desk.journey_run(500)'),
	    (3, 'themes', 'desk.themes_run()'),
	    (4, 'segments', 'desk.segments_run(200)'),
	    (5, 'worth', 'desk.worth_run(200)'),
	    (6, 'friction', 'desk.friction_run(200)'),
	    (7, 'coming back', 'desk.retention_run(200)')) x(place, name, call)
	    LOOP
		began := pg_temp.processor();
		FOR i IN 1 .. 1000 LOOP
			EXECUTE 'SELECT ' || c.call INTO more;
			EXIT WHEN more IN ('0', 'f', 'false');
		END LOOP;
		INSERT INTO chores VALUES (c.place, c.name,
		    (pg_temp.processor() - began) / events);
	END LOOP;
END;
$$;
\o /dev/null
SELECT pg_temp.turns(n) FROM unnest('{1,16,64}'::int[]) n;
-- What came so far is no part of it; then 2,048 events.
SELECT pg_temp.chores(1);
TRUNCATE chores;
SELECT pg_temp.cost(64, 32);
SELECT pg_temp.chores(2048);
\o
SELECT x.n AS batch, round(x.none) AS "µs, without", round(x.whole) AS "with",
    round(x.whole / x.none, 2) AS "÷"
FROM (SELECT k.n,
	percentile_cont(0.5) WITHIN GROUP (ORDER BY k.us)
	    FILTER (WHERE NOT k.whole)::numeric AS none,
	percentile_cont(0.5) WITHIN GROUP (ORDER BY k.us)
	    FILTER (WHERE k.whole)::numeric AS whole
    FROM took k GROUP BY k.n) x
ORDER BY x.n;
SELECT c.name AS "chore, of each event", round(c.us) AS "µs",
    round((c.us / (SELECT percentile_cont(0.5) WITHIN GROUP (ORDER BY k.us)
	FROM took k WHERE NOT k.whole AND k.n = 64))::numeric, 2)
	AS "÷ an event without, in batches of 64"
FROM (SELECT * FROM chores UNION ALL
    SELECT 9, 'all of them', sum(k.us) FROM chores k) c
ORDER BY c.place;
ROLLBACK;
