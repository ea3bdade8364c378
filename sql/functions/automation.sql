-- Automation: which rules fire.  Decided here and not in C, because only the
-- transaction that changes a ticket knows what it is then; what a customer's
-- words say, the daemon has heard before (desk/automation.c, `heard` of the
-- event's facts).
--
-- A trigger on the outbox, through which everything goes that happens to a
-- ticket, notes what a rule could want (automation_todo); at the end of the
-- same transaction automations_mine() acts, so that either both are committed
-- or none.  What a transaction leaves noted, since its caller ends without
-- that, and what comes of times, automations_run() takes up.

-- When a ticket came to its state, and since when its customer waits.
CREATE OR REPLACE FUNCTION desk.since_follow()
RETURNS trigger
LANGUAGE plpgsql
AS $$
BEGIN
	IF OLD.state <> NEW.state THEN
		NEW.state_at := now();
	END IF;
	IF NEW.due_at IS NOT NULL AND NEW.state IN ('new', 'open')
	    AND (OLD.due_at IS NULL OR OLD.state NOT IN ('new', 'open')) THEN
		NEW.asked_at := now();
	END IF;
	RETURN NEW;
END;
$$;

-- The first condition of a rule that does not hold for a ticket as it is;
-- NULL: all do.  heard: the rules whose keywords the event has; felt: what its
-- writer feels, or NULL: then the case's newest feeling counts.
CREATE OR REPLACE FUNCTION desk.automation_lacks(r desk.automation,
    t desk.ticket, segment text, heard jsonb, felt jsonb)
RETURNS text
LANGUAGE sql IMMUTABLE
AS $$
	SELECT CASE
	    WHEN (r).queues <> '{}' AND (t).queue <> ALL ((r).queues)
		THEN 'queue'
	    WHEN (r).channels <> '{}' AND (t).channel <> ALL ((r).channels)
		THEN 'channel'
	    WHEN (r).states <> '{}' AND (t).state <> ALL ((r).states)
		THEN 'state'
	    WHEN (t).priority NOT BETWEEN (r).lowest AND (r).highest
		THEN 'priority'
	    WHEN (r).lang IS NOT NULL AND (t).lang IS DISTINCT FROM (r).lang
		THEN 'lang'
	    WHEN (r).segments <> '{}'
		AND NOT coalesce(segment = ANY ((r).segments), false)
		THEN 'segment'
	    WHEN (r).tags <> '{}' AND NOT (t).tags @> (r).tags THEN 'tag'
	    WHEN (r).without <> '{}' AND (t).tags && (r).without
		THEN 'without'
	    WHEN ((t).assignee IS NOT NULL) <> (r).assigned THEN 'assigned'
	    WHEN (r).keywords AND NOT coalesce(heard ? (r).name, false)
		THEN 'keywords'
	    WHEN (r).mood IS NOT NULL AND coalesce((felt->>'value')::smallint,
		(t).mood) IS DISTINCT FROM (r).mood
		OR (r).strength > 1
		AND (r).strength > coalesce((felt->>'strength')::smallint, 1)
		THEN 'mood'
	    WHEN (t).kind NOT IN ('case', 'callback') THEN 'kind'
	    END
$$;

-- What a notice is to rules; NULL: nothing.
CREATE OR REPLACE FUNCTION desk.automation_what(notice text, direction text)
RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE
AS $$
	SELECT CASE notice
	    WHEN 'open' THEN 'created'
	    WHEN 'event' THEN CASE direction WHEN 'out' THEN 'reply' END
	    WHEN 'assign' THEN 'assigned'
	    WHEN 'take' THEN 'assigned'
	    WHEN 'accept' THEN 'assigned'
	    WHEN 'transfer' THEN 'moved'
	    WHEN 'priority' THEN 'priority'
	    WHEN 'tag' THEN 'tagged'
	    WHEN 'warn' THEN 'warned'
	    WHEN 'breach' THEN 'breached' END
$$;

-- On the outbox: notes what just happened and some rule wants, as the tickets
-- are now.  While a rule acts, for those after it in the file, under what that
-- followed from.  (What was taken in has an event and no notice yet.  Opened,
-- and in its state, "now": by this transaction.)
CREATE OR REPLACE FUNCTION desk.automation_note()
RETURNS trigger
LANGUAGE plpgsql
SET enable_seqscan = off
SET enable_hashjoin = off
SET enable_mergejoin = off
AS $$
DECLARE
	within	text[] := string_to_array(nullif(
		    current_setting('desk.rule_at', true), ''), ' ');
	ids	text;
BEGIN
	IF NOT EXISTS (SELECT FROM desk.automation r WHERE r.after IS NULL)
	THEN
		RETURN NULL;
	END IF;
	WITH news AS MATERIALIZED (
	    SELECT f.id, coalesce(f.event, (f.feed->>'event')::bigint) AS event,
		t, c.segment, w.what, CASE w.what WHEN 'state'
		    THEN -desk.epoch_ms(t.state_at)
		    ELSE coalesce(f.event, (f.feed->>'event')::bigint)
		    END AS occasion, e.facts->'heard' AS heard,
		e.facts->'mood' AS felt
	    FROM fresh f
	    JOIN desk.ticket t ON t.id = f.ticket
	    LEFT JOIN desk.customer c ON c.id = t.customer
	    LEFT JOIN desk.event e ON e.id = f.event AND e.filed_at = now()
	    CROSS JOIN LATERAL (
		SELECT CASE
		    WHEN f.event IS NULL THEN desk.automation_what(
			f.feed->>'kind', f.feed->>'direction')
		    WHEN t.opened_at = now() AND NOT EXISTS (SELECT FROM fresh o
			WHERE o.ticket = f.ticket AND o.event < f.event)
			THEN 'created'
		    WHEN e.kind = 'message' AND e.direction = 'in'
			THEN 'message' END
		UNION ALL
		SELECT 'state' WHERE t.state_at = now()
		    AND (t.opened_at <> now() OR t.state <> 'new')) w (what)
	    WHERE w.what IS NOT NULL
		AND (f.event IS NOT NULL OR f.feed ? 'event')
		-- What a rule sends is nobody's answer.
		AND NOT (w.what = 'reply' AND within IS NOT NULL)
		AND NOT (w.what = 'assigned' AND t.assignee IS NULL)
	), noted AS (
	    INSERT INTO desk.automation_todo (ticket, what, event, occasion,
		place, root)
	    SELECT (n.t).id, n.what, n.event, n.occasion,
		coalesce(within[2]::int, 0), within[1]::bigint
	    FROM news n
	    WHERE EXISTS (SELECT FROM desk.automation r
		WHERE r.event = n.what AND r.after IS NULL
		    AND r.place > coalesce(within[2]::int, 0)
		    AND desk.automation_lacks(r, n.t, n.segment, n.heard,
			n.felt) IS NULL)
	    ORDER BY n.id
	    RETURNING id
	)
	SELECT string_agg(id::text, ',' ORDER BY id) INTO ids FROM noted;
	IF ids IS NOT NULL AND within IS NULL THEN
		PERFORM set_config('desk.noted', concat_ws(',', nullif(
		    current_setting('desk.noted', true), ''), ids), true);
	END IF;
	RETURN NULL;
END;
$$;

-- At the end of a transaction: tells daemons of what it noted and has not done.
CREATE OR REPLACE FUNCTION desk.automation_left()
RETURNS trigger
LANGUAGE plpgsql
AS $$
BEGIN
	IF EXISTS (SELECT FROM desk.automation_todo d WHERE d.id = NEW.id) THEN
		PERFORM pg_notify('desk_due', 'rules');
	END IF;
	RETURN NULL;
END;
$$;

-- What a rule that waits for a time counts from, in a ticket as it is; NULL:
-- it is not in that state.  Who put a case off (snooze) waits for nobody.
CREATE OR REPLACE FUNCTION desk.automation_since(what text, t desk.ticket)
RETURNS timestamptz
LANGUAGE sql STABLE
AS $$
	SELECT CASE what
	    WHEN 'waits' THEN CASE WHEN (t).state IN ('new', 'open')
		AND (t).due_at IS NOT NULL THEN (t).asked_at END
	    WHEN 'pending' THEN CASE WHEN (t).state = 'pending'
		AND NOT EXISTS (SELECT FROM desk.snooze s
		    WHERE s.ticket = (t).id) THEN (t).state_at END
	    WHEN 'resolved' THEN CASE WHEN (t).state = 'resolved'
		THEN (t).resolved_at END
	    WHEN 'overdue' THEN CASE WHEN (t).state IN ('new', 'open', 'pending')
		THEN (t).due_at END END
$$;

-- The next lim tickets for a rule of time, past those that it has seen.
CREATE OR REPLACE FUNCTION desk.automation_next(r desk.automation,
    before timestamptz, lim int)
RETURNS TABLE (id bigint, since timestamptz)
LANGUAGE plpgsql STABLE
SET enable_seqscan = off
SET enable_bitmapscan = off
SET enable_sort = off
AS $$
BEGIN
	CASE r.event
	WHEN 'waits' THEN
		RETURN QUERY SELECT t.id, t.asked_at FROM desk.ticket t
		WHERE t.state IN ('new', 'open') AND t.due_at IS NOT NULL
		    AND (t.asked_at, t.id) > (r.upto, r.upto_id)
		    AND t.asked_at <= before
		ORDER BY t.asked_at, t.id LIMIT lim;
	WHEN 'pending' THEN
		RETURN QUERY SELECT t.id, t.state_at FROM desk.ticket t
		WHERE t.state = 'pending'
		    AND (t.state_at, t.id) > (r.upto, r.upto_id)
		    AND t.state_at <= before
		ORDER BY t.state_at, t.id LIMIT lim;
	WHEN 'resolved' THEN
		RETURN QUERY SELECT t.id, t.resolved_at FROM desk.ticket t
		WHERE t.state = 'resolved'
		    AND (t.resolved_at, t.id) > (r.upto, r.upto_id)
		    AND t.resolved_at <= before
		ORDER BY t.resolved_at, t.id LIMIT lim;
	ELSE	-- overdue
		RETURN QUERY SELECT t.id, t.due_at FROM desk.ticket t
		WHERE t.state IN ('new', 'open', 'pending')
		    AND (t.due_at, t.id) > (r.upto, r.upto_id)
		    AND t.due_at <= before
		ORDER BY t.due_at, t.id LIMIT lim;
	END CASE;
END;
$$;

-- Looks for whom time has run out, at most lim for each rule, and notes them.
-- Nothing is stored of when a ticket will be due: that is its moment (an index
-- has it) plus the rule's `after`, so that another configuration holds for
-- what waits already.  A rule goes through the moments once, in order; it
-- counts from a minute on, so that none is written behind its back.
-- Answers in how many ms to look again; NULL: there is no such rule.
CREATE OR REPLACE FUNCTION desk.automations_look(lim int)
RETURNS bigint
LANGUAGE plpgsql
AS $$
DECLARE
	r	desk.automation;
	found	record;
	soon	timestamptz;
	n	int;
BEGIN
	FOR r IN SELECT * FROM desk.automation a WHERE a.after IS NOT NULL
	    ORDER BY a.place FOR UPDATE SKIP LOCKED LOOP
		n := 0;
		FOR found IN SELECT x.*, t FROM desk.automation_next(r,
			now() - make_interval(secs => r.after), lim)
			WITH ORDINALITY x (id, since, n)
		    JOIN desk.ticket t ON t.id = x.id
		    ORDER BY x.n LOOP
			n := n + 1;
			r.upto := found.since;
			r.upto_id := found.id;
			INSERT INTO desk.automation_todo (ticket, what,
			    occasion, rule)
			SELECT found.id, r.event, -desk.epoch_ms(found.since),
			    r.name
			WHERE desk.automation_lacks(r, found.t,
			    (SELECT c.segment FROM desk.customer c
			    WHERE c.id = (found.t).customer), NULL, NULL) IS NULL
			    AND desk.automation_since(r.event, found.t)
				= found.since;
		END LOOP;
		IF n > 0 THEN
			UPDATE desk.automation a
			SET upto = r.upto, upto_id = r.upto_id
			WHERE a.place = r.place;
		END IF;
		soon := least(soon, now() + make_interval(secs => r.after),
		    (SELECT x.since + make_interval(secs => r.after)
		    FROM desk.automation_next(r, 'infinity', 1) x));
	END LOOP;
	RETURN CASE WHEN soon > now()
	    THEN ceil(extract(epoch FROM soon - now()) * 1000)::bigint
	    WHEN soon IS NOT NULL THEN 0 END;
END;
$$;
