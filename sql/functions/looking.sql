-- A case that an agent has open: who may tell so, and how far he has read.

-- TICKET.LOOK: {"ticket","queue","assignee","display"}, by which the daemon
-- tells the others; upto moves the caller's read mark.  The lease that a page
-- leaves is its own.
CREATE OR REPLACE FUNCTION desk.ticket_look(caller jsonb, args jsonb)
RETURNS jsonb
LANGUAGE plpgsql
AS $$
DECLARE
	me	int := desk.own_agent(caller);
	t	desk.ticket := desk.ticket_seen_by(caller, args, false);
BEGIN
	IF args ? 'upto' THEN
		PERFORM desk.read_mark(t.id, me, (args->>'upto')::bigint);
	END IF;
	IF args->>'doing' = 'gone' THEN
		PERFORM desk.writing_leave(t.id, me, args->>'page');
	END IF;
	RETURN jsonb_build_object('ticket', t.id,
	    'queue', (SELECT q.name FROM desk.queue q WHERE q.id = t.queue),
	    'assignee', (SELECT a.name FROM desk.agent a
		WHERE a.id = t.assignee),
	    'display', desk.caller_shown(caller));
END;
$$;
