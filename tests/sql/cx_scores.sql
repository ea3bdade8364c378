-- CX.SCORES and CX.ANSWERS: who may read what, and that pages end.
BEGIN;
\ir fixture.psql
SELECT plan(66);

INSERT INTO desk.survey (name, body) VALUES
    ('sau-giao', '{"questions":[{"name":"score","kind":"nps"},
	{"name":"easy","kind":"ces"},{"name":"words","kind":"text"}]}'),
    ('sau-goi', '{"questions":[{"name":"score","kind":"csat"}]}');
SELECT id AS sales FROM desk.queue WHERE name = 'sales' \gset
SELECT id AS hidden FROM desk.queue WHERE name = 'staff' \gset
SELECT id AS an FROM desk.agent WHERE name = 'an' \gset
SELECT id AS binh FROM desk.agent WHERE name = 'binh' \gset
SELECT pg_temp.who('sup') AS sup, pg_temp.who('an') AS an_who,
    pg_temp.who('binh') AS binh_who \gset
SELECT pg_temp.customer('Hạnh', 'hanh@example.com') AS hanh \gset
SELECT pg_temp.ticket(:hanh, 'sales', 'Giao trễ') AS t \gset
SELECT pg_temp.ticket(:hanh, 'staff', 'Lương') AS secret \gset
DELETE FROM desk.measure_part;

-- An answer of this score, given on this day of November 2026.
CREATE FUNCTION pg_temp.said(of text, score int, day int, who int, in_queue int,
    case_id bigint DEFAULT NULL, words text DEFAULT NULL) RETURNS bigint
LANGUAGE plpgsql AS $$
DECLARE
	i	bigint;
	at	timestamptz := '2026-10-31T08:00Z'::timestamptz
		    + make_interval(days => day);
BEGIN
	INSERT INTO desk.invitation (survey, occasion, ticket, customer, queue,
	    agent, channel, touchpoint, via, sent_at)
	SELECT s.id, gen_random_uuid(), case_id, CASE WHEN case_id IS NOT NULL
	    THEN (SELECT t.customer FROM desk.ticket t WHERE t.id = case_id)
	    END, in_queue, who, 'mail', 'giao', 'mail', at
	FROM desk.survey s WHERE s.name = of RETURNING id INTO i;
	PERFORM desk.measure('invited', of, at, in_queue, who, 'mail', '',
	    'giao', 1, 2);
	RETURN desk.response_put('{"who":"survey"}', i, jsonb_strip_nulls(
	    jsonb_build_object('score', score, 'words', words)), at);
END;
$$;
SELECT count(pg_temp.said('sau-giao', CASE WHEN n <= 10 THEN 10
    WHEN n <= 14 THEN 8 ELSE 2 END, 1 + n % 3, :an, :sales))
FROM generate_series(1, 20) n;
SELECT count(pg_temp.said('sau-giao', 0, 20, :binh, :sales, :t, 'Không ai báo'))
FROM generate_series(1, 3) n;
SELECT count(pg_temp.said('sau-giao', 10, 18, :an, :hidden, :secret,
    'Tốt lắm'));
SELECT count(pg_temp.said('sau-goi', 5, 5, :an, :sales));

CREATE FUNCTION pg_temp.ask(who jsonb, args jsonb) RETURNS jsonb
LANGUAGE sql AS $$
	SELECT desk.cx_scores(who, '{"measure":"nps","from":"2026-11-01",
	    "to":"2026-11-30"}' || args)
$$;
CREATE FUNCTION pg_temp.wrong(who jsonb, args jsonb) RETURNS text
LANGUAGE plpgsql AS $$
DECLARE
	code	text;
	member	text;
BEGIN
	PERFORM pg_temp.ask(who, args);
	RETURN 'taken';
EXCEPTION WHEN SQLSTATE 'DK001' THEN
	GET STACKED DIAGNOSTICS code = PG_EXCEPTION_DETAIL,
	    member = PG_EXCEPTION_HINT;
	RETURN code || ' ' || member;
END;
$$;

SELECT is((pg_temp.ask(:'sup', '{}')->'total') - '{counts,key}'::text[],
    '{"n":24,"figure":8.3,"low":-27.5,"high":42.9,"mean":6.42,
    "mean_low":4.72,"mean_high":7.90,"rate":{"invited":48,"answered":24,
    "share":50.0,"low":36.4,"high":63.6}}', 'all of it');
SELECT is(pg_temp.ask(:'sup', '{}')->'total'->'counts',
    '{"0":3,"2":6,"8":4,"10":11}', 'as it was answered');
SELECT is((SELECT string_agg(concat_ws(' ', r->>'label', r->>'n',
    r->>'figure'), ', ') FROM jsonb_array_elements(
	pg_temp.ask(:'sup', '{"by":"agent"}')->'rows') r),
    'an 21 23.8, binh 3 -100.0', 'by agent, the most first');
SELECT is((SELECT string_agg(concat_ws(' ', r->>'label', r->>'n'), ', ')
    FROM jsonb_array_elements(pg_temp.ask(:'sup', '{"by":"queue"}')->'rows')
	r), 'sales 23, staff 1', 'by queue');
SELECT is(jsonb_array_length(pg_temp.ask(:'sup', '{"by":"day"}')->'rows'), 30,
    'every day has its line');
SELECT is(pg_temp.ask(:'sup', '{"by":"day"}')->'rows'->9->'figure', 'null',
    'one of nobody has no figure');
SELECT is(pg_temp.ask(:'sup', '{"by":"day"}')->'rows'->9 ? 'change', false,
    'and is no change');
SELECT is((SELECT string_agg(r->>'key', ' ') FROM jsonb_array_elements(
    pg_temp.ask(:'sup', '{"by":"week"}')->'rows') r),
    '2026-10-26 2026-11-02 2026-11-09 2026-11-16 2026-11-23 2026-11-30',
    'weeks from Monday');
SELECT is(jsonb_array_length(pg_temp.ask(:'sup', '{"by":"month"}')->'rows'), 1,
    'a month');
SELECT is((SELECT string_agg(concat_ws(' ', r->>'key', r->>'n'), ', ')
    FROM jsonb_array_elements(pg_temp.ask(:'sup',
	'{"by":"survey","survey":"sau-goi","measure":"csat"}')->'rows') r),
    'sau-goi 1', 'a survey of another kind');
SELECT is(pg_temp.ask(:'sup', '{"measure":"ces"}')->'total'->'n', '0',
    'further questions count for their own name alone');
SELECT is(pg_temp.ask(:'sup', '{"touchpoint":"giao","channel":"mail",
    "queue":"sales","agent":"binh"}')->'total'->'n', '3', 'chosen');
SELECT is(pg_temp.wrong(:'sup', '{"segment":"vip"}'), 'INVALID segment',
    'nobody is of that segment');
SELECT is(pg_temp.ask(:'sup', '{"from":"2026-11-15","compare":true,
    "to":"2026-11-28"}')->'total'->'change',
    '{"by":-70.0,"low":-131.2,"high":30.0,"is":"unsaid"}',
    'four answers are too few for a change');
SELECT is(pg_temp.ask(:'sup', '{"from":"2026-11-15","compare":true,
    "to":"2026-11-28","agent":"binh"}')->'total' ? 'change', false,
    'nobody before: none');

-- To an agent
SELECT is(pg_temp.ask(:'an_who', '{}')->'total'->'n', '21', 'his own');
SELECT is(pg_temp.ask(:'binh_who', '{"by":"agent"}')->'rows'->0->>'label',
    'binh', 'nobody else''s');
SELECT is(pg_temp.wrong(:'an_who', '{"agent":"binh"}'), 'DENIED agent',
    'also when he asks');
SELECT is((SELECT string_agg(concat_ws(' ', r->>'label', r->>'n'), ', ')
    FROM jsonb_array_elements(pg_temp.ask(:'binh_who', '{}')->'queues') r),
    'sales 23', 'his queues as a whole');
SELECT is(pg_temp.ask(:'binh_who', '{"from":"2026-11-10"}')->'queues', '[]',
    'but not of so few that one sees who');
SELECT is(pg_temp.ask(:'sup', '{}') ? 'queues', false, 'others have them all');

SELECT is(pg_temp.wrong(:'sup', '{"from":"2026-13-01"}'), 'INVALID from',
    'no day');
SELECT is(pg_temp.wrong(:'sup', '{"from":"hôm qua"}'), 'INVALID from',
    'no day at all');
SELECT is(pg_temp.wrong(:'sup', '{"to":"2026-10-01"}'), 'INVALID to',
    'it ends before it begins');
SELECT is(pg_temp.wrong(:'sup', '{"from":"2024-11-30","by":"day"}'),
    'INVALID by', 'too many days');
SELECT is(pg_temp.wrong(:'sup', '{"queue":"moon"}'), 'INVALID queue', 'queue');
SELECT is(pg_temp.wrong(:'sup', '{"agent":"moon"}'), 'INVALID agent', 'agent');

-- The answers
CREATE FUNCTION pg_temp.answers(who jsonb, args jsonb) RETURNS jsonb
LANGUAGE sql AS $$
	SELECT desk.cx_answers(who, '{"measure":"nps","from":"2026-11-01",
	    "to":"2026-11-30"}' || args)
$$;
SELECT is((SELECT string_agg(concat_ws(' ', a->>'score', a->>'words',
    a->>'name', a->>'ticket' = :'t'), ', ') FROM jsonb_array_elements(
	pg_temp.answers(:'sup', '{"words":true,"value":0,"limit":2}')
	->'answers') a), '0 Không ai báo Hạnh t, 0 Không ai báo Hạnh t',
    'newest first, with their case');
SELECT is((SELECT string_agg(concat_ws(' ', a->>'score', a->>'words',
    a ? 'ticket'), ', ') FROM jsonb_array_elements(
	pg_temp.answers(:'an_who', '{"limit":1}')->'answers') a), '10 f',
    'an agent sees no words of a case that is hidden from him');
SELECT is((SELECT string_agg(concat_ws(' ', a->>'score', a->>'words'), ', ')
    FROM jsonb_array_elements(pg_temp.answers(:'binh_who', '{"limit":1}')
	->'answers') a), '0 Không ai báo', 'of one that is not');
SELECT is(jsonb_array_length(pg_temp.answers(:'sup',
    '{"class":"promoter"}')->'answers'), 11, 'of a class');
SELECT is(jsonb_array_length(pg_temp.answers(:'sup', '{"survey":"sau-goi",
    "measure":"csat","value":5}')->'answers'), 1, 'of a survey');
WITH RECURSIVE p(page) AS (
    SELECT pg_temp.answers(:'sup', '{"limit":5}')
    UNION ALL
    SELECT pg_temp.answers(:'sup', jsonb_build_object('limit', 5, 'after',
	p.page->'next')) FROM p WHERE p.page ? 'next'
)
SELECT is(array[count(*), count(DISTINCT a->'response')],
    '{24,24}'::bigint[], 'page by page, each once')
FROM p, jsonb_array_elements(p.page->'answers') a;
SELECT is(pg_temp.answers(:'sup', '{"channel":"call"}'),
    '{"answers":[]}', 'nothing found, and no more');

-- What there never was is no empty answer.
CREATE FUNCTION pg_temp.refusal(what text, args jsonb) RETURNS text
LANGUAGE plpgsql AS $$
DECLARE
	code	text;
	member	text;
BEGIN
	PERFORM pg_temp.ask('sup', what, args);
	RETURN 'taken';
EXCEPTION WHEN SQLSTATE 'DK001' THEN
	GET STACKED DIAGNOSTICS code = PG_EXCEPTION_DETAIL,
	    member = PG_EXCEPTION_HINT;
	RETURN code || ' ' || member;
END;
$$;
CREATE FUNCTION pg_temp.both(args jsonb) RETURNS text
LANGUAGE sql AS $$
	SELECT string_agg(pg_temp.refusal(w, '{"measure":"nps",
	    "from":"2026-11-01","to":"2026-11-30"}' || args), ', ')
	FROM unnest('{cx_scores,cx_answers}'::text[]) w
$$;
SELECT is(pg_temp.both('{"survey":"moon"}'), 'INVALID survey, INVALID survey',
    'a survey');
SELECT is(pg_temp.both('{"survey":"sau-giao/moon"}'),
    'INVALID survey, INVALID survey', 'a question of one');
SELECT is((SELECT string_agg(DISTINCT pg_temp.both(jsonb_build_object('survey',
    'sau-giao/' || q)), ', ') FROM unnest('{"",words,words/,easy,score/}'
    ::text[]) q), 'INVALID survey, INVALID survey',
    'nothing, and what has no such answers');
SELECT is(pg_temp.both('{"channel":"moon"}'),
    'INVALID channel, INVALID channel', 'a channel');
SELECT is(pg_temp.both('{"touchpoint":"moon"}'),
    'INVALID touchpoint, INVALID touchpoint', 'a touchpoint');
SELECT is(pg_temp.both('{"segment":"moon"}'),
    'INVALID segment, INVALID segment', 'a segment');
SELECT is(pg_temp.both('{"channel":"call"}'), 'taken, taken',
    'but a channel that nobody came by is one');
SELECT is(pg_temp.wrong(:'sup', '{"measure":"promise","survey":"moon"}'),
    'INVALID survey', 'of promises, a kind that nobody made');
UPDATE desk.survey SET body = body || '{"touchpoint":"hàng"}'
WHERE name = 'sau-goi';
SELECT is(pg_temp.both('{"touchpoint":"hàng"}'), 'taken, taken',
    'and a touchpoint that a survey names');
SELECT is(pg_temp.refusal('cx_causes', '{"touchpoint":"moon"}'),
    'INVALID touchpoint', 'of causes');
SELECT desk.measure('promise', 'refund', '2026-11-05Z', 0, 0, 'chợ', 'cũ',
    'quầy', 1);
SELECT is(pg_temp.ask(:'sup', '{"measure":"promise","survey":"refund",
    "channel":"chợ","segment":"cũ","touchpoint":"quầy"}')#>>'{total,n}', '1',
    'what was counted just now is known');

-- A survey's first question has its name; others have their own.
INSERT INTO desk.survey (name, body) VALUES ('sau-sua',
    '{"questions":[{"name":"nhanh","kind":"csat"},{"name":"tot","kind":"csat"},
	{"name":"mong","kind":"csat","about":"expectation"},
	{"name":"duoc","kind":"csat","about":"experience","pair":"mong"}]}');
CREATE FUNCTION pg_temp.gave(answers jsonb) RETURNS bigint
LANGUAGE plpgsql AS $$
DECLARE
	i	bigint;
BEGIN
	INSERT INTO desk.invitation (survey, occasion, via, sent_at)
	SELECT s.id, gen_random_uuid(), 'mail', '2026-11-09Z'
	FROM desk.survey s WHERE s.name = 'sau-sua' RETURNING id INTO i;
	PERFORM desk.measure('invited', 'sau-sua', '2026-11-09Z', 0, 0, '', '',
	    '', 1);
	RETURN desk.response_put('{"who":"survey"}', i, answers, '2026-11-10Z');
END;
$$;
SELECT count(pg_temp.gave(CASE WHEN n <= 6
    THEN '{"nhanh":5,"tot":2,"mong":5,"duoc":3}'::jsonb
    ELSE '{"nhanh":1}' END)) FROM generate_series(1, 8) n;
-- "asked: key n figure invited answered, …"; the total has no key.
CREATE FUNCTION pg_temp.stands(survey text, measure text DEFAULT 'csat')
RETURNS text
LANGUAGE sql AS $$
	SELECT x->>'survey' || ': ' || (SELECT string_agg(concat_ws(' ',
	    nullif(r->>'key', ''), r->>'n', r->>'figure',
	    r#>>'{rate,invited}', r#>>'{rate,answered}'), ', ' ORDER BY n)
	FROM jsonb_array_elements(x->'rows' || (x->'total'))
	    WITH ORDINALITY e(r, n))
	FROM pg_temp.ask(pg_temp.who('sup'), jsonb_build_object('by', 'survey',
	    'survey', survey, 'measure', measure)) a(x)
$$;
SELECT is(pg_temp.stands('sau-sua'),
    'sau-sua: sau-sua 8 75.0 8 8, 8 75.0 8 8', 'a survey');
SELECT is(pg_temp.stands('sau-sua/nhanh'),
    'sau-sua/nhanh: sau-sua 8 75.0 8 8, 8 75.0 8 8',
    'its first question named in full is the same');
SELECT is(pg_temp.stands('sau-sua/tot'),
    'sau-sua/tot: sau-sua/tot 6 0.0 8 8, 6 0.0 8 8',
    'another is one line, with whom its survey asked');
SELECT is(pg_temp.stands('sau-sua', 'pair'),
    'sau-sua: sau-sua/duoc 6 0.0, 6 0.0', 'its pairs are of its questions');
SELECT is((SELECT string_agg(jsonb_array_length(pg_temp.answers(:'sup',
    jsonb_build_object('measure', 'csat', 'survey', s))->'answers')::text, ' '
    ORDER BY s) FROM unnest('{sau-sua,sau-sua/nhanh,sau-sua/tot}'::text[]) s),
    '8 8 6', 'as are the answers');

SELECT is(pg_temp.both('{"survey":"sau-sua/mong"}'),
    'INVALID survey, INVALID survey', 'but of its own kind alone');

-- What is no more in desk.conf is asked for as long as it has answers.
SELECT desk.measure_fold(1000);
SELECT is((SELECT count(*) FROM desk.measure_part), 0::bigint,
    'all is added up');
UPDATE desk.survey SET active = false, body =
    '{"questions":[{"name":"mau","kind":"nps"},{"name":"tot","kind":"ces"}]}'
WHERE name = 'sau-sua';
SELECT is(pg_temp.stands('sau-sua/tot'),
    'sau-sua/tot: sau-sua/tot 6 0.0 8 8, 6 0.0 8 8', 'a question');
SELECT is(pg_temp.stands('sau-sua', 'pair'),
    'sau-sua: sau-sua/duoc 6 0.0, 6 0.0', 'and a pair');
UPDATE desk.survey SET body = '{"questions":[{"name":"mau","kind":"csat"}]}'
WHERE name = 'sau-sua';
SELECT is(pg_temp.stands('sau-sua/nhanh'),
    'sau-sua/nhanh: sau-sua 8 75.0 8 8, 8 75.0 8 8',
    'what was the first question, as its survey');
SELECT is(jsonb_array_length(pg_temp.answers(:'sup',
    '{"measure":"csat","survey":"sau-sua/nhanh"}')->'answers'), 8,
    'as are the answers');
SELECT is(pg_temp.ask(:'sup', '{"touchpoint":"giao"}')#>>'{total,n}', '24',
    'a touchpoint');
SELECT is((SELECT string_agg(d.dimension || ' ' || d.value, ', '
    ORDER BY d.dimension, d.value) FROM desk.dimension_value d
    WHERE d.dimension <> 'name'), 'channel chợ, channel mail, segment cũ, '
    'touchpoint giao, touchpoint quầy', 'each is kept once');
SELECT is(pg_temp.ask(:'sup', '{"measure":"promise","segment":"cũ"}')
    #>>'{total,n}', '1', 'a segment');
UPDATE desk.customer SET segment = 'từng' WHERE id = :hanh;
UPDATE desk.customer SET segment = NULL WHERE id = :hanh;
INSERT INTO desk.customer (name, segment) VALUES ('Hoa', 'đem theo');
UPDATE desk.customer SET segment = NULL WHERE name = 'Hoa';
SELECT is(pg_temp.both('{"segment":"đem theo"}'), 'taken, taken',
    'one that somebody came with');
SELECT is(pg_temp.both('{"segment":"từng"}'), 'taken, taken',
    'also one that a customer was in for a moment');
CREATE FUNCTION pg_temp.reads(OUT of text, OUT n bigint) RETURNS SETOF record
LANGUAGE sql AS $$
	SELECT t.relname::text, t.seq_scan FROM pg_stat_xact_user_tables t
	WHERE t.schemaname = 'desk' AND t.relname IN ('customer', 'measure_sum',
	    'measure_count', 'journey_day', 'response')
$$;
CREATE TEMP TABLE reads AS SELECT * FROM pg_temp.reads();
SELECT pg_temp.both('{"segment":"moon"}'), pg_temp.both('{"channel":"moon"}'),
    pg_temp.both('{"survey":"sau-giao/moon"}');
SELECT is((SELECT string_agg(r.of, ' ') FROM pg_temp.reads() r
    JOIN reads w USING (of) WHERE w.n <> r.n), NULL,
    'what never was is not looked for in what was counted');

-- Days are of years that people mean, wherever reports are asked of days.
SELECT is((SELECT string_agg(DISTINCT concat_ws(' ', x.what, x.got), ', ')
    FROM (SELECT o.what, replace(pg_temp.refusal(o.what,
	    '{"measure":"nps","name":"service","stage":"use"}'
	    || jsonb_build_object(m.member, d.day)), m.member, 'it') AS got
	FROM unnest('{cx_scores,cx_answers,cx_causes,cx_weak,cx_advice,
		cx_objectives,cx_report,promise_gap,feedback_times,factor_list,
		journey_map,journey_matrix,journey_handoffs,journey_friction,
		friction_cases,retention_summary,followup_list,theme_list,
		report}'::text[]) o(what),
	    unnest('{0001-01-01,1969-12-31,2200-01-01,9999-12-31}'::text[])
		d(day),
	    unnest('{from,to}'::text[]) m(member)) x
    WHERE x.got <> 'INVALID it'), NULL, 'none of the year 1, nor of 2200');
SELECT is((SELECT string_agg(DISTINCT pg_temp.refusal('theme_list',
    jsonb_build_object('from', w)), ', ') FROM unnest('{infinity,
    0044-03-15 BC,2026-13-01}'::text[]) w), 'INVALID from', 'nor for ever');
SELECT is((SELECT string_agg(DISTINCT concat_ws(' ', e->>'from', e->>'to'), ', ')
    FROM unnest('{cx_scores,cx_report,cx_weak,journey_map,journey_next,
	retention_summary,followup_list}'::text[]) o(what),
	(VALUES ('{}'::jsonb), ('{"from":"1970-01-01"}')) f(days),
	pg_temp.ask('sup', o.what, '{"measure":"nps","to":"1970-01-02"}'
	    || f.days || CASE o.what WHEN 'journey_next'
		THEN jsonb_build_object('customer', :hanh) ELSE '{}' END) e),
    '1970-01-01 1970-01-02', 'and of the first of them nothing is before');
SELECT is(pg_temp.ask(:'sup', '{"from":"1979-12-31","to":"1999-11-30"}')
    #>>'{total,n}', '0', 'when nobody was asked is no error');

SELECT * FROM finish();
ROLLBACK;
