-- Who is who: what merging, splitting and erasing customers rely on.
--
-- Whoever takes contacts from one customer to another holds them while he
-- does: people_hold() waits for every event that is being filed for them, and
-- an event that comes meanwhile waits for the end (contacts_hold()), and then
-- looks anew whose they are.  The locks are advisory: a row's own lock would
-- be written to disk for every event.  Their order is that of ingest: contacts
-- first, then customers, tickets last.

-- The place of a contact among the advisory locks; 0 stands for all of them.
CREATE OR REPLACE FUNCTION desk.contact_lock(contact bigint)
RETURNS int
LANGUAGE sql IMMUTABLE PARALLEL SAFE
AS $$
	SELECT (1 + contact % 2147483646)::int
$$;

-- Keeps the contacts of these events with their customers until we commit.
CREATE OR REPLACE FUNCTION desk.contacts_hold(met desk.meeting[])
RETURNS void
LANGUAGE plpgsql
AS $$
BEGIN
	PERFORM pg_advisory_xact_lock_shared(1145393003, l.key)
	FROM (SELECT 0 AS key
	    UNION
	    SELECT desk.contact_lock(m.contact)
	    FROM unnest(met) m WHERE m.made IS NOT TRUE
	    ORDER BY 1) l;
END;
$$;

-- Do these contacts still belong to whom they belonged to?
CREATE OR REPLACE FUNCTION desk.contacts_stand(met desk.meeting[])
RETURNS boolean
LANGUAGE plpgsql
AS $$
BEGIN
	RETURN (SELECT count(*) = cardinality(met)
	    FROM unnest(met) m
	    JOIN desk.contact c ON c.id = m.contact
		AND c.customer = m.customer
	    WHERE NOT m.made OR EXISTS (SELECT FROM desk.customer u
		WHERE u.id = c.customer AND u.erased_at IS NULL));
END;
$$;

-- Gives up contacts that were claimed for a customer who is no more.
CREATE OR REPLACE FUNCTION desk.contacts_unclaim(met desk.meeting[])
RETURNS void
LANGUAGE plpgsql
AS $$
BEGIN
	DELETE FROM desk.contact c
	USING unnest(met) m
	WHERE m.made AND c.id = m.contact AND NOT EXISTS (
	    SELECT FROM desk.customer u
	    WHERE u.id = c.customer AND u.erased_at IS NULL);
END;
$$;

-- Holds these customers with all their contacts: nothing is filed for them
-- until we commit.  One who has very many contacts holds up everybody's.
CREATE OR REPLACE FUNCTION desk.people_hold(who bigint[])
RETURNS void
LANGUAGE plpgsql
AS $$
DECLARE
	held	bigint[] := '{}';
	more	bigint[] := ARRAY(SELECT c.id FROM desk.contact c
		    WHERE c.customer = ANY (who) LIMIT 257);
BEGIN
	IF cardinality(more) > 256 THEN
		PERFORM pg_advisory_xact_lock(1145393003, 0);
	ELSE
		PERFORM pg_advisory_xact_lock_shared(1145393003, 0);
		-- Those that an event has just added, too.
		WHILE more <> '{}' LOOP
			PERFORM pg_advisory_xact_lock(1145393003, l.key)
			FROM (SELECT DISTINCT desk.contact_lock(m.id) AS key
			    FROM unnest(more) m(id) ORDER BY 1) l;
			held := held || more;
			more := ARRAY(SELECT c.id FROM desk.contact c
			    WHERE c.customer = ANY (who)
				AND c.id <> ALL (held));
		END LOOP;
	END IF;
	PERFORM FROM desk.customer c WHERE c.id = ANY (who)
	ORDER BY c.id FOR UPDATE;
END;
$$;

-- Who a customer's id stands for now: himself, or the one he was merged into.
CREATE OR REPLACE FUNCTION desk.customer_now(wanted bigint)
RETURNS bigint
LANGUAGE sql STABLE
AS $$
	SELECT coalesce((SELECT w.now FROM desk.customer_was w
	    WHERE w.id = wanted), wanted)
$$;

-- Holds whom an id stands for, and another one: the first may be merged on, or
-- be split off again, while we wait for him.
CREATE OR REPLACE FUNCTION desk.people_hold_now(wanted bigint, other bigint)
RETURNS void
LANGUAGE plpgsql
AS $$
DECLARE
	whose	bigint;
BEGIN
	LOOP
		whose := desk.customer_now(wanted);
		PERFORM desk.people_hold(ARRAY[whose, other]);
		EXIT WHEN whose = desk.customer_now(wanted);
	END LOOP;
END;
$$;

-- The same as customer_now(), and that customer's row stays until we commit.  Refuses who is not
-- there or was erased.
CREATE OR REPLACE FUNCTION desk.customer_stays(wanted bigint)
RETURNS bigint
LANGUAGE plpgsql
AS $$
DECLARE
	c	desk.customer;
BEGIN
	LOOP
		SELECT * INTO c FROM desk.customer k
		WHERE k.id = desk.customer_now(wanted) FOR KEY SHARE;
		EXIT WHEN FOUND OR NOT EXISTS (SELECT FROM desk.customer_was w
		    WHERE w.id = wanted);
	END LOOP;
	IF c.id IS NULL THEN
		PERFORM desk.refuse('NOTFOUND', 'There is no such customer.',
		    'customer');
	ELSIF c.erased_at IS NOT NULL THEN
		PERFORM desk.refuse('CONFLICT',
		    'This customer''s data was erased.', 'customer');
	END IF;
	RETURN c.id;
END;
$$;

-- Notes that two seem to be one person, for a person to decide.  Either may be
-- merged or erased at this moment: then it is noted of whom he is now, or not
-- at all.
CREATE OR REPLACE FUNCTION desk.people_alike(one bigint, other bigint,
    why text)
RETURNS void
LANGUAGE plpgsql
AS $$
BEGIN
	PERFORM FROM desk.customer c WHERE c.id IN (people_alike.one,
	    people_alike.other)
	ORDER BY c.id FOR KEY SHARE;
	INSERT INTO desk.same_person (one, other, why)
	SELECT p.one, p.other, people_alike.why
	FROM (SELECT least(x.a, x.b) AS one, greatest(x.a, x.b) AS other
	    FROM (SELECT desk.customer_now(people_alike.one) AS a,
		desk.customer_now(people_alike.other) AS b) x) p
	JOIN LATERAL (SELECT FROM desk.customer u WHERE u.id = p.one
	    AND u.erased_at IS NULL FOR KEY SHARE) a ON true
	JOIN LATERAL (SELECT FROM desk.customer u WHERE u.id = p.other
	    AND u.erased_at IS NULL FOR KEY SHARE) b ON true
	WHERE p.one <> p.other
	ON CONFLICT ON CONSTRAINT same_person_pkey DO NOTHING;
END;
$$;

-- Takes what else names a customer to another one, who stands for him from
-- now on; the row of the first is deleted.  His contacts, tickets and events
-- have been moved before.
CREATE OR REPLACE FUNCTION desk.customer_leave(source bigint, target bigint)
RETURNS void
LANGUAGE plpgsql
AS $$
BEGIN
	WITH gone AS (
	    DELETE FROM desk.same_person p WHERE source IN (p.one, p.other)
	    RETURNING CASE WHEN p.one = source THEN p.other ELSE p.one END
		AS other, p.why, p.at, p.dismissed_at, p.dismissed_by
	)
	INSERT INTO desk.same_person (one, other, why, at, dismissed_at,
	    dismissed_by)
	SELECT least(g.other, target), greatest(g.other, target), g.why, g.at,
	    g.dismissed_at, g.dismissed_by
	FROM gone g WHERE g.other <> target
	ORDER BY g.other
	ON CONFLICT DO NOTHING;
	UPDATE desk.customer_order o SET customer = target
	WHERE o.customer = source;
	UPDATE desk.promise p SET customer = target
	WHERE p.customer = customer_leave.source;
	UPDATE desk.invitation i SET customer = target
	WHERE i.customer = source;
	UPDATE desk.response r SET customer = target
	WHERE r.customer = source;
	WITH gone AS (
	    DELETE FROM desk.segment_member m WHERE m.customer = source
	    RETURNING m.segment
	)
	UPDATE desk.segment s SET size = s.size - 1
	FROM gone g WHERE s.name = g.segment;
	INSERT INTO desk.segment_todo (customer) VALUES (target);
	-- Who of the two wants no surveys speaks for both.
	UPDATE desk.customer c SET no_surveys_at = s.no_surveys_at,
	    no_surveys_by = s.no_surveys_by
	FROM desk.customer s
	WHERE s.id = source AND c.id = target
	    AND s.no_surveys_at IS NOT NULL AND c.no_surveys_at IS NULL;
	PERFORM desk.feedback_leave(source, target);
	PERFORM desk.retention_leave(source, target);
	UPDATE desk.customer_was w SET now = target WHERE w.now = source;
	INSERT INTO desk.customer_was (id, now) VALUES (source, target);
	DELETE FROM desk.customer c WHERE c.id = source;
END;
$$;

-- The cases in which these contacts take part, or may, besides their own.
CREATE OR REPLACE FUNCTION desk.joined_by(contacts bigint[])
RETURNS SETOF bigint
LANGUAGE sql STABLE
AS $$
	SELECT p.ticket FROM desk.participant p
	WHERE p.contact = ANY (contacts)
	UNION
	SELECT c.ticket
	FROM (SELECT x.kind, x.address FROM desk.contact x
	    WHERE x.id = ANY (contacts) OFFSET 0) k	-- by id, and no other way
	JOIN desk.copied c ON c.address = k.address
	WHERE k.kind = 'email'
	ORDER BY 1
$$;

-- Tells the feed and Redis of tickets that changed hands, or were emptied: the
-- active ones, 500 at most, each as it is then.  what: the notice's members.
CREATE OR REPLACE FUNCTION desk.people_tell(tickets bigint[], what jsonb)
RETURNS void
LANGUAGE plpgsql
AS $$
DECLARE
	mine	text;
BEGIN
	WITH put AS (
	    INSERT INTO desk.outbox (ticket, feed)
	    SELECT t.id, jsonb_strip_nulls(
		desk.feed_json(t, q.name, a.name) || what)
	    FROM desk.ticket t
	    JOIN desk.queue q ON q.id = t.queue
	    LEFT JOIN desk.agent a ON a.id = t.assignee
	    WHERE t.id = ANY (tickets)
	    ORDER BY t.id LIMIT 500
	    RETURNING id
	)
	SELECT string_agg(put.id::text, ',' ORDER BY put.id) INTO mine
	FROM put;
	PERFORM set_config('desk.outbox', concat_ws(',',
	    nullif(current_setting('desk.outbox', true), ''), mine), true);
END;
$$;

-- What is done for customers by the clock, a little at a time, by any daemon:
-- {"more": there is, "bytes": see blob_leave(), "feed": see erase_feed()}.
CREATE OR REPLACE FUNCTION desk.people_chores(lim int)
RETURNS jsonb
LANGUAGE plpgsql
AS $$
DECLARE
	liked	int := desk.like_run(lim);
	erased	int := desk.erase_run(lim);
	looked	int := desk.segments_run(lim);
BEGIN
	PERFORM desk.themes_run();
	RETURN jsonb_build_object('more', liked = lim OR erased > 0
		OR looked = lim,
	    'bytes', EXISTS (SELECT FROM desk.blob_leaving),
	    'feed', coalesce(desk.erase_feed(), '[]'));
END;
$$;

-- CUSTOMER.SURVEYS and CUSTOMER.FOLLOWUPS: he said on the telephone that he wants
-- none of these any more, or wants them again.
CREATE OR REPLACE FUNCTION desk.customer_off(caller jsonb, args jsonb, these text)
RETURNS jsonb
LANGUAGE plpgsql
AS $$
DECLARE
	whom	bigint := desk.customer_stays((args->>'customer')::bigint);
	off	boolean := coalesce((args->>'off')::boolean, true);
	was	boolean;
BEGIN
	SELECT CASE these WHEN 'surveys' THEN c.no_surveys_at
	    ELSE c.no_followups_at END IS NOT NULL INTO was
	FROM desk.customer c WHERE c.id = whom;
	IF was <> off THEN
		IF these = 'surveys' THEN
			PERFORM desk.surveys_off(whom, off, caller->>'who');
		ELSE
			PERFORM desk.followups_off(whom, off, caller->>'who');
		END IF;
		PERFORM desk.audit_put(caller, 'customer.' || these, whom::text,
		    'done', jsonb_build_object('off', off));
		PERFORM desk.outbox_put(NULL, jsonb_build_object('kind',
		    'customer', 'customer', whom,
		    'who', desk.caller_shown(caller)));
	END IF;
	RETURN jsonb_build_object('customer', whom, 'off', off);
END;
$$;
