-- Everything that the desk keeps about one person, for him to read and to take
-- elsewhere (GDPR articles 15 and 20; Decree 13/2023/ND-CP articles 9 and 14).

-- An event with all that is kept of it, the digests of its bytes among it.
CREATE OR REPLACE FUNCTION desk.event_exported(e desk.event)
RETURNS jsonb
LANGUAGE plpgsql STABLE
AS $$
BEGIN
	RETURN (SELECT desk.event_json(e) || jsonb_strip_nulls(jsonb_build_object(
	    'own', (e).own, 'facts', (e).facts, 'id', (e).external_id,
	    'filed_at', desk.rfc3339((e).filed_at),
	    'raw', encode((e).raw, 'hex'),
	    'sent_to', (SELECT nullif(o.address, '') FROM desk.outbound o
		WHERE o.event = (e).id),
	    'attachments', (SELECT jsonb_agg(jsonb_build_object(
		    'place', f.place, 'name', f.name, 'type', f.media_type,
		    'size', f.size, 'sha256', encode(f.sha256, 'hex'))
		    ORDER BY f.place)
		FROM desk.attachment f WHERE f.event = (e).id))));
END;
$$;

-- Events of these ids that fit into a page: a mebibyte of texts, one at least.
CREATE OR REPLACE FUNCTION desk.events_exported(ids bigint[])
RETURNS jsonb
LANGUAGE plpgsql STABLE
AS $$
BEGIN
	RETURN (SELECT coalesce(jsonb_agg(desk.event_exported(e) ORDER BY e.id)
	    FILTER (WHERE p.fits), '[]')
	FROM (SELECT l.id, l.filed_at, row_number() OVER w = 1
		OR sum(l.bytes) OVER w <= 1048576 AS fits
	    FROM (SELECT v.id, v.filed_at, coalesce(octet_length(v.text), 0)
		    + coalesce(octet_length(v.html), 0)
		    + coalesce(octet_length(v.own), 0) AS bytes
		FROM desk.event v WHERE v.id = ANY (ids)) l
	    WINDOW w AS (ORDER BY l.id)) p
	JOIN desk.event e ON e.id = p.id AND e.filed_at = p.filed_at);
END;
$$;

-- What is known of the person himself.
CREATE OR REPLACE FUNCTION desk.person_exported(whom bigint)
RETURNS jsonb
LANGUAGE plpgsql STABLE
AS $$
BEGIN
	RETURN (SELECT desk.customer_json(whom) || jsonb_build_object(
	    'contacts', (SELECT coalesce(jsonb_agg(jsonb_build_object(
		    'kind', k.kind, 'address', k.address,
		    'original', k.original, 'flags', to_jsonb(k.flags),
		    'since', desk.rfc3339(k.created_at)) ORDER BY k.id), '[]')
		FROM desk.contact k WHERE k.customer = whom),
	    'conversations', (SELECT coalesce(jsonb_agg(jsonb_build_object(
		    'conversation', v.id, 'page', v.page, 'lang', v.lang,
		    'user', v.user_id, 'email', v.email,
		    'opened_at', desk.rfc3339(v.opened_at))
		    ORDER BY v.opened_at), '[]')
		FROM desk.contact k JOIN desk.conversation v
		    ON v.contact = k.id
		WHERE k.customer = whom),
	    'orders', (SELECT coalesce(jsonb_agg(desk.order_json(o)
		    ORDER BY o.order_no), '[]')
		FROM desk.customer_order o WHERE o.customer = whom),
	    'promises', (SELECT coalesce(jsonb_agg(desk.promise_json(p)
		    ORDER BY p.id), '[]')
		FROM desk.promise p WHERE p.customer = whom),
	    'surveys', (SELECT coalesce(jsonb_agg(desk.response_json(r)
		    ORDER BY r.id), '[]')
		FROM desk.response r WHERE r.customer = whom),
	    'journey', desk.journey_exported(whom),
	    'former', (SELECT coalesce(jsonb_agg(w.id ORDER BY w.id), '[]')
		FROM desk.customer_was w WHERE w.now = whom),
	    'maybe_also', (SELECT coalesce(jsonb_agg(jsonb_build_object(
		    'why', p.why, 'at', desk.rfc3339(p.at))), '[]')
		FROM desk.same_person p
		WHERE whom IN (p.one, p.other) AND p.dismissed_at IS NULL))
	    || desk.feedback_exported(whom));
END;
$$;

-- CUSTOMER.EXPORT, a page at a time: the person first, then his tickets, his
-- events, what he wrote in others' cases ("joined"), and who of us looked at
-- or changed his record ("audit").  after: what to ask for next; without it
-- this was all.  The bytes come by ATTACHMENT.GET and EVENT.RAW.
CREATE OR REPLACE FUNCTION desk.customer_export(caller jsonb, args jsonb)
RETURNS jsonb
LANGUAGE plpgsql
SET enable_seqscan = off
AS $$
DECLARE
	whom	bigint := (args->>'customer')::bigint;
	bits	text[] := regexp_match(args->>'after',
		    '^(tickets|events|joined|audit)-(\d{1,18})$');
	since	bigint := bits[2]::bigint;
	part	text := bits[1];
	next	text;
	mine	bigint[];
	rows	jsonb;
	last	bigint;
BEGIN
	PERFORM desk.must_be(caller, 'admin');
	PERFORM desk.customer_known(args);
	whom := desk.customer_now(whom);
	IF args ? 'after' AND bits IS NULL THEN
		PERFORM desk.refuse('INVALID',
		    'This is no cursor that a page gave.', 'after');
	ELSIF bits IS NULL THEN
		PERFORM desk.audit_put(caller, 'customer.export', whom::text,
		    'done');
		RETURN jsonb_build_object('customer',
		    desk.person_exported(whom), 'after', 'tickets-0');
	END IF;

	IF part = 'tickets' THEN
		rows := desk.tickets_exported(whom, since);
		last := (rows->-1->>'ticket')::bigint;
		next := 'events-0';
	ELSIF part = 'events' THEN
		rows := desk.events_exported(ARRAY(SELECT e.id
		    FROM desk.event e WHERE e.customer = whom AND e.id > since
			AND e.kind <> 'consult' AND NOT EXISTS (
			    SELECT FROM desk.consult k WHERE k.ticket = e.ticket)
		    ORDER BY e.id LIMIT 200));
		last := (rows->-1->>'event')::bigint;
		next := 'joined-0';
	ELSIF part = 'joined' THEN
		mine := ARRAY(SELECT c.id FROM desk.contact c
		    WHERE c.customer = whom);
		rows := desk.events_exported(ARRAY(SELECT e.id
		    FROM (SELECT * FROM desk.event v
			WHERE v.ticket = ANY (ARRAY(
			    SELECT j.ticket FROM desk.joined_by(mine) j(ticket)))
			OFFSET 0) e
		    WHERE e.contact = ANY (mine) AND e.customer <> whom
			AND e.id > since
		    ORDER BY e.id LIMIT 200));
		last := (rows->-1->>'event')::bigint;
		next := 'audit-0';
	ELSE
		SELECT jsonb_agg(jsonb_strip_nulls(jsonb_build_object(
		    'audit', a.id, 'at', desk.rfc3339(a.at), 'who', a.who,
		    'role', a.role, 'action', a.action,
		    'outcome', a.outcome, 'detail', a.detail)) ORDER BY a.id)
		INTO rows
		-- OFFSET 0: his first, then in order; not all of the audit in
		-- its order until 500 are his.
		FROM (SELECT * FROM (SELECT * FROM desk.audit y
			WHERE y.object = whom::text
			    AND y.action LIKE 'customer.%' OFFSET 0) x
		    WHERE x.id > since
		    ORDER BY x.id LIMIT 500) a;
		last := (rows->-1->>'audit')::bigint;
	END IF;
	RETURN jsonb_strip_nulls(jsonb_build_object(
	    part, coalesce(rows, '[]'), 'after',
	    CASE WHEN last IS NULL THEN next ELSE part || '-' || last END));
END;
$$;

CREATE OR REPLACE FUNCTION desk.tickets_exported(whom bigint,
    since bigint)
RETURNS jsonb
LANGUAGE plpgsql STABLE
AS $$
BEGIN
	RETURN (SELECT coalesce(jsonb_agg(desk.ticket_json(t, q.name, a.display, NULL)
	    ORDER BY t.id), '[]')
	FROM (SELECT * FROM desk.ticket k
	    WHERE k.customer = whom AND k.id > since
		AND k.kind <> 'consult'
	    ORDER BY k.id LIMIT 200) t
	JOIN desk.queue q ON q.id = t.queue
	LEFT JOIN desk.agent a ON a.id = t.assignee);
END;
$$;
