-- Which ticket an event belongs to.
--
-- An event points at a ticket by our signed address, by an id that it answers
-- (a Message-ID, a call's id), by its conversation, or, for a call that nobody
-- took and for an order, by being about the same.  It joins only when its
-- sender takes part in that ticket, and never when DMARC failed; else it opens
-- a ticket of its own that is related to the one it pointed at.

-- Does this event point at anything?  Most do not.
CREATE OR REPLACE FUNCTION desk.thread_may(k desk.known)
RETURNS boolean
LANGUAGE sql IMMUTABLE
AS $$
	SELECT (k.i).token IS NOT NULL OR (k.i).thread <> '{}'
	    OR (k.i).conversation IS NOT NULL OR (k.i).call IS NOT NULL
	    OR (k.i).order_no IS NOT NULL
$$;

-- Who must wait for whom in a batch: pairs (follower, leader) of places.  Of
-- the events that share a conversation, a call, a customer's order or his calls
-- (to a queue), all wait for the first, which finds or opens their ticket; an
-- answer waits for the message that it answers.
CREATE OR REPLACE FUNCTION desk.thread_order(knowns desk.known[],
    OUT followers int[], OUT leaders int[])
LANGUAGE plpgsql IMMUTABLE
AS $$
BEGIN
	WITH e AS MATERIALIZED (
	    SELECT (k.i).ord AS ord, (k.i).conversation AS conversation,
		(k.i).call->>'id' AS call, (k.i).order_no AS order_no,
		(k.i).thread AS thread, (k.i).refs AS refs, k.customer,
		k.queue
	    FROM unnest(knowns) k
	), shared AS (
	    SELECT e.ord, min(e.ord) OVER (PARTITION BY x.key) AS leader
	    FROM e CROSS JOIN LATERAL (VALUES
		('conversation ' || e.conversation),
		('call ' || e.call),
		(CASE WHEN e.call IS NOT NULL THEN
		    'caller ' || e.customer END),
		(CASE WHEN e.call IS NOT NULL THEN
		    'caller ' || e.customer || ' in ' || e.queue END),
		('order ' || e.customer || ' ' || e.order_no)) x(key)
	    WHERE x.key IS NOT NULL
	), answers AS (
	    SELECT a.ord, m.ord AS leader
	    FROM (SELECT ord, unnest(thread) AS ref FROM e
		WHERE thread <> '{}') a
	    JOIN (SELECT ord, unnest(refs) AS ref FROM e) m
		ON m.ref = a.ref AND m.ord < a.ord
	)
	SELECT array_agg(ord), array_agg(leader) INTO followers, leaders
	FROM (TABLE shared UNION TABLE answers) p
	WHERE leader < ord;
END;
$$;

-- The tickets that one event points at, the surest first.
CREATE OR REPLACE FUNCTION desk.thread_points(k desk.known)
RETURNS TABLE (rank bigint, ticket bigint, how text)
LANGUAGE sql STABLE ROWS 2
AS $$
	SELECT 0, (k.i).token, 'our signed address'
	UNION ALL
	SELECT 1, c.ticket, 'the same conversation'
	FROM desk.conversation c WHERE c.id = (k.i).conversation
	UNION ALL
	SELECT 2, r.ticket, 'the same call'
	FROM desk.message_ref r WHERE r.ref = 'call:' || ((k.i).call->>'id')
	UNION ALL
	SELECT 2 + u.n, r.ticket, 'an answer to its message'
	FROM unnest((k.i).thread) WITH ORDINALITY u(ref, n)
	JOIN desk.message_ref r ON r.ref = u.ref
	UNION ALL
	-- Who rings again, or is rung back, is still the same call-back.
	SELECT 100, max(t.id), 'an open call-back of this customer'
	FROM desk.ticket t
	WHERE t.customer = k.customer AND t.kind = 'callback'
	    AND t.state IN ('new', 'open', 'pending')
	    AND (k.direction = 'out' OR t.queue = k.queue
		AND (k.i).call->>'state' IN ('missed', 'ringing'))
	UNION ALL
	SELECT 101, max(t.id), 'the same order'
	FROM desk.ticket t
	WHERE t.customer = k.customer AND t.order_no = (k.i).order_no
	    AND t.state IN ('new', 'open', 'pending')
	    AND (k.i).kind = 'order'
$$;

-- What each event points at, and whether its sender may join that: a ticket
-- that he may join first.
CREATE OR REPLACE FUNCTION desk.thread_find(knowns desk.known[])
RETURNS desk.pointed[]
LANGUAGE plpgsql STABLE
-- By keys, whatever the planner thinks of a table that it has no statistics
-- of (yet): else it reads all tickets into a hash table for each batch.
SET enable_hashjoin = off
SET enable_mergejoin = off
AS $$
BEGIN
	RETURN ARRAY(
	    SELECT DISTINCT ON ((k.i).ord) ROW((k.i).ord, t.id, p.how,
		(k.i).auth IS DISTINCT FROM 'fail' AND part.takes
		)::desk.pointed
	    FROM unnest(knowns) k
	    CROSS JOIN LATERAL desk.thread_points(k) p
	    JOIN desk.ticket t ON t.id = p.ticket
	    CROSS JOIN LATERAL (SELECT t.customer = k.customer OR EXISTS (
		SELECT FROM desk.participant x
		WHERE x.ticket = t.id AND x.contact = k.contact) AS takes) part
	    WHERE (k.i).quarantine IS NULL AND desk.thread_may(k)
	    ORDER BY (k.i).ord, part.takes DESC, p.rank, t.id DESC);
END;
$$;

-- Takes every lock that filing these events needs, in the order that all keep:
-- what makes finding and opening a ticket one step for those who could open
-- the same one (calls, the customers of calls and orders, conversations), then
-- the tickets that can be joined.  Returns what the events point at.
CREATE OR REPLACE FUNCTION desk.thread_lock(knowns desk.known[])
RETURNS desk.pointed[]
LANGUAGE plpgsql
AS $$
DECLARE
	points	desk.pointed[];
BEGIN
	IF EXISTS (SELECT FROM unnest(knowns) k
	    WHERE (k.i).call IS NOT NULL OR (k.i).order_no IS NOT NULL) THEN
		PERFORM pg_advisory_xact_lock(l.key) FROM (
		    SELECT DISTINCT hashtextextended(x.name, 0) AS key
		    FROM unnest(knowns) k
		    CROSS JOIN LATERAL (VALUES
			('desk.call ' || ((k.i).call->>'id')),
			('desk.customer ' || k.customer)) x(name)
		    WHERE x.name IS NOT NULL AND ((k.i).call IS NOT NULL
			OR (k.i).order_no IS NOT NULL)
		    ORDER BY 1) l;
	END IF;
	IF EXISTS (SELECT FROM unnest(knowns) k
	    WHERE (k.i).conversation IS NOT NULL) THEN
		PERFORM FROM desk.conversation c
		WHERE c.id IN (SELECT (k.i).conversation FROM unnest(knowns) k)
		ORDER BY c.id
		FOR NO KEY UPDATE;
	END IF;

	points := desk.thread_find(knowns);
	IF points <> '{}' THEN
		PERFORM FROM desk.ticket t
		WHERE t.id IN (SELECT p.ticket FROM unnest(points) p
		    WHERE p.joins)
		ORDER BY t.id
		FOR NO KEY UPDATE;
	END IF;
	RETURN points;
END;
$$;

-- Joins each event to the ticket that it points at, or draws it one of its own,
-- on the tickets as they are now that they are locked.  A closed
-- ticket stays closed: what answers it opens another, except the late record
-- of a call that it holds already.
CREATE OR REPLACE FUNCTION desk.thread(knowns desk.known[],
    points desk.pointed[])
RETURNS desk.filing[]
LANGUAGE plpgsql
AS $$
BEGIN
	RETURN (
	    SELECT array_agg(ROW(k,
		CASE WHEN d.joins THEN t.id
		    ELSE nextval('desk.ticket_id_seq') END,
		CASE WHEN d.joins THEN t.customer ELSE k.customer END,
		CASE WHEN d.joins THEN t.queue ELSE k.queue END,
		NOT d.joins,
		CASE WHEN NOT d.joins THEN t.id END,
		CASE WHEN d.joins THEN t.state END,
		jsonb_build_object('identified', k.identified,
		    'classified', k.classified, 'threaded', CASE
		WHEN d.joins THEN f.how
		WHEN t.id IS NULL THEN 'a new matter'
		WHEN (k.i).auth = 'fail' THEN
		    'new: the sender''s address is not proved'
		WHEN NOT f.joins THEN
		    'new: the sender takes no part in the related ticket'
		ELSE 'new: the related ticket is closed'
		END))::desk.filing)
	    FROM unnest(knowns) k
	    LEFT JOIN unnest(points) f ON f.ord = (k.i).ord
	    LEFT JOIN desk.ticket t ON t.id = f.ticket
	    CROSS JOIN LATERAL (SELECT coalesce(f.joins
		AND (t.state <> 'closed' OR f.how = 'the same call'), false)
		AS joins) d);
END;
$$;
