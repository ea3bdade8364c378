-- Acknowledgements: who gets one, what it says, and who never does.
BEGIN;
\ir intake.psql
SELECT plan(26);

INSERT INTO desk.hours (name, timezone) VALUES ('never', 'UTC');
INSERT INTO desk.template VALUES
    ('got', 'vi', NULL, 'Đã nhận #{ticket}, trả lời {expected}.'),
    ('got', 'en', 'Received {ticket}', 'Got it, {expected}.'),
    ('shut', 'vi', 'Ngoài giờ', 'Mở lại {opens}.');
UPDATE desk.queue SET acknowledge = 'got' WHERE name = 'sales';
INSERT INTO desk.served SELECT 'email', 'sales@shop.example', id
FROM desk.queue WHERE name = 'sales';
INSERT INTO desk.config (who, body) VALUES ('test',
    '{"company":{"name":"Shop","lang":"vi","timezone":"UTC"},
    "default_queue":"sales"}');

-- The acknowledgement of a ticket.
CREATE FUNCTION pg_temp.ack(t bigint) RETURNS jsonb LANGUAGE sql AS $$
	SELECT jsonb_build_object('to', o.address, 'subject', e.subject,
	    'text', e.text, 'state', o.state, 'kind', e.kind,
	    'facts', e.facts)
	FROM desk.outbound o JOIN desk.event e ON e.id = o.event
	WHERE o.ticket = t AND o.purpose = 'acknowledgement'
$$;
CREATE FUNCTION pg_temp.new(more jsonb) RETURNS bigint LANGUAGE sql AS $$
	SELECT pg_temp.ticket(pg_temp.mail_from('c'
	    || nextval('pg_temp.made') || '@example.com', more))
$$;

SELECT pg_temp.ticket(pg_temp.mail()) AS t \gset
SELECT is(pg_temp.ack(:t)->>'to', 'lan@example.com', 'to the sender');
SELECT is(pg_temp.ack(:t)->>'text', format(
    'Đã nhận #%s, trả lời trong vòng 30 phút.', :t), 'with the time');
SELECT is(pg_temp.ack(:t)->>'subject', format('[Shop] #%s', :t),
    'a subject of our own');
SELECT is(pg_temp.ack(:t)->>'state', 'queued', 'queued');
SELECT is(pg_temp.ack(:t)->'facts', '{"automatic":"auto-replied"}', 'marked');
SELECT is((SELECT (state, first_answer_at IS NULL, due_at IS NOT NULL)
    FROM desk.ticket WHERE id = :t), ROW('new'::text, true, true),
    'and no answer yet');
SELECT pg_temp.new('{"lang":"en"}') AS e \gset
SELECT is(pg_temp.ack(:e)->>'text', 'Got it, within 30 minutes.',
    'in his language');

SELECT is(pg_temp.ack(pg_temp.new(m)), NULL, 'none: ' || w)
FROM (VALUES ('{"automatic":true}'::jsonb, 'automatic'),
    ('{"auth":"fail"}', 'DMARC failed'),
    ('{"quarantine":"x"}', 'quarantined'),
    ('{"facts":{"list":"x"}}', 'a list'), ('{"facts":{"bulk":true}}', 'bulk'),
    ('{"candidates":[{"queue":"shipping","why":"x"}]}', 'a quiet queue')
    ) x(m, w);
SELECT is(pg_temp.ack(pg_temp.ticket(pg_temp.mail_from(a))), NULL,
    'none: ' || a)
FROM unnest('{mailer-daemon@example.com,no-reply@example.com,
    sales@shop.example,sales+t1.x@shop.example}'::text[]) a;
SELECT is(pg_temp.ack(pg_temp.ticket(pg_temp.mail(jsonb_build_object(
    'channel', 'chat', 'contacts', jsonb_build_array(
    pg_temp.of('email', 'chat@example.com')))))), NULL, 'none: a chat');

-- As it is sent: nothing of the sender's in it, not even his name
SELECT is(m->>'to', NULL, 'no name') FROM (
    SELECT desk.outbound_message(o) AS m FROM desk.outbound o
    WHERE o.ticket = :t) x;
SELECT is(m->>'answers', 'false', 'a subject of its own') FROM (
    SELECT desk.outbound_message(o) AS m FROM desk.outbound o
    WHERE o.ticket = :t) x;
UPDATE desk.outbound SET created_at = now() - interval '5 hours',
    next_try = now() - interval '5 hours' WHERE ticket = :e;
SELECT desk.outbound_lapse(100);
SELECT is(pg_temp.ack(:e)->>'state', 'withdrawn', 'too late is never');

-- Who joins a case is not acknowledged again
SELECT pg_temp.take(pg_temp.mail(jsonb_build_object('token', :t)));
SELECT is((SELECT count(*) FROM desk.outbound WHERE ticket = :t), 1::bigint,
    'once for a ticket');

-- A flood of new cases from one address, one by one and in one batch
SELECT count(pg_temp.take(pg_temp.mail_from('mad@example.com')))
FROM generate_series(1, 30);
SELECT cmp_ok((SELECT count(*) FROM desk.outbound
    WHERE address = 'mad@example.com'), '<=', 4::bigint, 'a flood: few');
SELECT pg_temp.take(VARIADIC ARRAY(SELECT pg_temp.mail_from('batch@example.com')
    FROM generate_series(1, 30)));
SELECT cmp_ok((SELECT count(*) FROM desk.outbound
    WHERE address = 'batch@example.com'), '<=', 4::bigint, 'in a batch: few');

-- Outside office hours
UPDATE desk.queue SET acknowledge_closed = 'shut',
    hours = (SELECT id FROM desk.hours) WHERE name = 'sales';
SELECT is(pg_temp.ack(pg_temp.new('{}'))->>'subject', 'Ngoài giờ', 'closed');
UPDATE desk.queue SET hours = NULL WHERE name = 'sales';
SELECT isnt(pg_temp.ack(pg_temp.new('{}'))->>'subject', 'Ngoài giờ', 'open');

SELECT * FROM finish();
ROLLBACK;
