-- Feedback, until it is answered: what a customer answered to a survey, a case
-- that is tagged as a complaint, a note of research.  It is answered when one
-- of us wrote to the customer or talked to him after it, in the case that it is
-- about or the one that it opened, or when an action stands against it.

-- How many whole hours it took to answer; NULL: it is not answered.
CREATE OR REPLACE FUNCTION desk.feedback_hours(f desk.feedback)
RETURNS int
LANGUAGE sql IMMUTABLE
AS $$
	SELECT CASE WHEN f.answered_at IS NOT NULL THEN least(10000,
	    floor(extract(epoch FROM f.answered_at - f.noted_at) / 3600))::int
	    END
$$;

-- Counts a piece of feedback: of `closed`, value 1 is answered and 0 is not, of
-- `closing` the value is the whole hours until then; named by its class, else
-- by its kind.  n -1: takes it back.
CREATE OR REPLACE FUNCTION desk.feedback_count(f desk.feedback, n int)
RETURNS void
LANGUAGE plpgsql
AS $$
BEGIN
	PERFORM desk.measure(m.measure, coalesce(nullif(f.class, ''), f.kind),
	    f.at, f.queue, f.agent, f.channel, f.segment, f.touchpoint,
	    m.value, n)
	FROM (VALUES ('closed', (f.answered_at IS NOT NULL)::int),
	    ('closing', desk.feedback_hours(f))) m(measure, value)
	WHERE m.value IS NOT NULL;
END;
$$;

-- An answer to a survey, in its own transaction.
CREATE OR REPLACE FUNCTION desk.feedback_answered_to(r desk.response,
    class text)
RETURNS void
LANGUAGE plpgsql
AS $$
DECLARE
	f	desk.feedback;
BEGIN
	INSERT INTO desk.feedback (kind, response, customer, ticket, class,
	    queue, agent, channel, segment, touchpoint, at)
	VALUES ('answer', r.id, r.customer, r.ticket,
	    feedback_answered_to.class, r.queue, r.agent, r.channel, r.segment,
	    r.touchpoint, r.at)
	ON CONFLICT DO NOTHING RETURNING * INTO f;
	IF FOUND THEN
		PERFORM desk.feedback_count(f, 1);
	END IF;
END;
$$;

-- The tags that say a case complains, as they are folded.
CREATE OR REPLACE FUNCTION desk.complains(tags text[])
RETURNS boolean
LANGUAGE plpgsql IMMUTABLE
AS $$
BEGIN
	RETURN (SELECT EXISTS (SELECT FROM unnest(tags) t
	    WHERE regexp_replace(desk.fold(t), '[^a-z]+', ' ', 'g')
		IN ('complaint', 'khieu nai')));
END;
$$;

-- On a ticket's tags: one that is a complaint now is feedback; one that is none
-- any more, and was not answered, was never any.
CREATE OR REPLACE FUNCTION desk.feedback_tagged()
RETURNS trigger
LANGUAGE plpgsql
AS $$
DECLARE
	f	desk.feedback;
BEGIN
	IF desk.complains(NEW.tags) = desk.complains(OLD.tags)
	    OR NEW.kind = 'consult' THEN
		RETURN NULL;
	ELSIF desk.complains(NEW.tags) THEN
		INSERT INTO desk.feedback (kind, customer, ticket, queue,
		    agent, channel, segment, at)
		VALUES ('complaint', NEW.customer, NEW.id, NEW.queue,
		    coalesce(NEW.assignee, 0), NEW.channel,
		    coalesce((SELECT c.segment FROM desk.customer c
			WHERE c.id = NEW.customer), ''), now())
		ON CONFLICT DO NOTHING RETURNING * INTO f;
		IF FOUND THEN
			PERFORM desk.feedback_count(f, 1);
		END IF;
	ELSE
		DELETE FROM desk.feedback k
		WHERE k.ticket = NEW.id AND k.kind = 'complaint'
		    AND k.answered_at IS NULL
		    AND NOT EXISTS (SELECT FROM desk.action a
			WHERE a.feedback = k.id)
		RETURNING * INTO f;
		IF FOUND THEN
			PERFORM desk.feedback_count(f, -1);
		END IF;
	END IF;
	RETURN NULL;
END;
$$;

-- Marks it as answered, by an agent (0: a program) and that event or action.
CREATE OR REPLACE FUNCTION desk.feedback_close(of bigint, agent int,
    way text, by_event bigint)
RETURNS void
LANGUAGE plpgsql
AS $$
DECLARE
	f	desk.feedback;
BEGIN
	SELECT * INTO f FROM desk.feedback k
	WHERE k.id = of AND k.answered_at IS NULL FOR UPDATE;
	IF NOT FOUND THEN
		RETURN;
	END IF;
	PERFORM desk.feedback_count(f, -1);
	UPDATE desk.feedback k SET answered_at = now(),
	    answered_by = coalesce(feedback_close.agent, 0), how = way,
	    event = by_event
	WHERE k.id = f.id RETURNING * INTO f;
	PERFORM desk.feedback_count(f, 1);
END;
$$;

-- How many pieces of feedback from before a moment were not answered, by queue:
-- of whole days what is counted of them, and the rows of the last.
CREATE OR REPLACE FUNCTION desk.feedback_waits(before timestamptz)
RETURNS TABLE (queue int, n bigint)
LANGUAGE plpgsql STABLE
SET enable_seqscan = off
AS $$
#variable_conflict use_column
DECLARE
	zone	text := (SELECT k.zone FROM desk.measure_rolled k);
	edge	date := (before AT TIME ZONE zone)::date;
	since	date := (SELECT (min(f.at) AT TIME ZONE zone)::date
		    FROM desk.feedback f WHERE f.answered_at IS NULL);
BEGIN
	RETURN QUERY
	SELECT x.queue, sum(x.n)::bigint
	FROM (SELECT r.queue, r.n
	    FROM desk.measure_rows('closed', coalesce(since, edge), edge,
		'{month,year}', false) r
	    WHERE r.value = 0
	    UNION ALL
	    SELECT f.queue, 1
	    FROM desk.feedback f
	    WHERE f.answered_at IS NULL AND f.at < before
		AND f.at >= edge::timestamp AT TIME ZONE zone) x
	GROUP BY 1 HAVING sum(x.n) > 0;
END;
$$;

-- It is not answered after all.
CREATE OR REPLACE FUNCTION desk.feedback_open(of bigint)
RETURNS void
LANGUAGE plpgsql
AS $$
DECLARE
	f	desk.feedback;
BEGIN
	SELECT * INTO f FROM desk.feedback k
	WHERE k.id = of AND k.answered_at IS NOT NULL FOR UPDATE;
	IF NOT FOUND THEN
		RETURN;
	END IF;
	PERFORM desk.feedback_count(f, -1);
	UPDATE desk.feedback k SET answered_at = NULL, answered_by = NULL,
	    how = NULL, event = NULL
	WHERE k.id = f.id RETURNING * INTO f;
	PERFORM desk.feedback_count(f, 1);
END;
$$;

-- One of us wrote to the customer of this case, or talked to him: all that he
-- said of it before is answered.
CREATE OR REPLACE FUNCTION desk.feedback_heard(of_ticket bigint, agent int,
    way text, by_event bigint)
RETURNS void
LANGUAGE plpgsql
-- By the two small indexes, however few rows there seem to be.
SET enable_seqscan = off
AS $$
DECLARE
	one	bigint;
BEGIN
	FOR one IN SELECT f.id FROM desk.feedback f
	    WHERE f.answered_at IS NULL AND f.ticket = of_ticket
	    UNION SELECT f.id FROM desk.feedback f
	    WHERE f.answered_at IS NULL AND f.recovery = of_ticket
	    ORDER BY 1 LOOP
		PERFORM desk.feedback_close(one, agent, way, by_event);
	END LOOP;
END;
$$;

-- At each change of a case: was it a message of one of us?
CREATE OR REPLACE FUNCTION desk.feedback_did(caller jsonb, of_ticket bigint,
    what jsonb, event_id bigint)
RETURNS void
LANGUAGE plpgsql
AS $$
BEGIN
	IF what->>'direction' = 'out' AND what->>'kind' = 'message'
	    AND caller->>'agent' IS NOT NULL THEN
		PERFORM desk.feedback_heard(of_ticket,
		    (caller->>'agent')::int, 'message', event_id);
	ELSIF what->>'kind' = 'unsend' THEN
		PERFORM desk.feedback_open(f.id) FROM desk.feedback f
		WHERE f.event = (what->'meta'->>'message')::bigint
		    AND f.how = 'message';
	END IF;
END;
$$;

-- May this caller see this piece?  What is about a case, who sees the case.
CREATE OR REPLACE FUNCTION desk.feedback_seen(caller jsonb, f desk.feedback)
RETURNS boolean
LANGUAGE plpgsql STABLE
AS $$
BEGIN
	-- Thousands are looked at in a page: no query where none is needed.
	IF desk.caller_all(caller) OR f.ticket IS NULL THEN
		RETURN true;
	END IF;
	RETURN (SELECT desk.may_see(caller, t) FROM desk.ticket t
	    WHERE t.id = f.ticket);
END;
$$;

-- A piece of feedback as it is shown, with what is done about it.
CREATE OR REPLACE FUNCTION desk.feedback_json(f desk.feedback)
RETURNS jsonb
LANGUAGE plpgsql STABLE
AS $$
BEGIN
	RETURN (SELECT jsonb_strip_nulls(jsonb_build_object('feedback', f.id,
	    'kind', f.kind, 'at', desk.rfc3339(f.at),
	    'class', nullif(f.class, ''), 'response', f.response,
	    'research', f.research, 'survey', (SELECT s.name
		FROM desk.survey s WHERE s.id = r.survey),
	    'scale', r.kind, 'score', r.score, 'words', coalesce(
		nullif(r.words, ''), n.title, CASE f.kind WHEN 'complaint'
		    THEN (SELECT t.subject FROM desk.ticket t
			WHERE t.id = f.ticket) END),
	    'customer', f.customer, 'name', (SELECT c.name
		FROM desk.customer c WHERE c.id = f.customer),
	    'ticket', f.ticket, 'number', (SELECT t.number
		FROM desk.ticket t WHERE t.id = f.ticket),
	    'recovery', f.recovery, 'recovery_number', (SELECT t.number
		FROM desk.ticket t WHERE t.id = f.recovery),
	    'queue', (SELECT q.name FROM desk.queue q WHERE q.id = f.queue),
	    'agent', (SELECT a.name FROM desk.agent a WHERE a.id = f.agent),
	    'channel', nullif(f.channel, ''),
	    'segment', nullif(f.segment, ''),
	    'touchpoint', nullif(f.touchpoint, ''),
	    'answered_at', desk.rfc3339(f.answered_at), 'how', f.how,
	    'answered_by', (SELECT a.name FROM desk.agent a
		WHERE a.id = f.answered_by),
	    'actions', (SELECT jsonb_agg(desk.action_json(a) ORDER BY a.id)
		FROM desk.action a WHERE a.feedback = f.id)))
	FROM (SELECT) x
	LEFT JOIN desk.response r ON r.id = f.response
	LEFT JOIN desk.research n ON n.id = f.research);
END;
$$;

-- A cursor that a page gave: "at/id" of its last row.
CREATE OR REPLACE FUNCTION desk.feedback_after(args jsonb, OUT at timestamptz,
    OUT id bigint)
LANGUAGE plpgsql IMMUTABLE
AS $$
DECLARE
	bits	text[] := regexp_match(args->>'after',
		    '^(\d{1,17})/(\d{1,18})$');
BEGIN
	IF args ? 'after' AND bits IS NULL THEN
		PERFORM desk.refuse('INVALID',
		    'This is no cursor that a page gave.', 'after');
	END IF;
	at := 'epoch'::timestamptz + make_interval(secs =>
	    bits[1]::double precision / 1e6);
	id := bits[2]::bigint;
END;
$$;

-- The next 2,000 pieces in their order, from a cursor on; of a customer, all
-- of his, the newest first.
CREATE OR REPLACE FUNCTION desk.feedback_page(wants text, whom bigint,
    since timestamptz, past bigint)
RETURNS SETOF desk.feedback
LANGUAGE plpgsql STABLE
SET enable_seqscan = off
SET enable_bitmapscan = off
AS $$
BEGIN
	IF whom IS NOT NULL THEN
		RETURN QUERY SELECT f.* FROM desk.feedback f
		WHERE f.customer = whom AND (past IS NULL OR f.id < past)
		ORDER BY f.id DESC LIMIT 2000;
	ELSIF wants = 'unanswered' THEN
		RETURN QUERY SELECT f.* FROM desk.feedback f
		WHERE f.answered_at IS NULL
		    AND (past IS NULL OR (f.at, f.id) > (since, past))
		ORDER BY f.at, f.id LIMIT 2000;
	ELSIF wants = 'answered' THEN
		RETURN QUERY SELECT f.* FROM desk.feedback f
		WHERE f.answered_at IS NOT NULL
		    AND (past IS NULL OR (f.answered_at, f.id) < (since, past))
		ORDER BY f.answered_at DESC, f.id DESC LIMIT 2000;
	ELSE
		RETURN QUERY SELECT f.* FROM desk.feedback f
		WHERE past IS NULL OR (f.at, f.id) < (since, past)
		ORDER BY f.at DESC, f.id DESC LIMIT 2000;
	END IF;
END;
$$;

-- Where to go on after this piece.
CREATE OR REPLACE FUNCTION desk.feedback_cursor(wants text, f desk.feedback)
RETURNS text
LANGUAGE sql STABLE
AS $$
	SELECT round(extract(epoch FROM CASE wants WHEN 'answered'
	    THEN f.answered_at ELSE f.at END) * 1000000)::bigint || '/' || f.id
$$;

-- FEEDBACK.LIST: what is unanswered, the oldest first; else the newest first.
-- A page looks at no more than 2,000 pieces, of which total counts those that
-- are unanswered; after goes on, also from a page that found none.
CREATE OR REPLACE FUNCTION desk.feedback_list(caller jsonb, args jsonb)
RETURNS jsonb
LANGUAGE plpgsql STABLE
AS $$
DECLARE
	wants	text := coalesce(args->>'state', 'unanswered');
	lim	int := coalesce((args->>'limit')::int, 50);
	in_queue int := CASE WHEN args ? 'queue'
		    THEN (desk.queue_named(args->>'queue', 'queue')).id END;
	whom	bigint := CASE WHEN args ? 'customer'
		    THEN desk.customer_now((args->>'customer')::bigint) END;
	since	record;
	f	desk.feedback;
	looked	int := 0;
	fits	int := 0;
	shown	jsonb := '[]';
	next	text;
BEGIN
	SELECT * INTO since FROM desk.feedback_after(args);
	FOR f IN SELECT * FROM desk.feedback_page(wants, whom, since.at,
	    since.id) LOOP
		looked := looked + 1;
		IF desk.feedback_fits(caller, args, f, in_queue, wants) THEN
			fits := fits + 1;
			IF fits <= lim THEN
				shown := shown || desk.actions_seen(caller,
				    desk.feedback_json(f));
			END IF;
			IF fits = lim THEN
				next := desk.feedback_cursor(wants, f);
				EXIT WHEN wants <> 'unanswered'
				    OR args ? 'after';
			END IF;
		END IF;
	END LOOP;
	IF looked = 2000 THEN
		next := coalesce(next, desk.feedback_cursor(wants, f));
	END IF;
	RETURN jsonb_strip_nulls(jsonb_build_object('feedback', shown,
	    'after', next, 'total', CASE WHEN wants = 'unanswered'
		AND NOT args ? 'after' THEN fits END));
END;
$$;

-- Whether a piece is one that was asked for, and this caller's to see.
CREATE OR REPLACE FUNCTION desk.feedback_fits(caller jsonb, args jsonb,
    f desk.feedback, in_queue int, wants text)
RETURNS boolean
LANGUAGE plpgsql STABLE
AS $$
BEGIN
	RETURN (wants = 'all'
		OR (f.answered_at IS NULL) = (wants = 'unanswered'))
	    AND (in_queue IS NULL OR f.queue = in_queue)
	    AND (NOT args ? 'class' OR f.class = args->>'class')
	    AND (NOT args ? 'kind' OR f.kind = args->>'kind')
	    AND desk.feedback_seen(caller, f);
END;
$$;

-- A case that became a part of another takes along what was said of it.  Two
-- that both complain are one complaint: what is done about either stays.
CREATE OR REPLACE FUNCTION desk.feedback_merge(source bigint, target bigint)
RETURNS void
LANGUAGE plpgsql
AS $$
DECLARE
	twin	bigint := (SELECT f.id FROM desk.feedback f
		    WHERE f.ticket = target AND f.kind = 'complaint');
	gone	desk.feedback;
BEGIN
	IF twin IS NOT NULL THEN
		UPDATE desk.action a SET feedback = twin
		FROM desk.feedback f
		WHERE f.ticket = source AND f.kind = 'complaint'
		    AND a.feedback = f.id;
		DELETE FROM desk.feedback f
		WHERE f.ticket = source AND f.kind = 'complaint'
		RETURNING * INTO gone;
		IF gone.id IS NOT NULL THEN
			PERFORM desk.feedback_count(gone, -1);
		END IF;
	END IF;
	UPDATE desk.feedback f SET ticket = target WHERE f.ticket = source;
	UPDATE desk.feedback f SET recovery = target
	WHERE f.recovery = source;
	UPDATE desk.action a SET ticket = target WHERE a.ticket = source;
	UPDATE desk.class_fired o SET ticket = target
	WHERE o.ticket = source;
END;
$$;

-- Both measures a second time, from the records (measure_records.sql).
CREATE OR REPLACE FUNCTION desk.feedback_records(since timestamptz,
    until timestamptz, hours boolean)
RETURNS TABLE (name text, at timestamptz, queue int, agent int, channel text,
    segment text, touchpoint text, value int, n bigint)
LANGUAGE plpgsql STABLE
AS $$
#variable_conflict use_column
BEGIN
	RETURN QUERY SELECT coalesce(nullif(f.class, ''), f.kind), f.at,
	    f.queue, f.agent, f.channel, f.segment, f.touchpoint,
	    CASE WHEN hours THEN desk.feedback_hours(f)
		ELSE (f.answered_at IS NOT NULL)::int END, 1::bigint
	FROM desk.feedback f
	WHERE f.at >= since AND f.at < until
	    AND (NOT hours OR f.answered_at IS NOT NULL);
END;
$$;

CREATE OR REPLACE FUNCTION desk.measure_records_closed(since timestamptz,
    until timestamptz)
RETURNS TABLE (name text, at timestamptz, queue int, agent int, channel text,
    segment text, touchpoint text, value int, n bigint)
LANGUAGE sql STABLE
AS $$
	SELECT * FROM desk.feedback_records(since, until, false)
$$;

CREATE OR REPLACE FUNCTION desk.measure_records_closing(since timestamptz,
    until timestamptz)
RETURNS TABLE (name text, at timestamptz, queue int, agent int, channel text,
    segment text, touchpoint text, value int, n bigint)
LANGUAGE sql STABLE
AS $$
	SELECT * FROM desk.feedback_records(since, until, true)
$$;
