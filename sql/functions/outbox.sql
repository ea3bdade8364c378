-- The outbox: what Redis must be told, written in the transaction of the fact
-- itself.  The daemon whose transaction wrote a row performs it after the
-- commit and settles it with its next batch; what it leaves behind, because it
-- died or Redis was away, any other daemon sweeps.

-- Notes that Redis must hear of this ticket (its row as it is at the end of
-- the transaction) and, when feed is given, that the feed gets a notice: feed
-- needs only say what happened ({"kind":"state","who":"An",…}), the ticket's
-- own members are added to it.  ticket NULL: a notice about no ticket.
-- Whoever changed the ticket's place, due time, priority, queue, assignee or
-- skills has added one to its version: Redis ignores what is not newer.
-- Returns the row's id.  Once a change is enough; twice does no harm.
CREATE OR REPLACE FUNCTION desk.outbox_put(ticket bigint,
    feed jsonb DEFAULT NULL)
RETURNS bigint
LANGUAGE plpgsql
AS $$
DECLARE
	notice	jsonb;
	row_id	bigint;
BEGIN
	IF feed IS NOT NULL AND ticket IS NOT NULL THEN
		SELECT desk.feed_json(t, q.name, a.name) || feed INTO notice
		FROM desk.ticket t
		JOIN desk.queue q ON q.id = t.queue
		LEFT JOIN desk.agent a ON a.id = t.assignee
		WHERE t.id = outbox_put.ticket;
	ELSE
		notice := feed;
	END IF;
	INSERT INTO desk.outbox (ticket, feed)
	VALUES (outbox_put.ticket, jsonb_strip_nulls(notice))
	RETURNING id INTO row_id;

	PERFORM set_config('desk.outbox', concat_ws(',',
	    nullif(current_setting('desk.outbox', true), ''), row_id), true);
	RETURN row_id;
END;
$$;

-- The rows that this transaction has put, as [{"outbox":id,"apply":{…}}, …] in
-- the order in which they were put; [] when there are none.  Asked for last:
-- then the rules have their turn, and apply shows the tickets as they are
-- after it.
CREATE OR REPLACE FUNCTION desk.outbox_mine()
RETURNS jsonb
LANGUAGE plpgsql
AS $$
DECLARE
	mine	bigint[];
BEGIN
	PERFORM desk.automations_mine();
	mine := string_to_array(
	    nullif(current_setting('desk.outbox', true), ''), ',');
	IF mine IS NULL THEN
		RETURN '[]';
	END IF;
	RETURN (
	    SELECT coalesce(jsonb_agg(jsonb_build_object('outbox', o.id,
		'apply', desk.apply_json(t, q.name, desk.offer_of(
		    q.offer_seconds, q.offer_by, t.channel), a.name, o.feed)) ORDER BY o.id), '[]')
	    FROM desk.outbox o
	    LEFT JOIN desk.ticket t ON t.id = o.ticket
	    LEFT JOIN desk.queue q ON q.id = t.queue
	    LEFT JOIN desk.agent a ON a.id = t.assignee
	    WHERE o.id = ANY (mine));
END;
$$;

-- Deletes rows that were performed in Redis.  Rows that are gone already, or
-- in the hands of a sweeper just now, are left to him: no waiting here.
CREATE OR REPLACE FUNCTION desk.outbox_settle(settled bigint[])
RETURNS void
LANGUAGE plpgsql
SET enable_seqscan = off
AS $$
BEGIN
	-- Found once by id, then by place: locked, they do not move.  One that a
	-- sweeper stamped as we looked has moved, and is his.
	DELETE FROM desk.outbox o
	USING (SELECT s.ctid FROM desk.outbox s
	    WHERE s.id = ANY (settled) FOR UPDATE SKIP LOCKED) held
	WHERE o.ctid = held.ctid;
END;
$$;

-- What Redis is told by these rows, of tickets as they are now.
CREATE OR REPLACE FUNCTION desk.outbox_told(ids bigint[])
RETURNS TABLE (outbox bigint, apply jsonb)
LANGUAGE plpgsql STABLE
AS $$
BEGIN
	RETURN QUERY
	SELECT o.id, desk.with_call(desk.apply_json(t, q.name,
	    desk.offer_of(q.offer_seconds, q.offer_by, t.channel), a.name, CASE WHEN o.event IS NULL THEN o.feed
		WHEN e.channel = 'chat' THEN desk.chat_said(
		    desk.event_notice(e.id, t, q.name, a.name, e.channel,
			e.direction, e.who, e.text), e.external_id,
		    desk.attachments_shown(e.id))::jsonb
		ELSE desk.event_notice(e.id, t, q.name, a.name, e.channel,
		    e.direction, e.who, e.text, CASE WHEN e.why ? 'bounced'
			THEN 'bounce' ELSE 'event' END)::jsonb END)::text,
	    t.id, CASE WHEN e.channel = 'call' THEN e.meta->'call' END)::jsonb
	FROM desk.outbox o
	LEFT JOIN desk.event e ON e.id = o.event
	LEFT JOIN desk.ticket t ON t.id = o.ticket
	LEFT JOIN desk.queue q ON q.id = t.queue
	LEFT JOIN desk.agent a ON a.id = t.assignee
	WHERE o.id = ANY (ids)
	ORDER BY o.id;
END;
$$;

-- Takes over at most lim rows that nobody settled for `older`, and stamps them
-- anew, so that another daemon leaves them alone for as long.  A row may still
-- be performed twice: Redis knows its id, and its place is the ticket's present
-- one.
CREATE OR REPLACE FUNCTION desk.outbox_sweep(older interval, lim int)
RETURNS TABLE (outbox bigint, apply jsonb)
LANGUAGE plpgsql
AS $$
DECLARE
	ids	bigint[];
BEGIN
	WITH old AS (
	    SELECT o.id FROM desk.outbox o
	    WHERE o.at < clock_timestamp() - older
	    ORDER BY o.id
	    LIMIT lim
	    FOR UPDATE SKIP LOCKED
	), taken AS (
	    UPDATE desk.outbox o SET at = clock_timestamp()
	    FROM old WHERE o.id = old.id
	    RETURNING o.id
	)
	SELECT array_agg(t.id) INTO ids FROM taken t;
	RETURN QUERY SELECT * FROM desk.outbox_told(ids);
END;
$$;
