-- What trouble cases give their customers: who had to say the same again, was
-- handed on, had to come back, had to change the channel, waited too long.
-- Counted by a chore, case by case, from the history and from the stretches
-- that reports are counted from; each trouble where the customer was then.

-- On desk.spell: something that counts changed in these cases.
CREATE OR REPLACE FUNCTION desk.friction_note()
RETURNS trigger
LANGUAGE plpgsql
AS $$
BEGIN
	INSERT INTO desk.friction_todo (ticket)
	SELECT DISTINCT f.ticket FROM fresh f;
	RETURN NULL;
END;
$$;

-- Telephone and order numbers that stand in a text, written alike: "0903 218
-- 456" and "+84903218456", "DH-1001" and "dh1001" are the same.
CREATE OR REPLACE FUNCTION desk.numbers_given(body text)
RETURNS text[]
LANGUAGE sql IMMUTABLE PARALLEL SAFE
AS $$
	SELECT coalesce(array_agg(DISTINCT regexp_replace(regexp_replace(m[1],
	    '[^[:alnum:]]', '', 'g'), '^84(?=\d{9}$)', '0')), '{}')
	FROM regexp_matches(lower(left(body, 4000)),
	    '(?<![[:alnum:]])((?:\+?84|0)(?:[ .-]?\d){9}|[a-z]{1,5}-?\d{4,12}|#\d{4,12})(?![[:alnum:]])',
	    'g') m
$$;

-- What customers did in these cases, in the order in which it came: messages,
-- and calls by the first event that tells of one.  Where he was, his step says;
-- a queue is the case's at the time.  again: he had to say something again, in
-- words of his, or a number that stood before our answer stands after it.
-- answered: what came next was an answer of ours to this message.
CREATE OR REPLACE FUNCTION desk.friction_seen(ids bigint[])
RETURNS TABLE (ticket bigint, event bigint, at timestamptz, channel text,
    stage text, touchpoint text, queue int, again boolean,
    answered boolean)
LANGUAGE plpgsql STABLE
AS $$
#variable_conflict use_column
BEGIN
	RETURN QUERY
	WITH m AS MATERIALIZED (
	    SELECT v.ticket, v.id, v.filed_at, v.direction, v.channel, v.kind,
		CASE WHEN v.direction = 'in' THEN coalesce(v.own, v.text) END
		    AS words
	    FROM unnest(ids) i(id)
	    JOIN desk.event v ON v.ticket = i.id
	    WHERE v.kind IN ('message', 'call') AND (v.direction = 'out'
		    AND v.agent IS NOT NULL AND v.kind = 'message'
		OR v.direction = 'in'
		    AND NOT coalesce(v.facts ?| '{automatic,list,bulk}', false)
		    AND NOT (v.kind = 'call' AND EXISTS (
			SELECT FROM desk.event o
			WHERE o.ticket = v.ticket AND o.id < v.id
			    AND o.kind = 'call' AND o.direction = 'in'
			    AND o.meta->'call'->>'id'
				= v.meta->'call'->>'id')))
	), t AS (
	    -- turn: after how many answers of ours; turns: of all.
	    SELECT m.*, count(*) FILTER (WHERE m.direction = 'out')
		    OVER w AS turn,
		count(*) FILTER (WHERE m.direction = 'out')
		    OVER (PARTITION BY m.ticket) AS turns,
		m.kind = 'message' AND coalesce(lead(m.direction) OVER w
		    = 'out', false) AS answered
	    FROM m WINDOW w AS (PARTITION BY m.ticket
		ORDER BY m.filed_at, m.id)
	), g AS (
	    -- Whom nobody answered gave no number after an answer.
	    SELECT t.*, CASE WHEN t.kind = 'message' AND t.turns > 0
		THEN desk.numbers_given(t.words) ELSE '{}' END AS numbers
	    FROM t
	)
	SELECT g.ticket, g.id, g.filed_at, g.channel, s.stage, s.touchpoint,
	    coalesce((SELECT p.queue FROM desk.spell p
		WHERE p.ticket = g.ticket AND p.ended > g.filed_at
		ORDER BY p.id LIMIT 1), t.queue),
	    g.kind = 'message' AND (desk.says_again(desk.heard(g.words))
		OR g.numbers <> '{}' AND EXISTS (SELECT FROM g o
		    WHERE o.ticket = g.ticket AND o.turn < g.turn
			AND o.direction = 'in' AND o.numbers && g.numbers)),
	    g.answered
	FROM g
	JOIN desk.ticket t ON t.id = g.ticket
	LEFT JOIN desk.step s ON s.event = g.id
	WHERE g.direction = 'in';
END;
$$;

-- Hand-overs, cases that came back, and waits that ended late, from the
-- stretches of these cases; queue: whose it was until then.
CREATE OR REPLACE FUNCTION desk.friction_spells(ids bigint[])
RETURNS TABLE (ticket bigint, what text, at timestamptz, queue int)
LANGUAGE sql STABLE
AS $$
	WITH p AS (
	    SELECT p.ticket, p.ended, p.queue, p.state, p.waits, p.due_at,
		coalesce(lead(p.queue) OVER w, t.queue) AS next_queue,
		coalesce(lead(p.state) OVER w, t.state) AS next_state,
		coalesce(lead(p.waits) OVER w, t.owed_at IS NOT NULL
		    AND t.due_at IS NOT NULL) AS next_waits
	    FROM unnest(ids) i(id)
	    JOIN desk.ticket t ON t.id = i.id
	    JOIN desk.spell p ON p.ticket = t.id
	    WINDOW w AS (PARTITION BY p.ticket ORDER BY p.id)
	)
	SELECT p.ticket, x.what, p.ended, p.queue
	FROM p
	CROSS JOIN LATERAL (VALUES
	    ('transfers', p.next_queue <> p.queue),
	    ('reopens', p.state IN ('resolved', 'closed')
		AND p.next_state IN ('new', 'open', 'pending')),
	    ('waits', p.waits AND NOT p.next_waits AND p.due_at < p.ended))
	    x(what, happened)
	WHERE x.happened
$$;

-- What these cases are to be counted as; none of one whose customer said
-- nothing.
CREATE OR REPLACE FUNCTION desk.friction_of(ids bigint[])
RETURNS SETOF desk.case_friction
LANGUAGE plpgsql STABLE
AS $$
#variable_conflict use_column
DECLARE
	-- As desk.company_day() has it, asked once for all of them.
	zone	text := coalesce(desk.company('timezone'), 'Asia/Ho_Chi_Minh');
BEGIN
	RETURN QUERY
	WITH k AS MATERIALIZED (
	    SELECT t.id, t.opened_at, coalesce(c.segment, '') AS segment
	    FROM desk.ticket t LEFT JOIN desk.customer c ON c.id = t.customer
	    WHERE t.id = ANY (ids) AND t.kind IN ('case', 'callback')
	), m AS MATERIALIZED (
	    SELECT s.*, lag(s.channel) OVER (PARTITION BY s.ticket
		ORDER BY s.at, s.event) <> s.channel AS switches
	    FROM desk.friction_seen(ARRAY(SELECT k.id FROM k)) s
	), i AS MATERIALIZED (
	    -- Each trouble, where the customer was last before it.
	    SELECT p.ticket, p.what, p.queue, l.stage, l.touchpoint, l.channel
	    FROM desk.friction_spells(ARRAY(SELECT k.id FROM k)) p
	    CROSS JOIN LATERAL (SELECT m.* FROM m WHERE m.ticket = p.ticket
		ORDER BY m.at > p.at, CASE WHEN m.at <= p.at THEN p.at - m.at
		    ELSE m.at - p.at END, m.event LIMIT 1) l
	    UNION ALL
	    SELECT m.ticket, x.what, m.queue, m.stage, m.touchpoint, m.channel
	    FROM m CROSS JOIN LATERAL (VALUES ('repeated', m.again),
		('switches', m.switches), ('answered', m.answered))
		x(what, happened)
	    WHERE x.happened
	), l AS (
	    SELECT x.ticket, v.by, v.name, x.what
	    FROM (SELECT m.ticket, '' AS what, m.queue, m.stage, m.touchpoint,
		    m.channel FROM m
		UNION ALL
		SELECT i.ticket, i.what, i.queue, i.stage, i.touchpoint,
		    i.channel FROM i) x
	    LEFT JOIN desk.queue q ON q.id = x.queue
	    CROSS JOIN LATERAL (VALUES ('all', ''), ('stage', x.stage),
		('touchpoint', x.touchpoint), ('queue', q.name),
		('channel', x.channel)) v(by, name)
	    WHERE v.name IS NOT NULL
	), n AS (
	    SELECT l.ticket, ROW(l.by, l.name,
		count(*) FILTER (WHERE l.what = 'repeated'),
		count(*) FILTER (WHERE l.what = 'transfers'),
		count(*) FILTER (WHERE l.what = 'reopens'),
		count(*) FILTER (WHERE l.what = 'switches'),
		count(*) FILTER (WHERE l.what = 'waits'),
		(count(*) FILTER (WHERE l.what IN ('answered', 'repeated'))
		    > 0)::int)::desk.friction_line
		    AS line
	    FROM l GROUP BY l.ticket, l.by, l.name
	)
	SELECT k.id, (k.opened_at AT TIME ZONE zone)::date, k.segment,
	    array_agg(n.line ORDER BY (n.line).by, (n.line).name)
	FROM k JOIN n ON n.ticket = k.id
	GROUP BY k.id, k.opened_at, k.segment;
END;
$$;

-- Counts these cases as often as sign says.
CREATE OR REPLACE FUNCTION desk.friction_count(rows desk.case_friction[],
    sign int)
RETURNS void
LANGUAGE sql
AS $$
	INSERT INTO desk.friction_day AS d
	SELECT u.span, l.by, CASE u.span WHEN 'd' THEN r.day
	    ELSE date_trunc('month', r.day)::date END, l.name, r.segment,
	    sign * count(*),
	    sign * sum(l.repeated), sign * count(*) FILTER (WHERE l.repeated > 0),
	    sign * sum(l.transfers),
	    sign * count(*) FILTER (WHERE l.transfers > 0),
	    sign * sum(l.reopens), sign * count(*) FILTER (WHERE l.reopens > 0),
	    sign * sum(l.switches), sign * count(*) FILTER (WHERE l.switches > 0),
	    sign * sum(l.waits), sign * count(*) FILTER (WHERE l.waits > 0),
	    sign * count(*) FILTER (WHERE l.answered > 0)
	FROM unnest(rows) r, unnest(r.lines) l, unnest('{d,m}'::"char"[]) u(span)
	GROUP BY 1, 2, 3, 4, 5
	ORDER BY 1, 2, 3, 4, 5
	ON CONFLICT (span, by, day, name, segment) DO UPDATE SET
	    cases = d.cases + excluded.cases,
	    repeated = d.repeated + excluded.repeated,
	    repeated_in = d.repeated_in + excluded.repeated_in,
	    transfers = d.transfers + excluded.transfers,
	    transfers_in = d.transfers_in + excluded.transfers_in,
	    reopens = d.reopens + excluded.reopens,
	    reopens_in = d.reopens_in + excluded.reopens_in,
	    switches = d.switches + excluded.switches,
	    switches_in = d.switches_in + excluded.switches_in,
	    waits = d.waits + excluded.waits,
	    waits_in = d.waits_in + excluded.waits_in,
	    answered_in = d.answered_in + excluded.answered_in
$$;

-- The chore: about lim cases; returns how many.  One daemon at a time.  A case
-- of somebody who is erased stays counted as it was: its words are gone.
CREATE OR REPLACE FUNCTION desk.friction_run(lim int)
RETURNS int
LANGUAGE plpgsql
SET enable_seqscan = off
SET jit = off
AS $$
DECLARE
	here	text := coalesce(desk.company('timezone'), 'Asia/Ho_Chi_Minh');
	ids	bigint[];
	rows	desk.case_friction[];
	n	int;
BEGIN
	IF NOT pg_try_advisory_xact_lock(1145393061) THEN
		RETURN 0;
	END IF;
	INSERT INTO desk.friction_zone AS z (zone) VALUES (here)
	ON CONFLICT (one) DO UPDATE SET zone = excluded.zone
	WHERE z.zone <> excluded.zone;
	IF FOUND THEN
		INSERT INTO desk.friction_todo (ticket)
		SELECT f.ticket FROM desk.case_friction f ORDER BY f.ticket;
	END IF;
	WITH taken AS (
	    DELETE FROM desk.friction_todo d WHERE d.id <= (
		SELECT max(o.id) FROM (SELECT x.id FROM desk.friction_todo x
		    ORDER BY x.id LIMIT lim) o)
	    RETURNING d.ticket
	)
	SELECT array_agg(DISTINCT t.ticket), count(*) INTO ids, n FROM taken t;
	IF n = 0 THEN
		RETURN 0;
	END IF;
	ids := ARRAY(SELECT t.id FROM desk.ticket t
	    WHERE t.id = ANY (ids) AND NOT EXISTS (SELECT FROM desk.customer c
		WHERE c.id = t.customer AND c.erased_at IS NOT NULL));
	WITH was AS (
	    DELETE FROM desk.case_friction f WHERE f.ticket = ANY (ids)
	    RETURNING f.*
	)
	SELECT array_agg(w::desk.case_friction) INTO rows FROM was w;
	PERFORM desk.friction_count(rows, -1);
	rows := ARRAY(SELECT f FROM desk.friction_of(ids) f);
	INSERT INTO desk.case_friction SELECT r.* FROM unnest(rows) r;
	PERFORM desk.friction_count(rows, 1);
	RETURN n;
END;
$$;

-- What is counted and does not follow from the cases; empty, unless something
-- is wrong.  It reads all of them.
CREATE OR REPLACE FUNCTION desk.friction_differs()
RETURNS TABLE (what text, which text)
LANGUAGE sql STABLE
AS $$
	SELECT 'day', ROW(x.span, x.by, x.day, x.name, x.segment)::text
	FROM (SELECT u.span, l.by, CASE u.span WHEN 'd' THEN f.day
		ELSE date_trunc('month', f.day)::date END AS day, l.name,
		f.segment, 1 AS cases, coalesce(l.answered, 0) AS answered,
		l.repeated, (l.repeated > 0)::int AS r,
		l.transfers, (l.transfers > 0)::int AS t, l.reopens,
		(l.reopens > 0)::int AS o, l.switches,
		(l.switches > 0)::int AS s, l.waits, (l.waits > 0)::int AS w
	    FROM desk.case_friction f, unnest(f.lines) l,
		unnest('{d,m}'::"char"[]) u(span)
	    UNION ALL
	    SELECT d.span, d.by, d.day, d.name, d.segment, -d.cases,
		-d.answered_in, -d.repeated, -d.repeated_in, -d.transfers, -d.transfers_in,
		-d.reopens, -d.reopens_in, -d.switches, -d.switches_in,
		-d.waits, -d.waits_in
	    FROM desk.friction_day d) x
	GROUP BY x.span, x.by, x.day, x.name, x.segment
	HAVING (sum(x.cases), sum(x.repeated), sum(x.r), sum(x.transfers),
	    sum(x.t), sum(x.reopens), sum(x.o), sum(x.switches), sum(x.s),
	    sum(x.waits), sum(x.w), sum(x.answered))
	    <> (0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0)
	UNION ALL
	SELECT 'case', coalesce(f.ticket, g.ticket)::text
	FROM desk.case_friction f
	FULL JOIN desk.friction_of(ARRAY(SELECT t.id FROM desk.ticket t
	    JOIN desk.customer c ON c.id = t.customer
		AND c.erased_at IS NULL)) g ON g.ticket = f.ticket
	WHERE NOT EXISTS (SELECT FROM desk.ticket t
		JOIN desk.customer c ON c.id = t.customer
		WHERE t.id = f.ticket AND c.erased_at IS NOT NULL)
	    AND (f.day, f.lines) IS DISTINCT FROM (g.day, g.lines)
$$;

-- What was counted in those days, whole months as months.
CREATE OR REPLACE FUNCTION desk.friction_rows(per text, since date, until date)
RETURNS SETOF desk.friction_day
LANGUAGE plpgsql STABLE
SET enable_seqscan = off
AS $$
#variable_conflict use_column
BEGIN
	RETURN QUERY
	SELECT d.*
	FROM desk.days_cover(since, until, '{month}') c
	JOIN desk.friction_day d ON d.span = CASE c.unit WHEN 'month' THEN 'm'
		ELSE 'd' END::"char"
	    AND d.by = per AND d.day >= c.began
	    AND d.day < c.ended;
END;
$$;

-- One kind of trouble: how often it was, in how many of the cases, with what
-- share of them (per cent, Wilson's limits).
CREATE OR REPLACE FUNCTION desk.friction_shown(n numeric, hit numeric,
    cases numeric)
RETURNS jsonb
LANGUAGE sql IMMUTABLE
AS $$
	SELECT jsonb_build_object('n', n, 'cases', hit,
	    'share', round(100 * hit / cases, 1),
	    'low', round(100 * w.low, 1), 'high', round(100 * w.high, 1))
	FROM desk.wilson(hit, cases) w
$$;

-- The lines of JOURNEY.FRICTION, the most cases first.
CREATE OR REPLACE FUNCTION desk.friction_lines(since date, until date,
    per text, of_segment text)
RETURNS jsonb
LANGUAGE sql STABLE
SET jit = off
AS $$
	SELECT coalesce(jsonb_agg(jsonb_strip_nulls(jsonb_build_object(
	    'name', x.name, 'vi', coalesce(g.vi, p.vi, q.title),
	    'en', coalesce(g.en, p.en, q.title), 'cases', x.cases,
	    'repeated', desk.friction_shown(x.repeated, x.repeated_in, x.cases),
	    'transfers', desk.friction_shown(x.transfers, x.transfers_in,
		x.cases),
	    'reopens', desk.friction_shown(x.reopens, x.reopens_in, x.cases),
	    'switches', desk.friction_shown(x.switches, x.switches_in, x.cases),
	    'waits', desk.friction_shown(x.waits, x.waits_in, x.cases)))
	    ORDER BY x.cases DESC, x.name), '[]')
	FROM (SELECT d.name, sum(d.cases) AS cases, sum(d.repeated) AS repeated,
		sum(d.repeated_in) AS repeated_in,
		sum(d.transfers) AS transfers,
		sum(d.transfers_in) AS transfers_in, sum(d.reopens) AS reopens,
		sum(d.reopens_in) AS reopens_in, sum(d.switches) AS switches,
		sum(d.switches_in) AS switches_in, sum(d.waits) AS waits,
		sum(d.waits_in) AS waits_in
	    FROM desk.friction_rows(per, since, until) d
	    WHERE of_segment IS NULL OR d.segment = of_segment
	    GROUP BY d.name HAVING sum(d.cases) > 0) x
	LEFT JOIN desk.stage g ON per = 'stage' AND g.name = x.name
	LEFT JOIN desk.touchpoint p ON per = 'touchpoint' AND p.name = x.name
	LEFT JOIN desk.queue q ON per = 'queue' AND q.name = x.name
$$;

-- JOURNEY.FRICTION
CREATE OR REPLACE FUNCTION desk.journey_friction(caller jsonb, args jsonb)
RETURNS jsonb
LANGUAGE plpgsql STABLE
AS $$
DECLARE
	span	record;
	per	text := coalesce(args->>'by', 'touchpoint');
BEGIN
	PERFORM desk.must_be(caller, 'supervisor');
	PERFORM desk.segment_asked(args);
	span := desk.cx_span(args);
	RETURN jsonb_strip_nulls(jsonb_build_object('from', span.since,
	    'to', span.until - 1, 'by', per, 'segment', args->'segment'))
	    || jsonb_build_object(
	    'rows', desk.friction_lines(span.since, span.until, per,
		args->>'segment'),
	    'total', desk.friction_lines(span.since, span.until, 'all',
		args->>'segment')->0);
END;
$$;

-- FRICTION.CASES: the cases behind one of those figures, the newest first; looks
-- at 5,000 cases of those days at most.
CREATE OR REPLACE FUNCTION desk.friction_cases(caller jsonb, args jsonb)
RETURNS jsonb
LANGUAGE plpgsql STABLE
SET enable_seqscan = off
SET jit = off
AS $$
DECLARE
	span	record;
	lim	int := coalesce((args->>'limit')::int, 50);
	rows	jsonb;
	seen	bigint;
BEGIN
	PERFORM desk.must_be(caller, 'supervisor');
	PERFORM desk.segment_asked(args);
	span := desk.cx_span(args);
	WITH f AS MATERIALIZED (
	    SELECT * FROM desk.case_friction c
	    WHERE c.day >= span.since AND c.day < span.until
	    ORDER BY c.day DESC, c.ticket DESC LIMIT 5000
	), h AS (
	    SELECT f.ticket, f.day, CASE args->>'what'
		    WHEN 'repeated' THEN l.repeated
		    WHEN 'transfers' THEN l.transfers
		    WHEN 'reopens' THEN l.reopens
		    WHEN 'switches' THEN l.switches ELSE l.waits END AS n
	    FROM f, unnest(f.lines) l
	    WHERE l.by = coalesce(args->>'by', 'all')
		AND l.name = coalesce(args->>'name', '')
		AND (NOT args ? 'segment' OR f.segment = args->>'segment')
	)
	SELECT (SELECT count(*) FROM f), coalesce(jsonb_agg(jsonb_build_object(
	    'ticket', y.ticket, 'number', y.number, 'subject', y.subject,
	    'queue', y.queue, 'state', y.state, 'n', y.n)
	    ORDER BY y.day DESC, y.ticket DESC), '[]')
	INTO seen, rows
	FROM (SELECT h.ticket, h.day, h.n, t.number, t.subject, t.state,
		q.name AS queue
	    FROM h JOIN desk.ticket t ON t.id = h.ticket
	    JOIN desk.queue q ON q.id = t.queue
	    WHERE h.n > 0
	    ORDER BY h.day DESC, h.ticket DESC LIMIT lim) y;
	RETURN jsonb_build_object('cases', rows, 'more',
	    jsonb_array_length(rows) = lim OR seen = 5000);
END;
$$;
