-- The course of an answer: which class it is of, and that it is taken up once.
-- class_note() runs in the transaction of the answer; what the class wants
-- done, any daemon does (classes_run(), daemon/dues.c), each step in one
-- transaction with the note that it was.

-- The first class that an answer fits; no row: none.
CREATE OR REPLACE FUNCTION desk.class_of(r desk.response)
RETURNS SETOF desk.class
LANGUAGE sql STABLE ROWS 1
AS $$
	SELECT c FROM desk.class c
	WHERE c.kind = r.kind AND c.scores @> r.score::int
	    AND (c.surveys = '{}' OR EXISTS (SELECT FROM desk.survey s
		WHERE s.id = r.survey AND s.name = ANY (c.surveys)))
	    AND (c.queues = '{}' OR r.queue = ANY (c.queues))
	    AND (c.segments = '{}' OR r.segment = ANY (c.segments))
	ORDER BY c.place LIMIT 1
$$;

-- What becomes of an answer: it is feedback, and its class's course begins.
-- Answers of ours have none; neither have those that are imported long after.
CREATE OR REPLACE FUNCTION desk.class_note(response bigint)
RETURNS void
LANGUAGE plpgsql
AS $$
DECLARE
	r	desk.response;
	c	desk.class;
BEGIN
	SELECT v.* INTO r FROM desk.response v
	JOIN desk.invitation i ON i.id = v.invitation
	WHERE v.id = class_note.response AND i.staff IS NULL;
	IF NOT FOUND THEN
		RETURN;
	END IF;
	SELECT * INTO c FROM desk.class_of(r);
	PERFORM desk.feedback_answered_to(r, coalesce(c.name, r.class, ''));
	PERFORM desk.advocate_note(r);
	INSERT INTO desk.class_fired (response, class, customer, body, due_at)
	SELECT r.id, c.name, r.customer, c.body, now()
	WHERE c.place IS NOT NULL AND r.at > now() - interval '7 days'
	ON CONFLICT DO NOTHING;
END;
$$;

-- When something is sent that follows an answer: after the class's time, in
-- its hours.
CREATE OR REPLACE FUNCTION desk.class_when(f desk.class_fired)
RETURNS timestamptz
LANGUAGE sql STABLE
AS $$
	SELECT desk.business_add((SELECT h.id FROM desk.hours h
		WHERE h.name = f.body->>'hours'),
	    greatest(now(), f.at + make_interval(secs =>
		coalesce((f.body->>'after')::int, 0))), 0)
$$;

-- The recovery case of this customer and class that goes on.  NULL: none does.
CREATE OR REPLACE FUNCTION desk.class_recovery(f desk.class_fired)
RETURNS bigint
LANGUAGE sql STABLE
AS $$
	SELECT t.id
	FROM (SELECT o.ticket FROM desk.class_fired o
	    WHERE o.customer = f.customer AND o.class = f.class
		AND o.ticket IS NOT NULL
	    ORDER BY o.response DESC LIMIT 20) o
	JOIN desk.ticket t ON t.id = o.ticket
	WHERE t.state IN ('new', 'open', 'pending')
	ORDER BY t.id DESC LIMIT 1
$$;

-- The case in which he is written to: the one that was asked about, else his
-- newest.
CREATE OR REPLACE FUNCTION desk.class_case(f desk.class_fired)
RETURNS bigint
LANGUAGE sql STABLE
AS $$
	SELECT coalesce((SELECT r.ticket FROM desk.response r
		WHERE r.id = f.response),
	    (SELECT t.id FROM desk.ticket t
	    WHERE t.customer = f.customer AND t.kind IN ('case', 'callback')
	    ORDER BY t.id DESC LIMIT 1))
$$;

-- The cases that its next step locks.
CREATE OR REPLACE FUNCTION desk.class_tickets(f desk.class_fired)
RETURNS bigint[]
LANGUAGE sql STABLE
AS $$
	SELECT array_remove(ARRAY[desk.class_case(f),
	    CASE WHEN f.step = 0 THEN desk.class_recovery(f) END], NULL)
$$;

-- Does one thing of a course: {"act"[,"ticket"][,"why"]}; why: it was refused,
-- or went wrong by our own fault, which is put on record and ends nothing else.
CREATE OR REPLACE FUNCTION desk.class_do(f desk.class_fired, act text)
RETURNS jsonb
LANGUAGE plpgsql
AS $$
DECLARE
	said	CONSTANT text := concat_ws(' ', act, CASE
		    WHEN act <> 'action' THEN f.body->>act END);
	ticket	bigint;
	why	text;
BEGIN
	CASE act
	WHEN 'open' THEN ticket := desk.class_open(f);
	WHEN 'action' THEN PERFORM desk.class_action(f);
	WHEN 'send' THEN why := desk.class_send(f);
	END CASE;
	RETURN jsonb_strip_nulls(jsonb_build_object('act', said,
	    'ticket', ticket, 'why', why));
EXCEPTION
WHEN SQLSTATE 'DK001' THEN
	RETURN jsonb_build_object('act', said, 'why', SQLERRM);
WHEN transaction_rollback OR insufficient_resources
    OR operator_intervention OR lock_not_available THEN
	RAISE;
WHEN OTHERS THEN
	RAISE WARNING 'class % of response %: % %', f.class, f.response,
	    SQLSTATE, SQLERRM;
	RETURN jsonb_build_object('act', said, 'why', SQLSTATE);
END;
$$;

-- Puts on record, in the case that was asked about, what a step came to.
CREATE OR REPLACE FUNCTION desk.class_told(f desk.class_fired, done jsonb)
RETURNS void
LANGUAGE plpgsql
AS $$
DECLARE
	t	desk.ticket;
BEGIN
	SELECT k.* INTO t FROM desk.response r
	JOIN desk.ticket k ON k.id = r.ticket WHERE r.id = f.response;
	IF NOT FOUND OR done = '[]' THEN
		RETURN;
	END IF;
	PERFORM desk.ticket_commit(desk.clock_caller(), t, jsonb_build_object(
	    'kind', 'class', 'meta', jsonb_strip_nulls(jsonb_build_object(
		'class', f.class, 'response', f.response,
		'case', (SELECT d->'ticket' FROM jsonb_array_elements(done) d
		    WHERE d ? 'ticket'),
		'did', (SELECT jsonb_agg(d->'act')
		    FROM jsonb_array_elements(done) d WHERE NOT d ? 'why'),
		'refused', (SELECT jsonb_agg(d)
		    FROM jsonb_array_elements(done) d WHERE d ? 'why')))));
END;
$$;

-- What is due of one course, and what comes due by that.
CREATE OR REPLACE FUNCTION desk.class_take(f desk.class_fired)
RETURNS void
LANGUAGE plpgsql
AS $$
DECLARE
	act	text;
	done	jsonb := '[]';
BEGIN
	IF f.step = 0 THEN
		FOREACH act IN ARRAY '{open,action}'::text[] LOOP
			IF f.body ? act THEN
				done := done || desk.class_do(f, act);
			END IF;
		END LOOP;
		f.ticket := (SELECT (d->>'ticket')::bigint
		    FROM jsonb_array_elements(done) d WHERE d ? 'ticket');
		f.step := 1;
		f.due_at := CASE WHEN f.body ? 'send'
		    THEN desk.class_when(f) END;
	END IF;
	IF f.due_at <= now() THEN
		-- Its hours may be over: we were down for a while.
		f.due_at := desk.class_when(f);
	END IF;
	IF f.due_at <= now() THEN
		done := done || desk.class_do(f, 'send');
		f.due_at := NULL;
		IF NOT done->-1 ? 'why' THEN
			f.sent_at := now();
		END IF;
	END IF;
	UPDATE desk.class_fired o SET step = f.step, due_at = f.due_at,
	    ticket = f.ticket, sent_at = f.sent_at
	WHERE o.response = f.response;
	PERFORM desk.class_told(f, done);
END;
$$;

-- Takes up at most lim courses of which a step is due, and returns how many:
-- customers, then cases are locked first, as everybody locks; what somebody has
-- in hand just now is left for the next time.
CREATE OR REPLACE FUNCTION desk.classes_run(lim int)
RETURNS int
LANGUAGE plpgsql
SET enable_seqscan = off
AS $$
DECLARE
	wanted	bigint[] := ARRAY(SELECT o.response FROM desk.class_fired o
		    WHERE o.due_at <= now()
		    ORDER BY o.due_at, o.response LIMIT lim);
	stay	bigint[];
	held	bigint[];
	f	desk.class_fired;
	taken	int := 0;
BEGIN
	IF wanted = '{}' THEN
		RETURN 0;
	END IF;
	-- Not while they are made one with others, or erased.
	stay := ARRAY(SELECT c.id FROM desk.customer c
	    WHERE c.id IN (SELECT o.customer FROM desk.class_fired o
		WHERE o.response = ANY (wanted))
	    ORDER BY c.id FOR KEY SHARE SKIP LOCKED);
	held := desk.due_held(ARRAY(SELECT DISTINCT t
	    FROM desk.class_fired o, unnest(desk.class_tickets(o)) t
	    WHERE o.response = ANY (wanted)));
	FOR f IN SELECT * FROM desk.class_fired o
	    WHERE o.response = ANY (wanted) AND o.due_at <= now()
	    ORDER BY o.response FOR UPDATE SKIP LOCKED LOOP
		-- Two answers of one customer must not pass each other here.
		IF pg_try_advisory_xact_lock(1145393007,
			hashint8(coalesce(f.customer, -f.response)))
		    AND (f.customer IS NULL OR f.customer = ANY (stay))
		    AND desk.class_tickets(f) <@ held THEN
			PERFORM desk.class_take(f);
			taken := taken + 1;
		END IF;
	END LOOP;
	RETURN taken;
END;
$$;

-- In how many ms to look again.
CREATE OR REPLACE FUNCTION desk.classes_next()
RETURNS int
LANGUAGE plpgsql
SET enable_seqscan = off
AS $$
BEGIN
	RETURN desk.due_in((SELECT min(f.due_at) FROM desk.class_fired f
	    WHERE f.due_at IS NOT NULL));
END;
$$;
