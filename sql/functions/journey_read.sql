-- A customer's journey, and where many of them are.

-- JOURNEY.OF reads so many of a customer's steps, the newest.
CREATE OR REPLACE FUNCTION desk.journey_reach()
RETURNS int
LANGUAGE sql IMMUTABLE
AS $$ SELECT 2000 $$;

-- The stages of a journey in their order ('': all), numbered from 1.
CREATE OR REPLACE FUNCTION desk.journey_stages(of text)
RETURNS TABLE (n int, name text, vi text, en text)
LANGUAGE sql STABLE
AS $$
	SELECT row_number() OVER (ORDER BY s.place)::int, s.name, s.vi, s.en
	FROM desk.stage s
	WHERE of = '' OR s.name = ANY ((SELECT j.stages FROM desk.journey j
	    WHERE j.name = of)::text[])
$$;

-- A journey as it is named to people; NULL when there is none.
CREATE OR REPLACE FUNCTION desk.journey_json(of text)
RETURNS jsonb
LANGUAGE sql STABLE
AS $$
	SELECT jsonb_build_object('name', j.name, 'vi', j.vi, 'en', j.en)
	FROM desk.journey j WHERE j.name = of
$$;

-- One stage of somebody's journey, of the steps that he took in it.
CREATE OR REPLACE FUNCTION desk.stage_walked(steps desk.step[], wanted text)
RETURNS jsonb
LANGUAGE plpgsql STABLE
AS $$
BEGIN
	RETURN (SELECT jsonb_strip_nulls(jsonb_build_object(
	    'steps', count(*),
	    'visits', nullif(count(*) FILTER (WHERE s.entered), 0),
	    'first', desk.rfc3339(min(s.at)), 'last', desk.rfc3339(max(s.at)),
	    'mood', CASE WHEN count(s.mood) > 0 THEN jsonb_build_object(
		'n', count(s.mood), 'mean', round(avg(s.mood), 2)) END,
	    'touchpoints', (SELECT jsonb_agg(jsonb_build_object(
		    'name', y.touchpoint, 'n', y.n)
		    ORDER BY y.n DESC, y.touchpoint)
		FROM (SELECT (x).touchpoint, count(*) AS n FROM unnest(steps) x
		    WHERE (x).stage = wanted GROUP BY 1) y)))
	FROM unnest(steps) s WHERE s.stage = wanted);
END;
$$;

-- JOURNEY.OF: where a customer is, since when, and how he came there.
-- {"customer","journey"?,"now":{"stage","touchpoint","since","at","steps"}?,
-- "stages":[{"name","vi","en","steps",…}],"moods":[{"at","value","event"}],
-- "steps":[{"event","at","stage","touchpoint","by","channel","ticket"?,
-- "mood"?}],"places":[{"name","vi","en"}],"more"?}: stages as they are now in
-- his journey, moods from the oldest, steps (50) from the newest; the ticket of
-- those that the caller may see; places: the touchpoints of these stages, for
-- STEP.SET; more: there are steps before the newest 2,000, which were left out.
CREATE OR REPLACE FUNCTION desk.journey_of(caller jsonb, args jsonb)
RETURNS jsonb
LANGUAGE plpgsql STABLE
SET enable_seqscan = off
AS $$
DECLARE
	known	jsonb := desk.customer_known(args);
	whose	bigint := (known->>'customer')::bigint;
	steps	desk.step[] := ARRAY(SELECT s FROM desk.step s
		    WHERE s.customer = whose
		    ORDER BY s.at DESC, s.event DESC LIMIT desk.journey_reach());
	here	desk.customer_stage;
	way	text;
BEGIN
	SELECT * INTO here FROM desk.customer_stage c WHERE c.customer = whose;
	way := coalesce(here.journey,
	    (desk.journey_for(coalesce(known->>'segment', ''))).name);
	RETURN jsonb_strip_nulls(jsonb_build_object('customer', whose,
	    'journey', desk.journey_json(way),
	    'now', CASE WHEN here.customer IS NOT NULL THEN jsonb_build_object(
		'stage', here.stage, 'touchpoint', here.touchpoint,
		'since', desk.rfc3339(here.since),
		'at', desk.rfc3339(here.at), 'steps', here.n) END,
	    'stages', (SELECT jsonb_agg(jsonb_build_object('name', g.name,
		    'vi', g.vi, 'en', g.en)
		    || desk.stage_walked(steps, g.name) ORDER BY g.n)
		FROM desk.journey_stages(way) g),
	    'touchpoints', (SELECT jsonb_object_agg(p.name,
		    jsonb_build_object('vi', p.vi, 'en', p.en))
		FROM desk.touchpoint p
		WHERE p.name IN (SELECT (s).touchpoint FROM unnest(steps) s)),
	    'places', (SELECT jsonb_agg(jsonb_build_object('name', p.name,
		    'vi', p.vi, 'en', p.en) ORDER BY g.n, p.place)
		FROM desk.journey_stages(way) g
		JOIN desk.touchpoint p ON p.stage = g.name),
	    'moods', (SELECT jsonb_agg(jsonb_build_object(
		    'at', desk.rfc3339(m.at), 'value', m.mood,
		    'event', m.event) ORDER BY m.at, m.event)
		FROM (SELECT (s).* FROM unnest(steps) s
		    WHERE (s).mood IS NOT NULL
		    ORDER BY (s).at DESC, (s).event DESC LIMIT 60) m),
	    'steps', (SELECT jsonb_agg(jsonb_build_object('event', n.event,
		    'at', desk.rfc3339(n.at), 'stage', n.stage,
		    'touchpoint', n.touchpoint, 'by', CASE WHEN n.by_hand
			THEN 'hand' ELSE 'rule' END,
		    'channel', n.channel, 'mood', n.mood,
		    'ticket', CASE WHEN desk.may_see(caller, (SELECT t
			FROM desk.ticket t WHERE t.id = n.ticket))
			THEN n.ticket END) ORDER BY n.at DESC, n.event DESC)
		FROM (SELECT (s).* FROM unnest(steps) s
		    ORDER BY (s).at DESC, (s).event DESC LIMIT 50) n),
	    'more', CASE WHEN cardinality(steps) = desk.journey_reach()
		THEN true END));
END;
$$;

-- What a person's export has of it: every stay in a stage, by touchpoint.
CREATE OR REPLACE FUNCTION desk.journey_exported(whom bigint)
RETURNS jsonb
LANGUAGE plpgsql STABLE
AS $$
BEGIN
	RETURN (SELECT coalesce(jsonb_agg(jsonb_build_object('stage', x.stage,
	    'touchpoint', x.touchpoint, 'steps', x.n,
	    'first', desk.rfc3339(x.first), 'last', desk.rfc3339(x.last))
	    ORDER BY x.first, x.stage, x.touchpoint), '[]')
	FROM (SELECT s.stage, s.touchpoint, count(*) AS n, min(s.at) AS first,
		max(s.at) AS last
	    FROM desk.step s WHERE s.customer = whom GROUP BY 1, 2) x);
END;
$$;

-- The customers of a stage (whom: of a segment) to whom nothing has happened for
-- so many days, who waits longest first; for desk.journey_stuck() and the map.
CREATE OR REPLACE FUNCTION desk.stage_stuck(way text, wanted text, days int,
    lim int, whom text)
RETURNS SETOF desk.customer_stage
LANGUAGE sql STABLE
AS $$
	(SELECT c.* FROM desk.customer_stage c
	WHERE whom IS NULL AND c.journey = way AND c.stage = wanted
	    AND c.at < now() - make_interval(days => days)
	ORDER BY c.at, c.customer LIMIT lim)
	UNION ALL
	(SELECT c.* FROM desk.customer_stage c
	WHERE c.journey = way AND c.stage = wanted AND c.segment = whom
	    AND c.at < now() - make_interval(days => days)
	ORDER BY c.at, c.customer LIMIT lim)
$$;

-- JOURNEY.STUCK: who came to a stage and no further: {"journey"?,"stage",
-- "days","customers":[{"customer","name","since","at","touchpoint","steps"}],
-- "more"?}, a hundred at most.
CREATE OR REPLACE FUNCTION desk.journey_stuck(caller jsonb, args jsonb)
RETURNS jsonb
LANGUAGE plpgsql STABLE
SET enable_seqscan = off
AS $$
DECLARE
	way	text := desk.journey_named(args);
	days	int := coalesce((args->>'days')::int, 14);
	lim	int := coalesce((args->>'limit')::int, 50);
	whom	text := args->>'segment';
	found	desk.customer_stage[];
BEGIN
	PERFORM desk.must_be(caller, 'supervisor');
	PERFORM desk.segment_asked(args);
	IF NOT EXISTS (SELECT FROM desk.journey_stages(way) g
	    WHERE g.name = args->>'stage') THEN
		PERFORM desk.refuse('NOTFOUND',
		    'There is no such stage in this journey.', 'stage');
	END IF;
	found := ARRAY(SELECT s FROM desk.stage_stuck(way, args->>'stage',
	    days, lim + 1, whom) s);
	RETURN jsonb_strip_nulls(jsonb_build_object(
	    'journey', desk.journey_json(way), 'stage', args->>'stage',
	    'days', days, 'segment', whom, 'customers', (SELECT coalesce(jsonb_agg(
		    jsonb_build_object('customer', s.customer, 'name', c.name,
		    'since', desk.rfc3339(s.since), 'at', desk.rfc3339(s.at),
		    'touchpoint', s.touchpoint, 'steps', s.n)
		    ORDER BY s.at, s.customer), '[]')
		FROM unnest(found[:lim]) s
		JOIN desk.customer c ON c.id = s.customer),
	    'more', CASE WHEN cardinality(found) > lim THEN true END));
END;
$$;

-- The journey that args name, or whose segment they name; or a refusal.
CREATE OR REPLACE FUNCTION desk.journey_named(args jsonb)
RETURNS text
LANGUAGE plpgsql STABLE
AS $$
BEGIN
	IF args ? 'journey' AND NOT EXISTS (SELECT FROM desk.journey j
	    WHERE j.name = args->>'journey') THEN
		PERFORM desk.refuse('NOTFOUND', 'There is no such journey.',
		    'journey');
	END IF;
	RETURN coalesce(args->>'journey',
	    (desk.journey_for(coalesce(args->>'segment', ''))).name);
END;
$$;
