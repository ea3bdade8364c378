-- Orders: kept by what is told of them, in whatever order it is told.
BEGIN;
\ir intake.psql
SELECT plan(19);

CREATE FUNCTION pg_temp.told(no text, at text, facts jsonb,
    phone text DEFAULT '+84900000001') RETURNS jsonb
LANGUAGE sql AS $$
	SELECT pg_temp.mail(jsonb_build_object('channel', 'order',
	    'kind', 'order', 'order', no, 'at', at, 'contacts',
	    jsonb_build_array(pg_temp.of('phone', phone)),
	    'facts', jsonb_build_object('order', facts)))
	    - '{text,preview,subject,words}'::text[]
$$;
CREATE FUNCTION pg_temp.kept(no text) RETURNS jsonb LANGUAGE sql AS $$
	SELECT desk.order_json(o) FROM desk.customer_order o
	WHERE o.order_no = no
$$;

SELECT pg_temp.take(pg_temp.told('DH1', '2026-11-20T08:00:00+07:00',
    '{"status":"confirmed","promised_at":"2026-11-23T12:00:00+07:00",
    "amount":"125000.50","currency":"VND","payment":"COD"}')) AS a \gset
SELECT is(pg_temp.kept('DH1')->>'status', 'confirmed', 'status');
SELECT is(pg_temp.kept('DH1')->>'amount', '125000.5', 'amount');
SELECT is(pg_temp.kept('DH1')->>'promised_at', '2026-11-23T05:00:00.000Z',
    'promised');
SELECT pg_temp.take(pg_temp.told('DH1', '2026-11-22T08:00:00+07:00',
    '{"status":"shipped","shipped_at":"2026-11-22T07:00:00+07:00",
    "carrier":"GHN","tracking":"G1"}')) AS b \gset
SELECT is(pg_temp.kept('DH1')->>'status', 'shipped', 'newer status');
SELECT is(pg_temp.kept('DH1')->>'payment', 'COD', 'what is not said stays');
SELECT is((:'a'::jsonb)->'ticket', (:'b'::jsonb)->'ticket',
    'one file for an order');
SELECT pg_temp.take(pg_temp.told('DH1', '2026-11-21T08:00:00+07:00',
    '{"status":"packed","carrier":"other","currency":"USD"}'));
SELECT is(pg_temp.kept('DH1')->>'status', 'shipped', 'late word: status stays');
SELECT is(pg_temp.kept('DH1')->>'carrier', 'GHN', 'late word: carrier stays');
SELECT is(pg_temp.kept('DH1')->>'told_at', '2026-11-22T01:00:00.000Z',
    'late word: time stays');
SELECT pg_temp.take(pg_temp.told('DH1', '2026-11-24T08:00:00+07:00',
    '{"delivered_at":"2026-11-24T07:00:00+07:00"}'));
SELECT is(pg_temp.kept('DH1')->'late', 'true', 'delivered after the promise');

-- Both in one batch, the newer first
SELECT pg_temp.take(
    pg_temp.told('DH2', '2026-11-22T08:00:00+07:00', '{"status":"b"}'),
    pg_temp.told('DH3', '2026-11-22T08:00:00+07:00', '{"status":"x"}'),
    pg_temp.told('DH2', '2026-11-21T08:00:00+07:00',
	'{"status":"a","payment":"COD"}'));
SELECT is(pg_temp.kept('DH2')->>'status', 'b', 'one batch: the newer counts');
SELECT is(pg_temp.kept('DH2')->>'payment', 'COD', 'one batch: both speak');

-- A record is no work: it stands in no line and asks for nothing
SELECT is((SELECT (state, due_at IS NULL, kind) FROM desk.ticket
    WHERE id = ((:'a'::jsonb)->>'ticket')::bigint),
    ROW('resolved'::text, true, 'order'::text), 'no case in the line');
SELECT is((SELECT subject FROM desk.ticket
    WHERE id = ((:'a'::jsonb)->>'ticket')::bigint), 'DH1', 'named after it');
SELECT is((SELECT g.apply->>'place' FROM got g LIMIT 1), 'gone',
    'and none in Redis');

-- Another customer tells of the same order
SELECT pg_temp.take(pg_temp.told('DH1', '2026-11-25T08:00:00+07:00',
    '{"status":"returned"}', '+84900000002'));
SELECT is(pg_temp.kept('DH1')->>'status', 'returned', 'told all the same');
SELECT is((SELECT customer FROM desk.customer_order WHERE order_no = 'DH1'),
    pg_temp.owner('+84900000001'), 'the order stays');
SELECT is((SELECT count(*) FROM desk.same_person
    WHERE why = 'both have order DH1'), 1::bigint, 'perhaps one person');
SELECT is(jsonb_array_length(desk.customer_json(
    pg_temp.owner('+84900000001'))->'orders'), 3, 'shown with the customer');
SELECT * FROM finish();
ROLLBACK;
