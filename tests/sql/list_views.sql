-- Views, places of a scroll bar, totals and counts: what is in each, what is
-- hidden, and that counts and lists say the same.
BEGIN;
\ir fixture.psql
SELECT plan(68);

SELECT pg_temp.customer('Lan', 'lan@example.com') AS lan \gset
SELECT id AS an FROM desk.agent WHERE name = 'an' \gset
SELECT id AS binh FROM desk.agent WHERE name = 'binh' \gset
SELECT id AS chi FROM desk.agent WHERE name = 'chi' \gset

-- 400 tickets in every state, some with no answer due, some asleep, some in
-- the queue that is closed to an and binh, a few of those an's.
INSERT INTO desk.ticket (customer, queue, state, channel, due_at, assignee)
SELECT :lan, q.id,
    CASE WHEN n % 10 = 0 THEN 'resolved' WHEN n % 10 < 4 THEN 'pending'
	WHEN n % 10 < 6 THEN 'open' ELSE 'new' END,
    CASE WHEN n % 6 = 0 THEN 'chat' ELSE 'mail' END,
    CASE WHEN n % 10 > 4 THEN now() + (n % 7) * interval '1.000001 minutes' END,
    CASE WHEN n % 3 = 0 THEN :an WHEN n % 11 = 0 THEN :binh END
FROM generate_series(1, 400) n
JOIN desk.queue q ON q.name = CASE WHEN n % 8 = 0 THEN 'staff'
    WHEN n % 4 = 1 THEN 'shipping' ELSE 'sales' END
ORDER BY hashint4(n);
INSERT INTO desk.snooze (ticket, until)
SELECT t.id, now() + hashint8(t.id) % 1000 * interval '1 second'
FROM desk.ticket t WHERE t.id % 5 = 0;
INSERT INTO desk.mention (agent, ticket, event, seen_at)
SELECT :an, t.id, 100000 - t.id, CASE WHEN t.id % 14 = 0 THEN now() END
FROM desk.ticket t WHERE t.id % 7 = 0;

-- A ticket as what is asked below sees it.
CREATE TEMP VIEW seen AS
SELECT t.*, q.name AS queue_name, s.until,
    t.state IN ('new', 'open', 'pending') AS active,
    coalesce(t.state = 'pending' AND s.until IS NOT NULL, false) AS asleep,
    m.event AS named, m.seen_at
FROM desk.ticket t JOIN desk.queue q ON q.id = t.queue
LEFT JOIN desk.snooze s ON s.ticket = t.id
LEFT JOIN desk.mention m ON m.ticket = t.id;

-- A list read through by cursors, and by places.
CREATE FUNCTION pg_temp.ids(page jsonb) RETURNS bigint[]
LANGUAGE sql AS $$
	SELECT coalesce(array_agg((r->>'ticket')::bigint ORDER BY place), '{}')
	FROM jsonb_array_elements(page->'tickets')
	    WITH ORDINALITY x (r, place)
$$;
CREATE FUNCTION pg_temp.by_cursor(login text, args jsonb) RETURNS bigint[]
LANGUAGE plpgsql AS $$
DECLARE
	page	jsonb;
	ids	bigint[] := '{}';
BEGIN
	FOR rounds IN 1..400 LOOP
		page := pg_temp.ask(login, 'ticket_list', args);
		ids := ids || pg_temp.ids(page);
		EXIT WHEN NOT page ? 'after';
		args := args || jsonb_build_object('after', page->'after');
	END LOOP;
	RETURN ids;
END;
$$;
CREATE FUNCTION pg_temp.by_place(login text, args jsonb) RETURNS bigint[]
LANGUAGE plpgsql AS $$
DECLARE
	page	jsonb;
	ids	bigint[] := '{}';
BEGIN
	FOR rounds IN 1..400 LOOP
		page := pg_temp.ask(login, 'ticket_list', args
		    || jsonb_build_object('offset', cardinality(ids)));
		EXIT WHEN pg_temp.ids(page) = '{}';
		ids := ids || pg_temp.ids(page);
	END LOOP;
	RETURN ids;
END;
$$;

-- Each view, by both ways
CREATE FUNCTION pg_temp.same(login text, args jsonb, expected bigint[],
    label text) RETURNS SETOF text
LANGUAGE plpgsql AS $$
DECLARE
	wanted	bigint[] := coalesce(expected, '{}');
BEGIN
	RETURN NEXT is(pg_temp.by_cursor(login, args || '{"limit":7}'),
	    wanted, label);
	RETURN NEXT is(pg_temp.by_place(login, args || '{"limit":9}'),
	    wanted, label || ', by place');
	RETURN NEXT is((pg_temp.ask(login, 'ticket_list', args
	    || '{"limit":1}')->>'total')::int, cardinality(wanted),
	    label || ', counted');
END;
$$;
SELECT pg_temp.same('an', '{"view":"mine"}', (SELECT array_agg(t.id
    ORDER BY t.due_at, t.id) FROM seen t WHERE t.assignee = :an AND t.active
    AND NOT t.asleep), 'mine: awake, wherever they are');
SELECT pg_temp.same('an', '{"view":"unassigned"}', (SELECT array_agg(t.id
    ORDER BY t.due_at, t.id) FROM seen t WHERE t.assignee IS NULL
    AND t.state IN ('new', 'open') AND t.queue_name = 'sales'),
    'unassigned: where he serves');
SELECT pg_temp.same('an', '{"view":"unassigned","queue":"shipping"}',
    (SELECT array_agg(t.id ORDER BY t.due_at, t.id) FROM seen t
    WHERE t.assignee IS NULL AND t.state IN ('new', 'open')
	AND t.queue_name = 'shipping'), '… or in the queue that he names');
SELECT pg_temp.same('sup', '{"view":"unassigned"}', (SELECT array_agg(t.id
    ORDER BY t.due_at, t.id) FROM seen t WHERE t.assignee IS NULL
    AND t.state IN ('new', 'open')), '… a supervisor''s everywhere');
SELECT pg_temp.same('binh', '{"view":"due"}', (SELECT array_agg(t.id
    ORDER BY t.due_at, t.id) FROM seen t WHERE t.due_at IS NOT NULL
    AND t.active AND (t.queue_name <> 'staff' OR t.assignee = :binh)),
    'due: of what is hidden only his own');
SELECT pg_temp.same('an', '{"view":"waiting"}', (SELECT array_agg(t.id
    ORDER BY t.id) FROM seen t WHERE t.state = 'pending' AND NOT t.asleep
    AND (t.queue_name <> 'staff' OR t.assignee = :an)),
    'waiting: awake, and his own in a closed queue');
SELECT pg_temp.same('an', '{"view":"snoozed"}', (SELECT array_agg(t.id
    ORDER BY t.until, t.id) FROM seen t WHERE t.asleep
    AND (t.queue_name <> 'staff' OR t.assignee = :an)),
    'snoozed: by when they wake');
SELECT pg_temp.same('an', '{"view":"mentions"}', (SELECT array_agg(t.id
    ORDER BY t.seen_at IS NOT NULL, t.named DESC) FROM seen t
    WHERE t.named IS NOT NULL AND (t.queue_name <> 'staff'
	OR t.assignee = :an)), 'mentions: unseen first, over or not');
SELECT pg_temp.same('an', '{"view":"all"}', (SELECT array_agg(t.id
    ORDER BY t.due_at, t.id) FROM seen t WHERE t.active
    AND (t.queue_name <> 'staff' OR t.assignee = :an)), 'all');
SELECT pg_temp.same('an', '{"view":"due","channel":"chat"}', (SELECT
    array_agg(t.id ORDER BY t.due_at, t.id) FROM seen t
    WHERE t.due_at IS NOT NULL AND t.active AND t.channel = 'chat'
	AND (t.queue_name <> 'staff' OR t.assignee = :an)), 'only chats');

-- The counts are the lists'
SELECT is((SELECT jsonb_object_agg(v, pg_temp.ask(who, 'ticket_list',
	jsonb_build_object('view', v))->'total')
    FROM unnest('{all,due,waiting,snoozed,unassigned,mine}'::text[]) v),
    (pg_temp.ask(who, 'ticket_counts', '{}')->'views') - 'mentions'
    - 'watched',
    'counts as listed: ' || who)
FROM unnest('{an,binh,chi,sup}'::text[]) who;
SELECT is(pg_temp.ask('an', 'ticket_counts', '{}')->'views'->'mentions',
    (SELECT to_jsonb(count(*)) FROM seen t WHERE t.named IS NOT NULL
	AND t.seen_at IS NULL AND (t.queue_name <> 'staff'
	OR t.assignee = :an)), 'mentions: those not seen');
SELECT is((SELECT array_agg(k ORDER BY k) FROM jsonb_object_keys(
    pg_temp.ask('an', 'ticket_counts', '{}')->'queues') k),
    '{sales,shipping}'::text[], 'a closed queue is not even named');
SELECT is((pg_temp.ask('sup', 'ticket_counts', '{}')->'queues'->'staff')
    - 'due_next', (SELECT jsonb_build_object('active', count(*),
	'waiting', count(*) FILTER (WHERE t.assignee IS NULL
	    AND t.state <> 'pending'),
	'pending', count(*) FILTER (WHERE t.state = 'pending'),
	'due', count(t.due_at), 'overdue', 0) FROM seen t
	WHERE t.active AND t.queue_name = 'staff'), 'a queue''s counts');
SELECT is(known, counted, 'totals from what is known are the same: ' || who)
FROM (SELECT who, array_agg(pg_temp.ask(who, 'ticket_list', args
	|| jsonb_build_object('loads', desk.ticket_loads()))->'total'
	ORDER BY v) AS known,
    array_agg(pg_temp.ask(who, 'ticket_list', args)->'total' ORDER BY v)
	AS counted
    FROM unnest('{an,chi,sup}'::text[]) who,
	unnest('{all,unassigned,due,waiting}'::text[]) v,
	jsonb_build_object('limit', 1, 'view', v) args
    GROUP BY who) x;
-- With what a page shows, and what comes after it, of each list: in the part
-- that is due, in the one that is not, at the end and past it.
SELECT is(array_agg(DISTINCT pg_temp.ask('an', 'ticket_list', args
    || jsonb_build_object('offset', skip, 'limit', n))->'total'),
    ARRAY[to_jsonb(cardinality(pg_temp.by_cursor('an', args)))],
    'one total at every place: ' || args::text)
FROM unnest(ARRAY['{"view":"all"}', '{"queue":"sales"}', '{"view":"mine"}',
    '{"queue":"sales","channel":"mail"}', '{"view":"snoozed"}',
    '{"state":"pending"}', '{"queue":"staff"}']::jsonb[]) args,
    generate_series(0, 400, 3) skip, unnest('{1,20}'::int[]) n
GROUP BY args;
SELECT cmp_ok((pg_temp.ask('an', 'ticket_list', jsonb_build_object('limit', 20,
    'view', 'due', 'loads', '{}'::jsonb))->'total')::int, '>', 20,
    'what was known some seconds ago says no less than the page');

-- Named rows
SELECT is(desk.list_named(' 1,2 , 3  4 '), '{1,2,3,4}',
    'a comma or blanks stand between two ids');
SELECT is(desk.list_named('7 3 7,3'), '{7,3}', 'each once, as first named');
SELECT is(pg_temp.ids(pg_temp.ask('binh', 'ticket_list', jsonb_build_object(
    'tickets', (SELECT string_agg(t.id::text, ',' ORDER BY t.id DESC)
	FROM seen t WHERE t.id % 11 = 0) || ', 999999999'))),
    (SELECT array_agg(t.id ORDER BY t.id DESC) FROM seen t
	WHERE t.id % 11 = 0 AND (t.queue_name <> 'staff'
	OR t.assignee = :binh)), 'rows by their ids, as named: what he may see');
SELECT is(pg_temp.ids(pg_temp.ask('an', 'ticket_list', jsonb_build_object(
    'view', v, 'tickets', (SELECT string_agg(t.id::text, ' ' ORDER BY t.id)
	FROM seen t WHERE t.id % 3 = 0)))),
    ARRAY(SELECT u FROM unnest(pg_temp.by_cursor('an',
	jsonb_build_object('view', v))) u WHERE u % 3 = 0 ORDER BY u),
    '… of a view: ' || v)
FROM unnest('{mine,due,snoozed,mentions}'::text[]) v;

-- Wrong questions
SELECT pg_temp.refused(q.who, 'ticket_list', q.args::jsonb, q.code, q.args)
FROM (VALUES ('an', '{"tickets":"1,x"}', 'INVALID tickets'),
    ('an', '{"tickets":"0"}', 'INVALID tickets'),
    ('an', '{"tickets":"1,,2"}', 'INVALID tickets'),
    ('an', '{"tickets":",1"}', 'INVALID tickets'),
    ('an', '{"tickets":"1 ,"}', 'INVALID tickets'),
    ('an', '{"tickets":","}', 'INVALID tickets'),
    ('an', '{"tickets":"' || repeat('1,', 200) || '1"}', 'INVALID tickets'),
    ('key', '{"view":"mine"}', 'INVALID view'),
    ('key', '{"view":"mentions"}', 'INVALID view'),
    ('an', '{"state":"resolved","offset":1}', 'INVALID offset'),
    ('an', '{"after":"4-1"}', 'INVALID after'),
    ('an', '{"view":"snoozed","after":"2-1"}', 'INVALID after'),
    ('an', '{"view":"snoozed","after":"4-999999999999"}', 'INVALID after'))
    q (who, args, code);

SELECT * FROM finish();
ROLLBACK;
