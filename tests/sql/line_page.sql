-- What Redis is rebuilt from: every ticket that waits or is somebody's work.
BEGIN;
\ir intake.psql
SELECT plan(9);

SELECT pg_temp.take(VARIADIC ARRAY(SELECT pg_temp.mail()
    FROM generate_series(1, 7)));
SELECT min((answer->>'ticket')::bigint) AS t FROM got \gset
UPDATE desk.ticket SET state = 'open', assignee = (SELECT id FROM desk.agent
    WHERE name = 'an') WHERE id = :t + 1;
UPDATE desk.ticket SET state = 'pending' WHERE id = :t + 2;
UPDATE desk.ticket SET state = 'resolved' WHERE id = :t + 3;
UPDATE desk.ticket SET state = 'closed' WHERE id = :t + 4;

SELECT is(array_agg(p.ticket - :t), '{0,1,5,6}', 'page: who waits or is had')
FROM desk.line_page(0, 100) p;
SELECT is(array_agg(p.ticket - :t), '{0,1}', 'page: so many as asked for')
FROM desk.line_page(0, 2) p;
SELECT is(array_agg(p.ticket - :t), '{5,6}', 'page: the next')
FROM desk.line_page(:t + 1, 2) p;
SELECT is(count(*), 0::bigint, 'page: the end')
FROM desk.line_page(:t + 6, 2) p;
SELECT is((SELECT p.apply FROM desk.line_page(0, 1) p),
    (SELECT g.apply - 'feed' FROM got g WHERE g.ord = 1),
    'page: what ingest gave, without the notice');
SELECT is(ROW(p.apply->>'place', p.apply->>'agent')::text, '(work,an)',
    'page: whose work') FROM desk.line_page(:t, 1) p;

INSERT INTO desk.agent_queue SELECT a.id, q.id FROM desk.agent a, desk.queue q
WHERE (a.name, q.name) IN (('an', 'sales'), ('an', 'shipping'),
    ('gone', 'sales'));
INSERT INTO desk.agent_skill SELECT a.id, s FROM desk.agent a,
    unnest('{vi,en}'::text[]) s WHERE a.name = 'an';
UPDATE desk.queue SET paused = true WHERE name = 'shipping';
SELECT is((a - 'policies') #- '{agents,0,version}'
    #- '{agents,1,version}', '{"agents":[{"agent":"an","state":"offline","capacity":100,
    "queues":["sales","shipping"],"skills":["en","vi"]},{"agent":"binh",
    "state":"offline","capacity":100,"queues":[],"skills":[]}],"queues":[
    {"queue":"sales","paused":false},{"queue":"shipping","paused":true},
    {"queue":"technical","paused":false}],"calls":[]}'::jsonb,
    'agents: who works here, and where') FROM desk.agents_page() a;
UPDATE desk.queue SET active = false WHERE name = 'sales';
SELECT is(a#>'{agents,0,queues}', '["shipping"]', 'agents: where one still can')
FROM desk.agents_page() a;
UPDATE desk.agent SET active = false;
SELECT is(desk.agents_page()->'agents', '[]', 'agents: nobody');

SELECT * FROM finish();
ROLLBACK;
