-- What the clock does to cases.

-- Closes at most lim cases that were resolved longer ago than the company's
-- close_after, and returns how many.  Any daemon may run it at any time; a case
-- that somebody has in hand just now is left for the next time.  The notices
-- are left to the outbox's sweep: nobody waits for them.
CREATE OR REPLACE FUNCTION desk.close_due(lim int)
RETURNS int
LANGUAGE plpgsql
AS $$
DECLARE
	since	timestamptz := now() - make_interval(
		    secs => (SELECT l.close_after FROM desk.limits l));
	n	int;
BEGIN
	WITH old AS (
	    SELECT t.id FROM desk.ticket t
	    WHERE t.state = 'resolved' AND t.resolved_at < since
	    ORDER BY t.resolved_at, t.id
	    LIMIT lim
	    FOR UPDATE SKIP LOCKED
	), closed AS (
	    UPDATE desk.ticket t SET state = 'closed', due_at = NULL,
		touched_at = now(), version = t.version + 1
	    FROM old WHERE t.id = old.id
	    RETURNING t.*
	), history AS (
	    INSERT INTO desk.event (at, ticket, customer, kind, channel,
		direction, who, meta)
	    SELECT now(), c.id, c.customer, 'state', 'desk', 'own', 'desk',
		desk.from_to('resolved', 'closed')
	    FROM closed c ORDER BY c.id
	    RETURNING id, ticket
	)
	INSERT INTO desk.outbox (ticket, feed)
	SELECT c.id, jsonb_strip_nulls(
	    desk.feed_json(c::desk.ticket, q.name, a.name)
	    || jsonb_build_object('kind', 'close', 'event', h.id,
		'channel', 'desk', 'direction', 'own', 'who', 'desk'))
	FROM closed c
	JOIN history h ON h.ticket = c.id
	JOIN desk.queue q ON q.id = c.queue
	LEFT JOIN desk.agent a ON a.id = c.assignee
	ORDER BY c.id;
	GET DIAGNOSTICS n = ROW_COUNT;
	RETURN n;
END;
$$;
