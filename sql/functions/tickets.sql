-- What is done with a ticket: each operation locks its row, checks the move,
-- and ends in ticket_commit(), which appends the history and tells Redis.

-- Which state may follow which.  Closed is the end: what comes later opens a
-- new case.
CREATE OR REPLACE FUNCTION desk.state_may(old text, new text)
RETURNS boolean
LANGUAGE sql IMMUTABLE PARALLEL SAFE
AS $$
	SELECT (old, new) IN (
	    ('new',	 'open'), ('new',     'pending'), ('new',     'resolved'),
	    ('open',	 'pending'),		          ('open',    'resolved'),
	    ('pending',	 'open'),		          ('pending', 'resolved'),
	    ('resolved', 'open'), ('resolved', 'closed'))
$$;

-- Refuses a case that is over since it became a part of another one: whatever
-- is still to be done with it is done with that.
CREATE OR REPLACE FUNCTION desk.must_be_whole(t desk.ticket)
RETURNS void
LANGUAGE plpgsql STABLE
AS $$
DECLARE
	whole	bigint;
BEGIN
	IF t.state NOT IN ('resolved', 'closed') THEN
		RETURN;
	END IF;
	SELECT k.number INTO whole
	FROM desk.merged m JOIN desk.ticket k ON k.id = m.into_ticket
	WHERE m.ticket = t.id;
	IF FOUND THEN
		PERFORM desk.refuse('CONFLICT',
		    format('This case became a part of #%s.', whole),
		    'ticket');
	END IF;
END;
$$;

-- Refuses a change to a case that is over.
CREATE OR REPLACE FUNCTION desk.must_be_active(t desk.ticket)
RETURNS void
LANGUAGE plpgsql STABLE
AS $$
BEGIN
	PERFORM desk.must_be_whole(t);
	IF t.state = 'resolved' THEN
		PERFORM desk.refuse('CONFLICT',
		    'This case is resolved: reopen it first.', 'ticket');
	ELSIF t.state = 'closed' THEN
		PERFORM desk.refuse('CONFLICT',
		    'This case is closed: open a new one.', 'ticket');
	END IF;
END;
$$;

-- The ticket in its next state, with what follows from it for its clocks; or
-- the refusal.
CREATE OR REPLACE FUNCTION desk.state_move(t desk.ticket, next text)
RETURNS desk.ticket
LANGUAGE plpgsql STABLE
AS $$
BEGIN
	IF NOT desk.state_may(t.state, next) THEN
		PERFORM desk.must_be_active(t);
		PERFORM desk.refuse('CONFLICT',
		    'This cannot follow the state that the case is in.',
		    'ticket');
	END IF;
	IF next IN ('pending', 'resolved') THEN
		t.due_at := NULL;
	END IF;
	t.resolved_at := CASE WHEN next = 'resolved' THEN now() END;
	t.state := next;
	RETURN t;
END;
$$;

-- When an answer is due that is owed from now on: by the queue's target for a
-- first answer, or for a later one.
CREATE OR REPLACE FUNCTION desk.due_from_now(t desk.ticket)
RETURNS timestamptz
LANGUAGE sql STABLE
AS $$
	SELECT desk.business_add(q.hours, now(), CASE
	    WHEN (t).first_answer_at IS NULL THEN q.first_target
	    ELSE q.next_target END)
	FROM desk.queue q WHERE q.id = (t).queue
$$;

-- The ticket that args names, locked.  act: the caller must be one who may
-- change it, and it no part of another case; else it suffices that he sees it.
CREATE OR REPLACE FUNCTION desk.ticket_lock(caller jsonb, args jsonb,
    act boolean DEFAULT true)
RETURNS desk.ticket
LANGUAGE plpgsql
AS $$
DECLARE
	t	desk.ticket;
BEGIN
	SELECT * INTO t FROM desk.ticket k
	WHERE k.id = (args->>'ticket')::bigint
	FOR UPDATE;
	IF NOT FOUND OR NOT desk.may_see(caller, t) THEN
		PERFORM desk.refuse('NOTFOUND', 'There is no such ticket.',
		    'ticket');
	END IF;
	IF act THEN
		PERFORM desk.must_act(caller, t);
		PERFORM desk.must_be_whole(t);
	END IF;
	RETURN t;
END;
$$;

CREATE OR REPLACE FUNCTION desk.must_act(caller jsonb, t desk.ticket)
RETURNS void
LANGUAGE plpgsql STABLE
AS $$
BEGIN
	IF NOT desk.may_act(caller, t) THEN
		PERFORM desk.refuse('DENIED',
		    'This ticket is in a queue that you do not serve.',
		    'ticket');
	END IF;
END;
$$;

-- What every change answers.  event NULL: nothing was changed, because it was
-- so already; the ticket's newest event stands in its place.
CREATE OR REPLACE FUNCTION desk.ticket_answer(t desk.ticket,
    event bigint DEFAULT NULL)
RETURNS jsonb
LANGUAGE sql STABLE
AS $$
	SELECT jsonb_build_object('ticket', (t).id, 'number', (t).number,
	    'queue', (SELECT q.name FROM desk.queue q WHERE q.id = (t).queue),
	    'state', (t).state,
	    'assignee', (SELECT a.name FROM desk.agent a
		WHERE a.id = (t).assignee),
	    'version', (t).version,
	    'event', coalesce(event, (SELECT max(e.id) FROM desk.event e
		WHERE e.ticket = (t).id)))
$$;

-- Ends a change: writes the ticket as t has it (locked before, one version
-- up), appends the event and puts the one row in the outbox.  what has:
--   kind       the event's kind
--   notice     the feed's word for it; the event's kind when not given
--   event      the event's id, where it was drawn before
--   direction  own when not given; channel: desk when not given
--   text, meta what was said; from and to of what changed
--   say        true: the notice carries the text too
--   back       true: it comes back to its place in its line, as if it had
--              never been taken
CREATE OR REPLACE FUNCTION desk.ticket_commit(caller jsonb, t desk.ticket,
    what jsonb)
RETURNS jsonb
LANGUAGE plpgsql
AS $$
DECLARE
	event_id	bigint := coalesce((what->>'event')::bigint,
			    nextval('desk.event_id'));
	channel		text := coalesce(what->>'channel', 'desk');
	direction	text := coalesce(what->>'direction', 'own');
	shown		text := desk.caller_shown(caller);
BEGIN
	PERFORM desk.spells_by(jsonb_build_object(t.id, caller->'agent'));
	UPDATE desk.ticket k SET queue = t.queue, state = t.state,
	    priority = t.priority, tags = t.tags, assignee = t.assignee,
	    preview = t.preview, touched_at = now(), due_at = t.due_at,
	    first_answer_at = t.first_answer_at,
	    resolved_at = t.resolved_at, transfers = t.transfers,
	    reopens = t.reopens, version = k.version + 1,
	    lined_at = CASE WHEN desk.place(t.state, t.assignee) = 'wait'
		AND (k.queue <> t.queue
		    OR desk.place(k.state, k.assignee) <> 'wait')
		AND what->'back' IS DISTINCT FROM 'true' THEN now()
		ELSE k.lined_at END,
	    prefer = CASE WHEN desk.place(t.state, t.assignee) = 'wait'
		THEN t.prefer END
	WHERE k.id = t.id
	RETURNING * INTO t;

	INSERT INTO desk.event (id, at, ticket, customer, kind, channel,
	    direction, agent, who, text, meta)
	VALUES (event_id, now(), t.id, t.customer, what->>'kind', channel,
	    direction, (caller->>'agent')::int, shown,
	    nullif(what->>'text', ''),
	    desk.macro_noted(nullif(what->'meta', 'null')));

	PERFORM desk.outbox_put(t.id, jsonb_strip_nulls(jsonb_build_object(
	    'kind', coalesce(what->>'notice', what->>'kind'),
	    'event', event_id, 'channel', channel, 'direction', direction,
	    'who', shown, 'display', CASE WHEN direction = 'out' THEN (
		SELECT a.display FROM desk.agent a
		WHERE a.id = (caller->>'agent')::int) END,
	    'text', CASE WHEN (what->>'say')::boolean
		THEN desk.cut(nullif(what->>'text', ''), 4000) END,
	    'attachments', CASE WHEN (what->>'say')::boolean
		THEN desk.attachments_shown(event_id) END)));
	PERFORM desk.agent_did(caller, what);
	PERFORM desk.feedback_did(caller, t.id, what, event_id);
	RETURN desk.ticket_answer(t, event_id);
END;
$$;

-- {"from":old,"to":new}, for an event's meta.
CREATE OR REPLACE FUNCTION desk.from_to(old text, new text)
RETURNS jsonb
LANGUAGE sql IMMUTABLE PARALLEL SAFE
AS $$
	SELECT jsonb_build_object('from', old, 'to', new)
$$;

-- TICKET.OPEN: by hand, for a customer who is known.  Anybody may open a case
-- in any queue, as anybody may hand one on.
CREATE OR REPLACE FUNCTION desk.ticket_open(caller jsonb, args jsonb)
RETURNS jsonb
LANGUAGE plpgsql
AS $$
DECLARE
	q		desk.queue := desk.queue_named(args->>'queue', 'queue');
	whose		bigint := desk.customer_stays(
			    (args->>'customer')::bigint);
	new_id		bigint := nextval(pg_get_serial_sequence(
			    'desk.ticket', 'id'));
	event_id	bigint := nextval('desk.event_id');
	body		text := nullif(args->>'text', '');
	first		desk.event;
	t		desk.ticket;
BEGIN
	first := desk.once_claim(caller, args, 'open', event_id);
	IF first.id IS NOT NULL THEN
		SELECT * INTO t FROM desk.ticket k WHERE k.id = first.ticket;
		RETURN desk.ticket_answer(t, first.id);
	END IF;

	PERFORM desk.queue_stays(q);
	INSERT INTO desk.ticket (id, customer, queue, state, channel, priority,
	    subject, preview, clocked, due_at, version, prefer)
	VALUES (new_id, whose, q.id, 'new', 'desk',
	    coalesce((args->>'priority')::int, 50), args->>'subject',
	    desk.cut(coalesce(body, ''), 200),
	    EXISTS (SELECT FROM desk.target),
	    desk.aimed_due(q.id, 'desk', coalesce((args->>'priority')::int, 50),
		whose), 0, desk.agent_again(whose, q))
	RETURNING * INTO t;
	PERFORM desk.clocks_open(ARRAY[new_id]);
	PERFORM desk.words_put(event_id, new_id,
	    concat_ws(' ', t.subject, body));
	RETURN desk.stat_after(desk.ticket_commit(caller, t, jsonb_build_object(
		'kind', CASE WHEN body IS NULL THEN 'state' ELSE 'note' END,
		'notice', 'open', 'event', event_id, 'text', body,
		'meta', desk.from_to(NULL, 'new'))),
	    ARRAY[q.id], ARRAY['opened']);
END;
$$;

-- Makes a ticket somebody's own: TICKET.TAKE, and OFFER.ACCEPT, which leave
-- events of another kind.  Refused when another has it; nothing happens when
-- he has it himself.  What was offered to him may be of a queue that he does
-- not serve, whose tickets overflow into his.
CREATE OR REPLACE FUNCTION desk.ticket_give(caller jsonb, args jsonb,
    kind text)
RETURNS jsonb
LANGUAGE plpgsql
AS $$
DECLARE
	t	desk.ticket := desk.ticket_lock(caller, args, kind <> 'offer');
	a	desk.agent := desk.acting(caller, args);
BEGIN
	PERFORM desk.must_be_active(t);
	IF t.assignee = a.id THEN
		RETURN desk.ticket_answer(t);
	ELSIF t.assignee IS NOT NULL THEN
		PERFORM desk.refuse('CONFLICT',
		    'Somebody else has this ticket.', 'ticket');
	ELSIF NOT desk.agent_stays(a.id) THEN
		PERFORM desk.refuse('INVALID', 'There is no such agent.',
		    'agent');
	END IF;
	t.assignee := a.id;
	IF t.state = 'new' THEN
		t := desk.state_move(t, 'open');
	END IF;
	RETURN desk.stat_after(desk.ticket_commit(caller, t,
		jsonb_build_object('kind', kind,
		    'notice', CASE WHEN kind = 'offer' THEN 'accept'
			ELSE 'take' END,
		    'meta', desk.from_to(NULL, a.name))),
	    ARRAY[t.queue], ARRAY['taken']);
END;
$$;

-- TICKET.TAKE
CREATE OR REPLACE FUNCTION desk.ticket_take(caller jsonb, args jsonb)
RETURNS jsonb
LANGUAGE plpgsql
AS $$
BEGIN
	RETURN desk.ticket_give(caller, args, 'assign');
END;
$$;

-- TICKET.ASSIGN: to anybody who works here, whoever has it now; none: back to
-- its line.  Its clock runs on.
CREATE OR REPLACE FUNCTION desk.ticket_assign(caller jsonb, args jsonb)
RETURNS jsonb
LANGUAGE plpgsql
AS $$
DECLARE
	t	desk.ticket := desk.ticket_lock(caller, args);
	a	desk.agent;
	had	text := (SELECT g.name FROM desk.agent g
		    WHERE g.id = t.assignee);
BEGIN
	PERFORM desk.must_be_active(t);
	IF args->>'agent' <> 'none' THEN
		a := desk.agent_named(args->>'agent', 'agent');
	END IF;
	IF t.assignee IS NOT DISTINCT FROM a.id THEN
		RETURN desk.ticket_answer(t);
	END IF;
	IF a.id IS NOT NULL AND NOT desk.agent_stays(a.id) THEN
		PERFORM desk.refuse('INVALID', 'There is no such agent.',
		    'agent');
	END IF;
	t.assignee := a.id;
	IF a.id IS NOT NULL AND t.state = 'new' THEN
		t := desk.state_move(t, 'open');
	END IF;
	RETURN desk.ticket_commit(caller, t, jsonb_build_object(
	    'kind', 'assign', 'text', args->>'note',
	    'meta', desk.from_to(had, a.name)));
END;
$$;

-- TICKET.TRANSFER: nobody's, in another queue, with that queue's target; clock
-- keep: the customer's clock goes on as it was, and a department that had the
-- case before with what it had left.  The repeat is looked for before the right to act: who handed a ticket on may
-- not serve where it went.
CREATE OR REPLACE FUNCTION desk.ticket_transfer(caller jsonb, args jsonb)
RETURNS jsonb
LANGUAGE plpgsql
AS $$
DECLARE
	t	desk.ticket := desk.ticket_lock(caller, args, false);
	q	desk.queue := desk.queue_named(args->>'queue', 'queue');
	old	desk.queue;
BEGIN
	IF t.queue = q.id THEN
		RETURN desk.ticket_answer(t);
	END IF;
	PERFORM desk.must_act(caller, t);
	PERFORM desk.must_be_active(t);
	SELECT * INTO old FROM desk.queue k WHERE k.id = t.queue;
	-- A question goes to nobody who waits for its answer.
	PERFORM desk.consult_depth(p, q)
	FROM desk.consult c JOIN desk.ticket p ON p.id = c.parent
	WHERE c.ticket = t.id;

	-- Whoever takes it over has something to do, so it waits there, even
	-- when it waited for the customer here.
	IF t.state = 'pending' THEN
		t := desk.state_move(t, 'open');
	END IF;
	PERFORM desk.queue_stays(q);
	t.queue := q.id;
	t.assignee := NULL;
	t.prefer := CASE WHEN t.kind <> 'consult'
	    THEN desk.agent_again(t.customer, q) END;
	-- For clocks_follow(), until the next transfer.
	PERFORM set_config('desk.keeps', CASE args->>'clock' WHEN 'keep'
	    THEN t.id::text ELSE '' END, true);
	IF args->>'clock' IS DISTINCT FROM 'keep' OR t.due_at IS NULL THEN
		t.due_at := desk.due_from_now(t);
	END IF;
	t.transfers := least(t.transfers + 1, 32767);
	RETURN desk.stat_after(desk.ticket_commit(caller, t,
		jsonb_build_object('kind', 'transfer', 'text', args->>'note',
		    'meta', desk.from_to(old.name, q.name)
			|| jsonb_strip_nulls(jsonb_build_object('clock',
			    nullif(args->>'clock', 'restart'))))),
	    ARRAY[old.id, q.id], ARRAY['moved_out', 'moved_in']);
END;
$$;

-- Moves a ticket to a state that it is not in yet; the answer of
-- TICKET.RESOLVE, .PEND and .REOPEN.
CREATE OR REPLACE FUNCTION desk.ticket_state(caller jsonb, t desk.ticket,
    next desk.ticket, notice text, note text)
RETURNS jsonb
LANGUAGE plpgsql
AS $$
BEGIN
	RETURN desk.ticket_commit(caller, next, jsonb_build_object(
	    'kind', 'state', 'notice', notice, 'text', note,
	    'meta', desk.from_to(t.state, next.state)));
END;
$$;

-- TICKET.RESOLVE: it keeps its assignee, who knows the case should it come
-- back.
CREATE OR REPLACE FUNCTION desk.ticket_resolve(caller jsonb, args jsonb)
RETURNS jsonb
LANGUAGE plpgsql
AS $$
DECLARE
	t	desk.ticket := desk.ticket_lock(caller, args);
BEGIN
	IF t.state = 'resolved' THEN
		RETURN desk.ticket_answer(t);
	ELSIF t.kind = 'consult' THEN
		PERFORM desk.refuse('CONFLICT', 'A question is done when it '
		    'is answered, or taken back by who asked.', 'ticket');
	END IF;
	RETURN desk.stat_after(desk.ticket_state(caller, t,
		desk.state_move(t, 'resolved'), 'resolve', args->>'note'),
	    ARRAY[t.queue], ARRAY['resolved']);
END;
$$;

-- TICKET.PEND
CREATE OR REPLACE FUNCTION desk.ticket_pend(caller jsonb, args jsonb)
RETURNS jsonb
LANGUAGE plpgsql
AS $$
DECLARE
	t	desk.ticket := desk.ticket_lock(caller, args);
BEGIN
	-- What was put off waits for the customer from now on.
	DELETE FROM desk.snooze s WHERE s.ticket = t.id;
	IF t.state = 'pending' AND NOT FOUND THEN
		RETURN desk.ticket_answer(t);
	ELSIF t.state = 'pending' THEN
		RETURN desk.ticket_state(caller, t, t, 'pend', args->>'note');
	END IF;
	RETURN desk.ticket_state(caller, t, desk.state_move(t, 'pending'),
	    'pend', args->>'note');
END;
$$;

-- TICKET.REOPEN: also what ends a wait for the customer.  A clock starts; an
-- assignee who has left does not get it back.
CREATE OR REPLACE FUNCTION desk.ticket_reopen(caller jsonb, args jsonb)
RETURNS jsonb
LANGUAGE plpgsql
AS $$
DECLARE
	t	desk.ticket := desk.ticket_lock(caller, args);
	next	desk.ticket;
BEGIN
	IF t.state IN ('new', 'open') THEN
		RETURN desk.ticket_answer(t);
	ELSIF t.kind = 'consult' AND t.state = 'resolved' THEN
		PERFORM desk.refuse('CONFLICT', 'A question that is over is '
		    'asked on by who asked it.', 'ticket');
	END IF;
	next := desk.state_move(t, 'open');
	next.due_at := desk.due_from_now(t);
	next.assignee := CASE WHEN desk.agent_stays(t.assignee)
	    THEN t.assignee END;
	IF t.state = 'pending' THEN
		RETURN desk.ticket_state(caller, t, next, 'reopen',
		    args->>'note');
	END IF;
	next.reopens := least(t.reopens + 1, 32767);
	RETURN desk.stat_after(desk.ticket_state(caller, t, next, 'reopen',
		args->>'note'),
	    ARRAY[t.queue], ARRAY['reopened']);
END;
$$;

-- TICKET.PRIORITY
CREATE OR REPLACE FUNCTION desk.ticket_priority(caller jsonb, args jsonb)
RETURNS jsonb
LANGUAGE plpgsql
AS $$
DECLARE
	t	desk.ticket := desk.ticket_lock(caller, args);
	old	int := t.priority;
BEGIN
	PERFORM desk.must_be_active(t);
	IF old = (args->>'priority')::int THEN
		RETURN desk.ticket_answer(t);
	END IF;
	t.priority := (args->>'priority')::int;
	RETURN desk.ticket_commit(caller, t, jsonb_build_object(
	    'kind', 'priority',
	    'meta', jsonb_build_object('from', old, 'to', t.priority)));
END;
$$;

-- TICKET.TAG: allowed on a case that is over, for reports are made of those.
CREATE OR REPLACE FUNCTION desk.ticket_tag(caller jsonb, args jsonb)
RETURNS jsonb
LANGUAGE plpgsql
AS $$
DECLARE
	t	desk.ticket := desk.ticket_lock(caller, args);
	-- However it was typed: the same letters are the same tag.
	word	text := normalize(args->>'tag', NFC);
	off	boolean := coalesce((args->>'off')::boolean, false);
BEGIN
	IF (word = ANY (t.tags)) <> off THEN
		RETURN desk.ticket_answer(t);
	END IF;
	IF NOT off AND cardinality(t.tags) >= 50 THEN
		PERFORM desk.refuse('CONFLICT',
		    'A ticket has at most 50 tags.', 'tag');
	END IF;
	t.tags := CASE WHEN off THEN array_remove(t.tags, word)
	    ELSE (SELECT array_agg(u ORDER BY u)
		FROM unnest(t.tags || word) u) END;
	RETURN desk.ticket_commit(caller, t, jsonb_build_object('kind', 'tag',
	    'meta', jsonb_build_object(
		CASE WHEN off THEN 'off' ELSE 'on' END, word)));
END;
$$;
