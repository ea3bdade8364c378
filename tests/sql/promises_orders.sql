-- What orders promise: made once, moved with their word, ended where they are
-- delivered; whatever order their events come in.
BEGIN;
\ir intake.psql
SELECT plan(26);

CREATE FUNCTION pg_temp.told(no text, at interval, facts jsonb,
    reason text DEFAULT NULL) RETURNS jsonb
LANGUAGE sql AS $$
	SELECT pg_temp.mail(jsonb_strip_nulls(jsonb_build_object(
	    'channel', 'order', 'kind', 'order', 'order', no,
	    'at', desk.rfc3339(now() + at), 'contacts',
	    jsonb_build_array(pg_temp.of('phone', '+84900000001')),
	    'facts', jsonb_build_object('order', facts),
	    'meta', CASE WHEN reason IS NOT NULL
		THEN jsonb_build_object('reason', reason) END)))
	    - '{text,preview,subject,words}'::text[]
$$;
CREATE FUNCTION pg_temp.at(ago interval) RETURNS text LANGUAGE sql AS $$
	SELECT to_json(desk.rfc3339(now() + ago))::text
$$;
-- An order's promises, as "state[ gap] …".
CREATE FUNCTION pg_temp.promises(no text) RETURNS text LANGUAGE sql AS $$
	SELECT string_agg(concat_ws(' ', p.state, p.gap), ', ' ORDER BY p.id)
	FROM desk.promise p WHERE p.order_no = no
$$;
CREATE FUNCTION pg_temp.last(no text) RETURNS desk.promise
LANGUAGE sql AS $$
	SELECT p FROM desk.promise p WHERE p.order_no = no
	ORDER BY p.id DESC LIMIT 1
$$;
CREATE FUNCTION pg_temp.counted() RETURNS text LANGUAGE sql AS $$
	SELECT string_agg(concat_ws(' ', x.measure, x.name, x.value, x.n), ', '
	    ORDER BY x.measure, x.name, x.value)
	FROM (SELECT m.measure, m.name, m.value, sum(m.n) AS n
	    FROM desk.measure_part m
	    WHERE m.measure IN ('promise', 'gap', 'reason')
	    GROUP BY 1, 2, 3 HAVING sum(m.n) <> 0) x
$$;

-- Made, moved twice, delivered late
SELECT pg_temp.take(pg_temp.told('DH1', '-3 days', format(
    '{"status":"confirmed","promised_at":%s}', pg_temp.at('1 day'))::jsonb));
SELECT is(pg_temp.promises('DH1'), 'open', 'an order promises');
SELECT is(((pg_temp.last('DH1')).source, (pg_temp.last('DH1')).kind,
    (pg_temp.last('DH1')).ticket = (SELECT o.ticket FROM desk.customer_order o
	WHERE o.order_no = 'DH1'))::text, '(order,delivery,t)',
    'a delivery, on its record');
SELECT pg_temp.take(pg_temp.told('DH1', '-2 days', format(
    '{"status":"packed","promised_at":%s}', pg_temp.at('1 day'))::jsonb));
SELECT is(pg_temp.promises('DH1'), 'open', 'the same word again is once');
SELECT pg_temp.take(pg_temp.told('DH1', '-1 day', format(
    '{"promised_at":%s,"carrier":"GHN"}', pg_temp.at('3 days'))::jsonb,
    'weather'));
SELECT is(pg_temp.promises('DH1'), 'withdrawn, open', 'another word moves it');
SELECT is(((SELECT min(p.due_at) = (pg_temp.last('DH1')).counts_at
	FROM desk.promise p WHERE p.order_no = 'DH1'),
    (pg_temp.last('DH1')).reason)::text, '(t,weather)',
    'the first one counts, and there is a reason');
SELECT pg_temp.take(pg_temp.told('DH1', '-36 hours', format(
    '{"promised_at":%s}', pg_temp.at('9 days'))::jsonb));
SELECT is(pg_temp.promises('DH1'), 'withdrawn, open',
    'a word that comes late changes nothing');
UPDATE desk.promise SET counts_at = counts_at - interval '4 days',
    due_at = due_at - interval '4 days' WHERE order_no = 'DH1';
UPDATE desk.customer_order SET promised_at = promised_at - interval '4 days'
WHERE order_no = 'DH1';
SELECT pg_temp.take(pg_temp.told('DH1', '-1 hour', format(
    '{"status":"delivered","delivered_at":%s}', pg_temp.at('-1 day'))::jsonb));
SELECT is(pg_temp.promises('DH1'), 'withdrawn, late 2', 'delivered late');
SELECT is(pg_temp.counted(), 'gap delivery/GHN 2 1, '
    'promise delivery/GHN 0 1, reason weather 0 1', '… and counted');
SELECT is(desk.rfc3339((pg_temp.last('DH1')).ended_at),
    desk.rfc3339(now() - interval '1 day'),
    'when it was delivered');
SELECT pg_temp.take(pg_temp.told('DH1', '-1 minute', format(
    '{"status":"returned","promised_at":%s}', pg_temp.at('2 days'))::jsonb));
SELECT is(pg_temp.promises('DH1'), 'withdrawn, late 2', 'that is the end');
SELECT is((SELECT string_agg(e.meta->>'what', ' ' ORDER BY e.id)
    FROM desk.event e WHERE e.kind = 'promise'
	AND e.ticket = (pg_temp.last('DH1')).ticket), 'made moved late',
    'the record has it all');

-- Delivered before anybody heard of it; promised long ago
SELECT pg_temp.take(pg_temp.told('DH2', '-1 hour', format(
    '{"promised_at":%s,"delivered_at":%s}', pg_temp.at('-90 days'),
    pg_temp.at('-92 days'))::jsonb));
SELECT is(pg_temp.promises('DH2'), 'kept -2', 'on record at once');
SELECT pg_temp.take(pg_temp.told('DH3', '-1 hour', format(
    '{"promised_at":%s}', pg_temp.at('-90 days'))::jsonb));
SELECT is(pg_temp.promises('DH3'), NULL, 'of what nobody knows: nothing');
SELECT pg_temp.take(pg_temp.told('DH4', '-1 hour', format(
    '{"promised_at":%s}', pg_temp.at('-2 days'))::jsonb));
SELECT is(pg_temp.promises('DH4'), 'open', 'late already when it was told');
SELECT is(desk.promises_due(100), 0, '… of which nobody is alarmed');

-- Cancelled; all in one batch, the newer word first
SELECT pg_temp.take(pg_temp.told('DH4', '-1 minute', '{"status":"Đã huỷ"}'));
SELECT is(pg_temp.promises('DH4'), 'withdrawn', 'nobody waits for it');
SELECT pg_temp.take(
    pg_temp.told('DH5', '-1 minute', format('{"delivered_at":%s}',
	pg_temp.at('-1 minute'))::jsonb),
    pg_temp.told('DH5', '-2 days', format('{"promised_at":%s}',
	pg_temp.at('1 day'))::jsonb));
SELECT is(pg_temp.promises('DH5'), 'kept -1', 'whichever comes first');

-- A case about it that is open
SELECT pg_temp.take(pg_temp.mail(jsonb_build_object('contacts',
    jsonb_build_array(pg_temp.of('phone', '+84900000001')), 'order', 'DH6')))
    ->>'ticket' AS asked \gset
SELECT pg_temp.take(pg_temp.told('DH6', '-1 minute', format(
    '{"promised_at":%s,"payment":"paid"}', pg_temp.at('1 day'))::jsonb));
SELECT is((pg_temp.last('DH6')).ticket, :asked::bigint,
    'it stands where he asks about it');
SELECT desk.promise_add('{"who":"key:shop","role":"service"}',
    jsonb_build_object('ticket', :asked::bigint, 'kind', 'refund',
	'due', '2d', 'order', 'DH6'));
SELECT pg_temp.take(pg_temp.told('DH6', '0', '{"payment":"refunded"}'));
SELECT is(pg_temp.promises('DH6'), 'open, kept -2', 'paid back');
SELECT desk.promise_add('{"who":"key:shop","role":"service"}',
    jsonb_build_object('order', 'DH6', 'kind', 'other', 'due', '2d'));
SELECT is((pg_temp.last('DH6')).ticket, (SELECT o.ticket
    FROM desk.customer_order o WHERE o.order_no = 'DH6'),
    'what is promised of an order stands on its record');

-- Thirty days after it was due nobody waits any more
UPDATE desk.promise SET due_at = due_at - interval '32 days',
    counts_at = counts_at - interval '32 days', alarm_at = now()
WHERE order_no = 'DH6' AND source = 'order';
SELECT desk.promises_due(10);
SELECT is(pg_temp.promises('DH6'), 'broken, kept -2, open', 'then it is broken');
SELECT is((SELECT p.late_at IS NOT NULL FROM desk.promise p
    WHERE p.order_no = 'DH6' AND p.source = 'order'), true, '… told once');

-- Merged, erased, exported
SELECT is(jsonb_array_length(desk.person_exported(
    pg_temp.owner('+84900000001'))->'promises'), 8, 'his export has them all');
SELECT pg_temp.owner('+84900000001') AS whose \gset
SELECT pg_temp.counted() AS before \gset
SELECT desk.customer_erase('{"who":"admin","role":"admin"}',
    jsonb_build_object('customer', :whose, 'sure', :whose,
	'reason', 'asked for it'));
SELECT is((SELECT count(*) FROM desk.promise p WHERE p.customer = :whose
    AND (p.state = 'open' OR p.words IS NOT NULL OR p.order_no IS NOT NULL
    OR p.alarm_at IS NOT NULL)), 0::bigint, 'erased, nothing is owed or named');
SELECT is((SELECT count(*) FROM desk.promise p WHERE p.customer = :whose
    AND p.state IN ('kept', 'late', 'broken')), 5::bigint,
    'how they were kept stays');
SELECT is(pg_temp.counted(), :'before', '… as it was counted');

SELECT * FROM finish();
ROLLBACK;
