-- Reasons, factors, late_notice and what templates promise in desk.conf; who
-- is told that his order will be late, once; promises that go with a message.
BEGIN;
\ir fixture.psql
SELECT plan(43);

CREATE FUNCTION pg_temp.config(more jsonb DEFAULT '{}') RETURNS jsonb
LANGUAGE sql AS $$
	SELECT replace('{"company":{"name":"Shop","timezone":"Asia/Ho_Chi_Minh"},
	    "default_queue":"sales","queues":[
		{"name":"sales","title":"Bán","first":60,"next":60},
		{"name":"shipping","title":"Giao","first":60,"next":60},
		{"name":"staff","title":"NS","first":60,"next":60}],
	    "agents":[{"name":"admin","display":"A","role":"admin"},
		{"name":"an","display":"An","queues":["sales"]},
		{"name":"sup","display":"S","role":"supervisor"}],
	    "limits":{"cases":10000,"answers":1000,"exchange":1000},
	    "hours":[{"name":"never","week":["DAY 03:00-03:01"]}],
	    "templates":[{"name":"tre","promise":"other 3d",
		"vi":"Đơn {order_number} ({carrier}) hẹn {promised} sẽ trễ ạ.",
		"subject_vi":"Đơn {order_number}"},
		{"name":"goi","vi":"Em gọi lại ạ.","promise":"callback 2h"},
		{"name":"bay","vi":"Chào {customer}"}]}', 'DAY',
	    lower(to_char(now() + interval '3 days', 'dy')))::jsonb || more
$$;
CREATE FUNCTION pg_temp.apply(more jsonb) RETURNS jsonb
LANGUAGE sql AS $$
	SELECT desk.config_apply('{"who":"admin","role":"admin"}',
	    jsonb_build_object('config', pg_temp.config(more)))
$$;
-- The member at fault.
CREATE FUNCTION pg_temp.wrong(more jsonb) RETURNS text
LANGUAGE plpgsql AS $$
DECLARE
	member	text;
BEGIN
	PERFORM desk.config_check(pg_temp.config(more));
	RETURN 'taken';
EXCEPTION WHEN SQLSTATE 'DK001' THEN
	GET STACKED DIAGNOSTICS member = PG_EXCEPTION_HINT;
	RETURN member;
END;
$$;

SELECT is(pg_temp.wrong('{"late_notice":{"sure":60}}'), 'late_notice.send',
    'says what is sent');
SELECT is(pg_temp.wrong('{"late_notice":{"send":"x"}}'), 'late_notice.send',
    'a template');
SELECT is(pg_temp.wrong('{"late_notice":{"send":"bay"}}'), 'late_notice.send',
    'without a stranger''s words');
SELECT is(pg_temp.wrong('{"late_notice":{"send":"tre","hours":"x"}}'),
    'late_notice.hours', 'in hours');
SELECT is(pg_temp.wrong('{"macros":[{"name":"m","title":"M","note":"x",
    "promise":"callback 2h"}]}'), 'macros[0].promise', 'says what it promises');
SELECT is(pg_temp.wrong('{"macros":[{"name":"m","title":"M","vi":"x",
    "promise":"gift 2h"}]}'), 'macros[0].promise', 'of a kind');
SELECT is(pg_temp.wrong('{"macros":[{"name":"m","title":"M","vi":"x",
    "promise":"refund 400d"}]}'), 'macros[0].promise', 'within a year');
SELECT is(pg_temp.wrong('{"reasons":[{"name":"none"}]}'), 'reasons[0].name',
    'a reason''s name');
SELECT is(pg_temp.wrong('{"factors":[{"name":"f","touchpoint":["x"]}]}'),
    'factors[0].touchpoint', 'a touchpoint that is there');
SELECT is(pg_temp.wrong('{"factors":[{"name":"f","pair":["x/y"]}]}'),
    'factors[0].pair', 'a pair that is asked');

-- Reasons
SELECT is((SELECT count(*) FROM desk.promise_reason r WHERE r.active),
    9::bigint, 'as usual');
SELECT is(pg_temp.apply('{"late_notice":{"send":"tre","sure":50},
    "reasons":[{"name":"bao","vi":"Bão"},{"name":"stock","ours":true,
    "en":"No stock"}]}')->'changes' @> '[{"what":"reason bao",
    "change":"added"},{"what":"late notice","change":"added"}]', true,
    'in force');
SELECT is(desk.config_get()->'config'->'late_notice', '{"send":"tre"}',
    'what is usual goes unsaid');
SELECT is((SELECT string_agg(concat_ws(' ', r.name, r.controllable, r.vi,
    r.en), ', ' ORDER BY r.place) FROM desk.promise_reason r WHERE r.active),
    'bao f Bão Bão, stock t No stock No stock', 'the desk''s own');
SELECT is((SELECT count(*) FROM desk.factor), 8::bigint, 'factors as usual');

-- Promises of templates
SELECT pg_temp.customer('Lan', 'lan@example.com') AS lan \gset
SELECT pg_temp.ticket(:lan, 'sales', 'Hỏi') AS t \gset
SELECT (pg_temp.act('an', 'reply', :t, '{"text":"Em gọi lại ạ.",
    "templates":["goi","bay","gone"],"once":"r"}')->>'event')::bigint AS r
    \gset
SELECT pg_temp.act('an', 'reply', :t, '{"text":"Em gọi lại ạ.",
    "templates":["goi"],"once":"r"}') ->> 'state';
SELECT is((SELECT string_agg(concat_ws(' ', p.kind, p.source, p.state,
    extract(epoch FROM p.due_at - now()), p.words), ', ')
    FROM desk.promise p WHERE p.ticket = :t),
    'callback template open 7200.000000 goi', 'put on record with its message, once');
SELECT pg_temp.ask('an', 'ticket_unsend', jsonb_build_object('ticket', :t,
    'event', :r)) ->> 'state';
SELECT is((SELECT string_agg(p.state, ' ') FROM desk.promise p
    WHERE p.ticket = :t), 'withdrawn', 'and taken back with it');
SELECT pg_temp.apply('{"late_notice":{"send":"tre"},"macros":[{"name":"m",
    "title":"M","vi":"Dạ","promise":"refund 3d"}]}') ->> 'dry';
SELECT pg_temp.ask('an', 'macro_run', jsonb_build_object('ticket', :t,
    'macro', 'm', 'once', 'z', 'force', true)) ->> 'macro';
SELECT pg_temp.ask('an', 'macro_run', jsonb_build_object('ticket', :t,
    'macro', 'm', 'once', 'z', 'force', true)) ->> 'macro';
SELECT is((SELECT string_agg(p.kind, ' ') FROM desk.promise p
    WHERE p.ticket = :t AND p.state = 'open'), 'refund', 'a macro''s, once');
SELECT is((SELECT r.active FROM desk.promise_reason r WHERE r.name = 'bao'),
    false, 'a reason that is not named any more stays as a row');

-- Late orders.  The carrier's deliveries take three days and more.
CREATE FUNCTION pg_temp.order_of(no text, shipped interval, due interval,
    came interval DEFAULT NULL, by text DEFAULT 'GHN') RETURNS void
LANGUAGE plpgsql AS $$
DECLARE
	t	bigint;
	k	desk.ticket;
BEGIN
	t := pg_temp.ticket((SELECT c.customer FROM desk.contact c
	    WHERE c.address = 'lan@example.com'), 'shipping', no);
	UPDATE desk.ticket SET order_no = no, kind = 'order',
	    state = 'resolved', due_at = NULL, resolved_at = now()
	WHERE id = t RETURNING * INTO k;
	INSERT INTO desk.customer_order (order_no, customer, ticket, shipped_at,
	    promised_at, delivered_at, carrier, told_at, event)
	VALUES (no, k.customer, t, now() + shipped, now() + due, now() + came,
	    by, now(), 1);
	IF came IS NULL THEN
		PERFORM desk.promise_put(k, nextval('desk.event_id'),
		    jsonb_build_object('kind', 'delivery', 'source', 'order',
			'order', no, 'due', now() + due));
	END IF;
END;
$$;
CREATE FUNCTION pg_temp.look() RETURNS text
LANGUAGE plpgsql AS $$
BEGIN
	UPDATE desk.promise p SET foresee_at = now()
	WHERE p.foresee_at IS NOT NULL;
	PERFORM desk.late_due(100);
	RETURN (SELECT coalesce(string_agg(l.order_no, ' ' ORDER BY l.order_no),
	    'nobody') FROM desk.late_notice l);
END;
$$;
SELECT count(pg_temp.order_of('H' || i, '-10 days'::interval,
    '-8 days'::interval, '-10 days'::interval + i * interval '6 hours'))
FROM generate_series(1, 19) i;
SELECT pg_temp.order_of('A', '-2 days', '1 hour');
SELECT is(pg_temp.look(), 'nobody', 'of nineteen, too few are as old');
SELECT is((SELECT p.foresee_at > now() FROM desk.promise p
    WHERE p.order_no = 'A'), true, 'looked at again later');
-- 60 more: half within two days, half in three to four
SELECT count(pg_temp.order_of('K' || i, '-10 days'::interval,
    '-8 days'::interval, '-10 days'::interval + CASE WHEN i % 2 = 0
	THEN interval '1 day' ELSE interval '80 hours' END))
FROM generate_series(1, 60) i;
SELECT is(pg_temp.look(), 'A', 'who is two days on the way will be late');
SELECT is((SELECT l.share || ' ' || l.n FROM desk.late_notice l),
    '1.0000 41', 'by those that took longer than two days');
SELECT is((SELECT e.text ~ '^Đơn A \(GHN\) hẹn .+ sẽ trễ ạ\.$'
	AND e.subject = 'Đơn A'
    FROM desk.event e JOIN desk.late_notice l ON l.event = e.id), true,
    'in the template''s words');
SELECT is((SELECT o.purpose || ' ' || o.address FROM desk.outbound o
    JOIN desk.late_notice l ON l.event = o.event),
    'acknowledgement lan@example.com', 'by mail, as what is automatic');
SELECT is((SELECT string_agg(p.kind || ' ' || p.source, ', ')
    FROM desk.promise p JOIN desk.late_notice l ON l.event = p.reply),
    'other template', 'what it promises is on record');
SELECT is(pg_temp.look(), 'A', 'told');
SELECT is((SELECT count(*) FROM desk.outbound o
    JOIN desk.late_notice l ON l.ticket = o.ticket), 1::bigint, 'once');
SELECT pg_temp.order_of('B', '-1 hour', '3 days');
SELECT is(pg_temp.look(), 'A', 'who may yet be in time is told nothing');
SELECT pg_temp.order_of('C', NULL, '12 hours');
SELECT is(pg_temp.look(), 'A C',
    'one that has not left cannot be there tonight');
SELECT pg_temp.order_of('D', '-1 day', '1 hour', NULL, 'Moon');
SELECT is(pg_temp.look(), 'A C', 'of an unknown carrier nothing is said');
UPDATE desk.promise SET due_at = due_at + interval '3 days'
WHERE order_no = 'D';
SELECT is(pg_temp.look(), 'A C D', 'the shop itself says it is later');

UPDATE desk.outbound o SET state = CASE l.order_no WHEN 'A' THEN 'bounced'
    ELSE 'sent' END FROM desk.late_notice l WHERE l.event = o.event;
SELECT is(pg_temp.ask('sup', 'followup_list', '{}')->'late',
    '{"sent":2,"undeliverable":{"n":3,"share":33.3,"low":6.1,"high":79.2}}',
    'one of three did not arrive');

-- Never
SELECT pg_temp.order_of('E', '-2 days', '1 hour');
UPDATE desk.customer_order SET delivered_at = now() WHERE order_no = 'E';
SELECT is(pg_temp.look(), 'A C D', 'never when it is there');
SELECT pg_temp.order_of('F', '-9 days', '-2 days');
UPDATE desk.promise SET foresee_at = now() WHERE order_no = 'F';
SELECT is(pg_temp.look(), 'A C D', 'nor long after');
SELECT is((SELECT p.foresee_at FROM desk.promise p WHERE p.order_no = 'F'),
    NULL, 'which ends the looking');
SELECT pg_temp.order_of('G', '-9 days', '-2 hours');
UPDATE desk.promise SET foresee_at = now() WHERE order_no = 'G';
UPDATE desk.customer SET no_surveys_at = now() WHERE id = :lan;
SELECT is(pg_temp.look(), 'A C D', 'not who wants nothing unasked');
UPDATE desk.customer SET no_surveys_at = NULL WHERE id = :lan;
SELECT pg_temp.apply('{"late_notice":{"send":"tre","hours":"never"}}')
    ->> 'dry';
SELECT is(pg_temp.look(), 'A C D', 'in its hours');
SELECT is((SELECT p.foresee_at > now() FROM desk.promise p
    WHERE p.order_no = 'G'), true, 'later, then');
SELECT pg_temp.apply('{}') ->> 'dry';
SELECT is(desk.late_next(), 5000, 'without the block');
SELECT is(pg_temp.look(), 'A C D', 'nobody is told');
SELECT pg_temp.apply('{"late_notice":{"send":"tre"}}') ->> 'dry';
-- One that goes wrong by our own fault keeps nobody else from his word.
SELECT pg_temp.order_of('I', '-9 days', '-2 hours');
SELECT pg_temp.order_of('J', '-9 days', '-2 hours');
UPDATE desk.promise SET foresee_at = now() WHERE order_no IN ('I', 'J');
ALTER TABLE desk.late_notice ADD CONSTRAINT broken CHECK (order_no <> 'I');
SET client_min_messages = error;
SELECT is(pg_temp.look(), 'A C D G J', 'with it, what is past');
RESET client_min_messages;
SELECT is((SELECT string_agg((p.foresee_at > now())::text, ' ')
    FROM desk.promise p WHERE p.order_no = 'I'), 'true',
    'and what goes wrong is looked at again later');
SELECT * FROM finish();
ROLLBACK;
