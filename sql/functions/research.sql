-- Notes of research: interviews, focus groups, what was seen of people using
-- what we make; kept with a customer, a segment or a touchpoint, and searched.

-- A note as it is shown; whole: with its text.
CREATE OR REPLACE FUNCTION desk.research_json(n desk.research, whole boolean)
RETURNS jsonb
LANGUAGE plpgsql STABLE
AS $$
BEGIN
	RETURN (SELECT jsonb_strip_nulls(jsonb_build_object('research', n.id,
	    'kind', n.kind, 'at', desk.rfc3339(n.at), 'title', n.title,
	    'text', CASE WHEN whole THEN n.text ELSE desk.cut(n.text, 400) END,
	    'customer', n.customer, 'name', (SELECT c.name
		FROM desk.customer c WHERE c.id = n.customer),
	    'segment', nullif(n.segment, ''),
	    'touchpoint', nullif(n.touchpoint, ''),
	    'made_at', desk.rfc3339(n.made_at), 'made_by', n.made_by,
	    'feedback', (SELECT f.id FROM desk.feedback f
		WHERE f.research = n.id))));
END;
$$;

-- The folded words of a note, as desk.search has them.
CREATE OR REPLACE FUNCTION desk.research_words(title text, body text)
RETURNS tsvector
LANGUAGE plpgsql IMMUTABLE
AS $$
BEGIN
	RETURN (SELECT array_to_tsvector(coalesce(string_to_array(
	    desk.fold_words(title || ' ' || body), ' '), '{}')));
END;
$$;

-- RESEARCH.ADD: it is feedback, too, to be answered by an action.
CREATE OR REPLACE FUNCTION desk.research_add(caller jsonb, args jsonb)
RETURNS jsonb
LANGUAGE plpgsql
AS $$
DECLARE
	mine	text := CASE WHEN coalesce(args->>'once', '') <> ''
		    THEN concat_ws('/', caller->>'who', args->>'once') END;
	whom	bigint := CASE WHEN args ? 'customer' THEN
		    desk.customer_stays((args->>'customer')::bigint) END;
	about	text := coalesce(args->>'segment', (SELECT c.segment
		    FROM desk.customer c WHERE c.id = whom), '');
	since	timestamptz := coalesce(desk.time_said(args, 'at'), now());
	n	desk.research;
	f	desk.feedback;
BEGIN
	PERFORM desk.must_say(args);
	IF since > now() + interval '1 day' THEN
		PERFORM desk.refuse('INVALID',
		    'What was learnt has happened already.', 'at');
	END IF;
	INSERT INTO desk.research (kind, at, title, text, customer, segment,
	    touchpoint, made_by, once, words)
	VALUES (args->>'kind', since, args->>'title', args->>'text', whom,
	    about, coalesce(args->>'touchpoint', ''),
	    desk.caller_login(caller), mine,
	    desk.research_words(args->>'title', args->>'text'))
	ON CONFLICT (once) DO NOTHING RETURNING * INTO n;
	IF NOT FOUND THEN
		SELECT * INTO n FROM desk.research x WHERE x.once = mine;
		IF (n.title, n.text) <> (args->>'title', args->>'text') THEN
			PERFORM desk.refuse('CONFLICT',
			    'This id was used for another note.', 'once');
		END IF;
		RETURN desk.research_json(n, true);
	END IF;
	INSERT INTO desk.feedback (kind, research, customer, segment,
	    touchpoint, at)
	VALUES ('note', n.id, n.customer, n.segment, n.touchpoint, n.at)
	RETURNING * INTO f;
	PERFORM desk.feedback_count(f, 1);
	RETURN desk.research_json(n, true);
END;
$$;

-- Whether a note is one that was asked for.
CREATE OR REPLACE FUNCTION desk.research_fits(n desk.research, args jsonb)
RETURNS boolean
LANGUAGE sql IMMUTABLE
AS $$
	SELECT (NOT args ? 'kind' OR n.kind = args->>'kind')
	    AND (NOT args ? 'segment' OR n.segment = args->>'segment')
	    AND (NOT args ? 'touchpoint'
		OR n.touchpoint = args->>'touchpoint')
$$;

-- RESEARCH.LIST: the newest first; with one, that note whole.
CREATE OR REPLACE FUNCTION desk.research_list(caller jsonb, args jsonb)
RETURNS jsonb
LANGUAGE plpgsql STABLE
SET enable_seqscan = off
SET enable_bitmapscan = off
AS $$
DECLARE
	lim	int := coalesce((args->>'limit')::int, 50);
	whom	bigint := CASE WHEN args ? 'customer'
		    THEN desk.customer_now((args->>'customer')::bigint) END;
	one	boolean := args ? 'research';
	past	desk.research;
	rows	desk.research[];
BEGIN
	SELECT * INTO past FROM desk.research n
	WHERE n.id = (args->>'after')::bigint;
	IF one THEN
		rows := ARRAY(SELECT n FROM desk.research n
		    WHERE n.id = (args->>'research')::bigint);
	ELSIF whom IS NOT NULL THEN
		rows := ARRAY(SELECT n FROM desk.research n
		    WHERE n.customer = whom
			AND (past.id IS NULL OR n.id < past.id)
			AND desk.research_fits(n, args)
		    ORDER BY n.id DESC LIMIT lim);
	ELSE
		rows := ARRAY(SELECT n FROM desk.research n
		    WHERE (past.id IS NULL
			OR (n.at, n.id) < (past.at, past.id))
			AND desk.research_fits(n, args)
		    ORDER BY n.at DESC, n.id DESC LIMIT lim);
	END IF;
	RETURN jsonb_strip_nulls(jsonb_build_object('notes',
	    (SELECT coalesce(jsonb_agg(desk.research_json(n, one)
		ORDER BY x.k), '[]')
	    FROM unnest(rows) WITH ORDINALITY x(id, kind, at, title, text,
		customer, segment, touchpoint, made_at, made_by, once, words, k)
	    JOIN desk.research n ON n.id = x.id),
	    'after', CASE WHEN NOT one AND cardinality(rows) = lim
		THEN rows[lim].id END));
END;
$$;

-- RESEARCH.SEARCH: notes that have all the words, or words that begin so, with
-- or without their marks; the newest first, 100 at most.
CREATE OR REPLACE FUNCTION desk.research_search(caller jsonb, args jsonb)
RETURNS jsonb
LANGUAGE plpgsql STABLE
SET plan_cache_mode = force_custom_plan
AS $$
DECLARE
	wanted	tsquery := desk.words_query(desk.fold_words(args->>'words'));
BEGIN
	RETURN jsonb_build_object('notes', (SELECT coalesce(jsonb_agg(
	    desk.research_json(n, false) ORDER BY n.id DESC), '[]')
	    FROM (SELECT * FROM desk.research r
		WHERE r.words @@ wanted AND desk.research_fits(r, args)
		ORDER BY r.id DESC
		LIMIT coalesce((args->>'limit')::int, 50)) n));
END;
$$;
