-- Which step an event of a customer is: what rules (desk.conf) and people say.

-- On desk.event: what came in is to be looked at.
CREATE OR REPLACE FUNCTION desk.steps_begin()
RETURNS trigger
LANGUAGE plpgsql
AS $$
BEGIN
	IF EXISTS (SELECT FROM desk.touchpoint) THEN
		INSERT INTO desk.step_todo (event, filed_at)
		SELECT f.id, f.filed_at FROM fresh f
		WHERE f.direction = 'in' OR f.kind = 'survey';
	END IF;
	RETURN NULL;
END;
$$;

-- And what belongs to somebody else now.  Appended, never one row for two: who
-- is taking a row out just now has read the event as it was before.
CREATE OR REPLACE FUNCTION desk.step_follow()
RETURNS trigger
LANGUAGE plpgsql
AS $$
BEGIN
	IF EXISTS (SELECT FROM desk.touchpoint) THEN
		INSERT INTO desk.step_todo (event, filed_at)
		VALUES (NEW.id, NEW.filed_at);
	END IF;
	RETURN NULL;
END;
$$;

-- The folded words of a text in their order, blanks around each: what keywords
-- are looked for in, and keywords themselves.
CREATE OR REPLACE FUNCTION desk.heard(body text)
RETURNS text
LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE
AS $$
BEGIN
	RETURN ' ' || btrim(regexp_replace(desk.fold(left(body, 4000)),
	    '[^[:alnum:]]+', ' ', 'g')) || ' ';
END;
$$;

-- The journey of somebody of this segment ('': none).
CREATE OR REPLACE FUNCTION desk.journey_for(segment text,
    OUT name text, OUT stages text[])
LANGUAGE sql STABLE
AS $$
	SELECT coalesce(j.name, ''), coalesce(j.stages,
	    ARRAY(SELECT s.name FROM desk.stage s))
	FROM (SELECT) x
	LEFT JOIN LATERAL (SELECT * FROM desk.journey k
	    WHERE k.segments = '{}' OR segment = ANY (k.segments)
	    ORDER BY k.place LIMIT 1) j ON true
$$;

-- The day of a moment where the company is.
CREATE OR REPLACE FUNCTION desk.company_day(at timestamptz)
RETURNS date
LANGUAGE sql STABLE
AS $$
	SELECT (at AT TIME ZONE coalesce(desk.company('timezone'),
	    'Asia/Ho_Chi_Minh'))::date
$$;

-- The mood of each of these events, where it is known.
CREATE OR REPLACE FUNCTION desk.moods_of(ids bigint[])
RETURNS TABLE (event bigint, value int)
LANGUAGE sql STABLE
AS $$
	SELECT m.event, m.value::int FROM desk.mood m WHERE m.event = ANY (ids)
$$;

-- Events that may be steps, with what rules ask of them; named is what a person
-- (hand), a survey or who wrote a contact down says.  Of a call, which is
-- told of by several events, it is the first; what no person wrote, and what
-- an erased customer did, is none.
CREATE OR REPLACE FUNCTION desk.steps_asked(ids bigint[],
    filed timestamptz[])
RETURNS TABLE (event bigint, filed_at timestamptz, at timestamptz,
    customer bigint, ticket bigint, kind text, channel text, queue int,
    segment text, status text, words text, named text, hand text)
LANGUAGE sql STABLE
AS $$
	SELECT v.id, v.filed_at, least(v.at, v.filed_at), v.customer,
	    v.ticket, v.kind, v.channel, coalesce(CASE WHEN s.ticket = v.ticket
		THEN s.queue END, t.queue), coalesce(CASE
		WHEN s.customer = v.customer THEN s.segment END, c.segment, ''),
	    v.facts->'order'->>'status',
	    CASE WHEN EXISTS (SELECT FROM desk.touchpoint p
		    WHERE p.keywords <> '{}')
		THEN desk.heard(concat_ws(' ', v.subject,
		    coalesce(v.own, v.text))) END,
	    coalesce(h.touchpoint, (SELECT r.touchpoint FROM desk.response r
		WHERE v.kind = 'survey'
		    AND r.id = (v.meta->>'response')::bigint),
		v.facts->>'touchpoint'), h.touchpoint
	FROM (SELECT DISTINCT u.id, u.filed FROM unnest(ids, filed) u(id, filed)) a
	JOIN desk.event v ON v.id = a.id AND v.filed_at = a.filed
	JOIN desk.ticket t ON t.id = v.ticket
	JOIN desk.customer c ON c.id = v.customer AND c.erased_at IS NULL
	LEFT JOIN desk.step s ON s.event = v.id
	LEFT JOIN desk.step_hand h ON h.event = v.id
	WHERE (v.direction = 'in' OR v.kind = 'survey')
	    AND t.kind NOT IN ('quarantine', 'consult')
	    AND NOT coalesce(v.facts ?| '{automatic,list,bulk}', false)
	    AND NOT (v.kind = 'call' AND EXISTS (SELECT FROM desk.event o
		WHERE o.ticket = v.ticket AND o.id < v.id AND o.kind = 'call'
		    AND o.direction = 'in' AND o.meta->'call'->>'id'
			= v.meta->'call'->>'id'))
$$;

-- The steps that these events are; none, where nothing fits.  What follows from
-- the steps before is not in it.
CREATE OR REPLACE FUNCTION desk.steps_of(ids bigint[], filed timestamptz[])
RETURNS SETOF desk.step
LANGUAGE sql STABLE
AS $$
	-- What a call costs is paid for each segment, not for each event.
	WITH e AS MATERIALIZED (
	    SELECT * FROM desk.steps_asked(ids, filed)
	), j AS MATERIALIZED (
	    SELECT x.segment, f.name, f.stages
	    FROM (SELECT DISTINCT e.segment FROM e) x
	    CROSS JOIN LATERAL desk.journey_for(x.segment) f
	), m AS MATERIALIZED (
	    SELECT * FROM desk.moods_of(ids)
	), z AS MATERIALIZED (
	    SELECT coalesce(desk.company('timezone'), 'Asia/Ho_Chi_Minh') AS zone
	)
	SELECT e.event, e.filed_at, e.at, (e.at AT TIME ZONE z.zone)::date,
	    e.customer, e.ticket, e.kind, e.channel, e.queue, e.segment,
	    j.name, p.stage, p.name, coalesce(e.hand = p.name, false),
	    m.value::smallint, '', '', '', true, true, true, 1, e.at,
	    NULL::bigint
	FROM e
	CROSS JOIN z
	JOIN j ON j.segment = e.segment
	CROSS JOIN LATERAL (SELECT t.* FROM desk.touchpoint t
	    WHERE t.stage = ANY (j.stages) AND (t.name = e.named OR t.ruled
		AND (t.kinds = '{}' OR e.kind = ANY (t.kinds))
		AND (t.channels = '{}' OR e.channel = ANY (t.channels))
		AND (t.queues = '{}' OR e.queue = ANY (t.queues))
		AND (t.statuses = '{}' OR e.status = ANY (t.statuses))
		AND (t.keywords = '{}' OR EXISTS (
		    SELECT FROM unnest(t.keywords) k
		    WHERE position(k IN e.words) > 0)))
	    ORDER BY t.name IS DISTINCT FROM e.named, t.place LIMIT 1) p
	LEFT JOIN m ON m.event = e.event
$$;
