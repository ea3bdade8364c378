-- The words of routing in the configuration: in one form, checked, in force,
-- and told to Redis.
BEGIN;
SET client_min_messages = warning;
SELECT plan(96);

CREATE FUNCTION pg_temp.apply(c jsonb, more jsonb DEFAULT '{}') RETURNS jsonb
LANGUAGE sql AS $$
	SELECT desk.config_apply('{"who":"admin","role":"admin"}',
	    jsonb_build_object('config', c) || more)
$$;
CREATE FUNCTION pg_temp.refused(c jsonb) RETURNS text
LANGUAGE plpgsql AS $$
DECLARE
	code	text;
	member	text;
BEGIN
	PERFORM pg_temp.apply(c, '{"dry":true}');
	RETURN 'not refused';
EXCEPTION WHEN SQLSTATE 'DK001' THEN
	GET STACKED DIAGNOSTICS code = PG_EXCEPTION_DETAIL,
	    member = PG_EXCEPTION_HINT;
	RETURN btrim(code || ' ' || member);
END;
$$;

-- Words
SELECT is(desk.route_said(w.kind, w.word), w.kept,
    format('%s "%s"', w.kind, w.word))
FROM (VALUES
    ('serves', 'sales', 'sales'), ('serves', ' sales  1 ', 'sales'),
    ('serves', 'warehouse 2 after 60s', 'warehouse 2 after 1m'),
    ('serves', 'warehouse after 90', 'warehouse after 90s'),
    ('serves', 'after after 2d', 'after after 2d'),
    ('serves', 'sales after 0s', 'sales'), ('serves', 'sales 0', NULL),
    ('serves', 'sales 10', NULL), ('serves', 'sales after', NULL),
    ('serves', 'sales after 366d', NULL), ('serves', 'sales:1', NULL),
    ('serves', '', NULL), ('serves', repeat('a', 65), NULL),
    ('knows', 'vi', 'vi'), ('knows', 'vi 3', 'vi'),
    ('knows', 'en 4', 'en 4'), ('knows', 'en 6', NULL),
    ('knows', 'en?', NULL), ('asks', 'en 1', 'en'),
    ('asks', 'en 05', 'en 5'), ('asks', 'en 00002', NULL),
    ('limits', 'chat 3', 'chat 3'), ('limits', 'chat 0', NULL),
    ('limits', 'chat 1001', NULL), ('limits', 'fax 1', NULL),
    ('offers', 'call 60', 'call 1m'), ('offers', 'call 4s', NULL),
    ('offers', 'call 61m', NULL), ('wraps', 'call 1s', 'call 1s'),
    ('wraps', 'call 0s', NULL),
    ('steps', '90 levels 1', '90s levels 1'),
    ('steps', '180s overflow b', '3m overflow b'),
    ('steps', '10m anyone', '10m anyone'), ('steps', '10m', NULL),
    ('steps', '10m levels 5', NULL), ('steps', '0s anyone', NULL),
    ('deed', ' message ', 'message'), ('deed', 'overflow  b', 'overflow b'),
    ('deed', 'overflow', NULL), ('deed', 'hold on', NULL),
    ('deed', 'resolve', NULL), ('patience', 'chat 3m', 'chat 3m'),
    ('patience', 'call  90 message', 'call 90s message'),
    ('patience', 'call 120s overflow b', 'call 2m overflow b'),
    ('patience', 'chat 3m hold', NULL), ('patience', 'mail 3m', NULL),
    ('patience', 'chat 25h', NULL), ('patience', 'chat 4s message', NULL)
    ) w (kind, word, kept);

-- What is as usual anyway is not said.
SELECT '{"company":{"name":"Shop","timezone":"Asia/Ho_Chi_Minh"},
 "default_queue":"sales",
 "queues":[{"name":"sales","title":"S","first":1800,"next":3600},
    {"name":"tech","title":"T","first":900,"next":1800}],
 "agents":[{"name":"an","display":"An","role":"admin",
	"queues":["sales","tech"],"skills":["vi","en"]},
    {"name":"binh","display":"Binh","queues":["sales"]}],
 "rules":[{"name":"a","order":true,"skills":["en"]}]}' AS c \gset
UPDATE desk.agent SET password = 'x';
INSERT INTO desk.agent (name, display, role, password)
VALUES ('an', 'An', 'admin', 'x');
SELECT ok(pg_temp.apply(:'c') IS NOT NULL, 'a configuration without a word');
SELECT is(pg_temp.apply(:'c'::jsonb || '{"presence":{"leave":14400,
    "grace":30,"chat_grace":15,"reasons":[]}}' || jsonb_build_object('queues',
    (SELECT jsonb_agg(q || '{"mode":"offer","strategy":"longest_idle",
	"same_agent":0,"same_within":2592000,"widen":[],"offer_by":[],
	"wrap_up":[],"order":[]}') FROM jsonb_array_elements(
	:'c'::jsonb->'queues') q)) || jsonb_build_object('agents',
    (SELECT jsonb_agg(a || '{"limits":[]}') FROM jsonb_array_elements(
	:'c'::jsonb->'agents') a)) || jsonb_build_object('rules',
    jsonb_build_array(:'c'::jsonb#>'{rules,0}' || '{"prefer":[]}')),
    '{"dry":true}')->'changes', '[]', '… says the same as one with all');
SELECT is(desk.policies(), '[
    {"queue":"sales","mode":"offer","strategy":"longest_idle"},
    {"queue":"tech","mode":"offer","strategy":"longest_idle"}]',
    'policies: as usual');
SELECT is(desk.presence_json(a)->>'queues' || (desk.presence_json(a)->>'skills'),
    '["sales", "tech"]["en", "vi"]', 'presence: plain names')
FROM desk.agent a WHERE a.name = 'an';

-- All of it
SELECT jsonb_set(jsonb_set(jsonb_set(:'c'::jsonb, '{queues,0}',
    :'c'::jsonb#>'{queues,0}' || '{"mode":"assign","strategy":"fixed_order",
    "order":["binh"],"widen":["45s preferred","90 levels 1",
    "180s overflow tech","10m anyone"],"same_agent":120,"same_within":864000,
    "offer_by":["chat 20","call 15s"],"wrap_up":["call 30s"]}'),
    '{agents,0}', :'c'::jsonb#>'{agents,0}' || '{"queues":["tech",
    "sales 2 after 60s"],"skills":["en 4","vi 3"],"limits":["mail 10",
    "chat 3"]}'), '{rules,0}', :'c'::jsonb#>'{rules,0}'
    || '{"skills":["en 2"],"prefer":["vi 1"]}')
    || '{"presence":{"grace":0,"chat_grace":20,"reasons":["họp"]}}' AS all \gset
SELECT is(jsonb_path_query_array(pg_temp.apply(:'all')->'changes',
    '$[*].what'), '["presence","queue sales","agent an","rule a"]',
    'all of it: changes');
SELECT is(pg_temp.apply(:'all')->'changes', '[]', '… and is there');
SELECT is(desk.config_get()#>'{config,queues,0}', '{"name":"sales","title":"S",
    "first":1800,"next":3600,"offer":30,"members_only":false,"mode":"assign",
    "strategy":"fixed_order","order":["binh"],"widen":["45s preferred",
    "90s levels 1","3m overflow tech","10m anyone"],"same_agent":120,
    "same_within":864000,"offer_by":["call 15s","chat 20s"],
    "wrap_up":["call 30s"]}', 'a queue, in the form that is kept');
SELECT is((desk.config_get()#>'{config,agents,0}') - 'display',
    '{"name":"an","role":"admin","capacity":100,"queues":["sales 2 after 1m",
    "tech"],"skills":["en 4","vi"],"limits":["chat 3","mail 10"]}',
    'an agent');
SELECT is(desk.config_get()#>'{config,rules,0}', '{"name":"a","order":true,
    "keywords":[],"skills":["en 2"],"prefer":["vi"],"weight":1}', 'a rule');
SELECT is(desk.policies()->0, '{"queue":"sales","mode":"assign",
    "strategy":"fixed_order","steps":[{"after":45,"drop":"preferred"},
    {"after":90,"levels":1},{"after":180,"queue":"tech"},
    {"after":600,"anyone":true}],"same":120,"wrap":{"call":30},
    "order":["binh","an"]}', 'policies: what Redis is told');
SELECT is(desk.agents_page()->'policies', desk.policies(),
    '… in a rebuild, too');
SELECT is(desk.presence_json(a) - '{agent,state,capacity,version}'::text[],
    '{"queues":["sales:2:60","tech"],"skills":["en:4","vi"],
    "limits":["chat:3","mail:10"]}', 'presence: what Redis is told')
FROM desk.agent a WHERE a.name = 'an';
SELECT is((desk.agent_list('{}', '{}')#>'{agents,0}')
    - '{name,display,role,capacity}'::text[], '{"queues":["sales","tech"],
    "skills":["en","vi"],"levels":{"en":4,"vi":3},
    "limits":{"chat":3,"mail":10},
    "serves":[{"queue":"tech","priority":1,"after":0},
	{"queue":"sales","priority":2,"after":60}]}', 'AGENT.LIST');
SELECT is(q - '{name,title,first,next,offer,members_only,paused,member,
    waiting,overdue}'::text[], '{"mode":"assign","strategy":"fixed_order",
    "order":["binh"],"widen":["45s preferred","90s levels 1",
    "3m overflow tech","10m anyone"],"same_agent":120,"same_within":864000,
    "offer_by":["call 15s","chat 20s"],"wrap_up":["call 30s"]}', 'QUEUE.LIST')
FROM jsonb_path_query(desk.queue_list('{}', '{}'), '$.queues[0]') q;
SELECT is(p, ROW(true, 0, 20, 14400)::desk.presence_rule,
    'presence: in force') FROM desk.presence_rule p;
SELECT is(desk.whoami('{"who":"an","role":"agent"}', '{}')->'reasons',
    '["họp"]', 'WHOAMI: reasons to choose from');
SELECT is(jsonb_array_length(pg_temp.apply(:'c')->'changes'), 4, 'taken back');
SELECT ok(NOT desk.whoami('{"who":"an","role":"agent"}', '{}') ? 'reasons',
    'WHOAMI: none');
SELECT is(desk.policies()->0, '{"queue":"sales","mode":"offer",
    "strategy":"longest_idle"}', '… in force');

-- Full queues and patience
SELECT jsonb_set(:'c'::jsonb, '{queues,0}', :'c'::jsonb#>'{queues,0}' || '{
    "full":9,"when_full":"overflow  tech","when_closed":"callback",
    "patience":["chat 180 overflow tech","call 2m"],"short_abandon":3,
    "when_abandoned":"resolve","turned_away":"t"}')
    || '{"templates":[{"name":"t","vi":"Bận."}]}' AS full \gset
SELECT is(jsonb_path_query_array(pg_temp.apply(:'full')->'changes',
    '$[*].what'), '["queue sales","template t"]', 'patience: a change');
SELECT is(pg_temp.apply(:'full')->'changes', '[]', '… and is there');
SELECT is(desk.queue_patience(q), '{"full":9,"when_full":"overflow tech",
    "when_closed":"callback","patience":["call 2m","chat 3m overflow tech"],
    "short_abandon":3,"when_abandoned":"resolve","turned_away":"t"}',
    '… in force') FROM desk.queue q WHERE q.name = 'sales';
SELECT is(jsonb_array_length(pg_temp.apply(:'c')->'changes'), 2,
    '… taken back');
SELECT is(desk.queue_patience(q), '{}', '… as if it had never been')
FROM desk.queue q WHERE q.name = 'sales';
-- A chain of so many queues, the last into the first when it is a ring.
CREATE FUNCTION pg_temp.chain(c jsonb, many int, ring boolean) RETURNS jsonb
LANGUAGE sql AS $$
	SELECT jsonb_set(c, '{queues}', c->'queues' || (SELECT jsonb_agg(
	    jsonb_build_object('name', 'q' || n, 'title', 'Q', 'first', 60,
		'next', 60) || CASE WHEN n < many OR ring
		THEN jsonb_build_object('when_full', 'overflow q' ||
		    CASE WHEN n < many THEN n + 1 ELSE 1 END) ELSE '{}' END)
	    FROM generate_series(1, many) n))
$$;
SELECT is(pg_temp.refused(pg_temp.chain(:'c', 9, false)), 'not refused',
    'patience: eight overflows one after the other');
SELECT is(pg_temp.refused(pg_temp.chain(:'c', 10, false)),
    'INVALID queues[0].when_full', 'patience: nine are too many');
SELECT is(pg_temp.refused(pg_temp.chain(:'c', 3, true)),
    'INVALID queues[0].when_full', 'patience: a ring');

-- An overflow to agents who may not see the cases.
SELECT '{"company":{"name":"Shop","lang":"vi","country":"84","timezone":"UTC"},
    "default_queue":"open","queues":[
    {"name":"open","title":"Open","first":60,"next":60},
    {"name":"staff","title":"Staff","first":60,"next":60,"members_only":true,
	"widen":["1m overflow open","2m overflow both","3m anyone"]},
    {"name":"both","title":"Both","first":60,"next":60,
	"widen":["1m overflow staff"]}],"agents":[
    {"name":"a","display":"A","role":"agent","queues":["open 2","both"]},
    {"name":"b","display":"B","role":"agent","queues":["both","staff"]},
    {"name":"s","display":"S","role":"supervisor","queues":["open"]},
    {"name":"an","display":"An","role":"admin","queues":["open"]}]}' AS blind
\gset
SELECT is((pg_temp.apply(:'blind', '{"dry":true}')->'warnings')::text,
    '[{"path": "queues[1].widen", "sentence": '
    '"staff does not overflow into open: agents there may not see its cases."}, '
    '{"path": "queues[1].widen", "sentence": '
    '"staff does not overflow into both: agents there may not see its cases."}]',
    'is warned of');
SELECT pg_temp.apply(:'blind');
SELECT is((SELECT array_agg(p->'steps' ORDER BY p->>'queue')::text
    FROM jsonb_array_elements(desk.policies()) p),
    ARRAY['[{"after": 60, "queue": "staff"}]', NULL,
	'[{"after": 180, "anyone": true}]']::text, '… and not told to Redis');
SELECT is((SELECT desk.overflows_blind(q) FROM desk.queue q
    WHERE q.name = 'staff'), '["open","both"]', '… and explained');
SELECT is(pg_temp.apply(jsonb_set(jsonb_set(:'blind', '{agents,0,role}',
    '"supervisor"'), '{queues,0,title}', '"x"')) ? 'warnings', false,
    'unless all may see them');
SELECT is((SELECT p->'steps'->0 FROM jsonb_array_elements(desk.policies()) p
    WHERE p->>'queue' = 'staff'), '{"after":60,"queue":"open"}', '… who are asked');

-- Refusals
SELECT is(pg_temp.refused(r.c), 'INVALID ' || r.member, r.label)
FROM (VALUES
    (jsonb_set(:'c', '{queues,0,mode}', '"push"'), 'queues[0].mode',
	'no such mode'),
    (jsonb_set(:'c', '{queues,0,widen}', '["2m preferred","120s anyone"]'),
	'queues[0].widen', 'steps that do not rise'),
    (jsonb_set(:'c', '{queues,0,widen}', '["2m overflow sales"]'),
	'queues[0].widen', 'an overflow into itself'),
    (jsonb_set(:'c', '{queues,0,widen}', '["2m overflow moon"]'),
	'queues[0].widen', 'an overflow into nothing'),
    (jsonb_set(:'c', '{queues,0,when_full}', '"overflow moon"'),
	'queues[0].when_full', 'a full queue that overflows into nothing'),
    (jsonb_set(:'c', '{queues,0,when_closed}', '"overflow sales"'),
	'queues[0].when_closed', 'a closed queue that overflows into itself'),
    (jsonb_set(:'c', '{queues,0,patience}', '["chat 1m","chat 2m"]'),
	'queues[0].patience', 'two patiences of a channel'),
    (jsonb_set(:'c', '{queues,0,turned_away}', '"moon"'),
	'queues[0].turned_away', 'words that are none'),
    (jsonb_set(:'c', '{queues,0,order}', '["moon"]'), 'queues[0].order',
	'nobody in the order'),
    (jsonb_set(:'c', '{queues,0,offer_by}', '["chat 20s","chat 30s"]'),
	'queues[0].offer_by', 'a channel twice'),
    (jsonb_set(:'c', '{agents,0,queues}', '["sales","sales 2"]'),
	'agents[0].queues', 'a queue twice'),
    (jsonb_set(:'c', '{agents,0,queues}', '["moon 2"]'), 'agents[0].queues',
	'a queue that is none'),
    (jsonb_set(:'c', '{agents,0,skills}', '{"en":4}'), 'agents[0].skills',
	'no list'),
    (jsonb_set(:'c', '{presence}', '{"chat_grace":1}'), 'presence.chat_grace',
	'a grace of no time'),
    (jsonb_set(:'c', '{presence}', '{"colour":1}'), 'presence',
	'an unknown member'),
    (jsonb_set(:'c', '{rules,0,prefer}', '["en 9"]'), 'rules[0].prefer',
	'a level that is none')) r (c, member, label);

SELECT * FROM finish();
ROLLBACK;
