-- The lines that reports are made of: rows of the hours, added up by hour, day
-- or week in a time zone, or by queue, agent or channel, with the stocks as they
-- were where each line begins.

-- Under which key a row is added up.
CREATE OR REPLACE FUNCTION desk.report_key(by text, zone text,
    hour timestamptz, queue int, channel text, agent int)
RETURNS text
LANGUAGE sql STABLE
AS $$
	SELECT CASE by WHEN 'queue' THEN queue::text
	    WHEN 'agent' THEN agent::text
	    WHEN 'channel' THEN channel
	    WHEN 'hour' THEN extract(epoch FROM hour)::bigint::text
	    WHEN 'all' THEN ''
	    ELSE extract(epoch FROM date_trunc(by, hour, zone))::bigint::text
	    END
$$;

CREATE OR REPLACE FUNCTION desk.report_sums(since timestamptz,
    until timestamptz, by text, zone text, of_queue int, of_agent int)
RETURNS TABLE (key text, f desk.report_hour)
LANGUAGE plpgsql STABLE
AS $$
#variable_conflict use_column
BEGIN
	RETURN QUERY
	SELECT k.key, ROW(min(x.hour), 0, '', 0,
		coalesce(sum(x.opened), 0)::bigint,
		coalesce(sum(x.reopened), 0)::bigint,
		coalesce(sum(x.moved_in), 0)::bigint,
		coalesce(sum(x.moved_out), 0)::bigint,
		coalesce(sum(x.resolved), 0)::bigint,
		coalesce(sum(x.offered), 0)::bigint,
		coalesce(sum(x.answered), 0)::bigint,
		coalesce(sum(x.within), 0)::bigint,
		coalesce(sum(x.waited), 0)::bigint,
		coalesce(sum(x.abandoned), 0)::bigint,
		coalesce(sum(x.abandoned_late), 0)::bigint,
		coalesce(sum(x.abandoned_ms), 0)::bigint,
		coalesce(sum(x.handed), 0)::bigint,
		coalesce(sum(x.dropped), 0)::bigint,
		coalesce(sum(x.firsts), 0)::bigint,
		coalesce(sum(x.first_ms), 0)::bigint,
		coalesce(sum(x.first_open), 0)::bigint,
		coalesce(sum(x.resolve_ms), 0)::bigint,
		coalesce(sum(x.resolve_open), 0)::bigint,
		coalesce(sum(x.talks), 0)::bigint,
		coalesce(sum(x.talk), 0)::bigint,
		coalesce(sum(x.cases), 0)::bigint,
		coalesce(sum(x.cases_since), 0)::bigint,
		coalesce(sum(x.hand), 0)::bigint,
		coalesce(sum(x.hand_ms), 0)::bigint,
		coalesce(sum(x.units), 0)::bigint,
		coalesce(sum(x.units_ms), 0)::bigint)::desk.report_hour
	FROM desk.report_rows(since, until, of_queue, of_agent) x
	CROSS JOIN LATERAL (SELECT desk.report_key(by, zone, x.hour, x.queue,
	    x.channel, x.agent)) k(key)
	GROUP BY k.key;
END;
$$;

-- The hours from since to until as lines: those of time as many as there are,
-- others one for each key.
CREATE OR REPLACE FUNCTION desk.report_spans(since timestamptz,
    until timestamptz, by text, zone text)
RETURNS TABLE (key text, began timestamptz, ended timestamptz)
LANGUAGE plpgsql STABLE
AS $$
#variable_conflict use_column
BEGIN
	RETURN QUERY
	SELECT desk.report_key(by, zone, h.at, 0, '', 0), min(h.at),
	    max(h.at) + interval '1 hour'
	FROM generate_series(since, until - interval '1 hour',
	    interval '1 hour') h(at)
	GROUP BY 1;
END;
$$;

-- A moment as it is on the clock there: "2026-11-01 09:00 +07:00".
CREATE OR REPLACE FUNCTION desk.local_said(moment timestamptz, zone text)
RETURNS text
LANGUAGE sql STABLE
AS $$
	SELECT to_char(l.at, 'YYYY-MM-DD HH24:MI ')
	    || CASE WHEN l.off < interval '0' THEN '-' ELSE '+' END
	    || to_char(CASE WHEN l.off < interval '0' THEN -l.off
		ELSE l.off END, 'HH24:MI')
	FROM (SELECT moment AT TIME ZONE zone AS at, (moment AT TIME ZONE zone)
	    - (moment AT TIME ZONE 'UTC') AS off) l
$$;

-- What a line is called; NULL: nobody's.
CREATE OR REPLACE FUNCTION desk.report_label(by text, zone text, key text)
RETURNS text
LANGUAGE plpgsql STABLE
AS $$
BEGIN
	RETURN CASE by
	    WHEN 'queue' THEN (SELECT q.name FROM desk.queue q
		WHERE q.id = key::int)
	    WHEN 'agent' THEN (SELECT a.name FROM desk.agent a
		WHERE a.id = key::int)
	    WHEN 'channel' THEN key
	    WHEN 'all' THEN NULL
	    WHEN 'hour' THEN desk.local_said(to_timestamp(key::bigint), zone)
	    ELSE to_char(to_timestamp(key::bigint) AT TIME ZONE zone,
		'YYYY-MM-DD') END;
END;
$$;

-- The lines in order.  cases, cases_since and hand are the stocks where the
-- line begins; ended is not after now.
CREATE OR REPLACE FUNCTION desk.report_lines(since timestamptz,
    until timestamptz, by text, zone text, of_queue int, of_agent int)
RETURNS TABLE (key text, label text, began timestamptz, ended timestamptz,
    f desk.report_hour, cases numeric, cases_since numeric, hand numeric)
LANGUAGE plpgsql STABLE
AS $$
#variable_conflict use_column
BEGIN
	IF by IN ('hour', 'day', 'week') THEN
		RETURN QUERY
		WITH l AS (
		    SELECT s.key, s.began, s.ended, x.f
		    FROM desk.report_spans(since, until, by, zone) s
		    LEFT JOIN desk.report_sums(since, until, by, zone,
			of_queue, of_agent) x USING (key)
		), b AS (
		    SELECT sum(t.cases) AS cases, sum(t.cases_since) AS born,
			sum(t.hand) AS hand
		    FROM desk.report_stocks(since, of_queue, of_agent) t
		)
		SELECT l.key, desk.report_label(by, zone, l.key), l.began,
		    least(l.ended, now()), l.f,
		    coalesce(b.cases, 0) + coalesce(sum((l.f).cases) OVER w, 0),
		    coalesce(b.born, 0)
			+ coalesce(sum((l.f).cases_since) OVER w, 0),
		    coalesce(b.hand, 0) + coalesce(sum((l.f).hand) OVER w, 0)
		FROM l CROSS JOIN b
		WINDOW w AS (ORDER BY l.began ROWS BETWEEN UNBOUNDED PRECEDING
		    AND 1 PRECEDING)
		ORDER BY l.began;
		RETURN;
	END IF;
	RETURN QUERY
	SELECT key, desk.report_label(by, zone, key), since,
	    least(until, now()), x.f, coalesce(b.cases, 0),
	    coalesce(b.born, 0), coalesce(b.hand, 0)
	FROM desk.report_sums(since, until, by, zone, of_queue, of_agent) x
	FULL JOIN (SELECT desk.report_key(by, zone, since, t.queue, t.channel,
		t.agent) AS key, sum(t.cases) AS cases,
		sum(t.cases_since) AS born, sum(t.hand) AS hand
	    FROM desk.report_stocks(since, of_queue, of_agent) t
	    GROUP BY 1
	    HAVING sum(t.cases) <> 0 OR sum(t.hand) <> 0) b USING (key)
	ORDER BY 2 NULLS FIRST;
END;
$$;

-- How long agents were in which state, by hour; those that they are in now
-- until now.
CREATE OR REPLACE FUNCTION desk.report_times(since timestamptz,
    until timestamptz, of_agent int)
RETURNS TABLE (hour timestamptz, agent int, state text, ms bigint)
LANGUAGE plpgsql STABLE
AS $$
#variable_conflict use_column
BEGIN
	RETURN QUERY
	SELECT r.hour, r.agent, r.state, r.ms FROM desk.report_time r
	WHERE r.hour >= since AND r.hour < until
	    AND (of_agent IS NULL OR r.agent = of_agent)
	UNION ALL
	SELECT h.at, t.agent, t.state, desk.report_ms(greatest(t.began, h.at),
	    least(now(), h.at + interval '1 hour'))
	FROM desk.agent_time t
	CROSS JOIN LATERAL generate_series(desk.hour_of(greatest(t.began,
	    since)), least(now(), until - interval '1 microsecond'),
	    interval '1 hour') h(at)
	WHERE t.ended IS NULL AND t.state <> 'offline' AND t.began < now()
	    AND (of_agent IS NULL OR t.agent = of_agent)
	UNION ALL
	SELECT * FROM desk.shifts_now(since, until, of_agent);
END;
$$;

-- How much of each agent's capacity was in use, by hour: used and had, in
-- units times ms, of the time in which he was ready.  What he has in hand
-- counts for the part of the hour in which he was; a call by its length.
CREATE OR REPLACE FUNCTION desk.report_loads(since timestamptz,
    until timestamptz, of_agent int)
RETURNS TABLE (hour timestamptz, agent int, used numeric, had numeric)
LANGUAGE plpgsql STABLE
AS $$
#variable_conflict use_column
BEGIN
	RETURN QUERY
	WITH d AS (
	    SELECT t.agent, t.hour, sum(t.ms) AS duty
	    FROM desk.report_times(since, until, of_agent) t
	    WHERE t.state = 'ready' GROUP BY 1, 2
	), r AS (
	    SELECT x.agent, x.hour, sum(x.units) AS units,
		sum(x.units_ms) AS units_ms, sum(x.talk) AS talk
	    FROM desk.report_rows(since, until, NULL, of_agent) x
	    WHERE x.agent <> 0 GROUP BY 1, 2
	), b AS (
	    SELECT s.agent, sum(s.units) AS units
	    FROM desk.report_stocks(since, NULL, of_agent) s GROUP BY 1
	), x AS (
	    SELECT agent, hour, d.duty, coalesce(r.units, 0) AS units,
		coalesce(r.units_ms, 0) AS units_ms,
		coalesce(r.talk, 0) * 1000 AS talk,
		coalesce(b.units, 0) + coalesce(sum(r.units) OVER (
		    PARTITION BY agent ORDER BY hour ROWS BETWEEN UNBOUNDED
		    PRECEDING AND 1 PRECEDING), 0) AS before,
		greatest(desk.report_ms(hour, least(now(),
		    hour + interval '1 hour')), 1) AS lasts
	    FROM d FULL JOIN r USING (agent, hour)
	    LEFT JOIN b USING (agent)
	)
	SELECT x.hour, x.agent, (x.before * x.lasts + x.units_ms
		- x.units * (3600000 - x.lasts)) * x.duty / x.lasts
	    + x.talk * coalesce((SELECT (c.body->'units'->>'call')::int
		FROM desk.config c ORDER BY c.version DESC LIMIT 1), 100),
	    x.duty * a.capacity
	FROM x JOIN desk.agent a ON a.id = x.agent
	WHERE x.duty > 0;
END;
$$;
