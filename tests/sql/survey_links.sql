-- Links of surveys: a mail's, whichever of its tries arrived; a chat's, which its
-- visitor reads and nobody else.
BEGIN;
\ir chat.psql
\ir survey.psql
SELECT plan(26);
SELECT pg_temp.survey('tay', '{"quiet":1}') AS tay \gset

-- What a link opens: the invitation, or NULL.
CREATE FUNCTION pg_temp.opens(url text) RETURNS bigint
LANGUAGE sql AS $$
	SELECT i.id FROM desk.invitation_of(sha256(convert_to(
	    substring(url from '/survey/([^/?]*)'), 'UTF8'))) i
$$;
CREATE FUNCTION pg_temp.leaves(url text) RETURNS boolean
LANGUAGE sql AS $$
	SELECT desk.survey_leave(sha256(convert_to(
	    substring(url from '/survey/([^/?]*)'), 'UTF8')))
$$;

-- A mail that was tried three times: every copy may be the one that arrived
SELECT pg_temp.ticket(pg_temp.mail('{"text":"Giao trễ"}')) AS m \gset
SELECT desk.survey_send('{"who":"admin","role":"admin","all":true}',
    jsonb_build_object('survey', 'tay', 'ticket', :m));
SELECT id AS i FROM desk.invitation \gset
SELECT desk.outbound_message(o)->'survey'->>'url' AS one FROM desk.outbound o
WHERE o.purpose = 'survey' \gset
SELECT desk.outbound_message(o)->'survey'->>'url' AS two FROM desk.outbound o
WHERE o.purpose = 'survey' \gset
SELECT desk.outbound_message(o)->'survey'->>'url' AS three FROM desk.outbound o
WHERE o.purpose = 'survey' \gset
SELECT isnt(:'one'::text, :'two'::text, 'each try has a link of its own');
SELECT is(ARRAY[pg_temp.opens(:'one'), pg_temp.opens(:'two'),
    pg_temp.opens(:'three')], ARRAY[:i, :i, :i]::bigint[],
    'and each opens the question');
SELECT is(pg_temp.opens('/survey/khong-co-lien-ket-nao-nhu-the-nay'), NULL,
    'another opens nothing');
SELECT is((SELECT count(*) FROM (SELECT t::text AS row FROM desk.invitation t
    UNION ALL SELECT t::text FROM desk.invitation_message t
    UNION ALL SELECT t::text FROM desk.invitation_try t
    UNION ALL SELECT t::text FROM desk.event t
    UNION ALL SELECT t::text FROM desk.outbound t) x
    WHERE EXISTS (SELECT FROM unnest(ARRAY[:'one', :'two', :'three']) u(url)
	WHERE strpos(x.row, substring(u.url from '[^/]*$')) > 0)), 0::bigint,
    'of which digests are kept');
SELECT is(desk.survey_answer('{}', jsonb_build_object('hash',
    encode(sha256(convert_to(substring(:'one' from '[^/]*$'), 'UTF8')), 'hex'),
    'more', encode(sha256('m'), 'hex'), 'answers', '{"q":4}'::jsonb)),
    '{"counted":true}', 'the first copy answers');
SELECT is(ARRAY[pg_temp.opens(:'one'), pg_temp.opens(:'two'),
    pg_temp.opens(:'three')], ARRAY[NULL, NULL, NULL]::bigint[],
    'and then none is a link any more');
SELECT ok(pg_temp.leaves(:'one'), 'but the way out of surveys, for ever');
SELECT ok((SELECT u.no_surveys_at IS NOT NULL FROM desk.customer u
    JOIN desk.ticket t ON t.customer = u.id WHERE t.id = :m), 'and it is his');

-- A chat
INSERT INTO desk.hook (name, url, secret_file)
VALUES ('crm', 'https://crm.example/', 'x');
SELECT pg_temp.open(:'v');
SELECT pg_temp.speak(:'v', 'cho hỏi') AS t \gset
SELECT desk.survey_send('{"who":"admin","role":"admin","all":true}',
    jsonb_build_object('survey', 'tay', 'ticket', :t));
SELECT max(id) AS c FROM desk.invitation \gset
SELECT pg_temp.read(:'v')->'messages'->-1 AS said \gset
SELECT (:'said'::jsonb)->'survey'->>'link' AS link \gset
SELECT is(pg_temp.opens(:'link'), :c::bigint, 'its visitor has the link');
SELECT is((:'said'::jsonb)->>'text', 'Dạ, anh/chị thấy An Tâm hỗ trợ thế nào ạ?'
    || E'\n' || :'link', 'in the text, too');
SELECT is((pg_temp.read(:'v')->'messages'->-1->'survey'->>'link'), :'link'::text,
    'the same whenever he reads');
SELECT isnt(desk.survey_secret(:c), desk.survey_secret(:i),
    'another question''s is another');

-- Nobody else
CREATE FUNCTION pg_temp.finds(secret text) RETURNS text
LANGUAGE plpgsql AS $$
DECLARE
	r	record;
	one	text;
	places	text;
BEGIN
	FOR r IN SELECT c.oid::regclass AS t FROM pg_class c
	    WHERE c.relnamespace = 'desk'::regnamespace
		AND c.relkind IN ('r', 'p') AND NOT c.relispartition LOOP
		EXECUTE format('SELECT min(x::text) FROM %s x '
		    'WHERE strpos(x::text, %L) > 0', r.t, secret) INTO one;
		IF one IS NOT NULL THEN
			places := concat_ws(E'\n', places, r.t || ': ' || one);
		END IF;
	END LOOP;
	RETURN places;
END;
$$;
SELECT substring(:'link' from '[^/]*$') AS secret \gset
SELECT is(pg_temp.finds(:'secret'), NULL,
    'it stands in no table: events, what Redis is told, what hooks get');
SELECT cmp_ok((SELECT count(*) FROM desk.hook_notice
    WHERE kind = 'event' AND data LIKE '%hỗ trợ thế nào%'), '>', 0::bigint,
    'though hooks hear of the question');
SELECT '{"who":"admin","role":"admin","all":true}' AS boss \gset
SELECT unalike(desk.ticket_get(:'boss', jsonb_build_object('ticket', :t))::text,
    '%' || :'secret' || '%', 'the case does not show it');
SELECT unalike(desk.outbox_mine()::text, '%/survey/%', 'nor its feed');
SELECT alike(desk.outbox_mine()::text, '%hỗ trợ thế nào%',
    'which has the question');
SELECT unalike(desk.customer_export(:'boss', jsonb_build_object('customer',
    (SELECT customer FROM desk.ticket WHERE id = :t)))::text,
    '%' || :'secret' || '%', 'nor what is given out of his data');
SELECT unalike((SELECT string_agg(desk.invitation_json(i)::text, '')
    FROM desk.invitation i), '%' || :'secret' || '%', 'nor who was asked');

-- Who answers a mail quotes its link: the daemon takes it out of the words, and
-- what came is not every agent's to read
SELECT pg_temp.ticket(pg_temp.mail('{"text":"ok\n> https://d/survey/…"}')) AS q
\gset
UPDATE desk.event SET raw = sha256('x') WHERE ticket = :q;
CREATE FUNCTION pg_temp.bytes(who jsonb, what text) RETURNS text
LANGUAGE plpgsql AS $$
DECLARE
	code	text;
BEGIN
	EXECUTE format('SELECT desk.%I($1, jsonb_build_object(''event'', '
	    '(SELECT max(id) FROM desk.event WHERE raw IS NOT NULL)))', what)
	USING who;
	RETURN 'read';
EXCEPTION WHEN SQLSTATE 'DK001' THEN
	GET STACKED DIAGNOSTICS code = PG_EXCEPTION_DETAIL;
	RETURN code;
END;
$$;
SELECT is(ARRAY[pg_temp.bytes(desk.caller_by_name('an'), 'event_raw'),
    pg_temp.bytes(desk.caller_by_name('an'), 'event_source')],
    '{DENIED,DENIED}', 'an agent reads no source that has a link');
SELECT isnt(pg_temp.bytes(:'boss', 'event_source'), 'DENIED',
    'a supervisor may');
-- Nor a mail with it that is a file of another.
SELECT pg_temp.ticket(pg_temp.mail('{"facts":{"links":[1]}}')) AS q \gset
UPDATE desk.event SET raw = sha256('x') WHERE ticket = :q;
INSERT INTO desk.attachment (event, place, name, media_type, size, sha256)
SELECT e.id, p, 'a.eml', 'message/rfc822', 1, sha256('x')
FROM desk.event e, generate_series(0, 1) p WHERE e.ticket = :q;
CREATE FUNCTION pg_temp.file(who jsonb, what text, at int) RETURNS text
LANGUAGE plpgsql AS $$
DECLARE
	code	text;
BEGIN
	EXECUTE format('SELECT desk.%I($1, jsonb_build_object(''event'', '
	    '(SELECT max(id) FROM desk.event WHERE raw IS NOT NULL), '
	    '''place'', %s, ''chunk'', 0))', what, at) USING who;
	RETURN 'read';
EXCEPTION WHEN SQLSTATE 'DK001' THEN
	GET STACKED DIAGNOSTICS code = PG_EXCEPTION_DETAIL;
	RETURN code;
END;
$$;
SELECT is(ARRAY[pg_temp.bytes(desk.caller_by_name('an'), 'event_source'),
    pg_temp.file(desk.caller_by_name('an'), 'attachment_file', 1),
    pg_temp.file(desk.caller_by_name('an'), 'attachment_get', 1)],
    '{DENIED,DENIED,DENIED}', 'an agent reads no file that has a link');
SELECT is(ARRAY[pg_temp.file(desk.caller_by_name('an'), 'attachment_file', 0),
    pg_temp.file(:'boss', 'attachment_file', 1)], '{read,read}',
    'the others he does, and a supervisor all');

-- Once it is answered
SELECT desk.response_put('{"who":"x"}', :c, '{"q":5}');
SELECT is(pg_temp.read(:'v')->'messages'->-1->'survey' ? 'link', false,
    'an answered question has none');
SELECT is(pg_temp.read(:'v')->'messages'->-1->>'text',
    'Dạ, anh/chị thấy An Tâm hỗ trợ thế nào ạ?', 'in no way');
SELECT is(desk.survey_see('{}', jsonb_build_object('hash', encode(sha256(
    convert_to(:'secret', 'UTF8')), 'hex'))), NULL, 'and it opens nothing');
SELECT * FROM finish();
ROLLBACK;
