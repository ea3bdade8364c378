-- What is answered to a survey: once for each invitation.

-- The questions of a survey in their order; scored: those on a known scale.
CREATE OR REPLACE FUNCTION desk.questions(body jsonb)
RETURNS TABLE (place int, name text, kind text, scored boolean,
    low int, high int, question jsonb)
LANGUAGE sql IMMUTABLE
AS $$
	SELECT q.n::int, q.q->>'name', q.q->>'kind',
	    q.q->>'kind' IN ('nps', 'csat', 'ces'),
	    CASE q.q->>'kind' WHEN 'nps' THEN 0 ELSE 1 END,
	    CASE q.q->>'kind' WHEN 'nps' THEN 10 WHEN 'csat' THEN 5
		WHEN 'ces' THEN 7 END, q.q
	FROM jsonb_array_elements(body->'questions') WITH ORDINALITY q(q, n)
	ORDER BY q.n
$$;

-- Net promoter score: who would recommend with 9 or 10 promotes, with 0 to 6
-- detracts (Reichheld, "The One Number You Need to Grow", HBR 2003).
CREATE OR REPLACE FUNCTION desk.nps_class(score int)
RETURNS text
LANGUAGE sql IMMUTABLE
AS $$
	SELECT CASE WHEN score >= 9 THEN 'promoter'
	    WHEN score >= 7 THEN 'passive'
	    WHEN score >= 0 THEN 'detractor' END
$$;

-- One answer as it is kept, or a refusal that names its question.
CREATE OR REPLACE FUNCTION desk.answer_read(kind text, low int, high int,
    question jsonb, given jsonb)
RETURNS desk.answer
LANGUAGE plpgsql IMMUTABLE
AS $$
DECLARE
	name	text := question->>'name';
	a	desk.answer;
	said	text[];
BEGIN
	a.question := name;
	a.kind := kind;
	a.pair := CASE WHEN question->>'about' = 'experience'
	    THEN question->>'pair' END;
	IF kind IN ('nps', 'csat', 'ces', 'number') THEN
		IF jsonb_typeof(given) <> 'number'
		    OR abs((given#>>'{}')::numeric) >= 1e12 THEN
			PERFORM desk.refuse('INVALID', format(
			    'The answer to "%s" is a number.', name), name);
		END IF;
		a.value := (given#>>'{}')::numeric;
		IF kind <> 'number' AND (a.value <> trunc(a.value)
		    OR a.value NOT BETWEEN low AND high) THEN
			PERFORM desk.refuse('INVALID', format('The answer to '
			    '"%s" is a whole number from %s to %s.', name, low,
			    high), name);
		END IF;
	ELSIF kind = 'choice' THEN
		IF jsonb_typeof(given) = 'string' THEN
			given := jsonb_build_array(given);
		ELSIF jsonb_typeof(given) <> 'array' THEN
			PERFORM desk.refuse('INVALID', format('The answer to '
			    '"%s" is one of its choices, or a list.', name),
			    name);
		END IF;
		a.choices := ARRAY(SELECT c.c->>'name'
		    FROM jsonb_array_elements(question->'choices')
			WITH ORDINALITY c(c, n)
		    WHERE given ? (c.c->>'name') ORDER BY c.n);
		SELECT array_agg(DISTINCT g.g #>> '{}') INTO said
		FROM jsonb_array_elements(given) g(g);
		IF cardinality(a.choices)
		    <> coalesce(cardinality(said), 0) THEN
			PERFORM desk.refuse('INVALID', format(
			    '"%s" has no such choice.', name), name);
		END IF;
	ELSE
		IF jsonb_typeof(given) <> 'string'
		    OR octet_length(given#>>'{}') > 16000 THEN
			PERFORM desk.refuse('INVALID', format('The answer to '
			    '"%s" is a text of 16000 bytes at most.', name),
			    name);
		END IF;
		a.words := nullif(btrim(given#>>'{}'), '');
	END IF;
	RETURN a;
END;
$$;

-- Keeps the answers given (question → value) that are not there yet, and
-- counts them.  What is null, or a text of blanks, is not an answer.
CREATE OR REPLACE FUNCTION desk.answers_put(r desk.response, body jsonb,
    answers jsonb)
RETURNS void
LANGUAGE plpgsql
AS $$
DECLARE
	survey_name	text := (SELECT s.name FROM desk.survey s
			    WHERE s.id = r.survey);
	head		text := coalesce(r.head, (SELECT q.name
			    FROM desk.questions(body) q
			    WHERE q.scored ORDER BY q.place LIMIT 1));
	strange		text;
	fresh		desk.answer[];
BEGIN
	IF jsonb_typeof(answers) IS DISTINCT FROM 'object' THEN
		PERFORM desk.refuse('INVALID', 'Answers are an object of '
		    'questions and values.', 'answers');
	END IF;
	SELECT k INTO strange FROM jsonb_object_keys(answers) k
	WHERE NOT EXISTS (SELECT FROM desk.questions(body) q WHERE q.name = k)
	ORDER BY k LIMIT 1;
	IF strange IS NOT NULL THEN
		PERFORM desk.refuse('INVALID', format(
		    'The survey has no question "%s".', strange), 'answers');
	END IF;
	WITH read AS (
	    SELECT desk.answer_read(q.kind, q.low, q.high, q.question,
		answers->q.name) AS a
	    FROM desk.questions(body) q
	    WHERE nullif(answers->q.name, 'null') IS NOT NULL
	), put AS (
	    INSERT INTO desk.answer (response, question, kind, value, choices,
		words, pair)
	    SELECT r.id, (a).question, (a).kind, (a).value, (a).choices,
		(a).words, (a).pair
	    FROM read
	    WHERE num_nonnulls((a).value, (a).choices, (a).words) > 0
	    ON CONFLICT DO NOTHING
	    RETURNING *
	)
	SELECT array_agg(p::desk.answer) INTO fresh FROM put p;

	PERFORM desk.measure(a.kind, CASE WHEN a.question = head
	    THEN survey_name ELSE survey_name || '/' || a.question END, r.at,
	    r.queue, r.agent, r.channel, r.segment, r.touchpoint,
	    round(a.value)::int)
	FROM unnest(fresh) a
	WHERE a.kind IN ('nps', 'csat', 'ces')
	    OR a.kind = 'number' AND abs(a.value) < 32768;
	PERFORM desk.measure('choice', survey_name || '/' || a.question
	    || '/' || c, r.at, r.queue, r.agent, r.channel, r.segment,
	    r.touchpoint, 1)
	FROM unnest(fresh) a, unnest(a.choices) c;
	-- What was met less what was expected, once both are known.
	PERFORM desk.measure('pair', survey_name || '/' || met.question, r.at,
	    r.queue, r.agent, r.channel, r.segment, r.touchpoint,
	    round(met.value - hoped.value)::int)
	FROM desk.answer met
	JOIN desk.answer hoped ON hoped.response = met.response
	    AND hoped.question = met.pair
	WHERE met.response = r.id
	    AND abs(met.value - hoped.value) < 32768
	    AND EXISTS (SELECT FROM unnest(fresh) a
		WHERE a.question IN (met.question, hoped.question));
END;
$$;

-- Writes an answer into its case's history, and tells who has it open.  What its
-- words speak of the daemon heard (`themes' of the caller).
CREATE OR REPLACE FUNCTION desk.response_told(caller jsonb, r desk.response,
    k desk.ticket)
RETURNS bigint
LANGUAGE plpgsql
AS $$
DECLARE
	told	bigint;
BEGIN
	told := (desk.ticket_commit(caller, k, jsonb_build_object(
	    'kind', 'survey', 'text', r.words, 'meta',
	    jsonb_strip_nulls(jsonb_build_object('response', r.id,
		'survey', (SELECT s.name FROM desk.survey s
		    WHERE s.id = r.survey),
		'kind', r.kind, 'score', r.score, 'class', r.class,
		'via', r.via))))->>'event')::bigint;
	PERFORM desk.theme_heard(told, caller->'themes');
	RETURN told;
END;
$$;

-- Takes the answer to an invitation: questions' names → a whole number (nps,
-- csat, ces), a number, a choice's name or several, or a text.  CONFLICT, once
-- there is one; INVALID, when it does not fit the survey.  Gives its id.
CREATE OR REPLACE FUNCTION desk.response_put(caller jsonb, invitation bigint,
    answers jsonb, at timestamptz DEFAULT now())
RETURNS bigint
LANGUAGE plpgsql
AS $$
DECLARE
	k	desk.ticket;
	i	desk.invitation;
	s	desk.survey;
	r	desk.response;
	missing	text;
BEGIN
	-- A case before what hangs on it, as everybody locks.
	SELECT t.* INTO k FROM desk.ticket t WHERE t.id = (
	    SELECT v.ticket FROM desk.invitation v
	    WHERE v.id = response_put.invitation) FOR UPDATE;
	SELECT * INTO i FROM desk.invitation v
	WHERE v.id = response_put.invitation FOR UPDATE;
	IF i.id IS NULL OR i.state IN ('expired', 'withdrawn',
	    'undeliverable') THEN
		PERFORM desk.refuse('NOTFOUND',
		    'Nobody is asked by this any more.', 'invitation');
	ELSIF i.state = 'answered' THEN
		PERFORM desk.refuse('CONFLICT',
		    'This was answered already.', 'invitation');
	END IF;
	SELECT * INTO s FROM desk.survey v WHERE v.id = i.survey;

	INSERT INTO desk.response (invitation, survey, at, customer, ticket,
	    order_no, queue, agent, channel, segment, touchpoint, via, head)
	VALUES (i.id, i.survey, response_put.at, i.customer, i.ticket,
	    i.order_no, i.queue, i.agent, i.channel, i.segment, i.touchpoint,
	    i.via, (SELECT q.name FROM desk.questions(s.body) q
		WHERE q.scored ORDER BY q.place LIMIT 1))
	RETURNING * INTO r;
	PERFORM desk.answers_put(r, s.body, answers);
	SELECT q.name INTO missing FROM desk.questions(s.body) q
	WHERE q.question->'required' = 'true' AND NOT EXISTS (
	    SELECT FROM desk.answer a
	    WHERE a.response = r.id AND a.question = q.name)
	ORDER BY q.place LIMIT 1;
	IF missing IS NULL THEN
		SELECT q.name INTO missing FROM desk.questions(s.body) q
		WHERE NOT EXISTS (SELECT FROM desk.answer a
		    WHERE a.response = r.id)
		ORDER BY q.place LIMIT 1;
	END IF;
	IF missing IS NOT NULL THEN
		PERFORM desk.refuse('INVALID', format(
		    'The question "%s" wants an answer.', missing), missing);
	END IF;

	UPDATE desk.response v SET (kind, score, class, words) = (
	    SELECT b.kind, b.value, CASE WHEN b.kind = 'nps'
		THEN desk.nps_class(b.value::int) END,
		desk.response_words(r.id)
	    FROM (SELECT) x LEFT JOIN LATERAL (
		SELECT a.kind, a.value
		FROM desk.questions(s.body) q
		JOIN desk.answer a ON a.response = r.id
		    AND a.question = q.name
		WHERE q.scored ORDER BY q.place LIMIT 1) b ON true)
	WHERE v.id = r.id
	RETURNING * INTO r;
	UPDATE desk.invitation v SET state = 'answered', remind_at = NULL
	WHERE v.id = i.id;
	IF k.id IS NOT NULL THEN
		r.event := desk.response_told(caller, r, k);
		UPDATE desk.response v SET event = r.event WHERE v.id = r.id;
	END IF;
	PERFORM desk.class_note(r.id);
	RETURN r.id;
END;
$$;

-- All that was said in words, in the survey's order; last what it asks no more.
CREATE OR REPLACE FUNCTION desk.response_words(of bigint)
RETURNS text
LANGUAGE sql STABLE
AS $$
	SELECT coalesce(string_agg(a.words, E'\n'
	    ORDER BY q.place, a.question), '')
	FROM desk.response r
	JOIN desk.survey s ON s.id = r.survey
	JOIN desk.answer a ON a.response = r.id
	LEFT JOIN LATERAL desk.questions(s.body) q ON q.name = a.question
	WHERE r.id = of AND a.words IS NOT NULL
$$;

-- What is added to an answer afterwards (why, in words): questions that were
-- not answered yet; what was answered stays.
CREATE OR REPLACE FUNCTION desk.response_more(caller jsonb, response bigint,
    answers jsonb)
RETURNS void
LANGUAGE plpgsql
AS $$
DECLARE
	k	desk.ticket;
	r	desk.response;
	had	text;
BEGIN
	SELECT t.* INTO k FROM desk.ticket t WHERE t.id = (
	    SELECT v.ticket FROM desk.response v
	    WHERE v.id = response_more.response) FOR UPDATE;
	SELECT * INTO r FROM desk.response v
	WHERE v.id = response_more.response FOR UPDATE;
	IF r.id IS NULL THEN
		PERFORM desk.refuse('NOTFOUND', 'There is no such answer.',
		    'response');
	END IF;
	had := r.words;
	PERFORM desk.answers_put(r, (SELECT s.body FROM desk.survey s
	    WHERE s.id = r.survey), answers);
	UPDATE desk.response v SET words = desk.response_words(r.id)
	WHERE v.id = r.id RETURNING * INTO r;
	IF k.id IS NOT NULL AND r.words <> had THEN
		PERFORM desk.response_told(caller, r, k);
	END IF;
END;
$$;

-- An answer with what it was about; the words only for who may see its case.
CREATE OR REPLACE FUNCTION desk.response_json(r desk.response)
RETURNS jsonb
LANGUAGE plpgsql STABLE
AS $$
BEGIN
	RETURN (SELECT jsonb_strip_nulls(jsonb_build_object('response', r.id,
	    'survey', s.name, 'at', desk.rfc3339(r.at), 'kind', r.kind,
	    'score', r.score, 'class', r.class, 'words', nullif(r.words, ''),
	    'customer', r.customer, 'ticket', r.ticket, 'order', r.order_no,
	    'queue', (SELECT q.name FROM desk.queue q WHERE q.id = r.queue),
	    'agent', (SELECT a.name FROM desk.agent a WHERE a.id = r.agent),
	    'channel', nullif(r.channel, ''),
	    'segment', nullif(r.segment, ''),
	    'touchpoint', nullif(r.touchpoint, ''), 'via', r.via,
	    'answers', (SELECT jsonb_agg(jsonb_strip_nulls(jsonb_build_object(
		    'question', a.question, 'kind', a.kind, 'value', a.value,
		    'choices', to_jsonb(a.choices), 'words', a.words))
		    ORDER BY q.place, a.question)
		FROM desk.answer a
		LEFT JOIN desk.questions(s.body) q ON q.name = a.question
		WHERE a.response = r.id)))
	FROM desk.survey s WHERE s.id = r.survey);
END;
$$;
