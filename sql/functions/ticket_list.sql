-- Lists of tickets by what is due, a page at a time, from a cursor or at any
-- place of a scroll bar.

-- Where a page of TICKET.LIST left off.  A list has three parts, each in an
-- order that an index has: 1, active with an answer due (by due time, then
-- id); 2, active with none due, as none is while it waits for the customer (by
-- id); 3, resolved and closed (newest first).
-- due is in microseconds of the epoch and stands in part 1 only.  Part 4 is of
-- the views with an order of their own, and id the rows passed.
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
		    '^(?:(1)-(\d{1,16})|([234]))-(\d{1,18})$');
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

-- Is this ticket in the list?  Inlined into the statements below, where what
-- does not apply folds away, so that each is planned for what was asked.
CREATE OR REPLACE FUNCTION desk.list_takes(t desk.ticket, f desk.list_filter)
RETURNS boolean
LANGUAGE sql IMMUTABLE PARALLEL SAFE
AS $$
	SELECT ((f).state IS NULL OR (t).state = (f).state)
	    AND ((f).up IS NOT TRUE OR (t).state IN ('new', 'open'))
	    AND ((f).queue IS NULL OR (t).queue = (f).queue)
	    AND ((f).queues IS NULL OR (t).queue = ANY ((f).queues))
	    AND ((f).assignee IS NULL OR (t).assignee = (f).assignee)
	    AND ((f).nobody IS NOT TRUE OR (t).assignee IS NULL)
	    AND ((f).owed IS NOT TRUE OR (t).due_at IS NOT NULL)
	    AND ((f).customer IS NULL OR (t).customer = (f).customer
		AND (t).kind <> 'consult')
	    AND ((f).channel IS NULL OR (t).channel = (f).channel)
	    AND ((f).tag IS NULL
		OR (t).tags <> '{}' AND (t).tags @> ARRAY[(f).tag])
	    AND ((f).mood IS NULL OR (t).mood = (f).mood)
	    AND ((f).tickets IS NULL OR (t).id = ANY ((f).tickets))
	    AND ((f).asleep IS NULL OR (t).id <> ALL ((f).asleep))
	    AND ((f).hidden = '{}' OR (t).queue <> ALL ((f).hidden)
		OR (t).assignee = (f).me)
$$;

-- A ticket by its id, looked up for each row that asks: for the few that stand
-- in tables of their own, where the planner may think that reading all is as
-- well.
CREATE OR REPLACE FUNCTION desk.ticket_of(wanted bigint)
RETURNS SETOF desk.ticket
LANGUAGE sql STABLE ROWS 1
AS $$
	SELECT t.* FROM desk.ticket t WHERE t.id = wanted OFFSET 0
$$;

-- The queues that a caller serves; all (NULL) for who serves none.
CREATE OR REPLACE FUNCTION desk.queues_served(caller jsonb)
RETURNS int[]
LANGUAGE sql STABLE
AS $$
	SELECT array_agg(m.queue) FROM desk.agent_queue m
	WHERE m.agent = (caller->>'agent')::int
$$;

-- What a view asks for, beside what the caller asks for:
--   mine        his, active and not asleep
--   unassigned  nobody's and waiting, where he serves (or in the queue named)
--   due         an answer is due
--   waiting     for the customer or somebody else
--   snoozed     asleep until a moment; in that order
--   mentions    cases of notes that name him, those first that he has not seen
--   watched     what he watches, the newest first
--   all         active
CREATE OR REPLACE FUNCTION desk.view_filter(caller jsonb, view text,
    f desk.list_filter)
RETURNS desk.list_filter
LANGUAGE plpgsql STABLE
AS $$
BEGIN
	IF view IN ('mine', 'mentions', 'watched') AND f.me IS NULL THEN
		PERFORM desk.refuse('INVALID',
		    'This view is an agent''s: this key is nobody''s own.',
		    'view');
	END IF;
	CASE view
	WHEN 'mine' THEN
		f.assignee := coalesce(f.assignee, f.me);
		f.asleep := ARRAY(SELECT x.id FROM (SELECT t.id
		    FROM desk.ticket t
		    WHERE t.assignee = f.me AND t.state = 'pending' OFFSET 0) x
		    WHERE EXISTS (SELECT FROM desk.snooze s
			WHERE s.ticket = x.id));
	WHEN 'unassigned' THEN
		f.nobody := true;
		f.up := true;
		IF f.queue IS NULL AND NOT desk.caller_all(caller) THEN
			f.queues := desk.queues_served(caller);
		END IF;
	WHEN 'due' THEN
		f.owed := true;
	WHEN 'waiting' THEN
		f.state := 'pending';
		f.asleep := ARRAY(SELECT s.ticket FROM desk.snooze s);
	WHEN 'snoozed' THEN
		f.state := 'pending';
	ELSE
		NULL;
	END CASE;
	IF f.asleep = '{}' THEN
		f.asleep := NULL;
	END IF;
	RETURN f;
END;
$$;

-- What TICKET.LIST was asked for; NULL when nothing can be in such a list.
CREATE OR REPLACE FUNCTION desk.list_filter(caller jsonb, args jsonb)
RETURNS desk.list_filter
LANGUAGE plpgsql STABLE
AS $$
DECLARE
	f	desk.list_filter;
BEGIN
	f.me := (caller->>'agent')::int;
	f.hidden := desk.hidden_queues(caller);
	IF args ? 'queue' THEN
		f.queue := (desk.queue_named(args->>'queue', 'queue')).id;
	END IF;
	IF args->>'assignee' <> 'none' THEN
		f.assignee := (desk.agent_named(coalesce(
		    nullif(args->>'assignee', 'me'), caller->>'who'),
		    'assignee')).id;
	END IF;
	f.nobody := args->>'assignee' = 'none';
	f.state := CASE WHEN args->>'state' NOT IN ('active', 'all')
	    THEN args->>'state' END;
	f.customer := desk.customer_now((args->>'customer')::bigint);
	f.tag := normalize(args->>'tag', NFC);
	f.channel := args->>'channel';
	f.mood := desk.mood_named(args->>'mood');
	f := desk.view_filter(caller, args->>'view', f);
	IF args ? 'tickets' THEN
		f.tickets := desk.list_named(args->>'tickets');
	END IF;
	-- In a queue that is closed to him, an agent has his own tickets
	-- only: looked up as such, not by passing over everybody else's.
	IF f.queue = ANY (f.hidden) THEN
		IF f.me IS NULL OR f.nobody OR f.assignee <> f.me THEN
			RETURN NULL;
		END IF;
		f.assignee := f.me;
	END IF;
	RETURN f;
END;
$$;

-- The ids of args.tickets: "1001,1002 …", one comma or blanks between two, 200
-- at most.
CREATE OR REPLACE FUNCTION desk.list_named(named text)
RETURNS bigint[]
LANGUAGE plpgsql IMMUTABLE
AS $$
DECLARE
	ids	text[] := regexp_split_to_array(btrim(named), ' *[ ,] *');
BEGIN
	IF cardinality(ids) > 200 OR EXISTS (SELECT FROM unnest(ids) n(id)
	    WHERE n.id !~ '^[1-9][0-9]{0,17}$') THEN
		PERFORM desk.refuse('INVALID',
		    'Tickets are named by their ids, at most 200.', 'tickets');
	END IF;
	-- Who names one twice means it once.
	RETURN ARRAY(SELECT n.id::bigint
	    FROM unnest(ids) WITH ORDINALITY n(id, place)
	    GROUP BY n.id ORDER BY min(n.place));
END;
$$;

-- All tickets of the list's one customer, by his index and no other.
CREATE OR REPLACE FUNCTION desk.ticket_page_of(f desk.list_filter,
    active boolean, done boolean)
RETURNS TABLE (part int, due_at timestamptz, id bigint)
LANGUAGE plpgsql STABLE ROWS 50
SET plan_cache_mode = force_custom_plan SET enable_seqscan = off
AS $$
BEGIN
	RETURN QUERY
	WITH t AS MATERIALIZED (SELECT k FROM desk.ticket k
	    WHERE k.customer = f.customer)
	SELECT CASE WHEN (t.k).state IN ('resolved', 'closed') THEN 3
		WHEN (t.k).due_at IS NULL THEN 2 ELSE 1 END,
	    CASE WHEN (t.k).state NOT IN ('resolved', 'closed')
		THEN (t.k).due_at END, (t.k).id
	FROM t
	WHERE CASE WHEN (t.k).state IN ('resolved', 'closed') THEN done
		ELSE active END
	    AND desk.list_takes(t.k, f);
END;
$$;

-- For the rest of a function that has SET both: what comes in the order of an
-- index is read so, whatever the planner knows of the table.  Not for tags,
-- whose index has no order.
CREATE OR REPLACE FUNCTION desk.read_in_order(f desk.list_filter)
RETURNS void
LANGUAGE plpgsql
AS $$
BEGIN
	IF f.tag IS NULL THEN
		PERFORM set_config('enable_sort', 'off', true),
		    set_config('enable_bitmapscan', 'off', true);
	END IF;
END;
$$;

-- The ids of one page after a cursor: at most n, each part read from its
-- index, none counted and none skipped over.
CREATE OR REPLACE FUNCTION desk.ticket_page(f desk.list_filter, wanted text,
    after text, n int)
RETURNS TABLE (part int, due_at timestamptz, id bigint)
LANGUAGE plpgsql STABLE ROWS 50
SET plan_cache_mode = force_custom_plan SET enable_seqscan = off
SET enable_sort = on SET enable_bitmapscan = on
AS $$
DECLARE
	at_part	int;
	at_due	timestamptz;
	at_id	bigint;
	active	boolean := wanted NOT IN ('resolved', 'closed');
	done	boolean := wanted IN ('resolved', 'closed', 'all');
BEGIN
	SELECT c.part, c.due_at, c.id INTO at_part, at_due, at_id
	FROM desk.cursor_read(after) c;
	IF at_part = 4 THEN
		PERFORM desk.refuse('INVALID',
		    'This cursor is of another list.', 'after');
	END IF;
	IF f.customer IS NOT NULL THEN
		RETURN QUERY
		SELECT x.part, x.due_at, x.id
		FROM desk.ticket_page_of(f, active, done) x
		WHERE at_part = 0 OR x.part > at_part
		    OR x.part = at_part AND CASE at_part
			WHEN 1 THEN (x.due_at, x.id) > (at_due, at_id)
			WHEN 2 THEN x.id > at_id
			ELSE x.id < at_id END
		ORDER BY x.part, x.due_at,
		    CASE x.part WHEN 3 THEN -x.id ELSE x.id END
		LIMIT n;
		RETURN;
	END IF;

	PERFORM desk.read_in_order(f);
	RETURN QUERY
	(SELECT 1, t.due_at, t.id FROM desk.ticket t
	WHERE active AND at_part <= 1
	    AND f.state IS DISTINCT FROM 'pending'
	    AND t.state IN ('new', 'open', 'pending')
	    AND t.due_at IS NOT NULL
	    AND (at_part < 1 OR (t.due_at, t.id) > (at_due, at_id))
	    AND desk.list_takes(t, f)
	ORDER BY t.due_at, t.id LIMIT n)
	UNION ALL
	(SELECT 2, NULL, t.id FROM desk.ticket t
	WHERE active AND at_part <= 2
	    AND t.state IN ('new', 'open', 'pending')
	    AND t.due_at IS NULL
	    AND (at_part < 2 OR t.id > at_id)
	    AND desk.list_takes(t, f)
	ORDER BY t.due_at, t.id LIMIT n)
	UNION ALL
	(SELECT 3, NULL, t.id FROM desk.ticket t
	WHERE done
	    AND t.state IN ('resolved', 'closed')
	    AND (at_part < 3 OR t.id < at_id)
	    AND desk.list_takes(t, f)
	ORDER BY t.id DESC LIMIT n)
	LIMIT n;
END;
$$;

-- The same at a place of the active list: the rows before it are passed over
-- in the index alone.
CREATE OR REPLACE FUNCTION desk.ticket_page_at(f desk.list_filter, skip int,
    n int)
RETURNS TABLE (part int, due_at timestamptz, id bigint)
LANGUAGE plpgsql STABLE ROWS 50
SET plan_cache_mode = force_custom_plan SET enable_seqscan = off
SET enable_sort = on SET enable_bitmapscan = on
AS $$
BEGIN
	IF f.customer IS NULL THEN
		PERFORM desk.read_in_order(f);
	END IF;
	RETURN QUERY
	SELECT CASE WHEN t.due_at IS NULL THEN 2 ELSE 1 END, t.due_at, t.id
	FROM desk.ticket t
	WHERE t.state IN ('new', 'open', 'pending')
	    AND desk.list_takes(t, f)
	ORDER BY t.due_at, t.id
	OFFSET skip LIMIT n;
END;
$$;

-- A page of a view that has an order of its own; place: how many rows stand
-- up to here.
CREATE OR REPLACE FUNCTION desk.ticket_page_own(f desk.list_filter, view text,
    skip int, n int)
RETURNS TABLE (part int, due_at timestamptz, id bigint, place bigint)
LANGUAGE plpgsql STABLE ROWS 50
SET plan_cache_mode = force_custom_plan SET enable_seqscan = off
SET enable_sort = on SET enable_bitmapscan = on
AS $$
BEGIN
	PERFORM desk.read_in_order(f);
	IF view = 'snoozed' THEN
		RETURN QUERY
		SELECT 4, NULL::timestamptz, x.id,
		    skip + row_number() OVER ()
		FROM (SELECT t.id FROM desk.snooze s
		    CROSS JOIN LATERAL desk.ticket_of(s.ticket) t
		    WHERE desk.list_takes(t, f)
		    ORDER BY s.until, s.ticket OFFSET skip LIMIT n) x;
	ELSIF view = 'watched' THEN
		RETURN QUERY
		SELECT 4, NULL::timestamptz, x.id,
		    skip + row_number() OVER ()
		FROM (SELECT t.id FROM desk.watch w
		    CROSS JOIN LATERAL desk.ticket_of(w.ticket) t
		    WHERE w.agent = f.me AND desk.list_takes(t, f)
		    ORDER BY w.at DESC, w.ticket DESC
		    OFFSET skip LIMIT n) x;
	ELSE
		RETURN QUERY
		SELECT 4, NULL::timestamptz, x.id,
		    skip + row_number() OVER ()
		FROM (SELECT t.id FROM desk.mention m
		    CROSS JOIN LATERAL desk.ticket_of(m.ticket) t
		    WHERE m.agent = f.me AND desk.list_takes(t, f)
		    ORDER BY (m.seen_at IS NOT NULL), m.event DESC
		    OFFSET skip LIMIT n) x;
	END IF;
END;
$$;

-- How many rows a list of active tickets has after one (after_id NULL: in
-- all).  Counted in an index and by this process alone: to start others takes
-- longer.
CREATE OR REPLACE FUNCTION desk.ticket_rest(f desk.list_filter,
    after_due timestamptz, after_id bigint)
RETURNS bigint
LANGUAGE plpgsql STABLE SET plan_cache_mode = force_custom_plan
SET enable_seqscan = off SET enable_bitmapscan = on
SET max_parallel_workers_per_gather = 0
AS $$
BEGIN
	IF f.tag IS NULL THEN
		PERFORM set_config('enable_bitmapscan', 'off', true);
	END IF;
	IF after_id IS NULL THEN
		RETURN (SELECT count(*) FROM desk.ticket t
		    WHERE t.state IN ('new', 'open', 'pending')
			AND desk.list_takes(t, f));
	ELSIF after_due IS NULL THEN
		RETURN (SELECT count(*) FROM desk.ticket t
		    WHERE t.state IN ('new', 'open', 'pending')
			AND t.due_at IS NULL AND t.id > after_id
			AND desk.list_takes(t, f));
	END IF;
	RETURN (SELECT count(*) FROM desk.ticket t
	    WHERE t.state IN ('new', 'open', 'pending')
		AND (t.due_at, t.id) > (after_due, after_id)
		AND desk.list_takes(t, f))
	    + (SELECT count(*) FROM desk.ticket t
	    WHERE t.state IN ('new', 'open', 'pending')
		AND t.due_at IS NULL
		AND desk.list_takes(t, f));
END;
$$;

-- How many rows a view has that has an order of its own.
CREATE OR REPLACE FUNCTION desk.ticket_total_own(f desk.list_filter, view text)
RETURNS bigint
LANGUAGE plpgsql STABLE SET plan_cache_mode = force_custom_plan
AS $$
BEGIN
	IF view = 'snoozed' THEN
		RETURN (SELECT count(*) FROM desk.snooze s
		    CROSS JOIN LATERAL desk.ticket_of(s.ticket) t
		    WHERE desk.list_takes(t, f));
	ELSIF view = 'watched' THEN
		RETURN (SELECT count(*) FROM desk.watch w
		    CROSS JOIN LATERAL desk.ticket_of(w.ticket) t
		    WHERE w.agent = f.me AND desk.list_takes(t, f));
	END IF;
	RETURN (SELECT count(*) FROM desk.mention m
	    CROSS JOIN LATERAL desk.ticket_of(m.ticket) t
	    WHERE m.agent = f.me AND desk.list_takes(t, f));
END;
$$;

-- The page that args ask for, one row more than wanted: whether there is more.
CREATE OR REPLACE FUNCTION desk.list_page(f desk.list_filter, args jsonb, n int)
RETURNS TABLE (part int, due_at timestamptz, id bigint)
LANGUAGE plpgsql STABLE ROWS 50
AS $$
DECLARE
	wanted	text := coalesce(args->>'state', 'active');
	skip	int := coalesce((args->>'offset')::int, 0);
	at_part	int;
	at_id	bigint;
BEGIN
	IF args ? 'tickets' THEN
		RETURN QUERY
		SELECT 0, NULL::timestamptz, t.id
		FROM unnest(f.tickets) WITH ORDINALITY x (id, place)
		JOIN desk.ticket t ON t.id = x.id
		WHERE desk.list_takes(t, f)
		    AND (NOT args ?| '{view,state}' OR wanted = 'all'
			OR args->>'view' IN ('mentions', 'watched')
			OR f.state IS NOT NULL
			OR t.state IN ('new', 'open', 'pending'))
		    AND (args->>'view' IS DISTINCT FROM 'snoozed'
			OR t.id IN (SELECT s.ticket FROM desk.snooze s))
		    AND (args->>'view' IS DISTINCT FROM 'mentions'
			OR t.id IN (SELECT m.ticket FROM desk.mention m
			    WHERE m.agent = f.me))
		    AND (args->>'view' IS DISTINCT FROM 'watched'
			OR t.id IN (SELECT w.ticket FROM desk.watch w
			    WHERE w.agent = f.me))
		ORDER BY x.place;
	ELSIF args->>'view' IN ('snoozed', 'mentions', 'watched') THEN
		SELECT c.part, c.id INTO at_part, at_id
		FROM desk.cursor_read(args->>'after') c;
		IF at_part NOT IN (0, 4) OR at_id > 100000000 THEN
			PERFORM desk.refuse('INVALID',
			    'This cursor is of another list.', 'after');
		END IF;
		RETURN QUERY
		SELECT p.part, p.due_at, p.id
		FROM desk.ticket_page_own(f, args->>'view',
		    coalesce(at_id::int, skip), n) p;
	ELSIF args ? 'offset' AND NOT args ? 'after' THEN
		IF wanted IN ('resolved', 'closed', 'all') THEN
			PERFORM desk.refuse('INVALID',
			    'Places are those of active cases: take the cursor.',
			    'offset');
		END IF;
		RETURN QUERY SELECT * FROM desk.ticket_page_at(f, skip, n);
	ELSE
		RETURN QUERY
		SELECT * FROM desk.ticket_page(f, wanted, args->>'after', n);
	END IF;
END;
$$;

-- How many rows the list has of which a page of n from args.offset on was read
-- (due, id: of its row n; there is none after it: rows is n or fewer).
-- args.loads, of a whole view: what ticket_loads() said some seconds ago.
CREATE OR REPLACE FUNCTION desk.list_total(f desk.list_filter, args jsonb,
    n int, rows int, due timestamptz, id bigint)
RETURNS bigint
LANGUAGE plpgsql STABLE
AS $$
DECLARE
	view	text := args->>'view';
	skip	int := coalesce((args->>'offset')::int, 0);
BEGIN
	IF rows <= n AND (rows > 0 OR skip = 0) THEN
		RETURN skip + rows;
	ELSIF view IN ('snoozed', 'mentions', 'watched') THEN
		RETURN desk.ticket_total_own(f, view);
	ELSIF rows = 0 THEN
		RETURN desk.ticket_rest(f, NULL, NULL);
	ELSIF args ? 'loads' THEN
		RETURN greatest(skip + rows,
		    desk.loads_total(args->'loads', view, f));
	END IF;
	RETURN skip + n + desk.ticket_rest(f, due, id);
END;
$$;

-- TICKET.LIST: {"tickets":[…],"after":cursor,"total":n}; no after: this was
-- the last page.  Tickets that the caller may not see are not there.  total:
-- how many the whole list has; only of active ones, and not with a cursor.
CREATE OR REPLACE FUNCTION desk.ticket_list(caller jsonb, args jsonb)
RETURNS jsonb
LANGUAGE plpgsql STABLE
AS $$
DECLARE
	n	int := CASE WHEN args ? 'tickets' THEN 200
		    ELSE desk.page_rows(args, 50, 200) END;
	f	desk.list_filter := desk.list_filter(caller, args);
	own	boolean := coalesce(args->>'view' IN ('snoozed', 'mentions',
		    'watched'), false);
	page	bigint[];
	dues	timestamptz[];
	cursors	text[];
	total	bigint;
BEGIN
	IF f.hidden IS NULL THEN
		RETURN '{"tickets":[],"total":0}';
	END IF;
	SELECT array_agg(p.id ORDER BY p.place) FILTER (WHERE p.place <= n),
	    array_agg(p.due_at ORDER BY p.place),
	    array_agg(desk.cursor_write(p.part, p.due_at, CASE WHEN own
		    THEN coalesce(split_part(args->>'after', '-', 2)::bigint,
			(args->>'offset')::bigint, 0) + p.place
		    ELSE p.id END) ORDER BY p.place)
	INTO page, dues, cursors
	FROM desk.list_page(f, args, n + 1)
	    WITH ORDINALITY AS p (part, due_at, id, place);
	IF NOT args ?| '{after,tickets}' AND (own OR coalesce(args->>'state',
	    'active') NOT IN ('resolved', 'closed', 'all')) THEN
		total := desk.list_total(f, args, n,
		    coalesce(cardinality(cursors), 0), dues[n], page[n]);
	END IF;
	RETURN jsonb_strip_nulls(jsonb_build_object(
	    'tickets', desk.ticket_rows(caller, page),
	    'after', CASE WHEN cardinality(cursors) > n
		AND NOT args ? 'tickets' THEN cursors[n] END,
	    'total', total));
END;
$$;
