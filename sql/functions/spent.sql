-- Time by department, counted as a ticket's row changes, and hand-offs to and
-- fro.

-- Before a ticket's row is written that comes to another place or queue.
CREATE OR REPLACE FUNCTION desk.spent_follow()
RETURNS trigger
LANGUAGE plpgsql
AS $$
DECLARE
	moment	timestamptz := CASE WHEN NEW.touched_at > OLD.touched_at
		    THEN NEW.touched_at ELSE now() END;
	was	text := desk.place(OLD.state, OLD.assignee);
	place	text := desk.place(NEW.state, NEW.assignee);
	its	CONSTANT text := CASE WHEN NEW.kind = 'consult'
		    THEN 'consult' ELSE 'own' END;
	came	CONSTANT int := (OLD.queue <> NEW.queue)::int;
BEGIN
	IF was = place AND came = 0 THEN
		RETURN NEW;
	END IF;
	-- Where it was until now: the row that runs, or where it was opened.
	INSERT INTO desk.spent AS s (ticket, queue, kind, since, waiting,
	    working)
	SELECT NEW.id, OLD.queue, its, NULL,
	    CASE WHEN was = 'wait' THEN x.ms ELSE 0 END,
	    CASE WHEN was = 'work' THEN x.ms ELSE 0 END
	FROM (SELECT greatest(0, desk.report_ms(greatest(OLD.opened_at, f.at),
		moment)) AS ms FROM desk.spent_from f) x
	ON CONFLICT (ticket, queue) DO UPDATE SET since = NULL,
	    waiting = s.waiting + CASE WHEN was = 'wait'
		THEN greatest(0, desk.report_ms(s.since,
		    moment)) ELSE 0 END,
	    working = s.working + CASE WHEN was = 'work'
		THEN greatest(0, desk.report_ms(s.since,
		    moment)) ELSE 0 END;
	-- Where it is from now on.
	INSERT INTO desk.spent AS s (ticket, queue, kind, since)
	VALUES (NEW.id, NEW.queue, its,
	    CASE WHEN place <> 'gone' THEN moment END)
	ON CONFLICT (ticket, queue) DO UPDATE
	SET since = excluded.since, visits = s.visits + came;
	IF came = 1 THEN
		INSERT INTO desk.handed AS h (ticket, from_queue, to_queue)
		VALUES (NEW.id, OLD.queue, NEW.queue)
		ON CONFLICT (ticket, from_queue, to_queue) DO UPDATE
		SET n = h.n + 1;
		IF desk.returns_of(NEW.id) >= 3
		    AND NOT 'pingpong' = ANY (NEW.marks) THEN
			NEW.marks := array_append(NEW.marks, 'pingpong');
		END IF;
	END IF;
	RETURN NEW;
END;
$$;

-- How often a ticket came back to a department that had had it before.
CREATE OR REPLACE FUNCTION desk.returns_of(of bigint)
RETURNS int
LANGUAGE sql STABLE
AS $$
	SELECT coalesce(sum(s.visits - 1), 0)::int FROM desk.spent s
	WHERE s.ticket = of
$$;

-- What each department took of a case until now, in s: its own time, and that
-- of the questions that it asked: [{"queue","kind":"own|consult","waiting",
-- "working"}]; of a question, its own time is what its case waited.
CREATE OR REPLACE FUNCTION desk.spent_json(t desk.ticket)
RETURNS jsonb
LANGUAGE plpgsql STABLE
AS $$
BEGIN
	RETURN (SELECT jsonb_agg(jsonb_build_object('queue', x.name,
	    'kind', x.kind, 'waiting', x.waiting, 'working', x.working)
	    ORDER BY x.kind DESC, x.name)
	FROM (SELECT q.name, CASE WHEN c.id = t.id THEN 'own'
		ELSE 'consult' END AS kind,
		round(sum(p.waiting) / 1000.0)::bigint AS waiting,
		round(sum(p.working) / 1000.0)::bigint AS working
	    FROM (SELECT t.* UNION ALL
		SELECT u.* FROM desk.consult k
		JOIN desk.ticket u ON u.id = k.ticket
		WHERE k.parent = t.id) c
	    CROSS JOIN LATERAL desk.spent_until(c, now()) p
	    JOIN desk.queue q ON q.id = p.queue
	    GROUP BY 1, 2) x);
END;
$$;

-- A ticket's rows as they would be if it were moved at this moment.
CREATE OR REPLACE FUNCTION desk.spent_until(t desk.ticket, moment timestamptz)
RETURNS TABLE (queue int, waiting bigint, working bigint)
LANGUAGE plpgsql STABLE ROWS 4
AS $$
DECLARE
	place	CONSTANT text := desk.place(t.state, t.assignee);
BEGIN
	RETURN QUERY
	SELECT s.queue, s.waiting + CASE WHEN place = 'wait'
		THEN greatest(0, desk.report_ms(s.since,
		    moment)) ELSE 0 END,
	    s.working + CASE WHEN place = 'work'
		THEN greatest(0, desk.report_ms(s.since,
		    moment)) ELSE 0 END
	FROM desk.spent s WHERE s.ticket = t.id;
	IF NOT FOUND THEN
		RETURN QUERY
		SELECT t.queue, CASE WHEN place = 'wait' THEN x.ms ELSE 0 END,
		    CASE WHEN place = 'work' THEN x.ms ELSE 0 END
		FROM (SELECT greatest(0, desk.report_ms(greatest(t.opened_at,
			f.at), moment)) AS ms FROM desk.spent_from f) x;
	END IF;
END;
$$;

-- From where to where a ticket was handed, and how often: [{"from","to","n"}];
-- NULL: never.
CREATE OR REPLACE FUNCTION desk.handed_json(of bigint)
RETURNS jsonb
LANGUAGE sql STABLE
AS $$
	SELECT jsonb_agg(jsonb_build_object('from', a.name, 'to', b.name,
	    'n', h.n) ORDER BY h.n DESC, a.name, b.name)
	FROM desk.handed h
	JOIN desk.queue a ON a.id = h.from_queue
	JOIN desk.queue b ON b.id = h.to_queue
	WHERE h.ticket = of
$$;
