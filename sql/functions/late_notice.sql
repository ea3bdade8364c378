-- Whose order will be late hears it from us first (block late_notice of
-- desk.conf).  An order is foreseen to be late when
--   its time is past and it has not come;
--   the shop has given a later day than its first word; or
--   of the carrier's deliveries of the last sixty days (of all carriers' where
--   none is known) that took longer than this one is under way, so many took
--   longer than it may that even the lower limit of that share (Wilson, 95 %)
--   is at least `sure` percent; of fewer than `orders` nothing is said.  One
--   that has not left is taken to leave now.
-- It is looked at each hour until it comes, and a day past its time at most.

-- The rule in force; NULL: there is none.
CREATE OR REPLACE FUNCTION desk.late_rule()
RETURNS jsonb
LANGUAGE sql STABLE
AS $$
	SELECT '{"sure":50,"orders":20}'::jsonb || (c.body->'late_notice')
	FROM (SELECT k.body FROM desk.config k
	    ORDER BY k.version DESC LIMIT 1) c
	WHERE c.body->'late_notice' ? 'send'
$$;

-- How long a carrier's (NULL: any's) newest thousand deliveries took.
CREATE OR REPLACE FUNCTION desk.late_times(of_carrier text)
RETURNS SETOF interval
LANGUAGE plpgsql STABLE
SET enable_seqscan = off
AS $$
BEGIN
	IF of_carrier IS NULL THEN
		RETURN QUERY
		SELECT o.delivered_at - o.shipped_at
		FROM desk.customer_order o
		WHERE o.shipped_at IS NOT NULL AND o.delivered_at IS NOT NULL
		    AND o.delivered_at BETWEEN now() - interval '60 days'
			AND now()
		ORDER BY o.delivered_at DESC LIMIT 1000;
		RETURN;
	END IF;
	RETURN QUERY
	SELECT o.delivered_at - o.shipped_at FROM desk.customer_order o
	WHERE o.carrier = of_carrier AND o.shipped_at IS NOT NULL
	    AND o.delivered_at IS NOT NULL
	    AND o.delivered_at BETWEEN now() - interval '60 days' AND now()
	ORDER BY o.delivered_at DESC LIMIT 1000;
END;
$$;

-- late: it is foreseen; share and n: by which deliveries, NULL where it is
-- known already.
CREATE OR REPLACE FUNCTION desk.late_foreseen(o desk.customer_order,
    p desk.promise, rule jsonb, OUT late boolean, OUT share numeric,
    OUT n int)
LANGUAGE plpgsql STABLE
AS $$
DECLARE
	since	timestamptz := least(coalesce(o.shipped_at, now()), now());
	took	int;
BEGIN
	late := p.counts_at <= now()
	    OR desk.promise_days(p.counts_at, p.due_at) > 0;
	IF late THEN
		RETURN;
	END IF;
	SELECT count(*), count(*) FILTER (WHERE t > p.counts_at - since)
	INTO n, took
	FROM desk.late_times(o.carrier) t WHERE t > now() - since;
	late := n >= (rule->>'orders')::int AND (SELECT 100 * w.low
		>= (rule->>'sure')::int FROM desk.wilson(took, n) w);
	share := CASE WHEN n > 0 THEN round(took::numeric / n, 4) END;
END;
$$;

-- Sends it, as carefully as any automatic mail: into no chat, within the
-- limits, not to whom wants nothing unasked.  NULL: not now.
CREATE OR REPLACE FUNCTION desk.late_send(p desk.promise,
    o desk.customer_order, rule jsonb, found record)
RETURNS bigint
LANGUAGE plpgsql
AS $$
DECLARE
	told	bigint := nextval('desk.event_id');
	whither	record;
	vars	jsonb;
	t	desk.ticket;
	m	desk.template;
BEGIN
	SELECT * INTO t FROM desk.ticket k WHERE k.id = p.ticket;
	whither := desk.class_whither(t);
	SELECT * INTO m FROM desk.template_in(rule->>'send', desk.lang_of(t));
	IF m.name IS NULL OR whither.address IS NULL
	    OR EXISTS (SELECT FROM desk.customer c WHERE c.id = t.customer
		AND c.no_surveys_at IS NOT NULL)
	    OR whither.channel = 'mail'
		AND desk.address_dead(whither.address)
	    OR NOT desk.may_answer_automatically(whither.address, t.id) THEN
		RETURN NULL;
	END IF;
	vars := desk.template_vars(t, NULL, m.lang)
	    || jsonb_strip_nulls(jsonb_build_object(
		'order_number', desk.template_value(o.order_no),
		'carrier', desk.template_value(o.carrier),
		'promised', desk.moment_said(p.counts_at,
		    coalesce(desk.company('timezone'), 'UTC'), m.lang)));
	INSERT INTO desk.event (id, at, ticket, customer, kind, channel,
	    direction, who, subject, text, facts, meta)
	VALUES (told, now(), t.id, t.customer, 'acknowledgement',
	    whither.channel, 'out', 'desk', CASE whither.channel
		WHEN 'mail' THEN desk.template_fill(coalesce(m.subject,
		    '[{company}] #{ticket}'), vars) END,
	    desk.template_fill(m.body, vars),
	    '{"automatic":"auto-replied"}',
	    jsonb_build_object('late', jsonb_strip_nulls(jsonb_build_object(
		'promise', p.id, 'order', o.order_no,
		'due', desk.rfc3339(p.counts_at), 'carrier', o.carrier,
		'share', found.share, 'n', found.n))));
	PERFORM desk.outbound_put(told, t.id, whither.channel,
	    whither.address, 'acknowledgement');
	PERFORM desk.promises_by(desk.clock_caller(), t, told, 'template',
	    ARRAY[m.name]);
	RETURN told;
END;
$$;

-- Looks ahead for one open promise of an order, its case and row locked, and
-- returns when to look next; NULL: not any more.
CREATE OR REPLACE FUNCTION desk.late_look(p desk.promise, rule jsonb)
RETURNS timestamptz
LANGUAGE plpgsql
AS $$
DECLARE
	again	CONSTANT timestamptz := now() + interval '1 hour';
	open_in	int := (SELECT h.id FROM desk.hours h
		    WHERE h.name = rule->>'hours');
	o	desk.customer_order;
	found	record;
	told	bigint;
BEGIN
	SELECT * INTO o FROM desk.customer_order x
	WHERE x.order_no = p.order_no;
	IF o.order_no IS NULL OR o.delivered_at IS NOT NULL
	    OR desk.order_ends(o.status)
	    OR p.due_at < now() - interval '1 day'
	    OR EXISTS (SELECT FROM desk.late_notice l
		WHERE l.order_no = p.order_no) THEN
		RETURN NULL;
	END IF;
	found := desk.late_foreseen(o, p, rule);
	IF NOT found.late THEN
		RETURN greatest(now() + interval '1 minute',
		    least(again, p.counts_at));
	ELSIF open_in IS NOT NULL AND NOT desk.hours_open(open_in, now()) THEN
		RETURN greatest(now() + interval '1 minute',
		    desk.business_add(open_in, now(), 0));
	END IF;
	told := desk.late_send(p, o, rule, found);
	IF told IS NULL THEN
		RETURN again;
	END IF;
	INSERT INTO desk.late_notice (order_no, promise, ticket, event, share,
	    n)
	VALUES (p.order_no, p.id, p.ticket, told, found.share, found.n);
	RETURN NULL;
END;
$$;

-- The same; what goes wrong by our own fault is put off for an hour, so that the
-- others need not wait for it.
CREATE OR REPLACE FUNCTION desk.late_see_to(p desk.promise, rule jsonb)
RETURNS timestamptz
LANGUAGE plpgsql
AS $$
BEGIN
	RETURN desk.late_look(p, rule);
EXCEPTION
WHEN transaction_rollback OR insufficient_resources
    OR operator_intervention OR lock_not_available THEN
	RAISE;
WHEN OTHERS THEN
	RAISE WARNING 'late order of promise %: % %', p.id, SQLSTATE, SQLERRM;
	RETURN now() + interval '1 hour';
END;
$$;

-- Looks ahead for at most lim promises, and returns for how many.  What
-- somebody has in hand just now is left for the next time.
CREATE OR REPLACE FUNCTION desk.late_due(lim int)
RETURNS int
LANGUAGE plpgsql
SET enable_seqscan = off
AS $$
DECLARE
	rule	jsonb := desk.late_rule();
	held	bigint[];
	p	desk.promise;
BEGIN
	IF rule IS NULL THEN
		RETURN 0;
	END IF;
	held := desk.due_held(ARRAY(SELECT q.ticket FROM desk.promise q
	    WHERE q.foresee_at <= now() AND q.state = 'open'
	    ORDER BY q.foresee_at, q.ticket LIMIT lim));
	IF held = '{}' THEN
		RETURN 0;
	END IF;
	FOR p IN SELECT * FROM desk.promise q
	    WHERE q.ticket = ANY (held) AND q.state = 'open'
		AND q.foresee_at <= now()
	    ORDER BY q.ticket, q.id FOR UPDATE SKIP LOCKED LOOP
		UPDATE desk.promise q SET foresee_at = desk.late_see_to(p, rule)
		WHERE q.id = p.id;
	END LOOP;
	RETURN cardinality(held);
END;
$$;

-- In how many milliseconds to look for the next.
CREATE OR REPLACE FUNCTION desk.late_next()
RETURNS int
LANGUAGE plpgsql
SET enable_seqscan = off
AS $$
BEGIN
	RETURN desk.due_in(CASE WHEN desk.late_rule() IS NOT NULL THEN (
	    SELECT min(q.foresee_at) FROM desk.promise q
	    WHERE q.state = 'open' AND q.foresee_at IS NOT NULL) END);
END;
$$;
