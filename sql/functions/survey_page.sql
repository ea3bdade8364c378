-- The page on which a survey is answered: what a link opens, and what is told
-- by it.  A link is used once; what comes after goes by a second one.

-- The name by which one is called: the last of a Vietnamese name, the first of
-- another.
CREATE OR REPLACE FUNCTION desk.called(name text, lang text)
RETURNS text
LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE
AS $$
BEGIN
	RETURN (regexp_match(desk.template_value(name), CASE lang
	    WHEN 'en' THEN '^\S+' ELSE '\S+$' END))[1];
END;
$$;

-- What may be named in a question: nothing of the case but its order.
CREATE OR REPLACE FUNCTION desk.survey_vars(i desk.invitation, lang text)
RETURNS jsonb
LANGUAGE sql STABLE
AS $$
	SELECT jsonb_strip_nulls(jsonb_build_object(
	    'company', desk.company('name'), 'order', i.order_no,
	    'agent', (SELECT CASE lang WHEN 'en' THEN '' ELSE 'em ' END
		|| a.display FROM desk.agent a WHERE a.id = i.agent),
	    'customer', (SELECT CASE lang WHEN 'en' THEN ''
		ELSE 'Anh/chị ' END || desk.called(c.name, lang)
		FROM desk.customer c WHERE c.id = i.customer)))
$$;

-- A survey's questions as a page shows them, but for those that r answers; of
-- those that are asked after some scores only, the ones asked after this.
CREATE OR REPLACE FUNCTION desk.questions_shown(body jsonb, vars jsonb,
    lang text, first numeric, r bigint)
RETURNS jsonb
LANGUAGE plpgsql STABLE
AS $$
BEGIN
	RETURN (SELECT coalesce(jsonb_agg(jsonb_strip_nulls(jsonb_build_object(
	    'name', q.name, 'kind', q.kind, 'required',
	    q.question->'required', 'text', desk.template_fill(
		desk.question_words(q.question, lang,
		    body->>'for' = 'staff'), vars),
	    'choices', (SELECT jsonb_agg(jsonb_build_object('name',
		    c.c->>'name', 'text', coalesce(c.c->>lang, c.c->>'vi',
		    c.c->>'en', c.c->>'name')) ORDER BY c.n)
		FROM jsonb_array_elements(q.question->'choices')
		    WITH ORDINALITY c(c, n)))) ORDER BY q.place), '[]')
	FROM desk.questions(body) q
	WHERE (q.question->>'when' IS NULL OR first BETWEEN
		split_part(q.question->>'when', '-', 1)::numeric
		AND split_part(q.question->>'when', '-',
		    CASE WHEN q.question->>'when' LIKE '%-%' THEN 2
		    ELSE 1 END)::numeric)
	    AND NOT EXISTS (SELECT FROM desk.answer a
		WHERE a.response = r AND a.question = q.name));
END;
$$;

-- Whether one tap answers it: the first question is a scale, and no other must
-- be answered with it.
CREATE OR REPLACE FUNCTION desk.survey_one_tap(body jsonb)
RETURNS boolean
LANGUAGE sql IMMUTABLE
AS $$
	SELECT coalesce(bool_and(CASE q.place WHEN 1 THEN q.scored
	    ELSE q.question->'required' IS DISTINCT FROM 'true' END), false)
	FROM desk.questions(body) q
$$;

-- Is that a score that asks for help?
CREATE OR REPLACE FUNCTION desk.score_low(kind text, score int)
RETURNS boolean
LANGUAGE sql IMMUTABLE PARALLEL SAFE
AS $$
	SELECT coalesce(score <= CASE kind WHEN 'nps' THEN 6 WHEN 'csat' THEN 2
	    WHEN 'ces' THEN 3 END, false)
$$;

-- What the first link opens, or NULL.
CREATE OR REPLACE FUNCTION desk.survey_opened(args jsonb)
RETURNS desk.invitation
LANGUAGE sql STABLE
AS $$
	SELECT i FROM desk.invitation_of(decode(args->>'hash', 'hex')) i
	WHERE i.state IN ('waiting', 'sent')
	    AND (i.expires_at IS NULL OR i.expires_at > now())
$$;

-- What the second link opens, or NULL.
CREATE OR REPLACE FUNCTION desk.survey_told(args jsonb)
RETURNS desk.response
LANGUAGE sql STABLE
AS $$
	SELECT r FROM desk.answering a
	JOIN desk.response r ON r.id = a.response
	WHERE a.hash = decode(args->>'hash', 'hex') AND a.until > now()
$$;

-- By what he can be answered: where he was asked, else his newest mail address
-- or number; NULL: by nothing.
CREATE OR REPLACE FUNCTION desk.survey_reach(i desk.invitation)
RETURNS desk.contact
LANGUAGE sql STABLE
AS $$
	SELECT c FROM desk.contact c
	WHERE c.customer = i.customer
	    AND (c.id = i.contact OR c.kind IN ('email', 'phone'))
	ORDER BY c.id IS NOT DISTINCT FROM i.contact DESC, c.kind, c.id DESC
	LIMIT 1
$$;

-- Who speaks by a link, as the history names him.
CREATE OR REPLACE FUNCTION desk.survey_caller(i desk.invitation)
RETURNS jsonb
LANGUAGE sql STABLE
AS $$
	SELECT jsonb_build_object('who', coalesce((SELECT c.name
		FROM desk.customer c WHERE c.id = i.customer),
	    (SELECT a.name FROM desk.agent a WHERE a.id = i.staff), '-'))
$$;

-- The page that asks: the questions in that language, what it is about as far as
-- the page tells (an order, and when it came), and until when.
CREATE OR REPLACE FUNCTION desk.survey_ask_page(i desk.invitation,
    body jsonb, lang text, zone text)
RETURNS jsonb
LANGUAGE sql STABLE
AS $$
	SELECT jsonb_strip_nulls(jsonb_build_object('step', 'ask',
	    'one', desk.survey_one_tap(body),
	    'questions', desk.questions_shown(body, desk.survey_vars(i, lang),
		lang, NULL, NULL),
	    'order', i.order_no,
	    'delivered', (SELECT desk.case_day(o.delivered_at, zone)
		FROM desk.customer_order o WHERE o.order_no = i.order_no
		    AND o.customer = i.customer AND i.staff IS NULL),
	    'until', desk.case_day(i.expires_at, zone)))
$$;

-- What may be added: what was not answered yet, and a call for help where
-- somebody could be helped, once.
CREATE OR REPLACE FUNCTION desk.survey_more_page(r desk.response,
    i desk.invitation, body jsonb, lang text)
RETURNS jsonb
LANGUAGE plpgsql STABLE
AS $$
DECLARE
	low	boolean := desk.score_low(r.kind, r.score);
	helped	boolean := EXISTS (SELECT FROM desk.event_key k
		    WHERE k.channel IN ('web', 'chat')
			AND k.external_id = format('survey:%s/help', r.id));
	c	desk.contact := desk.survey_reach(i);
	helps	boolean := c.id IS NOT NULL AND NOT helped
		    AND i.staff IS NULL;
	asks	boolean := (body->'help')::boolean
		    OR low AND r.kind <> 'nps';
	first	numeric := (SELECT a.value FROM desk.questions(body) q
		    JOIN desk.answer a ON a.response = r.id
			AND a.question = q.name
		    WHERE q.place = 1);
	rest	jsonb := desk.questions_shown(body, desk.survey_vars(i, lang),
		    lang, first, r.id);
BEGIN
	RETURN jsonb_strip_nulls(jsonb_build_object('step', 'more',
	    'score', r.score, 'kind', r.kind, 'low', low, 'questions', rest,
	    'agent', (SELECT a.display FROM desk.agent a WHERE a.id = r.agent),
	    'help', helps AND coalesce(asks, false),
	    'call', helps AND low AND NOT coalesce(asks, false),
	    'words', helps AND (low OR coalesce(asks, false))
		AND NOT EXISTS (SELECT FROM jsonb_array_elements(rest) q
		    WHERE q->>'kind' = 'text')));
END;
$$;

-- SURVEY.SEE: the page of a link, or null when it opens nothing.
CREATE OR REPLACE FUNCTION desk.survey_see(caller jsonb, args jsonb)
RETURNS jsonb
LANGUAGE plpgsql STABLE
AS $$
DECLARE
	i	desk.invitation := desk.survey_opened(args);
	r	desk.response := desk.survey_told(args);
	s	desk.survey;
	zone	text := coalesce(desk.company('timezone'), 'UTC');
	lang	text;
BEGIN
	IF r.id IS NOT NULL THEN
		SELECT * INTO i FROM desk.invitation v
		WHERE v.id = r.invitation;
	ELSIF i.id IS NULL THEN
		RETURN NULL;
	END IF;
	SELECT * INTO s FROM desk.survey v WHERE v.id = i.survey;
	lang := coalesce(args->>'lang', i.lang);
	RETURN jsonb_strip_nulls(jsonb_build_object('lang', lang,
	    'company', desk.company('name'), 'title', s.body->>'title',
	    'staff', CASE WHEN i.staff IS NOT NULL THEN true END))
	    || CASE WHEN r.id IS NULL
		THEN desk.survey_ask_page(i, s.body, lang, zone)
		ELSE desk.survey_more_page(r, i, s.body, lang) END;
END;
$$;

-- SURVEY.ANSWER: takes the answers, and with them the link.  more: the second
-- link's hash; the same post again, whose answer got lost, comes to it too.
CREATE OR REPLACE FUNCTION desk.survey_answer(caller jsonb, args jsonb)
RETURNS jsonb
LANGUAGE plpgsql
AS $$
DECLARE
	i	desk.invitation := desk.survey_opened(args);
	r	bigint;
BEGIN
	-- A case before what hangs on it, as everybody locks.
	PERFORM FROM desk.ticket t WHERE t.id = i.ticket FOR UPDATE;
	PERFORM FROM desk.invitation v WHERE v.id = i.id FOR UPDATE;
	SELECT v.* INTO i FROM desk.invitation v
	WHERE v.id = i.id AND v.state IN ('waiting', 'sent')
	    AND EXISTS (SELECT
		FROM desk.invitation_of(decode(args->>'hash', 'hex')) o
		WHERE o.id = v.id);
	IF i.id IS NULL THEN
		RETURN (SELECT jsonb_build_object('counted', true)
		    FROM desk.answering a
		    WHERE a.hash = decode(args->>'more', 'hex')
			AND a.until > now());
	END IF;
	r := desk.response_put(desk.survey_caller(i)
	    || jsonb_build_object('themes', args->'themes'), i.id, args->'answers',
	    now());
	UPDATE desk.invitation v SET token = NULL WHERE v.id = i.id;
	DELETE FROM desk.answering a WHERE a.hash IN (
	    SELECT o.hash FROM desk.answering o WHERE o.until < now()
	    ORDER BY o.until LIMIT 10 FOR UPDATE SKIP LOCKED);
	INSERT INTO desk.answering (hash, response, until)
	VALUES (decode(args->>'more', 'hex'), r, now() + interval '1 hour');
	RETURN '{"counted":true}';
END;
$$;

-- SURVEY.MORE: by the second link, what was not answered yet.
CREATE OR REPLACE FUNCTION desk.survey_more(caller jsonb, args jsonb)
RETURNS jsonb
LANGUAGE plpgsql
AS $$
DECLARE
	r	desk.response := desk.survey_told(args);
	i	desk.invitation;
	n	int;
BEGIN
	IF r.id IS NULL THEN
		RETURN NULL;
	END IF;
	SELECT * INTO i FROM desk.invitation v WHERE v.id = r.invitation;
	PERFORM desk.response_more(desk.survey_caller(i)
	    || jsonb_build_object('themes', args->'themes'), r.id,
	    coalesce(args->'answers', '{}'));
	UPDATE desk.answering a SET added = a.added + 1
	WHERE a.response = r.id RETURNING a.added INTO n;
	IF n > 20 THEN
		PERFORM desk.refuse('TOOMANY',
		    'That is a lot in one hour. Wait a while.', '');
	END IF;
	RETURN '{"counted":true}';
END;
$$;

-- SURVEY.LEAVE: no more surveys for who got that link; null: nobody did.
CREATE OR REPLACE FUNCTION desk.survey_left(caller jsonb, args jsonb)
RETURNS jsonb
LANGUAGE plpgsql
AS $$
BEGIN
	RETURN CASE WHEN desk.survey_leave(decode(args->>'hash', 'hex'))
	    THEN '{"left":true}'::jsonb END;
END;
$$;

-- SURVEY.HELP's first step: who needs help, and on what; null: there is no
-- such link.  What he writes is filed under the answer's own id: once.
CREATE OR REPLACE FUNCTION desk.survey_help(caller jsonb, args jsonb)
RETURNS jsonb
LANGUAGE plpgsql STABLE
AS $$
DECLARE
	r	desk.response := desk.survey_told(args);
	i	desk.invitation;
	c	desk.contact;
	t	desk.ticket;
	said	text;
BEGIN
	IF r.id IS NULL THEN
		RETURN NULL;
	END IF;
	SELECT * INTO i FROM desk.invitation v WHERE v.id = r.invitation;
	c := desk.survey_reach(i);
	IF c.id IS NULL OR i.staff IS NOT NULL THEN
		PERFORM desk.refuse('CONFLICT',
		    'There is nothing by which you could be answered.', '');
	END IF;
	SELECT * INTO t FROM desk.ticket k WHERE k.id = r.ticket;
	said := concat_ws(E'\n', CASE WHEN (args->'call')::boolean
	    THEN CASE i.lang WHEN 'en' THEN 'Please call me back.'
		ELSE 'Xin gọi lại cho tôi ạ.' END
	    WHEN coalesce(args->>'text', '') = ''
	    THEN CASE i.lang WHEN 'en' THEN 'I still need help.'
		ELSE 'Tôi vẫn cần giúp ạ.' END END,
	    coalesce(nullif(args->>'text', ''), nullif(r.words, '')));
	RETURN jsonb_strip_nulls(jsonb_build_object(
	    'id', format('survey:%s/help', r.id), 'ticket', t.id,
	    'kind', c.kind, 'address', c.address, 'name', (SELECT u.name
		FROM desk.customer u WHERE u.id = c.customer),
	    'conversation', CASE WHEN c.kind = 'chat'
		AND c.address = t.conversation::text THEN t.conversation END,
	    'subject', t.subject, 'order', r.order_no, 'text', said));
END;
$$;
