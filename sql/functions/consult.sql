-- A department asks another one: "is it in stock?" is a ticket of kind consult
-- in the asked queue's line, and what is said stands in both histories.  The
-- customer never sees any of it.  Who asks locks the case before the question
-- (its number is greater), as everybody does.

-- The question that args.ticket names, its case locked: to be had before the
-- question's own lock.
CREATE OR REPLACE FUNCTION desk.consult_hold(caller jsonb, args jsonb)
RETURNS desk.consult
LANGUAGE plpgsql
AS $$
DECLARE
	k	desk.consult;
	was	bigint;
BEGIN
	SELECT * INTO k FROM desk.consult c
	WHERE c.ticket = (args->>'ticket')::bigint;
	IF NOT FOUND THEN
		PERFORM desk.ticket_lock(caller, args, false);
		PERFORM desk.refuse('CONFLICT',
		    'This case is no question of another department.',
		    'ticket');
	END IF;
	was := k.parent;
	PERFORM FROM desk.ticket t WHERE t.id = was FOR UPDATE;
	SELECT * INTO k FROM desk.consult c WHERE c.ticket = k.ticket;
	IF k.parent <> was THEN
		RAISE serialization_failure;	-- it was merged: again
	END IF;
	RETURN k;
END;
$$;

-- How deep a question of this case to this department is.  Refuses one that
-- waits for this very answer.
CREATE OR REPLACE FUNCTION desk.consult_depth(t desk.ticket, q desk.queue)
RETURNS int
LANGUAGE plpgsql STABLE
AS $$
DECLARE
	above	desk.ticket := t;
	depth	int := 1;
BEGIN
	LOOP
		IF above.queue = q.id THEN
			PERFORM desk.refuse('CONFLICT', CASE WHEN depth = 1
			    THEN 'The case is in this department: write a note.'
			    ELSE 'This department waits for the answer itself.'
			    END, 'queue');
		END IF;
		SELECT p.* INTO above
		FROM desk.consult c JOIN desk.ticket p ON p.id = c.parent
		WHERE c.ticket = above.id;
		IF NOT FOUND THEN
			RETURN depth;
		END IF;
		depth := depth + 1;
	END LOOP;
END;
$$;

-- Refuses what nobody could answer: too deep, too many at once, or asked of a
-- department that waits for this very answer.  Returns how deep it will be.
CREATE OR REPLACE FUNCTION desk.consult_may(t desk.ticket, q desk.queue)
RETURNS int
LANGUAGE plpgsql STABLE
AS $$
DECLARE
	depth	int := desk.consult_depth(t, q);
BEGIN
	IF depth > 5 THEN
		PERFORM desk.refuse('CONFLICT',
		    'Questions about questions go five deep at most.',
		    'ticket');
	ELSIF (SELECT count(*) FROM desk.consult c
	    WHERE c.parent = t.id AND c.done_at IS NULL) >= 20 THEN
		PERFORM desk.refuse('CONFLICT',
		    'At most 20 questions of a case are open at once.',
		    'queue');
	END IF;
	RETURN depth;
END;
$$;

-- Writes into the case that asked what happened to its question: an event
-- with the same words, and who is called upon.
CREATE OR REPLACE FUNCTION desk.consult_note(caller jsonb, t desk.ticket,
    event_id bigint, body text, what jsonb)
RETURNS jsonb
LANGUAGE plpgsql
AS $$
BEGIN
	PERFORM desk.words_put(event_id, t.id, body);
	RETURN desk.ticket_commit(caller, t, jsonb_build_object(
	    'kind', 'consult', 'notice', 'event', 'event', event_id,
	    'text', body, 'meta', what));
END;
$$;

-- Puts a question into the line of its department.
CREATE OR REPLACE FUNCTION desk.consult_open(caller jsonb, args jsonb,
    t desk.ticket, q desk.queue)
RETURNS desk.ticket
LANGUAGE plpgsql
AS $$
DECLARE
	levels	int := desk.consult_may(t, q);
	-- Of the case it says no more than the question does: who is asked may
	-- not see that.
	asks	text := desk.said_preview(args->>'text', args->'attachments');
	minutes	int := (args->>'minutes')::int;
	said	bigint := nextval('desk.event_id');
	c	desk.ticket;
BEGIN
	PERFORM desk.queue_stays(q);
	-- Its own word on the time is the one clock that the row alone tells.
	INSERT INTO desk.ticket (customer, queue, state, kind, channel,
	    priority, lang, subject, preview, clocked, due_at, version)
	VALUES (t.customer, q.id, 'new', 'consult', 'desk', t.priority, t.lang,
	    asks, asks, minutes IS NULL AND EXISTS (SELECT FROM desk.target),
	    CASE WHEN minutes IS NULL THEN desk.aimed_due(q.id, 'consult',
		    t.priority, t.customer)
		ELSE desk.business_add(q.hours, now(), minutes * 60) END, 0)
	RETURNING * INTO c;
	INSERT INTO desk.consult (ticket, parent, depth, asked_by, pends)
	VALUES (c.id, t.id, levels, (caller->>'agent')::int,
	    coalesce((args->>'pend')::boolean, false));
	PERFORM desk.clocks_open(ARRAY[c.id]);
	PERFORM desk.words_put(said, c.id, args->>'text');
	PERFORM desk.upload_attach(caller, args->'attachments', said);
	PERFORM desk.ticket_commit(caller, c, jsonb_build_object(
	    'kind', 'consult', 'notice', 'open', 'event', said,
	    'text', args->>'text', 'meta', jsonb_build_object('what', 'ask',
		'parent', t.id, 'queue', q.name)));
	RETURN c;
END;
$$;

-- Asks on: under the same question, which comes back to who answered it.
CREATE OR REPLACE FUNCTION desk.consult_again(caller jsonb, args jsonb,
    t desk.ticket)
RETURNS desk.ticket
LANGUAGE plpgsql
AS $$
DECLARE
	said	bigint := nextval('desk.event_id');
	asked	desk.ticket;
	c	desk.ticket;
BEGIN
	SELECT x.* INTO c FROM desk.ticket x
	WHERE x.id = (args->>'consult')::bigint AND x.id IN (
	    SELECT k.ticket FROM desk.consult k WHERE k.parent = t.id)
	FOR UPDATE;
	IF NOT FOUND THEN
		PERFORM desk.refuse('NOTFOUND',
		    'This case has no such question.', 'consult');
	ELSIF args ? 'minutes' THEN
		PERFORM desk.refuse('INVALID',
		    'A question that is asked on keeps its time.', 'minutes');
	ELSIF c.state = 'closed' THEN
		PERFORM desk.refuse('CONFLICT',
		    'This question is closed: ask anew.', 'consult');
	END IF;
	asked := c;
	IF c.state IN ('pending', 'resolved') THEN
		asked := desk.state_move(c, 'open');
		asked.assignee := CASE WHEN desk.agent_stays(c.assignee)
		    THEN c.assignee END;
	END IF;
	IF c.state = 'resolved' THEN
		asked.reopens := least(c.reopens + 1, 32767);
	END IF;
	asked.due_at := coalesce(asked.due_at, desk.due_from_now(asked));
	asked.preview := desk.said_preview(args->>'text', args->'attachments');
	UPDATE desk.consult k SET done_at = NULL, how = NULL,
	    pends = k.pends AND k.done_at IS NULL
		OR coalesce((args->>'pend')::boolean, false)
	WHERE k.ticket = c.id;
	DELETE FROM desk.snooze s WHERE s.ticket = c.id;
	PERFORM desk.words_put(said, c.id, args->>'text');
	PERFORM desk.upload_attach(caller, args->'attachments', said);
	PERFORM desk.ticket_commit(caller, asked, jsonb_build_object(
	    'kind', 'consult', 'notice', 'event', 'event', said,
	    'text', args->>'text', 'meta', jsonb_build_object('what', 'ask',
		'parent', t.id, 'again', true)));
	RETURN asked;
END;
$$;

-- CONSULT.ASK: a department, or on under a question that is there.  pend: the
-- case waits for the answer, and its clocks with it.
CREATE OR REPLACE FUNCTION desk.consult_ask(caller jsonb, args jsonb)
RETURNS jsonb
LANGUAGE plpgsql
AS $$
DECLARE
	t		desk.ticket := desk.ticket_lock(caller, args);
	event_id	bigint := nextval('desk.event_id');
	first		bigint := desk.once_said(caller, args, 'ask', t,
			    event_id);
	q		desk.queue;
	c		desk.ticket;
	next		desk.ticket := t;
	counts		text;	-- opened, reopened; NULL: it was open
BEGIN
	PERFORM desk.draft_end(caller, t.id, 'ask', (args->>'seq')::bigint);
	IF first IS NOT NULL THEN
		RETURN desk.ticket_answer(t, first) || (SELECT
		    jsonb_build_object('consult', e.meta->'consult')
		    FROM desk.event e WHERE e.id = first);
	ELSIF args ? 'queue' = args ? 'consult' THEN
		PERFORM desk.refuse('INVALID', 'Say which department is asked, '
		    'or which question is asked on.', 'queue');
	END IF;
	PERFORM desk.must_say(args);
	PERFORM desk.must_be_active(t);
	IF args ? 'queue' THEN
		q := desk.queue_named(args->>'queue', 'queue');
		c := desk.consult_open(caller, args, t, q);
		counts := 'opened';
	ELSE
		counts := (SELECT 'reopened' FROM desk.consult k
		    WHERE k.ticket = (args->>'consult')::bigint
			AND k.done_at IS NOT NULL);
		c := desk.consult_again(caller, args, t);
		SELECT * INTO q FROM desk.queue k WHERE k.id = c.queue;
	END IF;
	IF (args->>'pend')::boolean AND t.state <> 'pending' THEN
		next := desk.state_move(t, 'pending');
	END IF;
	PERFORM desk.upload_attach(caller, args->'attachments', event_id);
	RETURN desk.stat_after(desk.consult_note(caller, next, event_id,
		args->>'text', jsonb_strip_nulls(jsonb_build_object(
		    'what', 'ask', 'consult', c.id, 'queue', q.name,
		    'again', CASE WHEN args ? 'consult' THEN true END,
		    'from', CASE WHEN next.state <> t.state THEN t.state END,
		    'to', CASE WHEN next.state <> t.state THEN next.state
			END))) || jsonb_build_object('consult', c.id),
	    array_remove(ARRAY[CASE WHEN counts IS NOT NULL THEN q.id END],
		NULL), array_remove(ARRAY[counts], NULL));
END;
$$;

-- Who is called upon when a question is answered: whose case it is, and who
-- asked; never who answers.
CREATE OR REPLACE FUNCTION desk.consult_askers(caller jsonb, k desk.consult,
    t desk.ticket)
RETURNS text[]
LANGUAGE sql STABLE
AS $$
	SELECT nullif(array_agg(a.name ORDER BY a.name), '{}')
	FROM desk.agent a
	WHERE a.id IN ((t).assignee, (k).asked_by) AND a.active
	    AND a.id IS DISTINCT FROM (caller->>'agent')::int
	    AND desk.may_see(desk.caller_by_name(a.name), t)
$$;

-- The case in the state in which it goes on, once nobody is asked any more or
-- an answer is there.
CREATE OR REPLACE FUNCTION desk.consult_woken(t desk.ticket)
RETURNS desk.ticket
LANGUAGE plpgsql
AS $$
BEGIN
	IF t.state = 'pending' THEN
		DELETE FROM desk.snooze s WHERE s.ticket = t.id;
		t := desk.state_move(t, 'open');
		t.due_at := desk.due_from_now(t);
		t.assignee := CASE WHEN desk.agent_stays(t.assignee)
		    THEN t.assignee END;
	END IF;
	RETURN t;
END;
$$;

-- The question is done by what args say of it, how: answered or declined, and
-- the case that asked goes on at once, whatever it waited for.
CREATE OR REPLACE FUNCTION desk.consult_done(caller jsonb, args jsonb,
    how text)
RETURNS jsonb
LANGUAGE plpgsql
AS $$
DECLARE
	k		desk.consult := desk.consult_hold(caller, args);
	c		desk.ticket := desk.ticket_lock(caller, args);
	what		text := CASE how WHEN 'answered' THEN 'answer'
			    ELSE 'decline' END;
	said		bigint := nextval('desk.event_id');
	first		bigint := desk.once_said(caller, args, what, c, said);
	event_id	bigint := nextval('desk.event_id');
	t		desk.ticket;
	next		desk.ticket;
	counts		text[] := '{resolved}';
	answer		jsonb;
BEGIN
	IF first IS NOT NULL THEN
		RETURN desk.ticket_answer(c, first);
	END IF;
	PERFORM desk.must_say(args);
	IF k.done_at IS NOT NULL THEN
		PERFORM desk.refuse('CONFLICT', CASE k.how
		    WHEN 'answered' THEN 'This question is answered.'
		    WHEN 'declined' THEN 'This question was given back.'
		    ELSE 'This question was taken back.' END, 'ticket');
	END IF;
	SELECT * INTO t FROM desk.ticket x WHERE x.id = k.parent;

	IF how = 'answered' THEN
		counts := array_remove(counts || ARRAY['answered',
		    desk.answered_as(c.due_at)], NULL);
		c.first_answer_at := coalesce(c.first_answer_at, now());
	END IF;
	c := desk.state_move(c, 'resolved');
	IF c.assignee IS NULL AND desk.agent_stays((caller->>'agent')::int) THEN
		c.assignee := (caller->>'agent')::int;
	END IF;
	c.preview := desk.said_preview(args->>'text', args->'attachments');
	UPDATE desk.consult x SET done_at = now(), how = consult_done.how
	WHERE x.ticket = c.id;
	DELETE FROM desk.snooze s WHERE s.ticket = c.id;
	PERFORM desk.words_put(said, c.id, args->>'text');
	PERFORM desk.upload_attach(caller, args->'attachments', said);
	PERFORM desk.draft_end(caller, c.id, 'reply', (args->>'seq')::bigint);
	answer := desk.ticket_commit(caller, c, jsonb_build_object(
	    'kind', 'consult', 'notice', 'resolve', 'event', said,
	    'text', args->>'text', 'meta', jsonb_build_object(
		'what', what, 'parent', t.id)));

	PERFORM desk.upload_attach(caller, args->'attachments', event_id);
	next := desk.consult_woken(t);
	PERFORM desk.consult_note(caller, next, event_id, args->>'text',
	    jsonb_strip_nulls(jsonb_build_object('what', what,
		'consult', c.id, 'queue', (SELECT q.name FROM desk.queue q
		    WHERE q.id = c.queue),
		'from', CASE WHEN next.state <> t.state THEN t.state END,
		'to', CASE WHEN next.state <> t.state THEN next.state END)));
	PERFORM desk.call_upon(caller, t.id, event_id,
	    desk.consult_askers(caller, k, t), jsonb_build_object(
		'kind', 'consult', 'what', what, 'consult', c.id));
	RETURN desk.stat_after(answer,
	    array_fill(c.queue, ARRAY[cardinality(counts)]), counts);
END;
$$;

-- CONSULT.ANSWER
CREATE OR REPLACE FUNCTION desk.consult_answer(caller jsonb, args jsonb)
RETURNS jsonb
LANGUAGE plpgsql
AS $$
BEGIN
	RETURN desk.consult_done(caller, args, 'answered');
END;
$$;

-- CONSULT.DECLINE: who was asked cannot answer, and says why.  (To hand a
-- question to another department is a transfer.)
CREATE OR REPLACE FUNCTION desk.consult_decline(caller jsonb, args jsonb)
RETURNS jsonb
LANGUAGE plpgsql
AS $$
BEGIN
	RETURN desk.consult_done(caller, args, 'declined');
END;
$$;

-- Ends a question without an answer.
CREATE OR REPLACE FUNCTION desk.consult_drop(caller jsonb, c desk.ticket,
    why text, note text)
RETURNS jsonb
LANGUAGE plpgsql
AS $$
BEGIN
	UPDATE desk.consult k SET done_at = now(), how = 'cancelled'
	WHERE k.ticket = c.id;
	DELETE FROM desk.snooze s WHERE s.ticket = c.id;
	RETURN desk.ticket_commit(caller, desk.state_move(c, 'resolved'),
	    jsonb_build_object('kind', 'consult', 'notice', 'event',
		'text', note, 'meta', jsonb_build_object('what', 'cancel',
		    'why', why)));
END;
$$;

-- CONSULT.CANCEL: by who may act on the case that asked.  A case that waited
-- for this answer and for no other goes on.
CREATE OR REPLACE FUNCTION desk.consult_cancel(caller jsonb, args jsonb)
RETURNS jsonb
LANGUAGE plpgsql
AS $$
DECLARE
	k	desk.consult := desk.consult_hold(caller, args);
	c	desk.ticket := desk.ticket_lock(caller, args, false);
	t	desk.ticket;
	next	desk.ticket;
	answer	jsonb;
BEGIN
	SELECT * INTO t FROM desk.ticket x WHERE x.id = k.parent;
	PERFORM desk.must_act(caller, t);
	IF k.how = 'cancelled' THEN
		RETURN desk.ticket_answer(c);
	ELSIF k.done_at IS NOT NULL THEN
		PERFORM desk.refuse('CONFLICT', CASE k.how
		    WHEN 'declined' THEN 'This question was given back.'
		    ELSE 'This question is answered.' END, 'ticket');
	END IF;
	answer := desk.consult_drop(caller, c, 'asker', args->>'note');
	next := t;
	IF k.pends AND NOT EXISTS (SELECT FROM desk.consult o
	    WHERE o.parent = t.id AND o.done_at IS NULL AND o.pends) THEN
		next := desk.consult_woken(t);
	END IF;
	PERFORM desk.consult_note(caller, next, nextval('desk.event_id'),
	    args->>'note', jsonb_strip_nulls(jsonb_build_object(
		'what', 'cancel', 'why', 'asker', 'consult', c.id,
		'queue', (SELECT q.name FROM desk.queue q
		    WHERE q.id = c.queue),
		'from', CASE WHEN next.state <> t.state THEN t.state END,
		'to', CASE WHEN next.state <> t.state THEN next.state END)));
	RETURN answer;
END;
$$;
