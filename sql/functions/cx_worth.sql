-- What the customers of a touchpoint are worth beside all others: counted by a
-- chore as orders and steps come, so that nobody adds up orders when he reads.

-- On desk.customer_order.
CREATE OR REPLACE FUNCTION desk.worth_note()
RETURNS trigger
LANGUAGE plpgsql
AS $$
BEGIN
	IF TG_OP <> 'DELETE' THEN
		INSERT INTO desk.worth_todo (customer)
		SELECT DISTINCT f.customer FROM fresh f;
	END IF;
	IF TG_OP <> 'INSERT' THEN
		INSERT INTO desk.worth_todo (customer)
		SELECT DISTINCT s.customer FROM stale s;
	END IF;
	RETURN NULL;
END;
$$;

-- What these customers are to be counted as: orders in dong that were neither
-- cancelled nor sent back nor paid back, as segments count them; and, of each
-- month, at which touchpoints one was.
CREATE OR REPLACE FUNCTION desk.worth_of(whom bigint[])
RETURNS SETOF desk.customer_worth
LANGUAGE sql STABLE
AS $$
	SELECT w.customer, coalesce(o.worth, 0), s.spots
	FROM unnest(whom) w(customer)
	CROSS JOIN LATERAL (SELECT jsonb_agg(jsonb_build_array(x.month,
		x.touchpoint, x.segment)) AS spots
	    FROM (SELECT DISTINCT date_trunc('month', p.day)::date AS month,
		    v.touchpoint, p.segment
		FROM desk.step p
		CROSS JOIN LATERAL (VALUES (p.touchpoint), ('')) v(touchpoint)
		WHERE p.customer = w.customer) x) s
	CROSS JOIN LATERAL (SELECT sum(b.amount) AS worth
	    FROM desk.customer_order b
	    WHERE b.customer = w.customer AND b.amount > 0
		AND coalesce(b.currency, 'VND') = 'VND'
		AND coalesce(b.status, '')
		    !~* '^(cancel|return|refund|huỷ|hủy|huy|trả|tra )'
		AND coalesce(b.payment, '') !~* '^(refund|hoàn|hoan )') o
	WHERE s.spots IS NOT NULL
$$;

-- Counts these customers as often as n says.
CREATE OR REPLACE FUNCTION desk.worth_count(rows desk.customer_worth[], n int)
RETURNS void
LANGUAGE sql
AS $$
	INSERT INTO desk.worth_month AS m
	SELECT (s->>0)::date, s->>1, s->>2, n * count(*), n * sum(w.worth)
	FROM unnest(rows) w, jsonb_array_elements(w.spots) s
	GROUP BY 1, 2, 3
	ORDER BY 1, 2, 3
	ON CONFLICT (month, touchpoint, segment) DO UPDATE SET
	    customers = m.customers + excluded.customers,
	    worth = m.worth + excluded.worth
$$;

-- The chore: about lim customers; returns how many.  One daemon at a time.
CREATE OR REPLACE FUNCTION desk.worth_run(lim int)
RETURNS int
LANGUAGE plpgsql
SET enable_seqscan = off
SET jit = off
AS $$
DECLARE
	whom	bigint[];
	rows	desk.customer_worth[];
	n	int;
BEGIN
	IF NOT pg_try_advisory_xact_lock(1145393060) THEN
		RETURN 0;
	END IF;
	WITH taken AS (
	    DELETE FROM desk.worth_todo d WHERE d.id <= (
		SELECT max(o.id) FROM (SELECT x.id FROM desk.worth_todo x
		    ORDER BY x.id LIMIT lim) o)
	    RETURNING d.customer
	)
	SELECT array_agg(DISTINCT t.customer), count(*) INTO whom, n
	FROM taken t;
	IF n = 0 THEN
		RETURN 0;
	END IF;
	WITH was AS (
	    DELETE FROM desk.customer_worth w WHERE w.customer = ANY (whom)
	    RETURNING w.*
	)
	SELECT array_agg(w::desk.customer_worth) INTO rows FROM was w;
	PERFORM desk.worth_count(rows, -1);
	rows := ARRAY(SELECT w FROM desk.worth_of(whom) w);
	INSERT INTO desk.customer_worth SELECT r.* FROM unnest(rows) r;
	PERFORM desk.worth_count(rows, 1);
	RETURN n;
END;
$$;

-- What is counted and does not follow from orders and steps; empty, once the
-- chore is done, unless something is wrong.  It reads all of them.
CREATE OR REPLACE FUNCTION desk.worth_differs()
RETURNS TABLE (month date, touchpoint text, segment text)
LANGUAGE sql STABLE
AS $$
	WITH again AS (
	    SELECT (s->>0)::date AS month, s->>1 AS touchpoint,
		s->>2 AS segment, count(*) AS customers, sum(w.worth) AS worth
	    FROM desk.worth_of(ARRAY(SELECT DISTINCT p.customer
		FROM desk.step p)) w, jsonb_array_elements(w.spots) s
	    GROUP BY 1, 2, 3
	)
	SELECT month, touchpoint, segment
	FROM again a
	FULL JOIN (SELECT * FROM desk.worth_month m
	    WHERE m.customers <> 0 OR m.worth <> 0) m
	    USING (month, touchpoint, segment)
	WHERE (a.customers, a.worth) IS DISTINCT FROM (m.customers, m.worth)
$$;

-- What a touchpoint's customers of these months are worth, as a multiple of what
-- everybody's come to; 1 while nothing is known of orders.
CREATE OR REPLACE FUNCTION desk.worth_rows(since date, until date,
    of_segment text)
RETURNS TABLE (touchpoint text, value numeric)
LANGUAGE sql STABLE
AS $$
	WITH m AS (
	    SELECT w.touchpoint, w.segment, w.customers, w.worth
	    FROM desk.worth_month w
	    WHERE w.month >= date_trunc('month', since)::date
		AND w.month < until
	), every AS (
	    SELECT sum(m.worth) / nullif(sum(m.customers), 0) AS mean
	    FROM m WHERE m.touchpoint = ''
	)
	SELECT m.touchpoint, coalesce(sum(m.worth)
	    / nullif(sum(m.customers), 0) / nullif(max(every.mean), 0), 1)
	FROM m, every
	WHERE m.touchpoint <> ''
	    AND (of_segment IS NULL OR m.segment = of_segment)
	GROUP BY 1
$$;
