-- Texts that are written once: filled with what is known of a case, and shown
-- to agents.  What a variable brings is plain text, never looked at again for
-- variables; whoever makes HTML of it escapes it.

-- The variables that a template may name.  safe: it holds nothing that a
-- stranger wrote, so that an automatic answer may carry it (a desk that
-- answers by itself with words of the sender's choice is a relay for spam).
CREATE OR REPLACE FUNCTION desk.template_variables()
RETURNS TABLE (name text, safe boolean)
LANGUAGE sql IMMUTABLE PARALLEL SAFE
AS $$
	VALUES ('company', true), ('queue', true), ('ticket', true),
	    ('expected', true), ('opens', true), ('agent', true),
	    ('case_link', true), ('review_link', true), ('referral_link', true),
	    ('order_number', true), ('promised', true), ('carrier', true),
	    ('customer', false), ('subject', false), ('order', false)
$$;

-- The variables that a text names: {customer}, {customer|anh/chị}.
CREATE OR REPLACE FUNCTION desk.template_named(body text)
RETURNS SETOF text
LANGUAGE sql IMMUTABLE PARALLEL SAFE
AS $$
	SELECT DISTINCT m[1]
	FROM regexp_matches(body, '\{([a-z_]+)(?:\|[^{}]*)?\}', 'g') m
$$;

-- The text with its variables filled in; what is not known gives what stands
-- after the bar, or nothing.
CREATE OR REPLACE FUNCTION desk.template_fill(body text, vars jsonb)
RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE
AS $$
	SELECT coalesce(string_agg(CASE
	    WHEN r.m[1] IS NULL THEN r.m[3]
	    ELSE coalesce(nullif(vars->>r.m[1], ''), r.m[2], '') END,
	    '' ORDER BY r.n), '')
	FROM regexp_matches(body,
	    '\{([a-z_]+)(?:\|([^{}]*))?\}|([^{]+|\{)', 'g')
	    WITH ORDINALITY r(m, n)
$$;

-- A stranger's word on one line, short, without controls.
CREATE OR REPLACE FUNCTION desk.template_value(word text)
RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE
AS $$
	SELECT desk.cut(btrim(regexp_replace(word, '[[:cntrl:][:space:]]+',
	    ' ', 'g')), 200)
$$;

-- What the variables stand for in a case, in a language; agent NULL: nobody.
CREATE OR REPLACE FUNCTION desk.template_vars(t desk.ticket, agent int,
    lang text)
RETURNS jsonb
LANGUAGE sql STABLE
AS $$
	SELECT jsonb_strip_nulls(jsonb_build_object(
	    'company', co.body->>'name', 'queue', q.title,
	    'ticket', t.number, 'agent', (SELECT a.display FROM desk.agent a
		WHERE a.id = template_vars.agent),
	    'customer', (SELECT desk.template_value(c.name)
		FROM desk.customer c WHERE c.id = t.customer),
	    'subject', desk.template_value(t.subject),
	    'order', desk.template_value(t.order_no),
	    -- Filled as the message goes out: the history is not to keep it.
	    'case_link', CASE WHEN co.body ? 'url' AND t.conversation IS NULL
		THEN '{case_link}' END,
	    'opens', desk.moment_said(desk.business_add(q.hours, now(), 0),
		z.zone, template_vars.lang),
	    'expected', desk.wait_said(coalesce(t.due_at,
		desk.business_add(q.hours, now(), q.first_target)), now(),
		z.zone, template_vars.lang)))
	FROM desk.queue q
	LEFT JOIN LATERAL (SELECT k.body->'company' AS body FROM desk.config k
	    ORDER BY k.version DESC LIMIT 1) co ON true
	CROSS JOIN LATERAL (SELECT coalesce((SELECT h.timezone
		FROM desk.hours h WHERE h.id = q.hours),
	    co.body->>'timezone', 'UTC') AS zone) z
	WHERE q.id = t.queue
$$;

-- The company's language, for who did not show his own.
CREATE OR REPLACE FUNCTION desk.lang_of(t desk.ticket)
RETURNS text
LANGUAGE sql STABLE
AS $$
	SELECT CASE WHEN t.lang IN ('vi', 'en') THEN t.lang
	    ELSE coalesce((SELECT k.body->'company'->>'lang'
		FROM desk.config k ORDER BY k.version DESC LIMIT 1), 'vi') END
$$;

-- A template in a language, or in the other when it has only that; no row when
-- there is none of the name.
CREATE OR REPLACE FUNCTION desk.template_in(name text, lang text)
RETURNS SETOF desk.template
LANGUAGE sql STABLE ROWS 1
AS $$
	SELECT p FROM desk.template p WHERE p.name = template_in.name
	ORDER BY p.lang = template_in.lang DESC LIMIT 1
$$;

-- What stands under an answer of this agent in this case; NULL: nothing.
CREATE OR REPLACE FUNCTION desk.signature_of(t desk.ticket, agent int)
RETURNS text
LANGUAGE sql STABLE
AS $$
	SELECT desk.template_fill(p.body, desk.template_vars(t, agent, p.lang))
	FROM desk.queue q
	CROSS JOIN LATERAL desk.template_in(q.signature, desk.lang_of(t)) p
	WHERE q.id = t.queue
$$;

-- TEMPLATE.LIST
CREATE OR REPLACE FUNCTION desk.template_list(caller jsonb, args jsonb)
RETURNS jsonb
LANGUAGE sql STABLE
AS $$
	SELECT jsonb_build_object('templates', coalesce(jsonb_agg(
	    jsonb_strip_nulls(jsonb_build_object('template', p.name,
		'lang', p.lang, 'subject', p.subject, 'text', p.body))
	    ORDER BY p.name COLLATE "C", p.lang), '[]'))
	FROM desk.template p
$$;

-- TEMPLATE.FILL: as it would be sent on this ticket by the caller.
CREATE OR REPLACE FUNCTION desk.template_use(caller jsonb, args jsonb)
RETURNS jsonb
LANGUAGE plpgsql STABLE
AS $$
DECLARE
	t	desk.ticket;
	p	desk.template;
	vars	jsonb;
BEGIN
	SELECT * INTO t FROM desk.ticket k
	WHERE k.id = (args->>'ticket')::bigint;
	IF NOT FOUND OR NOT desk.may_see(caller, t) THEN
		PERFORM desk.refuse('NOTFOUND', 'There is no such ticket.',
		    'ticket');
	END IF;
	SELECT * INTO p FROM desk.template_in(args->>'template',
	    coalesce(args->>'lang', desk.lang_of(t)));
	IF NOT FOUND THEN
		PERFORM desk.refuse('NOTFOUND', 'There is no such template.',
		    'template');
	END IF;
	vars := desk.template_vars(t, (caller->>'agent')::int, p.lang);
	RETURN jsonb_strip_nulls(jsonb_build_object('template', p.name,
	    'lang', p.lang, 'subject', desk.template_fill(p.subject, vars),
	    'text', desk.template_fill(p.body, vars)));
END;
$$;
