-- Measures folded: parts into quarters of an hour, and, in the same transaction,
-- into the days, months and years of the company's time zone, by all that they
-- are about (measure_sum) and by name alone (measure_total).  One daemon at a
-- time (report_keep() holds the lock); who appends just now is left for the next
-- time, and waits for nobody.

-- Adds counts to the sums and totals that are made already.
CREATE OR REPLACE FUNCTION desk.measure_sum_add(rows desk.measure_count[])
RETURNS void
LANGUAGE plpgsql
AS $$
DECLARE
	k	desk.measure_rolled;
BEGIN
	SELECT * INTO k FROM desk.measure_rolled r;
	INSERT INTO desk.measure_sum AS s (gen, unit, whole, began, measure,
	    name, queue, agent, channel, segment, touchpoint, value, n)
	SELECT k.gen, u.unit, w.agent = -1, b.began, r.measure, r.name,
	    r.queue, w.agent, r.channel, r.segment, r.touchpoint, r.value,
	    sum(r.n)
	FROM unnest(rows) r
	CROSS JOIN unnest('{day,month,year}'::text[]) u(unit)
	CROSS JOIN LATERAL (VALUES (r.agent), (-1)) w(agent)
	CROSS JOIN LATERAL (SELECT r.at AT TIME ZONE k.zone) l(at)
	CROSS JOIN LATERAL (SELECT date_trunc(u.unit, l.at)::date) b(began)
	WHERE l.at::date >= k.since
	GROUP BY 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12
	ORDER BY 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12
	ON CONFLICT (gen, measure, unit, whole, began, name, queue, agent,
	    channel, segment, touchpoint, value)
	DO UPDATE SET n = s.n + excluded.n;
	INSERT INTO desk.measure_total AS t (gen, unit, began, measure, name,
	    value, n)
	SELECT k.gen, u.unit, b.began, r.measure, r.name, r.value, sum(r.n)
	FROM unnest(rows) r
	CROSS JOIN unnest('{day,month,year}'::text[]) u(unit)
	CROSS JOIN LATERAL (SELECT r.at AT TIME ZONE k.zone) l(at)
	CROSS JOIN LATERAL (SELECT date_trunc(u.unit, l.at)::date) b(began)
	WHERE l.at::date >= k.since
	GROUP BY 2, 3, 4, 5, 6
	ORDER BY 2, 3, 4, 5, 6
	ON CONFLICT (gen, measure, unit, began, name, value)
	DO UPDATE SET n = t.n + excluded.n;
END;
$$;

-- Totals of sums that were made before there were totals, all at once: under the
-- lock of who folds, so that nothing comes between.
CREATE OR REPLACE FUNCTION desk.measure_total_back()
RETURNS void
LANGUAGE plpgsql
AS $$
DECLARE
	k	desk.measure_rolled;
BEGIN
	SELECT * INTO k FROM desk.measure_rolled r WHERE NOT r.totals;
	IF NOT FOUND THEN
		RETURN;
	END IF;
	DELETE FROM desk.measure_total;
	INSERT INTO desk.measure_total (gen, unit, began, measure, name, value,
	    n)
	SELECT s.gen, s.unit, s.began, s.measure, s.name, s.value, sum(s.n)
	FROM desk.measure_sum s
	WHERE s.gen = k.gen AND s.whole
	GROUP BY 1, 2, 3, 4, 5, 6
	-- A day's lie together.
	ORDER BY 2, 3, 4, 5, 6;
	UPDATE desk.measure_rolled SET totals = true;
END;
$$;

-- Folds about lim parts, the oldest, and returns how many they were.
CREATE OR REPLACE FUNCTION desk.measure_fold(lim int)
RETURNS int
LANGUAGE plpgsql
SET jit = off
AS $$
DECLARE
	upto	bigint;
	parts	desk.measure_part[];
	rows	desk.measure_count[];
BEGIN
	IF NOT pg_try_advisory_xact_lock(1145393035) THEN
		RETURN 0;
	END IF;
	PERFORM desk.measure_total_back();
	SELECT max(o.id) INTO upto FROM (SELECT p.id FROM desk.measure_part p
	    ORDER BY p.id LIMIT lim) o;
	WITH taken AS (
	    DELETE FROM desk.measure_part p WHERE p.id <= upto
	    RETURNING p.*
	)
	SELECT array_agg(t::desk.measure_part) INTO parts FROM taken t;
	IF parts IS NULL THEN
		RETURN 0;
	END IF;
	rows := ARRAY(SELECT ROW(date_bin('15 min', p.at, '2000-01-01Z'),
		p.measure, p.name, p.queue, p.agent, p.channel, p.segment,
		p.touchpoint, p.value, sum(p.n))::desk.measure_count
	    FROM unnest(parts) p
	    GROUP BY date_bin('15 min', p.at, '2000-01-01Z'), p.measure,
		p.name, p.queue, p.agent, p.channel, p.segment, p.touchpoint,
		p.value);
	INSERT INTO desk.measure_count AS c
	SELECT r.* FROM unnest(rows) r
	ORDER BY r.at, r.measure, r.name, r.queue, r.agent, r.channel,
	    r.segment, r.touchpoint, r.value
	ON CONFLICT (at, measure, name, queue, agent, channel, segment,
	    touchpoint, value) DO UPDATE SET n = c.n + excluded.n;
	PERFORM desk.measure_sum_add(rows);
	INSERT INTO desk.dimension_value
	SELECT DISTINCT d.dimension, d.value
	FROM unnest(rows) r
	CROSS JOIN LATERAL (VALUES ('name', r.name), ('channel', r.channel),
	    ('segment', r.segment), ('touchpoint', r.touchpoint))
	    d(dimension, value)
	WHERE d.value <> '' AND NOT EXISTS (
	    SELECT FROM desk.dimension_value k
	    WHERE k.dimension = d.dimension AND k.value = d.value)
	ORDER BY 1, 2
	ON CONFLICT DO NOTHING;
	RETURN cardinality(parts);
END;
$$;

-- Makes the sums of some more days from before, the newest first: about lim
-- counts, whole days.  Returns whether there are more.
CREATE OR REPLACE FUNCTION desk.measure_sum_back(lim int)
RETURNS boolean
LANGUAGE plpgsql
AS $$
DECLARE
	k	desk.measure_rolled;
	edge	timestamptz;	-- nothing from here on is left to do
	first	date;		-- the day that this step begins with
BEGIN
	SELECT * INTO k FROM desk.measure_rolled r;
	IF k.since = '-infinity' THEN
		RETURN false;
	END IF;
	edge := k.since::timestamp AT TIME ZONE k.zone;
	SELECT (c.at AT TIME ZONE k.zone)::date + 1 INTO first
	FROM desk.measure_count c
	WHERE c.at < edge ORDER BY c.at DESC OFFSET lim LIMIT 1;
	-- A day of more than lim counts is done at once.
	IF first >= k.since THEN
		first := k.since - 1;
	ELSIF first > (SELECT (max(c.at) AT TIME ZONE k.zone)::date
	    FROM desk.measure_count c WHERE c.at < edge) THEN
		first := first - 1;
	END IF;
	first := coalesce(first, '-infinity');
	UPDATE desk.measure_rolled SET since = first;
	PERFORM desk.measure_sum_add(ARRAY(SELECT c FROM desk.measure_count c
	    WHERE c.at >= first::timestamp AT TIME ZONE k.zone
		AND c.at < edge));
	RETURN first > '-infinity';
END;
$$;

-- In another time zone days begin anew; what is left of the old goes little by
-- little.  Returns whether there is more to do.
CREATE OR REPLACE FUNCTION desk.measure_roll(lim int)
RETURNS boolean
LANGUAGE plpgsql
SET enable_seqscan = off
AS $$
DECLARE
	now_zone text := desk.report_zone('{}');
	gone	int;
	more	boolean;
BEGIN
	UPDATE desk.measure_rolled r SET gen = r.gen + 1, zone = now_zone,
	    since = 'infinity', totals = true
	WHERE r.zone <> now_zone;
	more := desk.measure_sum_back(lim);
	DELETE FROM desk.measure_sum s WHERE s.ctid = ANY (ARRAY(
	    SELECT o.ctid FROM desk.measure_sum o WHERE o.gen < (
		SELECT r.gen FROM desk.measure_rolled r) LIMIT lim));
	GET DIAGNOSTICS gone = ROW_COUNT;
	more := more OR gone >= lim;
	DELETE FROM desk.measure_total t WHERE t.ctid = ANY (ARRAY(
	    SELECT o.ctid FROM desk.measure_total o WHERE o.gen < (
		SELECT r.gen FROM desk.measure_rolled r) LIMIT lim));
	GET DIAGNOSTICS gone = ROW_COUNT;
	RETURN more OR gone >= lim;
END;
$$;

-- Whether anything was ever counted under this name, channel, segment or
-- touchpoint; also just now.
CREATE OR REPLACE FUNCTION desk.measured_under(of_dimension text, of_value text)
RETURNS boolean
LANGUAGE plpgsql STABLE
AS $$
BEGIN
	RETURN EXISTS (SELECT FROM desk.dimension_value d
		WHERE d.dimension = of_dimension AND d.value = of_value)
	    OR EXISTS (SELECT FROM desk.measure_part p
		WHERE CASE of_dimension WHEN 'name' THEN p.name
		    WHEN 'channel' THEN p.channel
		    WHEN 'segment' THEN p.segment
		    ELSE p.touchpoint END = of_value);
END;
$$;

-- What is done by the clock; returns whether there is more to do at once.
CREATE OR REPLACE FUNCTION desk.measure_keep(lim int)
RETURNS boolean
LANGUAGE plpgsql
SET jit = off
AS $$
BEGIN
	RETURN desk.measure_fold(lim) >= lim OR desk.measure_roll(lim);
END;
$$;

-- The days from since up to before until in as few pieces as there may be.
-- larger: the units beside days that may be, the smaller first.
CREATE OR REPLACE FUNCTION desk.days_cover(since date, until date,
    larger text[])
RETURNS TABLE (unit text, began date, ended date)
LANGUAGE plpgsql IMMUTABLE
ROWS 5
AS $$
DECLARE
	fine	text := 'day';
	next	text;
	first	date;
	last	date;
BEGIN
	FOREACH next IN ARRAY larger LOOP
		first := date_trunc(next, since::timestamp);
		IF first < since THEN
			first := first + ('1 ' || next)::interval;
		END IF;
		last := date_trunc(next, until::timestamp);
		EXIT WHEN first >= last;
		RETURN QUERY
		SELECT fine, x.b, x.e
		FROM (VALUES (since, first), (last, until)) x(b, e)
		WHERE x.b < x.e;
		since := first;
		until := last;
		fine := next;
	END LOOP;
	IF since < until THEN
		RETURN QUERY SELECT fine, since, until;
	END IF;
END;
$$;

-- What of these days is not added up yet, as it was counted: quarters of an hour
-- from before the sums, and parts.
CREATE OR REPLACE FUNCTION desk.measure_loose(k desk.measure_rolled,
    of_measure text, since date, until date)
RETURNS TABLE (began date, name text, queue int, agent int, channel text,
    segment text, touchpoint text, value smallint, n bigint)
LANGUAGE plpgsql STABLE
AS $$
#variable_conflict use_column
DECLARE
	first	timestamptz := since::timestamp AT TIME ZONE k.zone;
	last	timestamptz := until::timestamp AT TIME ZONE k.zone;
	edge	timestamptz := least(k.since, until)::timestamp
		    AT TIME ZONE k.zone;
BEGIN
	IF first < edge THEN
		RETURN QUERY
		SELECT (c.at AT TIME ZONE k.zone)::date, c.name, c.queue,
		    c.agent, c.channel, c.segment, c.touchpoint, c.value, c.n
		FROM desk.measure_count c
		WHERE c.at >= first AND c.at < edge AND c.measure = of_measure;
	END IF;
	RETURN QUERY
	SELECT (p.at AT TIME ZONE k.zone)::date, p.name, p.queue, p.agent,
	    p.channel, p.segment, p.touchpoint, p.value, p.n
	FROM desk.measure_part p
	WHERE p.measure = of_measure AND p.at >= first AND p.at < last;
END;
$$;

-- Rows that add up to a measure of these days; agents: by agent, else all of
-- them together.  What is not added up yet is read as it was counted.
CREATE OR REPLACE FUNCTION desk.measure_rows(of_measure text, since date,
    until date, larger text[], agents boolean)
RETURNS TABLE (began date, name text, queue int, agent int, channel text,
    segment text, touchpoint text, value smallint, n bigint)
LANGUAGE plpgsql STABLE
SET plan_cache_mode = force_generic_plan
SET enable_seqscan = off
SET enable_bitmapscan = off
AS $$
#variable_conflict use_column
DECLARE
	k	desk.measure_rolled;
	d	record;
BEGIN
	SELECT * INTO k FROM desk.measure_rolled r;
	FOR d IN SELECT v.unit, v.began, v.ended FROM desk.days_cover(
	    greatest(since, k.since), until, larger) v LOOP
		RETURN QUERY
		SELECT s.began, s.name, s.queue, s.agent, s.channel, s.segment,
		    s.touchpoint, s.value, s.n
		FROM desk.measure_sum s
		WHERE s.gen = k.gen AND s.measure = of_measure
		    AND s.unit = d.unit AND s.whole = NOT agents
		    AND s.began >= d.began AND s.began < d.ended;
	END LOOP;
	RETURN QUERY
	SELECT * FROM desk.measure_loose(k, of_measure, since, until);
END;
$$;

-- The same by name and value alone; whoever asks for no queue, agent, channel,
-- segment or touchpoint reads fewer rows by far.
CREATE OR REPLACE FUNCTION desk.measure_totals(of_measure text, since date,
    until date, larger text[])
RETURNS TABLE (began date, name text, value smallint, n bigint)
LANGUAGE plpgsql STABLE
SET plan_cache_mode = force_generic_plan
SET enable_seqscan = off
SET enable_bitmapscan = off
AS $$
#variable_conflict use_column
DECLARE
	k	desk.measure_rolled;
	d	record;
BEGIN
	SELECT * INTO k FROM desk.measure_rolled r;
	IF NOT k.totals THEN
		RETURN QUERY
		SELECT r.began, r.name, r.value, r.n
		FROM desk.measure_rows(of_measure, since, until, larger,
		    false) r;
		RETURN;
	END IF;
	FOR d IN SELECT v.unit, v.began, v.ended FROM desk.days_cover(
	    greatest(since, k.since), until, larger) v LOOP
		RETURN QUERY
		SELECT t.began, t.name, t.value, t.n
		FROM desk.measure_total t
		WHERE t.gen = k.gen AND t.measure = of_measure
		    AND t.unit = d.unit AND t.began >= d.began
		    AND t.began < d.ended;
	END LOOP;
	RETURN QUERY
	SELECT l.began, l.name, l.value, l.n
	FROM desk.measure_loose(k, of_measure, since, until) l;
END;
$$;
