-- Customers who seem to be one person: found, listed, decided.
BEGIN;
\ir fixture.psql
SELECT plan(22);

CREATE FUNCTION pg_temp.contact(of bigint, kind text, address text)
RETURNS void
LANGUAGE sql AS $$
	INSERT INTO desk.contact (customer, kind, address)
	VALUES (of, kind, address)
$$;
CREATE FUNCTION pg_temp.pairs() RETURNS text
LANGUAGE sql AS $$
	SELECT string_agg(coalesce(a.name, '-') || '/' || coalesce(b.name, '-')
	    || ': ' || p.why, '; ' ORDER BY p.one, p.other)
	FROM desk.same_person p
	JOIN desk.customer a ON a.id = p.one
	JOIN desk.customer b ON b.id = p.other
	WHERE p.dismissed_at IS NULL
$$;
CREATE FUNCTION pg_temp.look() RETURNS text
LANGUAGE plpgsql AS $$
BEGIN
	WHILE desk.like_run(2, '0') > 0 LOOP NULL; END LOOP;
	RETURN pg_temp.pairs();
END;
$$;
UPDATE desk.like_seen SET contact = (SELECT max(id) FROM desk.contact)
WHERE EXISTS (SELECT FROM desk.contact);

-- What contacts have in common.
SELECT is((SELECT array_agg(key) FROM desk.like_keys('zalo', '84912345678',
    NULL)), '{"phone 84912345678"}', 'a number is a number on any channel');
SELECT is((SELECT array_agg(key) FROM desk.like_keys('zalo', 'u-77', NULL)),
    NULL, 'an id is none');
SELECT is((SELECT key FROM desk.like_keys('email',
    'L.a.n+shop@GoogleMail.com', NULL)), 'mailbox lan@gmail.com',
    'a mailbox is one however it is written');
SELECT is((SELECT array_agg(key ORDER BY key) FROM desk.like_keys('email',
    'tran.lan@a.example', 'tran lan')),
    '{"mailbox tran.lan@a.example","name tran lan tranlan"}',
    'a name with its address');
SELECT is((SELECT count(*) FROM desk.like_keys('email', x || '@a.example',
    'tran lan')), 1::bigint, x || '@ is nobody''s own')
FROM unnest('{info,cskh,no-reply,sales2}'::text[]) x;

-- Found beside the ingest; not before what made them has ended.
CREATE TEMP TABLE w AS SELECT
    pg_temp.customer('Trần Lan', 'tranlan@a.example') AS a,
    pg_temp.customer('Tran Lan', 'tran.lan@b.example') AS b,
    pg_temp.customer('Trần Lan', 'info@a.example') AS info_a,
    pg_temp.customer('Trần Lan', 'info@b.example') AS info_b,
    pg_temp.customer('Nam', 'nam.le@gmail.com') AS nam,
    pg_temp.customer('Lê Nam', 'namle+x@gmail.com') AS le,
    pg_temp.customer('Vy', 'vy@example.com') AS vy,
    pg_temp.customer('Vi', 'vi@example.com') AS vi;
SELECT pg_temp.contact(vy, 'phone', '+84987654321') FROM w;
SELECT pg_temp.contact(vi, 'zalo', '84987654321') FROM w;
SELECT is(desk.like_run(100), 0, 'what is just being made is left alone');
SELECT is(pg_temp.look(), 'Trần Lan/Tran Lan: the same name and a like '
    'address; Nam/Lê Nam: the same mailbox, written otherwise; Vy/Vi: the '
    'same telephone', 'who seems to be one, and why; never info@');
SELECT is(desk.like_run(100, '0'), 0, 'each contact is looked at once');

-- What very many share says nothing.
SELECT pg_temp.customer('Hai Ba', 'haiba@d' || n || '.example')
FROM generate_series(1, 9) n;
SELECT pg_temp.look();
SELECT cmp_ok((SELECT count(*) FROM desk.same_person p JOIN desk.customer c
    ON c.id = p.one WHERE c.name = 'Hai Ba'), '<=', 10::bigint,
    'what many share is not suggested');

-- A name that somebody sets is looked at, too.
SELECT pg_temp.ask('sup', 'customer_set', jsonb_build_object('customer',
    pg_temp.customer(NULL, 'lethoa@a.example'), 'name', 'Lê Thoa'));
SELECT pg_temp.customer('Le Thoa', 'le.thoa@b.example');
SELECT matches(pg_temp.look(), 'Lê Thoa/Le Thoa', 'a name that came later');

-- The list, and what is decided.
CREATE TEMP TABLE got AS SELECT pg_temp.ask('an', 'customer_suggestions',
    jsonb_build_object('customer', b)) AS s FROM w;
SELECT is(jsonb_array_length(s->'suggestions'), 1, 'of one customer')
FROM got;
SELECT is(s->'suggestions'->0->'one'->'counts'->'contacts', '1', 'with counts')
FROM got;
SELECT is(s->'suggestions'->0->'conflicts', '[]', 'and what is against it')
FROM got;
SELECT is(jsonb_array_length(pg_temp.ask('an', 'customer_suggestions',
    '{"limit":1}')->'suggestions'), 1, 'page by page');
SELECT pg_temp.refused('an', 'customer_dismiss', jsonb_build_object(
    'customer', a, 'other', b), 'DENIED', 'an agent does not decide') FROM w;
SELECT pg_temp.ask('sup', 'customer_dismiss', jsonb_build_object('customer',
    b, 'other', a)) FROM w;
SELECT is(jsonb_array_length(pg_temp.ask('an', 'customer_suggestions',
    jsonb_build_object('customer', b))->'suggestions'), 0, 'dismissed')
FROM w;
SELECT is(jsonb_array_length(pg_temp.ask('an', 'customer_get',
    jsonb_build_object('customer', b))->'same'), 0, 'everywhere') FROM w;
UPDATE desk.like_seen SET contact = 0;
DELETE FROM desk.likeness;
SELECT unalike(pg_temp.look(), '%Trần Lan/Tran Lan%', 'for good');

-- A merge takes the others' suggestions along.
SELECT pg_temp.ask('sup', 'customer_merge', jsonb_build_object('customer',
    info_a, 'other', nam, 'sure', nam)) FROM w;
SELECT is((SELECT count(*) FROM desk.same_person p, w
    WHERE p.one = least(info_a, le) AND p.other = greatest(info_a, le)),
    1::bigint, 'a suggestion goes along with who is merged');

SELECT * FROM finish();
ROLLBACK;
