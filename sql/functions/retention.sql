-- Do customers come back?  Cases that are over with what was ordered after
-- them, and who is about to be lost, kept current by a chore;
-- deskd-reports(7) has the rules.

-- Orders of these customers that were not called off, what one gave for them
-- in VND.
CREATE OR REPLACE FUNCTION desk.orders_good(whom bigint[])
RETURNS TABLE (customer bigint, order_no text, at timestamptz, worth numeric)
LANGUAGE sql STABLE
AS $$
	SELECT o.customer, o.order_no, o.first_at,
	    CASE WHEN coalesce(o.currency, 'VND') = 'VND'
		THEN coalesce(o.amount, 0) ELSE 0 END
	FROM desk.customer_order o
	WHERE o.customer = ANY (whom) AND coalesce(o.status, '')
	    !~* '^(cancel|return|refund|huỷ|hủy|huy|trả|tra )'
$$;

-- Notes of whom something changed.
CREATE OR REPLACE FUNCTION desk.retention_note()
RETURNS trigger
LANGUAGE plpgsql
AS $$
BEGIN
	INSERT INTO desk.retention_todo (customer)
	SELECT DISTINCT f.customer FROM fresh f
	WHERE f.customer IS NOT NULL;
	RETURN NULL;
END;
$$;

-- A trigger: whose case is over, or goes on again, is counted anew.
CREATE OR REPLACE FUNCTION desk.retention_ended()
RETURNS trigger
LANGUAGE plpgsql
AS $$
BEGIN
	INSERT INTO desk.retention_todo (customer) VALUES (NEW.customer);
	RETURN NULL;
END;
$$;

-- What the record says of the cases of these customers that are over.  One
-- that nobody was served in is none: spam, what a machine wrote, a follow-up
-- that was not answered.
CREATE OR REPLACE FUNCTION desk.retained_of(whom bigint[])
RETURNS SETOF desk.retained
LANGUAGE plpgsql STABLE
SET enable_seqscan = off
SET jit = off
AS $$
DECLARE
	zone	text := desk.report_zone('{}');
BEGIN
	RETURN QUERY
	SELECT t.id, t.customer, t.resolved_at,
	    CASE WHEN 'recovery' = ANY (t.tags) OR EXISTS (
		    SELECT FROM desk.feedback f
		    WHERE f.ticket = t.id AND f.recovery IS NOT NULL)
		THEN 'recovery'
		WHEN t.reopens > 0 THEN 'reopened' ELSE 'resolved' END,
	    coalesce((SELECT r.class FROM desk.response r
		WHERE r.ticket = t.id AND r.class IS NOT NULL
		ORDER BY r.at DESC, r.id DESC LIMIT 1), ''),
	    coalesce(c.segment, ''),
	    coalesce((SELECT s.touchpoint FROM desk.step s
		WHERE s.ticket = t.id ORDER BY s.event DESC LIMIT 1), ''),
	    w.first, (t.resolved_at AT TIME ZONE zone)::date,
	    (lag(t.resolved_at) OVER (PARTITION BY t.customer
		ORDER BY t.resolved_at, t.id) AT TIME ZONE zone)::date,
	    w.orders, w.worth
	FROM desk.ticket t
	CROSS JOIN LATERAL (SELECT min(x.first) AS first,
		array_agg(x.n ORDER BY x.days) AS orders,
		array_agg(x.worth ORDER BY x.days) AS worth
	    FROM (SELECT d.days, min(o.at) AS first, count(o.at) FILTER
		    (WHERE o.at <= t.resolved_at
			+ make_interval(days => d.days)) AS n,
		    coalesce(sum(o.worth) FILTER (WHERE o.at <= t.resolved_at
			+ make_interval(days => d.days)), 0) AS worth
		FROM unnest(desk.retained_spans()) d(days)
		LEFT JOIN desk.orders_good(ARRAY[t.customer]) o
		    ON o.at > t.resolved_at
		GROUP BY d.days) x) w
	JOIN desk.customer c ON c.id = t.customer AND c.erased_at IS NULL
	WHERE t.customer = ANY (whom) AND t.state IN ('resolved', 'closed')
	    AND t.resolved_at IS NOT NULL AND NOT desk.survey_spares(t)
	    AND NOT ('followup' = ANY (t.tags) AND t.reopens = 0);
END;
$$;

-- A customer's segment, but none that goes by one of these words (whoever counts
-- what a word goes by would else count whom it chose): the first other in the
-- file's order that he is in; NULL: he is in none.
CREATE OR REPLACE FUNCTION desk.segment_besides(own text, of bigint,
    words text[])
RETURNS text
LANGUAGE sql STABLE
AS $$
	SELECT CASE WHEN EXISTS (SELECT FROM desk.segment s
		WHERE s.name = own AND s.body ?| words)
	    THEN (SELECT s.name FROM desk.segment_member m
		JOIN desk.segment s ON s.name = m.segment
		WHERE m.customer = of AND NOT s.body ?| words
		ORDER BY s.place LIMIT 1)
	    ELSE own END
$$;

-- How long one usually stays away: until nine of ten were back who came back,
-- by segment and of all, within three years before a moment and (past) an earlier
-- one.  Orders of one day are one.  Who is about to be lost has no segment's gap
-- for it: it would be made of whom it then makes.
CREATE OR REPLACE FUNCTION desk.order_gaps(at timestamptz, earlier timestamptz)
RETURNS TABLE (past boolean, segment text, n bigint, seconds bigint)
LANGUAGE sql STABLE
AS $$
	WITH o AS MATERIALIZED (
	    -- All orders, and who gave them, are read once for both.
	    SELECT coalesce(CASE WHEN s.name IS NULL THEN c.segment
		    ELSE desk.segment_besides(c.segment, c.id, '{churn}') END,
		    '') AS segment, o.first_at,
		lag(o.first_at) OVER (PARTITION BY o.customer
		    ORDER BY o.first_at, o.order_no) AS prior_at
	    FROM desk.customer_order o
	    JOIN desk.customer c ON c.id = o.customer
	    LEFT JOIN desk.segment s ON s.name = c.segment
		AND s.body ? 'churn'
	    WHERE o.first_at <= at
		AND o.first_at > earlier - interval '3 years'
		AND coalesce(o.status, '')
		    !~* '^(cancel|return|refund|huỷ|hủy|huy|trả|tra )'
	), g AS (
	    SELECT m.past, o.segment,
		extract(epoch FROM o.first_at - o.prior_at) AS s
	    FROM o
	    JOIN (VALUES (false, at), (true, earlier)) m(past, at)
		ON o.first_at <= m.at
		    AND o.prior_at > m.at - interval '3 years'
	)
	SELECT g.past, coalesce(g.segment, ''), count(*),
	    percentile_disc(0.9) WITHIN GROUP (ORDER BY g.s)::bigint
	FROM g WHERE g.s >= 86400
	GROUP BY GROUPING SETS ((g.past, g.segment), (g.past))
	HAVING GROUPING(g.segment) = 1 OR g.segment <> ''
$$;

-- Why these customers were about to be lost at a moment, by what was known
-- then; past: by what was usual at the round's moment in the past.  A row for
-- each who had ordered within a year; idle: how long he was away, of what is
-- usual.
CREATE OR REPLACE FUNCTION desk.churn_reasons(whom bigint[], moment timestamptz,
    past boolean)
RETURNS TABLE (customer bigint, reasons text[], newest_at timestamptz,
    usual_s bigint, worth numeric, idle text)
LANGUAGE plpgsql STABLE
SET enable_seqscan = off
SET jit = off
AS $$
#variable_conflict use_column
DECLARE
	lately	CONSTANT timestamptz := moment - interval '90 days';
BEGIN
	RETURN QUERY
	WITH o AS (
	    SELECT g.customer, g.at, g.worth, extract(epoch FROM g.at
		- lag(g.at) OVER (PARTITION BY g.customer
		    ORDER BY g.at, g.order_no)) AS gap
	    FROM desk.orders_good(whom) g WHERE g.at <= moment
	), own AS (
	    SELECT o.customer, max(o.at) AS newest,
		count(*) FILTER (WHERE o.gap >= 86400) AS gaps,
		percentile_disc(0.5) WITHIN GROUP (ORDER BY o.gap)
		    FILTER (WHERE o.gap >= 86400) AS median,
		coalesce(sum(o.worth) FILTER (WHERE o.at
		    > moment - interval '365 days'), 0) AS worth
	    FROM o GROUP BY 1
	    HAVING max(o.at) > moment - interval '365 days'
	), known AS (
	    SELECT x.*, extract(epoch FROM moment - x.newest) AS away,
		CASE WHEN x.gaps >= 3
		    THEN greatest(2 * x.median, 14 * 86400)::bigint
		ELSE (SELECT p.seconds FROM desk.order_gap p
		    WHERE p.past = churn_reasons.past AND p.n >= 30
			AND p.segment IN ('', desk.segment_besides(c.segment,
			    c.id, '{churn}'))
		    ORDER BY p.segment DESC LIMIT 1) END AS usual
	    FROM own x JOIN desk.customer c ON c.id = x.customer
	    WHERE c.erased_at IS NULL
	)
	SELECT k.customer, ARRAY(SELECT w.reason FROM (VALUES
		('gap', coalesce(k.away > k.usual, false)),
		('detractor', coalesce((SELECT r.class = 'detractor'
		    FROM desk.response r
		    WHERE r.customer = k.customer AND r.class IS NOT NULL
			AND r.at <= moment AND r.at > lately
		    ORDER BY r.at DESC, r.id DESC LIMIT 1), false)),
		('promise', EXISTS (SELECT FROM desk.promise p
		    WHERE p.customer = k.customer AND p.state = 'broken'
			AND p.ended_at <= moment AND p.ended_at > lately)),
		('contact', k.newest <= lately AND (SELECT
			count(*) FILTER (WHERE t.opened_at <= lately) >= 3
			AND count(*) FILTER (WHERE t.opened_at > lately) = 0
		    FROM desk.ticket t
		    WHERE t.customer = k.customer AND t.kind = 'case'
			AND t.opened_at <= moment
			AND t.opened_at > moment - interval '180 days')),
		('complaint', EXISTS (SELECT FROM desk.feedback f
		    WHERE f.customer = k.customer AND f.kind = 'complaint'
			AND f.at <= moment - interval '3 days'
			AND f.at > lately
			AND coalesce(f.answered_at > moment, true)))
		) w(reason, holds) WHERE w.holds ORDER BY w.reason),
	    k.newest, k.usual, k.worth,
	    desk.idle_name(k.away, k.usual)
	FROM known k;
END;
$$;

-- Brings what is kept of these customers up to date.
CREATE OR REPLACE FUNCTION desk.retention_of(whom bigint[])
RETURNS void
LANGUAGE plpgsql
SET enable_seqscan = off
SET jit = off
AS $$
BEGIN
	-- Who is being merged or erased is not waited for in any other order.
	PERFORM FROM desk.customer c WHERE c.id = ANY (whom)
	ORDER BY c.id FOR NO KEY UPDATE;
	DELETE FROM desk.retained r
	WHERE r.customer = ANY (whom) AND NOT EXISTS (
	    SELECT FROM desk.retained_of(whom) n WHERE n.ticket = r.ticket);
	INSERT INTO desk.retained AS r
	SELECT * FROM desk.retained_of(whom) n
	ON CONFLICT (ticket) DO UPDATE SET customer = excluded.customer,
	    ended_at = excluded.ended_at, outcome = excluded.outcome,
	    class = excluded.class, touchpoint = excluded.touchpoint,
	    again_at = excluded.again_at, ended_on = excluded.ended_on,
	    prior_on = excluded.prior_on, orders = excluded.orders,
	    worth = excluded.worth
	WHERE (r.customer, r.ended_at, r.outcome, r.class, r.touchpoint,
		r.again_at, r.ended_on, r.prior_on, r.orders, r.worth)
	    IS DISTINCT FROM (excluded.customer, excluded.ended_at,
		excluded.outcome, excluded.class, excluded.touchpoint,
		excluded.again_at, excluded.ended_on, excluded.prior_on,
		excluded.orders, excluded.worth);
	PERFORM desk.retained_fold();
	WITH named AS MATERIALIZED (
	    SELECT * FROM desk.churn_reasons(whom, now(), false) c
	    WHERE c.reasons <> '{}'
	), gone AS (
	    DELETE FROM desk.churn c
	    WHERE c.customer = ANY (whom)
		AND c.customer NOT IN (SELECT n.customer FROM named n)
	)
	INSERT INTO desk.churn AS c (customer, reasons, newest_at, usual_s,
	    worth)
	SELECT n.customer, n.reasons, n.newest_at, n.usual_s, n.worth
	FROM named n
	ON CONFLICT (customer) DO UPDATE SET reasons = excluded.reasons,
	    newest_at = excluded.newest_at, usual_s = excluded.usual_s,
	    worth = excluded.worth
	WHERE (c.reasons, c.newest_at, c.usual_s, c.worth) IS DISTINCT FROM
	    (excluded.reasons, excluded.newest_at, excluded.usual_s,
	    excluded.worth);
	UPDATE desk.followup_sent f SET again_at = o.at
	FROM (SELECT s.id, min(g.at) AS at
	    FROM desk.followup_sent s
	    CROSS JOIN LATERAL desk.orders_good(ARRAY[s.customer]) g
	    WHERE s.customer = ANY (whom) AND g.at > coalesce(s.sent_at,
		-- Whom the sample left out is compared with.
		CASE WHEN s.why = 'sample' THEN s.send_at END)
	    GROUP BY 1) o
	WHERE f.id = o.id AND f.again_at IS DISTINCT FROM o.at;
	PERFORM desk.followups_look(whom);
END;
$$;

-- Whom of these the rules would have named at the round's moment, and who of
-- them did not order in the 90 days that followed.
CREATE OR REPLACE FUNCTION desk.churn_try(whom bigint[], m desk.retention_mark)
RETURNS void
LANGUAGE plpgsql
SET enable_seqscan = off
SET jit = off
AS $$
BEGIN
	INSERT INTO desk.churn_test AS t (round, kind, name, n, lost)
	SELECT (m).began_at, w.kind, w.name, count(*),
	    count(*) FILTER (WHERE NOT EXISTS (
		SELECT FROM desk.orders_good(ARRAY[c.customer]) o
		WHERE o.at > (m).then_at
		    AND o.at <= (m).then_at + interval '90 days'))
	FROM desk.churn_reasons(whom, (m).then_at, true) c
	CROSS JOIN LATERAL (
	    SELECT 'reason', x FROM unnest(c.reasons) x
	    UNION ALL
	    SELECT 'reason', CASE c.reasons WHEN '{}' THEN 'none' ELSE '' END
	    UNION ALL
	    SELECT 'idle', c.idle) w(kind, name)
	GROUP BY 2, 3
	ON CONFLICT (round, kind, name) DO UPDATE SET n = t.n + excluded.n,
	    lost = t.lost + excluded.lost;
END;
$$;

-- A round over everybody begins: what is usual, now and at its moment.
CREATE OR REPLACE FUNCTION desk.retention_round()
RETURNS void
LANGUAGE plpgsql
SET jit = off
AS $$
DECLARE
	here	text := desk.report_zone('{}');
	m	desk.retention_mark;
BEGIN
	UPDATE desk.retention_mark SET upto = 0, began_at = now(),
	    then_at = now() - interval '90 days',
	    zoned = zoned AND zone = here, zone = here
	RETURNING * INTO m;
	DELETE FROM desk.churn_test t
	WHERE t.round NOT IN (m.began_at, m.tested_at);
	DELETE FROM desk.churn_segment t
	WHERE t.round NOT IN (m.began_at, m.tested_at);
	DELETE FROM desk.order_gap;
	INSERT INTO desk.order_gap (past, segment, n, seconds)
	SELECT g.* FROM desk.order_gaps(m.began_at, m.then_at) g;
END;
$$;

-- Looks at the next customers, lim at most: those of whom something changed
-- first, then everybody, once a day.  One daemon at a time.  How many were
-- looked at.
CREATE OR REPLACE FUNCTION desk.retention_run(lim int)
RETURNS int
LANGUAGE plpgsql
AS $$
DECLARE
	here	text := desk.report_zone('{}');
	m	desk.retention_mark;
	whom	bigint[];
BEGIN
	SELECT * INTO m FROM desk.retention_mark;
	IF m.upto IS NULL AND m.began_at > now() - interval '1 day'
	    AND m.zone = here
	    AND NOT EXISTS (SELECT FROM desk.retention_todo) THEN
		RETURN 0;
	ELSIF NOT pg_try_advisory_xact_lock(
	    hashtextextended('desk.retention', 0)) THEN
		RETURN 0;
	END IF;
	SELECT * INTO m FROM desk.retention_mark;
	-- In another zone days are others, from here on in all that is looked at.
	IF m.zone <> here
	    OR m.upto IS NULL AND m.began_at <= now() - interval '1 day' THEN
		PERFORM desk.retention_round();
	END IF;
	WITH taken AS (
	    DELETE FROM desk.retention_todo d WHERE d.id IN (
		SELECT n.id FROM desk.retention_todo n ORDER BY n.id LIMIT lim)
	    RETURNING d.customer
	)
	SELECT array_agg(DISTINCT t.customer) INTO whom FROM taken t;
	IF whom IS NULL THEN
		SELECT * INTO m FROM desk.retention_mark;
		IF m.upto IS NULL THEN
			RETURN 0;
		END IF;
		SELECT array_agg(n.id) INTO whom
		FROM (SELECT c.id FROM desk.customer c
		    WHERE c.id > m.upto ORDER BY c.id LIMIT lim) n;
		PERFORM desk.churn_try(whom, m);
		PERFORM desk.churn_count(whom, m);
		UPDATE desk.retention_mark SET
		    upto = (SELECT max(w.id) FROM unnest(whom) w(id)
			HAVING count(*) = lim);
		UPDATE desk.retention_mark SET tested_at = m.began_at,
		    tested_then = m.then_at, zoned = true
		WHERE upto IS NULL;
	END IF;
	PERFORM desk.retention_of(whom);
	RETURN coalesce(cardinality(whom), 0);
END;
$$;

-- Where what is kept differs from what the record says; empty, as long as
-- nothing is left to be looked at.  The segment stays as it was.
CREATE OR REPLACE FUNCTION desk.retention_differs()
RETURNS TABLE (ticket bigint, kept text, said text)
LANGUAGE sql STABLE
AS $$
	SELECT coalesce(k.ticket, n.ticket), k.said, n.said
	FROM (SELECT r.ticket, ROW(r.customer, r.ended_at, r.outcome, r.class,
		r.touchpoint, r.again_at, r.ended_on, r.prior_on, r.orders,
		r.worth)::text AS said
	    FROM desk.retained r) k
	FULL JOIN (SELECT r.ticket, ROW(r.customer, r.ended_at, r.outcome,
		r.class, r.touchpoint, r.again_at, r.ended_on, r.prior_on,
		r.orders, r.worth)::text AS said
	    FROM desk.retained_of(ARRAY(SELECT c.id FROM desk.customer c)) r) n
	    USING (ticket)
	WHERE k.said IS DISTINCT FROM n.said
$$;
