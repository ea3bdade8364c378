-- What the company says: values, scopes, contradictions, reviews; templates
-- against it; root causes of cases.
BEGIN;
\ir fixture.psql
SELECT plan(60);

CREATE FUNCTION pg_temp.say(about text, value text, unit text,
    more jsonb DEFAULT '{}') RETURNS bigint
LANGUAGE sql AS $$
	SELECT (pg_temp.ask('sup', 'statement_add', jsonb_build_object(
	    'about', about, 'value', value, 'unit', unit, 'place', 'website')
	    || more)->>'statement')::bigint
$$;
CREATE FUNCTION pg_temp.list(args jsonb DEFAULT '{}') RETURNS jsonb
LANGUAGE sql AS $$ SELECT pg_temp.ask('an', 'statement_list', args) $$;
-- "about: ids; values | …"
CREATE FUNCTION pg_temp.against() RETURNS text
LANGUAGE sql AS $$
	SELECT coalesce(string_agg((g->>'about') || ': ' || (SELECT string_agg(
		i #>> '{}', ' ' ORDER BY n)
	    FROM jsonb_array_elements(g->'between') WITH ORDINALITY x (i, n))
	    || '; ' || (SELECT string_agg(concat_ws(' ', v->>'value',
		v->>'unit', v->>'n'), ', ' ORDER BY n)
	    FROM jsonb_array_elements(g->'values') WITH ORDINALITY x (v, n)),
	    ' | ' ORDER BY n), 'none')
	FROM jsonb_array_elements(pg_temp.list()->'contradictions')
	    WITH ORDINALITY y (g, n)
$$;
CREATE FUNCTION pg_temp.bad(more jsonb, expected text, label text)
RETURNS text
LANGUAGE sql AS $$
	SELECT pg_temp.refused('sup', 'statement_add', '{"about":"Giá",
	    "place":"website","value":"5","unit":"days"}' || more, expected,
	    label)
$$;

SELECT is(pg_temp.list(), '{"n":0,"statements":[],"contradictions":[],
    "templates":[],"overdue":[]}', 'nothing is said');

-- Values
SELECT pg_temp.say('Thử', '2,5 – 3', 'days') AS a,
    pg_temp.say('Thử b', 'Có', 'yesno') AS b \gset
SELECT is((SELECT s.low || ' ' || s.high FROM desk.statement s
    WHERE s.id = :a), '60.0000 72.0000',
    'days are kept as hours');
SELECT is(pg_temp.ask('an', 'statement_get', jsonb_build_object('statement',
    :a))->>'value', '2.5-3',
    'and read back as they were written');
SELECT is((SELECT s.low FROM desk.statement s
    WHERE s.id = :b), 1.0000,
    'yes, in Vietnamese');
SELECT pg_temp.bad('{"value":"5-3"}', 'INVALID value', 'upside down');
SELECT pg_temp.bad('{"value":"vài"}', 'INVALID value', 'no number');
SELECT pg_temp.bad('{"value":"5","unit":"yesno"}', 'INVALID value',
    'not yes or no');
SELECT pg_temp.bad('{"value":"5","unit":"none"}', 'INVALID value',
    'a value without a unit');
SELECT pg_temp.bad('{"value":"","unit":"none"}', 'INVALID value',
    'neither value nor words');
SELECT pg_temp.bad('{"about":"!!"}', 'INVALID about', 'about nothing');
SELECT pg_temp.bad('{"strict":true}', 'INVALID strict',
    'strict, of no promise');
SELECT pg_temp.bad('{"owner":"gone"}', 'INVALID owner', 'somebody who left');
SELECT is((pg_temp.list('{"about":"THU B"}')->>'n')::int, 1,
    'found without its marks');
SELECT count(pg_temp.ask('sup', 'statement_end', jsonb_build_object(
    'statement', s.id))) FROM desk.statement s;
SELECT is(pg_temp.list('{"state":"ended"}')->>'n', '2',
    'what is said no more stays on record');
SELECT pg_temp.refused('sup', 'statement_set', jsonb_build_object('statement',
    (SELECT min(s.id) FROM desk.statement s), 'value', '9'),
    'CONFLICT statement', 'and is not changed');

-- Contradictions
SELECT setval(pg_get_serial_sequence('desk.statement', 'id'), 100);
SELECT pg_temp.say('Giao hàng', '5', 'days') AS a \gset
SELECT pg_temp.say('giao hang', '120', 'hours') AS b \gset
SELECT is(pg_temp.against(), 'none', '5 days are 120 hours');
SELECT pg_temp.say('Giao hàng', '7', 'days', '{"place":"advertisement"}')
    AS c \gset
SELECT is(pg_temp.against(),
    'Giao hàng: 101 102 103; 5 days 2, 7 days 1', '5 here, 7 there');
SELECT pg_temp.say('Giao hàng', '30000', 'dong') AS d \gset
SELECT pg_temp.say('Đổi trả', '10', 'percent') AS e \gset
SELECT is(pg_temp.against(),
    'Giao hàng: 101 102 103; 5 days 2, 7 days 1',
    'a price is no time, and another thing is another');
SELECT pg_temp.ask('sup', 'statement_set', jsonb_build_object('statement', :c,
    'region', 'Hà Nội')) ->> 'region';
SELECT is(pg_temp.against(),
    'Giao hàng: 101 102 103; 5 days 2, 7 days 1', 'what is said of all is said of Hà Nội');
SELECT count(pg_temp.ask('sup', 'statement_set', jsonb_build_object('statement', i,
    'region', 'Huế'))) FROM unnest(ARRAY[:a, :b]) i;
SELECT is(pg_temp.against(), 'none', 'other regions, other words');
SELECT pg_temp.say('Giao hàng', '2', 'days', '{"region":"ha noi"}') AS f \gset
SELECT is(pg_temp.against(), 'Giao hàng: 103 106; 2 days 1, 7 days 1',
    'a region however it is typed');
SELECT pg_temp.say('Giao hàng', '3', 'days', '{"region":"Huế",
    "segment":"vip"}') AS g \gset
SELECT is(pg_temp.against(), 'Giao hàng: 101 102 107; 3 days 1, 5 days 2'
    ' | Giao hàng: 103 106; 2 days 1, 7 days 1', 'two groups are two');
SELECT pg_temp.ask('sup', 'statement_set', jsonb_build_object('statement', :a,
    'segment', 'new')) ->> 'segment';
SELECT is(pg_temp.against(), 'giao hang: 102 107; 3 days 1, 120 hours 1'
    ' | Giao hàng: 103 106; 2 days 1, 7 days 1',
    'all dimensions must overlap');
SELECT is((SELECT string_agg(o->>'statement', ' ') FROM jsonb_array_elements(
    pg_temp.ask('an', 'statement_get', jsonb_build_object('statement', :f))
    ->'against') o), :'c', 'one shows what is against it');
SELECT pg_temp.ask('sup', 'statement_end', jsonb_build_object('statement',
    :c)) ->> 'ended_at' IS NOT NULL;
SELECT is(pg_temp.against(), 'giao hang: 102 107; 3 days 1, 120 hours 1',
    'who takes his words back contradicts nobody');
SELECT is(pg_temp.list(), pg_temp.list(), 'the same for the same data');

-- The same id once
SELECT is(pg_temp.say('Bảo hành', '12', 'days', '{"once":"x"}'),
    pg_temp.say('Bảo hành', '12', 'days', '{"once":"x"}'), 'kept once');
SELECT pg_temp.bad('{"once":"x"}', 'CONFLICT once', 'for one statement');

-- Reviews
SELECT pg_temp.say('Giờ mở cửa', '', 'none', '{"words":"8h-21h",
    "owner":"an","review":30}') AS r \gset
SELECT is(desk.statements_due(10), 0, 'not yet');
UPDATE desk.statement SET review_at = now() - interval '2 days',
    reviewed_at = now() - interval '32 days' WHERE id = :r;
SELECT is((pg_temp.list()->'overdue'->0) - 'review_at',
    jsonb_build_object('statement', :r, 'about', 'Giờ mở cửa', 'owner', 'an',
	'days', 2), 'overdue');
SELECT set_config('desk.outbox', '', true);
SELECT is(desk.statements_due(10), 1, 'its owner is told');
SELECT is((SELECT o->'apply'->'feed'->'agents'
    FROM jsonb_array_elements(desk.outbox_mine()) o), '["an"]', 'he alone');
SELECT is(desk.statements_due(10), 0, 'once');
SELECT pg_temp.refused('binh', 'statement_review', jsonb_build_object(
    'statement', :r), 'DENIED statement', 'not another''s');
SELECT is(pg_temp.ask('an', 'statement_review', jsonb_build_object(
    'statement', :r))->'due', NULL, 'looked at');
SELECT is(pg_temp.list()->'overdue', '[]', 'no more');
SELECT is(desk.statements_due(10), 0, 'until the next');

-- Templates against it
SELECT pg_temp.say('Hoàn tiền', '3-5', 'days', '{"kind":"refund"}') AS m \gset
CREATE FUNCTION pg_temp.says(hours numeric, kind text DEFAULT 'refund')
RETURNS jsonb
LANGUAGE sql AS $$
	SELECT jsonb_build_array(jsonb_build_object('what', 'template',
	    'name', 'hoan', 'lang', 'vi', 'n', 1, 'kind', kind,
	    'hours', hours, 'unit', 'days', 'words', 'hoàn trong 7 ngày'))
$$;
SELECT is(desk.config_says(pg_temp.says(96), true), NULL, 'within 3-5 days');
SELECT is(desk.config_says(pg_temp.says(168, 'callback'), true), NULL,
    'of what nothing is said');
SELECT is(desk.config_says(pg_temp.says(168), true), format('[{"path":
    "templates.hoan.vi","sentence":"The template hoan promises refund in 7 days (\"hoàn trong 7 ngày\"); statement %s says 3-5 days."}]',
    :m)::jsonb, 'warned of, by name');
SELECT is((SELECT count(*) FROM desk.template_says), 0::bigint,
    'dry keeps nothing');
SELECT desk.config_says(pg_temp.says(168), false) IS NOT NULL;
SELECT is(pg_temp.list()->'templates'->0, jsonb_build_object('what',
    'template', 'name', 'hoan', 'lang', 'vi', 'kind', 'refund',
    'value', '7', 'unit', 'days', 'words', 'hoàn trong 7 ngày',
    'statements', jsonb_build_array(:m::bigint)), 'listed');
SELECT pg_temp.say('Hoàn tiền', '7', 'days', '{"kind":"refund",
    "region":"Huế"}') AS n \gset
SELECT is(pg_temp.list()->'templates', '[]', 'one agrees');
SELECT pg_temp.ask('sup', 'statement_set', jsonb_build_object('statement', :m,
    'strict', true)) ->> 'strict';
SELECT pg_temp.ask('sup', 'statement_end', jsonb_build_object('statement',
    :n)) ->> 'unit';
SELECT throws_ok($$SELECT desk.config_says(pg_temp.says(168), false)$$,
    'DK001', NULL, 'refused where it is strict');
SELECT is(desk.config_says(NULL, false), NULL, 'nobody looked');

-- Causes
SELECT pg_temp.customer('Lan', 'lan@example.com') AS lan \gset
SELECT pg_temp.ticket(:lan, 'sales', 'Hỏng') AS t \gset
SELECT pg_temp.ticket(:lan, 'shipping', 'Trễ') AS u \gset
CREATE FUNCTION pg_temp.cause(login text, of bigint, cause text)
RETURNS jsonb
LANGUAGE sql AS $$
	SELECT pg_temp.ask(login, 'ticket_cause_set', jsonb_build_object(
	    'ticket', of, 'cause', cause))
$$;
CREATE FUNCTION pg_temp.counted() RETURNS text
LANGUAGE sql AS $$
	SELECT coalesce(string_agg(x.name || ' ' || x.n, ', ' ORDER BY x.name),
	    'none')
	FROM (SELECT m.name, sum(m.n) AS n FROM desk.measure_part m
	    WHERE m.measure = 'cause' GROUP BY 1 HAVING sum(m.n) <> 0) x
$$;
SELECT is(pg_temp.cause('an', :t, 'products')->>'cause', 'products', 'said');
SELECT pg_temp.cause('an', :t, 'products')->>'cause';
SELECT is((SELECT count(*) FROM desk.event e WHERE e.ticket = :t
    AND e.kind = 'cause'), 1::bigint, 'the same again changes nothing');
SELECT pg_temp.cause('sup', :u, 'service')->>'cause';
SELECT is(pg_temp.counted(), 'products 1, service 1', 'counted as said');
SELECT pg_temp.cause('an', :t, 'people')->>'cause';
SELECT is(pg_temp.counted(), 'people 1, service 1', 'and moved');
SELECT is((SELECT e.meta FROM desk.event e WHERE e.ticket = :t
    AND e.kind = 'cause' ORDER BY e.id DESC LIMIT 1),
    '{"from":"products","to":"people"}', 'the history has it');
SELECT is((SELECT count(*) FROM desk.measure_differs(now() - interval '1 day',
    now() + interval '1 day') d WHERE d.measure = 'cause'), 0::bigint,
    'counted again it is the same');
SELECT is(pg_temp.ask('an', 'cause_list', '{"queue":"sales"}')->'usual',
    '["people"]', 'offered again in its queue');
SELECT is(jsonb_array_length(pg_temp.ask('an', 'cause_list', '{}')
    ->'causes'), 10, 'there are ten');
SELECT is((SELECT string_agg(concat_ws(' ', r->>'label', r->>'n',
	r->'causes'->0->>'cause', r->'causes'->0->>'share'), ', '
	ORDER BY r->>'label')
    FROM jsonb_array_elements(pg_temp.ask('sup', 'cx_causes',
	'{"by":"queue"}')->'rows') r), 'sales 1 people 100.0, '
    'shipping 1 service 100.0', 'by queue, before it is folded');
SELECT is(pg_temp.ask('sup', 'cx_causes', '{"queue":"sales"}')->>'n', '1',
    'of one queue');
SELECT is(pg_temp.ask('sup', 'cx_causes', '{"from":"2020-01-01",
    "to":"2020-01-02"}')->'rows', '[]', 'n = 0');
SELECT pg_temp.refused('sup', 'cx_causes', '{"from":"2020-01-02",
    "to":"2020-01-01"}', 'INVALID to', 'upside down');
SELECT pg_temp.cause('an', :t, 'none')->>'cause';
SELECT is(pg_temp.counted(), 'service 1', 'taken back');
SELECT pg_temp.refused('chi', 'ticket_cause_set', jsonb_build_object('ticket',
    pg_temp.ticket(:lan, 'staff', 'X'), 'cause', 'people'),
    CASE WHEN pg_temp.who('chi') IS NULL THEN '' ELSE 'not refused' END,
    'her own queue''s');
SELECT pg_temp.refused('binh', 'ticket_cause_set', jsonb_build_object('ticket',
    pg_temp.ticket(:lan, 'staff', 'Y'), 'cause', 'people'),
    'NOTFOUND ticket', 'but not one that is hidden');

SELECT * FROM finish();
ROLLBACK;
