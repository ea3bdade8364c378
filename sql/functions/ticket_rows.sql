-- A row of a list: a ticket with all that is seen of it at a glance.

-- How many messages of the customer wait unread in a case: those that nobody
-- has answered and this agent (NULL: whoever) has not seen; no more than 20
-- are counted.  Where no answer is owed, none does.
CREATE OR REPLACE FUNCTION desk.unread_of(t desk.ticket, me int)
RETURNS bigint
LANGUAGE sql STABLE
AS $$
	SELECT count(*) FILTER (WHERE NOT x.answered AND x.direction = 'in'
	    AND (x.kind <> 'call' OR x.meta->'call'->>'state' = 'missed'))
	FROM (SELECT e.direction, e.kind, e.meta,
		bool_or(e.direction = 'out' AND e.agent IS NOT NULL)
		    OVER (ORDER BY e.id DESC) AS answered
	    FROM (SELECT v.id, v.direction, v.kind, v.meta, v.agent
		FROM desk.event v
		WHERE v.ticket = (t).id AND v.filed_at >= (t).opened_at
		    AND v.id > coalesce((SELECT r.upto FROM desk.ticket_read r
			WHERE r.ticket = (t).id AND r.agent = me), 0)
		ORDER BY v.id DESC LIMIT 20) e) x
$$;

-- Rows as TICKET.LIST shows them, in the order of these ids: ticket_json(),
-- and "assignee_name"; "segment" of the customer; "unread"; "writing"
-- {"agent","display","until"}, who writes an answer now; "draft", what kinds of
-- the caller's own lie there; "asked", the departments that owe
-- an answer to a question of ours; "wakes_at" of one that sleeps; "mention"
-- {"event","seen"}, the note that names the caller.
CREATE OR REPLACE FUNCTION desk.ticket_rows(caller jsonb, ids bigint[])
RETURNS jsonb
LANGUAGE plpgsql STABLE
SET enable_seqscan = off SET enable_hashjoin = off SET enable_mergejoin = off
SET join_collapse_limit = 1
AS $$
DECLARE
	who	int := (caller->>'agent')::int;
BEGIN
	RETURN coalesce((SELECT jsonb_agg(desk.ticket_json(t, q.name, a.name,
		c.name) || jsonb_strip_nulls(jsonb_build_object(
		'assignee_name', a.display, 'segment', c.segment,
		'unread', CASE WHEN t.due_at IS NOT NULL
		    THEN nullif(desk.unread_of(t, who), 0) END,
		'writing', CASE WHEN w.agent IS NOT NULL THEN
		    jsonb_build_object('agent', wa.name,
			'display', wa.display,
			'until', desk.rfc3339(w.until)) END,
		'draft', (SELECT jsonb_agg(d.kind ORDER BY d.kind)
		    FROM desk.draft d
		    WHERE d.ticket = t.id AND d.agent = who
			AND (d.text <> '' OR d.attachments IS NOT NULL)),
		'asked', desk.asked_json(t.id),
		'wakes_at', CASE WHEN t.state = 'pending'
		    THEN desk.rfc3339(s.until) END,
		'mention', (SELECT jsonb_build_object('event', m.event,
			'seen', m.seen_at IS NOT NULL)
		    FROM desk.mention m
		    WHERE m.ticket = t.id AND m.agent = who)))
		ORDER BY x.place)
	    FROM unnest(ids) WITH ORDINALITY x (id, place)
	    JOIN desk.ticket t ON t.id = x.id
	    JOIN desk.queue q ON q.id = t.queue
	    JOIN desk.customer c ON c.id = t.customer
	    LEFT JOIN desk.agent a ON a.id = t.assignee
	    LEFT JOIN desk.writing w ON w.ticket = t.id AND w.until > now()
	    LEFT JOIN desk.agent wa ON wa.id = w.agent
	    LEFT JOIN desk.snooze s ON s.ticket = t.id),
	    '[]');
END;
$$;
