-- Full queues, closed ones, patience: what becomes of who comes to be answered
-- at once.
BEGIN;
\ir chat.psql
SELECT plan(56);

INSERT INTO desk.template (name, lang, body)
VALUES ('busy', 'en', 'Busy, #{ticket} of {queue}.');
CREATE FUNCTION pg_temp.put(name text, what jsonb) RETURNS void
LANGUAGE sql AS $$
	UPDATE desk.queue q SET
	    most_waiting = coalesce((what->>'full')::int, 0),
	    when_full = coalesce(what->>'when_full', 'hold'),
	    when_closed = coalesce(what->>'when_closed', 'hold'),
	    patience = ARRAY(SELECT jsonb_array_elements_text(what->'patience')),
	    turned_away = what->>'turned_away'
	WHERE q.name = put.name
$$;

-- A visitor of his own says so much; his ticket.
CREATE FUNCTION pg_temp.comes(n int, more jsonb DEFAULT '{}') RETURNS bigint
LANGUAGE plpgsql AS $$
DECLARE
	whose	text := '00000000-0000-4000-8000-' || lpad(n::text, 12, '0');
BEGIN
	IF NOT EXISTS (SELECT FROM desk.conversation c WHERE c.id = whose::uuid)
	THEN
		PERFORM pg_temp.open(whose, '{"lang":"en"}');
	END IF;
	RETURN pg_temp.speak(whose, 'hello', '{"units":20}' || more);
END;
$$;
CREATE FUNCTION pg_temp.how(t bigint) RETURNS text
LANGUAGE sql AS $$
	SELECT concat_ws(' ', q.name, t.kind, t.state, t.turned, t.units)
	FROM desk.ticket t JOIN desk.queue q ON q.id = t.queue
	WHERE t.id = how.t
$$;
-- The history, as "kind kind …", and what the desk noted of it.
CREATE FUNCTION pg_temp.past(t bigint) RETURNS text
LANGUAGE sql AS $$
	SELECT string_agg(e.kind, ' ' ORDER BY e.id) FROM desk.event e
	WHERE e.ticket = past.t
$$;
CREATE FUNCTION pg_temp.noted(t bigint) RETURNS jsonb
LANGUAGE sql AS $$
	SELECT e.meta FROM desk.event e
	WHERE e.ticket = noted.t AND e.kind = 'turned'
	ORDER BY e.id DESC LIMIT 1
$$;
CREATE FUNCTION pg_temp.counted(name text, word text) RETURNS bigint
LANGUAGE sql AS $$
	SELECT coalesce(sum(h.n), 0)::bigint FROM desk.queue_hour h
	JOIN desk.queue q ON q.id = h.queue
	WHERE q.name = counted.name AND h.what = word
$$;
CREATE FUNCTION pg_temp.waits(name text) RETURNS jsonb
LANGUAGE sql AS $$
	SELECT desk.queue_wait('{"role":"service"}',
	    jsonb_build_object('queue', name)) - 'asked'
$$;

-- Words
SELECT is(desk.patience_read(w.word)::text, w.said, w.word)
FROM (VALUES ('chat 3m', '(chat,180,)'),
    ('call 90s overflow b', '(call,90,"overflow b")')) w (word, said);

-- No limit
SELECT is(pg_temp.waits('sales'), '{"queue":"sales","do":"hold"}',
    'as usual everybody waits');
SELECT pg_temp.comes(1) AS a \gset
SELECT is(pg_temp.how(:a), 'sales case new 20', 'no limit: he waits');

-- Full: a message
SELECT pg_temp.put('sales', '{"full":2,"when_full":"message",
    "turned_away":"busy"}');
SELECT pg_temp.comes(2) AS b \gset
SELECT is(pg_temp.how(:b), 'sales case new 20', 'the second of two waits');
SELECT is(pg_temp.waits('sales'), '{"queue":"sales","do":"message",
    "why":"full"}', 'full: said to who asks before');
SELECT pg_temp.comes(3) AS c \gset
SELECT is(pg_temp.how(:c), 'sales case new message 5',
    'full: the third is a letter');
SELECT is(pg_temp.past(:c), 'message turned acknowledgement',
    'full: on record, and he is told');
SELECT is(pg_temp.noted(:c), '{"how":"message","why":"full"}', 'full: why');
SELECT is((SELECT array_agg(m->>'text') FROM jsonb_array_elements(pg_temp.read(
    '00000000-0000-4000-8000-000000000003')->'messages') m
    WHERE (m->>'automatic')::boolean), ARRAY[format('Busy, #%s of Bán hàng.',
    (SELECT t.number FROM desk.ticket t WHERE t.id = :c))],
    'full: in the queue''s words');
SELECT is((SELECT o.apply#>>'{feed,kind}' || (o.apply#>>'{feed,automatic}')
	|| (o.apply->>'units')
    FROM desk.outbox_sweep('5 seconds', 100) o
    WHERE o.apply#>>'{feed,automatic}' IS NOT NULL), 'eventtrue5',
    'full: the next sweep tells him');
SELECT is((SELECT t.first_answer_at FROM desk.ticket t WHERE t.id = :c), NULL,
    'full: the desk''s words are no answer');
SELECT is(pg_temp.comes(3), :c::bigint, 'he writes on in the same case');
SELECT is(pg_temp.past(:c), 'message turned acknowledgement message',
    '… and is told once');
SELECT is(pg_temp.counted('sales', 'turned'), 1::bigint, 'full: counted');
SELECT is(desk.live_waiting(q.id, 100), 2, 'a letter does not count as waiting')
FROM desk.queue q WHERE q.name = 'sales';

-- A batch counts itself
UPDATE desk.ticket SET state = 'resolved', resolved_at = now()
WHERE id IN (:a, :b, :c);
SELECT pg_temp.open('10000000-0000-4000-8000-00000000000' || n)
FROM generate_series(1, 4) n;
SELECT pg_temp.ticket(VARIADIC ARRAY(SELECT pg_temp.say(
    '10000000-0000-4000-8000-00000000000' || n, 'all at once')
    FROM generate_series(1, 4) n));
SELECT is(string_agg(coalesce(t.turned, 'waits'), ' ' ORDER BY t.id),
    'waits waits message message', 'four at once: two wait')
FROM desk.ticket t WHERE t.id > :c;
SELECT is(pg_temp.how(pg_temp.ticket(pg_temp.mail())), 'sales case new 5',
    'mail is never turned away');
SELECT is((pg_temp.row_of(pg_temp.ticket(pg_temp.mail()))).turned, NULL,
    '… and is what it is');

-- Who left waits no more; who is back does
SELECT is(desk.chat_gone(jsonb_build_array(jsonb_build_object('conversation',
    '10000000-0000-4000-8000-000000000001', 'since',
    floor(extract(epoch FROM now()) * 1000)::bigint))), 1, 'one leaves');
SELECT pg_temp.comes(5) AS e \gset
SELECT is(pg_temp.how(:e), 'sales case new 20', 'his place is free');
SELECT is(desk.chat_here('["10000000-0000-4000-8000-000000000001"]'), 1,
    'he is back');
SELECT is(desk.live_waiting(q.id, 100), 3, '… and waits again, in his place')
FROM desk.queue q WHERE q.name = 'sales';
SELECT is(pg_temp.waits('sales')->>'do', 'message', '… and counts');

-- Callers
SELECT pg_temp.ticket(pg_temp.ring('+84911111111',
    '{"id":"c1","state":"ringing","direction":"in"}')) AS f \gset
SELECT is(pg_temp.how(:f), 'sales callback new callback 5',
    'a caller, who cannot write, is called back');
SELECT is(pg_temp.past(:f), 'call turned', '… and nothing is written to him');
SELECT is(pg_temp.ticket(pg_temp.ring('+84911111111',
    '{"id":"c1","state":"answered","direction":"in","agent":"101"}')),
    :f::bigint, 'somebody picks up all the same');
SELECT is((pg_temp.row_of(:f)).kind, 'case', '… and it is a call');

-- Overflow, along a chain; the last one's word counts
SELECT pg_temp.put('sales', '{"full":1,"when_full":"overflow shipping"}'),
    pg_temp.put('shipping', '{"full":1,"when_full":"overflow technical"}'),
    pg_temp.put('technical', '{"full":1,"when_full":"callback"}');
SELECT pg_temp.comes(6) AS g \gset
SELECT is(pg_temp.how(:g), 'shipping case new 20', 'overflow: he waits there');
SELECT is(pg_temp.noted(:g), '{"how":"overflow","why":"full","from":"sales",
    "to":"shipping"}', 'overflow: on record');
SELECT is(pg_temp.past(:g), 'message turned', 'overflow: he is not told');
SELECT is(pg_temp.waits('sales'), '{"queue":"technical","do":"hold",
    "why":"full"}', 'overflow: said to who asks');
SELECT pg_temp.comes(7) AS h \gset
SELECT pg_temp.comes(8) AS i \gset
SELECT is(pg_temp.how(:h), 'technical case new 20', 'overflow: through two');
SELECT is(pg_temp.how(:i), 'technical callback new callback 5',
    'overflow: the last one''s word');
SELECT is((SELECT m->>'text' FROM jsonb_array_elements(pg_temp.read(
    '00000000-0000-4000-8000-000000000008')->'messages') m
    WHERE (m->>'automatic')::boolean), 'Nobody is free at the moment. Leave '
    'your telephone number or e-mail address here, and we call you back.',
    'call-back: he is told, in our own words');
SELECT is(pg_temp.counted('sales', 'turned'), 7::bigint,
    'overflow: counted where he came');

-- Closed
INSERT INTO desk.hours (name, timezone) VALUES ('never', 'UTC');
INSERT INTO desk.hours_span (hours, dow, opens, closes)
SELECT h.id, extract(isodow FROM now() - interval '2 days')::int, 0, 60
FROM desk.hours h WHERE h.name = 'never';
UPDATE desk.queue q SET hours = h.id FROM desk.hours h
WHERE h.name = 'never' AND q.name = 'sales';
SELECT pg_temp.put('sales', '{"when_closed":"hold"}'),
    pg_temp.put('shipping', '{}'), pg_temp.put('technical', '{}');
SELECT is(pg_temp.waits('sales')->>'do', 'hold', 'closed: held');
SELECT pg_temp.put('sales', '{"when_closed":"callback","full":1,
    "when_full":"overflow shipping"}');
SELECT is(pg_temp.waits('sales'), '{"queue":"sales","do":"callback",
    "why":"closed"}', 'closed comes before full');
SELECT is(pg_temp.how(pg_temp.comes(9)), 'sales callback new callback 5',
    'closed: called back');
SELECT is(pg_temp.how(pg_temp.comes(10, '{"facts":{"left":true}}')),
    'sales case new message 20', 'a message that was left is none to turn away');
UPDATE desk.queue SET hours = NULL;

-- Patience
UPDATE desk.ticket SET state = 'resolved' WHERE state IN ('new', 'open');
SELECT pg_temp.put('sales', '{"patience":["call 5m callback",
    "chat 3m message"]}'), pg_temp.put('shipping',
    '{"patience":["chat 3m overflow technical"]}');
SELECT pg_temp.comes(11) AS j \gset
SELECT is(desk.patience_due(100), 0, 'patience: nobody''s is over');
SELECT pg_temp.told();
SELECT is(desk.patience_next(), 5000, 'patience: one looks again by and by');
UPDATE desk.ticket SET lined_at = now() - interval '180 seconds' WHERE id = :j;
SELECT is(desk.patience_next(), 0, 'patience: … at once');
SELECT is(desk.patience_due(100), 1, 'patience: his is');
SELECT is(desk.patience_due(100), 0, 'patience: once');
SELECT is(pg_temp.how(:j), 'sales case new message 5', 'patience: a message');
SELECT is(pg_temp.noted(:j), '{"how":"message","why":"patience",
    "waited":180}', 'patience: on record');
SELECT is(pg_temp.told(), 'turned', 'patience: told');
SELECT pg_temp.comes(12, '{"candidates":[{"queue":"shipping","why":"x"}]}')
    AS k \gset
UPDATE desk.ticket SET lined_at = now() - interval '4 minutes' WHERE id = :k;
SELECT is(desk.patience_due(100), 1, 'patience: of another queue');
SELECT is(pg_temp.how(:k), 'technical case new 20', 'patience: overflows');
SELECT is((pg_temp.row_of(:k)).lined_at, now(),
    'patience: he is in another line now');
SELECT is(pg_temp.counted('shipping', 'moved_out')
    + pg_temp.counted('technical', 'moved_in'), 2::bigint,
    'patience: counted as moved');
SELECT pg_temp.ticket(pg_temp.ring('+84922222222',
    '{"id":"c2","state":"ringing","direction":"in"}')) AS l \gset
UPDATE desk.ticket SET lined_at = now() - interval '299 seconds' WHERE id = :l;
SELECT is(desk.patience_due(100), 0, 'patience: by channel');
UPDATE desk.ticket SET lined_at = clock_timestamp() - interval '297 seconds'
WHERE id = :l;
SELECT ok(desk.patience_next() BETWEEN 1000 AND 3000,
    'patience: one looks when it is over');
UPDATE desk.ticket SET lined_at = now() - interval '300 seconds' WHERE id = :l;
SELECT is(desk.patience_due(1) || pg_temp.how(:l),
    '1sales callback new callback 5', 'patience: a caller''s');
SELECT pg_temp.comes(13) AS m \gset
UPDATE desk.ticket SET lined_at = now() - interval '1 hour', state = 'open',
    assignee = (SELECT a.id FROM desk.agent a WHERE a.name = 'an')
WHERE id = :m;
SELECT is(desk.patience_due(100), 0, 'patience: not of who is being answered');

SELECT * FROM finish();
ROLLBACK;
