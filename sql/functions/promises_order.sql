-- What an order's events promise: that it is there by promised_at.  Made once,
-- moved when the order's word moves, ended where it is delivered, cancelled, or
-- paid back.

-- Words of shops for an order that nobody waits for any more, folded.
CREATE OR REPLACE FUNCTION desk.order_ends(status text)
RETURNS boolean
LANGUAGE plpgsql IMMUTABLE
AS $$
BEGIN
	RETURN coalesce(desk.fold(status) ~ ('^(da )?(huy|huy don|hoan|hoan '
	    'hang|tra hang)$|^(cancell?ed|returned|refunded)$'), false);
END;
$$;

-- The case on which an order's promise stands: the customer's newest open one
-- about it, else the order's own record.
CREATE OR REPLACE FUNCTION desk.promise_order_case(o desk.customer_order)
RETURNS desk.ticket
LANGUAGE plpgsql STABLE
SET enable_seqscan = off
AS $$
DECLARE
	t	desk.ticket;
BEGIN
	SELECT k.* INTO t FROM (SELECT * FROM desk.ticket x
	    WHERE x.customer = o.customer OFFSET 0) k
	WHERE k.order_no = o.order_no AND k.kind <> 'consult'
	    AND k.state IN ('new', 'open', 'pending')
	ORDER BY k.id DESC LIMIT 1;
	IF NOT FOUND THEN
		SELECT * INTO t FROM desk.ticket k WHERE k.id = o.ticket;
	END IF;
	RETURN t;
END;
$$;

-- Follows an order's newest word.  why: a reason that the event gave, if it is
-- one of ours.  What an order promised and did long before we heard of it is
-- on record at once; what it promised long ago, and nobody knows the end of,
-- is not begun.
CREATE OR REPLACE FUNCTION desk.promise_order(o desk.customer_order,
    event_id bigint, why text)
RETURNS void
LANGUAGE plpgsql
AS $$
DECLARE
	p	desk.promise;
	code	text := (SELECT r.name FROM desk.promise_reason r
		    WHERE r.active AND r.name = why);
	more	jsonb := jsonb_strip_nulls(jsonb_build_object('by', event_id,
		    'reason', code, 'carrier', o.carrier));
BEGIN
	SELECT * INTO p FROM desk.promise q
	WHERE q.order_no = o.order_no AND q.source = 'order'
	ORDER BY q.id DESC LIMIT 1 FOR UPDATE;
	IF p.id IS NULL AND o.promised_at IS NOT NULL
	    AND NOT desk.order_ends(o.status)
	    AND (o.delivered_at IS NOT NULL
		OR o.promised_at > now() - interval '30 days') THEN
		p := desk.promise_made(desk.clock_caller(),
		    desk.promise_order_case(o), nextval('desk.event_id'),
		    jsonb_build_object('kind', 'delivery', 'source', 'order',
			'due', o.promised_at, 'order', o.order_no));
	ELSIF p.state = 'open' AND o.promised_at <> p.due_at
	    AND o.delivered_at IS NULL THEN
		p := desk.promise_moved(desk.clock_caller(), p, o.promised_at,
		    false, '{}');
	END IF;
	IF code IS NOT NULL AND p.state = 'open' THEN
		UPDATE desk.promise q SET reason = code,
		    ours = desk.reason_ours(code) WHERE q.id = p.id;
	END IF;
	FOR p IN SELECT * FROM desk.promise q
	    WHERE q.order_no = o.order_no AND q.state = 'open'
	    ORDER BY q.id FOR UPDATE LOOP
		IF p.kind = 'delivery' AND o.delivered_at IS NOT NULL THEN
			PERFORM desk.promise_end(desk.clock_caller(), p,
			    'done', o.delivered_at, more);
		ELSIF p.kind = 'refund' AND desk.fold(o.payment)
		    IN ('refunded', 'da hoan tien', 'hoan tien') THEN
			PERFORM desk.promise_end(desk.clock_caller(), p,
			    'done', o.told_at, more);
		ELSIF p.kind = 'delivery' AND desk.order_ends(o.status) THEN
			PERFORM desk.promise_end(desk.clock_caller(), p,
			    'withdrawn', now(), more);
		END IF;
	END LOOP;
END;
$$;
