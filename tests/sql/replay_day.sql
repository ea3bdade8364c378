-- A day as it was: what DAY.READ tells of it, in pages, and what it does not.
BEGIN;
\ir fixture.psql
SELECT plan(20);

-- 2026-03-02 in UTC (no configuration says another zone).
CREATE FUNCTION pg_temp.at(clock text) RETURNS timestamptz
LANGUAGE sql AS $$ SELECT ('2026-03-02 ' || clock || '+00')::timestamptz $$;
SELECT pg_temp.customer('Lan', 'lan@example.com') AS lan \gset
CREATE TABLE pg_temp.t (name text PRIMARY KEY, id bigint);
CREATE FUNCTION pg_temp.came(called text, in_queue text, clock text,
    channel text DEFAULT 'mail') RETURNS void
LANGUAGE plpgsql AS $$
DECLARE
	new_id	bigint;
BEGIN
	INSERT INTO desk.ticket (customer, queue, state, channel, subject,
	    priority, opened_at, skills)
	SELECT (SELECT c.id FROM desk.customer c WHERE c.name = 'Lan'), q.id,
	    'new', channel, 'bí mật', 60, pg_temp.at(clock), '{en:2,vi?}'
	FROM desk.queue q WHERE q.name = in_queue RETURNING id INTO new_id;
	INSERT INTO pg_temp.t VALUES (called, new_id);
END;
$$;
CREATE FUNCTION pg_temp.id(called text) RETURNS bigint
LANGUAGE sql AS $$ SELECT t.id FROM pg_temp.t t WHERE t.name = called $$;
CREATE FUNCTION pg_temp.was(called text, clock text, what text,
    direction text DEFAULT 'own', meta jsonb DEFAULT NULL) RETURNS void
LANGUAGE sql AS $$
	INSERT INTO desk.event (filed_at, at, ticket, customer, kind, channel,
	    direction, who, meta)
	SELECT pg_temp.at(clock), pg_temp.at(clock), t.id, t.customer, what,
	    t.channel, direction, 'an', meta
	FROM desk.ticket t WHERE t.id = pg_temp.id(called)
$$;
CREATE FUNCTION pg_temp.read(more jsonb DEFAULT '{}') RETURNS jsonb
LANGUAGE sql AS $$
	SELECT pg_temp.ask('sup', 'day_read', '{"day":"2026-03-02"}' || more)
$$;
-- Where in the day, in s.
CREATE FUNCTION pg_temp.said(j jsonb, what text) RETURNS text
LANGUAGE sql AS $$
	SELECT string_agg(coalesce(c->>what, '-'), ' ' ORDER BY c->>'at')
	FROM jsonb_array_elements(j->'cases') c
$$;

SELECT is(desk.ticket_since(now() + interval '1 day'),
    coalesce((SELECT max(t.id) + 1 FROM desk.ticket t), 1),
    'nothing is younger than all');

SELECT pg_temp.came('before', 'sales', '00:00'::text);
UPDATE desk.ticket SET opened_at = pg_temp.at('00:00') - interval '1 second'
WHERE id = pg_temp.id('before');
SELECT pg_temp.came('mail', 'sales', '08:00');
SELECT pg_temp.was('mail', '08:10', 'offer', 'own', '{"from":null,"to":"an"}');
SELECT pg_temp.was('mail', '08:15', 'message', 'out');
SELECT pg_temp.came('moved', 'shipping', '08:30');
SELECT pg_temp.was('moved', '08:40', 'transfer', 'own',
    '{"from":"sales","to":"shipping"}');
SELECT pg_temp.came('order', 'sales', '08:45');
UPDATE desk.ticket SET kind = 'order' WHERE id = pg_temp.id('order');
SELECT pg_temp.came('call', 'sales', '09:00', 'call');
INSERT INTO desk.call (id, ticket, direction, state, units, began_at,
    touched_at, first_event, duration, answered_at)
VALUES ('c-1', pg_temp.id('call'), 'in', 'ended', 100, pg_temp.at('09:00'),
    pg_temp.at('09:05'), 1, 240, pg_temp.at('09:01'));
SELECT pg_temp.came('missed', 'sales', '09:30', 'call');
INSERT INTO desk.call (id, ticket, direction, state, units, began_at,
    touched_at, first_event, wait)
VALUES ('c-2', pg_temp.id('missed'), 'in', 'missed', 100, pg_temp.at('09:30'),
    pg_temp.at('09:31'), 1, 45);
SELECT pg_temp.came('after', 'sales', '23:59:59');
UPDATE desk.ticket SET opened_at = pg_temp.at('00:00') + interval '1 day'
WHERE id = pg_temp.id('after');

SELECT is(pg_temp.said(pg_temp.read(), 'queue'), 'sales sales sales sales',
    'by the queue that each came to first, and no record of an order');
SELECT is(pg_temp.said(pg_temp.read(), 'at'),
    '28800000 30600000 32400000 34200000', 'ms of the day');
SELECT is(pg_temp.said(pg_temp.read(), 'handle'), '300 - 240 -',
    'from who had it to the answer; what was talked; not known');
SELECT is(pg_temp.said(pg_temp.read(), 'gone'), '- - - 45',
    'who gave up, and when');
SELECT is(pg_temp.said(pg_temp.read(), 'channel'), 'mail mail call call',
    'the channel');
SELECT is(pg_temp.read()->'cases'->0->'skills', '["en:2","vi?"]', 'skills');
SELECT is(pg_temp.read()->'cases'->0->>'priority', '60', 'the priority');
SELECT ok(NOT pg_temp.read()::text ~ 'bí mật|Lan|lan@',
    'nothing that was written, nobody''s name');
SELECT is(pg_temp.said(pg_temp.read('{"queue":"shipping"}'), 'at'), NULL,
    'one queue''s alone');

-- Pages
SELECT is((WITH RECURSIVE page (answer) AS (
	SELECT pg_temp.read('{"limit":2}')
	UNION ALL
	SELECT pg_temp.read(jsonb_build_object('limit', 2, 'after',
	    p.answer->'next')) FROM page p WHERE p.answer ? 'next')
    SELECT string_agg(pg_temp.said(p.answer, 'at'), ' ') FROM page p),
    '28800000 30600000 32400000 34200000', 'the same in pages of two');
SELECT ok(NOT pg_temp.read('{"after":1}') ? 'agents',
    'agents are on the first page');
SELECT ok(NOT pg_temp.read() ? 'next', 'the last page has no next');
SELECT is(pg_temp.read()->>'length', '86400000', 'a day''s length');

-- Who was there
INSERT INTO desk.agent_time (agent, state, began, ended)
SELECT a.id, v.state, v.began, v.ended FROM desk.agent a
JOIN (VALUES
    ('an', 'ready', pg_temp.at('00:00') - interval '2 hours',
	pg_temp.at('01:00')),
    ('an', 'break', pg_temp.at('01:00'), pg_temp.at('02:00')),
    ('an', 'ready', pg_temp.at('02:00'), pg_temp.at('03:00')),
    ('binh', 'ready', pg_temp.at('23:00'), pg_temp.at('23:00')
	+ interval '3 hours'),
    ('chi', 'ready', pg_temp.at('00:00') - interval '9 hours',
	pg_temp.at('00:00') - interval '8 hours'),
    ('gone', 'ready', pg_temp.at('10:00'), pg_temp.at('11:00')))
    v (name, state, began, ended) ON v.name = a.name;
SELECT is((SELECT string_agg(concat_ws(' ', a->>'agent',
	(a->>'from')::bigint / 60000, (a->>'until')::bigint / 60000), ', '
	ORDER BY n)
    FROM jsonb_array_elements(pg_temp.read()->'agents') WITH ORDINALITY
	x (a, n)), 'an 0 60, an 120 180, binh 1380 1440',
    'who was ready, within the day');

-- The search by halves finds what a search of all does.
SELECT is(desk.ticket_since(pg_temp.at('09:00')), pg_temp.id('call'),
    'the first of nine o''clock');
SELECT is(desk.ticket_since(pg_temp.at('00:00') - interval '1 year'),
    (SELECT min(t.id) FROM desk.ticket t), 'all are younger');

SELECT throws_ok($$ SELECT pg_temp.read('{"day":"2026-02-30"}') $$, 'DK001',
    'That is no day of 1970 to 2199; write 2026-11-21.', 'a day that is none');
SELECT throws_ok($$ SELECT pg_temp.read('{"day":"yesterday"}') $$, 'DK001',
    'That is no day of 1970 to 2199; write 2026-11-21.', 'a word');
SELECT throws_ok($$ SELECT pg_temp.read('{"queue":"none"}') $$, 'DK001',
    'There is no such queue.', 'a queue that is none');

SELECT * FROM finish();
ROLLBACK;
