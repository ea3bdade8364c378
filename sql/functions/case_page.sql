-- What the customer's page of a case shows: what he wrote and was sent, by
-- whatever channel, and nothing that we say among ourselves.

-- A moment as it stands beside a message: "15:00", "15:00 21/11", with its
-- year when that is not this one.
CREATE OR REPLACE FUNCTION desk.case_stamp(at timestamptz, zone text)
RETURNS text
LANGUAGE sql STABLE
AS $$
	SELECT to_char(l, CASE WHEN l::date = n::date THEN 'HH24:MI'
	    WHEN extract(year FROM l) = extract(year FROM n)
	    THEN 'HH24:MI DD/MM' ELSE 'HH24:MI DD/MM/YYYY' END)
	FROM (SELECT at AT TIME ZONE zone, now() AT TIME ZONE zone) x(l, n)
$$;

CREATE OR REPLACE FUNCTION desk.case_day(at timestamptz, zone text)
RETURNS text
LANGUAGE sql STABLE
AS $$
	SELECT to_char(l, CASE
	    WHEN extract(year FROM l) = extract(year FROM now() AT TIME ZONE zone)
	    THEN 'DD/MM' ELSE 'DD/MM/YYYY' END)
	FROM (SELECT at AT TIME ZONE zone) x(l)
$$;

-- An address as whoever is handed the link may see it: h•••@example.com.
CREATE OR REPLACE FUNCTION desk.case_masked(kind text, address text)
RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE
AS $$
	SELECT CASE kind
	    WHEN 'email' THEN left(address, 1) || '•••@'
		|| split_part(address, '@', 2)
	    WHEN 'phone' THEN '••• ' || right(address, 3) END
$$;

-- The events of a case that the link's reader may see, the newest n, each
-- with what it is to him: in (his own), out (to him), call, state.  What a
-- machine of his wrote, and what never left us, he is not shown.
CREATE OR REPLACE FUNCTION desk.case_events(l desk.case_link, n int)
RETURNS TABLE (event bigint, filed_at timestamptz, what text)
LANGUAGE sql STABLE ROWS 50
AS $$
	WITH his AS MATERIALIZED (
	    SELECT c.id, c.kind, c.address FROM desk.case_contacts(l) c
	)
	SELECT e.id, e.filed_at, x.what
	FROM desk.event e
	CROSS JOIN LATERAL (SELECT CASE
	    WHEN e.kind IN ('message', 'feedback') AND e.direction = 'in'
		AND e.channel <> 'order'
		AND e.meta->>'automatic' IS DISTINCT FROM 'true'
		AND NOT coalesce(e.facts ? 'automatic', false)
		AND e.contact IN (SELECT h.id FROM his h) THEN 'in'
	    WHEN e.kind IN ('message', 'acknowledgement')
		AND e.direction = 'out'
		AND EXISTS (SELECT FROM desk.outbound o
		    WHERE o.event = e.id
			AND o.purpose <> 'transcript'
			AND o.state NOT IN ('queued', 'sending', 'withdrawn')
			AND EXISTS (SELECT FROM his h
			    WHERE h.address = lower(o.address)
				OR h.kind = 'email'
				AND h.address IN (SELECT lower(c)
				    FROM unnest(o.cc) c)
				-- A chat that is answered by mail.
				OR h.kind = 'chat' AND e.channel = 'chat'
				AND h.address = (SELECT k.conversation::text
				    FROM desk.ticket k
				    WHERE k.id = (l).ticket)))
		THEN 'out'
	    WHEN e.kind = 'call' AND e.contact IN (SELECT h.id FROM his h)
		AND EXISTS (SELECT FROM desk.call c
		    WHERE c.ticket = (l).ticket AND c.first_event = e.id)
		THEN 'call'
	    WHEN e.kind = 'state' AND desk.case_is_his(l)
		AND (e.meta->>'to' IN ('resolved', 'closed')
		    OR e.meta->>'from' = 'resolved') THEN 'state'
	    END AS what) x
	WHERE e.ticket = (l).ticket AND x.what IS NOT NULL
	ORDER BY e.id DESC LIMIT n
$$;

-- One of them as the page has it.
CREATE OR REPLACE FUNCTION desk.case_item(e desk.event, what text, zone text)
RETURNS jsonb
LANGUAGE sql STABLE
AS $$
	SELECT jsonb_strip_nulls(jsonb_build_object('event', (e).id,
	    'what', case_item.what, 'channel', (e).channel,
	    'at', desk.rfc3339((e).at), 'stamp', desk.case_stamp((e).at, zone),
	    'agent', CASE WHEN case_item.what = 'out' THEN (
		SELECT a.display FROM desk.agent a WHERE a.id = (e).agent) END,
	    'text', CASE WHEN case_item.what IN ('in', 'out') THEN
		desk.cut(replace(coalesce((e).own, (e).text, ''),
		    '{case_link}', '…'), 20000) END,
	    'to', CASE WHEN case_item.what = 'state' THEN (e).meta->>'to' END,
	    'call', CASE WHEN case_item.what = 'call' THEN (
		SELECT jsonb_build_object('direction', c.direction,
		    'missed', c.state = 'missed', 'seconds', c.duration)
		FROM desk.call c WHERE c.ticket = (e).ticket
		    AND c.first_event = (e).id LIMIT 1) END,
	    'files', CASE WHEN case_item.what IN ('in', 'out') THEN (
		SELECT jsonb_agg(jsonb_build_object('place', f.place,
		    'name', f.name, 'size', f.size) ORDER BY f.place)
		FROM desk.attachment f WHERE f.event = (e).id) END))
$$;

-- The case's order, when it is the reader's own: promised and actual.
CREATE OR REPLACE FUNCTION desk.case_orders(t desk.ticket, zone text)
RETURNS jsonb
LANGUAGE sql STABLE
AS $$
	SELECT jsonb_agg(jsonb_strip_nulls(jsonb_build_object(
	    'order', o.order_no, 'status', o.status,
	    'promised', desk.case_day(o.promised_at, zone),
	    'shipped', desk.case_day(o.shipped_at, zone),
	    'delivered', desk.case_day(o.delivered_at, zone),
	    'late', CASE WHEN o.delivered_at IS NULL THEN o.promised_at < now()
		ELSE o.delivered_at > o.promised_at END,
	    'carrier', o.carrier, 'tracking', o.tracking)))
	FROM desk.customer_order o
	WHERE o.order_no = (t).order_no AND o.customer = (t).customer
$$;

-- CASE.SEE: the whole page, or null when the link opens nothing.
CREATE OR REPLACE FUNCTION desk.case_see(caller jsonb, args jsonb)
RETURNS jsonb
LANGUAGE plpgsql STABLE
AS $$
DECLARE
	l	desk.case_link := desk.case_opened(args);
	t	desk.ticket;
	q	desk.queue;
	c	desk.contact;
	zone	text := coalesce(desk.company('timezone'), 'UTC');
	lang	text;
	his	boolean;
	items	jsonb;
	n	bigint;
BEGIN
	IF l.id IS NULL THEN
		RETURN NULL;
	END IF;
	SELECT * INTO t FROM desk.ticket k WHERE k.id = l.ticket;
	SELECT * INTO q FROM desk.queue k WHERE k.id = t.queue;
	SELECT * INTO c FROM desk.contact k WHERE k.id = l.contact;
	his := desk.case_is_his(l);
	lang := coalesce(args->>'lang', desk.lang_of(t));

	-- A page ends where its texts come to half a mebibyte.
	SELECT jsonb_agg(desk.case_item(e, p.what, zone) ORDER BY e.id)
	    FILTER (WHERE p.fits), count(*) FILTER (WHERE NOT p.fits)
	INTO items, n
	FROM (SELECT k.*, row_number() OVER w = 1
		OR row_number() OVER w <= 100 AND sum((SELECT
		    octet_length(coalesce(v.own, v.text, ''))
		    FROM desk.event v WHERE v.id = k.event
			AND v.filed_at = k.filed_at)) OVER w <= 524288 AS fits
	    FROM desk.case_events(l, 101) k
	    WINDOW w AS (ORDER BY k.event DESC)) p
	JOIN desk.event e ON e.id = p.event AND e.filed_at = p.filed_at;

	RETURN jsonb_strip_nulls(jsonb_build_object(
	    'number', t.number, 'subject', desk.template_value(t.subject),
	    'state', t.state, 'lang', lang, 'his', his,
	    'company', desk.company('name'),
	    'agent', CASE WHEN t.state IN ('open', 'pending') THEN (
		SELECT a.display FROM desk.agent a WHERE a.id = t.assignee) END,
	    'owed', t.due_at IS NOT NULL,
	    'late', t.due_at < now(),
	    'expected', CASE WHEN t.due_at > now()
		THEN desk.wait_said(t.due_at, now(), zone, lang) END,
	    'for', desk.case_masked(c.kind, c.address),
	    'until', CASE WHEN t.state = 'closed' THEN desk.case_day(
		t.touched_at + make_interval(secs => coalesce(
		    desk.company('link_after')::int, 2592000)), zone) END,
	    'steps', jsonb_build_object(
		'received', desk.case_stamp(t.opened_at, zone),
		'working', CASE WHEN t.state <> 'new' THEN '' END,
		'answered', desk.case_stamp(t.first_answer_at, zone),
		'done', desk.case_stamp(t.resolved_at, zone)),
	    'orders', CASE WHEN his THEN desk.case_orders(t, zone) END,
	    'more', n > 0,
	    'version', t.version,
	    'items', coalesce(items, '[]')));
END;
$$;

-- CASE.FILE: an attachment of a message that the page shows.
CREATE OR REPLACE FUNCTION desk.case_file(caller jsonb, args jsonb)
RETURNS jsonb
LANGUAGE plpgsql STABLE
AS $$
DECLARE
	l	desk.case_link := desk.case_opened(args);
BEGIN
	IF l.id IS NULL OR NOT EXISTS (
	    SELECT FROM desk.case_events(l, 101) k
	    WHERE k.event = (args->>'event')::bigint
		AND k.what IN ('in', 'out')) THEN
		RETURN NULL;
	END IF;
	RETURN desk.attachment_meta((args->>'event')::bigint,
	    (args->>'place')::int);
END;
$$;
