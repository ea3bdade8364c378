-- Answers that were given elsewhere: a form's export, another survey program.

-- When it was, as a person or a form writes it: RFC 3339, or of the company's
-- zone 2026-11-21 08:15, 21/11/2026 8:15:00, or the day alone (its noon, which
-- is that day in every zone that the company may move to).
CREATE OR REPLACE FUNCTION desk.import_at(said text)
RETURNS timestamptz
LANGUAGE plpgsql STABLE
AS $$
DECLARE
	w	text[];
	at	timestamptz;
BEGIN
	IF said IS NULL THEN
		RETURN now();
	END IF;
	IF said ~ '^\d{4}-\d\d-\d\d[Tt ]\d\d:\d\d(:\d\d(\.\d{1,9})?)?([Zz]|[+-]\d\d:\d\d)$' THEN
		at := said::timestamptz;
	ELSE
		w := regexp_match(said,
		    '^(\d{4})-(\d\d?)-(\d\d?)(?:[T ]+(\d\d?):(\d\d)(?::(\d\d))?)?$');
		IF w IS NULL THEN
			w := regexp_match(said, '^(\d\d?)/(\d\d?)/(\d{4})'
			    '(?:[, ]+(\d\d?):(\d\d)(?::(\d\d))?)?$');
			w := ARRAY[w[3], w[2], w[1], w[4], w[5], w[6]];
		END IF;
		at := make_timestamptz(w[1]::int, w[2]::int, w[3]::int,
		    coalesce(w[4]::int, 12), coalesce(w[5]::int, 0),
		    coalesce(w[6]::int, 0),
		    coalesce(desk.company('timezone'), 'UTC'));
	END IF;
	IF at IS NULL OR at < '2000-01-01' OR at > now() + interval '5 min' THEN
		RAISE EXCEPTION USING ERRCODE = '22008';
	END IF;
	RETURN at;
EXCEPTION WHEN data_exception THEN
	PERFORM desk.refuse('INVALID', 'This is no time that was: write '
	    '2026-11-21 08:15 or 21/11/2026.', 'at');
END;
$$;

-- A choice by its name or by its words; else as it was said.
CREATE OR REPLACE FUNCTION desk.import_choice(question jsonb, said text)
RETURNS text
LANGUAGE sql IMMUTABLE
AS $$
	SELECT coalesce((SELECT c.c->>'name'
	    FROM jsonb_array_elements(question->'choices')
		WITH ORDINALITY c(c, n)
	    WHERE desk.fold(btrim(said)) IN (desk.fold(c.c->>'name'),
		desk.fold(c.c->>'vi'), desk.fold(c.c->>'en'))
	    ORDER BY c.n LIMIT 1), said)
$$;

-- What a form wrote, as answers are given: "5 - very good" is 5 on a scale, of
-- a list each part is a choice.  What does not fit stays, and is refused as any
-- answer is.
CREATE OR REPLACE FUNCTION desk.import_value(kind text, question jsonb,
    said jsonb)
RETURNS jsonb
LANGUAGE plpgsql IMMUTABLE
AS $$
DECLARE
	words	text := btrim(said#>>'{}', E' \t\r\n');
	picked	text;
BEGIN
	IF kind = 'text' THEN
		RETURN CASE jsonb_typeof(said) WHEN 'object' THEN said
		    WHEN 'array' THEN said ELSE to_jsonb(words) END;
	ELSIF jsonb_typeof(said) = 'array' AND kind = 'choice' THEN
		RETURN (SELECT jsonb_agg(to_jsonb(desk.import_choice(question,
		    a.a#>>'{}'))) FROM jsonb_array_elements(said) a(a));
	ELSIF jsonb_typeof(said) <> 'string' THEN
		RETURN said;
	ELSIF kind = 'choice' THEN
		picked := desk.import_choice(question, words);
		IF question->'choices' @> jsonb_build_array(
		    jsonb_build_object('name', picked)) THEN
			RETURN to_jsonb(picked);
		END IF;
		RETURN (SELECT jsonb_agg(desk.import_choice(question, p))
		    FROM regexp_split_to_table(words, CASE
			WHEN words LIKE '%;%' THEN '\s*;\s*'
			ELSE '\s*,\s*' END) p
		    WHERE p <> '');
	ELSIF kind = 'number' AND words ~ '^-?\d{1,12}([.,]\d{1,6})?$' THEN
		RETURN to_jsonb(replace(words, ',', '.')::numeric);
	ELSIF kind <> 'number' AND words ~ '^\d{1,2}\s*($|[^\d.,\s])' THEN
		RETURN to_jsonb(substring(words FROM '^\d+')::int);
	END IF;
	RETURN said;
END;
$$;

-- The question that a column is: by its name, or its words in either language.
CREATE OR REPLACE FUNCTION desk.import_question(body jsonb, col text)
RETURNS text
LANGUAGE sql STABLE
AS $$
	SELECT q.name FROM desk.questions(body) q
	CROSS JOIN LATERAL (VALUES (0, q.name), (1, q.question->>'vi'),
	    (2, q.question->>'en')) w(rank, words)
	WHERE desk.fold(btrim(col)) = desk.fold(replace(w.words, '{company}',
	    coalesce(desk.company('name'), '')))
	ORDER BY w.rank, q.place LIMIT 1
$$;

-- The answers of a row: columns → questions.  A column that is no question and
-- is not passed over is refused by its name, for a wrong heading would else
-- lose what was said.
CREATE OR REPLACE FUNCTION desk.import_answers(body jsonb, rest jsonb,
    skip text)
RETURNS jsonb
LANGUAGE plpgsql STABLE
AS $$
DECLARE
	over	text[] := ARRAY(SELECT desk.fold(btrim(s))
		    FROM regexp_split_to_table(coalesce(skip, ''), E'\n') s);
	strange	text;
	answers	jsonb;
BEGIN
	WITH cols AS (
	    SELECT r.key, r.value, desk.import_question(body, r.key) AS name
	    FROM jsonb_each(rest) r
	    WHERE desk.fold(btrim(r.key)) <> ALL (over)
	)
	SELECT min(c.key) FILTER (WHERE c.name IS NULL),
	    jsonb_object_agg(c.name, desk.import_value(q.kind, q.question,
		c.value) ORDER BY c.key) FILTER (WHERE c.name IS NOT NULL)
	INTO strange, answers
	FROM cols c LEFT JOIN desk.questions(body) q ON q.name = c.name;
	IF strange IS NOT NULL THEN
		PERFORM desk.refuse('INVALID', format('The survey has no '
		    'question "%s"; a column that is none can be passed over.',
		    desk.cut(strange, 200)), 'row');
	END IF;
	RETURN coalesce(answers, '{}');
END;
$$;

-- What the columns say that it was about; customer, ticket, queue, agent and so
-- on, as far as known.  Somebody who is not known stays nobody: no customer is
-- made of a list.
CREATE OR REPLACE FUNCTION desk.import_about(caller jsonb, head jsonb,
    s desk.survey)
RETURNS desk.invitation
LANGUAGE plpgsql
AS $$
DECLARE
	i	desk.invitation;
	t	desk.ticket;
BEGIN
	IF head ? 'ticket' THEN
		IF head->>'ticket' !~ '^#?[1-9]\d{0,15}$' OR NOT EXISTS (
		    SELECT FROM desk.ticket k
		    WHERE k.id = ltrim(head->>'ticket', '#')::bigint) THEN
			PERFORM desk.refuse('INVALID',
			    'There is no such case.', 'ticket');
		END IF;
		t := desk.ticket_lock(caller, jsonb_build_object('ticket',
		    ltrim(head->>'ticket', '#')));
		i.ticket := t.id;
	END IF;
	i.order_no := coalesce(head->>'order', t.order_no);
	i.customer := coalesce(t.customer, (SELECT o.customer
	    FROM desk.customer_order o WHERE o.order_no = head->>'order'),
	    (SELECT c.customer FROM desk.contact c
	    WHERE (c.kind, c.address) IN (('email', head->>'email'),
		('phone', head->>'phone')) AND c.customer IS NOT NULL
	    ORDER BY c.kind, c.id LIMIT 1));
	i.queue := coalesce((SELECT q.id FROM desk.queue q
	    WHERE q.name = head->>'queue'), CASE WHEN head ? 'queue' THEN NULL
		ELSE coalesce(t.queue, 0) END);
	i.agent := coalesce((SELECT a.id FROM desk.agent a
	    WHERE a.name = head->>'agent'), CASE WHEN head ? 'agent' THEN NULL
		ELSE coalesce(t.assignee, 0) END);
	IF num_nulls(i.queue, i.agent) > 0 THEN
		PERFORM desk.refuse('INVALID', 'There is nobody of that name.',
		    CASE WHEN i.queue IS NULL THEN 'queue' ELSE 'agent' END);
	END IF;
	i.channel := desk.cut(coalesce(head->>'channel', t.channel, ''), 64);
	i.segment := coalesce((SELECT c.segment FROM desk.customer c
	    WHERE c.id = i.customer), '');
	i.touchpoint := desk.cut(coalesce(head->>'touchpoint',
	    s.body->>'touchpoint', ''), 64);
	RETURN i;
END;
$$;

-- SURVEY.IMPORT: {survey, head, rest, skip}, as desk/answerrow.h reads a row.
-- Once: by the row's own id, else by all that it says.
CREATE OR REPLACE FUNCTION desk.survey_import(caller jsonb, args jsonb)
RETURNS jsonb
LANGUAGE plpgsql
AS $$
DECLARE
	s	desk.survey;
	head	jsonb := args->'head';
	said	text := 'import:' || coalesce(head->>'id', encode(sha256(
		    convert_to(head::text || (args->'rest')::text, 'UTF8')),
		    'hex'));
	at	timestamptz := desk.import_at(head->>'at');
	answers	jsonb;
	about	desk.invitation;
	made	bigint;
	r	desk.response;
BEGIN
	PERFORM desk.must_be(caller, 'supervisor');
	SELECT * INTO s FROM desk.survey v
	WHERE v.name = args->>'survey' AND v.active;
	IF s.id IS NULL THEN
		PERFORM desk.refuse('NOTFOUND', 'There is no such survey.',
		    'survey');
	ELSIF octet_length(head->>'id') > 200 THEN
		PERFORM desk.refuse('INVALID',
		    'An id has at most 200 bytes.', 'id');
	END IF;
	answers := desk.import_answers(s.body, args->'rest', args->>'skip');
	about := desk.import_about(caller, head, s);
	INSERT INTO desk.invitation (survey, occasion, customer, ticket,
	    order_no, queue, agent, channel, segment, touchpoint, via)
	VALUES (s.id, said, CASE WHEN s.body->>'for' = 'staff' THEN NULL
		ELSE about.customer END, about.ticket, about.order_no,
	    about.queue, about.agent, about.channel, about.segment,
	    about.touchpoint, 'import')
	ON CONFLICT (survey, occasion) DO NOTHING
	RETURNING id INTO made;
	IF made IS NOT NULL THEN
		PERFORM desk.response_put(caller, made, answers, at);
	ELSE
		SELECT v.id INTO about.id FROM desk.invitation v
		WHERE v.survey = s.id AND v.occasion = said;
	END IF;
	SELECT v.* INTO r FROM desk.response v
	WHERE v.invitation = coalesce(made, about.id);
	RETURN desk.response_json(r)
	    || jsonb_build_object('duplicate', made IS NULL);
END;
$$;
