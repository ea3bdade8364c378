-- The figures of reports counted a second time, from what is on record: the
-- stretches of each case (desk.spell), its clocks, its events.  Written apart
-- from what counts as things happen (spells.sql, report_events.sql): tests
-- compare the two, and cases from before are counted by it once.

-- Every stretch of these cases, with what was before it; the one that goes on
-- has no end.
CREATE OR REPLACE FUNCTION desk.stretches(tickets bigint[])
RETURNS TABLE (ticket bigint, place bigint, began timestamptz,
    ended timestamptz, queue int, state text, assignee int, units int,
    due_at timestamptz, answered boolean, channel text, opened_at timestamptz,
    was_queue int, was_state text, was_assignee int, was_due timestamptz,
    was_answered boolean, agent int, open_s int)
LANGUAGE sql STABLE
AS $$
	SELECT t.id, row_number() OVER w, coalesce(lag(s.ended) OVER w,
	    t.opened_at), s.ended, s.queue, s.state, s.assignee, s.units,
	    s.due_at, s.answered, t.channel, t.opened_at,
	    lag(s.queue) OVER w, lag(s.state) OVER w, lag(s.assignee) OVER w,
	    lag(s.due_at) OVER w, lag(s.answered) OVER w, lag(s.agent) OVER w,
	    lag(s.open_s) OVER w
	FROM desk.ticket t
	CROSS JOIN LATERAL (
	    SELECT p.id, p.ended, p.queue, p.state, p.assignee, p.units,
		p.due_at, p.answered, p.agent, p.open_s
	    FROM desk.spell p WHERE p.ticket = t.id
	    UNION ALL
	    SELECT NULL, NULL, t.queue, t.state, t.assignee, t.units, t.due_at,
		t.first_answer_at IS NOT NULL, NULL, NULL) s
	WHERE t.id = ANY (tickets)
	WINDOW w AS (PARTITION BY t.id ORDER BY s.id NULLS LAST)
$$;

-- What came of the cases: opened, moved, answered first, resolved, opened
-- again, and how the stocks changed.
CREATE OR REPLACE FUNCTION desk.report_again_moves(tickets bigint[])
RETURNS TABLE (hour timestamptz, queue int, channel text, agent int,
    what text, n bigint)
LANGUAGE sql STABLE
AS $$
	WITH s AS MATERIALIZED (
	    SELECT s.*, s.place = 1 AS opens,
		s.state IN ('new', 'open', 'pending') AS alive,
		s.was_state IN ('new', 'open', 'pending') AS lived,
		s.assignee IS NOT NULL AND s.state IN ('new', 'open') AS held,
		extract(epoch FROM s.opened_at) AS opened_s
	    FROM desk.stretches(tickets) s
	)
	SELECT date_trunc('hour', s.began, 'UTC'), m.queue, s.channel,
	    coalesce(m.agent, 0), m.what, m.n
	FROM s CROSS JOIN LATERAL (VALUES
	    ('opened', s.opens AND s.alive, s.queue, 0, 1::bigint),
	    ('moved_out', s.queue <> s.was_queue, s.was_queue, s.agent, 1),
	    ('moved_in', s.queue <> s.was_queue, s.queue, 0, 1),
	    ('firsts', s.answered AND NOT s.was_answered, s.queue, s.agent, 1),
	    ('first_ms', s.answered AND NOT s.was_answered, s.queue, s.agent,
		desk.report_ms(s.opened_at, s.began)),
	    ('first_open', s.answered AND NOT s.was_answered, s.queue, s.agent,
		s.open_s),
	    ('resolved', s.lived AND s.state = 'resolved', s.queue, s.agent, 1),
	    ('resolve_ms', s.lived AND s.state = 'resolved', s.queue, s.agent,
		desk.report_ms(s.opened_at, s.began)),
	    ('resolve_open', s.lived AND s.state = 'resolved', s.queue,
		s.agent, s.open_s),
	    ('reopened', s.alive AND NOT s.lived, s.queue, s.was_assignee, 1)
	    ) m(what, counts, queue, agent, n)
	WHERE m.counts
	UNION ALL
	SELECT date_trunc('hour', b.at, 'UTC'), s.queue, s.channel,
	    coalesce(s.assignee, 0), k.what, b.sign * k.n
	FROM s
	CROSS JOIN LATERAL (VALUES (s.began, 1), (s.ended, -1)) b(at, sign)
	CROSS JOIN LATERAL (SELECT (3600000 - extract(epoch FROM b.at
	    - date_trunc('hour', b.at, 'UTC')) * 1000) AS rest) r
	CROSS JOIN LATERAL (VALUES ('cases', true, 1::bigint),
	    ('cases_since', true, floor(s.opened_s)::bigint),
	    ('hand', s.held, 1), ('hand_ms', s.held, floor(r.rest)::bigint),
	    ('units', s.held, s.units),
	    ('units_ms', s.held, s.units * floor(r.rest)::bigint)
	    ) k(what, counts, n)
	WHERE s.alive AND b.at IS NOT NULL AND k.counts
$$;

-- When customers left before anybody answered, and when a call was taken that
-- opened its case, with the ms that he had waited by then.
CREATE OR REPLACE FUNCTION desk.waits_told(tickets bigint[])
RETURNS TABLE (ticket bigint, at timestamptz, what text, ms bigint)
LANGUAGE sql STABLE
AS $$
	SELECT e.ticket, e.filed_at, 'left', desk.waited_ms(e.meta)
	FROM desk.event e
	WHERE e.ticket = ANY (tickets) AND e.kind = 'abandoned'
	UNION ALL
	SELECT t.id, t.opened_at, 'taken',
	    greatest(coalesce((f.meta->'call'->>'wait')::bigint, 0), 0) * 1000
	FROM desk.ticket t
	CROSS JOIN LATERAL (SELECT e.* FROM desk.event e
	    WHERE e.ticket = t.id ORDER BY e.id LIMIT 1) f
	WHERE t.id = ANY (tickets) AND f.kind = 'call' AND f.direction = 'in'
	    AND f.agent IS NOT NULL AND f.filed_at = t.opened_at
$$;

-- How customers waited: each case gone through in order, with who left among
-- its stretches.  since: later than began by as long as it was put aside; how
-- it ended: answered, abandoned, handed, dropped; NULL: it goes on.
CREATE OR REPLACE FUNCTION desk.waits(tickets bigint[])
RETURNS TABLE (ticket bigint, queue int, channel text, began timestamptz,
    since timestamptz, ended timestamptz, how text, agent int,
    due timestamptz, ms bigint)
LANGUAGE plpgsql STABLE
AS $$
#variable_conflict use_variable
DECLARE
	s	record;
	held	boolean := false;	-- one that ended waits to be told
	waits	boolean := false;	-- one goes on
	was_at	timestamptz;		-- when the stretch before began
	extra	bigint := 0;
	owed	boolean;
	owes	boolean;
	moves	boolean;
BEGIN
	FOR s IN
	    SELECT x.ticket, x.began AS at, 1 AS is, x.place, x.queue,
		x.channel, x.state, x.due_at, x.was_queue, x.was_state,
		x.was_due, x.agent, 0::bigint AS ms,
		x.answered AND NOT x.was_answered AS first
	    FROM desk.stretches(tickets) x
	    UNION ALL
	    SELECT w.ticket, w.at, CASE w.what WHEN 'taken' THEN 0 ELSE 2 END,
		NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, w.ms,
		NULL
	    FROM desk.waits_told(tickets) w
	    ORDER BY 1, 2, 3, 4
	LOOP
		-- Who left in the moment in which his case was resolved was
		-- not dropped.
		IF held AND s.is = 2 AND s.ticket = ticket AND s.at = ended
		    AND how = 'dropped' THEN
			how := 'abandoned';
			agent := NULL;
			ms := s.ms;
			RETURN NEXT;
			held := false;
			CONTINUE;
		ELSIF held THEN
			RETURN NEXT;
			held := false;
		END IF;
		IF s.ticket IS DISTINCT FROM ticket THEN
			IF waits THEN
				RETURN NEXT;
			END IF;
			ticket := s.ticket;
			waits := false;
			extra := 0;
		END IF;
		IF s.is = 0 THEN
			extra := s.ms;
			CONTINUE;
		ELSIF s.is = 2 THEN
			IF waits THEN
				ended := s.at;
				how := 'abandoned';
				ms := s.ms;
				RETURN NEXT;
				waits := false;
			END IF;
			CONTINUE;
		END IF;

		IF waits AND s.was_state = 'pending' THEN
			since := since + (s.at - was_at);
		END IF;
		was_at := s.at;
		owes := s.due_at IS NOT NULL AND s.state IN ('new', 'open');
		owed := CASE WHEN s.was_state = 'pending' THEN waits
		    ELSE s.was_due IS NOT NULL
			AND s.was_state IN ('new', 'open') END;
		moves := coalesce(s.was_queue <> s.queue, false);
		how := CASE WHEN NOT waits THEN NULL
		    WHEN moves OR NOT owes AND s.state <> 'pending'
			AND EXISTS (SELECT FROM desk.event e
			    WHERE e.ticket = s.ticket AND e.kind = 'split'
				AND e.filed_at = s.at) THEN 'handed'
		    WHEN s.state = 'resolved' AND (s.first OR EXISTS (
			SELECT FROM desk.event e WHERE e.ticket = s.ticket
			    AND e.filed_at = s.at AND e.kind = 'consult'
			    AND e.meta->>'what' = 'answer'
			    AND e.meta ? 'parent')) THEN 'answered'
		    WHEN s.state IN ('resolved', 'closed') THEN 'dropped'
		    WHEN s.state <> 'pending' AND NOT owes THEN 'answered' END;
		IF how IS NOT NULL THEN
			ended := s.at;
			agent := CASE WHEN how <> 'handed' THEN s.agent END;
			ms := desk.report_ms(since, s.at) + extra;
			due := coalesce(CASE WHEN how = 'answered' THEN
			    (SELECT max(c.due_at) FROM desk.clock c
			    WHERE c.ticket = s.ticket AND c.done_at = s.at
				AND c.kind IN ('first', 'next')) END,
			    s.was_due);
			extra := 0;
			waits := false;
			held := how = 'dropped';
			IF NOT held THEN
				RETURN NEXT;
			END IF;
		END IF;
		IF owes AND (moves OR owed IS NOT TRUE) THEN
			queue := s.queue;
			channel := s.channel;
			began := s.at;
			since := s.at;
			ended := NULL;
			how := NULL;
			agent := NULL;
			ms := NULL;
			waits := true;
		END IF;
		IF waits THEN
			due := s.due_at;
		END IF;
	END LOOP;
	IF held OR waits THEN
		RETURN NEXT;
	END IF;
END;
$$;

CREATE OR REPLACE FUNCTION desk.report_again_waits(tickets bigint[])
RETURNS TABLE (hour timestamptz, queue int, channel text, agent int,
    what text, n bigint)
LANGUAGE sql STABLE
AS $$
	SELECT date_trunc('hour', CASE WHEN k.what = 'offered' THEN w.began
		ELSE w.ended END, 'UTC'), w.queue, w.channel,
	    CASE WHEN k.what = 'offered' THEN 0 ELSE coalesce(w.agent, 0) END,
	    k.what, k.n
	FROM desk.waits(tickets) w
	CROSS JOIN LATERAL (VALUES ('offered', true, 1::bigint),
	    (w.how, w.how IS NOT NULL, 1),
	    ('waited', w.how = 'answered', w.ms),
	    ('within', w.how = 'answered'
		AND coalesce(w.due >= w.ended, true), 1),
	    ('abandoned_ms', w.how = 'abandoned', w.ms),
	    ('abandoned_late', w.how = 'abandoned' AND w.due < w.ended, 1)
	    ) k(what, counts, n)
	WHERE k.counts
$$;

-- How long was talked on the telephone, by the ends of calls.
CREATE OR REPLACE FUNCTION desk.report_again_talks(tickets bigint[])
RETURNS TABLE (hour timestamptz, queue int, channel text, agent int,
    what text, n bigint)
LANGUAGE sql STABLE
AS $$
	SELECT date_trunc('hour', e.filed_at, 'UTC'), s.queue, s.channel,
	    e.agent, k.what, k.n
	FROM desk.event e
	-- Where the case stood then.
	CROSS JOIN LATERAL (SELECT x.queue, x.channel
	    FROM desk.stretches(ARRAY[e.ticket]) x
	    WHERE x.began <= e.filed_at
	    ORDER BY x.place DESC LIMIT 1) s
	CROSS JOIN LATERAL (VALUES ('talks', 1::bigint),
	    ('talk', (e.meta->'call'->>'duration')::bigint)) k(what, n)
	WHERE e.ticket = ANY (tickets) AND e.kind = 'call'
	    AND e.agent IS NOT NULL AND e.meta->'call'->>'state' = 'ended'
	    AND NOT coalesce((e.meta->'call'->>'part')::boolean, false)
	    AND (e.meta->'call'->>'duration')::bigint > 0
$$;

-- All that these cases count for.
CREATE OR REPLACE FUNCTION desk.report_again(tickets bigint[])
RETURNS TABLE (hour timestamptz, queue int, channel text, agent int,
    what text, n bigint)
LANGUAGE plpgsql STABLE
AS $$
BEGIN
	RETURN QUERY
	SELECT x.hour, x.queue, x.channel, x.agent, x.what, sum(x.n)::bigint
	FROM (SELECT * FROM desk.report_again_moves(tickets)
	    UNION ALL
	    SELECT * FROM desk.report_again_waits(tickets)
	    UNION ALL
	    SELECT * FROM desk.report_again_talks(tickets)) x
	GROUP BY 1, 2, 3, 4, 5
	HAVING sum(x.n) <> 0;
END;
$$;

-- The figures of these hours, from the whole history: for comparing; it reads
-- everything, a thousand cases at a time.
CREATE OR REPLACE FUNCTION desk.report_recomputed(since timestamptz,
    until timestamptz)
RETURNS TABLE (hour timestamptz, queue int, channel text, agent int,
    what text, n bigint)
LANGUAGE sql STABLE
AS $$
	SELECT r.hour, r.queue, r.channel, r.agent, r.what, sum(r.n)::bigint
	FROM (SELECT array_agg(t.id) AS ids FROM desk.ticket t
	    WHERE t.spell_at IS NOT NULL GROUP BY t.id / 1000) b
	CROSS JOIN LATERAL desk.report_again(b.ids) r
	WHERE r.hour >= since AND r.hour < until
	GROUP BY 1, 2, 3, 4, 5
	HAVING sum(r.n) <> 0
$$;

-- The same as it was counted at the time, what is not folded yet included.
CREATE OR REPLACE FUNCTION desk.report_counted(since timestamptz,
    until timestamptz)
RETURNS TABLE (hour timestamptz, queue int, channel text, agent int,
    what text, n bigint)
LANGUAGE sql STABLE
AS $$
	SELECT x.hour, x.queue, x.channel, x.agent, x.what, sum(x.n)::bigint
	FROM (SELECT h.hour, h.queue, h.channel, h.agent, f.key AS what,
		f.value::bigint AS n
	    FROM desk.report_hour h
	    CROSS JOIN LATERAL jsonb_each_text(to_jsonb(h)
		- '{hour,queue,channel,agent}'::text[]) f
	    UNION ALL
	    SELECT p.hour, p.queue, p.channel, p.agent, p.what, p.n
	    FROM desk.report_part p WHERE p.channel <> '') x
	WHERE x.hour >= since AND x.hour < until
	GROUP BY 1, 2, 3, 4, 5
	HAVING sum(x.n) <> 0
$$;

-- What differs between the two, for "deskctl report check": nothing.
CREATE OR REPLACE FUNCTION desk.report_differs(since timestamptz,
    until timestamptz)
RETURNS TABLE (hour timestamptz, queue int, channel text, agent int,
    what text, counted bigint, again bigint)
LANGUAGE sql STABLE
AS $$
	SELECT hour, queue, channel, agent, what, coalesce(c.n, 0),
	    coalesce(r.n, 0)
	FROM desk.report_counted(since, until) c
	FULL JOIN desk.report_recomputed(since, until) r
	    USING (hour, queue, channel, agent, what)
	WHERE c.n IS DISTINCT FROM r.n
$$;
