-- How much of what customers said was answered, and how soon.

-- The middle of a histogram (whole number → how often), and between what that
-- of all such things lies at 95 %: the two values at the ranks
-- (n + 1) / 2 -+ 0.98 sqrt(n), whatever their distribution (Conover, Practical
-- Nonparametric Statistics, 3.2).  No limits of fewer than six, which no two of
-- them could be.
CREATE OR REPLACE FUNCTION desk.middle_of(counts jsonb, OUT n bigint,
    OUT middle numeric, OUT low int, OUT high int)
LANGUAGE plpgsql IMMUTABLE
AS $$
DECLARE
	rank	bigint;
BEGIN
	WITH c AS (
	    SELECT e.key::int AS v, e.value::bigint AS k
	    FROM jsonb_each_text(counts) e WHERE e.value::bigint > 0
	), upto AS (
	    SELECT c.v, sum(c.k) OVER (ORDER BY c.v) AS s FROM c
	), has AS (
	    SELECT coalesce(sum(c.k), 0)::bigint AS n FROM c
	), at AS (
	    SELECT h.n, floor((h.n + 1) / 2.0 - 0.98 * sqrt(h.n))::bigint
		AS rank
	    FROM has h
	)
	SELECT a.n, ((SELECT min(u.v) FROM upto u WHERE u.s >= (a.n + 1) / 2)
		+ (SELECT min(u.v) FROM upto u WHERE u.s >= a.n / 2 + 1)) / 2.0,
	    CASE WHEN a.rank > 0 THEN (SELECT min(u.v) FROM upto u
		WHERE u.s >= a.rank) END,
	    CASE WHEN a.rank > 0 THEN (SELECT min(u.v) FROM upto u
		WHERE u.s >= a.n + 1 - a.rank) END
	INTO n, middle, low, high FROM at a;
END;
$$;

-- One line of FEEDBACK.TIMES: the share that was answered, and the hours until
-- then of what was.
CREATE OR REPLACE FUNCTION desk.feedback_times_line(closed jsonb, hours jsonb)
RETURNS jsonb
LANGUAGE sql STABLE
AS $$
	SELECT jsonb_build_object('n', s.f->'n', 'share', s.f->'figure',
	    'low', s.f->'low', 'high', s.f->'high',
	    'answered', coalesce((closed->>'1')::bigint, 0),
	    'hours', jsonb_build_object('n', m.n, 'median', round(m.middle, 1),
		'low', m.low, 'high', m.high))
	FROM (SELECT desk.cx_shown(desk.cx_figure('closed',
		coalesce(closed, '{}'))) AS f) s,
	    desk.middle_of(coalesce(hours, '{}')) m
$$;

-- FEEDBACK.TIMES: {"from","to","rows":[{"name","n","answered","share","low",
-- "high","hours":{"n","median","low","high"}}],"total":{…},"open":{"n",
-- "oldest_at"}}; a line for each class or kind, the most first.  open: what is
-- unanswered now, whenever it was said; of all, for supervisors.
CREATE OR REPLACE FUNCTION desk.feedback_times(caller jsonb, args jsonb)
RETURNS jsonb
LANGUAGE plpgsql STABLE
SET jit = off
AS $$
DECLARE
	zone	text;
	since	date;
	until	date;
	only_of	jsonb := desk.cx_only(caller, args);
	rows	jsonb;
	total	jsonb;
BEGIN
	SELECT d.zone, d.since, d.until INTO zone, since, until
	FROM desk.cx_days(args) d;
	WITH c AS MATERIALIZED (
	    SELECT * FROM desk.cx_lines('closed', NULL, since, until,
		'survey', only_of)
	), h AS MATERIALIZED (
	    SELECT * FROM desk.cx_lines('closing', NULL, since, until,
		'survey', only_of)
	)
	SELECT coalesce(jsonb_agg(jsonb_build_object('name', c.key)
		|| desk.feedback_times_line(c.counts, h.counts)
		ORDER BY (SELECT sum(e.value::bigint)
		    FROM jsonb_each_text(c.counts) e) DESC, c.key COLLATE "C"),
		'[]'),
	    desk.feedback_times_line(desk.cx_added(array_agg(c.counts)),
		desk.cx_added((SELECT array_agg(o.counts) FROM h o)))
	INTO rows, total FROM c LEFT JOIN h USING (key);
	RETURN jsonb_build_object('from', since, 'to', until - 1,
	    'timezone', zone, 'rows', rows, 'total', total)
	    || CASE WHEN desk.caller_all(caller) THEN jsonb_build_object(
		'open', desk.feedback_open_now((only_of->>'queue')::int))
		ELSE '{}' END;
END;
$$;

-- What is unanswered now; counted up to 10,000.
CREATE OR REPLACE FUNCTION desk.feedback_open_now(in_queue int)
RETURNS jsonb
LANGUAGE plpgsql STABLE
-- By the two small indexes alone, the oldest first.
SET enable_seqscan = off
SET enable_bitmapscan = off
AS $$
DECLARE
	ats	timestamptz[];
BEGIN
	IF in_queue IS NULL THEN
		ats := ARRAY(SELECT f.at FROM desk.feedback f
		    WHERE f.answered_at IS NULL ORDER BY f.at LIMIT 10000);
	ELSE
		ats := ARRAY(SELECT f.at FROM desk.feedback f
		    WHERE f.answered_at IS NULL AND f.queue = in_queue
		    ORDER BY f.at LIMIT 10000);
	END IF;
	RETURN jsonb_strip_nulls(jsonb_build_object('n', cardinality(ats),
	    'more', CASE WHEN cardinality(ats) = 10000 THEN true END,
	    'oldest_at', desk.rfc3339(ats[1])));
END;
$$;
