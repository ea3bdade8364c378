-- The part of the configuration that says when the desk is open and what it
-- answers with: checked, and put in force.

-- What the members' kinds do not say: lines of hours, holidays, variables, and
-- that every name names something.
CREATE OR REPLACE FUNCTION desk.config_answers_check(c jsonb)
RETURNS void
LANGUAGE plpgsql STABLE
-- Compiling it takes ten times as long as checking does.
SET jit = off
AS $$
BEGIN
	PERFORM desk.refuse_first(array_agg(w.path), array_agg(w.why)) FROM (
	    SELECT format('hours[%s].week', h.place - 1),
		'A line of hours is like "mon-fri 08:00-12:00".'
	    FROM jsonb_array_elements(c->'hours')
		    WITH ORDINALITY h (entry, place),
		jsonb_array_elements_text(h.entry->'week') l
	    WHERE NOT EXISTS (SELECT FROM desk.hours_read(l))
	    UNION ALL
	    SELECT format('hours[%s].week', h.place - 1),
		'Two lines of hours overlap.'
	    FROM jsonb_array_elements(c->'hours')
		    WITH ORDINALITY h (entry, place)
	    WHERE EXISTS (SELECT FROM
		    jsonb_array_elements_text(h.entry->'week')
			WITH ORDINALITY a (line, n),
		    desk.hours_read(a.line) x,
		    jsonb_array_elements_text(h.entry->'week')
			WITH ORDINALITY b (line, n),
		    desk.hours_read(b.line) y
		CROSS JOIN LATERAL (VALUES (-10080), (0), (10080)) w(turn)
		WHERE (a.n < b.n OR a.n = b.n AND x.dow <> y.dow)
		    AND x.dow * 1440 + x.opens
			< y.dow * 1440 + y.closes + w.turn
		    AND y.dow * 1440 + y.opens + w.turn
			< x.dow * 1440 + x.closes)
	    UNION ALL
	    SELECT format('hours[%s].holidays', h.place - 1),
		CASE WHEN l ~ '^(tet|gio-to) ' THEN format(
		    'Days by the moon are like "tet 2027..2030 7d", of years until %s.',
		    (SELECT max(extract(year FROM m.tet))
			FROM desk.moon_days() m))
		ELSE 'A holiday is like "2026-09-02 Quốc khánh", or "2027-02-04 08:00-11:30 29 Tết".'
		END
	    FROM jsonb_array_elements(c->'hours')
		    WITH ORDINALITY h (entry, place),
		jsonb_array_elements_text(h.entry->'holidays') l
	    WHERE NOT EXISTS (SELECT FROM desk.holiday_read(l))
	    UNION ALL
	    SELECT format('hours[%s].holidays', h.place - 1),
		'The hours of a short day overlap those of the night before.'
	    FROM jsonb_array_elements(c->'hours')
		    WITH ORDINALITY h (entry, place),
		jsonb_array_elements_text(h.entry->'holidays') l,
		desk.holiday_read(l) o,
		jsonb_array_elements_text(h.entry->'week') k,
		desk.hours_read(k) s
	    WHERE s.dow = extract(isodow FROM o.day - 1)
		AND s.closes - 1440 > o.spans[1]
	    UNION ALL
	    SELECT format('hours[%s].timezone', h.place - 1),
		'There is no such time zone.'
	    FROM jsonb_array_elements(c->'hours')
		    WITH ORDINALITY h (entry, place)
	    WHERE h.entry ? 'timezone' AND NOT EXISTS (
		SELECT FROM pg_timezone_names z
		WHERE z.name = h.entry->>'timezone')
	    UNION ALL
	    SELECT format('templates[%s]', p.place - 1),
		'A template needs a text in vi, en or both.'
	    FROM jsonb_array_elements(c->'templates')
		    WITH ORDINALITY p (entry, place)
	    WHERE NOT p.entry ?| '{vi,en}'
	    UNION ALL
	    SELECT format('templates[%s].%s', p.place - 1, m.key),
		CASE WHEN v.name IS NULL
		    THEN 'A variable that stands for nothing.'
		    ELSE 'A variable that cannot stand in what is sent by itself.'
		    END
	    FROM jsonb_array_elements(c->'templates')
		    WITH ORDINALITY p (entry, place)
	    CROSS JOIN LATERAL jsonb_each_text(p.entry - 'name') m
	    CROSS JOIN LATERAL desk.template_named(m.value) n
	    LEFT JOIN desk.template_variables() v ON v.name = n
	    WHERE v.name IS NULL OR NOT v.safe AND EXISTS (
		SELECT FROM jsonb_array_elements(c->'queues') q
		WHERE p.entry->>'name' IN (q->>'acknowledge',
		    q->>'acknowledge_closed', q->>'turned_away'))
	    UNION ALL
	    SELECT format('queues[%s].hours', q.place - 1),
		'There are no such hours.'
	    FROM jsonb_array_elements(c->'queues')
		    WITH ORDINALITY q (entry, place)
	    WHERE q.entry ? 'hours' AND q.entry->>'hours' NOT IN (
		SELECT h->>'name' FROM jsonb_array_elements(c->'hours') h)
	    UNION ALL
	    SELECT format('agents[%s].schedule', a.place - 1),
		'There are no such hours.'
	    FROM jsonb_array_elements(c->'agents')
		    WITH ORDINALITY a (entry, place)
	    WHERE a.entry ? 'schedule' AND a.entry->>'schedule' NOT IN (
		SELECT h->>'name' FROM jsonb_array_elements(c->'hours') h)
	    UNION ALL
	    SELECT format('queues[%s].%s', q.place - 1, o),
		'There is no such template.'
	    FROM jsonb_array_elements(c->'queues')
		    WITH ORDINALITY q (entry, place),
		unnest('{signature,acknowledge,acknowledge_closed,
		    turned_away}'::text[]) o
	    WHERE q.entry ? o AND q.entry->>o NOT IN (
		SELECT p->>'name' FROM jsonb_array_elements(c->'templates') p)
	    ) w (path, why);
END;
$$;

-- Puts it in force; after config_queues().
CREATE OR REPLACE FUNCTION desk.config_answers(c jsonb)
RETURNS void
LANGUAGE plpgsql
AS $$
BEGIN
	UPDATE desk.queue q SET hours = NULL
	WHERE q.hours IS NOT NULL AND NOT EXISTS (
	    SELECT FROM desk.hours h, jsonb_array_elements(c->'hours') e
	    WHERE h.id = q.hours AND e->>'name' = h.name);
	DELETE FROM desk.hours h WHERE h.name NOT IN (
	    SELECT e->>'name' FROM jsonb_array_elements(c->'hours') e);
	INSERT INTO desk.hours AS h (name, timezone)
	SELECT e->>'name', coalesce(e->>'timezone', c->'company'->>'timezone')
	FROM jsonb_array_elements(c->'hours') e
	ON CONFLICT (name) DO UPDATE SET timezone = excluded.timezone;
	DELETE FROM desk.hours_span;
	INSERT INTO desk.hours_span (hours, dow, opens, closes)
	SELECT h.id, s.dow, s.opens, s.closes
	FROM jsonb_array_elements(c->'hours') e
	JOIN desk.hours h ON h.name = e->>'name'
	CROSS JOIN LATERAL jsonb_array_elements_text(e->'week') l
	CROSS JOIN LATERAL desk.hours_read(l) s;
	DELETE FROM desk.holiday;
	INSERT INTO desk.holiday (hours, day, title, spans)
	SELECT DISTINCT ON (h.id, d.day) h.id, d.day, d.title, d.spans
	FROM jsonb_array_elements(c->'hours') e
	JOIN desk.hours h ON h.name = e->>'name'
	CROSS JOIN LATERAL jsonb_array_elements_text(e->'holidays') l
	CROSS JOIN LATERAL desk.holiday_read(l) d
	-- Of a day named twice, its own hours hold.
	ORDER BY h.id, d.day, d.spans IS NULL, d.spans;

	DELETE FROM desk.template;
	INSERT INTO desk.template (name, lang, subject, body)
	SELECT e->>'name', l, e->>('subject_' || l), e->>l
	FROM jsonb_array_elements(c->'templates') e, unnest('{vi,en}'::text[]) l
	WHERE e ? l;

	UPDATE desk.queue q SET hours = h.id, signature = e->>'signature',
	    acknowledge = e->>'acknowledge',
	    acknowledge_closed = e->>'acknowledge_closed'
	FROM jsonb_array_elements(c->'queues') e
	LEFT JOIN desk.hours h ON h.name = e->>'hours'
	WHERE q.name = e->>'name'
	    AND (q.hours, q.signature, q.acknowledge, q.acknowledge_closed)
	    IS DISTINCT FROM (h.id, e->>'signature', e->>'acknowledge',
		e->>'acknowledge_closed');
END;
$$;
