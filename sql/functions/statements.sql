-- What the company says of itself: advertisements, the web site, policies,
-- scripts.  Kept by operations, not in desk.conf: many hands write here, each
-- his own lines, and nothing is routed by it.  What contradicts what is in
-- statements_against.sql.

-- How many hours or pieces one of a unit is; NULL: there is no value.
CREATE OR REPLACE FUNCTION desk.statement_per(unit text)
RETURNS int
LANGUAGE sql IMMUTABLE PARALLEL SAFE
AS $$
	SELECT CASE unit WHEN 'days' THEN 24 WHEN 'none' THEN NULL
	    ELSE 1 END
$$;

-- A value as somebody writes it ("5", "3-5", "2,5", yes), in its unit's own
-- measure.
CREATE OR REPLACE FUNCTION desk.statement_value(said text, unit text,
    OUT low numeric, OUT high numeric)
LANGUAGE plpgsql IMMUTABLE
AS $$
DECLARE
	word	text := lower(normalize(btrim(coalesce(said, '')), NFC));
	bits	text[] := regexp_match(replace(word, ',', '.'),
		    '^(\d{1,12}(?:\.\d{1,4})?)(?: ?[-–] ?(\d{1,12}(?:\.\d{1,4})?))?$');
BEGIN
	IF unit = 'none' AND word = '' THEN
		RETURN;
	ELSIF unit = 'yesno' THEN
		low := CASE WHEN word IN ('yes', 'có') THEN 1
		    WHEN word IN ('no', 'không') THEN 0 END;
		high := low;
	ELSIF unit <> 'none' THEN
		low := bits[1]::numeric * desk.statement_per(unit);
		high := coalesce(bits[2], bits[1])::numeric
		    * desk.statement_per(unit);
	END IF;
	IF low IS NULL THEN
		PERFORM desk.refuse('INVALID', CASE unit
		    WHEN 'none' THEN 'A value has a unit.'
		    WHEN 'yesno' THEN 'The value is yes or no.'
		    ELSE 'The value is a number such as 5, or from and to: 3-5.'
		    END, 'value');
	ELSIF low > high THEN
		PERFORM desk.refuse('INVALID', 'It ends before it begins.',
		    'value');
	END IF;
END;
$$;

-- The value as it is read back: "3-5".  Stable, as concat_ws() is: that and the
-- next are written into the queries that ask for hundreds.
CREATE OR REPLACE FUNCTION desk.statement_shown(low numeric, high numeric,
    unit text)
RETURNS text
LANGUAGE sql STABLE
AS $$
	SELECT CASE WHEN low IS NULL THEN NULL
	    WHEN unit = 'yesno' THEN CASE low WHEN 1 THEN 'yes' ELSE 'no' END
	    ELSE concat_ws('-', trim_scale(round(low
		    / desk.statement_per(unit), 4)),
		CASE WHEN high <> low THEN trim_scale(round(high
		    / desk.statement_per(unit), 4)) END) END
$$;

-- A statement as it is shown; owner: his login; due: its review is.
CREATE OR REPLACE FUNCTION desk.statement_line(s desk.statement, owner text)
RETURNS jsonb
LANGUAGE sql STABLE
AS $$
	SELECT jsonb_strip_nulls(jsonb_build_object('statement', (s).id,
	    'about', (s).about, 'kind', (s).kind,
	    'value', desk.statement_shown((s).low, (s).high, (s).unit),
	    'unit', (s).unit, 'words', nullif((s).words, ''),
	    'place', (s).place, 'link', (s).link, 'region', (s).region,
	    'segment', (s).segment, 'product', (s).product,
	    'owner', owner, 'review', (s).review_days,
	    'reviewed_at', desk.rfc3339((s).reviewed_at),
	    'reviewed_by', (s).reviewed_by,
	    'review_at', desk.rfc3339((s).review_at),
	    'due', CASE WHEN (s).ended_at IS NULL AND (s).review_at <= now()
		THEN true END,
	    'strict', CASE WHEN (s).binding THEN true END,
	    'made_at', desk.rfc3339((s).made_at), 'made_by', (s).made_by,
	    'ended_at', desk.rfc3339((s).ended_at)))
$$;

-- A statement as it is shown, with its owner.
CREATE OR REPLACE FUNCTION desk.statement_json(s desk.statement)
RETURNS jsonb
LANGUAGE sql STABLE
AS $$
	SELECT desk.statement_line(s, (SELECT a.name FROM desk.agent a
	    WHERE a.id = (s).owner))
$$;

-- Tells who has it, and who stands above agents when nobody does.
CREATE OR REPLACE FUNCTION desk.statement_told(caller jsonb,
    s desk.statement, what text)
RETURNS void
LANGUAGE plpgsql
AS $$
BEGIN
	PERFORM desk.outbox_put(NULL, jsonb_strip_nulls(jsonb_build_object(
	    'kind', 'statement', 'what', what, 'statement', s.id,
	    'text', desk.cut(s.about, 200), 'who', desk.caller_shown(caller),
	    'agents', (SELECT jsonb_agg(g.name ORDER BY g.name)
		FROM desk.agent g WHERE g.active AND CASE
		    WHEN desk.agent_stays(s.owner) THEN g.id = s.owner
		    ELSE g.role IN ('supervisor', 'admin') END))));
END;
$$;

-- The row with what args say of it; what they leave out stays, and an empty
-- text clears.
CREATE OR REPLACE FUNCTION desk.statement_with(caller jsonb,
    s desk.statement, args jsonb)
RETURNS desk.statement
LANGUAGE plpgsql
AS $$
DECLARE
	v	record;
BEGIN
	s.about := coalesce(args->>'about', s.about);
	s.topic := coalesce(desk.fold_words(s.about), '');
	s.kind := CASE WHEN args->>'kind' = 'none' THEN NULL
	    ELSE coalesce(args->>'kind', s.kind) END;
	s.words := coalesce(args->>'words', s.words, '');
	s.place := coalesce(args->>'place', s.place);
	s.link := nullif(btrim(coalesce(args->>'link', s.link)), '');
	s.region := nullif(btrim(coalesce(args->>'region', s.region)), '');
	s.segment := nullif(btrim(coalesce(args->>'segment', s.segment)), '');
	s.product := nullif(btrim(coalesce(args->>'product', s.product)), '');
	s.binding := coalesce((args->>'strict')::boolean, s.binding, false);
	s.review_days := CASE WHEN args ? 'review'
	    THEN nullif((args->>'review')::int, 0) ELSE s.review_days END;
	IF args ?| '{value,unit}' OR s.unit IS NULL THEN
		s.unit := coalesce(args->>'unit', s.unit,
		    CASE WHEN coalesce(args->>'value', '') = '' THEN 'none' END);
		IF s.unit IS NULL THEN
			PERFORM desk.refuse('INVALID', 'A value has a unit.',
			    'unit');
		END IF;
		v := desk.statement_value(coalesce(args->>'value',
		    CASE WHEN s.unit <> 'none' THEN desk.statement_shown(
			s.low, s.high, s.unit) END), s.unit);
		s.low := v.low;
		s.high := v.high;
	END IF;
	IF s.topic = '' THEN
		PERFORM desk.refuse('INVALID',
		    'Say in letters or digits what it is about.', 'about');
	ELSIF s.low IS NULL AND s.words = '' THEN
		PERFORM desk.refuse('INVALID',
		    'Say what is said: a value, or its words.', 'value');
	ELSIF s.link !~ '^[^[:cntrl:]]+$' THEN
		PERFORM desk.refuse('INVALID', 'A link is of one line.',
		    'link');
	ELSIF s.binding AND (s.kind IS NULL
	    OR s.unit NOT IN ('hours', 'days')) THEN
		PERFORM desk.refuse('INVALID', 'Only a statement of a promise, '
		    'in hours or days, binds templates.', 'strict');
	END IF;
	IF args ? 'owner' THEN
		s.owner := desk.action_owner(caller, args);
	END IF;
	s.review_at := s.reviewed_at + make_interval(days => s.review_days);
	RETURN s;
END;
$$;

-- Refuses more than are looked through at each look.
CREATE OR REPLACE FUNCTION desk.statement_may(topic text)
RETURNS void
LANGUAGE plpgsql
AS $$
BEGIN
	IF (SELECT count(*) FROM desk.statement s
	    WHERE s.ended_at IS NULL) >= 2000 THEN
		PERFORM desk.refuse('CONFLICT', 'At most 2000 statements are '
		    'in use at once: end some.', 'about');
	ELSIF (SELECT count(*) FROM desk.statement s WHERE s.ended_at IS NULL
	    AND s.topic = statement_may.topic) >= 100 THEN
		PERFORM desk.refuse('CONFLICT',
		    'At most 100 statements in use are about one thing.',
		    'about');
	END IF;
END;
$$;

-- STATEMENT.ADD
CREATE OR REPLACE FUNCTION desk.statement_add(caller jsonb, args jsonb)
RETURNS jsonb
LANGUAGE plpgsql
AS $$
DECLARE
	mine	text := CASE WHEN coalesce(args->>'once', '') <> ''
		    THEN concat_ws('/', caller->>'who', args->>'once') END;
	s	desk.statement;
	old	desk.statement;
BEGIN
	s.reviewed_at := now();
	s := desk.statement_with(caller, s, args);
	PERFORM pg_advisory_xact_lock(hashtext('desk.statement'));
	SELECT * INTO old FROM desk.statement x WHERE x.once = mine;
	IF FOUND THEN
		IF (old.about, old.words) <> (s.about, s.words) THEN
			PERFORM desk.refuse('CONFLICT',
			    'This id was used for another statement.', 'once');
		END IF;
		RETURN desk.statement_json(old);
	END IF;
	PERFORM desk.statement_may(s.topic);
	INSERT INTO desk.statement (about, topic, kind, unit, low, high,
	    words, place, link, region, segment, product, owner, review_days,
	    reviewed_by, review_at, binding, made_by, once)
	VALUES (s.about, s.topic, s.kind, s.unit, s.low, s.high, s.words,
	    s.place, s.link, s.region, s.segment, s.product, s.owner,
	    s.review_days, desk.caller_login(caller), s.review_at, s.binding,
	    desk.caller_login(caller), mine)
	RETURNING * INTO s;
	PERFORM desk.audit_put(caller, 'statement.add', s.id::text, 'done',
	    desk.statement_json(s));
	PERFORM desk.statement_told(caller, s, 'added');
	RETURN desk.statement_json(s);
END;
$$;

-- The statement that args name, locked.
CREATE OR REPLACE FUNCTION desk.statement_lock(args jsonb)
RETURNS desk.statement
LANGUAGE plpgsql
AS $$
DECLARE
	s	desk.statement;
BEGIN
	SELECT * INTO s FROM desk.statement x
	WHERE x.id = (args->>'statement')::bigint FOR UPDATE;
	IF NOT FOUND THEN
		PERFORM desk.refuse('NOTFOUND', 'There is no such statement.',
		    'statement');
	END IF;
	RETURN s;
END;
$$;

-- STATEMENT.SET: what is said now; that is looked at as it is written.
CREATE OR REPLACE FUNCTION desk.statement_set(caller jsonb, args jsonb)
RETURNS jsonb
LANGUAGE plpgsql
AS $$
DECLARE
	s	desk.statement := desk.statement_lock(args);
	n	desk.statement := desk.statement_with(caller, s, args);
BEGIN
	IF s.ended_at IS NOT NULL THEN
		PERFORM desk.refuse('CONFLICT',
		    'This is not said any more.', 'statement');
	ELSIF n IS NOT DISTINCT FROM s THEN
		RETURN desk.statement_json(s);
	ELSIF n.topic <> s.topic THEN
		PERFORM pg_advisory_xact_lock(hashtext('desk.statement'));
		PERFORM desk.statement_may(n.topic);
	END IF;
	IF (n.low, n.high, n.unit, n.words)
	    IS DISTINCT FROM (s.low, s.high, s.unit, s.words) THEN
		n.reviewed_at := now();
		n.reviewed_by := desk.caller_login(caller);
	END IF;
	n.review_at := n.reviewed_at + make_interval(days => n.review_days);
	UPDATE desk.statement x SET about = n.about, topic = n.topic,
	    kind = n.kind, unit = n.unit, low = n.low, high = n.high,
	    words = n.words, place = n.place, link = n.link,
	    region = n.region, segment = n.segment, product = n.product,
	    owner = n.owner, review_days = n.review_days,
	    reviewed_at = n.reviewed_at, reviewed_by = n.reviewed_by,
	    review_at = n.review_at, binding = n.binding,
	    told_at = CASE WHEN (n.review_at, n.owner) IS NOT DISTINCT
		FROM (s.review_at, s.owner) THEN s.told_at END
	WHERE x.id = s.id RETURNING * INTO n;
	PERFORM desk.audit_put(caller, 'statement.set', s.id::text, 'done',
	    jsonb_build_object('from', desk.config_differing(
		desk.statement_json(s), desk.statement_json(n)),
	    'to', desk.config_differing(desk.statement_json(n),
		desk.statement_json(s))));
	PERFORM desk.statement_told(caller, n, 'set');
	RETURN desk.statement_json(n);
END;
$$;

-- STATEMENT.REVIEW: looked at, and still so; by its owner, or by who stands
-- above agents.
CREATE OR REPLACE FUNCTION desk.statement_review(caller jsonb, args jsonb)
RETURNS jsonb
LANGUAGE plpgsql
AS $$
DECLARE
	s	desk.statement := desk.statement_lock(args);
BEGIN
	IF NOT desk.caller_all(caller)
	    AND s.owner IS DISTINCT FROM (caller->>'agent')::int THEN
		PERFORM desk.refuse('DENIED',
		    'This is another''s to look at.', 'statement');
	ELSIF s.ended_at IS NOT NULL THEN
		PERFORM desk.refuse('CONFLICT',
		    'This is not said any more.', 'statement');
	END IF;
	UPDATE desk.statement x SET reviewed_at = now(),
	    reviewed_by = desk.caller_login(caller), told_at = NULL,
	    review_at = now() + make_interval(days => x.review_days)
	WHERE x.id = s.id RETURNING * INTO s;
	PERFORM desk.audit_put(caller, 'statement.review', s.id::text, 'done');
	PERFORM desk.statement_told(caller, s, 'reviewed');
	RETURN desk.statement_json(s);
END;
$$;

-- STATEMENT.END: it is not said any more, and stays on record.
CREATE OR REPLACE FUNCTION desk.statement_end(caller jsonb, args jsonb)
RETURNS jsonb
LANGUAGE plpgsql
AS $$
DECLARE
	s	desk.statement := desk.statement_lock(args);
BEGIN
	IF s.ended_at IS NULL THEN
		UPDATE desk.statement x SET ended_at = now()
		WHERE x.id = s.id RETURNING * INTO s;
		PERFORM desk.audit_put(caller, 'statement.end', s.id::text,
		    'done');
		PERFORM desk.statement_told(caller, s, 'ended');
	END IF;
	RETURN desk.statement_json(s);
END;
$$;

-- STATEMENT.GET: one, with what speaks against it.
CREATE OR REPLACE FUNCTION desk.statement_get(caller jsonb, args jsonb)
RETURNS jsonb
LANGUAGE plpgsql STABLE
AS $$
DECLARE
	s	desk.statement;
BEGIN
	SELECT * INTO s FROM desk.statement x
	WHERE x.id = (args->>'statement')::bigint;
	IF NOT FOUND THEN
		PERFORM desk.refuse('NOTFOUND', 'There is no such statement.',
		    'statement');
	END IF;
	RETURN desk.statement_json(s) || jsonb_build_object('against', (
	    SELECT coalesce(jsonb_agg(desk.statement_json(o)
		ORDER BY o.id), '[]')
	    FROM desk.statement o
	    WHERE o.topic = s.topic AND o.ended_at IS NULL
		AND s.ended_at IS NULL
		AND desk.statements_differ(s, o)));
END;
$$;

-- STATEMENT.LIST: {"n","statements":[…],"after"} by what they are about; and,
-- with the first page, "contradictions", "templates" and "overdue" of all that
-- are in use (statements_against.sql).
CREATE OR REPLACE FUNCTION desk.statement_list(caller jsonb, args jsonb)
RETURNS jsonb
LANGUAGE plpgsql STABLE
AS $$
DECLARE
	n	int := desk.page_rows(args, 200, 500);
	over	boolean := coalesce(args->>'state', 'current') = 'ended';
	of	text := desk.fold_words(args->>'about');
	whose	int := CASE WHEN args ? 'owner' THEN (desk.agent_named(
		    CASE args->>'owner' WHEN 'me' THEN caller->>'who'
		    ELSE args->>'owner' END, 'owner')).id END;
	past	desk.statement;
	answer	jsonb;
BEGIN
	SELECT * INTO past FROM desk.statement x
	WHERE x.id = (args->>'after')::bigint;
	WITH page AS MATERIALIZED (
	    SELECT s::desk.statement AS s, row_number() OVER (
		ORDER BY s.topic, s.id) AS place
	    FROM desk.statement s
	    WHERE (s.ended_at IS NOT NULL) = over
		AND (of IS NULL OR strpos(s.topic, of) > 0)
		AND (NOT args ? 'place' OR s.place = args->>'place')
		AND (whose IS NULL OR s.owner = whose)
		AND (past.id IS NULL
		    OR (s.topic, s.id) > (past.topic, past.id))
	    ORDER BY s.topic, s.id LIMIT n + 1
	)
	SELECT jsonb_strip_nulls(jsonb_build_object('statements',
	    coalesce(jsonb_agg(desk.statement_line(g.s, a.name)
		ORDER BY g.place)
		FILTER (WHERE g.place <= n), '[]'),
	    'after', CASE WHEN count(*) > n THEN (SELECT (l.s).id
		FROM page l WHERE l.place = n) END,
	    'n', least(count(*), n)))
	INTO answer
	FROM page g LEFT JOIN desk.agent a ON a.id = (g.s).owner;
	IF past.id IS NULL THEN
		answer := answer || jsonb_build_object(
		    'contradictions', desk.statements_against(),
		    'templates', desk.templates_against(),
		    'overdue', desk.statements_overdue());
	END IF;
	RETURN answer;
END;
$$;
