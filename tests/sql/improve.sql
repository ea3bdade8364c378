-- Improvements: baseline, verdicts with known numbers, judged once; objectives;
-- what each month measured.
BEGIN;
\ir fixture.psql
SELECT plan(72);
SELECT desk.config_journey('{"company":{"timezone":"Asia/Ho_Chi_Minh"},
    "touchpoints":[{"name":"ship","stage":"use","vi":"Giao","en":"Delivery",
	"department":"shipping","kind":["call"],"channel":[],"queue":[],
	"status":[],"keywords":[],"target":"4.2"}]}');
INSERT INTO desk.survey (name, body) VALUES
    ('s', '{"questions":[{"name":"score","kind":"csat"}]}');
SELECT id AS sales FROM desk.queue WHERE name = 'sales' \gset
SELECT desk.company_day(now()) AS today \gset

-- Verdicts: of 100 answers before and after, and of few.
CREATE FUNCTION pg_temp.verdict(target numeric, before text, after text)
RETURNS text LANGUAGE sql AS $$
	SELECT desk.improvement_verdict('csat', target, before::jsonb,
	    after::jsonb)
$$;
SELECT is(pg_temp.verdict(x.target, x.before, x.after), x.want, x.label)
FROM (VALUES
    (4.2, '{}', '{}', 'few', 'nobody at all'),
    (4.2, '{}', '{"5":100}', 'met', 'met, whatever was before'),
    (4.2, '{"2":100}', '{}', 'few', 'nobody after'),
    (4.2, '{}', '{"3":100}', 'few', 'nobody before'),
    (4.2, '{"1":1}', '{"5":1}', 'few', 'one before, one after'),
    (4.2, '{"3":100}', '{"5":90,"4":10}', 'met', 'all of it above'),
    (4.2, '{"3":100}', '{"4":100}', 'better', 'better, not there yet'),
    (4.2, '{"4":100}', '{"3":100}', 'worse', 'worse'),
    (4.2, '{"3":100}', '{"3":100}', 'unchanged', 'the same'),
    (4.2, '{"3":50,"4":50}', '{"3":49,"4":51}', 'unchanged',
	'a hair better is no better'),
    (4.05, '{"4":100}', '{"4":100}', 'few', 'so little cannot be told'),
    (4.2, '{"5":60,"3":40}', '{"5":62,"3":38}', 'few', 'nor this'))
    x(target, before, after, want, label);
-- By hand: 50 twos and 50 fours (mean 3, limits m), then 100 fours.
SELECT is(round(c.by, 6) || ' ' || round(c.low, 6),
    '1.000000 ' || round(1 - sqrt((4 - a.low) ^ 2 + (b.high - 3) ^ 2), 6),
    'the difference and its limit')
FROM desk.score_change('csat', '{"2":50,"4":50}', '{"4":100}') c,
    desk.mean_limits(100, 400, 1600, 1, 5) a,
    desk.mean_limits(100, 300, 1000, 1, 5) b;
SELECT is(desk.score_shown('nps', '{"10":6,"8":2,"0":2}') - 'low' - 'high',
    '{"n":10,"score":40.00}', 'NPS on its own scale');
SELECT is(desk.score_shown('closed', '{"1":3,"0":1}') - 'low' - 'high',
    '{"n":4,"score":75.00}', 'a share in per cent');
SELECT is(desk.score_shown('csat', '{}'), '{"n":0}', 'nobody''s is none');

-- Answers so many days from today, at noon where the company is.
CREATE FUNCTION pg_temp.said(day int, value int, times int,
    spot text DEFAULT 'ship', queue int DEFAULT 0) RETURNS void
LANGUAGE sql AS $$
	SELECT desk.measure('csat', 's', (desk.company_day(now()) + day
	    + time '12:00') AT TIME ZONE 'Asia/Ho_Chi_Minh', queue, 0, 'mail',
	    '', spot, value, times)
$$;
CREATE FUNCTION pg_temp.add(more jsonb DEFAULT '{}', who text DEFAULT 'sup')
RETURNS jsonb LANGUAGE sql AS $$
	SELECT pg_temp.ask(who, 'improve_add', jsonb_build_object('what',
	    'Gọi trước khi giao', 'measure', 'csat', 'target', '4.2',
	    'touchpoint', 'ship', 'owner', 'an', 'due',
	    desk.company_day(now()) + 20) || more)
$$;
SELECT pg_temp.said(-1, 3, 50), pg_temp.said(-30, 3, 50),
    pg_temp.said(-31, 1, 9), pg_temp.said(0, 5, 7),
    pg_temp.said(-1, 1, 9, 'elsewhere');
SELECT pg_temp.add() AS made \gset
SELECT (:'made'::jsonb)->>'improvement' AS id \gset
SELECT is((:'made'::jsonb)->'before', desk.score_shown('csat', '{"3":100}'),
    'thirty days before, today not among them');
SELECT is((:'made'::jsonb)->'after'->'n', '7', 'and since today');
SELECT is((:'made'::jsonb)->'change'->>'is', 'up', '… which is better by now');
SELECT is((:'made'::jsonb)->>'from', (:'today'::date - 30)::text, 'from');
SELECT is((:'made'::jsonb)->>'to', (:'today'::date - 1)::text, 'to');
SELECT is(pg_temp.told(), 'improvement', 'which is told');
SELECT is(pg_temp.add('{"once":"a"}')->'improvement',
    pg_temp.add('{"once":"a"}')->'improvement', 'the same id twice is once');
SELECT pg_temp.refused('sup', 'improve_add', jsonb_build_object('what', 'x',
    'measure', 'csat', 'target', '4.2', 'due', :'today'::date + 1) || x.args,
    x.want, x.want)
FROM (VALUES ('{"touchpoint":"moon"}'::jsonb, 'NOTFOUND touchpoint'),
    ('{"queue":"moon"}', 'NOTFOUND queue'),
    ('{"queue":"sales","touchpoint":"ship"}', 'INVALID queue'),
    ('{"target":"5.1"}', 'INVALID target'), ('{"target":"x"}', 'INVALID target'),
    ('{"target":"1","touchpoint":"ship","owner":"an"}', 'CONFLICT target'),
    ('{"due":"2020-01-01","owner":"an"}', 'INVALID due'),
    ('{"due":"9999-01-01","owner":"an"}', 'INVALID due'),
    ('{"due":"soon","owner":"an"}', 'INVALID due'),
    ('{"since":"2019-01-01","owner":"an"}', 'INVALID since'),
    ('{"owner":"gone"}', 'INVALID owner')) x(args, want);
SELECT pg_temp.refused('an', 'improve_add', '{}', 'DENIED', 'not an agent''s');

-- Set, given up, listed.
SELECT is(pg_temp.ask('sup', 'improve_set', jsonb_build_object('improvement',
    :id, 'target', '4.4', 'owner', 'binh'))->'target', '4.4', 'another target');
SELECT is(pg_temp.ask('sup', 'improve_get', jsonb_build_object('improvement',
    :id))->'history'->1->'was'->>'owner', 'an', 'of which history is kept');
SELECT is(jsonb_array_length(pg_temp.ask('binh', 'improve_list', '{}')
    ->'improvements'), 1, 'an agent sees his own');
SELECT is(jsonb_array_length(pg_temp.ask('sup', 'improve_list', '{"limit":1}')
    ->'improvements'), 1, 'a page');
SELECT pg_temp.refused('an', 'improve_get', jsonb_build_object('improvement',
    :id), 'NOTFOUND improvement', 'another''s is none');
SELECT is(pg_temp.ask('sup', 'action_add', jsonb_build_object('what',
    'Sửa kịch bản gọi', 'improvement', :id))->'improvement', to_jsonb(:id),
    'an action for it');
SELECT is(pg_temp.ask('sup', 'improve_get', jsonb_build_object('improvement',
    :id))->'actions'->0->>'what', 'Sửa kịch bản gọi', 'is shown with it');
SELECT pg_temp.add('{"what":"Bỏ"}')->'improvement' AS gone \gset
SELECT is(pg_temp.ask('sup', 'improve_end', jsonb_build_object('improvement',
    :gone, 'words', 'Không cần nữa'))->>'state', 'ended', 'given up');
SELECT pg_temp.refused('sup', 'improve_set', jsonb_build_object('improvement',
    :gone, 'target', '4'), 'CONFLICT improvement', 'and over');

-- Judged when its day is over, once, and the same when it is computed again.
SELECT is(desk.improvements_judge(10), 0, 'none is due');
UPDATE desk.improvement SET since = since - 10, first = first - 10,
    last = last - 10, due = :'today'::date - 1, judge_at = now() WHERE id = :id;
SELECT pg_temp.said(-5, 5, 60);
SELECT pg_temp.told();
SELECT is(desk.improvements_judge(10), 1, 'one is');
SELECT is(desk.improvements_judge(10), 0, 'once');
SELECT is(pg_temp.told(), 'improvement', 'told once');
SELECT is((SELECT i.verdict || ' ' || i.after FROM desk.improvement i
    WHERE i.id = :id), 'better {"3": 50, "5": 60}', 'from the data');
SELECT is((SELECT desk.improvement_verdict(i.measure, i.target, i.before,
    desk.improvement_counts(i, i.since, i.due + 1)) FROM desk.improvement i
    WHERE i.id = :id), 'better', 'and the same again');
SELECT is(pg_temp.ask('sup', 'improve_get', jsonb_build_object('improvement',
    :id))->'history'->2->>'what', 'judged', 'in its history');

-- Objectives
INSERT INTO desk.objective (name, place, vi, en, department, measure, target)
VALUES ('a', 1, 'A', 'A', :sales, 'csat', 4.5),
    ('b', 2, 'B', 'B', :sales, 'csat', 2), ('c', 3, 'C', 'C', NULL, 'nps', 40),
    ('d', 4, 'D', 'D', NULL, 'csat', 4.1);
SELECT pg_temp.said(-3, 4, 100, '', :sales);
SELECT is((SELECT string_agg(concat_ws(' ', o->>'name', o->>'n', o->>'state'),
    ', ' ORDER BY n) FROM jsonb_array_elements(pg_temp.ask('sup',
    'cx_objectives', '{}')->'objectives') WITH ORDINALITY x(o, n)),
    'a 100 missed, b 100 met, c 0 none, d 226 missed', 'objectives');
SELECT is(jsonb_array_length(pg_temp.ask('sup', 'cx_objectives',
    '{"department":"sales"}')->'objectives'), 2, 'of a department');

-- Runs: twelve months and weeks at first, each once.
SELECT date_trunc('month', :'today'::date)::date AS month \gset
SELECT desk.measure('csat', 's', (:'month'::date - 5 + time '12:00')
    AT TIME ZONE 'Asia/Ho_Chi_Minh', 0, 0, 'mail', '', 'run', 4, 100),
    desk.measure('csat', 's', (:'month'::date - 40 + time '12:00')
    AT TIME ZONE 'Asia/Ho_Chi_Minh', 0, 0, 'mail', '', 'run', 3, 100);
DELETE FROM desk.measure_part WHERE touchpoint <> 'run';
CREATE FUNCTION pg_temp.keep() RETURNS bigint LANGUAGE plpgsql AS $$
BEGIN
	-- Months are over an hour later: this may be that hour.
	WHILE desk.cx_runs_keep() > 0 LOOP
	END LOOP;
	RETURN (SELECT count(*) FROM desk.cx_run c WHERE c.every = 'month');
END;
$$;
SELECT pg_temp.keep() AS kept \gset
SELECT ok(:kept BETWEEN 2 AND 4, 'scores and objectives of two months');
SELECT is(pg_temp.keep(), :kept::bigint, 'once');
SELECT ok((SELECT k.month FROM desk.cx_run_mark k) IN ((:'month'::date
    - interval '1 month')::date, (:'month'::date - interval '2 months')::date),
    'up to the last that is over');
SELECT is(pg_temp.ask('sup', 'cx_runs', '{"what":"score"}')->'runs'->0
    ->'months'->0->'score', '3.00', 'as it was then');
SELECT desk.measure('csat', 's', (:'month'::date - 40 + time '12:00')
    AT TIME ZONE 'Asia/Ho_Chi_Minh', 0, 0, 'mail', '', 'run', 1, 100);
SELECT is(pg_temp.ask('sup', 'cx_runs', '{"what":"score"}')->'runs'->0
    ->'months'->0->'score', '3.00', '… whatever comes later');
SELECT is(c->>'is', 'up', 'run to run, where the numbers carry it')
FROM (SELECT coalesce(pg_temp.ask('sup', 'cx_runs', '{"what":"score"}')
    ->'runs'->0->'months'->1->'change', '{"is":"up"}')) x(c);
-- Of twenty-two lines one is 0.15 up, twice in a hundred by chance alone, one a
-- whole mark; the others stay.
INSERT INTO desk.cx_run (every, began, what, name, measure, n, score, low,
    high)
SELECT 'month', (k.month - make_interval(months => x.back))::date, 'touchpoint',
    'l' || g, 'csat', 400, x.score, x.score - 0.1, x.score + 0.1
FROM desk.cx_run_mark k, generate_series(1, 22) g
CROSS JOIN LATERAL (VALUES (1, 4.0), (0, CASE g WHEN 21 THEN 4.15
    WHEN 22 THEN 5 ELSE 4 END)) x(back, score);
CREATE FUNCTION pg_temp.changed(more jsonb) RETURNS text LANGUAGE sql AS $$
	SELECT string_agg(concat_ws(' ', r->>'name', m->'change'->>'is'), ', ')
	FROM jsonb_array_elements(pg_temp.ask('sup', 'cx_runs',
	    '{"what":"touchpoint"}' || more)->'runs') r,
	    jsonb_array_elements(r->'months') m
	WHERE r->>'name' LIKE 'l%' AND m->'change'->>'is' <> 'unsaid'
$$;
SELECT is(pg_temp.changed('{}'), 'l22 up', 'what all lines of an answer carry');
SELECT is(pg_temp.changed('{"name":"l21"}'), 'l21 up', 'asked alone, more');
SELECT pg_temp.refused('sup', 'cx_runs', '{"department":"nosuch"}',
    'INVALID department', 'no such department');
SELECT pg_temp.refused('sup', 'cx_runs', '{"name":"nosuch"}', 'INVALID name',
    'nor was that ever measured');
SELECT pg_temp.refused('sup', 'cx_runs', '{"weeks":3}', 'INVALID weeks',
    'months are not counted in weeks');
SELECT pg_temp.refused('sup', 'cx_runs', '{"every":"week","months":3}',
    'INVALID months', 'nor weeks in months');
SELECT is(pg_temp.ask('sup', 'cx_runs', '{"name":"ship"}')->'runs', '[]',
    'what nobody spoke of yet is not unknown');
-- Weeks: what was said in the last that is over, and in the one before it.
SELECT date_trunc('week', k.week::timestamp)::date AS week FROM
    desk.cx_run_mark k \gset
SELECT ok(:'week'::date = (SELECT k.week FROM desk.cx_run_mark k)
    AND :'week'::date BETWEEN :'today'::date - 20 AND :'today'::date - 7,
    'up to the last week that is over, which began on a Monday');
DELETE FROM desk.cx_run WHERE every = 'week';
DELETE FROM desk.measure_part;
SELECT desk.measure('csat', 's', (:'week'::date + d + time '12:00')
    AT TIME ZONE 'Asia/Ho_Chi_Minh', 0, 0, 'mail', '', 'run', v, 100)
FROM (VALUES (-8, 1), (-7, 2), (-1, 3), (0, 4), (6, 5), (7, 1)) x(d, v);
UPDATE desk.cx_run_mark SET week = NULL;
SELECT pg_temp.keep();
SELECT is((SELECT string_agg(concat_ws(' ', (m->>'week')::date - :'week'::date,
    m->>'n', m->>'score', m->'change'->>'is'), ', ')
    FROM jsonb_array_elements(pg_temp.ask('sup', 'cx_runs', '{"what":"score",
	"every":"week"}')->'runs'->0->'weeks') m),
    '-14 100 1.00, -7 200 2.50 up, 0 200 4.50 up',
    'each from Monday to Sunday, beside the one before');
SELECT is((SELECT string_agg(m->>'n', ' ')
    FROM jsonb_array_elements(pg_temp.ask('sup', 'cx_runs', '{"what":"score",
	"every":"week","weeks":1}')->'runs'->0->'weeks') m), '200',
    'as many as are asked for');
SELECT is(pg_temp.ask('sup', 'cx_runs', '{"every":"week"}')->>'week', :'week',
    'and which is the last');
SELECT is((SELECT count(*) FROM (SELECT c.began FROM desk.cx_run c
    WHERE c.every = 'week' GROUP BY 1) x), 3::bigint, 'nothing of the others');
UPDATE desk.cx_run SET department = 'nosuch' WHERE name = 'l22';
SELECT is(pg_temp.changed('{"department":"nosuch"}'), 'l22 up',
    'one that was there keeps its months');
SELECT * FROM finish();
ROLLBACK;
