-- The wallboard: what it counts, of whom it says nothing, and that it reads no
-- more of a large desk than of a small one.
BEGIN;
\ir fixture.psql
SELECT plan(20);

INSERT INTO desk.config (who, body) VALUES ('x', '{"company":{"name":"Shop",
    "timezone":"Asia/Ho_Chi_Minh"}}');
CREATE FUNCTION pg_temp.queue(wanted text) RETURNS jsonb LANGUAGE sql AS $$
	SELECT q FROM jsonb_array_elements(desk.board()->'queues') q
	WHERE q->>'name' = wanted
$$;
CREATE FUNCTION pg_temp.person(login text) RETURNS jsonb LANGUAGE sql AS $$
	SELECT a FROM jsonb_array_elements(desk.board()->'agents') a
	WHERE a->>'name' = login
$$;

SELECT is(pg_temp.queue('sales') - 'by_hour', '{"name":"sales",
    "title":"Bán hàng","paused":false,"opened":0,"answered":0,"resolved":0,
    "abandoned":0,"abandoned_short":0,"abandoned_late":0,"waiting":0,
    "chats":0,"overdue":0}',
    'an empty queue: no level is said of nothing');
SELECT is(desk.board()->'today', '{"opened":0,"answered":0,"resolved":0,
    "abandoned":0,"abandoned_short":0,"abandoned_late":0}', 'an empty day');
SELECT is(desk.board()->'company', '{"name":"Shop",
    "zone":"Asia/Ho_Chi_Minh"}', 'whose board it is');

SELECT pg_temp.customer('Lan', 'lan@example.com') AS lan \gset
SELECT pg_temp.ticket(:lan, 'sales', 'Một') AS one \gset
SELECT pg_temp.ticket(:lan, 'sales', 'Hai') AS two \gset
SELECT pg_temp.ticket(:lan, 'sales', 'Ba') AS three \gset
SELECT pg_temp.ticket(:lan, 'staff', 'Lương') AS secret \gset
UPDATE desk.ticket SET due_at = now() - interval '6 minutes'
WHERE id IN (:two, :secret);
UPDATE desk.ticket SET due_at = now() + interval '9 minutes' WHERE id = :one;
UPDATE desk.ticket SET due_at = now() + interval '29 minutes', channel = 'chat'
WHERE id = :three;

SELECT is(q->'waiting', '3', 'who waits') FROM pg_temp.queue('sales') q;
SELECT is(q->'chats', '1', '… in chats') FROM pg_temp.queue('sales') q;
SELECT is(q->'overdue', '1', '… past due') FROM pg_temp.queue('sales') q;
SELECT ok(q ?& '{oldest,due_next}', '… since when, and what is next')
FROM pg_temp.queue('sales') q;
SELECT is(jsonb_path_query_array(desk.board(), '$.urgent[*].ticket'),
    jsonb_build_array(:two::bigint, :one::bigint, :three::bigint),
    'urgent: in order of due, none of a queue that not all may read');
SELECT is(jsonb_path_query_first(desk.board(), '$.urgent[0]') - '{due_at,ticket,number}'::text[],
    '{"queue":"sales","channel":"mail","kind":"case","state":"new",
    "subject":"Hai","customer_name":"Lan"}', 'urgent: what it is about');

-- An answer in time, one too late, one that nobody was owed
UPDATE desk.agent SET presence = 'ready' WHERE name = 'an';
SELECT pg_temp.act('an', 'reply', :one, '{"text":"Dạ"}');
SELECT pg_temp.act('an', 'reply', :two, '{"text":"Dạ"}');
SELECT pg_temp.act('an', 'reply', :two, '{"text":"Thêm"}');
SELECT is(q->'answered', '3', 'answered') FROM pg_temp.queue('sales') q;
SELECT is(q->'level', '{"kept":1,"n":2,"share":50}',
    'the level: of the answers that were owed')
FROM pg_temp.queue('sales') q;
SELECT is(desk.board()->'today'->'level', '{"kept":1,"n":2,"share":50}',
    'today: of all queues');
SELECT is(pg_temp.person('an'), '{"name":"an","display":"An Nguyễn",
    "capacity":100,"queues":["sales"],"working":{"mail":2},"answered":3,
    "resolved":0}', 'an agent: what he has in hand, and did today');
SELECT pg_temp.act('an', 'resolve', :one);
SELECT pg_temp.act('sup', 'resolve', :three);
SELECT is(a->'resolved', '1', 'resolved by him') FROM pg_temp.person('an') a;
SELECT is(a->'working', '{"mail":1}', 'one fewer in hand')
FROM pg_temp.person('an') a;
UPDATE desk.agent_hour SET hour = hour - interval '2 days';
UPDATE desk.queue_hour SET hour = hour - interval '2 days';
SELECT is(a->'answered', '0', 'yesterday is no matter')
FROM pg_temp.person('an') a;
SELECT ok(NOT q ? 'level', '… nor for the level')
FROM pg_temp.queue('sales') q;

-- Calls, without who calls
INSERT INTO desk.call (id, ticket, direction, state, units, rang, talked,
    began_at, answered_at, touched_at, first_event)
SELECT 'c' || n, :one, 'in', CASE n WHEN 1 THEN 'ringing'
	WHEN 2 THEN 'answered' ELSE 'ended' END, 100, ARRAY[a.id], ARRAY[a.id],
    now(), now(), now() - make_interval(secs => n), 1
FROM generate_series(1, 3) n, desk.agent a WHERE a.name = 'an';
SELECT is(jsonb_path_query_array(desk.board(), '$.calls[*].state'),
    '["ringing","answered"]', 'calls that ring or go on');
SELECT is(jsonb_path_query_first(desk.board(), '$.calls[0]')
    - '{began_at,answered_at}'::text[], '{"state":"ringing","direction":"in",
    "queue":"sales","agents":["an"]}', 'a call: whom it rang');

-- A desk of 60,000 cases that nobody has analysed.
INSERT INTO desk.ticket (customer, queue, state, channel, due_at, assignee)
SELECT :lan, q.id, CASE WHEN n % 3 = 0 THEN 'new' WHEN n % 3 = 1 THEN 'pending'
	ELSE 'resolved' END, 'mail',
    CASE WHEN n % 3 = 0 THEN now() - interval '1 day' END,
    CASE WHEN n % 3 = 1 THEN a.id END
FROM generate_series(1, 60000) n, desk.queue q, desk.agent a
WHERE q.name = 'sales' AND a.name = 'an';
CREATE FUNCTION pg_temp.read_by_board() RETURNS bigint
LANGUAGE plpgsql AS $$
DECLARE
	before	bigint := pg_stat_get_xact_tuples_returned('desk.ticket'::regclass)
		    + pg_stat_get_xact_tuples_fetched('desk.ticket'::regclass);
BEGIN
	PERFORM desk.board();
	RETURN pg_stat_get_xact_tuples_returned('desk.ticket'::regclass)
	    + pg_stat_get_xact_tuples_fetched('desk.ticket'::regclass)
	    - before;
END;
$$;
SELECT cmp_ok(pg_temp.read_by_board(), '<', 10000::bigint,
    'it reads of a large desk what it shows');
SELECT finish();
ROLLBACK;
