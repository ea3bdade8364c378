-- Surveys of our own people: whom, by letter, once, in their hours, by the month;
-- who answered what is nobody's to see, and the scores are apart.
BEGIN;
\ir fixture.psql
\ir survey.psql
SELECT plan(68);
SELECT pg_temp.survey('nv', '{"for":"staff","title":"Vui không","quiet":86400,
    "remind":172800,"questions":[{"name":"q","kind":"nps","required":false},
    {"name":"vi-sao","kind":"text","vi":"Vì sao?","required":false}]}') AS nv
\gset
SELECT pg_temp.survey('khach', '{"questions":[{"name":"q","kind":"nps",
    "required":false}]}') AS khach \gset
UPDATE desk.agent SET email = initcap(name) || '@shop.example'
WHERE name <> 'chi';
INSERT INTO desk.agent_skill (agent, skill)
SELECT id, 'en' FROM desk.agent WHERE name = 'binh';

-- "login state why, …" of what was asked.
CREATE FUNCTION pg_temp.send(login text, whom text, more jsonb DEFAULT '{}')
RETURNS text
LANGUAGE plpgsql AS $$
DECLARE
	code	text;
	member	text;
BEGIN
	RETURN (SELECT string_agg(concat_ws(' ', a->>'staff', a->>'state',
	    a->>'why'), ', ' ORDER BY a->>'staff')
	    FROM jsonb_array_elements(pg_temp.ask(login, 'survey_send',
		jsonb_build_object('survey', 'nv', 'staff', whom) || more)
		->'asked') a);
EXCEPTION WHEN SQLSTATE 'DK001' THEN
	GET STACKED DIAGNOSTICS code = PG_EXCEPTION_DETAIL,
	    member = PG_EXCEPTION_HINT;
	RETURN btrim(code || ' ' || member);
END;
$$;
-- "address state, …" of the letters, in order.
CREATE FUNCTION pg_temp.letters() RETURNS text
LANGUAGE sql AS $$
	SELECT coalesce(string_agg(o.address || ' ' || o.state, ', '
	    ORDER BY o.id), '')
	FROM desk.outbound o WHERE o.letter IS NOT NULL
$$;
CREATE FUNCTION pg_temp.said(more text DEFAULT '') RETURNS jsonb
LANGUAGE sql AS $$
	SELECT desk.outbound_message(o) FROM desk.outbound o
	JOIN desk.letter l ON l.id = o.letter
	WHERE l.occasion LIKE '%' || more ORDER BY o.id DESC LIMIT 1
$$;
CREATE FUNCTION pg_temp.hash(m jsonb) RETURNS bytea
LANGUAGE sql AS $$
	SELECT sha256(convert_to(substring(m->'survey'->>'url'
	    from '[^/]*$'), 'UTF8'))
$$;

-- Who may, and whom
SELECT is(pg_temp.send('an', 'all'), 'DENIED', 'supervisors send it');
SELECT is(pg_temp.send('sup', 'nobody'), 'INVALID staff', 'nobody of ours');
SELECT is(pg_temp.send('sup', 'gone'), 'INVALID staff', 'who has left');
SELECT is(pg_temp.send('sup', 'queue:no'), 'INVALID staff', 'no such queue');
SELECT is(pg_temp.send('sup', 'an', '{"survey":"khach"}'), 'INVALID survey',
    'not one for customers');
SELECT is(pg_temp.send('sup', 'all', '{"dry":true}'),
    'admin sent, an sent, binh sent, chi withdrawn no_way, sup sent',
    'dry: who would be');
SELECT is(pg_temp.letters(), '', 'and nothing of it is left');
SELECT is(pg_temp.send('sup', 'queue:sales,skill:en an', '{"once":"a"}'),
    'an sent, binh sent', 'departments, skills and logins, each once');
SELECT is(pg_temp.send('sup', 'queue:sales', '{"once":"a"}'),
    'an sent, binh sent', 'the same again is the same');
SELECT is(pg_temp.letters(), 'an@shop.example queued, binh@shop.example queued',
    'a letter each');
SELECT is(pg_temp.send('sup', 'role:agent'), 'an withdrawn quiet, '
    'binh withdrawn quiet, chi withdrawn no_way', 'not again so soon');
SELECT is((SELECT count(*) FROM desk.event), 0::bigint,
    'no case hears of any of it');

-- The letter
SELECT pg_temp.said() AS m \gset
SELECT is((:'m'::jsonb)->>'subject', '[An Tâm] Vui không', 'its subject');
SELECT is(concat_ws(' ', (:'m'::jsonb) ? 'paper', (:'m'::jsonb) ? 'ticket',
    (:'m'::jsonb)->>'purpose', (:'m'::jsonb)->>'from'),
    'f f letter hello@shop.example', 'goes as letters do');
SELECT is((SELECT concat_ws(' ', jsonb_array_length(s->'scale'),
    s->'scale'->0->>'url' = s->>'url' || '?score=0', s->>'question')
    FROM (SELECT (:'m'::jsonb)->'survey') x(s)), '11 t Bạn có giới thiệu An Tâm '
    'là nơi làm việc cho người quen không?', 'the scale to tap, as to one of us');
SELECT ok((:'m'::jsonb)->>'text' ~ '/survey/[A-Za-z0-9_-]{32}\n'
    AND (:'m'::jsonb)->>'text' ~ '/leave$'
    AND (:'m'::jsonb)->>'text' !~ '[{}]|anh/chị', 'its link, and the way out');
SELECT is(desk.survey_see('{}', jsonb_build_object('hash', encode(pg_temp.hash(
    :'m'), 'hex')))->'questions'->0->>'text', 'Bạn có giới thiệu An Tâm là nơi '
    'làm việc cho người quen không?', 'the link opens it');
SELECT is(desk.survey_see('{}', jsonb_build_object('hash', encode(pg_temp.hash(
    :'m'), 'hex')))->'staff', 'true', 'and says that one of us reads it');

-- Reminded once, unless he answered
SELECT desk.survey_answer('{}', jsonb_build_object('hash', encode(pg_temp.hash(
    :'m'), 'hex'), 'more', encode(sha256('m'), 'hex'), 'answers',
    '{"q":3,"vi-sao":"ca đêm"}'::jsonb));
SELECT desk.measure_fold(100);
SELECT is_empty($$SELECT * FROM desk.measure_differs(now() - interval '1 day',
    now() + interval '1 day')$$, 'all is counted as recorded');
SELECT pg_temp.later('3 days');
SELECT is(desk.survey_due(10), 1, 'who has not answered');
SELECT is(desk.survey_due(10), 0, 'once');
SELECT is(pg_temp.letters(), 'an@shop.example queued, '
    'binh@shop.example withdrawn, an@shop.example queued', 'is reminded');
SELECT is(pg_temp.said('again')->>'subject', '[An Tâm] Nhắc bạn: Vui không',
    'and it says so');

-- Who answered what
SELECT unalike(pg_temp.ask('sup', 'survey_get', '{"survey":"nv"}')::text,
    '%ca đêm%', 'whom it asked does not say what they said');
SELECT is((SELECT string_agg(concat_ws(' ', i->>'staff', i->>'state',
    i->>'score', i->>'response', i->>'answered_at'), ', '
    ORDER BY (i->>'invitation')::int)
    FROM jsonb_array_elements(pg_temp.ask('sup', 'survey_get',
	'{"survey":"nv"}')->'invitations') i WHERE i->>'state' <> 'withdrawn'),
    'an sent, binh answered', 'that they did, it does');
SELECT is(pg_temp.ask('sup', 'cx_answers', '{"survey":"nv","measure":"nps"}'),
    '{"answers":[]}', 'nor can it be read as long as it would be his');
SELECT unalike(pg_temp.ask('an', 'cx_answers',
    '{"survey":"nv","measure":"nps","agent":"me"}')::text, '%ca đêm%',
    'colleagues do not');
SELECT is((SELECT count(*) FROM desk.feedback), 0::bigint,
    'it is no customer''s feedback');

-- Their scores are apart
SELECT is(pg_temp.ask('sup', 'cx_scores', '{"measure":"nps"}')->'total'->>'n',
    '0', 'customers said nothing');
SELECT is(pg_temp.ask('sup', 'cx_scores', '{"measure":"nps","survey":"nv"}')
    #>>'{total,n}', '0', 'nor is what one of ours said a score');
SELECT is(pg_temp.ask('sup', 'cx_scores', '{"measure":"nps","survey":"nv"}')
    #>>'{total,rate,answered}', '1', 'that he did, is counted');
SELECT is(jsonb_array_length(pg_temp.ask('sup', 'cx_answers',
    '{"measure":"nps"}')->'answers'), 0, 'of all answers none is ours');

-- The way out, and back
SELECT is(desk.survey_leave(pg_temp.hash(pg_temp.said('again'))), true,
    'he taps it');
SELECT is(pg_temp.ask('an', 'survey_mine', '{}'), '{"off":true}',
    'and sees that he did');
SELECT pg_temp.later('40 days');
SELECT is(pg_temp.send('sup', 'an'), 'an withdrawn declined', 'is left alone');
SELECT is(pg_temp.ask('an', 'survey_mine', '{"off":false}'), '{"off":false}',
    'until he wants them again');
SELECT is(pg_temp.send('sup', 'an'), 'an sent', 'and is asked');

-- It could not be sent
SELECT count(*) FROM desk.outbound_claim('d', '{mail}', 10);
SELECT desk.outbound_settle(o.id, 'd', o.attempts, 'never', 550, 'no such user',
    NULL) FROM desk.outbound o WHERE o.state = 'sending' ORDER BY o.id DESC
LIMIT 1;
SELECT is((SELECT concat_ws(' ', i->>'staff', i->>'state', i->>'why',
    i->>'words') FROM jsonb_array_elements(pg_temp.ask('sup', 'survey_get',
    '{"survey":"nv"}')->'invitations') i LIMIT 1),
    'an undeliverable failed The mail could not be sent.', 'which is told of');

-- In the hours that he works, where the survey has none
INSERT INTO desk.hours (name, timezone) VALUES ('ca', 'UTC');
INSERT INTO desk.hours_span (hours, dow, opens, closes)
SELECT h.id, extract(isodow FROM (now() AT TIME ZONE 'UTC')::date
    + 2), 480, 720 FROM desk.hours h WHERE h.name = 'ca';
UPDATE desk.agent SET schedule = (SELECT id FROM desk.hours WHERE name = 'ca')
WHERE name = 'binh';
UPDATE desk.invitation SET sent_at = now() - interval '60 days';
SELECT is(pg_temp.send('sup', 'binh'), 'binh waiting', 'at work');
SELECT is((SELECT to_char(send_at AT TIME ZONE 'UTC', 'HH24:MI')
    FROM desk.invitation WHERE state = 'waiting'), '08:00', 'when it begins');
UPDATE desk.agent SET active = false WHERE name = 'binh';
UPDATE desk.invitation SET send_at = now() WHERE state = 'waiting';
SELECT desk.survey_due(10);
SELECT is((SELECT why FROM desk.invitation ORDER BY id DESC LIMIT 1), 'left',
    'who has left meanwhile is not asked');
UPDATE desk.agent SET active = true, schedule = NULL WHERE name = 'binh';

-- By itself
SELECT is((SELECT string_agg(to_char(r.first_day, 'MM-DD') || ' '
    || to_char(r.began AT TIME ZONE 'UTC', 'MM-DD HH24:MI'), ', ' ORDER BY e.n)
    FROM (VALUES (1, 'month', '2026-11-30 16:59Z'::timestamptz),
	(2, 'month', '2026-11-30 17:00Z'), (3, 'quarter', '2026-12-31 17:00Z'),
	(4, 'week', '2026-11-22 16:59Z'), (5, 'week', '2026-11-22 17:00Z'))
	e(n, every, at), desk.staff_round(e.every, e.at) r),
    '11-01 10-31 17:00, 12-01 11-30 17:00, 01-01 12-31 17:00, '
    '11-16 11-15 17:00, 11-23 11-22 17:00',
    'a month, a quarter and a week begin with the company''s day');
UPDATE desk.survey SET body = body || '{"every":"week","queues":["sales"]}'
WHERE name = 'nv';
SELECT desk.staff_plans();
SELECT count(*) AS had FROM desk.invitation \gset
SELECT is(desk.staff_rounds(), 0, 'nothing is made up for');
UPDATE desk.survey_plan SET since = now() - interval '10 days';
SELECT pg_temp.ask('sup', 'address_retry', '{"address":"an@shop.example"}');
SELECT is(desk.staff_rounds(), 2, 'then its department');
SELECT is(desk.staff_rounds(), 0, 'once');
SELECT desk.survey_due(10);
SELECT is((SELECT string_agg(concat_ws(' ', a.name, i.state, i.why), ', '
    ORDER BY a.name) FROM desk.invitation i JOIN desk.agent a ON a.id = i.staff
    WHERE i.occasion LIKE 'round:%'), 'an sent, binh sent',
    'its own last round is not in its way');
SELECT is((SELECT concat_ws(' ', r->>'every', r->>'invited',
    (r->>'next')::date - (r->>'last')::date) FROM (SELECT pg_temp.ask('sup',
    'survey_get', '{"survey":"nv"}')->'rounds') x(r)), 'week 2 7',
    'and when the next one is');
SELECT desk.staff_plans();
SELECT ok((SELECT since < now() - interval '9 days' FROM desk.survey_plan),
    'another apply does not begin it anew');
UPDATE desk.survey SET active = false WHERE name = 'nv';
SELECT desk.staff_plans();
SELECT is((SELECT count(*) FROM desk.survey_plan), 0::bigint,
    'a survey that is gone goes out no more');

-- What they said, by department, of which nobody can be told: 5 of sales, 6 of
-- shipping, 2 of staff; each in the first of his queues
SELECT pg_temp.survey('ban', '{"for":"staff","quiet":1,"questions":[{"name":"q",
    "kind":"nps","required":false}]}') AS ban \gset
INSERT INTO desk.agent (name, display, role, email)
SELECT 'x' || n, 'X' || n, 'agent', 'x' || n || '@shop.example'
FROM generate_series(1, 14) n;
INSERT INTO desk.agent_queue (agent, queue)
SELECT a.id, q.id FROM desk.agent a
JOIN desk.queue q ON q.name = CASE WHEN substr(a.name, 2)::int <= 5
    THEN 'sales' WHEN substr(a.name, 2)::int <= 11 THEN 'shipping'
    ELSE 'staff' END
    OR q.name = 'staff' AND a.name = 'x1'
WHERE a.name ~ '^x\d';
CREATE FUNCTION pg_temp.ask_all(once text, but text) RETURNS void
LANGUAGE sql AS $$
	SELECT pg_temp.ask('sup', 'survey_send', jsonb_build_object('survey',
	    'ban', 'staff', (SELECT string_agg(name, ',') FROM desk.agent
	    WHERE name ~ '^x\d'), 'once', once));
	SELECT desk.response_put('{"who":"survey"}', i.id, jsonb_build_object(
	    'q', 8 + substr(a.name, 2)::int % 2))
	FROM desk.invitation i JOIN desk.agent a ON a.id = i.staff
	WHERE i.survey = (SELECT id FROM desk.survey WHERE name = 'ban')
	    AND i.state = 'sent' AND i.expires_at > now() AND a.name <> but
	ORDER BY i.id;
$$;
CREATE FUNCTION pg_temp.scores() RETURNS text
LANGUAGE sql AS $$
	SELECT concat_ws('; ', (SELECT string_agg(concat_ws(' ',
	    d->>'department', d->>'n', d->>'asked', d->>'figure', d->>'counts'),
	    ', ' ORDER BY d->>'department')
	    FROM jsonb_array_elements(s->'departments') d),
	    s#>>'{hidden,departments}', s#>>'{hidden,n}')
	FROM (SELECT pg_temp.ask('sup', 'survey_get', '{"survey":"ban"}')
	    ->'scores') x(s)
$$;
CREATE FUNCTION pg_temp.read(by text, more jsonb DEFAULT '{}') RETURNS text
LANGUAGE sql AS $$
	SELECT concat_ws(' ', pg_temp.ask('sup', 'cx_scores', jsonb_build_object(
	    'measure', 'nps', 'survey', 'ban', 'by', by))#>>'{total,n}',
	    count(*), count(DISTINCT a->>'at'), count(a->'response'),
	    string_agg(a->>'score', '' ORDER BY n))
	FROM jsonb_array_elements(pg_temp.ask('sup', 'cx_answers', '{"survey":
	    "ban","measure":"nps"}' || more)->'answers') WITH ORDINALITY x(a, n)
$$;
SELECT pg_temp.ask_all('1', 'x14');
SELECT is(pg_temp.scores(), '', 'nothing while somebody may still answer');
SELECT is(pg_temp.read('day'), '0 0 0 0', 'nor any answer');
SELECT pg_temp.later('11 days');
SELECT is(pg_temp.read('day'), '13 13 1 0 8888889999999',
    'then all at once, in no order of time');
SELECT is(pg_temp.read('queue', '{"after":4,"limit":5,"value":9}'),
    '13 3 1 0 999', 'page by page');
SELECT is(pg_temp.scores(), 'shipping 6 6 50.0; 2; 7',
    'two of staff alone would be the rest: the smallest goes with them');
UPDATE desk.response SET score = NULL WHERE invitation IN (SELECT i.id
    FROM desk.invitation i JOIN desk.agent a ON a.id = i.staff
    WHERE a.name IN ('x12', 'x13'));
SELECT is(pg_temp.scores(), 'sales 5 5 60.0, shipping 6 6 50.0; 1; 0',
    'who said nothing needs none');
UPDATE desk.response SET score = NULL WHERE invitation IN (SELECT i.id
    FROM desk.invitation i JOIN desk.agent a ON a.id = i.staff
    WHERE a.name IN ('x1', 'x2', 'x6'));
SELECT is(pg_temp.scores(), '3; 8', 'four, and five with them: none');
SELECT is(pg_temp.ask('sup', 'cx_scores', '{"measure":"nps","survey":"ban",
    "by":"queue"}')->'rows'->0->>'label', NULL,
    'measures know no department of theirs');
-- Nobody comes to a sending later; without an id it is one all the same.
SELECT pg_temp.refused('sup', 'survey_send', '{"survey":"ban","staff":"an",
    "once":"1"}', 'CONFLICT once', 'one more is not added');
SELECT pg_temp.ask('sup', 'survey_send', '{"survey":"ban","staff":"an,binh"}');
SELECT is((SELECT concat_ws(' ', count(*), count(DISTINCT
    split_part(i.occasion, '/', 1))) FROM desk.invitation i
    JOIN desk.agent a ON a.id = i.staff
    WHERE i.survey = :ban AND a.name IN ('an', 'binh')), '2 1',
    'one sending of two');
UPDATE desk.invitation SET state = 'withdrawn', sent_at = NULL
WHERE survey = :ban AND staff IN (SELECT id FROM desk.agent
    WHERE name IN ('an', 'binh'));
-- Who has a letter still to come is one of them.
SAVEPOINT waits;
UPDATE desk.invitation SET state = 'waiting', sent_at = NULL
WHERE survey = :ban AND staff = (SELECT id FROM desk.agent
    WHERE name = 'x14');
SELECT is(pg_temp.read('day'), '0 0 0 0', 'one is still to be asked');
ROLLBACK TO waits;
-- A later sending is another: nobody is told by what it adds.
SELECT pg_temp.ask_all('2', 'x1');
SELECT is(pg_temp.scores(), '3; 8', 'not while it goes on');
SELECT pg_temp.ask('sup', 'survey_send',
    '{"survey":"ban","staff":"x1","once":"3"}');
SELECT pg_temp.later('11 days');
SELECT is(pg_temp.scores(), 'shipping 6 6 50.0; 2; 7',
    'then it alone, and none of one person');
-- What was met less what was expected is told as scores are.
SELECT pg_temp.survey('cap', '{"for":"staff","quiet":1,"questions":[{"name":
    "mong","kind":"csat","required":false,"about":"expectation"},{"name":"gap",
    "kind":"csat","required":false,"about":"experience","pair":"mong"}]}') AS cap \gset
SELECT pg_temp.ask('sup', 'survey_send', '{"survey":"cap","staff":
    "x1,x2,x3,x4,x5,x6"}');
SELECT desk.response_put('{"who":"survey"}', i.id, '{"mong":5,"gap":3}')
FROM desk.invitation i WHERE i.survey = :cap AND i.state = 'sent';
SELECT desk.measure_fold(100);
CREATE FUNCTION pg_temp.pairs(more jsonb) RETURNS text
LANGUAGE sql AS $$
	SELECT pg_temp.ask('sup', 'cx_scores', '{"measure":"pair"}' || more)
	    #>>'{total,n}'
$$;
SELECT is(pg_temp.pairs('{"survey":"cap/gap"}'), '0', 'not while it goes on');
SELECT pg_temp.later('11 days');
SELECT is(pg_temp.pairs('{"survey":"cap/gap"}'), '6', 'then all');
SELECT is(pg_temp.pairs('{}'), '0', 'and none among customers''');
-- Beside what customers met: a factor of both tells of customers alone.
SELECT pg_temp.survey('mua', '{"questions":[{"name":"mong","kind":"csat",
    "required":false,"about":"expectation"},{"name":"gap","kind":"csat",
    "required":false,"about":"experience","pair":"mong"}]}') AS mua \gset
INSERT INTO desk.invitation (survey, occasion, via, sent_at)
SELECT :mua, 'hand:mua/' || n, 'mail', now() FROM generate_series(1, 3) n;
SELECT desk.response_put('{"who":"survey"}', i.id, '{"mong":4,"gap":5}')
FROM desk.invitation i WHERE i.survey = :mua;
SELECT desk.measure_fold(100);
INSERT INTO desk.factor (name, place, vi, en, about, touchpoints, pairs)
VALUES ('loi', 0, 'Lời', 'Word', '{}', '{}', '{cap/gap,mua/gap}');
SELECT is((SELECT string_agg(concat_ws(' ', g->>'pair', g->>'n', g->>'mean'),
    ', ' ORDER BY g->>'pair') FROM jsonb_array_elements(pg_temp.ask('sup',
    'factor_list', '{}')->'factors'->0->'gaps') g), 'cap/gap 0, mua/gap 3 1.00',
    'nor is a factor made of what we said of ourselves');
SELECT is((SELECT string_agg(concat_ws(' ', r->>'key', r->>'n'), ', ')
    FROM jsonb_array_elements(pg_temp.ask('sup', 'cx_scores',
    '{"measure":"pair","by":"survey"}')->'rows') r), 'mua/gap 3',
    'nor has it a line among customers''');
SELECT is(pg_temp.pairs('{"survey":"cap"}'), '6', 'it is asked for by name');
SELECT * FROM finish();
ROLLBACK;
