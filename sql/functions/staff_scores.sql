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

-- The newest sending (a round, or one SURVEY.SEND with "once") of a survey of staff
-- that is over and was answered so often: the beginning of its occasions.
CREATE OR REPLACE FUNCTION desk.staff_sending(of int, enough int)
RETURNS text
LANGUAGE sql STABLE
AS $$
	SELECT split_part(i.occasion, '/', 1)
	FROM (SELECT * FROM desk.invitation v WHERE v.survey = of
	    ORDER BY v.id DESC LIMIT 10000) i
	WHERE i.staff IS NOT NULL AND i.sent_at IS NOT NULL
	GROUP BY 1
	HAVING bool_and(i.expires_at <= now())
	    AND count(*) FILTER (WHERE i.state = 'answered') >= enough
	ORDER BY max(i.sent_at) DESC, 1 LIMIT 1
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
