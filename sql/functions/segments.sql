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
			ORDER BY r.at DESC, r.id DESC LIMIT 1), false));
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
		ELSE '{cases,channel,tag,contact,known}' END) THEN
		INSERT INTO desk.segment_todo (customer)
		SELECT DISTINCT f.customer FROM fresh f
		WHERE f.customer IS NOT NULL;
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
	    WHERE NOT g.entry ?| '{orders,value,idle,cases,channel,tag,nps,csat,ces,contact,known}'
	    UNION ALL
	    SELECT format('segments[%s].name', g.place - 1),
		'This word has a meaning of its own.'
	    FROM jsonb_array_elements(c->'segments')
		    WITH ORDINALITY g (entry, place)
	    WHERE g.entry->>'name' IN ('none', 'auto')) w
	WHERE w.path IS NOT NULL;
END;
$$;

-- SEGMENT.LIST: in the file's order, with how many are in each; those that
-- somebody set by hand alone are not listed.
CREATE OR REPLACE FUNCTION desk.segment_list(caller jsonb, args jsonb)
RETURNS jsonb
LANGUAGE sql STABLE
AS $$
	SELECT jsonb_build_object('segments', coalesce(jsonb_agg(
		jsonb_build_object('segment', s.name, 'title',
		    coalesce(s.body->>'title', s.name), 'size', s.size,
		    'means', s.body - '{name,title}'::text[])
		ORDER BY s.place), '[]'),
	    'customers', (SELECT greatest(k.reltuples, 0)::bigint
		FROM pg_class k
		WHERE k.oid = 'desk.customer'::regclass),
	    'current', (SELECT m.upto IS NULL FROM desk.segment_mark m)
		AND NOT EXISTS (SELECT FROM desk.segment_todo))
	FROM desk.segment s
$$;

-- SEGMENT.GET: its customers, those who came last behind, a page at a time.
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
	    'since', desk.rfc3339(p.since))) ORDER BY p.customer), '[]')
	INTO rows
	FROM (SELECT m.customer, m.since, c.name
	    FROM desk.segment_member m
	    JOIN desk.customer c ON c.id = m.customer
	    WHERE m.segment = s.name
		AND m.customer > coalesce((args->>'after')::bigint, 0)
	    ORDER BY m.customer LIMIT n) p;
	RETURN jsonb_strip_nulls(jsonb_build_object('segment', s.name,
	    'size', s.size, 'customers', rows, 'after',
	    CASE WHEN jsonb_array_length(rows) = n
		THEN rows->-1->'customer' END));
END;
$$;
