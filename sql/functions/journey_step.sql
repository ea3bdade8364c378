-- What people say of steps and touchpoints.

-- STEP.SET: where an event of a customer happened, as somebody knows it; without
-- a touchpoint, as the rules have it.  {"event","customer","touchpoint",
-- "stage","by":"rule|hand"}; the last three only of what is a step.
CREATE OR REPLACE FUNCTION desk.step_set(caller jsonb, args jsonb)
RETURNS jsonb
LANGUAGE plpgsql
SET enable_seqscan = off
AS $$
DECLARE
	e	desk.event;
	t	desk.ticket;
	p	desk.touchpoint;
BEGIN
	SELECT * INTO e FROM desk.event v
	WHERE v.id = (args->>'event')::bigint;
	SELECT * INTO t FROM desk.ticket k WHERE k.id = e.ticket;
	IF t.id IS NULL OR NOT desk.may_see(caller, t) THEN
		PERFORM desk.refuse('NOTFOUND', 'There is no such event.',
		    'event');
	ELSIF NOT (e.direction = 'in' OR e.kind = 'survey')
	    OR t.kind IN ('quarantine', 'consult') THEN
		PERFORM desk.refuse('CONFLICT',
		    'This is nothing that a customer did.', 'event');
	END IF;
	-- Before the words are read: the chore may be sorting this event.
	PERFORM desk.journey_turn(false);
	IF args ? 'touchpoint' THEN
		SELECT * INTO p FROM desk.touchpoint o
		WHERE o.name = args->>'touchpoint';
		IF NOT FOUND THEN
			PERFORM desk.refuse('NOTFOUND',
			    'There is no such touchpoint.', 'touchpoint');
		ELSIF p.stage <> ALL ((desk.journey_for(coalesce(
		    (SELECT s.segment FROM desk.step s WHERE s.event = e.id),
		    (SELECT c.segment FROM desk.customer c
			WHERE c.id = e.customer), ''))).stages) THEN
			PERFORM desk.refuse('CONFLICT',
			    'Its stage is not in this customer''s journey.',
			    'touchpoint');
		END IF;
		INSERT INTO desk.step_hand AS h (event, touchpoint, who)
		VALUES (e.id, p.name, caller->>'who')
		ON CONFLICT (event) DO UPDATE SET
		    touchpoint = excluded.touchpoint, who = excluded.who,
		    at = excluded.at
		WHERE h.touchpoint <> excluded.touchpoint;
	ELSE
		DELETE FROM desk.step_hand h WHERE h.event = e.id;
	END IF;
	PERFORM desk.steps_put(ARRAY[e.id], ARRAY[e.filed_at]);
	RETURN jsonb_build_object('event', e.id, 'customer', e.customer)
	    || coalesce((SELECT jsonb_build_object('touchpoint', s.touchpoint,
		'stage', s.stage, 'by', CASE WHEN s.by_hand THEN 'hand'
		    ELSE 'rule' END)
	    FROM desk.step s WHERE s.event = e.id), '{}');
END;
$$;

-- TOUCHPOINT.VALIDATE: somebody has seen that a touchpoint is as the map has it:
-- how he knows, and when he saw it.
CREATE OR REPLACE FUNCTION desk.touchpoint_validate(caller jsonb, args jsonb)
RETURNS jsonb
LANGUAGE plpgsql
AS $$
DECLARE
	day	date := desk.cx_day(args, 'seen',
		    desk.company_day(now()));
BEGIN
	PERFORM desk.must_be(caller, 'supervisor');
	IF NOT EXISTS (SELECT FROM desk.touchpoint p
	    WHERE p.name = args->>'touchpoint') THEN
		PERFORM desk.refuse('NOTFOUND', 'There is no such touchpoint.',
		    'touchpoint');
	ELSIF btrim(args->>'evidence') = '' THEN
		PERFORM desk.refuse('INVALID', 'Say how it is known.',
		    'evidence');
	ELSIF day > desk.company_day(now()) THEN
		PERFORM desk.refuse('INVALID', 'This has not happened yet.',
		    'seen');
	END IF;
	-- The same said again is the same.
	INSERT INTO desk.touchpoint_check (touchpoint, seen, who, evidence)
	SELECT args->>'touchpoint', day, caller->>'who', args->>'evidence'
	WHERE NOT EXISTS (SELECT FROM desk.touchpoint_check k
	    WHERE k.touchpoint = args->>'touchpoint' AND k.seen = day
		AND k.evidence = args->>'evidence');
	RETURN desk.touchpoint_json((SELECT p FROM desk.touchpoint p
	    WHERE p.name = args->>'touchpoint'));
END;
$$;

-- A touchpoint, with what it was last validated by.
CREATE OR REPLACE FUNCTION desk.touchpoint_json(p desk.touchpoint)
RETURNS jsonb
LANGUAGE sql STABLE
AS $$
	SELECT jsonb_strip_nulls(jsonb_build_object('name', (p).name,
	    'vi', (p).vi, 'en', (p).en, 'stage', (p).stage,
	    'channel', CASE WHEN (p).channels <> '{}'
		THEN to_jsonb((p).channels) END,
	    'department', (SELECT q.name FROM desk.queue q
		WHERE q.id = (p).department),
	    'owner', (SELECT a.name FROM desk.agent a
		WHERE a.id = (p).owner AND a.active),
	    'target', (p).target, 'measure', CASE WHEN (p).target IS NOT NULL
		THEN nullif((p).measure, 'csat') END,
	    'validated', (SELECT jsonb_build_object('seen', k.seen,
		    'who', k.who, 'evidence', k.evidence)
		FROM desk.touchpoint_check k WHERE k.touchpoint = (p).name
		ORDER BY k.seen DESC, k.id DESC LIMIT 1)))
$$;
