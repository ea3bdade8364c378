-- Clocks as people read them: each with what it promises, how it stands, and
-- how it came to its due time.

-- A ticket's clocks, oldest first, with the one that its row alone stands for.
CREATE OR REPLACE FUNCTION desk.clocks_of(t desk.ticket)
RETURNS SETOF desk.clock
LANGUAGE plpgsql STABLE ROWS 4
AS $$
BEGIN
	IF NOT t.clocked THEN
		RETURN QUERY SELECT c.* FROM desk.clock_implied(t) c
		WHERE c.ticket IS NOT NULL;
	END IF;
	RETURN QUERY SELECT k.* FROM desk.clock k
	WHERE k.ticket = t.id ORDER BY k.n;
END;
$$;

-- The whole seconds of open time that a clock has left; less than 0 when it is
-- over its time.
CREATE OR REPLACE FUNCTION desk.clock_left(c desk.clock)
RETURNS bigint
LANGUAGE sql STABLE
AS $$
	SELECT (c).total - (c).spent - CASE WHEN (c).since IS NULL THEN 0
	    ELSE desk.business_between((c).hours, (c).since, now()) END
$$;

-- "20 phút", "1 giờ 20 phút", "2 d 3 h": seconds in words; what is less than a
-- minute is one.
CREATE OR REPLACE FUNCTION desk.span_said(seconds bigint, lang text)
RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE
AS $$
	SELECT concat_ws(' ', nullif(m / 60, 0) || CASE lang WHEN 'en' THEN ' h'
		ELSE ' giờ' END,
	    CASE WHEN m % 60 > 0 THEN m % 60 || CASE lang WHEN 'en'
		THEN ' min' ELSE ' phút' END END)
	FROM (SELECT greatest(1, (abs(seconds) + 30) / 60)) x(m)
$$;

-- "T6 17:20", "Fri 17:20"; with the date when it is a week away or more.
CREATE OR REPLACE FUNCTION desk.hour_said(at timestamptz, near timestamptz,
    zone text, lang text)
RETURNS text
LANGUAGE sql STABLE PARALLEL SAFE
AS $$
	SELECT CASE lang WHEN 'en' THEN to_char(l, 'FMDy')
	    ELSE (ARRAY['T2', 'T3', 'T4', 'T5', 'T6', 'T7', 'CN'])
		[extract(isodow FROM l)::int] END
	    || CASE WHEN abs(l::date - (near AT TIME ZONE zone)::date) > 5
		THEN to_char(l, ' FMDD/MM') ELSE '' END
	    || to_char(l, ' HH24:MI')
	FROM (SELECT at AT TIME ZONE zone) x(l)
$$;

-- The stretches of open time between two moments, the first `most`; a calendar
-- that is always open has one.
CREATE OR REPLACE FUNCTION desk.open_spans(of int, since timestamptz,
    until timestamptz, most int)
RETURNS TABLE (opens timestamptz, closes timestamptz)
LANGUAGE plpgsql STABLE ROWS 6
AS $$
DECLARE
	at	timestamptz := since;
	c	desk.calendar;
	n	int := 0;
	last	timestamptz;
BEGIN
	IF of IS NOT NULL THEN
		SELECT * INTO c FROM desk.calendar k WHERE k.hours = of;
	END IF;
	IF coalesce(c.upto[8], 0) = 0 THEN
		RETURN QUERY SELECT since, until;
		RETURN;
	END IF;
	WHILE n < most AND at < until LOOP
		opens := desk.business_add(of, at, 0);
		EXIT WHEN opens >= until;
		-- As long as it is open: the day's spans have the end.
		SELECT min(e.closes) INTO last
		FROM generate_series(0, 1) ago
		CROSS JOIN LATERAL (SELECT
		    (opens AT TIME ZONE c.zone)::date - ago AS day) d
		CROSS JOIN LATERAL (SELECT desk.calendar_spans(c, d.day) AS s,
		    desk.local_moment(d.day, c.zone) AS began OFFSET 0) x
		CROSS JOIN LATERAL generate_series(2, cardinality(x.s), 2) i
		CROSS JOIN LATERAL (SELECT x.began
		    + x.s[i] * interval '1 microsecond' AS closes) e
		WHERE e.closes > opens;
		closes := least(last, until);
		RETURN NEXT;
		at := closes;
		n := n + 1;
	END LOOP;
END;
$$;

-- How a clock that runs comes to its due time: "60 min from Fri 17:20: 40 min
-- until Fri 18:00, then closed; 20 min from Mon 08:00: due Mon 08:20."
CREATE OR REPLACE FUNCTION desk.clock_way(c desk.clock, zone text, lang text)
RETURNS text
LANGUAGE plpgsql STABLE
AS $$
DECLARE
	en	boolean := lang = 'en';
	owed	bigint := c.total - c.spent;
	parts	text[] := '{}';
	s	record;
BEGIN
	FOR s IN SELECT * FROM desk.open_spans(c.hours, c.since, c.due_at, 4) o
	LOOP
		EXIT WHEN s.closes >= c.due_at AND s.opens <= c.since;
		IF cardinality(parts) = 3 AND s.closes < c.due_at THEN
			parts := parts || ('…'::text);
			EXIT;
		END IF;
		parts := parts || format(CASE WHEN en
		    THEN '%s from %s until %s' ELSE '%s từ %s đến %s' END,
		    desk.span_said(extract(epoch FROM s.closes - s.opens)
			::bigint, lang),
		    desk.hour_said(s.opens, c.due_at, zone, lang),
		    desk.hour_said(s.closes, c.due_at, zone, lang));
	END LOOP;
	RETURN format(CASE WHEN en THEN '%s from %s%s: due %s'
	    ELSE '%s kể từ %s%s: hạn %s' END,
	    desk.span_said(owed, lang),
	    desk.hour_said(c.since, c.due_at, zone, lang),
	    CASE WHEN parts <> '{}' THEN format(CASE WHEN en
		THEN ' in opening hours (%s)' ELSE ' trong giờ mở cửa (%s)' END,
		array_to_string(parts, '; ')) ELSE '' END,
	    desk.hour_said(c.due_at, c.since, zone, lang));
END;
$$;

-- All of it in one line.  why: what the ticket waits for while it is paused.
CREATE OR REPLACE FUNCTION desk.clock_told(c desk.clock, why text, zone text,
    lang text)
RETURNS text
LANGUAGE sql STABLE
AS $$
	SELECT concat_ws(' ', CASE (c).kind
	    WHEN 'first' THEN CASE lang WHEN 'en' THEN 'First answer'
		ELSE 'Trả lời đầu tiên' END
	    WHEN 'next' THEN CASE lang WHEN 'en' THEN 'Next answer'
		ELSE 'Trả lời tiếp theo' END
	    WHEN 'resolve' THEN CASE lang WHEN 'en' THEN 'Resolution'
		ELSE 'Giải quyết xong' END
	    ELSE CASE lang WHEN 'en' THEN 'In this department'
		ELSE 'Thời gian ở bộ phận' END || ' ' || (SELECT q.title
		FROM desk.queue q WHERE q.id = (c).queue) END,
	    '(' || (c).target || ')') || ': '
	|| CASE
	WHEN (c).done_at IS NOT NULL THEN CASE lang
	    WHEN 'en' THEN CASE (c).how WHEN 'answered' THEN 'answered '
		WHEN 'resolved' THEN 'resolved ' ELSE 'handed on ' END
	    ELSE CASE (c).how WHEN 'answered' THEN 'đã trả lời '
		WHEN 'resolved' THEN 'đã giải quyết ' ELSE 'đã chuyển ' END END
	    || desk.hour_said((c).done_at, now(), zone, lang)
	    || CASE WHEN (c).spent > (c).total THEN format(CASE lang
		WHEN 'en' THEN ', %s over' ELSE ', quá %s' END,
		desk.span_said((c).spent - (c).total, lang))
	    ELSE format(CASE lang WHEN 'en' THEN ', after %s of %s'
		ELSE ', sau %s trong %s' END, desk.span_said((c).spent, lang),
		desk.span_said((c).total, lang)) END
	WHEN (c).since IS NULL THEN format(CASE lang
	    WHEN 'en' THEN 'paused (%s), %s' ELSE 'tạm dừng (%s), %s' END, why,
	    CASE WHEN (c).spent > (c).total THEN format(CASE lang
		WHEN 'en' THEN '%s over' ELSE 'quá %s' END,
		desk.span_said((c).spent - (c).total, lang))
	    ELSE format(CASE lang WHEN 'en' THEN '%s left' ELSE 'còn %s' END,
		desk.span_said((c).total - (c).spent, lang)) END)
	ELSE desk.clock_way(c, zone, lang) || CASE WHEN (c).due_at < now()
	    THEN format(CASE lang WHEN 'en' THEN ', %s over' ELSE ', quá %s'
		END, desk.span_said(desk.clock_left(c), lang)) ELSE '' END
	END || '.'
$$;

-- What a pending ticket waits for.
CREATE OR REPLACE FUNCTION desk.pause_said(t desk.ticket, zone text, lang text)
RETURNS text
LANGUAGE sql STABLE
AS $$
	SELECT coalesce((SELECT CASE lang WHEN 'en' THEN 'put off until '
		ELSE 'hẹn lại ' END || desk.hour_said(s.until, now(), zone, lang)
	    FROM desk.snooze s WHERE s.ticket = (t).id),
	    CASE lang WHEN 'en' THEN 'waits for the customer'
		ELSE 'chờ khách' END)
$$;

-- The time zone that a clock is told in: its calendar's, or the company's.
CREATE OR REPLACE FUNCTION desk.clock_zone(c desk.clock)
RETURNS text
LANGUAGE sql STABLE
AS $$
	SELECT coalesce((SELECT h.timezone FROM desk.hours h
	    WHERE h.id = (c).hours),
	    (SELECT k.body->'company'->>'timezone' FROM desk.config k
		ORDER BY k.version DESC LIMIT 1), 'UTC')
$$;

-- Every clock of a ticket in words, in their order; a text in vi or en.
CREATE OR REPLACE FUNCTION desk.clock_said(of bigint, lang text)
RETURNS text[]
LANGUAGE sql STABLE
AS $$
	SELECT array_agg(desk.clock_told(c, desk.pause_said(t, z.zone,
		clock_said.lang), z.zone, clock_said.lang) ORDER BY c.n)
	FROM desk.ticket t
	CROSS JOIN LATERAL desk.clocks_of(t) c
	CROSS JOIN LATERAL desk.clock_zone(c) z(zone)
	WHERE t.id = of
$$;

-- A clock as JSON; lang: in words, too.
CREATE OR REPLACE FUNCTION desk.clock_json(t desk.ticket, c desk.clock,
    lang text DEFAULT NULL)
RETURNS jsonb
LANGUAGE sql STABLE
AS $$
	SELECT jsonb_strip_nulls(jsonb_build_object('kind', (c).kind,
	    'target', (c).target, 'queue', (SELECT q.name FROM desk.queue q
		WHERE q.id = (c).queue),
	    'state', CASE WHEN (c).done_at IS NOT NULL THEN (c).how
		WHEN (c).since IS NULL THEN 'paused' ELSE 'runs' END,
	    'total', (c).total, 'left', CASE WHEN (c).done_at IS NULL
		THEN desk.clock_left(c) END,
	    'spent', CASE WHEN (c).done_at IS NOT NULL THEN (c).spent END,
	    'started_at', desk.rfc3339((c).started_at),
	    'due_at', desk.rfc3339((c).due_at),
	    'warned_at', desk.rfc3339((c).warned_at),
	    'breached_at', desk.rfc3339((c).breached_at),
	    'done_at', desk.rfc3339((c).done_at),
	    'steps', nullif((c).steps, '[]'),
	    'said', CASE WHEN lang IS NOT NULL THEN (SELECT desk.clock_told(c,
		desk.pause_said(t, z, lang), z, lang)
		FROM desk.clock_zone(c) z) END))
$$;

-- Those that are not over, for TICKET.GET.
CREATE OR REPLACE FUNCTION desk.clocks_brief(t desk.ticket)
RETURNS jsonb
LANGUAGE sql STABLE
AS $$
	SELECT jsonb_agg(desk.clock_json(t, c) - '{steps,started_at}'::text[]
	    ORDER BY c.due_at, c.n)
	FROM desk.clocks_of(t) c WHERE c.done_at IS NULL
$$;

-- TICKET.CLOCKS: {"ticket","clocks":[…]}, the oldest first, the last hundred.
CREATE OR REPLACE FUNCTION desk.ticket_clocks(caller jsonb, args jsonb)
RETURNS jsonb
LANGUAGE plpgsql STABLE
AS $$
DECLARE
	t	desk.ticket := desk.ticket_seen_by(caller, args, false);
	lang	text := coalesce(args->>'lang',
		    desk.config_get()->'config'->'company'->>'lang', 'vi');
BEGIN
	RETURN jsonb_build_object('ticket', t.id, 'clocks', (
	    SELECT coalesce(jsonb_agg(desk.clock_json(t, c::desk.clock, lang)
		ORDER BY c.n), '[]')
	    FROM (SELECT k.* FROM desk.clocks_of(t) k
		ORDER BY k.n DESC LIMIT 100) c));
END;
$$;
