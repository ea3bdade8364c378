-- What Redis is rebuilt from after it was lost.

-- The next lim tickets after this id that wait in a line or are somebody's
-- work, in the order of their ids: apply rows without a notice.
CREATE OR REPLACE FUNCTION desk.line_page(after bigint, lim int)
RETURNS TABLE (ticket bigint, apply jsonb)
LANGUAGE plpgsql STABLE
AS $$
BEGIN
	RETURN QUERY
	SELECT t.id, desk.apply_json(t, q.name, q.offer_seconds, a.name, NULL)
	FROM desk.ticket t
	JOIN desk.queue q ON q.id = t.queue
	LEFT JOIN desk.agent a ON a.id = t.assignee
	WHERE t.id > after AND t.state IN ('new', 'open')
	ORDER BY t.id
	LIMIT lim;
END;
$$;

-- Who can be offered work: [{"agent","display","role","capacity","queues",
-- "skills"}, …], active agents by login.
CREATE OR REPLACE FUNCTION desk.agents_page()
RETURNS jsonb
LANGUAGE sql STABLE
AS $$
	SELECT coalesce(jsonb_agg(jsonb_build_object('agent', a.name,
	    'display', a.display, 'role', a.role, 'capacity', a.capacity,
	    'queues', ARRAY(SELECT q.name FROM desk.agent_queue m
		JOIN desk.queue q ON q.id = m.queue
		WHERE m.agent = a.id AND q.active ORDER BY q.name),
	    'skills', ARRAY(SELECT s.skill FROM desk.agent_skill s
		WHERE s.agent = a.id ORDER BY s.skill)) ORDER BY a.name), '[]')
	FROM desk.agent a WHERE a.active
$$;
