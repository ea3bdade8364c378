-- Queues that are drained: what is new goes elsewhere, what they have is
-- finished, and it is said when that is so.
BEGIN;
\ir fixture.psql
SELECT plan(52);

SELECT pg_temp.customer('Lan', 'lan@example.com') AS lan \gset
SELECT pg_temp.ticket(:lan, 'sales', 'Một') AS one \gset
SELECT pg_temp.ticket(:lan, 'sales', 'Hai') AS two \gset
SELECT pg_temp.ticket(:lan, 'sales', 'Ba') AS three \gset
SELECT pg_temp.ticket(:lan, 'shipping', 'Bốn') AS four \gset
SELECT pg_temp.act('an', 'take', :two);
SELECT pg_temp.act('an', 'take', :three);
SELECT pg_temp.act('an', 'pend', :three);

CREATE FUNCTION pg_temp.drain(name text) RETURNS jsonb
LANGUAGE sql AS $$
	SELECT desk.drain_said(q) - 'since' FROM desk.queue q
	WHERE q.name = drain.name
$$;
CREATE FUNCTION pg_temp.put(name text, what jsonb) RETURNS void
LANGUAGE sql AS $$
	UPDATE desk.queue q SET
	    when_full = coalesce(what->>'when_full', 'hold'),
	    when_closed = coalesce(what->>'when_closed', 'hold'),
	    widen = ARRAY(SELECT jsonb_array_elements_text(what->'widen'))
	WHERE q.name = put.name
$$;
CREATE FUNCTION pg_temp.taker(name text) RETURNS text
LANGUAGE sql AS $$
	SELECT k.name FROM desk.queue q
	JOIN desk.queue k ON k.id = desk.drain_taker(q.id)
	WHERE q.name = taker.name
$$;
-- A visitor of his own says so much; his ticket.
CREATE FUNCTION pg_temp.comes(n int) RETURNS bigint
LANGUAGE plpgsql AS $$
DECLARE
	whose	text := '00000000-0000-4000-8000-' || lpad(n::text, 12, '0');
BEGIN
	PERFORM desk.chat_open('{"role":"public"}', jsonb_build_object(
	    'id', whose, 'token_hash', encode(sha256(whose::bytea), 'hex'),
	    'contacts', '[]'::jsonb, 'lang', 'en'));
	RETURN (SELECT i.answer::jsonb->>'ticket' FROM desk.ingest(
	    jsonb_build_array(jsonb_build_object('channel', 'chat',
		'kind', 'message', 'id', whose, 'conversation', whose,
		'at', desk.rfc3339(now()), 'text', 'hi', 'preview', 'hi',
		'contacts', jsonb_build_array(jsonb_build_object(
		    'kind', 'chat', 'address', whose)), 'units', 20,
		'candidates', '[{"queue":"sales","why":"widget"}]'::jsonb)),
	    '{}', '{}') i);
END;
$$;
CREATE FUNCTION pg_temp.where_is(t bigint) RETURNS text
LANGUAGE sql AS $$
	SELECT concat_ws(' ', q.name, t.turned)
	FROM desk.ticket t JOIN desk.queue q ON q.id = t.queue
	WHERE t.id = where_is.t
$$;

-- Whose it is to do
SELECT pg_temp.refused('sup', 'queue_drain', '{"queue":"none"}',
    'INVALID queue', 'no such queue');
SELECT pg_temp.refused('sup', 'queue_drain', '{"queue":"sales","to":"none"}',
    'INVALID to', 'to no such queue');
SELECT pg_temp.refused('sup', 'queue_drain', '{"queue":"sales","to":"sales"}',
    'INVALID to', 'to itself');
SELECT is(pg_temp.drain('sales'), NULL, 'as usual nothing is said of it');

-- Without a policy what is new stays
SELECT pg_temp.told();
SELECT is(pg_temp.ask('sup', 'queue_drain', '{"queue":"sales"}')
    #- '{drain,since}', '{"queue":"sales","paused":false,"drain":{"waiting":1,
    "working":1,"pending":1,"came":0,"empty":false}}', 'drained');
SELECT is(pg_temp.told(), 'drain', 'one notice');
SELECT pg_temp.ask('sup', 'queue_drain', '{"queue":"sales"}');
SELECT is(pg_temp.told(), '', 'again tells nobody');
SELECT pg_temp.comes(1) AS a \gset
SELECT is(pg_temp.where_is(:a), 'sales', 'no queue takes it: it stays');
SELECT is(pg_temp.drain('sales'), '{"waiting":1,"working":1,"pending":1,
    "came":1,"empty":false}', 'what came is counted apart');
SELECT pg_temp.put('sales', '{"when_full":"message"}');
SELECT pg_temp.comes(2) AS b \gset
SELECT is(pg_temp.where_is(:b), 'sales message',
    'who comes to be answered at once is asked for a message, as when full');
SELECT is(desk.queue_wait('{"role":"service"}', '{"queue":"sales"}'),
    '{"asked":"sales","queue":"sales","do":"message","why":"drained"}',
    'said to who asks before');

-- By hand nothing goes there
SELECT pg_temp.refused('sup', 'ticket_transfer', jsonb_build_object('ticket',
    :four, 'queue', 'sales'), 'CONFLICT queue', 'no transfer');
SELECT pg_temp.refused('sup', 'ticket_open', jsonb_build_object('customer',
    :lan, 'queue', 'sales', 'subject', 'x'), 'CONFLICT queue',
    'no case by hand');
SELECT pg_temp.refused('sup', 'consult_ask', jsonb_build_object('ticket',
    :four, 'queue', 'sales', 'text', '?'), 'CONFLICT queue', 'no question');
SELECT pg_temp.refused('sup', 'incident_open', jsonb_build_object('ticket',
    :four, 'queue', 'sales', 'subject', 'x'), 'CONFLICT queue',
    'no incident of another queue''s case');
-- What comes out of its own cases is not new to it; it is all taken back, for
-- what follows is counted.
SAVEPOINT own;
SELECT is(pg_temp.ask('sup', 'incident_open', jsonb_build_object('ticket',
    :one, 'subject', 'x'))->>'queue', 'sales', 'but one of its own case');
INSERT INTO desk.event (at, ticket, customer, kind, channel, direction, who,
    text)
SELECT now(), t.id, t.customer, 'message', 'mail', 'in', 'customer', 'Khác'
FROM desk.ticket t WHERE t.id IN (:one, :four);
SELECT pg_temp.refused('sup', 'ticket_split', jsonb_build_object('ticket',
    :four, 'queue', 'sales', 'subject', 'x', 'events', (SELECT max(e.id)::text
    FROM desk.event e WHERE e.ticket = :four)), 'CONFLICT queue',
    'no part of another queue''s case');
SELECT pg_temp.act('sup', 'split', :one, jsonb_build_object('subject', 'x',
    'events', (SELECT max(e.id)::text FROM desk.event e
    WHERE e.ticket = :one AND e.direction = 'in')))->>'split' AS part \gset
SELECT is(pg_temp.where_is(:part), 'sales', 'but a part of its own');
ROLLBACK TO own;
SELECT is(pg_temp.act('an', 'reopen', :three)->>'state', 'open',
    'what it had may come back to it');
SELECT pg_temp.act('an', 'pend', :three);

-- Where its policy has it overflow
SELECT is(pg_temp.taker('sales'), 'sales', 'no overflow');
SELECT pg_temp.put('sales', '{"widen":["30s preferred",
    "3m overflow shipping"]}');
SELECT is(pg_temp.taker('sales'), 'shipping', 'after waiting');
SELECT pg_temp.put('sales', '{"when_closed":"overflow staff",
    "widen":["3m overflow shipping"]}');
SELECT is(pg_temp.taker('sales'), 'staff', 'sooner: when closed');
SELECT pg_temp.put('sales', '{"when_full":"overflow shipping",
    "when_closed":"overflow staff"}');
SELECT is(pg_temp.taker('sales'), 'shipping', 'first: when full');
SELECT pg_temp.comes(3) AS c \gset
SELECT is(pg_temp.where_is(:c), 'shipping', 'a chat goes there');
SELECT is(desk.queue_wait('{"role":"service"}', '{"queue":"sales"}'),
    '{"asked":"sales","queue":"shipping","do":"hold","why":"drained"}',
    'and is told so before');

-- By mail, either way in
CREATE TEMP TABLE came (ord int, answer jsonb);
CREATE FUNCTION pg_temp.mails(n int, more jsonb) RETURNS void
LANGUAGE sql AS $$
	INSERT INTO came SELECT i.ord, i.answer::jsonb
	FROM desk.ingest((SELECT jsonb_agg(jsonb_build_object(
	    'channel', 'mail', 'id', 'drain' || k, 'kind', 'message',
	    'at', desk.rfc3339(now()), 'contacts', jsonb_build_array(
		jsonb_build_object('kind', 'email', 'original',
		    'd' || k || '@example.com', 'address',
		    'd' || k || '@example.com')),
	    'subject', 's', 'text', 't', 'preview', 't', 'candidates',
	    '[{"queue":"sales","why":"rule x"}]'::jsonb) || more)
	    FROM generate_series(n, n + 1) k), '{}', '{}') i
$$;
SELECT pg_temp.mails(1, '{}');
SELECT is(answer->>'queue', 'shipping', 'a mail goes there (' || ord || ')')
FROM came ORDER BY ord;
SELECT is(DISTINCT_why, '"rule x; sales is drained"', 'and says why')
FROM (SELECT DISTINCT answer->'why'->'classified' AS DISTINCT_why FROM came) x;
TRUNCATE came;
SELECT pg_temp.mails(11, '{"automatic":true,"thread":["nothing@x"]}');
SELECT is(answer->>'queue', 'shipping', 'the long way, too (' || ord || ')')
FROM came ORDER BY ord;
SELECT is(DISTINCT_why, '"rule x; sales is drained"', 'and says why')
FROM (SELECT DISTINCT answer->'why'->'classified' AS DISTINCT_why FROM came) x;
TRUNCATE came;

-- A queue that is named; chains and rings
SELECT pg_temp.told();
SELECT is(pg_temp.ask('sup', 'queue_drain', '{"queue":"sales","to":"staff"}')
    ->'drain'->>'to', 'staff', 'a queue is named for it');
SELECT is(pg_temp.told(), 'drain', 'and told');
SELECT is(pg_temp.taker('sales'), 'staff', 'that one takes it');

-- A target that moves what is late there
SELECT desk.config_targets('{"targets":[{"name":"late","queue":"shipping",
    "first":60,"on_breach":["move sales"]}],"queues":[],"hours":[]}');
CREATE FUNCTION pg_temp.late(n int) RETURNS bigint
LANGUAGE plpgsql AS $$
DECLARE
	of	bigint;
BEGIN
	PERFORM pg_temp.mails(n, '{"candidates":
	    [{"queue":"shipping","why":"rule x"}]}');
	of := (SELECT (answer->>'ticket')::bigint FROM came
	    ORDER BY ord LIMIT 1);
	TRUNCATE came;
	UPDATE desk.clock c SET since = c.since - interval '5 min',
	    due_at = c.due_at - interval '5 min',
	    alarm_at = c.alarm_at - interval '5 min'
	WHERE c.ticket = of;
	PERFORM desk.alarms_due(10);
	RETURN of;
END;
$$;
SELECT pg_temp.late(21) AS e \gset
SELECT is(pg_temp.where_is(:e), 'staff', 'late: to the one that takes it');
SELECT pg_temp.ask('sup', 'queue_drain', '{"queue":"staff"}');
SELECT is(pg_temp.taker('sales'), 'sales',
    'drained itself, and nothing takes its own: what is new stays');
SELECT pg_temp.late(31) AS f \gset
SELECT is(pg_temp.where_is(:f), 'shipping', 'late, and no queue takes it');
SELECT is((SELECT e.meta->'refused' FROM desk.event e
    WHERE e.ticket = :f AND e.kind = 'clock'), '[{"act":"move sales","why":
    "This queue is being drained: it takes nothing new."}]',
    'the clock says so');
SELECT pg_temp.put('staff', '{"when_full":"overflow shipping"}');
SELECT is(pg_temp.taker('sales'), 'shipping', 'a chain is followed');
SELECT pg_temp.put('staff', '{"when_full":"overflow sales"}');
SELECT is(pg_temp.taker('sales'), 'sales', 'a ring ends where it began');
SELECT is(desk.queue_wait('{"role":"service"}', '{"queue":"sales"}')->>'do',
    'hold', 'and holds whoever comes');
SELECT pg_temp.refused('sup', 'queue_drain',
    '{"queue":"shipping","to":"staff"}', 'CONFLICT to',
    'to one that is drained, too');
SELECT pg_temp.ask('sup', 'queue_resume', '{"queue":"staff"}');

-- Done
SELECT pg_temp.told();
SELECT is(desk.drain_due(10), 0, 'not done: not told');
SELECT is(desk.drain_next(), 1000, 'looked after again soon');
SELECT pg_temp.act('an', 'resolve', :one);
SELECT pg_temp.act('an', 'resolve', :two);
SELECT pg_temp.told();
SELECT is(desk.drain_due(10), 1, 'done: told');
SELECT is(pg_temp.told(), 'drained', 'by a notice');
SELECT is(desk.drain_due(10), 0, 'once');
SELECT is(desk.drain_next(), 5000, 'and not looked after any more');
SELECT is(pg_temp.drain('sales') - 'done_at', '{"to":"staff","waiting":0,
    "working":0,"pending":1,"came":2,"empty":true}', 'it is empty');

-- Resumed
SELECT pg_temp.ask('sup', 'queue_resume', '{"queue":"sales"}');
SELECT is(pg_temp.told(), 'resume', 'resumed');
SELECT pg_temp.put('sales', '{}');
SELECT pg_temp.comes(4) AS d \gset
SELECT is(pg_temp.where_is(:d), 'sales', 'what comes is its own again');
SELECT results_eq($$SELECT action, object FROM desk.audit
    WHERE object = 'sales' ORDER BY id$$,
    $$VALUES ('queue.drain', 'sales'), ('queue.drain', 'sales'),
	('queue.drained', 'sales'), ('queue.resume', 'sales')$$,
    'for the record');

SELECT * FROM finish();
ROLLBACK;
