-- Promises to customers, made and moved: what an agent, an order, a template or
-- somebody's own words said will be done, by when.  How they end is in
-- promises_end.sql, what is told before in promises_due.sql.

-- What a promise is of, in a sentence: one of them, and (in English) many.
CREATE OR REPLACE FUNCTION desk.promise_words()
RETURNS TABLE (kind text, vi text, en text, many text)
LANGUAGE sql IMMUTABLE
AS $$
	VALUES ('delivery', 'giao hàng', 'delivery', 'deliveries'),
	    ('callback', 'gọi lại', 'call back', 'call-backs'),
	    ('refund', 'hoàn tiền', 'refund', 'refunds'),
	    ('repair', 'sửa chữa', 'repair', 'repairs'),
	    ('answer', 'trả lời', 'answer', 'answers'),
	    ('other', 'khác', 'other', 'other things')
$$;

-- The moment that args.MEMBER names: RFC 3339 with its zone, or a stretch from
-- now (30m, 2h, 3d); to come, and at most a year away.
CREATE OR REPLACE FUNCTION desk.promise_moment(args jsonb, member text)
RETURNS timestamptz
LANGUAGE plpgsql STABLE
AS $$
DECLARE
	said	text := args->>member;
	bits	text[] := regexp_match(said, '^([1-9][0-9]{0,5})([mhd])$');
	due	timestamptz;
BEGIN
	IF bits IS NOT NULL THEN
		due := now() + bits[1]::int * CASE bits[2]
		    WHEN 'm' THEN interval '1 minute'
		    WHEN 'h' THEN interval '1 hour'
		    ELSE interval '1 day' END;
	ELSE
		due := desk.promise_time(said, member);
	END IF;
	IF due <= now() OR due > now() + interval '366 days' THEN
		PERFORM desk.refuse('INVALID', 'A promise is kept at a moment '
		    'to come, within a year.', member);
	END IF;
	RETURN due;
END;
$$;

-- A moment, to the zone; refused as the member when it is none.
CREATE OR REPLACE FUNCTION desk.promise_time(said text, member text)
RETURNS timestamptz
LANGUAGE plpgsql STABLE
AS $$
BEGIN
	IF said !~ '^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9:.]+(Z|[+-][0-9]{2}:[0-9]{2})$'
	THEN
		RAISE invalid_datetime_format;
	END IF;
	RETURN said::timestamptz;
EXCEPTION WHEN data_exception THEN
	PERFORM desk.refuse('INVALID',
	    'That is no moment; write it as 2026-11-21T15:00:00+07:00.',
	    member);
END;
$$;

-- When its owner is warned: a quarter of its time before it is due, half an
-- hour at most where somebody waits by the telephone, else a day.
CREATE OR REPLACE FUNCTION desk.promise_warns(kind text, made timestamptz,
    due timestamptz)
RETURNS timestamptz
LANGUAGE sql IMMUTABLE
AS $$
	SELECT due - least((due - made) / 4, CASE
	    WHEN kind IN ('callback', 'answer') THEN interval '30 minutes'
	    ELSE interval '1 day' END)
$$;

-- The row of a new promise on a case.  what: kind, due, words, order, source,
-- agent, touchpoint, reply (the message that made it), and of one that takes
-- another's place counts and from.
-- Of what was due long ago when we hear of it nobody is told.
CREATE OR REPLACE FUNCTION desk.promise_put(t desk.ticket, event_id bigint,
    what jsonb)
RETURNS desk.promise
LANGUAGE plpgsql
AS $$
DECLARE
	due	timestamptz := (what->>'due')::timestamptz;
	old	boolean := due < now() - interval '1 hour';
	p	desk.promise;
BEGIN
	INSERT INTO desk.promise (ticket, customer, kind, agent, queue,
	    channel, segment, touchpoint, words, order_no, source, event,
	    due_at, counts_at, moved_from, late_at, alarm_at, reply,
	    foresee_at)
	VALUES (t.id, t.customer, what->>'kind', (what->>'agent')::int,
	    t.queue, t.channel, coalesce((SELECT c.segment
		FROM desk.customer c WHERE c.id = t.customer), ''),
	    coalesce(what->>'touchpoint', ''), nullif(what->>'words', ''),
	    coalesce(what->>'order', CASE WHEN what->>'kind' = 'delivery'
		THEN t.order_no END),
	    coalesce(what->>'source', 'agent'), event_id, due,
	    coalesce((what->>'counts')::timestamptz, due),
	    (what->>'from')::bigint, CASE WHEN old THEN now() END,
	    CASE WHEN old THEN due + interval '30 days'
		ELSE greatest(desk.promise_warns(what->>'kind', now(), due),
		    now()) END, (what->>'reply')::bigint,
	    CASE WHEN what->>'source' = 'order' AND NOT old THEN now() END)
	RETURNING * INTO p;
	RETURN p;
END;
$$;

-- Writes into its case's history what happened to a promise, and tells who
-- listens.  The ticket's own row stays as it is.
CREATE OR REPLACE FUNCTION desk.promise_note(caller jsonb, p desk.promise,
    event_id bigint, what jsonb, said text DEFAULT NULL)
RETURNS void
LANGUAGE plpgsql
AS $$
DECLARE
	note	jsonb := jsonb_strip_nulls(jsonb_build_object(
		    'promise', p.id, 'kind', p.kind,
		    'due', desk.rfc3339(p.due_at)) || what);
BEGIN
	INSERT INTO desk.event (id, at, ticket, customer, kind, channel,
	    direction, agent, who, text, meta)
	VALUES (event_id, now(), p.ticket, p.customer, 'promise', 'desk',
	    'own', (caller->>'agent')::int, desk.caller_shown(caller),
	    nullif(said, ''), desk.macro_noted(note));
	PERFORM desk.outbox_put(p.ticket, desk.promise_told(p, note)
	    || jsonb_build_object('event', event_id,
		'who', desk.caller_shown(caller)));
END;
$$;

-- The notice of it.
CREATE OR REPLACE FUNCTION desk.promise_told(p desk.promise, note jsonb)
RETURNS jsonb
LANGUAGE sql STABLE
AS $$
	SELECT jsonb_strip_nulls(jsonb_build_object('kind', 'promise',
	    'channel', 'desk', 'direction', 'own', 'what', note->'what',
	    'promise', (p).id, 'promised', (p).kind,
	    'due', desk.rfc3339((p).due_at)))
$$;

-- What every operation on a promise answers.
CREATE OR REPLACE FUNCTION desk.promise_answer(p desk.promise,
    event_id bigint)
RETURNS jsonb
LANGUAGE plpgsql STABLE
AS $$
BEGIN
	RETURN desk.promise_json(p)
	    || jsonb_build_object('event', event_id);
END;
$$;

-- The promise that args.promise names, its case locked before it; the caller
-- must be one who may change that.
CREATE OR REPLACE FUNCTION desk.promise_lock(caller jsonb, args jsonb)
RETURNS desk.promise
LANGUAGE plpgsql
AS $$
DECLARE
	wanted	CONSTANT bigint := (args->>'promise')::bigint;
	was	bigint := (SELECT q.ticket FROM desk.promise q
		    WHERE q.id = wanted);
	t	desk.ticket;
	p	desk.promise;
BEGIN
	SELECT * INTO t FROM desk.ticket k WHERE k.id = was FOR UPDATE;
	IF NOT FOUND OR NOT desk.may_see(caller, t) THEN
		PERFORM desk.refuse('NOTFOUND', 'There is no such promise.',
		    'promise');
	END IF;
	PERFORM desk.must_act(caller, t);
	SELECT * INTO p FROM desk.promise q WHERE q.id = wanted FOR UPDATE;
	IF p.ticket <> was THEN
		RAISE serialization_failure;	-- its case was merged: again
	END IF;
	RETURN p;
END;
$$;

-- The case that a promise is made on: args.ticket, or the order's.
CREATE OR REPLACE FUNCTION desk.promise_case(args jsonb)
RETURNS jsonb
LANGUAGE plpgsql STABLE
AS $$
DECLARE
	record	bigint;
BEGIN
	IF args ? 'ticket' THEN
		RETURN args;
	ELSIF NOT args ? 'order' THEN
		PERFORM desk.refuse('INVALID',
		    'Say on which case, or of which order.', 'ticket');
	END IF;
	SELECT o.ticket INTO record FROM desk.customer_order o
	WHERE o.order_no = args->>'order';
	IF NOT FOUND THEN
		PERFORM desk.refuse('NOTFOUND', 'There is no such order.',
		    'order');
	END IF;
	RETURN args || jsonb_build_object('ticket', record);
END;
$$;

-- Refuses more than a person could keep, and what is no customer's case.
CREATE OR REPLACE FUNCTION desk.promise_may(t desk.ticket)
RETURNS void
LANGUAGE plpgsql STABLE
AS $$
BEGIN
	IF t.kind = 'consult' THEN
		PERFORM desk.refuse('CONFLICT', 'A question to a department '
		    'promises nothing to the customer: do it on his case.',
		    'ticket');
	ELSIF (SELECT count(*) FROM desk.promise p
	    WHERE p.ticket = t.id AND p.state = 'open') >= 20 THEN
		PERFORM desk.refuse('CONFLICT',
		    'At most 20 promises of a case are open at once.',
		    'ticket');
	END IF;
END;
$$;

-- Makes one, in its own transaction's history.
CREATE OR REPLACE FUNCTION desk.promise_made(caller jsonb, t desk.ticket,
    event_id bigint, what jsonb)
RETURNS desk.promise
LANGUAGE plpgsql
AS $$
DECLARE
	p	desk.promise := desk.promise_put(t, event_id, what);
BEGIN
	PERFORM desk.promise_note(caller, p, event_id, jsonb_build_object(
	    'what', 'made', 'source', p.source), p.words);
	RETURN p;
END;
$$;

-- PROMISE.ADD
CREATE OR REPLACE FUNCTION desk.promise_add(caller jsonb, args jsonb)
RETURNS jsonb
LANGUAGE plpgsql
AS $$
DECLARE
	a		jsonb := desk.promise_case(args);
	t		desk.ticket := desk.ticket_lock(caller, a);
	event_id	bigint := nextval('desk.event_id');
	first		bigint := desk.once_said(caller, a, 'promise', t,
			    event_id);
	who		int := (caller->>'agent')::int;
	p		desk.promise;
BEGIN
	IF first IS NOT NULL THEN
		SELECT * INTO p FROM desk.promise q
		WHERE q.ticket = t.id AND q.event = first;
		RETURN desk.promise_answer(p, first);
	END IF;
	PERFORM desk.promise_may(t);
	IF a ? 'agent' THEN
		who := (desk.acting(caller, a)).id;
	END IF;
	p := desk.promise_made(caller, t, event_id, jsonb_build_object(
	    'kind', a->'kind', 'due', desk.promise_moment(a, 'due'),
	    'words', a->'words', 'order', a->'order', 'agent', who,
	    'source', coalesce(a->>'source', 'agent'),
	    'touchpoint', a->'touchpoint'));
	RETURN desk.promise_answer(p, event_id);
END;
$$;

-- Puts another in the place of an open promise.  Unless the customer agreed,
-- the earlier word is what counts.
CREATE OR REPLACE FUNCTION desk.promise_moved(caller jsonb, p desk.promise,
    due timestamptz, agreed boolean, more jsonb)
RETURNS desk.promise
LANGUAGE plpgsql
AS $$
DECLARE
	event_id	bigint := nextval('desk.event_id');
	t		desk.ticket;
	n		desk.promise;
BEGIN
	SELECT * INTO t FROM desk.ticket k WHERE k.id = p.ticket;
	UPDATE desk.promise q SET state = 'withdrawn', ended_at = now(),
	    ended_by = event_id, alarm_at = CASE WHEN q.raised THEN now() END
	WHERE q.id = p.id;
	n := desk.promise_put(t, event_id, jsonb_build_object(
	    'kind', p.kind, 'due', due, 'order', p.order_no,
	    'source', p.source, 'touchpoint', p.touchpoint, 'from', p.id,
	    'agent', coalesce((more->>'agent')::int, p.agent),
	    'words', coalesce(more->>'words', p.words),
	    'counts', CASE WHEN agreed THEN due
		ELSE least(p.counts_at, due) END));
	PERFORM desk.promise_note(caller, n, event_id, jsonb_build_object(
	    'what', 'moved', 'was', desk.rfc3339(p.due_at), 'from', p.id,
	    'agreed', CASE WHEN agreed THEN true END), more->>'words');
	RETURN n;
END;
$$;

-- PROMISE.MOVE: asked again, it is where it was moved to already.
CREATE OR REPLACE FUNCTION desk.promise_move(caller jsonb, args jsonb)
RETURNS jsonb
LANGUAGE plpgsql
AS $$
DECLARE
	p	desk.promise := desk.promise_lock(caller, args);
	due	timestamptz;
	n	desk.promise;
BEGIN
	SELECT * INTO n FROM desk.promise q
	WHERE q.moved_from = p.id AND q.ticket = p.ticket;
	due := desk.promise_moment(args, 'due');
	IF n.due_at = due THEN
		RETURN desk.promise_answer(n, n.event);
	END IF;
	PERFORM desk.promise_must_be_open(p);
	IF p.due_at = due THEN
		RETURN desk.promise_answer(p, p.event);
	END IF;
	n := desk.promise_moved(caller, p, due,
	    coalesce((args->>'agreed')::boolean, false),
	    jsonb_strip_nulls(jsonb_build_object('words', args->'words',
		'agent', caller->'agent')));
	RETURN desk.promise_answer(n, n.event);
END;
$$;
