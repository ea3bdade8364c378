-- One act on many cases: each by its own operation, once for a key; and what is
-- said to an agent.
BEGIN;
\ir fixture.psql
SELECT plan(35);

SELECT pg_temp.customer('Lan', 'lan@example.com') AS lan \gset
SELECT pg_temp.ticket(:lan, 'sales', 'Một') AS one \gset
SELECT pg_temp.ticket(:lan, 'sales', 'Hai') AS two \gset
SELECT pg_temp.ticket(:lan, 'shipping', 'Ba') AS three \gset
SELECT pg_temp.ticket(:lan, 'staff', 'Bốn') AS four \gset

-- Asks; the bulk's id is taken out of the answer.
CREATE FUNCTION pg_temp.bulk(login text, act text, tickets text, more jsonb)
RETURNS jsonb
LANGUAGE sql AS $$
	SELECT pg_temp.ask(login, 'ticket_bulk', jsonb_build_object('act', act,
	    'tickets', tickets) || more) - '{act,bulk}'::text[]
$$;
CREATE FUNCTION pg_temp.state(of bigint) RETURNS text
LANGUAGE sql AS $$
	SELECT concat_ws(' ', t.state, a.name, t.priority, nullif(
	    array_to_string(t.tags, ','), ''))
	FROM desk.ticket t LEFT JOIN desk.agent a ON a.id = t.assignee
	WHERE t.id = of
$$;
CREATE FUNCTION pg_temp.events() RETURNS bigint
LANGUAGE sql AS $$SELECT count(*) FROM desk.event$$;
SELECT concat_ws(',', :one, :two, :three, :four) AS all \gset

-- What is missing
SELECT pg_temp.refused('sup', 'ticket_bulk', jsonb_build_object('act', act,
    'tickets', '1', 'once', 'x'), 'INVALID ' || member, act || ' wants it')
FROM (VALUES ('assign', 'agent'), ('transfer', 'queue'), ('tag', 'tag'),
    ('untag', 'tag'), ('priority', 'priority')) v (act, member);
SELECT pg_temp.refused('sup', 'ticket_bulk', '{"act":"resolve",
    "tickets":"1"}', 'INVALID once', 'a key, unless dry');
SELECT pg_temp.refused('sup', 'ticket_bulk', '{"act":"resolve","once":"x",
    "tickets":"1 a"}', 'INVALID tickets', 'ids only');
SELECT pg_temp.refused('sup', 'ticket_bulk', jsonb_build_object('act',
    'resolve', 'once', 'x', 'tickets', (SELECT string_agg(n::text, ',')
	FROM generate_series(1, 101) n)), 'INVALID tickets', 'a hundred');

-- Dry: what would be, and nothing is
SELECT pg_temp.events() AS n \gset
SELECT is(pg_temp.bulk('an', 'priority', :'all' || ',999999',
    '{"priority":60,"dry":true}') #- '{refused}',
    '{"done":2,"same":0,"before":0}', 'dry: what would be done');
SELECT is((SELECT string_agg(r->>'code', ' ' ORDER BY (r->>'ticket')::bigint)
    FROM jsonb_array_elements(pg_temp.bulk('an', 'priority', :'all'
	|| ',999999', '{"priority":60,"dry":true}')->'refused') r),
    'DENIED NOTFOUND NOTFOUND', 'dry: what refused, and why');
SELECT is(pg_temp.state(:one), 'new 50', 'dry: nothing is done');
SELECT is(pg_temp.events(), :n::bigint, 'dry: nothing in the history');
SELECT is(desk.outbox_mine(), '[]', 'dry: nobody is told');
SELECT is((SELECT count(*) FROM desk.bulk), 0::bigint, 'dry: no key is taken');

-- Done
SELECT is(pg_temp.bulk('an', 'priority', :'all', '{"priority":60,
    "once":"k1"}') - 'refused', '{"done":2,"same":0,"before":0}', 'done');
SELECT is(pg_temp.state(u), 'new ' || p, 'to those that may be, and no other')
FROM (VALUES (:one, 60), (:two, 60), (:three, 50), (:four, 50)) v (u, p);
SELECT is(e.meta, jsonb_build_object('from', 50, 'to', 60, 'bulk', b.id),
    'the history has its id')
FROM desk.event e, desk.bulk b
WHERE e.ticket = :one AND e.kind = 'priority';
SELECT is(pg_temp.told(), 'priority priority', 'each is told');

-- The same again
SELECT pg_temp.act('an', 'priority', :one, '{"priority":70}');
SELECT pg_temp.told();
SELECT is(pg_temp.bulk('an', 'priority', :'all', '{"priority":60,
    "once":"k1"}') - 'refused', '{"done":0,"same":0,"before":2}', 'again');
SELECT is(pg_temp.state(:one), 'new 70',
    'again: what came after it is not undone');
SELECT is(pg_temp.told(), '', 'again: nobody is told');
SELECT is(pg_temp.bulk('binh', 'priority', :three::text, '{"priority":60,
    "once":"k1"}'), '{"done":1,"same":0,"before":0,"refused":[]}',
    'another''s key is another');
SELECT pg_temp.refused('an', 'ticket_bulk', jsonb_build_object('act',
    'priority', 'priority', 61, 'once', 'k1', 'tickets', :'all'),
    'CONFLICT once', 'a key stands for one act');
SELECT is(pg_temp.bulk('an', 'priority', :two::text, '{"priority":60,
    "once":"k2"}'), '{"done":0,"same":1,"before":0,"refused":[]}',
    'what is so already');
SELECT pg_temp.act('an', 'priority', :one, '{"priority":61}');
SELECT is((SELECT e.meta FROM desk.event e WHERE e.ticket = :one
    ORDER BY e.id DESC LIMIT 1), '{"from":70,"to":61}',
    'what follows is none of it');

-- The others
SELECT is(pg_temp.bulk('sup', act, :two::text, more || jsonb_build_object(
    'once', act)) #>> '{done}', '1', act)
FROM (VALUES (1, 'assign', '{"agent":"binh","note":"why"}'::jsonb),
    (2, 'tag', '{"tag":"vip"}'), (3, 'untag', '{"tag":"vip"}'),
    (4, 'pend', '{}'), (5, 'resolve', '{}'), (6, 'reopen', '{}'),
    (7, 'transfer', '{"queue":"shipping"}')) v (n, act, more) ORDER BY n;

SELECT * FROM finish();
ROLLBACK;
