-- A merge of two customers that is undone: of every table that names a customer
-- each has his own rows again, and what came of them meanwhile.
BEGIN;
SET client_min_messages = warning;
\ir ../shop/make.psql
SELECT plan(15);
SELECT shop.make(3, 40, false) AS events \gset
SELECT shop.settle();
INSERT INTO desk.agent (name, display, role)
VALUES ('sup', 'Sáu Phạm', 'supervisor');
CREATE FUNCTION pg_temp.ask(what text, args jsonb) RETURNS jsonb
LANGUAGE plpgsql AS $$
DECLARE
	answer	jsonb;
BEGIN
	EXECUTE format('SELECT desk.%I($1, $2)', what) INTO answer
	USING desk.caller_by_name('sup') || '{"from":"192.0.2.1","via":"http"}',
	    args;
	RETURN answer;
END;
$$;

-- Who goes has most of what a shop has of anybody; who stays, too; and friends.
SELECT max(id) FILTER (WHERE n = 1) AS goes, max(id) FILTER (WHERE n = 2) AS
    stays, max(id) FILTER (WHERE n = 3) AS friend, max(id) FILTER (WHERE n = 4)
    AS other, max(id) FILTER (WHERE n = 5) AS third
FROM (SELECT s.customer AS id, row_number() OVER (ORDER BY count(*) DESC,
	s.customer) AS n
    FROM desk.step s JOIN desk.customer c ON c.id = s.customer
    WHERE EXISTS (SELECT FROM desk.promise p WHERE p.customer = c.id)
    GROUP BY 1) x \gset
-- What hangs on no case.
INSERT INTO desk.class (place, name, kind, scores, surveys, queues, segments,
    body)
VALUES (1, 'low', 'nps', '[0,7)', '{}', '{}', '{}',
    '{"name":"low","action":"Gọi lại"}');
CREATE FUNCTION pg_temp.live(whom bigint, tag text) RETURNS void
LANGUAGE plpgsql AS $$
DECLARE
	s	desk.survey;
	i	bigint;
BEGIN
	SELECT * INTO s FROM desk.survey v
	WHERE v.active AND v.body::text LIKE '%nps%' ORDER BY v.id LIMIT 1;
	INSERT INTO desk.invitation (survey, occasion, customer, via)
	VALUES (s.id, tag || '1', whom, 'face') RETURNING id INTO i;
	PERFORM desk.response_put('{"who":"x"}', i, (SELECT jsonb_build_object(
	    q.name, 3) FROM desk.questions(s.body) q WHERE q.scored
	    ORDER BY q.place LIMIT 1));
	-- Asked, and not answered yet.
	INSERT INTO desk.invitation (survey, occasion, customer, via, state)
	VALUES (s.id, tag || '2', whom, 'link', 'sent');
	PERFORM desk.classes_run(20);
	PERFORM pg_temp.ask('research_add', jsonb_build_object('kind',
	    'interview', 'title', tag, 'text', tag, 'customer', whom));
	PERFORM pg_temp.ask('action_add', jsonb_build_object('what', tag,
	    'research', (SELECT max(n.id) FROM desk.research n)));
	PERFORM pg_temp.ask('referral_code', jsonb_build_object('customer',
	    whom));
	INSERT INTO desk.followup (name, body) VALUES (tag, '{}');
	INSERT INTO desk.followup_sent (followup, occasion, customer, began_at,
	    send_at, expires_at)
	SELECT f.id, tag, whom, now(), now() + interval '1 day',
	    now() + interval '2 days' FROM desk.followup f WHERE f.name = tag;
	INSERT INTO desk.churn (customer, reasons, newest_at, worth)
	VALUES (whom, '{bad}', now(), 1) ON CONFLICT DO NOTHING;
END;
$$;
SELECT pg_temp.live(:goes, 'goes'), pg_temp.live(:stays, 'stays'),
    pg_temp.live(:friend, 'friend');
CREATE FUNCTION pg_temp.code(of bigint) RETURNS text LANGUAGE sql AS $$
	SELECT c.code FROM desk.referral_code c WHERE c.customer = of
$$;
-- Both came by somebody's code: one cannot have come twice.
SELECT desk.referral_put(:goes, pg_temp.code(:friend), 'ORDER1', 'an'),
    desk.referral_put(:other, pg_temp.code(:goes), NULL, 'an'),
    desk.referral_put(:stays, pg_temp.ask('referral_code',
	jsonb_build_object('customer', :other))->>'code', NULL, 'an');
UPDATE desk.customer SET no_surveys_at = now() - interval '1 day',
    no_surveys_by = 'customer', no_followups_at = now() - interval '1 day',
    no_followups_by = 'customer' WHERE id = :goes;

CREATE FUNCTION pg_temp.settle() RETURNS void LANGUAGE plpgsql AS $$
BEGIN
	PERFORM shop.chores();
	WHILE desk.retention_run(1000) = 1000 LOOP END LOOP;
	DELETE FROM desk.churn c WHERE c.reasons <> '{bad}';
END;
$$;
-- Notes of who is to be looked at; ids that lead on; who is erased; and what
-- the chores find out anew (churn), which the test takes for no customer's own.
CREATE FUNCTION pg_temp.places() RETURNS TABLE (tbl regclass, col name)
LANGUAGE sql AS $$
	SELECT c.oid::regclass, a.attname
	FROM pg_class c
	JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0
	    AND a.atttypid = 'bigint'::regtype
	    AND a.attname IN ('customer', 'referrer')
	WHERE c.relnamespace = 'desk'::regnamespace AND c.relkind IN ('r', 'p')
	    AND NOT c.relispartition
	    AND c.relname NOT IN ('segment_todo', 'retention_todo',
		'worth_todo', 'like_again', 'erasure', 'churn',
		'referral_parted')
$$;
CREATE TEMP TABLE seen (moment text, tbl regclass, col name, whose bigint,
    rows jsonb);
CREATE FUNCTION pg_temp.look(moment text, who bigint[]) RETURNS void
LANGUAGE plpgsql AS $$
DECLARE
	p	record;
BEGIN
	FOR p IN SELECT * FROM pg_temp.places() LOOP
		EXECUTE format('INSERT INTO seen SELECT $1, %L::regclass, %L,
		    w, (SELECT coalesce(jsonb_agg(to_jsonb(x)
			    - ''version'' - ''spell_at'' ORDER BY to_jsonb(x)
			    - ''version'' - ''spell_at''), ''[]'')
			FROM %s x WHERE x.%I = w)
		    FROM unnest($2) w', p.tbl, p.col, p.tbl, p.col)
		USING moment, who;
	END LOOP;
END;
$$;
SELECT pg_temp.settle();
-- The shop's answers made nobody known.
SELECT count(desk.advocate_again(c.id)) FROM desk.customer c;
SELECT pg_temp.look('before', ARRAY[:goes, :stays, :friend, :other]);
SELECT is((SELECT string_agg(s.tbl || '.' || s.col, ' ' ORDER BY s.tbl::text)
    FROM seen s WHERE s.whose = :goes AND s.rows = '[]'), NULL,
    'who goes has a row in every table that names a customer');

SELECT (pg_temp.ask('customer_merge', jsonb_build_object('customer', :stays,
    'other', :goes, 'sure', :goes)))->>'merge' AS merge \gset
SELECT pg_temp.settle();
SELECT pg_temp.look('merged', ARRAY[:goes]);
SELECT is((SELECT string_agg(s.tbl::text, ' ' ORDER BY s.tbl::text)
    FROM seen s WHERE s.moment = 'merged' AND s.rows <> '[]'), NULL,
    'nothing names him once he is another');
SELECT is((SELECT a.came FROM desk.advocate a WHERE a.customer = :friend), 0,
    'one cannot have come twice');
SELECT is((SELECT c.no_surveys_at IS NOT NULL AND c.no_followups_at IS NOT NULL
    FROM desk.customer c WHERE c.id = :stays), true, 'he speaks for both');
SAVEPOINT merged;

SELECT pg_temp.ask('customer_split', jsonb_build_object('customer', :stays,
    'merge', :merge)) ? 'split' AS ok \gset
SELECT pg_temp.settle();
SELECT pg_temp.look('undone', ARRAY[:goes, :stays, :friend, :other]);
SELECT is_empty($$ SELECT b.tbl, b.col, b.whose, (SELECT string_agg(x::text,
	' ') FROM (SELECT jsonb_each_text(r) FROM jsonb_array_elements(b.rows)
	r EXCEPT SELECT jsonb_each_text(r) FROM jsonb_array_elements(u.rows) r)
	x), u.rows
    FROM seen b JOIN seen u USING (tbl, col, whose)
    WHERE b.moment = 'before' AND u.moment = 'undone' AND b.rows <> u.rows $$,
    'all of it is theirs again, as it was');
SELECT is((SELECT array_agg(c.no_surveys_at IS NOT NULL
	AND c.no_followups_at IS NOT NULL ORDER BY c.id = :goes)
    FROM desk.customer c WHERE c.id IN (:goes, :stays)), '{false,true}',
    'each wants what he wanted');
SELECT is((SELECT count(*) FROM desk.referral_parted), 0::bigint,
    'nothing is kept twice');
SELECT is_empty($$ SELECT * FROM desk.measure_differs('-infinity',
    'infinity') $$, 'counted as recorded');
SELECT is_empty('SELECT * FROM desk.journey_differs()', 'steps, too');

-- Meanwhile he answered, came up in an action, and brought one.
ROLLBACK TO merged;
SELECT desk.response_put('{"who":"x"}', i.id, (SELECT jsonb_build_object(
    q.name, 9) FROM desk.survey s, desk.questions(s.body) q
    WHERE s.id = i.survey AND q.scored ORDER BY q.place LIMIT 1))
FROM desk.invitation i WHERE i.occasion IN ('goes2', 'stays2') ORDER BY i.id;
SELECT pg_temp.ask('action_add', jsonb_build_object('what', 'later',
    'research', n.id)) ? 'action' AS ok
FROM desk.research n WHERE n.title = 'goes' \gset
SELECT desk.referral_put(:third, pg_temp.code(:friend), NULL, 'an'),
    pg_temp.ask('customer_surveys', jsonb_build_object('customer', :stays,
	'off', false)), pg_temp.ask('customer_surveys', jsonb_build_object(
	'customer', :stays, 'off', true));
SELECT pg_temp.ask('customer_split', jsonb_build_object('customer', :stays,
    'merge', :merge)) ? 'split' AS ok \gset
SELECT is((SELECT jsonb_object_agg(i.occasion, r.customer = f.customer
	AND r.customer = CASE i.occasion WHEN 'goes2' THEN :goes
	ELSE :stays END)
    FROM desk.invitation i JOIN desk.response r ON r.invitation = i.id
    JOIN desk.feedback f ON f.response = r.id
    WHERE i.occasion IN ('goes2', 'stays2')), '{"goes2":true,"stays2":true}',
    'an answer is his who was asked');
SELECT is((SELECT a.customer FROM desk.action a WHERE a.what = 'later'),
    :goes::bigint, 'an action his whom it is about');
SELECT is((SELECT array_agg(c.no_surveys_at IS NOT NULL) FROM desk.customer c
    WHERE c.id IN (:goes, :stays)), '{true,true}',
    'what was said while they were one both said');

-- Who brought him is erased while they are one: nothing of that comes back.
ROLLBACK TO merged;
SELECT is((SELECT p.order_no FROM desk.referral_parted p
    WHERE p.customer = :goes), 'ORDER1', 'what there was no room for is kept');
SELECT desk.customer_erase(shop.caller(), jsonb_build_object('customer',
    :friend, 'sure', :friend, 'reason', 'asked')) ? 'done' AS ok \gset
SELECT pg_temp.ask('customer_split', jsonb_build_object('customer', :stays,
    'merge', :merge)) ? 'split' AS ok \gset
SELECT is((SELECT count(*) FROM desk.referral r WHERE r.customer = :goes),
    0::bigint, 'nor does it come back');
SELECT is((SELECT count(*) FROM desk.referral r WHERE r.referrer = :goes),
    1::bigint, 'whom he brought he brought');
SELECT * FROM finish();
ROLLBACK;
