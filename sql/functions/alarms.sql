-- What is told of clocks: a warning when the share of a target's time is used
-- up, a breach when all of it is, and what the target wants done about it.
-- Any daemon may run it at any time, each is told once.

-- What the desk does by itself, it does as this caller.
CREATE OR REPLACE FUNCTION desk.clock_caller()
RETURNS jsonb
LANGUAGE sql IMMUTABLE PARALLEL SAFE
AS $$
	SELECT '{"who":"desk","role":"admin","from":"","via":"clock"}'::jsonb
$$;

-- The logins that "notify WHO" means, of active agents who see the case.
CREATE OR REPLACE FUNCTION desk.alarm_told(t desk.ticket, who text)
RETURNS text[]
LANGUAGE sql STABLE
AS $$
	SELECT array_agg(x.name ORDER BY x.name)
	FROM (SELECT a.name FROM desk.agent a
	    WHERE a.active AND CASE who
		WHEN 'supervisor' THEN a.role IN ('supervisor', 'admin')
		WHEN 'admin' THEN a.role = 'admin'
		WHEN 'assignee' THEN a.id = t.assignee
		ELSE a.name = who END
		AND desk.may_see(desk.caller_by_name(a.name), t)
	    ORDER BY a.name LIMIT 50) x
$$;

-- Does one thing that a target wants done; the ticket is locked.  A case is
-- moved by its clocks five times at most: two departments that cannot keep what
-- they promise would else hand it back and forth for ever.  What would go to a
-- queue that is drained goes where that one's new cases go.
CREATE OR REPLACE FUNCTION desk.alarm_act(of bigint, act text, told bigint)
RETURNS void
LANGUAGE plpgsql
AS $$
DECLARE
	what	text := substr(act, strpos(act, ' ') + 1);
	t	desk.ticket;
	old	int;
BEGIN
	SELECT * INTO t FROM desk.ticket k WHERE k.id = of;
	IF t.state IN ('resolved', 'closed') THEN
		RETURN;
	ELSIF act LIKE 'raise %' THEN
		old := t.priority;
		t.priority := least(99, old + what::int);
		IF t.priority <> old THEN
			PERFORM desk.ticket_commit(desk.clock_caller(), t,
			    jsonb_build_object('kind', 'priority', 'meta',
				jsonb_build_object('from', old,
				    'to', t.priority, 'clock', told)));
		END IF;
	ELSIF act LIKE 'notify %' THEN
		PERFORM desk.mention_put(desk.clock_caller(), of, told,
		    desk.alarm_told(t, what));
	ELSIF act LIKE 'move %' AND EXISTS (SELECT FROM desk.queue q
		WHERE q.name = what AND q.active)
	    AND (SELECT count(*) FROM desk.event e WHERE e.ticket = of
		AND e.kind = 'transfer' AND e.agent IS NULL
		AND e.who = 'desk') < 5 THEN
		PERFORM desk.ticket_transfer(desk.clock_caller(),
		    jsonb_build_object('ticket', of, 'queue',
			(SELECT k.name FROM desk.queue q
			JOIN desk.queue k ON k.id = desk.drain_taker(q.id)
			WHERE q.name = what AND q.active)));
	END IF;
END;
$$;

-- Tells of one clock whose alarm has come, its ticket locked.  Who was late in
-- looking tells of the breach alone; what is over by then is put on record and
-- nothing done about it.  What was refused is on record, too, as a rule's is:
-- "refused":[{"act","why"}].
CREATE OR REPLACE FUNCTION desk.clock_alarm(c desk.clock)
RETURNS void
LANGUAGE plpgsql
AS $$
DECLARE
	broken	boolean;
	what	text;
	told	bigint := nextval('desk.event_id');
	act	text;
	refused	jsonb := '[]';
BEGIN
	-- What was done about another clock may have ended this one.
	SELECT * INTO c FROM desk.clock k
	WHERE k.ticket = c.ticket AND k.n = c.n AND k.alarm_at <= now();
	IF NOT FOUND THEN
		RETURN;
	END IF;
	broken := c.due_at <= now();
	what := CASE WHEN broken THEN 'breach' ELSE 'warn' END;
	UPDATE desk.clock k SET
	    warned_at = CASE WHEN broken THEN k.warned_at ELSE now() END,
	    breached_at = CASE WHEN broken THEN now() END,
	    alarm_at = CASE WHEN NOT broken THEN k.due_at END
	WHERE k.ticket = c.ticket AND k.n = c.n;

	INSERT INTO desk.event (id, at, ticket, customer, kind, channel,
	    direction, who, meta)
	SELECT told, now(), t.id, t.customer, 'clock', 'desk', 'own', 'desk',
	    jsonb_strip_nulls(jsonb_build_object('what', what, 'kind', c.kind,
		'target', c.target, 'due', desk.rfc3339(c.due_at),
		'queue', (SELECT q.name FROM desk.queue q
		    WHERE q.id = c.queue)))
	FROM desk.ticket t WHERE t.id = c.ticket;
	PERFORM desk.outbox_put(c.ticket, jsonb_strip_nulls(jsonb_build_object(
	    'kind', what, 'event', told, 'channel', 'desk',
	    'direction', 'own', 'who', 'desk', 'clock', c.kind,
	    'target', c.target, 'due', desk.rfc3339(c.due_at))));
	IF c.done_at IS NULL AND c.since IS NOT NULL THEN
		FOR act IN SELECT unnest(CASE WHEN broken THEN g.on_breach
			ELSE g.on_warn END)
		    FROM desk.target g WHERE g.name = c.target LOOP
			BEGIN
				PERFORM desk.alarm_act(c.ticket, act, told);
			EXCEPTION WHEN SQLSTATE 'DK001' THEN
				-- Refused, as it would be to a person: a
				-- queue that is just being closed, or drained
				-- where no other takes its cases.
				refused := refused || jsonb_build_object(
				    'act', act, 'why', SQLERRM);
			END;
		END LOOP;
		IF refused <> '[]' THEN
			UPDATE desk.event e SET meta = e.meta
			    || jsonb_build_object('refused', refused)
			WHERE e.id = told;
		END IF;
	END IF;
END;
$$;

-- Puts the clocks of at most lim tickets on record that came due by their
-- queue's own target, and that nothing happened to since they were opened.
-- Whoever filed one five minutes ago has committed by now.
CREATE OR REPLACE FUNCTION desk.clocks_note(lim int)
RETURNS void
LANGUAGE plpgsql
SET enable_seqscan = off
AS $$
DECLARE
	since	timestamptz;
	late	bigint[];
	t	desk.ticket;
BEGIN
	-- One daemon at a time; the others have nothing to do here.
	SELECT m.upto INTO since FROM desk.alarm_mark m
	FOR UPDATE SKIP LOCKED;
	IF NOT FOUND THEN
		RETURN;
	END IF;
	late := ARRAY(SELECT k.id FROM desk.ticket k
	    WHERE k.state IN ('new', 'open', 'pending')
		AND k.due_at > since - interval '5 minutes'
		AND k.due_at <= now() AND NOT k.clocked
	    ORDER BY k.due_at, k.id LIMIT lim);
	FOR t IN SELECT * FROM desk.ticket k WHERE k.id = ANY (late)
	    AND NOT k.clocked ORDER BY k.id FOR UPDATE SKIP LOCKED LOOP
		PERFORM desk.clock_put(desk.clock_implied(t));
		UPDATE desk.ticket k SET clocked = true WHERE k.id = t.id;
	END LOOP;
	IF cardinality(late) < lim AND since < now() - interval '1 minute' THEN
		UPDATE desk.alarm_mark SET upto = now();
	END IF;
END;
$$;

-- Tells of the clocks of at most lim tickets, and returns how many tickets had
-- any.  One that somebody has in hand just now is left for the next time; the
-- notices are left to the outbox's sweep.
CREATE OR REPLACE FUNCTION desk.alarms_due(lim int)
RETURNS int
LANGUAGE plpgsql
SET enable_seqscan = off
AS $$
DECLARE
	held	bigint[];
	c	desk.clock;
BEGIN
	PERFORM desk.clocks_note(lim);
	held := desk.due_held(ARRAY(
	    SELECT k.ticket FROM desk.clock k WHERE k.alarm_at <= now()
	    ORDER BY k.alarm_at, k.ticket LIMIT lim));
	FOR c IN SELECT * FROM desk.clock k
	    WHERE k.ticket = ANY (held) AND k.alarm_at <= now()
	    ORDER BY k.ticket, k.n LOOP
		PERFORM desk.clock_alarm(c);
	END LOOP;
	RETURN cardinality(held);
END;
$$;

-- In how many milliseconds to look for the next: by the clocks there are, and
-- by rows of tickets that stand for one and come due before anybody would look
-- again.
CREATE OR REPLACE FUNCTION desk.alarms_next()
RETURNS int
LANGUAGE plpgsql
SET enable_seqscan = off
AS $$
BEGIN
	RETURN desk.due_in(least(
	    (SELECT min(k.alarm_at) FROM desk.clock k),
	    (SELECT t.due_at FROM desk.ticket t
	    WHERE t.state IN ('new', 'open', 'pending')
		AND t.due_at > now() AND t.due_at < now() + interval '6 s'
		AND NOT t.clocked
	    ORDER BY t.due_at LIMIT 1)));
END;
$$;
