-- Actions: what is done about feedback, or about a case, by whom, until when;
-- done by its owner, verified by somebody else.

-- Who asks, as actions keep him: his login, by which he is known again.
CREATE OR REPLACE FUNCTION desk.caller_login(caller jsonb)
RETURNS text
LANGUAGE sql IMMUTABLE
AS $$
	SELECT coalesce(caller->>'who', '-')
$$;

-- An action as it is shown.
CREATE OR REPLACE FUNCTION desk.action_json(a desk.action)
RETURNS jsonb
LANGUAGE plpgsql STABLE
AS $$
BEGIN
	RETURN (SELECT jsonb_strip_nulls(jsonb_build_object('action', a.id,
	    'feedback', a.feedback, 'improvement', a.improvement,
	    'ticket', a.ticket, 'number', (SELECT t.number FROM desk.ticket t
		WHERE t.id = a.ticket),
	    'customer', a.customer, 'name', (SELECT c.name
		FROM desk.customer c WHERE c.id = a.customer),
	    'what', a.what, 'state', a.state,
	    'owner', (SELECT g.name FROM desk.agent g WHERE g.id = a.owner),
	    'due_at', desk.rfc3339(a.due_at),
	    'late', CASE WHEN a.state = 'open' AND a.due_at < now()
		THEN true END,
	    'made_at', desk.rfc3339(a.made_at), 'made_by', a.made_by,
	    'done_at', desk.rfc3339(a.done_at), 'done_by', a.done_by,
	    'words', nullif(a.words, ''),
	    'verified_at', desk.rfc3339(a.verified_at),
	    'verified_by', a.verified_by, 'verdict', nullif(a.verdict, ''),
	    'sent_back', nullif(a.sent_back, 0))));
END;
$$;

-- Tells who has it, or made it, that it changed.
CREATE OR REPLACE FUNCTION desk.action_told(caller jsonb, a desk.action)
RETURNS jsonb
LANGUAGE plpgsql
AS $$
BEGIN
	PERFORM desk.outbox_put(NULL, jsonb_strip_nulls(jsonb_build_object(
	    'kind', 'action', 'action', a.id, 'state', a.state,
	    'who', desk.caller_shown(caller),
	    'agents', (SELECT jsonb_agg(DISTINCT g.name) FROM desk.agent g
		WHERE g.active AND (g.id = a.owner OR g.name = a.made_by)))));
	RETURN desk.action_json(a);
END;
$$;

-- May this caller see this action?  As what it is about.
CREATE OR REPLACE FUNCTION desk.action_seen(caller jsonb, a desk.action)
RETURNS boolean
LANGUAGE plpgsql STABLE
AS $$
BEGIN
	RETURN desk.caller_all(caller)
	    OR coalesce(a.owner = (caller->>'agent')::int, false)
	    OR (a.ticket IS NULL OR (SELECT desk.may_see(caller, t)
		FROM desk.ticket t WHERE t.id = a.ticket))
	    AND (a.feedback IS NULL OR (SELECT desk.feedback_seen(caller, f)
		FROM desk.feedback f WHERE f.id = a.feedback));
END;
$$;

-- What shows its actions, with those alone that this caller may see: one may
-- stand in a case that he may not.
CREATE OR REPLACE FUNCTION desk.actions_seen(caller jsonb, shown jsonb)
RETURNS jsonb
LANGUAGE plpgsql STABLE
AS $$
BEGIN
	IF desk.caller_all(caller) OR NOT shown ? 'actions' THEN
		RETURN shown;
	END IF;
	RETURN shown - 'actions' || coalesce((SELECT jsonb_build_object(
	    'actions', jsonb_agg(x.x ORDER BY x.n))
	    FROM jsonb_array_elements(shown->'actions')
		WITH ORDINALITY x(x, n)
	    JOIN desk.action a ON a.id = (x.x->>'action')::bigint
	    WHERE desk.action_seen(caller, a) HAVING count(*) > 0), '{}');
END;
$$;

-- The action that args name, locked, after what it is about: that comes first,
-- as everybody locks.
CREATE OR REPLACE FUNCTION desk.action_lock(caller jsonb, args jsonb)
RETURNS desk.action
LANGUAGE plpgsql
AS $$
DECLARE
	a	desk.action;
BEGIN
	SELECT * INTO a FROM desk.action x
	WHERE x.id = (args->>'action')::bigint;
	IF NOT FOUND OR NOT desk.action_seen(caller, a) THEN
		PERFORM desk.refuse('NOTFOUND', 'There is no such action.',
		    'action');
	END IF;
	PERFORM FROM desk.feedback f WHERE f.id = a.feedback FOR UPDATE;
	SELECT * INTO a FROM desk.action x WHERE x.id = a.id FOR UPDATE;
	RETURN a;
END;
$$;

-- The agent named as an action's owner, who works here.
CREATE OR REPLACE FUNCTION desk.action_owner(caller jsonb, args jsonb)
RETURNS int
LANGUAGE plpgsql
AS $$
DECLARE
	whom	int := CASE coalesce(args->>'owner', 'me')
		    WHEN 'none' THEN NULL
		    WHEN 'me' THEN (caller->>'agent')::int
		    ELSE (desk.agent_named(args->>'owner', 'owner')).id END;
BEGIN
	IF whom IS NULL AND coalesce(args->>'owner', 'me') <> 'none' THEN
		PERFORM desk.refuse('INVALID', 'Say whose it is.', 'owner');
	ELSIF whom IS NOT NULL AND NOT desk.agent_stays(whom) THEN
		PERFORM desk.refuse('INVALID', 'There is no such agent.',
		    'owner');
	END IF;
	RETURN whom;
END;
$$;

-- A time that somebody set, of the company's zone when it names none, of years
-- that people plan and learn in: cursors and calendars end somewhere.  NULL: not
-- given.
CREATE OR REPLACE FUNCTION desk.time_said(args jsonb, member text)
RETURNS timestamptz
LANGUAGE plpgsql STABLE
AS $$
DECLARE
	said	text := args->>member;
	at	timestamptz;
BEGIN
	IF said !~ ('^\d{4}-\d\d-\d\d([T ]\d\d:\d\d(:\d\d(\.\d{1,6})?)?'
	    '(Z|[+-]\d\d:?\d\d)?)?$') THEN
		RAISE invalid_datetime_format;
	END IF;
	at := CASE WHEN said ~ 'T?\d\d:.*(Z|[+-]\d\d:?\d\d)$'
	    THEN said::timestamptz
	    ELSE said::timestamp AT TIME ZONE coalesce(
		desk.company('timezone'), 'UTC') END;
	IF at NOT BETWEEN '2000-01-01Z' AND '2199-12-31Z' THEN
		RAISE datetime_field_overflow;
	END IF;
	RETURN at;
EXCEPTION WHEN data_exception THEN
	PERFORM desk.refuse('INVALID',
	    'A time is like 2026-11-30T15:00+07:00.', member);
END;
$$;

-- What a new action is about: a piece of feedback, or what stands in a case.
CREATE OR REPLACE FUNCTION desk.action_about(caller jsonb, args jsonb,
    OUT piece bigint, OUT ticket bigint, OUT customer bigint)
LANGUAGE plpgsql
AS $$
DECLARE
	f	desk.feedback;
	t	desk.ticket;
BEGIN
	IF args ? 'ticket' THEN
		t := desk.ticket_lock(caller, args, false);
		ticket := t.id;
		customer := t.customer;
	END IF;
	IF args ?| '{feedback,response,research}' THEN
		SELECT * INTO f FROM desk.feedback k
		WHERE k.id = (args->>'feedback')::bigint
		    OR k.response = (args->>'response')::bigint
		    OR k.research = (args->>'research')::bigint
		FOR UPDATE;
		IF NOT FOUND OR NOT desk.feedback_seen(caller, f) THEN
			PERFORM desk.refuse('NOTFOUND',
			    'There is no such feedback.', 'feedback');
		END IF;
		piece := f.id;
		ticket := coalesce(ticket, f.recovery, f.ticket);
		customer := coalesce(f.customer, customer);
	ELSIF ticket IS NOT NULL THEN
		-- A case that complains has feedback of its own.
		SELECT k.id INTO piece FROM desk.feedback k
		WHERE k.ticket = action_about.ticket AND k.kind = 'complaint'
		FOR UPDATE;
	END IF;
END;
$$;

-- ACTION.ADD
CREATE OR REPLACE FUNCTION desk.action_add(caller jsonb, args jsonb)
RETURNS jsonb
LANGUAGE plpgsql
AS $$
DECLARE
	mine	text := CASE WHEN coalesce(args->>'once', '') <> ''
		    THEN concat_ws('/', caller->>'who', args->>'once') END;
	about	record;
	whose	int := desk.action_owner(caller, args);
	due	timestamptz := desk.time_said(args, 'due');
	a	desk.action;
BEGIN
	SELECT * INTO about FROM desk.action_about(caller, args);
	IF args ? 'improvement' AND NOT EXISTS (SELECT FROM desk.improvement i
	    WHERE i.id = (args->>'improvement')::bigint
		AND (desk.caller_all(caller)
		    OR i.owner = (caller->>'agent')::int)) THEN
		PERFORM desk.refuse('NOTFOUND', 'There is no such improvement.',
		    'improvement');
	END IF;
	INSERT INTO desk.action (feedback, ticket, customer, what, owner,
	    due_at, made_by, once, improvement)
	VALUES (about.piece, about.ticket, about.customer, args->>'what',
	    whose, due, desk.caller_login(caller), mine,
	    (args->>'improvement')::bigint)
	ON CONFLICT (once) DO NOTHING RETURNING * INTO a;
	IF NOT FOUND THEN
		SELECT * INTO a FROM desk.action x WHERE x.once = mine;
		IF a.what IS DISTINCT FROM args->>'what' THEN
			PERFORM desk.refuse('CONFLICT',
			    'This id was used for another action.', 'once');
		END IF;
		RETURN desk.action_json(a);
	END IF;
	PERFORM desk.feedback_close(a.feedback, (caller->>'agent')::int,
	    'action', a.id);
	RETURN desk.action_told(caller, a);
END;
$$;

-- ACTION.MOVE: another owner, another day, of one that is not done.
CREATE OR REPLACE FUNCTION desk.action_move(caller jsonb, args jsonb)
RETURNS jsonb
LANGUAGE plpgsql
AS $$
DECLARE
	a	desk.action := desk.action_lock(caller, args);
	whose	int := CASE WHEN args ? 'owner'
		    THEN desk.action_owner(caller, args) ELSE a.owner END;
	due	timestamptz := coalesce(desk.time_said(args, 'due'), a.due_at);
BEGIN
	IF a.state <> 'open' THEN
		PERFORM desk.refuse('CONFLICT', 'This action is done.',
		    'action');
	ELSIF (whose, due) IS NOT DISTINCT FROM (a.owner, a.due_at) THEN
		RETURN desk.action_json(a);
	END IF;
	UPDATE desk.action x SET owner = whose, due_at = due, told_at = NULL
	WHERE x.id = a.id RETURNING * INTO a;
	RETURN desk.action_told(caller, a);
END;
$$;

-- ACTION.DONE: by its owner, or by who stands above agents.
CREATE OR REPLACE FUNCTION desk.action_done(caller jsonb, args jsonb)
RETURNS jsonb
LANGUAGE plpgsql
AS $$
DECLARE
	a	desk.action := desk.action_lock(caller, args);
BEGIN
	IF a.state <> 'open' THEN
		RETURN desk.action_json(a);
	ELSIF a.owner IS NOT NULL AND NOT desk.caller_all(caller)
	    AND a.owner IS DISTINCT FROM (caller->>'agent')::int THEN
		PERFORM desk.refuse('DENIED', 'This is another''s to do.',
		    'action');
	END IF;
	UPDATE desk.action x SET state = 'done', done_at = now(),
	    done_by = desk.caller_login(caller),
	    words = coalesce(args->>'words', '')
	WHERE x.id = a.id RETURNING * INTO a;
	-- One that its class made answers nothing before it is done.
	PERFORM desk.feedback_close(a.feedback, (caller->>'agent')::int,
	    'action', a.id);
	RETURN desk.action_told(caller, a);
END;
$$;

-- ACTION.VERIFY: that it helped, by another than who has it and who did it;
-- again: it did not, and is to be done once more.
CREATE OR REPLACE FUNCTION desk.action_verify(caller jsonb, args jsonb)
RETURNS jsonb
LANGUAGE plpgsql
AS $$
DECLARE
	a	desk.action := desk.action_lock(caller, args);
	again	boolean := coalesce((args->>'again')::boolean, false);
BEGIN
	IF a.owner = (caller->>'agent')::int
	    OR a.done_by = desk.caller_login(caller) THEN
		PERFORM desk.refuse('DENIED',
		    'An action is verified by another than who did it.',
		    'action');
	ELSIF a.state = (CASE WHEN again THEN 'open'
	    ELSE 'verified' END) THEN
		RETURN desk.action_json(a);
	ELSIF a.state <> 'done' THEN
		PERFORM desk.refuse('CONFLICT', CASE a.state WHEN 'open'
		    THEN 'This action is not done yet.'
		    ELSE 'This action is verified.' END, 'action');
	END IF;
	IF again THEN
		UPDATE desk.action x SET state = 'open', done_at = NULL,
		    done_by = NULL, told_at = NULL, verdict = args->>'words',
		    sent_back = least(x.sent_back + 1, 32767)
		WHERE x.id = a.id RETURNING * INTO a;
	ELSE
		UPDATE desk.action x SET state = 'verified',
		    verified_at = now(), verdict = args->>'words',
		    verified_by = desk.caller_login(caller)
		WHERE x.id = a.id RETURNING * INTO a;
	END IF;
	RETURN desk.action_told(caller, a);
END;
$$;

-- ACTION.LIST: open ones by their day; done and verified ones the newest first.
-- overdue: of the open ones those whose day is past.
CREATE OR REPLACE FUNCTION desk.action_list(caller jsonb, args jsonb)
RETURNS jsonb
LANGUAGE plpgsql STABLE
SET enable_seqscan = off
SET enable_bitmapscan = off
AS $$
DECLARE
	wants	text := coalesce(args->>'state', 'open');
	lim	int := coalesce((args->>'limit')::int, 50);
	whose	int := CASE args->>'owner' WHEN 'me'
		    THEN coalesce((caller->>'agent')::int, 0)
		    ELSE CASE WHEN args ? 'owner' THEN (desk.agent_named(
			args->>'owner', 'owner')).id END END;
	late	boolean := coalesce((args->>'overdue')::boolean, false);
	past	desk.action;
	n	int := 0;
	a	desk.action;
	shown	jsonb := '[]';
BEGIN
	SELECT * INTO past FROM desk.action x
	WHERE x.id = (args->>'after')::bigint;
	FOR a IN SELECT y.* FROM (
	    (SELECT x.* FROM desk.action x
	    WHERE wants = 'open' AND x.state = 'open'
		AND (past.id IS NULL
		    OR (coalesce(x.due_at, 'infinity'), x.id)
		    > (coalesce(past.due_at, 'infinity'), past.id))
		AND (whose IS NULL OR x.owner = whose)
		AND (NOT late OR x.due_at < now())
	    ORDER BY x.due_at, x.id LIMIT 2000)
	    UNION ALL
	    (SELECT x.* FROM desk.action x
	    WHERE wants <> 'open' AND x.state = wants
		AND (past.id IS NULL OR x.id < past.id)
		AND (whose IS NULL OR x.owner = whose)
	    ORDER BY x.id DESC LIMIT 2000)) y LOOP
		n := n + 1;
		IF desk.action_seen(caller, a) THEN
			shown := shown || desk.action_json(a);
		END IF;
		EXIT WHEN jsonb_array_length(shown) = lim;
	END LOOP;
	RETURN jsonb_strip_nulls(jsonb_build_object('actions', shown,
	    'after', CASE WHEN jsonb_array_length(shown) = lim
		OR n = 2000 THEN a.id END));
END;
$$;

-- Tells at most lim owners that an action is due, each once for its day, and
-- returns how many.  Of a case it is as if a note there named him; what is
-- nobody's, supervisors are told of.
CREATE OR REPLACE FUNCTION desk.actions_due(lim int)
RETURNS int
LANGUAGE plpgsql
SET enable_seqscan = off
AS $$
DECLARE
	held	bigint[];
	a	desk.action;
	t	desk.ticket;
	event_id bigint;
	told	int := 0;
BEGIN
	held := desk.due_held(ARRAY(SELECT DISTINCT x.ticket
	    FROM (SELECT y.ticket FROM desk.action y
		WHERE y.state = 'open' AND y.told_at IS NULL
		    AND y.due_at <= now()
		ORDER BY y.due_at LIMIT lim) x
	    WHERE x.ticket IS NOT NULL));
	FOR a IN SELECT * FROM desk.action x
	    WHERE x.state = 'open' AND x.told_at IS NULL AND x.due_at <= now()
		AND (x.ticket IS NULL OR x.ticket = ANY (held))
	    ORDER BY x.due_at, x.id LIMIT lim FOR UPDATE SKIP LOCKED LOOP
		told := told + 1;
		UPDATE desk.action x SET told_at = now() WHERE x.id = a.id;
		SELECT * INTO t FROM desk.ticket k WHERE k.id = a.ticket;
		IF t.id IS NULL THEN
			PERFORM desk.action_told(desk.clock_caller(), a);
			CONTINUE;
		END IF;
		event_id := nextval('desk.event_id');
		PERFORM desk.ticket_commit(desk.clock_caller(), t,
		    jsonb_build_object('kind', 'action', 'event', event_id,
			'text', a.what, 'meta', jsonb_strip_nulls(
			jsonb_build_object('action', a.id, 'what', 'due',
			    'owner', (SELECT g.name FROM desk.agent g
				WHERE g.id = a.owner)))));
		PERFORM desk.mention_put(desk.clock_caller(), t.id, event_id,
		    desk.alarm_told(t, coalesce((SELECT g.name
			FROM desk.agent g WHERE g.id = a.owner AND g.active),
			'supervisor')));
	END LOOP;
	RETURN told;
END;
$$;

-- In how many ms to look again.
CREATE OR REPLACE FUNCTION desk.actions_next()
RETURNS int
LANGUAGE plpgsql
SET enable_seqscan = off
AS $$
BEGIN
	RETURN desk.due_in((SELECT min(a.due_at) FROM desk.action a
	    WHERE a.state = 'open' AND a.told_at IS NULL
		AND a.due_at IS NOT NULL));
END;
$$;
