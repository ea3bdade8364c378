-- Records that seem to be one person: found beside the ingest, a few contacts
-- at a time, and put on a list.  A person decides; nothing is merged by itself.

-- Addresses that many people share, or that are nobody's.
CREATE OR REPLACE FUNCTION desk.generic_mailbox(name text)
RETURNS boolean
LANGUAGE sql IMMUTABLE PARALLEL SAFE
AS $$
	SELECT regexp_replace(name, '[0-9._-]+', '', 'g') = ANY ('{admin,
	    administrator,bill,billing,booking,bounce,bounces,company,congty,
	    contact,cskh,cs,customercare,cuahang,daily,dathang,donhang,
	    donotreply,email,enquiries,enquiry,giaohang,hanhchinh,hello,help,
	    helpdesk,hi,home,hostmaster,hotro,hr,info,information,inquiry,it,
	    ketoan,khachhang,kho,kinhdoanh,lienhe,mail,mailer,mailerdaemon,
	    marketing,me,news,newsletter,nhansu,noreply,notification,
	    notifications,notify,office,order,orders,postmaster,purchase,
	    purchasing,reception,root,sale,sales,service,services,shop,staff,
	    store,support,team,technical,test,thongbao,tuvan,user,vanphong,
	    warehouse,web,webmaster,welcome}'::text[])
$$;

-- What a contact would have in common with another one of the same person:
-- the same number on whatever channel, the same mailbox however written, the
-- same name with a like address.
CREATE OR REPLACE FUNCTION desk.like_keys(kind text, address text,
    name_folded text)
RETURNS TABLE (key text, why text)
LANGUAGE sql IMMUTABLE PARALLEL SAFE
AS $$
	WITH mail AS (
	    SELECT m.host, CASE WHEN m.host = 'gmail.com'
		THEN replace(m.box, '.', '') ELSE m.box END AS box,
		desk.generic_mailbox(m.box) AS generic
	    FROM (SELECT split_part(lower(regexp_replace(address, '@[^@]*$',
			'')), '+', 1) AS box,
		replace(lower(regexp_replace(address, '^.*@', '')),
		    'googlemail.com', 'gmail.com') AS host) m
	    WHERE kind = 'email' AND m.box <> ''
	)
	SELECT 'phone ' || ltrim(address, '+'), 'the same telephone'
	WHERE kind IN ('phone', 'zalo', 'whatsapp', 'viber', 'sms')
	    AND address ~ '^[+]?[1-9][0-9]{8,14}$'
	UNION ALL
	SELECT 'mailbox ' || m.box || '@' || m.host,
	    'the same mailbox, written otherwise'
	FROM mail m
	UNION ALL
	SELECT 'name ' || name_folded || ' ' || x.word,
	    'the same name and a like address'
	FROM mail m
	CROSS JOIN LATERAL (SELECT regexp_replace(m.box, '[^a-z0-9]', '', 'g')
	    AS word) x
	WHERE NOT m.generic AND length(x.word) BETWEEN 5 AND 64
	    AND name_folded ~ '^\S{1,40}( \S{1,40}){1,7}$'
$$;

-- Looks at the next lim contacts that nobody looked at, and at customers whose
-- name changed; returns how many contacts it took.  Any daemon may run it at
-- any time.  A contact is left until what made it has surely ended, so that
-- none is passed over.
CREATE OR REPLACE FUNCTION desk.like_run(lim int,
    older interval DEFAULT interval '15 seconds')
RETURNS int
LANGUAGE plpgsql
SET enable_seqscan = off
AS $$
DECLARE
	seen	bigint;
	ids	bigint[];
	again	bigint[];
BEGIN
	SELECT s.contact INTO seen FROM desk.like_seen s
	FOR UPDATE SKIP LOCKED;
	IF NOT FOUND THEN
		RETURN 0;
	END IF;
	SELECT array_agg(x.id) INTO ids
	FROM (SELECT c.id, bool_and(c.created_at <= now() - older)
		OVER (ORDER BY c.id) AS old
	    FROM (SELECT k.id, k.created_at FROM desk.contact k
		WHERE k.id > seen ORDER BY k.id LIMIT lim) c) x
	WHERE x.old;
	WITH next AS (
	    DELETE FROM desk.like_again a
	    WHERE a.customer IN (SELECT l.customer FROM desk.like_again l
		LIMIT lim FOR UPDATE SKIP LOCKED)
	    RETURNING a.customer
	)
	SELECT array_agg(c.id) INTO again
	FROM next CROSS JOIN LATERAL (SELECT k.id FROM desk.contact k
	    WHERE k.customer = next.customer ORDER BY k.id LIMIT 100) c;
	IF ids IS NOT NULL THEN
		UPDATE desk.like_seen s SET contact = ids[cardinality(ids)];
	END IF;
	IF ids IS NOT NULL OR again IS NOT NULL THEN
		PERFORM desk.like_find(ids || again);
	END IF;
	RETURN coalesce(cardinality(ids), 0);
END;
$$;

-- Files what these contacts could have in common with others, and suggests
-- those who do.  What more than five have in common (a family's telephone, a
-- courier's) says nothing.
CREATE OR REPLACE FUNCTION desk.like_find(ids bigint[])
RETURNS void
LANGUAGE plpgsql
SET enable_seqscan = off
SET jit = off
AS $$
DECLARE
	keys	text[];
BEGIN
	WITH filed AS (
	    INSERT INTO desk.likeness (key, contact, why)
	    SELECT l.key, c.id, l.why
	    FROM (SELECT k.id, k.kind, k.address, k.customer
		FROM desk.contact k WHERE k.id = ANY (ids)
		ORDER BY k.id FOR KEY SHARE) c
	    CROSS JOIN LATERAL (SELECT h.name_folded FROM desk.customer h
		WHERE h.id = c.customer OFFSET 0) u
	    CROSS JOIN LATERAL desk.like_keys(c.kind, c.address,
		u.name_folded) l
	    ON CONFLICT DO NOTHING
	    RETURNING key
	)
	SELECT array_agg(DISTINCT f.key) INTO keys FROM filed f;

	-- Every step by a key, whatever the planner thinks of tables that it has
	-- no statistics of (yet).
	WITH member AS MATERIALIZED (
	    SELECT k.key, l.contact, l.why, c.customer,
		count(*) OVER (PARTITION BY k.key) AS n
	    FROM unnest(keys) k(key)
	    CROSS JOIN LATERAL (SELECT x.contact, x.why FROM desk.likeness x
		WHERE x.key = k.key LIMIT 6) l
	    CROSS JOIN LATERAL (SELECT h.customer FROM desk.contact h
		WHERE h.id = l.contact OFFSET 0) c
	), pair AS MATERIALIZED (
	    SELECT DISTINCT ON (1, 2) least(a.customer, b.customer) AS one,
		greatest(a.customer, b.customer) AS other, a.why
	    FROM member a
	    JOIN member b ON b.key = a.key AND b.contact > a.contact
		AND b.customer <> a.customer
	    WHERE a.n <= 5
	    ORDER BY 1, 2, a.why DESC
	)
	INSERT INTO desk.same_person (one, other, why)
	-- Locked: neither is merged away before the row is there.
	SELECT p.one, p.other, p.why
	FROM pair p
	JOIN LATERAL (SELECT FROM desk.customer u
	    WHERE u.id = p.one FOR KEY SHARE) o ON true
	JOIN LATERAL (SELECT FROM desk.customer u
	    WHERE u.id = p.other FOR KEY SHARE) r ON true
	ORDER BY p.one, p.other
	ON CONFLICT DO NOTHING;
END;
$$;

-- One of two on the list, with what his record holds.
CREATE OR REPLACE FUNCTION desk.suggested_json(wanted bigint)
RETURNS jsonb
LANGUAGE plpgsql STABLE
AS $$
BEGIN
	RETURN desk.customer_json(wanted)
	    || jsonb_build_object('counts', desk.people_count(wanted));
END;
$$;

-- CUSTOMER.SUGGESTIONS: {"suggestions":[{"suggestion","one","other","why","at",
-- "conflicts"}],"before"}, the newest first; only of one customer, when given.
CREATE OR REPLACE FUNCTION desk.customer_suggestions(caller jsonb, args jsonb)
RETURNS jsonb
LANGUAGE plpgsql STABLE
SET enable_seqscan = off
AS $$
DECLARE
	n	int := desk.page_rows(args, 20, 100);
	whose	bigint := desk.customer_now((args->>'customer')::bigint);
	rows	jsonb;
	ids	bigint[];
BEGIN
	SELECT jsonb_agg(jsonb_build_object('suggestion', p.id,
		'one', desk.suggested_json(p.one),
		'other', desk.suggested_json(p.other), 'why', p.why,
		'at', desk.rfc3339(p.at),
		'conflicts', desk.people_conflicts(p.one, p.other))
		ORDER BY p.id DESC) FILTER (WHERE p.place <= n),
	    array_agg(p.id ORDER BY p.place)
	INTO rows, ids
	FROM (SELECT s.*, row_number() OVER (ORDER BY s.id DESC) AS place
	    FROM desk.same_person s
	    WHERE s.dismissed_at IS NULL
		AND (whose IS NULL OR whose IN (s.one, s.other))
		AND s.id < coalesce((args->>'before')::bigint,
		    9223372036854775807)
	    ORDER BY s.id DESC LIMIT n + 1) p;
	RETURN jsonb_strip_nulls(jsonb_build_object(
	    'suggestions', coalesce(rows, '[]'),
	    'before', CASE WHEN cardinality(ids) > n THEN ids[n] END));
END;
$$;

-- CUSTOMER.DISMISS: these are two; they are not suggested again.
CREATE OR REPLACE FUNCTION desk.customer_dismiss(caller jsonb, args jsonb)
RETURNS jsonb
LANGUAGE plpgsql
AS $$
DECLARE
	one	bigint := desk.customer_stays((args->>'customer')::bigint);
	other	bigint := desk.customer_stays((args->>'other')::bigint);
BEGIN
	PERFORM desk.must_be(caller, 'service');
	IF one = other THEN
		PERFORM desk.refuse('INVALID',
		    'These are one customer already.', 'other');
	END IF;
	PERFORM desk.people_two(caller, one, other);
	PERFORM desk.audit_put(caller, 'customer.dismiss', one::text, 'done',
	    jsonb_strip_nulls(jsonb_build_object('other', other,
		'reason', args->>'reason')));
	RETURN jsonb_build_object('customer', one, 'other', other);
END;
$$;
