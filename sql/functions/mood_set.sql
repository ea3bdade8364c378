-- Feelings corrected by hand, and read over.

-- The face of a ticket after one of its messages was corrected.
CREATE OR REPLACE FUNCTION desk.mood_show(of bigint)
RETURNS void
LANGUAGE sql
AS $$
	UPDATE desk.ticket t SET mood = desk.mood_newest(ARRAY(
	    SELECT m.value FROM (
		SELECT e.id FROM desk.event e
		WHERE e.ticket = of AND e.direction = 'in'
		ORDER BY e.id DESC LIMIT 200) e
	    JOIN desk.mood m ON m.event = e.id
	    ORDER BY e.id), NULL)
	WHERE t.id = of
$$;

-- Counts a feeling, or with n = -1 takes it back.
CREATE OR REPLACE FUNCTION desk.mood_count(m desk.mood, n int)
RETURNS void
LANGUAGE sql
AS $$
	SELECT desk.measure('mood', '', m.at, m.queue, m.agent, m.channel,
	    m.segment, '', m.value::int, n)
$$;

-- MOOD.SET: what the writer of this message feels, as one of us reads it: kept
-- beside what was read, counted in its place, and used when the same text
-- comes again.  Said twice it is as said once.
CREATE OR REPLACE FUNCTION desk.mood_set(caller jsonb, args jsonb)
RETURNS jsonb
LANGUAGE plpgsql
AS $$
DECLARE
	e	desk.event := desk.event_seen(caller, args);
	t	desk.ticket := desk.ticket_lock(caller,
		    jsonb_build_object('ticket', e.ticket), false);
	m	desk.mood;
	feels	smallint := desk.mood_named(args->>'mood');
	known	bytea := desk.mood_digest(e.own, e.text);
BEGIN
	IF e.kind <> 'message' OR e.direction <> 'in' THEN
		PERFORM desk.refuse('INVALID',
		    'Only what a customer wrote shows a feeling.', 'event');
	END IF;
	SELECT * INTO m FROM desk.mood x WHERE x.event = e.id FOR UPDATE;
	IF FOUND AND m.value = feels THEN
		RETURN jsonb_build_object('event', e.id, 'ticket', t.id,
		    'mood', desk.mood_json(e));
	ELSIF FOUND THEN
		PERFORM desk.mood_count(m, -1);
	ELSE
		-- It came before feelings were read.
		INSERT INTO desk.mood (event, at, queue, agent, channel,
		    segment, value)
		SELECT e.id, e.at, t.queue, coalesce(t.assignee, 0), e.channel,
		    coalesce((SELECT c.segment FROM desk.customer c
			WHERE c.id = e.customer), ''), feels
		RETURNING * INTO m;
	END IF;
	UPDATE desk.mood x SET value = feels,
	    strength = CASE WHEN feels = 0 THEN 0
		ELSE greatest(x.strength, 1) END,
	    was = CASE WHEN x.set_at IS NULL
		THEN (e.facts->'mood'->>'value')::smallint ELSE x.was END,
	    set_by = (caller->>'agent')::int, set_at = now()
	WHERE x.event = e.id
	RETURNING * INTO m;
	PERFORM desk.mood_count(m, 1);
	PERFORM desk.mood_show(t.id);
	-- A step of his journey has it, too.
	INSERT INTO desk.step_todo (event, filed_at)
	SELECT s.event, s.filed_at FROM desk.step s WHERE s.event = e.id;
	IF known IS NOT NULL THEN
		INSERT INTO desk.mood_text AS x (digest, value, event)
		VALUES (known, feels, e.id)
		ON CONFLICT (digest) DO UPDATE SET value = excluded.value,
		    event = excluded.event;
	END IF;
	PERFORM desk.outbox_put(t.id, jsonb_build_object('kind', 'mood',
	    'event', e.id, 'who', caller->>'who'));
	RETURN jsonb_build_object('event', e.id, 'ticket', t.id,
	    'mood', desk.mood_json(e));
END;
$$;

-- MOOD.LIST: what was corrected, the newest first, with its text: from this a
-- lexicon is tuned.  {"corrections":[{"event","ticket","text","lang","was",
-- "value","words","who","at"}],"after":cursor}.
CREATE OR REPLACE FUNCTION desk.mood_list(caller jsonb, args jsonb)
RETURNS jsonb
LANGUAGE plpgsql STABLE
AS $$
DECLARE
	n	int := desk.page_rows(args, 50, 200);
	upto	timestamptz;
BEGIN
	SELECT m.set_at INTO upto FROM desk.mood m
	WHERE m.event = (args->>'after')::bigint;
	RETURN (
	    SELECT jsonb_strip_nulls(jsonb_build_object('corrections',
		coalesce(jsonb_agg(r.row ORDER BY r.place)
		    FILTER (WHERE r.place <= n), '[]'),
		'after', CASE WHEN count(*) > n THEN
		    (max(r.event) FILTER (WHERE r.place = n)) END))
	    FROM (SELECT m.event, row_number() OVER (
			ORDER BY m.set_at DESC, m.event DESC) AS place,
		    jsonb_strip_nulls(jsonb_build_object('event', m.event,
			'ticket', e.ticket, 'text', desk.cut(coalesce(e.own,
			    e.text), 1000), 'lang', t.lang,
			'was', m.was, 'value', m.value,
			'words', e.facts->'mood'->'words',
			'who', (SELECT a.name FROM desk.agent a
			    WHERE a.id = m.set_by),
			'at', desk.rfc3339(m.set_at))) AS row
		FROM desk.mood m
		JOIN desk.event e ON e.id = m.event
		JOIN desk.ticket t ON t.id = e.ticket
		WHERE m.set_at IS NOT NULL
		    AND (upto IS NULL OR (m.set_at, m.event)
			< (upto, (args->>'after')::bigint))
		    AND desk.may_see(caller, t)
		ORDER BY m.set_at DESC, m.event DESC
		LIMIT n + 1) r);
END;
$$;

-- CUSTOMER.MOOD: {"customer","points":[{"event","ticket","at","value",
-- "strength","corrected"}]}: how he felt, from the oldest of the newest
-- messages on; only of cases that the caller may see.
CREATE OR REPLACE FUNCTION desk.customer_mood(caller jsonb, args jsonb)
RETURNS jsonb
LANGUAGE plpgsql STABLE
AS $$
DECLARE
	whom	bigint := desk.customer_now((args->>'customer')::bigint);
	n	int := desk.page_rows(args, 200, 500);
BEGIN
	IF NOT EXISTS (SELECT FROM desk.customer c WHERE c.id = whom) THEN
		PERFORM desk.refuse('NOTFOUND', 'There is no such customer.',
		    'customer');
	END IF;
	RETURN jsonb_build_object('customer', whom, 'points', (
	    SELECT coalesce(jsonb_agg(jsonb_strip_nulls(jsonb_build_object(
		'event', p.event, 'ticket', p.ticket,
		'at', desk.rfc3339(p.at), 'value', p.value,
		'strength', nullif(p.strength, 0),
		'corrected', CASE WHEN p.set_at IS NOT NULL THEN true END))
		ORDER BY p.at, p.event), '[]')
	    FROM (SELECT m.*, e.ticket
		FROM (SELECT x.id, x.ticket FROM desk.event x
		    WHERE x.customer = whom AND x.direction = 'in'
			AND x.kind = 'message'
		    ORDER BY x.id DESC LIMIT n) e
		JOIN desk.mood m ON m.event = e.id
		JOIN desk.ticket t ON t.id = e.ticket
		WHERE desk.may_see(caller, t)) p));
END;
$$;
