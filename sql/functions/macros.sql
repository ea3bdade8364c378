-- Macros: what desk.conf names, shown and run.  A macro is nothing that an
-- agent could not do step by step: each step is that very operation, with its
-- checks, in one transaction.

-- What the members' kinds do not say; deskctl says the same with the line.
CREATE OR REPLACE FUNCTION desk.config_macros_check(c jsonb)
RETURNS void
LANGUAGE plpgsql IMMUTABLE
AS $$
BEGIN
	PERFORM desk.refuse_first(array_agg(w.path), array_agg(w.why)) FROM (
	    SELECT format('macros[%s]', m.place - 1), 'This does nothing.'
	    FROM jsonb_array_elements(c->'macros') WITH ORDINALITY
		m (entry, place)
	    WHERE NOT m.entry ?| '{vi,en,template,note,queue,priority,state,snooze}'
		AND m.entry->'tags' = '[]' AND m.entry->'assign' = 'false'
	    UNION ALL
	    SELECT format('macros[%s].queue', m.place - 1),
		'A macro that hands a case on cannot also set state, snooze or assign.'
	    FROM jsonb_array_elements(c->'macros') WITH ORDINALITY
		m (entry, place)
	    WHERE m.entry ? 'queue' AND (m.entry ?| '{state,snooze}'
		OR m.entry->'assign' = 'true')
	    UNION ALL
	    SELECT format('macros[%s].snooze', m.place - 1),
		'What is resolved is not brought back by snooze.'
	    FROM jsonb_array_elements(c->'macros') WITH ORDINALITY
		m (entry, place)
	    WHERE m.entry ? 'snooze' AND m.entry->>'state' = 'resolved'
	    UNION ALL
	    SELECT format('macros[%s].template', m.place - 1),
		CASE WHEN m.entry ?| '{vi,en}'
		    THEN 'A macro has a template or texts of its own, not both.'
		    ELSE 'There is no such template.' END
	    FROM jsonb_array_elements(c->'macros') WITH ORDINALITY
		m (entry, place)
	    WHERE m.entry ? 'template' AND (m.entry ?| '{vi,en}'
		OR m.entry->>'template' NOT IN (SELECT p->>'name'
		    FROM jsonb_array_elements(c->'templates') p))
	    UNION ALL
	    SELECT format('macros[%s].tags', m.place - 1),
		'A tag is of at most 64 bytes, without blanks at its ends.'
	    FROM jsonb_array_elements(c->'macros') WITH ORDINALITY
		    m (entry, place),
		jsonb_array_elements_text(m.entry->'tags') g
	    WHERE octet_length(g) > 64 OR g ~ '^\s|\s$|[[:cntrl:]]'
	    UNION ALL
	    SELECT format('macros[%s].%s', m.place - 1, t.key),
		'A variable that stands for nothing.'
	    FROM jsonb_array_elements(c->'macros') WITH ORDINALITY
		m (entry, place)
	    CROSS JOIN LATERAL jsonb_each(m.entry) t
	    CROSS JOIN LATERAL desk.template_named(t.value #>> '{}') n
	    WHERE t.key IN ('vi', 'en', 'note') AND n NOT IN (
		SELECT v.name FROM desk.template_variables() v)
	    ) w (path, why);
END;
$$;

-- Puts them in force.
CREATE OR REPLACE FUNCTION desk.config_macros(c jsonb)
RETURNS void
LANGUAGE sql
AS $$
	DELETE FROM desk.macro m WHERE m.name NOT IN (
	    SELECT e->>'name' FROM jsonb_array_elements(c->'macros') e);
	INSERT INTO desk.macro AS m (name, body)
	SELECT e->>'name', e FROM jsonb_array_elements(c->'macros') e
	ON CONFLICT (name) DO UPDATE SET body = excluded.body
	WHERE m.body <> excluded.body;
$$;

-- An event's meta with the name of the macro that is being run, of the rule that
-- acts, or with the bulk's id, if any.
CREATE OR REPLACE FUNCTION desk.macro_noted(meta jsonb)
RETURNS jsonb
LANGUAGE sql STABLE
AS $$
	SELECT CASE
	    WHEN current_setting('desk.rule', true) <> ''
	    THEN coalesce(meta, '{}') || jsonb_build_object('rule',
		current_setting('desk.rule', true))
	    WHEN current_setting('desk.macro', true) <> ''
	    THEN coalesce(meta, '{}') || jsonb_build_object('macro',
		current_setting('desk.macro', true))
	    WHEN current_setting('desk.bulk', true) <> ''
	    THEN coalesce(meta, '{}') || jsonb_build_object('bulk',
		current_setting('desk.bulk', true)::bigint)
	    ELSE meta END
$$;

-- What a macro answers on a ticket, in its language or the other; NULL:
-- nothing.
CREATE OR REPLACE FUNCTION desk.macro_text(m desk.macro, t desk.ticket,
    agent int)
RETURNS text
LANGUAGE plpgsql STABLE
AS $$
DECLARE
	lang	text := desk.lang_of(t);
	other	text := CASE WHEN lang = 'vi' THEN 'en' ELSE 'vi' END;
	said	text := coalesce(m.body->>lang, m.body->>other);
	p	desk.template;
BEGIN
	IF m.body ? 'template' THEN
		SELECT * INTO p
		FROM desk.template_in(m.body->>'template', lang);
		said := p.body;
		lang := p.lang;
	ELSIF NOT m.body ? lang THEN
		lang := other;
	END IF;
	RETURN nullif(desk.template_fill(said,
	    desk.template_vars(t, agent, lang)), '');
END;
$$;

-- The note that it adds; NULL: none.
CREATE OR REPLACE FUNCTION desk.macro_note(m desk.macro, t desk.ticket,
    agent int)
RETURNS text
LANGUAGE plpgsql STABLE
AS $$
BEGIN
	RETURN CASE WHEN m.body ? 'note' THEN desk.template_fill(
	    m.body->>'note', desk.template_vars(t, agent, desk.lang_of(t)))
	    END;
END;
$$;

-- MACRO.LIST: with a ticket, as it would be done there.
CREATE OR REPLACE FUNCTION desk.macro_list(caller jsonb, args jsonb)
RETURNS jsonb
LANGUAGE plpgsql STABLE
AS $$
DECLARE
	t	desk.ticket;
BEGIN
	IF args ? 'ticket' THEN
		SELECT * INTO t FROM desk.ticket k
		WHERE k.id = (args->>'ticket')::bigint;
		IF NOT FOUND OR NOT desk.may_see(caller, t) THEN
			PERFORM desk.refuse('NOTFOUND',
			    'There is no such ticket.', 'ticket');
		END IF;
	END IF;
	RETURN jsonb_build_object('macros', (SELECT coalesce(jsonb_agg(
	    (m.body - 'name') || jsonb_strip_nulls(jsonb_build_object(
		'macro', m.name, 'text', CASE WHEN t.id IS NOT NULL
		    THEN desk.macro_text(m, t, (caller->>'agent')::int) END,
		'note', CASE WHEN t.id IS NOT NULL THEN desk.macro_note(m, t,
		    (caller->>'agent')::int) END))
	    ORDER BY m.body->>'title', m.name), '[]')
	    FROM desk.macro m));
END;
$$;

-- What a run with this id did the first time; NULL: there was none.
CREATE OR REPLACE FUNCTION desk.macro_repeat(t desk.ticket, mine text)
RETURNS bigint
LANGUAGE plpgsql STABLE
AS $$
DECLARE
	first	desk.event;
BEGIN
	SELECT e.* INTO first
	FROM desk.event_key k
	JOIN desk.event e ON e.id = k.event AND e.filed_at = k.filed_at
	WHERE k.channel = 'once' AND k.external_id = mine;
	IF first.ticket <> t.id THEN
		PERFORM desk.refuse('CONFLICT',
		    'This id was used on another ticket.', 'once');
	END IF;
	RETURN first.id;
END;
$$;

-- The steps, in the order in which a person would take them: who hands on or
-- ends a case does that last.  Answers the last step's, and the answer's event.
CREATE OR REPLACE FUNCTION desk.macro_steps(caller jsonb, args jsonb,
    m desk.macro, t desk.ticket)
RETURNS jsonb
LANGUAGE plpgsql
AS $$
DECLARE
	b	jsonb := m.body;
	own	jsonb := jsonb_build_object('ticket', t.id);
	me	int := (caller->>'agent')::int;
	said	text := desk.macro_text(m, t, me);
	last	jsonb := desk.ticket_answer(t);
	reply	bigint;
	tag	text;
BEGIN
	IF (b->>'assign')::boolean THEN
		IF me IS NULL THEN
			PERFORM desk.refuse('INVALID',
			    'This macro makes the case one''s own, and a key is nobody.',
			    'macro');
		END IF;
		last := desk.ticket_assign(caller, own
		    || jsonb_build_object('agent', caller->>'who'));
	END IF;
	FOR tag IN SELECT jsonb_array_elements_text(b->'tags') LOOP
		last := desk.ticket_tag(caller, own
		    || jsonb_build_object('tag', tag));
	END LOOP;
	IF b ? 'priority' THEN
		last := desk.ticket_priority(caller, own
		    || jsonb_build_object('priority', b->'priority'));
	END IF;
	IF b ? 'note' THEN
		last := desk.ticket_note(caller, own || jsonb_build_object(
		    'text', desk.macro_note(m, t, me)));
	END IF;
	IF said IS NOT NULL THEN
		last := desk.ticket_reply(caller, own || jsonb_strip_nulls(
		    jsonb_build_object('text', said, 'upto', args->'upto',
			'force', args->'force')));
		reply := (last->>'event')::bigint;
		PERFORM desk.promises_by(caller, t, reply, 'template',
		    ARRAY[b->>'template']);
		PERFORM desk.promises_by(caller, t, reply, 'macro',
		    ARRAY[m.name]);
	END IF;
	IF b ? 'queue' THEN
		last := desk.ticket_transfer(caller, own
		    || jsonb_build_object('queue', b->'queue'));
	ELSIF b ? 'snooze' THEN
		last := desk.ticket_snooze(caller, own || jsonb_build_object(
		    'until', desk.rfc3339(now() + make_interval(
			mins => (b->>'snooze')::int))));
	ELSIF b->>'state' = 'resolved' THEN
		last := desk.ticket_resolve(caller, own);
	ELSIF b->>'state' = 'pending' THEN
		last := desk.ticket_pend(caller, own);
	END IF;
	RETURN last || jsonb_strip_nulls(jsonb_build_object('reply', reply));
END;
$$;

-- MACRO.RUN: all of it or nothing.  The ticket's lock makes a repeat wait for
-- the first; what answered that is named by the last event it left.
CREATE OR REPLACE FUNCTION desk.macro_run(caller jsonb, args jsonb)
RETURNS jsonb
LANGUAGE plpgsql
AS $$
DECLARE
	t	desk.ticket := desk.ticket_lock(caller, args);
	m	desk.macro;
	mine	text := concat_ws('/', 'macro', caller->>'who', args->>'once');
	once	boolean := coalesce(args->>'once', '') <> '';
	first	bigint;
	result	jsonb;
BEGIN
	IF once THEN
		first := desk.macro_repeat(t, mine);
	END IF;
	IF first IS NOT NULL THEN
		RETURN desk.ticket_answer(t, first) || jsonb_build_object(
		    'macro', args->'macro');
	END IF;
	SELECT * INTO m FROM desk.macro k WHERE k.name = args->>'macro';
	IF NOT FOUND THEN
		PERFORM desk.refuse('NOTFOUND', 'There is no such macro.',
		    'macro');
	END IF;
	PERFORM set_config('desk.macro', m.name, true);
	result := desk.macro_steps(caller, args, m, t);
	PERFORM set_config('desk.macro', '', true);
	IF once THEN
		INSERT INTO desk.event_key (channel, external_id, event,
		    filed_at)
		SELECT 'once', mine, e.id, e.filed_at FROM desk.event e
		WHERE e.ticket = t.id AND e.id = (result->>'event')::bigint
		ON CONFLICT DO NOTHING;
		IF NOT FOUND THEN
			PERFORM desk.refuse('CONFLICT',
			    'This id was used on another ticket.', 'once');
		END IF;
	END IF;
	RETURN result || jsonb_build_object('macro', m.name);
END;
$$;
