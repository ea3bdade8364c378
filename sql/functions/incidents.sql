-- Incidents: many cases, one cause, one answer to all.  What is said to all is
-- put on record once (desk.incident_answer) and carried out page by page by
-- any daemon (incidents_run()): a page's answers and how far it came are
-- committed together, so that nobody is told twice, whoever dies in between.

-- The incident that args.incident names, as far as the caller may know of it:
-- as of a case of its queue.
CREATE OR REPLACE FUNCTION desk.incident_seen(caller jsonb, args jsonb)
RETURNS desk.incident
LANGUAGE plpgsql STABLE
AS $$
DECLARE
	i	desk.incident;
BEGIN
	SELECT * INTO i FROM desk.incident x
	WHERE x.id = (args->>'incident')::bigint;
	IF NOT FOUND OR i.queue = ANY (desk.hidden_queues(caller)) THEN
		PERFORM desk.refuse('NOTFOUND', 'There is no such incident.',
		    'incident');
	END IF;
	RETURN i;
END;
$$;

-- The same, locked.  act: the caller must serve its queue; else it suffices
-- that he knows of it.  Incidents are locked before cases, by everybody.
CREATE OR REPLACE FUNCTION desk.incident_lock(caller jsonb, args jsonb,
    act boolean)
RETURNS desk.incident
LANGUAGE plpgsql
AS $$
DECLARE
	i	desk.incident;
BEGIN
	PERFORM FROM desk.incident x
	WHERE x.id = (args->>'incident')::bigint FOR UPDATE;
	i := desk.incident_seen(caller, args);
	IF act AND NOT desk.caller_all(caller)
	    AND NOT EXISTS (SELECT FROM desk.agent_queue m
		WHERE m.queue = i.queue
		    AND m.agent = (caller->>'agent')::int) THEN
		PERFORM desk.refuse('DENIED',
		    'This incident is of a queue that you do not serve.',
		    'incident');
	END IF;
	RETURN i;
END;
$$;

-- Tells those who look at incidents.
CREATE OR REPLACE FUNCTION desk.incident_tell(i bigint, caller jsonb)
RETURNS void
LANGUAGE plpgsql
AS $$
BEGIN
	PERFORM desk.outbox_put(NULL, jsonb_build_object('kind', 'incident',
	    'incident', i, 'who', desk.caller_shown(caller)));
END;
$$;

-- How an answer to all fares: {"answer","at","who","text","template",
-- "resolve","late","total","done","refused","removed": out of the incident
-- before it came to them,"done_at","left":[{"ticket","why"}]}; left: whom it
-- could not reach, fifty at most.
CREATE OR REPLACE FUNCTION desk.incident_answer_json(a desk.incident_answer)
RETURNS jsonb
LANGUAGE plpgsql STABLE
AS $$
BEGIN
	RETURN jsonb_strip_nulls(jsonb_build_object('answer', a.id,
	    'at', desk.rfc3339(a.at), 'who', desk.caller_shown(a.caller),
	    'text', a.text, 'template', a.template,
	    'resolve', nullif(a.resolve, false), 'late', a.late,
	    'total', a.total, 'done', a.done, 'refused', a.refused,
	    'removed', nullif(a.removed, 0), 'done_at', desk.rfc3339(a.done_at),
	    'left', (SELECT jsonb_agg(jsonb_build_object('ticket', r.ticket,
		    'why', r.why) ORDER BY r.ticket)
		FROM (SELECT * FROM desk.incident_refused x
		    WHERE x.answer = a.id ORDER BY x.ticket LIMIT 50) r)));
END;
$$;

CREATE OR REPLACE FUNCTION desk.incident_json(i desk.incident)
RETURNS jsonb
LANGUAGE plpgsql STABLE
AS $$
BEGIN
	RETURN (SELECT jsonb_strip_nulls(jsonb_build_object('incident', i.id,
	    'subject', i.subject, 'text', nullif(i.text, ''),
	    'queue', q.name, 'title', q.title,
	    'state', CASE WHEN i.resolved_at IS NULL THEN 'open'
		ELSE 'resolved' END,
	    'cases', i.cases, 'opened_at', desk.rfc3339(i.opened_at),
	    'opened_by', i.opened_by,
	    'resolved_at', desk.rfc3339(i.resolved_at)))
	FROM desk.queue q WHERE q.id = i.queue);
END;
$$;

-- What TICKET.GET says of a case's incident; NULL: it has none.
CREATE OR REPLACE FUNCTION desk.incident_of(caller jsonb, of bigint)
RETURNS jsonb
LANGUAGE plpgsql STABLE
AS $$
BEGIN
	RETURN (SELECT desk.incident_json(i)
	    || jsonb_build_object('answered', c.answer IS NOT NULL)
	FROM desk.incident_case c JOIN desk.incident i ON i.id = c.incident
	WHERE c.ticket = of
	    AND i.queue <> ALL (desk.hidden_queues(caller)));
END;
$$;

-- Puts a case to an incident; both are locked.  NULL: it is there now, else
-- why not.
CREATE OR REPLACE FUNCTION desk.incident_take(caller jsonb, i desk.incident,
    of bigint)
RETURNS text
LANGUAGE plpgsql
AS $$
DECLARE
	t	desk.ticket;
	other	bigint;
BEGIN
	t := desk.ticket_lock(caller, jsonb_build_object('ticket', of));
	SELECT c.incident INTO other FROM desk.incident_case c
	WHERE c.ticket = of;
	IF other = i.id THEN
		RETURN NULL;
	ELSIF other IS NOT NULL THEN
		RETURN format('It is of incident %s already.', other);
	ELSIF t.kind IN ('consult', 'order') THEN
		RETURN 'It is no case of a customer.';
	END IF;
	PERFORM desk.must_be_active(t);
	UPDATE desk.incident x SET cases = x.cases + 1, place = x.place + 1
	WHERE x.id = i.id RETURNING * INTO i;
	INSERT INTO desk.incident_case (ticket, incident, place)
	VALUES (t.id, i.id, i.place);
	PERFORM desk.ticket_commit(caller, t, jsonb_build_object(
	    'kind', 'incident', 'notice', 'event', 'meta', jsonb_build_object(
		'what', 'add', 'incident', i.id)));
	RETURN NULL;
EXCEPTION WHEN SQLSTATE 'DK001' THEN
	RETURN SQLERRM;
END;
$$;

-- What one's own id stands for, as it was first said.
CREATE OR REPLACE FUNCTION desk.incident_digest(args jsonb)
RETURNS bytea
LANGUAGE sql IMMUTABLE
AS $$
	SELECT sha256(convert_to((args - 'once')::text, 'UTF8'))
$$;

-- INCIDENT.OPEN: by itself, or of a case, which is its first one, and whose
-- queue it has unless another is given.  Never the case's subject: that is one
-- customer's words, and an incident's is read in all its cases.
CREATE OR REPLACE FUNCTION desk.incident_open(caller jsonb, args jsonb)
RETURNS jsonb
LANGUAGE plpgsql
AS $$
DECLARE
	mine	CONSTANT text := concat_ws('/', caller->>'who',
		    nullif(args->>'once', ''));
	t	desk.ticket;
	q	desk.queue;
	i	desk.incident;
	why	text;
BEGIN
	IF args ? 'ticket' THEN
		t := desk.ticket_lock(caller, args);
	END IF;
	IF args ? 'queue' THEN
		q := desk.queue_named(args->>'queue', 'queue');
	ELSE
		SELECT * INTO q FROM desk.queue k WHERE k.id = t.queue;
	END IF;
	IF q.id IS NULL THEN
		PERFORM desk.refuse('INVALID',
		    'Say which queue''s it is, or of which case.', 'queue');
	ELSIF q.id = ANY (desk.hidden_queues(caller)) THEN
		PERFORM desk.refuse('DENIED',
		    'You may not see the cases of this queue.', 'queue');
	ELSIF coalesce(btrim(args->>'subject'), '') = '' THEN
		PERFORM desk.refuse('INVALID', 'Say what it is about, in '
		    'words that may be read in every case of it.', 'subject');
	END IF;
	PERFORM desk.queue_moves(t.queue, q);
	INSERT INTO desk.incident (subject, text, queue, opened_by, once,
	    digest)
	VALUES (args->>'subject', coalesce(args->>'text', ''), q.id,
	    desk.caller_shown(caller),
	    CASE WHEN coalesce(args->>'once', '') <> '' THEN mine END,
	    desk.incident_digest(args))
	ON CONFLICT (once) DO NOTHING
	RETURNING * INTO i;
	IF NOT FOUND THEN
		SELECT * INTO i FROM desk.incident x WHERE x.once = mine;
		IF i.digest <> desk.incident_digest(args) THEN
			PERFORM desk.refuse('CONFLICT',
			    'This id stands for another incident.', 'once');
		END IF;
		RETURN desk.incident_json(i);
	END IF;
	IF t.id IS NOT NULL THEN
		why := desk.incident_take(caller, i, t.id);
		IF why IS NOT NULL THEN
			PERFORM desk.refuse('CONFLICT', why, 'ticket');
		END IF;
		i.cases := 1;
	END IF;
	PERFORM desk.audit_put(caller, 'incident.open', i.id::text, 'done',
	    jsonb_build_object('queue', q.name));
	PERFORM desk.incident_tell(i.id, caller);
	RETURN desk.incident_json(i);
END;
$$;

-- Has something said or done to the cases at these places.  The daemons are
-- told when this is committed.
CREATE OR REPLACE FUNCTION desk.incident_order(caller jsonb, i desk.incident,
    a desk.incident_answer)
RETURNS desk.incident_answer
LANGUAGE plpgsql
AS $$
BEGIN
	INSERT INTO desk.incident_answer (incident, caller, text, template,
	    resolve, late, upto, reached, total, once, digest)
	SELECT i.id, jsonb_build_object('who', caller->'who',
		'agent', caller->'agent'),
	    a.text, a.template, a.resolve, a.late, i.place, a.reached,
	    (SELECT count(*) FROM desk.incident_case c
	    WHERE c.incident = i.id AND c.place > a.reached), a.once,
	    a.digest
	RETURNING * INTO a;
	IF a.total = 0 THEN
		UPDATE desk.incident_answer x SET done_at = now()
		WHERE x.id = a.id RETURNING * INTO a;
	END IF;
	PERFORM pg_notify('desk_due', 'incident');
	RETURN a;
END;
$$;

-- INCIDENT.ADD: answers {…the incident, "added":[ids],"refused":[{"ticket",
-- "why"}]}.  answer: those who come now get the last answer, too, but whether
-- they are done is for each to be seen.
CREATE OR REPLACE FUNCTION desk.incident_add(caller jsonb, args jsonb)
RETURNS jsonb
LANGUAGE plpgsql
AS $$
DECLARE
	ids	bigint[] := desk.list_named(args->>'tickets');
	i	desk.incident := desk.incident_lock(caller, args, false);
	was	CONSTANT desk.incident := i;
	a	desk.incident_answer;
	of	bigint;
	why	text;
	added	jsonb := '[]';
	refused	jsonb := '[]';
BEGIN
	IF (args->>'answer')::boolean THEN
		SELECT * INTO a FROM desk.incident_answer x
		WHERE x.incident = i.id AND x.late IS NULL
		    AND (x.text IS NOT NULL OR x.template IS NOT NULL)
		ORDER BY x.id DESC LIMIT 1;
		IF NOT FOUND THEN
			PERFORM desk.refuse('CONFLICT', 'Nothing was answered '
			    'to this incident''s cases yet.', 'answer');
		END IF;
	END IF;
	PERFORM FROM desk.ticket t WHERE t.id = ANY (ids)
	ORDER BY t.id FOR UPDATE;
	FOR of IN SELECT DISTINCT u FROM unnest(ids) u ORDER BY u LOOP
		why := desk.incident_take(caller, i, of);
		IF why IS NULL THEN
			added := added || to_jsonb(of);
		ELSE
			refused := refused || jsonb_build_object('ticket', of,
			    'why', why);
		END IF;
	END LOOP;
	SELECT * INTO i FROM desk.incident x WHERE x.id = i.id;
	IF i.place > was.place THEN
		IF a.id IS NOT NULL THEN
			a.late := a.id;
			a.reached := was.place;
			a.once := NULL;
			a.digest := NULL;
			a.resolve := false;
			PERFORM desk.incident_order(caller, i, a);
		END IF;
		PERFORM desk.incident_tell(i.id, caller);
	END IF;
	RETURN desk.incident_json(i) || jsonb_build_object('added', added,
	    'refused', refused);
END;
$$;

-- INCIDENT.REMOVE
CREATE OR REPLACE FUNCTION desk.incident_remove(caller jsonb, args jsonb)
RETURNS jsonb
LANGUAGE plpgsql
AS $$
DECLARE
	ids	bigint[] := desk.list_named(args->>'tickets');
	i	desk.incident := desk.incident_lock(caller, args, false);
	t	desk.ticket;
	removed	jsonb := '[]';
BEGIN
	FOR t IN SELECT k.* FROM desk.ticket k
	    WHERE k.id IN (SELECT c.ticket FROM desk.incident_case c
		WHERE c.ticket = ANY (ids) AND c.incident = i.id)
	    ORDER BY k.id FOR UPDATE LOOP
		CONTINUE WHEN NOT desk.may_see(caller, t);
		PERFORM desk.must_act(caller, t);
		DELETE FROM desk.incident_case c WHERE c.ticket = t.id;
		PERFORM desk.ticket_commit(caller, t, jsonb_build_object(
		    'kind', 'incident', 'notice', 'event',
		    'meta', jsonb_build_object('what', 'remove',
			'incident', i.id)));
		removed := removed || to_jsonb(t.id);
	END LOOP;
	IF removed <> '[]' THEN
		UPDATE desk.incident x
		SET cases = x.cases - jsonb_array_length(removed)
		WHERE x.id = i.id RETURNING * INTO i;
		PERFORM desk.incident_tell(i.id, caller);
	END IF;
	RETURN desk.incident_json(i) || jsonb_build_object('removed', removed);
END;
$$;

-- The answer that this caller's own id stood for; NULL: none.
CREATE OR REPLACE FUNCTION desk.incident_said(caller jsonb, args jsonb,
    i desk.incident)
RETURNS desk.incident_answer
LANGUAGE sql STABLE
AS $$
	SELECT a FROM desk.incident_answer a
	WHERE a.incident = (i).id AND coalesce(args->>'once', '') <> ''
	    AND a.once = concat_ws('/', caller->>'who', args->>'once')
$$;

-- INCIDENT.REPLY: to every case of the incident, each customer once, in his
-- own case's channel and thread.  resolve: and they are done, the incident too.
CREATE OR REPLACE FUNCTION desk.incident_reply(caller jsonb, args jsonb)
RETURNS jsonb
LANGUAGE plpgsql
AS $$
DECLARE
	i	desk.incident := desk.incident_lock(caller, args, true);
	a	desk.incident_answer := desk.incident_said(caller, args, i);
BEGIN
	IF a.digest <> desk.incident_digest(args) THEN
		PERFORM desk.refuse('CONFLICT',
		    'This id stands for another answer.', 'once');
	ELSIF a.id IS NOT NULL THEN
		RETURN desk.incident_json(i) || jsonb_build_object('answer',
		    desk.incident_answer_json(a));
	ELSIF args ? 'text' = args ? 'template' THEN
		PERFORM desk.refuse('INVALID',
		    'Give the words, or the name of a template.', 'text');
	ELSIF args ? 'text' THEN
		PERFORM desk.must_say(args);
	ELSIF NOT EXISTS (SELECT FROM desk.template p
	    WHERE p.name = args->>'template') THEN
		PERFORM desk.refuse('NOTFOUND', 'There is no such template.',
		    'template');
	END IF;
	IF i.resolved_at IS NOT NULL THEN
		PERFORM desk.refuse('CONFLICT',
		    'This incident is resolved: reopen it first.', 'incident');
	ELSIF i.cases = 0 THEN
		PERFORM desk.refuse('CONFLICT', 'This incident has no cases.',
		    'incident');
	END IF;
	a.text := args->>'text';
	a.template := args->>'template';
	a.resolve := coalesce((args->>'resolve')::boolean, false);
	a.reached := 0;
	a.once := CASE WHEN coalesce(args->>'once', '') <> ''
	    THEN concat_ws('/', caller->>'who', args->>'once') END;
	a.digest := desk.incident_digest(args);
	a := desk.incident_order(caller, i, a);
	IF a.resolve THEN
		UPDATE desk.incident x SET resolved_at = now()
		WHERE x.id = i.id RETURNING * INTO i;
	END IF;
	PERFORM desk.audit_put(caller, 'incident.reply', i.id::text, 'done',
	    jsonb_build_object('cases', a.total, 'resolve', a.resolve));
	PERFORM desk.incident_tell(i.id, caller);
	RETURN desk.incident_json(i) || jsonb_build_object('answer',
	    desk.incident_answer_json(a));
END;
$$;

-- INCIDENT.RESOLVE: the cause is gone; cases: its cases are done as well,
-- without a word, also when only the cause was said to be gone before.
CREATE OR REPLACE FUNCTION desk.incident_resolve(caller jsonb, args jsonb)
RETURNS jsonb
LANGUAGE plpgsql
AS $$
DECLARE
	i	desk.incident := desk.incident_lock(caller, args, true);
	was	CONSTANT desk.incident := i;
	cases	boolean := coalesce((args->>'cases')::boolean, false);
	a	desk.incident_answer;
BEGIN
	IF was.resolved_at IS NOT NULL THEN
		-- Not what is ordered already, and not where nothing is left.
		cases := cases AND NOT EXISTS (SELECT FROM desk.incident_answer o
			WHERE o.incident = i.id AND o.done_at IS NULL
			    AND o.resolve AND o.upto = i.place)
		    AND EXISTS (SELECT FROM desk.incident_case c
			JOIN desk.ticket t ON t.id = c.ticket
			WHERE c.incident = i.id
			    AND t.state NOT IN ('resolved', 'closed'));
		IF NOT cases THEN
			RETURN desk.incident_json(i);
		END IF;
	END IF;
	UPDATE desk.incident x SET resolved_at = coalesce(x.resolved_at, now())
	WHERE x.id = i.id RETURNING * INTO i;
	IF cases THEN
		a.resolve := true;
		a.reached := 0;
		PERFORM desk.incident_order(caller, i, a);
	END IF;
	PERFORM desk.audit_put(caller, 'incident.resolve', i.id::text, 'done',
	    jsonb_build_object('cases', cases));
	PERFORM desk.incident_tell(i.id, caller);
	RETURN desk.incident_json(i);
END;
$$;

-- INCIDENT.REOPEN: its cases stay as they are.
CREATE OR REPLACE FUNCTION desk.incident_reopen(caller jsonb, args jsonb)
RETURNS jsonb
LANGUAGE plpgsql
AS $$
DECLARE
	i	desk.incident := desk.incident_lock(caller, args, true);
BEGIN
	IF i.resolved_at IS NOT NULL THEN
		UPDATE desk.incident x SET resolved_at = NULL
		WHERE x.id = i.id RETURNING * INTO i;
		PERFORM desk.incident_tell(i.id, caller);
	END IF;
	RETURN desk.incident_json(i);
END;
$$;

-- INCIDENT.LIST: the newest first, "before" for the next page.
CREATE OR REPLACE FUNCTION desk.incident_list(caller jsonb, args jsonb)
RETURNS jsonb
LANGUAGE plpgsql STABLE
AS $$
DECLARE
	n	CONSTANT int := desk.page_rows(args, 50, 200);
	which	CONSTANT text := coalesce(args->>'state', 'open');
	upto	CONSTANT bigint := coalesce((args->>'before')::bigint,
		    9223372036854775807);
	hidden	CONSTANT int[] := desk.hidden_queues(caller);
	rows	jsonb;
BEGIN
	SELECT jsonb_agg(desk.incident_json(i) ORDER BY i.id DESC) INTO rows
	FROM (
	    (SELECT x.* FROM desk.incident x
	    WHERE which = 'open' AND x.resolved_at IS NULL AND x.id < upto
		AND x.queue <> ALL (hidden)
	    ORDER BY x.id DESC LIMIT n + 1)
	    UNION ALL
	    (SELECT x.* FROM desk.incident x
	    WHERE which <> 'open' AND x.id < upto AND x.queue <> ALL (hidden)
		AND (which = 'all' OR x.resolved_at IS NOT NULL)
	    ORDER BY x.id DESC LIMIT n + 1)) i;
	RETURN jsonb_strip_nulls(jsonb_build_object(
	    'incidents', coalesce(rows - n, '[]'),
	    'before', CASE WHEN jsonb_array_length(rows) > n
		THEN rows->(n - 1)->'incident' END));
END;
$$;

-- INCIDENT.GET: {"incident":{…},"answers":[…the newest 20],"cases":[rows as
-- TICKET.LIST has them],"after": for the next page,"hidden": cases of this
-- page that the caller may not see}.
CREATE OR REPLACE FUNCTION desk.incident_get(caller jsonb, args jsonb)
RETURNS jsonb
LANGUAGE plpgsql STABLE
AS $$
DECLARE
	i	desk.incident := desk.incident_seen(caller, args);
	n	CONSTANT int := desk.page_rows(args, 50, 200);
	page	desk.incident_case[];
	ids	bigint[];
BEGIN
	page := ARRAY(SELECT c FROM desk.incident_case c
	    WHERE c.incident = i.id
		AND c.place > coalesce((args->>'after')::bigint, 0)
	    ORDER BY c.place LIMIT n + 1);
	ids := ARRAY(SELECT t.id FROM unnest(page[:n]) p
	    JOIN desk.ticket t ON t.id = p.ticket
	    WHERE desk.may_see(caller, t) ORDER BY p.place);
	RETURN jsonb_strip_nulls(jsonb_build_object(
	    'incident', desk.incident_json(i),
	    'answers', (SELECT jsonb_agg(desk.incident_answer_json(a)
		    ORDER BY a.id DESC)
		FROM (SELECT * FROM desk.incident_answer x
		    WHERE x.incident = i.id ORDER BY x.id DESC LIMIT 20) a),
	    'cases', (SELECT coalesce(jsonb_agg(r.one || jsonb_build_object(
		    'answered', p.answer IS NOT NULL) ORDER BY p.place), '[]')
		FROM jsonb_array_elements(desk.ticket_rows(caller, ids))
		    r(one)
		JOIN unnest(page) p ON p.ticket = (r.one->>'ticket')::bigint),
	    'hidden', nullif(least(cardinality(page), n) - cardinality(ids),
		0),
	    'after', CASE WHEN cardinality(page) > n
		THEN page[n].place END));
END;
$$;
