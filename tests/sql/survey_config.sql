-- Surveys in the configuration: checked as deskctl does it, kept, taken out.
BEGIN;
SET client_min_messages = warning;
SELECT plan(46);

CREATE FUNCTION pg_temp.config(surveys jsonb) RETURNS jsonb
LANGUAGE sql AS $$
	SELECT '{"company":{"name":"Shop"},"default_queue":"sales",
	    "queues":[{"name":"sales","title":"Bán","first":60,"next":60}],
	    "agents":[{"name":"admin","display":"A","role":"admin"}],
	    "hours":[{"name":"gio","week":["mon-fri 08:00-12:00"]}]}'
	    || CASE WHEN surveys IS NULL THEN '{}'
		ELSE jsonb_build_object('surveys', surveys) END
$$;
CREATE FUNCTION pg_temp.apply(surveys jsonb) RETURNS jsonb
LANGUAGE sql AS $$
	SELECT desk.config_apply('{"who":"admin","role":"admin"}',
	    jsonb_build_object('config', pg_temp.config(surveys)))
$$;
-- The member at fault of a survey with this besides a good one's members.
CREATE FUNCTION pg_temp.wrong(more jsonb) RETURNS text
LANGUAGE plpgsql AS $$
DECLARE
	member	text;
BEGIN
	PERFORM desk.config_check(pg_temp.config(jsonb_build_array('{"name":"s",
	    "title":"S","questions":[{"name":"q","kind":"nps"}]}' || more)));
	RETURN 'taken';
EXCEPTION WHEN SQLSTATE 'DK001' THEN
	GET STACKED DIAGNOSTICS member = PG_EXCEPTION_HINT;
	RETURN member;
END;
$$;
-- The same of questions after a first one, which is nps.
CREATE FUNCTION pg_temp.asked(q jsonb) RETURNS text
LANGUAGE sql AS $$
	SELECT pg_temp.wrong(jsonb_build_object('questions',
	    '[{"name":"q","kind":"nps"}]' || q))
$$;

SELECT is(desk.config_check(pg_temp.config(NULL)) ? 'surveys', false,
    'without one the configuration is as it was');
SELECT is(desk.config_check(pg_temp.config('[]')) ? 'surveys', false,
    'and with none');
SELECT is(desk.config_check(pg_temp.config('[{"name":"s","title":"S",
    "questions":[{"name":"q","kind":"nps"}]}]'))->'surveys', '[{"name":"s",
    "title":"S","after":"hand","queues":[],"channels":[],"segments":[],
    "via":[],"sample":100,"quiet":2592000,"expires":2592000,
    "for":"customers","public":false,"help":false,
    "questions":[{"name":"q","kind":"nps","required":false}]}]',
    'what is not said, as the file has it');

SELECT is(pg_temp.wrong('{}'), 'taken', 'a good one');
SELECT is(pg_temp.wrong('{"after":"never"}'), 'surveys[0].after', 'after');
SELECT is(pg_temp.wrong('{"delay":0}'), 'surveys[0].delay', 'delay');
SELECT is(pg_temp.wrong('{"queues":["moon"]}'), 'surveys[0].queues', 'queues');
SELECT is(pg_temp.wrong('{"channels":["fax"]}'), 'surveys[0].channels',
    'channels');
SELECT is(pg_temp.wrong('{"via":["social"]}'), 'surveys[0].via', 'via');
SELECT is(pg_temp.wrong('{"sample":101}'), 'surveys[0].sample', 'sample');
SELECT is(pg_temp.wrong('{"hours":"dem"}'), 'surveys[0].hours', 'hours');
SELECT is(pg_temp.wrong('{"hours":"gio"}'), 'taken', 'hours that are there');
SELECT is(pg_temp.wrong('{"expires":60,"remind":60}'), 'surveys[0].remind',
    'a reminder of what expired');
SELECT is(pg_temp.wrong('{"for":"staff","after":"resolved"}'),
    'surveys[0].for', 'staff are asked by hand');
SELECT is(pg_temp.wrong('{"every":"month"}'), 'surveys[0].every',
    'customers are asked by occasions');
SELECT is(pg_temp.wrong('{"for":"staff","every":"day"}'), 'surveys[0].every',
    'nor anybody each day');
SELECT is(pg_temp.wrong('{"for":"staff","every":"month"}'), 'taken',
    'staff may be asked by the month');
SELECT is(pg_temp.wrong('{"for":"staff","public":true}'),
    'surveys[0].for', 'not in public');
SELECT is(pg_temp.wrong('{"for":"staff","help":true}'), 'surveys[0].for',
    'without help');
SELECT is(pg_temp.wrong('{"colour":"red"}'), 'surveys[0]', 'a strange member');
SELECT is(pg_temp.wrong('{"questions":[]}'), 'surveys[0].questions',
    'no question');
SELECT is(pg_temp.wrong('{"questions":null}'), 'surveys[0].questions',
    'none at all');
SELECT is(pg_temp.wrong('{"questions":{"name":"q"}}'), 'surveys[0].questions',
    'no list');
SELECT is(pg_temp.wrong(jsonb_build_object('questions', (SELECT jsonb_agg(
    jsonb_build_object('name', 'q' || n, 'kind', 'ces'))
    FROM generate_series(1, 21) n))), 'surveys[0].questions', 'too many');
SELECT is(pg_temp.asked('{"name":"w","kind":"smile"}'),
    'surveys[0].questions', 'no such kind');
SELECT is(pg_temp.asked('{"name":"w","kind":"ces","odd":1}'),
    'surveys[0].questions', 'a strange member of a question');
SELECT is(pg_temp.asked('7'), 'surveys[0].questions', 'a number');
SELECT is(pg_temp.asked('{"name":"q","kind":"ces"}'),
    'surveys[0].questions[0].name', 'two of one name');
SELECT is(pg_temp.asked('{"name":"w","kind":"text"}'),
    'surveys[0].questions[1].vi', 'no words');
SELECT is(pg_temp.asked('{"name":"w","kind":"choice","en":"W"}'),
    'surveys[0].questions[1].choices', 'nothing to choose');
SELECT is(pg_temp.asked('{"name":"w","kind":"ces","choices":[
    {"name":"a","en":"A"},{"name":"b","en":"B"}]}'),
    'surveys[0].questions[1].choices', 'choices of a scale');
SELECT is(pg_temp.asked('{"name":"w","kind":"choice","en":"W","choices":[
    {"name":"a","en":"A"},{"name":"a","en":"B"}]}'),
    'surveys[0].questions[1].choices', 'twice the same choice');
SELECT is(pg_temp.asked('{"name":"w","kind":"choice","en":"W","choices":[
    {"name":"a","en":"A"},{"name":"b"}]}'),
    'surveys[0].questions[1].choices', 'a choice without words');
SELECT is(pg_temp.asked('{"name":"w","kind":"choice","en":"W","choices":[
    {"name":"a","en":"A"},{"name":"b","en":"B"}],"when":"0-6"}'), 'taken',
    'a good choice');
SELECT is((SELECT string_agg(pg_temp.asked(jsonb_build_object('name', 'w',
    'kind', 'ces', 'when', w)), ' ' ORDER BY n)
    FROM unnest('{6,0-10,6-0,0-11,-1,06,"0-6 ",x}'::text[])
	WITH ORDINALITY u(w, n)),
    'taken taken' || repeat(' surveys[0].questions[1].when', 6),
    'scores of the first question');
SELECT is(pg_temp.wrong('{"questions":[{"name":"q","kind":"nps",
    "when":"0-6"}]}'), 'surveys[0].questions[0].when', 'not of itself');
SELECT is(pg_temp.asked('{"name":"w","kind":"nps","about":"experience",
    "pair":"q"}'), 'surveys[0].questions[1].pair', 'a pair has two sides');
SELECT is(pg_temp.asked('{"name":"w","kind":"nps","about":"experience",
    "pair":"x"}'), 'surveys[0].questions[1].pair', 'a pair that is not there');
SELECT is(pg_temp.wrong('{"questions":[
    {"name":"a","kind":"csat","about":"expectation"},
    {"name":"b","kind":"csat","about":"experience","pair":"a"}]}'), 'taken',
    'a good pair');

-- In force
SELECT pg_temp.apply('[{"name":"b","title":"B","questions":[{"name":"q",
    "kind":"nps"}]},{"name":"a","title":"A","questions":[{"name":"q",
    "kind":"ces"}]}]') AS first \gset
SELECT is(jsonb_path_query_array(:'first',
    '$.changes[*] ? (@.what starts with "survey").what'),
    '["survey a","survey b"]', 'what changes');
SELECT is((SELECT string_agg(name || (body->>'title'), ',' ORDER BY name)
    FROM desk.survey WHERE active), 'aA,bB', 'kept');
SELECT is(pg_temp.apply('[{"name":"b","title":"B","questions":[{"name":"q",
    "kind":"nps"}]},{"name":"a","title":"A","questions":[{"name":"q",
    "kind":"ces"}]}]')->'changes', '[]', 'the same changes nothing');
SELECT pg_temp.apply('[{"name":"b","title":"C","questions":[{"name":"q",
    "kind":"nps"}]}]');
SELECT is((SELECT string_agg(name || (body->>'title') || active, ','
    ORDER BY name) FROM desk.survey), 'aAfalse,bCtrue',
    'one that is gone stays, and asks nobody');

-- Words
SELECT is(desk.question_words('{"kind":"nps"}', 'vi'),
    'Dạ, anh/chị có sẵn lòng giới thiệu Shop cho người quen không ạ?',
    'a kind''s own words');
SELECT is(desk.question_words('{"kind":"ces","vi":"Dễ ạ?"}', 'en'), 'Dễ ạ?',
    'those of the other language, when there are no others');
SELECT is((SELECT count(DISTINCT desk.question_words(
    jsonb_build_object('kind', k), l, s))
    FROM unnest('{nps,csat,ces}'::text[]) k, unnest('{vi,en}'::text[]) l,
	unnest('{t,f}'::boolean[]) s), 12::bigint,
    'each kind has words in both languages, for customers and for staff');

SELECT * FROM finish();
ROLLBACK;
