-- CX.WEAK: which touchpoints fall short of their targets, by what that costs;
-- from roll-ups alone.

-- The ends of the scale on which a measure's score and targets are told: means
-- of csat, ces and mood, NPS, else a share in per cent.
CREATE OR REPLACE FUNCTION desk.score_ends(measure text, OUT low numeric,
    OUT high numeric)
LANGUAGE sql IMMUTABLE
AS $$
	SELECT x.low, x.high
	FROM (VALUES ('csat', 1, 5), ('nps', -100, 100), ('ces', 1, 7),
	    ('mood', -1, 1), ('promise', 0, 100), ('closed', 0, 100))
	    x(measure, low, high)
	WHERE x.measure = score_ends.measure
$$;

-- A histogram as a score on that scale, with its limits.  Of nobody: n alone.
CREATE OR REPLACE FUNCTION desk.score_of(measure text, counts jsonb,
    OUT n bigint, OUT score numeric, OUT low numeric, OUT high numeric)
LANGUAGE plpgsql IMMUTABLE
AS $$
DECLARE
	f	desk.cx_figure := desk.cx_figure(measure, counts);
BEGIN
	n := f.n;
	IF measure IN ('csat', 'ces', 'mood') THEN
		score := f.mean;
		low := f.mean_low;
		high := f.mean_high;
	ELSE
		score := 100 * f.figure;
		low := 100 * f.low;
		high := 100 * f.high;
	END IF;
END;
$$;

-- "4.2" (a mark of 5), "csat 4.2", "nps 40", "ces 5.5", "mood 0.1": which measure,
-- and what of it; nothing where it is neither.
CREATE OR REPLACE FUNCTION desk.target_read(said text, OUT measure text,
    OUT target numeric)
LANGUAGE plpgsql IMMUTABLE
AS $$
DECLARE
	part	text[] := regexp_match(said,
		    '^(?:(csat|nps|ces|mood) )?(-?[0-9]{1,3}(?:\.[0-9]{1,2})?)$');
	ends	record;
BEGIN
	ends := desk.score_ends(coalesce(part[1], 'csat'));
	IF part[2]::numeric BETWEEN ends.low AND ends.high THEN
		measure := coalesce(part[1], 'csat');
		target := part[2]::numeric;
	END IF;
END;
$$;

-- How often each value of a measure came at each touchpoint.
CREATE OR REPLACE FUNCTION desk.touchpoint_counts(measure text, since date,
    until date, of_segment text)
RETURNS TABLE (touchpoint text, counts jsonb)
LANGUAGE plpgsql STABLE
AS $$
BEGIN
	-- A feeling is counted with its message, which knows no touchpoint; the
	-- step that the message became does.
	IF measure = 'mood' THEN
		RETURN QUERY
		SELECT x.touchpoint, jsonb_object_agg(x.value, x.n)
		FROM (SELECT r.touchpoint, r.value, sum(r.n) AS n
		    FROM desk.journey_rows('step', since, until - 1) r
		    WHERE r.value < 2
			AND (of_segment IS NULL OR r.segment = of_segment)
		    GROUP BY 1, 2) x
		WHERE x.n <> 0
		GROUP BY 1;
		RETURN;
	END IF;
	RETURN QUERY
	SELECT l.key, l.counts
	FROM desk.cx_lines(measure, desk.cx_names(measure, NULL), since,
	    until, 'touchpoint', jsonb_strip_nulls(jsonb_build_object(
	    'segment', of_segment))) l
	WHERE l.key <> '';
END;
$$;

-- Every touchpoint that has a target, with how it does.  state: weak (all of
-- the interval is below the target), met (none of it is), few (it may be
-- either).
CREATE OR REPLACE FUNCTION desk.touchpoint_states(since date, until date,
    of_segment text)
RETURNS TABLE (touchpoint desk.touchpoint, state text, n bigint,
    score numeric, low numeric, high numeric, gap numeric, volume bigint,
    value numeric, impact numeric)
LANGUAGE plpgsql STABLE
SET enable_seqscan = off
SET jit = off
AS $$
#variable_conflict use_column
BEGIN
	RETURN QUERY
	WITH t AS MATERIALIZED (
	    SELECT p FROM desk.touchpoint p WHERE p.target IS NOT NULL
	), c AS MATERIALIZED (
	    SELECT m.measure, k.touchpoint, k.counts
	    FROM (SELECT DISTINCT (t.p).measure FROM t) m
	    CROSS JOIN LATERAL desk.touchpoint_counts(m.measure, since, until,
		of_segment) k
	), v AS MATERIALIZED (
	    SELECT r.touchpoint, sum(r.n)::bigint AS n
	    FROM desk.journey_rows('step', since, until - 1) r
	    WHERE of_segment IS NULL OR r.segment = of_segment
	    GROUP BY 1
	), w AS MATERIALIZED (
	    SELECT * FROM desk.worth_rows(since, until, of_segment)
	), s AS (
	    SELECT t.p, f.*, greatest(0, ((t.p).target - f.score)
		    / (e.high - e.low)) AS gap,
		coalesce(v.n, 0) AS volume, coalesce(w.value, 1) AS value
	    FROM t
	    CROSS JOIN LATERAL desk.score_ends((t.p).measure) e
	    LEFT JOIN c ON c.touchpoint = (t.p).name
		AND c.measure = (t.p).measure
	    CROSS JOIN LATERAL desk.score_of((t.p).measure,
		coalesce(c.counts, '{}')) f
	    LEFT JOIN v ON v.touchpoint = (t.p).name
	    LEFT JOIN w ON w.touchpoint = (t.p).name
	)
	SELECT s.p, CASE WHEN s.high < (s.p).target THEN 'weak'
	    WHEN s.low >= (s.p).target THEN 'met' ELSE 'few' END, s.n, s.score,
	    s.low, s.high, coalesce(s.gap, 0), s.volume, s.value,
	    s.volume * coalesce(s.gap, 0) * s.value
	FROM s;
END;
$$;

-- The days that args name, both included, as the first and, without it, the
-- last: 30 until today.
CREATE OR REPLACE FUNCTION desk.cx_span(args jsonb, OUT since date,
    OUT until date)
LANGUAGE plpgsql STABLE
AS $$
BEGIN
	until := desk.cx_day(args, 'to', desk.company_day(now())) + 1;
	since := desk.cx_day(args, 'from', until - 30);
	IF since >= until THEN
		PERFORM desk.refuse('INVALID', 'It ends before it begins.',
		    'to');
	ELSIF until - since > 3700 THEN
		PERFORM desk.refuse('INVALID', 'It is of ten years at most.',
		    'from');
	END IF;
END;
$$;

-- CX.WEAK
CREATE OR REPLACE FUNCTION desk.cx_weak(caller jsonb, args jsonb)
RETURNS jsonb
LANGUAGE plpgsql STABLE
SET jit = off
AS $$
DECLARE
	span	record;
	lim	int := coalesce((args->>'limit')::int, 20);
	said	jsonb;
BEGIN
	PERFORM desk.must_be(caller, 'supervisor');
	PERFORM desk.segment_asked(args);
	span := desk.cx_span(args);
	WITH x AS MATERIALIZED (
	    SELECT s.state, s.impact, s.volume, (s.touchpoint).name,
		jsonb_strip_nulls(jsonb_build_object(
		'touchpoint', (s.touchpoint).name, 'vi', (s.touchpoint).vi,
		'en', (s.touchpoint).en, 'stage', (s.touchpoint).stage,
		'department', (SELECT q.name FROM desk.queue q
		    WHERE q.id = (s.touchpoint).department),
		'owner', (SELECT a.name FROM desk.agent a
		    WHERE a.id = (s.touchpoint).owner),
		'measure', (s.touchpoint).measure, 'n', s.n,
		'score', round(s.score, 2), 'low', round(s.low, 2),
		'high', round(s.high, 2),
		'target', trim_scale((s.touchpoint).target),
		'gap', round(s.gap, 4), 'volume', s.volume,
		'value', round(s.value, 3), 'impact', round(s.impact, 2)))
		    AS row
	    FROM desk.touchpoint_states(span.since, span.until,
		args->>'segment') s
	)
	SELECT jsonb_build_object(
	    'weak', (SELECT coalesce(jsonb_agg(y.row), '[]') FROM (
		SELECT x.row FROM x WHERE x.state = 'weak'
		ORDER BY x.impact DESC, x.name LIMIT lim) y),
	    'few', (SELECT coalesce(jsonb_agg(x.row ORDER BY x.volume DESC,
		x.name), '[]') FROM x WHERE x.state = 'few'),
	    'met', (SELECT coalesce(jsonb_agg(x.row ORDER BY x.volume DESC,
		x.name), '[]') FROM x WHERE x.state = 'met'),
	    -- Of these nothing is asked.
	    'untargeted', (SELECT coalesce(jsonb_agg(p.name ORDER BY p.place),
		'[]') FROM desk.touchpoint p WHERE p.target IS NULL))
	INTO said;
	RETURN jsonb_strip_nulls(jsonb_build_object('from', span.since,
	    'to', span.until - 1, 'segment', args->'segment')) || said;
END;
$$;
