-- What rules cost that have nothing to do: the processor time that PostgreSQL
-- takes for a plain event without any and with fifty, by turns in one run, by
-- batches of 1, 16 and 64.
--
--   scripts/with-servers --schema \
--       bash -c 'psql -X -q -d "$DESKD_PG" -f tests/bench/rules.sql'
BEGIN;
\ir ../sql/intake.psql
\ir ../sql/automation.psql
\ir cost.psql
SET jit = off;

-- Of each event ten, kept from a mail by each of their conditions.
SELECT pg_temp.rules(VARIADIC (SELECT array_agg(jsonb_build_array(
    'r' || n || ' ' || (ARRAY['created', 'message', 'state', 'tagged',
	'assigned'])[1 + n % 5] || ': priority 80',
    ('[{"channel":["chat"]},{"segment":["vip"]},{"tag":["mới"]},
	{"priority":"80-99"},{"keywords":["hoàn tiền"]},{"lang":"en"},
	{"queue":["technical"]},{"state":["pending"]},{"channel":["call"]},
	{"tag":["a","b"]}]'::jsonb)->(n / 5 % 10)) ORDER BY n)
    FROM generate_series(1, 50) n));
CREATE TEMP TABLE wanted AS SELECT * FROM desk.automation;
CREATE TEMP TABLE took (n int, rules boolean, us float8);
CREATE FUNCTION pg_temp.turns(n int) RETURNS void
LANGUAGE plpgsql AS $$
BEGIN
	-- The first turn is for the caches.
	FOR turn IN 0 .. 12 LOOP
		FOR with_them IN 0 .. 1 LOOP
			TRUNCATE desk.automation;
			INSERT INTO desk.automation
			SELECT * FROM wanted WHERE with_them = 1;
			PERFORM pg_temp.cost(n, 6);
			INSERT INTO took SELECT n, with_them = 1,
			    pg_temp.cost(n, least(60, 512 / n)) WHERE turn > 0;
		END LOOP;
	END LOOP;
END;
$$;
SELECT count(pg_temp.turns(n)) FROM unnest('{1,16,64}'::int[]) n;

SELECT n AS batch, round(w.us) AS "without, µs", round(r.us) AS "with, µs",
    round((r.us / w.us)::numeric, 2) AS ratio
FROM (SELECT n, percentile_cont(0.5) WITHIN GROUP (ORDER BY us) AS us
    FROM took WHERE NOT rules GROUP BY n) w
JOIN (SELECT n, percentile_cont(0.5) WITHIN GROUP (ORDER BY us) AS us
    FROM took WHERE rules GROUP BY n) r USING (n)
ORDER BY n;
ROLLBACK;
