-- Orders, kept up by the events that tell of them.

-- Keeps what events of channel order say, each order's newest word on top
-- whatever order they come in: an older event fills only what is not known.
-- An order stays with the customer who had it first; another who tells of the
-- same one may be the same person, which is for people to decide.  Called once
-- a batch, in order of the orders' numbers.
CREATE OR REPLACE FUNCTION desk.orders_keep(filings desk.filing[])
RETURNS void
LANGUAGE plpgsql
AS $$
DECLARE
	e	record;
	had	desk.customer_order;
BEGIN
	FOR e IN SELECT ((f.k).i).order_no, (f.k).customer, f.ticket,
		((f.k).i).event,
		-- A clock that runs ahead must not have the last word for ever.
		least(coalesce(((f.k).i).at, now()),
		    now() + interval '1 hour') AS at,
		((f.k).i).meta->>'reason' AS reason, x.*
	    FROM unnest(filings) f
	    CROSS JOIN LATERAL jsonb_to_record(((f.k).i).facts->'order') AS x(
		status text, promised_at timestamptz, shipped_at timestamptz,
		delivered_at timestamptz, carrier text, tracking text,
		amount numeric, currency text, payment text)
	    WHERE ((f.k).i).channel = 'order' AND ((f.k).i).facts ? 'order'
		AND ((f.k).i).order_no IS NOT NULL
	    ORDER BY ((f.k).i).order_no COLLATE "C", ((f.k).i).ord
	LOOP
		INSERT INTO desk.customer_order AS o (order_no, customer,
		    ticket, status, promised_at, shipped_at, delivered_at, carrier,
		    tracking, amount, currency, payment, told_at, event,
		    first_at)
		VALUES (e.order_no, e.customer, e.ticket, e.status, e.promised_at,
		    e.shipped_at, e.delivered_at, e.carrier, e.tracking,
		    e.amount, e.currency, e.payment, e.at, e.event, e.at)
		ON CONFLICT (order_no) DO UPDATE SET
		    status = desk.newer(o.told_at, o.status,
			excluded.told_at, excluded.status),
		    promised_at = desk.newer(o.told_at, o.promised_at,
			excluded.told_at, excluded.promised_at),
		    shipped_at = desk.newer(o.told_at, o.shipped_at,
			excluded.told_at, excluded.shipped_at),
		    delivered_at = desk.newer(o.told_at, o.delivered_at,
			excluded.told_at, excluded.delivered_at),
		    carrier = desk.newer(o.told_at, o.carrier,
			excluded.told_at, excluded.carrier),
		    tracking = desk.newer(o.told_at, o.tracking,
			excluded.told_at, excluded.tracking),
		    amount = desk.newer(o.told_at, o.amount,
			excluded.told_at, excluded.amount),
		    currency = desk.newer(o.told_at, o.currency,
			excluded.told_at, excluded.currency),
		    payment = desk.newer(o.told_at, o.payment,
			excluded.told_at, excluded.payment),
		    event = CASE WHEN excluded.told_at >= o.told_at
			THEN excluded.event ELSE o.event END,
		    told_at = greatest(o.told_at, excluded.told_at),
		    first_at = least(o.first_at, excluded.first_at)
		RETURNING o.* INTO had;
		PERFORM desk.promise_order(had, e.event, e.reason);
		IF had.customer <> e.customer THEN
			PERFORM desk.people_alike(had.customer, e.customer,
			    'both have order ' || e.order_no);
		END IF;
	END LOOP;
END;
$$;

-- Does this event tell how an order is, and ask for nothing?
CREATE OR REPLACE FUNCTION desk.is_record(i desk.intake)
RETURNS boolean
LANGUAGE sql IMMUTABLE PARALLEL SAFE
AS $$
	SELECT coalesce((i).channel = 'order' AND (i).order_no IS NOT NULL
	    AND (i).text IS NULL AND (i).facts ? 'order', false)
$$;

-- Of two words on one thing the newer, as long as it says something.
CREATE OR REPLACE FUNCTION desk.newer(one_at timestamptz, one anyelement,
    other_at timestamptz, other anyelement)
RETURNS anyelement
LANGUAGE sql IMMUTABLE PARALLEL SAFE
AS $$
	SELECT CASE WHEN other_at >= one_at THEN coalesce(other, one)
	    ELSE coalesce(one, other) END
$$;

-- An order as it is shown.
CREATE OR REPLACE FUNCTION desk.order_json(o desk.customer_order)
RETURNS jsonb
LANGUAGE sql STABLE
AS $$
	SELECT jsonb_strip_nulls(jsonb_build_object('order', o.order_no,
	    'status', o.status, 'promised_at', desk.rfc3339(o.promised_at),
	    'shipped_at', desk.rfc3339(o.shipped_at),
	    'delivered_at', desk.rfc3339(o.delivered_at),
	    'late', CASE WHEN o.delivered_at IS NULL
		THEN o.promised_at < now()
		ELSE o.delivered_at > o.promised_at END,
	    'carrier', o.carrier, 'tracking', o.tracking,
	    'amount', trim_scale(o.amount), 'currency', o.currency,
	    'payment', o.payment, 'told_at', desk.rfc3339(o.told_at)))
$$;

-- A customer's newest orders.
CREATE OR REPLACE FUNCTION desk.orders_of(customer bigint)
RETURNS jsonb
LANGUAGE sql STABLE
AS $$
	SELECT jsonb_agg(desk.order_json(o) ORDER BY o.told_at DESC)
	FROM (SELECT * FROM desk.customer_order c
	    WHERE c.customer = orders_of.customer
	    ORDER BY c.told_at DESC LIMIT 20) o
$$;
