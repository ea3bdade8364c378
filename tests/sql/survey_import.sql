-- Answers that were given elsewhere: what a row's columns and values are, once
-- each, and what is counted of them.
BEGIN;
\ir fixture.psql
\ir survey.psql
SELECT plan(27);
SELECT pg_temp.survey('form', '{"touchpoint":"giao-hang","questions":[
    {"name":"gioi-thieu","kind":"nps","vi":"Bạn có giới thiệu {company} không?",
     "en":"Would you recommend us?"},
    {"name":"vi-sao","kind":"choice","choices":[
	{"name":"tre","vi":"Giao trễ","en":"Late"},
	{"name":"gia","vi":"Giá, phí","en":"Price"}]},
    {"name":"ngay","kind":"number"},
    {"name":"them","kind":"text"}]}') AS form \gset
SELECT pg_temp.customer('Lan', 'lan@example.com') AS lan \gset
SELECT pg_temp.ticket(:lan, 'sales', 'Giá') AS t \gset
UPDATE desk.ticket SET assignee = (SELECT id FROM desk.agent WHERE name = 'an'),
    state = 'open' WHERE id = :t;

-- What SURVEY.IMPORT says of a row: the answer, or "CODE member".
CREATE FUNCTION pg_temp.row(head jsonb, rest jsonb, more jsonb DEFAULT '{}',
    login text DEFAULT 'sup') RETURNS jsonb
LANGUAGE plpgsql AS $$
DECLARE
	code	text;
	member	text;
BEGIN
	RETURN pg_temp.ask(login, 'survey_import', jsonb_build_object('survey',
	    'form', 'head', head, 'rest', rest) || more);
EXCEPTION WHEN SQLSTATE 'DK001' THEN
	GET STACKED DIAGNOSTICS code = PG_EXCEPTION_DETAIL,
	    member = PG_EXCEPTION_HINT;
	RETURN to_jsonb(btrim(code || ' ' || member));
END;
$$;
CREATE FUNCTION pg_temp.given(r jsonb) RETURNS text
LANGUAGE sql AS $$
	SELECT string_agg(concat_ws(' ', a->>'question', a->>'value',
	    (SELECT string_agg(c, '+') FROM jsonb_array_elements_text(
		a->'choices') c), a->>'words'), ', ')
	FROM jsonb_array_elements(r->'answers') a
$$;

-- Columns by name or by words, values as forms write them
SELECT is(pg_temp.given(pg_temp.row('{"id":"a"}',
    '{"GIOI-THIEU":"9 - chắc chắn","vi-sao":"Late; giá, phí","ngay":"2,5",
      "them":" nhanh "}')),
    'gioi-thieu 9, vi-sao tre+gia, ngay 2.5, them nhanh', 'names and words');
SELECT is(pg_temp.given(pg_temp.row('{"id":"b"}',
    '{"Bạn có giới thiệu An Tâm không?":3,"vi-sao":["Late"],"ngay":4}')),
    'gioi-thieu 3, vi-sao tre, ngay 4', 'its words, and JSON''s own values');
SELECT is(pg_temp.given(pg_temp.row('{"id":"c"}',
    '{"would you recommend us?":"10","vi-sao":"Giá, phí","them":7}')),
    'gioi-thieu 10, vi-sao gia, them 7', 'English; a choice with a comma');
SELECT is(pg_temp.row('{}', '{"gioi-thieu":"11"}'), '"INVALID gioi-thieu"',
    'past the scale');
SELECT is(pg_temp.row('{}', '{"gioi-thieu":"5.5"}'), '"INVALID gioi-thieu"',
    'no whole number');
SELECT is(pg_temp.row('{}', '{"gioi-thieu":{"a":1}}'), '"INVALID gioi-thieu"',
    'no number at all');
SELECT is(pg_temp.row('{}', '{"vi-sao":"Late;cháy"}'), '"INVALID vi-sao"',
    'no such choice');
SELECT is(pg_temp.row('{}', '{"gioi-thieu":9,"Tên nhân viên":"An"}'),
    '"INVALID row"', 'a column that is no question is not lost in silence');
SELECT is(pg_temp.given(pg_temp.row('{"id":"d"}', '{"gioi-thieu":9,"Tuổi":"30"}',
    '{"skip":"x\ntuoi"}')), 'gioi-thieu 9', 'but is passed over when so told');
SELECT is(pg_temp.row('{"id":"e"}', '{}'), '"INVALID gioi-thieu"',
    'a row without answers');
SELECT is((SELECT count(*) FROM desk.invitation), 4::bigint,
    'of what was refused nothing is left');

-- When
SELECT is(desk.rfc3339(desk.import_at('21/11/2020 08:15')),
    '2020-11-21T01:15:00.000Z', 'the company''s time');
SELECT is(desk.rfc3339(desk.import_at('2020-11-21T08:15:00+01:00')),
    '2020-11-21T07:15:00.000Z', 'its own');
SELECT is(desk.rfc3339(desk.import_at('2020-2-1')),
    '2020-02-01T05:00:00.000Z', 'a day');
SELECT is((SELECT count(*) FROM unnest(ARRAY['', 'x', '31/02/2020',
    '11/21/2020', '2020-11-21 25:00', '9999-01-01', '0001-01-01',
    '2020-11-21T08:15:00+99:00']) v(v) WHERE pg_temp.row(
	jsonb_build_object('at', v), '{"gioi-thieu":9}') = '"INVALID at"'),
    8::bigint, 'no time is refused by its member');

-- About whom and what
SELECT is(pg_temp.row(jsonb_build_object('id', 'f', 'ticket', '#' || :t),
    '{"gioi-thieu":2}') - '{answers,at,response,order,class,kind,score,survey}'::text[],
    jsonb_build_object('customer', :lan, 'ticket', :t, 'queue', 'sales',
	'agent', 'an', 'channel', 'mail', 'touchpoint', 'giao-hang', 'via',
	'import', 'duplicate', false), 'a case');
SELECT is(pg_temp.row('{"id":"g","email":"lan@example.com","queue":"shipping",
    "touchpoint":"kho"}', '{"gioi-thieu":2}')->>'customer', :'lan',
    'a customer that is known');
SELECT ok(NOT pg_temp.row('{"id":"h","email":"new@example.com"}',
    '{"gioi-thieu":2}') ? 'customer', 'of others none is made');
SELECT is(pg_temp.row('{"ticket":"7"}', '{"gioi-thieu":2}'),
    '"INVALID ticket"', 'no case');
SELECT is(pg_temp.row('{"ticket":"7 or 1"}', '{"gioi-thieu":2}'),
    '"INVALID ticket"', 'no number of one');
SELECT is(pg_temp.row('{"queue":"bếp"}', '{"gioi-thieu":2}'),
    '"INVALID queue"', 'no queue');
SELECT is(pg_temp.row('{"agent":"ai"}', '{"gioi-thieu":2}'),
    '"INVALID agent"', 'nobody');
SELECT is(pg_temp.row('{}', '{"gioi-thieu":2}', '{}', 'an'), '"DENIED"',
    'supervisors alone');

-- Once
SELECT is(pg_temp.row('{"id":"a"}', '{"gioi-thieu":1}')->'duplicate', 'true',
    'its own id');
SELECT is((SELECT string_agg((pg_temp.row('{"at":"2020-01-01"}',
    '{"them":"như nhau","gioi-thieu":7}')->>'duplicate'), ' ')
    FROM generate_series(1, 2)), 'false true', 'else by all that it says');

-- Counted, at the time that it was said, and counted the same again
SELECT is((SELECT sum(m.n) FROM desk.measure_part m WHERE m.measure = 'nps'),
    8::numeric, 'each once');
SELECT is_empty($$SELECT * FROM desk.measure_differs('2019-01-01',
    now() + interval '1 day')$$, 'a recount finds the same');
SELECT * FROM finish();
ROLLBACK;
