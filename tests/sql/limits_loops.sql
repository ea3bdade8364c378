-- What ends a loop: when the desk may answer by itself, what a case is marked
-- with, and where a flood goes.
BEGIN;
\ir intake.psql
SELECT plan(37);

CREATE FUNCTION pg_temp.may(address text, ticket bigint) RETURNS boolean
LANGUAGE sql AS 'SELECT desk.may_answer_automatically(address, ticket)';
-- A mail that came by SMTP: its source is kept.
INSERT INTO desk.blob (sha256, size, used) VALUES ('\xaa', 1, true);
CREATE FUNCTION pg_temp.post(address text, more jsonb DEFAULT '{}')
RETURNS jsonb
LANGUAGE sql AS $$
	SELECT pg_temp.mail_from(address, '{"raw":"aa"}' || more)
$$;
CREATE FUNCTION pg_temp.marks(more jsonb) RETURNS text
LANGUAGE sql AS $$
	SELECT (pg_temp.row_of(pg_temp.ticket(pg_temp.post(
	    'm' || nextval('pg_temp.made') || '@example.com', more)))).marks
	    ::text
$$;
-- An acknowledgement as it is written, for the limits to count.
CREATE FUNCTION pg_temp.acknowledge(of bigint, address text) RETURNS void
LANGUAGE plpgsql AS $$
DECLARE
	e	bigint := nextval('desk.event_id');
BEGIN
	INSERT INTO desk.event (id, at, ticket, customer, kind, channel,
	    direction, text)
	SELECT e, now(), t.id, t.customer, 'message', 'mail', 'out', 'Đã nhận.'
	FROM desk.ticket t WHERE t.id = of;
	PERFORM desk.outbound_put(e, of, 'mail', address, 'acknowledgement');
END;
$$;
-- As if all of that were so long ago.
CREATE FUNCTION pg_temp.ago(span interval) RETURNS void
LANGUAGE sql AS $$
	UPDATE desk.event SET filed_at = filed_at - span;
	UPDATE desk.ticket SET opened_at = opened_at - span;
	UPDATE desk.outbound SET created_at = created_at - span;
$$;

-- Marks
SELECT is(pg_temp.marks('{}'), '{}', 'marks: of a person''s mail none');
SELECT is(pg_temp.marks('{"auth":"none"}'), '{}', 'marks: nor without a verdict');
SELECT is(pg_temp.marks('{"auth":"fail"}'), '{unproved}', 'marks: unproved');
SELECT is(pg_temp.marks('{"automatic":true}'), '{automatic}',
    'marks: automatic');
SELECT is(pg_temp.marks('{"automatic":true,"facts":{"list":"l.example",
    "bulk":true}}'), '{automatic,list,bulk}', 'marks: a list');
SELECT pg_temp.take(pg_temp.post('fail@example.com', '{"auth":"fail"}'));
SELECT is(g.apply#>>'{feed,marks}', '["unproved"]', 'marks: in the notice')
FROM got g;
SELECT pg_temp.take(pg_temp.post('good@example.com'));
SELECT is(g.apply#>'{feed,marks}', NULL, 'marks: none there') FROM got g;

-- Who may be answered
SELECT pg_temp.ticket(pg_temp.post('lan@example.com')) AS t \gset
SELECT is(pg_temp.may('lan@example.com', :t), true, 'a person: yes');
SELECT is(pg_temp.may(a, :t), false, 'never: ' || coalesce(a, 'nobody'))
FROM unnest('{MAILER-DAEMON@x.example,no-reply@x.example,noreply@x.example,
    "",NULL}'::text[]) a;
INSERT INTO desk.served (kind, address) VALUES ('email', 'us@shop.example');
SELECT is(pg_temp.may(a, :t), false, 'ourselves: ' || a)
FROM unnest('{us@shop.example,Us+t1.abc@Shop.example}'::text[]) a;
SELECT is(pg_temp.may('lan@example.com', 987654321), false, 'no such case');
SELECT is(pg_temp.may('x@example.com', pg_temp.ticket(
    pg_temp.post('x@example.com', m.more::jsonb))), false, 'no: ' || m.more)
FROM (VALUES ('{"auth":"fail"}'), ('{"automatic":true}'),
    ('{"facts":{"list":"l.example"}}'), ('{"facts":{"bulk":true}}'),
    ('{"quarantine":"its parts are nested too deeply"}')) m(more);

-- To and fro: the fourth mail in ten minutes is not answered
SELECT pg_temp.acknowledge(:t, 'lan@example.com');
SELECT pg_temp.ticket(pg_temp.post('lan@example.com')) AS u \gset
SELECT is(pg_temp.may('lan@example.com', :u), true, 'exchange: the third mail');
SELECT pg_temp.acknowledge(:u, 'lan@example.com');
SELECT pg_temp.ticket(pg_temp.post('lan@example.com')) AS u \gset
SELECT is(pg_temp.may('lan@example.com', :u), false, 'exchange: the fifth');
SELECT pg_temp.ago('11 minutes');
SELECT pg_temp.ticket(pg_temp.post('lan@example.com')) AS u \gset
SELECT is(pg_temp.may('lan@example.com', :u), true, 'exchange: later again');

-- In a day
SELECT pg_temp.acknowledge(:u, 'lan@example.com'),
    pg_temp.acknowledge(pg_temp.ticket(pg_temp.post('lan@example.com')),
	'lan@example.com');
SELECT pg_temp.ago('2 hours');
SELECT pg_temp.ticket(pg_temp.post('lan@example.com')) AS u \gset
SELECT is(pg_temp.may('lan@example.com', :u), false, 'a day: no fifth');
SELECT is(pg_temp.may('other@example.com', :u), true, 'a day: to this address');
UPDATE desk.limits SET answers = 0;
SELECT is(pg_temp.may('other@example.com', :u), false, 'a day: none at all');
UPDATE desk.limits SET answers = 4;
SELECT pg_temp.ago('1 day');
SELECT pg_temp.ticket(pg_temp.post('lan@example.com')) AS u \gset
SELECT is(pg_temp.may('lan@example.com', :u), true, 'a day: tomorrow again');
-- About one case, to whomever
SELECT pg_temp.acknowledge(:u, n || '@example.com')
FROM generate_series(1, 3) n;
SELECT pg_temp.ago('11 minutes');
SELECT is(pg_temp.may('lan@example.com', :u), false, 'a case: three');

-- Cases in an hour
SELECT pg_temp.ticket(pg_temp.post('many@example.com', '{"channel":"mail"}'))
FROM generate_series(1, 10) n;
UPDATE desk.event SET filed_at = filed_at - interval '11 minutes';
SELECT pg_temp.ticket(pg_temp.post('one@example.com')) AS u \gset
SELECT is(pg_temp.may('many@example.com', (SELECT max(id) FROM desk.ticket
    WHERE customer = pg_temp.owner('many@example.com'))), true,
    'cases: the tenth');
SELECT pg_temp.ticket(pg_temp.post('many@example.com')) AS u \gset
SELECT is(pg_temp.may('many@example.com', :u), false, 'cases: the eleventh');

-- A flood
UPDATE desk.limits SET flood = 20;
CREATE FUNCTION pg_temp.cases(address text) RETURNS bigint
LANGUAGE sql AS $$
	SELECT count(*) FROM desk.ticket t WHERE t.customer
	    = pg_temp.owner(cases.address)
$$;
SELECT pg_temp.ticket(pg_temp.post('robot@example.com',
    '{"automatic":true}')) FROM generate_series(1, 50) n;
SELECT is(pg_temp.cases('robot@example.com'), 20::bigint,
    'flood: a machine''s fifty mails are twenty cases');
SELECT is((SELECT count(*) FROM desk.event e
    WHERE e.customer = pg_temp.owner('robot@example.com')), 50::bigint,
    'flood: all kept');
SELECT is(pg_temp.take(pg_temp.post('robot@example.com',
    '{"automatic":true}'))#>>'{why,threaded}', 'a flood from one sender',
    'flood: and says so');
SELECT is((pg_temp.row_of(pg_temp.ticket(pg_temp.post('robot@example.com'))))
    .marks::text, '{flood}', 'flood: a person''s mail is marked, not mixed up');
SELECT is((pg_temp.row_of(pg_temp.ticket(pg_temp.post('robot@example.com',
    '{"automatic":true,"auth":"fail"}')))).marks::text,
    '{unproved,automatic,flood}', 'flood: what is not proved stays apart');
SELECT is(pg_temp.take(pg_temp.mail_from('robot@example.com',
    '{"automatic":true}'))->>'created', 'true',
    'flood: what a service adds is not mail that came');

SELECT * FROM finish();
ROLLBACK;
