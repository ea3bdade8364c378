-- How far sending reaches: it reads the messages that it takes, not all that
-- wait, however many those are and whatever the planner knows of them.
BEGIN;
\ir fixture.psql
SELECT plan(3);

SELECT pg_temp.customer('Lan', 'lan@example.com') AS lan \gset
-- 10,000 cases, a message in each, that nobody has analysed.
INSERT INTO desk.ticket (customer, queue, state, channel)
SELECT :lan, (SELECT min(id) FROM desk.queue), 'open', 'mail'
FROM generate_series(1, 10000);
INSERT INTO desk.event (at, ticket, customer, kind, channel, direction, text)
SELECT now(), t.id, :lan, 'message', 'mail', 'out', 'x' FROM desk.ticket t;
INSERT INTO desk.outbound (event, ticket, channel, address, message_id, state,
    purpose, next_try)
SELECT e.id, e.ticket, 'mail', 'lan@example.com', 'm' || e.id, 'queued',
    'reply', now() - interval '1 hour'
FROM desk.event e;

CREATE FUNCTION pg_temp.outbound_read() RETURNS bigint
LANGUAGE sql AS $$
	SELECT pg_stat_get_xact_tuples_returned('desk.outbound'::regclass)
	    + pg_stat_get_xact_tuples_fetched('desk.outbound'::regclass)
	    + sum(pg_stat_get_xact_tuples_returned(i.indexrelid))::bigint
	FROM pg_index i WHERE i.indrelid = 'desk.outbound'::regclass
$$;
CREATE FUNCTION pg_temp.read_by_claim() RETURNS bigint
LANGUAGE plpgsql AS $$
DECLARE
	before	bigint := pg_temp.outbound_read();
BEGIN
	PERFORM count(*) FROM desk.outbound_claim('d', '{mail,social}', 16);
	RETURN pg_temp.outbound_read() - before;
END;
$$;
SELECT cmp_ok(pg_temp.read_by_claim(), '<', 2000::bigint,
    'sixteen of ten thousand are claimed');
SELECT cmp_ok(pg_temp.read_by_claim(), '<', 2000::bigint, 'and sixteen more');
SELECT is((SELECT count(*) FROM desk.outbound o WHERE o.state = 'sending'),
    32::bigint, 'which are on their way');

SELECT * FROM finish();
ROLLBACK;
