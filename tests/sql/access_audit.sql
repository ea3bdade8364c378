-- The record of what was done and refused.
BEGIN;
\ir fixture.psql
SELECT plan(8);

SELECT desk.audit_put(pg_temp.who('an'), 'act' || n, 'thing', 'done',
    jsonb_build_object('n', n)) FROM generate_series(1, 5) n;
SELECT desk.audit_put('{"from":"192.0.2.9"}', 'login', 'eve', 'refused');
SELECT is(r - '{audit,at}'::text[], '{"who":"-","role":"public",
    "from":"192.0.2.9","action":"login","object":"eve","outcome":"refused"}',
    'the newest first; nobody in particular is -')
FROM (SELECT pg_temp.ask('sup', 'audit_list', '{}')->'audit'->0) x (r);
SELECT is(r - '{audit,at}'::text[], '{"who":"an","role":"agent",
    "from":"192.0.2.1","action":"act5","object":"thing","outcome":"done",
    "detail":{"n":5}}', 'who did what from where')
FROM (SELECT pg_temp.ask('sup', 'audit_list', '{}')->'audit'->1) x (r);
SELECT pg_temp.ask('sup', 'audit_list', '{"limit":4}') AS page \gset
SELECT is(jsonb_array_length(:'page'::jsonb->'audit'), 4, 'a page');
SELECT is(jsonb_path_query_array(pg_temp.ask('sup', 'audit_list',
	jsonb_build_object('limit', 4, 'before', :'page'::jsonb->'before')),
    '$.audit[*].action'), '["act2","act1"]', '… and the one after it');
SELECT ok(NOT pg_temp.ask('sup', 'audit_list', '{"limit":500}') ? 'before',
    'the last page says so');
SELECT pg_temp.refused('an', 'audit_list', '{}', 'DENIED', 'not for agents');
SELECT pg_temp.refused('key', 'audit_list', '{}', 'DENIED',
    'nor for services');
SELECT throws_ok($$SELECT desk.audit_put('{}', 'x', 'y', 'perhaps')$$,
    '23514', NULL, 'an outcome is done or refused');

SELECT * FROM finish();
ROLLBACK;
