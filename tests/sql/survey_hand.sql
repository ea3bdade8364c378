-- Surveys sent by hand, links given away, who may, and what is shown of it.
BEGIN;
\ir fixture.psql
\ir survey.psql
SELECT plan(32);
SELECT pg_temp.survey('tay', '{"quiet":1}') AS tay \gset
SELECT pg_temp.survey('nv', '{"for":"staff"}') AS nv \gset
SELECT pg_temp.customer('Lan', 'lan@example.com') AS lan \gset
SELECT pg_temp.ticket(:lan, 'sales', 'Giá') AS t \gset
SELECT pg_temp.ticket(:lan, 'staff', 'Lương') AS closed \gset

-- "CODE member", or what the operation answered.
CREATE FUNCTION pg_temp.got(login text, what text, args jsonb) RETURNS text
LANGUAGE plpgsql AS $$
DECLARE
	code	text;
	member	text;
	r	jsonb;
BEGIN
	r := pg_temp.ask(login, what, args);
	RETURN coalesce(r->'asked'->0->>'state', r->>'url', 'done');
EXCEPTION WHEN SQLSTATE 'DK001' THEN
	GET STACKED DIAGNOSTICS code = PG_EXCEPTION_DETAIL,
	    member = PG_EXCEPTION_HINT;
	RETURN btrim(code || ' ' || member);
END;
$$;
CREATE FUNCTION pg_temp.send(login text, more jsonb) RETURNS text
LANGUAGE sql AS $$
	SELECT pg_temp.got(login, 'survey_send', '{"survey":"tay"}' || more)
$$;

-- Who may
SELECT is(pg_temp.send('an', '{}'), 'INVALID ticket', 'whom?');
SELECT is(pg_temp.send('an', '{"ticket":7}'), 'NOTFOUND ticket', 'no case');
SELECT is(pg_temp.send('an', jsonb_build_object('ticket', :closed)),
    'NOTFOUND ticket', 'one that he may not see');
SELECT is(pg_temp.send('chi', jsonb_build_object('ticket', :t)),
    'DENIED ticket', 'one that he does not serve');
SELECT is(pg_temp.send('an', jsonb_build_object('customers', :lan::text)),
    'DENIED', 'lists are for supervisors');
SELECT is(pg_temp.send('sup', '{"customers":"x"}'), 'INVALID customers',
    'ids');
SELECT is(pg_temp.send('sup', '{"customers":"99"}'), 'done',
    'of nobody nothing is asked');
SELECT is(pg_temp.got('an', 'survey_send', jsonb_build_object('survey', 'no',
    'ticket', :t)), 'NOTFOUND survey', 'no such survey');
SELECT is(pg_temp.got('an', 'survey_send', jsonb_build_object('survey', 'nv',
    'ticket', :t)), 'INVALID survey', 'one for our own people');
SELECT is((SELECT count(*) FROM desk.invitation), 0::bigint,
    'nothing of that is left');

-- Hours: it waits for them
INSERT INTO desk.hours (name, timezone) VALUES ('gio', 'UTC');
INSERT INTO desk.hours_span (hours, dow, opens, closes)
SELECT h.id, extract(isodow FROM (now() AT TIME ZONE 'UTC')::date
    + 2), 480, 720 FROM desk.hours h WHERE h.name = 'gio';
UPDATE desk.survey SET body = body || '{"hours":"gio"}' WHERE name = 'tay';
SELECT is(pg_temp.send('an', jsonb_build_object('ticket', :t, 'once', 'h')),
    'waiting', 'in the hours that the survey has');
SELECT is((SELECT to_char(send_at AT TIME ZONE 'UTC', 'HH24:MI')
    FROM desk.invitation), '08:00', 'when they begin');
SELECT is(desk.survey_due(10), 0, 'not before');
SELECT is(pg_temp.mails(:lan), '', 'and nothing went');
UPDATE desk.survey SET body = body - 'hours' WHERE name = 'tay';
UPDATE desk.invitation SET send_at = now();
SELECT is(desk.survey_due(10), 1, 'then it goes');
SELECT is(pg_temp.mails(:lan), 'mail lan@example.com queued', 'by mail');

-- Taken out of the configuration before it went
SELECT pg_temp.customer('Ba', 'ba@example.com') AS ba \gset
SELECT pg_temp.ticket(:ba, 'sales', 'Hỏi') AS u \gset
SELECT pg_temp.survey('sau', '{"after":"resolved","sample":100,
    "queues":["shipping"]}');
SELECT pg_temp.act('an', 'take', :u);
SELECT pg_temp.act('an', 'resolve', :u);
SELECT is(pg_temp.stands(:ba), NULL, 'of another queue');
UPDATE desk.survey SET body = body || '{"queues":["sales"],"segments":["vip"]}'
WHERE name = 'sau';
SELECT pg_temp.act('an', 'reopen', :u);
SELECT pg_temp.act('an', 'resolve', :u);
SELECT is(pg_temp.stands(:ba), NULL, 'of no such segment');
UPDATE desk.survey SET body = body || '{"segments":[]}' WHERE name = 'sau';
UPDATE desk.ticket SET marks = '{flood}' WHERE id = :u;
SELECT pg_temp.act('an', 'reopen', :u);
SELECT pg_temp.act('an', 'resolve', :u);
SELECT is(pg_temp.stands(:ba), NULL, 'of what machines wrote');
UPDATE desk.ticket SET marks = '{}' WHERE id = :u;
SELECT pg_temp.act('an', 'reopen', :u);
SELECT pg_temp.act('an', 'resolve', :u);
UPDATE desk.survey SET active = false WHERE name = 'sau';
SELECT pg_temp.later('1 hour');
SELECT desk.survey_due(10);
SELECT is(pg_temp.stands(:ba), 'sau withdrawn gone',
    'of a survey that is gone nobody is asked');

-- A share
SELECT ok((SELECT count(*) BETWEEN 1900 AND 2100 FROM generate_series(1, 10000)
    n WHERE desk.survey_sampled('s', 'ticket:' || n, 20)), 'one in five');
SELECT is((SELECT count(*) FROM generate_series(1, 1000) n
    WHERE desk.survey_sampled('s', n::text, 100)), 1000::bigint, 'or all');

-- A link
SELECT is(pg_temp.got('chi', 'survey_link', jsonb_build_object('survey', 'tay',
    'ticket', :t)), 'DENIED ticket', 'a link of another queue''s');
SELECT pg_temp.ask('an', 'survey_link', jsonb_build_object('survey', 'tay',
    'ticket', :t, 'once', 'l')) AS one \gset
SELECT pg_temp.ask('an', 'survey_link', jsonb_build_object('survey', 'tay',
    'ticket', :t, 'once', 'l')) AS two \gset
SELECT is((:'one'::jsonb)->'invitation', (:'two'::jsonb)->'invitation',
    'asked for twice it is one invitation');
SELECT is((SELECT string_agg(n::text, ' ' ORDER BY o) FROM (SELECT o,
    (SELECT count(*) FROM desk.invitation_of(sha256(convert_to(substring(
	j->>'url' from '[^/]*$'), 'UTF8')))) AS n
    FROM unnest(ARRAY[:'one'::jsonb, :'two'::jsonb])
	WITH ORDINALITY u(j, o)) x), '0 1', 'whose newest link works');

-- What is shown
SELECT is((SELECT string_agg(concat_ws(' ', s->>'survey', s->>'state',
    s->>'via'), ', ') FROM jsonb_array_elements(pg_temp.ask('an', 'ticket_get',
    jsonb_build_object('ticket', :t))->'surveys') s),
    'tay sent link, tay sent mail', 'in the case, the newest first');
SELECT is((SELECT string_agg(s->>'survey', ' ')
    FROM jsonb_array_elements(pg_temp.ask('an', 'survey_list', '{}')
	->'surveys') s WHERE s->'counts' = 'null'), 'nv tay',
    'agents see which there are');
SELECT is((SELECT (s->'counts') - 'share' FROM jsonb_array_elements(
    pg_temp.ask('sup', 'survey_list', '{}')->'surveys') s
    WHERE s->>'survey' = 'tay'), '{"of":2,"waiting":0,"sent":2,"answered":0,
    "expired":0,"withdrawn":0,"asked":2}', 'supervisors how many were asked');
UPDATE desk.survey SET body = body || '{"questions":[{"name":"q",
    "kind":"csat","required":false},{"name":"vi-sao","kind":"choice",
    "when":"1-2","vi":"{company} {agent|em} sai gì ạ?","choices":[
    {"name":"tre","vi":"Trễ","en":"Late"},{"name":"gia","vi":"Giá"}]}]}'
WHERE name = 'nv';
SELECT is(s->'questions', '[{"name":"q","kind":"csat","low":1,"high":5,
    "vi":"Bạn hài lòng với công việc ở mức nào?",
    "en":"How content are you with your work?"},
    {"name":"vi-sao","kind":"choice","when":"1-2","vi":"An Tâm em sai gì ạ?",
    "en":"An Tâm em sai gì ạ?","choices":[
    {"name":"tre","vi":"Trễ","en":"Late"},
    {"name":"gia","vi":"Giá","en":"Giá"}]}]', 'with what they ask')
FROM jsonb_array_elements(pg_temp.ask('an', 'survey_list', '{}')
    ->'surveys') s WHERE s->>'survey' = 'nv';
SELECT is(pg_temp.got('an', 'survey_get', '{"survey":"tay"}'), 'DENIED',
    'whom is for them alone');
SELECT is((SELECT concat_ws(' ', jsonb_array_length(g->'invitations'),
    g->'before' = g->'invitations'->0->'invitation')
    FROM pg_temp.ask('sup', 'survey_get', '{"survey":"tay","limit":1}') g),
    '1 t', 'a page at a time');

-- Not answered in time
SELECT pg_temp.later('11 days');
SELECT desk.survey_due(10);
SELECT is((SELECT string_agg(DISTINCT state, ' ') FROM desk.invitation
    WHERE survey = :tay), 'expired', 'what nobody answers ends');

SELECT * FROM finish();
ROLLBACK;
