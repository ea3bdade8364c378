-- CX.ANSWERS: the answers behind a figure, newest first, by index; a page looks
-- at a bounded number of them, whatever is sought.

-- The next 2,000 answers of these days before an answer (NULL: the newest).
CREATE OR REPLACE FUNCTION desk.cx_scan(kind text, survey int, agent int,
    since timestamptz, until timestamptz, before bigint)
RETURNS SETOF desk.response
LANGUAGE plpgsql STABLE
ROWS 2000
SET plan_cache_mode = force_custom_plan
SET enable_seqscan = off
SET enable_bitmapscan = off
AS $$
#variable_conflict use_variable
DECLARE
	mark	timestamptz := coalesce((SELECT r.at FROM desk.response r
		    WHERE r.id = before), 'infinity');
	id	bigint := coalesce(before, 0);
BEGIN
	IF agent IS NOT NULL THEN
		RETURN QUERY SELECT r.* FROM desk.response r
		WHERE r.agent = agent AND r.at >= since AND r.at < until
		    AND (r.at, r.id) < (mark, id)
		ORDER BY r.at DESC, r.id DESC LIMIT 2000;
	ELSIF survey IS NOT NULL THEN
		RETURN QUERY SELECT r.* FROM desk.response r
		WHERE r.survey = survey AND r.at >= since AND r.at < until
		    AND (r.at, r.id) < (mark, id)
		ORDER BY r.at DESC, r.id DESC LIMIT 2000;
	ELSE
		RETURN QUERY SELECT r.* FROM desk.response r
		WHERE r.kind = kind AND r.at >= since AND r.at < until
		    AND (r.at, r.id) < (mark, id)
		ORDER BY r.at DESC, r.id DESC LIMIT 2000;
	END IF;
END;
$$;

-- An answer as this caller may see it: who said it, and his words, only where he
-- may see its case.
CREATE OR REPLACE FUNCTION desk.cx_answer(caller jsonb, r desk.response)
RETURNS jsonb
LANGUAGE plpgsql STABLE
AS $$
BEGIN
	RETURN CASE WHEN desk.caller_all(caller) OR EXISTS (
		SELECT FROM desk.ticket t WHERE t.id = r.ticket
		    AND desk.may_see(caller, t))
	    THEN desk.response_json(r) || jsonb_strip_nulls(
		jsonb_build_object('number', (SELECT t.number
		    FROM desk.ticket t WHERE t.id = r.ticket),
		'name', (SELECT c.name FROM desk.customer c
		    WHERE c.id = r.customer)))
	    ELSE desk.response_json(r) - '{words,answers,customer,ticket,order}'
		::text[] END;
END;
$$;

-- {"answers":[…],"next"}: next is there while there may be more, also of a
-- page that found nothing.
CREATE OR REPLACE FUNCTION desk.cx_answers(caller jsonb, args jsonb)
RETURNS jsonb
LANGUAGE plpgsql STABLE
SET jit = off
AS $$
DECLARE
	span	record := desk.cx_days(args);
	only_of	jsonb := desk.cx_only(caller, args);
	measure	text := args->>'measure';
	s	int;
	counted	text := desk.survey_asked(measure, args->>'survey');
	-- Of a further question; NULL: what is its survey's score.
	asked	text := nullif(split_part(counted, '/', 2), '');
	lim	int := coalesce((args->>'limit')::int, 50);
	seen	int := 0;
	n	int := 0;
	last	bigint;
	r	desk.response;
	score	int;
	said	jsonb := '[]';
BEGIN
	IF args ? 'survey' THEN
		SELECT v.id INTO s FROM desk.survey v
		WHERE v.name = split_part(counted, '/', 1);
		IF desk.staff_survey(counted) IS NOT NULL THEN
			RETURN desk.staff_said(caller, args
			    || jsonb_build_object('survey', counted),
			    span.since::timestamp AT TIME ZONE span.zone,
			    span.until::timestamp AT TIME ZONE span.zone,
			    only_of);
		END IF;
	END IF;
	FOR r IN SELECT * FROM desk.cx_scan(measure, s,
	    (only_of->>'agent')::int,
	    span.since::timestamp AT TIME ZONE span.zone,
	    span.until::timestamp AT TIME ZONE span.zone,
	    (args->>'after')::bigint) LOOP
		EXIT WHEN n = lim;
		seen := seen + 1;
		last := r.id;
		score := CASE WHEN asked IS NULL AND r.kind = measure
		    THEN r.score END;
		IF asked IS NOT NULL THEN
			SELECT a.value INTO score FROM desk.answer a
			WHERE a.response = r.id AND a.question = asked
			    AND a.kind = measure;
		END IF;
		-- Of our own people only by the survey's name.
		CONTINUE WHEN score IS NULL OR s IS NULL AND EXISTS (
			SELECT FROM desk.invitation i
			WHERE i.id = r.invitation AND i.staff IS NOT NULL)
		    OR s IS NOT NULL AND r.survey <> s
		    OR only_of ? 'queue' AND r.queue
			<> (only_of->>'queue')::int
		    OR only_of ? 'channel' AND r.channel
			<> only_of->>'channel'
		    OR only_of ? 'segment' AND r.segment
			<> only_of->>'segment'
		    OR only_of ? 'touchpoint' AND r.touchpoint
			<> only_of->>'touchpoint'
		    OR args ? 'value' AND score <> (args->>'value')::int
		    OR args ? 'class' AND r.class IS DISTINCT FROM
			args->>'class'
		    OR args->'words' = 'true' AND r.words = '';
		n := n + 1;
		said := said || jsonb_build_array(desk.cx_answer(caller, r));
	END LOOP;
	RETURN jsonb_strip_nulls(jsonb_build_object('answers', said,
	    'next', CASE WHEN n = lim OR seen = 2000 THEN last END));
END;
$$;
