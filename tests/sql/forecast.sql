-- How much will come, and how many agents that takes.
BEGIN;
\ir fixture.psql
SELECT plan(22);
INSERT INTO desk.config (who, body) VALUES ('admin', '{"company":
    {"name":"An Tâm","timezone":"Asia/Ho_Chi_Minh"},
    "units":{"mail":5,"chat":20,"call":100}}');

-- Erlang's table as tests/unit/test_erlang.c has it in C: the load in erlangs,
-- the share to be in time, and by how many agents (handle 180 s, within 20 s).
SELECT is(string_agg(desk.erlang_staff(load, 180, level, within)::text, ' '
    ORDER BY n), '0 1 2 14 24 107 -1', 'agents for a load')
FROM (VALUES (1, 0.0, 0.8, 20), (2, 0.1, 0.8, 20), (3, 0.5, 0.8, 20),
    (4, 10.0, 0.8, 20), (5, 20.0, 0.8, 20), (6, 100.0, 0.8, 20),
    (7, 6000.0, 0.8, 20)) x(n, load, level, within);

-- Of a queue: so many cases on a local day, at 9:00 and 14:00.
SELECT (now() AT TIME ZONE 'Asia/Ho_Chi_Minh')::date AS today \gset
CREATE FUNCTION pg_temp.came(in_queue text, on_day date, how_many int)
RETURNS void
LANGUAGE sql AS $$
	INSERT INTO desk.report_part (hour, queue, channel, agent, what, n)
	SELECT (on_day + h.at) AT TIME ZONE 'Asia/Ho_Chi_Minh', q.id, 'mail', 0,
	    'opened', how_many / 2
	FROM desk.queue q, (VALUES ('09:00'::time), ('14:00')) h(at)
	WHERE q.name = in_queue
$$;
CREATE FUNCTION pg_temp.cast(in_queue text, more jsonb DEFAULT '{}')
RETURNS jsonb
LANGUAGE sql AS $$
	SELECT pg_temp.ask('sup', 'forecast_volume', jsonb_build_object('queue',
	    in_queue) || more)->'queues'->0
$$;
CREATE FUNCTION pg_temp.kept() RETURNS void
LANGUAGE plpgsql AS $$
BEGIN
	WHILE (SELECT EXISTS (SELECT FROM desk.report_part)) LOOP
		PERFORM desk.report_keep(10000);
	END LOOP;
END;
$$;

-- Nobody, one, too short, too few
SELECT is(pg_temp.cast('sales') - 'title', '{"queue":"sales","n":0,
    "since":null,"enough":false,"why":"days","days":[],"hours":[],
    "past":[]}'::jsonb, 'of nothing nothing is said');
SELECT pg_temp.came('sales', :'today'::date - 34, 2);
SELECT is(pg_temp.cast('sales')->>'why', 'days', 'nor of four weeks');
SELECT pg_temp.came('sales', :'today'::date - 35, 2);
SELECT is(pg_temp.cast('sales')->>'why', 'cases', 'nor of few cases');
SELECT pg_temp.refused('sup', 'forecast_volume', '{"queue":"x"}',
    'INVALID queue', 'there is no such queue');

-- Each weekday alike, for twelve weeks: what was, will be.
DELETE FROM desk.report_part;
DELETE FROM desk.report_hour;
SELECT count(pg_temp.came('sales', :'today'::date - d,
    20 + 10 * extract(isodow FROM :'today'::date - d)::int))
FROM generate_series(1, 84) d;
SELECT pg_temp.kept();
SELECT pg_temp.cast('sales') AS f \gset
SELECT is((:'f'::jsonb)->'test', '{"n":28,"came":1680,"wape":0.0,"bias":0.0,
    "covered":100.0}'::jsonb, 'what came in four weeks is what was said before');
SELECT is((SELECT count(*) FROM jsonb_array_elements((:'f'::jsonb)->'days') d
    WHERE (d->>'n')::numeric = 20 + 10
	* extract(isodow FROM (d->>'day')::date)), 14::bigint,
    'and what is to come, day by day');
SELECT is((:'f'::jsonb)#>>'{days,0,day}', (:'today'::date + 1)::text,
    'from tomorrow on');
SELECT is((SELECT string_agg(DISTINCT h->>'hour', ' ')
    FROM jsonb_array_elements((:'f'::jsonb)->'hours') h), '14 9',
    'at the hours at which it comes');
SELECT is((SELECT count(*) FROM jsonb_array_elements((:'f'::jsonb)->'days') d
    WHERE round((SELECT sum((h->>'n')::numeric) FROM jsonb_array_elements(
	(:'f'::jsonb)->'hours') h WHERE h->>'day' = d->>'day'))
	<> round((d->>'n')::numeric)), 0::bigint, 'hours add up to days');
SELECT is((:'f'::jsonb) ? 'handle', false,
    'how long a case takes nobody knows yet');
SELECT is((SELECT count(*) FROM jsonb_array_elements((:'f'::jsonb)->'hours') h
    WHERE h ? 'agents'), 0::bigint, 'so no agents are asked for');
SELECT is((SELECT count(*) FROM jsonb_array_elements((:'f'::jsonb)->'past') p
    WHERE (p->>'came')::numeric = (p->>'n')::numeric), 7::bigint,
    'last week as it was foretold, and as it was');
SELECT ok((:'f'::jsonb)#>>'{days,0,low}' < (:'f'::jsonb)#>>'{days,0,n}',
    'chance leaves room on both sides');

-- The last two weeks brought half as much again: the level follows.
SELECT count(pg_temp.came('sales', :'today'::date - d,
    10 + 5 * extract(isodow FROM :'today'::date - d)::int))
FROM generate_series(1, 14) d;
SELECT pg_temp.kept();
SELECT pg_temp.cast('sales') AS g \gset
SELECT ok((SELECT sum((d->>'n')::numeric) FROM jsonb_array_elements(
    (:'g'::jsonb)->'days') d) BETWEEN 1.35 * 840 AND 1.5 * 840,
    'a recent level counts');
SELECT ok((:'g'::jsonb)#>>'{test,bias}' LIKE '-%',
    'that it was not seen coming is said');

-- A holiday is neither learnt from nor foretold.
INSERT INTO desk.hours (name, timezone) VALUES ('h', 'Asia/Ho_Chi_Minh')
RETURNING id AS h \gset
INSERT INTO desk.holiday (hours, day, title)
SELECT :h, :'today'::date + d, 'Tết' FROM unnest('{-30,-29,2}'::int[]) d;
SELECT count(pg_temp.came('shipping', :'today'::date - d,
    CASE WHEN d IN (29, 30) THEN 0 ELSE 40 END))
FROM generate_series(1, 84) d;
SELECT pg_temp.kept();
SELECT pg_temp.cast('shipping') AS s \gset
SELECT is((SELECT string_agg(coalesce(d->>'n', d->>'holiday'), ' '
    ORDER BY n) FROM jsonb_array_elements((:'s'::jsonb)->'days')
    WITH ORDINALITY x(d, n) WHERE n < 5), '40.0 true 40.0 40.0',
    'a holiday in the calendar');
SELECT is((:'s'::jsonb)#>>'{test,wape}', '0.0', 'nor tried by one');

-- Agents: of each mail half an hour in hand, twenty at once.
INSERT INTO desk.report_part (hour, queue, channel, agent, what, n)
SELECT date_trunc('hour', now() - interval '10 days', 'UTC'), q.id, 'mail', 0,
    w, n FROM desk.queue q, (VALUES ('resolved', 100::bigint),
	('hand_ms', 100 * 1800 * 1000)) x(w, n)
WHERE q.name = 'shipping';
SELECT pg_temp.kept();
SELECT pg_temp.cast('shipping') AS s \gset
SELECT is((:'s'::jsonb) - '{title,days,hours,past,test,n,since}'::text[],
    '{"queue":"shipping","enough":true,"handle":1800,"handled":100,
    "slots":20.0,"within":900}'::jsonb, 'how long one takes');
-- 20 an hour of 1,800 s: 10 erlangs, 12 at once, one agent.
SELECT is((SELECT string_agg(DISTINCT h->>'agents', ' ')
    FROM jsonb_array_elements((:'s'::jsonb)->'hours') h), '1', 'how many');
UPDATE desk.config SET body = jsonb_set(body, '{units,mail}', '100');
SELECT is((SELECT string_agg(DISTINCT h->>'agents', ' ')
    FROM jsonb_array_elements(pg_temp.cast('shipping')->'hours') h), '12',
    'when each takes an agent whole');
SELECT is((SELECT string_agg(DISTINCT h->>'agents', ' ')
    FROM jsonb_array_elements(pg_temp.cast('shipping',
    '{"level":99}')->'hours') h), '15', 'or more are to be in time');
SELECT * FROM finish();
ROLLBACK;
