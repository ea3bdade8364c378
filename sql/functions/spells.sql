-- The stretches of a case's life, put on record as they end, and what their
-- ends count for in reports: whoever changes a ticket's row, and however.
-- What each figure is, deskd-reports(7) says; report_again.sql counts the same
-- a second time from what is on record.

-- Names who does what is now done to these tickets ({"TICKET":agent}), for
-- spells_follow().
CREATE OR REPLACE FUNCTION desk.spells_by(agents jsonb)
RETURNS void
LANGUAGE plpgsql
AS $$
BEGIN
	PERFORM set_config('desk.acting', agents::text, true);
END;
$$;

CREATE OR REPLACE FUNCTION desk.spell_agent(ticket bigint)
RETURNS int
LANGUAGE plpgsql STABLE
AS $$
BEGIN
	RETURN nullif(current_setting('desk.acting', true), '')::jsonb
	    ->>ticket::text;
END;
$$;

-- How a stock changes where a stretch begins (sign 1) or ends (-1): for whom,
-- and by how much.
CREATE OR REPLACE FUNCTION desk.report_stock(assignee int, state text,
    units int, opened_at timestamptz, sign int, moment timestamptz)
RETURNS TABLE (agent int, what text, n bigint)
LANGUAGE sql IMMUTABLE
AS $$
	SELECT coalesce(assignee, 0), w.what, sign * w.n
	FROM (SELECT desk.hour_rest(moment) AS rest,
	    assignee IS NOT NULL AND state IN ('new', 'open') AS held) x
	CROSS JOIN LATERAL (VALUES ('cases', true, 1::bigint),
	    ('cases_since', true, floor(extract(epoch FROM opened_at))::bigint),
	    ('hand', x.held, 1), ('hand_ms', x.held, x.rest),
	    ('units', x.held, units),
	    ('units_ms', x.held, units * x.rest)) w(what, counts, n)
	WHERE state IN ('new', 'open', 'pending') AND w.counts
$$;

-- Of tickets that were just opened: added up first, since a batch opens many
-- that count alike.
CREATE OR REPLACE FUNCTION desk.spells_begin()
RETURNS trigger
LANGUAGE plpgsql
AS $$
BEGIN
	INSERT INTO desk.report_part (hour, queue, channel, agent, what, n)
	SELECT date_trunc('hour', f.opened_at, 'UTC'), f.queue, f.channel,
	    w.agent, w.what, w.n
	FROM (
	    SELECT t.opened_at, t.queue, t.channel, coalesce(t.assignee, 0)
		AS who, count(*) AS n, count(t.due_at) AS due,
		count(t.assignee) FILTER (WHERE t.state <> 'pending') AS held,
		coalesce(sum(t.units) FILTER (WHERE t.assignee IS NOT NULL
		    AND t.state <> 'pending'), 0) AS units
	    FROM fresh t WHERE t.state IN ('new', 'open', 'pending')
	    GROUP BY 1, 2, 3, 4) f
	CROSS JOIN LATERAL (VALUES (0, 'opened', f.n), (0, 'offered', f.due),
	    (f.who, 'cases', f.n), (f.who, 'cases_since',
		f.n * floor(extract(epoch FROM f.opened_at))::bigint),
	    (f.who, 'hand', f.held),
	    (f.who, 'hand_ms', f.held * desk.hour_rest(f.opened_at)),
	    (f.who, 'units', f.units),
	    (f.who, 'units_ms', f.units * desk.hour_rest(f.opened_at))
	    ) w(agent, what, n)
	WHERE w.n <> 0;
	RETURN NULL;
END;
$$;

-- Whether the customer waited until this: when it was due, as its clock has it
-- (which may have been put aside), or as the ticket had it.
CREATE OR REPLACE FUNCTION desk.wait_due(t desk.ticket, moment timestamptz)
RETURNS timestamptz
LANGUAGE sql STABLE
AS $$
	SELECT coalesce((SELECT c.due_at FROM desk.clock c
	    WHERE c.ticket = (t).id AND c.done_at = moment
		AND c.kind IN ('first', 'next')
	    ORDER BY c.n DESC LIMIT 1), (t).due_at, 'infinity')
$$;

CREATE OR REPLACE FUNCTION desk.spells_follow()
RETURNS trigger
LANGUAGE plpgsql
AS $$
DECLARE
	moment	timestamptz := CASE WHEN NEW.touched_at > OLD.touched_at
		    THEN NEW.touched_at ELSE now() END;
	who	int := desk.spell_agent(NEW.id);
	began	timestamptz;	-- of the wait; NULL: nobody waited
	owed	boolean;	-- an answer, before
	owes	boolean := NEW.due_at IS NOT NULL
		    AND NEW.state IN ('new', 'open');
	moves	boolean := OLD.queue <> NEW.queue;
	alive	boolean := NEW.state IN ('new', 'open', 'pending');
	lived	boolean := OLD.state IN ('new', 'open', 'pending');
	first	boolean := OLD.first_answer_at IS NULL
		    AND NEW.first_answer_at IS NOT NULL;
	done	boolean := NEW.state = 'resolved' AND lived;
	-- The wait went with its messages into another case; see split.sql.
	leaves	boolean;
	answers	boolean;
	fresh	boolean;
	opened	int;		-- seconds of open time since
BEGIN
	IF OLD.spell_at IS NULL THEN
		OLD := desk.spells_past(OLD);
		NEW.spell_at := OLD.spell_at;
		NEW.owed_at := OLD.owed_at;
	END IF;
	-- A transaction that began earlier may come later.
	moment := greatest(moment, OLD.spell_at);
	IF OLD.state = 'pending' THEN
		began := OLD.owed_at + (moment - OLD.spell_at);
		owed := began IS NOT NULL;
	ELSE
		owed := OLD.due_at IS NOT NULL AND lived;
		began := CASE WHEN owed THEN OLD.owed_at END;
	END IF;
	leaves := began IS NOT NULL AND NOT owes AND NEW.state <> 'pending'
	    AND desk.wait_left(NEW.id);
	-- A question of another department is answered and over in one.
	answers := began IS NOT NULL AND NOT moves AND NOT owes AND NOT leaves
	    AND (NEW.state IN ('new', 'open') OR NEW.state = 'resolved'
		AND (first OR NEW.kind = 'consult' AND EXISTS (
		    SELECT FROM desk.consult k WHERE k.ticket = NEW.id
			AND k.how = 'answered' AND k.done_at = now())));
	fresh := owes AND (moves OR NOT owed);
	NEW.owed_at := CASE WHEN fresh THEN moment
	    WHEN owes OR NEW.state = 'pending' AND NOT moves THEN began END;
	NEW.spell_at := moment;

	IF first OR done THEN
		opened := desk.business_between((SELECT q.hours
		    FROM desk.queue q WHERE q.id = NEW.queue), NEW.opened_at,
		    moment);
	END IF;
	INSERT INTO desk.spell (ticket, began, ended, queue, state, assignee,
	    units, due_at, waits, answered, agent, open_s)
	VALUES (NEW.id, OLD.spell_at, moment, OLD.queue, OLD.state,
	    OLD.assignee, OLD.units, OLD.due_at, began IS NOT NULL,
	    OLD.first_answer_at IS NOT NULL, who, opened);

	INSERT INTO desk.report_part (hour, queue, channel, agent, what, n)
	SELECT desk.hour_of(moment), w.queue, NEW.channel, w.agent, w.what,
	    sum(w.n)
	FROM (
	    SELECT v.queue, coalesce(v.agent, 0) AS agent, v.what, v.n
	    FROM (VALUES
		(fresh, NEW.queue, 0, 'offered', 1::bigint),
		(answers, NEW.queue, who, 'answered', 1),
		(answers, NEW.queue, who, 'waited',
		    desk.report_ms(began, moment)),
		(answers AND desk.wait_due(OLD, moment) >= moment, NEW.queue,
		    who, 'within', 1),
		(began IS NOT NULL AND moves OR leaves, OLD.queue, 0, 'handed',
		    1),
		(began IS NOT NULL AND NOT moves AND NOT alive
		    AND NOT answers AND NOT leaves, NEW.queue,
		    who, 'dropped', 1),
		(first, NEW.queue, who, 'firsts', 1),
		(first, NEW.queue, who, 'first_ms',
		    desk.report_ms(NEW.opened_at, moment)),
		(first, NEW.queue, who, 'first_open', opened),
		(done, NEW.queue, who, 'resolved', 1),
		(done, NEW.queue, who, 'resolve_ms',
		    desk.report_ms(NEW.opened_at, moment)),
		(done, NEW.queue, who, 'resolve_open', opened),
		(alive AND NOT lived, NEW.queue, OLD.assignee, 'reopened', 1),
		(moves, OLD.queue, who, 'moved_out', 1),
		(moves, NEW.queue, 0, 'moved_in', 1)
		) v(counts, queue, agent, what, n)
	    WHERE v.counts
	    UNION ALL
	    SELECT OLD.queue, s.agent, s.what, s.n
	    FROM desk.report_stock(OLD.assignee, OLD.state, OLD.units,
		OLD.opened_at, -1, moment) s
	    UNION ALL
	    SELECT NEW.queue, s.agent, s.what, s.n
	    FROM desk.report_stock(NEW.assignee, NEW.state, NEW.units,
		NEW.opened_at, 1, moment) s) w
	GROUP BY w.queue, w.agent, w.what
	HAVING sum(w.n) <> 0;
	RETURN NEW;
END;
$$;
