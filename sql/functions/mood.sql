-- What customers feel: read in C (desk/mood.c), kept and counted with the
-- event, corrected by hand.

-- A feeling by its name.
CREATE OR REPLACE FUNCTION desk.mood_named(mood text)
RETURNS smallint
LANGUAGE sql IMMUTABLE PARALLEL SAFE
AS $$
	SELECT CASE mood WHEN 'bad' THEN -1 WHEN 'plain' THEN 0
	    WHEN 'good' THEN 1 END::smallint
$$;

-- By what a text is known again: case and blanks do not matter.  NULL: too long
-- to come twice, or nothing.
CREATE OR REPLACE FUNCTION desk.mood_digest(own text, text text)
RETURNS bytea
LANGUAGE sql IMMUTABLE PARALLEL SAFE
AS $$
	SELECT CASE WHEN length(t.t) BETWEEN 1 AND 300
	    THEN sha256(convert_to(t.t, 'UTF8')) END
	FROM (SELECT CASE WHEN length(coalesce(own, text)) <= 1000
	    THEN lower(btrim(regexp_replace(coalesce(own, text), '\s+', ' ',
		'g'))) END) t(t)
$$;

-- A batch with what was corrected before in the place of what was read.
CREATE OR REPLACE FUNCTION desk.mood_known(events jsonb)
RETURNS jsonb
LANGUAGE plpgsql STABLE
AS $$
DECLARE
	known	record;
BEGIN
	IF NOT EXISTS (SELECT FROM desk.mood_text) THEN
		RETURN events;
	END IF;
	FOR known IN SELECT e.n, m.value
	    FROM jsonb_array_elements(events) WITH ORDINALITY e(body, n)
	    CROSS JOIN LATERAL (SELECT x.value FROM desk.mood_text x
		WHERE x.digest = desk.mood_digest(e.body->>'own',
		    e.body->>'text')
		LIMIT 1) m
	    WHERE e.body->'facts' ? 'mood'
	LOOP
		events := jsonb_set(events, ARRAY[(known.n - 1)::text, 'facts',
		    'mood'], jsonb_build_object('value', known.value,
		    'known', true));
	END LOOP;
	RETURN events;
END;
$$;

-- Of a ticket whose messages' feelings these are, in the order in which they
-- came: the newest that is one.
CREATE OR REPLACE FUNCTION desk.mood_newest(feelings smallint[],
    before smallint)
RETURNS smallint
LANGUAGE sql IMMUTABLE PARALLEL SAFE
AS $$
	SELECT coalesce((SELECT f.v FROM unnest(feelings) WITH ORDINALITY f(v, n)
	    WHERE f.v <> 0 ORDER BY f.n DESC LIMIT 1),
	    before, (SELECT 0::smallint FROM unnest(feelings) f(v)
		WHERE f.v IS NOT NULL LIMIT 1))
$$;

-- Keeps and counts what the writers of these events felt.  After the tickets.
CREATE OR REPLACE FUNCTION desk.mood_file(filings desk.filing[])
RETURNS void
LANGUAGE plpgsql
AS $$
BEGIN
	WITH kept AS (
	    INSERT INTO desk.mood (event, at, queue, agent, channel, segment,
		value, strength)
	    SELECT i.event, coalesce(i.at, now()), t.queue,
		coalesce(t.assignee, 0), i.channel, coalesce(c.segment, ''),
		(i.facts->'mood'->>'value')::smallint,
		coalesce((i.facts->'mood'->>'strength')::smallint, 0)
	    FROM unnest(filings) f
	    CROSS JOIN LATERAL (SELECT ((f.k).i).*) i
	    JOIN desk.ticket t ON t.id = f.ticket
	    LEFT JOIN desk.customer c ON c.id = (f.k).customer
	    WHERE i.facts ? 'mood' AND (f.k).direction = 'in'
	    RETURNING *
	)
	INSERT INTO desk.measure_part (measure, name, at, queue, agent, channel,
	    segment, touchpoint, value, n)
	SELECT 'mood', '', min(k.at), k.queue, k.agent, k.channel, k.segment,
	    '', k.value, count(*)
	FROM kept k
	GROUP BY k.queue, k.agent, k.channel, k.segment, k.value,
	    date_bin('15 minutes', k.at, timestamptz 'epoch');
END;
$$;

-- What an event shows of it: {"value","strength","words":[…],"at":[bytes],
-- "corrected"}; at: where each word stands in own, or text.
CREATE OR REPLACE FUNCTION desk.mood_json(e desk.event)
RETURNS jsonb
LANGUAGE sql STABLE
AS $$
	SELECT jsonb_strip_nulls(jsonb_build_object('value', m.value,
	    'strength', nullif(m.strength, 0),
	    'words', CASE WHEN f->>'value' = m.value::text
		THEN f->'words' END,
	    'at', CASE WHEN f->>'value' = m.value::text THEN f->'at' END,
	    'corrected', CASE WHEN m.set_at IS NOT NULL OR f ? 'known'
		THEN true END))
	FROM desk.mood m, (SELECT (e).facts->'mood' AS f) x
	WHERE m.event = (e).id
$$;

-- What is on record of it, for desk.measure_again().
CREATE OR REPLACE FUNCTION desk.measure_records_mood(since timestamptz,
    until timestamptz)
RETURNS TABLE (name text, at timestamptz, queue int, agent int, channel text,
    segment text, touchpoint text, value int, n bigint)
LANGUAGE sql STABLE
AS $$
	SELECT '', m.at, m.queue, m.agent, m.channel, m.segment, '',
	    m.value::int, 1::bigint
	FROM desk.mood m
	WHERE m.at >= since AND m.at < until
$$;
