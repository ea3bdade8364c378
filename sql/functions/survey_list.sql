-- Surveys and whom they asked, as they are shown.

-- How an invitation stands.
CREATE OR REPLACE FUNCTION desk.invitation_json(i desk.invitation)
RETURNS jsonb
LANGUAGE sql STABLE
AS $$
	SELECT jsonb_strip_nulls(jsonb_build_object('invitation', i.id,
	    'survey', s.name, 'title', s.body->'title', 'state', i.state,
	    'via', i.via, 'customer', i.customer, 'ticket', i.ticket,
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
	    'why', i.why, 'words', desk.survey_why(i.why),
	    'response', r.id, 'answered_at', desk.rfc3339(r.at),
	    'score', r.score, 'class', r.class))
	FROM desk.survey s
	LEFT JOIN desk.response r ON r.invitation = i.id
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
-- "sent","answered","expired","withdrawn","share"}; share: of those that were
-- asked and are over or answered, who answered; absent without any.
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
		'questions', (SELECT jsonb_agg(q->'kind' ORDER BY n)
		    FROM jsonb_array_elements(s.body->'questions')
			WITH ORDINALITY u(q, n)),
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
	    'counts', desk.survey_counts(s.id), 'invitations', page,
	    'before', CASE WHEN jsonb_array_length(page) = n
		THEN page->-1->'invitation' END));
END;
$$;
