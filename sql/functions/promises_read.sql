-- Promises as they are shown.

-- late and left: seconds past the moment that counts, and until it is due; gap:
-- days, fewer than 0 when early; how: early, ontime, late, broken, withdrawn.
CREATE OR REPLACE FUNCTION desk.promise_json(p desk.promise)
RETURNS jsonb
LANGUAGE sql STABLE
AS $$
	SELECT jsonb_strip_nulls(jsonb_build_object('promise', (p).id,
	    'ticket', (p).ticket, 'kind', (p).kind, 'state', (p).state,
	    'how', CASE WHEN (p).state = 'kept' THEN
		CASE WHEN (p).gap < 0 THEN 'early' ELSE 'ontime' END
		ELSE nullif((p).state, 'open') END,
	    'due', desk.rfc3339((p).due_at),
	    'first_due', CASE WHEN (p).counts_at <> (p).due_at
		THEN desk.rfc3339((p).counts_at) END,
	    'agent', (SELECT a.name FROM desk.agent a
		WHERE a.id = (p).agent),
	    'display', (SELECT a.display FROM desk.agent a
		WHERE a.id = (p).agent),
	    'queue', (SELECT q.name FROM desk.queue q
		WHERE q.id = (p).queue),
	    'words', (p).words, 'order', (p).order_no,
	    'carrier', (p).carrier, 'source', (p).source,
	    'touchpoint', nullif((p).touchpoint, ''),
	    'made_at', desk.rfc3339((p).made_at),
	    'ended_at', desk.rfc3339((p).ended_at),
	    'overdue', CASE WHEN (p).state = 'open' AND (p).due_at <= now()
		THEN true END,
	    'late', CASE WHEN (p).state = 'late' THEN ceil(extract(epoch
		FROM (p).ended_at - (p).counts_at))::bigint END,
	    'gap', (p).gap, 'reason', (p).reason,
	    'moved_from', (p).moved_from,
	    'moved_to', CASE WHEN (p).state = 'withdrawn' THEN (
		SELECT n.id FROM desk.promise n WHERE n.ticket = (p).ticket
		    AND n.moved_from = (p).id) END))
$$;

-- Those of a customer, on cases that the caller may see: {"kept","of","list"},
-- of his newest two hundred; list has what is open, the first due first, then
-- the newest that are over, twenty at most, without what was moved.  NULL: none.
CREATE OR REPLACE FUNCTION desk.promises_of(caller jsonb, whose bigint)
RETURNS jsonb
LANGUAGE plpgsql STABLE
SET enable_seqscan = off
AS $$
DECLARE
	hidden	int[] := desk.hidden_queues(caller);
	me	int := (caller->>'agent')::int;
BEGIN
	RETURN (WITH his AS MATERIALIZED (
	    SELECT p.* FROM (SELECT * FROM desk.promise q
		WHERE q.customer = whose ORDER BY q.id DESC LIMIT 200) p
	    CROSS JOIN LATERAL desk.ticket_of(p.ticket) t
	    WHERE t.queue <> ALL (hidden) OR t.assignee = me
	), shown AS (
	    SELECT h::desk.promise AS p, row_number() OVER (ORDER BY
		h.state <> 'open', CASE h.state WHEN 'open'
		    THEN h.due_at END, h.ended_at DESC, h.id) AS place
	    FROM his h
	    WHERE NOT EXISTS (SELECT FROM his n WHERE n.moved_from = h.id)
	)
	SELECT CASE WHEN count(*) > 0 THEN jsonb_build_object(
	    'kept', count(*) FILTER (WHERE (s.p).state = 'kept'),
	    'of', count(*) FILTER (WHERE (s.p).state
		IN ('kept', 'late', 'broken')),
	    'list', jsonb_agg(desk.promise_json(s.p) ORDER BY s.place)
		FILTER (WHERE s.place <= 20)) END
	FROM shown s);
END;
$$;

-- How many open ones are the caller's, and how many of them are past their
-- time; a thousand at most.
CREATE OR REPLACE FUNCTION desk.promises_mine(me int)
RETURNS TABLE (id bigint, due_at timestamptz)
LANGUAGE plpgsql STABLE
SET enable_seqscan = off
AS $$
BEGIN
	RETURN QUERY
	(SELECT p.id, p.due_at FROM desk.promise p
	WHERE p.agent = me AND p.state = 'open'
	ORDER BY p.due_at, p.id LIMIT 1000)
	UNION ALL
	(SELECT p.id, p.due_at
	FROM (SELECT k.id FROM desk.ticket k WHERE k.assignee = me
	    AND k.state IN ('new', 'open', 'pending') LIMIT 5000) t
	JOIN desk.promise p ON p.ticket = t.id
	WHERE p.state = 'open' AND p.agent IS NULL
	LIMIT 1000);
END;
$$;

-- Where a page of PROMISE.LIST left off: "MICROSECONDS-ID".
CREATE OR REPLACE FUNCTION desk.promise_cursor(after text, OUT at timestamptz,
    OUT id bigint)
LANGUAGE plpgsql IMMUTABLE
AS $$
DECLARE
	bits	text[] := regexp_match(after, '^(\d{1,16})-(\d{1,18})$');
BEGIN
	IF after IS NOT NULL AND bits IS NULL THEN
		PERFORM desk.refuse('INVALID',
		    'This is no cursor that a page gave.', 'after');
	END IF;
	at := timestamptz 'epoch' + bits[1]::bigint
	    * interval '1 microsecond';
	id := bits[2]::bigint;
END;
$$;

-- The promises of one page, one more than wanted: whether there is more.
CREATE OR REPLACE FUNCTION desk.promise_page(caller jsonb, args jsonb, n int)
RETURNS SETOF desk.promise
LANGUAGE plpgsql STABLE
SET plan_cache_mode = force_custom_plan SET enable_seqscan = off
AS $$
DECLARE
	view	text := coalesce(args->>'view', 'open');
	me	int := CASE WHEN view = 'mine' THEN desk.own_agent(caller)
		    ELSE (caller->>'agent')::int END;
	mine	bigint[] := CASE WHEN view = 'mine' THEN ARRAY(
		    SELECT m.id FROM desk.promises_mine(me) m) END;
	hidden	int[] := desk.hidden_queues(caller);
	in_queue int := CASE WHEN args ? 'queue' THEN
		    (desk.queue_named(args->>'queue', 'queue')).id END;
	by_agent int := CASE WHEN args ? 'agent' THEN
		    (desk.agent_named(args->>'agent', 'agent')).id END;
	whose	bigint := desk.customer_now((args->>'customer')::bigint);
	of	bigint := (args->>'ticket')::bigint;
	wanted	text := args->>'kind';
	upto	timestamptz := CASE view WHEN 'due'
		    THEN now() + interval '1 day'
		    WHEN 'overdue' THEN now() END;
	cut	record := desk.promise_cursor(args->>'after');
BEGIN
	IF view = 'ended' THEN
		RETURN QUERY
		SELECT p.* FROM desk.promise p
		CROSS JOIN LATERAL desk.ticket_of(p.ticket) t
		WHERE p.state <> 'open'
		    AND (cut.id IS NULL OR (p.ended_at, p.id)
			< (cut.at, cut.id))
		    AND (t.queue <> ALL (hidden) OR t.assignee = me)
		    AND (in_queue IS NULL OR t.queue = in_queue)
		    AND (by_agent IS NULL OR p.agent = by_agent)
		    AND (whose IS NULL OR p.customer = whose)
		    AND (of IS NULL OR p.ticket = of)
		    AND (wanted IS NULL OR p.kind = wanted)
		ORDER BY p.ended_at DESC, p.id DESC LIMIT n;
		RETURN;
	END IF;
	RETURN QUERY
	SELECT p.* FROM desk.promise p
	CROSS JOIN LATERAL desk.ticket_of(p.ticket) t
	WHERE p.state = 'open'
	    AND (cut.id IS NULL OR (p.due_at, p.id) > (cut.at, cut.id))
	    AND (upto IS NULL OR p.due_at <= upto)
	    AND (mine IS NULL OR p.id = ANY (mine))
	    AND (t.queue <> ALL (hidden) OR t.assignee = me)
	    AND (in_queue IS NULL OR t.queue = in_queue)
	    AND (by_agent IS NULL OR p.agent = by_agent)
	    AND (whose IS NULL OR p.customer = whose)
	    AND (of IS NULL OR p.ticket = of)
	    AND (wanted IS NULL OR p.kind = wanted)
	ORDER BY p.due_at, p.id LIMIT n;
END;
$$;

-- PROMISE.LIST: {"promises":[…],"after","mine","overdue","reasons":[…]}: the
-- first due first, what is over by its end, the newest first.  A row is a
-- promise with number, subject, state and assignee of its case and who the
-- customer is; mine and overdue count the caller's own that are open.
CREATE OR REPLACE FUNCTION desk.promise_list(caller jsonb, args jsonb)
RETURNS jsonb
LANGUAGE plpgsql STABLE
AS $$
DECLARE
	n	int := desk.page_rows(args, 50, 200);
	me	int := (caller->>'agent')::int;
	answer	jsonb;
BEGIN
	WITH page AS MATERIALIZED (
	    SELECT x AS p, row_number() OVER () AS place
	    FROM desk.promise_page(caller, args, n + 1) x
	)
	SELECT jsonb_build_object('promises', coalesce(jsonb_agg(
		desk.promise_json(g.p) || jsonb_strip_nulls(
		    jsonb_build_object('number', t.number,
			'subject', t.subject, 'case_state', t.state,
			'assignee', (SELECT a.name FROM desk.agent a
			    WHERE a.id = t.assignee),
			'customer', c.id, 'customer_name', c.name))
		ORDER BY g.place) FILTER (WHERE g.place <= n), '[]'),
	    'after', CASE WHEN count(*) > n THEN (
		SELECT (extract(epoch FROM CASE (l.p).state WHEN 'open'
			THEN (l.p).due_at ELSE (l.p).ended_at END)
			* 1000000)::bigint || '-' || (l.p).id
		FROM page l WHERE l.place = n) END)
	INTO answer
	FROM page g
	CROSS JOIN LATERAL desk.ticket_of((g.p).ticket) t
	LEFT JOIN desk.customer c ON c.id = (g.p).customer;
	IF me IS NOT NULL THEN
		answer := answer || (SELECT jsonb_build_object(
		    'mine', count(*), 'overdue', count(*) FILTER
			(WHERE m.due_at <= now()))
		    FROM desk.promises_mine(me) m);
	END IF;
	RETURN jsonb_strip_nulls(answer) || jsonb_build_object('reasons',
	    (SELECT coalesce(jsonb_agg(jsonb_build_object('reason', r.name,
		'controllable', r.controllable, 'vi', r.vi, 'en', r.en)
		ORDER BY r.place, r.name), '[]') FROM desk.promise_reason r
	    WHERE r.active));
END;
$$;
