-- Cases that are over (desk.retained) added up, so that RETENTION.SUMMARY reads
-- days and months instead of cases.

-- Within how many days orders are added up.
CREATE OR REPLACE FUNCTION desk.retained_spans()
RETURNS int[]
LANGUAGE sql IMMUTABLE PARALLEL SAFE
AS $$
	SELECT '{30,90,180,365}'::int[]
$$;

-- On desk.retained.
CREATE OR REPLACE FUNCTION desk.retained_note()
RETURNS trigger
LANGUAGE plpgsql
AS $$
BEGIN
	IF TG_OP <> 'DELETE' THEN
		INSERT INTO desk.retained_part (n, outcome, class, segment,
		    touchpoint, ended_on, prior_on, orders, worth)
		SELECT 1, f.outcome, f.class, f.segment, f.touchpoint,
		    f.ended_on, f.prior_on, f.orders, f.worth
		FROM fresh f WHERE f.ended_on IS NOT NULL;
	END IF;
	IF TG_OP <> 'INSERT' THEN
		INSERT INTO desk.retained_part (n, outcome, class, segment,
		    touchpoint, ended_on, prior_on, orders, worth)
		SELECT -1, s.outcome, s.class, s.segment, s.touchpoint,
		    s.ended_on, s.prior_on, s.orders, s.worth
		FROM stale s WHERE s.ended_on IS NOT NULL;
	END IF;
	RETURN NULL;
END;
$$;

-- What a case is counted as, by one unit.
CREATE OR REPLACE FUNCTION desk.retained_lines(unit "char", outcome text,
    class text, segment text, touchpoint text, ended_on date, prior_on date,
    orders bigint[], worth numeric[])
RETURNS TABLE (by text, days int, ended date, prior date, key text,
    orders_in bigint, worth_in numeric)
LANGUAGE sql IMMUTABLE PARALLEL SAFE
AS $$
	SELECT k.by, s.days, CASE unit WHEN 'd' THEN ended_on
	    ELSE date_trunc('month', ended_on::timestamp)::date END,
	    coalesce(date_trunc('month', prior_on::timestamp)::date,
		'-infinity'), k.key, s.orders, s.worth
	FROM (VALUES ('outcome', outcome), ('class', class),
	    ('segment', segment), ('touchpoint', touchpoint)) k(by, key)
	CROSS JOIN (SELECT 0 AS days, 0::bigint AS orders, 0::numeric AS worth
	    UNION ALL
	    SELECT x.d, x.o, x.w FROM unnest(desk.retained_spans(), orders,
		worth) x(d, o, w) WHERE x.o > 0) s
$$;

-- Adds up what came and went; under the lock of retention_run().
CREATE OR REPLACE FUNCTION desk.retained_fold()
RETURNS void
LANGUAGE plpgsql
SET enable_seqscan = off
SET jit = off
AS $$
BEGIN
	IF NOT EXISTS (SELECT FROM desk.retained_part) THEN
		RETURN;
	END IF;
	WITH taken AS (
	    DELETE FROM desk.retained_part RETURNING *
	)
	INSERT INTO desk.retained_sum AS s
	SELECT u.unit, l.by, l.days, l.ended, l.prior, l.key, sum(t.n),
	    sum(t.n * l.orders_in), sum(t.n * l.worth_in)
	FROM taken t
	CROSS JOIN unnest('{d,m}'::"char"[]) u(unit)
	CROSS JOIN LATERAL desk.retained_lines(u.unit, t.outcome, t.class,
	    t.segment, t.touchpoint, t.ended_on, t.prior_on, t.orders,
	    t.worth) l
	GROUP BY 1, 2, 3, 4, 5, 6
	HAVING sum(t.n) <> 0 OR sum(t.n * l.orders_in) <> 0
	    OR sum(t.n * l.worth_in) <> 0
	ON CONFLICT (unit, by, days, ended, prior, key) DO UPDATE SET
	    n = s.n + excluded.n, orders = s.orders + excluded.orders,
	    worth = s.worth + excluded.worth;
END;
$$;

-- Where the sums are not those of the cases; empty, unless something is wrong.
CREATE OR REPLACE FUNCTION desk.retained_differs()
RETURNS TABLE (unit text, by text, days int, ended date, prior date, key text)
LANGUAGE sql STABLE
AS $$
	SELECT x.unit::text, x.by, x.days, x.ended, x.prior, x.key
	FROM (SELECT u.unit, l.by, l.days, l.ended, l.prior, l.key, r.n,
		r.n * l.orders_in AS orders, r.n * l.worth_in AS worth
	    FROM (SELECT 1 AS n, c.outcome, c.class, c.segment, c.touchpoint,
		    c.ended_on, c.prior_on, c.orders, c.worth
		FROM desk.retained c WHERE c.ended_on IS NOT NULL
		UNION ALL
		SELECT -p.n, p.outcome, p.class, p.segment, p.touchpoint,
		    p.ended_on, p.prior_on, p.orders, p.worth
		FROM desk.retained_part p) r
	    CROSS JOIN unnest('{d,m}'::"char"[]) u(unit)
	    CROSS JOIN LATERAL desk.retained_lines(u.unit, r.outcome, r.class,
		r.segment, r.touchpoint, r.ended_on, r.prior_on, r.orders,
		r.worth) l
	    UNION ALL
	    SELECT s.unit, s.by, s.days, s.ended, s.prior, s.key, -s.n,
		-s.orders, -s.worth
	    FROM desk.retained_sum s) x
	GROUP BY 1, 2, 3, 4, 5, 6
	HAVING sum(x.n) <> 0 OR sum(x.orders) <> 0 OR sum(x.worth) <> 0
$$;

-- Customers by their first case of these days, from each case: by what it was,
-- whether he could be watched for so many days yet, whether he ordered within
-- them, and how much.
CREATE OR REPLACE FUNCTION desk.retained_each(per text, since date, until date,
    zone text, span int)
RETURNS TABLE (key text, n bigint, again bigint, later bigint, orders bigint,
    worth numeric)
LANGUAGE plpgsql STABLE
AS $$
#variable_conflict use_column
BEGIN
	RETURN QUERY
	WITH first AS MATERIALIZED (
	    SELECT DISTINCT ON (r.customer) r.customer, r.ended_at,
		CASE per WHEN 'segment' THEN r.segment
		    WHEN 'class' THEN r.class
		    WHEN 'touchpoint' THEN r.touchpoint
		    ELSE r.outcome END AS key,
		r.ended_at + make_interval(days => span) AS upto,
		r.again_at <= r.ended_at + make_interval(days => span) AS again
	    FROM desk.retained r
	    WHERE r.ended_at >= since::timestamp AT TIME ZONE zone
		AND r.ended_at < until::timestamp AT TIME ZONE zone
	    ORDER BY r.customer, r.ended_at, r.ticket
	), seen AS MATERIALIZED (
	    SELECT f.key, f.upto <= now() AS whole,
		f.upto <= now() AND coalesce(f.again, false) AS again,
		v.orders, v.worth
	    FROM first f
	    LEFT JOIN LATERAL (SELECT count(*) AS orders, sum(o.worth) AS worth
		FROM desk.orders_good(ARRAY[f.customer]) o
		WHERE o.at > f.ended_at AND o.at <= f.upto) v
		ON f.again AND f.upto <= now()
	)
	SELECT s.key, count(*) FILTER (WHERE s.whole),
	    count(*) FILTER (WHERE s.again),
	    count(*) FILTER (WHERE NOT s.whole),
	    coalesce(sum(s.orders), 0)::bigint, coalesce(sum(s.worth), 0)
	FROM seen s GROUP BY 1;
END;
$$;

-- The same from the sums.  Case by case are read: those of the one day of which
-- some could be watched for so long and some not yet, and those whose customer's
-- case before ended in the month in which the stretch begins.
CREATE OR REPLACE FUNCTION desk.retained_rows(per text, since date, until date,
    zone text, span int)
RETURNS TABLE (key text, n bigint, again bigint, later bigint, orders bigint,
    worth numeric)
LANGUAGE plpgsql STABLE
SET plan_cache_mode = force_custom_plan
SET enable_seqscan = off
AS $$
#variable_conflict use_column
DECLARE
	place	int := array_position(desk.retained_spans(), span);
	month	date := date_trunc('month', since::timestamp)::date;
	edge	date := ((now() - make_interval(days => span))
		    AT TIME ZONE zone)::date;
BEGIN
	RETURN QUERY
	WITH piece AS (
	    SELECT c.unit, c.began, c.ended, false AS later
	    FROM desk.days_cover(since, least(until, edge), '{month}') c
	    WHERE since < edge
	    UNION ALL
	    SELECT c.unit, c.began, c.ended, true
	    FROM desk.days_cover(greatest(since, edge + 1), until,
		'{month}') c
	    WHERE edge + 1 < until
	), sums AS (
	    SELECT s.key, p.later, s.days, sum(s.n) AS n,
		sum(s.orders) AS orders, sum(s.worth) AS worth
	    FROM piece p
	    JOIN desk.retained_sum s ON s.unit = CASE p.unit WHEN 'month'
		    THEN 'm' ELSE 'd' END::"char"
		AND s.by = per AND s.days IN (0, span)
		AND s.ended >= p.began AND s.ended < p.ended
	    WHERE s.prior < month
	    GROUP BY 1, 2, 3
	), part AS (
	    SELECT l.key, p.ended_on > edge AS later, l.days, p.n,
		p.n * l.orders_in AS orders, p.n * l.worth_in AS worth
	    FROM desk.retained_part p
	    CROSS JOIN LATERAL desk.retained_lines('d', p.outcome, p.class,
		p.segment, p.touchpoint, p.ended_on, p.prior_on, p.orders,
		p.worth) l
	    WHERE l.by = per AND l.days IN (0, span) AND p.ended_on >= since
		AND p.ended_on < until AND p.ended_on <> edge
		AND l.prior < month
	), each AS (
	    SELECT CASE per WHEN 'segment' THEN r.segment
		    WHEN 'class' THEN r.class
		    WHEN 'touchpoint' THEN r.touchpoint
		    ELSE r.outcome END AS key,
		r.ended_at + make_interval(days => span) > now() AS later,
		r.orders[place] AS orders, r.worth[place] AS worth
	    FROM (SELECT c.outcome, c.class, c.segment, c.touchpoint,
		    c.ended_at, c.orders, c.worth
		FROM desk.retained c
		WHERE c.ended_on = edge AND edge >= since AND edge < until
		    AND coalesce(c.prior_on < month, true)
		UNION ALL
		SELECT c.outcome, c.class, c.segment, c.touchpoint,
		    c.ended_at, c.orders, c.worth
		FROM desk.retained c
		WHERE c.prior_on >= month AND c.prior_on < since
		    AND c.ended_on >= since AND c.ended_on < until) r
	), a AS (
	    SELECT s.key, s.later, s.days, s.n, s.orders, s.worth FROM sums s
	    UNION ALL
	    SELECT p.key, p.later, p.days, p.n, p.orders, p.worth FROM part p
	    UNION ALL
	    SELECT e.key, e.later, 0, 1, 0, 0 FROM each e
	    UNION ALL
	    SELECT e.key, e.later, span, 1, e.orders, e.worth FROM each e
	    WHERE e.orders > 0
	)
	SELECT a.key,
	    coalesce(sum(a.n) FILTER (WHERE a.days = 0 AND NOT a.later), 0)
		::bigint,
	    coalesce(sum(a.n) FILTER (WHERE a.days > 0 AND NOT a.later), 0)
		::bigint,
	    coalesce(sum(a.n) FILTER (WHERE a.days = 0 AND a.later), 0)::bigint,
	    coalesce(sum(a.orders) FILTER (WHERE NOT a.later), 0)::bigint,
	    coalesce(sum(a.worth) FILTER (WHERE NOT a.later), 0)
	FROM a GROUP BY 1
	HAVING sum(a.n) FILTER (WHERE a.days = 0) <> 0;
END;
$$;

-- The one or the other: sums are of some stretches, and of one zone's days; of
-- others ten thousand cases are read one by one, and no more.
CREATE OR REPLACE FUNCTION desk.retained_sums(per text, since date, until date,
    zone text, span int)
RETURNS TABLE (key text, n bigint, again bigint, later bigint, orders bigint,
    worth numeric)
LANGUAGE plpgsql STABLE
SET enable_seqscan = off
AS $$
BEGIN
	IF span = ANY (desk.retained_spans()) AND EXISTS (
	    SELECT FROM desk.retention_mark m
	    WHERE m.zoned AND m.zone = retained_sums.zone) THEN
		RETURN QUERY SELECT * FROM desk.retained_rows(per, since,
		    until, zone, span);
	ELSE
		IF span <> ALL (desk.retained_spans()) AND EXISTS (
		    SELECT FROM desk.retained r
		    WHERE r.ended_at >= since::timestamp AT TIME ZONE zone
			AND r.ended_at < until::timestamp AT TIME ZONE zone
		    OFFSET 10000) THEN
			PERFORM desk.refuse('INVALID', 'Of more than 10,000 '
			    'cases it is told within 30, 90, 180 or 365 days.',
			    'days');
		END IF;
		RETURN QUERY SELECT * FROM desk.retained_each(per, since,
		    until, zone, span);
	END IF;
END;
$$;
