-- What reports count that is told by events and by agents' states, not by the
-- ticket's row.

-- A customer left before anybody answered: that is how his wait ended, even
-- where he is still owed an answer.  Where the same transaction has resolved
-- the case by now, it was not dropped.
CREATE OR REPLACE FUNCTION desk.report_abandoned(e desk.event)
RETURNS void
LANGUAGE plpgsql
AS $$
DECLARE
	t	desk.ticket;
	last	desk.spell;
	waits	boolean;
	due	timestamptz;
BEGIN
	SELECT * INTO t FROM desk.ticket k WHERE k.id = e.ticket
	FOR NO KEY UPDATE;
	IF t.spell_at IS NULL THEN
		RETURN;		-- counted with the rest of its past
	END IF;
	waits := t.owed_at IS NOT NULL AND (t.state = 'pending'
	    OR t.due_at IS NOT NULL AND t.state IN ('new', 'open'));
	due := t.due_at;
	IF NOT waits AND t.state IN ('resolved', 'closed') THEN
		SELECT * INTO last FROM desk.spell s WHERE s.ticket = t.id
		ORDER BY s.id DESC LIMIT 1;
		IF last.ended <> e.filed_at OR NOT last.waits THEN
			RETURN;
		END IF;
		due := last.due_at;
		INSERT INTO desk.report_part (hour, queue, channel, agent,
		    what, n)
		VALUES (desk.hour_of(e.filed_at), t.queue, t.channel,
		    coalesce(last.agent, 0), 'dropped', -1);
		UPDATE desk.spell s SET waits = false
		WHERE s.ticket = t.id AND s.id = last.id;
	ELSIF NOT waits THEN
		RETURN;
	ELSE
		UPDATE desk.ticket k SET owed_at = NULL WHERE k.id = t.id;
	END IF;
	INSERT INTO desk.report_part (hour, queue, channel, agent, what, n)
	SELECT desk.hour_of(e.filed_at), t.queue, t.channel, 0, w.what, w.n
	FROM (VALUES ('abandoned', 1::bigint),
	    ('abandoned_ms', desk.waited_ms(e.meta)),
	    ('abandoned_late', (due < e.filed_at)::int)) w(what, n)
	WHERE w.n <> 0;
END;
$$;

-- A call's end: how long was talked.  One that was taken as it opened its case
-- never stood in the ticket's row as owed: it is put on record as a wait of no
-- length, and what the exchange says that he waited is added.
CREATE OR REPLACE FUNCTION desk.report_called(e desk.event)
RETURNS void
LANGUAGE plpgsql
AS $$
DECLARE
	told	jsonb := e.meta->'call';
	waited	bigint := greatest(coalesce((told->>'wait')::bigint, 0), 0)
		    * 1000;
	talk	bigint := CASE WHEN told->>'state' = 'ended'
		    AND told->'part' IS DISTINCT FROM 'true'
		    THEN coalesce((told->>'duration')::bigint, 0) ELSE 0 END;
	taken	boolean;
	t	desk.ticket;
	due	timestamptz;
BEGIN
	IF e.agent IS NULL THEN
		RETURN;
	END IF;
	SELECT * INTO t FROM desk.ticket k WHERE k.id = e.ticket;
	IF t.spell_at IS NULL THEN
		RETURN;
	END IF;
	taken := e.direction = 'in' AND t.opened_at = e.filed_at
	    AND NOT EXISTS (SELECT FROM desk.event o
		WHERE o.ticket = e.ticket AND o.id < e.id);
	IF taken THEN
		SELECT desk.business_add(q.hours, t.opened_at, q.first_target)
		    - make_interval(secs => waited / 1000) INTO due
		FROM desk.queue q WHERE q.id = t.queue;
		INSERT INTO desk.spell (ticket, began, ended, queue, state,
		    units, due_at, waits, answered, agent, open_s)
		VALUES (t.id, t.opened_at, t.opened_at, t.queue, 'new',
		    t.units, due, true, false, e.agent, 0);
	END IF;
	INSERT INTO desk.report_part (hour, queue, channel, agent, what, n)
	SELECT desk.hour_of(e.filed_at), t.queue, t.channel, w.agent, w.what,
	    w.n
	FROM (VALUES (talk > 0, e.agent, 'talks', 1::bigint),
	    (talk > 0, e.agent, 'talk', talk),
	    (taken, 0, 'offered', 1),
	    (taken, e.agent, 'answered', 1),
	    (taken, e.agent, 'waited', waited),
	    (due >= t.opened_at, e.agent, 'within', 1),
	    (taken, e.agent, 'firsts', 1)) w(counts, agent, what, n)
	WHERE w.counts AND w.n <> 0;
END;
$$;

CREATE OR REPLACE FUNCTION desk.report_event()
RETURNS trigger
LANGUAGE plpgsql
AS $$
DECLARE
	-- NEW is of its partition's type.
	e	desk.event;
BEGIN
	e.id := NEW.id;
	e.filed_at := NEW.filed_at;
	e.ticket := NEW.ticket;
	e.direction := NEW.direction;
	e.agent := NEW.agent;
	e.meta := NEW.meta;
	IF NEW.kind = 'call' THEN
		PERFORM desk.report_called(e);
	ELSE
		PERFORM desk.report_abandoned(e);
	END IF;
	RETURN NULL;
END;
$$;

-- The hours that a time of an agent's touches, and the ms in each; none of one
-- that goes on, or in which he was not here.
CREATE OR REPLACE FUNCTION desk.time_hours(t desk.agent_time)
RETURNS TABLE (hour timestamptz, ms bigint)
LANGUAGE sql IMMUTABLE
AS $$
	SELECT h.at, desk.report_ms(greatest((t).began, h.at),
	    least((t).ended, h.at + interval '1 hour'))
	FROM generate_series(desk.hour_of((t).began), (t).ended,
	    interval '1 hour') h(at)
	WHERE (t).state <> 'offline' AND (t).ended > (t).began
$$;

CREATE OR REPLACE FUNCTION desk.report_time_put(t desk.agent_time, sign int)
RETURNS void
LANGUAGE plpgsql
AS $$
BEGIN
	INSERT INTO desk.report_part (hour, queue, channel, agent, what, n)
	SELECT h.hour, 0, '', (t).agent, (t).state, sign * h.ms
	FROM desk.time_hours(t) h
	UNION ALL
	SELECT k.hour, 0, '', (t).agent, 'kept', sign * sum(k.ms)
	FROM desk.kept_hours(t) k GROUP BY k.hour;
END;
$$;

-- Whatever becomes of the record of an agent's time: nobody waits for another's
-- count here, either.
CREATE OR REPLACE FUNCTION desk.report_timed()
RETURNS trigger
LANGUAGE plpgsql
AS $$
BEGIN
	IF TG_OP <> 'INSERT' AND OLD.ended > OLD.began THEN
		PERFORM desk.report_time_put(OLD, -1);
	END IF;
	IF TG_OP <> 'DELETE' AND NEW.ended > NEW.began THEN
		PERFORM desk.report_time_put(NEW, 1);
	END IF;
	RETURN NULL;
END;
$$;
