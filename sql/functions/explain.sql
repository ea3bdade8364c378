-- TICKET.EXPLAIN: {"ticket","number","queue","state","assignee","due_at",
-- "priority","merged","rules":[{"rule","at","on","did"}],"drain":{…},
-- "unseen":[queues]}: of which case it became a part, what rules did lately, how
-- its queue is drained (drain_said()), and into what it does not overflow, since
-- agents there may not see it; the daemon adds what Redis decides by.
CREATE OR REPLACE FUNCTION desk.ticket_explain(caller jsonb, args jsonb)
RETURNS jsonb
LANGUAGE plpgsql STABLE
AS $$
DECLARE
	t	desk.ticket := desk.ticket_seen_by(caller, args, false);
BEGIN
	RETURN jsonb_strip_nulls(jsonb_build_object('ticket', t.id,
	    'number', t.number,
	    'queue', (SELECT q.name FROM desk.queue q WHERE q.id = t.queue),
	    'state', t.state,
	    'assignee', (SELECT a.name FROM desk.agent a
		WHERE a.id = t.assignee),
	    'due_at', desk.rfc3339(t.due_at), 'priority', t.priority,
	    'merged', (SELECT k.number FROM desk.merged m
		JOIN desk.ticket k ON k.id = m.into_ticket
		WHERE m.ticket = t.id),
	    'rules', desk.automation_told(t.id),
	    'drain', (SELECT desk.drain_said(q) FROM desk.queue q
		WHERE q.id = t.queue),
	    'unseen', (SELECT desk.overflows_blind(q) FROM desk.queue q
		WHERE q.id = t.queue)));
END;
$$;
