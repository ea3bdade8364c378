-- The people who answer.  Who is here now stands in Redis; these are their
-- names, queues and skills.

-- The agent of this name; another member than the one given is at fault when
-- there is none.
CREATE OR REPLACE FUNCTION desk.agent_named(login text, member text)
RETURNS desk.agent
LANGUAGE plpgsql STABLE
AS $$
DECLARE
	a	desk.agent;
BEGIN
	SELECT * INTO a FROM desk.agent g WHERE g.name = login AND g.active;
	IF NOT FOUND THEN
		PERFORM desk.refuse('INVALID', 'There is no such agent.',
		    member);
	END IF;
	RETURN a;
END;
$$;

-- Whether he works here, and does until we commit: for who gets a ticket while
-- a configuration that lets him go may be under way (config_leavers()).
CREATE OR REPLACE FUNCTION desk.agent_stays(agent_id int)
RETURNS boolean
LANGUAGE plpgsql
AS $$
BEGIN
	PERFORM FROM desk.agent g WHERE g.id = agent_id AND g.active
	FOR KEY SHARE;
	RETURN FOUND;
END;
$$;

-- Who answered this customer's newest case in this queue, no longer ago than
-- within seconds, and still serves it; NULL: nobody.  Looks at his newest 20
-- cases only.
CREATE OR REPLACE FUNCTION desk.agent_again(whose bigint, wanted int,
    within int)
RETURNS int
LANGUAGE sql STABLE
AS $$
	SELECT x.assignee
	FROM (SELECT t.id, t.queue, t.assignee, t.first_answer_at,
		t.touched_at
	    FROM desk.ticket t
	    WHERE t.customer = whose AND t.kind <> 'consult'
	    ORDER BY t.id DESC LIMIT 20) x
	JOIN desk.agent a ON a.id = x.assignee AND a.active
	JOIN desk.agent_queue m ON m.agent = a.id AND m.queue = wanted
	WHERE x.queue = wanted AND x.first_answer_at IS NOT NULL
	    AND x.touched_at > now() - make_interval(secs => within)
	ORDER BY x.id DESC
	LIMIT 1
$$;

-- The same, where the queue asks for it.
CREATE OR REPLACE FUNCTION desk.agent_again(whose bigint, q desk.queue)
RETURNS int
LANGUAGE sql STABLE
AS $$
	SELECT CASE WHEN (q).same_agent > 0
	    THEN desk.agent_again(whose, (q).id, (q).same_within) END
$$;

-- AGENT.LIST: {"agents":[…]} by name; the daemon adds state and load.
CREATE OR REPLACE FUNCTION desk.agent_list(caller jsonb, args jsonb)
RETURNS jsonb
LANGUAGE sql STABLE
AS $$
	SELECT jsonb_build_object('agents', coalesce(jsonb_agg(
	    jsonb_strip_nulls(jsonb_build_object('name', a.name,
		'display', a.display, 'role', a.role,
		'extension', a.extension, 'capacity', a.capacity,
		'limits', a.limits,
		'serves', (SELECT jsonb_agg(jsonb_build_object('queue', q.name,
			'priority', m.priority, 'after', m.after)
			ORDER BY m.priority, m.after, q.name)
		    FROM desk.agent_queue m JOIN desk.queue q ON q.id = m.queue
		    WHERE m.agent = a.id AND q.active),
		'levels', (SELECT jsonb_object_agg(s.skill, s.level)
		    FROM desk.agent_skill s WHERE s.agent = a.id),
		'queues', (SELECT coalesce(jsonb_agg(q.name ORDER BY q.name),
			'[]')
		    FROM desk.agent_queue m JOIN desk.queue q ON q.id = m.queue
		    WHERE m.agent = a.id AND q.active),
		'skills', (SELECT coalesce(jsonb_agg(s.skill ORDER BY s.skill),
			'[]')
		    FROM desk.agent_skill s WHERE s.agent = a.id)))
	    ORDER BY a.name), '[]'))
	FROM desk.agent a
	WHERE a.active
$$;

-- What Redis has to know of an agent, in the form that the daemon tells it:
-- queues NAME[:PRIORITY:AFTER], skills NAME[:LEVEL], limits CHANNEL:N; gone: his
-- connection is lost.
CREATE OR REPLACE FUNCTION desk.presence_json(a desk.agent)
RETURNS jsonb
LANGUAGE sql STABLE
AS $$
	SELECT jsonb_strip_nulls(jsonb_build_object('agent', a.name,
	    'state', a.presence, 'reason', a.presence_reason,
	    'version', a.presence_version, 'gone', CASE
		WHEN a.left_at IS NOT NULL AND a.presence <> 'offline'
		THEN true END, 'capacity', a.capacity,
	    'queues', to_jsonb(ARRAY(SELECT q.name || CASE
		    WHEN (m.priority, m.after) <> (1, 0)
		    THEN concat(':', m.priority, ':', m.after) ELSE '' END
		FROM desk.agent_queue m JOIN desk.queue q ON q.id = m.queue
		WHERE m.agent = a.id AND q.active ORDER BY q.name)),
	    'skills', to_jsonb(ARRAY(SELECT s.skill || CASE WHEN s.level <> 3
		    THEN ':' || s.level ELSE '' END
		FROM desk.agent_skill s
		WHERE s.agent = a.id ORDER BY s.skill)),
	    'limits', (SELECT jsonb_agg(l.key || ':' || l.value
		    ORDER BY l.key)
		FROM jsonb_each_text(a.limits) l)))
$$;
