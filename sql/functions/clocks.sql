-- The clocks of a ticket: until its first answer, until each later one, until
-- it is resolved, and how long a department has it.  They start, pause, go on
-- and end by what happens to the ticket's row (a trigger), whoever writes it.

-- A clock that a ticket's row alone stands for, put on record: by its queue's
-- own target, since it was opened.  (Of a ticket that an older release
-- answered, since it was last touched.)
CREATE OR REPLACE FUNCTION desk.clock_implied(t desk.ticket)
RETURNS desk.clock
LANGUAGE plpgsql STABLE
AS $$
DECLARE
	c	desk.clock;
BEGIN
	IF t.clocked OR t.due_at IS NULL OR t.due_at <= t.opened_at THEN
		RETURN NULL;
	END IF;
	c.ticket := t.id;
	c.n := 1;
	c.kind := CASE WHEN t.first_answer_at IS NULL THEN 'first'
	    ELSE 'next' END;
	c.queue := t.queue;
	c.hours := (SELECT q.hours FROM desk.queue q WHERE q.id = t.queue);
	c.spent := 0;
	c.started_at := CASE WHEN t.first_answer_at IS NULL
	    OR t.touched_at > t.due_at THEN t.opened_at ELSE t.touched_at END;
	c.total := desk.business_between(c.hours, c.started_at, t.due_at);
	c.since := c.started_at;
	c.due_at := t.due_at;
	c.alarm_at := t.due_at;
	c.steps := '[]';
	RETURN c;
END;
$$;

-- A clock that starts at a moment, of which so much is spent already; NULL:
-- nothing of that kind is promised.  g: the target that fits.  What none says,
-- the queue's own does, until `due`.
CREATE OR REPLACE FUNCTION desk.clock_made(t desk.ticket, g desk.target,
    kind text, moment timestamptz, spent int, due timestamptz DEFAULT NULL)
RETURNS desk.clock
LANGUAGE plpgsql STABLE
AS $$
DECLARE
	c	desk.clock;
BEGIN
	c.ticket := t.id;
	c.kind := kind;
	c.queue := t.queue;
	c.spent := spent;
	c.started_at := moment;
	c.since := moment;
	c.steps := '[]';
	c.hours := (SELECT q.hours FROM desk.queue q WHERE q.id = t.queue);
	c.total := CASE kind WHEN 'first' THEN g.first WHEN 'next' THEN g.next
	    WHEN 'resolve' THEN g.resolve ELSE g.department END;
	IF c.total IS NULL THEN
		IF due IS NULL THEN
			RETURN NULL;
		END IF;
		c.total := desk.business_between(c.hours, moment, due);
		c.due_at := due;
	ELSE
		c.target := g.name;
		c.hours := coalesce(g.hours, c.hours);
		c.due_at := desk.business_add(c.hours, moment,
		    greatest(c.total - spent, 0));
		IF c.total * g.warn / 100 > spent THEN
			c.warn_at := desk.business_add(c.hours, moment,
			    c.total * g.warn / 100 - spent);
		END IF;
	END IF;
	c.alarm_at := least(c.warn_at, c.due_at);
	RETURN c;
END;
$$;

CREATE OR REPLACE FUNCTION desk.clock_put(c desk.clock)
RETURNS void
LANGUAGE plpgsql
AS $$
BEGIN
	IF c.ticket IS NOT NULL THEN
		c.n := 1 + coalesce((SELECT max(k.n) FROM desk.clock k
		    WHERE k.ticket = c.ticket), 0);
		INSERT INTO desk.clock SELECT c.*;
	END IF;
END;
$$;

-- The clock without what it runs on: paused.  One that is past its time stays
-- broken, and is told of if it was not yet.
CREATE OR REPLACE FUNCTION desk.clock_stopped(c desk.clock,
    moment timestamptz)
RETURNS desk.clock
LANGUAGE plpgsql STABLE
AS $$
BEGIN
	IF c.since IS NULL THEN
		RETURN c;
	END IF;
	c.spent := c.spent + desk.business_between(c.hours, c.since, moment);
	c.since := NULL;
	IF c.due_at >= moment THEN
		c.due_at := NULL;
		c.alarm_at := NULL;
	ELSIF c.breached_at IS NULL THEN
		c.alarm_at := c.due_at;
	END IF;
	c.warn_at := NULL;
	RETURN c;
END;
$$;

CREATE OR REPLACE FUNCTION desk.clock_step(c desk.clock, what text,
    moment timestamptz)
RETURNS jsonb
LANGUAGE sql IMMUTABLE
AS $$
	SELECT jsonb_path_query_array((c).steps || jsonb_build_object(
	    'at', desk.rfc3339(moment), 'what', what,
	    'left', (c).total - (c).spent), '$[last - 19 to last]')
$$;

CREATE OR REPLACE FUNCTION desk.clock_end(c desk.clock, why text,
    moment timestamptz)
RETURNS void
LANGUAGE plpgsql
AS $$
DECLARE
	due	timestamptz := c.due_at;
BEGIN
	c := desk.clock_stopped(c, moment);
	UPDATE desk.clock k SET spent = c.spent, since = NULL,
	    due_at = coalesce(due, c.due_at), alarm_at = c.alarm_at,
	    warn_at = c.warn_at, done_at = moment, how = why
	WHERE k.ticket = c.ticket AND k.n = c.n;
END;
$$;

CREATE OR REPLACE FUNCTION desk.clock_pause(c desk.clock, moment timestamptz)
RETURNS void
LANGUAGE plpgsql
AS $$
BEGIN
	c := desk.clock_stopped(c, moment);
	UPDATE desk.clock k SET spent = c.spent, since = NULL,
	    due_at = c.due_at, alarm_at = c.alarm_at, warn_at = c.warn_at,
	    steps = desk.clock_step(c, 'pause', moment)
	WHERE k.ticket = c.ticket AND k.n = c.n;
END;
$$;

-- Returns when it is due now.
CREATE OR REPLACE FUNCTION desk.clock_resume(c desk.clock, moment timestamptz)
RETURNS timestamptz
LANGUAGE plpgsql
AS $$
DECLARE
	warn	int := (SELECT g.warn FROM desk.target g
		    WHERE g.name = c.target);
BEGIN
	IF c.due_at IS NULL THEN
		c.due_at := desk.business_add(c.hours, moment,
		    greatest(c.total - c.spent, 0));
		IF c.warned_at IS NULL AND c.total * warn / 100 > c.spent THEN
			c.warn_at := desk.business_add(c.hours, moment,
			    c.total * warn / 100 - c.spent);
		END IF;
		c.alarm_at := least(c.warn_at, c.due_at);
	END IF;
	UPDATE desk.clock k SET since = moment, due_at = c.due_at,
	    alarm_at = c.alarm_at, warn_at = c.warn_at,
	    steps = desk.clock_step(c, 'resume', moment)
	WHERE k.ticket = c.ticket AND k.n = c.n;
	RETURN c.due_at;
END;
$$;

-- What a ticket's earlier clock of this kind had used up, of those that are
-- over; in a department only its own count.
CREATE OR REPLACE FUNCTION desk.clock_spent(of bigint, wanted text,
    department int)
RETURNS int
LANGUAGE sql STABLE
AS $$
	SELECT coalesce((SELECT k.spent FROM desk.clock k
	    WHERE k.ticket = of AND k.kind = wanted
		AND (department IS NULL OR k.queue = department)
	    ORDER BY k.n DESC LIMIT 1), 0)
$$;

-- Of tickets that were just opened, on a desk that has targets.  What is
-- promised is found once for all who are promised the same; when the first
-- answer is due, their rows say.
CREATE OR REPLACE FUNCTION desk.clocks_open(tickets bigint[])
RETURNS void
LANGUAGE plpgsql
AS $$
BEGIN
	WITH t AS MATERIALIZED (
	    -- Each by its key: the plan must not be one that reads all that
	    -- are open.
	    SELECT k.id, k.queue,
		desk.aimed_as(k.kind, k.channel) AS channel, k.priority,
		coalesce(c.segment, '') AS segment, k.opened_at, k.due_at
	    FROM unnest(tickets) u(id)
	    CROSS JOIN LATERAL (SELECT * FROM desk.ticket k
		WHERE k.id = u.id LIMIT 1) k
	    LEFT JOIN LATERAL (SELECT c.segment FROM desk.customer c
		WHERE c.id = k.customer LIMIT 1) c ON true
	    WHERE k.clocked AND k.state IN ('new', 'open')
	), promise AS MATERIALIZED (
	    SELECT s.*, x.place, x.kind, g.name,
		CASE WHEN x.total IS NULL THEN q.hours
		    ELSE coalesce(g.hours, q.hours) END AS hours,
		x.total, x.total * g.warn / 100 AS warn
	    FROM (SELECT DISTINCT t.queue, t.channel, t.priority, t.segment,
		    t.opened_at FROM t) s
	    JOIN desk.queue q ON q.id = s.queue
	    LEFT JOIN LATERAL desk.aims(s.queue, s.channel, s.priority,
		s.segment) g ON true
	    CROSS JOIN LATERAL (VALUES (1, 'first', g.first),
		(2, 'resolve', g.resolve), (3, 'department', g.department))
		x (place, kind, total)
	    WHERE x.total IS NOT NULL OR x.kind = 'first'
	), due AS MATERIALIZED (
	    SELECT p.hours, p.opened_at, p.seconds,
		desk.business_add(p.hours, p.opened_at, p.seconds) AS at
	    FROM (SELECT p.hours, p.opened_at, p.total FROM promise p
		WHERE p.kind <> 'first'
		UNION
		SELECT p.hours, p.opened_at, p.warn FROM promise p
		WHERE p.warn > 0) p (hours, opened_at, seconds)
	)
	INSERT INTO desk.clock (ticket, n, kind, queue, target, hours, total,
	    started_at, since, due_at, warn_at, alarm_at)
	SELECT t.id, row_number() OVER (PARTITION BY t.id ORDER BY p.place),
	    p.kind, t.queue, CASE WHEN p.total IS NOT NULL THEN p.name END,
	    p.hours, coalesce(p.total, desk.business_between(p.hours,
		t.opened_at, t.due_at)),
	    t.opened_at, t.opened_at, x.due_at, w.at, least(w.at, x.due_at)
	FROM t
	JOIN promise p ON p.queue = t.queue AND p.channel = t.channel
	    AND p.priority = t.priority AND p.segment = t.segment
	    AND p.opened_at = t.opened_at
	LEFT JOIN due d ON p.kind <> 'first' AND d.seconds = p.total
	    AND coalesce(d.hours, 0) = coalesce(p.hours, 0)
	    AND d.opened_at = p.opened_at
	LEFT JOIN due w ON w.seconds = p.warn
	    AND coalesce(w.hours, 0) = coalesce(p.hours, 0)
	    AND w.opened_at = p.opened_at
	CROSS JOIN LATERAL (SELECT CASE p.kind WHEN 'first' THEN t.due_at
	    ELSE d.at END AS due_at) x
	WHERE p.kind <> 'first' OR t.due_at > t.opened_at;
END;
$$;

-- Before a ticket's row is written whose due time, state or queue changes.
-- Who writes says that an answer is owed (due_at, by the queue's own target),
-- or owed no longer; a target's word, or what was left of a clock that was
-- paused, is put in its place.  What is due at once stays so, and starts no
-- clock: nothing new was promised.
CREATE OR REPLACE FUNCTION desk.clocks_follow()
RETURNS trigger
LANGUAGE plpgsql
AS $$
DECLARE
	moment	timestamptz := CASE WHEN NEW.touched_at > OLD.touched_at
		    THEN NEW.touched_at ELSE now() END;
	over	boolean := NEW.state IN ('resolved', 'closed');
	reopens	boolean := OLD.state IN ('resolved', 'closed') AND NOT over;
	asleep	boolean := NEW.state = 'pending';
	moves	boolean := OLD.queue <> NEW.queue;
	-- Due no later than a promise: see promise_alarm().
	promised boolean := coalesce(current_setting('desk.promised', true),
		    '') = NEW.id::text;
	wanted	timestamptz := NEW.due_at;
	-- The clock policy of a transfer; see ticket_transfer().
	keeps	boolean := moves AND coalesce(current_setting('desk.keeps',
		    true), '') = NEW.id::text;
	owed	boolean := false;	-- an answer, by a clock
	asked	boolean;		-- an answer, by none yet
	g	desk.target;
	c	desk.clock;
BEGIN
	IF NOT OLD.clocked THEN
		PERFORM desk.clock_put(desk.clock_implied(OLD));
		NEW.clocked := true;
	END IF;
	FOR c IN SELECT * FROM desk.clock k
	    WHERE k.ticket = NEW.id AND k.done_at IS NULL ORDER BY k.n LOOP
		IF over THEN
			PERFORM desk.clock_end(c, CASE
			    WHEN desk.wait_left(NEW.id) THEN 'moved'
			    ELSE 'resolved' END, moment);
		ELSIF moves AND NOT keeps AND c.kind <> 'resolve'
		    OR moves AND c.kind = 'department' THEN
			PERFORM desk.clock_end(c, 'moved', moment);
		ELSIF c.kind IN ('first', 'next') AND NOT asleep
		    AND NEW.due_at IS NULL THEN
			PERFORM desk.clock_end(c, CASE
			    WHEN desk.wait_left(NEW.id) THEN 'moved'
			    ELSE 'answered' END, moment);
		ELSE
			owed := owed OR c.kind IN ('first', 'next');
			IF asleep AND c.since IS NOT NULL THEN
				PERFORM desk.clock_pause(c, moment);
			ELSIF NOT asleep AND c.since IS NULL THEN
				c.due_at := desk.clock_resume(c, moment);
				IF c.kind IN ('first', 'next')
				    AND NEW.due_at > moment THEN
					NEW.due_at := greatest(c.due_at,
					    moment);
				END IF;
			END IF;
		END IF;
	END LOOP;
	IF over OR asleep THEN
		RETURN NEW;
	ELSIF promised THEN
		NEW.due_at := least(NEW.due_at, wanted);
	END IF;

	asked := NEW.due_at > moment AND NOT owed AND NOT promised;
	IF asked OR reopens OR moves THEN
		g := desk.aim(NEW.queue,
		    desk.aimed_as(NEW.kind, NEW.channel), NEW.priority,
		    NEW.customer);
	END IF;
	IF asked THEN
		c := desk.clock_made(NEW, g, CASE
		    WHEN NEW.first_answer_at IS NULL THEN 'first'
		    ELSE 'next' END, moment, 0, NEW.due_at);
		NEW.due_at := c.due_at;
		PERFORM desk.clock_put(c);
	END IF;
	IF reopens THEN
		PERFORM desk.clock_put(desk.clock_made(NEW, g, 'resolve',
		    moment, CASE WHEN g.resolve IS NULL OR g.again THEN 0
			ELSE desk.clock_spent(NEW.id, 'resolve', NULL) END));
	END IF;
	IF reopens OR moves THEN
		PERFORM desk.clock_put(desk.clock_made(NEW, g, 'department',
		    moment, CASE WHEN keeps THEN desk.clock_spent(NEW.id,
			'department', NEW.queue) ELSE 0 END));
	END IF;
	RETURN NEW;
END;
$$;
