-- Adherence: how much of an agent's shifts he worked.  A shift is put on record
-- as it passes, by the calendar in force; what an agent_time and a shift have in
-- common is counted, once, by whichever of the two comes later: both
-- are written under the lock of the agent's row.

-- The open spans of a calendar within two moments.
CREATE OR REPLACE FUNCTION desk.calendar_open(of int, since timestamptz,
    until timestamptz)
RETURNS TABLE (began timestamptz, ended timestamptz)
LANGUAGE plpgsql STABLE
AS $$
BEGIN
	RETURN QUERY
	SELECT greatest(since, s.opens), least(until, s.closes)
	FROM desk.calendar c
	-- A shift of the night may have begun the day before.
	CROSS JOIN LATERAL generate_series(
	    date_trunc('day', since AT TIME ZONE c.zone) - interval '1 day',
	    until AT TIME ZONE c.zone, interval '1 day') d(day)
	CROSS JOIN LATERAL (SELECT desk.calendar_spans(c, d.day::date) AS at
	    OFFSET 0) x
	CROSS JOIN LATERAL (
	    SELECT m.began + x.at[i] * interval '1 microsecond' AS opens,
		m.began + x.at[i + 1] * interval '1 microsecond' AS closes
	    FROM generate_series(1, cardinality(x.at), 2) i,
		desk.local_moment(d.day, c.zone) m(began)) s
	WHERE c.hours = of AND s.opens < until AND s.closes > since
	    AND greatest(since, s.opens) < least(until, s.closes);
END;
$$;

-- What is work: only who was there, or learnt, kept his shift.
CREATE OR REPLACE FUNCTION desk.keeps_shift(state text)
RETURNS boolean
LANGUAGE sql IMMUTABLE
AS $$
	SELECT state IN ('ready', 'training')
$$;

-- The hours that two moments have between them, and the ms in each.
CREATE OR REPLACE FUNCTION desk.span_hours(began timestamptz,
    ended timestamptz)
RETURNS TABLE (hour timestamptz, ms bigint)
LANGUAGE sql IMMUTABLE
AS $$
	SELECT h.at, desk.report_ms(greatest(began, h.at),
	    least(ended, h.at + interval '1 hour'))
	FROM generate_series(desk.hour_of(began), ended, interval '1 hour') h(at)
	WHERE ended > began AND h.at < ended
$$;

-- What a time that is over has in common with the shifts on record.  (None is
-- longer than two days, of 25 hours at most.)
CREATE OR REPLACE FUNCTION desk.kept_hours(t desk.agent_time)
RETURNS TABLE (hour timestamptz, ms bigint)
LANGUAGE plpgsql STABLE
AS $$
BEGIN
	RETURN QUERY
	SELECT h.hour, h.ms
	FROM desk.shift s
	CROSS JOIN LATERAL desk.span_hours(greatest(s.began, t.began),
	    least(s.ended, t.ended)) h
	WHERE desk.keeps_shift(t.state) AND s.agent = t.agent
	    AND s.began > t.began - interval '50 hours'
	    AND s.began < t.ended AND s.ended > t.began;
END;
$$;

-- A shift on record, and what of it was worked in the times that are over.
CREATE OR REPLACE FUNCTION desk.shift_put(who int, since timestamptz,
    until timestamptz)
RETURNS void
LANGUAGE plpgsql
AS $$
BEGIN
	INSERT INTO desk.shift (agent, began, ended)
	VALUES (who, since, until);
	INSERT INTO desk.report_part (hour, queue, channel, agent, what, n)
	SELECT x.hour, 0, '', who, x.state, sum(x.ms)
	FROM (SELECT h.hour, 'scheduled' AS state, h.ms
	    FROM desk.span_hours(since, until) h
	    UNION ALL
	    SELECT h.hour, 'kept', h.ms
	    FROM desk.agent_time t
	    CROSS JOIN LATERAL desk.span_hours(greatest(since, t.began),
		least(until, t.ended)) h
	    WHERE t.agent = who AND t.began < until AND t.ended > since
		AND desk.keeps_shift(t.state)) x
	GROUP BY x.hour, x.state;
END;
$$;

-- Puts on record what has passed of everybody's shifts until a moment, of so
-- many agents at most.  Returns of how many.
CREATE OR REPLACE FUNCTION desk.shifts_note(until timestamptz, lim int)
RETURNS int
LANGUAGE plpgsql
AS $$
DECLARE
	a	desk.agent;
	n	int := 0;
BEGIN
	FOR a IN SELECT * FROM desk.agent g
	    WHERE g.schedule IS NOT NULL AND g.shift_at < until
	    ORDER BY g.id LIMIT lim FOR NO KEY UPDATE LOOP
		PERFORM desk.shift_put(a.id, o.began, o.ended)
		FROM desk.calendar_open(a.schedule, a.shift_at, until) o;
		UPDATE desk.agent g SET shift_at = until WHERE g.id = a.id;
		n := n + 1;
	END LOOP;
	RETURN n;
END;
$$;

-- Puts the schedules in force; after config_agents(), and after shifts_note()
-- told what passed by the schedules until now.
CREATE OR REPLACE FUNCTION desk.config_schedules(c jsonb)
RETURNS void
LANGUAGE sql
AS $$
	UPDATE desk.agent a SET schedule = x.schedule,
	    shift_at = CASE WHEN x.schedule IS NOT NULL THEN now() END
	FROM (SELECT g.id, h.id AS schedule
	    FROM desk.agent g
	    LEFT JOIN jsonb_array_elements(c->'agents') e
		ON g.active AND e->>'name' = g.name
	    LEFT JOIN desk.hours h ON h.name = e->>'schedule') x
	WHERE a.id = x.id AND (a.schedule IS DISTINCT FROM x.schedule
	    OR (a.shift_at IS NULL) <> (x.schedule IS NULL))
$$;

-- What is not counted yet: shifts since the last that was put on record,
-- and what of any shift falls into the state in which somebody is now.
CREATE OR REPLACE FUNCTION desk.shifts_now(since timestamptz,
    until timestamptz, of_agent int)
RETURNS TABLE (hour timestamptz, agent int, state text, ms bigint)
LANGUAGE plpgsql STABLE
AS $$
#variable_conflict use_column
BEGIN
	RETURN QUERY
	WITH o AS MATERIALIZED (
	    SELECT a.id AS agent, s.began, s.ended
	    FROM desk.agent a
	    CROSS JOIN LATERAL desk.calendar_open(a.schedule, a.shift_at,
		now()) s
	    WHERE a.schedule IS NOT NULL
		AND (of_agent IS NULL OR a.id = of_agent)
	), k AS (
	    SELECT o.agent, greatest(o.began, t.began) AS began,
		least(o.ended, t.ended) AS ended
	    FROM o
	    JOIN desk.agent_time t ON t.agent = o.agent AND t.began < o.ended
		AND coalesce(t.ended > o.began, true)
	    WHERE desk.keeps_shift(t.state)
	    UNION ALL
	    SELECT s.agent, greatest(s.began, t.began), s.ended
	    FROM desk.agent_time t
	    JOIN desk.shift s ON s.agent = t.agent AND s.ended > t.began
		AND s.began > t.began - interval '50 hours'
	    WHERE t.ended IS NULL AND desk.keeps_shift(t.state)
		AND (of_agent IS NULL OR t.agent = of_agent)
	)
	SELECT h.hour, x.agent, x.state, h.ms
	FROM (SELECT o.agent, o.began, o.ended, 'scheduled' AS state FROM o
	    UNION ALL
	    SELECT k.agent, k.began, k.ended, 'kept' FROM k) x
	CROSS JOIN LATERAL desk.span_hours(x.began, x.ended) h
	WHERE h.hour >= since AND h.hour < until;
END;
$$;
