-- The hours of reports: what happened is appended (desk.report_part), folded
-- into the hours, and what they add up to, by a chore, and read from both.

-- Parts as rows of the hours; what agents' states are is none of them.
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
	WHERE p.channel <> ''
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
	rows	desk.report_hour[];
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
	INSERT INTO desk.report_time AS t (hour, agent, state, ms)
	SELECT p.hour, p.agent, p.what, sum(p.n) FROM unnest(parts) p
	WHERE p.channel = ''
	GROUP BY 1, 2, 3 ORDER BY 1, 2, 3
	ON CONFLICT (hour, agent, state) DO UPDATE SET ms = t.ms + excluded.ms;
	rows := ARRAY(SELECT p FROM desk.report_pivot(parts) p);
	INSERT INTO desk.report_hour AS h
	SELECT p.* FROM unnest(rows) p
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
	FROM unnest(rows) p
	WHERE p.cases <> 0 OR p.cases_since <> 0 OR p.hand <> 0 OR p.units <> 0
	GROUP BY 1, 2, 3, 4
	ORDER BY 1, 2, 3, 4
	ON CONFLICT (month, queue, channel, agent) DO UPDATE SET
	    cases = m.cases + excluded.cases,
	    cases_since = m.cases_since + excluded.cases_since,
	    hand = m.hand + excluded.hand, units = m.units + excluded.units;
	PERFORM desk.report_sum_add(rows);
	-- What an agent had in hand then, he had in hand in all that followed.
	UPDATE desk.report_rolled r SET loads = least(r.loads, date_trunc('day',
	    desk.report_load_since(parts), r.zone))
	WHERE r.loads > date_trunc('day', desk.report_load_since(parts), r.zone);
	RETURN cardinality(parts);
END;
$$;

-- What reports keep by the clock: parts are folded; when few are left, shifts of
-- hours that are over are put on record, days added up, and some cases from
-- before.  Returns whether there is more to do at once: what is from before may
-- take its time.
CREATE OR REPLACE FUNCTION desk.report_keep(lim int)
RETURNS boolean
LANGUAGE plpgsql
SET jit = off
AS $$
BEGIN
	-- One daemon at a time.
	IF NOT pg_try_advisory_xact_lock(1145393035) THEN
		RETURN false;
	ELSIF desk.report_fold(lim) >= lim OR desk.measure_keep(lim) THEN
		RETURN true;
	END IF;
	PERFORM desk.shifts_note(desk.hour_of(now()), lim);
	PERFORM desk.report_catch_up(greatest(lim / 20, 1));
	RETURN desk.report_roll(lim);
END;
$$;
