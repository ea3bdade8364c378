-- How far a batch reaches: it reads what its events name and not the desk,
-- however large that is and whatever the planner knows of it.
BEGIN;
\ir intake.psql
SELECT plan(11);

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


-- The short way, copies, bounces and floods; whom mails name; the desk's own
-- answers.
INSERT INTO desk.outbound (event, ticket, channel, address, message_id, state)
SELECT t.id, t.id, 'mail', 'lan@example.com', 'm' || t.id, 'sent'
FROM desk.ticket t;
INSERT INTO desk.copied (ticket, address, event, proved)
SELECT t.id, 'p' || n || '@example.com', t.id, true
FROM desk.ticket t, generate_series(1, 3) n;
CREATE FUNCTION pg_temp.all_read() RETURNS bigint
LANGUAGE sql AS $$
	SELECT sum(pg_stat_get_xact_tuples_returned(c.oid)
	    + pg_stat_get_xact_tuples_fetched(c.oid))::bigint
	FROM pg_class c
	WHERE c.relnamespace = 'desk'::regnamespace AND c.relkind = 'r'
	    AND c.relname IN ('ticket', 'outbound', 'copied', 'message_ref',
		'contact', 'customer', 'participant', 'event_key')
$$;
CREATE FUNCTION pg_temp.all_read_by(more jsonb, sender text DEFAULT 's')
RETURNS bigint
LANGUAGE plpgsql AS $$
DECLARE
	before	bigint := pg_temp.all_read();
BEGIN
	PERFORM count(*) FROM desk.ingest((
	    SELECT jsonb_agg(pg_temp.mail_from(sender || n || '@example.com',
		more)) FROM generate_series(1, 64) n), '{}', '{}');
	RETURN pg_temp.all_read() - before;
END;
$$;
SELECT cmp_ok(pg_temp.all_read_by('{"others":["x@example.com"]}'), '<',
    2000::bigint, 'messages that point at nothing');

-- The same agent again: the newest cases of one customer each, in a queue that
-- asks for it.
UPDATE desk.queue SET same_agent = 60 WHERE name = 'sales';
SELECT cmp_ok(pg_temp.all_read_by('{}'), '<', 3000::bigint,
    'who comes back to a queue that asks the same agent again');
SELECT cmp_ok(pg_temp.all_read_by('{"thread":["nobody@example.com"]}'), '<',
    5000::bigint, '… the long way, too');
UPDATE desk.queue SET same_agent = 0;
SELECT cmp_ok(pg_temp.all_read_by('{"to":["a@s","b@s"],"refs":["c@m"]}'), '<',
    3000::bigint, 'copies');
SELECT cmp_ok(pg_temp.all_read_by((SELECT jsonb_build_object('automatic', true,
    'facts', jsonb_build_object('bounce', jsonb_build_object('action',
	'failed', 'recipient', 'lan@example.com', 'message_id', r.ref)))
    FROM desk.message_ref r LIMIT 1)), '<', 3000::bigint, 'bounces');
SELECT cmp_ok(pg_temp.all_read_by((SELECT jsonb_build_object('thread',
    ARRAY[r.ref]) FROM desk.message_ref r LIMIT 1), 'p'), '<', 3000::bigint,
    'answers of whom a mail named');
INSERT INTO desk.blob (sha256, size, used) VALUES ('\xaa', 1, true);
UPDATE desk.ticket SET customer = pg_temp.owner('s1@example.com')
WHERE channel = 'store';
SELECT cmp_ok(pg_temp.all_read_by('{"raw":"aa","automatic":true}'), '<',
    5000::bigint, 'a machine''s mail, of a sender with a long history too');
SELECT max(t.id) AS newest FROM desk.ticket t
WHERE t.customer = pg_temp.owner('s1@example.com') \gset
SELECT pg_temp.all_read() AS before \gset
SELECT desk.may_answer_automatically('s1@example.com', :newest);
SELECT cmp_ok(pg_temp.all_read() - :before, '<', 300::bigint,
    'an answer by itself');

SELECT * FROM finish();
ROLLBACK;
