-- What feelings cost: the processor time that PostgreSQL takes for a plain event
-- of which none was read and of which one was, by turns in one run, by batches of
-- 1, 16 and 64; and once somebody corrected one, so that texts are looked up.
--
--   scripts/with-servers --schema \
--       bash -c 'psql -X -q -d "$DESKD_PG" -f tests/bench/moods.sql'
BEGIN;
\ir ../sql/intake.psql
\ir cost.psql
SET jit = off;

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
CREATE TEMP TABLE took (n int, known boolean, felt boolean, us float8);
CREATE FUNCTION pg_temp.turns(n int, known boolean) RETURNS void
LANGUAGE plpgsql AS $$
DECLARE
	batches	int := least(60, 512 / n);
BEGIN
	-- The first turn is for the caches.
	FOR turn IN 0 .. 12 LOOP
		FOR feels IN 0 .. 1 LOOP
			UPDATE felt SET facts = CASE feels WHEN 1 THEN
			    '{"mood":{"value":-1,"strength":2,
			    "words":["thất vọng","quá"],"at":[4,16]}}'::jsonb
			    END;
			PERFORM pg_temp.cost(n, 3);
			INSERT INTO took
			SELECT n, known, feels = 1, pg_temp.cost(n, batches)
			WHERE turn > 0;
		END LOOP;
	END LOOP;
END;
$$;
\o /dev/null
SELECT pg_temp.turns(n, false) FROM unnest('{1,16,64}'::int[]) n;
INSERT INTO desk.mood_text
SELECT sha256(g::text::bytea), 1, g FROM generate_series(1, 1000) g;
SELECT pg_temp.turns(n, true) FROM unnest('{1,16,64}'::int[]) n;
\o
SELECT CASE WHEN x.known THEN 'yes' ELSE 'no' END AS corrections,
    x.n AS batch, round(x.none) AS "µs, none", round(x.felt) AS "felt",
    round(x.felt / x.none, 3) AS "÷"
FROM (SELECT k.known, k.n,
	percentile_cont(0.5) WITHIN GROUP (ORDER BY k.us)
	    FILTER (WHERE NOT k.felt)::numeric AS none,
	percentile_cont(0.5) WITHIN GROUP (ORDER BY k.us)
	    FILTER (WHERE k.felt)::numeric AS felt
    FROM took k GROUP BY k.known, k.n) x
ORDER BY x.known, x.n;
