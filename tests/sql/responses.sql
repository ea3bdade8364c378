-- What is answered to a survey, and what is counted of it.
BEGIN;
\ir fixture.psql
SELECT plan(38);

INSERT INTO desk.survey (name, body) VALUES
    ('sau-giao', '{"questions":[
	{"name":"why","kind":"choice","choices":[{"name":"late"},
	    {"name":"price"},{"name":"other"}]},
	{"name":"score","kind":"nps","required":true},
	{"name":"words","kind":"text"},
	{"name":"hoped","kind":"csat","about":"expectation"},
	{"name":"met","kind":"csat","about":"experience","pair":"hoped"},
	{"name":"days","kind":"number"}]}'),
    ('loose', '{"questions":[{"name":"words","kind":"text"}]}');
SELECT pg_temp.customer('Hạnh', 'hanh@example.com') AS hanh \gset
SELECT pg_temp.ticket(:hanh, 'sales', 'Giao trễ') AS t \gset
SELECT id AS queue FROM desk.queue WHERE name = 'sales' \gset

CREATE FUNCTION pg_temp.invited(of text, occasion text, case_id bigint
    DEFAULT NULL) RETURNS bigint
LANGUAGE sql AS $$
	INSERT INTO desk.invitation (survey, occasion, customer, ticket, queue,
	    channel, segment, touchpoint, via)
	SELECT s.id, invited.occasion, t.customer, t.id, coalesce(t.queue, 0),
	    'mail', 'vip', 'giao-hang', 'mail'
	FROM desk.survey s LEFT JOIN desk.ticket t ON t.id = case_id
	WHERE s.name = of
	RETURNING id
$$;
CREATE FUNCTION pg_temp.put(i bigint, answers jsonb) RETURNS bigint
LANGUAGE sql AS $$
	SELECT desk.response_put('{"who":"survey"}', i, answers,
	    '2026-11-20T08:00Z')
$$;
-- "CODE member" of what an answer is refused with.
CREATE FUNCTION pg_temp.wrong(i bigint, answers jsonb) RETURNS text
LANGUAGE plpgsql AS $$
DECLARE
	code	text;
	member	text;
BEGIN
	PERFORM pg_temp.put(i, answers);
	RETURN 'taken';
EXCEPTION WHEN SQLSTATE 'DK001' THEN
	GET STACKED DIAGNOSTICS code = PG_EXCEPTION_DETAIL,
	    member = PG_EXCEPTION_HINT;
	RETURN code || ' ' || member;
END;
$$;
-- What was counted since: "measure name value n, …"; a fresh start.
CREATE FUNCTION pg_temp.counted() RETURNS text
LANGUAGE sql AS $$
	WITH gone AS (DELETE FROM desk.measure_part RETURNING *)
	SELECT coalesce(string_agg(concat_ws(' ', measure, name, value, n),
	    ', ' ORDER BY measure, name, value), '')
	FROM gone
$$;

SELECT pg_temp.invited('sau-giao', 'order:DH1:delivered', :t) AS i \gset
SELECT throws_ok($$SELECT pg_temp.invited('sau-giao', 'order:DH1:delivered')$$,
    '23505', NULL, 'one invitation for an occasion');

-- What does not fit
SELECT is(pg_temp.wrong(:i, '{"score":11}'), 'INVALID score', 'past ten');
SELECT is(pg_temp.wrong(:i, '{"score":-1}'), 'INVALID score', 'below nought');
SELECT is(pg_temp.wrong(:i, '{"score":6.5}'), 'INVALID score', 'a half');
SELECT is(pg_temp.wrong(:i, '{"score":"6"}'), 'INVALID score', 'a text');
SELECT is(pg_temp.wrong(:i, '{"score":6,"met":0}'), 'INVALID met',
    'one that has no nought');
SELECT is(pg_temp.wrong(:i, '{"score":6,"days":1e300}'), 'INVALID days',
    'a number out of all reason');
SELECT is(pg_temp.wrong(:i, '{"score":6,"why":["late","wet"]}'),
    'INVALID why', 'no such choice');
SELECT is(pg_temp.wrong(:i, '{"score":6,"why":[1]}'), 'INVALID why',
    'a choice is a name');
SELECT is(pg_temp.wrong(:i, '{"score":6,"why":{}}'), 'INVALID why',
    'or several, in a list');
SELECT is(pg_temp.wrong(:i, jsonb_build_object('score', 6, 'words',
    repeat('ă', 8001))), 'INVALID words', 'too much text');
SELECT is(pg_temp.wrong(:i, '{"score":6,"no":1}'), 'INVALID answers',
    'no such question');
SELECT is(pg_temp.wrong(:i, '[]'), 'INVALID answers', 'no object');
SELECT is(pg_temp.wrong(:i, NULL), 'INVALID answers', 'nothing');
SELECT is(pg_temp.wrong(:i, '{"why":"late"}'), 'INVALID score',
    'what is required');
SELECT is(pg_temp.wrong(:i, '{"score":null}'), 'INVALID score',
    'null is no answer');
SELECT is(pg_temp.wrong(0, '{"score":6}'), 'NOTFOUND invitation',
    'nobody was asked');
SELECT is(pg_temp.wrong(pg_temp.invited('loose', 'hand:1'),
    '{"words":"  "}'), 'INVALID words', 'blanks say nothing');
SELECT is(pg_temp.counted(), '', 'nothing refused is counted');
SELECT is((SELECT count(*) FROM desk.response), 0::bigint, 'nor kept');

-- What does
SELECT pg_temp.put(:i, '{"score":6,"why":["price","late"]}') AS r \gset
SELECT is((SELECT concat_ws(' ', kind, score, class, customer = :hanh,
    ticket = :t, queue = :queue, segment, touchpoint, via)
    FROM desk.response WHERE id = :r),
    'nps 6 detractor t t t vip giao-hang mail', 'kept with what it is about');
SELECT is((SELECT choices FROM desk.answer
    WHERE response = :r AND question = 'why'), '{late,price}',
    'choices in the order of the question');
SELECT is((SELECT state FROM desk.invitation WHERE id = :i), 'answered',
    'the invitation is used');
SELECT is(pg_temp.counted(), 'choice sau-giao/why/late 1 1, '
    'choice sau-giao/why/price 1 1, closed detractor 0 1, nps sau-giao 6 1',
    'and counted');
SELECT is(pg_temp.wrong(:i, '{"score":10}'), 'CONFLICT invitation', 'once');
SELECT is((SELECT concat_ws(' ', kind, direction, meta->>'score',
    meta->>'class') FROM desk.event
    WHERE id = (SELECT event FROM desk.response WHERE id = :r) AND ticket = :t),
    'survey own 6 detractor', 'the case tells of it');

-- What is added
SELECT desk.response_more('{"who":"survey"}', :r,
    '{"score":10,"words":" Giao trễ quá ","hoped":5}');
SELECT is((SELECT score || words FROM desk.response WHERE id = :r),
    '6Giao trễ quá', 'words are added, the score stays');
SELECT is(pg_temp.counted(), 'csat sau-giao/hoped 5 1', 'what is new counts');
SELECT desk.response_more('{"who":"survey"}', :r, '{"met":3,"days":9}');
SELECT is(pg_temp.counted(), 'csat sau-giao/met 3 1, number sau-giao/days 9 1'
    ', pair sau-giao/met -2 1', 'what was met, less what was hoped for');
SELECT desk.response_more('{"who":"survey"}', :r, '{"met":5,"words":"Tốt"}');
SELECT is(pg_temp.counted(), '', 'nothing is answered twice');
SELECT is((SELECT count(*) FROM desk.event
    WHERE ticket = :t AND kind = 'survey'), 2::bigint,
    'the case tells of words that came');

-- Classes at their edges
SELECT is((SELECT string_agg(coalesce(desk.nps_class(s), '-'), ' ' ORDER BY s)
    FROM unnest(ARRAY[0, 6, 7, 8, 9, 10]) s),
    'detractor detractor passive passive promoter promoter',
    'promoters, passives, detractors');
SELECT pg_temp.put(pg_temp.invited('loose', 'hand:2'), '{"words":"Ổn"}') AS r2
\gset
SELECT is((SELECT concat_ws(',', kind, score, class, words)
    FROM desk.response WHERE id = :r2), 'Ổn', 'words alone have no score');

-- A case that is made a part of another, a customer of another
SELECT pg_temp.ticket(:hanh, 'sales', 'Cùng chuyện') AS u \gset
SELECT pg_temp.act('an', 'take', :t);
SELECT pg_temp.ask('sup', 'ticket_merge', jsonb_build_object('ticket', :t,
    'into', :u));
SELECT is((SELECT ticket FROM desk.response WHERE id = :r), :u::bigint,
    'goes with its case');
SELECT pg_temp.customer('Hanh', 'hanh2@example.com') AS other \gset
SELECT pg_temp.ask('sup', 'customer_merge', jsonb_build_object(
    'customer', :other, 'other', :hanh));
SELECT is((SELECT array_agg(DISTINCT x.customer) FROM (
    SELECT customer FROM desk.response WHERE id = :r UNION ALL
    SELECT customer FROM desk.invitation WHERE id = :i) x),
    ARRAY[:other::bigint], 'goes with its customer');
SELECT is(pg_temp.ask('admin', 'customer_export', jsonb_build_object(
    'customer', :other))->'customer'->'surveys'->0->>'words', 'Giao trễ quá',
    'what he said is his to have');
SELECT pg_temp.ask('admin', 'customer_erase', jsonb_build_object(
    'customer', :other, 'sure', :other, 'reason', 'asked'));
SELECT is((SELECT concat_ws('|', r.score, r.words, i.token, i.contact,
    (SELECT count(*) FROM desk.answer a
	WHERE a.response = r.id AND a.words IS NOT NULL))
    FROM desk.response r JOIN desk.invitation i ON i.id = r.invitation
    WHERE r.id = :r), '6||0', 'and to have taken away; the score counts on');

-- The page's box takes 4,000 letters, of any script.
SELECT is((desk.answer_read('text', NULL, NULL, '{"name":"words"}',
    to_jsonb(repeat('ไ', 4000)))).words, repeat('ไ', 4000),
    'what fits into the page is kept');

SELECT * FROM finish();
ROLLBACK;
