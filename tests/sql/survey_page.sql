-- What a survey's link shows and takes, and what comes unasked.
BEGIN;
\ir fixture.psql
SELECT plan(47);

INSERT INTO desk.config (who, body) VALUES ('test', '{"company":{"name":
    "An Tâm","lang":"vi","timezone":"Asia/Ho_Chi_Minh"}}');
INSERT INTO desk.survey (name, body) VALUES
    ('sau-giao', '{"title":"Sau khi giao","questions":[
	{"name":"score","kind":"nps"},
	{"name":"why","kind":"choice","when":"0-6","vi":"Vì sao?","choices":[
	    {"name":"late","vi":"Giao trễ","en":"Late"},
	    {"name":"price","vi":"Giá"}]},
	{"name":"best","kind":"text","when":"9-10","vi":"Thích gì nhất?"},
	{"name":"words","kind":"text","vi":"{customer} ơi, còn gì ạ?"}]}'),
    ('ho-tro', '{"title":"Hỗ trợ","help":true,"questions":[
	{"name":"score","kind":"csat"}]}'),
    ('pair', '{"title":"Mong và được","questions":[
	{"name":"hoped","kind":"csat","about":"expectation","vi":"Mong?",
	    "required":true},
	{"name":"met","kind":"csat","about":"experience","pair":"hoped",
	    "vi":"Được?","required":true}]}'),
    ('gop-y', '{"title":"Góp ý","public":true,"touchpoint":"quay","questions":[
	{"name":"score","kind":"csat"},
	{"name":"words","kind":"text","vi":"Anh/chị viết ạ"}]}'),
    ('nhan-vien', '{"title":"Nhân viên","for":"staff","public":true,
	"questions":[{"name":"score","kind":"nps"}]}');
SELECT pg_temp.customer('Nguyễn Thị Hạnh', 'hanh@example.com') AS hanh \gset
SELECT pg_temp.ticket(:hanh, 'sales', 'Giao trễ') AS t \gset
INSERT INTO desk.customer_order (order_no, customer, ticket, status,
    delivered_at, told_at, event)
VALUES ('DH20418', :hanh, :t, 'delivered', '2026-11-21T05:00Z', now(), 1);

-- A link to that survey; its secret is its own occasion.
CREATE FUNCTION pg_temp.link(of text, secret text, case_id bigint,
    order_no text DEFAULT NULL) RETURNS bigint
LANGUAGE sql AS $$
	INSERT INTO desk.invitation (survey, occasion, customer, ticket,
	    order_no, queue, agent, channel, via, state, sent_at, expires_at,
	    token)
	SELECT s.id, secret, t.customer, t.id, link.order_no, t.queue,
	    (SELECT id FROM desk.agent WHERE name = 'chi'), 'mail', 'mail',
	    'sent', now(), now() + interval '30 days',
	    sha256(convert_to(secret, 'UTF8'))
	FROM desk.survey s, desk.ticket t
	WHERE s.name = of AND t.id = case_id
	RETURNING id
$$;
CREATE FUNCTION pg_temp.hash(secret text) RETURNS text
LANGUAGE sql AS $$
	SELECT encode(sha256(convert_to(secret, 'UTF8')), 'hex')
$$;
CREATE FUNCTION pg_temp.see(secret text, lang text DEFAULT NULL) RETURNS jsonb
LANGUAGE sql AS $$
	SELECT desk.survey_see('{}', jsonb_strip_nulls(jsonb_build_object(
	    'hash', pg_temp.hash(secret), 'lang', lang)))
$$;
CREATE FUNCTION pg_temp.answer(secret text, more text, answers jsonb)
RETURNS jsonb LANGUAGE sql AS $$
	SELECT desk.survey_answer('{}', jsonb_build_object('hash',
	    pg_temp.hash(secret), 'more', pg_temp.hash(more), 'answers',
	    answers))
$$;
CREATE FUNCTION pg_temp.more(secret text, answers jsonb) RETURNS jsonb
LANGUAGE sql AS $$
	SELECT desk.survey_more('{}', jsonb_build_object('hash',
	    pg_temp.hash(secret), 'answers', answers))
$$;
CREATE FUNCTION pg_temp.help(secret text) RETURNS jsonb
LANGUAGE sql AS $$
	SELECT desk.survey_help('{}', jsonb_build_object('hash',
	    pg_temp.hash(secret), 'call', true, 'text', 'gọi giúp'))
$$;
-- "CODE member" of a refusal, or what was answered.
CREATE FUNCTION pg_temp.try(statement text) RETURNS text
LANGUAGE plpgsql AS $$
DECLARE
	code	text;
	member	text;
	got	text;
BEGIN
	EXECUTE statement INTO got;
	RETURN got;
EXCEPTION WHEN SQLSTATE 'DK001' THEN
	GET STACKED DIAGNOSTICS code = PG_EXCEPTION_DETAIL,
	    member = PG_EXCEPTION_HINT;
	RETURN code || ' ' || member;
END;
$$;

-- The page of a link.
SELECT pg_temp.link('sau-giao', 'one', :t, 'DH20418') AS i \gset
SELECT pg_temp.see('one') AS seen \gset
SELECT is(:'seen'::jsonb->>'step', 'ask', 'a link asks');
SELECT is(:'seen'::jsonb->'one', 'true', 'one tap is enough');
SELECT is(:'seen'::jsonb->>'order', 'DH20418', 'with its order');
SELECT is(:'seen'::jsonb->>'delivered', '21/11', 'and its day');
SELECT is((SELECT string_agg(q->>'name', ' ')
    FROM jsonb_array_elements(:'seen'::jsonb->'questions') q), 'score words',
    'what depends on a score is not asked yet');
SELECT is(:'seen'::jsonb#>>'{questions,1,text}', 'Anh/chị Hạnh ơi, còn gì ạ?',
    'a question calls him by his given name');
SELECT ok(:'seen' NOT LIKE '%Nguyễn%' AND :'seen' NOT LIKE '%Giao trễ%'
    AND :'seen' NOT LIKE '%hanh@%', 'and nothing else of him or his case');
SELECT is(pg_temp.see('one', 'en')->>'lang', 'en', 'in English when asked');
SELECT is((SELECT state FROM desk.invitation WHERE id = :i), 'sent',
    'to look counts nothing');
SELECT is(pg_temp.see('two'), NULL, 'a wrong secret opens nothing');
SELECT is((SELECT count(*)::int FROM generate_series(1, 1000) n
    WHERE (desk.survey_opened(jsonb_build_object('hash', encode(sha256(
	uuid_send(gen_random_uuid())), 'hex')))).id IS NOT NULL), 0,
    'nor do 1,000 guesses');

-- Answered once.
SELECT is(pg_temp.try($$SELECT pg_temp.answer('one', 'm1', '{"score":11}')$$),
    'INVALID score', 'no such score');
SELECT isnt(pg_temp.see('one'), NULL, 'and the link is good still');
SELECT is(pg_temp.answer('one', 'm1', '{"score":6}'), '{"counted":true}',
    'a score is counted');
SELECT is(pg_temp.see('one'), NULL, 'the link is used');
SELECT is(pg_temp.answer('one', 'm2', '{"score":9}'), NULL,
    'and takes no other');
SELECT is(pg_temp.answer('one', 'm1', '{"score":6}'), '{"counted":true}',
    'the same post comes to the same');
SELECT is((SELECT count(*)::int FROM desk.response WHERE invitation = :i), 1,
    'there is one answer');
SELECT is((SELECT sum(n)::int FROM desk.measure_part WHERE measure = 'nps'), 1,
    'counted once');
SELECT results_eq(format('SELECT kind, who, meta->>''score'' FROM desk.event '
    'WHERE ticket = %s AND kind = ''survey''', :t),
    $$VALUES ('survey', 'Nguyễn Thị Hạnh', '6')$$, 'and told in his case');

-- What is added.
SELECT pg_temp.see('m1') AS seen \gset
SELECT is(:'seen'::jsonb->>'step', 'more', 'a second link takes more');
SELECT is((SELECT string_agg(q->>'name', ' ')
    FROM jsonb_array_elements(:'seen'::jsonb->'questions') q), 'why words',
    'of what that score is asked');
SELECT is(:'seen'::jsonb->'call', 'true', 'who is not content may be called');
SELECT is(:'seen'::jsonb->>'agent', 'Chi Lê', 'by whoever had his case');
SELECT is(:'seen'::jsonb->'words', 'false', 'there is a question for words');
SELECT is(pg_temp.more('m1', '{"why":["late"],"words":"chậm quá"}'),
    '{"counted":true}', 'chips and words');
SELECT is((SELECT words FROM desk.response WHERE invitation = :i), 'chậm quá',
    'are kept');
SELECT is(pg_temp.more('m1', '{"score":9}'), '{"counted":true}',
    'another score');
SELECT is((SELECT score::int FROM desk.response WHERE invitation = :i), 6,
    'changes nothing');
SELECT is(pg_temp.more('one', '{"words":"x"}'), NULL,
    'the first link adds nothing');
SELECT is(pg_temp.help('m1') - 'id', jsonb_build_object('ticket', :t, 'kind',
    'email', 'address', 'hanh@example.com', 'name', 'Nguyễn Thị Hạnh',
    'subject', 'Giao trễ', 'order', 'DH20418', 'text',
    E'Xin gọi lại cho tôi ạ.\ngọi giúp'), 'help is asked on the same case');
UPDATE desk.answering SET until = now() - interval '1 s';
SELECT is(pg_temp.see('m1'), NULL, 'an hour later it is over');
SELECT is(pg_temp.help('m1'), NULL, 'for all');

-- Expired, taken back, two questions at once, help that is always offered.
SELECT pg_temp.link('ho-tro', 'old', :t) AS old \gset
UPDATE desk.invitation SET expires_at = now() WHERE id = :old;
SELECT is(pg_temp.see('old'), NULL, 'an expired link opens nothing');
SELECT is(pg_temp.answer('old', 'mo', '{"score":1}'), NULL, 'and takes nothing');
UPDATE desk.invitation SET expires_at = NULL, state = 'withdrawn'
WHERE id = :old;
SELECT is(pg_temp.see('old'), NULL, 'nor one that was taken back');
SELECT pg_temp.link('pair', 'both', :t);
SELECT is(pg_temp.see('both')->'one', 'false',
    'two that must be answered are one form');
SELECT pg_temp.link('ho-tro', 'glad', :t);
SELECT pg_temp.answer('glad', 'm3', '{"score":5}');
SELECT is(pg_temp.see('m3') - '{title,lang,company,questions,agent}'::text[],
    '{"step":"more","score":5,"kind":"csat","low":false,"help":true,
	"call":false,"words":true}', 'a survey may offer help to everybody');

-- The public form.
CREATE FUNCTION pg_temp.send(more jsonb) RETURNS jsonb
LANGUAGE sql AS $$
	SELECT desk.feedback_send('{}', '{"survey":"gop-y","reachable":false,
	    "id":"6c1d0000-0000-4000-8000-000000000001"}' || more)
$$;
SELECT is(pg_temp.send('{"answers":{"score":5}}'), '{"kept":true}',
    'a form is kept');
SELECT pg_temp.send('{"answers":{"score":5}}');
SELECT results_eq($$SELECT count(*)::int, min(touchpoint)
    FROM desk.response WHERE via = 'form'$$, $$VALUES (1, 'quay')$$,
    'once for its id');
SELECT is(pg_temp.send('{"id":"6c1d0000-0000-4000-8000-000000000002",
    "reachable":true,"answers":{"score":2,"words":" tệ "}}'),
    '{"file":true,"subject":"Góp ý","text":"tệ"}', 'words are a case first');
SELECT pg_temp.send(jsonb_build_object('id',
    '6c1d0000-0000-4000-8000-000000000002', 'filed',
    jsonb_build_object('ticket', :t), 'reachable', true,
    'answers', '{"score":2,"words":"tệ"}'::jsonb));
SELECT is((SELECT count(*)::int FROM desk.response
    WHERE via = 'form' AND ticket = :t AND score = 2), 1, 'and then kept with it');
SELECT is(pg_temp.try($$SELECT pg_temp.send('{"survey":"ho-tro",
    "answers":{"score":1}}')$$), 'NOTFOUND survey',
    'a survey that is not public has no form');
SELECT is(pg_temp.try($$SELECT desk.feedback_see('{}',
    '{"survey":"nhan-vien"}')$$), 'NOTFOUND survey', 'nor has one for staff');

-- Keyed in.
SELECT pg_temp.link('ho-tro', 'late', :t) AS late \gset
CREATE FUNCTION pg_temp.enter(of bigint) RETURNS jsonb
LANGUAGE sql AS $$
	SELECT pg_temp.ask('binh', 'survey_enter', jsonb_build_object('survey',
	    'ho-tro', 'ticket', of, 'via', 'call', 'once', 'k1', 'answers',
	    '{"score":4}'::jsonb))
$$;
SELECT is(pg_temp.enter(:t) - '{response,at,answers}'::text[],
    jsonb_build_object('survey', 'ho-tro', 'kind', 'csat', 'score', 4,
	'customer', :hanh, 'ticket', :t, 'queue', 'sales', 'agent', 'binh',
	'channel', 'mail', 'via', 'call'), 'what was said on the telephone');
SELECT is(pg_temp.enter(:t)->'response', pg_temp.enter(:t)->'response',
    'is kept once');
SELECT is(pg_temp.see('late'), NULL, 'and he is not asked again');
SELECT * FROM finish();
ROLLBACK;
