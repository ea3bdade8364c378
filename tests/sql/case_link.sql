-- Who sees what by a link to his case, and how long.
BEGIN;
\ir fixture.psql
SELECT plan(31);

INSERT INTO desk.config (who, body) VALUES ('test', '{"company":{"name":"An Tâm",
    "lang":"vi","timezone":"Asia/Ho_Chi_Minh","url":"https://desk.example",
    "link_after":86400}}');

CREATE TEMP TABLE x AS SELECT pg_temp.customer('Nguyễn Thị Hạnh', 'hanh@example.com') AS c,
    pg_temp.customer('Người khác', 'khac@example.com') AS o;
ALTER TABLE x ADD t bigint, ADD token text, ADD made jsonb;
UPDATE x SET t = pg_temp.ticket(c, 'shipping', 'Giao trễ', 'lời của Hạnh');

-- What anybody would write on that ticket.
CREATE FUNCTION pg_temp.said(way text, of bigint, body text, kind text DEFAULT 'message')
RETURNS bigint LANGUAGE sql AS $$
	INSERT INTO desk.event (at, ticket, customer, kind, channel, direction,
	    contact, agent, text)
	SELECT now(), x.t, x.c, said.kind, CASE WHEN said.kind = 'note'
		THEN 'desk' ELSE 'mail' END, way,
	    (SELECT id FROM desk.contact k WHERE k.customer = of LIMIT 1),
	    CASE WHEN way <> 'in' THEN (SELECT id FROM desk.agent
		WHERE name = 'binh') END, body FROM x
	RETURNING id
$$;
SELECT pg_temp.said('own', NULL, 'ghi chú nội bộ', 'note');
SELECT pg_temp.said('in', (SELECT o FROM x), 'thư của người khác');
SELECT desk.outbound_put(pg_temp.said('out', NULL, 'trả lời Hạnh'),
    (SELECT t FROM x), 'mail', 'hanh@example.com', 'reply');
UPDATE desk.outbound SET state = 'sent';
SELECT desk.outbound_put(pg_temp.said('out', NULL, 'trả lời người khác'),
    (SELECT t FROM x), 'mail', 'khac@example.com', 'reply');
UPDATE desk.outbound SET state = 'sent';
SELECT desk.outbound_put(pg_temp.said('out', NULL, 'còn rút lại được'),
    (SELECT t FROM x), 'mail', 'hanh@example.com', 'reply', '1 hour');

SELECT is(length(desk.case_token()), 32, '192 bits, in 32 letters');
SELECT isnt(desk.case_token(), desk.case_token(), 'each is another');
UPDATE x SET made = pg_temp.ask('binh', 'case_link_make', jsonb_build_object('ticket', t));
SELECT matches(made->>'url', '^https://desk\.example/case/[A-Za-z0-9_-]{32}$',
    'a link of the company''s') FROM x;
SELECT is(made->>'for', 'hanh@example.com', 'for whose case it is') FROM x;
UPDATE x SET token = split_part(made->>'url', '/case/', 2);
SELECT is((SELECT count(*) FROM desk.case_link l, x WHERE l::text LIKE '%' || x.token || '%'),
    0::bigint, 'the token is kept nowhere');
SELECT is((SELECT count(*) FROM desk.audit WHERE action = 'CASE.LINK'), 1::bigint,
    'and that it was made is on record');

CREATE FUNCTION pg_temp.see(more jsonb DEFAULT '{}', what text DEFAULT 'case_see')
RETURNS jsonb LANGUAGE plpgsql AS $$
DECLARE
	r	jsonb;
BEGIN
	EXECUTE format('SELECT desk.%I(''{"who":""}'', $1)', what) INTO r
	USING jsonb_build_object('hash', encode(sha256(convert_to(
	    (SELECT token FROM x), 'UTF8')), 'hex')) || more;
	RETURN r;
END;
$$;
CREATE FUNCTION pg_temp.texts() RETURNS text LANGUAGE sql AS $$
	SELECT string_agg(i->>'text', ', ' ORDER BY n)
	FROM jsonb_array_elements(pg_temp.see()->'items')
	    WITH ORDINALITY AS e(i, n) WHERE i ? 'text'
$$;
SELECT is(pg_temp.texts(), 'lời của Hạnh, trả lời Hạnh',
    'what he wrote and was sent: no note, no other''s, nothing unsent');
SELECT is(pg_temp.see()->>'for', 'h•••@example.com', 'addresses are masked');
SELECT ok(pg_temp.see()::text !~ 'khac@|hanh@|nội bộ', 'nothing else anywhere in it');
SELECT is(pg_temp.see()->'his', 'true', 'the case is his');
SELECT is(pg_temp.see('{"hash":"00"}'), NULL, 'another link opens nothing');
SELECT is(pg_temp.see('{"lang":"en"}')->>'lang', 'en', 'in the language asked for');

-- Somebody who was copied.
INSERT INTO desk.copied (ticket, address, event, proved)
SELECT t, 'khac@example.com', 1, true FROM x;
INSERT INTO desk.case_link (ticket, contact, hash, made_by)
SELECT t, k.id, sha256('k'), 'test' FROM x, desk.contact k WHERE k.customer = x.o;
CREATE FUNCTION pg_temp.other(what text, more jsonb DEFAULT '{}') RETURNS jsonb
LANGUAGE sql AS $$
	SELECT pg_temp.see(jsonb_build_object('hash',
	    encode(sha256('k'), 'hex')) || more, what)
$$;
SELECT is((SELECT string_agg(i->>'text', ', ' ORDER BY n) FROM
    jsonb_array_elements(pg_temp.other('case_see')->'items') WITH ORDINALITY e(i, n)),
    'thư của người khác, trả lời người khác', 'who was copied sees his own');
SELECT is(pg_temp.other('case_see')->'his', 'false', 'and that it is not his case');
SELECT throws_ok($$ SELECT pg_temp.other('case_done', '{"done":true}') $$, 'DK001',
    NULL, 'he cannot end it');
DELETE FROM desk.copied c USING x WHERE c.ticket = x.t;
SELECT is(pg_temp.other('case_see'), NULL, 'and sees nothing once he has no part in it');

-- Files of what is shown, and of nothing else.
INSERT INTO desk.blob (sha256, size, used) VALUES (sha256('f'), 1, true);
INSERT INTO desk.attachment (event, place, name, media_type, size, sha256)
SELECT e.id, 0, 'ảnh.png', 'image/png', 1, sha256('f')
FROM desk.event e, x WHERE e.ticket = x.t;
SELECT is(pg_temp.see(jsonb_build_object('event', (SELECT min(e.id) FROM desk.event e, x
    WHERE e.ticket = x.t), 'place', 0), 'case_file')->>'name', 'ảnh.png', 'his own file');
SELECT is((SELECT count(pg_temp.see(jsonb_build_object('event', e.id, 'place', 0), 'case_file'))
    FROM desk.event e, x WHERE e.ticket = x.t), 2::bigint,
    'a note''s file, or another''s, opens nothing');

-- Done, and not done.
SELECT is(pg_temp.see('{"done":true}', 'case_done')->>'state', 'resolved', 'he says it is done');
SELECT is(pg_temp.see('{"done":true}', 'case_done')->>'state', 'resolved', 'twice is the same');
SELECT is((SELECT count(*) FROM desk.event e, x WHERE e.ticket = x.t AND e.kind = 'state'),
    1::bigint, 'with one event');
SELECT is(pg_temp.see('{"done":false}', 'case_done')->>'state', 'open', 'or that it is not');
SELECT isnt((SELECT due_at FROM desk.ticket k, x WHERE k.id = x.t), NULL, 'and an answer is due');

-- What he writes.
SELECT is(pg_temp.see('{}', 'case_write') - 'link' - 'lang',
    (SELECT jsonb_build_object('ticket', t, 'kind', 'email', 'address', 'hanh@example.com',
	'name', 'Nguyễn Thị Hạnh', 'subject', 'Giao trễ') FROM x), 'who writes, and on what');
UPDATE desk.case_link SET hour = date_trunc('hour', now()), said = 60;
SELECT throws_ok($$ SELECT pg_temp.see('{}', 'case_write') $$, 'DK001', NULL,
    'not without end within an hour');

-- {case_link} as a message goes out.
SELECT desk.outbound_put(pg_temp.said('out', NULL, 'xem {case_link} ạ'),
    (SELECT t FROM x), 'mail', 'hanh@example.com', 'reply') AS sending \gset
SELECT ok(desk.outbound_message(o)->>'text'
    ~ '^xem https://desk.example/case/[A-Za-z0-9_-]{32} ạ$',
    'the variable becomes a link on its way out')
FROM desk.outbound o WHERE o.id = :sending;
SELECT is((SELECT count(*) FROM desk.case_link WHERE event IS NOT NULL), 1::bigint,
    'whose digest is kept');
SELECT ok(NOT EXISTS (SELECT FROM desk.event WHERE text LIKE '%/case/%'),
    'and the history has the variable only');

-- How long.
UPDATE desk.ticket k SET state = 'closed', touched_at = now() - interval '2 days'
FROM x WHERE k.id = x.t;
SELECT is(pg_temp.see(), NULL, 'it ends some time after its case');
UPDATE desk.ticket k SET touched_at = now() FROM x WHERE k.id = x.t;
SELECT isnt(pg_temp.see(), NULL, 'and not before');
SELECT pg_temp.ask('binh', 'case_link_end', jsonb_build_object('ticket', t)) FROM x;
SELECT is(pg_temp.see(), NULL, 'revoked, it opens nothing');

SELECT finish();
ROLLBACK;
