-- What comes due: when to look next, and what those have in common who do
-- something then.

-- In how many milliseconds to look again for what is due then; a moment that
-- is far, or none, counts as five seconds, which is as long as nobody looks.
-- Whoever writes one that is nearer has it told (due_soon(), by triggers).
CREATE OR REPLACE FUNCTION desk.due_in(next timestamptz)
RETURNS int
LANGUAGE sql VOLATILE
AS $$
	SELECT CASE WHEN next IS NULL THEN 5000
	    ELSE least(5000, greatest(0, ceil(1000 * extract(epoch
		FROM next - clock_timestamp())))) END::int
$$;

-- Tells the daemons, when this is committed, that something of that kind comes
-- due before they would look.
CREATE OR REPLACE FUNCTION desk.due_soon()
RETURNS trigger
LANGUAGE plpgsql
AS $$
BEGIN
	PERFORM pg_notify('desk_due', TG_ARGV[0]);
	RETURN NULL;
END;
$$;

-- Locks these tickets, which come before what belongs to them, as everybody
-- locks.  One that somebody has in hand just now is left for the next time.
CREATE OR REPLACE FUNCTION desk.due_held(tickets bigint[])
RETURNS bigint[]
LANGUAGE plpgsql
SET enable_seqscan = off
AS $$
BEGIN
	IF tickets = '{}' THEN
		RETURN tickets;
	END IF;
	RETURN ARRAY(SELECT t.id FROM desk.ticket t WHERE t.id = ANY (tickets)
	    ORDER BY t.id FOR UPDATE SKIP LOCKED);
END;
$$;

-- Puts what the desk did by itself to tickets, each by one event, in the
-- outbox, as they are now.  Nobody performs these rows but the sweep: they are
-- due for it at once.
CREATE OR REPLACE FUNCTION desk.due_tell(tickets bigint[], events bigint[],
    kind text, more jsonb[])
RETURNS void
LANGUAGE plpgsql
AS $$
BEGIN
	INSERT INTO desk.outbox (at, ticket, feed)
	SELECT now() - interval '1 minute', t.id, jsonb_strip_nulls(
	    desk.feed_json(t, q.name, a.name)
	    || jsonb_build_object('kind', due_tell.kind,
		'event', u.event,
		'channel', 'desk', 'direction', 'own', 'who', 'desk')
	    || coalesce(u.more, '{}'))
	FROM unnest(tickets, events, due_tell.more)
	    u(ticket, event, more)
	JOIN desk.ticket t ON t.id = u.ticket
	JOIN desk.queue q ON q.id = t.queue
	LEFT JOIN desk.agent a ON a.id = t.assignee
	ORDER BY t.id;
END;
$$;
