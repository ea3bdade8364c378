-- Tickets as they are shown: one with its history, and lists by what is due.

-- A ticket's row as answers show it.  The caller has joined the names, so
-- that a page of them costs no look-up a row.
CREATE OR REPLACE FUNCTION desk.ticket_json(t desk.ticket, queue text,
    assignee text, customer_name text)
RETURNS jsonb
LANGUAGE sql STABLE
AS $$
	SELECT jsonb_strip_nulls(jsonb_build_object(
	    'ticket', (t).id, 'number', (t).number,
	    'customer', (t).customer, 'customer_name', customer_name,
	    'queue', queue, 'state', (t).state, 'kind', (t).kind,
	    'channel', (t).channel, 'priority', (t).priority,
	    'assignee', assignee, 'skills', to_jsonb((t).skills),
	    'tags', to_jsonb((t).tags),
	    'marks', CASE WHEN (t).marks <> '{}' THEN to_jsonb((t).marks) END,
	    'related', (t).related,
	    'conversation', (t).conversation, 'order', (t).order_no,
	    'lang', (t).lang, 'subject', (t).subject,
	    'preview', (t).preview,
	    'opened_at', desk.rfc3339((t).opened_at),
	    'touched_at', desk.rfc3339((t).touched_at),
	    'due_at', desk.rfc3339((t).due_at),
	    'first_answer_at', desk.rfc3339((t).first_answer_at),
	    'resolved_at', desk.rfc3339((t).resolved_at),
	    'transfers', (t).transfers, 'reopens', (t).reopens,
	    'version', (t).version))
$$;

-- Where a page of TICKET.LIST left off.  A list has three parts, each in an
-- order that an index has: 1, active with an answer due (by due time, then
-- id); 2, active with none due, as none is while it waits for the customer (by
-- id); 3, resolved and closed (newest first).
-- due is in microseconds of the epoch and stands in part 1 only.
CREATE OR REPLACE FUNCTION desk.cursor_write(part int, due_at timestamptz,
    id bigint)
RETURNS text
LANGUAGE sql STABLE PARALLEL SAFE
AS $$
	SELECT concat_ws('-', part,
	    (extract(epoch FROM due_at) * 1000000)::bigint, id)
$$;

-- Reads what cursor_write() wrote; part 0 when there was none.  What it did
-- not write is refused.
CREATE OR REPLACE FUNCTION desk.cursor_read(after text, OUT part int,
    OUT due_at timestamptz, OUT id bigint)
LANGUAGE plpgsql IMMUTABLE
AS $$
DECLARE
	bits	text[] := regexp_match(after,
		    '^(?:(1)-(\d{1,16})|([23]))-(\d{1,18})$');
BEGIN
	part := coalesce(bits[1], bits[3], '0')::int;
	due_at := timestamptz 'epoch'
	    + bits[2]::bigint * interval '1 microsecond';
	id := bits[4]::bigint;
	IF after IS NOT NULL AND part = 0 THEN
		PERFORM desk.refuse('INVALID',
		    'This is no cursor that a page gave.', 'after');
	END IF;
END;
$$;

-- The ids of one page: at most n, each part read from its index, none counted
-- and none skipped over.  Every condition that does not apply folds away when
-- the statement is planned, which is why it is planned anew each time.
-- nobody: only tickets without an assignee; hidden: queues that the caller,
-- me, sees his own tickets of only.
CREATE OR REPLACE FUNCTION desk.ticket_page(args jsonb, queue_id int,
    agent_id int, hidden int[], me int, n int)
RETURNS TABLE (part int, due_at timestamptz, id bigint)
LANGUAGE plpgsql STABLE ROWS 50 SET plan_cache_mode = force_custom_plan
AS $$
DECLARE
	at_part		int;
	at_due		timestamptz;
	at_id		bigint;
	wanted		text := coalesce(args->>'state', 'active');
	one_state	text := CASE WHEN wanted NOT IN ('active', 'all')
			    THEN wanted END;
	active		boolean := wanted NOT IN ('resolved', 'closed');
	done		boolean := wanted IN ('resolved', 'closed', 'all');
	nobody		boolean := args->>'assignee' = 'none';
	of_customer	bigint := desk.customer_now(
			    (args->>'customer')::bigint);
	with_tag	text := normalize(args->>'tag', NFC);
BEGIN
	SELECT c.part, c.due_at, c.id INTO at_part, at_due, at_id
	FROM desk.cursor_read(args->>'after') c;

	RETURN QUERY
	(SELECT 1, t.due_at, t.id FROM desk.ticket t
	WHERE active AND at_part <= 1
	    AND t.state IN ('new', 'open', 'pending')
	    AND t.due_at IS NOT NULL
	    AND one_state IS DISTINCT FROM 'pending'
	    AND (at_part < 1 OR (t.due_at, t.id) > (at_due, at_id))
	    AND (one_state IS NULL OR t.state = one_state)
	    AND (queue_id IS NULL OR t.queue = queue_id)
	    AND (agent_id IS NULL OR t.assignee = agent_id)
	    AND (nobody IS NOT TRUE OR t.assignee IS NULL)
	    AND (of_customer IS NULL OR t.customer = of_customer)
	    AND (with_tag IS NULL
		OR t.tags <> '{}' AND t.tags @> ARRAY[with_tag])
	    AND (hidden = '{}' OR t.queue <> ALL (hidden) OR t.assignee = me)
	ORDER BY t.due_at, t.id LIMIT n)
	UNION ALL
	(SELECT 2, NULL, t.id FROM desk.ticket t
	WHERE active AND at_part <= 2
	    AND t.state IN ('new', 'open', 'pending')
	    AND t.due_at IS NULL
	    AND (at_part < 2 OR t.id > at_id)
	    AND (one_state IS NULL OR t.state = one_state)
	    AND (queue_id IS NULL OR t.queue = queue_id)
	    AND (agent_id IS NULL OR t.assignee = agent_id)
	    AND (nobody IS NOT TRUE OR t.assignee IS NULL)
	    AND (of_customer IS NULL OR t.customer = of_customer)
	    AND (with_tag IS NULL
		OR t.tags <> '{}' AND t.tags @> ARRAY[with_tag])
	    AND (hidden = '{}' OR t.queue <> ALL (hidden) OR t.assignee = me)
	ORDER BY t.due_at, t.id LIMIT n)
	UNION ALL
	(SELECT 3, NULL, t.id FROM desk.ticket t
	WHERE done
	    AND t.state IN ('resolved', 'closed')
	    AND (at_part < 3 OR t.id < at_id)
	    AND (one_state IS NULL OR t.state = one_state)
	    AND (queue_id IS NULL OR t.queue = queue_id)
	    AND (agent_id IS NULL OR t.assignee = agent_id)
	    AND (nobody IS NOT TRUE OR t.assignee IS NULL)
	    AND (of_customer IS NULL OR t.customer = of_customer)
	    AND (with_tag IS NULL
		OR t.tags <> '{}' AND t.tags @> ARRAY[with_tag])
	    AND (hidden = '{}' OR t.queue <> ALL (hidden) OR t.assignee = me)
	ORDER BY t.id DESC LIMIT n)
	LIMIT n;
END;
$$;

-- TICKET.LIST: {"tickets":[…],"after":cursor}; no after: this was the last
-- page.  Tickets that the caller may not see are not there.
CREATE OR REPLACE FUNCTION desk.ticket_list(caller jsonb, args jsonb)
RETURNS jsonb
LANGUAGE plpgsql STABLE
AS $$
DECLARE
	me		int := (caller->>'agent')::int;
	hidden		int[] := desk.hidden_queues(caller);
	n		int := desk.page_rows(args, 50, 200);
	queue_id	int;
	agent_id	int;
	rows		jsonb;
	cursors		text[];
BEGIN
	IF args ? 'queue' THEN
		queue_id := (desk.queue_named(args->>'queue', 'queue')).id;
	END IF;
	IF args->>'assignee' <> 'none' THEN
		agent_id := (desk.agent_named(coalesce(
		    nullif(args->>'assignee', 'me'), caller->>'who'),
		    'assignee')).id;
	END IF;
	-- In a queue that is closed to him, an agent has his own tickets
	-- only: looked up as such, not by passing over everybody else's.
	IF queue_id = ANY (hidden) THEN
		IF agent_id <> me OR me IS NULL
		    OR args->>'assignee' = 'none' THEN
			RETURN '{"tickets":[]}';
		END IF;
		agent_id := me;
	END IF;

	SELECT jsonb_agg(desk.ticket_json(t, q.name, a.name, c.name)
		ORDER BY p.place) FILTER (WHERE p.place <= n),
	    array_agg(desk.cursor_write(p.part, p.due_at, p.id)
		ORDER BY p.place)
	INTO rows, cursors
	FROM desk.ticket_page(args, queue_id, agent_id, hidden, me, n + 1)
	    WITH ORDINALITY AS p (part, due_at, id, place)
	JOIN desk.ticket t ON t.id = p.id
	JOIN desk.queue q ON q.id = t.queue
	JOIN desk.customer c ON c.id = t.customer
	LEFT JOIN desk.agent a ON a.id = t.assignee;

	RETURN jsonb_strip_nulls(jsonb_build_object(
	    'tickets', coalesce(rows, '[]'),
	    'after', CASE WHEN cardinality(cursors) > n THEN cursors[n] END));
END;
$$;

-- An event as the history shows it.  own is what the person wrote, where that
-- is not all of the text; auth what DMARC said of the sender; delivery how a
-- message of ours fares.
CREATE OR REPLACE FUNCTION desk.event_json(e desk.event)
RETURNS jsonb
LANGUAGE sql STABLE
AS $$
	SELECT jsonb_strip_nulls(jsonb_build_object(
	    'event', (e).id, 'at', desk.rfc3339((e).at),
	    'ticket', (e).ticket, 'kind', (e).kind, 'channel', (e).channel,
	    'direction', (e).direction, 'who', (e).who,
	    'agent', (SELECT a.name FROM desk.agent a WHERE a.id = (e).agent),
	    'from', (SELECT c.address FROM desk.contact c
		WHERE c.id = (e).contact),
	    'subject', (e).subject, 'own', (e).own, 'text', (e).text,
	    'html', (e).html, 'auth', (e).meta->'auth', 'facts', (e).facts,
	    'meta', (e).meta, 'why', (e).why,
	    'delivery', CASE WHEN (e).direction = 'out'
		THEN desk.delivery_of((e).id) END,
	    'delivery', CASE WHEN (e).direction = 'out'
		THEN desk.delivery_of((e).id) END,
	    'raw', CASE WHEN (e).raw IS NOT NULL THEN true END,
	    'attachments', (SELECT jsonb_agg(jsonb_build_object(
		    'place', f.place, 'name', f.name, 'type', f.media_type,
		    'size', f.size, 'cid', f.cid) ORDER BY f.place)
		FROM desk.attachment f WHERE f.event = (e).id)))
$$;

-- The cases that this one is linked to, as far as the caller may see them: what
-- it follows up or pointed at ("to"), and what pointed at it ("from", the
-- newest fifty).  why: how the later of the two came to be one of its own.
CREATE OR REPLACE FUNCTION desk.related_json(caller jsonb, t desk.ticket)
RETURNS jsonb
LANGUAGE sql STABLE
AS $$
	SELECT jsonb_agg(jsonb_strip_nulls(jsonb_build_object(
	    'ticket', o.id, 'number', o.number, 'way', l.way,
	    'state', o.state, 'subject', o.subject,
	    'queue', (SELECT q.name FROM desk.queue q WHERE q.id = o.queue),
	    'opened_at', desk.rfc3339(o.opened_at),
	    'why', (SELECT e.why->>'threaded' FROM desk.event e
		WHERE e.ticket = greatest(o.id, (t).id)
		ORDER BY e.id LIMIT 1))) ORDER BY o.id)
	FROM (SELECT (t).related AS id, 'to' AS way
	    UNION ALL
	    (SELECT r.id, 'from' FROM desk.ticket r
	    WHERE r.related = (t).id
	    ORDER BY r.id DESC LIMIT 50)) l
	JOIN desk.ticket o ON o.id = l.id
	WHERE desk.may_see(caller, o)
$$;

-- Who may write into this case beside its customer: [{"kind","address",
-- "how":"participant|cc","proved","customer","name"}], the last two of those
-- who are known.
CREATE OR REPLACE FUNCTION desk.participants_json(of bigint)
RETURNS jsonb
LANGUAGE sql STABLE
AS $$
	SELECT jsonb_agg(jsonb_strip_nulls(jsonb_build_object(
	    'kind', p.kind, 'address', p.address, 'how', p.how,
	    'proved', p.proved, 'customer', u.id, 'name', u.name))
	    ORDER BY p.how, p.address)
	FROM (SELECT c.kind, c.address, 'participant' AS how,
		NULL::boolean AS proved, c.customer
	    FROM desk.participant x JOIN desk.contact c ON c.id = x.contact
	    WHERE x.ticket = of
	    UNION ALL
	    SELECT 'email', x.address, 'cc', x.proved, c.customer
	    FROM desk.copied x
	    LEFT JOIN desk.contact c ON c.kind = 'email'
		AND c.address = x.address
	    WHERE x.ticket = of) p
	LEFT JOIN desk.customer u ON u.id = p.customer
$$;

-- TICKET.GET: {"ticket":{…},"customer":{…},"related":[…],"participants":[…],
-- "events":[…],"after":event}, the oldest event first; after: there is more.  A
-- page also ends where its texts come to a mebibyte: a customer's mails may be
-- long, an answer may not.
CREATE OR REPLACE FUNCTION desk.ticket_get(caller jsonb, args jsonb)
RETURNS jsonb
LANGUAGE plpgsql STABLE
AS $$
DECLARE
	n	int := desk.page_rows(args, 200, 500);
	t	desk.ticket;
	shown	jsonb;
	events	jsonb;
	more	boolean;	-- what did not fit
BEGIN
	SELECT * INTO t FROM desk.ticket k
	WHERE k.id = (args->>'ticket')::bigint;
	IF NOT FOUND OR NOT desk.may_see(caller, t) THEN
		PERFORM desk.refuse('NOTFOUND', 'There is no such ticket.',
		    'ticket');
	END IF;
	SELECT desk.ticket_json(t, q.name,
		(SELECT a.name FROM desk.agent a WHERE a.id = t.assignee),
		c.name)
	INTO shown
	FROM desk.queue q, desk.customer c
	WHERE q.id = t.queue AND c.id = t.customer;

	SELECT jsonb_agg(desk.event_json(e) ORDER BY e.id)
		FILTER (WHERE p.fits), NOT bool_and(p.fits)
	INTO events, more
	FROM (SELECT l.id, l.filed_at, row_number() OVER w = 1
		OR row_number() OVER w <= n
		    AND sum(l.bytes) OVER w <= 1048576 AS fits
	    FROM (SELECT v.id, v.filed_at, coalesce(octet_length(v.text), 0)
		    + coalesce(octet_length(v.html), 0)
		    + coalesce(octet_length(v.own), 0) AS bytes
		FROM desk.event v
		WHERE v.ticket = t.id
		    AND v.id > coalesce((args->>'after')::bigint, 0)
		ORDER BY v.id LIMIT n + 1) l
	    WINDOW w AS (ORDER BY l.id)) p
	JOIN desk.event e ON e.id = p.id AND e.filed_at = p.filed_at;

	IF t.conversation IS NOT NULL THEN
		shown := shown || jsonb_build_object('chat',
		    desk.chat_state(t.conversation));
	END IF;

	RETURN jsonb_strip_nulls(jsonb_build_object('ticket', shown,
	    'customer', desk.customer_json(t.customer),
	    'related', desk.related_json(caller, t),
	    'participants', desk.participants_json(t.id),
	    'calls', desk.ticket_calls(t.id),
	    'events', coalesce(events, '[]'),
	    'after', CASE WHEN more THEN events->-1->'event' END));
END;
$$;
