-- Which segment's customers leave.  Where most order once, nobody's own rhythm
-- tells it; that fewer of them order than did, while others go on, does.
-- Counted by the daily round of retention_run(), read by RETENTION.CHURN and
-- CX.ADVICE; deskd-reports(7) has the rules.

-- How many of these customers ordered in the 90 days until a moment, how many in
-- the 90 before, how many within a year, and what all gave for it, by segment.
-- One that goes by orders, or by how long ago something was, would be compared
-- with its own rule: its customers stand under the next that they are in.
CREATE OR REPLACE FUNCTION desk.churn_ordered(whom bigint[],
    moment timestamptz)
RETURNS TABLE (segment text, now_n bigint, before_n bigint, year_n bigint,
    worth numeric)
LANGUAGE sql STABLE
SET enable_seqscan = off
SET jit = off
AS $$
	SELECT coalesce(desk.segment_besides(u.segment, u.id,
	    '{orders,value,idle,churn,known,within}'), ''),
	    count(*) FILTER (WHERE c.lately), count(*) FILTER (WHERE c.before),
	    count(*), coalesce(sum(c.worth), 0)
	FROM (SELECT g.customer, sum(g.worth) AS worth,
		bool_or(g.at > moment - interval '90 days') AS lately,
		bool_or(g.at <= moment - interval '90 days'
		    AND g.at > moment - interval '180 days') AS before
	    FROM desk.orders_good(whom) g
	    WHERE g.at > moment - interval '365 days' AND g.at <= moment
	    GROUP BY 1) c
	JOIN desk.customer u ON u.id = c.customer
	WHERE u.erased_at IS NULL
	GROUP BY 1
$$;

-- Adds these customers to a round.
CREATE OR REPLACE FUNCTION desk.churn_count(whom bigint[],
    m desk.retention_mark)
RETURNS void
LANGUAGE plpgsql
AS $$
BEGIN
	INSERT INTO desk.churn_segment AS t (round, segment, now_n, before_n,
	    year_n, worth)
	SELECT (m).began_at, s.* FROM desk.churn_ordered(whom, (m).began_at) s
	ON CONFLICT (round, segment) DO UPDATE
	SET now_n = t.now_n + excluded.now_n,
	    before_n = t.before_n + excluded.before_n,
	    year_n = t.year_n + excluded.year_n,
	    worth = t.worth + excluded.worth;
END;
$$;

-- Each segment beside all others together, as the last whole round found them:
-- expected: how many would have ordered now, had they become more or fewer as
-- the others did (which a season does to all); ratio, low, high: how many did, of
-- these (odds ratio with a half added to each count: Gart, Biometrika 57, 1970,
-- 471-475; 95 %); lost: how many did not, value: what so many gave in a year;
-- chance: that it would be as few by chance (Fisher's exact test; NULL: nobody to
-- compare with; 1: five were not expected, or it is not a fifth less).
CREATE OR REPLACE FUNCTION desk.churn_segments()
RETURNS TABLE (segment text, now_n bigint, before_n bigint, expected numeric,
    ratio numeric, low numeric, high numeric, lost numeric, value numeric,
    chance float8)
LANGUAGE sql STABLE
SET jit = off
AS $$
	WITH s AS MATERIALIZED (
	    SELECT t.segment, t.now_n AS a, t.before_n AS b, t.year_n, t.worth,
		(sum(t.now_n) OVER () - t.now_n)::bigint AS c,
		(sum(t.before_n) OVER () - t.before_n)::bigint AS d
	    FROM desk.churn_segment t
	    JOIN desk.retention_mark k ON k.tested_at = t.round
	), x AS (
	    SELECT s.*, s.b * s.c / nullif(s.d, 0)::numeric AS expected,
		ln((s.a + 0.5) * (s.d + 0.5) / ((s.b + 0.5) * (s.c + 0.5)))
		    AS middle,
		1.959963984540054 * sqrt(1 / (s.a + 0.5) + 1 / (s.b + 0.5)
		    + 1 / (s.c + 0.5) + 1 / (s.d + 0.5)) AS half
	    FROM s
	)
	SELECT x.segment, x.a, x.b, x.expected, exp(x.middle),
	    exp(x.middle - x.half), exp(x.middle + x.half),
	    greatest(0, x.expected - x.a),
	    greatest(0, x.expected - x.a) * x.worth / nullif(x.year_n, 0),
	    CASE WHEN x.expected IS NULL OR x.c = 0 THEN NULL
		WHEN x.expected < 5 OR x.a > 0.8 * x.expected THEN 1
		ELSE desk.fisher_tail(x.b, x.a + x.b, x.b + x.d,
		    x.a + x.b + x.c + x.d) END
	FROM x
$$;

-- RETENTION.CHURN's "segments": [{"segment","vi","en","now","before","expected",
-- "ratio","low","high","leaves","lost","value"}], ratio in percent of what was
-- expected; who leaves (by all segments together) first, then whoever loses most.
CREATE OR REPLACE FUNCTION desk.churn_segments_shown()
RETURNS jsonb
LANGUAGE sql STABLE
AS $$
	WITH c AS MATERIALIZED (
	    SELECT * FROM desk.churn_segments() k WHERE k.segment <> ''
		AND k.before_n + k.now_n > 0
	), b AS (
	    SELECT coalesce(desk.believed(array_agg(c.chance), 0.01), 0) AS upto
	    FROM c
	)
	SELECT coalesce(jsonb_agg(jsonb_strip_nulls(jsonb_build_object(
		'segment', c.segment, 'now', c.now_n, 'before', c.before_n,
		'expected', round(c.expected, 1))
	    || CASE WHEN c.chance IS NOT NULL THEN jsonb_build_object(
		'ratio', round(100 * c.ratio, 1), 'low', round(100 * c.low, 1),
		'high', round(100 * c.high, 1)) ELSE '{}' END
	    || CASE WHEN c.chance <= b.upto THEN jsonb_build_object(
		'leaves', true, 'lost', round(c.lost, 1),
		'value', round(c.value)) ELSE '{}' END)
	    || desk.retention_words('segment', c.segment)
	    ORDER BY c.chance <= b.upto DESC NULLS LAST,
		c.lost DESC NULLS LAST, c.segment), '[]')
	FROM c CROSS JOIN b
$$;
