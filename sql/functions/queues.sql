-- The departments' queues, as PostgreSQL knows them.

-- The queue of this name, when it is in use.
CREATE OR REPLACE FUNCTION desk.queue_named(wanted text, member text)
RETURNS desk.queue
LANGUAGE plpgsql STABLE
AS $$
DECLARE
	q	desk.queue;
BEGIN
	SELECT * INTO q FROM desk.queue k WHERE k.name = wanted AND k.active;
	IF NOT FOUND THEN
		PERFORM desk.refuse('INVALID', 'There is no such queue.',
		    member);
	END IF;
	RETURN q;
END;
$$;

-- Refuses a queue that a configuration has just removed; no other removes it
-- until we commit (config_queues()).
CREATE OR REPLACE FUNCTION desk.queue_kept(wanted desk.queue)
RETURNS void
LANGUAGE plpgsql
AS $$
BEGIN
	PERFORM FROM desk.queue k WHERE k.id = wanted.id AND k.active
	FOR KEY SHARE;
	IF NOT FOUND THEN
		PERFORM desk.refuse('INVALID', 'There is no such queue.',
		    'queue');
	END IF;
END;
$$;

-- The same, and one that takes nothing new.
CREATE OR REPLACE FUNCTION desk.queue_stays(wanted desk.queue)
RETURNS void
LANGUAGE plpgsql
AS $$
BEGIN
	PERFORM desk.queue_kept(wanted);
	PERFORM desk.queue_takes(wanted);
END;
$$;

-- The same for what comes out of a case of this queue: where it stays, nothing
-- new comes.  NULL: it comes out of none.
CREATE OR REPLACE FUNCTION desk.queue_moves(from_queue int, wanted desk.queue)
RETURNS void
LANGUAGE plpgsql
AS $$
BEGIN
	PERFORM desk.queue_kept(wanted);
	IF wanted.id IS DISTINCT FROM from_queue THEN
		PERFORM desk.queue_takes(wanted);
	END IF;
END;
$$;

-- How many tickets wait in a queue, how many of them and of those in work are
-- late, and when the next answer is due.  Counting stops at 1,000: the exact
-- depth of a long line is Redis's to say, and nobody reads it off a list.
CREATE OR REPLACE FUNCTION desk.queue_load(wanted int)
RETURNS jsonb
LANGUAGE sql STABLE
AS $$
	SELECT jsonb_strip_nulls(jsonb_build_object(
	    'waiting', (SELECT count(*) FROM (SELECT FROM desk.ticket t
		WHERE t.queue = wanted AND t.assignee IS NULL
		    AND t.state IN ('new', 'open')
		ORDER BY t.due_at, t.id LIMIT 1000) x),
	    'overdue', (SELECT count(*) FROM (SELECT FROM desk.ticket t
		WHERE t.queue = wanted AND t.due_at < now()
		    AND t.state IN ('new', 'open', 'pending')
		ORDER BY t.due_at, t.id LIMIT 1000) x),
	    'due_next', (SELECT desk.rfc3339(t.due_at) FROM desk.ticket t
		WHERE t.queue = wanted AND t.due_at IS NOT NULL
		    AND t.state IN ('new', 'open', 'pending')
		ORDER BY t.due_at, t.id LIMIT 1),
	    'oldest', (SELECT desk.rfc3339(min(x.opened_at))
		FROM (SELECT t.opened_at FROM desk.ticket t
		    WHERE t.queue = wanted AND t.assignee IS NULL
			AND t.state IN ('new', 'open')
		    ORDER BY t.due_at, t.id LIMIT 1000) x)))
$$;

-- QUEUE.LIST: {"queues":[…]} by name; the daemon puts the line's exact depth
-- in place of waiting.
CREATE OR REPLACE FUNCTION desk.queue_list(caller jsonb, args jsonb)
RETURNS jsonb
LANGUAGE sql STABLE
AS $$
	SELECT jsonb_build_object('queues', coalesce(jsonb_agg(
	    jsonb_build_object('name', q.name, 'title', q.title,
		'first', q.first_target, 'next', q.next_target,
		'offer', q.offer_seconds, 'members_only', q.members_only,
		'paused', q.paused, 'mode', q.mode, 'strategy', q.strategy,
		'member', EXISTS (SELECT FROM desk.agent_queue m
		    WHERE m.queue = q.id
			AND m.agent = (caller->>'agent')::int))
	    || jsonb_strip_nulls(jsonb_build_object('drain',
		desk.drain_said(q)))
	    || desk.queue_route(q) || desk.queue_patience(q)
	    || desk.queue_load(q.id)
	    ORDER BY q.name), '[]'))
	FROM desk.queue q
	WHERE q.active
$$;

-- Pauses a queue, or lets it go on as usual, drained or not.  What is so
-- already is not said twice.
CREATE OR REPLACE FUNCTION desk.queue_hold(caller jsonb, wanted text,
    hold boolean)
RETURNS jsonb
LANGUAGE plpgsql
AS $$
DECLARE
	q	desk.queue := desk.queue_named(wanted, 'queue');
	word	text := CASE WHEN hold THEN 'pause' ELSE 'resume' END;
BEGIN
	IF hold THEN
		UPDATE desk.queue k SET paused = true
		WHERE k.id = q.id AND NOT k.paused;
	ELSE
		UPDATE desk.queue k SET paused = false, drain_at = NULL,
		    drain_upto = NULL, drain_to = NULL, drained_at = NULL
		WHERE k.id = q.id AND (k.paused OR k.drain_at IS NOT NULL);
	END IF;
	IF FOUND THEN
		PERFORM desk.audit_put(caller, 'queue.' || word, q.name,
		    'done');
		PERFORM desk.outbox_put(NULL, jsonb_build_object('kind', word,
		    'queue', q.name, 'who', desk.caller_shown(caller)));
	END IF;
	RETURN jsonb_build_object('queue', q.name, 'paused', hold);
END;
$$;

-- QUEUE.PAUSE
CREATE OR REPLACE FUNCTION desk.queue_pause(caller jsonb, args jsonb)
RETURNS jsonb
LANGUAGE plpgsql
AS $$
BEGIN
	RETURN desk.queue_hold(caller, args->>'queue', true);
END;
$$;

-- QUEUE.RESUME
CREATE OR REPLACE FUNCTION desk.queue_resume(caller jsonb, args jsonb)
RETURNS jsonb
LANGUAGE plpgsql
AS $$
BEGIN
	RETURN desk.queue_hold(caller, args->>'queue', false);
END;
$$;
