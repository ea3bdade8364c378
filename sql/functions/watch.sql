-- Colleagues who watch a case that is not theirs: they are told as who is
-- named in a note is (mentions.sql), of what the customer says, notes,
-- hand-overs, broken promises and resolutions; never of what they do
-- themselves, and never who may not see the case just then.

-- Who watches a case, as shown: [{"agent","display"}]; NULL: nobody.
CREATE OR REPLACE FUNCTION desk.watchers_json(t desk.ticket)
RETURNS jsonb
LANGUAGE plpgsql STABLE
AS $$
BEGIN
	RETURN (SELECT jsonb_agg(jsonb_build_object('agent', a.name,
		'display', a.display) ORDER BY w.at, a.name)
	    FROM desk.watch w JOIN desk.agent a ON a.id = w.agent
	    WHERE w.ticket = t.id
		AND desk.may_see(desk.caller_by_name(a.name), t));
END;
$$;

-- What both operations answer; pages that have the case open are told.
CREATE OR REPLACE FUNCTION desk.watch_told(caller jsonb, t desk.ticket,
    a desk.agent, changed boolean)
RETURNS jsonb
LANGUAGE plpgsql
AS $$
DECLARE
	watching	boolean := EXISTS (SELECT FROM desk.watch w
			    WHERE w.ticket = t.id AND w.agent = a.id);
BEGIN
	IF changed THEN
		PERFORM desk.outbox_put(t.id, jsonb_strip_nulls(
		    jsonb_build_object('kind', 'watch',
			'what', CASE WHEN watching THEN 'begin' ELSE 'end' END,
			'agent', a.name, 'who', desk.caller_shown(caller),
			-- By another's word: who watches now hears of it.
			'agents', CASE WHEN watching AND a.id
				IS DISTINCT FROM (caller->>'agent')::int
			    THEN jsonb_build_array(a.name) END)));
	END IF;
	RETURN jsonb_build_object('ticket', t.id, 'agent', a.name,
	    'watching', watching,
	    'watchers', coalesce(desk.watchers_json(t), '[]'));
END;
$$;

-- TICKET.WATCH: oneself; a supervisor also others.
CREATE OR REPLACE FUNCTION desk.ticket_watch(caller jsonb, args jsonb)
RETURNS jsonb
LANGUAGE plpgsql
AS $$
DECLARE
	t	desk.ticket := desk.ticket_lock(caller, args, false);
	a	desk.agent := desk.acting(caller, args);
BEGIN
	IF EXISTS (SELECT FROM desk.watch w
	    WHERE w.ticket = t.id AND w.agent = a.id) THEN
		RETURN desk.watch_told(caller, t, a, false);
	ELSIF t.state = 'closed' THEN
		PERFORM desk.refuse('CONFLICT',
		    'This case is closed: nothing happens to it any more.',
		    'ticket');
	ELSIF NOT desk.may_see(desk.caller_by_name(a.name), t) THEN
		PERFORM desk.refuse('CONFLICT',
		    'This agent may not see the case.', 'agent');
	ELSIF (SELECT count(*) FROM desk.watch w WHERE w.ticket = t.id) >= 50
	THEN
		PERFORM desk.refuse('CONFLICT',
		    'At most 50 people watch a case.', 'ticket');
	ELSIF NOT desk.agent_stays(a.id) THEN
		PERFORM desk.refuse('INVALID', 'There is no such agent.',
		    'agent');
	ELSIF (SELECT count(*) FROM desk.watch w WHERE w.agent = a.id) >= 1000
	THEN
		PERFORM desk.refuse('CONFLICT',
		    'An agent watches at most 1,000 cases.', 'agent');
	END IF;
	INSERT INTO desk.watch (agent, ticket) VALUES (a.id, t.id);
	RETURN desk.watch_told(caller, t, a, true);
END;
$$;

-- TICKET.UNWATCH
CREATE OR REPLACE FUNCTION desk.ticket_unwatch(caller jsonb, args jsonb)
RETURNS jsonb
LANGUAGE plpgsql
AS $$
DECLARE
	t	desk.ticket := desk.ticket_lock(caller, args, false);
	a	desk.agent := desk.acting(caller, args);
BEGIN
	DELETE FROM desk.watch w WHERE w.ticket = t.id AND w.agent = a.id;
	RETURN desk.watch_told(caller, t, a, FOUND);
END;
$$;

-- What an event that is told of is to who watches; NULL: nothing.  (What was
-- taken in has no notice yet.)
CREATE OR REPLACE FUNCTION desk.watch_what(notice text, e desk.event)
RETURNS text
LANGUAGE sql IMMUTABLE
AS $$
	SELECT CASE
	    WHEN notice IS NULL OR notice = 'event' THEN CASE
		WHEN (e).kind = 'note' THEN 'note'
		WHEN (e).kind = 'message' AND (e).direction = 'in'
		    AND (e).meta->'automatic' IS DISTINCT FROM 'true'
		    AND NOT coalesce((e).why ? 'bounced', false)
		THEN 'message' END
	    WHEN notice IN ('transfer', 'breach', 'resolve') THEN notice END
$$;

-- On the outbox: tells who watches, in the transaction of what happened.  What
-- is closed is watched no more.
CREATE OR REPLACE FUNCTION desk.watch_note()
RETURNS trigger
LANGUAGE plpgsql
SET enable_seqscan = off
SET enable_hashjoin = off
SET enable_mergejoin = off
AS $$
DECLARE
	n	record;
BEGIN
	IF NOT EXISTS (SELECT FROM desk.watch) THEN
		RETURN NULL;
	END IF;
	FOR n IN SELECT t.id AS ticket, e.id AS event, e.who, h.what,
		array_agg(a.name ORDER BY a.name) AS logins
	    FROM fresh f
	    JOIN desk.watch w ON w.ticket = f.ticket
	    JOIN desk.agent a ON a.id = w.agent AND a.active
	    JOIN desk.ticket t ON t.id = f.ticket
	    JOIN desk.event e
		ON e.id = coalesce(f.event, (f.feed->>'event')::bigint)
		AND e.filed_at = now()
	    CROSS JOIN LATERAL (SELECT desk.watch_what(f.feed->>'kind', e)
		AS what OFFSET 0) h
	    WHERE h.what IS NOT NULL
		AND a.id IS DISTINCT FROM e.agent
		-- Whom a note names is told by that.
		AND NOT coalesce(e.meta->'mentions' ? a.name, false)
		AND desk.may_see(desk.caller_by_name(a.name), t)
	    GROUP BY t.id, e.id, e.who, h.what
	    ORDER BY t.id, e.id LOOP
		PERFORM desk.call_upon(jsonb_build_object('who', n.who),
		    n.ticket, n.event, n.logins,
		    jsonb_build_object('kind', 'watch', 'what', n.what));
	END LOOP;
	DELETE FROM desk.watch w
	USING (SELECT f.ticket FROM fresh f
	    WHERE f.feed->>'kind' = 'close') x
	WHERE w.ticket = x.ticket;
	RETURN NULL;
END;
$$;

-- One case became a part of another: its watchers watch that, the first of them
-- where they would be too many.
CREATE OR REPLACE FUNCTION desk.watch_carry(source bigint, target bigint)
RETURNS void
LANGUAGE sql
AS $$
	INSERT INTO desk.watch (agent, ticket, at)
	SELECT w.agent, target, w.at FROM desk.watch w
	WHERE w.ticket = source AND NOT EXISTS (SELECT FROM desk.watch x
	    WHERE x.ticket = target AND x.agent = w.agent)
	ORDER BY w.at, w.agent
	LIMIT greatest(0, 50 - (SELECT count(*) FROM desk.watch x
	    WHERE x.ticket = target));
	DELETE FROM desk.watch w WHERE w.ticket = source;
$$;

-- On agents: who is let go.
CREATE OR REPLACE FUNCTION desk.watch_leave()
RETURNS trigger
LANGUAGE plpgsql
AS $$
BEGIN
	DELETE FROM desk.watch w WHERE w.agent = NEW.id;
	RETURN NULL;
END;
$$;
