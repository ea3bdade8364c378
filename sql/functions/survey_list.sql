-- Surveys and whom they asked, as they are shown.

-- How an invitation stands.  Of one of us it is told that he answered, not what.
CREATE OR REPLACE FUNCTION desk.invitation_json(i desk.invitation)
RETURNS jsonb
LANGUAGE sql STABLE
AS $$
	SELECT jsonb_strip_nulls(jsonb_build_object('invitation', i.id,
	    'survey', s.name, 'title', s.body->'title', 'state', i.state,
	    'via', i.via, 'staff', (SELECT a.name FROM desk.agent a
		WHERE a.id = i.staff),
	    'name', (SELECT a.display FROM desk.agent a
		WHERE a.id = i.staff), 'customer', i.customer, 'ticket', i.ticket,
	    'order', i.order_no,
	    'address', (SELECT c.address FROM desk.contact c
		WHERE c.id = i.contact),
	    'queue', (SELECT q.name FROM desk.queue q WHERE q.id = i.queue),
	    'agent', (SELECT a.name FROM desk.agent a WHERE a.id = i.agent),
	    'made_at', desk.rfc3339(i.made_at),
	    'send_at', CASE WHEN i.state = 'waiting'
		THEN desk.rfc3339(i.send_at) END,
	    'sent_at', desk.rfc3339(i.sent_at),
	    'remind_at', desk.rfc3339(i.remind_at),
	    'expires_at', CASE WHEN i.state = 'sent'
		THEN desk.rfc3339(i.expires_at) END,
	    'why', i.why, 'words', CASE WHEN i.staff IS NULL
		THEN desk.survey_why(i.why) ELSE desk.staff_why(i.why) END,
	    'response', r.id, 'answered_at', desk.rfc3339(r.at),
	    'score', r.score, 'class', r.class))
	FROM desk.survey s
	LEFT JOIN desk.response r ON r.invitation = i.id AND i.staff IS NULL
	WHERE s.id = i.survey
$$;

-- What was asked in a case, the newest first; NULL: nothing.
CREATE OR REPLACE FUNCTION desk.surveys_of(of bigint)
RETURNS jsonb
LANGUAGE sql STABLE
AS $$
	SELECT jsonb_agg(desk.invitation_json(x.i) ORDER BY (x.i).id DESC)
	FROM (SELECT i FROM desk.invitation i WHERE i.ticket = of
	    ORDER BY i.id DESC LIMIT 20) x
$$;

-- Of a survey's newest 10,000 invitations how many stand how: {"of","waiting",
-- "sent","answered","expired","withdrawn","undeliverable","share"}; share: of those
-- that were reached and are over or answered, who answered; absent without any.
CREATE OR REPLACE FUNCTION desk.survey_counts(of int)
RETURNS jsonb
LANGUAGE sql STABLE
AS $$
	SELECT jsonb_strip_nulls(jsonb_build_object('of', count(*),
	    'waiting', count(*) FILTER (WHERE n.state = 'waiting'),
	    'sent', count(*) FILTER (WHERE n.state = 'sent'),
	    'answered', count(*) FILTER (WHERE n.state = 'answered'),
	    'expired', count(*) FILTER (WHERE n.state = 'expired'),
	    'withdrawn', count(*) FILTER (WHERE n.state = 'withdrawn'),
	    'undeliverable', nullif(count(*) FILTER (
		WHERE n.state = 'undeliverable'), 0),
	    'asked', count(*) FILTER (WHERE n.asked),
	    'share', round(count(*) FILTER (WHERE n.asked
		AND n.state = 'answered')::numeric
		/ nullif(count(*) FILTER (WHERE n.asked), 0), 4)))
	FROM (SELECT i.state, i.sent_at IS NOT NULL
		AND i.via IN ('mail', 'chat', 'link')
		AND i.state IN ('sent', 'answered', 'expired') AS asked
	    FROM desk.invitation i WHERE i.survey = of
	    ORDER BY i.id DESC LIMIT 10000) n
$$;

-- A survey's questions, to be read out and keyed in: in both languages, with
-- "low" and "high" of a scale.  What they name of a case is left out.
CREATE OR REPLACE FUNCTION desk.questions_read(body jsonb)
RETURNS jsonb
LANGUAGE plpgsql STABLE
AS $$
DECLARE
	vars	jsonb := jsonb_strip_nulls(jsonb_build_object('company',
		    desk.company('name')));
BEGIN
	RETURN (SELECT jsonb_agg(jsonb_strip_nulls(jsonb_build_object('name', q.name,
	    'kind', q.kind, 'low', CASE WHEN q.scored THEN q.low END,
	    'high', q.high, 'vi', desk.template_fill(desk.question_words(
		q.question, 'vi', body->>'for' = 'staff'), vars),
	    'en', desk.template_fill(desk.question_words(q.question, 'en',
		body->>'for' = 'staff'), vars),
	    'when', q.question->'when', 'required', CASE
		WHEN q.question->'required' = 'true' THEN true END,
	    'about', q.question->'about', 'pair', q.question->'pair',
	    'choices', (SELECT jsonb_agg(jsonb_build_object(
		    'name', c.c->>'name',
		    'vi', coalesce(c.c->>'vi', c.c->>'en', c.c->>'name'),
		    'en', coalesce(c.c->>'en', c.c->>'vi', c.c->>'name'))
		    ORDER BY c.n)
		FROM jsonb_array_elements(q.question->'choices')
		    WITH ORDINALITY c(c, n)))) ORDER BY q.place)
	FROM desk.questions(body) q);
END;
$$;

-- SURVEY.LIST: those of the configuration; all: also those that were.
CREATE OR REPLACE FUNCTION desk.survey_list(caller jsonb, args jsonb)
RETURNS jsonb
LANGUAGE plpgsql STABLE
AS $$
BEGIN
	RETURN jsonb_build_object('surveys', (SELECT coalesce(jsonb_agg(
	    jsonb_build_object('survey', s.name, 'title', s.body->'title',
		'active', s.active, 'after', s.body->'after',
		'for', s.body->'for', 'public', s.body->'public',
		'questions', desk.questions_read(s.body),
		'counts', CASE WHEN desk.caller_all(caller)
		    THEN desk.survey_counts(s.id) END)
	    ORDER BY s.active DESC, s.name COLLATE "C"), '[]')
	    FROM desk.survey s
	    WHERE s.active OR coalesce((args->>'all')::boolean, false)));
END;
$$;

-- SURVEY.GET: one with what it asks, and a page of whom it asked, the newest
-- first.
CREATE OR REPLACE FUNCTION desk.survey_get(caller jsonb, args jsonb)
RETURNS jsonb
LANGUAGE plpgsql STABLE
SET enable_seqscan = off
AS $$
DECLARE
	n	int := desk.page_rows(args, 50, 200);
	s	desk.survey;
	page	jsonb;
BEGIN
	PERFORM desk.must_be(caller, 'supervisor');
	SELECT * INTO s FROM desk.survey v WHERE v.name = args->>'survey';
	IF NOT FOUND THEN
		PERFORM desk.refuse('NOTFOUND', 'There is no such survey.',
		    'survey');
	END IF;
	SELECT coalesce(jsonb_agg(desk.invitation_json(x.i)
	    ORDER BY (x.i).id DESC), '[]') INTO page
	FROM (SELECT i FROM desk.invitation i
	    WHERE i.survey = s.id
		AND i.id < coalesce((args->>'before')::bigint,
		    9223372036854775807)
		AND i.state = coalesce(args->>'state', i.state)
	    ORDER BY i.id DESC LIMIT n) x;
	RETURN jsonb_strip_nulls(jsonb_build_object('survey', s.name,
	    'active', s.active, 'body', s.body,
	    'rounds', desk.staff_plan_json(s.id),
	    'counts', desk.survey_counts(s.id), 'invitations', page,
	    'scores', CASE WHEN s.body->>'for' = 'staff'
		THEN desk.staff_scores(s.id) END,
	    'before', CASE WHEN jsonb_array_length(page) = n
		THEN page->-1->'invitation' END));
END;
$$;

-- The link of a survey in a chat, for its visitor: NULL once it opens nothing.
CREATE OR REPLACE FUNCTION desk.chat_link(said jsonb)
RETURNS text
LANGUAGE plpgsql STABLE
AS $$
BEGIN
	RETURN (SELECT desk.survey_url(desk.survey_secret(i.id))
	    FROM desk.invitation i
	    WHERE i.id = (said->>'invitation')::bigint AND i.via = 'chat'
		AND i.state = 'sent' AND i.expires_at > now());
END;
$$;

-- A survey as its chat's visitor has it: {"kind","words","scale":[{"score",
-- "words"}],"ends"}, with "question" and "link" while one tap answers it, and
-- "score" once it did.
CREATE OR REPLACE FUNCTION desk.chat_survey(said jsonb)
RETURNS jsonb
LANGUAGE plpgsql STABLE
AS $$
DECLARE
	i	desk.invitation;
	q	jsonb;
BEGIN
	SELECT * INTO i FROM desk.invitation v
	WHERE v.id = (said->>'invitation')::bigint;
	q := (SELECT s.body->'questions'->0 FROM desk.survey s
	    WHERE s.id = i.survey);
	RETURN jsonb_strip_nulls(jsonb_build_object('kind', said->'kind',
	    'words', said->'words', 'score', (SELECT r.score
		FROM desk.response r WHERE r.invitation = i.id),
	    'scale', (SELECT jsonb_agg(x.s - 'url' ORDER BY x.n)
		FROM jsonb_array_elements(desk.survey_scale(said, i.lang, ''))
		    WITH ORDINALITY x(s, n)),
	    'ends', desk.survey_ends(said->>'kind', i.lang)))
	    || CASE WHEN i.state = 'sent' AND i.expires_at > now()
		AND q->>'kind' = said->>'kind'
		AND desk.survey_one_tap((SELECT s.body FROM desk.survey s
		    WHERE s.id = i.survey))
	    THEN jsonb_strip_nulls(jsonb_build_object('question', q->'name',
		'link', desk.chat_link(said)))
	    ELSE '{}' END;
END;
$$;
