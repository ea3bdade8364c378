-- How far a batch reaches: it reads what its events name and not the desk,
-- however large that is and whatever the planner knows of it.
BEGIN;
\ir intake.psql
SELECT plan(3);

-- A desk of 20,000 tickets that nobody has analysed.
INSERT INTO desk.customer (id, name)
SELECT 500000 + n, 'C' || n FROM generate_series(1, 2000) n;
INSERT INTO desk.ticket (customer, queue, state, channel, due_at, order_no)
SELECT 500000 + n % 2000 + 1, (SELECT min(id) FROM desk.queue), 'new',
    'store', now(), 'DH' || n
FROM generate_series(1, 20000) n;
INSERT INTO desk.message_ref (ref, ticket, event)
SELECT 'm' || t.id || '@old.example.com', t.id, t.id
FROM desk.ticket t;
INSERT INTO desk.message_ref (ref, ticket, event)
SELECT 'n' || n || '-' || t.id || '@old.example.com', t.id, t.id
FROM desk.ticket t, generate_series(1, 4) n;

CREATE FUNCTION pg_temp.tickets_read() RETURNS bigint
LANGUAGE sql AS $$
	SELECT pg_stat_get_xact_tuples_returned('desk.ticket'::regclass)
	    + pg_stat_get_xact_tuples_fetched('desk.ticket'::regclass)
$$;

-- 64 events of each kind that looks for a ticket to join.
CREATE FUNCTION pg_temp.read_by(more jsonb) RETURNS bigint
LANGUAGE plpgsql AS $$
DECLARE
	before	bigint := pg_temp.tickets_read();
BEGIN
	PERFORM count(*) FROM desk.ingest((
	    SELECT jsonb_agg(pg_temp.mail_from('r' || n || '@example.com',
		replace(more::text, '#', n::text)::jsonb))
	    FROM generate_series(1, 64) n), '{}', '{}');
	RETURN pg_temp.tickets_read() - before;
END;
$$;
SELECT cmp_ok(pg_temp.read_by('{"order":"DH77"}'), '<', 1000::bigint,
    'events that name an order');
SELECT cmp_ok(pg_temp.read_by('{"thread":["nobody@example.com"]}'), '<',
    1000::bigint, 'answers');
SELECT cmp_ok(pg_temp.read_by('{"channel":"call","kind":"call",
    "call":{"id":"c#","state":"missed"}}'), '<', 1000::bigint,
    'missed calls');

SELECT * FROM finish();
ROLLBACK;
