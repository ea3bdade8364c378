-- What a visitor reads: his own talk, however much the customer has whom he
-- says he is.
BEGIN;
\ir intake.psql
SELECT plan(2);

INSERT INTO desk.customer (name) VALUES ('Big') RETURNING id AS big \gset
INSERT INTO desk.contact (customer, kind, address)
VALUES (:big, 'email', 'big@example.com');
INSERT INTO desk.ticket (customer, queue, state, channel)
SELECT :big, (SELECT min(id) FROM desk.queue), 'open', 'mail'
FROM generate_series(1, 5000);
SELECT '44444444-4444-4444-8444-444444444444' AS v \gset
SELECT desk.chat_open('{"role":"public"}', jsonb_build_object('id', :'v',
    'token_hash', encode(sha256('x'), 'hex'), 'contacts',
    jsonb_build_array(pg_temp.of('email', 'big@example.com'))));
SELECT pg_temp.ticket(pg_temp.mail(jsonb_build_object('channel', 'chat',
    'conversation', :'v', 'contacts',
    jsonb_build_array(pg_temp.of('chat', :'v'))))) AS t \gset

CREATE FUNCTION pg_temp.tickets_read() RETURNS bigint
LANGUAGE sql AS $$
	SELECT pg_stat_get_xact_tuples_returned('desk.ticket'::regclass)
	    + pg_stat_get_xact_tuples_fetched('desk.ticket'::regclass)
	    + sum(pg_stat_get_xact_tuples_returned(i.indexrelid))::bigint
	FROM pg_index i WHERE i.indrelid = 'desk.ticket'::regclass
$$;
CREATE FUNCTION pg_temp.read_by_reading(v text) RETURNS bigint
LANGUAGE plpgsql AS $$
DECLARE
	before	bigint := pg_temp.tickets_read();
BEGIN
	PERFORM desk.chat_read(desk.chat_visitor(v::uuid, sha256('x')),
	    jsonb_build_object('conversation', v));
	RETURN pg_temp.tickets_read() - before;
END;
$$;
SELECT is(jsonb_array_length(desk.chat_read(desk.chat_visitor(:'v',
    sha256('x')), jsonb_build_object('conversation', :'v'))->'messages'), 1,
    'his message');
SELECT cmp_ok(pg_temp.read_by_reading(:'v'), '<', 100::bigint,
    'and of the tickets only his');

SELECT * FROM finish();
ROLLBACK;
