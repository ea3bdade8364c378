-- Where answers go, and who gets a copy of them.
BEGIN;
\ir fixture.psql
SELECT plan(18);

INSERT INTO desk.served (kind, address, queue)
SELECT 'email', 'sales@shop.example', q.id FROM desk.queue q
WHERE q.name = 'sales';
SELECT pg_temp.customer('Lan', 'lan@example.com') AS lan \gset
SELECT pg_temp.ticket(:lan, 'sales', 'Giá') AS t \gset
CREATE FUNCTION pg_temp.whither(of bigint) RETURNS text
LANGUAGE sql AS $$
	SELECT w.channel || ' ' || w.address
	FROM desk.ticket t, desk.answer_to(t) w WHERE t.id = of
$$;
CREATE FUNCTION pg_temp.says(of bigint, meta jsonb, facts jsonb DEFAULT NULL)
RETURNS text
LANGUAGE sql AS $$
	UPDATE desk.event e SET meta = says.meta, facts = says.facts
	WHERE e.ticket = of AND e.direction = 'in';
	SELECT pg_temp.whither(of)
$$;

SELECT is(pg_temp.whither(:t), 'mail lan@example.com', 'back to the sender');
SELECT is(pg_temp.says(:t, '{"reply_to":"orders@example.com"}'),
    'mail orders@example.com', 'Reply-To of his own domain');
SELECT is(pg_temp.says(:t, '{"reply_to":"victim@other.example"}'),
    'mail lan@example.com', 'Reply-To of another domain: not believed');
SELECT is(pg_temp.says(:t, '{"reply_to":"victim@other.example"}',
    '{"auth":{"dmarc":"fail"}}'), 'mail lan@example.com',
    'Reply-To of another domain, forged');
SELECT is(pg_temp.says(:t, '{"reply_to":"thief@example.com","auth":"fail"}'),
    'mail lan@example.com', 'Reply-To of his own domain, forged');
SELECT pg_temp.customer('Hoa', 'hoa@gmail.com') AS hoa \gset
SELECT pg_temp.ticket(:hoa, 'sales', 'Giá') AS g \gset
SELECT is(pg_temp.says(:g, '{"reply_to":"thief@gmail.com"}'),
    'mail hoa@gmail.com', 'Reply-To where anybody has a mailbox');
SELECT is(pg_temp.says(:g, '{"reply_to":"hoa2@gmail.com","auth":"pass"}'),
    'mail hoa2@gmail.com', 'the same, of a proved sender');
SELECT is(pg_temp.says(:t, '{"reply_to":"list@other.example"}',
    '{"auth":{"dmarc":"pass"}}'), 'mail list@other.example',
    'Reply-To of another domain, of a proved sender');
SELECT is(pg_temp.says(:t, '{"reply_to":"sales@shop.example","auth":"pass"}'),
    'mail lan@example.com', 'Reply-To to ourselves: not believed');
SELECT is(pg_temp.says(:t, '{"reply_to":"a b <x@example.com"}'),
    'mail lan@example.com', 'Reply-To that is no address');

-- A machine wrote last.
INSERT INTO desk.event (at, ticket, customer, kind, channel, direction,
    contact, text, meta)
SELECT now(), :t, :lan, 'message', 'mail', 'in', c.id, 'Tôi đi vắng',
    '{"automatic":true}'
FROM desk.contact c WHERE c.address = 'lan@example.com';
INSERT INTO desk.contact (customer, kind, address)
VALUES (:lan, 'email', 'robot@example.com') RETURNING id AS robot \gset
UPDATE desk.event SET contact = :robot
WHERE ticket = :t AND meta ? 'automatic';
SELECT is(pg_temp.whither(:t), 'mail lan@example.com',
    'not to the machine that wrote last');
SELECT pg_temp.customer('', 'mailer-daemon@example.com') AS daemon \gset
SELECT pg_temp.ticket(:daemon, 'sales', 'Undelivered') AS d \gset
SELECT is(pg_temp.whither(:d), NULL, 'not to what reads nothing');
SELECT pg_temp.refused('an', 'ticket_reply', jsonb_build_object('ticket', :d,
    'text', 'x'), 'CONFLICT ticket', 'which the agent is told');

-- Copies
INSERT INTO desk.contact (customer, kind, address)
VALUES (:lan, 'email', 'chong@example.com') RETURNING id AS other \gset
INSERT INTO desk.participant (ticket, contact)
SELECT :t, c.id FROM desk.contact c
WHERE c.address IN ('lan@example.com', 'chong@example.com');
CREATE FUNCTION pg_temp.copies(more jsonb) RETURNS text[]
LANGUAGE plpgsql AS $$
DECLARE
	e	jsonb := pg_temp.act('an', 'reply', (SELECT min(id)
		    FROM desk.ticket), '{"text":"Dạ"}' || more)->'event';
BEGIN
	RETURN (SELECT o.cc FROM desk.outbound o WHERE o.event = e::bigint);
END;
$$;
SELECT is(pg_temp.copies('{}'), '{chong@example.com}',
    'copies: who takes part');
SELECT is(pg_temp.copies('{"cc":[]}'), NULL, 'copies: none');
SELECT is(pg_temp.copies('{"cc":["B@example.com","b@example.com",
    "lan@example.com"]}'), '{b@example.com}', 'copies: as the agent says');
SELECT pg_temp.refused('an', 'ticket_reply', jsonb_build_object('ticket', :t,
    'text', 'x', 'cc', c), 'INVALID cc', 'copies: ' || c::text)
FROM (VALUES ('["a@b\r\nBcc: c@d"]'::jsonb), ('["no address"]')) x(c);

SELECT * FROM finish();
ROLLBACK;
