-- REPORT: rights and refusals, figures of a history that one can count on
-- one's fingers, cases from before, agents' hours, and how far it reads.
BEGIN;
\ir fixture.psql
SELECT plan(39);

CREATE FUNCTION pg_temp.report(login text, more jsonb) RETURNS jsonb
LANGUAGE sql AS $$
	SELECT desk.report(pg_temp.who(login), '{"name":"service",
	    "timezone":"Asia/Ho_Chi_Minh"}'::jsonb || jsonb_build_object('from',
	    desk.rfc3339(now() - interval '1 hour')) || more)
$$;
-- A cell by its column's name, of the line called so, or of the total.
CREATE FUNCTION pg_temp.cell(r jsonb, col text, line text DEFAULT NULL)
RETURNS numeric
LANGUAGE sql AS $$
	SELECT (CASE WHEN line IS NULL THEN r->'total' ELSE (SELECT l->'cells'
	    FROM jsonb_array_elements(r->'rows') l
	    WHERE l->>'label' = line) END->>(c.n - 1)::int)::numeric
	FROM jsonb_array_elements(r->'columns') WITH ORDINALITY c(v, n)
	WHERE c.v->>'name' = col
$$;

-- Rights and refusals.
SELECT pg_temp.refused('sup', 'report', '{"name":"service","from":"soon"}',
    'INVALID from', 'no moment');
SELECT pg_temp.refused('sup', 'report', '{"name":"service",
    "from":"2026-02-30"}', 'INVALID from', 'no day');
SELECT pg_temp.refused('sup', 'report', '{"name":"service",
    "from":"2026-02-10","to":"2026-02-01"}', 'INVALID to', 'backwards');
SELECT pg_temp.refused('sup', 'report', '{"name":"service","timezone":"Mars"}',
    'INVALID timezone', 'no zone');
SELECT pg_temp.refused('sup', 'report', '{"name":"service",
    "timezone":"UTC'' --"}', 'INVALID timezone', 'no zone, but SQL');
SELECT pg_temp.refused('sup', 'report', '{"name":"service","queue":"none"}',
    'INVALID queue', 'no queue');
SELECT pg_temp.refused('sup', 'report', '{"name":"service","agent":"none"}',
    'INVALID agent', 'no agent');
SELECT pg_temp.refused('sup', 'report', '{"name":"service","by":"hour",
    "from":"2026-01-01","to":"2026-06-01"}', 'INVALID by', 'too many hours');
SELECT pg_temp.refused('sup', 'report', '{"name":"service","by":"week",
    "from":"1926-01-01","to":"2026-06-01"}', 'INVALID from', 'too long');
SELECT pg_temp.refused('an', 'report', '{"name":"service","agent":"binh"}',
    'DENIED agent', 'an agent''s is his own');

-- One opened, taken and answered in time; one moved and dropped; one opened
-- again.
SELECT pg_temp.customer('Lan', 'lan@example.com') AS lan \gset
INSERT INTO desk.ticket (customer, queue, state, channel, due_at, opened_at,
    spell_at, owed_at, touched_at)
SELECT :lan, q.id, 'new', 'mail', now() + interval '1 hour', x.t, x.t, x.t, x.t
FROM desk.queue q, (SELECT now() - interval '40 s') x(t)
WHERE q.name = 'sales' RETURNING id AS one \gset
INSERT INTO desk.event (at, ticket, customer, kind, channel, direction, contact)
SELECT now(), :one, :lan, 'message', 'mail', 'in', c.id FROM desk.contact c
WHERE c.customer = :lan;
SELECT pg_temp.ticket(:lan, 'sales', 'Giao', 'Bao giờ giao?') AS two \gset
SELECT pg_temp.act('an', 'take', :one);
SELECT pg_temp.act('an', 'reply', :one, '{"text":"Còn ạ"}');
SELECT pg_temp.act('an', 'resolve', :one);
SELECT pg_temp.act('an', 'reopen', :one);
SELECT pg_temp.act('sup', 'transfer', :two, '{"queue":"shipping"}');
SELECT pg_temp.act('binh', 'resolve', :two);
SELECT pg_temp.report('sup', '{}') AS r \gset
SELECT is(pg_temp.cell(:'r', 'offered', 'sales'), 3::numeric,
    'two came, and one came again');
SELECT is(pg_temp.cell(:'r', 'answered', 'sales'), 1::numeric,
    'one was answered');
SELECT is(pg_temp.cell(:'r', 'within'), 1::numeric, 'in time');
SELECT is(pg_temp.cell(:'r', 'handed', 'sales'), 1::numeric,
    'one was handed on while he waited');
SELECT is(pg_temp.cell(:'r', 'dropped', 'shipping'), 1::numeric,
    'and resolved there without an answer');
SELECT is(pg_temp.cell(:'r', 'asa'), 40.0, 'he waited 40 seconds');
SELECT is(pg_temp.cell(:'r', 'sl_offered'), 25.0,
    'one formula of the level of service');
SELECT is(pg_temp.cell(:'r', 'sl_answered'), 100.0, '… and the other');
SELECT pg_temp.report('sup', '{"name":"cases"}') AS r \gset
SELECT is((SELECT array_agg(pg_temp.cell(:'r', c)) FROM unnest('{opened,
    reopened,moved_in,moved_out,resolved,backlog}'::text[]) c),
    '{2,1,1,1,2,1}'::numeric[], 'what came of the cases');
SELECT is(pg_temp.cell(:'r', 'transfer_rate'), 33.3,
    'one of three that a queue had was moved on');
SELECT cmp_ok(pg_temp.cell(:'r', 'backlog_age'), '>=', 40.0,
    'the one that is left is as old as it is');
SELECT is(pg_temp.cell(pg_temp.report('an', '{"name":"response"}'),
    'first'), 1::numeric, 'an agent sees what he did');
SELECT is(pg_temp.cell(pg_temp.report('binh', '{"name":"response"}'),
    'first'), 0::numeric, '… and nobody else''s');
SELECT is(jsonb_array_length(pg_temp.report('sup', '{"by":"day",
    "from":"2026-03-01","to":"2026-03-31"}')->'rows'), 31,
    'a line for each day, also of those without anything');
SELECT is(pg_temp.report('sup', '{"by":"hour","from":"2026-10-25",
    "to":"2026-10-25","timezone":"Europe/Berlin"}')->'rows'->3->>'label',
    '2026-10-25 02:00 +01:00', 'the hour that comes twice in autumn');
SELECT is((SELECT array_agg(l->>'label') FROM jsonb_array_elements(
    pg_temp.report('sup', '{"by":"week","from":"2026-03-25",
    "to":"2026-04-01","timezone":"Europe/Berlin"}')->'rows') l),
    '{2026-03-23,2026-03-30}', 'weeks begin on Monday, there');

-- What another department is asked, and asked again: answered, not dropped.
SELECT (desk.consult_ask(pg_temp.who('an'), jsonb_build_object('ticket', :one,
    'queue', 'shipping', 'text', 'Còn hàng không?'))->>'consult')::bigint
    AS asked \gset
SELECT pg_temp.ask('binh', 'consult_answer', jsonb_build_object('ticket',
    :asked, 'text', 'Còn'));
SELECT pg_temp.ask('an', 'consult_ask', jsonb_build_object('ticket', :one,
    'consult', :asked, 'text', 'Mấy cái?'));
SELECT pg_temp.ask('binh', 'consult_answer', jsonb_build_object('ticket',
    :asked, 'text', 'Ba'));
SELECT pg_temp.report('sup', '{"queue":"shipping"}') AS r \gset
SELECT is(pg_temp.cell(:'r', 'answered'), 2::numeric, 'both answers are');
SELECT is(pg_temp.cell(:'r', 'dropped'), 1::numeric, '… and drop nothing');
SELECT is_empty($$ SELECT * FROM desk.report_differs('-infinity', 'infinity') $$,
    'by the records, too');

-- A day, told by its agents' states.
INSERT INTO desk.agent_time (agent, state, began, ended)
SELECT a.id, x.s, x.b, x.e FROM desk.agent a, (VALUES
    ('ready', timestamptz '2026-03-02 01:30Z', timestamptz '2026-03-02 03:15Z'),
    ('break', '2026-03-02 03:15Z', '2026-03-02 03:30Z'),
    ('offline', '2026-03-02 03:30Z', '2026-03-09 03:30Z')) x(s, b, e)
WHERE a.name = 'chi';
SELECT pg_temp.report('sup', '{"name":"work","by":"agent","from":"2026-03-02",
    "to":"2026-03-02"}') AS r \gset
SELECT is(pg_temp.cell(:'r', 'ready', 'chi'), 6300.0, 'ready');
SELECT is(pg_temp.cell(:'r', 'break', 'chi'), 900.0, 'at a break');
SELECT is(pg_temp.cell(pg_temp.report('sup', '{"name":"work","by":"hour",
    "from":"2026-03-02T02:00:00Z","to":"2026-03-02T03:00:00Z"}'), 'ready'),
    3600.0, 'within an hour');
UPDATE desk.agent_time SET ended = '2026-03-02 03:15Z', state = 'away'
WHERE state = 'break' AND began = '2026-03-02 03:15Z';
SELECT desk.report_fold(1000);
SELECT is((SELECT array_agg(t.state || t.s ORDER BY t.state)
    FROM (SELECT x.state, sum(x.ms) / 1000 AS s
	FROM desk.report_time x GROUP BY 1) t WHERE t.s > 0),
    '{ready6300.0000000000000000}', 'what was set right counts as it is');
-- 20 units of 100 for half of the time that he was ready: 10 per cent.
INSERT INTO desk.report_part (hour, queue, channel, agent, what, n)
SELECT '2026-03-02 02:00Z', 1, 'chat', a.id, x.w, x.n
FROM desk.agent a, (VALUES ('units', 20), ('units_ms', 20 * 3600000),
    ('units', -20), ('units_ms', -20 * 450000)) x(w, n)
WHERE a.name = 'chi';
SELECT is(pg_temp.cell(pg_temp.report('sup', '{"name":"work","by":"agent",
    "from":"2026-03-02","to":"2026-03-02"}'), 'occupancy', 'chi'), 10.0,
    'how much of him was in use');

-- A case from before there were reports, whose history is gone through.
SELECT pg_temp.ticket(:lan, 'sales', 'Cũ', 'Từ năm ngoái') AS old \gset
UPDATE desk.report_mark SET below = :old + 1;
SELECT pg_temp.act('sup', 'transfer', :old, '{"queue":"shipping"}');
SELECT pg_temp.act('binh', 'reply', :old, '{"text":"Dạ"}');
SELECT pg_temp.act('binh', 'resolve', :old);
DELETE FROM desk.report_part;
DELETE FROM desk.report_hour;
ALTER TABLE desk.ticket DISABLE TRIGGER spells_follow;
UPDATE desk.ticket SET spell_at = NULL;
ALTER TABLE desk.ticket ENABLE TRIGGER spells_follow;
DELETE FROM desk.spell;
SELECT cmp_ok(desk.report_catch_up(100), '>', 0, 'cases from before');
SELECT is_empty($$ SELECT * FROM desk.report_differs('-infinity', 'infinity') $$,
    'are counted by their history');
SELECT pg_temp.report('sup', '{"name":"cases"}') AS r \gset
SELECT is((SELECT array_agg(pg_temp.cell(:'r', c)) FROM unnest('{opened,
    reopened,moved_out,resolved,backlog}'::text[]) c),
    '{4,2,2,5,1}'::numeric[], 'as they were');
SELECT is(desk.report_catch_up(100), 0, 'once');

-- How far it reads: ten years of hours, of which it is asked for a day.
INSERT INTO desk.report_hour (hour, queue, channel, agent, offered)
SELECT h, 1, 'mail', 0, 1
FROM generate_series(timestamptz '2016-01-01Z', '2025-12-31Z',
    interval '2 hours') h;
SELECT pg_stat_get_xact_tuples_returned('desk.report_hour'::regclass)
    + pg_stat_get_xact_tuples_fetched('desk.report_hour'::regclass)
    + pg_stat_get_xact_tuples_returned('desk.ticket'::regclass)
    + pg_stat_get_xact_tuples_returned('desk.event'::regclass) AS before \gset
SELECT pg_temp.report('sup', '{"from":"2025-06-10","to":"2025-06-10"}');
SELECT cmp_ok(pg_stat_get_xact_tuples_returned('desk.report_hour'::regclass)
    + pg_stat_get_xact_tuples_fetched('desk.report_hour'::regclass)
    + pg_stat_get_xact_tuples_returned('desk.ticket'::regclass)
    + pg_stat_get_xact_tuples_returned('desk.event'::regclass) - :before, '<',
    4000::bigint, 'a day out of ten years reads its month''s hours at most');

SELECT * FROM finish();
ROLLBACK;
