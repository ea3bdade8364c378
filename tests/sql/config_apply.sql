-- The configuration: compared, changed whole or not at all, one after another.
BEGIN;
SET client_min_messages = warning;
SELECT plan(54);

CREATE FUNCTION pg_temp.apply(c jsonb, more jsonb DEFAULT '{}') RETURNS jsonb
LANGUAGE sql AS $$
	SELECT desk.config_apply('{"who":"admin","role":"admin"}',
	    jsonb_build_object('config', c) || more)
$$;
CREATE FUNCTION pg_temp.refused(c jsonb, more jsonb, expected text,
    label text) RETURNS text
LANGUAGE plpgsql AS $$
DECLARE
	code	text;
	member	text;
	got	text := 'not refused';
BEGIN
	BEGIN
		PERFORM pg_temp.apply(c, more);
	EXCEPTION WHEN SQLSTATE 'DK001' THEN
		GET STACKED DIAGNOSTICS code = PG_EXCEPTION_DETAIL,
		    member = PG_EXCEPTION_HINT;
		got := btrim(code || ' ' || member);
	END;
	RETURN is(got, expected, label);
END;
$$;

SELECT '{"company":{"name":"Shop","lang":"vi","country":"84",
    "timezone":"Asia/Ho_Chi_Minh"},
 "units":{"mail":5,"chat":20,"call":100,"social":20,"order":5,"store":5},
 "default_queue":"sales", "order_pattern":["DH[0-9]{4,8}"],
 "queues":[
    {"name":"sales","title":"Bán hàng","first":1800,"next":3600,"offer":30,
	"members_only":false},
    {"name":"shipping","title":"Giao hàng","first":900,"next":1800}],
 "served":[{"kind":"email","address":"hello@shop.example"},
    {"kind":"email","address":"sales@shop.example","queue":"sales"}],
 "agents":[
    {"name":"an","display":"An Nguyễn","role":"agent","email":"an@shop.example",
	"extension":"101","capacity":100,"queues":["shipping","sales"],
	"skills":["vi","en"]},
    {"name":"sup","display":"Sáu","role":"supervisor"}],
 "rules":[{"name":"vip","segment":"vip","priority":90},
    {"name":"giao-tre","channel":"mail","order":true,
	"keywords":["giao trễ"],"queue":"shipping","priority":60}],
 "sources":[{"name":"freeswitch","form":"freeswitch","secret_file":"fs.key",
    "trust":["127.0.0.1"]}]}' AS c \gset

-- Before the first
SELECT is(desk.config_get(), '{"version":0,"config":null}', 'none yet');
SELECT is(desk.config_show('{"role":"supervisor"}', '{}'), desk.config_get(),
    'show: the same');

-- Dry
SELECT pg_temp.apply(:'c', '{"dry":true}') AS dry \gset
SELECT is(jsonb_path_query_array(:'dry', '$.changes[*].what'),
    '["company","units","default queue","limits","mail","order pattern","queue sales",
    "queue shipping","address email hello@shop.example",
    "address email sales@shop.example","agent an","agent sup",
    "rule giao-tre","rule vip","order of rules","source freeswitch",
    "widget"]',
    'dry: what would be added');
SELECT is((SELECT count(*) FROM desk.queue) + (SELECT count(*) FROM
	desk.config) + (SELECT count(*) FROM desk.outbox), 0::bigint,
    'dry: changes nothing');

-- The first
SELECT pg_temp.apply(:'c', '{"over":0}') AS first \gset
SELECT is(:'first'::jsonb->'changes', :'dry'::jsonb->'changes',
    'apply: does what dry said');
SELECT is(:'first'::jsonb->'version', desk.config_get()->'version',
    'apply: is in force');
SELECT results_eq('SELECT name, title, first_target, next_target,
	offer_seconds, members_only, active FROM desk.queue ORDER BY name',
    $$VALUES ('sales', 'Bán hàng', 1800, 3600, 30, false, true),
	('shipping', 'Giao hàng', 900, 1800, 30, false, true)$$, 'queues');
SELECT results_eq('SELECT s.kind, s.address, q.name FROM desk.served s
	LEFT JOIN desk.queue q ON q.id = s.queue ORDER BY 2',
    $$VALUES ('email', 'hello@shop.example', NULL),
	('email', 'sales@shop.example', 'sales')$$, 'addresses');
SELECT results_eq('SELECT name, display, role, email, extension, capacity,
	active FROM desk.agent ORDER BY name',
    $$VALUES ('an', 'An Nguyễn', 'agent', 'an@shop.example', '101', 100, true),
	('sup', 'Sáu', 'supervisor', NULL, NULL, 100, true)$$, 'agents');
SELECT results_eq('SELECT a.name, q.name FROM desk.agent_queue m
	JOIN desk.agent a ON a.id = m.agent JOIN desk.queue q ON q.id = m.queue
	ORDER BY 2', $$VALUES ('an', 'sales'), ('an', 'shipping')$$,
    'where they serve');
SELECT set_eq('SELECT skill FROM desk.agent_skill', '{en,vi}'::text[],
    'what they know');
SELECT is(desk.outbox_mine()->0->'apply', jsonb_build_object('feed',
	jsonb_build_object('kind', 'config', 'version',
	:'first'::jsonb->'version')), 'the daemons are told');
SELECT is((SELECT a.action || ' ' || jsonb_array_length(a.detail)
	FROM desk.audit a), 'config.apply 17', 'the record has what changed');

-- The same again
SELECT is(pg_temp.apply(:'c') - 'dry', jsonb_build_object('changes',
	'[]'::jsonb, 'version', :'first'::jsonb->'version'),
    'the same again: no change, no version');
SELECT is((SELECT count(*) FROM desk.config), 1::bigint, '… no row');
SELECT is(pg_temp.apply(jsonb_set(:'c', '{queues}', jsonb_build_array(
	:'c'::jsonb->'queues'->1, :'c'::jsonb->'queues'->0)))->'changes',
    '[]', 'the same in another order: no change');

-- Changes
SELECT pg_temp.refused(:'c', '{"over":0}', 'CONFLICT over',
    'over: what was changed meanwhile is not overwritten');
SELECT is(pg_temp.apply(jsonb_set(:'c', '{queues,0,first}', '600'),
	'{"dry":true}')->'changes', '[{"what":"queue sales","change":"changed",
	"from":{"first":1800},"to":{"first":600}}]', 'a change, as people read it');
SELECT is(pg_temp.apply(jsonb_set(:'c', '{rules}', jsonb_build_array(
	:'c'::jsonb->'rules'->1, :'c'::jsonb->'rules'->0)),
	'{"dry":true}')->'changes', '[{"what":"order of rules",
	"change":"changed","from":["vip","giao-tre"],"to":["giao-tre","vip"]}]',
    'the rules'' order counts');
SELECT is(pg_temp.apply(:'c'::jsonb #- '{agents,0,extension}',
	'{"dry":true}')->'changes', '[{"what":"agent an","change":"changed",
	"from":{"extension":"101"},"to":{}}]', 'a member taken away');

-- Agents who leave
UPDATE desk.agent SET password = '$argon2id$x';
INSERT INTO desk.session (token, agent, csrf, from_addr)
SELECT sha256(name::bytea), id, 'x', '' FROM desk.agent;
INSERT INTO desk.customer (name) VALUES ('Lan') RETURNING id AS lan \gset
INSERT INTO desk.ticket (customer, queue, state, channel, assignee)
SELECT :lan, q.id, s, 'mail', a.id FROM desk.queue q, desk.agent a,
    unnest('{open,resolved}'::text[]) s
WHERE q.name = 'shipping' AND a.name = 'an';
SELECT pg_temp.apply(:'c'::jsonb #- '{agents,0}');
SELECT results_eq('SELECT name, active, password FROM desk.agent ORDER BY 1',
    $$VALUES ('an', false, '$argon2id$x'), ('sup', true, '$argon2id$x')$$,
    'who left is not in use; the password stays');
SELECT is((SELECT string_agg(a.name, ' ') FROM desk.session s
	JOIN desk.agent a ON a.id = s.agent), 'sup', 'his sessions end');
SELECT results_eq('SELECT t.state, t.assignee IS NULL, t.version
	FROM desk.ticket t ORDER BY 1',
    $$VALUES ('open', true, 2::bigint), ('resolved', false, 1)$$,
    'what he had in hand goes back to its line');
SELECT is((SELECT e.meta FROM desk.event e), '{"from":"an","to":null}',
    '… and its history says so');
SELECT is((SELECT count(*) FROM desk.agent_queue)
    + (SELECT count(*) FROM desk.agent_skill), 0::bigint,
    'he serves nowhere');
SELECT is(jsonb_path_query_array(pg_temp.apply(:'c'),
    '$.changes[*].change'), '["added"]', 'he comes back');
SELECT is((SELECT a.active FROM desk.agent a WHERE a.name = 'an'), true,
    '… and is in use');

-- Queues that go
SELECT jsonb_set(:'c'::jsonb #- '{queues,1}' #- '{rules,1}',
    '{agents,0,queues}', '["sales"]') AS less \gset
SELECT desk.config_get()->>'version' AS before \gset
SELECT pg_temp.refused(jsonb_set(:'less', '{queues,0,title}', '"Khác"'), '{}',
    'CONFLICT queues', 'a queue with active tickets stays');
SELECT is((SELECT q.title FROM desk.queue q WHERE q.name = 'sales'),
    'Bán hàng', '… and nothing else changes either');
SELECT is(desk.config_get()->>'version', :'before', '… nor the version');
UPDATE desk.ticket SET state = 'resolved';
SELECT is(jsonb_path_query_array(pg_temp.apply(:'less'),
	'$.changes[*].what'), '["queue shipping","agent an","rule giao-tre",
	"order of rules"]', 'an empty queue goes');
SELECT is((SELECT q.active FROM desk.queue q WHERE q.name = 'shipping'),
    false, '… and stays as a row');

-- Refusals
SELECT throws_ok($$SELECT desk.config_apply('{"role":"supervisor"}',
    '{"config":{}}')$$, 'DK001', NULL, 'for administrators only');
SELECT pg_temp.refused(r.c, '{"dry":true}', 'INVALID ' || r.member, r.label)
FROM (VALUES
    ('[]'::jsonb, 'config', 'not an object'),
    (:'c'::jsonb - 'default_queue', 'config.default_queue',
	'something needed is not given'),
    (:'c'::jsonb || '{"colour":"red"}', 'config', 'an unknown member'),
    (jsonb_set(:'c', '{queues,1,next}', '"soon"'), 'queues[1].next',
	'a wrong type'),
    (jsonb_set(:'c', '{queues,1,next}', '0.5'), 'queues[1].next',
	'not a whole number'),
    (jsonb_set(:'c', '{queues,1,next}', '99999999999'), 'queues[1].next',
	'a number too large'),
    (jsonb_set(:'c', '{queues,1,name}', '"a b"'), 'queues[1].name',
	'not a word'),
    (jsonb_set(:'c', '{queues,1,name}', '"none"'), 'agents[0].queues',
	'a queue renamed, but not where it is named'),
    (jsonb_set(:'c', '{agents,1,name}', '"none"'), 'agents[1].name',
	'a word with a meaning of its own'),
    (jsonb_set(:'c', '{agents,1,name}', '"an"'), 'agents[1]', 'two of a name'),
    (jsonb_set(:'c', '{agents,1,role}', '"king"'), 'agents[1].role',
	'no such role'),
    (jsonb_set(:'c', '{agents,0,queues}', '["moon"]'), 'agents[0].queues',
	'an agent''s queue'),
    (jsonb_set(:'c', '{agents,0,skills}', '[1]'), 'agents[0].skills',
	'a list of the wrong things'),
    (jsonb_set(:'c', '{served,0,queue}', '"moon"'), 'served[0].queue',
	'an address''s queue'),
    (jsonb_set(:'c', '{rules,1,queue}', '"moon"'), 'rules[1].queue',
	'a rule''s queue'),
    (jsonb_set(:'c', '{rules}', '{}'), 'rules', 'not a list'),
    (jsonb_set(:'c', '{rules,0}', '7'), 'rules[0]', 'not an object within'),
    (jsonb_set(:'c', '{company,timezone}', '"Moon/Base"'),
	'company.timezone', 'no such time zone'),
    (jsonb_set(:'c', '{default_queue}', '"moon"'), 'default_queue',
	'the default queue')) r (c, member, label);

-- What is asked for at each event stands in a row of its own.
SELECT pg_temp.apply(jsonb_set(:'c', '{company,close_after}', '86400')
    || '{"limits":{"answers":1,"flood":0}}');
SELECT is(l, ROW(true, 86400, 1, 3, 10, 0)::desk.limits, 'limits: in force')
FROM desk.limits l;
SELECT pg_temp.refused(:'c'::jsonb || '{"limits":{"exchange":0}}', '{}',
    'INVALID limits.exchange', 'limits: within bounds');

SELECT * FROM finish();
ROLLBACK;
