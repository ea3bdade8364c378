-- Cases from before there were reports: what their history tells of them is
-- put on record once, when they next change or by a chore.  Their history does
-- not tell all: when an answer was due is taken from their clocks, or else from
-- the targets of today.

-- When an answer is due that is owed from then on, by the queue's targets.
CREATE OR REPLACE FUNCTION desk.due_from(of_queue int, answered boolean,
    moment timestamptz)
RETURNS timestamptz
LANGUAGE sql STABLE
AS $$
	SELECT desk.business_add(q.hours, moment, CASE WHEN answered
	    THEN q.next_target ELSE q.first_target END)
	FROM desk.queue q WHERE q.id = of_queue
$$;

-- The case as it stands after this event of its history.
CREATE OR REPLACE FUNCTION desk.past_step(t desk.ticket, e desk.event)
RETURNS desk.ticket
LANGUAGE plpgsql STABLE
AS $$
BEGIN
	IF e.kind = 'transfer' THEN
		t.queue := coalesce((SELECT q.id FROM desk.queue q
		    WHERE q.name = e.meta->>'to'), t.queue);
		t.assignee := NULL;
		t.state := CASE WHEN t.state = 'new' THEN 'new' ELSE 'open' END;
		t.due_at := desk.due_from(t.queue,
		    t.first_answer_at IS NOT NULL, e.filed_at);
	ELSIF e.kind = 'state' AND e.meta ? 'to' THEN
		t.state := e.meta->>'to';
		t.due_at := CASE WHEN t.state IN ('new', 'open')
		    THEN coalesce(t.due_at, desk.due_from(t.queue,
			t.first_answer_at IS NOT NULL, e.filed_at)) END;
	ELSIF e.kind = 'consult' AND e.meta ? 'parent' THEN
		t.state := CASE WHEN e.meta->>'what' IN ('answer', 'decline')
			THEN 'resolved'
		    WHEN t.state = 'resolved' THEN 'open' ELSE t.state END;
		t.due_at := CASE WHEN t.state <> 'resolved'
		    THEN coalesce(t.due_at, desk.due_from(t.queue,
			t.first_answer_at IS NOT NULL, e.filed_at)) END;
		t.first_answer_at := coalesce(t.first_answer_at,
		    CASE WHEN e.meta->>'what' = 'answer'
			THEN e.filed_at END);
	ELSIF e.kind IN ('assign', 'offer') THEN
		t.assignee := (SELECT a.id FROM desk.agent a
		    WHERE a.name = e.meta->>'to');
		IF t.state = 'new' AND t.assignee IS NOT NULL THEN
			t.state := 'open';
		END IF;
	ELSIF e.agent IS NOT NULL AND (e.kind = 'call'
	    OR e.kind = 'message' AND e.direction = 'out') THEN
		t.state := CASE WHEN t.state = 'closed' THEN 'closed'
		    ELSE 'open' END;
		t.due_at := NULL;
		t.first_answer_at := coalesce(t.first_answer_at, e.filed_at);
		t.assignee := coalesce(t.assignee, e.agent);
	ELSIF e.direction = 'in' AND e.kind IN ('message', 'call')
	    AND t.state <> 'closed'
	    AND e.meta->>'automatic' IS DISTINCT FROM 'true' THEN
		t.state := CASE WHEN t.state = 'new' THEN 'new' ELSE 'open' END;
		t.due_at := coalesce(t.due_at, desk.due_from(t.queue,
		    t.first_answer_at IS NOT NULL, e.filed_at));
	END IF;
	RETURN t;
END;
$$;

CREATE OR REPLACE FUNCTION desk.spell_past(b desk.ticket, moment timestamptz,
    who int, opened bigint)
RETURNS void
LANGUAGE sql
AS $$
	INSERT INTO desk.spell (ticket, began, ended, queue, state, assignee,
	    units, due_at, waits, answered, agent, open_s)
	VALUES ((b).id, (b).spell_at, moment, (b).queue, (b).state,
	    (b).assignee, (b).units, (b).due_at, false,
	    (b).first_answer_at IS NOT NULL, who, opened)
$$;

-- Puts the case's past on record and counts it; returns it with spell_at and
-- owed_at as they are since.
CREATE OR REPLACE FUNCTION desk.spells_past(t desk.ticket)
RETURNS desk.ticket
LANGUAGE plpgsql
AS $$
DECLARE
	b	desk.ticket := t;	-- as it stood
	c	desk.ticket;
	e	desk.event;
	moment	timestamptz;
BEGIN
	b.spell_at := t.opened_at;
	b.assignee := NULL;
	b.first_answer_at := NULL;
	b.state := CASE WHEN t.kind = 'order' THEN 'resolved' ELSE 'new' END;
	b.queue := coalesce((SELECT q.id FROM desk.event h
		JOIN desk.queue q ON q.name = h.meta->>'from'
		WHERE h.ticket = t.id AND h.kind = 'transfer'
		ORDER BY h.id LIMIT 1), t.queue);
	b.due_at := CASE WHEN b.state = 'new'
	    THEN desk.due_from(b.queue, false, t.opened_at) END;
	FOR e IN SELECT * FROM desk.event h WHERE h.ticket = t.id
	    ORDER BY h.id LIMIT 10000 LOOP
		c := desk.past_step(b, e);
		CONTINUE WHEN (c.queue, c.state, c.assignee, c.due_at,
		    c.first_answer_at IS NULL) IS NOT DISTINCT FROM (b.queue,
		    b.state, b.assignee, b.due_at, b.first_answer_at IS NULL);
		moment := greatest(e.filed_at, b.spell_at);
		PERFORM desk.spell_past(b, moment, e.agent, desk.business_between(
			(SELECT q.hours FROM desk.queue q WHERE q.id = c.queue),
			t.opened_at, moment));
		c.spell_at := moment;
		b := c;
	END LOOP;
	-- What the history does not tell, the row does.
	IF (b.queue, b.state, b.assignee, b.due_at, b.units,
	    b.first_answer_at IS NULL) IS DISTINCT FROM (t.queue, t.state,
	    t.assignee, t.due_at, t.units, t.first_answer_at IS NULL) THEN
		moment := greatest(t.touched_at, b.spell_at);
		PERFORM desk.spell_past(b, moment, NULL, desk.business_between(
			(SELECT q.hours FROM desk.queue q WHERE q.id = t.queue),
			t.opened_at, moment));
		b.spell_at := moment;
	END IF;
	t.spell_at := b.spell_at;
	t.owed_at := (SELECT w.since FROM desk.waits(ARRAY[t.id]) w
	    WHERE w.how IS NULL);
	INSERT INTO desk.report_part (hour, queue, channel, agent, what, n)
	SELECT * FROM desk.report_again(ARRAY[t.id]);
	RETURN t;
END;
$$;

-- Puts at most lim cases from before on record, the newest first; returns how
-- many ids it went through, 0: there are none left.  One that somebody has in
-- hand is waited for.
CREATE OR REPLACE FUNCTION desk.report_catch_up(lim int)
RETURNS int
LANGUAGE plpgsql
SET enable_seqscan = off
AS $$
DECLARE
	upto	bigint;
	ids	bigint[];
BEGIN
	-- One daemon at a time.
	SELECT m.below INTO upto FROM desk.report_mark m
	FOR UPDATE SKIP LOCKED;
	IF upto IS NULL OR upto = 0 THEN
		RETURN 0;
	END IF;
	ids := ARRAY(SELECT t.id FROM desk.ticket t WHERE t.id < upto
	    ORDER BY t.id DESC LIMIT lim);
	PERFORM FROM desk.ticket t WHERE t.id = ANY (ids) ORDER BY t.id
	FOR NO KEY UPDATE;
	-- The trigger does it.
	UPDATE desk.ticket t SET spell_at = NULL
	WHERE t.id = ANY (ids) AND t.spell_at IS NULL;
	UPDATE desk.report_mark SET below = coalesce(
	    (SELECT min(i) FROM unnest(ids) i), 0);
	RETURN cardinality(ids);
END;
$$;
