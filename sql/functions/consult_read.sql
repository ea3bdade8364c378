-- Questions between departments as they are shown, on either side.

-- What a case has asked, the newest fifty, in the order in which they were
-- asked: [{"ticket","number","queue","title","state","how","question",
-- "asked_at","asked_by","due_at","assignee","assignee_name","pends","done_at",
-- "asked"}]; how is there once it is over (answered, declined, cancelled); asked: the
-- questions that it has open itself.  NULL: none.
CREATE OR REPLACE FUNCTION desk.consults_json(of bigint)
RETURNS jsonb
LANGUAGE plpgsql STABLE
AS $$
BEGIN
	RETURN (SELECT jsonb_agg(jsonb_strip_nulls(jsonb_build_object(
	    'ticket', c.id, 'number', c.number, 'queue', q.name,
	    'title', q.title, 'state', c.state, 'how', k.how,
	    'question', (SELECT desk.cut(e.text, 200) FROM desk.event e
		WHERE e.ticket = c.id ORDER BY e.id LIMIT 1),
	    'asked_at', desk.rfc3339(k.asked_at), 'asked_by', asker.display,
	    'due_at', desk.rfc3339(c.due_at), 'assignee', a.name,
	    'assignee_name', a.display, 'pends', nullif(k.pends, false),
	    'done_at', desk.rfc3339(k.done_at),
	    'asked', nullif((SELECT count(*) FROM desk.consult n
		WHERE n.parent = c.id AND n.done_at IS NULL), 0)))
	    ORDER BY c.id)
	FROM (SELECT * FROM desk.consult x WHERE x.parent = of
	    ORDER BY x.ticket DESC LIMIT 50) k
	JOIN desk.ticket c ON c.id = k.ticket
	JOIN desk.queue q ON q.id = c.queue
	LEFT JOIN desk.agent a ON a.id = c.assignee
	LEFT JOIN desk.agent asker ON asker.id = k.asked_by);
END;
$$;

-- The departments that have not answered yet, by name; NULL: none.
CREATE OR REPLACE FUNCTION desk.asked_json(of bigint)
RETURNS jsonb
LANGUAGE sql STABLE
AS $$
	SELECT jsonb_agg(DISTINCT q.name)
	FROM (SELECT x.ticket FROM desk.consult x
	    WHERE x.parent = of AND x.done_at IS NULL OFFSET 0) k
	CROSS JOIN LATERAL (SELECT c.queue FROM desk.ticket c
	    WHERE c.id = k.ticket OFFSET 0) c
	JOIN desk.queue q ON q.id = c.queue
$$;

-- What a question is asked for: {"ticket","number","subject","queue","title",
-- "state","assignee","assignee_name","asked_at","asked_by","depth","open"};
-- open: the caller may read that case; else its subject is not told.  NULL: t is no question.
CREATE OR REPLACE FUNCTION desk.parent_json(caller jsonb, t desk.ticket)
RETURNS jsonb
LANGUAGE plpgsql STABLE
AS $$
BEGIN
	IF t.kind <> 'consult' THEN
		RETURN NULL;
	END IF;
	RETURN (SELECT jsonb_strip_nulls(jsonb_build_object(
	    'ticket', p.id, 'number', p.number,
	    'subject', CASE WHEN desk.may_see(caller, p) THEN p.subject END,
	    'queue', q.name, 'title', q.title, 'state', p.state,
	    'assignee', a.name, 'assignee_name', a.display,
	    'asked_at', desk.rfc3339(k.asked_at), 'asked_by', asker.display,
	    'depth', k.depth, 'open', desk.may_see(caller, p)))
	FROM desk.consult k
	JOIN desk.ticket p ON p.id = k.parent
	JOIN desk.queue q ON q.id = p.queue
	LEFT JOIN desk.agent a ON a.id = p.assignee
	LEFT JOIN desk.agent asker ON asker.id = k.asked_by
	WHERE k.ticket = t.id);
END;
$$;
