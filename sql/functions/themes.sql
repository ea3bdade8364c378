-- Themes: what customers speak of.  Which words an event has, the daemon has
-- heard before (desk/hearing.c, `themes` of the event's facts).

-- Notes the themes of events as they are filed.
CREATE OR REPLACE FUNCTION desk.theme_note()
RETURNS trigger
LANGUAGE plpgsql
AS $$
BEGIN
	IF NOT EXISTS (SELECT FROM fresh f WHERE f.facts ? 'themes') THEN
		RETURN NULL;
	END IF;
	WITH noted AS (
	    INSERT INTO desk.theme_event (theme, event, ticket, noted_at, at,
		queue, channel, segment)
	    SELECT t.name, f.id, f.ticket, f.filed_at, f.at, k.queue,
		f.channel, coalesce(c.segment, '')
	    FROM fresh f
	    CROSS JOIN LATERAL jsonb_array_elements_text(f.facts->'themes')
		t(name)
	    JOIN desk.ticket k ON k.id = f.ticket
	    LEFT JOIN desk.customer c ON c.id = f.customer
	    WHERE f.direction = 'in'
	    ON CONFLICT DO NOTHING
	    RETURNING *
	)
	INSERT INTO desk.measure_part (measure, name, at, queue, agent,
	    channel, segment, touchpoint, value, n)
	SELECT 'theme', n.theme, min(n.at), n.queue, 0, n.channel, n.segment,
	    '', 1, count(*)
	FROM noted n
	GROUP BY n.theme, date_bin('15 min', n.at, '2000-01-01Z'), n.queue,
	    n.channel, n.segment;
	RETURN NULL;
END;
$$;

-- Notes what an answer to a survey speaks of: its event is written by us, and
-- no message.
CREATE OR REPLACE FUNCTION desk.theme_heard(of bigint, themes jsonb)
RETURNS void
LANGUAGE plpgsql
AS $$
BEGIN
	IF coalesce(jsonb_array_length(nullif(themes, 'null')), 0) = 0 THEN
		RETURN;
	END IF;
	WITH noted AS (
	    INSERT INTO desk.theme_event (theme, event, ticket, noted_at, at,
		queue, channel, segment)
	    SELECT k.name, e.id, e.ticket, e.filed_at, e.at, t.queue,
		e.channel, coalesce((SELECT c.segment FROM desk.customer c
		    WHERE c.id = t.customer), '')
	    FROM desk.event e
	    JOIN desk.theme k ON themes ? k.name
	    JOIN desk.ticket t ON t.id = e.ticket
	    WHERE e.id = of
	    ON CONFLICT DO NOTHING
	    RETURNING *
	)
	INSERT INTO desk.measure_part (measure, name, at, queue, agent,
	    channel, segment, touchpoint, value, n)
	SELECT 'theme', n.theme, n.at, n.queue, 0, n.channel, n.segment, '', 1,
	    1
	FROM noted n;
END;
$$;

-- Counts a message of a theme, or with by = -1 takes it back.
CREATE OR REPLACE FUNCTION desk.theme_tally(n desk.theme_event, by int)
RETURNS void
LANGUAGE sql
AS $$
	SELECT desk.measure('theme', (n).theme, (n).at, (n).queue, 0,
	    (n).channel, (n).segment, '', 1, by)
$$;

-- What is on record of it, for desk.measure_again(): the messages, and how many
-- there were of those that are kept no more.
CREATE OR REPLACE FUNCTION desk.measure_records_theme(since timestamptz,
    until timestamptz)
RETURNS TABLE (name text, at timestamptz, queue int, agent int, channel text,
    segment text, touchpoint text, value int, n bigint)
LANGUAGE sql STABLE
AS $$
	SELECT e.theme, e.at, e.queue, 0, e.channel, e.segment, '', 1,
	    1::bigint
	FROM desk.theme_event e
	WHERE NOT e.off AND e.at >= since AND e.at < until
	UNION ALL
	SELECT p.theme, p.at, p.queue, 0, p.channel, p.segment, '', 1, p.n
	FROM desk.theme_past p
	WHERE p.at >= since AND p.at < until
$$;

-- The chance of n or more where lambda is usual, if they come by themselves
-- (Poisson).
CREATE OR REPLACE FUNCTION desk.poisson_tail(n bigint,
    lambda double precision)
RETURNS double precision
LANGUAGE plpgsql IMMUTABLE
AS $$
DECLARE
	term	double precision := exp(-lambda);
	below	double precision := 0;
BEGIN
	-- So many are no chance, and exp() would come to nothing.
	IF lambda > 600 THEN
		RETURN CASE WHEN n > lambda + 4 * sqrt(lambda) THEN 0 ELSE 1 END;
	END IF;
	FOR k IN 0 .. least(n, 2000) - 1 LOOP
		below := below + term;
		-- What is left adds nothing, and is too small for a number soon.
		EXIT WHEN term < 1e-300;
		term := term * lambda / (k + 1);
	END LOOP;
	RETURN greatest(1 - below, 0);
END;
$$;

-- How often a theme comes up in an hour at this time of day, from the last four
-- weeks: by that hour of the day, by all hours if that is more, and never less
-- than once in five.
CREATE OR REPLACE FUNCTION desk.theme_usual(theme text, at timestamptz)
RETURNS double precision
LANGUAGE sql STABLE
SET enable_seqscan = off
AS $$
	SELECT greatest(0.2,
	    sum(h.n) / greatest(24, extract(epoch FROM date_trunc('hour', at)
		- min(h.hour)) / 3600),
	    coalesce(sum(h.n) FILTER (WHERE z.hour_then = z.hour_now), 0)
	    / greatest(1, extract(epoch FROM date_trunc('hour', at)
		- min(h.hour)) / 86400))
	FROM desk.theme_hour h
	CROSS JOIN LATERAL (SELECT
		extract(hour FROM h.hour AT TIME ZONE c.zone) AS hour_then,
		extract(hour FROM at AT TIME ZONE c.zone) AS hour_now
	    FROM (SELECT coalesce(desk.company('timezone'), 'UTC') AS zone) c) z
	WHERE h.theme = theme_usual.theme
	    AND h.hour >= at - interval '28 days'
	    AND h.hour < date_trunc('hour', at)
$$;

-- Rolls hours that are over, and finds what rises: as many cases within an
-- hour as `alert' says (5), and so many that by chance it would be once in a
-- thousand hours.  It is over when an hour has fewer.  By any daemon, each ten
-- seconds; says how many began or ended.
CREATE OR REPLACE FUNCTION desk.themes_run()
RETURNS int
LANGUAGE plpgsql
SET enable_seqscan = off
AS $$
DECLARE
	m	desk.theme_mark;
	upto	timestamptz := date_trunc('hour',
		    now() - interval '10 minutes');
	r	record;
	told	int := 0;
BEGIN
	IF NOT EXISTS (SELECT FROM desk.theme)
	    OR EXISTS (SELECT FROM desk.theme_mark k
		WHERE k.looked_at > now() - interval '10 seconds') THEN
		RETURN 0;
	END IF;
	SELECT * INTO m FROM desk.theme_mark FOR UPDATE SKIP LOCKED;
	IF NOT FOUND THEN
		RETURN 0;
	END IF;
	UPDATE desk.theme_mark SET hour = greatest(m.hour, upto),
	    looked_at = now();
	IF m.hour < upto THEN
		INSERT INTO desk.theme_hour AS h (theme, hour, n)
		SELECT e.theme, date_trunc('hour', e.noted_at), count(*)
		FROM desk.theme k
		JOIN desk.theme_event e ON e.theme = k.name AND NOT e.off
		    AND e.noted_at >= m.hour AND e.noted_at < upto
		GROUP BY 1, 2
		ON CONFLICT (theme, hour) DO UPDATE SET n = excluded.n;
		PERFORM desk.theme_forget(upto - desk.theme_kept());
	END IF;

	FOR r IN SELECT k.name, l.cases, l.n, u.usual, o.id,
		l.cases >= coalesce((k.body->>'alert')::int, 5) AS many
	    FROM desk.theme k
	    CROSS JOIN LATERAL (
		SELECT count(DISTINCT e.ticket) AS cases, count(*) AS n
		FROM (SELECT e.ticket FROM desk.theme_event e
		    WHERE e.theme = k.name AND NOT e.off
			AND e.noted_at > now() - interval '1 hour'
		    ORDER BY e.noted_at DESC LIMIT 5000) e) l
	    LEFT JOIN desk.theme_rise o ON o.theme = k.name
		AND o.ended_at IS NULL
	    CROSS JOIN LATERAL (SELECT CASE WHEN l.n > 0 OR o.id IS NOT NULL
		THEN desk.theme_usual(k.name, now()) END AS usual) u
	    ORDER BY k.place
	LOOP
		IF r.id IS NULL AND r.many
		    AND desk.poisson_tail(r.n, r.usual) < 0.001 THEN
			INSERT INTO desk.theme_rise (theme, n, usual)
			VALUES (r.name, r.cases, r.usual);
			PERFORM desk.theme_tell(r.name, 'rises', r.cases);
			told := told + 1;
		ELSIF r.id IS NOT NULL AND NOT r.many THEN
			UPDATE desk.theme_rise o SET ended_at = now()
			WHERE o.id = r.id;
			PERFORM desk.theme_tell(r.name, 'falls', r.cases);
			told := told + 1;
		ELSIF r.id IS NOT NULL THEN
			UPDATE desk.theme_rise o SET n = r.cases
			WHERE o.id = r.id AND o.n < r.cases;
		END IF;
	END LOOP;
	RETURN told;
END;
$$;

-- How long it is known which messages speak of a theme.
CREATE OR REPLACE FUNCTION desk.theme_kept()
RETURNS interval
LANGUAGE sql IMMUTABLE
AS $$ SELECT interval '400 days' $$;

-- What was counted stays for ever, which messages it was does not: of those of
-- long ago, 2,000 of a theme, it is kept how many there were.
CREATE OR REPLACE FUNCTION desk.theme_forget(before timestamptz)
RETURNS void
LANGUAGE plpgsql
SET enable_seqscan = off
AS $$
BEGIN
	WITH gone AS (
	    DELETE FROM desk.theme_event e
	    USING (SELECT o.event, o.theme FROM desk.theme k
		CROSS JOIN LATERAL (SELECT x.event, x.theme
		    FROM desk.theme_event x
		    WHERE x.theme = k.name AND NOT x.off
			AND x.noted_at < before
		    ORDER BY x.noted_at LIMIT 2000) o) old
	    WHERE e.event = old.event AND e.theme = old.theme
	    RETURNING e.*
	)
	INSERT INTO desk.theme_past AS p (theme, at, queue, channel, segment, n)
	SELECT g.theme, date_bin('15 min', g.at, '2000-01-01Z'), g.queue,
	    g.channel, g.segment, count(*)
	FROM gone g
	GROUP BY 1, 2, 3, 4, 5
	ON CONFLICT (at, theme, queue, channel, segment)
	DO UPDATE SET n = p.n + excluded.n;
END;
$$;

-- Tells of a theme, and of no ticket.
CREATE OR REPLACE FUNCTION desk.theme_tell(theme text, what text, n bigint)
RETURNS void
LANGUAGE plpgsql
AS $$
BEGIN
	PERFORM desk.outbox_put(NULL, jsonb_build_object('kind', 'theme',
	    'theme', theme, 'what', what, 'n', n));
END;
$$;

-- A theme's messages in a stretch of time: those of hours that were counted,
-- and what came before and after whole ones.
CREATE OR REPLACE FUNCTION desk.theme_count(theme text, since timestamptz,
    until timestamptz)
RETURNS bigint
LANGUAGE sql STABLE
SET enable_seqscan = off
AS $$
	SELECT coalesce((SELECT sum(h.n) FROM desk.theme_hour h
		WHERE h.theme = theme_count.theme AND h.hour >= w.first
		    AND h.hour < w.last), 0)::bigint
	    + (SELECT count(*) FROM desk.theme_event e
		WHERE e.theme = theme_count.theme AND NOT e.off
		    AND e.noted_at >= since
		    AND e.noted_at < least(w.first, until))
	    + (SELECT count(*) FROM desk.theme_event e
		WHERE e.theme = theme_count.theme AND NOT e.off
		    AND e.noted_at >= greatest(w.last, w.first)
		    AND e.noted_at < until)
	FROM (SELECT date_trunc('hour', since + interval '1 hour'
		    - interval '1 microsecond') AS first,
		least(date_trunc('hour', until), m.hour) AS last
	    FROM desk.theme_mark m) w
$$;

-- Messages of a theme, the newest first, with what was written; of cases that
-- the caller may see.  Read along the index until there are enough: how many a
-- theme has, and who may see them, nobody can tell beforehand.
CREATE OR REPLACE FUNCTION desk.theme_quotes(caller jsonb, theme text,
    before bigint, lim int)
RETURNS jsonb
LANGUAGE plpgsql STABLE
SET enable_seqscan = off
SET enable_bitmapscan = off
SET enable_sort = off
SET enable_hashjoin = off
SET enable_mergejoin = off
AS $$
DECLARE
	hidden	int[] := desk.hidden_queues(caller);
	mark	timestamptz := 'infinity';
	last	bigint := 0;
BEGIN
	IF before IS NOT NULL THEN
		SELECT b.noted_at, b.event INTO mark, last
		FROM desk.theme_event b
		WHERE b.event = before AND b.theme = theme_quotes.theme;
	END IF;
	RETURN (SELECT coalesce(jsonb_agg(jsonb_strip_nulls(jsonb_build_object(
		'event', q.event, 'ticket', q.ticket, 'number', q.number,
		'at', desk.rfc3339(q.at), 'channel', q.channel,
		'who', q.who, 'text', q.words,
		'by', (SELECT a.name FROM desk.agent a WHERE a.id = q.agent)))
		ORDER BY q.noted_at DESC, q.event DESC), '[]')
	    FROM (SELECT n.event, n.ticket, k.number, n.noted_at, n.agent, e.at,
		    e.channel, e.who, desk.cut(coalesce(e.own, e.text,
			e.subject), 300) AS words
		FROM desk.theme_event n
		JOIN desk.ticket k ON k.id = n.ticket
		JOIN desk.event e ON e.id = n.event
		    AND e.filed_at = n.noted_at
		WHERE n.theme = theme_quotes.theme AND NOT n.off
		    AND (n.noted_at, n.event) < (mark, last)
		    AND k.queue <> ALL (hidden)
		ORDER BY n.noted_at DESC, n.event DESC LIMIT lim) q);
END;
$$;

-- The theme that args name, or NOTFOUND.
CREATE OR REPLACE FUNCTION desk.theme_named(args jsonb)
RETURNS desk.theme
LANGUAGE plpgsql STABLE
AS $$
DECLARE
	t	desk.theme;
BEGIN
	SELECT * INTO t FROM desk.theme k WHERE k.name = args->>'theme';
	IF t.name IS NULL THEN
		PERFORM desk.refuse('NOTFOUND', 'There is no such theme.',
		    'theme');
	END IF;
	RETURN t;
END;
$$;

-- How many messages of customers came in whole days of the company's; NULL when
-- it is not made of such, but for its end, which may be now.
CREATE OR REPLACE FUNCTION desk.messages_read(since timestamptz,
    until timestamptz)
RETURNS bigint
LANGUAGE sql STABLE
AS $$
	SELECT CASE WHEN d.since = d.first
	    AND (d.until = d.last OR until >= now() - interval '1 hour')
	    THEN (SELECT coalesce(sum(m.n), 0)::bigint
		FROM desk.measure_rows('mood', d.first::date,
		    d.last::date + (d.until > d.last)::int, '{month,year}',
		    false) m) END
	FROM (SELECT z.since, z.until, date_trunc('day', z.since) AS first,
		date_trunc('day', z.until) AS last
	    FROM (SELECT since AT TIME ZONE c.zone AS since,
		    until AT TIME ZONE c.zone AS until
		FROM (SELECT coalesce(desk.company('timezone'), 'UTC')
			AS zone) c) z) d
$$;

-- THEME.LIST: how often each came up (from, to; the last seven days when not
-- given), beside the same time before, with the three newest quotes;
-- what rises first.  of: how many messages came in that time, where it is whole
-- days; share: how many of them speak of it, with its interval.
CREATE OR REPLACE FUNCTION desk.theme_list(caller jsonb, args jsonb)
RETURNS jsonb
LANGUAGE plpgsql STABLE
AS $$
DECLARE
	until	timestamptz := coalesce(desk.time_said(args, 'to'),
		    clock_timestamp());
	since	timestamptz := coalesce(desk.time_said(args, 'from'),
		    until - interval '7 days');
	rows	jsonb;
	total	bigint;
BEGIN
	IF since >= until OR until - since > interval '3660 days' THEN
		PERFORM desk.refuse('INVALID', 'It must begin before it ends, '
		    'within ten years.', 'from');
	END IF;
	total := desk.messages_read(since, until);
	SELECT coalesce(jsonb_agg(r.row ORDER BY r.rises DESC, r.n DESC,
	    r.place), '[]') INTO rows
	FROM (SELECT k.place, n.n, o.id IS NOT NULL AS rises,
		jsonb_strip_nulls(jsonb_build_object('theme', k.name,
		    'title', coalesce(k.body->>'title', k.name), 'n', n.n,
		    'before', desk.theme_count(k.name,
			since - (until - since), since),
		    'share', CASE WHEN total >= n.n AND total > 0 THEN
			jsonb_build_object('share', round(n.n::numeric
			    / total, 4), 'low', round(w.low, 4), 'high',
			    round(w.high, 4)) END,
		    'rises', desk.rise_json(o),
		    'quotes', desk.theme_quotes(caller, k.name, NULL, 3)))
		    AS row
	    FROM desk.theme k
	    CROSS JOIN LATERAL (
		SELECT desk.theme_count(k.name, since, until) AS n) n
	    CROSS JOIN LATERAL desk.wilson(least(n.n, total), total) w
	    LEFT JOIN desk.theme_rise o ON o.theme = k.name
		AND o.ended_at IS NULL) r;
	RETURN jsonb_strip_nulls(jsonb_build_object('from',
	    desk.rfc3339(since), 'to', desk.rfc3339(until), 'of', total,
	    'themes', rows));
END;
$$;

-- A rise as it is shown; NULL when there is none.
CREATE OR REPLACE FUNCTION desk.rise_json(o desk.theme_rise)
RETURNS jsonb
LANGUAGE sql STABLE
AS $$
	SELECT CASE WHEN (o).id IS NOT NULL THEN
	    jsonb_strip_nulls(jsonb_build_object(
		'since', desk.rfc3339((o).began_at), 'n', (o).n,
		'usual', round((o).usual::numeric, 2),
		'ended_at', desk.rfc3339((o).ended_at),
		'incident', (o).incident)) END
$$;

-- THEME.GET: its messages, the newest first, and its last ten rises.
CREATE OR REPLACE FUNCTION desk.theme_get(caller jsonb, args jsonb)
RETURNS jsonb
LANGUAGE plpgsql STABLE
AS $$
DECLARE
	k	desk.theme := desk.theme_named(args);
	lim	int := coalesce((args->>'limit')::int, 50);
	rows	jsonb := desk.theme_quotes(caller, k.name,
		    (args->>'before')::bigint, lim);
BEGIN
	RETURN jsonb_strip_nulls(jsonb_build_object('theme', k.name,
	    'title', coalesce(k.body->>'title', k.name), 'quotes', rows,
	    'before', CASE WHEN jsonb_array_length(rows) = lim
		THEN rows->-1->'event' END,
	    'rises', (SELECT coalesce(jsonb_agg(desk.rise_json(o)
		    ORDER BY o.id DESC), '[]')
		FROM (SELECT * FROM desk.theme_rise r WHERE r.theme = k.name
		    ORDER BY r.id DESC LIMIT 10) o)));
END;
$$;

-- THEME.SET: somebody who read it says what a message speaks of, or does not.
-- It is counted, and taken back, as the message was when it was first noted.
CREATE OR REPLACE FUNCTION desk.theme_set(caller jsonb, args jsonb)
RETURNS jsonb
LANGUAGE plpgsql
AS $$
DECLARE
	k	desk.theme := desk.theme_named(args);
	gone	boolean := coalesce((args->>'off')::boolean, false);
	e	desk.event;
	t	desk.ticket;
	was	desk.theme_event;
	change	int;
BEGIN
	SELECT * INTO e FROM desk.event v
	WHERE v.id = (args->>'event')::bigint;
	t := desk.ticket_lock(caller, jsonb_build_object('ticket', e.ticket));
	IF e.direction <> 'in' AND e.kind <> 'survey' THEN
		PERFORM desk.refuse('CONFLICT', 'Themes are of what customers '
		    'say.', 'event');
	END IF;
	-- Before its row: desk.themes_run() has them in this order.
	PERFORM FROM desk.theme_mark FOR UPDATE;
	SELECT * INTO was FROM desk.theme_event n
	WHERE n.event = e.id AND n.theme = k.name FOR UPDATE;
	IF NOT FOUND AND e.filed_at < now() - desk.theme_kept() THEN
		PERFORM desk.refuse('CONFLICT', 'Of messages of so long ago '
		    'it is only known how many spoke of what.', 'event');
	END IF;
	INSERT INTO desk.theme_event AS n (theme, event, ticket, noted_at,
	    at, queue, channel, segment, off, agent)
	VALUES (k.name, e.id, e.ticket, e.filed_at, e.at, t.queue, e.channel,
	    coalesce((SELECT c.segment FROM desk.customer c
		WHERE c.id = e.customer), ''), gone, (caller->>'agent')::int)
	ON CONFLICT (event, theme) DO UPDATE
	SET off = gone, agent = excluded.agent WHERE n.off <> gone;
	change := (NOT gone)::int
	    - (was.event IS NOT NULL AND NOT was.off)::int;
	IF change <> 0 THEN
		INSERT INTO desk.theme_hour AS h (theme, hour, n)
		SELECT k.name, date_trunc('hour', e.filed_at), change
		FROM desk.theme_mark m WHERE e.filed_at < m.hour
		ON CONFLICT (theme, hour) DO UPDATE SET n = h.n + excluded.n;
		PERFORM desk.theme_tally(n, change) FROM desk.theme_event n
		WHERE n.event = e.id AND n.theme = k.name;
	END IF;
	RETURN jsonb_build_object('event', e.id, 'themes',
	    desk.event_themes(e.id));
END;
$$;

-- What a message speaks of.
CREATE OR REPLACE FUNCTION desk.event_themes(of bigint)
RETURNS jsonb
LANGUAGE sql STABLE
AS $$
	SELECT coalesce(jsonb_agg(n.theme ORDER BY n.theme), '[]')
	FROM desk.theme_event n WHERE n.event = of AND NOT n.off
$$;

-- THEME.INCIDENT: one incident of what rises, with the cases that spoke of it
-- within the hour before it began and since; 200 at most, the newest.
CREATE OR REPLACE FUNCTION desk.theme_incident(caller jsonb, args jsonb)
RETURNS jsonb
LANGUAGE plpgsql
AS $$
DECLARE
	k	desk.theme := desk.theme_named(args);
	o	desk.theme_rise;
	ids	text;
	opened	jsonb;
BEGIN
	SELECT * INTO o FROM desk.theme_rise r
	WHERE r.theme = k.name AND r.ended_at IS NULL FOR UPDATE;
	IF o.id IS NULL THEN
		PERFORM desk.refuse('CONFLICT', 'This theme does not rise.',
		    'theme');
	ELSIF o.incident IS NOT NULL THEN
		RETURN jsonb_build_object('incident', o.incident);
	END IF;
	SELECT string_agg(c.ticket::text, ',') INTO ids
	FROM (SELECT e.ticket, max(e.noted_at) AS newest
	    FROM desk.theme_event e
	    JOIN desk.ticket t ON t.id = e.ticket AND t.kind = 'case'
		AND t.queue <> ALL (desk.hidden_queues(caller))
	    WHERE e.theme = k.name AND NOT e.off
		AND e.noted_at > o.began_at - interval '1 hour'
	    GROUP BY e.ticket ORDER BY newest DESC LIMIT 200) c;
	opened := desk.incident_open(caller, jsonb_build_object(
	    'subject', coalesce(args->>'subject', k.body->>'title', k.name),
	    'queue', args->>'queue'));
	UPDATE desk.theme_rise r SET incident = (opened->>'incident')::bigint
	WHERE r.id = o.id;
	RETURN opened || desk.incident_add(caller, jsonb_build_object(
	    'incident', opened->'incident', 'tickets', ids));
END;
$$;

-- CONFIG.APPLY: the blocks as they are now; what was found stays.
CREATE OR REPLACE FUNCTION desk.config_themes(c jsonb)
RETURNS void
LANGUAGE sql
AS $$
	UPDATE desk.theme_rise r SET ended_at = now()
	WHERE r.ended_at IS NULL AND NOT EXISTS (
	    SELECT FROM jsonb_array_elements(c->'themes') e
	    WHERE e->>'name' = r.theme);
	DELETE FROM desk.theme;
	INSERT INTO desk.theme (name, place, body)
	SELECT v.e->>'name', v.place, v.e
	FROM jsonb_array_elements(c->'themes') WITH ORDINALITY v(e, place);
$$;
