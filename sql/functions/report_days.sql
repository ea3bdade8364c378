-- What the hours of reports add up to: by day, month and year of the company's
-- time zone, so that a report of any length reads few rows.  Everything that
-- changes an hour passes through report_fold(), one daemon at a time, which adds
-- it here in the same transaction; whoever dies leaves both as they were.

-- The first beginning of such a unit (day, month, year) of that zone that is
-- not before this moment.
CREATE OR REPLACE FUNCTION desk.unit_next(unit text, moment timestamptz,
    zone text)
RETURNS timestamptz
LANGUAGE sql STABLE
AS $$
	SELECT CASE WHEN NOT isfinite(moment) OR t.at = moment THEN moment
	    ELSE (t.at AT TIME ZONE zone + ('1 ' || unit)::interval)
		AT TIME ZONE zone END
	FROM (SELECT CASE WHEN isfinite(moment)
	    THEN date_trunc(unit, moment, zone) END AS at) t
$$;

CREATE OR REPLACE FUNCTION desk.unit_of(unit text, moment timestamptz,
    zone text)
RETURNS timestamptz
LANGUAGE sql STABLE
AS $$
	SELECT CASE WHEN isfinite(moment) THEN date_trunc(unit, moment, zone)
	    ELSE moment END
$$;

-- The stretch in as few pieces as there may be: years in the middle, months,
-- days and hours towards its ends.  coarse: the largest unit that may be (hour,
-- day or year); units larger than an hour only between kept and upto.
CREATE OR REPLACE FUNCTION desk.report_cover(since timestamptz,
    until timestamptz, coarse text, zone text, kept timestamptz,
    upto timestamptz)
RETURNS TABLE (unit text, began timestamptz, ended timestamptz)
LANGUAGE plpgsql STABLE
ROWS 7
AS $$
DECLARE
	fine	text := 'hour';
	larger	text;
	first	timestamptz;
	last	timestamptz;
BEGIN
	FOREACH larger IN ARRAY (CASE coarse WHEN 'hour' THEN '{}'
	    WHEN 'day' THEN '{day}' ELSE '{day,month,year}' END)::text[] LOOP
		first := desk.unit_next(larger, greatest(since, kept), zone);
		last := desk.unit_of(larger, least(until, upto), zone);
		EXIT WHEN first >= last;
		RETURN QUERY
		SELECT fine, x.b, x.e
		FROM (VALUES (since, first), (last, until)) x(b, e)
		WHERE x.b < x.e;
		since := first;
		until := last;
		fine := larger;
	END LOOP;
	IF since < until THEN
		RETURN QUERY SELECT fine, since, until;
	END IF;
END;
$$;

-- How large the pieces of a report's lines may be.
CREATE OR REPLACE FUNCTION desk.report_coarse(by text, zone text)
RETURNS text
LANGUAGE sql STABLE
AS $$
	SELECT CASE WHEN by = 'hour' THEN 'hour'
	    WHEN by NOT IN ('day', 'week') THEN 'year'
	    WHEN zone = (SELECT r.zone FROM desk.report_rolled r) THEN 'day'
	    ELSE 'hour' END
$$;

-- Adds rows of the hours to what they belong to.
CREATE OR REPLACE FUNCTION desk.report_sum_add(rows desk.report_hour[])
RETURNS void
LANGUAGE plpgsql
AS $$
DECLARE
	k	desk.report_rolled;
BEGIN
	SELECT * INTO k FROM desk.report_rolled r;
	INSERT INTO desk.report_sum AS s
	SELECT b.at, r.queue, r.channel, w.agent,
	    sum(r.opened), sum(r.reopened), sum(r.moved_in), sum(r.moved_out),
	    sum(r.resolved), sum(r.offered), sum(r.answered), sum(r.within),
	    sum(r.waited), sum(r.abandoned), sum(r.abandoned_late),
	    sum(r.abandoned_ms), sum(r.handed), sum(r.dropped), sum(r.firsts),
	    sum(r.first_ms), sum(r.first_open), sum(r.resolve_ms),
	    sum(r.resolve_open), sum(r.talks), sum(r.talk), sum(r.cases),
	    sum(r.cases_since), sum(r.hand), sum(r.hand_ms
	    - r.hand * desk.report_ms(b.at, r.hour)), sum(r.units),
	    sum(r.units_ms - r.units * desk.report_ms(b.at, r.hour)),
	    u.unit, k.gen
	FROM unnest(rows) r
	CROSS JOIN unnest('{hour,day,month,year}'::text[]) u(unit)
	CROSS JOIN LATERAL (VALUES (r.agent), (-1)) w(agent)
	CROSS JOIN LATERAL (SELECT CASE u.unit WHEN 'hour' THEN r.hour
	    ELSE date_trunc(u.unit, r.hour, k.zone) END) b(at)
	WHERE r.hour >= k.since AND (u.unit <> 'hour' OR w.agent = -1)
	GROUP BY b.at, r.queue, r.channel, w.agent, u.unit
	ORDER BY u.unit, w.agent, b.at, r.queue, r.channel
	ON CONFLICT (gen, unit, agent, hour, queue, channel) DO UPDATE SET
	    opened = s.opened + excluded.opened,
	    reopened = s.reopened + excluded.reopened,
	    moved_in = s.moved_in + excluded.moved_in,
	    moved_out = s.moved_out + excluded.moved_out,
	    resolved = s.resolved + excluded.resolved,
	    offered = s.offered + excluded.offered,
	    answered = s.answered + excluded.answered,
	    within = s.within + excluded.within,
	    waited = s.waited + excluded.waited,
	    abandoned = s.abandoned + excluded.abandoned,
	    abandoned_late = s.abandoned_late + excluded.abandoned_late,
	    abandoned_ms = s.abandoned_ms + excluded.abandoned_ms,
	    handed = s.handed + excluded.handed,
	    dropped = s.dropped + excluded.dropped,
	    firsts = s.firsts + excluded.firsts,
	    first_ms = s.first_ms + excluded.first_ms,
	    first_open = s.first_open + excluded.first_open,
	    resolve_ms = s.resolve_ms + excluded.resolve_ms,
	    resolve_open = s.resolve_open + excluded.resolve_open,
	    talks = s.talks + excluded.talks, talk = s.talk + excluded.talk,
	    cases = s.cases + excluded.cases,
	    cases_since = s.cases_since + excluded.cases_since,
	    hand = s.hand + excluded.hand,
	    hand_ms = s.hand_ms + excluded.hand_ms,
	    units = s.units + excluded.units,
	    units_ms = s.units_ms + excluded.units_ms;
END;
$$;

-- Makes the sums of some more hours from before: about lim rows, whole days.
-- Returns whether there are more.
CREATE OR REPLACE FUNCTION desk.report_sum_back(lim int)
RETURNS boolean
LANGUAGE plpgsql
AS $$
DECLARE
	k	desk.report_rolled;
	first	timestamptz;
	last	timestamptz;
BEGIN
	SELECT * INTO k FROM desk.report_rolled r;
	IF k.since = '-infinity' THEN
		RETURN false;
	END IF;
	SELECT max(h.hour) INTO last FROM desk.report_hour h
	WHERE h.hour < k.since;
	SELECT h.hour INTO first FROM desk.report_hour h
	WHERE h.hour < k.since ORDER BY h.hour DESC OFFSET lim LIMIT 1;
	-- Not less than a day, and none in part.
	first := CASE WHEN first IS NULL THEN '-infinity'
	    ELSE least(desk.unit_next('day', first, k.zone),
		desk.unit_of('day', last, k.zone)) END;
	UPDATE desk.report_rolled SET since = first;
	PERFORM desk.report_sum_add(ARRAY(SELECT h FROM desk.report_hour h
	    WHERE h.hour >= first AND h.hour < k.since));
	RETURN first > '-infinity';
END;
$$;

-- Days that are over, of agents' states and loads: about lim hours of theirs
-- more.  Returns whether there are more.  Waits for cases from before: they
-- change all that came after them.
CREATE OR REPLACE FUNCTION desk.report_load_on(lim int)
RETURNS boolean
LANGUAGE plpgsql
AS $$
DECLARE
	k	desk.report_rolled;
	first	timestamptz;
	last	timestamptz;
	over	timestamptz;
	larger	text;
BEGIN
	SELECT * INTO k FROM desk.report_rolled r;
	over := date_trunc('day', now() - interval '1 hour', k.zone);
	first := k.loads;
	IF first = '-infinity' THEN
		SELECT date_trunc('day', min(t.hour), k.zone) INTO first
		FROM desk.report_time t;
	END IF;
	IF first IS NULL OR first >= over
	    OR EXISTS (SELECT FROM desk.report_mark m WHERE m.below > 0) THEN
		RETURN false;
	END IF;
	SELECT desk.unit_next('day', t.hour + interval '1 us', k.zone) INTO last
	FROM desk.report_time t WHERE t.hour >= first
	ORDER BY t.hour OFFSET lim LIMIT 1;
	last := least(last, over);
	DELETE FROM desk.report_load l
	WHERE l.gen = k.gen AND l.unit = 'day' AND l.began >= first;
	INSERT INTO desk.report_load (gen, unit, began, agent, ready, away,
	    break, training, scheduled, kept, used, talk)
	SELECT k.gen, 'day', b.at, x.agent, sum(x.ready), sum(x.away),
	    sum(x.break), sum(x.training), sum(x.scheduled), sum(x.kept),
	    sum(x.used), sum(x.talk)
	FROM desk.report_duties(first, last, NULL, false) x
	CROSS JOIN LATERAL (SELECT date_trunc('day', x.hour, k.zone)) b(at)
	GROUP BY b.at, x.agent;
	FOREACH larger IN ARRAY '{month,year}'::text[] LOOP
		DELETE FROM desk.report_load l
		WHERE l.gen = k.gen AND l.unit = larger
		    AND l.began >= date_trunc(larger, first, k.zone);
		INSERT INTO desk.report_load (gen, unit, began, agent, ready,
		    away, break, training, scheduled, kept, used, talk)
		SELECT k.gen, larger, b.at, l.agent, sum(l.ready),
		    sum(l.away), sum(l.break), sum(l.training),
		    sum(l.scheduled), sum(l.kept), sum(l.used), sum(l.talk)
		FROM desk.report_load l
		CROSS JOIN LATERAL (SELECT date_trunc(larger, l.began,
		    k.zone)) b(at)
		WHERE l.gen = k.gen AND l.unit = CASE larger
			WHEN 'month' THEN 'day' ELSE 'month' END
		    AND l.began >= date_trunc(larger, first, k.zone)
		GROUP BY b.at, l.agent;
	END LOOP;
	UPDATE desk.report_rolled SET loads = last;
	RETURN last < over;
END;
$$;

-- From when on what was just told changes what agents did and had; NULL: it
-- does not.
CREATE OR REPLACE FUNCTION desk.report_load_since(parts desk.report_part[])
RETURNS timestamptz
LANGUAGE sql IMMUTABLE
AS $$
	SELECT min(p.hour) FROM unnest(parts) p
	WHERE p.channel = ''
	    OR p.agent <> 0 AND p.what IN ('units', 'units_ms', 'talk')
$$;

-- Days and all that is above them are those of the company's time zone: in
-- another one they begin anew.  What is left of the old goes little by little.
-- Returns whether there is more to do.
CREATE OR REPLACE FUNCTION desk.report_roll(lim int)
RETURNS boolean
LANGUAGE plpgsql
SET enable_seqscan = off
AS $$
DECLARE
	now_zone text := desk.report_zone('{}');
	gone	int;
	more	boolean;
BEGIN
	UPDATE desk.report_rolled r SET gen = r.gen + 1, zone = now_zone,
	    since = 'infinity', loads = '-infinity'
	WHERE r.zone <> now_zone;
	more := desk.report_sum_back(lim);
	more := desk.report_load_on(lim) OR more;
	DELETE FROM desk.report_sum s WHERE s.ctid = ANY (ARRAY(
	    SELECT o.ctid FROM desk.report_sum o WHERE o.gen < (
		SELECT r.gen FROM desk.report_rolled r) LIMIT lim));
	GET DIAGNOSTICS gone = ROW_COUNT;
	DELETE FROM desk.report_load s WHERE s.ctid = ANY (ARRAY(
	    SELECT o.ctid FROM desk.report_load o WHERE o.gen < (
		SELECT r.gen FROM desk.report_rolled r) LIMIT lim));
	RETURN more OR gone >= lim;
END;
$$;

-- Rows that add up to these hours, in pieces as large as the report's lines
-- allow: of a queue and an agent where they are given; where the lines are not
-- agents', all agents together.  What is not folded yet are rows of their own.
CREATE OR REPLACE FUNCTION desk.report_rows(since timestamptz,
    until timestamptz, by text, zone text, of_queue int, of_agent int)
RETURNS SETOF desk.report_hour
LANGUAGE plpgsql STABLE
SET plan_cache_mode = force_custom_plan
AS $$
#variable_conflict use_column
DECLARE
	k	desk.report_rolled;
	whole	boolean := of_agent IS NULL AND by <> 'agent';
	low	int := CASE WHEN whole THEN -1 ELSE coalesce(of_agent, 0) END;
	high	int := CASE WHEN whole THEN -1
		    ELSE coalesce(of_agent, 2147483647) END;
	c	record;
BEGIN
	SELECT * INTO k FROM desk.report_rolled r;
	FOR c IN SELECT v.unit, v.began, v.ended
	    FROM desk.report_cover(since, until, desk.report_coarse(by, zone),
		k.zone, k.since, 'infinity') v LOOP
		-- Hours by agent, and those that are not added up yet.
		IF c.unit = 'hour' AND (NOT whole OR c.began < k.since) THEN
			RETURN QUERY
			SELECT * FROM desk.report_hour h
			WHERE h.hour >= c.began AND h.hour < CASE WHEN whole
				THEN least(c.ended, k.since) ELSE c.ended END
			    AND (of_queue IS NULL OR h.queue = of_queue)
			    AND (of_agent IS NULL OR h.agent = of_agent);
		END IF;
		CONTINUE WHEN c.unit = 'hour' AND NOT whole;
		RETURN QUERY
		SELECT s.hour, s.queue, s.channel, s.agent,
		    s.opened, s.reopened, s.moved_in, s.moved_out, s.resolved,
		    s.offered, s.answered, s.within, s.waited, s.abandoned,
		    s.abandoned_late, s.abandoned_ms, s.handed, s.dropped,
		    s.firsts, s.first_ms, s.first_open, s.resolve_ms,
		    s.resolve_open, s.talks, s.talk, s.cases, s.cases_since,
		    s.hand, s.hand_ms, s.units, s.units_ms
		FROM desk.report_sum s
		WHERE s.gen = k.gen AND s.unit = c.unit
		    AND s.agent BETWEEN low AND high
		    AND s.hour >= greatest(c.began, CASE c.unit WHEN 'hour'
			THEN k.since ELSE '-infinity' END)
		    AND s.hour < c.ended
		    AND (of_queue IS NULL OR s.queue = of_queue);
	END LOOP;
	RETURN QUERY
	SELECT x.* FROM (SELECT array_agg(p) AS parts FROM desk.report_part p
	    WHERE p.hour >= since AND p.hour < until
		AND (of_queue IS NULL OR p.queue = of_queue)
		AND (of_agent IS NULL OR p.agent = of_agent)) a
	CROSS JOIN LATERAL desk.report_pivot(a.parts) x;
END;
$$;

-- The stocks at an hour's beginning, by queue, channel and agent (those of all
-- agents together are agent -1's and what is not folded yet, where by is not
-- agent).  While the sums are being made: months of UTC from what each changed,
-- the rest from the hours.
CREATE OR REPLACE FUNCTION desk.report_stocks(moment timestamptz, by text,
    of_queue int, of_agent int)
RETURNS TABLE (queue int, channel text, agent int, cases numeric,
    cases_since numeric, hand numeric, units numeric)
LANGUAGE plpgsql STABLE
AS $$
#variable_conflict use_column
BEGIN
	IF EXISTS (SELECT FROM desk.report_rolled r
	    WHERE r.since = '-infinity') THEN
		RETURN QUERY
		SELECT x.queue, x.channel, x.agent, sum(x.cases),
		    sum(x.cases_since), sum(x.hand), sum(x.units)
		FROM desk.report_rows('-infinity', moment, CASE by
		    WHEN 'agent' THEN by ELSE 'all' END, '', of_queue,
		    of_agent) x
		GROUP BY 1, 2, 3;
		RETURN;
	END IF;
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
