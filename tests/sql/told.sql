-- What a supervisor says to an agent.
BEGIN;
\ir fixture.psql
SELECT plan(6);

SELECT pg_temp.refused('sup', 'agent_message', '{"agent":"none","text":"x"}',
    'INVALID agent', 'no such agent');
SELECT pg_temp.refused('sup', 'agent_message', '{"agent":"gone","text":"x"}',
    'INVALID agent', 'one who has gone');
SELECT pg_temp.refused('sup', 'agent_message', '{"agent":"an","text":"  "}',
    'INVALID text', 'nothing said');
SELECT is(pg_temp.ask('sup', 'agent_message', '{"agent":"an",
    "text":"Gọi lại chị Lan"}'), '{"agent":"an","state":"offline"}',
    'said, and how he is');
SELECT is(desk.outbox_mine()->0->'apply', '{"feed":{"kind":"told",
    "agents":["an"],"who":"Sáu Phạm","text":"Gọi lại chị Lan"}}', 'told');
SELECT results_eq($$SELECT who, action, object, detail FROM desk.audit$$,
    $$VALUES ('sup', 'agent.message', 'an',
	'{"text":"Gọi lại chị Lan"}'::jsonb)$$, 'and for the record');

SELECT * FROM finish();
ROLLBACK;
