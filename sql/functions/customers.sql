-- Who writes and calls: a customer with all his addresses, and what happened
-- with him on every channel.

-- A customer with his contacts, a hundred at most; NULL when there is none.
CREATE OR REPLACE FUNCTION desk.customer_json(wanted bigint)
RETURNS jsonb
LANGUAGE sql STABLE
AS $$
	SELECT jsonb_strip_nulls(jsonb_build_object(
	    'customer', c.id, 'name', c.name, 'segment', c.segment,
	    'segments', (SELECT jsonb_agg(m.segment ORDER BY s.place)
		FROM desk.segment_member m
		JOIN desk.segment s ON s.name = m.segment
		WHERE m.customer = c.id),
	    'segment_fixed', CASE WHEN c.segment_fixed
		AND EXISTS (SELECT FROM desk.segment) THEN true END,
	    'created_at', desk.rfc3339(c.created_at),
	    'erased_at', desk.rfc3339(c.erased_at),
	    'no_surveys_at', desk.rfc3339(c.no_surveys_at),
	    'no_followups_at', desk.rfc3339(c.no_followups_at),
	    'contacts', (SELECT coalesce(jsonb_agg(jsonb_build_object(
		    'kind', k.kind, 'address', k.address,
		    'original', k.original, 'flags', to_jsonb(k.flags),
		    'returned', CASE WHEN k.kind = 'email'
			THEN desk.address_wrong(k.address) END)
		    ORDER BY k.id), '[]')
		FROM (SELECT * FROM desk.contact o WHERE o.customer = c.id
		    ORDER BY o.id LIMIT 100) k),
	    'orders', desk.orders_of(c.id)))
	FROM desk.customer c
	WHERE c.id = wanted
$$;

-- The customer that args names, or whom he was merged into ("merged_into"), or
-- the refusal.
CREATE OR REPLACE FUNCTION desk.customer_known(args jsonb)
RETURNS jsonb
LANGUAGE plpgsql STABLE
AS $$
DECLARE
	whose	bigint := desk.customer_now((args->>'customer')::bigint);
	c	jsonb := desk.customer_json(whose);
BEGIN
	IF whose <> (args->>'customer')::bigint THEN
		c := c || jsonb_build_object('merged_into', whose);
	END IF;
	IF c IS NULL THEN
		PERFORM desk.refuse('NOTFOUND', 'There is no such customer.',
		    'customer');
	END IF;
	RETURN c;
END;
$$;

-- The newest n cases of a customer that are done, of those that the caller may
-- see.
CREATE OR REPLACE FUNCTION desk.customer_past(caller jsonb, whose bigint,
    n int)
RETURNS jsonb
LANGUAGE plpgsql STABLE
AS $$
BEGIN
	RETURN (SELECT coalesce(jsonb_agg(p.row ORDER BY p.id DESC), '[]')
	    FROM (SELECT r.row, (r.row->>'ticket')::bigint AS id
		FROM unnest(ARRAY['resolved', 'closed']) s (state),
		    jsonb_array_elements(desk.ticket_list(caller,
			jsonb_build_object('customer', whose,
			    'state', s.state, 'limit', n))->'tickets') r (row)
		ORDER BY 2 DESC LIMIT n) p);
END;
$$;

-- His newest score of each kind, of those in queues that the caller may see:
-- {"nps":{"score","class","at","survey","n"},…}; n: how often he answered one.
-- NULL: never.
CREATE OR REPLACE FUNCTION desk.scores_of(caller jsonb, whose bigint)
RETURNS jsonb
LANGUAGE plpgsql STABLE
SET enable_seqscan = off
AS $$
DECLARE
	hidden	int[] := desk.hidden_queues(caller);
BEGIN
	RETURN (WITH his AS MATERIALIZED (
	    SELECT r.* FROM (SELECT * FROM desk.response q
		WHERE q.customer = whose ORDER BY q.id DESC LIMIT 200) r
	    WHERE r.kind IN ('nps', 'csat', 'ces') AND r.score IS NOT NULL
		AND r.queue <> ALL (hidden)
	), last AS (
	    SELECT DISTINCT ON (h.kind) h.*, count(*) OVER (
		PARTITION BY h.kind) AS n
	    FROM his h ORDER BY h.kind, h.at DESC, h.id DESC
	)
	SELECT jsonb_object_agg(l.kind, jsonb_strip_nulls(jsonb_build_object(
	    'score', l.score, 'class', l.class, 'at', desk.rfc3339(l.at),
	    'survey', (SELECT s.name FROM desk.survey s WHERE s.id = l.survey),
	    'n', l.n)))
	FROM last l);
END;
$$;

-- CUSTOMER.GET: the customer, the active tickets that the caller may see
-- ("tickets", as TICKET.LIST has them), the newest twenty that are done
-- ("past"), who else may be the same person, and whom he was merged with
-- ("merged").
CREATE OR REPLACE FUNCTION desk.customer_get(caller jsonb, args jsonb)
RETURNS jsonb
LANGUAGE plpgsql STABLE
AS $$
DECLARE
	c	jsonb := desk.customer_known(args);
	whose	bigint := (c->>'customer')::bigint;
BEGIN
	RETURN c || desk.ticket_list(caller, jsonb_build_object(
		'customer', whose, 'limit', 100))
	    || jsonb_strip_nulls(jsonb_build_object('promises',
		desk.promises_of(caller, whose),
		'scores', desk.scores_of(caller, whose),
		'referral', desk.referral_of(whose)))
	    || jsonb_build_object('past',
		desk.customer_past(caller, whose, 20), 'same', (
		SELECT coalesce(jsonb_agg(jsonb_build_object(
		    'customer', o.id, 'name', o.name, 'why', s.why,
		    'contact', (SELECT k.address FROM desk.contact k
			WHERE k.customer = o.id ORDER BY k.id LIMIT 1))
		    ORDER BY o.id), '[]')
		FROM (SELECT p.other AS id, p.why FROM desk.same_person p
		    WHERE p.one = whose AND p.dismissed_at IS NULL
		    UNION ALL
		    SELECT p.one, p.why FROM desk.same_person p
		    WHERE p.other = whose AND p.dismissed_at IS NULL) s
		JOIN desk.customer o ON o.id = s.id),
	    'merged', (SELECT coalesce(jsonb_agg(jsonb_strip_nulls(
		    jsonb_build_object('merge', m.id, 'customer', m.goes,
			'name', m.was->'goes'->>'name',
			'contact', (SELECT k.address FROM desk.contact k
			    WHERE k.id = m.contacts[1]),
			'at', desk.rfc3339(m.at), 'who', m.who,
			'reason', m.reason)) ORDER BY m.id), '[]')
		FROM desk.customer_was w
		JOIN desk.customer_merge m ON m.goes = w.id
		    AND m.undone_at IS NULL
		WHERE w.now = whose));
END;
$$;

-- The customers, n at most, whose folded name has words that begin so.  First
-- those whose name begins so, from an ordered index: a family name that half
-- the customers have costs no more than any other.
CREATE OR REPLACE FUNCTION desk.customers_named(folded text, n int)
RETURNS TABLE (id bigint)
LANGUAGE plpgsql STABLE SET plan_cache_mode = force_custom_plan
AS $$
DECLARE
	start	text := replace(replace(replace(folded, '\', '\\'), '%',
		    '\%'), '_', '\_') || '%';
	wanted	tsquery := desk.words_query(folded);
	found	int;
BEGIN
	RETURN QUERY
	SELECT c.id FROM desk.customer c
	WHERE c.name_folded LIKE start
	ORDER BY c.name_folded USING ~<~ LIMIT n;
	GET DIAGNOSTICS found = ROW_COUNT;
	IF found < n AND wanted IS NOT NULL THEN
		RETURN QUERY
		SELECT c.id FROM desk.customer c
		WHERE to_tsvector('simple', c.name_folded) @@ wanted
		    AND c.name_folded NOT LIKE start
		LIMIT n - found;
	END IF;
END;
$$;

-- CUSTOMER.FIND: {"customers":[…]}: who has this very address first, then by
-- name.  The daemon adds to the query what it made of it: "contacts", the
-- normalised forms [{"kind","address"}] that it may be, and "folded", its
-- folded words; without them the query itself is looked for.
CREATE OR REPLACE FUNCTION desk.customer_find(caller jsonb, args jsonb)
RETURNS jsonb
LANGUAGE plpgsql STABLE
AS $$
DECLARE
	n	int := desk.page_rows(args, 20, 100);
	query	text := btrim(args->>'query');
	folded	text := coalesce(nullif(args->>'folded', ''),
		    btrim(regexp_replace(desk.fold(query), '[^[:alnum:]]+',
			' ', 'g')));
	ids	bigint[];
	rows	jsonb;
BEGIN
	ids := ARRAY(SELECT DISTINCT k.customer
	    FROM desk.contact k
	    JOIN (SELECT x.kind, x.address
		FROM jsonb_to_recordset(coalesce(args->'contacts', '[]'))
		    AS x (kind text, address text)
		UNION
		SELECT u.kind, u.address
		FROM (VALUES ('email', lower(query)), ('phone', query),
		    ('chat', query), ('zalo', query)) u (kind, address)
	    ) w USING (kind, address));
	IF folded <> '' THEN
		ids := ids || ARRAY(SELECT f.id
		    FROM desk.customers_named(folded, n) f);
	END IF;

	SELECT jsonb_agg(desk.customer_json(p.id) ORDER BY p.place) INTO rows
	FROM (SELECT u.id, min(u.place) AS place
	    FROM unnest(ids) WITH ORDINALITY u (id, place)
	    GROUP BY u.id ORDER BY 2 LIMIT n) p;
	RETURN jsonb_build_object('customers', coalesce(rows, '[]'));
END;
$$;

-- CUSTOMER.TIMELINE: {"events":[…],"before":event}, the newest first; before:
-- there is more.  Without the texts in full: a preview stands for them.
CREATE OR REPLACE FUNCTION desk.customer_timeline(caller jsonb, args jsonb)
RETURNS jsonb
LANGUAGE plpgsql STABLE
AS $$
DECLARE
	n	int := desk.page_rows(args, 50, 200);
	hidden	int[] := desk.hidden_queues(caller);
	me	int := (caller->>'agent')::int;
	whose	bigint := (desk.customer_known(args)->>'customer')::bigint;
	rows	jsonb;
	ids	bigint[];
BEGIN
	SELECT jsonb_agg(jsonb_strip_nulls(jsonb_build_object(
		'event', p.id, 'at', desk.rfc3339(p.at), 'ticket', p.ticket,
		'number', p.number, 'queue', p.queue, 'kind', p.kind,
		'channel', p.channel, 'direction', p.direction, 'who', p.who,
		'subject', p.subject, 'preview', p.preview,
		'auth', p.meta->'auth', 'facts',
		nullif(p.facts - 'mood', '{}'), 'meta', p.meta,
		'delivery', CASE WHEN p.direction = 'out'
		    THEN desk.delivery_of(p.id) END))
		ORDER BY p.id DESC) FILTER (WHERE p.place <= n),
	    array_agg(p.id ORDER BY p.place)
	INTO rows, ids
	FROM (SELECT e.id, e.at, e.ticket, t.number, q.name AS queue, e.kind,
		e.channel, e.direction, e.who, e.subject,
		coalesce(desk.cut(substr(coalesce(e.own, e.text), 1, 200),
		    200), (SELECT '[' || f.name || ']'
			FROM desk.attachment f
			WHERE f.event = e.id AND f.place = 0)) AS preview,
		e.meta, e.facts,
		row_number() OVER (ORDER BY e.id DESC) AS place
	    FROM desk.event e
	    JOIN desk.ticket t ON t.id = e.ticket
	    JOIN desk.queue q ON q.id = t.queue
	    WHERE e.customer = whose AND t.kind <> 'consult'
		AND e.id < coalesce((args->>'before')::bigint,
		    9223372036854775807)
		AND (t.queue <> ALL (hidden) OR t.assignee = me)
	    ORDER BY e.id DESC LIMIT n + 1) p;
	RETURN jsonb_strip_nulls(jsonb_build_object(
	    'events', coalesce(rows, '[]'),
	    'before', CASE WHEN cardinality(ids) > n THEN ids[n] END));
END;
$$;

-- CUSTOMER.SET: what is not given stays; an empty name, or the segment none,
-- takes it away.  Later events are routed by the new segment.  A segment that
-- was chosen stays, whatever desk.conf's would be, until auto is.
CREATE OR REPLACE FUNCTION desk.customer_set(caller jsonb, args jsonb)
RETURNS jsonb
LANGUAGE plpgsql
AS $$
DECLARE
	old	desk.customer;
	c	desk.customer;
BEGIN
	SELECT * INTO old FROM desk.customer k
	WHERE k.id = desk.customer_stays((args->>'customer')::bigint)
	FOR NO KEY UPDATE;
	c := old;
	IF args ? 'name' THEN
		c.name := nullif(btrim(args->>'name'), '');
		c.name_folded := nullif(btrim(regexp_replace(desk.fold(c.name),
		    '[^[:alnum:]]+', ' ', 'g')), '');
	END IF;
	IF args ? 'segment' THEN
		c.segment := CASE args->>'segment' WHEN 'none' THEN NULL
		    WHEN 'auto' THEN (SELECT s.name FROM desk.segment s
			JOIN desk.segment_member m ON m.segment = s.name
			WHERE m.customer = c.id ORDER BY s.place LIMIT 1)
		    ELSE args->>'segment' END;
		c.segment_fixed := args->>'segment' <> 'auto';
	END IF;
	IF c IS DISTINCT FROM old THEN
		UPDATE desk.customer k SET name = c.name,
		    name_folded = c.name_folded, segment = c.segment,
		    segment_fixed = c.segment_fixed
		WHERE k.id = c.id;
		IF c.name IS DISTINCT FROM old.name THEN
			INSERT INTO desk.like_again VALUES (c.id)
			ON CONFLICT DO NOTHING;
		END IF;
		PERFORM desk.audit_put(caller, 'customer.set', c.id::text,
		    'done', jsonb_strip_nulls(jsonb_build_object(
			'segment', CASE WHEN c.segment IS DISTINCT FROM
			    old.segment
			    THEN desk.from_to(old.segment, c.segment) END,
			'name', CASE WHEN c.name IS DISTINCT FROM old.name
			    THEN true END)));
		PERFORM desk.outbox_put(NULL, jsonb_build_object(
		    'kind', 'customer', 'customer', c.id,
		    'who', desk.caller_shown(caller)));
	END IF;
	RETURN desk.customer_known(args);
END;
$$;
