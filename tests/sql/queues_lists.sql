-- Queues and agents as they are listed, paused and counted.
BEGIN;
\ir fixture.psql
SELECT plan(24);

SELECT pg_temp.customer('Lan', 'lan@example.com') AS lan \gset
SELECT pg_temp.ticket(:lan, 'sales', 'Một') AS one \gset
SELECT pg_temp.ticket(:lan, 'sales', 'Hai') AS two \gset
SELECT pg_temp.ticket(:lan, 'sales', 'Ba') AS three \gset
SELECT pg_temp.act('an', 'take', :two);
UPDATE desk.ticket SET due_at = '2020-01-01 00:00Z' WHERE id = :two;
SELECT pg_temp.act('binh', 'resolve', :three);

SELECT is(r - '{due_next,oldest}'::text[], '{"name":"sales","title":"Bán hàng","first":1800,
    "next":3600,"offer":30,"members_only":false,"paused":false,"member":true,
    "mode":"offer","strategy":"longest_idle",
    "waiting":1,"overdue":1}', 'list: a queue')
FROM jsonb_array_elements(pg_temp.ask('an', 'queue_list', '{}')->'queues') r
WHERE r->>'name' = 'sales';
SELECT is(r->>'due_next', '2020-01-01T00:00:00.000Z', 'list: what is due next')
FROM jsonb_array_elements(pg_temp.ask('an', 'queue_list', '{}')->'queues') r
WHERE r->>'name' = 'sales';
SELECT is(jsonb_path_query_array(pg_temp.ask('chi', 'queue_list', '{}'),
    '$.queues[*] ? (@.member == true).name'), '["staff"]',
    'list: which are one''s own');
UPDATE desk.queue SET active = false WHERE name = 'staff';
SELECT is(jsonb_path_query_array(pg_temp.ask('an', 'queue_list', '{}'),
    '$.queues[*].name'), '["sales","shipping"]', 'list: those in use');

-- Pause and resume
SELECT pg_temp.told();
SELECT is(pg_temp.ask('sup', 'queue_pause', '{"queue":"sales"}'),
    '{"queue":"sales","paused":true}', 'pause');
SELECT is(desk.outbox_mine()->0->'apply', '{"feed":{"kind":"pause",
    "queue":"sales","who":"Sáu Phạm"}}', 'pause: a notice');
SELECT is(pg_temp.told(), 'pause', 'pause: … one');
SELECT pg_temp.ask('sup', 'queue_pause', '{"queue":"sales"}');
SELECT is(pg_temp.told(), '', 'pause: again tells nobody');
SELECT is(pg_temp.ask('sup', 'queue_resume', '{"queue":"sales"}'),
    '{"queue":"sales","paused":false}', 'resume');
SELECT is(pg_temp.told(), 'resume', 'resume: one notice');
SELECT results_eq($$SELECT action, object, who FROM desk.audit ORDER BY id$$,
    $$VALUES ('queue.pause', 'sales', 'sup'),
	('queue.resume', 'sales', 'sup')$$, 'pause, resume: for the record');
SELECT pg_temp.refused('sup', op, '{"queue":"staff"}', 'INVALID queue',
    op || ': a queue that is gone')
FROM unnest('{queue_pause,queue_resume,queue_stats}'::text[]) op;

-- The day
INSERT INTO desk.config (who, body)
VALUES ('x', '{"company":{"timezone":"Asia/Ho_Chi_Minh"}}');
-- (by two connections)
INSERT INTO desk.queue_hour (queue, hour, what, slot, n)
SELECT q.id, desk.today() + h * interval '1 hour', w, 100 + slot, 3 + slot
FROM desk.queue q, unnest('{taken_in,answered}'::text[]) w,
    generate_series(-1, 0) h, generate_series(0, 1) slot
WHERE q.name = 'sales';
SELECT is(to_char(desk.today() AT TIME ZONE 'Asia/Ho_Chi_Minh', 'HH24:MI'),
    '00:00', 'stats: the day begins at the company''s midnight');
SELECT is(r - '{since,due_next,oldest}'::text[], '{"queue":"sales",
    "title":"Bán hàng","paused":false,"taken_in":7,"opened":0,"answered":7,
    "resolved":1,"reopened":0,"moved_in":0,"moved_out":0,"turned":0,
    "abandoned":0,"abandoned_short":0,"abandoned_late":0,"waiting":1,
    "overdue":1}', 'stats: today''s, not yesterday''s')
FROM pg_temp.ask('an', 'queue_stats', '{"queue":"sales"}') r;

-- Agents
INSERT INTO desk.agent_skill SELECT id, 'vi' FROM desk.agent WHERE name = 'an';
SELECT is(pg_temp.ask('an', 'agent_list', '{}')->'agents'->1,
    '{"name":"an","display":"An Nguyễn","role":"agent","capacity":100,
    "queues":["sales"],"skills":["vi"],"levels":{"vi":3},
    "serves":[{"queue":"sales","priority":1,"after":0}]}', 'agents: one');
SELECT is(jsonb_path_query_array(pg_temp.ask('an', 'agent_list', '{}'),
    '$.agents[*].name'), '["admin","an","binh","chi","sup"]',
    'agents: all who work here');
SELECT is(pg_temp.ask('an', 'agent_state', '{"agent":"me","state":"break",
    "reason":"Ăn trưa"}') - 'version', '{"agent":"an","state":"break","capacity":100,
    "reason":"Ăn trưa","queues":["sales"],"skills":["vi"]}', 'state: one''s own');
SELECT is((SELECT a.detail FROM desk.audit a WHERE a.action = 'agent.state'),
    '{"state":"break","reason":"Ăn trưa"}', 'state: for the record');
SELECT is((SELECT ARRAY[a.presence, a.presence_reason] FROM desk.agent a
	WHERE a.name = 'an'), '{break,"Ăn trưa"}',
    'state: kept, for when Redis is lost');
SELECT pg_temp.refused('an', 'agent_state', '{"agent":"binh","state":"away"}',
    'DENIED agent', 'state: not another''s');
SELECT is(pg_temp.ask('sup', 'agent_state', '{"agent":"binh",
    "state":"away"}')->>'agent', 'binh', 'state: a supervisor, another''s');
SELECT pg_temp.refused('sup', 'agent_state', '{"agent":"gone",
    "state":"away"}', 'INVALID agent', 'state: one who has left');

SELECT * FROM finish();
ROLLBACK;
