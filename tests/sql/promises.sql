-- Promises to customers: made, moved, kept, late, broken, taken back; what
-- ends them by itself; who is told of what comes due, once.
BEGIN;
\ir fixture.psql
SELECT plan(72);

-- A company where it is noon, so that an hour more is the same day.
INSERT INTO desk.config (who, body)
SELECT 'admin', jsonb_build_object('company', jsonb_build_object('timezone',
    format('Etc/GMT%s', to_char(h.utc - 12, 'FMSG90'))))
FROM (SELECT extract(hour FROM now() AT TIME ZONE 'UTC')::int AS utc) h;
SELECT pg_temp.customer('Lan', 'lan@example.com') AS lan \gset
SELECT pg_temp.customer('Mai', 'mai@example.com') AS mai \gset
SELECT pg_temp.ticket(:lan, 'sales', 'Đổi màu') AS t \gset
SELECT pg_temp.ticket(:lan, 'staff', 'Lương') AS hidden \gset
SELECT pg_temp.ticket(:mai, 'sales', 'Hoá đơn') AS other \gset
SELECT desk.rfc3339(now() + interval '2 hours') AS later \gset

CREATE FUNCTION pg_temp.promise(login text, on_ticket bigint, what text,
    by_when text, more jsonb DEFAULT '{}') RETURNS bigint
LANGUAGE sql AS $$
	SELECT (pg_temp.ask(login, 'promise_add', jsonb_build_object('ticket',
	    on_ticket, 'kind', what, 'due', by_when) || more)
	    ->>'promise')::bigint
$$;
CREATE FUNCTION pg_temp.end(login text, what text, p bigint,
    more jsonb DEFAULT '{}') RETURNS jsonb
LANGUAGE sql AS $$
	SELECT pg_temp.ask(login, 'promise_' || what,
	    jsonb_build_object('promise', p) || more)
$$;
CREATE FUNCTION pg_temp.row_of(p bigint) RETURNS desk.promise
LANGUAGE sql AS $$ SELECT q FROM desk.promise q WHERE q.id = p $$;
CREATE FUNCTION pg_temp.case_of(of bigint) RETURNS desk.ticket
LANGUAGE sql AS $$ SELECT t FROM desk.ticket t WHERE t.id = of $$;
-- It was made, and came due, so much earlier.
CREATE FUNCTION pg_temp.pass(p bigint, ago interval) RETURNS void
LANGUAGE sql AS $$
	UPDATE desk.promise SET made_at = made_at - ago,
	    due_at = due_at - ago, counts_at = counts_at - ago,
	    alarm_at = alarm_at - ago WHERE id = p
$$;
-- What is counted, as "measure name value n, …".
CREATE FUNCTION pg_temp.counted() RETURNS text LANGUAGE sql AS $$
	SELECT string_agg(concat_ws(' ', x.measure, x.name, x.value, x.n), ', '
	    ORDER BY x.measure, x.name, x.value)
	FROM (SELECT m.measure, m.name, m.value, sum(m.n) AS n
	    FROM desk.measure_part m
	    WHERE m.measure IN ('promise', 'gap', 'reason')
	    GROUP BY 1, 2, 3 HAVING sum(m.n) <> 0) x
$$;
CREATE FUNCTION pg_temp.swept() RETURNS text LANGUAGE plpgsql AS $$
DECLARE
	kinds	text;
BEGIN
	WITH gone AS (DELETE FROM desk.outbox o RETURNING o.id, o.feed)
	SELECT string_agg(concat_ws(':', g.feed->>'kind', g.feed->>'what',
	    g.feed->'agents'->>0), ' ' ORDER BY g.id) INTO kinds
	FROM gone g;
	PERFORM set_config('desk.outbox', '', true);
	RETURN coalesce(kinds, '');
END;
$$;
CREATE FUNCTION pg_temp.history(of bigint) RETURNS text LANGUAGE sql AS $$
	SELECT string_agg(e.meta->>'what', ' ' ORDER BY e.id)
	FROM desk.event e WHERE e.ticket = of AND e.kind = 'promise'
$$;

-- Made
SELECT pg_temp.act('an', 'take', :t);
SELECT pg_temp.swept();
SELECT pg_temp.promise('an', :t, 'callback', :'later',
    '{"words":"em gọi lại lúc 15h","once":"p1"}') AS p \gset
SELECT is(pg_temp.swept(), 'promise:made', 'a promise is told');
SELECT is(((pg_temp.row_of(:p)).state, (pg_temp.row_of(:p)).customer,
    (pg_temp.row_of(:p)).counts_at = (pg_temp.row_of(:p)).due_at)::text,
    format('(open,%s,t)', :lan), 'it is open, his, and counts when it is due');
SELECT is(pg_temp.promise('an', :t, 'callback', :'later', '{"once":"p1"}'),
    :p::bigint, 'the same id promises once');
SELECT is(pg_temp.swept(), '', '… and is told once');
SELECT pg_temp.refused('an', 'promise_add', jsonb_build_object('ticket',
    :other, 'kind', 'callback', 'due', '1h', 'once', 'p1'), 'CONFLICT once',
    'not on another case');
SELECT is((SELECT e.text FROM desk.event e WHERE e.ticket = :t
    AND e.kind = 'promise'), 'em gọi lại lúc 15h', 'the history has its words');
SELECT is(pg_temp.act('an', 'get', :t)->'promises'->'list'->0->>'due',
    :'later', 'so has the case');

-- Refused
SELECT pg_temp.refused('an', 'promise_add', jsonb_build_object('ticket', :t,
    'kind', 'callback', 'due', d), 'INVALID due', 'due ' || d)
FROM unnest(ARRAY['soon', '15:00', '2020-01-01T00:00:00Z', '0m', '367d',
    '2026-13-01T00:00:00Z', 'infinity', '999999m']) d;
SELECT pg_temp.refused('chi', 'promise_add', jsonb_build_object('ticket', :t,
    'kind', 'callback', 'due', '1h'), 'DENIED ticket', 'not in a queue of others');
SELECT pg_temp.refused('an', 'promise_add',
    '{"kind":"callback","due":"1h"}', 'INVALID ticket', 'of something');
SELECT pg_temp.refused('an', 'promise_add',
    '{"kind":"callback","due":"1h","order":"NONE"}', 'NOTFOUND order',
    'of an order that is there');
SELECT pg_temp.refused('an', 'promise_keep', '{"promise":999999999}',
    'NOTFOUND promise', 'none such');
SELECT pg_temp.refused('chi', 'promise_keep',
    jsonb_build_object('promise', :p), 'DENIED ticket', 'nor kept by others');
SELECT pg_temp.promise('chi', :hidden, 'answer', '1h') AS h \gset
SELECT pg_temp.refused('an', 'promise_withdraw',
    jsonb_build_object('promise', :h), 'NOTFOUND promise', 'nor seen by them');
SELECT is(jsonb_array_length(pg_temp.act('an', 'get', :t)
    ->'promises'->'list'), 1, '… in no list of theirs');
SELECT is(jsonb_array_length(pg_temp.ask('an', 'promise_list', '{}')
    ->'promises'), 1, '… here neither');

-- Close: its owner is told, the case raised; once
SELECT pg_temp.act('an', 'reply', :t, '{"text":"Dạ em xem ạ."}');
SELECT pg_temp.act('an', 'pend', :t);
SELECT pg_temp.swept();
SELECT is(desk.promises_due(10), 0, 'it is not time yet');
SELECT pg_temp.pass(:p, interval '100 minutes');
SELECT is(desk.promises_due(10), 1, 'its time comes');
SELECT is(pg_temp.swept(), 'promise promise:warn:an', 'its owner is told');
SELECT is(((pg_temp.case_of(:t)).state, (pg_temp.case_of(:t)).priority,
    (pg_temp.case_of(:t)).due_at = (pg_temp.row_of(:p)).due_at)::text,
    '(open,60,t)', 'the case is up, before others, due with it');
SELECT is((SELECT count(*) FROM desk.clock c WHERE c.ticket = :t
    AND c.done_at IS NULL AND c.kind IN ('first', 'next')), 0::bigint,
    'no clock starts by it');
SELECT is(desk.promises_due(10), 0, 'once');
SELECT is(jsonb_array_length(pg_temp.ask('an', 'promise_list',
    '{"view":"mine"}')->'promises'), 1, 'it is his');
SELECT is(jsonb_array_length(pg_temp.ask('an', 'promise_list',
    '{"view":"overdue"}')->'promises'), 0, '… and not late');

-- Kept by hand: the case is due no more
SELECT is(pg_temp.end('an', 'keep', :p)->>'how', 'ontime', 'kept in time');
SELECT is(pg_temp.end('an', 'keep', :p)->>'state', 'kept', 'twice is once');
SELECT is(pg_temp.counted(), 'gap callback 0 1, promise callback 1 1',
    '… and counted once');
SELECT pg_temp.refused('an', 'promise_withdraw',
    jsonb_build_object('promise', :p), 'CONFLICT promise', 'done is done');
SELECT desk.promises_due(10);
SELECT is((pg_temp.case_of(:t)).due_at, NULL, 'nothing is due any more');
SELECT is(desk.promises_due(10), 0, '… for good');

-- Late: told once; ends late; its reason
SELECT pg_temp.promise('an', :t, 'repair', '3d') AS p \gset
SELECT pg_temp.pass(:p, interval '4 days');
SELECT pg_temp.swept();
SELECT desk.promises_due(10);
SELECT is(pg_temp.swept(), 'promise promise:late:an', 'told when it is late');
SELECT desk.promises_due(10);
SELECT is(pg_temp.swept(), '', '… once');
SELECT is(pg_temp.ask('an', 'promise_list', '{"view":"overdue"}')
    ->'promises'->0->'overdue', 'true', 'it is overdue');
SELECT pg_temp.end('an', 'keep', :p, '{"reason":"stock"}');
SELECT is(((pg_temp.row_of(:p)).state, (pg_temp.row_of(:p)).gap)::text,
    '(late,1)', 'done a day late');
SELECT is(pg_temp.counted(), 'gap callback 0 1, gap repair 1 1, '
    'promise callback 1 1, promise repair 0 1, reason stock 1 1', 'counted so');
SELECT pg_temp.end('an', 'reason_set', :p, '{"reason":"weather"}');
SELECT is(pg_temp.counted(), 'gap callback 0 1, gap repair 1 1, '
    'promise callback 1 1, promise repair 0 1, reason weather 0 1',
    'another reason is counted instead');
SELECT pg_temp.refused('an', 'promise_reason_set', jsonb_build_object(
    'promise', :p, 'reason', 'moon'), 'INVALID reason', 'one that is listed');
SELECT pg_temp.end('an', 'reason_set', :p, '{"reason":"none"}');

-- Moved: the first word counts, unless he agreed
SELECT pg_temp.promise('an', :t, 'refund', '1d') AS p \gset
SELECT (pg_temp.end('an', 'move', :p, '{"due":"3d"}')->>'promise')::bigint
    AS q \gset
SELECT is(((pg_temp.row_of(:p)).state, (pg_temp.row_of(:q)).counts_at
    = (pg_temp.row_of(:p)).due_at)::text, '(withdrawn,t)',
    'another stands in its place, and counts as the first');
SELECT is((pg_temp.end('an', 'move', :p, '{"due":"3d"}')->>'promise')::bigint,
    :q::bigint, 'moved there once');
SELECT pg_temp.refused('an', 'promise_keep',
    jsonb_build_object('promise', :p), 'CONFLICT promise', 'the other is kept');
SELECT (pg_temp.end('an', 'move', :q, '{"due":"5d","agreed":true}')
    ->>'promise')::bigint AS r \gset
SELECT is((pg_temp.row_of(:r)).counts_at, (pg_temp.row_of(:r)).due_at,
    'he agreed: the new word counts');
SELECT pg_temp.end('an', 'withdraw', :r);
SELECT is(pg_temp.counted(), 'gap callback 0 1, gap repair 1 1, '
    'promise callback 1 1, promise repair 0 1', 'what is taken back counts not');

-- An answer is kept by the next message, and not by one that was taken back
SELECT pg_temp.promise('an', :t, 'answer', '1h') AS p \gset
SELECT pg_temp.promise('an', :t, 'callback', '1h') AS c \gset
SELECT pg_temp.act('an', 'reply', :t, '{"text":"Dạ đây ạ."}')->>'event'
    AS said \gset
SELECT is(((pg_temp.row_of(:p)).state, (pg_temp.row_of(:c)).state)::text,
    '(kept,open)', 'a message answers; it is no call');
SELECT pg_temp.act('an', 'unsend', :t, jsonb_build_object('event', :said));
SELECT is((pg_temp.row_of(:p)).state, 'open', 'taken back, it is owed again');
SELECT is(pg_temp.counted(), 'gap callback 0 1, gap repair 1 1, '
    'promise callback 1 1, promise repair 0 1', '… and counts no more');
SELECT pg_temp.act('an', 'reply', :t, '{"text":"Dạ đây ạ, ảnh mới."}');
SELECT is((pg_temp.row_of(:p)).state, 'kept', 'the next one keeps it');

-- A call does both, from whichever case
SELECT pg_temp.promise('an', :t, 'answer', '1h') AS p \gset
INSERT INTO desk.call (id, ticket, direction, state, units, began_at,
    touched_at, first_event)
SELECT 'c1', x.id, 'out', 'ringing', 100, now(), now(), 0
FROM desk.ticket x WHERE x.id = :hidden;
UPDATE desk.call SET answered_at = now(), state = 'answered', agent = (SELECT
    a.id FROM desk.agent a WHERE a.name = 'binh') WHERE id = 'c1';
SELECT is(((pg_temp.row_of(:p)).state, (pg_temp.row_of(:c)).state,
    (pg_temp.row_of(:h)).state)::text, '(kept,kept,kept)',
    'who is talked to is called back and answered');
SELECT is((SELECT e.who FROM desk.event e WHERE e.ticket = :t
    ORDER BY e.id DESC LIMIT 1), 'Bình Trần', '… by who talked');

-- Broken: past its time when the case is over
SELECT pg_temp.promise('binh', :other, 'other', '1h') AS p \gset
SELECT pg_temp.promise('binh', :other, 'other', '2d') AS q \gset
SELECT pg_temp.pass(:p, interval '2 hours');
SELECT desk.promises_due(10);
SELECT pg_temp.act('binh', 'resolve', :other);
SELECT pg_temp.swept();
SELECT is(desk.promises_due(10), 1, 'a case that is over is looked at');
SELECT is(((pg_temp.row_of(:p)).state, (pg_temp.row_of(:q)).state)::text,
    '(broken,open)', 'what it still owed is broken; the rest may yet be kept');
SELECT is(pg_temp.swept(), 'promise:broken', '… which is told');
SELECT pg_temp.end('binh', 'break', :q, '{"reason":"staff"}');
SELECT is(pg_temp.history(:other), 'made made late broken broken',
    'the history has all of it');
SELECT is((pg_temp.ask('sup', 'promise_list', '{"view":"ended"}')
    ->'promises'->0->>'state'), 'broken', 'so has the list of what is over');

-- Pages
SELECT pg_temp.promise('an', :t, 'other', n || 'h')
FROM generate_series(1, 5) n;
SELECT pg_temp.ask('an', 'promise_list', '{"limit":2}') AS page \gset
SELECT is(jsonb_array_length((:'page'::jsonb)->'promises'), 2, 'a page');
SELECT is((pg_temp.ask('an', 'promise_list', jsonb_build_object('limit', 2,
    'after', (:'page'::jsonb)->'after'))->'promises'->0->>'due')
    > ((:'page'::jsonb)->'promises'->1->>'due'), true, 'the next goes on');
SELECT pg_temp.refused('an', 'promise_list', '{"after":"x"}',
    'INVALID after', 'from a cursor');
SELECT is((:'page'::jsonb)->'mine', '5', 'how many are his');
SELECT pg_temp.promise('an', :t, 'other', '9h')
FROM generate_series(1, 15) n;
SELECT pg_temp.refused('an', 'promise_add', jsonb_build_object('ticket', :t,
    'kind', 'other', 'due', '1h'), 'CONFLICT ticket', 'twenty at once');

-- Working days in an agent's words: as they were read, by Mondays to Fridays; due
-- past the days that the queue's hours are closed, not the short ones.
INSERT INTO desk.config (who, body) VALUES ('admin',
    '{"company":{"timezone":"Asia/Ho_Chi_Minh"}}');
INSERT INTO desk.hours (name, timezone) VALUES ('tet', 'Asia/Ho_Chi_Minh')
RETURNING id AS tet \gset
INSERT INTO desk.hours (name, timezone) VALUES ('plain', 'Asia/Ho_Chi_Minh')
RETURNING id AS plain \gset
INSERT INTO desk.holiday (hours, day, title, spans)
SELECT :tet, d.day, d.title, d.spans
FROM unnest('{tet 2027 7d,2027-02-12 08:00-11:30}'::text[]) l,
    desk.holiday_read(l) d;
CREATE FUNCTION pg_temp.due(of_hours int, at text, days int) RETURNS text
LANGUAGE sql AS $$
	UPDATE desk.queue SET hours = of_hours;
	SELECT (p->>'due')::timestamptz::text
	FROM jsonb_array_elements(desk.promise_find('{}', jsonb_build_object(
	    'at', at, 'ticket', (SELECT min(t.id) FROM desk.ticket t),
	    'promises', jsonb_build_array(jsonb_build_object('due',
		'2027-02-28T23:59:00+07:00', 'business', days))))
	    ->'promises') p
$$;
SET LOCAL timezone = 'Asia/Ho_Chi_Minh';
SELECT is(pg_temp.due(h, at, n), due, label)
FROM (VALUES (:tet, '2027-02-03T10:00+07:00', 1, '2027-02-04 23:59:00+07',
	'the day before Tết'),
    (:tet, '2027-02-03T10:00+07:00', 2, '2027-02-12 23:59:00+07',
	'past Tết, to a short day'),
    (:tet, '2027-02-03T10:00+07:00', 3, '2027-02-15 23:59:00+07',
	'and a weekend'),
    (:plain, '2027-02-03T10:00+07:00', 3, '2027-02-08 23:59:00+07',
	'where nobody keeps Tết, none'),
    (NULL, '2027-02-03T10:00+07:00', 3, '2027-02-15 23:59:00+07',
	'without hours anybody''s holidays'),
    (:tet, '2027-02-03T23:30Z', 1, '2027-02-12 23:59:00+07',
	'by the company''s day'),
    (:tet, '2027-02-03T10:00+07:00', 0, '2027-02-28 23:59:00+07',
	'others stay as they are')) x(h, at, n, due, label);

SELECT * FROM finish();
ROLLBACK;
