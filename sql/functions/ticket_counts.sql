-- How many cases each view and each queue has.  What does not depend on who
-- asks is counted for all of them together, once a second at most
-- (daemon/loads.c), and reaches here as args.loads.

-- Of every queue: {"ID":{"active","waiting","pending","asleep","due","overdue",
-- "due_next"}}; waiting: nobody's.  One queue after the other, each read from
-- its part of one index alone: counting costs no ticket, no hash and no worker.
CREATE OR REPLACE FUNCTION desk.ticket_loads()
RETURNS jsonb
LANGUAGE plpgsql STABLE
SET enable_seqscan = off SET enable_bitmapscan = off
SET max_parallel_workers_per_gather = 0
AS $$
BEGIN
	RETURN (SELECT coalesce(jsonb_object_agg(q.id, jsonb_strip_nulls(
	    jsonb_build_object('active', x.active, 'waiting', x.waiting,
		'pending', x.pending, 'asleep', coalesce(s.n, 0),
		'due', x.due, 'overdue', x.overdue,
		'due_next', desk.rfc3339(x.due_next)))), '{}')
	FROM desk.queue q
	CROSS JOIN LATERAL (SELECT count(*) AS active,
		count(*) FILTER (WHERE t.assignee IS NULL
		    AND t.state <> 'pending') AS waiting,
		count(*) FILTER (WHERE t.state = 'pending') AS pending,
		count(t.due_at) AS due,
		count(*) FILTER (WHERE t.due_at < now()) AS overdue,
		min(t.due_at) AS due_next
	    FROM desk.ticket t
	    WHERE t.queue = q.id AND t.state IN ('new', 'open', 'pending')) x
	LEFT JOIN (SELECT t.queue, count(*) AS n FROM desk.snooze z
	    CROSS JOIN LATERAL desk.ticket_of(z.ticket) t
	    WHERE t.state = 'pending'
	    GROUP BY 1) s ON s.queue = q.id
	WHERE x.active > 0);
END;
$$;

-- The same of an agent's own cases in queues that are closed to him, which are
-- all that he sees of those: one row, without names.
CREATE OR REPLACE FUNCTION desk.loads_behind(hidden int[], me int,
    OUT active bigint, OUT pending bigint, OUT asleep bigint, OUT due bigint)
LANGUAGE sql STABLE
AS $$
	SELECT count(*), count(*) FILTER (WHERE t.state = 'pending'),
	    count(*) FILTER (WHERE t.state = 'pending' AND EXISTS (
		SELECT FROM desk.snooze s WHERE s.ticket = t.id)),
	    count(t.due_at)
	FROM desk.ticket t
	WHERE t.assignee = me AND t.queue = ANY (hidden)
	    AND t.state IN ('new', 'open', 'pending')
$$;

-- How many rows a whole view has by these loads.
CREATE OR REPLACE FUNCTION desk.loads_total(loads jsonb, view text,
    f desk.list_filter)
RETURNS bigint
LANGUAGE plpgsql STABLE
AS $$
DECLARE
	b	record;
	n	bigint;
BEGIN
	SELECT coalesce(sum(CASE view WHEN 'unassigned' THEN l.waiting
		WHEN 'due' THEN l.due
		WHEN 'waiting' THEN l.pending - l.asleep
		ELSE l.active END), 0)
	INTO n
	FROM jsonb_each(loads) q (id, load)
	CROSS JOIN LATERAL jsonb_to_record(q.load) AS l(active bigint,
	    waiting bigint, pending bigint, asleep bigint, due bigint)
	WHERE q.id::int <> ALL (f.hidden)
	    AND (f.queues IS NULL OR q.id::int = ANY (f.queues));
	IF view IS DISTINCT FROM 'unassigned' THEN
		b := desk.loads_behind(f.hidden, f.me);
		n := n + CASE view WHEN 'due' THEN b.due
		    WHEN 'waiting' THEN b.pending - b.asleep
		    ELSE b.active END;
	END IF;
	RETURN n;
END;
$$;

-- TICKET.COUNTS: {"views":{"mine",…,"mentions","watched"},"queues":{NAME:{"active",
-- "waiting","pending","due","overdue","due_next"}}}: what TICKET.LIST has as
-- total, at most a second old.  mentions: those not seen.
CREATE OR REPLACE FUNCTION desk.ticket_counts(caller jsonb, args jsonb)
RETURNS jsonb
LANGUAGE plpgsql STABLE
AS $$
DECLARE
	loads	jsonb := coalesce(args->'loads', desk.ticket_loads());
	me	int := (caller->>'agent')::int;
	hidden	int[] := desk.hidden_queues(caller);
	served	int[] := CASE WHEN NOT desk.caller_all(caller)
		    THEN desk.queues_served(caller) END;
	b	record := desk.loads_behind(hidden, me);
	views	jsonb;
	queues	jsonb;
BEGIN
	SELECT jsonb_object_agg(q.name, (loads->q.id::text) - 'asleep')
		FILTER (WHERE q.active AND loads ? q.id::text),
	    jsonb_build_object(
		'all', coalesce(sum(l.active), 0) + b.active,
		'due', coalesce(sum(l.due), 0) + b.due,
		'waiting', coalesce(sum(l.pending - l.asleep), 0)
		    + b.pending - b.asleep,
		'snoozed', coalesce(sum(l.asleep), 0) + b.asleep,
		'unassigned', coalesce(sum(l.waiting) FILTER (
		    WHERE served IS NULL OR q.id = ANY (served)), 0))
	INTO queues, views
	FROM desk.queue q
	LEFT JOIN LATERAL jsonb_to_record(loads->q.id::text) AS l(active bigint,
	    waiting bigint, pending bigint, asleep bigint, due bigint) ON true
	WHERE q.id <> ALL (hidden);

	IF me IS NOT NULL THEN
		views := views || jsonb_build_object(
		    'mine', (SELECT count(*) FROM desk.ticket t
			WHERE t.assignee = me
			    AND t.state IN ('new', 'open', 'pending')
			    AND (t.state <> 'pending' OR NOT EXISTS (SELECT
				FROM desk.snooze s WHERE s.ticket = t.id))),
		    'mentions', (SELECT count(*) FROM desk.mention m
			CROSS JOIN LATERAL desk.ticket_of(m.ticket) t
			WHERE m.agent = me AND m.seen_at IS NULL
			    AND (t.queue <> ALL (hidden)
				OR t.assignee = me)),
		    'watched', (SELECT count(*) FROM desk.watch w
			CROSS JOIN LATERAL desk.ticket_of(w.ticket) t
			WHERE w.agent = me AND (t.queue <> ALL (hidden)
			    OR t.assignee = me)));
	END IF;
	RETURN jsonb_build_object('views', views,
	    'queues', coalesce(queues, '{}'));
END;
$$;
