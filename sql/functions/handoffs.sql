-- Cases that go from department to department: put on record as they go, and
-- counted as measure 'handoff' (queue: from; name: the queue that it went to;
-- value: 1 the first time that the case went that way, and 2 more once it came
-- back).

-- Counts a hand-off, or with n -1 takes it back.
CREATE OR REPLACE FUNCTION desk.handoff_count(h desk.handoff, n int)
RETURNS void
LANGUAGE plpgsql
AS $$
BEGIN
	PERFORM desk.measure('handoff', q.name, h.at, h.source, 0, h.channel,
	    h.segment, '', h.first::int + 2 * h.back::int, n)
	FROM desk.queue q WHERE q.id = h.target;
END;
$$;

-- On desk.ticket, when its queue changes.  To leave a queue twice a case must
-- have come back to it: one hand-off from there at most waits for that.
CREATE OR REPLACE FUNCTION desk.handoff_note()
RETURNS trigger
LANGUAGE plpgsql
AS $$
DECLARE
	h	desk.handoff;
BEGIN
	SELECT * INTO h FROM desk.handoff o
	WHERE o.ticket = NEW.id AND o.source = NEW.queue AND NOT o.back;
	IF FOUND THEN
		PERFORM desk.handoff_count(h, -1);
		UPDATE desk.handoff o SET back = true WHERE o.id = h.id;
		h.back := true;
		PERFORM desk.handoff_count(h, 1);
	END IF;
	INSERT INTO desk.handoff AS o (ticket, at, source, target, channel,
	    segment, first, back)
	SELECT NEW.id, NEW.spell_at, OLD.queue, NEW.queue, NEW.channel,
	    coalesce(c.segment, ''), NOT EXISTS (SELECT FROM desk.handoff x
		WHERE x.ticket = NEW.id AND x.source = OLD.queue
		    AND x.target = NEW.queue), false
	FROM desk.customer c WHERE c.id = NEW.customer
	RETURNING o.* INTO h;
	PERFORM desk.handoff_count(h, 1);
	RETURN NULL;
END;
$$;

CREATE OR REPLACE FUNCTION desk.measure_records_handoff(since timestamptz,
    until timestamptz)
RETURNS TABLE (name text, at timestamptz, queue int, agent int, channel text,
    segment text, touchpoint text, value int, n bigint)
LANGUAGE sql STABLE
AS $$
	SELECT q.name, h.at, h.source, 0, h.channel, h.segment, '',
	    h.first::int + 2 * h.back::int, 1::bigint
	FROM desk.handoff h JOIN desk.queue q ON q.id = h.target
	WHERE h.at >= since AND h.at < until
$$;

-- The ways that cases went in these days (until: the day after the last), the
-- most used first: how often, how many of these were the first of their case,
-- and how many of these cases came back to where they came from.
CREATE OR REPLACE FUNCTION desk.handoff_links(since date, until date, whom text)
RETURNS TABLE (source text, target text, n bigint, cases bigint, back bigint)
LANGUAGE plpgsql STABLE
AS $$
BEGIN
	RETURN QUERY
	SELECT q.name, r.name, sum(r.n)::bigint,
	    coalesce(sum(r.n) FILTER (WHERE r.value & 1 = 1), 0)::bigint,
	    coalesce(sum(r.n) FILTER (WHERE r.value & 2 = 2), 0)::bigint
	FROM desk.measure_rows('handoff', since, until, '{month,year}', false) r
	JOIN desk.queue q ON q.id = r.queue
	WHERE whom IS NULL OR r.segment = whom
	GROUP BY 1, 2 HAVING sum(r.n) > 0
	ORDER BY 3 DESC, 1, 2;
END;
$$;

-- JOURNEY.HANDOFFS: {"from","to","segment"?,"n","back","nodes":[{"name","title",
-- "out","in"}],"links":[{"from","to","n","cases","back","low","high"}]}; low
-- and high: between what the share of back in n lies at 95 %.
CREATE OR REPLACE FUNCTION desk.journey_handoffs(caller jsonb, args jsonb)
RETURNS jsonb
LANGUAGE plpgsql STABLE
SET jit = off
AS $$
DECLARE
	span	record;
BEGIN
	PERFORM desk.must_be(caller, 'supervisor');
	PERFORM desk.segment_asked(args);
	span := desk.journey_span(args);
	RETURN (WITH l AS MATERIALIZED (
	    SELECT * FROM desk.handoff_links(span.since, span.until + 1,
		args->>'segment')
	), ends AS (
	    SELECT x.name, sum(x.gone) AS gone, sum(x.come) AS come
	    FROM (SELECT l.source AS name, l.n AS gone, 0 AS come FROM l
		UNION ALL SELECT l.target, 0, l.n FROM l) x
	    GROUP BY 1
	)
	SELECT jsonb_strip_nulls(jsonb_build_object('from', span.since,
	    'to', span.until, 'segment', args->>'segment'))
	    || jsonb_build_object(
	    'n', (SELECT coalesce(sum(l.n), 0) FROM l),
	    'back', (SELECT coalesce(sum(l.back), 0) FROM l),
	    'nodes', (SELECT coalesce(jsonb_agg(jsonb_build_object(
		    'name', e.name, 'title', q.title, 'out', e.gone,
		    'in', e.come) ORDER BY e.gone + e.come DESC, e.name), '[]')
		FROM ends e JOIN desk.queue q ON q.name = e.name),
	    'links', (SELECT coalesce(jsonb_agg(jsonb_build_object(
		    'from', l.source, 'to', l.target, 'n', l.n,
		    'cases', l.cases, 'back', l.back,
		    'low', round(w.low, 3), 'high', round(w.high, 3))
		    ORDER BY l.n DESC, l.source, l.target), '[]')
		FROM l CROSS JOIN LATERAL desk.wilson(l.back, l.n) w)));
END;
$$;
