-- Why a case came to be: which of the ten components of experience failed, by
-- an agent's judgement; counted (measure `cause`) as it is said.

CREATE OR REPLACE FUNCTION desk.cx_components()
RETURNS TABLE (name text, place int, vi text, en text)
LANGUAGE sql IMMUTABLE
AS $$
	VALUES ('advertising', 1, 'Quảng cáo', 'Advertising'),
	    ('content', 2, 'Nội dung', 'Content'),
	    ('digital', 3, 'Kênh số', 'Digital'),
	    ('nondigital', 4, 'Kênh trực tiếp', 'Non-digital'),
	    ('communications', 5, 'Giao tiếp', 'Communications'),
	    ('people', 6, 'Con người', 'People'),
	    ('products', 7, 'Sản phẩm', 'Products'),
	    ('service', 8, 'Dịch vụ', 'Service'),
	    ('friction', 9, 'Trở ngại', 'Friction'),
	    ('reputation', 10, 'Danh tiếng', 'Reputation')
$$;

-- Counts a cause (n: 1), or takes it back (-1), under what it stands under.
CREATE OR REPLACE FUNCTION desk.cause_count(c desk.ticket_cause, n int)
RETURNS void
LANGUAGE plpgsql
AS $$
BEGIN
	PERFORM desk.measure('cause', c.cause, c.at, c.queue, c.agent,
	    c.channel, c.segment, c.touchpoint, 1, n)
	WHERE c.cause IS NOT NULL;
END;
$$;

CREATE OR REPLACE FUNCTION desk.measure_records_cause(since timestamptz,
    until timestamptz)
RETURNS TABLE (name text, at timestamptz, queue int, agent int, channel text,
    segment text, touchpoint text, value int, n bigint)
LANGUAGE sql STABLE
AS $$
	SELECT c.cause, c.at, c.queue, coalesce(c.agent, 0), c.channel,
	    c.segment, c.touchpoint, 1, 1::bigint
	FROM desk.ticket_cause c WHERE c.at >= since AND c.at < until
$$;

-- TICKET.CAUSE: also of a case that is over, for that is when it is known;
-- none takes it back.
CREATE OR REPLACE FUNCTION desk.ticket_cause_set(caller jsonb, args jsonb)
RETURNS jsonb
LANGUAGE plpgsql
AS $$
DECLARE
	t	desk.ticket := desk.ticket_lock(caller, args);
	next	text := nullif(args->>'cause', 'none');
	old	desk.ticket_cause;
	c	desk.ticket_cause;
BEGIN
	IF t.kind = 'consult' THEN
		PERFORM desk.refuse('CONFLICT', 'A question to a department '
		    'has no cause: its case has.', 'ticket');
	END IF;
	SELECT * INTO old FROM desk.ticket_cause k WHERE k.ticket = t.id;
	IF old.cause IS NOT DISTINCT FROM next THEN
		RETURN desk.ticket_answer(t) || jsonb_build_object('cause',
		    coalesce(next, 'none'));
	END IF;
	PERFORM desk.cause_count(old, -1);
	DELETE FROM desk.ticket_cause k WHERE k.ticket = t.id;
	IF next IS NOT NULL THEN
		INSERT INTO desk.ticket_cause (ticket, cause, agent, queue,
		    channel, segment, touchpoint)
		VALUES (t.id, next, (caller->>'agent')::int, t.queue,
		    t.channel, coalesce((SELECT k.segment
			FROM desk.customer k WHERE k.id = t.customer), ''),
		    coalesce((SELECT p.touchpoint FROM desk.step p
			WHERE p.ticket = t.id
			ORDER BY p.event DESC LIMIT 1), ''))
		RETURNING * INTO c;
		PERFORM desk.cause_count(c, 1);
	END IF;
	RETURN desk.ticket_commit(caller, t, jsonb_build_object(
	    'kind', 'cause', 'meta', desk.from_to(old.cause, next)))
	    || jsonb_build_object('cause', coalesce(next, 'none'));
END;
$$;

-- CAUSE.LIST: the ten, and with a queue what was said there last, the newest
-- first, so that it is offered again.
CREATE OR REPLACE FUNCTION desk.cause_list(caller jsonb, args jsonb)
RETURNS jsonb
LANGUAGE plpgsql STABLE
SET enable_seqscan = off
AS $$
DECLARE
	q	int := CASE WHEN args ? 'queue' THEN
		    (desk.queue_named(args->>'queue', 'queue')).id END;
BEGIN
	RETURN jsonb_build_object('causes', (SELECT jsonb_agg(
		jsonb_build_object('cause', k.name, 'vi', k.vi, 'en', k.en)
		ORDER BY k.place) FROM desk.cx_components() k),
	    'usual', (SELECT coalesce(jsonb_agg(u.cause
		    ORDER BY u.last DESC, u.cause), '[]')
		FROM (SELECT l.cause, max(l.at) AS last
		    FROM (SELECT c.cause, c.at FROM desk.ticket_cause c
			WHERE c.queue = q AND q <> ALL (
			    desk.hidden_queues(caller))
			ORDER BY c.at DESC LIMIT 50) l
		    GROUP BY 1 ORDER BY 2 DESC, 1 LIMIT 3) u));
END;
$$;

-- CX.CAUSES: {"from","to","by","timezone","n","rows":[{"key","label","n",
-- "causes":[{"cause","vi","en","n","share","low","high"}]}]}: how often each
-- was said; share (of the row), low and high in percent.  Most first.
CREATE OR REPLACE FUNCTION desk.cx_causes(caller jsonb, args jsonb)
RETURNS jsonb
LANGUAGE plpgsql STABLE
SET jit = off
AS $$
DECLARE
	zone	text;
	since	date;
	until	date;
	per	text := coalesce(args->>'by', 'all');
	only_of	jsonb := desk.cx_only(caller, args);
	q	int := (only_of->>'queue')::int;
	a	int := (only_of->>'agent')::int;
	rows	jsonb;
BEGIN
	SELECT d.zone, d.since, d.until INTO zone, since, until
	FROM desk.cx_days(args) d;
	WITH x AS MATERIALIZED (
	    SELECT CASE per WHEN 'queue' THEN r.queue::text
		WHEN 'agent' THEN r.agent::text
		WHEN 'touchpoint' THEN r.touchpoint
		WHEN 'segment' THEN r.segment
		WHEN 'channel' THEN r.channel ELSE '' END AS key,
		r.name, sum(r.n) AS n
	    FROM desk.measure_rows('cause', since, until, '{month,year}',
		a IS NOT NULL OR per = 'agent') r
	    WHERE (q IS NULL OR r.queue = q) AND (a IS NULL OR r.agent = a)
		AND (NOT args ? 'segment' OR r.segment = args->>'segment')
		AND (NOT args ? 'touchpoint'
		    OR r.touchpoint = args->>'touchpoint')
	    GROUP BY 1, 2 HAVING sum(r.n) > 0
	), line AS (
	    SELECT x.key, sum(x.n) AS n FROM x GROUP BY 1
	)
	SELECT coalesce(jsonb_agg(jsonb_strip_nulls(jsonb_build_object(
	    'key', l.key, 'label', CASE per
		WHEN 'queue' THEN (SELECT k.name FROM desk.queue k
		    WHERE k.id = l.key::int)
		WHEN 'agent' THEN (SELECT k.name FROM desk.agent k
		    WHERE k.id = l.key::int)
		ELSE nullif(l.key, '') END, 'n', l.n,
	    'causes', (SELECT jsonb_agg(jsonb_build_object('cause', x.name,
		    'vi', coalesce(k.vi, x.name), 'en', coalesce(k.en, x.name),
		    'n', x.n, 'share', round(100 * x.n / l.n, 1),
		    'low', round(100 * w.low, 1),
		    'high', round(100 * w.high, 1))
		    ORDER BY x.n DESC, x.name COLLATE "C")
		FROM x LEFT JOIN desk.cx_components() k ON k.name = x.name
		CROSS JOIN LATERAL desk.wilson(x.n, l.n) w
		WHERE x.key = l.key)))
	    ORDER BY l.n DESC, l.key COLLATE "C"), '[]')
	INTO rows FROM line l;
	RETURN jsonb_build_object('from', since, 'to', until - 1, 'by', per,
	    'timezone', zone, 'n', coalesce((SELECT sum((r->>'n')::bigint)
		FROM jsonb_array_elements(rows) r), 0), 'rows', rows);
END;
$$;
