-- What Redis is rebuilt from after it was lost.

-- Where a walk through the tickets by when they are due goes on: behind one,
-- "DUE TICKET" (DUE: µs of the epoch, "-" when nobody waits for anything).
CREATE OR REPLACE FUNCTION desk.line_place(due_at timestamptz, ticket bigint)
RETURNS text
LANGUAGE sql STABLE PARALLEL SAFE
AS $$
	SELECT concat(coalesce(((extract(epoch FROM due_at) * 1000000)::bigint
	    )::text, '-'), ' ', ticket)
$$;

-- The next lim tickets that wait in a line or are somebody's work, who is due
-- first first and who waits for nothing last: apply rows without a notice, each
-- with its place, behind which the next page begins ('': the first).  One index
-- is read, so that what is over costs nothing, whatever the planner knows.  Who
-- moves a ticket meanwhile tells Redis himself.
CREATE OR REPLACE FUNCTION desk.line_page(after text, lim int)
RETURNS TABLE (place text, apply text)
LANGUAGE plpgsql STABLE
SET enable_seqscan = off SET enable_bitmapscan = off SET enable_sort = off
SET enable_hashjoin = off SET enable_mergejoin = off SET jit = off
AS $$
DECLARE
	us	bigint := nullif(nullif(split_part(after, ' ', 1), ''), '-');
	last	bigint := nullif(split_part(after, ' ', 2), '');
	n	int := 0;
BEGIN
	IF us IS NOT NULL OR last IS NULL THEN
		RETURN QUERY
		SELECT desk.line_place(t.due_at, t.id), desk.apply_text(t,
		    q.name, desk.offer_of(q.offer_seconds, q.offer_by,
		    t.channel), a.name, NULL)
		FROM desk.ticket t
		JOIN desk.queue q ON q.id = t.queue
		LEFT JOIN desk.agent a ON a.id = t.assignee
		WHERE t.state IN ('new', 'open')
		    AND (t.due_at, t.id) > (coalesce('epoch'::timestamptz
			+ us * interval '1 microsecond', '-infinity'),
			coalesce(last, 0))
		ORDER BY t.due_at, t.id
		LIMIT lim;
		GET DIAGNOSTICS n = ROW_COUNT;
		last := 0;
	END IF;
	IF n < lim THEN
		RETURN QUERY
		SELECT desk.line_place(t.due_at, t.id), desk.apply_text(t,
		    q.name, desk.offer_of(q.offer_seconds, q.offer_by,
		    t.channel), a.name, NULL)
		FROM desk.ticket t
		JOIN desk.queue q ON q.id = t.queue
		LEFT JOIN desk.agent a ON a.id = t.assignee
		WHERE t.state IN ('new', 'open') AND t.due_at IS NULL
		    AND t.id > last
		ORDER BY t.due_at, t.id
		LIMIT lim - n;
	END IF;
END;
$$;

-- What a rebuild tells Redis besides the line: {"agents":[…], "queues":[…],
-- "policies":[…],"calls":[…]}, who is here as it was last said, which queues
-- are paused and how they offer, and who is on the phone.
CREATE OR REPLACE FUNCTION desk.agents_page()
RETURNS jsonb
LANGUAGE sql STABLE
AS $$
	SELECT jsonb_build_object(
	    'agents', (SELECT coalesce(jsonb_agg(desk.presence_json(a)
		ORDER BY a.name), '[]')
		FROM desk.agent a
		WHERE a.active OR a.left_at > now() - interval '1 day'),
	    'queues', (SELECT coalesce(jsonb_agg(jsonb_build_object('queue',
		q.name, 'paused', q.paused) ORDER BY q.name), '[]')
		FROM desk.queue q WHERE q.active),
	    'policies', desk.policies(),
	    'calls', desk.calls_page())
$$;
