-- The hours of reports: what happened is appended (desk.report_part), folded
-- into the hours by a chore, and read from both.

-- Parts as rows of the hours.
CREATE OR REPLACE FUNCTION desk.report_pivot(parts desk.report_part[])
RETURNS SETOF desk.report_hour
LANGUAGE sql IMMUTABLE
AS $$
	SELECT p.hour, p.queue, p.channel, p.agent,
	    coalesce(sum(p.n) FILTER (WHERE p.what = 'opened'), 0),
	    coalesce(sum(p.n) FILTER (WHERE p.what = 'reopened'), 0),
	    coalesce(sum(p.n) FILTER (WHERE p.what = 'moved_in'), 0),
	    coalesce(sum(p.n) FILTER (WHERE p.what = 'moved_out'), 0),
	    coalesce(sum(p.n) FILTER (WHERE p.what = 'resolved'), 0),
	    coalesce(sum(p.n) FILTER (WHERE p.what = 'offered'), 0),
	    coalesce(sum(p.n) FILTER (WHERE p.what = 'answered'), 0),
	    coalesce(sum(p.n) FILTER (WHERE p.what = 'within'), 0),
	    coalesce(sum(p.n) FILTER (WHERE p.what = 'waited'), 0),
	    coalesce(sum(p.n) FILTER (WHERE p.what = 'abandoned'), 0),
	    coalesce(sum(p.n) FILTER (WHERE p.what = 'abandoned_late'), 0),
	    coalesce(sum(p.n) FILTER (WHERE p.what = 'abandoned_ms'), 0),
	    coalesce(sum(p.n) FILTER (WHERE p.what = 'handed'), 0),
	    coalesce(sum(p.n) FILTER (WHERE p.what = 'dropped'), 0),
	    coalesce(sum(p.n) FILTER (WHERE p.what = 'firsts'), 0),
	    coalesce(sum(p.n) FILTER (WHERE p.what = 'first_ms'), 0),
	    coalesce(sum(p.n) FILTER (WHERE p.what = 'first_open'), 0),
	    coalesce(sum(p.n) FILTER (WHERE p.what = 'resolve_ms'), 0),
	    coalesce(sum(p.n) FILTER (WHERE p.what = 'resolve_open'), 0),
	    coalesce(sum(p.n) FILTER (WHERE p.what = 'talks'), 0),
	    coalesce(sum(p.n) FILTER (WHERE p.what = 'talk'), 0),
	    coalesce(sum(p.n) FILTER (WHERE p.what = 'cases'), 0),
	    coalesce(sum(p.n) FILTER (WHERE p.what = 'cases_since'), 0),
	    coalesce(sum(p.n) FILTER (WHERE p.what = 'hand'), 0),
	    coalesce(sum(p.n) FILTER (WHERE p.what = 'hand_ms'), 0),
	    coalesce(sum(p.n) FILTER (WHERE p.what = 'units'), 0),
	    coalesce(sum(p.n) FILTER (WHERE p.what = 'units_ms'), 0)
	FROM unnest(parts) p
	GROUP BY p.hour, p.queue, p.channel, p.agent
$$;

-- Folds about lim parts, the oldest, and returns how many they were.  One daemon at a
-- time; whoever appends just now is left for the next time, and waits for
-- nobody.
CREATE OR REPLACE FUNCTION desk.report_fold(lim int)
RETURNS int
LANGUAGE plpgsql
SET jit = off
AS $$
DECLARE
	upto	bigint;
	parts	desk.report_part[];
BEGIN
	IF NOT pg_try_advisory_xact_lock(1145393035) THEN
		RETURN 0;
	END IF;
	SELECT max(o.id) INTO upto FROM (SELECT p.id FROM desk.report_part p
	    ORDER BY p.id LIMIT lim) o;
	WITH taken AS (
	    DELETE FROM desk.report_part p WHERE p.id <= upto
	    RETURNING p.*
	)
	SELECT array_agg(t::desk.report_part) INTO parts FROM taken t;
	IF parts IS NULL THEN
		RETURN 0;
	END IF;
	INSERT INTO desk.report_hour AS h
	SELECT * FROM desk.report_pivot(parts) p
	ORDER BY p.hour, p.queue, p.channel, p.agent
	ON CONFLICT (hour, queue, channel, agent) DO UPDATE SET
	    opened = h.opened + excluded.opened,
	    reopened = h.reopened + excluded.reopened,
	    moved_in = h.moved_in + excluded.moved_in,
	    moved_out = h.moved_out + excluded.moved_out,
	    resolved = h.resolved + excluded.resolved,
	    offered = h.offered + excluded.offered,
	    answered = h.answered + excluded.answered,
	    within = h.within + excluded.within,
	    waited = h.waited + excluded.waited,
	    abandoned = h.abandoned + excluded.abandoned,
	    abandoned_late = h.abandoned_late + excluded.abandoned_late,
	    abandoned_ms = h.abandoned_ms + excluded.abandoned_ms,
	    handed = h.handed + excluded.handed,
	    dropped = h.dropped + excluded.dropped,
	    firsts = h.firsts + excluded.firsts,
	    first_ms = h.first_ms + excluded.first_ms,
	    first_open = h.first_open + excluded.first_open,
	    resolve_ms = h.resolve_ms + excluded.resolve_ms,
	    resolve_open = h.resolve_open + excluded.resolve_open,
	    talks = h.talks + excluded.talks,
	    talk = h.talk + excluded.talk,
	    cases = h.cases + excluded.cases,
	    cases_since = h.cases_since + excluded.cases_since,
	    hand = h.hand + excluded.hand,
	    hand_ms = h.hand_ms + excluded.hand_ms,
	    units = h.units + excluded.units,
	    units_ms = h.units_ms + excluded.units_ms;
	INSERT INTO desk.report_month AS m
	SELECT date_trunc('month', p.hour, 'UTC'), p.queue, p.channel, p.agent,
	    sum(p.cases), sum(p.cases_since), sum(p.hand), sum(p.units)
	FROM desk.report_pivot(parts) p
	WHERE p.cases <> 0 OR p.cases_since <> 0 OR p.hand <> 0 OR p.units <> 0
	GROUP BY 1, 2, 3, 4
	ORDER BY 1, 2, 3, 4
	ON CONFLICT (month, queue, channel, agent) DO UPDATE SET
	    cases = m.cases + excluded.cases,
	    cases_since = m.cases_since + excluded.cases_since,
	    hand = m.hand + excluded.hand, units = m.units + excluded.units;
	RETURN cardinality(parts);
END;
$$;

-- What reports keep by the clock: parts are folded, the shifts of hours that are
-- over put on record, and where there are no parts, some cases from before.  Returns whether there is more to do at
-- once: what is from before may take its time.
CREATE OR REPLACE FUNCTION desk.report_keep(lim int)
RETURNS boolean
LANGUAGE plpgsql
AS $$
DECLARE
	folded	int := desk.report_fold(lim);
BEGIN
	PERFORM desk.shifts_note(desk.hour_of(now()), lim);
	IF folded = 0 THEN
		PERFORM desk.report_catch_up(greatest(lim / 20, 1));
	END IF;
	RETURN folded >= lim;
END;
$$;

-- Rows of these hours, of a queue and an agent where they are given; what is
-- not folded yet are rows of their own.
CREATE OR REPLACE FUNCTION desk.report_rows(since timestamptz,
    until timestamptz, of_queue int, of_agent int)
RETURNS SETOF desk.report_hour
LANGUAGE plpgsql STABLE
AS $$
#variable_conflict use_column
BEGIN
	RETURN QUERY
	SELECT * FROM desk.report_hour h
	WHERE h.hour >= since AND h.hour < until
	    AND (of_queue IS NULL OR h.queue = of_queue)
	    AND (of_agent IS NULL OR h.agent = of_agent)
	UNION ALL
	SELECT x.* FROM (SELECT array_agg(p) AS parts FROM desk.report_part p
	    WHERE p.hour >= since AND p.hour < until
		AND (of_queue IS NULL OR p.queue = of_queue)
		AND (of_agent IS NULL OR p.agent = of_agent)) a
	CROSS JOIN LATERAL desk.report_pivot(a.parts) x;
END;
$$;

-- The stocks at an hour's beginning, by queue, channel and agent: whole months
-- from what each changed, the rest from the hours; of what is not folded yet,
-- all that is older.
CREATE OR REPLACE FUNCTION desk.report_stocks(moment timestamptz,
    of_queue int, of_agent int)
RETURNS TABLE (queue int, channel text, agent int, cases numeric,
    cases_since numeric, hand numeric, units numeric)
LANGUAGE plpgsql STABLE
AS $$
#variable_conflict use_column
BEGIN
	RETURN QUERY
	SELECT x.queue, x.channel, x.agent, sum(x.cases), sum(x.cases_since),
	    sum(x.hand), sum(x.units)
	FROM (SELECT m.queue, m.channel, m.agent, m.cases, m.cases_since,
		m.hand, m.units
	    FROM desk.report_month m
	    WHERE m.month < date_trunc('month', moment, 'UTC')
	    UNION ALL
	    SELECT h.queue, h.channel, h.agent, h.cases, h.cases_since, h.hand,
		h.units
	    FROM desk.report_hour h
	    WHERE h.hour >= date_trunc('month', moment, 'UTC')
		AND h.hour < moment
	    UNION ALL
	    SELECT p.queue, p.channel, p.agent,
		CASE p.what WHEN 'cases' THEN p.n ELSE 0 END,
		CASE p.what WHEN 'cases_since' THEN p.n ELSE 0 END,
		CASE p.what WHEN 'hand' THEN p.n ELSE 0 END,
		CASE p.what WHEN 'units' THEN p.n ELSE 0 END
	    FROM desk.report_part p WHERE p.hour < moment) x
	WHERE (of_queue IS NULL OR x.queue = of_queue)
	    AND (of_agent IS NULL OR x.agent = of_agent)
	GROUP BY 1, 2, 3;
END;
$$;
