-- How promises end: kept, late, broken or withdrawn; by hand, by a message or a
-- call of ours, by what an order's events say.  Each end is counted once
-- (measures `promise`, `gap` and `reason`).

CREATE OR REPLACE FUNCTION desk.promise_must_be_open(p desk.promise)
RETURNS void
LANGUAGE plpgsql STABLE
AS $$
BEGIN
	IF p.state <> 'open' THEN
		PERFORM desk.refuse('CONFLICT', CASE
		    WHEN EXISTS (SELECT FROM desk.promise q
			WHERE q.moved_from = p.id)
			THEN 'This promise was moved: another is in its place.'
		    WHEN p.state = 'withdrawn'
			THEN 'This promise was taken back.'
		    WHEN p.state = 'broken' THEN 'This promise is broken.'
		    ELSE 'This promise is done.' END, 'promise');
	END IF;
END;
$$;

-- Days of the company's zone from one moment to another.
CREATE OR REPLACE FUNCTION desk.promise_days(since timestamptz,
    until timestamptz)
RETURNS int
LANGUAGE plpgsql STABLE
AS $$
DECLARE
	zone	text := coalesce((SELECT c.body->'company'->>'timezone'
		    FROM desk.config c ORDER BY c.version DESC LIMIT 1), 'UTC');
BEGIN
	RETURN (until AT TIME ZONE zone)::date - (since AT TIME ZONE zone)::date;
END;
$$;

-- Is it ours to help?  As desk.conf says now; a promise keeps what held when its
-- reason was said, so that what was counted stays.
CREATE OR REPLACE FUNCTION desk.reason_ours(reason text)
RETURNS boolean
LANGUAGE sql STABLE
AS $$
	SELECT r.controllable FROM desk.promise_reason r WHERE r.name = reason
$$;

-- What a promise counts for, as measures have it.  The name is its kind, of a
-- delivery whose carrier is known delivery/CARRIER; reason's value says whether
-- it was ours to help.
CREATE OR REPLACE FUNCTION desk.promise_measures(p desk.promise)
RETURNS TABLE (measure text, name text, value int)
LANGUAGE sql STABLE
AS $$
	SELECT 'promise', concat_ws('/', (p).kind, (p).carrier),
	    ((p).state = 'kept')::int
	WHERE (p).state IN ('kept', 'late', 'broken')
	UNION ALL
	SELECT 'gap', concat_ws('/', (p).kind, (p).carrier),
	    least(30, greatest(-30, (p).gap))
	WHERE (p).state IN ('kept', 'late') AND (p).gap IS NOT NULL
	UNION ALL
	SELECT 'reason', (p).reason, (p).ours::int
	WHERE (p).reason IS NOT NULL AND (p).state IN ('late', 'broken')
$$;

-- The same of all that ended in [since, until), for measure_again().
CREATE OR REPLACE FUNCTION desk.promise_records(of_measure text,
    since timestamptz, until timestamptz)
RETURNS TABLE (name text, at timestamptz, queue int, agent int, channel text,
    segment text, touchpoint text, value int, n bigint)
LANGUAGE sql STABLE
AS $$
	SELECT m.name, p.ended_at, p.queue, coalesce(p.agent, 0), p.channel,
	    p.segment, p.touchpoint, m.value, 1::bigint
	FROM desk.promise p
	CROSS JOIN LATERAL desk.promise_measures(p) m
	WHERE p.state <> 'open' AND p.ended_at >= since
	    AND p.ended_at < until AND m.measure = of_measure
$$;

CREATE OR REPLACE FUNCTION desk.measure_records_promise(since timestamptz,
    until timestamptz)
RETURNS TABLE (name text, at timestamptz, queue int, agent int, channel text,
    segment text, touchpoint text, value int, n bigint)
LANGUAGE sql STABLE
AS $$ SELECT * FROM desk.promise_records('promise', since, until) $$;

CREATE OR REPLACE FUNCTION desk.measure_records_gap(since timestamptz,
    until timestamptz)
RETURNS TABLE (name text, at timestamptz, queue int, agent int, channel text,
    segment text, touchpoint text, value int, n bigint)
LANGUAGE sql STABLE
AS $$ SELECT * FROM desk.promise_records('gap', since, until) $$;

CREATE OR REPLACE FUNCTION desk.measure_records_reason(since timestamptz,
    until timestamptz)
RETURNS TABLE (name text, at timestamptz, queue int, agent int, channel text,
    segment text, touchpoint text, value int, n bigint)
LANGUAGE sql STABLE
AS $$ SELECT * FROM desk.promise_records('reason', since, until) $$;

-- Counts it n times; -1 takes it back.
CREATE OR REPLACE FUNCTION desk.promise_count(p desk.promise, n int)
RETURNS void
LANGUAGE plpgsql
AS $$
BEGIN
	PERFORM desk.measure(m.measure, m.name, p.ended_at, p.queue, p.agent,
	    p.channel, p.segment, p.touchpoint, m.value, n)
	FROM desk.promise_measures(p) m;
END;
$$;

-- Ends an open promise, whose row is locked.  how: done, broken, withdrawn;
-- done counts as kept when it was by counts_at.  more: "by", the event that did
-- it; "reason", "carrier", "words".  Returns the end's own event.
CREATE OR REPLACE FUNCTION desk.promise_end(caller jsonb, p desk.promise,
    how text, moment timestamptz, more jsonb DEFAULT '{}')
RETURNS bigint
LANGUAGE plpgsql
AS $$
DECLARE
	event_id	bigint := nextval('desk.event_id');
	at		timestamptz := least(moment, now());
BEGIN
	p.state := CASE WHEN how <> 'done' THEN how
	    WHEN at <= p.counts_at THEN 'kept' ELSE 'late' END;
	p.ended_at := at;
	p.ended_by := coalesce((more->>'by')::bigint, event_id);
	p.gap := CASE WHEN how = 'done'
	    THEN desk.promise_days(p.counts_at, at) END;
	IF more->>'reason' IS NOT NULL THEN
		p.reason := more->>'reason';
		p.ours := desk.reason_ours(p.reason);
	END IF;
	p.carrier := CASE WHEN p.kind = 'delivery'
	    THEN desk.cut(nullif(btrim(translate(more->>'carrier', '/', '-')),
		''), 64) END;
	UPDATE desk.promise q SET state = p.state, ended_at = p.ended_at,
	    ended_by = p.ended_by, gap = p.gap, reason = p.reason,
	    ours = p.ours,
	    carrier = p.carrier,
	    alarm_at = CASE WHEN q.raised THEN now() END
	WHERE q.id = p.id;
	PERFORM desk.promise_count(p, 1);
	PERFORM desk.promise_note(caller, p, event_id, jsonb_build_object(
	    'what', p.state, 'gap', p.gap, 'reason', p.reason,
	    'late', CASE WHEN p.state = 'late' THEN
		ceil(extract(epoch FROM at - p.counts_at))::bigint END,
	    'by', more->'by'), more->>'words');
	RETURN event_id;
END;
$$;

-- One that was ended by that event is open again, as if it had not been: an
-- answer that was taken back before it went out.  What it promised is withdrawn.
CREATE OR REPLACE FUNCTION desk.promises_unsent(of_ticket bigint,
    event_id bigint)
RETURNS void
LANGUAGE plpgsql
AS $$
DECLARE
	p	desk.promise;
BEGIN
	FOR p IN SELECT * FROM desk.promise q
	    WHERE q.ticket = of_ticket AND q.ended_by = event_id
		AND q.state IN ('kept', 'late')
	    ORDER BY q.id FOR UPDATE LOOP
		PERFORM desk.promise_count(p, -1);
		UPDATE desk.promise q SET state = 'open', ended_at = NULL,
		    ended_by = NULL, gap = NULL, carrier = NULL,
		    alarm_at = CASE WHEN q.late_at IS NULL THEN now() END
		WHERE q.id = p.id
		RETURNING * INTO p;
		PERFORM desk.promise_note(desk.clock_caller(), p,
		    nextval('desk.event_id'), '{"what":"again"}');
	END LOOP;
	PERFORM desk.promises_taken_back(desk.clock_caller(), of_ticket,
	    event_id);
END;
$$;

-- An agent's message to the customer keeps what was promised on that case as
-- an answer.
CREATE OR REPLACE FUNCTION desk.promises_answered(caller jsonb,
    of_ticket bigint, event_id bigint)
RETURNS void
LANGUAGE plpgsql
AS $$
DECLARE
	p	desk.promise;
BEGIN
	IF caller->>'agent' IS NULL THEN
		RETURN;
	END IF;
	FOR p IN SELECT * FROM desk.promise q
	    WHERE q.ticket = of_ticket AND q.state = 'open'
		AND q.kind = 'answer'
	    ORDER BY q.id FOR UPDATE LOOP
		PERFORM desk.promise_end(caller, p, 'done', now(),
		    jsonb_build_object('by', event_id));
	END LOOP;
END;
$$;

-- Whoever talks with a customer has called him back, and answered him: all that
-- was promised him before, on whichever case.
CREATE OR REPLACE FUNCTION desk.promises_called()
RETURNS trigger
LANGUAGE plpgsql
AS $$
DECLARE
	p	desk.promise;
BEGIN
	FOR p IN SELECT q.* FROM desk.promise q
	    WHERE q.customer = (SELECT t.customer FROM desk.ticket t
		WHERE t.id = NEW.ticket)
		AND q.state = 'open' AND q.kind IN ('callback', 'answer')
		AND q.made_at <= NEW.answered_at
	    ORDER BY q.id FOR UPDATE LOOP
		PERFORM desk.promise_end(coalesce(desk.caller_by_name((
			SELECT a.name FROM desk.agent a
			WHERE a.id = NEW.agent)), desk.clock_caller()), p,
		    'done', NEW.answered_at);
	END LOOP;
	RETURN NULL;
END;
$$;

-- A case that is over: what it still owed and is past its time is looked at.
-- An order's delivery may yet come.
CREATE OR REPLACE FUNCTION desk.promises_over()
RETURNS trigger
LANGUAGE plpgsql
AS $$
BEGIN
	UPDATE desk.promise p SET alarm_at = now()
	WHERE p.ticket = NEW.id AND p.state = 'open' AND p.due_at <= now()
	    AND p.source <> 'order';
	RETURN NULL;
END;
$$;

-- The reason that args give, or the refusal.
CREATE OR REPLACE FUNCTION desk.promise_why(args jsonb)
RETURNS text
LANGUAGE plpgsql STABLE
AS $$
BEGIN
	IF args ? 'reason' AND NOT EXISTS (SELECT FROM desk.promise_reason r
	    WHERE r.active AND r.name = args->>'reason') THEN
		PERFORM desk.refuse('INVALID', 'There is no such reason.',
		    'reason');
	END IF;
	RETURN args->>'reason';
END;
$$;

-- Ends it by hand.  What has ended so already is answered as it is.
CREATE OR REPLACE FUNCTION desk.promise_by_hand(caller jsonb, args jsonb,
    how text)
RETURNS jsonb
LANGUAGE plpgsql
AS $$
DECLARE
	p	desk.promise := desk.promise_lock(caller, args);
	moment	timestamptz := now();
	why	text := desk.promise_why(args);
	ended	bigint;
BEGIN
	IF how = p.state OR how = 'done' AND p.state IN ('kept', 'late') THEN
		IF how <> 'withdrawn' OR NOT EXISTS (SELECT
		    FROM desk.promise q WHERE q.moved_from = p.id) THEN
			RETURN desk.promise_answer(p, p.ended_by);
		END IF;
	END IF;
	PERFORM desk.promise_must_be_open(p);
	IF args ? 'at' THEN
		moment := desk.promise_time(args->>'at', 'at');
		IF moment > now() OR moment < p.made_at THEN
			PERFORM desk.refuse('INVALID', 'It was done between '
			    'the promise and now.', 'at');
		END IF;
	END IF;
	ended := desk.promise_end(caller, p, how, moment,
	    jsonb_strip_nulls(jsonb_build_object('reason', why,
		'words', args->'words', 'carrier', (SELECT o.carrier
		    FROM desk.customer_order o
		    WHERE o.order_no = p.order_no))));
	SELECT * INTO p FROM desk.promise q WHERE q.id = p.id;
	RETURN desk.promise_answer(p, ended);
END;
$$;

-- PROMISE.KEEP
CREATE OR REPLACE FUNCTION desk.promise_keep(caller jsonb, args jsonb)
RETURNS jsonb
LANGUAGE plpgsql
AS $$
BEGIN
	RETURN desk.promise_by_hand(caller, args, 'done');
END;
$$;

-- PROMISE.BREAK: said so, before or after it was due.
CREATE OR REPLACE FUNCTION desk.promise_break(caller jsonb, args jsonb)
RETURNS jsonb
LANGUAGE plpgsql
AS $$
BEGIN
	RETURN desk.promise_by_hand(caller, args, 'broken');
END;
$$;

-- PROMISE.WITHDRAW: it counts for nothing.
CREATE OR REPLACE FUNCTION desk.promise_withdraw(caller jsonb, args jsonb)
RETURNS jsonb
LANGUAGE plpgsql
AS $$
BEGIN
	RETURN desk.promise_by_hand(caller, args, 'withdrawn');
END;
$$;

-- PROMISE.REASON: why it is or was not kept; none: takes the reason away.
CREATE OR REPLACE FUNCTION desk.promise_reason_set(caller jsonb, args jsonb)
RETURNS jsonb
LANGUAGE plpgsql
AS $$
DECLARE
	p		desk.promise := desk.promise_lock(caller, args);
	why		text := desk.promise_why(CASE args->>'reason'
			    WHEN 'none' THEN args - 'reason' ELSE args END);
	event_id	bigint := nextval('desk.event_id');
BEGIN
	IF p.reason IS NOT DISTINCT FROM why THEN
		RETURN desk.promise_answer(p, coalesce(p.ended_by, p.event));
	END IF;
	PERFORM desk.promise_count(p, -1);
	UPDATE desk.promise q SET reason = why, ours = desk.reason_ours(why)
	WHERE q.id = p.id
	RETURNING * INTO p;
	PERFORM desk.promise_count(p, 1);
	PERFORM desk.promise_note(caller, p, event_id, jsonb_build_object(
	    'what', 'reason', 'reason', p.reason), args->>'words');
	RETURN desk.promise_answer(p, event_id);
END;
$$;

-- Of erased cases only how promises fared stays: nobody is owed anything.
CREATE OR REPLACE FUNCTION desk.promises_erase(ids bigint[])
RETURNS void
LANGUAGE plpgsql
SET enable_seqscan = off
AS $$
BEGIN
	UPDATE desk.promise p SET words = NULL, order_no = NULL,
	    alarm_at = NULL, raised = false,
	    ended_at = coalesce(p.ended_at, now()),
	    state = CASE p.state WHEN 'open' THEN 'withdrawn'
		ELSE p.state END
	WHERE p.ticket = ANY (ids);
	DELETE FROM desk.late_notice l WHERE l.ticket = ANY (ids);
END;
$$;
