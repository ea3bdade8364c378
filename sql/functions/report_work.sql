-- What agents did with their time, for reports: their states, and how much of
-- their capacity was in use.  Days that are over are read from
-- desk.report_load, all else from the hours.

-- The ms in which agents were in which state, by hour, of the times that are
-- over, what is not folded yet included; going: and of those that go on, until
-- now.
CREATE OR REPLACE FUNCTION desk.report_states(since timestamptz,
    until timestamptz, of_agent int, going boolean)
RETURNS TABLE (hour timestamptz, agent int, state text, ms bigint)
LANGUAGE plpgsql STABLE
SET plan_cache_mode = force_custom_plan
AS $$
#variable_conflict use_column
BEGIN
	RETURN QUERY
	SELECT r.hour, r.agent, r.state, r.ms FROM desk.report_time r
	WHERE r.hour >= since AND r.hour < until
	    AND (of_agent IS NULL OR r.agent = of_agent)
	UNION ALL
	SELECT p.hour, p.agent, p.what, p.n FROM desk.report_part p
	WHERE p.channel = '' AND p.hour >= since AND p.hour < until
	    AND (of_agent IS NULL OR p.agent = of_agent);
	IF going THEN
		RETURN QUERY
		SELECT g.* FROM desk.report_going(since, until, of_agent) g;
	END IF;
END;
$$;

-- Of the states that agents are in now.
CREATE OR REPLACE FUNCTION desk.report_going(since timestamptz,
    until timestamptz, of_agent int)
RETURNS TABLE (hour timestamptz, agent int, state text, ms bigint)
LANGUAGE sql STABLE
AS $$
	SELECT h.at, t.agent, t.state, desk.report_ms(greatest(t.began, h.at),
	    least(now(), h.at + interval '1 hour'))
	FROM desk.agent_time t
	CROSS JOIN LATERAL generate_series(desk.hour_of(greatest(t.began,
	    since)), least(now(), until - interval '1 microsecond'),
	    interval '1 hour') h(at)
	WHERE t.ended IS NULL AND t.state <> 'offline' AND t.began < now()
	    AND h.at >= since AND (of_agent IS NULL OR t.agent = of_agent)
$$;

-- Agents' hours: the ms in each state, of their shifts and what was kept of them,
-- and of those hours in which he was
-- ready, how much of his capacity was used: what he had in hand, in units times
-- ms, for the part of the hour in which he was; and the seconds talked in calls
-- that ended then.
CREATE OR REPLACE FUNCTION desk.report_duties(since timestamptz,
    until timestamptz, of_agent int, going boolean)
RETURNS TABLE (hour timestamptz, agent int, ready bigint, away bigint,
    break bigint, training bigint, scheduled bigint, kept bigint,
    used numeric, talk bigint)
LANGUAGE plpgsql STABLE
AS $$
#variable_conflict use_column
BEGIN
	RETURN QUERY
	WITH d AS (
	    SELECT t.agent, t.hour,
		coalesce(sum(t.ms) FILTER (WHERE t.state = 'ready'), 0) AS ready,
		coalesce(sum(t.ms) FILTER (WHERE t.state = 'away'), 0) AS away,
		coalesce(sum(t.ms) FILTER (WHERE t.state = 'break'), 0)
		    AS break,
		coalesce(sum(t.ms) FILTER (WHERE t.state = 'training'), 0)
		    AS training,
		coalesce(sum(t.ms) FILTER (WHERE t.state = 'scheduled'), 0)
		    AS scheduled,
		coalesce(sum(t.ms) FILTER (WHERE t.state = 'kept'), 0) AS kept
	    FROM desk.report_states(since, until, of_agent, going) t
	    GROUP BY 1, 2
	), r AS (
	    SELECT x.agent, x.hour, sum(x.units) AS units,
		sum(x.units_ms) AS units_ms, sum(x.talk) AS talk
	    FROM desk.report_agent_hours(since, until, of_agent) x
	    GROUP BY 1, 2
	), b AS (
	    SELECT s.agent, sum(s.units) AS units
	    FROM desk.report_stocks(since, 'agent', NULL, of_agent) s
	    GROUP BY 1
	), x AS (
	    SELECT agent, hour, d.ready, d.away, d.break, d.training,
		d.scheduled, d.kept,
		coalesce(r.units, 0) AS units,
		coalesce(r.units_ms, 0) AS units_ms,
		coalesce(r.talk, 0) AS talk,
		coalesce(b.units, 0) + coalesce(sum(r.units) OVER (
		    PARTITION BY agent ORDER BY hour ROWS BETWEEN UNBOUNDED
		    PRECEDING AND 1 PRECEDING), 0) AS before,
		greatest(desk.report_ms(hour, least(now(),
		    hour + interval '1 hour')), 1) AS lasts
	    FROM d FULL JOIN r USING (agent, hour)
	    LEFT JOIN b USING (agent)
	)
	SELECT x.hour, x.agent, x.ready::bigint, x.away::bigint,
	    x.break::bigint, x.training::bigint, x.scheduled::bigint,
	    x.kept::bigint,
	    CASE WHEN x.ready > 0 THEN (x.before * x.lasts + x.units_ms
		- x.units * (3600000 - x.lasts)) * x.ready / x.lasts
		ELSE 0 END,
	    CASE WHEN x.ready > 0 THEN x.talk ELSE 0 END::bigint
	FROM x WHERE x.ready IS NOT NULL;
END;
$$;

-- Hours in which something changed in an agent's hand.
CREATE OR REPLACE FUNCTION desk.report_agent_hours(since timestamptz,
    until timestamptz, of_agent int)
RETURNS TABLE (hour timestamptz, agent int, units bigint, units_ms bigint,
    talk bigint)
LANGUAGE plpgsql STABLE
SET plan_cache_mode = force_custom_plan
AS $$
#variable_conflict use_column
BEGIN
	RETURN QUERY
	SELECT h.hour, h.agent, h.units, h.units_ms, h.talk
	FROM desk.report_hour h
	WHERE h.hour >= since AND h.hour < until AND h.agent <> 0
	    AND (of_agent IS NULL OR h.agent = of_agent)
	UNION ALL
	SELECT p.hour, p.agent, CASE p.what WHEN 'units' THEN p.n ELSE 0 END,
	    CASE p.what WHEN 'units_ms' THEN p.n ELSE 0 END,
	    CASE p.what WHEN 'talk' THEN p.n ELSE 0 END
	FROM desk.report_part p
	WHERE p.hour >= since AND p.hour < until AND p.agent <> 0
	    AND p.what IN ('units', 'units_ms', 'talk')
	    AND (of_agent IS NULL OR p.agent = of_agent);
END;
$$;

-- How long agents were in which state, in pieces as large as the report's
-- lines allow.
CREATE OR REPLACE FUNCTION desk.report_times(since timestamptz,
    until timestamptz, by text, zone text, of_agent int)
RETURNS TABLE (hour timestamptz, agent int, state text, ms bigint)
LANGUAGE plpgsql STABLE
SET plan_cache_mode = force_custom_plan
AS $$
#variable_conflict use_column
DECLARE
	k	desk.report_rolled;
	c	record;
BEGIN
	SELECT * INTO k FROM desk.report_rolled r;
	FOR c IN SELECT v.unit, v.began, v.ended
	    FROM desk.report_cover(since, until, desk.report_coarse(by, zone),
		k.zone, '-infinity', k.loads) v LOOP
		IF c.unit = 'hour' THEN
			RETURN QUERY
			SELECT r.hour, r.agent, r.state, r.ms
			FROM desk.report_time r
			WHERE r.hour >= c.began AND r.hour < c.ended
			    AND (of_agent IS NULL OR r.agent = of_agent);
			CONTINUE;
		END IF;
		RETURN QUERY
		SELECT l.began, l.agent, s.state, s.ms
		FROM desk.report_load l
		CROSS JOIN LATERAL (VALUES ('ready', l.ready),
		    ('away', l.away), ('break', l.break),
		    ('training', l.training),
		    ('scheduled', l.scheduled), ('kept', l.kept)) s(state, ms)
		WHERE l.gen = k.gen AND l.unit = c.unit
		    AND l.began >= c.began AND l.began < c.ended
		    AND (of_agent IS NULL OR l.agent = of_agent)
		    AND s.ms <> 0;
	END LOOP;
	RETURN QUERY
	SELECT p.hour, p.agent, p.what, p.n FROM desk.report_part p
	WHERE p.channel = '' AND p.hour >= since AND p.hour < until
	    AND (of_agent IS NULL OR p.agent = of_agent)
	UNION ALL
	SELECT g.* FROM desk.report_going(since, until, of_agent) g
	UNION ALL
	SELECT n.* FROM desk.shifts_now(since, until, of_agent) n;
END;
$$;

-- How much of each agent's capacity was in use: used and had, in units times
-- ms, of the time in which he was ready; a call by its length.
CREATE OR REPLACE FUNCTION desk.report_loads(since timestamptz,
    until timestamptz, by text, zone text, of_agent int)
RETURNS TABLE (hour timestamptz, agent int, used numeric, had numeric)
LANGUAGE plpgsql STABLE
SET plan_cache_mode = force_custom_plan
AS $$
#variable_conflict use_column
DECLARE
	k	desk.report_rolled;
	c	record;
	-- Before this, days stand; but not of those who are ready since then.
	stands	timestamptz;
	since_then int[];
	one	int;
	call	int := coalesce((SELECT (v.body->'units'->>'call')::int
		    FROM desk.config v ORDER BY v.version DESC LIMIT 1), 100);
BEGIN
	SELECT * INTO k FROM desk.report_rolled r;
	stands := least(k.loads, date_trunc('day', (SELECT
	    desk.report_load_since(array_agg(p)) FROM desk.report_part p),
	    k.zone));
	since_then := ARRAY(SELECT t.agent FROM desk.agent_time t
	    WHERE t.ended IS NULL AND t.state = 'ready' AND t.began < stands
		AND (of_agent IS NULL OR t.agent = of_agent));
	FOR c IN SELECT v.unit, v.began, v.ended
	    FROM desk.report_cover(since, until, desk.report_coarse(by, zone),
		k.zone, '-infinity', stands) v LOOP
		IF c.unit = 'hour' THEN
			RETURN QUERY
			SELECT x.hour, x.agent, x.used
			    + x.talk * 1000 * call,
			    x.ready::numeric * a.capacity
			FROM desk.report_duties(c.began, c.ended, of_agent,
			    true) x
			JOIN desk.agent a ON a.id = x.agent;
			CONTINUE;
		END IF;
		RETURN QUERY
		SELECT l.began, l.agent, l.used + l.talk * 1000 * call,
		    l.ready::numeric * a.capacity
		FROM desk.report_load l JOIN desk.agent a ON a.id = l.agent
		WHERE l.gen = k.gen AND l.unit = c.unit
		    AND l.began >= c.began AND l.began < c.ended
		    AND (of_agent IS NULL OR l.agent = of_agent)
		    AND l.agent <> ALL (since_then);
		FOREACH one IN ARRAY since_then LOOP
			RETURN QUERY
			SELECT x.hour, x.agent, x.used
			    + x.talk * 1000 * call,
			    x.ready::numeric * a.capacity
			FROM desk.report_duties(c.began, c.ended, one, true) x
			JOIN desk.agent a ON a.id = x.agent;
		END LOOP;
	END LOOP;
END;
$$;
