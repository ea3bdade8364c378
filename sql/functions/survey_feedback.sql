-- Answers that nobody asked for: the public feedback form, and what staff key
-- in of a paper form or after a call.

-- Refuses answers that response_put() would: before anything hangs on them.
CREATE OR REPLACE FUNCTION desk.answers_check(body jsonb, answers jsonb)
RETURNS void
LANGUAGE plpgsql STABLE
AS $$
DECLARE
	missing	text;
BEGIN
	IF EXISTS (SELECT FROM jsonb_object_keys(answers) k
	    WHERE k NOT IN (SELECT q.name FROM desk.questions(body) q)) THEN
		PERFORM desk.refuse('INVALID',
		    'The survey has no such question.', 'answers');
	END IF;
	PERFORM desk.answer_read(q.kind, q.low, q.high, q.question,
	    answers->q.name)
	FROM desk.questions(body) q
	WHERE nullif(answers->q.name, 'null') IS NOT NULL;
	SELECT q.name INTO missing FROM desk.questions(body) q
	WHERE (q.question->'required' = 'true' OR answers = '{}')
	    AND NOT answers ? q.name
	ORDER BY q.place LIMIT 1;
	IF missing IS NOT NULL THEN
		PERFORM desk.refuse('INVALID', format(
		    'The question "%s" wants an answer.', missing), missing);
	END IF;
END;
$$;

-- The form of that name, or NULL.
CREATE OR REPLACE FUNCTION desk.feedback_form(args jsonb)
RETURNS desk.survey
LANGUAGE sql STABLE
AS $$
	SELECT s FROM desk.survey s
	WHERE s.name = args->>'survey' AND s.active
	    AND s.body->'public' = 'true'
	    AND coalesce(s.body->>'for', 'customers') = 'customers'
$$;

-- FEEDBACK.SEE: what the form asks.
CREATE OR REPLACE FUNCTION desk.feedback_see(caller jsonb, args jsonb)
RETURNS jsonb
LANGUAGE plpgsql STABLE
AS $$
DECLARE
	s	desk.survey := desk.feedback_form(args);
	lang	text := coalesce(args->>'lang', 'vi');
BEGIN
	IF s.id IS NULL THEN
		PERFORM desk.refuse('NOTFOUND', 'There is no such form.',
		    'survey');
	END IF;
	RETURN jsonb_strip_nulls(jsonb_build_object('step', 'form',
	    'lang', lang, 'company', desk.company('name'),
	    'title', s.body->>'title',
	    'questions', desk.questions_shown(s.body, jsonb_strip_nulls(
		jsonb_build_object('company', desk.company('name'))), lang,
		NULL, NULL)));
END;
$$;

-- What is said in these answers, in words.
CREATE OR REPLACE FUNCTION desk.answers_words(body jsonb, answers jsonb)
RETURNS text
LANGUAGE sql IMMUTABLE
AS $$
	SELECT coalesce(string_agg(btrim(answers->>q.name), E'\n'
	    ORDER BY q.place), '')
	FROM desk.questions(body) q
	WHERE q.kind = 'text' AND btrim(answers->>q.name) <> ''
$$;

-- FEEDBACK.SEND: keeps what a form says, once for its id.  What has words or a
-- low score, and somebody to answer, is a case first: then this gives the
-- message to file ("file"), and is asked again with its case ("filed").
CREATE OR REPLACE FUNCTION desk.feedback_send(caller jsonb, args jsonb)
RETURNS jsonb
LANGUAGE plpgsql
AS $$
DECLARE
	s	desk.survey := desk.feedback_form(args);
	t	desk.ticket;
	words	text;
	head	record;
	i	desk.invitation;
BEGIN
	IF s.id IS NULL THEN
		PERFORM desk.refuse('NOTFOUND', 'There is no such form.',
		    'survey');
	END IF;
	PERFORM desk.answers_check(s.body, args->'answers');
	IF EXISTS (SELECT FROM desk.invitation v WHERE v.survey = s.id
	    AND v.occasion = 'form:' || (args->>'id')) THEN
		RETURN '{"kept":true}';
	END IF;
	words := desk.answers_words(s.body, args->'answers');
	SELECT q.kind, (args->'answers'->>q.name)::int AS score INTO head
	FROM desk.questions(s.body) q
	WHERE q.scored AND args->'answers' ? q.name
	ORDER BY q.place LIMIT 1;
	IF NOT args ? 'filed' AND (args->>'reachable')::boolean
	    AND (words <> '' OR desk.score_low(head.kind, head.score)) THEN
		RETURN jsonb_build_object('file', true,
		    'subject', coalesce(s.body->>'title', s.name),
		    'text', coalesce(nullif(words, ''), format('%s: %s',
			head.kind, head.score)));
	END IF;
	SELECT * INTO t FROM desk.ticket k
	WHERE k.id = (args->'filed'->>'ticket')::bigint;
	INSERT INTO desk.invitation (survey, occasion, customer, ticket, queue,
	    channel, segment, touchpoint, lang, via)
	VALUES (s.id, 'form:' || (args->>'id'), t.customer, t.id,
	    coalesce(t.queue, 0), 'web', coalesce((SELECT c.segment
		FROM desk.customer c WHERE c.id = t.customer), ''),
	    coalesce(s.body->>'touchpoint', ''),
	    coalesce(args->>'lang', 'vi'), 'form')
	ON CONFLICT (survey, occasion) DO NOTHING
	RETURNING * INTO i;
	IF i.id IS NOT NULL THEN
		PERFORM desk.response_put(jsonb_build_object('who',
		    coalesce(nullif(args->>'name', ''), '-')), i.id,
		    args->'answers', now());
	END IF;
	RETURN '{"kept":true}';
END;
$$;

-- SURVEY.ENTER: what a customer said on the telephone or on paper.  The same
-- once of the same caller is the same answer.  Whatever link he was sent for
-- this case ends: he is not asked what he has told.
CREATE OR REPLACE FUNCTION desk.survey_enter(caller jsonb, args jsonb)
RETURNS jsonb
LANGUAGE plpgsql
AS $$
DECLARE
	s	desk.survey;
	t	desk.ticket;
	whose	bigint;
	i	desk.invitation;
	r	desk.response;
BEGIN
	SELECT * INTO s FROM desk.survey v
	WHERE v.name = args->>'survey' AND v.active;
	IF s.id IS NULL THEN
		PERFORM desk.refuse('NOTFOUND', 'There is no such survey.',
		    'survey');
	ELSIF s.body->>'for' = 'staff' THEN
		PERFORM desk.refuse('CONFLICT',
		    'This survey asks staff, and not customers.', 'survey');
	ELSIF args ? 'ticket' = args ? 'customer' THEN
		PERFORM desk.refuse('INVALID',
		    'Name a ticket, or a customer.', 'ticket');
	END IF;
	IF args ? 'ticket' THEN
		t := desk.ticket_lock(caller, args);
		whose := t.customer;
	ELSE
		whose := (desk.customer_known(args)->>'customer')::bigint;
	END IF;
	INSERT INTO desk.invitation (survey, occasion, customer, ticket,
	    order_no, queue, agent, channel, segment, touchpoint, lang, via)
	VALUES (s.id, format('hand:%s/%s', caller->>'who', coalesce(
		args->>'once', gen_random_uuid()::text)), whose, t.id,
	    t.order_no, coalesce(t.queue, 0),
	    coalesce(t.assignee, (caller->>'agent')::int, 0),
	    coalesce(t.channel, CASE args->>'via' WHEN 'call' THEN 'call'
		ELSE 'store' END),
	    coalesce((SELECT c.segment FROM desk.customer c
		WHERE c.id = whose), ''),
	    coalesce(s.body->>'touchpoint', ''), CASE WHEN t.id IS NOT NULL
		THEN desk.lang_of(t) ELSE 'vi' END, args->>'via')
	ON CONFLICT (survey, occasion) DO NOTHING
	RETURNING * INTO i;
	IF i.id IS NOT NULL THEN
		UPDATE desk.invitation v SET state = 'withdrawn',
		    why = 'answered by ' || (args->>'via'), token = NULL
		WHERE v.ticket = t.id AND v.survey = s.id AND v.id <> i.id
		    AND v.state IN ('waiting', 'sent');
		PERFORM desk.response_put(caller || jsonb_build_object(
		    'themes', args->'themes'), i.id, args->'answers',
		    now());
	ELSE
		SELECT v.* INTO i FROM desk.invitation v
		WHERE v.survey = s.id AND v.occasion = format('hand:%s/%s',
		    caller->>'who', args->>'once');
	END IF;
	SELECT v.* INTO r FROM desk.response v WHERE v.invitation = i.id;
	RETURN desk.response_json(r);
END;
$$;
