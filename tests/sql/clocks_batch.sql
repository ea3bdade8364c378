-- The clocks of many that come at once are those that each would have alone,
-- whatever they are promised; and finding them reads no more of the desk.
BEGIN;
\ir intake.psql
SELECT plan(8);

INSERT INTO desk.hours (name, timezone) VALUES ('day', 'Asia/Ho_Chi_Minh'),
    ('week', 'Asia/Ho_Chi_Minh');
INSERT INTO desk.hours_span (hours, dow, opens, closes)
SELECT h.id, d, 480, 480 + 60 * h.id % 600 + 60
FROM desk.hours h, generate_series(1, 7) d;
UPDATE desk.queue SET hours = (SELECT h.id FROM desk.hours h
    WHERE h.name = 'day') WHERE name = 'technical';
INSERT INTO desk.target
SELECT x.place, 't' || x.place, (SELECT q.id FROM desk.queue q
	WHERE q.name = x.queue), x.channels, x.segments, x.lowest, 99,
    (SELECT h.id FROM desk.hours h WHERE h.name = x.hours), x.first, 1800,
    x.resolve, x.department, x.warn, true, '{}', '{}'
FROM (VALUES
    (1, 'shipping', '{}'::text[], '{vip}'::text[], 1, NULL, 60, 7200, NULL, 80),
    (2, NULL, '{store,social}', '{}', 1, 'week', NULL, 86400, 3600, 50),
    (3, 'technical', '{}', '{}', 60, NULL, 600, NULL, 900, NULL),
    (4, NULL, '{}', '{}', 70, 'week', 0, 3600, 3600, 90)) x (place, queue,
    channels, segments, lowest, hours, first, resolve, department, warn);
INSERT INTO desk.customer (name, segment) VALUES ('VIP', 'vip');
INSERT INTO desk.contact (customer, kind, address)
SELECT max(c.id), 'email', 'vip' || n || '@example.com'
FROM desk.customer c, generate_series(1, 3) n GROUP BY n;

-- Every queue, channel, priority and segment, all in one batch, the short way
-- or the long one.
CREATE FUNCTION pg_temp.mixed(more jsonb) RETURNS SETOF bigint
LANGUAGE plpgsql AS $$
BEGIN
	PERFORM pg_temp.take(VARIADIC ARRAY(
	    SELECT pg_temp.mail_from(s || '@example.com', jsonb_build_object(
		'channel', c, 'candidates', jsonb_build_array(
		    jsonb_build_object('queue', q.name, 'priority', p,
			'why', 'a rule'))) || more)
	    FROM desk.queue q, unnest('{mail,store}'::text[]) c,
		unnest('{50,65,80}'::int[]) p, unnest('{vip1,lan}'::text[]) s));
	RETURN QUERY SELECT (g.answer->>'ticket')::bigint FROM got g;
END;
$$;
-- The same, each clock by itself: as a trigger would start it.
CREATE FUNCTION pg_temp.alone(tickets bigint[]) RETURNS SETOF text
LANGUAGE sql AS $$
	SELECT ((jsonb_populate_record(c, jsonb_build_object('n',
	    row_number() OVER (PARTITION BY t.id ORDER BY k.place))))::desk.clock)
	    ::text
	FROM desk.ticket t
	CROSS JOIN (VALUES (1, 'first'), (2, 'resolve'), (3, 'department'))
	    k (place, kind)
	CROSS JOIN LATERAL desk.clock_made(t, desk.aim(t.queue, t.channel,
	    t.priority, t.customer), k.kind, t.opened_at, 0,
	    CASE k.kind WHEN 'first' THEN t.due_at END) c
	WHERE t.id = ANY (tickets) AND c.ticket IS NOT NULL
	    AND (k.kind <> 'first' OR t.due_at > t.opened_at)
$$;
CREATE FUNCTION pg_temp.together(tickets bigint[]) RETURNS SETOF text
LANGUAGE sql AS $$
	SELECT c::text FROM desk.clock c WHERE c.ticket = ANY (tickets)
$$;
CREATE FUNCTION pg_temp.late(tickets bigint[]) RETURNS bigint
LANGUAGE sql AS $$
	SELECT count(*) FROM desk.ticket t
	WHERE t.id = ANY (tickets) AND t.due_at IS DISTINCT FROM
	    desk.aimed_due(t.queue, t.channel, t.priority, t.customer)
$$;
SELECT ARRAY(SELECT pg_temp.mixed('{}')) AS short \gset
SELECT set_eq(format('SELECT pg_temp.together(%L)', :'short'),
    format('SELECT pg_temp.alone(%L)', :'short'), 'the short way');
SELECT is(pg_temp.late(:'short'), 0::bigint, 'when each is due');
SELECT ARRAY(SELECT pg_temp.mixed('{"thread":["nobody@test"]}')) AS long \gset
SELECT set_eq(format('SELECT pg_temp.together(%L)', :'long'),
    format('SELECT pg_temp.alone(%L)', :'long'), 'the long way');
SELECT is(pg_temp.late(:'long'), 0::bigint, 'when each is due');
SELECT is((SELECT array_agg(DISTINCT coalesce(c.target, '-'))
    FROM desk.clock c WHERE c.ticket = ANY (:'short'::bigint[])),
    '{-,t1,t2,t3,t4}', 'every target, and none, was met');
SELECT is((SELECT count(*) FROM desk.clock c
    WHERE c.ticket = ANY (:'short'::bigint[])),
    (SELECT count(*) FROM desk.clock c
    WHERE c.ticket = ANY (:'long'::bigint[])), 'both ways alike');
SELECT is((SELECT c.total FROM pg_temp.mixed('{"automatic":true}') m
    JOIN desk.clock c ON c.ticket = m WHERE c.kind = 'first' LIMIT 1), NULL,
    'what no person wrote is owed no answer');

-- On a desk of 20,000 others.
INSERT INTO desk.ticket (customer, queue, state, channel, due_at, clocked)
SELECT (SELECT max(id) FROM desk.customer), (SELECT min(id) FROM desk.queue),
    'new', 'store', now(), true FROM generate_series(1, 20000);
INSERT INTO desk.clock (ticket, n, kind, queue, total, started_at)
SELECT t.id, 1, 'first', t.queue, 60, now() FROM desk.ticket t
ON CONFLICT DO NOTHING;
CREATE FUNCTION pg_temp.all_read() RETURNS bigint
LANGUAGE sql AS $$
	SELECT sum(pg_stat_get_xact_tuples_returned(c.oid)
	    + pg_stat_get_xact_tuples_fetched(c.oid))::bigint
	FROM pg_class c
	WHERE c.relnamespace = 'desk'::regnamespace AND c.relkind = 'r'
$$;
SELECT pg_temp.all_read() AS before \gset
SELECT count(*) FROM pg_temp.mixed('{}') \gset
SELECT cmp_ok(pg_temp.all_read() - :before, '<', 4000::bigint,
    'it reads what came');

SELECT * FROM finish();
ROLLBACK;
