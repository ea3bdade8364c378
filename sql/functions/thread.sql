-- Which ticket an event belongs to.
--
-- An event points at a ticket by our signed address, by an id that it answers
-- (a Message-ID, a call's id), by being the bounce of what we wrote, by its
-- conversation, by the number of an order of this very customer, or, for a
-- call that nobody took, by an open call-back.  It joins only when its sender
-- takes part in that ticket, and never when DMARC failed; else it opens a
-- ticket of its own that is related to the one it pointed at.
--
-- Who takes part: the customer, whoever was made a participant, and whom a
-- mail of the case named in To or Cc.  Being named is worth what the mail is:
-- one that opens a case names for that case alone, one that joins a case
-- must have passed DMARC (file_others() in file.sql).

-- Does this event point at anything?  Most do not.
CREATE OR REPLACE FUNCTION desk.thread_may(k desk.known)
RETURNS boolean
LANGUAGE sql IMMUTABLE
AS $$
	SELECT (k.i).token IS NOT NULL
	    OR coalesce((k.i).thread <> '{}', false)
	    OR (k.i).conversation IS NOT NULL OR (k.i).call IS NOT NULL
	    OR (k.i).order_no IS NOT NULL
	    OR coalesce((k.i).facts ? 'sent', false)
	    -- One of several copies, or one of a flood.
	    OR coalesce(jsonb_array_length((k.i)."to") > 1, false)
	    OR coalesce((k.i).automatic, false) AND (k.i).raw IS NOT NULL
$$;

-- Who must wait for whom in a batch: pairs (follower, leader) of places.  Of
-- the events that share a conversation, a Message-ID, a customer's order or a
-- line of talk, all wait for the first, which finds or opens their ticket; of those that share a
-- call, or whose calls are one customer's, each for the one before, since it
-- decides what that is a part of; an answer waits for the message that it
-- answers.
CREATE OR REPLACE FUNCTION desk.thread_order(knowns desk.known[],
    OUT followers int[], OUT leaders int[])
LANGUAGE plpgsql IMMUTABLE
AS $$
BEGIN
	WITH e AS MATERIALIZED (
	    SELECT (k.i).ord AS ord, (k.i).conversation AS conversation,
		(k.i).call->>'id' AS call, (k.i).order_no AS order_no,
		(k.i).thread AS thread, (k.i).refs AS refs, k.customer,
		k.queue, jsonb_array_length((k.i)."to") > 1 AS copies,
		desk.line_of(k.i) AS line
	    FROM unnest(knowns) k
	), shared AS (
	    SELECT e.ord, CASE WHEN x.chain THEN lag(e.ord) OVER w
		ELSE first_value(e.ord) OVER w END AS leader
	    FROM e CROSS JOIN LATERAL (VALUES
		('conversation ' || e.conversation, false),
		('call ' || e.call, true),
		(CASE WHEN e.call IS NOT NULL THEN
		    'caller ' || e.customer END, true),
		('order ' || e.customer || ' ' || e.order_no, false),
		(CASE WHEN e.copies THEN 'copy ' || e.refs[1] END, false),
		(e.line, false)) x(key, chain)
	    WHERE x.key IS NOT NULL
	    WINDOW w AS (PARTITION BY x.key ORDER BY e.ord)
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

-- The tickets that one event points at, the surest first.  bounced: the event
-- of ours that, by this one, did not arrive; open: it needs no participant.
-- What was taken out of a case (split.sql) is answered where it is now, though
-- the address of ours is the old case's.
CREATE OR REPLACE FUNCTION desk.thread_points(k desk.known)
RETURNS TABLE (rank bigint, ticket bigint, how text, bounced bigint,
    open boolean)
LANGUAGE sql STABLE ROWS 2
AS $$
	SELECT 0, (k.i).token, 'our signed address', NULL::bigint, false
	UNION ALL
	SELECT -1, r.ticket, 'an answer to its message', NULL, false
	FROM desk.message_ref r
	WHERE r.ref = (k.i).thread[1] AND (k.i).token IS NOT NULL
	    AND EXISTS (SELECT FROM desk.moved m
		WHERE m.event = r.event OFFSET 0)
	UNION ALL
	-- RFC 3464: only what we sent, and to whom we sent it, can come back.
	SELECT 1, o.ticket,
	    CASE WHEN b.failed THEN 'our message came back'
		ELSE 'a report on our message' END,
	    CASE WHEN b.failed AND o.state NOT IN
		('bounced', 'failed', 'withdrawn') THEN o.event END, true
	FROM (SELECT (k.i).facts->'bounce'->>'message_id' AS id,
		lower((k.i).facts->'bounce'->>'recipient') AS recipient,
		(k.i).facts->'bounce'->>'action' = 'failed' AS failed) b
	JOIN desk.message_ref r ON r.ref = b.id
	JOIN desk.outbound o ON o.event = r.event AND o.ticket = r.ticket
	WHERE b.recipient IS NULL OR b.recipient = lower(o.address)
	    OR b.recipient IN (SELECT lower(c) FROM unnest(o.cc) c)
	UNION ALL
	-- It came to the address that one message of ours was sent from, and no
	-- other: whatever a report names, it is about that one (addresses.sql).
	SELECT b.robot::int, o.ticket, CASE WHEN NOT b.robot
	    THEN 'our signed address' WHEN b.failed
	    THEN 'our message came back' ELSE 'a report on our message' END,
	    CASE WHEN b.failed AND o.state NOT IN
		('bounced', 'failed', 'withdrawn') THEN o.event END, b.robot
	FROM (SELECT coalesce((k.i).automatic, false) AS robot,
		coalesce((k.i).automatic AND (k.i).facts->'bounce'->>'action'
		    = 'failed', false) AS failed) b
	JOIN desk.outbound o ON o.id = ((k.i).facts->>'sent')::bigint
	    AND o.ticket IS NOT NULL
	UNION ALL
	SELECT 2, c.ticket, 'the same conversation', NULL, false
	FROM desk.conversation c WHERE c.id = (k.i).conversation
	UNION ALL
	SELECT 3, r.ticket, 'the same call', NULL, false
	FROM desk.message_ref r WHERE r.ref = 'call:' || ((k.i).call->>'id')
	UNION ALL
	SELECT 3, r.ticket, 'the order''s record', NULL, false
	FROM desk.message_ref r
	WHERE r.ref = 'order:' || (k.i).order_no AND desk.is_record(k.i)
	UNION ALL
	SELECT 3 + u.n, r.ticket, 'an answer to its message', NULL, false
	FROM unnest((k.i).thread) WITH ORDINALITY u(ref, n)
	JOIN desk.message_ref r ON r.ref = u.ref
	UNION ALL
	-- On its way a copy may get a footer of its own: another body, and so
	-- another event, but the same matter.  For a day: some senders use one
	-- Message-ID for all that they send.
	SELECT 90, r.ticket, 'another copy of the same mail', NULL, false
	FROM unnest((k.i).refs) u(ref)
	JOIN desk.message_ref r ON r.ref = u.ref
	JOIN desk.event e ON e.id = r.event
	    AND e.filed_at > now() - interval '1 day'
	WHERE jsonb_array_length((k.i)."to") > 1 AND e.contact = k.contact
	UNION ALL
	SELECT 95, l.ticket, 'the same talk', NULL, false
	FROM desk.social_line l WHERE l.key = desk.line_of(k.i)
	UNION ALL
	-- Who rings again, on whatever trunk, or is rung back, is still the same
	-- call-back; but for queues whose cases others may not see.
	SELECT 100, max(t.id), 'an open call-back of this customer', NULL, false
	FROM desk.ticket t
	WHERE t.customer = k.customer AND t.kind = 'callback'
	    AND t.state IN ('new', 'open', 'pending')
	    AND (k.i).call IS NOT NULL
	    AND (k.direction = 'out' OR t.queue = k.queue
		OR NOT EXISTS (SELECT FROM desk.queue q
		    WHERE q.id IN (t.queue, k.queue) AND q.members_only))
	UNION ALL
	SELECT 102, desk.call_since(k.customer, (k.i).at),
	    'a later call of this customer', NULL, false
	WHERE k.direction = 'in' AND (k.i).call->>'state' = 'missed'
	UNION ALL
	-- A chat that goes on elsewhere could not be answered there; a case that
	-- somebody opened in this customer's name is not his.
	SELECT 101, max(t.id), 'the same order', NULL, false
	FROM desk.ticket t
	WHERE t.customer = k.customer AND t.order_no = (k.i).order_no
	    AND t.state IN ('new', 'open', 'pending')
	    AND ((k.i).conversation IS NULL OR t.conversation IS NULL)
	    AND 'unproved' <> ALL (t.marks)
	UNION ALL
	SELECT 200, desk.flood_ticket(k.customer), 'a flood from one sender',
	    NULL, false
	WHERE (k.i).automatic AND (k.i).raw IS NOT NULL
$$;

-- What each event points at, and whether its sender may join that: a ticket
-- that he may join first.
CREATE OR REPLACE FUNCTION desk.thread_find(knowns desk.known[])
RETURNS desk.pointed[]
LANGUAGE plpgsql STABLE
-- By keys, whatever the planner thinks of a table that it has no statistics
-- of (yet): else it reads all tickets into a hash table for each batch, or,
-- but for OFFSET 0, all participants.
SET enable_hashjoin = off
SET enable_mergejoin = off
AS $$
BEGIN
	RETURN ARRAY(
	    SELECT DISTINCT ON ((k.i).ord) ROW((k.i).ord, t.id, p.how,
		a.against IS NULL, a.against, p.bounced)::desk.pointed
	    FROM unnest(knowns) k
	    CROSS JOIN LATERAL desk.thread_points(k) p
	    -- What became a part of another case means that one.
	    LEFT JOIN LATERAL (SELECT m.into_ticket AS id FROM desk.merged m
		WHERE m.ticket = p.ticket LIMIT 1) o ON true
	    JOIN desk.ticket t ON t.id = coalesce(o.id, p.ticket)
	    CROSS JOIN LATERAL (SELECT p.open OR t.customer = k.customer
		OR EXISTS (SELECT FROM desk.participant x
		    WHERE x.ticket = t.id AND x.contact = k.contact OFFSET 0)
		OR EXISTS (SELECT FROM desk.copied x
		    WHERE x.ticket = t.id
			AND x.address = (k.i).contacts->0->>'address'
			AND (k.i).contacts->0->>'kind' = 'email'
		    OFFSET 0) AS takes) part
	    CROSS JOIN LATERAL (SELECT CASE
		-- A flood of what is not proved stays among itself.
		WHEN (k.i).auth = 'fail' AND NOT (p.rank = 200
		    AND 'unproved' = ANY (t.marks) OR p.rank = 1 AND p.open
		    AND (k.i).facts ? 'sent') THEN
		    'the sender''s address is not proved'
		WHEN NOT part.takes THEN
		    'the sender takes no part in the related ticket'
		WHEN p.rank = 101 AND desk.only_claims(k.contact) THEN
		    'the visitor only says that he is this customer'
		END AS against) a
	    WHERE (k.i).quarantine IS NULL AND desk.thread_may(k)
	    ORDER BY (k.i).ord, part.takes DESC, a.against IS NOT NULL,
		p.rank, t.id DESC);
END;
$$;

-- Takes every lock that filing these events needs, in the order that all keep:
-- what makes finding and opening a ticket one step for those who could open
-- the same one (calls, copies of a mail, the customers of calls and orders,
-- conversations, lines of talk), then the tickets that can be joined.  Returns what the events point at.
CREATE OR REPLACE FUNCTION desk.thread_lock(knowns desk.known[])
RETURNS desk.pointed[]
LANGUAGE plpgsql
AS $$
DECLARE
	points	desk.pointed[];
BEGIN
	IF EXISTS (SELECT FROM unnest(knowns) k
	    WHERE (k.i).call IS NOT NULL OR (k.i).order_no IS NOT NULL
		OR jsonb_array_length((k.i)."to") > 1) THEN
		PERFORM pg_advisory_xact_lock(l.key) FROM (
		    SELECT DISTINCT hashtextextended(x.name, 0) AS key
		    FROM unnest(knowns) k
		    CROSS JOIN LATERAL (VALUES
			('desk.call ' || ((k.i).call->>'id')),
			(CASE WHEN jsonb_array_length((k.i)."to") > 1
			    THEN 'desk.copy ' || (k.i).refs[1] END),
			(CASE WHEN (k.i).call IS NOT NULL
			    OR (k.i).order_no IS NOT NULL
			    THEN 'desk.customer ' || k.customer END)) x(name)
		    WHERE x.name IS NOT NULL
		    ORDER BY 1) l;
	END IF;
	IF EXISTS (SELECT FROM unnest(knowns) k
	    WHERE (k.i).conversation IS NOT NULL) THEN
		PERFORM FROM desk.conversation c
		WHERE c.id IN (SELECT (k.i).conversation FROM unnest(knowns) k)
		ORDER BY c.id
		FOR NO KEY UPDATE;
	END IF;

	PERFORM desk.social_lock(knowns);
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
-- on the tickets as they are now that they are locked.  A closed ticket stays
-- closed: who answers it opens another.  What nobody wrote and the late record
-- of a call are put with it all the same.
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
		WHEN f.against IS NOT NULL THEN 'new: ' || f.against
		ELSE 'new: the related ticket is closed'
		END) || CASE
		WHEN t.id IS NULL THEN '{}'
		WHEN NOT d.joins THEN jsonb_build_object('related', t.id)
		WHEN f.bounced IS NOT NULL
		    THEN jsonb_build_object('bounced', f.bounced)
		ELSE '{}'
		END,
		CASE WHEN d.joins THEN f.bounced END)::desk.filing)
	    FROM unnest(knowns) k
	    LEFT JOIN unnest(points) f ON f.ord = (k.i).ord
	    LEFT JOIN desk.ticket t ON t.id = f.ticket
	    CROSS JOIN LATERAL (SELECT coalesce(f.joins
		AND (t.state <> 'closed'
		    OR f.how IN ('the same call', 'the order''s record')
		    OR (k.i).automatic), false) AS joins) d);
END;
$$;
