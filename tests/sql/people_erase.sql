-- Exporting a customer, and taking his data away.
BEGIN;
\ir fixture.psql
SELECT plan(47);

CREATE FUNCTION pg_temp.mail(id text, sender text, more jsonb DEFAULT '{}')
RETURNS jsonb
LANGUAGE sql AS $$
	SELECT g.answer::jsonb FROM desk.ingest(jsonb_build_array(
	    '{"channel":"mail","kind":"message","subject":"Zebra order",
	    "at":"2026-11-21T09:00:00Z","text":"Zebra text","html":"<b>Zebra",
	    "own":"Zebra own","facts":{"list":"zebra"},"meta":{"z":"Zebra"},
	    "preview":"Zebra preview","words":"zebra","name":"Zebra Lan",
	    "name_folded":"zebra lan","order":"ZEBRA1",
	    "candidates":[{"queue":"sales","why":"zebra"}]}'::jsonb
	    || jsonb_build_object('id', id, 'refs', jsonb_build_array(id),
		'contacts', jsonb_build_array(jsonb_build_object('kind',
		'email', 'address', sender))) || more),
	    ARRAY['zebra one'::bytea, 'zebra two', 'logo'], '{}') g
$$;
CREATE FUNCTION pg_temp.files(VARIADIC n int[]) RETURNS jsonb
LANGUAGE sql AS $$
	SELECT jsonb_build_object('attachments', jsonb_agg(jsonb_build_object(
		'name', 'zebra.pdf', 'type', 'application/pdf', 'size', 9,
		'sha256', b.sha)), 'blobs', jsonb_agg(jsonb_build_object(
		'sha256', b.sha, 'at', b.at)))
	FROM (SELECT i AS at, encode(sha256((ARRAY['zebra one'::bytea,
	    'zebra two', 'logo'])[i + 1]), 'hex') AS sha FROM unnest(n) i) b
$$;
CREATE TEMP TABLE got AS SELECT pg_temp.mail('zebra1@test', 'zebra@example.com',
    pg_temp.files(0, 2) || jsonb_build_object('raw',
	encode(sha256('zebra two'), 'hex'), 'blobs',
	(pg_temp.files(0, 1, 2))->'blobs')) AS a;
CREATE TEMP TABLE w AS SELECT (a->>'customer')::bigint AS c,
    (a->>'ticket')::bigint AS t, (a->>'event')::bigint AS e FROM got;
CREATE FUNCTION pg_temp.export(after text DEFAULT NULL) RETURNS jsonb
LANGUAGE sql AS $$
	SELECT pg_temp.ask('admin', 'customer_export', jsonb_strip_nulls(
	    jsonb_build_object('customer', c, 'after', after))) FROM w
$$;

SELECT pg_temp.mail('other@test', 'other@example.com', pg_temp.files(2));
SELECT pg_temp.act('an', 'reply', t, '{"text":"Dear Zebra"}') FROM w;
SELECT pg_temp.act('an', 'note', t, '{"text":"Zebra note"}') FROM w;
SELECT pg_temp.act('binh', 'transfer', t,
    '{"queue":"shipping","note":"for Zebra"}') FROM w;
SELECT pg_temp.told();
-- She takes part in somebody else's case.
CREATE TEMP TABLE else_where AS SELECT pg_temp.ticket(pg_temp.customer('Hoa',
    'hoa@example.com'), 'sales', 'Hoa''s') AS t;
INSERT INTO desk.participant (ticket, contact)
SELECT x.t, k.id FROM else_where x, desk.contact k, w WHERE k.customer = w.c;
INSERT INTO desk.event (at, ticket, customer, kind, channel, direction,
    contact, who, text, external_id)
SELECT now(), x.t, d.customer, 'message', 'mail', 'in', k.id, 'Zebra Lan',
    'Zebra joins', 'zebra-joins@test'
FROM else_where x JOIN desk.ticket d ON d.id = x.t, desk.contact k, w
WHERE k.customer = w.c;

-- And in another one, where a mail had named her.
CREATE TEMP TABLE copied_in AS SELECT pg_temp.ticket(d.customer, 'sales',
    'Hoa''s other') AS t FROM desk.ticket d, else_where x WHERE d.id = x.t;
INSERT INTO desk.copied SELECT t, 'zebra@example.com', 1, true FROM copied_in;
INSERT INTO desk.event (at, ticket, customer, kind, channel, direction,
    contact, who, text, external_id)
SELECT now(), x.t, d.customer, 'message', 'mail', 'in', k.id, 'Zebra Lan',
    'Zebra copied', 'zebra-copied@test'
FROM copied_in x JOIN desk.ticket d ON d.id = x.t, desk.contact k, w
WHERE k.customer = w.c;
-- Both are answered with a copy to her.
SELECT pg_temp.act('an', 'reply', x.t, '{"text":"Dear Hoa"}')
FROM else_where x;
SELECT pg_temp.act('an', 'reply', x.t, '{"text":"Dear Hoa",
    "cc":["zebra@example.com","huy@example.com"]}') FROM copied_in x;
INSERT INTO desk.customer_order (order_no, customer, ticket, tracking, told_at,
    event)
SELECT 'ZEBRA1', c, t, 'ZEBRA-TRACK', now(), e FROM w;
INSERT INTO desk.social_line SELECT 'line:zalo:zebra', t FROM w;
INSERT INTO desk.copied SELECT t, 'zebra@example.com', e, true FROM w;
INSERT INTO desk.call (id, ticket, direction, state, units, began_at,
    touched_at, recording, first_event)
SELECT 'zebra-call', t, 'in', 'ended', 100, now(), now(), 'zebra.wav', e FROM w;
SELECT desk.social_known(o.id, 'zalo:zebra-mid') FROM desk.outbound o, w
WHERE o.ticket = w.t;

-- Exported.
SELECT pg_temp.refused('sup', 'customer_export', '{"customer":1}', 'DENIED',
    'a supervisor does not export');
SELECT pg_temp.refused('admin', 'customer_export',
    '{"customer":999999999}', 'NOTFOUND customer', 'nobody to export');
SELECT pg_temp.refused('admin', 'customer_export', jsonb_build_object(
    'customer', c, 'after', 'events-x'), 'INVALID after', 'a cursor of no page')
FROM w;
SELECT is(ARRAY[x->'customer'->'contacts'->0->>'address',
    x->'customer'->'orders'->0->>'order'], '{zebra@example.com,ZEBRA1}',
    'the person first, with orders') FROM pg_temp.export() x;
SELECT is(pg_temp.export('tickets-0')->'tickets'->0->>'subject',
    'Zebra order', 'then tickets');
SELECT is(pg_temp.export('tickets-' || t)->>'after', 'events-0',
    'then events') FROM w;
SELECT is(jsonb_array_length(x->'events'), 4, 'all of them')
FROM pg_temp.export('events-0') x;
SELECT is(x->'events'->0->'attachments'->0->>'sha256',
    encode(sha256('zebra one'), 'hex'), 'with digests')
FROM pg_temp.export('events-0') x;
SELECT is(x->'events'->0->>'raw', encode(sha256('zebra two'), 'hex'),
    'and the source''s') FROM pg_temp.export('events-0') x;
SELECT is(x->'events'->1->>'sent_to', 'zebra@example.com',
    'and where an answer went') FROM pg_temp.export('events-0') x;
SELECT is(ARRAY[x->'joined'->0->>'text', x->'joined'->1->>'text'],
    '{Zebra joins,Zebra copied}', 'what she wrote elsewhere')
FROM pg_temp.export('joined-0') x;
SELECT is(x->'audit'->0->>'action', 'customer.export', 'and who looked')
FROM pg_temp.export('audit-0') x;
SELECT ok(NOT x ? 'after', 'and that is all')
FROM pg_temp.export('audit-999999999') x;
SELECT is((SELECT count(*) FROM desk.audit a
    WHERE a.action = 'customer.export' AND a.outcome = 'done'), 1::bigint,
    'an export is on record once');

-- Erased: first refused, then looked at.
SELECT pg_temp.refused('sup', 'customer_erase', jsonb_build_object('customer',
    c, 'sure', c, 'reason', 'x'), 'DENIED', 'a supervisor does not erase')
FROM w;
SELECT pg_temp.refused('admin', 'customer_erase', jsonb_build_object(
    'customer', c, 'reason', 'x'), 'INVALID sure', 'it must be meant') FROM w;
SELECT pg_temp.refused('admin', 'customer_erase', jsonb_build_object(
    'customer', c, 'sure', c), 'INVALID reason', 'and said why') FROM w;
SELECT pg_temp.refused('admin', 'customer_erase',
    '{"customer":999999999,"sure":999999999,"reason":"x"}',
    'NOTFOUND customer', 'nobody to erase');
SELECT is(pg_temp.ask('admin', 'customer_erase', jsonb_build_object(
    'customer', c, 'dry', true))->'counts'->'events', '4', 'looked at')
FROM w;
SELECT is((SELECT c.erased_at FROM desk.customer c, w WHERE c.id = w.c), NULL,
    'is not done');
CREATE TEMP TABLE kept AS SELECT e.id, e.at, e.kind, e.channel, e.direction,
    e.agent FROM desk.event e, w WHERE e.ticket = w.t;
SELECT pg_temp.told();
SELECT is(pg_temp.ask('admin', 'customer_erase', jsonb_build_object(
    'customer', c, 'sure', c, 'reason', 'asked by letter'))->'done', 'true',
    'erased') FROM w;
SELECT is(pg_temp.told(), 'erase erase', 'the case and the customer are told');

-- Nothing that tells of her is anywhere.
CREATE FUNCTION pg_temp.found(word text) RETURNS text
LANGUAGE plpgsql AS $$
DECLARE
	r	record;
	n	bigint;
	places	text;
BEGIN
	FOR r IN SELECT c.oid::regclass AS t FROM pg_class c
	    WHERE c.relnamespace = 'desk'::regnamespace
		AND c.relkind IN ('r', 'p') AND NOT c.relispartition
		AND c.relname NOT IN ('blob_chunk')
	LOOP
		EXECUTE format('SELECT count(*) FROM %s x '
		    'WHERE x::text ILIKE %L', r.t, '%' || word || '%') INTO n;
		IF n > 0 THEN
			places := concat_ws(' ', places, r.t);
		END IF;
	END LOOP;
	RETURN places;
END;
$$;
DELETE FROM desk.attachment a USING desk.event e
WHERE e.id = a.event AND e.external_id = 'other@test';
CREATE TEMP TABLE left_over AS SELECT e.id, e.ticket, e.customer
FROM desk.event e WHERE e.external_id = 'other@test';
INSERT INTO desk.attachment (event, place, name, media_type, size, sha256)
SELECT id, 0, 'logo.png', 'image/png', 4, sha256('logo') FROM left_over;
UPDATE desk.event e SET subject = NULL, text = NULL, html = NULL, own = NULL,
    facts = NULL, meta = NULL, who = NULL, why = '{}'
FROM left_over l WHERE e.id = l.id;
UPDATE desk.ticket t SET subject = '', preview = '', order_no = NULL
FROM left_over l WHERE t.id = l.ticket;
UPDATE desk.customer c SET name = NULL, name_folded = NULL
FROM left_over l WHERE c.id = l.customer;
DELETE FROM desk.index_todo d USING left_over l WHERE d.event = l.id;
SELECT is(pg_temp.found('zebra'), NULL, 'nothing tells of her anywhere');

-- The bytes go, but for those that others have, too.
CREATE FUNCTION pg_temp.bytes(what bytea) RETURNS boolean
LANGUAGE sql AS $$
	SELECT EXISTS (SELECT FROM desk.blob b WHERE b.sha256 = sha256(what))
	    OR EXISTS (SELECT FROM desk.blob_chunk c
		WHERE c.sha256 = sha256(what))
$$;
SELECT cmp_ok(desk.blob_leave(100), '>', 0, 'the bytes go');
SELECT is(ARRAY[pg_temp.bytes('zebra one'), pg_temp.bytes('zebra two'),
    pg_temp.bytes('logo')], '{false,false,true}',
    'hers, and not what others have, too');
SELECT is(desk.blob_leave(100), 0, 'once');
-- A file of hers that is, byte for byte, the source of another's mail.
INSERT INTO desk.blob (sha256, size, used, raw)
VALUES (sha256('a mail'), 6, true, true);
INSERT INTO desk.blob_leaving VALUES (sha256('a mail'), false);
SELECT desk.blob_leave(100);
SELECT ok(pg_temp.bytes('a mail'), 'others'' sources stay');

-- What stays.
SELECT set_eq('SELECT e.id, e.at, e.kind, e.channel, e.direction, e.agent
    FROM desk.event e, w WHERE e.ticket = w.t', 'SELECT * FROM kept',
    'what happened, when, and who of us did it stays');
SELECT is((SELECT e.meta FROM desk.event e, w WHERE e.ticket = w.t
    AND e.kind = 'transfer'), '{"from":"sales","to":"shipping"}',
    'and where it went');
SELECT is((SELECT t.state || ' ' || q.name FROM desk.ticket t
    JOIN desk.queue q ON q.id = t.queue, w WHERE t.id = w.t),
    'closed shipping', 'the case is closed where it was');
SELECT is((SELECT o.state FROM desk.outbound o, w WHERE o.ticket = w.t),
    'withdrawn', 'an answer that was not sent is not sent');
SELECT ok((pg_temp.ask('an', 'customer_get', jsonb_build_object('customer',
    c))) ? 'erased_at', 'she is known as erased') FROM w;
SELECT is(jsonb_array_length(pg_temp.ask('an', 'ticket_get',
    jsonb_build_object('ticket', t))->'events'), 4, 'the case can be read')
FROM w;
SELECT is(pg_temp.ask('an', 'customer_find', '{"query":"zebra"}')
    ->'customers', '[]', 'she is not found');
SELECT is((SELECT count(*) FROM desk.audit a, w
    WHERE a.action = 'customer.erase' AND a.object = w.c::text
	AND a.detail->>'reason' = 'asked by letter'), 1::bigint,
    'it is on record, with the reason');

-- Once more, and after.
SELECT ok(pg_temp.ask('admin', 'customer_erase', jsonb_build_object(
    'customer', c, 'sure', c, 'reason', 'again')) ? 'erased_at',
    'a repeat is no error') FROM w;
SELECT is(pg_temp.told(), '', 'and does nothing');
SELECT pg_temp.refused('an', 'ticket_open', jsonb_build_object('customer', c,
    'queue', 'sales', 'subject', 'x'), 'CONFLICT customer',
    'no case is opened for her') FROM w;
SELECT pg_temp.refused('sup', 'customer_merge', jsonb_build_object('customer',
    c, 'other', (SELECT customer FROM left_over), 'sure',
    (SELECT customer FROM left_over)), 'CONFLICT customer',
    'nobody is merged into her') FROM w;
SELECT is(pg_temp.mail('zebra1@test', 'zebra@example.com')->'duplicate',
    'true', 'the very mail, delivered again, stays erased');
SELECT is((SELECT count(*) FROM desk.contact k
    WHERE k.address = 'zebra@example.com'), 0::bigint,
    'and makes nobody known');
SELECT isnt((pg_temp.mail('new@test', 'zebra@example.com',
    '{"thread":["zebra1@test"]}')->>'customer')::bigint, c,
    'a new mail makes a new customer') FROM w;
SELECT is((SELECT count(*) FROM desk.ticket t, w WHERE t.customer = w.c),
    1::bigint, 'and joins nothing of old');

-- Nothing in the schema that names a customer is forgotten.
SELECT set_eq($$SELECT c.table_name || '.' || c.column_name
    FROM information_schema.columns c
    JOIN information_schema.tables t USING (table_schema, table_name)
    WHERE c.table_schema = 'desk' AND t.table_type = 'BASE TABLE'
	AND c.column_name IN ('customer', 'contact')
	AND c.table_name !~ '^event_'$$,
    ARRAY['contact.customer', 'ticket.customer', 'event.customer',
    'event.contact', 'participant.contact', 'conversation.contact',
    'customer_order.customer', 'likeness.contact', 'like_seen.contact', 'like_again.customer',
    'erasure.customer', 'customer_order.customer', 'case_link.contact',
    'invitation.customer', 'invitation.contact', 'response.customer',
    'segment_member.customer', 'segment_todo.customer',
    'retained.customer', 'retention_todo.customer', 'churn.customer',
    'followup_sent.customer',
    'promise.customer',
    'step.customer', 'customer_stage.customer',
    'class_fired.customer', 'feedback.customer', 'action.customer',
    'research.customer', 'advocate.customer', 'referral_code.customer',
    'referral.customer', 'referral_parted.customer',
    -- Counted again, of what is left, by worth_run().
    'worth_todo.customer', 'customer_worth.customer'],
    'who adds a table of customers looks at people_move() and erase_*()');

-- The feed is gone through twice.
SELECT is(desk.erase_feed()->0->'customer', to_jsonb(c), 'the feed is due')
FROM w;
SELECT desk.erase_feed_done(c) FROM w;
SELECT is(desk.erase_feed(), NULL, 'not at once again');
UPDATE desk.erasure SET feed_at = now();
SELECT desk.erase_feed_done(c) FROM w;
UPDATE desk.erasure SET feed_at = feed_at - interval '1 hour';
SELECT is(desk.erase_feed(), NULL, 'nor a third time');

SELECT * FROM finish();
ROLLBACK;
