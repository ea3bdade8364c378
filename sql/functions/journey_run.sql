-- Steps as they are put on record: the only writer of desk.step and of what
-- follows from it.  One at a time (journey_turn()), in the chore or for who
-- says what a step is; it waits for nobody who has a case.

-- Waits for its turn, or, when told to try, says whether it has it.
CREATE OR REPLACE FUNCTION desk.journey_turn(try boolean)
RETURNS boolean
LANGUAGE plpgsql
AS $$
BEGIN
	IF try THEN
		RETURN pg_try_advisory_xact_lock(1145393036);
	END IF;
	PERFORM pg_advisory_xact_lock(1145393036);
	RETURN true;
END;
$$;

-- What a step counts for; n is 1.
CREATE OR REPLACE FUNCTION desk.step_counts(s desk.step)
RETURNS SETOF desk.journey_day
LANGUAGE sql IMMUTABLE
AS $$
	SELECT 'd'::"char", w.what, (s).day, w.journey, w.stage, w.prior,
	    w.touchpoint, w.queue, w.channel, (s).segment, w.value::smallint,
	    1::bigint
	FROM (VALUES
	    ('step', true, (s).journey, (s).stage, '', (s).touchpoint,
		(s).queue, (s).channel, coalesce((s).mood, 2)),
	    ('visit', (s).visit, (s).journey, (s).stage, (s).prior,
		(s).touchpoint, (s).queue, (s).channel, 0),
	    ('enter', (s).entered, (s).journey, (s).stage,
		CASE WHEN (s).prior_journey = (s).journey
		    THEN (s).prior_stage ELSE '' END, '', 0, '', 0),
	    ('reach', (s).reached, (s).journey, (s).stage, '', '', 0, '', 0),
	    ('leave', (s).prior_stage <> ''
		AND (s).prior_journey <> (s).journey, (s).prior_journey,
		(s).prior_stage, '', '', 0, '', 0),
	    ('stay', (s).stayed IS NOT NULL, (s).prior_journey,
		(s).prior_stage, '', '', 0, '', desk.stay_value((s).stayed)))
	    w(what, counts, journey, stage, prior, touchpoint, queue, channel,
		value)
	WHERE w.counts
$$;

-- The steps of these customers from their places on.
CREATE OR REPLACE FUNCTION desk.steps_from(whose bigint[], ats timestamptz[],
    events bigint[])
RETURNS SETOF desk.step
LANGUAGE sql STABLE
AS $$
	SELECT s.*
	FROM unnest(whose, ats, events) b(customer, at, event)
	JOIN desk.step s ON s.customer = b.customer
	    AND (s.at, s.event) >= (b.at, b.event)
$$;

-- Sets what follows from the steps before, from those places on.
CREATE OR REPLACE FUNCTION desk.steps_link(whose bigint[], ats timestamptz[],
    events bigint[])
RETURNS void
LANGUAGE sql
AS $$
	WITH s AS (
	    SELECT * FROM desk.steps_from(whose, ats, events)
	), z AS (
	    -- The last one before each place.
	    SELECT l.*
	    FROM unnest(whose, ats, events) b(customer, at, event)
	    CROSS JOIN LATERAL (SELECT * FROM desk.step o
		WHERE o.customer = b.customer
		    AND (o.at, o.event) < (b.at, b.event)
		ORDER BY o.at DESC, o.event DESC LIMIT 1) l
	), chain AS (
	    SELECT s.event, s.customer, s.at, s.journey, s.stage,
		s.touchpoint,
		coalesce(lag(s.journey) OVER w, z.journey, '') AS prior_journey,
		coalesce(lag(s.stage) OVER w, z.stage, '') AS prior_stage,
		coalesce(lag(s.touchpoint) OVER w, z.touchpoint, '') AS prior,
		coalesce(lag(s.ticket) OVER w, z.ticket) IS DISTINCT FROM s.ticket
		    AS elsewhere,
		z.nth AS before_nth, z.since AS before_since
	    FROM s LEFT JOIN z ON z.customer = s.customer
	    WINDOW w AS (PARTITION BY s.customer ORDER BY s.at, s.event)
	), marked AS (
	    SELECT c.*, (c.journey, c.stage) <> (c.prior_journey, c.prior_stage)
		AS entered
	    FROM chain c
	), runs AS (
	    SELECT m.*, count(*) FILTER (WHERE m.entered) OVER (
		PARTITION BY m.customer ORDER BY m.at, m.event) AS run
	    FROM marked m
	), made AS (
	    SELECT r.*,
		row_number() OVER o + CASE WHEN r.run = 0
		    THEN r.before_nth ELSE 0 END AS nth,
		CASE WHEN r.run = 0 THEN r.before_since
		    ELSE first_value(r.at) OVER o END AS since,
		r.entered AND row_number() OVER (PARTITION BY r.customer,
		    r.journey, r.stage, r.entered ORDER BY r.at, r.event) = 1
		AND NOT EXISTS (
		    SELECT FROM unnest(whose, ats, events) b(customer, at, event)
		    JOIN desk.step o ON o.customer = b.customer
			AND (o.at, o.event) < (b.at, b.event)
		    WHERE b.customer = r.customer AND o.entered
			AND o.journey = r.journey AND o.stage = r.stage)
		AS reached
	    FROM runs r
	    WINDOW o AS (PARTITION BY r.customer, r.run ORDER BY r.at, r.event)
	), stays AS (
	    SELECT m.*, CASE WHEN m.entered AND m.prior_stage <> '' THEN
		floor(extract(epoch FROM m.at - coalesce(lag(m.since)
		    OVER (PARTITION BY m.customer ORDER BY m.at, m.event),
		    m.before_since)))::bigint END AS stayed
	    FROM made m
	)
	UPDATE desk.step s SET prior_journey = m.prior_journey,
	    prior_stage = m.prior_stage, prior = m.prior,
	    visit = m.elsewhere OR m.prior <> m.touchpoint,
	    entered = m.entered, reached = m.reached, nth = m.nth,
	    since = m.since, stayed = m.stayed
	FROM stays m
	WHERE s.event = m.event
	    AND (s.prior_journey, s.prior_stage, s.prior, s.visit, s.entered,
		s.reached, s.nth, s.since, s.stayed) IS DISTINCT FROM
		(m.prior_journey, m.prior_stage, m.prior,
		m.elsewhere OR m.prior <> m.touchpoint, m.entered, m.reached,
		m.nth, m.since, m.stayed)
$$;

-- Adds to days and months what steps count for now and did not before.
CREATE OR REPLACE FUNCTION desk.journey_count(before desk.journey_day[],
    now desk.journey_day[])
RETURNS void
LANGUAGE sql
AS $$
	WITH d AS (
	    SELECT x.what, x.day, x.journey, x.stage, x.prior, x.touchpoint,
		x.queue, x.channel, x.segment, x.value, sum(x.n * x.sign) AS n
	    FROM (SELECT *, 1 AS sign FROM unnest(now)
		UNION ALL SELECT *, -1 FROM unnest(before)) x
	    GROUP BY 1, 2, 3, 4, 5, 6, 7, 8, 9, 10
	    HAVING sum(x.n * x.sign) <> 0
	)
	INSERT INTO desk.journey_day AS j
	SELECT u.span, d.what, CASE u.span WHEN 'd' THEN d.day
	    ELSE date_trunc('month', d.day)::date END, d.journey, d.stage,
	    d.prior, d.touchpoint, d.queue, d.channel, d.segment, d.value,
	    sum(d.n)
	FROM d, unnest('{d,m}'::"char"[]) u(span)
	GROUP BY 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11
	ON CONFLICT (span, what, day, journey, stage, prior, touchpoint, queue,
	    channel, segment, value) DO UPDATE SET n = j.n + excluded.n
$$;

-- Where these customers are now.
CREATE OR REPLACE FUNCTION desk.customer_stages(whose bigint[])
RETURNS void
LANGUAGE sql
AS $$
	DELETE FROM desk.customer_stage c
	WHERE c.customer = ANY (whose) AND NOT EXISTS (
	    SELECT FROM desk.step s WHERE s.customer = c.customer);
	INSERT INTO desk.customer_stage AS c (customer, journey, stage,
	    touchpoint, since, at, event, n, segment)
	SELECT l.customer, l.journey, l.stage, l.touchpoint, l.since, l.at,
	    l.event, l.nth, coalesce((SELECT k.segment FROM desk.customer k
		WHERE k.id = l.customer), '')
	FROM unnest(whose) w(customer)
	CROSS JOIN LATERAL (SELECT * FROM desk.step s
	    WHERE s.customer = w.customer
	    ORDER BY s.at DESC, s.event DESC LIMIT 1) l
	ORDER BY l.customer
	ON CONFLICT (customer) DO UPDATE SET journey = excluded.journey,
	    stage = excluded.stage, touchpoint = excluded.touchpoint,
	    since = excluded.since, at = excluded.at, event = excluded.event,
	    n = excluded.n, segment = excluded.segment
	WHERE c.* IS DISTINCT FROM excluded.*
$$;

-- Where these customers are says their segment, too; in the order in which
-- customer_stages() writes, so that nobody waits crosswise.
CREATE OR REPLACE FUNCTION desk.stage_segments(whose bigint[])
RETURNS void
LANGUAGE plpgsql
SET enable_seqscan = off
AS $$
DECLARE
	other	bigint[] := ARRAY(SELECT s.customer
		    FROM desk.customer_stage s
		    JOIN desk.customer c ON c.id = s.customer
		    WHERE s.customer = ANY (whose)
			AND s.segment <> coalesce(c.segment, ''));
BEGIN
	IF other = '{}' THEN
		RETURN;
	END IF;
	PERFORM FROM desk.customer_stage s WHERE s.customer = ANY (other)
	ORDER BY s.customer FOR NO KEY UPDATE;
	UPDATE desk.customer_stage s SET segment = coalesce(c.segment, '')
	FROM desk.customer c
	WHERE c.id = s.customer AND s.customer = ANY (other);
END;
$$;

-- Who asks about a segment is to hear of it, also when its last customer has left.
CREATE OR REPLACE FUNCTION desk.segments_note(names text[])
RETURNS void
LANGUAGE plpgsql
AS $$
BEGIN
	INSERT INTO desk.dimension_value
	SELECT DISTINCT 'segment', n FROM unnest(names) n
	WHERE n <> '' AND NOT EXISTS (SELECT FROM desk.dimension_value k
	    WHERE k.dimension = 'segment' AND k.value = n)
	ORDER BY 2
	ON CONFLICT DO NOTHING;
END;
$$;

-- On desk.customer: who comes with a segment, from a merge that is undone, or from
-- the tables of another desk.
CREATE OR REPLACE FUNCTION desk.segment_comes()
RETURNS trigger
LANGUAGE plpgsql
AS $$
DECLARE
	names	text[] := ARRAY(SELECT DISTINCT f.segment FROM fresh f
		    WHERE f.segment <> '');
BEGIN
	IF names <> '{}' THEN
		PERFORM desk.segments_note(names);
	END IF;
	RETURN NULL;
END;
$$;

-- On desk.customer.
CREATE OR REPLACE FUNCTION desk.stage_segment()
RETURNS trigger
LANGUAGE plpgsql
AS $$
DECLARE
	whose	bigint[] := ARRAY(SELECT f.id
		    FROM fresh f JOIN stale s ON s.id = f.id
		    WHERE f.segment IS DISTINCT FROM s.segment);
BEGIN
	IF whose <> '{}' THEN
		PERFORM desk.stage_segments(whose);
		PERFORM desk.segments_note(ARRAY(SELECT f.segment FROM fresh f
		    WHERE f.id = ANY (whose)));
	END IF;
	RETURN NULL;
END;
$$;

-- What a step is by itself, without what follows from those before.
CREATE OR REPLACE FUNCTION desk.step_said(s desk.step)
RETURNS text
LANGUAGE sql IMMUTABLE
AS $$
	SELECT ROW((s).at, (s).day, (s).customer, (s).ticket, (s).kind,
	    (s).channel, (s).queue, (s).segment, (s).journey, (s).stage,
	    (s).touchpoint, (s).by_hand, (s).mood)::text
$$;

-- Puts the steps of these events on record, as they are now.
CREATE OR REPLACE FUNCTION desk.steps_put(ids bigint[], filed timestamptz[])
RETURNS void
LANGUAGE plpgsql
SET enable_seqscan = off
SET jit = off
AS $$
DECLARE
	want	desk.step[];
	gone	bigint[];
	whose	bigint[];
	ats	timestamptz[];
	events	bigint[];
	before	desk.journey_day[];
	cases	bigint[];
BEGIN
	-- A step whose event is nobody's any more stays as it was.
	want := ARRAY(SELECT s FROM desk.steps_of(ids, filed) s);
	gone := ARRAY(SELECT s.event FROM desk.step s
	    JOIN desk.customer c ON c.id = (SELECT v.customer FROM desk.event v
		WHERE v.id = s.event AND v.filed_at = s.filed_at)
	    WHERE s.event = ANY (ids) AND c.erased_at IS NULL AND s.event
		NOT IN (SELECT (w).event FROM unnest(want) w));
	want := ARRAY(SELECT w FROM unnest(want) w
	    LEFT JOIN desk.step s ON s.event = (w).event
	    WHERE s.event IS NULL
		OR desk.step_said(s) <> desk.step_said(w));
	SELECT array_agg(x.customer), array_agg(x.at), array_agg(x.event)
	INTO whose, ats, events FROM (
	    SELECT DISTINCT ON (y.customer) * FROM (
		SELECT (w).customer, (w).at, (w).event FROM unnest(want) w
		UNION ALL
		SELECT s.customer, s.at, s.event FROM desk.step s
		WHERE s.event = ANY (gone || ARRAY(SELECT (w).event
		    FROM unnest(want) w))) y
	    ORDER BY y.customer, y.at, y.event) x;
	IF whose IS NULL THEN
		RETURN;
	END IF;

	before := ARRAY(SELECT k FROM desk.steps_from(whose, ats, events) s,
	    desk.step_counts(s) k);
	cases := ARRAY(SELECT s.ticket FROM desk.step s
		WHERE s.event = ANY (ids)
	    UNION SELECT (w).ticket FROM unnest(want) w);
	DELETE FROM desk.step s WHERE s.event = ANY (gone);
	INSERT INTO desk.step AS s
	SELECT (w).* FROM unnest(want) w
	ON CONFLICT (event) DO UPDATE SET at = excluded.at,
	    day = excluded.day, customer = excluded.customer,
	    ticket = excluded.ticket, kind = excluded.kind,
	    channel = excluded.channel, queue = excluded.queue,
	    segment = excluded.segment, journey = excluded.journey,
	    stage = excluded.stage, touchpoint = excluded.touchpoint,
	    by_hand = excluded.by_hand, mood = excluded.mood;
	PERFORM desk.steps_link(whose, ats, events);
	PERFORM desk.journey_count(before, ARRAY(SELECT k
	    FROM desk.steps_from(whose, ats, events) s, desk.step_counts(s) k));
	PERFORM desk.customer_stages(whose);
	-- What these customers are worth there, and what troubles they had.
	INSERT INTO desk.worth_todo (customer) SELECT unnest(whose);
	INSERT INTO desk.friction_todo (ticket) SELECT unnest(cases);
END;
$$;

-- A call is one step, its first event's: a step of an event that came later and
-- was looked at earlier is looked at again.
CREATE OR REPLACE FUNCTION desk.steps_beside(ids bigint[])
RETURNS TABLE (event bigint, filed_at timestamptz)
LANGUAGE sql STABLE
AS $$
	SELECT s.event, s.filed_at
	FROM desk.event v JOIN desk.step s ON s.ticket = v.ticket
	    AND s.event > v.id AND s.kind = 'call'
	WHERE v.id = ANY (ids) AND v.kind = 'call'
$$;

-- The chore: about lim events; whether there is more to do at once.
CREATE OR REPLACE FUNCTION desk.journey_run(lim int)
RETURNS boolean
LANGUAGE plpgsql
SET jit = off
AS $$
DECLARE
	ids	bigint[];
	filed	timestamptz[];
	again	desk.journey_again;
	n	int;
BEGIN
	IF NOT desk.journey_turn(true) THEN
		RETURN false;
	END IF;
	WITH taken AS (
	    DELETE FROM desk.step_todo d WHERE d.id <= (
		SELECT max(o.id) FROM (SELECT x.id FROM desk.step_todo x
		    ORDER BY x.id LIMIT lim) o)
	    RETURNING d.event, d.filed_at
	)
	SELECT array_agg(t.event), array_agg(t.filed_at), count(*)
	INTO ids, filed, n FROM taken t;
	IF n = 0 THEN
		SELECT * INTO again FROM desk.journey_again;
		IF NOT FOUND THEN
			RETURN false;
		END IF;
		SELECT array_agg(e.id), array_agg(e.filed_at), count(*)
		INTO ids, filed, n
		FROM (SELECT v.id, v.filed_at FROM desk.event v
		    WHERE v.id > again.after AND v.id <= again.upto
		    ORDER BY v.id LIMIT lim) e;
		UPDATE desk.journey_again a SET after = CASE WHEN n < lim
		    THEN a.upto ELSE ids[n] END;
		DELETE FROM desk.journey_again a WHERE a.after >= a.upto;
	END IF;
	SELECT ids || coalesce(array_agg(b.event), '{}'),
	    filed || coalesce(array_agg(b.filed_at), '{}')
	INTO ids, filed FROM desk.steps_beside(ids) b;
	PERFORM desk.steps_put(ids, filed);
	RETURN n >= lim;
END;
$$;

-- Has the whole history gone through again, by the chore.
CREATE OR REPLACE FUNCTION desk.journey_anew()
RETURNS void
LANGUAGE sql
AS $$
	INSERT INTO desk.journey_again AS a (after, upto)
	SELECT 0, coalesce(max(e.id), 0) FROM desk.event e
	ON CONFLICT (one) DO UPDATE SET after = 0, upto = excluded.upto
$$;

-- What is on record and does not follow from the steps; empty, unless
-- something is wrong.  It reads all of them.
CREATE OR REPLACE FUNCTION desk.journey_differs()
RETURNS TABLE (what text, which text)
LANGUAGE sql STABLE
AS $$
	WITH chain AS (
	    SELECT s.*, lag(s.journey) OVER w AS j0, lag(s.stage) OVER w AS s0,
		lag(s.touchpoint) OVER w AS p0, lag(s.ticket) OVER w AS t0,
		s.at - lag(s.since) OVER w AS lasted,
		NOT EXISTS (SELECT FROM desk.step o
		    WHERE o.customer = s.customer AND o.journey = s.journey
			AND o.stage = s.stage
			AND (o.at, o.event) < (s.at, s.event)) AS fresh
	    FROM desk.step s
	    WINDOW w AS (PARTITION BY s.customer ORDER BY s.at, s.event)
	)
	SELECT 'step', c.event::text FROM chain c
	WHERE c.prior_journey <> coalesce(c.j0, '')
	    OR c.prior_stage <> coalesce(c.s0, '')
	    OR c.prior <> coalesce(c.p0, '')
	    OR c.visit <> ((c.touchpoint, c.ticket)
		IS DISTINCT FROM (c.p0, c.t0))
	    OR c.entered <> ((c.journey, c.stage)
		IS DISTINCT FROM (c.j0, c.s0))
	    OR c.reached <> c.fresh
	    OR c.stayed IS DISTINCT FROM CASE WHEN c.entered
		THEN floor(extract(epoch FROM c.lasted)) END
	UNION ALL
	SELECT 'customer', coalesce(l.customer, c.customer)::text
	FROM (SELECT DISTINCT ON (s.customer) s.*, (SELECT count(*)
		FROM desk.step o WHERE o.customer = s.customer
		    AND (o.at, o.event) >= (
			SELECT x.at, x.event FROM desk.step x
			WHERE x.customer = s.customer AND x.entered
			ORDER BY x.at DESC, x.event DESC LIMIT 1)) AS run
	    FROM desk.step s ORDER BY s.customer, s.at DESC, s.event DESC) l
	FULL JOIN desk.customer_stage c ON c.customer = l.customer
	WHERE (c.journey, c.stage, c.touchpoint, c.since, c.at, c.event, c.n,
		c.segment)
	    IS DISTINCT FROM (l.journey, l.stage, l.touchpoint, (
		SELECT max(x.at) FROM desk.step x
		WHERE x.customer = l.customer AND x.entered), l.at, l.event,
		l.run, coalesce((SELECT k.segment FROM desk.customer k
		WHERE k.id = l.customer), ''))
	UNION ALL
	SELECT 'day', ROW(x.span, x.what, x.day, x.stage, x.prior,
	    x.touchpoint)::text
	FROM (SELECT u.span, k.what, CASE u.span WHEN 'd' THEN k.day
		ELSE date_trunc('month', k.day)::date END AS day, k.journey,
		k.stage, k.prior, k.touchpoint, k.queue, k.channel, k.segment,
		k.value, k.n
	    FROM desk.step s, desk.step_counts(s) k,
		unnest('{d,m}'::"char"[]) u(span)
	    UNION ALL
	    SELECT d.span, d.what, d.day, d.journey, d.stage, d.prior,
		d.touchpoint, d.queue, d.channel, d.segment, d.value, -d.n
	    FROM desk.journey_day d) x
	GROUP BY x.span, x.what, x.day, x.journey, x.stage, x.prior,
	    x.touchpoint, x.queue, x.channel, x.segment, x.value
	HAVING sum(x.n) <> 0
$$;
