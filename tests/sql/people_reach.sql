-- How far merging, splitting, exporting and erasing reach: they read what is
-- the customer's and not the desk, however large that is and whatever the
-- planner knows of it.
BEGIN;
\ir fixture.psql
SELECT plan(7);

-- A desk of 20,000 tickets that nobody has analysed.
INSERT INTO desk.customer (id, name)
SELECT 500000 + n, 'C' || n FROM generate_series(1, 2000) n;
INSERT INTO desk.contact (customer, kind, address)
SELECT 500000 + n, 'email', 'c' || n || '@reach.example'
FROM generate_series(1, 2000) n;
INSERT INTO desk.ticket (customer, queue, state, channel, due_at)
SELECT 500000 + n % 2000 + 1, (SELECT min(id) FROM desk.queue), 'new',
    'store', now()
FROM generate_series(1, 20000) n;
INSERT INTO desk.event (at, ticket, customer, kind, channel, direction,
    contact, external_id)
SELECT now(), t.id, t.customer, 'message', 'mail', 'in', c.id, 'reach' || t.id
FROM desk.ticket t JOIN desk.contact c ON c.customer = t.customer
WHERE t.channel = 'store';
INSERT INTO desk.event_key (channel, external_id, event)
SELECT 'mail', 'reach' || e.ticket, e.id FROM desk.event e
WHERE e.external_id LIKE 'reach%';
INSERT INTO desk.message_ref (ref, ticket, event)
SELECT 'reach' || e.ticket, e.ticket, e.id FROM desk.event e
WHERE e.external_id LIKE 'reach%';
INSERT INTO desk.audit (who, role, from_addr, action, object, outcome)
SELECT 'x', 'admin', '', 'customer.set', n::text, 'done'
FROM generate_series(1, 20000) n;
INSERT INTO desk.likeness (key, contact, why)
SELECT 'name ' || c.id, c.id, 'w' FROM desk.contact c;

CREATE FUNCTION pg_temp.reads() RETURNS bigint
LANGUAGE sql AS $$
	SELECT sum(pg_stat_get_xact_tuples_returned(c.oid)
	    + pg_stat_get_xact_tuples_fetched(c.oid))::bigint
	FROM pg_class c
	WHERE c.relnamespace = 'desk'::regnamespace
	    AND c.relkind = 'r'
$$;
CREATE FUNCTION pg_temp.read_by(login text, what text, args jsonb)
RETURNS bigint
LANGUAGE plpgsql AS $$
DECLARE
	before	bigint := pg_temp.reads();
BEGIN
	PERFORM pg_temp.ask(login, what, args);
	RETURN pg_temp.reads() - before;
END;
$$;
SELECT cmp_ok(pg_temp.read_by('sup', 'customer_merge',
    '{"customer":500001,"other":500002,"sure":500002}'), '<', 2000::bigint,
    'a merge');
SELECT cmp_ok(pg_temp.read_by('sup', 'customer_split', jsonb_build_object(
    'customer', 500001, 'merge', (SELECT max(id) FROM desk.customer_merge))),
    '<', 2000::bigint, 'its undoing');
SELECT pg_temp.ask('sup', 'customer_merge',
    '{"customer":500003,"other":500004,"sure":500004}');
SELECT cmp_ok(pg_temp.read_by('sup', 'customer_split',
    '{"customer":500003,"contacts":"c4@reach.example"}'), '<', 2000::bigint,
    'a contact taken out');
SELECT cmp_ok((SELECT sum(pg_temp.read_by('admin', 'customer_export',
    jsonb_strip_nulls(jsonb_build_object('customer', 500005, 'after', p))))
    FROM unnest('{NULL,tickets-0,events-0,joined-0,audit-0}'::text[]) p), '<',
    2000::numeric, 'an export');
SELECT cmp_ok(pg_temp.read_by('admin', 'customer_erase',
    '{"customer":500006,"sure":500006,"reason":"x"}'), '<', 2000::bigint,
    'an erasure');
SELECT cmp_ok(pg_temp.read_by('an', 'customer_suggestions',
    '{"customer":500007}'), '<', 2000::bigint, 'suggestions');
CREATE FUNCTION pg_temp.like_reads() RETURNS bigint
LANGUAGE plpgsql AS $$
DECLARE
	before	bigint := pg_temp.reads();
BEGIN
	UPDATE desk.like_seen SET contact = (SELECT max(c.id) - 20
	    FROM desk.contact c);
	PERFORM desk.like_run(20, '0');
	RETURN pg_temp.reads() - before;
END;
$$;
SELECT cmp_ok(pg_temp.like_reads(), '<', 2000::bigint,
    'twenty contacts looked at');

SELECT * FROM finish();
ROLLBACK;
