-- Objectives of departments, and what was measured of each month and week.

-- About what an objective's answers are.
CREATE OR REPLACE FUNCTION desk.objective_about(o desk.objective)
RETURNS jsonb
LANGUAGE sql STABLE
AS $$
	SELECT jsonb_strip_nulls(jsonb_build_object('touchpoint',
	    (o).touchpoint, 'segment', (o).segment,
	    -- A touchpoint's answers are its own, whichever queue had the case.
	    'queue', CASE WHEN (o).touchpoint IS NULL
		THEN (o).department END))
$$;

-- What is measured each time: scores of all, touchpoints and objectives.
CREATE OR REPLACE FUNCTION desk.cx_subjects()
RETURNS TABLE (what text, name text, measure text, target numeric, vi text,
    en text, department text, about jsonb)
LANGUAGE sql STABLE
AS $$
	SELECT 'score', m.m, m.m, NULL::numeric, NULL::text, NULL::text,
	    NULL::text, '{}'::jsonb
	FROM unnest('{csat,nps,ces,mood,promise,closed}'::text[]) m(m)
	UNION ALL
	SELECT 'touchpoint', p.name, p.measure, p.target, p.vi, p.en,
	    q.name, jsonb_build_object('touchpoint', p.name)
	FROM desk.touchpoint p LEFT JOIN desk.queue q ON q.id = p.department
	WHERE p.target IS NOT NULL
	UNION ALL
	SELECT 'objective', o.name, o.measure, o.target, o.vi, o.en, q.name,
	    desk.objective_about(o)
	FROM desk.objective o LEFT JOIN desk.queue q ON q.id = o.department
$$;

-- Refuses args.department where there is no such queue.
CREATE OR REPLACE FUNCTION desk.department_asked(args jsonb)
RETURNS void
LANGUAGE plpgsql STABLE
AS $$
BEGIN
	IF args ? 'department' AND NOT EXISTS (SELECT FROM desk.queue q
	    WHERE q.name = args->>'department') THEN
		PERFORM desk.refuse('INVALID', 'There is no such department.',
		    'department');
	END IF;
END;
$$;

-- CX.OBJECTIVES: how departments do by what they want to reach.  state: met (the
-- whole interval reaches the target), missed (none of it does), unsure, none
-- (nobody answered).
CREATE OR REPLACE FUNCTION desk.cx_objectives(caller jsonb, args jsonb)
RETURNS jsonb
LANGUAGE plpgsql STABLE
SET jit = off
AS $$
DECLARE
	span	record;
BEGIN
	PERFORM desk.must_be(caller, 'supervisor');
	PERFORM desk.department_asked(args);
	span := desk.cx_span(args);
	RETURN jsonb_build_object('from', span.since, 'to', span.until - 1,
	    'objectives', (SELECT coalesce(jsonb_agg(jsonb_strip_nulls(
		jsonb_build_object('name', o.name, 'vi', o.vi, 'en', o.en,
		'department', q.name, 'touchpoint', o.touchpoint,
		'segment', o.segment, 'measure', o.measure,
		'target', trim_scale(o.target), 'n', s.n,
		'score', round(s.score, 2), 'low', round(s.low, 2),
		'high', round(s.high, 2), 'state', CASE WHEN s.n = 0
		    THEN 'none' WHEN s.low >= o.target THEN 'met'
		    WHEN s.high < o.target THEN 'missed' ELSE 'unsure' END))
		ORDER BY o.place), '[]')
	    FROM desk.objective o
	    LEFT JOIN desk.queue q ON q.id = o.department
	    CROSS JOIN LATERAL desk.score_of(o.measure, desk.score_counts(
		o.measure, span.since, span.until,
		desk.objective_about(o))) s
	    WHERE NOT args ? 'department'
		OR q.name = args->>'department'));
END;
$$;

-- The oldest month, then week, that is over and not measured yet; twelve back at
-- first.  It is an hour after its end: what came last is counted by then.
CREATE OR REPLACE FUNCTION desk.cx_run_due(m desk.cx_run_mark)
RETURNS TABLE (every text, began date)
LANGUAGE plpgsql STABLE
AS $$
DECLARE
	today	timestamp := desk.company_day(now() - interval '1 hour');
BEGIN
	RETURN QUERY
	SELECT v.unit, x.next
	FROM (VALUES ('month', m.month), ('week', m.week)) v(unit, done)
	CROSS JOIN LATERAL (SELECT ('1 ' || v.unit)::interval) s(step)
	CROSS JOIN LATERAL (SELECT date_trunc(v.unit, today) - s.step) l(last)
	CROSS JOIN LATERAL (SELECT coalesce(v.done + s.step,
	    l.last - 11 * s.step)::date) x(next)
	WHERE x.next <= l.last
	ORDER BY v.unit LIMIT 1;
END;
$$;

-- Keeps what was measured of it.  Returns whether there may be more (1).
CREATE OR REPLACE FUNCTION desk.cx_runs_keep()
RETURNS int
LANGUAGE plpgsql
SET jit = off
AS $$
DECLARE
	m	desk.cx_run_mark;
	next	record;
BEGIN
	SELECT * INTO m FROM desk.cx_run_mark;
	IF NOT EXISTS (SELECT FROM desk.cx_run_due(m)) THEN
		RETURN 0;
	END IF;
	-- Who is second finds it done.
	SELECT * INTO m FROM desk.cx_run_mark FOR UPDATE SKIP LOCKED;
	SELECT * INTO next FROM desk.cx_run_due(m);
	IF m.one IS NULL OR next.every IS NULL THEN
		RETURN 0;
	END IF;
	INSERT INTO desk.cx_run (every, began, what, name, measure, n, score,
	    low, high, target, vi, en, department)
	SELECT next.every, next.began, j.what, j.name, j.measure, s.n, s.score,
	    s.low, s.high, j.target, j.vi, j.en, j.department
	FROM desk.cx_subjects() j
	CROSS JOIN LATERAL desk.score_of(j.measure, desk.score_counts(
	    j.measure, next.began, (next.began
		+ ('1 ' || next.every)::interval)::date, j.about)) s
	WHERE s.n > 0
	ON CONFLICT DO NOTHING;
	UPDATE desk.cx_run_mark SET
	    month = CASE next.every WHEN 'month' THEN next.began ELSE month END,
	    week = CASE next.every WHEN 'week' THEN next.began ELSE week END
	RETURNING * INTO m;
	RETURN (EXISTS (SELECT FROM desk.cx_run_due(m)))::int;
END;
$$;

-- Refuses what CX.RUNS would answer as if it had not been asked: months of weeks,
-- weeks of months, and what nothing was ever measured under.
CREATE OR REPLACE FUNCTION desk.cx_runs_asked(args jsonb)
RETURNS void
LANGUAGE plpgsql STABLE
AS $$
BEGIN
	IF args->>'every' = 'week' AND args ? 'months' THEN
		PERFORM desk.refuse('INVALID', 'Of weeks, say how many weeks.',
		    'months');
	ELSIF args->>'every' IS DISTINCT FROM 'week' AND args ? 'weeks' THEN
		PERFORM desk.refuse('INVALID',
		    'Of months, say how many months.', 'weeks');
	ELSIF args ? 'name' AND NOT EXISTS (SELECT FROM desk.cx_run c
		WHERE c.name = args->>'name')
	    -- What is measured next time is one.
	    AND NOT EXISTS (SELECT FROM desk.cx_subjects() j
		WHERE j.name = args->>'name') THEN
		PERFORM desk.refuse('INVALID',
		    'Nothing was measured under this name.', 'name');
	END IF;
	-- One that is no longer there keeps its runs.
	IF NOT EXISTS (SELECT FROM desk.cx_run c
	    WHERE c.department = args->>'department') THEN
		PERFORM desk.department_asked(args);
	END IF;
END;
$$;

-- A run's name: 2026-11, or of a week its first day.
CREATE OR REPLACE FUNCTION desk.cx_run_name(every text, began date)
RETURNS text
LANGUAGE sql IMMUTABLE
AS $$
	SELECT CASE every WHEN 'month' THEN left(began::text, 7)
	    ELSE began::text END
$$;

-- CX.RUNS: what was measured month by month (or week by week), each beside the one
-- before; is: up or down only where the interval of the difference leaves out 0,
-- and all changes of the answer together carry it, of which there are a hundred in
-- a year.  {"month","runs":[{"what","name",…,"months":[{"month","n",…}]}]}; of
-- weeks "week" and "weeks".
CREATE OR REPLACE FUNCTION desk.cx_runs(caller jsonb, args jsonb)
RETURNS jsonb
LANGUAGE plpgsql STABLE
SET jit = off
AS $$
DECLARE
	per	text := coalesce(args->>'every', 'month');
	last	date := (SELECT CASE per WHEN 'month' THEN k.month ELSE k.week
		    END FROM desk.cx_run_mark k);
	first	date := last - CASE per
		    WHEN 'month' THEN make_interval(months =>
			coalesce((args->>'months')::int, 12))
		    ELSE make_interval(weeks =>
			coalesce((args->>'weeks')::int, 12)) END;
	runs	jsonb;
BEGIN
	PERFORM desk.must_be(caller, 'supervisor');
	PERFORM desk.cx_runs_asked(args);
	WITH r AS (
	    SELECT c.*, lag(c.score) OVER w AS score0, lag(c.low) OVER w AS low0,
		lag(c.high) OVER w AS high0
	    FROM desk.cx_run c
	    WHERE c.every = per
		AND (NOT args ? 'what' OR c.what = args->>'what')
		AND (NOT args ? 'name' OR c.name = args->>'name')
		AND (NOT args ? 'department'
		    OR c.department = args->>'department')
	    WINDOW w AS (PARTITION BY c.what, c.name, c.measure
		ORDER BY c.began)
	), d AS (
	    SELECT r.*, r.score - r.score0 AS by,
		r.score - r.score0 - sqrt((r.score - r.low) ^ 2
		    + (r.high0 - r.score0) ^ 2) AS by_low,
		r.score - r.score0 + sqrt((r.high - r.score) ^ 2
		    + (r.score0 - r.low0) ^ 2) AS by_high
	    FROM r
	    WHERE r.began > first
	), e AS MATERIALIZED (
	    SELECT d.*, desk.cx_change_chance(d.by, d.by_low, d.by_high)
		AS chance
	    FROM d
	), b AS (
	    SELECT coalesce(desk.believed(array_agg(e.chance), 0.05), 0) AS upto
	    FROM e
	), x AS (
	    SELECT d.what, d.name, d.measure, jsonb_agg(jsonb_strip_nulls(
		jsonb_build_object(per, desk.cx_run_name(per, d.began),
		    'n', d.n, 'score', round(d.score, 2),
		    'low', round(d.low, 2), 'high', round(d.high, 2),
		    'target', trim_scale(d.target),
		    'change', CASE WHEN d.by IS NOT NULL THEN
			jsonb_build_object('by', round(d.by, 2),
			    'low', round(d.by_low, 2),
			    'high', round(d.by_high, 2), 'is', CASE
			    WHEN d.chance > b.upto THEN 'unsaid'
			    WHEN d.by_low > 0 THEN 'up' WHEN d.by_high < 0
			    THEN 'down' ELSE 'unsaid' END) END))
		    ORDER BY d.began) AS rows,
		(array_agg(d.vi ORDER BY d.began DESC))[1] AS vi,
		(array_agg(d.en ORDER BY d.began DESC))[1] AS en,
		(array_agg(d.department ORDER BY d.began DESC))[1]
		    AS department
	    FROM e d CROSS JOIN b GROUP BY d.what, d.name, d.measure
	)
	SELECT coalesce(jsonb_agg(jsonb_strip_nulls(jsonb_build_object(
	    'what', x.what, 'name', x.name, 'vi', x.vi, 'en', x.en,
	    'department', x.department, 'measure', x.measure,
	    per || 's', x.rows)) ORDER BY x.what COLLATE "C" DESC,
	    x.name COLLATE "C"), '[]')
	INTO runs FROM x;
	RETURN jsonb_strip_nulls(jsonb_build_object(per,
	    desk.cx_run_name(per, last)))
	    || jsonb_build_object('runs', runs);
END;
$$;
