-- Targets: what is promised, by queue, channel, segment and priority.

-- The target that fits, if any: planned with what asks, since it is asked of
-- many at once.
CREATE OR REPLACE FUNCTION desk.aims(of int, channel text, priority int,
    segment text)
RETURNS SETOF desk.target
LANGUAGE sql STABLE
AS $$
	SELECT g.* FROM desk.target g
	WHERE coalesce(g.queue = of, true)
	    AND (g.channels = '{}' OR channel = ANY (g.channels))
	    AND priority BETWEEN g.lowest AND g.highest
	    AND (g.segments = '{}' OR segment = ANY (g.segments))
	ORDER BY g.place LIMIT 1
$$;

-- What a target's channel is compared with: one department's question to another
-- is promised by itself.
CREATE OR REPLACE FUNCTION desk.aimed_as(kind text, channel text)
RETURNS text
LANGUAGE sql IMMUTABLE
AS $$
	SELECT CASE kind WHEN 'consult' THEN kind ELSE channel END
$$;

-- desk.aims() for one customer, or a row of NULLs.
CREATE OR REPLACE FUNCTION desk.aim(of int, channel text, priority int,
    customer bigint)
RETURNS desk.target
LANGUAGE sql STABLE
AS $$
	SELECT g.* FROM desk.aims(of, channel, priority,
	    (SELECT c.segment FROM desk.customer c WHERE c.id = customer)) g
$$;

-- When a first answer is due of what comes now: for a desk that has targets.
CREATE OR REPLACE FUNCTION desk.aimed_due(of int, channel text, priority int,
    customer bigint)
RETURNS timestamptz
LANGUAGE sql STABLE
AS $$
	SELECT desk.business_add(CASE WHEN (g).first IS NULL THEN q.hours
		ELSE coalesce((g).hours, q.hours) END, now(),
	    coalesce((g).first, q.first_target))
	FROM desk.queue q
	CROSS JOIN LATERAL (SELECT desk.aim(of, channel, priority, customer)
	    AS g OFFSET 0) x
	WHERE q.id = of
$$;

-- "80%" and "60-99" of the configuration as numbers; NULL when they are none.
CREATE OR REPLACE FUNCTION desk.percent_read(word text)
RETURNS int
LANGUAGE sql IMMUTABLE PARALLEL SAFE
AS $$
	SELECT CASE WHEN word ~ '^[1-9][0-9]?%$' THEN rtrim(word, '%')::int END
$$;

CREATE OR REPLACE FUNCTION desk.range_read(word text, OUT lowest int,
    OUT highest int)
LANGUAGE sql IMMUTABLE PARALLEL SAFE
AS $$
	SELECT m[1]::int, m[2]::int
	FROM regexp_match(word, '^([1-9][0-9]?)-([1-9][0-9]?)$') m
	WHERE m[1]::int <= m[2]::int
$$;

-- What the members' kinds do not say.
CREATE OR REPLACE FUNCTION desk.config_targets_check(c jsonb)
RETURNS void
LANGUAGE plpgsql STABLE
SET jit = off
AS $$
BEGIN
	PERFORM desk.refuse_first(array_agg(w.path), array_agg(w.why)) FROM (
	    SELECT format('targets[%s].%s', g.place - 1, x.member), x.why
	    FROM jsonb_array_elements(c->'targets')
		    WITH ORDINALITY g (entry, place)
	    CROSS JOIN LATERAL (VALUES
		('queue', 'There is no such queue.',
		    g.entry->>'queue' NOT IN (SELECT q->>'name'
			FROM jsonb_array_elements(c->'queues') q)),
		('hours', 'There are no such hours.',
		    g.entry->>'hours' NOT IN (SELECT h->>'name'
			FROM jsonb_array_elements(c->'hours') h)),
		('channel', 'There is no such channel.',
		    EXISTS (SELECT FROM jsonb_array_elements_text(
			g.entry->'channel') n
			WHERE n NOT IN ('mail', 'chat', 'call', 'social',
			    'order', 'store', 'web', 'desk', 'consult'))),
		('priority', 'Priorities are like "60-99".',
		    g.entry ? 'priority' AND (desk.range_read(
			g.entry->>'priority')).lowest IS NULL),
		('warn', 'The warning comes after a share such as "80%".',
		    g.entry ? 'warn' AND desk.percent_read(
			g.entry->>'warn') IS NULL),
		('first', 'A target needs first, next, resolve or department.',
		    NOT g.entry ?| '{first,next,resolve,department}')
		) x(member, why, wrong)
	    WHERE x.wrong
	    UNION ALL
	    SELECT format('targets[%s].%s', g.place - 1, o),
		'This is none of "raise 20", "notify sup", "move technical".'
	    FROM jsonb_array_elements(c->'targets')
		    WITH ORDINALITY g (entry, place),
		unnest('{on_warn,on_breach}'::text[]) o,
		jsonb_array_elements_text(g.entry->o) l
	    WHERE NOT coalesce(CASE split_part(l, ' ', 1)
		WHEN 'raise' THEN l ~ '^raise [1-9][0-9]?$'
		WHEN 'notify' THEN substr(l, 8) IN ('supervisor', 'admin',
		    'assignee') OR substr(l, 8) IN (SELECT a->>'name'
			FROM jsonb_array_elements(c->'agents') a)
		WHEN 'move' THEN substr(l, 6) IN (SELECT q->>'name'
			FROM jsonb_array_elements(c->'queues') q)
		END, false)) w (path, why);
END;
$$;

-- Puts them in force, after queues and hours.  Clocks that run go on as they
-- were promised.
CREATE OR REPLACE FUNCTION desk.config_targets(c jsonb)
RETURNS void
LANGUAGE sql
AS $$
	DELETE FROM desk.target;
	INSERT INTO desk.target (place, name, queue, channels, segments,
	    lowest, highest, hours, first, next, resolve, department, warn,
	    again, on_warn, on_breach)
	SELECT g.place, g.entry->>'name', q.id,
	    ARRAY(SELECT jsonb_array_elements_text(g.entry->'channel')),
	    ARRAY(SELECT jsonb_array_elements_text(g.entry->'segment')),
	    coalesce(r.lowest, 1), coalesce(r.highest, 99), h.id,
	    (g.entry->>'first')::int, (g.entry->>'next')::int,
	    (g.entry->>'resolve')::int, (g.entry->>'department')::int,
	    desk.percent_read(g.entry->>'warn'),
	    g.entry->>'reopen' IS DISTINCT FROM 'continue',
	    ARRAY(SELECT jsonb_array_elements_text(g.entry->'on_warn')),
	    ARRAY(SELECT jsonb_array_elements_text(g.entry->'on_breach'))
	FROM jsonb_array_elements(c->'targets')
		WITH ORDINALITY g (entry, place)
	CROSS JOIN LATERAL desk.range_read(g.entry->>'priority') r
	LEFT JOIN desk.queue q ON q.name = g.entry->>'queue'
	LEFT JOIN desk.hours h ON h.name = g.entry->>'hours';
$$;
