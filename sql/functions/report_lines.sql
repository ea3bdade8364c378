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
	FROM desk.report_rows(since, until, by, zone, of_queue, of_agent) x
	CROSS JOIN LATERAL (SELECT desk.report_key(by, zone, x.hour, x.queue,
	    x.channel, x.agent)) k(key)
	GROUP BY k.key;
END;
$$;

-- The hours from since to until as lines: those of time as many as there are,
-- others one for each key.  Where a day ends within an hour, the hour is its.
CREATE OR REPLACE FUNCTION desk.report_spans(since timestamptz,
    until timestamptz, by text, zone text)
RETURNS TABLE (key text, began timestamptz, ended timestamptz)
LANGUAGE plpgsql STABLE
AS $$
#variable_conflict use_column
DECLARE
	step	interval := '1 ' || by;
BEGIN
	IF by = 'hour' THEN
		RETURN QUERY
		SELECT desk.report_key(by, zone, h.at, 0, '', 0), h.at,
		    h.at + step
		FROM generate_series(since, until - step, step) h(at);
		RETURN;
	END IF;
	RETURN QUERY
	SELECT extract(epoch FROM x.at)::bigint::text, x.b, x.e
	FROM (SELECT d.at AT TIME ZONE zone AS at,
		greatest(since, desk.hour_after(d.at AT TIME ZONE zone)) AS b,
		least(until, desk.hour_after((d.at + step) AT TIME ZONE zone))
		AS e
	    FROM generate_series(date_trunc(by, since AT TIME ZONE zone),
		until AT TIME ZONE zone, step) d(at)) x
	WHERE x.b < x.e;
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
		WITH l AS MATERIALIZED (
		    SELECT s.key, s.began, s.ended, x.f
		    FROM desk.report_spans(since, until, by, zone) s
		    LEFT JOIN desk.report_sums(since, until, by, zone,
			of_queue, of_agent) x USING (key)
		), b AS (
		    SELECT sum(t.cases) AS cases, sum(t.cases_since) AS born,
			sum(t.hand) AS hand
		    FROM desk.report_stocks(since, by, of_queue, of_agent) t
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
	    FROM desk.report_stocks(since, by, of_queue, of_agent) t
	    GROUP BY 1
	    HAVING sum(t.cases) <> 0 OR sum(t.hand) <> 0) b USING (key)
	ORDER BY 2 NULLS FIRST;
END;
$$;
