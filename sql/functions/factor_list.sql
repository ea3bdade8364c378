-- Factors that shape expectations, with what is known of each.

-- FACTOR.LIST: {"from","to","timezone","factors":[{"factor","vi","en","about",
-- "touchpoints","pairs","statements","contradictions","promises":{"n","kept",
-- "low","high"},"gaps":[{"pair","n","mean","low","high"}]}]}: statements in use
-- that it is tied to, and how many of them others deny; promises made at its
-- touchpoints, kept of n in percent; of its pairs the experience less the
-- expectation.  n = 0: nothing is known.
CREATE OR REPLACE FUNCTION desk.factor_list(caller jsonb, args jsonb)
RETURNS jsonb
LANGUAGE plpgsql STABLE
SET jit = off
AS $$
DECLARE
	zone	text;
	since	date;
	until	date;
	denied	jsonb := (SELECT coalesce(jsonb_agg(i), '[]')
		    FROM jsonb_array_elements(desk.statements_against()) g,
			jsonb_array_elements(g->'between') i);
	list	jsonb;
BEGIN
	SELECT d.zone, d.since, d.until INTO zone, since, until
	FROM desk.cx_days(args) d;
	WITH kept AS MATERIALIZED (
	    SELECT r.touchpoint, sum(r.n) AS n,
		coalesce(sum(r.n) FILTER (WHERE r.value = 1), 0) AS k
	    FROM desk.measure_rows('promise', since, until, '{month,year}',
		false) r
	    WHERE r.touchpoint <> '' GROUP BY 1
	), pair AS MATERIALIZED (
	    SELECT r.name, jsonb_object_agg(r.value, r.n) AS counts
	    FROM (SELECT m.name, m.value, sum(m.n) AS n
		FROM desk.measure_totals('pair', since, until,
		    '{month,year}') m
		WHERE desk.staff_survey(m.name) IS NULL
		GROUP BY 1, 2 HAVING sum(m.n) > 0) r
	    GROUP BY 1
	)
	SELECT coalesce(jsonb_agg(jsonb_build_object('factor', f.name,
	    'vi', f.vi, 'en', f.en, 'about', to_jsonb(f.about),
	    'touchpoints', to_jsonb(f.touchpoints),
	    'pairs', to_jsonb(f.pairs),
	    'statements', s.n, 'contradictions', s.denied,
	    'promises', (SELECT jsonb_strip_nulls(jsonb_build_object(
		    'n', p.n, 'kept', round(100 * p.k / nullif(p.n, 0), 1),
		    'low', round(100 * w.low, 1),
		    'high', round(100 * w.high, 1)))
		FROM (SELECT coalesce(sum(k.n), 0) AS n,
			coalesce(sum(k.k), 0) AS k
		    FROM kept k WHERE k.touchpoint = ANY (f.touchpoints)) p
		LEFT JOIN LATERAL desk.wilson(p.k, p.n) w ON true),
	    'gaps', (SELECT coalesce(jsonb_agg(jsonb_strip_nulls(
		    jsonb_build_object('pair', u.name, 'n', g.n,
			'mean', round(g.mean, 2),
			'low', round(g.mean_low, 2),
			'high', round(g.mean_high, 2))) ORDER BY u.name COLLATE "C"), '[]')
		FROM unnest(f.pairs) u (name)
		LEFT JOIN pair p ON p.name = u.name
		CROSS JOIN LATERAL desk.cx_figure('pair', p.counts) g))
	    ORDER BY f.place), '[]')
	INTO list
	FROM desk.factor f
	CROSS JOIN LATERAL (SELECT count(*) AS n,
		count(*) FILTER (WHERE denied @> to_jsonb(x.id)) AS denied
	    FROM desk.statement x
	    WHERE x.ended_at IS NULL AND x.topic = ANY (f.about)) s;
	RETURN jsonb_build_object('from', since, 'to', until - 1,
	    'timezone', zone, 'factors', list);
END;
$$;
