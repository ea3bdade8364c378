-- Cases that are taken apart, and made one: messages and notes go from one
-- case into another of the same customer, with all that hangs on them.

-- What can be moved: what was written, by either side, and notes.  Calls and
-- chats are bound to their case by more than their words.
CREATE OR REPLACE FUNCTION desk.is_written(e desk.event)
RETURNS boolean
LANGUAGE sql IMMUTABLE
AS $$
	SELECT (e).kind <> 'call' AND ((e).direction <> 'own'
	    OR (e).kind = 'note')
$$;

-- Moves these events into another case: with their words, their Message-IDs
-- and what is on its way.  Both cases are locked.
CREATE OR REPLACE FUNCTION desk.events_move(ids bigint[], source bigint,
    target bigint)
RETURNS void
LANGUAGE plpgsql
SET enable_seqscan = off
AS $$
BEGIN
	PERFORM FROM desk.outbound o WHERE o.event = ANY (ids)
	ORDER BY o.id FOR NO KEY UPDATE;
	UPDATE desk.event e SET ticket = target
	WHERE e.ticket = source AND e.id = ANY (ids);
	UPDATE desk.outbound o SET ticket = target WHERE o.event = ANY (ids);
	-- Several copies of one mail have its Message-ID in both cases.
	DELETE FROM desk.message_ref r
	WHERE r.event = ANY (ids) AND r.ticket = source AND EXISTS (
	    SELECT FROM desk.message_ref x
	    WHERE x.ref = r.ref AND x.ticket = target);
	UPDATE desk.message_ref r SET ticket = target
	WHERE r.event = ANY (ids) AND r.ticket = source;
	UPDATE desk.search s SET ticket = target WHERE s.event = ANY (ids);
	UPDATE desk.theme_event n SET ticket = target
	WHERE n.event = ANY (ids);
	UPDATE desk.index_todo i SET ticket = target WHERE i.event = ANY (ids);
	-- Who is called upon by a note: in one case by its newest.
	UPDATE desk.mention m SET ticket = target
	WHERE m.ticket = source AND m.event = ANY (ids)
	    AND NOT EXISTS (SELECT FROM desk.mention x
		WHERE x.agent = m.agent AND x.ticket = target);
	DELETE FROM desk.mention m
	WHERE m.ticket = source AND m.event = ANY (ids);
	INSERT INTO desk.participant (ticket, contact)
	SELECT DISTINCT target, p.contact
	FROM desk.participant p
	JOIN desk.event e ON e.contact = p.contact
	WHERE p.ticket = source AND e.ticket = target AND e.id = ANY (ids)
	ON CONFLICT DO NOTHING;
	INSERT INTO desk.copied AS c (ticket, address, event, proved)
	SELECT target, p.address, p.event, p.proved
	FROM desk.copied p
	WHERE p.ticket = source AND p.event = ANY (ids)
	ON CONFLICT (ticket, address) DO UPDATE SET proved = true
	WHERE excluded.proved AND NOT c.proved;
	INSERT INTO desk.moved AS m (event, ticket)
	SELECT u.id, source FROM unnest(ids) u(id)
	ON CONFLICT (event) DO UPDATE SET ticket = excluded.ticket, at = now();
	PERFORM desk.mood_show(source), desk.mood_show(target);
END;
$$;

-- Since when the customer of a case waits by what was written in it, or by
-- these messages of it: his first one that no answer of an agent's follows;
-- NULL: he does not.
CREATE OR REPLACE FUNCTION desk.waits_since(of bigint,
    among bigint[] DEFAULT NULL)
RETURNS timestamptz
LANGUAGE sql STABLE
AS $$
	SELECT min(e.filed_at) FROM desk.event e
	WHERE e.ticket = of AND e.direction = 'in' AND e.kind <> 'call'
	    AND e.meta->>'automatic' IS DISTINCT FROM 'true'
	    AND (among IS NULL OR e.id = ANY (among))
	    AND e.id > coalesce((SELECT o.id FROM desk.event o
		WHERE o.ticket = of AND o.direction = 'out'
		    AND o.agent IS NOT NULL
		    AND (among IS NULL OR o.id = ANY (among))
		ORDER BY o.id DESC LIMIT 1), 0)
$$;

-- Names the case whose wait goes to another one with its messages, for
-- clocks_follow() and spells_follow().
CREATE OR REPLACE FUNCTION desk.wait_leaves(of bigint)
RETURNS void
LANGUAGE plpgsql
AS $$
BEGIN
	PERFORM set_config('desk.parts', coalesce(of::text, ''), true);
END;
$$;

-- Whether this change of a ticket's row is such a one.
CREATE OR REPLACE FUNCTION desk.wait_left(of bigint)
RETURNS boolean
LANGUAGE plpgsql STABLE
AS $$
BEGIN
	RETURN coalesce(current_setting('desk.parts', true), '') = of::text;
END;
$$;

-- The events of this case that args.events names; refuses what cannot be
-- moved.
CREATE OR REPLACE FUNCTION desk.split_named(args jsonb, t desk.ticket)
RETURNS bigint[]
LANGUAGE plpgsql STABLE
AS $$
DECLARE
	words	text[] := regexp_split_to_array(btrim(args->>'events'),
		    ' *[ ,] *');
	ids	bigint[];
	n	int;
	chats	int;
	wrote	int;
BEGIN
	IF cardinality(words) > 500 OR EXISTS (SELECT FROM unnest(words) n(id)
	    WHERE n.id !~ '^[1-9][0-9]{0,17}$') THEN
		PERFORM desk.refuse('INVALID',
		    'Events are named by their ids, at most 500.', 'events');
	END IF;
	ids := ARRAY(SELECT DISTINCT w::bigint FROM unnest(words) w ORDER BY 1);
	SELECT count(*), count(*) FILTER (WHERE e.channel = 'chat'),
	    count(*) FILTER (WHERE e.direction = 'in')
	INTO n, chats, wrote
	FROM desk.event e
	WHERE e.ticket = t.id AND e.id = ANY (ids) AND desk.is_written(e);
	IF n < cardinality(ids) THEN
		PERFORM desk.refuse('INVALID', 'Only messages and notes of '
		    'this case can be taken out of it.', 'events');
	ELSIF chats > 0 THEN
		PERFORM desk.refuse('INVALID', 'What was said in a chat stays '
		    'with it.', 'events');
	ELSIF wrote = 0 THEN
		PERFORM desk.refuse('INVALID', 'A case begins with something '
		    'that the customer wrote.', 'events');
	ELSIF NOT EXISTS (SELECT FROM desk.event e
	    WHERE e.ticket = t.id AND e.direction = 'in'
		AND e.id <> ALL (ids)) THEN
		PERFORM desk.refuse('INVALID',
		    'Something that the customer wrote has to stay.', 'events');
	END IF;
	RETURN ids;
END;
$$;

-- The row of the case that is taken out of t.  In the same queue it is his who
-- has t; elsewhere it waits in line.  Its history begins now; its clocks have
-- run since its first message that is not answered.
CREATE OR REPLACE FUNCTION desk.split_open(t desk.ticket, q desk.queue,
    about text, ids bigint[])
RETURNS desk.ticket
LANGUAGE plpgsql
AS $$
DECLARE
	new_id	bigint := nextval(pg_get_serial_sequence('desk.ticket', 'id'));
	stays	boolean := q.id = t.queue AND t.assignee IS NOT NULL
		    AND desk.agent_stays(t.assignee);
	g	desk.target := desk.aim(q.id, t.channel, t.priority,
		    t.customer);
	since	timestamptz := desk.waits_since(t.id, ids);
	answer	timestamptz;	-- the first one
	due	timestamptz;
	n	desk.ticket;
BEGIN
	SELECT min(o.filed_at) INTO answer FROM desk.event o
	WHERE o.ticket = t.id AND o.id = ANY (ids) AND o.direction = 'out'
	    AND o.agent IS NOT NULL
	    AND o.id > (SELECT min(e.id) FROM desk.event e
		WHERE e.ticket = t.id AND e.id = ANY (ids)
		    AND e.direction = 'in');
	IF since IS NOT NULL THEN
		due := CASE WHEN answer IS NULL
		    THEN desk.business_add(CASE WHEN g.first IS NULL
			THEN q.hours ELSE coalesce(g.hours, q.hours) END,
			since, coalesce(g.first, q.first_target))
		    ELSE desk.business_add(CASE WHEN g.next IS NULL
			THEN q.hours ELSE coalesce(g.hours, q.hours) END,
			since, coalesce(g.next, q.next_target)) END;
	END IF;
	INSERT INTO desk.ticket (id, customer, queue, state, channel, priority,
	    skills, assignee, related, lang, subject, preview, marks, clocked,
	    due_at, first_answer_at, version, prefer)
	SELECT new_id, t.customer, q.id,
	    CASE WHEN stays THEN 'open' ELSE 'new' END, t.channel, t.priority,
	    CASE WHEN q.id = t.queue THEN t.skills ELSE '{}' END,
	    CASE WHEN stays THEN t.assignee END, t.id, t.lang, about,
	    desk.cut(coalesce(e.own, e.text, ''), 200),
	    array_remove(t.marks, 'pingpong'), true, due, answer, 0,
	    CASE WHEN NOT stays THEN desk.agent_again(t.customer, q) END
	FROM desk.event e
	WHERE e.ticket = t.id AND e.id = ANY (ids) AND e.direction = 'in'
	ORDER BY e.id DESC LIMIT 1
	RETURNING * INTO n;
	PERFORM desk.events_move(ids, t.id, new_id);
	IF due IS NOT NULL THEN
		PERFORM desk.clock_put(desk.clock_made(n, g,
		    CASE WHEN answer IS NULL THEN 'first' ELSE 'next' END,
		    since, 0, due));
	END IF;
	PERFORM desk.clock_put(desk.clock_made(n, g, 'resolve',
	    coalesce(since, now()), 0));
	PERFORM desk.clock_put(desk.clock_made(n, g, 'department', now(), 0));
	RETURN n;
END;
$$;

-- TICKET.SPLIT: messages of a case that are another matter become one of its
-- own.
CREATE OR REPLACE FUNCTION desk.ticket_split(caller jsonb, args jsonb)
RETURNS jsonb
LANGUAGE plpgsql
AS $$
DECLARE
	t		desk.ticket := desk.ticket_lock(caller, args);
	event_id	bigint := nextval('desk.event_id');
	first		bigint := desk.once_said(caller, args, 'split', t,
			    event_id);
	q		desk.queue;
	ids		bigint[];
	n		desk.ticket;
	answer		jsonb;
BEGIN
	IF first IS NOT NULL THEN
		RETURN desk.ticket_answer(t, first) || (SELECT
		    jsonb_build_object('split', e.meta->'case',
			'moved', e.meta->'events')
		    FROM desk.event e WHERE e.id = first AND e.ticket = t.id);
	ELSIF t.kind = 'consult' THEN
		PERFORM desk.refuse('CONFLICT', 'A question to a department '
		    'cannot be taken apart.', 'ticket');
	END IF;
	PERFORM desk.must_be_active(t);
	ids := desk.split_named(args, t);
	IF args ? 'queue' THEN
		q := desk.queue_named(args->>'queue', 'queue');
	ELSE
		SELECT * INTO q FROM desk.queue k WHERE k.id = t.queue;
	END IF;
	PERFORM desk.queue_moves(t.queue, q);
	n := desk.split_open(t, q, args->>'subject', ids);

	-- What the customer waits for may have gone with them.
	IF t.due_at IS NOT NULL AND n.due_at IS NOT NULL
	    AND desk.waits_since(t.id) IS NULL THEN
		PERFORM desk.wait_leaves(t.id);
		t.due_at := NULL;
	END IF;
	t.preview := coalesce((SELECT desk.cut(coalesce(e.own, e.text, ''), 200)
	    FROM desk.event e WHERE e.ticket = t.id AND desk.is_written(e)
	    ORDER BY e.id DESC LIMIT 1), t.preview);
	PERFORM desk.ticket_commit(caller, n, jsonb_build_object(
	    'kind', 'split', 'notice', 'open', 'text', args->>'note',
	    'meta', jsonb_build_object('from', t.id,
		'events', cardinality(ids))));
	answer := desk.ticket_commit(caller, t, jsonb_build_object(
	    'kind', 'split', 'notice', 'apart', 'event', event_id,
	    'text', args->>'note',
	    'meta', jsonb_build_object('case', n.id,
		'events', cardinality(ids), 'subject', n.subject)));
	PERFORM desk.wait_leaves(NULL);
	RETURN desk.stat_after(answer || jsonb_build_object('split', n.id,
	    'moved', cardinality(ids)), ARRAY[q.id], ARRAY['opened']);
END;
$$;

-- The incidents of these cases.
CREATE OR REPLACE FUNCTION desk.merge_incidents(ids bigint[])
RETURNS bigint[]
LANGUAGE sql STABLE
AS $$
	SELECT array_agg(DISTINCT c.incident ORDER BY c.incident)
	FROM desk.incident_case c WHERE c.ticket = ANY (ids)
$$;

-- The two cases of a merge, locked in the order that everybody keeps: their
-- incidents first, the chat, then the cases by id.  One that is a part of the
-- other already is not refused here: to merge twice is to merge once.
CREATE OR REPLACE FUNCTION desk.merge_lock(caller jsonb, args jsonb,
    OUT t desk.ticket, OUT target desk.ticket)
LANGUAGE plpgsql
AS $$
DECLARE
	other	CONSTANT jsonb := jsonb_build_object('ticket', args->'into');
	ids	CONSTANT bigint[] := ARRAY[(args->>'ticket')::bigint,
		    (args->>'into')::bigint];
	causes	bigint[] := desk.merge_incidents(ids);
	talk	uuid := (SELECT k.conversation FROM desk.ticket k
		    WHERE k.id = (args->>'ticket')::bigint);
BEGIN
	IF args->>'ticket' = args->>'into' THEN
		PERFORM desk.refuse('INVALID', 'This is the same case.',
		    'into');
	END IF;
	PERFORM FROM desk.incident i WHERE i.id = ANY (causes)
	ORDER BY i.id FOR UPDATE;
	PERFORM FROM desk.conversation c WHERE c.id = talk
	FOR NO KEY UPDATE;
	PERFORM FROM desk.ticket k WHERE k.id = ANY (ids)
	ORDER BY k.id FOR UPDATE;
	t := desk.ticket_lock(caller, args, false);
	PERFORM desk.must_act(caller, t);
	BEGIN
		target := desk.ticket_lock(caller, other, false);
		PERFORM desk.must_act(caller, target);
	EXCEPTION WHEN SQLSTATE 'DK001' THEN
		PERFORM desk.refuse('NOTFOUND',
		    'There is no such ticket that you may change.', 'into');
	END;
	IF t.conversation IS DISTINCT FROM talk
	    OR desk.merge_incidents(ids) IS DISTINCT FROM causes THEN
		RAISE serialization_failure;	-- somebody was faster: again
	END IF;
END;
$$;

-- Refuses what cannot be made one.
CREATE OR REPLACE FUNCTION desk.merge_may(t desk.ticket, target desk.ticket)
RETURNS void
LANGUAGE plpgsql STABLE
AS $$
BEGIN
	IF t.customer <> target.customer THEN
		PERFORM desk.refuse('CONFLICT', 'These are cases of two '
		    'customers: make these one first.', 'into');
	ELSIF 'consult' IN (t.kind, target.kind)
	    OR 'order' IN (t.kind, target.kind) THEN
		PERFORM desk.refuse('CONFLICT', 'Only cases of customers can '
		    'be made one.', 'into');
	ELSIF t.state = 'closed' THEN
		PERFORM desk.must_be_active(t);
	ELSIF target.state IN ('resolved', 'closed') THEN
		PERFORM desk.refuse('CONFLICT', 'That case is over: reopen '
		    'it first, or make it a part of this one.', 'into');
	ELSIF t.conversation <> target.conversation THEN
		PERFORM desk.refuse('CONFLICT',
		    'Each of them has a chat of its own.', 'into');
	ELSIF EXISTS (SELECT FROM desk.consult k
	    WHERE k.parent = t.id AND k.done_at IS NULL
		AND k.ticket < target.id) THEN
		-- It could not be locked after the case that it is asked for.
		PERFORM desk.refuse('CONFLICT', 'A question of this case to a '
		    'department is older than that case: wait for its answer, '
		    'or take it back first.', 'into');
	ELSIF (SELECT count(*) FROM (SELECT FROM desk.event e
	    WHERE e.ticket = t.id LIMIT 2001) x) > 2000 THEN
		PERFORM desk.refuse('CONFLICT', 'This case''s history is too '
		    'long to be moved at once.', 'ticket');
	END IF;
END;
$$;

-- What else of a case goes with its messages into another one.  A question to
-- a department that is over stays behind where the other case is the younger.
CREATE OR REPLACE FUNCTION desk.merge_rest(t desk.ticket, target desk.ticket)
RETURNS void
LANGUAGE plpgsql
SET enable_seqscan = off
AS $$
BEGIN
	UPDATE desk.merged m SET into_ticket = target.id
	WHERE m.into_ticket = t.id;
	INSERT INTO desk.merged (ticket, into_ticket) VALUES (t.id, target.id)
	ON CONFLICT (ticket) DO UPDATE
	SET into_ticket = excluded.into_ticket, at = now();
	UPDATE desk.consult k SET parent = target.id
	WHERE k.parent = t.id AND k.ticket > target.id;
	UPDATE desk.case_link l SET ticket = target.id WHERE l.ticket = t.id;
	UPDATE desk.promise p SET ticket = target.id WHERE p.ticket = t.id;
	UPDATE desk.invitation i SET ticket = target.id WHERE i.ticket = t.id;
	UPDATE desk.response r SET ticket = target.id WHERE r.ticket = t.id;
	PERFORM desk.feedback_merge(t.id, target.id);
	UPDATE desk.conversation c SET ticket = target.id
	WHERE c.id = t.conversation AND c.ticket = t.id;
	DELETE FROM desk.snooze s WHERE s.ticket = t.id;
	UPDATE desk.ticket k SET
	    conversation = coalesce(k.conversation, t.conversation),
	    order_no = coalesce(k.order_no, t.order_no),
	    units = greatest(k.units, t.units)
	WHERE k.id = target.id;
	UPDATE desk.ticket k SET related = coalesce(k.related, target.id)
	WHERE k.id = t.id;
END;
$$;

-- Its place in an incident goes along, too; where the other case is one of an
-- incident itself, that one is answered for both.
CREATE OR REPLACE FUNCTION desk.merge_incident(caller jsonb, t desk.ticket,
    target desk.ticket)
RETURNS void
LANGUAGE plpgsql
AS $$
DECLARE
	cause	bigint;
BEGIN
	IF NOT EXISTS (SELECT FROM desk.incident_case x
	    WHERE x.ticket = target.id) THEN
		UPDATE desk.incident_case c SET ticket = target.id
		WHERE c.ticket = t.id;
		RETURN;
	END IF;
	DELETE FROM desk.incident_case c WHERE c.ticket = t.id
	RETURNING c.incident INTO cause;
	IF FOUND THEN
		UPDATE desk.incident i SET cases = i.cases - 1
		WHERE i.id = cause;
		PERFORM desk.incident_tell(cause, caller);
	END IF;
END;
$$;

-- TICKET.MERGE: all that was written in a case goes into another one, which
-- goes on for both; it also undoes a split.  Whatever still points at the one
-- that is over (an address of ours, a Message-ID, a chat) means the other.
CREATE OR REPLACE FUNCTION desk.ticket_merge(caller jsonb, args jsonb)
RETURNS jsonb
LANGUAGE plpgsql
AS $$
DECLARE
	pair	record := desk.merge_lock(caller, args);
	t	desk.ticket := pair.t;
	g	desk.ticket := pair.target;
	was	desk.ticket := g;
	over	boolean := t.state IN ('resolved', 'closed');
	ids	bigint[];
	since	timestamptz;
	answer	jsonb;
BEGIN
	-- A message that was on its way may have opened it again: then it is
	-- merged once more.
	IF over AND EXISTS (SELECT FROM desk.merged m
	    WHERE m.ticket = t.id AND m.into_ticket = g.id) THEN
		RETURN desk.ticket_answer(g)
		    || jsonb_build_object('merged', t.id, 'moved', 0);
	ELSIF EXISTS (SELECT FROM desk.merged m
	    WHERE m.ticket = t.id AND over OR m.ticket = g.id) THEN
		PERFORM desk.refuse('CONFLICT', 'One of them is a part of '
		    'another case already.', 'into');
	END IF;
	PERFORM desk.merge_may(t, g);
	ids := ARRAY(SELECT e.id FROM desk.event e
	    WHERE e.ticket = t.id AND (desk.is_written(e)
		OR e.kind = 'consult') ORDER BY e.id);
	PERFORM desk.events_move(ids, t.id, g.id);
	PERFORM desk.merge_rest(t, g);
	PERFORM desk.merge_incident(caller, t, g);
	PERFORM desk.watch_carry(t.id, g.id);

	-- It ends without an answer, but nobody waits in vain: the other one
	-- has his wait.
	PERFORM desk.wait_leaves(t.id);
	IF t.state IN ('new', 'open', 'pending') THEN
		t := desk.state_move(t, 'resolved');
	END IF;
	PERFORM desk.ticket_commit(caller, t, jsonb_build_object(
	    'kind', 'split', 'notice', 'joined', 'text', args->>'note',
	    'meta', jsonb_build_object('into', g.id,
		'events', cardinality(ids))));
	PERFORM desk.wait_leaves(NULL);

	since := desk.waits_since(g.id);
	IF since IS NOT NULL AND g.due_at IS NULL THEN
		IF g.state = 'pending' THEN
			DELETE FROM desk.snooze s WHERE s.ticket = g.id;
			g := desk.state_move(g, 'open');
		END IF;
		g.due_at := (SELECT desk.business_add(q.hours, since,
			CASE WHEN g.first_answer_at IS NULL THEN q.first_target
			ELSE q.next_target END)
		    FROM desk.queue q WHERE q.id = g.queue);
	END IF;
	answer := desk.ticket_commit(caller, g, jsonb_build_object(
	    'kind', 'split', 'notice', 'joined', 'text', args->>'note',
	    'meta', jsonb_strip_nulls(jsonb_build_object('merged', t.id,
		'events', cardinality(ids),
		'from', CASE WHEN g.state <> was.state THEN was.state END,
		'to', CASE WHEN g.state <> was.state THEN g.state END))));
	RETURN answer || jsonb_build_object('merged', t.id,
	    'moved', cardinality(ids));
END;
$$;
