-- What Redis is told of a company, as the simulation tells it
-- (tests/unit/data/company.json, also tests/unit/sim_company.c).
BEGIN;
SET client_min_messages = warning;
SELECT plan(11);

\set file `cat ../unit/data/company.json`
SELECT :'file'::jsonb AS file \gset
UPDATE desk.agent SET password = 'x';
INSERT INTO desk.agent (name, display, role, password)
VALUES ('an', 'An', 'admin', 'x');
SELECT ok(desk.config_apply('{"who":"admin","role":"admin"}',
    jsonb_build_object('config', :'file'::jsonb->'config')) IS NOT NULL,
    'in force');

SELECT is(desk.policies(), :'file'::jsonb->'policies', 'policies');

SELECT is(desk.presence_json(a) - '{state,version}'::text[], said,
    format('agent %s', a.name))
FROM jsonb_array_elements(:'file'::jsonb->'agents') said
JOIN desk.agent a ON a.name = said->>'agent'
ORDER BY a.name;

SELECT is(desk.offer_of(q.offer_seconds, q.offer_by, said->>1), (said->>2)::int,
    format('an offer of %s by %s', said->>0, said->>1))
FROM jsonb_array_elements(:'file'::jsonb->'offers') said
JOIN desk.queue q ON q.name = said->>0;

SELECT is(array_agg(desk.score(
	to_timestamp((said->>'due')::numeric / 1000), now(),
	(said->>'priority')::int) ORDER BY n),
    array_agg((said->>'score')::bigint ORDER BY n), 'scores')
FROM jsonb_array_elements(:'file'::jsonb->'scores') WITH ORDINALITY
    u (said, n);

SELECT is((SELECT count(*)::int FROM desk.agent_queue m
    JOIN desk.agent a ON a.id = m.agent WHERE a.active),
    (SELECT sum(jsonb_array_length(a->'queues'))::int
    FROM jsonb_array_elements(:'file'::jsonb->'agents') a),
    'nobody else serves');

SELECT * FROM finish();
ROLLBACK;
