-- What is told of promises by the clock: that one is close, that it was not
-- kept in time.  Any daemon may run it at any time (dues.c), each is told once.

-- Who is called upon: who promised, or who has the case; of those who see it.
CREATE OR REPLACE FUNCTION desk.promise_owner(p desk.promise, t desk.ticket)
RETURNS text[]
LANGUAGE sql STABLE
AS $$
	SELECT array_agg(a.name)
	FROM (SELECT g.name FROM desk.agent g
	    WHERE g.id IN ((p).agent, (t).assignee) AND g.active
		AND desk.may_see(desk.caller_by_name(g.name), t)
	    ORDER BY g.id = (p).agent DESC LIMIT 1) a
$$;

-- The case as a promise that is close wants it: before somebody, no later than
-- that, and ten places up once.  (A delivery is not waited for by who has a
-- case that waits for its customer.)
CREATE OR REPLACE FUNCTION desk.promise_raised(p desk.promise, t desk.ticket)
RETURNS desk.ticket
LANGUAGE plpgsql
AS $$
BEGIN
	IF t.state IN ('resolved', 'closed')
	    OR t.state = 'pending' AND p.kind = 'delivery' THEN
		RETURN t;
	ELSIF t.state = 'pending' THEN
		DELETE FROM desk.snooze s WHERE s.ticket = t.id;
		t := desk.state_move(t, 'open');
		t.assignee := CASE WHEN desk.agent_stays(t.assignee)
		    THEN t.assignee END;
	END IF;
	t.due_at := least(t.due_at, p.due_at);
	IF p.warned_at IS NULL AND p.late_at IS NULL
	    AND p.moved_from IS NULL THEN
		t.priority := least(99, t.priority + 10);
	END IF;
	RETURN t;
END;
$$;

-- Tells of one promise that is close (warn) or past its time (late).  t: its
-- case, locked.
CREATE OR REPLACE FUNCTION desk.promise_alarm(p desk.promise, t desk.ticket,
    what text)
RETURNS void
LANGUAGE plpgsql
AS $$
DECLARE
	told	bigint := nextval('desk.event_id');
	next	desk.ticket := desk.promise_raised(p, t);
	owner	text[] := desk.promise_owner(p, t);
	note	jsonb := jsonb_strip_nulls(jsonb_build_object('what', what,
		    'promise', p.id, 'kind', p.kind,
		    'due', desk.rfc3339(p.due_at),
		    'from', CASE WHEN next.state <> t.state THEN t.state END,
		    'to', CASE WHEN next.state <> t.state THEN next.state
			END));
BEGIN
	UPDATE desk.promise q SET
	    warned_at = CASE what WHEN 'warn' THEN now() ELSE q.warned_at END,
	    late_at = CASE what WHEN 'late' THEN now() END,
	    alarm_at = CASE WHEN what = 'warn' THEN q.due_at
		WHEN q.source = 'order' THEN q.due_at + interval '30 days' END,
	    raised = q.raised OR next.due_at = q.due_at
		AND next.due_at IS DISTINCT FROM t.due_at
	WHERE q.id = p.id;
	-- For clocks_follow(): no clock starts by this.
	PERFORM set_config('desk.promised', t.id::text, true);
	PERFORM desk.ticket_commit(desk.clock_caller(), next,
	    jsonb_build_object('kind', 'promise', 'event', told,
		'text', p.words, 'meta', note));
	PERFORM set_config('desk.promised', '', true);
	IF owner IS NOT NULL THEN
		PERFORM desk.call_upon(desk.clock_caller(), t.id, told, owner,
		    desk.promise_told(p, note));
	ELSE
		PERFORM desk.outbox_put(t.id, desk.promise_told(p, note)
		    || jsonb_build_object('event', told, 'who', 'desk'));
	END IF;
END;
$$;

-- A case that was made due for a promise that is over is due again when its
-- customer is owed an answer, if at all.
CREATE OR REPLACE FUNCTION desk.promise_lowered(p desk.promise, t desk.ticket)
RETURNS void
LANGUAGE plpgsql
AS $$
BEGIN
	UPDATE desk.promise q SET raised = false, alarm_at = NULL
	WHERE q.id = p.id;
	IF t.state NOT IN ('new', 'open')
	    OR t.due_at IS DISTINCT FROM p.due_at THEN
		RETURN;
	END IF;
	UPDATE desk.ticket k SET touched_at = now(), version = k.version + 1,
	    due_at = least((SELECT min(c.due_at) FROM desk.clock c
		    WHERE c.ticket = k.id AND c.done_at IS NULL
			AND c.since IS NOT NULL
			AND c.kind IN ('first', 'next')),
		(SELECT min(q.due_at) FROM desk.promise q
		    WHERE q.ticket = k.id AND q.raised))
	WHERE k.id = t.id;
	PERFORM desk.outbox_put(t.id, '{"kind":"promise","what":"over",
	    "channel":"desk","direction":"own","who":"desk"}'::jsonb
	    || jsonb_build_object('promise', p.id));
END;
$$;

-- Does what is due of one promise, its case and its row locked.  Past its time
-- it is broken once its case is over; an order's, when nothing came for thirty
-- days.
CREATE OR REPLACE FUNCTION desk.promise_due(p desk.promise)
RETURNS void
LANGUAGE plpgsql
AS $$
DECLARE
	t	desk.ticket;
	late	boolean := p.due_at <= now();
	over	boolean;
BEGIN
	SELECT * INTO t FROM desk.ticket k WHERE k.id = p.ticket;
	over := CASE WHEN p.source = 'order'
	    THEN p.due_at + interval '30 days' <= now()
	    ELSE t.state IN ('resolved', 'closed') END;
	IF p.state <> 'open' THEN
		PERFORM desk.promise_lowered(p, t);
	ELSIF late AND over THEN
		PERFORM desk.promise_end(desk.clock_caller(), p, 'broken',
		    now());
		UPDATE desk.promise q SET late_at = coalesce(q.late_at, now())
		WHERE q.id = p.id;
	ELSIF late AND p.late_at IS NULL THEN
		PERFORM desk.promise_alarm(p, t, 'late');
	ELSIF NOT late AND p.warned_at IS NULL
	    AND desk.promise_warns(p.kind, p.made_at, p.due_at) <= now() THEN
		PERFORM desk.promise_alarm(p, t, 'warn');
	ELSE
		UPDATE desk.promise q SET alarm_at = CASE
		    WHEN NOT late AND p.warned_at IS NULL THEN
			desk.promise_warns(p.kind, p.made_at, p.due_at)
		    WHEN NOT late THEN q.due_at
		    WHEN q.source = 'order' THEN
			q.due_at + interval '30 days' END
		WHERE q.id = p.id;
	END IF;
END;
$$;

-- Does what is due on the cases of at most lim promises, and returns how many
-- cases there were.  One that somebody has in hand just now is left for the
-- next time.
CREATE OR REPLACE FUNCTION desk.promises_due(lim int)
RETURNS int
LANGUAGE plpgsql
SET enable_seqscan = off
AS $$
DECLARE
	held	bigint[] := desk.due_held(ARRAY(
		    SELECT q.ticket FROM desk.promise q
		    WHERE q.alarm_at <= now()
		    ORDER BY q.alarm_at, q.ticket LIMIT lim));
	p	desk.promise;
BEGIN
	IF held = '{}' THEN
		RETURN 0;
	END IF;
	FOR p IN SELECT * FROM desk.promise q
	    WHERE q.ticket = ANY (held) AND q.alarm_at <= now()
	    ORDER BY q.ticket, q.id FOR UPDATE SKIP LOCKED LOOP
		PERFORM desk.promise_due(p);
	END LOOP;
	RETURN cardinality(held);
END;
$$;

-- In how many milliseconds to look for the next.
CREATE OR REPLACE FUNCTION desk.promises_next()
RETURNS int
LANGUAGE plpgsql
AS $$
BEGIN
	RETURN desk.due_in((SELECT min(q.alarm_at) FROM desk.promise q));
END;
$$;
