-- How many cases each view and each queue has.  What does not depend on who
-- asks is counted for all of them together, once a second at most
-- (daemon/loads.c), and reaches here as args.loads.

-- Of every queue: {"ID":{"active","waiting","pending","asleep","due","overdue",
-- "due_next"}}; waiting: nobody's.  Read from an index alone.
CREATE OR REPLACE FUNCTION desk.ticket_loads()
RETURNS jsonb
LANGUAGE plpgsql STABLE
AS $$
BEGIN
	RETURN (SELECT coalesce(jsonb_object_agg(x.queue, jsonb_strip_nulls(
	    jsonb_build_object('active', x.active, 'waiting', x.waiting,
		'pending', x.pending, 'asleep', coalesce(s.n, 0),
		'due', x.due, 'overdue', x.overdue,
		'due_next', desk.rfc3339(x.due_next)))), '{}')
	FROM (SELECT g.queue, sum(g.n) AS active,
		coalesce(sum(g.n) FILTER (WHERE g.state <> 'pending'
		    AND g.free), 0) AS waiting,
		coalesce(sum(g.n) FILTER (WHERE g.state = 'pending'), 0)
		    AS pending,
		sum(g.owed) AS due, sum(g.late) AS overdue,
		min(g.due_next) AS due_next
	    FROM (SELECT t.queue, t.state, t.assignee IS NULL AS free,
		    count(*) AS n, count(t.due_at) AS owed,
		    count(*) FILTER (WHERE t.due_at < now()) AS late,
		    min(t.due_at) AS due_next
		FROM desk.ticket t
		WHERE t.state IN ('new', 'open', 'pending')
		GROUP BY 1, 2, 3) g
	    GROUP BY g.queue) x
	LEFT JOIN (SELECT t.queue, count(*) AS n FROM desk.snooze z
	    CROSS JOIN LATERAL desk.ticket_of(z.ticket) t
	    WHERE t.state = 'pending'
	    GROUP BY 1) s ON s.queue = x.queue);
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

-- TICKET.COUNTS: {"views":{"mine",…,"mentions"},"queues":{NAME:{"active",
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
				OR t.assignee = me)));
	END IF;
	RETURN jsonb_build_object('views', views,
	    'queues', coalesce(queues, '{}'));
END;
$$;
