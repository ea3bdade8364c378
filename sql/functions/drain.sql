-- Queues that are drained: they take nothing new, and what they have is
-- finished.

-- The queue that its policy names for what it cannot take: when full, when
-- closed, or after waiting; NULL: none, or not in use.
CREATE OR REPLACE FUNCTION desk.drain_policy(q desk.queue)
RETURNS int
LANGUAGE sql STABLE
AS $$
	SELECT k.id
	FROM (SELECT w.word, w.n FROM unnest(ARRAY[(q).when_full,
		(q).when_closed] || (q).widen) WITH ORDINALITY w(word, n)) w
	JOIN desk.queue k
	    ON k.name = substring(w.word FROM '(?:^|\s)overflow (\S+)$')
	WHERE k.active AND k.id <> (q).id
	ORDER BY w.n LIMIT 1
$$;

-- Where what is new in this queue goes: the first from there on that is not
-- drained itself.  The queue itself: it is not drained, or none takes it.
CREATE OR REPLACE FUNCTION desk.drain_taker(wanted int)
RETURNS int
LANGUAGE plpgsql STABLE
AS $$
DECLARE
	q	desk.queue;
	at	int := wanted;
	seen	int[] := '{}';
BEGIN
	WHILE at IS NOT NULL AND at <> ALL (seen) LOOP
		SELECT * INTO q FROM desk.queue k WHERE k.id = at;
		IF q.drain_at IS NULL THEN
			RETURN at;
		END IF;
		seen := seen || at;
		at := coalesce((SELECT k.id FROM desk.queue k
		    WHERE k.id = q.drain_to AND k.active),
		    desk.drain_policy(q));
	END LOOP;
	RETURN wanted;
END;
$$;

-- The queues that are drained and whose new cases another takes, and what a
-- case's why says of it.
CREATE OR REPLACE FUNCTION desk.drained()
RETURNS TABLE (queue int, taker int, why text)
LANGUAGE plpgsql STABLE ROWS 1
AS $$
BEGIN
	RETURN QUERY
	SELECT q.id, t.id, format('; %s is drained', q.name)
	FROM desk.queue q
	CROSS JOIN LATERAL desk.drain_taker(q.id) AS x(id)
	JOIN desk.queue t ON t.id = x.id AND t.id <> q.id
	WHERE q.active AND q.drain_at IS NOT NULL;
END;
$$;

-- Refuses what a person would put into a queue that is drained.
CREATE OR REPLACE FUNCTION desk.queue_takes(q desk.queue)
RETURNS void
LANGUAGE plpgsql STABLE
AS $$
DECLARE
	taker	text;
BEGIN
	IF q.drain_at IS NULL THEN
		RETURN;
	END IF;
	SELECT k.name INTO taker FROM desk.queue k
	WHERE k.id = desk.drain_taker(q.id) AND k.id <> q.id;
	PERFORM desk.refuse('CONFLICT', CASE WHEN taker IS NULL
	    THEN 'This queue is being drained: it takes nothing new.'
	    ELSE format('This queue is being drained: what is new goes to %s.',
		taker) END, 'queue');
END;
$$;

-- How a queue that is drained stands: {"since"[,"to"],"waiting","working",
-- "pending","came","empty"[,"done_at"]}; NULL: it is not.  Counted is what it
-- had; came: what stayed in it since, for no queue takes it.  Empty: nobody
-- waits and nothing is in hand of what it had; what waits for its customer is
-- nobody's work.  Of very long lines the first 10,000 are looked at, and it is
-- not said to be empty.
CREATE OR REPLACE FUNCTION desk.drain_said(q desk.queue)
RETURNS jsonb
LANGUAGE plpgsql STABLE
SET enable_seqscan = off
SET enable_bitmapscan = off
AS $$
DECLARE
	n	record;
BEGIN
	IF q.drain_at IS NULL THEN
		RETURN NULL;
	END IF;
	SELECT count(*) AS looked,
	    count(*) FILTER (WHERE x.had AND x.state <> 'pending'
		AND x.assignee IS NULL) AS waiting,
	    count(*) FILTER (WHERE x.had AND x.state <> 'pending'
		AND x.assignee IS NOT NULL) AS working,
	    count(*) FILTER (WHERE x.had AND x.state = 'pending') AS pending,
	    count(*) FILTER (WHERE NOT x.had) AS came
	INTO n
	FROM (SELECT t.id <= q.drain_upto AS had, t.state, t.assignee
	    FROM desk.ticket t
	    WHERE t.queue = q.id AND t.state IN ('new', 'open', 'pending')
	    ORDER BY t.due_at, t.id LIMIT 10000) x;
	RETURN jsonb_strip_nulls(jsonb_build_object(
	    'since', desk.rfc3339(q.drain_at),
	    'to', (SELECT k.name FROM desk.queue k
		WHERE k.id = desk.drain_taker(q.id) AND k.id <> q.id),
	    'waiting', n.waiting, 'working', n.working, 'pending', n.pending,
	    'came', n.came,
	    'empty', n.looked < 10000 AND n.waiting + n.working = 0,
	    'done_at', desk.rfc3339(q.drained_at)));
END;
$$;

-- QUEUE.DRAIN.  Again: nothing happens but that what is new goes elsewhere,
-- when another queue is named.
CREATE OR REPLACE FUNCTION desk.queue_drain(caller jsonb, args jsonb)
RETURNS jsonb
LANGUAGE plpgsql
AS $$
DECLARE
	q	desk.queue := desk.queue_named(args->>'queue', 'queue');
	taker	desk.queue;
BEGIN
	IF args ? 'to' THEN
		taker := desk.queue_named(args->>'to', 'to');
		IF taker.id = q.id THEN
			PERFORM desk.refuse('INVALID',
			    'What is new cannot go to the queue itself.', 'to');
		ELSIF taker.drain_at IS NOT NULL THEN
			PERFORM desk.refuse('CONFLICT',
			    'That queue is being drained, too.', 'to');
		END IF;
	END IF;
	SELECT * INTO q FROM desk.queue k WHERE k.id = q.id AND k.active
	FOR NO KEY UPDATE;
	IF NOT FOUND THEN
		PERFORM desk.refuse('INVALID', 'There is no such queue.',
		    'queue');
	END IF;
	IF q.drain_at IS NULL OR args ? 'to'
	    AND q.drain_to IS DISTINCT FROM taker.id THEN
		UPDATE desk.queue k SET drain_to = taker.id,
		    drain_at = coalesce(k.drain_at, now()),
		    drain_upto = coalesce(k.drain_upto,
			(SELECT max(t.id) FROM desk.ticket t), 0)
		WHERE k.id = q.id
		RETURNING * INTO q;
		PERFORM desk.audit_put(caller, 'queue.drain', q.name, 'done',
		    jsonb_strip_nulls(jsonb_build_object('to', taker.name)));
		PERFORM desk.outbox_put(NULL, jsonb_strip_nulls(
		    jsonb_build_object('kind', 'drain', 'queue', q.name,
			'who', desk.caller_shown(caller), 'to', taker.name)));
	END IF;
	RETURN jsonb_build_object('queue', q.name, 'paused', q.paused,
	    'drain', desk.drain_said(q));
END;
$$;

-- Tells of queues that have finished what they had, each once, and returns of
-- how many; lim at most.
CREATE OR REPLACE FUNCTION desk.drain_due(lim int)
RETURNS int
LANGUAGE plpgsql
AS $$
DECLARE
	q	desk.queue;
	done	int := 0;
BEGIN
	FOR q IN SELECT * FROM desk.queue k
	    WHERE k.drain_at IS NOT NULL AND k.drained_at IS NULL
	    ORDER BY k.id LIMIT lim FOR NO KEY UPDATE SKIP LOCKED LOOP
		CONTINUE WHEN NOT (desk.drain_said(q)->>'empty')::boolean;
		UPDATE desk.queue k SET drained_at = now() WHERE k.id = q.id;
		PERFORM desk.audit_put(desk.clock_caller(), 'queue.drained',
		    q.name, 'done');
		PERFORM desk.outbox_put(NULL, jsonb_build_object(
		    'kind', 'drained', 'queue', q.name, 'who', 'desk'));
		done := done + 1;
	END LOOP;
	-- Who does this does not perform it: the next sweep is to have it.
	UPDATE desk.outbox o SET at = o.at - interval '1 minute'
	WHERE o.id = ANY (string_to_array(nullif(current_setting('desk.outbox',
	    true), ''), ',')::bigint[]);
	RETURN done;
END;
$$;

-- In how many ms to look again: soon while some queue has not finished.
CREATE OR REPLACE FUNCTION desk.drain_next()
RETURNS int
LANGUAGE sql STABLE
AS $$
	SELECT CASE WHEN EXISTS (SELECT FROM desk.queue k
	    WHERE k.drain_at IS NOT NULL AND k.drained_at IS NULL)
	    THEN 1000 ELSE 5000 END
$$;
