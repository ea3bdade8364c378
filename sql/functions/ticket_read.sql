-- Tickets as they are shown: one with its history.

-- A ticket's row as answers show it.  The caller has joined the names, so
-- that a page of them costs no look-up a row; who has none is told by an
-- address that people read.
CREATE OR REPLACE FUNCTION desk.ticket_json(t desk.ticket, queue text,
    assignee text, customer_name text)
RETURNS jsonb
LANGUAGE sql STABLE
AS $$
	SELECT jsonb_strip_nulls(jsonb_build_object(
	    'ticket', (t).id, 'number', (t).number,
	    'customer', (t).customer, 'customer_name', customer_name,
	    'contact', CASE WHEN customer_name IS NULL THEN (
		SELECT c.address FROM desk.contact c
		WHERE c.customer = (t).customer
		    AND c.kind IN ('phone', 'email')
		ORDER BY c.id LIMIT 1) END,
	    'queue', queue, 'state', (t).state, 'kind', (t).kind,
	    'channel', (t).channel, 'priority', (t).priority,
	    'assignee', assignee, 'skills', to_jsonb((t).skills),
	    'tags', to_jsonb((t).tags),
	    'marks', CASE WHEN (t).marks <> '{}' THEN to_jsonb((t).marks) END,
	    'related', (t).related,
	    'parent', CASE WHEN (t).kind = 'consult' THEN (
		SELECT k.parent FROM desk.consult k
		WHERE k.ticket = (t).id) END,
	    'conversation', (t).conversation, 'order', (t).order_no,
	    'lang', (t).lang, 'subject', (t).subject,
	    'preview', (t).preview, 'mood', (t).mood,
	    'opened_at', desk.rfc3339((t).opened_at),
	    'touched_at', desk.rfc3339((t).touched_at),
	    'due_at', desk.rfc3339((t).due_at),
	    'first_answer_at', desk.rfc3339((t).first_answer_at),
	    'resolved_at', desk.rfc3339((t).resolved_at),
	    'transfers', (t).transfers, 'reopens', (t).reopens,
	    'version', (t).version))
$$;

-- An event as the history shows it.  own is what the person wrote, where that
-- is not all of the text; auth what DMARC said of the sender; delivery how a
-- message of ours fares.
CREATE OR REPLACE FUNCTION desk.event_json(e desk.event)
RETURNS jsonb
LANGUAGE sql STABLE
AS $$
	SELECT jsonb_strip_nulls(jsonb_build_object(
	    'event', (e).id, 'at', desk.rfc3339((e).at),
	    'ticket', (e).ticket, 'kind', (e).kind, 'channel', (e).channel,
	    'direction', (e).direction, 'who', (e).who,
	    'agent', (SELECT a.name FROM desk.agent a WHERE a.id = (e).agent),
	    'from', (SELECT c.address FROM desk.contact c
		WHERE c.id = (e).contact),
	    'subject', (e).subject, 'own', (e).own, 'text', (e).text,
	    'html', (e).html, 'auth', (e).meta->'auth',
	    'facts', nullif((e).facts - 'mood', '{}'),
	    'mood', CASE WHEN (e).direction = 'in' AND (e).kind = 'message'
		THEN desk.mood_json(e) END,
	    'themes', CASE WHEN (e).direction = 'in' AND (e).kind = 'message'
		THEN nullif(desk.event_themes((e).id), '[]') END,
	    'meta', (e).meta, 'why', (e).why, 'rule', (e).meta->'rule',
	    'delivery', CASE WHEN (e).direction = 'out'
		THEN desk.delivery_of((e).id) END,
	    'raw', CASE WHEN (e).raw IS NOT NULL THEN true END,
	    'attachments', (SELECT jsonb_agg(jsonb_build_object(
		    'place', f.place, 'name', f.name, 'type', f.media_type,
		    'size', f.size, 'cid', f.cid) ORDER BY f.place)
		FROM desk.attachment f WHERE f.event = (e).id)))
$$;

-- The cases that this one is linked to, as far as the caller may see them: what
-- it follows up or pointed at ("to"), and what pointed at it ("from", the
-- newest fifty).  why: how the later of the two came to be one of its own.
CREATE OR REPLACE FUNCTION desk.related_json(caller jsonb, t desk.ticket)
RETURNS jsonb
LANGUAGE sql STABLE
AS $$
	SELECT jsonb_agg(jsonb_strip_nulls(jsonb_build_object(
	    'ticket', o.id, 'number', o.number, 'way', l.way,
	    'state', o.state, 'subject', o.subject,
	    'queue', (SELECT q.name FROM desk.queue q WHERE q.id = o.queue),
	    'opened_at', desk.rfc3339(o.opened_at),
	    'why', (SELECT e.why->>'threaded' FROM desk.event e
		WHERE e.ticket = greatest(o.id, (t).id)
		ORDER BY e.id LIMIT 1))) ORDER BY o.id)
	FROM (SELECT (t).related AS id, 'to' AS way
	    UNION ALL
	    (SELECT r.id, 'from' FROM desk.ticket r
	    WHERE r.related = (t).id
	    ORDER BY r.id DESC LIMIT 50)) l
	JOIN desk.ticket o ON o.id = l.id
	WHERE desk.may_see(caller, o)
$$;

-- Who may write into this case beside its customer: [{"kind","address",
-- "how":"participant|cc","proved","customer","name"}], the last two of those
-- who are known.
CREATE OR REPLACE FUNCTION desk.participants_json(of bigint)
RETURNS jsonb
LANGUAGE sql STABLE
AS $$
	SELECT jsonb_agg(jsonb_strip_nulls(jsonb_build_object(
	    'kind', p.kind, 'address', p.address, 'how', p.how,
	    'proved', p.proved, 'customer', u.id, 'name', u.name))
	    ORDER BY p.how, p.address)
	FROM (SELECT c.kind, c.address, 'participant' AS how,
		NULL::boolean AS proved, c.customer
	    FROM desk.participant x JOIN desk.contact c ON c.id = x.contact
	    WHERE x.ticket = of
	    UNION ALL
	    SELECT 'email', x.address, 'cc', x.proved, c.customer
	    FROM desk.copied x
	    LEFT JOIN desk.contact c ON c.kind = 'email'
		AND c.address = x.address
	    WHERE x.ticket = of) p
	LEFT JOIN desk.customer u ON u.id = p.customer
$$;

-- EVENT.HTML: {"event","html","cids":{cid: place}}: which attachments the HTML
-- shows as pictures of its own.
CREATE OR REPLACE FUNCTION desk.event_html(caller jsonb, args jsonb)
RETURNS jsonb
LANGUAGE plpgsql STABLE
AS $$
DECLARE
	e	desk.event := desk.event_seen(caller, args);
BEGIN
	IF e.html IS NULL THEN
		PERFORM desk.refuse('NOTFOUND', 'This event has no HTML.',
		    'event');
	END IF;
	RETURN jsonb_build_object('event', e.id, 'html', e.html,
	    'cids', (SELECT coalesce(jsonb_object_agg(a.cid, a.place), '{}')
		FROM desk.attachment a
		WHERE a.event = e.id AND a.cid IS NOT NULL));
END;
$$;

-- A page of a case's history: {"events":[…],"more":bool}, the oldest event
-- first, n at most; from its beginning, after an event, or, with before, the
-- newest ones that come before an event (0: before the end).  It also ends
-- where its texts come to a mebibyte: a customer's mails may be long, an answer
-- may not.  html false: what has HTML only says so (has_html).
CREATE OR REPLACE FUNCTION desk.events_page(of bigint, args jsonb, n int)
RETURNS jsonb
LANGUAGE plpgsql STABLE
AS $$
DECLARE
	back	boolean := args ? 'before';
	light	boolean := (args->>'html')::boolean IS FALSE;
	low	bigint := coalesce((args->>'after')::bigint, 0);
	high	bigint := coalesce(nullif((args->>'before')::bigint, 0),
		    9223372036854775807);
BEGIN
	RETURN (SELECT jsonb_build_object('events', coalesce(jsonb_agg(
		CASE WHEN light AND e.html IS NOT NULL
		    THEN desk.event_json(e) - 'html' || '{"has_html":true}'
		    ELSE desk.event_json(e) END ORDER BY e.id)
		    FILTER (WHERE p.fits), '[]'),
		'more', coalesce(NOT bool_and(p.fits), false))
	    FROM (SELECT l.id, l.filed_at, row_number() OVER w = 1
		    OR row_number() OVER w <= n
			AND sum(l.bytes) OVER w <= 1048576 AS fits
		FROM (SELECT v.id, v.filed_at, CASE WHEN back THEN -v.id
			ELSE v.id END AS place,
			coalesce(octet_length(v.text), 0)
			+ coalesce(octet_length(v.own), 0) + CASE WHEN light
			THEN 0 ELSE coalesce(octet_length(v.html), 0) END
			AS bytes
		    FROM (
			(SELECT x.* FROM desk.event x
			WHERE back AND x.ticket = of AND x.id < high
			    AND x.id > low
			ORDER BY x.id DESC LIMIT n + 1)
			UNION ALL
			(SELECT x.* FROM desk.event x
			WHERE NOT back AND x.ticket = of AND x.id > low
			ORDER BY x.id LIMIT n + 1)) v) l
		WINDOW w AS (ORDER BY l.place)) p
	    JOIN desk.event e ON e.id = p.id AND e.filed_at = p.filed_at);
END;
$$;

-- Where an answer would go just now: {"channel","address","cc":[…]}; NULL: there
-- is no way.  cc: who gets a copy of a mail when nobody else is named.
CREATE OR REPLACE FUNCTION desk.answers_json(t desk.ticket)
RETURNS jsonb
LANGUAGE plpgsql STABLE
AS $$
DECLARE
	whither	record := desk.answer_to(t);
BEGIN
	IF t.kind = 'consult' THEN
		RETURN NULL;
	END IF;
	RETURN CASE WHEN whither.address IS NOT NULL THEN
	    jsonb_strip_nulls(jsonb_build_object('channel', whither.channel,
		'address', whither.address,
		'cc', CASE WHEN whither.channel = 'mail' THEN to_jsonb(
		    desk.copies_to(t, NULL, whither.address)) END)) END;
END;
$$;

-- TICKET.GET: {"ticket":{…},"customer":{…},"related":[…],"participants":[…],
-- "answers":{…},"events":[…],"after" or "before":event, "draft":{"reply","note"},
-- "writing":{…},"unread_after":event,"consults":[…],"parent":{…}}, the oldest
-- event first; after, before: there is more that way.  draft is the caller's
-- own, unread_after how far he has read; consults what other departments were
-- asked, parent what this is asked for (consult_read.sql); "incident" the one
-- that it is a case of, "merged" the case that it became a part of; "spent" and
-- "transfers" how long each department had it, and from where to where it was
-- handed (spent.sql); "watchers" who watches it (watch.sql); "promises" what
-- was promised to the customer (promises_read.sql); "surveys" what was asked
-- about it, the newest first (survey_list.sql).
CREATE OR REPLACE FUNCTION desk.ticket_get(caller jsonb, args jsonb)
RETURNS jsonb
LANGUAGE plpgsql STABLE
AS $$
DECLARE
	n	int := desk.page_rows(args, 200, 500);
	t	desk.ticket;
	me	int := (caller->>'agent')::int;
	shown	jsonb;
	page	jsonb;
BEGIN
	SELECT * INTO t FROM desk.ticket k
	WHERE k.id = (args->>'ticket')::bigint;
	IF NOT FOUND OR NOT desk.may_see(caller, t) THEN
		PERFORM desk.refuse('NOTFOUND', 'There is no such ticket.',
		    'ticket');
	END IF;
	SELECT desk.ticket_json(t, q.name,
		(SELECT a.name FROM desk.agent a WHERE a.id = t.assignee),
		c.name)
	INTO shown
	FROM desk.queue q, desk.customer c
	WHERE q.id = t.queue AND c.id = t.customer;

	page := desk.events_page(t.id, args, n);
	IF t.state = 'pending' THEN
		shown := shown || jsonb_strip_nulls(jsonb_build_object(
		    'wakes_at', (SELECT desk.rfc3339(s.until)
			FROM desk.snooze s WHERE s.ticket = t.id)));
	END IF;
	IF t.conversation IS NOT NULL THEN
		shown := shown || jsonb_build_object('chat',
		    desk.chat_state(t.conversation));
	END IF;

	RETURN jsonb_strip_nulls(jsonb_build_object('ticket', shown,
	    'customer', desk.customer_json(t.customer),
	    'related', desk.related_json(caller, t),
	    'participants', desk.participants_json(t.id),
	    'answers', desk.answers_json(t),
	    'calls', desk.ticket_calls(t.id),
	    'events', page->'events',
	    'after', CASE WHEN (page->>'more')::boolean AND NOT args ? 'before'
		THEN page->'events'->-1->'event' END,
	    'before', CASE WHEN (page->>'more')::boolean AND args ? 'before'
		THEN page->'events'->0->'event' END,
	    'clocks', desk.clocks_brief(t),
	    'promises', desk.promises_of(caller, t.customer),
	    'cause', (SELECT k.cause FROM desk.ticket_cause k
		WHERE k.ticket = t.id),
	    'draft', desk.drafts_of(t.id, me),
	    'writing', desk.writing_json(t.id),
	    'consults', desk.consults_json(t.id),
	    'parent', desk.parent_json(caller, t),
	    'incident', desk.incident_of(caller, t.id),
	    'merged', (SELECT m.into_ticket FROM desk.merged m
		WHERE m.ticket = t.id),
	    'spent', desk.spent_json(t),
	    'transfers', desk.handed_json(t.id),
	    'surveys', desk.surveys_of(t.id),
	    'watchers', desk.watchers_json(t),
	    'unread_after', (SELECT r.upto FROM desk.ticket_read r
		WHERE r.ticket = t.id AND r.agent = me)));
END;
$$;
