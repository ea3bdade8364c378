-- What targets cost: the processor time that PostgreSQL takes for a plain event
-- without any and with five, by turns in one run, by batches of 1, 16 and 64,
-- in queues that are always open and in such that have hours.
--
--   scripts/with-servers --schema \
--       bash -c 'psql -X -q -d "$DESKD_PG" -f tests/bench/targets.sql'
BEGIN;
\ir ../sql/intake.psql
\ir cost.psql
SET jit = off;
INSERT INTO desk.hours (name, timezone) VALUES ('day', 'Asia/Ho_Chi_Minh');
INSERT INTO desk.hours_span (hours, dow, opens, closes)
SELECT h.id, d, o, o + 240
FROM desk.hours h, generate_series(1, 6) d, unnest('{480,780}'::int[]) o;

-- The last is the one that fits.
CREATE TEMP TABLE promised AS
SELECT n AS place, 't' || n AS name, CASE n WHEN 1 THEN (SELECT q.id
	FROM desk.queue q WHERE q.name = 'technical') END AS queue,
    CASE n WHEN 2 THEN '{chat}'::text[] ELSE '{}' END AS channels,
    CASE n WHEN 3 THEN '{vip}'::text[] ELSE '{}' END AS segments,
    CASE n WHEN 4 THEN 60 ELSE 1 END AS lowest
FROM generate_series(1, 5) n;
CREATE TEMP TABLE took (n int, open text, targets boolean, us float8);
CREATE FUNCTION pg_temp.turns(n int, open text) RETURNS void
LANGUAGE plpgsql AS $$
DECLARE
	batches	int := least(60, 512 / n);
BEGIN
	-- The first turn is for the caches.
	FOR turn IN 0 .. 12 LOOP
		FOR with_them IN 0 .. 1 LOOP
			TRUNCATE desk.target;
			INSERT INTO desk.target
			SELECT p.place, p.name, p.queue, p.channels,
			    p.segments, p.lowest, 99, NULL, 900, 1800, 86400,
			    14400, 80, true, '{}', '{}'
			FROM promised p WHERE with_them = 1;
			PERFORM pg_temp.cost(n, 3);
			INSERT INTO took
			SELECT n, open, with_them = 1, pg_temp.cost(n, batches)
			WHERE turn > 0;
		END LOOP;
	END LOOP;
END;
$$;
\o /dev/null
SELECT pg_temp.turns(n, 'always') FROM unnest('{1,16,64}'::int[]) n;
UPDATE desk.queue SET hours = (SELECT h.id FROM desk.hours h);
SELECT pg_temp.turns(n, 'mon-sat') FROM unnest('{1,16,64}'::int[]) n;
\o
SELECT x.open, x.n AS batch, round(x.off) AS "µs without",
    round(x.on) AS "with five", round(x.on / x.off, 2) AS "÷"
FROM (SELECT k.open, k.n,
	percentile_cont(0.5) WITHIN GROUP (ORDER BY k.us)
	    FILTER (WHERE NOT k.targets)::numeric AS off,
	percentile_cont(0.5) WITHIN GROUP (ORDER BY k.us)
	    FILTER (WHERE k.targets)::numeric AS on
    FROM took k GROUP BY k.open, k.n) x
ORDER BY x.open, x.n;
ROLLBACK;
