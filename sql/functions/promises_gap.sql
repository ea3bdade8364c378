-- PROMISE.GAP: what was promised and what came of it, from roll-ups alone.

-- How often each value of a measure came, for each line.  The names of
-- deliveries have their carrier behind the kind.
CREATE OR REPLACE FUNCTION desk.promise_lines(of_measure text, since date,
    until date, per text, only_of jsonb)
RETURNS TABLE (key text, value int, n bigint)
LANGUAGE plpgsql STABLE
AS $$
#variable_conflict use_column
DECLARE
	q	int := (only_of->>'queue')::int;
	a	int := (only_of->>'agent')::int;
	wanted	text := only_of->>'kind';
	whom	text := only_of->>'segment';
BEGIN
	RETURN QUERY
	SELECT x.key, x.value::int, sum(x.n)::bigint
	FROM (SELECT CASE per WHEN 'queue' THEN r.queue::text
		WHEN 'agent' THEN r.agent::text
		WHEN 'touchpoint' THEN r.touchpoint
		WHEN 'segment' THEN r.segment
		WHEN 'carrier' THEN split_part(r.name, '/', 2)
		ELSE split_part(r.name, '/', 1) END AS key, r.value, r.n
	    FROM desk.measure_rows(of_measure, since, until, '{month,year}',
		a IS NOT NULL OR per = 'agent') r
	    WHERE (q IS NULL OR r.queue = q) AND (a IS NULL OR r.agent = a)
		AND (whom IS NULL OR r.segment = whom)
		AND (wanted IS NULL OR split_part(r.name, '/', 1) = wanted)
		AND (per <> 'carrier' OR strpos(r.name, '/') > 0)) x
	GROUP BY 1, 2
	HAVING sum(x.n) <> 0;
END;
$$;

-- The lines, most promises first: {"key","label","n","kept","low","high","days":
-- {"-3":n, … "5":n},"early","ontime","late"}.  kept, low and high in percent;
-- days less than -3 count as -3, more than 5 as 5; early, ontime and late: of
-- what was done, by the day.
CREATE OR REPLACE FUNCTION desk.promise_gap_rows(since date, until date,
    per text, only_of jsonb)
RETURNS jsonb
LANGUAGE plpgsql STABLE
AS $$
BEGIN
	RETURN (WITH k AS MATERIALIZED (
	    SELECT l.key, sum(l.n) AS n,
		coalesce(sum(l.n) FILTER (WHERE l.value = 1), 0) AS kept
	    FROM desk.promise_lines('promise', since, until, per, only_of) l
	    GROUP BY 1
	), d AS MATERIALIZED (
	    SELECT g.key, jsonb_object_agg(g.day, g.n) AS days,
		coalesce(sum(g.n) FILTER (WHERE g.day < 0), 0) AS early,
		coalesce(sum(g.n) FILTER (WHERE g.day = 0), 0) AS ontime,
		coalesce(sum(g.n) FILTER (WHERE g.day > 0), 0) AS late
	    FROM (SELECT l.key, least(5, greatest(-3, l.value)) AS day,
		    sum(l.n) AS n
		FROM desk.promise_lines('gap', since, until, per, only_of) l
		GROUP BY 1, 2) g
	    GROUP BY 1
	)
	SELECT coalesce(jsonb_agg(jsonb_strip_nulls(jsonb_build_object(
	    'key', k.key, 'label', CASE per
		WHEN 'queue' THEN (SELECT q.name FROM desk.queue q
		    WHERE q.id = k.key::int)
		WHEN 'agent' THEN (SELECT a.name FROM desk.agent a
		    WHERE a.id = k.key::int)
		ELSE nullif(k.key, '') END,
	    'n', k.n, 'kept', round(100 * k.kept / k.n, 1),
	    'low', round(100 * w.low, 1), 'high', round(100 * w.high, 1),
	    'days', d.days, 'early', d.early, 'ontime', d.ontime,
	    'late', d.late)) ORDER BY k.n DESC, k.key), '[]')
	FROM k LEFT JOIN d USING (key)
	CROSS JOIN LATERAL desk.wilson(k.kept, k.n) w
	WHERE k.n > 0);
END;
$$;

-- PROMISE.GAP: {"from","to","by","timezone","rows":[…],"reasons":[{"reason",
-- "controllable","n"}]}; to an agent, of his own promises.
CREATE OR REPLACE FUNCTION desk.promise_gap(caller jsonb, args jsonb)
RETURNS jsonb
LANGUAGE plpgsql STABLE
SET jit = off
AS $$
DECLARE
	span	record := desk.cx_days(args);
	per	text := coalesce(args->>'by', 'kind');
	only_of	jsonb := desk.cx_only(caller, args) || jsonb_strip_nulls(
		    jsonb_build_object('kind', args->'kind'));
BEGIN
	RETURN jsonb_build_object('from', span.since, 'to', span.until - 1,
	    'by', per,
	    'timezone', span.zone,
	    'rows', desk.promise_gap_rows(span.since, span.until, per,
		only_of),
	    -- What a reason was of is not counted, but whose it was is.
	    'reasons', (SELECT coalesce(jsonb_agg(jsonb_build_object(
		    'reason', r.key, 'controllable', r.value = 1, 'n', r.n)
		    ORDER BY r.n DESC, r.key), '[]')
		FROM desk.promise_lines('reason', span.since, span.until,
		    'reason', only_of - 'kind') r));
END;
$$;
