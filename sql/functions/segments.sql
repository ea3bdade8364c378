-- Segments of customers: who is in which, kept current by a chore.

-- "3", "3-", "-5", "3-5" as a range of whole numbers; NULL when it is none.
CREATE OR REPLACE FUNCTION desk.numbers_read(said text)
RETURNS int8range
LANGUAGE sql IMMUTABLE PARALLEL SAFE
AS $$
	SELECT CASE WHEN p.low IS NULL OR p.high IS NULL OR p.low <= p.high
	    THEN int8range(p.low, p.high, '[]') END
	FROM (SELECT nullif(m.a[1], '')::bigint AS low,
		CASE WHEN m.a[2] IS NULL THEN nullif(m.a[1], '')
		ELSE nullif(m.a[3], '') END::bigint AS high
	    FROM regexp_match(said,
		'^([0-9]{0,15})(?:(-)([0-9]{0,15}))?$') m(a)
	    WHERE m.a[1] <> '' OR m.a[3] <> '') p
$$;

-- "bad", "bad 2", "bad 2 in 30d", "2 in 30d" as how often at least, of what, and
-- within how long; no row when it is none of these.
CREATE OR REPLACE FUNCTION desk.times_read(said text)
RETURNS TABLE (what text, n int, within interval)
LANGUAGE sql IMMUTABLE PARALLEL SAFE
AS $$
	SELECT m.a[1], coalesce(m.a[2], '1')::int,
	    make_interval(secs => m.a[3]::int * CASE m.a[4] WHEN 'm' THEN 60
		WHEN 'h' THEN 3600 ELSE 86400 END)
	FROM regexp_match(said, '^(?:(bad|plain|good)(?: (?=[0-9])|$))?'
	    '(?:([1-9][0-9]{0,2})(?: in ([1-9][0-9]{0,3})([mhd]))?)?$') m(a)
	WHERE num_nonnulls(m.a[1], m.a[2]) > 0
$$;

-- How many of a customer's messages since then show this feeling, of his newest
-- five hundred.
CREATE OR REPLACE FUNCTION desk.mood_times(of bigint, feels smallint,
    since timestamptz)
RETURNS bigint
LANGUAGE sql STABLE
SET enable_seqscan = off
AS $$
	SELECT count(*)
	FROM (SELECT e.id FROM desk.event e
	    WHERE e.customer = of AND e.direction = 'in'
		AND e.kind = 'message' AND e.filed_at >= since
	    ORDER BY e.id DESC LIMIT 500) e
	JOIN desk.mood m ON m.event = e.id
	WHERE m.value = feels AND m.at >= since
$$;

-- How many promises to a customer were not kept, or late, since then.
CREATE OR REPLACE FUNCTION desk.promises_missed(of bigint, since timestamptz)
RETURNS bigint
LANGUAGE sql STABLE
SET enable_seqscan = off
AS $$
	SELECT count(*) FROM desk.promise p
	WHERE p.customer = of AND p.state IN ('late', 'broken')
	    AND p.ended_at >= since
$$;

-- Of these customers those whom a block describes at a moment: all that it
-- says must hold.  Orders that were called off are none.
CREATE OR REPLACE FUNCTION desk.segment_fits(body jsonb, whom bigint[],
    at timestamptz DEFAULT now())
RETURNS SETOF bigint
LANGUAGE plpgsql STABLE
SET enable_seqscan = off
SET jit = off
AS $$
DECLARE
	since	timestamptz := CASE WHEN body ? 'within' THEN at
		    - make_interval(secs => (body->>'within')::int)
		    ELSE '-infinity' END;
BEGIN
	RETURN QUERY
	SELECT c.id FROM desk.customer c
	WHERE c.id = ANY (whom) AND c.erased_at IS NULL
	    AND (NOT body ? 'known' OR c.created_at
		> at - make_interval(secs => (body->>'known')::int))
	    AND (NOT body ? 'contact' OR EXISTS (
		SELECT FROM desk.contact k WHERE k.customer = c.id
		    AND body->'contact' ? k.kind))
	    AND (NOT body ?| '{orders,value,idle}' OR EXISTS (
		SELECT FROM (
		    SELECT count(*) FILTER (WHERE o.at >= since) AS n,
			coalesce(sum(o.amount) FILTER (WHERE o.at >= since
			    AND o.currency = coalesce(body->>'currency',
			    'VND')), 0) AS worth,
			max(o.at) AS newest
		    FROM (SELECT b.amount, coalesce(b.currency, 'VND')
			    AS currency, b.first_at AS at
			FROM desk.customer_order b
			WHERE b.customer = c.id AND coalesce(b.status, '')
			    !~* '^(cancel|return|refund|huỷ|hủy|huy|trả|tra )')
			o) s
		WHERE (NOT body ? 'orders'
			OR desk.numbers_read(body->>'orders') @> s.n)
		    AND (NOT body ? 'value'
			OR desk.numbers_read(body->>'value')
			    @> trunc(s.worth)::bigint)
		    AND (NOT body ? 'idle' OR s.newest
			<= at - make_interval(secs => (body->>'idle')::int))))
	    AND (NOT body ?| '{cases,channel,tag}' OR desk.numbers_read(
		coalesce(body->>'cases', '1-')) @> (
		SELECT count(*) FROM desk.ticket t
		WHERE t.customer = c.id AND t.kind = 'case'
		    AND t.opened_at >= since
		    AND (NOT body ? 'channel' OR body->'channel' ? t.channel)
		    AND (NOT body ? 'tag' OR body->'tag' ?| t.tags)))
	    AND NOT EXISTS (
		SELECT FROM unnest('{nps,csat,ces}'::text[]) k(kind)
		WHERE body ? k.kind AND NOT coalesce(
		    desk.numbers_read(body->>k.kind) @> (
			SELECT r.score::bigint FROM desk.response r
			WHERE r.customer = c.id AND r.kind = k.kind
			    AND r.at >= since
			ORDER BY r.at DESC, r.id DESC LIMIT 1), false))
	    AND (NOT body ? 'mood' OR (SELECT desk.mood_times(c.id,
		    desk.mood_named(coalesce(x.what, 'bad')),
		    coalesce(at - x.within, since)) >= x.n
		FROM desk.times_read(body->>'mood') x))
	    AND (NOT body ? 'promises_broken' OR (
		SELECT desk.promises_missed(c.id,
		    coalesce(at - x.within, since)) >= x.n
		FROM desk.times_read(body->>'promises_broken') x))
	    AND (NOT body ? 'churn' OR EXISTS (
		SELECT FROM desk.churn l
		WHERE l.customer = c.id AND (body->'churn' ? 'any'
		    OR body->'churn' ?| l.reasons)));
END;
$$;

-- Why a customer fits: of each word that the block has, what he is.
CREATE OR REPLACE FUNCTION desk.segment_why(body jsonb, of bigint)
RETURNS jsonb
LANGUAGE plpgsql STABLE
SET enable_seqscan = off
SET jit = off
AS $$
DECLARE
	since	timestamptz := CASE WHEN body ? 'within' THEN now()
		    - make_interval(secs => (body->>'within')::int)
		    ELSE '-infinity' END;
	why	jsonb := '{}';
BEGIN
	IF body ?| '{orders,value,idle}' THEN
		SELECT why || jsonb_build_object(
		    'orders', count(*) FILTER (WHERE o.at >= since),
		    'value', trunc(coalesce(sum(o.amount) FILTER (
			WHERE o.at >= since
			AND o.currency = coalesce(body->>'currency', 'VND')),
			0)),
		    'idle', desk.rfc3339(max(o.at)))
		INTO why
		FROM (SELECT b.amount, coalesce(b.currency, 'VND') AS currency,
			b.first_at AS at
		    FROM desk.customer_order b
		    WHERE b.customer = of AND coalesce(b.status, '')
			!~* '^(cancel|return|refund|huỷ|hủy|huy|trả|tra )') o;
	END IF;
	IF body ?| '{cases,channel,tag}' THEN
		SELECT why || jsonb_build_object('cases', count(*)) INTO why
		FROM desk.ticket t
		WHERE t.customer = of AND t.kind = 'case'
		    AND t.opened_at >= since
		    AND (NOT body ? 'channel' OR body->'channel' ? t.channel)
		    AND (NOT body ? 'tag' OR body->'tag' ?| t.tags);
	END IF;
	SELECT why || coalesce(jsonb_object_agg(k.kind, (
	    SELECT r.score FROM desk.response r
	    WHERE r.customer = of AND r.kind = k.kind AND r.at >= since
	    ORDER BY r.at DESC, r.id DESC LIMIT 1)), '{}') INTO why
	FROM unnest('{nps,csat,ces}'::text[]) k(kind)
	WHERE body ? k.kind;
	IF body ? 'known' THEN
		why := why || jsonb_build_object('known', (
		    SELECT desk.rfc3339(c.created_at) FROM desk.customer c
		    WHERE c.id = of));
	END IF;
	IF body ? 'mood' THEN
		SELECT why || jsonb_build_object('mood', desk.mood_times(of,
		    desk.mood_named(coalesce(x.what, 'bad')),
		    coalesce(now() - x.within, since))) INTO why
		FROM desk.times_read(body->>'mood') x;
	END IF;
	IF body ? 'promises_broken' THEN
		SELECT why || jsonb_build_object('promises_broken',
		    desk.promises_missed(of, coalesce(now() - x.within,
		    since))) INTO why
		FROM desk.times_read(body->>'promises_broken') x;
	END IF;
	IF body ? 'churn' THEN
		SELECT why || jsonb_build_object('churn', to_jsonb(l.reasons))
		INTO why
		FROM (SELECT) x
		LEFT JOIN desk.churn l ON l.customer = of;
	END IF;
	-- What it does not ask for is no reason.
	RETURN (SELECT coalesce(jsonb_object_agg(w.key, w.value), '{}')
	    FROM jsonb_each(why) w
	    WHERE w.value <> 'null' AND (body ? w.key OR w.key = 'cases'));
END;
$$;

-- Notes of whom something changed that a segment goes by.
CREATE OR REPLACE FUNCTION desk.segment_note()
RETURNS trigger
LANGUAGE plpgsql
AS $$
BEGIN
	IF EXISTS (SELECT FROM desk.segment s
	    WHERE s.body ?| CASE TG_TABLE_NAME
		WHEN 'customer_order' THEN '{orders,value,idle}'::text[]
		WHEN 'response' THEN '{nps,csat,ces}'
		WHEN 'promise' THEN '{promises_broken}'
		WHEN 'churn' THEN '{churn}'
		ELSE '{cases,channel,tag,contact,known}' END) THEN
		INSERT INTO desk.segment_todo (customer)
		SELECT DISTINCT f.customer FROM fresh f
		WHERE f.customer IS NOT NULL;
	END IF;
	RETURN NULL;
END;
$$;

-- Notes of whose message somebody read a feeling, once events are there.
CREATE OR REPLACE FUNCTION desk.segment_felt()
RETURNS trigger
LANGUAGE plpgsql
SET enable_seqscan = off
AS $$
BEGIN
	IF EXISTS (SELECT FROM desk.segment s WHERE s.body ? 'mood') THEN
		INSERT INTO desk.segment_todo (customer)
		SELECT DISTINCT e.customer
		FROM fresh f JOIN desk.event e ON e.id = f.event
		WHERE e.customer IS NOT NULL;
	END IF;
	RETURN NULL;
END;
$$;

-- Brings the segments of these customers up to date.
CREATE OR REPLACE FUNCTION desk.segments_of(whom bigint[])
RETURNS void
LANGUAGE plpgsql
SET enable_seqscan = off
AS $$
BEGIN
	-- Who is being merged or erased is not waited for in any other order.
	PERFORM FROM desk.customer c WHERE c.id = ANY (whom)
	ORDER BY c.id FOR NO KEY UPDATE;
	WITH now_in AS MATERIALIZED (
	    SELECT s.name, s.place, f.customer
	    FROM desk.segment s
	    CROSS JOIN LATERAL desk.segment_fits(s.body, whom) f(customer)
	), gone AS (
	    DELETE FROM desk.segment_member m
	    WHERE m.customer = ANY (whom) AND NOT EXISTS (
		SELECT FROM now_in i
		WHERE i.name = m.segment AND i.customer = m.customer)
	    RETURNING m.segment, -1 AS n
	), come AS (
	    INSERT INTO desk.segment_member (segment, customer)
	    SELECT i.name, i.customer FROM now_in i
	    ON CONFLICT DO NOTHING
	    RETURNING segment, 1 AS n
	), counted AS (
	    UPDATE desk.segment s SET size = s.size + d.n
	    FROM (SELECT x.segment, sum(x.n) AS n FROM (
		    SELECT * FROM gone UNION ALL SELECT * FROM come) x
		GROUP BY x.segment) d
	    WHERE s.name = d.segment AND d.n <> 0
	)
	UPDATE desk.customer c SET segment = own.name
	FROM unnest(whom) w(id)
	LEFT JOIN LATERAL (SELECT i.name FROM now_in i
	    WHERE i.customer = w.id ORDER BY i.place LIMIT 1) own ON true
	WHERE c.id = w.id AND NOT c.segment_fixed
	    AND c.segment IS DISTINCT FROM own.name;
	-- Who took his first step just when his segment changed.
	PERFORM desk.stage_segments(whom);
END;
$$;

-- Looks at the next customers, lim at most: those of whom something changed
-- first, then everybody, once a day.  One daemon at a time.  How many were
-- looked at.
CREATE OR REPLACE FUNCTION desk.segments_run(lim int)
RETURNS int
LANGUAGE plpgsql
AS $$
DECLARE
	m	desk.segment_mark;
	whom	bigint[];
BEGIN
	IF NOT EXISTS (SELECT FROM desk.segment_todo) AND NOT EXISTS (
	    SELECT FROM desk.segment_mark k WHERE k.upto IS NOT NULL
		OR k.began_at < now() - interval '1 day'
		AND EXISTS (SELECT FROM desk.segment)) THEN
		RETURN 0;
	ELSIF NOT pg_try_advisory_xact_lock(
	    hashtextextended('desk.segments', 0)) THEN
		RETURN 0;
	END IF;
	WITH taken AS (
	    DELETE FROM desk.segment_todo d WHERE d.id IN (
		SELECT n.id FROM desk.segment_todo n ORDER BY n.id LIMIT lim)
	    RETURNING d.customer
	)
	SELECT array_agg(DISTINCT t.customer) INTO whom FROM taken t;
	IF whom IS NULL THEN
		SELECT * INTO m FROM desk.segment_mark;
		SELECT array_agg(n.id) INTO whom
		FROM (SELECT c.id FROM desk.customer c
		    WHERE c.id > coalesce(m.upto, 0)
		    ORDER BY c.id LIMIT lim) n;
		UPDATE desk.segment_mark SET
		    upto = (SELECT max(w.id) FROM unnest(whom) w(id)
			HAVING count(*) = lim),
		    began_at = CASE WHEN m.upto IS NULL THEN now()
			ELSE m.began_at END;
	END IF;
	PERFORM desk.segments_of(whom);
	IF m.one AND NOT EXISTS (SELECT FROM desk.segment_mark k
	    WHERE k.upto IS NOT NULL) THEN
		-- Everybody was looked at: how many there are, is on record.
		INSERT INTO desk.segment_day AS d (segment, day, size)
		SELECT s.name, (now() AT TIME ZONE coalesce(desk.company(
		    'timezone'), 'UTC'))::date, s.size
		FROM desk.segment s
		ON CONFLICT (segment, day) DO UPDATE SET size = excluded.size;
		DELETE FROM desk.segment_day d
		WHERE d.day < now() - interval '2 years';
	END IF;
	RETURN coalesce(cardinality(whom), 0);
END;
$$;

-- CONFIG.APPLY: the blocks as they are now.  Whose words changed is looked for
-- anew, everybody, by the chore.
CREATE OR REPLACE FUNCTION desk.config_segments(c jsonb)
RETURNS void
LANGUAGE plpgsql
AS $$
DECLARE
	old	jsonb := (SELECT jsonb_object_agg(s.name, s.body)
		    FROM desk.segment s);
	new	jsonb := (SELECT jsonb_object_agg(e->>'name', e)
		    FROM jsonb_array_elements(c->'segments') e);
BEGIN
	DELETE FROM desk.segment_member m
	WHERE NOT coalesce(new, '{}') ? m.segment;
	DELETE FROM desk.segment s WHERE NOT coalesce(new, '{}') ? s.name;
	INSERT INTO desk.segment (name, place, body)
	SELECT v.e->>'name', v.place, v.e
	FROM jsonb_array_elements(c->'segments') WITH ORDINALITY v(e, place)
	ON CONFLICT (name) DO UPDATE
	SET place = excluded.place, body = excluded.body;
	IF old IS DISTINCT FROM new OR EXISTS (
	    SELECT FROM jsonb_array_elements(c->'segments')
		    WITH ORDINALITY v(e, place),
		jsonb_array_elements((SELECT k.body->'segments'
		    FROM desk.config k ORDER BY k.version DESC LIMIT 1))
		    WITH ORDINALITY o(e, place)
	    WHERE v.e->>'name' = o.e->>'name' AND v.place <> o.place) THEN
		UPDATE desk.segment_mark SET upto = 0, began_at = now();
	END IF;
END;
$$;

-- What a block may not say, beyond what its members' kinds refuse.
CREATE OR REPLACE FUNCTION desk.config_segments_check(c jsonb)
RETURNS void
LANGUAGE plpgsql STABLE
AS $$
BEGIN
	PERFORM desk.refuse_first(array_agg(w.path), array_agg(w.why)) FROM (
	    SELECT format('segments[%s].%s', g.place - 1, o) AS path,
		'This is a number or a range: "3", "3-", "-5", "3-5".' AS why
	    FROM jsonb_array_elements(c->'segments')
		    WITH ORDINALITY g (entry, place),
		unnest('{orders,value,cases,nps,csat,ces}'::text[]) o
	    WHERE g.entry ? o AND desk.numbers_read(g.entry->>o) IS NULL
	    UNION ALL
	    SELECT format('segments[%s].mood', g.place - 1),
		'A feeling, how often at least, and within how long: "bad", "bad 2", "bad 2 in 30d".'
	    FROM jsonb_array_elements(c->'segments')
		    WITH ORDINALITY g (entry, place)
	    WHERE g.entry ? 'mood' AND NOT EXISTS (
		SELECT FROM desk.times_read(g.entry->>'mood') x
		WHERE x.what IS NOT NULL)
	    UNION ALL
	    SELECT format('segments[%s].promises_broken', g.place - 1),
		'How often at least, and within how long: "1", "2 in 90d".'
	    FROM jsonb_array_elements(c->'segments')
		    WITH ORDINALITY g (entry, place)
	    WHERE g.entry ? 'promises_broken' AND NOT EXISTS (
		SELECT FROM desk.times_read(g.entry->>'promises_broken') x
		WHERE x.what IS NULL)
	    UNION ALL
	    SELECT format('segments[%s].churn', g.place - 1),
		'Why he may be lost: any, gap, detractor, promise, contact or complaint.'
	    FROM jsonb_array_elements(c->'segments')
		    WITH ORDINALITY g (entry, place)
	    WHERE EXISTS (SELECT FROM jsonb_array_elements_text(
		    g.entry->'churn') n
		WHERE n NOT IN ('any', 'gap', 'detractor', 'promise',
		    'contact', 'complaint'))
	    UNION ALL
	    SELECT format('segments[%s].currency', g.place - 1),
		'A currency has three capitals, such as VND.'
	    FROM jsonb_array_elements(c->'segments')
		    WITH ORDINALITY g (entry, place)
	    WHERE g.entry->>'currency' !~ '^[A-Z]{3}$'
	    UNION ALL
	    SELECT format('segments[%s].channel', g.place - 1),
		'There is no such channel.'
	    FROM jsonb_array_elements(c->'segments')
		    WITH ORDINALITY g (entry, place)
	    WHERE EXISTS (SELECT FROM jsonb_array_elements_text(
		    g.entry->'channel') n
		WHERE n NOT IN ('mail', 'chat', 'call', 'social', 'order',
		    'store', 'web', 'desk'))
	    UNION ALL
	    SELECT format('segments[%s].orders', g.place - 1),
		'This segment says nothing of its members.'
	    FROM jsonb_array_elements(c->'segments')
		    WITH ORDINALITY g (entry, place)
	    WHERE NOT g.entry ?| '{orders,value,idle,cases,channel,tag,nps,csat,ces,contact,known,mood,promises_broken,churn}'
	    UNION ALL
	    SELECT format('segments[%s].name', g.place - 1),
		'This word has a meaning of its own.'
	    FROM jsonb_array_elements(c->'segments')
		    WITH ORDINALITY g (entry, place)
	    WHERE g.entry->>'name' IN ('none', 'auto')) w
	WHERE w.path IS NOT NULL;
END;
$$;

-- SEGMENT.LIST: in the file's order, with how many are in each, and were on the
-- days of the last ninety on which everybody was looked at; those that somebody
-- set by hand alone are not listed.
CREATE OR REPLACE FUNCTION desk.segment_list(caller jsonb, args jsonb)
RETURNS jsonb
LANGUAGE sql STABLE
AS $$
	SELECT jsonb_build_object('segments', coalesce(jsonb_agg(
		jsonb_build_object('segment', s.name, 'title',
		    coalesce(s.body->>'title', s.name), 'size', s.size,
		    'means', s.body - '{name,title}'::text[],
		    'days', (SELECT coalesce(jsonb_agg(jsonb_build_object(
			    'day', d.day, 'size', d.size) ORDER BY d.day), '[]')
			FROM desk.segment_day d WHERE d.segment = s.name
			    AND d.day > now() - interval '90 days'))
		ORDER BY s.place), '[]'),
	    -- Many are told by the planner's count, few are counted.
	    'customers', (SELECT CASE WHEN k.reltuples < 10000
		    THEN (SELECT count(*) FROM desk.customer c
			WHERE c.erased_at IS NULL)
		    ELSE k.reltuples::bigint END
		FROM pg_class k
		WHERE k.oid = 'desk.customer'::regclass),
	    'current', (SELECT m.upto IS NULL FROM desk.segment_mark m)
		AND NOT EXISTS (SELECT FROM desk.segment_todo))
	FROM desk.segment s
$$;

-- Refuses args.segment where there never was such a segment: none of desk.conf,
-- none that a customer was in, and none that something was counted under.
CREATE OR REPLACE FUNCTION desk.segment_asked(args jsonb)
RETURNS void
LANGUAGE plpgsql STABLE
AS $$
BEGIN
	IF args ? 'segment' AND NOT EXISTS (SELECT FROM desk.segment s
		WHERE s.name = args->>'segment')
	    AND NOT desk.measured_under('segment', args->>'segment') THEN
		PERFORM desk.refuse('INVALID', 'There is no such segment.',
		    'segment');
	END IF;
END;
$$;

-- SEGMENT.GET: its customers, those who came last behind, a page at a time, each
-- with what he is of what the block asks for.
CREATE OR REPLACE FUNCTION desk.segment_get(caller jsonb, args jsonb)
RETURNS jsonb
LANGUAGE plpgsql STABLE
AS $$
DECLARE
	s	desk.segment;
	rows	jsonb;
	n	int := coalesce((args->>'limit')::int, 50);
BEGIN
	SELECT * INTO s FROM desk.segment g WHERE g.name = args->>'segment';
	IF s.name IS NULL THEN
		PERFORM desk.refuse('NOTFOUND', 'There is no such segment.',
		    'segment');
	END IF;
	SELECT coalesce(jsonb_agg(jsonb_strip_nulls(jsonb_build_object(
	    'customer', p.customer, 'name', p.name,
	    'since', desk.rfc3339(p.since), 'own', CASE WHEN p.segment = s.name
		THEN true END, 'by_hand', CASE WHEN p.segment_fixed
		AND p.segment = s.name THEN true END,
	    'why', desk.segment_why(s.body, p.customer))) ORDER BY p.customer), '[]')
	INTO rows
	FROM (SELECT m.customer, m.since, c.name, c.segment, c.segment_fixed
	    FROM desk.segment_member m
	    JOIN desk.customer c ON c.id = m.customer
	    WHERE m.segment = s.name
		AND m.customer > coalesce((args->>'after')::bigint, 0)
	    ORDER BY m.customer LIMIT n) p;
	RETURN jsonb_strip_nulls(jsonb_build_object('segment', s.name,
	    'title', coalesce(s.body->>'title', s.name), 'size', s.size,
	    'means', s.body - '{name,title}'::text[], 'customers', rows, 'after',
	    CASE WHEN jsonb_array_length(rows) = n
		THEN rows->-1->'customer' END));
END;
$$;
