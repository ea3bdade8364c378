-- A day as it was, to be played over (deskctl simulate): when cases came, how
-- long they took, who was there.  Nothing of what was written, nobody's name
-- but our own.

-- The least id of a ticket that was opened at that moment or later.  Ids go
-- with time but for seconds, so the primary key is halved.
CREATE OR REPLACE FUNCTION desk.ticket_since(moment timestamptz)
RETURNS bigint
LANGUAGE plpgsql STABLE
AS $$
DECLARE
	low	bigint := (SELECT t.id FROM desk.ticket t ORDER BY t.id LIMIT 1);
	high	bigint := (SELECT t.id FROM desk.ticket t ORDER BY t.id DESC
		    LIMIT 1) + 1;
	mid	bigint;
	found	record;
BEGIN
	WHILE low < high LOOP
		mid := low + (high - low) / 2;
		SELECT t.id, t.opened_at INTO found FROM desk.ticket t
		WHERE t.id >= mid ORDER BY t.id LIMIT 1;
		IF found.id IS NULL OR found.opened_at >= moment THEN
			high := mid;
		ELSE
			low := found.id + 1;
		END IF;
	END LOOP;
	RETURN coalesce(low, 1);
END;
$$;

-- What is known of one ticket's day.  handle: seconds from when somebody had
-- it until he was done (a call: talked; a chat: to its end; else to the first
-- answer), as far as that is known; gone: seconds after which its customer
-- gave up unanswered.
CREATE OR REPLACE FUNCTION desk.replay_case(t desk.ticket, since timestamptz)
RETURNS jsonb
LANGUAGE sql STABLE
AS $$
	SELECT jsonb_strip_nulls(jsonb_build_object(
	    'at', floor(extract(epoch FROM t.opened_at - since) * 1000)::bigint,
	    'queue', coalesce(moved.queue, (SELECT q.name FROM desk.queue q
		WHERE q.id = t.queue)),
	    'channel', t.channel, 'priority', t.priority,
	    'skills', CASE WHEN t.skills <> '{}' THEN to_jsonb(t.skills) END,
	    'handle', coalesce(phone.talked, floor(extract(epoch FROM
		least(t.resolved_at, CASE t.channel WHEN 'chat'
		    THEN chat.ended_at ELSE answer.at END) - had.at))::int),
	    'gone', CASE WHEN t.channel = 'chat'
		THEN ceil(extract(epoch FROM chat.abandoned_at
		    - t.opened_at))::int
		WHEN phone.talked IS NULL THEN phone.missed END))
	FROM (SELECT) one
	LEFT JOIN LATERAL (SELECT e.meta->>'from' AS queue FROM desk.event e
	    WHERE e.ticket = t.id AND e.kind = 'transfer'
		AND e.filed_at >= t.opened_at - interval '1 day'
	    ORDER BY e.id LIMIT 1) moved ON true
	LEFT JOIN LATERAL (SELECT e.filed_at AS at FROM desk.event e
	    WHERE e.ticket = t.id AND e.kind IN ('offer', 'assign')
		AND e.meta->>'to' IS NOT NULL
		AND e.filed_at >= t.opened_at - interval '1 day'
	    ORDER BY e.id LIMIT 1) had ON true
	LEFT JOIN LATERAL (SELECT e.filed_at AS at FROM desk.event e
	    WHERE e.ticket = t.id AND e.direction = 'out'
		AND e.filed_at >= had.at
	    ORDER BY e.id LIMIT 1) answer ON true
	LEFT JOIN LATERAL (SELECT
		(sum(c.duration) FILTER (WHERE c.answered_at IS NOT NULL))::int
		    AS talked,
		(max(c.wait) FILTER (WHERE c.state = 'missed'))::int AS missed
	    FROM desk.call c WHERE c.ticket = t.id) phone ON true
	LEFT JOIN LATERAL (SELECT c.ended_at, c.abandoned_at
	    FROM desk.conversation c WHERE c.id = t.conversation) chat ON true
$$;

-- Who was ready in that time: [{"agent","from","until"}], ms from its begin on.
CREATE OR REPLACE FUNCTION desk.replay_agents(since timestamptz,
    till timestamptz)
RETURNS jsonb
LANGUAGE sql STABLE
AS $$
	SELECT coalesce(jsonb_agg(jsonb_build_object('agent', a.name,
	    'from', floor(extract(epoch FROM greatest(s.began, since) - since)
		* 1000)::bigint,
	    'until', floor(extract(epoch FROM least(coalesce(s.ended, now()),
		till) - since) * 1000)::bigint) ORDER BY a.name, s.began), '[]')
	FROM desk.agent a
	CROSS JOIN LATERAL (SELECT p.began, p.ended, p.state
	    FROM desk.agent_time p
	    WHERE p.agent = a.id AND p.began < till
		AND p.began >= coalesce((SELECT o.began FROM desk.agent_time o
		    WHERE o.agent = a.id AND o.began <= since
		    ORDER BY o.began DESC LIMIT 1), '-infinity')) s
	WHERE a.active AND s.state = 'ready'
	    AND coalesce(s.ended, now()) > since
$$;

-- DAY.READ: {"day","length" (ms),"cases":[…],"agents":[…],"next"}, in pages by
-- the ticket's id: agents on the first one, no next on the last.  A day is the
-- company's, from midnight to midnight.
CREATE OR REPLACE FUNCTION desk.day_read(caller jsonb, args jsonb)
RETURNS jsonb
LANGUAGE plpgsql STABLE
AS $$
DECLARE
	zone	text := coalesce(desk.company('timezone'), 'UTC');
	rows	int := coalesce((args->>'limit')::int, 500);
	after	bigint := (args->>'after')::bigint;
	day	date := desk.cx_day(args, 'day', NULL);
	since	timestamptz;
	till	timestamptz;
	last	bigint;
	seen	bigint;
	n	int;
	cases	jsonb;
BEGIN
	since := day::timestamp AT TIME ZONE zone;
	till := (day + 1)::timestamp AT TIME ZONE zone;
	IF args ? 'queue' THEN
		PERFORM desk.queue_named(args->>'queue', 'queue');
	END IF;
	last := desk.ticket_since(till + interval '1 hour');
	SELECT max(p.id), count(*), coalesce(jsonb_agg(p.said ORDER BY p.id)
	    FILTER (WHERE p.said IS NOT NULL), '[]')
	INTO seen, n, cases
	FROM (SELECT t.id, CASE WHEN t.opened_at >= since
		AND t.opened_at < till AND t.kind NOT IN ('order', 'quarantine')
		THEN desk.replay_case(t, since) END AS said
	    FROM desk.ticket t
	    WHERE t.id > coalesce(after,
		    desk.ticket_since(since - interval '1 hour') - 1)
		AND t.id < last
	    ORDER BY t.id LIMIT rows) p;
	RETURN jsonb_strip_nulls(jsonb_build_object('day', args->>'day',
	    'length', floor(extract(epoch FROM till - since) * 1000)::bigint,
	    'cases', (SELECT coalesce(jsonb_agg(c.said ORDER BY c.n), '[]')
		FROM jsonb_array_elements(cases) WITH ORDINALITY c (said, n)
		WHERE NOT args ? 'queue'
		    OR c.said->>'queue' = args->>'queue'),
	    'agents', CASE WHEN after IS NULL
		THEN desk.replay_agents(since, till) END,
	    'next', CASE WHEN n = rows THEN seen END));
END;
$$;
