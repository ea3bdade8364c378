-- How far lists and counts reach: a page reads its own rows, and what stands
-- before it only in an index, however large the desk is and whatever the
-- planner knows of it.
BEGIN;
\ir fixture.psql
SELECT plan(19);

-- A desk of 20,000 tickets that nobody has analysed.
INSERT INTO desk.customer (id, name)
SELECT 500000 + n, 'C' || n FROM generate_series(1, 2000) n;
INSERT INTO desk.ticket (customer, queue, state, channel, due_at, assignee)
SELECT 500000 + n % 2000 + 1, q.id,
    CASE WHEN n % 5 = 0 THEN 'pending' ELSE 'open' END, 'store',
    CASE WHEN n % 5 <> 0 THEN now() + n * interval '1 second' END,
    CASE WHEN n % 200 = 0 THEN a.id END
FROM generate_series(1, 20000) n, desk.queue q, desk.agent a
WHERE q.name = 'sales' AND a.name = 'an';
INSERT INTO desk.event (at, ticket, customer, kind, channel, direction)
SELECT now(), t.id, t.customer, 'message', 'mail', 'in' FROM desk.ticket t;
INSERT INTO desk.snooze (ticket, until)
SELECT t.id, now() + t.id % 1000 * interval '1 second' FROM desk.ticket t
WHERE t.state = 'pending' AND t.id % 2 = 0;
INSERT INTO desk.mention (agent, ticket, event)
SELECT a.id, t.id, t.id FROM desk.ticket t, desk.agent a
WHERE a.name = 'an' AND t.id % 10 = 0;
INSERT INTO desk.watch (agent, ticket)
SELECT a.id, t.id FROM desk.ticket t, desk.agent a
WHERE (a.name = 'an' AND t.id % 20 = 0 OR a.name = 'binh') AND t.id % 5 = 0;
INSERT INTO desk.ticket_read (ticket, agent, upto)
SELECT t.id, a.id, 1 FROM desk.ticket t, desk.agent a WHERE a.name = 'an';

-- Rows taken out of tables: an index alone costs none of these, once the
-- vacuum has been, which a test cannot wait for; so those of ticket only where
-- nothing is passed over.
CREATE FUNCTION pg_temp.reads(but text DEFAULT '') RETURNS bigint
LANGUAGE sql AS $$
	SELECT sum(pg_stat_get_xact_tuples_returned(c.oid)
	    + pg_stat_get_xact_tuples_fetched(c.oid))::bigint
	FROM pg_class c
	WHERE c.relnamespace = 'desk'::regnamespace AND c.relkind = 'r'
	    AND c.relname <> but
$$;
CREATE FUNCTION pg_temp.read_by(what text, args jsonb, but text DEFAULT '')
RETURNS bigint
LANGUAGE plpgsql AS $$
DECLARE
	before	bigint := pg_temp.reads(but);
BEGIN
	PERFORM pg_temp.ask('an', what, args);
	RETURN pg_temp.reads(but) - before;
END;
$$;
SELECT cmp_ok(pg_temp.read_by('ticket_list', args::jsonb
    || '{"after":"1-0-0"}'), '<', 2000::bigint, 'a page: ' || args)
FROM unnest('{"{}","{\"queue\":\"sales\"}"}'::text[]) args;
SELECT cmp_ok(pg_temp.read_by('ticket_list', args::jsonb, 'ticket'), '<',
    2000::bigint, 'a place: ' || args)
FROM unnest(ARRAY['{"view":"all","offset":15000}',
    '{"queue":"sales","offset":9000}', '{"view":"due","offset":9000}',
    '{"view":"mine"}']) args;
SELECT cmp_ok(pg_temp.read_by('ticket_list', jsonb_build_object('tickets',
    (SELECT string_agg(t.id::text, ',') FROM (SELECT k.id FROM desk.ticket k
	LIMIT 100) t))), '<', 3000::bigint, 'a hundred rows by their ids');
SELECT cmp_ok(pg_temp.read_by('ticket_list', args::jsonb), '<', 200::bigint,
    'a customer''s: ' || args)
FROM unnest(ARRAY['{"customer":500007}', '{"customer":500007,"state":"all"}',
    '{"customer":500007,"view":"due","offset":1}']) args;
SELECT cmp_ok(pg_temp.read_by('customer_get', '{"customer":500007}'), '<',
    300::bigint, 'a customer with all that is shown of him');
SELECT cmp_ok(pg_temp.read_by('ticket_list', '{"view":"mentions",
    "after":"4-0"}'), '<', 2000::bigint, 'a page of mentions');
SELECT cmp_ok(pg_temp.read_by('ticket_list', '{"view":"watched",
    "after":"4-0"}'), '<', 2000::bigint, 'a page of what he watches');

-- Totals are read from an index, never from the table; and what stands before
-- a page is not counted again.
SELECT pg_stat_get_xact_numscans('desk.ticket'::regclass) AS before \gset
SELECT count(pg_temp.ask('an', 'ticket_list', args::jsonb))
FROM unnest(ARRAY['{}', '{"queue":"sales"}', '{"view":"waiting"}',
    '{"view":"unassigned"}', '{"channel":"mail"}', '{"state":"open"}',
    '{"queue":"sales","assignee":"an","offset":50}']) args;
SELECT pg_temp.ask('an', 'ticket_counts', '{}');
SELECT is(pg_stat_get_xact_numscans('desk.ticket'::regclass) - :before,
    0::bigint, 'no total reads the table of tickets');
CREATE FUNCTION pg_temp.entries() RETURNS bigint
LANGUAGE sql AS $$
	SELECT sum(pg_stat_get_xact_tuples_returned(i.indexrelid))::bigint
	FROM pg_index i WHERE i.indrelid = 'desk.ticket'::regclass
$$;
CREATE FUNCTION pg_temp.entries_by(args jsonb) RETURNS bigint
LANGUAGE plpgsql AS $$
DECLARE
	before	bigint := pg_temp.entries();
BEGIN
	PERFORM pg_temp.ask('sup', 'ticket_list', args);
	RETURN pg_temp.entries() - before;
END;
$$;
SELECT cmp_ok(pg_temp.entries_by(args::jsonb), '<', 22000::bigint,
    'a list is read once, page and total together: ' || args)
FROM unnest(ARRAY['{"queue":"sales"}', '{"queue":"sales","offset":9000}',
    '{"queue":"sales","offset":19900}']) args;
SELECT cmp_ok(pg_temp.entries_by(jsonb_build_object('view', 'due', 'loads',
    desk.ticket_loads())), '<', 1000::bigint,
    'a total that is known is not counted');

-- The scroll bar's place is found in the index alone.
CREATE FUNCTION pg_temp.plan_of(f desk.list_filter) RETURNS text
LANGUAGE plpgsql SET plan_cache_mode = force_custom_plan AS $$
DECLARE
	line	text;
	lines	text := '';
BEGIN
	FOR line IN EXPLAIN SELECT t.due_at, t.id FROM desk.ticket t
	    WHERE t.state IN ('new', 'open', 'pending')
		AND desk.list_takes(t, f)
	    ORDER BY t.due_at, t.id OFFSET 15000 LIMIT 50 LOOP
		lines := lines || line;
	END LOOP;
	RETURN lines;
END;
$$;
SET LOCAL enable_seqscan = off;
SET LOCAL enable_bitmapscan = off;
SET LOCAL enable_sort = off;
SELECT ok(pg_temp.plan_of(desk.list_filter(pg_temp.who('an'), '{"view":"all",
    "channel":"mail"}')) ~ 'Index Only Scan using ticket_due',
    'the condition is inlined, and the index has all that it asks');

SELECT * FROM finish();
ROLLBACK;
