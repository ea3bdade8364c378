-- What is on its way to customers: queued with its event, claimed under a
-- lease, let go once, and never sent again after that by itself.
BEGIN;
\ir fixture.psql
SELECT plan(63);

INSERT INTO desk.served (kind, address, queue)
SELECT 'email', 'sales@shop.example', q.id FROM desk.queue q
WHERE q.name = 'sales';
INSERT INTO desk.served (kind, address) VALUES ('email', 'hello@shop.example');
SELECT pg_temp.customer('Lan', 'lan@example.com') AS lan \gset
SELECT pg_temp.ticket(:lan, 'sales', 'Giá áo thun') AS t \gset
UPDATE desk.event SET external_id = 'one@example.com/' || repeat('a', 32)
WHERE ticket = :t;

-- One state, as words: state attempts.
CREATE FUNCTION pg_temp.is_at(of bigint) RETURNS text
LANGUAGE sql AS $$
	SELECT o.state || ' ' || o.attempts FROM desk.outbound o
	WHERE o.event = of
$$;
CREATE FUNCTION pg_temp.row_of(of bigint) RETURNS bigint
LANGUAGE sql AS 'SELECT o.id FROM desk.outbound o WHERE o.event = of';
-- As if so much time had passed.
CREATE FUNCTION pg_temp.later(span interval) RETURNS void
LANGUAGE sql AS $$
	UPDATE desk.outbound SET next_try = next_try - span
$$;
CREATE FUNCTION pg_temp.claim(daemon text DEFAULT 'a', n int DEFAULT 10)
RETURNS bigint[]
LANGUAGE sql AS $$
	SELECT coalesce(array_agg((c.message->>'event')::bigint ORDER BY c.id),
	    '{}')
	FROM desk.outbound_claim(daemon, '{mail}', n) c
$$;

-- An answer is queued, and can be taken back for a while.
SELECT (pg_temp.act('an', 'reply', :t, '{"text":"Dạ 120k"}')->>'event')::bigint
    AS e \gset
SELECT pg_temp.told();
SELECT is(pg_temp.is_at(:e), 'queued 0', 'reply: queued');
SELECT is(o.next_try, now() + interval '10 seconds', 'reply: it waits')
FROM desk.outbound o WHERE o.event = :e;
SELECT ok(o.message_id ~ ('^t' || :t || '[.][0-9a-f]{32}@shop[.]example$'),
    'reply: a Message-ID of ours') FROM desk.outbound o WHERE o.event = :e;
SELECT is((SELECT ARRAY[r.ticket, r.event] FROM desk.message_ref r
	WHERE r.ref = o.message_id), ARRAY[:t, :e]::bigint[],
    'reply: … by which its answer finds the case')
FROM desk.outbound o WHERE o.event = :e;
SELECT is(pg_temp.claim(), '{}', 'claim: not before its time');
SELECT is(desk.outbound_put(:e, :t, 'mail', 'x@example.com', 'reply'),
    pg_temp.row_of(:e), 'put: twice for one event is once');
SELECT pg_temp.refused('chi', 'ticket_unsend', jsonb_build_object('ticket',
	:t, 'event', :e), 'DENIED ticket', 'unsend: by one who serves here');
SELECT pg_temp.refused('an', 'ticket_unsend', jsonb_build_object('ticket',
	:t, 'event', :e + 1000), 'NOTFOUND event', 'unsend: a message of ours');
SELECT pg_temp.act('an', 'unsend', :t, jsonb_build_object('event', :e));
SELECT is(pg_temp.is_at(:e), 'withdrawn 0', 'unsend: withdrawn');
SELECT is(pg_temp.told(), 'delivery unsend', 'unsend: told');
SELECT ok((SELECT t.due_at IS NOT NULL FROM desk.ticket t WHERE t.id = :t),
    'unsend: an answer is owed again');
SELECT pg_temp.act('an', 'unsend', :t, jsonb_build_object('event', :e));
SELECT is(pg_temp.told(), '', 'unsend: once');
SELECT pg_temp.later('1 hour');
SELECT is(pg_temp.claim(), '{}', 'unsend: it is never sent');

-- Sent
SELECT (pg_temp.act('an', 'reply', :t, '{"text":"Dạ 130k"}')->>'event')::bigint
    AS e \gset
SELECT (pg_temp.act('an', 'reply', :t, '{"text":"Còn hàng"}')->>'event')::bigint
    AS e2 \gset
SELECT pg_temp.told();
SELECT pg_temp.later('11 seconds');
SELECT desk.outbound_claim('a', '{social}', 10);
SELECT is(pg_temp.is_at(:e), 'queued 0', 'claim: only these channels');
CREATE TEMP TABLE got AS SELECT * FROM desk.outbound_claim('a', '{mail}', 10);
SELECT is((SELECT array_agg((message->>'event')::bigint) FROM got),
    ARRAY[:e]::bigint[], 'claim: one of a case at a time');
SELECT is(message - '{id,event,ticket,message_id,at,quoted,company,references}'
    ::text[], '{"attempts":1,"channel":"mail","address":"lan@example.com",
    "purpose":"reply","subject":"Giá áo thun","answers":true,"text":"Dạ 130k",
    "from":"sales@shop.example","agent":"An Nguyễn","to":"Lan",
    "answered":"one@example.com"}',
    'claim: what the mail is made of') FROM got;
SELECT is(message->'references'->>0, 'one@example.com', 'claim: the first mail')
FROM got;
SELECT is(message->'quoted'->>'text', 'Xin chào', 'claim: what it answers')
FROM got;
SELECT ok(message->'quoted'->>'head' ~ '^Vào .*, customer đã viết:$',
    'claim: who wrote that') FROM got;
SELECT pg_temp.refused('an', 'ticket_unsend', jsonb_build_object('ticket',
	:t, 'event', :e), 'CONFLICT event', 'unsend: too late');
SELECT is((SELECT string_agg(desk.unsend_late(s), ' ') FROM unnest(
    '{sending,bounced,failed}'::text[]) s), 'It is too late: this message is on '
    'its way. This message was sent, and came back. This message could not be '
    'sent, and goes nowhere.', 'unsend: why not');
SELECT pg_temp.refused('an', 'ticket_resend', jsonb_build_object('ticket',
	:t, 'event', :e), 'CONFLICT event', 'resend: not while it is sent');
SELECT is(pg_temp.claim('b'), '{}', 'claim: nobody else has it');
SELECT ok(NOT desk.outbound_commit(pg_temp.row_of(:e), 'b', 1),
    'commit: not by another daemon');
SELECT ok(NOT desk.outbound_commit(pg_temp.row_of(:e), 'a', 2),
    'commit: not for another try');
SELECT ok(desk.outbound_commit(pg_temp.row_of(:e), 'a', 1), 'commit');
SELECT ok(desk.outbound_commit(pg_temp.row_of(:e), 'a', 1),
    'commit: who did not hear the answer may ask again');
SELECT is(desk.outbound_settle(pg_temp.row_of(:e), 'a', 1, 'done', 250,
    '250 2.0.0 Ok: queued', NULL), 'sent', 'settle: sent');
SELECT is(pg_temp.told(), 'delivery', 'settle: told');
SELECT is(desk.outbound_settle(pg_temp.row_of(:e), 'a', 1, 'later', 0, 'x',
    NULL), NULL, 'settle: what is settled stays so');
SELECT is(desk.delivery_of(:e) - '{outbound,settled_at,message_id}'::text[],
    '{"state":"sent","channel":"mail","address":"lan@example.com",
    "purpose":"reply","attempts":1,"status":250,
    "said":"250 2.0.0 Ok: queued"}', 'delivery: shown');
SELECT pg_temp.later('10 days');
SELECT is(pg_temp.claim('b'), ARRAY[:e2]::bigint[],
    'claim: sent is never sent again; the next of the case is');
SELECT pg_temp.refused('an', 'ticket_resend', jsonb_build_object('ticket',
	:t, 'event', :e), 'CONFLICT event', 'resend: not what was sent');

-- A daemon goes.
SELECT desk.outbound_release(ARRAY[pg_temp.row_of(:e2)], 'b');
SELECT is(pg_temp.is_at(:e2), 'queued 0', 'gone: as if it had not tried');
SELECT is(pg_temp.claim('b'), ARRAY[:e2]::bigint[], 'gone: at once');

-- A daemon dies while it sends: somebody else does.
SELECT pg_temp.later('3 minutes');
SELECT is(pg_temp.claim('c'), ARRAY[:e2]::bigint[], 'died sending: tried again');
SELECT ok(NOT desk.outbound_commit(pg_temp.row_of(:e2), 'b', 1),
    'died sending: who slept through his lease lets nothing go');
SELECT is(desk.outbound_settle(pg_temp.row_of(:e2), 'b', 1, 'later', 0, 'x',
    NULL), NULL, 'died sending: … and settles nothing');
SELECT desk.outbound_renew(ARRAY[pg_temp.row_of(:e2)], 'c');
SELECT is(pg_temp.claim('b'), '{}', 'renewed: it keeps it');

-- Deferred, with growing pauses, for five days.
SELECT is(desk.outbound_settle(pg_temp.row_of(:e2), 'c', 2, 'later', 451,
    '451 busy', NULL), 'deferred', 'later: deferred');
SELECT is(o.next_try, now() + interval '5 minutes', 'later: the second pause')
FROM desk.outbound o WHERE o.event = :e2;
SELECT is(array_agg(desk.outbound_pause(n) ORDER BY n),
    '{00:01,00:05,00:15,00:30,01:00,01:00}', 'later: the pauses')
FROM generate_series(1, 6) n;
SELECT ok((SELECT t.due_at IS NULL FROM desk.ticket t WHERE t.id = :t),
    'later: nobody is bothered');
SELECT pg_temp.later('6 minutes');
SELECT pg_temp.claim('c');
SELECT desk.outbound_settle(pg_temp.row_of(:e2), 'c', 3, 'later', 429, 'slow',
    7200);
SELECT is(o.next_try, now() + interval '2 hours', 'later: as the peer asks')
FROM desk.outbound o WHERE o.event = :e2;
UPDATE desk.outbound SET created_at = now() - interval '121 hours',
    next_try = now() - interval '1 second' WHERE event = :e2;
SELECT pg_temp.act('an', 'resolve', :t);
SELECT pg_temp.claim('c');
SELECT pg_temp.told();
SELECT is(desk.outbound_settle(pg_temp.row_of(:e2), 'c', 4, 'later', 451,
    '451 busy', NULL), 'failed', 'later: given up after five days');
SELECT ok((SELECT t.state = 'open' AND t.due_at = now() AND t.reopens = 1
	FROM desk.ticket t WHERE t.id = :t), 'failed: the case is due again');
SELECT is(desk.outbox_mine()#>>'{0,apply,feed,delivery,alert}', 'true',
    'failed: an alert');
SELECT pg_temp.act('an', 'resend', :t, jsonb_build_object('event', :e2));
SELECT is(pg_temp.claim('c'), ARRAY[:e2]::bigint[], 'resend: by hand, at once');

-- Let go, and no word came.
SELECT desk.outbound_commit(pg_temp.row_of(:e2), 'c', 5);
SELECT desk.outbound_release(ARRAY[pg_temp.row_of(:e2)], 'c');
SELECT is(pg_temp.claim('b'), '{}', 'committing: nobody takes it');
SELECT pg_temp.later('3 minutes');
SELECT pg_temp.told();
SELECT is(pg_temp.claim('b'), '{}', 'died committing: never sent again');
SELECT is(desk.outbound_lapse(10), 1, 'died committing: found');
SELECT is(pg_temp.is_at(:e2), 'unknown 5', 'died committing: unknown');
SELECT is(pg_temp.told(), 'delivery', 'died committing: told');
SELECT is(desk.outbound_settle(pg_temp.row_of(:e2), 'c', 5, 'later', 0, 'x',
    NULL), NULL, 'unknown: no failure changes it');
SELECT is(desk.outbound_settle(pg_temp.row_of(:e2), 'c', 5, 'done', 250, '250',
    NULL), 'sent', 'unknown: the word that comes late counts');

-- An acknowledgement that fails bothers nobody.
SELECT pg_temp.act('an', 'resolve', :t);
SELECT nextval('desk.event_id') AS ack \gset
INSERT INTO desk.event (id, at, ticket, customer, kind, channel, direction,
    text)
VALUES (:ack, now(), :t, :lan, 'message', 'mail', 'out', 'Đã nhận');
SELECT desk.outbound_put(:ack, :t, 'mail', 'lan@example.com',
    'acknowledgement');
SELECT pg_temp.claim();
SELECT desk.outbound_settle(pg_temp.row_of(:ack), 'a', 1, 'never', 550, '550',
    NULL);
SELECT ok(pg_temp.is_at(:ack) = 'failed 1' AND t.state = 'resolved',
    'acknowledgement: nobody is bothered')
FROM desk.ticket t WHERE t.id = :t;

-- One that every daemon dies of.
SELECT pg_temp.act('an', 'reopen', :t, '{}');
SELECT pg_temp.act('an', 'reply', :t, '{"text":"Dạ"}')->'event' AS bad \gset
UPDATE desk.outbound SET state = 'sending', attempts = 10, lease_by = 'a',
    next_try = now() - interval '59 minutes' WHERE event = :bad;
SELECT is(pg_temp.claim('b'), '{}', 'dies again and again: not at once');
UPDATE desk.outbound SET next_try = now() - interval '61 minutes'
WHERE event = :bad;
SELECT is(pg_temp.claim('b'), ARRAY[:bad]::bigint[], 'but after a pause');
UPDATE desk.outbound SET next_try = now() - interval '1 minute'
WHERE event = :bad;
SELECT is(desk.outbound_lapse(10), 0, 'and within its days again');
UPDATE desk.outbound SET created_at = now() - interval '6 days'
WHERE event = :bad;
SELECT is(desk.outbound_lapse(10), 1, 'but not for ever');
SELECT is(pg_temp.is_at(:bad), 'failed 11', 'and an agent is told');

-- Two that look for work at once, among many, read what they take.
INSERT INTO desk.outbound (event, ticket, channel, address, state)
SELECT -n, :t, 'mail', 'x@example.com', 'sent'
FROM generate_series(1, 20000) n;
INSERT INTO desk.ticket (customer, queue, state, channel)
SELECT :lan, t.queue, 'open', 'mail' FROM desk.ticket t,
    generate_series(1, 50) WHERE t.id = :t;
INSERT INTO desk.outbound (event, ticket, channel, address)
SELECT -20000 - k.id, k.id, 'mail', 'x@example.com' FROM desk.ticket k
WHERE k.id > :t;
CREATE FUNCTION pg_temp.rows_read() RETURNS bigint
LANGUAGE sql AS $$
	SELECT pg_stat_get_xact_tuples_returned('desk.outbound'::regclass)
	    + pg_stat_get_xact_tuples_fetched('desk.outbound'::regclass)
$$;
SELECT pg_temp.rows_read() AS before \gset
SELECT is(count(*), 8::bigint, 'many: so many as asked for')
FROM desk.outbound_claim('a', '{mail}', 8);
SELECT cmp_ok(pg_temp.rows_read() - :before, '<', 1000::bigint,
    'many: the sent ones are not looked at');

SELECT * FROM finish();
ROLLBACK;
