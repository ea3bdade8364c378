-- Once: any delivery may be repeated, by anybody, at any time.
BEGIN;
\ir intake.psql
SELECT plan(39);

-- A first event
SELECT pg_temp.mail('{"id":"a@x","meta":{"list":"vip"},"to":["hello@shop.example"],"lang":"vi"}') AS m \gset
SELECT pg_temp.take(:'m') AS a \gset
SELECT :'a'::jsonb->>'ticket' AS t \gset
SELECT is(:'a'::jsonb - '{event,ticket,number,customer}'::text[],
    '{"queue":"sales","created":true,"duplicate":false,"why":{"identified":
    "new email","threaded":"a new matter","classified":"rule a"}}'::jsonb,
    'first: the answer');
SELECT is(array_agg(g.ord), '{1}', 'first: one row') FROM got g;
SELECT is(g.apply - '{ticket,feed,score,since}'::text[], '{"version":1,
    "queue":"sales","place":"wait","units":5,"channel":"mail","skills":[],
    "offer":30}'::jsonb,
    'first: it waits in its line') FROM got g;
SELECT is((g.apply->>'score')::bigint,
    floor(extract(epoch FROM now() + interval '30 minutes') * 1000)::bigint,
    'first: ranked by when an answer is due') FROM got g;
SELECT is((g.apply->'feed') - '{ticket,number,customer,event}'::text[],
    '{"kind":"event","queue":"sales","channel":"mail","direction":"in",
    "who":"Lan","state":"new","subject":"Đơn hàng","preview":"Đơn hàng đâu?"
    }'::jsonb, 'first: the notice, without the text of a mail') FROM got g;
SELECT is(ROW(o.ticket, o.event, o.feed)::text,
    format('(%s,%s,)', g.answer->'ticket', g.answer->'event'),
    'first: the outbox names the event')
FROM got g JOIN desk.outbox o ON o.id = g.outbox;
SELECT is(ROW(t.state, t.channel, t.subject, t.preview, t.priority, t.lang,
	t.due_at - now())::text,
    ROW('new', 'mail', 'Đơn hàng', 'Đơn hàng đâu?', 50, 'vi',
	interval '30 minutes')::text, 'first: the ticket')
FROM desk.ticket t WHERE t.id = :t;
SELECT is(ROW(e.kind, e.channel, e.direction, e.who, e.external_id, e.text,
	e.at)::text,
    ROW('message', 'mail', 'in', 'Lan', 'a@x', 'Đơn hàng đâu?',
	'2026-11-21T02:00:00Z'::timestamptz)::text, 'first: the history')
FROM desk.event e WHERE e.ticket = :t;
SELECT is(e.meta, '{"to":["hello@shop.example"],"list":"vip","auth":"pass"}',
    'first: what else was said of it is kept')
FROM desk.event e WHERE e.ticket = :t;
SELECT is(e.why, :'a'::jsonb->'why', 'first: why, in the history too')
FROM desk.event e WHERE e.ticket = :t;
SELECT is(d.words, 'don hang dau', 'first: its words are to be indexed')
FROM desk.index_todo d WHERE d.ticket = :t;

-- Again
SELECT pg_temp.take(:'m') AS b \gset
SELECT is(:'b'::jsonb, :'a'::jsonb
    || '{"created":false,"duplicate":true}', 'again: the same answer');
SELECT ok(g.outbox IS NULL AND g.apply IS NULL, 'again: no notice') FROM got g;
SELECT is((SELECT count(*) FROM desk.event), 1::bigint, 'again: one event');
SELECT is((SELECT count(*) FROM desk.outbox), 1::bigint, 'again: one row out');
SELECT is((pg_temp.row_of(:t)).version, 1::bigint, 'again: nothing changed');

-- Twice in one batch, among others
SELECT pg_temp.take(pg_temp.mail('{"id":"b@x"}'), :'m',
    pg_temp.mail('{"id":"c@x","text":"first"}'),
    pg_temp.mail('{"id":"c@x","text":"second"}'), pg_temp.mail());
SELECT is(array_agg(g.ord ORDER BY g.ord), '{1,2,3,4,5}',
    'batch: a row for every event, in order') FROM got g;
SELECT is(array_agg(g.answer->>'duplicate' ORDER BY g.ord),
    '{false,true,false,true,false}', 'batch: which were there before')
FROM got g;
SELECT is((SELECT g.answer->'event' FROM got g WHERE g.ord = 4),
    (SELECT g.answer->'event' FROM got g WHERE g.ord = 3),
    'batch: the second is the first');
SELECT is((SELECT e.text FROM desk.event e WHERE e.external_id = 'c@x'),
    'first', 'batch: … and the first counts');
SELECT is((SELECT array_agg(g.ord ORDER BY g.outbox) FROM got g
    WHERE g.outbox IS NOT NULL), '{1,3,5}', 'batch: notices in order');

-- The same id on another channel is another event; a batch of the dead only
SELECT is(pg_temp.take(pg_temp.mail('{"id":"a@x","channel":"social"}'))
    ->>'duplicate', 'false', 'channel: ids are the channel''s own');
SELECT pg_temp.take(:'m', :'m');
SELECT is(string_agg(g.answer->>'duplicate', ' '), 'true true',
    'batch: nothing new at all') FROM got g;

-- Settling
SELECT (SELECT min(id) FROM desk.outbox) AS o \gset
SELECT is((SELECT count(*) FROM desk.ingest(jsonb_build_array(pg_temp.mail()),
    '{}', ARRAY[:o, 999999999])), 1::bigint, 'settle: with a batch');
SELECT ok(NOT EXISTS (SELECT FROM desk.outbox WHERE id = :o),
    'settle: the row is gone, an unknown one no matter');

-- Many
SELECT pg_temp.take(VARIADIC ARRAY(SELECT pg_temp.mail_from(
    'p' || n % 40 || '@example.com') FROM generate_series(1, 64) n));
SELECT is(count(*), 64::bigint, 'many: a full batch') FROM got;
SELECT is(count(DISTINCT g.answer->'customer'), 40::bigint,
    'many: the customers of it') FROM got g;
SELECT ok(bool_and(n.before < n.number), 'many: numbers follow the order')
FROM (SELECT (g.answer->'number')::int AS number,
	lag((g.answer->'number')::int, 1, 0) OVER (ORDER BY g.ord) AS before
    FROM got g) n;
SELECT ok(bool_and(g.answer->'number' = g.answer->'ticket'
    AND (g.answer->>'ticket')::bigint > 1000), 'many: a ticket has one number')
FROM got g;
SELECT is(h.n, (SELECT count(*) FROM desk.event), 'counted: taken in')
FROM desk.queue_hour h WHERE h.what = 'taken_in';
SELECT is(h.n, (SELECT count(*) FROM desk.ticket), 'counted: opened')
FROM desk.queue_hour h WHERE h.what = 'opened';

-- What does not happen
SELECT throws_ok($$SELECT desk.ingest(jsonb_build_array(pg_temp.mail(
    '{"id":""}')), '{}', '{}')$$, '23514', NULL,
    'an empty id never passes for one');
SELECT throws_ok($$SELECT desk.ingest(jsonb_build_array(pg_temp.mail(),
    pg_temp.mail('{"contacts":[]}')), '{}', '{}')$$, 'DK001',
    'An event has no sender.', 'an event without a sender is refused');
SELECT throws_ok($$SELECT desk.ingest(jsonb_build_array(
    pg_temp.mail('{"contacts":[]}')), '{}', '{}')$$, 'DK001',
    'An event has no sender.', '… and does not leave its key behind');
SELECT is((SELECT count(*) FROM desk.ingest('[]', '{}', '{}')), 0::bigint,
    'an empty batch is no matter');

-- Quarantine, and machines' mail
SELECT pg_temp.ticket(pg_temp.mail(
    '{"quarantine":"too deep","thread":["q@x"]}')) AS q \gset
SELECT is(ROW(t.kind, t.state, t.due_at IS NOT NULL)::text,
    '(quarantine,new,t)', 'quarantine: agents see it, and the clock runs')
FROM desk.ticket t WHERE t.id = :q;
SELECT is(e.meta->>'quarantine', 'too deep', 'quarantine: and why')
FROM desk.event e WHERE e.ticket = :q;
SELECT pg_temp.ticket(pg_temp.mail('{"automatic":true}')) AS q \gset
SELECT is(ROW(t.state, t.due_at)::text, '(new,)',
    'automatic: no clock') FROM desk.ticket t WHERE t.id = :q;
SELECT is(ROW(g.apply->>'place', (g.apply->>'score')::bigint > floor(
	extract(epoch FROM now() + interval '23 hours') * 1000))::text,
    '(wait,t)', 'automatic: in line, behind those who wait') FROM got g;

SELECT * FROM finish();
ROLLBACK;
