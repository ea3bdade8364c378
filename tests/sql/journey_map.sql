-- What is read of journeys: one customer's, everybody's, where they go next, who
-- is stuck; each figure against what steps come to.
BEGIN;
\ir fixture.psql
SELECT plan(38);
SELECT desk.config_journey('{"company":{"timezone":"Asia/Ho_Chi_Minh"},
    "touchpoints":[
    {"name":"asked","stage":"consultation","vi":"Hỏi hàng","kind":["message"],
	"channel":[],"queue":[],"status":[],"keywords":[],"target":"4.2"},
    {"name":"bought","stage":"purchase","kind":["order"],"channel":[],
	"queue":[],"status":[],"keywords":[]},
    {"name":"called","stage":"support","kind":["call"],"channel":[],
	"queue":[],"status":[],"keywords":[]}]}');
CREATE FUNCTION pg_temp.step(of bigint, day date, kind text DEFAULT 'message',
    via text DEFAULT 'mail') RETURNS bigint LANGUAGE sql AS $$
	INSERT INTO desk.event (at, filed_at, ticket, customer, kind, channel,
	    direction, text)
	-- Half past midnight in Việt Nam: another day in UTC.
	SELECT day::timestamp AT TIME ZONE 'Asia/Ho_Chi_Minh'
	    + interval '30 minutes', now(), t.id, t.customer, step.kind,
	    via, 'in', 'x'
	FROM desk.ticket t WHERE t.id = of
	RETURNING id
$$;
CREATE FUNCTION pg_temp.run() RETURNS void LANGUAGE plpgsql AS $$
BEGIN
	WHILE EXISTS (SELECT FROM desk.step_todo)
	    OR EXISTS (SELECT FROM desk.journey_again) LOOP
		PERFORM desk.journey_run(100);
	END LOOP;
END;
$$;
CREATE FUNCTION pg_temp.map(more jsonb DEFAULT '{}') RETURNS jsonb
LANGUAGE sql AS $$
	SELECT pg_temp.ask('sup', 'journey_map', '{"from":"2025-01-15",
	    "to":"2025-03-10"}' || more)
$$;
CREATE FUNCTION pg_temp.stage(map jsonb, wanted text) RETURNS jsonb
LANGUAGE sql AS $$
	SELECT s - '{vi,en,name}'::text[] FROM jsonb_array_elements(
	    map->'stages') s WHERE s->>'name' = wanted
$$;
SELECT pg_temp.run();
DELETE FROM desk.step_todo;

-- Nothing yet
SELECT is(jsonb_array_length(pg_temp.map()->'stages'), 8,
    'eight stages where none is named');
SELECT is(pg_temp.stage(pg_temp.map(), 'purchase'),
    '{"reached":0,"entered":0,"left":0,"here":0,"stuck":0,"steps":0}',
    'a map of nothing');

-- Three who ask, of whom two buy, of whom one calls
SELECT pg_temp.customer('Lan', 'lan@example.com') AS lan,
    pg_temp.customer('Hùng', 'hung@example.com') AS hung,
    pg_temp.customer('Mai', 'mai@example.com') AS mai \gset
UPDATE desk.customer SET segment = 'vip' WHERE id = :mai;
SELECT pg_temp.ticket(:lan, 'sales', 'a') AS a, pg_temp.ticket(:hung, 'sales',
    'b') AS b, pg_temp.ticket(:mai, 'staff', 'c') AS c \gset
DELETE FROM desk.step_todo;
SELECT pg_temp.step(:a, '2025-01-20'), pg_temp.step(:a, '2025-01-21', via =>
    'chat'), pg_temp.step(:a, '2025-02-01', 'order', 'order'),
    pg_temp.step(:a, '2025-03-01', 'call', 'call'),
    pg_temp.step(:a, '2025-03-10');
SELECT pg_temp.step(:b, '2025-01-15'), pg_temp.step(:b, '2025-02-28', 'order',
    'order');
SELECT pg_temp.step(:c, '2025-02-14', via => 'chat');
SELECT pg_temp.run();

SELECT pg_temp.map() AS map \gset
SELECT is(pg_temp.stage(:'map', 'consultation') - 'touchpoints',
    '{"reached":3,"entered":4,"left":2,"here":2,"stuck":2,"steps":5,
    "stay":{"n":2,"median":1071953},"to":[{"stage":"purchase","n":2}]}', 'three ask, two go on');
SELECT is(pg_temp.stage(:'map', 'purchase') - 'touchpoints',
    '{"reached":2,"entered":2,"left":1,"here":1,"stuck":1,"steps":2,
    "stay":{"n":1,"median":2549630},"to":[{"stage":"support","n":1}]}', 'two buy, of whom one goes on');
SELECT is(pg_temp.stage(:'map', 'support')->'reached', '1', 'one calls');
SELECT is(pg_temp.stage(:'map', 'consultation')->'touchpoints',
    '[{"name":"asked","n":5,"vi":"Hỏi hàng","en":"Hỏi hàng",
    "stage":"consultation","target":4.2}]', 'with its touchpoints');
SELECT is(pg_temp.stage(pg_temp.map('{"from":"2025-01-16","to":"2025-03-09"}'),
    'consultation')->'entered', '2', 'from a day to a day, both with');
SELECT is(pg_temp.stage(pg_temp.map('{"from":"2025-02-01","to":"2025-02-28"}'),
    'purchase')->'entered', '2', 'a month');
SELECT is(pg_temp.stage(pg_temp.map('{"segment":"vip"}'), 'consultation')
    - 'touchpoints', '{"reached":1,"entered":1,"left":0,"stuck":1,"steps":1}',
    'of one segment');
-- How long, as far as that is kept.
SELECT is((SELECT max(abs(desk.stay_seconds(desk.stay_value(x)) - x)
	/ x::numeric) < 0.1 FROM generate_series(3600, 40000000, 3599) x), true,
    'how long is told to a tenth');
SELECT is(desk.stay_median('{"10":2,"20":3}'), jsonb_build_object('n', 5,
    'median', desk.stay_seconds(20)), 'a median of five has no limits');
SELECT is(desk.stay_median('{"10":30,"20":40,"30":30}'), jsonb_build_object(
    'n', 100, 'median', desk.stay_seconds(20), 'low', desk.stay_seconds(20),
    'high', desk.stay_seconds(20)), 'of a hundred the 40th and 61st are its limits');
-- Days and months add up to the same, wherever they are cut.
SELECT is_empty($$
    SELECT a, b FROM generate_series(date '2024-12-30', '2025-03-12', '1 day') a,
	generate_series(a, '2025-03-12', '1 day') b
    WHERE (SELECT coalesce(sum(r.n), 0)
	    FROM desk.journey_rows('step', a::date, b::date) r)
	<> (SELECT count(*) FROM desk.step s WHERE s.day BETWEEN a AND b)$$,
    'days and months are cut right');
SELECT pg_temp.refused('sup', 'journey_map', x.args, x.want, x.want)
FROM (VALUES ('{"from":"2025-02-30"}'::jsonb, 'INVALID from'),
    ('{"from":"yesterday"}', 'INVALID from'),
    ('{"from":"2025-02-02","to":"2025-02-01"}', 'INVALID to'),
    ('{"from":"1990-01-01"}', 'INVALID from'),
    ('{"journey":"moon"}', 'NOTFOUND journey')) x(args, want);
SELECT pg_temp.refused('an', 'journey_map', '{}', 'DENIED', 'not an agent''s');

-- One customer
SELECT pg_temp.ask('an', 'journey_of', jsonb_build_object('customer', :lan))
    AS of \gset
SELECT is((:'of'::jsonb)->'now', '{"stage":"consultation","touchpoint":"asked",
    "since":"2025-03-09T17:30:00.000Z","at":"2025-03-09T17:30:00.000Z","steps":1}',
    'where she is, since when');
SELECT is(pg_temp.stage(:'of', 'consultation'), '{"steps":3,"visits":2,
    "first":"2025-01-19T17:30:00.000Z","last":"2025-03-09T17:30:00.000Z",
    "touchpoints":[{"n":3,"name":"asked"}]}', 'and what was there');
SELECT is(pg_temp.stage(:'of', 'advocacy'), '{"steps":0}', '… or was not');
SELECT is((:'of'::jsonb)->'steps'->0->>'touchpoint', 'asked', 'newest first');
SELECT is((:'of'::jsonb)->'steps'->0->'ticket', to_jsonb(:a::bigint),
    'with its case');
SELECT is(pg_temp.ask('an', 'journey_of', jsonb_build_object('customer', :mai))
    ->'steps'->0->'ticket', NULL, '… where one may see it');
SELECT pg_temp.refused('an', 'journey_of', '{"customer":1000000}',
    'NOTFOUND customer', 'nobody');

-- Where to
SELECT is(pg_temp.ask('an', 'journey_next', '{"touchpoint":"asked",
    "from":"2025-01-01","to":"2025-12-31"}')->'next',
    '[{"n":2,"share":1.000,"touchpoint":"bought"}]', 'where one goes from asking');
SELECT is(pg_temp.ask('an', 'journey_next', jsonb_build_object('customer',
    :hung, 'from', '2025-01-01', 'to', '2025-12-31')) - '{from,to}'::text[],
    '{"touchpoint":"bought","n":1,
    "next":[{"n":1,"share":1.000,"touchpoint":"called"}]}',
    '… from where somebody is');
SELECT pg_temp.refused('an', 'journey_next', '{}', 'INVALID touchpoint',
    'from somewhere');

-- Which way
SELECT is(pg_temp.ask('sup', 'journey_matrix', '{"from":"2025-01-01",
    "to":"2025-12-31"}')->'rows'->0, '{"touchpoint":"asked","vi":"Hỏi hàng",
    "en":"Hỏi hàng","stage":"consultation","n":4,
    "channels":{"mail":3,"chat":1}}', 'a stay counts once, by its first way');

-- Who is stuck
SELECT is((SELECT jsonb_agg(c->'name') FROM jsonb_array_elements(
    pg_temp.ask('sup', 'journey_stuck', '{"stage":"consultation"}')
	->'customers') c), '["Mai","Lan"]', 'the longest first');
SELECT is((SELECT jsonb_agg(c->'name') FROM jsonb_array_elements(
    pg_temp.ask('sup', 'journey_stuck', '{"stage":"consultation",
	"segment":"vip"}')->'customers') c), '["Mai"]', 'of a segment');
UPDATE desk.customer SET segment = NULL WHERE id = :mai;
SELECT is(pg_temp.ask('sup', 'journey_stuck', '{"stage":"consultation",
    "segment":"vip"}')->'customers', '[]', 'as it is now');
SELECT is(pg_temp.ask('sup', 'journey_stuck', '{"stage":"consultation",
    "limit":1}')->'more', 'true', 'and that there are more');
SELECT pg_temp.refused('sup', 'journey_stuck', '{"stage":"moon"}',
    'NOTFOUND stage', 'no such stage');

-- Somebody has looked
SELECT pg_temp.ask('sup', 'touchpoint_validate', '{"touchpoint":"asked",
    "evidence":"12 cuộc phỏng vấn","seen":"2025-02-01"}')
FROM generate_series(1, 2);
SELECT is(pg_temp.stage(pg_temp.map(), 'consultation')->'touchpoints'->0
    ->'validated', '{"who":"sup","seen":"2025-02-01",
    "evidence":"12 cuộc phỏng vấn"}', 'a touchpoint that somebody looked at');
SELECT is((SELECT count(*) FROM desk.touchpoint_check), 1::bigint, '… once');
SELECT pg_temp.refused('sup', 'touchpoint_validate', '{"touchpoint":"asked",
    "evidence":"x","seen":"2100-01-01"}', 'INVALID seen', 'not to come');

SELECT * FROM finish();
ROLLBACK;
