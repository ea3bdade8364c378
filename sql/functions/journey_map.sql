-- All customers' journeys, from what steps come to by day and month.

-- The days that args name as cx_span() reads them, the last included.
CREATE OR REPLACE FUNCTION desk.journey_span(args jsonb, OUT since date,
    OUT until date)
LANGUAGE sql STABLE
AS $$ SELECT s.since, s.until - 1 FROM desk.cx_span(args) s $$;

-- What was counted of one thing in those days, whole months as months.
CREATE OR REPLACE FUNCTION desk.journey_rows(what text, since date,
    until date)
RETURNS SETOF desk.journey_day
LANGUAGE sql STABLE
AS $$
	WITH m AS (
	    -- The whole months within: from the first up to, without, the next.
	    SELECT x.first, greatest(x.first, x.next) AS next
	    FROM (SELECT date_trunc('month', since + interval '1 month'
		    - interval '1 day')::date AS first,
		date_trunc('month', until + interval '1 day')::date AS next) x
	)
	SELECT d.* FROM m, desk.journey_day d
	WHERE d.span = 'm' AND d.what = journey_rows.what
	    AND d.day >= m.first AND d.day < m.next
	UNION ALL
	SELECT d.* FROM m, desk.journey_day d
	WHERE d.span = 'd' AND d.what = journey_rows.what
	    AND d.day >= since AND d.day <= least(until, m.first - 1)
	UNION ALL
	SELECT d.* FROM m, desk.journey_day d
	WHERE d.span = 'd' AND d.what = journey_rows.what
	    AND d.day >= greatest(since, m.next) AND d.day <= until
$$;

-- The mean of moods (-1, 0, 1) with its 95 % interval.
CREATE OR REPLACE FUNCTION desk.mood_mean(bad bigint, calm bigint,
    good bigint)
RETURNS jsonb
LANGUAGE plpgsql IMMUTABLE
AS $$
DECLARE
	n	CONSTANT bigint := bad + calm + good;
BEGIN
	IF n = 0 THEN
		RETURN NULL;
	END IF;
	RETURN (SELECT jsonb_build_object('n', n,
		'mean', round((good - bad)::numeric / n, 3),
		'low', round(l.low, 3), 'high', round(l.high, 3))
	    FROM desk.mean_limits(n, good - bad, good + bad, -1, 1) l);
END;
$$;

-- How long a stay was, in steps of a fifth: seconds as a value of journey_day,
-- and the middle of what has this value.
CREATE OR REPLACE FUNCTION desk.stay_value(seconds bigint)
RETURNS int
LANGUAGE sql IMMUTABLE
AS $$ SELECT floor(4 * ln(seconds / 60 + 1) / ln(2))::int $$;

CREATE OR REPLACE FUNCTION desk.stay_seconds(value int)
RETURNS bigint
LANGUAGE sql IMMUTABLE
AS $$ SELECT round(60 * (2 ^ ((value + 0.5) / 4) - 1))::bigint $$;

-- How long stays lasted (value → n): the median in seconds, to about a tenth,
-- and, from six on, between what it lies at 95 % (the order statistics that are
-- a binomial's 1.96 deviations from the middle).
CREATE OR REPLACE FUNCTION desk.stay_median(counts jsonb)
RETURNS jsonb
LANGUAGE sql IMMUTABLE
AS $$
	WITH v AS (
	    SELECT k.key::int AS value, sum(k.n::bigint) OVER (
		ORDER BY k.key::int) AS upto, sum(k.n::bigint) OVER () AS n
	    FROM jsonb_each_text(counts) k(key, n)
	)
	SELECT jsonb_strip_nulls(jsonb_build_object('n', max(v.n),
	    'median', desk.stay_seconds(min(v.value)
		FILTER (WHERE v.upto >= v.n / 2)),
	    'low', CASE WHEN max(v.n) >= 6 THEN desk.stay_seconds(min(v.value)
		FILTER (WHERE v.upto >= v.n / 2 - 0.98 * sqrt(v.n))) END,
	    'high', CASE WHEN max(v.n) >= 6 THEN desk.stay_seconds(min(v.value)
		FILTER (WHERE v.upto >= least(v.n,
		    v.n / 2 + 1 + 0.98 * sqrt(v.n)))) END))
	FROM v HAVING count(*) > 0
$$;

-- JOURNEY.MAP: of each stage how many customers came to it for the first time
-- (reached; the funnel), how often one was entered, where they went from it,
-- who is there now and who is stuck, how long those stayed who left (stay),
-- steps, mood, the touchpoints.
CREATE OR REPLACE FUNCTION desk.journey_map(caller jsonb, args jsonb)
RETURNS jsonb
LANGUAGE plpgsql STABLE
SET enable_seqscan = off
SET jit = off
AS $$
DECLARE
	way	text := desk.journey_named(args);
	span	record;
	days	int := coalesce((args->>'days')::int, 14);
	whom	text := args->>'segment';
	stages	jsonb;
BEGIN
	PERFORM desk.must_be(caller, 'supervisor');
	PERFORM desk.segment_asked(args);
	span := desk.journey_span(args);
	WITH step AS (
	    SELECT s.stage, s.touchpoint, sum(s.n) AS n,
		sum(s.n) FILTER (WHERE s.value = -1) AS bad,
		sum(s.n) FILTER (WHERE s.value = 0) AS calm,
		sum(s.n) FILTER (WHERE s.value = 1) AS good
	    FROM desk.journey_rows('step', span.since, span.until) s
	    WHERE s.journey = way AND (whom IS NULL OR s.segment = whom)
	    GROUP BY 1, 2
	), reach AS (
	    SELECT r.stage, sum(r.n) AS n
	    FROM desk.journey_rows('reach', span.since, span.until) r
	    WHERE r.journey = way AND (whom IS NULL OR r.segment = whom)
	    GROUP BY 1
	), enter AS (
	    SELECT r.stage, r.prior, sum(r.n) AS n
	    FROM desk.journey_rows('enter', span.since, span.until) r
	    WHERE r.journey = way AND (whom IS NULL OR r.segment = whom)
	    GROUP BY 1, 2
	), here AS (
	    -- All who ever entered, less all who ever left.
	    SELECT x.stage, sum(x.n) AS n FROM (
		SELECT r.stage, r.n
		FROM desk.journey_rows('enter', '-infinity', 'infinity') r
		WHERE r.journey = way
		UNION ALL
		SELECT r.prior, -r.n
		FROM desk.journey_rows('enter', '-infinity', 'infinity') r
		WHERE r.journey = way AND r.prior <> ''
		UNION ALL
		SELECT r.stage, -r.n
		FROM desk.journey_rows('leave', '-infinity', 'infinity') r
		WHERE r.journey = way) x
	    GROUP BY 1
	), stay AS (
	    SELECT x.stage, desk.stay_median(jsonb_object_agg(x.value, x.n))
		AS lasted
	    FROM (SELECT r.stage, r.value, sum(r.n) AS n
		FROM desk.journey_rows('stay', span.since, span.until) r
		WHERE r.journey = way AND (whom IS NULL OR r.segment = whom)
		GROUP BY 1, 2 HAVING sum(r.n) > 0) x
	    GROUP BY 1
	), shown AS (
	    SELECT g.n, g.name, g.vi, g.en,
		coalesce((SELECT r.n FROM reach r WHERE r.stage = g.name), 0)
		    AS reached
	    FROM desk.journey_stages(way) g
	)
	SELECT jsonb_agg(jsonb_strip_nulls(jsonb_build_object(
	    'name', g.name, 'vi', g.vi, 'en', g.en, 'reached', g.reached,
	    'entered', coalesce((SELECT sum(e.n) FROM enter e
		WHERE e.stage = g.name), 0),
	    'left', coalesce((SELECT sum(e.n) FROM enter e
		WHERE e.prior = g.name), 0),
	    'here', CASE WHEN whom IS NULL THEN coalesce((SELECT h.n
		FROM here h WHERE h.stage = g.name), 0) END,
	    -- Of a segment: who is in it now.
	    'stuck', (SELECT count(*)
		FROM desk.stage_stuck(way, g.name, days, 1000, whom)),
	    'stay', (SELECT y.lasted FROM stay y WHERE y.stage = g.name),
	    'steps', coalesce((SELECT sum(s.n) FROM step s
		WHERE s.stage = g.name), 0),
	    'mood', (SELECT desk.mood_mean(coalesce(sum(s.bad), 0)::bigint,
		    coalesce(sum(s.calm), 0)::bigint,
		    coalesce(sum(s.good), 0)::bigint)
		FROM step s WHERE s.stage = g.name),
	    'to', (SELECT jsonb_agg(jsonb_build_object('stage', e.stage,
		    'n', e.n) ORDER BY e.n DESC, e.stage)
		FROM enter e WHERE e.prior = g.name AND e.n <> 0),
	    'touchpoints', (SELECT jsonb_agg(jsonb_strip_nulls(
		    desk.touchpoint_json(p)
		    || jsonb_build_object('name', s.touchpoint, 'n', s.n,
		    'mood', desk.mood_mean(coalesce(s.bad, 0)::bigint,
			coalesce(s.calm, 0)::bigint,
			coalesce(s.good, 0)::bigint)))
		    ORDER BY s.n DESC, s.touchpoint)
		FROM step s LEFT JOIN desk.touchpoint p
		    ON p.name = s.touchpoint
		WHERE s.stage = g.name AND s.n <> 0)))
	    ORDER BY g.n)
	INTO stages FROM shown g;
	RETURN jsonb_strip_nulls(jsonb_build_object(
	    'journey', desk.journey_json(way), 'from', span.since,
	    'to', span.until, 'segment', whom, 'days', days,
	    'journeys', (SELECT jsonb_agg(desk.journey_json(j.name)
		ORDER BY j.place) FROM desk.journey j)))
	    || jsonb_build_object('stages', coalesce(stages, '[]'));
END;
$$;

-- JOURNEY.NEXT: where customers went from a touchpoint (or from where this
-- customer is), by how often; the first is the likely one.
CREATE OR REPLACE FUNCTION desk.journey_next(caller jsonb, args jsonb)
RETURNS jsonb
LANGUAGE plpgsql STABLE
SET enable_seqscan = off
SET jit = off
AS $$
DECLARE
	spot	text := args->>'touchpoint';
	span	record;
	next	jsonb;
	total	bigint;
BEGIN
	IF args ? 'customer' = args ? 'touchpoint' THEN
		PERFORM desk.refuse('INVALID',
		    'Name either a customer or a touchpoint.', 'touchpoint');
	ELSIF args ? 'customer' THEN
		SELECT c.touchpoint INTO spot FROM desk.customer_stage c
		WHERE c.customer = (desk.customer_known(args)
		    ->>'customer')::bigint;
	ELSIF NOT EXISTS (SELECT FROM desk.touchpoint p
	    WHERE p.name = spot) THEN
		PERFORM desk.refuse('NOTFOUND', 'There is no such touchpoint.',
		    'touchpoint');
	END IF;
	-- A year is enough to tell by.
	span := desk.journey_span(args || CASE WHEN args ? 'from' THEN '{}'
	    ELSE jsonb_build_object('from', greatest('1970-01-01',
		desk.cx_day(args, 'to', desk.company_day(now())) - 364)) END);
	SELECT jsonb_agg(jsonb_build_object('touchpoint', x.touchpoint,
		'n', x.n, 'share', round(x.n / x.total, 3))
		ORDER BY x.n DESC, x.touchpoint), max(x.total)
	INTO next, total
	FROM (SELECT v.touchpoint, sum(v.n) AS n, sum(sum(v.n)) OVER () AS total
	    FROM desk.journey_rows('visit', span.since, span.until) v
	    WHERE v.prior = spot
	    GROUP BY 1 HAVING sum(v.n) > 0) x;
	RETURN jsonb_strip_nulls(jsonb_build_object('touchpoint', spot,
	    'from', span.since, 'to', span.until))
	    || jsonb_build_object('n', coalesce(total, 0),
		'next', coalesce(next, '[]'));
END;
$$;

-- JOURNEY.MATRIX: how often customers were at each touchpoint, by channel.
CREATE OR REPLACE FUNCTION desk.journey_matrix(caller jsonb, args jsonb)
RETURNS jsonb
LANGUAGE plpgsql STABLE
SET enable_seqscan = off
SET jit = off
AS $$
DECLARE
	span	record;
	rows	jsonb;
BEGIN
	PERFORM desk.must_be(caller, 'supervisor');
	PERFORM desk.segment_asked(args);
	span := desk.journey_span(args);
	WITH v AS (
	    SELECT r.touchpoint, r.channel, sum(r.n) AS n
	    FROM desk.journey_rows('visit', span.since, span.until) r
	    WHERE args->>'segment' IS NULL OR r.segment = args->>'segment'
	    GROUP BY 1, 2 HAVING sum(r.n) <> 0
	)
	SELECT jsonb_agg(jsonb_build_object('touchpoint', x.touchpoint,
	    'vi', p.vi, 'en', p.en, 'stage', p.stage, 'n', x.n,
	    'channels', x.channels)
	    ORDER BY g.place, p.place, x.touchpoint)
	INTO rows
	FROM (SELECT v.touchpoint, sum(v.n) AS n,
		jsonb_object_agg(v.channel, v.n) AS channels
	    FROM v GROUP BY 1) x
	LEFT JOIN desk.touchpoint p ON p.name = x.touchpoint
	LEFT JOIN desk.stage g ON g.name = p.stage;
	RETURN jsonb_strip_nulls(jsonb_build_object('from', span.since,
	    'to', span.until, 'segment', args->>'segment'))
	    || jsonb_build_object('rows', coalesce(rows, '[]'));
END;
$$;
