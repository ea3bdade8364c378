-- What comes back: a bounce is put with the very message that failed, and only
-- what we sent, to whom we sent it, can come back.
BEGIN;
\ir intake.psql
SELECT plan(34);

SELECT pg_temp.ticket(pg_temp.mail('{"refs":["b0@m"]}')) AS t \gset

-- An answer of an agent to that address, as it is once it was sent.
CREATE FUNCTION pg_temp.answered(of bigint, address text,
    purpose text DEFAULT 'reply') RETURNS bigint
LANGUAGE plpgsql AS $$
DECLARE
	e	bigint := nextval('desk.event_id');
BEGIN
	INSERT INTO desk.event (id, at, ticket, customer, kind, channel,
	    direction, text)
	SELECT e, now(), t.id, t.customer, 'message', 'mail', 'out', 'Dạ có ạ.'
	FROM desk.ticket t WHERE t.id = of;
	PERFORM desk.outbound_put(e, of, 'mail', address, purpose);
	UPDATE desk.outbound SET state = 'sent', cc = '{Boss@example.com}'
	WHERE event = e;
	RETURN e;
END;
$$;
-- A bounce of it as daemon/desk reads it.
CREATE FUNCTION pg_temp.bounce(of bigint, recipient text,
    more jsonb DEFAULT '{}', action text DEFAULT 'failed') RETURNS jsonb
LANGUAGE sql AS $$
	SELECT pg_temp.mail_from('mailer-daemon@mx.example.com',
	    jsonb_build_object('automatic', true, 'auth', 'none',
	    'thread', ARRAY[o.message_id],
	    'facts', jsonb_build_object('automatic', 'bounce',
		'bounce', jsonb_strip_nulls(jsonb_build_object(
		    'action', action, 'status', '5.1.1',
		    'recipient', recipient, 'message_id', o.message_id,
		    'diagnostic', '550 5.1.1 no such user'))))
	    || more)
	FROM desk.outbound o WHERE o.event = of
$$;
CREATE FUNCTION pg_temp.delivery(of bigint) RETURNS text
LANGUAGE sql AS $$
	SELECT concat_ws(': ', o.state, o.said) FROM desk.outbound o
	WHERE o.event = of
$$;
CREATE FUNCTION pg_temp.waits(of bigint) RETURNS void
LANGUAGE sql AS $$
	UPDATE desk.ticket SET state = 'pending', due_at = NULL,
	    assignee = (SELECT id FROM desk.agent WHERE name = 'an')
	WHERE id = of
$$;

-- Delayed: shown only
SELECT pg_temp.answered(:t, 'lan@example.com') AS m \gset
SELECT pg_temp.waits(:t);
SELECT pg_temp.take(pg_temp.bounce(:m, 'lan@example.com', '{}', 'delayed'))
    AS a \gset
SELECT is(ROW(:'a'::jsonb->>'ticket', :'a'::jsonb#>>'{why,threaded}')::text,
    format('(%s,"a report on our message")', :t), 'delayed: with its case');
SELECT is(ROW(t.state, t.due_at)::text, '(pending,)',
    'delayed: nothing is to be done') FROM pg_temp.row_of(:t) t;
SELECT is(pg_temp.delivery(:m), 'sent', 'delayed: is not failed');
SELECT is(g.apply#>>'{feed,kind}', 'event', 'delayed: no alarm') FROM got g;

-- Forged: not ours, not to him, not proved
SELECT pg_temp.take(pg_temp.bounce(:m, 'eve@example.com')) AS a \gset
SELECT is(:'a'::jsonb->>'created', 'true', 'forged: whom we never wrote to');
SELECT is(pg_temp.delivery(:m), 'sent', 'forged: changes nothing');
SELECT is(ROW(t.state, t.due_at)::text, '(pending,)',
    'forged: alarms nobody') FROM pg_temp.row_of(:t) t;
SELECT is(ROW(t.marks, t.due_at)::text, '({automatic},)',
    'forged: marked, without a clock')
FROM pg_temp.row_of((:'a'::jsonb->>'ticket')::bigint) t;
SELECT is(pg_temp.take(pg_temp.bounce(:m, 'lan@example.com',
    '{"facts":{"bounce":{"action":"failed","recipient":"lan@example.com",
	"message_id":"b0@m"}}}'))->>'created', 'true',
    'forged: an id that we did not make');
SELECT is(pg_temp.take(pg_temp.bounce(:m, 'lan@example.com',
    '{"auth":"fail"}'))->>'created', 'true', 'forged: DMARC failed');
SELECT is(pg_temp.delivery(:m), 'sent', 'forged: still sent');

-- Failed
SELECT pg_temp.take(pg_temp.bounce(:m, 'Lan@Example.com')) AS a \gset
SELECT is((:'a'::jsonb->>'ticket')::bigint, :t::bigint, 'failed: its case');
SELECT is(ROW(:'a'::jsonb#>>'{why,threaded}', :'a'::jsonb#>>'{why,bounced}')
    ::text, format('("our message came back",%s)', :m),
    'failed: its very message');
SELECT is(pg_temp.delivery(:m), 'bounced: 550 5.1.1 no such user',
    'failed: on record');
SELECT is(ROW(t.state, t.due_at, t.reopens)::text,
    ROW('open', now(), 0)::text, 'failed: before its agent, now')
FROM pg_temp.row_of(:t) t;
SELECT is(ROW(g.apply->>'place', g.apply->>'agent', g.apply#>>'{feed,kind}',
    g.apply#>>'{feed,assignee}')::text, '(work,an,bounce,an)',
    'failed: who is told') FROM got g;
UPDATE desk.outbox SET at = at - interval '1 hour'
WHERE event = (:'a'::jsonb->>'event')::bigint;
SELECT is(s.apply#>>'{feed,kind}', 'bounce', 'failed: also when swept')
FROM desk.outbox_sweep('1 minute', 10) s;
SELECT pg_temp.waits(:t);
SELECT is(pg_temp.ticket(pg_temp.bounce(:m, 'lan@example.com')), :t::bigint,
    'again: its case');
SELECT is(ROW(t.state, t.due_at)::text, '(pending,)', 'again: no news')
FROM pg_temp.row_of(:t) t;

-- Resolved, with the address that we wrote to in Cc, or none named
SELECT pg_temp.answered(:t, 'lan@example.com') AS m \gset
UPDATE desk.ticket SET state = 'resolved', resolved_at = now(), due_at = NULL
WHERE id = :t;
SELECT is(pg_temp.ticket(pg_temp.bounce(:m, 'boss@example.com')), :t::bigint,
    'cc: whom we wrote to as well');
SELECT is(ROW(t.state, t.due_at, t.resolved_at)::text,
    ROW('open', now(), NULL)::text, 'resolved: open again')
FROM pg_temp.row_of(:t) t;
SELECT pg_temp.answered(:t, 'lan@example.com') AS m \gset
SELECT is(pg_temp.ticket(pg_temp.bounce(:m, NULL)), :t::bigint,
    'no recipient: its case');
SELECT alike(pg_temp.delivery(:m), 'bounced: %',
    'no recipient: the id alone is a secret');

-- What we wrote unasked
SELECT pg_temp.answered(:t, 'lan@example.com', 'acknowledgement') AS m \gset
SELECT pg_temp.waits(:t);
SELECT pg_temp.take(pg_temp.bounce(:m, 'lan@example.com'));
SELECT alike(pg_temp.delivery(:m), 'bounced: %', 'unasked: on record');
SELECT is(ROW(t.state, t.due_at)::text, '(pending,)',
    'unasked: nobody is bothered') FROM pg_temp.row_of(:t) t;

-- Closed: kept there, closed
SELECT pg_temp.answered(:t, 'lan@example.com') AS m \gset
UPDATE desk.ticket SET state = 'closed', due_at = NULL WHERE id = :t;
SELECT is(pg_temp.ticket(pg_temp.bounce(:m, 'lan@example.com')), :t::bigint,
    'closed: with its case');
SELECT is(ROW(t.state, t.due_at)::text, '(closed,)', 'closed: stays so')
FROM pg_temp.row_of(:t) t;
SELECT alike(pg_temp.delivery(:m), 'bounced: %', 'closed: on record');

-- Withdrawn, failed before: nothing new
SELECT pg_temp.ticket(pg_temp.mail_from('ha@example.com', '{}')) AS u \gset
SELECT pg_temp.answered(:u, 'ha@example.com') AS m \gset
UPDATE desk.outbound SET state = 'failed' WHERE event = :m;
SELECT pg_temp.waits(:u);
SELECT pg_temp.take(pg_temp.bounce(:m, 'ha@example.com'));
SELECT is(ROW(t.state, pg_temp.delivery(:m))::text, '(pending,failed)',
    'failed before: no news') FROM pg_temp.row_of(:u) t;

-- Two bounces of one message in one batch, and another's
SELECT pg_temp.answered(:u, 'ha@example.com') AS m \gset
SELECT pg_temp.take(pg_temp.bounce(:m, 'ha@example.com'),
    pg_temp.mail_from('ha@example.com', '{"auth":"pass"}'),
    pg_temp.bounce(:m, 'ha@example.com'));
SELECT is(pg_temp.tickets(), '1 2 1', 'one batch: each where it belongs');
SELECT is((pg_temp.row_of(:u)).state, 'open', 'one batch: open again');

-- Somebody else's out-of-office note
SELECT pg_temp.waits(:u);
SELECT pg_temp.answered(:u, 'ha@example.com') AS m \gset
SELECT pg_temp.take(pg_temp.mail_from('ha@example.com', jsonb_build_object(
    'automatic', true, 'facts', '{"automatic":"out-of-office"}'::jsonb,
    'thread', (SELECT ARRAY[o.message_id] FROM desk.outbound o
	WHERE o.event = :m)))) AS a \gset
SELECT is(ROW((:'a'::jsonb->>'ticket')::bigint, t.state, t.due_at)::text,
    format('(%s,pending,)', :u), 'away: kept, opens nothing')
FROM pg_temp.row_of(:u) t;
SELECT is((SELECT e.facts->>'automatic' FROM desk.event e
    WHERE e.id = (:'a'::jsonb->>'event')::bigint), 'out-of-office',
    'away: marked');
SELECT is(pg_temp.delivery(:m), 'sent', 'away: what we sent arrived');

SELECT * FROM finish();
ROLLBACK;
