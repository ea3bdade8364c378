-- What our own people said, by department, where nobody can be told from it.
--
-- A department is shown from five answers on.  What the total and the others leave
-- of those that are not shown is of five at least, too.  And it is of one sending,
-- once that is over for all: two looks at a figure that one more answer came to
-- would tell that answer.

-- The department that one of us is counted in, one alone, so that no two figures
-- differ by a person: the first of the queues that he serves.
CREATE OR REPLACE FUNCTION desk.staff_department(of int)
RETURNS int
LANGUAGE sql STABLE
AS $$
	SELECT k.queue FROM desk.agent_queue k WHERE k.agent = of
	ORDER BY k.queue LIMIT 1
$$;

-- The sendings (a round, or one SURVEY.SEND: the beginning of their occasions) of
-- a survey of staff that are over and were answered so often, and when they were
-- over: what was answered to others is not told of.
CREATE OR REPLACE FUNCTION desk.staff_sendings(of int, enough int)
RETURNS TABLE (sending text, at timestamptz)
LANGUAGE sql STABLE
ROWS 10
AS $$
	SELECT split_part(i.occasion, '/', 1), max(i.expires_at)
	FROM desk.invitation i
	WHERE i.survey = of AND i.staff IS NOT NULL
	    AND (i.sent_at IS NOT NULL OR i.state = 'waiting')
	GROUP BY 1
	HAVING bool_and(i.state <> 'waiting' AND i.expires_at <= now())
	    AND count(*) FILTER (WHERE i.state = 'answered') >= enough
$$;

-- The newest of them.
CREATE OR REPLACE FUNCTION desk.staff_sending(of int, enough int)
RETURNS text
LANGUAGE sql STABLE
AS $$
	SELECT s.sending FROM desk.staff_sendings(of, enough) s
	ORDER BY s.at DESC, 1 LIMIT 1
$$;

-- Which survey of staff this is the name of (or of a question of it); or NULL.
CREATE OR REPLACE FUNCTION desk.staff_survey(name text)
RETURNS int
LANGUAGE sql STABLE
AS $$
	SELECT s.id FROM desk.survey s
	WHERE s.name = split_part(staff_survey.name, '/', 1)
	    AND s.body->>'for' = 'staff'
$$;

-- The answers to a survey of staff that may be read, each at the time when its
-- sending was over: by its own it would be his who answered just then (SURVEY.GET
-- tells that he did).  What was brought in from elsewhere is of nobody.
CREATE OR REPLACE FUNCTION desk.staff_answers(measure text, name text,
    since timestamptz, until timestamptz, only_of jsonb)
RETURNS TABLE (r desk.response, at timestamptz, score int)
LANGUAGE sql STABLE
AS $$
	SELECT x.r, x.at, x.score
	FROM (SELECT r, CASE WHEN i.staff IS NULL THEN r.at ELSE g.at END AS at,
		CASE WHEN measure = 'pair' THEN (SELECT round(a.value - b.value)
		    FROM desk.answer a
		    JOIN desk.answer b ON b.response = a.response
			AND b.question = a.pair
		    WHERE a.response = r.id
			AND a.question = split_part(name, '/', 2)
			AND abs(a.value - b.value) < 32768)
		WHEN split_part(name, '/', 2) = '' THEN
		    CASE WHEN r.kind = measure THEN r.score END
		ELSE (SELECT a.value FROM desk.answer a
		    WHERE a.response = r.id AND a.kind = measure
			AND a.question = split_part(name, '/', 2))
		END::int AS score
	    FROM desk.response r
	    LEFT JOIN desk.invitation i ON i.id = r.invitation
	    LEFT JOIN desk.staff_sendings(desk.staff_survey(name), 5) g
		ON g.sending = split_part(i.occasion, '/', 1)
	    WHERE r.survey = desk.staff_survey(name)) x
	WHERE x.score IS NOT NULL AND x.at >= since AND x.at < until
	    AND (x.r).queue = coalesce((only_of->>'queue')::int, (x.r).queue)
	    AND (x.r).agent = coalesce((only_of->>'agent')::int, (x.r).agent)
	    AND (x.r).channel = coalesce(only_of->>'channel', (x.r).channel)
	    AND (x.r).segment = coalesce(only_of->>'segment', (x.r).segment)
	    AND (x.r).touchpoint = coalesce(only_of->>'touchpoint',
		(x.r).touchpoint)
$$;

-- As cx_lines(), of a survey of staff.
CREATE OR REPLACE FUNCTION desk.staff_lines(measure text, name text,
    since date, until date, by text, only_of jsonb)
RETURNS TABLE (key text, counts jsonb)
LANGUAGE sql STABLE
AS $$
	SELECT x.key, jsonb_object_agg(x.score, x.n)
	FROM (SELECT CASE by WHEN 'queue' THEN (a.r).queue::text
		WHEN 'agent' THEN (a.r).agent::text
		WHEN 'channel' THEN (a.r).channel
		WHEN 'segment' THEN (a.r).segment
		WHEN 'touchpoint' THEN (a.r).touchpoint
		WHEN 'survey' THEN name WHEN 'all' THEN ''
		ELSE date_trunc(by, a.at AT TIME ZONE k.zone)::date::text
		END AS key, a.score, count(*) AS n
	    FROM desk.measure_rolled k
	    CROSS JOIN LATERAL desk.staff_answers(measure, name,
		staff_lines.since::timestamp AT TIME ZONE k.zone,
		staff_lines.until::timestamp AT TIME ZONE k.zone, only_of) a
	    GROUP BY 1, 2) x
	GROUP BY x.key
$$;

-- As CX.ANSWERS, of a survey of staff: in an order that says nothing of when, and
-- without what would tell it.  next: how many were given.
CREATE OR REPLACE FUNCTION desk.staff_said(caller jsonb, args jsonb,
    since timestamptz, until timestamptz, only_of jsonb)
RETURNS jsonb
LANGUAGE sql STABLE
AS $$
	WITH a AS (
	    SELECT x.*, row_number() OVER (ORDER BY x.at DESC, x.score,
		(x.r).words COLLATE "C", x.said::text COLLATE "C") AS n
	    FROM (SELECT t.*, desk.cx_answer(caller, t.r) - 'response'
		    || jsonb_build_object('at', desk.rfc3339(t.at)) AS said
		FROM desk.staff_answers(args->>'measure', args->>'survey',
		    since, until, only_of) t
		WHERE (NOT args ? 'value' OR t.score = (args->>'value')::int)
		    AND (NOT args ? 'class'
			OR (t.r).class = args->>'class')
		    AND (args->'words' IS DISTINCT FROM 'true'
			OR (t.r).words <> '')) x
	), p AS (
	    SELECT * FROM a WHERE a.n > coalesce((args->>'after')::bigint, 0)
	    ORDER BY a.n LIMIT coalesce((args->>'limit')::int, 50)
	)
	SELECT jsonb_strip_nulls(jsonb_build_object('answers',
	    coalesce(jsonb_agg(p.said ORDER BY p.n), '[]'),
	    'next', CASE WHEN max(p.n) < (SELECT count(*) FROM a)
		THEN max(p.n) END))
	FROM p
$$;

-- {"measure","sent_at","departments":[{"department","title","asked","n","figure",
-- "low","high",…}],"hidden":{"departments","n"}}; NULL: nothing may be told.
CREATE OR REPLACE FUNCTION desk.staff_scores(of int)
RETURNS jsonb
LANGUAGE plpgsql STABLE
AS $$
DECLARE
	enough	CONSTANT int := 5;
	which	text := desk.staff_sending(of, enough);
BEGIN
	RETURN (WITH a AS MATERIALIZED (
	    SELECT coalesce(i.department, 0) AS department, i.sent_at, r.kind,
		r.score
	    FROM desk.invitation i
	    LEFT JOIN desk.response r ON r.invitation = i.id
	    WHERE i.survey = of AND i.staff IS NOT NULL
		AND i.sent_at IS NOT NULL
		AND split_part(i.occasion, '/', 1) = which
	), d AS (
	    SELECT a.department, count(*) AS asked, count(a.score) AS n
	    FROM a GROUP BY 1
	), o AS (
	    SELECT d.*, sum(d.n) FILTER (WHERE d.n < enough) OVER () AS few,
		row_number() OVER (PARTITION BY d.n >= enough
		    ORDER BY d.n, d.department) AS place
	    FROM d
	), h AS MATERIALIZED (
	    -- Too few by themselves take the smallest of the others with them.
	    SELECT o.*, o.n < enough OR o.place = 1
		AND coalesce(o.few, 0) BETWEEN 1 AND enough - 1 AS hidden
	    FROM o
	)
	SELECT jsonb_build_object('measure', (SELECT max(a.kind) FROM a),
	    'sent_at', desk.rfc3339((SELECT min(a.sent_at) FROM a)),
	    'departments', coalesce(jsonb_agg(jsonb_strip_nulls(
		jsonb_build_object('department', q.name, 'title', q.title,
		    'asked', h.asked)) || desk.cx_shown(desk.cx_figure(
		    (SELECT max(a.kind) FROM a), (SELECT jsonb_object_agg(
			c.score, c.n) FROM (SELECT a.score, count(*) AS n
			FROM a WHERE a.department = h.department
			    AND a.score IS NOT NULL
			GROUP BY 1) c))) - 'counts'
		ORDER BY q.name) FILTER (WHERE NOT h.hidden), '[]'),
	    'hidden', jsonb_build_object('departments',
		count(*) FILTER (WHERE h.hidden),
		'n', coalesce(sum(h.n) FILTER (WHERE h.hidden), 0)))
	FROM h LEFT JOIN desk.queue q ON q.id = h.department
	HAVING which IS NOT NULL);
END;
$$;
