-- Measures compared with the records that they were counted from, and made good.

-- Which measures have records.
CREATE OR REPLACE FUNCTION desk.measures_recorded()
RETURNS SETOF text
LANGUAGE sql STABLE
AS $$
	SELECT substr(p.proname::text, length('measure_records_') + 1)
	FROM pg_proc p
	WHERE p.pronamespace = 'desk'::regnamespace
	    AND p.proname LIKE 'measure\_records\_%'
	ORDER BY 1
$$;

-- All facts of these days' moments, counted a second time.
CREATE OR REPLACE FUNCTION desk.measure_again(since timestamptz,
    until timestamptz)
RETURNS SETOF desk.measure_count
LANGUAGE plpgsql STABLE
AS $$
DECLARE
	m	text;
BEGIN
	FOR m IN SELECT desk.measures_recorded() LOOP
		-- The name is that of a function of ours.
		RETURN QUERY EXECUTE format('SELECT date_bin(''15 min'', x.at,
			''2000-01-01Z''), %L::text, x.name, x.queue, x.agent,
			x.channel, x.segment, x.touchpoint, x.value::smallint,
			sum(x.n)::bigint
		    FROM desk.%I($1, $2) x
		    GROUP BY 1, 3, 4, 5, 6, 7, 8, 9', m,
		    'measure_records_' || m) USING since, until;
	END LOOP;
END;
$$;

-- Where what was counted is not what the records say; is and should: how often.
CREATE OR REPLACE FUNCTION desk.measure_differs(since timestamptz,
    until timestamptz)
RETURNS TABLE (at timestamptz, measure text, name text, queue int, agent int,
    channel text, segment text, touchpoint text, value smallint, counted bigint,
    should bigint)
LANGUAGE sql STABLE
AS $$
	SELECT x.at, x.measure, x.name, x.queue, x.agent, x.channel, x.segment,
	    x.touchpoint, x.value, sum(x.n)::bigint, sum(x.should)::bigint
	FROM (SELECT c.*, 0 AS should FROM desk.measure_count c
	    WHERE c.at >= since AND c.at < until
	    UNION ALL
	    SELECT date_bin('15 min', p.at, '2000-01-01Z'), p.measure, p.name,
		p.queue, p.agent, p.channel, p.segment, p.touchpoint, p.value,
		p.n, 0
	    FROM desk.measure_part p
	    WHERE date_bin('15 min', p.at, '2000-01-01Z') >= since
		AND date_bin('15 min', p.at, '2000-01-01Z') < until
	    UNION ALL
	    SELECT a.at, a.measure, a.name, a.queue, a.agent, a.channel,
		a.segment, a.touchpoint, a.value, 0, a.n
	    FROM desk.measure_again(since, until) a) x
	WHERE x.measure IN (SELECT desk.measures_recorded())
	GROUP BY 1, 2, 3, 4, 5, 6, 7, 8, 9
	HAVING sum(x.n) <> sum(x.should)
$$;

-- Whether days, months or years, or the totals of such, are not what the counts
-- add up to.
CREATE OR REPLACE FUNCTION desk.measure_sums_differ(since date, until date)
RETURNS boolean
LANGUAGE sql STABLE
AS $$
	SELECT EXISTS (
	    SELECT FROM (SELECT s.unit, s.began, s.measure, s.name, s.queue,
		    s.agent, s.channel, s.segment, s.touchpoint, s.value, s.n
		FROM desk.measure_sum s JOIN desk.measure_rolled k
		    ON k.gen = s.gen
		WHERE s.began >= date_trunc(s.unit, since::timestamp)
		    AND s.began < until
		UNION ALL
		SELECT t.unit || 's', t.began, t.measure, t.name, 0, -1, '',
		    '', '', t.value, t.n
		FROM desk.measure_total t JOIN desk.measure_rolled k
		    ON k.gen = t.gen AND k.totals
		WHERE t.began >= date_trunc(t.unit, since::timestamp)
		    AND t.began < until
		UNION ALL
		SELECT w.unit, b.began, c.measure, c.name, w.queue, w.agent,
		    w.channel, w.segment, w.touchpoint, c.value, -c.n
		FROM desk.measure_rolled k
		JOIN desk.measure_count c
		    ON c.at >= date_trunc('year', since::timestamp)
			AT TIME ZONE k.zone
		    AND c.at < (date_trunc('year', until::timestamp)
			+ interval '1 year') AT TIME ZONE k.zone
		CROSS JOIN unnest('{day,month,year}'::text[]) u(unit)
		CROSS JOIN LATERAL (VALUES
		    (u.unit, c.queue, c.agent, c.channel, c.segment,
			c.touchpoint),
		    (u.unit, c.queue, -1, c.channel, c.segment, c.touchpoint),
		    (u.unit || 's', 0, -1, '', '', '')) w(unit, queue, agent,
			channel, segment, touchpoint)
		CROSS JOIN LATERAL (SELECT date_trunc(u.unit,
		    c.at AT TIME ZONE k.zone)::date) b(began)
		WHERE (c.at AT TIME ZONE k.zone)::date >= k.since
		    AND (k.totals OR w.unit = u.unit)
		    AND b.began >= date_trunc(u.unit, since::timestamp)
		    AND b.began < until) x
	    GROUP BY x.unit, x.began, x.measure, x.name, x.queue, x.agent,
		x.channel, x.segment, x.touchpoint, x.value
	    HAVING sum(x.n) <> 0)
$$;

-- CX.RECOUNT: {"from","to","next","differed","sums"}: up to 31 days are compared
-- with the records, and what differs is counted in addition; sums: these were
-- wrong, and are made anew.  next: the day to go on from; absent at the end.
CREATE OR REPLACE FUNCTION desk.cx_recount(caller jsonb, args jsonb)
RETURNS jsonb
LANGUAGE plpgsql
SET jit = off
AS $$
DECLARE
	zone	text;
	since	date;
	until	date;	-- the day after the last
	upto	date;	-- the day after this step's last
	n	int;
	wrong	boolean;
BEGIN
	-- Nothing is folded meanwhile, and nobody else recounts.
	PERFORM pg_advisory_xact_lock(1145393035);
	SELECT k.zone INTO zone FROM desk.measure_rolled k;
	since := desk.cx_day(args, 'from', (SELECT (min(x.at)
	    AT TIME ZONE zone)::date FROM (SELECT min(r.at) AS at
		FROM desk.response r UNION ALL
		SELECT min(c.at) FROM desk.measure_count c) x));
	until := desk.cx_day(args, 'to', (now() AT TIME ZONE zone)::date) + 1;
	since := coalesce(since, until - 1);
	IF since >= until THEN
		PERFORM desk.refuse('INVALID', 'It ends before it begins.',
		    'to');
	END IF;
	upto := least(until, since + 31);
	WITH wrong AS MATERIALIZED (
	    SELECT d.* FROM desk.measure_differs(
		since::timestamp AT TIME ZONE zone,
		upto::timestamp AT TIME ZONE zone) d
	)
	INSERT INTO desk.measure_part (measure, name, at, queue, agent,
	    channel, segment, touchpoint, value, n)
	SELECT w.measure, w.name, w.at, w.queue, w.agent, w.channel, w.segment,
	    w.touchpoint, w.value, w.should - w.counted
	FROM wrong w;
	GET DIAGNOSTICS n = ROW_COUNT;
	wrong := desk.measure_sums_differ(since, upto);
	UPDATE desk.measure_rolled k SET gen = k.gen + 1, since = 'infinity',
	    totals = true
	WHERE wrong;
	RETURN jsonb_strip_nulls(jsonb_build_object('from', since,
	    'to', upto - 1, 'differed', n, 'sums', wrong,
	    'next', CASE WHEN upto < until THEN upto END));
END;
$$;
